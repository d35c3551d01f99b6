"""One request made ready for judging, and all ports judged for it."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf, isnan, nan

import numpy as np

from engine.judge import AskFigures, Table, judge
from engine.kernels.forecast import waves_at
from engine.kernels.passage import COARSE, Motion, Passages, calm_speed_ms, passages_to_ports, says_nothing
from engine.kernels.reach import DepthClass, Reach
from engine.model import Ask, Coordination, Detour, SpeedTable, Vessel, World
from engine.policy import Policy
from engine.rank import order_of, statuses, weigh
from engine.rules.depth_and_tide import depth_needed
from engine.sea_route import depth_class_for
from engine.vocab import Code, Feed, Medical, Reception, Status, Weight, weight_of

STATE_OF_REGION = {"UK": ("GB", "JE", "GG", "IM"), "FR": ("FR",), "BE": ("BE",), "NL": ("NL",), "IE": ("IE",)}
"""Countries whose ports lie in the state that answers for a search and rescue region."""

_CODES = max(Code) + 1
# numpy compares with a plain integer thirty times faster than with a member of an IntEnum.
_CAUTION = int(Status.CAUTION)

_AFTER_ALL_S = 1e9
"""Longer than any passage. [s]"""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What stays the same however the position is moved within its uncertainty.

    Attributes
    ----------
    here_hs_m : float
        Significant wave height at the position; NaN when the forecast does not say. [m]
    """

    ask: Ask
    world: World
    depth_class: DepthClass
    needed_depth_m: float
    persons: float
    persons_known: bool
    motion: Motion
    coordination: Coordination
    here_hs_m: float

    @property
    def speed_ms(self) -> float:
        """In calm water, cap included. [m/s]"""
        return float(calm_speed_ms(self.motion))


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """The way chosen to each port: distance, clocks and zones; the shortest path unless there is a detour."""

    reach: Reach
    distance_m: np.ndarray
    passages: Passages
    touched: np.ndarray
    poor: np.ndarray
    detours: dict[int, Detour]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Ports judged from one position; arrays by port, or by place in the list of those asked for.

    Attributes
    ----------
    order : ndarray of int64
        Places in those arrays, best first.
    winner : int or None
        Port that comes first and is fit.
    """

    ways: Ways
    table: Table
    weight: np.ndarray
    plain_key_s: np.ndarray
    key_s: np.ndarray
    status: np.ndarray
    order: np.ndarray
    winner: int | None


def case_of(ask: Ask, world: World, coordination: Coordination) -> Case:
    """A request made ready."""
    limits = ask.policy.limits
    vessel = ask.vessel
    persons_known = not isnan(ask.persons_max)
    persons = ask.persons_max if persons_known else limits.persons_when_unknown
    aboard = not persons_known or persons > 0.0
    needed_depth_m = depth_needed(vessel.draught_m, limits.keel_margin_m, limits.keel_margin_share, 0.0)
    motion = motion_of(vessel, ask.policy, world.speed_tables, aboard)
    here_hs_m = nan
    if world.identity["forecast"] is not None:
        here_hs_m = float(waves_at(world.forecast, ask.lon, ask.lat, ask.at_s)[0])
    if here_hs_m > motion.max_hs_m:
        # In too high a sea already she goes through what is no higher, to get out of it.
        motion = motion._replace(max_hs_m=here_hs_m * (1.0 + limits.wave_uncertainty_share))
    return Case(ask, world, depth_class_for(world, needed_depth_m), needed_depth_m, persons, persons_known, motion,
                coordination, here_hs_m)  # fmt: skip


@lru_cache(maxsize=128)
def motion_of(vessel: Vessel, policy: Policy, tables: tuple[SpeedTable, ...], aboard: bool) -> Motion:
    """How a vessel moves under a policy, with survivors aboard or without."""
    limits = policy.limits
    table = speed_table_for(vessel, tables)
    return Motion(
        full_speed_ms=vessel.speed_ms,
        cap_ms=limits.speed_cap_with_survivors_ms if aboard else inf,
        table_hs_m=np.array(table.hs_m),
        table_share=np.array(table.share),
        beam_loss=table.beam_loss,
        following_loss=table.following_loss,
        wind_drift=limits.wind_drift_share,
        # A sea is gone round only where somebody has stated that the vessel does not go into it.
        max_hs_m=inf if isnan(vessel.max_hs_m) or "max_hs_m" in vessel.assumed else vessel.max_hs_m,
        speed_doubt=limits.speed_uncertainty_share,
        wave_doubt=limits.wave_uncertainty_share,
        wave_factor=1.0,
    )


def speed_table_for(vessel: Vessel, tables: tuple[SpeedTable, ...]) -> SpeedTable:
    """The speed table of a vessel of this length; the first one when her length is not known."""
    fitting = [table for table in tables if vessel.loa_m > table.longer_than_m]
    return fitting[-1] if fitting else tables[0]


def first_look(case: Case, reach: Reach) -> Ways:
    """The shortest path to every port, with clocks that grow coarser the farther away it is."""
    passages = clocks(case, reach, every_port(case.world), COARSE)
    return Ways(reach, reach.distance_m, passages, reach.touched, reach.poor, {})


def looked_at_closely(case: Case, ways: Ways, ports: np.ndarray) -> Ways:
    """The same ways, with fine clocks for some ports."""
    if says_nothing(case.world.forecast):
        return ways
    fine = clocks(case, ways.reach, ports, 0.0)
    passages = Passages(*(column.copy() for column in ways.passages))
    for column, better in zip(passages, fine, strict=True):
        column[ports] = better[ports]
    return replace(ways, passages=passages)


def clocks(case: Case, reach: Reach, ports: np.ndarray, growth: float) -> Passages:
    """Clocks on the shortest paths to some ports, `engine.kernels.passage.passages_to_ports`."""
    world = case.world
    found: Passages = passages_to_ports(
        world.water, case.depth_class, reach, world.forecast, case.motion, case.ask.at_s, ports, growth
    )
    return found


def judged(case: Case, ways: Ways, ports: np.ndarray | None = None) -> Found:
    """The ports asked for, or all of them, judged, weighed and put in order."""
    ask, world, policy = case.ask, case.world, case.ask.policy
    wanted = every_port(world) if ports is None else ports
    table = judge(
        figures_of(case), case.motion, 0.0, policy.limits, world.columns, world.live, world.tides,
        world.forecast, world.water.ports, ways.distance_m, ways.reach.harbour_m, ways.passages, ways.touched,
        ways.poor, listed(policy, world), inside_state(world, case.coordination.srr, case.coordination.band), wanted,
    )  # fmt: skip
    weight_by_code, penalty_by_code = weights_of(policy, ask.medical)
    weight, penalty_s = weigh(table.verdict, table.code, weight_by_code, penalty_by_code)
    status = statuses(table.verdict, weight)
    plain_key_s = key_of(case, ways, table.time_s, wanted)
    key_s = plain_key_s + penalty_s
    # Where the time is not known the distance orders, after all times that are.
    order = order_of(status, np.where(np.isnan(key_s), _AFTER_ALL_S + ways.distance_m[wanted], key_s))
    best = int(order[0])
    winner = int(wanted[best]) if status[best] <= _CAUTION else None
    return Found(ways, table, weight, plain_key_s, key_s, status, order, winner)


def figures_of(case: Case) -> AskFigures:
    """The figures of a request that rules look at."""
    ask, world = case.ask, case.world
    vessel = evidence_of(ask.vessel)
    feed, run_age_s = weather_feed(case)
    return AskFigures(
        ask.at_s, case.needed_depth_m, ask.vessel.draught_m, vessel.loa_m, vessel.beam_m, vessel.range_m,
        vessel.max_hs_m, case.here_hs_m, "max_hs_m" in ask.vessel.assumed, vessel.self_righting_persons,
        vessel.max_persons, float(case.persons), case.persons_known, int(ask.medical),
        ask.at_s - ask.aboard_since_s, -1 if ask.sheltered is None else int(ask.sheltered),
        bool(ask.policy.designated), ask.policy.weigh_srr_state, world.lane_bits, world.firing_bits, int(feed),
        run_age_s,
    )  # fmt: skip


def key_of(case: Case, ways: Ways, time_s: np.ndarray, ports: np.ndarray) -> np.ndarray:
    """What the policy orders these ports by, penalties left out, for given times to their landings. [s]"""
    policy = case.ask.policy
    if ranks_by_care(case):
        return np.asarray(time_s + care_delay_s(policy, case.world)[ports])
    if policy.key == "distance":
        # Miles at the vessel's speed, so that penalties in minutes mean the same under every policy.
        return np.asarray((ways.reach.distance_m + ways.reach.harbour_m)[ports] / case.speed_ms)
    return time_s


def ranks_by_care(case: Case) -> bool:
    """Whether ports are ordered by time to care."""
    return case.ask.policy.key == "time_to_care" or case.ask.medical == Medical.CRITICAL


def weather_feed(case: Case) -> tuple[Feed, float]:
    """Whether a forecast is connected, and the age of its model run; NaN when it does not say. [s]"""
    if case.world.identity["forecast"] is None:
        return Feed.ABSENT, nan
    # A run made after the encounter is what a replay has; it is not stale.
    # Compared so that an unknown age stays unknown.
    age_s = case.ask.at_s - case.world.forecast.run_at_s
    return Feed.LIVE, 0.0 if age_s < 0.0 else age_s


@lru_cache(maxsize=8)
def every_port(world: World) -> np.ndarray:
    """Indices of all ports."""
    return np.arange(len(world.ports))


@lru_cache(maxsize=128)
def evidence_of(vessel: Vessel) -> Vessel:
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


@lru_cache(maxsize=128)
def weights_of(policy: Policy, medical: Medical) -> tuple[np.ndarray, np.ndarray]:
    """Weight and penalty by code under a policy."""
    weight = np.full(_CODES, int(Weight.SOFT), np.int8)
    penalty_s = np.zeros(_CODES)
    for code in Code:
        weight[code] = policy.weights.get(code, weight_of(code))
        penalty_s[code] = policy.penalties_s.get(code, 0.0)
    if medical == Medical.CRITICAL:
        # MSC.167(78) 6.15: for a time-critical casualty, care ashore is part of being fit.
        weight[Code.MED_RECEPTION_NONE] = weight[Code.MED_RECEPTION_UNKNOWN] = int(Weight.HARD)
    return weight, penalty_s


@lru_cache(maxsize=16)
def listed(policy: Policy, world: World) -> np.ndarray:
    """Ports on the policy's list of designated landing places."""
    return np.array([port.id in policy.designated for port in world.ports], np.bool_)


@lru_cache(maxsize=16)
def inside_state(world: World, srr: str, band: bool) -> np.ndarray:
    """Ports in the state that answers for a region; in the boundary band both sides count."""
    if band:
        return np.ones(len(world.ports), np.bool_)
    countries = STATE_OF_REGION.get(srr, ())
    return np.array([port.country in countries for port in world.ports], np.bool_)


@lru_cache(maxsize=16)
def care_delay_s(policy: Policy, world: World) -> np.ndarray:
    """Time from each landing to definitive care. [s]"""
    by_kind = np.array([policy.care_delay_s[kind] for kind in Reception])
    return np.asarray(by_kind[world.columns.reception])
