"""From one position to every port: join the mesh, measure, and gather the zones on the way."""

from typing import NamedTuple

import numpy as np

from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.harbour import HarbourLegs, Joined, harbour_shortcuts
from engine.kernels.jit import kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE, Corners, Mesh
from engine.kernels.plane import from_plane, length_of, to_plane
from engine.kernels.shoal_exit import Departures, EdgeEnds, ExitPoints, exit_shoal, find_exit_points
from engine.kernels.shore import Shore, crosses_land
from engine.kernels.shortest_paths import DIRECT, fill_distances, path_between
from engine.kernels.snap import (
    COARSE_REACH_M,
    ENCLOSED,
    ON_BANK,
    ON_LAND,
    ON_MESH,
    Boundary,
    SnapLimits,
    is_boundary_within,
    nudge_inside,
    snap_to_mesh,
    vertex_at,
)
from engine.kernels.visibility import SearchSpace, Targets, chain_targets, mesh_point, new_view
from engine.kernels.zones import Zones, zone_at, zones_of_leg, zones_of_track


class WaterModel(NamedTuple):
    """Everything about the water that does not depend on a vessel.

    `drawn` are the waters drawn by hand, numbered; those that meet have one number.
    """

    mesh: Mesh
    shore: Shore
    ports: Targets
    legs: HarbourLegs
    zones: Zones
    drawn: Zones
    limits: SnapLimits


class DepthClass(NamedTuple):
    """Corners and tables for vessels that need up to this depth.

    Attributes
    ----------
    needed_depth_m : float
        Banks with less water are walls. [m]
    rim : Boundary
        Of the water that is deep enough.
    corners : Corners
    following : ndarray of int16, shape (k, p)
        Next corner from each corner towards each port.
    distance : ndarray of float64, shape (k, p)
        [m]
    zone_set : ndarray of uint16, shape (k, p)
        Which of the few sets of zones there are lies on the way.
    touched, poor : ndarray of uint64, shape (s,)
        Zones of each set, and lanes crossed at a poor angle.
    edge_ends : EdgeEnds
    """

    needed_depth_m: float
    rim: Boundary
    corners: Corners
    following: np.ndarray
    distance: np.ndarray
    zone_set: np.ndarray
    touched: np.ndarray
    poor: np.ndarray
    edge_ends: EdgeEnds


class Reach(NamedTuple):
    """What one position can reach.

    Attributes
    ----------
    kind : int
        How it joined, `engine.kernels.snap`.
    inland_m : float
        How far inside the charted shore it lies. [m]
    path : ndarray of float64, shape (n, 2)
        Longitude and latitude from the position to where it joins, both included. [deg]
    path_m : float
        Length of that path. [m]
    joined : ndarray of float64, shape (p, 2)
        Where the way to each port joins the mesh: the end of `path`, or from a bank its own way off. [deg]
    distance_m : ndarray of float64, shape (p,)
        At sea, to every approach point, the path included; 0 from inside the harbour; infinite where there is no
        way. [m]
    harbour_m : ndarray of float64, shape (p,)
        Inside the harbour, to the landing; NaN where the register does not say. [m]
    entered_at : ndarray of int64, shape (p,)
        For a position inside the harbour, the point of the leg that comes after its entry; `NOWHERE` for all others.
    entry : ndarray of float64, shape (p, 2)
        For a position inside, the point where it comes onto the leg, longitude and latitude. [deg]
    via : ndarray of int64, shape (p,)
        First corner, `DIRECT` or `NOWHERE`; `THROUGH_GATE` where a position inside the harbour reaches the leg over
        the mesh, at its gate.
    touched, poor : ndarray of uint64, shape (p,)
        Zones on the way.
    """

    kind: int
    inland_m: float
    path: np.ndarray
    path_m: float
    joined: np.ndarray
    distance_m: np.ndarray
    harbour_m: np.ndarray
    entered_at: np.ndarray
    entry: np.ndarray
    via: np.ndarray
    touched: np.ndarray
    poor: np.ndarray


