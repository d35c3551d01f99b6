"""The port register: places in one pair of tables, what is known of them in others, one row a fact.

`ports_*.csv` say which places there are, where, and how one gets in: one row a place. `port_facts/*.csv` hold what is
known of each: one row a fact with its grade, its source and a note. What nobody could find has no row. An operator's
overlay is one more file of facts, which replaces or adds to ours.
"""

import csv
import hashlib
import io
import re
from dataclasses import dataclass, field, replace
from math import isfinite, nan
from pathlib import Path

import numpy as np

from engine.codes import Gate, Grade, PortKind, Reception
from engine.errors import InvalidAsk, PackError
from engine.kernels.geodesy import initial_course_deg
from engine.ports import Evidence, Port, PortColumns
from engine.units import KNOT_MS, MINUTE_S
from geodata.csv_tables import SOURCES, read_rows

PLACE_FILES = ("ports_gb.csv", "ports_fr_be.csv")
FACT_FOLDER = "port_facts"
CONFIDENCE = {"low": 0, "medium": 1, "high": 2}
GRADES = ("published", "transcribed", "general", "inferred", "estimate")
"""Grades a row may have, strongest first; what has no row is blank, a bound is what the engine makes of a draught."""

# Lower limit of each Beaufort force in knots (WMO Manual on Codes, table 1100).
_BEAUFORT_KN = (0, 1, 4, 7, 11, 17, 22, 28, 34, 41, 48, 56, 64)

_PLACE_NUMBERS = (
    "approach_lon", "approach_lat", "landing_lon", "landing_lat", "harbour_leg_m", "harbour_speed_limit_kn",
    "exposure_from_deg", "exposure_to_deg", "exposure_beaufort",
)  # fmt: skip

NUMBERS: dict[str, tuple[float, float]] = {
    "approach_depth_m": (-12.0, 40.0), "small_depth_m": (-12.0, 40.0), "ship_depth_m": (-12.0, 40.0),
    "drying_height_m": (0.0, 12.0), "sill_m": (-6.0, 10.0), "proven_draught_m": (0.3, 20.0),
    "small_loa_m": (3.0, 80.0), "ship_loa_m": (10.0, 450.0), "small_draught_m": (0.3, 10.0),
    "ship_draught_m": (0.3, 25.0), "ship_beam_m": (3.0, 80.0),
    "gate_before_hw_h": (0.0, 6.5), "gate_after_hw_h": (0.0, 6.5),
    "gate_night_before_hw_h": (0.0, 6.5), "gate_night_after_hw_h": (0.0, 6.5),
    "mhws_m": (0.5, 14.0), "hospital_min": (1.0, 180.0),
}  # fmt: skip
"""Facts that are numbers, and between what they are plausible."""

WORDS: dict[str, tuple[str, ...]] = {
    "access_all_states": ("yes", "no"),
    "gate_kind": ("none", "tidal_window", "lock", "lock_24h", "unknown"),
    "gate_meaning": ("water", "gate", "lock"),
    "lifeboat": ("all_weather", "inshore", "yes", "none"),
    "medical_reception": ("hospital", "ambulance", "none"),
}
"""Facts that are one of a few words."""

TEXTS: dict[str, int] = {
    "vhf": 60, "telephone": 60, "landing_en": 110, "landing_fr": 110, "hazard_en": 140, "hazard_fr": 140,
    "gate_note": 300, "hospital": 140, "helipad": 160, "unlocode": 5, "remarks": 600,
}  # fmt: skip
"""Facts that are text, and how long each may be."""

FIELDS = (*NUMBERS, *WORDS, *TEXTS)

