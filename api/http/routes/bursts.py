"""Short bursts of a satellite modem: what a vessel without a link said, and what is said back to her.

Whatever receives the modem's messages ashore posts the bytes here with the vessel's own key, and sends the bytes
answered back to the modem.
"""

import base64
import binascii
import hashlib
from math import isnan
from typing import Annotated, Any

from fastapi import Body
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from api.documents.decision import to_json
from api.http.async_store import AsyncStore
from api.http.auth import Caller, requires
from api.http.authorization import require_owner
from api.http.dependencies import JsonText, Records
from api.http.json_router import JsonRouter
from api.http.schemas.bodies import Body as StrictBody
from api.http.schemas.requests import ReportIn
from api.position import format_time, parse_time
from api.security.roles import Permission
from api.store.commands import IdempotencyKey
from api.store.errors import InvalidValue, Refused
from api.store.store import Store
from api.store.terminals import ReceiveBurst, burst_key, done_key
from api.terminal.link.short_burst import MOST_UP, Down, NotABurst, Up, decode_up, encode_down

router = JsonRouter(tags=["encounters"])

BURST_IN = {"data": "AqFk"}
ANSWERED = {
    "terminal": "t-21fe31dfa154a2616267", "number": 3, "received_at": "2026-11-22T14:40:00.000Z",
    "encounter_id": "e-7", "code": None, "down": "AgAAAAM=",
}  # fmt: skip
DOWN = {"encounter_id": "e-7", "down": "AgAAAAM="}


