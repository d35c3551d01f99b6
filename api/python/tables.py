"""Data frames and Arrow tables to what a replay reads, and its answers to a data frame."""

import warnings
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa

from api.replay.ingest.column_map import ColumnMap
from api.replay.ingest.match_headers import fit_to_header, map_of_unused, missing_columns
from api.replay.ingest.normalize import GEOMETRY_LAT, GEOMETRY_LON, GEOMETRY_WRONG, MALFORMED, ROW
from api.replay.ingest.problem_list import raise_all
from api.replay.ingest.reading import columns_lacking
from api.replay.schema import CARRIED, DECISIONS
from engine.errors import InvalidAsk

WGS_84 = "EPSG:4326"
REJECTED = "rejected"
"""Outcome of a row that could not be an encounter."""

_GEOARROW = b"geoarrow."


def chunk_of(encounters: Any, column_map: ColumnMap) -> tuple[pa.Table, pd.Index, ColumnMap]:
    """A table as `normalize` of a replay takes it, its index, and the map with names as the table spells them.

    Parameters
    ----------
    encounters : GeoDataFrame, DataFrame, RuleTable, or anything with ``__arrow_c_stream__``
    column_map : ColumnMap

    Raises
    ------
    InvalidAsk
        It is no table, lacks position or time, or has a column that is no column of values.
    """
    frame = _frame_or_table(encounters)
    names = tuple(str(name) for name in (frame.columns if isinstance(frame, pd.DataFrame) else frame.column_names))
    if len(set(names)) < len(names):
        raise InvalidAsk("encounters", "has two columns of one name.", "Rename one of them.")
    column_map, problems = fit_to_header(column_map, names)
    is_geo = isinstance(frame, geopandas.GeoDataFrame) and frame.active_geometry_name is not None
    # The points of a GeoDataFrame are where its rows are, whatever its columns hold beside them.
    beside = {*column_map.columns.get("lon", ()), *column_map.columns.get("lat", ()), *column_map.position}
    readable = tuple(name for name in names if not is_geo or name not in beside)
    lacking, geometry = columns_lacking(column_map, readable, str(frame.active_geometry_name) if is_geo else "")
    if lacking:
        problems.append(missing_columns(lacking, names, ""))
    raise_all("input", problems)
    wanted = [name for name in readable if name in column_map.wanted_columns() and name != geometry]
    _warn_of_unused([name for name in names if name not in wanted and name != geometry], column_map, names)
    columns = {name: _column(frame, name) for name in wanted}
    if geometry:
        lon, lat, wrong = _points(frame.geometry)
        columns |= {GEOMETRY_LON: pa.array(lon), GEOMETRY_LAT: pa.array(lat), GEOMETRY_WRONG: pa.array(wrong)}
    rows = len(frame) if isinstance(frame, pd.DataFrame) else frame.num_rows
    columns |= {ROW: pa.array(np.arange(rows), pa.int64()), MALFORMED: pa.array(np.zeros(rows, np.bool_))}
    index = frame.index if isinstance(frame, pd.DataFrame) else pd.RangeIndex(rows)
    return pa.table(columns), index, column_map


def _warn_of_unused(unused: list[str], column_map: ColumnMap, names: tuple[str, ...]) -> None:
    """Warn of columns that nothing was read from where their names say that they are some of ours."""
    used = {target for target, theirs in column_map.columns.items() if set(theirs) & (set(names) - set(unused))}
    line = map_of_unused(unused, used)
    if line:
        warnings.warn(
            f"safeport read nothing from {', '.join(unused)}. Rename them, or give a column map with the line: {line}",
            stacklevel=4,
        )


