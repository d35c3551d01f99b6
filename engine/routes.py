"""Water distances and routes, with ordinary Python types around the compiled core."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil, hypot, inf, isfinite, isinf
from typing import NamedTuple

import numpy as np

from engine.codes import Code
from engine.errors import PositionRefused
from engine.identity_key import IdentityKey
from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.harbour import THROUGH_GATE
from engine.kernels.mesh import NOWHERE, Mesh
from engine.kernels.plane import from_plane, to_plane
from engine.kernels.reach import DepthClass, Reach, WaterModel, reach_ports, snap_and_measure, track_on_plane
from engine.kernels.snap import ENCLOSED, ON_LAND, Boundary, nudge_inside
from engine.model import Decision, DepthClassSource, Vessel, World
from engine.patch import patch_at
from engine.patch_cache import SIDE_M
from engine.policy import Limits
from engine.rules.depth_and_tide import depth_needed

LONGEST_DRAWN_LEG_M = 15_000.0
"""Longer legs get points between their ends. GeoJSON draws straight lines in longitude and latitude, which leave
the great circle by L^2 tan(latitude) / 8R: 6 m on a leg of this length."""


LOOKS_EXCHANGED = "Latitude and longitude look exchanged: people write latitude first, GeoJSON writes longitude first."
CHECK_ORDER = "Check which comes first, latitude as people write it or longitude as in GeoJSON, and east and west."
"""Remedies for a position off the map."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Shortest water path between two positions.

    Attributes
    ----------
    length_m : float
        Infinite when water does not lead there. [m]
    track : tuple of (float, float)
        Longitude and latitude of its points. [deg]
    """

    length_m: float
    track: tuple[tuple[float, float], ...]


def depth_class_for(world: World, needed_depth_m: float) -> DepthClass:
    """Tables of `depth_class_source_for`."""
    return depth_class_source_for(world, needed_depth_m).tables


def depth_class_source_for(world: World, needed_depth_m: float) -> DepthClassSource:
    """The shallowest class that keeps clear of every bank this depth cannot cross.

    An unknown depth (NaN) gets the deepest class, in which every bank is a wall.
    """
    for depth_class in world.depth_classes:
        if needed_depth_m <= depth_class.needed_depth_m:
            return depth_class
    return world.depth_classes[-1]


def reach_from(world: World, depth_class: DepthClass, lon: float, lat: float) -> Reach:
    """What a position can reach.

    Raises
    ------
    PositionRefused
        Outside the area, on land, or in water without a way out; each with its own code.
    """
    check_in_area(world, lon, lat)
    reach: Reach = reach_ports(world.water, depth_class, lon, lat)
    require_snapped(world, reach.kind, reach.inland_m, lon, lat)
    return reach


def lies_in_deep_water(world: World, vessel: Vessel, limits: Limits, lon: float, lat: float) -> bool:
    """Whether a position lies in water that is deep enough for a vessel at any state of the tide.

    Never so for one that draws more than the deepest bank has water, or nobody knows how much: to her every bank is a
    wall.

    Parameters
    ----------
    world : World
    vessel : Vessel
    limits : Limits
        With the margin she keeps under her keel.
    lon, lat : float
        WGS 84. [deg]
    """
    needed_m = depth_needed(vessel.draught_m, limits.keel_margin_m, limits.keel_margin_share, 0.0)
    mesh = world.water.mesh
    triangle, _, _ = patch_at(mesh, lon, lat, SIDE_M)
    deep_m = depth_class_source_for(world, needed_m).needed_depth_m
    return bool(triangle != NOWHERE and isfinite(deep_m) and mesh.least_depth[triangle] >= deep_m)


def check_in_area(world: World, lon: float, lat: float) -> None:
    """Refuse a position outside the box of the pack."""
    west, south, east, north = world.box
    if west <= lon <= east and south <= lat <= north:
        return
    remedy = LOOKS_EXCHANGED if looks_exchanged(world, lon, lat) else CHECK_ORDER
    raise PositionRefused(
        Code.POS_OUT_OF_AREA,
        f"lies outside the area covered, {south:g} to {north:g} N and {west:g} to {east:g} E.",
        remedy,
    )


def looks_exchanged(world: World, lon: float, lat: float) -> bool:
    """Whether a position outside the box of the pack lies inside it with its numbers exchanged."""
    west, south, east, north = world.box
    is_inside = west <= lon <= east and south <= lat <= north
    return not is_inside and west <= lat <= east and south <= lon <= north


def require_snapped(world: World, kind: int, inland_m: float, lon: float, lat: float) -> None:
    """Raise for the kinds of join that are refusals."""
    limits = world.water.limits
    if kind not in (ON_LAND, ENCLOSED):
        return
    afloat = _degrees_and_minutes(*nearest_afloat(world, lon, lat))
    if kind == ON_LAND:
        deep = "more than" if isinf(inland_m) else "about"
        metres = limits.hop_reach_m if isinf(inland_m) else inland_m
        raise PositionRefused(
            Code.POS_ON_LAND,
            f"lies on land, {deep} {metres:.0f} m from the water; the tolerance is {limits.shore_tolerance_m:.0f} m.",
            f"Check the position, or give the nearest point afloat: {afloat}.",
        )
    if kind == ENCLOSED:
        raise PositionRefused(
            Code.POS_ENCLOSED,
            "lies in water that the charted coast closes off from the sea.",
            f"Give a position in the fairway outside; the nearest is {afloat}.",
        )


def nearest_afloat(world: World, lon: float, lat: float) -> tuple[float, float]:
    """Nearest position on the open mesh, land or no land between: one that is answered for. [deg]"""
    mesh = world.water.mesh
    origin = (mesh.origin_lon_deg, mesh.origin_lat_deg)
    x, y = to_plane(lon, lat, *origin)
    rim = world.depth_classes[-1].tables.rim
    edges = _rim_edges(IdentityKey(rim), IdentityKey(mesh))
    share = np.clip(((x - edges.x) * edges.along_x + (y - edges.y) * edges.along_y) / edges.squared_length, 0.0, 1.0)
    near_x, near_y = edges.x + share * edges.along_x, edges.y + share * edges.along_y
    away_m = np.hypot(near_x - x, near_y - y)
    # The first is nearly always one: to put all in order took four times as long.
    while away_m.min() < inf:
        edge = int(away_m.argmin())
        in_x, in_y, found = nudge_inside(mesh, rim.triangle[edge], near_x[edge], near_y[edge])
        if found:
            return tuple(float(value) for value in from_plane(in_x, in_y, *origin))  # type: ignore[return-value]
        away_m[edge] = inf
    raise ValueError("the mesh has no open water")


class _Edges(NamedTuple):
    """Edges of the open mesh, shape (n,): where each begins, how it goes on, its length squared. On the plane. [m]"""

    x: np.ndarray
    y: np.ndarray
    along_x: np.ndarray
    along_y: np.ndarray
    squared_length: np.ndarray


@lru_cache(maxsize=4)
def _rim_edges(rim: IdentityKey[Boundary], mesh: IdentityKey[Mesh]) -> _Edges:
    start, end = rim.value.start, rim.value.end
    x, y = mesh.value.x[start], mesh.value.y[start]
    along_x, along_y = mesh.value.x[end] - x, mesh.value.y[end] - y
    return _Edges(x, y, along_x, along_y, along_x * along_x + along_y * along_y)


def _degrees_and_minutes(lon: float, lat: float) -> str:
    """A position as it may be given again, to a hundredth of a minute."""

    def part(value: float, signs: str, width: int) -> str:
        hundredths = round(abs(value) * 6000.0)
        return f"{hundredths // 6000:0{width}d} {hundredths % 6000 / 100:05.2f}{signs[value < 0.0]}"

    return f"{part(lat, 'NS', 2)} {part(lon, 'EW', 3)}"


def track_to_port(world: World, depth_class: DepthClass, reach: Reach, port: int) -> tuple[tuple[float, float], ...]:
    """Points of the route from a position to the landing of a port; none where there is no way.

    The harbour leg is drawn where the coastline shows it; elsewhere the track ends at the approach point.
    """
    if reach.via[port] == NOWHERE:
        return ()
    leg = _pairs(world.ports[port].harbour_leg)
    if reach.entered_at[port] != NOWHERE:
        start = (float(reach.path[0, 0]), float(reach.path[0, 1]))
        entry = (float(reach.entry[port, 0]), float(reach.entry[port, 1]))
        inside: tuple[tuple[float, float], ...] = (start, entry)
        if reach.via[port] == THROUGH_GATE:
            inside = passage_between(world, depth_class, start, entry).track
        return (*inside, *leg[int(reach.entered_at[port]) :])
    joined = reach.joined[port]
    plane = _pairs(track_on_plane(world.water, depth_class, reach, port))
    # From a bank the way to this port may leave by another edge than the nearest one.
    out = reach.path if joined.tolist() == reach.path[-1].tolist() else np.array([reach.path[0], joined])
    track = _pairs(out)
    track += _drawn(world.water, plane)[1:]
    return (*track, *leg[1:])


def chosen_track(decision: Decision, port: int) -> tuple[tuple[float, float], ...]:
    """Points of the way a decision reckons with: over banks or round a sea where it goes so, else the shortest path."""
    detour = decision.bank_ways.get(port) or decision.detours.get(port)
    if detour is None:
        return track_to_port(decision.world, decision.depth_class, decision.reach, port)
    mesh = decision.world.water.mesh
    plane = [to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg) for lon, lat in detour.track]
    leg = _pairs(decision.world.ports[port].harbour_leg)
    return (*_drawn(decision.world.water, plane), *leg[1:])


def _pairs(points: np.ndarray) -> list[tuple[float, float]]:
    """Rows of an array, shape (n, 2), as plain numbers."""
    return [(x, y) for x, y in points.tolist()]


def _drawn(water: WaterModel, plane: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Positions along straight legs of the plane, close enough to be drawn straight on a lon/lat map."""
    origin = (water.mesh.origin_lon_deg, water.mesh.origin_lat_deg)
    track = [from_plane(*plane[0], *origin)]
    for (ax, ay), (bx, by) in pairwise(plane):
        pieces = max(1, ceil(hypot(bx - ax, by - ay) / LONGEST_DRAWN_LEG_M))
        for k in range(1, pieces + 1):
            track.append(from_plane(ax + (bx - ax) * k / pieces, ay + (by - ay) * k / pieces, *origin))
    return track