@kernel
def _snap_at(water, depth_class, lon_deg, lat_deg):
    """Join one position: kind, metres inside the shore, triangle, plane path, the path as positions, its length."""
    mesh = water.mesh
    px, py = to_plane(lon_deg, lat_deg, mesh.origin_lon_deg, mesh.origin_lat_deg)
    kind, triangle, plane_path, inland = snap_to_mesh(
        mesh, depth_class.rim, water.shore, water.limits, depth_class.needed_depth_m, px, py
    )
    path = np.empty((plane_path.shape[0], 2))
    path[0, 0] = lon_deg
    path[0, 1] = lat_deg
    path_m = 0.0
    for k in range(1, plane_path.shape[0]):
        path[k, 0], path[k, 1] = from_plane(
            plane_path[k, 0], plane_path[k, 1], mesh.origin_lon_deg, mesh.origin_lat_deg
        )
        path_m += geodesic_length_m(path[k - 1, 0], path[k - 1, 1], path[k, 0], path[k, 1])
    return kind, inland, triangle, plane_path, path, path_m


@leaf_kernel
def _drawn_water_of(water, plane_path):
    """Number of the drawn water a position lies in, or just beside; -1 where there is none."""
    drawn = zone_at(water.drawn, plane_path[0, 0], plane_path[0, 1])
    if drawn < 0 and plane_path.shape[0] > 1:
        drawn = zone_at(water.drawn, plane_path[1, 0], plane_path[1, 1])
    return drawn


@kernel
def reach_ports(water, depth_class, lon_deg, lat_deg):
    """Shortest water distance from a position to every port.

    From outside the way leads over the approach point; from inside a harbour straight to its leg.

    Parameters
    ----------
    water : WaterModel
    depth_class : DepthClass
    lon_deg, lat_deg : float
        Position, WGS 84, inside the box of the pack. [deg]

    Returns
    -------
    Reach
        With nothing reached when the position is refused (`ON_LAND`, `ENCLOSED`).
    """
    mesh = water.mesh
    count = water.ports.x.shape[0]
    kind, inland, triangle, plane_path, path, path_m = _snap_at(water, depth_class, lon_deg, lat_deg)
    touched = np.zeros(count, np.uint64)
    poor = np.zeros(count, np.uint64)
    joined = np.empty((count, 2))
    joined[:, 0] = path[-1, 0]
    joined[:, 1] = path[-1, 1]
    if kind in (ON_LAND, ENCLOSED):
        nowhere = np.full(count, NOWHERE)
        lost = np.full(count, np.inf)
        no_entry = np.full((count, 2), np.nan)
        harbour = water.legs.length.copy()
        return Reach(
            kind=kind,
            inland_m=inland,
            path=path,
            path_m=path_m,
            joined=joined,
            distance_m=lost,
            harbour_m=harbour,
            entered_at=nowhere,
            entry=no_entry,
            via=nowhere,
            touched=touched,
            poor=poor,
        )
    joined_x = plane_path[-1, 0]
    joined_y = plane_path[-1, 1]
    distance = np.empty(count)
    via = np.empty(count, np.int64)
    space = SearchSpace(mesh, depth_class.corners, water.ports, depth_class.needed_depth_m)
    view = new_view(space)
    vertex = vertex_at(mesh, triangle, joined_x, joined_y)
    on_mesh = mesh_point(path[-1, 0], path[-1, 1], joined_x, joined_y, triangle, vertex)
    fill_distances(space, depth_class.distance, on_mesh, view, distance, via)
    distance += path_m
    departures = Departures(joined, distance, via, np.full(count, NOWHERE))
    zones = RouteZones(
        touched, poor, np.empty(count, np.int64), np.empty(count, np.uint64), np.empty(count, np.uint64)
    )  # fmt: skip
    tolerance_deg = water.limits.right_angle_tolerance_deg
    if kind == ON_BANK:
        ways = _exit_points(water, depth_class, plane_path, triangle)
        exit_shoal(
            space, depth_class.distance, depth_class.edge_ends, ways, path[0], view,
            (np.empty(count), np.empty(count, np.int64)), departures,
        )  # fmt: skip
        for k in range(ways.triangle.shape[0]):
            x, y = ways.points[k]
            near = zones_of_leg(water.zones, plane_path[0, 0], plane_path[0, 1], x, y, tolerance_deg)
            _gather_zones(water, depth_class, x, y, near, departures, k, zones)
    near = zones_of_track(water.zones, plane_path, tolerance_deg)
    _gather_zones(water, depth_class, joined_x, joined_y, near, departures, NOWHERE, zones)
    drawn = _drawn_water_of(water, plane_path)
    here = Joined(plane_path[0, 0], plane_path[0, 1], lon_deg, lat_deg, on_mesh, path_m, drawn)
    harbour, entered, entry = harbour_shortcuts(water, depth_class, here, distance, via, touched, poor)
    return Reach(
        kind=kind,
        inland_m=inland,
        path=path,
        path_m=path_m,
        joined=joined,
        distance_m=distance,
        harbour_m=harbour,
        entered_at=entered,
        entry=entry,
        via=via,
        touched=touched,
        poor=poor,
    )


