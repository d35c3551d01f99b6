"""Answers that change rarely: sent once, and after that only when they have changed (RFC 9110, 13.1.2)."""

import hashlib
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

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
