"""Whether the process is up and whether it can answer; for supervisors."""

from typing import Annotated, Literal

from fastapi import Request
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from api.documents.decision import to_json
from api.http.async_store import AsyncStore
from api.http.dependencies import JsonText, PackIdentity, forecast_of, geodata_of
from api.http.json_router import JsonRouter
from api.http.openapi import json_answer, problems
from api.http.problems import Stopping
from api.http.request_log import ShutdownFlag
from api.http.startup import Startup

router = JsonRouter(prefix="", tags=["service"])


class Health(TypedDict):
    """The process answers."""

    status: Literal["up"]


class Readiness(TypedDict):
    """The pack is open and warm."""

    status: Literal["ready"]
    geodata: PackIdentity
    forecast_id: Annotated[str | None, Field(description="The forecast answered with; null without one.")]
    forecast_refused: Annotated[
        bool, Field(description="The forecast file found last could not be used; the log says why.")
    ]


@router.get("/healthz", summary="The process is up", response_class=JsonText, responses={200: json_answer(Health)})
async def read_health() -> Response:
    """Answer whenever the process can, ready or not."""
    return JsonText(to_json({"status": "up"}))


@router.get(
    "/readyz",
    summary="Decisions can be made",
    response_class=JsonText,
    responses={200: json_answer(Readiness), **problems(503)},
)
async def read_readiness(request: Request) -> Response:
    """Answer 200 once the pack is open and every compiled path has run once.

    Before that 503, saying why; and 503 again when the service is about to stop, while it still answers everything,
    while the store's file is not where it was, and while the store's time is far ahead of the clock.
    """
    startup: Startup = request.app.state.startup
    leaving: ShutdownFlag = request.app.state.leaving
    if leaving.has_begun:
        raise Stopping("The service stops; others should be asked.")
    service = startup.service()
    async_store: AsyncStore = request.app.state.async_store
    async_store.refuse_trouble()
    return JsonText(
        to_json(
            {
                "status": "ready",
                "geodata": geodata_of(service),
                "forecast_id": forecast_of(service).get("id"),
                "forecast_refused": startup.forecast_refused,
            }
        )
    )
