"""``safeport stream``: tidal stream at a position."""

import argparse
import time
from collections.abc import Mapping
from typing import Any

from api.cli.arguments import (
    TIME_FORMS,
    Once,
    add_json,
    add_language,
    add_pack,
    instant,
    pack_folder,
    position,
    whole_number,
)  # fmt: skip

FIELDS = {"position": "POSITION", "hours": "--hours", "time": "--from"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("position", metavar="POSITION", help="latitude first, in quotes")
    parser.add_argument("--from", dest="start", action=Once, metavar="T", help=f"{TIME_FORMS}; now if left out")
    parser.add_argument("--hours", action=Once, metavar="H", help="how long: 1 to 744, 13 if left out [h]")
    parser.add_argument("--forecast", action=Once, metavar="FILE", help="its current comes before the atlas")
    add_language(parser)
    add_json(parser)
    add_pack(parser)
    parser.set_defaults(run=run, fields=FIELDS)


def run(options: argparse.Namespace) -> int:
    """Look up and print."""
    start_s = time.time() // 60.0 * 60.0 if options.start is None else instant("--from", options.start)
    hours = whole_number("--hours", options.hours)
    place = position("POSITION", options.position, options.lang)
    folder = pack_folder(options.pack)

    from pathlib import Path

    from api.decision_service import open_decision_service
    from api.documents.decision import to_json
    from api.stream import DEFAULT_HOURS, stream_document
    from geodata.pack import DEFAULT_PACK

    service = open_decision_service(folder or DEFAULT_PACK)
    if options.forecast is not None:
        service = service.with_forecast(Path(options.forecast))
    document = stream_document(service, place, start_s, DEFAULT_HOURS if hours is None else hours)
    names = {port.id: port.name_fr if options.lang == "fr" else port.name_en for port in service.world.ports}
    print(to_json(document) if options.json else stream_text(document, options.lang, names))
    return 0


def stream_text(document: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    """A stream as text: rate and direction every half hour.

    Parameters
    ----------
    document : dict
        From `api.stream.stream_document`.
    language : str
        ``en`` or ``fr``.
    names : mapping of str
        Of ports by id, in that language.
    """
    from api.cli.console import columns, wrap
    from api.cli.messages import WORDS, word
    from api.position import format_position, parse_time
    from api.text.clocks import utc_clock
    from api.text.locale import localize_number

    english_source = WORDS["stream_source"].en
    lines = wrap(word("stream_title", language, position=format_position(*document["position"])))
    if document["code"] is None:
        rows = [
            [rate["at"][:10], utc_clock(parse_time(rate["at"]), language),
             "?" if rate["rate_kn"] is None
             else word("stream_rate", language, rate=localize_number(f"{rate['rate_kn']:.1f}", language)),
             "?" if rate["towards_deg"] is None
             else word("stream_towards", language, degrees=f"{rate['towards_deg']:03.0f}"),
             "?" if rate["source"] is None else word(f"stream_{rate['source']}", language)]
            for rate in document["streams"]
        ]  # fmt: skip
        lines += ["", *columns(rows, give=4, right=frozenset({2})), ""]
    if document["area"] is not None:
        area, source = document["area"], document["atlas"]["source"]
        lines += wrap(
            word(
                f"stream_area_{area['reference_water']}", language, area=area["name"],
                port=names.get(area["reference"], area["reference"]),
                share=f"{100.0 * area['doubt_share']:.0f} %",
                source=word("stream_source", language) if source == english_source else source,
                edition=document["atlas"]["edition"],
            )
        )  # fmt: skip
    return "\n".join(lines + wrap(document["notice"][language]))
