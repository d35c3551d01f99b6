"""What would turn the answer: the position, the vessel's speed, the waves, the tide."""

from collections.abc import Iterator
from dataclasses import replace
from math import cos, degrees, radians, sin

import numpy as np

from engine.case import Case, Found, Ways, clocks, first_look, judged, looked_at_closely
from engine.errors import PositionRefused
from engine.judge import Table
from engine.kernels.geodesy import EQUATORIAL_RADIUS_M
from engine.kernels.passage import says_nothing
from engine.opening import MENDED_BY_ANOTHER_ARRIVAL, opened
from engine.sea_route import reach_from
from engine.vocab import Code, Rule, Verdict, Weight

_UNCERTAINTY_POINTS = 8


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
    shortest = looked_at_closely(case, replace(found.ways, detours={}), ports)
    base = judged(case, shortest, ports).winner
    turned: list[str] = []
    for name, changed in _changes(case):
        if name in turned:
            continue
        ways = shortest if changed.motion is case.motion else _anew(changed, shortest, ports)
        if judged(changed, ways, ports).winner != base:
            turned.append(name)
    return tuple(turned)


def _anew(case: Case, ways: Ways, ports: np.ndarray) -> Ways:
    """Clocks of a changed vessel or sea."""
    return replace(ways, passages=clocks(case, ways.reach, ports, 0.0))


def _contenders(case: Case, found: Found) -> np.ndarray:
    """The winner, and ports that a doubt about speed, sea or tide could bring before it.

    A doubt about speed or sea moves all ports alike, so between two fit ports only the difference of their spreads
    and a part of them counts. A port that tide or sea only just shut counts as soon as it is nearer, and every port
    does when the winner itself is only just open.
    """
    if found.winner is None:
        return np.empty(0, np.int64)
    table, winner = found.table, found.winner
    against = (table.verdict == int(Verdict.FAIL)) | (table.verdict == int(Verdict.UNKNOWN))
    against &= found.weight == int(Weight.HARD)
    shut = against[:, MENDED_BY_ANOTHER_ARRIVAL].any(axis=1)
    against[:, MENDED_BY_ANOTHER_ARRIVAL] = False
    possible = ~against.any(axis=1) & (~shut | _only_just_shut(case, table))
    known = np.isfinite(table.low_s) & np.isfinite(table.high_s)
    spread_s = np.subtract(table.high_s, table.low_s, out=np.zeros(len(known)), where=known)
    slack_s = np.maximum(0.5 * np.abs(spread_s - spread_s[winner]), 0.15 * spread_s)
    slack_s = np.where(shut | (table.wait_s > 0.0), spread_s, slack_s)
    near = possible & (found.key_s - found.key_s[winner] < slack_s)
    if _only_just_open(case, table, winner):
        near |= possible & (np.arange(len(possible)) == found.order[min(1, len(found.order) - 1)])
    return np.flatnonzero(near)


def _only_just_shut(case: Case, table: Table) -> np.ndarray:
    """Ports where a sea, or a doubtful tide, within its doubt, makes the difference."""
    most = 1.0 + case.motion.wave_doubt
    sea = table.code[:, Rule.R_RTE_02] == int(Code.SEA_LIMIT_EXCEEDED)
    sea &= table.measured[:, Rule.R_RTE_02] < most * table.limit[:, Rule.R_RTE_02]
    waves = table.code[:, Rule.R_NAV_03] == int(Code.ENTRANCE_WAVES_DANGEROUS)
    waves &= table.measured[:, Rule.R_NAV_03] < most * table.limit[:, Rule.R_NAV_03]
    depth = table.code[:, Rule.R_NAV_01] == int(Code.TIDE_DOUBTFUL)
    hours = table.code[:, Rule.R_NAV_02] == int(Code.GATE_HOURS_DOUBTFUL)
    return np.asarray(sea | waves | depth | hours)


def _only_just_open(case: Case, table: Table, port: int) -> bool:
    """Whether a tide or a sea within its doubt may shut a port."""
    if table.wait_s[port] != 0.0 or table.code[port, Rule.R_NAV_01] == Code.UKC_MARGINAL:
        return True
    most = 1.0 + case.motion.wave_doubt
    return bool(
        most * table.measured[port, Rule.R_RTE_02] > table.limit[port, Rule.R_RTE_02]
        or table.code[port, Rule.R_NAV_03] == Code.ENTRANCE_WAVES_CAUTION
    )


def _changes(case: Case) -> Iterator[tuple[str, Case]]:
    """The case with one input moved to either end of its uncertainty."""
    limits, motion = case.ask.policy.limits, case.motion
    for sign in (-1.0, 1.0):
        factor = 1.0 + sign * limits.speed_uncertainty_share
        yield (
            "speed",
            replace(
                case, motion=motion._replace(full_speed_ms=factor * motion.full_speed_ms, cap_ms=factor * motion.cap_ms)
            ),
        )
    if not says_nothing(case.world.forecast):
        for sign in (-1.0, 1.0):
            yield "waves", replace(case, motion=motion._replace(wave_factor=1.0 + sign * limits.wave_uncertainty_share))
    doubts_m = case.world.tides.height_uncertainty_m
    if not np.isnan(doubts_m).all():
        for sign in (-1.0, 1.0):
            yield "tide", replace(case, tide_bias_m=sign * float(np.nanmedian(doubts_m)))
