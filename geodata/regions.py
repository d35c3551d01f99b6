"""Search and rescue regions from the stretches of their limits, and the areas that centres lead in."""

import numpy as np
import shapely

from engine.errors import PackError
from geodata.csv_tables import SOURCES
from geodata.drawn_features import read_features

ON_LINE_DEG = 1e-6
"""Nearer to a stretch than this, the edge of a region is on it."""


def cut_regions(box: tuple[float, float, float, float]) -> list[dict[str, object]]:
    """Regions of an area, cut along the limits of ``srr.geojson``.

    Parameters
    ----------
    box : tuple of float
        West, south, east, north. [deg]

    Returns
    -------
    list of dict
        Of each piece the region's name, its ring of positions [deg] and the doubt of the edge from each of them to
        the next [nm]; 0 for sides of the area.

    Raises
    ------
    PackError
        A piece has no region, or two.
    """
    features = read_features(SOURCES / "srr.geojson")
    limits = [(properties, line) for properties, line in features if line.geom_type == "LineString"]
    places = [(str(properties["id"]), point) for properties, point in features if point.geom_type == "MultiPoint"]
    area = shapely.box(*box)
    lines = shapely.union_all([area.boundary, *(shapely.intersection(line, area) for _, line in limits)])
    rows: list[dict[str, object]] = []
    for piece in shapely.get_parts(shapely.polygonize(shapely.get_parts(lines))):
        names = [name for name, points in places if piece.intersects(points)]
        if len(names) != 1:
            at = piece.representative_point()
            raise PackError(
                "srr.geojson", f"the piece about {at.y:.2f} N {at.x:.2f} E belongs to {len(names)} regions.",
                "Give it one point, or close the lines.",
            )  # fmt: skip
        for outline in _without_holes(piece):
            ring = shapely.get_coordinates(outline.exterior)
            edges = shapely.linestrings(np.stack([ring[:-1], ring[1:]], axis=1))
            middles = shapely.line_interpolate_point(edges, 0.5, normalized=True)
            doubt = np.zeros(len(ring))
            for properties, line in limits:
                doubt[:-1][shapely.distance(middles, line) < ON_LINE_DEG] = float(properties["doubt_nm"])  # type: ignore[arg-type]
            rows.append({"name": names[0], "ring": ring.round(6).tolist(), "doubt_nm": doubt.tolist()})
    return rows


def _without_holes(piece: shapely.Polygon) -> list[shapely.Polygon]:
    """A polygon with a hole, cut in two through the hole."""
    if not piece.interiors:
        return [piece]
    middle = piece.interiors[0].centroid.x
    west, south, east, north = piece.bounds
    halves = [
        shapely.intersection(piece, shapely.box(*half))
        for half in ((west, south, middle, north), (middle, south, east, north))
    ]
    return [outline for half in halves for part in shapely.get_parts(half) for outline in _without_holes(part)]


def centre_areas() -> list[dict[str, object]]:
    """Areas of ``rcc_areas.geojson`` in their order: id of the centre and ring of positions. [deg]"""
    return [
        {"id": properties["id"], "ring": shapely.get_coordinates(outline.exterior).round(6).tolist()}
        for properties, outline in read_features(SOURCES / "rcc_areas.geojson")
    ]