def passage_between(
    world: World, depth_class: DepthClass, start: tuple[float, float], end: tuple[float, float]
) -> Passage:
    """Shortest water path between two positions.

    Parameters
    ----------
    world : World
    depth_class : DepthClass
    start, end : tuple of float
        Longitude and latitude, WGS 84. [deg]

    Raises
    ------
    PositionRefused
        Either end is outside the area, on land or enclosed.
    """
    for lon, lat in (start, end):
        check_in_area(world, lon, lat)
    kinds, inland, length_m, out, corners, back = snap_and_measure(world.water, depth_class, *start, *end)
    for kind, inside_m, (lon, lat) in zip(kinds, inland, (start, end), strict=True):
        require_snapped(world, kind, inside_m, lon, lat)
    if isinf(length_m):
        return Passage(length_m, ())
    mesh = world.water.mesh
    origin = (mesh.origin_lon_deg, mesh.origin_lat_deg)
    plane = [to_plane(out[-1, 0], out[-1, 1], *origin)]
    plane += [(float(mesh.x[v]), float(mesh.y[v])) for v in depth_class.corners.vertex[corners]]
    plane.append(to_plane(back[-1, 0], back[-1, 1], *origin))
    middle = _drawn(world.water, plane)[1:-1]
    track = [(float(lon), float(lat)) for lon, lat in out] + middle + [(float(a), float(b)) for a, b in back[::-1]]
    return Passage(length_m, tuple(track))


def straight_line_m(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Geodesic between two positions (longitude, latitude), land or no land. [m]"""
    return float(geodesic_length_m(*start, *end))
