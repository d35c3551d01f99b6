"""Running the HTTP door on this machine."""

import asyncio
import logging
import signal
import socket
import sys
from contextlib import ExitStack, suppress
from ipaddress import ip_address
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.http.app import create_app
from api.http.settings import Settings
from api.store.store import open_for_service
from engine import ENGINE_VERSION
from engine.errors import InvalidAsk, SafeportError
from geodata.pack import DEFAULT_PACK

_log = logging.getLogger("safeport.service")


def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    pack: Path = DEFAULT_PACK,
    forecast: Path | None = None,
    store: str | None = None,
    settings: Settings | None = None,
) -> None:
    """Answer HTTP until stopped by SIGINT or SIGTERM; requests under way are finished first.

    Prints one line with the address once connections are accepted.

    Parameters
    ----------
    host : str
        A loopback address, or ``localhost``: nothing here asks who is calling yet.
    port : int
        0 lets the system choose.
    pack : Path
        Folder of the pack.
    forecast : Path, optional
        Forecast to answer with; taken over again whenever the file is replaced.
    store : str, optional
        URL of the control room's memory; without it nothing is recorded.
    settings : Settings, optional

    Raises
    ------
    InvalidAsk
        The address is not one of this machine's own, or cannot be used.
    StoreError
        The store cannot be opened, or its tables are not those of this program.
    """
    limits = settings or Settings()
    with ExitStack() as opened:
        try:
            listener = opened.enter_context(_listener(loopback_address(host), port))
            memory = None if store is None else opened.enter_context(open_for_service(store))
        except SafeportError as refused:
            said = {"field": refused.field, "problem": refused.problem, "remedy": refused.remedy}
            _log.error("not started", extra=said)
            raise
        _answer(listener, create_app(pack=pack, settings=limits, forecast=forecast, store=memory), limits)


def _answer(listener: socket.socket, app: FastAPI, limits: Settings) -> None:
    config = uvicorn.Config(
        app,
        # Its loggers say what they say through ours.
        log_config=None,
        lifespan="on",
        # Queries carry positions; they belong in no log.
        access_log=False,
        server_header=False,
        # Nobody stands in front of a loopback address, so nobody may speak for another.
        proxy_headers=False,
        timeout_graceful_shutdown=limits.stop_s,
    )
    with suppress(KeyboardInterrupt):
        address, number = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        sys.stdout.write(f"safeport answers on http://{shown}:{number}\n")
        sys.stdout.flush()
        _log.info("started", extra={"address": shown, "port": number, "engine_version": ENGINE_VERSION})
        Server(config, app, limits.drain_s).run(sockets=[listener])


class Server(uvicorn.Server):
    """uvicorn that first says it is leaving, and goes on answering for a while.

    Parameters
    ----------
    config : uvicorn.Config
    app : FastAPI
        Its readiness ends and its event streams end as soon as a signal is here.
    drain_s : float
        Between SIGTERM and the moment nothing is accepted any more. A second signal, or SIGINT, ends it. [s]
    """

    def __init__(self, config: uvicorn.Config, app: FastAPI, drain_s: float) -> None:
        super().__init__(config)
        self._app = app
        self._drain_s = drain_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._has_left = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nothing more, finish what is under way, close."""
        self._leave()
        await super().shutdown(sockets)
        _log.info("stopped")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal arrived, perhaps between any two instructions: only the loop is told."""
        leaving = self._app.state.leaving
        if sig != signal.SIGTERM or self._loop is None or leaving.has_begun or self.should_exit:
            super().handle_exit(sig, frame)
            return
        leaving.has_begun = True
        self._loop.call_soon_threadsafe(self._drain, sig)

    def _drain(self, sig: int) -> None:
        self._leave()
        assert self._loop is not None  # noqa: S101
        self._loop.call_later(self._drain_s, super().handle_exit, sig, None)

    def _leave(self) -> None:
        if not self._has_left:
            self._has_left = True
            self._app.state.leaving.has_begun = True
            self._app.state.broadcast.end()
            _log.info("stopping")


def loopback_address(host: str) -> str:
    """Address of this machine that a host name means.

    Raises
    ------
    InvalidAsk
        Other machines could reach it, or it is no address.
    """
    if host.lower() == "localhost":
        return "127.0.0.1"
    with suppress(ValueError):
        if ip_address(host).is_loopback:
            return host
    raise InvalidAsk(
        "host",
        "is not a loopback address, and nothing here asks who is calling yet.",
        "Use 127.0.0.1, ::1 or localhost.",
    )


def _listener(address: str, port: int) -> socket.socket:
    if not 0 <= port <= 65_535:
        raise InvalidAsk("port", "is not between 0 and 65535.", "Choose another one.")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        listener = socket.create_server((address, port), family=family)
    except OSError as error:
        raise InvalidAsk("port", f"cannot be used ({error.strerror}).", "Choose another one.") from None
    # Inherited by every connection: an answer in two parts must not wait for the client to acknowledge the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
