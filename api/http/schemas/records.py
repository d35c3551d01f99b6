"""Shapes of the answers about records, for readers of ``/openapi.json``; the answers are made by `api.store`."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.board import EngineView
from api.documents.bilingual import Bilingual
from api.documents.geometry import LonLat
from api.encounter import EncounterIn, VesselIn

At = Annotated[str, Field(description="RFC 3339 in UTC, to the millisecond.")]
MaybeAt = Annotated[str | None, Field(description="RFC 3339 in UTC, to the millisecond.")]


class ByShape(BaseModel):
    """In what capacity somebody acted; never who they are."""

    role: str
    duty: str


class PlacesShape(BaseModel):
    """Places by kind of need; null where nobody has said."""

    total: int
    families: int | None
    medical: int | None


class PlacesLeftShape(BaseModel):
    """Places neither occupied nor held; null where none were reported, below zero where a port is short."""

    total: int | None
    families: int | None
    medical: int | None


class PersonsShape(BaseModel):
    """People by kind of need; families and medical are among the total."""

    total: int
    families: int
    medical: int


class StatusShape(BaseModel):
    """Whether a port is open."""

    status: Literal["open", "restricted", "closed", "unknown"]
    reason: str
    by: ByShape
    reported_at: At
    expires_at: MaybeAt
    version: int


class CapacityShape(BaseModel):
    """Places of a port."""

    places: PlacesShape
    occupied: PersonsShape
    persons_per_hour: float | None
    by: ByShape
    reported_at: At
    version: int


class ReceptionShape(BaseModel):
    """What waits ashore; null is not known."""

    needs_met: bool | None
    transport_arranged: bool | None
    danger_ashore: bool
    reason: str
    by: ByShape
    reported_at: At
    version: int


class StatusReportShape(BaseModel):
    """The status a port has now."""

    port_id: str
    status: StatusShape


class CapacityReportShape(BaseModel):
    """The places a port has now."""

    port_id: str
    capacity: CapacityShape


class ReceptionReportShape(BaseModel):
    """What waits ashore now."""

    port_id: str
    reception: ReceptionShape


class PortLiveShape(BaseModel):
    """What a port last reported; null where it never did."""

    port_id: str
    status: StatusShape | None
    capacity: CapacityShape | None
    reception: ReceptionShape | None
    places_left: PlacesLeftShape


class PortsLiveShape(BaseModel):
    """Every port that ever reported."""

    version: Annotated[str, Field(description="Equal pictures have equal versions.")]
    ports: list[PortLiveShape]


class AcceptedShape(BaseModel):
    """What became of one report in an exchanged document."""

    port_id: str
    part: Annotated[Literal["status", "capacity"] | None, Field(description="Null: the document says nothing usable.")]
    accepted: bool
    code: Annotated[
        str | None,
        Field(
            description="Why not: UNKNOWN_PORT, WRITTEN_HERE, NEWER_REPORT, WRONG_VALUE, "
            "COLOUR_NOT_A_STATUS, NOTHING_TO_TAKE."
        ),
    ]


class ExchangeShape(BaseModel):
    """What became of every report in an exchanged document."""

    reports: list[AcceptedShape]


class ReasonShape(BaseModel):
    """A code and a text."""

    code: str
    text: str


class ReservationShape(BaseModel):
    """Places held ashore for people aboard a vessel."""

    reservation_id: str
    port_id: str
    encounter_id: str | None
    vessel: str
    persons: PersonsShape
    landed: PersonsShape
    state: Literal["held", "confirmed", "expired", "released", "landed"]
    eta_at: At
    expires_at: At
    made_at: At
    by: ByShape
    override: ReasonShape | None
    split_from: str | None
    version: int


class StandingReservationShape(ReservationShape):
    """A reservation as it stands now."""

    overdue: Annotated[bool, Field(description="Confirmed, and its time has passed: somebody should ask.")]


class ReservationsShape(BaseModel):
    """Every reservation that counts now, oldest first."""

    reservations: list[StandingReservationShape]


class ReservationChangeShape(BaseModel):
    """A reservation after a change, and the places left at its port."""

    model_config = ConfigDict(populate_by_name=True)

    reservation: ReservationShape
    places_left: PlacesLeftShape
    origin: Annotated[
        ReservationShape | None, Field(alias="from", description="After a split: the one it came from.")
    ] = None
    from_vessel: Annotated[
        str | None, Field(description="After a transfer of everybody: the vessel whose places they were.")
    ] = None


class PointShape(BaseModel):
    """GeoJSON point: longitude first."""

    type: Literal["Point"]
    coordinates: LonLat


class PersonsRangeShape(BaseModel):
    """At least and at most; null where nobody has said."""

    min: int | None
    max: int | None


class OnSceneShape(BaseModel):
    """What a report says of vessel and people, in the words of a decision's body; what it does not say is left out."""

    vessel: VesselIn | None = None
    policy: str | None = None
    medical: Literal["none", "urgent", "critical"] | None = None
    persons_recovered: int | None = None
    persons_in_water: bool | None = None
    aboard_since: str | None = None
    sheltered: bool | None = None


