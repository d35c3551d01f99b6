"""What positions near one another share: the corners their ways may begin at, and how near every port is at least.

Two positions of one open triangle, d apart, are no farther than d + D from what is D from the other one. So once a port
is measured from the middle of a vicinity, only few corners can be the first ones on the way there from anywhere in it;
mostly there is one, and then nobody has to look whether it is in sight.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np

from engine.kernels.geodesy import earth_centred, geodesic_length_m
from engine.kernels.harbour import may_be_inside
from engine.kernels.jit import entry_kernel, entry_leaf_kernel, inlined_kernel, kernel, leaf_kernel
from engine.kernels.joining import ON_MESH, vertex_at
from engine.kernels.mesh import NOWHERE, holds, locate
from engine.kernels.plane import LATTICE_M, from_plane, to_plane
from engine.kernels.reach import Reach, reach_ports
from engine.kernels.shortest_paths import DIRECT
from engine.kernels.sight import TOO_MUCH, is_in_sight, look_round
from engine.kernels.zones import zone_at, zones_of_leg

LISTED = 48
"""So many ports, the nearest from the middle, get lists of the corners that may come first."""

MOST_CORNERS = 32_767
"""As many as the lists can number."""

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
    ports : ndarray of int16, shape (p,)
        All ports, the nearest from the middle first.
    distance_m : ndarray of float64, shape (p,)
        From the middle to each of them. [m]
    may_see : ndarray of bool, shape (p,)
        Which of them may be seen from somewhere in it.
    corners : ndarray of int32, shape (n,)
        Those that may be seen from somewhere in it, and come first on the way to some port.
    first_start : ndarray of int32, shape (LISTED + 1,)
        Corners that may come first on the way to the port at a place:
        ``first[first_start[place]:first_start[place + 1]]``. Ports farther off have no list.
    first : ndarray of int16
        Places in `corners`.
    onward_m : ndarray of float32
        From each of those corners to the port, rounded down: the exact lengths lie far apart in memory. [m]
    """

    triangle: int
    radius_m: float
    ports: np.ndarray
    distance_m: np.ndarray
    may_see: np.ndarray
    corners: np.ndarray
    first_start: np.ndarray
    first: np.ndarray
    onward_m: np.ndarray


class Vicinities(NamedTuple):
    """Many vicinities, one after the other; what is `Vicinity` of each.

    Attributes
    ----------
    triangle : ndarray of int64, shape (v,)
    radius_m : ndarray of float64, shape (v,)
        [m]
    ports : ndarray of int16, shape (v, p)
    distance_m : ndarray of float64, shape (v, p)
        [m]
    may_see : ndarray of bool, shape (v, p)
    first_start : ndarray of int32, shape (v, LISTED + 1)
    corners_from, corners_to : ndarray of int64, shape (v,)
        Corners of vicinity v: ``corners[corners_from[v]:corners_to[v]]``.
    first_from, first_to : ndarray of int64, shape (v,)
        Lists of vicinity v: ``first[first_from[v]:first_to[v]]``, and so `onward_m`.
    corners : ndarray of int32
    first : ndarray of int16
    onward_m : ndarray of float32
    """

    triangle: np.ndarray
    radius_m: np.ndarray
    ports: np.ndarray
    distance_m: np.ndarray
    may_see: np.ndarray
    first_start: np.ndarray
    corners_from: np.ndarray
    corners_to: np.ndarray
    first_from: np.ndarray
    first_to: np.ndarray
    corners: np.ndarray
    first: np.ndarray
    onward_m: np.ndarray


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
        Zones on the leg, once they are known.
    zones_known : ndarray of bool
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
    zones_known: np.ndarray
    stack: np.ndarray


@entry_kernel
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
        np.empty(corner_count, np.uint64), np.empty(corner_count, np.uint64), np.empty(corner_count, np.bool_),
        np.empty((water.mesh.triangles.shape[0] + 3, 4), np.int32),
    )  # fmt: skip


@entry_kernel
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
    if found_corners == TOO_MUCH or found_corners > MOST_CORNERS:
        triangle, found_corners, found_targets = NOWHERE, 0, 0
    most_m = reach.distance_m + (2.0 * STRETCH * radius_m + SAFE_M)
    may_be_first = np.empty((found_corners, count), np.bool_)
    kept = _keep_first_corners(
        mesh, depth_class, lon_deg, lat_deg, most_m, seen_corners[:found_corners], may_be_first
    )  # fmt: skip
    is_seen = np.zeros(count, np.bool_)
    for k in range(found_targets):
        is_seen[seen_targets[k]] = True
    nearest = np.argsort(reach.distance_m, kind="mergesort")
    first_start = np.zeros(LISTED + 1, np.int32)
    first = np.empty(kept * LISTED, np.int16)
    onward_m = np.empty(kept * LISTED, np.float32)
    used = 0
    for place in range(min(LISTED, count)):
        p = nearest[place]
        for k in range(kept):
            if may_be_first[k, p]:
                first[used] = k
                # Half a metre is more than the last digit of any length here.
                onward_m[used] = depth_class.distance[seen_corners[k], p] - 0.5
                used += 1
        first_start[place + 1] = used
    return Vicinity(
        triangle, STRETCH * radius_m, nearest.astype(np.int16), reach.distance_m[nearest], is_seen[nearest],
        seen_corners[:kept].copy(), first_start, first[:used].copy(), onward_m[:used].copy(),
    )  # fmt: skip


