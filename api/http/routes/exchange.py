"""Exchange with other systems: EDXL-HAVE 2.0, out and in."""

import hashlib
import time
from typing import Annotated, Literal

from fastapi import Request
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from api.decision_service import known_policy
from api.documents.decision import Json, to_json
from api.http.auth import Caller, requires
from api.http.command_executor import idempotency_key_of
from api.http.dependencies import CurrentService, JsonText, Records
from api.http.json_router import JsonRouter
from api.http.openapi import KEYED, json_answer, problems
from api.http.presentation import preferred_type
from api.http.problems import UnsupportedMedia
from api.http.schemas.record_examples import EXCHANGE, HAVE
from api.http.strict_json import media_type_of
from api.security.roles import Permission
from api.store.commands import IdempotencyKey
from api.store.edxl_have import Facility, FacilityReport, origin_of, read_have, standing, write_have
from api.store.errors import KeyReused, Refused
from api.store.ports import SetPortStatus
from api.store.store import Store
from geodata.policies import DEFAULT_POLICY


class ExchangedReport(TypedDict):
    """What became of one report in an exchanged document."""

    port_id: str
    part: Annotated[Literal["status", "capacity"] | None, Field(description="Null: the document says nothing usable.")]
    accepted: bool
    code: Annotated[
        str | None,
        Field(
            description="Why not: UNKNOWN_PORT, WRITTEN_HERE, NEWER_REPORT, WRONG_VALUE, "
            "COLOUR_NOT_A_STATUS, NOTHING_TO_TAKE."
        ),
    ]


class ExchangeDocument(TypedDict):
    """What became of every report in an exchanged document."""

    reports: list[ExchangedReport]


router = JsonRouter(tags=["live"])

_XML = "application/xml"
_TEXT_XML = "text/xml"
_OCTETS = "application/octet-stream"
_XML_TYPES = (_XML, _TEXT_XML, "application/edxl-have+xml", _OCTETS)


@router.get(
    "/edxl-have",
    summary="All ports as facilities of EDXL-HAVE 2.0",
    response_class=Response,
    dependencies=[requires(Permission.READ_PORT_REPORTS)],
    responses={
        200: {
            # Both, for a generator of clients that knows XML as text only.
            "content": {name: {"schema": {"type": "string"}, "example": HAVE} for name in (_XML, _TEXT_XML)},
            "description": "The document.",
        },
        **problems(403, 422, 503),
    },
)
async def read_edxl_have(request: Request, service: CurrentService, async_store: Records) -> Response:
    """Every port of the register; with status and places where it reported them. What is held is not available.

    HAVE cannot say that a report has run out, so one that has, or that the default policy calls stale, is left out.
    """
    facilities = [Facility(port.id, port.name_en, *port.landing) for port in service.world.ports]

    def document(store: Store) -> bytes:
        now_s, stale_after_s = time.time(), known_policy(DEFAULT_POLICY).limits.status_stale_after_s
        reported = (standing(port, now_s, stale_after_s) for port in store.reported_ports(now_s))
        return write_have(facilities, {port["port_id"]: port for port in reported}, store.identity())

    media_type = preferred_type(request.headers.get("accept", ""), (_XML, _TEXT_XML))
    return Response(await async_store.run(document), headers={"Vary": "Accept"}, media_type=media_type)


@router.put(
    "/edxl-have",
    summary="Take in status and places from an EDXL-HAVE 2.0 document",
    response_class=JsonText,
    openapi_extra={
        **KEYED,
        "requestBody": {
            "required": True,
            "description": "The document as it is: application/octet-stream, application/xml, text/xml or "
            "application/edxl-have+xml.",
            # The one of them that every generator of clients can send.
            "content": {_OCTETS: {"schema": {"type": "string", "format": "binary"}, "example": HAVE}},
        },
    },
    responses={
        200: json_answer(ExchangeDocument, example=EXCHANGE),
        **problems(403, 413, 415, 422, 503),
    },
)
async def put_edxl_have(
    request: Request,
    service: CurrentService,
    async_store: Records,
    caller: Annotated[Caller, requires(Permission.REPORT_PORT)],
) -> Response:
    """A facility's id is that of a port. Each report is taken or refused by itself, and the answer says which.

    Facilities that are no port of the register are passed over: such documents hold hospitals of whole regions. So is
    everything in a document this store wrote: it says nothing new, and would count what is held as occupied too.
    """
    if media_type_of(request) not in _XML_TYPES:
        raise UnsupportedMedia("Send Content-Type: application/xml or application/octet-stream, not compressed.")
    body = await request.body()
    once = await idempotency_key_of(request, caller)
    ports = {port.id for port in service.world.ports}
    taken = await async_store.run(lambda store: _taken(store, body, ports, caller, once))
    async_store.changed.set()
    return JsonText(to_json({"reports": taken}))


def _taken(store: Store, body: bytes, ports: set[str], caller: Caller, once: IdempotencyKey | None) -> list[Json]:
    found: list[Json] = []
    reports = read_have(body)
    own = origin_of(body) == (store.identity() or None) is not None
    for number, report in enumerate(reports):
        if own:
            found.append({"port_id": report.port_id, "part": None, "accepted": False, "code": "WRITTEN_HERE"})
        elif report.port_id not in ports:
            found.append({"port_id": report.port_id, "part": None, "accepted": False, "code": "UNKNOWN_PORT"})
        else:
            found += _each(store, report, number, caller, once)
    return found


def _each(store: Store, report: FacilityReport, number: int, caller: Caller, once: IdempotencyKey | None) -> list[Json]:
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
    if report.unused_code is not None:
        # A colour that is no status, black or grey, must not vanish: somebody may mean that the port is shut.
        found.append({"port_id": report.port_id, "part": None, "accepted": False, "code": report.unused_code})
    return found


def _part_of(once: IdempotencyKey | None, part: str) -> IdempotencyKey | None:
    """A key of its own for each change a document asks for, made of the one it came with."""
    if once is None:
        return None
    return once._replace(key=f"x-{hashlib.sha256(once.key.encode()).hexdigest()[:40]}-{part}")
