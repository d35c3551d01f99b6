"""What runs before the terminal is ready: the paths own ship needs. A crew needs one depth class, a server all."""

import gc
from math import inf, nan
from time import time

from api.decision_service import DecisionService, known_policy
from api.documents.decision import decision_document, to_json
from api.encounter import VesselIn
from api.terminal.own_ship import vessel_of
from engine.decide import warm_search
from engine.errors import UnknownName
from engine.kernels.reach import DepthClass
from engine.model import Ask
from engine.routes import depth_class_for
from engine.rules.depth_and_tide import depth_needed
from geodata.policies import DEFAULT_POLICY


def warm_own(service: DecisionService, profile: VesselIn) -> None:
    """Decide once for own ship, so that the first touch of NEAREST pays for nothing."""
    service.zoned.grow_after_s = inf
    try:
        vessel = vessel_of(service, profile)
    except UnknownName:
        vessel = service.vessels["unknown"]
    at_s = time()
    ask = Ask(*service.world.ports[0].approach, at_s, vessel, known_policy(DEFAULT_POLICY))
    to_json(decision_document(service.decide(ask), "brief"))
    warm_search(ask, service.world_at(at_s))
    gc.collect()
    gc.freeze()


def own_depth_class(service: DecisionService, profile: VesselIn) -> DepthClass:
    """Tables of the class own ship is decided with; of the deepest where her draught is not known."""
    try:
        draught_m = vessel_of(service, profile).draught_m
    except UnknownName:
        draught_m = nan
    limits = known_policy(DEFAULT_POLICY).limits
    return depth_class_for(service.world, depth_needed(draught_m, limits.keel_margin_m, limits.keel_margin_share, 0.0))
