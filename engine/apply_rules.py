"""Rules that look at the way to a port or the hour of arrival, on many ports in one compiled pass.

What the other rules find stands for every encounter of a vessel, and is copied: see `engine.static_rules`.
"""

from math import isnan
from typing import NamedTuple

import numpy as np

from engine.codes import STANDING_RULES, Code, Feed, Gate, Rule, Verdict
from engine.entrance import (
    Entrance,
    EntranceTiming,
    entrance_at,
    entry_at,
    is_night,
    sill_of,
    time_inside_s,
    wait_on_arrival_s,
)
from engine.kernels.forecast import is_empty
from engine.kernels.jit import inlined_kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.port_travel_times import TravelTimes
from engine.kernels.speed import calm_speed_ms
from engine.kernels.tidal_gate import lowest_height, seconds_from_high_water
from engine.rules.authority import in_srr_state
from engine.rules.depth_and_tide import EntranceDepth, EntryTide, gate, tide_data, under_keel_clearance
from engine.rules.passage import (
    banks,
    downgrade_untimed,
    endurance,
    persons_load,
    restricted_areas,
    route,
    traffic_lanes,
)
from engine.rules.reception import capacity, landing_rate
from engine.rules.result import RuleResult
from engine.rules.sea_state import (
    Onset,
    Sector,
    cross_set,
    entrance_sea,
    exposure,
    route_sea,
    visibility,
    weather_data,
)
from engine.units import HOUR_S

RULE_COUNT = len(Rule)

_STANDING = np.array(STANDING_RULES)
_ON_THE_WAY = np.array([rule for rule in Rule if rule not in STANDING_RULES])


class RuleInputs(NamedTuple):
    """The figures of one request that rules look at; NaN where unknown.

    Attributes
    ----------
    depart_s : float
        Epoch of the request. [s]
    here_hs_m : float
        Significant wave height where the vessel is; NaN when the forecast does not say. [m]
    plausible_range_m : float
        As short of range as she may be where nobody has stated it. [m]
    limit_is_assumed : bool
        Nobody has stated `max_hs_m`: what is only assumed shuts no port.
    """

    depart_s: float
    needed_depth_m: float
    draught_m: float
    range_m: float
    plausible_range_m: float
    max_hs_m: float
    here_hs_m: float
    limit_is_assumed: bool
    self_righting_persons: float
    max_persons: float
    persons: float
    persons_known: bool
    aboard_s: float
    sheltered: int
    weigh_srr_state: bool
    lane_bits: int
    firing_bits: int
    weather_feed: int
    run_age_s: float


class Routes(NamedTuple):
    """The way chosen to each port, up to its approach point.

    Attributes
    ----------
    distance_m : ndarray of float64, shape (p,)
        Infinite where there is none. [m]
    touched, poor : ndarray of uint64, shape (p,)
        Zones on it, and lanes crossed at a poor angle.
    travel_times : TravelTimes
        Clocks at its end.
    """

    distance_m: np.ndarray
    touched: np.ndarray
    poor: np.ndarray
    travel_times: TravelTimes


class RuleTable(NamedTuple):
    """What is found: findings by port and rule, times by port.

    Attributes
    ----------
    verdict, code : ndarray of int8 and int16, shape (p, rules)
    measured, limit : ndarray of float64, shape (p, rules)
    time_s, low_s, high_s : ndarray of float64, shape (p,)
        Time to landing and its range; NaN where nothing is entered. [s]
    wait_s : ndarray of float64, shape (p,)
        Infinite when longer than the policy lets one wait, NaN when that is not known. [s]
    """

    verdict: np.ndarray
    code: np.ndarray
    measured: np.ndarray
    limit: np.ndarray
    time_s: np.ndarray
    low_s: np.ndarray
    high_s: np.ndarray
    wait_s: np.ndarray


