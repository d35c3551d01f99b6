"""Mean high water springs from harmonic constants."""

import numpy as np

from geodata.tides.predict import DAY_S, extremes, predicted_heights
from geodata.tides.stations import Stations

_STEP_S = 900.0
_MEAN_YEARS_S = (1293840000.0, 1577836800.0)
"""2011 and 2020, when the Moon's greatest declination was near its mean. [s]"""

_NEIGHBOURS = 12
"""High waters on each side among which a spring tide is the greatest: six days of a fortnight."""


def mean_high_water_springs(stations: Stations) -> np.ndarray:
    """Mean high water springs of each station: its two high waters in a row of greatest range, fortnight by fortnight.

    Returns
    -------
    ndarray of float64, shape (s,)
        Above chart datum. [m]
    """
    return np.mean([_springs(stations, start_s) for start_s in _MEAN_YEARS_S], axis=0)  # type: ignore[no-any-return]


def _springs(stations: Stations, start_s: float) -> np.ndarray:
    heights = predicted_heights(stations, start_s, 366 * round(DAY_S / _STEP_S) + 1, _STEP_S)
    at_s = start_s + _STEP_S * np.arange(heights.shape[1])
    means = []
    for series in heights:
        turns = extremes(series, start_s, _STEP_S)
        high = np.interp(turns.high_s, at_s, series)
        tide_range = high[:-1] - np.interp(turns.low_s, at_s, series)
        of_two = tide_range[:-1] + tide_range[1:]
        windows = np.lib.stride_tricks.sliding_window_view(of_two, 2 * _NEIGHBOURS + 1)
        springs = np.flatnonzero(windows.max(axis=1) == windows[:, _NEIGHBOURS]) + _NEIGHBOURS
        means.append(np.mean([high[springs], high[springs + 1]]))
    return np.array(means)
