"""Keys of vessels and services: given, given anew, taken away. A key itself is in one answer, once."""

from typing import Annotated

from fastapi import Body, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.documents.decision import Json, to_json
from api.http.auth import Authenticator, Caller, requires
from api.http.command_executor import idempotency_key_of
from api.http.dependencies import JsonText, Records
from api.http.json_router import JsonRouter
from api.http.schemas.record_examples import KEY, KEY_IN, KEYS, NEW_KEY, ROTATE_IN
from api.http.schemas.requests import KeyIn, RotateIn
from api.security.api_keys import Keys, NewKey
from api.security.roles import Permission
from api.store.keys import KeyDocument, KeysDocument, NewKeyDocument

router = JsonRouter(tags=["keys"])

Admin = Annotated[Caller, requires(Permission.MANAGE_KEYS)]
KeyId = Annotated[str, Field(max_length=80)]


@router.command(
    "/keys",
    summary="Give a unit a key, which is shown this once",
    answer=NewKeyDocument,
    example=NEW_KEY,
    status_code=201,
)
async def create_key(
    request: Request, wanted: Annotated[KeyIn, Body(examples=[KEY_IN])], async_store: Records, caller: Admin
) -> Response:
    """With an `Idempotency-Key` a request sent again makes no second key.

    It is told the id of the first: a key that got lost on the way is kept nowhere, and is rotated.
    """
    keys, once = keys_of(request), await idempotency_key_of(request, caller)
    made = await async_store.run(lambda _: keys.create(**wanted.arguments(), actor=caller.actor, once=once))
    async_store.changed.set()
    return JsonText(_once(made), 201)


@router.read(
    "/keys",
    summary="Every key there ever was, without its secret",
    dependencies=[requires(Permission.MANAGE_KEYS)],
    answer=KeysDocument,
    example=KEYS,
)
async def read_keys(request: Request, async_store: Records) -> Response:
    """Oldest first."""
    keys = keys_of(request)
    listed = await async_store.run(lambda _: keys.list_keys())
    return JsonText(to_json({"keys": [key.document() for key in listed]}))


@router.command(
    "/keys/{key_id}/rotate",
    summary="Give a key a new secret, which is shown this once",
    answer=NewKeyDocument,
    example=NEW_KEY,
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


@router.command(
    "/keys/{key_id}",
    summary="End a key at once and for good",
    answer=KeyDocument,
    example=KEY,
    method="DELETE",
    has_body=False,
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
