"""What a vessel meets in the entrance of a port, and when she gets in."""

from math import atan2, cos, degrees, isnan, radians, sin
from typing import NamedTuple

import numpy as np

from engine.codes import Gate, Grade
from engine.kernels.forecast import stream_at, visibility_at, waves_at, wind_at
from engine.kernels.jit import inlined_leaf_kernel, leaf_kernel
from engine.kernels.plane import length_of
from engine.kernels.sun import SUNRISE_DEG, sun_altitude_deg
from engine.kernels.tidal_gate import Sill, wait_for_entry_s
from engine.units import HOUR_S


class Entrance(NamedTuple):
    """Wind, sea, stream and light in an entrance when the vessel is there; NaN where unknown."""

    wind_ms: float
    wind_from_deg: float
    hs_m: float
    waves_from_deg: float
    stream_ms: float
    cross_ms: float
    against: bool
    visibility_m: float
    filled_m: float


class EntranceTiming(NamedTuple):
    """When and at what water a vessel gets in.

    Attributes
    ----------
    wait_s : float
        Before the entrance: infinite when longer than the policy lets one wait, NaN when that is not known. [s]
    judged_s : float
        Moment for which depth and gate are judged: entry after the wait, or the one nearest to it there is. [epoch s]
    """

    wait_s: float
    judged_s: float


@inlined_leaf_kernel
def _from_deg(towards_east, towards_north):
    """Direction something comes from, given the way it goes; NaN where that is unknown. [deg]"""
    if isnan(towards_east + towards_north):
        return np.nan
    return degrees(atan2(-towards_east, -towards_north)) % 360.0


@leaf_kernel
def entrance_at(forecast, lon_deg, lat_deg, axis_deg, at_s, wave_factor, against_ms, far_m):
    """`Entrance` of a port at a moment.

    Parameters
    ----------
    forecast : Forecast
    lon_deg, lat_deg : float
        Approach point. [deg]
    axis_deg : float
        Course in through the entrance; NaN when unknown, and then any stream counts as setting across. [deg]
    at_s : float
        [epoch s]
    wave_factor : float
    against_ms : float
        Weakest stream that counts as running against the wind. [m/s]
    far_m : float
        A value from a cell farther than this says nothing of the entrance. [m]
    """
    hs_m, waves_east, waves_north, _, waves_filled_m = waves_at(forecast, lon_deg, lat_deg, at_s)
    wind_east, wind_north, _, wind_filled_m = wind_at(forecast, lon_deg, lat_deg, at_s)
    east, north, stream_filled_m, _ = stream_at(forecast, lon_deg, lat_deg, at_s)
    visibility_m, visibility_filled_m = visibility_at(forecast, lon_deg, lat_deg, at_s)
    filled_m = 0.0
    if wind_filled_m < np.inf:
        filled_m = max(filled_m, wind_filled_m)
    if waves_filled_m < np.inf:
        filled_m = max(filled_m, waves_filled_m)
    if waves_filled_m > far_m:
        hs_m = np.nan
    if wind_filled_m > far_m:
        wind_east = np.nan
    if stream_filled_m > far_m:
        east = np.nan
    if visibility_filled_m > far_m:
        visibility_m = np.nan
    wind_ms = length_of(wind_east, wind_north)
    stream_ms = length_of(east, north)
    cross_ms = stream_ms
    # What is unknown stays so without asking for angles, which take longer than all the rest.
    if not isnan(stream_ms + axis_deg):
        cross_ms = abs(east * cos(radians(axis_deg)) - north * sin(radians(axis_deg)))
    # Wind and stream within 45 degrees of opposite.
    against = stream_ms >= against_ms and wind_east * east + wind_north * north <= -0.7071 * wind_ms * stream_ms
    return Entrance(
        wind_ms=wind_ms,
        wind_from_deg=_from_deg(wind_east, wind_north),
        hs_m=wave_factor * hs_m,
        waves_from_deg=_from_deg(waves_east, waves_north),
        stream_ms=stream_ms,
        cross_ms=cross_ms,
        against=against,
        visibility_m=visibility_m,
        filled_m=filled_m,
    )


