"""From encounters to a proposal: each judged by itself, then all of them together over the places there are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, inf, isfinite, isnan

import numpy as np

from api.decision_service import DecisionService, known_policy, policy_named
from api.encounter import PersonsIn
from api.plan.request import PlanEncounterIn, PlanIn
from api.plan.solver.budget import SolverBudget, budget_for
from api.plan.solver.greedy import greedy
from api.plan.solver.infeasibility import Shortage
from api.plan.solver.problem import Problem
from api.plan.solver.schedule import Schedule, evaluate_schedule
from api.plan.solver.search import Search, search_plan
from api.plan.solver.solve import SolveResult
from api.position import parse_time
from engine.codes import Feed, Status
from engine.decide import decide
from engine.errors import InvalidAsk, PositionRefused, SafeportError, UnknownName
from engine.model import Ask, Decision, World
from engine.units import HOUR_S, MINUTE_S
from geodata.policies import DEFAULT_POLICY

HOUR_MIN = HOUR_S / MINUTE_S


@dataclass(frozen=True, slots=True)
class PortCapacity:
    """What is known of a port.

    Attributes
    ----------
    places : float
        Free ones; infinite where they are taken as no limit. [persons]
    persons_per_hour : float
        [persons/h]
    queued_persons : int
        There already, and landed first. [persons]
    assumed : tuple of str
        Which of the figures nobody has stated for this port.
    """

    places: float
    persons_per_hour: float
    queued_persons: int = 0
    assumed: tuple[str, ...] = ()

    @property
    def persons_per_min(self) -> float:
        """[persons/min]"""
        return self.persons_per_hour / HOUR_MIN

    @property
    def queued_min(self) -> float:
        """Until those who are there already have landed. [min]"""
        return self.queued_persons / self.persons_per_min


@dataclass(frozen=True, slots=True, eq=False)
class Boat:
    """One encounter of a plan.

    Attributes
    ----------
    ask : Ask
        As it was asked.
    decision : Decision
        Every port judged for it; where it carries more than its vessel may, as if she might.
    persons : int
        Its upper figure, or what the policy takes when it is not known. [persons]
    weight : float
        What a minute of each of them counts, by the policy; above 1 for urgent ones.
    usable : ndarray of bool
        Ports of the world it may land at in this plan.
    delay_min : float
        From the time of the plan to that of the encounter. [min]
    encounter_id : str or None
        Encounter of the store.
    unit : str
        Who carries them.
    """

    id: str
    ask: Ask
    decision: Decision
    persons: int
    persons_known: bool
    weight: float
    most_parts: int
    usable: np.ndarray
    delay_min: float
    encounter_id: str | None
    unit: str

    @property
    def over_limit(self) -> int:
        """People beyond what the vessel can carry, as far as either is known. [persons]"""
        most = self.ask.vessel.max_persons
        is_counted = self.persons_known or self.ask.persons_min > most
        return max(0, self.persons - int(most)) if is_counted and isfinite(most) else 0

    @property
    def room(self) -> int:
        """People the vessel could still take; none where nobody knows. [persons]"""
        most = self.ask.vessel.max_persons
        return max(0, int(most) - self.persons) if isfinite(most) else 0

    def nearest(self, among: np.ndarray) -> int | None:
        """First of some ports by the policy's key."""
        places = np.flatnonzero(among)
        if len(places) == 0:
            return None
        return int(places[np.argmin(self.decision.key_s[places])])


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An encounter that no answer can be given for.

    Attributes
    ----------
    persons : int
        As of `Boat`. [persons]
    refused : InvalidAsk or UnknownName
        Why, the field without the place of the encounter in the list.
    """

    id: str
    persons: int
    refused: InvalidAsk | UnknownName


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """A joint plan.

    Attributes
    ----------
    boats : tuple of Boat
        By id, B2 before B10.
    left_out : tuple of LeftOut
        Likewise; none where a refusal is that of the plan.
    planned : tuple of int
        Which boats the numbers are about: those with a usable port.
    ports : tuple of int
        Ports of the world in the numbers.
    problem : Problem
        Everybody, as asked.
    best : SolveResult or None
        For all the people that have a place; None when nobody has.
    greedy : Schedule
        Each boat to its nearest free port in turn, whoever that leaves without.
    shortage : Shortage or None
        None when there is a place for everybody planned.
    """

    at_s: float
    request: PlanIn
    world: World
    boats: tuple[Boat, ...]
    left_out: tuple[LeftOut, ...]
    figures: dict[int, PortCapacity]
    planned: tuple[int, ...]
    ports: tuple[int, ...]
    problem: Problem
    best: SolveResult | None
    greedy: Schedule
    shortage: Shortage | None


def propose(
    request: PlanIn,
    service: DecisionService,
    now_s: float,
    budget: SolverBudget | None = None,
    searched: Search = search_plan,
) -> Proposal:
    """The plan that brings the last person to safety soonest, and then all of them with the least waiting.

    Parameters
    ----------
    request : PlanIn
    service : DecisionService
    now_s : float
        Taken as the time where the plan states none. [s]
    budget : SolverBudget, optional
        That of the request when left out.
    searched : callable
        Who searches; another process where this one has others to answer.

    Raises
    ------
    InvalidAsk
        Something in one of the encounters or ports is wrong; the field says which.
    UnknownName
        A vessel, policy or port does not exist.
    """
    at_s = float(int(now_s if request.time is None else parse_time(request.time)))
    if request.policy is not None:
        # What is wrong of the whole plan is the fault of none of its encounters.
        policy_named(request.policy)
    figures = capacity_of(request, service)
    # By id, so that a plan does not hang on how its input was sorted.
    indexed = sorted(enumerate(request.encounters), key=lambda pair: natural_key(pair[1].id))
    boats, left_out = _boats(request, indexed, service, at_s, figures)
    planned = tuple(k for k, boat in enumerate(boats) if boat.usable.any())
    used = np.array([boats[k].usable for k in planned]).any(axis=0) if planned else np.zeros(0, np.bool_)
    ports = tuple(sorted((int(p) for p in np.flatnonzero(used)), key=lambda p: service.world.ports[p].id))
    problem = problem_of([boats[k] for k in planned], ports, figures)
    in_turn = greedy(problem, np.array([int(boats[k].ask.medical) for k in planned], np.int64))
    budget = budget or budget_for(len(boats), request.time_limit_s)
    best, missing = searched(problem, in_turn, budget) if planned else (None, None)
    return Proposal(
        at_s,
        request,
        service.world_at(at_s),
        boats,
        left_out,
        figures,
        planned,
        ports,
        problem,
        best,
        evaluate_schedule(problem, in_turn),
        missing,
    )


def capacity_of(request: PlanIn, service: DecisionService) -> dict[int, PortCapacity]:
    """What is known of each port, by its index: what the plan states, else the live picture, else what it assumes.

    A port whose places or landing rate nobody knows is not in the answer.

    Raises
    ------
    UnknownName
        A port does not exist.
    InvalidAsk
        A port comes twice, under its id and its UN/LOCODE.
    """
    world = service.world
    index = {port.id: k for k, port in enumerate(world.ports)}
    stated = {}
    for k, given in enumerate(request.ports):
        try:
            port = index[service.port(given.id).id]
        except UnknownName as unknown:
            raise UnknownName(f"ports.{k}.id", unknown.problem, unknown.remedy) from None
        if port in stated:
            raise InvalidAsk(f"ports.{k}.id", "is a port that comes earlier in the list.", "Give each port once.")
        stated[port] = given
    live = world.live
    assumed_places = inf if request.ports_without_figures == "unlimited" else None
    assumed_rate = request.persons_per_hour_without_figures
    figures = {}
    for port in range(len(world.ports)):
        own = stated.get(port)
        places: float | None = own.places if own is not None else None
        rate = own.persons_per_hour if own is not None else None
        queued = own.queued_persons if own is not None else 0
        if own is None and live.capacity_feed[port] == Feed.LIVE:
            places, rate = _or_none(live.free_places[port]), _or_none(live.persons_per_hour[port])
            queued = int(np.nan_to_num(live.queued_persons[port]))
        assumed = (*(("places",) if places is None else ()), *(("persons_per_hour",) if rate is None else ()))
        known_places = assumed_places if places is None else float(places)
        known_rate = assumed_rate if rate is None else rate
        if own is not None and known_places is not None and known_rate is None:
            k = request.ports.index(own)
            raise InvalidAsk(
                f"ports.{k}.persons_per_hour", "is missing.",
                "Give it, or persons_per_hour_without_figures for all; leave the port out if it is not known.",
            )  # fmt: skip
        if known_places is not None and known_rate:
            figures[port] = PortCapacity(known_places, float(known_rate), queued, assumed)
    return figures


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _boats(
    request: PlanIn,
    indexed: Sequence[tuple[int, PlanEncounterIn]],
    service: DecisionService,
    at_s: float,
    figures: dict[int, PortCapacity],
) -> tuple[tuple[Boat, ...], tuple[LeftOut, ...]]:
    """Encounters judged, each with its place in the list, and those left out for what is refused of them."""
    boats, left_out = [], []
    for k, given in indexed:
        try:
            boats.append(_boat(request, given, service, at_s, figures))
        except (InvalidAsk, UnknownName) as refused:
            if not request.leave_out_refused:
                raise _of_encounter(refused, k) from None
            left_out.append(LeftOut(given.id, _persons_counted(request, given), refused))
        except SafeportError as error:
            raise _of_encounter(error, k) from None
    return tuple(boats), tuple(left_out)


def _of_encounter(error: SafeportError, k: int) -> SafeportError:
    """The error with the place of its encounter in the list."""
    kind = InvalidAsk if isinstance(error, PositionRefused) else type(error)
    return kind(f"encounters.{k}.{error.field}", error.problem, error.remedy)


def _persons_counted(request: PlanIn, given: PlanEncounterIn) -> int:
    """People of an encounter that is not judged: the upper figure, or what the policy takes. [persons]"""
    least, most = 0, given.persons
    if isinstance(most, PersonsIn):
        least, most = most.min, most.max
    if most is not None:
        return most
    try:
        policy = known_policy(policy_of(request, given))
    except UnknownName:
        policy = known_policy(DEFAULT_POLICY)
    return max(least, ceil(policy.limits.persons_when_unknown))


def policy_of(request: PlanIn, given: PlanEncounterIn) -> str:
    """Name of the policy of an encounter: its own, else that of the plan."""
    if "policy" in given.model_fields_set or request.policy is None:
        return given.policy
    return request.policy


def _boat(
    request: PlanIn,
    given: PlanEncounterIn,
    service: DecisionService,
    at_s: float,
    figures: dict[int, PortCapacity],
) -> Boat:
    """An encounter judged by itself, at every port."""
    ask = service.ask(given.model_copy(update={"policy": policy_of(request, given)}), at_s)
    if ask.at_s < at_s:
        raise InvalidAsk("time", "is before that of the plan.", "Leave it out; position_age_s tells an older fix.")
    decision = decide(with_load_carried(ask), without_places(service.world_at(ask.at_s)))
    last = int(Status.UNCONFIRMED) if request.allow_unconfirmed else int(Status.CAUTION)
    usable = (decision.status <= last) & np.isfinite(decision.time_s) & np.isfinite(decision.key_s)
    usable &= np.array([port in figures for port in range(len(usable))])
    return Boat(
        id=given.id, ask=ask, decision=decision, persons=ceil(decision.persons),
        persons_known=not isnan(ask.persons_max), weight=ask.policy.urgency_weight.get(ask.medical, 1.0),
        most_parts=given.most_parts if given.may_split else 1, usable=usable,
        delay_min=(ask.at_s - at_s) / MINUTE_S, encounter_id=given.encounter_id, unit=given.unit or given.id,
    )  # fmt: skip


def natural_key(name: str) -> tuple[list[str | int], str]:
    """Key that sorts B2 before B10: words apart from numbers, and the name itself for those that differ in neither."""
    return [int(part) if k % 2 else part.casefold() for k, part in enumerate(re.split("([0-9]+)", name))], name


def with_load_carried(ask: Ask) -> Ask:
    """An ask for a vessel that already carries more than she may, as if she might; any other as it is.

    No port is fit for such a vessel, and yet she has to go somewhere. What she may carry stays as the load from which
    on a port is a caution.
    """
    vessel = ask.vessel
    if not (ask.persons_min if isnan(ask.persons_max) else ask.persons_max) > vessel.max_persons:
        return ask
    righting = vessel.max_persons if isnan(vessel.self_righting_persons) else vessel.self_righting_persons
    return replace(ask, vessel=replace(vessel, self_righting_persons=righting, max_persons=inf))


def without_places(world: World) -> World:
    """The world with no feed of places: the plan shares places out itself, and counts none of them twice."""
    if not world.live.capacity_feed.any():
        return world
    return replace(world, live=world.live._replace(capacity_feed=np.zeros_like(world.live.capacity_feed)))


def problem_of(boats: Sequence[Boat], ports: Sequence[int], figures: dict[int, PortCapacity]) -> Problem:
    """The numbers of the plan."""
    columns = np.array(ports, np.int64)
    rate = np.array([figures[port].persons_per_min for port in ports])
    queued_min = np.array([figures[port].queued_min for port in ports])
    arrive = np.full((len(boats), len(ports)), inf)
    came = np.full((len(boats), len(ports)), inf)
    extra = np.zeros((len(boats), len(ports)))
    for k, boat in enumerate(boats):
        decision = boat.decision
        usable = boat.usable[columns]
        # Whole seconds, later rather than sooner: no two times differ by less than a clock shows.
        seconds = np.ceil(decision.time_s[columns[usable]] - 1e-6)
        came[k, usable] = seconds / MINUTE_S + boat.delay_min
        # Whoever waits there lands first; those who come meanwhile could all begin after them, and keep their sequence.
        arrive[k, usable] = np.maximum(came[k, usable], queued_min[usable])
        extra[k, usable] = (decision.key_s - decision.time_s)[columns[usable]] / MINUTE_S
    return Problem(
        np.array([boat.persons for boat in boats], np.int64), np.array([boat.most_parts for boat in boats], np.int64),
        arrive, np.round(extra, 6), np.array([figures[port].places for port in ports], np.float64), rate,
        np.array([boat.weight for boat in boats]), came_min=came,
    )  # fmt: skip
