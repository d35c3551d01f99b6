"""The way there: route, banks, endurance, traffic lanes, restricted areas, load."""

from math import inf, isnan, nan

import numpy as np

from engine.codes import Code, Verdict
from engine.kernels.jit import leaf_kernel
from engine.rules.result import RuleResult


@leaf_kernel
def route(distance_m, time_s, whole_m):
    """Water leads there, and the vessel can make it good against the stream.

    Parameters
    ----------
    distance_m : float
        Shortest water distance; infinite when there is no way. [m]
    time_s : float
        To the entrance; infinite when the stream cannot be stemmed, NaN in a sea beyond the speed table. [s]
    whole_m : float
        To the landing; NaN when the harbour leg is not known. [m]
    """
    if not distance_m < inf:
        return RuleResult(Verdict.FAIL, Code.ROUTE_NONE, nan, nan)
    if time_s == inf:
        return RuleResult(Verdict.FAIL, Code.STREAM_TOO_STRONG, whole_m, nan)
    if isnan(time_s):
        return RuleResult(Verdict.UNKNOWN, Code.TIME_UNKNOWN, whole_m, nan)
    return RuleResult(Verdict.PASS, Code.ROUTE_OK, distance_m if isnan(whole_m) else whole_m, nan)


@leaf_kernel
def downgrade_untimed(code, has_tide, has_weather):
    """Code of a finding where nobody knows when the vessel arrives: what is lacking is her hour, not the prediction.

    Parameters
    ----------
    code : int
        `Code` found without a tide and a sea at the entrance.
    has_tide, has_weather : bool
        Whether there is a tide for this port, and a forecast.
    """
    if has_tide:
        if code == Code.TIDE_UNKNOWN:
            return Code.DEPTH_HOUR_UNKNOWN
        if code == Code.GATE_TIDE_UNKNOWN:
            return Code.GATE_HOUR_UNKNOWN
        if code == Code.TIDE_MISSING:
            return Code.TIDE_HOUR_UNKNOWN
    if has_weather:
        if code == Code.ENTRANCE_SEA_UNKNOWN:
            return Code.ENTRANCE_HOUR_UNKNOWN
        if code == Code.STREAM_UNKNOWN:
            return Code.STREAM_HOUR_UNKNOWN
        if code == Code.VIS_UNKNOWN:
            return Code.VIS_HOUR_UNKNOWN
    return code


@leaf_kernel
def banks(distance_m, needed_m):
    """The route keeps clear of banks too shallow for the vessel.

    Routes are searched only where the mesh is deep enough, so a route that exists is clear; what can be
    missing is the draught.
    """
    if not distance_m < inf:
        return RuleResult(Verdict.NOT_APPLICABLE, Code.BANKS_CLEAR, nan, nan)
    return RuleResult(Verdict.PASS, Code.BANKS_CLEAR, nan, needed_m)


def banks_with_tide(depth_m: float, needed_m: float) -> RuleResult:
    """The route leads over banks that the tide covers: the least water over any of them, and what she needs there."""
    return RuleResult(Verdict.PASS, Code.BANK_WITH_TIDE, depth_m, needed_m)


@leaf_kernel
def endurance(distance_m, range_m, plausible_range_m, reserve_share):
    """Range less the reserve covers the distance.

    Parameters
    ----------
    distance_m : float
        [m]
    range_m : float
        Of the vessel at passage speed; NaN when unknown. [m]
    plausible_range_m : float
        As short as it may be where nobody has stated it. [m]
    reserve_share : float
        Part of the range kept back.
    """
    usable_m = range_m * (1.0 - reserve_share)
    least_m = plausible_range_m * (1.0 - reserve_share)
    if isnan(usable_m) and distance_m > least_m:
        return RuleResult(Verdict.UNKNOWN, Code.RANGE_DOUBTFUL, distance_m, least_m)
    if isnan(usable_m) or isnan(distance_m):
        return RuleResult(Verdict.UNKNOWN, Code.FUEL_UNKNOWN, distance_m, usable_m)
    if distance_m <= usable_m:
        return RuleResult(Verdict.PASS, Code.ENDURANCE_OK, distance_m, usable_m)
    return RuleResult(Verdict.FAIL, Code.ENDURANCE_SHORT, distance_m, usable_m)


@leaf_kernel
def _count_bits(mask):
    count = 0
    while mask:
        # An unsigned one: numba makes uint64 minus int64 a float.
        mask &= mask - np.uint64(1)
        count += 1
    return count


@leaf_kernel
def traffic_lanes(has_route, touched, poor, lanes):
    """Traffic lanes on the way are crossed near a right angle.

    Parameters
    ----------
    has_route : bool
    touched, poor : int
        Zones the route touches, and those it crosses at a poor angle, one bit each.
    lanes : int
        Zones that are traffic lanes.
    """
    if not has_route:
        return RuleResult(Verdict.NOT_APPLICABLE, Code.TSS_NONE, nan, nan)
    crossed = touched & lanes
    if not crossed:
        return RuleResult(Verdict.PASS, Code.TSS_NONE, 0.0, nan)
    if poor & lanes:
        return RuleResult(Verdict.FAIL, Code.TSS_ANGLE_BAD, float(_count_bits(crossed)), nan)
    return RuleResult(Verdict.PASS, Code.TSS_CROSSES, float(_count_bits(crossed)), nan)


@leaf_kernel
def restricted_areas(has_route, touched, firing_ranges):
    """No firing range lies on the way; whether one is in use is not known here."""
    if not has_route:
        return RuleResult(Verdict.NOT_APPLICABLE, Code.ZONE_NONE, nan, nan)
    if touched & firing_ranges:
        return RuleResult(Verdict.UNKNOWN, Code.ZONE_FIRING, float(_count_bits(touched & firing_ranges)), nan)
    return RuleResult(Verdict.PASS, Code.ZONE_NONE, 0.0, nan)


@leaf_kernel
def persons_load(persons, persons_known, self_righting_persons, max_persons):
    """The vessel carries this many: over the self-righting limit is a caution, over the maximum is not fit.

    Parameters
    ----------
    persons : float
        The upper figure, or the policy's assumption. [persons]
    persons_known : bool
        False when `persons` is the assumption, which is never evidence.
    self_righting_persons, max_persons : float
        NaN when unknown. [persons]
    """
    if persons <= self_righting_persons:
        return RuleResult(Verdict.PASS, Code.LOAD_OK, persons, self_righting_persons)
    if isnan(self_righting_persons) and persons <= max_persons:
        return RuleResult(Verdict.PASS, Code.LOAD_OK, persons, max_persons)
    if not persons_known:
        return RuleResult(Verdict.UNKNOWN, Code.LOAD_POB_UNKNOWN, nan, max_persons)
    if persons > max_persons:
        return RuleResult(Verdict.FAIL, Code.LOAD_OVER_MAX, persons, max_persons)
    if persons > self_righting_persons:
        return RuleResult(Verdict.FAIL, Code.LOAD_OVER_SR, persons, self_righting_persons)
    return RuleResult(Verdict.UNKNOWN, Code.LOAD_LIMIT_UNKNOWN, persons, nan)
