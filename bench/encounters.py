"""SYNTHETIC tables of encounters anywhere on the water of the pack, of any length, made a part at a time."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from engine.kernels.jit import kernel
from engine.kernels.mesh import Mesh
from engine.kernels.plane import from_plane

SEED = 20_190_124
PROFILES = ("rnli-severn", "rnli-shannon", "ukbf-ctv", "ukbf-cutter-42m", "psp-flamant", "snsm-ctt", "fishing-vessel",
            "unknown")  # fmt: skip
"""Vessels drawn from, each as often as the next."""

MEDICAL = ("none",) * 8 + ("urgent", "critical")
PART_ROWS = 131_072

Box = tuple[float, float, float, float]
EVERYWHERE: Box = (-180.0, -90.0, 180.0, 90.0)
DOVER_STRAIT: Box = (0.9, 50.6, 1.9, 51.4)
"""Where the crossings are."""


def write_encounters(
    path: Path, mesh: Mesh, rows: int, start_s: float, span_s: float, seed: int = SEED, box: Box = EVERYWHERE
) -> Path:
    """Write a Parquet file in the columns of the encounter body, in the order of time as a log would be.

    Parameters
    ----------
    path : Path
    mesh : Mesh
        Water to draw positions from, uniform by area on its plane, banks included.
    rows : int
    start_s, span_s : float
        Times are spread evenly over the span. [epoch s, s]
    seed : int
    box : tuple of float
        West, south, east and north of the positions. [deg]

    Returns
    -------
    Path
    """
    draw = np.random.default_rng(seed)
    writer = None
    for first in range(0, rows, PART_ROWS):
        count = min(PART_ROWS, rows - first)
        at_ms = ((start_s + span_s * (first + np.arange(count)) / rows) * 1000.0).astype(np.int64)
        part = _part(draw, mesh, at_ms, first, box)
        if writer is None:
            writer = pq.ParquetWriter(path, part.schema, compression="zstd")
        writer.write_table(part)
    if writer is None:
        raise ValueError("a table needs rows")
    writer.close()
    return path


def _part(draw: np.random.Generator, mesh: Mesh, at_ms: np.ndarray, first: int, box: Box) -> pa.Table:
    count = len(at_ms)
    lon, lat = positions(draw, mesh, count, box)
    least = draw.integers(1, 60, count)
    return pa.table({
        "encounter_id": pa.array([f"S{number:08d}" for number in range(first, first + count)]),
        "lon": lon,
        "lat": lat,
        "time": pa.array(at_ms).cast(pa.timestamp("ms", "UTC")),
        "persons_min": least.astype(np.int32),
        "persons_max": (least + draw.integers(0, 10, count)).astype(np.int32),
        "medical": _of(draw, MEDICAL, count),
        "vessel_profile": _of(draw, PROFILES, count),
    })  # fmt: skip


def _of(draw: np.random.Generator, words: Sequence[str], count: int) -> pa.Array:
    return pa.array(np.array(words, dtype=object)[draw.integers(0, len(words), count)], pa.string())


def positions(
    draw: np.random.Generator, mesh: Mesh, count: int, box: Box = EVERYWHERE
) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of points uniform over the triangles of a mesh, those inside a box. [deg]"""
    west, south, east, north = box
    lons, lats = (np.asarray(values)[np.asarray(mesh.triangles)] for values in (mesh.lon, mesh.lat))
    touches = (lons.max(1) >= west) & (lons.min(1) <= east) & (lats.max(1) >= south) & (lats.min(1) <= north)
    corners = np.asarray(mesh.triangles)[touches]
    (ax, bx, cx), (ay, by, cy) = (np.asarray(values)[corners].T for values in (mesh.x, mesh.y))
    area = np.cumsum(np.abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)))
    lon, lat = np.empty(0), np.empty(0)
    while len(lon) < count:
        which = np.searchsorted(area, draw.random(count) * area[-1], side="right")
        # A point of the parallelogram beyond the third side is folded back into the triangle.
        u, v = draw.random(count), draw.random(count)
        beyond = u + v > 1.0
        u[beyond], v[beyond] = 1.0 - u[beyond], 1.0 - v[beyond]
        x = ax[which] + u * (bx - ax)[which] + v * (cx - ax)[which]
        y = ay[which] + u * (by - ay)[which] + v * (cy - ay)[which]
        new_lon, new_lat = _from_plane(x, y, mesh.origin_lon_deg, mesh.origin_lat_deg)
        inside = (west <= new_lon) & (new_lon <= east) & (south <= new_lat) & (new_lat <= north)
        lon, lat = np.concatenate([lon, new_lon[inside]]), np.concatenate([lat, new_lat[inside]])
    return lon[:count], lat[:count]


@kernel
def _from_plane(x_m, y_m, origin_lon_deg, origin_lat_deg):
    lon, lat = np.empty(x_m.shape[0]), np.empty(x_m.shape[0])
    for k in range(x_m.shape[0]):
        at = from_plane(x_m[k], y_m[k], origin_lon_deg, origin_lat_deg)
        # Whole hundred-thousandths of a degree, about a metre, as positions are written down.
        lon[k], lat[k] = round(at[0] * 1e5) / 1e5, round(at[1] * 1e5) / 1e5
    return lon, lat
