"""``safeport serve``: the HTTP door."""

import argparse
import os
from pathlib import Path

from api.cli.arguments import Once, add_pack, pack_folder, whole_number
from engine.errors import InvalidAsk

FIELDS = {"host": "--host", "port": "--port", "store": "--store"}
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--host", action=Once, metavar="H", help=f"address to listen on; {DEFAULT_HOST} if left out")
    parser.add_argument("--port", action=Once, metavar="N", help=f"TCP port; {DEFAULT_PORT} if left out")
    parser.add_argument("--forecast", action=Once, metavar="FILE",
                        help="forecast to answer with; taken over again whenever the file is replaced")  # fmt: skip
    parser.add_argument("--store", action=Once, metavar="URL",
                        help="where records are kept: sqlite:PATH or postgresql://...; none if left out")  # fmt: skip
    add_pack(parser)
    parser.set_defaults(answer=answer, fields=FIELDS)


def answer(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    port = whole_number("--port", options.port)
    folder = pack_folder(options.pack)

    forecast = None if options.forecast is None else Path(options.forecast)
    if forecast is not None and not forecast.is_file():
        raise InvalidAsk("--forecast", "there is no such file.", "Make one with 'safeport forecast ingest'.")

    from api.http import serve
    from api.logs import log_choice, start_logging
    from geodata.pack import DEFAULT_PACK

    start_logging(*log_choice(os.environ))
    host, number = options.host or DEFAULT_HOST, DEFAULT_PORT if port is None else port
    serve(host, number, folder or DEFAULT_PACK, forecast, options.store)
    return 0
