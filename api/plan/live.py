"""A plan that sees what ports report and what is held already."""

from dataclasses import replace

from api.control import NOW_WITHIN_S
from api.house import House, known_policy
from api.house import seeing as world_seeing
from api.plan.request import PlanIn
from api.position import parse_time
from api.store.live import PortsSnapshot
from geodata.policies import DEFAULT_POLICY


def plans_for_now(request: PlanIn, now_s: float) -> bool:
    """Whether a plan is about the present, so that what ports report now belongs to it."""
    return request.time is None or abs(parse_time(request.time) - now_s) <= NOW_WITHIN_S


def seeing(house: House, request: PlanIn, ports: PortsSnapshot, now_s: float) -> House:
    """The house with the picture of the ports; places held for anybody are taken, but for its own encounters.

    Raises
    ------
    UnknownName
        The policy of the plan does not exist.
    """
    limits = known_policy(request.policy or DEFAULT_POLICY).limits
    planned = frozenset(one.encounter_id for one in request.encounters if one.encounter_id is not None)
    return replace(house, world=world_seeing(house.world, ports.for_encounters(planned), now_s, limits))
