"""What may be stored: checks on text, counts and times, and the one way a value becomes bytes."""

import math
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, overload

import orjson

from api.store.database import Row
from api.store.errors import InvalidValue

Json = dict[str, Any]

MOST_PERSONS = 100_000
LONGEST_TEXT = 4_000
LONGEST_NAME = 120
_LATEST_MS = 253_402_300_799_999
"""The end of the year 9999: the last instant RFC 3339 can write."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - in UTC, whose letter is put to it


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no spaces, in UTF-8: equal values give equal bytes.

    Callers check floats first: a NaN would be written as null.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def milliseconds(epoch_s: float, field: str = "time") -> int:
    """Epoch seconds as whole milliseconds.

    Raises
    ------
    InvalidValue
        Not a number, or outside the years 1970 to 9999.
    """
    if not math.isfinite(epoch_s) or not 0.0 <= epoch_s * 1000.0 <= _LATEST_MS:
        raise InvalidValue(field, "is not a time between 1970 and 9999.", "Give seconds since 1970-01-01T00:00:00Z.")
    return round(epoch_s * 1000.0)


CLOCK_AHEAD_MS = 120_000
"""[A] How far a sender's clock may be ahead before what it dates is refused. [ms]"""


def checked_past(epoch_s: float, field: str, now_ms: int) -> int:
    """A time at which something was so, as whole milliseconds.

    Raises
    ------
    InvalidValue
        It is in the future, by more than clocks may differ.
    """
    at_ms = milliseconds(epoch_s, field)
    if at_ms > now_ms + CLOCK_AHEAD_MS:
        raise InvalidValue(field, "is in the future.", "Check the clock it was read from.")
    return at_ms


@overload
def written_time(at_ms: int) -> str: ...


@overload
def written_time(at_ms: int | None) -> str | None: ...


def written_time(at_ms: int | None) -> str | None:
    """RFC 3339 in UTC, to the millisecond; None stays None."""
    if at_ms is None:
        return None
    # Twice as quick as strftime: times are most of what a document takes.
    return (_EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds") + "Z"


def checked_id(value: str, field: str) -> str:
    """An id of ours or of a register: letters, digits and ``. _ : -``, at most 80.

    Raises
    ------
    InvalidValue
    """
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise InvalidValue(field, "is not an id.", "Use at most 80 letters, digits, dots, colons, dashes.")
    return value


def checked_code(value: str, field: str) -> str:
    """A reason code: capitals, digits and underscores.

    Raises
    ------
    InvalidValue
    """
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise InvalidValue(field, "is not a code.", "Use at most 40 capitals, digits and underscores.")
    return value


def checked_text(value: str, field: str, longest: int = LONGEST_TEXT, needed: bool = False) -> str:
    """Text both back ends store unchanged: no control characters but tab and line feed, no lone surrogates.

    Raises
    ------
    InvalidValue
        Too long, unstorable, or empty though it is needed.
    """
    if not isinstance(value, str) or len(value) > longest or _UNSTORABLE.search(value):
        raise InvalidValue(field, "is too long or has control characters.", f"Send plain text, at most {longest}.")
    return checked_said(value, field) if needed else value


def checked_said(text: str, field: str) -> str:
    """Text that says something.

    Raises
    ------
    InvalidValue
    """
    if not text.strip():
        raise InvalidValue(field, "is empty.", "Say it in a few words.")
    return text


def plain_name(name: str) -> str:
    """A name without what people write differently: capitals and spaces."""
    return " ".join(name.split()).casefold()


def checked_count(value: int, field: str, least: int = 0, most: int = MOST_PERSONS) -> int:
    """A whole number in range.

    Raises
    ------
    InvalidValue
    """
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InvalidValue(field, "is no whole number in range.", f"Send {least} to {most}.")
    return value


def checked_number(value: float, field: str, least: float, most: float) -> float:
    """A finite number in range.

    Raises
    ------
    InvalidValue
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise InvalidValue(field, "is no number in range.", f"Send {least:.15g} to {most:.15g}.")
    return float(value)


def checked_flag(value: bool | None, field: str) -> bool | None:
    """True, false, or None for not known.

    Raises
    ------
    InvalidValue
    """
    if value is not None and not isinstance(value, bool):
        raise InvalidValue(field, "is neither true nor false.", "Send true, false or null.")
    return value


def signed_document(names: Sequence[str], row: Row, time_name: str = "at") -> Json:
    """A row that ends with role, duty and a time, for people and programs.

    Parameters
    ----------
    names : sequence of str
        Of the columns before these.
    row : tuple
    time_name : str
        What the time is called.
    """
    *values, role, duty, at_ms = row
    by = {"role": role, "duty": duty}
    return {**dict(zip(names, values, strict=True)), "by": by, time_name: written_time(int(at_ms))}
