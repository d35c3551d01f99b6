"""``safeport terminal`` as its users run it: a process of its own, to be killed and started again."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = "import sys; from api.cli.main import run; sys.argv[0] = 'safeport'; sys.exit(run())"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Process:
    """One life of a terminal.

    Parameters
    ----------
    state : Path
        Folder of what it keeps.
    options : str
        Of the command line.
    port : int, optional
        Where it listens; a free one if left out.
    """

    def __init__(self, state, *options, port=None):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-c", PROGRAM, "terminal", "--port", str(self.port), "--state", str(state), *options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}{path}", data, headers, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answered:  # noqa: S310
            return json.load(answered)

    def until(self, condition, seconds=60.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                state = self.call("GET", "/terminal/v1/state")
                if condition(state):
                    return state
            except OSError:
                assert self.process.poll() is None
            time.sleep(0.05)
        raise AssertionError("it did not come to that")

    def end(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        self.process.wait(20)


def has_fix(state):
    return state["ready"] and state["fix"]["quality"] == "good"
