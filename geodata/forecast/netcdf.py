"""CF NetCDF files, classic and NetCDF-4: variables by standard name, sizes checked before anything is read.

xarray would open them too, but reads through the same library and decides more on its own.
"""

from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

from geodata.forecast.cf_conventions import (
    GRIB_NAMES,
    QUANTITIES,
    STANDARD_NAMES,
    VARIABLE_NAMES,
    Meaning,
    Unreadable,
    convert,
)
from geodata.forecast.cf_coordinates import axis_of, plain, refuse_other_grid, times_of
from geodata.forecast.cf_values import masked_as_invalid, values_stand_for
from geodata.forecast.grid import Box, Window, window_of
from geodata.forecast.layers import SWELL_ONLY, Findings, Layer
from geodata.forecast.netcdf3_size import refuse_if_cut_short
from geodata.forecast.settings import ForecastLimits

_WIND_HEIGHT_M = 10.0
_DEEPEST_SURFACE_M = 2.0
"""A current no deeper than this stands for the surface; uppermost layers of ocean models lie at half a metre."""


def read_netcdf(path: Path, box: Box, limits: ForecastLimits) -> Findings:
    """Everything known of waves, wind, visibility and current in a CF NetCDF file, inside a box.

    Parameters
    ----------
    path : Path
    box : tuple
        West, south, east, north. [deg]
    limits : ForecastLimits

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
    except (OSError, RuntimeError, ValueError) as error:
        raise Unreadable(f"is no NetCDF file, or damaged ({str(error)[:60]}).", "Get the file again.") from None
    with data:
        try:
            return _findings(data, path.name, box, limits)
        except Unreadable:
            raise
        except (RuntimeError, OSError, AttributeError, LookupError, ArithmeticError, TypeError, ValueError) as error:
            raise Unreadable(f"is damaged ({str(error)[:60]}).", "Get the file again.") from None


def _findings(data: Any, source: str, box: Box, limits: ForecastLimits) -> Findings:
    findings = Findings()
    seen: dict[Meaning, str] = {}
    left = limits.decoded_bytes
    for name, variable in data.variables.items():
        meaning = _meaning(name, variable, findings)
        if meaning is None:
            continue
        stands_for = values_stand_for(variable, meaning, data)
        if stands_for.why_not:
            findings.leave_out(name, stands_for.why_not)
            continue
        chosen = _levels(data, variable, meaning)
        if chosen is None:
            findings.leave_out(name, "at another height or depth")
            continue
        if meaning in seen:
            standard_name = str(getattr(variable, "standard_name", meaning.quantity))
            raise Unreadable(
                f"states {standard_name} twice, as {seen[meaning][:24]} and {name[:24]}.", "Keep one of them."
            )
        seen[meaning] = name
        levels, notes = chosen
        layer = _read(data, name, variable, meaning, (levels, (*notes, *stands_for.notes)), source, box, limits, left)
        left -= layer.values.nbytes
        findings.layers.append(layer)
    return findings


def _meaning(name: str, variable: Any, findings: Findings) -> Meaning | None:
    """What a variable stands for by its standard name, by its GRIB name or, where it has neither, by its own."""
    if variable.ndim < 2 or name.endswith(("_bnds", "_bounds")):
        return None
    words = str(getattr(variable, "standard_name", "")).split()
    standard_name = words[0] if words else "unknown"
    meaning = STANDARD_NAMES.get(standard_name)
    if meaning is not None and len(words) > 1:
        findings.leave_out(name, f"{' '.join(words[1:])} of {standard_name}, another quantity")
        return None
    if meaning is None and standard_name == "unknown":
        # What converters of GRIB could find no standard name for keeps its GRIB name.
        meaning = GRIB_NAMES.get(str(getattr(variable, "GRIB_shortName", ""))) or VARIABLE_NAMES.get(name)
    if meaning is None and standard_name not in ("time", "latitude", "longitude", "depth", "height"):
        findings.unknown[name if standard_name == "unknown" else f"{name} ({standard_name})"] += 1
    return meaning


def _read(
    data: Any, name: str, variable: Any, meaning: Meaning, chosen: "tuple[dict[str, int], tuple[str, ...]]",
    source: str, box: Box, limits: ForecastLimits, left: int,
) -> Layer:  # fmt: skip
    levels, notes = chosen
    refuse_other_grid(data, name, variable)
    rows, columns = axis_of(data, name, variable, "latitude"), axis_of(data, name, variable, "longitude")
    times = times_of(data, variable, limits)
    for dimension in variable.dimensions:
        spare = dimension not in (rows, columns, *times.dimensions, *levels)
        if spare and len(data.dimensions[dimension]) > 1:
            raise Unreadable(f"variable {name[:40]} has a dimension {dimension[:24]}.", "Keep one member or level.")
    if len(data.dimensions[rows]) * len(data.dimensions[columns]) > limits.points_in_field:
        raise Unreadable(f"variable {name[:40]} declares too many points.", "It is damaged, or cut it to the area.")
    window = window_of(plain(data.variables[rows]), plain(data.variables[columns]), box)
    if 4 * times.at_s.size * window.rows.size * window.columns.size > left:
        raise Unreadable(f"holds more than {limits.decoded_bytes:,} bytes of values.", "Cut it to the area.")
    values, masked = _cut(variable, meaning, rows, columns, times.dimensions, window, levels, limits)
    if masked:
        notes = (*notes, masked)
    unit = getattr(variable, "units", None)
    values = convert(name, meaning, None if unit is None else str(unit), values)
    order = np.argsort(times.at_s, kind="stable")
    if meaning.quantity == "swell_height":
        notes = (*notes, SWELL_ONLY)
    if meaning.note:
        notes = (*notes, f"{meaning.quantity} {meaning.note}")
    return Layer(
        meaning=meaning,
        grid=window.grid,
        times_s=times.at_s[order],
        runs_s=times.runs_s[order],
        values=values[order],
        away_m=None,
        source=source,
        unit=str(unit),
        notes=notes,
    )


def _cut(
    variable: Any, meaning: Meaning, rows: str, columns: str, steps: tuple[str, ...], window: Window,
    levels: dict[str, int], limits: ForecastLimits,
) -> tuple[np.ndarray, str]:  # fmt: skip
    """Values of a variable in the window, as (time, row, column), NaN where missing; and a note on what is masked."""
    chunks = variable.chunking()
    if isinstance(chunks, list) and np.prod(chunks, dtype=np.float64) > limits.points_in_field:
        raise Unreadable("declares a block of values larger than any real one.", "It is damaged: get it again.")
    taken: list[Any] = []
    kept: list[str] = []
    for dimension in variable.dimensions:
        if dimension == rows:
            taken.append(_span(window.rows))
        elif dimension == columns:
            taken.append(_span(window.columns))
        elif dimension in steps:
            taken.append(slice(None))
        else:
            taken.append(levels.get(dimension, 0))
            continue
        kept.append(dimension)
    variable.set_auto_maskandscale(True)
    with np.errstate(all="ignore"):
        # What damage makes of a number is judged with the values, not by a warning.
        values = np.ma.asarray(variable[tuple(taken)], dtype=np.float64)
    masked = masked_as_invalid(variable, tuple(taken), values, meaning)
    filled = np.ma.filled(values, np.nan)
    filled = np.transpose(filled, [kept.index(d) for d in (*steps, rows, columns)])
    filled = filled.reshape(-1, *filled.shape[-2:])
    return filled[:, window.rows - window.rows.min()][:, :, window.columns - window.columns.min()], masked


def _span(places: np.ndarray) -> slice:
    """Slice that holds all places: a library reads one of those far faster than a list."""
    return slice(int(places.min()), int(places.max()) + 1)


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
        levels_m = np.atleast_1d(plain(axis))
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
