"""NMEA 0183 out: WPL and RTE store a route, RMB and APB steer along it.

They are put together here field by field: `pynmeagps` drops names it does not know without a word when it generates.
The tests read every field back with it.

References
----------
IEC 61162-1:2016, sentences APB, RMB, RTE, WPL.
"""

from api.terminal.nmea0183 import checksum_of
from api.terminal.plotter.route import Route, Waypoint
from api.terminal.plotter.steering import Steering

TALKER = "EC"
"""An electronic chart system."""
LONGEST = 82
"""With frame and end of line. [characters]"""
_FRAME = len("$*hh\r\n")


def sentence(content: str) -> str:
    """A sentence with frame and checksum, without its end of line.

    Raises
    ------
    ValueError
        It is longer than the standard allows.
    """
    if len(content) + _FRAME > LONGEST:
        raise ValueError("a sentence is longer than 82 characters")
    return f"${content}*{checksum_of(content.encode('ascii')):02X}"


def route_sentences(route: Route) -> list[str]:
    """The waypoints first, then the route that names them: a plotter must know a waypoint before a route uses it."""
    return [_wpl(waypoint) for waypoint in route.waypoints] + _rte(route)


def steering_sentences(steering: Steering) -> list[str]:
    """RMB and APB of one moment."""
    xte_nm = min(abs(steering.xte_nm), 9.99)
    # Steer left when she is to the right of the line.
    side = "L" if steering.xte_nm > 0.0 else "R"
    arrived = "A" if steering.has_arrived else "V"
    passed = "A" if steering.has_passed else "V"
    origin, to = steering.origin.name, steering.to
    range_nm = min(steering.range_nm, 999.9)
    return [
        sentence(
            f"{TALKER}RMB,A,{xte_nm:.2f},{side},{origin},{to.name},{_place(to)},{range_nm:.1f},"
            f"{_course(steering.bearing_deg)},{max(min(steering.closing_kn, 99.9), -99.9):.1f},{arrived},A"
        ),
        sentence(
            f"{TALKER}APB,A,A,{xte_nm:.2f},{side},N,{arrived},{passed},{_course(steering.track_deg)},T,{to.name},"
            f"{_course(steering.bearing_deg)},T,{_course(steering.steer_deg)},T"
        ),
    ]


def _wpl(waypoint: Waypoint) -> str:
    return sentence(f"{TALKER}WPL,{_place(waypoint)},{waypoint.name}")


def _rte(route: Route) -> list[str]:
    """The complete route in as few parts as the length allows."""
    room = LONGEST - _FRAME - len(f"{TALKER}RTE,99,99,c,{route.id}")
    parts: list[list[str]] = [[]]
    for waypoint in route.waypoints:
        if sum(len(name) + 1 for name in (*parts[-1], waypoint.name)) > room:
            parts.append([])
        parts[-1].append(waypoint.name)
    return [
        sentence(f"{TALKER}RTE,{len(parts)},{number},c,{route.id},{','.join(part)}")
        for number, part in enumerate(parts, 1)
    ]


def _place(waypoint: Waypoint) -> str:
    return f"{_angle(waypoint.lat, 2, 'NS')},{_angle(waypoint.lon, 3, 'EW')}"


def _angle(value: float, width: int, letters: str) -> str:
    """Degrees and minutes to a ten-thousandth of a minute; rounded as a whole, so that no minutes are 60."""
    parts = round(abs(value) * 600_000.0)
    minutes = parts % 600_000
    return f"{parts // 600_000:0{width}d}{minutes // 10_000:02d}.{minutes % 10_000:04d},{letters[value < 0.0]}"


def _course(degrees: float) -> str:
    """Three digits and a tenth; 359.96 is 000.0."""
    return f"{round(degrees * 10.0) % 3600 / 10.0:05.1f}"
