"""Many encounters decided in compiled loops, by the same rules as a single decision.

Only what settles an answer is looked at, so the ports that can be neither first nor second are left out; and neighbours
on the sea share what is found out about their vicinity. Rows of which a way round is found are named, to be decided
one by one.
"""

from typing import NamedTuple

import numpy as np

from engine.answers import DECIDED, ONE_BY_ONE, REFUSED_ENCLOSED, REFUSED_ON_LAND, Answers, enter_answer
from engine.judge import AskFigures, Table, Ways, new_table
from engine.kernels.forecast import waves_at
from engine.kernels.jit import inlined_kernel, kernel, leaf_kernel
from engine.kernels.joining import ENCLOSED, ON_LAND
from engine.kernels.mesh import NOWHERE
from engine.kernels.passage import (
    Motion,
    Trail,
    calm_speed_ms,
    clock_of_joining,
    new_trail,
    no_passages,
    says_nothing,
)
from engine.kernels.plane import to_plane
from engine.kernels.reach import reach_ports
from engine.kernels.screen import Lanes, new_lanes, top_speed_ms
from engine.kernels.zones import region_at
from engine.rank import steady_order
from engine.survey import (
    BY_DISTANCE,
    BY_TIME,
    Scene,
    Survey,
    WaysRound,
    batch_after,
    best_of,
    look_at,
    lower_bound_s,
    second_best_s,
    survey,
)
from engine.vicinity import SAFE_M, Fix, Places, Vicinities, enter_position, measure, new_fix, one_of
from engine.way_round import has_way_round, is_worth_a_search


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
    regions : Regions
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


class Desk(NamedTuple):
    """Room to decide one row of a vicinity after the other; arrays by port.

    Attributes
    ----------
    fix : Fix
    ways : Ways
    trail : Trail
    closely : ndarray of bool
    table : Table
    weight : ndarray of int8, shape (p, rules)
    plain_key_s, penalty_s, key_s : ndarray of float64
        [s]
    status : ndarray of int8
    bound_s : ndarray of float64
        Of ports measured. [s]
    by_bound : ndarray of int64
        Ports measured, in the order of their bounds.
    every_port : ndarray of int64
    track : ndarray of float64, shape (k + 2, 2)
        Scratch.
    lanes : Lanes
        Scratch.
    """

    fix: Fix
    ways: Ways
    trail: Trail
    closely: np.ndarray
    table: Table
    weight: np.ndarray
    plain_key_s: np.ndarray
    penalty_s: np.ndarray
    key_s: np.ndarray
    status: np.ndarray
    bound_s: np.ndarray
    by_bound: np.ndarray
    every_port: np.ndarray
    track: np.ndarray
    lanes: Lanes


@kernel
def new_desk(scene):
    """An empty desk."""
    fix = new_fix(scene.water, scene.depth_class)
    count = scene.listed.shape[0]
    corner_count = scene.depth_class.corners.vertex.shape[0]
    table = new_table(count)
    ways = Ways(fix.reach.distance_m, fix.reach.touched, fix.reach.poor, no_passages(count))
    return Desk(
        fix, ways, new_trail(corner_count, count), np.zeros(count, np.bool_), table,
        np.empty(table.verdict.shape, np.int8), np.empty(count), np.empty(count), np.empty(count),
        np.empty(count, np.int8), np.empty(count), np.empty(count, np.int64), np.arange(count),
        np.empty((corner_count + 2, 2)), new_lanes(),
    )  # fmt: skip


@inlined_kernel
def in_a_sea_of(motion, max_hs_m):
    """The same motion through seas of up to this height. [m]"""
    return Motion(
        motion.full_speed_ms, motion.cap_ms, motion.table_hs_m, motion.table_share, motion.beam_loss,
        motion.following_loss, motion.wind_drift, max_hs_m, motion.speed_doubt, motion.wave_doubt, motion.wave_factor,
    )  # fmt: skip


