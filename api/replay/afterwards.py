"""What is worked out from a finished replay by reading its input once more: history, and chances."""

import csv
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from api.replay.chances import (
    CHANCES,
    CHANCES_FACTS_FILE,
    CHANCES_FILE,
    UNCERTAINTY,
    Uncertainty,
    chances,
    read_uncertainty,
)
from api.replay.column_map import read_column_map
from api.replay.conform import conform
from api.replay.history import HISTORY_FILE, History, against_observed, read_history, write_history
from api.replay.parts import digest_of_file, json_bytes, put_in_place, write_whole
from api.replay.reading import open_source
from api.replay.run import Order
from api.replay.run_folder import DECISIONS_FILE, decisions_in_parts
from api.replay.worker import Equipment, Recipe, equipment_of

_CHUNK_ROWS = 8_192
Given = TypeVar("Given")
Made = TypeVar("Made")


def equipment_for(order: Order) -> Equipment:
    """What a replay was decided with, opened again."""
    forecasts = tuple(path.resolve() for path in order.forecasts)
    return equipment_of(Recipe(order.pack.resolve(), read_column_map(order.map_name), forecasts, order.policy))


def encounters_of(order: Order, equipment: Equipment) -> Iterator[pa.Table]:
    """The encounters of a replay again, a part at a time, in order."""
    source = open_source(order.source, read_column_map(order.map_name))
    for chunk in source.chunks(_CHUNK_ROWS):
        encounters = conform(chunk, source.column_map, equipment.known).encounters
        if encounters.num_rows:
            yield encounters


def add_history(order: Order, practice: dict[str, str] | None = None) -> History | None:
    """Compare a finished replay with the ports its input says people were landed at; writes ``history.csv``.

    Parameters
    ----------
    order : Order
    practice : dict, optional
        What is known of why it was done so, by encounter id.

    Returns
    -------
    History or None
        None where no encounter names a port; then there is no file either.
    """
    equipment = equipment_for(order)
    house = equipment.house

    def compared(pair: tuple[pa.Table, pa.Table]) -> pa.Table:
        return against_observed(*pair, equipment.worlds, house.vessels, equipment.policies)

    path = order.out / HISTORY_FILE
    path.unlink(missing_ok=True)
    if not _names_a_port(order.out / DECISIONS_FILE):
        return None
    write_history(path, in_order(compared, _pairs(order, equipment), order.workers), practice)
    return read_history(order.out)


def _names_a_port(decisions: Path) -> bool:
    """Whether any row says where people were landed; the footer of the file knows."""
    with pq.ParquetFile(decisions) as file:
        place = file.schema_arrow.names.index("observed_port")
        groups = [file.metadata.row_group(k).column(place) for k in range(file.metadata.num_row_groups)]
        return any(group.statistics is None or group.statistics.num_values > 0 for group in groups)


def _pairs(order: Order, equipment: Equipment) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Encounters and what was decided of them, a part at a time, in step."""
    asked: list[int] = []
    decided = decisions_in_parts(order.out / DECISIONS_FILE, ["row", "port"], iter(asked.pop, None))
    for table in encounters_of(order, equipment):
        asked.append(table.num_rows)
        yield table, next(decided)


def add_chances(order: Order, draws: int, seed: int, uncertainty_file: Path = UNCERTAINTY) -> Path:
    """Work out how likely each port is to be the best one; writes ``chances.parquet`` and what it was drawn from."""
    equipment = equipment_for(order)
    uncertainty: Uncertainty = read_uncertainty(uncertainty_file)

    def drawn(table: pa.Table) -> pa.Table:
        return chances(
            table, equipment.worlds, equipment.house.vessels, equipment.policies, draws, seed, uncertainty
        )  # fmt: skip

    path = order.out / CHANCES_FILE
    aside = path.with_name(f"{CHANCES_FILE}.new")
    with pq.ParquetWriter(aside, CHANCES, compression="zstd") as writer:
        for part in in_order(drawn, encounters_of(order, equipment), order.workers):
            writer.write_table(part)
    put_in_place(aside, path)
    facts = {
        "draws": draws,
        "seed": seed,
        "uncertainty_sha256": digest_of_file(uncertainty_file),
        "chances_sha256": digest_of_file(path),
    }
    write_whole(order.out / CHANCES_FACTS_FILE, json_bytes(facts))
    return path


def in_order(work: Callable[[Given], Made], given: Iterator[Given], workers: int) -> Iterator[Made]:
    """Results in the order of what was given, a few under way at a time."""
    with ThreadPoolExecutor(max(1, workers)) as pool:
        under_way = [pool.submit(work, one) for one in islice(given, 2 * max(1, workers))]
        while under_way:
            yield under_way.pop(0).result()
            under_way.extend(pool.submit(work, one) for one in islice(given, 1))


def practice_of(table: Path) -> dict[str, str]:
    """Column ``practice`` of a CSV table by encounter id."""
    with table.open(encoding="utf-8", newline="") as file:
        return {row["encounter_id"]: row.get("practice") or "" for row in csv.DictReader(file)}
