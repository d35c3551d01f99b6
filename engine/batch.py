"""Many encounters decided in compiled loops, by the same rules as a single decision.

Only what settles an answer is looked at, so the ports that can be neither first nor second are left out; and neighbours
on the sea share what is found out about their patch. Rows of which a way round is found are named, to be decided
one by one.
"""

from typing import NamedTuple

import numpy as np

from engine.apply_rules import Routes, RuleInputs, RuleTable, allocate_rule_table
from engine.decision_rows import DECIDED, ONE_BY_ONE, REFUSED_ENCLOSED, REFUSED_ON_LAND, DecisionRows, write_row
from engine.detour_search import has_detour, is_detour_candidate
from engine.evaluate import (
    BY_DISTANCE,
    BY_TIME,
    DetourSet,
    Evaluation,
    EvaluationInputs,
    best_of,
    evaluate_ports,
    evaluate_rows,
    lower_bound_s,
    next_batch_size,
    second_best_s,
)
from engine.kernels.detour_bound import Lanes, allocate_lanes, least_time_s
from engine.kernels.forecast import waves_at
from engine.kernels.jit import inlined_kernel, kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.plane import to_plane
from engine.kernels.reach import reach_ports
from engine.kernels.snap import ENCLOSED, ON_LAND
from engine.kernels.travel_time import (
    SpeedModel,
    TravelTimeMemo,
    allocate_memo,
    calm_speed_ms,
    first_leg_time,
    is_empty,
    no_travel_times,
)
from engine.kernels.zones import region_at
from engine.patch import (
    SAFE_M,
    PatchPlaces,
    PatchTable,
    PatchWorkspace,
    allocate_patch_workspace,
    patch_distances,
    patch_from_table,
    set_position,
)
from engine.rank import stable_order


class EncounterArrays(NamedTuple):
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


class RegionTables(NamedTuple):
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


