"""Reservations: places held ashore for people still at sea."""

import time
from typing import Annotated

from fastapi import APIRouter, Body, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.documents.decision import to_json
from api.http.async_store import AsyncStore, command_response, idempotency_key_of
from api.http.auth import Caller, requires
from api.http.authorization import filter_owned, require_owner, require_owner_in
from api.http.dependencies import CurrentService, JsonText, Records, port_id_of
from api.http.openapi import KEYED, problems
from api.http.schemas.record_examples import (
    EXTEND_IN,
    HOLD_IN,
    LAND_IN,
    RELEASE_IN,
    RESERVATION_CHANGE,
    RESERVATIONS,
    STANDING_RESERVATION,
    TRANSFER_IN,
)
from api.http.schemas.records import ReservationChangeShape, ReservationsShape, StandingReservationShape
from api.http.schemas.requests import ExtendIn, HoldIn, LandIn, ReleaseIn, TransferIn
from api.http.strict_json import StrictJsonRoute
from api.security.roles import Permission
from api.store.commands import Command
from api.store.reservations import Confirm, Release
from api.store.store import Store
from api.store.validation import Json

router = APIRouter(prefix="/v1", route_class=StrictJsonRoute, tags=["reservations"])

Holder = Annotated[Caller, requires(Permission.HOLD_PLACES)]
Reader = Annotated[Caller, requires(Permission.READ_RECORDS)]
Id = Annotated[str, Field(min_length=1, max_length=80)]

_CHANGED = {"model": ReservationChangeShape, "content": {"application/json": {"example": RESERVATION_CHANGE}}}
_CHANGES = {200: _CHANGED, **problems(400, 403, 404, 409, 413, 415, 422, 503)}
_BODILESS = {200: _CHANGED, **problems(403, 404, 409, 422, 503)}


@router.post(
    "/reservations",
    status_code=201,
    summary="Hold places at a port",
    response_class=JsonText,
    openapi_extra=KEYED,
    responses={201: _CHANGED, **problems(400, 403, 404, 409, 413, 415, 422, 503)},
)
async def hold_places(
    request: Request,
    wanted: Annotated[HoldIn, Body(examples=[HOLD_IN])],
    service: CurrentService,
    async_store: Records,
    caller: Holder,
) -> Response:
    """Held until so long past its arrival; refused where too few places are left, unless a controller says why not."""
    command = wanted.command(port_id_of(service, wanted.port_id))
    await require_owner_in(async_store, caller, encounter_id=wanted.encounter_id)
    return command_response(await async_store.do(command, caller, await idempotency_key_of(request, caller)), 201)


@router.get(
    "/reservations",
    summary="Every reservation that counts now",
    response_class=JsonText,
    responses={
        200: {"model": ReservationsShape, "content": {"application/json": {"example": RESERVATIONS}}},
        **problems(403, 422, 503),
    },
)
async def read_reservations(
    async_store: Records,
    caller: Reader,
    port_id: Annotated[Id | None, Query(description="Only those at this port.")] = None,
    encounter_id: Annotated[Id | None, Query(description="Only those of this encounter.")] = None,
) -> Response:
    """Held and confirmed ones, oldest first; a hold counts no more from the moment it expires."""

    def wanted(store: Store) -> list[Json]:
        found = [
            reservation for reservation in store.reservations(time.time())
            if port_id in (None, reservation["port_id"]) and encounter_id in (None, reservation["encounter_id"])
        ]  # fmt: skip
        return filter_owned(caller, store, found, "reservation_id")

    return JsonText(to_json({"reservations": await async_store.run(wanted)}))


@router.get(
    "/reservations/{reservation_id}",
    summary="One reservation",
    response_class=JsonText,
    responses={
        200: {"model": StandingReservationShape, "content": {"application/json": {"example": STANDING_RESERVATION}}},
        **problems(403, 404, 422, 503),
    },
)
async def read_reservation(reservation_id: str, async_store: Records, caller: Reader) -> Response:
    """As it stands now, whatever became of it."""

    def visible(store: Store) -> Json:
        require_owner(caller, store, "reservation_id", reservation_id)
        return store.reservation(reservation_id, time.time())

    return JsonText(to_json(await async_store.run(visible)))


@router.post(
    "/reservations/{reservation_id}/confirm",
    summary="The port agrees: it no longer expires",
    response_class=JsonText,
    openapi_extra=KEYED,
    responses=_BODILESS,
)
async def confirm_reservation(request: Request, reservation_id: str, async_store: Records, caller: Holder) -> Response:
    """Confirm a hold that has not expired. Takes no body."""
    return await _changed(request, async_store, caller, reservation_id, Confirm(reservation_id))


@router.post(
    "/reservations/{reservation_id}/extend",
    summary="A later arrival",
    response_class=JsonText,
    openapi_extra=KEYED,
    responses=_CHANGES,
)
async def extend_reservation(
    request: Request,
    reservation_id: str,
    later: Annotated[ExtendIn, Body(examples=[EXTEND_IN])],
    async_store: Records,
    caller: Holder,
) -> Response:
    """Move arrival and expiry; the expiry never comes closer."""
    return await _changed(request, async_store, caller, reservation_id, later.command(reservation_id))


@router.post(
    "/reservations/{reservation_id}/release",
    summary="Give the places back",
    response_class=JsonText,
    openapi_extra=KEYED,
    responses=_CHANGES,
)
async def release_reservation(
    request: Request,
    reservation_id: str,
    why: Annotated[ReleaseIn, Body(examples=[RELEASE_IN])],
    async_store: Records,
    caller: Holder,
) -> Response:
    """Release what is held, confirmed or expired."""
    return await _changed(request, async_store, caller, reservation_id, why.command(reservation_id))


@router.delete(
    "/reservations/{reservation_id}",
    summary="Give the places back",
    response_class=JsonText,
    openapi_extra=KEYED,
    responses=_BODILESS,
)
async def delete_reservation(
    request: Request,
    reservation_id: str,
    async_store: Records,
    caller: Holder,
    reason: Annotated[str, Query(max_length=4_000)] = "",
) -> Response:
    """The same as release. The record stays: nothing is ever deleted."""
    return await _changed(request, async_store, caller, reservation_id, Release(reservation_id, reason))


@router.post(
    "/reservations/{reservation_id}/land",
    summary="People have come ashore",
    response_class=JsonText,
    openapi_extra=KEYED,
    responses=_CHANGES,
)
async def land_reservation(
    request: Request,
    reservation_id: str,
    ashore: Annotated[LandIn, Body(examples=[LAND_IN])],
    async_store: Records,
    caller: Holder,
) -> Response:
    """They move from held to occupied. More may land than were expected: people on a quay are not refused."""
    return await _changed(request, async_store, caller, reservation_id, ashore.command(reservation_id))


@router.post(
    "/reservations/{reservation_id}/transfer",
    summary="People go over to another vessel, and their places with them",
    response_class=JsonText,
    openapi_extra=KEYED,
    responses=_CHANGES,
)
async def transfer_reservation(
    request: Request,
    reservation_id: str,
    moved: Annotated[TransferIn, Body(examples=[TRANSFER_IN])],
    async_store: Records,
    caller: Holder,
) -> Response:
    """Everybody, or so many as a reservation of their own."""
    return await _changed(request, async_store, caller, reservation_id, moved.command(reservation_id))


async def _changed(
    request: Request, async_store: AsyncStore, caller: Caller, reservation_id: str, command: Command
) -> Response:
    await require_owner_in(async_store, caller, reservation_id=reservation_id)
    return command_response(await async_store.do(command, caller, await idempotency_key_of(request, caller)))
