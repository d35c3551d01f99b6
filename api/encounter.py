"""The encounter body: what a request may say, and nothing else.

There is no field for who the people are, only for how many and how they fare; an unknown field is refused.
"""

from math import nan
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from api.position import InvalidTime, parse_time
from engine.codes import Medical
from engine.errors import InvalidAsk
from engine.model import Ask, Vessel
from engine.policy import Policy
from engine.units import KNOT_MS, NAUTICAL_MILE_M

Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Count = Annotated[int, Field(strict=True, ge=0, le=10_000)]


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
    """How many people, at least and at most."""

    min: Count
    max: Count

    @model_validator(mode="after")
    def _ordered(self) -> "PersonsIn":
        if self.min > self.max:
            raise ValueError("min is greater than max; exchange them")
        return self


UNKNOWN_VESSEL, DESCRIBED_VESSEL = "unknown", "custom"
"""Names in the echo of an encounter: the conservative profile, and a vessel described by her figures."""

FigureName = Literal[
    "speed_kn", "draught_m", "loa_m", "beam_m", "range_nm", "max_hs_m", "self_righting_persons", "max_persons"
]


class VesselIn(_Strict):
    """A profile by name, or a vessel by its figures, or a profile with figures of its own.

    The echo of a vessel in a decision is one too.
    """

    profile: Annotated[
        Annotated[str, Field(max_length=64)] | None, Field(description="A name of /v1/vessels; custom is none of them.")
    ] = None
    speed_kn: Annotated[
        Annotated[Finite, Field(ge=0.5, le=80.0)] | None, Field(description="Sustained in calm water. [kn]")
    ] = None
    draught_m: Annotated[Annotated[Finite, Field(ge=0.0, le=30.0)] | None, Field(description="Deepest. [m]")] = None
    loa_m: Annotated[Annotated[Finite, Field(gt=0.0, le=500.0)] | None, Field(description="Length over all. [m]")] = (
        None
    )
    beam_m: Annotated[Annotated[Finite, Field(gt=0.0, le=80.0)] | None, Field(description="[m]")] = None
    range_nm: Annotated[
        Annotated[Finite, Field(ge=0.0, le=30_000.0)] | None, Field(description="At that speed. [nm]")
    ] = None
    max_hs_m: Annotated[
        Annotated[Finite, Field(gt=0.0, le=20.0)] | None,
        Field(description="Highest significant wave height with survivors aboard. [m]"),
    ] = None
    self_righting_persons: Annotated[
        Count | None, Field(description="With so many survivors aboard she still rights herself.")
    ] = None
    survivor_capacity: Annotated[Count | None, Field(description="How many people she can take aboard.")] = None
    max_persons: Annotated[Count | None, Field(description="The same, by its name in the echo.")] = None
    assumed: Annotated[
        list[FigureName] | None, Field(max_length=8, description="Which of the figures the sender only assumes.")
    ] = None

    @model_validator(mode="after")
    def _one_capacity(self) -> "VesselIn":
        if self.survivor_capacity is not None and self.max_persons not in (None, self.survivor_capacity):
            raise ValueError("survivor_capacity and max_persons are one figure and differ; give one of them")
        return self

    @property
    def named_profile(self) -> str | None:
        """The profile to look up; None where the figures alone describe her."""
        return None if self.profile == DESCRIBED_VESSEL else self.profile

    def to_vessel(self, profiles: dict[str, Vessel], named: Vessel | None) -> Vessel:
        """The vessel meant: figures given replace those of the profile, or of the conservative default."""
        base = named if named is not None else profiles[UNKNOWN_VESSEL]
        figures = {
            "speed_ms": _scaled(self.speed_kn, KNOT_MS),
            "draught_m": self.draught_m,
            "loa_m": self.loa_m,
            "beam_m": self.beam_m,
            "range_m": _scaled(self.range_nm, NAUTICAL_MILE_M),
            "max_hs_m": self.max_hs_m,
            "self_righting_persons": _scaled(self.self_righting_persons, 1.0),
            "max_persons": _scaled(self.max_persons if self.survivor_capacity is None else self.survivor_capacity, 1.0),
        }
        given = {name: float(value) for name, value in figures.items() if value is not None}
        if not given and (named is None or self.assumed is None):
            return base
        columns = {"speed_ms": "speed_kn", "range_m": "range_nm"}
        replaced = {columns.get(name, name) for name in given}
        if named is None:
            # A vessel described by figures: what is not said about her is unknown, except that she moves.
            kept = {} if "speed_ms" in given else {"speed_ms": base.speed_ms}
            assumed = () if "speed_ms" in given else ("speed_kn",)
            return Vessel(
                DESCRIBED_VESSEL, "vessel as described", "navire décrit", **{**kept, **given},
                assumed=self._assumed(assumed), speed_table="",
            )  # fmt: skip
        values = {name: given.get(name, getattr(base, name)) for name in figures}
        kept_assumed = tuple(name for name in base.assumed if name not in replaced)
        return Vessel(
            base.id, base.name_en, base.name_fr, **values, assumed=self._assumed(kept_assumed),
            speed_table=base.speed_table,
        )  # fmt: skip

    def _assumed(self, otherwise: tuple[str, ...]) -> tuple[str, ...]:
        """Figures that are assumptions: as the sender says, and else as it follows from what was given."""
        return otherwise if self.assumed is None else tuple(self.assumed)


