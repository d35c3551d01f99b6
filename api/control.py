"""A decision with what the control room knows: made with it, kept with it, made again from what was kept."""

import hashlib
from time import perf_counter
from typing import NamedTuple

import orjson

from api.document import decision_document, dump
from api.encounter import EncounterIn
from api.house import House
from api.position import format_time
from api.store.decisions import DecisionRecord, RecordDecision
from api.store.ledger import Actor, Once
from api.store.live import PortsSnapshot
from api.store.store import Store
from api.store.values import Json, canonical
from engine.errors import InvalidAsk, PositionRefused, UnknownName
from engine.model import Ask

NOW_WITHIN_S = 60.0
"""[A] A decision or plan for a time this near to the clock is one for now, and sees what ports report. [s]"""


class Said(NamedTuple):
    """A decision as it is handed out, and what it was made of.

    Attributes
    ----------
    document : bytes
    ask : bytes
        Encounter body that leads to it, its time filled in.
    picture : bytes or None
        `PortsSnapshot.body` it was made with; None when no live feed was looked at.
    outcome : str
        As the document has it.
    decide_s : float
        How long deciding took, without putting it into words. [s]
    """

    document: bytes
    ask: bytes
    picture: bytes | None
    outcome: str = "none"
    decide_s: float = 0.0

    def record(self, encounter_id: str | None) -> RecordDecision:
        """The command that keeps it."""
        return RecordDecision.of(self.document, self.ask, self.picture, encounter_id)


class MadeAgain(NamedTuple):
    """A recorded decision made anew with the data at hand.

    Attributes
    ----------
    document : bytes or None
        Of the digest that was recorded; None when it came out differently.
    others : tuple of str
        What it rests on that is not what it was: ``geodata``, ``forecast``, ``engine_version`` ...
    """

    document: bytes | None
    others: tuple[str, ...]


def is_for_now(ask: Ask, now_s: float) -> bool:
    """Whether a decision is about the present, so that what ports report now belongs to it."""
    return abs(ask.at_s - now_s) <= NOW_WITHIN_S


def say(house: House, encounter: EncounterIn, ask: Ask, ports: PortsSnapshot | None, encounter_id: str | None) -> Said:
    """Decide and put it into words.

    Parameters
    ----------
    house : House
    encounter : EncounterIn
        What was asked.
    ask : Ask
        Of `House.ask`.
    ports : PortsSnapshot or None
        What ports reported and what is held; None for a decision that is not about now.
    encounter_id : str or None
        Encounter of the store that is decided for.
    """
    begun_s = perf_counter()
    decision = house.decide(ask, ports, encounter_id)
    decide_s = perf_counter() - begun_s
    document = decision_document(decision)
    body = {**encounter.model_dump(mode="json", exclude_unset=True), "time": format_time(ask.at_s)}
    picture = None if ports is None else ports.body
    return Said(dump(document).encode(), canonical(body), picture, str(document["outcome"]), decide_s)


def keep(
    store: Store, said: Said, encounter_id: str | None, actor: Actor, now_s: float, once: Once | None
) -> DecisionRecord | None:
    """Record a decision.

    Returns
    -------
    DecisionRecord or None
        What was recorded the first time, for a request repeated with its key: that is to be answered again.

    Raises
    ------
    Refused, StoreError
    """
    answer = store.do(said.record(encounter_id), actor, now_s, once)
    if not answer.repeated:
        return None
    first = answer.document
    return store.decision(
        first["decision_id"], document_sha256=first["document_sha256"], principal=actor.principal or None
    )


def say_again(house: House, record: DecisionRecord) -> bytes:
    """The document of a recorded decision, made anew with the data of this house.

    Raises
    ------
    SafeportError
        Its vessel or policy is not known here.
    """
    encounter = EncounterIn.model_validate_json(record.ask)
    ports = None if record.picture is None else PortsSnapshot(record.picture)
    # The time stands in the body, so the clock is not asked.
    return say(house, encounter, house.ask(encounter, 0.0), ports, record.encounter_id).document


def made_again(house: House, record: DecisionRecord) -> MadeAgain:
    """The document of a record that keeps it no more, held against its digest."""
    try:
        document = say_again(house, record)
    except PositionRefused:
        return MadeAgain(None, ("geodata",))
    except (InvalidAsk, UnknownName) as refused:
        return MadeAgain(None, (refused.field,))
    if hashlib.sha256(document).hexdigest() == record.document_sha256:
        return MadeAgain(document, ())
    return MadeAgain(None, differing(record.inputs, orjson.loads(document)["inputs"]))


def differing(then: Json, now: Json) -> tuple[str, ...]:
    """Names of the inputs that are not what they were."""
    return tuple(sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name)))
