"""Time under way: speed through a sea, what the stream makes of it over the ground, and clocks along the routes.

Times are integrated piece by piece: the sea is looked up in the middle of each piece at the moment the vessel is
there. Waves and wind are held as the way they run, like the stream (`engine.kernels.forecast`); tables of people
say where they come from.
"""

from math import ceil, cos, isnan, radians, sqrt
from typing import NamedTuple

import numpy as np

from engine.kernels.forecast import current_at, waves_at, wind_at
from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.jit import inlined_kernel, kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.plane import length_of
from engine.kernels.shortest_paths import DIRECT

PIECE_M = 1852.0
"""Piece over which the sea is taken as even: finer than the forecasts there are. [m]"""

COARSE = 0.5
"""Growth of the pieces of a first look: a piece may be this share of the way already behind."""

GATHERED = 0.2
"""On a first look corners are gathered into one leg up to this part of such a piece."""


class Motion(NamedTuple):
    """How a vessel moves; figures of the request and its policy.

    Attributes
    ----------
    full_speed_ms : float
        In calm water. [m/s]
    cap_ms : float
        Not faster than this, whatever the sea; infinite without a cap. [m/s]
    table_hs_m, table_share : ndarray of float64, shape (n,)
        Share of full speed kept in a head sea by significant wave height, increasing from zero. Beyond the last
        height the speed is unknown.
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
    """

    hs_m: float
    waves_east: float
    waves_north: float
    drift_east_ms: float
    drift_north_ms: float
    stream_known: bool
    filled_m: float


class Clock(NamedTuple):
    """Time on the way to one place, and what was met.

    Attributes
    ----------
    time_s : float
        Infinite where the stream cannot be stemmed, NaN where the sea is beyond the speed table. [s]
    early_s, late_s : float
        With the doubts about speed and waves all one way, and all the other. [s]
    highest_hs_m : float
        Of the sea that is known; 0 before any is. [m]
    waves_missing, stream_missing : bool
        Somewhere on the way the forecast does not say.
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
    filled_m: float
    run_m: float


class Passages(NamedTuple):
    """`Clock` of the way to each port, up to its approach point; one array a figure."""

    time_s: np.ndarray
    early_s: np.ndarray
    late_s: np.ndarray
    highest_hs_m: np.ndarray
    waves_missing: np.ndarray
    stream_missing: np.ndarray
    filled_m: np.ndarray


@inlined_kernel
def calm_speed_ms(motion):
    """Speed in calm water, cap included. [m/s]"""
    return min(motion.full_speed_ms, motion.cap_ms)


@inlined_kernel
def speed_through_water_ms(motion, hs_m, towards):
    """Speed a sea leaves.

    Parameters
    ----------
    motion : Motion
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
        return min(motion.full_speed_ms, motion.cap_ms)
    heights = motion.table_hs_m
    last = heights.shape[0] - 1
    if hs_m > heights[last]:
        return np.nan
    k = 1
    while k < last and hs_m > heights[k]:
        k += 1
    part = (hs_m - heights[k - 1]) / (heights[k] - heights[k - 1])
    loss = 1.0 - motion.table_share[k - 1] - part * (motion.table_share[k] - motion.table_share[k - 1])
    kept = 1.0
    if towards > 0.0:
        kept = motion.beam_loss + towards * (motion.following_loss - motion.beam_loss)
    elif towards <= 0.0:
        kept = motion.beam_loss - towards * (1.0 - motion.beam_loss)
    return min(motion.full_speed_ms * (1.0 - loss * kept), motion.cap_ms)


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
def sea_at(forecast, motion, lon_deg, lat_deg, at_s):
    """`Sea` that a vessel meets at a place and time."""
    hs_m, waves_east, waves_north, _, waves_filled_m = waves_at(forecast, lon_deg, lat_deg, at_s)
    hs_m *= motion.wave_factor
    wind_drift = motion.wind_drift
    stream_east, stream_north, stream_filled_m = current_at(forecast, lon_deg, lat_deg, at_s)
    stream_known = not (isnan(stream_east) or isnan(stream_north))
    drift_east = stream_east if stream_known else 0.0
    drift_north = stream_north if stream_known else 0.0
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
    return Sea(hs_m, waves_east, waves_north, drift_east, drift_north, stream_known, filled_m)


