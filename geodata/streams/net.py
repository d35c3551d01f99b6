"""From the stored layer to the engine's `Streams`, and those to a window of time."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.errors import PackError
from engine.identity_key import IdentityKey
from engine.kernels.mesh import build_cells
from engine.kernels.streams import RATE_UNIT_MS, RING_M, Streams, no_streams, read_only
from engine.units import HOUR_S
from geodata.pack import Pack
from geodata.streams.layer import LAYER, SHRINK
from geodata.tides.tables import TideTables

NEAPS_COEFFICIENT, SPRINGS_COEFFICIENT = 45.0, 95.0
"""Tides of the atlas's two tables, by the French coefficient."""

BREST_UNIT_M = 3.05
"""Height of a tide of coefficient 100 at Brest above the mean level (SHOM, "unité de hauteur"). [m]"""

COEFFICIENT_PORT = "brest"

_CELL = 0.02
_TILE = 0.25
_RINGS = 24
_M_A_DEGREE = 111_200.0

_NEAREST = 0.95
"""Longitudes are shrunk alike at all latitudes: a distance so found is at most so much longer than it is."""

_SAME_TIDE_S = HOUR_S
"""A reference's tide follows that of Brest by up to nine hours, or comes so little before it."""


@dataclass(frozen=True, slots=True, eq=False)
class StreamAtlas:
    """The atlas of a pack.

    Attributes
    ----------
    streams : Streams
        Without a tide.
    names : tuple of str
        Of its files.
    file : ndarray of int8, shape (n,)
        File of each point.
    port, from_low : tuple
        By reference: id of the port it counts from, and whether from low water.
    identity : dict
        ``source``, ``edition``, ``licence`` and ``sha256``.
    """

    streams: Streams
    names: tuple[str, ...]
    file: np.ndarray
    port: tuple[str, ...]
    from_low: tuple[bool, ...]
    identity: dict[str, object]


def no_atlas() -> StreamAtlas:
    """The atlas of a pack that holds none."""
    return StreamAtlas(no_streams(), (), np.empty(0, np.int8), (), (), {})


def stream_atlas(layer: dict[str, np.ndarray], identity: dict[str, object]) -> StreamAtlas:
    """The atlas of a layer, see `geodata.streams.layer.streams_layer`."""
    counts = sorted({(str(port), bool(low)) for port, low in zip(layer["reference"], layer["from_low"], strict=True)})
    of_file = np.array(
        [counts.index((str(port), bool(low))) for port, low in zip(layer["reference"], layer["from_low"], strict=True)]
    )
    x, y = np.ascontiguousarray(layer["points"][0] / 1e6 * SHRINK), np.ascontiguousarray(layer["points"][1] / 1e6)
    vertex = np.ascontiguousarray(layer["triangles"].T, np.int32)
    x0, y0 = float(x.min()) - 1e-3, float(y.min()) - 1e-3
    columns, rows = int((x.max() - x0) / _CELL) + 1, int((y.max() - y0) / _CELL) + 1
    cell_start, cell_triangles = build_cells(x, y, vertex, _CELL, x0, y0, columns, rows)
    number = layer["number"]
    streams = no_streams()._replace(
        shrink=SHRINK, vertex=vertex, plane=_weights(x[vertex], y[vertex]),
        reference=of_file[number].astype(np.int8), doubt=layer["doubt"][number[vertex]].max(axis=1),
        rates=np.ascontiguousarray(layer["rates"]), cell_size=_CELL, cell_x0=x0, cell_y0=y0, cell_columns=columns,
        cell_rows=rows, cell_start=cell_start, cell_triangles=cell_triangles, tile_x0=x0, tile_y0=y0, tile_size=_TILE,
        tile_columns=int((x.max() - x0) / _TILE) + 1, tile_rows=int((y.max() - y0) / _TILE) + 1,
    )  # fmt: skip
    return StreamAtlas(
        read_only(streams), tuple(str(name) for name in layer["name"]), number,
        tuple(port for port, _ in counts), tuple(low for _, low in counts), identity,
    )  # fmt: skip


def atlas_from(pack: Pack) -> StreamAtlas:
    """The atlas of a pack; an empty one where it holds none.

    Raises
    ------
    PackError
        The layer is not as this program needs it.
    """
    if LAYER not in pack.arrays:
        return no_atlas()
    entry: dict[str, object] = pack.manifest["layers"][LAYER]  # type: ignore[index]
    identity = {name: entry[name] for name in ("source", "edition", "licence", "sha256")}
    try:
        return stream_atlas(pack.arrays[LAYER], identity)
    except (KeyError, ValueError, IndexError) as error:
        raise PackError(
            "geodata pack",
            "does not hold the streams this program needs.",
            "Rebuild it with 'safeport geodata build'.",
        ) from error


