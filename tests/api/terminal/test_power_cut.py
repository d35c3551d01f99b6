"""The real command, killed without warning and started again: everything it had acknowledged is there."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from api.cli.main import main
from api.terminal.state_file import FILE_NAME, StateFile
from api.terminal.terminal import KEEP_EVERY_S
from tests.api.terminal.real_terminal import PROGRAM, ROOT, has_fix


def test_after_a_power_cut_it_has_everything_it_had(started, tmp_path):
    first = started(tmp_path, "--demo", "--vessel", "rnli-severn")
    first.until(has_fix)
    persons = {"min": 20, "max": 25, "recovered": 12, "in_water": True, "aboard_since": None}
    first.call("PUT", "/terminal/v1/vessel", {"name": "SYNTHETIC", "profile": {"profile": "rnli-severn"}})
    first.call("PUT", "/terminal/v1/persons", persons)
    first.call("PUT", "/terminal/v1/medical", {"medical": "urgent"})
    answered = first.call("POST", "/terminal/v1/nearest", {"position": "51 00.0N 001 27.0E"})
    before = first.call("GET", "/terminal/v1/state")
    # The fix is kept every ten seconds, everything else at once. Nobody else may open the file, so its log is read.
    log, until_s = tmp_path / f"{FILE_NAME}-wal", time.monotonic() + 10.0 * KEEP_EVERY_S
    while b'{"lon":' not in log.read_bytes():
        assert time.monotonic() < until_s, "the fix was not kept"
        time.sleep(0.1)
    first.end()

    second = started(tmp_path, "--vessel", "rnli-severn")
    after = second.until(lambda state: state["ready"])
    assert (after["vessel"], after["persons"]) == (before["vessel"], before["persons"])
    assert after["persons"] == persons
    assert after["medical"] == "urgent"
    # No source any more: the last fix is shown with its age, and never as a new one.
    assert after["fix"]["position"] == pytest.approx(before["fix"]["position"], abs=0.01)
    assert after["fix"]["age_s"] > 0.0
    second.end(signal.SIGTERM)

    kept = StateFile(tmp_path)
    try:
        decisions = kept.decisions()
        assert [row[1] for row in decisions] == [answered["digest"]]
        assert json.loads(decisions[0][3]) == answered["encounter"]
    finally:
        kept.close()


def test_killed_again_and_again_while_it_writes(started, tmp_path):
    acknowledged = 0
    for _ in range(int(os.environ.get("TERMINAL_KILLS", "3"))):
        item = started(tmp_path)
        found = item.until(lambda state: True)["persons"]
        # What was acknowledged is there, or the one that was under way.
        assert (0 if found is None else found["min"]) in (acknowledged, acknowledged + 1)
        acknowledged = 0 if found is None else found["min"]
        killed_at = time.monotonic() + 0.3
        while time.monotonic() < killed_at:
            count = acknowledged + 1
            item.call("PUT", "/terminal/v1/persons", {"min": count, "max": count})
            acknowledged = count
        item.end()


def run_command(*options):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, "terminal", *options], cwd=ROOT, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--source", "nonsense"], "--source: is of no known kind."),
        (["--vessel", "rnli-sevren"], "--vessel: there is no profile 'rnli-sevren'."),
        (["--speed", "4"], "--speed: goes with --demo only."),
        (["--demo", "--speed", "0.1"], "--speed: is not between 1 and 60."),
        (["--demo", "--source", "tcp://a"], "--demo: follows its own track"),
        (["--demo", "--centre", "https://mrcc.example"], "--demo: would report to a control room"),
        (["--centre", "http://mrcc.example"], "--centre: is not encrypted."),
        (["--centre", "https://mrcc.example", "--key", "/nowhere"], "--key: cannot be read."),
        (["--plotter", "gpsd://a"], "--plotter: takes no sentences over that."),
        (["--port", "70000"], "--port: should be less than or equal to 65535."),
    ],
)
def test_what_is_wrong_is_one_line(options, word, tmp_path, capsys):
    assert main(["terminal", "--state", str(tmp_path), *options]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert word in told


def test_what_is_wrong_is_one_line_of_a_real_process(tmp_path):
    done = run_command("--state", str(tmp_path), "--source", "nonsense")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--source: is of no known kind." in done.stderr


def test_a_second_terminal_on_one_folder_is_told_so(started, tmp_path):
    started(tmp_path).until(lambda state: True)
    done = run_command("--state", str(tmp_path), "--port", "0")
    assert done.returncode == 1
    assert done.stderr.startswith("--state: another terminal has this folder open.")
