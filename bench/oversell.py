"""Many reserve the last places of a few ports at once, on each kind of store: never one place too many.

``python -m bench.oversell`` on an embedded store; with the URL of an empty server store as well, if one is given.
64 reservers make 10,000 attempts in all: they hold, confirm, land and release, and send every fourth hold twice with
one key. Meanwhile an auditor reads. It does not trust the tables: it adds up what the events say, one commit after the
other. After each the places left have to be what the store answered then, and never below nothing; at every look the
tables have to say the same as the events up to that commit.

``--without-check`` takes the guard out of the store: the negative control, in which the auditor has to find fault.
"""

import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import orjson

from api.store import reservations
from api.store.commands import Actor, IdempotencyKey, Role
from api.store.errors import NoPlaces, Refused, StoreBusy
from api.store.events import events_after
from api.store.integrity import check
from api.store.ports import Places, ReportCapacity
from api.store.reservations import LIVE, Confirm, Hold, Land, Persons, Release
from api.store.store import Store, open_store
from bench.report import note, row, section

CONTROLLER = Actor(Role.CONTROLLER, "bench")
START_S = 1_700_000_000.0
PORTS = 4
PLACES = 200
RESERVERS = 64
ATTEMPTS = 10_000


class Outcome(NamedTuple):
    """What a run came to.

    Attributes
    ----------
    attempts, granted, refused, replayed : int
        Changes sent; of the holds those granted, refused for want of places, and answered from an earlier sending.
    commits, looks : int
        Commits the auditor followed, and how often it compared them with the tables while the run was on.
    faults : tuple of str
    """

    attempts: int
    granted: int
    refused: int
    replayed: int
    commits: int
    looks: int
    elapsed_s: float
    faults: tuple[str, ...]


