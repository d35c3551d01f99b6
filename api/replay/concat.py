"""Parts in order to the files people take away: GeoParquet decisions, ports passed over, rejects, and a summary."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from api.replay.checkpoint import Checkpoint, put_in_place
from api.replay.ingest.column_texts import PASSED_OVER_COLUMNS, describe_columns
from api.replay.ingest.duplicates import Duplicates, find_duplicates
from api.replay.ingest.geometry import geo_metadata
from api.replay.schema import PASSED_OVER, REJECTS, WRITTEN
from api.replay.summary import Summary
from api.replay.worker import COMPRESSION, text_columns

DECISIONS_FILE, REJECTS_FILE, SUMMARY_FILE = "decisions.parquet", "rejects.csv", "summary.csv"
PASSED_OVER_FILE = "passed_over.parquet"


def concat(out: Path, parts: Checkpoint, entries: dict[int, dict[str, Any]]) -> Duplicates:
    """Write the joined files, a part at a time; each is there whole or not at all.

    Returns
    -------
    Duplicates
        What only the whole table shows.
    """
    numbers = sorted(entries)

    def columns_of(names: list[str]) -> Iterator[pa.Table]:
        for number in numbers:
            yield pq.read_table(parts.decisions(number), columns=names, use_threads=False)

    repeated = find_duplicates(columns_of)
    tally = Summary()
    aside = out / f"{DECISIONS_FILE}.new"
    with _parquet_writer(aside, describe_columns(WRITTEN)) as writer:
        for number in numbers:
            table = pq.read_table(parts.decisions(number), schema=WRITTEN, use_threads=False)
            if table.num_rows:
                writer.write_table(repeated.note(table))
                tally.add(table)
        box = box_of(entry["facts"]["box"] for entry in entries.values())
        writer.add_key_value_metadata({"geo": geo_metadata(box)})
    put_in_place(aside, out / DECISIONS_FILE)

    aside = out / f"{PASSED_OVER_FILE}.new"
    with _parquet_writer(aside, describe_columns(PASSED_OVER, PASSED_OVER_COLUMNS)) as writer:
        for number in numbers:
            table = pq.read_table(parts.passed_over(number), schema=PASSED_OVER, use_threads=False)
            if table.num_rows:
                writer.write_table(table)
    put_in_place(aside, out / PASSED_OVER_FILE)

    aside = out / f"{REJECTS_FILE}.new"
    with pyarrow.csv.CSVWriter(aside, REJECTS) as writer:
        for number in numbers:
            writer.write_table(pq.read_table(parts.rejects(number), schema=REJECTS, use_threads=False))
    put_in_place(aside, out / REJECTS_FILE)

    aside = out / f"{SUMMARY_FILE}.new"
    pyarrow.csv.write_csv(tally.table(), aside)
    put_in_place(aside, out / SUMMARY_FILE)
    return repeated


def _parquet_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, schema, use_dictionary=text_columns(schema), **COMPRESSION)


def box_of(boxes: Iterable[list[float] | None]) -> tuple[float, float, float, float] | None:
    """West, south, east, north of several boxes; None where there is none. [deg]"""
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    west, south, east, north = zip(*known, strict=True)
    return min(west), min(south), max(east), max(north)
