"""NEAREST: own ship's fix, people and vessel made into an encounter, and the service's own answer to it.

There is no decision here: the service decides, for the service and for the terminal alike. The digest is of the bytes
that the service answers to the same encounter with ``view=brief&lang=both``, which is
put into words only as far as it is shown.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any, NamedTuple

from pydantic import ValidationError

from api.decision_service import DecisionService
from api.documents.decision import DEFAULT_LIMIT, candidate, decision_document, to_json, whole_document
from api.documents.decision_types import Candidate, DecisionDocument
from api.documents.language import languages_of
from api.encounter import EncounterIn, PointIn
from api.exchanged import in_form
from api.field_errors import field_errors
from api.position import InvalidPosition, format_time, parse_position
from api.store.port_snapshot import PortsSnapshot
from api.terminal.bodies import Medical, NearestIn, OwnVesselIn, PersonsAboardIn
from api.terminal.clock import Reading
from api.terminal.errors import TerminalRefusal, UnreadPosition
from api.terminal.messages import SENTENCES, sentence, span
from api.terminal.navigation import Estimate, Quality
from api.terminal.zones import ZonesView
from api.text.catalogue import Text
from engine.errors import InvalidAsk, PositionRefused, UnknownName
from engine.model import Decision

DECIMALS = 5
"""Of a degree: a metre."""
AGE_FROM_S = 10.0
"""A fix younger than this is now. [s]"""
LISTED = DEFAULT_LIMIT


class Own(NamedTuple):
    """What the terminal knows by itself.

    Attributes
    ----------
    estimate : Estimate
    reading : Reading
    vessel : OwnVesselIn
    persons : PersonsAboardIn
    ports : PortsSnapshot or None
        What ports reported, as the centre last told, with the exclusion zones that routes keep out of.
    zones : ZonesView
    """

    estimate: Estimate
    reading: Reading
    vessel: OwnVesselIn
    persons: PersonsAboardIn
    ports: PortsSnapshot | None = None
    zones: ZonesView = ZonesView()
    medical: Medical | None = None


@dataclass(frozen=True)
class Answered:
    """An answer: what was asked, and what was answered.

    Attributes
    ----------
    encounter : dict
        Body that leads to it again.
    decision : Decision
    """

    encounter: dict[str, Any]
    decision: Decision

    @cached_property
    def document(self) -> DecisionDocument:
        """The whole document in both languages, cut to the first ports."""
        return whole_document(self.decision, LISTED)

    @cached_property
    def sha256(self) -> str:
        """Digest of the brief view in both languages."""
        return hashlib.sha256(to_json(self.view("both")).encode()).hexdigest()

    def port(self, port_id: str, lang: str) -> Candidate:
        """Everything about one port, fit or not.

        Raises
        ------
        UnknownName
        """
        ports = self.decision.world.ports
        for k, port in enumerate(ports):
            if port.id == port_id:
                return candidate(self.decision, k, languages_of(lang))
        raise UnknownName("port", f"there is no port {port_id[:40]!r}.", "See the list of ports.")

    def view(self, lang: str) -> dict[str, Any]:
        """The brief view."""
        return decision_document(self.decision, "brief", lang, LISTED)


def answer(service: DecisionService, asked: NearestIn, own: Own) -> Answered:
    """The nearest fit port for what was asked, everything else being own ship's.

    Raises
    ------
    TerminalRefusal
        There is no position to answer for.
    SafeportError
        The engine refuses the position, or a name is not known.
    """
    return answer_encounter(service, encounter_of(asked, own), own)


def answer_encounter(service: DecisionService, encounter: EncounterIn, own: Own) -> Answered:
    """The answer to an encounter."""
    ask = service.ask(encounter, own.reading.utc_s)
    body = {**encounter.model_dump(mode="json", exclude_unset=True), "time": format_time(ask.at_s)}
    return Answered(body, service.decide(ask, own.ports))


def encounter_of(asked: NearestIn, own: Own) -> EncounterIn:
    """The encounter body, exactly as it could be posted to the service."""
    persons = own.persons
    count: Any = asked.persons
    # With nobody aboard yet it is not known how many there will be.
    if count is None and persons.min is not None and persons.max:
        count = {"min": persons.min, "max": persons.max}
    # Of other people than those aboard nothing else is known.
    told = own.medical if asked.persons is None else None
    body: dict[str, Any] = {
        **_place(asked, own.estimate),
        "time": format_time(own.reading.utc_s),
        "medical": asked.medical or told or "none",
        "vessel": (asked.vessel or own.vessel.profile).model_dump(mode="json", exclude_none=True),
        "policy": asked.policy,
    }
    if count is not None:
        body["persons"] = count if isinstance(count, int | dict) else count.model_dump(mode="json")
    if asked.persons is None and persons.recovered is not None:
        body["persons_recovered"] = persons.recovered
    if persons.in_water is not None:
        body["persons_in_water"] = persons.in_water
    if persons.aboard_since is not None:
        body["aboard_since"] = persons.aboard_since
    try:
        return EncounterIn.model_validate(body)
    except ValidationError as wrong:
        found = field_errors(wrong.errors(include_url=False, include_input=False))[0]
        raise InvalidAsk(found.field or "encounter", found.problem, found.remedy) from None


def _place(asked: NearestIn, estimate: Estimate) -> dict[str, Any]:
    if asked.position is not None:
        return {"position": point_of(asked.position, asked.lang).model_dump(mode="json")}
    if estimate.quality in (Quality.NONE, Quality.STALE):
        raise no_position(estimate)
    place: dict[str, Any] = {
        "position": {"type": "Point", "coordinates": [round(estimate.lon, DECIMALS), round(estimate.lat, DECIMALS)]}
    }
    if estimate.age_s >= AGE_FROM_S:
        place["position_age_s"] = float(int(estimate.age_s))
    if isfinite(estimate.accuracy_m) and estimate.accuracy_m > 0.0:
        place["position_accuracy_m"] = min(float(round(estimate.accuracy_m)), 50_000.0)
    return place


def point_of(position: PointIn | str, lang: str, field: str = "position") -> PointIn:
    """The position a person or a page gave in a field.

    Raises
    ------
    UnreadPosition
    """
    if isinstance(position, PointIn):
        return position
    try:
        lon, lat = parse_position(position, french=lang == "fr")
    except InvalidPosition as wrong:
        raise UnreadPosition(field, wrong) from None
    return PointIn(type="Point", coordinates=[lon, lat])


@contextmanager
def refused_as_given(position: PointIn | str | None) -> Iterator[None]:
    """Have a position refused in the form it was given in: only a program gives longitude first.

    Raises
    ------
    PositionRefused
    """
    try:
        yield
    except PositionRefused as refused:
        raise in_form(refused, "geojson" if isinstance(position, PointIn) else "written") from None


def no_position(estimate: Estimate) -> TerminalRefusal:
    """Refusal that says what is still known, and how old it is."""
    if estimate.quality is Quality.STALE:
        key = "stale" if isfinite(estimate.age_s) else "stale_unknown"
        reason = sentence(key, age=span(estimate.age_s))
        known = {"position": [round(estimate.lon, DECIMALS), round(estimate.lat, DECIMALS)]}
    else:
        reason, known = sentence(estimate.why), {}
    assert reason is not None  # noqa: S101
    text = reason if known else SENTENCES["give_position"].fill(reason=Text(**reason)).both()
    age_s = round(estimate.age_s) if isfinite(estimate.age_s) else None
    return TerminalRefusal(409, "NO_POSITION", text, {"last_known": {**known, "age_s": age_s} if known else None})
