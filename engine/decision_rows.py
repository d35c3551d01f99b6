"""What is kept of many decisions: one array a figure."""

from typing import NamedTuple

import numpy as np

from engine.codes import Code, Status
from engine.entrance import time_inside_s
from engine.evaluate import deciding_rule
from engine.evaluation import BY_CARE
from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.jit import inlined_leaf_kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.speed import calm_speed_ms

DECIDED, REFUSED_OUT_OF_AREA, REFUSED_ON_LAND, REFUSED_ENCLOSED, ONE_BY_ONE = range(5)
"""What became of a row."""

_RANKED_BY_POLICY = int(Code.RANKED_BY_POLICY)


class DecisionRows(NamedTuple):
    """Decisions; one array a figure, shape (n,). Ports are indices, `NOWHERE` where there is none.

    Attributes
    ----------
    became : ndarray of int8
        `DECIDED`, or why nothing else stands in the row.
    best, second, nearest, passed_over, unconfirmed : ndarray of int64
        The recommended port, the fit one after it, the nearest by plain key, the nearest of those passed over, and the
        best unconfirmed one that comes before the recommended one, or before all others where none is.
    any_unconfirmed : ndarray of bool
    passed_over_count, opened : ndarray of int64
    passed_over_code : ndarray of int64
        `Code` of the deciding finding.
    status : ndarray of int8
        Of the recommended port.
    distance_m, straight_m, time_s, low_s, high_s, wait_s, key_s, to_second_s : ndarray of float64
        Of the recommended port; NaN where unknown.
    near_tie : ndarray of bool
    region : ndarray of int64
        Region of the position.
    band : ndarray of bool
    """

    became: np.ndarray
    best: np.ndarray
    second: np.ndarray
    nearest: np.ndarray
    passed_over: np.ndarray
    unconfirmed: np.ndarray
    any_unconfirmed: np.ndarray
    passed_over_count: np.ndarray
    opened: np.ndarray
    passed_over_code: np.ndarray
    status: np.ndarray
    distance_m: np.ndarray
    straight_m: np.ndarray
    time_s: np.ndarray
    low_s: np.ndarray
    high_s: np.ndarray
    wait_s: np.ndarray
    key_s: np.ndarray
    to_second_s: np.ndarray
    near_tie: np.ndarray
    region: np.ndarray
    band: np.ndarray


def allocate_rows(count: int) -> DecisionRows:
    """Room for so many answers."""

    def ports() -> np.ndarray:
        return np.full(count, NOWHERE)

    def figures() -> np.ndarray:
        return np.full(count, np.nan)

    def flags() -> np.ndarray:
        return np.zeros(count, np.bool_)

    return DecisionRows(
        became=np.full(count, ONE_BY_ONE, np.int8),
        best=ports(),
        second=ports(),
        nearest=ports(),
        passed_over=ports(),
        unconfirmed=ports(),
        any_unconfirmed=flags(),
        passed_over_count=np.zeros(count, np.int64),
        opened=np.zeros(count, np.int64),
        passed_over_code=ports(),
        status=np.zeros(count, np.int8),
        distance_m=figures(),
        straight_m=figures(),
        time_s=figures(),
        low_s=figures(),
        high_s=figures(),
        wait_s=figures(),
        key_s=figures(),
        to_second_s=figures(),
        near_tie=flags(),
        region=ports(),
        band=flags(),
    )


@inlined_leaf_kernel
def _is_before(key_s, p, other):
    """Whether a port comes before another one by key; ties fall to the lower index, unknown keys come last."""
    return other == NOWHERE or key_s[p] < key_s[other] or (key_s[p] == key_s[other] and p < other)


