"""What is to be known about a whole answer: what is odd, assumed, missing or to be settled first."""

from dataclasses import dataclass
from math import isfinite, isnan

import numpy as np

from engine.branch_and_bound import SearchResult
from engine.codes import Code, Feed, Medical, Status
from engine.cut_off import ports_cut_off
from engine.kernels.forecast import Forecast, current_at
from engine.kernels.geodesy import within_m
from engine.kernels.mesh import ZONE_DEPTH_M, locate
from engine.kernels.plane import to_plane
from engine.kernels.reach import Reach
from engine.kernels.snap import HOPPED, IN_NARROWS, ON_BANK
from engine.kernels.zones import zone_at
from engine.model import Ask, Notice, World
from engine.request_context import RequestContext, weather_feed
from engine.units import MINUTE_S

_UNCONFIRMED = int(Status.UNCONFIRMED)

BANK_ROUND_WORTH_S = 5.0 * MINUTE_S
"""[A] A bank that is gone round is named where the way over it is so much shorter. [s]"""

_FIGURES = {
    "draught_m": "draught_m", "loa_m": "loa_m", "beam_m": "beam_m", "range_nm": "range_m",
    "self_righting_persons": "self_righting_persons", "max_persons": "max_persons", "max_hs_m": "max_hs_m",
}  # fmt: skip
"""Figures of a vessel that may be unknown, by the names people give them."""


@dataclass(frozen=True, slots=True)
class AnswerFlags:
    """What was found out about an answer as a whole.

    Attributes
    ----------
    moved : tuple of int
        Ports that would win elsewhere on the circle the position is good to.
    turning : tuple of str
        Inputs whose uncertainty is enough to make another port the answer.
    near_tie : bool
        The first two are too close to tell apart.
    nearer : int or None
        The best unconfirmed port when it is much nearer than the winner.
    """

    moved: tuple[int, ...]
    turning: tuple[str, ...]
    near_tie: bool
    nearer: int | None


def notices_of(context: RequestContext, found: SearchResult, odd: AnswerFlags) -> list[Notice]:
    """Everything to know about an answer, the most pressing first."""
    ask = context.ask
    notices = _rescue_notices(ask)
    if ask.medical == Medical.CRITICAL:
        notices.append(Notice(Code.MED_TIME_CRITICAL))
    if found.winner is None:
        any_left = found.status[found.order[0]] == _UNCONFIRMED
        notices.append(Notice(Code.NO_PORT_CONFIRMED if any_left else Code.NO_PORT_FIT))
    elif odd.nearer is not None:
        facts: dict[str, object] = {"port": odd.nearer, "time_s": float(found.table.time_s[odd.nearer])}
        notices.append(Notice(Code.UNCONFIRMED_NEARER, facts))
    missing = _unlisted_nearer(context, found)
    if missing:
        notices.append(Notice(Code.UNLISTED_PORT_NEARER, {"names": missing}))
    if odd.near_tie:
        two = (int(found.order[0]), int(found.order[1]))
        notices.append(
            Notice(Code.NEAR_TIE, {"ports": two, "times_s": tuple(float(found.table.time_s[p]) for p in two)})
        )
    if odd.moved:
        notices.append(Notice(Code.POS_UNCERTAIN_CHANGES_ANSWER, {"ports": odd.moved}))
    if odd.turning:
        notices.append(Notice(Code.SENSITIVE_TO, {"names": odd.turning}))
    notices += _position_notices(ask, context.world, found.reach)
    notices += _vessel_notices(context)
    notices += _region_notices(context)
    notices += _feed_notices(context)
    # Whether there is an overlay is asked first: without one nobody looks through the evidence of every port.
    overlaid = _overlaid_ports(context.world) if context.world.identity.get("overlay") is not None else ()
    if overlaid:
        notices.append(Notice(Code.REGISTER_OVERLAID, {"ports": overlaid}))
    if context.world.avoided:
        zones: dict[str, object] = {"zones": context.world.avoided, "not_avoided": context.world.not_avoided}
        zones |= ports_cut_off(context, found)
        notices.append(Notice(Code.ZONES_AVOIDED, zones))
    notices += _weather_notices(context, found)
    if ask.medical != Medical.CRITICAL:
        # The switch to time to care overrules the policy's own key, and says so itself.
        notices.append(Notice(Code.POLICY_EFFECT))
    notices.append(Notice(Code.ADVISORY_ONLY))
    notices.append(Notice(Code.NOT_FOR_NAVIGATION))
    return notices


def _overlaid_ports(world: World) -> tuple[int, ...]:
    """Ports of which an operator has stated facts of their own."""
    return tuple(
        number for number, port in enumerate(world.ports) if any(known.overlaid for known in port.evidence.values())
    )  # fmt: skip