@inlined_kernel
def _scene_of_row(scene, surroundings, rows, row, px, py, quiet, answers):
    """The scene of one row; its region is entered in the answers."""
    lon, lat, at_s, accuracy_m = rows.lon[row], rows.lat[row], rows.at_s[row], rows.accuracy_m[row]
    base, row_motion = scene.figures, scene.motion
    region_count = surroundings.inside.shape[0] - 2
    here, other, line_m, doubt_m = region_at(surroundings.regions, scene.limits.srr_band_m, px, py)
    band = line_m <= doubt_m + (0.0 if np.isnan(accuracy_m) else accuracy_m)
    here = other if here < 0 else here
    answers.region[row] = here
    answers.band[row] = band
    side = region_count + 1 if band else (here if here >= 0 else region_count)
    here_hs_m = np.nan
    if not quiet:
        here_hs_m = waves_at(scene.forecast, lon, lat, at_s)[0]
        if here_hs_m > row_motion.max_hs_m:
            row_motion = in_a_sea_of(row_motion, here_hs_m * (1.0 + scene.limits.wave_uncertainty_share))
    run_age_s = at_s - scene.forecast.run_at_s
    if run_age_s < 0.0:
        run_age_s = 0.0
    figures = AskFigures(
        at_s, base.needed_depth_m, base.draught_m, base.loa_m, base.plausible_loa_m, base.beam_m, base.range_m,
        base.plausible_range_m, base.max_hs_m, here_hs_m, base.limit_is_assumed, base.self_righting_persons,
        base.max_persons, rows.persons[row], rows.persons_known[row], base.medical, rows.aboard_s[row],
        base.sheltered, base.has_designated_list, base.weigh_srr_state, base.lane_bits, base.firing_bits,
        base.weather_feed, run_age_s,
    )  # fmt: skip
    return Scene(
        scene.water, scene.depth_class, scene.forecast, row_motion, figures, scene.limits, scene.columns,
        scene.access, scene.live, scene.tides, scene.listed, surroundings.inside[side], scene.weight_of_code,
        scene.penalty_of_code, scene.share_of_code, scene.care_delay_s, scene.key,
    )  # fmt: skip


def may_share(scene: Scene) -> bool:
    """Whether rows gain by their vicinity: in a sea, ranked by distance or care, all ports are looked at anyway."""
    return bool(scene.key == BY_TIME or says_nothing(scene.forecast))


def decide_rows(
    scene: Scene, surroundings: Surroundings, no_way_round: WaysRound, rows: Rows, wanted: np.ndarray, places: Places,
    vicinities: Vicinities, answers: Answers,
) -> None:  # fmt: skip
    """Decide some rows.

    Two kernels are called from here rather than from a third: that one would be compiled with all that both call.

    Parameters
    ----------
    scene : Scene
        Of one of these rows: what stays the same in it is used for all of them.
    surroundings : Surroundings
    no_way_round : WaysRound
        An empty one.
    rows : Rows
    wanted : ndarray of int64
        Which of them.
    places : Places
        Of the rows.
    vicinities : Vicinities
        Of the scene's depth class.
    answers : Answers
        Where the answers are entered.
    """
    left = wanted
    if may_share(scene):
        neighbours = wanted[places.vicinity[wanted] != NOWHERE]
        order = neighbours[np.argsort(places.vicinity[neighbours], kind="stable")]
        if len(order):
            _decide_shared(scene, surroundings, rows, order, places, vicinities, new_desk(scene), answers)
        # Rows that a search is worth for need the distances to all ports, as those do that share nothing.
        left = wanted[answers.became[wanted] == ONE_BY_ONE]
    if len(left):
        _decide_alone(scene, surroundings, no_way_round, rows, left, answers)


@leaf_kernel
def _decide_shared(scene, surroundings, rows, order, places, vicinities, desk, answers):
    """Decide rows vicinity by vicinity, as far as they can be without the distances to all ports."""
    start = 0
    while start < order.shape[0]:
        v = places.vicinity[order[start]]
        stop = start + 1
        while stop < order.shape[0] and places.vicinity[order[stop]] == v:
            stop += 1
        _decide_together(
            scene, surroundings, rows, order[start:stop], places.x, places.y, one_of(vicinities, v), desk, answers
        )
        start = stop


@kernel
def _decide_alone(scene, surroundings, no_way_round, rows, members, answers):
    """Decide rows that share nothing, by a survey each."""
    mesh = scene.water.mesh
    every_port = np.arange(scene.listed.shape[0])
    quiet = says_nothing(scene.forecast)
    for row in members:
        lon, lat = rows.lon[row], rows.lat[row]
        reach = reach_ports(scene.water, scene.depth_class, lon, lat)
        if reach.kind == ON_LAND or reach.kind == ENCLOSED:
            answers.became[row] = REFUSED_ON_LAND if reach.kind == ON_LAND else REFUSED_ENCLOSED
            continue
        px, py = to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg)
        one = _scene_of_row(scene, surroundings, rows, row, px, py, quiet, answers)
        # By distance or care, a port far behind in key may still be nearer in time, so all are looked at.
        found = survey(one, reach, no_way_round, one.motion, 0.0, every_port, False, scene.key == BY_TIME)
        if scene.key != BY_TIME:
            # Which ports are nearer in time hangs on the same clocks as in a single decision.
            steady_order(one, reach, no_way_round, found)
        if not quiet and scene.key != BY_DISTANCE and has_way_round(one, reach, found):
            continue
        enter_answer(
            one.columns, one.limits, one.motion, one.penalty_of_code, one.share_of_code, one.key,
            surroundings.landing_lon, surroundings.landing_lat, reach, found, row, lon, lat, rows.accuracy_m[row],
            answers,
        )  # fmt: skip
        answers.became[row] = DECIDED


