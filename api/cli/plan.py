"""``safeport plan``: many encounters, one proposal."""

import argparse
import ctypes
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from api.cli.arguments import Once, add_json, add_language, add_overlay, add_pack, pack_folder, quote
from engine.errors import ForecastRefused, InvalidAsk

LARGEST_FILE = 4_000_000
"""[bytes]"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("input", metavar="INPUT", help="JSON file: encounters, ports, free places and landing rates")
    parser.add_argument("--forecast", action=Once, metavar="FILE",
                        help="cube made by 'safeport forecast', or a GRIB, NetCDF or Open-Meteo file")  # fmt: skip
    add_language(parser)
    add_json(parser)
    add_overlay(parser)
    add_pack(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Plan and print."""
    body = read_body(Path(options.input))
    folder = pack_folder(options.pack)

    from api.decision_service import open_decision_service
    from api.plan.propose import propose
    from api.plan.request import plan_from
    from geodata.pack import DEFAULT_PACK

    request = plan_from(body)
    service = open_decision_service(folder or DEFAULT_PACK)
    if options.overlay is not None:
        service = service.with_overlay(Path(options.overlay))
    if options.forecast is not None:
        try:
            service = service.with_forecast(Path(options.forecast))
        except ForecastRefused as refused:
            raise InvalidAsk("--forecast", f"{refused.field} {refused.problem}", refused.remedy) from None
    with solver_kept_quiet():
        proposal = propose(request, service, time.time())
    if options.json:
        from api.documents.decision import to_json
        from api.plan.document import plan_document

        print(to_json(plan_document(proposal)))
    else:
        from api.cli.console import Style
        from api.plan.text import plan_text

        print(plan_text(proposal, options.lang, Style.of(sys.stdout)))
    return 0


def read_body(path: Path) -> object:
    """Value of a JSON file.

    Raises
    ------
    InvalidAsk
        It cannot be read, is too large, is not JSON, or has a key twice in one object.
    """
    import json

    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InvalidAsk(
            "INPUT", f"the file cannot be read ({error.strerror}).", "Check its name and rights."
        ) from None
    if len(data) > LARGEST_FILE:
        raise InvalidAsk("INPUT", f"the file is larger than {LARGEST_FILE} bytes.", "Name a file with one plan.")
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_object)
    except json.JSONDecodeError as wrong:
        raise InvalidAsk(
            "INPUT", f"is not JSON at line {wrong.lineno}, column {wrong.colno}.", "Correct the file."
        ) from None
    except UnicodeDecodeError:
        raise InvalidAsk("INPUT", "is not UTF-8.", "Save the file as UTF-8.") from None
    except RecursionError:
        raise InvalidAsk("INPUT", "is nested too deeply.", "Name a file with one plan.") from None
    except InvalidAsk:
        raise
    except ValueError:
        # Python reads no whole number of more than 4,300 digits.
        raise InvalidAsk("INPUT", "has a number with too many digits.", "Correct the file.") from None


def _no_constant(_: str) -> NoReturn:
    raise InvalidAsk("INPUT", "has NaN or Infinity, which are not JSON.", "Leave out what is not known.")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        # Whichever value was kept, the writer may have meant the other.
        twice = next(name for k, (name, _) in enumerate(pairs) if name in dict(pairs[:k]))
        raise InvalidAsk("INPUT", f"an object has the key {quote(twice)} twice.", "Keep one of them.")
    return members


@contextmanager
def solver_kept_quiet() -> Iterator[None]:
    """Send what the solver's library prints by itself nowhere: standard output belongs to the answer.

    HiGHS writes a line of its own now and then, straight to the descriptor and past every option it offers.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        _flush_library()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _flush_library() -> None:
    """Empty the C library's buffer, which would else be written after its descriptor is back."""
    # On Windows there is no such handle, and the line cannot be told from the answer's own.
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).fflush(None)
