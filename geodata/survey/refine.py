"""A pack with an operator's survey in it: least depths of banks, and the ways into ports, where it covers them."""

import heapq
from copy import deepcopy
from datetime import UTC, datetime
from math import inf, nan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely

from engine.errors import PackError
from engine.kernels.plane import LATTICE_M
from geodata.mesh import build_trees, mesh_from, targets_from
from geodata.pack import Pack, write_pack
from geodata.plane import project
from geodata.survey.grid import DepthGrid
from geodata.tides.ports import distance_between_km
from geodata.tides.stations import stations_from
from geodata.triangulation import Triangulation, seal_pools

COVERED_SHARE = 0.95
"""A bank is taken from a survey that covers so much of it. [A]"""

FEWEST_CELLS = 4
"""A bank of fewer cells is too small for the grid. [A]"""

CORRIDOR_M = 300.0
"""The way in is looked for within this of the register's track. [A] [m]"""

END_REACH_M = 100.0
"""Approach and landing may lie so far from the nearest cell that has a depth. [A] [m]"""

STATION_REACH_KM = 54.0
"""Mean sea level is brought to chart datum by a tide station so near. [A] [km]"""


class Provenance(NamedTuple):
    """Where a survey comes from, in the operator's words.

    Attributes
    ----------
    source, licence, edition : str
    """

    source: str
    licence: str
    edition: str


class Cells(NamedTuple):
    """Cells of a grid inside an outline.

    Attributes
    ----------
    depth_m : ndarray of float64, shape (r, c)
        Below chart datum, positive down; NaN where none is known or outside. [m]
    points : ndarray of float64, shape (r, c, 2)
        On the plane. [m]
    inside : ndarray of bool, shape (r, c)
    """

    depth_m: np.ndarray
    points: np.ndarray
    inside: np.ndarray


class Refined(NamedTuple):
    """What a survey says of one bank or port.

    Attributes
    ----------
    name : str
    was_m, now_m : float
        NaN where blank before, or not covered now. [m]
    note : str
        How many cells, or why what was known stays.
    """

    name: str
    was_m: float
    now_m: float
    note: str

    @property
    def is_covered(self) -> bool:
        """Whether the survey says anything."""
        return self.now_m == self.now_m


def refine_pack(
    pack: Pack, grid: DepthGrid, provenance: Provenance, folder: Path, built_at: datetime
) -> tuple[dict[str, object], list[Refined], list[Refined]]:
    """Write a pack with the survey's depths.

    Parameters
    ----------
    pack : Pack
    grid : DepthGrid
    provenance : Provenance
    folder : Path
        Where the new pack goes.
    built_at : datetime

    Returns
    -------
    tuple
        Manifest, banks, and ports.

    Raises
    ------
    PackError
        The survey covers no bank and no port, or the pack lacks something.
    """
    area: dict[str, float] = pack.manifest["area"]  # type: ignore[assignment]
    origin = (area["origin_lon"], area["origin_lat"])
    below_msl = _chart_datum(pack)
    zones: dict[str, list[dict[str, Any]]] = deepcopy(pack.tables["zones"])  # type: ignore[arg-type]
    rows: list[dict[str, Any]] = deepcopy(pack.tables["ports"])  # type: ignore[arg-type]
    banks = [_refine_bank(bank, grid, origin, below_msl) for bank in zones["banks"]]
    ports = [_refine_approach(row, grid, origin, below_msl) for row in rows]
    if not any(item.is_covered for item in (*banks, *ports)):
        raise PackError(
            grid.file, "covers no bank and no way into a port of the pack.", "Check its area and its depths."
        )
    source = f"{provenance.source}, {provenance.edition}"
    for bank, found in zip(zones["banks"], banks, strict=True):
        if found.is_covered:
            bank |= {"least_depth_m": found.now_m, "survey": provenance._asdict()}
    for row, found in zip(rows, ports, strict=True):
        if found.is_covered:
            row["approach_depth_m"] = found.now_m
            note = f"{found.note}; licence {provenance.licence}; file {grid.sha256[:16]}"
            row["evidence"]["approach_depth_m"] = {"grade": "published", "source": source, "note": note}
    layers: dict[str, tuple[object, dict[str, str]]] = {}
    entries: dict[str, dict[str, str]] = pack.manifest["layers"]  # type: ignore[assignment]
    for name, entry in entries.items():
        content: object = pack.arrays.get(name, pack.tables.get(name))
        kept = {key: entry[key] for key in ("source", "licence", "edition")}
        layers[name] = (content, kept)
    mesh, trees = refined_water(pack, zones["banks"], rows, origin)
    for name, content in (("mesh", mesh), ("trees", trees), ("zones", zones), ("ports", rows)):
        kept = layers[name][1]
        layers[name] = (content, {**kept, "source": f"{kept['source']}; depths by {source} ({provenance.licence})"})
    survey = {
        **provenance._asdict(), "file": grid.file, "sha256": grid.sha256, "datum": grid.datum,
        "banks": sorted({item.name for item in banks if item.is_covered}),
        "ports": [item.name for item in ports if item.is_covered],
    }  # fmt: skip
    others = ("layers", "sha256", "format")
    identity = {name: value for name, value in pack.manifest.items() if name not in others} | {
        "id": f"{pack.manifest['id']}+{grid.sha256[:8]}",
        "built_at": built_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "surveys": [*pack.manifest.get("surveys", []), survey],  # type: ignore[misc]
    }
    return write_pack(folder, identity, layers), banks, ports