@kernel
def track_on_plane(water, depth_class, reach, port):
    """The shortest path from where a position joins the mesh to an approach point.

    Parameters
    ----------
    water : WaterModel
    depth_class : DepthClass
    reach : Reach
    port : int
        One that is reached over the mesh.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Lattice points of the plane. [m]
    """
    track = np.empty((depth_class.corners.vertex.shape[0] + 2, 2))
    return track[: fill_track_on_plane(water, depth_class, reach, port, track)].copy()


@leaf_kernel
def fill_track_on_plane(water, depth_class, reach, port, track):
    """`track_on_plane` entered in an array with room for every corner; how many points it has."""
    mesh = water.mesh
    track[0, 0], track[0, 1] = to_plane(
        reach.joined[port, 0], reach.joined[port, 1], mesh.origin_lon_deg, mesh.origin_lat_deg
    )
    count = 1
    corner = reach.via[port]
    while corner != DIRECT:
        vertex = depth_class.corners.vertex[corner]
        track[count, 0], track[count, 1] = mesh.x[vertex], mesh.y[vertex]
        count += 1
        corner = depth_class.following[corner, port]
    track[count, 0], track[count, 1] = water.ports.x[port], water.ports.y[port]
    return count + 1


@kernel
def _exit_points(water, depth_class, plane_path, triangle):
    """`find_exit_points` as far as hops may be long, but for the one by which the position has joined already."""
    mesh = water.mesh
    px, py = plane_path[0]
    joined_x, joined_y = plane_path[-1]
    reach_m = water.limits.bank_reach_m
    if length_of(joined_x - px, joined_y - py) > reach_m and not is_boundary_within(
        mesh, depth_class.rim, px, py, reach_m
    ):
        reach_m = COARSE_REACH_M
    ways = find_exit_points(mesh, depth_class.rim, water.shore, px, py, reach_m)
    other = (ways.triangle != triangle) | (ways.points[:, 0] != joined_x) | (ways.points[:, 1] != joined_y)
    return ExitPoints(ways.points[other], ways.triangle[other], ways.edge_end[other])


class RouteZones(NamedTuple):
    """Zones on the ways to the ports.

    Attributes
    ----------
    touched, poor : ndarray of uint64, shape (p,)
        As in `Reach`.
    first_corner : ndarray of int64, shape (p,)
        Scratch: ports share the legs to the first corners, so each of those is looked at once.
    first_touched, first_poor : ndarray of uint64, shape (p,)
        Scratch: zones on each of those legs.
    """

    touched: np.ndarray
    poor: np.ndarray
    first_corner: np.ndarray
    first_touched: np.ndarray
    first_poor: np.ndarray


@leaf_kernel
def _gather_zones(water, depth_class, joined_x, joined_y, near, departures, place, route_zones):
    """Zones of the way to where the mesh is joined, the first leg and the rest, for ports that leave at one place."""
    mesh, zones, ports = water.mesh, water.zones, water.ports
    tolerance_deg = water.limits.right_angle_tolerance_deg
    near_touched, near_poor = near
    touched, poor, first_corner, first_touched, first_poor = route_zones
    known = 0
    for p in range(touched.shape[0]):
        c = departures.via[p]
        if c == NOWHERE or departures.leaves_at[p] != place:
            continue
        if c == DIRECT:
            first, two = zones_of_leg(zones, joined_x, joined_y, ports.x[p], ports.y[p], tolerance_deg)
            touched[p] = near_touched | first
            poor[p] = near_poor | two
            continue
        k = 0
        while k < known and first_corner[k] != c:
            k += 1
        if k == known:
            v = depth_class.corners.vertex[c]
            first_corner[k] = c
            first_touched[k], first_poor[k] = zones_of_leg(
                zones, joined_x, joined_y, mesh.x[v], mesh.y[v], tolerance_deg
            )
            known += 1
        rest = depth_class.zone_set[c, p]
        touched[p] = near_touched | first_touched[k] | depth_class.touched[rest]
        poor[p] = near_poor | first_poor[k] | depth_class.poor[rest]


