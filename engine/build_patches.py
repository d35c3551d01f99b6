"""How a patch is made: which corners the ways from it may begin at, and how near every port is at least.

Two bounds leave few corners that can be the first ones on the way to a port, mostly one:

* Two positions of one open triangle, d apart, are no farther than d + D from what is D from the other one.
* A way over corner c that is longer from the middle, by a gap, than one over a corner q in sight from everywhere stays
  the longer one where the two lie in like directions: moved by d, their lengths draw together by no more than |d| times
  the difference of the unit vectors to them. Those turn by at most r / (distance - r) within the radius r.
"""

from typing import NamedTuple

import numpy as np

from engine.kernels.arrays import copy_first
from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.jit import kernel, leaf_kernel
from engine.kernels.line_of_sight import TOO_MUCH, conservative_visibility, is_surely_in_sight
from engine.kernels.mesh import NOWHERE, contains
from engine.kernels.plane import LATTICE_M, from_plane, length_of, to_plane
from engine.kernels.reach import reach_ports
from engine.kernels.snap import vertex_at
from engine.kernels.visibility import SearchSpace, mesh_point, new_view, point_of_target, point_of_vertex
from engine.patch import HIDDEN, IN_SIGHT, LESS_M, SAFE_M, UNLOOKED, Patch, PatchTable, is_near_a_harbour, no_patch

MOST_CORNERS = 32_767
"""As many as the lists can number."""

STRETCH = 1.005
"""Lengths on the ellipsoid are up to a third of a per cent greater than those on the sphere of the plane."""

DIRECTION_SLACK = 0.01
"""Relative and absolute: by so much the plane may show a difference of directions too small, far from its origin."""

_FROM_SOMEWHERE, _FROM_EVERYWHERE = 1, 2


@kernel
def build_patches(water, depth_class, triangle, west_m, south_m, side_m, listed_count):
    """The patches of patches; of no triangle where there is none.

    Parameters
    ----------
    water : WaterModel
    depth_class : DepthClass
    triangle : ndarray of int64, shape (n,)
        Open ones.
    west_m, south_m, side_m : ndarray of float64, shape (n,)
        The square that bounds each patch within its triangle. [m]
    listed_count : int
        For so many of the nearest ports the corners that may come first are listed; the lists take most of the room.
    """
    port_count = water.ports.x.shape[0]
    listed_count = min(listed_count, port_count)
    found = [no_patch(port_count, listed_count) for _ in range(0)]
    for k in range(triangle.shape[0]):
        lon, lat, radius_m = _middle_of(water, triangle[k], west_m[k], south_m[k], side_m[k])
        if radius_m < np.inf:
            found.append(build_patch(water, depth_class, lon, lat, triangle[k], radius_m, listed_count))
        else:
            found.append(no_patch(port_count, listed_count))
    return _packed(found, port_count, listed_count)


