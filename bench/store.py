"""The store: one client's durable reservation, many reservers at once, a long audit trail.

``python -m bench.store`` runs all of it on an embedded store, and on a server as well when one is given:
``python -m bench.store postgresql://...`` (an empty database; it is filled).
"""

import os
import statistics
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

from api.store.audit import Head, read_head, row_digest, write_head
from api.store.commands import Actor, IdempotencyKey, Role
from api.store.database import Transaction
from api.store.errors import NoPlaces, StoreBusy
from api.store.integrity import check
from api.store.ports import Places, ReportCapacity
from api.store.reservations import Hold, Persons, Release
from api.store.store import Store, open_store
from bench.report import note, row, seconds, section

CONTROLLER = Actor(Role.CONTROLLER, "bench")
START_S = 1_700_000_000.0
PORTS = 8
PLACES = 500


def run(store: Store, name: str, threads: int = 64, attempts: int = 10_000, audit_rows: int = 1_000_000) -> None:
    """All figures of one store."""
    section(f"Store: {name}; flush to disk here {seconds(_flush_s())}")
    one_client(store)
    many_clients(store, threads, attempts)
    if audit_rows:
        long_audit(store, audit_rows)


def one_client(store: Store, times: int = 2_000) -> float:
    """Median time of a durable reservation, one after the other."""
    store.do(ReportCapacity("single", Places(100_000)), CONTROLLER, START_S)
    taken = []
    for number in range(times):
        command = Hold("single", "bench", Persons(1), START_S + 3_600)
        begun = time.perf_counter()
        store.do(command, CONTROLLER, START_S, IdempotencyKey(f"single-{number}", "bench", b"{}"))
        taken.append(time.perf_counter() - begun)
    taken.sort()
    p50, p99 = statistics.median(taken), taken[int(0.99 * times)]
    row("reservation, one client", (f"p50 {seconds(p50)}", f"p99 {seconds(p99)}", f"{1 / p50:.0f}/s"))
    return p50


def many_clients(store: Store, threads: int, attempts: int) -> float:
    """Attempts a second when many take and give back the last places of a few ports; nothing is ever oversold."""
    for port in range(PORTS):
        store.do(ReportCapacity(f"port-{port}", Places(PLACES)), CONTROLLER, START_S)
    refused, failed = [0] * threads, []

    def work(mine: int) -> None:
        held: list[str] = []
        for number in range(attempts):
            try:
                if len(held) > 3 and number % 2:
                    # Half of what is done is giving back, so that places run out and come free all the time.
                    store.do(Release(held.pop(0), "bench"), CONTROLLER, START_S)
                    continue
                command = Hold(f"port-{(mine + number) % PORTS}", "bench", Persons(1 + number % 40), START_S + 3_600)
                held.append(store.do(command, CONTROLLER, START_S).document["reservation"]["reservation_id"])
            except NoPlaces:
                refused[mine] += 1
            except StoreBusy:
                time.sleep(0.01)
            except Exception as failure:
                failed.append(failure)
                raise

    begun = time.perf_counter()
    workers = [threading.Thread(target=work, args=(mine,)) for mine in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    elapsed = time.perf_counter() - begun
    rate = threads * attempts / elapsed
    row(f"{threads} clients x {attempts}", (f"{rate:.0f}/s", f"{sum(refused)} refused", f"{len(failed)} failed"))
    found = check(store.database)
    note(f"check: {len(found.problems)} problems, {len(found.notices)} notices, {found.audit_rows} audit rows")
    if found.problems or failed:
        raise SystemExit(f"the store is not right: {found.problems[:3]} {failed[:1]}")
    return rate


def long_audit(store: Store, rows: int) -> float:
    """Time to verify a long trail; the rows are as long as those of reservations."""
    payload = b'{"asked":{"bench":"' + b"x" * 500 + b'"}}'
    while (left := rows - store.verify().rows) > 0:
        lot = min(left, 100_000)
        store.database.write_alone(partial(_fill, count=lot, payload=payload))
    begun = time.perf_counter()
    verified = store.verify()
    elapsed = time.perf_counter() - begun
    row(f"verify {verified.rows} audit rows", (seconds(elapsed), f"bad: {verified.bad}"))
    return elapsed


def _fill(tx: Transaction, count: int, payload: bytes) -> None:
    head = read_head(tx)
    made, sequence, previous = [], head.sequence, head.digest
    for _ in range(count):
        sequence += 1
        digest = row_digest(previous, sequence, head.at_ms, "bench", "system", payload)
        made.append((sequence, head.at_ms, "bench", "system", payload, previous, digest))
        previous = digest
    tx.run_many(
        "INSERT INTO audit (sequence, at_ms, kind, role, payload, previous, digest) VALUES (?, ?, ?, ?, ?, ?, ?)", made
    )
    write_head(tx, Head(sequence, head.at_ms, previous))


def _flush_s() -> float:
    with tempfile.NamedTemporaryFile() as file:
        taken = []
        for _ in range(200):
            file.write(b"x" * 4_096)
            file.flush()
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for url in (f"sqlite:{Path(folder) / 'store.db'}", *sys.argv[1:]):
            with open_store(url, create=True) as store:
                run(store, store.database.dialect)


if __name__ == "__main__":
    main()
