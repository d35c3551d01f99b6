"""What positions near one another share: the corners their ways may begin at, and how near every port is at least.

Two bounds leave few corners that can be the first ones on the way to a port, mostly one:

* Two positions of one open triangle, d apart, are no farther than d + D from what is D from the other one.
* A way over corner c that is longer from the middle, by a gap, than one over a corner q in sight from everywhere stays
  the longer one where the two lie in like directions: moved by d, their lengths draw together by no more than |d| times
  the difference of the unit vectors to them. Those turn by at most r / (distance - r) within the radius r.

And what is in sight from everywhere in the patch nobody has to look for.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np

from engine.kernels.arrays import copy_first
from engine.kernels.geodesy import earth_centred, geodesic_length_m
from engine.kernels.harbour import may_be_inside
from engine.kernels.jit import inlined_kernel, inlined_leaf_kernel, kernel, leaf_kernel
from engine.kernels.line_of_sight import TOO_MUCH, conservative_visibility, is_in_sight, is_surely_in_sight
from engine.kernels.mesh import NOWHERE, contains, locate
from engine.kernels.plane import LATTICE_M, from_plane, length_of, to_plane
from engine.kernels.reach import Reach, reach_ports
from engine.kernels.shortest_paths import DIRECT
from engine.kernels.snap import ON_MESH, vertex_at
from engine.kernels.zones import zone_at, zones_of_leg

MOST_CORNERS = 32_767
"""As many as the lists can number."""

SAFE_M = 1.0
"""Added to every bound, so that rounding can't matter. [m]"""

STRETCH = 1.005
"""Lengths on the ellipsoid are up to a third of a per cent greater than those on the sphere of the plane."""

DIRECTION_SLACK = 0.01
"""Relative and absolute: by so much the plane may show a difference of directions too small, far from its origin."""

_UNLOOKED, _IN_SIGHT, _HIDDEN = 0, 1, 2
_FROM_SOMEWHERE, _FROM_EVERYWHERE = 1, 2


class Patch(NamedTuple):
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
    sees : ndarray of int8, shape (p,)
        Which of them are in sight: from nowhere in it, perhaps from somewhere, or from everywhere.
    corners : ndarray of int32, shape (n,)
        Those that may be seen from somewhere in it, and come first on the way to some port.
    sure : ndarray of bool, shape (n,)
        Which of those are in sight from everywhere in it.
    first_start : ndarray of int32, shape (p + 1,)
        Corners that may come first on the way to the port at a place:
        ``first[first_start[place]:first_start[place + 1]]``.
    first : ndarray of int16
        Places in `corners`.
    onward_m : ndarray of float32
        From each of those corners to the port, rounded down: the exact lengths lie far apart in memory. [m]
    """

    triangle: int
    radius_m: float
    ports: np.ndarray
    distance_m: np.ndarray
    sees: np.ndarray
    corners: np.ndarray
    sure: np.ndarray
    first_start: np.ndarray
    first: np.ndarray
    onward_m: np.ndarray


class PatchTable(NamedTuple):
    """Many patches, one after the other; what is `Patch` of each.

    Attributes
    ----------
    triangle : ndarray of int64, shape (v,)
    radius_m : ndarray of float64, shape (v,)
        [m]
    ports : ndarray of int16, shape (v, p)
    distance_m : ndarray of float64, shape (v, p)
        [m]
    sees : ndarray of int8, shape (v, p)
    first_start : ndarray of int32, shape (v, p + 1)
    corners_from, corners_to : ndarray of int64, shape (v,)
        Corners of patch v: ``corners[corners_from[v]:corners_to[v]]``.
    first_from, first_to : ndarray of int64, shape (v,)
        Lists of patch v: ``first[first_from[v]:first_to[v]]``, and so `onward_m`.
    corners : ndarray of int32
    sure : ndarray of bool
    first : ndarray of int16
    onward_m : ndarray of float32
    """

    triangle: np.ndarray
    radius_m: np.ndarray
    ports: np.ndarray
    distance_m: np.ndarray
    sees: np.ndarray
    first_start: np.ndarray
    corners_from: np.ndarray
    corners_to: np.ndarray
    first_from: np.ndarray
    first_to: np.ndarray
    corners: np.ndarray
    sure: np.ndarray
    first: np.ndarray
    onward_m: np.ndarray


class PatchPlaces(NamedTuple):
    """Where rows lie; shape (n,).

    Attributes
    ----------
    x, y : ndarray of float64
        On the plane. [m]
    patch : ndarray of int64
        Number of the patch, or `NOWHERE` for rows that share none.
    """

    x: np.ndarray
    y: np.ndarray
    patch: np.ndarray


class PatchWorkspace(NamedTuple):
    """What has been found out from one position of a patch; arrays by place in `Patch.corners`.

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


