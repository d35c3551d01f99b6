"""SYNTHETIC forecast cubes over the Channel box, from functions of place and time; nothing was ever forecast."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from math import nan
from pathlib import Path

import numpy as np

from geodata.forecast.cube import write_cube
from geodata.forecast.grid import Grid
from geodata.forecast.merge import VARIABLES, LayerGroup, fill

CHANNEL = (-7.0, 48.0, 5.0, 52.5)
START_S = datetime(2026, 11, 22, tzinfo=UTC).timestamp()
TIMES_S = START_S + 3600.0 * np.arange(25)

Spread = Callable[[np.ndarray, np.ndarray, float], Sequence[object]]
"""(lon, lat, at_s) -> one number or array a variable; lon and lat have shape (rows, columns)."""


def synthetic_cube(
    path: Path,
    *,
    waves: Spread | Sequence[float] | None = None,
    wind: Spread | Sequence[float] | None = None,
    visibility: Spread | Sequence[float] | None = None,
    current: Spread | Sequence[float] | None = None,
    times: Sequence[float] | np.ndarray = TIMES_S,
    box: tuple[float, float, float, float] = CHANNEL,
    step_deg: float = 0.25,
    run_at_s: float | None = START_S,
) -> Path:
    """Write a cube and return its path.

    Each group is None, constant numbers, or a function ``(lon, lat, at_s)`` that returns its variables: waves
    ``(height, towards east, towards north, period)``, wind ``(east, north, gust)``, visibility ``(metres,)``, current
    ``(east, north)``. NaN in the first variable at every time is land and is filled from the nearest water.
    ``run_at_s`` is the run of every group; None where no run is stated.
    """
    groups = [
        synthetic_group(name, spread, times, box, step_deg, run_at_s)
        for name, spread in (("waves", waves), ("wind", wind), ("visibility", visibility), ("current", current))
        if spread is not None
    ]
    write_cube(path, groups, [{"file": "SYNTHETIC", "bytes": 0, "sha256": "0" * 64, "kind": "synthetic"}])
    return path


def synthetic_group(name, spread, times=TIMES_S, box=CHANNEL, step_deg=0.25, run_at_s=START_S) -> LayerGroup:
    """One group of a synthetic cube; see `synthetic_cube`."""
    west, south, east, north = box
    grid = Grid(
        west, south, step_deg, step_deg, round((north - south) / step_deg) + 1, round((east - west) / step_deg) + 1
    )
    lon, lat = np.meshgrid(grid.longitudes, grid.latitudes)
    values = np.empty((len(times), grid.rows, grid.columns, len(VARIABLES[name])), np.float32)
    for k, at_s in enumerate(times):
        parts = spread(lon, lat, float(at_s)) if callable(spread) else spread
        for c, part in enumerate(parts):
            values[k, ..., c] = part
    filled_m = fill(values, grid)
    return LayerGroup(
        name, grid, np.array(times, np.float64), values, filled_m, nan if run_at_s is None else run_at_s,
        ("SYNTHETIC",), {"values": "SYNTHETIC"}, ("SYNTHETIC",),
    )  # fmt: skip
