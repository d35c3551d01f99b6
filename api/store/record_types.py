"""Answers about records, as documents; the modules of this package make them."""

from typing import TYPE_CHECKING, Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from api.documents.bilingual import Bilingual
from api.documents.decision_types import EncounterEcho
from api.documents.geometry import LonLat
from api.encounter import ON_SCENE, EncounterIn

At = Annotated[str, Field(description="RFC 3339 in UTC, to the millisecond.")]
MaybeAt = Annotated[str | None, Field(description="RFC 3339 in UTC, to the millisecond.")]


ReservationState = Literal["held", "confirmed", "expired", "released", "landed"]


class ActedBy(TypedDict):
    """In what capacity somebody acted; never who they are."""

    role: str
    duty: str


class PlacesDocument(TypedDict):
    """Places by kind of need; null where nobody has said."""

    total: int
    families: int | None
    medical: int | None


class PlacesLeft(TypedDict):
    """Places neither occupied nor held; null where none were reported, below zero where a port is short."""

    total: int | None
    families: int | None
    medical: int | None


class PersonsByNeed(TypedDict):
    """People by kind of need; families and medical are among the total."""

    total: int
    families: int
    medical: int


class StatusReport(TypedDict):
    """Whether a port is open."""

    status: Literal["open", "restricted", "closed", "unknown"]
    reason: str
    by: ActedBy
    reported_at: At
    expires_at: MaybeAt
    version: int


class CapacityReport(TypedDict):
    """Places of a port."""

    places: PlacesDocument
    occupied: PersonsByNeed
    persons_per_hour: float | None
    by: ActedBy
    reported_at: At
    version: int


class ReceptionReport(TypedDict):
    """What waits ashore; null is not known."""

    needs_met: bool | None
    transport_arranged: bool | None
    danger_ashore: bool
    reason: str
    by: ActedBy
    reported_at: At
    version: int


class PortStatus(TypedDict):
    """The status a port has now."""

    port_id: str
    status: StatusReport


class PortCapacity(TypedDict):
    """The places a port has now."""

    port_id: str
    capacity: CapacityReport


class PortReception(TypedDict):
    """What waits ashore now."""

    port_id: str
    reception: ReceptionReport


class PortLive(TypedDict):
    """What a port last reported; null where it never did."""

    port_id: str
    status: StatusReport | None
    capacity: CapacityReport | None
    reception: ReceptionReport | None
    places_left: PlacesLeft


class PortsLive(TypedDict):
    """Every port that ever reported."""

    version: Annotated[str, Field(description="Equal pictures have equal versions.")]
    ports: list[PortLive]


class ExchangedReport(TypedDict):
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


class ExchangeDocument(TypedDict):
    """What became of every report in an exchanged document."""

    reports: list[ExchangedReport]


class ReasonDocument(TypedDict):
    """A code and a text."""

    code: str
    text: str


class ReservationDocument(TypedDict):
    """Places held ashore for people aboard a vessel."""

    reservation_id: str
    port_id: str
    encounter_id: str | None
    vessel: str
    persons: PersonsByNeed
    landed: PersonsByNeed
    state: ReservationState
    eta_at: At
    expires_at: At
    made_at: At
    by: ActedBy
    override: ReasonDocument | None
    split_from: str | None
    version: int


class StandingReservation(ReservationDocument):
    """A reservation as it stands now."""

    overdue: Annotated[bool, Field(description="Confirmed, and its time has passed: somebody should ask.")]


class StandingReservations(TypedDict):
    """Every reservation that counts now, oldest first."""

    reservations: list[StandingReservation]


# What a keyword of the language would not let stand in a class.
_Origin = TypedDict(
    "_Origin",
    {"from": NotRequired[Annotated[ReservationDocument, Field(description="After a split: the one it came from.")]]},
)


class ReservationChange(_Origin):
    """A reservation after a change, and the places left at its port."""

    reservation: ReservationDocument
    places_left: PlacesLeft
    from_vessel: NotRequired[
        Annotated[str | None, Field(description="After a transfer of everybody: the vessel whose places they were.")]
    ]


class PointDocument(TypedDict):
    """GeoJSON point: longitude first."""

    type: Literal["Point"]
    coordinates: LonLat


class PersonsRange(TypedDict):
    """At least and at most; null where nobody has said."""

    min: int | None
    max: int | None


