"""GeographicLib, the reference solution of the inverse geodesic problem, in C as PROJ has it; arrays are taken too."""

from math import cos, radians

from pyproj import Geod

WGS84 = Geod(ellps="WGS84")


def length_m(lon1, lat1, lon2, lat2):
    """Length of the geodesic between two positions. [m]"""
    return WGS84.inv(lon1, lat1, lon2, lat2)[2]


def course_deg(lon1, lat1, lon2, lat2):
    """Initial azimuth, in [0, 360). [deg]"""
    return WGS84.inv(lon1, lat1, lon2, lat2)[0] % 360.0


def ahead(lon, lat, course, distance_m):
    """Longitude and latitude of the end of a geodesic. [deg]"""
    return WGS84.fwd(lon, lat, course, distance_m)[:2]


def bow_m(a: tuple[float, float], b: tuple[float, float], between: list[tuple[float, float]]) -> float:
    """Greatest distance of points from the geodesic between two positions, found by its foot point. [m]"""
    course = course_deg(*a, *b)
    worst = 0.0
    for point in between:
        along = length_m(*a, *point)
        # One secant step puts the foot point within millimetres for lines this straight.
        for _ in range(3):
            *foot, back = WGS84.fwd(*a, course, along)
            to, _, distance_m = WGS84.inv(*foot, *point)
            along += distance_m * cos(radians(to - back - 180.0))
        worst = max(worst, length_m(*WGS84.fwd(*a, course, along)[:2], *point))
    return worst
