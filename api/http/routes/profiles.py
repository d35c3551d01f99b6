"""Vessel profiles and policies: the names a decision may ask for."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.decision_service import known_policy
from api.documents.decision import to_json
from api.documents.profiles import PolicyEffects, VesselProfiles, policy_document, vessel_document
from api.http.auth import requires
from api.http.conditional import NOT_MODIFIED, unless_known
from api.http.dependencies import CurrentService, JsonText
from api.http.openapi import problems
from api.http.schemas.decision_examples import POLICIES, VESSELS
from api.http.strict_json import StrictJsonRoute
from api.security.roles import Permission
from geodata.policies import policy_names

router = APIRouter(prefix="/v1", route_class=StrictJsonRoute, tags=["decisions"])


@router.get(
    "/vessels",
    summary="Vessel profiles",
    response_class=JsonText,
    dependencies=[requires(Permission.READ_GEODATA)],
    responses={
        200: {"model": VesselProfiles, "content": {"application/json": {"example": VESSELS}}},
        **NOT_MODIFIED,
        **problems(422, 503),
    },
)
async def read_vessels(request: Request, service: CurrentService) -> Response:
    """What `vessel.profile` takes; null is unknown."""
    found: VesselProfiles = {"vessels": [vessel_document(service.vessels[name]) for name in sorted(service.vessels)]}
    text = to_json(found)
    return unless_known(request, text, lambda: JsonText(text))


@router.get(
    "/policies",
    summary="Policies",
    response_class=JsonText,
    dependencies=[requires(Permission.READ_GEODATA)],
    responses={
        200: {"model": PolicyEffects, "content": {"application/json": {"example": POLICIES}}},
        **NOT_MODIFIED,
        **problems(422),
    },
)
async def read_policies(request: Request) -> Response:
    """What `policy` takes, and the effect of each in one sentence."""
    found: PolicyEffects = {"policies": [policy_document(known_policy(name)) for name in policy_names()]}
    text = to_json(found)
    return unless_known(request, text, lambda: JsonText(text))
