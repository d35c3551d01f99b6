"""Many encounters decided in one compiled loop, by the same survey as a single decision.

Only what settles an answer is looked at, so the ports that can be neither first nor second are left out. Rows that a
search for a way round might change are named, to be decided one by one.
"""

from typing import NamedTuple

import numpy as np

from engine.judge import AskFigures
from engine.kernels.forecast import waves_at
from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.jit import inlined_kernel, kernel, leaf_kernel
from engine.kernels.joining import ENCLOSED, ON_LAND
from engine.kernels.mesh import NOWHERE
from engine.kernels.passage import Motion, calm_speed_ms, says_nothing
from engine.kernels.plane import to_plane
from engine.kernels.reach import reach_ports
from engine.kernels.zones import region_at
from engine.survey import BY_CARE, BY_DISTANCE, BY_TIME, Scene, survey, worth_a_search
from engine.vocab import Code, Rule, Status, Verdict, Weight

DECIDED, REFUSED_OUT_OF_AREA, REFUSED_ON_LAND, REFUSED_ENCLOSED, ONE_BY_ONE = range(5)
"""What became of a row."""

_RANKED_BY_POLICY = int(Code.RANKED_BY_POLICY)


class Rows(NamedTuple):
    """Encounters that share vessel, policy, world and need of care; one array a figure, shape (n,), NaN where unknown.

    Attributes
    ----------
    lon, lat : ndarray of float64
        Position, WGS 84, inside the box of the pack. [deg]
    at_s : ndarray of float64
        [epoch s]
    accuracy_m : ndarray of float64
        [m]
    persons : ndarray of float64
        People reckoned with.
    persons_known : ndarray of bool
    aboard_s : ndarray of float64
        How long the first of them has been aboard. [s]
    """

    lon: np.ndarray
    lat: np.ndarray
    at_s: np.ndarray
    accuracy_m: np.ndarray
    persons: np.ndarray
    persons_known: np.ndarray
    aboard_s: np.ndarray


class Surroundings(NamedTuple):
    """What a row is held against besides its scene.

    Attributes
    ----------
    regions : Zones
        Search and rescue regions.
    inside : ndarray of bool, shape (regions + 2, p)
        Ports in the state that answers for each region; the last but one row for no region, the last one for the
        boundary band, in which both sides count.
    landing_lon, landing_lat : ndarray of float64, shape (p,)
        [deg]
    """

    regions: NamedTuple
    inside: np.ndarray
    landing_lon: np.ndarray
    landing_lat: np.ndarray


class Answers(NamedTuple):
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


def no_answers(count: int) -> Answers:
    """Room for so many answers."""

    def ports() -> np.ndarray:
        return np.full(count, NOWHERE)

    def figures() -> np.ndarray:
        return np.full(count, np.nan)

    def flags() -> np.ndarray:
        return np.zeros(count, np.bool_)

    return Answers(
        np.full(count, ONE_BY_ONE, np.int8), ports(), ports(), ports(), ports(), ports(), flags(),
        np.zeros(count, np.int64), np.zeros(count, np.int64), ports(), np.zeros(count, np.int8), figures(), figures(),
        figures(), figures(), figures(), figures(), figures(), figures(), flags(), ports(), flags(),
    )  # fmt: skip


@inlined_kernel
def _is_before(key_s, p, other):
    """Whether a port comes before another one by key; ties fall to the lower index, unknown keys come last."""
    return other == NOWHERE or key_s[p] < key_s[other] or (key_s[p] == key_s[other] and p < other)


@leaf_kernel
def _deciding_code(found, penalty_of_code, key, p):
    """`engine.decide.deciding_finding`, as a code."""
    table = found.table
    chosen = _RANKED_BY_POLICY
    if key == BY_CARE:
        # The last thing that can stand against a port is its medical reception.
        chosen = np.int64(table.code[p, Rule.R_MED_02])
    for kind in range(3):
        for r in range(table.verdict.shape[1]):
            verdict = table.verdict[p, r]
            hard = found.weight[p, r] == Weight.HARD
            decides = kind == 0 and verdict == Verdict.FAIL and hard
            decides |= kind == 1 and verdict == Verdict.UNKNOWN and hard
            decides |= (
                kind == 2
                and (verdict == Verdict.FAIL or verdict == Verdict.UNKNOWN)
                and found.weight[p, r] == Weight.SOFT
                and penalty_of_code[table.code[p, r]] > 0.0
            )
            if decides:
                return np.int64(table.code[p, r])
    return chosen


