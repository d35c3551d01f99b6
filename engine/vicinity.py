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
from engine.kernels.joining import ON_MESH, vertex_at
from engine.kernels.mesh import NOWHERE, holds, is_open, locate
from engine.kernels.plane import LATTICE_M, from_plane, to_plane
from engine.kernels.reach import Reach, reach_ports
from engine.kernels.shortest_paths import DIRECT
from engine.kernels.sight import TOO_MUCH, is_in_sight, look_round
from engine.kernels.zones import zones_of_leg

FEWEST_TOGETHER = 3
"""So many rows repay the look round for what they share."""

LISTED = 32
"""So many ports, the nearest from the middle, get lists of the corners that may come first."""

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
    first_from, first_to : ndarray of int32, shape (p,)
        Where the corners that may come first on the way to each port stand in `first`; `NOWHERE` for ports that are too
        far off to be worth a list.
    first : ndarray of int32
        Places in `corners`.
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


class Vicinities(NamedTuple):
    """Many vicinities, one after the other; what is `Vicinity` of each.

    Attributes
    ----------
    triangle : ndarray of int64, shape (v,)
    radius_m : ndarray of float64, shape (v,)
        [m]
    distance_m : ndarray of float64, shape (v, p)
        [m]
    may_see : ndarray of bool, shape (v, p)
    corner_start : ndarray of int64, shape (v + 1,)
        Corners of vicinity v: ``corners[corner_start[v]:corner_start[v + 1]]``, and so their chords.
    corners, chord_m : ndarray of int32 and float64
    first_from, first_to : ndarray of int32, shape (v, p)
    first_start : ndarray of int64, shape (v + 1,)
        Lists of vicinity v: ``first[first_start[v]:first_start[v + 1]]``.
    first : ndarray of int32
    """

    triangle: np.ndarray
    radius_m: np.ndarray
    distance_m: np.ndarray
    may_see: np.ndarray
    corner_start: np.ndarray
    corners: np.ndarray
    chord_m: np.ndarray
    first_from: np.ndarray
    first_to: np.ndarray
    first_start: np.ndarray
    first: np.ndarray


class Places(NamedTuple):
    """Where rows lie; shape (n,).

    Attributes
    ----------
    x, y : ndarray of float64
        On the plane. [m]
    vicinity : ndarray of int64
        Number of the vicinity, or `NOWHERE` for rows that share none.
    """

    x: np.ndarray
    y: np.ndarray
    vicinity: np.ndarray


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
    first_from, first_to = np.full(count, NOWHERE, np.int32), np.full(count, NOWHERE, np.int32)
    first = np.empty(found_corners * LISTED, np.int32)
    used = 0
    for p in np.argsort(reach.distance_m, kind="mergesort")[:LISTED]:
        first_from[p] = used
        most_m = reach.distance_m[p] + 2.0 * STRETCH * radius_m + SAFE_M
        for k in range(found_corners):
            if most_m < np.inf and chord_m[k] + depth_class.distance[seen_corners[k], p] <= most_m:
                first[used] = k
                used += 1
        first_to[p] = used
    return Vicinity(
        triangle, STRETCH * radius_m, reach.distance_m, seen_corners[:found_corners].copy(), chord_m, may_see,
        first_from, first_to, first[:used].copy(),
    )  # fmt: skip


@kernel
def share_vicinities(water, depth_class, lon, lat, side_m):
    """Find out what rows of one triangle within a square share.

    Parameters
    ----------
    water : Water
    depth_class : DepthClass
    lon, lat : ndarray of float64, shape (n,)
        Positions, WGS 84, inside the box of the pack. [deg]
    side_m : float
        Of the squares. [m]

    Returns
    -------
    places : Places
    vicinities : Vicinities
    """
    mesh = water.mesh
    count = lon.shape[0]
    x, y = np.empty(count), np.empty(count)
    triangle, patch = np.empty(count, np.int64), np.empty(count, np.int64)
    _enter_places(water, depth_class.needed_depth_m, lon, lat, side_m, x, y, triangle, patch)
    number = np.full(count, NOWHERE)
    order = np.argsort(patch, kind="mergesort")
    found = [vicinity_of(water, depth_class, mesh.lon[0], mesh.lat[0], 0, 0.0) for _ in range(0)]
    start = 0
    most = count
    while start < count:
        stop = start + 1
        while stop < count and stop < start + most and patch[order[stop]] == patch[order[start]]:
            stop += 1
        members = order[start:stop]
        t = triangle[members[0]]
        if t != NOWHERE and members.shape[0] >= FEWEST_TOGETHER:
            middle_lon, middle_lat, radius_m = _middle_of(water, depth_class.needed_depth_m, t, x[members], y[members])
            vicinity = vicinity_of(water, depth_class, middle_lon, middle_lat, t, radius_m)
            if vicinity.triangle == NOWHERE:
                # Less is seen from half as far: they are taken in two parts.
                across = x if np.ptp(x[members]) > np.ptp(y[members]) else y
                order[start:stop] = members[np.argsort(across[members], kind="mergesort")]
                most = (members.shape[0] + 1) // 2
                continue
            number[members] = len(found)
            found.append(vicinity)
        start = stop
        if stop < count and patch[order[stop]] != patch[order[stop - 1]]:
            most = count
    return Places(x, y, number), _packed(found, water.ports.x.shape[0])


