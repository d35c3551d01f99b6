"""Every port looked at from one position, in one compiled pass: measured, timed, judged, weighed and put in order.

Ports are taken in the order of their lower bounds: the whole shortest distance at top speed, with the strongest stream
and wind behind that can be met so far away, and no wait. Those that may still be one of the first two get close clocks;
once a bound exceeds the second best confirmed key, it does for all that follow, and they get coarse ones.
"""

from typing import NamedTuple

import numpy as np

from engine.apply_rules import RULE_COUNT, Routes, RuleInputs, RuleTable, allocate_rule_table, apply_rules
from engine.codes import Rule, Status, Verdict, Weight
from engine.kernels.detour_bound import least_time_s
from engine.kernels.forecast import Forecast
from engine.kernels.jit import inlined_kernel, kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.reach import DepthClass, WaterModel
from engine.kernels.tides import Tides
from engine.kernels.travel_time import (
    COARSE,
    SpeedModel,
    TravelTimes,
    allocate_memo,
    calm_speed_ms,
    copy_travel_time,
    first_leg_time,
    is_empty,
    no_travel_times,
    travel_times_along_tree,
)
from engine.model import LivePicture, PortAccess, PortColumns
from engine.policy import Limits

BY_TIME, BY_DISTANCE, BY_CARE = 0, 1, 2

FIRST_OPENED = 4
NEXT_OPENED = 2
"""So many are looked at first, and so many more at a time while it is open which are the first two."""


class EvaluationInputs(NamedTuple):
    """All that a survey needs but the position; the same however that is moved within its uncertainty.

    Attributes
    ----------
    figures : RuleInputs
    listed, inside_srr : ndarray of bool, shape (p,)
        Whether each port is designated, and lies in the state of the search and rescue region.
    access : PortAccess
        What the ports are for this vessel.
    weight_of_code, penalty_of_code, share_of_code : ndarray, indexed by code
        Of the policy; penalties in seconds, and as shares of the time to the port.
    care_delay_s : ndarray of float64, shape (p,)
        From each landing to definitive care. [s]
    key : int
        What ports are ordered by: `BY_TIME`, `BY_DISTANCE` or `BY_CARE`.
    """

    water: WaterModel
    depth_class: DepthClass
    forecast: Forecast
    speed_model: SpeedModel
    figures: RuleInputs
    limits: Limits
    columns: PortColumns
    access: PortAccess
    live: LivePicture
    tides: Tides
    listed: np.ndarray
    inside_srr: np.ndarray
    weight_of_code: np.ndarray
    penalty_of_code: np.ndarray
    share_of_code: np.ndarray
    care_delay_s: np.ndarray
    key: int


class DetourSet(NamedTuple):
    """Ways that are taken instead of the shortest path; arrays by port, or empty where there is none.

    Attributes
    ----------
    taken : ndarray of bool, shape (p,)
    distance_m : ndarray of float64, shape (p,)
        [m]
    touched, poor : ndarray of uint64, shape (p,)
        Zones on them.
    travel_times : TravelTimes
    """

    taken: np.ndarray
    distance_m: np.ndarray
    touched: np.ndarray
    poor: np.ndarray
    travel_times: TravelTimes


class Evaluation(NamedTuple):
    """What was found; arrays by port, or by row of the ports asked for.

    Attributes
    ----------
    ways : Routes
        Those chosen.
    closely : ndarray of bool, shape (p,)
        Whether the clock is a close one.
    table : RuleTable
        By row.
    weight : ndarray of int8, shape (n, rules)
    plain_key_s, key_s : ndarray of float64, shape (n,)
        What the ports are ordered by, without and with penalties. [s]
    status : ndarray of int8, shape (n,)
    bound_s : ndarray of float64, shape (n,)
        Least key each port can have, whatever way is taken to it; infinite without one. [s]
    by_bound : ndarray of int64, shape (n,)
        Rows in the order of their bounds.
    looked : int
        How many of them, in that order, were looked at: all, unless only what settles the answer was asked for. What
        stands in the rows of the others means nothing.
    opened : int
        How many of them could have been the best one.
    best : int
        Row of the best fit port, or `NOWHERE`.
    """

    ways: Routes
    closely: np.ndarray
    table: RuleTable
    weight: np.ndarray
    plain_key_s: np.ndarray
    key_s: np.ndarray
    status: np.ndarray
    bound_s: np.ndarray
    by_bound: np.ndarray
    looked: int
    opened: int
    best: int


