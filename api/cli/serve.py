"""``safeport serve``: the HTTP service."""

import argparse
import logging
from pathlib import Path

from api.cli.arguments import Once, add_pack, add_settings, pack_folder, whole_number
from engine.errors import InvalidAsk, SafeportError

_log = logging.getLogger("safeport.service")

FIELDS = {
    "host": "--host", "port": "--port", "store": "--store", "settings": "--settings",
    "signing_key": "--signing-key", "signed_heads": "--signed-heads", "ais": "--ais",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--host", action=Once, metavar="H", help="address to listen on; 127.0.0.1 if left out")
    parser.add_argument("--port", action=Once, metavar="N", help="TCP port; 8000 if left out")
    parser.add_argument("--store", action=Once, metavar="URL",
                        help="where records are kept: sqlite:PATH or postgresql://...; none if left out")  # fmt: skip
    parser.add_argument("--forecast", action=Once, metavar="FILE",
                        help="forecast to answer with; taken over again whenever the file is replaced")  # fmt: skip
    parser.add_argument("--signing-key", action=Once, metavar="FILE",
                        help="key that signs the end of the audit chain now and then; see --signed-heads")  # fmt: skip
    parser.add_argument("--signed-heads", action=Once, metavar="FILE",
                        help="file the signatures are added to; copy it to another machine")  # fmt: skip
    parser.add_argument("--ais", action=Once, metavar="HOST:PORT",
                        help="feed of AIS that the console draws; udp://HOST:PORT listens")  # fmt: skip
    add_settings(parser)
    add_pack(parser)
    parser.set_defaults(run=run, fields=FIELDS)


def run(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    port = whole_number("--port", options.port)
    folder = pack_folder(options.pack)

    forecast = None if options.forecast is None else Path(options.forecast)
    if forecast is not None and not forecast.is_file():
        raise InvalidAsk("--forecast", "there is no such file.", "Make one with 'safeport forecast ingest'.")

    from api.http import serve
    from api.logs import start_logging
    from api.settings import read_settings
    from geodata.pack import DEFAULT_PACK
    from geodata.register import read_overlay

    settings = read_settings(
        settings=options.settings, host=options.host, port=port, store=options.store,
        signing_key=options.signing_key, signed_heads=options.signed_heads, ais=options.ais,
    )  # fmt: skip
    start_logging(settings.log_format, settings.log_level)
    try:
        if settings.overlay is not None:
            # Read once before anything is opened, so that a wrong file is a line here and not a service that never is.
            read_overlay(settings.overlay)
        serve(settings, folder or DEFAULT_PACK, forecast)
    except SafeportError as refused:
        # Machines that read the log would miss the line for people that says the same.
        if settings.log_format == "json":
            fields = {"field": refused.field, "problem": refused.problem, "remedy": refused.remedy}
            _log.error("not started", extra=fields)
        raise
    return 0
