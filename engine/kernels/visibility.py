"""What can be seen from a point of the water: triangular expansion.

The walk enters each triangle through an edge with a visible cone bounded by two vertices already seen, reports
the far vertex when the cone holds it, and goes on through the two far edges with what is left of the cone. Cones
are bounded by mesh vertices only, never by constructed points, so on the lattice every test is exact.

References
----------
F. Bungiu, M. Hemmer, J. Hershberger, K. Huang, A. Kröller, "Efficient computation of visibility polygons",
EuroCG 2014, arXiv:1403.3905.
"""

from typing import NamedTuple

import numpy as np

from engine.kernels.jit import inlined_kernel, inlined_leaf_kernel, kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE, Corners, Mesh
from engine.kernels.plane import orientation


class Targets(NamedTuple):
    """Points in free water that a search should notice when it sees them.

    Attributes
    ----------
    x, y : ndarray of float64, shape (p,)
        Lattice points on the plane. [m]
    lon, lat : ndarray of float64, shape (p,)
        The same points, WGS 84. [deg]
    triangle : ndarray of int32, shape (p,)
        Triangle that holds each one; `NOWHERE` for a target that is switched off.
    first : ndarray of int32, shape (m,)
        First target in each triangle, `NOWHERE` when there is none.
    following : ndarray of int32, shape (p,)
        Next target in the same triangle.
    """

    x: np.ndarray
    y: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    triangle: np.ndarray
    first: np.ndarray
    following: np.ndarray


class SearchSpace(NamedTuple):
    """Water that is deep enough, the corners that paths in it bend round, and the points that they lead to.

    Attributes
    ----------
    mesh : Mesh
    corners : Corners
        For that depth.
    targets : Targets
    needed_depth_m : float
        Triangles with less water are walls. [m]
    """

    mesh: Mesh
    corners: Corners
    targets: Targets
    needed_depth_m: float


class MeshPoint(NamedTuple):
    """A point of free water.

    Attributes
    ----------
    lon, lat : float
        WGS 84. [deg]
    x, y : float
        The same on the lattice of the plane. [m]
    triangle : int
        That holds it; of no account where it is a vertex.
    vertex : int
        Mesh vertex it coincides with, or `NOWHERE`.
    """

    lon: float
    lat: float
    x: float
    y: float
    triangle: int
    vertex: int


class View(NamedTuple):
    """Room for what is seen from one point after the other.

    Attributes
    ----------
    corners : ndarray of int32, shape (2 k + 3,)
        A corner on the line between two cones may come twice.
    targets : ndarray of int32, shape (p + 1,)
    stack : ndarray of int32, shape (m + 3, 4)
    """

    corners: np.ndarray
    targets: np.ndarray
    stack: np.ndarray


@inlined_kernel
def new_view(space):
    """Room for what is seen from the points of a mesh."""
    return View(
        np.empty(2 * space.corners.vertex.shape[0] + 3, np.int32),
        np.empty(space.targets.x.shape[0] + 1, np.int32),
        np.empty((space.mesh.triangles.shape[0] + 3, 4), np.int32),
    )


@leaf_kernel
def mesh_point(lon, lat, x, y, triangle, vertex):
    """A `MeshPoint` with numbers of one size, whatever array they are from: each other size would be another type."""
    return MeshPoint(lon, lat, x, y, triangle, vertex)


@leaf_kernel
def point_of_vertex(mesh, vertex):
    """A vertex of the mesh as a point of it."""
    return mesh_point(mesh.lon[vertex], mesh.lat[vertex], mesh.x[vertex], mesh.y[vertex], NOWHERE, vertex)


@leaf_kernel
def point_of_target(targets, target):
    """A target as a point of the mesh."""
    lon, lat, triangle = targets.lon[target], targets.lat[target], targets.triangle[target]
    return mesh_point(lon, lat, targets.x[target], targets.y[target], triangle, NOWHERE)


@kernel
def chain_targets(triangle, triangle_count):
    """Chain the targets of each triangle: ``(first, following)`` of `Targets`."""
    first = np.full(triangle_count, NOWHERE, np.int32)
    following = np.full(triangle.shape[0], NOWHERE, np.int32)
    for p in range(triangle.shape[0] - 1, -1, -1):
        if triangle[p] != NOWHERE:
            following[p] = first[triangle[p]]
            first[triangle[p]] = p
    return first, following


@leaf_kernel
def is_tangent(x, y, px, py, v, before, after):
    """Whether the line from a point touches the wall at a corner without entering it.

    A shortest path bends round a corner only along such a line; all others can be left out of the search.

    Parameters
    ----------
    x, y : ndarray of float64
        Mesh vertices. [m]
    px, py : float
        The point. [m]
    v, before, after : int
        The corner and its neighbours along the wall, as vertex numbers.
    """
    first = orientation(px, py, x[v], y[v], x[before], y[before])
    two = orientation(px, py, x[v], y[v], x[after], y[after])
    return not ((first > 0.0 and two < 0.0) or (first < 0.0 and two > 0.0))


