"""Running the HTTP service on this machine."""

import asyncio
import logging
import resource
import signal
import socket
import sys
from contextlib import ExitStack, suppress
from ipaddress import ip_address
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.allocator import return_large_blocks
from api.http.app import create_app
from api.http.patient_protocol import patient_protocol
from api.security.jwks import is_loopback
from api.settings import Settings, read_settings
from api.signals import ended_by_signals
from api.store.audit_signatures import read_signing_key
from api.store.store import open_for_service
from engine import ENGINE_VERSION
from engine.errors import InvalidAsk
from geodata.pack import DEFAULT_PACK

_log = logging.getLogger("safeport.service")

_OTHER_FILES = 200
"""[A] Files a process has open that are no connections: store, pack, forecast, libraries, pipes."""


def serve(settings: Settings | None = None, pack: Path = DEFAULT_PACK, forecast: Path | None = None) -> None:
    """Answer HTTP until stopped by SIGINT or SIGTERM; requests under way are finished first.

    Prints one line with the address once connections are accepted.

    Parameters
    ----------
    settings : ForecastSettings, optional
        Those of the environment when left out. Its `host` has to be a loopback address, or ``localhost``, unless
        access is on.
    pack : Path
        Folder of the pack.
    forecast : Path, optional
        Forecast to answer with; taken over again whenever the file is replaced.

    Raises
    ------
    InvalidAsk
        The address is not one of this machine's own, or cannot be used.
    StoreError
        The store cannot be opened, or its tables are not those of this program.
    """
    chosen = settings or read_settings()
    return_large_blocks()
    url = chosen.store
    with ended_by_signals(), ExitStack() as opened:
        _refuse_bad_signing(chosen)
        listener = opened.enter_context(listener_on(address_to_listen_on(chosen.host, chosen.access), chosen.port))
        store = None if url is None else opened.enter_context(open_for_service(url.get_secret_value()))
        # The console is made of routes of this package, so it cannot be imported before the package is.
        from api.console import include_console

        app = create_app(pack=pack, settings=chosen, forecast=forecast, store=store)
        include_console(app)
        if not is_loopback(chosen.host) and not chosen.trusted_proxies:
            _log.warning("keys and tokens travel in the clear: name a proxy with TLS (SAFEPORT_TRUSTED_PROXIES)")
        _answer(listener, app, chosen)


def _refuse_bad_signing(chosen: Settings) -> None:
    if chosen.signing_key is None or not chosen.sign_heads:
        return
    if chosen.store is None:
        raise InvalidAsk("signing_key", "there is no store whose audit chain it could sign.", "Name a store too.")
    # Read now: a key that cannot be read should not be found out at night.
    read_signing_key(chosen.signing_key)


def _answer(listener: socket.socket, app: FastAPI, chosen: Settings) -> None:
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        # A terminal that is closed stops the service as gracefully as its supervisor would.
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    with suppress(KeyboardInterrupt):
        address, number = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        sys.stdout.write(f"safeport answers on http://{shown}:{number}\n")
        sys.stdout.flush()
        _log.info("started", extra={"address": shown, "port": number, "engine_version": ENGINE_VERSION})
        Server(server_config(app, chosen), app, chosen.drain_s).run(sockets=[listener])


def server_config(app: FastAPI, chosen: Settings) -> uvicorn.Config:
    """How the server is set up."""
    return uvicorn.Config(
        app,
        # Its loggers say what they say through ours.
        log_config=None,
        lifespan="on",
        # Queries carry positions; they belong in no log.
        access_log=False,
        server_header=False,
        # Later than the problem document that says so, for whoever has a request under way.
        http=patient_protocol(
            chosen.headers_s, chosen.body_s + 1.0, chosen.answer_s, connections_to_hold(chosen.connections)
        ),
        # Whoever is not named may not speak for another.
        proxy_headers=bool(chosen.trusted_proxies),
        forwarded_allow_ips=list(chosen.trusted_proxies),
        timeout_graceful_shutdown=chosen.stop_s,
    )


def connections_to_hold(wanted: int) -> int:
    """How many connections there are files for, once the system has been asked for as many as it gives."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else max(1, min(wanted, soft - _OTHER_FILES))


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


def address_to_listen_on(host: str, access: bool) -> str:
    """Address that a host name means.

    Parameters
    ----------
    host : str
        An address, or ``localhost``; other names are not looked up.
    access : bool
        Whether callers are asked who they are.

    Raises
    ------
    InvalidAsk
        Other machines could reach it and nobody is asked who they are, or it is no address.
    """
    if host.lower() == "localhost":
        return "127.0.0.1"
    try:
        address = ip_address(host)
    except ValueError:
        raise InvalidAsk("host", "is not an address.", "Use 127.0.0.1, ::1 or localhost.") from None
    if access or address.is_loopback:
        return host
    raise InvalidAsk(
        "host",
        "is not a loopback address, and access is off: anybody who reaches it could hold and close.",
        "Use 127.0.0.1, ::1 or localhost, or turn access on (SAFEPORT_ACCESS=on).",
    )


def listener_on(address: str, port: int) -> socket.socket:
    """Socket that listens on an address of this machine.

    Raises
    ------
    InvalidAsk
        The port is out of range or in use.
    """
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
