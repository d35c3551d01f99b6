"""Keys of vessels and services: given, given anew, taken away. A key itself is in one answer, once."""

from typing import Annotated

from fastapi import APIRouter, Body, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.documents.decision import Json, to_json
from api.http.async_store import idempotency_key_of
from api.http.auth import Authenticator, Caller, requires
from api.http.dependencies import JsonText, Records
from api.http.openapi import KEYED, problems
from api.http.schemas.record_examples import KEY, KEY_IN, KEYS, NEW_KEY, ROTATE_IN
from api.http.schemas.records import KeyShape, KeysShape, NewKeyShape
from api.http.schemas.requests import KeyIn, RotateIn
from api.http.strict_json import StrictJsonRoute
from api.security.api_keys import Keys, NewKey
from api.security.roles import Permission

router = APIRouter(prefix="/v1", route_class=StrictJsonRoute, tags=["keys"])

Admin = Annotated[Caller, requires(Permission.MANAGE_KEYS)]
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
    request: Request, wanted: Annotated[KeyIn, Body(examples=[KEY_IN])], async_store: Records, caller: Admin
) -> Response:
    """With an `Idempotency-Key` a request sent again makes no second key.

    It is told the id of the first: a key that got lost on the way is kept nowhere, and is rotated.
    """
    keys, once = keys_of(request), await idempotency_key_of(request, caller)
    made = await async_store.run(
        lambda _: keys.create(wanted.unit, wanted.role, caller.actor, wanted.expires_s(), once)
    )
    async_store.changed.set()
    return JsonText(_once(made), 201)


@router.get(
    "/keys",
    summary="Every key there ever was, without its secret",
    response_class=JsonText,
    dependencies=[requires(Permission.MANAGE_KEYS)],
    responses={
        200: {"model": KeysShape, "content": {"application/json": {"example": KEYS}}},
        **problems(403, 503),
    },
)
async def read_keys(request: Request, async_store: Records) -> Response:
    """Oldest first."""
    keys = keys_of(request)
    listed = await async_store.run(lambda _: keys.list_keys())
    return JsonText(to_json({"keys": [key.document() for key in listed]}))


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
    async_store: Records,
    caller: Admin,
) -> Response:
    """The secret before it stays valid for the overlap. The same request again with its key gives none."""
    keys, once = keys_of(request), await idempotency_key_of(request, caller)
    overlap_s = request.app.state.settings.key_overlap_s if how.overlap_s is None else how.overlap_s
    made = await async_store.run(lambda _: keys.rotate(key_id, caller.actor, overlap_s, once))
    async_store.changed.set()
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
    async_store: Records,
    caller: Admin,
    reason: Annotated[str, Query(max_length=4_000)] = "",
) -> Response:
    """Refused by this process at once, by others on the same store within seconds. Its records stay."""
    keys, once = keys_of(request), await idempotency_key_of(request, caller)
    document = await async_store.run(lambda _: keys.revoke(key_id, caller.actor, reason, once))
    async_store.changed.set()
    return JsonText(to_json(document))


def keys_of(request: Request) -> Keys:
    """The keys of this application's store; `Records` has made sure that there is one."""
    authenticator: Authenticator = request.app.state.authenticator
    assert authenticator.keys is not None  # noqa: S101
    return authenticator.keys


def _once(made: NewKey) -> str:
    document: Json = {"key": made.text, **made.document}
    return to_json(document)
