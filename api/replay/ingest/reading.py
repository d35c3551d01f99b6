"""Input files as a stream of chunks of one length, each with the numbers of its rows; never the whole file at once."""

import codecs
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from api.replay.ingest.column_map import ColumnMap
from api.replay.ingest.geojson_points import features_in
from api.replay.ingest.geometry import point_column, points_of
from api.replay.ingest.match_headers import fit_to_header, map_of_unused, missing_columns
from api.replay.ingest.normalize import GEOMETRY_LAT, GEOMETRY_LON, GEOMETRY_WRONG, MALFORMED, ROW
from api.replay.ingest.problem_list import raise_all
from api.replay.ingest.spreadsheet import read_sheet, sheet_rows
from engine.errors import InvalidAsk

FORMATS = {
    ".csv": "csv", ".parquet": "parquet", ".geoparquet": "parquet", ".geojson": "geojson", ".json": "geojson",
    ".xlsx": "sheet", ".xls": "sheet", ".ods": "sheet",
}  # fmt: skip
CSV_BLOCK_BYTES = 4 << 20
"""Bytes of a CSV file parsed at a time; no row may be longer."""

_UNCLOSED = "Look for a quotation mark that is never closed."
_HASHED_BYTES = 4 << 20


class Fingerprint(NamedTuple):
    """What an input file is.

    Attributes
    ----------
    rows : int
        About how many it has; exact for Parquet.
    """

    name: str
    size: int
    sha256: str
    rows: int


@dataclass(frozen=True)
class Source:
    """An input file whose columns have been looked at.

    Attributes
    ----------
    columns : tuple of str
        All there are; empty for GeoJSON, whose features need not agree.
    wanted : tuple of str
        Those the column map may look at.
    geometry : str
        Column of points, where positions are taken from it; empty otherwise.
    sheets_not_read : tuple of str
        Of a spreadsheet: other sheets that hold anything.
    """

    path: Path
    kind: str
    column_map: ColumnMap
    columns: tuple[str, ...]
    wanted: tuple[str, ...]
    geometry: str = ""
    sheets_not_read: tuple[str, ...] = ()

    @property
    def unused(self) -> tuple[str, ...]:
        """Columns nobody looks at."""
        return tuple(name for name in self.columns if name not in self.wanted and name != self.geometry)

    @property
    def map_of_unused(self) -> str:
        """Line of a column map that would read some of those; empty where their names say nothing."""
        used = {target for target, names in self.column_map.columns.items() if set(names) & set(self.columns)}
        return map_of_unused(self.unused, used)

    @property
    def lacking(self) -> tuple[str, ...]:
        """Columns that the map looks for under another name than ours and the table does not have, as ours = theirs."""
        return tuple(
            f"{target} = {' or '.join(names)}"
            for target, names in self.column_map.columns.items()
            if self.columns and names and target not in names and not set(names) & set(self.columns)
        )

    def chunks(self, rows: int) -> Iterator[pa.Table]:
        """The file in chunks of so many rows, the last one shorter, as `normalize` takes them."""
        tables = {
            "csv": _csv_tables, "parquet": _parquet_tables, "geojson": _feature_tables, "sheet": _sheet_tables,
        }[self.kind]  # fmt: skip
        return rechunk(tables(self, rows), rows)


def open_source(path: Path, column_map: ColumnMap) -> Source:
    """Look at the columns of an input file.

    Raises
    ------
    InvalidAsk
        It cannot be read, is of no format known, or its columns do not fit; says all that is wrong with them at once.
    """
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        # A folder may be typed as a dot.
        name = path.resolve().name[:40]
        raise InvalidAsk("input", f"{name} is of no format known by its ending.",
                         f"Name a file that ends in {', '.join(FORMATS)}.")  # fmt: skip
    column_map = _with_own_delimiter(path, kind, column_map)
    others: tuple[str, ...] = ()
    if kind == "sheet":
        sheet = read_sheet(path)
        columns, geometry, others = sheet.header, "", sheet.others
    else:
        columns, geometry = _columns(path, kind, column_map)
    column_map, problems = fit_to_header(column_map, columns)
    named = column_map.wanted_columns()
    if kind == "geojson":
        # A feature has its position in its geometry, whatever else it says.
        named -= {*column_map.columns.get("lon", ()), *column_map.columns.get("lat", ()), *column_map.position}
        return Source(path, kind, column_map, (), tuple(sorted(named)))
    lacking, geometry = columns_lacking(column_map, columns, geometry)
    if lacking:
        problems.append(missing_columns(lacking, columns, column_map.delimiter if kind == "csv" else ""))
    raise_all("input", problems)
    wanted = tuple(name for name in columns if name in named)
    return Source(path, kind, column_map, columns, wanted, geometry, others)


