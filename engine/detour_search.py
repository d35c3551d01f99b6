"""Ways round: which ports are worth a search for a faster way, and the search from the position to the entrance."""

import numpy as np

from engine.apply_rules import RULE_COUNT
from engine.codes import Rule, Verdict, Weight
from engine.evaluation import DetourSet, DetourTracks
from engine.kernels.detour_bound import detour_gain_bound_s, least_time_s, stays_high
from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.jit import inlined_leaf_kernel, kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.plane import to_plane
from engine.kernels.port_travel_times import TravelTimes, set_travel_time
from engine.kernels.reach import fill_track_on_plane, track_on_plane
from engine.kernels.speed import calm_speed_ms
from engine.kernels.time_dependent_search import search_faster_track
from engine.kernels.travel_time import Passage, add, start_travel, travel_time_along_track
from engine.kernels.zones import zones_of_leg

MENDED_BY_ANOTHER_ARRIVAL = (Rule.R_RTE_01, Rule.R_RTE_02, Rule.R_NAV_01, Rule.R_NAV_02, Rule.R_NAV_03)
"""Rules that may find otherwise on another way, at another hour, in another sea."""

_IS_MENDED = np.array([rule in MENDED_BY_ANOTHER_ARRIVAL for rule in Rule])


@inlined_leaf_kernel
def has_blocking_finding(found, row):
    """Whether a hard rule speaks against a row: one that another arrival may mend, and one that none can."""
    mendable = False
    hopeless = False
    for r in range(RULE_COUNT):
        verdict = found.table.verdict[row, r]
        if found.weight[row, r] == Weight.HARD and (verdict == Verdict.FAIL or verdict == Verdict.UNKNOWN):
            if _IS_MENDED[r]:
                mendable = True
            else:
                hopeless = True
    return mendable, hopeless


@leaf_kernel
def mark_detour_candidates(inputs, encounter, reach, found, exhaustive, track, lanes, worth):
    """Mark ports whose answer a faster way round might change.

    Parameters
    ----------
    inputs : EvaluationInputs
    encounter : EncounterInputs
    reach : Reach
    found : Evaluation
        On the shortest paths.
    exhaustive : bool
        Mark every port that a way round might bring nearer by as much as is worth a search.
    track : ndarray of float64, shape (k + 2, 2)
        Scratch.
    lanes : Lanes
        Scratch.
    worth : ndarray of bool, shape (p,)
        Of ports in the order of their bounds; only those that could be the best one are looked at.

    Returns
    -------
    bool
        Whether there is one.
    """
    any_worth = False
    for turn in range(found.opened):
        worth[turn] = is_detour_candidate(
            inputs, encounter, reach, found, found.by_bound[turn], exhaustive, track, lanes
        )
        any_worth = any_worth or worth[turn]
    return any_worth


@inlined_leaf_kernel
def max_wait_saving_s(found, p):
    """Most that another hour of arrival may spare: the wait, or where that is in doubt all after the passage. [s]"""
    wait_s = found.table.wait_s[p]
    if np.isnan(wait_s) and not found.table.high_s[p] < np.inf:
        wait_s = found.table.time_s[p] - found.ways.travel_times.time_s[p]
    return wait_s if wait_s > 0.0 else 0.0


