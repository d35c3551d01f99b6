"""Rows that may be one encounter written twice: found once the whole table is read, noted, and left in.

Nobody but a person can say that two rows are one encounter, so none is dropped.
"""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from api.replay.ingest.rejects import FIRST_ROWS

ID_REPEATED, ENCOUNTER_REPEATED = "ID_REPEATED", "ENCOUNTER_REPEATED"

_SAME_ENCOUNTER = ("time", "lon", "lat", "persons_min", "persons_max", "vessel_profile")


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


def find_duplicates(tables: Callable[[list[str]], Iterable[pa.Table]]) -> Duplicates:
    """Rows whose id, or whose time, place, people and vessel, an earlier row has already.

    Rows are compared by 64-bit digests, eight bytes of memory a row, and read twice where some are repeated.

    Parameters
    ----------
    tables : callable
        The parts of the table in order, each time it is called, with the columns named.
    """
    return Duplicates(
        {
            ID_REPEATED: _repeating_rows(tables, ["encounter_id"]),
            ENCOUNTER_REPEATED: _repeating_rows(tables, list(_SAME_ENCOUNTER)),
        }
    )


def _repeating_rows(tables: Callable[[list[str]], Iterable[pa.Table]], columns: list[str]) -> np.ndarray:
    """Numbers of the rows that are in all these columns as an earlier one; a row that has nothing in them is as none.

    Parameters
    ----------
    tables
        As for `find_duplicates`.
    columns : list of str
    """
    digests = np.concatenate([np.empty(0, np.uint64), *(_digests(table)[1] for table in tables(["row", *columns]))])
    digests.sort()
    repeated = np.unique(digests[1:][digests[1:] == digests[:-1]])
    del digests
    if len(repeated) == 0:
        return np.empty(0, np.int64)
    found = [(np.empty(0, np.int64), np.empty(0, np.uint64))]
    for table in tables(["row", *columns]):
        rows, by_content = _digests(table)
        place = np.minimum(np.searchsorted(repeated, by_content), len(repeated) - 1)
        is_repeated = repeated[place] == by_content
        found.append((rows[is_repeated], by_content[is_repeated]))
    rows, by_content = (np.concatenate(column) for column in zip(*found, strict=True))
    is_later = np.ones(len(rows), np.bool_)
    is_later[np.unique(by_content, return_index=True)[1]] = False
    later: np.ndarray = rows[is_later]
    return later


def _digests(table: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the rows, and a digest of each, the same in whatever part of the table it stands."""
    rows = table["row"].to_numpy()
    # A part without nulls would hold its numbers as another type, and have other digests.
    columns = {}
    is_known = np.zeros(len(rows), np.bool_)
    for field in table.drop_columns("row").schema:
        cells = table[field.name]
        is_known |= cells.is_valid().to_numpy()
        if pa.types.is_string(field.type):
            columns[field.name] = pc.fill_null(cells, "").to_pandas()
        else:
            numbers = cells.cast(pa.int64()) if pa.types.is_timestamp(field.type) else cells
            columns[field.name] = pc.fill_null(numbers.cast(pa.float64()), np.nan).to_numpy()
    digests = pd.util.hash_pandas_object(pd.DataFrame(columns), index=False).to_numpy()
    return rows[is_known], digests[is_known]