@leaf_kernel
def _keep_first_corners(mesh, depth_class, lon_deg, lat_deg, most_m, seen_corners, may_be_first):
    """Move the corners that may come first on the way to some port to the front.

    Parameters
    ----------
    mesh : Mesh
    depth_class : DepthClass
    lon_deg, lat_deg : float
        The middle. [deg]
    most_m : ndarray of float64, shape (p,)
        No way from the middle over a corner that may come first is longer, measured straight to the corner. [m]
    seen_corners : ndarray of int32, shape (n,)
        Changed.
    may_be_first : ndarray of bool, shape (n, p)
        Filled in for those that are kept.

    Returns
    -------
    int
        How many are kept.
    """
    here_x, here_y, here_z = earth_centred(lon_deg, lat_deg)
    kept = 0
    # Corner by corner, as their lengths lie in memory.
    for k in range(seen_corners.shape[0]):
        c = seen_corners[k]
        chord_m = _chord_m(mesh.earth_centred, depth_class.corners.vertex[c], here_x, here_y, here_z)
        helped = 0
        for p in range(most_m.shape[0]):
            may_be = chord_m + depth_class.distance[c, p] <= most_m[p] and most_m[p] < np.inf
            may_be_first[kept, p] = may_be
            helped += may_be
        if helped > 0:
            seen_corners[kept] = c
            kept += 1
    return kept


@entry_leaf_kernel
def enter_places(water, needed_depth_m, lon, lat, x, y, triangle):
    """Enter where positions lie on the plane, and in which open triangle. [m]

    Those that can share nothing lie in none (`NOWHERE`): off the mesh, on one of its vertices, or at a harbour.
    """
    mesh = water.mesh
    for k in range(lon.shape[0]):
        px, py = to_plane(lon[k], lat[k], mesh.origin_lon_deg, mesh.origin_lat_deg)
        t = locate(mesh, px, py)
        x[k], y[k], triangle[k] = px, py, NOWHERE
        if (
            t != NOWHERE
            and mesh.least_depth[t] >= needed_depth_m
            and vertex_at(mesh, t, px, py) == NOWHERE
            and not is_near_a_harbour(water, px, py)
        ):
            triangle[k] = t


@entry_kernel
def vicinities_of(water, depth_class, triangle, west_m, south_m, side_m):
    """The vicinities of patches; of no triangle where there is none.

    Parameters
    ----------
    water : Water
    depth_class : DepthClass
    triangle : ndarray of int64, shape (n,)
        Open ones.
    west_m, south_m, side_m : ndarray of float64, shape (n,)
        The square that bounds each patch within its triangle. [m]
    """
    found = [_no_vicinity(water.ports.x.shape[0]) for _ in range(0)]
    for k in range(triangle.shape[0]):
        lon, lat, radius_m = _middle_of(water, triangle[k], west_m[k], south_m[k], side_m[k])
        if radius_m < np.inf:
            found.append(vicinity_of(water, depth_class, lon, lat, triangle[k], radius_m))
        else:
            found.append(_no_vicinity(water.ports.x.shape[0]))
    return _packed(found, water.ports.x.shape[0])


@kernel
def _no_vicinity(port_count):
    none = np.empty(0, np.int32)
    return Vicinity(
        NOWHERE, np.inf, np.zeros(port_count, np.int16), np.full(port_count, np.inf),
        np.zeros(port_count, np.bool_), none, np.zeros(LISTED + 1, np.int32), none.astype(np.int16),
        none.astype(np.float32),
    )  # fmt: skip


