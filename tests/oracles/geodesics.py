"""GeographicLib, the reference solution of the inverse geodesic problem."""

from math import cos, radians

from geographiclib.geodesic import Geodesic

WGS84 = Geodesic.WGS84


def length_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Length of the geodesic between two positions. [m]"""
    return WGS84.Inverse(lat1, lon1, lat2, lon2, Geodesic.DISTANCE)["s12"]


def course_deg(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Initial azimuth, in [0, 360). [deg]"""
    return WGS84.Inverse(lat1, lon1, lat2, lon2, Geodesic.AZIMUTH)["azi1"] % 360.0


def ahead(lon: float, lat: float, course: float, distance_m: float) -> tuple[float, float]:
    """Longitude and latitude of the end of a geodesic. [deg]"""
    end = WGS84.Direct(lat, lon, course, distance_m)
    return end["lon2"], end["lat2"]


def bow_m(a: tuple[float, float], b: tuple[float, float], between: list[tuple[float, float]]) -> float:
    """Greatest distance of points from the geodesic between two positions, found by its foot point. [m]"""
    line = WGS84.InverseLine(a[1], a[0], b[1], b[0])
    worst = 0.0
    for lon, lat in between:
        along = WGS84.Inverse(a[1], a[0], lat, lon)["s12"]
        # One secant step puts the foot point within millimetres for lines this straight.
        for _ in range(3):
            foot = line.Position(along)
            to = WGS84.Inverse(foot["lat2"], foot["lon2"], lat, lon)
            along += to["s12"] * cos(radians(to["azi1"] - foot["azi2"]))
        foot = line.Position(along)
        worst = max(worst, WGS84.Inverse(foot["lat2"], foot["lon2"], lat, lon)["s12"])
    return worst
