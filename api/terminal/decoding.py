"""What every decoder shares: it turns a line into observations and counts what it drops, by reason."""

from collections import Counter
from typing import Protocol

from api.terminal.observations import Observation


class Decoder(Protocol):
    """Reader of one source's wire format. Never raises for what was sent."""

    counts: "Counts"

    def decode(self, line: bytes) -> tuple[Observation, ...]:
        """Observations of one line or message."""


class Counts:
    """Lines of one source.

    Attributes
    ----------
    sentences : int
        Read and understood, those of kinds nobody here needs included.
    dropped : Counter
        By reason: ``frame``, ``checksum``, ``talker``, ``unreadable``, ``no_fix``, ``position``, ``simulated`` ...
    """

    def __init__(self) -> None:
        self.sentences = 0
        self.dropped: Counter[str] = Counter()

    def drop(self, reason: str) -> tuple[Observation, ...]:
        """Count a line that says nothing, and why."""
        self.dropped[reason] += 1
        return ()
