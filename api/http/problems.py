"""Errors as RFC 9457 problem documents, and the one table that says which exception is which.

Nothing that was sent is repeated back: a client knows what it sent, and an answer never grows with the request. Title
and details are in the language of the request; codes and pointers are in none.

References
----------
IETF RFC 9457, Problem Details for HTTP APIs. IETF RFC 6901, JSON Pointer.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from api.documents.decision import to_json
from api.exchanged import in_form
from api.field_errors import FieldError, field_errors
from api.http.languages import language_of
from api.store.errors import (
    BadExchange,
    ChangedMeanwhile,
    ClockJumped,
    HoldExpired,
    InvalidValue,
    KeyReused,
    NoPlaces,
    NotFound,
    RoleNeeded,
    SecretAlreadyShown,
    StaleReport,
    StoreBroken,
    StoreBusy,
    StoreError,
    StoreMoved,
    StoreUnavailable,
    WrongState,
)
from api.store.terminals import MessageGap, SignatureWrong, TerminalForked
from api.text.refusals import refusal_detail, refusal_sentence, translate_refusal
from engine.errors import InvalidAsk, PackError, PositionRefused, SafeportError, UnknownName

PROBLEM_JSON = "application/problem+json"
MOST_ERRORS = 20
MOST_BYTES = 8_192
_MOST_CHARS = 300
_FIELD_NAME = re.compile("[a-z][a-z_]{0,38}[0-9]?")
_UNAVAILABLE = 503
CLIENT_GONE = 499
"""Counted and logged for a client that went away in the middle of its request; never seen by anybody."""


class Refusal(HTTPException):
    """A request the service itself turns away.

    An `HTTPException`, because FastAPI makes a plain 400 of anything else that happens while it reads a body.
    """

    def __init__(self, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(kind_of(self).status, detail, headers)


class MalformedJson(Refusal):
    """The body is not one JSON document without surprises."""


class UnsupportedMedia(Refusal):
    """The body is not declared as JSON."""


class BodyTooLarge(Refusal):
    """The body is larger than this service reads."""


class TwoHosts(Refusal):
    """The request names the service twice: whoever passed it on may go by the other name."""


class BodyTooSlow(Refusal):
    """The body has not come in the time there is for it."""


class CrossSite(Refusal):
    """A page of another site asks, through a browser on this machine."""


class NoSuchPort(Refusal):
    """A port is named that does not exist: by the path, or by a field of the body.

    Parameters
    ----------
    field : str
        Dotted name; empty for the path.
    """

    def __init__(self, field: str = "") -> None:
        super().__init__("GET /v1/ports lists ids and UN/LOCODEs.")
        self.field = field


class Starting(Refusal):
    """The pack is still being opened."""


class Stopping(Refusal):
    """The service is about to stop."""


class Busy(Refusal):
    """Too many requests wait already."""


class PlanLost(Refusal):
    """The search of a plan came to an end without one."""


class NoStore(Refusal):
    """What was asked for is kept in a store, and this service was started without one."""


class DocumentGone(Refusal):
    """A document is kept no more, and what it was made with is no longer at hand."""


class NotTheSame(Refusal):
    """A document is kept no more, and made again of the same data it came out differently."""


class Unauthenticated(Refusal):
    """Nothing that was sent says who is calling."""


class Forbidden(Refusal):
    """Who is calling may not do this."""


class OnlyLocal(Refusal):
    """Nobody is asked who they are, so only this machine is answered."""


class TooOften(Refusal):
    """Who is calling has asked too often."""


class AccessUnknown(Refusal):
    """Who is calling cannot be found out now."""


class OwnerUnknown(Refusal):
    """Whose a record is cannot be found out now, so it is nobody's to use."""


class ProblemError(TypedDict):
    """One field that is wrong."""

    pointer: Annotated[str, Field(description="JSON pointer into the body, or / and the name of a query parameter.")]
    code: str
    detail: str


