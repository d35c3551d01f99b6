"""Times of day as people read them: UTC, and the local time of the port's country."""

from datetime import UTC, datetime
from math import isinf, isnan
from zoneinfo import ZoneInfo

from api.text.catalogue import load_groups

_COUNTRY = load_groups("sentences")["country"]


_ZONES = {
    "GB": ZoneInfo("Europe/London"), "FR": ZoneInfo("Europe/Paris"), "BE": ZoneInfo("Europe/Brussels"),
    "NL": ZoneInfo("Europe/Amsterdam"), "GG": ZoneInfo("Europe/Guernsey"), "JE": ZoneInfo("Europe/Jersey"),
}  # fmt: skip
"""Time of each country of the register."""


def clock(epoch_s: float, language: str, country: str) -> str:
    """UTC first, then the local time of the place, named by it: the two sides of the water differ by an hour.

    Parameters
    ----------
    epoch_s : float
        [s]
    language : str
        ``en`` or ``fr``.
    country : str
        Of the place, by its code in the register; of any other, UTC alone is said.
    """
    if isnan(epoch_s) or isinf(epoch_s) or country not in _ZONES:
        return utc_clock(epoch_s, language)
    local = datetime.fromtimestamp(epoch_s, _ZONES[country])
    return f"{utc_clock(epoch_s, language)} ({_hour(local, language)} {_COUNTRY[country].of(language)})"


def local_clock(epoch_s: float, country: str) -> str | None:
    """Local time of a place and the name of its zone, such as ``15:12 CET``; None where either is not known.

    Parameters
    ----------
    epoch_s : float
        [s]
    country : str
        Of the place, by its code in the register.
    """
    if isnan(epoch_s) or isinf(epoch_s) or country not in _ZONES:
        return None
    there = datetime.fromtimestamp(epoch_s, _ZONES[country])
    return f"{there.hour:02}:{there.minute:02} {there.tzname()}"


def utc_clock(epoch_s: float, language: str) -> str:
    """UTC alone."""
    if isnan(epoch_s) or isinf(epoch_s):
        return "-"
    return f"{_hour(datetime.fromtimestamp(epoch_s, UTC), language)} UTC"


def _hour(at: datetime, language: str) -> str:
    # Several times as fast as `strftime`, and every answer names some hours.
    return f"{at.hour:02}{'h' if language == 'fr' else ''}{at.minute:02}"