@entry_kernel
def _middle_of(water, triangle, west_m, south_m, side_m):
    """Middle of what a triangle and a square have in common, and how far the farthest of it is off. [deg], [m]

    At a harbour ways are measured otherwise, so the middle moves away from there; infinitely far when it cannot.
    """
    mesh = water.mesh
    x, y, count = _common(mesh, triangle, west_m, south_m, side_m)
    if count == 0:
        return mesh.lon[0], mesh.lat[0], np.inf
    middle_x, middle_y = x[:count].mean(), y[:count].mean()
    for turn in range(count + 1):
        at_x, at_y = middle_x, middle_y
        if turn > 0:
            at_x, at_y = 0.5 * (middle_x + x[turn - 1]), 0.5 * (middle_y + y[turn - 1])
        lon, lat = from_plane(at_x, at_y, mesh.origin_lon_deg, mesh.origin_lat_deg)
        # As it is placed again from its longitude and latitude: on the rim of the triangle that may be just outside.
        at_x, at_y = to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg)
        if (
            holds(mesh, triangle, at_x, at_y)
            and vertex_at(mesh, triangle, at_x, at_y) == NOWHERE
            and not is_near_a_harbour(water, at_x, at_y)
        ):
            return lon, lat, np.sqrt((x[:count] - at_x) ** 2 + (y[:count] - at_y) ** 2).max() + 2.0 * LATTICE_M
    return mesh.lon[0], mesh.lat[0], np.inf


@entry_kernel
def _common(mesh, triangle, west_m, south_m, side_m):
    """Corners of the polygon a triangle and a square have in common, by cutting off what is beyond each side. [m]"""
    x, y = np.empty(8), np.empty(8)
    new_x, new_y = np.empty(8), np.empty(8)
    for i in range(3):
        x[i], y[i] = mesh.x[mesh.triangles[triangle, i]], mesh.y[mesh.triangles[triangle, i]]
    count = 3
    for side in range(4):
        found = 0
        for i in range(count):
            j = (i + 1) % count
            inside_m, next_m = x[i] - west_m, x[j] - west_m
            if side == 1:
                inside_m, next_m = west_m + side_m - x[i], west_m + side_m - x[j]
            elif side == 2:
                inside_m, next_m = y[i] - south_m, y[j] - south_m
            elif side == 3:
                inside_m, next_m = south_m + side_m - y[i], south_m + side_m - y[j]
            if inside_m >= 0.0:
                new_x[found], new_y[found] = x[i], y[i]
                found += 1
            if (inside_m >= 0.0) != (next_m >= 0.0):
                part = inside_m / (inside_m - next_m)
                new_x[found], new_y[found] = x[i] + part * (x[j] - x[i]), y[i] + part * (y[j] - y[i])
                found += 1
        count = found
        x[:count], y[:count] = new_x[:count], new_y[:count]
    return x, y, count


@kernel
def _packed(found, port_count):
    """Vicinities one after the other."""
    count = len(found)
    corners_to, first_to = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for v in range(count):
        corners_to[v], first_to[v] = found[v].corners.shape[0], found[v].first.shape[0]
    corners_to, first_to = corners_to.cumsum(), first_to.cumsum()
    packed = Vicinities(
        np.empty(count, np.int64), np.empty(count), np.empty((count, port_count), np.int16),
        np.empty((count, port_count)), np.empty((count, port_count), np.bool_), np.empty((count, LISTED + 1), np.int32),
        np.empty(count, np.int64), corners_to, np.empty(count, np.int64), first_to,
        np.empty(corners_to[-1] if count else 0, np.int32), np.empty(first_to[-1] if count else 0, np.int16),
        np.empty(first_to[-1] if count else 0, np.float32),
    )  # fmt: skip
    for v in range(count):
        one = found[v]
        packed.triangle[v], packed.radius_m[v], packed.ports[v] = one.triangle, one.radius_m, one.ports
        packed.distance_m[v], packed.may_see[v], packed.first_start[v] = one.distance_m, one.may_see, one.first_start
        packed.corners_from[v] = corners_to[v] - one.corners.shape[0]
        packed.first_from[v] = first_to[v] - one.first.shape[0]
        packed.corners[packed.corners_from[v] : corners_to[v]] = one.corners
        packed.first[packed.first_from[v] : first_to[v]] = one.first
        packed.onward_m[packed.first_from[v] : first_to[v]] = one.onward_m
    return packed


@inlined_kernel
def one_of(vicinities, v):
    """One `Vicinity` of many."""
    return Vicinity(
        vicinities.triangle[v], vicinities.radius_m[v], vicinities.ports[v], vicinities.distance_m[v],
        vicinities.may_see[v], vicinities.corners[vicinities.corners_from[v] : vicinities.corners_to[v]],
        vicinities.first_start[v], vicinities.first[vicinities.first_from[v] : vicinities.first_to[v]],
        vicinities.onward_m[vicinities.first_from[v] : vicinities.first_to[v]],
    )  # fmt: skip


