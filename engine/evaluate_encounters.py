"""Encounters in one compiled call: one for a single decision, many for a replay, by the same rules and the same code.

Each call from Python unpacks some eighty arrays, which takes as long as judging twenty ports; and whatever Python calls
is compiled with all that it calls. So there is one call: join or take the patch, measure, look at ports, search for
ways round where they may change the answer, write down or keep what was found, see what a doubt might change.
"""

from typing import NamedTuple

import numpy as np

from engine.apply_rules import RuleInputs
from engine.decision_rows import DECIDED, REFUSED_ENCLOSED, REFUSED_ON_LAND, write_row
from engine.detour_search import add_detour, begin_detours, mark_detour_candidates, next_detour, with_track
from engine.evaluate import fill_lower_bounds, measures_in_turn, search_ports_in_order
from engine.evaluation import (
    BY_DISTANCE,
    NO_VARIANTS,
    DetourTracks,
    EncounterInputs,
    Evaluation,
    Leading,
    SearchGoal,
    SearchWorkspace,
    allocate_evaluation,
    no_detours,
    no_tracks,
    select_routes,
)
from engine.kernels.arrays import copy_first
from engine.kernels.detour_bound import allocate_lanes
from engine.kernels.forecast import is_empty, waves_at
from engine.kernels.jit import inlined_kernel, kernel
from engine.kernels.mesh import NOWHERE, locate
from engine.kernels.plane import to_plane
from engine.kernels.port_travel_times import allocate_memo
from engine.kernels.reach import Reach, reach_ports
from engine.kernels.snap import ENCLOSED, ON_LAND
from engine.kernels.speed import SpeedModel
from engine.kernels.zones import region_at
from engine.measure_in_patch import allocate_patch_workspace, measure_every_port, set_position
from engine.patch import no_patch, patch_from_table, shares
from engine.perturbations import contenders, winner_under
from engine.rank import order_of

SETTLES_ANSWER = SearchGoal(
    first=2, every_port=False, exhaustive=False, may_detour=True, keeps=False, variants=NO_VARIANTS
)
"""The best port, the one after it, and all that are nearer, on the fastest ways known: written down."""

