"""Who is refused where access is off, requests that could be read in two ways or never end, lost stores."""

import asyncio
import json
import logging
import socket
import threading
import time
from contextlib import contextmanager

import httpx
import pytest
import uvicorn

from api.http import create_app
from api.http.async_store import AsyncStore
from api.http.background import WATCH_EVERY_S
from api.http.serve import server_config
from api.security.roles import AccessRole
from api.settings import Settings
from api.store.commands import Actor, Role
from api.store.ports import Places, ReportCapacity, SetPortStatus
from api.store.reservations import Hold, Persons
from tests.api.http.live_server import Stream, serving

OFFICER = Actor(Role.PORT_OFFICER, "Dover port control")
CONTROLLER = Actor(Role.CONTROLLER, "MRCC Dover SMC")
ADMIN = Actor(Role.ADMIN, "office")
OWN = "http://127.0.0.1"


@pytest.fixture
def held(store):
    """A hold a page of another site would like to confirm."""
    store.do(ReportCapacity("dover", Places(100)), OFFICER, time.time())
    text = store.do(Hold("dover", "Severn", Persons(10), time.time() + 3_600), CONTROLLER, time.time()).document
    return text["reservation"]["reservation_id"]


CROSS_SITE = [
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "anything"},
    {"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:3000"},
    {"Origin": "https://127.0.0.1"}, {"Origin": "http://localhost"}, {"Origin": ""},
    {"Origin": OWN, "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "same-origin"},
]  # fmt: skip


@pytest.mark.parametrize("headers", CROSS_SITE, ids=str)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_page_of_another_site_is_refused(control, store, held, headers, method):
    path = f"/v1/reservations/{held}" + ("/confirm" if method == "POST" else "")
    answer = control.request(method, path, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "CROSS_SITE")
    assert store.reservation(held, time.time())["state"] == "held"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "same-origin", "Origin": OWN}, {"Sec-Fetch-Site": "none"}, {"Origin": OWN}],
    ids=str,
)
def test_own_pages_and_programs_on_this_machine_are_answered(control, store, held, headers):
    """Negative control."""
    assert control.request("POST", f"/v1/reservations/{held}/confirm", headers=headers).status_code == 200
    assert store.reservation(held, time.time())["state"] == "confirmed"


PASSED_ON = [
    ("Forwarded", "for=127.0.0.1"), ("Via", "1.1 proxy"), ("X-Forwarded-For", "127.0.0.1"),
    ("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-Host", "127.0.0.1"), ("X-Forwarded-Proto", "https"),
    ("X-Real-IP", "127.0.0.1"), ("via", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), PASSED_ON)
def test_what_was_passed_on_is_not_the_local_controllers(control, store, held, name, value):
    answer = control.request("POST", f"/v1/reservations/{held}/confirm", headers={name: value})
    assert (answer.status_code, answer.json()["code"]) == (403, "ONLY_LOCAL")
    assert store.reservation(held, time.time())["state"] == "held"


@pytest.mark.parametrize(
    ("headers", "status"), [({"Via": "1.1 p"}, 403), ({"X-Forwarded-For": "127.0.0.1", "Via": "1.1 p"}, 200)], ids=str
)
def test_a_known_proxy_has_to_say_from_where(call_app, service, headers, status):
    """uvicorn has already put the address it said in the place of its own."""
    behind_proxy = call_app(create_app(service, settings=Settings(trusted_proxies=("127.0.0.1",))))
    assert behind_proxy.get("/v1/ports/dover", headers=headers).status_code == status


async def answer_to(app, *headers):
    """Status and body for a request with just these headers."""
    sent = []
    scope = {
        "type": "http", "method": "GET", "path": "/v1/ports/dover", "raw_path": b"/v1/ports/dover", "query_string": b"",
        "headers": list(headers), "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http",
        "http_version": "1.1", "root_path": "", "asgi": {"version": "3.0"},
    }  # fmt: skip

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize("second", [b"127.0.0.1", b"evil.example", b""])
def test_two_host_headers_are_refused(service, second):
    host = (b"host", b"127.0.0.1")
    app = create_app(service)
    assert asyncio.run(answer_to(app, host))[0] == 200
    status, body = asyncio.run(answer_to(app, host, (b"host", second)))
    assert (status, b"Send one Host header." in body) == (400, True)