def _weights(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights of the second and third corner of triangles, shape (m, 6), from their coordinates, shape (m, 3)."""
    bx, by, cx, cy = x[:, 1] - x[:, 0], y[:, 1] - y[:, 0], x[:, 2] - x[:, 0], y[:, 2] - y[:, 0]
    twice = bx * cy - by * cx
    slopes = np.stack([cy, -cx, -by, bx], axis=1) / twice[:, None]
    second = -(slopes[:, 0] * x[:, 0] + slopes[:, 1] * y[:, 0])
    third = -(slopes[:, 2] * x[:, 0] + slopes[:, 3] * y[:, 0])
    return np.ascontiguousarray(np.stack([slopes[:, 0], slopes[:, 1], second, slopes[:, 2], slopes[:, 3], third], 1))


def area_of(atlas: StreamAtlas, lon_deg: float, lat_deg: float) -> tuple[str, int, float] | None:
    """Name of the file a place is in, number of its reference and doubt of the rate; None outside the atlas.

    Between files it is the one of the point that counts most.
    """
    streams = atlas.streams
    x, y = lon_deg * streams.shrink, lat_deg
    column, row = int((x - streams.cell_x0) // streams.cell_size), int((y - streams.cell_y0) // streams.cell_size)
    if not (0 <= column < streams.cell_columns and 0 <= row < streams.cell_rows):
        return None
    cell = row * streams.cell_columns + column
    here = streams.cell_triangles[streams.cell_start[cell] : streams.cell_start[cell + 1]]
    second, third = (streams.plane[here, k : k + 3] @ (x, y, 1.0) for k in (0, 3))
    weights = np.stack([1.0 - second - third, second, third], axis=1)
    holding = np.flatnonzero((weights >= -1e-9).all(axis=1))
    if len(holding) == 0:
        return None
    triangle = here[holding[0]]
    point = streams.vertex[triangle, weights[holding[0]].argmax()]
    return atlas.names[atlas.file[point]], int(streams.reference[point]), float(streams.doubt[triangle])


def streams_at(atlas: StreamAtlas, tables: TideTables, port_ids: tuple[str, ...], at_s: float) -> Streams:
    """The atlas with the tides of the block that holds a time; without any where there are none to read it by.

    Parameters
    ----------
    atlas : StreamAtlas
    tables : TideTables
    port_ids : tuple of str
        In the order of the ports of `tables`.
    at_s : float
        Epoch. [s]
    """
    table = tables.table(at_s)
    if table is None or len(atlas.port) == 0 or not {*atlas.port, COEFFICIENT_PORT} <= set(port_ids):
        return atlas.streams
    tides = tables.at(at_s)[0]
    brest = port_ids.index(COEFFICIENT_PORT)
    if (tides.station[[brest, *(port_ids.index(port) for port in atlas.port)]] < 0).any():
        return atlas.streams
    high_s, coefficient = coefficients(tables, brest, at_s)
    turn_s, springs = [], []
    for port, from_low in zip(atlas.port, atlas.from_low, strict=True):
        p = port_ids.index(port)
        turns = (table.low_s if from_low else table.high_s)[tides.station[p]]
        turns = turns[np.isfinite(turns)] + tides.time_shift_s[p]
        follows = np.clip(np.searchsorted(high_s, turns + _SAME_TIDE_S) - 1, 0, None)
        turn_s.append(turns)
        springs.append((coefficient[follows] - NEAPS_COEFFICIENT) / (SPRINGS_COEFFICIENT - NEAPS_COEFFICIENT))
    most = max(len(turns) for turns in turn_s)
    padded = np.array([np.pad(turns, (0, most - len(turns)), constant_values=np.inf) for turns in turn_s])
    share = np.array([np.pad(spring, (0, most - len(spring)), mode="edge") for spring in springs])
    within_ms = strongest_within(atlas.streams, float(share.min()), float(share.max()))
    return read_only(
        atlas.streams._replace(turn_s=padded, springs=share, within_ms=within_ms, strongest_ms=float(within_ms.max()))
    )


def coefficients(tables: TideTables, brest: int, at_s: float) -> tuple[np.ndarray, np.ndarray]:
    """High waters of Brest in the block that holds a time, and the tidal coefficient of each.

    Parameters
    ----------
    tables : TideTables
    brest : int
        Number of that port.
    at_s : float
        Epoch in the years that have a tide. [s]

    Returns
    -------
    high_s : ndarray of float64, shape (k,)
        [s]
    coefficient : ndarray of float64, shape (k,)
    """
    table = tables.table(at_s)
    assert table is not None  # noqa: S101 # the caller has asked
    row = tables.at(at_s)[0].station[brest]
    station = tables.stations.stations[row]
    high_s = table.high_s[row][np.isfinite(table.high_s[row])]
    times_s = table.start_s + 300.0 * np.arange(table.height_m.shape[1])
    height_m = np.interp(high_s, times_s, table.height_m[row])
    return high_s, 100.0 * (height_m - station.msl_m) / BREST_UNIT_M


def strongest_within(streams: Streams, least: float, most: float) -> np.ndarray:
    """Strongest stream within each ring about each tile, for tides between two.

    Parameters
    ----------
    streams : Streams
    least, most : float
        Tides as in `Streams.springs`.

    Returns
    -------
    ndarray of float64, shape (tiles, rings)
        [m/s]
    """
    east, north, neaps_east, neaps_north = (streams.rates[:, :, k].astype(np.float64) for k in range(4))
    # To springs from neaps; one component after the other, as numpy is slow along an axis of two.
    east -= neaps_east
    north -= neaps_north
    squared = np.zeros(len(east))
    # A rate is linear in the tide, so its speed is greatest at an end.
    for tide in (least, most):
        speed = np.square(neaps_east + tide * east) + np.square(neaps_north + tide * north)
        squared = np.maximum(squared, speed.max(axis=1))
    fastest = np.sqrt(squared)
    of_triangle = RATE_UNIT_MS * fastest[streams.vertex].max(axis=1)
    tiles = _tiles_of(IdentityKey(streams))
    tile_ms = np.zeros(streams.tile_rows * streams.tile_columns)
    tile_ms[tiles.covered] = np.maximum.reduceat(of_triangle[tiles.triangle], tiles.first_triangle)
    rings_ms = np.zeros((len(tile_ms), _RINGS))
    rings_ms.reshape(-1)[tiles.ring] = np.maximum.reduceat(tile_ms[tiles.neighbour], tiles.first_neighbour)
    return np.maximum.accumulate(rings_ms, axis=1)


class _Tiles(NamedTuple):
    """Which triangles reach into each tile, and which tiles lie in each ring about it; lists end to end.

    Attributes
    ----------
    covered, first_triangle : ndarray of int64
        Tiles that triangles reach into, and where each one's begin.
    triangle : ndarray of int64
    ring, first_neighbour : ndarray of int64
        Rings that hold tiles, as ``tile * _RINGS + ring``, and where each one's begin.
    neighbour : ndarray of int64
    """

    covered: np.ndarray
    first_triangle: np.ndarray
    triangle: np.ndarray
    ring: np.ndarray
    first_neighbour: np.ndarray
    neighbour: np.ndarray


@lru_cache(maxsize=2)
def _tiles_of(key: IdentityKey[Streams]) -> _Tiles:
    streams = key.value
    triangles, cells = len(streams.vertex), np.arange(streams.cell_columns * streams.cell_rows)
    of_entry = np.repeat(cells, np.diff(streams.cell_start))
    pairs = []
    # A cell reaches into the tile its corners are in.
    for beside in (0.0, 1.0 - 1e-9):
        for above in (0.0, 1.0 - 1e-9):
            column = ((of_entry % streams.cell_columns + beside) * _CELL / _TILE).astype(np.int64)
            row = ((of_entry // streams.cell_columns + above) * _CELL / _TILE).astype(np.int64)
            inside = (column < streams.tile_columns) & (row < streams.tile_rows)
            tile = row[inside] * streams.tile_columns + column[inside]
            pairs.append(tile * triangles + streams.cell_triangles[inside])
    tile, triangle = np.divmod(np.unique(np.concatenate(pairs)), max(triangles, 1))
    covered, first_triangle = np.unique(tile, return_index=True)
    rows, columns = np.divmod(np.arange(streams.tile_rows * streams.tile_columns), streams.tile_columns)
    apart = np.hypot(rows[:, None] - rows[None, :], columns[:, None] - columns[None, :]) - np.sqrt(2.0)
    apart_m = _NEAREST * _TILE * _M_A_DEGREE * np.clip(apart, 0.0, None)
    ring = np.searchsorted(RING_M * np.arange(1, _RINGS + 1), apart_m)
    here, there = np.nonzero(ring < _RINGS)
    number = here * _RINGS + ring[here, there]
    order = np.argsort(number, kind="stable")
    rings, first_neighbour = np.unique(number[order], return_index=True)
    return _Tiles(covered, first_triangle, triangle, rings, first_neighbour, there[order])
