"""Waves, wind, visibility and current at a place and a time, bilinear in space and linear in time."""

from math import floor, inf, isnan, nan, sqrt
from typing import NamedTuple

import numpy as np

from engine.kernels.jit import inlined_leaf_kernel, leaf_kernel
from engine.kernels.streams import Streams, atlas_stream_at, has_tide, no_streams

TIME_TOLERANCE_S = 1.0
"""So much before the first step, after the last or beside a gap still counts as that step. [s]"""

_GRID_TOLERANCE = 1e-6
"""So near to a line of the grid, in steps, a point is on it: the far side has no weight and can't spoil it."""

_LEAST_AGREEMENT = 0.1
"""Waves whose mean direction vector is shorter than this run every way at once: no direction can be named."""


class Field(NamedTuple):
    """One group of variables on a regular longitude/latitude grid.

    Attributes
    ----------
    times_s : ndarray of float64, shape (t,)
        Times of the steps, increasing. [epoch s]
    west_deg, south_deg : float
        Longitude of column 0 and latitude of row 0: nodes of the grid, not edges of cells. [deg]
    step_lon_deg, step_lat_deg : float
        Spacing of columns and rows, positive. [deg]
    longest_gap_s : float
        Steps farther apart than this are not interpolated between. [s]
    values : ndarray of float32, shape (t, rows, columns, c)
        Variables of the group, see `Forecast`; over land taken from the nearest wet cell; NaN where missing.
    filled_m : ndarray of float32, shape (rows, columns)
        Distance to the cell a value was taken from: 0 over water, infinite where there is none. [m]
    """

    times_s: np.ndarray
    west_deg: float
    south_deg: float
    step_lon_deg: float
    step_lat_deg: float
    longest_gap_s: float
    values: np.ndarray
    filled_m: np.ndarray


class Forecast(NamedTuple):
    """What is known of sea and weather to come.

    Every direction here is that *towards* which something moves, east and north.

    Attributes
    ----------
    waves : Field
        Four variables: significant height [m], unit vector towards which waves run (east, north), period [s].
    wind : Field
        Three: velocity of the air (east, north; the way it goes) [m/s], gust [m/s].
    visibility : Field
        One. [m]
    current : Field
        Two: velocity of the water (east, north; the way it goes). [m/s]
    run_at_s : float
        Oldest model run among the groups; NaN where one of them states none. [epoch s]
    strongest_current_ms, strongest_wind_ms : float
        Greatest speed anywhere and at any time; 0 without a field. [m/s]
    streams : Streams
        Tidal streams of an atlas: they hold where and when the current says nothing, never on top of it.
    """

    waves: Field
    wind: Field
    visibility: Field
    current: Field
    run_at_s: float
    strongest_current_ms: float
    strongest_wind_ms: float
    streams: Streams = no_streams()


def no_forecast():
    """A forecast of nothing: every sample is missing.

    Returns
    -------
    Forecast
    """
    return Forecast(_empty(4), _empty(3), _empty(1), _empty(2), nan, 0.0, 0.0, no_streams())


def _empty(variables):
    arrays = (np.empty(0, np.float64), np.empty((0, 0, 0, variables), np.float32), np.empty((0, 0), np.float32))
    for array in arrays:
        # Arrays of an open file are read-only, and numba would compile everything twice for the two kinds.
        array.setflags(write=False)
    times_s, values, filled_m = arrays
    return Field(times_s, 0.0, 0.0, 1.0, 1.0, 0.0, values, filled_m)


