"""Vessel profiles and policies: the names a decision may ask for."""

from fastapi import Request
from starlette.responses import Response

from api.decision_service import known_policy
from api.documents.decision import to_json
from api.documents.profiles import PolicyEffects, VesselProfiles, policy_document, vessel_document
from api.http.auth import requires
from api.http.conditional import NOT_MODIFIED, unless_known
from api.http.dependencies import CurrentService, JsonText
from api.http.json_router import JsonRouter
from api.http.schemas.decision_examples import POLICIES, VESSELS
from api.security.roles import Permission
from geodata.policies import policy_names

router = JsonRouter(tags=["decisions"])


@router.read(
    "/vessels",
    summary="Vessel profiles",
    dependencies=[requires(Permission.READ_GEODATA)],
    answer=VesselProfiles,
    example=VESSELS,
    responses=NOT_MODIFIED,
)
async def read_vessels(request: Request, service: CurrentService) -> Response:
    """What `vessel.profile` takes; null is unknown."""
    found: VesselProfiles = {"vessels": [vessel_document(service.vessels[name]) for name in sorted(service.vessels)]}
    text = to_json(found)
    return unless_known(request, text, lambda: JsonText(text))


@router.read(
    "/policies",
    summary="Policies",
    dependencies=[requires(Permission.READ_GEODATA)],
    answer=PolicyEffects,
    example=POLICIES,
    responses=NOT_MODIFIED,
)
async def read_policies(request: Request) -> Response:
    """What `policy` takes, and the effect of each in one sentence."""
    found: PolicyEffects = {"policies": [policy_document(known_policy(name)) for name in policy_names()]}
    text = to_json(found)
    return unless_known(request, text, lambda: JsonText(text))
