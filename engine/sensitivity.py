"""What would turn the answer: the position, the vessel's speed, the waves, the tide."""

from math import cos, degrees, radians, sin

import numpy as np

from engine.case import (
    Case,
    Found,
    care_delay_s,
    figures_of,
    first_look,
    inside_state,
    listed,
    ranks_by_care,
    weights_of,
)
from engine.errors import PositionRefused
from engine.judge import Table
from engine.kernels.geodesy import EQUATORIAL_RADIUS_M
from engine.kernels.passage import says_nothing
from engine.opening import MENDED_BY_ANOTHER_ARRIVAL, opened
from engine.sea_route import reach_from
from engine.units import HOUR_S
from engine.variants import BY_CARE, BY_DISTANCE, BY_TIME, winners_of_variants
from engine.vocab import Code, Rule, Verdict, Weight

_UNCERTAINTY_POINTS = 8

MOST_CONTENDERS = 12
NEXT_IN_LINE = 3
"""Ports tried under changed inputs: those nearest to the winner in key, and those that follow a brittle winner."""

_ENTRANCE_IN_DOUBT = (int(Code.ENTRANCE_WAVES_CAUTION), int(Code.ENTRANCE_WAVES_DANGEROUS))
_DEPTH_IN_DOUBT = (int(Code.UKC_MARGINAL), int(Code.TIDE_DOUBTFUL))
_HOURS_IN_DOUBT = (int(Code.GATE_WAIT), int(Code.GATE_HOURS_DOUBTFUL))

NEARLY_ENOUGH_M = 1.0
"""A shortage of water that an arrival a little later, or a little more tide, can make up."""


def winners_nearby(case: Case, found: Found) -> tuple[int, ...]:
    """Other ports that would win somewhere on the circle the position is good to."""
    ask = case.ask
    if not ask.position_accuracy_m > 0.0:
        return ()
    others: list[int] = []
    radius_deg = degrees(ask.position_accuracy_m / EQUATORIAL_RADIUS_M)
    for k in range(_UNCERTAINTY_POINTS):
        angle = radians(360.0 / _UNCERTAINTY_POINTS * k)
        lat = ask.lat + radius_deg * cos(angle)
        lon = ask.lon + radius_deg * sin(angle) / cos(radians(ask.lat))
        try:
            reach = reach_from(case.world, case.depth_class, lon, lat)
        except PositionRefused:
            # That part of the circle is land or off the map; nobody is there.
            continue
        winner = opened(case, first_look(case, reach))[0].winner
        if winner is not None and winner != found.winner and winner not in others:
            others.append(winner)
    return tuple(others)


def turning_inputs(case: Case, found: Found) -> tuple[str, ...]:
    """Inputs whose stated uncertainty, taken alone, is enough to make another port the answer.

    Judged on the shortest paths, before any way round is looked for, so that like is compared with like.
    """
    ports = _contenders(case, found)
    if len(ports) < 2:
        return ()
    world, policy = case.world, case.ask.policy
    names, variants = _variants(case)
    key = BY_CARE if ranks_by_care(case) else BY_DISTANCE if policy.key == "distance" else BY_TIME
    winners = winners_of_variants(
        world.water, case.depth_class, found.ways.reach, world.forecast, case.motion, figures_of(case), policy.limits,
        world.columns, world.live, world.tides, listed(policy, world),
        inside_state(world, case.coordination.srr, case.coordination.band), *weights_of(policy, case.ask.medical),
        care_delay_s(policy, world), key, ports, variants,
    )  # fmt: skip
    return tuple(dict.fromkeys(name for name, winner in zip(names, winners[1:], strict=True) if winner != winners[0]))


def _variants(case: Case) -> tuple[list[str], np.ndarray]:
    """Names of the inputs changed, and the changes; the first row is none, and has no name."""
    limits = case.ask.policy.limits
    changes = [("speed", (factor, 1.0, 0.0)) for factor in _both_ways(limits.speed_uncertainty_share)]
    if not says_nothing(case.world.forecast):
        changes += [("waves", (1.0, factor, 0.0)) for factor in _both_ways(limits.wave_uncertainty_share)]
    doubts_m = case.world.tides.height_uncertainty_m
    if not np.isnan(doubts_m).all():
        typical_m = float(np.nanmedian(doubts_m))
        changes += [("tide", (1.0, 1.0, -typical_m)), ("tide", (1.0, 1.0, typical_m))]
    return [name for name, _ in changes], np.array([(1.0, 1.0, 0.0), *(figures for _, figures in changes)])


