"""The unsimplified shore of a pack as the engine's index of edges."""

import numpy as np

from engine.kernels.shore import Shore, build_strips
from geodata.pack import Pack
from geodata.plane import project

STRIP_M = 200.0
BEYOND_DEG = 0.25
"""How far land runs on past the side of the box that cut it off. The straight edge drawn there bows towards the box by
11 km at most along its south side, less than half of this."""


def coast_rings(pack: Pack) -> list[np.ndarray]:
    """Closed rings of the unsimplified land, each of shape (n, 2), longitude and latitude. [deg]"""
    stored = pack.arrays["coast"]
    positions = np.cumsum(stored["steps"].T.astype(np.int64), axis=0) / 1e6
    return np.split(positions, np.cumsum(stored["ring_length"])[:-1])


def shore_from(rings: list[np.ndarray], box: tuple[float, float, float, float], origin: tuple[float, float]) -> Shore:
    """Shore index from closed rings of land clipped to a box.

    Parameters
    ----------
    rings : list of ndarray of float64, shape (n, 2)
        Longitude and latitude. [deg]
    box : tuple of float
        West, south, east, north. [deg]
    origin : tuple of float
        Point of tangency of the plane. [deg]
    """
    west, south, east, north = box
    lon, lat = np.vstack(rings).T
    at_a_side = (lon <= west) | (lon >= east) | (lat <= south) | (lat >= north)
    first = np.cumsum([0, *map(len, rings[:-1])])
    is_cut = np.logical_or.reduceat(at_a_side, first).tolist()
    whole = [_beyond_the_box(ring, box) if cut else ring for ring, cut in zip(rings, is_cut, strict=True)]
    points = project(np.ascontiguousarray(np.vstack(whole)), *origin)
    # Each point with the next one, but for the jump from one ring to the next.
    last = np.cumsum([len(ring) for ring in whole])[:-1] - 1
    edges = np.ascontiguousarray(np.delete(np.hstack([points[:-1], points[1:]]), last, axis=0))
    y0, top = float(edges[:, 1::2].min()), float(edges[:, 1::2].max())
    start, filed = build_strips(edges, y0, STRIP_M, int((top - y0) // STRIP_M) + 1)
    return Shore(edges, y0, STRIP_M, start, filed)


def _beyond_the_box(ring: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
    """The ring, running straight on where a side of the box cut it off.

    The cut is not a shore: nobody just inside it is afloat, and nothing is known of the water behind it.
    """
    west, south, east, north = box
    outward = np.zeros_like(ring)
    outward[:, 0] = np.where(ring[:, 0] <= west, -BEYOND_DEG, np.where(ring[:, 0] >= east, BEYOND_DEG, 0.0))
    outward[:, 1] = np.where(ring[:, 1] <= south, -BEYOND_DEG, np.where(ring[:, 1] >= north, BEYOND_DEG, 0.0))
    cut = (outward != 0.0).any(axis=1).tolist()
    # The outline leaves the box where it meets the cut, follows it outside, and comes back where it leaves it.
    points = []
    last = len(ring) - 1
    for k in range(last):
        image = ring[k] + outward[k]
        if not cut[k]:
            points.append(ring[k])
            continue
        points += [image] if cut[k - 1 if k > 0 else last - 1] else [ring[k], image]
        points += [] if cut[k + 1] else [ring[k]]
    return np.array([*points, points[0]])
