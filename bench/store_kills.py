"""A writer killed in the middle, again and again: no acknowledged change lost, none made twice, the chain whole.

``python -m bench.store_kills 200`` on an embedded store, or with the URL of an empty server store after the number.
A process of its own holds places as fast as it can and writes each key to a pipe before it sends and after it was
answered. It is killed with signal 9 at a moment of its own choosing by chance; the next one first repeats the key that
was under way.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from api.store.commands import Actor, IdempotencyKey, Role
from api.store.integrity import check
from api.store.ports import Places, ReportCapacity
from api.store.reservations import Hold, Persons
from api.store.store import Store, open_store

CONTROLLER = Actor(Role.CONTROLLER, "bench")
START_S = 1_700_000_000.0
CLIENTS = 4
PLACES = 100_000


class Toll(NamedTuple):
    """What was found after all kills.

    Attributes
    ----------
    acknowledged : int
        Answers the writers gave before they were killed.
    lost : int
        Of those, how many the store does not have.
    doubled : int
        Keys that made more than one reservation.
    problems : tuple of str
        What `check` found.
    """

    kills: int
    acknowledged: int
    lost: int
    doubled: int
    problems: tuple[str, ...]


def run(kills: int, url: str, seed: int = 1) -> Toll:
    """Kill writers of a store that exists and is empty."""
    draw = random.Random(seed)
    with open_store(url, create=True) as store:
        store.do(ReportCapacity("dover", Places(PLACES)), CONTROLLER, START_S)
    acknowledged: set[str] = set()
    under_way: set[str] = set()
    for kill in range(kills):
        begun, answered = _one_life(url, kill, under_way, draw.uniform(0.0, 0.25))
        acknowledged |= answered
        under_way = (under_way | begun) - answered
    with open_store(url) as store:
        for key in sorted(under_way):
            # Whether these were made is not known; sending them again makes it known, and makes none twice.
            _hold(store, key)
        kept = store.database.read(lambda tx: tx.rows("SELECT vessel, COUNT(*) FROM reservation GROUP BY vessel"))
        times = {str(vessel): int(number) for vessel, number in kept}
        return Toll(
            kills, len(acknowledged), len(acknowledged - times.keys()), sum(count > 1 for count in times.values()),
            check(store.database).problems,
        )  # fmt: skip


def _one_life(url: str, kill: int, repeat: Iterable[str], wait_s: float) -> tuple[set[str], set[str]]:
    """Start a writer, let it write for a moment, kill it; keys it sent and keys that were answered."""
    command = [sys.executable, "-m", "bench.store_kills", "--write", url, str(kill), *sorted(repeat)]
    root = Path(__file__).resolve().parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root, text=True) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline()]
        time.sleep(wait_s)
        writer.send_signal(signal.SIGKILL)
        # A line that was cut off by the kill is no acknowledgement.
        lines += [line for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    words = [line.split() for line in lines if line.strip()]
    return {word[1] for word in words if word[0] == "sent"}, {word[1] for word in words if word[0] == "done"}


def _hold(store: Store, key: str) -> None:
    command = Hold("dover", key, Persons(1), START_S + 3_600)
    store.do(command, CONTROLLER, START_S, IdempotencyKey(key, "bench", key.encode()))


def _write(url: str, kill: str, repeat: list[str]) -> None:
    """Life of a writer: several clients, until it is killed."""
    store = open_store(url)
    gate = threading.Lock()

    def say(word: str, key: str) -> None:
        with gate:
            os.write(1, f"{word} {key}\n".encode())

    def client(mine: int, keys: list[str]) -> None:
        number = 0
        while True:
            key = keys.pop() if keys else f"k{kill}-{mine}-{number}"
            number += 1
            say("sent", key)
            _hold(store, key)
            say("done", key)

    threads = [threading.Thread(target=client, args=(mine, repeat[mine::CLIENTS])) for mine in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main() -> None:
    kills = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:{folder}/store.db"
        begun = time.perf_counter()
        toll = run(kills, url)
        print(toll, f"{time.perf_counter() - begun:.0f} s")
        if toll.lost or toll.doubled or toll.problems:
            raise SystemExit("the store is not right")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        _write(sys.argv[2], sys.argv[3], sys.argv[4:])
    else:
        main()