@entry_leaf_kernel
def is_near_a_harbour(water, px, py):
    """Whether a position may be inside a harbour, as `engine.kernels.harbour.from_inside` asks."""
    legs, limits = water.legs, water.limits
    drawn = zone_at(water.drawn, px, py)
    near = False
    for p in range(legs.length.shape[0]):
        if legs.start[p + 1] > legs.start[p]:
            near = near or may_be_inside(legs, p, limits.inside_factor, limits.longest_leg_over_mesh_m, px, py, drawn)
    return near


@inlined_kernel
def _chord_m(space, vertex, x, y, z):
    """Straight through the Earth, so never longer than the geodesic. [m]"""
    return sqrt((space[vertex, 0] - x) ** 2 + (space[vertex, 1] - y) ** 2 + (space[vertex, 2] - z) ** 2)


@inlined_kernel
def enter_position(fix, vicinity, lon_deg, lat_deg, px, py):
    """Forget the position before, and start with this one."""
    fix.reach.path[0, 0], fix.reach.path[0, 1] = lon_deg, lat_deg
    fix.at[0], fix.at[1] = px, py
    fix.at[2], fix.at[3], fix.at[4] = earth_centred(lon_deg, lat_deg)
    for k in range(vicinity.corners.shape[0]):
        fix.chord_m[k] = np.nan
        fix.leg_m[k] = np.nan
        fix.sight[k] = _UNLOOKED
        fix.zones_known[k] = False


@inlined_kernel
def measure(water, depth_class, vicinity, fix, nth):
    """Measure the way from the position of a fix to one port, as `engine.kernels.reach.reach_ports` does.

    Parameters
    ----------
    water : Water
    depth_class : DepthClass
    vicinity : Vicinity
    fix : Fix
        Distance, first corner and zones are entered in its reach.
    nth : int
        Place of the port in `Vicinity.ports`.
    """
    mesh, ports, reach = water.mesh, water.ports, fix.reach
    p = vicinity.ports[nth]
    lon_deg, lat_deg = reach.path[0, 0], reach.path[0, 1]
    px, py, here_x, here_y, here_z = fix.at[0], fix.at[1], fix.at[2], fix.at[3], fix.at[4]
    tolerance_deg = water.limits.right_angle_tolerance_deg
    needed_m = depth_class.needed_depth_m
    best_m = np.inf
    via, first = NOWHERE, NOWHERE
    # A far port without a list: every corner may come first.
    is_listed = nth < LISTED
    listed_from = vicinity.first_start[nth] if is_listed else 0
    listed_to = vicinity.first_start[nth + 1] if is_listed else vicinity.corners.shape[0]
    count = listed_to - listed_from
    if vicinity.may_see[nth] and (
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
            at_least_m = fix.chord_m[k]
            at_least_m += vicinity.onward_m[turn] if is_listed else depth_class.distance[vicinity.corners[k], p]
            if at_least_m < least_m and (at_least_m > last_m or (at_least_m == last_m and k > last)):
                least_m, place = at_least_m, k
        if place == NOWHERE:
            continue
        last_m, last = least_m, place
        corner = vicinity.corners[place]
        vertex = depth_class.corners.vertex[corner]
        if fix.sight[place] == _UNLOOKED and (count > 1 or vicinity.may_see[nth]):
            seen = is_in_sight(
                mesh, needed_m, px, py, vicinity.triangle, mesh.x[vertex], mesh.y[vertex], vertex, NOWHERE, fix.stack
            )
            fix.sight[place] = _IN_SIGHT if seen else _HIDDEN
        if fix.sight[place] == _HIDDEN:
            continue
        if np.isnan(fix.leg_m[place]):
            fix.leg_m[place] = geodesic_length_m(lon_deg, lat_deg, mesh.lon[vertex], mesh.lat[vertex])
        length_m = fix.leg_m[place] + depth_class.distance[corner, p]
        if length_m < best_m:
            best_m, via, first = length_m, corner, place
    if first != NOWHERE and not fix.zones_known[first]:
        vertex = depth_class.corners.vertex[via]
        fix.touched[first], fix.poor[first] = zones_of_leg(
            water.zones, px, py, mesh.x[vertex], mesh.y[vertex], tolerance_deg
        )
        fix.zones_known[first] = True
    if first != NOWHERE:
        reach.touched[p] = fix.touched[first] | depth_class.touched[via, p]
        reach.poor[p] = fix.poor[first] | depth_class.poor[via, p]
    elif via == DIRECT:
        reach.touched[p], reach.poor[p] = zones_of_leg(water.zones, px, py, ports.x[p], ports.y[p], tolerance_deg)
    else:
        reach.touched[p], reach.poor[p] = np.uint64(0), np.uint64(0)
    reach.distance_m[p] = best_m
    reach.via[p] = via
    reach.joined[p, 0], reach.joined[p, 1] = lon_deg, lat_deg
