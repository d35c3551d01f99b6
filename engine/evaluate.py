"""Every port looked at from one position, in the order of what it can be at best: timed, judged, weighed, put in order.

Ports are taken in the order of their lower bounds: the whole shortest distance at top speed, with the strongest stream
and wind behind that can be met so far away, and no wait. They get close clocks while they may still be among the first
few that are fit; once a bound exceeds the last key of those, it does for all that follow, and the answer is settled:
no port that follows is among the first few, and none is nearer than the best one. A port that surely is not fit is
looked at only where it may be nearer than the best one, or where fewer than those few are fit and it may be the first
of the unconfirmed. The others are left out, or get coarse clocks where somebody asks for every port.
"""

import numpy as np

from engine.apply_rules import RULE_COUNT, apply_rules
from engine.codes import Rule, Status, Verdict, Weight
from engine.evaluation import BY_CARE, BY_DISTANCE, BY_TIME
from engine.kernels.detour_bound import least_time_s
from engine.kernels.forecast import is_empty
from engine.kernels.jit import inlined_kernel, inlined_leaf_kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.port_travel_times import COARSE, begin_memo, set_travel_time, travel_time_to_port
from engine.kernels.speed import calm_speed_ms
from engine.kernels.travel_time import Passage
from engine.measure_in_patch import patch_distances
from engine.patch import SAFE_M
from engine.rules.passage import endurance

SHOWN = 6
"""So many of the best fit ports are settled for whoever reads an answer: the recommended one and five more."""

_BY_KEY, _NEXT_BOUND, _IN_TIME, _EVERY_PORT, _DONE = range(5)
"""Turns of the search: ports in the order of their bounds, the bound of the first one that could not be the best, those
behind by key that may be nearer in time, and all others."""

FIRST_OPENED = 4

NEXT_OPENED = 2
"""So many are looked at first, and so many more at a time while it is open which come first."""


@inlined_leaf_kernel
def key_of(inputs, reach, p, time_s, calm_ms):
    """What the policy orders a port by for a given time to its landing, penalties left out. [s]"""
    key_s = time_s
    if inputs.key == BY_DISTANCE:
        # Miles at the vessel's speed, so that penalties in minutes mean the same under every policy.
        key_s = (reach.distance_m[p] + reach.harbour_m[p]) / calm_ms
    elif inputs.key == BY_CARE:
        key_s += inputs.care_delay_s[p]
    return key_s


@leaf_kernel
def least_landing_s(inputs, reach, speed_model, p):
    """Least time to a landing, whatever way is taken to it; infinite without one. [s]"""
    limit_ms = inputs.port_figures.harbour_speed_ms[p]
    if np.isnan(limit_ms):
        limit_ms = inputs.limits.harbour_speed_ms
    start = reach.path[0]
    least_s = least_time_s(reach.distance_m[p], speed_model, inputs.forecast, start[0], start[1])
    if not np.isnan(reach.harbour_m[p]):
        least_s += reach.harbour_m[p] / min(calm_speed_ms(speed_model), limit_ms)
    return least_s


@inlined_leaf_kernel
def lower_bound_s(inputs, reach, speed_model, p):
    """Least key a port can have, whatever way is taken to it; infinite without one. [s]"""
    least_s = least_landing_s(inputs, reach, speed_model, p)
    bound_s = key_of(inputs, reach, p, least_s, calm_speed_ms(speed_model))
    return np.inf if np.isnan(bound_s) else bound_s


@leaf_kernel
def fill_lower_bounds(inputs, reach, speed_model, bound_s):
    """Enter the lower bounds of all ports. [s]"""
    for p in range(bound_s.shape[0]):
        bound_s[p] = lower_bound_s(inputs, reach, speed_model, p)


@leaf_kernel
def best_of(ports, status, key_s, best):
    """The best fit port of these and the best one so far; ties fall to the lower one, so equal inputs agree."""
    for p in ports:
        if status[p] > Status.CAUTION or np.isnan(key_s[p]):
            continue
        if best == NOWHERE or key_s[p] < key_s[best] or (key_s[p] == key_s[best] and p < best):
            best = p
    return best


