"""The terminal's application: the service's own, without a store, and the routes of the page beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from api.decision_service import DecisionService
from api.encounter import VesselIn
from api.http.app import create_app
from api.http.auth import assert_all_routes_protected
from api.http.json_router import add_routes
from api.settings import Settings, read_settings
from api.terminal.errors import TerminalRefusal, UnreadPosition, answer_refusal, answer_unread
from api.terminal.follower import Follower
from api.terminal.link.bursts import Bursts
from api.terminal.link.courier import Courier
from api.terminal.routes import router
from api.terminal.source_spec import SourceSpec
from api.terminal.state_file import StateFile
from api.terminal.terminal import Terminal
from api.terminal.warmup import warm_own
from api.web.static import web_routes
from geodata.pack import DEFAULT_PACK


def create_terminal(
    keeper: StateFile, follower: Follower, service: DecisionService | None = None, pack: Path = DEFAULT_PACK,
    settings: Settings | None = None, forecast: Path | None = None, vessel: VesselIn | None = None,
    is_demo: bool = False, plotter: SourceSpec | None = None, courier: Courier | None = None,
    cube_file: Path | None = None, bursts: Bursts | None = None,
) -> FastAPI:  # fmt: skip
    """Application of a terminal.

    Parameters
    ----------
    keeper : StateFile
        Open; whoever opened it closes it after the application has stopped.
    follower : Follower
        Not yet begun.
    service : DecisionService, optional
        Already open and warm; without it `pack` is opened once the application starts.
    pack, forecast : Path
    settings : ForecastSettings, optional
        Of the service; access is always off, and only this machine is answered.
    vessel : VesselIn, optional
        Own ship, where she was named at the start.
    is_demo : bool
    plotter : SourceSpec, optional
        Where routes go on a press.
    courier : Courier, optional
        Who carries messages to the control room.
    cube_file : Path, optional
        Where the forecast that comes over the link is written and taken over from; goes with no `forecast`.
    bursts : Bursts, optional
        What goes by satellite modem while the link is down.
    """
    limits = settings or read_settings(access=False)
    app = create_app(service, pack, limits, forecast or cube_file)
    app.state.startup.is_forecast_to_come = cube_file is not None
    terminal = Terminal(app.state.startup, keeper, follower, vessel, is_demo, plotter, courier, cube_file, bursts)
    app.state.startup.warm_up = lambda opened: warm_own(opened, terminal.vessel.profile)
    app.state.terminal = terminal
    add_routes(app, router, web_routes())
    app.add_exception_handler(TerminalRefusal, answer_refusal)
    app.add_exception_handler(UnreadPosition, answer_unread)
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[None]:
        async with inner(running):
            terminal.begin()
            try:
                yield
            finally:
                await terminal.aclose()

    app.router.lifespan_context = lifespan
    assert_all_routes_protected(app)
    return app