AS_IT_IS = 1.0
"""Factor of what is not changed."""


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
    speed_factor, wave_factor : ndarray of float64
        By which the vessel's speed and every wave height are multiplied: 1 but in draws.
    """

    lon: np.ndarray
    lat: np.ndarray
    at_s: np.ndarray
    accuracy_m: np.ndarray
    persons: np.ndarray
    persons_known: np.ndarray
    aboard_s: np.ndarray
    speed_factor: np.ndarray
    wave_factor: np.ndarray


class Found(NamedTuple):
    """What was found from one position.

    Attributes
    ----------
    reach : Reach
        Of a position that is refused, no port is reached, and the rest says nothing.
    evaluation : Evaluation
    tracks : DetourTracks
        Ways round that were taken.
    order : ndarray of int64
        Ports, best first: all, or those that are settled.
    turned : ndarray of bool, shape (v,)
        Which changes make another port the first, on the shortest paths; none where there are fewer than two
        contenders.
    """

    reach: Reach
    evaluation: Evaluation
    tracks: DetourTracks
    order: np.ndarray
    turned: np.ndarray


@inlined_kernel
def _encounter_of_row(inputs, encounter, rows, row, px, py, is_quiet, answers):
    """What one row adds; its region is entered in the answers."""
    lon, lat, at_s, accuracy_m = rows.lon[row], rows.lat[row], rows.at_s[row], rows.accuracy_m[row]
    base, speed_model = encounter.figures, encounter.speed_model
    inside = inputs.region_tables.inside
    region_count = inside.shape[0] - 2
    here, other, line_m, doubt_m = region_at(inputs.region_tables.regions, inputs.limits.srr_band_m, px, py)
    band = line_m <= doubt_m + (0.0 if np.isnan(accuracy_m) else accuracy_m)
    here = other if here < 0 else here
    answers.region[row] = here
    answers.band[row] = band
    side = region_count + 1 if band else (here if here >= 0 else region_count)
    here_hs_m = np.nan
    max_hs_m = speed_model.max_hs_m
    if not is_quiet:
        here_hs_m = waves_at(inputs.forecast, lon, lat, at_s)[0]
        if here_hs_m > max_hs_m:
            # In too high a sea already she goes through what is no higher, to get out of it.
            max_hs_m = here_hs_m * (1.0 + inputs.limits.wave_uncertainty_share)
    run_age_s = at_s - inputs.forecast.run_at_s
    if run_age_s < 0.0:
        run_age_s = 0.0
    figures = RuleInputs(
        depart_s=at_s,
        needed_depth_m=base.needed_depth_m,
        draught_m=base.draught_m,
        range_m=base.range_m,
        plausible_range_m=base.plausible_range_m,
        max_hs_m=base.max_hs_m,
        here_hs_m=here_hs_m,
        limit_is_assumed=base.limit_is_assumed,
        self_righting_persons=base.self_righting_persons,
        max_persons=base.max_persons,
        persons=rows.persons[row],
        persons_known=rows.persons_known[row],
        aboard_s=rows.aboard_s[row],
        sheltered=base.sheltered,
        weigh_srr_state=base.weigh_srr_state,
        lane_bits=base.lane_bits,
        firing_bits=base.firing_bits,
        weather_feed=base.weather_feed,
        run_age_s=run_age_s,
    )
    moved = SpeedModel(
        full_speed_ms=rows.speed_factor[row] * speed_model.full_speed_ms,
        cap_ms=rows.speed_factor[row] * speed_model.cap_ms,
        table_hs_m=speed_model.table_hs_m,
        table_share=speed_model.table_share,
        beam_loss=speed_model.beam_loss,
        following_loss=speed_model.following_loss,
        wind_drift=speed_model.wind_drift,
        max_hs_m=max_hs_m,
        speed_doubt=speed_model.speed_doubt,
        wave_doubt=speed_model.wave_doubt,
        wave_factor=rows.wave_factor[row],
        stream_error=speed_model.stream_error,
    )
    return EncounterInputs(
        figures=figures, speed_model=moved, inside_srr=inside[side], tide_bias_m=encounter.tide_bias_m
    )


@kernel
def _patch_of_row(inputs, patch_table, place, known_x, px, py):
    """The patch a position is measured in; one of no triangle where it is measured by itself.

    Parameters
    ----------
    inputs : EvaluationInputs
    patch_table : PatchTable
    place : int
        Number of the patch, or `NOWHERE`.
    known_x : float
        NaN where nobody has looked whether the position lies in it.
    px, py : float
        The position on the plane.
    """
    if place == NOWHERE:
        return no_patch(0, 0)
    patch = patch_from_table(patch_table, place)
    if np.isnan(known_x):
        mesh = inputs.water.mesh
        triangle = locate(mesh, px, py)
        needed_depth_m = inputs.depth_class.needed_depth_m
        if triangle != patch.triangle or not shares(inputs.water, needed_depth_m, px, py, triangle):
            return no_patch(0, 0)
    return patch


@kernel
def _reach_of_row(inputs, patch, fix, is_lazy, lon, lat, px, py):
    """What a position reaches: measured by itself, or in its patch; there port by port later, where that is lazy."""
    if patch.triangle == NOWHERE:
        return reach_ports(inputs.water, inputs.depth_class, lon, lat)
    set_position(fix, patch, lon, lat, px, py)
    if not is_lazy:
        measure_every_port(inputs.water, inputs.depth_class, patch, fix)
    return fix.reach


@kernel
def _room_for(reach, detour_set):
    """Room for what is found on the ways from a position."""
    return allocate_evaluation(select_routes(reach, detour_set))


@kernel
def _with_outcome(found, looked, opened, best, next_bound_s):
    """What was found, with how far the search went."""
    return Evaluation(
        ways=found.ways,
        closely=found.closely,
        table=found.table,
        weight=found.weight,
        plain_key_s=found.plain_key_s,
        key_s=found.key_s,
        penalty_s=found.penalty_s,
        status=found.status,
        bound_s=found.bound_s,
        by_bound=found.by_bound,
        is_settled=found.is_settled,
        looked=looked,
        opened=opened,
        best=best,
        next_bound_s=next_bound_s,
    )


@kernel
def _ports_worth_a_search(inputs, encounter, reach, shortest, goal, track, lanes, is_worth):
    """Ports to which a search for a faster way may change the answer, in the order of their bounds.

    Parameters
    ----------
    inputs : EvaluationInputs
    encounter : EncounterInputs
    reach : Reach
    shortest : Evaluation
        On the shortest paths.
    goal : SearchGoal
    track, lanes, is_worth
        Scratch, as for `mark_detour_candidates`.
    """
    if not goal.may_detour or is_empty(inputs.forecast) or inputs.key == BY_DISTANCE:
        return np.empty(0, np.int64)
    if not mark_detour_candidates(inputs, encounter, reach, shortest, goal.exhaustive, track, lanes, is_worth):
        return np.empty(0, np.int64)
    return shortest.by_bound[: shortest.opened][is_worth[: shortest.opened]]


@kernel
def _put_in_order_of_bounds(inputs, encounter, reach, found):
    """Enter the lower bounds of all ports, and the ports in the order of those."""
    fill_lower_bounds(inputs, reach, encounter.speed_model, found.bound_s)
    copy_first(np.argsort(found.bound_s, kind="mergesort"), found.by_bound, found.bound_s.shape[0])


@kernel
def evaluate_encounters(inputs, encounter, rows, members, row_patches, goal, answers):
    """Look at ports from the positions of encounters.

    Parameters
    ----------
    inputs : EvaluationInputs
    encounter : EncounterInputs
        Of any of these rows, with the sea limit of calm water: what stays the same in it is used for all of them.
    rows : EncounterArrays
    members : ndarray of int64
        Which of them.
    row_patches : RowPatches
    goal : SearchGoal
    answers : DecisionRows
        Where rows are written down.

    Returns
    -------
    Found
        Of the last row, where the goal is to keep it.
    """
    mesh, depth_class = inputs.water.mesh, inputs.depth_class
    count, corner_count = inputs.static.status.shape[0], depth_class.corners.vertex.shape[0]
    is_quiet = is_empty(inputs.forecast)
    fix = allocate_patch_workspace(inputs.water, depth_class)
    memo = allocate_memo(corner_count, count)
    workspace = SearchWorkspace(fix, memo, Leading(np.empty(goal.first), np.empty(goal.first)))
    track, lanes = np.empty((corner_count + 2, 2)), allocate_lanes()
    is_worth = np.empty(count, np.bool_)
    shortest_paths, nowhere_round = no_detours(), no_tracks()
    in_patch = _room_for(fix.reach, shortest_paths)
    reach, found, tracks = fix.reach, in_patch, nowhere_round
    nobody = np.empty(0, np.int64)
    order, turned = nobody, np.empty(0, np.bool_)
    for row in members:
        lon, lat = rows.lon[row], rows.lat[row]
        px, py = to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg)
        patch = _patch_of_row(
            inputs, row_patches.table, row_patches.places.patch[row], row_patches.places.x[row], px, py
        )
        is_in_patch = patch.triangle != NOWHERE
        is_lazy = measures_in_turn(patch, goal)
        reach = _reach_of_row(inputs, patch, fix, is_lazy, lon, lat, px, py)
        if not is_in_patch and (reach.kind == ON_LAND or reach.kind == ENCLOSED):
            answers.became[row] = REFUSED_ON_LAND if reach.kind == ON_LAND else REFUSED_ENCLOSED
            continue
        # In a patch nothing of it is kept from one row to the next, so the room is shared.
        shortest = in_patch if is_in_patch else _room_for(reach, shortest_paths)
        here = _encounter_of_row(inputs, encounter, rows, row, px, py, is_quiet, answers)
        found, tracks, detour_set = shortest, nowhere_round, shortest_paths
        worth, turn = nobody, NOWHERE
        is_round = False
        # On the shortest paths first, and anew with every faster way that is found.
        while True:
            if is_round or not is_lazy:
                _put_in_order_of_bounds(inputs, here, reach, found)
            looked, opened, best, next_bound_s = search_ports_in_order(
                inputs, here, patch, reach, detour_set.taken, goal, workspace, found
            )
            found = _with_outcome(found, looked, opened, best, next_bound_s)
            if not is_round:
                shortest = found
                worth = _ports_worth_a_search(inputs, here, reach, shortest, goal, track, lanes, is_worth)
            if worth.shape[0] == 0:
                break
            # A way found to a nearer port may close the question.
            turn, way, travel_time = next_detour(inputs, here, reach, shortest, found, worth, turn + 1, goal.exhaustive)
            if turn == NOWHERE:
                break
            if not is_round:
                is_round = True
                detour_set = begin_detours(shortest.ways.travel_times)
                if is_lazy:
                    measure_every_port(inputs.water, depth_class, patch, fix)
            p = worth[turn]
            add_detour(inputs, detour_set, p, way, travel_time)
            tracks = with_track(tracks, p, detour_set.distance_m[p], shortest.ways.travel_times.time_s[p], way)
            found = _room_for(reach, detour_set)
        if not goal.keeps:
            write_row(inputs, here.speed_model, reach, found, rows, row, answers)
            answers.became[row] = DECIDED
            continue
        shown = np.arange(count) if goal.every_port or goal.exhaustive else np.flatnonzero(found.is_settled)
        order = order_of(found, reach.harbour_m, shown)
        if goal.variants.shape[0] > 0:
            tried = contenders(inputs, here, shortest)
            if tried.shape[0] > 1:
                turned = np.zeros(goal.variants.shape[0], np.bool_)
                other = _room_for(reach, shortest_paths)
                for v in range(turned.shape[0]):
                    winner = winner_under(inputs, here, reach, shortest, tried, goal.variants[v], memo, other)
                    turned[v] = winner != shortest.best
    return Found(reach, found, tracks, order, turned)
