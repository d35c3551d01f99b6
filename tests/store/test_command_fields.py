"""Fields of commands: what they say of themselves, and what is refused of any command, however it was made."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

import pytest
from pydantic import Field

from api.store.command_fields import (
    OUTSIDE,
    Checked,
    Code,
    Count,
    Instant,
    NeededText,
    PathId,
    Persons,
    Text,
    check_fields,
    command_fields,
)
from api.store.errors import InvalidValue
from api.store.validation import checked_text


@dataclass(frozen=True, slots=True)
class Tow:
    """A command without a change."""

    vessel_id: PathId
    code: Code
    persons: Annotated[Persons, Checked(check_fields)]
    since_s: Annotated[Instant | None, Field(description="When it began.")] = None
    line_m: Annotated[Count | None, Field(description="[m]")] = None
    text: Annotated[NeededText, Checked(partial(checked_text, longest=5))] = ""
    by_link: Annotated[bool, OUTSIDE] = False


def test_fields_know_their_names_in_json_and_which_no_body_has():
    assert [(field.name, field.json_name, field.is_outside) for field in command_fields(Tow)] == [
        ("vessel_id", "vessel_id", True), ("code", "code", False), ("persons", "persons", False),
        ("since_s", "since_at", False), ("line_m", "line_m", False), ("text", "text", False),
        ("by_link", "by_link", True),
    ]  # fmt: skip
    assert [field.name for field in command_fields(Persons)] == ["total", "families", "medical"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"vessel_id": "a b"}, "vessel_id"),
        ({"vessel_id": None}, "vessel_id"),
        ({"code": "lower"}, "code"),
        ({"persons": Persons(1, -1)}, "persons.families"),
        ({"line_m": -1}, "line_m"),
        ({"line_m": True}, "line_m"),
        ({"text": None}, "text"),
    ],
)
def test_the_first_wrong_field_is_refused_by_its_name_in_json(wrong, field):
    with pytest.raises(InvalidValue) as refused:
        check_fields(Tow(**{"vessel_id": "t-1", "code": "ADRIFT", "persons": Persons(3), **wrong}))
    assert refused.value.field == field


def test_of_several_checks_the_outermost_counts():
    check_fields(Tow("t-1", "ADRIFT", Persons(3), text=""))
    with pytest.raises(InvalidValue, match="at most 5"):
        check_fields(Tow("t-1", "ADRIFT", Persons(3), text="longer"))


def test_none_is_looked_at_where_it_is_no_value():
    check_fields(Tow("t-1", "ADRIFT", Persons(3), line_m=None))

    @dataclass(frozen=True)
    class Said:
        text: Text

    with pytest.raises(InvalidValue):
        check_fields(Said(None))
