"""``safeport decide``: one encounter, one answer."""

import argparse
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli.arguments import (
    LANGUAGES,
    TIME_FORMS,
    Once,
    add_fields,
    add_json,
    add_overlay,
    add_pack,
    pack_folder,
    position,
    quote,
    read_fields,
    time_text,
    whole_number,
)
from api.documents.language import BOTH
from api.encounter_fields import ENCOUNTER_FIELDS, VESSEL_FIELDS
from engine.errors import ForecastRefused, InvalidAsk, PositionRefused

if TYPE_CHECKING:
    from api.encounter import EncounterIn
    from engine.model import Decision
    from engine.policy import Policy

FIELDS = {
    "position.coordinates": "--position",
    "position": "--position",
    "time": "--time",
    "persons": "--persons",
    "persons.min": "--persons",
    "persons.max": "--persons",
    "medical": "--medical",
    **{name: field.option for name, field in ENCOUNTER_FIELDS.items()},
    "vessel": "--vessel",
    "vessel.profile": "--vessel",
    **{f"vessel.{name}": field.option for name, field in VESSEL_FIELDS.items()},
    "policy": "--policy",
    "avoid": "--avoid",
    "overlay": "--overlay",
    **{name: f"--{name}" for name in ("limit", "view", "lang")},
}
"""Option for each field of the encounter body, and for what a query says beside it."""

PORTS_SHOWN = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--position", action=Once, nargs="+", required=True, metavar="P",
                        help="for instance 51 07.3N 001 20.8E, or 51.1217,1.3467 (latitude first)")  # fmt: skip
    parser.add_argument("--time", action=Once, nargs="+", metavar="T",
                        help=f"{TIME_FORMS}; now if left out")  # fmt: skip
    parser.add_argument("--persons", action=Once, metavar="N|A-B|A+", help="people to land: 60, 55-60, or 55+ at least")
    parser.add_argument("--medical", action=Once, metavar="M", help="worst casualty: none, urgent or critical")
    add_fields(parser, ENCOUNTER_FIELDS)
    parser.add_argument("--vessel", action=Once, metavar="PROFILE", help="profile name; a cautious one if left out")
    add_fields(parser, VESSEL_FIELDS)
    parser.add_argument("--policy", action=Once, metavar="NAME|FILE", help="policy by name, or a .toml file")
    parser.add_argument("--avoid", action=Once, metavar="FILE",
                        help="GeoJSON of temporary exclusion zones; routes keep out of them")  # fmt: skip
    parser.add_argument("--forecast", action=Once, metavar="FILE",
                        help="cube made by 'safeport forecast', or a GRIB, NetCDF or Open-Meteo file")  # fmt: skip
    parser.add_argument("--limit", action=Once, metavar="N", help="ports listed: recommended and next ones")
    parser.add_argument("--view", action=Once, choices=("brief", "full", "line"),
                        help="brief: six lines; full: all of it; line: one sentence for a messenger. Full if left out, "
                        "brief with --json")  # fmt: skip
    parser.add_argument("--short", action="store_true", help="the same as --view brief")
    parser.add_argument("--gpx", action=Once, metavar="FILE", help="write the recommended route as GPX, too")
    parser.add_argument("--geojson", action=Once, metavar="FILE", help="write the routes as GeoJSON, too")
    add_overlay(parser)
    parser.add_argument("--lang", choices=(*LANGUAGES, BOTH), default="en",
                        help="language of the text: en or fr; both with --json")  # fmt: skip
    add_json(parser)
    add_pack(parser)
    parser.set_defaults(run=run, fields=FIELDS)


def run(options: argparse.Namespace) -> int:
    """Decide and print."""
    body = body_from(options)
    limit = whole_number("--limit", options.limit)
    if limit is not None and limit < 1:
        raise InvalidAsk("--limit", "is below 1.", "Write how many ports to list.")
    view = _view(options)
    for name in ("gpx", "geojson"):
        check_writable(f"--{name}", getattr(options, name))
    folder = pack_folder(options.pack)

    from api.decision_service import open_decision_service
    from geodata.pack import DEFAULT_PACK

    encounter = validate(body)
    policy = own_policy(options.policy)
    service = open_decision_service(folder or DEFAULT_PACK)
    if options.overlay is not None:
        service = service.with_overlay(Path(options.overlay))
    if options.avoid is not None:
        service = service.with_exclusions(Path(options.avoid))
    if options.forecast is not None:
        try:
            service = service.with_forecast(Path(options.forecast))
        except ForecastRefused as refused:
            raise InvalidAsk("--forecast", f"{refused.field} {refused.problem}", refused.remedy) from None
    try:
        decision = service.decide(service.ask(encounter, time.time(), policy))
    except PositionRefused as refused:
        raise _with_read_back(refused, encounter) from None
    _write_tracks(decision, options, limit)
    print(_text_of(decision, view, limit, options))
    return 0


def _view(options: argparse.Namespace) -> str:
    """View asked for: by ``--view`` or ``--short``, else the short one as JSON and the full one as text."""
    if options.short and options.view not in (None, "brief"):
        raise InvalidAsk("--short", f"is another view than --view {options.view}.", "Give one of the two.")
    if options.lang == BOTH and not options.json:
        raise InvalidAsk("--lang", "both is for --json.", "Write en or fr.")
    return options.view or ("brief" if options.short or options.json else "full")


