"""The plain fields of an encounter and of its vessel, each described once.

From its description follow a field of the JSON body with its entry in OpenAPI, an option of ``decide``, a column of a
plan's table and of a replay's, what the engine is asked with, and what a document says back. ``CONTRIBUTING.md`` has
the recipe for a new one. The command line needs all this for its help, so nothing here is slow to import.
"""

from dataclasses import dataclass, replace
from math import inf, isfinite, nan
from typing import Annotated, Any, get_args, get_type_hints

from api.documents.numbers import json_number
from api.position import checked_instant, format_time, parse_time
from engine.units import KNOT_MS, NAUTICAL_MILE_M

MOST_PERSONS = 10_000

NOBODY = ("nobody is to be landed", "write how many people there are; leave it out if not known")
"""What is wrong with an encounter of no people, and the remedy: it asks for no port. Not known is something else."""


def is_nobody(most_persons: Any) -> Any:
    """Whether a greatest number of people, or each of an array, is none; NaN is not."""
    return most_persons == 0


@dataclass(frozen=True, slots=True)
class PlainField:
    """What is to be known of a field besides its type: one number, yes or no, or an instant, or null where not known.

    Attributes
    ----------
    meaning : str
        A phrase, without unit and full stop.
    unit : str
        Empty where there is none.
    least, above, most : float
        Bounds of a number, `above` being none of its values; infinite where it has none.
    decimals : int
        That documents give of a figure.
    option : str
        Of ``decide``; named after the field if left out.
    engine_name : str
        Attribute of `Ask` or `Vessel`; named after the field if left out.
    engine_unit : float
        The field's unit in the engine's.
    echo_name : str
        In documents; the field's name if left out.
    name : str
    holds : type
        ``float`` for a figure, ``int`` for a count, ``bool`` for yes or no, ``str`` for an instant.
    """

    meaning: str
    unit: str = ""
    least: float = -inf
    above: float = -inf
    most: float = inf
    decimals: int = 2
    option: str = ""
    engine_name: str = ""
    engine_unit: float = 1.0
    echo_name: str = ""
    name: str = ""
    holds: type = float

    @property
    def description(self) -> str:
        """A sentence, with the unit in brackets."""
        return f"{self.meaning}.{f' [{self.unit}]' if self.unit else ''}"

    def within(self, values: Any) -> Any:
        """Whether a number, or each of an array, is within the bounds; NaN is not."""
        return (values >= self.least) & (values > self.above) & (values <= self.most)

    def to_engine(self, value: Any) -> Any:
        """A value as the engine has it: figures and counts as floats, NaN where not known."""
        if self.holds is bool:
            return value
        if value is None:
            return nan
        # Whole seconds, as documents state them: the id of a decision is a digest of what it states.
        return float(int(parse_time(value))) if self.holds is str else float(value) * self.engine_unit

    def from_engine(self, value: Any) -> Any:
        """A value of the engine as documents have it; None where not known."""
        if self.holds is bool:
            return value
        if self.holds is str:
            return format_time(value) if isfinite(value) else None
        return json_number(value / self.engine_unit, 0 if self.holds is int else self.decimals)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """How a request body has it: pydantic asks for this, and is imported by nobody who does not."""
        from pydantic import AfterValidator, Field

        if str in get_args(source):
            described = Field(max_length=40, description=f"{self.meaning}. RFC 3339 with a zone.")
            return handler.generate_schema(Annotated[source, described, AfterValidator(checked_instant)])
        limits = {"ge": self.least, "gt": self.above, "le": self.most}
        bounds: dict[str, Any] = {name: limit for name, limit in limits.items() if isfinite(limit)}
        if float in get_args(source):
            bounds["allow_inf_nan"] = False
        return handler.generate_schema(Annotated[source, Field(strict=True, description=self.description, **bounds)])


