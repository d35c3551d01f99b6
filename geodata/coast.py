"""The coast: OSM land polygons and hand-added works, and the water a keel's width off it."""

from pathlib import Path

import numpy as np
import shapely

from engine.errors import PackError
from geodata.csv_tables import SOURCES
from geodata.drawn_features import read_features


def read_osm_land(path: Path | None, box: tuple[float, float, float, float]) -> shapely.Geometry:
    """Land polygons of OpenStreetMap in a box, unsimplified.

    Parameters
    ----------
    path : Path or None
        GeoJSON already clipped; None takes the world from the package ``roaring-landmask``, which needs 12 s.
    box : tuple of float
        West, south, east, north. [deg]

    Returns
    -------
    shapely.Geometry
        Polygon or multipolygon, WGS 84.

    Raises
    ------
    PackError
        When neither source is there.
    """
    if path is not None:
        collection = shapely.from_geojson(path.read_text(encoding="utf-8"))
        return shapely.union_all(shapely.clip_by_rect(np.array(collection.geoms), *box))
    try:
        import roaring_landmask
    except ImportError:
        raise PackError(
            "coast", "no source of land polygons.", "Install requirements/build.txt, or name a file with --coast."
        ) from None
    world = shapely.from_wkb(bytes(roaring_landmask.Shapes.wkb(roaring_landmask.LandmaskProvider.Osm)))
    return shapely.union_all(shapely.clip_by_rect(shapely.get_parts(world), *box))


def read_patches() -> shapely.Geometry:
    """Works that the land polygons miss, drawn by hand, each with its source in ``coast_patches.geojson``."""
    return shapely.union_all([geometry for _, geometry in read_features(SOURCES / "coast_patches.geojson")])


def buffer_land(land: shapely.Geometry, clearance_m: float, simplify_m: float) -> shapely.Geometry:
    """Land grown by a clearance, with fewer vertices.

    The outline moves by at most `simplify_m`, which must be less than `clearance_m`: what is left between them keeps
    every route off the real land.

    Parameters
    ----------
    land : shapely.Geometry
        On the plane. [m]
    clearance_m, simplify_m : float
        [m]
    """
    if not simplify_m < clearance_m:
        raise ValueError(f"simplification {simplify_m} m is not less than the clearance {clearance_m} m")
    return shapely.simplify(shapely.buffer(land, clearance_m, quad_segs=2), simplify_m)
