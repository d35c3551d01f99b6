"""Layers of the chart as compact JSON: coast by levels, areas, limits between rescue regions, ports.

Outlines are integers, ``{"scale": deg, "rings": [[lon0, lat0, dlon, dlat, ...], ...]}``: the first position and then
the steps from one to the next, each to be multiplied by the scale.
"""

import re
from collections.abc import Callable, Iterable
from functools import partial
from math import cos, radians
from typing import Any

import numpy as np
import orjson
import shapely

from geodata.pack import Pack
from geodata.shoreline import coast_rings

Json = dict[str, Any]

COAST_LEVELS_M = (1000, 250, 100, 25, 0)
"""Tolerances of the simplified coast; 0 is the whole of it, which alone keeps piers where routes pass them. [m]"""

WINDOW_STEP_DEG = 0.25
"""Middles of the windows on the whole coast lie on multiples of this. [deg]"""
WINDOW_HALF_DEG = (0.65, 0.45)
"""Half the width and height of a window: what a screen shows where the whole coast is drawn, wherever in a step its
middle lies, and some miles more. [deg]"""

_DEGREE_M = 111_120.0
_FINE_DEG, _COARSE_DEG = 1e-5, 1e-4
_BEYOND_M = 1_000.0
"""Tolerance of the shore outside a window. [m]"""
_WINDOW = re.compile(r"coast-0-(-?[0-9]{1,2})-([0-9]{3})")
_SIDE_BY_SIDE_DEG = 0.003
"""Regions were read separately: what runs within this of another one's edge is the one limit between them. [deg]"""


def chart_layer(pack: Pack, name: str) -> bytes | None:
    """A layer of a pack's chart as JSON, or None; the whole coast takes most of a second, all else some tenths.

    Parameters
    ----------
    pack : Pack
    name : str
        ``areas``, ``ports``, ``coast-`` and one of `COAST_LEVELS_M`, or ``coast-0-COLUMN-ROW`` for the whole coast in a
        window round a middle, in steps of `WINDOW_STEP_DEG`, and a coarse one beyond.
    """
    if (window := _WINDOW.fullmatch(name)) is not None:
        return orjson.dumps(coast_window(coast_rings(pack), int(window[1]), int(window[2])))
    builders: dict[str, Callable[[], Json]] = {"areas": lambda: areas(pack), "ports": lambda: ports(pack)}
    for tolerance_m in COAST_LEVELS_M:
        builders[f"coast-{tolerance_m}"] = partial(_coast_of, pack, tolerance_m)
    return orjson.dumps(builders[name]()) if name in builders else None


def _coast_of(pack: Pack, tolerance_m: float) -> Json:
    return coast(coast_rings(pack), tolerance_m)


def coast(rings: list[np.ndarray], tolerance_m: float) -> Json:
    """The shore, simplified; rings too small to be seen at this level are left out and counted.

    Parameters
    ----------
    rings : list of ndarray of float64, shape (n, 2)
        Closed, longitude and latitude. [deg]
    tolerance_m : float
        By which an outline may be off; 0 for none. [m]

    Returns
    -------
    dict
        Rings in the order to be painted, what lies within another after it; a ring within an odd number of others is
        a lake.
    """
    scale_deg = _COARSE_DEG if tolerance_m >= 250 else _FINE_DEG
    lines, across_m, stretch = _stretched(rings)
    shown = np.flatnonzero(across_m >= tolerance_m)
    kept = lines[shown]
    if tolerance_m > 0:
        kept = shapely.simplify(kept, tolerance_m / _DEGREE_M, preserve_topology=False)
    drawn = [shapely.get_coordinates(line) / stretch for line in kept]
    return _painted(rings, shown, drawn, tolerance_m, scale_deg)


def coast_window(rings: list[np.ndarray], column: int, row: int) -> Json:
    """The whole shore in a window and a coarse one beyond, as `coast` has it.

    Parameters
    ----------
    rings : list of ndarray of float64, shape (n, 2)
        Closed, longitude and latitude. [deg]
    column, row : int
        Middle of the window, in steps of `WINDOW_STEP_DEG` east and north.
    """
    middle = np.array([column, row]) * WINDOW_STEP_DEG
    lines, across_m, _ = _stretched(rings)
    inside = [(np.abs(ring - middle) <= WINDOW_HALF_DEG).all(axis=1) for ring in rings]
    shown = np.flatnonzero((across_m >= _BEYOND_M) | np.array([within.any() for within in inside]))
    coarse = shapely.simplify(lines[shown], _BEYOND_M / _DEGREE_M, preserve_topology=False)
    drawn = []
    for k, line in zip(shown, coarse, strict=True):
        points, corners = shapely.get_coordinates(lines[k]), shapely.get_coordinates(line)
        # A simplified outline is made of positions of its own outline, in their order.
        is_corner = np.isin(
            points.view(np.complex128).ravel(), np.ascontiguousarray(corners).view(np.complex128).ravel()
        )
        drawn.append(rings[k][inside[k] | is_corner])
    return _painted(rings, shown, drawn, 0.0, _FINE_DEG)


