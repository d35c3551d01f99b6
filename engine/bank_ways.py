"""Ways over banks that the tide covers.

Routes keep off every bank that is too shallow for a vessel at lowest tide: what she can reach, and how soon, is found
in her own depth class. In a shallower class fewer banks are walls, so its ways are no longer. Where one of these is
shorter by as much as is worth it, and over each bank on it there is water enough when she passes, it is taken. What is
found of a port does not depend on other ports, so the ports concerned are judged in the shallower class, and what was
found of them takes the place of what was found on the way round. All else stays as it was, to the last bit.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf, isnan, nan
from typing import Any, NamedTuple, Protocol

import numpy as np

from engine.apply_rules import Routes, RuleTable
from engine.bank_screen import latest_passing_s, open_banks_of, ports_worth_a_look
from engine.bank_tides import (
    bank_tides_of,
    crossings_of,
    passing_of,
)
from engine.codes import Rule, Status
from engine.evaluate import SHOWN
from engine.evaluate_encounters import Found
from engine.evaluation import Evaluation
from engine.kernels.forecast import waves_at
from engine.kernels.mesh import NOWHERE
from engine.kernels.plane import from_plane, to_plane
from engine.kernels.port_travel_times import TravelTimes
from engine.kernels.reach import Reach, reach_ports, track_on_plane
from engine.kernels.tides import heights_at
from engine.kernels.travel_time import TravelTime, travel_time_along_track
from engine.model import DepthClassSource
from engine.request_context import RequestContext
from engine.rules.depth_and_tide import depth_needed
from engine.rules.passage import banks_with_tide
from engine.units import HOUR_S, MINUTE_S
from engine.ways import BankClosed, BankWay

OPENS_WITHIN_S = 6.0 * HOUR_S
"""[A] An answer says when a bank that is gone round opens if it does so within this time. [s]"""

_TRIED_EVERY_S = 10.0 * MINUTE_S
"""Departures that are tried for that. [s]"""

_SAMPLES = 7
"""Moments between the earliest and the latest time on a bank at which water is looked at, when to wait is tried."""

# numpy compares with a plain integer thirty times faster than with a member of an IntEnum.
_CAUTION, _EXCLUDED = int(Status.CAUTION), int(Status.EXCLUDED)


class Sea(Protocol):
    """The position of a request, in any depth class."""

    def look_in(self, source: DepthClassSource, ports: list[int]) -> Found:
        """What is found of some ports, on the shortest paths of that class; and of others that may be the best."""


@dataclass(frozen=True, slots=True, eq=False)
class BankSearch:
    """What was found over banks.

    Attributes
    ----------
    reach : Reach
        With the lengths of the ways taken.
    evaluation : Evaluation
    order : ndarray of int64
    ways : dict of BankWay
        By port, those taken.
    closed : BankClosed or None
        The shortest way over banks to the first port, where it is worth it and has not water enough.
    """

    reach: Reach
    evaluation: Evaluation
    order: np.ndarray
    ways: dict[int, BankWay] = field(default_factory=dict)
    closed: BankClosed | None = None


class _Judged(NamedTuple):
    """A way over banks, and what was found of its port on it."""

    way: BankWay
    found: Found


def search_over_banks(
    context: RequestContext,
    position: tuple[float, float],
    found: BankSearch,
    sea: Sea,
    names_round: bool,
) -> BankSearch:
    """Take ways over banks where those are shorter and have water enough.

    Parameters
    ----------
    context : RequestContext
    position : tuple of float
        Longitude and latitude. [deg]
    found : BankSearch
        On the ways that keep off the banks.
    sea : Sea
    names_round : bool
        Look also at the way to the first port over banks that have not water enough now.

    Returns
    -------
    BankSearch
        The same object where no such way is taken or named.
    """
    banks = open_banks_of(context)
    if banks is None:
        return found
    first = int(found.order[0])
    left, names = ports_worth_a_look(context, banks, position, found.reach.distance_m, found.evaluation, first)
    if names and names_round and first not in left:
        left.append(first)
    if not left:
        return found
    reach = found.reach
    judged: dict[int, _Judged] = {}
    closed: BankClosed | None = None
    measured: Reach | None = None
    for source in banks.classes:
        if not left:
            break
        seen = sea.look_in(source, left)
        looked = set(seen.evaluation.by_bound[: seen.evaluation.looked].tolist())
        # What is out of range in this class is in a deeper one.
        ports, left = [port for port in left if port in looked], []
        for port in ports:
            round_m = float(reach.distance_m[port])
            if round_m == inf:
                # In a patch only ports whose turn it was have been measured.
                measured = measured or reach_ports(context.world.water, context.depth_class, *position)
                round_m = float(measured.distance_m[port])
            passage = _passage_of(context, source, seen, port, round_m)
            if passage is None:
                continue
            if all(passing.is_open for passing in passage.way.passings):
                judged[port] = _Judged(passage.way, seen)
                continue
            left.append(port)
            if port == first and closed is None:
                closed = _closed_of(context, seen, port, passage)
    taken = _taken(context, found, judged)
    merged = _merged(context, found, taken) if taken else found
    if closed is not None and first == int(merged.order[0]) and first not in merged.ways:
        return replace(merged, closed=closed)
    return merged


class _Passage(NamedTuple):
    """A way over banks; earliest and latest time on each, shape (c, 2). [epoch s]"""

    way: BankWay
    times_s: np.ndarray


def _passage_of(
    context: RequestContext, source: DepthClassSource, found: Found, port: int, round_m: float
) -> _Passage | None:
    """The shortest way to a port in a shallower class, where it leads over banks and is worth it."""
    reach, world = found.reach, context.world
    length_m = float(reach.distance_m[port])
    if not length_m <= (1.0 - context.inputs.limits.detour_worth_share) * round_m:
        return None
    # Whoever is inside a harbour goes as the register says.
    if reach.entered_at[port] != NOWHERE or reach.via[port] == NOWHERE:
        return None
    mesh, least_m = world.water.mesh, bank_tides_of(world).least_depth_m
    origin = (mesh.origin_lon_deg, mesh.origin_lat_deg)
    # From a bank that is a wall in this class too the way to this port may leave elsewhere.
    out = reach.path if (reach.joined[port] == reach.path[-1]).all() else reach.path[:1]
    on_mesh = track_on_plane(world.water, source.tables, reach, port)
    plane = np.array([*(to_plane(lon, lat, *origin) for lon, lat in out), *on_mesh])
    plane = plane[np.r_[True, (np.diff(plane, axis=0) != 0.0).any(axis=1)]]
    walls = np.flatnonzero((least_m >= source.needed_depth_m) & (least_m < context.depth_class.needed_depth_m))
    crossings = crossings_of(plane, world, walls)
    if not crossings:
        return None
    track = np.array([from_plane(x, y, *origin) for x, y in plane])
    track[0] = reach.path[0]
    latest_s = context.ask.at_s + float(latest_passing_s(length_m, context))
    passings, times_s = [], []
    for crossing in crossings:
        start, end = (_clock_at(context, plane, track, place, origin) for place in (crossing.start, crossing.end))
        from_s, to_s = context.ask.at_s + start.travel_time.early_s, context.ask.at_s + end.travel_time.late_s
        to_s = to_s if to_s <= latest_s else nan
        passings.append(passing_of(context.world, crossing.bank, from_s, to_s, _needed_m(context, start, end)))
        times_s.append((from_s, to_s))
    return _Passage(BankWay(track, length_m, round_m, tuple(passings)), np.array(times_s))


class _Clock(NamedTuple):
    """Where a vessel is on a track, and when."""

    lon: float
    lat: float
    travel_time: TravelTime


def _clock_at(
    context: RequestContext, plane: np.ndarray, track: np.ndarray, place: tuple[int, float], origin: tuple[float, float]
) -> _Clock:
    """The clock at a place of a track: number of a leg, and the share of it that lies behind."""
    leg, share = place
    lon, lat = from_plane(*(plane[leg] + share * (plane[leg + 1] - plane[leg])), *origin)
    so_far = np.vstack((track[: leg + 1], (lon, lat)))
    return _Clock(lon, lat, travel_time_along_track(context.passage, so_far))


def _needed_m(context: RequestContext, start: _Clock, end: _Clock) -> float:
    """Water she needs over a bank: draught, keel margin, and a share of the sea where a forecast knows it. [m]"""
    limits, highest_m = context.inputs.limits, 0.0
    for place in (start, end):
        time_s = place.travel_time.time_s
        if time_s < inf:
            hs_m = waves_at(context.inputs.forecast, place.lon, place.lat, context.ask.at_s + time_s)[0]
            highest_m = max(highest_m, 0.0 if isnan(hs_m) else hs_m)
    allowance_m = limits.keel_wave_share * highest_m
    return float(
        depth_needed(context.ask.vessel.draught_m, limits.keel_margin_m, limits.keel_margin_share, allowance_m)
    )


def _closed_of(context: RequestContext, found: Found, port: int, passage: _Passage) -> BankClosed:
    """A way that has not water enough, and when it has: the same passage, begun so much later."""
    shut = tuple(dict.fromkeys(passing.bank for passing in passage.way.passings if not passing.is_open))
    waits_s = np.arange(0.0, OPENS_WITHIN_S + 1.0, _TRIED_EVERY_S)
    is_open = np.ones(len(waits_s), np.bool_)
    over, tides = bank_tides_of(context.world), context.world.tides
    for passing, (from_s, to_s) in zip(passage.way.passings, passage.times_s, strict=True):
        # So written that a passage of unknown time stays closed.
        samples = np.linspace(from_s, to_s, _SAMPLES)
        height_m = heights_at(tides, passing.tide_port, (waits_s[:, None] + samples).ravel()).reshape(-1, _SAMPLES)
        depth_m = over.least_depth_m[passing.bank] + height_m.min(axis=1) - over.doubt_m[passing.bank]
        is_open &= depth_m >= passing.needed_m
    wait_s = float(waits_s[is_open.argmax()]) if is_open.any() else nan
    first = next(place for place, passing in enumerate(passage.way.passings) if not passing.is_open)
    opens_s = float(passage.times_s[first].mean()) + wait_s
    return BankClosed(shut, passage.way.length_m, float(found.evaluation.table.time_s[port]), wait_s, opens_s)


def _taken(context: RequestContext, found: BankSearch, judged: dict[int, _Judged]) -> dict[int, _Judged]:
    """Ways that are better than those round the banks, to ports that bear on the answer."""
    before = found.evaluation
    taken = {
        port: way for port, way in judged.items()
        if not before.is_settled[port] or _sort_key(way.found.evaluation, port) < _sort_key(before, port)
    }  # fmt: skip
    # A port that did not bear on the answer does now if it comes among the first few, or nearer than the best one.
    while idle := [
        port for port in taken if not before.is_settled[port] and not _bears_on(_merged(context, found, taken), port)
    ]:
        taken = {port: way for port, way in taken.items() if port not in idle}
    return taken


def _sort_key(evaluation: Evaluation, port: int) -> tuple[int, float]:
    """What ports are put in order by: their kind, and their key; what is not known comes last."""
    key_s = float(evaluation.key_s[port])
    return max(int(evaluation.status[port]), _CAUTION), inf if isnan(key_s) else key_s


def _bears_on(merged: BankSearch, port: int) -> bool:
    """Whether a port is among the first few, or nearer than the best one."""
    evaluation = merged.evaluation
    settled = merged.order[evaluation.is_settled[merged.order]]
    if port in settled[:SHOWN] and evaluation.status[port] < _EXCLUDED:
        return True
    best = evaluation.best
    return best != NOWHERE and bool(
        evaluation.plain_key_s[port] < evaluation.plain_key_s[best]
        or evaluation.table.time_s[port] < evaluation.table.time_s[best]
    )


def _merged(context: RequestContext, found: BankSearch, taken: dict[int, _Judged]) -> BankSearch:
    """What was found of ports on ways over banks in the place of what was found on the ways round."""
    before, ports = found.evaluation, sorted(taken)

    def with_taken(columns: tuple[Any, ...], of: Callable[[Evaluation], tuple[Any, ...]]) -> list[np.ndarray]:
        made = [column.copy() for column in columns]
        for port in ports:
            for column, values in zip(made, of(taken[port].found.evaluation), strict=True):
                column[port] = values[port]
        return made

    def of_evaluation(name: str) -> np.ndarray:
        made = with_taken((getattr(before, name),), lambda evaluation: (getattr(evaluation, name),))
        return np.asarray(made[0])

    table = RuleTable(*with_taken(before.table, lambda evaluation: evaluation.table))
    travel_times = with_taken(before.ways.travel_times, lambda evaluation: evaluation.ways.travel_times)
    ways = with_taken(before.ways[:3], lambda evaluation: evaluation.ways[:3])
    weight, key_s, status, bound_s = (of_evaluation(name) for name in ("weight", "key_s", "status", "bound_s"))
    distance_m, is_settled, closely = found.reach.distance_m.copy(), before.is_settled.copy(), before.closely.copy()
    rule = int(Rule.R_NAV_06)
    for port in ports:
        way = taken[port].way
        least = min(way.passings, key=lambda passing: passing.depth_m - passing.needed_m)
        finding = banks_with_tide(least.depth_m, least.needed_m)
        table.code[port, rule], table.verdict[port, rule] = int(finding.code), int(finding.verdict)
        table.measured[port, rule], table.limit[port, rule] = finding.measured, finding.limit
        weight[port, rule] = context.inputs.weight_of_code[int(finding.code)]
        distance_m[port], is_settled[port], closely[port] = way.length_m, True, True
    best = before.best
    for port in ports:
        if status[port] <= _CAUTION and (best == NOWHERE or (key_s[port], port) < (key_s[best], best)):
            best = port
    opened, next_bound_s = before.opened, before.next_bound_s
    if best != NOWHERE and next_bound_s < inf:
        # Every port whose bound is below the one that closed the search has been measured. Of the others that one stays
        # a bound, even where it was that of a port that is nearer now.
        opened = max(int(np.count_nonzero(bound_s < key_s[best])), 1)
        next_bound_s = float(np.min(bound_s, where=bound_s >= key_s[best], initial=next_bound_s))
    evaluation = before._replace(
        ways=Routes(ways[0], ways[1], ways[2], TravelTimes(*travel_times)), closely=closely, table=table, weight=weight,
        plain_key_s=of_evaluation("plain_key_s"), key_s=key_s, penalty_s=of_evaluation("penalty_s"), status=status,
        bound_s=bound_s, is_settled=is_settled, opened=opened, best=best, next_bound_s=next_bound_s,
    )  # fmt: skip
    order = found.order
    for port in ports:
        order = _put_in_order(evaluation, order[order != port], port)
    return BankSearch(
        found.reach._replace(distance_m=distance_m), evaluation, order, {port: taken[port].way for port in ports}
    )


def _put_in_order(evaluation: Evaluation, order: np.ndarray, port: int) -> np.ndarray:
    """Put a port into the order of others, as `engine.rank.order_of` would. Its key is known."""
    place = 0
    while place < len(order) and (*_sort_key(evaluation, int(order[place])), int(order[place])) < (
        *_sort_key(evaluation, port), port
    ):  # fmt: skip
        place += 1
    return np.insert(order, place, port)
