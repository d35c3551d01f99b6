"""Quantities of the engine with their units, as people read them."""

from dataclasses import dataclass
from math import isfinite, isnan

from api.text.catalogue import load_groups
from api.text.locale import localize_number
from api.text.messages import RULE_ENTRIES, WORDING
from engine.codes import Code, Rule
from engine.units import HOUR_S, KNOT_MS, MINUTE_S, NAUTICAL_MILE_M

_CLAUSE = load_groups("sentences")["clause"]


@dataclass(frozen=True, slots=True)
class Unit:
    """Unit that people and JSON see for a quantity, its size in the engine's unit, decimals worth showing, singular."""

    name: str
    en: str
    fr: str
    size: float
    decimals: int
    one_en: str = ""
    one_fr: str = ""


MILES = Unit("nm", "nm", "M", NAUTICAL_MILE_M, 1)
METRES = Unit("m", "m", "m", 1.0, 1)
WHOLE_METRES = Unit("m", "m", "m", 1.0, 0)
KNOTS = Unit("kn", "kn", "nd", KNOT_MS, 0)
HOURS = Unit("h", "h", "h", HOUR_S, 1)
WINDOW_HOURS = Unit("h", "h", "h", 1.0, 1)
MINUTES = Unit("min", "min", "min", MINUTE_S, 0)
PERSONS = Unit("persons", "persons", "personnes", 1.0, 0, "person", "personne")
COUNT = Unit("count", "", "", 1.0, 0)

UNITS = {
    "miles": MILES, "metres": METRES, "knots": KNOTS, "hours": HOURS, "window_hours": WINDOW_HOURS, "minutes": MINUTES,
    "persons": PERSONS, "count": COUNT,
}  # fmt: skip
"""By their names in the catalogue."""

UNIT_OF: dict[Rule, Unit] = {rule: UNITS[entry.unit] for rule, entry in RULE_ENTRIES.items() if entry.unit}
"""Unit of the measured value and the limit of each rule that has them."""

_UNIT_OF_CODE = {code: UNITS[wording.unit] for code, wording in WORDING.items() if wording.unit}
"""Codes that measure something else than the other codes of their rule."""


def unit_of(rule: Rule, code: Code) -> Unit:
    """Unit of a finding."""
    return _UNIT_OF_CODE.get(code) or UNIT_OF.get(rule, COUNT)


def format_quantity(value: float, unit: Unit, language: str) -> str:
    """A quantity of the engine with its unit, as people read it; NaN is what is not known."""
    if isnan(value):
        return _CLAUSE["not_known"].of(language)
    # What rounds to nothing has no sign.
    number = f"{round(value / unit.size, unit.decimals) + 0.0:.{unit.decimals}f}"
    name = unit.one_en if unit.one_en and number == "1" else unit.en
    if language == "fr":
        # In French nothing, too, is singular.
        name = unit.one_fr if unit.one_fr and number in ("0", "1") else unit.fr
        number = localize_number(number, language)
    return f"{number} {name}".strip()


def minutes_text(time_s: float, language: str) -> str:
    """A time in minutes, or that it is not known."""
    if isfinite(time_s):
        return format_quantity(time_s, MINUTES, language)
    return _CLAUSE["time_not_known"].of(language)
