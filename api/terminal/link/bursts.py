"""What goes by short burst while the link is down: each report that waits, once, and directions that come back.

The message itself goes on waiting: when the link returns it is delivered as ever, and the control room knows by its
number that the burst has gone before it.
"""

import logging
from collections.abc import Callable
from math import nan
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.position import format_time, parse_time
from api.terminal.link.modem_folder import ModemFolder
from api.terminal.link.outbox import OutboxEntry
from api.terminal.link.short_burst import Down, NotABurst, Up, decode_down, encode_up
from api.terminal.navigation import Quality
from api.terminal.own_decision import Own

_log = logging.getLogger("safeport.terminal")

DOWN_FOR_S = 60.0
"""[A] So long the link is waited for before a burst is paid for. [s]"""
SENT_KINDS = ("encounter", "report")
"""Kinds of messages that go before by burst; the others can wait."""


def burst_of(entry: OutboxEntry, own: Own, chosen: dict[str, Any] | None) -> Up:
    """The short form of a message that waits.

    Parameters
    ----------
    entry : OutboxEntry
        An ``encounter`` or a ``report``.
    own : Own
        What the terminal knows by itself, now.
    chosen : dict, optional
        Port and minutes of the newest decision, and its ``sha256``.
    """
    body, estimate = entry.message.body, own.estimate
    place = body.get("position")
    lon, lat = (nan, nan) if place is None else place["coordinates"]
    stated = body.get("persons") or {}
    known = chosen or {}
    minutes = known.get("minutes")
    return Up(
        terminal=entry.message.terminal,
        number=entry.number,
        sent_s=int(parse_time(entry.queued_at)),
        lon=lon,
        lat=lat,
        quality=estimate.quality.value if place is not None else Quality.NONE.value,
        # The position is that of when it was queued.
        age_s=0 if place is not None else None,
        persons_min=stated.get("min"),
        persons_max=stated.get("max"),
        recovered=body.get("persons_recovered", body.get("recovered")),
        in_water=body.get("persons_in_water", body.get("in_water")),
        medical=body.get("medical"),
        port_id=known.get("port_id") or "",
        minutes=None if minutes is None else round(minutes),
        digest=bytes.fromhex(known["sha256"])[:8] if known else bytes(8),
        text=str(body.get("text") or ""),
        is_encounter=entry.kind == "encounter",
    )


def standing_of(burst: Down) -> dict[str, Any] | None:
    """A direction that came by burst, as the link would have brought it; None where it brings none."""
    if burst.direction == 0 or burst.withdrawal:
        return None
    direction = {
        "sequence": burst.direction, "encounter_id": None, "port_id": burst.port_id or None, "place": "",
        "centre": burst.centre, "code": burst.code, "text": burst.text, "by": None,
        "directed_at": format_time(burst.directed_s),
    }  # fmt: skip
    return {"direction": direction, "codes": ["RCC_DIRECTED"], "conflicts": [], "engine": None}


def withdrawal_of(burst: Down) -> dict[str, Any] | None:
    """How a direction was withdrawn, as the link would have brought it; None where the burst says nothing of it."""
    if burst.withdrawal == 0:
        return None
    return {
        "sequence": burst.withdrawal, "direction": burst.direction, "encounter_id": None,
        "port_id": burst.port_id or None, "place": "", "centre": burst.centre, "text": burst.text, "by": None,
        "at": format_time(burst.directed_s),
    }  # fmt: skip


class Bursts:
    """Bursts of one terminal.

    Parameters
    ----------
    folder : ModemFolder
    key : Ed25519PrivateKey
        The terminal's.
    written : int
        Number of the newest message that went by burst.
    """

    def __init__(self, folder: ModemFolder, key: Ed25519PrivateKey, written: int = 0) -> None:
        self.folder, self._key = folder, key
        self.written = written
        self.answers = 0
        """Number of the newest burst that the control room says it has."""

    def send(self, waiting: list[OutboxEntry], own: Own, chosen: dict[str, Any] | None) -> int:
        """Write what has not gone yet, oldest first; how many went.

        Raises
        ------
        OSError
        """
        if self.folder.out is None:
            return 0
        due = [entry for entry in waiting if entry.number > self.written and entry.kind in SENT_KINDS]
        for entry in sorted(due, key=lambda entry: entry.number):
            self.folder.write(entry.number, encode_up(burst_of(entry, own, chosen), self._key))
            self.written = entry.number
        return len(due)

    def receive(
        self, on_direction: Callable[[dict[str, Any]], None], on_withdrawal: Callable[[dict[str, Any]], None]
    ) -> None:
        """Read what came in; what is none of ours is removed and logged.

        Raises
        ------
        OSError
        """
        for file in self.folder.waiting():
            try:
                burst = decode_down(self.folder.read(file))
            except NotABurst as refused:
                _log.error("a burst was not read: %s", refused)
            else:
                self.answers = max(self.answers, burst.answers)
                standing, withdrawal = standing_of(burst), withdrawal_of(burst)
                if standing is not None:
                    on_direction(standing)
                if withdrawal is not None:
                    on_withdrawal(withdrawal)
            file.unlink(missing_ok=True)