@kernel
def snap_and_measure(water, depth_class, lon1_deg, lat1_deg, lon2_deg, lat2_deg):
    """Shortest water path between two positions that may both lie off the mesh.

    Parameters
    ----------
    water : WaterModel
    depth_class : DepthClass
    lon1_deg, lat1_deg, lon2_deg, lat2_deg : float
        Positions, WGS 84, inside the box of the pack. [deg]

    Returns
    -------
    kinds : tuple of int
        How each end joined.
    inland_m : tuple of float
        How far inside the charted shore each end lies. [m]
    length_m : float
        Infinite when there is no way or an end was refused. [m]
    out : ndarray of float64, shape (n, 2)
        From the first position to where it joins. [deg]
    corners : ndarray of int32
        Corner numbers on the way.
    back : ndarray of float64, shape (m, 2)
        From the second position to where it joins. [deg]
    """
    mesh = water.mesh
    kind1, inland1, triangle1, plane1, out, out_m = _snap_at(water, depth_class, lon1_deg, lat1_deg)
    kind2, inland2, triangle2, plane2, back, back_m = _snap_at(water, depth_class, lon2_deg, lat2_deg)
    kinds = (kind1, kind2)
    inland = (inland1, inland2)
    if triangle1 == NOWHERE or triangle2 == NOWHERE:
        return kinds, inland, np.inf, out, np.empty(0, np.int32), back
    # Sight starts at the water: two positions just inside one piece of land must not see each other through it.
    a = 1 if inland1 > 0.0 else 0
    b = 1 if inland2 > 0.0 else 0
    if (
        kind1 != ON_MESH
        and kind2 != ON_MESH
        and not crosses_land(water.shore, plane1[a, 0], plane1[a, 1], plane2[b, 0], plane2[b, 1])
        and length_of(plane1[a, 0] - plane2[b, 0], plane1[a, 1] - plane2[b, 1]) <= water.limits.hop_reach_m
    ):
        # Both lie in the same strip of inshore water, in sight of each other: straight across.
        direct = geodesic_length_m(out[a, 0], out[a, 1], back[b, 0], back[b, 1])
        direct += geodesic_length_m(lon1_deg, lat1_deg, out[a, 0], out[a, 1])
        direct += geodesic_length_m(lon2_deg, lat2_deg, back[b, 0], back[b, 1])
        return kinds, inland, direct, out[: a + 1], np.empty(0, np.int32), back[: b + 1]
    first, following = chain_targets(np.array([triangle2], np.int32), mesh.triangles.shape[0])
    # A target is looked for in one triangle only, so one on a vertex of the mesh is looked for just inside it.
    end_x, end_y = plane2[-1, 0], plane2[-1, 1]
    if vertex_at(mesh, triangle2, end_x, end_y) != NOWHERE:
        end_x, end_y, _ = nudge_inside(mesh, triangle2, end_x, end_y)
    end = Targets(
        np.array([end_x]),
        np.array([end_y]),
        back[-1:, 0].copy(),
        back[-1:, 1].copy(),
        np.array([triangle2], np.int32),
        first,
        following,
    )
    x, y = plane1[-1, 0], plane1[-1, 1]
    begin = mesh_point(out[-1, 0], out[-1, 1], x, y, triangle1, vertex_at(mesh, triangle1, x, y))
    length, corners = path_between(SearchSpace(mesh, depth_class.corners, end, depth_class.needed_depth_m), begin)
    return kinds, inland, out_m + length + back_m, out, corners, back