class DatedPersons(PersonsRange):
    """How many people the newest report that counts them says there are."""

    observed_at: At


if TYPE_CHECKING:

    class OnScene(TypedDict, total=False):
        """What a report says of vessel and people, in the words of a decision's body."""

else:
    # Described by what may be sent; what a report does not say is left out.
    OnScene = TypedDict(
        "OnScene", {name: EncounterIn.model_fields[name].rebuild_annotation() for name in ON_SCENE}, total=False
    )
    OnScene.__doc__ = "What a report says of vessel and people, in the words of a decision's body."


class DatedOnScene(OnScene):
    """What reports say of vessel and people, of each field the newest word, in the words of a decision's body."""

    observed_at: Annotated[At, Field(description="Of the newest report that says any of it.")]
    observed_at_by_field: Annotated[dict[str, At], Field(description="Of the report that each field is from.")]


class EncounterReport(TypedDict):
    """One report of an encounter, as it was sent."""

    sequence: int
    source: str
    position: PointDocument
    uncertainty_m: float | None
    observed_at: At
    persons: PersonsRange
    making_way: bool | None
    text: str
    by: Annotated[ActedBy, Field(description="Whose report it is.")]
    on_scene: Annotated[OnScene | None, Field(description="Null where it says nothing of vessel and people.")]


class PossibleDuplicate(TypedDict):
    """Another encounter that may be the same boat. Nothing is merged: people look."""

    encounter_id: str
    distance_m: float
    envelope_m: Annotated[float, Field(description="How far both may have drifted. [m]")]


class FlaggedDuplicate(PossibleDuplicate):
    """The same, as flagged when a report came in."""

    persons_differ: Annotated[bool, Field(description="The counts cannot both be right; counts at sea are guesses.")]


Withheld = Annotated[int, Field(description="Sent to vessels only: how many there are of others, which are not named.")]


class ReportedEncounter(EncounterReport):
    """A report just taken in."""

    encounter_id: str
    recorded_at: At
    encounter: Annotated[EncounterEcho, Field(description="What it says, as the body of a decision.")]
    possible_duplicates: list[FlaggedDuplicate]
    possible_duplicates_withheld: NotRequired[Withheld]


class ClosedBy(TypedDict):
    """By whom and with what evidence an encounter was closed."""

    at: At
    by: ActedBy
    evidence: str


class EncounterDocument(TypedDict):
    """An encounter with every report of it, oldest first."""

    encounter_id: str
    state: Literal["open", "closed"]
    opened_at: At
    closed: ClosedBy | None
    version: int
    encounter: Annotated[
        EncounterEcho,
        Field(
            description="What is known of it now, as the body of a decision; with persons of 0, where nobody is there "
            "by the last count, it asks for no port and is refused as one."
        ),
    ]
    reports: list[EncounterReport]
    possible_duplicates: list[PossibleDuplicate]
    possible_duplicates_withheld: NotRequired[Withheld]


class DirectionDocument(TypedDict):
    """Where a co-ordination centre said these people go."""

    sequence: int
    encounter_id: str
    port_id: str | None
    place: str
    centre: str
    code: str
    text: str
    by: ActedBy
    directed_at: At


class WithdrawnDirection(TypedDict):
    """A direction that a centre took back: from then on nothing was directed until it directed anew."""

    sequence: int
    encounter_id: str
    direction: Annotated[int, Field(description="Sequence of the direction.")]
    port_id: Annotated[str | None, Field(description="Where these people had been directed.")]
    place: str
    centre: str
    text: str
    by: ActedBy
    at: At


class CoordinationStep(TypedDict):
    """One step of the hand-over of an encounter between centres; until it is accepted the first one co-ordinates."""

    sequence: int
    encounter_id: str
    step: Literal["offered", "accepted", "refused", "withdrawn"]
    from_centre: str
    to_centre: str
    text: str
    by: ActedBy
    at: At


class OpenEncounterRow(TypedDict):
    """An open encounter with its newest report."""

    encounter_id: str
    latest: EncounterReport
    persons: Annotated[DatedPersons | None, Field(description="As last counted; a report without a count leaves it.")]
    on_scene: DatedOnScene | None
    reports: int
    possible_duplicate: bool


class EncounterClosed(TypedDict):
    """An encounter that was closed."""

    encounter_id: str
    state: Literal["closed"]
    closed_at: At
    by: ActedBy
    evidence: str


