"""Before a search for a way round: how fast anything can be, and whether lanes abreast of the path may repay one."""

from math import cos, radians, sqrt
from typing import NamedTuple

import numpy as np

from engine.kernels.forecast import waves_at
from engine.kernels.jit import inlined_kernel, inlined_leaf_kernel, leaf_kernel
from engine.kernels.plane import from_plane, length_of
from engine.kernels.speed import Sea, calm_speed_ms, made_good_ms, sea_at
from engine.kernels.streams import least_time_through_s, strongest_within_ms

STRETCHES = 6
LANES = np.array([-0.48, -0.32, -0.2, -0.12, -0.05, 0.0, 0.05, 0.12, 0.2, 0.32, 0.48])
ON_PATH = 5
FARTHEST_CHANGE = 2
"""Stretches of the path; lanes along it, as parts of half the width of the water that can matter; the lane that is the
path itself; and how many lanes may be changed in one stretch."""

SEEN_TIMES, UNSEEN_SHARE = 1.5, 0.015
"""A way round is taken to save at most so many times what a look along so few lanes sees, and this share of the time
besides."""

HALF_HOUR_S = 1800.0

SAFE = 0.99
"""The plane stretches by up to half a per cent at the edge of the area, and the sphere differs from the ellipsoid by a
third: lower bounds are taken this much lower."""


@inlined_leaf_kernel
def _through_ms(speed_model, forecast):
    """Top speed but for the stream. [m/s]"""
    return calm_speed_ms(speed_model) + speed_model.wind_drift * forecast.strongest_wind_ms


@leaf_kernel
def least_time_s(distance_m, speed_model, forecast, lon_deg, lat_deg):
    """Lower bound of a passage from a place: at top speed, with the strongest stream behind that may be met. [s]"""
    return least_time_through_s(
        forecast.streams,
        lon_deg,
        lat_deg,
        distance_m,
        _through_ms(speed_model, forecast),
        forecast.strongest_current_ms,
    )


@leaf_kernel
def top_speed_ms(speed_model, forecast, lon_deg, lat_deg, time_s):
    """No vessel of this motion is faster over the ground on a passage of so long from a place. [m/s]"""
    through_ms = _through_ms(speed_model, forecast)
    return through_ms + strongest_within_ms(
        forecast.streams, lon_deg, lat_deg, time_s, through_ms, forecast.strongest_current_ms
    )


class Lanes(NamedTuple):
    """Places abreast of two points of the path, one on each lane, and what is known of them.

    Attributes
    ----------
    off_m : ndarray of float64, shape (2, lanes)
        To the left of the path; to the right where negative. [m]
    time_s : ndarray of float64, shape (2, lanes)
        Of the first arrival; infinite where nothing leads. [s]
    sea : ndarray of float64, shape (2, lanes, 5)
        `Sea` but for its last four figures.
    course : ndarray of float64, shape (2, 2)
        Unit vector along the path, east and north.
    """

    off_m: np.ndarray
    time_s: np.ndarray
    sea: np.ndarray
    course: np.ndarray


@inlined_kernel
def allocate_lanes():
    """Room for a look along the lanes."""
    count = LANES.shape[0]
    return Lanes(np.empty((2, count)), np.empty((2, count)), np.empty((2, count, 5)), np.empty((2, 2)))


