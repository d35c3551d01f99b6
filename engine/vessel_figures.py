"""What may be held against a vessel: her figures as somebody states them, and as they may plausibly be."""

from dataclasses import replace
from functools import lru_cache
from math import isnan, nan

from engine.model import Vessel
from engine.policy import Limits


@lru_cache(maxsize=128)
def known_figures(vessel: Vessel) -> Vessel:
    """The vessel as rules may hold her against a port: figures that are assumptions become unknown.

    Speed, draught and sea limit stay: they are needed to answer at all, and err on the careful side.
    """
    assumed = vessel.assumed
    return replace(
        vessel,
        range_m=nan if "range_nm" in assumed else vessel.range_m,
        loa_m=nan if "loa_m" in assumed else vessel.loa_m,
        beam_m=nan if "beam_m" in assumed else vessel.beam_m,
        max_persons=nan if "max_persons" in assumed else vessel.max_persons,
        self_righting_persons=nan if "self_righting_persons" in assumed else vessel.self_righting_persons,
    )


def plausible_loa_m(vessel: Vessel, limits: Limits) -> float:
    """Length of a vessel, as long as she may be where nobody has stated it; NaN when nothing is known. [m]"""
    return limits.loa_when_unknown_draughts * vessel.draught_m if isnan(vessel.loa_m) else vessel.loa_m


def plausible_range_m(vessel: Vessel, limits: Limits) -> float:
    """Range of a vessel, as short as it may be where nobody has stated it. [m]"""
    if not isnan(vessel.range_m):
        return vessel.range_m
    by_length_m = 0.0 if isnan(vessel.loa_m) else limits.range_for_each_metre_m * vessel.loa_m
    return max(limits.range_when_unknown_m, by_length_m)
