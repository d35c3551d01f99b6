"""Vessel profiles and policies: the names a decision may ask for."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.access.roles import Permission
from api.document import dump
from api.documents.profiles import PolicyEffects, VesselProfiles, policy_document, vessel_document
from api.house import known_policy
from api.http.callers import allowed
from api.http.conditional import NOT_MODIFIED, unless_known
from api.http.doors import JsonText, OpenHouse
from api.http.examples import POLICIES, VESSELS
from api.http.openapi import problems
from api.http.strict_json import StrictJsonRoute
from geodata.policies import policy_names

router = APIRouter(prefix="/v1", route_class=StrictJsonRoute, tags=["decisions"])


@router.get(
    "/vessels",
    summary="Vessel profiles",
    response_class=JsonText,
    dependencies=[allowed(Permission.READ_GEODATA)],
    responses={
        200: {"model": VesselProfiles, "content": {"application/json": {"example": VESSELS}}},
        **NOT_MODIFIED,
        **problems(422, 503),
    },
)
async def read_vessels(request: Request, house: OpenHouse) -> Response:
    """What `vessel.profile` takes; null is unknown."""
    found: VesselProfiles = {"vessels": [vessel_document(house.vessels[name]) for name in sorted(house.vessels)]}
    text = dump(found)
    return unless_known(request, text, lambda: JsonText(text))


@router.get(
    "/policies",
    summary="Policies",
    response_class=JsonText,
    dependencies=[allowed(Permission.READ_GEODATA)],
    responses={
        200: {"model": PolicyEffects, "content": {"application/json": {"example": POLICIES}}},
        **NOT_MODIFIED,
        **problems(422),
    },
)
async def read_policies(request: Request) -> Response:
    """What `policy` takes, and the effect of each in one sentence."""
    found: PolicyEffects = {"policies": [policy_document(known_policy(name)) for name in policy_names()]}
    text = dump(found)
    return unless_known(request, text, lambda: JsonText(text))
