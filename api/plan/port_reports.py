"""A plan that sees what ports report and what is held already."""

from dataclasses import replace

from api.decision_records import NOW_WITHIN_S
from api.decision_service import DecisionService, known_policy
from api.decision_service import with_port_reports as world_seeing
from api.plan.request import PlanIn
from api.position import parse_time
from api.store.port_snapshot import PortsSnapshot
from geodata.policies import DEFAULT_POLICY


def plans_for_now(request: PlanIn, now_s: float) -> bool:
    """Whether a plan is about the present, so that what ports report now belongs to it."""
    return request.time is None or abs(parse_time(request.time) - now_s) <= NOW_WITHIN_S


def with_port_reports(service: DecisionService, request: PlanIn, ports: PortsSnapshot, now_s: float) -> DecisionService:
    """The service with the picture of the ports; places held for anybody are taken, but for its own encounters.

    Raises
    ------
    UnknownName
        The policy of the plan does not exist.
    """
    limits = known_policy(request.policy or DEFAULT_POLICY).limits
    planned = frozenset(
        encounter.encounter_id for encounter in request.encounters if encounter.encounter_id is not None
    )
    service = service.avoiding(ports, now_s)
    return replace(service, world=world_seeing(service.world, ports.for_encounters(planned), now_s, limits))
