"""``safeport ports``: the register, what lies near a position, or one row of it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, cast

from api.cli.arguments import (
    Once,
    add_json,
    add_language,
    add_overlay,
    add_pack,
    number,
    pack_folder,
    position,
    whole_number,
)
from engine.errors import InvalidAsk

if TYPE_CHECKING:
    from api.documents.port import FoundPort
    from api.port_search import PortQuery
    from engine.model import World
    from engine.ports import Port

FIELDS = {"port": "ID", "position": "--near", "near": "--near", "within_nm": "--within", "country": "--country",
          "kind": "--kind", "limit": "--limit", "overlay": "--overlay"}  # fmt: skip
Listed = list[tuple["Port", float | None]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("id", nargs="?", metavar="ID", help="port id or UN/LOCODE: show its whole row")
    parser.add_argument("--near", action=Once, nargs="+", metavar="P", help="order by straight line from a position")
    parser.add_argument("--within", action=Once, metavar="NM", help="with --near: no farther than this [nm]")
    parser.add_argument("--name", action=Once, metavar="TEXT", help="part of a name, accents and capitals apart")
    parser.add_argument("--country", action=Once, metavar="CC", help="two letters: GB, FR, BE, NL, JE, GG")
    parser.add_argument("--kind", action=Once, metavar="KIND", help="for instance marina, ferry_port, beach_landing")
    parser.add_argument("--limit", action=Once, metavar="N", help="so many at most")
    add_overlay(parser)
    add_language(parser)
    add_json(parser)
    add_pack(parser)
    parser.set_defaults(run=run, fields=FIELDS)


def run(options: argparse.Namespace) -> int:
    """List and print."""
    near = None if options.near is None else position("--near", options.near, options.lang)
    within_nm = number("--within", options.within)
    if within_nm is not None and not within_nm >= 0.0:
        raise InvalidAsk("--within", "is no distance.", "Give nautical miles.")
    if within_nm is not None and near is None:
        raise InvalidAsk("--within", "counts from nowhere.", "Give --near, too.")
    limit = whole_number("--limit", options.limit)
    if limit is not None and limit < 1:
        raise InvalidAsk("--limit", "is below 1.", "Write how many ports to list.")
    folder = pack_folder(options.pack)

    from api.cli.print_tables import port_text, ports_text
    from api.decision_service import open_decision_service
    from api.documents.decision import port_document, to_json
    from api.port_search import PortQuery
    from geodata.pack import DEFAULT_PACK

    service = open_decision_service(folder or DEFAULT_PACK)
    if options.overlay is not None:
        service = service.with_overlay(Path(options.overlay))
    if options.id is not None:
        port = service.port(options.id)
        print(to_json(port_document(port)) if options.json else port_text(port, options.lang))
        return 0
    country = None if options.country is None else options.country.strip()
    query = PortQuery(name=options.name, near=near, within_nm=within_nm, country=country, kind=options.kind)
    listed = listing(service.world, query)[:limit]
    if options.json:
        documents = [cast("FoundPort", port_document(port)) for port, _ in listed]
        for document, (_, miles) in zip(documents, listed, strict=True):
            if miles is not None:
                document["straight_line_nm"] = miles
        print(to_json({"ports": documents}))
    else:
        print(ports_text(listed, options.lang))
    return 0


def listing(world: "World", query: "PortQuery") -> Listed:
    """Ports wanted with their straight-line distance [nm], nearest first, or by id with no distance.

    Raises
    ------
    InvalidAsk
        The register has no such country or kind.
    """
    from api.port_search import ports_found

    return [(port, None if query.near is None else miles) for miles, _, port in ports_found(world, query)]
