"""Distances over water."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.access.roles import Permission
from api.distance import DistanceDocument, distance_document
from api.document import dump
from api.http.callers import allowed
from api.http.doors import JsonText, OpenHouse, Place, Work
from api.http.examples import DISTANCE
from api.http.openapi import problems
from api.http.strict_json import StrictJsonRoute

router = APIRouter(prefix="/v1", route_class=StrictJsonRoute)


@router.get(
    "/distances",
    tags=["distances"],
    summary="Distance over water between two places",
    response_class=JsonText,
    dependencies=[allowed(Permission.READ_GEODATA)],
    responses={
        200: {"model": DistanceDocument, "content": {"application/json": {"example": DISTANCE}}},
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
