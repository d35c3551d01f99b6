"""Short bursts for a satellite modem: at most 340 bytes up and 270 down, as the Iridium 9602 takes them.

The fields stand in a fixed order, big-endian; text comes last and is cut at a whole letter where it does not fit, with
an ellipsis that says so. What goes up is signed like every message and carries its key, so that a terminal that never
had a link is known by it; what comes down names the number it answers.
Unknown has a value of its own everywhere.
"""

import re
import struct
from math import isfinite, nan
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from api.security.signed_messages import public_bytes, terminal_name

MOST_UP, MOST_DOWN = 340, 270
PREFIX = b"safeport short burst 1\n"
SIGNATURE_BYTES = 64

MEDICAL = (None, "urgent", "critical", "none")
"""None where nobody has said. Older terminals send the first for "none" too, so of theirs it can't be told which."""
QUALITY = ("none", "good", "questioned", "dead_reckoning", "stale")
_UNKNOWN_16, _UNKNOWN_LON = 0xFFFF, -(2**31)
_SCALE = 1e7
_UP = struct.Struct(">B32sIIiiBHHHHBH8s")
_DOWN = struct.Struct(">BIII")
_VERSION = 2
_OPENS = 0x10
_LONGEST_NAME = 40
_WITHDRAWN = re.compile("withdrawn ([1-9][0-9]{0,9}) ([1-9][0-9]{0,9})")
"""Stands where the code of a direction would: a terminal that doesn't know of it reads that nothing is directed."""


class NotABurst(ValueError):
    """The bytes are none of ours, or were damaged."""


class Up(NamedTuple):
    """From the vessel.

    Attributes
    ----------
    terminal : str
        As `signed_messages.terminal_name` has it; follows from the key.
    number : int
        Of the message that waits and that this one goes before.
    sent_s : int
        Seconds since 1970. [s]
    lon, lat : float
        NaN where there is no fix. [deg]
    quality : str
        One of `QUALITY`.
    age_s : int or None
        Of the fix; more than 65,534 counts as that. [s]
    persons_min, persons_max, recovered : int or None
    in_water : bool or None
    medical : str or None
        One of `MEDICAL`; None where nobody has said.
    port_id : str
        Chosen; empty where none is.
    minutes : int or None
        To its landing. [min]
    digest : bytes
        The first eight of the decision's.
    text : str
    is_encounter : bool
        Whether the message that waits opens an encounter.
    """

    terminal: str
    number: int
    sent_s: int
    lon: float = nan
    lat: float = nan
    quality: str = "none"
    age_s: int | None = None
    persons_min: int | None = None
    persons_max: int | None = None
    recovered: int | None = None
    in_water: bool | None = None
    medical: str | None = None
    port_id: str = ""
    minutes: int | None = None
    digest: bytes = bytes(8)
    text: str = ""
    is_encounter: bool = False


class Down(NamedTuple):
    """From the control room: a direction or its withdrawal, or that a message arrived.

    Attributes
    ----------
    answers : int
        Number of the newest message that arrived.
    direction : int
        0 where there is none; of a withdrawal, the one withdrawn.
    directed_s : int
        When it was directed or withdrawn. [s]
    port_id, centre, code, text : str
    withdrawal : int
        0 unless it is one; then there is no `code`.
    """

    answers: int
    direction: int = 0
    directed_s: int = 0
    port_id: str = ""
    centre: str = ""
    code: str = ""
    text: str = ""
    withdrawal: int = 0


def encode_up(burst: Up, key: Ed25519PrivateKey) -> bytes:
    """Bytes of a burst, signed.

    Raises
    ------
    ValueError
        A value does not fit.
    """
    is_known = isfinite(burst.lon) and isfinite(burst.lat)
    flags = MEDICAL.index(burst.medical) | (0 if burst.in_water is None else 2 + int(burst.in_water)) << 2
    flags |= _OPENS * burst.is_encounter
    head = _UP.pack(
        _VERSION, public_bytes(key), burst.number, burst.sent_s,
        round(burst.lon * _SCALE) if is_known else _UNKNOWN_LON, round(burst.lat * _SCALE) if is_known else 0,
        QUALITY.index(burst.quality), _sixteen(burst.age_s), _sixteen(burst.persons_min), _sixteen(burst.persons_max),
        _sixteen(burst.recovered), flags, _sixteen(burst.minutes), burst.digest,
    )  # fmt: skip
    body = head + _name(burst.port_id)
    body += _cut(burst.text, MOST_UP - SIGNATURE_BYTES - len(body))
    return body + key.sign(PREFIX + body)


