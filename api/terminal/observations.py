"""What a source says of the world: plain values, whatever wire they came on. Unknown numbers are NaN."""

from math import isfinite, nan
from typing import NamedTuple


class Position(NamedTuple):
    """Where the receiver says it is.

    Attributes
    ----------
    lon, lat : float
        WGS 84. [deg]
    at_s : float
        When it was measured, by the source's own clock; seconds since 1970, NaN where it does not say. [s]
    accuracy_m : float
        As the source estimates it. [m]
    """

    lon: float
    lat: float
    at_s: float = nan
    accuracy_m: float = nan


class NoFix(NamedTuple):
    """The receiver says that it has no position: status V, quality 0, a simulator, its own dead reckoning."""


class Motion(NamedTuple):
    """Speed and course over ground.

    Attributes
    ----------
    sog_kn : float
        [kn]
    cog_deg : float
        True; NaN when she lies still. [deg]
    """

    sog_kn: float
    cog_deg: float


class Heading(NamedTuple):
    """Where the bow points, true. [deg]"""

    heading_deg: float


class ReceiverTime(NamedTuple):
    """Date and time of the source; seconds since 1970. [s]"""

    utc_s: float


class Target(NamedTuple):
    """What is known of another vessel, from AIS: drawn, never decided on.

    Attributes
    ----------
    mmsi : str
        Nine digits.
    lon, lat : float
        NaN in a message that only names her. [deg]
    sog_kn, cog_deg, heading_deg : float
        [kn], [deg], [deg]
    name : str
        Empty where the message has none.
    kind : str
        ``vessel``, ``sar_aircraft``, ``base_station``, ``aid_to_navigation``, ``distress``.
    """

    mmsi: str
    lon: float = nan
    lat: float = nan
    sog_kn: float = nan
    cog_deg: float = nan
    heading_deg: float = nan
    name: str = ""
    kind: str = "vessel"


Observation = Position | NoFix | Motion | Heading | ReceiverTime | Target


def is_on_earth(lon: float, lat: float) -> bool:
    """Whether a position is one, and not the 0, 0 of a receiver without a fix."""
    if not (isfinite(lon) and isfinite(lat) and abs(lon) <= 180.0 and abs(lat) <= 90.0):
        return False
    return (round(lon, 4), round(lat, 4)) != (0.0, 0.0)
