"""Temporary exclusion zones: drawn by an operator while the service runs, and a world whose routes keep out of them."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

import numpy as np
import shapely
from rtree import index
from shapely import LineString

from engine.errors import InvalidAsk
from engine.kernels.mesh import NOWHERE, ZONE_DEPTH_M, Mesh
from engine.kernels.plane import LATTICE_M
from engine.kernels.reach import DepthClass, WaterModel
from engine.kernels.visibility import Targets, chain_targets
from engine.model import AvoidedZone, DepthClassSource, World
from engine.patch_cache import PatchCache
from geodata.mesh import build_trees, depth_class_from, mesh_from, targets_from
from geodata.pack import Pack
from geodata.plane import project, unproject
from geodata.triangulation import triangulate
from geodata.zone_file import areas_of, read_zone_file

_MARGIN_DEG = 1.0
"""How far round the area a zone is kept. [deg]"""

_EQUATOR_M, _ECCENTRICITY = 6_378_137.0, 0.0818191908426215
"""Of the ellipsoid of WGS 84."""

_SIDES_AT_A_TIME = 256
_MOST_PAIRS_A_SIDE = 40
"""Sides of ordinary outlines meet the boxes of a few others."""


@dataclass(frozen=True, slots=True)
class ExclusionZone:
    """One zone.

    Attributes
    ----------
    name : str
        Unique among the zones in force.
    outline : shapely.Geometry
        Polygon or multipolygon, WGS 84.
    """

    name: str
    outline: shapely.Geometry


class ExclusionZones:
    """The zones in force, in a spatial index that follows every change.

    An R-tree rather than the packed tree used at build time, because zones come and go one by one.

    Attributes
    ----------
    without_place : tuple of str
        Names of features of the file that have no geometry, and so close nothing.
    """

    def __init__(self) -> None:
        self._tree = index.Index()
        self._zones: dict[int, ExclusionZone] = {}
        self._next = 0
        self.without_place: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self._zones)

    def add(self, zone: ExclusionZone) -> None:
        """Put a zone in force.

        Raises
        ------
        InvalidAsk
            It is not an area, or its name is taken.
        """
        if zone.outline.area == 0.0 or not zone.outline.is_valid:
            raise InvalidAsk("avoid", f"zone {zone.name[:40]!r} is not a valid area.", "Draw it as a closed polygon.")
        if any(known.name == zone.name for known in self._zones.values()):
            raise InvalidAsk("avoid", f"there is already a zone {zone.name[:40]!r}.", "Remove it first, or rename one.")
        self._zones[self._next] = zone
        self._tree.insert(self._next, zone.outline.bounds)
        self._next += 1

    def remove(self, name: str) -> None:
        """Lift a zone.

        Raises
        ------
        InvalidAsk
            No zone of that name is in force.
        """
        for number, zone in self._zones.items():
            if zone.name == name:
                self._tree.delete(number, zone.outline.bounds)
                del self._zones[number]
                return
        raise InvalidAsk("avoid", f"there is no zone {name[:40]!r}.", "Check its name.")

    def touched_by(self, geometry: shapely.Geometry) -> list[str]:
        """Names of the zones a position, route or area touches, in the order they were put in force."""
        near = sorted(self._tree.intersection(geometry.bounds))
        return [self._zones[number].name for number in near if self._zones[number].outline.intersects(geometry)]

    @property
    def outlines(self) -> list[shapely.Geometry]:
        """Outlines of all zones."""
        return [zone.outline for zone in self._zones.values()]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all zones."""
        return tuple(zone.name for zone in self._zones.values())


def read_exclusion_zones(path: Path) -> ExclusionZones:
    """Zones of a GeoJSON file, a feature each, which may carry a ``name``; see `geodata.zone_file`.

    Raises
    ------
    InvalidAsk
        A feature is not an area in degrees of WGS 84; names it.
    """
    zones = ExclusionZones()
    outlines, zones.without_place = read_zone_file(path)
    for name, outline in outlines:
        zones.add(ExclusionZone(name, outline))
    return zones


