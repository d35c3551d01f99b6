"""``safeport ports``: the register, or one row of it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli.arguments import Once, add_json, add_language, add_overlay, add_pack, echo, pack_folder, position
from engine.errors import InvalidAsk

if TYPE_CHECKING:
    from engine.model import Port, World

FIELDS = {"port": "ID", "position": "--near"}
Listed = list[tuple["Port", float | None]]


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("id", nargs="?", metavar="ID", help="port id or UN/LOCODE: show its whole row")
    parser.add_argument("--near", action=Once, nargs="+", metavar="P", help="order by straight line from a position")
    parser.add_argument("--country", action=Once, metavar="CC", help="two letters: GB, FR, BE, NL, JE, GG")
    add_overlay(parser)
    add_language(parser)
    add_json(parser)
    add_pack(parser)
    parser.set_defaults(answer=answer, fields=FIELDS)


def answer(options: argparse.Namespace) -> int:
    """List and print."""
    near = None if options.near is None else position("--near", options.near)
    folder = pack_folder(options.pack)

    from api.cli.tables import port_text, ports_text
    from api.document import dump, port_document
    from api.house import open_house
    from geodata.pack import DEFAULT_PACK

    house = open_house(folder or DEFAULT_PACK)
    if options.overlay is not None:
        house = house.overlaying(Path(options.overlay))
    if options.id is not None:
        port = house.port(options.id)
        print(dump(port_document(port)) if options.json else port_text(port))
        return 0
    listed = listing(house.world, near, options.country)
    if options.json:
        documents = [port_document(port) for port, _ in listed]
        if near is not None:
            documents = [
                {**document, "straight_line_nm": miles} for document, (_, miles) in zip(documents, listed, strict=True)
            ]
        print(dump({"ports": documents}))
    else:
        print(ports_text(listed, options.lang))
    return 0


def listing(world: "World", near: tuple[float, float] | None, country: str | None) -> Listed:
    """Ports wanted with their straight-line distance [nm], nearest first, or by id with no distance.

    Raises
    ------
    InvalidAsk
        No port of the register is in that country.
    """
    from engine.sea_route import straight_line_m
    from engine.units import NAUTICAL_MILE_M

    ports = list(world.ports)
    if country is not None:
        wanted = country.strip().upper()
        known = sorted({port.country for port in ports})
        if wanted not in known:
            raise InvalidAsk("--country", f"no port is in {echo(country)}.", f"Countries: {', '.join(known)}.")
        ports = [port for port in ports if port.country == wanted]
    if near is None:
        return [(port, None) for port in sorted(ports, key=lambda port: port.id)]
    measured = [(round(straight_line_m(near, port.landing) / NAUTICAL_MILE_M, 2), port) for port in ports]
    return [(port, miles) for miles, port in sorted(measured, key=lambda one: (one[0], one[1].id))]
