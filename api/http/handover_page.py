"""The handover page as one plain HTML document: no script, nothing fetched, fit to be printed and signed."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from html import escape
from operator import itemgetter

from api.store.validation import Json

Cell = Callable[[Json], object]
"""What of a record stands in a cell."""

_STYLE = (
    "body{font:15px/1.4 sans-serif;margin:2em;color:#000;background:#fff}h1{font-size:1.4em}h2{font-size:1.1em;"
    "margin:1.4em 0 .3em}table{border-collapse:collapse;width:100%}th,td{border:1px solid #555;padding:.2em .5em;"
    "text-align:left;vertical-align:top}th{background:#eee}p.sign{margin-top:2.5em}code{word-break:break-all}"
)
_STYLE_SHA256 = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

PAGE_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_SHA256}'; frame-ancestors 'none'"
"""Content-Security-Policy of the page: its own style and nothing else."""


def handover_html(page: Json, digest: str) -> str:
    """The page for people.

    Parameters
    ----------
    page : dict
        Of `Store.handover`.
    digest : str
        SHA-256 of its JSON, which both duties sign.
    """
    sections = "".join(
        _section(english, french, page[name], columns) for name, (english, french, columns) in _SECTIONS.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Handover</title>'
        f"<style>{_STYLE}</style></head><body><h1>Handover / Relève, {_time(page['at'])}</h1>{sections}"
        f"<p>Page <code>{escape(digest)}</code></p>"
        '<p class="sign">Handed over by / Remis par: ____________________ &nbsp; '
        "Taken over by / Repris par: ____________________</p></body></html>\n"
    )


def _section(english: str, french: str, records: Sequence[Json], columns: dict[str, Cell]) -> str:
    title = f"<h2>{english} / {french}</h2>"
    if not records:
        return f"{title}<p>None / Néant</p>"
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    rows = ("".join(f"<td>{escape(str(cell(record)))}</td>" for cell in columns.values()) for record in records)
    return f"{title}<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


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
    lon, lat = encounter["latest"]["position"]["coordinates"]
    return f"{lat:.4f}, {lon:.4f}"


def _persons(encounter: Json) -> str:
    counted = encounter["persons"]
    if counted is None:
        return "not known"
    return " to ".join("?" if count is None else str(count) for count in (counted["min"], counted["max"]))


def _directed(encounter: Json) -> str:
    direction = encounter["direction"]
    return "" if direction is None else f"{_place(direction)} ({direction['centre']})"


def _notes(encounter: Json) -> str:
    notes = {"not seen lately": encounter["aged"], "may be another's": encounter["possible_duplicate"]}
    return "; ".join(note for note, holds in notes.items() if holds)


_DUTY = _of("by", "duty")
_SECTIONS: dict[str, tuple[str, str, dict[str, Cell]]] = {
    "open_encounters": ("Open encounters", "Événements ouverts", {
        "": itemgetter("encounter_id"), "last seen": lambda record: _time(record["latest"]["observed_at"]),
        "position": _position, "persons": _persons, "source": _of("latest", "source"), "directed to": _directed,
        "note": _notes,
    }),
    "expiring_soon": ("Expiring within ten minutes", "Expirent dans les dix minutes", {"reservation": str}),
    "overdue": ("Overdue", "En retard", {"reservation": str}),
    "expired_not_landed": ("Expired, people not landed", "Expirées, personnes non débarquées", {
        "reservation": itemgetter("reservation_id"), "port": itemgetter("port_id"), "vessel": itemgetter("vessel"),
        "persons": itemgetter("persons"), "expired": _time_of("expired_at"),
    }),
    "reservations": ("Reservations", "Réservations", {
        "": itemgetter("reservation_id"), "port": itemgetter("port_id"), "vessel": itemgetter("vessel"),
        "persons": _of("persons", "total"), "landed": _of("landed", "total"),
        "state": lambda record: f"{record['state']}, overdue" if record["overdue"] else record["state"],
        "arrival": _time_of("eta_at"), "expires": _time_of("expires_at"),
        "encounter": lambda record: record["encounter_id"] or "",
    }),
    "held_against_shortage": ("Held where places are missing", "Retenues malgré le manque de places", {
        "reservation": itemgetter("reservation_id"), "port": itemgetter("port_id"), "code": _of("override", "code"),
        "reason": _of("override", "text"),
    }),
    "overrides": ("Overrides of this shift", "Décisions contraires de ce quart", {
        "decision": itemgetter("decision_id"), "chosen": _place, "code": itemgetter("code"),
        "reason": itemgetter("text"), "by": _DUTY, "at": _time_of("at"),
    }),
    "withdrawn_directions": ("Directions withdrawn in this shift", "Directives retirées pendant ce quart", {
        "encounter": itemgetter("encounter_id"), "directed to": _place, "centre": itemgetter("centre"),
        "reason": itemgetter("text"), "by": _DUTY, "at": _time_of("at"),
    }),
    "exclusion_zones": ("Exclusion zones", "Zones d'exclusion", {
        "zone": itemgetter("name"), "reason": itemgetter("reason"),
        "from": lambda record: _time(record["from_at"] or record["drawn_at"]),
        "to": lambda record: "" if record["to_at"] is None else _time(record["to_at"]), "by": _DUTY,
    }),
    "aged_reports": ("Reports older than thirty minutes", "Informations de plus de trente minutes", {
        "port": itemgetter("port_id"), "report": itemgetter("report"), "reported": _time_of("reported_at"),
    }),
}  # fmt: skip
"""Lists of the page in the order they stand: their titles, and each column with what of a record stands in it."""