def fingerprint(source: Source) -> Fingerprint:
    """Name, size and digest of an input, and about how many rows it has: one pass over its bytes."""
    digest, size, marks = hashlib.sha256(), 0, 0
    mark = b"\n" if source.kind == "csv" else b'"geometry"'
    with source.path.open("rb") as file:
        while block := file.read(_HASHED_BYTES):
            digest.update(block)
            size += len(block)
            marks += block.count(mark)
    rows = marks
    if source.kind == "parquet":
        rows = pq.ParquetFile(source.path).metadata.num_rows
    elif source.kind == "sheet":
        rows = read_sheet(source.path).rows
    return Fingerprint(source.path.name, size, digest.hexdigest(), rows)


def rechunk(tables: Iterator[pa.Table], rows: int) -> Iterator[pa.Table]:
    """Tables of any lengths as tables of one length, the last one shorter."""
    held: list[pa.Table] = []
    count = 0
    for table in tables:
        held.append(table)
        count += table.num_rows
        while count >= rows:
            # Columns that one block has as null and another as text are text.
            whole = pa.concat_tables(held, promote_options="permissive")
            yield whole.slice(0, rows).combine_chunks()
            held, count = [whole.slice(rows)], count - rows
    if count:
        yield pa.concat_tables(held, promote_options="permissive").combine_chunks()


def _columns(path: Path, kind: str, column_map: ColumnMap) -> tuple[tuple[str, ...], str]:
    try:
        if kind == "csv":
            return tuple(_open_csv(path, column_map, {}, [], []).schema.names), ""
        if kind == "parquet":
            schema = pq.ParquetFile(path).schema_arrow
            return tuple(schema.names), point_column(schema)
        with path.open("rb") as file:
            file.read(1)
    except InvalidAsk:
        raise
    except OSError as error:
        # Arrow tells of damage by the same exception, without a number of the system.
        if error.errno is None:
            raise _damaged(path) from None
        raise InvalidAsk("input", f"the file cannot be read ({os.strerror(error.errno)}).", "Check its name.") from None
    except (pa.ArrowException, UnicodeDecodeError, ValueError):
        raise _damaged(path) from None
    return (), ""


def _damaged(path: Path) -> InvalidAsk:
    return InvalidAsk("input", f"{path.name[:40]} is empty or damaged, or in another encoding.",
                      "Check it, and what the column map says of its encoding.")  # fmt: skip


def _with_own_delimiter(path: Path, kind: str, column_map: ColumnMap) -> ColumnMap:
    """The map with the delimiter that a CSV file itself states, in a first line that spreadsheets write: ``sep=;``."""
    return column_map if kind != "csv" or not (sign := _stated_delimiter(path)) else replace(column_map, delimiter=sign)


def _stated_delimiter(path: Path) -> str:
    try:
        with path.open("rb") as file:
            line = file.readline(16).removeprefix(codecs.BOM_UTF8).rstrip(b"\r\n")
    except OSError:
        return ""
    stated = line[4:].decode("ascii", "ignore") if line.lower().startswith(b"sep=") else ""
    return stated if len(stated) == 1 else ""


