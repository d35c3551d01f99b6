"""Regular longitude/latitude grids: recognised, put in one order, cut to the area."""

from dataclasses import dataclass

import numpy as np

from geodata.forecast.cf_conventions import Unreadable

_EVEN = 0.01
"""Nodes may be off an even spacing by this share of a step: coordinates are often stored in single precision."""

_SAME = 1e-3
"""Two grids whose nodes differ by less than this share of a step are the same."""

EARTH_RADIUS_M = 6_371_009.0

Box = tuple[float, float, float, float]
"""West, south, east and north side. [deg]"""


@dataclass(frozen=True, slots=True)
class Grid:
    """Nodes of a grid, south to north and west to east.

    Attributes
    ----------
    west_deg, south_deg : float
        Column 0 and row 0. [deg]
    step_lon_deg, step_lat_deg : float
        Positive; 1 where there is a single column or row. [deg]
    rows, columns : int
    """

    west_deg: float
    south_deg: float
    step_lon_deg: float
    step_lat_deg: float
    rows: int
    columns: int

    @property
    def longitudes(self) -> np.ndarray:
        """Longitudes of the columns. [deg]"""
        return self.west_deg + self.step_lon_deg * np.arange(self.columns)

    @property
    def latitudes(self) -> np.ndarray:
        """Latitudes of the rows. [deg]"""
        return self.south_deg + self.step_lat_deg * np.arange(self.rows)

    @property
    def cell_deg2(self) -> float:
        """Size of a cell; what "finer" compares. [deg2]"""
        return self.step_lon_deg * self.step_lat_deg

    def is_same(self, other: "Grid") -> bool:
        """Whether both have the same nodes, rounding apart."""
        return (
            (self.rows, self.columns) == (other.rows, other.columns)
            and _close(self.west_deg, other.west_deg, self.step_lon_deg)
            and _close(self.south_deg, other.south_deg, self.step_lat_deg)
            and _close(self.step_lon_deg * self.columns, other.step_lon_deg * self.columns, self.step_lon_deg)
            and _close(self.step_lat_deg * self.rows, other.step_lat_deg * self.rows, self.step_lat_deg)
        )


def _close(first: float, other: float, step: float) -> bool:
    return abs(first - other) <= _SAME * step


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The part of a file's grid that lies in the area.

    Attributes
    ----------
    grid : Grid
        Its nodes.
    rows, columns : ndarray of int
        Where they stand in the file, south to north and west to east.
    """

    grid: Grid
    rows: np.ndarray
    columns: np.ndarray


def window_of(latitudes: np.ndarray, longitudes: np.ndarray, box: Box) -> Window:
    """The nodes of a file inside a box and one more on every side.

    Parameters
    ----------
    latitudes, longitudes : ndarray, shape (r,) and (c,)
        In any order; longitudes in any turn. [deg]
    box : tuple
        West, south, east, north. [deg]

    Raises
    ------
    Unreadable
        The nodes are not evenly spaced, or none lies in the box.
    """
    latitudes = np.asarray(latitudes, np.float64)
    longitudes = np.asarray(longitudes, np.float64)
    if not (np.isfinite(latitudes).all() and np.isfinite(longitudes).all()) or (np.abs(latitudes) > 90.01).any():
        raise Unreadable("its coordinates are damaged.", "Get the file again.")
    west, south, east, north = box
    # Turned so that the box lies in one piece, however the file counts its longitudes.
    middle = 0.5 * (west + east)
    longitudes = (longitudes - middle + 180.0) % 360.0 - 180.0 + middle
    columns, step_lon = _inside(longitudes, west, east, "longitudes")
    rows, step_lat = _inside(latitudes, south, north, "latitudes")
    grid = Grid(
        round(float(longitudes[columns[0]]), 6), round(float(latitudes[rows[0]]), 6), round(step_lon, 9),
        round(step_lat, 9), rows.size, columns.size,
    )  # fmt: skip
    return Window(grid, rows, columns)


def _inside(places: np.ndarray, low: float, high: float, what: str) -> tuple[np.ndarray, float]:
    if places.ndim != 1 or places.size == 0:
        raise Unreadable("its grid is not regular in longitude and latitude.", "Regrid it to a regular one first.")
    order = np.argsort(places, kind="stable")
    places = places[order]
    gaps = np.diff(places)
    if places.size > 1 and (gaps <= 0.0).any():
        # A global file may repeat its first meridian at the end.
        kept = np.concatenate([[True], gaps > 1e-9])
        order, places = order[kept], places[kept]
    step = 1.0 if places.size == 1 else float(places[-1] - places[0]) / (places.size - 1)
    even = places[0] + step * np.arange(places.size)
    if (np.abs(places - even) > _EVEN * step).any():
        raise Unreadable(f"its {what} are not evenly spaced.", "Regrid it to a regular longitude/latitude grid first.")
    inside = (places >= low - step * (1.0 + _EVEN)) & (places <= high + step * (1.0 + _EVEN))
    if places.size == 1:
        inside = (places >= low) & (places <= high)
    if not inside.any():
        raise Unreadable("does not touch the area of the pack.", "Name a file that covers it.")
    return order[inside], step


def unit_vectors(longitudes: np.ndarray, latitudes: np.ndarray) -> np.ndarray:
    """Points of a sphere of radius 1. Shape (n, 3)."""
    lon, lat = np.radians(longitudes), np.radians(latitudes)
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def arc_m(chord: np.ndarray) -> np.ndarray:
    """Distance over the ground of two points whose chord on a sphere of radius 1 is given. [m]"""
    return 2.0 * EARTH_RADIUS_M * np.arcsin(np.minimum(np.asarray(chord) / 2.0, 1.0))


def nearest(to_lon: np.ndarray, to_lat: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each place the nearest of some points: its number, and how far it is. [m]

    Parameters
    ----------
    to_lon, to_lat : ndarray, shape (p,)
        The points to choose among. [deg]
    lon, lat : ndarray, shape (n,)
        The places. [deg]

    Returns
    -------
    number : ndarray of int, shape (n,)
    distance_m : ndarray of float64, shape (n,)
    """
    from scipy.spatial import cKDTree

    chord, number = cKDTree(unit_vectors(to_lon, to_lat)).query(unit_vectors(lon, lat))
    return number, arc_m(chord)
