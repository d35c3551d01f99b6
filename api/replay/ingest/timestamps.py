"""Columns of times as other people write them, to whole epoch seconds: what could mean two instants is refused."""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.replay.ingest.column_map import TimeRule, zone_named
from api.replay.ingest.foreign_times import counted_s, plain_times
from api.replay.ingest.rejects import RowErrors

FIRST_S = 0
END_S = 4_133_980_800
"""From 1970 up to 2101, as `api.position.parse_time` has it."""

_QUARTER_S = 900
"""No zone has changed its offset but at a multiple of this of its local clock since 1970."""

_DATES = {
    "ymd": r"(?P<y>[0-9]{4})[-/](?P<m>[0-9]{2})[-/](?P<d>[0-9]{2})",
    "dmy": r"(?P<d>[0-9]{2})[-/.](?P<m>[0-9]{2})[-/.](?P<y>[0-9]{4})",
    "mdy": r"(?P<m>[0-9]{2})[-/.](?P<d>[0-9]{2})[-/.](?P<y>[0-9]{4})",
}
_CLOCK = r"(?:[Tt ](?P<h>[0-9]{2}):(?P<i>[0-9]{2})(?P<s>:[0-9]{2})?(?:[.,][0-9]+)?)?"
_ZONE = r" ?(?P<z>[Zz]|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?"

_YEAR_FIRST = {"ymd": r"\1-\2-\3", "dmy": r"\3/\2/\1", "mdy": r"\2/\3/\1"}
"""A date written with the year first, as dates of each order are written."""

_SERIAL = r"^[1-9][0-9]{4}(?:[.,][0-9]+)?$"
"""Days since 1899 or 1903, as spreadsheets keep dates: five digits from 1927 to 2173."""

_YEAR_FIRST_ONLY = (
    r"^(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"
    r"(?:[Tt ](?P<h>[0-9]{2}):(?P<i>[0-9]{2})(?P<s>:[0-9]{2})?(?:\.[0-9]+)?)?" + _ZONE + "$"
)
"""RFC 3339, and what else can be read in one way only: without seconds, a zone without a colon, UTC in letters."""


class Instants(NamedTuple):
    """Times of a chunk.

    Attributes
    ----------
    at_s : ndarray of int64
        Epoch; 0 where not known. [s]
    known : ndarray of bool
    """

    at_s: np.ndarray
    known: np.ndarray


def times_of_encounters(text: pa.Array, zones: pa.Array, rule: TimeRule, marks: RowErrors) -> Instants:
    """Times of the encounters of a chunk, every doubt marked with a ``TIME_`` code.

    Parameters
    ----------
    text : Array of string
        Null where there is none.
    zones : Array of string
        Zone of a time written without one; null where the table does not say.
    rule : TimeRule
    marks : RowErrors
        Gets the codes.
    """
    present = _present(text)
    marks.add("TIME_MISSING", ~present)
    strict = rule == TimeRule()
    count_s, counted = counted_s(text)
    serial = pc.fill_null(pc.match_substring_regex(text, _SERIAL), False).to_numpy(zero_copy_only=False)
    marks.add("TIME_SERIAL", serial)
    if not strict:
        # The year first, in four digits, is clear whatever the order of other dates.
        text = pc.replace_substring_regex(text, r"^([0-9]{4})-([0-9]{2})-([0-9]{2})", _YEAR_FIRST[rule.order])
        text = plain_times(text, rule.order, rule.placeholder_clocks)
    parts = _parts(text, _YEAR_FIRST_ONLY if strict else f"^{_DATES[rule.order]}{_CLOCK}{_ZONE}$")
    local_s, fits, has_clock = _local_seconds(parts)
    offset_s, has_zone, zone_fits = _offsets(parts["z"])
    readable = present & fits & zone_fits
    marks.add("TIME_FORM", present & ~readable & ~counted & ~serial)

    clockless = readable & ~has_clock
    if rule.clock_s is None:
        marks.add("TIME_WITHOUT_CLOCK", clockless)
        readable &= has_clock
    else:
        marks.add("CLOCK_ASSUMED", clockless)
        local_s = np.where(clockless, local_s + rule.clock_s, local_s)

    naive = readable & ~has_zone
    at_s = local_s - offset_s
    if naive.any():
        if rule.zone:
            marks.add("ZONE_ASSUMED", naive & ~_present(zones))
        found_s, sure = _from_local(local_s, naive, pc.fill_null(zones, rule.zone), rule, marks)
        at_s = np.where(naive, found_s, at_s)
        readable &= ~naive | sure
    return _in_range(np.where(counted, count_s, at_s), readable | counted, "TIME", marks)


def times_with_zone(text: pa.Array, name: str, marks: RowErrors) -> Instants:
    """Instants with the year first and a zone, anything else being marked with ``{name}_FORM`` or ``{name}_RANGE``."""
    present = _present(text)
    if not present.any():
        return Instants(np.zeros(len(text), np.int64), present)
    parts = _parts(text, _YEAR_FIRST_ONLY)
    local_s, fits, has_clock = _local_seconds(parts)
    offset_s, has_zone, zone_fits = _offsets(parts["z"])
    readable = present & fits & has_clock & has_zone & zone_fits
    marks.add(f"{name}_FORM", present & ~readable)
    return _in_range(local_s - offset_s, readable, name, marks)


