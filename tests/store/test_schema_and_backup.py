"""Migrations, backups, restores and the move to a server."""

from dataclasses import fields

import apsw
import psycopg
import pytest

from api.store import backup as copies
from api.store import schema
from api.store.backup import backup, move, restore, table_sums
from api.store.clock import MendClock
from api.store.commands import Actor, IdempotencyKey, Role, execute
from api.store.coordination import OfferCoordination
from api.store.directions import RecordDirection, RecordOverride, WithdrawDirection
from api.store.encounters import CloseEncounter, ReportEncounter
from api.store.errors import InvalidValue, SchemaMismatch, StoreUnavailable, WrongState
from api.store.exclusion_zones import DrawZone
from api.store.handover import HandOutPage, SignHandover
from api.store.integrity import check
from api.store.keys import CreateKey, StoredKey
from api.store.ports import Places, ReportCapacity, ReportReception, SetPortStatus
from api.store.reservations import Hold, Land, Persons, Reservation, Transfer
from api.store.schema import migrate, migrations, newest_version, stored_version, table_columns
from api.store.store import open_database, open_store, sqlite_file
from tests.store.old_records import RecordDocument, record_of

NOW = 1_700_000_000.0
CONTROLLER = Actor(Role.CONTROLLER, "MRCC Dover SMC")
DOCUMENT = b'{"decision_id":"d-1","inputs":{"engine_version":"0"},"outcome":"none","recommended":null}'


def early(database):
    """Rows of the first version's tables."""

    def do(command, number, key=None):
        once = None if key is None else IdempotencyKey(key, "mrcc", b"body")
        return database.write(lambda tx: execute(tx, command, CONTROLLER, int((NOW + number) * 1000), once))

    do(SetPortStatus("dover", "restricted", "ferry aground", expires_s=NOW + 9_000), 0)
    do(ReportCapacity("dover", Places(100, 10, None), persons_per_hour=80.0), 1)
    do(ReportReception("dover", True, None, True, "fire on the quay"), 2)
    do(ReportEncounter("phone", 1.4, 51.05, NOW, uncertainty_m=500.0, persons_min=30, making_way=True), 3)
    do(ReportEncounter("aircraft", 1.41, 51.05, NOW + 60, text="grey, one engine"), 4)
    do(Hold("dover", "Severn", Persons(30, 5), NOW + 3_600, "e-4"), 5, key="key-1")
    do(Transfer("r-6", "Ranger", Persons(10)), 6)
    do(Land("r-7", Persons(4)), 7)
    return database


def fill(store):
    """At least one row in every table."""
    early(store.database)
    do = store.do
    do(RecordDocument.of(DOCUMENT, b"{}", b'{"status":{}}', "e-4"), CONTROLLER, NOW + 10)
    do(record_of("d-2", picture=b'{"status":{"dover":1}}', encounter_id="e-4"), CONTROLLER, NOW + 10)
    directed = do(RecordDirection("e-4", "CROSS GRIS-NEZ", "SRR_STATE", "to Calais", "calais"), CONTROLLER, NOW + 11)
    do(WithdrawDirection("e-4", directed.sequence, "CROSS GRIS-NEZ", "wrong vessel"), CONTROLLER, NOW + 11)
    do(RecordOverride("d-1", "MASTER_JUDGEMENT", "swell in the entrance"), CONTROLLER, NOW + 12)
    do(HandOutPage("0" * 64), CONTROLLER, NOW + 13)
    do(SignHandover("0" * 64, "day", "night"), CONTROLLER, NOW + 13)
    do(OfferCoordination("e-4", "DOVER COASTGUARD", "CROSS GRIS-NEZ"), CONTROLLER, NOW + 13)
    do(DrawZone("Vega", "wreck", ((1.3, 51.0), (1.4, 51.0), (1.4, 51.1))), CONTROLLER, NOW + 13)
    do(CreateKey("k1", "Severn", Role.CREW, bytes(32)), Actor(Role.ADMIN, "office", "unit:office"), NOW + 13)
    do(CloseEncounter("e-5", "counted ashore at Dover by port control"), CONTROLLER, NOW + 14)
    do(MendClock("the clock was ahead"), Actor(Role.ADMIN, "office"), NOW + 13.5)
    sums = table_sums(store.database)
    assert set(sums) == set(table_columns())
    assert min(item.rows for item in sums.values()) > 0
    return sums


