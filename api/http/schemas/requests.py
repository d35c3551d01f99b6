"""What a request that changes a record may say, and nothing else; each body knows the command it asks for.

Ranges are checked by the commands of the store, so that every interface refuses the same things in the same words.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from api.encounter import ON_SCENE, EncounterIn
from api.field_errors import WrongField
from api.position import checked_instant, parse_time
from api.security.roles import AccessRole
from api.store.coordination import AnswerCoordination, OfferCoordination, Reply
from api.store.directions import RecordDirection, RecordOverride, WithdrawDirection
from api.store.encounters import CloseEncounter, ReopenEncounter, ReportEncounter
from api.store.exclusion_zones import MOST_POSITIONS, DrawZone, EditZone, EndZone, Outline
from api.store.handover import SignHandover
from api.store.ports import Occupied, Places, ReportCapacity, ReportReception, SetPortStatus
from api.store.reservations import HOLD_AFTER_ETA_S, Extend, Hold, Land, Override, Persons, Release, Transfer

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Whole = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
Flag = Annotated[bool, Field(strict=True)]
Text = Annotated[str, Field(max_length=4_000)]
Name = Annotated[str, Field(max_length=120)]
Instant = Annotated[str, Field(max_length=40, description="RFC 3339 with a zone.", examples=["2026-11-22T14:30:00Z"])]
Version = Annotated[Whole | None, Field(description="Refused unless this is the version there is; 0: there is none.")]
ReportedAt = Annotated[Instant | None, Field(description="When it was so, if before now.")]
HoldSeconds = Annotated[Number, Field(ge=0.0, le=172_800.0, description="How long past its arrival a hold lasts. [s]")]


class Body(BaseModel):
    """A request body: unknown fields are refused, times have a zone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*")
    @classmethod
    def _zoned(cls, value: object, info: object) -> object:
        if value is not None and getattr(info, "field_name", "").endswith("_at"):
            checked_instant(str(value))
        return value


def _seconds(text: str | None) -> float | None:
    return None if text is None else parse_time(text)


class PortStatusIn(Body):
    """A port is open, restricted, closed, or nobody knows."""

    status: Literal["open", "restricted", "closed", "unknown"]
    reason: Annotated[Text, Field(description="Needed for restricted and closed.")] = ""
    reported_at: ReportedAt = None
    expires_at: Annotated[Instant | None, Field(description="From then on it is unknown.")] = None
    expected_version: Version = None

    def command(self, port_id: str) -> SetPortStatus:
        """What it asks for."""
        return SetPortStatus(
            port_id, self.status, self.reason, _seconds(self.reported_at), _seconds(self.expires_at),
            self.expected_version,
        )  # fmt: skip


class PlacesIn(Body):
    """Places by kind of need; families and medical are among the total, null where nobody has said."""

    total: Whole
    families: Whole | None = None
    medical: Whole | None = None


class PersonsCountIn(Body):
    """People by kind of need; families and medical are among the total."""

    total: Whole
    families: Whole = 0
    medical: Whole = 0

    def persons(self) -> Persons:
        """As the store counts them."""
        return Persons(self.total, self.families, self.medical)


class CapacityIn(Body):
    """How many places a port has, how many are taken, and how fast it lands people."""

    places: PlacesIn
    occupied: PersonsCountIn = PersonsCountIn(total=0)
    persons_per_hour: Annotated[Number | None, Field(description="Landing rate. [persons/h]")] = None
    reported_at: ReportedAt = None
    expected_version: Version = None

    def command(self, port_id: str) -> ReportCapacity:
        """What it asks for."""
        return ReportCapacity(
            port_id, Places(self.places.total, self.places.families, self.places.medical),
            Occupied(*self.occupied.persons()), self.persons_per_hour, _seconds(self.reported_at),
            self.expected_version,
        )  # fmt: skip


