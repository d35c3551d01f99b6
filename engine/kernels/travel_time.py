"""Time under way: speed through a sea, what the stream makes of it over the ground, and clocks along the routes.

Times are integrated piece by piece: the sea is looked up in the middle of each piece at the moment the vessel is
there. Waves and wind are held as the way they run, like the stream (`engine.kernels.forecast`); tables of people
say where they come from.
"""

from math import ceil, cos, isnan, radians, sqrt
from typing import NamedTuple

import numpy as np

from engine.kernels.forecast import stream_at, waves_at, wind_at
from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.jit import inlined_kernel, kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.plane import length_of
from engine.kernels.shortest_paths import DIRECT
from engine.kernels.streams import has_tide

PIECE_M = 1852.0
"""Piece over which the sea is taken as even: finer than the forecasts there are. [m]"""

COARSE = 0.5
"""Growth of the pieces of a first look: a piece may be this share of the way already behind."""

GATHERED = 0.2
"""On a first look corners are gathered into one leg up to this part of such a piece."""

FIRST_LOOK_M = 30.0 * PIECE_M
"""Where nothing but the atlas is known, a first look leaves its stream out beyond so long a way: on a longer one it
turns, and what it gives and takes mostly cancels. [m]"""


class SpeedModel(NamedTuple):
    """How a vessel moves; figures of the request and its policy.

    Attributes
    ----------
    full_speed_ms : float
        In calm water. [m/s]
    cap_ms : float
        Not faster than this, whatever the sea; infinite without a cap. [m/s]
    table_hs_m, table_share : ndarray of float64, shape (n,)
        Share of the speed run in calm water, cap included, that is kept in a head sea by significant wave height,
        increasing from zero. Beyond the last height the speed is unknown.
    beam_loss, following_loss : float
        Part of the loss of a head sea that remains with the sea abeam and astern.
    wind_drift : float
        Drift down wind as a share of the wind's speed.
    max_hs_m : float
        Highest sea the vessel goes into; infinite when none is stated. [m]
    speed_doubt, wave_doubt : float
        Spread of speed made good and of wave height, as shares.
    wave_factor : float
        By which forecast waves are multiplied: 1 but when asking what wrong waves would change.
    stream_error : float
        By how much of its doubt the atlas's stream is wrong: 0 but when asking what a wrong stream would change.
    """

    full_speed_ms: float
    cap_ms: float
    table_hs_m: np.ndarray
    table_share: np.ndarray
    beam_loss: float
    following_loss: float
    wind_drift: float
    max_hs_m: float
    speed_doubt: float
    wave_doubt: float
    wave_factor: float
    stream_error: float


class Sea(NamedTuple):
    """What a vessel meets at one place and time; NaN where the forecast does not say.

    Attributes
    ----------
    hs_m : float
        Significant wave height. [m]
    waves_east, waves_north : float
        Unit vector the waves run towards.
    drift_east_ms, drift_north_ms : float
        Stream and drift down wind together; what is unknown counts as none. [m/s]
    stream_known : bool
    filled_m : float
        Distance of the wet cell that stood in for the coast. [m]
    doubt_east_ms, doubt_north_ms : float
        Doubt of the stream, along it. [m/s]
    """

    hs_m: float
    waves_east: float
    waves_north: float
    drift_east_ms: float
    drift_north_ms: float
    stream_known: bool
    filled_m: float
    doubt_east_ms: float
    doubt_north_ms: float


class TravelTime(NamedTuple):
    """Time on the way to one place, and what was met.

    Attributes
    ----------
    time_s : float
        Infinite where the stream cannot be stemmed, NaN where the sea is beyond the speed table. [s]
    early_s, late_s : float
        With the doubts about speed, waves and stream all one way, and all the other. [s]
    highest_hs_m : float
        Of the sea that is known; 0 before any is. [m]
    waves_missing, stream_missing : bool
        Somewhere on the way nobody says.
    stream_met : bool
        Somewhere on the way a stream is known.
    filled_m : float
        Farthest cell that stood in for the coast. [m]
    run_m : float
        Distance run. [m]
    """

    time_s: float
    early_s: float
    late_s: float
    highest_hs_m: float
    waves_missing: bool
    stream_missing: bool
    stream_met: bool
    filled_m: float
    run_m: float


