"""GRIB files, message by message, through ecCodes.

cfgrib would gather messages into a data set and drop what does not fit together; here every message is looked at, so
that a lost step or a foreign grid is refused rather than missed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import eccodes
import numpy as np

from geodata.forecast.cf_conventions import GRIB_NAMES, GRIB_NUMBERS, QUANTITIES, Meaning, Unreadable, convert
from geodata.forecast.grid import Box, Grid, Window, window_of
from geodata.forecast.layers import SWELL_ONLY, Findings, Layer
from geodata.forecast.settings import ForecastLimits

_MISSING = 1e20
_DEEPEST_SURFACE_M = 2.0
"""A current no deeper than this stands for the surface."""

_SURFACES = ("surface", "meanSea", "oceanSurface", "heightAboveGround", "heightAboveSea", "unknown")
_SEA_LEVELS = (*_SURFACES, "depthBelowSea", "oceanModel", "oceanModelLayer")

_KINDS = ("deterministic forecast", "control forecast of an ensemble", "mean of an ensemble")

_PROCESSES = frozenset({0, 1, 2, 3, 4, 11, 12, 13, 14, 15, 16, 17})
"""Analyses and forecasts of WMO code table 4.3; the others are errors, observations, climates and differences."""

_NOT_THE_VALUE = {
    "pf": "member of an ensemble", "es": "spread of an ensemble", "ep": "probability", "pb": "percentile",
    "pd": "percentile", "cd": "climate", "cs": "standard deviation of a cluster", "cm": "mean of a cluster",
    "efi": "index of extremes", "sot": "index of extremes", "fcmean": "mean over time", "fcmax": "greatest over time",
    "fcmin": "least over time", "fcstdev": "standard deviation", "ssd": "standard deviation", "ea": "error",
    "ef": "error", "me": "error", "taem": "mean over time", "taes": "spread of an ensemble",
}  # fmt: skip
"""What MARS calls types of data that are something else than the value."""

_DERIVED = {
    2: "standard deviation of an ensemble", 3: "standard deviation of an ensemble", 4: "spread of an ensemble",
    5: "index of extremes", 6: "mean of a cluster", 7: "interquartile range of an ensemble",
    8: "least of an ensemble", 9: "greatest of an ensemble",
}  # fmt: skip
"""WMO code table 4.7, but for the means of all members."""

_TEMPLATES = {
    5: "probability", 9: "probability", 6: "percentile", 10: "percentile", 3: "derived from a cluster",
    4: "derived from a cluster", 13: "derived from a cluster", 14: "derived from a cluster", 7: "error of an analysis",
    15: "average over an area", 20: "radar", 31: "satellite", 32: "satellite", 99: "wave spectrum",
    100: "wave spectrum", 103: "waves of some periods only", 104: "waves of some periods only",
}  # fmt: skip
"""What product definition templates other than those of single forecasts hold, WMO code table 4.0."""


def read_grib(path: Path, box: Box, limits: ForecastLimits) -> Findings:
    """Everything known of waves, wind, visibility and current in a GRIB file, inside a box.

    Parameters
    ----------
    path : Path
    box : tuple
        West, south, east, north. [deg]
    limits : ForecastLimits

    Raises
    ------
    Unreadable
        Damaged or cut short, on another kind of grid, in a unit not understood, larger than the limits.
    """
    findings = Findings()
    # For each quantity and grid its steps, by which kind of forecast and level they are of.
    found: dict[tuple[Meaning, Grid], dict[_Standing, list[_Step]]] = {}
    windows: dict[tuple[Any, ...], Window] = {}
    decoded = 0
    _refuse_if_not_whole(path)
    with path.open("rb") as file:
        for message in _fields(file):
            known = _known(message, findings)
            if known is None:
                continue
            name, meaning, standing = known
            key = _grid_key(message, limits)
            if key not in windows:
                windows[key] = window_of(*_axes(key), box)
            window = windows[key]
            values = _values(message, key)[np.ix_(window.rows, window.columns)]
            unit = _unit(message)
            step = convert(name, meaning, unit, values) if np.isfinite(values).any() else _nothing(values)
            decoded += step.nbytes
            if decoded > limits.decoded_bytes:
                raise Unreadable(f"holds more than {limits.decoded_bytes:,} bytes of values.", "Cut it to the area.")
            steps = found.setdefault((meaning, window.grid), {}).setdefault(standing, [])
            if len(steps) >= limits.steps:
                raise Unreadable(f"has more than {limits.steps} steps of {name}.", "Cut it to fewer.")
            steps.append(_Step(*_times(message), step, unit))
    for (meaning, grid), standings in found.items():
        best = min(standings)
        for other in standings:
            if other != best:
                findings.leave_out(meaning.quantity, f"{other.told}, where there is {best.told}")
        findings.layers.append(_layer(path.name, meaning, grid, standings[best], best))
    return findings


class _Standing(NamedTuple):
    """Which of several fields of one quantity is preferred: the lowest.

    Attributes
    ----------
    kind : int
        0 deterministic, 1 control, 2 mean of an ensemble.
    depth_m : float
        Below the surface, of a current. [m]
    """

    kind: int
    depth_m: float

    @property
    def told(self) -> str:
        """In words."""
        return f"{_KINDS[self.kind]} at {self.depth_m:g} m depth" if self.depth_m else _KINDS[self.kind]


class _Step(NamedTuple):
    """One field: time it is valid for and time of its run [epoch s], values, unit."""

    time_s: float
    run_s: float
    values: np.ndarray
    unit: str


def _layer(source: str, meaning: Meaning, grid: Grid, steps: list[_Step], standing: _Standing) -> Layer:
    if not any(np.isfinite(step.values).any() for step in steps):
        raise Unreadable(f"{meaning.quantity} has no valid value in the area.", "Leave it out, or get it again.")
    steps = sorted(steps, key=lambda step: step[:2])
    for first, other in pairwise(steps):
        if first[:2] == other[:2]:
            at = datetime.fromtimestamp(first.time_s, UTC)
            raise Unreadable(
                f"{meaning.quantity} stands twice for {at:%Y-%m-%dT%H:%MZ} of one run.",
                "Keep one: one member of an ensemble, one level, one message.",
            )
    notes = [SWELL_ONLY] if meaning.quantity == "swell_height" else []
    if standing.kind:
        notes.append(f"{meaning.quantity} is of the {_KINDS[standing.kind]}")
    if standing.depth_m:
        notes.append(f"at a depth of {standing.depth_m:g} m")
    if meaning.note:
        notes.append(f"{meaning.quantity} {meaning.note}")
    times_s, runs_s, values, units = zip(*steps, strict=True)
    return Layer(
        meaning=meaning,
        grid=grid,
        times_s=np.array(times_s),
        runs_s=np.array(runs_s),
        values=np.stack(values),
        away_m=None,
        source=source,
        unit=units[0],
        notes=tuple(notes),
    )


def _nothing(values: np.ndarray) -> np.ndarray:
    """A step that is missing altogether."""
    return np.full(values.shape, np.nan, np.float32)


def _refuse_if_not_whole(path: Path) -> None:
    """Refuse a file of which some bytes belong to no message: a step could be lost in them."""
    covered = 0
    with path.open("rb") as file:
        for message in _messages(file):
            covered += int(eccodes.codes_get(message, "totalLength"))
    if covered != path.stat().st_size:
        lost = path.stat().st_size - covered
        raise Unreadable(f"{lost:,} bytes of it are no GRIB message.", "It is damaged or cut short: get it again.")


def _fields(file: Any) -> Iterator[int]:
    """Fields of a file: a message may hold several, as those of NCEP do with both parts of the wind."""
    eccodes.codes_grib_multi_support_on()
    try:
        # Fields that an earlier file, cut off in the middle, left behind are none of this one.
        eccodes.codes_grib_multi_support_reset_file(file)
        yield from _messages(file)
    finally:
        eccodes.codes_grib_multi_support_off()


def _messages(file: Any) -> Iterator[int]:
    """Messages of a file, each released when the next is asked for."""
    while True:
        with _named("a message is damaged or cut short"):
            message = eccodes.codes_grib_new_from_file(file)
        if message is None:
            return
        try:
            yield message
        finally:
            eccodes.codes_release(message)


@contextmanager
def _named(problem: str) -> Iterator[None]:
    try:
        yield
    except eccodes.CodesInternalError as error:
        raise Unreadable(f"{problem} ({str(error)[:60]}).", "Get the file again.") from None


def _text(message: int, key: str) -> str:
    with _named(f"a message has no {key}"):
        return str(eccodes.codes_get_string(message, key))


def _text_or(message: int, key: str, otherwise: str) -> str:
    return _text(message, key) if eccodes.codes_is_defined(message, key) else otherwise


def _number(message: int, key: str) -> int:
    with _named(f"a message has no {key}"):
        return int(eccodes.codes_get_long(message, key))


def _known(message: int, findings: Findings) -> tuple[str, Meaning, _Standing] | None:
    """Name, meaning and standing of a field; None, and said so, where it is nothing of ours or not the value itself."""
    name = _text(message, "shortName")
    meaning = GRIB_NAMES.get(name)
    if meaning is None and name == "unknown" and _number(message, "edition") == 2:
        numbers = tuple(_number(message, key) for key in ("discipline", "parameterCategory", "parameterNumber"))
        meaning = GRIB_NUMBERS.get(numbers)
        name = "parameter " + " ".join(str(number) for number in numbers)
    level_type = _text(message, "typeOfLevel")
    if meaning is None:
        findings.unknown[f"{name} ({level_type})"] += 1
        return None
    kind = _kind(message, meaning)
    if isinstance(kind, str):
        findings.leave_out(name, kind)
        return None
    depth_m = _depth_m(message, name, meaning, level_type)
    if depth_m is None:
        findings.leave_out(name, f"at another level ({level_type} {_number(message, 'level')})")
        return None
    return name, meaning, _Standing(kind, depth_m)


def _depth_m(message: int, name: str, meaning: Meaning, level_type: str) -> float | None:
    """Depth of a current, 0 for anything at the surface; None at a level that stands for another one. [m]"""
    group = QUANTITIES[meaning.quantity].group
    if group == "current":
        if level_type not in _SEA_LEVELS:
            return None
        with _named("a message has no level"):
            depth_m = float(eccodes.codes_get_double(message, "level"))
        # Where a layer is given, its top; an ocean model's layers are numbered from the surface down.
        if level_type in ("oceanModel", "oceanModelLayer"):
            return 0.0 if depth_m <= 1.0 else None
        return depth_m if 0.0 <= depth_m <= _DEEPEST_SURFACE_M else None
    if group == "wind" and name.startswith(("10", "i10", "max_10", "max_i10")):
        return 0.0
    if level_type in ("heightAboveGround", "heightAboveSea") and group == "wind":
        # Where a name does not say the height, the level does.
        return 0.0 if _number(message, "level") in (0, 10) else None
    return 0.0 if level_type in _SURFACES else None


def _kind(message: int, meaning: Meaning) -> int | str:
    """Which kind of forecast a field is of, or why it is not the value itself."""
    step_type = _text(message, "stepType")
    if step_type != "instant" and not (meaning.quantity == "gust" and step_type == "max"):
        return f"not of one moment ({step_type} over an interval)"
    data_type = _text_or(message, "dataType", "")
    if data_type in _NOT_THE_VALUE:
        return _NOT_THE_VALUE[data_type]
    if eccodes.codes_is_defined(message, "perturbationNumber") and _number(message, "perturbationNumber") > 0:
        return "member of an ensemble"
    if _number(message, "edition") == 1:
        return {"cf": 1, "em": 2}.get(data_type, 0)
    process = _number(message, "typeOfGeneratingProcess")
    if process not in _PROCESSES and not 192 <= process <= 255:
        return f"no forecast of the value (generating process {process} of WMO table 4.3)"
    template = _number(message, "productDefinitionTemplateNumber")
    if template in (2, 12):
        derived = _number(message, "derivedForecast")
        return 2 if derived in (0, 1) else _DERIVED.get(derived, f"derived from an ensemble (WMO table 4.7: {derived})")
    if template in (1, 11, 60, 61):
        member = _number(message, "typeOfEnsembleForecast")
        return "member of an ensemble" if member in (2, 3, 4) else 1
    if template in (0, 8):
        return 1 if data_type == "cf" else 0
    return _TEMPLATES.get(template, f"no plain forecast (product template 4.{template})")


def _unit(message: int) -> str:
    """Unit of the parameter by ecCodes' database, or by the WMO's code table where that has none."""
    unit = _text(message, "units")
    return _text(message, "parameterUnits") if unit == "unknown" else unit


def _grid_key(message: int, limits: ForecastLimits) -> tuple[Any, ...]:
    """Everything that says where the values lie; checked before any of them is unpacked."""
    grid_type = _text(message, "gridType")
    if grid_type != "regular_ll":
        raise Unreadable(
            f"is on a grid of type {grid_type[:24]}.", "Regrid it to a regular longitude/latitude grid first."
        )
    if _number(message, "alternativeRowScanning"):
        raise Unreadable("has rows that alternate in direction.", "Repack it with grib_set or cdo.")
    columns, rows = _number(message, "Ni"), _number(message, "Nj")
    points = _number(message, "numberOfDataPoints")
    if not 0 < points <= limits.points_in_field:
        raise Unreadable(f"declares a field of {points:,} points.", "It is damaged, or cut it to the area.")
    if rows * columns != points:
        raise Unreadable("declares a grid that does not fit its number of points.", "Get the file again.")
    with _named("a message has no corners"):
        corners = tuple(
            float(eccodes.codes_get_double(message, f"{axis}Of{end}GridPointInDegrees"))
            for axis in ("latitude", "longitude") for end in ("First", "Last")
        )  # fmt: skip
    flags = tuple(_number(message, key) for key in ("iScansNegatively", "jPointsAreConsecutive"))
    return (rows, columns, *corners, *flags)


def _axes(key: tuple[Any, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes of the rows and longitudes of the columns as stored. [deg]"""
    rows, columns, lat_first, lat_last, lon_first, lon_last, backwards, _ = key
    if not backwards and lon_last < lon_first:
        lon_last += 360.0
    if backwards and lon_last > lon_first:
        lon_last -= 360.0
    return np.linspace(lat_first, lat_last, rows), np.linspace(lon_first, lon_last, columns)


