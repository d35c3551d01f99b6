"""GRIB files, message by message, through ecCodes.

cfgrib would gather messages into a data set and drop what does not fit together; here every message is looked at, so
that a lost step or a foreign grid is refused rather than missed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import eccodes
import numpy as np

from geodata.forecast.cf import GRIB_NAMES, GRIB_NUMBERS, QUANTITIES, Meaning, Unreadable, converted
from geodata.forecast.grid import Box, Grid, Window, window_of
from geodata.forecast.layers import SWELL_ONLY, Layer
from geodata.forecast.settings import Limits

_MISSING = 1e20


def read_grib(path: Path, box: Box, limits: Limits) -> list[Layer]:
    """Everything known of waves, wind, visibility and current in a GRIB file, inside a box.

    Parameters
    ----------
    path : Path
    box : tuple
        West, south, east, north. [deg]
    limits : Limits

    Raises
    ------
    Unreadable
        Damaged or cut short, on another kind of grid, in a unit not understood, larger than the limits.
    """
    found: dict[tuple[Meaning, Grid], list[tuple[float, float, np.ndarray, str]]] = {}
    windows: dict[tuple[Any, ...], Window] = {}
    decoded, covered = 0, 0
    with path.open("rb") as file:
        for message in _messages(file):
            covered += int(eccodes.codes_get(message, "totalLength"))
            meaning = _meaning(message)
            if meaning is None:
                continue
            key = _grid_key(message, limits)
            if key not in windows:
                windows[key] = window_of(*_axes(key), box)
            window = windows[key]
            values = _values(message, key)[np.ix_(window.rows, window.columns)]
            name, unit = _text(message, "shortName"), _unit(message)
            step = converted(name, meaning, unit, values) if np.isfinite(values).any() else _nothing(values)
            decoded += step.nbytes
            if decoded > limits.decoded_bytes:
                raise Unreadable(f"holds more than {limits.decoded_bytes:,} bytes of values.", "Cut it to the area.")
            steps = found.setdefault((meaning, window.grid), [])
            if len(steps) >= limits.steps:
                raise Unreadable(f"has more than {limits.steps} steps of {name}.", "Cut it to fewer.")
            steps.append((*_times(message), step, unit))
    if covered != path.stat().st_size:
        lost = path.stat().st_size - covered
        raise Unreadable(f"{lost:,} bytes of it are no GRIB message.", "It is damaged or cut short: get it again.")
    return [_layer(path.name, meaning, grid, steps) for (meaning, grid), steps in found.items()]


def _layer(
    source: str, meaning: Meaning, grid: Grid, steps: list[tuple[float, float, np.ndarray, str]]
) -> Layer:  # fmt: skip
    if not any(np.isfinite(values).any() for _, _, values, _ in steps):
        raise Unreadable(f"{meaning.quantity} has no valid value in the area.", "Leave it out, or get it again.")
    order = sorted(range(len(steps)), key=lambda k: steps[k][:2])
    times_s, runs_s, values, units = zip(*(steps[k] for k in order), strict=True)
    for k in range(1, len(order)):
        if (times_s[k], runs_s[k]) == (times_s[k - 1], runs_s[k - 1]):
            at = datetime.fromtimestamp(times_s[k], UTC)
            raise Unreadable(
                f"{meaning.quantity} stands twice for {at:%Y-%m-%dT%H:%MZ} of one run.",
                "Keep one: one member of an ensemble, one level, one message.",
            )
    notes = (SWELL_ONLY,) if meaning.quantity == "swell_height" else ()
    return Layer(
        meaning, grid, np.array(times_s), np.array(runs_s), np.stack(values), None, source, units[0], notes
    )  # fmt: skip


def _nothing(values: np.ndarray) -> np.ndarray:
    """A step that is missing altogether."""
    return np.full(values.shape, np.nan, np.float32)


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


def _number(message: int, key: str) -> int:
    with _named(f"a message has no {key}"):
        return int(eccodes.codes_get_long(message, key))


def _meaning(message: int) -> Meaning | None:
    """What a message stands for; None when it is nothing of ours."""
    short_name = _text(message, "shortName")
    meaning = GRIB_NAMES.get(short_name)
    if meaning is None and short_name == "unknown" and _number(message, "edition") == 2:
        discipline, category = _number(message, "discipline"), _number(message, "parameterCategory")
        meaning = GRIB_NUMBERS.get((discipline, category, _number(message, "parameterNumber")))
    if meaning is None:
        return None
    if eccodes.codes_is_defined(message, "perturbationNumber") and _number(message, "perturbationNumber") > 0:
        raise Unreadable("holds members of an ensemble.", "Name the control or deterministic forecast.")
    if QUANTITIES[meaning.quantity].group == "wind" and short_name.startswith("10"):
        return meaning
    level = _text(message, "typeOfLevel")
    if QUANTITIES[meaning.quantity].group == "current" and _number(message, "level") != 0:
        return None
    if level not in ("surface", "meanSea", "oceanSurface", "heightAboveGround", "depthBelowSea", "unknown"):
        return None
    return meaning


def _unit(message: int) -> str:
    """Unit of the parameter by ecCodes' database, or by the WMO's code table where that has none."""
    unit = _text(message, "units")
    return _text(message, "parameterUnits") if unit == "unknown" else unit


def _grid_key(message: int, limits: Limits) -> tuple[Any, ...]:
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