@leaf_kernel
def _add_to_leading(ports, status, key_s, leading):
    """Enter the keys of the fit and of the unconfirmed ports among these. [s]"""
    last = leading.fit_s.shape[0] - 1
    for p in ports:
        if status[p] > Status.UNCONFIRMED:
            continue
        least_s = leading.fit_s if status[p] <= Status.CAUTION else leading.unconfirmed_s
        if key_s[p] < least_s[last]:
            place = last
            while place > 0 and least_s[place - 1] > key_s[p]:
                least_s[place] = least_s[place - 1]
                place -= 1
            least_s[place] = key_s[p]


@inlined_leaf_kernel
def _best_status(inputs, encounter, reach, p):
    """The best status a port can have whatever the way, the hour and the sea: by what stands, and by the range.

    No way round is shorter than the shortest path.
    """
    status = np.int64(inputs.static.status[p])
    figures = encounter.figures
    found = endurance(
        reach.distance_m[p] + reach.harbour_m[p], figures.range_m, figures.plausible_range_m,
        inputs.limits.range_reserve_share,
    )  # fmt: skip
    if inputs.weight_of_code[found.code] == Weight.HARD:
        if found.verdict == Verdict.FAIL:
            status = np.int64(Status.EXCLUDED)
        elif found.verdict == Verdict.UNKNOWN:
            status = max(status, np.int64(Status.UNCONFIRMED))
    return status


@inlined_leaf_kernel
def _latest_bound(leading, status):
    """Bound up to which a port that has at best this status bears on the answer. [s]

    One that may be fit does if it may be among the first few. All others do if they may be nearer than the best one,
    and unconfirmed ones also if they may stand among the first few, because fewer than those are fit.
    """
    first = leading.fit_s.shape[0]
    if status <= Status.CAUTION:
        return leading.fit_s[first - 1]
    latest_s = leading.fit_s[0]
    if status == Status.UNCONFIRMED:
        fit = 0
        while fit < first and leading.fit_s[fit] < np.inf:
            fit += 1
        if fit < first and leading.unconfirmed_s[first - fit - 1] > latest_s:
            latest_s = leading.unconfirmed_s[first - fit - 1]
    return latest_s


@leaf_kernel
def classify(inputs, ports, found):
    """Weigh the findings of some ports: enter their weights, their status, and the penalty each draws. [s]

    One hard fail excludes, one hard unknown leaves unconfirmed, any soft fail or unknown is a caution.
    """
    table, weight, status, penalty_s = found.table, found.weight, found.status, found.penalty_s
    penalty_of_code, share_of_code = inputs.penalty_of_code, inputs.share_of_code
    for p in ports:
        status[p] = Status.SUITABLE
        penalty_s[p] = 0.0
        for r in range(RULE_COUNT):
            code = table.code[p, r]
            verdict = table.verdict[p, r]
            weight[p, r] = inputs.weight_of_code[code]
            if weight[p, r] == Weight.INFO or verdict == Verdict.PASS or verdict == Verdict.NOT_APPLICABLE:
                continue
            finding = Status.UNCONFIRMED
            if weight[p, r] == Weight.SOFT:
                finding = Status.CAUTION
                penalty_s[p] += penalty_of_code[code]
                # Of an endless time the share would be endless too; of an unknown one it stays the penalty.
                share_s = share_of_code[code] * table.time_s[p] if share_of_code[code] > 0.0 else 0.0
                if penalty_of_code[code] < share_s < np.inf:
                    penalty_s[p] += share_s - penalty_of_code[code]
            elif verdict == Verdict.FAIL:
                finding = Status.EXCLUDED
            if finding > status[p]:
                status[p] = finding


@leaf_kernel
def deciding_rule(verdict, code, weight, penalty_of_code, share_of_code, ranks_by_care):
    """Rule whose finding keeps a port from being the answer, or `NOWHERE` where nothing but its key stands against it.

    The first hard fail, hard unknown, or soft finding that costs the port something: without a penalty it displaces
    nobody. Where ports are ranked by time to care, the last thing that can stand against one is its medical reception.

    Parameters
    ----------
    verdict, code, weight : ndarray of int8, int16 and int8, shape (rules,)
        Of one port.
    penalty_of_code, share_of_code : ndarray of float64, indexed by code
        As in `EvaluationInputs`.
    ranks_by_care : bool
    """
    unknown, soft = NOWHERE, NOWHERE
    for r in range(RULE_COUNT):
        if weight[r] == Weight.HARD:
            if verdict[r] == Verdict.FAIL:
                return r
            if verdict[r] == Verdict.UNKNOWN and unknown == NOWHERE:
                unknown = r
        elif (
            soft == NOWHERE
            and weight[r] == Weight.SOFT
            and (verdict[r] == Verdict.FAIL or verdict[r] == Verdict.UNKNOWN)
            and (penalty_of_code[code[r]] > 0.0 or share_of_code[code[r]] > 0.0)
        ):
            soft = r
    if unknown != NOWHERE:
        return unknown
    if soft == NOWHERE and ranks_by_care:
        return np.int64(Rule.R_MED_02)
    return soft


