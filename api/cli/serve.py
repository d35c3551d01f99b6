"""``safeport serve``: the HTTP door."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli.arguments import Once, add_pack, pack_folder, whole_number
from api.cli.stores import VARIABLE
from engine.errors import InvalidAsk

if TYPE_CHECKING:
    from api.http.settings import Settings

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
                        help=f"where records are kept; {VARIABLE} if left out, and none without that")  # fmt: skip
    parser.add_argument("--signing-key", action=Once, metavar="FILE",
                        help="key that signs the end of the audit chain now and then; see --signed-heads")  # fmt: skip
    parser.add_argument("--signed-heads", action=Once, metavar="FILE",
                        help="file the signatures are added to; copy it to another machine")  # fmt: skip
    add_pack(parser)
    parser.set_defaults(answer=answer, fields=FIELDS)


def answer(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    port = whole_number("--port", options.port)
    folder = pack_folder(options.pack)

    forecast = None if options.forecast is None else Path(options.forecast)
    if forecast is not None and not forecast.is_file():
        raise InvalidAsk("--forecast", "there is no such file.", "Make one with 'safeport forecast ingest'.")

    store = options.store or os.environ.get(VARIABLE) or None

    from api.http import serve
    from api.logs import log_choice, start_logging
    from geodata.pack import DEFAULT_PACK

    start_logging(*log_choice(os.environ))
    host, number = options.host or DEFAULT_HOST, DEFAULT_PORT if port is None else port
    serve(host, number, folder or DEFAULT_PACK, forecast, store, _settings(options, store))
    return 0


def _settings(options: argparse.Namespace, store: str | None) -> "Settings":
    from api.http.settings import Settings
    from api.store.signed_heads import read_signing_key

    key, heads = options.signing_key, options.signed_heads
    if bool(key) != bool(heads) or (key and store is None):
        raise InvalidAsk("--signing-key", "--signed-heads and --store belong together.", "Give all three, or neither.")
    if not key:
        return Settings()
    # Read now: a key that cannot be read should not be found out at night.
    read_signing_key(Path(key))
    return Settings(signing_key=Path(key), signed_heads=Path(heads))
