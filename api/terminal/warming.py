"""What runs before the terminal is ready: the paths own ship needs. A crew needs one depth class, a server all."""

import gc
from math import nan
from time import time

from api.document import decision_document, dump
from api.encounter import VesselIn
from api.house import House, known_policy
from api.terminal.own_ship import vessel_of
from engine.decide import warm_search
from engine.errors import UnknownName
from engine.kernels.reach import DepthClass
from engine.model import Ask
from engine.rules.depth_and_tide import depth_needed
from engine.sea_route import depth_class_for
from geodata.policies import DEFAULT_POLICY


def warm_own(house: House, profile: VesselIn) -> None:
    """Decide once for own ship, so that the first touch of NEAREST pays for nothing."""
    try:
        vessel = vessel_of(house, profile)
    except UnknownName:
        vessel = house.vessels["unknown"]
    at_s = time()
    ask = Ask(*house.world.ports[0].approach, at_s, vessel, known_policy(DEFAULT_POLICY))
    dump(decision_document(house.decide(ask), "brief"))
    warm_search(ask, house.world_at(at_s))
    gc.collect()
    gc.freeze()


def own_depth_class(house: House, profile: VesselIn) -> DepthClass:
    """Tables of the class own ship is decided with; of the deepest where her draught is not known."""
    try:
        draught_m = vessel_of(house, profile).draught_m
    except UnknownName:
        draught_m = nan
    limits = known_policy(DEFAULT_POLICY).limits
    return depth_class_for(house.world, depth_needed(draught_m, limits.keel_margin_m, limits.keel_margin_share, 0.0))
