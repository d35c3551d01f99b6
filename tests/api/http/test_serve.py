import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from api.http.serve import loopback_address, serve
from engine.errors import InvalidAsk


@pytest.mark.parametrize(("host", "address"), [("127.0.0.1", "127.0.0.1"), ("127.9.9.9", "127.9.9.9"), ("::1", "::1"),
                                               ("localhost", "127.0.0.1"), ("LocalHost", "127.0.0.1")])  # fmt: skip
def test_a_loopback_address_is_taken(host, address):
    assert loopback_address(host) == address


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org", "localhost.example.org", "", "127.1"])  # noqa: S104
def test_any_other_address_is_refused_before_anything_is_opened(host):
    with pytest.raises(InvalidAsk) as caught:
        serve(host, 0)
    assert caught.value.field == "host"
    assert "127.0.0.1" in caught.value.remedy


def test_a_port_in_use_and_a_port_out_of_range_are_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for port in (taken.getsockname()[1], 70_000):
            with pytest.raises(InvalidAsk) as caught:
                serve("127.0.0.1", port)
            assert caught.value.field == "port"


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_real_server_starts_answers_and_stops(encounter, stop):
    command = [sys.executable, "-c", "from api.http import serve; serve(port=0)"]
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True, env=environment) as server:
        try:
            line = server.stdout.readline()
            base = line.removeprefix("safeport answers on ").strip()
            assert base.startswith("http://127.0.0.1:")
            with httpx.Client(base_url=base, timeout=60.0) as client:
                assert client.get("/healthz").status_code == 200
                until = time.monotonic() + 90
                while client.get("/readyz").status_code != 200 and time.monotonic() < until:
                    time.sleep(0.05)
                answer = client.post("/v1/decisions", json=encounter)
                assert answer.status_code == 200
                assert answer.json()["recommended"]["port"]["id"] == "dover"
                assert "server" not in answer.headers
                ten_megabytes = (b"[" * 100_000 for _ in range(100))
                for body in (b"[" * 10_000_000, ten_megabytes):
                    refused = client.post("/v1/decisions", content=body, headers={"Content-Type": "application/json"})
                    assert (refused.status_code, refused.json()["code"]) == (413, "BODY_TOO_LARGE")
                assert client.post("/v1/decisions", json=encounter).content == answer.content
            server.send_signal(stop)
            rest, said = server.communicate(timeout=20)
        finally:
            server.kill()
    assert (rest, said) == ("", "")
    assert server.returncode == (0 if stop == signal.SIGINT else -signal.SIGTERM)
