"""Carries messages to the control room, one after the other, and brings directions back; comes back by itself.

A message is sent again until it was answered: its number keeps it from counting twice. The next one is not sent before.
"""

import asyncio
import base64
import logging
import random
from collections.abc import Callable
from math import inf, isfinite, nan
from typing import Any, NamedTuple, Protocol

from anyio import to_thread

from api.forecast_pieces import ForecastPiece, unpack, version_of_cutout
from api.security.signed_messages import TerminalMessage
from api.store import port_deltas, zone_deltas
from api.store.deltas import Parts, Piece, apply_piece
from api.store.errors import StoreError
from api.terminal.link.centre import NoLink, Reply
from api.terminal.link.outbox import Outbox, OutboxEntry
from engine.errors import ForecastRefused

_log = logging.getLogger("safeport.terminal")

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
POLL_EVERY_S = 30.0
"""[A] How often it is asked whether the centre has directed. [s]"""
FORECAST_EVERY_S = 600.0
"""[A] How often it is asked whether there is a newer forecast. [s]"""
CLOCK_OFF_S = 60.0
"""[A] Clocks that differ by more are said to. [s]"""
MOST_PIECES = 200
_LATER = frozenset({401, 403, 408, 425, 429, 500, 502, 503, 504})
"""Nothing is wrong with the message: with access or with the service, and it may be right again later."""


class Carrier(Protocol):
    """Whoever brings a message to the control room; `Centre` is one."""

    def send(self, message: TerminalMessage) -> Reply:
        """Deliver one message."""

    def standing(self, encounter_id: str) -> Reply:
        """Where an encounter was directed."""

    def port_changes(self, since: str, after: str) -> Reply:
        """A piece of what changed of what ports report."""

    def zone_changes(self, since: str, after: str) -> Reply:
        """A piece of what changed of the exclusion zones."""

    def forecast_piece(self, lon: float, lat: float, since: str, offset: int) -> Reply:
        """A piece of the forecast round a position."""

    def look(self) -> Reply:
        """Whether anybody answers."""


