"""CF NetCDF files, classic and NetCDF-4: variables by standard name, sizes checked before anything is read.

xarray would open them too, but reads through the same library and decides more on its own.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cftime
import netCDF4
import numpy as np

from geodata.forecast.cf import QUANTITIES, STANDARD_NAMES, Meaning, Unreadable, converted
from geodata.forecast.classic import refuse_if_cut_short
from geodata.forecast.grid import Box, Window, window_of
from geodata.forecast.layers import SWELL_ONLY, Layer
from geodata.forecast.settings import Limits

_CALENDARS = ("standard", "gregorian", "proleptic_gregorian")
_LATITUDE = ("degrees_north", "degree_north", "degree_n", "degrees_n", "degreen", "degreesn")
_LONGITUDE = ("degrees_east", "degree_east", "degree_e", "degrees_e", "degreee", "degreese")
_WIND_HEIGHT_M = 10.0
_DEEPEST_SURFACE_M = 2.0
"""A current no deeper than this stands for the surface; uppermost layers of ocean models lie at half a metre."""


def read_netcdf(path: Path, box: Box, limits: Limits) -> list[Layer]:
    """Everything known of waves, wind, visibility and current in a CF NetCDF file, inside a box.

    Parameters
    ----------
    path : Path
    box : tuple
        West, south, east, north. [deg]
    limits : Limits

    Raises
    ------
    Unreadable
        Damaged, not CF, on another kind of grid, in a unit or calendar not understood, larger than the limits.
    """
    with path.open("rb") as file:
        classic = file.read(3) == b"CDF"
    if classic:
        refuse_if_cut_short(path)
    try:
        data = netCDF4.Dataset(str(path))
    except (OSError, RuntimeError) as error:
        raise Unreadable(f"is no NetCDF file, or damaged ({str(error)[:60]}).", "Get the file again.") from None
    with data:
        try:
            return _layers(data, path.name, box, limits)
        except (RuntimeError, OSError, AttributeError, IndexError, OverflowError) as error:
            raise Unreadable(f"is damaged ({str(error)[:60]}).", "Get the file again.") from None


def _layers(data: Any, source: str, box: Box, limits: Limits) -> list[Layer]:
    layers: list[Layer] = []
    seen: dict[Meaning, str] = {}
    left = limits.decoded_bytes
    for name, variable in data.variables.items():
        standard_name = str(getattr(variable, "standard_name", "")).split(" ")[0]
        meaning = STANDARD_NAMES.get(standard_name)
        if meaning is None or variable.ndim < 2:
            continue
        chosen = _levels(data, variable, meaning)
        if chosen is None:
            continue
        if meaning in seen:
            raise Unreadable(
                f"states {standard_name} twice, as {seen[meaning][:24]} and {name[:24]}.", "Keep one of them."
            )
        seen[meaning] = name
        layer = _read(data, name, variable, meaning, chosen, source, box, limits, left)
        left -= layer.values.nbytes
        layers.append(layer)
    return layers


def _read(
    data: Any, name: str, variable: Any, meaning: Meaning, chosen: "tuple[dict[str, int], tuple[str, ...]]",
    source: str, box: Box, limits: Limits, left: int,
) -> Layer:  # fmt: skip
    levels, notes = chosen
    _refuse_projection(data, name, variable)
    rows, columns = _axis(data, name, variable, "latitude"), _axis(data, name, variable, "longitude")
    steps = _time_axis(data, variable)
    rest = [d for d in variable.dimensions if d not in (rows, columns, steps)]
    for dimension in rest:
        if dimension not in levels and len(data.dimensions[dimension]) > 1:
            raise Unreadable(f"variable {name[:40]} has a dimension {dimension[:24]}.", "Keep one member or level.")
    times_s = _times(data, variable, steps, limits)
    if len(data.dimensions[rows]) * len(data.dimensions[columns]) > limits.points_in_field:
        raise Unreadable(f"variable {name[:40]} declares too many points.", "It is damaged, or cut it to the area.")
    window = window_of(_plain(data.variables[rows]), _plain(data.variables[columns]), box)
    if 4 * times_s.size * window.rows.size * window.columns.size > left:
        raise Unreadable(f"holds more than {limits.decoded_bytes:,} bytes of values.", "Cut it to the area.")
    values = _cut(variable, rows, columns, steps, window, levels, limits)
    unit = getattr(variable, "units", None)
    values = converted(name, meaning, None if unit is None else str(unit), values)
    order = np.argsort(times_s, kind="stable")
    run_s = _run(data)
    if meaning.quantity == "swell_height":
        notes = (*notes, SWELL_ONLY)
    return Layer(
        meaning, window.grid, times_s[order], np.full(times_s.size, run_s), values[order], None, source,
        str(unit), notes,
    )  # fmt: skip


def _cut(
    variable: Any, rows: str, columns: str, steps: str | None, window: Window, levels: dict[str, int], limits: Limits
) -> np.ndarray:
    """Values of a variable in the window, as (time, row, column), NaN where missing."""
    chunks = variable.chunking()
    if isinstance(chunks, list) and np.prod(chunks, dtype=np.float64) > limits.points_in_field:
        raise Unreadable("declares a block of values larger than any real one.", "It is damaged: get it again.")
    variable.set_auto_maskandscale(True)
    taken: list[Any] = []
    kept = []
    for dimension in variable.dimensions:
        if dimension == rows:
            taken.append(_span(window.rows))
        elif dimension == columns:
            taken.append(_span(window.columns))
        elif dimension == steps:
            taken.append(slice(None))
        else:
            taken.append(levels.get(dimension, 0))
            continue
        kept.append(dimension)
    values = np.ma.filled(np.ma.asarray(variable[tuple(taken)], dtype=np.float64), np.nan)
    if steps is None:
        values, kept = values[np.newaxis], [None, *kept]
    values = np.transpose(values, [kept.index(d) for d in (steps, rows, columns)])
    return values[:, window.rows - window.rows.min()][:, :, window.columns - window.columns.min()]


def _span(places: np.ndarray) -> slice:
    """Slice that holds all places: a library reads one of those far faster than a list."""
    return slice(int(places.min()), int(places.max()) + 1)


def _plain(variable: Any) -> np.ndarray:
    return np.ma.filled(np.ma.asarray(variable[:], dtype=np.float64), np.nan)


def _axis(data: Any, name: str, variable: Any, what: str) -> str:
    """Dimension along which latitude or longitude runs."""
    units = _LATITUDE if what == "latitude" else _LONGITUDE
    for dimension in variable.dimensions:
        axis = data.variables.get(dimension)
        if axis is None or axis.dimensions != (dimension,):
            continue
        if getattr(axis, "standard_name", "") == what or str(getattr(axis, "units", "")).lower() in units:
            return str(dimension)
    raise Unreadable(
        f"variable {name[:40]} has no one-dimensional {what}: its grid is curvilinear or rotated.",
        "Regrid it to a regular longitude/latitude grid first.",
    )


def _refuse_projection(data: Any, name: str, variable: Any) -> None:
    mapping = data.variables.get(str(getattr(variable, "grid_mapping", "")).split(":")[0])
    kind = getattr(mapping, "grid_mapping_name", "latitude_longitude")
    if kind != "latitude_longitude":
        raise Unreadable(
            f"variable {name[:40]} is on a {str(kind)[:32]} grid.",
            "Regrid it to a regular longitude/latitude grid first.",
        )


def _time_axis(data: Any, variable: Any) -> str | None:
    """Dimension of time; None where the file has one time for everything."""
    for dimension in variable.dimensions:
        axis = data.variables.get(dimension)
        if axis is not None and getattr(axis, "standard_name", "") == "time":
            return str(dimension)
    for dimension in variable.dimensions:
        axis = data.variables.get(dimension)
        if axis is not None and " since " in str(getattr(axis, "units", "")):
            return str(dimension)
    return None


def _times(data: Any, variable: Any, steps: str | None, limits: Limits) -> np.ndarray:
    """Times of the steps. [epoch s]"""
    if steps is not None:
        if len(data.dimensions[steps]) > limits.steps:
            raise Unreadable(f"has more than {limits.steps} steps.", "Cut it to fewer.")
        times_s = _instants(data.variables[steps])
    else:
        named = str(getattr(variable, "coordinates", "")).split()
        scalar = [data.variables[n] for n in named if n in data.variables and data.variables[n].ndim == 0]
        scalar = [v for v in scalar if getattr(v, "standard_name", "") == "time"]
        if not scalar and "time" in data.variables and data.variables["time"].ndim == 0:
            scalar = [data.variables["time"]]
        if not scalar:
            raise Unreadable("states no time.", "Add a CF time coordinate.")
        times_s = _instants(scalar[0])
    if times_s.size == 0:
        raise Unreadable("has no steps.", "Get the file again.")
    if np.unique(times_s).size != times_s.size:
        raise Unreadable("has one time twice.", "Keep one step for each time.")
    return times_s


def _instants(variable: Any) -> np.ndarray:
    """Epoch seconds of a CF time coordinate. [epoch s]"""
    unit, calendar = str(getattr(variable, "units", "")), str(getattr(variable, "calendar", "standard")).lower()
    if calendar not in _CALENDARS:
        raise Unreadable(f"counts time in the {calendar[:24]} calendar.", "Convert it to the standard calendar.")
    if " since " not in unit:
        raise Unreadable(f"has a time in unit '{unit[:24]}'.", "Write it as 'hours since' a date.")
    counts = np.atleast_1d(_plain(variable))
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


def _run(data: Any) -> float:
    """Time of the model run, where the file states one for all its steps. [epoch s]"""
    for variable in data.variables.values():
        if getattr(variable, "standard_name", "") == "forecast_reference_time" and variable.size == 1:
            return float(_instants(variable)[0])
    return float("nan")


def _levels(data: Any, variable: Any, meaning: Meaning) -> tuple[dict[str, int], tuple[str, ...]] | None:
    """Which level to take of a vertical dimension, and what to note; None where the variable is of another level."""
    group = QUANTITIES[meaning.quantity].group
    if group not in ("wind", "current"):
        return {}, ()
    places = [*variable.dimensions, *str(getattr(variable, "coordinates", "")).split()]
    for place in places:
        axis = data.variables.get(place)
        standard_name = getattr(axis, "standard_name", "")
        if axis is None or axis.ndim > 1 or standard_name not in ("height", "depth"):
            continue
        unit = str(getattr(axis, "units", "")).lower()
        if unit not in ("m", "metre", "metres", "meter", "meters"):
            raise Unreadable(f"has a {standard_name} in unit '{unit[:24]}'.", "Metres are needed.")
        levels_m = np.atleast_1d(_plain(axis))
        if group == "wind" and standard_name == "height":
            number = int(np.argmin(np.abs(levels_m - _WIND_HEIGHT_M)))
            if abs(levels_m[number] - _WIND_HEIGHT_M) > 0.5:
                return None
            return {str(place): number}, ()
        if group == "current" and standard_name == "depth":
            number = int(np.argmin(np.abs(levels_m)))
            if abs(levels_m[number]) > _DEEPEST_SURFACE_M:
                return None
            return {str(place): number}, (f"at a depth of {abs(levels_m[number]):.2g} m",)
    if group == "wind":
        return {}, ("height above the sea not stated; taken as 10 m",)
    return {}, ("depth not stated; taken as the surface",)
