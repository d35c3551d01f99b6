"""The handover page as one plain HTML document: no script, nothing fetched, fit to be printed and signed."""

from collections.abc import Callable
from operator import itemgetter
from pathlib import Path

from markupsafe import Markup

from api.encounter import DESCRIBED_VESSEL
from api.position import format_position
from api.store.validation import Json
from api.text.catalogue import Text, load_groups, load_texts
from api.text.html import load_template, style_policy

Cell = Callable[[Json], object]
"""What of a record stands in a cell."""

_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = (_TEMPLATES / "handover.css").read_text(encoding="utf-8")
_TEXTS = load_groups("handover")
_CONSOLE = load_texts("pages")

PAGE_POLICY = style_policy(_STYLE)
"""Content-Security-Policy of the page."""


def handover_html(page: Json, digest: str) -> str:
    """The page for people.

    Parameters
    ----------
    page : dict
        Of `Store.handover`.
    digest : str
        SHA-256 of its JSON, which both duties sign.
    """
    sections = [
        (
            _TEXTS["section"][name],
            [_TEXTS["column"].get(column) for column in columns],
            [[str(cell(record)) for cell in columns.values()] for record in page[name]],
        )
        for name, columns in _SECTIONS.items()
    ]
    return load_template(_TEMPLATES, "handover.html").render(
        text=_TEXTS["page"],
        at=_time(page["at"]),
        sections=sections,
        digest=digest,
        style=Markup(_STYLE),  # noqa: S704
    )


def _word(name: str) -> str:
    """A word in both languages."""
    return _both(_TEXTS["word"][name])


def _both(word: Text) -> str:
    return word.en if word.en == word.fr else " / ".join(word)


def _code(code: str, *kinds: str) -> str:
    """A code as the console calls it, in both languages; one that it has no word for as it is."""
    known = next((_CONSOLE[f"{kind}_{code}"] for kind in kinds if f"{kind}_{code}" in _CONSOLE), None)
    return code if known is None else _both(known)


def _time(at: str) -> str:
    """To the minute, in UTC."""
    return f"{at[:10]} {at[11:16]} UTC"


def _time_of(name: str) -> Cell:
    return lambda record: _time(record[name])


def _of(part: str, name: str) -> Cell:
    return lambda record: record[part][name]


def _place(record: Json) -> str:
    """A port, or another place by its name."""
    return str(record["port_id"] or record["place"])


def _position(encounter: Json) -> str:
    return format_position(*encounter["latest"]["position"]["coordinates"])


def _persons(encounter: Json) -> str:
    counted = encounter["persons"]
    if counted is None:
        return _word("not_known")
    return " - ".join("?" if count is None else str(count) for count in (counted["min"], counted["max"]))


def _on_scene(name: str) -> Cell:
    """What reports say of the vessel and the people; what none says is not known."""

    def cell(encounter: Json) -> str:
        stated = (encounter["on_scene"] or {}).get(name)
        if stated is None:
            return _word("not_known")
        if name == "vessel":
            profile = stated.get("profile") or DESCRIBED_VESSEL
            return _word("described") if profile == DESCRIBED_VESSEL else str(profile)
        if isinstance(stated, bool):
            return _both(_CONSOLE["yes" if stated else "no"])
        return _code(stated, "med") if name == "medical" else str(stated)

    return cell


def _reported_part(report: Json) -> str:
    part = report["report"]
    return _code("places" if part == "capacity" else part, "port")


def _directed(encounter: Json) -> str:
    direction = encounter["direction"]
    return "" if direction is None else f"{_place(direction)} ({direction['centre']})"


def _notes(encounter: Json) -> str:
    notes = {"not_seen_lately": encounter["aged"], "may_be_another": encounter["possible_duplicate"]}
    return "; ".join(_word(note) for note, holds in notes.items() if holds)


_DUTY = _of("by", "duty")
_SECTIONS: dict[str, dict[str, Cell]] = {
    "open_encounters": {
        "": itemgetter("encounter_id"), "last_seen": lambda record: _time(record["latest"]["observed_at"]),
        "position": _position, "persons": _persons, "recovered": _on_scene("persons_recovered"),
        "in_water": _on_scene("persons_in_water"), "medical": _on_scene("medical"), "vessel": _on_scene("vessel"),
        "source": lambda record: _code(record["latest"]["source"], "source"), "directed_to": _directed, "note": _notes,
    },
    "expiring_soon": {"reservation": str},
    "overdue": {"reservation": str},
    "expired_not_landed": {
        "reservation": itemgetter("reservation_id"), "port": itemgetter("port_id"), "vessel": itemgetter("vessel"),
        "persons": itemgetter("persons"), "expired": _time_of("expired_at"),
    },
    "reservations": {
        "": itemgetter("reservation_id"), "port": itemgetter("port_id"), "vessel": itemgetter("vessel"),
        "persons": _of("persons", "total"), "landed": _of("landed", "total"),
        "state": lambda record: ", ".join(
            [_code(record["state"], "held"), *([_word("overdue")] if record["overdue"] else [])]
        ),
        "arrival": _time_of("eta_at"), "expires": _time_of("expires_at"),
        "encounter": lambda record: record["encounter_id"] or "",
    },
    "held_against_shortage": {
        "reservation": itemgetter("reservation_id"), "port": itemgetter("port_id"),
        "code": lambda record: _code(record["override"]["code"], "override"),
        "reason": _of("override", "text"),
    },
    "overrides": {
        "decision": itemgetter("decision_id"), "chosen": _place,
        "code": lambda record: _code(record["code"], "override"),
        "reason": itemgetter("text"), "by": _DUTY, "at": _time_of("at"),
    },
    "withdrawn_directions": {
        "encounter": itemgetter("encounter_id"), "directed_to": _place, "centre": itemgetter("centre"),
        "reason": itemgetter("text"), "by": _DUTY, "at": _time_of("at"),
    },
    "exclusion_zones": {
        "zone": itemgetter("name"), "reason": itemgetter("reason"),
        "from": lambda record: _time(record["from_at"] or record["drawn_at"]),
        "to": lambda record: "" if record["to_at"] is None else _time(record["to_at"]), "by": _DUTY,
    },
    "aged_reports": {
        "port": itemgetter("port_id"), "report": _reported_part,
        "reported": _time_of("reported_at"),
    },
}  # fmt: skip
"""Lists of the page in the order they stand, and what of a record stands in each column; the first may have no name."""
