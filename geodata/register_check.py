"""What the register lacks, what in it looks wrong, and what has grown old: for whoever keeps it."""

import re
from typing import NamedTuple

import numpy as np

from engine.codes import Grade
from geodata.register import FIELDS, GRADES, NUMBERS, RegisterRow

OLD_AFTER_YEARS = 10
"""A figure of depth whose newest year is farther back may have silted up or been dredged since."""

HIGHEST_ABOVE_MHWS_M = 1.0
"""Tides rise no higher above mean high water springs, as policies assume. [m]"""

_DEPTHS = ("approach_depth_m", "sill_m", "small_depth_m", "drying_height_m", "ship_depth_m", "proven_draught_m")
_COUNTED = tuple(name for name in FIELDS if not name.endswith("_fr"))
_COUNTRY_OF_CODE = {"GB": "GB", "GG": "GG", "JE": "JE", "FR": "FR", "BE": "BE", "NL": "NL"}
_BEACHES = ("beach_landing", "inland", "oil_terminal")


class RegisterCheck(NamedTuple):
    """What was found; a line for each thing, naming the port and the fact.

    Attributes
    ----------
    grades : dict
        For each fact, how many places have it, by grade.
    missing, implausible, old : list of str
    """

    grades: dict[str, dict[str, int]]
    missing: list[str]
    implausible: list[str]
    old: list[str]


def check_register(rows: list[RegisterRow], year: int) -> RegisterCheck:
    """Look through the register.

    Parameters
    ----------
    rows : list of RegisterRow
    year : int
        The present one.
    """
    grades = {
        name: {grade: sum(row.grade(name).name.lower() == grade for row in rows) for grade in GRADES}
        for name in _COUNTED
    }
    missing = [line for row in rows for line in _missing(row)]
    implausible = [line for row in rows for line in _implausible(row)]
    old = [line for row in rows for line in _old(row, year)]
    return RegisterCheck(grades, missing, implausible, old)


def has_depth(row: RegisterRow) -> bool:
    """Whether any depth or drying height of a place is known."""
    return any(
        row.facts[name] is not None for name in ("approach_depth_m", "small_depth_m", "drying_height_m", "sill_m")
    )


def _missing(row: RegisterRow) -> list[str]:
    """Facts a place should have and has not."""
    lacking = []
    if not has_depth(row) and row.facts["kind"] not in _BEACHES:
        lacking.append("depth or drying height")
    if row.facts["gate_kind"] in (None, "unknown") and row.facts["kind"] not in _BEACHES:
        lacking.append("gate or hours")
    lacking += [name for name in ("vhf", "mhws_m", "hospital", "hospital_min", "landing_en") if row.facts[name] is None]
    return [f"{row.facts['id']}: {', '.join(lacking)}"] if lacking else []


def _implausible(row: RegisterRow) -> list[str]:
    """Facts of a place that contradict each other."""
    fact, facts = row.figure, row.facts
    lowest_m = np.nanmin([fact("approach_depth_m"), -fact("sill_m"), np.inf])
    checks = [
        # Comparisons with what is blank are false.
        (facts["access_all_states"] == "yes" and facts["gate_kind"] == "tidal_window",
         "is entered at all states and has hours"),
        (facts["access_all_states"] == "yes" and lowest_m < -0.5, "is entered at all states over ground that dries"),
        (fact("proven_draught_m") > lowest_m + fact("mhws_m"), "has a proven draught beyond its depth at springs"),
        (fact("ship_draught_m") > fact("ship_depth_m") + fact("mhws_m"), "takes ships beyond its depth at springs"),
        (fact("ship_draught_m") > lowest_m + fact("mhws_m") + HIGHEST_ABOVE_MHWS_M,
         "takes ships beyond the depth of its approach at any tide"),
        (facts["access_all_states"] == "yes" and fact("proven_draught_m") > lowest_m + 1.0,
         "is used at all states by a draught its approach does not carry"),
        (fact("sill_m") > fact("mhws_m"), "has a sill above high water springs"),
        (fact("gate_before_hw_h") + fact("gate_after_hw_h") > 12.4, "has hours longer than a tide"),
        (fact("drying_height_m") > 0.0 and fact("small_depth_m") > 0.0 and facts["gate_kind"] == "none",
         "both dries and keeps water, without a gate"),
        (fact("small_loa_m") > fact("ship_loa_m"), "takes longer yachts than ships"),
        (facts["kind"] == "drying_harbour" and fact("approach_depth_m") > 3.0 and fact("small_depth_m") > 1.5,
         "is called a drying harbour and does not dry"),
        (facts["unlocode"] is not None and _COUNTRY_OF_CODE.get(str(facts["unlocode"])[:2]) != facts["country"],
         "has a code of another country"),
        (facts["vhf"] is not None and not re.search(r"\d", str(facts["vhf"])), "has a VHF entry without a channel"),
    ]  # fmt: skip
    return [f"{facts['id']}: {problem}" for is_wrong, problem in checks if is_wrong]


def _old(row: RegisterRow, year: int) -> list[str]:
    """Depths of a place whose source is old by its own word."""
    lines = []
    for name in _DEPTHS:
        known = row.evidence.get(name)
        if known is None or name not in NUMBERS or known.grade < Grade.TRANSCRIBED:
            continue
        years = [int(found) for found in re.findall(r"\b(?:19|20)\d\d\b", f"{known.source} {known.note}")]
        if years and max(years) < year - OLD_AFTER_YEARS:
            lines.append(f"{row.facts['id']}: {name} of {max(years)}")
    return lines


def grades_table(grades: dict[str, dict[str, int]], places: int) -> str:
    """Counts by fact and grade as a table in Markdown, as `docs/register.md` carries it."""
    lines = [f"| fact | {' | '.join(GRADES)} | blank |", "|---|" + "---:|" * (len(GRADES) + 1)]
    for name, counts in grades.items():
        if any(counts.values()):
            cells = [*map(str, counts.values()), str(places - sum(counts.values()))]
            lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(lines)
