"""Heights and high and low waters from harmonic constants, by the astronomy of ``utide``.

A height is mean sea level plus the sum over constituents of ``f A cos(V + u - g)``: V the astronomical argument, f and
u the slow modulation by the Moon's node and perigee, A and g the published constants. V is linear in time over the
weeks of one table (its next term is below 1e-6 degree); f and u are taken daily and interpolated.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from geodata.tides.stations import Stations

DAY_S = 86400.0
STEP_S = 300.0

ONE_TIDE_S = 7.8 * 3600.0
"""Maxima closer than this belong to one tide. The two high waters of the Solent are 2 to 4 h apart, the hump between
the two low waters of Portland is 6 h from the high waters beside it, and where the two are farthest apart, at Swanage,
the later one of a tide comes 7 h before the earlier one of the next. With 7.8 h every station has 705 tides a year."""

STAND_REACH_S = 5.0 * 3600.0
"""No stand lasts longer before or after its highest point."""

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Dates between 1 January of the first and of the last get a tide: nodal factors and mean levels hold for no longer."""

UTIDE_NAME = {"EP2": "EPS2", "LAMBDA2": "LDA2", "M1": "NO1", "MA2": "H1", "MB2": "H2", "SGM": "SIG1"}
"""Constituents that ``utide`` calls something else."""

PERIGEE_TURNS = {"SA": 1, "MA2": -1, "MB2": 1}
HALF_TURNS = {"MA2": 1}
"""The collection counts the year from the equinox, ``utide`` from the Sun's perigee: its argument of these needs so
many times the longitude of perigee, and half turns, added. Sa then peaks in late October, and M2 is greatest in early
summer, as both are here."""

NOT_USED = frozenset({"3L2", "3N2", "MSQM", "MTM", "R3", "S3", "T3"})
"""Constituents of the collection that ``utide`` does not know."""

_UNIX_EPOCH_DAY = 719163.0
"""The first of January 1970 in ``utide``'s days."""


class Extremes(NamedTuple):
    """High and low waters of one station, in turn.

    Attributes
    ----------
    high_s, low_s : ndarray of float64
        Epochs to the whole second, increasing. [s]
    """

    high_s: np.ndarray
    low_s: np.ndarray


def predicted_heights(stations: Stations, start_s: float, count: int, step_s: float = STEP_S) -> np.ndarray:
    """Heights above chart datum at regular times.

    Parameters
    ----------
    stations : Stations
    start_s : float
        Epoch of the first sample, a whole day. [s]
    count : int
        Number of samples; a whole number of days and one.
    step_s : float
        A divisor of a day. [s]

    Returns
    -------
    ndarray of float64, shape (s, count)
        [m]
    """
    used = [k for k, name in enumerate(stations.constituents) if name not in NOT_USED]
    per_day = round(DAY_S / step_s)
    days = (count - 1) // per_day
    if start_s % DAY_S or days * per_day != count - 1 or per_day * step_s != DAY_S:
        raise ValueError("a table holds whole days")
    midnight = _UNIX_EPOCH_DAY + start_s / DAY_S + np.arange(days + 1.0)
    turns, cycles_per_day, modulation = _astronomy(stations, used, midnight)
    # Within a day the carrier goes on by the same factors whatever the day: (days, per_day, c) is a product.
    carrier = np.exp(2j * np.pi * turns)[:, None, :]
    within = np.exp(2j * np.pi * np.arange(per_day)[:, None] * cycles_per_day / per_day)[None, :, :]
    carrier = carrier[:-1] * within
    part = (np.arange(per_day) / per_day)[None, :, None]
    constants = np.array(
        [station.amplitude_m[used] * np.exp(-1j * np.radians(station.phase_deg[used])) for station in stations.stations]
    )
    weights = modulation * constants[:, None, :]
    before = np.matmul(carrier, weights[:, :-1].transpose(1, 2, 0)).real
    after = np.matmul(carrier, weights[:, 1:].transpose(1, 2, 0)).real
    level = np.array([station.msl_m for station in stations.stations])
    body = (before + part * (after - before)).reshape(-1, len(level)).T + level[:, None]
    last = (np.exp(2j * np.pi * turns[-1]) * weights[:, -1]).real.sum(axis=1) + level
    return np.ascontiguousarray(np.hstack([body, last[:, None]]))