class TravelTimes(NamedTuple):
    """`TravelTime` of the way to each port, up to its approach point; one array a figure."""

    time_s: np.ndarray
    early_s: np.ndarray
    late_s: np.ndarray
    highest_hs_m: np.ndarray
    waves_missing: np.ndarray
    stream_missing: np.ndarray
    stream_met: np.ndarray
    filled_m: np.ndarray


@inlined_kernel
def calm_speed_ms(speed_model):
    """Speed in calm water, cap included. [m/s]"""
    return min(speed_model.full_speed_ms, speed_model.cap_ms)


@inlined_kernel
def speed_through_water_ms(speed_model, hs_m, towards):
    """Speed a sea leaves.

    Parameters
    ----------
    speed_model : SpeedModel
    hs_m : float
        Significant wave height; NaN when unknown, which is reckoned as calm and said elsewhere. [m]
    towards : float
        Cosine between the course and the way the waves run: 1 with the sea astern, -1 with the sea ahead;
        NaN when unknown, which counts as ahead.

    Returns
    -------
    float
        NaN beyond the last height of the table. [m/s]
    """
    if isnan(hs_m):
        return calm_speed_ms(speed_model)
    heights = speed_model.table_hs_m
    last = heights.shape[0] - 1
    if hs_m > heights[last]:
        return np.nan
    k = 1
    while k < last and hs_m > heights[k]:
        k += 1
    part = (hs_m - heights[k - 1]) / (heights[k] - heights[k - 1])
    loss = 1.0 - speed_model.table_share[k - 1] - part * (speed_model.table_share[k] - speed_model.table_share[k - 1])
    kept = 1.0
    if towards > 0.0:
        kept = speed_model.beam_loss + towards * (speed_model.following_loss - speed_model.beam_loss)
    elif towards <= 0.0:
        kept = speed_model.beam_loss - towards * (1.0 - speed_model.beam_loss)
    return calm_speed_ms(speed_model) * (1.0 - loss * kept)


@inlined_kernel
def speed_over_ground_ms(speed_ms, east, north, drift_east_ms, drift_north_ms):
    """Speed made good along a course while steering up against the drift.

    Parameters
    ----------
    speed_ms : float
        Through the water. [m/s]
    east, north : float
        Unit vector of the course to be made good.
    drift_east_ms, drift_north_ms : float
        Of the water. [m/s]

    Returns
    -------
    float
        0 where the course cannot be made good. [m/s]
    """
    along = drift_east_ms * east + drift_north_ms * north
    across = drift_east_ms * north - drift_north_ms * east
    if abs(across) >= speed_ms:
        return 0.0
    return max(0.0, along + sqrt(speed_ms * speed_ms - across * across))


@inlined_kernel
def sea_at(forecast, speed_model, lon_deg, lat_deg, at_s):
    """`Sea` that a vessel meets at a place and time."""
    hs_m, waves_east, waves_north, _, waves_filled_m = waves_at(forecast, lon_deg, lat_deg, at_s)
    hs_m *= speed_model.wave_factor
    wind_drift = speed_model.wind_drift
    stream_east, stream_north, stream_filled_m, doubt = stream_at(forecast, lon_deg, lat_deg, at_s)
    stream_known = not (isnan(stream_east) or isnan(stream_north))
    drift_east, drift_north, doubt_east, doubt_north = 0.0, 0.0, 0.0, 0.0
    if stream_known:
        doubt_east, doubt_north = doubt * stream_east, doubt * stream_north
        drift_east = stream_east + speed_model.stream_error * doubt_east
        drift_north = stream_north + speed_model.stream_error * doubt_north
    # With the waves unknown the wind is not reckoned either: alone it would only help along.
    if wind_drift > 0.0 and not isnan(hs_m):
        wind_east, wind_north, _, _ = wind_at(forecast, lon_deg, lat_deg, at_s)
        if not (isnan(wind_east) or isnan(wind_north)):
            drift_east += wind_drift * wind_east
            drift_north += wind_drift * wind_north
    filled_m = 0.0
    if not isnan(hs_m):
        filled_m = waves_filled_m
    if stream_known:
        filled_m = max(filled_m, stream_filled_m)
    return Sea(
        hs_m, waves_east, waves_north, drift_east, drift_north, stream_known, filled_m, doubt_east, doubt_north
    )  # fmt: skip


