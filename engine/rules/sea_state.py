"""Wind, sea, stream and light; without a forecast each of these says that it does not know."""

from math import isnan, nan
from typing import NamedTuple

from engine.codes import Code, Feed, Verdict
from engine.kernels.jit import leaf_kernel
from engine.rules.result import RuleResult

CALM, CAREFUL, DANGEROUS, NOT_KNOWN = 0, 1, 2, 3

HARMLESS_HS_M = 0.5
"""Up to here a sea is called smooth (WMO code table 3700): it shuts no entrance, whatever its sector. [m]"""


class Onset(NamedTuple):
    """Wind or waves at an entrance when the vessel is there; NaN where unknown.

    Attributes
    ----------
    strength : float
        Speed of the wind, or significant wave height. [m/s] or [m]
    from_deg : float
        Where it comes from. [deg]
    dangerous : float
        Strength that makes the entrance dangerous from the sector it is open to: of the wind less where it blows
        against the stream, of waves what this vessel bears.
    """

    strength: float
    from_deg: float
    dangerous: float


class Sector(NamedTuple):
    """Clockwise sector an entrance is open to; NaN when nobody has stated one.

    Attributes
    ----------
    from_deg, to_deg : float
        [deg]
    margin_deg : float
        It is this uncertain on either side. [deg]
    """

    from_deg: float
    to_deg: float
    margin_deg: float


@leaf_kernel
def route_sea(highest_hs_m, missing, max_hs_m, near_share, bearable_hs_m, limit_is_assumed):
    """The highest sea on the route is within what the vessel bears with survivors aboard.

    Parameters
    ----------
    highest_hs_m : float
        Greatest significant wave height known on the way; NaN when none is. [m]
    missing : bool
        Part of the way has no forecast: what is known there can fail but not pass.
    max_hs_m : float
        The vessel's limit; NaN when unknown. [m]
    near_share : float
        Share of the limit from which the sea counts as near it.
    bearable_hs_m : float
        Sea she is in already, with its doubt: where that is above her limit, a way through no higher one is a caution,
        for staying is no better. NaN when unknown. [m]
    limit_is_assumed : bool
        Nobody has stated the limit: over it is a caution and no evidence.
    """
    if highest_hs_m > max_hs_m and bearable_hs_m > max_hs_m and highest_hs_m <= bearable_hs_m:
        if missing:
            # No higher as far as is known: whether it is farther on, nobody has said.
            return RuleResult(Verdict.UNKNOWN, Code.SEA_FARTHER_ON_UNKNOWN, highest_hs_m, max_hs_m)
        return RuleResult(Verdict.FAIL, Code.SEA_LIMIT_HERE_ALREADY, highest_hs_m, max_hs_m)
    if highest_hs_m > max_hs_m and limit_is_assumed:
        return RuleResult(Verdict.FAIL, Code.SEA_OVER_ASSUMED_LIMIT, highest_hs_m, max_hs_m)
    if highest_hs_m > max_hs_m:
        return RuleResult(Verdict.FAIL, Code.SEA_LIMIT_EXCEEDED, highest_hs_m, max_hs_m)
    if missing or isnan(highest_hs_m) or isnan(max_hs_m):
        return RuleResult(Verdict.UNKNOWN, Code.WX_UNKNOWN, highest_hs_m, max_hs_m)
    if highest_hs_m <= near_share * max_hs_m:
        return RuleResult(Verdict.PASS, Code.SEA_OK, highest_hs_m, max_hs_m)
    return RuleResult(Verdict.FAIL, Code.SEA_NEAR_LIMIT, highest_hs_m, max_hs_m)


@leaf_kernel
def _in_sector(direction_deg, from_deg, to_deg):
    """Whether a direction lies in a clockwise sector."""
    return (direction_deg - from_deg) % 360.0 <= (to_deg - from_deg) % 360.0


@leaf_kernel
def _onshore(onset, sector, caution_share, harmless):
    """State of an entrance by one of wind or waves: CALM, CAREFUL, DANGEROUS or NOT_KNOWN."""
    strength, from_deg, dangerous = onset
    if isnan(strength):
        return NOT_KNOWN
    if strength <= harmless:
        return CALM
    if isnan(sector.from_deg) or isnan(sector.to_deg) or isnan(from_deg):
        return NOT_KNOWN
    if not _in_sector(from_deg, sector.from_deg, sector.to_deg):
        # A direction is not forecast to the degree: beside the sector what would be dangerous is for care.
        beside = _in_sector(from_deg, sector.from_deg - sector.margin_deg, sector.to_deg + sector.margin_deg)
        return CAREFUL if beside and strength >= dangerous else CALM
    if strength >= dangerous:
        return DANGEROUS
    if strength >= caution_share * dangerous:
        return CAREFUL
    return NOT_KNOWN if isnan(dangerous) else CALM


