"""The control room's memory in a size for every run: live board, store, oversell and kills, on each back end there is.

The programs by themselves (``bench.board``, ``bench.store``, ``bench.oversell``, ``bench.store_kills``) do the same at
full length.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import psycopg

from api.decision_service import DecisionService, open_decision_service, warm_up
from api.store.store import open_for_service, open_store
from bench import board, oversell, store, store_kills
from bench.report import note, row, section
from tests.store import postgresql_server

RESERVERS, ATTEMPTS = 16, 2_000
CLIENTS, CHANGES = 16, 100
AUDIT_ROWS = 100_000
KILLS = 8
NO_SERVER = "PostgreSQL left out: it is not installed (apt-get install postgresql)."


def run(service: DecisionService) -> str:
    """Print all figures; return what was found wrong, in a line."""
    faults = 0
    warm_up(service)
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        section(f"10. Live board: {board.ENCOUNTERS} open encounters")
        now_s = time.time()
        with open_for_service(f"sqlite:{place}/board.db") as kept:
            board.fill(service, kept, now_s)
            board.run(service, kept, now_s)
        backends = [("sqlite", _files(Path(place)))]
        if postgresql_server.binaries() is not None:
            backends.append(("postgresql", stack.enter_context(_schemas())))
        for name, urls in backends:
            with open_store(next(urls), create=True) as kept:
                store.run(kept, name, CLIENTS, CHANGES, AUDIT_ROWS)
            faults += _oversold(next(urls)) + _killed(next(urls))
    if len(backends) == 1:
        note(NO_SERVER)
    return f"{faults} faults on {' and '.join(name for name, _ in backends)}"


def _oversold(url: str) -> int:
    with open_store(url, create=True) as kept:
        done = oversell.run(kept, RESERVERS, ATTEMPTS)
    row(f"oversell, {RESERVERS} reservers", (f"{done.attempts / done.elapsed_s:.0f}/s", f"{done.granted} granted",
        f"{done.refused} refused", f"{len(done.faults)} faults"))  # fmt: skip
    return len(done.faults)


def _killed(url: str) -> int:
    toll = store_kills.run(KILLS, url)
    row(f"writer killed {toll.kills} times", (f"{toll.acknowledged} acknowledged", f"{toll.lost} lost",
        f"{toll.doubled} doubled", f"{len(toll.problems)} problems"))  # fmt: skip
    return toll.lost + toll.doubled + len(toll.problems)


def _files(folder: Path) -> Iterator[str]:
    return (f"sqlite:{folder}/store-{number}.db" for number in count())


@contextmanager
def _schemas() -> Iterator[Iterator[str]]:
    """URLs of empty stores on a server of their own."""
    with postgresql_server.server() as server:

        def made() -> Iterator[str]:
            for number in count():
                with psycopg.connect(server, autocommit=True) as connection:
                    connection.execute(f"CREATE SCHEMA bench_{number}")
                yield f"{server}&options=-csearch_path%3Dbench_{number}"

        yield made()


if __name__ == "__main__":
    print(run(open_decision_service()))
