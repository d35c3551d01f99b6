"""Turns: who asks much waits for itself."""

import asyncio
import threading

import pytest

from api.http.fair_queue import HALF_LIFE_S, FairQueue, PlaceLost, asking
from api.http.framing import asking_of
from api.http.load_limits import WorkerPool


class Clock:
    now_s = 0.0

    def __call__(self):
        return self.now_s


async def served(fair_queue, clock, asks, cost_s=1.0):
    """Order in which askers are served, one after the other, each for `cost_s`; all come at once, in this order."""
    order = []

    async def ask(caller, connection):
        try:
            await fair_queue.begin(caller, connection)
        except PlaceLost:
            order.append((caller, "lost"))
            return
        order.append((caller, connection))
        await asyncio.sleep(0)
        clock.now_s += cost_s
        fair_queue.end(caller, connection, cost_s)

    await asyncio.gather(*(ask(*entry) for entry in asks))
    return order


def test_one_caller_who_asks_much_does_not_make_another_wait_for_all_of_it():
    clock = Clock()
    greedy = [("greedy", f"g{number}") for number in range(60)]
    order = asyncio.run(served(FairQueue(1, 64, clock), clock, [*greedy, ("crew", "c")]))
    # One of the greedy was being served when the crew came.
    assert order.index(("crew", "c")) == 1
    assert len(order) == 61


def test_first_come_first_served_would_make_it_wait_for_all():
    """Negative control: callers nobody tells apart, on connections that are all new."""
    clock = Clock()
    order = asyncio.run(served(FairQueue(1, 64, clock), clock, [("same", f"g{number}") for number in range(61)]))
    assert order.index(("same", "g60")) == 60


def test_among_one_callers_connections_the_one_that_had_least_is_next():
    """Programs that cannot be told apart still differ in what each connection has had."""
    clock, fair_queue = Clock(), FairQueue(1, 64, Clock())

    async def story():
        first = await served(fair_queue, clock, [("same", "busy")] * 5)
        return first, await served(fair_queue, clock, [("same", "other"), *[("same", "busy")] * 5, ("same", "new")])

    _, order = asyncio.run(story())
    assert [connection for _, connection in order[:2]] == ["other", "new"]


def test_callers_share_alike():
    clock = Clock()
    asks = [(name, f"{name}{number}") for name in ("a", "b", "c") for number in range(10)]
    order = [caller for caller, _ in asyncio.run(served(FairQueue(1, 64, clock), clock, asks))]
    for start in range(0, 27, 3):
        assert sorted(order[start + 1 : start + 4]) != ["a"] * 3
    assert {order[: 3 * 5].count(name) for name in "abc"} <= {4, 5, 6}


def test_what_somebody_had_is_forgotten():
    clock = Clock()
    fair_queue = FairQueue(1, 64, clock)

    async def story():
        await served(fair_queue, clock, [("early", "e")], cost_s=100.0)
        clock.now_s += 20 * HALF_LIFE_S
        return await served(fair_queue, clock, [("x", "x"), ("late", "l"), ("early", "e")], cost_s=0.01)

    assert [caller for caller, _ in asyncio.run(story())] == ["x", "late", "early"]


def test_where_no_more_may_wait_the_newest_of_who_has_most_waiting_goes():
    clock = Clock()
    asks = [*[("greedy", f"g{number}") for number in range(5)], ("crew", "c")]
    order = asyncio.run(served(FairQueue(1, 4, clock), clock, asks))
    assert order.count(("greedy", "lost")) == 1
    assert ("crew", "c") in order[:3]


def test_where_no_more_may_wait_the_greedy_itself_is_refused():
    clock = Clock()
    order = asyncio.run(served(FairQueue(1, 4, clock), clock, [("greedy", f"g{number}") for number in range(9)]))
    assert order.count(("greedy", "lost")) == 4


@pytest.mark.parametrize("given", [False, True], ids=["waiting", "as its turn comes"])
def test_who_goes_away_leaves_its_turn_to_the_next(given):
    async def story():
        fair_queue = FairQueue(1, 8)
        await fair_queue.begin("a", "a")
        waiting = [asyncio.create_task(fair_queue.begin(name, name)) for name in ("b", "c")]
        await asyncio.sleep(0)
        if given:
            fair_queue.end("a", "a", 0.0)
        waiting[0].cancel()
        await asyncio.wait(waiting[:1])
        if not given:
            fair_queue.end("a", "a", 0.0)
        await asyncio.wait_for(waiting[1], 5)
        assert (fair_queue.running, fair_queue.waiting) == (1, 0)
        fair_queue.end("c", "c", 0.0)
        assert (fair_queue.running, fair_queue.waiting) == (0, 0)

    asyncio.run(story())


def test_as_many_at_once_as_may_and_no_more():
    async def story():
        fair_queue, most, running = FairQueue(3, 100), 0, 0

        async def ask(number):
            nonlocal most, running
            await fair_queue.begin(f"{number % 7}", f"{number}")
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1
            fair_queue.end(f"{number % 7}", f"{number}", 0.001 * number)

        await asyncio.gather(*map(ask, range(60)))
        return most, fair_queue.running, fair_queue.waiting

    assert asyncio.run(story()) == (3, 0, 0)


def test_the_worker_pool_goes_by_who_asks():
    """As `Framing` and `Gate` say it, for the task that answers a request."""
    order, is_running, may_go_on = [], threading.Event(), threading.Event()

    def work(name):
        if name == "first":
            is_running.set()
            assert may_go_on.wait(30)
        order.append(name)

    async def story():
        worker_pool = WorkerPool(1, 64)

        async def ask(caller, connection, name):
            asking.set((caller, connection))
            await worker_pool.run(lambda: work(name))

        tasks = [asyncio.create_task(ask("greedy", "g", "first"))]
        while not is_running.is_set():
            await asyncio.sleep(0.001)
        tasks += [asyncio.create_task(ask("greedy", f"g{number}", f"greedy {number}")) for number in range(20)]
        tasks.append(asyncio.create_task(ask("crew", "c", "crew")))
        while worker_pool.waiting < 21:
            await asyncio.sleep(0.001)
        may_go_on.set()
        await asyncio.gather(*tasks)

    asyncio.run(story())
    assert order[:2] == ["first", "crew"]
    assert len(order) == 22


@pytest.mark.parametrize(
    ("first", "other", "are_one"),
    [(("10.0.0.1", "curl"), ("10.0.0.1", "curl"), True), (("10.0.0.1", "curl"), ("10.0.0.2", "curl"), False),
     (("127.0.0.1", "curl"), ("127.0.0.1", "a browser"), False)],
)  # fmt: skip
def test_callers_are_told_apart_by_address_and_program(first, other, are_one):
    asked = [
        asking_of({"client": (address, port), "headers": [(b"user-agent", program.encode())]})
        for port, (address, program) in enumerate((first, other), start=1)
    ]
    assert (asked[0][0] == asked[1][0]) is are_one
    assert asked[0][1] != asked[1][1]