@dataclass
class Auditor:
    """Adds up events. `seen` is the last one it knows."""

    store: Store
    seen: int = 0
    looks: int = 0
    places: dict[str, int] = field(default_factory=dict)
    occupied: dict[str, int] = field(default_factory=dict)
    held: dict[str, dict[str, int]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def look(self) -> None:
        """Follow the commits since the last look, and compare with the tables at the same moment."""

        def read(tx):
            events = []
            while found := events_after(tx, events[-1].sequence if events else self.seen, 1_024):
                events += found
            summed = tx.rows(
                "SELECT port_id, SUM(CASE WHEN persons > landed THEN persons - landed ELSE 0 END) FROM reservation "
                f"WHERE {LIVE} GROUP BY port_id",
                int(START_S * 1000),
            )
            occupied = tx.rows("SELECT port_id, occupied FROM port_capacity")
            return events, {str(port): int(count) for port, count in summed}, dict(occupied)

        events, summed, occupied = self.store.database.read(read)
        for event in events:
            self._follow(event)
        self.looks += 1
        for port in self.places:
            if self._held_at(port) != summed.get(port, 0):
                self.faults.append(f"{port} at {self.seen}: events hold {self._held_at(port)}, tables {summed}")
            if self.occupied[port] != occupied[port]:
                self.faults.append(f"{port} at {self.seen}: events landed {self.occupied[port]}, tables {occupied}")

    def _held_at(self, port: str) -> int:
        return sum(self.held.get(port, {}).values())

    def _follow(self, event) -> None:
        self.seen = event.sequence
        body = orjson.loads(event.body)
        if event.kind == "port.capacity":
            self.places[event.subject], self.occupied[event.subject] = PLACES, 0
            return
        kept = body["reservation"]
        port, reservation = kept["port_id"], kept["reservation_id"]
        here = self.held.setdefault(port, {})
        remaining = max(0, kept["persons"]["total"] - kept["landed"]["total"])
        if event.kind == "reservation.landed":
            before = here.get(reservation, 0)
            self.occupied[port] += before - remaining if kept["state"] != "landed" else before
        if kept["state"] in ("held", "confirmed"):
            here[reservation] = remaining
        else:
            here.pop(reservation, None)
        left = self.places[port] - self.occupied[port] - self._held_at(port)
        if left < 0:
            self.faults.append(f"{port} at commit {event.sequence}: {-left} places too many")
        if left != body["places_left"]["total"]:
            self.faults.append(f"{port} at commit {event.sequence}: {left} left, the store said {body['places_left']}")


class Reservers:
    """Threads that reserve."""

    def __init__(self, store: Store, count: int, attempts: int) -> None:
        self._store = store
        self._shares = [attempts // count + (mine < attempts % count) for mine in range(count)]
        self._gate = threading.Lock()
        self.granted = self.refused = self.replayed = self.attempts = 0
        self.faults: list[str] = []
        self._threads = [threading.Thread(target=self._work, args=(mine,)) for mine in range(count)]

    def run(self) -> None:
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            thread.join()

    def _work(self, mine: int) -> None:
        draw = random.Random(mine)
        held: list[tuple[str, int]] = []
        for number in range(self._shares[mine]):
            with self._gate:
                self.attempts += 1
            try:
                if held and draw.random() < 0.45:
                    self._change(draw, held)
                else:
                    self._hold(draw, held, f"{mine}-{number}")
            except NoPlaces:
                with self._gate:
                    self.refused += 1
            except StoreBusy:
                time.sleep(0.01)
            except Refused:
                # Confirmed twice, for instance: an answer like any other.
                continue
            except Exception as failure:  # noqa: BLE001 - whatever it is, the run was not right
                self.faults.append(f"{type(failure).__name__}: {failure}")
                return

    def _hold(self, draw: random.Random, held: list[tuple[str, int]], key: str) -> None:
        persons = draw.randint(1, 40)
        command = Hold(f"port-{draw.randrange(PORTS)}", key, Persons(persons), START_S + 3_600)
        times = 2 if draw.random() < 0.25 else 1
        made = []
        for _ in range(times):
            answer = self._store.do(command, CONTROLLER, START_S, IdempotencyKey(key, "bench", key.encode()))
            made.append(answer.document["reservation"]["reservation_id"])
            with self._gate:
                self.replayed += answer.repeated
                self.granted += not answer.repeated
        if len(set(made)) > 1:
            self.faults.append(f"key {key} made {made}")
        held.append((made[0], persons))

    def _change(self, draw: random.Random, held: list[tuple[str, int]]) -> None:
        reservation, persons = held[draw.randrange(len(held))]
        what = draw.random()
        if what < 0.15:
            self._store.do(Confirm(reservation), CONTROLLER, START_S)
        elif what < 0.25:
            self._store.do(Land(reservation, Persons(1)), CONTROLLER, START_S)
        else:
            held.remove((reservation, persons))
            self._store.do(Release(reservation, "bench"), CONTROLLER, START_S)


def run(store: Store, count: int = RESERVERS, attempts: int = ATTEMPTS) -> Outcome:
    """One run on an empty store."""
    for port in range(PORTS):
        store.do(ReportCapacity(f"port-{port}", Places(PLACES)), CONTROLLER, START_S)
    auditor, reservers, over = Auditor(store), Reservers(store, count, attempts), threading.Event()

    def audit() -> None:
        while not over.wait(0.05):
            auditor.look()

    reader = threading.Thread(target=audit)
    reader.start()
    begun = time.perf_counter()
    reservers.run()
    elapsed_s = time.perf_counter() - begun
    over.set()
    reader.join()
    auditor.look()
    faults = (*reservers.faults, *auditor.faults, *check(store.database).problems)
    return Outcome(
        reservers.attempts, reservers.granted, reservers.refused, reservers.replayed, auditor.seen, auditor.looks,
        elapsed_s, faults,
    )  # fmt: skip


def main() -> None:
    urls = [given for given in sys.argv[1:] if given != "--without-check"]
    unguarded = "--without-check" in sys.argv
    if unguarded:
        reservations._lacking = lambda *_: None
    with tempfile.TemporaryDirectory() as folder:
        for url in (f"sqlite:{Path(folder) / 'store.db'}", *urls):
            with open_store(url, create=True) as store:
                section(f"Oversell: {store.database.dialect}" + (", the guard taken out" if unguarded else ""))
                done = run(store)
            row(f"{RESERVERS} reservers, {done.attempts} attempts", (
                f"{done.attempts / done.elapsed_s:.0f}/s", f"{done.granted} granted", f"{done.refused} refused",
                f"{done.replayed} replayed"))  # fmt: skip
            note(f"auditor: {done.commits} commits, {done.looks} looks during the run, {len(done.faults)} faults")
            if bool(done.faults) != unguarded:
                raise SystemExit(f"not as it has to be: {done.faults[:3]}")


if __name__ == "__main__":
    main()