@inlined_leaf_kernel
def opposite_vertex(neighbours, t, came_from):
    """Which vertex of a triangle lies opposite the edge it was entered by.

    Counter-clockwise after it come the left and the right end of that edge; so the neighbour beyond the right of the
    two other edges is the next one, and that beyond the left one the one after.
    """
    i = 2
    if neighbours[t, 0] == came_from:
        i = 0
    elif neighbours[t, 1] == came_from:
        i = 1
    return i


@leaf_kernel
def visible_vertices(space, point, view):
    """Corners and targets visible from a point of free water.

    Parameters
    ----------
    space : SearchSpace
    point : MeshPoint
    view : View
        Filled with the numbers of corners on lines tangent to the wall, and of targets, each once.

    Returns
    -------
    tuple of int
        How many corners and targets were filled in.
    """
    mesh, corners, targets, needed_depth = space
    px, py, vertex = point.x, point.y, point.vertex
    seen_corners, seen_targets, stack = view
    # Arrays are taken out of their tuples once: this loop is hot.
    x = mesh.x
    y = mesh.y
    triangles = mesh.triangles
    neighbours = mesh.neighbours
    least_depth = mesh.least_depth
    corner_of = corners.of_vertex
    before = corners.before
    after = corners.after
    first_target = targets.first
    next_target = targets.following
    target_x = targets.x
    target_y = targets.y

    corner_count = 0
    target_count = 0
    top = 0
    if vertex == NOWHERE:
        first = point.triangle
        fans = 1
    else:
        first = mesh.fan_start[vertex]
        fans = mesh.fan_start[vertex + 1] - first
    # The triangles that touch the point are seen whole.
    for n in range(fans):
        t = first if vertex == NOWHERE else mesh.fan[first + n]
        if not least_depth[t] >= needed_depth:
            continue
        p = first_target[t]
        while p != NOWHERE:
            seen_targets[target_count] = p
            target_count += 1
            p = next_target[p]
        for i in range(3):
            right = triangles[t, (i + 1) % 3]
            left = triangles[t, (i + 2) % 3]
            if vertex == NOWHERE or triangles[t, i] == vertex:
                beyond = neighbours[t, i]
                if beyond != NOWHERE and least_depth[beyond] >= needed_depth:
                    stack[top, 0] = beyond
                    stack[top, 1] = t
                    stack[top, 2] = left
                    stack[top, 3] = right
                    top += 1
            if right != vertex:
                c = corner_of[right]
                if c != NOWHERE and is_tangent(x, y, px, py, right, before[c], after[c]):
                    seen_corners[corner_count] = c
                    corner_count += 1
    while top > 0:
        top -= 1
        t = stack[top, 0]
        came_from = stack[top, 1]
        left = stack[top, 2]
        right = stack[top, 3]
        i = opposite_vertex(neighbours, t, came_from)
        far, through_right, through_left = triangles[t, i], neighbours[t, (i + 1) % 3], neighbours[t, (i + 2) % 3]
        left_x = x[left]
        left_y = y[left]
        right_x = x[right]
        right_y = y[right]
        p = first_target[t]
        while p != NOWHERE:
            if (
                orientation(px, py, left_x, left_y, target_x[p], target_y[p]) <= 0.0
                and orientation(px, py, right_x, right_y, target_x[p], target_y[p]) >= 0.0
            ):
                # A target on the line between two cones is seen from both: keep the first sight of it.
                known = False
                for k in range(target_count):
                    known = known or seen_targets[k] == p
                if not known:
                    seen_targets[target_count] = p
                    target_count += 1
            p = next_target[p]
        beyond_left = orientation(px, py, left_x, left_y, x[far], y[far])
        beyond_right = orientation(px, py, right_x, right_y, x[far], y[far])
        inside = beyond_left <= 0.0 and beyond_right >= 0.0
        if inside:
            c = corner_of[far]
            if c != NOWHERE and is_tangent(x, y, px, py, far, before[c], after[c]):
                seen_corners[corner_count] = c
                corner_count += 1
        if beyond_right > 0.0 and through_right != NOWHERE and least_depth[through_right] >= needed_depth:
            stack[top, 0] = through_right
            stack[top, 1] = t
            stack[top, 2] = far if inside else left
            stack[top, 3] = right
            top += 1
        if beyond_left < 0.0 and through_left != NOWHERE and least_depth[through_left] >= needed_depth:
            stack[top, 0] = through_left
            stack[top, 1] = t
            stack[top, 2] = left
            stack[top, 3] = far if inside else right
            top += 1
    return corner_count, target_count
