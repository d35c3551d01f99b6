"""What a request has to look like before anything is done for it: one ``Host``, and a body that comes in time."""

import asyncio

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.fair_queue import asking
from api.http.problems import BodyTooSlow, TwoHosts, answer_problem


class Framing:
    """ASGI middleware that refuses a request two programs could read differently, or that never ends.

    Parameters
    ----------
    app : ASGIApp
    body_s : float
        How long a body may take to come. [s]
    """

    def __init__(self, app: ASGIApp, body_s: float) -> None:
        self._app = app
        self._body_s = body_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if sum(name == b"host" for name, _ in scope["headers"]) > 1:
            # A proxy may go by the one and this program by the other.
            answer = await answer_problem(Request(scope), TwoHosts("Send one Host header."))
            await answer(scope, receive, send)
            return
        asking.set(asking_of(scope))
        loop = asyncio.get_running_loop()
        until_s = loop.time() + self._body_s
        is_whole = False

        async def receive_in_time() -> Message:
            nonlocal is_whole
            if is_whole:
                return await receive()
            try:
                async with asyncio.timeout_at(until_s):
                    message = await receive()
            except TimeoutError:
                raise BodyTooSlow(f"It has to come within {self._body_s:g} s.", {"Connection": "close"}) from None
            is_whole = message["type"] == "http.request" and not message.get("more_body", False)
            return message

        await self._app(scope, receive_in_time, send)


def asking_of(scope: Scope) -> tuple[str, str]:
    """Who asks, as far as the connection tells: address and program, and the connection itself."""
    host, port = scope.get("client") or ("", 0)
    program = next((value for name, value in scope["headers"] if name == b"user-agent"), b"")
    return f"{host} {program[:200].decode('latin-1')}", f"{host}:{port}"
