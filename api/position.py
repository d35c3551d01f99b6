"""Strict reading of positions and times as people type them: what could mean two things is refused.

People write latitude first; what comes back is ``(lon, lat)``. Hemisphere letters, when given, say which number is
which. A comma is a separator or a French decimal mark only where it cannot be the other.

References
----------
IETF RFC 3339, Date and Time on the Internet: Timestamps, section 5.6.
ISO 6709:2022, Standard representation of geographic point location by coordinates.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from math import floor, isfinite

MAX_POSITION_CHARS = 80
MAX_TIME_CHARS = 64
MAX_ECHO_CHARS = 40

WRITE_POSITION = "Write it as 51 07.3N 001 20.8E, or as 51.1217, 1.3467 (latitude first)."
WRITE_TIME = "Write it as 2026-11-22T14:30:00Z."
WRITE_TIME_SHORT = "Write now, 0500Z, 05:00Z, 2022-01-13T05:00Z, -10min or +2h."


class _InputError(ValueError):
    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


class InvalidPosition(_InputError):
    """A text is no position, or could be two.

    Parameters
    ----------
    problem, remedy : str
        One short sentence each; neither repeats more than `MAX_ECHO_CHARS` of the text.
    """


class InvalidTime(_InputError):
    """A text is no instant, or could be several.

    Parameters
    ----------
    problem, remedy : str
        One short sentence each; neither repeats more than `MAX_ECHO_CHARS` of the text.
    """


_SAME_MARK = str.maketrans(
    {
        "\N{PRIME}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{ACUTE ACCENT}": "'",
        "\N{GRAVE ACCENT}": "'",
        "\N{DOUBLE PRIME}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{MASCULINE ORDINAL INDICATOR}": "°",
        "\N{RING ABOVE}": "°",
        "\N{MINUS SIGN}": "-",
        "\N{EN DASH}": "-",
        "\N{HYPHEN}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{MIDDLE DOT}": ".",
        "\N{DOT OPERATOR}": ".",
        "\N{BULLET OPERATOR}": ".",
        "\N{NO-BREAK SPACE}": " ",
        "\N{NARROW NO-BREAK SPACE}": " ",
        "\N{THIN SPACE}": " ",
        "\t": " ",
        "\n": " ",
        "\r": " ",
    }
)
"""Marks that keyboards and web pages put for the same thing."""

_WORDS = {
    "north": "N", "nord": "N", "noord": "N", "south": "S", "sud": "S", "zuid": "S", "east": "E", "est": "E",
    "oost": "E", "ost": "E", "west": "W", "ouest": "W",
}  # fmt: skip
"""Hemispheres written out, in the languages of these coasts; each means one thing only."""

_HEMISPHERE_WORD = re.compile(rf"(?<![A-Za-z])({'|'.join(_WORDS)})(?![A-Za-z])", re.IGNORECASE)
_AXIS_WORD = re.compile(r"(?<![A-Za-z])(?:lat|latitude|lon|long|longitude)(?![A-Za-z])[.:]? ?", re.IGNORECASE)
_MARK_BEFORE_FRACTION = re.compile(r"(?<![0-9.,])([0-9]{1,3})(['\"])([.,][0-9]+)")
"""Charts and Notices to Mariners put the mark of minutes above the decimal sign: 07'.3 is 7.3 minutes."""

_SENTENCE = re.compile(r"([0-9.]+),([NSns]),([0-9.]+),([EWew])")
"""The four fields of a position as receivers send them, IEC 61162-1 (NMEA 0183)."""

