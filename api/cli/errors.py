"""Every refusal as one line: ``field: problem remedy``, the field as it was typed."""

import re
from typing import TYPE_CHECKING, Any

from engine.errors import InvalidAsk, PackError, PositionRefused, SafeportError, UnknownName

if TYPE_CHECKING:
    from pydantic import ValidationError

_BOUNDS = {
    "greater_than": ("gt", "is not above {:g}."),
    "greater_than_equal": ("ge", "is below {:g}."),
    "less_than": ("lt", "is not below {:g}."),
    "less_than_equal": ("le", "is above {:g}."),
}
"""Pydantic's error types for a number out of range: where it keeps the limit, and what is said."""


def refusal_line(error: SafeportError, fields: dict[str, str]) -> str:
    """One line for standard error.

    Parameters
    ----------
    error : SafeportError
    fields : dict of str
        Option, as typed, for each dotted field name; the longest name that fits is taken and the rest is kept.
    """
    if isinstance(error, PackError):
        return f"{error.field}: {error.problem} {error.remedy}"
    return f"{as_typed(error.field, fields)}: {error.problem} {error.remedy}"


def as_typed(field: str, fields: dict[str, str]) -> str:
    """Option that a dotted field name was given by: ``policy.limits`` becomes ``--policy limits``."""
    parts = field.split(".")
    for count in range(len(parts), 0, -1):
        option = fields.get(".".join(parts[:count]))
        if option is not None:
            return " ".join([option, ".".join(parts[count:])]).strip()
    return field


def refused_by_model(error: "ValidationError", fields: dict[str, str] | None = None) -> InvalidAsk:
    """The first thing the encounter's model objects to.

    Parameters
    ----------
    error : ValidationError
    fields : dict of str, optional
        Option, as typed, for each field: where the model speaks of several fields, it is made to speak of options.
    """
    first: Any = error.errors(include_url=False, include_input=False)[0]
    # A union puts the name of the branch into the location.
    names = [str(part) for part in first["loc"] if str(part).isidentifier()]
    problem, remedy = _said(first["type"], first.get("ctx", {}), first["msg"])
    if not names:
        # Said of the whole encounter: the sentence begins with the field.
        field, _, problem = problem.partition(" ")
        names = [field]
        problem, remedy = (_with_options(text, fields or {}) for text in (problem, remedy))
    return InvalidAsk(".".join(names), problem, remedy)


def _with_options(text: str, fields: dict[str, str]) -> str:
    return re.sub(r"[a-z_]+", lambda found: fields.get(found[0], found[0]), text)


def problem_text(error: SafeportError, fields: dict[str, str], exit_code: int) -> str:
    """A refusal as a problem document (RFC 9457), as the HTTP service would answer it, with the option that was typed.

    Parameters
    ----------
    error : SafeportError
    fields : dict of str
        As of `refusal_line`.
    exit_code : int
    """
    from api.documents.decision import to_json
    from api.http.problems import error_of, kind_of, problem_document

    option = as_typed(error.field, fields)
    by_option = {typed: field for field, typed in fields.items()}
    kind = kind_of(error)
    code = "UNKNOWN_NAME" if isinstance(error, UnknownName) else "INVALID_VALUE"
    if isinstance(error, PositionRefused):
        code = error.code.name
        kind = kind._replace(code=code)
    # What is no field of a request, such as an option nobody has, is of the whole of it.
    field = error.field if error.field in fields else by_option.get(error.field, "")
    entry = {**error_of(field, code, f"{error.problem} {error.remedy}"), "option": option}
    document = problem_document(kind, refusal_line(error, fields), [])
    return to_json({**document, "errors": [] if isinstance(error, PackError) else [entry], "exit_code": exit_code})


def failure_text(error: Exception, line: str, exit_code: int) -> str:
    """What nobody foresaw as a problem document."""
    from api.documents.decision import to_json
    from api.http.problems import kind_of, problem_document

    return to_json(problem_document(kind_of(error), line, []) | {"exit_code": exit_code})


def _said(kind: str, context: dict[str, Any], message: str) -> tuple[str, str]:
    if kind in _BOUNDS:
        name, template = _BOUNDS[kind]
        return template.format(float(context[name])), "Check the number; leave it out if not known."
    if kind == "finite_number":
        return "is not a finite number.", "Write digits; leave it out if not known."
    if kind == "literal_error":
        return "is not one of its values.", f"Write {context['expected']}."
    if kind == "string_too_long":
        return f"has more than {context['max_length']} characters.", "Check it."
    if kind == "value_error":
        # The model's validators say problem and remedy in one breath.
        problem, _, remedy = str(context["error"]).rstrip(".").replace("; ", ". ", 1).partition(". ")
        return f"{problem}.", f"{remedy[:1].upper()}{remedy[1:]}." if remedy else "Check it."
    return f"{message[:120]}.", "Check it."
