"""Tidal streams."""

import time
from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from api.documents.decision import to_json
from api.http.auth import requires
from api.http.dependencies import CurrentService, JsonText, Work
from api.http.json_router import JsonRouter
from api.http.query import instant_in, position_in
from api.http.schemas.decision_examples import STREAM
from api.position import MAX_POSITION_CHARS
from api.security.roles import Permission
from api.stream import DEFAULT_HOURS, StreamDocument, stream_document

router = JsonRouter(tags=["streams"])


@router.read(
    "/streams",
    summary="Tidal stream at a position",
    dependencies=[requires(Permission.READ_GEODATA)],
    answer=StreamDocument,
    example=STREAM,
)
async def read_stream(
    near: Annotated[
        Annotated[str, Field(min_length=1, max_length=MAX_POSITION_CHARS)],
        Query(alias="position", description="Latitude first.", examples=["51 00.0N 001 27.0E"]),
    ],
    service: CurrentService,
    worker_pool: Work,
    start: Annotated[
        Annotated[str, Field(min_length=1, max_length=MAX_POSITION_CHARS)] | None,
        Query(alias="from", description="RFC 3339 with a zone; now if left out.", examples=["2026-11-22T14:30:00Z"]),
    ] = None,
    hours: Annotated[int, Query(description="How long: 1 to 744. [h]")] = DEFAULT_HOURS,
) -> Response:
    """Rate and direction every half hour; `STREAM_UNKNOWN` where neither a forecast nor the atlas says."""
    position = position_in("position", near)
    from_s = time.time() // 60.0 * 60.0 if start is None else instant_in("from", start)
    # In a thread: a month not asked for before takes a second.
    return JsonText(to_json(await worker_pool.run(lambda: stream_document(service, position, from_s, hours))))
