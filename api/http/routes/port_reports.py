"""What ports report: status, places, reception, and what is left of the places."""

import time
from typing import Annotated

from fastapi import Body
from starlette.responses import Response

from api.documents.decision import to_json
from api.http.auth import requires
from api.http.command_executor import CommandExecutor, executes
from api.http.dependencies import CurrentService, JsonText, Records, port_id_of
from api.http.json_router import JsonRouter
from api.http.schemas.record_examples import (
    CAPACITY,
    CAPACITY_IN,
    PORT_LIVE,
    PORTS_LIVE,
    RECEPTION,
    RECEPTION_IN,
    STATUS,
    STATUS_IN,
)
from api.http.schemas.requests import CapacityIn, PortStatusIn, ReceptionIn
from api.security.roles import Permission
from api.store.ports import PortCapacity, PortLive, PortReception, PortsLive, PortStatus
from api.store.store import Store

router = JsonRouter(tags=["live"])

Officer = Annotated[CommandExecutor, executes(Permission.REPORT_PORT)]


@router.command(
    "/ports/{port_id}/status",
    summary="A port is open, restricted, closed, or nobody knows",
    answer=PortStatus,
    example=STATUS,
    method="PUT",
)
async def put_port_status(
    port_id: str,
    status: Annotated[PortStatusIn, Body(examples=[STATUS_IN])],
    service: CurrentService,
    executor: Officer,
) -> Response:
    """Replace the status; a report older than the one there is is refused."""
    return await executor.respond(status.command(port_id_of(service, port_id)))


@router.command(
    "/ports/{port_id}/capacity",
    summary="How many places a port has and how many are taken",
    answer=PortCapacity,
    example=CAPACITY,
    method="PUT",
)
async def put_port_capacity(
    port_id: str,
    capacity: Annotated[CapacityIn, Body(examples=[CAPACITY_IN])],
    service: CurrentService,
    executor: Officer,
) -> Response:
    """Replace the figures. They are facts: ones below what is held are taken too, and then shown as short."""
    return await executor.respond(capacity.command(port_id_of(service, port_id)))


@router.command(
    "/ports/{port_id}/reception",
    summary="What waits ashore",
    answer=PortReception,
    example=RECEPTION,
    method="PUT",
)
async def put_port_reception(
    port_id: str,
    reception: Annotated[ReceptionIn, Body(examples=[RECEPTION_IN])],
    service: CurrentService,
    executor: Officer,
) -> Response:
    """Replace the report. A danger ashore stays until people take it back."""
    return await executor.respond(reception.command(port_id_of(service, port_id)))


@router.read(
    "/ports/live",
    summary="Every port that ever reported, and the places left there",
    dependencies=[requires(Permission.READ_PORT_REPORTS)],
    answer=PortsLive,
    example=PORTS_LIVE,
)
async def read_live_ports(async_store: Records) -> Response:
    """By id; equal pictures have equal versions, and a decision says which one it was made with."""

    def gathered(store: Store) -> str:
        now_s = time.time()
        return to_json({"version": store.ports(now_s).version, "ports": store.reported_ports(now_s)})

    return JsonText(await async_store.run(gathered))


@router.read(
    "/ports/{port_id}/live",
    summary="What a port reported, and the places left there",
    dependencies=[requires(Permission.READ_PORT_REPORTS)],
    answer=PortLive,
    example=PORT_LIVE,
)
async def read_live_port(port_id: str, service: CurrentService, async_store: Records) -> Response:
    """Null where it never said. Places left are neither occupied nor held; below zero where a port is short."""
    known = port_id_of(service, port_id)
    return JsonText(to_json(await async_store.run(lambda store: store.port(known, time.time()))))