class ReceptionIn(Body):
    """What waits ashore. A danger stays until people take it back: it does not grow stale."""

    needs_met: Annotated[Flag | None, Field(description="Shelter, food and warmth; null is not known.")] = None
    transport_arranged: Flag | None = None
    danger_ashore: Flag = False
    reason: Annotated[Text, Field(description="Needed with danger_ashore: what the danger is.")] = ""
    reported_at: ReportedAt = None
    expected_version: Version = None

    def command(self, port_id: str) -> ReportReception:
        """What it asks for."""
        return ReportReception(
            port_id, self.needs_met, self.transport_arranged, self.danger_ashore, self.reason,
            _seconds(self.reported_at), self.expected_version,
        )  # fmt: skip


class OverrideReasonIn(Body):
    """Why a controller holds places that are not there."""

    code: Annotated[Name, Field(examples=["DUTY_TO_LIFE"])]
    text: Text


class HoldIn(Body):
    """Places to hold at a port for people aboard a vessel."""

    port_id: Name
    vessel: Name
    persons: PersonsCountIn
    eta_at: Instant
    encounter_id: Name | None = None
    hold_s: HoldSeconds = HOLD_AFTER_ETA_S
    override: OverrideReasonIn | None = None

    def command(self, port_id: str) -> Hold:
        """What it asks for, at the port by its id."""
        why = None if self.override is None else Override(self.override.code, self.override.text)
        return Hold(
            port_id, self.vessel, self.persons.persons(), parse_time(self.eta_at), self.encounter_id,
            self.hold_s, why,
        )  # fmt: skip


class ExtendIn(Body):
    """A later arrival."""

    eta_at: Instant
    hold_s: HoldSeconds = HOLD_AFTER_ETA_S

    def command(self, reservation_id: str) -> Extend:
        """What it asks for."""
        return Extend(reservation_id, parse_time(self.eta_at), self.hold_s)


class ReleaseIn(Body):
    """Why the places are given back."""

    reason: Text = ""

    def command(self, reservation_id: str) -> Release:
        """What it asks for."""
        return Release(reservation_id, self.reason)


class LandIn(Body):
    """Who has come ashore: some of a reservation, all of it, or more than were expected."""

    persons: PersonsCountIn

    def command(self, reservation_id: str) -> Land:
        """What it asks for."""
        return Land(reservation_id, self.persons.persons())


class TransferIn(Body):
    """People go over to another vessel at sea, and their places with them."""

    to_vessel: Name
    persons: Annotated[PersonsCountIn | None, Field(description="Null: everybody who has not landed.")] = None
    eta_at: Annotated[Instant | None, Field(description="Arrival of the other vessel; null: unchanged.")] = None

    def command(self, reservation_id: str) -> Transfer:
        """What it asks for."""
        persons = None if self.persons is None else self.persons.persons()
        return Transfer(reservation_id, self.to_vessel, persons, _seconds(self.eta_at))


class PersonsRangeIn(Body):
    """How many people, at least and at most; null where nobody has said."""

    min: Whole | None = None
    max: Whole | None = None


