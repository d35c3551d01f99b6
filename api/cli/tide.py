"""``safeport tide``: predicted tide at a port."""

import argparse
import time
from collections.abc import Mapping
from typing import Any

from api.cli.arguments import TIME_FORMS, Once, add_json, add_language, add_pack, instant, pack_folder, whole_number

FIELDS = {"port": "PORT", "hours": "--hours", "time": "--from"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("port", metavar="PORT", help="port id or UN/LOCODE")
    parser.add_argument("--from", dest="start", action=Once, metavar="T", help=f"{TIME_FORMS}; now if left out")
    parser.add_argument("--hours", action=Once, metavar="H", help="how long: 1 to 744, 24 if left out [h]")
    add_language(parser)
    add_json(parser)
    add_pack(parser)
    parser.set_defaults(run=run, fields=FIELDS)


def run(options: argparse.Namespace) -> int:
    """Predict and print."""
    # A whole minute: nobody types the second at which they asked.
    start_s = time.time() // 60.0 * 60.0 if options.start is None else instant("--from", options.start)
    hours = whole_number("--hours", options.hours)
    folder = pack_folder(options.pack)

    from api.decision_service import open_decision_service
    from api.documents.decision import to_json
    from api.documents.tide import DEFAULT_HOURS, tide_document
    from geodata.pack import DEFAULT_PACK

    service = open_decision_service(folder or DEFAULT_PACK)
    document = tide_document(service, options.port, start_s, DEFAULT_HOURS if hours is None else hours)
    country = service.port(options.port).country
    print(to_json(document) if options.json else tide_text(document, options.lang, country))
    return 0


def tide_text(document: Mapping[str, Any], language: str, country: str) -> str:
    """A tide as text: the height at the start, then high and low waters by day.

    Parameters
    ----------
    document : dict
        From `api.documents.tide.tide_document`.
    language : str
        ``en`` or ``fr``.
    country : str
        Of the port, whose clock stands beside UTC.
    """
    from api.cli.console import columns, wrap
    from api.cli.messages import word
    from api.position import parse_time
    from api.text.clocks import clock, utc_clock
    from api.text.quantities import METRES, MINUTES, format_quantity
    from engine.units import HOUR_S, MINUTE_S

    start_s = parse_time(document["from"])
    title = word(
        "tide_title", language, port=document["port"]["name"][language].upper(), day=document["from"][:10],
        hours=round((parse_time(document["to"]) - start_s) / HOUR_S), clock=utc_clock(start_s, language),
    )  # fmt: skip
    lines = wrap(title)
    if document["code"] is None:
        lines += wrap(
            word("tide_now", language, height=format_quantity(document["heights"][0]["height_m"], METRES, language))
        )
        rows = [
            [at[:10], clock(parse_time(at), language, country), word(name, language),
             format_quantity(height_m, METRES, language)]
            for turn in document["extremes"] for at, name, height_m in _lines(turn)
        ]  # fmt: skip
        table = columns(rows, give=2, right=frozenset({3})) if rows else [word("tide_none", language)]
        lines += ["", *table, ""]
        lines += wrap(
            word(
                f"tide_{document['basis']}", language, station=document["station"]["name"],
                metres=f"{document['uncertainty_m']:.2f} m".replace(".", "," if language == "fr" else "."),
                minutes=format_quantity(document["uncertainty_min"] * MINUTE_S, MINUTES, language),
                low=format_quantity(document["uncertainty_low_min"] * MINUTE_S, MINUTES, language),
            )
        )  # fmt: skip
        source = (document["uncertainty_source"] or "").replace(word("tide_fit", "en"), word("tide_fit", language))
        if language == "fr":
            source = source.replace(": ", " : ")
        lines += wrap(word(f"tide_doubt_{document['uncertainty_basis']}", language, source=source))
        lines += wrap(document["station"]["attribution"] + ".")
    return "\n".join(lines + wrap(document["notice"][language]))


def _lines(turn: Mapping[str, Any]) -> list[tuple[str, str, float]]:
    """Time, name and height of a turn: where the tide stands, of its first and second high water too."""
    stand = turn["stand"]
    if stand is None:
        return [(turn["at"], f"tide_{turn['kind']}", turn["height_m"])]
    lines = [(turn["at"], "tide_stand", turn["height_m"])]
    if len(stand["peaks"]) > 1:
        for peak, name in ((stand["peaks"][0], "tide_first"), (stand["peaks"][-1], "tide_second")):
            lines.append((peak["at"], name, peak["height_m"]))
    return sorted(lines)