def _unlisted_nearer(context: RequestContext, found: SearchResult) -> tuple[str, ...]:
    """Harbours just outside the register that even the straight line does not put farther than the best port."""
    first = int(found.order[0])
    best_m = float(found.reach.distance_m[first] + found.reach.harbour_m[first])
    near = within_m(context.world.beyond_positions, context.ask.lon, context.ask.lat, best_m)
    return tuple(context.world.beyond_names[k] for k in np.flatnonzero(near)) if near.any() else ()


def _rescue_notices(ask: Ask) -> list[Notice]:
    """Whether everybody is out of the water: the first thing to settle."""
    if ask.persons_in_water or ask.persons_recovered < ask.persons_min:
        return [Notice(Code.RESCUE_INCOMPLETE)]
    if ask.persons_in_water is None or not ask.persons_recovered >= ask.persons_max:
        return [Notice(Code.RESCUE_STATE_UNKNOWN)]
    return []


def _position_notices(ask: Ask, world: World, reach: Reach) -> list[Notice]:
    limits = ask.policy.limits
    notices = []
    if ask.position_age_s > limits.fix_stale_after_s:
        notices.append(Notice(Code.POS_STALE, {"age_s": ask.position_age_s}))
    elif ask.position_age_s > limits.fix_dead_reckoned_after_s:
        notices.append(Notice(Code.POS_DEAD_RECKONED, {"age_s": ask.position_age_s}))
    if reach.inland_m > 0.0:
        notices.append(Notice(Code.POS_NEAR_SHORE, {"metres": reach.inland_m}))
    mesh = world.water.mesh
    for lon, lat in reach.path[:2]:
        drawn = int(zone_at(world.drawn_waters, *to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg)))
        if drawn >= 0:
            notices.append(Notice(Code.POS_IN_DRAWN_WATER, {"name": world.drawn_names[drawn]}))
            break
    if reach.kind == HOPPED:
        notices.append(Notice(Code.POS_JOINED, {"metres": reach.path_m}))
    elif reach.kind == ON_BANK:
        triangle = locate(mesh, *to_plane(ask.lon, ask.lat, mesh.origin_lon_deg, mesh.origin_lat_deg))
        in_zone = mesh.least_depth[triangle] == ZONE_DEPTH_M
        notices.append(Notice(Code.POS_IN_ZONE if in_zone else Code.POS_ON_BANK))
    elif reach.kind == IN_NARROWS:
        notices.append(Notice(Code.POS_IN_NARROWS, {"metres": reach.path_m}))
    return notices


def _vessel_notices(context: RequestContext) -> list[Notice]:
    ask, vessel = context.ask, context.ask.vessel
    notices = []
    if isnan(ask.persons_max):
        notices.append(Notice(Code.POB_UNKNOWN, {"persons": context.persons}))
    elif ask.persons_min != ask.persons_max:
        notices.append(Notice(Code.POB_RANGE, {"persons": (ask.persons_min, ask.persons_max)}))
    if vessel.id == "unknown":
        notices.append(Notice(Code.VESSEL_PROFILE_UNKNOWN))
    if vessel.assumed:
        notices.append(Notice(Code.VESSEL_FACTS_ASSUMED, {"names": vessel.assumed}))
    # Her beam matters only where she is for the quays of ships, and one of those states how broad a ship it takes.
    beam_matters = not np.isnan(context.access.beam_limit_m).all()
    unknown = tuple(
        name for name, figure in _FIGURES.items()
        if isnan(getattr(vessel, figure)) and (name != "beam_m" or beam_matters)
    )  # fmt: skip
    if unknown:
        notices.append(Notice(Code.VESSEL_FACTS_UNKNOWN, {"names": unknown}))
    if context.speed_ms < vessel.speed_ms:
        notices.append(Notice(Code.SPEED_CAPPED))
    return notices


_REGION_CODES = {"UK": Code.SRR_UK, "FR": Code.SRR_FR, "BE": Code.SRR_BE, "NL": Code.SRR_NL, "IE": Code.SRR_IE}


def _region_notices(context: RequestContext) -> list[Notice]:
    coordination = context.coordination
    notices = []
    if coordination.srr in _REGION_CODES:
        notices.append(Notice(_REGION_CODES[coordination.srr]))
    if coordination.band:
        notices.append(Notice(Code.SRR_BOUNDARY_BAND, {"metres": coordination.line_m}))
        if context.ask.policy.weigh_srr_state:
            notices.append(Notice(Code.SRR_BAND_BOTH_STATES))
    notices.append(Notice(Code.SRR_APPROXIMATE))
    return notices


def _feed_notices(context: RequestContext) -> list[Notice]:
    """That no port ever reported to a source is said here once; findings repeat it by code."""
    live = context.world.live
    sources = (
        (live.status_feed, Code.NO_STATUS_FEED),
        (live.capacity_feed, Code.NO_CAPACITY_FEED),
        (live.reception_feed, Code.NO_RECEPTION_FEED),
    )
    notices = [Notice(code) for feeds, code in sources if not feeds.any()]
    if weather_feed(context.ask, context.world)[0] == Feed.ABSENT:
        notices.append(Notice(Code.WX_MISSING))
    if (context.world.tides.station < 0).all():
        notices.append(Notice(Code.TIDE_MISSING))
    return notices