@inlined_leaf_kernel
def _step_at(times_s, longest_gap_s, at_s):
    """Step before a time, step after it and the weight of the latter; the first is -1 where there is no value."""
    count = times_s.shape[0]
    # Written so that a time that is not a number fails.
    if count == 0 or not (times_s[0] - TIME_TOLERANCE_S <= at_s <= times_s[count - 1] + TIME_TOLERANCE_S):
        return -1, -1, 0.0
    if at_s <= times_s[0]:
        return 0, 0, 0.0
    if at_s >= times_s[count - 1]:
        return count - 1, count - 1, 0.0
    # Steps are mostly even, so the guess is mostly right.
    k = int((at_s - times_s[0]) / (times_s[count - 1] - times_s[0]) * (count - 1))
    while times_s[k] > at_s:
        k -= 1
    while times_s[k + 1] <= at_s:
        k += 1
    since = at_s - times_s[k]
    gap = times_s[k + 1] - times_s[k]
    if since == 0.0:
        return k, k, 0.0
    if gap <= longest_gap_s:
        return k, k + 1, since / gap
    if since <= TIME_TOLERANCE_S:
        return k, k, 0.0
    if gap - since <= TIME_TOLERANCE_S:
        return k + 1, k + 1, 0.0
    return -1, -1, 0.0


@leaf_kernel
def _line_at(place, count):
    """Line of the grid before a place, line after it and the weight of the latter; the first is -1 off the grid.

    Where the weight is zero both lines are the same, so a line without weight is never read.
    """
    if not (-_GRID_TOLERANCE <= place <= count - 1 + _GRID_TOLERANCE):
        return -1, -1, 0.0
    line = floor(place + _GRID_TOLERANCE)
    weight = place - line
    if weight <= _GRID_TOLERANCE:
        return line, line, 0.0
    return line, line + 1, weight


@leaf_kernel
def _mixed(values, step, row, column, c):
    """Variable c between two steps (`_step_at`), two rows and two columns (`_line_at`).

    One way in and one way out, on purpose: a second return makes the compiler count references to the array, which
    takes as long as the arithmetic.
    """
    k, k2, wk = step
    j, j2, wj = row
    i, i2, wi = column
    sw = (1.0 - wj) * (1.0 - wi)
    se = (1.0 - wj) * wi
    nw = wj * (1.0 - wi)
    ne = wj * wi
    before = sw * values[k, j, i, c] + se * values[k, j, i2, c] + nw * values[k, j2, i, c] + ne * values[k, j2, i2, c]
    after = (
        sw * values[k2, j, i, c] + se * values[k2, j, i2, c] + nw * values[k2, j2, i, c] + ne * values[k2, j2, i2, c]
    )
    return before + wk * (after - before)


@leaf_kernel
def _farthest(filled_m, row, column):
    """Distance to the farthest cell that a corner was taken from. [m]"""
    j, j2, _ = row
    i, i2, _ = column
    return float(max(max(filled_m[j, i], filled_m[j, i2]), max(filled_m[j2, i], filled_m[j2, i2])))


@inlined_leaf_kernel
def waves_at(forecast, lon_deg, lat_deg, at_s):
    """Waves at a place and a time.

    Parameters
    ----------
    forecast : Forecast
    lon_deg, lat_deg : float
        Place, WGS 84. [deg]
    at_s : float
        [epoch s]

    Returns
    -------
    hs_m : float
        Significant height. [m]
    to_east, to_north : float
        Unit vector towards which the waves run. NaN also where the height is known and the direction is not, or
        where the corners disagree so much that their mean says nothing.
    period_s : float
        [s]
    filled_m : float
        Distance to the farthest cell a value was taken from; 0 in open water, infinite off the grid or its times. [m]

    All values are NaN where missing, each on its own.
    """
    field = forecast.waves
    step = _step_at(field.times_s, field.longest_gap_s, at_s)
    row = _line_at((lat_deg - field.south_deg) / field.step_lat_deg, field.filled_m.shape[0])
    column = _line_at((lon_deg - field.west_deg) / field.step_lon_deg, field.filled_m.shape[1])
    if step[0] < 0 or row[0] < 0 or column[0] < 0:
        return nan, nan, nan, nan, inf
    values = field.values
    hs_m = _mixed(values, step, row, column, 0)
    east = _mixed(values, step, row, column, 1)
    north = _mixed(values, step, row, column, 2)
    period_s = _mixed(values, step, row, column, 3)
    agreement = sqrt(east * east + north * north)
    if agreement >= _LEAST_AGREEMENT:
        return hs_m, east / agreement, north / agreement, period_s, _farthest(field.filled_m, row, column)
    return hs_m, nan, nan, period_s, _farthest(field.filled_m, row, column)