def columns_lacking(column_map: ColumnMap, columns: tuple[str, ...], geometry: str) -> tuple[dict[str, list[str]], str]:
    """What a table lacks, and its geometry column if positions come from there.

    Returns
    -------
    lacking : dict of list of str
        By ``position`` and ``time``, as far as they are lacking: columns that were looked for.
    geometry : str
    """
    lon, lat = column_map.columns.get("lon", ()), column_map.columns.get("lat", ())
    has_numbers = bool(set(columns).intersection(lon)) and bool(set(columns).intersection(lat))
    has_numbers |= bool(set(columns).intersection(column_map.position))
    lacking = {}
    if not has_numbers and not geometry:
        lacking["position"] = [*lon[:1], *lat[:1], *column_map.position[:1]] or ["geometry"]
    rule = column_map.time
    if not set(columns).intersection(rule.column + rule.date):
        lacking["time"] = list(rule.column + rule.date)
    return lacking, "" if has_numbers else geometry


def _numbered(table: pa.Table, row: np.ndarray, malformed: np.ndarray) -> pa.Table:
    return table.append_column(ROW, pa.array(row, pa.int64())).append_column(MALFORMED, pa.array(malformed, pa.bool_()))


def _open_csv(
    path: Path, column_map: ColumnMap, types: dict[str, pa.DataType], malformed: list[int], runaway: list[int]
) -> pyarrow.csv.CSVStreamingReader:
    skipped = 1 if _stated_delimiter(path) else 0

    def put_aside(row: pyarrow.csv.InvalidRow) -> str:
        # The header is row 1; empty lines are no rows.
        malformed.append(row.number - 2 - skipped)
        if "\n" in row.text.strip():
            runaway.append(row.number - 2 - skipped)
        return "skip"

    return pyarrow.csv.open_csv(
        path,
        # Rows are numbered by one thread only.
        pyarrow.csv.ReadOptions(
            use_threads=False, block_size=CSV_BLOCK_BYTES, encoding=column_map.encoding, skip_rows=skipped
        ),
        pyarrow.csv.ParseOptions(
            delimiter=column_map.delimiter, newlines_in_values=True, invalid_row_handler=put_aside
        ),
        pyarrow.csv.ConvertOptions(
            column_types=types, include_columns=list(types), strings_can_be_null=False, check_utf8=False
        ),
    )


def _csv_tables(source: Source, _rows: int) -> Iterator[pa.Table]:
    """Blocks of a CSV file, every cell as the bytes it holds; rows of another length come back without cells."""
    malformed: list[int] = []
    runaway: list[int] = []
    # As bytes: one cell in another encoding is that row's trouble, not the file's.
    types = dict.fromkeys(source.wanted, pa.binary())
    first = 0
    try:
        for batch in _open_csv(source.path, source.column_map, types, malformed, runaway):
            _refuse_runaway(runaway)
            table = pa.Table.from_batches([batch])
            bad = np.array([row for row in malformed if row >= first], np.int64)
            row = np.arange(first, first + table.num_rows + len(bad))
            row = np.setdiff1d(row, bad, assume_unique=True)[: table.num_rows] if len(bad) else row
            if len(row):
                yield _with_malformed(table, row, bad[bad < row[-1]])
                first = int(row[-1]) + 1
        _refuse_runaway(runaway)
        last = np.array([row for row in malformed if row >= first], np.int64)
        if len(last):
            yield _with_malformed(pa.table({name: pa.array([], pa.binary()) for name in types}), last[:0], last)
    except pa.ArrowInvalid:
        # What Arrow says of it is of its blocks, which nobody has made.
        raise InvalidAsk("input", f"cannot be read beyond row {first}, counted from 0.", _UNCLOSED) from None


def _refuse_runaway(rows: list[int]) -> None:
    """Refuse a file of which one row has swallowed others: nobody could say how many there were."""
    if rows:
        raise InvalidAsk(
            "input", f"row {rows[0]}, counted from 0, runs over several lines without making a row.", _UNCLOSED
        )