def _weather_notices(context: RequestContext, found: SearchResult) -> list[Notice]:
    """What the times rest on: age of the forecast, what it does not say, a way round, and that surge is in no tide."""
    notices = []
    first = int(found.order[0])
    travel_times = found.evaluation.ways.travel_times
    feed, run_age_s = weather_feed(context.ask, context.world)
    forecast = context.world.forecast
    waves_none = bool(travel_times.waves_missing[first] and travel_times.highest_hs_m[first] == 0.0)
    nothing_known = waves_none and not travel_times.stream_met[first]
    # What the atlas says of the way is no word of the forecast.
    nothing_forecast = nothing_known or (
        feed != Feed.ABSENT
        and waves_none
        and isnan(current_at(forecast, context.ask.lon, context.ask.lat, context.ask.at_s)[0])
    )
    single = single_step_groups(forecast)
    if feed != Feed.ABSENT and single:
        notices.append(Notice(Code.FORECAST_ONE_STEP, {"groups": single}))
    if feed != Feed.ABSENT and nothing_forecast:
        if not single:
            notices.append(Notice(Code.FORECAST_NOT_HERE))
    elif feed != Feed.ABSENT and forecast.run_at_s > context.ask.at_s:
        notices.append(Notice(Code.FORECAST_RUN_LATER))
    elif feed != Feed.ABSENT:
        notices.append(_age_of_forecast(run_age_s, context.ask.policy.limits.weather_stale_after_s))
    identity = context.world.identity["forecast"]
    if isinstance(identity, dict) and identity.get("swell_only") and not waves_none:
        notices.append(Notice(Code.WAVES_SWELL_ONLY))
    if nothing_known:
        notices.append(Notice(Code.CALM_WATER_TIMES))
    elif isfinite(travel_times.time_s[first]):
        # Where the clock stopped on the way there is no time, and so nothing it might leave out.
        if travel_times.waves_missing[first]:
            notices.append(Notice(Code.WAVES_NOT_INCLUDED))
        if travel_times.stream_missing[first]:
            notices.append(Notice(Code.STREAM_NOT_INCLUDED))
    if context.world.identity["streams"] is not None and travel_times.stream_met[first]:
        has_current = forecast.current.times_s.size > 0
        notices.append(Notice(Code.STREAM_FORECAST_FIRST if has_current else Code.STREAM_FROM_ATLAS))
    if first in found.detours:
        saved_s = found.detours[first].shortest_s - float(travel_times.time_s[first])
        faster = isfinite(saved_s) and saved_s > 0.0
        notices.append(Notice(Code.FASTER_ROUTE, {"saved_s": saved_s}) if faster else Notice(Code.ROUTE_ROUND_SEA))
    notices += _bank_notices(context.world, found, first)
    notices.append(Notice(Code.SURGE_NOT_INCLUDED))
    return notices


def _bank_notices(world: World, found: SearchResult, port: int) -> list[Notice]:
    """Banks on the way to a port that the tide covers, or those it keeps off for want of water."""
    way, closed = found.bank_ways.get(port), found.closed
    if way is not None:
        return [Notice(Code.BANK_CROSSED, {
            "names": tuple(world.banks[passing.bank].name for passing in way.passings),
            "depths_m": tuple(passing.depth_m for passing in way.passings),
            "times_s": tuple(passing.at_s for passing in way.passings),
            "tides": tuple((passing.tide_port, passing.tide_off_m) for passing in way.passings),
            "needed_m": max(passing.needed_m for passing in way.passings),
            "longer_m": way.round_m - way.length_m,
        })]  # fmt: skip
    if closed is None:
        return []
    saved_s = float(found.table.time_s[port]) - closed.time_s
    # So written that a time not known saves nothing.
    if not saved_s >= BANK_ROUND_WORTH_S:
        return []
    return [Notice(Code.BANK_GONE_ROUND, {
        "names": tuple(world.banks[bank].name for bank in closed.banks), "saved_s": saved_s, "opens_s": closed.opens_s,
        "wait_saves_s": saved_s - closed.wait_s,
    })]  # fmt: skip


def single_step_groups(forecast: Forecast) -> tuple[tuple[str, float], ...]:
    """Groups of a forecast that hold one step alone, each with its time: a passage goes on when they have ended. [s]"""
    groups = (("waves", forecast.waves), ("wind", forecast.wind), ("visibility", forecast.visibility),
              ("current", forecast.current))  # fmt: skip
    return tuple((name, float(field.times_s[0])) for name, field in groups if field.times_s.size == 1)


def _age_of_forecast(run_age_s: float, stale_after_s: float) -> Notice:
    if isnan(run_age_s):
        return Notice(Code.FORECAST_AGE_UNKNOWN)
    return Notice(Code.FORECAST_AGE if run_age_s <= stale_after_s else Code.FORECAST_STALE, {"age_s": run_age_s})