def _astronomy(stations: Stations, used: list[int], midnight: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Arguments at each midnight [turns], speeds [turns a day], and nodal modulation of each station at each midnight.

    Shapes (d, c), (c,) and (s, d, c).
    """
    # Imported here: it takes 0.7 s, and a table in the cache does not need it.
    from utide.harmonics import FUV, const, linearized_freqs

    names = [str(name).strip() for name in const.name]
    index = np.array([names.index(UTIDE_NAME.get(stations.constituents[k], stations.constituents[k])) for k in used])
    middle = np.array([midnight[len(midnight) // 2]])
    _, _, argument = FUV(middle, middle[0], index, 50.0, [0, 0, 0, 0])
    speed = 24.0 * linearized_freqs(middle[0])[index]
    turns = argument + (midnight[:, None] - middle) * speed
    perigee = (282.94 + 1.719 * (middle[0] - 730120.0) / 36525.0) / 360.0
    for column, k in enumerate(used):
        name = stations.constituents[k]
        turns[:, column] += PERIGEE_TURNS.get(name, 0) * perigee + 0.5 * HALF_TURNS.get(name, 0)
    modulation = []
    for station in stations.stations:
        factor, phase, _ = FUV(midnight, midnight[0], index, station.lat, [0, 0, 0, 0])
        modulation.append(factor * np.exp(2j * np.pi * phase))
    return turns, speed, np.array(modulation)


def extremes(heights: np.ndarray, start_s: float, step_s: float = STEP_S, stand_m: float = 0.0) -> Extremes:
    """High and low waters of one series.

    Of several maxima of one tide (Solent, Le Havre) the highest is its high water; between two high waters the lowest
    point is the low water. Times are where a parabola through three samples turns, well within a minute. Where the tide
    stands, the highest point wanders to and fro along the stand, and high water is the middle of it.

    Parameters
    ----------
    heights : ndarray of float64, shape (n,)
        [m]
    start_s, step_s : float
        [s]
    stand_m : float
        Water within this of the highest point is one stand; 0 where there is none. [m]
    """
    inner = heights[1:-1]
    tops = np.flatnonzero((inner >= heights[:-2]) & (inner > heights[2:])) + 1
    chosen: list[int] = []
    for k in tops[np.argsort(-heights[tops], kind="stable")]:
        if all(abs(int(k) - other) * step_s >= ONE_TIDE_S for other in chosen):
            chosen.append(int(k))
    highs = sorted(chosen)
    lows = [first + int(np.argmin(heights[first : then + 1])) for first, then in pairwise(highs)]
    high_s = _turning(heights, highs, start_s, step_s)
    if stand_m > 0.0:
        ends = np.array([stand_around(heights, k, step_s, stand_m) for k in highs]).reshape(-1, 2)
        high_s = np.rint(start_s + step_s * ends.mean(axis=1))
    return Extremes(high_s, _turning(heights, lows, start_s, step_s))


def stand_around(heights: np.ndarray, top: int, step_s: float, stand_m: float) -> tuple[int, int]:
    """First and last sample of the stand round a high water.

    Parameters
    ----------
    heights : ndarray of float, shape (n,)
        [m]
    top : int
        Sample of the highest point.
    step_s : float
        [s]
    stand_m : float
        Water within this of the highest point belongs to the stand. [m]
    """
    reach = int(STAND_REACH_S // step_s)
    first = max(0, top - reach)
    within = np.flatnonzero(heights[first : top + reach + 1] >= heights[top] - stand_m) + first
    return int(within[0]), int(within[-1])


def _turning(heights: np.ndarray, at: list[int], start_s: float, step_s: float) -> np.ndarray:
    k = np.array(at, np.int64)
    before, here, after = heights[k - 1], heights[k], heights[k + 1]
    bend = before - 2.0 * here + after
    shift = np.where(bend == 0.0, 0.0, 0.5 * (before - after) / np.where(bend == 0.0, 1.0, bend))
    turning_s: np.ndarray = np.rint(start_s + (k + shift) * step_s)
    return turning_s