# Plain [0-9]: \d would also take Arabic-Indic and other digits, which nobody checked here.
_FRACTION = r"(?:[.,][0-9]+)?"
_WHOLE = r"([0-9]{1,3})"
_AFTER_DEGREES = r"(?: ?° ?| |-)"
_AFTER_MINUTES = r"(?: ?' ?| |-)"
_DEGREES = re.compile(rf"([0-9]{{1,3}}{_FRACTION}) ?°?")
_TOO_MANY_DIGITS = re.compile(rf"[0-9]{{4,}}{_FRACTION} ?['°]?")
_MINUTES = re.compile(rf"{_WHOLE}{_AFTER_DEGREES}([0-9]{{1,2}}{_FRACTION}) ?'?")
_SECONDS = re.compile(rf"{_WHOLE}{_AFTER_DEGREES}([0-9]{{1,2}}){_AFTER_MINUTES}([0-9]{{1,2}}{_FRACTION}) ?\"?")
_RUN_TOGETHER = {
    "latitude": re.compile(rf"([0-9]{{2}})([0-9]{{2}}{_FRACTION}) ?'?"),
    "longitude": re.compile(rf"([0-9]{{3}})([0-9]{{2}}{_FRACTION}) ?'?"),
}
_SECONDS_RUN_TOGETHER = {
    "latitude": re.compile(rf"([0-9]{{2}})([0-9]{{2}})([0-9]{{2}}{_FRACTION}) ?\"?"),
    "longitude": re.compile(rf"([0-9]{{3}})([0-9]{{2}})([0-9]{{2}}{_FRACTION}) ?\"?"),
}
"""As aeronautical and search and rescue messages write them: 510718N 0012048E."""

_SIGNED = r"([+-]?[0-9]{1,3}(?:\.[0-9]+)?) ?°?"
_PAIR = re.compile(rf"{_SIGNED}( ?[,;] ?| ){_SIGNED}")
_DIGITS_COMMA_DIGITS = re.compile(r"[0-9]+,[0-9]+")
_COMMA_IN_DOUBT = re.compile(r"[0-9]+,[0-9]+|.*[0-9],[0-9]+(?:[^.]*,| ?;).*")
_EXPONENT = re.compile(r"[0-9.]E[+-]?[0-9]")
_STRAY_SIGN = re.compile(r"\+|^-|[^0-9]-|-[^0-9]")

