"""A track straightened: points left out where the straight line between others is water and no slower."""

import numpy as np

from engine.kernels.jit import inlined_leaf_kernel, kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE, contains, is_open, locate_open
from engine.kernels.plane import from_plane, orientation
from engine.kernels.travel_time import start_travel, travel_time_between


@leaf_kernel
def is_clear(mesh, needed_depth, triangle, ax, ay, bx, by):
    """Whether a straight line keeps to water of the depth needed.

    Parameters
    ----------
    mesh : Mesh
    needed_depth : float
        [m]
    triangle : int
        An open triangle that holds the first point.
    ax, ay, bx, by : float
        Lattice points on the plane. [m]

    Returns
    -------
    bool
        A line that runs along a wall may be called blocked; a blocked one is never called clear.
    """
    triangles = mesh.triangles
    t = triangle
    came_from = NOWHERE
    for _ in range(triangles.shape[0]):
        if contains(mesh, t, bx, by):
            return True
        leaving = NOWHERE
        for i in range(3):
            beyond = mesh.neighbours[t, i]
            if beyond == came_from and came_from != NOWHERE:
                continue
            right = triangles[t, (i + 1) % 3]
            left = triangles[t, (i + 2) % 3]
            if orientation(mesh.x[right], mesh.y[right], mesh.x[left], mesh.y[left], bx, by) >= 0.0:
                continue
            if (
                orientation(ax, ay, bx, by, mesh.x[right], mesh.y[right]) <= 0.0
                and orientation(ax, ay, bx, by, mesh.x[left], mesh.y[left]) >= 0.0
            ):
                leaving = i
                break
        if leaving == NOWHERE:
            return False
        beyond = mesh.neighbours[t, leaving]
        if not is_open(mesh, beyond, needed_depth):
            return False
        came_from = t
        t = beyond
    return False


@kernel
def string_pull(mesh, needed_depth, passage, points):
    """Leave out points of a track as long as that is faster and keeps to water and to seas she goes into.

    Parameters
    ----------
    mesh : Mesh
    needed_depth : float
        [m]
    passage : Passage
        From its start.
    points : ndarray of float64, shape (n, 2)
        Lattice points on the plane. [m]

    Returns
    -------
    ndarray of float64, shape (m, 2)
        Longitude and latitude. [deg]
    """
    plane = points.copy()
    track = np.empty(plane.shape)
    for k in range(plane.shape[0]):
        track[k, 0], track[k, 1] = from_plane(plane[k, 0], plane[k, 1], mesh.origin_lon_deg, mesh.origin_lat_deg)
    return track[: _string_pull(mesh, needed_depth, passage, plane, track)].copy()


@leaf_kernel
def _string_pull(mesh, needed_depth, passage, plane, track):
    """Move the points that stay to the front, on the plane and as positions; how many they are."""
    count = plane.shape[0]
    removed = True
    while removed:
        removed = False
        travel_time = start_travel()
        k = 1
        kept = 1
        while k < count - 1:
            through = travel_time_between(passage, travel_time, track[kept - 1], track[k])
            onward = travel_time_between(passage, through, track[k], track[k + 1])
            straight = travel_time_between(passage, travel_time, track[kept - 1], track[k + 1])
            ax, ay = plane[kept - 1, 0], plane[kept - 1, 1]
            triangle = locate_open(mesh, needed_depth, ax, ay)
            if (
                straight.time_s <= onward.time_s
                and straight.time_s < np.inf
                and straight.highest_hs_m <= max(onward.highest_hs_m, passage.speed_model.max_hs_m)
                and triangle != NOWHERE
                and is_clear(mesh, needed_depth, triangle, ax, ay, plane[k + 1, 0], plane[k + 1, 1])
            ):
                removed = True
            else:
                travel_time = through
                _move(plane, track, k, kept)
                kept += 1
            k += 1
        _move(plane, track, count - 1, kept)
        count = kept + 1
    return count


@inlined_leaf_kernel
def _move(plane, track, at, to):
    """Move a point to another place."""
    plane[to, 0], plane[to, 1] = plane[at, 0], plane[at, 1]
    track[to, 0], track[to, 1] = track[at, 0], track[at, 1]
