"""RETASK: land first or go to the next casualty first, side by side, from ordinary decisions. Nobody is advised.

Times between decisions are over the water's shortest way at her speed in calm water; landing people and taking them
aboard is not in them, and the notice says so.
"""

from typing import Any

from api.decision_service import DecisionService
from api.documents.distance import distance_document
from api.encounter import PointIn
from api.position import parse_time
from api.terminal.bodies import NearestIn, RetaskIn
from api.terminal.own_decision import Answered, Own, answer, point_of
from api.terminal.own_ship import known_number, vessel_of
from engine.units import KNOT_MS

NOTICE = {
    "en": "Advice only: the centre and the master decide. Times of passage in calm water beyond the first decision; "
    "landing people and taking them aboard is not counted.",
    "fr": "Conseil seulement : le centre et le capitaine décident. Durées par mer calme après la première décision ; "
    "le débarquement et l'embarquement des personnes ne sont pas comptés.",
}
IN_WATER = {
    "en": "People are in the water at the casualty: landing first reaches them {minutes} min later.",
    "fr": "Des personnes sont à l'eau : débarquer d'abord retarde l'arrivée auprès d'elles de {minutes} min.",
}


def compare(service: DecisionService, asked: RetaskIn, own: Own) -> dict[str, Any]:
    """Both courses of action.

    Raises
    ------
    TerminalRefusal, SafeportError
    """
    casualty = point_of(asked.casualty, asked.lang, "casualty")
    now = answer(service, NearestIn(lang="both"), own)
    here = now.encounter["position"]["coordinates"]
    # Ways between decisions keep out of the zones that decisions keep out of.
    zoned = service if own.ports is None else service.avoiding(own.ports, own.reading.utc_s)
    vessel = vessel_of(service, own.vessel.profile)
    speed_kn = vessel.speed_ms / KNOT_MS
    since = asked.aboard_since or own.persons.aboard_since
    now_s = own.reading.utc_s

    landed = first_port(now)
    land_min = landed["minutes"]
    draught_m = known_number(vessel.draught_m)
    there_nm = None if landed["port_id"] is None else _distance_nm(zoned, landed["port_id"], casualty, draught_m)
    onward_min = minutes(there_nm, speed_kn)
    direct_min = minutes(_distance_nm(zoned, _written(here), casualty, draught_m), speed_kn)

    later = own._replace(reading=own.reading._replace(utc_s=now_s + 60.0 * (direct_min or 0)))
    from_there = answer(service, NearestIn(position=casualty, persons=asked.persons, lang="both"), later)
    second = first_port(from_there)
    total_min = _sum(direct_min, second["minutes"])
    land_first_min = _sum(land_min, onward_min)
    delay = None if land_first_min is None or direct_min is None else land_first_min - direct_min
    return {
        "land_first": {
            "port": landed, "minutes_to_landing": land_min, "minutes_to_casualty": land_first_min,
            "aboard_hours_at_landing": hours_aboard(since, now_s, land_min), "digest": now.sha256,
        },
        "casualty_first": {
            "port": second, "minutes_to_casualty": direct_min, "minutes_to_landing": total_min,
            "aboard_hours_at_landing": hours_aboard(since, now_s, total_min), "digest": from_there.sha256,
        },
        "casualty": casualty.model_dump(mode="json"),
        "warning": None
        if not asked.in_water or delay is None
        else {lang: text.format(minutes=delay) for lang, text in IN_WATER.items()},
        "notice": NOTICE,
    }  # fmt: skip


def first_port(answered: Answered) -> dict[str, Any]:
    """The port an answer names first, recommended or to be asked about; nulls where it names none."""
    document = answered.document
    first = document["recommended"] or next(iter(document["candidates"]), None)
    if first is None:
        return {"port_id": None, "name": None, "status": None, "minutes": None, "distance_nm": None}
    return {
        "port_id": first["port"]["id"], "name": first["port"]["name"], "status": first["status"],
        "minutes": round(first["time_to_landing_min"]) if first["time_to_landing_min"] is not None else None,
        "distance_nm": first["distance_nm"],
    }  # fmt: skip


def hours_aboard(since: str | None, now_s: float, minutes_more: int | None) -> float | None:
    """How long people will have been aboard when they land; None where it is not known. [h]"""
    if since is None or minutes_more is None:
        return None
    return round((now_s - parse_time(since)) / 3600.0 + minutes_more / 60.0, 1)


def minutes(distance_nm: float | None, speed_kn: float) -> int | None:
    """Whole minutes of a passage; None where the way or the speed is not known."""
    if distance_nm is None or not speed_kn > 0.0:
        return None
    return round(distance_nm / speed_kn * 60.0)


def _sum(*parts: int | None) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def _distance_nm(service: DecisionService, start: str, casualty: PointIn, draught_m: float | None) -> float | None:
    found = distance_document(service, start, _written(casualty.coordinates), draught_m)["distance_nm"]
    return found if isinstance(found, float) else None


def _written(place: list[float]) -> str:
    """A position as `distance_document` reads it, latitude first."""
    return f"{place[1]:.6f}, {place[0]:.6f}"
