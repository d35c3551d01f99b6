"""Reading a request without surprises: what two parsers could read differently, or nobody reads, is refused."""

import json
from collections.abc import Callable, Coroutine
from email.message import Message
from typing import Any, NoReturn

from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from api.http.arguments import Call
from api.http.auth import RequiredPermission, permissions_of
from api.http.methods import answer_head
from api.http.problems import MalformedJson, UnsupportedMedia, is_field_name
from engine.errors import InvalidAsk

JSON = "application/json"
_WRITE_JSON = "Send one JSON object in UTF-8."


def parse_json(data: bytes) -> Any:
    """Value of a JSON text.

    Parameters
    ----------
    data : bytes
        UTF-8 without a byte order mark.

    Raises
    ------
    MalformedJson
        Not UTF-8 or not JSON (RFC 8259: no NaN or Infinity), a key twice in one object, a number too long or
        nesting too deep to read.
    """
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_object)
    except json.JSONDecodeError as wrong:
        raise MalformedJson(f"At line {wrong.lineno}, column {wrong.colno}. {_WRITE_JSON}") from None
    except UnicodeDecodeError:
        raise MalformedJson(f"It is not UTF-8. {_WRITE_JSON}") from None
    except RecursionError:
        raise MalformedJson(f"It is nested too deeply. {_WRITE_JSON}") from None
    except ValueError:
        # Python reads no whole number of more than 4,300 digits.
        raise MalformedJson("A number has too many digits. Give it as precisely as it is known.") from None


def _no_constant(_: str) -> NoReturn:
    raise MalformedJson("NaN and Infinity are not JSON. Leave out what is not known, or send null.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        # Whichever value was kept, the sender may have meant the other.
        names = [name for name, _ in pairs]
        last, twice = next((k, name) for k, name in enumerate(names) if name in names[:k])
        if is_field_name(twice):
            raise MalformedJson(f"An object has the key '{twice}' twice. Give it once.")
        # It may be of a person: where it stands is enough.
        raise MalformedJson(
            f"An object has one key twice, as number {names.index(twice) + 1} and {last + 1}. Give it once."
        )
    return members


class StrictJsonRoute(APIRoute):
    """A route that reads bodies with `parse_json`: only those declared as JSON, of callers who may send one.

    Query parameters it does not know are refused, and so are those given twice. Where there is GET there is HEAD.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether it answers a request."""
        match, child_scope = super().matches(scope)
        return (Match.FULL, child_scope) if match == Match.PARTIAL and self._is_head(scope) else (match, child_scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._is_head(scope):
            await answer_head(super().handle, scope, receive, send)
        else:
            await super().handle(scope, receive, send)

    def _is_head(self, scope: Scope) -> bool:
        return scope.get("method") == "HEAD" and "GET" in (self.methods or ())

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Handler of the route."""
        required: tuple[RequiredPermission, ...] = permissions_of(self.dependant)
        query_names = query_names_of(self.dependant)
        call = Call(self.dependant)

        async def handle_strictly(request: Request) -> Response:
            for permission in required:
                await permission(request)
            if request.scope["query_string"]:
                refuse_unknown_query(request, query_names)
                refuse_repeated_query(request)
            if self.body_field is None:
                return await call.answer(request)
            check_media_type(request)
            body = await request.body()
            if not body:
                raise MalformedJson(f"It is empty. {_WRITE_JSON}")
            return await call.answer(request, parse_json(body))

        return handle_strictly


def query_names_of(dependant: Dependant) -> frozenset[str]:
    """Query parameters of a route, its dependencies' included."""
    own = frozenset(str(field.alias) for field in dependant.query_params)
    return own.union(*map(query_names_of, dependant.dependencies))


def refuse_unknown_query(request: Request, known: frozenset[str]) -> None:
    """Refuse a query parameter the route does not have: a name misspelled would be a wish ignored.

    Raises
    ------
    RequestValidationError
    """
    unknown = sorted(request.query_params.keys() - known)
    if unknown:
        raise RequestValidationError(
            [{"type": "extra_forbidden", "loc": ("query", name), "msg": ""} for name in unknown]
        )


def refuse_repeated_query(request: Request) -> None:
    """Refuse a query parameter given twice: whichever was read, the other may have been meant.

    Raises
    ------
    InvalidAsk
    """
    names = [name for name, _ in request.query_params.multi_items()]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            raise InvalidAsk(name, "is given more than once.", "Give it once.")


def check_media_type(request: Request) -> None:
    """Refuse a body that is not plain JSON in UTF-8.

    Raises
    ------
    UnsupportedMedia
    """
    if media_type_of(request) != JSON:
        raise UnsupportedMedia("Send Content-Type: application/json, in UTF-8 and not compressed.")


def media_type_of(request: Request) -> str | None:
    """Declared type of a body; None when it is compressed or not in UTF-8."""
    content_type = request.headers.get("content-type", "")
    encoded = request.headers.get("content-encoding", "identity").lower()
    if content_type == JSON and encoded == "identity":
        # As nearly everybody writes it: to read the header in full takes longer than to read the body.
        return JSON
    declared = Message()
    declared["content-type"] = content_type
    charset = declared.get_content_charset("utf-8")
    return declared.get_content_type() if charset == "utf-8" and encoded == "identity" else None