@kernel
def allocate_patch_workspace(water, depth_class):
    """Room for one position at a time of any patch, off all harbours."""
    return _workspace_for(water, depth_class.corners.vertex.shape[0])


@kernel
def _workspace_for(water, corner_count):
    """`allocate_patch_workspace` for patches of no more than so many corners."""
    count = water.ports.x.shape[0]
    reach = Reach(
        ON_MESH, 0.0, np.empty((1, 2)), 0.0, np.empty((count, 2)), np.full(count, np.inf), water.legs.length.copy(),
        np.full(count, NOWHERE), np.full((count, 2), np.nan), np.full(count, NOWHERE), np.zeros(count, np.uint64),
        np.zeros(count, np.uint64),
    )  # fmt: skip
    return PatchWorkspace(
        reach, np.empty(5), np.empty(corner_count), np.empty(corner_count), np.empty(corner_count, np.int8),
        np.empty(corner_count, np.uint64), np.empty(corner_count, np.uint64), np.empty(corner_count, np.bool_),
        np.empty((water.mesh.triangles.shape[0] + 3, 4), np.int32),
    )  # fmt: skip


@kernel
def build_patch(water, depth_class, lon_deg, lat_deg, triangle, radius_m):
    """The patch of a middle.

    Parameters
    ----------
    water : WaterModel
    depth_class : DepthClass
    lon_deg, lat_deg : float
        The middle, WGS 84, in the triangle. [deg]
    triangle : int
        An open one.
    radius_m : float
        On the plane. [m]

    Returns
    -------
    Patch
        Of no triangle (`NOWHERE`) where too much may be seen.
    """
    mesh, corners, ports = water.mesh, depth_class.corners, water.ports
    count = ports.x.shape[0]
    corner_count = corners.vertex.shape[0]
    reach = reach_ports(water, depth_class, lon_deg, lat_deg)
    seen_corners = np.empty(corner_count, np.int32)
    seen_targets = np.empty(count, np.int32)
    px, py = to_plane(lon_deg, lat_deg, mesh.origin_lon_deg, mesh.origin_lat_deg)
    found_corners, found_targets = conservative_visibility(
        mesh, corners, ports, depth_class.needed_depth_m, px, py, triangle, radius_m, np.zeros(corner_count, np.bool_),
        seen_corners, np.zeros(count, np.bool_), seen_targets, np.empty((mesh.triangles.shape[0] + 3, 4), np.int32),
    )  # fmt: skip
    if found_corners == TOO_MUCH or found_corners > MOST_CORNERS:
        triangle, found_corners, found_targets = NOWHERE, 0, 0
    bounds = _Bounds(
        reach.distance_m, seen_corners[:found_corners], np.full(found_corners, _UNLOOKED, np.int8),
        np.empty((found_corners, count)), np.empty((found_corners, 3)), np.zeros(count, np.int8),
        np.zeros((found_corners, count), np.bool_),
    )  # fmt: skip
    sees = bounds.sees
    for k in range(found_targets):
        sees[seen_targets[k]] = _FROM_SOMEWHERE
    _fill_first_corners(water, depth_class, lon_deg, lat_deg, px, py, triangle, radius_m, bounds)
    may_be_first, sight = bounds.may_be_first, bounds.sight
    number = np.empty(found_corners, np.int64)
    kept, used = 0, 0
    for k in range(found_corners):
        listed = may_be_first[k].sum()
        if listed > 0:
            number[kept] = k
            kept += 1
            used += listed
    nearest = np.argsort(reach.distance_m, kind="mergesort")
    first_start = np.zeros(count + 1, np.int32)
    first = np.empty(used, np.int16)
    onward_m = np.empty(used, np.float32)
    used = 0
    for place in range(count):
        p = nearest[place]
        for n in range(kept):
            if may_be_first[number[n], p]:
                first[used] = n
                # Half a metre is more than the last digit of any length here.
                onward_m[used] = depth_class.distance[seen_corners[number[n]], p] - 0.5
                used += 1
        first_start[place + 1] = used
    return Patch(
        triangle, STRETCH * radius_m, nearest.astype(np.int16), reach.distance_m[nearest], sees[nearest],
        seen_corners[number[:kept]], sight[number[:kept]] == _IN_SIGHT, first_start, first, onward_m,
    )  # fmt: skip