@leaf_kernel
def is_detour_candidate(inputs, encounter, reach, found, p, exhaustive, track, lanes):
    """Whether a faster way round to one port might change the answer.

    Parameters
    ----------
    inputs, encounter, reach, found, exhaustive, track, lanes
        As for `mark_detour_candidates`.
    p : int
        A port that could be the best one.
    """
    if not reach.distance_m[p] < np.inf or reach.entered_at[p] != NOWHERE:
        return False
    # No other way could make it fit.
    if has_blocking_finding(found, p)[1]:
        return False
    usual_s = found.ways.travel_times.time_s[p]
    depart_s, speed_model = encounter.figures.depart_s, encounter.speed_model
    if not usual_s < np.inf or found.ways.travel_times.highest_hs_m[p] > speed_model.max_hs_m:
        start = reach.path[0]
        soonest_s = least_time_s(reach.distance_m[p], speed_model, inputs.forecast, start[0], start[1])
        latest_s = _longest_s(inputs, speed_model, reach, p, usual_s)
        # Round an entrance that stays too rough there is no way.
        return not stays_high(
            inputs.forecast,
            speed_model,
            inputs.water.ports.lon[p],
            inputs.water.ports.lat[p],
            depart_s + soonest_s,
            depart_s + latest_s,
        )
    needed_s = inputs.limits.detour_worth_share * usual_s
    if not exhaustive and p != found.best:
        # What it would have to gain to come first; another arrival may also spare the whole wait and every penalty.
        best_s = np.inf if found.best == NOWHERE else found.key_s[found.best]
        behind_s = found.plain_key_s[p] - best_s - max_wait_saving_s(found, p)
        needed_s = max(needed_s, behind_s)
    count = fill_track_on_plane(inputs.water, inputs.depth_class, reach, p, track)
    gain_s = detour_gain_bound_s(
        inputs.water.mesh, inputs.forecast, speed_model, depart_s, track[:count], lanes, usual_s, needed_s
    )  # fmt: skip
    return gain_s > needed_s


@inlined_leaf_kernel
def _longest_s(inputs, speed_model, reach, p, usual_s):
    """Longest passage that a way round may make of one that cannot be made. [s]"""
    longest_s = inputs.limits.detour_most_times * reach.distance_m[p] / calm_speed_ms(speed_model)
    if usual_s < np.inf:
        longest_s = max(longest_s, inputs.limits.detour_most_times * usual_s)
    return longest_s


@kernel
def next_detour(inputs, encounter, reach, shortest, found, worth, first, exhaustive):
    """Search for one port after the other until a way round is found.

    Parameters
    ----------
    inputs : EvaluationInputs
    encounter : EncounterInputs
    reach : Reach
    shortest : Evaluation
        On the shortest paths.
    found : Evaluation
        With the ways round found so far.
    worth : ndarray of int64
        Ports worth it, in the order of their bounds; only so many as the policy says are searched for.
    first : int
        Place in that of the port to begin with.
    exhaustive : bool
        Search also where a nearer port has closed the question.

    Returns
    -------
    turn : int
        Place of the port to which there is one, or `NOWHERE`.
    track : ndarray of float64, shape (n, 2)
        From the position to the approach point, longitude and latitude. [deg]
    travel_time : TravelTime
        At its end.
    """
    best_s = np.inf if found.best == NOWHERE else found.key_s[found.best]
    for turn in range(first, min(worth.shape[0], int(inputs.limits.detour_ports))):
        if found.bound_s[worth[turn]] >= best_s and not exhaustive:
            break
        track, travel_time = search_detour(inputs, encounter, reach, shortest.ways.travel_times, worth[turn])
        if track.shape[0] > 0:
            return turn, track, travel_time
    return NOWHERE, np.empty((0, 2)), start_travel()