def _with_malformed(table: pa.Table, row: np.ndarray, bad: np.ndarray) -> pa.Table:
    numbered = _numbered(table, row, np.zeros(len(row), np.bool_))
    if not len(bad):
        return numbered
    empty = pa.table({name: pa.nulls(len(bad), pa.binary()) for name in table.column_names})
    both = pa.concat_tables([numbered, _numbered(empty, bad, np.ones(len(bad), np.bool_))])
    return both.take(pa.array(np.argsort(both[ROW].to_numpy(), kind="stable")))


def stream_parquet(path: Path, words: list[str] | None = None) -> pq.ParquetFile:
    """A Parquet file to be read once, a part at a time.

    Parameters
    ----------
    path : Path
    words : list of str, optional
        Columns to be read as dictionaries.
    """
    # Reading ahead keeps all that was read until the file is closed: in the end, the whole file.
    return pq.ParquetFile(path, pre_buffer=False, read_dictionary=words)


def _batches(path: Path, rows: int, names: list[str]) -> Iterator[pa.RecordBatch]:
    """Batches of a Parquet file; damage that only shows where it is read is the file's, and said so."""
    try:
        yield from stream_parquet(path).iter_batches(batch_size=rows, columns=names)
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        raise InvalidAsk("input", f"{path.name[:40]} is damaged: not all of its rows can be read.",
                         "Get or write the file again.") from None  # fmt: skip


def _parquet_tables(source: Source, rows: int) -> Iterator[pa.Table]:
    names = [*source.wanted, *([source.geometry] if source.geometry else [])]
    first = 0
    for batch in _batches(source.path, rows, names):
        table = pa.Table.from_batches([batch])
        if source.geometry:
            lon, lat, wrong = points_of(table[source.geometry].combine_chunks())
            table = table.drop_columns([source.geometry])
            for name, values in ((GEOMETRY_LON, lon), (GEOMETRY_LAT, lat), (GEOMETRY_WRONG, wrong)):
                table = table.append_column(name, pa.array(values))
        count = batch.num_rows
        yield _numbered(table, np.arange(first, first + count), np.zeros(count, np.bool_))
        first += count


def _sheet_tables(source: Source, rows: int) -> Iterator[pa.Table]:
    """Rows of a spreadsheet, every cell as text; a row with cells beyond the header has no place for them."""
    places = [source.columns.index(name) for name in source.wanted]
    held: list[tuple[int, list[str]]] = []
    width = len(source.columns)

    def table() -> pa.Table:
        malformed = np.array([any(cells[width:]) for _, cells in held], np.bool_)
        columns = {name: pa.array([cells[place] if place < len(cells) else "" for _, cells in held], pa.string())
                   for name, place in zip(source.wanted, places, strict=True)}  # fmt: skip
        return _numbered(pa.table(columns), np.array([number for number, _ in held], np.int64), malformed)

    for numbered in sheet_rows(source.path):
        held.append(numbered)
        if len(held) == rows:
            yield table()
            held = []
    if held:
        yield table()


def _feature_tables(source: Source, rows: int) -> Iterator[pa.Table]:
    """Features of a GeoJSON file, every property as text."""
    names = [*source.wanted, GEOMETRY_LON, GEOMETRY_LAT]
    held: dict[str, list[str | None]] = {name: [] for name in names}
    wrong: list[bool] = []
    malformed: list[bool] = []
    first = 0

    def table() -> pa.Table:
        columns = {name: pa.array(values, pa.string()) for name, values in held.items()}
        columns[GEOMETRY_WRONG] = pa.array(wrong, pa.bool_())
        return _numbered(pa.table(columns), np.arange(first, first + len(wrong)), np.array(malformed, np.bool_))

    for feature in features_in(source.path):
        malformed.append(feature is None)
        wrong.append(feature is not None and feature.is_no_point)
        for name in source.wanted:
            held[name].append(None if feature is None else feature.properties.get(name))
        held[GEOMETRY_LON].append(None if feature is None else feature.lon)
        held[GEOMETRY_LAT].append(None if feature is None else feature.lat)
        if len(wrong) == rows:
            yield table()
            first += rows
            held, wrong, malformed = {name: [] for name in names}, [], []
    if wrong:
        yield table()