@leaf_kernel
def entrance_sea(wind, waves, sector, limit_is_assumed, caution_share, harmless_wind_ms):
    """Neither wind nor waves come onto the entrance with dangerous force.

    Parameters
    ----------
    wind, waves : Onset
    sector : Sector
    limit_is_assumed : bool
        Nobody has stated the vessel's sea limit: waves over it are for care.
    caution_share : float
        Share of what is dangerous from which to be careful.
    harmless_wind_ms : float
        Wind too weak to matter from anywhere. [m/s]
    """
    harmless_hs_m = min(HARMLESS_HS_M, caution_share * waves.dangerous)
    if isnan(harmless_hs_m):
        harmless_hs_m = HARMLESS_HS_M
    by_wind = _onshore(wind, sector, caution_share, harmless_wind_ms)
    by_waves = _onshore(waves, sector, caution_share, harmless_hs_m)
    if by_waves == DANGEROUS and limit_is_assumed:
        by_waves = CAREFUL
    if by_waves == DANGEROUS:
        return RuleResult(Verdict.FAIL, Code.ENTRANCE_WAVES_DANGEROUS, waves.strength, waves.dangerous)
    if by_wind == DANGEROUS:
        return RuleResult(Verdict.FAIL, Code.ENTRANCE_SEA_DANGEROUS, wind.strength, wind.dangerous)
    if by_waves == CAREFUL:
        return RuleResult(Verdict.FAIL, Code.ENTRANCE_WAVES_CAUTION, waves.strength, waves.dangerous)
    if by_wind == CAREFUL:
        return RuleResult(Verdict.FAIL, Code.ENTRANCE_SEA_CAUTION, wind.strength, wind.dangerous)
    if by_wind == NOT_KNOWN or by_waves == NOT_KNOWN:
        return RuleResult(Verdict.UNKNOWN, Code.ENTRANCE_SEA_UNKNOWN, nan, nan)
    return RuleResult(Verdict.PASS, Code.ENTRANCE_SEA_OK, wind.strength, wind.dangerous)


@leaf_kernel
def cross_set(stream_ms, limit_ms):
    """The stream across the entrance is weak."""
    if stream_ms <= limit_ms:
        return RuleResult(Verdict.PASS, Code.STREAM_WEAK, stream_ms, limit_ms)
    if stream_ms > limit_ms:
        return RuleResult(Verdict.FAIL, Code.CROSS_SET_CAUTION, stream_ms, limit_ms)
    return RuleResult(Verdict.UNKNOWN, Code.STREAM_UNKNOWN, nan, limit_ms)


@leaf_kernel
def visibility(visibility_m, limit_m):
    """One can see the entrance."""
    if visibility_m >= limit_m:
        return RuleResult(Verdict.PASS, Code.VIS_OK, visibility_m, limit_m)
    if visibility_m < limit_m:
        return RuleResult(Verdict.FAIL, Code.VIS_LOW, visibility_m, limit_m)
    return RuleResult(Verdict.UNKNOWN, Code.VIS_UNKNOWN, nan, limit_m)


@leaf_kernel
def exposure(aboard_s, landing_s, sheltered, caution_s, critical_s):
    """People wet and in the open reach land before it harms them.

    Parameters
    ----------
    aboard_s : float
        Time on board so far; NaN when nobody has said since when. [s]
    landing_s : float
        Time still to go to the landing. [s]
    sheltered : int
        1 under cover, 0 in the open, -1 when nobody has said.
    caution_s, critical_s : float
        Policy limits. [s]
    """
    if sheltered == 1:
        return RuleResult(Verdict.PASS, Code.EXPOSURE_OK, aboard_s + landing_s, caution_s)
    if sheltered == 0:
        # However long they have been aboard, it is not less than the time still to go.
        least_s = landing_s if isnan(aboard_s) else aboard_s + landing_s
        if least_s >= critical_s:
            return RuleResult(Verdict.FAIL, Code.EXPOSURE_CRITICAL, least_s, critical_s)
        if least_s >= caution_s:
            return RuleResult(Verdict.FAIL, Code.EXPOSURE_CAUTION, least_s, caution_s)
    if aboard_s + landing_s < caution_s:
        return RuleResult(Verdict.PASS, Code.EXPOSURE_OK, aboard_s + landing_s, caution_s)
    return RuleResult(Verdict.UNKNOWN, Code.EXPOSURE_UNKNOWN, nan, caution_s)


@leaf_kernel
def weather_data(feed, run_age_s, stale_after_s, incomplete, filled_m, extrapolated_after_m):
    """A forecast is connected, fresh, and reaches over the whole way.

    Parameters
    ----------
    feed : int
        `Feed`.
    run_age_s : float
        Age of the model run; NaN when it does not say. [s]
    stale_after_s : float
        Policy limit. [s]
    incomplete : bool
        Waves are missing somewhere on the way, or wind at the entrance.
    filled_m : float
        Distance to the farthest cell of water that stood in for the coast. [m]
    extrapolated_after_m : float
        Policy limit. [m]
    """
    if feed == Feed.ABSENT:
        return RuleResult(Verdict.UNKNOWN, Code.WX_MISSING, nan, nan)
    if not (feed == Feed.LIVE and run_age_s <= stale_after_s):
        return RuleResult(Verdict.UNKNOWN, Code.WX_STALE, run_age_s, stale_after_s)
    if incomplete:
        return RuleResult(Verdict.UNKNOWN, Code.WX_INCOMPLETE, nan, nan)
    if filled_m > extrapolated_after_m:
        return RuleResult(Verdict.FAIL, Code.WX_EXTRAPOLATED, filled_m, extrapolated_after_m)
    return RuleResult(Verdict.PASS, Code.WX_FRESH, run_age_s, stale_after_s)
