"""A file of temporary exclusion zones: foreign GeoJSON to named areas, every number checked before a shape is made.

References
----------
IETF RFC 7946, The GeoJSON Format, sections 3.1.6, 3.1.9 and 4.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from engine.errors import InvalidAsk
from geodata.geojson import GEOMETRIES, NotGeoJson, features_of, refuse_other_system

LARGEST_BYTES = 8_000_000
MOST_ZONES = 500
MOST_POSITIONS = 20_000
_DEEPEST = 16
_LONGEST_NAME = 40
_FARTHEST_LON_DEG = 540.0
"""Longitudes are read in any turn: 0 to 360, and what GIS programs write of areas across a seam."""


def read_zone_file(path: Path) -> tuple[list[tuple[str, shapely.Geometry]], tuple[str, ...]]:
    """Names and outlines of the zones of a GeoJSON file, and the names of features that have no geometry.

    Parameters
    ----------
    path : Path
        A collection, one feature, one geometry, or a feature a line.

    Returns
    -------
    zones : list of (str, shapely.Geometry)
        Names differ; outlines are valid polygons or multipolygons with an area, longitudes from -180 to 180 or, where
        one lies across the seam, a little beyond. [deg]
    without_place : tuple of str

    Raises
    ------
    InvalidAsk
        The file is missing, too large or no GeoJSON; a feature is no area, or not in degrees of WGS 84.
    """
    zones: list[tuple[str, shapely.Geometry]] = []
    without_place: list[str] = []
    names: set[str] = set()
    left = MOST_POSITIONS
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise NotGeoJson(f"is larger than {LARGEST_BYTES:,} bytes.", "Keep the zones that matter, simplified.")
        # All of them first: what a file says of its system may stand at its end.
        features = list(islice(features_of(path), MOST_ZONES + 1))
        if len(features) > MOST_ZONES:
            raise NotGeoJson(f"has more than {MOST_ZONES} features.", "Keep the zones that matter.")
        for number, feature in enumerate(features, start=1):
            name, rings = _parsed(feature, number, left)
            left -= sum(len(ring) for polygon in rings for ring in polygon)
            name = _unlike(name, names)
            names.add(name)
            if rings:
                zones.append((name, _outline(rings, f"feature {number}")))
            else:
                without_place.append(name)
    except NotGeoJson as error:
        raise InvalidAsk("avoid", f"{path.name[:40]} {error.problem}", error.remedy) from None
    except OSError as error:
        raise InvalidAsk("avoid", f"{path.name[:40]} cannot be read ({error.strerror}).", "Check its name.") from None
    if not zones:
        what = "features without a place only" if without_place else "no features"
        raise InvalidAsk("avoid", f"{path.name[:40]} has {what}: no zone to keep out of.", "Name a file of polygons.")
    return zones, tuple(without_place)


def areas_of(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygons of a shape as one multipolygon; lines and points that cutting left behind are dropped."""
    parts = [part for part in _pieces(shape) if part.geom_type == "Polygon" and part.area > 0.0]
    return shapely.multipolygons(parts) if parts else shapely.MultiPolygon()


def _pieces(shape: shapely.Geometry) -> Iterator[shapely.Geometry]:
    if isinstance(shape, shapely.geometry.base.BaseMultipartGeometry):
        for part in shape.geoms:
            yield from _pieces(part)
    else:
        yield shape


def _parsed(feature: Any, number: int, left: int) -> tuple[str, list[list[np.ndarray]]]:
    """Name of a feature, and the rings of each of its polygons."""
    place = f"feature {number}"
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise NotGeoJson(f"has something in place of {place} that is none.", 'Its "type" has to be "Feature".')
    refuse_other_system(feature.get("crs"))
    properties = feature.get("properties")
    if not isinstance(properties, dict | None):
        raise NotGeoJson(f"{place} has properties that are no object.", "Write an object or null.")
    name_given = (properties or {}).get("name")
    name = (
        "".join(sign for sign in str(name_given) if sign.isprintable())[:_LONGEST_NAME].strip()
        if _is_word(name_given)
        else ""
    )
    geometry = feature.get("geometry")
    return name or f"zone {number}", [] if geometry is None else list(_polygons(geometry, place, _Budget(left), 0))