@contextmanager
def real(app, **settings):
    """A server as the program sets one up, in a thread; address to connect to."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(server_config(app, Settings(stop_s=1, **settings)))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
        assert not thread.is_alive()


def talk(address, data):
    """Everything the server says to some bytes and then nothing more, until it closes the connection."""
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(data)
        text = b""
        while part := connection.recv(65_536):
            text += part
        return text


HEAD = (
    b"POST /v1/decisions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
)


def test_a_request_that_does_not_come_is_not_waited_for(service):
    settings = {"headers_s": 0.2, "body_s": 0.2}
    with real(create_app(service, settings=Settings(**settings)), **settings) as address:
        for unfinished in (b"", b"G", b"GET /healthz HTTP/1.1\r\n", b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "):
            assert talk(address, unfinished) == b"", unfinished
        # A later request on the same connection.
        whole = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        assert talk(address, whole + b"GET /healthz HTTP/1.1\r\nHo").count(b" 200 ") == 1
        slow = talk(address, HEAD + b'{"position"')
        assert slow.startswith(b"HTTP/1.1 408 ")
        assert b'"code":"BODY_TOO_SLOW"' in slow
        # Nobody reads this body, so nobody but the connection itself notices that it does not end.
        unread = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nx"
        assert b" 200 " in talk(address, unread)


def test_a_request_that_comes_slowly_but_comes_is_answered(service):
    """Negative control."""
    with real(create_app(service)) as address, socket.create_connection(address, timeout=20) as connection:
        for byte in b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n":
            connection.sendall(bytes([byte]))
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("sent", [HEAD, HEAD + b'{"position"'])
@pytest.mark.parametrize("path", [b"/v1/decisions", b"/v1/plans", b"/v1/edxl-have", b"/v1/handover"])
def test_a_client_that_goes_away_in_the_middle_is_no_failure(call_app, service, store, sent, path, caplog):
    app = create_app(service, store=store)

    async def gone():
        messages = [{"type": "http.request", "body": sent.partition(b"\r\n\r\n")[2], "more_body": True},
                    {"type": "http.disconnect"}]  # fmt: skip
        method = "PUT" if b"have" in path else "POST"
        scope = {
            "type": "http", "method": method, "path": path.decode(), "raw_path": path, "query_string": b"",
            "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/xml" if b"have" in path else
                                                  b"application/json")],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http", "http_version": "1.1",
            "root_path": "", "asgi": {"version": "3.0"},
        }  # fmt: skip
        statuses = []

        async def receive():
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message):
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        await app(scope, receive, send)
        return statuses

    with caplog.at_level(logging.INFO):
        assert call_app(app).runner.run(gone()) == [499]
    assert [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR] == []
    figures = call_app(app).get("/metrics").text
    assert 'status="499"' in figures
    assert 'status="500"' not in figures


@pytest.fixture
def looks(monkeypatch):
    """Looks after the store since they were counted anew; one each `WATCH_EVERY_S`, however busy the machine is."""
    counted, watch = [], AsyncStore.watch
    monkeypatch.setattr(AsyncStore, "watch", lambda self: counted.append(1) or watch(self))
    return counted


@pytest.mark.parametrize("lose", ["moved", "deleted", "replaced"])
def test_a_store_whose_file_is_gone_is_said_and_nothing_is_acknowledged(service, store, encounter, lose, looks):
    file = store.database.file
    app = create_app(service, store=store, settings=Settings(sweep_every_s=3_600.0))

    async def story():
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url=OWN) as client,
        ):
            status = {"status": "open"}
            assert (await client.put("/v1/ports/dover/status", json=status)).status_code == 200
            assert (await client.get("/readyz")).status_code == 200
            if lose == "replaced":
                file.with_name("other.db").write_bytes(file.read_bytes())
                file.with_name("other.db").replace(file)
            else:
                file.rename(file.with_name("away.db")) if lose == "moved" else file.unlink()
            looks.clear()
            answers = [await client.put("/v1/ports/dover/status", json=status)]
            while (ready := await client.get("/readyz")).status_code == 200:
                await asyncio.sleep(0.01)
            assert len(looks) * WATCH_EVERY_S <= 1.0
            for answer in (*answers, ready, await client.post("/v1/encounters", json={})):
                if answer.status_code != 422:
                    assert (answer.status_code, answer.json()["code"]) == (503, "STORE_MOVED")
            told = await client.post("/v1/decisions", json=encounter)
            assert (told.status_code, told.headers["safeport-recorded"]) == (200, "no")

    asyncio.run(asyncio.wait_for(story(), 60))


def test_readiness_ends_within_a_second_when_nobody_writes(service, store, looks):
    app = create_app(service, store=store, settings=Settings(sweep_every_s=3_600.0))

    async def story():
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=OWN) as client,
        ):
            assert (await client.get("/readyz")).status_code == 200
            store.database.file.unlink()
            looks.clear()
            while (await client.get("/readyz")).status_code == 200:
                await asyncio.sleep(0.01)
            assert len(looks) * WATCH_EVERY_S <= 1.0

    asyncio.run(asyncio.wait_for(story(), 60))


def test_a_clock_that_jumped_is_said_until_it_is_mended(service, store):
    from api.store.clock import MendClock

    store.do(SetPortStatus("dover", "open", ""), OFFICER, time.time() + 40 * 3_600)
    app = create_app(service, store=store, settings=Settings(sweep_every_s=3_600.0))

    async def story():
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=OWN) as client,
        ):
            ready = await client.get("/readyz")
            assert (ready.status_code, ready.json()["code"]) == (503, "CLOCK_JUMPED")
            assert "safeport db mend-clock" in ready.json()["detail"]
            store.do(MendClock("time service"), ADMIN, time.time())
            while (await client.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(story(), 60))


def test_a_stream_ends_within_two_seconds_of_its_key_revoked_elsewhere(service, store):
    """By another process: this one's own memory of keys is not told."""
    from api.security.api_keys import Keys
    from api.store.store import open_store

    keys = Keys(store, 2.0)
    made, other = (keys.create(unit, AccessRole.CONTROLLER, ADMIN) for unit in ("wall", "desk"))
    # Nothing but the event can end it: its key is remembered for longer, and looked at again after an hour.
    settings = Settings(access=True, key_cache_s=5.0, heartbeat_s=3_600.0)
    assert settings.events_every_s < 1.0
    app = create_app(service, store=store, settings=settings)

    async def story(base):
        bearer = [[("Authorization", f"Bearer {key.text}")] for key in (made, other)]
        streams = [await Stream.open(base, headers=sent) for sent in bearer]
        with open_store(f"sqlite:{store.database.file}") as elsewhere:
            Keys(elsewhere, 2.0).revoke(made.document["key_id"], ADMIN)
        assert await streams[0].event() is None
        # The other one hears on.
        store.do(SetPortStatus("dover", "open", ""), OFFICER, time.time())
        assert (await streams[1].event())["event"] == "port.status"
        for stream in streams:
            await stream.close()

    with serving(app) as base:
        asyncio.run(story(base))