class _Bounds(NamedTuple):
    """What is known from the middle of a patch; n corners that may be seen from somewhere in it.

    Attributes
    ----------
    distance_m : ndarray of float64, shape (p,)
        To each port. [m]
    corners : ndarray of int32, shape (n,)
    sight : ndarray of int8, shape (n,)
        Whether each is in sight from everywhere (`_IN_SIGHT`), or not surely so (`_HIDDEN`).
    way_m : ndarray of float64, shape (n, p)
        Over each corner to each port. [m]
    towards : ndarray of float64, shape (n, 3)
        Unit vector to each corner on the plane, and how far it lies. [m]
    sees : ndarray of int8, shape (p,)
        As in `Patch`, by port.
    may_be_first : ndarray of bool, shape (n, p)
    """

    distance_m: np.ndarray
    corners: np.ndarray
    sight: np.ndarray
    way_m: np.ndarray
    towards: np.ndarray
    sees: np.ndarray
    may_be_first: np.ndarray


@leaf_kernel
def _fill_first_corners(water, depth_class, lon_deg, lat_deg, px, py, triangle, radius_m, bounds):
    """Enter which corners may come first on the way to which port.

    Parameters
    ----------
    water : WaterModel
    depth_class : DepthClass
    lon_deg, lat_deg, px, py : float
        The middle, WGS 84 [deg] and on the plane [m].
    triangle : int
    radius_m : float
        On the plane. [m]
    bounds : _Bounds
        Sight, ways, directions, what is seen and what may be first are filled in.
    """
    mesh, ports, vertex_of, onward_m = water.mesh, water.ports, depth_class.corners.vertex, depth_class.distance
    corners, sight, way_m, towards, sees = bounds.corners, bounds.sight, bounds.way_m, bounds.towards, bounds.sees
    needed_m = depth_class.needed_depth_m
    reach_m = STRETCH * radius_m
    count = ports.x.shape[0]
    for k in range(corners.shape[0]):
        v = vertex_of[corners[k]]
        off_x, off_y = mesh.x[v] - px, mesh.y[v] - py
        off_m = length_of(off_x, off_y)
        towards[k, 2] = off_m
        towards[k, 0] = off_x / off_m if off_m > 0.0 else 0.0
        towards[k, 1] = off_y / off_m if off_m > 0.0 else 0.0
        leg_m = geodesic_length_m(lon_deg, lat_deg, mesh.lon[v], mesh.lat[v])
        for p in range(count):
            way_m[k, p] = leg_m + onward_m[corners[k], p]
    for p in range(count):
        if sees[p] == _FROM_SOMEWHERE and is_surely_in_sight(
            mesh, needed_m, px, py, triangle, radius_m, ports.x[p], ports.y[p], NOWHERE, ports.triangle[p]
        ):
            # Straight is shorter than over any corner.
            sees[p] = _FROM_EVERYWHERE
            continue
        most_m = bounds.distance_m[p] + 2.0 * reach_m + SAFE_M
        if not most_m < np.inf:
            continue
        # The shortest way over a corner in sight from everywhere; nothing far above it can ever come first.
        surest = NOWHERE
        is_open = True
        while is_open:
            is_open = False
            least_m = most_m
            for k in range(corners.shape[0]):
                if sight[k] != _HIDDEN and way_m[k, p] <= least_m:
                    least_m, surest = way_m[k, p], k
                    is_open = True
            if is_open and sight[surest] == _UNLOOKED:
                sight[surest] = _sight_of(mesh, needed_m, px, py, triangle, radius_m, vertex_of[corners[surest]])
            elif is_open:
                break
            surest = surest if is_open else NOWHERE
        for k in range(corners.shape[0]):
            is_first = way_m[k, p] <= most_m
            if is_first and surest != NOWHERE and k != surest:
                least_off_m = min(towards[k, 2], towards[surest, 2]) - radius_m
                differing = 2.0
                if least_off_m > radius_m:
                    turned = length_of(towards[k, 0] - towards[surest, 0], towards[k, 1] - towards[surest, 1])
                    turned += radius_m / (towards[k, 2] - radius_m) + radius_m / (towards[surest, 2] - radius_m)
                    differing = min(2.0, (1.0 + DIRECTION_SLACK) * turned + DIRECTION_SLACK)
                is_first = way_m[k, p] - way_m[surest, p] <= reach_m * differing + SAFE_M
            bounds.may_be_first[k, p] = is_first
            if is_first and sight[k] == _UNLOOKED:
                sight[k] = _sight_of(mesh, needed_m, px, py, triangle, radius_m, vertex_of[corners[k]])


