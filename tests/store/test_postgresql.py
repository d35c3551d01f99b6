"""The shared back end: connections that are lost, locks that are held, servers that will not do."""

import time

import psycopg
import pytest

from api.store.errors import SchemaMismatch, StoreBusy, StoreUnavailable
from api.store.integrity import check
from api.store.ports import SetPortStatus
from api.store.postgresql import refuse_server
from api.store.store import open_database, open_store
from tests.store.conftest import new_database

NOW = 1_700_000_000.0
OPEN = SetPortStatus("dover", "open", "")


@pytest.fixture
def shared(postgresql):
    with open_store(new_database(postgresql), create=True) as store:
        yield store


def drop_connections(url):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'safeport' AND pid <> pg_backend_pid()"
        )


def test_connections_lost_between_changes_are_opened_again(shared, postgresql, officer):
    shared.do(OPEN, officer, NOW)
    shared.port("dover", NOW)
    drop_connections(postgresql)
    shared.do(SetPortStatus("dover", "closed", "gale"), officer, NOW)
    drop_connections(postgresql)
    assert shared.port("dover", NOW)["status"]["status"] == "closed"


def test_a_connection_lost_in_the_middle_of_a_change_is_tried_again(shared, postgresql, officer):
    lost = []

    def work(tx):
        tx.run("INSERT INTO live_picture (sha256, body) VALUES ('x', '\\x00')")
        if not lost:
            lost.append(1)
            drop_connections(postgresql)
        tx.rows("SELECT 1")

    shared.database.write(work)
    assert shared.database.read(lambda tx: tx.row("SELECT COUNT(*) FROM live_picture")) == (1,)


def test_a_head_somebody_else_keeps_locked_makes_it_busy(shared, officer):
    def hold_up(tx):
        tx.lock_head()
        shared_again.database.write(lambda other: other.script("SET lock_timeout = '200ms'"))
        with pytest.raises(StoreBusy):
            shared_again.do(OPEN, officer, NOW)

    with open_store(shared.database._address) as shared_again:
        shared.database.write(hold_up)
        shared_again.do(OPEN, officer, NOW)
    assert check(shared.database).problems == ()


def test_a_reader_cannot_write(shared):
    with pytest.raises(StoreUnavailable, match="ReadOnly"):
        shared.database.read(lambda tx: tx.run("DELETE FROM idempotency"))


def test_a_broken_constraint_is_the_fault_of_one_job(shared, officer):
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        shared.database.write(lambda tx: tx.run("INSERT INTO event VALUES (99, 0, 'x', 'x', '\\x00')"))
    shared.do(OPEN, officer, NOW)


@pytest.mark.parametrize(("version", "fsync"), [(140_020, "('on',)"), (150_000, "('off',)")])
def test_a_server_that_is_old_or_does_not_flush_is_refused(version, fsync):
    with pytest.raises(SchemaMismatch):
        refuse_server(version, fsync)
    refuse_server(150_000, "('on',)")


def test_a_password_is_in_no_message():
    with pytest.raises(StoreUnavailable) as refused:
        open_database("postgresql://someone:tops3cret@127.0.0.1:1/store")
    seen = refused.value
    while seen is not None:
        assert "tops3cret" not in str(seen)
        seen = seen.__cause__


def test_it_leaves_no_connection_behind(postgresql):
    def count():
        with psycopg.connect(postgresql, autocommit=True) as connection:
            query = "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'safeport'"
            return connection.execute(query).fetchone()[0]

    before = count()
    with open_store(new_database(postgresql), create=True) as store:
        store.port("dover", NOW)
        assert count() > before
    # The server ends a session a moment after its client has gone.
    deadline = time.monotonic() + 60.0
    while count() > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert count() <= before