def decode_up(data: bytes) -> Up:
    """A burst, known to be from the terminal it names.

    Raises
    ------
    NotABurst
    """
    body, signature = data[:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:]
    if len(body) < _UP.size or len(data) > MOST_UP or body[0] != _VERSION:
        raise NotABurst("another version")
    key = body[1:33]
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, PREFIX + body)
    except (InvalidSignature, ValueError):
        raise NotABurst("the signature is wrong") from None
    try:
        (_, _, number, sent_s, lon, lat, quality, age, low, high, recovered, flags, minutes, digest) = _UP.unpack_from(
            body
        )
        port_id, rest = _named(body[_UP.size :])
        text = rest.decode()
        water = flags >> 2 & 3
        if water == 1 or flags >> 5:
            raise NotABurst("another version")
        is_known = lon != _UNKNOWN_LON
        return Up(
            terminal_name(key), number, sent_s, lon / _SCALE if is_known else nan, lat / _SCALE if is_known else nan,
            QUALITY[quality], _known(age), _known(low), _known(high), _known(recovered),
            None if water == 0 else water == 3, MEDICAL[flags & 3], port_id, _known(minutes), digest, text,
            bool(flags & _OPENS),
        )  # fmt: skip
    except (struct.error, IndexError, UnicodeDecodeError):
        raise NotABurst("the bytes are none of a burst") from None


def encode_down(burst: Down) -> bytes:
    """Bytes of a burst down; the modem's own checksum guards it, and the press that acknowledges it goes by message.

    Raises
    ------
    ValueError
    """
    direction, code = burst.direction, burst.code
    if burst.withdrawal:
        direction, code = 0, f"withdrawn {burst.withdrawal} {burst.direction}"
    head = _DOWN.pack(_VERSION, burst.answers, direction, burst.directed_s)
    body = head + _name(burst.port_id) + _name(burst.centre) + _name(code)
    return body + _cut(burst.text, MOST_DOWN - len(body))


def decode_down(data: bytes) -> Down:
    """A burst from the control room.

    Raises
    ------
    NotABurst
    """
    try:
        version, answers, direction, directed_s = _DOWN.unpack_from(data)
        if version != _VERSION or len(data) > MOST_DOWN:
            raise NotABurst("another version")
        port_id, rest = _named(data[_DOWN.size :])
        centre, rest = _named(rest)
        code, rest = _named(rest)
        withdrawn = None if direction else _WITHDRAWN.fullmatch(code)
        withdrawal = 0
        if withdrawn is not None:
            withdrawal, direction, code = int(withdrawn[1]), int(withdrawn[2]), ""
        return Down(answers, direction, directed_s, port_id, centre, code, rest.decode(), withdrawal)
    except (struct.error, IndexError, UnicodeDecodeError):
        raise NotABurst("the bytes are none of a burst") from None


def _sixteen(value: int | None) -> int:
    if value is None:
        return _UNKNOWN_16
    if value < 0:
        raise ValueError("a count is not below zero")
    return min(value, _UNKNOWN_16 - 1)


def _known(value: int) -> int | None:
    return None if value == _UNKNOWN_16 else value


def _name(text: str) -> bytes:
    """A short text with its length before it."""
    data = text.encode()
    if len(data) > _LONGEST_NAME:
        raise ValueError("a name is longer than a burst takes")
    return bytes([len(data)]) + data


def _named(data: bytes) -> tuple[str, bytes]:
    end = 1 + data[0]
    if len(data) < end:
        raise IndexError
    return data[1:end].decode(), data[end:]


def _cut(text: str, most: int) -> bytes:
    """Text in UTF-8, cut at a whole letter with an ellipsis where it is too long."""
    data = text.encode()
    if len(data) <= most:
        return data
    mark = "…".encode()
    return data[: most - len(mark)].decode(errors="ignore").encode() + mark