@leaf_kernel
def _enter(scene, surroundings, reach, found, row, lon, lat, accuracy_m, answers):
    """Enter what a survey says of one row."""
    table, key_s, plain_key_s, status = found.table, found.key_s, found.plain_key_s, found.status
    limits, motion = scene.limits, scene.motion
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
        is_over = p != best and (plain_key_s[p] < plain_ceiling_s or table.time_s[p] < time_ceiling_s)
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
        answers.passed_over_code[row] = _deciding_code(found, scene.penalty_of_code, scene.key, first_over)
    if best == NOWHERE:
        return
    answers.status[row] = status[best]
    answers.distance_m[row] = reach.distance_m[best] + reach.harbour_m[best]
    answers.straight_m[row] = geodesic_length_m(
        lon, lat, surroundings.landing_lon[best], surroundings.landing_lat[best]
    )
    answers.time_s[row] = table.time_s[best]
    answers.wait_s[row] = table.wait_s[best]
    answers.key_s[row] = key_s[best]
    # As in `engine.decide`: the fix may be this much nearer or farther, run at the ends of the speed's own range.
    slack_m = 0.0 if np.isnan(accuracy_m) else accuracy_m
    way_m = found.ways.distance_m[best]
    way_s = found.ways.passages.time_s[best]
    pace = 1.0 / calm_speed_ms(motion)
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


@inlined_kernel
def in_a_sea_of(motion, max_hs_m):
    """The same motion through seas of up to this height. [m]"""
    return Motion(
        motion.full_speed_ms, motion.cap_ms, motion.table_hs_m, motion.table_share, motion.beam_loss,
        motion.following_loss, motion.wind_drift, max_hs_m, motion.speed_doubt, motion.wave_doubt, motion.wave_factor,
    )  # fmt: skip


@kernel
def decide_rows(scene, surroundings, no_way_round, rows, wanted, answers):
    """Decide some rows.

    Parameters
    ----------
    scene : Scene
        Of one of these rows: what stays the same in it is used for all of them.
    surroundings : Surroundings
    no_way_round : WaysRound
        An empty one.
    rows : Rows
    wanted : ndarray of int64
        Which of them, in the order they are decided in: neighbours on the sea after one another are answered sooner.
    answers : Answers
        Where the answers are entered.
    """
    mesh = scene.water.mesh
    every_port = np.arange(scene.listed.shape[0])
    base, motion = scene.figures, scene.motion
    quiet = says_nothing(scene.forecast)
    region_count = surroundings.inside.shape[0] - 2
    for row in wanted:
        lon, lat, at_s = rows.lon[row], rows.lat[row], rows.at_s[row]
        reach = reach_ports(scene.water, scene.depth_class, lon, lat)
        if reach.kind == ON_LAND or reach.kind == ENCLOSED:
            answers.became[row] = REFUSED_ON_LAND if reach.kind == ON_LAND else REFUSED_ENCLOSED
            continue
        px, py = to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg)
        here, other, line_m = region_at(surroundings.regions, px, py)
        accuracy_m = rows.accuracy_m[row]
        band = line_m <= scene.limits.srr_band_m + (0.0 if np.isnan(accuracy_m) else accuracy_m)
        here = other if here < 0 else here
        answers.region[row] = here
        answers.band[row] = band
        side = region_count + 1 if band else (here if here >= 0 else region_count)
        here_hs_m = np.nan
        row_motion = motion
        if not quiet:
            here_hs_m = waves_at(scene.forecast, lon, lat, at_s)[0]
            if here_hs_m > motion.max_hs_m:
                row_motion = in_a_sea_of(motion, here_hs_m * (1.0 + scene.limits.wave_uncertainty_share))
        run_age_s = at_s - scene.forecast.run_at_s
        if run_age_s < 0.0:
            run_age_s = 0.0
        figures = AskFigures(
            at_s, base.needed_depth_m, base.draught_m, base.loa_m, base.beam_m, base.range_m, base.max_hs_m, here_hs_m,
            base.limit_is_assumed, base.self_righting_persons, base.max_persons, rows.persons[row],
            rows.persons_known[row], base.medical, rows.aboard_s[row], base.sheltered, base.has_designated_list,
            base.weigh_srr_state, base.lane_bits, base.firing_bits, base.weather_feed, run_age_s,
        )  # fmt: skip
        one = Scene(
            scene.water, scene.depth_class, scene.forecast, row_motion, figures, scene.limits, scene.columns,
            scene.live, scene.tides, scene.listed, surroundings.inside[side], scene.weight_of_code,
            scene.penalty_of_code, scene.care_delay_s, scene.key,
        )  # fmt: skip
        # By distance or care, a port far behind in key may still be nearer in time, so all are looked at.
        found = survey(one, reach, no_way_round, row_motion, 0.0, every_port, False, scene.key == BY_TIME)
        if not quiet and scene.key != BY_DISTANCE and worth_a_search(one, reach, found, False).shape[0] > 0:
            continue
        _enter(one, surroundings, reach, found, row, lon, lat, accuracy_m, answers)
        answers.became[row] = DECIDED