PLACE_NUMBERS: dict[str, tuple[float, float]] = {
    "approach_lon": (-180.0, 180.0), "approach_lat": (-90.0, 90.0), "landing_lon": (-180.0, 180.0),
    "landing_lat": (-90.0, 90.0), "harbour_leg_m": (1.0, 50_000.0), "harbour_speed_limit_kn": (1.0, 60.0),
    "exposure_from_deg": (0.0, 360.0), "exposure_to_deg": (0.0, 360.0), "exposure_beaufort": (0.0, 12.0),
}  # fmt: skip
PLACE_WORDS: dict[str, tuple[str, ...]] = {
    "kind": tuple(name.lower() for name in PortKind.__members__),
    "country": ("GB", "GG", "JE", "IM", "IE", "FR", "BE", "NL"),
    "entry_permission": ("required",),
}
PLACE_TEXTS: dict[str, int] = {"name_en": 60, "name_fr": 60, "tide_station": 60, "exposure_source": 200}
PLACE_FIELDS = (*PLACE_NUMBERS, *PLACE_WORDS, *PLACE_TEXTS)
"""Fields of a place, which a file of an operator's own gives for a place that the register has not, a row each."""
PLACE_NEEDS = ("name_en", "name_fr", "country", "kind", "approach_lon", "approach_lat", "landing_lon", "landing_lat",
               "harbour_leg_m")  # fmt: skip
NEAR_HOSPITAL_MIN = 20.0
"""Up to so far by road an emergency department counts as being at the port. [min]"""
ALL_STATES_DRAUGHT_M = 1.5
"""Draught for which a pilot book means that a harbour can be entered at all states of the tide. [m]"""


@dataclass(frozen=True, slots=True, eq=False)
class RegisterRow:
    """One place of the register.

    Attributes
    ----------
    facts : dict
        Every column and every fact as people may see it: numbers as numbers, None where blank.
    evidence : dict of Evidence
        Grade, source and note of those that stand in the table of facts.
    leg : ndarray of float64, shape (n, 2)
        Track from approach to landing as the coastline shows it; empty until measured, or where it cannot be. [deg]
    leg_m : float
        Length of the harbour leg. [m]
    """

    facts: dict[str, object]
    evidence: dict[str, Evidence]
    leg: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))
    leg_m: float = nan

    def figure(self, name: str) -> float:
        """A number of the row, NaN where blank."""
        value = self.facts[name]
        return nan if value is None else float(value)  # type: ignore[arg-type]

    def grade(self, name: str) -> Grade:
        """How well a fact is known."""
        known = self.evidence.get(name)
        return Grade.BLANK if known is None else known.grade

    @property
    def approach(self) -> tuple[float, float]:
        """Longitude and latitude of the approach point. [deg]"""
        return self.figure("approach_lon"), self.figure("approach_lat")

    @property
    def landing(self) -> tuple[float, float]:
        """Longitude and latitude of the landing point. [deg]"""
        return self.figure("landing_lon"), self.figure("landing_lat")


@dataclass(frozen=True, slots=True)
class Overlay:
    """An operator's own facts, and places.

    Attributes
    ----------
    facts : dict
        Value and evidence by port and by name of the fact; of a place that is the operator's own its fields too.
    sha256 : str
        Digest of the file.
    file : str
        Its name.
    lines : dict of int
        Line of the file by port and fact.
    """

    facts: dict[str, dict[str, tuple[object, Evidence]]]
    sha256: str
    file: str = "overlay"
    lines: dict[tuple[str, str], int] = field(default_factory=dict)

    def refusal(self, port: str, name: str, problem: str, remedy: str) -> InvalidAsk:
        """The refusal of one of its rows, which names file, line, port and fact."""
        line = self.lines.get((port, name))
        where = self.file if line is None else f"{self.file} line {line}"
        return InvalidAsk("overlay", f"{where}: {port[:40]}.{name} {problem}", remedy)