@leaf_kernel
def _enter_places(water, needed_depth_m, lon, lat, side_m, x, y, triangle, patch):
    """Enter where positions lie on the plane, in which open triangle, and the number of the patch each belongs to. [m]

    Those that can share nothing lie in no triangle: off the mesh, on one of its vertices, or at a harbour.
    """
    mesh = water.mesh
    columns = 1 << 20
    for k in range(lon.shape[0]):
        px, py = to_plane(lon[k], lat[k], mesh.origin_lon_deg, mesh.origin_lat_deg)
        t = locate(mesh, px, py)
        if t != NOWHERE and (not mesh.least_depth[t] >= needed_depth_m or vertex_at(mesh, t, px, py) != NOWHERE):
            t = NOWHERE
        if t != NOWHERE and is_near_a_harbour(water, px, py):
            t = NOWHERE
        x[k], y[k], triangle[k] = px, py, t
        square = (int(py // side_m) + columns // 2) * columns + int(px // side_m) + columns // 2
        patch[k] = square * (mesh.triangles.shape[0] + 1) + t + 1


@kernel
def _middle_of(water, needed_depth_m, triangle, x, y):
    """Middle of some points of a triangle, and how far the farthest of them is from it on the plane. [deg], [m]

    At a harbour, where ways are measured otherwise, it is the first of the points: none of them lies at one.
    """
    mesh = water.mesh
    middle_x = round(x.mean() / LATTICE_M) * LATTICE_M
    middle_y = round(y.mean() / LATTICE_M) * LATTICE_M
    if not holds(mesh, triangle, middle_x, middle_y):
        middle_x, middle_y = x[0], y[0]
    lon, lat = from_plane(middle_x, middle_y, mesh.origin_lon_deg, mesh.origin_lat_deg)
    # As it is placed again from its longitude and latitude: on the rim of the triangle that may be just outside.
    middle_x, middle_y = to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg)
    if not is_open(mesh, locate(mesh, middle_x, middle_y), needed_depth_m) or is_near_a_harbour(
        water, middle_x, middle_y
    ):
        lon, lat = from_plane(x[0], y[0], mesh.origin_lon_deg, mesh.origin_lat_deg)
        middle_x, middle_y = to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg)
    return lon, lat, np.sqrt((x - middle_x) ** 2 + (y - middle_y) ** 2).max() + LATTICE_M


@kernel
def _packed(found, port_count):
    """Vicinities one after the other."""
    count = len(found)
    corner_start, first_start = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.int64)
    for v in range(count):
        corner_start[v + 1] = corner_start[v] + found[v].corners.shape[0]
        first_start[v + 1] = first_start[v] + found[v].first.shape[0]
    packed = Vicinities(
        np.empty(count, np.int64), np.empty(count), np.empty((count, port_count)),
        np.empty((count, port_count), np.bool_), corner_start, np.empty(corner_start[count], np.int32),
        np.empty(corner_start[count]), np.empty((count, port_count), np.int32),
        np.empty((count, port_count), np.int32), first_start, np.empty(first_start[count], np.int32),
    )  # fmt: skip
    for v in range(count):
        one = found[v]
        packed.triangle[v], packed.radius_m[v] = one.triangle, one.radius_m
        packed.distance_m[v], packed.may_see[v] = one.distance_m, one.may_see
        packed.first_from[v], packed.first_to[v] = one.first_from, one.first_to
        packed.corners[corner_start[v] : corner_start[v + 1]] = one.corners
        packed.chord_m[corner_start[v] : corner_start[v + 1]] = one.chord_m
        packed.first[first_start[v] : first_start[v + 1]] = one.first
    return packed


@inlined_kernel
def one_of(vicinities, v):
    """One `Vicinity` of many."""
    corners = slice(vicinities.corner_start[v], vicinities.corner_start[v + 1])
    return Vicinity(
        vicinities.triangle[v], vicinities.radius_m[v], vicinities.distance_m[v], vicinities.corners[corners],
        vicinities.chord_m[corners], vicinities.may_see[v], vicinities.first_from[v], vicinities.first_to[v],
        vicinities.first[vicinities.first_start[v] : vicinities.first_start[v + 1]],
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
    mesh, ports, reach = water.mesh, water.ports, fix.reach
    lon_deg, lat_deg = reach.path[0, 0], reach.path[0, 1]
    px, py, here_x, here_y, here_z = fix.at[0], fix.at[1], fix.at[2], fix.at[3], fix.at[4]
    tolerance_deg = water.limits.right_angle_tolerance_deg
    needed_m = depth_class.needed_depth_m
    best_m = np.inf
    via = NOWHERE
    # A far port without a list: every corner may come first.
    is_listed = vicinity.first_from[p] != NOWHERE
    listed_from = vicinity.first_from[p] if is_listed else 0
    listed_to = vicinity.first_to[p] if is_listed else vicinity.corners.shape[0]
    count = listed_to - listed_from
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
        for turn in range(listed_from, listed_to):
            k = vicinity.first[turn] if is_listed else turn
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