class EncounterReopened(TypedDict):
    """An encounter that was opened again."""

    encounter_id: str
    state: Literal["open"]
    reason: str


class RuleConflict(TypedDict):
    """A hard rule that fails on the port directed."""

    rule: str
    code: str
    text: Bilingual


class HandoverEncounter(OpenEncounterRow):
    """An open encounter on the page."""

    direction: DirectionDocument | None
    aged: Annotated[bool, Field(description="Nobody has seen it lately.")]


class ExpiredHold(TypedDict):
    """A hold that ended before its people had landed."""

    reservation_id: str
    port_id: str
    vessel: str
    persons: int
    expired_at: At


class RecordedOverride(TypedDict):
    """What was chosen instead of a decision, and why."""

    sequence: int
    decision_id: str
    encounter_id: str | None
    port_id: str | None
    place: str
    code: str
    text: str
    by: ActedBy
    at: At


class OverrideDocument(RecordedOverride):
    """What was chosen instead of a decision, as it was taken in."""

    decision_known: Annotated[bool, Field(description="False for a decision made aboard that nobody sent here.")]


class AgedReport(TypedDict):
    """What a port said long ago."""

    port_id: str
    report: Literal["status", "capacity", "reception"]
    reported_at: At


class PolygonDocument(TypedDict):
    """An area of one ring, closed (RFC 7946)."""

    type: Literal["Polygon"]
    coordinates: list[list[LonLat]]


class EndedZone(TypedDict):
    """When a zone was ended by somebody, and why."""

    at: At
    reason: str
    by: ActedBy


class ZoneDocument(TypedDict):
    """Waters that are closed for a time."""

    zone_id: str
    made: Annotated[int, Field(description="Number of the audit row that drew it.")]
    name: str
    reason: str
    outline: PolygonDocument
    from_at: Annotated[str | None, Field(description="Null: from when it was drawn.")]
    to_at: Annotated[str | None, Field(description="Null: until somebody ends it.")]
    by: ActedBy
    drawn_at: At
    version: Annotated[int, Field(description="For If-Match.")]
    ended: EndedZone | None


class StandingZone(ZoneDocument):
    """A zone that is in force or to come."""

    in_force: bool


class ZonesDocument(TypedDict):
    """Every zone that is in force or to come."""

    at: At
    zones: list[StandingZone]


class HandoverDocument(TypedDict):
    """What the next shift has to know."""

    at: At
    open_encounters: list[HandoverEncounter]
    reservations: list[StandingReservation]
    expiring_soon: list[str]
    overdue: list[str]
    expired_not_landed: list[ExpiredHold]
    held_against_shortage: list[StandingReservation]
    overrides: list[RecordedOverride]
    withdrawn_directions: list[WithdrawnDirection]
    exclusion_zones: list[StandingZone]
    aged_reports: list[AgedReport]


class SignedHandover(TypedDict):
    """A handover both duties have signed."""

    handover_id: str
    page_sha256: str
    handed_by: str
    taken_by: str
    text: str
    at: At


class AuditRow(TypedDict):
    """A row of the audit trail; the payload is the text that was hashed."""

    sequence: int
    at: At
    kind: str
    role: str
    payload: str
    previous: str
    hash: str


class AuditDocument(TypedDict):
    """Rows of the audit trail, oldest first."""

    rows: list[AuditRow]
    next_after: Annotated[int | None, Field(description="For `after` of the next page; null: this was the last.")]


class BadRow(TypedDict):
    """The first row that is wrong, and how."""

    sequence: int
    problem: str


class VerifiedChain(TypedDict):
    """What a walk along the audit chain found."""

    intact: bool
    rows: Annotated[int, Field(description="Rows that are right, from the first on.")]
    hash: Annotated[str, Field(description="Of the last of them.")]
    bad: BadRow | None
    signed_heads: Annotated[int, Field(description="Heads the service has signed, which were met.")]
    signed_up_to: Annotated[int | None, Field(description="Row of the last of them; null where there is none.")]
    not_proven: Annotated[list[str], Field(description="What the walk does not show, in words.")]


class KeyDocument(TypedDict):
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


class KeysDocument(TypedDict):
    """Every key there ever was."""

    keys: list[KeyDocument]


class NewKeyDocument(KeyDocument):
    """A key as it is made, the only time its text is seen."""

    key: Annotated[str, Field(description="Sent as `Authorization: Bearer`; kept nowhere.")]
