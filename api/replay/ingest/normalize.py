"""A chunk of a foreign table to encounters and rejects: each row is one or the other, and none is both."""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.encounter_fields import ENCOUNTER_FIELDS, MOST_PERSONS, VESSEL_FIELDS, PlainField, is_nobody
from api.position import InvalidPosition, parse_position
from api.replay.ingest.column_map import ColumnMap
from api.replay.ingest.parse_cells import flags, is_text, numbers, text_of, translate
from api.replay.ingest.port_names import PortNames
from api.replay.ingest.rejects import NOTE_CODES, REJECT_CODES, RowErrors, code_of, rejects_table
from api.replay.ingest.timestamps import Instants, instants_of, times_of_encounters, times_with_zone
from api.replay.schema import ENCOUNTERS, INSTANT, ports_named
from engine.codes import Medical
from geodata.policies import DEFAULT_POLICY

ROW, MALFORMED = "safeport.row", "safeport.malformed"
GEOMETRY_LON, GEOMETRY_LAT, GEOMETRY_WRONG = "safeport.lon", "safeport.lat", "safeport.geometry_wrong"
"""Columns that reading adds to a chunk: number in the input, whether there are cells at all, and those of a point."""

_BOTH_NUMBERS = r"^(?P<first>[^,;\s]+)\s*[,;\s]\s*(?P<second>[^,;\s]+)$"
_BOTH_WITH_COMMAS = r"^(?P<first>[^;\s]*[^,;\s])(?:\s*;\s*|,?\s+)(?P<second>[^;\s]+)$"
"""Two numbers in one cell, where a comma may be part of them and ends one only before a space."""

_LETTERS = re.compile(r"[NS].*[EWO]|[EWO].*[NS]", re.IGNORECASE)
"""Of both hemispheres, in French too."""

MOST_DOUBT_MIN = 7 * 24 * 60.0
"""An hour known no better than to a week is not known. [min]"""

MOST_RESCUES = 1_000


@dataclass(frozen=True)
class Known:
    """Names a row may use.

    Attributes
    ----------
    ports : PortNames
    policy : str or None
        Policy every row is judged by, whatever it says itself.
    """

    vessels: frozenset[str]
    policies: frozenset[str]
    ports: PortNames = field(repr=False)
    policy: str | None = None


class NormalizedChunk(NamedTuple):
    """What became of a chunk.

    Attributes
    ----------
    encounters : RuleTable
        Of the schema `ENCOUNTERS`.
    rejects : RuleTable
        Of the schema `REJECTS`.
    reject_counts, note_counts : dict of int
        Rows by code; a row with several codes counts once for each.
    first_rows : dict of list of int
        The first few rows with each code of either kind.
    """

    encounters: pa.Table
    rejects: pa.Table
    reject_counts: dict[str, int]
    note_counts: dict[str, int]
    first_rows: dict[str, list[int]]


def normalize(chunk: pa.Table, column_map: ColumnMap, known: Known) -> NormalizedChunk:
    """Encounters and rejects of a chunk.

    Parameters
    ----------
    chunk : RuleTable
        Columns of the foreign table that the map may look at, with `ROW` and `MALFORMED`.
    column_map : ColumnMap
    known : Known
    """
    source = _Source(chunk.combine_chunks(), column_map)
    marks = source.marks
    columns: dict[str, Any] = {"row": source.row, "encounter_id": source.text("encounter_id")}
    columns |= _position(source)
    columns |= _time(source)
    columns |= _people(source, columns["time"])
    columns |= _vessel(source, known)
    columns |= _policy(source, known)
    columns |= _record(source, known, columns["time"])
    good = ~marks.any_of(REJECT_CODES)
    columns["reading_notes"] = None
    arrays = [
        marks.join_codes(NOTE_CODES, good) if name == "reading_notes" else _filtered(columns[name], good)
        for name in ENCOUNTERS.names
    ]
    encounters = pa.Table.from_arrays(
        [array.cast(target.type) for array, target in zip(arrays, ENCOUNTERS, strict=True)], schema=ENCOUNTERS
    )
    rejects = rejects_table(marks, source.row, columns["encounter_id"])
    first_rows = marks.first_rows(REJECT_CODES, source.row, ~good) | marks.first_rows(NOTE_CODES, source.row, good)
    return NormalizedChunk(
        encounters, rejects, marks.counts(REJECT_CODES, ~good), marks.counts(NOTE_CODES, good), first_rows
    )


