"""What a person writes after ``--source``: where own ship's position comes from."""

from typing import Literal, NamedTuple, get_args
from urllib.parse import parse_qsl, urlsplit

from engine.errors import InvalidAsk

Kind = Literal["tcp", "udp", "serial", "signalk", "gpsd", "demo"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_PORTS = {"tcp": 10_110, "udp": 10_110, "signalk": 3_000, "gpsd": 2_947}
"""Of NMEA 0183 over IP as IANA has it, of a Signal K server, and of gpsd."""
_BAUD = 4_800
_FORMS = (
    "Write tcp://HOST:PORT, udp://HOST:PORT, serial:///dev/ttyUSB0?baud=4800, signalk://HOST:PORT or gpsd://HOST:PORT; "
    "?priority=2 puts it second."
)
_PLOTTER_FORMS = "Write tcp://HOST:PORT, udp://HOST:PORT or serial:///dev/ttyUSB0?baud=4800."


class SourceSpec(NamedTuple):
    """One source.

    Attributes
    ----------
    id : str
        As it is called in states and logs: kind and number in the order given.
    kind : str
    priority : int
        1 is the best; by the order given where it is not said.
    host : str
        Or the path of a serial device.
    port : int
        Or the baud rate of a serial device.
    speed : float
        How many times faster than it was a recorded track is replayed.
    """

    id: str
    kind: Kind
    priority: int
    host: str
    port: int
    speed: float = 1.0


def parse_sources(texts: list[str]) -> tuple[SourceSpec, ...]:
    """Sources in the order given.

    Raises
    ------
    InvalidAsk
    """
    specs = tuple(_parse(text, number) for number, text in enumerate(texts, 1))
    places = [(spec.kind, spec.host, spec.port) for spec in specs]
    if len(set(places)) < len(places):
        raise InvalidAsk("source", "is given twice for one place.", "Give each place once.")
    return specs


def parse_plotter(text: str) -> SourceSpec:
    """Where routes go.

    Raises
    ------
    InvalidAsk
    """
    try:
        spec = _parse(text, 1)
    except InvalidAsk as wrong:
        raise InvalidAsk("plotter", wrong.problem, _PLOTTER_FORMS) from None
    if spec.kind not in ("tcp", "udp", "serial"):
        raise InvalidAsk("plotter", "takes no sentences over that.", _PLOTTER_FORMS)
    return spec._replace(id="plotter")


def _parse(text: str, number: int) -> SourceSpec:
    try:
        url = urlsplit(text)
        host, port = url.hostname or "", url.port
        options = dict(parse_qsl(url.query, strict_parsing=True)) if url.query else {}
    except ValueError:
        raise InvalidAsk("source", "is no address.", _FORMS) from None
    kind = next((kind for kind in KINDS if kind == url.scheme and kind != "demo"), None)
    if kind is None:
        raise InvalidAsk("source", "is of no known kind.", _FORMS)
    priority = _whole(options.pop("priority", str(number)), "priority", 1, 99)
    if kind == "serial":
        baud = _whole(options.pop("baud", str(_BAUD)), "baud", 300, 921_600)
        host, port = url.path, baud
        if url.netloc or not host.startswith("/"):
            raise InvalidAsk("source", "names no serial device.", "Write serial:///dev/ttyUSB0?baud=4800.")
    elif url.path not in ("", "/"):
        raise InvalidAsk("source", "has a path.", _FORMS)
    if options:
        raise InvalidAsk("source", "has an option that this kind does not take.", _FORMS)
    if kind not in ("serial", "udp") and not host:
        raise InvalidAsk("source", "names no host.", _FORMS)
    return SourceSpec(f"{kind}-{number}", kind, priority, host or "127.0.0.1", port or _PORTS[kind])


def _whole(text: str, name: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and least <= int(text[:9]) <= most and len(text) < 10):
        raise InvalidAsk("source", f"has no {name} between {least} and {most}.", _FORMS)
    return int(text)
