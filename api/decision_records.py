"""A decision with what the control room knows: made with it, kept with it, made again from what was kept."""

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from api.decision_service import DecisionService
from api.documents.canonical import EVERY_PORT_FORM, FORM, canonical_form, decision_sha256
from api.documents.decision import Basis, basis_of, decision_document, outcome_of, to_json
from api.encounter import AS_KNOWN, EncounterIn
from api.position import format_time
from api.store.commands import Actor, Answer, IdempotencyKey
from api.store.decisions import AS_TEXT, DecisionRecord, RecordDecision, replay
from api.store.port_snapshot import PortsSnapshot
from api.store.store import Store
from api.store.validation import Json, canonical
from engine.errors import InvalidAsk, PositionRefused, UnknownName
from engine.model import Ask, Decision

if TYPE_CHECKING:
    from collections.abc import Callable

NOW_WITHIN_S = 60.0
"""[A] A decision or plan for a time this near to the clock is one for now, and sees what ports report. [s]"""


@dataclass(frozen=True, slots=True, eq=False)
class MadeDecision:
    """A decision and what it was made of.

    Attributes
    ----------
    decision : Decision
    basis : Basis
        Encounter and inputs as its documents state them.
    ask : bytes
        Encounter body that leads to it, its time filled in.
    ports : PortsSnapshot or None
        What it was made with; None when no live feed was looked at.
    decide_s : float
        How long deciding took. [s]
    """

    decision: Decision
    basis: Basis
    ask: bytes
    ports: PortsSnapshot | None
    decide_s: float

    def record(self, encounter_id: str | None) -> RecordDecision:
        """The command that keeps it."""
        decision, ports = self.decision, self.ports
        best = decision.recommended
        return RecordDecision(
            self.basis.decision_id, self.ask.decode(), self.basis.inputs, outcome_of(decision),
            None if best is None else decision.world.ports[best].id, encounter_id,
            None if ports is None else ports.sha256, FORM, decision_sha256(decision, self.basis.canonical),
            None if ports is None else ports.body,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class RemadeDecision:
    """A recorded decision made anew with the data at hand.

    Attributes
    ----------
    decision : Decision
    basis : Basis
    form : bytes
        What the SHA-256 of the record is of, as it comes out now.
    others : tuple of str
        What it rests on that is not what it was: ``geodata``, ``forecast``, ``engine_version`` ...
    is_same : bool
        Whether it has the digest that was recorded.
    """

    decision: Decision
    basis: Basis
    form: bytes
    others: tuple[str, ...]
    is_same: bool


def is_for_now(ask: Ask, now_s: float) -> bool:
    """Whether a decision is about the present, so that what ports report now belongs to it."""
    return abs(ask.at_s - now_s) <= NOW_WITHIN_S


def make_decision(
    service: DecisionService,
    encounter: EncounterIn,
    ask: Ask,
    ports: PortsSnapshot | None,
    encounter_id: str | None,
    *,
    every_port: bool = True,
) -> MadeDecision:
    """Decide, with all a record needs.

    Parameters
    ----------
    service : DecisionService
    encounter : EncounterIn
        What was asked.
    ask : Ask
        Of `DecisionService.ask`.
    ports : PortsSnapshot or None
        What ports reported and what is held; None for a decision that is not about now.
    encounter_id : str or None
        Encounter of the store that is decided for.
    every_port : bool
        As for `engine.decide.decide`; the record is the same.
    """
    begun_s = perf_counter()
    decision = service.decide(ask, ports, encounter_id, every_port=every_port)
    decide_s = perf_counter() - begun_s
    body = {**encounter.model_dump(mode="json", exclude_unset=True), "time": format_time(ask.at_s)}
    return MadeDecision(decision, basis_of(decision), canonical(body), ports, decide_s)


def record_decision(
    store: Store, made: RecordDecision, actor: Actor, now_s: float, once: IdempotencyKey | None
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
    answer = store.do(made, actor, now_s, once)
    return first_recorded(store, answer, actor) if answer.repeated else None


def first_recorded(store: Store, answer: Answer, actor: Actor) -> DecisionRecord:
    """The record that a repeated request was answered with."""
    first = answer.document
    # Answers of before there were forms name the digest of a document.
    sha256 = first.get("decision_sha256", first.get("document_sha256"))
    return store.decision(first["decision_id"], sha256=sha256, principal=actor.principal or None)


def remake(service: DecisionService, record: DecisionRecord) -> RemadeDecision:
    """A recorded decision, made anew with the data of this service and held against the record.

    Raises
    ------
    PositionRefused
        The position is none here: the geodata are others.
    InvalidAsk, UnknownName
        Its vessel or policy is not known here.
    """
    encounter = EncounterIn.model_validate_json(record.ask, context=AS_KNOWN)
    ports = None if record.picture is None else PortsSnapshot(record.picture)
    # The time stands in the body, so the clock is not asked.
    decision = service.decide(service.ask(encounter, 0.0), ports, record.encounter_id)
    basis = basis_of(decision)
    form = _FORMS[record.form](decision, basis)
    return RemadeDecision(
        decision, basis, form, differing(record.inputs, basis.inputs), replay(record, form).same
    )  # fmt: skip


def _as_text(decision: Decision, _: Basis) -> bytes:
    return to_json(decision_document(decision)).encode()


_FORMS: "dict[int, Callable[[Decision, Basis], bytes]]" = {
    AS_TEXT: _as_text,
    EVERY_PORT_FORM: lambda decision, basis: canonical_form(decision, basis.canonical, EVERY_PORT_FORM),
    FORM: lambda decision, basis: canonical_form(decision, basis.canonical),
}


def missing_for(refused: Exception) -> tuple[str, ...]:
    """What is not as it was where a recorded request is refused now."""
    if isinstance(refused, PositionRefused):
        return ("geodata",)
    return (refused.field,) if isinstance(refused, InvalidAsk | UnknownName) else ()


def differing(then: Json, now: Json) -> tuple[str, ...]:
    """Names of the inputs that are not what they were."""
    return tuple(sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name)))