def refined_water(
    pack: Pack, banks: list[dict[str, Any]], rows: list[dict[str, Any]], origin: tuple[float, float]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Mesh and trees of a pack with these least depths of its banks; the triangles stay as they are."""
    stored = pack.arrays["mesh"]
    points = np.ascontiguousarray(stored["points"].T * LATTICE_M)
    triangles = np.ascontiguousarray(stored["triangles"].T)
    centres = points[triangles].mean(axis=1)
    least_m = np.full(len(triangles), inf)
    # A sliver on the edge of a bank may fall on the other side of it: no triangle joins a bank that was in none.
    of_banks = np.sort(stored["shallow"])
    for bank in banks:
        inside = of_banks[shapely.contains_xy(_on_plane(bank["ring"], origin), centres[of_banks])]
        least_m[inside] = np.minimum(least_m[inside], bank["least_depth_m"])
    sealed = seal_pools(Triangulation(points, triangles, least_m))
    if len(sealed.triangles) != len(triangles):
        raise PackError(
            "geodata pack", "has water that no longer hangs together.", "Report this: it is a fault of ours."
        )
    shallow = np.flatnonzero(np.isfinite(sealed.least_depth))
    mesh = mesh_from(points, triangles, sealed.least_depth, origin)
    targets = targets_from(mesh, np.array([[row["approach_lon"], row["approach_lat"]] for row in rows], np.float64))
    depths: list[float | str] = pack.manifest["depth_classes_m"]  # type: ignore[assignment]
    trees = {
        f"following_{number}": np.ascontiguousarray(build_trees(mesh, targets, float(needed)).T.astype(np.int16))
        for number, needed in enumerate(depths)
    }
    layer = {
        "points": stored["points"], "triangles": stored["triangles"], "shallow": shallow.astype(np.int32),
        "shallow_depth": sealed.least_depth[shallow].astype(np.float64),
    }  # fmt: skip
    return layer, trees


def cells_inside(
    grid: DepthGrid, outline: shapely.Geometry, origin: tuple[float, float], lower_m: float
) -> Cells | None:
    """Cells whose centres lie inside an outline on the plane; None where the grid does not come near.

    Parameters
    ----------
    grid : DepthGrid
    outline : shapely.Geometry
        On the plane. [m]
    origin : tuple of float
        Point of tangency of the plane. [deg]
    lower_m : float
        The grid's datum lies so far above chart datum. [m]
    """
    from pyproj import Transformer

    from geodata.plane import unproject

    there = Transformer.from_crs("EPSG:4326", grid.crs, always_xy=True)
    back = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    corners = shapely.get_coordinates(shapely.segmentize(outline.envelope, 1000.0))
    x, y = there.transform(*unproject(np.ascontiguousarray(corners), *origin).T)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return None
    step_x, step_y = grid.x[1] - grid.x[0], grid.y[1] - grid.y[0]
    columns = slice(*np.searchsorted(grid.x, (np.min(x) - step_x, np.max(x) + step_x)))
    lines = slice(*np.searchsorted(grid.y, (np.min(y) - step_y, np.max(y) + step_y)))
    depth_m = grid.depth_m[lines, columns].astype(np.float64) - lower_m
    if depth_m.size == 0:
        return None
    centre_x, centre_y = np.meshgrid(grid.x[columns], grid.y[lines])
    positions = np.column_stack(back.transform(centre_x.ravel(), centre_y.ravel()))
    points = project(np.ascontiguousarray(positions), *origin).reshape(*depth_m.shape, 2)
    inside = shapely.contains_xy(outline, points[..., 0], points[..., 1])
    return Cells(np.where(inside, depth_m, nan), points, inside)


def least_depth(cells: Cells | None, outline: shapely.Geometry) -> tuple[float, str]:
    """Least depth inside an outline, NaN where the survey does not cover it, and how many cells or why not."""
    if cells is None or not cells.inside.any():
        return nan, "outside the survey"
    known = np.isfinite(cells.depth_m)
    if cells.inside.sum() < FEWEST_CELLS:
        return nan, f"only {int(cells.inside.sum())} cells: too small for the grid"
    share = float(known.sum() * _cell_area(cells.points) / outline.area)
    if share < COVERED_SHARE:
        return nan, f"covered to {share:.0%} only"
    # Down to a decimetre: never deeper than surveyed.
    return float(np.floor(10.0 * np.nanmin(cells.depth_m) + 1e-6) / 10.0), f"{int(known.sum())} cells"


def deepest_way(cells: Cells, start: np.ndarray, end: np.ndarray) -> float:
    """Least depth on the way from one point to another that keeps it greatest; NaN where there is none. [m]

    From cell to cell, corners included, over those that have a depth.
    """
    known = np.isfinite(cells.depth_m)
    first, last = (_nearest(cells, known, point) for point in (start, end))
    if first is None or last is None:
        return nan
    best = np.full(cells.depth_m.shape, -inf)
    best[first] = cells.depth_m[first]
    heap = [(-best[first], first)]
    while heap:
        key, here = heapq.heappop(heap)
        if here == last:
            return float(-key)
        if -key < best[here]:
            continue
        for line in range(max(0, here[0] - 1), min(known.shape[0], here[0] + 2)):
            for column in range(max(0, here[1] - 1), min(known.shape[1], here[1] + 2)):
                if known[line, column] and min(-key, cells.depth_m[line, column]) > best[line, column]:
                    best[line, column] = min(-key, cells.depth_m[line, column])
                    heapq.heappush(heap, (-best[line, column], (line, column)))
    return nan


def _nearest(cells: Cells, known: np.ndarray, point: np.ndarray) -> tuple[int, int] | None:
    if not known.any():
        return None
    apart = np.where(known, np.hypot(*np.moveaxis(cells.points - point, -1, 0)), inf)
    line, column = np.unravel_index(int(np.argmin(apart)), apart.shape)
    reach_m = max(END_REACH_M, 1.5 * float(np.sqrt(_cell_area(cells.points))))
    return (int(line), int(column)) if apart[line, column] <= reach_m else None


def _refine_bank(
    bank: dict[str, Any], grid: DepthGrid, origin: tuple[float, float], below_msl: "_ChartDatum"
) -> Refined:
    outline = _on_plane(bank["ring"], origin)
    place = np.mean(bank["ring"], axis=0)
    lower_m = below_msl.at(place[0], place[1]) if grid.datum == "msl" else 0.0
    if lower_m != lower_m:
        return Refined(bank["name_en"], bank["least_depth_m"], nan, "no tide station near enough for its datum")
    now_m, note = least_depth(cells_inside(grid, outline, origin, lower_m), outline)
    return Refined(bank["name_en"], bank["least_depth_m"], now_m, note)


def _refine_approach(
    row: dict[str, Any], grid: DepthGrid, origin: tuple[float, float], below_msl: "_ChartDatum"
) -> Refined:
    known_m = row["approach_depth_m"]
    was_m = nan if known_m is None else float(known_m)
    track = np.array(row["harbour_leg"], np.float64).reshape(-1, 2)
    if len(track) < 2:
        return Refined(row["id"], was_m, nan, "no track from approach to landing")
    lower_m = below_msl.at(*track[-1]) if grid.datum == "msl" else 0.0
    if lower_m != lower_m:
        return Refined(row["id"], was_m, nan, "no tide station near enough for its datum")
    points = project(track, *origin)
    cells = cells_inside(grid, shapely.LineString(points).buffer(CORRIDOR_M), origin, lower_m)
    if cells is None or not np.isfinite(cells.depth_m).any():
        return Refined(row["id"], was_m, nan, "outside the survey")
    now_m = deepest_way(cells, points[0], points[-1])
    if now_m != now_m:
        return Refined(row["id"], was_m, nan, "no way in over surveyed cells from approach to landing")
    size_m = float(np.sqrt(_cell_area(cells.points)))
    note = f"least depth on the deepest way from approach to landing, cells of {size_m:.0f} m"
    return Refined(row["id"], was_m, float(np.floor(10.0 * now_m + 1e-6) / 10.0), note)


class _ChartDatum:
    """How far mean sea level lies above chart datum, by the nearest tide station."""

    def __init__(self, stations: list[tuple[float, float, float]]) -> None:
        self._stations = stations

    def at(self, lon: float, lat: float) -> float:
        """NaN where no station is near enough. [m]"""
        apart = [(distance_between_km((lon, lat), (x, y)), msl_m) for x, y, msl_m in self._stations]
        nearest_km, msl_m = min(apart, default=(inf, nan))
        return msl_m if nearest_km <= STATION_REACH_KM else nan


def _chart_datum(pack: Pack) -> _ChartDatum:
    stations = stations_from(pack.tables["tides"]).stations  # type: ignore[arg-type]
    return _ChartDatum([(station.lon, station.lat, station.msl_m) for station in stations])


def _on_plane(ring: list[list[float]], origin: tuple[float, float]) -> shapely.Geometry:
    return shapely.make_valid(shapely.Polygon(project(np.array(ring, np.float64), *origin)))


def _cell_area(points: np.ndarray) -> float:
    """Area of one cell on the plane. [m2]"""
    if points.shape[0] < 2 or points.shape[1] < 2:
        return 0.0
    across, up = points[0, 1] - points[0, 0], points[1, 0] - points[0, 0]
    return float(abs(across[0] * up[1] - across[1] * up[0]))
