"""Wind, sea, stream and light. Until a forecast is connected each of these says that it does not know."""

from math import isnan, nan

from engine.kernels.jit import kernel
from engine.rules.judged import Judged
from engine.vocab import Code, Feed, Verdict


@kernel
def route_sea(max_hs_on_route_m, max_hs_m, near_share):
    """The highest sea on the route is within what the vessel bears with survivors aboard.

    Parameters
    ----------
    max_hs_on_route_m : float
        Greatest significant wave height on the way; NaN when unknown. [m]
    max_hs_m : float
        The vessel's limit; NaN when unknown. [m]
    near_share : float
        Share of the limit from which the sea counts as near it.
    """
    if max_hs_on_route_m <= near_share * max_hs_m:
        return Judged(Verdict.PASS, Code.SEA_OK, max_hs_on_route_m, max_hs_m)
    if max_hs_on_route_m <= max_hs_m:
        return Judged(Verdict.FAIL, Code.SEA_NEAR_LIMIT, max_hs_on_route_m, max_hs_m)
    if max_hs_on_route_m > max_hs_m:
        return Judged(Verdict.FAIL, Code.SEA_LIMIT_EXCEEDED, max_hs_on_route_m, max_hs_m)
    return Judged(Verdict.UNKNOWN, Code.WX_UNKNOWN, max_hs_on_route_m, max_hs_m)


@kernel
def _in_sector(direction_deg, from_deg, to_deg):
    """Whether a direction lies in a clockwise sector."""
    return (direction_deg - from_deg) % 360.0 <= (to_deg - from_deg) % 360.0


@kernel
def entrance_sea(wind_ms, wind_from_deg, sector_from_deg, sector_to_deg, dangerous_wind_ms, caution_share):
    """The wind does not blow onto the entrance with dangerous force.

    Parameters
    ----------
    wind_ms, wind_from_deg : float
        At the entrance at arrival; NaN when unknown. [m/s], [deg]
    sector_from_deg, sector_to_deg : float
        Clockwise sector the entrance is open to; NaN when nobody has stated one. [deg]
    dangerous_wind_ms : float
        Wind from that sector that makes it dangerous; NaN when unknown. [m/s]
    caution_share : float
        Share of it from which to be careful.
    """
    if isnan(wind_ms) or isnan(wind_from_deg) or isnan(sector_from_deg) or isnan(sector_to_deg):
        return Judged(Verdict.UNKNOWN, Code.ENTRANCE_SEA_UNKNOWN, nan, dangerous_wind_ms)
    if not _in_sector(wind_from_deg, sector_from_deg, sector_to_deg):
        return Judged(Verdict.PASS, Code.ENTRANCE_SEA_OK, wind_ms, dangerous_wind_ms)
    if wind_ms >= dangerous_wind_ms:
        return Judged(Verdict.FAIL, Code.ENTRANCE_SEA_DANGEROUS, wind_ms, dangerous_wind_ms)
    if wind_ms >= caution_share * dangerous_wind_ms:
        return Judged(Verdict.FAIL, Code.ENTRANCE_SEA_CAUTION, wind_ms, dangerous_wind_ms)
    if wind_ms < caution_share * dangerous_wind_ms:
        return Judged(Verdict.PASS, Code.ENTRANCE_SEA_OK, wind_ms, dangerous_wind_ms)
    return Judged(Verdict.UNKNOWN, Code.ENTRANCE_SEA_UNKNOWN, wind_ms, nan)


@kernel
def cross_set(stream_ms, limit_ms):
    """The stream across the entrance is weak."""
    if stream_ms <= limit_ms:
        return Judged(Verdict.PASS, Code.STREAM_WEAK, stream_ms, limit_ms)
    if stream_ms > limit_ms:
        return Judged(Verdict.FAIL, Code.CROSS_SET_CAUTION, stream_ms, limit_ms)
    return Judged(Verdict.UNKNOWN, Code.STREAM_UNKNOWN, nan, limit_ms)


@kernel
def visibility(visibility_m, limit_m):
    """One can see the entrance."""
    if visibility_m >= limit_m:
        return Judged(Verdict.PASS, Code.VIS_OK, visibility_m, limit_m)
    if visibility_m < limit_m:
        return Judged(Verdict.FAIL, Code.VIS_LOW, visibility_m, limit_m)
    return Judged(Verdict.UNKNOWN, Code.VIS_UNKNOWN, nan, limit_m)


@kernel
def exposure(aboard_s, sheltered, caution_s, critical_s):
    """People wet and in the open reach land before it harms them.

    Parameters
    ----------
    aboard_s : float
        Time on board until landing; NaN when nobody has said since when. [s]
    sheltered : bool
        Whether they are under cover.
    caution_s, critical_s : float
        Policy limits. [s]
    """
    if sheltered or aboard_s < caution_s:
        return Judged(Verdict.PASS, Code.EXPOSURE_OK, aboard_s, caution_s)
    if aboard_s >= critical_s:
        return Judged(Verdict.FAIL, Code.EXPOSURE_CRITICAL, aboard_s, critical_s)
    if aboard_s >= caution_s:
        return Judged(Verdict.FAIL, Code.EXPOSURE_CAUTION, aboard_s, caution_s)
    return Judged(Verdict.UNKNOWN, Code.EXPOSURE_UNKNOWN, nan, caution_s)


@kernel
def weather_data(feed, run_age_s, stale_after_s):
    """A forecast is connected and fresh."""
    if feed == Feed.ABSENT:
        return Judged(Verdict.UNKNOWN, Code.WX_MISSING, nan, nan)
    if feed == Feed.LIVE and run_age_s <= stale_after_s:
        return Judged(Verdict.PASS, Code.WX_FRESH, run_age_s, stale_after_s)
    return Judged(Verdict.UNKNOWN, Code.WX_STALE, run_age_s, stale_after_s)