def _text_of(decision: "Decision", view: str, limit: int | None, options: argparse.Namespace) -> str:
    """What is printed."""
    from api.documents.decision import DEFAULT_LIMIT, decision_document, to_json

    if options.json:
        document = decision_document(decision, view, options.lang, limit or DEFAULT_LIMIT)  # type: ignore[arg-type]
        return to_json(limit_lists(document, limit) if view == "full" else document)
    if view == "line":
        return str(decision_document(decision, "line")["line"][options.lang])
    from api.cli.console import Style

    if view == "brief":
        from api.cli.short import short_text

        return short_text(decision, options.lang, limit or PORTS_SHOWN, Style.of(sys.stdout))
    from api.cli.render import decision_text

    return decision_text(decision, options.lang, limit or PORTS_SHOWN, Style.of(sys.stdout))


def check_writable(option: str, text: str | None) -> None:
    """Refuse a file that cannot be written before anything is decided."""
    if text is not None and not Path(text).absolute().parent.is_dir():
        raise InvalidAsk(option, f"there is no folder for {quote(text)}.", "Name a file in a folder that exists.")


def _write_tracks(decision: "Decision", options: argparse.Namespace, limit: int | None) -> None:
    """Write the files of ``--gpx`` and ``--geojson``."""
    if options.gpx is None and options.geojson is None:
        return
    from api.documents.decision import DEFAULT_LIMIT, to_json, whole_document
    from api.documents.language import in_language
    from api.documents.tracks import geojson_of, gpx_of

    most = limit or DEFAULT_LIMIT
    document = whole_document(decision, most)
    texts = {
        "gpx": gpx_of(document, options.lang),
        "geojson": to_json(in_language(geojson_of(document, most, options.lang), options.lang)),
    }
    for name, text in texts.items():
        file = getattr(options, name)
        if file is not None:
            write_text(f"--{name}", file, f"{text}\n")


def write_text(option: str, file: str, text: str) -> None:
    """Write a file somebody named.

    Raises
    ------
    InvalidAsk
    """
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidAsk(
            option, f"{quote(file)} cannot be written ({error.strerror}).", "Check its name and rights."
        ) from None


def body_from(options: argparse.Namespace) -> dict[str, object]:
    """Encounter body, as it would be posted to ``/v1/decisions``.

    Raises
    ------
    InvalidAsk
        A text is no position, number or word that its option takes; limits are for the model to check.
    """
    texts = vars(options)
    figures = read_fields(VESSEL_FIELDS, texts, lambda name: VESSEL_FIELDS[name].option)
    body: dict[str, object] = {
        "position": {
            "type": "Point",
            "coordinates": list(position("--position", options.position, getattr(options, "lang", "en"))),
        },
        "time": time_text("--time", options.time),
        "persons": persons_from(options.persons),
        "medical": _strip(options.medical),
        **read_fields(ENCOUNTER_FIELDS, texts, lambda name: ENCOUNTER_FIELDS[name].option),
        "vessel": _given_options({"profile": _strip(options.vessel), **figures}),
        "policy": None if _is_file(options.policy) else _strip(options.policy),
    }
    return _given_options(body)


def validate(body: dict[str, object]) -> "EncounterIn":
    """The body as the HTTP service would take it.

    Raises
    ------
    InvalidAsk
        Whatever that service would refuse.
    """
    from pydantic import ValidationError

    from api.cli.errors import refused_by_model
    from api.encounter import EncounterIn

    try:
        return EncounterIn.model_validate(body)
    except ValidationError as error:
        raise refused_by_model(error, FIELDS) from None


def persons_from(text: str | None, field: str = "--persons") -> int | dict[str, int] | None:
    """Least and greatest number of people: ``60``, ``55-60``, or ``55+`` where there are at least so many.

    Raises
    ------
    InvalidAsk
    """
    if text is None:
        return None
    if least := re.fullmatch(r"([0-9]{1,9}) ?\+", text.strip()):
        return {"min": int(least[1])}
    found = re.fullmatch(r"(-?[0-9]{1,9})(?: ?(?:-|\u2013|\.\.) ?(-?[0-9]{1,9}))?", text.strip())
    if not found:
        raise InvalidAsk(
            field, f"{quote(text.strip())} is not a number of people.",
            "Write 60, 55-60, or 55+ for at least so many; leave it out if not known.",
        )  # fmt: skip
    low = int(found[1])
    high = low if found[2] is None else int(found[2])
    if low > high:
        raise InvalidAsk(field, f"{quote(text.strip())} begins with the greater number.", f"Write {high}-{low}.")
    return low if found[2] is None else {"min": low, "max": high}


def own_policy(text: str | None) -> "Policy | None":
    """Policy of a file of the operator's own; None when ``--policy`` names one that comes with the program."""
    if not _is_file(text):
        return None
    from geodata.policies import read_policy_file

    return read_policy_file(Path(str(text)))


def limit_lists(document: dict[str, object], limit: int | None) -> dict[str, object]:
    """The document with its lists of ports cut, and how many were left out of each."""
    if limit is None:
        return document
    cut = {name: document[name] for name in ("candidates", "excluded")}
    left_out = {name: max(0, len(ports) - limit) for name, ports in cut.items()}  # type: ignore[arg-type]
    shortened = {name: ports[:limit] for name, ports in cut.items()}  # type: ignore[index]
    return {**document, **shortened, "left_out": left_out}


def _with_read_back(refused: PositionRefused, encounter: "EncounterIn") -> PositionRefused:
    """A refused position with what was understood: half of these are typing errors."""
    from api.exchanged import in_form
    from api.position import format_position

    lon, lat = encounter.position.coordinates
    told = in_form(refused, "written")
    return PositionRefused(told.code, f"{format_position(lon, lat)} {told.problem}", told.remedy)


def _strip(text: str | None) -> str | None:
    return None if text is None else text.strip()


def _given_options(values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None and value != {}}


def _is_file(text: str | None) -> bool:
    return text is not None and (text.endswith(".toml") or "/" in text or "\\" in text)
