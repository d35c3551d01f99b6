"""``safeport serve``: the HTTP door."""

import argparse

from api.cli.arguments import Once, whole_number
from engine.errors import InvalidAsk

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--host", action=Once, metavar="H", help=f"address to listen on; {DEFAULT_HOST} if left out")
    parser.add_argument("--port", action=Once, metavar="N", help=f"TCP port; {DEFAULT_PORT} if left out")
    parser.set_defaults(answer=answer)


def answer(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    port = whole_number("--port", options.port)
    if port is not None and not 1 <= port <= 65_535:
        raise InvalidAsk("--port", "is not between 1 and 65535.", f"Use {DEFAULT_PORT}, or leave it out.")

    from api.http.app import serve

    serve(options.host or DEFAULT_HOST, DEFAULT_PORT if port is None else port)
    return 0