class PlacelessProblem(TypedDict):
    """Members of a problem document that do not depend on the interface."""

    type: str
    title: str
    status: int
    detail: str
    code: Annotated[str, Field(description="Stable; what a program should look at.")]
    errors: list[ProblemError]


class ProblemDocument(PlacelessProblem):
    """Problem document, RFC 9457."""

    instance: str


class Kind(NamedTuple):
    """What is answered for a sort of exception."""

    status: int
    code: str
    title: str


KINDS: dict[type[Exception] | int, Kind] = {
    PositionRefused: Kind(422, "POSITION_REFUSED", "The position cannot be answered for"),
    InvalidAsk: Kind(422, "INVALID_FIELDS", "A field is wrong"),
    RequestValidationError: Kind(422, "INVALID_FIELDS", "A field is wrong"),
    UnknownName: Kind(422, "UNKNOWN_NAME", "A name that nothing carries"),
    MalformedJson: Kind(400, "MALFORMED_JSON", "The body is not well-formed JSON"),
    UnsupportedMedia: Kind(415, "UNSUPPORTED_MEDIA_TYPE", "The body is not declared as JSON"),
    BodyTooLarge: Kind(413, "BODY_TOO_LARGE", "The body is too large"),
    TwoHosts: Kind(400, "BAD_REQUEST", "The request cannot be read"),
    BodyTooSlow: Kind(408, "BODY_TOO_SLOW", "The body did not come in time"),
    CrossSite: Kind(403, "CROSS_SITE", "A page of another site asks"),
    NoSuchPort: Kind(404, "UNKNOWN_PORT", "There is no such port"),
    Starting: Kind(503, "STARTING", "The service is starting"),
    Stopping: Kind(503, "STOPPING", "The service is stopping"),
    Busy: Kind(503, "BUSY", "The service is busy"),
    PlanLost: Kind(503, "PLAN_LOST", "The plan could not be finished"),
    PackError: Kind(503, "PACK_UNUSABLE", "The geodata pack cannot be used"),
    NoStore: Kind(503, "NO_STORE", "This service keeps no records"),
    DocumentGone: Kind(410, "DOCUMENT_GONE", "What it was made with is no longer at hand"),
    NotTheSame: Kind(500, "NOT_THE_SAME", "Made again, the decision is not the same"),
    InvalidValue: Kind(422, InvalidValue.code, "A value is wrong"),
    BadExchange: Kind(422, BadExchange.code, "The document cannot be read"),
    KeyReused: Kind(422, KeyReused.code, "The idempotency key was used for something else"),
    NotFound: Kind(404, NotFound.code, "There is no such record"),
    RoleNeeded: Kind(403, RoleNeeded.code, "This takes another role"),
    NoPlaces: Kind(409, NoPlaces.code, "There are too few places"),
    WrongState: Kind(409, WrongState.code, "The record is in another state"),
    HoldExpired: Kind(409, HoldExpired.code, "The hold has expired"),
    SecretAlreadyShown: Kind(409, SecretAlreadyShown.code, "The key was shown before"),
    SignatureWrong: Kind(403, SignatureWrong.code, "The signature is not that of the terminal"),
    MessageGap: Kind(409, MessageGap.code, "A message before this one is missing"),
    TerminalForked: Kind(409, TerminalForked.code, "Two terminals use one key"),
    StaleReport: Kind(409, StaleReport.code, "What is known is newer"),
    ChangedMeanwhile: Kind(412, ChangedMeanwhile.code, "Somebody else has changed it"),
    StoreBusy: Kind(503, StoreBusy.code, "The store is busy"),
    StoreUnavailable: Kind(503, StoreUnavailable.code, "The store cannot be reached"),
    StoreMoved: Kind(503, StoreMoved.code, "The store's file is not where it was"),
    ClockJumped: Kind(503, ClockJumped.code, "The store's time is ahead of the clock"),
    StoreBroken: Kind(503, StoreBroken.code, "The store can write no more"),
    StoreError: Kind(503, StoreError.code, "The store cannot be used"),
    Unauthenticated: Kind(401, "UNAUTHENTICATED", "It is not known who is calling"),
    Forbidden: Kind(403, "FORBIDDEN", "This key or token does not allow it"),
    OnlyLocal: Kind(403, "ONLY_LOCAL", "Access is off, and only this machine is answered"),
    TooOften: Kind(429, "TOO_OFTEN", "Too many requests"),
    AccessUnknown: Kind(503, "ACCESS_UNKNOWN", "Who is calling cannot be found out now"),
    OwnerUnknown: Kind(503, "OWNER_UNKNOWN", "Whose record it is cannot be found out now"),
    400: Kind(400, "BAD_REQUEST", "The request cannot be read"),
    404: Kind(404, "NOT_FOUND", "There is nothing here"),
    405: Kind(405, "METHOD_NOT_ALLOWED", "This method is not offered here"),
    Exception: Kind(500, "INTERNAL", "The service failed"),
}
"""By exception, nearest class first; by status for those the router raises by number."""


