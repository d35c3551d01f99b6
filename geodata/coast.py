"""The coast: OSM land polygons and hand-added works, and the water a keel's width off it."""

from pathlib import Path

import numpy as np
import shapely

from engine.errors import PackError
from engine.kernels.jit import kernel
from engine.kernels.plane import from_plane, to_plane
from geodata.features import SOURCES, read_features


@kernel
def project(positions, origin_lon_deg, origin_lat_deg):
    """Positions, shape (n, 2) [deg], to lattice points of the plane. [m]"""
    points = np.empty_like(positions)
    for i in range(positions.shape[0]):
        points[i, 0], points[i, 1] = to_plane(positions[i, 0], positions[i, 1], origin_lon_deg, origin_lat_deg)
    return points


@kernel
def unproject(points, origin_lon_deg, origin_lat_deg):
    """Points of the plane, shape (n, 2) [m], to positions. [deg]"""
    positions = np.empty_like(points)
    for i in range(points.shape[0]):
        positions[i, 0], positions[i, 1] = from_plane(points[i, 0], points[i, 1], origin_lon_deg, origin_lat_deg)
    return positions


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


def beyond_the_box(
    rings: list[np.ndarray], box: tuple[float, float, float, float], margin_deg: float = 0.25
) -> list[np.ndarray]:
    """Rings of land that run straight on where the side of the box cut them off.

    The cut is not a shore: nobody just inside it is afloat, and nothing is known of the water behind it.

    Parameters
    ----------
    rings : list of ndarray of float64, shape (n, 2)
        Closed rings, clipped to the box. [deg]
    box : tuple of float
        West, south, east, north. [deg]
    margin_deg : float
        How far on. [deg]
    """
    west, south, east, north = box
    carried = []
    for ring in rings:
        outward = np.zeros_like(ring)
        outward[:, 0] = np.where(ring[:, 0] <= west, -margin_deg, np.where(ring[:, 0] >= east, margin_deg, 0.0))
        outward[:, 1] = np.where(ring[:, 1] <= south, -margin_deg, np.where(ring[:, 1] >= north, margin_deg, 0.0))
        cut = outward.any(axis=1)
        if not cut.any():
            carried.append(ring)
            continue
        # The outline leaves the box where it meets the cut, follows it outside, and comes back where it leaves it.
        points = []
        last = len(ring) - 1
        for k in range(last):
            image = ring[k] + outward[k]
            if not cut[k]:
                points.append(ring[k])
                continue
            points += [image] if cut[k - 1 if k > 0 else last - 1] else [ring[k], image]
            points += [] if cut[k + 1] else [ring[k]]
        closed = np.array([*points, points[0]])
        carried.append(shapely.get_coordinates(shapely.segmentize(shapely.linestrings(closed), 0.05)))
    return carried


def grow_land(land: shapely.Geometry, clearance_m: float, simplify_m: float) -> shapely.Geometry:
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
