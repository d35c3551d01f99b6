"""Vessel profiles from the pack."""

from math import nan

from engine.errors import UnknownName
from engine.model import Vessel
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
    return Vessel(id=row["id"], name_en=row["name_en"], name_fr=row["name_fr"], assumed=tuple(assumed), **values)


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
