"""The process: help without the engine, exit codes, one line instead of a traceback, quiet broken pipes."""

import json
import os
import subprocess
import sys
import urllib.request

import pytest

from api.cli import ports
from api.cli.main import COMMANDS

RUN = [sys.executable, "-c", "import sys; from api.cli.main import run; sys.exit(run())"]


def _run(*arguments, **settings):
    return subprocess.run([*RUN, *arguments], capture_output=True, text=True, encoding="utf-8", check=False, **settings)


def _children_s():
    """Processor time of the children that have ended. [s]"""
    used = os.times()
    return used.children_user + used.children_system


def test_help_is_quick_and_names_every_command():
    before_s = _children_s()
    ran = _run("--help")
    assert ran.returncode == 0
    assert all(f"\n    {name} " in ran.stdout for name in COMMANDS)
    assert _children_s() - before_s < 1.0, "the target is 0.5 s; the rest is a slow test machine"


def test_help_does_not_load_the_engine():
    code = "import sys; from api.cli.main import main; main(['decide', '--help']); print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numba", "numpy", "pydantic", "shapely", "fastapi"} & set(ran.stderr.split())


@pytest.mark.parametrize("command", [*COMMANDS, "geodata build", "geodata verify"])
def test_every_command_has_help(safeport, command):
    ran = safeport(*command.split(), "--help")
    assert ran.code == 0
    assert "usage: safeport" in ran.out


def test_version(safeport):
    assert safeport("--version").out.startswith("safeport ")


@pytest.mark.parametrize(
    ("arguments", "field"), [((), "command"), (("sink",), "command"), (("ports", "--deep"), "--deep")]
)
def test_unknown_commands_and_options(safeport, arguments, field):
    ran = safeport(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{field}: ")


def test_json_from_a_real_process_is_one_utf8_document(example):
    first, second = (
        subprocess.run([*RUN, *example, "--json"], capture_output=True, check=True, env={**os.environ, "LC_ALL": "C"})
        for _ in range(2)
    )
    assert first.stdout == second.stdout
    assert first.stderr == b""
    document = json.loads(first.stdout.decode("utf-8"))
    assert document["outcome"] == "suitable"
    assert first.stdout.count(b"\n") == 1


def test_accents_survive_an_ascii_terminal(example):
    ran = _run(*example, "--lang", "fr", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert ran.returncode == 0
    assert "relèvement" in ran.stdout


def test_bad_input_from_a_real_process():
    ran = _run("decide", "--position", "51 60.0N 001 15.0E")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("--position: ")


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGPIPE")
def test_a_reader_that_leaves_early_is_no_failure():
    with subprocess.Popen([*RUN, "ports", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(10)
        process.stdout.close()
        error = process.stderr.read()
        assert process.wait() == 0
    assert error == b""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGTERM")
def test_serve_answers_until_it_is_stopped():
    with subprocess.Popen([*RUN, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True) as process:
        address = process.stdout.readline().split()[-1]
        with urllib.request.urlopen(f"{address}/healthz", timeout=60) as reply:  # noqa: S310 - our own address
            assert reply.status == 200
        process.terminate()
        process.wait(timeout=60)


def _break(monkeypatch):
    def listing(*_):
        raise ZeroDivisionError("line one\nline two")

    monkeypatch.setattr(ports, "listing", listing)


def test_the_unexpected_is_one_line(safeport, monkeypatch):
    _break(monkeypatch)
    monkeypatch.delenv("SAFEPORT_DEBUG", raising=False)
    ran = safeport("ports")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("\n") == 1
    assert "ZeroDivisionError: line one line two" in ran.err


def test_debug_shows_the_traceback(safeport, monkeypatch):
    _break(monkeypatch)
    monkeypatch.setenv("SAFEPORT_DEBUG", "1")
    ran = safeport("ports")
    assert ran.code == 1
    assert "Traceback" in ran.err


ENDS = """
import atexit, sys
import pyarrow
from api.cli import main
main.main = lambda arguments: int(arguments[0])
atexit.register(lambda: print("registered"))
class AtTheLast:
    def __del__(self):
        print("taken apart")
kept = AtTheLast()
sys.argv[0] = "safeport"
sys.exit(main.run())
"""


@pytest.mark.parametrize(
    ("code", "out"), [("2", "registered\n"), ("1", "registered\n"), ("0", "registered\ntaken apart\n")]
)
def test_a_refusal_ends_before_the_interpreter_is_taken_apart(code, out):
    """A thread of Arrow that still read ahead ended the process by a signal then: one refused table in ten."""
    ran = subprocess.run([sys.executable, "-c", ENDS, code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (int(code), out, "")
