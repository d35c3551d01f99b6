"""``safeport plan``: many encounters, one proposal."""

import argparse
import ctypes
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli.arguments import (
    TIME_FORMS,
    Once,
    add_json,
    add_language,
    add_overlay,
    add_pack,
    number,
    pack_folder,
    time_text,
)
from api.cli.decide import check_writable, write_text
from api.cli.store_option import FIELDS as STORE_FIELDS
from api.cli.store_option import add_store, existing_database, store_url
from engine.errors import ForecastRefused, InvalidAsk

if TYPE_CHECKING:
    from api.store.port_snapshot import PortsSnapshot

PLAN_OPTIONS = {
    "time": "--time",
    "policy": "--policy",
    "persons_per_hour_without_figures": "--persons-per-hour",
    "time_limit_s": "--time-limit-s",
}
"""Option for each field of the body that has one."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("input", metavar="INPUT", nargs="?",
                        help="boats: CSV, or JSON with ports and figures; - for standard input. docs/plan.md has both "
                        "forms")  # fmt: skip
    parser.add_argument("--from-store", action="store_true",
                        help="take the open encounters of the store, and what its ports report")  # fmt: skip
    parser.add_argument("--ports", action=Once, metavar="FILE",
                        help="CSV of ports: id,places,persons_per_hour,queued_persons")  # fmt: skip
    parser.add_argument("--persons-per-hour", action=Once, metavar="N",
                        help="N landed an hour at ports that state no rate; where no ports are given, use every "
                        "port, places without limit")  # fmt: skip
    parser.add_argument("--allow-unconfirmed", action="store_true",
                        help="use ports that are not confirmed for a vessel; they are named")  # fmt: skip
    # One word, unlike that of the decide command: the name of a file may follow.
    parser.add_argument("--time", action=Once, metavar="T", help=f"{TIME_FORMS}; now if left out")
    parser.add_argument("--policy", action=Once, metavar="NAME", help="policy of boats that name none")
    parser.add_argument("--time-limit-s", action=Once, metavar="S",
                        help="longest search in seconds of processor time, 1 to 60; by the number of boats if left "
                        "out")  # fmt: skip
    parser.add_argument("--html", action=Once, metavar="FILE",
                        help="write the plan as a page with a chart by port, too")  # fmt: skip
    parser.add_argument("--forecast", action=Once, metavar="FILE",
                        help="cube made by 'safeport forecast', or a GRIB, NetCDF or Open-Meteo file")  # fmt: skip
    add_language(parser)
    add_json(parser)
    add_overlay(parser)
    add_store(parser)
    add_pack(parser)
    # A dictionary of its own: the rows of a table are added to it as they are read.
    parser.set_defaults(run=run, fields={**STORE_FIELDS, "overlay": "--overlay"})


def run(options: argparse.Namespace) -> int:
    """Plan and print."""
    check_writable("--html", options.html)
    body = body_from(options) if not options.from_store else None
    folder = pack_folder(options.pack)
    now_s = time.time()

    from api.decision_service import open_decision_service
    from api.plan.propose import propose
    from api.plan.request import plan_from
    from geodata.pack import DEFAULT_PACK

    ports: PortsSnapshot | None = None
    if options.from_store:
        body, ports = body_from_store(options, now_s)
    request = plan_from(body)
    service = open_decision_service(folder or DEFAULT_PACK)
    if options.overlay is not None:
        service = service.with_overlay(Path(options.overlay))
    if options.forecast is not None:
        try:
            service = service.with_forecast(Path(options.forecast))
        except ForecastRefused as refused:
            raise InvalidAsk("--forecast", f"{refused.field} {refused.problem}", refused.remedy) from None
    if ports is not None:
        from api.plan.port_reports import with_port_reports

        service = with_port_reports(service, request, ports, now_s)
    try:
        with solver_kept_quiet():
            proposal = propose(request, service, now_s)
    except InvalidAsk as refused:
        remedy = refused.remedy.replace("persons_per_hour_without_figures", "--persons-per-hour")
        raise InvalidAsk(refused.field, refused.problem, remedy) from None
    if options.html is not None:
        from api.plan.page import plan_page

        write_text("--html", options.html, plan_page(proposal, options.lang))
    if options.json:
        from api.documents.decision import to_json
        from api.plan.document import plan_document

        print(to_json(plan_document(proposal)))
    else:
        from api.cli.console import Style
        from api.plan.text import plan_text

        print(plan_text(proposal, options.lang, Style.of(sys.stdout)))
    return 0


def body_from(options: argparse.Namespace) -> object:
    """Body of the plan from the file and the options.

    Raises
    ------
    InvalidAsk
        There is no input, it cannot be read, says something twice, or has no port to use.
    """
    from api.cli.plan_input import body_of_file, read_input

    if options.input is None:
        raise InvalidAsk("INPUT", "is missing.", "Name a file of boats, - for standard input, or --from-store.")
    if options.store is not None or options.settings is not None:
        raise InvalidAsk("--from-store", "is missing beside the store.", "Add it, or leave the store out.")
    data = read_input(options.input, sys.stdin.buffer.read)
    body = body_of_file(data, options.input, options.lang, options.fields)
    if isinstance(body, dict):
        body = with_options(body, options)
        if not body.get("ports") and body.get("ports_without_figures", "unknown") == "unknown":
            raise InvalidAsk(
                "--ports", "there is no port with places and a landing rate.",
                "Give --ports FILE, or --persons-per-hour to use all ports without a limit.",
            )  # fmt: skip
    return body


def body_from_store(options: argparse.Namespace, now_s: float) -> "tuple[object, PortsSnapshot]":
    """Body of the plan for the open encounters of the store, and what its ports report.

    Raises
    ------
    InvalidAsk
        There is no store, a file of boats is named beside it, or nobody is left to take ashore.
    """
    from api.console.picture import plan_request, read_picture
    from api.store.store import Store

    if options.input is not None:
        raise InvalidAsk("INPUT", "is given beside --from-store.", "Give one of the two.")
    if options.time is not None:
        raise InvalidAsk("--time", "is given beside --from-store, whose plan is for now.", "Leave it out.")
    with existing_database(store_url(options)) as database:
        store = Store(database)
        body = plan_request(read_picture(store, now_s), now_s)
        if not body["encounters"]:
            raise InvalidAsk("--from-store", "the store has no open encounter with people to land.", "Report one.")
        return with_options(body, options), store.ports(now_s)


def with_options(body: dict[str, object], options: argparse.Namespace) -> dict[str, object]:
    """The body with what was given as options; what both say is refused.

    Raises
    ------
    InvalidAsk
    """
    from api.cli.plan_input import ports_of_file, read_input

    given: dict[str, object] = {
        "time": time_text("--time", options.time),
        "policy": options.policy,
        "persons_per_hour_without_figures": number("--persons-per-hour", options.persons_per_hour),
        "time_limit_s": number("--time-limit-s", options.time_limit_s),
    }
    for name, value in given.items():
        if value is not None and body.get(name) is not None:
            raise InvalidAsk(PLAN_OPTIONS[name], f"is given beside {name} in the file.", "Give one of the two.")
    given = {name: value for name, value in given.items() if value is not None}
    options.fields |= {name: PLAN_OPTIONS[name] for name in given}
    if options.allow_unconfirmed:
        given["allow_unconfirmed"] = True
    if options.ports is not None:
        if body.get("ports"):
            raise InvalidAsk("--ports", "is given beside ports in the file.", "Give one of the two.")
        if "-" == options.ports == options.input:
            raise InvalidAsk("--ports", "is standard input, and so is INPUT.", "Name a file for one of them.")
        given["ports"] = ports_of_file(read_input(options.ports, sys.stdin.buffer.read, "--ports"), options.ports,
                                       options.lang, options.fields)  # fmt: skip
    elif options.persons_per_hour is not None and not body.get("ports"):
        given["ports_without_figures"] = "unlimited"
    return {**body, **given}


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
