"""How a reported position joins the mesh.

The mesh keeps a clearance off the shore and off shallow banks, so a boat close inshore, among piers or on a
bank is not on it. Such a position joins at the nearest point of open mesh that a straight hop over water
reaches; where piers leave no straight hop, by a path over a fine raster of the real water.
"""

from math import cos, pi, sin
from typing import NamedTuple

import numpy as np

from engine.kernels.arrays import copy_points
from engine.kernels.heap import pop, push
from engine.kernels.jit import kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE, contains, is_open, locate
from engine.kernels.plane import LATTICE_M, length_of
from engine.kernels.shore import crosses_land, is_land, nearest_on_segment, nearest_shore

ON_MESH = 0
HOPPED = 1
ON_BANK = 2
IN_NARROWS = 3
ON_LAND = 4
ENCLOSED = 5

RASTER_STEP_M = 25.0
"""Step of the raster in narrow water; gaps between piers narrower than this may be missed."""
RASTER_CELLS = 640
"""Side of the raster, centred on the position: it reaches 8 km each way."""
COARSE_STEP_M = 50.0
"""Step of a second raster for positions far inside a bank: it reaches 16 km each way."""
COARSE_REACH_M = COARSE_STEP_M * RASTER_CELLS / 2.0 * 2.0**0.5
"""As far as its corners; longest straight hop where the bank is wider all round than hops off banks are long."""
ALONGSIDE_M = 1.0
"""Nearer to the charted shore than this a position counts as touching it."""
_SQRT2 = 1.4142135623730951


@leaf_kernel
def vertex_at(mesh, t, px, py):
    """Vertex of a triangle that coincides with a point, or `NOWHERE`."""
    for i in range(3):
        v = mesh.triangles[t, i]
        if mesh.x[v] == px and mesh.y[v] == py:
            return v
    return NOWHERE


@leaf_kernel
def _to_lattice(value):
    return round(value / LATTICE_M) * LATTICE_M


@leaf_kernel
def nudge_inside(mesh, t, x, y):
    """Lattice point of a triangle close to a point on its rim; ``(x, y, found)``."""
    a, b, c = mesh.triangles[t]
    middle_x = (mesh.x[a] + mesh.x[b] + mesh.x[c]) / 3.0
    middle_y = (mesh.y[a] + mesh.y[b] + mesh.y[c]) / 3.0
    away = length_of(middle_x - x, middle_y - y)
    step = 0.25
    while step < away:
        inner_x = _to_lattice(x + (middle_x - x) * step / away)
        inner_y = _to_lattice(y + (middle_y - y) * step / away)
        if contains(mesh, t, inner_x, inner_y):
            return inner_x, inner_y, True
        step *= 4.0
    return x, y, False


class SnapLimits(NamedTuple):
    """How a position may join the mesh and the harbour legs; see ``assumptions.toml``.

    Attributes
    ----------
    shore_tolerance_m : float
        How far inside the charted shore a position may lie and still count as afloat. [m]
    hop_reach_m : float
        Longest straight hop over water to the mesh. [m]
    bank_reach_m : float
        Longest straight hop off a bank, unless it is wider than that about the position. [m]
    """

    shore_tolerance_m: float
    hop_reach_m: float
    bank_reach_m: float
    right_angle_tolerance_deg: float
    inside_factor: float
    longest_leg_over_mesh_m: float


class Boundary(NamedTuple):
    """Edges of the open mesh of one depth, beyond which it is not open.

    Attributes
    ----------
    triangle : ndarray of int32, shape (r,)
        The open triangle each belongs to.
    start, end : ndarray of int32, shape (r,)
        Its vertices.
    shallow : ndarray of int64, shape (s,)
        Places of those with water beyond them, only not enough.
    """

    triangle: np.ndarray
    start: np.ndarray
    end: np.ndarray
    shallow: np.ndarray


@kernel
def build_boundary(mesh, needed_depth):
    """`Boundary` of the mesh for a depth. [m]"""
    count = 0
    for writes in (False, True):
        if writes:
            triangle, start, end = np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count, np.int32)
            is_shallow = np.empty(count, np.bool_)
            count = 0
        for t in range(mesh.triangles.shape[0]):
            if not mesh.least_depth[t] >= needed_depth:
                continue
            for i in range(3):
                beyond = mesh.neighbours[t, i]
                if beyond != NOWHERE and mesh.least_depth[beyond] >= needed_depth:
                    continue
                if writes:
                    triangle[count] = t
                    start[count] = mesh.triangles[t, (i + 1) % 3]
                    end[count] = mesh.triangles[t, (i + 2) % 3]
                    is_shallow[count] = beyond != NOWHERE
                count += 1
    return Boundary(triangle, start, end, np.flatnonzero(is_shallow))


