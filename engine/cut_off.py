"""Ports that would be nearer than the answer if no exclusion zone lay in the way: nobody may think they were missed."""

from dataclasses import replace
from typing import Protocol, runtime_checkable

import numpy as np

from engine.branch_and_bound import SearchResult
from engine.codes import Status
from engine.kernels.reach import DepthClass, WaterModel, reach_ports
from engine.kernels.snap import ENCLOSED, ON_LAND
from engine.model import World
from engine.request_context import RequestContext
from engine.routes import depth_class_source_for, track_to_port
from engine.units import NAUTICAL_MILE_M

MOST_CUT_OFF = 8
"""So many are named, nearest first."""

LONGER_M = 0.1 * NAUTICAL_MILE_M
"""A zone is in the way where it makes it longer by what people read. [m]"""


@runtime_checkable
class KeepsOut(Protocol):
    """A depth class of water without some zones, which knows the water with them."""

    @property
    def unzoned_water(self) -> WaterModel:
        """The water before the zones were taken out of it."""

    @property
    def unzoned_tables(self) -> DepthClass:
        """The tables of this depth class in it."""

    def zones_on(self, track: tuple[tuple[float, float], ...]) -> tuple[str, ...]:
        """Names of the zones a track touches; longitude and latitude. [deg]"""


def ports_cut_off(context: RequestContext, found: SearchResult) -> dict[str, object]:
    """Ports that a zone keeps from being nearer than the first one, as facts of a notice; empty where there are none.

    Harbours that are not excluded wherever the vessel is, by their distance without the zones, with that distance and
    the zones on the way.
    """
    world = context.world
    source = depth_class_source_for(world, context.needed_depth_m)
    if not world.avoided or not isinstance(source, KeepsOut):
        return {}
    water, tables = source.unzoned_water, source.unzoned_tables
    if len(water.legs.length) != len(world.ports):
        return {}
    reach = reach_ports(water, tables, context.ask.lon, context.ask.lat)
    if reach.kind in (ON_LAND, ENCLOSED):
        return {}
    now_m = found.reach.distance_m + found.reach.harbour_m
    without_m = reach.distance_m + reach.harbour_m
    first = int(found.order[0])
    best_m = now_m[first] if found.status[first] != Status.EXCLUDED else np.inf
    # So written that a distance not known is not nearer.
    is_cut = (without_m < best_m) & ~(now_m < best_m) & ~(now_m <= without_m + LONGER_M)
    is_cut &= context.inputs.static.status != Status.EXCLUDED
    is_cut[first] = False
    ports = np.flatnonzero(is_cut)
    ports = ports[np.argsort(without_m[ports], kind="stable")][:MOST_CUT_OFF]
    unzoned: World = replace(world, water=water)
    zones = [source.zones_on(track_to_port(unzoned, tables, reach, port)) for port in ports.tolist()]
    named = [(port, names) for port, names in zip(ports.tolist(), zones, strict=True) if names]
    if not named:
        return {}
    return {
        "ports": tuple(port for port, _ in named),
        "distances_m": tuple(float(without_m[port]) for port, _ in named),
        "zones_on_way": tuple(names for _, names in named),
    }
