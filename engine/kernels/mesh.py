"""The triangulated water: its arrays, which triangle holds a point, and where its corners are.

Land is simply not there. Shallow banks are triangles with a least depth, so one triangulation serves every
draught: a query names the depth it needs, and shallower triangles are walls to it.
"""

from typing import NamedTuple

import numpy as np

from engine.kernels.jit import kernel, leaf_kernel
from engine.kernels.plane import orientation

NOWHERE = -1

ZONE_DEPTH_M = -1000.0
"""Depth given to the inside of a temporary exclusion zone: less than any vessel needs."""


class Mesh(NamedTuple):
    """Triangulated water on the gnomonic plane.

    Attributes
    ----------
    origin_lon_deg, origin_lat_deg : float
        Point of tangency of the plane. [deg]
    x, y : ndarray of float64, shape (n,)
        Vertices on the plane, multiples of the lattice step. [m]
    lon, lat : ndarray of float64, shape (n,)
        The same vertices as positions, WGS 84. [deg]
    earth_centred : ndarray of float64, shape (n, 3)
        The same vertices in space, for chords. [m]
    triangles : ndarray of int32, shape (m, 3)
        Vertex numbers, counter-clockwise.
    neighbours : ndarray of int32, shape (m, 3)
        Triangle across the edge opposite each vertex; `NOWHERE` at the shore.
    least_depth : ndarray of float64, shape (m,)
        Depth a keel can count on, positive down from chart datum; infinite in open water. [m]
    fan_start, fan : ndarray of int32, shapes (n + 1,), (3 m,)
        Triangles around each vertex: ``fan[fan_start[v]:fan_start[v + 1]]``.
    cell_size : float
        Side of the square cells of the look-up grid. [m]
    cell_x0, cell_y0 : float
        South-west corner of the grid. [m]
    cell_columns, cell_rows : int
    cell_start, cell_triangles : ndarray of int32
        Triangles whose bounding box touches each cell, row by row.
    """

    origin_lon_deg: float
    origin_lat_deg: float
    x: np.ndarray
    y: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    earth_centred: np.ndarray
    triangles: np.ndarray
    neighbours: np.ndarray
    least_depth: np.ndarray
    fan_start: np.ndarray
    fan: np.ndarray
    cell_size: float
    cell_x0: float
    cell_y0: float
    cell_columns: int
    cell_rows: int
    cell_start: np.ndarray
    cell_triangles: np.ndarray


class Corners(NamedTuple):
    """Vertices round which a shortest path can bend, for one required depth.

    Attributes
    ----------
    vertex : ndarray of int32, shape (k,)
        Vertex number of each corner.
    of_vertex : ndarray of int32, shape (n,)
        Corner number of each vertex, `NOWHERE` where it is none.
    before, after : ndarray of int32, shape (k,)
        Vertices next along the wall on either side. Where several walls meet in one vertex both are the
        vertex itself, and every line through it counts as tangent.
    """

    vertex: np.ndarray
    of_vertex: np.ndarray
    before: np.ndarray
    after: np.ndarray


@kernel
def link_triangles(triangles, vertex_count):
    """Neighbours and vertex fans of a triangulation.

    Parameters
    ----------
    triangles : ndarray of int32, shape (m, 3)
        Counter-clockwise.
    vertex_count : int

    Returns
    -------
    neighbours : ndarray of int32, shape (m, 3)
    fan_start : ndarray of int32, shape (vertex_count + 1,)
    fan : ndarray of int32, shape (3 m,)
    """
    count = triangles.shape[0]
    fan_start = np.zeros(vertex_count + 1, np.int32)
    for t in range(count):
        for i in range(3):
            fan_start[triangles[t, i] + 1] += 1
    for v in range(vertex_count):
        fan_start[v + 1] += fan_start[v]
    fill = fan_start[:-1].copy()
    fan = np.empty(3 * count, np.int32)
    for t in range(count):
        for i in range(3):
            v = triangles[t, i]
            fan[fill[v]] = t
            fill[v] += 1
    neighbours = np.full((count, 3), NOWHERE, np.int32)
    for t in range(count):
        for i in range(3):
            a = triangles[t, (i + 1) % 3]
            b = triangles[t, (i + 2) % 3]
            for f in range(fan_start[a], fan_start[a + 1]):
                other = fan[f]
                if other != t and (triangles[other, 0] == b or triangles[other, 1] == b or triangles[other, 2] == b):
                    neighbours[t, i] = other
    return neighbours, fan_start, fan