@kernel
def _hop(mesh, rim, shore, px, py, reach):
    """Nearest point of the open mesh that a straight hop over water reaches.

    Returns
    -------
    tuple
        x, y [m] and triangle; `NOWHERE` when there is none within reach.
    """
    count = rim.triangle.shape[0]
    x, y = np.empty(count), np.empty(count)
    distance = np.full(count, np.inf)
    _fill_nearest(mesh, rim, px, py, reach, x, y, distance)
    near = np.flatnonzero(distance < np.inf)
    left = distance[near]
    for _ in range(near.shape[0]):
        # Nearly always the first one will do.
        nearest = np.argmin(left)
        left[nearest] = np.inf
        k = near[nearest]
        in_x, in_y, found = nudge_inside(mesh, rim.triangle[k], x[k], y[k])
        if found and not crosses_land(shore, px, py, in_x, in_y):
            return in_x, in_y, np.int64(rim.triangle[k])
    return px, py, NOWHERE


@leaf_kernel
def _fill_nearest(mesh, rim, px, py, reach, x, y, distance):
    """Enter the point of each edge of the rim that is nearest to a given one, and how far that is if within reach."""
    for k in range(distance.shape[0]):
        ax, ay = mesh.x[rim.start[k]], mesh.y[rim.start[k]]
        bx, by = mesh.x[rim.end[k]], mesh.y[rim.end[k]]
        if max(ax, bx) < px - reach or min(ax, bx) > px + reach:
            continue
        if max(ay, by) < py - reach or min(ay, by) > py + reach:
            continue
        x[k], y[k], away = nearest_on_segment(px, py, ax, ay, bx, by)
        if away <= reach:
            distance[k] = away


@leaf_kernel
def is_boundary_within(mesh, rim, px, py, reach):
    """Whether any of the rim is within reach of a point, land between them or not. [m]"""
    for k in range(rim.triangle.shape[0]):
        a, b = rim.start[k], rim.end[k]
        if nearest_on_segment(px, py, mesh.x[a], mesh.y[a], mesh.x[b], mesh.y[b])[2] <= reach:
            return True
    return False


