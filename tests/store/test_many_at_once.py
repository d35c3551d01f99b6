"""Many writers, and writers that die: nothing oversold, nothing acknowledged lost, nothing made twice."""

import threading

from api.store.commands import IdempotencyKey
from api.store.errors import NoPlaces, StoreBusy
from api.store.integrity import check
from api.store.ports import Places, ReportCapacity
from api.store.reservations import Hold, Persons, Release
from api.store.store import open_store
from bench import store_kills

NOW = 1_700_000_000.0
THREADS, ATTEMPTS, PLACES = 16, 300, 60


def race(stores, controller):
    """Threads that take and give back the last places; every answer they got, and the least that was left."""
    held, failed = [[] for _ in range(THREADS)], []

    def work(mine):
        store, kept = stores[mine % len(stores)], held[mine]
        for number in range(ATTEMPTS):
            try:
                if number % 3 == 2 and kept:
                    store.do(Release(kept.pop(), ""), controller, NOW)
                    continue
                command = Hold("dover", f"boat {mine}", Persons(1 + number % 5), NOW + 3_600)
                once = IdempotencyKey(f"{mine}-{number}", "race", b"{}")
                answer = store.do(command, controller, NOW, once)
                assert answer.document["places_left"]["total"] >= 0
                kept.append(answer.document["reservation"]["reservation_id"])
                # The same once more, as after an answer that got lost.
                assert store.do(command, controller, NOW, once).body == answer.body
            except (NoPlaces, StoreBusy):
                continue
            except Exception as failure:
                failed.append(failure)
                raise

    threads = [threading.Thread(target=work, args=(mine,)) for mine in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    return {name for kept in held for name in kept}


def assert_right(store, kept):
    live = store.reservations(NOW)
    assert {item["reservation_id"] for item in live} == kept
    left = store.port("dover", NOW)["places_left"]["total"]
    assert left == PLACES - sum(item["persons"]["total"] for item in live)
    assert left >= 0
    for row in store.events(0, 1_024):
        assert b'"places_left":{"families":null,"medical":null,"total":-' not in row.body
    assert check(store.database).problems == ()


def test_threads_that_race_for_the_last_places(store, controller, officer):
    store.do(ReportCapacity("dover", Places(PLACES)), officer, NOW)
    assert_right(store, race([store], controller))


def test_two_processes_worth_of_stores_that_race(url, controller, officer):
    with open_store(url, create=True) as first, open_store(url) as other:
        first.do(ReportCapacity("dover", Places(PLACES)), officer, NOW)
        assert_right(first, race([first, other], controller))


def test_a_writer_killed_in_the_middle_loses_nothing_it_acknowledged(url):
    toll = store_kills.run(4, url)
    assert toll.acknowledged > 0
    assert toll[2:] == (0, 0, ())
