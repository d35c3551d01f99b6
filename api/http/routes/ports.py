"""Ports: the register, and the tide at each."""

import time
from functools import lru_cache
from typing import Annotated

from fastapi import Query, Request
from pydantic import Field
from starlette.responses import Response

from api.decision_service import DecisionService
from api.documents.decision import port_document, to_json
from api.documents.port import PortFacts
from api.documents.tide import DEFAULT_HOURS, TideDocument, tide_document
from api.http.auth import requires
from api.http.conditional import NOT_MODIFIED, unless_known
from api.http.dependencies import CurrentService, JsonText, PackIdentity, Work, geodata_of
from api.http.json_router import JsonRouter
from api.http.problems import NoSuchPort
from api.http.query import instant_in, position_in
from api.http.schemas.decision_examples import PORT, PORTS, TIDE
from api.port_search import FoundPorts, PortQuery, find_ports
from api.position import MAX_POSITION_CHARS
from api.security.roles import Permission
from engine import ENGINE_VERSION
from engine.errors import UnknownName

router = JsonRouter()


class PortsAnswer(FoundPorts):
    """Ports by id, or nearest first, and the pack they are of."""

    geodata: PackIdentity


@router.read(
    "/ports",
    tags=["ports"],
    summary="Ports",
    dependencies=[requires(Permission.READ_GEODATA)],
    answer=PortsAnswer,
    example=PORTS,
    responses=NOT_MODIFIED,
)
async def read_ports(
    request: Request,
    service: CurrentService,
    name: Annotated[
        Annotated[str, Field(min_length=1, max_length=80)] | None,
        Query(alias="q", description="Part of a name, id or UN/LOCODE; accents, case and St or Saint do not matter."),
    ] = None,
    near: Annotated[
        Annotated[str, Field(min_length=1, max_length=MAX_POSITION_CHARS)] | None,
        Query(description="Nearest first from this position, latitude first.", examples=["51 07.3N 001 20.8E"]),
    ] = None,
    within_nm: Annotated[
        float | None, Query(gt=0.0, le=1_000.0, allow_inf_nan=False, description="With near: no farther. [nm]")
    ] = None,
    country: Annotated[str | None, Query(max_length=40, description="GB, FR, BE, NL, JE, GG.")] = None,
    kind: Annotated[str | None, Query(max_length=40, description="Kind of port, as in `facts.kind`.")] = None,
    limit: Annotated[int | None, Query(ge=1, le=1_000, description="Ports at most; all if left out.")] = None,
    cursor: Annotated[
        Annotated[str, Field(max_length=80)] | None, Query(description="`next_cursor` of the answer before.")
    ] = None,
) -> Response:
    """Ports of the register by id, or nearest first, with all their facts; null is unknown.

    Straight-line distance is given with `near`. Without a query it is the whole register.
    """
    wanted = PortQuery(
        name, None if near is None else position_in("near", near), within_nm, country, kind, limit, cursor
    )
    if wanted == PortQuery():
        return unless_known(request, register_version(service), lambda: JsonText(_ports_text(service)))

    def found() -> Response:
        return JsonText(to_json({**find_ports(service.world, wanted), "geodata": geodata_of(service)}))

    return unless_known(request, register_version(service), found)


@router.read(
    "/ports/{port_id}",
    tags=["ports"],
    summary="One port",
    dependencies=[requires(Permission.READ_GEODATA)],
    answer=PortFacts,
    example=PORT,
    responses=NOT_MODIFIED,
)
async def read_port(request: Request, port_id: str, service: CurrentService) -> Response:
    """One port, by id or UN/LOCODE."""
    try:
        port = service.port(port_id)
    except UnknownName:
        raise NoSuchPort() from None
    return unless_known(request, register_version(service), lambda: JsonText(to_json(port_document(port))))


@router.read(
    "/ports/{port_id}/tide",
    tags=["ports"],
    summary="Predicted tide at one port",
    dependencies=[requires(Permission.READ_GEODATA)],
    answer=TideDocument,
    example=TIDE,
)
async def read_tide(
    port_id: str,
    service: CurrentService,
    worker_pool: Work,
    start: Annotated[
        Annotated[str, Field(min_length=1, max_length=MAX_POSITION_CHARS)] | None,
        Query(alias="from", description="RFC 3339 with a zone; now if left out.", examples=["2026-11-22T14:30:00Z"]),
    ] = None,
    hours: Annotated[int, Query(description="How long: 1 to 744. [h]")] = DEFAULT_HOURS,
) -> Response:
    """Heights every ten minutes, high and low waters, without surge; `TIDE_UNKNOWN` where there is no basis for any."""
    try:
        service.port(port_id)
    except UnknownName:
        raise NoSuchPort() from None
    from_s = time.time() // 60.0 * 60.0 if start is None else instant_in("from", start)
    # In a thread: a month not asked for before takes a second.
    return JsonText(to_json(await worker_pool.run(lambda: tide_document(service, port_id, from_s, hours))))


def register_version(service: DecisionService) -> str:
    """Version of everything said of ports: it changes with the pack, the operator's own facts and the program."""
    overlay = service.world.identity["overlay"]
    return to_json([geodata_of(service), overlay, ENGINE_VERSION])


@lru_cache(maxsize=2)
def _ports_text(service: DecisionService) -> str:
    ports = sorted(service.world.ports, key=lambda port: port.id)
    return to_json(
        {"ports": [port_document(port) for port in ports], "next_cursor": None, "geodata": geodata_of(service)}
    )
