"""A dense reference for ways round: scipy's Dijkstra on a fine lattice with many directions, in a steady sea.

Nothing of the engine is used: the sea is a function of place, courses and lengths are those of a degree of the local
parallel, speeds come from the law of cosines, and each edge is run with Simpson's rule.
"""

from collections.abc import Callable

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

SeaOf = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]]
"""(lon, lat) -> height, waves towards east and north, stream east and north."""


def metres_per_degree(lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Length of a degree of longitude and of latitude on WGS 84. [m]"""
    phi = np.radians(lat)
    east = 111412.84 * np.cos(phi) - 93.5 * np.cos(3.0 * phi) + 0.118 * np.cos(5.0 * phi)
    north = 111132.92 - 559.82 * np.cos(2.0 * phi) + 1.175 * np.cos(4.0 * phi)
    return east, north


def speeds(speed_model, sea, east: np.ndarray, north: np.ndarray) -> np.ndarray:
    """Speed made good along courses through a sea; 0 where there is none. [m/s]"""
    hs_m, waves_east, waves_north, drift_east, drift_north = sea
    astern = waves_east * east + waves_north * north
    kept = np.interp(astern, (-1.0, 0.0, 1.0), (1.0, speed_model.beam_loss, speed_model.following_loss))
    loss = 1.0 - np.interp(hs_m, speed_model.table_hs_m, speed_model.table_share)
    through = np.minimum(speed_model.full_speed_ms * (1.0 - loss * kept), speed_model.cap_ms)
    along = drift_east * east + drift_north * north
    left = along**2 - drift_east**2 - drift_north**2 + through**2
    return np.where(left > 0.0, np.maximum(0.0, along + np.sqrt(np.maximum(left, 0.0))), 0.0)


def least_time_s(
    sea: SeaOf,
    speed_model,
    start,
    goal,
    box: tuple[float, float, float, float],
    columns: int,
    rows: int,
    radius: int = 5,
) -> float:
    """Least time from one position to another (longitude, latitude), infinite when there is no way. [s]

    Seas above the vessel's limit are not entered. Both ends must be nodes.
    """
    west, south, right, top = box
    lon = np.linspace(west, right, columns)
    lat = np.linspace(south, top, rows)
    steps = [(i, j) for i in range(-radius, radius + 1) for j in range(-radius, radius + 1) if np.gcd(i, j) == 1]
    parts = []
    for i, j in steps:
        a = np.arange(max(0, -i), min(columns, columns - i))
        b = np.arange(max(0, -j), min(rows, rows - j))
        from_lon, from_lat = (grid.ravel() for grid in np.meshgrid(lon[a], lat[b]))
        to_lon, to_lat = (grid.ravel() for grid in np.meshgrid(lon[a + i], lat[b + j]))
        number = (b[:, None] * columns + a[None, :]).ravel()
        per_lon, per_lat = metres_per_degree(0.5 * (from_lat + to_lat))
        dx, dy = (to_lon - from_lon) * per_lon, (to_lat - from_lat) * per_lat
        length_m = np.hypot(dx, dy)
        slowness = np.zeros(len(length_m))
        for part, weight in ((0.0, 1.0), (0.25, 4.0), (0.5, 2.0), (0.75, 4.0), (1.0, 1.0)):
            here = sea(from_lon + part * (to_lon - from_lon), from_lat + part * (to_lat - from_lat))
            speed = speeds(speed_model, here, dx / length_m, dy / length_m)
            speed = np.where(here[0] > speed_model.max_hs_m, 0.0, speed)
            with np.errstate(divide="ignore"):
                slowness += weight / 12.0 / speed
        passable = np.isfinite(slowness)
        parts.append((number[passable], (number + j * columns + i)[passable], (length_m * slowness)[passable]))
    tail, head, time_s = (np.concatenate(column) for column in zip(*parts, strict=True))
    graph = coo_matrix((time_s, (tail, head)), shape=(rows * columns, rows * columns)).tocsr()
    ends = []
    for place in (start, goal):
        i, j = int(np.abs(lon - place[0]).argmin()), int(np.abs(lat - place[1]).argmin())
        if max(abs(lon[i] - place[0]), abs(lat[j] - place[1])) > 1e-9:
            raise ValueError("the lattice must have a node at either end")
        ends.append(j * columns + i)
    return float(dijkstra(graph, indices=ends[0])[ends[1]])
