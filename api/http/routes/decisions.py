"""Decisions: made, recorded where there is a store, read again, overridden."""

import logging
import time
from typing import Annotated, NamedTuple

from fastapi import Body, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.decision_records import MadeDecision, first_recorded, is_for_now, make_decision, missing_for, remake
from api.decision_service import DecisionService
from api.documents.decision import outcome_of
from api.documents.decision_types import BriefDocument, DecisionDocument, LineDocument
from api.encounter import EncounterIn
from api.http.async_store import AsyncStore
from api.http.auth import Caller, requires
from api.http.authorization import require_owner, visible_places
from api.http.command_executor import CommandExecutor, executes, idempotency_key_of
from api.http.dependencies import CurrentService, JsonText, Records, Work
from api.http.json_router import JsonRouter
from api.http.load_limits import WorkerPool
from api.http.metrics import Metrics
from api.http.openapi import KEYED, problems, schema_of
from api.http.presentation import Presentation, Presented
from api.http.problems import Busy, DocumentGone, NotTheSame
from api.http.schemas.decision_examples import DECISIONS, ENCOUNTERS, TRACKS
from api.http.schemas.record_examples import OVERRIDE, OVERRIDE_IN
from api.http.schemas.requests import OverrideIn
from api.security.roles import Permission
from api.store.commands import IdempotencyKey
from api.store.decisions import DecisionRecord, RecordDecision
from api.store.directions import OverrideDocument
from api.store.errors import Refused, StoreError
from api.store.ownership import OwnRecord
from api.store.port_snapshot import PortsSnapshot
from api.store.store import Store
from api.store.validation import Json
from engine.errors import InvalidAsk, UnknownName
from engine.model import Ask

router = JsonRouter()
_log = logging.getLogger(__name__)

RECORDED = "Safeport-Recorded"
"""Header of an answer that a store might have kept: ``yes``, or ``no`` when that failed or is not known."""

MADE = "Safeport-Made-From"
"""Header of the document of a recorded decision: ``record``, made again and proven by its digest, or ``kept``."""

_VIEWS = schema_of(DecisionDocument | BriefDocument | LineDocument)

EncounterId = Annotated[str, Field(min_length=1, max_length=80)]


class DecisionContext(NamedTuple):
    """What a decision is made with."""

    service: DecisionService
    worker_pool: WorkerPool
    async_store: AsyncStore
    metrics: Metrics


async def decision_context_of(request: Request) -> DecisionContext:
    """Service, threads, records and metrics at once: FastAPI takes as long for each dependency as for all of these."""
    state = request.app.state
    return DecisionContext(state.startup.service(), state.worker_pool, state.async_store, state.metrics)