class ReportIn(EncounterIn):
    """One report of people at sea; the body of a decision is one as it stands.

    No names, no numbers to call, nothing about who they are.
    """

    source: Annotated[
        Literal["boat", "vessel", "aircraft", "drone", "phone", "ais", "radar", "shore", "other"] | None,
        Field(description="vessel if left out of a report that states one, else other."),
    ] = None
    observed_at: Annotated[
        Instant | None, Field(description="When it was so: `time` less `position_age_s`, else now, if left out.")
    ] = None
    uncertainty_m: Annotated[
        Number | None, Field(description="Radius the position is good to; the same as position_accuracy_m. [m]")
    ] = None
    persons: PersonsRangeIn | Whole | None = None  # type: ignore[assignment]
    making_way: Annotated[Flag | None, Field(description="Whether the boat moves by itself.")] = None
    wind_ms: Annotated[Number | None, Field(description="For the drift envelope. [m/s]")] = None
    text: Annotated[Text, Field(description="Colour, engine, condition; never who the people are.")] = ""

    @field_validator("persons")
    @classmethod
    def _somebody(cls, persons: Any, info: ValidationInfo) -> Any:  # noqa: ARG003 - as of an encounter
        # That nobody is there is a report, too.
        return persons

    @field_validator("observed_at")
    @classmethod
    def _observed_with_zone(cls, text: str | None) -> str | None:
        return checked_instant(text)

    @model_validator(mode="after")
    def _said_once(self) -> "ReportIn":
        if self.observed_at is not None and (self.time is not None or self.position_age_s is not None):
            raise WrongField("observed_at", "says when it was so, as time and position_age_s do", "give one of them")
        if self.uncertainty_m is not None and self.position_accuracy_m is not None:
            raise WrongField("uncertainty_m", "is position_accuracy_m by its other name", "give one of them")
        return self

    def command(self, now_s: float, encounter_id: str | None = None) -> ReportEncounter:
        """What it asks for: a new encounter, or one more report of one a person knows it belongs to.

        Parameters
        ----------
        now_s : float
            When it was so, where the report does not say. [s]
        encounter_id : str, optional
        """
        lon, lat = self.position.coordinates
        if self.observed_at is None:
            observed_s = (now_s if self.time is None else parse_time(self.time)) - (self.position_age_s or 0.0)
        else:
            observed_s = parse_time(self.observed_at)
        persons = self.persons if isinstance(self.persons, PersonsRangeIn) else PersonsRangeIn(
            min=self.persons, max=self.persons
        )  # fmt: skip
        on_scene = self.model_dump(mode="json", include=set(ON_SCENE), exclude_unset=True, exclude_none=True)
        source = self.source or ("vessel" if on_scene.get("vessel") else "other")
        return ReportEncounter(
            source, lon, lat, observed_s, encounter_id,
            self.position_accuracy_m if self.uncertainty_m is None else self.uncertainty_m, persons.min, persons.max,
            self.making_way, self.wind_ms, self.text, on_scene or None,
            dated_by="observed_at" if self.time is None else "time",
        )  # fmt: skip


class CloseIn(Body):
    """What shows that it has ended: who landed, where, how many, counted by whom."""

    evidence: Text

    def command(self, encounter_id: str) -> CloseEncounter:
        """What it asks for."""
        return CloseEncounter(encounter_id, self.evidence)


class ReopenIn(Body):
    """Why it had not ended after all."""

    reason: Text

    def command(self, encounter_id: str) -> ReopenEncounter:
        """What it asks for."""
        return ReopenEncounter(encounter_id, self.reason)


class DirectionIn(Body):
    """Where a co-ordination centre has said these people go: a port of the register, or a place by name."""

    centre: Annotated[Name, Field(examples=["CROSS GRIS-NEZ"])]
    code: Annotated[Name, Field(description="Reason code of the centre.", examples=["SRR_STATE"])]
    text: Text = ""
    port_id: Name | None = None
    place: Name = ""
    directed_at: Annotated[Instant | None, Field(description="When it was said, if before now.")] = None

    @model_validator(mode="after")
    def _one_place(self) -> "DirectionIn":
        if self.port_id is None and not self.place.strip():
            raise ValueError("has neither port_id nor place; give one of them")
        if self.port_id is not None and self.place.strip():
            raise WrongField("place", "is given beside port_id", "give one of them")
        return self

    def command(self, encounter_id: str, port_id: str | None) -> RecordDirection:
        """What it asks for, at the port by its id."""
        return RecordDirection(
            encounter_id, self.centre, self.code, self.text, port_id, self.place, _seconds(self.directed_at)
        )


class WithdrawIn(Body):
    """A centre takes back the direction that holds, and why."""

    direction: Annotated[int, Field(ge=1, description="Its `sequence`: 412 where another one holds by now.")]
    centre: Annotated[Name, Field(examples=["CROSS GRIS-NEZ"])]
    text: Text

    def command(self, encounter_id: str) -> WithdrawDirection:
        """What it asks for."""
        return WithdrawDirection(encounter_id, self.direction, self.centre, self.text)


