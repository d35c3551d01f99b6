"""Ways round: which ports are worth a search for a faster way, and the search from the position to the entrance."""

import numpy as np

from engine.judge import RULE_COUNT
from engine.kernels.detour import faster_track
from engine.kernels.jit import inlined_kernel, kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.passage import added, calm_speed_ms, run_track, start_clock
from engine.kernels.reach import enter_track_on_plane, track_on_plane
from engine.kernels.screen import could_gain_s, new_lanes, stays_high, top_speed_ms
from engine.vocab import Rule, Verdict, Weight

MENDED_BY_ANOTHER_ARRIVAL = (Rule.R_RTE_01, Rule.R_RTE_02, Rule.R_NAV_01, Rule.R_NAV_02, Rule.R_NAV_03)
"""Rules that may find otherwise on another way, at another hour, in another sea."""

_IS_MENDED = np.array([rule in MENDED_BY_ANOTHER_ARRIVAL for rule in Rule])


@inlined_kernel
def speaks_against(found, row):
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


@kernel
def worth_a_search(scene, reach, found, exhaustive):
    """Ports whose answer a faster way round might change, in the order of their bounds.

    Parameters
    ----------
    scene : Scene
    reach : Reach
    found : Survey
        Of all ports, on the shortest paths.
    exhaustive : bool
        Name every port that a way round might bring nearer by as much as is worth a search.

    Returns
    -------
    ndarray of int64
    """
    worth = np.zeros(found.opened, np.bool_)
    track, lanes = np.empty((scene.depth_class.corners.vertex.shape[0] + 2, 2)), new_lanes()
    _enter_worth(scene, reach, found, exhaustive, track, lanes, worth)
    return found.by_bound[: found.opened][worth]


@leaf_kernel
def _enter_worth(scene, reach, found, exhaustive, track, lanes, worth):
    """Enter of the ports in the order of their bounds whether they are worth a search."""
    for turn in range(worth.shape[0]):
        worth[turn] = is_worth_a_search(scene, reach, found, found.by_bound[turn], exhaustive, track, lanes)


@inlined_kernel
def may_spare_s(found, p):
    """Most that another hour of arrival may spare: the wait, or where that is in doubt all after the passage. [s]"""
    wait_s = found.table.wait_s[p]
    if np.isnan(wait_s) and not found.table.high_s[p] < np.inf:
        wait_s = found.table.time_s[p] - found.ways.passages.time_s[p]
    return wait_s if wait_s > 0.0 else 0.0


@leaf_kernel
def is_worth_a_search(scene, reach, found, p, exhaustive, track, lanes):
    """Whether a faster way round to one port might change the answer.

    Parameters
    ----------
    scene, reach, found, exhaustive
        As for `worth_a_search`.
    p : int
        A port that could be the best one.
    track : ndarray of float64, shape (k + 2, 2)
        Scratch.
    lanes : Lanes
        Scratch.
    """
    if not reach.distance_m[p] < np.inf or reach.entered_at[p] != NOWHERE:
        return False
    # No other way could make it fit.
    if speaks_against(found, p)[1]:
        return False
    usual_s = found.ways.passages.time_s[p]
    depart_s = scene.figures.depart_s
    if not usual_s < np.inf or found.ways.passages.highest_hs_m[p] > scene.motion.max_hs_m:
        soonest_s = reach.distance_m[p] / top_speed_ms(scene.motion, scene.forecast)
        latest_s = _longest_s(scene, reach, p, usual_s)
        # Round an entrance that stays too rough there is no way.
        return not stays_high(
            scene.forecast, scene.motion, scene.water.ports.lon[p], scene.water.ports.lat[p], depart_s + soonest_s,
            depart_s + latest_s,
        )  # fmt: skip
    needed_s = scene.limits.detour_worth_share * usual_s
    if not exhaustive and p != found.best:
        # What it would have to gain to come first; another arrival may also spare the whole wait and every penalty.
        best_s = np.inf if found.best == NOWHERE else found.key_s[found.best]
        behind_s = found.plain_key_s[p] - best_s - may_spare_s(found, p)
        needed_s = max(needed_s, behind_s)
    count = enter_track_on_plane(scene.water, scene.depth_class, reach, p, track)
    gain_s = could_gain_s(
        scene.water.mesh, scene.forecast, scene.motion, depart_s, track[:count], lanes, usual_s, needed_s
    )  # fmt: skip
    return gain_s > needed_s