def read_register(folder: Path = SOURCES) -> list[RegisterRow]:
    """All rows of the register, by id.

    Raises
    ------
    PackError
        A row breaks the register's own rules; names file, port and column.
    """
    rows = [row_from(cells, name) for name in PLACE_FILES for cells in read_rows(folder / name)]
    rows.sort(key=lambda row: str(row.facts["id"]))
    ids = [str(row.facts["id"]) for row in rows]
    doubled = {port for port in ids if ids.count(port) > 1}
    if doubled:
        raise PackError("ports", f"holds {', '.join(sorted(doubled))} more than once.", "Keep one row for each id.")
    known: dict[str, dict[str, tuple[object, Evidence]]] = {}
    for path in sorted((folder / FACT_FOLDER).glob("*.csv")):
        for port, facts in facts_from(read_rows(path), path.name).items():
            for name, fact in facts.items():
                if name in known.setdefault(port, {}):
                    raise PackError(f"{path.name}: {port}.{name}", "is stated twice.", "Keep one row for each fact.")
                known[port][name] = fact
    strangers = sorted(known.keys() - set(ids))
    if strangers:
        raise PackError("port_facts", f"speaks of {', '.join(strangers)}, which is no port.", "Correct the id.")
    return [with_facts(row, known.get(str(row.facts["id"]), {})) for row in rows]


def read_overlay(path: Path) -> Overlay:
    """An operator's own facts, in the form of `port_facts/*.csv`.

    Raises
    ------
    InvalidAsk
        The file cannot be read or breaks that form; names the line's port and field.
    """
    name = path.name[:40]
    try:
        data = path.read_bytes()
        # A spreadsheet's byte-order mark is no part of the first column's name.
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else "not a CSV file in UTF-8"
        raise InvalidAsk("overlay", f"{name} cannot be read ({why}).", "Check its name, rights and form.") from None
    columns = [column.strip() for column in lines[0]] if lines else []
    if not {"port_id", "field", "value", "grade", "source"} <= set(columns):
        met = ", ".join(columns)[:120] or "none"
        raise InvalidAsk("overlay", f"{name} has the columns {met}.", "Use port_id,field,value,grade,source,note.")
    rows, numbers = [], []
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns):
            raise InvalidAsk(
                "overlay", f"{name} line {number} has {len(cells)} cells for {len(columns)} columns.",
                "Separate cells by commas, and put a text with commas in quotes.",
            )  # fmt: skip
        cells = [cell.strip() for cell in cells] + [""] * (len(columns) - len(cells))
        rows.append(dict(zip(columns, cells, strict=True)))
        numbers.append(number)
    try:
        facts = facts_from(rows, name, numbers)
    except PackError as error:
        raise InvalidAsk("overlay", f"{error.field} {error.problem}", error.remedy) from None
    overlaid = {
        port: {name: (value, known._replace(overlaid=True)) for name, (value, known) in of_port.items()}
        for port, of_port in facts.items()
    }
    of_row = {(row["port_id"], row["field"]): number for row, number in zip(rows, numbers, strict=True)}
    return Overlay(overlaid, hashlib.sha256(data).hexdigest(), name, of_row)


def with_overlay(rows: list[RegisterRow], overlay: Overlay) -> list[RegisterRow]:
    """The rows with an operator's facts in place of their own, and the operator's own places after them.

    Raises
    ------
    InvalidAsk
        The overlay speaks of a port that has no row and gives no place for it, moves one that has, gives a code that
        another port has, or leaves a tidal window without hours; names the line.
    """
    known = {str(row.facts["id"]) for row in rows}
    whole = []
    for row in [*rows, *(_place_from(port, overlay) for port in sorted(overlay.facts.keys() - known))]:
        port = str(row.facts["id"])
        facts = overlay.facts.get(port, {})
        moved = [name for name in PLACE_FIELDS if name in facts]
        if port in known and moved:
            raise overlay.refusal(
                port, moved[0], "is a field of a place that the register has.", "Add a place under an id of your own."
            )
        try:
            whole.append(with_facts(row, facts))
        except PackError as error:
            name = error.field.split(".", 1)[1]
            raise overlay.refusal(port, name, error.problem, error.remedy) from None
    codes = [row.facts["unlocode"] for row in whole]
    for port, facts in overlay.facts.items():
        if "unlocode" in facts and codes.count(facts["unlocode"][0]) > 1:
            raise overlay.refusal(port, "unlocode", "is the code of another port.", "Give its own, or none.")
    return whole


