"""Branch and bound: which ports get a search for a faster way, and the proof that the rest need none.

A port's lower bound is the whole shortest distance at top speed with the strongest stream and wind of the forecast
behind, and no wait. Ports are opened in order of their bounds until the next bound exceeds the best confirmed key.
"""

from math import isfinite

import numpy as np

from engine.case import Case, Found, Ways, every_port, judged, key_of, looked_at_closely
from engine.kernels.detour import could_gain_for_ports, faster_track, top_speed_ms
from engine.kernels.passage import Passages, added, run_track, says_nothing
from engine.kernels.plane import to_plane
from engine.kernels.reach import track_on_plane
from engine.kernels.zones import zones_of_track
from engine.model import Detour, Proof
from engine.sea_route import track_length_m
from engine.vocab import Rule, Status, Verdict, Weight

AT_ONCE = 8
"""Ports looked at closely in one go: the nearest few are shown in any case."""

_CAUTION = int(Status.CAUTION)


def opened(case: Case, ways: Ways, exhaustive: bool = False) -> tuple[Found, Proof]:
    """All ports judged, those that could be the best one on the fastest way known.

    Parameters
    ----------
    case : Case
    ways : Ways
        The shortest ones, looked at coarsely.
    exhaustive : bool
        Open every port whatever its bound: the oracle of the bounded search.

    Returns
    -------
    Found
    Proof
    """
    bounds_s = lower_bounds_s(case, ways)
    by_bound = np.argsort(bounds_s, kind="stable")
    hopeless = np.zeros(len(bounds_s), np.bool_)
    best_s = np.inf
    count = 0
    while count < len(by_bound) and (exhaustive or bounds_s[by_bound[count]] < best_s):
        batch = by_bound[count : count + AT_ONCE]
        ways = looked_at_closely(case, ways, batch)
        looked = judged(case, ways, batch)
        hopeless[batch] = _hopeless(looked)
        best_s = min(best_s, _best_confirmed_s(looked))
        count += len(batch) if exhaustive else max(1, int((bounds_s[batch] < best_s).sum()))
    if not says_nothing(case.world.forecast) and case.ask.policy.key != "distance":
        near = by_bound[:count]
        ways = _with_ways_round(case, ways, near[~hopeless[near]])
    found = judged(case, ways)
    return found, Proof(count, float(bounds_s[by_bound[count]]) if count < len(by_bound) else np.inf)


def _best_confirmed_s(found: Found) -> float:
    """Least key of a fit port; infinite without one. [s]"""
    keys = found.key_s[found.status <= _CAUTION]
    return float(np.nanmin(keys)) if len(keys) and not np.isnan(keys).all() else np.inf


def _with_ways_round(case: Case, ways: Ways, ports: np.ndarray) -> Ways:
    """The ways with faster ones for ports that could win by one, given in order of their bounds."""
    limits = case.ask.policy.limits
    gains_s = could_gain_for_ports(
        case.world.water, case.depth_class, ways.reach, case.world.forecast, case.motion, case.ask.at_s, ways.passages,
        ports,
    )  # fmt: skip
    usual_s = ways.passages.time_s[ports]
    # What cannot gain much is not looked for.
    worth = gains_s > np.where(np.isfinite(usual_s), limits.detour_worth_share * usual_s, 0.0)
    for port in ports[worth][: int(limits.detour_ports)].tolist():
        ways = way_round(case, ways, port) or ways
    return ways


def lower_bounds_s(case: Case, ways: Ways) -> np.ndarray:
    """Least key each port can have, whatever way is taken to it; infinite without one. [s]"""
    world, limits = case.world, case.ask.policy.limits
    top_ms = top_speed_ms(case.motion, world.forecast)
    limit_ms = np.where(
        np.isnan(world.columns.harbour_speed_ms), limits.harbour_speed_ms, world.columns.harbour_speed_ms
    )
    inside_s = ways.reach.harbour_m / np.minimum(case.speed_ms, limit_ms)
    least_s = ways.reach.distance_m / top_ms + np.nan_to_num(inside_s)
    bounds = key_of(case, ways, least_s, every_port(world))
    return np.where(np.isnan(bounds), np.inf, bounds)


MENDED_BY_ANOTHER_ARRIVAL = (Rule.R_RTE_01, Rule.R_RTE_02, Rule.R_NAV_01, Rule.R_NAV_02, Rule.R_NAV_03)
"""Rules that may find otherwise on another way, at another hour, in another sea."""


def _hopeless(found: Found) -> np.ndarray:
    """Ports that no other way could make fit: a hard rule speaks against them that does not hang on the way."""
    against = (found.table.verdict == int(Verdict.FAIL)) | (found.table.verdict == int(Verdict.UNKNOWN))
    against &= found.weight == int(Weight.HARD)
    against[:, MENDED_BY_ANOTHER_ARRIVAL] = False
    return np.asarray(against.any(axis=1))


def way_round(case: Case, ways: Ways, port: int) -> Ways | None:
    """The ways with a faster one to this port, or None when none was found that is worth it."""
    world, limits = case.world, case.ask.policy.limits
    reach, passages = ways.reach, ways.passages
    usual_s = float(passages.time_s[port])
    too_high = passages.highest_hs_m[port] > case.motion.max_hs_m
    stuck = not isfinite(usual_s)
    most_s = usual_s
    if stuck or too_high:
        calm_s = float(reach.distance_m[port]) / case.speed_ms
        most_s = limits.detour_most_times * (max(calm_s, usual_s) if not stuck else calm_s)
    shortest = track_on_plane(world.water, case.depth_class, reach, port)
    mesh = world.water.mesh
    # The hop from the position to the mesh is the same either way; its clock runs first.
    from_bank = np.array([reach.path[0], reach.joined[port]])
    hop_track = reach.path if (reach.joined[port] == reach.path[-1]).all() else from_bank
    hop = run_track(world.forecast, case.motion, case.ask.at_s, hop_track)
    worth_s = np.inf if stuck or too_high else (1.0 - 0.5 * limits.detour_worth_share) * most_s
    way, onward = faster_track(
        mesh, case.depth_class.needed_depth_m, world.forecast, case.motion, case.ask.at_s + hop.time_s, shortest,
        most_s - hop.time_s, worth_s - hop.time_s, bool(too_high),
    )  # fmt: skip
    if len(way) == 0:
        return None
    clock = added(hop, onward)
    if not (stuck or too_high) and clock.time_s > (1.0 - limits.detour_worth_share) * usual_s:
        return None
    plane = np.array([to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg) for lon, lat in way])
    touched, poor = ways.touched.copy(), ways.poor.copy()
    touched[port], poor[port] = zones_of_track(world.water.zones, plane, world.water.limits.right_angle_tolerance_deg)
    fresh = Passages(*(column.copy() for column in passages))
    for column, value in zip(fresh, clock[: len(fresh)], strict=True):
        column[port] = value
    distance_m = ways.distance_m.copy()
    way = np.vstack([hop_track[:-1], way])
    distance_m[port] = track_length_m(way)
    detours = {**ways.detours, port: Detour(way, float(distance_m[port]), usual_s)}
    return Ways(reach, distance_m, fresh, touched, poor, detours)
