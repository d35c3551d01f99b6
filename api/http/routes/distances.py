"""Distances over water."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from api.documents.decision import to_json
from api.documents.distance import DistanceDocument, distance_document
from api.http.auth import requires
from api.http.dependencies import CurrentService, JsonText, Place, Work
from api.http.json_router import JsonRouter
from api.http.schemas.decision_examples import DISTANCE
from api.security.roles import Permission

router = JsonRouter()


@router.read(
    "/distances",
    tags=["distances"],
    summary="Distance over water between two places",
    dependencies=[requires(Permission.READ_GEODATA)],
    answer=DistanceDocument,
    example=DISTANCE,
)
async def read_distance(
    start: Annotated[Place, Query(alias="from", examples=["51 00.0N 001 21.0E"])],
    end: Annotated[Place, Query(alias="to", examples=["dover"])],
    service: CurrentService,
    worker_pool: Work,
    draught_m: Annotated[float | None, Query(description="Keeps the route off banks she cannot cross. [m]")] = None,
) -> Response:
    """Shortest way over water. Each end is a position, latitude first, a port id or a UN/LOCODE.

    A port counts from its landing point, harbour leg included.
    """
    # In a thread for the same narrow waters as a decision.
    return JsonText(to_json(await worker_pool.run(lambda: distance_document(service, start, end, draught_m))))
