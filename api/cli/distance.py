"""``safeport distance``: how far by water."""

import argparse

from api.cli.arguments import Once, add_json, add_language, add_pack, number, pack_folder

FIELDS = {"from": "FROM", "to": "TO", "draught_m": "--draught-m"}


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    place = "a port id, a UN/LOCODE, or a position in quotes"
    parser.add_argument("start", metavar="FROM", help=place)
    parser.add_argument("end", metavar="TO", help=place)
    parser.add_argument("--draught-m", action=Once, metavar="N", help="keep off banks this draught cannot cross [m]")
    add_language(parser)
    add_json(parser)
    add_pack(parser)
    parser.set_defaults(answer=answer, fields=FIELDS)


def answer(options: argparse.Namespace) -> int:
    """Measure and print."""
    draught_m = number("--draught-m", options.draught_m)
    folder = pack_folder(options.pack)

    from api.distance import distance_document
    from api.document import dump
    from api.house import open_house
    from geodata.pack import DEFAULT_PACK

    house = open_house(folder or DEFAULT_PACK)
    document = distance_document(house, options.start.strip(), options.end.strip(), draught_m)
    if options.json:
        print(dump(document))
    else:
        from api.cli.tables import distance_text

        print(distance_text(document, options.lang))
    return 0
