"""Shape of a joint plan, for readers of ``/openapi.json``; the answer itself is made by `api.plan.document`."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.http.shapes import Bilingual, NoticeShape, PortShape

Minutes = Annotated[float | None, Field(description="From the time of the plan; null where there is none. [min]")]


class HoldPersonsShape(BaseModel):
    """People a reservation is for."""

    total: int


class HoldShape(BaseModel):
    """Body of the request that holds the places of a part; add `encounter_id` where the encounter is on record."""

    port_id: str
    vessel: Annotated[str, Field(description="The id of the encounter; put the vessel's name where it is another.")]
    persons: HoldPersonsShape
    eta_at: str
    hold_s: Annotated[int, Field(description="How long past the arrival the places are held. [s]")]


class AcceptShape(BaseModel):
    """The request that accepts a part: it becomes a reservation."""

    method: Literal["POST"]
    path: Literal["/v1/reservations"]
    idempotency_key: Annotated[str, Field(description="Send it as Idempotency-Key: sent twice it is one reservation.")]
    body: HoldShape


class PlanPartShape(BaseModel):
    """The people of an encounter, or some of them, at one port."""

    port: PortShape
    status: Literal["suitable", "caution", "unconfirmed"]
    persons: int
    arrives_at: str
    landing_from: str
    last_ashore_at: str
    time_to_landing_min: Minutes
    queue_min: Annotated[float | None, Field(description="Waiting while others land. [min]")]
    landing_min: Annotated[float | None, Field(description="From the first of them ashore to the last. [min]")]
    policy_adds_min: Annotated[float | None, Field(description="Way to care or penalty after the landing. [min]")]
    time_to_safety_min: Minutes
    accept: AcceptShape


class OwnNearestShape(BaseModel):
    """Where an encounter would go if nobody else came."""

    port: PortShape
    time_to_landing_min: Minutes
    time_to_safety_alone_min: Minutes


class TurnPartShape(BaseModel):
    """A part in the plan made in turn."""

    port_id: str
    persons: int


class InTurnShape(BaseModel):
    """An encounter in the plan made in turn: each to its nearest free port."""

    parts: list[TurnPartShape]
    time_to_safety_min: Minutes


class PlanReasonShape(BaseModel):
    """Why people have no place."""

    code: Literal["NO_FIT_PORT", "ONLY_UNCONFIRMED", "PLACES_UNKNOWN", "NO_PLACES"]
    text: Bilingual


class PlannedEncounterShape(BaseModel):
    """One encounter of the plan."""

    id: str
    decision_id: str
    encounter: Annotated[dict[str, object], Field(description="The request, with every default filled in.")]
    persons: int
    persons_assumed: bool
    most_parts: int
    parts: list[PlanPartShape]
    time_to_safety_min: Minutes
    own_nearest: OwnNearestShape | None
    cost_min: Annotated[float | None, Field(description="Longer than alone at its own nearest port. [min]")]
    greedy: InTurnShape
    without_place: int
    reason: PlanReasonShape | None


class PlannedPortShape(BaseModel):
    """A port the plan could use."""

    port: PortShape
    places: Annotated[int | None, Field(description="Free places; null where they are taken as no limit.")]
    places_left: int | None
    persons_per_hour: float
    queued_persons: int
    assumed: Annotated[list[str], Field(description="Which of the figures nobody has stated.")]
    persons: int
    encounters: int
    landing_from_min: Minutes
    landing_until_min: Minutes


class WorstShape(BaseModel):
    """The greatest time to safety."""

    time_to_safety_min: Minutes
    lower_bound_min: Annotated[float | None, Field(description="No plan is below it. [min]")]
    gap_min: Annotated[float | None, Field(description="What is not proven. [min]")]
    encounters: list[str]


class TotalShape(BaseModel):
    """Person-minutes until ashore."""

    person_min: float | None
    lower_bound_person_min: float | None
    gap_share: Annotated[float | None, Field(description="What is not proven, as a share of the total.")]


class GreedyShape(BaseModel):
    """The plan made in turn, to compare with."""

    complete: bool
    without_place: int
    worst_min: Minutes
    total_person_min: float | None


class MissingPortShape(BaseModel):
    """Places to add at one port."""

    port_id: str
    places: int


class MissingEncounterShape(BaseModel):
    """People of one encounter without a place."""

    id: str
    persons: int


class MissingShape(BaseModel):
    """What is missing for everybody to have a place."""

    places: int
    ports: list[MissingPortShape]
    encounters: list[MissingEncounterShape]
    text: Bilingual


class PlanShape(BaseModel):
    """A joint plan: a proposal, accepted one encounter at a time."""

    plan_id: Annotated[str, Field(description="Digest of everything the plan rests on, and of who goes where.")]
    planned_at: str
    kind: Literal["proposal"]
    note: str | None
    outcome: Literal["complete", "incomplete", "none"]
    headline: Bilingual
    encounters: list[PlannedEncounterShape]
    ports: list[PlannedPortShape]
    worst: WorstShape
    total: TotalShape
    proven_best: bool
    greedy: GreedyShape
    missing: MissingShape | None
    notices: list[NoticeShape]
    method: Bilingual
    inputs: Annotated[dict[str, object], Field(description="Versions and digests of all the plan rests on.")]