def _both_ways(share: float) -> tuple[float, float]:
    return 1.0 - share, 1.0 + share


def _contenders(case: Case, found: Found) -> np.ndarray:
    """The winner, and ports that a doubt about speed, sea or tide could bring before it.

    A doubt about speed or sea moves all ports alike, so between two ports only the difference of their spreads and a
    part of them counts. A port that a small change could open or shut counts from farther off; and where that is the
    winner itself, so do those that come next.
    """
    if found.winner is None:
        return np.empty(0, np.int64)
    table, winner = found.table, found.winner
    against = (table.verdict == int(Verdict.FAIL)) | (table.verdict == int(Verdict.UNKNOWN))
    against &= found.weight == int(Weight.HARD)
    shut = against[:, MENDED_BY_ANOTHER_ARRIVAL].any(axis=1)
    against[:, MENDED_BY_ANOTHER_ARRIVAL] = False
    known = np.isfinite(table.low_s) & np.isfinite(table.high_s)
    spread_s = np.subtract(table.high_s, table.low_s, out=np.zeros(len(known)), where=known)
    wait_s = np.where(np.isfinite(table.wait_s), table.wait_s, 0.0)
    brittle = _brittle(case, table, spread_s)
    possible = ~against.any(axis=1) & (~shut | brittle)
    narrow_s = np.maximum(0.5 * np.abs(spread_s - spread_s[winner]), 0.15 * spread_s)
    gap_s = found.key_s - found.key_s[winner]
    near = possible & (gap_s < np.where(brittle, spread_s + spread_s[winner] + wait_s, narrow_s))
    if brittle[winner]:
        near[found.order[: 1 + NEXT_IN_LINE]] = True
    ports = np.flatnonzero(near)
    return np.sort(ports[np.argsort(np.abs(gap_s[ports]), kind="stable")][:MOST_CONTENDERS])


def _brittle(case: Case, table: Table, spread_s: np.ndarray) -> np.ndarray:
    """Ports that a tide, a sea or an arrival within its doubt may open or shut."""
    doubt = case.motion.wave_doubt
    way_m, way_limit_m = table.measured[:, Rule.R_RTE_02], table.limit[:, Rule.R_RTE_02]
    sea = (way_m > (1.0 - doubt) * way_limit_m) & (way_m < (1.0 + doubt) * way_limit_m)
    entrance = np.isin(table.code[:, Rule.R_NAV_03], _ENTRANCE_IN_DOUBT)
    depth = np.isin(table.code[:, Rule.R_NAV_01], _DEPTH_IN_DOUBT)
    hours = np.isin(table.code[:, Rule.R_NAV_02], _HOURS_IN_DOUBT)
    short_m = table.limit[:, Rule.R_NAV_01] - table.measured[:, Rule.R_NAV_01]
    depth |= (table.code[:, Rule.R_NAV_01] == int(Code.DRAFT_EXCEEDED)) & (short_m < NEARLY_ENOUGH_M)
    from_high_h, before_h = table.measured[:, Rule.R_NAV_02], case.world.columns.gate_before_h
    to_edge_h = np.minimum(from_high_h + before_h, table.limit[:, Rule.R_NAV_02] - from_high_h)
    doubt_h = (spread_s + case.world.tides.time_uncertainty_s) / HOUR_S
    edge = (table.code[:, Rule.R_NAV_02] == int(Code.GATE_OPEN)) & (to_edge_h < doubt_h)
    longest_h = case.ask.policy.limits.gate_wait_s / HOUR_S
    edge |= (table.code[:, Rule.R_NAV_02] == int(Code.GATE_CLOSED)) & (to_edge_h > -longest_h - doubt_h)
    # A late arrival that finds the way shut, or a sea beyond what is known, has no end to its range.
    endless = np.isfinite(table.time_s) & ~np.isfinite(table.high_s)
    return np.asarray(
        sea | entrance | depth | hours | edge | endless | ((table.wait_s > 0.0) & (table.wait_s < np.inf))
    )
