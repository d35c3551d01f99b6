"""`db check` against edits of every kind: each column of each table, a row less, a row more, a guard taken away."""

import apsw
import pytest

from api.store.clock import MendClock
from api.store.commands import Actor, IdempotencyKey, Role
from api.store.errors import SchemaMismatch
from api.store.integrity import check
from api.store.schema import table_columns
from api.store.store import open_store
from tests.store.old_records import record_of
from tests.store.test_schema_and_backup import CONTROLLER, NOW, fill

COLUMNS = {**table_columns(), "schema_version": ("version", "name", "sha256")}
EVERY_COLUMN = [(table, column) for table, columns in COLUMNS.items() for column in columns]
FLAGS = ("needs_met", "transport_arranged", "danger_ashore", "making_way")
CACHE = "decision_document"
"""The one table of which rows may go: what is in it can be made again."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store with rows in every table, and answers kept by key of a change and of a request that changed nothing."""
    file = tmp_path_factory.mktemp("filled") / "store.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.store.commands.id_suffix", lambda: "")
        with open_store(f"sqlite:{file}", create=True) as store:
            fill(store)
            again = record_of("d-2", picture=b'{"status":{"dover":1}}', encounter_id="e-4")
            store.do(again, CONTROLLER, NOW + 20, IdempotencyKey("same-again", "mrcc", b"again"))
            assert check(store.database).problems == ()
            assert check(store.database).notices == ()
    return file.read_bytes()


@pytest.fixture
def edited(filled, tmp_path):
    """Problems found after statements run behind the program's back, its guards put back as they were."""

    def edit(*statements):
        file = tmp_path / "store.db"
        file.write_bytes(filled)
        connection = apsw.Connection(str(file))
        guards = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        connection.execute("PRAGMA ignore_check_constraints = on")
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for sql, *values in statements:
            connection.execute(sql, values)
        for _, sql in guards:
            connection.execute(sql)
        connection.close()
        try:
            with open_store(f"sqlite:{file}") as store:
                return check(store.database).problems
        except SchemaMismatch as refused:
            return (str(refused),)

    return edit


def changed(value):
    """Another value of the same type."""
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:] if value else b"x"
    if isinstance(value, str):
        return value + "x"
    return 7 if value is None else value + 900


def first_row(filled, tmp_path, table):
    file = tmp_path / "look.db"
    file.write_bytes(filled)
    connection = apsw.Connection(str(file))
    try:
        return connection.execute(f"SELECT rowid, {', '.join(COLUMNS[table])} FROM {table} ORDER BY rowid").fetchone()  # noqa: S608
    finally:
        connection.close()


def test_the_tables_listed_are_all_there_are(filled, tmp_path):
    file = tmp_path / "store.db"
    file.write_bytes(filled)
    connection = apsw.Connection(str(file))
    try:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        assert names == set(COLUMNS)
        for table, columns in COLUMNS.items():
            assert [row[1] for row in connection.execute(f"PRAGMA table_info({table})")] == list(columns)
    finally:
        connection.close()


def test_nothing_is_found_where_nothing_was_edited(edited):
    """Negative control: what the fixture does to the guards is no finding."""
    assert edited() == ()


@pytest.mark.parametrize(("table", "column"), EVERY_COLUMN)
def test_any_column_of_any_table_changed_is_noticed(edited, filled, tmp_path, table, column):
    rowid, *row = first_row(filled, tmp_path, table)
    value = changed(row[COLUMNS[table].index(column)])
    if column.endswith("sha256") and value == 7:
        value = bytes(32)
    if column in FLAGS:
        value = 2
    assert edited((f"UPDATE {table} SET {column} = ? WHERE rowid = ?", value, rowid))  # noqa: S608


@pytest.mark.parametrize("table", sorted(set(COLUMNS) - {CACHE}))
def test_a_row_taken_out_of_any_table_is_noticed(edited, filled, tmp_path, table):
    rowid, *_ = first_row(filled, tmp_path, table)
    assert edited((f"DELETE FROM {table} WHERE rowid = ?", rowid))  # noqa: S608