@inlined_kernel
def _decide_together(scene, surroundings, rows, members, x, y, vicinity, desk, answers):
    """Decide rows of one vicinity."""
    quiet = says_nothing(scene.forecast)
    for row in members:
        lon, lat = rows.lon[row], rows.lat[row]
        enter_position(desk.fix, vicinity, lon, lat, x[row], y[row])
        one = _scene_of_row(scene, surroundings, rows, row, x[row], y[row], quiet, answers)
        looked, opened, best = _settle(one, vicinity, quiet, desk)
        found = Survey(
            desk.ways, desk.closely, desk.table, desk.weight, desk.plain_key_s, desk.key_s, desk.status, desk.bound_s,
            desk.by_bound, looked, opened, best,
        )  # fmt: skip
        if not quiet:
            is_worth = False
            for turn in range(opened):
                p = desk.by_bound[turn]
                is_worth = is_worth or is_worth_a_search(one, desk.fix.reach, found, p, False, desk.track, desk.lanes)
            if is_worth:
                continue
        enter_answer(
            one.columns, one.limits, one.motion, one.penalty_of_code, one.share_of_code, one.key,
            surroundings.landing_lon, surroundings.landing_lat, desk.fix.reach, found, row, lon, lat,
            rows.accuracy_m[row], answers,
        )  # fmt: skip
        answers.became[row] = DECIDED


@inlined_kernel
def _settle(scene, vicinity, quiet, desk):
    """Look at ports in the order of their bounds, as `survey` does, measuring them only when it is their turn.

    Returns
    -------
    looked, opened, best : int
        As in `Survey`.
    """
    fix, by_bound, bound_s = desk.fix, desk.by_bound, desk.bound_s
    motion = scene.motion
    top_ms, calm_ms = top_speed_ms(motion, scene.forecast), calm_speed_ms(motion)
    count = vicinity.ports.shape[0]
    # From anywhere in the vicinity the way to a port is at most so much shorter than from its middle.
    slack_m = vicinity.radius_m + SAFE_M
    if not quiet:
        desk.trail.place[:] = 0
        desk.trail.used[0] = 0
    joining = clock_of_joining(fix.reach, scene.forecast, motion, scene.figures.depart_s)
    no_ways = desk.closely[:0]
    best = NOWHERE
    looked = 0
    measured = 0
    is_settled = False
    while looked < count:
        wanted = min(looked + batch_after(looked), count)
        latest_s = second_best_s(by_bound[:looked], desk.status, desk.key_s, best)
        if is_settled:
            latest_s = desk.table.time_s[best]
        # Measured until nobody left can come before those wanted next; but nobody who comes too late for anything.
        while measured < count:
            least_s = (vicinity.distance_m[measured] - slack_m) / top_ms
            if not least_s <= latest_s or (
                measured >= wanted and not is_settled and not least_s < bound_s[by_bound[wanted - 1]]
            ):
                break
            p = vicinity.ports[measured]
            measure(scene.water, scene.depth_class, vicinity, fix, measured)
            bound_s[p] = lower_bound_s(scene, fix.reach, p, top_ms, calm_ms)
            place = measured
            while place > looked and (
                bound_s[by_bound[place - 1]] > bound_s[p]
                or (bound_s[by_bound[place - 1]] == bound_s[p] and by_bound[place - 1] > p)
            ):
                by_bound[place] = by_bound[place - 1]
                place -= 1
            by_bound[place] = p
            measured += 1
        if is_settled:
            wanted = measured
        elif measured <= looked or not bound_s[by_bound[looked]] <= latest_s:
            if scene.key == BY_TIME or best == NOWHERE:
                break
            # By distance or care, ports that are behind in that may still be nearer in time.
            is_settled = True
            continue
        batch = by_bound[looked : min(wanted, measured)]
        looked += batch.shape[0]
        look_at(
            scene, fix.reach, no_ways, motion, 0.0, joining, desk.trail, desk.every_port, batch, 0.0, desk.ways,
            desk.table, desk.weight, desk.status, desk.penalty_s, desk.plain_key_s, desk.key_s,
        )  # fmt: skip
        best = best_of(batch, desk.status, desk.key_s, best)
        if is_settled:
            break
    best_s = np.inf if best == NOWHERE else desk.key_s[best]
    opened = 1
    while opened < measured and bound_s[by_bound[opened]] < best_s:
        opened += 1
    return looked, opened, best
