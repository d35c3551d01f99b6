"""What part of the sea a map shows, and where a position falls in it: Mercator's projection, north up."""

from dataclasses import dataclass
from math import atan, atanh, degrees, exp, pi, radians, sin
from typing import NamedTuple

import numpy as np

from api.replay.analysis.aggregate import FINE_PER_DEG, Aggregate

WIDTH = 1000.0
_LOWEST, _HIGHEST = 0.52, 0.72
"""Height of the map as a share of its width, at least and at most."""

_EDGE_DEG = 0.12
_SMALLEST_SPAN_DEG = 0.6
_SHARE_SHOWN = 0.995
"""So many of the encounters are within the frame on each axis and side, where there are many."""


class MapPoint(NamedTuple):
    """A port on the map."""

    id: str
    name: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class MapProjection:
    """The part of the sea that is drawn, and where each position falls in it.

    Attributes
    ----------
    west, south, east, north : float
        [deg]
    """

    west: float
    south: float
    east: float
    north: float

    @property
    def height(self) -> float:
        """Height for a width of `WIDTH`."""
        return (mercator(self.north) - mercator(self.south)) * self.per_deg

    @property
    def per_deg(self) -> float:
        """Units of the drawing in a degree of longitude."""
        return WIDTH / (self.east - self.west)

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Place in the drawing of a position. [deg]"""
        return (lon - self.west) * self.per_deg, (mercator(self.north) - mercator(lat)) * self.per_deg

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a position is in the frame."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


def mercator(lat: float) -> float:
    """Northing of Mercator's projection, in degrees of longitude."""
    return degrees(atanh(sin(radians(lat))))


def latitude_of(northing: float) -> float:
    """Latitude of a northing of `mercator`. [deg]"""
    return degrees(2.0 * atan(exp(radians(northing))) - pi / 2.0)


def projection_for(tally: Aggregate, ports: list[MapPoint]) -> MapProjection:
    """All encounters that are not far out, every port chosen, and a margin, in a shape that fits a page."""
    west, south, east, north = tally.box
    spans = []
    for axis, (start, size) in enumerate(((west, east - west), (south, north - south))):
        counts = tally.fine.sum(axis=axis)
        share = 1.0 if tally.singles else _SHARE_SHOWN
        span = _span(counts, share)
        along = [place.lat if axis else place.lon for place in ports]
        if span is None:
            # Nothing to show but the area itself.
            spans.append((start, start + size))
            continue
        ends = [start + span[0] / FINE_PER_DEG, start + span[1] / FINE_PER_DEG, *along]
        least, most = min(ends) - _EDGE_DEG, max(ends) + _EDGE_DEG
        wanting = max(0.0, _SMALLEST_SPAN_DEG - (most - least)) / 2.0
        spans.append((least - wanting, most + wanting))
    (west_end, east_end), (south_end, north_end) = spans
    high, low = mercator(north_end), mercator(south_end)
    middle = 0.5 * (high + low)
    tall = high - low
    wide = east_end - west_end
    if tall / wide < _LOWEST:
        tall = _LOWEST * wide
    elif tall / wide > _HIGHEST:
        more = 0.5 * (tall / _HIGHEST - wide)
        west_end, east_end = west_end - more, east_end + more
    frame = MapProjection(west_end, latitude_of(middle - 0.5 * tall), east_end, latitude_of(middle + 0.5 * tall))
    return _within(frame, tally.box)


def _within(frame: MapProjection, box: tuple[float, float, float, float]) -> MapProjection:
    """The frame moved, or cut, so that nothing beyond the area is shown: there the pack has no coast."""
    west, south, east, north = box
    lon_span = min(frame.east - frame.west, east - west)
    low, high = mercator(south), mercator(north)
    tall = min(mercator(frame.north) - mercator(frame.south), high - low)
    left = min(max(frame.west, west), east - lon_span)
    foot = min(max(mercator(frame.south), low), high - tall)
    return MapProjection(left, latitude_of(foot), left + lon_span, latitude_of(foot + tall))


def _span(counts: np.ndarray, share: float) -> tuple[int, int] | None:
    """First and last cell of an axis that matter."""
    total = int(counts.sum())
    if total == 0:
        return None
    summed = np.cumsum(counts)
    spare = int((1.0 - share) * total)
    return int(np.searchsorted(summed, spare + 1)), int(np.searchsorted(summed, total - spare)) + 1


def degrees_text(value: float, signs: str) -> str:
    """Degrees and minutes as on a chart."""
    minutes = round(abs(value) * 60.0)
    sign = "" if minutes == 0 and signs == "EW" else f" {signs[value < 0.0]}"
    return f"{minutes // 60}°{minutes % 60:02d}′{sign}"


def position_text(lon: float, lat: float) -> str:
    """Latitude first, as people read it."""

    def minutes(value: float, signs: str) -> str:
        tenths = round(abs(value) * 600.0)
        return f"{tenths // 600}°{tenths % 600 / 10:04.1f}′{signs[value < 0.0]}"

    return f"{minutes(lat, 'NS')} {minutes(lon, 'EW')}"
