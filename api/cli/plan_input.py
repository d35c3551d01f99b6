"""Boats and ports as people have them, as the body of a joint plan: tables, positions and times as they are written.

A JSON body as it is posted to ``/v1/plans`` passes as it is. Beside that a position may be a text as the ``decide``
command takes it, a time any form it takes, persons ``55-60``, a vessel the name of its profile, and the whole file a
list of encounters. A CSV table has one boat a row, another one port a row.
"""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from api.cli.arguments import number, position, quote, read_fields, time_text, whole_number, yes_no
from api.cli.decide import persons_from
from api.encounter_fields import ENCOUNTER_FIELDS, VESSEL_FIELDS
from api.suggest import did_you_mean
from engine.errors import InvalidAsk

Json = dict[str, Any]

LARGEST_FILE = 4_000_000
"""[bytes]"""

STANDARD_INPUT = "-"

_DECIMAL_COMMA = re.compile(r"^([-+]?[0-9]{1,3}),([0-9]+)$")
_DECIMALS = frozenset({
    "persons_per_hour", *(name for name, field in (VESSEL_FIELDS | ENCOUNTER_FIELDS).items() if field.holds is float)
})  # fmt: skip
"""Columns of numbers that need not be whole."""

_TEXTS = ("id", "policy", "unit", "encounter_id")
_TIMES = ("time", *(name for name, field in ENCOUNTER_FIELDS.items() if field.holds is str))
BOAT_COLUMNS = (
    "id", "position", "lat", "lon", "persons", "medical", "vessel", *VESSEL_FIELDS, "policy", "time", "may_split",
    "most_parts", "unit", "encounter_id", *ENCOUNTER_FIELDS,
)  # fmt: skip
PORT_COLUMNS = ("id", "places", "persons_per_hour", "queued_persons")


class _Words(NamedTuple):
    """What a refusal calls the place of a boat in the input."""

    row: str
    boat: str
    standard_input: str


_WORDS = (_Words("row", "boat", "standard input"), _Words("ligne", "embarcation", "entrée standard"))
"""In English and in French."""
_OTHER_NAMES = {
    "name": "id", "boat": "id", "encounter": "id", "port": "id", "port_id": "id", "unlocode": "id", "latitude": "lat",
    "longitude": "lon", "long": "lon", "pob": "persons", "people": "persons", "persons_on_board": "persons",
    "profile": "vessel", "draft_m": "draught_m", "capacity": "survivor_capacity", "free_places": "places",
    "rate": "persons_per_hour", "queued": "queued_persons", "waiting": "queued_persons",
    "recovered": "persons_recovered", "in_water": "persons_in_water",
}  # fmt: skip
"""Other words people have for a column."""