@inlined_kernel
def made_good_ms(speed_model, sea, east, north, speed_factor, wave_factor, favour):
    """Speed over the ground on a course through a sea: 0 where it cannot be made good, NaN beyond the table. [m/s]

    `favour` is how much of its doubt the stream is better along the course than stated: 1, 0 or -1.
    """
    speed_ms = speed_factor * speed_through_water_ms(
        speed_model, wave_factor * sea.hs_m, sea.waves_east * east + sea.waves_north * north
    )
    if isnan(speed_ms):
        return np.nan
    better_ms = favour * abs(sea.doubt_east_ms * east + sea.doubt_north_ms * north)
    return speed_over_ground_ms(
        speed_ms, east, north, sea.drift_east_ms + better_ms * east, sea.drift_north_ms + better_ms * north
    )


@leaf_kernel
def start_travel():
    """A clock that has not run."""
    return TravelTime(0.0, 0.0, 0.0, 0.0, False, False, False, 0.0, 0.0)


@leaf_kernel
def integrate_leg(forecast, speed_model, depart_s, travel_time, lon1, lat1, lon2, lat2, length_m, growth):
    """Clock at the end of a straight leg.

    Parameters
    ----------
    forecast : Forecast
    speed_model : SpeedModel
    depart_s : float
        Epoch at which clocks stand at zero. [s]
    travel_time : TravelTime
        At the start of the leg.
    lon1, lat1, lon2, lat2 : float
        [deg]
    length_m : float
        Geodesic length of the leg. [m]
    growth : float
        0 for pieces of `PIECE_M`; else the share of the way behind that a piece may have.
    """
    time_s, early_s, late_s, highest_hs_m, waves_missing, stream_missing, stream_met, filled_m, run_m = travel_time
    if not length_m > 0.0 or not time_s < np.inf:
        return travel_time
    pieces = ceil(length_m / max(PIECE_M, growth * (run_m + 0.5 * length_m)))
    piece_m = length_m / pieces
    # Over a piece of a mile the course is that of the chord on a local plane.
    east = (lon2 - lon1) * cos(radians(0.5 * (lat1 + lat2)))
    north = lat2 - lat1
    norm = length_of(east, north)
    if norm == 0.0:
        return travel_time
    east /= norm
    north /= norm
    half_s = 0.5 * piece_m / calm_speed_ms(speed_model)
    in_doubt = speed_model.speed_doubt > 0.0 or speed_model.wave_doubt > 0.0
    for k in range(pieces):
        part = (k + 0.5) / pieces
        sea = sea_at(
            forecast,
            speed_model,
            lon1 + part * (lon2 - lon1),
            lat1 + part * (lat2 - lat1),
            depart_s + time_s + half_s,
        )
        if isnan(sea.hs_m):
            waves_missing = True
        else:
            highest_hs_m = max(highest_hs_m, sea.hs_m)
        stream_missing = stream_missing or not sea.stream_known
        stream_met = stream_met or sea.stream_known
        filled_m = max(filled_m, sea.filled_m)
        made_ms = made_good_ms(speed_model, sea, east, north, 1.0, 1.0, 0.0)
        early_ms, late_ms = made_ms, made_ms
        if in_doubt:
            early_ms = made_good_ms(
                speed_model, sea, east, north, 1.0 + speed_model.speed_doubt, 1.0 - speed_model.wave_doubt, 1.0
            )
            late_ms = made_good_ms(
                speed_model, sea, east, north, 1.0 - speed_model.speed_doubt, 1.0 + speed_model.wave_doubt, -1.0
            )
        # NaN, a sea beyond the table, stays NaN; a stream that cannot be stemmed takes for ever.
        early_s += piece_m / early_ms if early_ms != 0.0 else np.inf
        late_s += piece_m / late_ms if late_ms != 0.0 else np.inf
        time_s += piece_m / made_ms if made_ms != 0.0 else np.inf
        if not time_s < np.inf:
            # There is no range of what has no time, and of the rest of the way nothing is known.
            early_s, late_s, waves_missing = time_s, time_s, True
            break
        half_s = 0.5 * piece_m / made_ms
    return TravelTime(
        time_s, early_s, late_s, highest_hs_m, waves_missing, stream_missing, stream_met, filled_m, run_m + length_m
    )  # fmt: skip


