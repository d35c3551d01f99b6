"""Requests with a condition (RFC 9110, 13.1): an answer only if it is another, a change only to what was read."""

import hashlib
import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Header
from starlette.requests import Request
from starlette.responses import Response

from engine.errors import InvalidAsk

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "What the client has, by its If-None-Match, is what there is."}
}
"""``responses`` of a route that answers by `unless_known`."""


def unless_known(request: Request, version: str, answer: Callable[[], Response]) -> Response:
    """Answer that is made only for a client that does not have it.

    Parameters
    ----------
    request : Request
    version : str
        Of what is answered: equal versions under one URL are equal answers.
    answer : callable
        Makes the whole answer.
    """
    # Weak, because the compressed answer has the same tag and other bytes.
    tag = f'"{hashlib.sha256(version.encode()).hexdigest()[:32]}"'
    headers = {"ETag": f"W/{tag}", "Cache-Control": "no-cache"}
    known = [given.strip().removeprefix("W/") for given in request.headers.get("if-none-match", "").split(",")]
    if tag in known or known == ["*"]:
        return Response(status_code=304, headers=headers)
    response = answer()
    response.headers.update(headers)
    return response


IfMatch = Annotated[
    str | None,
    Header(max_length=40, description="ETag of what is changed as it was read; 412 where it has been changed since."),
]
_VERSION_TAG = re.compile(r'(?:W/)?"([0-9]{1,18})"')


def version_tag(version: int) -> dict[str, str]:
    """Header of an answer for `IfMatch` of a change."""
    return {"ETag": f'"{version}"'}


def expected_version(if_match: str | None) -> int | None:
    """The version a change was made for; None for any.

    Raises
    ------
    InvalidAsk
    """
    if if_match is None or if_match.strip() == "*":
        return None
    found = _VERSION_TAG.fullmatch(if_match.strip())
    if found is None:
        raise InvalidAsk("If-Match", "is not an ETag of this service.", 'Send it as it was answered, such as "31".')
    return int(found[1])


def refuse_unread_condition(request: Request) -> None:
    """Refuse `If-Match` where a change does not look at it: it would be made whatever has changed.

    Raises
    ------
    InvalidAsk
    """
    read = {parameter.name for parameter in request.scope["route"].dependant.header_params}
    if "if-match" in request.headers and "if_match" not in read:
        raise InvalidAsk("If-Match", "is not taken here.", "Send it without.")
