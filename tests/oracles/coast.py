"""The unsimplified land of the pack as shapely sees it, and what a drawn route does to it."""

from functools import cache
from itertools import pairwise

import numpy as np
import shapely

from geodata.pack import read_pack
from geodata.plane import project
from geodata.shoreline import coast_rings


@cache
def rings() -> tuple[np.ndarray, ...]:
    """Closed rings of the land, with more points where the box cuts it: no OSM edge is 0.15 degrees long. [deg]"""
    lines = shapely.segmentize([shapely.LineString(ring) for ring in coast_rings(read_pack())], 0.15)
    return tuple(shapely.get_coordinates(line) for line in lines)


@cache
def land_parts() -> np.ndarray:
    """Land polygons in longitude and latitude, holes cut out. [deg]"""
    return _polygons(list(rings()))


@cache
def edges_on_plane(origin: tuple[float, float]) -> np.ndarray:
    """Shore edges on the plane as line strings, those along the cut left out. [m]"""
    edges = []
    for ring in rings():
        points = project(np.ascontiguousarray(ring), *origin)
        edges.append(np.stack([points[:-1], points[1:]], axis=1)[~_along_cut(ring)])
    return shapely.linestrings(np.vstack(edges))


@cache
def rings_on_plane(origin: tuple[float, float]) -> np.ndarray:
    """Every ring as a filled polygon on the plane: a point in an odd number of them is on land. [m]"""
    return shapely.polygons([shapely.linearrings(project(np.ascontiguousarray(ring), *origin)) for ring in rings()])


def _along_cut(ring: np.ndarray) -> np.ndarray:
    a, b = ring[:-1], ring[1:]
    meridian = (a[:, 0] == b[:, 0]) & np.isin(a[:, 0], (-7.0, 5.0))
    parallel = (a[:, 1] == b[:, 1]) & np.isin(a[:, 1], (48.0, 52.5))
    return meridian | parallel


def _polygons(closed: list[np.ndarray]) -> np.ndarray:
    """Polygons from rings that nest: those inside an odd number of others are holes of the smallest of these."""
    filled = shapely.polygons([shapely.linearrings(ring) for ring in closed])
    inner, outer = shapely.STRtree(filled).query(shapely.points([ring[0] for ring in closed]), predicate="intersects")
    area = shapely.area(filled)
    around: list[list[int]] = [[] for _ in closed]
    for a, b in zip(inner, outer, strict=True):
        if area[b] > area[a] and filled[b].covers(filled[a]):
            around[a].append(int(b))
    holes: dict[int, list[np.ndarray]] = {}
    for number, outside in enumerate(around):
        if len(outside) % 2:
            holes.setdefault(min(outside, key=lambda k: area[k]), []).append(closed[number])
    parts = [shapely.Polygon(closed[k], holes.get(k)) for k in range(len(closed)) if len(around[k]) % 2 == 0]
    # Rounded to 1e-6 degree a spit thinner than that touches itself.
    return shapely.get_parts(shapely.make_valid(np.array(parts)))


def segments_of(tracks: list[tuple[tuple[float, float], ...]]) -> np.ndarray:
    """Straight pieces of tracks in longitude and latitude, as GeoJSON draws them; each one once. [deg]"""
    pieces = {(*a, *b) for track in tracks for a, b in pairwise(track) if a != b}
    return shapely.linestrings(np.array(sorted(pieces)).reshape(-1, 2, 2))


def on_land(segments: np.ndarray) -> list[tuple[str, float]]:
    """Segments that meet land, as text, with the degrees they lie on it."""
    if len(segments) == 0:
        return []
    parts, hit = shapely.STRtree(segments).query(land_parts(), predicate="intersects")
    return [
        (segments[k].wkt, float(shapely.intersection(segments[k], land_parts()[part]).length))
        for part, k in zip(parts, hit, strict=True)
    ]