@inlined_kernel
def allocate_rule_table(count):
    """A table of so many ports, nothing entered yet."""
    times = np.full((4, count), np.nan)
    return RuleTable(
        np.empty((count, RULE_COUNT), np.int8),
        np.empty((count, RULE_COUNT), np.int16),
        np.empty((count, RULE_COUNT)),
        np.empty((count, RULE_COUNT)),
        times[0],
        times[1],
        times[2],
        times[3],
    )


@leaf_kernel
def apply_rules(inputs, encounter, harbours_m, ports, ways, table):
    """Judge ports by every rule.

    Parameters
    ----------
    inputs : EvaluationInputs
    encounter : EncounterInputs
    harbours_m : ndarray of float64, shape (p,)
        From the approach points to the landings. [m]
    ports : ndarray of int64
        Those judged.
    ways : Routes
    table : RuleTable
        Where the findings are entered.
    """
    ask, speed_model, inside_srr, tide_bias_m = encounter
    limits, figures, static = inputs.limits, inputs.port_figures, inputs.static
    tides, forecast, entrances = inputs.tides, inputs.forecast, inputs.water.ports
    speed_ms = calm_speed_ms(speed_model)
    travel_times = ways.travel_times
    quiet = is_empty(forecast)
    for p in ports:
        distance_m = ways.distance_m[p]
        touched = ways.touched[p]
        poor = ways.poor[p]
        harbour_m = harbours_m[p]
        has_route = distance_m < np.inf
        inside_s = time_inside_s(figures, limits, p, harbour_m, speed_ms)
        arrival_s = ask.depart_s + travel_times.time_s[p]
        # What `entrance_at` finds without a forecast, but for its calls.
        at_entrance = Entrance(
            wind_ms=np.nan,
            wind_from_deg=np.nan,
            hs_m=np.nan,
            waves_from_deg=np.nan,
            stream_ms=np.nan,
            cross_ms=np.nan,
            against=False,
            visibility_m=np.nan,
            filled_m=0.0,
        )
        if not quiet:
            at_entrance = entrance_at(
                forecast, entrances.lon[p], entrances.lat[p], figures.entrance_axis_deg[p], arrival_s,
                speed_model.wave_factor, limits.against_stream_ms, limits.weather_extrapolated_after_m,
            )  # fmt: skip
        needed_m = ask.needed_depth_m
        if not np.isnan(at_entrance.hs_m):
            needed_m += limits.keel_wave_share * at_entrance.hs_m
        hold_s = 0.0 if np.isnan(inside_s) else inside_s
        by_day, by_night = True, False
        has_night_hours = not (isnan(figures.gate_night_before_h[p]) and isnan(figures.gate_night_after_h[p]))
        if has_night_hours:
            by_night = is_night(entrances.lon[p], entrances.lat[p], arrival_s)
            by_day = not by_night
        sill = sill_of(figures, limits, p, ask.draught_m, needed_m, hold_s, by_day, by_night)
        # Who is inside and next to the landing has nothing to enter any more.
        is_alongside = distance_m == 0.0 and harbour_m <= limits.alongside_m
        # Most ports are open at all tides: the search for their opening is left out here, not only cut short there.
        is_tidal = (sill.has_hours or not np.isnan(sill.tide_needed_m)) and not is_alongside
        entry = EntranceTiming(0.0, arrival_s)
        early_wait_s = 0.0
        late_wait_s = 0.0
        if is_tidal:
            entry = entry_at(tides, p, sill, arrival_s, tide_bias_m, limits.gate_wait_s)
            if has_night_hours and is_night(entrances.lon[p], entrances.lat[p], entry.judged_s) != by_night:
                # The sun rises or sets while she waits: the shorter hours hold.
                by_day, by_night = True, True
                sill = sill_of(figures, limits, p, ask.draught_m, needed_m, hold_s, by_day, by_night)
                entry = entry_at(tides, p, sill, arrival_s, tide_bias_m, limits.gate_wait_s)
        if 0.0 <= entry.wait_s < np.inf and is_tidal:
            early_wait_s = wait_on_arrival_s(
                tides, p, sill, ask.depart_s + travel_times.early_s[p], tide_bias_m, limits.gate_wait_s
            )
            late_wait_s = wait_on_arrival_s(
                tides, p, sill, ask.depart_s + travel_times.late_s[p], tide_bias_m, limits.gate_wait_s
            )
        if entry.judged_s != arrival_s and not quiet:
            # The sea she waits for counts, not only the one she arrives in; the higher of the two floats her least.
            later = entrance_at(
                forecast, entrances.lon[p], entrances.lat[p], figures.entrance_axis_deg[p], entry.judged_s,
                speed_model.wave_factor, limits.against_stream_ms, limits.weather_extrapolated_after_m,
            )  # fmt: skip
            if later.hs_m > at_entrance.hs_m:
                needed_m += limits.keel_wave_share * (later.hs_m - at_entrance.hs_m)
                sill = sill_of(figures, limits, p, ask.draught_m, needed_m, hold_s, by_day, by_night)
                entry = entry_at(tides, p, sill, arrival_s, tide_bias_m, limits.gate_wait_s)
            at_entrance = later
        tide_m = tide_bias_m + lowest_height(tides, p, entry.judged_s, hold_s)
        from_high_h = np.nan
        if sill.has_hours:
            from_high_h = seconds_from_high_water(tides, p, entry.judged_s) / HOUR_S
        doubt_h = tides.time_uncertainty_s[p] / HOUR_S
        waited_s = entry.wait_s if entry.wait_s < np.inf else 0.0
        counted_s = waited_s
        if np.isnan(entry.wait_s) and entry.judged_s > arrival_s:
            # Not sure to get in, but surely not before it may open; how much later, nobody knows.
            counted_s = entry.judged_s - arrival_s
            early_wait_s = max(0.0, entry.judged_s - ask.depart_s - travel_times.early_s[p])
            late_wait_s = np.inf
        table.time_s[p] = travel_times.time_s[p] + counted_s + inside_s
        table.low_s[p] = travel_times.early_s[p] + early_wait_s + inside_s
        table.high_s[p] = travel_times.late_s[p] + late_wait_s + inside_s
        # Waits are found to a few seconds, so the order can slip by that; what is unknown stays so.
        if table.low_s[p] > table.time_s[p]:
            table.low_s[p] = table.time_s[p]
        if table.high_s[p] < table.time_s[p]:
            table.high_s[p] = table.time_s[p]
        table.wait_s[p] = entry.wait_s + (limits.lock_s if figures.gate[p] == Gate.LOCK_24H else 0.0)
        highest_tide_m = figures.mhws_m[p] + limits.highest_tide_above_mhws_m
        if np.isnan(highest_tide_m):
            highest_tide_m = limits.highest_tide_anywhere_m
        depth_m = figures.depth_m[p]
        opens_before_h = sill.opens_before_s / HOUR_S
        closes_after_h = sill.closes_after_s / HOUR_S
        gate_found = gate(
            figures.gate[p], figures.gate_grade[p], from_high_h, doubt_h, opens_before_h, closes_after_h, waited_s,
            limits.lock_s,
        )  # fmt: skip
        in_hours = (
            figures.gate[p] == Gate.TIDAL_WINDOW
            and abs(from_high_h) < np.inf
            and from_high_h + opens_before_h >= doubt_h
            and closes_after_h - from_high_h >= doubt_h
        )
        depth_found = under_keel_clearance(
            needed_m,
            EntranceDepth(depth_m, figures.depth_grade[p], figures.is_drying[p]),
            EntryTide(tide_m, tides.height_uncertainty_m[p], highest_tide_m),
            limits.keel_marginal_m,
            limits.weak_depth_doubt_m,
            in_hours and ask.draught_m <= limits.hours_stand_for_draught_m,
            figures.gate_grade[p],
        )
        if is_alongside:
            gate_found = RuleResult(Verdict.NOT_APPLICABLE, Code.GATE_ALONGSIDE, np.nan, np.nan)
            depth_found = RuleResult(Verdict.NOT_APPLICABLE, Code.DEPTH_ALONGSIDE, np.nan, np.nan)
        dangerous_wind_ms = figures.exposure_wind_ms[p]
        if np.isnan(dangerous_wind_ms):
            dangerous_wind_ms = limits.entrance_dangerous_wind_ms
        if at_entrance.against:
            dangerous_wind_ms *= limits.against_stream_share
        highest_hs_m = travel_times.highest_hs_m[p]
        if travel_times.waves_missing[p] and highest_hs_m == 0.0:
            highest_hs_m = np.nan
        if at_entrance.hs_m > highest_hs_m:
            highest_hs_m = at_entrance.hs_m
        # Waves taken from far away can speak against a way but not for it.
        waves_missing = travel_times.waves_missing[p] or travel_times.filled_m[p] > limits.weather_extrapolated_after_m
        whole_m = distance_m + harbour_m
        has_hour = travel_times.time_s[p] < np.inf
        # In the order of `Rule`, those left out that stand.
        findings = (
            route(distance_m, travel_times.time_s[p], whole_m),
            depth_found,
            gate_found,
            entrance_sea(
                Onset(at_entrance.wind_ms, at_entrance.wind_from_deg, dangerous_wind_ms),
                Onset(at_entrance.hs_m, at_entrance.waves_from_deg, limits.entrance_hs_share * ask.max_hs_m),
                Sector(figures.exposure_from_deg[p], figures.exposure_to_deg[p], limits.entrance_sector_margin_deg),
                ask.limit_is_assumed, limits.entrance_wind_caution_share, limits.entrance_harmless_wind_ms,
            ),
            cross_set(at_entrance.cross_ms, limits.cross_set_ms),
            visibility(at_entrance.visibility_m, limits.visibility_m),
            banks(distance_m, ask.needed_depth_m),
            route_sea(
                highest_hs_m, waves_missing, ask.max_hs_m, limits.sea_near_share,
                ask.here_hs_m * (1.0 + limits.wave_uncertainty_share), ask.limit_is_assumed,
            ),
            endurance(whole_m, ask.range_m, ask.plausible_range_m, limits.range_reserve_share),
            traffic_lanes(has_route, touched, poor, np.uint64(ask.lane_bits)),
            restricted_areas(has_route, touched, np.uint64(ask.firing_bits)),
            persons_load(ask.persons, ask.persons_known, ask.self_righting_persons, ask.max_persons),
            capacity(
                figures.capacity_feed[p], figures.free_places[p], ask.persons, ask.persons_known,
                limits.capacity_tight_share,
            ),
            landing_rate(
                figures.capacity_feed[p], figures.persons_per_hour[p], figures.queued_persons[p], ask.persons,
                limits.landing_queue_s / HOUR_S,
            ),
            in_srr_state(ask.weigh_srr_state, inside_srr[p]),
            exposure(
                ask.aboard_s, table.time_s[p], ask.sheltered, limits.exposure_caution_s, limits.exposure_critical_s
            ),
            weather_data(
                ask.weather_feed, ask.run_age_s, limits.weather_stale_after_s,
                # Where the clock stopped on the way, the forecast may well reach farther than it did.
                has_hour and (travel_times.waves_missing[p] or np.isnan(at_entrance.wind_ms)),
                max(travel_times.filled_m[p], at_entrance.filled_m), limits.weather_extrapolated_after_m,
            ),
            tide_data(needed_m, depth_m, figures.gate[p], tide_m),
        )  # fmt: skip
        for k in range(_ON_THE_WAY.shape[0]):
            r, finding = _ON_THE_WAY[k], findings[k]
            table.verdict[p, r] = finding.verdict
            table.code[p, r] = finding.code
            if not has_hour:
                table.code[p, r] = downgrade_untimed(
                    finding.code, tides.station[p] != NOWHERE, ask.weather_feed != Feed.ABSENT
                )
            table.measured[p, r] = finding.measured
            table.limit[p, r] = finding.limit
        for r in _STANDING:
            table.verdict[p, r] = static.verdict[p, r]
            table.code[p, r] = static.code[p, r]
            table.measured[p, r] = static.measured[p, r]
            table.limit[p, r] = static.limit[p, r]