def _filtered(values: Any, good: np.ndarray) -> pa.Array:
    if isinstance(values, Instants):
        return pa.array(values.at_s[good] * 1000, mask=~values.known[good]).cast(INSTANT)
    if isinstance(values, np.ndarray):
        kept = values[good]
        return pa.array(kept, mask=np.isnan(kept)) if kept.dtype.kind == "f" else pa.array(kept)
    return values.filter(pa.array(good))


class _Source:
    """Cells of a chunk by our names for them."""

    def __init__(self, chunk: pa.Table, column_map: ColumnMap) -> None:
        self.map = column_map
        self._chunk = chunk
        self.row: np.ndarray = chunk[ROW].to_numpy()
        self.marks = RowErrors(chunk[MALFORMED].to_numpy())

    def named(self, names: tuple[str, ...]) -> pa.Array | None:
        """Cells of the first of some columns that the table has."""
        for name in names:
            if name in self._chunk.column_names:
                return _whole(self._chunk[name])
        return None

    def cells(self, target: str) -> pa.Array:
        """Cells of one of our columns; the map's constant, or nothing, where the table has no such column."""
        found = self.named(self.map.columns.get(target, ()))
        if found is not None:
            return found
        constant = self.map.constants.get(target)
        return pa.nulls(len(self.row)) if constant is None else pa.repeat(pa.scalar(constant), len(self.row))

    def text(self, target: str) -> pa.Array:
        """Cells of one of our columns as text, not yet in our words."""
        return text_of(self.cells(target), self.map.empty, self.marks)

    def words(self, target: str, note: str | None = None) -> pa.Array:
        """Cells of one of our columns as text, in our words; rows that only ``*`` stood for get the note."""
        text = self.text(target)
        if target not in self.map.values:
            return text
        ours, assumed = translate(text, self.map.values[target])
        if note is not None:
            self.marks.add(note, assumed)
        return ours

    def numbers(self, cells: pa.Array, code: str, whole: bool = False, thousands: bool = True) -> np.ndarray:
        """Cells as numbers."""
        return numbers(
            cells, code, self.marks, empty=self.map.empty, decimal_comma=self.map.decimal_comma, whole=whole,
            thousands=thousands,
        )  # fmt: skip

    def number(self, field: PlainField, code: str) -> np.ndarray:
        """Numbers of the column of a field, within its bounds."""
        values = self.numbers(self.cells(field.name), f"{code}_FORM", whole=field.holds is int)
        self.marks.add(f"{code}_RANGE", ~(np.isnan(values) | field.within(values)))
        return values

    def value(self, field: PlainField) -> Any:
        """Values of the column of a field."""
        if field.holds is bool:
            return _yes_no(self, field.name)
        code = code_of(field)
        return _instants(self, field.name, code) if field.holds is str else self.number(field, code)


