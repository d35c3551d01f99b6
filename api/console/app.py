"""The console beside the service: its page, its files, and the routes that serve it alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.console.ais_feed import AisFeed, parse_feed
from api.console.presence import Presence
from api.console.routes import Sharing, router
from api.console.sign_in import router as sign_in_router
from api.http.auth import assert_all_routes_protected
from api.http.json_router import add_routes
from api.http.load_limits import SingleFlight
from api.web.static import web_routes


def include_console(app: FastAPI) -> None:
    """Add the console to an application.

    Parameters
    ----------
    app : FastAPI
        Of `api.http.app.create_app`. Where what the page takes from npm is missing, ``/console`` answers one line that
        says what to run, and everything else answers all the same.

    Raises
    ------
    InvalidAsk
        The feed of AIS is none.
    RuntimeError
        One of the routes asks for no permission.
    """
    app.state.sharing, app.state.depths = Sharing(app.state.async_store), SingleFlight[str]()
    app.state.presence = Presence()
    ais: str | None = app.state.settings.ais
    app.state.ais = feed = AisFeed(None if ais is None else parse_feed(ais))
    begin_service = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(served: FastAPI) -> AsyncIterator[None]:
        async with begin_service(served), feed.running():
            yield

    app.router.lifespan_context = lifespan
    add_routes(app, router, sign_in_router, web_routes(pages=("console",), is_open=True))
    assert_all_routes_protected(app)
