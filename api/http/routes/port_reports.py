"""What ports report: status, places, reception, and what is left of the places."""

import time
from typing import Annotated

from fastapi import APIRouter, Body, Request
from starlette.responses import Response

from api.documents.decision import to_json
from api.http.async_store import command_response, idempotency_key_of
from api.http.auth import Caller, requires
from api.http.dependencies import CurrentService, JsonText, Records, port_id_of
from api.http.openapi import KEYED, problems
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
from api.http.schemas.records import (
    CapacityReportShape,
    PortLiveShape,
    PortsLiveShape,
    ReceptionReportShape,
    StatusReportShape,
)
from api.http.schemas.requests import CapacityIn, PortStatusIn, ReceptionIn
from api.http.strict_json import StrictJsonRoute
from api.security.roles import Permission
from api.store.store import Store

router = APIRouter(prefix="/v1", route_class=StrictJsonRoute, tags=["live"])

_CHANGES = problems(400, 403, 404, 409, 413, 415, 422, 503)


@router.put(
    "/ports/{port_id}/status",
    summary="A port is open, restricted, closed, or nobody knows",
    response_class=JsonText,
    openapi_extra=KEYED,
    responses={200: {"model": StatusReportShape, "content": {"application/json": {"example": STATUS}}}, **_CHANGES},
)
async def put_port_status(
    request: Request,
    port_id: str,
    status: Annotated[PortStatusIn, Body(examples=[STATUS_IN])],
    service: CurrentService,
    async_store: Records,
    caller: Annotated[Caller, requires(Permission.REPORT_PORT)],
) -> Response:
    """Replace the status; a report older than the one there is is refused."""
    command = status.command(port_id_of(service, port_id))
    return command_response(await async_store.do(command, caller, await idempotency_key_of(request, caller)))


@router.put(
    "/ports/{port_id}/capacity",
    summary="How many places a port has and how many are taken",
    response_class=JsonText,
    openapi_extra=KEYED,
    responses={200: {"model": CapacityReportShape, "content": {"application/json": {"example": CAPACITY}}}, **_CHANGES},
)
async def put_port_capacity(
    request: Request,
    port_id: str,
    capacity: Annotated[CapacityIn, Body(examples=[CAPACITY_IN])],
    service: CurrentService,
    async_store: Records,
    caller: Annotated[Caller, requires(Permission.REPORT_PORT)],
) -> Response:
    """Replace the figures. They are facts: ones below what is held are taken too, and then shown as short."""
    command = capacity.command(port_id_of(service, port_id))
    return command_response(await async_store.do(command, caller, await idempotency_key_of(request, caller)))


@router.put(
    "/ports/{port_id}/reception",
    summary="What waits ashore",
    response_class=JsonText,
    openapi_extra=KEYED,
    responses={
        200: {"model": ReceptionReportShape, "content": {"application/json": {"example": RECEPTION}}},
        **_CHANGES,
    },
)
async def put_port_reception(
    request: Request,
    port_id: str,
    reception: Annotated[ReceptionIn, Body(examples=[RECEPTION_IN])],
    service: CurrentService,
    async_store: Records,
    caller: Annotated[Caller, requires(Permission.REPORT_PORT)],
) -> Response:
    """Replace the report. A danger ashore stays until people take it back."""
    command = reception.command(port_id_of(service, port_id))
    return command_response(await async_store.do(command, caller, await idempotency_key_of(request, caller)))


@router.get(
    "/ports/live",
    summary="Every port that ever reported, and the places left there",
    response_class=JsonText,
    dependencies=[requires(Permission.READ_PORT_REPORTS)],
    responses={
        200: {"model": PortsLiveShape, "content": {"application/json": {"example": PORTS_LIVE}}},
        **problems(403, 503),
    },
)
async def read_live_ports(async_store: Records) -> Response:
    """By id; equal pictures have equal versions, and a decision says which one it was made with."""

    def gathered(store: Store) -> str:
        now_s = time.time()
        return to_json({"version": store.ports(now_s).version, "ports": store.reported_ports(now_s)})

    return JsonText(await async_store.run(gathered))


@router.get(
    "/ports/{port_id}/live",
    summary="What a port reported, and the places left there",
    response_class=JsonText,
    dependencies=[requires(Permission.READ_PORT_REPORTS)],
    responses={
        200: {"model": PortLiveShape, "content": {"application/json": {"example": PORT_LIVE}}},
        **problems(403, 404, 503),
    },
)
async def read_live_port(port_id: str, service: CurrentService, async_store: Records) -> Response:
    """Null where it never said. Places left are neither occupied nor held; below zero where a port is short."""
    known = port_id_of(service, port_id)
    return JsonText(to_json(await async_store.run(lambda store: store.port(known, time.time()))))
