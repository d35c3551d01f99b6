"""Encounters in a spreadsheet: the first sheet that holds anything, every cell as the text a CSV file would have.

Cells that are dates or times are written out as such, so no count of days is ever taken for one.
"""

import errno
import os
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from engine.errors import InvalidAsk


class Sheet(NamedTuple):
    """A sheet whose header has been read.

    Attributes
    ----------
    header : tuple of str
    rows : int
        About how many there are below it.
    others : tuple of str
        Names of the other sheets that hold anything.
    """

    name: str
    header: tuple[str, ...]
    rows: int
    others: tuple[str, ...]


def read_sheet(path: Path) -> Sheet:
    """Look at the first sheet that holds anything.

    Raises
    ------
    InvalidAsk
        The file cannot be read, is protected, or has no cells.
    """
    sheet, others = _first_sheet(path)
    header = [cell_text(cell).strip() for cell in next(iter(sheet.iter_rows()), [])]
    # A row with more cells than the header makes all rows of the sheet as wide.
    while header and not header[-1]:
        header.pop()
    return Sheet(sheet.name, tuple(header), max(sheet.height - 1, 0), others)


def sheet_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows below the header with their numbers from 0; rows without any cell are no rows, as in a CSV file."""
    sheet, _ = _first_sheet(path)
    rows = iter(sheet.iter_rows())
    next(rows, None)
    for number, cells in enumerate(rows):
        texts = [cell_text(cell) for cell in cells]
        if any(texts):
            yield number, texts


def cell_text(value: Any) -> str:
    """A cell as text: dates and times in ISO 8601, whole numbers without a point."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.replace(microsecond=0).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _first_sheet(path: Path) -> tuple[CalamineSheet, tuple[str, ...]]:
    try:
        workbook = CalamineWorkbook.from_path(path)
        filled = [sheet for sheet in map(workbook.get_sheet_by_name, workbook.sheet_names) if sheet.height]
    except PasswordError:
        raise InvalidAsk("input", f"{path.name[:40]} is protected by a password.", "Save it without one.") from None
    except OSError as error:
        # The library tells of the system's error in words only.
        reason = error.strerror or os.strerror(errno.EIO if path.exists() else errno.ENOENT)
        raise InvalidAsk("input", f"the file cannot be read ({reason}).", "Check its name.") from None
    except CalamineError:
        raise InvalidAsk("input", f"{path.name[:40]} is no spreadsheet, or is damaged.", "Save it again.") from None
    if not filled:
        raise InvalidAsk("input", f"{path.name[:40]} has no cells.", "Name a table with a header and rows.")
    return filled[0], tuple(sheet.name for sheet in filled[1:])
