"""Where and when the values of a CF variable stand: axes of its grid, the grid's system, times of validity and of runs.

References
----------
CF Conventions 1.11, sections 4.4 (time), 5 (coordinate systems), 5.6 and appendix F (grid mappings); the standard names
``time``, ``forecast_reference_time`` and ``forecast_period``.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import cftime
import numpy as np

from geodata.forecast.cf_conventions import Unreadable
from geodata.forecast.settings import ForecastLimits

_CALENDARS = ("standard", "gregorian", "proleptic_gregorian")
_LATITUDE = ("degrees_north", "degree_north", "degree_n", "degrees_n", "degreen", "degreesn")
_LONGITUDE = ("degrees_east", "degree_east", "degree_e", "degrees_e", "degreee", "degreese")
_TIME_NAMES = ("time", "valid_time", "ocean_time", "time_counter", "forecast_time", "t")
"""Names by which a time without a standard name is taken for that of validity."""

_PERIOD_UNITS = {"seconds": 1.0, "second": 1.0, "s": 1.0, "minutes": 60.0, "minute": 60.0, "min": 60.0,
                 "hours": 3600.0, "hour": 3600.0, "hr": 3600.0, "h": 3600.0, "days": 86_400.0, "day": 86_400.0,
                 "d": 86_400.0, "nanoseconds": 1e-9}  # fmt: skip

_DATUMS = ("wgs", "world geodetic system", "etrs", "unknown", "sphere", "grs", "itrf", "nad83", "epsg:4326",
           "not specified", "undefined")  # fmt: skip
"""Beginnings of datums that lie within a metre or two of WGS 84, or of those of models, which compute on a sphere."""


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """Times of the steps of a variable.

    Attributes
    ----------
    dimensions : tuple of str
        Those they run along, in the order they are counted: none, one, or run and period.
    at_s, runs_s : ndarray of float64, shape (t,)
        When each step is valid, and of which run it is; NaN where not stated. [epoch s]
    """

    dimensions: tuple[str, ...]
    at_s: np.ndarray
    runs_s: np.ndarray


def plain(variable: Any) -> np.ndarray:
    """All values of a coordinate, NaN where missing."""
    variable.set_auto_maskandscale(True)
    return np.ma.filled(np.ma.asarray(variable[:], dtype=np.float64), np.nan)


def axis_of(data: Any, name: str, variable: Any, what: str) -> str:
    """Dimension along which latitude or longitude runs.

    Raises
    ------
    Unreadable
        The grid is curvilinear, rotated, unstructured or no grid at all, or its coordinates are no degrees.
    """
    units = _LATITUDE if what == "latitude" else _LONGITUDE
    for dimension in variable.dimensions:
        axis = data.variables.get(dimension)
        if axis is None or axis.dimensions != (dimension,):
            continue
        unit = str(getattr(axis, "units", "")).lower()
        standard_name = getattr(axis, "standard_name", "")
        if standard_name == what or (unit in units and standard_name in ("", what)):
            if unit and unit not in (*units, "degrees", "degree", "deg", "°"):
                raise Unreadable(f"has a {what} in unit '{unit[:24]}'.", "Degrees are needed.")
            return str(dimension)
    raise Unreadable(f"variable {name[:40]} {_kind_of_grid(data, variable, what)}.",
                     "Regrid it to a regular longitude/latitude grid first.")  # fmt: skip


def _kind_of_grid(data: Any, variable: Any, what: str) -> str:
    points = str(getattr(data, "featureType", ""))
    if points:
        return f"is no field but data of kind {points[:24]}"
    if hasattr(variable, "mesh") or {"node", "nele", "nMesh2_face", "face"} & set(variable.dimensions):
        return "stands on an unstructured mesh"
    return f"has no one-dimensional {what}: its grid is curvilinear or rotated"


def refuse_other_grid(data: Any, name: str, variable: Any) -> None:
    """Refuse a grid mapping that is no longitude and latitude from Greenwich, or on a datum away from WGS 84.

    Raises
    ------
    Unreadable
    """
    mapping_name = str(getattr(variable, "grid_mapping", "")).split(":")[0].strip()
    mapping = data.variables.get(mapping_name)
    kind = getattr(mapping, "grid_mapping_name", "latitude_longitude")
    if kind != "latitude_longitude":
        raise Unreadable(
            f"variable {name[:40]} is on a {str(kind)[:32]} grid.",
            "Regrid it to a regular longitude/latitude grid first.",
        )
    prime = getattr(mapping, "longitude_of_prime_meridian", 0.0)
    try:
        elsewhere = float(prime) != 0.0
    except (TypeError, ValueError):
        elsewhere = True
    meridian = str(getattr(mapping, "prime_meridian_name", "Greenwich"))
    if elsewhere or meridian.lower() not in ("greenwich", "reference meridian"):
        raise Unreadable(f"variable {name[:40]} counts longitude from another meridian than Greenwich.",
                         "Convert it to WGS 84.")  # fmt: skip
    datum = str(getattr(mapping, "horizontal_datum_name", getattr(mapping, "geographic_crs_name", "")))
    if datum.strip() and not datum.lower().replace("_", " ").replace("d ", "").startswith(_DATUMS):
        raise Unreadable(f"variable {name[:40]} is on the datum '{datum[:32]}'.", "Convert it to WGS 84.")


def times_of(data: Any, variable: Any, limits: ForecastLimits) -> Times:
    """When the steps of a variable are valid: the coordinate whose standard name is ``time``, auxiliary or not.

    A time of the run is never taken for it. Where only run and period are stated, their sum is.

    Raises
    ------
    Unreadable
        No time of validity is stated, or it is in a unit or calendar not understood; too many steps, or one twice.
    """
    valid = _valid_time(data, variable)
    dimensions = tuple(d for d in variable.dimensions if d in valid.dimensions)
    if dimensions != valid.dimensions or len(dimensions) > 2:
        raise Unreadable("has times that do not run along its values.", "Get the file again.")
    steps = int(np.prod([len(data.dimensions[d]) for d in dimensions], dtype=np.int64))
    if steps > limits.steps:
        raise Unreadable(f"has more than {limits.steps} steps.", "Cut it to fewer.")
    at_s = valid.read()
    if at_s.size == 0:
        raise Unreadable("has no steps.", "Get the file again.")
    runs_s = _runs(data, dimensions, at_s.shape)
    at_s, runs_s = at_s.ravel(), runs_s.ravel()
    if np.unique(np.column_stack([at_s, np.nan_to_num(runs_s)]), axis=0).shape[0] != at_s.size:
        raise Unreadable("has one time twice.", "Keep one step for each time.")
    return Times(dimensions, at_s, runs_s)


@dataclass(frozen=True, slots=True, eq=False)
class _ValidTime:
    """Where times of validity come from: one coordinate, or a run and a period that are added."""

    dimensions: tuple[str, ...]
    coordinate: Any
    run: Any = None
    period: Any = None

    def read(self) -> np.ndarray:
        """Epoch seconds, in the shape of the dimensions. [epoch s]"""
        if self.coordinate is not None:
            return _instants(self.coordinate).reshape(_shape(self.coordinate))
        runs_s, periods_s = _instants(self.run), _period_s(self.period)
        shapes = {self.run.dimensions: runs_s.reshape(_shape(self.run)),
                  self.period.dimensions: periods_s.reshape(_shape(self.period))}  # fmt: skip
        whole = np.zeros(tuple(1 for _ in self.dimensions))
        for names, values in ((self.run.dimensions, shapes[self.run.dimensions]),
                              (self.period.dimensions, shapes[self.period.dimensions])):  # fmt: skip
            whole = whole + values.reshape([values.size if d in names else 1 for d in self.dimensions])
        return whole


def _shape(variable: Any) -> tuple[int, ...]:
    return tuple(int(size) for size in variable.shape)


def _valid_time(data: Any, variable: Any) -> _ValidTime:
    named = _coordinates_of(data, variable)
    times = [c for c in named if _standard_name(c) == "time"]
    if times:
        # A coordinate of a dimension comes first; one that is as long as the values next.
        chosen = max(times, key=lambda c: (c.dimensions == (c.name,), c.ndim))
        return _ValidTime(chosen.dimensions, chosen)
    runs = [c for c in named if _standard_name(c) == "forecast_reference_time"]
    periods = [c for c in named if _standard_name(c) == "forecast_period"]
    if len(runs) == 1 and len(periods) == 1 and not set(runs[0].dimensions) & set(periods[0].dimensions):
        both = (*runs[0].dimensions, *periods[0].dimensions)
        return _ValidTime(tuple(d for d in variable.dimensions if d in both), None, runs[0], periods[0])
    plainly = [
        c for c in named
        if not _standard_name(c) and c.name.lower() in _TIME_NAMES and " since " in str(getattr(c, "units", ""))
    ]  # fmt: skip
    if len(plainly) == 1 and not runs and not periods:
        return _ValidTime(plainly[0].dimensions, plainly[0])
    if runs:
        raise Unreadable(
            f"states no time of validity, only that of its run ({runs[0].name[:24]}).",
            "Add a coordinate with the standard name 'time'.",
        )
    raise Unreadable("states no time.", "Add a CF time coordinate, with the standard name 'time'.")


def _coordinates_of(data: Any, variable: Any) -> list[Any]:
    """Coordinates of a variable: of its dimensions, those it names, and those that can only be meant for it."""
    named = [*variable.dimensions, *str(getattr(variable, "coordinates", "")).split()]
    named += [
        name for name, other in data.variables.items()
        if other.ndim <= 2 and set(other.dimensions) <= set(variable.dimensions)
        and (_standard_name(other) in ("time", "forecast_reference_time", "forecast_period") or name == "time")
    ]  # fmt: skip
    found = []
    for name in dict.fromkeys(named):
        coordinate = data.variables.get(name)
        if coordinate is not None and coordinate.ndim <= 2 and set(coordinate.dimensions) <= set(variable.dimensions):
            found.append(coordinate)
    return found


def _standard_name(variable: Any) -> str:
    return str(getattr(variable, "standard_name", "")).strip()


def _runs(data: Any, dimensions: tuple[str, ...], shape: tuple[int, ...]) -> np.ndarray:
    """Time of the model run of each step, NaN where none is stated. [epoch s]"""
    runs = [c for c in data.variables.values() if _standard_name(c) == "forecast_reference_time"]
    if len(runs) == 1 and runs[0].size == 1:
        return np.full(shape, float(_instants(runs[0])[0]))
    mine = [c for c in runs if c.ndim == 1 and c.dimensions[0] in dimensions]
    if len(mine) == 1:
        values = _instants(mine[0]).reshape([-1 if d == mine[0].dimensions[0] else 1 for d in dimensions])
        return np.broadcast_to(values, shape).copy()
    return np.full(shape, np.nan)


def _period_s(variable: Any) -> np.ndarray:
    """A period after the run. [s]"""
    unit = str(getattr(variable, "units", "")).strip().lower()
    if unit not in _PERIOD_UNITS:
        raise Unreadable(f"has a forecast period in unit '{unit[:24]}'.", "Hours are needed.")
    periods_s = np.atleast_1d(plain(variable)) * _PERIOD_UNITS[unit]
    if not np.isfinite(periods_s).all():
        raise Unreadable("has a step without a period.", "Get the file again.")
    return periods_s


def _instants(variable: Any) -> np.ndarray:
    """Epoch seconds of a CF time coordinate. [epoch s]"""
    unit, calendar = str(getattr(variable, "units", "")), str(getattr(variable, "calendar", "standard")).lower()
    if calendar not in _CALENDARS:
        raise Unreadable(f"counts time in the {calendar[:24]} calendar.", "Convert it to the standard calendar.")
    if " since " not in unit:
        raise Unreadable(f"has a time in unit '{unit[:24]}'.", "Write it as 'hours since' a date.")
    counts = np.atleast_1d(plain(variable)).ravel()
    if not np.isfinite(counts).all():
        raise Unreadable("has a step without a time.", "Get the file again.")
    try:
        dates = cftime.num2date(counts, unit, calendar, only_use_cftime_datetimes=True)
        times = [
            datetime(d.year, d.month, d.day, d.hour, d.minute, d.second, tzinfo=UTC).timestamp()
            + round(d.microsecond * 1e-6) for d in dates
        ]  # fmt: skip
    except (ValueError, OverflowError, TypeError):
        raise Unreadable(f"has times that cannot be read, in unit '{unit[:40]}'.", "Get the file again.") from None
    return np.array(times, np.float64)