_LETTERS_FIRST = re.compile(r"([NSEWO])([^A-Z]*)([NSEWO])([^A-Z]*)")
_LETTERS_LAST = re.compile(r"([^A-Z]*)([NSEWO])([^A-Z]*)([NSEWO])")
_LIMIT_DEG = {"latitude": 90.0, "longitude": 180.0}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END_S = int((datetime(2101, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())
_RFC_3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)

_ZONE = r"(?P<zone>Z|UTC|[+-][0-9]{2}:?[0-9]{2})?"
_CLOCK = r"(?P<hour>[0-9]{2})[:H]?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2}))?"
_CLOCK_ALONE = re.compile(rf"{_CLOCK} ?{_ZONE}")
_DAY_AND_CLOCK = re.compile(rf"(?P<day>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})[T ]{_CLOCK} ?{_ZONE}")
_FROM_NOW = re.compile(
    r"(?P<sign>[+-]) ?(?:(?P<hours>[0-9]{1,3}(?:\.[0-9]+)?) ?(?:H|HR|HRS|HOURS?|HEURES?)(?: ?(?P<after>[0-9]{2}))?)?"
    r" ?(?:(?P<minutes>[0-9]{1,4}) ?(?:MIN|MN|MINUTES?))?"
)
_NOW = ("NOW", "MAINTENANT")
_DAY_S = 86_400
_TOO_NEAR_TO_CALL_S = 1_200
"""Two days whose hour is as near as this to equally far from now: nobody can say which one was meant. [s]"""


def parse_position(text: str, *, french: bool = False) -> tuple[float, float]:
    """Position a person wrote.

    Parameters
    ----------
    text : str
        Degrees and minutes or degrees, minutes and seconds with hemisphere letters (``51 07.3N 001 20.8E``,
        ``N51°07'18" E001°20'48"``, ``51°07'.3N 001°20'.8E``, ``5107.3N 00120.8E``, ``510718N 0012048E``), decimal
        degrees with letters (``51,1217 N 1,3467 W``), or signed decimal degrees, latitude first (``51.1217, -1.3467``).
    french : bool
        Whether the letter ``O`` is ouest, west. Otherwise it is refused: in Dutch and German it is east.

    Returns
    -------
    tuple of float
        Longitude, positive east, and latitude, positive north, WGS 84. [deg]

    Raises
    ------
    InvalidPosition
        For any text that is not one position beyond doubt. Any position on Earth but 0, 0 is accepted: whether it
        lies in the area covered is not judged here.
    """
    line = _one_line(text)
    letters = re.findall("[A-Z]", line)
    if "O" in letters and not french:
        raise InvalidPosition(
            "The letter O is west in French (ouest) and east in Dutch and German (oost, Ost).", "Write W or E."
        )
    lon, lat = _read_lettered(line, letters) if letters else _read_decimal_pair(line)
    if lon == 0.0 and lat == 0.0:
        raise InvalidPosition("0, 0 is what a receiver without a fix reports.", "Wait for a fix, or type the position.")
    return lon, lat


def format_position(lon: float, lat: float) -> str:
    """Write a position in degrees and decimal minutes, as charts and radio do.

    Parameters
    ----------
    lon, lat : float
        Longitude from -180 to 180 and latitude from -90 to 90, inclusive, WGS 84. [deg]

    Returns
    -------
    str
        For instance ``51°07.3'N 001°20.8'E``, to the nearest tenth of a minute.

    Raises
    ------
    ValueError
        When a number is not finite or not in range.
    """
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        raise ValueError("a position needs a longitude within 180 degrees and a latitude within 90")
    return f"{_degrees_minutes(lat, 2, 'NS')} {_degrees_minutes(lon, 3, 'EW')}"


def spoken_position(lon: float, lat: float) -> dict[str, str]:
    """A position as it is read back on the radio, digit by digit."""
    text = format_position(lon, lat)
    spoken = {}
    for lang, (point, degrees, letters) in _SPOKEN.items():
        words = []
        for half in text.split(" "):
            whole, minutes = half[:-1].rstrip("'").split("°")
            figures = f"{' '.join(whole)} {degrees} {' '.join(minutes.split('.')[0])} {point} {minutes[-1]}"
            words.append(f"{figures} {letters[half[-1]]}")
        spoken[lang] = ", ".join(words)
    return spoken


_SPOKEN = {
    "en": ("decimal", "degrees", {"N": "north", "S": "south", "E": "east", "W": "west"}),
    "fr": ("virgule", "degrés", {"N": "nord", "S": "sud", "E": "est", "W": "ouest"}),
}


def parse_time(text: str) -> float:
    """Instant a person wrote, RFC 3339 with a zone.

    Parameters
    ----------
    text : str
        For instance ``2026-11-22T14:30:00Z`` or ``2026-11-22 15:30:00.5+01:00``.

    Returns
    -------
    float
        Seconds since 1970-01-01T00:00:00Z. [s]

    Raises
    ------
    InvalidTime
        For a naive time, a leap second, a date that does not exist, a year (UTC) before 1970 or after 2100.
    """
    if len(text) > MAX_TIME_CHARS:
        raise InvalidTime(f"The time has more than {MAX_TIME_CHARS} characters.", WRITE_TIME)
    found = _RFC_3339.fullmatch(text.strip())
    if not found:
        raise InvalidTime(f"'{_echo(text)}' is not a time in RFC 3339 form.", WRITE_TIME)
    *_, second, fraction, zone = found.groups()
    if not zone:
        raise InvalidTime(
            "The time has no zone, and the two shores differ by an hour.", "End it with Z for UTC, or with +01:00."
        )
    # POSIX seconds, which everything downstream counts in, have no room for a leap second.
    if second == "60":
        raise InvalidTime("Leap seconds are not accepted.", "Write second 59.")
    whole_s = _whole_seconds(found, zone)
    if not 0 <= whole_s < _END_S:
        raise InvalidTime("The year is before 1970 or after 2100.", "Check the date.")
    # Beyond microseconds a double could round up into the next second.
    return whole_s + float((fraction or ".0")[:7])


def checked_instant(text: str | None) -> str | None:
    """A time as it was written, once `parse_time` has taken it, or None.

    Raises
    ------
    ValueError
    """
    if text is not None:
        try:
            parse_time(text)
        except InvalidTime as wrong:
            raise ValueError(f"{wrong.problem} {wrong.remedy}") from None
    return text


def parse_time_as_typed(text: str, now_s: float) -> float:
    """Instant a person typed at a command line: a few short forms beside that of `parse_time`.

    Parameters
    ----------
    text : str
        ``now``; an hour, ``0500Z``, ``05:00Z``, ``05h00 UTC``, which is the nearest such hour to now; a day and an
        hour, ``2022-01-13T05:00Z``, ``2022-01-13 05:00+01:00``; from now, ``-10min``, ``+2h``, ``+1h30``; or any text
        that `parse_time` takes.
    now_s : float
        The time it is. [epoch s]

    Returns
    -------
    float
        Whole seconds since 1970-01-01T00:00:00Z, but for what `parse_time` reads. [s]

    Raises
    ------
    InvalidTime
        As `parse_time`; and for an hour that is nearly as far from now yesterday as tomorrow.
    """
    typed = re.sub(" +", " ", text.translate(_SAME_MARK)).strip(" ").upper()
    now_s = float(floor(now_s))
    if typed in _NOW:
        return now_s
    if (found := _FROM_NOW.fullmatch(typed)) and (found["hours"] or found["minutes"]):
        minutes = float(found["after"] or 0) + float(found["minutes"] or 0)
        away_s = round(3600.0 * float(found["hours"] or 0) + 60.0 * minutes)
        return now_s - away_s if found["sign"] == "-" else now_s + away_s
    if found := _CLOCK_ALONE.fullmatch(typed):
        days = [format_time(now_s + step * _DAY_S)[:10] for step in (-1, 0, 1, 2)]
        nearest, second = sorted((_on_day(day, found) for day in days), key=lambda at_s: abs(at_s - now_s))[:2]
        if abs(second - now_s) - abs(nearest - now_s) < _TOO_NEAR_TO_CALL_S:
            # Nearly twelve hours away, on either side.
            raise InvalidTime(
                f"'{_echo(text)}' was nearly as long ago as it is ahead.",
                f"Write the day, too: {format_time(nearest)[:16]}Z.",
            )
        return nearest
    if found := _DAY_AND_CLOCK.fullmatch(typed):
        return _on_day(found["day"], found)
    try:
        return parse_time(text)
    except InvalidTime as wrong:
        remedy = WRITE_TIME_SHORT if wrong.remedy == WRITE_TIME else wrong.remedy
        raise InvalidTime(wrong.problem.replace(" in RFC 3339 form", ""), remedy) from None


def _on_day(day: str, found: "re.Match[str]") -> float:
    """Instant of a clock on a day, ``2022-01-13``. [s]"""
    zone = found["zone"]
    if not zone:
        raise InvalidTime("The time has no zone, and the two shores differ by an hour.", WRITE_TIME_SHORT)
    offset = "Z" if zone in ("Z", "UTC") else f"{zone[:3]}:{zone[-2:]}"
    try:
        return parse_time(f"{day}T{found['hour']}:{found['minute']}:{found['second'] or '00'}{offset}")
    except InvalidTime as wrong:
        raise InvalidTime(re.sub("^'.*'", f"'{_echo(found[0])}'", wrong.problem), wrong.remedy) from None


def format_time(epoch_s: float) -> str:
    """Write an instant in UTC to the second, rounded down.

    Parameters
    ----------
    epoch_s : float
        Seconds since 1970-01-01T00:00:00Z; from 1970 to 2100. [s]

    Returns
    -------
    str
        For instance ``2026-11-22T14:30:00Z``.

    Raises
    ------
    ValueError
        When the number is not finite or the year is out of range.
    """
    if not (isfinite(epoch_s) and 0 <= epoch_s < _END_S):
        raise ValueError("an instant lies between 1970 and 2100")
    return f"{datetime.fromtimestamp(floor(epoch_s), UTC).isoformat()[:19]}Z"


def _echo(text: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in text.strip()[: MAX_ECHO_CHARS + 1])
    return shown if len(shown) <= MAX_ECHO_CHARS else shown[: MAX_ECHO_CHARS - 3] + "..."


def _one_line(text: str) -> str:
    """One spelling for each mark, single spaces, ASCII capitals."""
    if len(text) > MAX_POSITION_CHARS:
        raise InvalidPosition(f"The position has more than {MAX_POSITION_CHARS} characters.", WRITE_POSITION)
    line = re.sub(" +", " ", text.translate(_SAME_MARK).replace("''", '"')).strip(" ")
    if line.startswith("(") and line.endswith(")"):
        line = line[1:-1].strip(" ")
    line = _HEMISPHERE_WORD.sub(lambda word: _WORDS[word[1].lower()], line)
    # Where letters say which number is which, words that say it again may go; elsewhere they could say otherwise.
    without_words = _AXIS_WORD.sub("", line)
    if re.search("[NSns].*[EWOewo]|[EWOewo].*[NSns]", without_words):
        line = without_words
    line = re.sub("(?<=[0-9]):(?=[0-9])", " ", line)
    line = _MARK_BEFORE_FRACTION.sub(r"\1\3\2", line)
    if found := _SENTENCE.fullmatch(line):
        line = f"{found[1]}{found[2]} {found[3]}{found[4]}"
    if not line:
        raise InvalidPosition("The position is empty.", WRITE_POSITION)
    # Checked before upper(), which turns some other letters into hemisphere letters (sharp s into SS).
    # With the letters beside it: the word is what a person looks for.
    foreign = re.search(r"[^\W\d_]*[^0-9NSEWOnsewo°'\"+\-.,;/ ][^\W\d_]*", line)
    if foreign:
        raise InvalidPosition(f"'{_echo(foreign.group())}' is not part of a position.", WRITE_POSITION)
    return line.upper()


def _read_decimal_pair(line: str) -> tuple[float, float]:
    if re.search("['\"]", line):
        raise _no_hemisphere()
    found = _PAIR.fullmatch(line)
    if not found:
        raise _no_pair(line)
    first, between, second = found.groups()
    if between == " " and "." not in first:
        # "51 07.3" is as well one latitude in degrees and minutes.
        raise _no_hemisphere()
    if _DIGITS_COMMA_DIGITS.fullmatch(line) and (first, second) != ("0", "0"):
        raise _comma_in_doubt()
    lat, lon = float(first) + 0.0, float(second) + 0.0
    if 90.0 < abs(lat) <= 180.0 and abs(lon) <= 90.0:
        raise InvalidPosition(
            f"The first number, {_echo(first)}, cannot be a latitude.", "Swap the numbers: latitude comes first."
        )
    _check_limit("latitude", abs(lat))
    _check_limit("longitude", abs(lon))
    return lon, lat


def _no_hemisphere() -> InvalidPosition:
    return InvalidPosition("Degrees and minutes need hemisphere letters.", "Add N or S, and E or W.")


def _comma_in_doubt() -> InvalidPosition:
    return InvalidPosition("A comma could be a decimal mark.", "Write decimals with a point: 51.1217, 1.3467.")


def _no_pair(line: str) -> InvalidPosition:
    if _COMMA_IN_DOUBT.fullmatch(line):
        return _comma_in_doubt()
    numbers = re.findall(r"[0-9]+(?:\.[0-9]+)?", line)
    if len(numbers) == 1:
        return InvalidPosition(f"'{_echo(line)}' is one number.", "Give latitude and longitude.")
    if len(numbers) > 2:
        return _no_hemisphere()
    return InvalidPosition(f"'{_echo(line)}' is not a pair of decimal degrees.", WRITE_POSITION)


def _read_lettered(line: str, letters: list[str]) -> tuple[float, float]:
    if _EXPONENT.search(line):
        raise InvalidPosition("A number with an exponent, or E between two digits.", "Put a space after the letter E.")
    if len(letters) == 1:
        raise InvalidPosition("There is only one hemisphere letter.", "Give N or S, and E or W.")
    halves = _lettered_halves(line)
    axes = [_axis(letter) for letter, _ in halves]
    if axes[0] == axes[1]:
        raise InvalidPosition(f"There are two {axes[0]}s.", "Give one latitude and one longitude.")
    if "." in line and _DIGITS_COMMA_DIGITS.search(line):
        raise InvalidPosition("Both comma and point stand between digits.", "Write decimals with a point.")
    parts = [_parts(axis, body) for axis, (_, body) in zip(axes, halves, strict=True)]
    # A digit lost or a space too many turns minutes into degrees: 5107.3N 020.8E, 51 07.3N 00 1 20.8E.
    if len(parts[0]) != len(parts[1]):
        raise InvalidPosition(
            "Latitude and longitude are not written alike.", "Give both the same way, zeros included."
        )
    values = [_degrees(axis, half) for axis, half in zip(axes, parts, strict=True)]
    # Adding zero turns -0.0 into 0.0.
    signed = {
        axis: (-value if letter in "SWO" else value) + 0.0
        for axis, value, (letter, _) in zip(axes, values, halves, strict=True)
    }
    return signed["longitude"], signed["latitude"]


def _lettered_halves(line: str) -> list[tuple[str, str]]:
    """Letter and body of each half; one separator between the halves is dropped."""
    if found := _LETTERS_FIRST.fullmatch(line):
        letter, body, other_letter, other_body = found.groups()
        return [(letter, re.sub("(?: ?[,;/] ?| - ?| -)$", "", body).strip(" ")), (other_letter, other_body.strip(" "))]
    if found := _LETTERS_LAST.fullmatch(line):
        body, letter, other_body, other_letter = found.groups()
        return [(letter, body.strip(" ")), (other_letter, re.sub("^(?: ?[,;/] ?| - )", "", other_body).strip(" "))]
    raise InvalidPosition(
        "Hemisphere letters do not stand one with each number.", "Write both before or both after: 51 07.3N 001 20.8E."
    )


def _axis(letter: str) -> str:
    return "latitude" if letter in "NS" else "longitude"


def _parts(axis: str, body: str) -> tuple[str, ...]:
    """Degrees; degrees and minutes; or degrees, minutes and seconds."""
    if _STRAY_SIGN.search(body):
        raise InvalidPosition(
            f"The {axis} has a sign as well as a hemisphere letter.", "Leave out the sign: the letter says it."
        )
    for form in (_RUN_TOGETHER[axis], _SECONDS_RUN_TOGETHER[axis], _MINUTES, _SECONDS, _DEGREES):
        if found := form.fullmatch(body):
            return found.groups()
    if _TOO_MANY_DIGITS.fullmatch(body):
        raise InvalidPosition(
            f"The {axis} has too many or too few digits run together.",
            "Write 4 digits before the point for latitude, 5 for longitude; 6 and 7 with seconds.",
        )
    if not body:
        raise InvalidPosition(f"The {axis} has no number.", WRITE_POSITION)
    raise InvalidPosition(f"'{_echo(body)}' is not a {axis}.", WRITE_POSITION)


def _degrees(axis: str, parts: tuple[str, ...]) -> float:
    value = _number(parts[0])
    for unit, digits, share in zip(("minutes", "seconds"), parts[1:], (60.0, 3600.0), strict=False):
        value += _sixtieths(axis, unit, digits) / share
    _check_limit(axis, value)
    return value


def _number(digits: str) -> float:
    return float(digits.replace(",", "."))


def _sixtieths(axis: str, unit: str, digits: str) -> float:
    value = _number(digits)
    if not value < 60.0:
        raise InvalidPosition(f"The {axis} has 60 {unit} or more.", f"Check the {unit}: they run from 0 to 59.")
    return value


def _check_limit(axis: str, value: float) -> None:
    limit = _LIMIT_DEG[axis]
    if not value <= limit:
        raise InvalidPosition(f"The {axis} is beyond {limit:.0f} degrees.", f"Check the {axis}.")


def _degrees_minutes(value: float, width: int, letters: str) -> str:
    # Rounding the whole in tenths of a minute, not the minutes alone, carries 59.96' into the next degree.
    tenths = round(abs(value) * 600.0)
    letter = letters[1] if value < 0.0 and tenths else letters[0]
    return f"{tenths // 600:0{width}d}°{tenths % 600 // 10:02d}.{tenths % 10}'{letter}"


def _whole_seconds(found: re.Match[str], zone: str) -> int:
    try:
        year, month, day, hour, minute, second = map(int, found.groups()[:6])
        local = datetime(year, month, day, hour, minute, second, tzinfo=_zone(zone))
        return (local - _EPOCH) // timedelta(seconds=1)
    except ValueError:
        raise InvalidTime(f"'{_echo(found.group())}' is not on the calendar or clock.", "Check each number.") from None


def _zone(zone: str) -> timezone:
    if zone in "Zz":
        return UTC
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 23 or minutes > 59:
        raise ValueError("zone offset out of range")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if zone[0] == "-" else offset)
