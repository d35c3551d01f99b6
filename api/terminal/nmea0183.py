"""NMEA 0183 (IEC 61162-1) to observations: a sentence counts when frame, checksum and talker are right.

`pynmeagps` reads the fields. It takes 60 minutes of arc and missing hemisphere letters without a word, so positions are
checked here from the raw fields.

References
----------
IEC 61162-1:2016, Maritime navigation and radiocommunication equipment and systems, Digital interfaces.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from math import isfinite, isnan, nan
from typing import Any

import pynmeagps
from pynmeagps.nmeatypes_core import NMEA_TALKERS

from api.terminal.ais import AisAssembler
from api.terminal.decoding import Counts
from api.terminal.observations import Heading, Motion, NoFix, Observation, Position, ReceiverTime, is_on_earth

LONGEST_SENTENCE = 128
"""The standard says 82; receivers with many decimals send more. [characters]"""

KNOT_KMH = 1.852
DAY_S = 86_400.0

_FRAME = re.compile(rb"\$(P[A-Z0-9]{2,}|[A-Z]{2}[A-Z]{3}),[\x20-\x7d]*\*([0-9A-Fa-f]{2})")
_ANGLE = re.compile(r"([0-9]{2,3})([0-5][0-9](?:\.[0-9]*)?)")
_TAG_BLOCK = re.compile(rb"^\\[^\\]*\\")
"""Prefix of NMEA 4.00 that says when and from whom; ours is not to reason by it."""

_REAL_MODES = frozenset({"", "A", "D", "F", "P", "R"})
"""Mode indicators of a measured position. E is the receiver's own dead reckoning, M typed, S a simulator, N none."""
_REAL_QUALITIES = frozenset({1, 2, 3, 4, 5, 9})
_METRES_PER_HDOP = 5.0
"""[A] What one unit of horizontal dilution stands for. [m]"""


