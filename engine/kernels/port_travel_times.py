"""Clocks from one position to the ports, along the shortest paths.

Paths from one position share their first legs, so the clock of each corner is run once and kept. A first look takes
longer pieces, the longer the more of the way is behind.
"""

from typing import NamedTuple

import numpy as np

from engine.kernels.forecast import is_empty, is_silent
from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.jit import inlined_kernel, inlined_leaf_kernel, kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.shortest_paths import DIRECT
from engine.kernels.speed import calm_speed_ms
from engine.kernels.travel_time import (
    PIECE_M,
    Leg,
    TravelTime,
    add,
    integrate_leg,
    start_travel,
    travel_time_between,
)

COARSE = 0.5
"""Growth of the pieces of a first look: a piece may be this share of the way already behind."""

GATHERED = 0.2
"""On a first look corners are gathered into one leg up to this part of such a piece."""

FIRST_LOOK_M = 30.0 * PIECE_M
"""Where nothing but the atlas is known, a first look leaves its stream out beyond so long a way: on a longer one it
turns, and what it gives and takes mostly cancels. [m]"""


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


class TravelTimeMemo(NamedTuple):
    """Clocks of what has been passed so far: shortest paths from one position share their first legs, run once.

    The first row is of where the position joins the mesh, the others are of corners.

    Attributes
    ----------
    place : ndarray of int32, shape (k,)
        By corner: the row its clock is kept in; 0 for corners not passed.
    times : ndarray of float64, shape (n, 8)
        `TravelTime` but for its flags, and longitude and latitude of the place.
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
    """Room for the clocks of one position, to be begun before use."""
    room = min(corner_count, 64 * port_count) + 2
    return TravelTimeMemo(
        np.zeros(corner_count, np.int32),
        np.empty((room, 8)),
        np.empty((room, 3), np.bool_),
        np.zeros(1, np.int64),
    )


@leaf_kernel
def begin_memo(memo, passage, reach):
    """Forget what was passed, and keep the clock where a position joins the mesh.

    It is common to all ports but those to which the way leaves a bank elsewhere.
    """
    travel_time = start_travel()
    for k in range(1, reach.path.shape[0]):
        travel_time = travel_time_between(passage, travel_time, reach.path[k - 1], reach.path[k])
    memo.place[:] = 0
    memo.used[0] = 0
    _keep(memo, travel_time, reach.path[-1, 0], reach.path[-1, 1])


@inlined_leaf_kernel
def _keep(memo, travel_time, lon, lat):
    """Keep a clock, and where it was run to; the row it is kept in, or 0 without room."""
    used = memo.used[0]
    row = 0
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
        row = used
    return row


@inlined_leaf_kernel
def _kept(memo, row):
    """A clock kept, and longitude and latitude of where it was run to."""
    kept = memo.times[row]
    travel_time = TravelTime(
        time_s=kept[0],
        early_s=kept[1],
        late_s=kept[2],
        highest_hs_m=kept[3],
        waves_missing=memo.flags[row, 0],
        stream_missing=memo.flags[row, 1],
        stream_met=memo.flags[row, 2],
        filled_m=kept[4],
        run_m=kept[5],
    )
    return travel_time, kept[6], kept[7]


@inlined_leaf_kernel
def _at_the_same_pace(travel_time, more_m):
    """A clock run on as it ran so far. [m]"""
    factor = 1.0 + more_m / travel_time.run_m
    return TravelTime(
        time_s=factor * travel_time.time_s,
        early_s=factor * travel_time.early_s,
        late_s=factor * travel_time.late_s,
        highest_hs_m=travel_time.highest_hs_m,
        waves_missing=travel_time.waves_missing,
        stream_missing=travel_time.stream_missing,
        stream_met=travel_time.stream_met,
        filled_m=travel_time.filled_m,
        run_m=travel_time.run_m + more_m,
    )


@inlined_leaf_kernel
def travel_time_to_port(water, depth_class, reach, passage, memo, p, growth):
    """`TravelTime` at the approach point of a port, along the shortest path.

    Parameters
    ----------
    water : WaterModel
    depth_class : DepthClass
    reach : Reach
    passage : Passage
    memo : TravelTimeMemo
        Begun for the same passage, but where neither waves, wind nor stream are known; goes on with this port.
    p : int
        A port.
    growth : float
        As for `integrate_leg`.

    Returns
    -------
    TravelTime
        Infinite where there is no way.
    """
    speed_model = passage.speed_model
    quiet = is_empty(passage.forecast)
    if not reach.distance_m[p] < np.inf:
        travel_time = TravelTime(
            time_s=np.inf,
            early_s=np.inf,
            late_s=np.inf,
            highest_hs_m=0.0,
            waves_missing=True,
            stream_missing=True,
            stream_met=False,
            filled_m=0.0,
            run_m=np.inf,
        )
    elif quiet or reach.entered_at[p] != NOWHERE:
        # Inside a harbour the sea outside does not count.
        travel_time = _calm_travel_time(reach.distance_m[p], calm_speed_ms(speed_model), speed_model.speed_doubt, quiet)
    else:
        travel_time = _travel_time_over_mesh(water, depth_class, reach, passage, memo, p, growth)
    return travel_time


@leaf_kernel
def _travel_time_over_mesh(water, depth_class, reach, passage, memo, p, growth):
    """`travel_time_to_port` where there is a way, from outside of the harbour, and something is known of the sea.

    Apart, so that in calm water the loop over ports stays a short one.
    """
    speed_model = passage.speed_model
    mesh = water.mesh
    looked_m = FIRST_LOOK_M if growth > 0.0 and is_silent(passage.forecast) else np.inf
    travel_time, lon, lat = _kept(memo, 0)
    joined = reach.joined[p]
    if joined[0] != lon or joined[1] != lat:
        travel_time = travel_time_between(passage, start_travel(), reach.path[0], joined)
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
        k = memo.place[corner]
        if k > 0:
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
                leg = Leg(lon, lat, mesh.lon[v], mesh.lat[v], leg_m)
                travel_time = integrate_leg(passage, travel_time, leg, growth)
                lon = mesh.lon[v]
                lat = mesh.lat[v]
                memo.place[corner] = _keep(memo, travel_time, lon, lat)
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
        travel_time = integrate_leg(passage, travel_time, Leg(lon, lat, to_lon, to_lat, leg_m), growth)
    return travel_time


@kernel
def travel_times_to_ports(water, depth_class, reach, passage, ports, growth):
    """`travel_time_to_port` of several ports, as `TravelTimes` of all: clocks of the others stay infinite."""
    travel_times = no_travel_times(reach.distance_m.shape[0])
    memo = allocate_memo(depth_class.corners.vertex.shape[0], ports.shape[0])
    begin_memo(memo, passage, reach)
    for p in ports:
        travel_time = travel_time_to_port(water, depth_class, reach, passage, memo, p, growth)
        set_travel_time(travel_times, p, travel_time)
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
        time_s=distance_m / calm_ms,
        early_s=distance_m / (calm_ms * (1.0 + speed_doubt)),
        late_s=distance_m / (calm_ms * (1.0 - speed_doubt)),
        highest_hs_m=0.0,
        waves_missing=nothing_known,
        stream_missing=nothing_known,
        stream_met=False,
        filled_m=0.0,
        run_m=distance_m,
    )


@inlined_leaf_kernel
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


@inlined_leaf_kernel
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
