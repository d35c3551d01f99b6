"""SYNTHETIC tides, and when a port is open, second by second: numpy on the definition, no engine."""

from math import isnan

import numpy as np

from engine.kernels.tides import Tides

START_S = 1_773_000_000.0
STEP_S = 300.0
PERIOD_S = 12.42 * 3600.0


def sinusoidal_tides(
    ports: int = 1,
    *,
    range_m: float = 5.0,
    mean_m: float = 3.5,
    first_high_s: float = START_S + 2.0 * 3600.0,
    start_s: float = START_S,
    days: float = 5.0,
    shift_s: float = 0.0,
    factor: float = 1.0,
    lift_m: float = 0.0,
    doubt_m: float = 0.25,
    doubt_s: float = 600.0,
    without: tuple[int, ...] = (),
) -> Tides:
    """One station with a cosine, and ports that all lean on it but for those `without` a basis."""
    times = start_s + STEP_S * np.arange(round(days * 86_400.0 / STEP_S) + 1)
    heights = mean_m + 0.5 * range_m * np.cos(2.0 * np.pi * (times - first_high_s) / PERIOD_S)
    before = np.floor((first_high_s - start_s) / PERIOD_S)
    highs = first_high_s + PERIOD_S * (np.arange(2.0 * days + 3.0) - before)
    highs = highs[(highs >= times[0]) & (highs <= times[-1])]
    station = np.zeros(ports, np.int32)
    doubts_m, doubts_s = np.full(ports, doubt_m), np.full(ports, doubt_s)
    for port in without:
        station[port] = -1
        doubts_m[port] = doubts_s[port] = np.nan
    return Tides(
        start_s, STEP_S, heights.astype(np.float32)[None, :], np.append(highs, [np.inf, np.inf])[None, :],
        station, np.full(ports, shift_s), np.full(ports, factor), np.full(ports, lift_m), doubts_m, doubts_s,
    )  # fmt: skip


def heights(tides: Tides, port: int, at_s: np.ndarray) -> np.ndarray:
    """Heights of tide, NaN outside the table. [m]"""
    row = tides.station[port]
    if row < 0:
        return np.full(len(at_s), np.nan)
    times = tides.start_s + tides.step_s * np.arange(tides.height_m.shape[1])
    found = np.interp(at_s - tides.time_shift_s[port], times, tides.height_m[row].astype(float), np.nan, np.nan)
    return tides.height_factor[port] * found + tides.height_shift_m[port]


def hours_from_high(tides: Tides, port: int, at_s: np.ndarray) -> np.ndarray:
    """Seconds from the nearest high water in the table. [s]"""
    highs = tides.high_water_s[tides.station[port]]
    highs = highs[np.isfinite(highs)] + tides.time_shift_s[port]
    apart = at_s[:, None] - highs[None, :]
    return apart[np.arange(len(at_s)), np.abs(apart).argmin(axis=1)]


def open_at(tides: Tides, port: int, sill, at_s: np.ndarray, doubt: float, throughout: bool = False) -> np.ndarray:
    """Whether a vessel that enters at each of these times gets in: 1, 0 or NaN.

    The water must last from the entrance to the landing: at both ends of that time, or `throughout`.
    """
    is_open = np.ones(len(at_s))
    if not isnan(sill.tide_needed_m):
        moments = np.linspace(0.0, sill.hold_s, 61) if throughout else (0.0, sill.hold_s)
        low = np.min([heights(tides, port, at_s + later_s) for later_s in moments], axis=0)
        is_open = np.where(low - doubt * tides.height_uncertainty_m[port] >= sill.tide_needed_m, is_open, 0.0)
        is_open[np.isnan(low)] = np.nan
    if sill.has_hours:
        apart = hours_from_high(tides, port, at_s)
        slack = doubt * tides.time_uncertainty_s[port]
        in_hours = (apart >= slack - sill.opens_before_s) & (apart <= sill.closes_after_s - slack)
        is_open = np.where(np.isnan(is_open), is_open, is_open * in_hours)
    return is_open


def wait(tides: Tides, port: int, sill, at_s: float, doubt: float, longest_s: float) -> float:
    """First second at which it is open, infinite when none is within `longest_s`. [s]"""
    seconds = np.arange(0.0, longest_s + 0.5)
    found = np.flatnonzero(open_at(tides, port, sill, at_s + seconds, doubt) == 1.0)
    return float(seconds[found[0]]) if len(found) else np.inf
