"""The forecast answered with."""

import time

from fastapi import APIRouter, Request
from starlette.responses import Response
from typing_extensions import TypedDict

from api.access.roles import Permission
from api.document import dump
from api.documents.forecast import ForecastDocument, forecast_document
from api.http.callers import allowed
from api.http.doors import JsonText, OpenHouse
from api.http.examples import FORECAST
from api.http.openapi import problems
from api.http.opening import Opening
from api.http.strict_json import StrictJsonRoute

router = APIRouter(prefix="/v1", route_class=StrictJsonRoute)


class ForecastInUse(TypedDict):
    """What decisions are made with."""

    forecast: ForecastDocument | None
    refused: bool


@router.get(
    "/forecast",
    tags=["forecast"],
    summary="The forecast decisions are made with",
    response_class=JsonText,
    dependencies=[allowed(Permission.READ_GEODATA)],
    responses={
        200: {"model": ForecastInUse, "content": {"application/json": {"example": FORECAST}}},
        **problems(422, 503),
    },
)
async def read_forecast(request: Request, house: OpenHouse) -> Response:
    """Whose it is and how old, where and when each part of it is known, and what it lacks.

    `forecast` is null without one: times are then for calm water. `refused` says that the file found last could not be
    used, and why is in the log; the one before it stays.
    """
    opening: Opening = request.app.state.opening
    found = None if house.cube is None else forecast_document(house.cube, time.time())
    return JsonText(dump({"forecast": found, "refused": opening.forecast_refused}))
