"""Messages of onboard terminals: each taken once and in order, and what it asks for done once."""

import time
from typing import Annotated, Any, Literal

from fastapi import Body, Query, Request
from pydantic import AfterValidator, Field, ValidationError
from starlette.responses import Response
from typing_extensions import TypedDict

from api.documents.decision import to_json
from api.forecast_pieces import CutOuts, ForecastPiece
from api.http.async_store import AsyncStore
from api.http.auth import Caller, requires
from api.http.authorization import visible_places, without_others
from api.http.dependencies import CurrentService, JsonText, Records, Work
from api.http.json_router import JsonRouter
from api.http.schemas.bodies import Body as StrictBody
from api.http.schemas.requests import ReportIn
from api.position import checked_instant, parse_time
from api.security.roles import Permission
from api.security.signed_messages import TerminalMessage
from api.store.command_fields import TimeText
from api.store.commands import IdempotencyKey
from api.store.deltas import Piece, Versions
from api.store.errors import InvalidValue, Refused, StoreUnavailable
from api.store.port_deltas import ports_of
from api.store.port_snapshot import PortsSnapshot
from api.store.terminals import ReceiveMessage, burst_key, done_key, message_key
from api.store.validation import canonical
from api.store.zone_deltas import parts_of
from engine.units import HOUR_S
from geodata.forecast.cutout import cut_out

router = JsonRouter(tags=["encounters"])

LARGEST_BODY = 16_000
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Base64 = Annotated[str, Field(pattern="^[A-Za-z0-9+/]+=*$", max_length=120)]

MESSAGE_IN = {
    "terminal": "t-21fe31dfa154a2616267", "number": 1, "previous": "0" * 64, "sent_at": "2026-11-22T14:30:00Z",
    "kind": "report", "body": {"text": "Two aboard, engine failed."}, "public_key": "A" * 43 + "=",
    "signature": "A" * 86 + "==",
}  # fmt: skip
Since = Annotated[str, Query(pattern="^[0-9a-f]{0,20}$", description="Version that is known; left out for everything.")]
After = Annotated[str, Query(max_length=80, description="`next` of the piece before.")]

RECEIVED = {
    "terminal": "t-21fe31dfa154a2616267", "number": 1, "kind": "report", "sent_at": "2026-11-22T14:30:00Z",
    "received_at": "2026-11-22T14:30:02.000Z", "message_sha256": "0" * 64, "done": None, "clock_off_s": -2.0,
}  # fmt: skip


PIECE = {
    "version": "5f1d7a84db00d2fce00b", "base": "", "next": "",
    "ports": {"dover": {"status": {"status": "open", "reported_ms": 1795357800000, "expires_ms": None}, "held": 12}},
}  # fmt: skip


ZONE_PIECE = {
    "version": "8c6b3f2f63a1b86de2e4", "base": "", "next": "",
    "zones": {
        "z-9d1f0c7be3a25d448f6a/00": {
            "place": 0, "name": "Vega", "from_ms": None, "to_ms": 1795386600000, "version": 31,
            "corners": [[1.26, 51.0], [1.6, 51.0], [1.6, 51.095]],
        },
    },
}  # fmt: skip


class MessageIn(StrictBody):
    """One message of a terminal, as it was signed."""

    terminal: Annotated[str, Field(pattern="^t-[0-9a-f]{20}$")]
    number: Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
    previous: Sha256
    sent_at: Annotated[TimeText, AfterValidator(checked_instant)]
    kind: Literal["report", "encounter", "decision", "direction_acknowledged", "position"]
    body: dict[str, Any]
    public_key: Base64
    signature: Base64


FORECAST_PIECE = {"version": "0" * 64, "base": "", "size": 9_120, "offset": 0, "data": "eNpj"}


class MessageOutcome(TypedDict):
    """What a message asked for, done or refused."""

    encounter_id: str | None
    code: Annotated[str | None, Field(description="Why it was not done; the message itself is taken.")]
    detail: str | None


class Changes(TypedDict):
    """Some of what changed since a version that is known."""

    version: str
    base: str
    next: str


class PortChanges(Changes):
    """Some of what changed of what ports report."""

    ports: dict[str, dict[str, Any] | None]


class ZoneChanges(Changes):
    """Some of what changed of the exclusion zones."""

    zones: Annotated[
        dict[str, dict[str, Any] | None],
        Field(description="By zone and number of the part: an outline of many corners has several. Null: no more."),
    ]


class ForecastPieceDocument(TypedDict):
    """Some of a cut-out of the forecast, packed with zlib."""

    version: Annotated[str, Field(description="SHA-256 of the cut-out; empty where nothing is known of there.")]
    base: Annotated[str, Field(description="Version whose bytes are the dictionary of the packing; empty for none.")]
    size: Annotated[int, Field(description="Of the whole packing; 0 where `since` is the version. [bytes]")]
    offset: Annotated[int, Field(description="Where `data` begins in it. [bytes]")]
    data: Annotated[str, Field(description="Base64.")]


class ReceivedMessage(TypedDict):
    """A message that was taken."""

    terminal: str
    number: int
    kind: str
    sent_at: str
    received_at: str
    message_sha256: str
    done: MessageOutcome | None
    clock_off_s: Annotated[float, Field(description="The terminal's clock less this one, at first receipt. [s]")]