@leaf_kernel
def add(first, second):
    """One clock after another."""
    return TravelTime(
        first.time_s + second.time_s,
        first.early_s + second.early_s,
        first.late_s + second.late_s,
        max(first.highest_hs_m, second.highest_hs_m),
        first.waves_missing or second.waves_missing,
        first.stream_missing or second.stream_missing,
        first.stream_met or second.stream_met,
        max(first.filled_m, second.filled_m),
        first.run_m + second.run_m,
    )


@leaf_kernel
def is_silent(forecast):
    """Whether no forecast tells of waves, wind or current."""
    return (
        forecast.waves.times_s.shape[0] == 0
        and forecast.wind.times_s.shape[0] == 0
        and forecast.current.times_s.shape[0] == 0
    )


@leaf_kernel
def is_empty(forecast):
    """Whether neither waves, wind nor stream are known: times are then those of calm water."""
    return is_silent(forecast) and not has_tide(forecast.streams)


class TravelTimeMemo(NamedTuple):
    """Clocks of the corners passed so far: shortest paths from one position share their first legs, run once.

    Attributes
    ----------
    place : ndarray of int32, shape (k,)
        By corner: one more than the row its clock is kept in; 0 for corners not passed.
    times : ndarray of float64, shape (n, 8)
        `TravelTime` but for its flags, and longitude and latitude of the corner.
    flags : ndarray of bool, shape (n, 3)
        Waves missing, stream missing, stream met.
    used : ndarray of int64, shape (1,)
        Rows in use; out of room a clock is merely run again for the next port.
    """

    place: np.ndarray
    times: np.ndarray
    flags: np.ndarray
    used: np.ndarray


@inlined_kernel
def allocate_memo(corner_count, port_count):
    """A trail that has passed nothing."""
    room = min(corner_count, 64 * port_count) + 1
    return TravelTimeMemo(
        np.zeros(corner_count, np.int32),
        np.empty((room, 8)),
        np.empty((room, 3), np.bool_),
        np.zeros(1, np.int64),
    )


@inlined_kernel
def first_leg_time(reach, forecast, speed_model, depart_s):
    """Clock where a position joins the mesh: common to all ports but those that leave a bank elsewhere."""
    travel_time = start_travel()
    for k in range(1, reach.path.shape[0]):
        travel_time = travel_time_between(
            forecast, speed_model, depart_s, travel_time, reach.path[k - 1], reach.path[k]
        )
    return travel_time


@inlined_kernel
def _keep(memo, corner, travel_time, lon, lat):
    """Keep the clock of a corner, and where it is, if there is room."""
    used = memo.used[0]
    if used < memo.times.shape[0]:
        memo.times[used, 0], memo.times[used, 1], memo.times[used, 2] = (
            travel_time.time_s,
            travel_time.early_s,
            travel_time.late_s,
        )
        memo.times[used, 3], memo.times[used, 4] = travel_time.highest_hs_m, travel_time.filled_m
        memo.times[used, 5] = travel_time.run_m
        memo.times[used, 6], memo.times[used, 7] = lon, lat
        memo.flags[used, 0], memo.flags[used, 1] = travel_time.waves_missing, travel_time.stream_missing
        memo.flags[used, 2] = travel_time.stream_met
        memo.used[0] = used + 1
        memo.place[corner] = used + 1


@inlined_kernel
def _kept(memo, row):
    """A clock kept, and longitude and latitude of its corner."""
    kept = memo.times[row]
    travel_time = TravelTime(
        kept[0], kept[1], kept[2], kept[3], memo.flags[row, 0], memo.flags[row, 1], memo.flags[row, 2], kept[4],
        kept[5],
    )  # fmt: skip
    return travel_time, kept[6], kept[7]


