"""The store is its file: nothing beside it once it is closed, and nothing written where it would be lost."""

import shutil
import threading

import apsw
import pytest

from api.store.backup import table_sums
from api.store.commands import Actor, Role
from api.store.errors import StoreMoved
from api.store.ports import SetPortStatus
from api.store.store import open_store

NOW = 1_700_000_000.0
OFFICER = Actor(Role.PORT_OFFICER, "Dover port control")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store.db"


@pytest.fixture
def store(file):
    with open_store(f"sqlite:{file}", create=True) as opened:
        yield opened


def report(store, number=0):
    return store.do(SetPortStatus("dover", "open", f"report {number}"), OFFICER, NOW + number)


def beside(file):
    """Names of what lies beside a store."""
    return sorted(found.name for found in file.parent.iterdir() if found.name != file.name)


def sums_of_a_copy(file, folder):
    """What the single file holds, opened elsewhere."""
    folder.mkdir()
    shutil.copyfile(file, folder / "copy.db")
    with open_store(f"sqlite:{folder}/copy.db") as copy:
        return table_sums(copy.database)


def test_a_closed_store_is_one_file_and_a_copy_of_it_is_the_store(store, file, tmp_path):
    for number in range(50):
        report(store, number)
    sums = table_sums(store.database)
    assert "store.db-wal" in beside(file)
    store.close()
    assert beside(file) == []
    assert sums_of_a_copy(file, tmp_path / "elsewhere") == sums


def test_a_copy_made_while_it_is_open_is_not_the_store(store, file, tmp_path):
    """Negative control: what is in the log alone is missing from such a copy."""
    report(store)
    shutil.copyfile(file, tmp_path / "copy.db")
    connection = apsw.Connection(str(tmp_path / "copy.db"))
    try:
        assert connection.execute("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'audit'").fetchone() == (0,)
    finally:
        connection.close()


def test_a_reader_under_way_ends_before_the_log_is_brought_in(store, file):
    report(store)
    is_reading, may_end, ended = threading.Event(), threading.Event(), []

    def read(tx):
        is_reading.set()
        assert may_end.wait(30)
        ended.append(tx.row("SELECT COUNT(*) FROM audit"))

    reader = threading.Thread(target=store.database.read, args=(read,))
    reader.start()
    assert is_reading.wait(30)
    closing = threading.Thread(target=store.close)
    closing.start()
    may_end.set()
    reader.join(30)
    closing.join(30)
    assert (ended, beside(file)) == ([(1,)], [])


def test_a_writer_that_failed_leaves_no_log_either(store, file):
    report(store)
    writer = store.database._writer
    writer._connection.close()
    writer._connection = None
    store.close()
    assert beside(file) == []


def test_the_log_of_a_process_that_was_killed_is_brought_in_by_the_next(store, file, tmp_path):
    report(store)
    killed = tmp_path / "killed"
    killed.mkdir()
    for name in ("store.db", "store.db-wal"):
        shutil.copyfile(file.with_name(name), killed / name)
    with open_store(f"sqlite:{killed}/store.db") as again:
        assert again.head() == store.head()
    assert beside(killed / "store.db") == []


def moved(file):
    file.rename(file.with_name("elsewhere.db"))


def deleted(file):
    file.unlink()


def replaced(file):
    shutil.copyfile(file, file.with_name("copy.db"))
    file.with_name("copy.db").replace(file)


def folder_moved(file):
    file.parent.rename(file.parent.with_name(f"{file.parent.name}-away"))


def log_deleted(file):
    file.with_name("store.db-wal").unlink()


def log_replaced(file):
    log_deleted(file)
    file.with_name("store.db-wal").write_bytes(b"")


EVERY_WAY = [moved, deleted, replaced, folder_moved, log_deleted, log_replaced]


@pytest.mark.parametrize("lose", EVERY_WAY)
def test_nothing_is_written_or_read_once_the_file_is_not_there(store, file, lose):
    report(store)
    lose(file)
    for attempt in (lambda: report(store, 1), store.head, store.refuse_moved, lambda: report(store, 2)):
        with pytest.raises(StoreMoved, match="moved, replaced or deleted"):
            attempt()


@pytest.mark.parametrize("lose", EVERY_WAY)
def test_what_was_committed_while_the_file_went_is_not_acknowledged(store, file, lose):
    """Between the look before a transaction and its end."""

    def lose_it(tx):
        tx.run("INSERT INTO live_picture (sha256, body) VALUES ('x', x'00')")
        lose(file)

    report(store)
    with pytest.raises(StoreMoved):
        store.database.write(lose_it)


@pytest.mark.parametrize("lose", [moved, replaced])
def test_closing_leaves_alone_what_is_there_now(store, file, lose, tmp_path):
    """What was acknowledged is in the file that was moved; a log under the old name may be another store's by now."""
    report(store)
    if lose is replaced:
        file.rename(tmp_path / "elsewhere.db")
        with open_store(f"sqlite:{tmp_path}/other.db", create=True):
            pass
        (tmp_path / "other.db").rename(file)
    else:
        moved(file)
    log = file.with_name("store.db-wal")
    with pytest.raises(StoreMoved):
        store.refuse_moved()
    store.close()
    assert log.exists()
    log.unlink()
    with open_store(f"sqlite:{tmp_path}/elsewhere.db") as found:
        assert found.head().sequence == 1


def test_a_store_that_stays_goes_on(store, file):
    """Negative control: what others do beside it, and a file that is only touched, is nothing."""
    report(store)
    file.touch()
    (file.parent / "other.db").write_bytes(b"")
    report(store, 1)
    store.refuse_moved()
    assert store.head().sequence == 2


def test_a_name_that_leads_elsewhere_by_now_is_noticed(tmp_path):
    for name in ("a", "b"):
        open_store(f"sqlite:{tmp_path}/{name}.db", create=True).close()
    link = tmp_path / "store.db"
    link.symlink_to(tmp_path / "a.db")
    with open_store(f"sqlite:{link}") as store:
        report(store)
        link.unlink()
        link.symlink_to(tmp_path / "b.db")
        with pytest.raises(StoreMoved):
            report(store, 1)
