"""Every refusal as one line: ``field: problem remedy``, the field as it was typed."""

import re
from typing import TYPE_CHECKING

from api.replay.ingest.problem_list import SeveralRefused
from api.text.refusals import refusal_sentence
from engine.errors import InvalidAsk, PackError, PositionRefused, SafeportError

if TYPE_CHECKING:
    from pydantic import ValidationError

    from api.field_errors import FieldError


NOT_IN_A_BODY = frozenset({"avoid", "input", "overlay"})
"""Fields that only the command line has: files a service is started with, or has other ways for."""
_IN_A_LIST = re.compile(r"[a-z_]+\.[0-9]+(?:\..*)?")
"""A field of an entry of a body's list, as ``encounters.0.persons``."""

INSTANCE = "urn:safeport:command-line"
"""Where a problem arose that no request had, as the description of the service wants it said."""


class FieldRefused(InvalidAsk):
    """A field that the encounter's model objects to; `code` is that of a problem document."""

    def __init__(self, wrong: "FieldError", problem: str, remedy: str) -> None:
        super().__init__(wrong.field, problem, remedy)
        self.code = wrong.code


def refusal_line(error: SafeportError, fields: dict[str, str], language: str = "en") -> str:
    """One line for standard error.

    Parameters
    ----------
    error : SafeportError
    fields : dict of str
        Option, as typed, for each dotted field name; the longest name that fits is taken and the rest is kept.
    language : str
        ``fr`` for French, as far as there is French for it; else English.
    """
    field = error.field if isinstance(error, PackError) else as_typed(error.field, fields)
    error = _told_in(error, language)
    return refusal_sentence(field, error.problem, error.remedy, language)


def _told_in(error: SafeportError, language: str) -> SafeportError:
    """A refusal as it is to be looked up: one that lists several is put together of theirs."""
    return error.told_in(language) if isinstance(error, SeveralRefused) else error


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
    from api.field_errors import field_errors

    wrong = field_errors(error.errors(include_url=False, include_input=False))[0]
    if fields is None:
        return InvalidAsk(wrong.field, wrong.problem, wrong.remedy)
    if not wrong.names_others:
        return FieldRefused(wrong, wrong.problem, wrong.remedy)
    problem, remedy = (_with_options(text, fields) for text in (wrong.problem, wrong.remedy))
    return FieldRefused(wrong, problem, remedy)


def _with_options(text: str, fields: dict[str, str]) -> str:
    return re.sub(r"[a-z_]+", lambda found: fields.get(found[0], found[0]), text)


def problem_text(error: SafeportError, fields: dict[str, str], exit_code: int, language: str = "en") -> str:
    """A refusal as a problem document (RFC 9457), as the HTTP service would answer it, with the option that was typed.

    Parameters
    ----------
    error : SafeportError
    fields : dict of str
        As of `refusal_line`.
    exit_code : int
    language : str
        As of `refusal_line`.
    """
    from api.documents.decision import to_json
    from api.http.problems import entry_of, kind_of, problem_document

    option = as_typed(error.field, fields)
    by_option = {typed: field for field, typed in reversed(fields.items())}
    kind = kind_of(error)
    # What is no field of a request, such as an option nobody has, is of the whole of it.
    is_field = option != error.field or _IN_A_LIST.fullmatch(error.field)
    field = error.field if is_field else by_option.get(error.field, "")
    if field.partition(".")[0] in NOT_IN_A_BODY:
        field = ""
    entry = {**entry_of(_told_in(error, language), field, language), "option": option}
    if isinstance(error, PositionRefused):
        kind = kind._replace(code=error.code.name)
    document = problem_document(kind, refusal_line(error, fields, language), [], language)
    return to_json({
        **document, "instance": INSTANCE, "errors": [] if isinstance(error, PackError) else [entry],
        "exit_code": exit_code,
    })  # fmt: skip


def failure_text(error: Exception, line: str, exit_code: int) -> str:
    """What nobody foresaw as a problem document."""
    from api.documents.decision import to_json
    from api.http.problems import kind_of, problem_document

    return to_json(problem_document(kind_of(error), line, []) | {"instance": INSTANCE, "exit_code": exit_code})
