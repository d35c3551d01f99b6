"""Decisions."""

import time
from typing import Annotated

from fastapi import APIRouter, Body
from starlette.responses import Response

from api.access.roles import Permission
from api.document import decision_document, dump
from api.encounter import EncounterIn
from api.house import House
from api.http.callers import allowed
from api.http.doors import JsonText, OpenHouse, Work
from api.http.examples import DECISION, ENCOUNTERS
from api.http.openapi import problems
from api.http.shapes import DecisionShape
from api.http.strict_json import StrictJsonRoute
from engine.model import Ask

router = APIRouter(prefix="/v1", route_class=StrictJsonRoute)


@router.post(
    "/decisions",
    tags=["decisions"],
    summary="Nearest fit port for an encounter",
    response_class=JsonText,
    dependencies=[allowed(Permission.DECIDE)],
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
