"""Over real sockets: who goes away, who is slow, who holds on to what others need, and what the log says of it."""

import asyncio
import io
import json
import socket
import struct
import threading
import time
from contextlib import ExitStack, suppress

import httpx
import pytest

from api import logs
from api.http import create_app
from api.http.routes import distances
from api.http.serve import connections_to_hold
from api.settings import Settings
from tests.api.http.test_app import HEAD, real, talk

BODY = b'{"position":{"type":"Point","coordinates":[1.35,51.0]}}'
CHUNKED = HEAD.replace(b"Content-Length: 100", b"Transfer-Encoding: chunked") + b"14\r\n" + BODY[:20] + b"\r\n"
WHOLE = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture
def written():
    """The log as a service writes it."""
    stream = io.StringIO()
    logs.start_logging("json", "info", stream)
    return stream


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def settled(condition):
    """Wait until something is so."""
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def nothing_is_logged(stream):
    """For longer than it is from one request of a connection to the next: between two of them none is under way."""
    before = stream.getvalue()
    time.sleep(0.5)
    return stream.getvalue() == before


def under_way(app):
    """Requests being answered."""
    return app.state.metrics.in_flight._value.get()


def test_probes_are_in_no_log(service, written):
    with real(create_app(service)) as address:
        base = f"http://{address[0]}:{address[1]}"
        for path in ("/healthz", "/readyz", "/metrics") * 3:
            assert httpx.get(base + path).status_code == 200
            assert httpx.head(base + path).status_code == 200
        # Negative control.
        httpx.get(f"{base}/v1/ports/dover")
        settled(lambda: [line["route"] for line in lines(written)] == ["/v1/ports/{port_id}"])


@pytest.mark.parametrize("how", ["closes", "resets"])
@pytest.mark.parametrize("sent", [HEAD, HEAD + BODY[:20], CHUNKED], ids=["head", "part", "chunk"])
def test_a_client_that_goes_away_in_the_middle_of_its_body(service, written, how, sent):
    app = create_app(service)
    with real(app) as address:
        with socket.create_connection(address) as leaving:
            leaving.sendall(sent)
            settled(lambda: under_way(app) == 1)
            if how == "resets":
                leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        settled(lambda: under_way(app) == 0)
        text = httpx.get(f"http://{address[0]}:{address[1]}/metrics").text
    assert 'status="499"' in text
    assert 'status="500"' not in text
    assert [(line["status"], line["level"]) for line in lines(written) if "status" in line] == [(499, "info")]
    assert [line for line in lines(written) if line["level"] in ("warning", "error")] == []


def test_a_client_that_goes_away_while_it_is_answered(service, written, monkeypatch):
    """Its answer is made and goes nowhere; that is no failure either."""
    is_working, may_go_on = threading.Event(), threading.Event()

    def slow(*_):
        is_working.set()
        assert may_go_on.wait(30)
        return {"distance_nm": 1.0}

    monkeypatch.setattr(distances, "distance_document", slow)
    with real(create_app(service)) as address:
        with socket.create_connection(address) as leaving:
            leaving.sendall(WHOLE % b"/v1/distances?from=dover&to=calais")
            assert is_working.wait(30)
            leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        may_go_on.set()
        settled(lambda: any("status" in line for line in lines(written)))
    assert [line["level"] for line in lines(written)] == ["info"]


