"""Every port looked at from one position, in one compiled pass: measured, timed, judged, weighed and put in order.

Ports are taken in the order of their lower bounds: the whole shortest distance at top speed, with the strongest stream
and wind of the forecast behind, and no wait. Those that may still be one of the first two get close clocks; once a
bound exceeds the second best confirmed key, it does for all that follow, and they get coarse ones.
"""

from typing import NamedTuple

import numpy as np

from engine.judge import RULE_COUNT, AskFigures, Table, Ways, judge, new_table
from engine.kernels.forecast import Forecast
from engine.kernels.jit import inlined_kernel, kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.passage import (
    COARSE,
    Motion,
    Passages,
    calm_speed_ms,
    clock_of_joining,
    copy_passage,
    new_trail,
    no_passages,
    run_clocks,
    says_nothing,
)
from engine.kernels.reach import DepthClass, Water
from engine.kernels.screen import top_speed_ms
from engine.kernels.tides import Tides
from engine.model import LivePicture, PortAccess, PortColumns
from engine.policy import Limits
from engine.vocab import Rule, Status, Verdict, Weight

BY_TIME, BY_DISTANCE, BY_CARE = 0, 1, 2

FIRST_OPENED = 4
NEXT_OPENED = 2
"""So many are looked at first, and so many more at a time while it is open which are the first two."""


class Scene(NamedTuple):
    """All that a survey needs but the position; the same however that is moved within its uncertainty.

    Attributes
    ----------
    figures : AskFigures
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

    water: Water
    depth_class: DepthClass
    forecast: Forecast
    motion: Motion
    figures: AskFigures
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


class WaysRound(NamedTuple):
    """Ways that are taken instead of the shortest path; arrays by port, or empty where there is none.

    Attributes
    ----------
    taken : ndarray of bool, shape (p,)
    distance_m : ndarray of float64, shape (p,)
        [m]
    touched, poor : ndarray of uint64, shape (p,)
        Zones on them.
    passages : Passages
    """

    taken: np.ndarray
    distance_m: np.ndarray
    touched: np.ndarray
    poor: np.ndarray
    passages: Passages


class Survey(NamedTuple):
    """What was found; arrays by port, or by row of the ports asked for.

    Attributes
    ----------
    ways : Ways
        Those chosen.
    closely : ndarray of bool, shape (p,)
        Whether the clock is a close one.
    table : Table
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

    ways: Ways
    closely: np.ndarray
    table: Table
    weight: np.ndarray
    plain_key_s: np.ndarray
    key_s: np.ndarray
    status: np.ndarray
    bound_s: np.ndarray
    by_bound: np.ndarray
    looked: int
    opened: int
    best: int


def no_ways_round() -> WaysRound:
    """The shortest path to every port."""
    none = np.empty(0)
    flags, zones = np.empty(0, np.bool_), np.empty(0, np.uint64)
    return WaysRound(flags, none, zones, zones, Passages(none, none, none, none, flags, flags, none))


@inlined_kernel
def key_of(scene, reach, p, time_s, calm_ms):
    """What the policy orders a port by for a given time to its landing, penalties left out. [s]"""
    key_s = time_s
    if scene.key == BY_DISTANCE:
        # Miles at the vessel's speed, so that penalties in minutes mean the same under every policy.
        key_s = (reach.distance_m[p] + reach.harbour_m[p]) / calm_ms
    elif scene.key == BY_CARE:
        key_s += scene.care_delay_s[p]
    return key_s


@inlined_kernel
def lower_bound_s(scene, reach, p, top_ms, calm_ms):
    """Least key a port can have, whatever way is taken to it; infinite without one. [s]"""
    limit_ms = scene.columns.harbour_speed_ms[p]
    if np.isnan(limit_ms):
        limit_ms = scene.limits.harbour_speed_ms
    least_s = reach.distance_m[p] / top_ms
    if not np.isnan(reach.harbour_m[p]):
        least_s += reach.harbour_m[p] / min(calm_ms, limit_ms)
    bound_s = key_of(scene, reach, p, least_s, calm_ms)
    return np.inf if np.isnan(bound_s) else bound_s


@leaf_kernel
def enter_lower_bounds(scene, reach, motion, ports, bound_s):
    """Enter the lower bounds of these ports. [s]"""
    top_ms = top_speed_ms(motion, scene.forecast)
    calm_ms = calm_speed_ms(motion)
    for row in range(ports.shape[0]):
        bound_s[row] = lower_bound_s(scene, reach, ports[row], top_ms, calm_ms)


@inlined_kernel
def enter_keys(scene, reach, motion, ports, rows, table, penalty_s, plain_key_s, key_s):
    """Enter what some rows are ordered by. [s]"""
    calm_ms = calm_speed_ms(motion)
    for row in rows:
        plain_key_s[row] = key_of(scene, reach, ports[row], table.time_s[row], calm_ms)
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
def weigh(table, rows, weight_of_code, penalty_of_code, share_of_code, weight, status, penalty_s):
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
        As in `Scene`.
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
def batch_after(looked):
    """How many ports are looked at after so many, while it is open which are the first two."""
    return FIRST_OPENED if looked == 0 else NEXT_OPENED