# fmt: off
class EncounterFields:
    """What may be said of an encounter beside its position, time, people, need of care, vessel and policy."""

    position_accuracy_m: Annotated[float | None, PlainField(
        "Radius about the position that holds the true one", "m", least=0.0, most=50_000.0, decimals=1,
        option="--accuracy-m",
    )] = None
    position_age_s: Annotated[float | None, PlainField(
        "Age of the position at the time of the encounter", "s", least=0.0, most=604_800.0, decimals=1,
        option="--fix-age-s",
    )] = None
    persons_recovered: Annotated[int | None, PlainField(
        "How many of the people are out of the water and aboard", "persons", least=0, most=MOST_PERSONS,
        option="--recovered",
    )] = None
    persons_in_water: Annotated[bool | None, PlainField(
        "Whether anybody is still in the water", option="--in-water",
    )] = None
    aboard_since: Annotated[str | None, PlainField(
        "When the first of the people came aboard", "UTC", engine_name="aboard_since_s",
    )] = None
    sheltered: Annotated[bool | None, PlainField("Whether the people aboard are under cover")] = None


class VesselFields:
    """Figures of a vessel."""

    speed_kn: Annotated[float | None, PlainField(
        "Greatest sustained speed of the vessel in calm water", "kn", least=0.5, most=80.0, engine_name="speed_ms",
        engine_unit=KNOT_MS,
    )] = None
    draught_m: Annotated[float | None, PlainField("Deepest draught of the vessel", "m", least=0.0, most=30.0)] = None
    loa_m: Annotated[float | None, PlainField("Length of the vessel over all", "m", above=0.0, most=500.0)] = None
    beam_m: Annotated[float | None, PlainField("Beam of the vessel", "m", above=0.0, most=80.0)] = None
    range_nm: Annotated[float | None, PlainField(
        "How far the vessel can still run, at that speed", "nm", least=0.0, most=30_000.0, decimals=1,
        engine_name="range_m", engine_unit=NAUTICAL_MILE_M,
    )] = None
    max_hs_m: Annotated[float | None, PlainField(
        "Highest sea with survivors aboard, as significant wave height", "m", above=0.0, most=20.0,
    )] = None
    self_righting_persons: Annotated[int | None, PlainField(
        "Most survivors with whom the vessel still rights herself", "persons", least=0, most=MOST_PERSONS,
    )] = None
    survivor_capacity: Annotated[int | None, PlainField(
        "Most survivors the vessel can carry", "persons", least=0, most=MOST_PERSONS, engine_name="max_persons",
        echo_name="max_persons",
    )] = None
# fmt: on


def _described(fields: type) -> dict[str, PlainField]:
    """The descriptions in a class, completed from names and types."""
    described = {}
    for name, hint in get_type_hints(fields, include_extras=True).items():
        kind, field = get_args(hint)
        described[name] = replace(
            field,
            name=name,
            holds=get_args(kind)[0],
            option=field.option or f"--{name.replace('_', '-')}",
            engine_name=field.engine_name or name,
            echo_name=field.echo_name or name,
        )
    return described


ENCOUNTER_FIELDS = _described(EncounterFields)
VESSEL_FIELDS = _described(VesselFields)
"""Every plain field by its name, in the order tables have them."""

_ECHOED_UNKNOWN = frozenset({
    "position_accuracy_m", "position_age_s", "persons_recovered", "persons_in_water", "aboard_since", "sheltered",
    "speed_kn", "draught_m", "loa_m", "beam_m", "range_nm", "max_hs_m", "self_righting_persons", "max_persons",
})  # fmt: skip
"""What documents have as null where it is not known. Any field of later is left out then: the name and the digest of a
decision are made of this, and those recorded before there was such a field must come out the same."""


def echo_fields(fields: dict[str, PlainField], told: object) -> dict[str, object]:
    """Fields of the engine's `Ask` or `Vessel` as documents have them."""
    values = {field.echo_name: field.from_engine(getattr(told, field.engine_name)) for field in fields.values()}
    return {name: value for name, value in values.items() if value is not None or name in _ECHOED_UNKNOWN}
