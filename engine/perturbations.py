"""What a doubt could turn: ports that might win if an input were a little different, and who wins if it is.

Judged on the shortest paths, before any way round is looked for, so that like is compared with like.
"""

import numpy as np

from engine.codes import Code, Rule, Status
from engine.detour_search import has_blocking_finding, max_wait_saving_s
from engine.evaluate import best_of, evaluate_some, passage_of
from engine.evaluation import EncounterInputs
from engine.kernels.jit import inlined_leaf_kernel, kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.port_travel_times import begin_memo, copy_travel_time
from engine.kernels.speed import SpeedModel
from engine.units import HOUR_S

MOST_CONTENDERS = 12
NEXT_IN_LINE = 3
"""Ports tried under changed inputs: those nearest to the winner in key, and those that follow a brittle winner."""

NEARLY_ENOUGH_M = 1.0
"""A shortage of water that an arrival a little later, or a little more tide, can make up."""


@inlined_leaf_kernel
def _is_brittle(inputs, encounter, found, p, spread_s):
    """Whether a tide, a sea or an arrival within its doubt may open or shut a port."""
    table = found.table
    doubt = encounter.speed_model.wave_doubt
    way_m = table.measured[p, Rule.R_RTE_02]
    way_limit_m = table.limit[p, Rule.R_RTE_02]
    entrance = table.code[p, Rule.R_NAV_03]
    depth = table.code[p, Rule.R_NAV_01]
    short_m = table.limit[p, Rule.R_NAV_01] - table.measured[p, Rule.R_NAV_01]
    hours = table.code[p, Rule.R_NAV_02]
    from_high_h = table.measured[p, Rule.R_NAV_02]
    doubt_h = (spread_s + inputs.tides.time_uncertainty_s[p]) / HOUR_S
    # Written out, because the least of a number and NaN is the number.
    before_h, after_h = inputs.port_figures.gate_before_h[p], inputs.port_figures.gate_after_h[p]
    if inputs.port_figures.gate_night_before_h[p] < before_h:
        before_h = inputs.port_figures.gate_night_before_h[p]
    if inputs.port_figures.gate_night_after_h[p] < after_h:
        after_h = inputs.port_figures.gate_night_after_h[p]
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
def contenders(inputs, encounter, found):
    """The winner, and settled ports that a doubt about speed, sea or tide could bring before it.

    A doubt about speed or sea moves all ports alike, so between two ports only the difference of their spreads and a
    part of them counts. A port that a small change could open or shut counts from farther off; and where that is the
    winner itself, so do those that come next.

    Parameters
    ----------
    inputs : EvaluationInputs
    encounter : EncounterInputs
    found : Evaluation

    Returns
    -------
    ndarray of int64
        By number; none where no port is fit.
    """
    if found.best == NOWHERE:
        return np.empty(0, np.int64)
    near = np.zeros(found.status.shape[0], np.bool_)
    _mark_contenders(inputs, encounter, found, near)
    ports = np.flatnonzero(near)
    if ports.shape[0] > MOST_CONTENDERS:
        gap_s = found.key_s - found.key_s[found.best]
        nearest = np.argsort(np.abs(gap_s[ports]), kind="mergesort")[:MOST_CONTENDERS]
        ports = np.sort(ports[nearest])
    return ports


@leaf_kernel
def _mark_contenders(inputs, encounter, found, near):
    """Mark the winner and those that may come before it."""
    table, winner = found.table, found.best
    winner_spread_s = _spread_s(table, winner)
    for p in range(near.shape[0]):
        if not found.is_settled[p]:
            continue
        spread_s = _spread_s(table, p)
        wait_s = max_wait_saving_s(found, p)
        if wait_s == np.inf:
            wait_s = 0.0
        gap_s = found.key_s[p] - found.key_s[winner]
        # Most ports are too far behind whatever they are like.
        if not gap_s < spread_s + winner_spread_s + wait_s:
            continue
        mendable, hopeless = has_blocking_finding(found, p)
        if hopeless:
            continue
        brittle = _is_brittle(inputs, encounter, found, p, spread_s)
        if brittle:
            near[p] = True
        elif not mendable:
            near[p] = gap_s < max(0.5 * abs(spread_s - winner_spread_s), 0.15 * spread_s)
    near[winner] = True
    if _is_brittle(inputs, encounter, found, winner, winner_spread_s):
        for _ in range(NEXT_IN_LINE):
            _add_next_in_line(found, near)


@inlined_leaf_kernel
def _spread_s(table, p):
    """From the early to the late end of a port's range; 0 where one is not known. [s]"""
    spread_s = table.high_s[p] - table.low_s[p]
    return spread_s if np.isfinite(spread_s) else 0.0


@leaf_kernel
def _add_next_in_line(found, near):
    """Mark the best fit port not marked yet."""
    following = NOWHERE
    for p in range(near.shape[0]):
        if near[p] or not found.is_settled[p] or found.status[p] > Status.CAUTION:
            continue
        if following == NOWHERE or found.key_s[p] < found.key_s[following]:
            following = p
    if following != NOWHERE:
        near[following] = True


@leaf_kernel
def winner_under(inputs, encounter, reach, found, ports, variant, memo, tried):
    """The fit port that comes first under a change, or `NOWHERE`.

    Parameters
    ----------
    inputs : EvaluationInputs
    encounter : EncounterInputs
    reach : Reach
    found : Evaluation
        On the shortest paths.
    ports : ndarray of int64, shape (n,)
        The contenders.
    variant : ndarray of float64, shape (4,)
        Factor on speed, factor on waves, metres added to the tide, and by how much of its doubt the stream is wrong;
        ones and zeros for no change.
    memo : TravelTimeMemo
        Scratch.
    tried : Evaluation
        Scratch.
    """
    speed_model = encounter.speed_model
    speed, waves, tide_m, stream = variant[0], variant[1], variant[2], variant[3]
    changed = SpeedModel(
        full_speed_ms=speed * speed_model.full_speed_ms,
        cap_ms=speed * speed_model.cap_ms,
        table_hs_m=speed_model.table_hs_m,
        table_share=speed_model.table_share,
        beam_loss=speed_model.beam_loss,
        following_loss=speed_model.following_loss,
        wind_drift=speed_model.wind_drift,
        max_hs_m=speed_model.max_hs_m,
        # Whoever comes first comes first by time alone: no ranges are asked for.
        speed_doubt=0.0,
        wave_doubt=0.0,
        wave_factor=waves,
        stream_error=stream,
    )
    taken = found.closely[:0]
    if speed == 1.0 and waves == 1.0 and stream == 0.0:
        # Another tide changes no clock at the entrance: those run closely already stand.
        taken = found.closely
        for p in ports:
            copy_travel_time(found.ways.travel_times, tried.ways.travel_times, p)
    other = EncounterInputs(
        figures=encounter.figures, speed_model=changed, inside_srr=encounter.inside_srr, tide_bias_m=tide_m
    )
    begin_memo(memo, passage_of(inputs, other), reach)
    evaluate_some(inputs, other, reach, taken, memo, ports, 0.0, tried)
    return best_of(ports, tried.status, tried.key_s, NOWHERE)
