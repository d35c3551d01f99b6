"""What a doubt could turn: ports that might win if an input were a little different, and who wins if it is.

Judged on the shortest paths, before any way round is looked for, so that like is compared with like.
"""

import numpy as np

from engine.apply_rules import RULE_COUNT, Routes, allocate_rule_table
from engine.codes import Code, Rule
from engine.detour_search import has_blocking_finding, max_wait_saving_s
from engine.evaluate import best_of, evaluate_rows_call
from engine.kernels.jit import inlined_kernel, kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.travel_time import SpeedModel, allocate_memo, copy_travel_time, first_leg_time, no_travel_times
from engine.units import HOUR_S

MOST_CONTENDERS = 12
NEXT_IN_LINE = 3
"""Ports tried under changed inputs: those nearest to the winner in key, and those that follow a brittle winner."""

NEARLY_ENOUGH_M = 1.0
"""A shortage of water that an arrival a little later, or a little more tide, can make up."""


@inlined_kernel
def _is_brittle(inputs, found, p, spread_s):
    """Whether a tide, a sea or an arrival within its doubt may open or shut a port."""
    table = found.table
    doubt = inputs.speed_model.wave_doubt
    way_m = table.measured[p, Rule.R_RTE_02]
    way_limit_m = table.limit[p, Rule.R_RTE_02]
    entrance = table.code[p, Rule.R_NAV_03]
    depth = table.code[p, Rule.R_NAV_01]
    short_m = table.limit[p, Rule.R_NAV_01] - table.measured[p, Rule.R_NAV_01]
    hours = table.code[p, Rule.R_NAV_02]
    from_high_h = table.measured[p, Rule.R_NAV_02]
    doubt_h = (spread_s + inputs.tides.time_uncertainty_s[p]) / HOUR_S
    # Written out, because the least of a number and NaN is the number.
    before_h, after_h = inputs.columns.gate_before_h[p], inputs.columns.gate_after_h[p]
    if inputs.columns.gate_night_before_h[p] < before_h:
        before_h = inputs.columns.gate_night_before_h[p]
    if inputs.columns.gate_night_after_h[p] < after_h:
        after_h = inputs.columns.gate_night_after_h[p]
    since_h = from_high_h + before_h
    until_h = after_h - from_high_h
    to_edge_h = since_h if since_h <= until_h else until_h
    longest_h = inputs.limits.gate_wait_s / HOUR_S
    wait_s = table.wait_s[p]
    return (
        (1.0 - doubt) * way_limit_m < way_m < (1.0 + doubt) * way_limit_m
        or entrance == Code.ENTRANCE_WAVES_CAUTION
        or entrance == Code.ENTRANCE_WAVES_DANGEROUS
        or depth == Code.UKC_MARGINAL
        or ((depth == Code.DEPTH_GENERAL or depth == Code.DEPTH_INFERRED) and short_m > -inputs.limits.keel_marginal_m)
        or depth == Code.TIDE_DOUBTFUL
        or (depth == Code.DRAFT_EXCEEDED and short_m < NEARLY_ENOUGH_M)
        or hours == Code.GATE_WAIT
        or hours == Code.GATE_WAIT_GENERAL
        or depth == Code.DEPTH_DOUBTFUL
        or hours == Code.GATE_HOURS_DOUBTFUL
        or ((hours == Code.GATE_OPEN or hours == Code.GATE_HOURS_GENERAL) and to_edge_h < doubt_h)
        or (hours == Code.GATE_CLOSED and to_edge_h > -longest_h - doubt_h)
        # A late arrival that finds the way shut, or a sea beyond what is known, has no end to its range.
        or (np.isfinite(table.time_s[p]) and not np.isfinite(table.high_s[p]))
        or 0.0 < wait_s < np.inf
    )


@kernel
def contenders(inputs, found):
    """The winner, and ports that a doubt about speed, sea or tide could bring before it.

    A doubt about speed or sea moves all ports alike, so between two ports only the difference of their spreads and a
    part of them counts. A port that a small change could open or shut counts from farther off; and where that is the
    winner itself, so do those that come next.

    Parameters
    ----------
    inputs : EvaluationInputs
    found : Evaluation
        Of all ports.

    Returns
    -------
    ndarray of int64
        By index; none where no port is fit.
    """
    if found.best == NOWHERE:
        return np.empty(0, np.int64)
    gap_s = found.key_s - found.key_s[found.best]
    near = np.zeros(gap_s.shape[0], np.bool_)
    _mark_contenders(inputs, found, gap_s, near)
    ports = np.flatnonzero(near)
    if ports.shape[0] > MOST_CONTENDERS:
        nearest = np.argsort(np.abs(gap_s[ports]), kind="mergesort")[:MOST_CONTENDERS]
        ports = np.sort(ports[nearest])
    return ports


