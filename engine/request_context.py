"""One request made ready: what the engine's compiled pass needs to know of it, of its policy and of the world."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf, isnan, nan
from typing import Any

import numpy as np

from engine.apply_rules import RuleInputs
from engine.codes import Code, Feed, Medical, Reception, Weight, weight_of
from engine.evaluate import BY_CARE, BY_DISTANCE, BY_TIME, EncounterInputs, EvaluationInputs
from engine.evaluate_encounters import AS_IT_IS, EncounterArrays, RegionTables
from engine.kernels.forecast import waves_at
from engine.kernels.reach import DepthClass
from engine.kernels.travel_time import SpeedModel, calm_speed_ms
from engine.model import Ask, Coordination, Port, PortAccess, SpeedTable, Vessel, World
from engine.patch_cache import PatchCache
from engine.policy import Limits, Policy
from engine.port_access import port_access
from engine.routes import depth_class_source_for
from engine.rules.depth_and_tide import depth_needed

STATE_OF_REGION = {"UK": ("GB", "JE", "GG", "IM"), "FR": ("FR",), "BE": ("BE",), "NL": ("NL",), "IE": ("IE",)}
"""Countries whose ports lie in the state that answers for a search and rescue region."""

_CODES = max(Code) + 1


@dataclass(frozen=True, slots=True, eq=False)
class RequestContext:
    """What stays the same however the position is moved within its uncertainty.

    Attributes
    ----------
    inputs : EvaluationInputs
        What ports are held against.
    encounter : EncounterInputs
        What this encounter adds to that.
    here_hs_m : float
        Significant wave height at the position; NaN when the forecast does not say. [m]
    patches : PatchCache
        What is known of places in its depth class.
    """

    ask: Ask
    world: World
    inputs: EvaluationInputs
    encounter: EncounterInputs
    persons: float
    persons_known: bool
    coordination: Coordination
    here_hs_m: float
    patches: PatchCache

    @property
    def depth_class(self) -> DepthClass:
        """Which banks are walls."""
        return self.inputs.depth_class

    @property
    def speed_model(self) -> SpeedModel:
        """How the vessel moves."""
        return self.encounter.speed_model

    @property
    def needed_depth_m(self) -> float:
        """Water the vessel needs. [m]"""
        return self.encounter.figures.needed_depth_m

    @property
    def speed_ms(self) -> float:
        """In calm water, cap included. [m/s]"""
        return float(calm_speed_ms(self.speed_model))

    def rows_at(self, lon: np.ndarray, lat: np.ndarray) -> EncounterArrays:
        """The same encounter at several positions, WGS 84. [deg]"""
        figures = self.encounter.figures
        constant = (
            figures.depart_s, self.ask.position_accuracy_m, figures.persons, figures.persons_known, figures.aboard_s,
            AS_IT_IS, AS_IT_IS,
        )  # fmt: skip
        return EncounterArrays(lon, lat, *(np.full(len(lon), value) for value in constant))


def build_context(ask: Ask, world: World, coordination: Coordination) -> RequestContext:
    """A request made ready."""
    policy, vessel = ask.policy, ask.vessel
    limits = policy.limits
    persons_known = not isnan(ask.persons_max)
    persons = ask.persons_max if persons_known else limits.persons_when_unknown
    aboard = not persons_known or persons > 0.0
    needed_depth_m = depth_needed(vessel.draught_m, limits.keel_margin_m, limits.keel_margin_share, 0.0)
    speed_model = build_speed_model(vessel, policy, world.speed_tables, aboard)
    here_hs_m = nan
    if world.identity["forecast"] is not None:
        here_hs_m = float(waves_at(world.forecast, ask.lon, ask.lat, ask.at_s)[0])
    if here_hs_m > speed_model.max_hs_m:
        # In too high a sea already she goes through what is no higher, to get out of it.
        speed_model = speed_model._replace(max_hs_m=here_hs_m * (1.0 + limits.wave_uncertainty_share))
    figures = _rule_inputs(ask, world, needed_depth_m, float(persons), persons_known, here_hs_m)
    weight_of_code, penalty_of_code, share_of_code = weights_of(policy, ask.medical)
    depth_class = depth_class_source_for(world, needed_depth_m)
    inputs = EvaluationInputs(
        world.water, depth_class.tables, world.sea, limits, world.columns, access_of(vessel, policy, world), world.live,
        world.tides, designated_mask(policy, world), weight_of_code, penalty_of_code, share_of_code,
        care_delay_s(policy, world), _ranking_key(ask),
    )  # fmt: skip
    encounter = EncounterInputs(figures, speed_model, in_state_mask(world, coordination.srr, coordination.band))
    return RequestContext(
        ask, world, inputs, encounter, persons, persons_known, coordination, here_hs_m, depth_class.patches
    )


def _ranking_key(ask: Ask) -> int:
    """What the compiled pass orders ports by."""
    if ranks_by_care(ask):
        return BY_CARE
    return BY_DISTANCE if ask.policy.key == "distance" else BY_TIME


@lru_cache(maxsize=128)
def build_speed_model(vessel: Vessel, policy: Policy, tables: tuple[SpeedTable, ...], aboard: bool) -> SpeedModel:
    """How a vessel moves under a policy, with survivors aboard or without."""
    limits = policy.limits
    table = speed_table_for(vessel, tables)
    return SpeedModel(
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
        stream_error=0.0,
    )


def speed_table_for(vessel: Vessel, tables: tuple[SpeedTable, ...]) -> SpeedTable:
    """The speed table of a vessel's class, or of her length; the one for any length when neither is known."""
    of_class = [table for table in tables if table.name and table.name == vessel.speed_table]
    by_length = [table for table in tables if not isnan(table.longer_than_m)]
    longer = [table for table in by_length if vessel.loa_m > table.longer_than_m]
    return (of_class or longer[-1:] or by_length)[0]


