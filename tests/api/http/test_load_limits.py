import asyncio
import json
import threading

import pytest

from api.http.load_limits import BodyLimit, WorkerPool
from api.http.problems import Busy

LIMIT = 65_536


def assert_too_large(answer):
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")
    assert len(answer.content) < 400
    assert answer.headers["x-content-type-options"] == "nosniff"


def padded(encounter, size):
    """An encounter as JSON of exactly so many bytes."""
    return json.dumps(encounter).encode().ljust(size)


def test_a_body_at_the_limit_is_read_and_one_byte_more_is_not(client, encounter):
    assert client.decide_raw(padded(encounter, LIMIT)).status_code == 200
    assert_too_large(client.decide_raw(padded(encounter, LIMIT + 1)))


def test_ten_megabytes_get_a_small_answer(client):
    assert_too_large(client.decide_raw(b"[" * 10_000_000))


def test_a_body_without_a_length_is_counted(client, encounter):
    sent = 0

    async def pieces():
        nonlocal sent
        for _ in range(1_000):
            sent += 10_000
            yield b" " * 10_000

    assert_too_large(client.decide_raw(pieces()))
    assert sent < LIMIT + 20_000

    async def whole():
        for byte in json.dumps(encounter).encode():
            yield bytes([byte])

    assert client.decide_raw(whole()).status_code == 200


@pytest.mark.parametrize("declared", ["10", "-1", "abc", "٣", ""])
def test_a_length_that_is_not_true_changes_nothing(client, declared):
    body = b" " * (LIMIT + 1)
    assert_too_large(client.decide_raw(body, Content_Length=declared.encode()))


def test_a_larger_length_is_refused_before_anything_is_read():
    async def never(*_):
        raise AssertionError("the body was read")

    answers = []

    async def send(message):
        answers.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-length", b"9" * 400)]}
    asyncio.run(BodyLimit(never, LIMIT)(scope, never, send))
    assert answers[0]["status"] == 413


def test_no_more_work_is_begun_than_allowed_and_no_more_waits():
    async def crowd():
        worker_pool, going, most, done = WorkerPool(working=2, waiting=3), 0, 0, threading.Event()
        lock = threading.Lock()

        def work():
            nonlocal going, most
            with lock:
                going += 1
                most = max(most, going)
            done.wait(60)
            with lock:
                going -= 1
            return "done"

        tasks = [asyncio.create_task(worker_pool.run(work)) for _ in range(5)]
        while going < 2:
            await asyncio.sleep(0.001)
        with pytest.raises(Busy) as caught:
            await worker_pool.run(work)
        assert caught.value.headers == {"Retry-After": "1"}
        assert caught.value.status_code == 503
        done.set()
        assert await asyncio.gather(*tasks) == ["done"] * 5
        assert await worker_pool.run(work) == "done"
        assert most == 2

    asyncio.run(crowd())


def test_the_probe_answers_while_a_decision_is_made(call_app, service, encounter, monkeypatch):
    """The work of a decision leaves the event loop free."""
    import httpx

    from api.http import create_app
    from api.http.dependencies import JsonText
    from api.http.routes import decisions

    app, release, entered = create_app(service), threading.Event(), threading.Event()

    def slow(*_):
        entered.set()
        assert release.wait(10)
        return JsonText(b"{}"), "none", 0.0

    monkeypatch.setattr(decisions, "_answered", slow)

    async def both():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            decision = asyncio.create_task(client.post("/v1/decisions", json=encounter))
            while not entered.is_set():
                await asyncio.sleep(0.001)
            assert (await client.get("/healthz")).status_code == 200
            release.set()
            assert (await decision).text == "{}"

    asyncio.run(both())
