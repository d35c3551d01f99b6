"""An operator's own facts of ports, and places of their own, laid over the register of an opened world."""

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from engine.codes import Grade
from engine.kernels.mesh import NOWHERE, locate
from engine.kernels.plane import to_plane
from engine.kernels.reach import DepthClass, WaterModel
from engine.kernels.tides import no_tides
from engine.kernels.visibility import Targets
from engine.model import DepthClassSource, World, no_live_picture
from engine.patch_cache import PatchCache
from engine.ports import Evidence, Port
from geodata.mesh import build_trees, depth_class_from, targets_from
from geodata.register import Overlay, RegisterRow, columns_from, port_from, with_overlay
from geodata.tides.ports import NO_BASIS, PortTide, distance_between_km, secondary_tide
from geodata.tides.stations import Stations
from geodata.world import legs_from


def overlay_world(world: World, overlay: Overlay) -> World:
    """The world with an operator's facts in place of the register's, and the operator's own places as further ports.

    Routes and tides of the register's ports stay as they are. Ways to a new place are found in the same water; it has
    no tide before `own_tides` is asked for one.

    Raises
    ------
    InvalidAsk
        The overlay speaks of a port the register does not have and gives no place for it, puts a place off the water,
        or leaves a tidal window without hours.
    """
    rows = [_row(port, float(leg_m)) for port, leg_m in zip(world.ports, world.columns.harbour_leg_m, strict=True)]
    rows = with_overlay(rows, overlay)
    world = replace(
        world,
        ports=tuple(port_from(row) for row in rows),
        columns=columns_from(rows),
        identity={**world.identity, "overlay": {"sha256": overlay.sha256}},
    )
    own = rows[len(world.water.ports.x) :]
    return _with_places(world, rows, own, overlay) if own else world


def own_tides(
    world: World, overlay: Overlay, stations: Stations, assumed: dict[str, Any]
) -> tuple[World, tuple[PortTide, ...]]:
    """Tides of the operator's own places, and the world that says which station each follows.

    Parameters
    ----------
    world : World
        From `overlay_world`.
    overlay : Overlay
    stations : Stations
    assumed : dict
        The section ``tides`` of ``assumptions.toml``.

    Raises
    ------
    InvalidAsk
        A place follows a station that there is none of.
    """
    known = {station.id: station for station in stations.stations}
    ports, tides = list(world.ports), []
    for number, port in enumerate(world.ports):
        if "approach_lon" not in port.evidence:
            continue
        named = port.facts["tide_station"]
        if named is not None and named not in known:
            raise overlay.refusal(port.id, "tide_station", f"is {str(named)[:40]!r}, which is no station.",
                                  "Take that of a port near by ('safeport ports ID'), or leave it out.")  # fmt: skip
        nearest = min(
            stations.stations, key=lambda own_port: distance_between_km(port.landing, (own_port.lon, own_port.lat))
        )
        station = nearest if named is None else known[str(named)]
        tide = secondary_tide(station, port.landing, float(world.columns.mhws_m[number]), stations, assumed)
        tides.append(tide)
        if named is None and tide is not NO_BASIS:
            by_place = Evidence(Grade.INFERRED, "the station nearest to the place", "", overlaid=True)
            ports[number] = replace(
                port,
                facts={**port.facts, "tide_station": station.id, "tide_basis": "secondary"},
                evidence={**port.evidence, "tide_station": by_place},
            )
    return replace(world, ports=tuple(ports)), tuple(tides)


def _with_places(world: World, rows: list[RegisterRow], own: list[RegisterRow], overlay: Overlay) -> World:
    """The world with ways to the operator's own places."""
    mesh = world.water.mesh
    for row in own:
        x, y = to_plane(*row.approach, mesh.origin_lon_deg, mesh.origin_lat_deg)
        if locate(mesh, x, y) == NOWHERE:
            raise overlay.refusal(
                str(row.facts["id"]), "approach_lon", "and approach_lat lie off the water that routes run in.",
                "Give a position outside the entrance, 200 m off an open coast or more.",
            )  # fmt: skip
    water = world.water._replace(
        ports=targets_from(mesh, np.array([row.approach for row in rows])),
        legs=legs_from(rows, mesh, world.water.drawn),
    )
    targets = targets_from(mesh, np.array([row.approach for row in own]))
    return replace(
        world,
        water=water,
        depth_classes=tuple(_WiderDepthClass(known, water, targets) for known in world.depth_classes),
        live=no_live_picture(len(rows)),
        tides=no_tides(len(rows)),
    )


class _WiderDepthClass:
    """A depth class with more ports; their trees are grown when first asked for."""

    def __init__(self, known: DepthClassSource, water: WaterModel, own: Targets) -> None:
        self.needed_depth_m = known.needed_depth_m
        self.patches = PatchCache()
        self._known = known
        self._water = water
        self._own = own

    @cached_property
    def tables(self) -> DepthClass:
        """The tables."""
        water = self._water
        following = np.hstack([
            self._known.tables.following,
            build_trees(water.mesh, self._own, self.needed_depth_m),
        ])  # fmt: skip
        return depth_class_from(
            water.mesh, water.ports, water.zones, self.needed_depth_m, following,
            water.limits.right_angle_tolerance_deg,
        )  # fmt: skip


def _row(port: Port, leg_m: float) -> RegisterRow:
    """A port as a row of the register again."""
    return RegisterRow(port.facts, port.evidence, port.harbour_leg, leg_m)
