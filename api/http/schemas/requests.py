"""What a request that changes a record may say, and nothing else; each body knows the command it asks for.

Most follow from their commands (`BodyOf`): there a field has its type, its bounds and its sentence.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from api.encounter import ON_SCENE, EncounterIn
from api.field_errors import WrongField
from api.http.schemas.bodies import Body, BodyOf
from api.position import parse_time
from api.security.roles import AccessRole
from api.store.command_fields import Count, CountAtSea, Instant, Number, Persons, openapi_bounds
from api.store.coordination import AnswerCoordination, OfferCoordination
from api.store.directions import RecordDirection, RecordOverride, WithdrawDirection
from api.store.encounters import CloseEncounter, ReopenEncounter, ReportEncounter, Source
from api.store.exclusion_zones import MOST_POSITIONS, DrawZone, EditZone, EndZone, Outline
from api.store.handover import SignHandover
from api.store.keys import CreateKey
from api.store.ports import Places, ReportCapacity, ReportReception, SetPortStatus
from api.store.reservations import Extend, Hold, Land, Override, Release, Transfer
from api.store.validation import MOST_PERSONS

_OF_RECEPTION = {"needs_met", "transport_arranged", "danger_ashore"}


class PersonsCountIn(BodyOf[Persons]):
    """People by kind of need; families and medical are among the total."""


class PlacesIn(BodyOf[Places]):
    """Places by kind of need; families and medical are among the total, null where nobody has said."""


class OverrideReasonIn(BodyOf[Override]):
    """Why a controller holds places that are not there."""


class PortStatusIn(BodyOf[SetPortStatus]):
    """A port is open, restricted, closed, or nobody knows."""


class CapacityIn(BodyOf[ReportCapacity]):
    """How many places a port has, how many are taken, and how fast it lands people."""


class ReceptionIn(BodyOf[ReportReception]):
    """What waits ashore. A danger stays until people take it back: it does not grow stale."""

    @model_validator(mode="after")
    def _says_something(self) -> "ReceptionIn":
        if all(getattr(self, name) is None for name in self.model_fields_set & _OF_RECEPTION):
            raise ValueError("says nothing of what waits ashore; give needs_met, transport_arranged or danger_ashore")
        return self


class SomebodyIn(PersonsCountIn):
    """At least one person; families and medical are among the total."""

    total: Annotated[Count, openapi_bounds(1, MOST_PERSONS)]


class HoldIn(BodyOf[Hold]):
    """Places to hold at a port for people aboard a vessel."""

    persons: SomebodyIn


class ExtendIn(BodyOf[Extend]):
    """A later arrival."""


class ReleaseIn(BodyOf[Release]):
    """Why the places are given back."""


class LandIn(BodyOf[Land]):
    """Who has come ashore: some of a reservation, all of it, or more than were expected."""

    persons: SomebodyIn


class TransferIn(BodyOf[Transfer]):
    """People go over to another vessel at sea, and their places with them."""

    persons: Annotated[SomebodyIn | None, Field(description="Null: everybody who has not landed.")] = None


class PersonsRangeIn(Body):
    """How many people, at least and at most; null where nobody has said."""

    min: CountAtSea | None = None
    max: CountAtSea | None = None


class ReportIn(BodyOf[ReportEncounter], EncounterIn):
    """One report of people at sea; the body of a decision is one as it stands.

    No names, no numbers to call, nothing about who they are.
    """

    source: Annotated[
        Source | None, Field(description="vessel if left out of a report that states one, else other.")
    ] = None  # fmt: skip
    observed_s: Annotated[
        Instant | None,
        Field(alias="observed_at", description="When it was so: `time` less `position_age_s`, else now, if left out."),
    ] = None
    persons: PersonsRangeIn | CountAtSea | None = None  # type: ignore[assignment]

    @field_validator("persons")
    @classmethod
    def _somebody(cls, persons: Any, info: ValidationInfo) -> Any:  # noqa: ARG003 - as of an encounter
        # That nobody is there is a report, too.
        return persons

    @model_validator(mode="after")
    def _said_once(self) -> "ReportIn":
        if self.observed_s is not None and (self.time is not None or self.position_age_s is not None):
            raise WrongField("observed_at", "says when it was so, as time and position_age_s do", "give one of them")
        if self.arguments()["uncertainty_m"] is not None and self.position_accuracy_m is not None:
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
        persons = self.persons if isinstance(self.persons, PersonsRangeIn) else PersonsRangeIn(
            min=self.persons, max=self.persons
        )  # fmt: skip
        on_scene = self.model_dump(mode="json", include=set(ON_SCENE), exclude_unset=True, exclude_none=True)
        arguments = self.arguments()
        arguments["source"] = self.source or ("vessel" if on_scene.get("vessel") else "other")
        if self.observed_s is None:
            at_s = now_s if self.time is None else parse_time(self.time)
            arguments["observed_s"] = at_s - (self.position_age_s or 0.0)
        if self.position_accuracy_m is not None:
            arguments["uncertainty_m"] = self.position_accuracy_m
        return ReportEncounter(
            **arguments, lon=lon, lat=lat, encounter_id=encounter_id, persons_min=persons.min, persons_max=persons.max,
            on_scene=on_scene or None, dated_by="observed_at" if self.time is None else "time",
        )  # fmt: skip


class CloseIn(BodyOf[CloseEncounter]):
    """What shows that it has ended: who landed, where, how many, counted by whom."""


class ReopenIn(BodyOf[ReopenEncounter]):
    """Why it had not ended after all."""


class DirectionIn(BodyOf[RecordDirection]):
    """Where a co-ordination centre has said these people go: a port of the register, or a place by name."""

    @model_validator(mode="after")
    def _one_place(self) -> "DirectionIn":
        arguments = self.arguments()
        if arguments["port_id"] is None and not arguments["place"].strip():
            raise ValueError("has neither port_id nor place; give one of them")
        if arguments["port_id"] is not None and arguments["place"].strip():
            raise WrongField("place", "is given beside port_id", "give one of them")
        return self


class WithdrawIn(BodyOf[WithdrawDirection]):
    """A centre takes back the direction that holds, and why."""


class OfferIn(BodyOf[OfferCoordination]):
    """A centre asks another one to co-ordinate an encounter from here on."""


class OfferAnswerIn(BodyOf[AnswerCoordination]):
    """What the centre asked answers; ``withdrawn`` is of the centre that asked."""


class OverrideIn(BodyOf[RecordOverride]):
    """What a master or a controller chose instead, and why. Recorded, never blocked."""


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


class ZoneIn(BodyOf[DrawZone]):
    """Waters that are closed for a time, and why."""

    outline: PolygonIn

    def arguments(self) -> dict[str, Any]:
        """Values of the command's fields, by name."""
        return {**super().arguments(), "outline": self.outline.corners()}

    def edit_command(self, zone_id: str, expected_version: int | None) -> EditZone:
        """What it asks for, of a zone there is."""
        return EditZone(**self.arguments(), zone_id=zone_id, expected_version=expected_version)


class ZoneEndIn(BodyOf[EndZone]):
    """Why the water is open again."""


class SignIn(BodyOf[SignHandover]):
    """Both shifts sign the page they have read, each by the name of its duty."""


class KeyIn(BodyOf[CreateKey]):
    """Whom a key is for and what it may do."""

    role: AccessRole


class RotateIn(Body):
    """How long the secret before stays valid."""

    overlap_s: Annotated[Number | None, Field(description="0 ends it now; a day if left out. [s]")] = None