def test_a_new_store_has_the_newest_tables(url):
    database = open_database(url)
    try:
        assert migrate(database) == (0, newest_version())
        assert migrate(database) == (newest_version(), newest_version())
        assert check(database).problems == ()
    finally:
        database.close()


@pytest.mark.parametrize("version", range(1, len(migrations("sqlite")) + 1))
def test_a_store_of_any_version_is_brought_up_to_date_with_its_rows(url, version):
    database = open_database(url)
    try:
        migrate(database, to=version)
        early(database)
        if version < newest_version():
            with pytest.raises(SchemaMismatch, match="db migrate"):
                schema.refuse_old_schema(database)
        before = database.read(lambda tx: tx.rows("SELECT * FROM audit ORDER BY sequence"))
        assert migrate(database) == (version, newest_version())
        assert database.read(lambda tx: tx.rows("SELECT * FROM audit ORDER BY sequence")) == before
        assert check(database).problems == ()
    finally:
        database.close()
    with open_store(url) as store:
        assert store.port("dover", NOW + 60)["places_left"] == {"total": 70, "families": 5, "medical": None}
        store.do(HandOutPage("0" * 64), CONTROLLER, NOW + 60)
        store.do(SignHandover("0" * 64, "day", "night"), CONTROLLER, NOW + 60)


def test_a_migration_that_fails_in_the_middle_leaves_nothing_behind(url, monkeypatch):
    database = open_database(url)
    try:
        migrate(database, to=1)
        early(database)
        steps = migrations(database.dialect)
        broken = steps[1]._replace(sql=steps[1].sql + "; CREATE TABLE decision (again TEXT)")
        monkeypatch.setattr(schema, "migrations", lambda _: (steps[0], broken))
        with pytest.raises((apsw.SQLError, psycopg.errors.DuplicateTable)):
            migrate(database)
        assert stored_version(database) == 1
        monkeypatch.undo()
        assert migrate(database) == (1, newest_version())
    finally:
        database.close()


def test_tables_newer_than_the_program_are_refused(url):
    open_store(url, create=True).close()
    database = open_database(url)
    database.write(lambda tx: tx.run("INSERT INTO schema_version (version, name, sha256) VALUES (99, 'x', 'x')"))
    database.close()
    with pytest.raises(SchemaMismatch, match="newer program"):
        open_store(url, create=True)


def test_tables_made_by_an_edited_migration_are_refused(url):
    open_store(url, create=True).close()
    database = open_database(url)
    database.write(lambda tx: tx.run("UPDATE schema_version SET sha256 = 'x' WHERE version = 1"))
    database.close()
    with pytest.raises(SchemaMismatch, match="another migration"):
        open_store(url)


def test_a_store_without_tables_is_refused_unless_they_may_be_made(url):
    with pytest.raises(SchemaMismatch):
        open_store(url)


def test_a_backup_made_while_others_write_can_be_restored(store, new_url, tmp_path):
    sums = fill(store)
    assert backup(store.database, tmp_path / "copy.db") == sums
    store.do(SetPortStatus("calais", "open", ""), CONTROLLER, NOW + 20)
    target, before = new_url(), (tmp_path / "copy.db").read_bytes()
    assert restore(tmp_path / "copy.db", target) == sums
    assert (tmp_path / "copy.db").read_bytes() == before
    with open_store(target) as restored:
        assert check(restored.database).problems == ()
        assert restored.decision("d-1").document == DOCUMENT
        assert restored.port("calais", NOW + 30)["status"] is None
        # It goes on where the backup was made.
        restored.do(SetPortStatus("calais", "closed", "gale"), CONTROLLER, NOW + 30)
        assert restored.verify().bad is None
    assert [item.name for item in tmp_path.iterdir() if ".part" in item.name] == []


def test_a_backup_never_replaces_a_file(store, tmp_path):
    file = tmp_path / "copy.db"
    file.write_bytes(b"precious")
    with pytest.raises(WrongState, match="exists already"):
        backup(store.database, file)
    assert file.read_bytes() == b"precious"


def test_a_restore_never_replaces_a_store(store, url, tmp_path):
    fill(store)
    backup(store.database, tmp_path / "copy.db")
    before = table_sums(store.database)
    with pytest.raises(WrongState):
        restore(tmp_path / "copy.db", url)
    assert table_sums(store.database) == before


