"""Course and distance by leg, from turn to turn, of a track as it is drawn."""

from itertools import pairwise

from api.documents.decision_types import Leg
from engine.kernels.geodesy import geodesic_length_m, initial_course_deg
from engine.units import NAUTICAL_MILE_M

Position = tuple[float, float]

STRAIGHT_ON_DEG = 1.0
"""A turn of less is none: long legs are drawn in pieces, and nobody steers finer. [deg]"""

TOO_CLOSE_M = 90.0
"""A turn this near to the last one is taken with it: less than the clearance routes keep from land. [m]"""

SURELY_APART_DEG = 0.001
"""Of latitude: 110 m and more anywhere, so that no length has to be worked out. [deg]"""

DECIMALS = 5
"""Of a degree: a metre, as well as anything here is known. Rounded as routes are, so that one point is one text."""


def legs_of(track: tuple[Position, ...]) -> list[Leg]:
    """Legs of a track.

    Parameters
    ----------
    track : tuple of (float, float)
        Longitude and latitude. [deg]

    Returns
    -------
    list of dict
        ``course_deg`` true at the start of the leg, ``distance_nm``, and ``to``, longitude and latitude of its end.
    """
    legs: list[tuple[float, float, Position]] = []
    came_deg = float("nan")
    for start, end in pairwise(_apart(track)):
        course_deg, length_m = float(initial_course_deg(*start, *end)), float(geodesic_length_m(*start, *end))
        if abs((course_deg - came_deg + 180.0) % 360.0 - 180.0) < STRAIGHT_ON_DEG:
            first_deg, before_m, _ = legs[-1]
            legs[-1] = (first_deg, before_m + length_m, end)
        else:
            legs.append((course_deg, length_m, end))
        came_deg = (float(initial_course_deg(*end, *start)) + 180.0) % 360.0
    return [
        {
            "course_deg": round(course_deg) % 360,
            "distance_nm": round(length_m / NAUTICAL_MILE_M, 2),
            "to": [round(round(degrees, 7), DECIMALS) for degrees in to],
        }
        for course_deg, length_m, to in legs
    ]


def _apart(track: tuple[Position, ...]) -> list[Position]:
    """The track without turns that are too close to the one before them; its ends stay."""
    if len(track) < 2:
        return []
    points = [track[0]]
    for point in track[1:-1]:
        if abs(point[1] - points[-1][1]) >= SURELY_APART_DEG or geodesic_length_m(*points[-1], *point) >= TOO_CLOSE_M:
            points.append(point)
    if len(points) > 1 and geodesic_length_m(*points[-1], *track[-1]) < TOO_CLOSE_M:
        points.pop()
    return [*points, track[-1]]