@kernel
def build_cells(x, y, triangles, cell_size, x0, y0, columns, rows):
    """Look-up grid: for each cell the triangles whose bounding box touches it, in compressed rows."""
    start = np.zeros(columns * rows + 1, np.int32)
    for fill in range(2):
        if fill == 1:
            for c in range(columns * rows):
                start[c + 1] += start[c]
            inside = np.empty(start[columns * rows], np.int32)
            cursor = start[:-1].copy()
        for t in range(triangles.shape[0]):
            a, b, c = triangles[t]
            left = int((min(x[a], x[b], x[c]) - x0) // cell_size)
            right = int((max(x[a], x[b], x[c]) - x0) // cell_size)
            low = int((min(y[a], y[b], y[c]) - y0) // cell_size)
            high = int((max(y[a], y[b], y[c]) - y0) // cell_size)
            for row in range(low, high + 1):
                for column in range(left, right + 1):
                    # Big offshore triangles have big boxes: leave out the cells wholly beyond one edge.
                    if not _misses(x, y, a, b, c, x0 + column * cell_size, y0 + row * cell_size, cell_size):
                        cell = row * columns + column
                        if fill == 0:
                            start[cell + 1] += 1
                        else:
                            inside[cursor[cell]] = t
                            cursor[cell] += 1
    return start, inside


@leaf_kernel
def _misses(x, y, a, b, c, left, low, size):
    """Whether a square lies wholly on the outer side of one edge of a counter-clockwise triangle."""
    for i in range(3):
        if i == 0:
            p, q = a, b
        elif i == 1:
            p, q = b, c
        else:
            p, q = c, a
        if (
            orientation(x[p], y[p], x[q], y[q], left, low) < 0.0
            and orientation(x[p], y[p], x[q], y[q], left + size, low) < 0.0
            and orientation(x[p], y[p], x[q], y[q], left, low + size) < 0.0
            and orientation(x[p], y[p], x[q], y[q], left + size, low + size) < 0.0
        ):
            return True
    return False


@leaf_kernel
def locate(mesh, px, py):
    """Triangle that holds a point, edges included; `NOWHERE` when none does.

    Parameters
    ----------
    mesh : Mesh
    px, py : float
        Lattice point on the plane. [m]
    """
    column = int((px - mesh.cell_x0) // mesh.cell_size)
    row = int((py - mesh.cell_y0) // mesh.cell_size)
    if column < 0 or row < 0 or column >= mesh.cell_columns or row >= mesh.cell_rows:
        return NOWHERE
    cell = row * mesh.cell_columns + column
    for k in range(mesh.cell_start[cell], mesh.cell_start[cell + 1]):
        t = mesh.cell_triangles[k]
        if contains(mesh, t, px, py):
            return t
    return NOWHERE


@leaf_kernel
def locate_open(mesh, needed_depth, px, py):
    """A triangle deep enough that holds a point, edges included; `NOWHERE` when none does.

    Unlike `locate` it does not stop at a bank whose edge the point lies on.
    """
    column = int((px - mesh.cell_x0) // mesh.cell_size)
    row = int((py - mesh.cell_y0) // mesh.cell_size)
    if column < 0 or row < 0 or column >= mesh.cell_columns or row >= mesh.cell_rows:
        return NOWHERE
    cell = row * mesh.cell_columns + column
    for k in range(mesh.cell_start[cell], mesh.cell_start[cell + 1]):
        t = mesh.cell_triangles[k]
        if is_open(mesh, t, needed_depth) and contains(mesh, t, px, py):
            return t
    return NOWHERE


@leaf_kernel
def contains(mesh, t, px, py):
    """Whether a triangle holds a point, edges included."""
    x = mesh.x
    y = mesh.y
    a, b, c = mesh.triangles[t]
    return (
        orientation(x[a], y[a], x[b], y[b], px, py) >= 0.0
        and orientation(x[b], y[b], x[c], y[c], px, py) >= 0.0
        and orientation(x[c], y[c], x[a], y[a], px, py) >= 0.0
    )


@leaf_kernel
def is_open(mesh, t, needed_depth):
    """Whether a triangle exists and is deep enough; an unknown (NaN) depth is not."""
    return t != NOWHERE and mesh.least_depth[t] >= needed_depth


@kernel
def find_corners(mesh, needed_depth):
    """Vertices round which a shortest path can bend: where the free angle exceeds a half turn.

    Parameters
    ----------
    mesh : Mesh
    needed_depth : float
        Depth below which a triangle is a wall. [m]

    Returns
    -------
    Corners
    """
    count = mesh.x.shape[0]
    vertex = np.empty(count, np.int32)
    before = np.empty(count, np.int32)
    after = np.empty(count, np.int32)
    of_vertex = np.full(count, NOWHERE, np.int32)
    k = 0
    for v in range(count):
        leaving = NOWHERE
        arriving = NOWHERE
        walls = 0
        for f in range(mesh.fan_start[v], mesh.fan_start[v + 1]):
            t = mesh.fan[f]
            if not is_open(mesh, t, needed_depth):
                continue
            i = 0
            while mesh.triangles[t, i] != v:
                i += 1
            # Counter-clockwise the open water runs from the edge (v, i+1) to the edge (v, i+2).
            if not is_open(mesh, mesh.neighbours[t, (i + 2) % 3], needed_depth):
                leaving = mesh.triangles[t, (i + 1) % 3]
                walls += 1
            if not is_open(mesh, mesh.neighbours[t, (i + 1) % 3], needed_depth):
                arriving = mesh.triangles[t, (i + 2) % 3]
        if walls == 0:
            continue
        if walls > 1:
            leaving = v
            arriving = v
        # Water lies left of (v -> leaving) round to (v -> arriving); convex water corners never help.
        elif (
            orientation(mesh.x[v], mesh.y[v], mesh.x[leaving], mesh.y[leaving], mesh.x[arriving], mesh.y[arriving])
            >= 0.0
        ):
            continue
        vertex[k] = v
        before[k] = arriving
        after[k] = leaving
        of_vertex[v] = k
        k += 1
    return vertex[:k].copy(), of_vertex, before[:k].copy(), after[:k].copy()
