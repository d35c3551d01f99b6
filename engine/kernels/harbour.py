"""Harbour legs, and positions already inside the harbour they lead into."""

from typing import NamedTuple

import numpy as np

from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.jit import kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE, locate
from engine.kernels.plane import LATTICE_M, from_plane, length_of
from engine.kernels.shore import crosses_land, nearest_on_segment
from engine.kernels.shortest_paths import path_between
from engine.kernels.visibility import MeshPoint, SearchSpace, Targets, chain_targets

THROUGH_GATE = -3
"""Instead of a first corner: the leg is reached over the mesh, at its gate."""

_SOUNDING_STEP_M = 25.0


class HarbourLegs(NamedTuple):
    """Tracks from approach point to landing, one port after the other.

    Attributes
    ----------
    start : ndarray of int32, shape (p + 1,)
        Points of port p: ``start[p]`` to ``start[p + 1]``; none where the coast does not show the way in.
    x, y : ndarray of float64
        On the plane, on the lattice. [m]
    lon, lat : ndarray of float64
        The same points, WGS 84. [deg]
    to_go : ndarray of float64
        Length of the rest of the leg from each point. [m]
    length : ndarray of float64, shape (p,)
        Whole legs, drawn or stated; NaN when unknown. [m]
    gate_x, gate_y, gate_lon, gate_lat : ndarray of float64, shape (p,)
        Innermost point of each leg that lies on the mesh; NaN where none does. [m], [deg]
    gate_triangle : ndarray of int32, shape (p,)
        Triangle that holds it, or `NOWHERE`.
    gate_following : ndarray of int32, shape (p,)
        Point of the leg that comes next after it.
    gate_to_go : ndarray of float64, shape (p,)
        Length of the rest of the leg from there. [m]
    drawn : ndarray of int32, shape (p,)
        Number of the drawn water that the landing lies in; -1 where the coast itself shows the water.
    """

    start: np.ndarray
    x: np.ndarray
    y: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    to_go: np.ndarray
    length: np.ndarray
    gate_x: np.ndarray
    gate_y: np.ndarray
    gate_lon: np.ndarray
    gate_lat: np.ndarray
    gate_triangle: np.ndarray
    gate_following: np.ndarray
    gate_to_go: np.ndarray
    drawn: np.ndarray


class Joined(NamedTuple):
    """A position, on the plane and on the globe, and where and how far off it joined the mesh. [m], [deg]

    `drawn` is the number of the drawn water it lies in; -1 outside.
    """

    x: float
    y: float
    lon: float
    lat: float
    on_mesh: MeshPoint
    path_m: float
    drawn: int


@leaf_kernel
def _crosses_shallows(mesh, needed_depth, ax, ay, bx, by):
    """Whether a hop passes over a bank too shallow, looked at every 25 m; water off the mesh is not known to be."""
    steps = int(length_of(bx - ax, by - ay) / _SOUNDING_STEP_M) + 1
    for k in range(steps + 1):
        x = round((ax + (bx - ax) * k / steps) / LATTICE_M) * LATTICE_M
        y = round((ay + (by - ay) * k / steps) / LATTICE_M) * LATTICE_M
        t = locate(mesh, x, y)
        if t != NOWHERE and not mesh.least_depth[t] >= needed_depth:
            return True
    return False


@kernel
def _single_target(mesh, legs, p):
    """The gate of one leg as the only target of a search."""
    triangle = np.array([legs.gate_triangle[p]], np.int32)
    first, following = chain_targets(triangle, mesh.triangles.shape[0])
    return Targets(
        legs.gate_x[p : p + 1], legs.gate_y[p : p + 1], legs.gate_lon[p : p + 1], legs.gate_lat[p : p + 1],
        triangle, first, following,
    )  # fmt: skip


@leaf_kernel
def may_be_inside(legs, p, inside_factor, longest_leg, px, py, drawn):
    """Whether a position may be past the approach point of a leg that is drawn.

    In drawn water the same water decides: a position up a river has its harbours ahead of it, however far off they are.
    Elsewhere it is nearness to the landing, and a long leg of drawn water, which is a river, is not looked at.

    Parameters
    ----------
    legs : HarbourLegs
    p : int
    inside_factor : float
        Times the distance from landing to approach point, as the crow flies.
    longest_leg : float
        [m]
    px, py : float
        [m]
    drawn : int
        Number of the drawn water the position is in, or -1.
    """
    if legs.drawn[p] >= 0 and (drawn == legs.drawn[p] or legs.length[p] > longest_leg):
        return drawn == legs.drawn[p]
    first = legs.start[p]
    last = legs.start[p + 1] - 1
    out = length_of(legs.x[last] - legs.x[first], legs.y[last] - legs.y[first])
    return length_of(legs.x[last] - px, legs.y[last] - py) < inside_factor * out