def kind_of(exception: Exception) -> Kind:
    """Row of the table for an exception."""
    nearest = next(ancestor for ancestor in type(exception).__mro__ if ancestor in KINDS)
    by_class = KINDS[nearest]
    return by_class if nearest is not Exception else KINDS.get(getattr(exception, "status_code", 500), by_class)


async def answer_problem(request: Request, exception: Exception) -> Response:
    """Turn an exception into its problem document; the handler of every exception there is."""
    kind, language = kind_of(exception), language_of(request)
    headers = getattr(exception, "headers", None)
    if isinstance(exception, PositionRefused):
        kind = kind._replace(code=exception.code.name)
        # A query has positions as people write them, a body has GeoJSON.
        exception = in_form(exception, "written" if request.method in ("GET", "HEAD") else "geojson")
        error = _error(_pointer(exception.field), kind.code, _detail(exception, language))
        return problem(request, kind, _sentence(exception, language), [error])
    if isinstance(exception, PackError):
        return problem(request, kind, _sentence(exception, language))
    if isinstance(exception, StoreError) and kind.status == _UNAVAILABLE:
        return problem(request, kind, _sentence(exception, language), headers={"Retry-After": "1"})
    if isinstance(exception, SafeportError):
        errors = [] if exception.field in _NO_FIELDS else [_field_error(exception, language)]
        return problem(request, kind, _sentence(exception, language), errors)
    if isinstance(exception, RequestValidationError):
        found = errors_of(exception.errors(), language)
        return problem(request, kind, translate_refusal(_count(len(found)), language), found)
    if isinstance(exception, NoSuchPort) and exception.field:
        told = SafeportError(exception.field, "names no port.", exception.detail)
        error = _error(_pointer(exception.field), kind.code, _detail(told, language))
        return problem(request, kind, _sentence(told, language), [error])
    if isinstance(exception, Refusal):
        return problem(request, kind, translate_refusal(exception.detail, language), headers=headers)
    return problem(request, kind, "", headers=headers)


async def answer_nobody(_: Request, __: Exception) -> Response:
    """Answer for a client that went away before its request was whole: nobody reads it, and nothing failed here."""
    return Response(status_code=CLIENT_GONE)