@inlined_kernel
def made_good_ms(motion, sea, east, north, speed_factor, wave_factor):
    """Speed over the ground on a course through a sea: 0 where it cannot be made good, NaN beyond the table. [m/s]"""
    speed_ms = speed_factor * speed_through_water_ms(
        motion, wave_factor * sea.hs_m, sea.waves_east * east + sea.waves_north * north
    )
    if isnan(speed_ms):
        return np.nan
    return speed_over_ground_ms(speed_ms, east, north, sea.drift_east_ms, sea.drift_north_ms)


@leaf_kernel
def start_clock():
    """A clock that has not run."""
    return Clock(0.0, 0.0, 0.0, 0.0, False, False, 0.0, 0.0)


@leaf_kernel
def run_leg(forecast, motion, depart_s, clock, lon1, lat1, lon2, lat2, length_m, growth):
    """Clock at the end of a straight leg.

    Parameters
    ----------
    forecast : Forecast
    motion : Motion
    depart_s : float
        Epoch at which clocks stand at zero. [s]
    clock : Clock
        At the start of the leg.
    lon1, lat1, lon2, lat2 : float
        [deg]
    length_m : float
        Geodesic length of the leg. [m]
    growth : float
        0 for pieces of `PIECE_M`; else the share of the way behind that a piece may have.
    """
    time_s, early_s, late_s, highest_hs_m, waves_missing, stream_missing, filled_m, run_m = clock
    if not length_m > 0.0 or not time_s < np.inf:
        return clock
    pieces = ceil(length_m / max(PIECE_M, growth * (run_m + 0.5 * length_m)))
    piece_m = length_m / pieces
    # Over a piece of a mile the course is that of the chord on a local plane.
    east = (lon2 - lon1) * cos(radians(0.5 * (lat1 + lat2)))
    north = lat2 - lat1
    norm = length_of(east, north)
    if norm == 0.0:
        return clock
    east /= norm
    north /= norm
    half_s = 0.5 * piece_m / calm_speed_ms(motion)
    in_doubt = motion.speed_doubt > 0.0 or motion.wave_doubt > 0.0
    for k in range(pieces):
        part = (k + 0.5) / pieces
        sea = sea_at(
            forecast,
            motion,
            lon1 + part * (lon2 - lon1),
            lat1 + part * (lat2 - lat1),
            depart_s + time_s + half_s,
        )
        if isnan(sea.hs_m):
            waves_missing = True
        else:
            highest_hs_m = max(highest_hs_m, sea.hs_m)
        stream_missing = stream_missing or not sea.stream_known
        filled_m = max(filled_m, sea.filled_m)
        made_ms = made_good_ms(motion, sea, east, north, 1.0, 1.0)
        early_ms, late_ms = made_ms, made_ms
        if in_doubt:
            early_ms = made_good_ms(motion, sea, east, north, 1.0 + motion.speed_doubt, 1.0 - motion.wave_doubt)
            late_ms = made_good_ms(motion, sea, east, north, 1.0 - motion.speed_doubt, 1.0 + motion.wave_doubt)
        # NaN, a sea beyond the table, stays NaN; a stream that cannot be stemmed takes for ever.
        early_s += piece_m / early_ms if early_ms != 0.0 else np.inf
        late_s += piece_m / late_ms if late_ms != 0.0 else np.inf
        time_s += piece_m / made_ms if made_ms != 0.0 else np.inf
        if not time_s < np.inf:
            # There is no range of what has no time, and of the rest of the way nothing is known.
            early_s, late_s, waves_missing = time_s, time_s, True
            break
        half_s = 0.5 * piece_m / made_ms
    return Clock(time_s, early_s, late_s, highest_hs_m, waves_missing, stream_missing, filled_m, run_m + length_m)


@leaf_kernel
def added(first, second):
    """One clock after another."""
    return Clock(
        first.time_s + second.time_s,
        first.early_s + second.early_s,
        first.late_s + second.late_s,
        max(first.highest_hs_m, second.highest_hs_m),
        first.waves_missing or second.waves_missing,
        first.stream_missing or second.stream_missing,
        max(first.filled_m, second.filled_m),
        first.run_m + second.run_m,
    )


@leaf_kernel
def says_nothing(forecast):
    """Whether a forecast holds neither waves, wind nor stream: times are then those of calm water."""
    return (
        forecast.waves.times_s.shape[0] == 0
        and forecast.wind.times_s.shape[0] == 0
        and forecast.current.times_s.shape[0] == 0
    )


