"""How the columns of a foreign table become those of `ENCOUNTERS`: a small TOML file, and nothing guessed beyond it.

::

    name = "..."                 about = "..."     where the names come from, and what was only assumed
    extends = "other-map"        everything the other map says, unless said again
    delimiter = ","              of a CSV file
    encoding = "utf-8"           of a CSV file
    decimal_comma = false        whether 51,05 is a number
    empty = ["", "NULL"]         what a cell of no value holds

    own_columns = true           besides those of [columns], ours by our own names
    [columns]                    ours = theirs; the first of a list that the table has
    lon = ["x", "X"]             persons stands for persons_min and persons_max
    [position]                   both numbers in one cell
    column = "Coordinates"       order = "lat lon"
    [time]
    column = "..."               or date = "..." and clock = "..."
    order = "ymd"                or dmy or mdy
    zone = "Europe/London"       of times written without one; none: such rows are refused
    zone_column = "..."          the same from a column, where it has a value
    ambiguous = "reject"         or earlier or later: of a local time that was shown twice
    clock_when_missing = "12:00" of a row with a date only; none: such rows are refused
    placeholder_clock = "00:00"  clocks the table writes where it has none: rows with a date only
    [values.vessel_profile]      theirs = ours, whatever the case; "*" stands for all others
    [constants]                  of columns their table lacks
    medical = "none"
"""

import hashlib
import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from api.replay.ingest.problem_list import raise_all
from api.replay.schema import ENCOUNTERS
from engine.errors import InvalidAsk, UnknownName

MAPS = Path(__file__).parent / "column_maps"
EXAMPLE_MAP = Path(__file__).with_name("example_map.toml")
"""Every entry a map may have, explained, to copy and change."""

OWN_MAP = "encounters"
"""The map of this program's own input columns."""

ORDERS = ("ymd", "dmy", "mdy")
AMBIGUOUS = ("reject", "earlier", "later")
POSITION_ORDERS = ("lat lon", "lon lat")

TARGETS = (*(name for name in ENCOUNTERS.names if name not in ("row", "time", "reading_notes")), "persons")
"""What ``[columns]`` may name."""

_LARGEST_FILE = 65_536
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_KEYS = {
    "": {"name", "about", "extends", "delimiter", "encoding", "decimal_comma", "empty", "own_columns",
         "columns", "position", "time", "values", "constants"},
    "position": {"column", "order"},
    "time": {"column", "date", "clock", "order", "zone", "zone_column", "ambiguous", "clock_when_missing",
             "placeholder_clock"},
}  # fmt: skip


@dataclass(frozen=True)
class TimeRule:
    """How the time of a row is written.

    Attributes
    ----------
    column, date, clock, zone_column : tuple of str
        Names of columns, the first the table has being taken; empty where the map names none.
    zone : str
        IANA name of the zone of times written without one; empty when there is none.
    clock_s : int or None
        Seconds after local midnight taken where a row has a date only. [s]
    placeholder_clocks : tuple of str
        Clocks that are written where none is known.
    """

    column: tuple[str, ...] = ("time",)
    date: tuple[str, ...] = ()
    clock: tuple[str, ...] = ()
    order: str = "ymd"
    zone: str = ""
    zone_column: tuple[str, ...] = ()
    ambiguous: str = "reject"
    clock_s: int | None = None
    placeholder_clocks: tuple[str, ...] = ()


@dataclass(frozen=True)
class ColumnMap:
    """A column map, read and checked.

    Attributes
    ----------
    columns : dict of tuple of str
        By target: names in the foreign table.
    position : tuple of str
        Names of the column with both numbers; empty where there is none.
    values : dict of dict
        By target: our word for each of theirs in lower case.
    constants : dict of str
        By target: what every row holds whose table lacks the column.
    sha256 : str
        Digest of the file, and of the one it extends.
    """

    name: str
    sha256: str
    delimiter: str = ","
    encoding: str = "utf-8"
    decimal_comma: bool = False
    empty: tuple[str, ...] = ("",)
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    position: tuple[str, ...] = ()
    latitude_first: bool = True
    time: TimeRule = field(default_factory=TimeRule)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)

    def wanted_columns(self) -> set[str]:
        """Every column of the foreign table that this map may look at."""
        rule = self.time
        named = {name for names in self.columns.values() for name in names}
        return named.union(self.position, rule.column, rule.date, rule.clock, rule.zone_column)