@leaf_kernel
def entry_at(tides, port, sill, arrival_s, tide_bias_m, longest_wait_s):
    """`EntranceTiming` for an arrival; a wait that is not sure to end within the policy's limit is no wait."""
    sure = Sill(sill.tide_needed_m - tide_bias_m, sill.has_hours, sill.opens_before_s, sill.closes_after_s, sill.hold_s)
    wait_s = wait_for_entry_s(tides, port, sure, arrival_s, 1.0, longest_wait_s)
    if wait_s < np.inf:
        return EntranceTiming(wait_s, arrival_s + wait_s)
    if np.isnan(wait_s):
        return EntranceTiming(np.nan, arrival_s)
    possible_s = wait_for_entry_s(tides, port, sure, arrival_s, -1.0, longest_wait_s)
    if possible_s < np.inf:
        return EntranceTiming(np.nan, arrival_s + possible_s)
    return EntranceTiming(np.inf, arrival_s)


@leaf_kernel
def is_night(lon_deg, lat_deg, at_s):
    """Whether the sun is down at a place and moment; unknown moments count as day."""
    return sun_altitude_deg(lon_deg, lat_deg, at_s) < SUNRISE_DEG


@inlined_leaf_kernel
def sill_of(figures, limits, p, draught_m, needed_depth_m, hold_s, by_day, by_night):
    """What keeps a vessel of this draught out of a port; harbours without figures keep nobody out here.

    Parameters
    ----------
    figures : PortFigures
    limits : Limits
    p : int
    draught_m, needed_depth_m : float
        [m]
    hold_s : float
        From the entrance to the landing. [s]
    by_day, by_night : bool
        Which hours hold; where both do, the shorter ones.
    """
    depth_m = figures.depth_m[p]
    has_hours = figures.gate[p] == Gate.TIDAL_WINDOW
    # NaN compares false both ways: only a known shortage of depth waits for the tide.
    tide_needed_m = needed_depth_m - depth_m if depth_m < needed_depth_m else np.nan
    # A harbour's own hours say more of a small vessel than a depth that was read nowhere.
    grade = figures.depth_grade[p]
    if (
        has_hours
        and grade < Grade.TRANSCRIBED
        and figures.gate_grade[p] > grade
        and draught_m <= limits.hours_stand_for_draught_m
    ):
        tide_needed_m = np.nan
    before_h, after_h = figures.gate_before_h[p], figures.gate_after_h[p]
    night_before_h, night_after_h = figures.gate_night_before_h[p], figures.gate_night_after_h[p]
    if by_night and not isnan(night_before_h) and (not by_day or night_before_h < before_h):
        before_h = night_before_h
    if by_night and not isnan(night_after_h) and (not by_day or night_after_h < after_h):
        after_h = night_after_h
    return Sill(tide_needed_m, has_hours, before_h * HOUR_S, after_h * HOUR_S, hold_s)


@inlined_leaf_kernel
def time_inside_s(figures, limits, p, harbour_m, speed_ms):
    """From the entrance to the landing, lock included; NaN where the length of the leg is not known. [s]"""
    limit_ms = limits.harbour_speed_ms if np.isnan(figures.harbour_speed_ms[p]) else figures.harbour_speed_ms[p]
    inside_s = harbour_m / min(speed_ms, limit_ms)
    if figures.gate[p] == Gate.LOCK_24H:
        inside_s += limits.lock_s
    return inside_s


@leaf_kernel
def wait_on_arrival_s(tides, port, sill, arrival_s, tide_bias_m, longest_wait_s):
    """Wait outside on another arrival: infinite when the way in has shut by then, NaN when that is not known. [s]"""
    return entry_at(tides, port, sill, arrival_s, tide_bias_m, longest_wait_s).wait_s
