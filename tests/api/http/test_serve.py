import asyncio
import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from api.http import create_app
from api.http.serve import address_to_listen_on, serve, server_config
from api.settings import Settings
from engine.errors import InvalidAsk
from tests.page_warning import without_page_warning


@pytest.mark.parametrize(("host", "address"), [("127.0.0.1", "127.0.0.1"), ("127.9.9.9", "127.9.9.9"), ("::1", "::1"),
                                               ("localhost", "127.0.0.1"), ("LocalHost", "127.0.0.1")])  # fmt: skip
@pytest.mark.parametrize("access", [False, True])
def test_a_loopback_address_is_taken(host, address, access):
    assert address_to_listen_on(host, access) == address


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org", "localhost.example.org", "127.1"])  # noqa: S104
def test_any_other_address_is_refused_before_anything_is_opened(host):
    with pytest.raises(InvalidAsk) as caught:
        serve(Settings(host=host, port=0))
    assert caught.value.field == "host"
    assert "127.0.0.1" in caught.value.remedy


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7"])  # noqa: S104
def test_other_machines_may_reach_it_once_callers_are_asked_who_they_are(host):
    assert address_to_listen_on(host, access=True) == host


@pytest.mark.parametrize("host", ["example.org", "127.1", "localhost.example.org"])
def test_no_name_is_looked_up_with_access_on_either(host):
    with pytest.raises(InvalidAsk, match="not an address"):
        address_to_listen_on(host, access=True)


def test_a_port_in_use_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(InvalidAsk) as caught:
        serve(Settings(port=taken.getsockname()[1]))
    assert caught.value.field == "port"


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_real_server_starts_answers_and_stops(encounter, stop):
    command = [
        sys.executable,
        "-c",
        "from api.http import serve; from api.settings import Settings; serve(Settings(port=0))",
    ]
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
            rest, text = server.communicate(timeout=20)
        finally:
            server.kill()
    assert (rest, without_page_warning(text)) == ("", "")
    assert server.returncode == (0 if stop == signal.SIGINT else -signal.SIGTERM)


@pytest.mark.parametrize(
    ("trusted", "seen"),
    [((), "127.0.0.1"), (("10.9.9.9",), "127.0.0.1"), (("127.0.0.1",), "192.0.2.7"), (("127.0.0.0/8",), "192.0.2.7")],
)
def test_only_a_proxy_that_is_named_may_say_whom_it_speaks_for(service, trusted, seen):
    settings = Settings(trusted_proxies=trusted)
    config = server_config(create_app(service, settings=settings), settings)
    config.load()
    addresses = []

    async def note(scope, receive, send):
        addresses.append(scope["client"][0])

    if hasattr(config.loaded_app, "trusted_hosts"):
        config.loaded_app.app = note
        app = config.loaded_app
    else:
        app = note
    scope = {
        "type": "http", "client": ("127.0.0.1", 1), "scheme": "http",
        "headers": [(b"x-forwarded-for", b"192.0.2.7"), (b"x-forwarded-proto", b"https")],
    }  # fmt: skip
    asyncio.run(app(scope, None, None))
    assert addresses == [seen]
