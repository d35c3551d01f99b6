"""The forecast answered with."""

import time

from fastapi import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from api.documents.decision import to_json
from api.documents.forecast import ForecastDocument, forecast_document
from api.http.auth import requires
from api.http.dependencies import CurrentService, JsonText
from api.http.json_router import JsonRouter
from api.http.schemas.decision_examples import FORECAST
from api.http.startup import Startup
from api.security.roles import Permission

router = JsonRouter()


class ForecastInUse(TypedDict):
    """What decisions are made with."""

    forecast: ForecastDocument | None
    refused: bool


@router.read(
    "/forecast",
    tags=["forecast"],
    summary="The forecast decisions are made with",
    dependencies=[requires(Permission.READ_GEODATA)],
    answer=ForecastInUse,
    example=FORECAST,
)
async def read_forecast(request: Request, service: CurrentService) -> Response:
    """Whose it is and how old, where and when each part of it is known, and what it lacks.

    `forecast` is null without one: times are then for calm water. `refused` says that the file found last could not be
    used, and why is in the log; the one before it stays.
    """
    startup: Startup = request.app.state.startup
    found = None if service.cube is None else forecast_document(service.cube, time.time())
    return JsonText(to_json({"forecast": found, "refused": startup.forecast_refused}))