@kernel
def build_patch(water, depth_class, lon_deg, lat_deg, triangle, radius_m, listed_count):
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
    listed_count : int
        As for `build_patches`, and no more than there are ports.

    Returns
    -------
    Patch
        Of no triangle (`NOWHERE`) where too much may be seen.
    """
    mesh, corners, ports = water.mesh, depth_class.corners, water.ports
    count = ports.x.shape[0]
    corner_count = corners.vertex.shape[0]
    reach = reach_ports(water, depth_class, lon_deg, lat_deg)
    px, py = to_plane(lon_deg, lat_deg, mesh.origin_lon_deg, mesh.origin_lat_deg)
    middle = mesh_point(lon_deg, lat_deg, px, py, triangle, NOWHERE)
    space = SearchSpace(mesh, corners, ports, depth_class.needed_depth_m)
    view = new_view(space)
    found_corners, found_targets = conservative_visibility(
        space, middle, radius_m, view, np.zeros(corner_count, np.bool_), np.zeros(count, np.bool_)
    )
    if found_corners == TOO_MUCH or found_corners > MOST_CORNERS:
        triangle, found_corners, found_targets = NOWHERE, 0, 0
    seen_corners = view.corners[:found_corners]
    bounds = _Bounds(
        distance_m=reach.distance_m,
        corners=seen_corners,
        sight=np.full(found_corners, UNLOOKED, np.int8),
        way_m=np.empty((found_corners, count)),
        towards=np.empty((found_corners, 3)),
        sees=np.zeros(count, np.int8),
        may_be_first=np.zeros((found_corners, count), np.bool_),
    )
    sees = bounds.sees
    for k in range(found_targets):
        sees[view.targets[k]] = _FROM_SOMEWHERE
    _fill_first_corners(water, depth_class, middle, radius_m, bounds)
    may_be_first, sight = bounds.may_be_first, bounds.sight
    nearest = np.argsort(reach.distance_m, kind="mergesort")
    number = np.empty(found_corners, np.int64)
    kept, used = 0, 0
    for k in range(found_corners):
        if may_be_first[k].any():
            number[kept] = k
            kept += 1
            used += may_be_first[k][nearest[:listed_count]].sum()
    first_start = np.zeros(listed_count + 1, np.int32)
    first = np.empty(used, np.int16)
    onward_m = np.empty(used, np.float32)
    used = 0
    for place in range(listed_count):
        p = nearest[place]
        for n in range(kept):
            if may_be_first[number[n], p]:
                first[used] = n
                onward_m[used] = depth_class.distance[seen_corners[number[n]], p] - LESS_M
                used += 1
        first_start[place + 1] = used
    return Patch(
        triangle=triangle,
        radius_m=STRETCH * radius_m,
        ports=nearest.astype(np.int16),
        distance_m=reach.distance_m[nearest],
        sees=sees[nearest],
        corners=seen_corners[number[:kept]],
        sure=sight[number[:kept]] == IN_SIGHT,
        first_start=first_start,
        first=first,
        onward_m=onward_m,
    )


class _Bounds(NamedTuple):
    """What is known from the middle of a patch; n corners that may be seen from somewhere in it.

    Attributes
    ----------
    distance_m : ndarray of float64, shape (p,)
        To each port. [m]
    corners : ndarray of int32, shape (n,)
    sight : ndarray of int8, shape (n,)
        Whether each is in sight from everywhere (`IN_SIGHT`), or not surely so (`HIDDEN`).
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
def _fill_first_corners(water, depth_class, middle, radius_m, bounds):
    """Enter which corners may come first on the way to which port.

    Parameters
    ----------
    water : WaterModel
    depth_class : DepthClass
    middle : MeshPoint
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
        off_x, off_y = mesh.x[v] - middle.x, mesh.y[v] - middle.y
        off_m = length_of(off_x, off_y)
        towards[k, 2] = off_m
        towards[k, 0] = off_x / off_m if off_m > 0.0 else 0.0
        towards[k, 1] = off_y / off_m if off_m > 0.0 else 0.0
        leg_m = geodesic_length_m(middle.lon, middle.lat, mesh.lon[v], mesh.lat[v])
        for p in range(count):
            way_m[k, p] = leg_m + onward_m[corners[k], p]
    for p in range(count):
        if sees[p] == _FROM_SOMEWHERE and is_surely_in_sight(
            mesh, needed_m, middle, radius_m, point_of_target(ports, p)
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
                if sight[k] != HIDDEN and way_m[k, p] <= least_m:
                    least_m, surest = way_m[k, p], k
                    is_open = True
            if is_open and sight[surest] == UNLOOKED:
                sight[surest] = _sight_of(mesh, needed_m, middle, radius_m, vertex_of[corners[surest]])
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
            if is_first and sight[k] == UNLOOKED:
                sight[k] = _sight_of(mesh, needed_m, middle, radius_m, vertex_of[corners[k]])


@leaf_kernel
def _sight_of(mesh, needed_m, middle, radius_m, v):
    """Whether a vertex is in sight from everywhere within a radius of a place (`IN_SIGHT`), or not surely so."""
    is_sure = is_surely_in_sight(mesh, needed_m, middle, radius_m, point_of_vertex(mesh, v))
    return IN_SIGHT if is_sure else HIDDEN


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
def _packed(found, port_count, listed_count):
    """Patches one after the other."""
    count = len(found)
    corners_to, first_to = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for v in range(count):
        corners_to[v], first_to[v] = found[v].corners.shape[0], found[v].first.shape[0]
    corners_to, first_to = corners_to.cumsum(), first_to.cumsum()
    corners, listed = corners_to[-1] if count else 0, first_to[-1] if count else 0
    packed = PatchTable(
        triangle=np.empty(count, np.int64),
        radius_m=np.empty(count),
        ports=np.empty((count, port_count), np.int16),
        distance_m=np.empty((count, port_count)),
        sees=np.empty((count, port_count), np.int8),
        first_start=np.empty((count, listed_count + 1), np.int32),
        corners_from=np.empty(count, np.int64),
        corners_to=corners_to,
        first_from=np.empty(count, np.int64),
        first_to=first_to,
        corners=np.empty(corners, np.int32),
        sure=np.empty(corners, np.bool_),
        first=np.empty(listed, np.int16),
        onward_m=np.empty(listed, np.float32),
    )
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
