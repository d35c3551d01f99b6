"""``safeport vessels``: the profiles that ``--vessel`` takes."""

import argparse
from collections.abc import Mapping

from api.cli.arguments import add_json, add_language, add_pack, pack_folder
from api.cli.layout import columns, folded
from api.cli.words import word

FIGURES = ("speed_kn", "draught_m", "loa_m", "max_persons", "max_hs_m")


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_language(parser)
    add_json(parser)
    add_pack(parser)
    parser.set_defaults(answer=answer, fields={})


def answer(options: argparse.Namespace) -> int:
    """List and print."""
    folder = pack_folder(options.pack)

    from api.document import dump
    from api.documents.profiles import vessel_document
    from api.house import open_house
    from geodata.pack import DEFAULT_PACK

    vessels = open_house(folder or DEFAULT_PACK).vessels
    documents = [vessel_document(vessels[name]) for name in sorted(vessels)]
    if options.json:
        print(dump({"vessels": documents}))
        return 0
    rows = [["--vessel", word("vessel_name", options.lang), "kn", "m", "LOA m", word("persons", options.lang), "Hs m"]]
    for document in documents:
        names: dict[str, str] = document["name"]  # type: ignore[assignment]
        figures = [_figure(document, name, options.lang) for name in FIGURES]
        rows.append([str(document["profile"]), names[options.lang], *figures])
    print("\n".join([*columns(rows, give=1, right=frozenset(range(2, 7))), "", *folded(word("vessels", options.lang))]))
    return 0


def _figure(document: Mapping[str, object], name: str, language: str) -> str:
    """A figure with ``*`` where it is assumed."""
    value = document[name]
    if value is None:
        return "?"
    text = f"{value:g}"
    if name in document["assumed"]:  # type: ignore[operator]
        text += "*"
    return text.replace(".", ",") if language == "fr" else text
