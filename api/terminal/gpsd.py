"""gpsd's JSON to observations: TPV for own ship, AIS for those around."""

import json
from datetime import datetime
from math import isfinite, nan

from api.terminal.ais import target_of
from api.terminal.decoding import Counts
from api.terminal.observations import Heading, Motion, NoFix, Observation, Position, ReceiverTime, is_on_earth

WATCH = b'?WATCH={"enable":true,"json":true,"scaled":true};\n'
"""What a client sends to be told."""

MS_KN = 3600.0 / 1852.0
_LONGEST = 16_384


class GpsdDecoder:
    """Lines of one gpsd.

    Parameters
    ----------
    counts : Counts, optional
    """

    def __init__(self, counts: Counts | None = None) -> None:
        self.counts = counts or Counts()

    def decode(self, line: bytes) -> tuple[Observation, ...]:
        """Observations of one line."""
        report = json_object(line, _LONGEST)
        if report is None:
            return self.counts.drop("unreadable")
        self.counts.sentences += 1
        if report.get("class") == "AIS":
            return self._target(report)
        return self._own(report) if report.get("class") == "TPV" else ()

    def _target(self, report: dict[str, object]) -> tuple[Observation, ...]:
        try:
            return target_of({**report, "msg_type": report["type"]})
        except (KeyError, ValueError):
            return self.counts.drop("unreadable")

    def _own(self, report: dict[str, object]) -> tuple[Observation, ...]:
        mode = report.get("mode")
        if not isinstance(mode, int) or mode < 2:
            self.counts.drop("no_fix")
            return (NoFix(),)
        if report.get("status") in (6, 8):
            # Its own dead reckoning, and a simulator.
            self.counts.drop("simulated" if report["status"] == 8 else "no_fix")
            return (NoFix(),)
        at_s = seconds_of(report.get("time"))
        clock = (ReceiverTime(at_s),) if isfinite(at_s) else ()
        lon, lat = number_of(report.get("lon")), number_of(report.get("lat"))
        if not is_on_earth(lon, lat):
            return self.counts.drop("position")
        motion: tuple[Observation, ...] = ()
        speed_ms, track_deg = number_of(report.get("speed")), number_of(report.get("track"))
        if 0.0 <= speed_ms < 100.0:
            motion = (Motion(speed_ms * MS_KN, track_deg % 360.0 if isfinite(track_deg) else nan),)
        heading_deg = number_of(report.get("heading"))
        heading = (Heading(heading_deg % 360.0),) if isfinite(heading_deg) else ()
        return (*clock, Position(lon, lat, at_s, number_of(report.get("eph"))), *motion, *heading)


def json_object(data: bytes, most_bytes: int) -> dict[str, object] | None:
    """Object of a JSON text; None for anything else, however broken."""
    if len(data) > most_bytes:
        return None
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def number_of(value: object) -> float:
    """A finite number, or NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return nan
    try:
        number = float(value)
    except OverflowError:
        return nan
    return number if isfinite(number) else nan


def seconds_of(text: object) -> float:
    """Seconds since 1970 of an RFC 3339 time with a zone, or NaN. [s]"""
    if not isinstance(text, str) or len(text) > 40:
        return nan
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return nan
    return at.timestamp() if at.tzinfo is not None else nan
