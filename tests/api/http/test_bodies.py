"""Bodies of requests follow from the commands of the store."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, NamedTuple

import pytest
from pydantic import Field, ValidationError

from api.field_errors import field_errors
from api.http.schemas import record_examples, requests
from api.http.schemas.bodies import BodyOf
from api.store.command_fields import OUTSIDE, Count, Id, Instant, PathId, Persons, command_fields
from api.store.reservations import Extend, Hold, Override

BODIES = [body for body in vars(requests).values() if isinstance(body, type) and "of" in vars(body.__base__)]


@dataclass(frozen=True, slots=True)
class Tow:
    """A command without a change."""

    kind: ClassVar[str] = "tow.begun"
    vessel_id: PathId
    port_id: Id
    persons: Annotated[Persons | None, Field(description="Aboard.")]
    since_s: Instant = 60.0
    line_m: Annotated[Count, Field(description="Length. [m]")] = 0
    by_link: Annotated[bool, OUTSIDE] = False


class TowIn(BodyOf[Tow]):
    """A tow."""


def test_a_body_has_what_its_command_says_of_each_field():
    schema = TowIn.model_json_schema()
    assert (schema["title"], schema["description"], schema["additionalProperties"]) == ("TowIn", "A tow.", False)
    assert list(schema["properties"]) == ["port_id", "persons", "since_at", "line_m"]
    assert schema["required"] == ["port_id", "persons"]
    assert schema["properties"]["line_m"] == {
        "default": 0, "description": "Length. [m]", "maximum": 100_000, "minimum": 0, "title": "Line M",
        "type": "integer",
    }  # fmt: skip
    assert schema["$defs"].keys() == {"PersonsCountIn"}


def test_it_makes_the_command_with_what_is_known_from_outside():
    body = TowIn.model_validate({"port_id": "dover", "persons": {"total": 2}, "since_at": "1970-01-01T00:02:00Z"})
    assert body.command("t-1", by_link=True) == Tow("t-1", "dover", Persons(2), 120.0, by_link=True)
    nobody = TowIn.model_validate({"port_id": "dover", "persons": None})
    assert nobody.command("t-1") == Tow("t-1", "dover", None)


@pytest.mark.parametrize(
    ("wrong", "steps", "code"),
    [
        ({"vessel_id": "t-1"}, ("vessel_id",), "UNKNOWN_FIELD"),
        ({"since_s": 3.0}, ("since_s",), "UNKNOWN_FIELD"),
        ({"since_at": "2026-11-22T14:30:00"}, ("since_at",), "INVALID_VALUE"),
        ({"since_at": 3}, ("since_at",), "WRONG_TYPE"),
        ({"persons": [2]}, ("persons",), "WRONG_TYPE"),
        ({"persons": {"total": 1.5}}, ("persons", "total"), "WRONG_TYPE"),
    ],
)
def test_it_refuses_what_the_command_has_from_elsewhere_and_what_is_of_another_type(wrong, steps, code):
    with pytest.raises(ValidationError) as refused:
        TowIn.model_validate({"port_id": "dover", "persons": None, **wrong})
    assert [(error.steps, error.code) for error in field_errors(refused.value.errors())] == [(steps, code)]


def test_a_value_whose_body_is_not_there_yet_is_not_read_as_a_list():
    class Line(NamedTuple):
        length_m: Count

    @dataclass(frozen=True)
    class Fix:
        line: Line

    with pytest.raises(KeyError):
        BodyOf[Fix]


def test_every_body_has_every_field_of_its_command_that_is_not_from_outside():
    assert len(BODIES) > 15
    for body in BODIES:
        names = [field.json_name for field in command_fields(body.of) if not field.is_outside]
        assert set(names) <= {field.alias or name for name, field in body.model_fields.items()}, body


def test_a_hold_as_it_is_sent_and_as_it_is_made():
    sent = {**record_examples.HOLD_IN, "override": {"code": "DUTY_TO_LIFE", "text": "needed"}}
    assert requests.HoldIn.model_validate(sent).command() == Hold(
        "dover", "RNLI Dungeness", Persons(40, 6), 1_795_360_200.0, "e-7", override=Override("DUTY_TO_LIFE", "needed")
    )
    later = requests.ExtendIn.model_validate(record_examples.EXTEND_IN)
    assert later.command("r-1") == Extend("r-1", 1_795_362_000.0)