def column_map_names() -> list[str]:
    """Names of the maps that come with the program."""
    return sorted(path.stem for path in MAPS.glob("*.toml"))


def read_column_map(name_or_file: str = OWN_MAP) -> ColumnMap:
    """A map that comes with the program, or one from a file of the analyst's own.

    Raises
    ------
    UnknownName
        There is no map of that name.
    InvalidAsk
        The file cannot be read, or entries of it are wrong; names each.
    """
    if not name_or_file.endswith(".toml"):
        if name_or_file not in column_map_names():
            raise UnknownName(
                "map", f"there is no column map {name_or_file[:40]!r}.",
                f"Name a .toml file, or one of: {', '.join(column_map_names())}.",
            )  # fmt: skip
        return read_column_map(str(MAPS / f"{name_or_file}.toml"))
    table, digest = _table_of(Path(name_or_file))
    return _from_table(table, digest)


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo | None:
    """Zone of the IANA database; None when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _table_of(path: Path) -> tuple[dict[str, Any], str]:
    try:
        data = path.read_bytes()
        table = tomllib.loads(data.decode("utf-8")) if len(data) <= _LARGEST_FILE else None
    except OSError as error:
        raise InvalidAsk("map", f"the file cannot be read ({error.strerror}).", "Check its name and rights.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        table = None
    if table is None:
        raise InvalidAsk(
            "map", f"{path.name[:40]} is no TOML file of a column map.", "'safeport replay --example-map' prints one."
        )
    digest = hashlib.sha256(data)
    base = table.pop("extends", None)
    if base is not None:
        if base not in column_map_names():
            raise InvalidAsk("map.extends", "names no map there is.", f"Maps: {', '.join(column_map_names())}.")
        below, below_digest = _table_of(MAPS / f"{base}.toml")
        digest.update(below_digest.encode())
        table = {
            name: {**below.get(name, {}), **table.get(name, {})}
            if isinstance(table.get(name, below.get(name)), dict)
            else table.get(name, below.get(name))
            for name in below | table
        }
    return table, digest.hexdigest()


def _from_table(table: dict[str, Any], digest: str) -> ColumnMap:
    reader = _MapReader()
    column_map = reader.column_map(table, digest)
    raise_all("map", reader.problems)
    return column_map


class _MapReader:
    """Entries of a map, checked; what is wrong is kept, and something harmless returned in its place.

    Attributes
    ----------
    problems : list of InvalidAsk
    """

    def __init__(self) -> None:
        self.problems: list[InvalidAsk] = []

    def column_map(self, table: dict[str, Any], digest: str) -> ColumnMap:
        """The map of a file."""
        for section, keys in _KEYS.items():
            entries = table if not section else self._section(table, section)
            for stranger in sorted(set(entries) - keys):
                self._wrong(f"{section}.{stranger}".strip("."), "is no entry of a column map.", "Leave it out.")
        columns: dict[str, tuple[str, ...]] = {}
        if self._flag("own_columns", table):
            columns = {name: (name,) for name in TARGETS}
        columns |= {name: self._names(f"columns.{name}", theirs)
                    for name, theirs in self._section(table, "columns").items()}  # fmt: skip
        constants = {name: self._text(f"constants.{name}", value)
                     for name, value in self._section(table, "constants").items()}  # fmt: skip
        values = {name: self._words(name, words) for name, words in self._section(table, "values").items()}
        for section, names in (("columns", columns), ("constants", constants), ("values", values)):
            for stranger in sorted(set(names) - set(TARGETS)):
                self._wrong(f"{section}.{stranger}", "is no column of an encounter.", f"Ours: {', '.join(TARGETS)}.")
        position = self._section(table, "position")
        order = self._one_of("position.order", position.get("order", POSITION_ORDERS[0]), POSITION_ORDERS)
        delimiter = self._text("delimiter", table.get("delimiter", ","))
        if len(delimiter) != 1:
            self._wrong("delimiter", "is not one character.", "Write ',' or ';'.")
        return ColumnMap(
            name=self._text("name", table.get("name", "")),
            sha256=digest,
            delimiter=delimiter,
            encoding=self._encoding(self._text("encoding", table.get("encoding", "utf-8"))),
            decimal_comma=self._flag("decimal_comma", table),
            empty=self._names("empty", table.get("empty", [""])),
            columns=columns,
            position=self._names("position.column", position["column"]) if "column" in position else (),
            latitude_first=order == POSITION_ORDERS[0],
            time=self._time_rule(self._section(table, "time")),
            values=values,
            constants=constants,
        )

    def _time_rule(self, entries: dict[str, Any]) -> TimeRule:
        names = {key: self._names(f"time.{key}", entries[key])
                 for key in ("column", "date", "clock", "zone_column") if key in entries}  # fmt: skip
        if "date" in names:
            names.setdefault("column", ())
        zone = self._text("time.zone", entries.get("zone", ""))
        if zone and zone_named(zone) is None:
            self._wrong("time.zone", "is no zone of the IANA database.", "Write for instance Europe/London.")
        clock = entries.get("clock_when_missing")
        found = None if clock is None else _CLOCK.fullmatch(self._text("time.clock_when_missing", clock))
        if clock is not None and found is None:
            self._wrong("time.clock_when_missing", "is no time of day.", "Write for instance 12:00.")
        placeholders = self._names("time.placeholder_clock", entries.get("placeholder_clock", []))
        if not all(_CLOCK.fullmatch(placeholder) for placeholder in placeholders):
            self._wrong("time.placeholder_clock", "is no time of day.", "Write for instance 12:00.")
        return TimeRule(
            **names,
            placeholder_clocks=placeholders,
            order=self._one_of("time.order", entries.get("order", "ymd"), ORDERS),
            zone=zone,
            ambiguous=self._one_of("time.ambiguous", entries.get("ambiguous", "reject"), AMBIGUOUS),
            clock_s=None if found is None else int(found[1]) * 3600 + int(found[2]) * 60,
        )

    def _encoding(self, name: str) -> str:
        try:
            "".encode(name)
        except LookupError:
            self._wrong("encoding", "is no encoding there is.", "Write utf-8 or latin-1.")
        return name

    def _section(self, table: dict[str, Any], name: str) -> dict[str, Any]:
        entries = table.get(name, {})
        if isinstance(entries, dict):
            return entries
        self._wrong(name, "is no table.", f"Write [{name}] above its entries.")
        return {}

    def _names(self, entry: str, value: object) -> tuple[str, ...]:
        names = [value] if isinstance(value, str) else value
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            return tuple(names)
        self._wrong(entry, "is neither a text nor a list of texts.", "Write one.")
        return ()

    def _words(self, name: str, words: object) -> dict[str, str]:
        if isinstance(words, dict):
            return {theirs.strip().lower(): self._text(f"values.{name}.{theirs}", ours)
                    for theirs, ours in words.items()}  # fmt: skip
        self._wrong(f"values.{name}", "is no table.", f"Write [values.{name}] above its entries.")
        return {}

    def _flag(self, entry: str, table: dict[str, Any]) -> bool:
        value = table.get(entry, False)
        if isinstance(value, bool):
            return value
        self._wrong(entry, "is neither true nor false.", "Write one.")
        return False

    def _text(self, entry: str, value: object) -> str:
        if isinstance(value, str):
            return value
        self._wrong(entry, "is no text.", "Put it in quotes.")
        return ""

    def _one_of(self, entry: str, value: object, words: tuple[str, ...]) -> str:
        if value not in words:
            listed = "' or '".join(words)
            self._wrong(entry, "is not one of its values.", f"Write '{listed}'.")
        return str(value)

    def _wrong(self, entry: str, problem: str, remedy: str) -> None:
        wrong = InvalidAsk(f"map.{entry[:60]}", problem, remedy)
        # A section that is no table is met more than once.
        if str(wrong) not in {str(known) for known in self.problems}:
            self.problems.append(wrong)
