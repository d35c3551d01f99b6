"""What is seen of every request: one line in the log and some counts.

The line has the template of the route, never the path; no query, no body, no header but the request id.
"""

import logging
from time import perf_counter

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.metrics import UNMATCHED, Metrics

_log = logging.getLogger("safeport.requests")

_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked for every few seconds by machines: in the log only at its lowest level, unless they fail. That a service is not
ready is no failure of the probe, and why it is not has a line of its own."""


_NOT_READY = 503


class ShutdownFlag:
    """Whether the service is about to stop."""

    def __init__(self) -> None:
        self.has_begun = False


class RequestLog:
    """ASGI middleware; it has to stand outside all others but the one that gives requests their ids.

    Parameters
    ----------
    app : ASGIApp
    metrics : Metrics
    leaving : ShutdownFlag
        Once it has begun, each answer closes its connection, so that none is cut when the service stops.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, leaving: ShutdownFlag) -> None:
        self._app = app
        self._metrics = metrics
        self._leaving = leaving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Watch one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = perf_counter()
        _log.debug("taken up", extra={"request_id": scope.get("state", {}).get("request_id")})
        status, streams, took_s = 500, False, 0.0
        self._metrics.in_flight.inc()

        async def send_watched(message: Message) -> None:
            nonlocal status, streams, took_s
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                if self._leaving.has_begun:
                    headers["Connection"] = "close"
                if headers.get("content-type", "").startswith("text/event-stream"):
                    streams, took_s = True, perf_counter() - begun
                    self._metrics.in_flight.dec()
            await send(message)

        try:
            await self._app(scope, receive, send_watched)
        finally:
            if not streams:
                self._metrics.in_flight.dec()
                took_s = perf_counter() - begun
            self._tell(scope, status, took_s)

    def _tell(self, scope: Scope, status: int, took_s: float) -> None:
        route, method, state = template_of(scope), scope["method"], scope.get("state", {})
        self._metrics.count_answer(method, route, status, took_s)
        level = logging.DEBUG if route in _PROBES and (status < 400 or status == _NOT_READY) else logging.INFO
        _log.log(
            level, "request",
            extra={
                "method": method if method.isalpha() and len(method) <= 10 else "OTHER",
                "route": route, "status": status, "took_ms": round(took_s * 1000.0, 1),
                "request_id": state.get("request_id"), "principal_kind": state.get("principal_kind", "none"),
            },
        )  # fmt: skip


def template_of(scope: Scope) -> str:
    """Path of the route that answered, with the names of its parameters; never the path that was asked for."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else UNMATCHED