class NmeaDecoder:
    """Sentences of one source.

    Parameters
    ----------
    counts : Counts, optional
    """

    def __init__(self, counts: Counts | None = None) -> None:
        self.counts = counts or Counts()
        self._ais = AisAssembler(self.counts)
        self._utc_s = nan

    def decode(self, line: bytes) -> tuple[Observation, ...]:
        """Observations of one sentence; none, and a count, for what is damaged or says nothing."""
        text = _TAG_BLOCK.sub(b"", line.strip(b"\r\n \x00"))
        if not text:
            return ()
        if text[:1] == b"!":
            return self._ais.decode(text)
        frame = _FRAME.fullmatch(text)
        if frame is None or len(text) > LONGEST_SENTENCE:
            return self.counts.drop("frame")
        if int(frame[2], 16) != checksum_of(text[1:-3]):
            return self.counts.drop("checksum")
        name = frame[1].decode()
        if name.startswith("P"):
            # Makers' own sentences: none is needed here, and none is an error.
            self.counts.sentences += 1
            return ()
        if name[:2] not in NMEA_TALKERS:
            return self.counts.drop("talker")
        read = _READERS.get(name[2:])
        if read is None:
            self.counts.sentences += 1
            return ()
        dropped = self.counts.dropped.total()
        try:
            sentence = pynmeagps.NMEAReader.parse(text + b"\r\n")
            observations = read(self, sentence)
        except (pynmeagps.NMEAParseError, pynmeagps.NMEATypeError, pynmeagps.NMEAMessageError):
            return self.counts.drop("unreadable")
        except (AttributeError, ValueError, TypeError):
            # A sentence cut short of fields it has to have.
            return self.counts.drop("unreadable")
        # Each counts once: as read, or as dropped for what it says.
        self.counts.sentences += self.counts.dropped.total() == dropped
        return observations

    def _position(self, sentence: Any, first: int, at_s: float, accuracy_m: float = nan) -> tuple[Observation, ...]:
        """Position of four raw fields from `first` on; a count where they are none."""
        lat_text, ns, lon_text, ew = sentence.payload[first : first + 4]
        lat, lon = _angle(lat_text, ns, "NS", 90.0), _angle(lon_text, ew, "EW", 180.0)
        if not is_on_earth(lon, lat):
            return self.counts.drop("position")
        return (Position(lon, lat, at_s, accuracy_m),)

    def _refuse(self, simulated: bool) -> tuple[Observation, ...]:
        self.counts.drop("simulated" if simulated else "no_fix")
        return (NoFix(),)

    def _instant(self, of_day: time | str) -> float:
        """The time of day on the day this source was last known to be in; NaN before it said a date. [s]"""
        if isinstance(of_day, str) or isnan(self._utc_s):
            return nan
        midnight_s = self._utc_s - self._utc_s % DAY_S
        at_s = midnight_s + of_day.hour * 3600.0 + of_day.minute * 60.0 + of_day.second + of_day.microsecond / 1e6
        # Its last date may be of a moment before midnight.
        return at_s + DAY_S * round((self._utc_s - at_s) / DAY_S)

    def _dated(self, day: date, of_day: time) -> tuple[Observation, ...]:
        self._utc_s = datetime.combine(day, of_day, UTC).timestamp()
        return (ReceiverTime(self._utc_s),)

    def read_gga(self, sentence: Any) -> tuple[Observation, ...]:
        """Position with quality."""
        if sentence.quality not in _REAL_QUALITIES:
            return self._refuse(sentence.quality == 8)
        hdop = sentence.HDOP
        accuracy_m = hdop * _METRES_PER_HDOP if isinstance(hdop, float) and 0.0 < hdop < 50.0 else nan
        return self._position(sentence, 1, self._instant(sentence.time), accuracy_m)

    def read_rmc(self, sentence: Any) -> tuple[Observation, ...]:
        """Position, speed, course and date; the date stands whatever the position is worth."""
        clock: tuple[Observation, ...] = ()
        if isinstance(sentence.date, date) and isinstance(sentence.time, time):
            clock = self._dated(sentence.date, sentence.time)
        mode = getattr(sentence, "posMode", "")
        if sentence.status != "A" or mode not in _REAL_MODES:
            # Without a fix the clock is the receiver's own guess.
            return self._refuse(mode == "S")
        position = self._position(sentence, 2, self._instant(sentence.time))
        return (*clock, *position, *_motion(sentence.spd, sentence.cog)) if position else ()

    def read_gll(self, sentence: Any) -> tuple[Observation, ...]:
        """Position and status."""
        mode = getattr(sentence, "posMode", "")
        if getattr(sentence, "status", "V") != "A" or mode not in _REAL_MODES:
            return self._refuse(mode == "S")
        return self._position(sentence, 0, self._instant(sentence.time))

    def read_vtg(self, sentence: Any) -> tuple[Observation, ...]:
        """Course and speed over ground."""
        if getattr(sentence, "posMode", "") not in _REAL_MODES:
            self.counts.drop("no_fix")
            return ()
        sog_kn = sentence.sogn
        if not isinstance(sog_kn, float) and isinstance(sentence.sogk, float):
            sog_kn = sentence.sogk / KNOT_KMH
        return _motion(sog_kn, sentence.cogt)

    def read_hdt(self, sentence: Any) -> tuple[Observation, ...]:
        """True heading."""
        return _heading(sentence.headingT)

    def read_ths(self, sentence: Any) -> tuple[Observation, ...]:
        """True heading and its status."""
        return _heading(sentence.headt) if getattr(sentence, "mi", "A") == "A" else self.counts.drop("no_fix")

    def read_zda(self, sentence: Any) -> tuple[Observation, ...]:
        """Date and time."""
        if not isinstance(sentence.time, time):
            return self.counts.drop("unreadable")
        return self._dated(date(sentence.year, sentence.month, sentence.day), sentence.time)


_READERS: dict[str, Callable[[NmeaDecoder, Any], tuple[Observation, ...]]] = {
    "GGA": NmeaDecoder.read_gga, "RMC": NmeaDecoder.read_rmc, "GLL": NmeaDecoder.read_gll,
    "VTG": NmeaDecoder.read_vtg, "HDT": NmeaDecoder.read_hdt, "THS": NmeaDecoder.read_ths,
    "ZDA": NmeaDecoder.read_zda,
}  # fmt: skip


def checksum_of(content: bytes) -> int:
    """Exclusive or of the bytes between the first character and the star."""
    value = 0
    for byte in content:
        value ^= byte
    return value


def _angle(digits: str, letter: str, letters: str, limit_deg: float) -> float:
    """Degrees of ``ddmm.mmmm`` and its letter; NaN for anything else. [deg]"""
    found = _ANGLE.fullmatch(digits)
    if found is None or letter not in tuple(letters):
        return nan
    value = float(found[1]) + float(found[2]) / 60.0
    if value > limit_deg:
        return nan
    return -value if letter == letters[1] else value


def _motion(sog_kn: object, cog_deg: object) -> tuple[Observation, ...]:
    """Speed and course; a course without a speed is worth nothing, a speed without a course is."""
    if not isinstance(sog_kn, float) or not (isfinite(sog_kn) and 0.0 <= sog_kn < 200.0):
        return ()
    is_course = isinstance(cog_deg, float) and 0.0 <= cog_deg <= 360.0
    return (Motion(sog_kn, cog_deg % 360.0 if is_course else nan),)  # type: ignore[operator]


def _heading(heading_deg: object) -> tuple[Observation, ...]:
    if not isinstance(heading_deg, float) or not 0.0 <= heading_deg <= 360.0:
        return ()
    return (Heading(heading_deg % 360.0),)