class EncounterIn(_Strict):
    """One encounter, as posted to ``/v1/decisions``."""

    position: PointIn
    position_accuracy_m: Annotated[
        Annotated[Finite, Field(ge=0.0, le=50_000.0)] | None, Field(description="Radius it is good to. [m]")
    ] = None
    position_age_s: Annotated[
        Annotated[Finite, Field(ge=0.0, le=604_800.0)] | None, Field(description="How old it is at `time`. [s]")
    ] = None
    time: Annotated[
        Annotated[str, Field(max_length=40)] | None, Field(description="RFC 3339 with a zone; now if left out.")
    ] = None
    persons: Annotated[
        PersonsIn | Count | None, Field(description="How many there are, those in the water too; null: not known.")
    ] = None
    persons_recovered: Annotated[Count | None, Field(description="How many of them are aboard.")] = None
    persons_in_water: Annotated[
        Annotated[bool, Field(strict=True)] | None, Field(description="Whether anybody is; null: not known.")
    ] = None
    medical: Annotated[
        Literal["none", "urgent", "critical"],
        Field(description="critical: somebody cannot wait, and the time to an emergency department ranks."),
    ] = "none"
    aboard_since: Annotated[
        Annotated[str, Field(max_length=40)] | None,
        Field(description="Since when the first of them are aboard, RFC 3339 with a zone: exposure counts from it."),
    ] = None
    sheltered: Annotated[
        Annotated[bool, Field(strict=True)] | None, Field(description="Whether they are under cover aboard.")
    ] = None
    vessel: Annotated[VesselIn, Field(description="Who has them; the conservative profile if left out.")] = VesselIn()
    policy: Annotated[str, Field(max_length=64, description="A name of /v1/policies.")] = "nearest-time"

    @model_validator(mode="after")
    def _nobody_counted_twice(self) -> "EncounterIn":
        most = self.persons if self.persons is None or isinstance(self.persons, int) else self.persons.max
        if most is not None and self.persons_recovered is not None and self.persons_recovered > most:
            raise ValueError("persons_recovered is more than persons; raise persons to those aboard")
        return self

    @field_validator("time", "aboard_since")
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
            low, high = float(self.persons.min), float(self.persons.max)
        else:
            low = high = float(self.persons)
        lon, lat = self.position.coordinates
        # Whole seconds, as the document states them: the id of a decision is a digest of what it states.
        at_s = float(int(now_s if self.time is None else parse_time(self.time)))
        since_s = nan if self.aboard_since is None else float(int(parse_time(self.aboard_since)))
        if since_s > at_s:
            raise InvalidAsk("aboard_since", "is after the time of the encounter.", "Correct one of the two.")
        return Ask(
            lon=lon,
            lat=lat,
            at_s=at_s,
            vessel=self.vessel.to_vessel(profiles, named),
            policy=policy,
            position_accuracy_m=_or_nan(self.position_accuracy_m),
            position_age_s=_or_nan(self.position_age_s),
            persons_min=low,
            persons_max=high,
            persons_recovered=_or_nan(self.persons_recovered),
            persons_in_water=self.persons_in_water,
            medical=Medical[self.medical.upper()],
            aboard_since_s=since_s,
            sheltered=self.sheltered,
        )


def checked_instant(text: str | None) -> str | None:
    """A time as it was written, once it is known to be one, or None.

    Raises
    ------
    ValueError
        It is not RFC 3339 with a zone.
    """
    if text is not None:
        try:
            parse_time(text)
        except InvalidTime as wrong:
            raise ValueError(f"{wrong.problem} {wrong.remedy}") from None
    return text


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else float(value) * factor


def _or_nan(value: float | None) -> float:
    return nan if value is None else float(value)
