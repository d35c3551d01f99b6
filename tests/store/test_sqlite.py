"""The embedded back end: what it refuses to run on, and what happens when the disk does not play along."""

# ruff: noqa: S608

import apsw
import pytest

from api.store import sqlite
from api.store.errors import SchemaMismatch, StoreBusy, StoreUnavailable
from api.store.integrity import check
from api.store.ports import Places, ReportCapacity, SetPortStatus
from api.store.reservations import LIVE
from api.store.sqlite import into_one_file, refuse_network_disk, refuse_old_library
from api.store.store import open_database, open_store

NOW = 1_700_000_000.0


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store.db"


@pytest.fixture
def embedded(file):
    with open_store(f"sqlite:{file}", create=True) as store:
        yield store


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2", "3.7.0"])
def test_a_library_that_can_lose_data_is_refused(version):
    with pytest.raises(SchemaMismatch, match=version):
        refuse_old_library(version)


@pytest.mark.parametrize("version", ["3.51.3", "3.54.1", "4.0.0", apsw.sqlite_lib_version()])
def test_a_library_without_that_fault_is_used(version):
    refuse_old_library(version)


@pytest.mark.parametrize(("kind", "refused"), [("ext4", False), ("nfs4", True), ("cifs", True), ("tmpfs", False)])
def test_a_network_disk_is_refused(file, kind, refused):
    mounts = file.with_name("mounts")
    mounts.write_text(
        f"1 0 0:1 / / rw - ext4 /dev/a rw\n2 1 0:2 / {file.parent} rw shared:1 - {kind} server:/x rw\n"
        f"3 1 0:3 / {file.parent}-other rw - nfs server:/y rw\n"
    )
    if refused:
        with pytest.raises(StoreUnavailable, match=kind):
            refuse_network_disk(file, mounts)
    else:
        refuse_network_disk(file, mounts)
    refuse_network_disk(file, file.with_name("none"))


def test_every_commit_is_flushed(embedded):
    def pragmas(tx):
        return [tx.row(f"PRAGMA {name}")[0] for name in ("journal_mode", "synchronous", "foreign_keys")]

    assert embedded.database.write(pragmas) == ["wal", 2, 1]


def test_a_reader_cannot_write(embedded):
    with pytest.raises(StoreUnavailable, match="ReadOnly"):
        embedded.database.read(lambda tx: tx.run("DELETE FROM idempotency"))


def test_a_full_disk_loses_nothing_and_is_told(embedded, officer):
    done, refused = [], 0
    pages = embedded.database.write(lambda tx: tx.row("PRAGMA page_count")[0])
    embedded.database.write(lambda tx: tx.row(f"PRAGMA max_page_count = {pages + 8}"))
    for number in range(60):
        try:
            embedded.do(SetPortStatus(f"p{number}", "closed", "x" * 2_000), officer, NOW)
            done.append(f"p{number}")
        except StoreUnavailable:
            refused += 1
            # The limit is the connection's, and a failed one is replaced.
            break
    assert done
    assert refused
    embedded.do(ReportCapacity("dover", Places(5)), officer, NOW)
    kept = {row[0] for row in embedded.database.read(lambda tx: tx.rows("SELECT port_id FROM port_status"))}
    assert kept == set(done)
    assert check(embedded.database).problems == ()


def test_another_process_that_keeps_writing_makes_it_busy_and_not_wrong(file, officer, monkeypatch):
    monkeypatch.setattr(sqlite, "_BUSY_MS", 50)
    with open_store(f"sqlite:{file}", create=True) as store:
        other = apsw.Connection(str(file))
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            store.do(SetPortStatus("dover", "open", ""), officer, NOW)
        assert store.port("dover", NOW)["status"] is None
        other.execute("ROLLBACK")
        other.close()
        store.do(SetPortStatus("dover", "open", ""), officer, NOW)


def test_a_broken_constraint_is_the_fault_of_one_job(embedded, officer):
    with pytest.raises(apsw.ConstraintError):
        embedded.database.write(lambda tx: tx.run("INSERT INTO event VALUES (99, 0, 'x', 'x', x'00')"))
    embedded.do(SetPortStatus("dover", "open", ""), officer, NOW)
    assert embedded.verify().bad is None


@pytest.mark.parametrize("content", [b"no database, but a text of some length, long enough for a header" * 20])
def test_a_file_that_is_something_else_is_not_touched(file, content):
    file.write_bytes(content)
    with pytest.raises(StoreUnavailable):
        open_database(f"sqlite:{file}")
    assert file.read_bytes() == content


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(StoreUnavailable):
        open_database(f"sqlite:{tmp_path}/nowhere/store.db")


def test_a_closed_store_says_so(embedded, officer):
    embedded.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        embedded.port("dover", NOW)
    with pytest.raises(StoreUnavailable, match="closed"):
        embedded.do(SetPortStatus("dover", "open", ""), officer, NOW)


def test_a_closed_store_is_one_file(embedded, officer, file):
    embedded.do(SetPortStatus("dover", "open", ""), officer, NOW)
    embedded.port("dover", NOW)
    embedded.close()
    assert [item.name for item in file.parent.iterdir()] == [file.name]


def test_a_store_in_use_is_not_made_one_file(embedded, file, officer):
    embedded.do(SetPortStatus("dover", "open", ""), officer, NOW)
    with pytest.raises(StoreUnavailable):
        into_one_file(file)


def test_what_is_held_is_found_without_reading_what_is_over(embedded):
    """A store of a million old reservations answers as fast as a new one."""
    query = f"EXPLAIN QUERY PLAN SELECT SUM(persons) FROM reservation WHERE port_id = ? AND {LIVE}"
    plan = embedded.database.read(lambda tx: tx.rows(query, "dover", 0))
    assert "USING INDEX reservation_live" in plan[0][-1]
    query = f"EXPLAIN QUERY PLAN SELECT * FROM reservation WHERE {LIVE} ORDER BY made"
    assert "reservation_live" in embedded.database.read(lambda tx: tx.rows(query, 0))[0][-1]