def test_a_file_that_appears_meanwhile_is_not_replaced_either(tmp_path):
    half, file = tmp_path / "half", tmp_path / "file"
    half.write_bytes(b"new")
    file.write_bytes(b"old")
    with pytest.raises(WrongState):
        copies._put_in_place(half, file)
    assert file.read_bytes() == b"old"


@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER audit_never_changed; UPDATE audit SET role = 'x' WHERE sequence = 3",
        "DROP TRIGGER report_never_changed; UPDATE encounter_report SET persons_min = 1 WHERE sequence = 4",
        "DROP TRIGGER direction_never_changed; UPDATE direction SET port_id = 'dover'",
        "DROP TRIGGER override_record_never_changed; UPDATE override_record SET text = 'x'",
        "UPDATE decision_document SET deflated = x'00'",
        "DROP TRIGGER decision_never_changed; UPDATE decision SET sha256 = 'x'",
        "DROP TRIGGER decision_never_changed; UPDATE decision SET form = 1 - form",
        "DROP TRIGGER live_picture_never_changed; UPDATE live_picture SET body = x'00'",
        "DROP TRIGGER decision_never_changed; UPDATE decision SET ask = x'7b7d20'",
        "DROP TRIGGER decision_never_changed; UPDATE decision SET inputs = x'7b7d20'",
        "DROP TRIGGER decision_never_changed; UPDATE decision SET encounter_id = NULL",
        "DROP TRIGGER decision_never_changed; UPDATE decision SET picture_sha256 = NULL",
        "DROP TRIGGER handover_never_changed; UPDATE handover SET taken_by = 'nobody'",
        "DROP TRIGGER handover_never_deleted; DELETE FROM handover",
        "DROP TRIGGER event_never_changed; UPDATE event SET body = x'00' WHERE sequence = 2",
        "UPDATE port_status SET status = 'open'",
        "UPDATE access_key SET role = 'admin'",
        "UPDATE access_key SET secret_sha256 = x'01'",
        "INSERT INTO access_key SELECT 'k2', made, unit, role, x'02', NULL, NULL, made_ms, NULL, NULL, NULL, version "
        "FROM access_key",
        "DROP TRIGGER made_by_never_changed; UPDATE made_by SET principal = 'unit:x'",
        "INSERT INTO made_by VALUES (1, 'unit:x')",
        "UPDATE port_capacity SET total = 900",
        "UPDATE port_reception SET danger_ashore = 0",
        "UPDATE encounter SET evidence = 'x' WHERE state = 'closed'",
        "UPDATE reservation SET persons = persons + 1",
        "DELETE FROM port_status",
        "INSERT INTO port_status VALUES ('calais', 'open', '', 'x', 'x', 1, NULL, 1)",
    ],
)
def test_a_backup_with_one_figure_changed_is_not_restored(tmp_path, change):
    with open_store(f"sqlite:{tmp_path}/store.db", create=True) as store:
        fill(store)
        backup(store.database, tmp_path / "copy.db")
    connection = apsw.Connection(str(tmp_path / "copy.db"))
    connection.execute(change)
    connection.close()
    with pytest.raises(StoreUnavailable, match="not sound"):
        restore(tmp_path / "copy.db", f"sqlite:{tmp_path}/restored.db")
    assert not (tmp_path / "restored.db").exists()


@pytest.mark.parametrize("content", [b"", b"not a database at all, but text", b"SQLite format 3\0" + bytes(4_000)])
def test_a_file_that_is_no_backup_is_not_restored(new_url, tmp_path, content):
    (tmp_path / "copy.db").write_bytes(content)
    with pytest.raises((StoreUnavailable, SchemaMismatch)):
        restore(tmp_path / "copy.db", new_url())


def test_a_backup_that_is_not_there(new_url, tmp_path):
    with pytest.raises(WrongState):
        restore(tmp_path / "nothing.db", new_url())


def test_everything_moves_from_a_file_to_a_server_and_back(postgresql, tmp_path):
    from tests.store.conftest import new_database

    with open_store(f"sqlite:{tmp_path}/here.db", create=True) as here:
        sums = fill(here)
        with open_store(new_database(postgresql), create=True) as there:
            assert move(here.database, there.database) == sums == table_sums(there.database)
            assert there.verify() == here.verify()
            assert there.handover(NOW + 99) == here.handover(NOW + 99)
            assert there.ports(NOW).body == here.ports(NOW).body
            assert there.audit() == here.audit()
            repeated = there.do(
                Hold("dover", "Severn", Persons(30, 5), NOW + 3_600, "e-4"), CONTROLLER, NOW + 99,
                IdempotencyKey("key-1", "mrcc", b"body"),
            )  # fmt: skip
            assert repeated.repeated
            with pytest.raises(WrongState, match="rows already"):
                move(here.database, there.database)
            with open_store(f"sqlite:{tmp_path}/back.db", create=True) as back:
                assert move(there.database, back.database) == sums