def frame_of(
    table: pa.Table, index: pd.Index, asked: list[pa.Table], decided: list[pa.Table], rejects: list[pa.Table]
) -> geopandas.GeoDataFrame:
    """One row for each row of the input: what was asked, what was decided, or why nothing was.

    Parameters
    ----------
    table : RuleTable
        As of `chunk_of`.
    index : Index
    asked, decided, rejects : list of RuleTable
        By chunk, of the schemas `ENCOUNTERS`, `DECISIONS` and `REJECTS`.
    """
    encounters, decisions, refused = (pa.concat_tables(parts) for parts in (asked, decided, rejects))
    beside = encounters.select(["row", *CARRIED]).to_pandas()
    answers = decisions.drop_columns(["row"]).to_pandas()
    frame = pd.concat([beside, answers], axis="columns").set_index("row")
    frame = frame[["encounter_id", *CARRIED, *DECISIONS.names[2:]]]
    frame = frame.reindex(range(table.num_rows))
    why = refused.to_pandas().set_index("row")
    frame.loc[why.index, "encounter_id"] = why["encounter_id"]
    frame.loc[why.index, "decision_outcome"] = REJECTED
    frame.loc[why.index, "refusal"] = why["codes"]
    at = frame[["lon", "lat"]].to_numpy()
    if GEOMETRY_LON in table.column_names:
        # A row that is no encounter may have a position all the same.
        at = np.column_stack([table[GEOMETRY_LON].to_numpy(), table[GEOMETRY_LAT].to_numpy()])
    points = geopandas.points_from_xy(*at.T, crs=WGS_84)
    points[np.isnan(at).any(axis=1)] = None
    return geopandas.GeoDataFrame(frame.set_index(index), geometry=points)


def positions_of(positions: Any) -> tuple[np.ndarray, np.ndarray, pd.Index]:
    """Longitudes, latitudes and the index of many positions; what is no point is NaN. [deg]

    Raises
    ------
    InvalidAsk
        It is neither geometry with a coordinate system nor pairs of numbers.
    """
    if isinstance(positions, geopandas.GeoDataFrame | geopandas.GeoSeries):
        lon, lat, _ = _points(positions.geometry)
        return lon, lat, positions.index
    try:
        pairs = np.asarray(positions, np.float64)
    except (TypeError, ValueError):
        pairs = np.empty(0)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise InvalidAsk("positions", "is neither points nor pairs of numbers.",
                         "Give a GeoSeries, or an array of longitudes and latitudes.")  # fmt: skip
    return pairs[:, 0].copy(), pairs[:, 1].copy(), pd.RangeIndex(len(pairs))


def _frame_or_table(encounters: Any) -> Any:
    if isinstance(encounters, pd.DataFrame):
        return encounters
    if not isinstance(encounters, pa.Table):
        if not hasattr(encounters, "__arrow_c_stream__"):
            raise InvalidAsk("encounters", "is no table.", "Give a GeoDataFrame, a DataFrame or an Arrow table.")
        encounters = pa.table(encounters)
    has_geometry = any(
        (field.metadata or {}).get(b"ARROW:extension:name", b"").startswith(_GEOARROW)
        or getattr(field.type, "extension_name", "").startswith(_GEOARROW.decode())
        for field in encounters.schema
    )
    return geopandas.GeoDataFrame.from_arrow(encounters) if has_geometry else encounters


def _column(frame: Any, name: str) -> pa.Array | pa.ChunkedArray:
    """Cells of a column; what pandas has for "not known" is null."""
    if isinstance(frame, pa.Table):
        return frame[name]
    try:
        return pa.array(frame[name], from_pandas=True)
    except (pa.ArrowException, TypeError):
        raise InvalidAsk(f"encounters.{name}", "holds values of several types.", "Make them of one type.") from None


def _points(geometry: geopandas.GeoSeries) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Longitude, latitude, NaN where there is none, and whether something is there that is no point. [deg]"""
    if geometry.crs is None:
        raise InvalidAsk("geometry", "has no coordinate system.", "Say which: frame.set_crs('EPSG:4326').")
    degrees = geometry.to_crs(WGS_84)
    there = ~(degrees.isna() | degrees.is_empty).to_numpy()
    is_point = there & (degrees.geom_type == "Point").to_numpy()
    lon, lat = np.full(len(degrees), np.nan), np.full(len(degrees), np.nan)
    lon[is_point], lat[is_point] = degrees[is_point].x, degrees[is_point].y
    return lon, lat, there & ~is_point
