"""History and chances: stopped and started again they go on where they were, and come to the same bytes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from api.replay import post_process
from api.replay.post_process import HISTORY_FACTS_FILE, add_chances, add_history
from api.replay.run import ReplayConfig, replay
from api.replay.side_checkpoint import SideCheckpoint
from engine.errors import InvalidAsk
from tests.synthetic.encounters import STUB, write_encounters

ROOT = Path(__file__).resolve().parents[3]
ROWS, CHUNK, DRAWS = 320, 32, 8

KILLED_AT = """
import os, signal, sys
from pathlib import Path
from api.replay import post_process
from api.replay.run import ReplayConfig

source, out, chunk, calls = sys.argv[1:]
post_process._CHUNK_ROWS = int(chunk)
left = int(calls)

def dying(call):
    def instead(*arguments, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **named)
    return instead

os.fsync = dying(os.fsync)
Path.replace = dying(Path.replace)
order = ReplayConfig(Path(source), Path(out), engine="tests.synthetic.encounters:stub_engine", workers=2)
post_process.add_history(order)
post_process.add_chances(order, 8, 5)
print("whole", flush=True)
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return write_encounters(tmp_path_factory.mktemp("input") / "encounters.csv", ROWS)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(post_process, "_CHUNK_ROWS", CHUNK)


def ordered(source, out):
    order = ReplayConfig(source, out, engine=STUB, workers=2)
    replay(order)
    return order


def digests(out):
    return {name: (out / name).read_bytes() for name in ("history.csv", "history.json", "chances.parquet",
                                                         "chances.json")}  # fmt: skip


@pytest.fixture(scope="module")
def expected(source, tmp_path_factory):
    order = ordered(source, tmp_path_factory.mktemp("expected") / "out")
    kept = post_process._CHUNK_ROWS
    post_process._CHUNK_ROWS = CHUNK
    add_history(order)
    add_chances(order, DRAWS, 5)
    post_process._CHUNK_ROWS = kept
    return digests(order.out)


def counted(monkeypatch, name, most=10**9):
    """Count the parts that are worked out; after so many nothing more is."""
    real, calls = getattr(post_process, name), []

    def instead(*arguments):
        if len(calls) >= most:
            raise KeyboardInterrupt
        calls.append(1)
        return real(*arguments)

    monkeypatch.setattr(post_process, name, instead)
    return calls


@pytest.mark.parametrize(
    ("name", "work", "folder"),
    [
        ("against_observed", add_history, "history.parts"),
        ("chances", lambda order: add_chances(order, DRAWS, 5), "chances.parts"),
    ],
    ids=["history", "chances"],
)
def test_what_was_stopped_goes_on_where_it_was(source, expected, tmp_path, monkeypatch, name, work, folder):
    order = ordered(source, tmp_path / "out")
    with monkeypatch.context() as patched:
        counted(patched, name, most=4)
        with pytest.raises(KeyboardInterrupt):
            work(order)
    assert len(list((order.out / folder).glob("[0-9]*.json"))) == 4
    calls = counted(monkeypatch, name)
    work(order)
    assert len(calls) == ROWS // CHUNK - 4
    assert not (order.out / folder).exists()
    made = {path.name: path.read_bytes() for path in order.out.iterdir() if path.name in expected}
    assert len(made) == 2
    assert made.items() <= expected.items()
    work(order)
    assert len(calls) == ROWS // CHUNK - 4, "what is whole was made again"


def test_killed_before_any_write_and_started_again_gives_the_same_bytes(source, expected, tmp_path):
    order = ordered(source, tmp_path / "out")
    for calls in (7, 40, 30, 0):
        run = subprocess.run(
            [sys.executable, "-c", KILLED_AT, str(source), str(order.out), str(CHUNK), str(calls)],
            cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert run.returncode == (-signal.SIGKILL if calls else 0), run.stderr
    assert digests(order.out) == expected
    assert not list(order.out.glob("*.parts"))


def test_other_draws_are_made_anew(source, tmp_path, monkeypatch):
    order = ordered(source, tmp_path / "out")
    add_chances(order, DRAWS, 5)
    first = (order.out / "chances.parquet").read_bytes()
    calls = counted(monkeypatch, "chances")
    add_chances(order, DRAWS, 6)
    assert len(calls) == ROWS // CHUNK
    assert (order.out / "chances.parquet").read_bytes() != first
    assert json.loads((order.out / "chances.json").read_text(encoding="utf-8"))["seed"] == 6


def test_a_damaged_file_is_made_again(source, expected, tmp_path, monkeypatch):
    order = ordered(source, tmp_path / "out")
    add_history(order)
    (order.out / "history.csv").write_text("row\n", encoding="utf-8")
    add_history(order)
    assert (order.out / "history.csv").read_bytes() == expected["history.csv"]
    (order.out / HISTORY_FACTS_FILE).unlink()
    calls = counted(monkeypatch, "against_observed")
    add_history(order)
    assert len(calls) == ROWS // CHUNK


def test_nobody_else_writes_meanwhile(source, tmp_path, monkeypatch):
    order = ordered(source, tmp_path / "out")

    def meddling(*_, **__):
        with pytest.raises(InvalidAsk, match="another replay is writing"):
            add_chances(order, DRAWS, 5)
        raise KeyboardInterrupt

    monkeypatch.setattr(post_process, "against_observed", meddling)
    with pytest.raises(KeyboardInterrupt):
        add_history(order)


def test_parts_are_believed_only_as_they_were_written(tmp_path):
    table = pa.table({"x": [1, 2, 3]})
    parts = SideCheckpoint(tmp_path / "parts", {"seed": 1})
    parts.write(0, table)
    parts.write(1, table)
    assert parts.read(0).equals(table)
    parts.table(1).write_bytes(parts.table(1).read_bytes()[:-1])
    again = SideCheckpoint(tmp_path / "parts", {"seed": 1})
    assert [again.holds(number) for number in range(3)] == [True, False, False]
    other = SideCheckpoint(tmp_path / "parts", {"seed": 2})
    assert not other.holds(0)
    other.clear()
    assert not (tmp_path / "parts").exists()