def instants_of(cells: pa.Array, name: str, marks: RowErrors) -> Instants:
    """Instants a file holds as such, without what is smaller than a second; marked with ``{name}_RANGE``."""
    micros = pc.cast(pc.cast(cells, pa.timestamp("us", "UTC"), safe=False), pa.int64())
    present = _present(cells)
    return _in_range(pc.fill_null(micros, 0).to_numpy() // 1_000_000, present, name, marks)


def _in_range(at_s: np.ndarray, readable: np.ndarray, name: str, marks: RowErrors) -> Instants:
    in_range = (at_s >= FIRST_S) & (at_s < END_S)
    marks.add(f"{name}_RANGE", readable & ~in_range)
    known = readable & in_range
    return Instants(np.where(known, at_s, 0), known)


def _present(text: pa.Array) -> np.ndarray:
    present: np.ndarray = pc.is_valid(text).to_numpy(zero_copy_only=False)
    return present


def _parts(text: pa.Array, pattern: str) -> dict[str, pa.Array]:
    found = pc.extract_regex(text, pattern)
    # A text that does not match is a null of the whole; its fields are read as empty ones.
    return {field.name: pc.fill_null(pc.struct_field(found, field.name), "") for field in found.type}


def _number(digits: pa.Array) -> np.ndarray:
    number: np.ndarray = pc.cast(pc.if_else(pc.equal(digits, ""), "0", digits), pa.int64()).to_numpy()
    return number


def _local_seconds(parts: dict[str, pa.Array]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Seconds since 1970 on the clock shown [s]; whether it is on calendar and clock; whether a clock is shown."""
    year, month, day = (_number(parts[name]) for name in "ymd")
    hour, minute = _number(parts["h"]), _number(parts["i"])
    second = _number(pc.utf8_ltrim(parts["s"], ":"))
    months = (year - 1970) * 12 + month - 1
    first_day = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    days = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - first_day
    fits = (year > 0) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= days)
    # A leap second has no room in epoch seconds, here as at every other interface.
    fits &= (hour < 24) & (minute < 60) & (second < 60)
    local_s = (first_day + day - 1) * 86_400 + hour * 3600 + minute * 60 + second
    has_clock: np.ndarray = pc.not_equal(parts["h"], "").to_numpy(zero_copy_only=False)
    return local_s, fits, has_clock


def _offsets(zone: pa.Array) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Offset of the zone written, 0 where there is none [s]; whether there is one; whether it can be one."""
    digits = pc.replace_substring_regex(zone, "[A-Za-z:+-]", "")
    hours = _number(pc.utf8_slice_codeunits(digits, 0, 2))
    minutes = _number(pc.utf8_slice_codeunits(digits, 2, 4))
    west: np.ndarray = pc.starts_with(zone, "-").to_numpy(zero_copy_only=False)
    has_zone: np.ndarray = pc.not_equal(zone, "").to_numpy(zero_copy_only=False)
    offset_s = (hours * 3600 + minutes * 60) * np.where(west, -1, 1)
    return offset_s, has_zone, (hours < 24) & (minutes < 60)


def _from_local(
    local_s: np.ndarray, wanted: np.ndarray, zones: pa.Array, rule: TimeRule, marks: RowErrors
) -> tuple[np.ndarray, np.ndarray]:
    """Epoch seconds of local times of some rows, and which of them can be told for sure."""
    names = zones.dictionary_encode()
    which = names.indices.to_numpy()
    at_s, sure = local_s.copy(), np.zeros(len(local_s), np.bool_)
    for k, name in enumerate(names.dictionary.to_pylist()):
        rows = wanted & (which == k)
        zone = zone_named(name) if name else None
        if zone is None:
            marks.add("TIME_ZONE_UNKNOWN" if name else "TIME_NAIVE", rows)
            continue
        earlier_s, later_s = instants_of_local(local_s[rows], zone)
        twice, never = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
        twice[rows], never[rows] = earlier_s < later_s, earlier_s > later_s
        marks.add("TIME_NOT_SHOWN", never)
        if rule.ambiguous == "reject":
            marks.add("TIME_AMBIGUOUS", twice)
            sure |= rows & ~never & ~twice
        else:
            marks.add("CLOCK_CHANGE_ASSUMED", twice)
            sure |= rows & ~never
        at_s[rows] = later_s if rule.ambiguous == "later" else earlier_s
    return at_s, sure


def instants_of_local(local_s: np.ndarray, zone: ZoneInfo) -> tuple[np.ndarray, np.ndarray]:
    """First and second instant at which a local clock showed a time.

    Parameters
    ----------
    local_s : ndarray of int64, shape (n,)
        Seconds since 1970-01-01T00:00:00 on the local clock. [s]
    zone : ZoneInfo

    Returns
    -------
    tuple of ndarray of int64, shape (n,)
        Epochs: equal where the time was shown once; the first is the greater one where it was skipped. [s]
    """
    quarters, place = np.unique(local_s // _QUARTER_S, return_inverse=True)
    shifts = np.array([_shifts_s(int(quarter) * _QUARTER_S, zone) for quarter in quarters], np.int64).reshape(-1, 2)
    return local_s - shifts[place, 0], local_s - shifts[place, 1]


def _shifts_s(local_s: int, zone: ZoneInfo) -> tuple[int, int]:
    """Offset of a local time before and after a change of the clock that may lie there. [s]"""
    try:
        shown = datetime(1970, 1, 1) + timedelta(seconds=local_s)  # noqa: DTZ001 - a local clock, its zone applied below
        before, after = (shown.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    except OverflowError:
        return 0, 0
    none = timedelta(0)
    return round((before or none).total_seconds()), round((after or none).total_seconds())
