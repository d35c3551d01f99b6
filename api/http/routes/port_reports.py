"""What ports report: status, places, reception, and what is left of the places."""

import time
from dataclasses import replace
from typing import Annotated, TypeVar

from fastapi import Body
from starlette.responses import Response

from api.documents.decision import to_json
from api.http.auth import requires
from api.http.command_executor import CommandExecutor, executes
from api.http.conditional import IfMatch, expected_version, version_tag
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
from api.store.errors import ChangedMeanwhile, StaleReport
from api.store.ports import (
    PortCapacity,
    PortLive,
    PortReception,
    PortsLive,
    PortStatus,
    ReportCapacity,
    ReportReception,
    SetPortStatus,
)
from api.store.store import Store
from engine.errors import InvalidAsk

router = JsonRouter(tags=["live"])

Report = TypeVar("Report", SetPortStatus, ReportCapacity, ReportReception)
Officer = Annotated[CommandExecutor, executes(Permission.REPORT_PORT)]


@router.command(
    "/ports/{port_id}/status",
    summary="A port is open, restricted, closed, or nobody knows",
    answer=PortStatus,
    example=STATUS,
    method="PUT",
    extra_statuses=(412,),
)
async def put_port_status(
    port_id: str,
    status: Annotated[PortStatusIn, Body(examples=[STATUS_IN])],
    service: CurrentService,
    executor: Officer,
    if_match: IfMatch = None,
) -> Response:
    """Replace the status; a report older than the one there is is refused."""
    return await _replaced(executor, status.command(port_id_of(service, port_id)), "status", if_match)


@router.command(
    "/ports/{port_id}/capacity",
    summary="How many places a port has and how many are taken",
    answer=PortCapacity,
    example=CAPACITY,
    method="PUT",
    extra_statuses=(412,),
)
async def put_port_capacity(
    port_id: str,
    capacity: Annotated[CapacityIn, Body(examples=[CAPACITY_IN])],
    service: CurrentService,
    executor: Officer,
    if_match: IfMatch = None,
) -> Response:
    """Replace the figures. They are facts: ones below what is held are taken too, and then shown as short."""
    return await _replaced(executor, capacity.command(port_id_of(service, port_id)), "capacity", if_match)


@router.command(
    "/ports/{port_id}/reception",
    summary="What waits ashore",
    answer=PortReception,
    example=RECEPTION,
    method="PUT",
    extra_statuses=(412,),
)
async def put_port_reception(
    port_id: str,
    reception: Annotated[ReceptionIn, Body(examples=[RECEPTION_IN])],
    service: CurrentService,
    executor: Officer,
    if_match: IfMatch = None,
) -> Response:
    """Replace the report. A danger ashore stays until people take it back."""
    return await _replaced(executor, reception.command(port_id_of(service, port_id)), "reception", if_match)


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


async def _replaced(executor: CommandExecutor, report: Report, part: str, if_match: str | None) -> Response:
    """Answer of a report, with an `ETag` for `If-Match` of the next one.

    Raises
    ------
    ChangedMeanwhile
        Another one has come since that of `if_match`.
    InvalidAsk
    """
    version = expected_version(if_match)
    if version is not None:
        if report.expected_version not in (None, version):
            raise InvalidAsk("If-Match", "is not expected_version of the body.", "Give one of them.")
        report = replace(report, expected_version=version)
    try:
        answer = await executor.execute(report)
    except StaleReport as stale:
        if version is None or stale.field != "expected_version":
            raise
        raise ChangedMeanwhile("If-Match", stale.problem, stale.remedy) from None
    response = executor.response_of(answer)
    response.headers.update(version_tag(answer.document[part]["version"]))
    return response
