"""The port register: one row a landing place, one column a fact, blank where nobody has stated it."""

from dataclasses import dataclass
from math import nan
from pathlib import Path

import numpy as np

from engine.errors import PackError
from engine.kernels.geodesy import initial_course_deg
from engine.model import Port, PortColumns
from engine.units import KNOT_MS
from engine.vocab import Gate, PortKind, Reception
from geodata.tables import SOURCES, read_rows

REGISTER_FILES = ("ports_gb.csv", "ports_fr_be.csv")
CONFIDENCE = {"low": 0, "medium": 1, "high": 2}

# Lower limit of each Beaufort force in knots (WMO Manual on Codes, table 1100).
_BEAUFORT_KN = (0, 1, 4, 7, 11, 17, 22, 28, 34, 41, 48, 56, 64)

_NUMBERS = (
    "approach_lon", "approach_lat", "landing_lon", "landing_lat", "harbour_leg_m", "harbour_speed_limit_kn",
    "entrance_depth_m", "mhws_m", "gate_before_hw_h", "gate_after_hw_h", "exposure_from_deg", "exposure_to_deg",
    "exposure_beaufort", "loa_limit_m", "beam_limit_m",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class RegisterRow:
    """One port of the register.

    Attributes
    ----------
    facts : dict
        Every column as people may see it: numbers as numbers, None where blank.
    leg : ndarray of float64, shape (n, 2)
        Track from approach to landing as the coastline shows it; empty until measured, or where it cannot be. [deg]
    leg_m : float
        Length of the harbour leg. [m]
    """

    facts: dict[str, object]
    leg: np.ndarray
    leg_m: float

    def figure(self, name: str) -> float:
        """A number of the row, NaN where blank."""
        value = self.facts[name]
        return nan if value is None else float(value)  # type: ignore[arg-type]

    @property
    def approach(self) -> tuple[float, float]:
        """Longitude and latitude of the approach point. [deg]"""
        return self.figure("approach_lon"), self.figure("approach_lat")

    @property
    def landing(self) -> tuple[float, float]:
        """Longitude and latitude of the landing point. [deg]"""
        return self.figure("landing_lon"), self.figure("landing_lat")


def read_register(folder: Path = SOURCES) -> list[RegisterRow]:
    """All rows of the register, by id.

    Raises
    ------
    PackError
        A row breaks the register's own rules; names file, port and column.
    """
    rows = [row_from(cells, name) for name in REGISTER_FILES for cells in read_rows(folder / name)]
    rows.sort(key=lambda row: str(row.facts["id"]))
    ids = [row.facts["id"] for row in rows]
    doubled = {str(port) for port in ids if ids.count(port) > 1}
    if doubled:
        raise PackError("ports", f"holds {', '.join(sorted(doubled))} more than once.", "Keep one row for each id.")
    return rows


def row_from(cells: dict[str, str], file: str) -> RegisterRow:
    """Row from the cells of one line of the register, checked."""

    def wrong(column: str, problem: str) -> PackError:
        return PackError(f"{file}: {cells.get('id', '?')}.{column}", problem, "Correct the register.")

    facts: dict[str, object] = {name: cell or None for name, cell in cells.items()}
    for name in _NUMBERS:
        try:
            facts[name] = float(cells[name]) if cells[name] else None
        except (KeyError, ValueError):
            raise wrong(name, "is not a number.") from None
    for name, kinds in (("kind", PortKind), ("gate_kind", Gate), ("medical_reception", Reception)):
        if facts[name] is not None and str(facts[name]).upper() not in kinds.__members__:
            raise wrong(name, f"is {str(facts[name])[:30]!r}, not one of {', '.join(kinds.__members__).lower()}.")
    for name in ("id", "name_en", "name_fr", "country", "kind", "approach_lon", "approach_lat", "landing_lon",
                 "landing_lat", "harbour_leg_basis", "source", "confidence"):  # fmt: skip
        if facts[name] is None:
            raise wrong(name, "is blank.")
    if facts["confidence"] not in CONFIDENCE:
        raise wrong("confidence", "is not high, medium or low.")
    if facts["harbour_leg_basis"] not in ("coast", "stated"):
        raise wrong("harbour_leg_basis", "is not coast or stated.")
    if (facts["harbour_leg_basis"] == "stated") == (facts["harbour_leg_m"] is None):
        raise wrong("harbour_leg_m", "goes with the basis stated and with no other.")
    if facts["gate_kind"] == "tidal_window" and (facts["gate_before_hw_h"] is None or facts["gate_after_hw_h"] is None):
        raise wrong("gate_before_hw_h", "is blank for a tidal window.")
    stated = facts["harbour_leg_m"]
    return RegisterRow(facts, np.empty((0, 2)), nan if stated is None else float(stated))  # type: ignore[arg-type]


def port_from(row: RegisterRow) -> Port:
    """Identity of a port."""
    facts = row.facts
    return Port(
        id=str(facts["id"]),
        unlocode=None if facts["unlocode"] is None else str(facts["unlocode"]),
        name_en=str(facts["name_en"]),
        name_fr=str(facts["name_fr"]),
        country=str(facts["country"]),
        vhf=None if facts["vhf"] is None else str(facts["vhf"]),
        landing=row.landing,
        approach=row.approach,
        harbour_leg=row.leg,
        facts=facts,
    )


def columns_from(rows: list[RegisterRow]) -> PortColumns:
    """Figures of all ports as arrays, in the engine's units."""

    def figures(name: str) -> np.ndarray:
        return np.array([row.figure(name) for row in rows])

    def members(name: str, kinds: type[PortKind] | type[Gate] | type[Reception], blank: int) -> np.ndarray:
        return np.array(
            [blank if row.facts[name] is None else kinds[str(row.facts[name]).upper()] for row in rows], np.int64
        )

    force = figures("exposure_beaufort")
    wind_kn = np.array([nan if np.isnan(f) else _BEAUFORT_KN[int(f)] for f in force])
    return PortColumns(
        kind=members("kind", PortKind, -1),
        loa_limit_m=figures("loa_limit_m"),
        beam_limit_m=figures("beam_limit_m"),
        entrance_depth_m=figures("entrance_depth_m"),
        mhws_m=figures("mhws_m"),
        gate=members("gate_kind", Gate, Gate.UNKNOWN),
        gate_before_h=figures("gate_before_hw_h"),
        gate_after_h=figures("gate_after_hw_h"),
        exposure_from_deg=figures("exposure_from_deg"),
        exposure_to_deg=figures("exposure_to_deg"),
        exposure_wind_ms=wind_kn * KNOT_MS,
        entrance_axis_deg=np.array([_axis_deg(row.leg) for row in rows]),
        harbour_leg_m=np.array([row.leg_m for row in rows]),
        harbour_speed_ms=figures("harbour_speed_limit_kn") * KNOT_MS,
        reception=members("medical_reception", Reception, Reception.UNKNOWN),
        entry_permission=np.array([row.facts["entry_permission"] == "required" for row in rows], np.bool_),
        confidence=np.array([CONFIDENCE[str(row.facts["confidence"])] for row in rows], np.int64),
    )


def _axis_deg(leg: np.ndarray) -> float:
    """Course of the first stretch of a harbour leg; NaN where the coastline shows none. [deg]"""
    return nan if len(leg) < 2 else float(initial_course_deg(*leg[0], *leg[1]))
