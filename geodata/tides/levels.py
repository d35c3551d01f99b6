"""Mean levels of high and low water from harmonic constants, and how flat the tide is where it turns."""

import numpy as np

from geodata.tides.predict import DAY_S, STAND_REACH_S, extremes, predicted_heights
from geodata.tides.stations import Stations

_STEP_S = 900.0
_MEAN_YEARS_S = (1293840000.0, 1577836800.0)
"""2011 and 2020, when the Moon's greatest declination was near its mean. [s]"""

_NEIGHBOURS = 12
"""Tides on each side among which one is the greatest, or the least: six days of a fortnight."""

_FLAT_M = 0.05
_FLAT_STEP_S = 300.0
_FLAT_DAYS = 180
_DOUBLE = 2.0
"""So much longer for the longest tenth of tides than for the middle one: there are two turns, nearly alike. [ratio]"""


def mean_levels(stations: Stations) -> np.ndarray:
    """Mean high and low water at springs and neaps: two tides in a row of greatest and of least range, by fortnights.

    Returns
    -------
    ndarray of float64, shape (s, 4)
        Mean high water springs and neaps, mean low water neaps and springs, above chart datum. [m]
    """
    return np.mean([_levels(stations, start_s) for start_s in _MEAN_YEARS_S], axis=0)  # type: ignore[no-any-return]


def _levels(stations: Stations, start_s: float) -> np.ndarray:
    heights = predicted_heights(stations, start_s, 366 * round(DAY_S / _STEP_S) + 1, _STEP_S)
    at_s = start_s + _STEP_S * np.arange(heights.shape[1])
    means = []
    for series in heights:
        turns = extremes(series, start_s, _STEP_S)
        high = np.interp(turns.high_s, at_s, series)
        low = np.interp(turns.low_s, at_s, series)
        tide_range = high[:-1] - low
        of_two = tide_range[:-1] + tide_range[1:]
        windows = np.lib.stride_tricks.sliding_window_view(of_two, 2 * _NEIGHBOURS + 1)
        springs = np.flatnonzero(windows.max(axis=1) == windows[:, _NEIGHBOURS]) + _NEIGHBOURS
        neaps = np.flatnonzero(windows.min(axis=1) == windows[:, _NEIGHBOURS]) + _NEIGHBOURS
        means.append([np.mean([part[at], part[at + 1]]) for part, at in
                      ((high, springs), (high, neaps), (low, neaps), (low, springs))])  # fmt: skip
    return np.array(means)


def flat_turns(stations: Stations) -> np.ndarray:
    """Half the time for which the water is within 5 cm of its turn.

    The middle one of all tides; where there are two turns nearly alike, what nine tides in ten stay below.

    Returns
    -------
    ndarray of float64, shape (s, 2)
        About high and about low water. [min]
    """
    start_s = _MEAN_YEARS_S[1]
    heights = predicted_heights(stations, start_s, _FLAT_DAYS * round(DAY_S / _FLAT_STEP_S) + 1, _FLAT_STEP_S)
    flat = []
    for series in heights:
        turns = extremes(series, start_s, _FLAT_STEP_S)
        flat.append([_flat_min(series, turns.high_s, start_s), _flat_min(-series, turns.low_s, start_s)])
    return np.array(flat)


def _flat_min(series: np.ndarray, turns_s: np.ndarray, start_s: float) -> float:
    reach = round(STAND_REACH_S / _FLAT_STEP_S)
    halves = []
    for k in np.rint((turns_s[1:-1] - start_s) / _FLAT_STEP_S).astype(int):
        near = series[max(0, k - reach) : k + reach + 1]
        within = np.flatnonzero(near >= near.max() - _FLAT_M)
        halves.append(0.5 * _FLAT_STEP_S / 60.0 * (within[-1] - within[0]))
    middle, most = np.percentile(halves, [50, 90])
    return float(most if most > _DOUBLE * middle else middle)
