"""``safeport distance``: how far by water."""

import argparse

from api.cli.arguments import Once, add_json, add_language, add_pack, number, pack_folder

FIELDS = {"from": "FROM", "to": "TO", "draught_m": "--draught-m"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    place = "a port id, a UN/LOCODE, or a position in quotes"
    parser.add_argument("start", metavar="FROM", help=place)
    parser.add_argument("end", metavar="TO", help=place)
    parser.add_argument("--draught-m", action=Once, metavar="N", help="keep off banks this draught cannot cross [m]")
    add_language(parser)
    add_json(parser)
    add_pack(parser)
    parser.set_defaults(run=run, fields=FIELDS)


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    draught_m = number("--draught-m", options.draught_m)
    folder = pack_folder(options.pack)

    from api.decision_service import open_decision_service
    from api.documents.decision import to_json
    from api.documents.distance import distance_document
    from geodata.pack import DEFAULT_PACK

    service = open_decision_service(folder or DEFAULT_PACK)
    document = distance_document(service, options.start.strip(), options.end.strip(), draught_m)
    if options.json:
        print(to_json(document))
    else:
        from api.cli.print_tables import distance_text

        print(distance_text(document, options.lang))
    return 0