class DatedOnSceneShape(OnSceneShape):
    """The same, of the newest report that says any of it."""

    observed_at: At


class ReportShape(BaseModel):
    """One report of an encounter, as it was sent."""

    sequence: int
    source: str
    position: PointShape
    uncertainty_m: float | None
    observed_at: At
    persons: PersonsRangeShape
    making_way: bool | None
    text: str
    by: Annotated[ByShape, Field(description="Whose report it is.")]
    on_scene: Annotated[OnSceneShape | None, Field(description="Null where it says nothing of vessel and people.")]


class PossibleDuplicateShape(BaseModel):
    """Another encounter that may be the same boat. Nothing is merged: people look."""

    encounter_id: str
    distance_m: float
    envelope_m: Annotated[float, Field(description="How far both may have drifted. [m]")]


class FlaggedDuplicateShape(PossibleDuplicateShape):
    """The same, as flagged when a report came in."""

    persons_differ: Annotated[bool, Field(description="The counts cannot both be right; counts at sea are guesses.")]


Withheld = Annotated[int, Field(description="Sent to vessels only: how many there are of others, which are not named.")]


class ReportedShape(ReportShape):
    """A report just taken in."""

    encounter_id: str
    recorded_at: At
    encounter: Annotated[EncounterIn, Field(description="What it says, as the body of a decision.")]
    possible_duplicates: list[FlaggedDuplicateShape]
    possible_duplicates_withheld: Withheld = 0


class ClosedShape(BaseModel):
    """By whom and with what evidence an encounter was closed."""

    at: At
    by: ByShape
    evidence: str


class EncounterShape(BaseModel):
    """An encounter with every report of it, oldest first."""

    encounter_id: str
    state: Literal["open", "closed"]
    opened_at: At
    closed: ClosedShape | None
    version: int
    encounter: Annotated[EncounterIn, Field(description="What is known of it now, as the body of a decision.")]
    reports: list[ReportShape]
    possible_duplicates: list[PossibleDuplicateShape]
    possible_duplicates_withheld: Withheld = 0


class DirectionShape(BaseModel):
    """Where a co-ordination centre said these people go."""

    sequence: int
    encounter_id: str
    port_id: str | None
    place: str
    centre: str
    code: str
    text: str
    by: ByShape
    directed_at: At


class CoordinationStepShape(BaseModel):
    """One step of the hand-over of an encounter between centres; until it is accepted the first one co-ordinates."""

    sequence: int
    encounter_id: str
    step: Literal["offered", "accepted", "refused", "withdrawn"]
    from_centre: str
    to_centre: str
    text: str
    by: ByShape
    at: At


class DecidedShape(EngineView):
    """An open encounter decided anew for now."""

    vessel: Annotated[
        str | None, Field(description="Profile decided for: of the vessel on scene as last reported, or unknown.")
    ]
    changed: Annotated[
        bool | None, Field(description="Not what its newest recorded decision says; null: none is recorded.")
    ]
    direction: Annotated[DirectionShape | None, Field(description="Of a co-ordination centre; it is the answer.")]
    codes: Annotated[
        list[str],
        Field(
            description="RCC_DIRECTED, and RCC_PORT_CONFLICT where somebody must look; VESSEL_ASSUMED where nobody has "
            "named the vessel."
        ),
    ]


class OpenEncounterRowShape(BaseModel):
    """An open encounter with its newest report."""

    encounter_id: str
    latest: ReportShape
    on_scene: DatedOnSceneShape | None
    reports: int
    possible_duplicate: bool


class OpenEncounterShape(OpenEncounterRowShape):
    """An open encounter on the board."""

    decided: Annotated[DecidedShape | None, Field(description="Null unless asked for with decide=true.")]


class EncountersShape(BaseModel):
    """Every open encounter, in the order they were opened."""

    at: Annotated[str | None, Field(description="Time decided for; null unless asked for with decide=true.")]
    encounters: list[OpenEncounterShape]


class EncounterClosedShape(BaseModel):
    """An encounter that was closed."""

    encounter_id: str
    state: Literal["closed"]
    closed_at: At
    by: ByShape
    evidence: str


class EncounterReopenedShape(BaseModel):
    """An encounter that was opened again."""

    encounter_id: str
    state: Literal["open"]
    reason: str


class ConflictShape(BaseModel):
    """A hard rule that fails on the port directed."""

    rule: str
    code: str
    text: Bilingual