def no_detours() -> DetourSet:
    """The shortest path to every port."""
    none = np.empty(0)
    flags, zones = np.empty(0, np.bool_), np.empty(0, np.uint64)
    return DetourSet(flags, none, zones, zones, TravelTimes(none, none, none, none, flags, flags, flags, none))


@inlined_kernel
def key_of(inputs, reach, p, time_s, calm_ms):
    """What the policy orders a port by for a given time to its landing, penalties left out. [s]"""
    key_s = time_s
    if inputs.key == BY_DISTANCE:
        # Miles at the vessel's speed, so that penalties in minutes mean the same under every policy.
        key_s = (reach.distance_m[p] + reach.harbour_m[p]) / calm_ms
    elif inputs.key == BY_CARE:
        key_s += inputs.care_delay_s[p]
    return key_s


@inlined_kernel
def lower_bound_s(inputs, reach, speed_model, p, calm_ms):
    """Least key a port can have, whatever way is taken to it; infinite without one. [s]"""
    limit_ms = inputs.columns.harbour_speed_ms[p]
    if np.isnan(limit_ms):
        limit_ms = inputs.limits.harbour_speed_ms
    start = reach.path[0]
    least_s = least_time_s(reach.distance_m[p], speed_model, inputs.forecast, start[0], start[1])
    if not np.isnan(reach.harbour_m[p]):
        least_s += reach.harbour_m[p] / min(calm_ms, limit_ms)
    bound_s = key_of(inputs, reach, p, least_s, calm_ms)
    return np.inf if np.isnan(bound_s) else bound_s


@leaf_kernel
def fill_lower_bounds(inputs, reach, speed_model, ports, bound_s):
    """Enter the lower bounds of these ports. [s]"""
    calm_ms = calm_speed_ms(speed_model)
    for row in range(ports.shape[0]):
        bound_s[row] = lower_bound_s(inputs, reach, speed_model, ports[row], calm_ms)


@inlined_kernel
def fill_keys(inputs, reach, speed_model, ports, rows, table, penalty_s, plain_key_s, key_s):
    """Enter what some rows are ordered by. [s]"""
    calm_ms = calm_speed_ms(speed_model)
    for row in rows:
        plain_key_s[row] = key_of(inputs, reach, ports[row], table.time_s[row], calm_ms)
        key_s[row] = plain_key_s[row] + penalty_s[row]


@leaf_kernel
def best_of(rows, status, key_s, best):
    """The best fit row of these and the best one so far; ties fall to the lower one, so equal inputs agree."""
    for row in rows:
        if status[row] > Status.CAUTION or np.isnan(key_s[row]):
            continue
        if best == NOWHERE or key_s[row] < key_s[best] or (key_s[row] == key_s[best] and row < best):
            best = row
    return best


@leaf_kernel
def classify(table, rows, weight_of_code, penalty_of_code, share_of_code, weight, status, penalty_s):
    """Weigh the findings of some rows: enter their weights, their status, and the penalty each draws. [s]

    One hard fail excludes, one hard unknown leaves unconfirmed, any soft fail or unknown is a caution.
    """
    for row in rows:
        status[row] = Status.SUITABLE
        penalty_s[row] = 0.0
        for r in range(RULE_COUNT):
            code = table.code[row, r]
            verdict = table.verdict[row, r]
            weight[row, r] = weight_of_code[code]
            if weight[row, r] == Weight.INFO or verdict == Verdict.PASS or verdict == Verdict.NOT_APPLICABLE:
                continue
            found = Status.UNCONFIRMED
            if weight[row, r] == Weight.SOFT:
                found = Status.CAUTION
                penalty_s[row] += penalty_of_code[code]
                # Of an endless time the share would be endless too; of an unknown one it stays the penalty.
                share_s = share_of_code[code] * table.time_s[row] if share_of_code[code] > 0.0 else 0.0
                if penalty_of_code[code] < share_s < np.inf:
                    penalty_s[row] += share_s - penalty_of_code[code]
            elif verdict == Verdict.FAIL:
                found = Status.EXCLUDED
            if found > status[row]:
                status[row] = found


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


