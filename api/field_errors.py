"""What a model finds wrong with what was sent, in one voice on every way in: where, a code, the problem, the remedy."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Step = str | int


class WrongField(ValueError):
    """What a model's validator says of one field, having looked at several.

    Parameters
    ----------
    field : str
    problem, remedy : str
        Without full stops.
    """

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}; {remedy}")
        self.field = field


class FieldError(NamedTuple):
    """One field that is wrong.

    Attributes
    ----------
    steps : tuple of str or int
        Way to it from the whole; empty for the whole itself.
    code : str
        Stable.
    problem : str
        A sentence that begins with its verb: the field stands beside it. It repeats nothing that was sent.
    remedy : str
    names_others : bool
        Whether they name other fields.
    """

    steps: tuple[Step, ...]
    code: str
    problem: str
    remedy: str
    names_others: bool = False

    @property
    def field(self) -> str:
        """Dotted name."""
        return ".".join(map(str, self.steps))


_CORRECT = "Check the number; leave it out if not known."
_BOUNDS = {
    "greater_than": ("gt", "is not above {:.15g}."),
    "greater_than_equal": ("ge", "is below {:.15g}."),
    "less_than": ("lt", "is not below {:.15g}."),
    "less_than_equal": ("le", "is above {:.15g}."),
}
"""The validator's types for a number out of range: where it keeps the limit, and what is said."""

_WHOLE, _OBJECT = "is not a whole number.", ("WRONG_TYPE", "is not a JSON object.", "Write it as {...}.")
_TEXTS = {
    "missing": ("REQUIRED", "is missing.", "Add it."),
    "extra_forbidden": ("UNKNOWN_FIELD", "is not known.", "Correct its spelling; /openapi.json has those there are."),
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "list_type": ("WRONG_TYPE", "is not a list.", "Write it as [...]."),
    "string_type": ("WRONG_TYPE", "is not a text.", "Put it in quotes."),
    "int_type": ("WRONG_TYPE", _WHOLE, "Write digits without quotes or a point."),
    "int_from_float": ("WRONG_TYPE", _WHOLE, "Write digits without a point."),
    "int_parsing": ("WRONG_TYPE", _WHOLE, "Write digits without a point."),
    "float_type": ("WRONG_TYPE", "is not a number.", "Write digits without quotes."),
    "float_parsing": ("WRONG_TYPE", "is not a number.", "Write digits and a decimal point."),
    "bool_type": ("WRONG_TYPE", "is neither true nor false.", "Write true or false without quotes."),
    "bool_parsing": ("WRONG_TYPE", "is neither true nor false.", "Write true or false."),
    "finite_number": ("NOT_FINITE", "is not a finite number.", "Write digits; leave it out if not known."),
    "string_unicode": ("NOT_UNICODE", "is not valid Unicode text.", "Send UTF-8 without half characters."),
    "literal_error": ("NOT_AN_OPTION", "is not one of its values.", "Write {expected}."),
    "enum": ("NOT_AN_OPTION", "is not one of its values.", "Write {expected}."),
    "too_short": ("WRONG_LENGTH", "has fewer items than {min_length}.", "Give {min_length} or more."),
    "too_long": ("WRONG_LENGTH", "has more items than {max_length}.", "Give {max_length} or fewer."),
    "string_too_short": ("WRONG_LENGTH", "has fewer characters than {min_length}.", "Write all of it."),
    "string_too_long": ("WRONG_LENGTH", "has more characters than {max_length}.", "Shorten it."),
    "string_pattern_mismatch": ("INVALID_VALUE", "does not have its form.", "Write it so that it matches {pattern}."),
}
"""Code, problem and remedy by the validator's type; one not listed is of the wrong type or an invalid value."""

_SHAPES = {
    "persons": ("is not a number of people.", 'Write 60, or {"min": 55, "max": 60}; leave it out if not known.'),
    "position": ("is not a GeoJSON point.", 'Write {"type": "Point", "coordinates": [longitude, latitude]}.'),
    "coordinates": ("is not a longitude and a latitude.", "Write [longitude, latitude]."),
    "outline": (
        "is not a GeoJSON polygon.",
        'Write {"type": "Polygon", "coordinates": [[[longitude, latitude], ...]]}, the last position as the first.',
    ),
    "outline.coordinates": (
        "is not one closed ring of positions.",
        "Write [[[longitude, latitude], ...]] with at least three corners, the last position as the first.",
    ),
}
"""What is said of fields that are written in a way of their own, where that is not how they were written; of one within
another by both names."""

