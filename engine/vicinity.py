"""What positions near one another share: the corners their ways may begin at, and how near every port is at least.

Two positions of one open triangle, d apart, are no farther than d + D from what is D from the other one. So once a port
is measured from the middle of a vicinity, only few corners can be the first ones on the way there from anywhere in it;
mostly there is one, and then nobody has to look whether it is in sight.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np

from engine.kernels.geodesy import earth_centred, geodesic_length_m
from engine.kernels.jit import inlined_kernel, kernel, leaf_kernel
from engine.kernels.joining import ON_MESH
from engine.kernels.mesh import NOWHERE
from engine.kernels.plane import to_plane
from engine.kernels.reach import Reach, reach_ports
from engine.kernels.shortest_paths import DIRECT
from engine.kernels.sight import TOO_MUCH, is_in_sight, look_round
from engine.kernels.zones import zones_of_leg

SAFE_M = 1.0
"""Added to every bound, so that rounding can't matter. [m]"""

STRETCH = 1.005
"""Lengths on the ellipsoid are up to a third of a per cent greater than those on the sphere of the plane."""

_UNLOOKED, _IN_SIGHT, _HIDDEN = 0, 1, 2


class Vicinity(NamedTuple):
    """One triangle's positions within a radius of a middle.

    Attributes
    ----------
    triangle : int
    radius_m : float
        By the geodesic, at most. [m]
    distance_m : ndarray of float64, shape (p,)
        From the middle to each port. [m]
    corners : ndarray of int32, shape (n,)
        Those that may be seen from somewhere in it.
    chord_m : ndarray of float64, shape (n,)
        From the middle to each of them, through the Earth. [m]
    may_see : ndarray of bool, shape (p,)
        Ports that may be seen from somewhere in it.
    first_from, first_to : ndarray of int64, shape (p,)
        Where the corners that may come first on the way to each port stand in `first`; -1 before they are listed.
    first : ndarray of int32
        Places in `corners`.
    used : ndarray of int64, shape (1,)
        How much of `first` is in use.
    """

    triangle: int
    radius_m: float
    distance_m: np.ndarray
    corners: np.ndarray
    chord_m: np.ndarray
    may_see: np.ndarray
    first_from: np.ndarray
    first_to: np.ndarray
    first: np.ndarray
    used: np.ndarray


class Fix(NamedTuple):
    """What has been found out from one position of a vicinity; arrays by place in `Vicinity.corners`.

    Attributes
    ----------
    reach : Reach
        Of which only ports measured mean anything.
    at : ndarray of float64, shape (5,)
        The position on the plane, and in space. [m]
    chord_m, leg_m : ndarray of float64
        From the position; NaN before they are needed. [m]
    sight : ndarray of int8
    touched, poor : ndarray of uint64
        Zones on the leg, once it is measured.
    stack : ndarray of int32, shape (m + 3, 4)
        Scratch.
    """

    reach: Reach
    at: np.ndarray
    chord_m: np.ndarray
    leg_m: np.ndarray
    sight: np.ndarray
    touched: np.ndarray
    poor: np.ndarray
    stack: np.ndarray


@kernel
def new_fix(water, depth_class):
    """Room for one position at a time, off all harbours."""
    count = water.ports.x.shape[0]
    corner_count = depth_class.corners.vertex.shape[0]
    reach = Reach(
        ON_MESH, 0.0, np.empty((1, 2)), 0.0, np.empty((count, 2)), np.full(count, np.inf), water.legs.length.copy(),
        np.full(count, NOWHERE), np.full((count, 2), np.nan), np.full(count, NOWHERE), np.zeros(count, np.uint64),
        np.zeros(count, np.uint64),
    )  # fmt: skip
    return Fix(
        reach, np.empty(5), np.empty(corner_count), np.empty(corner_count), np.empty(corner_count, np.int8),
        np.empty(corner_count, np.uint64), np.empty(corner_count, np.uint64),
        np.empty((water.mesh.triangles.shape[0] + 3, 4), np.int32),
    )  # fmt: skip


