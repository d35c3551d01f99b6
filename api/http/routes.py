"""What is offered under ``/v1``. A route translates and nothing else."""

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.distance import distance_document
from api.document import decision_document, dump, port_document
from api.encounter import EncounterIn
from api.house import House
from api.http.examples import DECISION, DISTANCE, ENCOUNTERS, PORT, PORTS, TIDE
from api.http.limits import Workshop
from api.http.openapi import problems
from api.http.opening import Opening
from api.http.problems import NoSuchPort
from api.http.shapes import DecisionShape, DistanceShape, PortFactsShape, PortsShape, TideShape
from api.http.strict_json import StrictJsonRoute
from api.position import MAX_POSITION_CHARS, InvalidTime, parse_time
from api.tide import DEFAULT_HOURS, tide_document
from engine import ENGINE_VERSION
from engine.errors import InvalidAsk, UnknownName
from engine.model import Ask

router = APIRouter(prefix="/v1", route_class=StrictJsonRoute)


async def _open_house(request: Request) -> House:
    opening: Opening = request.app.state.opening
    return opening.house()


async def _workshop(request: Request) -> Workshop:
    workshop: Workshop = request.app.state.workshop
    return workshop


async def _each_once(request: Request) -> None:
    """Refuse a query parameter given twice: whichever was read, the other may have been meant."""
    names = [name for name, _ in request.query_params.multi_items()]
    for name in ("from", "to", "draught_m", "hours"):
        if names.count(name) > 1:
            raise InvalidAsk(name, "is given more than once.", "Give it once.")


OpenHouse = Annotated[House, Depends(_open_house)]
Work = Annotated[Workshop, Depends(_workshop)]
Place = Annotated[str, Field(min_length=1, max_length=MAX_POSITION_CHARS)]


class JsonText(Response):
    """A document already dumped: its bytes are those the command line prints."""

    media_type = "application/json"


@router.post(
    "/decisions",
    tags=["decisions"],
    summary="Nearest fit port for an encounter",
    response_class=JsonText,
    responses={
        200: {
            "model": DecisionShape,
            "description": "The decision, also when no port is fit.",
            "content": {"application/json": {"example": DECISION}},
        },
        **problems(400, 413, 415, 422, 503),
    },
)
async def create_decision(
    encounter: Annotated[EncounterIn, Body(openapi_examples=ENCOUNTERS)],
    house: OpenHouse,
    workshop: Work,
) -> Response:
    """Judge every port in the area for one encounter and say which is the nearest that is fit, and why.

    Without `time` the encounter is now. The same encounter at the same time gives the same bytes.
    """
    ask = house.ask(encounter, time.time())
    # Measured on two cores: deciding takes 1 ms, but half a second for some positions in narrow water, and rendering
    # 169 ports takes 40 to 90 ms. In a thread, /healthz and other requests are answered meanwhile.
    return JsonText(await workshop.run(lambda: _decision_text(house, ask)))


def _decision_text(house: House, ask: Ask) -> str:
    return dump(decision_document(house.decide(ask)))


@router.get(
    "/distances",
    tags=["distances"],
    summary="Distance over water between two places",
    response_class=JsonText,
    dependencies=[Depends(_each_once)],
    responses={
        200: {"model": DistanceShape, "content": {"application/json": {"example": DISTANCE}}},
        **problems(422, 503),
    },
)
async def read_distance(
    start: Annotated[Place, Query(alias="from", examples=["51 00.0N 001 21.0E"])],
    end: Annotated[Place, Query(alias="to", examples=["dover"])],
    house: OpenHouse,
    workshop: Work,
    draught_m: Annotated[float | None, Query(description="Keeps the route off banks she cannot cross. [m]")] = None,
) -> Response:
    """Shortest way over water. Each end is a position, latitude first, a port id or a UN/LOCODE.

    A port counts from its landing point, harbour leg included.
    """
    # In a thread for the same narrow waters as a decision.
    return JsonText(dump(await workshop.run(lambda: distance_document(house, start, end, draught_m))))


