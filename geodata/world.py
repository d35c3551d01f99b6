"""Pack to `World`: everything a pack does not store is derived here, once, with the engine's own kernels."""

from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np

from engine.codes import Grade
from engine.errors import PackError
from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.harbour import HarbourLegs
from engine.kernels.mesh import NOWHERE, Mesh
from engine.kernels.plane import LATTICE_M
from engine.kernels.reach import DepthClass, WaterModel
from engine.kernels.snap import SnapLimits
from engine.kernels.tides import no_tides
from engine.kernels.zones import Regions, Zones, zone_at
from engine.model import Bank, Centre, World, no_live_picture
from engine.patch_cache import PatchCache
from engine.ports import Evidence
from engine.units import NAUTICAL_MILE_M
from geodata.mesh import depth_class_from, gate_of, mesh_from, targets_from, zones_from
from geodata.pack import DEFAULT_PACK, Pack, read_pack
from geodata.plane import project, unproject
from geodata.register import RegisterRow, columns_from, port_from
from geodata.shoreline import coast_rings, shore_from
from geodata.vessels import speed_tables_from


class LazyDepthClass:
    """A depth class whose tables are derived when first asked for; a crew needs one class, a server all.

    Deriving is a pure function of the pack, so it does not matter who asks first or twice.
    """

    def __init__(self, needed_depth_m: float, water: WaterModel, following: np.ndarray) -> None:
        self.needed_depth_m = needed_depth_m
        self.patches = PatchCache()
        self._water = water
        self._following: np.ndarray | None = following
        self._tables: DepthClass | None = None

    # No `cached_property`: its lock, until Python 3.12, lets no two classes be derived at the same time.
    @property
    def tables(self) -> DepthClass:
        """The tables."""
        following, water = self._following, self._water
        if self._tables is None and following is not None:
            self._tables = depth_class_from(
                water.mesh, water.ports, water.zones, self.needed_depth_m, following.T,
                water.limits.right_angle_tolerance_deg,
            )  # fmt: skip
            # They have it too. Only now: whoever looked at it before still finds one of the two.
            self._following = None
        assert self._tables is not None  # noqa: S101
        return self._tables


def load_world(folder: Path = DEFAULT_PACK) -> World:
    """World of a pack, with no live feed connected.

    Raises
    ------
    PackError
        The pack is missing, damaged, of another format, or lacks something.
    """
    return world_from(read_pack(folder))


def world_from(pack: Pack) -> World:
    """World from a verified pack, with no live feed connected.

    Raises
    ------
    PackError
        The pack lacks something.
    """
    try:
        return _derived(pack)
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise PackError(
            "geodata pack",
            f"does not hold what this program needs ({type(error).__name__}).",
            "Rebuild it with 'safeport geodata build'.",
        ) from error