def _place_from(port: str, overlay: Overlay) -> RegisterRow:
    """Row of a place that is the operator's own; its facts as the file gives them."""
    facts = overlay.facts[port]
    first = next(iter(facts))
    if not any(name in PLACE_FIELDS for name in facts):
        raise overlay.refusal(
            port, first, "is of no port that the register has.",
            f"See 'safeport ports'; a place of your own needs rows for {', '.join(PLACE_NEEDS)}.",
        )  # fmt: skip
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", port) or len(port) > 40:
        raise overlay.refusal(port, first, "is of a place with an id of another form.",
                              "Write an id in small letters, digits and hyphens.")  # fmt: skip
    lacking = [name for name in PLACE_NEEDS if name not in facts]
    if lacking:
        raise overlay.refusal(port, first, f"is of a new place that lacks {', '.join(lacking)}.",
                              "Add a row for each, with its source.")  # fmt: skip
    cells = dict.fromkeys((*PLACE_FIELDS, "tide_basis"), "") | {
        name: f"{facts[name][0]:.10g}" if name in PLACE_NUMBERS else str(facts[name][0])
        for name in PLACE_FIELDS if name in facts
    }  # fmt: skip
    cells |= {"id": port, "harbour_leg_basis": "stated", "source": facts["approach_lon"][1].source,
              "confidence": "medium"}  # fmt: skip
    return row_from(cells, overlay.file)


def row_from(cells: dict[str, str], file: str) -> RegisterRow:
    """Row from the cells of one line of a table of places, checked; its facts blank as yet."""

    def wrong(column: str, problem: str) -> PackError:
        return PackError(f"{file}: {cells.get('id', '?')}.{column}", problem, "Correct the register.")

    facts: dict[str, object] = {name: cell or None for name, cell in cells.items()}
    for name in _PLACE_NUMBERS:
        try:
            facts[name] = float(cells[name]) if cells[name] else None
        except (KeyError, ValueError):
            raise wrong(name, "is not a number.") from None
    for name in ("id", "name_en", "name_fr", "country", "kind", "approach_lon", "approach_lat", "landing_lon",
                 "landing_lat", "harbour_leg_basis", "source", "confidence"):  # fmt: skip
        if facts[name] is None:
            raise wrong(name, "is blank.")
    if str(facts["kind"]).upper() not in PortKind.__members__:
        raise wrong("kind", f"is {str(facts['kind'])[:30]!r}, not one of {', '.join(PortKind.__members__).lower()}.")
    if facts["confidence"] not in CONFIDENCE:
        raise wrong("confidence", "is not high, medium or low.")
    if facts["harbour_leg_basis"] not in ("coast", "stated"):
        raise wrong("harbour_leg_basis", "is not coast or stated.")
    if (facts["harbour_leg_basis"] == "stated") == (facts["harbour_leg_m"] is None):
        raise wrong("harbour_leg_m", "goes with the basis stated and with no other.")
    stated = facts["harbour_leg_m"]
    facts.update(dict.fromkeys(FIELDS))
    return RegisterRow(facts, {}, leg_m=nan if stated is None else float(stated))  # type: ignore[arg-type]


def facts_from(
    rows: list[dict[str, str]], file: str, lines: list[int] | None = None
) -> dict[str, dict[str, tuple[object, Evidence]]]:
    """Facts of a table, by port and name.

    Parameters
    ----------
    rows : list of dict
    file : str
    lines : list of int, optional
        Line of each row in a file of an operator's own, where rows may also be fields of a place.

    Raises
    ------
    PackError
        A row is of no known field, implausible, without a source or stated twice; names file, line, port and field.
    """
    facts: dict[str, dict[str, tuple[object, Evidence]]] = {}
    for number, cells in enumerate(rows):
        port, name = cells["port_id"], cells["field"]
        line = "" if lines is None else f" line {lines[number]}"
        where = f"{file}{line}: {port[:40] or '?'}.{name[:40] or '?'}"
        grade = cells["grade"]
        if not port:
            raise PackError(where, "has no port_id.", "Say of which port it is.")
        if grade not in GRADES:
            raise PackError(where, f"has the grade {grade[:20]!r}.", f"Use one of {', '.join(GRADES)}.")
        if not cells["source"]:
            raise PackError(where, "has no source.", "Say who says so.")
        value = _value(name, cells["value"], where, of_place=lines is not None)
        if name in facts.setdefault(port, {}):
            raise PackError(where, "is stated twice.", "Keep one row for each fact.")
        facts[port][name] = value, Evidence(Grade[grade.upper()], cells["source"], cells.get("note", ""))
    return facts


