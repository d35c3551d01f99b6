"""A server process of its own, as an operator starts one: to be stopped, killed and started again."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

SIGNALS_COUNT = """
import signal
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
"""
"""Begins a program that is to be sent signals: what starts in the background ignores some, and children inherit it."""

PROGRAM = f"""
{SIGNALS_COUNT}
import json, os, sys
from api.http.serve import serve
from api.logs import start_logging
from api.settings import Settings
given = json.loads(sys.argv[1])
if not given["warm"]:
    from api.http import startup
    startup.warm_up = lambda service: None
start_logging("json", "debug")
serve(Settings(port=0, store=given["store"], **given["settings"]))
"""


class RealServer:
    """One life of a server; its log is kept in a file.

    Parameters
    ----------
    store : str or None
        URL.
    warm : bool
        False to leave the engine cold: quicker to start, for campaigns that ask it for nothing.
    settings : dict
        Fields of `Settings`.
    """

    def __init__(self, store=None, warm=True, **settings):
        self._log = tempfile.NamedTemporaryFile("w+", suffix=".log")  # noqa: SIM115 - closed with the server
        command = [sys.executable, "-c", PROGRAM, json.dumps({"store": store, "warm": warm, "settings": settings})]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._log, text=True)
        line = self.process.stdout.readline()
        self.url = line.removeprefix("safeport answers on ").strip()
        if not self.url.startswith("http://127.0.0.1:"):
            self.close()
            raise AssertionError(f"the server did not start: {line!r} {self.log_text()}")

    def log_text(self):
        return Path(self._log.name).read_text(encoding="utf-8")

    def log(self):
        """Lines of the log; a last one that was cut off by a kill is none."""
        return [json.loads(line) for line in self.log_text().splitlines(keepends=True) if line.endswith("\n")]

    def taken_up(self):
        """Ids of the requests the server took up, by its own account."""
        return {line["request_id"] for line in self.log() if line["event"] == "taken up"}

    def wait_ready(self, limit_s=120.0):
        until = time.monotonic() + limit_s
        with httpx.Client(base_url=self.url, timeout=30.0) as client:
            while client.get("/readyz").status_code != 200:
                if time.monotonic() > until:
                    raise AssertionError("the server was not ready in time")
                time.sleep(0.02)
        return self

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)

    def hold(self):
        """Stop it where it is, and return when it stands still."""
        self.process.send_signal(signal.SIGSTOP)
        _, status = os.waitpid(self.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)

    def release(self):
        self.process.send_signal(signal.SIGCONT)

    def wait(self, limit_s=60.0):
        return self.process.wait(limit_s)

    def close(self):
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self._log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