@kernel
def harbour_shortcuts(water, depth_class, here, distance, via, touched, poor):
    """Harbour legs of all ports, without the detour over the approach point where the position is inside the harbour.

    A position near the landing makes straight for a point of the leg in sight over the unsimplified water and clear of
    shallow banks, or over the mesh for the gate of the leg, whenever that is shorter than the way over the approach
    point. It is looked at where it is nearer to the landing, as the crow flies, than some times the approach point is:
    that lies just outside, and a basin may stretch farther on the other side. `distance`, `via`, `touched` and `poor`
    are changed so.

    Parameters
    ----------
    water : WaterModel
    depth_class : DepthClass
    here : Joined
        The position.
    distance : ndarray of float64, shape (p,)
        To each approach point. [m]
    via : ndarray of int64, shape (p,)
    touched, poor : ndarray of uint64, shape (p,)

    Returns
    -------
    harbour : ndarray of float64, shape (p,)
        [m]
    entered : ndarray of int64, shape (p,)
        Next point of the leg after the one made for, counted from its own start; `NOWHERE` outside.
    entry : ndarray of float64, shape (p, 2)
        The point made for, longitude and latitude; NaN outside. [deg]
    """
    mesh, shore, legs, limits = water.mesh, water.shore, water.legs, water.limits
    needed_depth, longest_leg = depth_class.needed_depth_m, limits.longest_leg_over_mesh_m
    harbour = legs.length.copy()
    entered = np.full(harbour.shape[0], NOWHERE)
    entry = np.full((harbour.shape[0], 2), np.nan)
    # Taken out of their tuple once: this much is done for every port.
    start = legs.start
    for p in range(harbour.shape[0]):
        first = start[p]
        last = start[p + 1] - 1
        if last < first:
            continue
        if not may_be_inside(legs, p, limits.inside_factor, longest_leg, here.x, here.y, here.drawn):
            continue
        # Nothing is known of the depth of drawn water, and a drying estuary outside is no reason to go round by sea.
        in_same_water = here.drawn >= 0 and here.drawn == legs.drawn[p]
        best = distance[p] + legs.length[p]
        # For each piece of the leg: its nearest point, then its far end. The approach point itself is no way in.
        for k in range(first + 1, last + 1):
            for aim in range(2):
                x, y = legs.x[k], legs.y[k]
                lon, lat = legs.lon[k], legs.lat[k]
                if aim == 0:
                    x, y, _ = nearest_on_segment(here.x, here.y, legs.x[k - 1], legs.y[k - 1], x, y)
                    x = round(x / LATTICE_M) * LATTICE_M
                    y = round(y / LATTICE_M) * LATTICE_M
                    lon, lat = from_plane(x, y, mesh.origin_lon_deg, mesh.origin_lat_deg)
                if length_of(x - here.x, y - here.y) > limits.hop_reach_m:
                    continue
                length = (
                    geodesic_length_m(here.lon, here.lat, lon, lat)
                    + geodesic_length_m(lon, lat, legs.lon[k], legs.lat[k])
                    + legs.to_go[k]
                )
                if (
                    length < best
                    and not crosses_land(shore, here.x, here.y, x, y)
                    and (in_same_water or not _crosses_shallows(mesh, needed_depth, here.x, here.y, x, y))
                ):
                    best = length
                    entered[p] = k - first
                    entry[p, 0] = lon
                    entry[p, 1] = lat
        t = legs.gate_triangle[p]
        if t != NOWHERE and mesh.least_depth[t] >= needed_depth and (legs.length[p] <= longest_leg or in_same_water):
            ahead = here.path_m + legs.gate_to_go[p]
            if ahead + geodesic_length_m(here.on_mesh.lon, here.on_mesh.lat, legs.gate_lon[p], legs.gate_lat[p]) < best:
                to_gate = SearchSpace(mesh, depth_class.corners, _single_target(mesh, legs, p), needed_depth)
                length, _ = path_between(to_gate, here.on_mesh)
                if ahead + length < best:
                    best = ahead + length
                    entered[p] = legs.gate_following[p]
                    entry[p, 0] = legs.gate_lon[p]
                    entry[p, 1] = legs.gate_lat[p]
                    via[p] = THROUGH_GATE
        if entered[p] != NOWHERE:
            # What is longer than the leg itself still counts as sea: time and distance change without a jump.
            harbour[p] = min(best, legs.length[p])
            distance[p] = best - harbour[p]
            touched[p] = 0
            poor[p] = 0
    return harbour, entered, entry
