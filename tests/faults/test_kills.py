"""Kill -9 of a real server under load, on both kinds of store; ``kill_campaign`` runs as many as are asked for."""

import pytest

from api.store import reservations
from api.store.store import open_store
from bench import oversell
from tests.faults.kill_campaign import run
from tests.store.conftest import new_url, postgresql  # noqa: F401 - fixtures

KILLS = 5


def test_nothing_answered_is_lost_and_nothing_is_done_twice(new_url):  # noqa: F811
    url = new_url()
    open_store(url, create=True).close()
    toll = run(KILLS, url)
    assert toll.faults == ()
    assert toll.kills == KILLS
    assert toll.acknowledged > KILLS


def test_the_last_places_are_never_sold_twice(new_url):  # noqa: F811
    with open_store(new_url(), create=True) as store:
        done = oversell.run(store, count=16, attempts=800)
    assert done.faults == ()
    assert done.granted
    assert done.refused
    assert done.replayed


def test_the_auditor_finds_a_store_without_its_guard(tmp_path, monkeypatch):
    monkeypatch.setattr(reservations, "_lacking", lambda *_: None)
    with open_store(f"sqlite:{tmp_path}/store.db", create=True) as store:
        done = oversell.run(store, count=16, attempts=800)
    assert any("places too many" in fault for fault in done.faults)


@pytest.mark.parametrize("lost", ["reservation", "twice"])
def test_the_campaign_finds_a_store_that_lost_or_doubled_something(tmp_path, monkeypatch, lost):
    """Negative control: the store is tampered with before it is looked at."""
    from tests.faults import kill_campaign

    url = f"sqlite:{tmp_path}/store.db"
    open_store(url, create=True).close()
    looked_at = kill_campaign._what_the_store_lacks

    def tampered(store, clients):
        key = next(change.key for client in clients for change in client.answers if change.method == "POST")
        statement = {
            "reservation": ("DELETE FROM reservation WHERE vessel = ?", key),
            "twice": ("UPDATE reservation SET vessel = ?", key),
        }[lost]
        store.database.write(lambda tx: tx.run(*statement))
        return looked_at(store, clients)

    monkeypatch.setattr(kill_campaign, "_what_the_store_lacks", tampered)
    monkeypatch.setattr(kill_campaign, "EARLY", 0.0)
    assert run(1, url).faults