class Trail(NamedTuple):
    """Clocks of the corners passed so far: shortest paths from one position share their first legs, run once.

    Attributes
    ----------
    place : ndarray of int32, shape (k,)
        By corner: one more than the row its clock is kept in; 0 for corners not passed.
    times : ndarray of float64, shape (n, 6)
        `Clock` but for its flags.
    flags : ndarray of bool, shape (n, 2)
        Waves missing, stream missing.
    used : ndarray of int64, shape (1,)
        Rows in use; out of room a clock is merely run again for the next port.
    """

    place: np.ndarray
    times: np.ndarray
    flags: np.ndarray
    used: np.ndarray


@inlined_kernel
def new_trail(corner_count, port_count):
    """A trail that has passed nothing."""
    room = min(corner_count, 64 * port_count) + 1
    return Trail(
        np.zeros(corner_count, np.int32),
        np.empty((room, 6)),
        np.empty((room, 2), np.bool_),
        np.zeros(1, np.int64),
    )


@inlined_kernel
def clock_of_joining(reach, forecast, motion, depart_s):
    """Clock where a position joins the mesh: common to all ports but those that leave a bank elsewhere."""
    clock = start_clock()
    for k in range(1, reach.path.shape[0]):
        clock = run_between(forecast, motion, depart_s, clock, reach.path[k - 1], reach.path[k])
    return clock


@inlined_kernel
def _keep(trail, corner, clock):
    """Keep the clock of a corner, if there is room."""
    used = trail.used[0]
    if used < trail.times.shape[0]:
        trail.times[used, 0], trail.times[used, 1], trail.times[used, 2] = clock.time_s, clock.early_s, clock.late_s
        trail.times[used, 3], trail.times[used, 4] = clock.highest_hs_m, clock.filled_m
        trail.times[used, 5] = clock.run_m
        trail.flags[used, 0], trail.flags[used, 1] = clock.waves_missing, clock.stream_missing
        trail.used[0] = used + 1
        trail.place[corner] = used + 1


@inlined_kernel
def _at_the_same_pace(clock, more_m):
    """A clock run on as it ran so far. [m]"""
    factor = 1.0 + more_m / clock.run_m
    return Clock(
        factor * clock.time_s, factor * clock.early_s, factor * clock.late_s, clock.highest_hs_m, clock.waves_missing,
        clock.stream_missing, clock.filled_m, clock.run_m + more_m,
    )  # fmt: skip


@inlined_kernel
def clock_to_port(water, depth_class, reach, forecast, motion, depart_s, joining, trail, p, growth):
    """`Clock` at the approach point of a port, along the shortest path.

    Parameters
    ----------
    water : Water
    depth_class : DepthClass
    reach : Reach
    forecast : Forecast
    motion : Motion
    depart_s : float
        Epoch of departure. [s]
    joining : Clock
        `clock_of_joining`.
    trail : Trail
        Of the same departure; goes on with this port.
    p : int
        A port.
    growth : float
        As for `run_leg`.

    Returns
    -------
    Clock
        Infinite where there is no way.
    """
    quiet = says_nothing(forecast)
    clock = joining
    if not reach.distance_m[p] < np.inf:
        clock = Clock(np.inf, np.inf, np.inf, 0.0, True, True, 0.0, np.inf)
    elif quiet or reach.entered_at[p] != NOWHERE:
        # Inside a harbour the sea outside does not count.
        clock = _calm_clock(reach.distance_m[p], calm_speed_ms(motion), motion.speed_doubt, quiet)
    else:
        mesh = water.mesh
        joined = reach.joined[p]
        last = reach.path[-1]
        if joined[0] != last[0] or joined[1] != last[1]:
            clock = run_between(forecast, motion, depart_s, start_clock(), reach.path[0], joined)
        lon = joined[0]
        lat = joined[1]
        corner = reach.via[p]
        before = NOWHERE
        # Length of the leg that ends at the corner looked at, those gathered into it included.
        leg_m = 0.0
        while corner != DIRECT:
            v = depth_class.corners.vertex[corner]
            k = trail.place[corner] - 1
            is_passed = k >= 0
            if is_passed:
                kept = trail.times[k]
                clock = Clock(
                    kept[0], kept[1], kept[2], kept[3], trail.flags[k, 0], trail.flags[k, 1], kept[4], kept[5]
                )
            else:
                if before == NOWHERE:
                    leg_m = geodesic_length_m(lon, lat, mesh.lon[v], mesh.lat[v])
                else:
                    leg_m += depth_class.distance[before, p] - depth_class.distance[corner, p]
                is_passed = not leg_m < GATHERED * growth * clock.run_m
                if is_passed:
                    clock = run_leg(
                        forecast, motion, depart_s, clock, lon, lat, mesh.lon[v], mesh.lat[v], leg_m, growth
                    )
                    _keep(trail, corner, clock)
            if is_passed:
                leg_m = 0.0
                lon = mesh.lon[v]
                lat = mesh.lat[v]
            before = corner
            corner = depth_class.following[corner, p]
        to_lon = water.ports.lon[p]
        to_lat = water.ports.lat[p]
        if before == NOWHERE:
            leg_m = geodesic_length_m(lon, lat, to_lon, to_lat)
        else:
            leg_m += depth_class.distance[before, p]
        if leg_m < GATHERED * growth * clock.run_m:
            clock = _at_the_same_pace(clock, leg_m)
        else:
            clock = run_leg(forecast, motion, depart_s, clock, lon, lat, to_lon, to_lat, leg_m, growth)
    return clock


