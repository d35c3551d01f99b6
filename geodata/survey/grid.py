"""Gridded depths from a file of an operator's own: CF NetCDF or GeoTIFF, brought to metres positive down.

A file whose datum, sign, unit or coordinate reference system is neither stated nor given is refused: depths that are
wrong by their sign or by a mean tide look like depths.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from engine.errors import InvalidAsk
from geodata.survey import DATUMS, SIGNS

NETCDF_ENDINGS = (".nc", ".nc4", ".cdf")
TIFF_ENDINGS = (".tif", ".tiff")
DATUM_WORDS = {
    "chart datum": "chart", "chart_datum": "chart", "cd": "chart", "admiralty chart datum": "chart",
    "zero hydrographique": "chart", "zéro hydrographique": "chart", "lat": "lat", "lowest astronomical tide": "lat",
    "msl": "msl", "mean sea level": "msl", "mean_sea_level": "msl",
}  # fmt: skip
METRES = frozenset({"m", "metre", "metres", "meter", "meters"})
STANDARD_NAMES: dict[str, tuple[str | None, str | None]] = {
    "sea_floor_depth_below_mean_sea_level": ("down", "msl"),
    "sea_floor_depth_below_geoid": ("down", None),
    "sea_floor_depth": ("down", None),
    "depth": ("down", None),
    "height_above_mean_sea_level": ("up", "msl"),
    "surface_altitude": ("up", None),
    "altitude": ("up", None),
}
"""CF names of depths and heights of the sea floor: sign and datum that each implies."""

LIKELY_NAMES = ("depth", "elevation", "bathymetry", "z", "altitude")
DATUM_ATTRIBUTES = ("vertical_datum", "datum", "sea_floor_datum", "vertical_reference")
MOST_CELLS = 400_000_000


class Stated(NamedTuple):
    """What the operator says of a file; None leaves it to the file.

    Attributes
    ----------
    variable : str or None
        Name in a NetCDF file.
    datum : str or None
        One of `DATUMS`.
    positive : str or None
        ``down`` or ``up``.
    units : str or None
    crs : str or None
        Such as ``EPSG:32631``.
    """

    variable: str | None = None
    datum: str | None = None
    positive: str | None = None
    units: str | None = None
    crs: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DepthGrid:
    """Depths on a regular grid.

    Attributes
    ----------
    depth_m : ndarray of float32, shape (m, n)
        Positive down from the datum; NaN where none is known. [m]
    x, y : ndarray of float64, shape (n,) and (m,)
        Centres of the cells in the grid's own system, increasing.
    crs : pyproj.CRS
        Of x and y.
    datum : str
        One of `DATUMS`.
    file, sha256 : str
        Name and digest of the file.
    """

    depth_m: np.ndarray
    x: np.ndarray
    y: np.ndarray
    crs: Any
    datum: str
    file: str
    sha256: str


def read_grid(path: Path, stated: Stated) -> DepthGrid:
    """Read a file of depths.

    Raises
    ------
    InvalidAsk
        It cannot be read, is no regular grid, or leaves its datum, sign, unit or coordinate reference system open.
    """
    if not path.is_file():
        raise refusal(path, "is no file.", "Check its name.")
    ending = path.suffix.lower()
    if ending in NETCDF_ENDINGS:
        from geodata.survey.netcdf import read_netcdf

        return read_netcdf(path, stated)
    if ending in TIFF_ENDINGS:
        from geodata.survey.geotiff import read_geotiff

        return read_geotiff(path, stated)
    raise refusal(path, f"ends in {ending[:12] or 'nothing'}.", f"Give {', '.join(NETCDF_ENDINGS + TIFF_ENDINGS)}.")


def refusal(path: Path, problem: str, remedy: str) -> InvalidAsk:
    """The refusal of a file."""
    return InvalidAsk("FILE", f"{path.name[:60]} {problem}", remedy)


def choose_datum(path: Path, in_file: str | None, implied: str | None, stated: Stated) -> str:
    """Datum by the file or the operator, where they do not contradict each other."""
    known = implied
    if in_file is not None:
        known = DATUM_WORDS.get(in_file.strip().lower())
        if known is None:
            raise refusal(path, f"counts depths from {in_file[:40]!r}, which this program does not know.",
                          f"Bring it to one of {', '.join(DATUMS)} first.")  # fmt: skip
    if known is not None and stated.datum is not None and known != stated.datum:
        raise refusal(path, f"says its datum is {known}, and --datum says {stated.datum}.", "Find out which is right.")
    chosen = stated.datum or known
    if chosen is None:
        raise refusal(path, "does not say what its depths are counted from.", f"Give --datum {'|'.join(DATUMS)}.")
    return chosen


def choose_sign(path: Path, in_file: str | None, stated: Stated) -> float:
    """1 where figures grow downwards, -1 where upwards."""
    known = None if in_file is None else in_file.strip().lower()
    if known is not None and known not in SIGNS:
        raise refusal(path, f"has figures positive {known[:20]!r}.", "Give it 'up' or 'down'.")
    if known is not None and stated.positive is not None and known != stated.positive:
        raise refusal(
            path, f"says positive {known}, and --positive says {stated.positive}.", "Find out which is right."
        )
    chosen = stated.positive or known
    if chosen is None:
        raise refusal(path, "does not say whether its figures grow up or down.", "Give --positive down or up.")
    return 1.0 if chosen == "down" else -1.0


def require_size(path: Path, cells: int) -> None:
    """Refuse a grid of more cells than are read."""
    if cells > MOST_CELLS:
        raise refusal(path, f"has {cells:,} cells.", "Cut it to the water that matters.")


def require_metres(path: Path, in_file: str | None, stated: Stated) -> None:
    """Refuse figures that are not metres."""
    known = (in_file or "").strip() or stated.units
    if known is None:
        raise refusal(path, "does not say its unit.", "Give --units m if it is in metres.")
    if known.lower() not in METRES:
        raise refusal(path, f"is in {known[:20]!r}, not in metres.", "Convert it to metres first.")


def parse_crs(path: Path, text: object) -> Any:
    """Coordinate reference system from what a file or the operator says."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        raise refusal(path, f"is in a system that is not known ({str(text)[:40]!r}).",
                      "Give --crs, such as EPSG:4326 or EPSG:32631.") from None  # fmt: skip
    if not (crs.is_geographic or crs.is_projected):
        raise refusal(path, "is in no horizontal system.", "Give --crs, such as EPSG:4326 or EPSG:32631.")
    return crs


