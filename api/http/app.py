"""The application: routes, limits and error handling put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response

from api.house import House
from api.http import probes, routes
from api.http.broadcast import Broadcast
from api.http.chores import chores
from api.http.doors import forecast_of
from api.http.headers import AnswerHeaders, stamp
from api.http.limits import BodyLimit, OnceFor, Workshop
from api.http.memory import Memory
from api.http.openapi import TITLE, describe
from api.http.opening import Opening
from api.http.planner import Planner
from api.http.problems import answer_problem
from api.http.settings import Settings
from api.store.store import Store
from engine import ENGINE_VERSION
from engine.errors import SafeportError
from geodata.pack import DEFAULT_PACK


def create_app(
    house: House | None = None,
    pack: Path = DEFAULT_PACK,
    settings: Settings | None = None,
    forecast: Path | None = None,
    store: Store | None = None,
) -> FastAPI:
    """Application that answers for a house.

    Parameters
    ----------
    house : House, optional
        Already open and warm; without it `pack` is opened in a thread once the application starts, and ``/healthz``
        answers meanwhile.
    pack : Path
        Folder of the pack.
    settings : Settings, optional
    forecast : Path, optional
        Forecast to answer with; taken over again whenever the file is replaced.
    store : Store, optional
        The control room's memory, open; whoever opened it closes it after the application has stopped. Without it
        routes that need records answer 503.
    """
    limits = settings or Settings()
    opening = Opening(pack, house, forecast)
    planner = Planner(limits.planning)

    memory = Memory(store, limits.store_working, limits.store_waiting)
    broadcast = Broadcast(memory, limits.events_every_s, limits.listeners, limits.listener_queue)
    opening.on_forecast = lambda opened: broadcast.announce("forecast.changed", forecast_of(opened))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        opening.begin()
        async with chores(memory, broadcast, limits):
            yield
        planner.close()
        await opening.settled()

    # No pages for people: the usual ones fetch scripts from elsewhere.
    app = FastAPI(
        title=TITLE, version=ENGINE_VERSION, lifespan=lifespan, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    app.state.opening = opening
    app.state.workshop = Workshop(limits.working, limits.waiting)
    app.state.planner = planner
    app.state.board = OnceFor[str]()
    app.state.settings = limits
    app.state.memory = memory
    app.state.broadcast = broadcast
    for router in routes.ROUTERS:
        app.include_router(router)
    app.include_router(probes.router)
    app.openapi = describe(app)  # type: ignore[method-assign]
    for sort in (SafeportError, RequestValidationError, HTTPException):
        app.add_exception_handler(sort, answer_problem)
    app.add_exception_handler(Exception, _answer_failure)
    # The last one added is the first to see a request.
    app.add_middleware(GZipMiddleware, minimum_size=limits.gzip_from_bytes, compresslevel=limits.gzip_level)
    larger = {"/v1/edxl-have": limits.exchange_bytes, "/v1/plans": limits.plan_body_bytes}
    app.add_middleware(BodyLimit, most_bytes=limits.body_bytes, larger=larger)
    app.add_middleware(AnswerHeaders)
    return app


async def _answer_failure(request: Request, exception: Exception) -> Response:
    """Answer for a defect. Starlette sends this from outside all middleware, so it is stamped here."""
    answer = await answer_problem(request, exception)
    stamp(answer.headers, request.state.request_id)
    return answer