@pytest.mark.parametrize("trickled", [b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ", HEAD + b'{"persons": 4'],
                         ids=["head", "body"])  # fmt: skip
def test_a_request_that_trickles_in_is_cut_off(service, trickled):
    """A byte now and then puts the end off no further."""
    limits = {"headers_s": 0.4, "body_s": 0.4}
    with real(create_app(service, settings=Settings(**limits)), **limits) as address:
        with socket.create_connection(address, timeout=20) as slow:
            slow.sendall(trickled)
            begun_s, text = time.monotonic(), b"?"
            slow.settimeout(0.05)
            while text == b"?":
                try:
                    slow.sendall(b"0")
                    text = slow.recv(65_536)
                except TimeoutError:
                    assert time.monotonic() - begun_s < 15
                except ConnectionError:
                    text = b""
        assert text == b"" or text.startswith(b"HTTP/1.1 408 ")


def test_a_client_that_takes_nothing_of_its_answer_is_cut_off(service, written):
    """It holds a connection and the memory of its answer; one that reads slowly is answered all the same."""
    app = create_app(service)
    ports = WHOLE % b"/v1/ports"
    with real(app, answer_s=1.0) as address:
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        with deaf:
            deaf.connect(address)
            # Many, for the system takes a good deal off the server's hands.
            deaf.sendall(ports * 40)
            settled(lambda: lines(written))
            settled(lambda: under_way(app) == 0 and nothing_is_logged(written))
            deaf.settimeout(20)
            taken = 0
            with suppress(ConnectionResetError):
                while part := deaf.recv(65_536):
                    taken += len(part)
        assert taken < 40 * len(talk(address, ports.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")))
    assert [line for line in lines(written) if line["level"] in ("warning", "error")] == []


def test_connections_that_are_only_held_keep_nobody_out(service):
    with real(create_app(service), connections=8) as address, ExitStack() as opened:
        held = [opened.enter_context(socket.create_connection(address, timeout=20)) for _ in range(30)]
        held[5].sendall(b"GET /heal")
        base = f"http://{address[0]}:{address[1]}"
        for _ in range(3):
            assert httpx.get(f"{base}/healthz").status_code == 200
        # The oldest went, and the newest stay.
        assert held[0].recv(1) == b""
        held[-1].sendall(WHOLE % b"/healthz")
        assert b" 200 " in held[-1].recv(1_000)


def test_a_connection_with_a_request_makes_room_for_nobody(service, monkeypatch):
    may_go_on = threading.Event()
    monkeypatch.setattr(distances, "distance_document", lambda *_: may_go_on.wait(30) and {"distance_nm": 1.0})
    app = create_app(service)
    with real(app, connections=3) as address, ExitStack() as opened:
        working, *others = [opened.enter_context(socket.create_connection(address, timeout=20)) for _ in range(2)]
        working.sendall(WHOLE % b"/v1/distances?from=dover&to=calais")
        settled(lambda: under_way(app) == 1)
        others += [opened.enter_context(socket.create_connection(address, timeout=20)) for _ in range(10)]
        assert others[0].recv(1) == b""
        may_go_on.set()
        assert b" 200 " in working.recv(1_000)


@pytest.mark.parametrize("greedy_agent", ["load-generator", "crew"], ids=["another program", "the same program"])
def test_one_greedy_caller_does_not_make_others_wait_for_all_it_asked(service, monkeypatch, greedy_agent):
    """Access is off, and all come from this machine: told apart by their program, or by what a connection has had."""
    order, is_working, may_go_on = [], threading.Event(), threading.Event()

    def work(_, start, end, *__):
        is_working.set()
        assert may_go_on.wait(60)
        order.append(end)
        # What it had counts by its time.
        time.sleep(0.002)
        return {"distance_nm": 1.0}

    monkeypatch.setattr(distances, "distance_document", work)
    settings = Settings(working=1, waiting=64)
    app = create_app(service, settings=settings)

    async def story(base):
        agents = {"greedy": greedy_agent, "crew": "crew"}
        limits = httpx.Limits(max_connections=40, max_keepalive_connections=40)
        clients = {
            name: httpx.AsyncClient(base_url=base, headers={"User-Agent": agent}, limits=limits, timeout=60)
            for name, agent in agents.items()
        }

        async def ask(name, number):
            answer = await clients[name].get("/v1/distances", params={"from": "dover", "to": f"{name}{number}"})
            return answer.status_code

        # Its connections have had something each, before the crew comes.
        may_go_on.set()
        assert set(await asyncio.gather(*(ask("greedy", number) for number in range(40)))) == {200}
        may_go_on.clear()
        is_working.clear()
        order.clear()
        tasks = [asyncio.create_task(ask("greedy", number)) for number in range(40)]
        while app.state.worker_pool.waiting < 39:
            await asyncio.sleep(0.005)
        crew = asyncio.create_task(ask("crew", 0))
        while app.state.worker_pool.waiting < 40:
            await asyncio.sleep(0.005)
        may_go_on.set()
        assert set(await asyncio.gather(crew, *tasks)) == {200}
        for client in clients.values():
            await client.aclose()

    with real(app) as address:
        asyncio.run(story(f"http://{address[0]}:{address[1]}"))
    # One of the greedy's was being worked on when the crew came.
    assert order.index("crew0") <= 1
    assert len(order) == 41


def test_as_many_connections_as_the_system_gives_files_for(monkeypatch):
    import resource

    asked = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    for soft, hard, wanted, expected in (
        (1_024, 4_096, 2_000, 2_000), (1_024, 1_024, 2_000, 824), (100_000, 100_000, 2_000, 2_000), (150, 150, 9, 1),
        (-1, -1, 2_000, 2_000),
    ):  # fmt: skip
        monkeypatch.setattr(resource, "getrlimit", lambda _, limits=(soft, hard): limits)
        assert connections_to_hold(wanted) == expected
    assert asked == [(2_200, 4_096), (1_024, 1_024), (150, 150)]
