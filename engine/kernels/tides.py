"""Predicted tide at a port: a table of heights at its station, shifted in time and scaled in height.

The table is made outside (`geodata.tides`); here it is only read. Surge is in none of it.
"""

from typing import NamedTuple

import numpy as np

from engine.kernels.jit import inlined_leaf_kernel, kernel
from engine.kernels.mesh import NOWHERE


class Tides(NamedTuple):
    """Predicted tide over one window of time, for every port.

    A port's height is ``height_factor * station height (t - time_shift_s) + height_shift_m``, above the chart datum
    of the port.

    Attributes
    ----------
    start_s : float
        Epoch of the first sample. [s]
    step_s : float
        Between samples. [s]
    height_m : ndarray of float32, shape (s, n)
        Height of tide at each station, above its chart datum. [m]
    high_water_s : ndarray of float64, shape (s, k)
        Epochs of predicted high water at each station within the window, increasing, padded with +inf. Of two maxima
        of one tide (Solent, Le Havre) only the higher counts. [s]
    station : ndarray of int32, shape (p,)
        Row of each port's station; `NOWHERE` for a port with no basis for a prediction.
    time_shift_s : ndarray of float64, shape (p,)
        The port's tide comes this much later than its station's. [s]
    height_factor : ndarray of float64, shape (p,)
    height_shift_m : ndarray of float64, shape (p,)
        [m]
    height_uncertainty_m : ndarray of float64, shape (p,)
        NaN without a basis. [m]
    time_uncertainty_s : ndarray of float64, shape (p,)
        NaN without a basis. [s]
    """

    start_s: float
    step_s: float
    height_m: np.ndarray
    high_water_s: np.ndarray
    station: np.ndarray
    time_shift_s: np.ndarray
    height_factor: np.ndarray
    height_shift_m: np.ndarray
    height_uncertainty_m: np.ndarray
    time_uncertainty_s: np.ndarray


@inlined_leaf_kernel
def height_at(tides, port, at_s):
    """Height of tide above chart datum, linear between samples.

    Parameters
    ----------
    tides : Tides
    port : int
    at_s : float
        Epoch. [s]

    Returns
    -------
    float
        NaN without a basis, or outside the window. [m]
    """
    row = tides.station[port]
    if row < 0:
        return np.nan
    last = tides.height_m.shape[1] - 1
    place = (at_s - tides.time_shift_s[port] - tides.start_s) / tides.step_s
    # Written so that a NaN fails it.
    if not (place >= 0.0 and place <= last):
        return np.nan
    k = min(int(place), last - 1)
    low = np.float64(tides.height_m[row, k])
    high = np.float64(tides.height_m[row, k + 1])
    return tides.height_factor[port] * (low + (place - k) * (high - low)) + tides.height_shift_m[port]


@kernel
def heights_at(tides, port, at_s):
    """`height_at` at many times, shape (n,). [epoch s], [m]"""
    height_m = np.empty(at_s.shape[0])
    for k in range(at_s.shape[0]):
        height_m[k] = height_at(tides, port, at_s[k])
    return height_m


@inlined_leaf_kernel
def high_water_near(tides, port, at_s):
    """Epoch of the predicted high water nearest in time.

    Parameters
    ----------
    tides : Tides
    port : int
    at_s : float
        Epoch. [s]

    Returns
    -------
    float
        NaN without a basis, and where one outside the window could be nearer. [s]
    """
    row = tides.station[port]
    if row < 0:
        return np.nan
    end_s = tides.start_s + (tides.height_m.shape[1] - 1) * tides.step_s
    here_s = at_s - tides.time_shift_s[port]
    # Written so that a NaN fails it.
    if not (here_s >= tides.start_s and here_s <= end_s):
        return np.nan
    below, above = 0, tides.high_water_s.shape[1]
    while below < above:
        middle = (below + above) // 2
        if tides.high_water_s[row, middle] < here_s:
            below = middle + 1
        else:
            above = middle
    nearest = np.inf
    if below < tides.high_water_s.shape[1]:
        nearest = tides.high_water_s[row, below]
    if below > 0 and here_s - tides.high_water_s[row, below - 1] <= nearest - here_s:
        nearest = tides.high_water_s[row, below - 1]
    # The window holds every high water as near as this one only if it reaches as far on both sides.
    apart = abs(nearest - here_s)
    if apart <= here_s - tides.start_s and apart <= end_s - here_s:
        return nearest + tides.time_shift_s[port]
    return np.nan


def no_tides(port_count: int) -> Tides:
    """Tides of ports that have no basis for any.

    Parameters
    ----------
    port_count : int
    """
    unknown = np.full(port_count, np.nan)
    return Tides(
        start_s=0.0,
        step_s=300.0,
        height_m=np.zeros((0, 0), np.float32),
        high_water_s=np.zeros((0, 0)),
        station=np.full(port_count, NOWHERE, np.int32),
        time_shift_s=np.zeros(port_count),
        height_factor=np.ones(port_count),
        height_shift_m=np.zeros(port_count),
        height_uncertainty_m=unknown,
        time_uncertainty_s=unknown.copy(),
    )