@leaf_kernel
def detour_gain_bound_s(mesh, forecast, speed_model, depart_s, track, lanes, usual_s, needed_s):
    """How much a way round might save, as far as a coarse look at the sea tells.

    The water that can matter is laid out straight along the path, for no way is shorter than that; a few lanes run
    along it, and the fastest way that changes lanes between stretches is held against the path itself, looked at as
    coarsely. Coast is not looked at, and the hop from the position to the path is left on the clock. This is a screen
    and no bound.

    Parameters
    ----------
    mesh : Mesh
    forecast : Forecast
    speed_model : SpeedModel
    depart_s : float
        [s]
    track : ndarray of float64, shape (n, 2)
        The shortest path on the plane. [m]
    lanes : Lanes
        Scratch.
    usual_s : float
        Its time. [s]
    needed_s : float
        A gain no greater than this is of no use: the look ends as soon as no more is in prospect. [s]

    Returns
    -------
    float
        0 where no more than `needed_s` is in prospect. [s]
    """
    whole_m = 0.0
    for k in range(1, track.shape[0]):
        whole_m += length_of(track[k, 0] - track[k - 1, 0], track[k, 1] - track[k - 1, 1])
    start_lon, start_lat = from_plane(track[0, 0], track[0, 1], mesh.origin_lon_deg, mesh.origin_lat_deg)
    top_ms = top_speed_ms(speed_model, forecast, start_lon, start_lat, usual_s)
    most_s = usual_s - SAFE * whole_m / top_ms
    if whole_m == 0.0 or most_s <= needed_s:
        return 0.0
    widest_m = max(whole_m, top_ms * usual_s)
    stretch_m = whole_m / STRETCHES
    on_path_s, least_s = 0.0, 0.0
    leg = 1
    leg_start_m = 0.0
    for cut in range(STRETCHES + 1):
        along_m = cut * stretch_m
        leg_m = length_of(track[leg, 0] - track[leg - 1, 0], track[leg, 1] - track[leg - 1, 1])
        while leg < track.shape[0] - 1 and leg_start_m + leg_m < along_m:
            leg_start_m += leg_m
            leg += 1
            leg_m = length_of(track[leg, 0] - track[leg - 1, 0], track[leg, 1] - track[leg - 1, 1])
        course_x = (track[leg, 0] - track[leg - 1, 0]) / leg_m
        course_y = (track[leg, 1] - track[leg - 1, 1]) / leg_m
        x = track[leg - 1, 0] + (along_m - leg_start_m) * course_x
        y = track[leg - 1, 1] + (along_m - leg_start_m) * course_y
        # Half the width here of the ellipse of what can be reached in the usual time; both ends are on the path.
        half_m = 0.0
        if 0 < cut < STRETCHES:
            share = (2.0 * along_m - whole_m) / widest_m
            half_m = 0.5 * sqrt((widest_m * widest_m - whole_m * whole_m) * (1.0 - share * share))
        here, ahead = 1 - cut % 2, cut % 2
        lon, lat = from_plane(x, y, mesh.origin_lon_deg, mesh.origin_lat_deg)
        # For so coarse a look a metre to the left is as many degrees on every lane.
        left_lon, left_lat = from_plane(
            x - half_m * course_y, y + half_m * course_x, mesh.origin_lon_deg, mesh.origin_lat_deg
        )
        on_lon, on_lat = from_plane(
            x + 1000.0 * course_x, y + 1000.0 * course_y, mesh.origin_lon_deg, mesh.origin_lat_deg
        )
        lanes.course[ahead, 0], lanes.course[ahead, 1] = course(lon, lat, on_lon, on_lat)
        # All lanes are looked at when the usual clock is abreast: arrivals differ by less than the sea changes in.
        at_s = depart_s + usual_s * cut / STRETCHES
        # Farther aside than so many changes of lane lead nothing arrives.
        farthest = min(ON_PATH, cut * FARTHEST_CHANGE) if half_m > 0.0 else 0
        for lane in range(LANES.shape[0]):
            lanes.time_s[ahead, lane] = np.inf
            if abs(lane - ON_PATH) <= farthest:
                part = LANES[lane]
                lanes.off_m[ahead, lane] = part * half_m
                sea = sea_at(forecast, speed_model, lon + part * (left_lon - lon), lat + part * (left_lat - lat), at_s)
                lanes.sea[ahead, lane, 0], lanes.sea[ahead, lane, 1] = sea.hs_m, sea.waves_east
                lanes.sea[ahead, lane, 2], lanes.sea[ahead, lane, 3] = sea.waves_north, sea.drift_east_ms
                lanes.sea[ahead, lane, 4] = sea.drift_north_ms
        if cut == 0:
            lanes.time_s[ahead, ON_PATH] = 0.0
        else:
            on_path_s += _step_s(speed_model, lanes, here, ON_PATH, ahead, ON_PATH, stretch_m)
            least_s = np.inf
            for lane in range(ON_PATH - farthest, ON_PATH + farthest + 1):
                arrival_s = _arrival_s(speed_model, lanes, here, ahead, lane, stretch_m)
                lanes.time_s[ahead, lane] = arrival_s
                least_s = min(least_s, arrival_s)
        ahead_s = max(0.0, usual_s - SAFE * (on_path_s + (whole_m - along_m) / top_ms))
        if ahead_s + SEEN_TIMES * (on_path_s - least_s) + UNSEEN_SHARE * usual_s <= needed_s:
            return 0.0
    if not on_path_s < np.inf:
        # So few places show a sea that nobody gets through, and the clock found none: they say nothing.
        return most_s
    gain_s = usual_s * (SEEN_TIMES * (1.0 - least_s / on_path_s) + UNSEEN_SHARE)
    return gain_s if gain_s > needed_s else 0.0


