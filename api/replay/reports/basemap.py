"""The ground of a map as SVG: coast, limits between rescue regions, degrees, scale and north."""

from collections.abc import Iterator
from math import cos, radians

import numpy as np
import shapely

from api.replay.reports.locale import ReportLocale
from api.replay.reports.projection import WIDTH, MapProjection, degrees_text, latitude_of, mercator
from engine.units import NAUTICAL_MILE_M
from geodata.pack import Pack

_MEAN_RADIUS_M = 6_371_008.8


def coast_path(frame: MapProjection, rings: list[np.ndarray]) -> str:
    """Path of the land in the frame, simplified to what can be seen."""
    edge = 0.02
    west, south, east, north = frame.west - edge, frame.south - edge, frame.east + edge, frame.north + edge
    parts: list[str] = []
    for ring in rings:
        lon, lat = ring[:, 0], ring[:, 1]
        if lon.max() < west or lon.min() > east or lat.max() < south or lat.min() > north:
            continue
        x = (lon - frame.west) * frame.per_deg
        y = (mercator(frame.north) - np.degrees(np.arctanh(np.sin(np.radians(lat))))) * frame.per_deg
        if np.ptp(x) * np.ptp(y) < 2.0:
            continue
        drawn = shapely.make_valid(shapely.Polygon(np.column_stack([x, y])))
        cut = shapely.clip_by_rect(drawn, -20.0, -20.0, WIDTH + 20.0, frame.height + 20.0)
        for part in shapely.get_parts(shapely.simplify(cut, 0.55)):
            if part.geom_type == "Polygon" and part.area >= 1.5:
                parts.extend(_ring_path(shapely.get_coordinates(hole)) for hole in (part.exterior, *part.interiors))
    return "".join(parts)


def _ring_path(points: np.ndarray) -> str:
    """Closed path of whole tenths, each point relative to the last."""
    tenths = np.rint(points[:-1] * 10.0).astype(int)
    steps = np.diff(tenths, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    first = f"M{tenths[0, 0] / 10:g} {tenths[0, 1] / 10:g}"
    return first + "l" + " ".join(f"{dx / 10:g} {dy / 10:g}" for dx, dy in steps) + "z" if len(steps) else ""


def region_lines(frame: MapProjection, pack: Pack) -> Iterator[str]:
    """Where two search and rescue regions meet: an approximation, as the pack says."""
    zones: dict[str, list[dict[str, object]]] = pack.tables["zones"]  # type: ignore[assignment]
    rings = [shapely.LinearRing(region["ring"]) for region in zones["regions"]]
    for k, ring in enumerate(rings):
        for other in rings[k + 1 :]:
            # Their corners were read separately: what runs side by side within a few metres is the one line.
            shared = shapely.intersection(ring, shapely.buffer(other, 0.003))
            for line in shapely.get_parts(shapely.line_merge(shared)):
                if line.length > 0.05 and line.geom_type == "LineString":
                    points = " ".join("{:.1f},{:.1f}".format(*frame.at(*at)) for at in shapely.get_coordinates(line))
                    yield f'<polyline class="srr" points="{points}"/>'


def graticule(frame: MapProjection) -> Iterator[str]:
    """Parallels and meridians at round minutes, with their degrees."""
    span = frame.east - frame.west
    step = next(size for size in (0.1, 0.25, 0.5, 1.0, 2.0, 4.0) if span / size <= 7.0)
    for k in range(int(np.ceil(frame.west / step)), int(np.floor(frame.east / step)) + 1):
        x, _ = frame.at(k * step, frame.north)
        yield f'<path class="grid" d="M{x:.1f} 0V{frame.height:.0f}"/>'
        if x < WIDTH - 270.0:
            yield f'<text class="deg" x="{x + 3:.1f}" y="{frame.height - 5:.1f}">{degrees_text(k * step, "EW")}</text>'
    step = min(step, 0.5)
    for k in range(int(np.ceil(frame.south / step)), int(np.floor(frame.north / step)) + 1):
        _, y = frame.at(frame.west, k * step)
        yield f'<path class="grid" d="M0 {y:.1f}H{WIDTH:.0f}"/>'
        if y < frame.height - 24.0:
            yield f'<text class="deg" x="4" y="{y - 3:.1f}">{degrees_text(k * step, "NS")}</text>'


def scale_and_north(frame: MapProjection, locale: ReportLocale) -> Iterator[str]:
    """A bar of whole nautical miles, right at the middle latitude, and an arrow."""
    middle = latitude_of(0.5 * (mercator(frame.south) + mercator(frame.north)))
    mile = NAUTICAL_MILE_M / (radians(1.0) * _MEAN_RADIUS_M * cos(radians(middle))) * frame.per_deg
    miles = max((size for size in (1, 2, 5, 10, 20, 50, 100) if size * mile <= 0.2 * WIDTH), default=1)
    long = miles * mile
    right, foot = WIDTH - 18.0, frame.height - 26.0
    left = right - long
    yield (
        f'<g class="scale"><rect class="plate" x="{left - 12:.1f}" y="{foot - 22:.1f}" width="{long + 24:.1f}" '
        'height="38" rx="3"/>'
        f'<path d="M{left:.1f} {foot - 5:.1f}V{foot:.1f}H{right:.1f}V{foot - 5:.1f}"/>'
        f'<path class="half" d="M{left:.1f} {foot - 2:.1f}H{left + long / 2:.1f}"/>'
        f'<text x="{left:.1f}" y="{foot + 12:.1f}">0</text>'
        f'<text x="{right:.1f}" y="{foot + 12:.1f}" text-anchor="end">{locale.say("map_scale", miles=miles)}</text>'
        f'<text x="{0.5 * (left + right):.1f}" y="{foot - 9:.1f}" text-anchor="middle">'
        f"{locale.say('map_scale_at', latitude=degrees_text(middle, 'NS'))}</text>"
        "</g>"
    )
    x, y = WIDTH - 30.0, 44.0
    yield (
        f'<g class="north"><path d="M{x} {y - 26}l8 26-8-7-8 7z"/>'
        f'<text x="{x}" y="{y + 14}" text-anchor="middle">N</text></g>'
    )
