"""Figures for Prometheus."""

from contextlib import suppress
from typing import Annotated

from fastapi import Request
from prometheus_client.exposition import choose_encoder
from starlette.responses import Response

from api.http.auth import Caller, requires
from api.http.dependencies import forecast_of
from api.http.json_router import JsonRouter
from api.http.metrics import Metrics
from api.http.problems import Starting
from api.http.startup import Startup
from api.security.roles import Permission
from engine.errors import PackError

router = JsonRouter(prefix="", tags=["service"])


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"description": "Prometheus text or OpenMetrics.", "content": {"text/plain": {}}}},
)
async def read_metrics(
    request: Request,
    caller: Annotated[Caller, requires(Permission.READ_METRICS)],  # noqa: ARG001 - asked for, so that it is checked
) -> Response:
    """Requests, decisions, queues, the store, the forecast, listeners and readiness; no label tells of a request."""
    metrics: Metrics = request.app.state.metrics
    startup: Startup = request.app.state.startup
    with suppress(Starting, PackError):
        metrics.forecast_in_use(str(forecast_of(startup.service()).get("id", "")))
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(metrics.registry), media_type=media_type)