@leaf_kernel
def _sight_of(mesh, needed_m, px, py, triangle, radius_m, v):
    """Whether a vertex is in sight from everywhere within a radius of a place (`_IN_SIGHT`), or not surely so."""
    is_sure = is_surely_in_sight(mesh, needed_m, px, py, triangle, radius_m, mesh.x[v], mesh.y[v], v, NOWHERE)
    return _IN_SIGHT if is_sure else _HIDDEN


@leaf_kernel
def patch_at(mesh, lon_deg, lat_deg, side_m):
    """Triangle of a position (`NOWHERE` off the mesh), and column and row of the square it lies in. [deg], [m]"""
    px, py = to_plane(lon_deg, lat_deg, mesh.origin_lon_deg, mesh.origin_lat_deg)
    return locate(mesh, px, py), np.int64(np.floor(px / side_m)), np.int64(np.floor(py / side_m))


@inlined_leaf_kernel
def shares(water, needed_depth_m, px, py, triangle):
    """Whether a position of a triangle shares its ways with those round it: not one on a vertex, or at a harbour."""
    return (
        triangle != NOWHERE
        and water.mesh.least_depth[triangle] >= needed_depth_m
        and vertex_at(water.mesh, triangle, px, py) == NOWHERE
        and not is_near_a_harbour(water, px, py)
    )


@kernel
def reach_from_patch(water, depth_class, patch_table, place, lon_deg, lat_deg):
    """`engine.kernels.reach.reach_ports`, by way of a patch that the position lies in, where that can be.

    Parameters
    ----------
    water : WaterModel
    depth_class : DepthClass
    patch_table : PatchTable
    place : int
        Of the patch in it; `NOWHERE` where nothing is known of the place.
    lon_deg, lat_deg : float
        Position, WGS 84, inside the box of the pack. [deg]

    Returns
    -------
    Reach
        To the last bit the same.
    """
    if place != NOWHERE:
        patch = patch_from_table(patch_table, place)
        px, py = to_plane(lon_deg, lat_deg, water.mesh.origin_lon_deg, water.mesh.origin_lat_deg)
        triangle = locate(water.mesh, px, py)
        if triangle == patch.triangle and shares(water, depth_class.needed_depth_m, px, py, triangle):
            fix = _workspace_for(water, patch.corners.shape[0])
            set_position(fix, patch, lon_deg, lat_deg, px, py)
            measure_every_port(water, depth_class, patch, fix)
            return fix.reach
    return reach_ports(water, depth_class, lon_deg, lat_deg)


@leaf_kernel
def measure_every_port(water, depth_class, patch, fix):
    """`patch_distances` of all ports."""
    for nth in range(patch.ports.shape[0]):
        patch_distances(water, depth_class, patch, fix, nth)


@leaf_kernel
def assign_patches(water, needed_depth_m, lon, lat, x, y, triangle):
    """Enter where positions lie on the plane, and in which open triangle. [m]

    Those that can share nothing lie in none (`NOWHERE`): off the mesh, on one of its vertices, or at a harbour.
    """
    mesh = water.mesh
    for k in range(lon.shape[0]):
        px, py = to_plane(lon[k], lat[k], mesh.origin_lon_deg, mesh.origin_lat_deg)
        t = locate(mesh, px, py)
        x[k], y[k] = px, py
        triangle[k] = t if shares(water, needed_depth_m, px, py, t) else NOWHERE