def _values(message: int, key: tuple[Any, ...]) -> np.ndarray:
    """All values of a message, NaN where missing. Shape (rows, columns)."""
    rows, columns, *_, columns_first = key
    with _named("a message cannot be unpacked"):
        eccodes.codes_set(message, "missingValue", _MISSING)
        values: np.ndarray = eccodes.codes_get_values(message)
        masked = bool(eccodes.codes_get_long(message, "bitmapPresent"))
    if values.size != rows * columns:
        raise Unreadable("has a message with fewer values than its grid.", "Get the file again.")
    if masked:
        values = np.where(values == _MISSING, np.nan, values)
    return values.reshape(columns, rows).T if columns_first else values.reshape(rows, columns)


def _times(message: int) -> tuple[float, float]:
    """Time a message is valid for, and of its run. [epoch s]"""
    return (
        _instant(_number(message, "validityDate"), _number(message, "validityTime")),
        _instant(_number(message, "dataDate"), _number(message, "dataTime")),
    )


def _instant(date: int, time: int) -> float:
    try:
        at = datetime(date // 10000, date // 100 % 100, date % 100, time // 100, time % 100, tzinfo=UTC)
    except ValueError:
        raise Unreadable("has a message with an impossible date.", "Get the file again.") from None
    return at.timestamp()
