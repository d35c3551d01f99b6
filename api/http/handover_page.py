"""The handover page as one plain HTML document: no script, nothing fetched, fit to be printed and signed."""

import base64
import hashlib
from collections.abc import Sequence
from html import escape

from api.store.validation import Json

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
    sections = (
        _section(
            "Open encounters",
            "Événements ouverts",
            ("", "last seen", "position", "persons", "source", "directed to", "note"),
            [_encounter(encounter) for encounter in page["open_encounters"]],
        ),
        _section(
            "Expiring within ten minutes",
            "Expirent dans les dix minutes",
            ("reservation",),
            [[item] for item in page["expiring_soon"]],
        ),
        _section("Overdue", "En retard", ("reservation",), [[item] for item in page["overdue"]]),
        _section(
            "Expired, people not landed",
            "Expirées, personnes non débarquées",
            ("reservation", "port", "vessel", "persons", "expired"),
            [
                [item["reservation_id"], item["port_id"], item["vessel"], item["persons"], _time(item["expired_at"])]
                for item in page["expired_not_landed"]
            ],
        ),
        _section(
            "Reservations",
            "Réservations",
            ("", "port", "vessel", "persons", "landed", "state", "arrival", "expires", "encounter"),
            [_reservation(reservation) for reservation in page["reservations"]],
        ),
        _section(
            "Held where places are missing",
            "Retenues malgré le manque de places",
            ("reservation", "port", "code", "reason"),
            [
                [item["reservation_id"], item["port_id"], item["override"]["code"], item["override"]["text"]]
                for item in page["held_against_shortage"]
            ],
        ),
        _section(
            "Overrides of this shift",
            "Décisions contraires de ce quart",
            ("decision", "chosen", "code", "reason", "by", "at"),
            [
                [
                    override["decision_id"],
                    override["port_id"] or override["place"],
                    override["code"],
                    override["text"],
                    override["by"]["duty"],
                    _time(override["at"]),
                ]
                for override in page["overrides"]
            ],
        ),
        _section(
            "Directions withdrawn in this shift",
            "Directives retirées pendant ce quart",
            ("encounter", "directed to", "centre", "reason", "by", "at"),
            [
                [
                    withdrawal["encounter_id"],
                    withdrawal["port_id"] or withdrawal["place"],
                    withdrawal["centre"],
                    withdrawal["text"],
                    withdrawal["by"]["duty"],
                    _time(withdrawal["at"]),
                ]
                for withdrawal in page["withdrawn_directions"]
            ],
        ),
        _section(
            "Exclusion zones",
            "Zones d'exclusion",
            ("zone", "reason", "from", "to", "by"),
            [
                [
                    zone["name"],
                    zone["reason"],
                    _time(zone["from_at"] or zone["drawn_at"]),
                    "" if zone["to_at"] is None else _time(zone["to_at"]),
                    zone["by"]["duty"],
                ]
                for zone in page["exclusion_zones"]
            ],
        ),
        _section(
            "Reports older than thirty minutes",
            "Informations de plus de trente minutes",
            ("port", "report", "reported"),
            [[report["port_id"], report["report"], _time(report["reported_at"])] for report in page["aged_reports"]],
        ),
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Handover</title>'
        f"<style>{_STYLE}</style></head><body><h1>Handover / Relève, {_time(page['at'])}</h1>{''.join(sections)}"
        f"<p>Page <code>{escape(digest)}</code></p>"
        '<p class="sign">Handed over by / Remis par: ____________________ &nbsp; '
        "Taken over by / Repris par: ____________________</p></body></html>\n"
    )


def _encounter(encounter: Json) -> list[object]:
    latest, direction = encounter["latest"], encounter["direction"]
    lon, lat = latest["position"]["coordinates"]
    least, most = latest["persons"]["min"], latest["persons"]["max"]
    persons = "not known" if least is None and most is None else f"{_known(least)} to {_known(most)}"
    notes = [
        word
        for word, given in (
            ("not seen lately", encounter["aged"]),
            ("may be another's", encounter["possible_duplicate"]),
        )
        if given
    ]
    return [
        encounter["encounter_id"],
        _time(latest["observed_at"]),
        f"{lat:.4f}, {lon:.4f}",
        persons,
        latest["source"],
        "" if direction is None else f"{direction['port_id'] or direction['place']} ({direction['centre']})",
        "; ".join(notes),
    ]


def _reservation(reservation: Json) -> list[object]:
    state = f"{reservation['state']}, overdue" if reservation["overdue"] else reservation["state"]
    return [
        reservation["reservation_id"],
        reservation["port_id"],
        reservation["vessel"],
        reservation["persons"]["total"],
        reservation["landed"]["total"],
        state,
        _time(reservation["eta_at"]),
        _time(reservation["expires_at"]),
        reservation["encounter_id"] or "",
    ]


def _section(english: str, french: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    title = f"<h2>{english} / {french}</h2>"
    if not rows:
        return f"{title}<p>None / Néant</p>"
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"{title}<table><tr>{head}</tr>{body}</table>"


def _known(count: object) -> str:
    return "?" if count is None else str(count)


def _time(at: str) -> str:
    """To the minute, in UTC."""
    return f"{at[:10]} {at[11:16]} UTC"