@kernel
def build_patches(water, depth_class, triangle, west_m, south_m, side_m):
    """The patches of patches; of no triangle where there is none.

    Parameters
    ----------
    water : WaterModel
    depth_class : DepthClass
    triangle : ndarray of int64, shape (n,)
        Open ones.
    west_m, south_m, side_m : ndarray of float64, shape (n,)
        The square that bounds each patch within its triangle. [m]
    """
    found = [no_patch(water.ports.x.shape[0]) for _ in range(0)]
    for k in range(triangle.shape[0]):
        lon, lat, radius_m = _middle_of(water, triangle[k], west_m[k], south_m[k], side_m[k])
        if radius_m < np.inf:
            found.append(build_patch(water, depth_class, lon, lat, triangle[k], radius_m))
        else:
            found.append(no_patch(water.ports.x.shape[0]))
    return _packed(found, water.ports.x.shape[0])


def no_patches(port_count: int) -> PatchTable:
    """A table of none."""
    none, numbers = np.empty(0), np.empty(0, np.int64)
    return PatchTable(
        numbers, none, np.empty((0, port_count), np.int16), np.empty((0, port_count)),
        np.empty((0, port_count), np.int8), np.empty((0, port_count + 1), np.int32), numbers, numbers, numbers, numbers,
        np.empty(0, np.int32), np.empty(0, np.bool_), np.empty(0, np.int16), np.empty(0, np.float32),
    )  # fmt: skip


@kernel
def no_patch(port_count):
    """One of no triangle."""
    none = np.empty(0, np.int32)
    return Patch(
        NOWHERE, np.inf, np.zeros(port_count, np.int16), np.full(port_count, np.inf), np.zeros(port_count, np.int8),
        none, none.astype(np.bool_), np.zeros(port_count + 1, np.int32), none.astype(np.int16), none.astype(np.float32),
    )  # fmt: skip


@kernel
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
            contains(mesh, triangle, at_x, at_y)
            and vertex_at(mesh, triangle, at_x, at_y) == NOWHERE
            and not is_near_a_harbour(water, at_x, at_y)
        ):
            return lon, lat, np.sqrt((x[:count] - at_x) ** 2 + (y[:count] - at_y) ** 2).max() + 2.0 * LATTICE_M
    return mesh.lon[0], mesh.lat[0], np.inf


@kernel
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
        copy_first(new_x, x, count)
        copy_first(new_y, y, count)
    return x, y, count


@kernel
def _packed(found, port_count):
    """Patches one after the other."""
    count = len(found)
    corners_to, first_to = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for v in range(count):
        corners_to[v], first_to[v] = found[v].corners.shape[0], found[v].first.shape[0]
    corners_to, first_to = corners_to.cumsum(), first_to.cumsum()
    packed = PatchTable(
        np.empty(count, np.int64), np.empty(count), np.empty((count, port_count), np.int16),
        np.empty((count, port_count)), np.empty((count, port_count), np.int8),
        np.empty((count, port_count + 1), np.int32), np.empty(count, np.int64), corners_to, np.empty(count, np.int64),
        first_to,
        np.empty(corners_to[-1] if count else 0, np.int32), np.empty(corners_to[-1] if count else 0, np.bool_),
        np.empty(first_to[-1] if count else 0, np.int16), np.empty(first_to[-1] if count else 0, np.float32),
    )  # fmt: skip
    for v in range(count):
        part = found[v]
        packed.triangle[v], packed.radius_m[v], packed.ports[v] = part.triangle, part.radius_m, part.ports
        packed.distance_m[v], packed.sees[v], packed.first_start[v] = part.distance_m, part.sees, part.first_start
        packed.corners_from[v] = corners_to[v] - part.corners.shape[0]
        packed.first_from[v] = first_to[v] - part.first.shape[0]
        packed.corners[packed.corners_from[v] : corners_to[v]] = part.corners
        packed.sure[packed.corners_from[v] : corners_to[v]] = part.sure
        packed.first[packed.first_from[v] : first_to[v]] = part.first
        packed.onward_m[packed.first_from[v] : first_to[v]] = part.onward_m
    return packed


@inlined_kernel
def patch_from_table(patch_table, v):
    """One `Patch` of many."""
    return Patch(
        patch_table.triangle[v], patch_table.radius_m[v], patch_table.ports[v], patch_table.distance_m[v],
        patch_table.sees[v], patch_table.corners[patch_table.corners_from[v] : patch_table.corners_to[v]],
        patch_table.sure[patch_table.corners_from[v] : patch_table.corners_to[v]],
        patch_table.first_start[v], patch_table.first[patch_table.first_from[v] : patch_table.first_to[v]],
        patch_table.onward_m[patch_table.first_from[v] : patch_table.first_to[v]],
    )  # fmt: skip


