"""A pack as a GeoPackage, so that people can look at every figure in their own GIS."""

from collections.abc import Iterator
from pathlib import Path

import geopandas
import numpy as np
import shapely

from geodata.pack import Pack
from geodata.shoreline import coast_rings

WGS84 = "EPSG:4326"


def export_pack(pack: Pack, target: Path) -> Iterator[str]:
    """Write the layers of a pack, one by one.

    Parameters
    ----------
    pack : Pack
    target : Path
        GeoPackage to write.

    Yields
    ------
    str
        A line for each layer written.
    """
    for name, frame in layers_of(pack).items():
        frame.to_file(target, layer=name, driver="GPKG")
        yield f"{name}: {len(frame)} features"


def layers_of(pack: Pack) -> dict[str, geopandas.GeoDataFrame]:
    """Layers of a pack as frames in WGS 84: ports at their landing, approach points, harbour legs, zones, coast."""
    ports: list[dict] = pack.tables["ports"]  # type: ignore[assignment,type-arg]
    facts = [{name: value for name, value in port.items() if name != "harbour_leg"} for port in ports]
    drawn = [(fact, port["harbour_leg"]) for fact, port in zip(facts, ports, strict=True) if port["harbour_leg"]]
    layers = {
        "ports": _frame(facts, [shapely.Point(port["landing_lon"], port["landing_lat"]) for port in ports]),
        "approach_points": _frame(facts, [shapely.Point(port["approach_lon"], port["approach_lat"]) for port in ports]),
        "harbour_legs": _frame(
            [{"id": fact["id"], "length_m": fact["harbour_leg_m"]} for fact, _ in drawn],
            [shapely.LineString(leg) for _, leg in drawn],
        ),
    }
    zones: dict[str, list[dict]] = pack.tables["zones"]  # type: ignore[assignment,type-arg]
    for name, features in zones.items():
        plain = [{key: value for key, value in feature.items() if key != "ring"} for feature in features]
        layers[name] = _frame(plain, [shapely.Polygon(feature["ring"]) for feature in features])
    land = land_of(coast_rings(pack))
    layers["coast"] = _frame([{} for _ in land], land)
    return layers


def land_of(rings: list[np.ndarray]) -> list[shapely.Polygon]:
    """Land as polygons from its closed rings, shells and lakes alike; a ring that touches itself loses nothing.

    Parameters
    ----------
    rings : list of ndarray of float64, shape (n, 2)
        Longitude and latitude. [deg]
    """
    shells = shapely.make_valid(shapely.polygons([shapely.linearrings(ring) for ring in rings]), method="structure")
    by_size = sorted(shells, key=lambda shell: -shell.area)
    tree = shapely.STRtree(by_size)
    points = shapely.point_on_surface(by_size)
    inside, outside = tree.query(points, predicate="within")
    # A ring inside an odd number of larger ones is a lake, inside an even number an island.
    depth = np.bincount(inside[outside < inside], minlength=len(by_size))
    land = shapely.union_all([shell for shell, within in zip(by_size, depth, strict=True) if within % 2 == 0])
    lakes = [shell for shell, within in zip(by_size, depth, strict=True) if within % 2 == 1]
    if lakes:
        islands = [s for s, within in zip(by_size, depth, strict=True) if within % 2 == 0 and within > 0]
        land = shapely.union_all([shapely.difference(land, shapely.union_all(lakes)), *islands])
    return [part for part in shapely.get_parts(land) if part.geom_type == "Polygon"]


def _frame(rows: list[dict[str, object]], geometry: list[shapely.Geometry]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(rows, geometry=geometry, crs=WGS84)
