"""The handover page as one plain HTML document: no script, nothing fetched, fit to be printed and signed."""

from collections.abc import Callable
from operator import itemgetter
from pathlib import Path

from markupsafe import Markup

from api.position import format_position
from api.store.validation import Json
from api.text.catalogue import load_groups
from api.text.html import load_template, style_policy

Cell = Callable[[Json], object]
"""What of a record stands in a cell."""

_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = (_TEMPLATES / "handover.css").read_text(encoding="utf-8")
_TEXTS = load_groups("handover")

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
    return " / ".join(_TEXTS["word"][name])


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
        "position": _position, "persons": _persons, "source": _of("latest", "source"), "directed_to": _directed,
        "note": _notes,
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
        "state": lambda record: f"{record['state']}, {_word('overdue')}" if record["overdue"] else record["state"],
        "arrival": _time_of("eta_at"), "expires": _time_of("expires_at"),
        "encounter": lambda record: record["encounter_id"] or "",
    },
    "held_against_shortage": {
        "reservation": itemgetter("reservation_id"), "port": itemgetter("port_id"), "code": _of("override", "code"),
        "reason": _of("override", "text"),
    },
    "overrides": {
        "decision": itemgetter("decision_id"), "chosen": _place, "code": itemgetter("code"),
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
        "port": itemgetter("port_id"), "report": itemgetter("report"), "reported": _time_of("reported_at"),
    },
}  # fmt: skip
"""Lists of the page in the order they stand, and what of a record stands in each column; the first may have no name."""