@inlined_kernel
def _at_the_same_pace(travel_time, more_m):
    """A clock run on as it ran so far. [m]"""
    factor = 1.0 + more_m / travel_time.run_m
    return TravelTime(
        factor * travel_time.time_s,
        factor * travel_time.early_s,
        factor * travel_time.late_s,
        travel_time.highest_hs_m,
        travel_time.waves_missing,
        travel_time.stream_missing,
        travel_time.stream_met,
        travel_time.filled_m,
        travel_time.run_m + more_m,
    )


@inlined_kernel
def travel_time_to_port(water, depth_class, reach, forecast, speed_model, depart_s, joining, memo, p, growth):
    """`TravelTime` at the approach point of a port, along the shortest path.

    Parameters
    ----------
    water : WaterModel
    depth_class : DepthClass
    reach : Reach
    forecast : Forecast
    speed_model : SpeedModel
    depart_s : float
        Epoch of departure. [s]
    joining : TravelTime
        `first_leg_time`.
    memo : TravelTimeMemo
        Of the same departure; goes on with this port.
    p : int
        A port.
    growth : float
        As for `integrate_leg`.

    Returns
    -------
    TravelTime
        Infinite where there is no way.
    """
    quiet = is_empty(forecast)
    travel_time = joining
    if not reach.distance_m[p] < np.inf:
        travel_time = TravelTime(np.inf, np.inf, np.inf, 0.0, True, True, False, 0.0, np.inf)
    elif quiet or reach.entered_at[p] != NOWHERE:
        # Inside a harbour the sea outside does not count.
        travel_time = _calm_travel_time(reach.distance_m[p], calm_speed_ms(speed_model), speed_model.speed_doubt, quiet)
    else:
        mesh = water.mesh
        looked_m = FIRST_LOOK_M if growth > 0.0 and is_silent(forecast) else np.inf
        joined = reach.joined[p]
        last = reach.path[-1]
        if joined[0] != last[0] or joined[1] != last[1]:
            travel_time = travel_time_between(forecast, speed_model, depart_s, start_travel(), reach.path[0], joined)
        lon = joined[0]
        lat = joined[1]
        corner = reach.via[p]
        before = NOWHERE
        # Row of the last corner passed, whose clock is only taken up where the way leaves what has been run.
        row = NOWHERE
        # Length of the leg that ends at the corner looked at, those gathered into it included.
        leg_m = 0.0
        is_slack = False
        while corner != DIRECT and not is_slack:
            k = memo.place[corner] - 1
            if k >= 0:
                row = k
                leg_m = 0.0
            else:
                if row != NOWHERE:
                    travel_time, lon, lat = _kept(memo, row)
                    row = NOWHERE
                is_slack = travel_time.run_m > looked_m
                v = depth_class.corners.vertex[corner]
                if before == NOWHERE:
                    leg_m = geodesic_length_m(lon, lat, mesh.lon[v], mesh.lat[v])
                else:
                    leg_m += depth_class.distance[before, p] - depth_class.distance[corner, p]
                if not is_slack and not leg_m < GATHERED * growth * travel_time.run_m:
                    travel_time = integrate_leg(
                        forecast, speed_model, depart_s, travel_time, lon, lat, mesh.lon[v], mesh.lat[v], leg_m, growth
                    )
                    lon = mesh.lon[v]
                    lat = mesh.lat[v]
                    _keep(memo, corner, travel_time, lon, lat)
                    leg_m = 0.0
            before = corner
            corner = depth_class.following[corner, p]
        if row != NOWHERE:
            travel_time, lon, lat = _kept(memo, row)
        to_lon = water.ports.lon[p]
        to_lat = water.ports.lat[p]
        if before == NOWHERE:
            leg_m = geodesic_length_m(lon, lat, to_lon, to_lat)
        else:
            leg_m += depth_class.distance[before, p]
        if travel_time.run_m > looked_m:
            rest_m = max(0.0, reach.distance_m[p] - travel_time.run_m)
            rest = _calm_travel_time(rest_m, calm_speed_ms(speed_model), speed_model.speed_doubt, True)
            travel_time = add(travel_time, rest)
        elif leg_m < GATHERED * growth * travel_time.run_m:
            travel_time = _at_the_same_pace(travel_time, leg_m)
        else:
            travel_time = integrate_leg(
                forecast, speed_model, depart_s, travel_time, lon, lat, to_lon, to_lat, leg_m, growth
            )
    return travel_time