def _stretched(rings: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rings with a degree as long to the east as to the north, how far across each is [m], and the stretch."""
    points = np.vstack(rings)
    stretch = np.array([cos(radians(float(points[:, 1].mean()))), 1.0])
    owner = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    lines = shapely.linearrings(points * stretch, indices=owner)
    return lines, np.sqrt(np.abs(shapely.area(shapely.polygons(lines)))) * _DEGREE_M, stretch


def _painted(
    rings: list[np.ndarray], shown: np.ndarray, drawn: list[np.ndarray], tolerance_m: float, scale_deg: float
) -> Json:  # fmt: skip
    """Outlines in the order to be painted."""
    nesting = _nesting([rings[k] for k in shown])
    ordered = [(nesting[k] % 2, drawn[k]) for k in np.argsort(nesting, kind="stable")]
    outlines = [(is_lake, steps_of(line, scale_deg)) for is_lake, line in ordered if len(line) >= 4]
    return {
        "scale": scale_deg, "tolerance_m": tolerance_m, "left_out": len(rings) - len(outlines),
        "rings": [steps for _, steps in outlines], "lakes": [k for k, (is_lake, _) in enumerate(outlines) if is_lake],
    }  # fmt: skip


def areas(pack: Pack) -> Json:
    """Banks, lanes, ranges and the limits between rescue regions: approximate, as their sources say."""
    zones: dict[str, list[Json]] = pack.tables["zones"]  # type: ignore[assignment]
    return {
        "scale": _FINE_DEG,
        "banks": [{**_names(area), "least_depth_m": area["least_depth_m"], **_ring(area)} for area in zones["banks"]],
        "lanes": [{**_names(area), "flow_deg": area["flow_deg"], **_ring(area)} for area in zones["lanes"]],
        "ranges": [{**_names(area), "vhf": area["vhf"], **_ring(area)} for area in zones["ranges"]],
        "limits": [steps_of(line, _FINE_DEG) for line in region_limits(zones["regions"])],
        "regions": sorted({area["name"] for area in zones["regions"]}),
    }  # fmt: skip


def region_limits(regions: Iterable[Json]) -> list[np.ndarray]:
    """Where two search and rescue regions meet, as lines of longitude and latitude. [deg]"""
    rings = [shapely.LinearRing(region["ring"]) for region in regions]
    found = []
    for k, ring in enumerate(rings):
        for other in rings[k + 1 :]:
            shared = shapely.intersection(ring, shapely.buffer(other, _SIDE_BY_SIDE_DEG))
            parts = shapely.get_parts(shapely.line_merge(shared))
            found += [
                shapely.get_coordinates(part)
                for part in parts
                if part.geom_type == "LineString" and part.length > 10 * _SIDE_BY_SIDE_DEG
            ]
    return found


def ports(pack: Pack) -> Json:
    """Every port of the register at its landing, with the approach point where the harbour leg begins."""
    rows: list[Json] = pack.tables["ports"]  # type: ignore[assignment]
    return {
        "ports": [
            {
                "id": row["id"], **_names(row), "country": row["country"], "kind": row["kind"], "vhf": row["vhf"],
                "at": [row["landing_lon"], row["landing_lat"]],
                "approach": [row["approach_lon"], row["approach_lat"]],
                "landing": {"en": row["landing_en"], "fr": row["landing_fr"]},
            }
            for row in rows
        ]
    }  # fmt: skip


def steps_of(line: np.ndarray, scale_deg: float) -> list[int]:
    """First position and steps of an outline as integers of `scale_deg`; steps of nothing are left out."""
    whole = np.rint(line / scale_deg).astype(np.int64)
    steps = np.diff(whole, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    flat: list[int] = np.vstack([whole[:1], steps]).ravel().tolist()
    return flat


def _nesting(rings: list[np.ndarray]) -> np.ndarray:
    """How many other rings each one lies in, by a position of it that is on its own outline."""
    shapes = shapely.polygons([shapely.linearrings(ring) for ring in rings])
    # A ring that touches itself is no valid polygon, and prepared predicates want valid ones.
    whole = np.where(
        shapely.is_valid(shapes), shapes, shapely.make_valid(shapes, method="structure", keep_collapsed=False)
    )
    first = shapely.points([ring[0] for ring in rings])
    inside, outside = shapely.STRtree(whole).query(first, predicate="within")
    return np.bincount(inside[inside != outside], minlength=len(rings))


def _names(row: Json) -> Json:
    return {"name": {"en": row["name_en"], "fr": row["name_fr"]}}


def _ring(row: Json) -> Json:
    return {"ring": steps_of(np.array(row["ring"]), _FINE_DEG)}
