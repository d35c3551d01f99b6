"""Exclusion zones: waters that a centre closes for a time. Routes of decisions for now keep out of them."""

import time
from typing import Annotated

from fastapi import Body
from starlette.responses import Response

from api.decision_service import DecisionService
from api.documents.decision import to_json
from api.exchanged import refuse_exchanged
from api.http.async_store import AsyncStore
from api.http.auth import requires
from api.http.command_executor import CommandExecutor, executes
from api.http.conditional import IfMatch, expected_version, version_tag
from api.http.dependencies import CurrentService, JsonText, Records, Work
from api.http.json_router import JsonRouter
from api.http.load_limits import WorkerPool
from api.http.schemas.record_examples import ZONE, ZONE_END_IN, ZONE_ENDED, ZONE_IN, ZONES
from api.http.schemas.requests import ZoneEndIn, ZoneIn
from api.position import format_time
from api.security.roles import Permission
from api.store.commands import Answer
from api.store.exclusion_zones import DrawZone, EditZone, ZoneDocument, ZonesDocument, checked_outline, is_same_name
from api.store.port_snapshot import PortsSnapshot
from api.store.validation import Json, canonical
from engine.errors import InvalidAsk

router = JsonRouter(tags=["zones"])

Drawer = Annotated[CommandExecutor, executes(Permission.DRAW_ZONES)]


@router.read(
    "/exclusion-zones",
    summary="Exclusion zones in force and to come",
    dependencies=[requires(Permission.READ_PORT_REPORTS)],
    answer=ZonesDocument,
    example=ZONES,
)
async def read_zones(async_store: Records) -> Response:
    """Oldest first. Those that have ended stand in the audit trail, and each by its id."""
    now_s = time.time()
    zones = await async_store.run(lambda store: store.zones(now_s))
    return JsonText(to_json({"at": format_time(float(int(now_s))), "zones": zones}))


@router.read(
    "/exclusion-zones/{zone_id}",
    summary="One exclusion zone, also one that has ended",
    dependencies=[requires(Permission.READ_PORT_REPORTS)],
    answer=ZoneDocument,
    example=ZONE,
)
async def read_zone(zone_id: str, async_store: Records) -> Response:
    """With an `ETag` for `If-Match` of a change."""
    zone = await async_store.run(lambda store: store.zone(zone_id))
    return JsonText(to_json(zone), headers=version_tag(zone["version"]))


@router.command(
    "/exclusion-zones",
    summary="Close a water",
    answer=ZoneDocument,
    example=ZONE,
    status_code=201,
)
async def draw_zone(
    zone: Annotated[ZoneIn, Body(examples=[ZONE_IN])],
    service: CurrentService,
    worker_pool: Work,
    async_store: Records,
    executor: Drawer,
) -> Response:
    """Refused where it is no area, is too large to be meant, or closes no water of the area.

    The water is triangulated anew without it before it is recorded, which takes some seconds: decisions that follow
    have it at once, and name the zones they were made with under `inputs.exclusion_zones`.
    """
    command = zone.command()
    await _refuse_idle(service, worker_pool, async_store, command)
    return _tagged(executor, await executor.execute(command))


@router.command(
    "/exclusion-zones/{zone_id}",
    summary="Say anew what an exclusion zone is",
    answer=ZoneDocument,
    example=ZONE,
    method="PUT",
    extra_statuses=(412,),
)
async def edit_zone(
    zone_id: str,
    zone: Annotated[ZoneIn, Body(examples=[ZONE_IN])],
    service: CurrentService,
    worker_pool: Work,
    async_store: Records,
    executor: Drawer,
    if_match: IfMatch = None,
) -> Response:
    """All of it is replaced; as `POST` it is checked first."""
    command = zone.edit_command(zone_id, expected_version(if_match))
    await _refuse_idle(service, worker_pool, async_store, command, zone_id)
    return _tagged(executor, await executor.execute(command))


@router.command(
    "/exclusion-zones/{zone_id}/end",
    summary="Open a water again",
    answer=ZoneDocument,
    example=ZONE_ENDED,
    extra_statuses=(412,),
)
async def end_zone(
    zone_id: str, end: Annotated[ZoneEndIn, Body(examples=[ZONE_END_IN])], executor: Drawer, if_match: IfMatch = None
) -> Response:
    """The zone stays on record, with who ended it and why."""
    return _tagged(executor, await executor.execute(end.command(zone_id, expected_version=expected_version(if_match))))


def _tagged(executor: CommandExecutor, answer: Answer) -> Response:
    response = executor.response_of(answer)
    response.headers.update(version_tag(answer.document["version"]))
    return response


async def _refuse_idle(
    service: DecisionService, worker_pool: WorkerPool, async_store: AsyncStore, command: DrawZone | EditZone,
    zone_id: str | None = None,
) -> None:  # fmt: skip
    """Refuse a zone that closes no water, or cannot be cut out beside the others; the water is ready then.

    Raises
    ------
    InvalidValue, InvalidAsk
    """
    corners = checked_outline(command.outline)
    # One corner off the map may be meant; who exchanges the numbers does so for all.
    refuse_exchanged("outline", corners[0], service.world)
    now_s = time.time()
    known = await async_store.run(lambda store: store.ports(now_s))
    name = command.name.strip()
    zone: Json = {
        "zone_id": zone_id or "", "name": name, "outline": corners, "from_ms": None, "to_ms": None, "version": 0,
    }  # fmt: skip
    # One of the same name is this very zone, sent again, or refused by the store.
    others = [
        other for other in known.content.get("exclusion_zones", [])
        if other["zone_id"] == zone_id or not is_same_name(other["name"], name)
    ]  # fmt: skip
    zones = [zone if other["zone_id"] == zone_id else other for other in others]
    if zone_id is None:
        zones.append(zone)
    supposed = PortsSnapshot(canonical({**known.content, "exclusion_zones": zones}))
    at_s = max(now_s, command.from_s or 0.0)

    def closes_water() -> bool:
        return name not in service.avoiding(supposed, at_s).world.not_avoided

    if not await worker_pool.run(closes_water):
        raise InvalidAsk(
            "outline", "closes no water of the area, or crosses other zones and the coast too often to be cut out.",
            "Draw it at sea, with fewer corners.",
        )  # fmt: skip
