"""Forms of time that need more than a pattern to be read: dates with a weekday, months by name, counts since 1970.

Each is turned into the form ``2026-01-27 12:00``, or ``2026-01-27`` where the clock is one that its source writes for
every row; what is none of them is handed on as it is.
"""

import re
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december")  # fmt: skip
_CLOCK = r"(?:,? (?:- )?([0-9]{2}:[0-9]{2}(?::[0-9]{2})?))?"
_WITH_WEEKDAY = re.compile(rf"([A-Za-z]{{3}})[a-z]*, ?([0-9]{{1,2}})[/.-]([0-9]{{1,2}})[/.-]([0-9]{{4}}){_CLOCK}")
_MONTH_FIRST = re.compile(rf"([A-Za-z]{{3,9}})\.? ([0-9]{{1,2}}),? ([0-9]{{4}}){_CLOCK}")
_DAY_FIRST = re.compile(rf"([0-9]{{1,2}}) ([A-Za-z]{{3,9}})\.?,? ([0-9]{{4}}){_CLOCK}")
_COUNT = r"^[0-9]{10}(?:[0-9]{3})?(?:\.0*)?$"


def plain_times(text: pa.Array, order: str, placeholder_clocks: tuple[str, ...]) -> pa.Array:
    """Times with those in such forms turned into plain ones, year first.

    Parameters
    ----------
    text : Array of string
    order : str
        ``ymd``, ``dmy`` or ``mdy``: of numbers whose weekday fits either way; month first for ``ymd``.
    placeholder_clocks : tuple of str
        Clocks that the source writes where it has none; times with one become dates.

    Returns
    -------
    Array of string
        A time whose weekday fits neither way stays as it is, and so is no time to whoever reads on.
    """
    if not _is_any(pc.match_substring_regex(text, r"[A-Za-z]{3}|00:00$|12:00")):
        return text
    words = text.dictionary_encode()
    return pa.array(
        [_plain(word, order, placeholder_clocks) for word in words.dictionary.to_pylist()], pa.string()
    ).take(words.indices)  # fmt: skip


def _is_any(found: pa.Array) -> bool:
    return bool(pc.any(pc.fill_null(found, False)).as_py())


def _plain(word: str, order: str, placeholder_clocks: tuple[str, ...]) -> str:
    day, clock = _day_and_clock(word, order)
    if day is None:
        shown = re.fullmatch(r"([0-9/.-]{10})[T ]([0-9]{2}:[0-9]{2})(?::00)?", word)
        return shown[1] if shown is not None and shown[2] in placeholder_clocks else word
    written = _written(day, order)
    if not clock or clock[:5] in placeholder_clocks:
        return written
    return f"{written} {clock}"


def _written(day: date, order: str) -> str:
    """A date the way the numbers of its table are written, so that one pattern reads them all."""
    return day.strftime({"ymd": "%Y-%m-%d", "dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}[order])


def _day_and_clock(word: str, order: str) -> tuple[date | None, str]:
    if found := _WITH_WEEKDAY.fullmatch(word):
        weekday, first, second, year, clock = found.groups()
        orders = ("dmy", "mdy") if order == "dmy" else ("mdy", "dmy")
        for reading in orders:
            month, day = (first, second) if reading == "mdy" else (second, first)
            fitting = _date(int(year), int(month), int(day))
            if fitting is not None and _WEEKDAYS[fitting.weekday()] == weekday.lower():
                return fitting, clock or ""
        return None, ""
    if found := _MONTH_FIRST.fullmatch(word):
        name, number, year, clock = found.groups()
    elif found := _DAY_FIRST.fullmatch(word):
        number, name, year, clock = found.groups()
    else:
        return None, ""
    months = [k for k, month in enumerate(_MONTHS, start=1) if name.lower() in (month, month[:3])]
    return (_date(int(year), months[0], int(number)) if months else None), clock or ""


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def counted_s(text: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Times written as counts of seconds or milliseconds since 1970: their seconds, 0 elsewhere, and which they are.

    Ten digits are seconds from 2001 on and thirteen are milliseconds: no other form of time is so long a number.
    """
    counted = np.asarray(pc.fill_null(pc.match_substring_regex(text, _COUNT), False), np.bool_)
    at_s = np.zeros(len(text), np.int64)
    for row in np.flatnonzero(counted).tolist():
        digits = text[row].as_py().split(".")[0]
        at_s[row] = int(digits) // 1000 if len(digits) == 13 else int(digits)
    return at_s, counted