@leaf_kernel
def second_best_s(rows, status, key_s, best):
    """Key of the fit row that comes after the best one; infinite without one. [s]"""
    second_s = np.inf
    for row in rows:
        if row != best and status[row] <= Status.CAUTION and key_s[row] < second_s:
            second_s = key_s[row]
    return second_s


@inlined_kernel
def next_batch_size(looked):
    """How many ports are looked at after so many, while it is open which are the first two."""
    return FIRST_OPENED if looked == 0 else NEXT_OPENED


@inlined_kernel
def evaluate_rows(
    inputs,
    reach,
    ways_taken,
    speed_model,
    tide_bias_m,
    joining,
    memo,
    ports,
    rows,
    growth,
    ways,
    table,
    weight,
    status,
    penalty_s,
    plain_key_s,
    key_s,
):
    """Time, judge, weigh and key some rows: everything that is entered of a port but its bound.

    Parameters
    ----------
    scene, reach, motion, tide_bias_m, ports
        As for `evaluate_ports`.
    ways_taken : ndarray of bool, shape (p,) or (0,)
        Ports whose clocks are entered already.
    joining, trail, growth
        As for `travel_times_along_tree`.
    rows : ndarray of int64
    ways, table, weight, status, penalty_s, plain_key_s, key_s
        Where it is entered.
    """
    travel_times_along_tree(
        inputs.water,
        inputs.depth_class,
        reach,
        inputs.forecast,
        speed_model,
        inputs.figures.depart_s,
        joining,
        memo,
        ports,
        rows,
        ways_taken,
        growth,
        ways.travel_times,
    )
    apply_rules(
        table,
        inputs.figures,
        speed_model,
        tide_bias_m,
        inputs.limits,
        inputs.columns,
        inputs.access,
        inputs.live,
        inputs.tides,
        inputs.forecast,
        inputs.water.ports,
        ports,
        rows,
        ways,
        reach.harbour_m,
        inputs.listed,
        inputs.inside_srr,
    )
    classify(
        table, rows, inputs.weight_of_code, inputs.penalty_of_code, inputs.share_of_code, weight, status, penalty_s
    )  # fmt: skip
    fill_keys(inputs, reach, speed_model, ports, rows, table, penalty_s, plain_key_s, key_s)


@leaf_kernel
def evaluate_rows_call(
    inputs,
    reach,
    ways_taken,
    speed_model,
    tide_bias_m,
    joining,
    memo,
    ports,
    rows,
    growth,
    ways,
    table,
    weight,
    status,
    penalty_s,
    plain_key_s,
    key_s,
):
    """`evaluate_rows` in a call of its own, for functions that make arrays."""
    evaluate_rows(
        inputs, reach, ways_taken, speed_model, tide_bias_m, joining, memo, ports, rows, growth, ways, table, weight,
        status, penalty_s, plain_key_s, key_s,
    )  # fmt: skip


@kernel
def evaluate_ports(inputs, reach, detour_set, speed_model, tide_bias_m, ports, exhaustive, until_settled):
    """Look at ports from one position.

    Parameters
    ----------
    inputs : EvaluationInputs
    reach : Reach
    detour_set : DetourSet
    speed_model : SpeedModel
        Of the scene, unless one asks what another speed or other waves would change.
    tide_bias_m : float
        Added to every height of tide: 0 but when asking what a wrong tide would change. [m]
    ports : ndarray of int64, shape (n,)
    exhaustive : bool
        Look closely at each of them, whatever its bound.
    until_settled : bool
        Leave out those that can be neither the best nor the second best one.

    Returns
    -------
    Evaluation
    """
    count = ports.shape[0]
    ways = select_routes(reach, detour_set)
    closely = np.zeros(reach.distance_m.shape[0], np.bool_)
    table = allocate_rule_table(count)
    weight = np.empty((count, RULE_COUNT), np.int8)
    plain_key_s = np.empty(count)
    penalty_s = np.empty(count)
    key_s = np.empty(count)
    status = np.empty(count, np.int8)
    bound_s = np.empty(count)
    fill_lower_bounds(inputs, reach, speed_model, ports, bound_s)
    by_bound = np.argsort(bound_s, kind="mergesort")
    looked, opened, best = _evaluate_in_order(
        inputs,
        reach,
        detour_set.taken,
        speed_model,
        tide_bias_m,
        allocate_memo(inputs.depth_class.corners.vertex.shape[0], count),
        ports,
        exhaustive,
        until_settled,
        ways,
        closely,
        table,
        weight,
        status,
        penalty_s,
        plain_key_s,
        key_s,
        bound_s,
        by_bound,
    )
    return Evaluation(
        ways, closely, table, weight, plain_key_s, key_s, status, bound_s, by_bound, looked, opened, best,
    )  # fmt: skip