def _derived(pack: Pack) -> World:
    area: dict = pack.manifest["area"]  # type: ignore[assignment,type-arg]
    box = (area["west"], area["south"], area["east"], area["north"])
    origin = (area["origin_lon"], area["origin_lat"])
    stored = pack.arrays["mesh"]
    triangles = np.ascontiguousarray(stored["triangles"].T)
    least_depth = np.full(len(triangles), inf)
    least_depth[stored["shallow"]] = stored["shallow_depth"]
    mesh = mesh_from(np.ascontiguousarray(stored["points"].T * LATTICE_M), triangles, least_depth, origin)
    rows = rows_from(pack.tables["ports"])  # type: ignore[arg-type]
    table: dict = pack.tables["zones"]  # type: ignore[assignment,type-arg]
    zone_names, zones, lane_bits, firing_bits = _zones(table, origin)
    region_ids, regions = _regions(table, origin)
    waters: list[dict] = table["drawn_waters"]  # type: ignore[type-arg]
    water_rings = [np.array(water["ring"]) for water in waters]
    systems = zones_from(water_rings, [int(water["system"]) for water in waters], [nan] * len(waters), origin)
    water = WaterModel(
        mesh,
        shore_from(coast_rings(pack), box, origin),
        targets_from(mesh, np.array([row.approach for row in rows])),
        legs_from(rows, mesh, systems),
        zones,
        systems,
        SnapLimits(**pack.manifest["joining"]),  # type: ignore[arg-type]
    )
    depths: list[float | str] = pack.manifest["depth_classes_m"]  # type: ignore[assignment]
    classes = tuple(
        LazyDepthClass(float(needed), water, pack.arrays["trees"][f"following_{number}"])
        for number, needed in enumerate(depths)
    )
    banks: list[dict] = table["banks"]  # type: ignore[type-arg]
    beyond: list[dict[str, str]] = pack.tables["beyond"]  # type: ignore[assignment]
    return World(
        box=box,
        water=water,
        depth_classes=classes,
        ports=tuple(port_from(row) for row in rows),
        columns=columns_from(rows),
        live=no_live_picture(len(rows)),
        zone_names=zone_names,
        lane_bits=lane_bits,
        firing_bits=firing_bits,
        regions=regions,
        region_ids=region_ids,
        drawn_names=tuple((water["name_en"], water["name_fr"]) for water in waters),
        drawn_waters=zones_from(water_rings, list(range(len(waters))), [nan] * len(waters), origin),
        banks=tuple(_bank(bank, origin) for bank in banks),
        beyond_names=tuple(row["name"] for row in beyond),
        beyond_positions=np.array([[float(row["lon"]), float(row["lat"])] for row in beyond]).reshape(-1, 2),
        centres=_centres(pack.tables["centres"]),  # type: ignore[arg-type]
        speed_tables=speed_tables_from(pack.tables["speed"]),  # type: ignore[arg-type]
        tides=no_tides(len(rows)),
        identity={
            "geodata": {
                "id": pack.manifest["id"],
                "sha256": pack.manifest["sha256"],
                "built_at": pack.manifest["built_at"],
                # Only where an operator's survey is in it: ids of other decisions stay as they are.
                **({"surveys": pack.manifest["surveys"]} if "surveys" in pack.manifest else {}),
            },
            "tides": None,
            "streams": None,
            "forecast": None,
            "port_status": None,
            "overlay": None,
        },
    )


def _bank(row: dict[str, Any], origin: tuple[float, float]) -> Bank:
    ring = project(np.array(row["ring"], np.float64), *origin)
    return Bank((row["name_en"], row["name_fr"]), float(row["least_depth_m"]), ring)


def legs_from(rows: list[RegisterRow], mesh: Mesh, systems: Zones) -> HarbourLegs:
    """Harbour legs of the register as the engine's arrays.

    Parameters
    ----------
    rows : list of RegisterRow
    mesh : Mesh
    systems : Zones
        Drawn waters, those that meet with one number.
    """
    origin = (mesh.origin_lon_deg, mesh.origin_lat_deg)
    positions = np.ascontiguousarray(np.vstack([*(row.leg for row in rows), np.empty((0, 2))]))
    points = project(positions, *origin)
    start = np.cumsum([0] + [len(row.leg) for row in rows]).astype(np.int32)
    to_go = np.zeros(len(points))
    gates = np.full((len(rows), 5), nan)
    drawn = np.full(len(rows), -1, np.int32)
    gate_triangle = np.full(len(rows), NOWHERE, np.int32)
    gate_following = np.zeros(len(rows), np.int32)
    for p, row in enumerate(rows):
        for k in range(len(row.leg) - 2, -1, -1):
            to_go[start[p] + k] = to_go[start[p] + k + 1] + geodesic_length_m(*row.leg[k], *row.leg[k + 1])
        if len(row.leg):
            drawn[p] = zone_at(systems, *points[start[p + 1] - 1])
        x_m, y_m, gate_triangle[p], k = gate_of(mesh, points[start[p] : start[p + 1]])
        if gate_triangle[p] != NOWHERE:
            at = unproject(np.array([[x_m, y_m]]), *origin)[0]
            gates[p] = x_m, y_m, *at, to_go[start[p] + k] + geodesic_length_m(*at, *row.leg[k])
            gate_following[p] = k
    x, y = (np.ascontiguousarray(column) for column in points.T)
    lon, lat = (np.ascontiguousarray(column) for column in positions.T)
    length = np.array([row.leg_m for row in rows], np.float64)
    gate_x, gate_y, gate_lon, gate_lat, gate_to_go = (np.ascontiguousarray(column) for column in gates.T)
    return HarbourLegs(
        start=start,
        x=x,
        y=y,
        lon=lon,
        lat=lat,
        to_go=to_go,
        length=length,
        gate_x=gate_x,
        gate_y=gate_y,
        gate_lon=gate_lon,
        gate_lat=gate_lat,
        gate_triangle=gate_triangle,
        gate_following=gate_following,
        gate_to_go=gate_to_go,
        drawn=drawn,
    )


