"""The encounter body: what a request may say, and nothing else.

There is no field for who the people are, only for how many and how they fare; an unknown field is refused. Plain fields
are described in `api.encounter_fields`.
"""

from dataclasses import replace
from math import isfinite, nan
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from api.documents.numbers import json_number
from api.encounter_fields import (
    ENCOUNTER_FIELDS,
    MOST_PERSONS,
    NOBODY,
    VESSEL_FIELDS,
    EncounterFields,
    VesselFields,
    echo_fields,
    is_nobody,
)
from api.field_errors import WrongField
from api.position import checked_instant, format_time, parse_time
from engine.codes import Medical
from engine.errors import InvalidAsk
from engine.model import Ask, Vessel
from engine.policy import Policy

Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Count = Annotated[int, Field(strict=True, ge=0, le=MOST_PERSONS)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PointIn(_Strict):
    """GeoJSON point, RFC 7946: longitude first."""

    type: Literal["Point"]
    coordinates: Annotated[list[Finite], Field(min_length=2, max_length=2)]

    @field_validator("coordinates")
    @classmethod
    def _on_earth(cls, coordinates: list[float]) -> list[float]:
        lon, lat = coordinates
        if not -180.0 <= lon <= 180.0:
            raise ValueError("longitude is outside -180 to 180; GeoJSON writes longitude first")
        if not -90.0 <= lat <= 90.0:
            raise ValueError("latitude is outside -90 to 90; GeoJSON writes longitude first")
        if lon == 0.0 and lat == 0.0:
            raise ValueError("0,0 is what a receiver without a fix reports; give a position")
        return coordinates


class PersonsIn(_Strict):
    """How many people, at least and at most; without `max` nobody knows how many more."""

    min: Count
    max: Count | None = None

    @model_validator(mode="after")
    def _ordered(self) -> "PersonsIn":
        if self.max is not None and self.min > self.max:
            raise ValueError("min is greater than max; exchange them")
        return self


UNKNOWN_VESSEL, DESCRIBED_VESSEL = "unknown", "custom"
"""Names in the echo of an encounter: the conservative profile, and a vessel described by her figures."""

if TYPE_CHECKING:
    FigureName = str
else:
    FigureName = Literal[tuple(field.echo_name for field in VESSEL_FIELDS.values())]


class VesselIn(VesselFields, _Strict):
    """A profile by name, or a vessel by its figures, or a profile with figures of its own.

    The echo of a vessel in a decision is one too.
    """

    profile: Annotated[
        str | None, Field(max_length=64, description="A name of /v1/vessels; custom is none of them.")
    ] = None
    max_persons: Annotated[Count | None, Field(description="survivor_capacity by its name in the echo.")] = None
    assumed: Annotated[
        list[FigureName] | None,
        Field(max_length=len(VESSEL_FIELDS), description="Which of the figures the sender only assumes."),
    ] = None

    @model_validator(mode="after")
    def _one_capacity(self) -> "VesselIn":
        if self.survivor_capacity is not None and self.max_persons not in (None, self.survivor_capacity):
            raise WrongField("max_persons", "differs from survivor_capacity, its other name", "give one of them")
        return self

    @property
    def named_profile(self) -> str | None:
        """The profile to look up; None where the figures alone describe her."""
        return None if self.profile == DESCRIBED_VESSEL else self.profile

    def to_vessel(self, profiles: dict[str, Vessel], named: Vessel | None) -> Vessel:
        """The vessel meant: figures given replace those of the profile, or of the conservative default."""
        base = named if named is not None else profiles[UNKNOWN_VESSEL]
        capacity = self.max_persons if self.survivor_capacity is None else self.survivor_capacity
        figures = {name: getattr(self, name) for name in VESSEL_FIELDS} | {"survivor_capacity": capacity}
        given = {name: value for name, value in figures.items() if value is not None}
        if not given and (named is None or self.assumed is None):
            return base
        described = [VESSEL_FIELDS[name] for name in given]
        replacing = {field.engine_name: field.to_engine(given[field.name]) for field in described}
        if named is not None:
            replaced = {field.echo_name for field in described}
            still_assumed = tuple(name for name in base.assumed if name not in replaced)
            return replace(base, **replacing, assumed=self._assumed(still_assumed))
        # A vessel described by figures: what is not said about her is unknown, except that she moves.
        assumed = () if "speed_kn" in given else ("speed_kn",)
        return Vessel(
            DESCRIBED_VESSEL, "vessel as described", "navire décrit", **{"speed_ms": base.speed_ms, **replacing},
            assumed=self._assumed(assumed),
        )  # fmt: skip

    def _assumed(self, otherwise: tuple[str, ...]) -> tuple[str, ...]:
        """Figures that are assumptions: as the sender says, and else as it follows from what was given."""
        return otherwise if self.assumed is None else tuple(self.assumed)


class _Sighting(_Strict):
    """Where, when and how many; a class of its own so that the fields stand first in the description of the service."""

    position: PointIn
    time: Annotated[str | None, Field(max_length=40, description="RFC 3339 with a zone; now if left out.")] = None
    persons: Annotated[
        PersonsIn | Count | None, Field(description="How many there are, those in the water too; null: not known.")
    ] = None


AS_KNOWN = {"as_known": True}
"""Context to read an encounter in that is not asked with: of a record, or of reports, which may say nobody is there."""


class EncounterIn(EncounterFields, _Sighting):
    """One encounter, as posted to ``/v1/decisions``."""

    medical: Annotated[
        Literal["none", "urgent", "critical"],
        Field(description="critical: somebody cannot wait, and the time to an emergency department ranks."),
    ] = "none"
    vessel: Annotated[VesselIn, Field(description="Who has them; the conservative profile if left out.")] = VesselIn()
    policy: Annotated[str, Field(max_length=64, description="A name of /v1/policies.")] = "nearest-time"

    @field_validator("persons")
    @classmethod
    def _somebody(cls, persons: Any, info: ValidationInfo) -> Any:
        most = persons if persons is None or isinstance(persons, int) else persons.max
        if is_nobody(most) and info.context != AS_KNOWN:
            raise ValueError("; ".join(NOBODY))
        return persons

    @model_validator(mode="after")
    def _nobody_counted_twice(self, info: ValidationInfo) -> "EncounterIn":
        most = self.persons if self.persons is None or isinstance(self.persons, int) else self.persons.max
        if is_nobody(most) and info.context == AS_KNOWN:
            # A boat found empty: those who were recovered from it were.
            return self
        if most is not None and self.persons_recovered is not None and self.persons_recovered > most:
            raise WrongField("persons_recovered", "is more than persons", "raise persons to those aboard")
        return self

    @field_validator("time")
    @classmethod
    def _zoned(cls, text: str | None) -> str | None:
        return checked_instant(text)

    def to_ask(self, profiles: dict[str, Vessel], named: Vessel | None, policy: Policy, now_s: float) -> Ask:
        """The engine's ask.

        Parameters
        ----------
        profiles : dict of Vessel
        named : Vessel or None
            The profile of `vessel`, looked up; None when it names none.
        policy : Policy
            The policy named, looked up.
        now_s : float
            Taken as the time where the body states none. [s]

        Raises
        ------
        InvalidAsk
            People came aboard after the time of the encounter.
        """
        if self.persons is None:
            low = high = nan
        elif isinstance(self.persons, PersonsIn):
            low, high = float(self.persons.min), nan if self.persons.max is None else float(self.persons.max)
        else:
            low = high = float(self.persons)
        lon, lat = self.position.coordinates
        # Whole seconds, as the document states them: the id of a decision is a digest of what it states.
        at_s = float(int(now_s if self.time is None else parse_time(self.time)))
        details = {field.engine_name: field.to_engine(getattr(self, name)) for name, field in ENCOUNTER_FIELDS.items()}
        if details["aboard_since_s"] > at_s:
            raise InvalidAsk("aboard_since", "is after the time of the encounter.", "Correct one of the two.")
        return Ask(
            lon=lon,
            lat=lat,
            at_s=at_s,
            vessel=self.vessel.to_vessel(profiles, named),
            policy=policy,
            persons_min=low,
            persons_max=high,
            medical=Medical[self.medical.upper()],
            **details,
        )


ON_SCENE = tuple(
    name
    for name in EncounterIn.model_fields
    if name not in (*_Sighting.model_fields, "position_accuracy_m", "position_age_s")
)
"""What may be said beside where, when and how many: of the vessel that has the people, and of how they fare."""


def encounter_echo(ask: Ask) -> dict[str, Any]:
    """The encounter as it was understood; sent as a body it is decided the same."""
    vessel = ask.vessel
    return {
        "position": {"type": "Point", "coordinates": [ask.lon, ask.lat]},
        "time": format_time(ask.at_s),
        "persons": None
        if not isfinite(ask.persons_min)
        else {"min": json_number(ask.persons_min, 0), "max": json_number(ask.persons_max, 0)},
        "medical": ask.medical.name.lower(),
        **echo_fields(ENCOUNTER_FIELDS, ask),
        "vessel": {
            "profile": vessel.id,
            **echo_fields(VESSEL_FIELDS, vessel),
            "assumed": list(vessel.assumed),
        },
        "policy": ask.policy.name,
    }
