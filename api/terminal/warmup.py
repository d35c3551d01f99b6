"""What runs before the terminal is ready: the paths own ship needs. A crew needs one depth class, a server all."""

import gc
from concurrent.futures import ThreadPoolExecutor
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
from engine.routes import depth_class_for, depth_class_source_for
from engine.rules.depth_and_tide import depth_needed
from geodata.policies import DEFAULT_POLICY


def warm_own(service: DecisionService, profile: VesselIn) -> None:
    """Decide once for own ship, so that the first touch of NEAREST pays for nothing."""
    service.zoned.grow_after_s = inf
    try:
        vessel = vessel_of(service, profile)
    except UnknownName:
        vessel = service.vessels["unknown"]
    # Two at a time on two cores: her own, and those of ways over banks that the tide covers.
    own_m = depth_class_source_for(service.world, _depth_needed(vessel.draught_m)).needed_depth_m
    classes = [known for known in service.world.depth_classes if known.needed_depth_m <= own_m]
    with ThreadPoolExecutor(2) as threads:
        for _ in threads.map(lambda known: known.tables, classes):
            pass
    at_s = time()
    ask = Ask(*service.world.ports[0].approach, at_s, vessel, known_policy(DEFAULT_POLICY))
    to_json(decision_document(service.decide(ask), "brief"))
    warm_search(ask, service.world_at(at_s))
    # What is open now stays; whether some of it could go is looked at after the first answer may be asked for.
    gc.freeze()


def own_depth_class(service: DecisionService, profile: VesselIn) -> DepthClass:
    """Tables of the class own ship is decided with; of the deepest where her draught is not known."""
    try:
        draught_m = vessel_of(service, profile).draught_m
    except UnknownName:
        draught_m = nan
    return depth_class_for(service.world, _depth_needed(draught_m))


def _depth_needed(draught_m: float) -> float:
    limits = known_policy(DEFAULT_POLICY).limits
    return float(depth_needed(draught_m, limits.keel_margin_m, limits.keel_margin_share, 0.0))
