"""The language a report is written in: its sentences, and how it writes numbers, shares and dates."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup

from api.text.catalogue import load_texts

WORDS = load_texts("replay")
"""What a report and a comparison of replays say; what rules say is in `api.text.messages`."""

MONTHS_FR = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
MONTHS_SHORT = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
}

BOUND_SPACE = "\u00a0"
_BEFORE_SIGNS = re.compile(r" (?=[:;?!%»])")
THIN_SPACE = "\u202f"
"""Between groups of digits in French; it does not break."""


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

    def say(self, key: str, **fields: object) -> Markup:
        """A sentence of the catalogue as HTML; whatever is filled in is escaped, unless it is HTML of ours already."""
        # The catalogue is ours.
        return Markup(self.of(*WORDS[key])).format(**fields)  # noqa: S704

    def plain(self, key: str, **fields: object) -> str:
        """A sentence of the catalogue that is not HTML yet: whoever puts it there escapes it."""
        return self.of(*WORDS[key]).format(**fields)

    def count(self, number: float) -> str:
        """A whole number, its thousands set apart."""
        grouped = f"{number:,.0f}"
        return grouped.replace(",", THIN_SPACE) if self.is_french else grouped

    def decimal(self, value: float, places: int, sign: bool = False) -> str:
        """A number with so many decimals; with `sign` also where it is above zero."""
        text = f"{value:{'+' if sign else ''},.{places}f}"
        return text.replace(",", THIN_SPACE).replace(".", ",") if self.is_french else text

    def share(self, part: float, whole: float) -> str:
        """A share as people read it: never 0 % of something that is there, never 100 % where something is missing."""
        if not whole:
            return "-"
        share = 100.0 * part / whole
        sign, shown = ("< ", 0.1) if 0.0 < share < 0.1 else ("> ", 99.9) if 99.9 < share < 100.0 else ("", share)
        return f"{sign}{self.decimal(shown, 1)}{BOUND_SPACE}%"

    def moment(self, at: datetime) -> str:
        """A day and a clock in UTC, short."""
        return f"{at.day:02d} {MONTHS_SHORT[self.language][at.month - 1]} {at:%H:%M}"

    def month(self, year: int, month: int) -> str:
        """A month of a year, short."""
        return f"{MONTHS_SHORT[self.language][month - 1]} {year}"

    def day(self, milliseconds: int) -> str:
        """A date."""
        at = datetime.fromtimestamp(milliseconds / 1000, UTC)
        if self.is_french:
            return f"{'1er' if at.day == 1 else at.day} {MONTHS_FR[at.month - 1]} {at.year}"
        return f"{at:%d %B %Y}".lstrip("0")


ENGLISH, FRENCH = Locale("en"), Locale("fr")