@router.command(
    "/terminals/messages",
    summary="A signed, numbered message of an onboard terminal",
    answer=ReceivedMessage,
    example=RECEIVED,
    status_code=201,
)
async def receive_message(
    body: Annotated[MessageIn, Body(examples=[MESSAGE_IN])],
    async_store: Records,
    caller: Annotated[Caller, requires(Permission.REPORT_ENCOUNTER)],
) -> Response:
    """Taken once, whatever is sent again, and only after the one before it.

    Its number is its idempotency key. `encounter` opens one as `POST /v1/encounters` does; a report in it that cannot
    be taken is said in `done`, and the message stands. A signature that is wrong takes nothing.
    """
    _refuse_body(body.body)
    message = TerminalMessage(**body.model_dump(mode="json"))
    key = message_key(message.terminal, message.number)
    sent = message.signed_bytes() + message.signature.encode()
    answer = await async_store.do(ReceiveMessage(message), caller, IdempotencyKey(key, caller.principal, sent))
    received = answer.document
    document = {name: value for name, value in received.items() if name != "body"}
    document["clock_off_s"] = round(parse_time(message.sent_at) - parse_time(received["received_at"]), 3)
    document["done"] = await _done(async_store, caller, message) if message.kind == "encounter" else None
    headers = {"Idempotency-Replayed": "true"} if answer.repeated else {}
    return JsonText(to_json(document), 201, headers)


@router.read(
    "/terminals/ports",
    summary="What changed of what ports report, in small pieces",
    answer=PortChanges,
    example=PIECE,
)
async def read_changes(
    request: Request,
    async_store: Records,
    caller: Annotated[Caller, requires(Permission.READ_PORT_REPORTS)],
    since: Since = "",
    after: After = "",
) -> Response:
    """At most 2 kB each. `base` is empty where the version is not remembered: then it is everything, from the start.

    Places that others hold are one number a port. Pieces of one change have one `version`: begin again where it
    differs.
    """
    ports = ports_of(visible_places(caller, await _readable(async_store), None))
    versions: Versions = request.app.state.port_versions
    return _piece_as("ports", versions.piece(ports, since, after))


@router.read(
    "/terminals/zones",
    summary="What changed of the exclusion zones, in small pieces",
    dependencies=[requires(Permission.READ_PORT_REPORTS)],
    answer=ZoneChanges,
    example=ZONE_PIECE,
)
async def read_zone_changes(
    request: Request,
    async_store: Records,
    since: Since = "",
    after: After = "",
) -> Response:
    """Those in force and those to come, at most 2 kB a piece; versions and pieces as for ports."""
    zones = parts_of((await _readable(async_store)).content.get("exclusion_zones", []))
    versions: Versions = request.app.state.zone_versions
    return _piece_as("zones", versions.piece(zones, since, after))


@router.read(
    "/terminals/forecast",
    summary="The forecast round a vessel, in small pieces",
    dependencies=[requires(Permission.READ_GEODATA)],
    answer=ForecastPieceDocument,
    example=FORECAST_PIECE,
)
async def read_cutout(
    request: Request,
    service: CurrentService,
    worker_pool: Work,
    lon: Annotated[float, Query(ge=-180.0, le=180.0, description="[deg]")],
    lat: Annotated[float, Query(ge=-90.0, le=90.0, description="[deg]")],
    since: Annotated[
        str, Query(pattern="^([0-9a-f]{64})?$", description="Version that is known; left out for none.")
    ] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="Bytes that are known of the packing.")] = 0,
) -> Response:
    """At most 2 kB each. Pieces of one packing have one `version` and one `base`: begin again where either differs."""
    cube = service.cube
    from_s = time.time() // HOUR_S * HOUR_S
    cutouts: CutOuts = request.app.state.cutouts

    def piece() -> ForecastPiece:
        return cutouts.piece(None if cube is None else cut_out(cube, lon, lat, from_s), since, offset)

    return JsonText(to_json((await worker_pool.run(piece))._asdict()))


async def _readable(async_store: AsyncStore) -> PortsSnapshot:
    """What ports report and which zones there are.

    Raises
    ------
    StoreUnavailable
        Nothing known is not nothing reported: what a terminal has stays, and grows old.
    """
    seen = await async_store.ports_seen(time.time())
    if "lost" in seen.content:
        raise StoreUnavailable("store", "cannot be read.", "What is known stands; ask again soon.")
    return seen


def _piece_as(name: str, piece: Piece) -> JsonText:
    """A piece, its parts under their own name."""
    document = {"version": piece.version, "base": piece.base, name: piece.parts, "next": piece.next}
    return JsonText(to_json(document))


def _refuse_body(body: dict[str, Any]) -> None:
    """Refuse what can't be stored or is too much.

    Raises
    ------
    InvalidValue
    """
    try:
        size = len(canonical(body))
    except TypeError:
        raise InvalidValue("body", "holds a number or a text that cannot be stored.", "Check it.") from None
    if size > LARGEST_BODY:
        raise InvalidValue("body", f"is larger than {LARGEST_BODY} bytes.", "Send it in parts.")


async def _done(async_store: AsyncStore, caller: Caller, message: TerminalMessage) -> dict[str, Any]:
    """Open the encounter a message reports, once however often the message comes."""
    once = IdempotencyKey(done_key(message.terminal, message.number), caller.principal, message.signed_bytes())
    opened = burst_key(message.terminal, message.number)
    # A burst may have gone before it: then it is one more report of the encounter that the burst opened.
    known = await async_store.run(lambda store: store.answer_under(caller.principal, opened))
    encounter_id = None if known is None else known["encounter_id"]
    try:
        # Without a time of its own it is of when it was sent, not of when the link came back.
        command = ReportIn.model_validate(message.body).command(parse_time(message.sent_at), encounter_id)
        answer = await async_store.do(command, caller, once)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        return {"encounter_id": None, "code": "INVALID_FIELDS", "detail": f"{where}: {first['msg']}"[:200]}
    except Refused as refused:
        return {"encounter_id": None, "code": refused.code, "detail": str(refused)[:200]}
    return {"encounter_id": without_others(caller, answer.document)["encounter_id"], "code": None, "detail": None}