def problem(
    request: Request,
    kind: Kind,
    detail: str,
    errors: Sequence[ProblemError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with a problem document of at most `MOST_BYTES`; detail and errors are in the language asked for."""
    listed, language = list(errors[:MOST_ERRORS]), language_of(request)
    instance = quote(request.scope["path"][:_MOST_CHARS], errors="replace")
    document: ProblemDocument = {**problem_document(kind, detail, listed, language), "instance": instance}
    while len(body := to_json(document).encode()) > MOST_BYTES:
        listed.pop()
    always = {"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"}
    return Response(body, kind.status, {**always, **(headers or {})}, PROBLEM_JSON)


def problem_document(kind: Kind, detail: str, errors: list[ProblemError], language: str = "en") -> PlacelessProblem:
    """A problem document but for where it happened; the title is put into the language, the rest is in it already."""
    title = translate_refusal(kind.title, language)
    return {
        "type": f"urn:safeport:problem:{kind.code.lower().replace('_', '-')}",
        "title": title,
        "status": kind.status,
        "detail": detail[:_MOST_CHARS] or f"{title}.",
        "code": kind.code,
        "errors": errors,
    }


def entry_of(exception: SafeportError, field: str, language: str = "en") -> ProblemError:
    """Entry of ``errors`` for a dotted field that was typed, which may be repeated; the empty one is the whole."""
    pointer = _pointer(_in_body(exception, field)) if field else ""
    return _error(pointer, _code_of(exception), _detail(exception, language))


def _count(wrong: int) -> str:
    fields = "One field is wrong" if wrong == 1 else f"{wrong} fields are wrong"
    return f"{fields}; the first {MOST_ERRORS} are listed." if wrong > MOST_ERRORS else f"{fields}: see errors."


_NO_FIELDS = {"actor.role", "actor.duty", "actor.principal", "principal", "zones"}
"""What the store refuses and nothing in a request says: the caller, and the zones there are already."""

_WHERE = {"vessel": "vessel.profile"}
"""Fields of the request for the names that `UnknownName` uses."""
_ECHO = re.compile(r"^'.*' is ", re.DOTALL)
"""How `api.position` repeats a text it could not read."""


def _detail(exception: SafeportError, language: str) -> str:
    return refusal_detail(exception.problem, exception.remedy, language)


def _sentence(exception: SafeportError, language: str) -> str:
    return refusal_sentence(exception.field, _unrepeated(exception), exception.remedy, language)


def _unrepeated(exception: SafeportError) -> str:
    """What is wrong, without anything that was sent."""
    is_unknown = isinstance(exception, UnknownName)
    return "there is no such name." if is_unknown else _ECHO.sub("is ", exception.problem)


def _field_error(exception: SafeportError, language: str) -> ProblemError:
    told = SafeportError(exception.field, _unrepeated(exception), exception.remedy)
    return _error(_pointer(_in_body(exception, exception.field)), _code_of(exception), _detail(told, language))


def _code_of(exception: SafeportError) -> str:
    if isinstance(exception, UnknownName):
        return "UNKNOWN_NAME"
    if isinstance(exception, PositionRefused):
        return exception.code.name
    # Those of the store, and of a field that a model objects to, have one.
    return str(getattr(exception, "code", "INVALID_VALUE"))


def _in_body(exception: SafeportError, field: str) -> str:
    if not isinstance(exception, UnknownName):
        return field
    whole, _, last = field.rpartition(".")
    return ".".join(filter(None, (whole, _WHERE.get(last, last))))


def _pointer(field: str) -> str:
    return "/" + field.replace(".", "/")


def _error(pointer: str, code: str, detail: str) -> ProblemError:
    return {"pointer": pointer, "code": code, "detail": detail[:_MOST_CHARS]}


def errors_of(found: Sequence[Mapping[str, Any]], language: str = "en") -> list[ProblemError]:
    """Entries of ``errors`` for what the validator found in a request; its location begins with body or query."""
    sent = [{**error, "loc": error["loc"][1:]} for error in found]
    return [_entry(wrong, language) for wrong in field_errors(sent)]


def _entry(wrong: FieldError, language: str) -> ProblemError:
    """Entry of ``errors``; an unknown name that is none of a field stays with the sender: it is looked for one up."""
    steps, problem = wrong.steps, wrong.problem
    if wrong.code == "UNKNOWN_FIELD" and not is_field_name(str(steps[-1])):
        steps, problem = steps[:-1], "has a name that is not known."
    return _error(_pointer_to(steps), wrong.code, refusal_detail(problem, wrong.remedy, language))


def is_field_name(name: str) -> bool:
    """Whether a name that was sent may be repeated: one a field could have. Another may be of a person."""
    return _FIELD_NAME.fullmatch(name) is not None


def _pointer_to(steps: Sequence[str | int]) -> str:
    """RFC 6901 pointer to a field; none of their names has a character that is to be escaped."""
    return "".join(f"/{step}" for step in steps)