@inlined_kernel
def passage_of(inputs, encounter):
    """The vessel of an encounter under way, as a `Passage`."""
    return Passage(inputs.forecast, encounter.speed_model, encounter.figures.depart_s)


@leaf_kernel
def evaluate_some(inputs, encounter, reach, ways_taken, memo, ports, growth, found):
    """Time, judge, weigh and key some ports: everything that is entered of a port but its bound.

    Parameters
    ----------
    inputs : EvaluationInputs
    encounter : EncounterInputs
    reach : Reach
    ways_taken : ndarray of bool, shape (p,) or (0,)
        Ports whose clocks are entered already.
    memo, growth
        As for `travel_time_to_port`.
    ports : ndarray of int64
    found : Evaluation
        Where it is entered.
    """
    speed_model = encounter.speed_model
    passage = passage_of(inputs, encounter)
    for p in ports:
        if ways_taken.shape[0] == 0 or not ways_taken[p]:
            travel_time = travel_time_to_port(inputs.water, inputs.depth_class, reach, passage, memo, p, growth)
            set_travel_time(found.ways.travel_times, p, travel_time)
    apply_rules(inputs, encounter, reach.harbour_m, ports, found.ways, found.table)
    classify(inputs, ports, found)
    calm_ms = calm_speed_ms(speed_model)
    for p in ports:
        found.plain_key_s[p] = key_of(inputs, reach, p, found.table.time_s[p], calm_ms)
        found.key_s[p] = found.plain_key_s[p] + found.penalty_s[p]


@leaf_kernel
def measures_in_turn(patch, goal):
    """Whether ports are measured when it is their turn: in a patch, where not all of them are asked for."""
    return patch.triangle != NOWHERE and not goal.every_port and not goal.exhaustive