@inlined_kernel
def travel_times_along_tree(
    water, depth_class, reach, forecast, speed_model, depart_s, joining, memo, ports, given, growth, travel_times
):  # fmt: skip
    """`travel_time_to_port` of some ports, entered in `travel_times`.

    Parameters
    ----------
    water, depth_class, reach, forecast, speed_model, depart_s, joining, memo, growth
        As for `travel_time_to_port`.
    ports : ndarray of int64
    given : ndarray of bool, shape (p,) or (0,)
        Ports whose clocks have been entered already.
    travel_times : TravelTimes
    """
    for p in ports:
        if given.shape[0] == 0 or not given[p]:
            travel_time = travel_time_to_port(
                water, depth_class, reach, forecast, speed_model, depart_s, joining, memo, p, growth
            )
            set_travel_time(travel_times, p, travel_time)


@kernel
def travel_times_to_ports(water, depth_class, reach, forecast, speed_model, depart_s, ports, growth):
    """`travel_times_along_tree` of several ports, as `TravelTimes` of all: clocks of the others stay infinite."""
    travel_times = no_travel_times(reach.distance_m.shape[0])
    travel_times_along_tree(
        water,
        depth_class,
        reach,
        forecast,
        speed_model,
        depart_s,
        first_leg_time(reach, forecast, speed_model, depart_s),
        allocate_memo(depth_class.corners.vertex.shape[0], ports.shape[0]),
        ports,
        np.empty(0, np.bool_),
        growth,
        travel_times,
    )
    return travel_times


@inlined_kernel
def no_travel_times(count):
    """`TravelTimes` of ports that nothing has been found of yet."""
    return TravelTimes(
        np.full(count, np.inf),
        np.full(count, np.inf),
        np.full(count, np.inf),
        np.zeros(count),
        np.ones(count, np.bool_),
        np.ones(count, np.bool_),
        np.zeros(count, np.bool_),
        np.zeros(count),
    )


@leaf_kernel
def _calm_travel_time(distance_m, calm_ms, speed_doubt, nothing_known):
    """Clock of calm water."""
    return TravelTime(
        distance_m / calm_ms,
        distance_m / (calm_ms * (1.0 + speed_doubt)),
        distance_m / (calm_ms * (1.0 - speed_doubt)),
        0.0,
        nothing_known,
        nothing_known,
        False,
        0.0,
        distance_m,
    )


@leaf_kernel
def travel_time_between(forecast, speed_model, depart_s, travel_time, start, end):
    """`integrate_leg` between two positions, each longitude and latitude."""
    length_m = geodesic_length_m(start[0], start[1], end[0], end[1])
    return integrate_leg(
        forecast, speed_model, depart_s, travel_time, start[0], start[1], end[0], end[1], length_m, 0.0
    )


@inlined_kernel
def set_travel_time(found, p, travel_time):
    """Enter the clock of one port."""
    found.time_s[p] = travel_time.time_s
    found.early_s[p] = travel_time.early_s
    found.late_s[p] = travel_time.late_s
    found.highest_hs_m[p] = travel_time.highest_hs_m
    found.waves_missing[p] = travel_time.waves_missing
    found.stream_missing[p] = travel_time.stream_missing
    found.stream_met[p] = travel_time.stream_met
    found.filled_m[p] = travel_time.filled_m


@inlined_kernel
def copy_travel_time(source, target, p):
    """Take over the clock of one port."""
    target.time_s[p] = source.time_s[p]
    target.early_s[p] = source.early_s[p]
    target.late_s[p] = source.late_s[p]
    target.highest_hs_m[p] = source.highest_hs_m[p]
    target.waves_missing[p] = source.waves_missing[p]
    target.stream_missing[p] = source.stream_missing[p]
    target.stream_met[p] = source.stream_met[p]
    target.filled_m[p] = source.filled_m[p]


@leaf_kernel
def travel_time_along_track(forecast, speed_model, depart_s, track):
    """Clock at the end of a track, shape (n, 2), longitude and latitude. [deg]"""
    travel_time = start_travel()
    for k in range(1, track.shape[0]):
        travel_time = travel_time_between(forecast, speed_model, depart_s, travel_time, track[k - 1], track[k])
    return travel_time