def _is_word(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _unlike(name: str, names: set[str]) -> str:
    """The name, numbered where another zone has it."""
    if name not in names:
        return name
    return next(other for k in range(2, MOST_ZONES + 2) if (other := f"{name} ({k})") not in names)


class _Budget:
    """Positions that may still be read."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise NotGeoJson(f"has more than {MOST_POSITIONS:,} positions.", "Simplify the zones.")


def _polygons(geometry: Any, place: str, budget: _Budget, depth: int) -> Iterator[list[np.ndarray]]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in GEOMETRIES:
        raise NotGeoJson(f"{place} has a geometry of no known type.", "Draw it as a Polygon or MultiPolygon.")
    refuse_other_system(geometry.get("crs"))
    if kind == "GeometryCollection":
        members = geometry.get("geometries")
        if depth >= _DEEPEST or not isinstance(members, list):
            raise NotGeoJson(f"{place} has a collection that is nested too deeply or has no geometries.",
                             "Draw it as a MultiPolygon.")  # fmt: skip
        for member in members:
            budget.take(1)
            if member is not None:
                yield from _polygons(member, place, budget, depth + 1)
        return
    if kind not in ("Polygon", "MultiPolygon"):
        raise NotGeoJson(f"{place} is a {kind}, which is no area.", "Draw it as a closed polygon.")
    polygons = geometry.get("coordinates")
    for polygon in [polygons] if kind == "Polygon" else _listed(polygons, place):
        budget.take(1)
        rings = [_ring(ring, place, budget) for ring in _listed(polygon, place)]
        if rings:
            yield rings


def _listed(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise NotGeoJson(f"{place} has coordinates that are no list.", "Draw it as a Polygon or MultiPolygon.")
    return value


def _ring(ring: Any, place: str, budget: _Budget) -> np.ndarray:
    """A closed ring, longitude and latitude. Shape (n, 2). [deg]"""
    budget.take(len(_listed(ring, place)))
    for position in ring:
        if not isinstance(position, list) or len(position) < 2 or not all(_is_number(part) for part in position):
            raise NotGeoJson(f"{place} has a position that is no pair of numbers.", "Write [longitude, latitude].")
        lon, lat = position[:2]
        if not (abs(lon) <= _FARTHEST_LON_DEG and abs(lat) <= _FARTHEST_LON_DEG):
            wrong = lon if not abs(lon) <= _FARTHEST_LON_DEG else lat
            raise NotGeoJson(f"{place} has the coordinate {float_text(wrong)}, which is no degree.",
                             "Convert it to WGS 84, longitude and latitude in degrees.")  # fmt: skip
        if not abs(lat) <= 90.0:
            raise NotGeoJson(f"{place} has the latitude {float_text(lat)}.",
                             "Write longitude before latitude, in degrees.")  # fmt: skip
    if len(ring) < 4 or ring[0][:2] != ring[-1][:2]:
        raise NotGeoJson(f"{place} has a ring that is not closed.", "Repeat its first position as the last one.")
    return _in_one_turn(np.array([position[:2] for position in ring], np.float64))


def float_text(value: float) -> str:
    """A number as a person reads it, however many digits the file has."""
    try:
        return f"{float(value):.8g}"
    except OverflowError:
        return "of more than 300 digits"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _in_one_turn(ring: np.ndarray) -> np.ndarray:
    """The ring with longitudes that run on across a seam, near the meridian of Greenwich."""
    lon = ring[:, 0]
    if (np.abs(np.diff(lon)) > 180.0).any():
        # A side of more than half the globe is one that crosses the seam of longitudes from 0 to 360.
        lon = lon[0] + np.concatenate([[0.0], np.cumsum((np.diff(lon) + 180.0) % 360.0 - 180.0)])
    middle = 0.5 * (lon.min() + lon.max())
    return np.column_stack([lon - 360.0 * np.round(middle / 360.0), ring[:, 1]])


def _outline(polygons: list[list[np.ndarray]], place: str) -> shapely.Geometry:
    """One valid shape of the polygons of a feature, which may overlap."""
    shapes = []
    for rings in polygons:
        if (np.abs(rings[0][0] - rings[0][-1]) > 1e-9).any():
            raise NotGeoJson(f"{place} runs round the globe.", "Draw the zone itself.")
        # A hole takes the turn of its shell.
        middle = 0.5 * (rings[0][:, 0].min() + rings[0][:, 0].max())
        holes = [ring - [360.0 * np.round((ring[:, 0].mean() - middle) / 360.0), 0.0] for ring in rings[1:]]
        shape = shapely.Polygon(rings[0], holes)
        if not shape.is_valid or shape.area == 0.0:
            raise NotGeoJson(
                f"{place} crosses itself or has no area.", "Draw it as a closed polygon whose sides do not cross."
            )
        shapes.append(shape)
    return shapes[0] if len(shapes) == 1 else _united(shapes)


def _united(shapes: list[shapely.Geometry]) -> shapely.Geometry:
    if shapely.STRtree(shapes).query(shapes).shape[1] == len(shapes):
        return shapely.MultiPolygon(shapes)
    return shapely.union_all(shapes)