@leaf_kernel
def is_near_a_harbour(water, px, py):
    """Whether a position may be inside a harbour, as `engine.kernels.harbour.from_inside` asks."""
    legs, limits = water.legs, water.limits
    drawn = zone_at(water.drawn, px, py)
    near = False
    for p in range(legs.length.shape[0]):
        if legs.start[p + 1] > legs.start[p]:
            near = near or may_be_inside(legs, p, limits.inside_factor, limits.longest_leg_over_mesh_m, px, py, drawn)
    return near


@inlined_leaf_kernel
def _chord_m(space, vertex, x, y, z):
    """Straight through the Earth, so never longer than the geodesic. [m]"""
    return sqrt((space[vertex, 0] - x) ** 2 + (space[vertex, 1] - y) ** 2 + (space[vertex, 2] - z) ** 2)


@inlined_leaf_kernel
def set_position(fix, patch, lon_deg, lat_deg, px, py):
    """Forget the position before, and start with this one."""
    fix.reach.path[0, 0], fix.reach.path[0, 1] = lon_deg, lat_deg
    fix.at[0], fix.at[1] = px, py
    fix.at[2], fix.at[3], fix.at[4] = earth_centred(lon_deg, lat_deg)
    for k in range(patch.corners.shape[0]):
        fix.chord_m[k] = np.nan
        fix.leg_m[k] = np.nan
        fix.sight[k] = _IN_SIGHT if patch.sure[k] else _UNLOOKED
        fix.zones_known[k] = False


@inlined_leaf_kernel
def patch_distances(water, depth_class, patch, fix, nth):
    """Measure the way from the position of a fix to one port, as `engine.kernels.reach.reach_ports` does.

    Parameters
    ----------
    water : WaterModel
    depth_class : DepthClass
    patch : Patch
    fix : PatchWorkspace
        Distance, first corner and zones are entered in its reach.
    nth : int
        Place of the port in `Patch.ports`.
    """
    mesh, ports, reach = water.mesh, water.ports, fix.reach
    p = patch.ports[nth]
    lon_deg, lat_deg = reach.path[0, 0], reach.path[0, 1]
    px, py, here_x, here_y, here_z = fix.at[0], fix.at[1], fix.at[2], fix.at[3], fix.at[4]
    tolerance_deg = water.limits.right_angle_tolerance_deg
    needed_m = depth_class.needed_depth_m
    best_m = np.inf
    via, first = NOWHERE, NOWHERE
    listed_from, listed_to = patch.first_start[nth], patch.first_start[nth + 1]
    count = listed_to - listed_from
    may_see = patch.sees[nth] != 0
    if may_see and (
        count == 0
        or is_in_sight(
            mesh, needed_m, px, py, patch.triangle, ports.x[p], ports.y[p], NOWHERE, ports.triangle[p], fix.stack
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
            k = patch.first[turn]
            if fix.sight[k] == _HIDDEN:
                continue
            if np.isnan(fix.chord_m[k]):
                vertex = depth_class.corners.vertex[patch.corners[k]]
                fix.chord_m[k] = _chord_m(mesh.earth_centred, vertex, here_x, here_y, here_z)
            at_least_m = fix.chord_m[k] + patch.onward_m[turn]
            if at_least_m < least_m and (at_least_m > last_m or (at_least_m == last_m and k > last)):
                least_m, place = at_least_m, k
        if place == NOWHERE:
            continue
        last_m, last = least_m, place
        corner = patch.corners[place]
        vertex = depth_class.corners.vertex[corner]
        if fix.sight[place] == _UNLOOKED and (count > 1 or may_see):
            seen = is_in_sight(
                mesh, needed_m, px, py, patch.triangle, mesh.x[vertex], mesh.y[vertex], vertex, NOWHERE, fix.stack
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
        rest = depth_class.zone_set[via, p]
        reach.touched[p] = fix.touched[first] | depth_class.touched[rest]
        reach.poor[p] = fix.poor[first] | depth_class.poor[rest]
    elif via == DIRECT:
        reach.touched[p], reach.poor[p] = zones_of_leg(water.zones, px, py, ports.x[p], ports.y[p], tolerance_deg)
    else:
        reach.touched[p], reach.poor[p] = np.uint64(0), np.uint64(0)
    reach.distance_m[p] = best_m
    reach.via[p] = via
    reach.joined[p, 0], reach.joined[p, 1] = lon_deg, lat_deg
