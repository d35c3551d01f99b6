"""Running the HTTP door on this machine."""

import socket
import sys
from contextlib import nullcontext, suppress
from ipaddress import ip_address
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from api.http.app import create_app
from api.http.settings import Settings
from api.store.store import open_for_service
from engine.errors import InvalidAsk
from geodata.pack import DEFAULT_PACK

STOP_S = 10
"""How long requests under way may take to finish when the server is stopped. [s]"""


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
    listener = _listener(loopback_address(host), port)
    with listener, nullcontext() if store is None else open_for_service(store) as memory:
        _answer(listener, create_app(pack=pack, settings=settings, forecast=forecast, store=memory))


def _answer(listener: socket.socket, app: FastAPI) -> None:
    config = uvicorn.Config(
        app,
        lifespan="on",
        # Queries carry positions; they belong in no log.
        access_log=False,
        log_level="warning",
        server_header=False,
        # Nobody stands in front of a loopback address, so nobody may speak for another.
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_S,
    )
    with suppress(KeyboardInterrupt):
        address, number = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        sys.stdout.write(f"safeport answers on http://{shown}:{number}\n")
        sys.stdout.flush()
        uvicorn.Server(config).run(sockets=[listener])


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
        return socket.create_server((address, port), family=family)
    except OSError as error:
        raise InvalidAsk("port", f"cannot be used ({error.strerror}).", "Choose another one.") from None
