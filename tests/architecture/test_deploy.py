"""What stands in deploy/ fits the program: its commands are commands, its paths exist, nothing of it runs as root."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from api.cli.main import parser

ROOT = Path(__file__).resolve().parents[2]
UNIT = (ROOT / "deploy" / "safeport.service").read_text(encoding="utf-8")
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
PROGRAM = "/opt/safeport/.venv/bin/safeport"


def keys(name):
    return re.findall(rf"^{name}=(.*)$", UNIT, flags=re.MULTILINE)


def instructions(name):
    joined = CONTAINER.replace("\\\n", " ")
    return re.findall(rf"^{name} (.*)$", joined, flags=re.MULTILINE)


def test_the_unit_starts_a_command_there_is():
    (line,) = keys("ExecStart")
    program, *arguments = shlex.split(line)
    assert program == PROGRAM
    assert parser().parse_args(arguments).run is not None


@pytest.mark.parametrize(
    ("key", "value"),
    [("DynamicUser", "yes"), ("StateDirectory", "safeport"), ("ProtectSystem", "strict"), ("NoNewPrivileges", "yes"),
     ("CapabilityBoundingSet", ""), ("KillMode", "mixed"), ("KillSignal", "SIGTERM"), ("Restart", "always")],
)  # fmt: skip
def test_the_unit_is_hardened(key, value):
    assert keys(key) == [value]


def test_the_unit_waits_longer_than_a_stop_may_take():
    from api.settings import Settings

    limits = Settings()
    assert int(keys("TimeoutStopSec")[0]) > limits.drain_s + limits.stop_s


def test_systemd_understands_the_unit(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed: apt-get install systemd")

    def said(text):
        unit = tmp_path / "safeport.service"
        unit.write_text(text.replace(PROGRAM, "/bin/true"), encoding="utf-8")
        ran = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)
        return ran.stdout + ran.stderr

    assert said(UNIT) == ""
    assert "ProtectSistem" in said(UNIT.replace("ProtectSystem", "ProtectSistem"))


def test_the_container_starts_a_command_there_is_and_not_as_root():
    (entry,), (command,) = instructions("ENTRYPOINT"), instructions("CMD")
    assert json.loads(entry) == [PROGRAM]
    assert parser().parse_args(json.loads(command)).run is not None
    (user,) = instructions("USER")
    assert all(int(part) > 0 for part in user.split(":"))


def test_the_container_copies_what_there_is():
    copied = [words for line in instructions("COPY") if not (words := line.split())[0].startswith("--from")]
    assert copied
    for *sources, _ in copied:
        for source in sources:
            assert (ROOT / source).exists(), source