@router.get(
    "/ports",
    tags=["ports"],
    summary="All ports",
    response_class=JsonText,
    responses={
        200: {"model": PortsShape, "content": {"application/json": {"example": PORTS}}},
        304: {"description": "Not modified."},
        **problems(503),
    },
)
async def read_ports(request: Request, house: OpenHouse) -> Response:
    """Every port of the register by id, with all its facts; null is unknown."""
    return _unless_known(request, house, _ports_text)


@router.get(
    "/ports/{port_id}",
    tags=["ports"],
    summary="One port",
    response_class=JsonText,
    responses={
        200: {"model": PortFactsShape, "content": {"application/json": {"example": PORT}}},
        304: {"description": "Not modified."},
        **problems(404, 503),
    },
)
async def read_port(request: Request, port_id: str, house: OpenHouse) -> Response:
    """One port, by id or UN/LOCODE."""
    try:
        port = house.port(port_id)
    except UnknownName:
        raise NoSuchPort("GET /v1/ports lists ids and UN/LOCODEs.") from None
    return _unless_known(request, house, lambda _: dump(port_document(port)))


@router.get(
    "/ports/{port_id}/tide",
    tags=["ports"],
    summary="Predicted tide at one port",
    response_class=JsonText,
    dependencies=[Depends(_each_once)],
    responses={
        200: {"model": TideShape, "content": {"application/json": {"example": TIDE}}},
        **problems(404, 422, 503),
    },
)
async def read_tide(
    port_id: str,
    house: OpenHouse,
    workshop: Work,
    start: Annotated[
        Annotated[str, Field(min_length=1, max_length=MAX_POSITION_CHARS)] | None,
        Query(alias="from", description="RFC 3339 with a zone; now if left out.", examples=["2026-11-22T14:30:00Z"]),
    ] = None,
    hours: Annotated[int, Query(description="How long: 1 to 744. [h]")] = DEFAULT_HOURS,
) -> Response:
    """Heights every ten minutes, high and low waters, without surge; `TIDE_UNKNOWN` where there is no basis for any."""
    try:
        house.port(port_id)
    except UnknownName:
        raise NoSuchPort("GET /v1/ports lists ids and UN/LOCODEs.") from None
    from_s = time.time() // 60.0 * 60.0 if start is None else _instant("from", start)
    # In a thread: a month not asked for before takes a second.
    return JsonText(dump(await workshop.run(lambda: tide_document(house, port_id, from_s, hours))))


def _instant(field: str, text: str) -> float:
    try:
        return parse_time(text)
    except InvalidTime as wrong:
        raise InvalidAsk(field, wrong.problem, wrong.remedy) from None


def _unless_known(request: Request, house: House, text_of: Callable[[House], str]) -> Response:
    """Answer that is made only for a client that does not have it: the register changes with pack or program only."""
    # Weak, because the compressed answer has the same tag and other bytes.
    tag = f'"{geodata_of(house)["sha256"]}-{ENGINE_VERSION}"'
    headers = {"ETag": f"W/{tag}", "Cache-Control": "no-cache"}
    known = [given.strip().removeprefix("W/") for given in request.headers.get("if-none-match", "").split(",")]
    if tag in known or known == ["*"]:
        return Response(status_code=304, headers=headers)
    return JsonText(text_of(house), headers=headers)


@lru_cache(maxsize=2)
def _ports_text(house: House) -> str:
    ports = sorted(house.world.ports, key=lambda port: port.id)
    return dump({"ports": [port_document(port) for port in ports], "geodata": geodata_of(house)})


def geodata_of(house: House) -> dict[str, str]:
    """Id and digest of the pack."""
    identity: dict[str, str] = house.world.identity["geodata"]  # type: ignore[assignment]
    return {"id": identity["id"], "sha256": identity["sha256"]}