class StandingShape(BaseModel):
    """How a direction and the engine's view stand to each other. The direction is the answer."""

    encounter_id: str
    answer: Annotated[Literal["direction", "engine"], Field(description="Which of the two is the answer.")]
    codes: Annotated[
        list[str],
        Field(
            description="RCC_DIRECTED, and RCC_PORT_CONFLICT where the master must look; VESSEL_ASSUMED where nobody "
            "has named the vessel."
        ),
    ]
    direction: DirectionShape | None
    conflicts: list[ConflictShape]
    judged: Annotated[bool, Field(description="Whether the place directed is a port the engine judged.")]
    engine_view: Annotated[str, Field(description="'for information' beside a direction, else 'advice'.")]
    engine: EngineView
    decided_at: str


class HandoverEncounterShape(OpenEncounterRowShape):
    """An open encounter on the page."""

    direction: DirectionShape | None
    aged: Annotated[bool, Field(description="Nobody has seen it lately.")]


class ExpiredHoldShape(BaseModel):
    """A hold that ended before its people had landed."""

    reservation_id: str
    port_id: str
    vessel: str
    persons: int
    expired_at: At


class RecordedOverrideShape(BaseModel):
    """What was chosen instead of a decision, and why."""

    sequence: int
    decision_id: str
    encounter_id: str | None
    port_id: str | None
    place: str
    code: str
    text: str
    by: ByShape
    at: At


class OverrideShape(RecordedOverrideShape):
    """What was chosen instead of a decision, as it was taken in."""

    decision_known: Annotated[bool, Field(description="False for a decision made aboard that nobody sent here.")]


class AgedReportShape(BaseModel):
    """What a port said long ago."""

    port_id: str
    report: Literal["status", "capacity", "reception"]
    reported_at: At


class PolygonShape(BaseModel):
    """An area of one ring, closed (RFC 7946)."""

    type: Literal["Polygon"]
    coordinates: list[list[LonLat]]


class EndedShape(BaseModel):
    """When a zone was ended by somebody, and why."""

    at: At
    reason: str
    by: ByShape


class ZoneShape(BaseModel):
    """Waters that are closed for a time."""

    zone_id: str
    made: Annotated[int, Field(description="Number of the audit row that drew it.")]
    name: str
    reason: str
    outline: PolygonShape
    from_at: Annotated[str | None, Field(description="Null: from when it was drawn.")]
    to_at: Annotated[str | None, Field(description="Null: until somebody ends it.")]
    by: ByShape
    drawn_at: At
    version: Annotated[int, Field(description="For If-Match.")]
    ended: EndedShape | None


class StandingZoneShape(ZoneShape):
    """A zone that is in force or to come."""

    in_force: bool


class ZonesShape(BaseModel):
    """Every zone that is in force or to come."""

    at: At
    zones: list[StandingZoneShape]


class HandoverShape(BaseModel):
    """What the next shift has to know."""

    at: At
    open_encounters: list[HandoverEncounterShape]
    reservations: list[StandingReservationShape]
    expiring_soon: list[str]
    overdue: list[str]
    expired_not_landed: list[ExpiredHoldShape]
    held_against_shortage: list[StandingReservationShape]
    overrides: list[RecordedOverrideShape]
    exclusion_zones: list[StandingZoneShape]
    aged_reports: list[AgedReportShape]


class SignedShape(BaseModel):
    """A handover both duties have signed."""

    handover_id: str
    page_sha256: str
    handed_by: str
    taken_by: str
    text: str
    at: At


class AuditRowShape(BaseModel):
    """A row of the audit trail; the payload is the text that was hashed."""

    sequence: int
    at: At
    kind: str
    role: str
    payload: str
    previous: str
    hash: str


class AuditShape(BaseModel):
    """Rows of the audit trail, oldest first."""

    rows: list[AuditRowShape]
    next_after: Annotated[int | None, Field(description="For `after` of the next page; null: this was the last.")]


class BadRowShape(BaseModel):
    """The first row that is wrong, and how."""

    sequence: int
    problem: str


class VerifiedShape(BaseModel):
    """What a walk along the audit chain found."""

    intact: bool
    rows: Annotated[int, Field(description="Rows that are right, from the first on.")]
    hash: Annotated[str, Field(description="Of the last of them.")]
    bad: BadRowShape | None
    signed_heads: Annotated[int, Field(description="Heads the service has signed, which were met.")]
    signed_up_to: Annotated[int | None, Field(description="Row of the last of them; null where there is none.")]
    not_proven: Annotated[list[str], Field(description="What the walk does not show, in words.")]


class KeyShape(BaseModel):
    """A key of a unit, without its secret."""

    key_id: str
    unit: str
    role: str
    made_at: At
    expires_at: MaybeAt
    rotated_at: MaybeAt
    revoked_at: MaybeAt
    fingerprint: Annotated[str, Field(description="Tells two secrets apart and opens nothing.")]
    previous_fingerprint: str | None
    previous_until: MaybeAt
    version: int


class KeysShape(BaseModel):
    """Every key there ever was."""

    keys: list[KeyShape]


class NewKeyShape(KeyShape):
    """A key as it is made, the only time its text is seen."""

    key: Annotated[str, Field(description="Sent as `Authorization: Bearer`; kept nowhere.")]