@leaf_kernel
def _mark_contenders(inputs, found, gap_s, near):
    """Mark the winner and those that may come before it, given how far they are behind it. [s]"""
    table, winner = found.table, found.best
    winner_spread_s = _spread_s(table, winner)
    for p in range(near.shape[0]):
        spread_s = _spread_s(table, p)
        wait_s = max_wait_saving_s(found, p)
        if wait_s == np.inf:
            wait_s = 0.0
        # Most ports are too far behind whatever they are like.
        if not gap_s[p] < spread_s + winner_spread_s + wait_s:
            continue
        mendable, hopeless = has_blocking_finding(found, p)
        if hopeless:
            continue
        brittle = _is_brittle(inputs, found, p, spread_s)
        if brittle:
            near[p] = True
        elif not mendable:
            near[p] = gap_s[p] < max(0.5 * abs(spread_s - winner_spread_s), 0.15 * spread_s)
    near[winner] = True
    if _is_brittle(inputs, found, winner, winner_spread_s):
        for _ in range(NEXT_IN_LINE):
            _add_next_in_line(found, near)


@inlined_kernel
def _spread_s(table, p):
    """From the early to the late end of a port's range; 0 where one is not known. [s]"""
    spread_s = table.high_s[p] - table.low_s[p]
    return spread_s if np.isfinite(spread_s) else 0.0


@leaf_kernel
def _add_next_in_line(found, near):
    """Mark the best fit port not marked yet."""
    following = NOWHERE
    for p in range(near.shape[0]):
        if near[p] or found.status[p] > 1:
            continue
        if following == NOWHERE or found.key_s[p] < found.key_s[following]:
            following = p
    if following != NOWHERE:
        near[following] = True


@kernel
def winners_of_perturbations(inputs, reach, found, ports, variants):
    """The fit port that comes first under each change.

    Parameters
    ----------
    inputs : EvaluationInputs
    reach : Reach
    found : Evaluation
        Of all ports, on the shortest paths.
    ports : ndarray of int64, shape (n,)
        The contenders.
    variants : ndarray of float64, shape (v, 4)
        Factor on speed, factor on waves, metres added to the tide, and by how much of its doubt the stream is wrong;
        ones and zeros for no change.

    Returns
    -------
    ndarray of int64, shape (v,)
        Port, or `NOWHERE`.
    """
    winners = np.full(variants.shape[0], NOWHERE)
    count = ports.shape[0]
    table = allocate_rule_table(count)
    travel_times = no_travel_times(reach.distance_m.shape[0])
    ways = Routes(reach.distance_m, reach.touched, reach.poor, travel_times)
    memo = allocate_memo(inputs.depth_class.corners.vertex.shape[0], count)
    _fill_winners(
        inputs, reach, found, ports, np.arange(count), variants, ways, memo, table,
        np.empty((count, RULE_COUNT), np.int8), np.empty(count, np.int8), np.empty((3, count)), winners,
    )  # fmt: skip
    return winners


@leaf_kernel
def _fill_winners(
    inputs, reach, found, ports, rows, variants, ways, memo, table, weight, status, figures_s, winners
):  # fmt: skip
    """Enter who comes first under each change; what is given besides is room to find out."""
    penalty_s, plain_key_s, key_s = figures_s[0], figures_s[1], figures_s[2]
    speed_model = inputs.speed_model
    for v in range(variants.shape[0]):
        speed, waves, tide_m, stream = variants[v, 0], variants[v, 1], variants[v, 2], variants[v, 3]
        changed = SpeedModel(
            speed * speed_model.full_speed_ms,
            speed * speed_model.cap_ms,
            speed_model.table_hs_m,
            speed_model.table_share,
            speed_model.beam_loss,
            speed_model.following_loss,
            speed_model.wind_drift,
            speed_model.max_hs_m,
            # Whoever comes first comes first by time alone: no ranges are asked for.
            0.0,
            0.0,
            waves,
            stream,
        )
        taken = found.closely[:0]
        if speed == 1.0 and waves == 1.0 and stream == 0.0:
            # Another tide changes no clock at the entrance: those run closely already stand.
            taken = found.closely
            for p in ports:
                copy_travel_time(found.ways.travel_times, ways.travel_times, p)
        memo.place[:] = 0
        memo.used[0] = 0
        joining = first_leg_time(reach, inputs.forecast, changed, inputs.figures.depart_s)
        evaluate_rows_call(
            inputs, reach, taken, changed, tide_m, joining, memo, ports, rows, 0.0, ways, table, weight, status,
            penalty_s, plain_key_s, key_s,
        )  # fmt: skip
        best = best_of(rows, status, key_s, NOWHERE)
        if best != NOWHERE:
            winners[v] = ports[best]
