"""Why a row could not be an encounter, and what was assumed of one that is: closed lists of codes.

A row is refused with every code that holds for it. What its cells held is not repeated: a rejects file may travel.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.encounter_fields import ENCOUNTER_FIELDS, PlainField
from api.replay.schema import REJECTS
from api.text.catalogue import Text, load_groups

Mask = np.ndarray
"""Of bool, one for each row of a chunk."""

_ROWS = load_groups("rows")


def code_of(field: PlainField) -> str:
    """What the codes of an encounter's field begin with: its name without the unit."""
    return field.name.removesuffix(f"_{field.unit}").upper()


def _texts_of_fields() -> Iterator[tuple[str, Text]]:
    wrong = _ROWS["field"]
    for name, field in ENCOUNTER_FIELDS.items():
        kind = field.holds.__name__
        for ending in ("VALUE",) if field.holds is bool else ("FORM", "RANGE"):
            yield f"{code_of(field)}_{ending}", wrong[f"{kind}_{ending}"].fill(column=name)


REJECT_TEXTS, NOTE_TEXTS = _ROWS["reject"] | dict(_texts_of_fields()), _ROWS["note"]
"""What each code means, in English and French."""

REJECT_CODES = {code: text.en for code, text in REJECT_TEXTS.items()}
"""Every code a row can be refused with, in the order they are written, and what it means."""

NOTE_CODES = {code: text.en for code, text in NOTE_TEXTS.items()}
"""Every code of something assumed or noted of a row that was decided, and what it means."""


FIRST_ROWS = 3
"""Rows that are named for each code."""


class RowErrors:
    """Codes collected for the rows of one chunk.

    Parameters
    ----------
    malformed : ndarray of bool, shape (n,)
        Rows that have no cells to look at: they carry ``ROW_MALFORMED`` and nothing else.
    """

    def __init__(self, malformed: Mask) -> None:
        self._malformed = malformed
        self._found: dict[str, Mask] = {"ROW_MALFORMED": malformed} if malformed.any() else {}

    def add(self, code: str, mask: Mask) -> None:
        """Mark rows with a code of `REJECT_CODES` or `NOTE_CODES`."""
        if mask.any():
            self._found[code] = (self.of(code) | mask) & ~self._malformed

    def of(self, code: str) -> Mask:
        """Rows marked with one code."""
        return self._found.get(code, np.zeros(len(self._malformed), np.bool_))

    def any_of(self, codes: dict[str, str]) -> Mask:
        """Rows marked with any code of a list."""
        marked = np.zeros(len(self._malformed), np.bool_)
        for code, mask in self._found.items():
            if code in codes:
                marked |= mask
        return marked

    def first_rows(self, codes: dict[str, str], row: np.ndarray, among: Mask) -> dict[str, list[int]]:
        """The first few rows that carry each code of a list, so that a sentence can name them."""
        marked = {code: row[self._found[code] & among] for code in codes if code in self._found}
        return {code: rows[:FIRST_ROWS].tolist() for code, rows in marked.items() if len(rows)}

    def counts(self, codes: dict[str, str], among: Mask) -> dict[str, int]:
        """How many of some rows carry each code of a list; a row counts once for each code it carries."""
        found = {code: int(np.count_nonzero(self._found[code] & among)) for code in codes if code in self._found}
        return {code: count for code, count in found.items() if count}

    def join_codes(self, codes: dict[str, str], among: Mask) -> pa.Array:
        """Codes of a list for some rows, joined by ``;`` in the order of the list; null where there is none."""
        together = pa.repeat(pa.scalar(""), int(np.count_nonzero(among)))
        for code in codes:
            if code in self._found:
                longer = pc.binary_join_element_wise(together, code, ";")
                longer = pc.if_else(pc.equal(together, ""), pa.scalar(code), longer)
                together = pc.if_else(pa.array(self._found[code][among]), longer, together)
        return pc.if_else(pc.equal(together, ""), pa.scalar(None, pa.string()), together)


def rejects_table(marks: RowErrors, row: np.ndarray, encounter_id: pa.Array) -> pa.Table:
    """Rows refused, of the schema `REJECTS`.

    Parameters
    ----------
    marks : RowErrors
    row : ndarray of int64, shape (n,)
        Number of each row in the input.
    encounter_id : Array of string, length n
    """
    refused = marks.any_of(REJECT_CODES)
    columns = [pa.array(row[refused]), encounter_id.filter(pa.array(refused)), marks.join_codes(REJECT_CODES, refused)]
    return pa.Table.from_arrays(columns, schema=REJECTS)
