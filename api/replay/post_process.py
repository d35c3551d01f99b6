"""What is worked out from a finished replay by reading its input once more: history, and chances.

Each is made in parts that are kept as they are finished, so a run that was stopped goes on where it was, and what is
there whole is not made again.
"""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from api.replay.analysis.monte_carlo import (
    CHANCES,
    CHANCES_FACTS_FILE,
    CHANCES_FILE,
    UNCERTAINTY,
    Uncertainty,
    chances,
    read_uncertainty,
)
from api.replay.analysis.observed_ports import HISTORY_FILE, History, against_observed, read_history, write_history
from api.replay.analysis.record_rules import Operations
from api.replay.analysis.result_reader import DECISIONS_FILE, decisions_in_parts
from api.replay.checkpoint import RUN, digest_of_file, json_bytes, lock_folder, put_in_place, write_whole
from api.replay.ingest.column_map import read_column_map
from api.replay.ingest.column_texts import CHANCES_COLUMNS, describe_columns
from api.replay.ingest.normalize import normalize
from api.replay.ingest.reading import open_source, stream_parquet
from api.replay.run import Progress, ReplayConfig
from api.replay.side_checkpoint import SideCheckpoint
from api.replay.source_digest import BESIDE, code_digest
from api.replay.worker import TaskContext, TaskSpec, task_context_of

COMPARED = ("row", "port", "nearest_by_line_port", "nearest_by_water_port")
"""Columns of the decisions that are compared with what was observed."""

_CHUNK_ROWS = 1_024
_LEAST_ROWS = 32
_DRAWS_OF_A_PART = 1_000_000

HISTORY_FACTS_FILE = "history.json"
Given = TypeVar("Given")
Made = TypeVar("Made")


def task_context_for(order: ReplayConfig) -> TaskContext:
    """What a replay was decided with, opened again."""
    forecasts = tuple(path.resolve() for path in order.forecasts)
    return task_context_of(TaskSpec(order.pack.resolve(), read_column_map(order.map_name), forecasts, order.policy))


def encounters_of(order: ReplayConfig, context: TaskContext, chunk_rows: int) -> Iterator[pa.Table]:
    """The encounters of a replay again, a part at a time, in order."""
    source = open_source(order.source, read_column_map(order.map_name))
    for chunk in source.chunks(chunk_rows):
        encounters = normalize(chunk, source.column_map, context.known).encounters
        if encounters.num_rows:
            yield encounters


def add_history(
    order: ReplayConfig, practice: dict[str, str] | None = None, progress: Progress | None = None
) -> History | None:
    """Compare a finished replay with the ports its input says people were landed at; writes ``history.csv``.

    Parameters
    ----------
    order : ReplayConfig
    practice : dict, optional
        What is known of why it was done so, by encounter id.
    progress : callable, optional

    Returns
    -------
    History or None
        None where no encounter names a port; then there is no file either.
    """
    with lock_folder(order.out):
        path = order.out / HISTORY_FILE
        if not _names_a_port(order.out / DECISIONS_FILE):
            path.unlink(missing_ok=True)
            return None
        made_from = _source_digests(order, practice=practice, chunk_rows=_CHUNK_ROWS)
        if not _is_whole(path, order.out / HISTORY_FACTS_FILE, made_from):
            context = task_context_for(order)

            with stream_parquet(order.out / DECISIONS_FILE) as file:
                parts_of_file = file.iter_batches(columns=["operation_id", "observed_port"])
                operations = Operations.read(pa.Table.from_batches([batch]) for batch in parts_of_file)

            def compared(pair: tuple[pa.Table, pa.Table]) -> pa.Table:
                return against_observed(
                    *pair, context.worlds, context.service.vessels, context.policies, operations
                )  # fmt: skip

            parts = SideCheckpoint(order.out / "history.parts", made_from)
            made = compute_in_parts(parts, compared, _pairs(order, context), order.workers)
            write_history(path, _shown(made, progress, _rows_of(order)), practice)
            _report_all_done(path, order.out / HISTORY_FACTS_FILE, made_from)
            parts.clear()
        return read_history(order.out)


def _names_a_port(decisions: Path) -> bool:
    """Whether any row says where people were landed; the footer of the file knows."""
    with pq.ParquetFile(decisions) as file:
        place = file.schema_arrow.names.index("observed_port")
        groups = [file.metadata.row_group(k).column(place) for k in range(file.metadata.num_row_groups)]
        return any(group.statistics is None or group.statistics.num_values > 0 for group in groups)