def test_whose_report_it_is_is_shown_to_whoever_the_encounter_is(control, acting):
    report = {
        "source": "vessel", "position": {"type": "Point", "coordinates": [1.42, 51.05]},
        "observed_at": "2026-11-22T14:20:00Z",
    }  # fmt: skip
    acting("crew", "RNLI Severn", own_only=True)
    opened = control.post("/v1/encounters", report).json()
    acting("crew", "BF Ranger", own_only=True)
    added = control.post(f"/v1/encounters/{opened['encounter_id']}/reports", report)
    assert added.json()["by"] == {"role": "crew", "duty": "BF Ranger"}
    acting("crew", "RNLI Severn", own_only=True)
    shown = control.get(f"/v1/encounters/{opened['encounter_id']}").json()["reports"]
    assert [item["by"]["duty"] for item in shown] == ["RNLI Severn", "BF Ranger"]


@pytest.mark.real_ids
def test_an_id_cannot_be_guessed_from_another(control, store):
    store.do(ReportCapacity("dover", Places(100)), OFFICER, time.time())
    wanted = {"port_id": "dover", "vessel": "Severn", "persons": {"total": 1}}
    wanted["eta_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3_600))
    ids = [control.post("/v1/reservations", wanted).json()["reservation"]["reservation_id"] for _ in range(20)]
    tails = {name.split("-")[2] for name in ids}
    assert len(tails) == 20
    assert all(len(tail) == 16 for tail in tails)
    for name in ids:
        assert control.get(f"/v1/reservations/{name}").status_code == 200
        assert control.get(f"/v1/reservations/{name.rpartition('-')[0]}").status_code == 404


def test_an_id_of_an_earlier_program_goes_on_working(control, held):
    """Made without a part that cannot be guessed, as `plain_ids` makes them."""
    assert held == "r-2"
    assert control.request("POST", f"/v1/reservations/{held}/confirm").status_code == 200


@pytest.mark.parametrize("line", [b"FROB /v1/ports HTTP/1.1", b"GET /v1/ports HTTP/9", b"hello"])
def test_what_is_no_request_gets_a_problem_document_too(service, line):
    with real(create_app(service)) as address:
        head, _, body = talk(address, line + b"\r\nHost: 127.0.0.1\r\n\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in head
    document = json.loads(body)
    assert (document["code"], document["status"], document["errors"]) == ("BAD_REQUEST", 400, [])
    assert "Send GET, HEAD, POST" in document["detail"]