@kernel
def _through_narrows(mesh, shore, needed_depth, px, py, step):
    """Shortest eight-way raster path over real water to the open mesh.

    Returns
    -------
    tuple
        x, y [m] and triangle where it arrives (`NOWHERE` when the water is enclosed), and the path as an array
        of points from the position to there, shape (n, 2). [m]
    """
    side = RASTER_CELLS
    half = side // 2
    reached = np.full(side * side, np.inf)
    came_from = np.full(side * side, -1, np.int32)
    wet = np.full(side * side, -1, np.int8)
    heap_key = np.empty(8 * side * side)
    heap_item = np.empty(8 * side * side, np.int32)
    home = half * side + half
    reached[home] = 0.0
    wet[home] = 1
    heap_key[0] = 0.0
    heap_item[0] = home
    size = 1
    end = -1
    end_triangle = NOWHERE
    while size > 0:
        key, cell = pop(heap_key, heap_item, size)
        size -= 1
        if key > reached[cell]:
            continue
        row = cell // side
        column = cell % side
        x = px + (column - half) * step
        y = py + (row - half) * step
        t = locate(mesh, x, y)
        if is_open(mesh, t, needed_depth):
            end = cell
            end_triangle = t
            break
        for up in range(-1, 2):
            for across in range(-1, 2):
                if up == 0 and across == 0:
                    continue
                if not (0 <= row + up < side and 0 <= column + across < side):
                    continue
                other = cell + up * side + across
                longer = key + step * (_SQRT2 if up != 0 and across != 0 else 1.0)
                if longer >= reached[other]:
                    continue
                other_x = x + across * step
                other_y = y + up * step
                if wet[other] < 0:
                    wet[other] = 0 if is_land(shore, other_x, other_y) else 1
                if wet[other] == 0 or crosses_land(shore, x, y, other_x, other_y):
                    continue
                reached[other] = longer
                came_from[other] = cell
                heap_key[size] = longer
                heap_item[size] = other
                push(heap_key, heap_item, size)
                size += 1
    if end < 0:
        return px, py, NOWHERE, np.empty((0, 2))
    steps = 1
    cell = end
    while cell != home:
        cell = came_from[cell]
        steps += 1
    path = np.empty((steps, 2))
    cell = end
    for k in range(steps - 1, -1, -1):
        path[k, 0] = px + (cell % side - half) * step
        path[k, 1] = py + (cell // side - half) * step
        cell = came_from[cell]
    return path[-1, 0], path[-1, 1], end_triangle, _string_pull(shore, path)


@kernel
def _string_pull(shore, path):
    """Drop the raster points that a straight segment over water makes needless."""
    keep = np.empty(path.shape[0], np.int64)
    keep[0] = 0
    kept = 1
    at = 0
    while at < path.shape[0] - 1:
        ahead = path.shape[0] - 1
        while ahead > at + 1 and crosses_land(shore, path[at, 0], path[at, 1], path[ahead, 0], path[ahead, 1]):
            ahead -= 1
        keep[kept] = ahead
        kept += 1
        at = ahead
    return path[keep[:kept]]


@leaf_kernel
def _off_the_shore(shore, px, py, shore_x, shore_y):
    """Lattice point of water a metre or two off a point of the shore: straight out if that is water, else all round."""
    away = length_of(shore_x - px, shore_y - py)
    if away > 0.0:
        x = _to_lattice(shore_x + (shore_x - px) / away)
        y = _to_lattice(shore_y + (shore_y - py) / away)
        if not is_land(shore, x, y):
            return x, y
    for step in (1.0, 2.0, 4.0):
        for k in range(16):
            angle = k * pi / 8.0
            x = _to_lattice(shore_x + step * cos(angle))
            y = _to_lattice(shore_y + step * sin(angle))
            if not is_land(shore, x, y) and nearest_shore(shore, x, y, 0.5 * step)[2] > 0.25 * step:
                return x, y
    return px, py


@kernel
def snap_to_mesh(mesh, rim, shore, limits, needed_depth, px, py):
    """Join a position to the open mesh.

    Parameters
    ----------
    mesh : Mesh
    rim : Boundary
        For the same depth.
    shore : Shore
    limits : SnapLimits
    needed_depth : float
        Depth that open water must have. [m]
    px, py : float
        The position on the plane, on the lattice. [m]

    Returns
    -------
    kind : int
        `ON_MESH`, `HOPPED`, `ON_BANK`, `IN_NARROWS`, or the refusals `ON_LAND` and `ENCLOSED`.
    triangle : int
        Open triangle that holds the joining point; `NOWHERE` for a refusal.
    path : ndarray of float64, shape (n, 2)
        Points from the position to the joining point, both included; a single point when it is on the mesh. For a
        position inside the charted shore the second one is the water's edge. [m]
    inland : float
        How far inside the charted shore the position lies; 0 afloat, infinite beyond the longest hop. [m]
    """
    hop_reach, bank_reach = limits.hop_reach_m, limits.bank_reach_m
    path = np.empty((1, 2))
    path[0, 0] = px
    path[0, 1] = py
    inland = 0.0
    t = locate(mesh, px, py)
    if is_open(mesh, t, needed_depth):
        return ON_MESH, t, path, inland
    on_bank = t != NOWHERE
    from_x = px
    from_y = py
    if not on_bank:
        ashore = is_land(shore, px, py)
        shore_x, shore_y, off = nearest_shore(shore, px, py, hop_reach if ashore else ALONGSIDE_M)
        if ashore:
            inland = off
            if inland > limits.shore_tolerance_m:
                return ON_LAND, NOWHERE, path, inland
        if ashore or off < ALONGSIDE_M:
            # Ashore within the tolerance, or touching the quay: start from the water just off it.
            from_x, from_y = _off_the_shore(shore, px, py, shore_x, shore_y)
            inland = max(inland, length_of(from_x - px, from_y - py) - 1.0, LATTICE_M)
    x, y, t = _hop(mesh, rim, shore, from_x, from_y, bank_reach if on_bank else hop_reach)
    kind = ON_BANK if on_bank else HOPPED
    in_the_midst = t == NOWHERE and on_bank and not is_boundary_within(mesh, rim, from_x, from_y, bank_reach)
    if in_the_midst:
        # All ways off are long; a raster would mostly find a straight line too, a thousand times slower.
        x, y, t = _hop(mesh, rim, shore, from_x, from_y, COARSE_REACH_M)
    if t == NOWHERE:
        narrow = path
        if not in_the_midst:
            x, y, t, narrow = _through_narrows(mesh, shore, needed_depth, from_x, from_y, RASTER_STEP_M)
        if t == NOWHERE and on_bank:
            x, y, t, narrow = _through_narrows(mesh, shore, needed_depth, from_x, from_y, COARSE_STEP_M)
        if t == NOWHERE:
            return ENCLOSED, NOWHERE, path, inland
        out = np.empty((1 + narrow.shape[0], 2))
        copy_points(path[:1], out, 0)
        copy_points(narrow, out, 1)
        return IN_NARROWS, t, out, inland
    # A position on land first goes to the water, the way it was found, and hops from there.
    out = np.empty((3 if inland > 0.0 else 2, 2))
    copy_points(path[:1], out, 0)
    if inland > 0.0:
        out[1, 0] = from_x
        out[1, 1] = from_y
    out[-1, 0] = x
    out[-1, 1] = y
    return kind, t, out, inland
