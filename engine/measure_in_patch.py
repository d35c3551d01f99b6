"""Ports measured from a position of a patch: over the few corners that can come first from there.

To the last bit as far as `engine.kernels.reach.reach_ports` finds them.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np

from engine.kernels.geodesy import earth_centred, geodesic_length_m
from engine.kernels.jit import inlined_leaf_kernel, kernel, leaf_kernel
from engine.kernels.line_of_sight import is_in_sight
from engine.kernels.mesh import NOWHERE, locate
from engine.kernels.plane import to_plane
from engine.kernels.reach import Reach, reach_ports
from engine.kernels.shortest_paths import DIRECT
from engine.kernels.snap import ON_MESH
from engine.kernels.visibility import mesh_point, point_of_target, point_of_vertex
from engine.kernels.zones import zones_of_leg
from engine.patch import HIDDEN, IN_SIGHT, LESS_M, UNLOOKED, patch_from_table, shares


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
        kind=ON_MESH,
        inland_m=0.0,
        path=np.empty((1, 2)),
        path_m=0.0,
        joined=np.empty((count, 2)),
        distance_m=np.full(count, np.inf),
        harbour_m=water.legs.length.copy(),
        entered_at=np.full(count, NOWHERE),
        entry=np.full((count, 2), np.nan),
        via=np.full(count, NOWHERE),
        touched=np.zeros(count, np.uint64),
        poor=np.zeros(count, np.uint64),
    )
    return PatchWorkspace(
        reach=reach,
        at=np.empty(5),
        chord_m=np.empty(corner_count),
        leg_m=np.empty(corner_count),
        sight=np.empty(corner_count, np.int8),
        touched=np.empty(corner_count, np.uint64),
        poor=np.empty(corner_count, np.uint64),
        zones_known=np.empty(corner_count, np.bool_),
        stack=np.empty((water.mesh.triangles.shape[0] + 3, 4), np.int32),
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
        fix.sight[k] = IN_SIGHT if patch.sure[k] else UNLOOKED
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
    here = mesh_point(lon_deg, lat_deg, px, py, patch.triangle, NOWHERE)
    tolerance_deg = water.limits.right_angle_tolerance_deg
    needed_m = depth_class.needed_depth_m
    best_m = np.inf
    via, first = NOWHERE, NOWHERE
    # To ports far off, for which nothing is listed, any corner may come first.
    is_listed = nth + 1 < patch.first_start.shape[0]
    listed_from, count = 0, patch.corners.shape[0]
    if is_listed:
        listed_from, count = patch.first_start[nth], patch.first_start[nth + 1] - patch.first_start[nth]
    may_see = patch.sees[nth] != 0
    if may_see and (count == 0 or is_in_sight(mesh, needed_m, here, point_of_target(ports, p), fix.stack)):
        best_m = geodesic_length_m(lon_deg, lat_deg, ports.lon[p], ports.lat[p])
        via = DIRECT
    # By their least lengths; ties fall to the one listed first.
    last_m, last = -np.inf, -1
    place = 0
    while place != NOWHERE:
        place = NOWHERE
        least_m = best_m
        for turn in range(listed_from, listed_from + count):
            k = np.int64(patch.first[turn]) if is_listed else turn
            if fix.sight[k] == HIDDEN:
                continue
            if np.isnan(fix.chord_m[k]):
                vertex = depth_class.corners.vertex[patch.corners[k]]
                fix.chord_m[k] = _chord_m(mesh.earth_centred, vertex, here_x, here_y, here_z)
            onward_m = (
                np.float64(patch.onward_m[turn]) if is_listed else depth_class.distance[patch.corners[k], p] - LESS_M
            )
            at_least_m = fix.chord_m[k] + onward_m
            if at_least_m < least_m and (at_least_m > last_m or (at_least_m == last_m and k > last)):
                least_m, place = at_least_m, k
        if place == NOWHERE:
            continue
        last_m, last = least_m, place
        corner = patch.corners[place]
        vertex = depth_class.corners.vertex[corner]
        if fix.sight[place] == UNLOOKED and (count > 1 or may_see):
            seen = is_in_sight(mesh, needed_m, here, point_of_vertex(mesh, vertex), fix.stack)
            fix.sight[place] = IN_SIGHT if seen else HIDDEN
        if fix.sight[place] == HIDDEN:
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