@inlined_leaf_kernel
def _arrival_s(speed_model, lanes, here, ahead, lane, stretch_m):
    """First arrival at a place ahead, from those here that are near enough; infinite in a sea she does not go into.

    On the path itself the clock has found no such sea. [s]
    """
    first_s = np.inf
    if lane == ON_PATH or not lanes.sea[ahead, lane, 0] > speed_model.max_hs_m:
        for before in range(max(0, lane - FARTHEST_CHANGE), min(LANES.shape[0], lane + FARTHEST_CHANGE + 1)):
            if lanes.time_s[here, before] < np.inf:
                step_s = _step_s(speed_model, lanes, here, before, ahead, lane, stretch_m)
                first_s = min(first_s, lanes.time_s[here, before] + step_s)
    return first_s


@inlined_leaf_kernel
def _step_s(speed_model, lanes, here, before, ahead, lane, stretch_m):
    """Time from lane to lane over a stretch, half of it in the sea of either end; infinite where that fails. [s]"""
    aside_m = lanes.off_m[ahead, lane] - lanes.off_m[here, before]
    length_m = length_of(stretch_m, aside_m)
    first_ms = _made_good_on_lane_ms(speed_model, lanes, here, before, stretch_m / length_m, aside_m / length_m)
    second_ms = _made_good_on_lane_ms(speed_model, lanes, ahead, lane, stretch_m / length_m, aside_m / length_m)
    if not (first_ms > 0.0 and second_ms > 0.0):
        return np.inf
    return 0.5 * length_m / first_ms + 0.5 * length_m / second_ms


@inlined_leaf_kernel
def _made_good_on_lane_ms(speed_model, lanes, at, lane, along, aside):
    """Speed over the ground on a course so much along the path and so much to the left of it. [m/s]"""
    east = along * lanes.course[at, 0] - aside * lanes.course[at, 1]
    north = along * lanes.course[at, 1] + aside * lanes.course[at, 0]
    sea = Sea(
        hs_m=lanes.sea[at, lane, 0],
        waves_east=lanes.sea[at, lane, 1],
        waves_north=lanes.sea[at, lane, 2],
        drift_east_ms=lanes.sea[at, lane, 3],
        drift_north_ms=lanes.sea[at, lane, 4],
        stream_known=True,
        filled_m=0.0,
        doubt_east_ms=0.0,
        doubt_north_ms=0.0,
    )
    return made_good_ms(speed_model, sea, east, north, 1.0, 1.0, 0.0)


@leaf_kernel
def course(lon1, lat1, lon2, lat2):
    """Unit vector east and north from one position to another on a local plane; zero for equal ones."""
    east = (lon2 - lon1) * cos(radians(0.5 * (lat1 + lat2)))
    north = lat2 - lat1
    norm = length_of(east, north)
    if norm == 0.0:
        return 0.0, 0.0
    return east / norm, north / norm


@leaf_kernel
def stays_high(forecast, speed_model, lon_deg, lat_deg, from_s, to_s):
    """Whether the sea at a place is above what the vessel goes into throughout, looked at every half hour.

    Parameters
    ----------
    forecast : Forecast
    speed_model : SpeedModel
    lon_deg, lat_deg : float
        [deg]
    from_s, to_s : float
        [epoch s]

    Returns
    -------
    bool
        False also where the forecast does not say.
    """
    looks = int((to_s - from_s) / HALF_HOUR_S) + 1
    for k in range(looks + 1):
        hs_m, _, _, _, _ = waves_at(forecast, lon_deg, lat_deg, min(from_s + k * HALF_HOUR_S, to_s))
        if not hs_m * speed_model.wave_factor > speed_model.max_hs_m:
            return False
    return True
