"""The real shoreline, unsimplified: is a point on land, how far is the shore, does a hop cross land.

Shore edges are filed by horizontal strips of the plane, so each question looks at a few dozen edges.
"""

from typing import NamedTuple

import numpy as np

from engine.kernels.jit import kernel, leaf_kernel
from engine.kernels.plane import length_of, orientation


class Shore(NamedTuple):
    """Edges of the land polygons on the gnomonic plane.

    Attributes
    ----------
    edges : ndarray of float64, shape (e, 4)
        x1, y1, x2, y2 of each edge, lattice points. [m]
    y0 : float
        Lower side of the lowest strip. [m]
    strip_height : float
        [m]
    strip_start, strip_edges : ndarray of int32
        Edges that touch each strip: ``strip_edges[strip_start[s]:strip_start[s + 1]]``.
    """

    edges: np.ndarray
    y0: float
    strip_height: float
    strip_start: np.ndarray
    strip_edges: np.ndarray


@kernel
def build_strips(edges, y0, strip_height, strips):
    """File edges by strip, in compressed rows: ``(strip_start, strip_edges)`` of `Shore`."""
    start = np.zeros(strips + 1, np.int32)
    for e in range(edges.shape[0]):
        low = int((min(edges[e, 1], edges[e, 3]) - y0) // strip_height)
        high = int((max(edges[e, 1], edges[e, 3]) - y0) // strip_height)
        for s in range(low, high + 1):
            start[s + 1] += 1
    for s in range(strips):
        start[s + 1] += start[s]
    filed = np.empty(start[strips], np.int32)
    cursor = start[:-1].copy()
    for e in range(edges.shape[0]):
        low = int((min(edges[e, 1], edges[e, 3]) - y0) // strip_height)
        high = int((max(edges[e, 1], edges[e, 3]) - y0) // strip_height)
        for s in range(low, high + 1):
            filed[cursor[s]] = e
            cursor[s] += 1
    return start, filed


@leaf_kernel
def _strip_range(shore, low_y, high_y):
    """Strips between two heights, clipped to those there are."""
    last = shore.strip_start.shape[0] - 2
    low = int((low_y - shore.y0) // shore.strip_height)
    high = int((high_y - shore.y0) // shore.strip_height)
    return max(0, low), min(last, high)


@leaf_kernel
def is_land(shore, px, py):
    """Whether a point lies on land: an odd number of shore edges to the east of it."""
    low, high = _strip_range(shore, py, py)
    inside = False
    edges = shore.edges
    for s in range(low, high + 1):
        for k in range(shore.strip_start[s], shore.strip_start[s + 1]):
            e = shore.strip_edges[k]
            x1, y1, x2, y2 = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
            if (y1 > py) != (y2 > py):
                # Upward edges keep the point on their left when it is west of them.
                side = orientation(x1, y1, x2, y2, px, py)
                if (side > 0.0) == (y2 > y1):
                    inside = not inside
    return inside


@leaf_kernel
def crosses_land(shore, ax, ay, bx, by):
    """Whether a segment meets any shore edge; touching one counts. Lattice points only."""
    low, high = _strip_range(shore, min(ay, by), max(ay, by))
    edges = shore.edges
    for s in range(low, high + 1):
        for k in range(shore.strip_start[s], shore.strip_start[s + 1]):
            e = shore.strip_edges[k]
            x1, y1, x2, y2 = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
            if max(x1, x2) < min(ax, bx) or min(x1, x2) > max(ax, bx):
                continue
            if max(y1, y2) < min(ay, by) or min(y1, y2) > max(ay, by):
                continue
            first = orientation(ax, ay, bx, by, x1, y1)
            two = orientation(ax, ay, bx, by, x2, y2)
            three = orientation(x1, y1, x2, y2, ax, ay)
            four = orientation(x1, y1, x2, y2, bx, by)
            if not ((first > 0.0 and two > 0.0) or (first < 0.0 and two < 0.0)) and not (
                (three > 0.0 and four > 0.0) or (three < 0.0 and four < 0.0)
            ):
                return True
    return False


@leaf_kernel
def nearest_on_segment(px, py, ax, ay, bx, by):
    """Point of a segment nearest to a given one: ``(x, y, distance)``. [m]"""
    dx = bx - ax
    dy = by - ay
    squared = dx * dx + dy * dy
    along = 0.0
    if squared > 0.0:
        along = min(1.0, max(0.0, ((px - ax) * dx + (py - ay) * dy) / squared))
    x = ax + along * dx
    y = ay + along * dy
    return x, y, length_of(x - px, y - py)


@leaf_kernel
def nearest_shore(shore, px, py, reach):
    """Nearest point of the shoreline within reach.

    Returns
    -------
    tuple of float
        x, y and distance; the distance is infinite when nothing is within `reach`. [m]
    """
    low, high = _strip_range(shore, py - reach, py + reach)
    best_x = px
    best_y = py
    best = np.inf
    edges = shore.edges
    for s in range(low, high + 1):
        for k in range(shore.strip_start[s], shore.strip_start[s + 1]):
            e = shore.strip_edges[k]
            x, y, distance = nearest_on_segment(px, py, edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3])
            if distance <= reach and distance < best:
                best_x, best_y, best = x, y, distance
    return best_x, best_y, best
