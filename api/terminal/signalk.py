"""Signal K's delta stream to observations; SI units and radians on the wire.

References
----------
Signal K specification 1.7, Delta format and Streaming WebSocket API.
"""

import json
import re
from math import degrees, isfinite, nan

from api.terminal.decoding import Counts
from api.terminal.gpsd import MS_KN, json_object, number_of, seconds_of
from api.terminal.observations import Heading, Motion, Observation, Position, ReceiverTime, Target, is_on_earth

_LONGEST = 65_536
_MMSI = re.compile(r"urn:mrn:imo:mmsi:([0-9]{9})")
_OWN = ("navigation.position", "navigation.speedOverGround", "navigation.courseOverGroundTrue",
        "navigation.headingTrue", "navigation.datetime")  # fmt: skip
_OTHERS = ("navigation.position", "navigation.speedOverGround", "navigation.courseOverGroundTrue", "name")

SUBSCRIBE = (
    json.dumps({"context": "vessels.self", "subscribe": [{"path": path, "period": 1000} for path in _OWN]}),
    json.dumps({"context": "vessels.*", "subscribe": [{"path": path, "period": 5000} for path in _OTHERS]}),
)
"""What a client sends to be told of own ship each second and of others each five."""


class SignalkDecoder:
    """Deltas of one server.

    Parameters
    ----------
    counts : Counts, optional
    """

    def __init__(self, counts: Counts | None = None) -> None:
        self.counts = counts or Counts()
        self._self = "vessels.self"

    def decode(self, line: bytes) -> tuple[Observation, ...]:
        """Observations of one message."""
        delta = json_object(line, _LONGEST)
        if delta is None:
            return self.counts.drop("unreadable")
        self.counts.sentences += 1
        if isinstance(delta.get("self"), str):
            # The greeting names own ship.
            self._self = str(delta["self"])
        updates = delta.get("updates")
        if not isinstance(updates, list):
            return ()
        context = str(delta.get("context") or self._self)
        is_own = context in ("vessels.self", "self", self._self, f"vessels.{self._self}")
        found: list[Observation] = []
        for update in updates[:100]:
            if isinstance(update, dict):
                values = _values_of(update)
                at_s = seconds_of(update.get("timestamp"))
                found += self._own(values, at_s) if is_own else _target(context, values)
        return tuple(found)

    def _own(self, values: dict[str, object], at_s: float) -> list[Observation]:
        found: list[Observation] = []
        now_s = seconds_of(values.get("navigation.datetime"))
        if isfinite(now_s):
            found.append(ReceiverTime(now_s))
        if "navigation.position" in values:
            lon, lat = _place(values["navigation.position"])
            if is_on_earth(lon, lat):
                found.append(Position(lon, lat, at_s))
            else:
                self.counts.drop("position")
        found += _motion(values)
        heading_deg = degrees(number_of(values.get("navigation.headingTrue")))
        if isfinite(heading_deg):
            found.append(Heading(heading_deg % 360.0))
        return found


def _motion(values: dict[str, object]) -> list[Observation]:
    speed_ms = number_of(values.get("navigation.speedOverGround"))
    course_deg = degrees(number_of(values.get("navigation.courseOverGroundTrue")))
    if not 0.0 <= speed_ms < 100.0:
        # Servers send one without the other: a course alone joins the speed that is known.
        return [Motion(nan, course_deg % 360.0)] if isfinite(course_deg) else []
    return [Motion(speed_ms * MS_KN, course_deg % 360.0 if isfinite(course_deg) else nan)]


def _target(context: str, values: dict[str, object]) -> list[Observation]:
    mmsi = _MMSI.search(context)
    if mmsi is None:
        return []
    lon, lat = _place(values.get("navigation.position"))
    if not is_on_earth(lon, lat):
        lon = lat = nan
    name = values.get("name")
    name = "".join(c for c in name if c.isprintable())[:34] if isinstance(name, str) else ""
    sog_kn = number_of(values.get("navigation.speedOverGround")) * MS_KN
    cog_deg = degrees(number_of(values.get("navigation.courseOverGroundTrue")))
    if not (isfinite(lon) or name or isfinite(sog_kn) or isfinite(cog_deg)):
        return []
    return [Target(mmsi[1], lon, lat, sog_kn, cog_deg % 360.0, name=name)]


def _values_of(update: dict[str, object]) -> dict[str, object]:
    """Values by path; those under the empty path are of the vessel herself."""
    values = update.get("values")
    found: dict[str, object] = {}
    for entry in values[:200] if isinstance(values, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("path"), str):
            if entry["path"] == "" and isinstance(entry.get("value"), dict):
                found |= {str(name): value for name, value in entry["value"].items()}
            else:
                found[entry["path"]] = entry.get("value")
    return found


def _place(value: object) -> tuple[float, float]:
    if not isinstance(value, dict):
        return nan, nan
    return number_of(value.get("longitude")), number_of(value.get("latitude"))