class OfferIn(Body):
    """A centre asks another one to co-ordinate an encounter from here on."""

    from_centre: Annotated[Name, Field(examples=["DOVER COASTGUARD"])]
    to_centre: Annotated[Name, Field(examples=["CROSS GRIS-NEZ"])]
    text: Text = ""

    def command(self, encounter_id: str) -> OfferCoordination:
        """What it asks for."""
        return OfferCoordination(encounter_id, self.from_centre, self.to_centre, self.text)


class OfferAnswerIn(Body):
    """What the centre asked answers; ``withdrawn`` is of the centre that asked."""

    reply: Reply
    centre: Annotated[Name, Field(examples=["CROSS GRIS-NEZ"])]
    text: Text = ""

    def command(self, encounter_id: str) -> AnswerCoordination:
        """What it asks for."""
        return AnswerCoordination(encounter_id, self.reply, self.centre, self.text)


class OverrideIn(Body):
    """What a master or a controller chose instead, and why. Recorded, never blocked."""

    code: Annotated[Name, Field(examples=["MASTER_JUDGEMENT"])]
    text: Text
    port_id: Name | None = None
    place: Name = ""
    encounter_id: Name | None = None

    def command(self, decision_id: str) -> RecordOverride:
        """What it asks for."""
        return RecordOverride(decision_id, self.code, self.text, self.port_id, self.place, self.encounter_id)


Position = Annotated[list[Number], Field(min_length=2, max_length=2, description="Longitude, latitude. [deg]")]


class PolygonIn(Body):
    """An area of one ring (RFC 7946); the last position may repeat the first."""

    type: Literal["Polygon"]
    coordinates: Annotated[
        list[Annotated[list[Position], Field(min_length=3, max_length=MOST_POSITIONS + 1)]],
        Field(min_length=1, max_length=1),
    ]

    def corners(self) -> Outline:
        """Each corner once."""
        ring = [(lon, lat) for lon, lat in self.coordinates[0]]
        return tuple(ring[:-1] if ring[0] == ring[-1] else ring)


class ZoneIn(Body):
    """Waters that are closed for a time, and why."""

    name: Annotated[Name, Field(description="Unlike that of any other zone that has not ended.")]
    reason: Text
    outline: PolygonIn
    from_at: Annotated[Instant | None, Field(description="In force from then on; at once if left out.")] = None
    to_at: Annotated[Instant | None, Field(description="In force until then; until it is ended if left out.")] = None

    def command(self) -> DrawZone:
        """What it asks for, of a new zone."""
        return DrawZone(*self._said())

    def edit_command(self, zone_id: str, expected_version: int | None) -> EditZone:
        """What it asks for, of a zone there is."""
        return EditZone(*self._said(), zone_id=zone_id, expected_version=expected_version)

    def _said(self) -> tuple[str, str, Outline, float | None, float | None]:
        return self.name, self.reason, self.outline.corners(), _seconds(self.from_at), _seconds(self.to_at)


class ZoneEndIn(Body):
    """Why the water is open again."""

    reason: Text

    def command(self, zone_id: str, expected_version: int | None) -> EndZone:
        """What it asks for."""
        return EndZone(zone_id, self.reason, expected_version)


class SignIn(Body):
    """Both shifts sign the page they have read, each by the name of its duty."""

    page_sha256: Annotated[str, Field(max_length=64, description="Safeport-Page-SHA256 of the page both have read.")]
    handed_by: Name
    taken_by: Name
    text: Text = ""

    def command(self) -> SignHandover:
        """What it asks for."""
        return SignHandover(self.page_sha256, self.handed_by, self.taken_by, self.text)


class KeyIn(Body):
    """Whom a key is for and what it may do."""

    unit: Annotated[Name, Field(description="Vessel, port or service; never a person.", examples=["RNLI Severn"])]
    role: AccessRole
    expires_at: Annotated[Instant | None, Field(description="From then on it is not valid.")] = None

    def expires_s(self) -> float | None:
        """First instant it is no longer valid. [s]"""
        return _seconds(self.expires_at)


class RotateIn(Body):
    """How long the secret before stays valid."""

    overlap_s: Annotated[Number | None, Field(description="0 ends it now; a day if left out. [s]")] = None