@leaf_kernel
def _evaluate_in_order(
    inputs, reach, ways_taken, speed_model, tide_bias_m, memo, ports, exhaustive, until_settled, ways, closely, table,
    weight, status, penalty_s, plain_key_s, key_s, bound_s, by_bound,
):  # fmt: skip
    """Look at ports in the order of their bounds; how many are looked at, how many may be the best, and which is."""
    count = ports.shape[0]
    joining = first_leg_time(reach, inputs.forecast, speed_model, inputs.figures.depart_s)
    all_closely = exhaustive or is_empty(inputs.forecast)
    best = NOWHERE
    looked = 0
    while looked < count:
        # A few at a time while any of them may still be one of the first two, then all others.
        may_come_second = bound_s[by_bound[looked]] <= second_best_s(by_bound[:looked], status, key_s, best)
        if until_settled and not may_come_second:
            break
        close = all_closely or may_come_second
        size = count
        if until_settled or (close and not all_closely):
            size = next_batch_size(looked)
        rows = by_bound[looked : looked + size]
        looked += rows.shape[0]
        for row in rows:
            closely[ports[row]] = close
        evaluate_rows_call(
            inputs, reach, ways_taken, speed_model, tide_bias_m, joining, memo, ports, rows, 0.0 if close else COARSE,
            ways, table, weight, status, penalty_s, plain_key_s, key_s,
        )  # fmt: skip
        best = best_of(rows, status, key_s, best)
    opened = count
    if not exhaustive:
        best_s = np.inf if best == NOWHERE else key_s[best]
        opened = min(count, 1)
        while opened < count and bound_s[by_bound[opened]] < best_s:
            opened += 1
    return looked, opened, best


@kernel
def refine_rows(inputs, reach, detour_set, found, rows):
    """Look closely at some rows of a survey of every port; what is found is entered in it.

    Parameters
    ----------
    scene, reach, ways_round
        As for `evaluate_ports`.
    found : Evaluation
    rows : ndarray of int64
    """
    count = found.status.shape[0]
    joining = first_leg_time(reach, inputs.forecast, inputs.speed_model, inputs.figures.depart_s)
    evaluate_rows_call(
        inputs, reach, detour_set.taken, inputs.speed_model, 0.0, joining,
        allocate_memo(inputs.depth_class.corners.vertex.shape[0], count), np.arange(count), rows, 0.0, found.ways,
        found.table, found.weight, found.status, np.empty(count), found.plain_key_s, found.key_s,
    )  # fmt: skip
    found.closely[rows] = True


@kernel
def select_routes(reach, detour_set):
    """The ways round where there are any, and the shortest paths to all other ports, their clocks not run yet."""
    distance_m = reach.distance_m.copy()
    touched = reach.touched.copy()
    poor = reach.poor.copy()
    travel_times = no_travel_times(distance_m.shape[0])
    for p in range(detour_set.taken.shape[0]):
        if detour_set.taken[p]:
            distance_m[p] = detour_set.distance_m[p]
            touched[p] = detour_set.touched[p]
            poor[p] = detour_set.poor[p]
            copy_travel_time(detour_set.travel_times, travel_times, p)
    return Routes(distance_m, touched, poor, travel_times)