@inlined_kernel
def run_clocks(
    water, depth_class, reach, forecast, motion, depart_s, joining, trail, ports, rows, given, growth, passages
):  # fmt: skip
    """`clock_to_port` of some ports, entered in `passages`.

    Parameters
    ----------
    water, depth_class, reach, forecast, motion, depart_s, joining, trail, growth
        As for `clock_to_port`.
    ports : ndarray of int64
    rows : ndarray of int64
        Which of those.
    given : ndarray of bool, shape (p,) or (0,)
        Ports whose clocks have been entered already.
    passages : Passages
    """
    for row in rows:
        p = ports[row]
        if given.shape[0] == 0 or not given[p]:
            clock = clock_to_port(water, depth_class, reach, forecast, motion, depart_s, joining, trail, p, growth)
            set_passage(passages, p, clock)


@kernel
def passages_to_ports(water, depth_class, reach, forecast, motion, depart_s, ports, growth):
    """`run_clocks` of several ports, as `Passages` of all: clocks of the others stay infinite."""
    passages = no_passages(reach.distance_m.shape[0])
    run_clocks(
        water, depth_class, reach, forecast, motion, depart_s, clock_of_joining(reach, forecast, motion, depart_s),
        new_trail(depth_class.corners.vertex.shape[0], ports.shape[0]), ports, np.arange(ports.shape[0]),
        np.empty(0, np.bool_), growth, passages,
    )  # fmt: skip
    return passages


@inlined_kernel
def no_passages(count):
    """`Passages` of ports that nothing has been found of yet."""
    return Passages(
        np.full(count, np.inf),
        np.full(count, np.inf),
        np.full(count, np.inf),
        np.zeros(count),
        np.ones(count, np.bool_),
        np.ones(count, np.bool_),
        np.zeros(count),
    )


@leaf_kernel
def _calm_clock(distance_m, calm_ms, speed_doubt, nothing_known):
    """Clock of calm water."""
    return Clock(
        distance_m / calm_ms,
        distance_m / (calm_ms * (1.0 + speed_doubt)),
        distance_m / (calm_ms * (1.0 - speed_doubt)),
        0.0,
        nothing_known,
        nothing_known,
        0.0,
        distance_m,
    )


@leaf_kernel
def run_between(forecast, motion, depart_s, clock, start, end):
    """`run_leg` between two positions, each longitude and latitude."""
    length_m = geodesic_length_m(start[0], start[1], end[0], end[1])
    return run_leg(forecast, motion, depart_s, clock, start[0], start[1], end[0], end[1], length_m, 0.0)


@inlined_kernel
def set_passage(found, p, clock):
    """Enter the clock of one port."""
    found.time_s[p] = clock.time_s
    found.early_s[p] = clock.early_s
    found.late_s[p] = clock.late_s
    found.highest_hs_m[p] = clock.highest_hs_m
    found.waves_missing[p] = clock.waves_missing
    found.stream_missing[p] = clock.stream_missing
    found.filled_m[p] = clock.filled_m


@inlined_kernel
def copy_passage(source, target, p):
    """Take over the clock of one port."""
    target.time_s[p] = source.time_s[p]
    target.early_s[p] = source.early_s[p]
    target.late_s[p] = source.late_s[p]
    target.highest_hs_m[p] = source.highest_hs_m[p]
    target.waves_missing[p] = source.waves_missing[p]
    target.stream_missing[p] = source.stream_missing[p]
    target.filled_m[p] = source.filled_m[p]


@leaf_kernel
def run_track(forecast, motion, depart_s, track):
    """Clock at the end of a track, shape (n, 2), longitude and latitude. [deg]"""
    clock = start_clock()
    for k in range(1, track.shape[0]):
        clock = run_between(forecast, motion, depart_s, clock, track[k - 1], track[k])
    return clock
