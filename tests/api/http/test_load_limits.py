import asyncio
import json
import threading
from dataclasses import replace

import pytest

from api.encounter import EncounterIn
from api.http.fair_queue import asking
from api.http.load_limits import BodyLimit, SharedRead, WorkerPool
from api.http.problems import Busy

LIMIT = 65_536

ON_A_BANK = [1.6449, 50.184]
"""In the mouth of the Somme, where deciding takes a hundred times as long as in open water."""


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

    length = [(b"content-length", b"9" * 400)]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": length}
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
    """The work of a decision that may take long leaves the event loop free."""
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
    encounter["position"]["coordinates"] = ON_A_BANK

    async def both():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            decision = asyncio.create_task(client.post("/v1/decisions", json=encounter))
            while not entered.is_set():
                await asyncio.sleep(0.001)
            assert (await client.get("/healthz")).status_code == 200
            release.set()
            assert (await decision).text == "{}"

    asyncio.run(both())


def test_quick_work_is_done_on_the_loop_and_other_work_is_not():
    async def story():
        worker_pool = WorkerPool(1, 8)
        return [await worker_pool.run(threading.get_ident, is_quick=is_quick) for is_quick in (True, False)]

    quick, other = asyncio.run(story())
    assert quick == threading.get_ident() != other


def test_quick_work_does_not_wait_for_what_is_slow():
    async def story():
        worker_pool, may_end = WorkerPool(1, 8), threading.Event()
        slow = asyncio.create_task(worker_pool.run(lambda: may_end.wait(30)))
        while worker_pool.working == 0:
            await asyncio.sleep(0)
        assert await worker_pool.run(lambda: "answer", is_quick=True) == "answer"
        assert worker_pool.working >= 1
        may_end.set()
        assert await slow
        await asyncio.sleep(0)
        assert worker_pool.working == 0

    asyncio.run(story())


def test_between_two_pieces_of_quick_work_the_loop_goes_round():
    """Others are answered meanwhile, and who comes then and has had less is next."""
    order = []

    async def story():
        worker_pool = WorkerPool(1, 8)

        async def ask(caller, name):
            asking.set((caller, name))
            await worker_pool.run(lambda: order.append(name), is_quick=True)

        async def come_later():
            await asyncio.sleep(0)
            order.append("the loop")
            await ask("crew", "crew")

        await asyncio.gather(*(ask("greedy", f"greedy {number}") for number in range(5)), come_later())

    asyncio.run(story())
    # The turn after the first had been given as the crew came.
    assert order[:4] == ["greedy 0", "the loop", "greedy 1", "crew"]


def test_quick_work_that_fails_gives_its_turn_back():
    async def story():
        worker_pool = WorkerPool(1, 0)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await worker_pool.run(lambda: 1 // 0, is_quick=True)
            await asyncio.sleep(0)
        assert worker_pool.working == 0

    asyncio.run(story())


def test_a_decision_is_quick_in_open_water_and_not_where_something_has_to_be_made_or_tried_first(service, encounter):
    def is_quick(at_s=1_642_050_000.0, opened=service, **changed):
        ask = service.ask(EncounterIn.model_validate({**encounter, "time": None, **changed}), at_s)
        return opened.is_quick(ask)

    def at(lon, lat):
        return {"type": "Point", "coordinates": [lon, lat]}

    service.world_at(1_642_050_000.0)
    assert is_quick()
    assert not is_quick(position=at(*ON_A_BANK))
    assert not is_quick(position=at(0.0, 51.5)), "on land"
    assert not is_quick(position=at(30.0, 51.0)), "outside"
    assert not is_quick(position_accuracy_m=500.0)
    assert not is_quick(vessel={"draught_m": 7.0})
    # With a forecast ways may be sought round a sea that somebody has said she does not go into.
    limited, with_forecast = {"draught_m": 1.0, "max_hs_m": 2.0}, replace(service, cube=object())
    assert is_quick(vessel=limited)
    assert not is_quick(vessel=limited, opened=with_forecast)
    assert is_quick(vessel={**limited, "assumed": ["max_hs_m"]}, opened=with_forecast)
    # The tides of that time are nobody's yet.
    assert not is_quick(at_s=1_262_304_000.0)


def test_a_shared_read_began_after_each_of_those_who_share_it():
    """Whoever comes while one is under way may have changed what it read already."""

    async def watch():
        begun, gate = [], asyncio.Event()

        async def read():
            begun.append(len(begun))
            await gate.wait()
            return begun[-1]

        shared = SharedRead(read)
        first = [asyncio.create_task(shared.run()) for _ in range(3)]
        while not begun:
            await asyncio.sleep(0)
        later = [asyncio.create_task(shared.run()) for _ in range(20)]
        for _ in range(5):
            await asyncio.sleep(0)
        assert begun == [0]
        gate.set()
        assert await asyncio.gather(*first) == [0] * 3
        assert await asyncio.gather(*later) == [1] * 20
        assert await shared.run() == 2

    asyncio.run(watch())


def test_a_shared_read_fails_for_all_and_is_made_again_and_nobody_is_lost_with_one_who_goes():
    async def watch():
        outcomes = iter([OSError("away"), "first", "second"])

        async def read():
            await asyncio.sleep(0)
            outcome = next(outcomes)
            if isinstance(outcome, OSError):
                raise outcome
            return outcome

        shared = SharedRead(read)
        failed = await asyncio.gather(*(shared.run() for _ in range(3)), return_exceptions=True)
        assert [str(failure) for failure in failed] == ["away"] * 3
        gone, stays = asyncio.create_task(shared.run()), asyncio.create_task(shared.run())
        await asyncio.sleep(0)
        gone.cancel()
        assert await stays == "first"
        assert await shared.run() == "second"

    asyncio.run(watch())