@router.post(
    "/decisions",
    tags=["decisions"],
    summary="Nearest fit port for an encounter",
    response_class=JsonText,
    openapi_extra=KEYED,
    responses={
        200: {
            "description": "The decision, also when no port is fit, by `view`; routes as GeoJSON or the recommended "
            "one as GPX for who accepts that.",
            "content": TRACKS | {"application/json": {"schema": _VIEWS, "examples": DECISIONS}},
            "headers": {
                RECORDED: {
                    "description": "With a store: yes, or no when recording failed.",
                    "schema": {"type": "string"},
                }
            },
        },
        **problems(400, 404, 413, 415, 422, 503),
    },
)
async def create_decision(
    request: Request,
    encounter: Annotated[EncounterIn, Body(openapi_examples=ENCOUNTERS)],
    room: Annotated[DecisionContext, Depends(decision_context_of)],
    caller: Annotated[Caller, requires(Permission.DECIDE)],
    presented: Presented,
    encounter_id: Annotated[
        EncounterId | None,
        Query(
            description="Encounter of the store it is made for: its own reservations are places it has. To a vessel "
            "so are all her own, but for those of other encounters where she names one."
        ),
    ] = None,
) -> Response:
    """Judge every port in the area for one encounter and say which is the nearest that is fit, and why.

    Without `time` the encounter is now. The same encounter at the same time gives the same bytes. With a store the
    decision is recorded, and one for now sees what ports report and what is held. Where the store cannot be read it is
    answered all the same, but for a vessel that names an encounter: whether it is hers is not known then. Where a
    centre's direction holds for the encounter, it is named (`direction`): it is the answer, and the decision is for
    information.
    """
    service, worker_pool, async_store, metrics = room
    now_s = time.time()
    ask = service.ask(encounter, now_s)
    if not async_store.is_kept:
        if encounter_id is not None:
            async_store.store()
        answer, outcome, decide_s = await worker_pool.run(
            lambda: _answered(service, ask, presented), is_quick=_is_quick(service, ask, presented)
        )
        metrics.count_decision(outcome, decide_s)
        return answer
    once = await idempotency_key_of(request, caller)

    directed: list[Json | None] = []

    def known(store: Store) -> None:
        if encounter_id is not None:
            require_owner(caller, store, "encounter_id", encounter_id)
            store.encounter(encounter_id)
            directed.append(store.direction(encounter_id))

    ports, for_now = None, is_for_now(ask, now_s)
    if for_now or encounter_id is not None:
        seen = await async_store.ports_seen(now_s, known, first_decides=caller.own_only and encounter_id is not None)
        ports = visible_places(caller, seen, encounter_id) if for_now else None
    # A direction that holds is the answer, whatever the engine says.
    shown = presented._replace(direction=directed[-1]) if directed else presented

    def decide_and_answer() -> tuple[MadeDecision, RecordDecision, Response]:
        every_port = shown.needs_every_port
        made = make_decision(service, encounter, ask, ports, encounter_id, every_port=every_port)
        return made, made.record(encounter_id), shown.answer(made.decision, made.basis)

    made, record, answer = await worker_pool.run(decide_and_answer, is_quick=_is_quick(service, ask, presented, ports))
    metrics.count_decision(record.outcome, made.decide_s)
    return await _recorded(service, worker_pool, async_store, caller, once, record, answer, shown)


def _is_quick(
    service: DecisionService, ask: Ask, presented: Presentation, ports: PortsSnapshot | None = None
) -> bool:  # fmt: skip
    """Whether deciding and answering hold up the event loop for no longer than a thread would that it competes with.

    On two cores 1 to 2 ms; 28 for a vessel not seen before that few ports take, the slowest of 2,000. Half a second for
    some positions on banks, and 40 to 90 ms to put every port into words: in a thread, others are answered
    meanwhile.
    """
    return not presented.needs_every_port and service.is_quick(ask, ports)


def _answered(service: DecisionService, ask: Ask, presented: Presentation) -> tuple[Response, str, float]:
    """Answer of a service that keeps no records."""
    begun_s = time.perf_counter()
    decision = service.decide(ask, every_port=presented.needs_every_port)
    decide_s = time.perf_counter() - begun_s
    return presented.answer(decision), outcome_of(decision), decide_s


async def _recorded(
    service: DecisionService,
    worker_pool: WorkerPool,
    async_store: AsyncStore,
    caller: Caller,
    once: IdempotencyKey | None,
    record: RecordDecision,
    answer: Response,
    presented: Presentation,
) -> Response:
    """Record a decision and answer it; one that cannot be recorded is answered all the same."""
    try:
        kept = await async_store.record_soon(record, caller, once)
        first = None
        if kept.repeated:
            first = await async_store.run_soon(lambda store: first_recorded(store, kept, caller.actor))
    except Refused:
        raise
    except (StoreError, Busy) as failure:
        # People at sea wait for this answer; that it stands in no record is said beside it.
        _log.error("a decision was not recorded: %s", failure)
        answer.headers[RECORDED] = "no"
        return answer
    answer.headers[RECORDED] = "yes"
    if first is None:
        return answer
    try:
        again = await _answer_of(service, worker_pool, first, presented)
    except (DocumentGone, NotTheSame) as failure:
        _log.error("a repeated decision was answered anew: %s", failure)
        answer.headers[RECORDED] = "no"
        return answer
    again.headers[RECORDED] = "yes"
    again.headers["Idempotency-Replayed"] = "true"
    return again


