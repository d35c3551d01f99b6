"""Figures for Prometheus."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Request
from prometheus_client.exposition import choose_encoder
from starlette.responses import Response

from api.access.roles import Permission
from api.http.callers import Caller, allowed
from api.http.doors import forecast_of
from api.http.meters import Meters
from api.http.opening import Opening
from api.http.problems import Starting
from api.http.strict_json import StrictJsonRoute
from engine.errors import PackError

router = APIRouter(route_class=StrictJsonRoute, tags=["service"])


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"description": "Prometheus text or OpenMetrics.", "content": {"text/plain": {}}}},
)
async def read_metrics(
    request: Request,
    caller: Annotated[Caller, allowed(Permission.READ_METRICS)],  # noqa: ARG001 - asked for, so that it is checked
) -> Response:
    """Requests, decisions, queues, the store, the forecast, listeners and readiness; no label tells of a request."""
    meters: Meters = request.app.state.meters
    opening: Opening = request.app.state.opening
    with suppress(Starting, PackError):
        meters.forecast_in_use(str(forecast_of(opening.house()).get("id", "")))
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(meters.registry), media_type=media_type)
