"""Every rule on every port, in one compiled pass."""

from typing import NamedTuple

import numpy as np

from engine.kernels.jit import kernel
from engine.rules.access import berth, entry_permission, harbour_status, port_kind
from engine.rules.authority import designated, in_srr_state, register_confidence
from engine.rules.depth_and_tide import gate, tide_data, under_keel_clearance
from engine.rules.passage import banks, endurance, load, restricted_areas, route, traffic_lanes
from engine.rules.reception import (
    basic_needs,
    capacity,
    danger_ashore,
    landing_rate,
    medical_reception,
    onward_transport,
)
from engine.rules.sea_state import cross_set, entrance_sea, exposure, route_sea, visibility, weather_data
from engine.units import HOUR_S
from engine.vocab import Feed, PortKind, Rule

RULE_COUNT = len(Rule)


class AskFigures(NamedTuple):
    """The figures of one request that rules look at; NaN where unknown."""

    needed_depth_m: float
    speed_ms: float
    loa_m: float
    beam_m: float
    range_m: float
    max_hs_m: float
    self_righting_persons: float
    max_persons: float
    persons: float
    persons_known: bool
    medical: int
    has_designated_list: bool
    weigh_srr_state: bool
    lane_bits: int
    firing_bits: int


@kernel
def time_to_landing_s(distance_m, speed_ms, harbour_leg_m, harbour_limit_ms, default_harbour_ms):
    """Calm-water time from the position to the landing: the passage, then the harbour leg at its limit. [s]

    A port without a stated limit gets the policy's harbour speed; a leg of unknown length makes the time unknown.
    """
    harbour_ms = default_harbour_ms if np.isnan(harbour_limit_ms) else harbour_limit_ms
    return distance_m / speed_ms + harbour_leg_m / min(speed_ms, harbour_ms)


@kernel
def judge(ask, limits, columns, live, distance_m, harbour_m, touched, poor, listed, inside_srr):
    """Judge every port by every rule.

    Parameters
    ----------
    ask : AskFigures
    limits : Limits
    columns : PortColumns
    live : LivePicture
    distance_m : ndarray of float64, shape (p,)
        Water distance to each approach point. [m]
    harbour_m : ndarray of float64, shape (p,)
        From there to the landing. [m]
    touched, poor : ndarray of uint64, shape (p,)
        Zones on each route.
    listed, inside_srr : ndarray of bool, shape (p,)
        Whether each port is designated, and lies in the state of the search and rescue region.

    Returns
    -------
    verdict, code : ndarray of int8 and int16, shape (p, rules)
    measured, limit : ndarray of float64, shape (p, rules)
    time_s : ndarray of float64, shape (p,)
        Time to landing in calm water. [s]
    """
    count = distance_m.shape[0]
    verdict = np.empty((count, RULE_COUNT), np.int8)
    code = np.empty((count, RULE_COUNT), np.int16)
    measured = np.empty((count, RULE_COUNT), np.float64)
    limit = np.empty((count, RULE_COUNT), np.float64)
    time_s = np.empty(count, np.float64)
    # What a forecast, tide tables or a log of the people aboard would tell; unknown until they are connected.
    no_figure = np.nan
    for p in range(count):
        time_s[p] = time_to_landing_s(
            distance_m[p], ask.speed_ms, harbour_m[p], columns.harbour_speed_ms[p], limits.harbour_speed_ms
        )
        whole_m = distance_m[p] + harbour_m[p]
        highest_tide_m = columns.mhws_m[p] + limits.highest_tide_above_mhws_m
        if np.isnan(highest_tide_m):
            highest_tide_m = limits.highest_tide_anywhere_m
        depth_m = columns.entrance_depth_m[p]
        has_route = distance_m[p] < np.inf
        # In the order of `Rule`.
        findings = (
            route(distance_m[p]),
            port_kind(columns.kind[p]),
            harbour_status(live.status_feed, live.status[p], live.status_age_s[p], limits.status_stale_after_s),
            berth(
                ask.loa_m, ask.beam_m, columns.loa_limit_m[p], columns.beam_limit_m[p], limits.berth_unlisted_loa_m
            ),
            under_keel_clearance(
                ask.needed_depth_m, depth_m, columns.kind[p] == PortKind.DRYING_HARBOUR, no_figure, highest_tide_m,
                limits.keel_marginal_m,
            ),
            gate(columns.gate[p], no_figure, columns.gate_before_h[p], columns.gate_after_h[p]),
            entrance_sea(
                no_figure, no_figure, columns.exposure_from_deg[p], columns.exposure_to_deg[p],
                columns.exposure_wind_ms[p], limits.entrance_wind_caution_share,
            ),
            cross_set(no_figure, limits.cross_set_ms),
            visibility(no_figure, limits.visibility_m),
            banks(distance_m[p], ask.needed_depth_m),
            route_sea(no_figure, ask.max_hs_m, limits.sea_near_share),
            endurance(whole_m, ask.range_m, limits.range_reserve_share),
            traffic_lanes(has_route, touched[p], poor[p], np.uint64(ask.lane_bits)),
            restricted_areas(has_route, touched[p], np.uint64(ask.firing_bits)),
            load(ask.persons, ask.persons_known, ask.self_righting_persons, ask.max_persons),
            capacity(
                live.capacity_feed, live.free_places[p], ask.persons, ask.persons_known, limits.capacity_tight_share
            ),
            landing_rate(
                live.capacity_feed, live.persons_per_hour[p], live.queued_persons[p], ask.persons,
                limits.landing_queue_s / HOUR_S,
            ),
            medical_reception(ask.medical, columns.reception[p]),
            basic_needs(live.reception_feed, live.needs_met[p]),
            onward_transport(live.reception_feed, live.transport_arranged[p]),
            danger_ashore(live.danger_ashore[p]),
            designated(ask.has_designated_list, listed[p]),
            in_srr_state(ask.weigh_srr_state, inside_srr[p]),
            exposure(no_figure, False, limits.exposure_caution_s, limits.exposure_critical_s),
            entry_permission(columns.entry_permission[p]),
            weather_data(Feed.ABSENT, no_figure, limits.weather_stale_after_s),
            tide_data(ask.needed_depth_m, depth_m, columns.gate[p], no_figure),
            register_confidence(columns.confidence[p]),
        )  # fmt: skip
        for r in range(RULE_COUNT):
            verdict[p, r] = findings[r].verdict
            code[p, r] = findings[r].code
            measured[p, r] = findings[r].measured
            limit[p, r] = findings[r].limit
    return verdict, code, measured, limit, time_s