def _value(name: str, text: str, where: str, *, of_place: bool) -> object:
    """Value of a fact, or of a field of a place too, checked."""
    numbers, words, texts = NUMBERS, WORDS, TEXTS
    if of_place:
        numbers, words, texts = NUMBERS | PLACE_NUMBERS, WORDS | PLACE_WORDS, TEXTS | PLACE_TEXTS
    if name in numbers:
        low, high = numbers[name]
        try:
            number = float(text)
        except ValueError:
            number = nan
        if not isfinite(number) or not low <= number <= high:
            raise PackError(where, f"is {text[:20]!r}, not a number from {low:g} to {high:g}.", "Correct the value.")
        return number
    if name in words:
        if text not in words[name]:
            raise PackError(where, f"is {text[:20]!r}.", f"Use one of {', '.join(words[name])}.")
        return text
    if name in texts:
        if not 0 < len(text) <= texts[name]:
            raise PackError(where, f"has {len(text)} characters.", f"Write 1 to {texts[name]}.")
        return text
    known = ", ".join((*numbers, *words, *texts))
    raise PackError(where, "is a fact the register does not know.", f"Known: {known}.")


def with_facts(row: RegisterRow, known: dict[str, tuple[object, Evidence]]) -> RegisterRow:
    """The row with these facts in place of its own.

    Raises
    ------
    PackError
        A tidal window has no hours, hours of the night are stated by half, or a text stands in one language only.
    """
    facts = {**row.facts, **{name: value for name, (value, _) in known.items()}}
    evidence = {**row.evidence, **{name: known_by for name, (_, known_by) in known.items()}}
    port = facts["id"]
    if facts["gate_kind"] == "tidal_window" and (facts["gate_before_hw_h"] is None or facts["gate_after_hw_h"] is None):
        raise PackError(f"{port}.gate_before_hw_h", "is blank for a tidal window.", "State both hours.")
    if (facts["gate_night_before_hw_h"] is None) != (facts["gate_night_after_hw_h"] is None):
        raise PackError(f"{port}.gate_night_before_hw_h", "is stated by half.", "State both hours of the night.")
    for name in ("landing", "hazard"):
        if (facts[f"{name}_en"] is None) != (facts[f"{name}_fr"] is None):
            raise PackError(f"{port}.{name}", "stands in one language only.", "Write it in both.")
    return replace(row, facts=facts, evidence=evidence)


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
        evidence=row.evidence,
    )


