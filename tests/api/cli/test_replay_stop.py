"""Ctrl-C: the process ends on the spot, says how to go on, and what was finished is kept."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from api.replay.run import ReplayConfig, replay
from tests.synthetic.encounters import STUB, write_encounters

ROOT = Path(__file__).resolve().parents[3]
ROWS, CHUNK = 2_000, 200

STOPPED = """
import sys, time
from pathlib import Path
from api.cli.replay import stopped_at_once
from api.replay.run import ReplayConfig, replay

source, out, anew = sys.argv[1:]

def told(*numbers):
    print(*numbers, flush=True)
    # A thread at work in compiled code does not hear of a signal; nor does this one, of anything but that.
    time.sleep(60)

with stopped_at_once(Path(out), begins_anew=anew == "anew"):
    replay(ReplayConfig(Path(source), Path(out), chunk_rows=200, engine="tests.synthetic.encounters:stub_engine"), told)
"""


@pytest.mark.parametrize("anew", ["on", "anew"])
def test_a_replay_that_was_stopped_says_how_to_go_on_and_does(tmp_path, anew):
    source, out = write_encounters(tmp_path / "some.csv", ROWS), tmp_path / "out"
    run = subprocess.Popen(
        [sys.executable, "-c", STOPPED, str(source), str(out), anew],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert run.stdout.readline().split()[1] == str(CHUNK)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate()
    assert run.returncode == 130
    assert errors.startswith("\nStopped. ")
    assert ("begins anew" if anew == "anew" else f"kept in {out}: the same command goes on") in errors
    assert errors.count("\n") == 2
    told = []
    replay(ReplayConfig(source, out, chunk_rows=CHUNK, engine=STUB), lambda *numbers: told.append(numbers))
    assert told[-1][0] >= CHUNK
    assert sum(told[-1][:2]) == ROWS
    whole = tmp_path / "whole"
    replay(ReplayConfig(source, whole, chunk_rows=CHUNK, engine=STUB, workers=2))
    assert (whole / "decisions.parquet").read_bytes() == (out / "decisions.parquet").read_bytes()
    assert not (out / "scratch").exists()