class BurstIn(StrictBody):
    """Bytes of one burst, as the modem delivered them."""

    data: Annotated[str, Field(pattern="^[A-Za-z0-9+/]+=*$", max_length=4 * MOST_UP // 3 + 8, description="Base64.")]


class BurstAnswer(TypedDict):
    """What was taken, and the bytes to send back."""

    terminal: str
    number: Annotated[int, Field(description="Of the message that waits aboard.")]
    received_at: str
    encounter_id: Annotated[str | None, Field(description="Encounter that was opened, or that it was added to.")]
    code: Annotated[str | None, Field(description="Why no encounter was opened from it; the burst itself is taken.")]
    down: Annotated[str, Field(description="Base64 of at most 270 bytes.")]


class DownBurst(TypedDict):
    """Bytes to send to a vessel."""

    encounter_id: str
    down: Annotated[str, Field(description="Base64 of at most 270 bytes.")]


@router.command(
    "/terminals/bursts",
    summary="A short burst of an onboard terminal",
    answer=BurstAnswer,
    example=ANSWERED,
    status_code=201,
)
async def receive_burst(
    given: Annotated[BurstIn, Body(examples=[BURST_IN])],
    async_store: Records,
    caller: Annotated[Caller, requires(Permission.REPORT_ENCOUNTER)],
) -> Response:
    """Taken once, whatever is sent again: its bytes are its idempotency key.

    What it opens is not opened again by the message when the link returns.
    """
    data, burst = _read(given.data)
    digest = hashlib.sha256(data).hexdigest()[:32]
    command = ReceiveBurst(burst.terminal, burst.number, _body_of(burst))
    once = IdempotencyKey(f"{burst.terminal}:burst:{digest}", caller.principal, data)
    received = (await async_store.do(command, caller, once)).document
    encounter_id, code = await _encounter(async_store, caller, burst, data, digest)
    down = await _down(async_store, encounter_id, burst.number)
    document = {
        "terminal": burst.terminal, "number": burst.number, "received_at": received["received_at"],
        "encounter_id": encounter_id, "code": code, "down": down,
    }  # fmt: skip
    return JsonText(to_json(document), 201)


@router.read(
    "/terminals/bursts/{encounter_id}",
    summary="The direction that holds for an encounter, as a short burst",
    answer=DownBurst,
    example=DOWN,
)
async def read_down(
    encounter_id: str, async_store: Records, caller: Annotated[Caller, requires(Permission.READ_RECORDS)]
) -> Response:
    """To be sent to the vessel that reported it; it says that nothing was directed where nothing was."""

    def look_up(store: Store) -> None:
        require_owner(caller, store, "encounter_id", encounter_id)
        store.encounter(encounter_id)

    await async_store.run(look_up)
    return JsonText(to_json({"encounter_id": encounter_id, "down": await _down(async_store, encounter_id, 0)}))


def _read(text: str) -> tuple[bytes, Up]:
    """Bytes and content of a burst.

    Raises
    ------
    InvalidValue
    """
    try:
        data = base64.b64decode(text, validate=True)
        return data, decode_up(data)
    except (binascii.Error, NotABurst):
        raise InvalidValue("data", "is no burst of a terminal, or was damaged.", "Nothing was taken from it.") from None


def _body_of(burst: Up) -> dict[str, Any]:
    """What a burst said, as it is recorded."""
    return {
        "sent_at": format_time(burst.sent_s), "position": _position(burst), "quality": burst.quality,
        "age_s": burst.age_s, "persons": {"min": burst.persons_min, "max": burst.persons_max},
        "recovered": burst.recovered, "in_water": burst.in_water, "medical": burst.medical,
        "port_id": burst.port_id or None, "minutes": burst.minutes, "decision_sha256_begins": burst.digest.hex(),
        "text": burst.text, "is_encounter": burst.is_encounter,
    }  # fmt: skip


def _position(burst: Up) -> dict[str, Any] | None:
    return None if isnan(burst.lon) else {"type": "Point", "coordinates": [burst.lon, burst.lat]}


async def _encounter(
    async_store: AsyncStore, caller: Caller, burst: Up, data: bytes, digest: str
) -> tuple[str | None, str | None]:
    """Open the encounter that a burst reports, or add to the one that it or its message opened; and why not."""
    position = _position(burst)
    if not burst.is_encounter or position is None:
        return None, None
    known = await async_store.run(lambda store: (
        store.answer_under(caller.principal, done_key(burst.terminal, burst.number))
        or store.answer_under(caller.principal, burst_key(burst.terminal, burst.number))
    ))  # fmt: skip
    body: dict[str, Any] = {
        "source": "vessel", "position": position, "observed_at": format_time(burst.sent_s - (burst.age_s or 0)),
        "persons": {"min": burst.persons_min, "max": burst.persons_max}, "text": burst.text,
    }  # fmt: skip
    if burst.medical is not None:
        body["medical"] = burst.medical
    if burst.recovered is not None:
        body["persons_recovered"] = burst.recovered
    if burst.in_water is not None:
        body["persons_in_water"] = burst.in_water
    if known is None:
        once = IdempotencyKey(burst_key(burst.terminal, burst.number), caller.principal, b"")
    else:
        once = IdempotencyKey(f"{burst.terminal}:burst:{digest}:done", caller.principal, data)
    try:
        command = ReportIn.model_validate(body).command(
            parse_time(body["observed_at"]), None if known is None else known["encounter_id"]
        )
        answer = await async_store.do(command, caller, once)
    except Refused as refused:
        return None, refused.code
    except ValueError:
        return None, "INVALID_FIELDS"
    return str(answer.document["encounter_id"]), None


async def _down(async_store: AsyncStore, encounter_id: str | None, number: int) -> str:
    """Bytes of the answer, in base64."""

    def look_up(store: Store) -> Down:
        if encounter_id is None:
            return Down(number)
        directed, withdrawn = store.direction(encounter_id), store.withdrawal(encounter_id)
        told = directed or withdrawn
        if told is None:
            return Down(number)
        # A place that is no port of the register goes in the text, and a name that is too long is cut.
        place, text = told["place"] or "", told["text"] or ""
        burst = Down(
            number, port_id=told["port_id"] or "", centre=told["centre"][:20],
            text=f"{place}: {text}" if place else text,
        )  # fmt: skip
        if directed is not None:
            at_s = int(parse_time(directed["directed_at"]))
            return burst._replace(direction=directed["sequence"], directed_s=at_s, code=directed["code"][:20])
        at_s = int(parse_time(told["at"]))
        return burst._replace(direction=told["direction"], directed_s=at_s, withdrawal=told["sequence"])

    return base64.b64encode(encode_down(await async_store.run(look_up))).decode()