@inlined_kernel
def look_at(
    scene, reach, ways_taken, motion, tide_bias_m, joining, trail, ports, rows, growth, ways, table, weight, status,
    penalty_s, plain_key_s, key_s,
):  # fmt: skip
    """Time, judge, weigh and key some rows: everything that is entered of a port but its bound.

    Parameters
    ----------
    scene, reach, motion, tide_bias_m, ports
        As for `survey`.
    ways_taken : ndarray of bool, shape (p,) or (0,)
        Ports whose clocks are entered already.
    joining, trail, growth
        As for `run_clocks`.
    rows : ndarray of int64
    ways, table, weight, status, penalty_s, plain_key_s, key_s
        Where it is entered.
    """
    run_clocks(
        scene.water, scene.depth_class, reach, scene.forecast, motion, scene.figures.depart_s, joining, trail, ports,
        rows, ways_taken, growth, ways.passages,
    )  # fmt: skip
    judge(
        table, scene.figures, motion, tide_bias_m, scene.limits, scene.columns, scene.access, scene.live, scene.tides,
        scene.forecast, scene.water.ports, ports, rows, ways, reach.harbour_m, scene.listed, scene.inside_srr,
    )  # fmt: skip
    weigh(
        table, rows, scene.weight_of_code, scene.penalty_of_code, scene.share_of_code, weight, status, penalty_s
    )  # fmt: skip
    enter_keys(scene, reach, motion, ports, rows, table, penalty_s, plain_key_s, key_s)


@leaf_kernel
def look_at_them(
    scene, reach, ways_taken, motion, tide_bias_m, joining, trail, ports, rows, growth, ways, table, weight, status,
    penalty_s, plain_key_s, key_s,
):  # fmt: skip
    """`look_at` in a call of its own, for functions that make arrays."""
    look_at(
        scene, reach, ways_taken, motion, tide_bias_m, joining, trail, ports, rows, growth, ways, table, weight,
        status, penalty_s, plain_key_s, key_s,
    )  # fmt: skip


@kernel
def survey(scene, reach, ways_round, motion, tide_bias_m, ports, exhaustive, until_settled):
    """Look at ports from one position.

    Parameters
    ----------
    scene : Scene
    reach : Reach
    ways_round : WaysRound
    motion : Motion
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
    Survey
    """
    count = ports.shape[0]
    ways = ways_chosen(reach, ways_round)
    closely = np.zeros(reach.distance_m.shape[0], np.bool_)
    table = new_table(count)
    weight = np.empty((count, RULE_COUNT), np.int8)
    plain_key_s = np.empty(count)
    penalty_s = np.empty(count)
    key_s = np.empty(count)
    status = np.empty(count, np.int8)
    bound_s = np.empty(count)
    enter_lower_bounds(scene, reach, motion, ports, bound_s)
    by_bound = np.argsort(bound_s, kind="mergesort")
    looked, opened, best = _look_in_order(
        scene, reach, ways_round.taken, motion, tide_bias_m,
        new_trail(scene.depth_class.corners.vertex.shape[0], count), ports, exhaustive, until_settled, ways, closely,
        table, weight, status, penalty_s, plain_key_s, key_s, bound_s, by_bound,
    )  # fmt: skip
    return Survey(
        ways, closely, table, weight, plain_key_s, key_s, status, bound_s, by_bound, looked, opened, best,
    )  # fmt: skip


@leaf_kernel
def _look_in_order(
    scene, reach, ways_taken, motion, tide_bias_m, trail, ports, exhaustive, until_settled, ways, closely, table,
    weight, status, penalty_s, plain_key_s, key_s, bound_s, by_bound,
):  # fmt: skip
    """Look at ports in the order of their bounds; how many are looked at, how many may be the best, and which is."""
    count = ports.shape[0]
    joining = clock_of_joining(reach, scene.forecast, motion, scene.figures.depart_s)
    all_closely = exhaustive or says_nothing(scene.forecast)
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
            size = batch_after(looked)
        rows = by_bound[looked : looked + size]
        looked += rows.shape[0]
        for row in rows:
            closely[ports[row]] = close
        look_at_them(
            scene, reach, ways_taken, motion, tide_bias_m, joining, trail, ports, rows, 0.0 if close else COARSE,
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
def look_again(scene, reach, ways_round, found, rows):
    """Look closely at some rows of a survey of every port; what is found is entered in it.

    Parameters
    ----------
    scene, reach, ways_round
        As for `survey`.
    found : Survey
    rows : ndarray of int64
    """
    count = found.status.shape[0]
    joining = clock_of_joining(reach, scene.forecast, scene.motion, scene.figures.depart_s)
    look_at_them(
        scene, reach, ways_round.taken, scene.motion, 0.0, joining,
        new_trail(scene.depth_class.corners.vertex.shape[0], count), np.arange(count), rows, 0.0, found.ways,
        found.table, found.weight, found.status, np.empty(count), found.plain_key_s, found.key_s,
    )  # fmt: skip
    found.closely[rows] = True


@kernel
def ways_chosen(reach, ways_round):
    """The ways round where there are any, and the shortest paths to all other ports, their clocks not run yet."""
    distance_m = reach.distance_m.copy()
    touched = reach.touched.copy()
    poor = reach.poor.copy()
    passages = no_passages(distance_m.shape[0])
    for p in range(ways_round.taken.shape[0]):
        if ways_round.taken[p]:
            distance_m[p] = ways_round.distance_m[p]
            touched[p] = ways_round.touched[p]
            poor[p] = ways_round.poor[p]
            copy_passage(ways_round.passages, passages, p)
    return Ways(distance_m, touched, poor, passages)