_NO_OBJECT = {"model_type", "model_attributes_type"}
_SHAPELESS = {*_NO_OBJECT, "int_type", "int_from_float", "list_type", "too_short", "too_long"}
_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST_MESSAGE = 120
_ECHO = re.compile(r"^'.*' is ", re.DOTALL)
"""How `api.position` repeats a text it could not read."""


_RATE_NEEDED = {
    _CORRECT: "Check the number; leave the port out if it is not known.",
    "Write digits; leave it out if not known.": "Write digits; leave the port out if it is not known.",
}
"""What to do about the landing rate of a port in a plan, by what to do about other numbers."""


def field_errors(found: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """What the validator found, in order; the ``input`` it keeps is never looked at.

    Parameters
    ----------
    found : sequence of dict
        Of `pydantic.ValidationError.errors`.
    """
    # Persons are a number or an object and the validator reports both attempts; the one not meant says nothing.
    meant_object = not any(error["type"] in _NO_OBJECT for error in found if _is_attempt_at_persons(error))
    unmeant = {"int_type"} if meant_object else _NO_OBJECT
    wrong = [_field_error(error) for error in found if not (_is_attempt_at_persons(error) and error["type"] in unmeant)]
    return [_of_a_port_in_a_plan(error) for error in wrong]


def _of_a_port_in_a_plan(wrong: FieldError) -> FieldError:
    """The same, but that a port whose places are stated is refused without its rate."""
    if wrong.steps[:1] != ("ports",) or wrong.steps[-1] != "persons_per_hour":
        return wrong
    return wrong._replace(remedy=_RATE_NEEDED.get(wrong.remedy, wrong.remedy))


def _is_attempt_at_persons(error: Mapping[str, Any]) -> bool:
    """Whether an error is on the whole of ``persons``: its location then ends with the name of a union member."""
    return len(error["loc"]) >= 2 and error["loc"][-2] == "persons" and _is_union_member(error["loc"][-1])


def _is_union_member(step: Step) -> bool:
    """Whether a step of a location is the validator's name for one of several types, and no field of the body."""
    return isinstance(step, str) and (not _FIELD.fullmatch(step) or step == "int")


def _field_error(error: Mapping[str, Any]) -> FieldError:
    kind, steps = str(error["type"]), list(error["loc"])
    if "persons" in steps[:-1] and _is_union_member(steps[steps.index("persons") + 1]):
        del steps[steps.index("persons") + 1]
    context = error.get("ctx", {})
    if kind in _BOUNDS:
        name, template = _BOUNDS[kind]
        return FieldError(tuple(steps), "OUT_OF_RANGE", template.format(float(context[name])), _CORRECT)
    if kind == "value_error":
        # The model's validators say problem and remedy in one breath.
        wrong = context["error"]
        problem, _, remedy = _ECHO.sub("is ", str(wrong)).rstrip(".").replace("; ", ". ", 1).partition(". ")
        is_of_several = isinstance(wrong, WrongField)
        if is_of_several:
            steps.append(wrong.field)
        return FieldError(
            tuple(steps), "INVALID_VALUE", f"{problem}.", _sentence(remedy) if remedy else "Check it.", is_of_several
        )
    if kind in _TEXTS:
        code, problem, remedy = _TEXTS[kind]
        shape = _shape_of(steps) if kind in _SHAPELESS else None
        if shape is not None:
            problem, remedy = shape
        else:
            # Some texts have braces of their own.
            for name, value in context.items():
                problem, remedy = (text.replace(f"{{{name}}}", str(value)) for text in (problem, remedy))
        return FieldError(tuple(steps), code, problem, remedy)
    code = "WRONG_TYPE" if kind.endswith(("_type", "_parsing")) else "INVALID_VALUE"
    message = re.sub("^(?:Input|List|String) should", "should", str(error["msg"]).removeprefix("Value error, "))
    return FieldError(
        tuple(steps), code, f"{message[:_LONGEST_MESSAGE].rstrip('.')}.", "Correct it, or leave it out if not known."
    )


def _shape_of(steps: Sequence[Step]) -> tuple[str, str] | None:
    """Problem and remedy of a field that is written in a way of its own; None of any other."""
    within, last = ".".join(map(str, steps[-2:])), ".".join(map(str, steps[-1:]))
    return _SHAPES.get(within, _SHAPES.get(last))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
