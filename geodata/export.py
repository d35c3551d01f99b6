"""A pack as a GeoPackage, so that people can look at every figure in their own GIS."""

from collections.abc import Iterator
from pathlib import Path

import geopandas
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
    land = shapely.get_parts(shapely.polygonize([shapely.LineString(ring) for ring in coast_rings(pack)]))
    layers["coast"] = _frame([{} for _ in land], list(land))
    return layers


def _frame(rows: list[dict[str, object]], geometry: list[shapely.Geometry]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(rows, geometry=geometry, crs=WGS84)
