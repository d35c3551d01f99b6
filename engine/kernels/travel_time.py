"""Time under way: a clock that runs along a leg or a track, in the sea of the moment the vessel is there.

Times are integrated piece by piece: the sea is looked up in the middle of each piece at the moment the vessel is
there.
"""

from math import ceil, cos, isnan, radians
from typing import NamedTuple

import numpy as np

from engine.kernels.forecast import Forecast
from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.jit import leaf_kernel
from engine.kernels.plane import length_of
from engine.kernels.speed import SpeedModel, calm_speed_ms, made_good_ms, sea_at

PIECE_M = 1852.0
"""Piece over which the sea is taken as even: finer than the forecasts there are. [m]"""


class Passage(NamedTuple):
    """A vessel under way: what she meets, how she moves, and when she left.

    Attributes
    ----------
    forecast : Forecast
    speed_model : SpeedModel
    depart_s : float
        Epoch at which clocks stand at zero. [s]
    """

    forecast: Forecast
    speed_model: SpeedModel
    depart_s: float


class Leg(NamedTuple):
    """A straight leg between two positions.

    Attributes
    ----------
    lon1, lat1, lon2, lat2 : float
        Its ends, WGS 84. [deg]
    length_m : float
        By the geodesic. [m]
    """

    lon1: float
    lat1: float
    lon2: float
    lat2: float
    length_m: float


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


@leaf_kernel
def start_travel():
    """A clock that has not run."""
    return TravelTime(
        time_s=0.0,
        early_s=0.0,
        late_s=0.0,
        highest_hs_m=0.0,
        waves_missing=False,
        stream_missing=False,
        stream_met=False,
        filled_m=0.0,
        run_m=0.0,
    )


@leaf_kernel
def integrate_leg(passage, travel_time, leg, growth):
    """Clock at the end of a straight leg.

    Parameters
    ----------
    passage : Passage
    travel_time : TravelTime
        At the start of the leg.
    leg : Leg
    growth : float
        0 for pieces of `PIECE_M`; else the share of the way behind that a piece may have.
    """
    speed_model = passage.speed_model
    lon1, lat1, lon2, lat2, length_m = leg
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
            passage.forecast,
            speed_model,
            lon1 + part * (lon2 - lon1),
            lat1 + part * (lat2 - lat1),
            passage.depart_s + time_s + half_s,
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
        time_s=time_s,
        early_s=early_s,
        late_s=late_s,
        highest_hs_m=highest_hs_m,
        waves_missing=waves_missing,
        stream_missing=stream_missing,
        stream_met=stream_met,
        filled_m=filled_m,
        run_m=run_m + length_m,
    )


@leaf_kernel
def travel_time_between(passage, travel_time, start, end):
    """`integrate_leg` between two positions, each longitude and latitude."""
    length_m = geodesic_length_m(start[0], start[1], end[0], end[1])
    return integrate_leg(passage, travel_time, Leg(start[0], start[1], end[0], end[1], length_m), 0.0)


@leaf_kernel
def travel_time_along_track(passage, track):
    """Clock at the end of a track, shape (n, 2), longitude and latitude. [deg]"""
    travel_time = start_travel()
    for k in range(1, track.shape[0]):
        travel_time = travel_time_between(passage, travel_time, track[k - 1], track[k])
    return travel_time


@leaf_kernel
def add(first, second):
    """One clock after another."""
    return TravelTime(
        time_s=first.time_s + second.time_s,
        early_s=first.early_s + second.early_s,
        late_s=first.late_s + second.late_s,
        highest_hs_m=max(first.highest_hs_m, second.highest_hs_m),
        waves_missing=first.waves_missing or second.waves_missing,
        stream_missing=first.stream_missing or second.stream_missing,
        stream_met=first.stream_met or second.stream_met,
        filled_m=max(first.filled_m, second.filled_m),
        run_m=first.run_m + second.run_m,
    )
