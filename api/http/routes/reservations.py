"""Reservations: places held ashore for people still at sea."""

import time
from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import Body, Query
from pydantic import Field
from starlette.responses import Response

from api.documents.decision import to_json
from api.http.auth import Caller, requires
from api.http.authorization import filter_owned, require_owner
from api.http.command_executor import CommandExecutor, executes
from api.http.dependencies import CurrentService, JsonText, Records, port_id_of
from api.http.json_router import JsonRouter
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
from api.http.schemas.requests import ExtendIn, HoldIn, LandIn, ReleaseIn, TransferIn
from api.security.roles import Permission
from api.store.ownership import OwnRecord
from api.store.reservations import Confirm, Release, ReservationChange, StandingReservation, StandingReservations
from api.store.store import Store

router = JsonRouter(tags=["reservations"])

_change_route = partial(router.command, answer=ReservationChange, example=RESERVATION_CHANGE)

Executor = Annotated[CommandExecutor, executes(Permission.HOLD_PLACES)]
Reader = Annotated[Caller, requires(Permission.READ_RECORDS)]
Id = Annotated[str, Field(min_length=1, max_length=80)]


@_change_route("/reservations", summary="Hold places at a port", status_code=201, names_others=True)
async def hold_places(
    wanted: Annotated[HoldIn, Body(examples=[HOLD_IN])], service: CurrentService, executor: Executor
) -> Response:
    """Held until so long past its arrival; refused where too few places are left, unless a controller says why not."""
    hold = wanted.command()
    hold = replace(hold, port_id=port_id_of(service, hold.port_id, "port_id"))
    return await executor.respond(hold, OwnRecord("encounter_id", hold.encounter_id))


@router.read(
    "/reservations",
    summary="Every reservation that counts now",
    answer=StandingReservations,
    example=RESERVATIONS,
)
async def read_reservations(
    async_store: Records,
    caller: Reader,
    port_id: Annotated[Id | None, Query(description="Only those at this port.")] = None,
    encounter_id: Annotated[Id | None, Query(description="Only those of this encounter.")] = None,
) -> Response:
    """Held and confirmed ones, oldest first; a hold counts no more from the moment it expires."""

    def wanted(store: Store) -> list[StandingReservation]:
        found = [
            reservation for reservation in store.reservations(time.time())
            if port_id in (None, reservation["port_id"]) and encounter_id in (None, reservation["encounter_id"])
        ]  # fmt: skip
        return filter_owned(caller, store, found, "reservation_id")

    return JsonText(to_json({"reservations": await async_store.run(wanted)}))


@router.read(
    "/reservations/{reservation_id}",
    summary="One reservation",
    answer=StandingReservation,
    example=STANDING_RESERVATION,
)
async def read_reservation(reservation_id: str, async_store: Records, caller: Reader) -> Response:
    """As it stands now, whatever became of it."""

    def visible(store: Store) -> StandingReservation:
        require_owner(caller, store, "reservation_id", reservation_id)
        return store.reservation(reservation_id, time.time())

    return JsonText(to_json(await async_store.run(visible)))


@_change_route(
    "/reservations/{reservation_id}/confirm", summary="The port agrees: it no longer expires", has_body=False
)
async def confirm_reservation(reservation_id: str, executor: Executor) -> Response:
    """Confirm a hold that has not expired. Takes no body."""
    return await executor.respond(Confirm(reservation_id), _own(reservation_id))


@_change_route("/reservations/{reservation_id}/extend", summary="A later arrival")
async def extend_reservation(
    reservation_id: str, later: Annotated[ExtendIn, Body(examples=[EXTEND_IN])], executor: Executor
) -> Response:
    """Move arrival and expiry; the expiry never comes closer."""
    return await executor.respond(later.command(reservation_id), _own(reservation_id))


@_change_route("/reservations/{reservation_id}/release", summary="Give the places back")
async def release_reservation(
    reservation_id: str, why: Annotated[ReleaseIn, Body(examples=[RELEASE_IN])], executor: Executor
) -> Response:
    """Release what is held, confirmed or expired."""
    return await executor.respond(why.command(reservation_id), _own(reservation_id))


@_change_route("/reservations/{reservation_id}", summary="Give the places back", method="DELETE", has_body=False)
async def delete_reservation(
    reservation_id: str, executor: Executor, reason: Annotated[str, Query(max_length=4_000)] = ""
) -> Response:
    """The same as release. The record stays: nothing is ever deleted."""
    return await executor.respond(Release(reservation_id, reason), _own(reservation_id))


@_change_route("/reservations/{reservation_id}/land", summary="People have come ashore")
async def land_reservation(
    reservation_id: str, ashore: Annotated[LandIn, Body(examples=[LAND_IN])], executor: Executor
) -> Response:
    """They move from held to occupied. More may land than were expected: people on a quay are not refused."""
    return await executor.respond(ashore.command(reservation_id), _own(reservation_id))


@_change_route(
    "/reservations/{reservation_id}/transfer", summary="People go over to another vessel, and their places with them"
)
async def transfer_reservation(
    reservation_id: str, moved: Annotated[TransferIn, Body(examples=[TRANSFER_IN])], executor: Executor
) -> Response:
    """Everybody, or so many as a reservation of their own."""
    return await executor.respond(moved.command(reservation_id), _own(reservation_id))


def _own(reservation_id: str) -> OwnRecord:
    return OwnRecord("reservation_id", reservation_id)