def rebuild_without_zones(world: World, pack: Pack, zones: ExclusionZones) -> World:
    """A world whose routes keep out of the zones: the water triangulated anew without them, which takes seconds.

    Parameters
    ----------
    world : World
    pack : Pack
        The pack it came from.
    zones : ExclusionZones

    Returns
    -------
    World
        Its identity names the zones, digests their outlines and says how much water each closes. Ports whose approach
        point or harbour leg lies in a zone are not reached.

    Raises
    ------
    InvalidAsk
        No zone closes any water of the area.
    """
    if not len(zones):
        return world
    mesh = world.water.mesh
    origin = (mesh.origin_lon_deg, mesh.origin_lat_deg)
    water = water_polygon(mesh)
    avoided, closed, idle = _zones_on_water(zones, water, world.box, origin)
    if not avoided:
        raise InvalidAsk("avoid", _why_idle(zones, world.box), "Name a file of zones in the area's water.")
    # A zone is water that nothing may cross: a bank higher than any other, which a position inside it can still leave.
    walls = [
        *((ZONE_DEPTH_M, outline) for outline in closed),
        *(
            (
                float(bank["least_depth_m"]),
                shapely.set_precision(_on_plane(shapely.Polygon(bank["ring"]), origin), LATTICE_M),
            )
            for bank in pack.tables["zones"]["banks"]  # type: ignore[index]
        ),
    ]
    triangulation = triangulate(water, walls)
    open_mesh = mesh_from(triangulation.points, triangulation.triangles, triangulation.least_depth, origin)
    approaches = np.column_stack([world.water.ports.lon, world.water.ports.lat])
    targets = _without(targets_from(open_mesh, approaches), _legs_closed(pack, zones), open_mesh)
    open_water = world.water._replace(mesh=open_mesh, ports=targets)
    digest = hashlib.sha256(b"".join(shapely.to_wkb(outline) for outline in zones.outlines)).hexdigest()
    not_avoided = (*idle, *zones.without_place)
    identity = {
        "names": [zone.name for zone in avoided],
        "sha256": digest,
        "zones": [
            {"name": zone.name, "closed_km2": round(zone.closed_m2 / 1e6, 3), "share": round(zone.share, 6)}
            for zone in avoided
        ],
        "not_avoided": list(not_avoided),
    }
    return replace(
        world,
        water=open_water,
        depth_classes=tuple(_RebuiltDepthClass(known, world.water, open_water, zones) for known in world.depth_classes),
        avoided=avoided,
        not_avoided=not_avoided,
        identity={**world.identity, "exclusion_zones": identity},
    )


def _zones_on_water(
    zones: ExclusionZones, water: shapely.Polygon, box: tuple[float, float, float, float], origin: tuple[float, float]
) -> tuple[tuple[AvoidedZone, ...], list[shapely.Geometry], tuple[str, ...]]:
    """Zones that close water with their outlines on the plane, and the names of those that close none."""
    # Far beyond the area the plane has no place for an outline.
    frame = shapely.box(box[0] - _MARGIN_DEG, box[1] - _MARGIN_DEG, box[2] + _MARGIN_DEG, box[3] + _MARGIN_DEG)
    shapes = [_on_plane(shapely.intersection(outline, frame), origin) for outline in zones.outlines]
    shapes = [areas_of(shapely.set_precision(shape, LATTICE_M)) for shape in shapes]
    _refuse_tangle([water, *shapes])
    whole_m2 = _ground_m2(water, origin)
    avoided, closed, idle = [], [], []
    for name, shape in zip(zones.names, shapes, strict=True):
        wet = areas_of(shapely.intersection(shape, water, grid_size=LATTICE_M))
        if wet.is_empty:
            idle.append(name)
            continue
        closed_m2 = _ground_m2(wet, origin)
        avoided.append(AvoidedZone(name, closed_m2, closed_m2 / whole_m2))
        closed.append(shape)
    return tuple(avoided), closed, tuple(idle)


def _ground_m2(shape: shapely.Geometry, origin: tuple[float, float]) -> float:
    """Area on the ellipsoid of a shape on the plane, which stretches areas away from its origin. [m2]

    Longitude against the authalic function of latitude is an equal-area map (Snyder, Map Projections, 1987, eq. 3-12).
    """

    def equal_area(points: np.ndarray) -> np.ndarray:
        lon, lat = np.radians(unproject(np.ascontiguousarray(points), *origin)).T
        sine = np.sin(lat)
        turned = _ECCENTRICITY * sine
        q = (1.0 - _ECCENTRICITY**2) * (sine / (1.0 - turned**2) + np.arctanh(turned) / _ECCENTRICITY)
        return np.column_stack([_EQUATOR_M * lon, _EQUATOR_M * q / 2.0])

    return float(shapely.transform(shapely.segmentize(shape, 2_000.0), equal_area).area)


def _why_idle(zones: ExclusionZones, box: tuple[float, float, float, float]) -> str:
    """Why zones that close no water do not: the first one's reason."""
    area = shapely.box(*box)
    name, outline = zones.names[0], zones.outlines[0]
    if outline.intersects(area):
        return f"{name!r} closes no water of the area: it lies on land."
    west, south, east, north = (f"{side:.6g}" for side in outline.bounds)
    swapped = shapely.transform(outline, lambda points: points[:, ::-1])
    if swapped.intersects(area):
        return (
            f"{name!r} runs from {west} to {east} E and {south} to {north} N, outside the area: longitude and "
            "latitude are exchanged (GeoJSON has longitude first)."
        )
    return f"{name!r} lies outside the area: it runs from {west} to {east} E and {south} to {north} N."


def _legs_closed(pack: Pack, zones: ExclusionZones) -> list[int]:
    """Numbers of ports whose harbour leg runs through a zone."""
    ports: list[dict[str, list[tuple[float, float]]]] = pack.tables["ports"]  # type: ignore[assignment]
    legs = [port["harbour_leg"] for port in ports]
    return [number for number, leg in enumerate(legs) if len(leg or ()) > 1 and zones.touched_by(LineString(leg))]


