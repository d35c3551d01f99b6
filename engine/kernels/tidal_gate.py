"""When a port lets a vessel in: enough tide over the sill, and inside its hours about high water."""

from math import inf, isnan, nan
from typing import NamedTuple

from engine.kernels.jit import inlined_leaf_kernel, leaf_kernel
from engine.kernels.tides import height_at, high_water_near

STEP_S = 600.0
"""Waits are looked for at this step and then narrowed down; openings shorter than it are not relied on. [s]"""

FINEST_S = 5.0


class Sill(NamedTuple):
    """What keeps a vessel out of one port.

    Attributes
    ----------
    tide_needed_m : float
        Height of tide that floats her in, above chart datum; NaN when depth does not bind or is not known. [m]
    has_hours : bool
        Whether a gate or bar opens about high water only.
    opens_before_s, closes_after_s : float
        Those hours. [s]
    hold_s : float
        Time from the entrance to the landing, over which the water must last. [s]
    """

    tide_needed_m: float
    has_hours: bool
    opens_before_s: float
    closes_after_s: float
    hold_s: float


@inlined_leaf_kernel
def seconds_from_high_water(tides, port, at_s):
    """Time against the nearest high water, negative before it; NaN when the tide is unknown. [s]"""
    return at_s - high_water_near(tides, port, at_s)


@inlined_leaf_kernel
def lowest_height(tides, port, at_s, hold_s):
    """Lowest predicted tide at the start, the middle and the end of a stretch of time; NaN when any is unknown. [m]"""
    first_m = height_at(tides, port, at_s)
    middle_m = height_at(tides, port, at_s + 0.5 * hold_s)
    last_m = height_at(tides, port, at_s + hold_s)
    # Compiled, the least of a number and NaN is the number: the sum keeps what is unknown.
    if isnan(first_m + middle_m + last_m):
        return nan
    return min(first_m, min(middle_m, last_m))


@inlined_leaf_kernel
def is_open(tides, port, sill, at_s, doubt):
    """Whether a vessel entering now gets to the landing.

    Parameters
    ----------
    tides : Tides
    port : int
    sill : Sill
    at_s : float
        Epoch at the entrance. [s]
    doubt : float
        1 to be sure: the tide as low and the hours as short as its uncertainty allows. -1 for the other extreme.

    Returns
    -------
    float
        1 open, 0 shut, NaN when the tide is unknown.
    """
    if not isnan(sill.tide_needed_m):
        low_m = lowest_height(tides, port, at_s, sill.hold_s)
        if isnan(low_m) or isnan(tides.height_uncertainty_m[port]):
            return nan
        if low_m - doubt * tides.height_uncertainty_m[port] < sill.tide_needed_m:
            return 0.0
    if sill.has_hours:
        from_high_s = seconds_from_high_water(tides, port, at_s)
        slack_s = doubt * tides.time_uncertainty_s[port]
        if isnan(from_high_s + slack_s + sill.opens_before_s + sill.closes_after_s):
            return nan
        if from_high_s < slack_s - sill.opens_before_s or from_high_s > sill.closes_after_s - slack_s:
            return 0.0
    return 1.0


@leaf_kernel
def wait_for_entry_s(tides, port, sill, at_s, doubt, longest_s):
    """Time from arrival at the entrance until it opens.

    Returns
    -------
    float
        0 when open already, infinite when not within `longest_s`, NaN when the tide is unknown. [s]
    """
    state = is_open(tides, port, sill, at_s, doubt)
    if isnan(state):
        return nan
    if state == 1.0:
        return 0.0
    shut_s = 0.0
    while shut_s < longest_s:
        open_s = min(shut_s + STEP_S, longest_s)
        state = is_open(tides, port, sill, at_s + open_s, doubt)
        if isnan(state):
            return nan
        if state == 1.0:
            while open_s - shut_s > FINEST_S:
                middle_s = 0.5 * (shut_s + open_s)
                if is_open(tides, port, sill, at_s + middle_s, doubt) == 1.0:
                    open_s = middle_s
                else:
                    shut_s = middle_s
            return open_s
        shut_s = open_s
    return inf
