"""What the console asks for beside the routes of the service. Nothing here writes."""

import gzip
import hashlib
import time
from typing import Annotated, NamedTuple

import orjson
from fastapi import APIRouter, Body, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.console.ais_feed import AisFeed
from api.console.decided_rows import DecidedRows
from api.console.picture import (
    EncounterRecords,
    PictureRecords,
    encounter_view,
    picture_document,
    plan_request,
    port_depths,
    read_encounter,
    read_picture,
)
from api.console.presence import Presence
from api.console.what_if import WhatIfIn, compare
from api.decision_service import policy_named
from api.documents.decision import to_json
from api.http.async_store import AsyncStore
from api.http.auth import SESSION, Caller, requires
from api.http.authorization import filter_owned, require_owner, visible_places, without_others
from api.http.conditional import unless_known
from api.http.dependencies import CurrentService, JsonText, Records, Work, port_id_of
from api.http.event_stream import Broadcast
from api.http.languages import preferred_language
from api.http.load_limits import SharedRead, SingleFlight
from api.http.schemas.bodies import Body as StrictBody
from api.http.strict_json import StrictJsonRoute
from api.position import MAX_POSITION_CHARS, InvalidPosition, format_time, parse_position, spoken_position
from api.security.roles import Permission
from api.store.errors import StoreError
from api.store.exclusion_zones import MOST_POSITIONS
from api.store.port_snapshot import PortsSnapshot
from api.store.store import Store
from api.store.validation import Json
from engine import ENGINE_VERSION
from engine.errors import InvalidAsk

router = APIRouter(prefix="/console/v1", route_class=StrictJsonRoute, include_in_schema=False)

PRESENCE = "console.presence"
"""Kind of the event that says who has what on the screen."""


class DeskIn(StrictBody):
    """What a page of the console has on its screen."""

    desk: Annotated[str, Field(pattern="^[0-9a-f]{16}$", description="Made by the page.")]
    centre: Annotated[str, Field(max_length=80)] = ""
    encounter_id: Annotated[str | None, Field(max_length=80)] = None


class PositionsIn(StrictBody):
    """Positions as people say them, for instance the corners of a zone."""

    texts: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=MAX_POSITION_CHARS)]],
        Field(min_length=1, max_length=MOST_POSITIONS),
    ]