def columns_from(rows: list[RegisterRow]) -> PortColumns:
    """Figures of all ports as arrays, in the engine's units."""

    def figures(name: str) -> np.ndarray:
        return np.array([row.figure(name) for row in rows])

    def grades(name: str) -> np.ndarray:
        return np.array([row.grade(name) for row in rows], np.int8)

    force = figures("exposure_beaufort")
    wind_kn = np.array([nan if np.isnan(f) else _BEAUFORT_KN[int(f)] for f in force])
    approach = [_approach_depth(row) for row in rows]
    small = [_small_depth(row) for row in rows]
    gates = [_gate(row) for row in rows]
    return PortColumns(
        kind=np.array([PortKind[str(row.facts["kind"]).upper()] for row in rows], np.int64),
        approach_depth_m=np.array([depth for depth, _ in approach]),
        approach_grade=np.array([grade for _, grade in approach], np.int8),
        small_depth_m=np.array([depth for depth, _ in small]),
        small_grade=np.array([grade for _, grade in small], np.int8),
        small_loa_m=figures("small_loa_m"),
        ship_depth_m=figures("ship_depth_m"),
        ship_grade=grades("ship_depth_m"),
        ship_loa_m=figures("ship_loa_m"),
        ship_loa_grade=grades("ship_loa_m"),
        ship_draught_m=figures("ship_draught_m"),
        ship_draught_grade=grades("ship_draught_m"),
        ship_beam_m=figures("ship_beam_m"),
        proven_draught_m=np.array([_proven_draught_m(row) for row in rows]),
        mhws_m=figures("mhws_m"),
        gate=np.array([kind for kind, _ in gates], np.int64),
        gate_grade=np.array([grade for _, grade in gates], np.int8),
        gate_before_h=figures("gate_before_hw_h"),
        gate_after_h=figures("gate_after_hw_h"),
        gate_night_before_h=figures("gate_night_before_hw_h"),
        gate_night_after_h=figures("gate_night_after_hw_h"),
        exposure_from_deg=figures("exposure_from_deg"),
        exposure_to_deg=figures("exposure_to_deg"),
        exposure_wind_ms=wind_kn * KNOT_MS,
        entrance_axis_deg=np.array([_axis_deg(row.leg) for row in rows]),
        harbour_leg_m=np.array([row.leg_m for row in rows]),
        harbour_speed_ms=figures("harbour_speed_limit_kn") * KNOT_MS,
        reception=np.array([_reception(row) for row in rows], np.int64),
        care_s=figures("hospital_min") * MINUTE_S,
        entry_permission=np.array([row.facts["entry_permission"] == "required" for row in rows], np.bool_),
        confidence=np.array([CONFIDENCE[str(row.facts["confidence"])] for row in rows], np.int64),
    )


def _approach_depth(row: RegisterRow) -> tuple[float, Grade]:
    """Least depth from open water to the berths, a sill included. [m]"""
    depth_m, sill_m = row.figure("approach_depth_m"), -row.figure("sill_m")
    if sill_m < depth_m or np.isnan(depth_m):
        return sill_m, row.grade("sill_m")
    return depth_m, row.grade("approach_depth_m")


def _small_depth(row: RegisterRow) -> tuple[float, Grade]:
    """Least depth where small craft land people; negative where it dries. [m]"""
    if row.facts["small_depth_m"] is not None:
        return row.figure("small_depth_m"), row.grade("small_depth_m")
    return -row.figure("drying_height_m"), row.grade("drying_height_m")


def _proven_draught_m(row: RegisterRow) -> float:
    """Draught of a craft known to come and go at all states of the tide; NaN when none is. [m]"""
    by_access_m = ALL_STATES_DRAUGHT_M if row.facts["access_all_states"] == "yes" else nan
    return float(np.fmax(row.figure("proven_draught_m"), by_access_m))


def _gate(row: RegisterRow) -> tuple[Gate, Grade]:
    """What opens and closes the way in; that there is nothing is inferred where it is entered at all states."""
    kind = Gate.UNKNOWN if row.facts["gate_kind"] is None else Gate[str(row.facts["gate_kind"]).upper()]
    if kind == Gate.UNKNOWN and not np.isnan(_proven_draught_m(row)):
        return Gate.NONE, Grade.INFERRED
    if kind == Gate.TIDAL_WINDOW:
        # The hours are what is judged, and are no better than the weaker of the two.
        return kind, min(row.grade("gate_before_hw_h"), row.grade("gate_after_hw_h"))
    return kind, row.grade("gate_kind")


def _reception(row: RegisterRow) -> Reception:
    """Medical reception near a landing place: by the drive to the emergency department where that is known."""
    if row.facts["hospital_min"] is not None:
        near = row.figure("hospital_min") <= NEAR_HOSPITAL_MIN
        return Reception.HOSPITAL if near else Reception.AMBULANCE
    stated = row.facts["medical_reception"]
    return Reception.UNKNOWN if stated is None else Reception[str(stated).upper()]


def _axis_deg(leg: np.ndarray) -> float:
    """Course of the first stretch of a harbour leg; NaN where the coastline shows none. [deg]"""
    return nan if len(leg) < 2 else float(initial_course_deg(*leg[0], *leg[1]))
