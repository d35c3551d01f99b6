"""Vessel profiles and speed tables from the pack."""

from itertools import pairwise
from math import isnan, nan

from engine.errors import PackError, UnknownName
from engine.model import SpeedTable, Vessel
from engine.units import KNOT_MS, NAUTICAL_MILE_M

FIGURES = {
    "speed_kn": ("speed_ms", KNOT_MS),
    "draught_m": ("draught_m", 1.0),
    "loa_m": ("loa_m", 1.0),
    "beam_m": ("beam_m", 1.0),
    "range_nm": ("range_m", NAUTICAL_MILE_M),
    "self_righting_persons": ("self_righting_persons", 1.0),
    "max_persons": ("max_persons", 1.0),
    "max_hs_m": ("max_hs_m", 1.0),
}
"""Columns of ``vessels.csv`` and the engine's field and factor for each."""


def vessels_from(rows: list[dict[str, str]]) -> dict[str, Vessel]:
    """Profiles by id. A profile without a speed takes that of ``unknown``, and says that it is assumed."""
    fallback = next(row for row in rows if row["id"] == "unknown")
    return {row["id"]: _vessel(row, fallback) for row in rows}


def _vessel(row: dict[str, str], fallback: dict[str, str]) -> Vessel:
    values: dict[str, float] = {}
    assumed = []
    for column, (name, factor) in FIGURES.items():
        cell = row[column]
        if not cell and column == "speed_kn":
            cell = fallback[column]
            assumed.append(column)
        elif row.get(f"{column}_basis", "").startswith("assumed"):
            assumed.append(column)
        values[name] = float(cell) * factor if cell else nan
    return Vessel(
        id=row["id"], name_en=row["name_en"], name_fr=row["name_fr"], assumed=tuple(assumed),
        speed_table=row.get("speed_table", ""), **values,
    )  # fmt: skip


def vessel_named(vessels: dict[str, Vessel], name: str) -> Vessel:
    """Profile by name.

    Raises
    ------
    UnknownName
        With the names there are.
    """
    try:
        return vessels[name]
    except KeyError:
        raise UnknownName(
            "vessel", f"there is no profile {name[:40]!r}.", f"Profiles: {', '.join(sorted(vessels))}."
        ) from None


def speed_tables_from(rows: list[dict[str, str]]) -> tuple[SpeedTable, ...]:
    """Speed tables of the pack: those for vessels of a class, then those by increasing length of the vessels.

    Raises
    ------
    PackError
        Heights do not start at zero and increase, or shares are none.
    """
    tables = []
    for name in dict.fromkeys(row["table"] for row in rows):
        mine = [row for row in rows if row["table"] == name]
        heights = tuple(float(row["hs_m"]) for row in mine)
        shares = tuple(float(row["share"]) for row in mine)
        if heights[0] != 0.0 or any(b <= a for a, b in pairwise(heights)) or not all(0.0 < s <= 1.0 for s in shares):
            raise PackError(f"speed table {name}", "does not rise from zero.", "Correct speed_in_waves.csv.")
        first = mine[0]
        tables.append(
            SpeedTable(float(first["longer_than_m"] or nan), heights, shares, float(first["beam_loss"]),
                       float(first["following_loss"]), name)
        )  # fmt: skip
    of_class = tuple(table for table in tables if isnan(table.longer_than_m))
    return (*of_class, *sorted(table for table in tables if not isnan(table.longer_than_m)))
