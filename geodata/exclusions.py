"""Temporary exclusion zones: drawn by an operator while the service runs, and a world whose routes keep out of them."""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import shapely
from rtree import index

from engine.errors import InvalidAsk, PackError
from engine.kernels.mesh import NOWHERE, ZONE_DEPTH_M, Mesh
from engine.kernels.plane import LATTICE_M
from engine.kernels.reach import DepthClass, Water
from engine.model import World
from geodata.features import read_features
from geodata.mesh import build_trees, depth_class_from, mesh_from, targets_from
from geodata.pack import Pack
from geodata.plane import project
from geodata.triangulation import triangulate


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
    """

    def __init__(self) -> None:
        self._tree = index.Index()
        self._zones: dict[int, ExclusionZone] = {}
        self._next = 0

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
    """Zones of a GeoJSON feature collection; each feature may carry a ``name``.

    Raises
    ------
    InvalidAsk
        A feature is not an area.
    """
    zones = ExclusionZones()
    try:
        features = read_features(path)
    except PackError as error:
        raise InvalidAsk("avoid", f"{path.name[:40]} {error.problem}", "Name a GeoJSON file of polygons.") from None
    for number, (properties, outline) in enumerate(features, start=1):
        zones.add(ExclusionZone(str(properties.get("name") or f"zone {number}"), outline))
    return zones


def world_avoiding(world: World, pack: Pack, zones: ExclusionZones) -> World:
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
        Its identity names the zones and digests their outlines. Port approach points inside a zone are not reached.
    """
    if not len(zones):
        return world
    mesh = world.water.mesh
    origin = (mesh.origin_lon_deg, mesh.origin_lat_deg)
    # A zone is water that nothing may cross: a bank higher than any other, which a position inside it can still leave.
    walls = [
        (depth_m, shapely.set_precision(_on_plane(outline, origin), LATTICE_M))
        for depth_m, outline in [
            *((ZONE_DEPTH_M, outline) for outline in zones.outlines),
            *((float(bank["least_depth_m"]), shapely.Polygon(bank["ring"])) for bank in pack.tables["zones"]["banks"]),  # type: ignore[index]
        ]
    ]
    triangulation = triangulate(water_polygon(mesh), walls)
    open_mesh = mesh_from(triangulation.points, triangulation.triangles, triangulation.least_depth, origin)
    targets = targets_from(open_mesh, np.column_stack([world.water.ports.lon, world.water.ports.lat]))
    water = world.water._replace(mesh=open_mesh, ports=targets)
    digest = hashlib.sha256(b"".join(shapely.to_wkb(outline) for outline in zones.outlines)).hexdigest()
    return replace(
        world,
        water=water,
        depth_classes=tuple(_RebuiltDepthClass(known.needed_depth_m, water) for known in world.depth_classes),
        avoided=zones.names,
        identity={**world.identity, "exclusion_zones": {"names": list(zones.names), "sha256": digest}},
    )


class _RebuiltDepthClass:
    """A depth class of a rebuilt mesh; its trees are grown when first asked for."""

    def __init__(self, needed_depth_m: float, water: Water) -> None:
        self.needed_depth_m = needed_depth_m
        self._water = water

    @cached_property
    def tables(self) -> DepthClass:
        """The tables."""
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