class SharedAnswer(NamedTuple):
    """An answer that many are given: as it is, packed with gzip, and what tells it from others."""

    plain: bytes
    packed: bytes
    version: str

    def response(self, request: Request) -> Response:
        """For a client, packed where it takes that."""
        if "gzip" in request.headers.get("accept-encoding", ""):
            return JsonText(self.packed, headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
        return JsonText(self.plain)


class Moment(NamedTuple):
    """What the picture of a moment rests on: when, the newest event by then, what ports report and what is held."""

    now_s: float
    sequence: int
    ports: PortsSnapshot


class Sharing:
    """What many who watch one picture share."""

    def __init__(self, memory: AsyncStore) -> None:
        self.moment = SharedRead(lambda: _moment_of(memory))
        self.records = SingleFlight[PictureRecords]()
        self.plain, self.decided = SingleFlight[SharedAnswer](), SingleFlight[SharedAnswer]()
        self.rows = DecidedRows()


Reader = Annotated[Caller, requires(Permission.READ_RECORDS)]


@router.get("/session")
async def read_session(request: Request, caller: Reader) -> Response:
    """Who is calling, what they may do, and whether records are kept."""
    return JsonText(
        to_json(
            {
                "role": caller.actor.role.value, "duty": caller.actor.duty, "own_only": caller.own_only,
                "permissions": sorted(permission.value for permission in caller.permissions),
                "access": request.app.state.settings.access, "keeps_records": request.app.state.async_store.is_kept,
                "signed_in": SESSION in request.cookies and "authorization" not in request.headers,
                "version": ENGINE_VERSION,
            }
        )
    )  # fmt: skip


@router.get("/picture")
async def read_picture_now(
    request: Request, service: CurrentService, worker_pool: Work, memory: Records, caller: Reader,
    decide: Annotated[bool, Query()] = False,
) -> Response:  # fmt: skip
    """The picture at this moment; a browser that has it is told so. Without `decide` it is there much sooner."""
    # A vessel's picture is hers alone.
    sharing: Sharing = Sharing(memory) if caller.own_only else request.app.state.sharing
    now_s, sequence, ports = await sharing.moment.run()
    records = await sharing.records.run(
        (sequence, int(now_s)), lambda: memory.run(lambda store: _visible_part(caller, store, now_s))
    )
    ports = visible_places(caller, ports, "")
    trouble = _trouble(memory)

    def answer() -> SharedAnswer:
        decided = sharing.rows.rows(records.encounters) if decide else None
        picture = to_json(picture_document(records, service, request.app.state.ais, now_s, decided))
        whole = to_json({"at": format_time(now_s), "trouble": trouble, "picture": orjson.Fragment(picture)}).encode()
        version = hashlib.sha256(f"{to_json(trouble)}{picture}".encode()).hexdigest()
        return SharedAnswer(whole, gzip.compress(whole, request.app.state.settings.gzip_level), version)

    async def work() -> SharedAnswer:
        if decide:
            pieces = await worker_pool.run(
                lambda: sharing.rows.pieces(service, records.encounters, ports, float(int(now_s)))
            )
            for piece in pieces:
                await worker_pool.run(piece)
        return await worker_pool.run(answer)

    # Equal until the next second, event or forecast. What is recorded never waits for what is decided.
    key = (records.sequence, int(now_s), id(service.world), to_json(trouble))
    shared = await (sharing.decided if decide else sharing.plain).run(key, work)
    return unless_known(request, shared.version, lambda: shared.response(request))


@router.put("/presence")
async def put_presence(request: Request, desk: Annotated[DeskIn, Body()], caller: Reader) -> Response:
    """Say what a desk has on its screen, and hear what the others have; a vessel neither tells nor hears."""
    if caller.own_only:
        return JsonText(to_json({"desks": []}))
    presence: Presence = request.app.state.presence
    has_changed = presence.hear(desk.desk, desk.centre, caller.actor.duty, desk.encounter_id, time.monotonic())
    desks = presence.document()
    if has_changed:
        broadcast: Broadcast = request.app.state.broadcast
        broadcast.announce(PRESENCE, {"desks": desks})
    return JsonText(to_json({"desks": desks}))


@router.get("/position")
async def read_back(
    request: Request,
    caller: Reader,  # noqa: ARG001
    text: Annotated[str, Query(min_length=1, max_length=MAX_POSITION_CHARS)],
) -> Response:
    """What is understood of a position as people say it, and the words to read it back in."""
    try:
        lon, lat = parse_position(text, french=preferred_language(request.headers.get("accept-language", "")) == "fr")
    except InvalidPosition as wrong:
        raise InvalidAsk("text", wrong.problem, wrong.remedy) from None
    return JsonText(to_json({"position": [lon, lat], "read_back": spoken_position(lon, lat)}))


@router.post("/positions")
async def read_back_corners(
    request: Request,
    caller: Reader,  # noqa: ARG001
    body: Annotated[PositionsIn, Body()],
) -> Response:
    """What is understood of positions as people say them, one a line; which one is not understood is said."""
    french = preferred_language(request.headers.get("accept-language", "")) == "fr"
    positions = []
    for number, text in enumerate(body.texts, start=1):
        try:
            positions.append(parse_position(text, french=french))
        except InvalidPosition as wrong:
            raise InvalidAsk(f"texts.{number}", wrong.problem, wrong.remedy) from None
    return JsonText(to_json({"positions": positions}))


@router.get("/plan")
async def read_plan_request(
    memory: Records, caller: Annotated[Caller, requires(Permission.PLAN)]
) -> Response:  # fmt: skip
    """The open encounters as the body of a joint plan for now."""
    now_s = time.time()
    records = await memory.run(lambda store: _visible_part(caller, store, now_s))
    return JsonText(to_json(plan_request(records, now_s)))


@router.get("/traffic")
async def read_traffic(request: Request, caller: Reader) -> Response:  # noqa: ARG001
    """Vessels as AIS has them: last positions, short tracks, ages."""
    ais: AisFeed = request.app.state.ais
    return JsonText(to_json(ais.document()))


@router.get("/depths")
async def read_depths(request: Request, service: CurrentService, worker_pool: Work, caller: Reader) -> Response:  # noqa: ARG001
    """Depth at every port now and over the next hours."""
    start_s = time.time() // 600.0 * 600.0
    key = ("depths", start_s, id(service.world))
    return JsonText(
        await request.app.state.depths.run(key, lambda: worker_pool.run(lambda: to_json(port_depths(service, start_s))))
    )


@router.get("/encounters/{encounter_id}")
async def read_encounter_view(
    encounter_id: str, service: CurrentService, worker_pool: Work, memory: Records, caller: Reader
) -> Response:
    """One encounter and how it is decided now; nothing is recorded."""
    now_s = time.time()
    ports = visible_places(caller, await memory.ports_seen(now_s), encounter_id)

    def gather(store: Store) -> EncounterRecords:
        require_owner(caller, store, "encounter_id", encounter_id)
        return read_encounter(store, encounter_id, now_s)

    records = await memory.run(gather)
    view = await worker_pool.run(lambda: encounter_view(records, service, ports, now_s))
    return JsonText(to_json({"at": format_time(now_s), **view, "encounter": without_others(caller, view["encounter"])}))


@router.get("/encounters/{encounter_id}/record")
async def read_encounter_record(encounter_id: str, memory: Records, caller: Reader) -> Response:
    """Everything recorded of one encounter, oldest first, each with the hash of its row in the audit chain."""

    def gather(store: Store) -> Json:
        require_owner(caller, store, "encounter_id", encounter_id)
        return store.encounter_record(encounter_id)

    return JsonText(to_json({"at": format_time(time.time()), **await memory.run(gather)}))


@router.post("/what-if")
async def suppose(
    wanted: Annotated[WhatIfIn, Body()], service: CurrentService, worker_pool: Work, memory: Records,
    caller: Annotated[Caller, requires(Permission.PLAN)],
) -> Response:  # fmt: skip
    """The open encounters as they are decided now and as they would be; nothing is recorded and nobody is told."""
    now_s = time.time()
    known = wanted.model_copy(update={"closed": [port_id_of(service, name, "closed") for name in wanted.closed]})
    if known.policy is not None:
        policy_named(known.policy)
    records = await memory.run(lambda store: _visible_part(caller, store, now_s))
    ports = visible_places(caller, await memory.ports_seen(now_s), "")
    return JsonText(await worker_pool.run(lambda: to_json(compare(service, records.encounters, ports, known, now_s))))


async def _moment_of(memory: AsyncStore) -> Moment:
    """The present, read in one go."""
    now_s = time.time()
    newest: list[int] = []
    ports = await memory.ports_seen(now_s, lambda store: newest.append(store.newest_event()))
    # Of ports something is known also while the store cannot be read; of the rest it is said that it cannot.
    sequence = newest[0] if newest else await memory.run(lambda store: store.newest_event())
    return Moment(now_s, sequence, ports)


def _visible_part(caller: Caller, store: Store, now_s: float) -> PictureRecords:
    """What a caller may see of the picture: a vessel her own encounters and places."""
    whole = read_picture(store, now_s)
    if not caller.own_only:
        return whole
    rows = filter_owned(caller, store, [known.board for known in whole.encounters], "encounter_id")
    own = {row["encounter_id"] for row in rows}
    return whole._replace(
        encounters=tuple(known for known in whole.encounters if known.board["encounter_id"] in own),
        reservations=filter_owned(caller, store, whole.reservations, "reservation_id"),
        coordination={name: step for name, step in whole.coordination.items() if name in own},
    )


def _trouble(memory: AsyncStore) -> Json | None:
    """Why the store is not to be relied on; None while it is."""
    try:
        memory.refuse_trouble()
    except StoreError as failure:
        return {"code": failure.code, "text": str(failure)}
    return None
