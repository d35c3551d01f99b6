"""One request made ready: what the engine's compiled pass needs to know of it, of its policy and of the world."""

from dataclasses import dataclass
from functools import lru_cache
from math import inf, isnan, nan

import numpy as np

from engine.apply_rules import RuleInputs
from engine.codes import Feed, Medical, Reception
from engine.evaluate_encounters import AS_IT_IS, EncounterArrays
from engine.evaluation import BY_CARE, BY_DISTANCE, BY_TIME, EncounterInputs, EvaluationInputs, RegionTables
from engine.identity_key import IdentityKey
from engine.kernels.forecast import waves_at
from engine.kernels.reach import DepthClass
from engine.kernels.speed import SpeedModel, calm_speed_ms
from engine.kernels.travel_time import Passage
from engine.kernels.zones import Regions
from engine.model import Ask, Coordination, SpeedTable, Vessel, World
from engine.patch_cache import PatchCache
from engine.policy import Policy
from engine.ports import Port, PortAccess, PortColumns
from engine.routes import depth_class_source_for
from engine.rules.depth_and_tide import depth_needed
from engine.static_rules import access_of, port_figures_of, static_findings_of
from engine.vessel_figures import known_figures, plausible_range_m
from engine.weights import weights_of

STATE_OF_REGION = {"UK": ("GB", "JE", "GG", "IM"), "FR": ("FR",), "BE": ("BE",), "NL": ("NL",), "IE": ("IE",)}
"""Countries whose ports lie in the state that answers for a search and rescue region."""


@dataclass(frozen=True, slots=True, eq=False)
class RequestContext:
    """What stays the same however the position is moved within its uncertainty.

    Attributes
    ----------
    inputs : EvaluationInputs
        What ports are held against.
    encounter : EncounterInputs
        What this encounter adds to that.
    access : PortAccess
        What the ports are for the vessel.
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
    access: PortAccess
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
    def passage(self) -> Passage:
        """The vessel under way from the moment asked for."""
        return Passage(self.inputs.forecast, self.speed_model, self.ask.at_s)

    @property
    def needed_depth_m(self) -> float:
        """Water the vessel needs. [m]"""
        return self.encounter.figures.needed_depth_m

    @property
    def speed_ms(self) -> float:
        """In calm water, cap included. [m/s]"""
        # As Python: to hand a model over to compiled code takes ten times as long as the minimum of two numbers.
        return float(calm_speed_ms.py_func(self.speed_model))

    def rows_at(self, lon: np.ndarray, lat: np.ndarray) -> EncounterArrays:
        """The same encounter at several positions, WGS 84. [deg]"""
        figures = self.encounter.figures
        constant = (
            figures.depart_s, self.ask.position_accuracy_m, figures.persons, figures.persons_known, figures.aboard_s,
            AS_IT_IS, AS_IT_IS,
        )  # fmt: skip
        # For one row a list is made into an array ten times as fast as an array is filled.
        return EncounterArrays(lon, lat, *(np.array([value] * len(lon)) for value in constant))


def build_context(ask: Ask, world: World, coordination: Coordination) -> RequestContext:
    """A request made ready."""
    policy, vessel = ask.policy, ask.vessel
    limits = policy.limits
    persons, persons_known = _persons_judged(ask)
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
        water=world.water,
        depth_class=depth_class.tables,
        forecast=world.sea,
        limits=limits,
        port_figures=port_figures_of(vessel, policy, world),
        static=static_findings_of(vessel, policy, ask.medical, world),
        tides=world.tides,
        region_tables=region_tables_of(world),
        weight_of_code=weight_of_code,
        penalty_of_code=penalty_of_code,
        share_of_code=share_of_code,
        care_delay_s=care_delay_s(policy, world),
        key=_ranking_key(ask),
    )
    encounter = EncounterInputs(
        figures=figures,
        speed_model=speed_model,
        inside_srr=in_state_mask(world, coordination.srr, coordination.band),
        tide_bias_m=0.0,
    )
    return RequestContext(
        ask=ask,
        world=world,
        inputs=inputs,
        encounter=encounter,
        persons=persons,
        persons_known=persons_known,
        coordination=coordination,
        access=access_of(vessel, policy, world),
        here_hs_m=here_hs_m,
        patches=depth_class.patches,
    )


def _persons_judged(ask: Ask) -> tuple[float, bool]:
    """How many people are judged for, and whether that is evidence: the policy's assumption is not.

    Where it is only known that there are at least so many, that is evidence once it is more than the vessel may carry,
    and no fewer are assumed.
    """
    if not isnan(ask.persons_max):
        return ask.persons_max, True
    if ask.persons_min > known_figures(ask.vessel).max_persons:
        return ask.persons_min, True
    return max(ask.policy.limits.persons_when_unknown, ask.persons_min), False


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
        depart_s=ask.at_s,
        needed_depth_m=needed_depth_m,
        draught_m=ask.vessel.draught_m,
        range_m=vessel.range_m,
        plausible_range_m=plausible_range_m(ask.vessel, ask.policy.limits),
        max_hs_m=vessel.max_hs_m,
        here_hs_m=here_hs_m,
        limit_is_assumed="max_hs_m" in ask.vessel.assumed,
        self_righting_persons=vessel.self_righting_persons,
        max_persons=vessel.max_persons,
        persons=persons,
        persons_known=persons_known,
        aboard_s=ask.at_s - ask.aboard_since_s,
        sheltered=-1 if ask.sheltered is None else int(ask.sheltered),
        weigh_srr_state=ask.policy.weigh_srr_state,
        lane_bits=world.lane_bits,
        firing_bits=world.firing_bits,
        weather_feed=int(feed),
        run_age_s=run_age_s,
    )


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


def in_state_mask(world: World, srr: str, band: bool) -> np.ndarray:
    """Ports in the state that answers for a region; in the boundary band both sides count."""
    return _in_state(IdentityKey(world.ports), srr, band)


@lru_cache(maxsize=16)
def _in_state(ports: IdentityKey[tuple[Port, ...]], srr: str, band: bool) -> np.ndarray:
    if band:
        return np.ones(len(ports.value), np.bool_)
    countries = STATE_OF_REGION.get(srr, ())
    return np.array([port.country in countries for port in ports.value], np.bool_)


def region_tables_of(world: World) -> RegionTables:
    """What encounters in a world are held against besides their inputs."""
    # What ports report makes a world of its own each second, and changes none of this.
    return _region_tables(IdentityKey(world.ports), IdentityKey(world.regions), world.region_ids)


@lru_cache(maxsize=16)
def _region_tables(
    ports: IdentityKey[tuple[Port, ...]], regions: IdentityKey[Regions], region_ids: tuple[str, ...]
) -> RegionTables:
    sides = [_in_state(ports, name, band=False) for name in region_ids]
    nowhere, both = _in_state(ports, "", band=False), _in_state(ports, "", band=True)
    landings = np.array([port.landing for port in ports.value])
    return RegionTables(regions.value, np.array([*sides, nowhere, both]), landings[:, 0].copy(), landings[:, 1].copy())


def care_delay_s(policy: Policy, world: World) -> np.ndarray:
    """Time from each landing to definitive care: by road where the register has it, else by kind of reception. [s]"""
    return _care_delay_s(policy, IdentityKey(world.columns))


@lru_cache(maxsize=16)
def _care_delay_s(policy: Policy, columns: IdentityKey[PortColumns]) -> np.ndarray:
    by_kind = np.array([policy.care_delay_s[kind] for kind in Reception])
    return np.where(np.isnan(columns.value.care_s), by_kind[columns.value.reception], columns.value.care_s)
