"""How fast a vessel is through a sea, and what the stream makes of it over the ground.

Waves and wind are held as the way they run, like the stream (`engine.kernels.forecast`); tables of people
say where they come from.
"""

from math import isnan, sqrt
from typing import NamedTuple

import numpy as np

from engine.kernels.forecast import stream_at, waves_at, wind_at
from engine.kernels.jit import inlined_leaf_kernel


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


@inlined_leaf_kernel
def calm_speed_ms(speed_model):
    """Speed in calm water, cap included. [m/s]"""
    return min(speed_model.full_speed_ms, speed_model.cap_ms)


@inlined_leaf_kernel
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


@inlined_leaf_kernel
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


@inlined_leaf_kernel
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
        hs_m=hs_m,
        waves_east=waves_east,
        waves_north=waves_north,
        drift_east_ms=drift_east,
        drift_north_ms=drift_north,
        stream_known=stream_known,
        filled_m=filled_m,
        doubt_east_ms=doubt_east,
        doubt_north_ms=doubt_north,
    )


@inlined_leaf_kernel
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