@kernel
def search_detour(inputs, encounter, reach, travel_times, p):
    """Look for a way that is faster than the shortest path by as much as is worth it, or the only one that is fit.

    Parameters
    ----------
    inputs, encounter, reach
        As for `next_detour`.
    travel_times : TravelTimes
        Clocks of the shortest paths.
    p : int
        A port that is reached by the sea outside.

    Returns
    -------
    track, travel_time
        As from `next_detour`; an empty track where none was found.
    """
    limits, speed_model, depart_s = inputs.limits, encounter.speed_model, encounter.figures.depart_s
    usual_s = travel_times.time_s[p]
    too_high = travel_times.highest_hs_m[p] > speed_model.max_hs_m
    no_way = too_high or not usual_s < np.inf
    most_s = _longest_s(inputs, speed_model, reach, p, usual_s) if no_way else usual_s
    # The hop from the position to the mesh is the same either way; its clock runs first.
    hop_track = reach.path
    if (reach.joined[p] != reach.path[-1]).any():
        # From a bank the way to this port leaves elsewhere.
        hop_track = np.empty((2, 2))
        hop_track[0] = reach.path[0]
        hop_track[1] = reach.joined[p]
    hop = travel_time_along_track(Passage(inputs.forecast, speed_model, depart_s), hop_track)
    if not hop.time_s < most_s:
        return np.empty((0, 2)), hop
    way, onward = search_faster_track(
        inputs.water.mesh, inputs.depth_class.needed_depth_m,
        Passage(inputs.forecast, speed_model, depart_s + hop.time_s),
        track_on_plane(inputs.water, inputs.depth_class, reach, p), most_s - hop.time_s, no_way, too_high,
    )  # fmt: skip
    travel_time = add(hop, onward)
    if way.shape[0] == 0 or (not no_way and travel_time.time_s > (1.0 - limits.detour_worth_share) * usual_s):
        return np.empty((0, 2)), travel_time
    return np.concatenate((hop_track[:-1], way)), travel_time


@kernel
def begin_detours(travel_times):
    """A `DetourSet` of no way yet, from the clocks of the shortest paths."""
    count = travel_times.time_s.shape[0]
    return DetourSet(
        taken=np.zeros(count, np.bool_),
        distance_m=np.empty(count),
        touched=np.empty(count, np.uint64),
        poor=np.empty(count, np.uint64),
        travel_times=TravelTimes(
            travel_times.time_s.copy(),
            travel_times.early_s.copy(),
            travel_times.late_s.copy(),
            travel_times.highest_hs_m.copy(),
            travel_times.waves_missing.copy(),
            travel_times.stream_missing.copy(),
            travel_times.stream_met.copy(),
            travel_times.filled_m.copy(),
        ),
    )


@leaf_kernel
def add_detour(inputs, detour_set, p, track, travel_time):
    """Enter a way round.

    Parameters
    ----------
    inputs : EvaluationInputs
    detour_set : DetourSet
    p : int
        Port it leads to.
    track, travel_time
        As from `next_detour`.
    """
    mesh, tolerance_deg = inputs.water.mesh, inputs.water.limits.right_angle_tolerance_deg
    length_m = 0.0
    touched, poor = np.uint64(0), np.uint64(0)
    x, y = to_plane(track[0, 0], track[0, 1], mesh.origin_lon_deg, mesh.origin_lat_deg)
    for k in range(1, track.shape[0]):
        length_m += geodesic_length_m(track[k - 1, 0], track[k - 1, 1], track[k, 0], track[k, 1])
        to_x, to_y = to_plane(track[k, 0], track[k, 1], mesh.origin_lon_deg, mesh.origin_lat_deg)
        on_leg, poor_on_leg = zones_of_leg(inputs.water.zones, x, y, to_x, to_y, tolerance_deg)
        touched |= on_leg
        poor |= poor_on_leg
        x, y = to_x, to_y
    detour_set.taken[p] = True
    detour_set.distance_m[p] = length_m
    detour_set.touched[p], detour_set.poor[p] = touched, poor
    set_travel_time(detour_set.travel_times, p, travel_time)


@kernel
def with_track(tracks, p, length_m, shortest_s, track):
    """`DetourTracks` with one way more. [m], [s]"""
    end = tracks.track.shape[0] + track.shape[0]
    return DetourTracks(
        port=np.append(tracks.port, p),
        length_m=np.append(tracks.length_m, length_m),
        shortest_s=np.append(tracks.shortest_s, shortest_s),
        track_to=np.append(tracks.track_to, end),
        track=np.concatenate((tracks.track, track)),
    )
