"""Sources to pack: the whole build, top to bottom."""

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from math import isinf
from pathlib import Path

import numpy as np
import shapely

from engine.errors import PackError
from engine.kernels.plane import LATTICE_M
from geodata.coast import buffer_land, read_osm_land, read_patches
from geodata.csv_tables import SOURCES, read_rows
from geodata.drawn_features import read_features
from geodata.drawn_waters import DrawnWater, carve, read_drawn_waters, systems_of
from geodata.harbour_legs import measure_harbour_leg
from geodata.mesh import build_trees, mesh_from, targets_from
from geodata.pack import DEFAULT_PACK, read_pack, write_pack
from geodata.plane import project
from geodata.regions import centre_areas, cut_regions
from geodata.register import RegisterRow, read_register
from geodata.streams.atlas import read_atlas
from geodata.streams.layer import LAYER, streams_layer
from geodata.tides.layer import tides_layer
from geodata.tides.stations import LICENCE as TIDE_LICENCE
from geodata.triangulation import Triangulation, open_sea, seal_pools, triangulate

OWN = "safeport's own tables; see the source column of each row"
OSM = "OpenStreetMap contributors"
LAND_POLYGONS = "land polygons of PyPI roaring-landmask 0.11.0"
TERRITORIAL_SEA = "territorial sea from @geo-maps countries-maritime-10m 0.6.0"
TIDES = "TICON-4 tidal constants, SEANOE, CC BY 4.0 (attribution in each station)"
LICENCE = "ODbL-1.0"
STREAMS = "SHOM, Courants 2D (tidal streams of the French coasts and the Channel), derived"
STREAMS_LICENCE = "Licence Ouverte 2.0 (to be confirmed before publication)"
STREAMS_EDITION = "2005"
EDITION = "2026-11"
Say = Callable[[str], None]


def read_assumptions() -> dict[str, dict]:  # type: ignore[type-arg]
    """Figures the build chooses, from ``assumptions.toml``."""
    return tomllib.loads((SOURCES / "assumptions.toml").read_text(encoding="utf-8"))


def build_pack(
    folder: Path, coast: Path | None, built_at: datetime, say: Say = print, atlas: Path | None = None
) -> dict[str, object]:
    """Build a pack from the sources.

    Parameters
    ----------
    folder : Path
        Where the pack goes.
    coast : Path or None
        Clipped OSM land polygons; None takes them from ``roaring-landmask``.
    built_at : datetime
        Recorded in the manifest; digests do not depend on it.
    say : callable
        Told what is going on, a line at a time.
    atlas : Path or None
        Folder of the tidal stream atlas; None keeps the streams of the pack that comes with the program.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    PackError
        A source is missing or breaks its own rules.
    """
    assumed = read_assumptions()
    area = assumed["area"]
    box = (area["west"], area["south"], area["east"], area["north"])
    origin = (area["origin_lon"], area["origin_lat"])
    say("coast: reading land polygons")
    waters = read_drawn_waters(origin)
    # Works drawn by hand stand in drawn water as they are.
    works = read_patches()
    land = shapely.union(carve(read_osm_land(coast, box), waters, origin), works)
    # Where the box cuts land the edge follows a parallel, which is not a straight line of the plane.
    plane_land = on_plane(shapely.segmentize(land, 0.05), origin)
    rows = read_register()
    say(f"ports: {len(rows)} rows, measuring harbour legs")
    rows = [measure_harbour_leg(row, plane_land, waters, assumed["clearance"]["harbour_leg_m"], origin) for row in rows]
    say("mesh: growing land, cutting banks, triangulating")
    triangulation = build_water(plane_land, rows, waters, on_plane(works, origin), box, origin, assumed["clearance"])
    check_clear_of_land(triangulation, plane_land)
    say(f"mesh: {len(triangulation.points)} vertices, {len(triangulation.triangles)} triangles")
    mesh = mesh_from(triangulation.points, triangulation.triangles, triangulation.least_depth, origin)
    targets = targets_from(mesh, np.array([row.approach for row in rows]))
    for row, triangle in zip(rows, targets.triangle, strict=True):
        if triangle < 0:
            raise PackError(f"ports: {row.facts['id']}.approach", "is not in free water.", "Move it seaward.")
    trees = {}
    for number, needed_m in enumerate(assumed["depth_classes"]["needed_m"]):
        following = build_trees(mesh, targets, needed_m)
        unreached = [
            str(row.facts["id"]) for row, lost in zip(rows, (following == -1).all(axis=0), strict=True) if lost
        ]
        say(f"trees: depth {needed_m} m, {len(following)} corners, not reached: {', '.join(unreached) or 'none'}")
        if number == 0 and unreached:
            raise PackError("ports", f"{', '.join(unreached)} cannot be reached by any vessel.", "Correct the rows.")
        # Port by port the column is nearly constant, which is what makes it small.
        trees[f"following_{number}"] = np.ascontiguousarray(following.T.astype(np.int16))
    layers: dict[str, tuple[object, dict[str, str]]] = {
        "coast": (
            coast_layer(land),
            _from(
                f"{OSM} ({LAND_POLYGONS}), with works drawn by hand in coast_patches.geojson and waters drawn by hand "
                "in tidal_waters.geojson"
            ),
        ),
        "mesh": (mesh_layer(triangulation), _from(f"derived from the coast and from {OWN} (banks.geojson)")),
        "trees": (trees, _from("derived from mesh and ports")),
        "ports": (ports_layer(rows), _from(f"{OWN}; figures from NGA World Port Index, edition 2024-03")),
        "zones": (zones_layer(box, waters, origin), _from(f"{OSM} via OpenSeaMap (lanes); {TERRITORIAL_SEA}; {OWN}")),
        "tides": (
            tides_layer(rows, assumed["tides"]),
            {"source": f"{TIDES}; ports by {OWN}", "licence": TIDE_LICENCE, "edition": EDITION},
        ),
        "beyond": (read_rows(SOURCES / "harbours_beyond.csv"), _from(OWN)),
        "centres": ({"centres": read_rows(SOURCES / "rcc.csv"), "areas": centre_areas()}, _from(OWN)),
        "speed": (read_rows(SOURCES / "speed_in_waves.csv"), _from(OWN)),
        "vessels": (read_rows(SOURCES / "vessels.csv"), _from(OWN)),
    }
    say("streams: joining the files of the atlas" if atlas else "streams: as in the pack that comes with the program")
    layers[LAYER] = streams_layer(read_atlas(atlas), land, assumed["streams"]) if atlas else shipped_streams(), {
        "source": STREAMS, "licence": STREAMS_LICENCE, "edition": STREAMS_EDITION,
    }  # fmt: skip
    identity: dict[str, object] = {
        "id": f"{area['name']}-{built_at:%Y-%m-%d}",
        "built_at": built_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "area": area,
        "joining": assumed["joining"],
        "depth_classes_m": ["inf" if isinf(depth) else depth for depth in assumed["depth_classes"]["needed_m"]],
    }
    manifest = write_pack(folder, identity, layers)
    total = sum(entry["bytes"] for entry in manifest["layers"].values())  # type: ignore[attr-defined]
    say(f"pack: {manifest['id']}, {total / 1e6:.2f} MB, sha256 {str(manifest['sha256'])[:16]}")
    return manifest


