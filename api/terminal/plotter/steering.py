"""Along a route: which leg, how far off the line, what to steer. Pure. Advice only: no autopilot is engaged by it."""

from math import asin, atan2, cos, degrees, radians, sin
from typing import NamedTuple

from api.terminal.navigation import EARTH_M, distance_m
from api.terminal.plotter.route import Route, Waypoint

NAUTICAL_MILE_M = 1852.0
ARRIVAL_M = 150.0
"""[A] So near to a waypoint the next leg begins. [m]"""
CONVERGE_DEG = 30.0
"""[A] No steeper than this back to the line. [deg]"""
CONVERGE_M = 500.0
"""[A] Off the line by this much, she is steered back at half of the steepest. [m]"""


class Steering(NamedTuple):
    """Where she is along the leg being steered.

    Attributes
    ----------
    leg : int
        Number of the waypoint steered to.
    origin, to : Waypoint
    xte_nm : float
        Off the line, positive to its right. [nm]
    range_nm, bearing_deg : float
        To the waypoint. [nm], [deg]
    track_deg : float
        Of the leg at its beginning. [deg]
    steer_deg : float
        Course that brings her back to the line and on. [deg]
    closing_kn : float
        Speed towards the waypoint; 0 where speed or course is not known. [kn]
    has_arrived, has_passed : bool
        Inside the arrival circle of the last waypoint; past the perpendicular through it.
    """

    leg: int
    origin: Waypoint
    to: Waypoint
    xte_nm: float
    range_nm: float
    bearing_deg: float
    track_deg: float
    steer_deg: float
    closing_kn: float
    has_arrived: bool
    has_passed: bool


def steer(route: Route, leg: int, lon: float, lat: float, sog_kn: float, cog_deg: float) -> Steering:
    """Steering from a position; legs that are behind her are passed over.

    Parameters
    ----------
    route : Route
        Of two waypoints or more.
    leg : int
        Waypoint steered to until now, from 1.
    lon, lat : float
        [deg]
    sog_kn, cog_deg : float
        NaN where not known.
    """
    last = len(route.waypoints) - 1
    leg = min(max(leg, 1), last)
    while leg < last and _is_behind(route.waypoints[leg - 1], route.waypoints[leg], lon, lat):
        leg += 1
    origin, to = route.waypoints[leg - 1], route.waypoints[leg]
    range_m = distance_m(lon, lat, to.lon, to.lat)
    bearing_deg = course_deg(lon, lat, to.lon, to.lat)
    track_deg = course_deg(origin.lon, origin.lat, to.lon, to.lat)
    xte_m = off_line_m(origin, to, lon, lat)
    # Back to the line the steeper the farther off, never more than a slant.
    back_deg = max(min(xte_m / CONVERGE_M * CONVERGE_DEG / 2.0, CONVERGE_DEG), -CONVERGE_DEG)
    closing_kn = sog_kn * cos(radians(cog_deg - bearing_deg))
    return Steering(
        leg, origin, to, xte_m / NAUTICAL_MILE_M, range_m / NAUTICAL_MILE_M, bearing_deg, track_deg,
        (bearing_deg - back_deg) % 360.0, closing_kn if closing_kn == closing_kn else 0.0,
        leg == last and range_m <= ARRIVAL_M, _is_past(origin, to, lon, lat),
    )  # fmt: skip


def _is_behind(origin: Waypoint, to: Waypoint, lon: float, lat: float) -> bool:
    return distance_m(lon, lat, to.lon, to.lat) <= ARRIVAL_M or _is_past(origin, to, lon, lat)


def _is_past(origin: Waypoint, to: Waypoint, lon: float, lat: float) -> bool:
    """Whether she is beyond the perpendicular through the end of a leg."""
    turn_deg = course_deg(to.lon, to.lat, lon, lat) - course_deg(to.lon, to.lat, origin.lon, origin.lat)
    return cos(radians(turn_deg)) < 0.0 and distance_m(lon, lat, to.lon, to.lat) > 0.0


def off_line_m(origin: Waypoint, to: Waypoint, lon: float, lat: float) -> float:
    """Distance from the great circle through a leg, positive to its right. [m]"""
    angle = distance_m(origin.lon, origin.lat, lon, lat) / EARTH_M
    turn = radians(course_deg(origin.lon, origin.lat, lon, lat) - course_deg(origin.lon, origin.lat, to.lon, to.lat))
    return asin(sin(angle) * sin(turn)) * EARTH_M


def course_deg(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Initial course of a great circle on the mean sphere. [deg]"""
    phi1, phi2, east = radians(lat1), radians(lat2), radians(lon2 - lon1)
    return degrees(atan2(sin(east) * cos(phi2), cos(phi1) * sin(phi2) - sin(phi1) * cos(phi2) * cos(east))) % 360.0
