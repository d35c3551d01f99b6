"""``/terminal/v1``: what the page asks the terminal. A route translates and nothing else."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from api.documents.decision import to_json
from api.http.auth import requires
from api.http.dependencies import CurrentService, JsonText, Work
from api.http.strict_json import StrictJsonRoute
from api.position import InvalidPosition, parse_position, spoken_position
from api.security.roles import Permission
from api.store.errors import StoreError
from api.terminal.bodies import (
    AcknowledgeIn,
    Lang,
    MedicalIn,
    NearestIn,
    OwnVesselIn,
    PersonsAboardIn,
    PositionIn,
    ReportIn,
    RetaskIn,
    RouteIn,
    Sha256,
)
from api.terminal.errors import TerminalRefusal, UnreadPosition
from api.terminal.messages import sentence
from api.terminal.own_decision import Answered, answer, refused_as_given
from api.terminal.report import report_of
from api.terminal.retask import compare
from api.terminal.state import check_against_chart, clock_document, fix_document, state_document
from api.terminal.terminal import Terminal
from api.terminal.zones import zones_document

STATE_AT_LEAST_S, STATE_AT_MOST_S = 5.0, 1.0
"""A state is sent at least so often, and no oftener than so. [s]"""


async def terminal_of(request: Request) -> Terminal:
    """The terminal of this application."""
    terminal: Terminal = request.app.state.terminal
    return terminal


Aboard = Annotated[Terminal, Depends(terminal_of)]
CREW = [requires(Permission.DECIDE)]
"""Everything here asks for what a crew may do; on loopback that is whoever sits at this computer."""

router = APIRouter(prefix="/terminal/v1", route_class=StrictJsonRoute, tags=["terminal"], dependencies=CREW)


@router.get("/state", summary="Fix, sources, targets, own ship, layers, link", response_class=JsonText)
async def read_state(terminal: Aboard) -> Response:
    """Everything the page shows when nobody has asked anything."""
    return JsonText(to_json(state_document(terminal)))


@router.get("/events", summary="The state as it changes", response_class=Response)
async def follow_state(request: Request, terminal: Aboard) -> Response:
    """Server-sent events ``state``: at most one a second, at least one each five."""
    leaving = request.app.state.leaving

    async def told() -> AsyncGenerator[ServerSentEvent]:
        while not leaving.has_begun:
            changed = terminal.changed
            yield ServerSentEvent(to_json(state_document(terminal)), event="state")
            await asyncio.sleep(STATE_AT_MOST_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(STATE_AT_LEAST_S - STATE_AT_MOST_S):
                    await changed.wait()

    stream = EventSourceResponse(told(), ping=15)
    stream.headers["Connection"] = "close"
    return stream


@router.post("/nearest", summary="The nearest fit port, from own fix", response_class=JsonText)
async def ask_nearest(asked: NearestIn, terminal: Aboard, service: CurrentService, worker_pool: Work) -> Response:
    """The service's own decision, made here; also without a link, and also when it can't be kept."""
    own = terminal.own()

    def decided() -> Answered:
        with refused_as_given(asked.position):
            return answer(service, asked, own)

    answered = await worker_pool.run(decided)
    is_kept = await terminal.keep_decision(answered)
    await terminal.tell_centre(answered)
    document = {
        "decision": answered.view(asked.lang),
        "encounter": answered.encounter,
        "fix": fix_document(check_against_chart(own.estimate, service, own.vessel.profile), own.reading),
        "clock": clock_document(own.reading),
        "digest": answered.sha256,
        "recorded": is_kept,
        "zones": zones_document(own.zones, own.reading),
        # Where the centre has directed, that is the answer, and the decision is the engine's view beside it.
        "direction": terminal.direction,
    }
    return JsonText(to_json(document))


@router.get("/zones", summary="Exclusion zones, as the control room told them", response_class=JsonText)
async def read_zones(terminal: Aboard) -> Response:
    """In force and to come, with their corners; `known` is false where the control room never told."""
    own = terminal.own()
    zones = terminal.zones.documents(own.zones, own.reading.utc_s)
    known = zones_document(own.zones, own.reading)
    return JsonText(to_json({"known": known["known"], "at": known["at"], "text": known["text"], "zones": zones}))


@router.get("/decisions/{digest}/ports/{port_id}", summary="One port of a decision made here", response_class=JsonText)
async def read_port(digest: Sha256, port_id: str, terminal: Aboard, worker_pool: Work, lang: Lang = "both") -> Response:
    """Route, findings, berth and hazards of one port, fit or not, of the decision that NEAREST answered."""
    answered = await terminal.answer_of(digest)
    return JsonText(to_json(await worker_pool.run(lambda: answered.port(port_id, lang))))


@router.put("/vessel", summary="Own ship", response_class=JsonText)
async def set_vessel(vessel: OwnVesselIn, terminal: Aboard) -> Response:
    """Own ship from here on; kept through a power cut when this answers."""
    await _kept(terminal.set_vessel(vessel))
    return JsonText(to_json(state_document(terminal)))


@router.put("/persons", summary="Who is aboard", response_class=JsonText)
async def set_persons(persons: PersonsAboardIn, terminal: Aboard) -> Response:
    """How many people; an empty body where nobody knows. Kept through a power cut when this answers."""
    await _kept(terminal.set_persons(persons))
    return JsonText(to_json(state_document(terminal)))


@router.put("/medical", summary="How the people are", response_class=JsonText)
async def set_medical(told: MedicalIn, terminal: Aboard) -> Response:
    """What NEAREST and reports go by; null where nobody knows. Kept through a power cut when this answers."""
    await _kept(terminal.set_medical(told))
    return JsonText(to_json(state_document(terminal)))


@router.post("/position", summary="Read a position back", response_class=JsonText)
async def read_back(written: PositionIn, request: Request) -> Response:
    """What was understood of a position as people write it; nothing is changed."""
    french = request.headers.get("accept-language", "").lower().startswith("fr")
    try:
        lon, lat = parse_position(written.text, french=french)
    except InvalidPosition as wrong:
        raise UnreadPosition("text", wrong) from None
    return JsonText(to_json({"position": [lon, lat], "read_back": spoken_position(lon, lat)}))


@router.post("/retask", summary="Land first, or go to the next casualty", response_class=JsonText)
async def ask_retask(asked: RetaskIn, terminal: Aboard, service: CurrentService, worker_pool: Work) -> Response:
    """Two courses of action side by side; nobody is advised."""
    own = terminal.own()

    def compared() -> dict[str, Any]:
        with refused_as_given(asked.casualty):
            return compare(service, asked, own)

    return JsonText(to_json(await worker_pool.run(compared)))


@router.post("/routes", summary="A route out, on a press", response_class=JsonText)
async def send_route(asked: RouteIn, terminal: Aboard) -> Response:
    """The way to one port of a decision: to the plotter, once and slowly, or as a file, or for Signal K."""
    answered = await terminal.answer_of(asked.digest)
    sent = await terminal.hand_over.hand_over(answered.document, asked.port_id, asked.digest, asked.to, asked.steer)
    terminal.tell()
    return JsonText(to_json(sent))


@router.post("/reports", summary="A report to the control room", response_class=JsonText)
async def queue_report(asked: ReportIn, terminal: Aboard) -> Response:
    """Queued on disk when this answers, and delivered once when there is a link."""
    kind, body = report_of(asked, terminal.own())
    courier = terminal.courier
    if courier is None:
        raise TerminalRefusal(503, "STARTING", sentence("starting") or {})
    entry = await _kept(courier.queue(kind, body, terminal.now()))
    return JsonText(to_json({"number": entry.number, "queued_at": entry.queued_at, "state": entry.state}))


@router.get("/outbox", summary="Messages and how they fared", response_class=JsonText)
async def read_outbox(terminal: Aboard) -> Response:
    """The newest hundred, newest first."""
    courier = terminal.courier
    entries = [] if courier is None else await _kept(terminal.keep(courier.outbox.entries))
    return JsonText(to_json({"messages": [entry.document() for entry in entries]}))


@router.post("/direction/acknowledge", summary="The master has seen a direction or its end", response_class=JsonText)
async def acknowledge_direction(asked: AcknowledgeIn, terminal: Aboard) -> Response:
    """Kept, and told to the control room."""
    await _kept(terminal.acknowledge(asked.id))
    return JsonText(to_json(state_document(terminal)))


@router.delete("/routes/active", summary="Steer no more", response_class=JsonText)
async def stop_steering(terminal: Aboard) -> Response:
    """Nothing more is sent to steer by."""
    await terminal.hand_over.stop()
    terminal.tell()
    return JsonText(to_json(state_document(terminal)))


async def _kept(work: Any) -> Any:
    """Wait for something to be kept; what can't be is refused in both languages."""
    try:
        return await work
    except StoreError as failure:
        text = sentence("disk_full" if failure.code == "DISK_FULL" else "not_kept")
        assert text is not None  # noqa: S101
        raise TerminalRefusal(507 if failure.code == "DISK_FULL" else 503, failure.code, text) from None
