"""Rows that may be one encounter written twice: found once the whole table is read, noted, and left in.

Nobody but a person can say that two rows are one encounter, so none is dropped.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from api.replay.ingest.rejects import FIRST_ROWS

ID_REPEATED, ENCOUNTER_REPEATED = "ID_REPEATED", "ENCOUNTER_REPEATED"

_SAME_ENCOUNTER = ("time", "lon", "lat", "persons_min", "persons_max", "vessel_profile")
COMPARED_COLUMNS = ["row", "encounter_id", *_SAME_ENCOUNTER]
"""What is looked at of each row."""


class Duplicates:
    """Rows that repeat an earlier one, by code.

    Parameters
    ----------
    rows : dict of ndarray of int64
        Numbers of the rows in the input, ascending.
    """

    def __init__(self, rows: dict[str, np.ndarray]) -> None:
        self._rows = rows

    @property
    def counts(self) -> dict[str, int]:
        """How many rows carry each code."""
        return {code: len(rows) for code, rows in self._rows.items() if len(rows)}

    @property
    def first_rows(self) -> dict[str, list[int]]:
        """The first few rows with each code."""
        return {code: rows[:FIRST_ROWS].tolist() for code, rows in self._rows.items() if len(rows)}

    def note(self, table: pa.Table) -> pa.Table:
        """A table of decisions with the codes added to ``reading_notes``."""
        place = table.schema.get_field_index("reading_notes")
        notes = table["reading_notes"]
        for code, rows in self._rows.items():
            repeating = pa.array(np.isin(table["row"].to_numpy(), rows, assume_unique=True))
            longer = pc.fill_null(pc.binary_join_element_wise(notes, code, ";"), code)
            notes = pc.if_else(repeating, longer, notes)
        return table.set_column(place, table.schema.field(place), notes)


def find_duplicates(tables: Iterable[pa.Table]) -> Duplicates:
    """Rows whose id, or whose time, place, people and vessel, an earlier row has already.

    Rows are compared by 64-bit digests, so that ten million of them fit into memory.

    Parameters
    ----------
    tables : iterable of RuleTable
        In order, with `COMPARED_COLUMNS`.
    """
    row, by_id, by_content = ([np.empty(0, kind)] for kind in (np.int64, np.uint64, np.uint64))
    has_id = [np.empty(0, np.bool_)]
    for table in tables:
        row.append(table["row"].to_numpy())
        has_id.append(table["encounter_id"].is_valid().to_numpy())
        by_id.append(_digests(table.select(["encounter_id"])))
        by_content.append(_digests(table.select(_SAME_ENCOUNTER)))
    rows, known = np.concatenate(row), np.concatenate(has_id)
    return Duplicates(
        {
            ID_REPEATED: rows[known][_is_repeated(np.concatenate(by_id)[known])],
            ENCOUNTER_REPEATED: rows[_is_repeated(np.concatenate(by_content))],
        }
    )


def _digests(table: pa.Table) -> np.ndarray:
    """A digest of each row, the same in whatever part of the table it stands."""
    # A part without nulls would hold its numbers as another type, and have other digests.
    columns = {}
    for field in table.schema:
        cells = table[field.name]
        if pa.types.is_string(field.type):
            columns[field.name] = pc.fill_null(cells, "").to_pandas()
        else:
            numbers = cells.cast(pa.int64()) if pa.types.is_timestamp(field.type) else cells
            columns[field.name] = pc.fill_null(numbers.cast(pa.float64()), np.nan).to_numpy()
    digests: np.ndarray = pd.util.hash_pandas_object(pd.DataFrame(columns), index=False).to_numpy()
    return digests


def _is_repeated(digests: np.ndarray) -> np.ndarray:
    """Which values stand somewhere before already."""
    repeated = np.ones(len(digests), np.bool_)
    repeated[np.unique(digests, return_index=True)[1]] = False
    return repeated
