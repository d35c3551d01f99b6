"""Answers of the Open-Meteo marine and forecast interfaces: one location or a list of them.

Every location is answered for the nearest grid point of some model, so points that were asked for evenly come back
unevenly. Nodes of our grid take the nearest point, and keep how far away it is.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from geodata.forecast.cf_conventions import OPEN_METEO_NAMES, QUANTITIES, Unreadable, convert
from geodata.forecast.grid import Box, Grid, arc_m, nearest, unit_vectors, window_of
from geodata.forecast.layers import SWELL_ONLY, Findings, Layer, printable
from geodata.forecast.merge import MAIN
from geodata.forecast.settings import ForecastLimits, Points

ASKED = "asked"
"""Entry that our own download adds to each location: the position that was asked for."""

_LARGEST_LATTICE = 4_000_000

_LONGEST_FIRST = sorted(OPEN_METEO_NAMES, key=len, reverse=True)
_NOT_A_MODEL = re.compile(r"(member[0-9]+|spread|mean|min|max|std|dominant|previous_day[0-9]+)(_.*)?|.*_member[0-9]+")
"""What may stand behind a variable and is another quantity: statistics of an ensemble, a member, an older run."""


def read_open_meteo(path: Path, box: Box, limits: ForecastLimits, points: Points) -> Findings:
    """Everything known of waves, wind, visibility and current in an Open-Meteo answer, inside a box.

    Parameters
    ----------
    path : Path
    box : tuple
        West, south, east, north. [deg]
    limits : ForecastLimits
    points : Points
        How single points become a grid.

    Raises
    ------
    Unreadable
        Not JSON, an error answer, hourly values missing or of uneven length, a unit not understood.
    """
    locations = _locations(path)
    findings = Findings()
    chosen, notes = _chosen(locations[0], findings)
    times_s, columns, units = _series(locations, chosen, limits)
    _leave_out_land(columns, findings)
    grid, number, away_m = _lattice(locations, box, points)
    if 4 * len(columns) * times_s.size * grid.rows * grid.columns > limits.decoded_bytes:
        raise Unreadable(f"makes more than {limits.decoded_bytes:,} bytes of values.", "Ask for fewer points.")
    order = np.argsort(times_s, kind="stable")
    runs_s = np.full(times_s.size, np.nan)
    for base, series in columns.items():
        meaning = OPEN_METEO_NAMES[base]
        if not np.isfinite(series).any():
            findings.leave_out(base, "no value at any time")
            continue
        values = convert(base, meaning, units[base], series)[order]
        spread = np.where(number >= 0, values[:, np.maximum(number, 0)], np.float32(np.nan))
        told = [*notes.get(QUANTITIES[meaning.quantity].group, ())]
        told += [SWELL_ONLY] if meaning.quantity == "swell_height" else []
        if QUANTITIES[meaning.quantity].group == "waves" or np.isfinite(spread).any():
            findings.layers.append(
                Layer(
                    meaning=meaning,
                    grid=grid,
                    times_s=times_s[order],
                    runs_s=runs_s,
                    values=spread.astype(np.float32),
                    away_m=away_m,
                    source=path.name,
                    unit=str(units[base]),
                    notes=tuple(told),
                )
            )  # fmt: skip
    return findings


def _chosen(first: dict[str, Any], findings: Findings) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """For each known variable the name it stands under, and notes for each group: one model gives a whole group.

    An answer for several models has each variable once a model, with the model's name behind it.
    """
    hourly = first["hourly"]
    by_group: dict[str, dict[str, dict[str, str]]] = {}
    for name in hourly:
        base = next((known for known in _LONGEST_FIRST if name == known or name.startswith(f"{known}_")), None)
        if base is None:
            if name != "time":
                findings.unknown[name] += 1
            continue
        model = name[len(base) + 1 :]
        if _NOT_A_MODEL.fullmatch(model):
            findings.leave_out(name, "not the value of one forecast")
            continue
        group = QUANTITIES[OPEN_METEO_NAMES[base].quantity].group
        by_group.setdefault(group, {}).setdefault(model, {})[base] = name
    chosen: dict[str, str] = {}
    notes: dict[str, tuple[str, ...]] = {}
    for group, models in by_group.items():
        best = max(models, key=lambda model: _worth(group, models[model], hourly))
        chosen |= models[best]
        others = [model or "the one without a name" for model in models if model != best]
        if best:
            notes[group] = (f"{group} of the model {printable(best)}",)
        if others:
            findings.leave_out(group, f"models {', '.join(printable(other) for other in others)}, where there is "
                                      f"{printable(best) or 'the one without a name'}")  # fmt: skip
    return chosen, notes


def _worth(group: str, names: dict[str, str], hourly: dict[str, Any]) -> tuple[int, int]:
    """How much a model says of a group: values of its main quantities, then variables; the first one wins ties."""
    valued = {
        OPEN_METEO_NAMES[base].quantity: sum(value is not None for value in hourly[name])
        for base, name in names.items() if isinstance(hourly[name], list)
    }  # fmt: skip
    # Swell alone is worth less than any value of the whole sea.
    main = [min(valued.get(quantity, 0) for quantity in way) for way in MAIN[group]]
    weights = [main[0] * 1000, *main[1:]] if group == "waves" else main
    return max(weights), sum(count > 0 for count in valued.values())


def _leave_out_land(columns: dict[str, np.ndarray], findings: Findings) -> None:
    """Make missing what some models write of land: a sea, or a current, of exactly nothing at every time."""
    for main, beside, what in (
        ("wave_height", ("wave_period", "wave_peak_period"), "waves"),
        ("swell_wave_height", ("swell_wave_period", "swell_wave_peak_period"), "swell"),
        ("ocean_current_velocity", (), "current"),
    ):
        if main not in columns:
            continue
        still = _is_nothing(columns[main]) & np.isfinite(columns[main]).any(axis=0)
        for name in beside:
            still &= _is_nothing(columns[name]) if name in columns else True
        if not still.any():
            continue
        group = QUANTITIES[OPEN_METEO_NAMES[main].quantity].group
        family = "swell_" if what == "swell" else ""
        for name, series in columns.items():
            same = QUANTITIES[OPEN_METEO_NAMES[name].quantity].group == group
            if same and (what == "current" or name.startswith("swell_") == bool(family)):
                series[:, still] = np.nan
        findings.leave_out(what, f"exactly 0 at every time, as on land, at {int(still.sum())} of {still.size} points")


def _is_nothing(series: np.ndarray) -> np.ndarray:
    """Which locations have no value but 0."""
    still: np.ndarray = ((series == 0.0) | np.isnan(series)).all(axis=0)
    return still


def _locations(path: Path) -> list[dict[str, Any]]:
    try:
        answer = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise Unreadable("is not JSON, or cut short.", "Get the file again.") from None
    locations = answer if isinstance(answer, list) else [answer]
    if not locations or not all(isinstance(location, dict) for location in locations):
        raise Unreadable("is not an Open-Meteo answer.", "An object with 'hourly' and 'hourly_units' is needed.")
    for location in locations:
        if location.get("error"):
            raise Unreadable(f"is an error answer: {str(location.get('reason'))[:80]!r}.", "Ask again.")
        if not all(isinstance(location.get(key), dict) for key in ("hourly", "hourly_units")):
            raise Unreadable("has no 'hourly' values with 'hourly_units'.", "Ask for hourly variables.")
        for axis, most in (("latitude", 90.0), ("longitude", 360.0)):
            value = location.get(axis)
            if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= most:
                raise Unreadable(f"has a location without a {axis}.", "Get the file again.")
    return locations


def _series(
    locations: list[dict[str, Any]], chosen: dict[str, str], limits: ForecastLimits
) -> tuple[np.ndarray, dict[str, np.ndarray], dict[str, Any]]:
    """Times [epoch s], values of each variable as (time, location), and units.

    A variable that has no value at all has a unit of its own, ``undefined``: it is missing there.
    """
    times_s = _times(locations[0], limits)
    columns: dict[str, np.ndarray] = {}
    units: dict[str, Any] = {}
    for base, name in chosen.items():
        columns[base] = np.full((times_s.size, len(locations)), np.nan)
        for k, location in enumerate(locations):
            values = _numbers(name, location["hourly"].get(name), times_s.size)
            if not np.isfinite(values).any() and not np.isinf(values).any():
                continue
            unit = location["hourly_units"].get(name)
            if units.setdefault(base, unit) != unit:
                raise Unreadable(f"has {name} in different units.", "Ask for all locations in one way.")
            columns[base][:, k] = values
    for location in locations[1:]:
        if not np.array_equal(_times(location, limits), times_s):
            raise Unreadable("has locations with different times.", "Ask for all of them in one way.")
    return times_s, columns, units


def _numbers(name: str, values: Any, steps: int) -> np.ndarray:
    if not isinstance(values, list) or len(values) != steps:
        raise Unreadable(f"has {printable(name)} of another length than its times.", "Get the file again.")
    if not all(value is None or (isinstance(value, int | float) and not isinstance(value, bool)) for value in values):
        raise Unreadable(f"has {printable(name)} that is no number.", "Get the file again.")
    try:
        return np.array([np.nan if value is None else float(value) for value in values], np.float64)
    except OverflowError:
        raise Unreadable(f"has {printable(name)} that is no number.", "Get the file again.") from None


def _times(location: dict[str, Any], limits: ForecastLimits) -> np.ndarray:
    """Times of a location. [epoch s]

    Unix times are in UTC whatever the zone; written times are local, and ``utc_offset_seconds`` says by how much.
    """
    times, form = location["hourly"].get("time"), location["hourly_units"].get("time")
    offset = location.get("utc_offset_seconds", 0)
    if not isinstance(times, list) or not times or not isinstance(offset, int | float):
        raise Unreadable("has no times.", "Ask for hourly variables.")
    if len(times) > limits.steps:
        raise Unreadable(f"has more than {limits.steps} steps.", "Ask for fewer hours.")
    try:
        if form == "unixtime":
            at = [float(value) for value in times]
        elif form == "iso8601":
            at = [datetime.fromisoformat(value).replace(tzinfo=UTC).timestamp() - offset for value in times]
        else:
            raise Unreadable(f"has times in unit '{str(form)[:24]}'.", "iso8601 or unixtime is needed.")
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("has a time that cannot be read.", "Get the file again.") from None
    found = np.array(at, np.float64)
    if np.unique(found).size != found.size:
        raise Unreadable("has one time twice.", "Keep one value for each time.")
    return found


def _lattice(
    locations: list[dict[str, Any]], box: Box, points: Points
) -> tuple[Grid, np.ndarray, np.ndarray | None]:  # fmt: skip
    """Grid for the locations, for each node the number of the location it takes (-1 for none), and how far that is."""
    lon = np.array([location["longitude"] for location in locations], np.float64)
    lat = np.array([location["latitude"] for location in locations], np.float64)
    asked = [location[ASKED] for location in locations if isinstance(location.get(ASKED), dict)]
    if len(asked) == len(locations):
        try:
            ask_lon = np.array([float(location["longitude"]) for location in asked])
            ask_lat = np.array([float(location["latitude"]) for location in asked])
        except (KeyError, TypeError, ValueError):
            raise Unreadable("has a damaged 'asked' entry.", "Fetch it again.") from None
        if (regular := _as_lattice(ask_lon, ask_lat, box)) is not None:
            grid, number = regular
            away = arc_m(np.linalg.norm(unit_vectors(lon, lat) - unit_vectors(ask_lon, ask_lat), axis=1))
            return grid, number, np.where(number >= 0, away[number], np.inf).astype(np.float32)
    if len(locations) > 1 and (regular := _as_lattice(lon, lat, box)) is not None:
        return (*regular, None)
    return _scattered(lon, lat, box, points)


def _as_lattice(lon: np.ndarray, lat: np.ndarray, box: Box) -> tuple[Grid, np.ndarray] | None:
    """Grid of points that form one, holes allowed; None when they do not."""
    columns, rows = np.unique(np.round(lon, 4)), np.unique(np.round(lat, 4))
    if columns.size < 2 or rows.size < 2 or columns.size * rows.size > 4 * lon.size:
        return None
    try:
        window = window_of(rows, columns, box)
    except Unreadable as error:
        if "spaced" in error.problem:
            return None
        raise
    whole = np.full((rows.size, columns.size), -1)
    at = (np.searchsorted(rows, np.round(lat, 4)), np.searchsorted(columns, np.round(lon, 4)))
    whole[at] = np.arange(lon.size)
    return window.grid, whole[np.ix_(window.rows, window.columns)]


def _scattered(lon: np.ndarray, lat: np.ndarray, box: Box, points: Points) -> tuple[Grid, np.ndarray, np.ndarray]:
    """A grid round points in no order: each node takes the nearest within reach."""
    west, south, east, north = box
    step = points.step_deg
    lon = (lon - 0.5 * (west + east) + 180.0) % 360.0 - 180.0 + 0.5 * (west + east)
    margin_lat = points.reach_m / 111_000.0
    margin_lon = margin_lat / max(0.1, np.cos(np.radians(max(abs(south), abs(north)))))
    first_lon = max(west - step, float(lon.min()) - margin_lon)
    last_lon = min(east + step, float(lon.max()) + margin_lon)
    first_lat = max(south - step, float(lat.min()) - margin_lat)
    last_lat = min(north + step, float(lat.max()) + margin_lat)
    if last_lon <= first_lon or last_lat <= first_lat:
        raise Unreadable("does not touch the area of the pack.", "Name a file that covers it.")
    # Nodes are multiples of the step, so that two files on neighbouring points share a grid's lines.
    columns = np.arange(np.ceil(first_lon / step), np.floor(last_lon / step) + 1) * step
    rows = np.arange(np.ceil(first_lat / step), np.floor(last_lat / step) + 1) * step
    if columns.size * rows.size > _LARGEST_LATTICE or not columns.size or not rows.size:
        raise Unreadable("makes no usable grid.", "Ask for points closer together.")
    grid = Grid(
        round(float(columns[0]), 6), round(float(rows[0]), 6), step, step, rows.size, columns.size
    )  # fmt: skip
    at_lon, at_lat = np.meshgrid(grid.longitudes, grid.latitudes)
    number, away_m = nearest(lon, lat, at_lon.ravel(), at_lat.ravel())
    reached = away_m <= points.reach_m
    if not reached.any():
        raise Unreadable("has no point within reach of the area.", "Ask for points inside it.")
    number = np.where(reached, number, -1).reshape(grid.rows, grid.columns)
    away_m = np.where(reached, away_m, np.inf).reshape(grid.rows, grid.columns)
    return grid, number, away_m.astype(np.float32)