@kernel
def vicinity_of(water, depth_class, lon_deg, lat_deg, triangle, radius_m):
    """The vicinity of a middle.

    Parameters
    ----------
    water : Water
    depth_class : DepthClass
    lon_deg, lat_deg : float
        The middle, WGS 84, in the triangle. [deg]
    triangle : int
        An open one.
    radius_m : float
        On the plane. [m]

    Returns
    -------
    Vicinity
        Of no triangle (`NOWHERE`) where too much may be seen.
    """
    mesh, corners, ports = water.mesh, depth_class.corners, water.ports
    count = ports.x.shape[0]
    corner_count = corners.vertex.shape[0]
    reach = reach_ports(water, depth_class, lon_deg, lat_deg)
    seen_corners = np.empty(corner_count, np.int32)
    seen_targets = np.empty(count, np.int32)
    px, py = to_plane(lon_deg, lat_deg, mesh.origin_lon_deg, mesh.origin_lat_deg)
    found_corners, found_targets = look_round(
        mesh, corners, ports, depth_class.needed_depth_m, px, py, triangle, radius_m, np.zeros(corner_count, np.bool_),
        seen_corners, np.zeros(count, np.bool_), seen_targets, np.empty((mesh.triangles.shape[0] + 3, 4), np.int32),
    )  # fmt: skip
    if found_corners == TOO_MUCH:
        triangle, found_corners, found_targets = NOWHERE, 0, 0
    here_x, here_y, here_z = earth_centred(lon_deg, lat_deg)
    chord_m = np.empty(found_corners)
    for k in range(found_corners):
        chord_m[k] = _chord_m(mesh.earth_centred, corners.vertex[seen_corners[k]], here_x, here_y, here_z)
    may_see = np.zeros(count, np.bool_)
    for k in range(found_targets):
        may_see[seen_targets[k]] = True
    return Vicinity(
        triangle, STRETCH * radius_m, reach.distance_m, seen_corners[:found_corners].copy(), chord_m, may_see,
        np.full(count, -1), np.full(count, -1), np.empty(found_corners * count, np.int32), np.zeros(1, np.int64),
    )  # fmt: skip


@leaf_kernel
def is_near_a_harbour(water, px, py):
    """Whether a position may be inside a harbour, as `engine.kernels.harbour.from_inside` asks."""
    legs = water.legs
    near = False
    for p in range(legs.length.shape[0]):
        first, last = legs.start[p], legs.start[p + 1] - 1
        if last >= first:
            out_m = sqrt((legs.x[last] - legs.x[first]) ** 2 + (legs.y[last] - legs.y[first]) ** 2)
            off_m = sqrt((legs.x[last] - px) ** 2 + (legs.y[last] - py) ** 2)
            near = near or off_m < water.limits.inside_factor * out_m + SAFE_M
    return near


@inlined_kernel
def _chord_m(space, vertex, x, y, z):
    """Straight through the Earth, so never longer than the geodesic. [m]"""
    return sqrt((space[vertex, 0] - x) ** 2 + (space[vertex, 1] - y) ** 2 + (space[vertex, 2] - z) ** 2)


@leaf_kernel
def enter_position(fix, vicinity, lon_deg, lat_deg, px, py):
    """Forget the position before, and start with this one."""
    fix.reach.path[0, 0], fix.reach.path[0, 1] = lon_deg, lat_deg
    fix.at[0], fix.at[1] = px, py
    fix.at[2], fix.at[3], fix.at[4] = earth_centred(lon_deg, lat_deg)
    for k in range(vicinity.corners.shape[0]):
        fix.chord_m[k] = np.nan
        fix.leg_m[k] = np.nan
        fix.sight[k] = _UNLOOKED


@leaf_kernel
def _list_first_corners(depth_class, vicinity, p):
    """List the corners that may come first on the way to a port from anywhere in a vicinity."""
    used = vicinity.used[0]
    vicinity.first_from[p] = used
    most_m = vicinity.distance_m[p] + 2.0 * vicinity.radius_m + SAFE_M
    if vicinity.distance_m[p] < np.inf:
        for k in range(vicinity.corners.shape[0]):
            if vicinity.chord_m[k] + depth_class.distance[vicinity.corners[k], p] <= most_m:
                vicinity.first[used] = k
                used += 1
    vicinity.used[0] = used
    vicinity.first_to[p] = used


