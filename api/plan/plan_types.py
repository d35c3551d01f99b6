"""A joint plan as a document; `api.plan.document` makes it."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from api.documents.bilingual import Bilingual
from api.documents.decision_types import FitStatus
from api.documents.notice import NoticeDocument
from api.documents.port import PortSummary

PlanOutcome = Literal["complete", "incomplete", "none"]
Minutes = Annotated[float | None, Field(description="From the time of the plan; null where there is none. [min]")]


class PlanHoldPersons(TypedDict):
    """People a reservation is for."""

    total: int


class PlanHold(TypedDict):
    """Body of the request that holds the places of a part."""

    port_id: str
    vessel: Annotated[str, Field(description="The id of the encounter; put the vessel's name where it is another.")]
    encounter_id: NotRequired[Annotated[str, Field(description="Where the plan was told of one; else add it.")]]
    persons: PlanHoldPersons
    eta_at: str
    hold_s: Annotated[int, Field(description="How long past the arrival the places are held. [s]")]


class PlanAcceptance(TypedDict):
    """The request that accepts a part: it becomes a reservation."""

    method: Literal["POST"]
    path: Literal["/v1/reservations"]
    idempotency_key: Annotated[str, Field(description="Send it as Idempotency-Key: sent twice it is one reservation.")]
    body: PlanHold


class PlanPart(TypedDict):
    """The people of an encounter, or some of them, at one port."""

    port: PortSummary
    status: FitStatus
    persons: int
    arrives_at: str
    landing_from: str
    last_ashore_at: str
    time_to_landing_min: Minutes
    queue_min: Annotated[float | None, Field(description="Waiting while others land. [min]")]
    behind_queued_min: Annotated[
        float | None, Field(description="Of that waiting, until people who were at the port already are ashore. [min]")
    ]
    landing_min: Annotated[float | None, Field(description="From the first of them ashore to the last. [min]")]
    policy_adds_min: Annotated[float | None, Field(description="Way to care or penalty after the landing. [min]")]
    time_to_safety_min: Minutes
    waits_for: Annotated[list[str], Field(description="Ids of encounters that land there while this part waits.")]
    accept: PlanAcceptance


class OwnNearest(TypedDict):
    """Where an encounter would go if nobody else came."""

    port: PortSummary
    time_to_landing_min: Minutes
    time_to_safety_alone_min: Minutes


class TurnPart(TypedDict):
    """A part in the plan made in turn."""

    port_id: str
    persons: int


class InTurn(TypedDict):
    """An encounter in the plan made in turn: each to its nearest free port."""

    parts: list[TurnPart]
    time_to_safety_min: Minutes


class PlanReason(TypedDict):
    """Why people have no place."""

    code: Literal["NO_FIT_PORT", "ONLY_UNCONFIRMED", "PLACES_UNKNOWN", "NO_PLACES"]
    text: Bilingual
    ports: Annotated[list[str], Field(description="Ports where stated places would help, nearest first; ids.")]


class LoadShare(TypedDict):
    """A vessel of the plan that has room for some of them."""

    id: str
    persons: int
    distance_nm: Annotated[float, Field(description="Straight, from vessel to vessel. [nm]")]


class OverLimit(TypedDict):
    """More people than the vessel can carry; the encounter is planned all the same."""

    limit: Annotated[int, Field(description="What she can carry. [persons]")]
    too_many: int
    share_with: Annotated[list[LoadShare], Field(description="Proposed; the times of the plan do not count on it.")]
    still_too_many: Annotated[int, Field(description="For whom no vessel of the plan has room. [persons]")]


class PlannedEncounter(TypedDict):
    """One encounter of the plan."""

    id: str
    decision_id: str
    encounter: Annotated[dict[str, object], Field(description="The request, with every default filled in.")]
    persons: int
    persons_assumed: bool
    most_parts: int
    parts: list[PlanPart]
    time_to_safety_min: Minutes
    own_nearest: OwnNearest | None
    cost_min: Annotated[float | None, Field(description="Longer than alone at its own nearest port. [min]")]
    greedy: InTurn
    urgency_weight: Annotated[float, Field(description="What a minute of each person counts, by the policy.")]
    makes_way_for: Annotated[list[str], Field(description="Encounters at its own nearest port, where it is sent on.")]
    over_limit: OverLimit | None
    without_place: int
    reason: PlanReason | None


class EncounterLeftOut(TypedDict):
    """An encounter that no answer can be given for; its people have no place."""

    id: str
    persons: Annotated[int, Field(description="As counted in the plan; the policy's figure where nobody knows.")]
    code: Annotated[str, Field(description="Why the position is refused; INVALID_FIELDS: another field is wrong.")]
    text: Bilingual


class PlannedPort(TypedDict):
    """A port the plan could use."""

    port: PortSummary
    places: Annotated[int | None, Field(description="Free places; null where they are taken as no limit.")]
    places_left: int | None
    persons_per_hour: float
    queued_persons: int
    assumed: Annotated[list[str], Field(description="Which of the figures nobody has stated.")]
    persons: int
    encounters: int
    landing_from_min: Minutes
    landing_until_min: Minutes


class UrgentTime(TypedDict):
    """The greatest time to safety, that of each encounter counted by its weight."""

    counted_min: Minutes
    lower_bound_min: Annotated[float | None, Field(description="No plan is below it. [min]")]
    gap_min: Annotated[float | None, Field(description="What is not proven. [min]")]


class WorstTime(TypedDict):
    """The greatest time to safety."""

    time_to_safety_min: Minutes
    lower_bound_min: Annotated[
        float | None,
        Field(description="No plan is below it, where people are urgent none with their times to safety. [min]"),
    ]
    gap_min: Annotated[float | None, Field(description="What is not proven. [min]")]
    encounters: list[str]
    urgent: Annotated[UrgentTime | None, Field(description="Asked for first, where people are urgent; else null.")]


class TotalTime(TypedDict):
    """Person-minutes until ashore."""

    person_min: float | None
    weighted_person_min: Annotated[float | None, Field(description="Urgent people counted by weight. [person min]")]
    lower_bound_person_min: Annotated[float | None, Field(description="Of the weighted total. [person min]")]
    gap_share: Annotated[float | None, Field(description="What is not proven, as a share of the weighted total.")]


class GreedyPlan(TypedDict):
    """The plan made in turn, to compare with: urgent encounters first, each to its nearest port with free places."""

    complete: bool
    without_place: Annotated[int, Field(description="Of all people asked for, as in the plan. [persons]")]
    worst_min: Minutes
    total_person_min: float | None


class PlanFigures(TypedDict):
    """What a plan comes to."""

    worst_min: Minutes
    total_person_min: float | None


class PlansCompared(TypedDict):
    """Both plans for the same people: encounters with a place for everybody in both."""

    encounters: int
    persons: int
    plan: PlanFigures
    greedy: PlanFigures


class OrderText(TypedDict):
    """For whom an encounter waits or is sent on."""

    id: str
    text: Bilingual


class PlanSearch(TypedDict):
    """How the search ended: exactly one of the three."""

    ended: Annotated[
        Literal["proven", "time_limit", "close_enough"],
        Field(description="`proven`: no plan is better; else the gaps say by how much one could be."),
    ]
    limit_s: Annotated[float, Field(description="Longest search, of processor time. [s]")]
    longest_s: Annotated[float, Field(description="Longest search by the clock, on a busy machine. [s]")]


class MissingOfEncounter(TypedDict):
    """People of one encounter without a place, or for whom places would be used."""

    id: str
    persons: int


class MissingAtPort(TypedDict):
    """Places to add at one port."""

    port_id: str
    places: int
    encounters: Annotated[list[MissingOfEncounter], Field(description="Who would then land there and does not now.")]


class MissingPlaces(TypedDict):
    """What is missing for everybody with a port in the plan to have a place; `text` names the others."""

    places: int
    ports: list[MissingAtPort]
    encounters: list[MissingOfEncounter]
    proven: Annotated[bool, Field(description="Whether fewer would not do; false where the search ended too soon.")]
    lower_bound: Annotated[int | None, Field(description="Fewer never do; null where no bound is known. [persons]")]
    text: Bilingual


class PlanDocument(TypedDict):
    """A joint plan: a proposal, accepted one encounter at a time."""

    plan_id: Annotated[str, Field(description="Digest of everything the plan rests on, and of who goes where.")]
    planned_at: str
    kind: Literal["proposal"]
    note: str | None
    outcome: PlanOutcome
    headline: Bilingual
    encounters: list[PlannedEncounter]
    left_out: Annotated[list[EncounterLeftOut], Field(description="Only where `leave_out_refused` was asked for.")]
    ports: list[PlannedPort]
    worst: WorstTime
    total: TotalTime
    proven_best: bool
    greedy: GreedyPlan
    compared: PlansCompared | None
    order: Annotated[list[OrderText], Field(description="Who waits for whom, the urgent first.")]
    search: PlanSearch
    missing: MissingPlaces | None
    notices: list[NoticeDocument]
    method: Bilingual
    inputs: Annotated[dict[str, object], Field(description="Versions and digests of all the plan rests on.")]
