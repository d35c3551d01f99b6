"""Headers of foreign tables: capitals and spaces do not count; what is missing is told with a map that would fit."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from difflib import get_close_matches

from api.replay.ingest.column_map import TARGETS, ColumnMap
from engine.errors import InvalidAsk

_MOST_SHOWN = 16
_CLOSE = 0.85
"""Names so much alike are one of them misspelt."""
_LIKELY = {
    "lon": ("longitude", "long", "lng", "lon", "londeg", "longitudedeg", "longitudedd", "x"),
    "lat": ("latitude", "lat", "latdeg", "latitudedeg", "latitudedd", "y"),
    "position": ("coordinates", "position", "latlong", "latlon", "location", "locationcoordinates", "coordonnees"),
    "time": ("time", "datetime", "timestamp", "dateandtime", "timeutc", "utc", "date", "eventtime", "incidentdate",
             "dateheure", "horodatage"),
    "encounter_id": ("id", "encounter", "eventid", "incident", "incidentid", "incidentnumber", "ref", "reference",
                     "numero"),
    "vessel_profile": ("vessel", "vesseltype", "vesselclass", "profile", "boat", "boattype", "boatclass", "unit",
                       "ship", "shiptype", "navire", "moyen"),
    "draught_m": ("draught", "draft", "draftm", "tirantdeau"),
    "speed_kn": ("speed", "speedkn", "speedknots", "knots", "vitesse"),
    "persons": ("people", "pob", "personsonboard", "personsrescued", "peoplerescued", "persons", "personnes", "number"),
    "observed_port": ("port", "landedat", "landingport", "portoflanding", "disembarkationport", "portlanded",
                      "portdedebarquement"),
}  # fmt: skip
"""Names foreign tables have for a column, without anything but letters; nothing is read by them, only proposed."""

_DAYS = ("date", "day", "incidentdate", "jour")
_CLOCKS = ("hour", "hours", "clock", "time", "timeofday", "hhmm", "heure", "heures")
"""Of a date and of a clock, where a table has both."""


def fit_to_header(column_map: ColumnMap, columns: tuple[str, ...]) -> tuple[ColumnMap, list[InvalidAsk]]:
    """The map with its names as the table spells them: spaces round a name, capitals and a byte-order mark apart.

    Parameters
    ----------
    column_map : ColumnMap
    columns : tuple of str
        Of the table.

    Returns
    -------
    column_map : ColumnMap
    problems : list of InvalidAsk
        One for each column that is there twice, and for each two that differ in nothing else where neither is spelled
        as in the map.
    """
    repeated = sorted({name for name in columns if columns.count(name) > 1})
    problems = [InvalidAsk("input", f"has the column {_shown(name)!r} twice.", "Rename one of them.")
                for name in repeated]  # fmt: skip
    alike: dict[str, list[str]] = {}
    for column in columns:
        alike.setdefault(_folded(column), []).append(column)

    def spelled(name: str) -> str:
        if name in columns:
            return name
        found = alike.get(_folded(name), [name])
        if len(set(found)) > 1:
            words = f"has columns {_shown(found[0])!r} and {_shown(found[1])!r}."
            problems.append(InvalidAsk("input", words, "Rename one of them."))
        return found[0]

    def all_spelled(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(spelled(name) for name in names))

    rule = column_map.time
    fitted = replace(
        column_map,
        columns={target: all_spelled(names) for target, names in column_map.columns.items()},
        position=all_spelled(column_map.position),
        time=replace(
            rule, column=all_spelled(rule.column), date=all_spelled(rule.date), clock=all_spelled(rule.clock),
            zone_column=all_spelled(rule.zone_column),
        ),
    )  # fmt: skip
    return fitted, problems


def map_of_unused(unused: Sequence[str], used: Collection[str]) -> str:
    """Line of a column map that reads columns which nothing was read from and whose names say what they may hold.

    Parameters
    ----------
    unused : sequence of str
        Columns of the table.
    used : collection of str
        Ours that were read from others, which none is proposed for.

    Returns
    -------
    str
        ``columns = { vessel_profile = "vessel" }``; empty where no name says so.
    """
    # A position was read, or the table would have been refused.
    targets = [target for target in TARGETS if target not in ("lon", "lat")]
    proposed: dict[str, str] = {}
    for column in unused:
        meant = [target for target in targets if _letters(column) in _LIKELY.get(target, ())]
        meant = meant or get_close_matches(_folded(column), targets, 1, _CLOSE)
        if meant and meant[0] not in used:
            proposed.setdefault(meant[0], column)
    pairs = ", ".join(f"{target} = {_quoted(column)}" for target, column in proposed.items())
    return f"columns = {{ {pairs} }}" if pairs else ""


def missing_columns(lacking: dict[str, list[str]], columns: tuple[str, ...], delimiter: str) -> InvalidAsk:
    """Refusal of a table that lacks a position or a time: what it has, what was looked for, the lines that would fit.

    Parameters
    ----------
    lacking : dict of list of str
        By ``position`` and ``time``: columns that were looked for.
    columns : tuple of str
        Of the table.
    delimiter : str
        Of a CSV file; empty for other files.
    """
    between = f", with {delimiter!r} between them" if delimiter else ""
    lines = " and ".join(dict.fromkeys(_lines_that_fit(what, columns, delimiter) for what in lacking))
    count = "two" if len(lacking) == 1 or "delimiter" in lines else "three"
    looked_for = ", ".join(name for names in lacking.values() for name in names)
    return InvalidAsk(
        "input",
        f"has no {' and no '.join(lacking)}. Columns met: {_met(columns)}{between}; looked for: {looked_for}.",
        f'A column map of {count} lines would fit (--map FILE.toml): extends = "encounters" and {lines}',
    )


def _met(columns: tuple[str, ...]) -> str:
    """The first few columns of a table, and how many more there are."""
    shown = ", ".join(_shown(column) for column in columns[:_MOST_SHOWN])
    more = len(columns) - _MOST_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown or "no columns"


def _lines_that_fit(what: str, columns: tuple[str, ...], delimiter: str) -> str:
    other = next(
        (sign for sign in (";", "\t", "|", ",") if sign != delimiter and len(columns) == 1 and sign in columns[0]), ""
    )
    if other:
        return f"delimiter = {_quoted(other)}"
    likely = {target: next((c for c in columns if _letters(c) in names), None) for target, names in _LIKELY.items()}
    if what == "time":
        day, clock = (next((c for c in columns if _letters(c) in names), None) for names in (_DAYS, _CLOCKS))
        if day and clock:
            return f"time = {{ date = {_quoted(day)}, clock = {_quoted(clock)} }}"
        return f"time = {{ column = {_quoted(likely['time'] or 'NAME')} }}"
    if likely["position"] and not (likely["lon"] and likely["lat"]):
        return f'position = {{ column = {_quoted(likely["position"])}, order = "lat lon" }}'
    return f"columns = {{ lon = {_quoted(likely['lon'] or 'NAME')}, lat = {_quoted(likely['lat'] or 'NAME')} }}"


def _quoted(name: str) -> str:
    text = "".join(sign if sign.isprintable() else "?" for sign in name[:40]).replace("\\", "\\\\")
    return '"' + ("\\t" if name == "\t" else text.replace('"', '\\"')) + '"'


def _shown(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name[:40])


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", name.strip(" \t\ufeff\u00a0").casefold())


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.casefold())