async def _answer_of(
    service: DecisionService, worker_pool: WorkerPool, record: DecisionRecord, presented: Presentation
) -> Response:  # fmt: skip
    """Answer made of a record: decided again and found to be the same; or as it was handed out, if that is kept.

    Raises
    ------
    DocumentGone, NotTheSame
    """
    if record.document is not None and presented.can_be_cut_from_a_document:
        return presented.answer_of_document(record.document, {MADE: "kept"})
    return await worker_pool.run(lambda: _made_of(service, record, presented))


def _made_of(service: DecisionService, record: DecisionRecord, presented: Presentation) -> Response:
    try:
        again = remake(service, record)
    except (InvalidAsk, UnknownName) as refused:
        raise _gone(record, missing_for(refused)) from None
    if again.is_same:
        return presented.answer(again.decision, again.basis, {MADE: "record"})
    if again.others:
        raise _gone(record, again.others)
    raise NotTheSame(f"What was decided has the SHA-256 {record.sha256}. Report this, with the record.")


def _gone(record: DecisionRecord, others: tuple[str, ...]) -> DocumentGone:
    kept = " What was handed out is kept: ask for it with view=full." if record.document is not None else ""
    return DocumentGone(
        f"It was made with another {', '.join(others)}. 'safeport audit replay' makes it again from those; "
        f"its SHA-256 is {record.sha256}.{kept}"
    )


@router.get(
    "/decisions/{decision_id}",
    tags=["decisions"],
    summary="A decision that was recorded",
    response_class=JsonText,
    responses={
        200: {
            "content": TRACKS | {"application/json": {"schema": _VIEWS, "examples": DECISIONS}},
            "headers": {
                MADE: {
                    "description": "record: made again from the record and proven by its SHA-256. kept: as handed out.",
                    "schema": {"type": "string"},
                }
            },
        },
        **problems(403, 404, 410, 422, 500, 503),
    },
)
async def read_decision(
    decision_id: str,
    service: CurrentService,
    worker_pool: Work,
    async_store: Records,
    caller: Annotated[Caller, requires(Permission.READ_RECORDS)],
    presented: Presented,
) -> Response:
    """The newest record of that name, in any view and language, made from the record.

    It is decided again from the request and the ports as they were then, and answered only if codes and figures have
    the SHA-256 of the record. Where the data it was made with are gone, so is the document; the record stays. Of old
    records that keep their document, `view=full&lang=both` gives the bytes that were handed out.
    """

    def recorded(store: Store) -> DecisionRecord:
        require_owner(caller, store, "decision_id", decision_id)
        return store.decision(decision_id, principal=caller.principal if caller.own_only else None)

    return await _answer_of(service, worker_pool, await async_store.run(recorded), presented)


@router.command(
    "/decisions/{decision_id}/override",
    tags=["decisions"],
    summary="Record what was chosen instead",
    answer=OverrideDocument,
    example=OVERRIDE,
)
async def override_decision(
    decision_id: str,
    override: Annotated[OverrideIn, Body(examples=[OVERRIDE_IN])],
    executor: Annotated[CommandExecutor, executes(Permission.OVERRIDE)],
) -> Response:
    """Never refused for what was chosen, nor because nobody here knows the decision: it may have been made aboard.

    A vessel's is refused for what is known to be another's.
    """
    chosen = override.command(decision_id)
    return await executor.respond(
        chosen, OwnRecord("encounter_id", chosen.encounter_id), OwnRecord("decision_id", decision_id, or_nobodys=True),
    )  # fmt: skip