def rows_from(table: list[dict[str, object]]) -> list[RegisterRow]:
    """Register rows from the pack's ports layer."""
    rows = []
    for entry in table:
        facts = {name: value for name, value in entry.items() if name not in ("harbour_leg", "evidence")}
        evidence = {
            name: Evidence(Grade[known["grade"].upper()], known["source"], known["note"])
            for name, known in entry["evidence"].items()  # type: ignore[attr-defined]
        }
        leg = np.array(entry["harbour_leg"], np.float64).reshape(-1, 2)
        rows.append(RegisterRow(facts, evidence, leg, float(entry["harbour_leg_m"])))  # type: ignore[arg-type]
    return rows


def _zones(
    table: dict[str, list[dict]],  # type: ignore[type-arg]
    origin: tuple[float, float],
) -> tuple[tuple[tuple[str, str], ...], Zones, int, int]:
    """Lanes and firing ranges as numbered zones, and which bits are which."""
    lane_names = sorted({_both_names(lane) for lane in table["lanes"]})
    range_names = sorted({_both_names(area) for area in table["ranges"]})
    names = (*lane_names, *range_names)
    if len(names) > 64:
        raise ValueError(f"{len(names)} zones, and there are 64 bits")
    everything = table["lanes"] + table["ranges"]
    zones = zones_from(
        [np.array(zone["ring"]) for zone in everything],
        [names.index(_both_names(zone)) for zone in everything],
        [float(zone.get("flow_deg", nan)) for zone in everything],
        origin,
    )
    lane_bits = (1 << len(lane_names)) - 1
    return names, zones, lane_bits, ((1 << len(names)) - 1) ^ lane_bits


def _both_names(zone: dict[str, object]) -> tuple[str, str]:
    return str(zone["name_en"]), str(zone["name_fr"])


def _regions(table: dict[str, list[dict]], origin: tuple[float, float]) -> tuple[tuple[str, ...], Regions]:  # type: ignore[type-arg]
    """Search and rescue regions."""
    names = tuple(sorted({str(region["name"]) for region in table["regions"]}))
    rings = [np.array(region["ring"]) for region in table["regions"]]
    numbers = [names.index(str(region["name"])) for region in table["regions"]]
    doubt_nm = np.concatenate([np.array(region["doubt_nm"], np.float64) for region in table["regions"]])
    return names, Regions(zones_from(rings, numbers, [nan] * len(rings), origin), doubt_nm * NAUTICAL_MILE_M)


def _centres(table: dict[str, list[dict]]) -> tuple[Centre, ...]:  # type: ignore[type-arg]
    """Rescue co-ordination centres in the order of their areas: the first one that holds a position leads there."""
    rows = {row["id"]: row for row in table["centres"]}
    order = list(dict.fromkeys(area["id"] for area in table["areas"]))
    return tuple(
        Centre(
            id=row["id"],
            name=row["name"],
            srr=row["srr"],
            vhf=row["vhf"] or None,
            mmsi=row["mmsi"] or None,
            areas=tuple(
                tuple((float(lon), float(lat)) for lon, lat in area["ring"])
                for area in table["areas"]
                if area["id"] == row["id"]
            ),
        )
        for row in (rows[centre] for centre in order)
    )
