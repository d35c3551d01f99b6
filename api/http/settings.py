"""What an operator may want to change about the HTTP door, with the defaults it is tested with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of the HTTP door.

    Attributes
    ----------
    body_bytes : int
        Largest body read. [bytes]
    plan_body_bytes : int
        The same for a joint plan: 200 encounters and 1,000 ports are less than half of it. [bytes]
    planning : int
        Joint plans made at once, each searched in a process of its own on a core of its own.
    gzip_from_bytes : int
        Smallest answer worth compressing. [bytes]
    gzip_level : int
        4 makes a whole decision a fourteenth of its size; 9 takes twice as long for a sixth less.
    working : int
        Decisions and distances worked on at once. Rendering holds the interpreter lock, so more would only keep more
        half-made documents in memory.
    waiting : int
        Requests that may wait for their turn; the next one is told to come back.
    store_working, store_waiting : int
        The same for reads and writes of the store: many writes at once share one flush to disk, and none of them waits
        behind a decision.
    exchange_bytes : int
        Largest EDXL-HAVE document read. [bytes]
    """

    body_bytes: int = 65_536
    plan_body_bytes: int = 524_288
    gzip_from_bytes: int = 1_024
    gzip_level: int = 4
    working: int = 2
    waiting: int = 64
    planning: int = 1
    store_working: int = 32
    store_waiting: int = 1_024
    exchange_bytes: int = 2_000_000