def _position(source: _Source) -> dict[str, np.ndarray]:
    marks, column_map = source.marks, source.map
    lon_cells = source.named(column_map.columns.get("lon", ()))
    lat_cells = source.named(column_map.columns.get("lat", ()))
    both = source.named(column_map.position)
    if both is not None:
        text = text_of(both, column_map.empty, marks)
        parts = pc.extract_regex(text, _BOTH_WITH_COMMAS if column_map.decimal_comma else _BOTH_NUMBERS)
        first, second = pc.struct_field(parts, "first"), pc.struct_field(parts, "second")
        lat_cells, lon_cells = (first, second) if column_map.latitude_first else (second, first)
        lat_cells, lon_cells = _with_words_read(source, text, lat_cells, lon_cells)
        marks.add("POSITION_FORM", _flags(pc.and_(pc.is_valid(text), pc.is_null(lat_cells))))
    elif lon_cells is None or lat_cells is None:
        lon_cells, lat_cells = source.named((GEOMETRY_LON,)), source.named((GEOMETRY_LAT,))
        wrong = source.named((GEOMETRY_WRONG,))
        if wrong is not None:
            marks.add("POSITION_FORM", _flags(wrong))
    lon_cells, lat_cells = _with_letters_read(source, lon_cells, lat_cells)
    # No coordinate is a thousand: in some exports with decimal commas they alone have points.
    lon, lat = (source.numbers(cells, "POSITION_FORM", thousands=False) for cells in (lon_cells, lat_cells))
    absent = np.isnan(lon) | np.isnan(lat)
    marks.add("POSITION_MISSING", absent & ~marks.of("POSITION_FORM"))
    marks.add("POSITION_RANGE", ~absent & ~((np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)))
    marks.add("POSITION_ZERO", (lon == 0.0) & (lat == 0.0))
    return {"lon": lon, "lat": lat}


def _with_words_read(
    source: _Source, text: pa.Array, lat_cells: pa.Array, lon_cells: pa.Array
) -> tuple[pa.Array, pa.Array]:
    """Halves of cells that are no two numbers but a position as people write it, ``51 03.0N 001 18.0E``."""
    rows = np.flatnonzero(_flags(pc.and_(pc.is_valid(text), pc.is_null(lat_cells))))
    if not len(rows):
        return lat_cells, lon_cells
    texts, lat_texts, lon_texts = (cells.to_pylist() for cells in (text, lat_cells, lon_cells))
    for row in rows.tolist():
        # Without letters it is the map that says which comes first, and of two numbers only.
        if _LETTERS.search(texts[row]) is None:
            continue
        try:
            lon_deg, lat_deg = parse_position(texts[row])
        except InvalidPosition:
            continue
        lon_texts[row], lat_texts[row] = (_degrees_text(value, source) for value in (lon_deg, lat_deg))
    return pa.array(lat_texts, pa.string()), pa.array(lon_texts, pa.string())