@leaf_kernel
def search_ports_in_order(inputs, encounter, patch, reach, ways_taken, goal, workspace, found):
    """Look at ports in the order of their bounds.

    Parameters
    ----------
    inputs : EvaluationInputs
    encounter : EncounterInputs
    patch : Patch
        In which the position lies; one of no triangle where it was measured by itself. Unless ports are measured in
        their turn (`measures_in_turn`) on the shortest paths, all have been, and their bounds and the order of those
        are entered.
    reach : Reach
        That of the workspace for the patch, or of all ports.
    ways_taken : ndarray of bool, shape (p,) or (0,)
        Ports whose clocks are entered already.
    goal : SearchGoal
    workspace : SearchWorkspace
        With what has been measured in the patch.
    found : Evaluation
        Where it is entered.

    Returns
    -------
    looked, opened, best, next_bound_s
        As in `Evaluation`.
    """
    by_bound, bound_s, speed_model = found.by_bound, found.bound_s, encounter.speed_model
    memo, leading = workspace.memo, workspace.leading
    count = bound_s.shape[0]
    start = reach.path[0]
    # Once there are ways round, all ports have been measured.
    is_lazy = ways_taken.shape[0] == 0 and measures_in_turn(patch, goal)
    # From anywhere in the patch the way to a port is at most so much shorter than from its middle.
    slack_m = patch.radius_m + SAFE_M
    is_quiet = is_empty(inputs.forecast)
    if not is_quiet:
        begin_memo(memo, passage_of(inputs, encounter), reach)
    leading.fit_s[:] = np.inf
    leading.unconfirmed_s[:] = np.inf
    best = NOWHERE
    # Ports in the order of their bounds: those looked at, those passed by because they can't bear on the answer, those
    # that are measured, and in the order of the patch all others.
    looked = 0
    seen = 0
    measured = 0 if is_lazy else count
    turn = _BY_KEY
    opened = 0
    next_bound_s = np.inf
    while turn != _DONE:
        wanted = min(seen + (FIRST_OPENED if seen == 0 else NEXT_OPENED), count)
        latest_s = max(_latest_bound(leading, Status.SUITABLE), _latest_bound(leading, Status.UNCONFIRMED))
        if turn == _IN_TIME:
            latest_s = found.table.time_s[best]
            wanted = count
        elif turn == _NEXT_BOUND:
            latest_s = np.inf
            wanted = opened + 1
        # Measured until nobody left can come before those wanted; but nobody who comes too late for anything.
        while measured < count:
            least_m = patch.distance_m[measured] - slack_m
            least_s = least_time_s(least_m, speed_model, inputs.forecast, start[0], start[1])
            if not least_s <= latest_s or (measured >= wanted and not least_s < bound_s[by_bound[wanted - 1]]):
                break
            p = patch.ports[measured]
            patch_distances(inputs.water, inputs.depth_class, patch, workspace.fix, measured)
            bound_s[p] = lower_bound_s(inputs, reach, speed_model, p)
            place = measured
            while place > seen and (
                bound_s[by_bound[place - 1]] > bound_s[p]
                or (bound_s[by_bound[place - 1]] == bound_s[p] and by_bound[place - 1] > p)
            ):
                by_bound[place] = by_bound[place - 1]
                place -= 1
            by_bound[place] = p
            measured += 1
        growth = 0.0
        stop = looked
        if turn == _BY_KEY:
            if goal.exhaustive and looked < count:
                stop = seen = count
            elif seen < measured and bound_s[by_bound[seen]] <= latest_s:
                for place in range(seen, min(wanted, measured)):
                    p = by_bound[place]
                    if bound_s[p] > latest_s:
                        break
                    if bound_s[p] <= _latest_bound(leading, _best_status(inputs, encounter, reach, p)):
                        _move_forward(by_bound, place, stop)
                        stop += 1
                    seen = place + 1
            else:
                turn = _NEXT_BOUND
                best_s = np.inf if best == NOWHERE else found.key_s[best]
                while opened < looked and (bound_s[by_bound[opened]] < best_s or opened == 0):
                    opened += 1
        elif turn == _NEXT_BOUND:
            if opened < count:
                next_bound_s = bound_s[by_bound[opened]]
            if looked < seen:
                next_bound_s = min(next_bound_s, bound_s[by_bound[looked]])
            turn = _EVERY_PORT if inputs.key == BY_TIME or best == NOWHERE else _IN_TIME
        elif turn == _IN_TIME:
            stop = _gather_sooner(inputs, reach, speed_model, by_bound, looked, measured, latest_s)
            turn = _EVERY_PORT
        else:
            if goal.every_port:
                stop = count
                growth = 0.0 if is_quiet else COARSE
            turn = _DONE
        if stop > looked:
            ports = by_bound[looked:stop]
            looked = stop
            evaluate_some(inputs, encounter, reach, ways_taken, memo, ports, growth, found)
            for p in ports:
                found.closely[p] = growth == 0.0
            best = best_of(ports, found.status, found.key_s, best)
            _add_to_leading(ports, found.status, found.key_s, leading)
    if goal.exhaustive:
        opened, next_bound_s = count, np.inf
    _mark_settled(inputs, encounter, reach, looked, leading, best, found)
    return looked, opened, best, next_bound_s


@inlined_leaf_kernel
def _move_forward(ports, place, to):
    """Move one of some ports before others, the order of those kept."""
    p = ports[place]
    for later in range(place, to, -1):
        ports[later] = ports[later - 1]
    ports[to] = p


@inlined_leaf_kernel
def _gather_sooner(inputs, reach, speed_model, by_bound, looked, measured, latest_s):
    """Move ports that may be landed at by a time before those that can't, the order kept; where they end. [s]"""
    stop = looked
    for place in range(looked, measured):
        if least_landing_s(inputs, reach, speed_model, by_bound[place]) <= latest_s:
            _move_forward(by_bound, place, stop)
            stop += 1
    return stop


@leaf_kernel
def _mark_settled(inputs, encounter, reach, looked, leading, best, found):
    """Mark ports that may be among the first few, or nearer than the best one: by key, or in time."""
    found.is_settled[:] = False
    for turn in range(looked):
        p = found.by_bound[turn]
        latest_s = _latest_bound(leading, _best_status(inputs, encounter, reach, p))
        found.is_settled[p] = found.bound_s[p] <= latest_s or (
            inputs.key != BY_TIME
            and best != NOWHERE
            and least_landing_s(inputs, reach, encounter.speed_model, p) <= found.table.time_s[best]
        )
