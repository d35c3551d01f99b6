"""Layers of any number of files to one field a group.

* For each valid time the newest model run wins. What a vector is made of always comes from one run of one time.
* Where a group stands on several grids, the finest takes all of it; nothing is mixed over space.
* The whole sea is preferred to swell alone, on whatever grid.
* Land takes the value of the nearest cell that ever had one, and keeps how far away that is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isnan, nan

import numpy as np

from engine.errors import ForecastRefused
from geodata.forecast.cf_conventions import QUANTITIES, towards
from geodata.forecast.grid import Grid, nearest
from geodata.forecast.layers import Layer
from geodata.forecast.settings import GROUPS, ForecastLimits

MAIN = {
    "waves": (("height",), ("swell_height",)),
    "wind": (("wind_east", "wind_north"), ("wind_speed", "wind_from")),
    "visibility": (("visibility",),),
    "current": (("current_east", "current_north"), ("current_speed", "current_to")),
}
"""What a group can't be without, in order of preference."""

BESIDE = {
    ("height",): ("wave_from", "period"),
    ("swell_height",): ("swell_from", "swell_period"),
    ("wind_east", "wind_north"): ("gust",),
    ("wind_speed", "wind_from"): ("gust",),
}
"""What goes with it where it is known."""

VARIABLES = {
    "waves": ("significant height [m]", "towards, east", "towards, north", "period [s]"),
    "wind": ("velocity east [m/s]", "velocity north [m/s]", "gust [m/s]"),
    "visibility": ("visibility [m]",),
    "current": ("velocity east [m/s]", "velocity north [m/s]"),
}
"""Last axis of each group's values, as `engine.kernels.forecast.Forecast` says."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerGroup:
    """A field ready to be written.

    Attributes
    ----------
    name : str
    grid : Grid
    times_s : ndarray of float64, shape (t,)
        [epoch s]
    values : ndarray of float32, shape (t, rows, columns, c)
    filled_m : ndarray of float32, shape (rows, columns)
        [m]
    run_at_s : float
        Oldest run any step comes from; NaN where none is stated. [epoch s]
    sources : tuple of str
        Files that gave something.
    units : dict of str
        Unit each quantity was declared in.
    notes : tuple of str
    """

    name: str
    grid: Grid
    times_s: np.ndarray
    values: np.ndarray
    filled_m: np.ndarray
    run_at_s: float
    sources: tuple[str, ...]
    units: dict[str, str]
    notes: tuple[str, ...]


@dataclass(slots=True, eq=False)
class _Frame:
    """Everything one run says of one time on one grid: for each quantity its values and layer."""

    run_s: float
    values: dict[str, tuple[np.ndarray, Layer]]


def merge(layers: Sequence[Layer], limits: ForecastLimits) -> list[LayerGroup]:
    """Groups made of layers, in the order of `GROUPS`; those without their main quantity are left out.

    Raises
    ------
    ForecastRefused
        No group can be made, or two files say different things of one time and one run.
    """
    made = []
    for name in GROUPS:
        ours = [layer for layer in layers if QUANTITIES[layer.meaning.quantity].group == name]
        if ours and (group := _group(name, ours, limits)) is not None:
            made.append(group)
    if not made:
        raise ForecastRefused(
            layers[0].source if layers else "forecast", "holds no height of waves, wind, visibility or current.",
            "Name files with at least one of them, velocities complete.",
        )  # fmt: skip
    return made


def _group(name: str, layers: list[Layer], limits: ForecastLimits) -> LayerGroup | None:
    grids: list[Grid] = []
    of_grid: list[list[Layer]] = []
    for layer in layers:
        number = next((k for k, grid in enumerate(grids) if grid.is_same(layer.grid)), len(grids))
        if number == len(grids):
            grids.append(layer.grid)
            of_grid.append([])
        of_grid[number].append(layer)
    choices = [
        (rank, grid.cell_deg2, number, main)
        for number, grid in enumerate(grids)
        for rank, main in enumerate(MAIN[name])
        if set(main) <= {layer.meaning.quantity for layer in of_grid[number]}
    ]
    if not choices:
        return None
    _, _, number, main = min(choices, key=lambda choice: (*choice[:2], -_newest(of_grid[choice[2]]), choice[2]))
    wanted = (*main, *BESIDE.get(main, ()))
    frames = _frames(of_grid[number], wanted, main)
    if not frames:
        return None
    left_out = tuple(
        f"{_known_as(layer)} of {layer.source} left out"
        for k, grid in enumerate(grids) if k != number for layer in of_grid[k]
    )  # fmt: skip
    return _filled(name, grids[number], main, frames, left_out, limits)


def _known_as(layer: Layer) -> str:
    return f"{layer.meaning.quantity} on {layer.grid.step_lon_deg:.3g} x {layer.grid.step_lat_deg:.3g} deg"


def _newest(layers: list[Layer]) -> float:
    runs = [run for layer in layers for run in layer.runs_s.tolist() if not isnan(run)]
    return max(runs, default=-np.inf)


def _frames(layers: list[Layer], wanted: tuple[str, ...], main: tuple[str, ...]) -> dict[float, list[_Frame]]:
    """For each time its frames, newest run first; only times with a frame that has the main quantities."""
    best = {q: min((la.meaning.rank for la in layers if la.meaning.quantity == q), default=0) for q in wanted}
    by_time: dict[float, dict[float, _Frame]] = {}
    for layer in layers:
        quantity = layer.meaning.quantity
        if quantity not in wanted or layer.meaning.rank != best[quantity]:
            continue
        for k, (time_s, run_s) in enumerate(zip(layer.times_s.tolist(), layer.runs_s.tolist(), strict=True)):
            # A run that nobody states counts as older than any that is stated.
            run = -np.inf if isnan(run_s) else run_s
            frame = by_time.setdefault(time_s, {}).setdefault(run, _Frame(run, {}))
            if quantity in frame.values:
                _refuse_if_different(frame.values[quantity], (layer.values[k], layer), time_s)
            else:
                frame.values[quantity] = (layer.values[k], layer)
    kept = {}
    for time_s in sorted(by_time):
        frames = sorted(by_time[time_s].values(), key=lambda frame: -frame.run_s)
        if any(set(main) <= set(frame.values) for frame in frames):
            kept[time_s] = frames
    return kept


def _refuse_if_different(first: tuple[np.ndarray, Layer], other: tuple[np.ndarray, Layer], time_s: float) -> None:
    if not np.array_equal(first[0], other[0], equal_nan=True):
        at = datetime.fromtimestamp(time_s, UTC)
        raise ForecastRefused(
            other[1].source,
            f"says of {other[1].meaning.quantity} at {at:%Y-%m-%dT%H:%MZ} something else than {first[1].source}, "
            "and neither states a newer run.",
            "Leave one of them out.",
        )


def _filled(
    name: str, grid: Grid, main: tuple[str, ...], frames: dict[float, list[_Frame]], notes: tuple[str, ...],
    limits: ForecastLimits,
) -> LayerGroup:  # fmt: skip
    size = len(frames) * grid.rows * grid.columns * len(VARIABLES[name])
    used_names = {layer.source for rows in frames.values() for frame in rows for _, layer in frame.values.values()}
    if len(frames) > limits.steps or 4 * size > limits.decoded_bytes:
        raise ForecastRefused(
            sorted(used_names)[0], f"makes {len(frames)} steps of {name}, {4 * size:,} bytes.",
            f"At most {limits.steps} steps and {limits.decoded_bytes:,} bytes: leave files out.",
        )  # fmt: skip
    values = np.full((len(frames), grid.rows, grid.columns, len(VARIABLES[name])), np.nan, np.float32)
    runs: list[float] = []
    used: dict[int, Layer] = {}
    for k, rows in enumerate(frames.values()):
        first = next(frame for frame in rows if set(main) <= set(frame.values))
        parts = {quantity: first.values[quantity] for quantity in main}
        for quantity in BESIDE.get(main, ()):
            # A quantity that stands alone may come from an older run where the newest has none.
            holder = first if quantity in first.values else next((f for f in rows if quantity in f.values), None)
            if holder is not None:
                parts[quantity] = holder.values[quantity]
        runs.append(first.run_s)
        used.update({id(layer): layer for _, layer in parts.values()})
        _write(values[k], main, {quantity: array for quantity, (array, _) in parts.items()})
    layers = list(used.values())
    away = [layer.away_m for layer in layers if layer.away_m is not None and layer.meaning.quantity in main]
    stated = [run for run in runs if np.isfinite(run)]
    filled_m = fill(values, grid, np.maximum.reduce(away) if away else None)
    return LayerGroup(
        name=name,
        grid=grid,
        times_s=np.array(list(frames), np.float64),
        values=values,
        filled_m=filled_m,
        run_at_s=min(stated) if stated else nan,
        sources=tuple(sorted({layer.source for layer in layers})),
        units={_spelled(layer): layer.unit for layer in layers},
        notes=tuple(dict.fromkeys([*(note for layer in layers for note in layer.notes), *notes])),
    )


def _spelled(layer: Layer) -> str:
    kind = layer.meaning.kind
    return f"{layer.meaning.quantity} ({kind})" if kind else layer.meaning.quantity


def _write(step: np.ndarray, main: tuple[str, ...], parts: dict[str, np.ndarray]) -> None:
    """Put the quantities of one time in their places. `step` has shape (rows, columns, c)."""
    if main[0] in ("height", "swell_height"):
        direction, period = BESIDE[main]
        step[..., 0] = parts[main[0]]
        if direction in parts:
            step[..., 1], step[..., 2] = towards(parts[direction])
        if period in parts:
            step[..., 3] = parts[period]
    elif main == ("visibility",):
        step[..., 0] = parts["visibility"]
    else:
        east, north = parts[main[0]], parts[main[1]]
        if main[0].endswith("speed"):
            speed = east
            if main[1].endswith("_from"):
                east, north = towards(parts[main[1]])
            else:
                east, north = (-part for part in towards(parts[main[1]]))
            east, north = speed * east, speed * north
        # Half a vector is none.
        known = np.isfinite(east) & np.isfinite(north)
        step[..., 0], step[..., 1] = np.where(known, east, np.nan), np.where(known, north, np.nan)
        if "gust" in parts:
            step[..., 2] = parts["gust"]


def fill(values: np.ndarray, grid: Grid, away_m: np.ndarray | None = None) -> np.ndarray:
    """Give cells that never have a value those of the nearest cell that has, in place.

    Parameters
    ----------
    values : ndarray of float32, shape (t, rows, columns, c)
        The first variable says which cells are wet: those with a value at any time.
    grid : Grid
    away_m : ndarray of float32, shape (rows, columns), or None
        How far wet cells are themselves from the point their value stands for. [m]

    Returns
    -------
    ndarray of float32, shape (rows, columns)
        Distance to the cell a value was taken from; infinite where there is none. [m]
    """
    wet = np.isfinite(values[..., 0]).any(axis=0)
    filled_m = np.where(wet, 0.0 if away_m is None else away_m, np.inf).astype(np.float32)
    if wet.all() or not wet.any():
        return filled_m
    lon, lat = np.meshgrid(grid.longitudes, grid.latitudes)
    number, distance_m = nearest(lon[wet], lat[wet], lon[~wet], lat[~wet])
    own_m = filled_m[wet][number]
    rows, columns = (place[number] for place in np.nonzero(wet))
    values[:, ~wet] = values[:, rows, columns]
    filled_m[~wet] = distance_m + own_m
    return filled_m
