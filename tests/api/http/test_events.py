"""Server-sent events over real sockets."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading

import anyio
import httpx
import pytest

from api.http import create_app, event_stream
from api.http.async_store import AsyncStore
from api.http.auth import LOCAL, Caller
from api.http.authorization import visible_event
from api.http.event_stream import Broadcast, Listener, QueuedEvent, of_kinds
from api.http.routes.events import while_admitted
from api.settings import Settings
from api.store.commands import Actor, Role
from api.store.errors import StoreUnavailable
from api.store.events import Event
from api.store.ports import Places, ReportCapacity
from api.store.store import open_store
from api.store.validation import canonical
from tests.api.http.live_server import Stream, serving
from tests.page_warning import without_page_warning
from tests.synthetic.cubes import START_S, synthetic_cube

QUICK = Settings(events_every_s=0.02)
OFFICER = Actor(Role.PORT_OFFICER, "Dover port control")


@pytest.fixture
def base(service, store):
    """URL of a service that keeps records."""
    with serving(create_app(service, store=store, settings=QUICK)) as url:
        yield url


def report(client, status="open", port="dover"):
    answer = client.put(f"/v1/ports/{port}/status", json={"status": status, "reason": "said so"})
    assert answer.status_code == 200
    return answer.json()["status"]["version"]


def test_what_changes_is_told_with_its_number_kind_and_content(base):
    async def story():
        stream = await Stream.open(base)
        with httpx.Client(base_url=base) as client:
            version = report(client, "closed")
        event = await stream.event()
        await stream.close()
        return version, event

    version, event = asyncio.run(story())
    assert (event["id"], event["event"]) == (str(version), "port.status")
    document = json.loads(event["data"])
    assert document.keys() == {"at", "body", "kind", "sequence", "subject"}
    assert (document["subject"], document["body"]["status"]["status"]) == ("dover", "closed")


def test_who_was_cut_off_resumes_after_the_last_event_seen(base):
    async def story():
        with httpx.Client(base_url=base) as client:
            stream = await Stream.open(base)
            seen = [report(client)]
            last = (await stream.event())["id"]
            await stream.close()
            missed = [report(client) for _ in range(600)]
            resumed = await Stream.open(base, headers=[("Last-Event-ID", last)])
            again = await Stream.open(base, "/v1/events?after=" + last)
            both = [report(client) for _ in range(3)]
            heard = [[int((await item.event())["id"]) for _ in range(603)] for item in (resumed, again)]
            await resumed.close()
            await again.close()
        return seen, missed + both, heard

    seen, expected, heard = asyncio.run(story())
    assert heard == [expected, expected]
    assert seen[0] not in expected


def test_a_store_that_could_not_be_read_for_a_while_costs_no_event(service, store, monkeypatch, caplog):
    plain, failing = store.events, threading.Event()

    def events(*given):
        if failing.is_set():
            raise StoreUnavailable("store", "lost its connection to the server.", "Check the server.")
        return plain(*given)

    monkeypatch.setattr(store, "events", events)

    async def story(base):
        stream = await Stream.open(base)
        with httpx.Client(base_url=base) as client:
            failing.set()
            sent = [report(client) for _ in range(3)]
            while "events wait" not in caplog.text:
                await asyncio.sleep(0.01)
            failing.clear()
        heard = [int((await stream.event())["id"]) for _ in sent]
        await stream.close()
        return sent, heard

    with serving(create_app(service, store=store, settings=QUICK)) as base:
        sent, heard = asyncio.run(story(base))
    assert heard == sent
    assert caplog.text.count("events wait") == 1


def test_kinds_can_be_chosen(base):
    async def story():
        stream = await Stream.open(base, "/v1/events?kinds=reservation,port.status")
        with httpx.Client(base_url=base) as client:
            client.put("/v1/ports/dover/capacity", json={"places": {"total": 5}})
            report(client)
        event = await stream.event()
        await stream.close()
        return event

    assert asyncio.run(story())["event"] == "port.status"


def test_two_hundred_listeners_hear_everything_in_order(base):
    async def story():
        streams = await asyncio.gather(*(Stream.open(base) for _ in range(200)))
        async with httpx.AsyncClient(base_url=base, timeout=30) as client:
            sent = []
            for _ in range(20):
                answer = await client.put("/v1/ports/dover/status", json={"status": "open"})
                sent.append(answer.json()["status"]["version"])

        async def listen(stream):
            return [int((await stream.event())["id"]) for _ in range(20)]

        heard = await asyncio.gather(*(listen(stream) for stream in streams))
        await asyncio.gather(*(stream.close() for stream in streams))
        return sent, heard

    sent, heard = asyncio.run(story())
    assert heard == [sent] * 200


def test_every_service_on_a_store_tells_what_any_of_them_changed(base, service, store_url):
    async def story(other):
        streams = [await Stream.open(url) for url in (base, other)]
        with httpx.Client(base_url=base) as first, httpx.Client(base_url=other) as two:
            sent = [report(first), report(two)]
        heard = [[int((await stream.event())["id"]) for _ in range(2)] for stream in streams]
        for stream in streams:
            await stream.close()
        return sent, heard

    with open_store(store_url) as second, serving(create_app(service, store=second, settings=QUICK)) as other:
        sent, heard = asyncio.run(story(other))
    assert heard == [sent, sent]


def test_a_line_on_which_nothing_happens_has_a_heartbeat(service, store):
    async def story(base):
        stream = await Stream.open(base)
        assert (await stream.next())[":"] == "current"
        beat = await stream.next()
        await stream.close()
        return beat

    with serving(create_app(service, store=store, settings=Settings(heartbeat_s=0.02))) as base:
        assert asyncio.run(story(base)) == {":": "still here"}


def test_whoever_resumes_is_told_what_another_process_changed_and_how_far_that_is(store):
    async def story():
        store.do(ReportCapacity("dover", Places(7)), OFFICER, 1.0)
        broadcast = Broadcast(AsyncStore(store, 1, 1), 60.0, 10, 3)
        await broadcast.begin()
        known = broadcast.position()
        store.do(ReportCapacity("dover", Places(8)), OFFICER, 2.0)
        newest = store.newest_event()
        resumed, begun = (broadcast.follow(after, as_it_is, anyio.Event()) for after in (known, None))
        assert [b"listening" in await anext(resumed), b'"total":8' in await anext(resumed)] == [True, True]
        assert f"id: {newest}".encode() in await anext(resumed)
        assert [b"listening" in await anext(begun), f"id: {known}".encode() in await anext(begun)] == [True, True]
        await resumed.aclose()
        await begun.aclose()

    asyncio.run(story())


def test_a_slow_listener_is_dropped_and_told_and_nobody_waits_for_it():
    """Straight at the queues: sockets hide how much the system buffers."""

    async def story():
        broadcast = Broadcast(AsyncStore(None, 1, 1), 1.0, 10, 3)
        broadcast._position = 0
        slow = broadcast.follow(None, as_it_is, anyio.Event())
        quick = broadcast.follow(None, as_it_is, anyio.Event())
        for item in (slow, quick):
            assert b"listening" in await anext(item)
            assert b"current" in await anext(item)
        first = [asyncio.ensure_future(anext(entry)) for entry in (slow, quick)]
        await asyncio.sleep(0)
        heard = []
        for number in range(6):
            broadcast.announce("forecast.changed", {"number": number})
            heard.append(await (first[1] if number == 0 else anext(quick)))
        assert [f'"number":{number}'.encode() in chunk for number, chunk in enumerate(heard)] == [True] * 6
        assert broadcast.listeners == 1
        rest = [await first[0]] + [chunk async for chunk in slow]
        assert b"number" in rest[0]
        assert [b"dropped" in chunk for chunk in rest[1:]] == [True]
        await quick.aclose()
        assert broadcast.listeners == 0

    asyncio.run(story())


def as_it_is(event):
    return event


def happened(kind, sequence=1):
    return Event(sequence, 0, kind, "dover", b"{}")


def test_a_listener_that_keeps_up_is_never_dropped():
    is_wanted = of_kinds(frozenset({"port"}))
    listener = Listener(lambda event: event if is_wanted(event) else None, 1)

    async def story():
        for number in range(5):
            assert listener.offer(QueuedEvent(happened("reservation.held", number), b"")) is True
            assert listener.offer(QueuedEvent(happened("port.status", number), b"")) is True
            assert (await listener.next()).event.sequence == number

    asyncio.run(story())


@pytest.mark.parametrize(
    ("kinds", "heard"),
    [
        ("", {"port.status", "reservation.held", "forecast.changed"}), ("port", {"port.status"}),
        ("port.capacity", set()), ("reservation.held,port", {"port.status", "reservation.held"}),
    ],
)  # fmt: skip
def test_which_kinds_are_heard(kinds, heard):
    is_wanted = of_kinds(frozenset(kinds.split(",")) - {""})
    assert {
        item for item in ("port.status", "reservation.held", "forecast.changed") if is_wanted(happened(item))
    } == heard


def test_a_vessel_hears_of_ports_and_forecasts_and_of_nobody_else():
    crew = Caller("a", Actor(Role.CREW, "RNLI Dover"), own_only=True)
    for kind, heard in (("port.status", True), ("forecast.changed", True), ("encounter.reported", False)):
        assert (visible_event(crew, happened(kind)) is not None) is heard
        assert visible_event(LOCAL, happened(kind)) is not None


def test_only_admins_hear_of_keys():
    assert visible_event(LOCAL, happened("key.created")) is None
    assert visible_event(Caller("a", Actor(Role.ADMIN, "office"), own_only=False), happened("key.created")) is not None


def test_a_vessel_is_not_told_whose_report_hers_may_be_the_same_as():
    crew = Caller("unit:a", Actor(Role.CREW, "a", "unit:a"), own_only=True)
    body = canonical({"encounter_id": "e-7", "possible_duplicates": [{"encounter_id": "e-3"}]})
    event = Event(7, 0, "encounter.reported", "e-7", body, frozenset({"unit:a"}))
    listener = Listener(lambda item: visible_event(crew, item), 4)
    told = listener.hear(QueuedEvent(event, b"e-3")).chunk
    assert b"e-3" not in told
    assert b'"possible_duplicates_withheld":1' in told
    assert Listener(lambda item: visible_event(LOCAL, item), 4).hear(QueuedEvent(event, b"e-3")).chunk == b"e-3"


def test_a_stream_ends_when_its_listener_may_listen_no_more():
    async def story():
        broadcast = Broadcast(AsyncStore(None, 1, 1), 1.0, 10, 3)
        broadcast._position = 0
        answers = iter([True, True, False])
        ending = anyio.Event()

        async def still_admits():
            return next(answers)

        told = while_admitted(broadcast.follow(None, as_it_is, ending), still_admits, 0.0, ending)
        assert len([chunk async for chunk in told]) == 2
        assert next(answers, None) is None
        assert broadcast.listeners == 0

    asyncio.run(story())


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=1&after=2", "kinds=%20", "kinds=Port", "kinds=a..b"])
def test_what_cannot_be_followed_is_refused(control, query):
    assert control.get(f"/v1/events?{query}").status_code == 422


def test_a_last_event_id_that_is_no_number_and_a_service_without_records(control, client):
    assert control.get("/v1/events", headers={"Last-Event-ID": "x"}).status_code == 422
    assert client.get("/v1/events").json()["code"] == "NO_STORE"
    # Its poller starts with the application, which here was never started.
    assert control.get("/v1/events").json()["code"] == "STARTING"


def test_more_listeners_than_may_are_told_to_come_back(service, store):
    async def story(base):
        stream = await Stream.open(base)
        with httpx.Client(base_url=base) as client:
            # The first is counted once it waits for what comes next.
            while (refused := client.get("/v1/events?after=x")).status_code != 422:
                pass
            report(client)
            await stream.event()
            refused = client.get("/v1/events")
        await stream.close()
        return refused

    with serving(create_app(service, store=store, settings=Settings(listeners=1))) as base:
        refused = asyncio.run(story(base))
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (503, "BUSY", "5")


def test_a_forecast_taken_over_is_told(service, store, tmp_path, monkeypatch):
    from api.http import startup

    monkeypatch.setattr(startup, "LOOK_EVERY_S", 0.02)
    used = synthetic_cube(tmp_path / "used.cube", waves=(0.4, 1.0, 0.0, 5.0), run_at_s=START_S)

    async def story(base):
        stream = await Stream.open(base, "/v1/events?kinds=forecast")
        synthetic_cube(tmp_path / "fresh.cube", waves=(3.4, 1.0, 0.0, 8.0), run_at_s=START_S).replace(used)
        event = await stream.event()
        await stream.close()
        return event

    with serving(create_app(service.with_forecast(used), forecast=used, store=store)) as base:
        event = asyncio.run(story(base))
    assert event["event"] == "forecast.changed"
    assert "id" not in event
    assert json.loads(event["data"])["body"]["id"]


def test_holds_that_ran_out_are_told(service, store):
    async def story(base):
        stream = await Stream.open(base, "/v1/events?kinds=reservation.expired")
        with httpx.Client(base_url=base) as client:
            client.put("/v1/ports/dover/capacity", json={"places": {"total": 5}})
            body = {"port_id": "dover", "vessel": "V", "persons": {"total": 5}, "hold_s": 0.05}
            from tests.api.http.test_reservations import later

            # Arrival is written in whole seconds, so this hold lasts a second or two.
            assert client.post("/v1/reservations", json=body | {"eta_at": later(2)}).status_code == 201
        event = await stream.event()
        await stream.close()
        return event

    settings = Settings(events_every_s=0.02, sweep_every_s=0.05)
    with serving(create_app(service, store=store, settings=settings)) as base:
        event = asyncio.run(story(base))
    assert [reservation["state"] for reservation in json.loads(event["data"])["body"]["reservations"]] == ["expired"]


def test_a_service_that_is_stopped_ends_its_streams_at_once(tmp_path):
    url = f"sqlite:{tmp_path}/store.db"
    command = [sys.executable, "-c", "from api.http import serve; serve()"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "", "SAFEPORT_PORT": "0", "SAFEPORT_STORE": url}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True, env=environment) as server:
        try:
            base = server.stdout.readline().removeprefix("safeport answers on ").strip()

            async def story():
                streams = [await Stream.open(base) for _ in range(5)]
                server.send_signal(signal.SIGTERM)
                assert [await stream.event() for stream in streams] == [None] * 5
                for stream in streams:
                    await stream.close()

            asyncio.run(story())
            rest, text = server.communicate(timeout=20)
        finally:
            server.kill()
    assert (rest, without_page_warning(text)) == ("", "")
    assert server.returncode == -signal.SIGTERM


def test_changes_that_come_together_are_read_together(store, monkeypatch):
    """However many decisions are recorded, the store is not read for each of them."""
    monkeypatch.setattr(event_stream, "GATHERED_S", 0.5)
    reads = []

    async def story():
        async_store = AsyncStore(store, 4, 64)
        broadcast = event_stream.Broadcast(async_store, 60.0, 4, 4)
        read = async_store.run
        monkeypatch.setattr(async_store, "run", lambda work: reads.append(1) or read(work))
        await broadcast.begin()
        running = asyncio.create_task(broadcast.run())
        begun = len(reads)
        for _ in range(20):
            async_store.changed.set()
            await asyncio.sleep(0.005)
        while len(reads) == begun or async_store.changed.is_set():
            await asyncio.sleep(0.01)
        running.cancel()
        return len(reads) - begun

    assert asyncio.run(story()) <= 3