def _without(targets: Targets, closed: list[int], mesh: Mesh) -> Targets:
    """Targets of which some are never reached."""
    triangle = targets.triangle.copy()
    triangle[closed] = NOWHERE
    first, following = chain_targets(triangle, len(mesh.triangles))
    return targets._replace(triangle=triangle, first=first, following=following)


def _refuse_tangle(shapes: list[shapely.Geometry]) -> None:
    """Refuse outlines that cross each other or the coast so often that cutting them would take minutes and gigabytes.

    Boxes of sides are compared, a few hundred sides at a time: never fewer pairs than there are crossings.
    """
    rings = [np.asarray(ring.coords) for shape in shapes for part in shapely.get_parts(shape)
             for ring in (part.exterior, *part.interiors)]  # fmt: skip
    pairs = np.concatenate([np.stack([ring[:-1], ring[1:]], axis=1) for ring in rings if len(ring) > 1])
    sides = shapely.linestrings(pairs)
    tree = shapely.STRtree(sides)
    count = 0
    for start in range(0, len(sides), _SIDES_AT_A_TIME):
        count += tree.query(sides[start : start + _SIDES_AT_A_TIME]).shape[1]
        if count > _MOST_PAIRS_A_SIDE * len(sides):
            raise InvalidAsk("avoid", "has outlines that cross each other or the coast too often.",
                             "Simplify the zones, or merge those that overlap.")  # fmt: skip


def release_trees(world: World) -> None:
    """Give back the memory of the trees of a world that `rebuild_without_zones` made; of another one nothing."""
    for known in world.depth_classes:
        if isinstance(known, _RebuiltDepthClass):
            known.release()


def has_trees(world: World, needed_depth_m: float) -> bool:
    """Whether nobody who asks for the depth class of a world has to wait for its trees. [m]"""
    return all(
        known.is_grown
        for known in world.depth_classes
        if isinstance(known, _RebuiltDepthClass) and known.needed_depth_m == needed_depth_m
    )


class _RebuiltDepthClass:
    """A depth class of a rebuilt mesh; its trees are grown when first asked for. An `engine.cut_off.KeepsOut`."""

    def __init__(
        self, unzoned: DepthClassSource, unzoned_water: WaterModel, water: WaterModel, zones: ExclusionZones
    ) -> None:  # fmt: skip
        self.needed_depth_m = unzoned.needed_depth_m
        self.patches = PatchCache()
        self.unzoned_water = unzoned_water
        self._unzoned = unzoned
        self._water = water
        self._zones = zones
        self._lock = Lock()
        self._tables: DepthClass | None = None

    @property
    def tables(self) -> DepthClass:
        """The tables; who comes while they grow waits for them."""
        with self._lock:
            if self._tables is None:
                self._tables = self._grow()
            return self._tables

    @property
    def unzoned_tables(self) -> DepthClass:
        """The tables of the water before the zones were taken out of it."""
        return self._unzoned.tables

    def zones_on(self, track: tuple[tuple[float, float], ...]) -> tuple[str, ...]:
        """Names of the zones a track touches; longitude and latitude. [deg]"""
        return tuple(self._zones.touched_by(LineString(track))) if len(track) > 1 else ()

    @property
    def is_grown(self) -> bool:
        """Whether the tables are there for whoever asks."""
        return self._tables is not None

    def release(self) -> None:
        """Give the memory of the tables back; who asks once more waits for them again."""
        with self._lock:
            self._tables = None
        self.patches = PatchCache()

    def _grow(self) -> DepthClass:
        water = self._water
        following = build_trees(water.mesh, water.ports, self.needed_depth_m).astype(np.int32)
        return depth_class_from(
            water.mesh, water.ports, water.zones, self.needed_depth_m, following, water.limits.right_angle_tolerance_deg
        )


def water_polygon(mesh: Mesh) -> shapely.Polygon:
    """The water that a mesh covers, as one polygon with holes, from the edges that have no neighbour."""
    rows, sides = np.nonzero(mesh.neighbours == NOWHERE)
    starts = mesh.triangles[rows, (sides + 1) % 3]
    ends = mesh.triangles[rows, (sides + 2) % 3]
    points = np.column_stack([mesh.x, mesh.y])
    edges = shapely.linestrings(np.stack([points[starts], points[ends]], axis=1))
    faces = shapely.get_parts(shapely.polygonize(edges))
    covered = float(_doubled_areas(mesh).sum()) / 2.0
    best: shapely.Polygon = min(faces, key=lambda face: abs(face.area - covered))
    return best


def _doubled_areas(mesh: Mesh) -> np.ndarray:
    a, b, c = (mesh.triangles[:, k] for k in range(3))
    x, y = mesh.x, mesh.y
    return (x[b] - x[a]) * (y[c] - y[a]) - (y[b] - y[a]) * (x[c] - x[a])  # type: ignore[no-any-return]


def _on_plane(outline: shapely.Geometry, origin: tuple[float, float]) -> shapely.Geometry:
    # A side drawn straight in longitude and latitude is not straight on the plane: short pieces follow it to 0.1 m.
    pieces = shapely.segmentize(outline, 0.02)
    return shapely.make_valid(shapely.transform(pieces, lambda points: project(points, *origin)))
