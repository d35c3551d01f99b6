"""How numbers, shares and dates are written in English and in French: as CLDR has them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from api.text.catalogue import Text

BOUND_SPACE = "\u00a0"
THIN_SPACE = "\u202f"
"""Between groups of digits in French; it does not break."""

_BEFORE_SIGNS = re.compile(r" (?=[:;?!%»])")

_MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
           "décembre"),
}  # fmt: skip
_SHORT_MONTHS = {
    "en": tuple(name[:3] for name in _MONTHS["en"]),
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
}


def localize_number(number: str, language: str) -> str:
    """A number as Python formats it, ``12,345.6``, as it is written in ``en`` or ``fr``."""
    return number.replace(",", THIN_SPACE).replace(".", ",") if language == "fr" else number


def number_text(number: str) -> Text:
    """The same in both languages."""
    return Text(number, localize_number(number, "fr"))


@dataclass(frozen=True, slots=True)
class Locale:
    """English or French.

    Attributes
    ----------
    language : str
        ``en`` or ``fr``.
    """

    language: str = "en"

    @property
    def is_french(self) -> bool:
        """Whether it is French."""
        return self.language == "fr"

    def of(self, english: str, french: str) -> str:
        """One of two texts; high punctuation and signs of French keep to the word before them."""
        return _BEFORE_SIGNS.sub(BOUND_SPACE, french) if self.is_french else english

    def count(self, number: float) -> str:
        """A whole number, its thousands set apart; a little less than nothing is 0, not -0."""
        return localize_number(f"{number:z,.0f}", self.language)

    def decimal(self, value: float, places: int, sign: bool = False) -> str:
        """A number with so many decimals; with `sign` also where it is above zero."""
        return localize_number(f"{value:{'+' if sign else ''}z,.{places}f}", self.language)

    def share(self, part: float, whole: float) -> str:
        """A share as people read it: never 0 % of something that is there, never 100 % where something is missing."""
        if not whole:
            return "-"
        share = 100.0 * part / whole
        sign, shown = ("< ", 0.1) if 0.0 < share < 0.1 else ("> ", 99.9) if 99.9 < share < 100.0 else ("", share)
        return f"{sign}{self.decimal(shown, 1)}{BOUND_SPACE}%"

    def moment(self, at: datetime) -> str:
        """A day and a clock in UTC, short."""
        return f"{at.day:02d} {_SHORT_MONTHS[self.language][at.month - 1]} {at:%H:%M}"

    def month(self, year: int, month: int) -> str:
        """A month of a year, short."""
        return f"{_SHORT_MONTHS[self.language][month - 1]} {year}"

    def day(self, milliseconds: int) -> str:
        """A date."""
        at = datetime.fromtimestamp(milliseconds / 1000, UTC)
        day = "1er" if self.is_french and at.day == 1 else str(at.day)
        return f"{day} {_MONTHS[self.language][at.month - 1]} {at.year}"
