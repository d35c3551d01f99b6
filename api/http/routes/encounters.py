"""Encounters: reports of people at sea, where they were directed, and the live board."""

import time
from contextlib import suppress
from dataclasses import replace
from typing import Annotated

from fastapi import Body, Query, Request
from starlette.responses import Response

from api.board import (
    BoardDocument,
    StandingDocument,
    ask_now,
    board_of,
    body_now,
    doubts,
    encounter_known,
    engine_view,
    port_judged,
    quick_decide,
    refused_view,
)
from api.decision_service import policy_named
from api.documents.decision import to_json
from api.http.auth import Caller, requires
from api.http.authorization import filter_owned, require_owner, visible_places, without_others
from api.http.command_executor import CommandExecutor, executes
from api.http.dependencies import CurrentService, JsonText, Records, Work, decision_service_of, port_id_of
from api.http.json_router import JsonRouter
from api.http.problems import Busy, Starting
from api.http.schemas.decision_examples import ENCOUNTERS
from api.http.schemas.record_examples import (
    CLOSE_IN,
    CLOSED,
    DIRECTION,
    DIRECTION_IN,
    ENCOUNTER,
    ENCOUNTERS_OPEN,
    OFFER_ANSWER_IN,
    OFFER_ANSWERED,
    OFFER_IN,
    OFFERED,
    REOPEN_IN,
    REOPENED,
    REPORT_IN,
    REPORTED,
    STANDING,
    WITHDRAW_IN,
    WITHDRAWN,
)
from api.http.schemas.requests import (
    CloseIn,
    DirectionIn,
    OfferAnswerIn,
    OfferIn,
    ReopenIn,
    ReportIn,
    WithdrawIn,
)
from api.position import format_time, parse_time
from api.security.roles import Permission
from api.store.board import OpenEncounter
from api.store.commands import Answer
from api.store.coordination import CoordinationStep
from api.store.directions import DirectionDocument, WithdrawnDirection, standing_of
from api.store.encounters import (
    EncounterClosed,
    EncounterDocument,
    EncounterReopened,
    ReportedEncounter,
    ReportEncounter,
)
from api.store.errors import NotFound, StoreBusy, StoreUnavailable
from api.store.ownership import OwnRecord
from api.store.store import Store
from api.store.validation import Json, canonical
from engine.errors import InvalidAsk, PackError, PositionRefused, UnknownName
from engine.routes import check_in_area, looks_exchanged

router = JsonRouter(tags=["encounters"])

Closer = Annotated[CommandExecutor, executes(Permission.CLOSE_ENCOUNTER)]
Coordinator = Annotated[CommandExecutor, executes(Permission.SIGN_HANDOVER)]
Reader = Annotated[Caller, requires(Permission.READ_RECORDS)]

_ID = "encounter_id"
_REPORTS = [REPORT_IN, ENCOUNTERS["lifeboat"]["value"]]


@router.command(
    "/encounters",
    summary="Report people at sea: opens an encounter",
    answer=ReportedEncounter,
    example=REPORTED,
    status_code=201,
)
async def report_encounter(
    request: Request,
    body: Annotated[ReportIn, Body(examples=_REPORTS)],
    executor: Annotated[CommandExecutor, executes(Permission.REPORT_ENCOUNTER)],
) -> Response:
    """Those it may be a second report of are named. They are never merged, and nothing closes by itself.

    The body of a decision is a report as it stands, and `encounter` of the answer is the body of a decision.
    """
    command = await _understood(request, body)
    return _reported(executor, await executor.execute(command))


@router.read(
    "/encounters",
    summary="Every open encounter; with decide=true the live board",
    answer=BoardDocument,
    example=ENCOUNTERS_OPEN,
)
async def read_encounters(
    request: Request,
    service: CurrentService,
    worker_pool: Work,
    async_store: Records,
    caller: Reader,
    decide: Annotated[bool, Query(description="Decide each of them anew for now.")] = False,
) -> Response:
    """In the order they were opened, each with its newest report and whether it may be another's second report.

    A vessel is shown her own only.

    Decided anew means: for the vessel on scene by its reports and its newest recorded decision, at the newest position,
    with what ports report now. `VESSEL_ASSUMED` where nobody has named her. Nothing of it is recorded.
    """

    def gather(store: Store) -> tuple[int, tuple[OpenEncounter, ...]]:
        basis = store.board()
        own = {
            item["encounter_id"]
            for item in filter_owned(caller, store, [encounter.board for encounter in basis.encounters], _ID)
        }
        return basis.sequence, tuple(encounter for encounter in basis.encounters if encounter.board[_ID] in own)

    sequence, encounters = await async_store.run(gather)
    if not decide:
        rows = [{**encounter.board, "decided": None} for encounter in encounters]
        return JsonText(to_json({"at": None, "encounters": rows}))
    now_s = time.time()
    # Of her places without an encounter any on the board may be meant, and of the others only their own.
    ports = visible_places(caller, await async_store.ports_seen(now_s), "")

    def text() -> str:
        board = board_of(service, encounters, ports, now_s)
        return to_json({"at": board.at, "encounters": board.encounters})

    # Equal until the next second, the next event or the next forecast: many may watch one board.
    key = (sequence, int(now_s), id(service.world), caller.principal if caller.own_only else None)
    return JsonText(await request.app.state.board.run(key, lambda: worker_pool.run(text)))