class Workspace(NamedTuple):
    """Room to decide one row of a patch after the other; arrays by port.

    Attributes
    ----------
    fix : PatchWorkspace
    ways : Routes
    memo : TravelTimeMemo
    closely : ndarray of bool
    table : RuleTable
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

    fix: PatchWorkspace
    ways: Routes
    memo: TravelTimeMemo
    closely: np.ndarray
    table: RuleTable
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
def allocate_workspace(inputs):
    """An empty desk."""
    fix = allocate_patch_workspace(inputs.water, inputs.depth_class)
    count = inputs.listed.shape[0]
    corner_count = inputs.depth_class.corners.vertex.shape[0]
    table = allocate_rule_table(count)
    ways = Routes(fix.reach.distance_m, fix.reach.touched, fix.reach.poor, no_travel_times(count))
    return Workspace(
        fix, ways, allocate_memo(corner_count, count), np.zeros(count, np.bool_), table,
        np.empty(table.verdict.shape, np.int8), np.empty(count), np.empty(count), np.empty(count),
        np.empty(count, np.int8), np.empty(count), np.empty(count, np.int64), np.arange(count),
        np.empty((corner_count + 2, 2)), allocate_lanes(),
    )  # fmt: skip


@inlined_kernel
def with_sea_limit(speed_model, max_hs_m):
    """The same motion through seas of up to this height. [m]"""
    return SpeedModel(
        speed_model.full_speed_ms,
        speed_model.cap_ms,
        speed_model.table_hs_m,
        speed_model.table_share,
        speed_model.beam_loss,
        speed_model.following_loss,
        speed_model.wind_drift,
        max_hs_m,
        speed_model.speed_doubt,
        speed_model.wave_doubt,
        speed_model.wave_factor,
        speed_model.stream_error,
    )


@inlined_kernel
def _scene_of_row(inputs, region_tables, rows, row, px, py, quiet, answers):
    """The scene of one row; its region is entered in the answers."""
    lon, lat, at_s, accuracy_m = rows.lon[row], rows.lat[row], rows.at_s[row], rows.accuracy_m[row]
    base, row_motion = inputs.figures, inputs.speed_model
    region_count = region_tables.inside.shape[0] - 2
    here, other, line_m, doubt_m = region_at(region_tables.regions, inputs.limits.srr_band_m, px, py)
    band = line_m <= doubt_m + (0.0 if np.isnan(accuracy_m) else accuracy_m)
    here = other if here < 0 else here
    answers.region[row] = here
    answers.band[row] = band
    side = region_count + 1 if band else (here if here >= 0 else region_count)
    here_hs_m = np.nan
    if not quiet:
        here_hs_m = waves_at(inputs.forecast, lon, lat, at_s)[0]
        if here_hs_m > row_motion.max_hs_m:
            row_motion = with_sea_limit(row_motion, here_hs_m * (1.0 + inputs.limits.wave_uncertainty_share))
    run_age_s = at_s - inputs.forecast.run_at_s
    if run_age_s < 0.0:
        run_age_s = 0.0
    figures = RuleInputs(
        at_s,
        base.needed_depth_m,
        base.draught_m,
        base.loa_m,
        base.plausible_loa_m,
        base.beam_m,
        base.range_m,
        base.plausible_range_m,
        base.max_hs_m,
        here_hs_m,
        base.limit_is_assumed,
        base.self_righting_persons,
        base.max_persons,
        rows.persons[row],
        rows.persons_known[row],
        base.medical,
        rows.aboard_s[row],
        base.sheltered,
        base.has_designated_list,
        base.weigh_srr_state,
        base.lane_bits,
        base.firing_bits,
        base.weather_feed,
        run_age_s,
    )
    return EvaluationInputs(
        inputs.water, inputs.depth_class, inputs.forecast, row_motion, figures, inputs.limits, inputs.columns,
        inputs.access, inputs.live, inputs.tides, inputs.listed, region_tables.inside[side], inputs.weight_of_code,
        inputs.penalty_of_code, inputs.share_of_code, inputs.care_delay_s, inputs.key,
    )  # fmt: skip


def can_use_patches(inputs: EvaluationInputs) -> bool:
    """Whether rows gain by their patch: in a sea, ranked by distance or care, all ports are looked at anyway."""
    return bool(inputs.key == BY_TIME or is_empty(inputs.forecast))


def decide_rows(
    inputs: EvaluationInputs,
    region_tables: RegionTables,
    no_detour_set: DetourSet,
    rows: EncounterArrays,
    wanted: np.ndarray,
    places: PatchPlaces,
    patch_table: PatchTable,
    answers: DecisionRows,
) -> None:
    """Decide some rows.

    Two kernels are called from here rather than from a third: that one would be compiled with all that both call.

    Parameters
    ----------
    inputs : EvaluationInputs
        Of one of these rows: what stays the same in it is used for all of them.
    region_tables : RegionTables
    no_detour_set : DetourSet
        An empty one.
    rows : EncounterArrays
    wanted : ndarray of int64
        Which of them.
    places : PatchPlaces
        Of the rows.
    patch_table : PatchTable
        Of the scene's depth class.
    answers : DecisionRows
        Where the answers are entered.
    """
    left = wanted
    if can_use_patches(inputs):
        neighbours = wanted[places.patch[wanted] != NOWHERE]
        order = neighbours[np.argsort(places.patch[neighbours], kind="stable")]
        if len(order):
            _decide_shared(inputs, region_tables, rows, order, places, patch_table, allocate_workspace(inputs), answers)
        # Rows that a search is worth for need the distances to all ports, as those do that share nothing.
        left = wanted[answers.became[wanted] == ONE_BY_ONE]
    if len(left):
        _decide_alone(inputs, region_tables, no_detour_set, rows, left, answers)


@leaf_kernel
def _decide_shared(inputs, region_tables, rows, order, places, patch_table, workspace, answers):
    """Decide rows patch by patch, as far as they can be without the distances to all ports."""
    start = 0
    while start < order.shape[0]:
        v = places.patch[order[start]]
        stop = start + 1
        while stop < order.shape[0] and places.patch[order[stop]] == v:
            stop += 1
        _decide_together(
            inputs,
            region_tables,
            rows,
            order[start:stop],
            places.x,
            places.y,
            patch_from_table(patch_table, v),
            workspace,
            answers,
        )
        start = stop


@kernel
def _decide_alone(inputs, region_tables, no_detour_set, rows, members, answers):
    """Decide rows that share nothing, by a survey each."""
    mesh = inputs.water.mesh
    every_port = np.arange(inputs.listed.shape[0])
    quiet = is_empty(inputs.forecast)
    for row in members:
        lon, lat = rows.lon[row], rows.lat[row]
        reach = reach_ports(inputs.water, inputs.depth_class, lon, lat)
        if reach.kind == ON_LAND or reach.kind == ENCLOSED:
            answers.became[row] = REFUSED_ON_LAND if reach.kind == ON_LAND else REFUSED_ENCLOSED
            continue
        px, py = to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg)
        row_scene = _scene_of_row(inputs, region_tables, rows, row, px, py, quiet, answers)
        # By distance or care, a port far behind in key may still be nearer in time, so all are looked at.
        found = evaluate_ports(
            row_scene, reach, no_detour_set, row_scene.speed_model, 0.0, every_port, False, inputs.key == BY_TIME
        )
        if inputs.key != BY_TIME:
            # Which ports are nearer in time hangs on the same clocks as in a single decision.
            stable_order(row_scene, reach, no_detour_set, found)
        if not quiet and inputs.key != BY_DISTANCE and has_detour(row_scene, reach, found):
            continue
        write_row(
            row_scene.columns,
            row_scene.limits,
            row_scene.speed_model,
            row_scene.penalty_of_code,
            row_scene.share_of_code,
            row_scene.key,
            region_tables.landing_lon,
            region_tables.landing_lat,
            reach,
            found,
            row,
            lon,
            lat,
            rows.accuracy_m[row],
            answers,
        )
        answers.became[row] = DECIDED


@inlined_kernel
def _decide_together(inputs, region_tables, rows, members, x, y, patch, workspace, answers):
    """Decide rows of one patch."""
    quiet = is_empty(inputs.forecast)
    for row in members:
        lon, lat = rows.lon[row], rows.lat[row]
        set_position(workspace.fix, patch, lon, lat, x[row], y[row])
        row_scene = _scene_of_row(inputs, region_tables, rows, row, x[row], y[row], quiet, answers)
        looked, opened, best = _bounded_search(row_scene, patch, quiet, workspace)
        found = Evaluation(
            workspace.ways,
            workspace.closely,
            workspace.table,
            workspace.weight,
            workspace.plain_key_s,
            workspace.key_s,
            workspace.status,
            workspace.bound_s,
            workspace.by_bound,
            looked,
            opened,
            best,
        )
        if not quiet:
            is_worth = False
            for turn in range(opened):
                p = workspace.by_bound[turn]
                is_worth = is_worth or is_detour_candidate(
                    row_scene, workspace.fix.reach, found, p, False, workspace.track, workspace.lanes
                )
            if is_worth:
                continue
        write_row(
            row_scene.columns,
            row_scene.limits,
            row_scene.speed_model,
            row_scene.penalty_of_code,
            row_scene.share_of_code,
            row_scene.key,
            region_tables.landing_lon,
            region_tables.landing_lat,
            workspace.fix.reach,
            found,
            row,
            lon,
            lat,
            rows.accuracy_m[row],
            answers,
        )
        answers.became[row] = DECIDED


@inlined_kernel
def _bounded_search(inputs, patch, quiet, workspace):
    """Look at ports in the order of their bounds, as `evaluate_ports` does, measuring them only when it is their turn.

    Returns
    -------
    looked, opened, best : int
        As in `Evaluation`.
    """
    fix, by_bound, bound_s = workspace.fix, workspace.by_bound, workspace.bound_s
    speed_model = inputs.speed_model
    calm_ms = calm_speed_ms(speed_model)
    start = fix.reach.path[0]
    count = patch.ports.shape[0]
    # From anywhere in the patch the way to a port is at most so much shorter than from its middle.
    slack_m = patch.radius_m + SAFE_M
    if not quiet:
        workspace.memo.place[:] = 0
        workspace.memo.used[0] = 0
    joining = first_leg_time(fix.reach, inputs.forecast, speed_model, inputs.figures.depart_s)
    no_ways = workspace.closely[:0]
    best = NOWHERE
    looked = 0
    measured = 0
    is_settled = False
    while looked < count:
        wanted = min(looked + next_batch_size(looked), count)
        latest_s = second_best_s(by_bound[:looked], workspace.status, workspace.key_s, best)
        if is_settled:
            latest_s = workspace.table.time_s[best]
        # Measured until nobody left can come before those wanted next; but nobody who comes too late for anything.
        while measured < count:
            least_m = patch.distance_m[measured] - slack_m
            least_s = least_time_s(least_m, speed_model, inputs.forecast, start[0], start[1])
            if not least_s <= latest_s or (
                measured >= wanted and not is_settled and not least_s < bound_s[by_bound[wanted - 1]]
            ):
                break
            p = patch.ports[measured]
            patch_distances(inputs.water, inputs.depth_class, patch, fix, measured)
            bound_s[p] = lower_bound_s(inputs, fix.reach, speed_model, p, calm_ms)
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
            if inputs.key == BY_TIME or best == NOWHERE:
                break
            # By distance or care, ports that are behind in that may still be nearer in time.
            is_settled = True
            continue
        batch = by_bound[looked : min(wanted, measured)]
        looked += batch.shape[0]
        evaluate_rows(
            inputs,
            fix.reach,
            no_ways,
            speed_model,
            0.0,
            joining,
            workspace.memo,
            workspace.every_port,
            batch,
            0.0,
            workspace.ways,
            workspace.table,
            workspace.weight,
            workspace.status,
            workspace.penalty_s,
            workspace.plain_key_s,
            workspace.key_s,
        )
        best = best_of(batch, workspace.status, workspace.key_s, best)
        if is_settled:
            break
    best_s = np.inf if best == NOWHERE else workspace.key_s[best]
    opened = 1
    while opened < measured and bound_s[by_bound[opened]] < best_s:
        opened += 1
    return looked, opened, best