def shipped_streams() -> dict[str, np.ndarray]:
    """Streams layer of the pack that comes with the program.

    Raises
    ------
    PackError
        It has none.
    """
    shipped = read_pack(DEFAULT_PACK)
    if LAYER not in shipped.arrays:
        raise PackError("streams", "are not in the pack.", "Build once with '--streams FOLDER', the atlas's files.")
    return shipped.arrays[LAYER]


def _from(source: str) -> dict[str, str]:
    """Provenance of a layer."""
    return {"source": source, "licence": LICENCE, "edition": EDITION}


def on_plane(geometry: shapely.Geometry, origin: tuple[float, float]) -> shapely.Geometry:
    """A geometry in WGS 84 on the gnomonic plane, on the lattice, made valid again after the rounding."""
    return shapely.make_valid(shapely.transform(geometry, lambda points: project(points, *origin)))


def build_water(
    land: shapely.Geometry,
    rows: list[RegisterRow],
    waters: list[DrawnWater],
    works: shapely.Geometry,
    box: tuple[float, float, float, float],
    origin: tuple[float, float],
    clearance: dict[str, float],
) -> Triangulation:
    """Free water as triangles: wide of open coasts, close in near ports, banks as triangles with a depth.

    Drawn waters are kept nearly whole: their banks are drawn already, and most are narrower than any clearance.
    """
    frame = on_plane(shapely.segmentize(shapely.box(*box), 0.25), origin)
    tracks = [row.leg if len(row.leg) else np.array([row.approach, row.approach]) for row in rows]
    lines = [shapely.linestrings(project(track, *origin)) for track in tracks]
    lines += [water.line for water in waters]
    harbours = shapely.union_all(shapely.buffer(lines, clearance["harbour_radius_m"], quad_segs=4))
    drawn = shapely.union_all([water.within(clearance["drawn_water_m"]) for water in waters])
    wide = buffer_land(land, clearance["open_coast_m"], clearance["open_coast_simplify_m"])
    close = buffer_land(land, clearance["harbour_m"], clearance["harbour_simplify_m"])
    blocked = shapely.union(shapely.difference(wide, harbours), close)
    blocked = shapely.union(shapely.difference(blocked, drawn), shapely.buffer(works, clearance["drawn_water_m"]))
    banks = [
        (float(properties["least_depth_m"]), shapely.set_precision(on_plane(outline, origin), LATTICE_M))  # type: ignore[arg-type]
        for properties, outline in read_features(SOURCES / "banks.geojson")
    ]
    return seal_pools(triangulate(open_sea(frame, blocked), banks))