@inlined_leaf_kernel
def wind_at(forecast, lon_deg, lat_deg, at_s):
    """Wind 10 m above the sea at a place and a time.

    Parameters
    ----------
    forecast, lon_deg, lat_deg, at_s
        As for `waves_at`.

    Returns
    -------
    east_ms, north_ms : float
        Velocity of the air, the way it goes. [m/s]
    gust_ms : float
        [m/s]
    filled_m : float
        As for `waves_at`. [m]
    """
    field = forecast.wind
    step = _step_at(field.times_s, field.longest_gap_s, at_s)
    row = _line_at((lat_deg - field.south_deg) / field.step_lat_deg, field.filled_m.shape[0])
    column = _line_at((lon_deg - field.west_deg) / field.step_lon_deg, field.filled_m.shape[1])
    if step[0] < 0 or row[0] < 0 or column[0] < 0:
        return nan, nan, nan, inf
    values = field.values
    return (
        _mixed(values, step, row, column, 0),
        _mixed(values, step, row, column, 1),
        _mixed(values, step, row, column, 2),
        _farthest(field.filled_m, row, column),
    )


@inlined_leaf_kernel
def visibility_at(forecast, lon_deg, lat_deg, at_s):
    """Visibility at a place and a time.

    Parameters
    ----------
    forecast, lon_deg, lat_deg, at_s
        As for `waves_at`.

    Returns
    -------
    visibility_m : float
        [m]
    filled_m : float
        As for `waves_at`. [m]
    """
    field = forecast.visibility
    step = _step_at(field.times_s, field.longest_gap_s, at_s)
    row = _line_at((lat_deg - field.south_deg) / field.step_lat_deg, field.filled_m.shape[0])
    column = _line_at((lon_deg - field.west_deg) / field.step_lon_deg, field.filled_m.shape[1])
    if step[0] < 0 or row[0] < 0 or column[0] < 0:
        return nan, inf
    return _mixed(field.values, step, row, column, 0), _farthest(field.filled_m, row, column)


@inlined_leaf_kernel
def current_at(forecast, lon_deg, lat_deg, at_s):
    """Current at a place and a time.

    Parameters
    ----------
    forecast, lon_deg, lat_deg, at_s
        As for `waves_at`.

    Returns
    -------
    east_ms, north_ms : float
        Velocity of the water, the way it goes. [m/s]
    filled_m : float
        As for `waves_at`. [m]
    """
    field = forecast.current
    step = _step_at(field.times_s, field.longest_gap_s, at_s)
    row = _line_at((lat_deg - field.south_deg) / field.step_lat_deg, field.filled_m.shape[0])
    column = _line_at((lon_deg - field.west_deg) / field.step_lon_deg, field.filled_m.shape[1])
    if step[0] < 0 or row[0] < 0 or column[0] < 0:
        return nan, nan, inf
    values = field.values
    return (
        _mixed(values, step, row, column, 0),
        _mixed(values, step, row, column, 1),
        _farthest(field.filled_m, row, column),
    )


@inlined_leaf_kernel
def stream_at(forecast, lon_deg, lat_deg, at_s):
    """Stream at a place and a time: the current of the forecast where it says one, else the atlas's.

    Parameters
    ----------
    forecast, lon_deg, lat_deg, at_s
        As for `waves_at`.

    Returns
    -------
    east_ms, north_ms : float
        Velocity of the water, the way it goes; NaN where neither says. [m/s]
    filled_m : float
        As for `waves_at`; 0 for the atlas. [m]
    doubt : float
        Of the atlas's rate, as a share; 0 for a forecast, whose doubt nobody states.
    """
    east_ms, north_ms, filled_m = current_at(forecast, lon_deg, lat_deg, at_s)
    doubt = 0.0
    if isnan(east_ms + north_ms):
        east_ms, north_ms, doubt = atlas_stream_at(forecast.streams, lon_deg, lat_deg, at_s)
        filled_m = 0.0
    return east_ms, north_ms, filled_m, doubt


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
