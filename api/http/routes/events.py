"""Server-sent events: everything that changes, as it changes."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Annotated

import anyio
from fastapi import Depends, Query, Request
from pydantic import Field
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from api.http.auth import Authenticator, Caller, requires
from api.http.authorization import visible_event
from api.http.dependencies import required_store_of
from api.http.event_stream import Broadcast, of_kinds
from api.http.json_router import JsonRouter
from api.http.openapi import problems
from api.security.roles import Permission
from api.settings import Settings
from engine.errors import InvalidAsk

router = JsonRouter(tags=["events"])

LAST_EVENT_ID = "Last-Event-ID"

_GRACE_S = 1.0
"""How long a stream may take to end when the service stops, before it is cut. [s]"""

_KINDS = re.compile(r"[a-z_]{1,40}(\.[a-z_]{1,40})?(,[a-z_]{1,40}(\.[a-z_]{1,40})?){0,30}")
_NUMBER = re.compile(r"[0-9]{1,18}")

_EXAMPLE = (
    'id: 12\nevent: port.status\ndata: {"at":"2026-11-22T14:30:00.000Z","body":{},"kind":"port.status","sequence":12,'
    '"subject":"dover"}\n\n'
)


@router.get(
    "/events",
    summary="Everything that changes, as it changes",
    response_class=Response,
    dependencies=[Depends(required_store_of)],
    openapi_extra={
        "parameters": [
            {
                "name": LAST_EVENT_ID, "in": "header", "required": False, "schema": {"type": "integer", "minimum": 0},
                "description": "Number of the last event seen; those after it are sent first.",
            }
        ]
    },
    responses={
        200: {
            "description": "Server-sent events; `data` is JSON with at, kind, sequence, subject, body. A block with an "
            "`id` and no data follows what was resumed: everything up to that number has been sent.",
            "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
        },
        **problems(403, 422, 503),
    },
)  # fmt: skip
async def follow_events(
    request: Request,
    caller: Annotated[Caller, requires(Permission.FOLLOW_EVENTS)],
    after: Annotated[
        int | None, Query(ge=0, le=1 << 62, description="The same as Last-Event-ID, which counts before it.")
    ] = None,
    kinds: Annotated[
        Annotated[str, Field(max_length=1_000)] | None,
        Query(
            description="Only these, separated by commas: port.status, or port for all of its kinds.",
            examples=["port,reservation.held"],
        ),
    ] = None,
) -> Response:
    """What the store records, by any process on it, and forecasts taken over by this one. Comments are heartbeats.

    Who is too slow is dropped, told so by a comment, and comes back with the number of the last event seen. A stream
    ends with the key or token it was opened with.
    """
    if kinds is not None and not _KINDS.fullmatch(kinds):
        raise InvalidAsk("kinds", "is not a list of kinds.", "Write for instance port,reservation.held.")
    last = request.headers.get(LAST_EVENT_ID)
    if last is not None and not _NUMBER.fullmatch(last):
        raise InvalidAsk(LAST_EVENT_ID, "is not the number of an event.", "Leave it out for events to come.")
    broadcast: Broadcast = request.app.state.broadcast
    settings: Settings = request.app.state.settings
    # Refused now, while there can still be a status for it.
    broadcast.refuse_crowd()
    broadcast.position()
    is_of_kinds = of_kinds(frozenset((kinds or "").split(",")) - {""})
    authenticator: Authenticator = request.app.state.authenticator
    ending = anyio.Event()
    told = broadcast.follow(
        after if last is None else int(last),
        lambda event: visible_event(caller, event) if is_of_kinds(event) else None,
        ending,
    )
    stream = EventSourceResponse(
        while_admitted(
            told,
            lambda: authenticator.still_admits(request, Permission.FOLLOW_EVENTS),
            settings.heartbeat_s,
            ending,
            lambda: authenticator.key_changed,
        ),
        shutdown_event=ending,
        shutdown_grace_period=_GRACE_S,
        ping=settings.heartbeat_s,
        ping_message_factory=lambda: ServerSentEvent(comment="still here"),
    )
    # A stream that ends takes its connection with it, so that nobody waits on it for more.
    stream.headers["Connection"] = "close"
    return stream


async def while_admitted(
    told: AsyncGenerator[bytes, None], still_admits: Callable[[], Awaitable[bool]], every_s: float,
    ending: anyio.Event, key_changed: Callable[[], asyncio.Event] = asyncio.Event,
) -> AsyncGenerator[bytes, None]:  # fmt: skip
    """What is told, until whoever listens may listen no more: looked at every so often, and when a key was changed."""

    async def watch() -> None:
        changed = key_changed()
        while await still_admits():
            with suppress(TimeoutError):
                async with asyncio.timeout(every_s):
                    await changed.wait()
            changed = key_changed()
        ending.set()

    watching = asyncio.create_task(watch())
    try:
        async with aclosing(told):
            async for chunk in told:
                yield chunk
    finally:
        watching.cancel()