def check_clear_of_land(triangulation: Triangulation, land: shapely.Geometry) -> None:
    """Stop the build when any triangle touches land."""
    corners = triangulation.points[triangulation.triangles]
    tree = shapely.STRtree(shapely.polygons(corners))
    hits = tree.query(shapely.get_parts(land), predicate="intersects")
    if hits.shape[1]:
        raise PackError(
            "mesh", f"{hits.shape[1]} triangles touch land.", "Widen the clearance over the simplification."
        )


def coast_layer(land: shapely.Geometry) -> dict[str, np.ndarray]:
    """Rings of the land in steps of 1e-6 degree, each point as the difference from the one before."""
    rings = shapely.get_rings(shapely.get_parts(land))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    micro = np.round(points * 1e6).astype(np.int32)
    steps = np.diff(micro, axis=0, prepend=np.zeros((1, 2), np.int32))
    return {"steps": steps.T.copy(), "ring_length": np.bincount(ring).astype(np.int32)}


def mesh_layer(triangulation: Triangulation) -> dict[str, np.ndarray]:
    """Vertices in lattice steps, triangles, and the depth of those on banks."""
    shallow = np.flatnonzero(np.isfinite(triangulation.least_depth))
    return {
        "points": np.round(triangulation.points.T / LATTICE_M).astype(np.int32),
        "triangles": triangulation.triangles.T.copy(),
        "shallow": shallow.astype(np.int32),
        "shallow_depth": triangulation.least_depth[shallow].astype(np.float64),
    }


def ports_layer(rows: list[RegisterRow]) -> list[dict[str, object]]:
    """Register rows with their evidence and their measured harbour legs."""
    return [
        {
            **row.facts,
            "harbour_leg_m": row.leg_m,
            "harbour_leg": row.leg.tolist(),
            "evidence": {
                name: {"grade": known.grade.name.lower(), "source": known.source, "note": known.note}
                for name, known in row.evidence.items()
            },
        }
        for row in rows
    ]


def zones_layer(
    box: tuple[float, float, float, float], waters: list[DrawnWater], origin: tuple[float, float]
) -> dict[str, list[dict[str, object]]]:
    """Lanes, ranges, regions, banks, drawn waters and territorial sea as rings of positions.

    Parts of one lane share its names. Two-way and recommended routes are no lanes: they have no flow to cross.
    """
    lanes = [
        {**_names(properties), "flow_deg": properties["flow_bearing_deg"], "ring": ring}
        for properties, outline in read_features(SOURCES / "tss.geojson")
        if properties["kind"] == "lane"
        for ring in _outer_rings(outline)
    ]
    ranges = [
        {**_names(properties), "vhf": properties.get("vhf"), "ring": ring}
        for properties, outline in read_features(SOURCES / "restricted_areas.geojson")
        for ring in _outer_rings(outline)
    ]
    banks = [
        {**_names(properties), "least_depth_m": properties["least_depth_m"], "ring": ring}
        for properties, outline in read_features(SOURCES / "banks.geojson")
        for ring in _outer_rings(outline)
    ]
    drawn_waters = [
        {"name_en": water.name_en, "name_fr": water.name_fr, "system": int(system), "ring": ring}
        for water, system in zip(waters, systems_of(waters), strict=True)
        for ring in _outer_rings(water.outline(origin))
    ]
    territorial_sea = [
        {"name": properties["country"], "ring": ring}
        for properties, outline in read_features(SOURCES / "territorial_sea.geojson")
        for ring in _outer_rings(outline)
    ]
    return {
        "lanes": lanes, "ranges": ranges, "regions": cut_regions(box), "banks": banks, "drawn_waters": drawn_waters,
        "territorial_sea": territorial_sea,
    }  # fmt: skip


def _names(properties: dict[str, object]) -> dict[str, object]:
    return {name: properties[name] for name in ("name_en", "name_fr")}


def _outer_rings(outline: shapely.Geometry) -> list[list[list[float]]]:
    """Outer rings of an outline; a polygon with a hole is first cut in two through the hole."""
    rings = []
    for part in shapely.get_parts(outline):
        if part.interiors:
            middle = part.interiors[0].centroid.x
            west, south, east, north = part.bounds
            rings += _outer_rings(shapely.intersection(part, shapely.box(west, south, middle, north)))
            rings += _outer_rings(shapely.intersection(part, shapely.box(middle, south, east, north)))
        else:
            rings.append(shapely.get_coordinates(part.exterior).round(6).tolist())
    return rings