@router.read(
    "/encounters/{encounter_id}",
    summary="One encounter with all its reports",
    answer=EncounterDocument,
    example=ENCOUNTER,
)
async def read_encounter(encounter_id: str, async_store: Records, caller: Reader) -> Response:
    """Oldest report first, whatever became of the encounter, and the pairs it is part of.

    `encounter` is what is known of it now, as the body of a decision: post it with `encounter_id` to have it decided.
    """

    def known(store: Store) -> Json:
        document, last = _visible(store, caller, encounter_id), store.latest_decision(encounter_id)
        asked = encounter_known(document, last=last)
        return {**document, "encounter": body_now(asked, float(int(time.time())))}

    return JsonText(to_json(await async_store.run(known)))


@router.command(
    "/encounters/{encounter_id}/reports",
    summary="One more report of an encounter",
    answer=ReportedEncounter,
    example=REPORTED,
    status_code=201,
)
async def add_report(
    request: Request,
    encounter_id: str,
    body: Annotated[ReportIn, Body(examples=_REPORTS)],
    executor: Annotated[CommandExecutor, executes(Permission.REPORT_ENCOUNTER)],
    async_store: Records,
) -> Response:
    """Added by somebody who knows that it belongs to it.

    `encounter` of the answer is the body of a decision, with what reports before it say and this one leaves open.
    A vessel may report of any, for what she saw is needed; that does not make it hers, and `by` says whose word it is.
    """
    command = await _understood(request, body, encounter_id)
    answer = await executor.execute(command)
    known = None
    # The report stands by now: a sender that was told otherwise would send it twice.
    with suppress(StoreBusy, StoreUnavailable, Busy):
        known = await async_store.run(lambda store: _known_with(store, executor.caller, answer))
    return _reported(executor, answer, known)


@router.command(
    "/encounters/{encounter_id}/close",
    summary="Say that it has ended, with evidence",
    answer=EncounterClosed,
    example=CLOSED,
)
async def close_encounter(
    encounter_id: str, body: Annotated[CloseIn, Body(examples=[CLOSE_IN])], executor: Closer
) -> Response:
    """Its reports and reservations stay as they are."""
    return await executor.respond(body.command(encounter_id))


@router.command(
    "/encounters/{encounter_id}/reopen",
    summary="It had not ended after all",
    answer=EncounterReopened,
    example=REOPENED,
)
async def reopen_encounter(
    encounter_id: str, body: Annotated[ReopenIn, Body(examples=[REOPEN_IN])], executor: Closer
) -> Response:
    """Open it again."""
    return await executor.respond(body.command(encounter_id))


@router.command(
    "/encounters/{encounter_id}/direction",
    summary="Record where a co-ordination centre directed these people",
    answer=DirectionDocument,
    example=DIRECTION,
)
async def direct_encounter(
    encounter_id: str,
    body: Annotated[DirectionIn, Body(examples=[DIRECTION_IN])],
    service: CurrentService,
    executor: Annotated[CommandExecutor, executes(Permission.DIRECT)],
) -> Response:
    """It is the answer from here on; of several the one said last holds. A place outside the register goes by name."""
    direction = body.command(encounter_id)
    if direction.port_id is not None:
        direction = replace(direction, port_id=port_id_of(service, direction.port_id, "port_id"))
    return await executor.respond(direction, OwnRecord(_ID, encounter_id))


@router.command(
    "/encounters/{encounter_id}/direction/withdraw",
    summary="Record that a centre took back the direction that holds",
    answer=WithdrawnDirection,
    example=WITHDRAWN,
)
async def withdraw_direction(
    encounter_id: str,
    body: Annotated[WithdrawIn, Body(examples=[WITHDRAW_IN])],
    executor: Annotated[CommandExecutor, executes(Permission.DIRECT)],
) -> Response:
    """Both stay on record. The one before it does not hold again: nothing is directed until a centre directs anew."""
    return await executor.respond(body.command(encounter_id), OwnRecord(_ID, encounter_id))


@router.command(
    "/encounters/{encounter_id}/coordination/offer",
    summary="Ask another centre to co-ordinate it from here on",
    answer=CoordinationStep,
    example=OFFERED,
)
async def offer_coordination(
    encounter_id: str, body: Annotated[OfferIn, Body(examples=[OFFER_IN])], executor: Coordinator
) -> Response:
    """The offer is recorded, and nothing else changes: until it is accepted the first centre co-ordinates."""
    return await executor.respond(body.command(encounter_id))


