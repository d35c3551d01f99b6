"""``safeport serve``: the HTTP door."""

import argparse

from api.cli.arguments import Once, add_pack, pack_folder, whole_number

FIELDS = {"host": "--host", "port": "--port"}
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--host", action=Once, metavar="H", help=f"address to listen on; {DEFAULT_HOST} if left out")
    parser.add_argument("--port", action=Once, metavar="N", help=f"TCP port; {DEFAULT_PORT} if left out")
    add_pack(parser)
    parser.set_defaults(answer=answer, fields=FIELDS)


def answer(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    port = whole_number("--port", options.port)
    folder = pack_folder(options.pack)

    from api.http import serve
    from geodata.pack import DEFAULT_PACK

    serve(options.host or DEFAULT_HOST, DEFAULT_PORT if port is None else port, folder or DEFAULT_PACK)
    return 0
