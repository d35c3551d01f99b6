"""What the console asks for beside the routes of the service. Nothing here writes."""

import time
from typing import Annotated

import orjson
from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from api.access.roles import Permission
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
from api.console.what_if import WhatIfIn, compared
from api.document import dump
from api.house import policy_named
from api.http.callers import Caller, allowed
from api.http.conditional import unless_known
from api.http.doors import JsonText, OpenHouse, Records, Work, port_id_of
from api.http.memory import Memory
from api.http.own import own_part, places_seen, refuse_foreign, without_others
from api.http.presentation import preferred_language
from api.http.strict_json import StrictJsonRoute
from api.position import MAX_POSITION_CHARS, InvalidPosition, format_time, parse_position, spoken_position
from api.store.errors import StoreError
from api.store.store import Store
from api.store.values import Json
from engine import ENGINE_VERSION
from engine.errors import InvalidAsk

router = APIRouter(prefix="/console/v1", route_class=StrictJsonRoute, include_in_schema=False)

Reader = Annotated[Caller, allowed(Permission.READ_RECORDS)]


@router.get("/session")
async def read_session(request: Request, caller: Reader) -> Response:
    """Who is calling, what they may do, and whether records are kept."""
    return JsonText(
        dump(
            {
                "role": caller.actor.role.value, "duty": caller.actor.duty, "own_only": caller.own_only,
                "permissions": sorted(permission.value for permission in caller.permissions),
                "access": request.app.state.settings.access, "keeps_records": request.app.state.memory.is_kept,
                "version": ENGINE_VERSION,
            }
        )
    )  # fmt: skip


@router.get("/picture")
async def read_picture_now(
    request: Request, house: OpenHouse, workshop: Work, memory: Records, caller: Reader,
    decide: Annotated[bool, Query()] = False,
) -> Response:  # fmt: skip
    """The picture at this moment; a browser that has it is told so. Without `decide` it is there much sooner."""
    now_s = time.time()
    records = await memory.run(lambda store: _visible_part(caller, store, now_s))
    ports = places_seen(caller, await memory.ports_seen(now_s), "")

    def text() -> str:
        return dump(picture_document(records, house, ports, now_s, decide))

    # Equal until the next second, the next event or the next forecast: many may watch one picture.
    key = (records.sequence, int(now_s), decide, id(house.world), caller.principal if caller.own_only else None)
    body = await request.app.state.pictures.once_for(key, lambda: workshop.run(text))
    trouble = _trouble(memory)
    whole = dump({"at": format_time(now_s), "trouble": trouble, "picture": orjson.Fragment(body)})
    return unless_known(request, f"{dump(trouble)}{body}", lambda: JsonText(whole))


@router.get("/position")
async def read_back(
    request: Request, caller: Reader, text: Annotated[str, Query(min_length=1, max_length=MAX_POSITION_CHARS)]  # noqa: ARG001
) -> Response:  # fmt: skip
    """What is understood of a position as people say it, and the words to read it back in."""
    try:
        lon, lat = parse_position(text, french=preferred_language(request.headers.get("accept-language", "")) == "fr")
    except InvalidPosition as wrong:
        raise InvalidAsk("text", wrong.problem, wrong.remedy) from None
    return JsonText(dump({"position": [lon, lat], "read_back": spoken_position(lon, lat)}))


@router.get("/plan")
async def read_plan_request(
    memory: Records, caller: Annotated[Caller, allowed(Permission.PLAN)]
) -> Response:  # fmt: skip
    """The open encounters as the body of a joint plan for now."""
    now_s = time.time()
    records = await memory.run(lambda store: _visible_part(caller, store, now_s))
    return JsonText(dump(plan_request(records, now_s)))


@router.get("/depths")
async def read_depths(request: Request, house: OpenHouse, workshop: Work, caller: Reader) -> Response:  # noqa: ARG001
    """Depth at every port now and over the next hours."""
    start_s = time.time() // 600.0 * 600.0
    key = ("depths", start_s, id(house.world))
    return JsonText(
        await request.app.state.depths.once_for(key, lambda: workshop.run(lambda: dump(port_depths(house, start_s))))
    )


@router.get("/encounters/{encounter_id}")
async def read_encounter_view(
    encounter_id: str, house: OpenHouse, workshop: Work, memory: Records, caller: Reader
) -> Response:  # fmt: skip
    """One encounter and how it is decided now; nothing is recorded."""
    now_s = time.time()
    ports = places_seen(caller, await memory.ports_seen(now_s), encounter_id)

    def gather(store: Store) -> EncounterRecords:
        refuse_foreign(caller, store, "encounter_id", encounter_id)
        return read_encounter(store, encounter_id, now_s)

    records = await memory.run(gather)
    view = await workshop.run(lambda: encounter_view(records, house, ports, now_s))
    return JsonText(dump({"at": format_time(now_s), **view, "encounter": without_others(caller, view["encounter"])}))


@router.get("/encounters/{encounter_id}/record")
async def read_encounter_record(encounter_id: str, memory: Records, caller: Reader) -> Response:
    """Everything recorded of one encounter, oldest first, each with the hash of its row in the audit chain."""

    def gather(store: Store) -> Json:
        refuse_foreign(caller, store, "encounter_id", encounter_id)
        return store.encounter_record(encounter_id)

    return JsonText(dump({"at": format_time(time.time()), **await memory.run(gather)}))


@router.post("/what-if")
async def suppose(
    wanted: Annotated[WhatIfIn, Body()], house: OpenHouse, workshop: Work, memory: Records,
    caller: Annotated[Caller, allowed(Permission.PLAN)],
) -> Response:  # fmt: skip
    """The open encounters as they are decided now and as they would be; nothing is recorded and nobody is told."""
    now_s = time.time()
    known = wanted.model_copy(update={"closed": [port_id_of(house, name) for name in wanted.closed]})
    if known.policy is not None:
        policy_named(known.policy)
    records = await memory.run(lambda store: _visible_part(caller, store, now_s))
    ports = places_seen(caller, await memory.ports_seen(now_s), "")
    return JsonText(await workshop.run(lambda: dump(compared(house, records.encounters, ports, known, now_s))))


def _visible_part(caller: Caller, store: Store, now_s: float) -> PictureRecords:
    """What a caller may see of the picture: a vessel her own encounters and places."""
    whole = read_picture(store, now_s)
    if not caller.own_only:
        return whole
    rows = own_part(caller, store, [known.board for known in whole.encounters], "encounter_id")
    own = {row["encounter_id"] for row in rows}
    return whole._replace(
        encounters=tuple(known for known in whole.encounters if known.board["encounter_id"] in own),
        reservations=own_part(caller, store, whole.reservations, "reservation_id"),
        coordination={name: step for name, step in whole.coordination.items() if name in own},
    )


def _trouble(memory: Memory) -> Json | None:
    """Why the store is not to be relied on; None while it is."""
    try:
        memory.refuse_trouble()
    except StoreError as failure:
        return {"code": failure.code, "text": str(failure)}
    return None