def read_input(name: str, standard_input: Callable[[int], bytes], field: str = "INPUT") -> bytes:
    """Bytes of a file, or of standard input for ``-``.

    Parameters
    ----------
    name : str
    standard_input : callable
        Reads so many bytes of it.
    field : str
        For messages.

    Raises
    ------
    InvalidAsk
        It cannot be read, is empty, or too large.
    """
    try:
        if name == STANDARD_INPUT:
            data = standard_input(LARGEST_FILE + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InvalidAsk(field, f"the file cannot be read ({error.strerror}).", "Check its name and rights.") from None
    if len(data) > LARGEST_FILE:
        raise InvalidAsk(field, f"the file is larger than {LARGEST_FILE} bytes.", "Name a file with one plan.")
    return data


def body_of_file(data: bytes, name: str, language: str, rows: dict[str, str]) -> object:
    """Body of a plan, of JSON or a table of boats.

    Parameters
    ----------
    data : bytes
    name : str
        Of the file, for messages; a table is told from JSON by its first character.
    language : str
        Where French is spoken the letter O is west.
    rows : dict of str
        Gets for each field of the body the row of the table, or of JSON the id of the boat.

    Raises
    ------
    InvalidAsk
    """
    text = _text(data, "INPUT")
    if not text.strip():
        raise InvalidAsk("INPUT", "is empty.", "Give a JSON body or a CSV table of boats; see docs/plan.md.")
    if text.lstrip()[:1] in "{[" or name.lower().endswith(".json"):
        return json_body(text, language, rows)
    table = _table(text, name, "encounters", BOAT_COLUMNS, language, rows)
    # Called by the columns there are.
    rows |= {
        f"encounters.{k}.position": f"{rows[f'encounters.{k}']} lat, lon"
        for k, cells in enumerate(table) if "position" not in cells and ("lat" in cells or "lon" in cells)
    }  # fmt: skip
    return {"encounters": [_boat(cells, f"encounters.{k}", language) for k, cells in enumerate(table)]}


def ports_of_file(data: bytes, name: str, language: str, rows: dict[str, str]) -> list[Json]:
    """Figures of ports, of a table or a JSON list.

    Parameters
    ----------
    data : bytes
    name, language : str
    rows : dict of str
        As in `body_of_file`.

    Raises
    ------
    InvalidAsk
    """
    text = _text(data, "--ports")
    if not text.strip():
        raise InvalidAsk("--ports", "is empty.", "Give a CSV table of ports; see docs/plan.md.")
    if text.lstrip()[:1] == "[":
        ports = _parse(text, "--ports")
        rows |= _named_by_id(ports, "ports", "port")
        return ports if isinstance(ports, list) else []
    return [
        _given({
            "id": cells.get("id"),
            "places": whole_number(f"ports.{k}.places", cells.get("places")),
            "persons_per_hour": number(f"ports.{k}.persons_per_hour", cells.get("persons_per_hour")),
            "queued_persons": whole_number(f"ports.{k}.queued_persons", cells.get("queued_persons")),
        })
        for k, cells in enumerate(_table(text, name, "ports", PORT_COLUMNS, language, rows))
    ]  # fmt: skip


def json_body(text: str, language: str, rows: dict[str, str]) -> object:
    """A JSON body, with what is written as people write it in the form of the body.

    Raises
    ------
    InvalidAsk
        It is no JSON, has a key twice in one object, or a text is no position or time.
    """
    body = _parse(text, "INPUT")
    if isinstance(body, list) and all(isinstance(row, dict) for row in body):
        body = {"encounters": body}
    if not isinstance(body, dict):
        return body
    if isinstance(body.get("time"), str):
        body["time"] = time_text("time", body["time"])
    rows |= _named_by_id(body.get("encounters"), "encounters", _WORDS[language == "fr"].boat)
    rows |= _named_by_id(body.get("ports"), "ports", "port")
    if isinstance(body.get("encounters"), list):
        body["encounters"] = [
            _as_body(row, f"encounters.{k}", language) if isinstance(row, dict) else row
            for k, row in enumerate(body["encounters"])
        ]
    return body


def _named_by_id(listed: object, field: str, word: str) -> dict[str, str]:
    """What to call each entry of a list of a JSON body in a refusal, as far as it has an id."""
    if not isinstance(listed, list):
        return {}
    ids = [row.get("id") if isinstance(row, dict) else None for row in listed]
    # A number is no id, and yet what the row is known by.
    named = {k: str(name) for k, name in enumerate(ids) if isinstance(name, str | int) and not isinstance(name, bool)}
    return {f"{field}.{k}": f"{word} {quote(name)}," for k, name in named.items() if name}


def _as_body(row: Json, field: str, language: str) -> Json:
    """An encounter of a JSON file whose texts may be as people write them."""
    row = dict(row)
    if isinstance(row.get("position"), str):
        row["position"] = _point(f"{field}.position", row["position"], language)
    if isinstance(row.get("persons"), str):
        row["persons"] = persons_from(row["persons"], f"{field}.persons")
    if isinstance(row.get("vessel"), str):
        row["vessel"] = {"profile": row["vessel"].strip()}
    for name in _TIMES:
        if isinstance(row.get(name), str):
            row[name] = time_text(f"{field}.{name}", row[name])
    return row


def _boat(cells: dict[str, str], field: str, language: str) -> Json:
    """An encounter of a row of a table."""
    vessel = {
        "profile": cells.get("vessel"),
        **read_fields(VESSEL_FIELDS, cells, lambda name: f"{field}.{name}"),
    }
    return _given({
        **{name: cells.get(name) for name in _TEXTS},
        "position": _place(cells, f"{field}.position", language),
        "persons": persons_from(cells.get("persons"), f"{field}.persons"),
        "medical": cells["medical"].lower() if "medical" in cells else None,
        "vessel": _given(vessel) or None,
        "time": time_text(f"{field}.time", cells.get("time")),
        "may_split": yes_no(f"{field}.may_split", cells.get("may_split")),
        "most_parts": whole_number(f"{field}.most_parts", cells.get("most_parts")),
        **read_fields(ENCOUNTER_FIELDS, cells, lambda name: f"{field}.{name}"),
    })  # fmt: skip


def _place(cells: dict[str, str], field: str, language: str) -> Json:
    """Where the boat of a row is, by its position or by its latitude and longitude."""
    apart = [name for name in ("lat", "lon") if name in cells]
    if "position" in cells:
        if apart:
            # Whichever were taken, the writer may have meant the other.
            raise InvalidAsk(field, f"is given beside {apart[0]}.", "Give one of the two.")
        return _point(field, cells["position"], language)
    if not apart:
        raise InvalidAsk(field, "is missing.", "Give position, or lat and lon.")
    if apart == ["lat"]:
        raise InvalidAsk(field, "has lat without lon.", "Give position, or lat and lon.")
    if apart == ["lon"]:
        raise InvalidAsk(field, "has lon without lat.", "Give position, or lat and lon.")
    # Alone in its cell a comma parts no two numbers.
    lat, lon = (_DECIMAL_COMMA.sub(r"\1.\2", cells[name]) for name in ("lat", "lon"))
    return _point(field, f"{lat}, {lon}", language)


def _given(values: Json) -> Json:
    return {name: value for name, value in values.items() if value is not None}


def _point(field: str, text: str, language: str) -> Json:
    return {"type": "Point", "coordinates": list(position(field, text, language))}


def _table(
    text: str, name: str, field: str, known: tuple[str, ...], language: str, rows: dict[str, str]
) -> list[dict[str, str]]:  # fmt: skip
    """Rows of a table by column, blank cells left out; blank rows are none."""
    words = _WORDS[language == "fr"]
    shown = words.standard_input if name == STANDARD_INPUT else Path(name).name
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        columns = _columns(next(reader), shown, known)
        table: list[dict[str, str]] = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            row = f"{shown} {words.row} {reader.line_num},"
            if len(cells) > len(columns):
                raise InvalidAsk(
                    row.rstrip(","), f"has {len(cells)} cells below {len(columns)} columns.",
                    "Put quotes around a cell that holds the delimiter.",
                )  # fmt: skip
            rows[f"{field}.{len(table)}"] = row
            filled = zip(columns, cells, strict=False)
            table.append({
                column: _with_point(cell.strip()) if delimiter != "," and column in _DECIMALS else cell.strip()
                for column, cell in filled if cell.strip()
            })  # fmt: skip
    except csv.Error as error:
        raise InvalidAsk(
            f"{shown} {words.row} {reader.line_num}", f"cannot be read ({error}).", "Check its quotes."
        ) from None
    if not table:
        raise InvalidAsk(shown, "has no row below its header.", "Give one row for each.")
    first: dict[str, str] = {}
    for k, cells_of_row in enumerate(table):
        known_as = cells_of_row.get("id")
        row = rows[f"{field}.{k}"].rstrip(",")
        if known_as is None:
            raise InvalidAsk(row, "has no id.", "Give each row a name of its own in the column id.")
        if known_as in first:
            raise InvalidAsk(
                f"{row}, id", f"{quote(known_as)} stands in {first[known_as]}, too.", "Give each row a name of its own."
            )
        first[known_as] = row
    return table


def _with_point(cell: str) -> str:
    """A number with a point for its decimal comma; one that may set thousands apart, as in 1,500, stays as it is."""
    is_in_doubt = re.fullmatch(r"[-+]?[1-9][0-9]{0,2},[0-9]{3}", cell)
    return cell if is_in_doubt else _DECIMAL_COMMA.sub(r"\1.\2", cell)


def _delimiter(text: str) -> str:
    """Comma, semicolon or tab, whichever the header has most of."""
    header = text.lstrip().partition("\n")[0]
    return max(",;\t", key=header.count)


def _columns(header: list[str], shown: str, known: tuple[str, ...]) -> list[str]:
    columns: list[str] = []
    for written in header:
        plain = "_".join(written.strip().lower().replace("-", " ").replace("_", " ").split())
        column = plain if plain in known else _OTHER_NAMES.get(plain, plain)
        if column in columns:
            raise InvalidAsk(shown, f"has the column {column} twice.", "Keep one of them.")
        if column not in known:
            raise InvalidAsk(
                shown, f"{quote(written)} is not a column of this table.",
                f"{did_you_mean(plain, known)}Columns: {', '.join(known)}.",
            )  # fmt: skip
        columns.append(column)
    return columns


def _text(data: bytes, field: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidAsk(field, "is not UTF-8.", "Save the file as UTF-8.") from None


def _parse(text: str, field: str) -> object:
    def no_constant(_: str) -> NoReturn:
        raise InvalidAsk(field, "has NaN or Infinity, which are not JSON.", "Leave out what is not known.")

    def members_once(pairs: list[tuple[str, object]]) -> Json:
        members = dict(pairs)
        if len(members) < len(pairs):
            # Whichever value was kept, the writer may have meant the other.
            twice = next(name for k, (name, _) in enumerate(pairs) if name in dict(pairs[:k]))
            raise InvalidAsk(field, f"an object has the key {quote(twice)} twice.", "Keep one of them.")
        return members

    try:
        return json.loads(text, parse_constant=no_constant, object_pairs_hook=members_once)
    except json.JSONDecodeError as wrong:
        raise InvalidAsk(
            field, f"is not JSON at line {wrong.lineno}, column {wrong.colno}.", "Correct the file."
        ) from None
    except RecursionError:
        raise InvalidAsk(field, "is nested too deeply.", "Name a file with one plan.") from None
    except InvalidAsk:
        raise
    except ValueError:
        # Python reads no whole number of more than 4,300 digits.
        raise InvalidAsk(field, "has a number with too many digits.", "Correct the file.") from None