def grid_from(path: Path, depth_m: np.ndarray, x: np.ndarray, y: np.ndarray, crs: object, datum: str) -> DepthGrid:
    """A grid with increasing coordinates, checked.

    Parameters
    ----------
    path : Path
    depth_m : ndarray of float, shape (m, n)
        Positive down; NaN where none is known. [m]
    x, y : ndarray of float64
    crs : pyproj.CRS
    datum : str
    """
    for name, axis in (("x", x), ("y", y)):
        steps = np.diff(axis)
        if len(axis) < 2 or not np.isfinite(axis).all() or not (np.all(steps > 0.0) or np.all(steps < 0.0)):
            raise refusal(path, f"has {name} coordinates that do not go one way.", "Give a regular grid.")
        if np.abs(steps - steps.mean()).max() > 0.01 * abs(steps.mean()):
            raise refusal(path, f"is not regular along {name}.", "Resample it to a regular grid.")
    if x[0] > x[-1]:
        x, depth_m = x[::-1], depth_m[:, ::-1]
    if y[0] > y[-1]:
        y, depth_m = y[::-1], depth_m[::-1]
    depth_m = np.ascontiguousarray(depth_m, np.float32)
    if not np.isfinite(depth_m).any():
        raise refusal(path, "holds no depth at all.", "Check the variable and its fill value.")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return DepthGrid(depth_m, np.ascontiguousarray(x), np.ascontiguousarray(y), crs, datum, path.name, digest)