@router.command(
    "/encounters/{encounter_id}/coordination/answer",
    summary="Accept or refuse to co-ordinate it, or withdraw the offer",
    answer=CoordinationStep,
    example=OFFER_ANSWERED,
)
async def answer_coordination(
    encounter_id: str, body: Annotated[OfferAnswerIn, Body(examples=[OFFER_ANSWER_IN])], executor: Coordinator
) -> Response:
    """Recorded as the answer of the centre that is named; 409 where no offer waits for one."""
    return await executor.respond(body.command(encounter_id))


@router.read(
    "/encounters/{encounter_id}/standing",
    summary="The direction given, and what the engine says beside it",
    answer=StandingDocument,
    example=STANDING,
)
async def read_standing(
    encounter_id: str, service: CurrentService, worker_pool: Work, async_store: Records, caller: Reader
) -> Response:
    """The engine decides anew for now.

    Beside a direction its view is for information, and a hard rule that fails on the place directed is a conflict the
    master has to see.
    """
    now_s = time.time()

    def gather(store: Store) -> tuple[OpenEncounter, Json | None]:
        document = _visible(store, caller, encounter_id)
        last = store.latest_decision(encounter_id)
        known = encounter_known(document, store.direction(encounter_id), last)
        return known, store.withdrawal(encounter_id)

    known, withdrawn = await async_store.run(gather)
    ports = visible_places(caller, await async_store.ports_seen(now_s), encounter_id)

    def standing() -> Json:
        document: Json = {"candidates": [], "excluded": []}
        assumed: list[str] = []
        try:
            ask = ask_now(service, known, float(int(now_s)))
            assumed = doubts(ask)
            seen = service.world_seeing(ports, ask.at_s, ask.policy.limits, encounter_id)
            judged = quick_decide(ask, seen, every_port=known.direction is not None)
            view = engine_view(judged)
            if known.direction is not None:
                document["candidates"] = port_judged(judged, known.direction["port_id"])
        except (PositionRefused, InvalidAsk, UnknownName) as refused:
            view = refused_view(refused)
        stands: Json = {"codes": [], "direction": None, "conflicts": [], "judged": False, "engine_view": "advice"}
        if known.direction is not None:
            stands = standing_of(known.direction, document)
        answer = "engine" if known.direction is None else "direction"
        return {
            "encounter_id": encounter_id, "answer": answer, **stands, "withdrawn": withdrawn,
            "codes": [*stands["codes"], *assumed],
            "engine": view,
            "decided_at": format_time(float(int(now_s))),
        }  # fmt: skip

    return JsonText(to_json(await worker_pool.run(standing)))


def _visible(store: Store, caller: Caller, encounter_id: str) -> Json:
    require_owner(caller, store, "encounter_id", encounter_id)
    return without_others(caller, store.encounter(encounter_id))


async def _understood(request: Request, body: ReportIn, encounter_id: str | None = None) -> ReportEncounter:
    """What a report asks for, once the vessel and the policy it names are found to be known.

    Raises
    ------
    UnknownName, Starting, PackError
    PositionRefused
        It lies outside the area only because its numbers are exchanged: as the newest position there is it would take
        the place of a right one. One that is merely far out is taken in.
    """
    with suppress(Starting, PackError):
        # While there is no service it is taken as it stands.
        world, (lon, lat) = (await decision_service_of(request)).world, body.position.coordinates
        if looks_exchanged(world, lon, lat):
            check_in_area(world, lon, lat)
    profile = body.vessel.named_profile
    if profile is not None:
        # Only then: a report has to be taken in also while the pack is still being opened.
        (await decision_service_of(request)).vessel(profile)
    policy_named(body.policy)
    return body.command(time.time(), encounter_id)


def _known_with(store: Store, caller: Caller, answer: Answer) -> OpenEncounter:
    """What was known of an encounter once a report of it was in; of another's, what the report says alone."""
    report = answer.document
    try:
        document = _visible(store, caller, report[_ID])
    except NotFound:
        return _known_from(report)
    last = store.latest_decision(report[_ID])
    # The same answer when the report is sent again with its key.
    before = [other for other in document["reports"] if other["sequence"] <= report["sequence"]]
    is_older = last is not None and last.sequence < report["sequence"]
    return encounter_known({**document, "reports": before}, last=last if is_older else None)


def _known_from(report: Json) -> OpenEncounter:
    return encounter_known({**report, "reports": [report]})


def _reported(executor: CommandExecutor, answer: Answer, known: OpenEncounter | None = None) -> Response:
    """The report as its caller may see it, and with it the body of a decision for the encounter as it is known then."""
    document = answer.document
    known = known or _known_from(document)
    encounter = body_now(known, float(int(parse_time(document["recorded_at"]))))
    seen = without_others(executor.caller, {**document, "encounter": encounter})
    return executor.response_of(replace(answer, body=canonical(seen)))