def _pairs(order: ReplayConfig, context: TaskContext) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Encounters and what was decided of them, a part at a time, in step."""
    asked: list[int] = []
    decided = decisions_in_parts(order.out / DECISIONS_FILE, list(COMPARED), iter(asked.pop, None))
    for table in encounters_of(order, context, _CHUNK_ROWS):
        asked.append(table.num_rows)
        yield table, next(decided)


def add_chances(
    order: ReplayConfig, draws: int, seed: int, uncertainty_file: Path = UNCERTAINTY, progress: Progress | None = None
) -> Path:
    """Work out how likely each port is to be the best one; writes ``chances.parquet`` and what it was drawn from."""
    uncertainty: Uncertainty = read_uncertainty(uncertainty_file)
    path, facts = order.out / CHANCES_FILE, order.out / CHANCES_FACTS_FILE
    # A part is what is lost when a run is stopped: some minutes, not an hour of many draws.
    chunk_rows = max(_LEAST_ROWS, min(_CHUNK_ROWS, _DRAWS_OF_A_PART // draws))
    drawn_from = {"draws": draws, "seed": seed, "uncertainty_sha256": digest_of_file(uncertainty_file)}
    with lock_folder(order.out):
        made_from = _source_digests(order, **drawn_from, chunk_rows=chunk_rows)
        if _is_whole(path, facts, made_from):
            return path
        context = task_context_for(order)

        def drawn(table: pa.Table) -> pa.Table:
            return chances(
                table, context.worlds, context.service.vessels, context.policies, draws, seed, uncertainty
            )  # fmt: skip

        parts = SideCheckpoint(order.out / "chances.parts", made_from)
        aside = path.with_name(f"{CHANCES_FILE}.new")
        with pq.ParquetWriter(aside, describe_columns(CHANCES, CHANCES_COLUMNS), compression="zstd") as writer:
            made = compute_in_parts(parts, drawn, encounters_of(order, context, chunk_rows), order.workers)
            for part in _shown(made, progress, _rows_of(order)):
                writer.write_table(part)
        put_in_place(aside, path)
        _report_all_done(path, facts, made_from)
        parts.clear()
    return path


def _rows_of(order: ReplayConfig) -> int:
    """Rows that were decided."""
    with pq.ParquetFile(order.out / DECISIONS_FILE) as file:
        return int(file.metadata.num_rows)


def _shown(tables: Iterator[pa.Table], progress: Progress | None, rows: int) -> Iterator[pa.Table]:
    """The same tables, each told of as it comes."""
    done = 0
    for table in tables:
        yield table
        done += table.num_rows
        if progress is not None:
            progress(0, done, rows)


def _source_digests(order: ReplayConfig, **more: object) -> dict[str, object]:
    """Everything that a table beside the rows depends on."""
    return {"run_sha256": digest_of_file(order.out / RUN), "code_sha256": code_digest(BESIDE), **more}


def _is_whole(path: Path, facts: Path, made_from: dict[str, object]) -> bool:
    """Whether a table is there as it was written, and was made from the same."""
    try:
        known = json.loads(facts.read_bytes())
        return bool(known == {**made_from, "sha256": digest_of_file(path)})
    except (OSError, ValueError):
        return False


def _report_all_done(path: Path, facts: Path, made_from: dict[str, object]) -> None:
    write_whole(facts, json_bytes({**made_from, "sha256": digest_of_file(path)}))


def compute_in_parts(
    parts: SideCheckpoint, work: Callable[[Given], pa.Table], given: Iterator[Given], workers: int
) -> Iterator[pa.Table]:
    """Tables in the order of what was given; those that an earlier run finished are read, the others made and kept."""

    def one(numbered: tuple[int, Given]) -> int:
        number, mine = numbered
        if not parts.holds(number):
            parts.write(number, work(mine))
        return number

    for number in in_order(one, enumerate(given), workers):
        yield parts.read(number)


def in_order(work: Callable[[Given], Made], given: Iterator[Given], workers: int) -> Iterator[Made]:
    """Results in the order of what was given, a few under way at a time."""
    with ThreadPoolExecutor(max(1, workers)) as pool:
        under_way = [pool.submit(work, task) for task in islice(given, 2 * max(1, workers))]
        while under_way:
            yield under_way.pop(0).result()
            under_way.extend(pool.submit(work, task) for task in islice(given, 1))
