"""However a service or a command is stopped, the store is one file afterwards, and a copy of it is the store."""

import shutil
import signal
import subprocess
import sys

import httpx
import pytest

from api.store.store import open_store
from tests.faults.real_server import SIGNALS_COUNT, RealServer

STATUS = {"status": "open"}


def stopped_by(server, *signals):
    for number in signals:
        server.process.send_signal(number)
    return server.wait()


def head_of_a_copy(file, folder):
    folder.mkdir()
    shutil.copyfile(file, folder / "copy.db")
    with open_store(f"sqlite:{folder}/copy.db") as copy:
        return copy.head().sequence


@pytest.mark.parametrize(
    ("signals", "code"),
    [
        ([signal.SIGTERM], -signal.SIGTERM), ([signal.SIGINT], 0), ([signal.SIGHUP], -signal.SIGTERM),
        ([signal.SIGTERM, signal.SIGTERM], -signal.SIGTERM), ([signal.SIGINT, signal.SIGINT], 0),
    ],
    ids=str,
)  # fmt: skip
def test_a_service_that_was_stopped_leaves_one_file(tmp_path, signals, code):
    file = tmp_path / "store.db"
    with RealServer(f"sqlite:{file}", warm=False, drain_s=0.0) as server:
        server.wait_ready()
        with httpx.Client(base_url=server.url, timeout=30.0) as client:
            for _ in range(20):
                assert client.put("/v1/ports/dover/status", json=STATUS).status_code == 200
        assert file.with_name("store.db-wal").stat().st_size > 0
        assert stopped_by(server, *signals) == code
    assert sorted(found.name for found in tmp_path.iterdir()) == ["store.db", "store.db.heads"]
    assert head_of_a_copy(file, tmp_path / "elsewhere") == 20


def test_heads_are_signed_by_default_and_the_last_one_as_it_stops(tmp_path):
    file = tmp_path / "store.db"
    with RealServer(f"sqlite:{file}", warm=False, drain_s=0.0) as server:
        server.wait_ready()
        with httpx.Client(base_url=server.url, timeout=30.0) as client:
            assert client.put("/v1/ports/dover/status", json=STATUS).status_code == 200
        stopped_by(server, signal.SIGTERM)
    lines = (tmp_path / "store.db.heads" / "heads.jsonl").read_bytes().splitlines()
    assert b'"sequence":1' in lines[-1]


WAITING = """
import sys
from api.cli import db, main
from api.store import integrity
plain = integrity.check
def slow(database, digests=None):
    database.write(lambda tx: tx.run("INSERT INTO live_picture (sha256, body) VALUES ('x', x'00')"))
    print("at work", flush=True)
    import time
    time.sleep(60)
integrity.check = slow
sys.exit(main.main(["db", "check", "--store", sys.argv[1]]))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=str)
def test_a_command_that_was_stopped_leaves_one_file(tmp_path, number):
    url = f"sqlite:{tmp_path}/store.db"
    open_store(url, create=True).close()
    command = [sys.executable, "-c", SIGNALS_COUNT + WAITING, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "at work\n"
        assert (tmp_path / "store.db-wal").stat().st_size > 0
        process.send_signal(number)
        _, text = process.communicate(timeout=30)
    assert text == ""
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    assert [found.name for found in tmp_path.iterdir()] == ["store.db"]


def test_a_service_that_was_killed_leaves_its_log(tmp_path):
    """Negative control: nothing can be done at SIGKILL; the next one to open the store brings the log in."""
    file = tmp_path / "store.db"
    with RealServer(f"sqlite:{file}", warm=False) as server:
        server.wait_ready()
        with httpx.Client(base_url=server.url, timeout=30.0) as client:
            assert client.put("/v1/ports/dover/status", json=STATUS).status_code == 200
        server.kill()
        server.wait()
    assert file.with_name("store.db-wal").stat().st_size > 0
    with open_store(f"sqlite:{file}") as store:
        assert store.head().sequence == 1
    assert not file.with_name("store.db-wal").exists()
