"""Types of the fields of commands: what a value may be stands once, whichever way the command comes.

A command is a dataclass. Its annotations say what JSON may hold, in pydantic's words, which OpenAPI repeats, and what
the store refuses besides (`Checked`), of a command made in Python as of one that was sent. The body of a request
follows from them: `api.http.schemas.bodies`.
"""

from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields
from functools import cache, partial
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from pydantic import AfterValidator, Field, GetPydanticSchema

from api.encounter_fields import MOST_PERSONS as MOST_PERSONS_AT_SEA
from api.position import parse_time
from api.store.errors import InvalidValue
from api.store.validation import (
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_PERSONS,
    checked_code,
    checked_count,
    checked_flag,
    checked_id,
    checked_number,
    checked_text,
)

Check = Callable[[Any, str], object]
"""Called with a value and its field's name in JSON; raises `InvalidValue`."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Metadata of a field: what the store refuses of its value. Of several the outermost counts."""

    check: Check


class _Outside:
    """Metadata of a field that the caller of a command knows from elsewhere than the body: path, header, token."""


OUTSIDE = _Outside()

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Whole = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
Flag = Annotated[bool, Field(strict=True), Checked(checked_flag)]


def openapi_bounds(least: float, most: float) -> Any:
    """Bounds in OpenAPI of a number beyond which the store refuses it: `Checked`, with a code of the store."""
    return Field(json_schema_extra={"minimum": least, "maximum": most})


Count = Annotated[Whole, openapi_bounds(0, MOST_PERSONS), Checked(checked_count)]
CountAtSea = Annotated[
    int, Field(strict=True, ge=0, le=MOST_PERSONS_AT_SEA), Checked(partial(checked_count, most=MOST_PERSONS_AT_SEA))
]
"""People of one encounter: no more than a decision is made for."""

WindSpeed = Annotated[Number, openapi_bounds(0, 80), Checked(partial(checked_number, least=0.0, most=80.0))]
Uncertainty = Annotated[Number, openapi_bounds(0, 200_000), Checked(partial(checked_number, least=0.0, most=200_000.0))]
LandingRate = Annotated[Number, openapi_bounds(0, 10_000), Checked(partial(checked_number, least=0.0, most=10_000.0))]
Id = Annotated[str, Field(max_length=LONGEST_NAME), Checked(checked_id)]
PathId = Annotated[Id, OUTSIDE]
LookedUpId = Annotated[str, OUTSIDE]
"""One that names nothing, or is none, is refused where the record is looked up."""

Code = Annotated[str, Field(max_length=LONGEST_NAME), Checked(checked_code)]
Name = Annotated[str, Field(max_length=LONGEST_NAME), Checked(partial(checked_text, longest=LONGEST_NAME))]
NeededName = Annotated[Name, Checked(partial(checked_text, longest=LONGEST_NAME, needed=True))]
Centre = Annotated[NeededName, Field(examples=["CROSS GRIS-NEZ"])]
Text = Annotated[str, Field(max_length=LONGEST_TEXT), Checked(checked_text)]
NeededText = Annotated[Text, Checked(partial(checked_text, needed=True))]

TimeText = Annotated[
    str, Field(max_length=40, description="RFC 3339 with a zone.", examples=["2026-11-22T14:30:00Z"])
]  # fmt: skip
_READ_AS_TEXT = GetPydanticSchema(lambda _, read: read(Annotated[TimeText, AfterValidator(parse_time)]))

Instant = Annotated[float, _READ_AS_TEXT]
"""A field ``eta_s`` of a command, in seconds since 1970, is ``eta_at`` in JSON, as RFC 3339 writes it."""

ReportedAt = Annotated[Instant | None, Field(description="When it was so, if before now.")]
Version = Annotated[Whole | None, Field(description="Refused unless this is the version there is; 0: there is none.")]


class Persons(NamedTuple):
    """People by kind of need, or the places they are in; families and medical are among the total. [persons]"""

    total: Count
    families: Count = 0
    medical: Count = 0


class CommandField(NamedTuple):
    """A field of a command, or of a value in one.

    Attributes
    ----------
    hint : object
        Its type with all that is said of it.
    default : object
        `dataclasses.MISSING` where it has none.
    """

    name: str
    hint: Any
    default: Any

    @property
    def json_name(self) -> str:
        """In JSON, and in what is refused."""
        return f"{self.name.removesuffix('_s')}_at" if _READ_AS_TEXT in _metadata(self.hint) else self.name

    @property
    def is_outside(self) -> bool:
        """Whether no body has it."""
        return OUTSIDE in _metadata(self.hint)


@cache
def command_fields(command: Any) -> tuple[CommandField, ...]:
    """Fields of a command, a dataclass, or of a value in one, a named tuple; in order."""
    hints = get_type_hints(command, include_extras=True)
    if hasattr(command, "_field_defaults"):
        defaults = {**dict.fromkeys(command._fields, MISSING), **command._field_defaults}
    else:
        defaults = {field.name: field.default for field in fields(command)}
    return tuple(CommandField(name, hints[name], default) for name, default in defaults.items())


@cache
def _checks(command: Any) -> tuple[tuple[str, str, Check, bool], ...]:
    """For each field that has one: its names, its check, and whether it may be None."""
    return tuple(
        (field.name, field.json_name, found[-1].check, _may_be_none(field.hint))
        for field in command_fields(command)
        if (found := [part for part in _metadata(field.hint) if isinstance(part, Checked)])
    )


def check_fields(command: Any, within: str = "") -> None:
    """Refuse the first field of a command, or of a value in one, that cannot be stored, whatever the store holds.

    Parameters
    ----------
    command : Command or NamedTuple
    within : str
        Field of the value.

    Raises
    ------
    InvalidValue
    """
    for name, json_name, check, may_be_none in _checks(command.__class__):
        value = getattr(command, name)
        if value is not None or not may_be_none:
            check(value, f"{within}.{json_name}" if within else json_name)


def checked_persons(persons: Persons, field: str) -> Persons:
    """Somebody, at least one, and no more with needs than people.

    Raises
    ------
    InvalidValue
    """
    checked_count(persons.total, f"{field}.total", 1)
    checked_count(persons.families, f"{field}.families", most=persons.total)
    checked_count(persons.medical, f"{field}.medical", most=persons.total)
    return checked_parts(persons, field)


def checked_parts(persons: Persons, field: str) -> Persons:
    """People of whom no more have needs than there are.

    Raises
    ------
    InvalidValue
    """
    if persons.families + persons.medical > persons.total:
        raise InvalidValue(field, "has parts greater than its total.", "Total counts everybody.")
    return persons


def _metadata(hint: Any) -> Iterator[Any]:
    """All that is said of a type by `Annotated`, from within outwards."""
    if get_origin(hint) in (Annotated, Union, UnionType):
        for part in get_args(hint) if get_origin(hint) is not Annotated else (hint.__origin__,):
            yield from _metadata(part)
        yield from getattr(hint, "__metadata__", ())


def _may_be_none(hint: Any) -> bool:
    if get_origin(hint) is Annotated:
        return _may_be_none(hint.__origin__)
    return NoneType in get_args(hint)
