"""The application: routes, limits and error handling put together."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.decision_service import DecisionService
from api.forecast_pieces import CutOuts
from api.http import health, routes
from api.http.async_store import AsyncStore
from api.http.auth import Authenticator, assert_all_routes_protected
from api.http.background import run_background_tasks
from api.http.cors import cors_of
from api.http.dependencies import forecast_of
from api.http.description import Description
from api.http.event_stream import Broadcast
from api.http.framing import Framing
from api.http.json_router import add_routes
from api.http.load_limits import BodyLimit, SingleFlight, WorkerPool
from api.http.methods import answer_other_method
from api.http.metrics import Metrics
from api.http.openapi import TITLE, describe
from api.http.plan_pool import PlanPool
from api.http.problems import Starting, answer_nobody, answer_problem
from api.http.request_log import RequestLog, ShutdownFlag
from api.http.security_headers import SecurityHeaders, add_security_headers
from api.http.startup import Startup
from api.position import parse_time
from api.settings import Settings, read_settings
from api.store import port_deltas, zone_deltas
from api.store.deltas import Versions
from api.store.errors import StoreError
from api.store.store import Store
from engine import ENGINE_VERSION
from engine.errors import PackError, SafeportError
from geodata.pack import DEFAULT_PACK


def create_app(
    service: DecisionService | None = None,
    pack: Path = DEFAULT_PACK,
    settings: Settings | None = None,
    forecast: Path | None = None,
    store: Store | None = None,
) -> FastAPI:
    """Application that answers for a service.

    Parameters
    ----------
    service : DecisionService, optional
        Already open and warm; without it `pack` is opened in a thread once the application starts, and ``/healthz``
        answers meanwhile.
    pack : Path
        Folder of the pack.
    settings : ForecastSettings, optional
    forecast : Path, optional
        Forecast to answer with; taken over again whenever the file is replaced.
    store : Store, optional
        The control room's memory, open, with the keys of vessels and services; whoever opened it closes it after the
        application has stopped. Without it routes that need records answer 503.

    Raises
    ------
    InvalidAsk
        Access is on, and there is neither a store nor an issuer of tokens.
    RuntimeError
        A route asks for no permission.
    """
    limits = settings or read_settings()
    authenticator, metrics, leaving = Authenticator(limits, store), Metrics(), ShutdownFlag()
    startup = Startup(pack, service, forecast, limits.overlay)
    plan_pool = PlanPool(limits.planning)

    async_store = AsyncStore(store, limits.store_working, limits.store_waiting, metrics, limits.store_wait_s)
    broadcast = Broadcast(async_store, limits.events_every_s, limits.listeners, limits.listener_queue)

    def tell_of_forecast(opened: DecisionService) -> None:
        metrics.forecast_changed()
        broadcast.announce("forecast.changed", forecast_of(opened))

    startup.on_forecast = tell_of_forecast
    broadcast.on_key = authenticator.forget_key

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # Looked at again: somebody may have added a route to the application as it was made.
        assert_all_routes_protected(app)
        authenticator.begin()
        startup.begin()
        async with run_background_tasks(async_store, broadcast, limits, startup.service):
            yield
        plan_pool.close()
        await startup.aclose()
        await authenticator.aclose()

    # The usual pages for people fetch scripts from elsewhere; ours are in `routes/service.py`.
    app = FastAPI(
        title=TITLE, version=ENGINE_VERSION, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None,
        redirect_slashes=False,
        # A body that is answered too is one schema, not two.
        separate_input_output_schemas=False,
    )  # fmt: skip
    app.state.authenticator = authenticator
    app.state.startup = startup
    app.state.worker_pool = WorkerPool(limits.working, limits.waiting)
    app.state.metrics = metrics
    app.state.leaving = leaving
    app.state.plan_pool = plan_pool
    app.state.board = SingleFlight[str]()
    app.state.settings = limits
    app.state.async_store = async_store
    app.state.port_versions = Versions(port_deltas.version_of)
    app.state.zone_versions = Versions(zone_deltas.version_of)
    app.state.cutouts = CutOuts()
    app.state.broadcast = broadcast
    add_routes(app, *routes.ROUTERS, health.router)
    app.openapi = describe(app)  # type: ignore[method-assign]
    app.state.description = Description(app.openapi)
    for sort in (SafeportError, RequestValidationError, HTTPException):
        app.add_exception_handler(sort, answer_problem)
    app.add_exception_handler(405, answer_other_method)
    app.add_exception_handler(ClientDisconnect, answer_nobody)
    app.add_exception_handler(Exception, _answer_failure)
    # The last one added is the first to see a request.
    app.add_middleware(GZipMiddleware, minimum_size=limits.gzip_from_bytes, compresslevel=limits.gzip_level)
    larger = {"/v1/edxl-have": limits.exchange_bytes, "/v1/plans": limits.plan_body_bytes}
    app.add_middleware(BodyLimit, most_bytes=limits.body_bytes, larger=larger)
    app.add_middleware(Framing, body_s=limits.body_s)
    app.add_middleware(RequestLog, metrics=metrics, leaving=leaving)
    if limits.cors_origins:
        app.add_middleware(CORSMiddleware, **cors_of(limits))
    app.add_middleware(SecurityHeaders)
    assert_all_routes_protected(app)
    watch_all(app)
    return app


def watch_all(app: FastAPI) -> None:
    """Gauges of what the parts of an application say of themselves."""
    state = app.state
    metrics: Metrics = state.metrics
    metrics.watch("work_running", "Decisions and distances being worked on.", lambda: state.worker_pool.working)
    metrics.watch(
        "work_waiting", "Decisions and distances that wait for their turn.", lambda: state.worker_pool.waiting
    )
    metrics.watch("store_running", "Reads and writes under way.", lambda: state.async_store.worker_pool.working)
    metrics.watch("store_waiting", "Reads and writes that wait.", lambda: state.async_store.worker_pool.waiting)
    metrics.watch(
        "store_ahead_seconds", "How far the store's time is ahead of this clock; above 120 a clock was wrong.",
        lambda: state.async_store.ahead_s,
    )  # fmt: skip
    metrics.watch("plans_under_way", "Joint plans being made.", lambda: state.plan_pool.under_way)
    metrics.watch("event_listeners", "Event streams that are open.", lambda: state.broadcast.listeners)
    metrics.watch("ready", "1 when decisions can be made, 0 while starting or stopping.", lambda: is_ready(app))
    metrics.watch(
        "forecast_age_seconds", "Since the run of the forecast in use; NaN without one, or where it does not say.",
        lambda: age_of(app),
    )  # fmt: skip
    metrics.watch(
        "forecast_refused", "1 while the forecast file found last could not be used.",
        lambda: state.startup.forecast_refused,
    )  # fmt: skip


def is_ready(app: FastAPI) -> bool:
    """Whether an application answers decisions and means to go on doing so, and its store keeps what is done."""
    if app.state.leaving.has_begun:
        return False
    try:
        app.state.startup.service()
        app.state.async_store.refuse_trouble()
    except (Starting, PackError, StoreError):
        return False
    return True


def age_of(app: FastAPI) -> float:
    """Age of the forecast's run; fails without one. [s]"""
    return time.time() - parse_time(str(forecast_of(app.state.startup.service())["run_at"]))


async def _answer_failure(request: Request, exception: Exception) -> Response:
    """Answer for a defect. Starlette sends this from outside all middleware, so it is stamped here."""
    answer = await answer_problem(request, exception)
    add_security_headers(answer.headers, request.state.request_id)
    return answer