@leaf_kernel
def write_row(inputs, speed_model, reach, found, rows, row, answers):
    """Enter what an evaluation says of one row.

    Parameters
    ----------
    inputs : EvaluationInputs
    speed_model : SpeedModel
        Of the row.
    reach : Reach
    found : Evaluation
    rows : EncounterArrays
    row : int
    answers : DecisionRows
    """
    figures, limits = inputs.port_figures, inputs.limits
    table, key_s, plain_key_s, status = found.table, found.key_s, found.plain_key_s, found.status
    best = found.best
    second = NOWHERE
    nearest = NOWHERE
    unconfirmed = NOWHERE
    first_over = NOWHERE
    count = 0
    plain_ceiling_s = np.inf
    time_ceiling_s = np.inf
    if best != NOWHERE:
        plain_ceiling_s = plain_key_s[best]
        time_ceiling_s = table.time_s[best]
    for turn in range(found.looked):
        p = found.by_bound[turn]
        if status[p] <= Status.CAUTION and p != best and key_s[p] < np.inf and _is_before(key_s, p, second):
            second = p
        if plain_key_s[p] < np.inf and _is_before(plain_key_s, p, nearest):
            nearest = p
        if status[p] == Status.UNCONFIRMED:
            answers.any_unconfirmed[row] = True
            before = best == NOWHERE or key_s[p] < key_s[best]
            if before and key_s[p] < np.inf and _is_before(key_s, p, unconfirmed):
                unconfirmed = p
        least_s = table.time_s[p]
        if np.isnan(table.wait_s[p]):
            least_s = found.ways.travel_times.time_s[p] + time_inside_s(
                figures, limits, p, reach.harbour_m[p], calm_speed_ms(speed_model)
            )
        is_over = p != best and (plain_key_s[p] < plain_ceiling_s or least_s < time_ceiling_s)
        if is_over and (best != NOWHERE or plain_key_s[p] < np.inf):
            count += 1
            if _is_before(plain_key_s, p, first_over):
                first_over = p
    answers.best[row] = best
    answers.nearest[row] = nearest
    answers.unconfirmed[row] = unconfirmed
    answers.opened[row] = found.opened
    answers.passed_over[row] = first_over
    answers.passed_over_count[row] = count
    if first_over != NOWHERE:
        rule = deciding_rule(
            table.verdict[first_over], table.code[first_over], found.weight[first_over], inputs.penalty_of_code,
            inputs.share_of_code, inputs.key == BY_CARE,
        )  # fmt: skip
        answers.passed_over_code[row] = _RANKED_BY_POLICY if rule == NOWHERE else table.code[first_over, rule]
    if best == NOWHERE:
        return
    answers.status[row] = status[best]
    answers.distance_m[row] = reach.distance_m[best] + reach.harbour_m[best]
    landing_lon, landing_lat = inputs.region_tables.landing_lon[best], inputs.region_tables.landing_lat[best]
    answers.straight_m[row] = geodesic_length_m(rows.lon[row], rows.lat[row], landing_lon, landing_lat)
    answers.time_s[row] = table.time_s[best]
    answers.wait_s[row] = table.wait_s[best]
    answers.key_s[row] = key_s[best]
    # As in `engine.decide`: the fix may be this much nearer or farther, run at the ends of the speed's own range.
    slack_m = 0.0 if np.isnan(rows.accuracy_m[row]) else rows.accuracy_m[row]
    way_m = found.ways.distance_m[best]
    way_s = found.ways.travel_times.time_s[best]
    pace = 1.0 / calm_speed_ms(speed_model)
    if way_m > 0.0 and way_s < np.inf and way_s / way_m > pace:
        pace = way_s / way_m
    low_s = table.low_s[best] - slack_m * pace / (1.0 + limits.speed_uncertainty_share)
    answers.low_s[row] = 0.0 if low_s < 0.0 else low_s
    answers.high_s[row] = table.high_s[best] + slack_m * pace / (1.0 - limits.speed_uncertainty_share)
    if second != NOWHERE:
        answers.second[row] = second
        gap_s = key_s[second] - key_s[best]
        answers.to_second_s[row] = gap_s
        answers.near_tie[row] = gap_s <= max(limits.near_tie_s, limits.near_tie_share * key_s[best])