@inlined_kernel
def _longest_s(scene, reach, p, usual_s):
    """Longest passage that a way round may make of one that cannot be made. [s]"""
    longest_s = scene.limits.detour_most_times * reach.distance_m[p] / calm_speed_ms(scene.motion)
    if usual_s < np.inf:
        longest_s = max(longest_s, scene.limits.detour_most_times * usual_s)
    return longest_s


@kernel
def next_way_round(scene, reach, passages, found, worth, first, exhaustive):
    """Search for one port after the other until a way round is found.

    Parameters
    ----------
    scene : Scene
    reach : Reach
    passages : Passages
        Clocks of the shortest paths.
    found : Survey
        Of all ports, with the ways round found so far.
    worth : ndarray of int64
        From `worth_a_search`; only so many as the policy says are searched for.
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
    clock : Clock
        At its end.
    """
    best_s = np.inf if found.best == NOWHERE else found.key_s[found.best]
    for turn in range(first, min(worth.shape[0], int(scene.limits.detour_ports))):
        if found.bound_s[worth[turn]] >= best_s and not exhaustive:
            break
        track, clock = search_way_round(scene, reach, passages, worth[turn])
        if track.shape[0] > 0:
            return turn, track, clock
    return NOWHERE, np.empty((0, 2)), start_clock()


@kernel
def has_way_round(scene, reach, found):
    """Whether there is a way round that might change the answer of a survey of all ports on the shortest paths."""
    worth = worth_a_search(scene, reach, found, False)
    return next_way_round(scene, reach, found.ways.passages, found, worth, 0, False)[0] != NOWHERE


@kernel
def search_way_round(scene, reach, passages, p):
    """Look for a way that is faster than the shortest path by as much as is worth it, or the only one that is fit.

    Parameters
    ----------
    scene, reach, passages
        As for `next_way_round`.
    p : int
        A port that is reached by the sea outside.

    Returns
    -------
    track, clock
        As from `next_way_round`; an empty track where none was found.
    """
    limits, motion, forecast = scene.limits, scene.motion, scene.forecast
    depart_s = scene.figures.depart_s
    usual_s = passages.time_s[p]
    too_high = passages.highest_hs_m[p] > motion.max_hs_m
    no_way = too_high or not usual_s < np.inf
    most_s = _longest_s(scene, reach, p, usual_s) if no_way else usual_s
    # The hop from the position to the mesh is the same either way; its clock runs first.
    hop_track = reach.path
    if (reach.joined[p] != reach.path[-1]).any():
        # From a bank the way to this port leaves elsewhere.
        hop_track = np.empty((2, 2))
        hop_track[0] = reach.path[0]
        hop_track[1] = reach.joined[p]
    hop = run_track(forecast, motion, depart_s, hop_track)
    if not hop.time_s < most_s:
        return np.empty((0, 2)), hop
    way, onward = faster_track(
        scene.water.mesh, scene.depth_class.needed_depth_m, forecast, motion, depart_s + hop.time_s,
        track_on_plane(scene.water, scene.depth_class, reach, p), most_s - hop.time_s, no_way, too_high,
    )  # fmt: skip
    clock = added(hop, onward)
    if way.shape[0] == 0 or (not no_way and clock.time_s > (1.0 - limits.detour_worth_share) * usual_s):
        return np.empty((0, 2)), clock
    return np.concatenate((hop_track[:-1], way)), clock
