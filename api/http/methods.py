"""Methods nobody writes a route for: HEAD and OPTIONS wherever there is GET, and ``Allow`` with all there are."""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api.http.problems import answer_problem

_USUAL = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")


async def answer_other_method(request: Request, exception: Exception) -> Response:
    """Answer for a path that is there and a method it does not have; OPTIONS is one that every path has (RFC 9110)."""
    allow = {"Allow": ", ".join(methods_of(request))}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=allow)
    answer = await answer_problem(request, exception)
    answer.headers.update(allow)
    return answer


def methods_of(request: Request) -> list[str]:
    """Every method the path of a request can be asked with."""
    path = request.scope["path"]
    routes = [route for route in iter_route_contexts(request.app.routes) if route.path_regex.match(path)]
    methods = {"OPTIONS"}.union(*(route.methods or () for route in routes))
    if "GET" in methods:
        methods.add("HEAD")
    return [name for name in _USUAL if name in methods]


async def answer_head(
    app: Callable[[Scope, Receive, Send], Awaitable[None]], scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer HEAD with what GET says above its body; an answer that would go on for ever ends there.

    Parameters
    ----------
    app : callable
        Answers GET.
    """
    has_begun, has_ended, has_request = asyncio.Event(), False, False

    async def receive_once() -> Message:
        nonlocal has_request
        if not has_request:
            message = await receive()
            has_request = not message.get("more_body", False)
            return message
        await has_begun.wait()
        return {"type": "http.disconnect"}

    async def send_head(message: Message) -> None:
        nonlocal has_ended
        if message["type"] == "http.response.start":
            await send(message)
        elif not has_ended:
            has_ended = True
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            has_begun.set()

    await app({**scope, "method": "GET"}, receive_once, send_head)
