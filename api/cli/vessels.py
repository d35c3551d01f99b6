"""``safeport vessels``: the profiles that ``--vessel`` takes."""

import argparse
from collections.abc import Mapping

from api.cli.arguments import add_json, add_language, add_pack, pack_folder
from api.cli.console import columns, wrap
from api.cli.messages import word
from api.text.locale import localize_number

FIGURES = ("speed_kn", "draught_m", "loa_m", "max_persons", "max_hs_m")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_language(parser)
    add_json(parser)
    add_pack(parser)
    parser.set_defaults(run=run, fields={})


def run(options: argparse.Namespace) -> int:
    """List and print."""
    folder = pack_folder(options.pack)

    from api.decision_service import open_decision_service
    from api.documents.decision import to_json
    from api.documents.profiles import vessel_document
    from geodata.pack import DEFAULT_PACK

    vessels = open_decision_service(folder or DEFAULT_PACK).vessels
    documents = [vessel_document(vessels[name]) for name in sorted(vessels)]
    if options.json:
        print(to_json({"vessels": documents}))
        return 0
    name, speed, length = (word(f"vessel_{what}", options.lang) for what in ("name", "speed", "length"))
    rows = [["--vessel", name, speed, "m", length, word("persons", options.lang), "Hs m"]]
    for document in documents:
        names: dict[str, str] = document["name"]  # type: ignore[assignment]
        figures = [_figure(document, name, options.lang) for name in FIGURES]
        rows.append([str(document["profile"]), names[options.lang], *figures])
    print("\n".join([*columns(rows, give=1, right=frozenset(range(2, 7))), "", *wrap(word("vessels", options.lang))]))
    return 0


def _figure(document: Mapping[str, object], name: str, language: str) -> str:
    """A figure with ``*`` where it is assumed."""
    value = document[name]
    if value is None:
        return "?"
    text = f"{value:g}"
    if name in document["assumed"]:  # type: ignore[operator]
        text += "*"
    return localize_number(text, language)
