"""The master's report as a message: with what the terminal knows, so that nobody types it twice."""

from math import isfinite
from typing import Any

from api.encounter import UNKNOWN_VESSEL
from api.position import format_time
from api.terminal.bodies import ReportIn
from api.terminal.navigation import Quality
from api.terminal.own_decision import DECIMALS, Own, no_position, point_of


def report_of(asked: ReportIn, own: Own) -> tuple[str, dict[str, Any]]:
    """Kind and body of a message.

    Raises
    ------
    TerminalRefusal
        An encounter needs a position, and there is none.
    InvalidAsk
        The position given is none.
    """
    place = None if asked.position is None else point_of(asked.position, "en").model_dump(mode="json")
    estimate = own.estimate
    is_known = estimate.quality not in (Quality.NONE, Quality.STALE)
    if place is None and is_known:
        coordinates = [round(estimate.lon, DECIMALS), round(estimate.lat, DECIMALS)]
        place = {"type": "Point", "coordinates": coordinates}
    persons = {"min": own.persons.min, "max": own.persons.max}
    if not asked.encounter:
        return "report", {
            "text": asked.text, "position": place, "quality": estimate.quality.value, "persons": persons,
            "recovered": own.persons.recovered, "in_water": own.persons.in_water,
            "medical": asked.medical or own.medical, "vessel": own.vessel.name,
        }  # fmt: skip
    if place is None:
        raise no_position(estimate)
    if not own.persons.max:
        # With nobody aboard yet it is not known how many there are.
        persons = {"min": None, "max": None}
    # Exactly what the service takes for a report of people at sea.
    body: dict[str, Any] = {
        "source": "vessel", "position": place, "observed_at": format_time(own.reading.utc_s), "persons": persons,
        "text": asked.text, **_on_scene(asked, own),
    }  # fmt: skip
    if asked.position is None and isfinite(estimate.accuracy_m):
        body["uncertainty_m"] = float(round(estimate.accuracy_m))
    return "encounter", body


def _on_scene(asked: ReportIn, own: Own) -> dict[str, Any]:
    """How the people are and who has them, as far as somebody has said: what is left out is not known ashore."""
    persons = own.persons
    stated: dict[str, Any] = {
        "medical": asked.medical or own.medical, "persons_recovered": persons.recovered,
        "persons_in_water": persons.in_water, "aboard_since": persons.aboard_since,
    }  # fmt: skip
    profile = own.vessel.profile.model_dump(mode="json", exclude_none=True)
    # Who only reports them may not be who takes them aboard: then the port is sought for another vessel.
    are_aboard = bool(persons.max or persons.recovered or persons.aboard_since)
    if are_aboard and own.vessel.profile.profile != UNKNOWN_VESSEL:
        stated["vessel"] = profile or None
    return {name: value for name, value in stated.items() if value is not None}
