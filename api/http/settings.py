"""What an operator may want to change about the HTTP door, with the defaults it is tested with."""

from dataclasses import dataclass
from pathlib import Path


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
    events_every_s : float
        How often the store is looked at for what other processes changed. [s]
    heartbeat_s : float
        A comment is sent to listeners this often, so that both sides notice a dead line. [s]
    listeners : int
        Most listeners of a process.
    listener_queue : int
        Events that may wait for a slow listener before it is dropped.
    sweep_every_s : float
        How often holds whose time ran out are marked. Nothing depends on it but that listeners hear of it. [s]
    signing_key, signed_heads : Path or None
        Ed25519 key, and the file signed heads of the audit chain are added to; none are signed without both.
    sign_every_s : float
        How often, if anything was recorded meanwhile. [s]
    drain_s : float
        After SIGTERM the service says for so long that it is not ready, and answers everything, so that whoever
        shares out requests sends them elsewhere before it listens no more. [s]
    stop_s : int
        How long requests under way may then take to finish; a joint plan takes the longest. [s]
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
    events_every_s: float = 0.25
    heartbeat_s: float = 15.0
    listeners: int = 1_000
    listener_queue: int = 256
    sweep_every_s: float = 30.0
    signing_key: Path | None = None
    signed_heads: Path | None = None
    sign_every_s: float = 300.0
    drain_s: float = 2.0
    stop_s: int = 30