class Courier:
    """Delivery for one terminal.

    Parameters
    ----------
    outbox : Outbox
    carrier : Carrier or None
        None where no control room was named: everything waits.
    steady_s : callable
        A count that never jumps. [s]
    """

    def __init__(self, outbox: Outbox, carrier: Carrier | None, steady_s: Callable[[], float]) -> None:
        self.outbox, self._carrier, self._steady_s = outbox, carrier, steady_s
        self.state = "off" if carrier is None else "down"
        self.since_s = steady_s()
        self.next_try_s = nan
        self.why = ""
        """Key of `words` for what is wrong; empty when nothing is."""
        self.clock_off_s = 0.0
        self.counts = outbox.counts()
        self.encounter_id = outbox.newest_encounter()
        """Encounter the centre knows of: directions are asked for it."""
        self.on_direction: Callable[[dict[str, Any]], None] = lambda _: None
        self.on_withdrawal: Callable[[dict[str, Any]], None] = lambda _: None
        """Told how the last direction was withdrawn, whenever it is asked for and none holds."""
        self.on_ports: Callable[[Parts, str], None] = lambda ports, version: None  # noqa: ARG005
        """Told what ports report and its version, whenever it was asked for and is whole."""
        self.ports: Parts = {}
        self.ports_version = ""
        self.on_zones: Callable[[Parts, str], None] = lambda zones, version: None  # noqa: ARG005
        """Told the parts of the exclusion zones and their version, whenever they were asked for and are whole."""
        self.zones: Parts = {}
        self.zones_version = ""
        self.position: Callable[[], tuple[float, float] | None] = lambda: None
        """Longitude and latitude that the forecast is wanted for; None where none is. [deg]"""
        self.cutout: bytes = b""
        """Cut-out of the forecast that is known; empty for none."""
        self.on_cutout: Callable[[bytes], None] = lambda _: None
        """Given each cut-out once it is whole and has the digest it should; called off the event loop."""
        self._packing = Packing()
        self._forecast_due_s = -inf
        self.on_change: Callable[[], None] = lambda: None
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start carrying."""
        if self._carrier is not None:
            self._task = asyncio.create_task(self._carry())

    async def aclose(self) -> None:
        """Carry no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def queue(self, kind: str, body: dict[str, Any], at: str) -> OutboxEntry:
        """Queue a message; on disk when this returns.

        Raises
        ------
        StoreError
        """
        entry = await to_thread.run_sync(lambda: self.outbox.add(kind, body, at))
        self.counts = {**self.counts, "queued": self.counts["queued"] + 1}
        self._wake.set()
        self.on_change()
        return entry

    async def _carry(self) -> None:
        assert self._carrier is not None  # noqa: S101
        wait_s = FIRST_WAIT_S
        while True:
            self._wake.clear()
            try:
                await self.deliver_all(self._carrier)
                await self._ask_direction(self._carrier)
                # Zones first: they are few, and a way through one is worse than a port's old report.
                await self.refresh_zones(self._carrier)
                await self.refresh_ports(self._carrier)
                await self.refresh_forecast(self._carrier)
                if self.state != "up":
                    await to_thread.run_sync(self._carrier.look)
                    self._note("up", "")
                wait_s = FIRST_WAIT_S
                pause_s = POLL_EVERY_S
            except (NoLink, StoreError) as failure:
                if not isinstance(failure, _Held):
                    self._note("down", "" if isinstance(failure, NoLink) else "not_kept")
                # Not all at once when a satellite comes back into sight.
                pause_s = wait_s * random.uniform(0.5, 1.0)  # noqa: S311
                wait_s = min(2.0 * wait_s, LONGEST_WAIT_S)
            except Exception:  # noqa: BLE001 - whatever answers in a service's place, the next try may reach the service
                _log.exception("the link failed in a way the program did not expect")
                self._note("down", "")
                pause_s = wait_s
                wait_s = min(2.0 * wait_s, LONGEST_WAIT_S)
            self.next_try_s = self._steady_s() + pause_s
            try:
                async with asyncio.timeout(pause_s):
                    await self._wake.wait()
            except TimeoutError:
                continue
            if self.state == "down":
                # A new message does not hurry a link that is gone.
                await asyncio.sleep(min(pause_s, FIRST_WAIT_S))

    async def deliver_all(self, carrier: Carrier) -> None:
        """Deliver everything that waits, in order.

        Raises
        ------
        NoLink
            The link broke, or the service can't take it now.
        StoreError
        """
        while (entry := await to_thread.run_sync(self.outbox.next)) is not None:
            await self._deliver(carrier, entry)

    async def _deliver(self, carrier: Carrier, entry: OutboxEntry) -> None:
        reply = await to_thread.run_sync(carrier.send, entry.message)
        code = str(reply.document.get("code", ""))
        if reply.status in (200, 201) and reply.document.get("message_sha256") == entry.message.sha256:
            await self._settle(entry, reply.document)
            self._note("up", "")
            return
        if code == "MESSAGE_GAP" and entry.number > 1:
            await self._deliver_before(carrier, entry)
            return
        if code in ("TERMINAL_FORKED", "IDEMPOTENCY_KEY_REUSED", "SIGNATURE_WRONG"):
            # Sending it again would be refused again, and so would every one after it: a person has to look.
            self._note("down", "key_shared" if code != "SIGNATURE_WRONG" else "signature_wrong")
            raise _Held(code)
        if reply.status in _LATER or reply.status < 400:
            self._note("down", "access_refused" if reply.status in (401, 403) else "")
            raise _Held(code or str(reply.status))
        # Nothing is passed over: the next message names this one. A person has to look, and nothing is lost meanwhile.
        self._note("down", "message_refused")
        raise _Held(code)

    async def _deliver_before(self, carrier: Carrier, entry: OutboxEntry) -> None:
        """The control room lacks messages it had: it was restored from a copy. They are sent again."""
        missing = [entry]
        while missing[-1].number > 1:
            before = await to_thread.run_sync(lambda: self.outbox.entry(missing[-1].number - 1))
            assert before is not None  # noqa: S101
            missing.append(before)
            reply = await to_thread.run_sync(carrier.send, before.message)
            if reply.document.get("code") != "MESSAGE_GAP":
                break
        # What was refused for another reason is seen when it is sent in its turn.
        for earlier in reversed(missing[:-1]):
            await self._deliver(carrier, earlier)

    async def _settle(self, entry: OutboxEntry, answer: dict[str, Any]) -> None:
        await to_thread.run_sync(lambda: self.outbox.settle(entry.number, answer))
        self.counts = await to_thread.run_sync(self.outbox.counts)
        done = answer.get("done")
        if isinstance(done, dict) and done.get("encounter_id"):
            self.encounter_id = str(done["encounter_id"])
        off_s = answer.get("clock_off_s")
        self.clock_off_s = float(off_s) if isinstance(off_s, int | float) and isfinite(off_s) else 0.0
        self.on_change()

    async def _ask_direction(self, carrier: Carrier) -> None:
        encounter_id = self.encounter_id
        if encounter_id is None:
            return
        reply = await to_thread.run_sync(lambda: carrier.standing(encounter_id))
        if reply.status == 200:
            self._note("up", "")
            if reply.document.get("direction") is not None:
                self.on_direction(reply.document)
            elif (withdrawal := reply.document.get("withdrawn")) is not None:
                self.on_withdrawal(withdrawal)

    async def refresh_ports(self, carrier: Carrier) -> None:
        """Fetch what changed of what ports report; nothing is taken before it is whole.

        Raises
        ------
        NoLink
        """
        told = await _fetch(carrier.port_changes, "ports", self.ports, self.ports_version, port_deltas.version_of)
        if told is None:
            return
        self.ports, self.ports_version = told
        if self.ports_version:
            self._note("up", self.why)
            self.on_ports(self.ports, self.ports_version)

    async def refresh_zones(self, carrier: Carrier) -> None:
        """Fetch what changed of the exclusion zones; nothing is taken before it is whole.

        Raises
        ------
        NoLink
        """
        told = await _fetch(carrier.zone_changes, "zones", self.zones, self.zones_version, zone_deltas.version_of)
        if told is None:
            return
        self.zones, self.zones_version = told
        if self.zones_version:
            self._note("up", self.why)
            self.on_zones(self.zones, self.zones_version)

    async def refresh_forecast(self, carrier: Carrier) -> None:
        """Fetch what is new of the forecast round own ship; a link that broke goes on where it stopped.

        Raises
        ------
        NoLink
        """
        at = self.position()
        if at is None or (self._steady_s() < self._forecast_due_s and not self._packing.data):
            return
        since = version_of_cutout(self.cutout) if self.cutout else ""
        for _ in range(MOST_PIECES):
            held = self._packing
            reply = await to_thread.run_sync(carrier.forecast_piece, *at, since, len(held.data))
            if reply.status != 200:
                # An older service, or a key that may not: there is nothing to fetch.
                break
            piece = ForecastPiece(**{name: reply.document[name] for name in ForecastPiece._fields})
            if piece.size == 0:
                # Nothing new, or nothing known of there: what is aboard stays, and grows old.
                self._packing = Packing()
                break
            if (piece.version, piece.base) != (held.version, held.base):
                self._packing = Packing(piece.version, piece.base)
                if piece.offset:
                    continue
                held = self._packing
            if piece.offset != len(held.data) or piece.base not in ("", since):
                self._packing = Packing()
                return
            held = held._replace(data=held.data + base64.b64decode(piece.data, validate=True))
            self._packing = held
            if len(held.data) >= piece.size:
                self._packing = Packing()
                await self._take_cutout(held)
                break
            if not piece.data:
                self._packing = Packing()
                return
        self._forecast_due_s = self._steady_s() + FORECAST_EVERY_S

    async def _take_cutout(self, packing: "Packing") -> None:
        base = self.cutout if packing.base else None
        try:
            cutout = unpack(packing.data, base, packing.version)
            await to_thread.run_sync(self.on_cutout, cutout)
        except ForecastRefused as refused:
            # By whatever mistake: everything anew next time.
            _log.error("a forecast was not taken over: %s", refused)
            self.cutout = b""
            return
        self.cutout = cutout

    def _note(self, state: str, why: str) -> None:
        if (state, why) != (self.state, self.why):
            self.since_s = self._steady_s() if state != self.state else self.since_s
            self.state, self.why = state, why
            _log.info("link %s %s", state, why)
            self.on_change()


