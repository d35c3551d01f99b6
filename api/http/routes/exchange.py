"""Exchange with other systems: EDXL-HAVE 2.0, out and in."""

import hashlib
import time
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.access.roles import Permission
from api.document import Json, dump
from api.http.callers import Caller, allowed
from api.http.doors import JsonText, OpenHouse, Records
from api.http.memory import once_of
from api.http.openapi import KEYED, problems
from api.http.problems import UnsupportedMedia
from api.http.record_examples import EXCHANGE, HAVE
from api.http.record_shapes import ExchangeShape
from api.http.strict_json import StrictJsonRoute, media_type_of
from api.store.edxl_have import Facility, FacilityReport, read_have, write_have
from api.store.errors import KeyReused, Refused
from api.store.ledger import Once
from api.store.ports import SetPortStatus
from api.store.store import Store

router = APIRouter(prefix="/v1", route_class=StrictJsonRoute, tags=["live"])

_XML = "application/xml"
_XML_TYPES = (_XML, "text/xml", "application/edxl-have+xml")


@router.get(
    "/edxl-have",
    summary="All ports as facilities of EDXL-HAVE 2.0",
    response_class=Response,
    dependencies=[allowed(Permission.READ_LIVE_PICTURE)],
    responses={200: {"content": {_XML: {"example": HAVE}}, "description": "The document."}, **problems(403, 503)},
)
async def read_edxl_have(house: OpenHouse, memory: Records) -> Response:
    """Every port of the register; with status and places where it reported them. What is held is not available."""
    facilities = [Facility(port.id, port.name_en, *port.landing) for port in house.world.ports]

    def document(store: Store) -> bytes:
        return write_have(facilities, {it["port_id"]: it for it in store.reported_ports(time.time())})

    return Response(await memory.run(document), media_type=_XML)


@router.put(
    "/edxl-have",
    summary="Take in status and places from an EDXL-HAVE 2.0 document",
    response_class=JsonText,
    openapi_extra={
        **KEYED,
        "requestBody": {"required": True, "content": {_XML: {"schema": {"type": "string"}, "example": HAVE}}},
    },
    responses={
        200: {"model": ExchangeShape, "content": {"application/json": {"example": EXCHANGE}}},
        **problems(403, 413, 415, 422, 503),
    },
)
async def put_edxl_have(
    request: Request, house: OpenHouse, memory: Records, caller: Annotated[Caller, allowed(Permission.REPORT_PORT)]
) -> Response:
    """A facility's id is that of a port. Each report is taken or refused by itself, and the answer says which.

    Facilities that are no port of the register are passed over: such documents hold hospitals of whole regions.
    """
    if media_type_of(request) not in _XML_TYPES:
        raise UnsupportedMedia("Send Content-Type: application/xml, not compressed.")
    body = await request.body()
    once = await once_of(request, caller)
    ports = {port.id for port in house.world.ports}
    taken = await memory.run(lambda store: _taken(store, body, ports, caller, once))
    memory.changed.set()
    return JsonText(dump({"reports": taken}))


def _taken(store: Store, body: bytes, ports: set[str], caller: Caller, once: Once | None) -> list[Json]:
    found: list[Json] = []
    for number, report in enumerate(read_have(body)):
        if report.port_id not in ports:
            found.append({"port_id": report.port_id, "part": None, "accepted": False, "code": "UNKNOWN_PORT"})
        else:
            found += _each(store, report, number, caller, once)
    return found


def _each(store: Store, report: FacilityReport, number: int, caller: Caller, once: Once | None) -> list[Json]:
    found: list[Json] = []
    for command in report.commands():
        part = "status" if isinstance(command, SetPortStatus) else "capacity"
        code = None
        try:
            store.do(command, caller.actor, time.time(), _part_of(once, f"{number}-{part}"))
        except KeyReused:
            raise
        except Refused as refused:
            code = refused.code
        found.append({"port_id": report.port_id, "part": part, "accepted": code is None, "code": code})
    return found or [{"port_id": report.port_id, "part": None, "accepted": False, "code": None}]


def _part_of(once: Once | None, part: str) -> Once | None:
    """A key of its own for each change a document asks for, made of the one it came with."""
    if once is None:
        return None
    return once._replace(key=f"x-{hashlib.sha256(once.key.encode()).hexdigest()[:40]}-{part}")
