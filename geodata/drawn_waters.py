"""Tidal waters that the land polygons close off, drawn by hand: rivers, canals, harbours behind a closed coastline."""

from dataclasses import dataclass

import numpy as np
import shapely

from geodata.csv_tables import SOURCES
from geodata.drawn_features import read_features
from geodata.plane import project, unproject

CORNERS = 4
"""Pieces of a quarter circle at the bends of a corridor."""


@dataclass(frozen=True, slots=True, eq=False)
class DrawnWater:
    """A corridor of water about a line.

    Attributes
    ----------
    name_en, name_fr : str
    line : shapely.LineString
        On the plane. [m]
    half_width_m : float
        [m]
    """

    name_en: str
    name_fr: str
    line: shapely.LineString
    half_width_m: float

    def outline(self, origin: tuple[float, float]) -> shapely.Polygon:
        """The corridor in WGS 84. [deg]"""
        return shapely.transform(self.within(0.0), lambda points: unproject(points, *origin))

    def within(self, clearance_m: float) -> shapely.Polygon:
        """The corridor, less a clearance off its banks. [m]"""
        return shapely.buffer(self.line, self.half_width_m - clearance_m, quad_segs=CORNERS)


def read_drawn_waters(origin: tuple[float, float]) -> list[DrawnWater]:
    """Waters of ``tidal_waters.geojson`` on the plane.

    Parameters
    ----------
    origin : tuple of float
        Point of tangency. [deg]

    Raises
    ------
    PackError
        The file is missing or invalid.
    """
    return [
        DrawnWater(
            str(properties["name_en"]), str(properties["name_fr"]),
            shapely.transform(line, lambda points: project(points, *origin)),
            float(properties["half_width_m"]),  # type: ignore[arg-type]
        )
        for properties, line in read_features(SOURCES / "tidal_waters.geojson")
    ]  # fmt: skip


def carve(land: shapely.Geometry, waters: list[DrawnWater], origin: tuple[float, float]) -> shapely.Geometry:
    """Land in WGS 84 without the drawn waters."""
    return shapely.difference(land, shapely.union_all([water.outline(origin) for water in waters]))


def systems_of(waters: list[DrawnWater]) -> np.ndarray:
    """Number of the connected system each water belongs to, counted in the order of the file."""
    systems = shapely.get_parts(shapely.union_all([water.within(0.0) for water in waters]))
    holds = [np.flatnonzero(shapely.intersects(systems, water.line))[0] for water in waters]
    _, first, numbers = np.unique(holds, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[numbers]