def _with_letters_read(source: _Source, lon_cells: pa.Array, lat_cells: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Cells of which those with hemisphere letters, ``51 03.0N`` and ``001 18.0E``, are written as decimal degrees."""
    if not (is_text(lon_cells) and is_text(lat_cells)):
        return lon_cells, lat_cells
    lon, lat = (text_of(cells, source.map.empty, source.marks) for cells in (lon_cells, lat_cells))
    lettered = [
        np.asarray(pc.fill_null(pc.match_substring_regex(text, f"[{letters}]", ignore_case=True), False))
        for text, letters in ((lon, "EWO"), (lat, "NS"))
    ]  # fmt: skip
    rows = np.flatnonzero(lettered[0] & lettered[1] & _flags(pc.is_valid(lon)) & _flags(pc.is_valid(lat)))
    if not len(rows):
        return lon_cells, lat_cells
    lon_texts, lat_texts = lon.to_pylist(), lat.to_pylist()
    for row in rows.tolist():
        try:
            lon_deg, lat_deg = parse_position(f"{lat_texts[row]} {lon_texts[row]}")
        except InvalidPosition:
            # Stays a text, and so no number, for which the row is marked.
            continue
        lon_texts[row], lat_texts[row] = (_degrees_text(value, source) for value in (lon_deg, lat_deg))
    return pa.array(lon_texts, pa.string()), pa.array(lat_texts, pa.string())


def _degrees_text(value: float, source: _Source) -> str:
    text = f"{value:.9f}"
    return text.replace(".", ",") if source.map.decimal_comma else text


def _time(source: _Source) -> dict[str, Instants]:
    rule, marks, empty = source.map.time, source.marks, source.map.empty
    cells, day = source.named(rule.column), source.named(rule.date)
    if cells is None and day is not None:
        # An export may write a date as its midnight; the clock stands in the other column.
        text = pc.utf8_slice_codeunits(_time_text(day, empty, marks), 0, 10)
        clock = source.named(rule.clock)
        if clock is not None:
            shown = pc.binary_join_element_wise(text, text_of(clock, empty, marks), " ")
            text = pc.if_else(pc.is_valid(shown), shown, text)
    elif cells is not None and pa.types.is_timestamp(cells.type) and cells.type.tz is not None:
        marks.add("TIME_MISSING", _flags(pc.is_null(cells)))
        return {"time": instants_of(cells, "TIME", marks)}
    elif cells is not None:
        text = _time_text(cells, empty, marks)
    else:
        text = pa.nulls(len(source.row), pa.string())
    zones = source.named(rule.zone_column)
    zones = pa.nulls(len(source.row), pa.string()) if zones is None else text_of(zones, empty, marks)
    return {"time": times_of_encounters(text, zones, rule, marks)}


def _time_text(cells: pa.Array, empty: tuple[str, ...], marks: RowErrors) -> pa.Array:
    """Times as text: as written, or as a typed column would be written."""
    if pa.types.is_date(cells.type):
        return pc.strftime(pc.cast(cells, pa.timestamp("s")), format="%Y-%m-%d")
    if pa.types.is_timestamp(cells.type):
        zone = cells.type.tz and "UTC"
        whole = pc.cast(cells, pa.timestamp("s", zone), safe=False)
        return pc.strftime(whole, format="%Y-%m-%dT%H:%M:%SZ" if zone else "%Y-%m-%dT%H:%M:%S")
    if not is_text(cells):
        cells = pc.cast(cells, pa.string())
    return text_of(cells, empty, marks)


def _people(source: _Source, time: Instants) -> dict[str, Any]:
    marks = source.marks
    names = ("persons_min", "persons_max", "persons")
    least, most, either = (source.numbers(source.cells(name), "PERSONS_FORM", whole=True) for name in names)
    unsaid = np.isnan(least) & np.isnan(most)
    least, most = np.where(unsaid, either, least), np.where(unsaid, either, most)
    for count in (least, most):
        marks.add("PERSONS_RANGE", ~(np.isnan(count) | ((count >= 0) & (count <= MOST_PERSONS))))
    marks.add("PERSONS_INCOMPLETE", (np.isnan(least) != np.isnan(most)) & ~marks.of("PERSONS_FORM"))
    marks.add("PERSONS_ORDER", least > most)
    marks.add("PERSONS_NOBODY", is_nobody(most))
    details = {name: source.value(field) for name, field in ENCOUNTER_FIELDS.items()}
    marks.add("PERSONS_RECOVERED_TOO_MANY", details["persons_recovered"] > most)
    medical = pc.fill_null(pc.utf8_lower(source.words("medical")), "none")
    levels = pa.array([level.name.lower() for level in Medical])
    marks.add("MEDICAL_VALUE", ~_flags(pc.is_in(medical, levels)))
    since = details["aboard_since"]
    marks.add("ABOARD_SINCE_AFTER_TIME", since.known & time.known & (since.at_s > time.at_s))
    return {"persons_min": least, "persons_max": most, "medical": medical, **details}


def _instants(source: _Source, target: str, code: str) -> Instants:
    """Times of one of our columns, each with its zone."""
    cells = source.cells(target)
    if pa.types.is_timestamp(cells.type) and cells.type.tz is not None:
        return instants_of(cells, code, source.marks)
    return times_with_zone(_time_text(cells, source.map.empty, source.marks), code, source.marks)


def _yes_no(source: _Source, target: str) -> pa.Array:
    """Flags of one of our columns."""
    cells = source.cells(target)
    words = source.words(target) if is_text(cells) else cells
    return flags(words, f"{target.upper()}_VALUE", source.marks, source.map.empty)


def _vessel(source: _Source, known: Known) -> dict[str, Any]:
    profile = source.words("vessel_profile", note="VESSEL_ASSUMED")
    stranger = pc.and_(pc.is_valid(profile), pc.invert(pc.is_in(profile, pa.array(sorted(known.vessels), pa.string()))))
    source.marks.add("VESSEL_PROFILE_UNKNOWN", _flags(stranger))
    figures = {name: source.number(field, "VESSEL_FIGURE") for name, field in VESSEL_FIELDS.items()}
    return {"vessel_profile": profile, **figures}


def _policy(source: _Source, known: Known) -> dict[str, pa.Array]:
    if known.policy is not None:
        return {"policy": pa.repeat(pa.scalar(known.policy), len(source.row))}
    named = pc.fill_null(source.words("policy"), DEFAULT_POLICY)
    source.marks.add("POLICY_UNKNOWN", ~_flags(pc.is_in(named, pa.array(sorted(known.policies)))))
    return {"policy": named}


def _record(source: _Source, known: Known, time: Instants) -> dict[str, Any]:
    """What was done, and how well hour and vessel are known: nothing of it is seen by a decision."""
    marks = source.marks
    # What of it cannot be read is noted and left out: no decision hangs on it.
    doubt_min = _within(source, "time_uncertainty_min", "TIME_UNCERTAINTY", 0.0, MOST_DOUBT_MIN, whole=False)
    rescues = _within(source, "operation_rescues", "OPERATION_RESCUES", 1.0, MOST_RESCUES, whole=True)
    landed = _instants(source, "landed_at", "LANDED_AT")
    too_early = landed.known & time.known & (landed.at_s < time.at_s - 60.0 * np.nan_to_num(doubt_min))
    marks.add("LANDED_BEFORE_TIME", too_early)
    alternatives = source.words("vessel_alternatives").dictionary_encode()
    strange = [not known.vessels.issuperset(ports_named(text)) for text in alternatives.dictionary.to_pylist()]
    stranger = pc.fill_null(pa.array(strange, pa.bool_()).take(alternatives.indices), False)
    marks.add("VESSEL_ALTERNATIVES_UNKNOWN", _flags(stranger))
    return {
        "observed_port": _ports(source, known, "observed_port"),
        "directed_port": _ports(source, known, "directed_port"),
        "landed_at": Instants(landed.at_s, landed.known & ~too_early),
        "operation_id": source.text("operation_id"),
        "operation_rescues": rescues,
        "transferred": _yes_no(source, "transferred"),
        "time_uncertainty_min": doubt_min,
        "vessel_alternatives": pc.if_else(stranger, pa.scalar(None, pa.string()), alternatives.dictionary_decode()),
    }


def _within(source: _Source, target: str, code: str, least: float, most: float, *, whole: bool) -> np.ndarray:
    """Numbers of one of our columns, NaN where they are beyond their limits."""
    values = source.numbers(source.cells(target), f"{code}_FORM", whole)
    beyond = (values < least) | (values > most)
    source.marks.add(f"{code}_RANGE", beyond)
    return np.where(beyond, np.nan, values)


def _ports(source: _Source, known: Known, target: str) -> pa.Array:
    """Ids of the ports that one of our columns names, ``a|b`` where several may be meant; strangers as written."""
    cells = source.words(target).dictionary_encode()
    texts = cells.dictionary.to_pylist()
    found = [[known.ports.candidates(name) for name in ports_named(text)] for text in texts]

    def rows_where(flags_of_texts: list[bool]) -> np.ndarray:
        return _flags(pc.fill_null(pa.array(flags_of_texts, pa.bool_()).take(cells.indices), False))

    source.marks.add("OBSERVED_PORT_NOT_IN_REGISTER", rows_where([not all(several) for several in found]))
    source.marks.add("OBSERVED_PORT_SEVERAL", rows_where([any(len(ids) > 1 for ids in several) for several in found]))
    ids = [
        "|".join(dict.fromkeys(port for name, meant in zip(ports_named(text), several, strict=True)
                               for port in meant or (name,)))
        for text, several in zip(texts, found, strict=True)
    ]  # fmt: skip
    return pa.array(ids, pa.string()).take(cells.indices)


def _flags(values: pa.Array) -> np.ndarray:
    mask: np.ndarray = values.to_numpy(zero_copy_only=False)
    return mask


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
