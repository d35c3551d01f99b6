"""Keys of vessels and services: given, given anew, taken away. A key itself is in one answer, once."""

from typing import Annotated

from fastapi import APIRouter, Body, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.access.keys import Keys, NewKey
from api.access.roles import Permission
from api.document import Json, dump
from api.http.bodies import KeyIn, RotateIn
from api.http.callers import Caller, Gate, allowed
from api.http.doors import JsonText, Records
from api.http.memory import once_of
from api.http.openapi import KEYED, problems
from api.http.record_examples import KEY, KEY_IN, KEYS, NEW_KEY, ROTATE_IN
from api.http.record_shapes import KeyShape, KeysShape, NewKeyShape
from api.http.strict_json import StrictJsonRoute

router = APIRouter(prefix="/v1", route_class=StrictJsonRoute, tags=["keys"])

Admin = Annotated[Caller, allowed(Permission.MANAGE_KEYS)]
KeyId = Annotated[str, Field(max_length=80)]

_NEW = {"model": NewKeyShape, "content": {"application/json": {"example": NEW_KEY}}}


@router.post(
    "/keys",
    status_code=201,
    summary="Give a unit a key, which is shown this once",
    response_class=JsonText,
    openapi_extra=KEYED,
    responses={201: _NEW, **problems(400, 403, 409, 413, 415, 422, 503)},
)
async def create_key(
    request: Request, wanted: Annotated[KeyIn, Body(examples=[KEY_IN])], memory: Records, caller: Admin
) -> Response:
    """With an `Idempotency-Key` a request sent again makes no second key.

    It is told the id of the first: a key that got lost on the way is kept nowhere, and is rotated.
    """
    keys, once = keys_of(request), await once_of(request, caller)
    made = await memory.run(lambda _: keys.create(wanted.unit, wanted.role, caller.actor, wanted.expires_s(), once))
    memory.changed.set()
    return JsonText(_once(made), 201)


@router.get(
    "/keys",
    summary="Every key there ever was, without its secret",
    response_class=JsonText,
    dependencies=[allowed(Permission.MANAGE_KEYS)],
    responses={
        200: {"model": KeysShape, "content": {"application/json": {"example": KEYS}}},
        **problems(403, 503),
    },
)
async def read_keys(request: Request, memory: Records) -> Response:
    """Oldest first."""
    keys = keys_of(request)
    listed = await memory.run(lambda _: keys.listed())
    return JsonText(dump({"keys": [key.document() for key in listed]}))


@router.post(
    "/keys/{key_id}/rotate",
    summary="Give a key a new secret, which is shown this once",
    response_class=JsonText,
    openapi_extra=KEYED,
    responses={200: _NEW, **problems(400, 403, 404, 409, 413, 415, 422, 503)},
)
async def rotate_key(
    request: Request,
    key_id: KeyId,
    how: Annotated[RotateIn, Body(examples=[ROTATE_IN])],
    memory: Records,
    caller: Admin,
) -> Response:
    """The secret before it stays valid for the overlap. The same request again with its key gives none."""
    keys, once = keys_of(request), await once_of(request, caller)
    overlap_s = request.app.state.settings.key_overlap_s if how.overlap_s is None else how.overlap_s
    made = await memory.run(lambda _: keys.rotate(key_id, caller.actor, overlap_s, once))
    memory.changed.set()
    return JsonText(_once(made))


@router.delete(
    "/keys/{key_id}",
    summary="End a key at once and for good",
    response_class=JsonText,
    openapi_extra=KEYED,
    responses={
        200: {"model": KeyShape, "content": {"application/json": {"example": KEY}}},
        **problems(403, 404, 422, 503),
    },
)
async def revoke_key(
    request: Request,
    key_id: KeyId,
    memory: Records,
    caller: Admin,
    reason: Annotated[str, Query(max_length=4_000)] = "",
) -> Response:
    """Refused by this process at once, by others on the same store within seconds. Its records stay."""
    keys, once = keys_of(request), await once_of(request, caller)
    document = await memory.run(lambda _: keys.revoke(key_id, caller.actor, reason, once))
    memory.changed.set()
    return JsonText(dump(document))


def keys_of(request: Request) -> Keys:
    """The keys of this application's store; `Records` has made sure that there is one."""
    gate: Gate = request.app.state.gate
    assert gate.keys is not None  # noqa: S101
    return gate.keys


def _once(made: NewKey) -> str:
    document: Json = {"key": made.text, **made.document}
    return dump(document)