@pytest.mark.parametrize("table", sorted(set(COLUMNS) - {"journal_head"}))
def test_a_row_put_into_any_table_is_noticed(edited, filled, tmp_path, table):
    """A copy of one that is there, under another name."""
    _, *row = first_row(filled, tmp_path, table)
    keys = {"suspected_duplicate": 1, "idempotency": 1}.get(table, 0)
    row[keys] = row[keys] + 900 if isinstance(row[keys], int) else row[keys] + "9"
    for unique in ("opened", "secret_sha256", "direction"):
        if unique in COLUMNS[table] and COLUMNS[table].index(unique) != keys:
            row[COLUMNS[table].index(unique)] = changed(row[COLUMNS[table].index(unique)])
    marks = ", ".join("?" * len(row))
    assert edited((f"INSERT INTO {table} ({', '.join(COLUMNS[table])}) VALUES ({marks})", *row))  # noqa: S608


@pytest.mark.parametrize(
    "statement",
    ["DROP TRIGGER audit_never_changed", "DROP INDEX reservation_live", "ALTER TABLE handover ADD COLUMN more TEXT",
     "CREATE TABLE more (x TEXT)",
     "CREATE TRIGGER more AFTER INSERT ON audit BEGIN UPDATE port_status SET status = 'open'; END"],
)  # fmt: skip
def test_a_table_index_or_trigger_that_is_not_ours_or_not_there_is_noticed(filled, tmp_path, statement):
    file = tmp_path / "store.db"
    file.write_bytes(filled)
    connection = apsw.Connection(str(file))
    connection.execute(statement)
    connection.close()
    with open_store(f"sqlite:{file}") as store:
        assert [line for line in check(store.database).problems if line.startswith("database: ")]


def test_an_answer_of_an_earlier_program_is_no_problem_and_is_counted(filled, tmp_path):
    """Its audit row says nothing of the key, so neither key nor body can be compared; its words can."""
    file = tmp_path / "store.db"
    file.write_bytes(filled)
    with open_store(f"sqlite:{file}") as store:
        (body,) = store.database.read(lambda tx: tx.row("SELECT body FROM event WHERE sequence = 1"))
        insert = "INSERT INTO idempotency VALUES ('mrcc', 'early', ?, ?, 1)"
        store.database.write(lambda tx: tx.run(insert, bytes(32), body))
        assert check(store.database).problems == ()
        assert check(store.database).notices == (
            "1 answers of an earlier program: the trail says nothing of their keys",
        )
        store.database.write(lambda tx: tx.run(insert.replace("early", "forged"), bytes(32), body + b" "))
        assert check(store.database).problems == ("answer kept under forged: not in the audit trail",)


def test_a_chain_written_anew_with_its_tables_is_found_by_signed_heads(filled, tmp_path):
    file = tmp_path / "store.db"
    file.write_bytes(filled)
    with open_store(f"sqlite:{file}") as store:
        head = store.head()
        assert check(store.database, {head.sequence: head.digest}).problems == ()
        assert check(store.database, {head.sequence: bytes(32)}).problems == (
            f"audit: row {head.sequence} is not the row that was signed",
        )


def test_more_landings_than_one_are_all_told(tmp_path):
    """Landings move what is occupied after the port's own report; the trail adds them up."""
    from api.store.ports import Places, ReportCapacity
    from api.store.reservations import Hold, Land, Persons

    with open_store(f"sqlite:{tmp_path}/store.db", create=True) as store:
        store.do(ReportCapacity("dover", Places(100, 20, 20), Persons(7)), CONTROLLER, NOW)
        store.do(Hold("dover", "Severn", Persons(30, 5, 5), NOW + 3_600), CONTROLLER, NOW)
        store.do(Land("r-2", Persons(4, 1, 1)), CONTROLLER, NOW + 1)
        store.do(Land("r-2", Persons(6, 0, 2)), CONTROLLER, NOW + 2)
        assert store.port("dover", NOW + 2)["capacity"]["occupied"] == {"total": 17, "families": 1, "medical": 3}
        assert check(store.database).problems == ()
        store.database.write(lambda tx: tx.run("UPDATE port_capacity SET occupied = occupied - 1"))
        assert check(store.database).problems == (
            "port dover: its capacity is not what the audit trail says it became",
        )


def test_a_store_whose_clock_was_mended_is_sound(tmp_path):
    from api.store.ports import Places, ReportCapacity, SetPortStatus

    with open_store(f"sqlite:{tmp_path}/store.db", create=True) as store:
        store.do(SetPortStatus("calais", "open", ""), CONTROLLER, NOW)
        store.do(ReportCapacity("dover", Places(100)), CONTROLLER, NOW + 144_000)
        store.do(SetPortStatus("dover", "open", ""), CONTROLLER, NOW + 60)
        store.do(MendClock("time service was wrong"), Actor(Role.ADMIN, "office"), NOW + 120)
        assert check(store.database).problems == ()