def test_a_move_that_loses_a_row_is_undone(postgresql, tmp_path, monkeypatch):
    from tests.store.conftest import new_database

    with (
        open_store(f"sqlite:{tmp_path}/here.db", create=True) as here,
        open_store(new_database(postgresql), create=True) as there,
    ):
        fill(here)
        monkeypatch.setitem(copies._IN_ORDER, "idempotency", " LIMIT 0")
        with pytest.raises(StoreUnavailable, match="idempotency"):
            move(here.database, there.database)
        assert table_sums(there.database)["audit"].rows == 0
        assert there.verify().bad is None


def test_every_table_and_column_is_copied(store):
    def named(tx):
        if tx.dialect == "sqlite":
            tables = [row[0] for row in tx.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: {row[1] for row in tx.rows(f"PRAGMA table_info({name})")} for name in tables}
        rows = tx.rows(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        )
        found = {}
        for table, column in rows:
            found.setdefault(table, set()).add(column)
        return found

    tables = store.database.read(named)
    tables.pop("schema_version")
    assert tables == {name: set(columns) for name, columns in table_columns().items()}


@pytest.mark.parametrize(("row_class", "table"), [(Reservation, "reservation"), (StoredKey, "access_key")])
def test_a_row_has_the_columns_of_its_table_in_their_order(row_class, table):
    assert tuple(field.name for field in fields(row_class)) == table_columns()[table]


def test_a_table_is_copied_after_those_it_refers_to(tmp_path):
    database = open_database(f"sqlite:{tmp_path / 'new.db'}")
    try:
        migrate(database)
        copied = []
        for table in table_columns():
            sql = 'SELECT "table" FROM pragma_foreign_key_list(?)'
            referred = database.read(lambda tx, sql=sql, table=table: tx.rows(sql, table))
            assert {name for (name,) in referred} <= {*copied, table}
            copied.append(table)
    finally:
        database.close()


@pytest.mark.parametrize(
    ("url", "path"),
    [("sqlite:a.db", "a.db"), ("sqlite:/b/a.db", "/b/a.db"), ("sqlite:///b/a.db", "/b/a.db"),
     ("sqlite:/b%20c.db", "/b c.db")],
)  # fmt: skip
def test_urls_of_files(url, path):
    assert str(sqlite_file(url)) == path


@pytest.mark.parametrize("url", ["", "sqlite:", "mysql://x", "sqlite://host/x", "sqlite:a?mode=memory", "a.db"])
def test_urls_that_are_none(url):
    with pytest.raises(InvalidValue) as refused:
        open_database(url)
    assert url not in str(refused.value) or url in ("", "sqlite:")


def test_a_migration_once_released_is_never_edited():
    released = {
        # Add a line with each new migration; a changed digest means that stores in the field would be refused.
        ("sqlite", 1): "579f33d356f52bda",
        ("sqlite", 2): "87c6e5703a081af8",
        ("sqlite", 3): "352f882655a9d57a",
        ("sqlite", 4): "2e3e8b9637ca2691",
        ("sqlite", 5): "bef5b28eb1dd5a9c",
        ("postgresql", 1): "da1798f6237c2b30",
        ("postgresql", 2): "eb2f361b69ae8e66",
        ("postgresql", 3): "7979660d03426be1",
        ("postgresql", 4): "2e3e8b9637ca2691",
        ("postgresql", 5): "ae5fa42834000513",
        ("sqlite", 6): "12ed4cf1df3f01ca",
        ("postgresql", 6): "12ed4cf1df3f01ca",
        ("sqlite", 7): "ce6b313f9fab99db",
        ("postgresql", 7): "181b62d3d8d82f89",
        ("sqlite", 8): "f9144be7b274f612",
        ("postgresql", 8): "3b9d92dfdd89863c",
        ("sqlite", 9): "87418c6b824109e5",
        ("postgresql", 9): "0f14da71ae19b60d",
    }
    made = {
        (dialect, step.version): step.sha256[:16]
        for dialect in ("sqlite", "postgresql")
        for step in migrations(dialect)
    }
    assert made == released
