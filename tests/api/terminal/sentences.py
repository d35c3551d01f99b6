"""Sentences for tests, made by hand so that no library checks itself."""

from functools import reduce
from operator import xor


def framed(content, start="$"):
    """A sentence with its checksum."""
    return f"{start}{content}*{reduce(xor, content.encode(), 0):02X}".encode()


RMC = framed("GPRMC,143000.00,A,5107.300,N,00120.800,E,22.4,123.5,221126,,,A")
"""51°07.3'N 001°20.8'E at 2026-11-22T14:30:00Z."""
AT_S = 1_795_357_800.0
LON, LAT = 1.0 + 20.8 / 60.0, 51.0 + 7.3 / 60.0