def _rule_inputs(
    ask: Ask, world: World, needed_depth_m: float, persons: float, persons_known: bool, here_hs_m: float
) -> RuleInputs:
    """The figures of a request that rules look at."""
    vessel = known_figures(ask.vessel)
    feed, run_age_s = weather_feed(ask, world)
    return RuleInputs(
        ask.at_s, needed_depth_m, ask.vessel.draught_m, vessel.loa_m, plausible_loa_m(ask.vessel, ask.policy.limits),
        vessel.beam_m, vessel.range_m, plausible_range_m(ask.vessel, ask.policy.limits), vessel.max_hs_m, here_hs_m,
        "max_hs_m" in ask.vessel.assumed, vessel.self_righting_persons,
        vessel.max_persons, persons, persons_known, int(ask.medical),
        ask.at_s - ask.aboard_since_s, -1 if ask.sheltered is None else int(ask.sheltered),
        bool(ask.policy.designated), ask.policy.weigh_srr_state, world.lane_bits, world.firing_bits, int(feed),
        run_age_s,
    )  # fmt: skip


def ranks_by_care(ask: Ask) -> bool:
    """Whether ports are ordered by time to care."""
    return ask.policy.key == "time_to_care" or ask.medical == Medical.CRITICAL


def weather_feed(ask: Ask, world: World) -> tuple[Feed, float]:
    """Whether a forecast is connected, and the age of its model run; NaN when it does not say. [s]"""
    if world.identity["forecast"] is None:
        return Feed.ABSENT, nan
    # A run made after the encounter is what a replay has; it is not stale.
    # Compared so that an unknown age stays unknown.
    age_s = ask.at_s - world.forecast.run_at_s
    return Feed.LIVE, 0.0 if age_s < 0.0 else age_s


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


@lru_cache(maxsize=16)
def access_of(vessel: Vessel, policy: Policy, world: World) -> PortAccess:
    """What the ports are for a vessel."""
    return port_access(vessel.draught_m, plausible_loa_m(vessel, policy.limits), world.columns, policy.limits)


@lru_cache(maxsize=128)
def weights_of(policy: Policy, medical: Medical) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weight by code under a policy, and penalty in seconds and as a share of the time to the port."""
    share = np.zeros(_CODES)
    weight = np.full(_CODES, int(Weight.SOFT), np.int8)
    penalty_s = np.zeros(_CODES)
    for code in Code:
        weight[code] = policy.weights.get(code, weight_of(code))
        penalty_s[code] = policy.penalties_s.get(code, 0.0)
        share[code] = policy.penalty_shares.get(code, 0.0)
    if medical == Medical.CRITICAL:
        # MSC.167(78) 6.15: for a time-critical casualty, care ashore is part of being fit.
        weight[Code.MED_RECEPTION_NONE] = weight[Code.MED_RECEPTION_UNKNOWN] = int(Weight.HARD)
    return weight, penalty_s, share


@lru_cache(maxsize=16)
def designated_mask(policy: Policy, world: World) -> np.ndarray:
    """Ports on the policy's list of designated landing places."""
    return np.array([port.id in policy.designated for port in world.ports], np.bool_)


@lru_cache(maxsize=16)
def in_state_mask(world: World, srr: str, band: bool) -> np.ndarray:
    """Ports in the state that answers for a region; in the boundary band both sides count."""
    return _in_state(world.ports, srr, band)


def _in_state(ports: tuple[Port, ...], srr: str, band: bool) -> np.ndarray:
    if band:
        return np.ones(len(ports), np.bool_)
    countries = STATE_OF_REGION.get(srr, ())
    return np.array([port.country in countries for port in ports], np.bool_)


class _Itself:
    """Stands for a value in the key of a cache: equal to itself alone."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self.value is other.value


def region_tables_of(world: World) -> RegionTables:
    """What encounters in a world are held against besides their inputs."""
    # What ports report makes a world of its own each second, and changes none of this.
    return _region_tables(_Itself(world.ports), _Itself(world.regions), world.region_ids)


@lru_cache(maxsize=16)
def _region_tables(ports: _Itself, regions: _Itself, region_ids: tuple[str, ...]) -> RegionTables:
    sides = [_in_state(ports.value, name, band=False) for name in region_ids]
    nowhere, both = _in_state(ports.value, "", band=False), _in_state(ports.value, "", band=True)
    landings = np.array([port.landing for port in ports.value])
    return RegionTables(regions.value, np.array([*sides, nowhere, both]), landings[:, 0].copy(), landings[:, 1].copy())


@lru_cache(maxsize=16)
def care_delay_s(policy: Policy, world: World) -> np.ndarray:
    """Time from each landing to definitive care: by road where the register has it, else by kind of reception. [s]"""
    by_kind = np.array([policy.care_delay_s[kind] for kind in Reception])
    return np.where(np.isnan(world.columns.care_s), by_kind[world.columns.reception], world.columns.care_s)
