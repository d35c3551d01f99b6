"""The map of a replay as SVG: coast of the pack, encounters, ports chosen, and how many went from where to where.

Drawn on Mercator's projection, north up. Colours are those of Okabe and Ito, told apart by the colour-blind, and every
kind of mark has a shape of its own, so that a grey print says the same.

References
----------
Okabe M, Ito K (2008), Color Universal Design: set of colours for all people.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from math import sqrt
from typing import NamedTuple

import numpy as np

from api.replay.analysis.aggregate import FINE_PER_DEG, Aggregate, Single, coarse_shape
from api.replay.reports.basemap import coast_path, graticule, region_lines, scale_and_north
from api.replay.reports.locale import ReportLocale
from api.replay.reports.projection import WIDTH, MapPoint, MapProjection, position_text, projection_for
from geodata.pack import Pack
from geodata.shoreline import coast_rings

MOST_FLOWS = 100
MOST_LABELS = 16
DENSITY_CLASSES = ("#dcebf7", "#b3d3ea", "#7fb3d8", "#4a8fc2", "#1f68a3", "#0b3f70")
MARK_OF_OUTCOME = {"suitable": "enc", "unconfirmed": "unc", "none": "non", "refused": "non"}
ANSWER_OF_OUTCOME = {"unconfirmed": "legend_unconfirmed", "none": "map_no_port_fit", "refused": "map_refused"}

_MARKS = (
    '<circle id="enc" r="3.6"/><path id="unc" d="M0-5.2l4.8 8.6h-9.6z"/>'
    '<path id="non" d="M-3.6-3.6l7.2 7.2M3.6-3.6l-7.2 7.2"/>'
)
_LEAST_SHARE_FRAMED = 0.002
_LEAST_SHARE_OF_LINES = 0.05
"""A port observed that fewer of the lines lead to does not make the map smaller for all others."""

_LEAST_SHARE_DRAWN = 0.02
"""Flows thinner than this share of the thickest are left out where there are many."""


class Flow(NamedTuple):
    """How many answers led from about here to a port."""

    lon: float
    lat: float
    port: MapPoint
    answers: int


@dataclass(frozen=True, slots=True)
class SeaMap:
    """A map drawn.

    Attributes
    ----------
    svg : str
    binned : bool
        Whether encounters are shown as a density, not one by one.
    outside : int
        Encounters that are not within the frame.
    density_limits : tuple of int
        Least count of each class of density.
    flows_left_out : int
        Answers whose flow was too thin to draw.
    observed : bool
        Whether lines to other ports observed were drawn.
    observed_outside : tuple of str
        Names of ports that such lines lead to beyond the frame.
    """

    svg: str
    binned: bool
    outside: int
    density_limits: tuple[int, ...]
    flows_left_out: int
    observed: bool
    observed_outside: tuple[str, ...]


def draw_map(tally: Aggregate, pack: Pack, locale: ReportLocale) -> SeaMap:
    """Draw the map.

    Parameters
    ----------
    tally : Aggregate
    pack : Pack
        Whose coast, ports and regions are drawn.
    locale : ReportLocale
    """
    places = {row["id"]: _place(row, locale) for row in pack.tables["ports"]}  # type: ignore[attr-defined]
    chosen = {tally.ports[k]: int(n) for k, n in enumerate(tally.by_port_minute.sum(axis=1)) if n}
    # A port that one in a thousand was led to does not make the map smaller for all others.
    least = 1 if tally.singles else tally.rows * _LEAST_SHARE_FRAMED
    shown_ports = {port for port, count in chosen.items() if port in places and count >= least}
    lines = Counter(port.id for _, port in _observed_elsewhere(tally, places))
    shown_ports |= {port for port, count in lines.items() if count >= _LEAST_SHARE_OF_LINES * lines.total()}
    frame = projection_for(tally, [places[port] for port in sorted(shown_ports)])
    flows, left_out = _flows(tally, places)
    observed = sorted(
        {single.observed_port for single in tally.singles if single.observed_port in places and single.observed_port}
    )
    binned = not tally.singles and tally.rows > 0
    density, limits, shown = _density(tally, frame)
    if not binned:
        shown = sum(frame.holds(single.lon, single.lat) for single in tally.singles)
    beyond = sorted(places[port].name for port in lines if not frame.holds(places[port].lon, places[port].lat))
    parts = [
        f'<svg class="map" viewBox="0 0 {WIDTH:.0f} {frame.height:.0f}" role="img" '
        f'aria-label="{locale.say("map_label")}" xmlns="http://www.w3.org/2000/svg">',
        f'<defs><clipPath id="frame"><rect width="{WIDTH:.0f}" height="{frame.height:.0f}"/></clipPath>{_MARKS}</defs>',
        '<g clip-path="url(#frame)">',
        f'<rect class="sea" width="{WIDTH:.0f}" height="{frame.height:.0f}"/>',
        *(density if binned else ()),
        *region_lines(frame, pack),
        f'<path class="land" d="{coast_path(frame, coast_rings(pack))}"/>',
        *graticule(frame),
        *_flow_lines(frame, flows, locale),
        *(() if binned else _to_observed(tally, frame, places, locale)),
        *(() if binned else _encounters(tally, frame, places, locale)),
        *_ports(frame, places, chosen, observed, locale),
        "</g>",
        *scale_and_north(frame, locale),
        f'<rect class="rim" width="{WIDTH:.0f}" height="{frame.height:.0f}"/>',
        "</svg>",
    ]
    return SeaMap("".join(parts), binned, tally.rows - shown, limits, left_out, bool(lines), tuple(beyond))


def _place(row: dict[str, object], locale: ReportLocale) -> MapPoint:
    name = str(row[locale.of("name_en", "name_fr")])
    return MapPoint(str(row["id"]), name, float(row["landing_lon"]), float(row["landing_lat"]))  # type: ignore[arg-type]


def _flows(tally: Aggregate, places: dict[str, MapPoint]) -> tuple[list[Flow], int]:
    """Who went where, thickest last, and how many are in flows too thin to draw."""
    if tally.singles and len(tally.singles) <= MOST_FLOWS:
        single = [
            Flow(single.lon, single.lat, places[single.port], 1) for single in tally.singles if single.port in places
        ]
        return single, 0
    gathered = _gathered(tally)
    cells, ports = np.nonzero(gathered[0])
    counts = gathered[0][cells, ports]
    thickest = np.argsort(counts, kind="stable")[-MOST_FLOWS:]
    thickest = thickest[counts[thickest] >= _LEAST_SHARE_DRAWN * counts.max(initial=0)]
    flows = []
    for k in thickest:
        cell, port, count = cells[k], ports[k], int(counts[k])
        name = tally.ports[port]
        if name in places:
            lon, lat = gathered[1][cell, port] / count, gathered[2][cell, port] / count
            flows.append(Flow(float(lon), float(lat), places[name], count))
    return flows, int(counts.sum()) - sum(flow.answers for flow in flows)


def _gathered(tally: Aggregate) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts and sums of positions of cells put together two by two: thicker lines, and fewer."""
    rows, columns = coarse_shape(tally.box)
    row, column = np.divmod(np.arange(rows * columns), columns)
    whole = (row // 2) * (-(-columns // 2)) + column // 2
    put = np.zeros((3, int(whole.max()) + 1, len(tally.ports)))
    for k, part in enumerate((tally.flow, tally.flow_lon, tally.flow_lat)):
        np.add.at(put[k], whole, part)
    return put[0].astype(np.int64), put[1], put[2]


def _flow_lines(frame: MapProjection, flows: list[Flow], locale: ReportLocale) -> Iterator[str]:
    most = max((flow.answers for flow in flows), default=1)
    for flow in flows:
        x1, y1 = frame.at(flow.lon, flow.lat)
        x2, y2 = frame.at(flow.port.lon, flow.port.lat)
        width = 1.1 if most == 1 else 0.6 + 8.4 * flow.answers / most
        title = locale.say(
            "map_about", position=position_text(flow.lon, flow.lat), port=flow.port.name,
            count=locale.count(flow.answers),
        )  # fmt: skip
        yield (
            f'<line class="casing" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke-width="{width + 1.4:.1f}"/>'
            f'<line class="flow" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke-width="{width:.1f}">'
            f"<title>{title}</title></line>"
        )


def _density(tally: Aggregate, frame: MapProjection) -> tuple[list[str], tuple[int, ...], int]:
    """Squares of equal counts as one path a class, the least count of each class, and how many are in the frame."""
    west, south, _, _ = tally.box
    per = FINE_PER_DEG
    size = max(1, round(9.0 / (frame.per_deg / per)))
    first_row, last_row = _cells(frame.south - south, frame.north - south, tally.fine.shape[0])
    first_column, last_column = _cells(frame.west - west, frame.east - west, tally.fine.shape[1])
    part = tally.fine[first_row:last_row, first_column:last_column]
    rows, columns = -(-part.shape[0] // size), -(-part.shape[1] // size)
    padded = np.zeros((rows * size, columns * size), np.int64)
    padded[: part.shape[0], : part.shape[1]] = part
    counts = padded.reshape(rows, size, columns, size).sum(axis=(1, 3))
    most = int(counts.max(initial=0))
    if most == 0:
        return [], (), 0
    limits = sorted({max(1, round(most ** (k / len(DENSITY_CLASSES)))) for k in range(len(DENSITY_CLASSES))})
    paths: list[list[str]] = [[] for _ in limits]
    for row, column in zip(*np.nonzero(counts), strict=True):
        x1, y2 = frame.at(west + (first_column + column * size) / per, south + (first_row + row * size) / per)
        x2, y1 = frame.at(
            west + (first_column + (column + 1) * size) / per, south + (first_row + (row + 1) * size) / per
        )
        which = int(np.searchsorted(limits, counts[row, column], side="right")) - 1
        paths[which].append(f"M{x1:.1f} {y1:.1f}H{x2:.1f}V{y2:.1f}H{x1:.1f}z")
    colours = DENSITY_CLASSES[-len(limits) :]
    drawn = [f'<path fill="{colour}" d="{"".join(path)}"/>' for colour, path in zip(colours, paths, strict=True)]
    return drawn, tuple(limits), int(part.sum())


def _cells(low_deg: float, high_deg: float, count: int) -> tuple[int, int]:
    return max(0, int(low_deg * FINE_PER_DEG)), min(count, int(np.ceil(high_deg * FINE_PER_DEG)))


def _encounters(
    tally: Aggregate, frame: MapProjection, places: dict[str, MapPoint], locale: ReportLocale
) -> Iterator[str]:
    for single in tally.singles:
        if not frame.holds(single.lon, single.lat):
            continue
        x, y = frame.at(single.lon, single.lat)
        key = ANSWER_OF_OUTCOME.get(single.outcome)
        answer = "" if key is None else locale.plain(key)
        if single.port in places:
            answer = (
                places[single.port].name
                if single.minutes is None
                else f"{places[single.port].name}, {single.minutes:.0f} min"
            )
        mark = MARK_OF_OUTCOME[single.outcome]
        title = locale.say(
            "map_encounter", name=name_of(single, locale), answer=answer, position=position_text(single.lon, single.lat)
        )
        yield (f'<use href="#{mark}" class="{mark}" x="{x:.1f}" y="{y:.1f}"><title>{title}</title></use>')


def _observed_elsewhere(tally: Aggregate, places: dict[str, MapPoint]) -> Iterator[tuple[Single, MapPoint]]:
    """Encounters whose people were landed at another port of the register than the recommended one, and that port."""
    for single in tally.singles:
        if single.observed_port is not None and single.observed_port != single.port and single.observed_port in places:
            yield single, places[single.observed_port]


def name_of(single: Single, locale: ReportLocale) -> str:
    """What an encounter is called: its id, or the number of its row."""
    return single.name or locale.plain("row", number=single.row)


def _to_observed(
    tally: Aggregate, frame: MapProjection, places: dict[str, MapPoint], locale: ReportLocale
) -> Iterator[str]:
    """A dashed line to the port people were landed at, where that is another one."""
    for single, port in _observed_elsewhere(tally, places):
        (x1, y1), (x2, y2) = frame.at(single.lon, single.lat), frame.at(port.lon, port.lat)
        yield (
            f'<line class="observed" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}">'
            f"<title>{locale.say('map_landed', name=name_of(single, locale), port=port.name)}</title></line>"
        )


def _ports(
    frame: MapProjection, places: dict[str, MapPoint], chosen: dict[str, int], observed: list[str], locale: ReportLocale
) -> Iterator[str]:
    """Squares by number of answers, the names of the busiest, and the other ports of the register."""
    for place in places.values():
        if place.id not in chosen and frame.holds(place.lon, place.lat):
            x, y = frame.at(place.lon, place.lat)
            kind = "seen" if place.id in observed else "other"
            yield f'<rect class="{kind}" x="{x - 2.5:.1f}" y="{y - 2.5:.1f}" width="5" height="5">'
            yield f"<title>{escape(place.name)}</title></rect>"
    most = max(chosen.values(), default=1)
    busiest = sorted((port for port in chosen if port in places), key=lambda port: (-chosen[port], port))
    taken: list[tuple[float, float, float, float]] = []
    labels = []
    for port in busiest:
        place = places[port]
        x, y = frame.at(place.lon, place.lat)
        half = 3.5 + 6.5 * sqrt(chosen[port] / most)
        yield (
            f'<rect class="port" x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half:.1f}" height="{2 * half:.1f}">'
            f"<title>{locale.say('map_port', port=place.name, count=locale.count(chosen[port]))}</title></rect>"
        )
        taken.append((x - half, y - half, x + half, y + half))
    named = [*busiest[:MOST_LABELS], *(port for port in observed if port not in chosen)]
    for port in named:
        place = places[port]
        x, y = frame.at(place.lon, place.lat)
        half = 3.5 + 6.5 * sqrt(chosen.get(port, 0) / most)
        text = place.name if port not in chosen else f"{place.name} {locale.count(chosen[port])}"
        spot = _free_spot(x, y, half, 8.2 * len(text), taken, frame)
        if spot is not None:
            taken.append(spot)
            labels.append(f'<text class="name" x="{spot[0]:.1f}" y="{spot[3] - 3.5:.1f}">{escape(text)}</text>')
    yield from labels


def _free_spot(
    x: float, y: float, half: float, width: float, taken: list[tuple[float, float, float, float]], frame: MapProjection
) -> tuple[float, float, float, float] | None:
    """Room for a label beside a port that covers no other mark; None where there is none."""
    high = 15.0
    corners = (
        (x + half + 3.0, y - high / 2), (x - half - 3.0 - width, y - high / 2),
        (x - width / 2, y - half - high - 1.0), (x - width / 2, y + half + 1.0),
        (x + half + 3.0, y - high - 4.0), (x - half - 3.0 - width, y - high - 4.0),
        (x + half + 3.0, y + 4.0), (x - half - 3.0 - width, y + 4.0),
    )  # fmt: skip
    for left, top in corners:
        spot = (left, top, left + width, top + high)
        inside = left > 2.0 and top > 2.0 and spot[2] < WIDTH - 2.0 and spot[3] < frame.height - 20.0
        if inside and not any(_overlap(spot, other) for other in taken):
            return spot
    return None


def _overlap(first: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return first[0] < other[2] and other[0] < first[2] and first[1] < other[3] and other[1] < first[3]