async def _fetch(
    changes: Callable[[str, str], Reply], name: str, known: Parts, base: str, version_of: Callable[[Parts], str]
) -> tuple[Parts, str] | None:
    """What a service tells since a version, and the version of it.

    Parameters
    ----------
    changes : callable
        Asks for a piece, since a version and after a part.
    name : str
        Key of the parts in a piece.
    known : dict
    base : str
        Version of `known`.
    version_of : callable

    Returns
    -------
    tuple or None
        None where there is nothing to be had now. Without a version where what came is not what the service has, by
        whatever mistake: everything anew next time.

    Raises
    ------
    NoLink
    """
    before, version, after = known, "", ""
    for _ in range(MOST_PIECES):
        reply = await to_thread.run_sync(changes, base, after)
        if reply.status != 200:
            # A service without a store, an older one, or a key that may not: there is nothing to fetch.
            return None
        told = reply.document
        piece = Piece(told["version"], told["base"], told[name], told["next"])
        if version not in ("", piece.version):
            # It changed while it was being told: the next refresh begins again.
            return None
        if not version and not piece.base:
            known = {}
        known, version, after = apply_piece(known, piece), piece.version, piece.next
        if not after:
            break
    return (known, version) if version_of(known) == version else (before, "")


class Packing(NamedTuple):
    """What has come of a packed cut-out."""

    version: str = ""
    base: str = ""
    data: bytes = b""


class _Held(NoLink):
    """The message waits: the service does not take it now. What is wrong was noted."""