@leaf_kernel
def measure(water, depth_class, vicinity, fix, p):
    """Measure the way from the position of a fix to one port, as `engine.kernels.reach.reach_ports` does.

    Parameters
    ----------
    water : Water
    depth_class : DepthClass
    vicinity : Vicinity
    fix : Fix
        Distance, first corner and zones are entered in its reach.
    p : int
        A port.
    """
    if vicinity.first_from[p] == -1:
        _list_first_corners(depth_class, vicinity, p)
    mesh, ports, reach = water.mesh, water.ports, fix.reach
    lon_deg, lat_deg = reach.path[0, 0], reach.path[0, 1]
    px, py, here_x, here_y, here_z = fix.at[0], fix.at[1], fix.at[2], fix.at[3], fix.at[4]
    tolerance_deg = water.limits.right_angle_tolerance_deg
    needed_m = depth_class.needed_depth_m
    best_m = np.inf
    via = NOWHERE
    count = vicinity.first_to[p] - vicinity.first_from[p]
    if vicinity.may_see[p] and (
        count == 0
        or is_in_sight(
            mesh, needed_m, px, py, vicinity.triangle, ports.x[p], ports.y[p], NOWHERE, ports.triangle[p], fix.stack
        )
    ):
        best_m = geodesic_length_m(lon_deg, lat_deg, ports.lon[p], ports.lat[p])
        via = DIRECT
    # By their least lengths; ties fall to the one listed first.
    last_m, last = -np.inf, -1
    place = 0
    while place != NOWHERE:
        place = NOWHERE
        least_m = best_m
        for turn in range(vicinity.first_from[p], vicinity.first_to[p]):
            k = vicinity.first[turn]
            if fix.sight[k] == _HIDDEN:
                continue
            if np.isnan(fix.chord_m[k]):
                vertex = depth_class.corners.vertex[vicinity.corners[k]]
                fix.chord_m[k] = _chord_m(mesh.earth_centred, vertex, here_x, here_y, here_z)
            at_least_m = fix.chord_m[k] + depth_class.distance[vicinity.corners[k], p]
            if at_least_m < least_m and (at_least_m > last_m or (at_least_m == last_m and k > last)):
                least_m, place = at_least_m, k
        if place == NOWHERE:
            continue
        last_m, last = least_m, place
        corner = vicinity.corners[place]
        vertex = depth_class.corners.vertex[corner]
        if fix.sight[place] == _UNLOOKED and (count > 1 or vicinity.may_see[p]):
            seen = is_in_sight(
                mesh, needed_m, px, py, vicinity.triangle, mesh.x[vertex], mesh.y[vertex], vertex, NOWHERE, fix.stack
            )
            fix.sight[place] = _IN_SIGHT if seen else _HIDDEN
        if fix.sight[place] == _HIDDEN:
            continue
        if np.isnan(fix.leg_m[place]):
            fix.leg_m[place] = geodesic_length_m(lon_deg, lat_deg, mesh.lon[vertex], mesh.lat[vertex])
            fix.touched[place], fix.poor[place] = zones_of_leg(
                water.zones, px, py, mesh.x[vertex], mesh.y[vertex], tolerance_deg
            )
        length_m = fix.leg_m[place] + depth_class.distance[corner, p]
        if length_m < best_m:
            best_m, via = length_m, corner
            reach.touched[p] = fix.touched[place] | depth_class.touched[corner, p]
            reach.poor[p] = fix.poor[place] | depth_class.poor[corner, p]
    if via == DIRECT:
        reach.touched[p], reach.poor[p] = zones_of_leg(water.zones, px, py, ports.x[p], ports.y[p], tolerance_deg)
    elif via == NOWHERE:
        reach.touched[p], reach.poor[p] = np.uint64(0), np.uint64(0)
    reach.distance_m[p] = best_m
    reach.via[p] = via
    reach.joined[p, 0], reach.joined[p, 1] = lon_deg, lat_deg
