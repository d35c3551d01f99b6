"""The audit trail: nothing can be changed, dropped or put in between unseen, and the first bad row is named."""

# ruff: noqa: S311, S608

import hashlib
import random
from itertools import pairwise
from pathlib import Path

import apsw
import psycopg
import pytest

from api.store.audit import GENESIS, Head, row_digest, write_head
from api.store.audit_signatures import (
    export_head,
    new_signing_key,
    public_key,
    read_signing_key,
    sign_head,
    signed_digests,
)
from api.store.errors import BadExchange
from api.store.integrity import check
from api.store.ports import Places, ReportCapacity
from api.store.reservations import Hold, Persons
from api.store.validation import canonical

NOW = 1_700_000_000.0
ROWS = 6
COLUMNS = ("at_ms", "kind", "role", "payload", "previous", "digest")
TRIGGERS = {
    "sqlite": "DROP TRIGGER audit_never_changed; DROP TRIGGER audit_never_deleted; PRAGMA foreign_keys = OFF",
    # The owner of a database can take every guard away; the chain is what still shows it.
    "postgresql": "ALTER TABLE audit DISABLE TRIGGER USER; ALTER TABLE event DROP CONSTRAINT event_sequence_fkey",
}


@pytest.fixture
def trail(store, controller, officer):
    """Six rows."""
    store.do(ReportCapacity("dover", Places(500)), officer, NOW)
    for number in range(ROWS - 1):
        store.do(Hold("dover", f"vessel {number}", Persons(10), NOW + 3_600), controller, NOW + number)
    assert store.verify().bad is None
    return store


def tamper(store, change):
    """Change rows behind the program's back, the guards taken away."""
    # A key cannot be switched off in the middle of a transaction, so SQLite gets a connection of its own.
    if store.database.dialect == "sqlite":
        connection = apsw.Connection(str(store.database.file))
        try:
            connection.set_busy_timeout(5_000)
            connection.execute(TRIGGERS["sqlite"])
            change(lambda sql, *values: connection.execute(sql, values).fetchall())
        finally:
            connection.close()
        return

    def work(tx):
        tx.script(TRIGGERS["postgresql"])

        def run(sql, *values):
            return tx.rows(sql, *values) if sql.startswith("SELECT") else tx.run(sql, *values)

        change(run)

    store.database.write_alone(work)


def test_the_hash_is_what_the_documentation_says():
    fixed = GENESIS + (7).to_bytes(8, "big") + (9).to_bytes(8, "big") + b"\0\1" + b"\0\2" + b"\0\0\0\3"
    assert row_digest(GENESIS, 7, 9, "k", "ro", b"pay") == hashlib.sha256(fixed + b"k" + b"ro" + b"pay").digest()


def test_no_two_rows_have_the_same_bytes_to_hash():
    assert row_digest(GENESIS, 1, 1, "ab", "c", b"") != row_digest(GENESIS, 1, 1, "a", "bc", b"")


def test_each_row_follows_from_the_one_before(trail):
    rows = trail.audit()
    assert rows[0]["previous"] == GENESIS.hex()
    for earlier, later in pairwise(rows):
        assert later["previous"] == earlier["hash"]
    verified = trail.verify()
    assert (verified.rows, verified.head.digest.hex()) == (ROWS, rows[-1]["hash"])


@pytest.mark.parametrize("statement", ["UPDATE audit SET role = 'x'", "DELETE FROM audit WHERE sequence = 6",
                                       "UPDATE event SET kind = 'x'"])  # fmt: skip
def test_the_database_itself_refuses_to_change_rows(trail, statement):
    with pytest.raises((apsw.ConstraintError, psycopg.errors.RaiseException), match="append-only"):
        trail.database.write(lambda tx: tx.run(statement))
    assert trail.verify().bad is None


def test_a_row_cannot_be_replaced_by_inserting_it_again(trail):
    if trail.database.dialect == "sqlite":
        statement = (
            "INSERT OR REPLACE INTO audit SELECT sequence, at_ms, 'x', role, payload, previous, digest FROM audit"
        )
    else:
        statement = "TRUNCATE audit CASCADE"
    with pytest.raises((apsw.ConstraintError, psycopg.errors.RaiseException), match="append-only"):
        trail.database.write(lambda tx: tx.run(statement))
    assert trail.verify().bad is None


def flipped(value, place):
    """The value with one bit of one byte changed."""
    if isinstance(value, int):
        return value ^ (1 << (place % 40))
    data = bytearray(value.encode() if isinstance(value, str) else value)
    data[place % len(data)] ^= 1
    return data.decode() if isinstance(value, str) else bytes(data)


def test_a_change_of_any_byte_of_any_column_is_found_and_the_row_named(trail):
    """Every byte of the payload of one row, and every byte of its other columns, each changed by one bit."""
    names = ", ".join(COLUMNS)
    row = trail.database.read(lambda tx: tx.row(f"SELECT {names} FROM audit WHERE sequence = 3"))
    step = 1 if trail.database.dialect == "sqlite" else 23

    def change(run):
        for column, value in zip(COLUMNS, row, strict=True):
            value = bytes(value) if isinstance(value, memoryview) else value
            length = 40 if isinstance(value, int) else len(value)
            for place in range(0, length, step):
                run(f"UPDATE audit SET {column} = ? WHERE sequence = 3", flipped(value, place))
                found = walk(run)
                assert found is not None, (column, place)
                assert found.sequence == 3, (column, place, found)
                run(f"UPDATE audit SET {column} = ? WHERE sequence = 3", value)

    tamper(trail, change)
    assert trail.verify().bad is None


def walk(run):
    """`verify_chain` on the connection that tampers."""
    from api.store.audit import verify_chain

    class Rows:
        def stream(self, sql):
            return iter(
                [tuple(bytes(item) if isinstance(item, memoryview) else item for item in row) for row in run(sql)]
            )

        def row(self, sql):
            return run(sql)[0]

    return verify_chain(Rows()).bad


@pytest.mark.parametrize(
    ("change", "first_bad", "problem"),
    [
        (lambda run: run("DELETE FROM audit WHERE sequence = 3"), 3, "missing"),
        (lambda run: run("DELETE FROM audit WHERE sequence = 1"), 1, "missing"),
        (lambda run: run("DELETE FROM audit WHERE sequence = 6"), 6, "missing"),
        (lambda run: run("DELETE FROM audit WHERE sequence > 0"), 1, "missing"),
        (lambda run: [run("UPDATE audit SET sequence = ? WHERE sequence = ?", *pair)
                      for pair in ((99, 3), (3, 4), (4, 99))], 3, "does not follow"),
        (lambda run: run("INSERT INTO audit SELECT 7, at_ms, kind, role, payload, previous, digest FROM audit "
                         "WHERE sequence = 6"), 7, "does not follow"),
        (lambda run: run("UPDATE journal_head SET sequence = 5"), 7, "head"),
    ],
)  # fmt: skip
def test_dropped_swapped_and_added_rows_are_named(trail, change, first_bad, problem):
    tamper(trail, change)
    bad = trail.verify().bad
    assert bad.sequence == first_bad
    assert problem in bad.problem
    assert any("audit: row" in line for line in check(trail.database).problems)


def test_random_changes_are_all_found(trail):
    draw = random.Random(1)

    def change(run):
        for _ in range(200):
            sequence, column = draw.randint(1, ROWS), draw.choice(COLUMNS)
            (value,) = run(f"SELECT {column} FROM audit WHERE sequence = {sequence}")[0]
            value = bytes(value) if isinstance(value, memoryview) else value
            run(f"UPDATE audit SET {column} = ? WHERE sequence = {sequence}", flipped(value, draw.randint(0, 999)))
            assert walk(run).sequence == sequence
            run(f"UPDATE audit SET {column} = ? WHERE sequence = {sequence}", value)

    tamper(trail, change)


def rewritten(run):
    """The whole chain written anew by somebody who owns the machine: consistent in itself."""
    previous = GENESIS
    for sequence in range(1, ROWS + 1):
        (at_ms, kind, role, payload) = run(f"SELECT at_ms, kind, role, payload FROM audit WHERE sequence = {sequence}")[
            0
        ]
        payload = bytes(payload).replace(b'"total":10', b'"total":11')
        digest = row_digest(previous, sequence, at_ms, kind, role, payload)
        run(f"UPDATE audit SET payload = ?, previous = ?, digest = ? WHERE sequence = {sequence}", payload, previous,
            digest)  # fmt: skip
        previous = digest
    run("UPDATE journal_head SET digest = ?", previous)


def test_a_chain_written_anew_is_found_by_a_signed_head(trail, tmp_path):
    key_file, heads = tmp_path / "key.pem", tmp_path / "heads.jsonl"
    public = new_signing_key(key_file)
    export_head(trail.verify().head, read_signing_key(key_file), heads)
    known = signed_digests(heads.read_bytes().splitlines(), [public])
    assert trail.verify(known).bad is None
    tamper(trail, rewritten)
    assert trail.verify().bad is None
    bad = trail.verify(known).bad
    assert (bad.sequence, bad.problem) == (ROWS, "is not the row that was signed")


def test_a_chain_cut_short_is_found_by_a_signed_head(trail, tmp_path):
    key_file, heads = tmp_path / "key.pem", tmp_path / "heads.jsonl"
    public = new_signing_key(key_file)
    export_head(trail.verify().head, read_signing_key(key_file), heads)

    def cut(run):
        at_ms, digest = run("SELECT at_ms, digest FROM audit WHERE sequence = 4")[0]
        run("DELETE FROM audit WHERE sequence > 4")
        run("UPDATE journal_head SET sequence = 4, at_ms = ?, digest = ?", at_ms, bytes(digest))

    tamper(trail, cut)
    assert trail.verify().bad is None
    assert trail.verify(signed_digests(heads.read_bytes().splitlines(), [public])).bad.sequence == 5


@pytest.fixture
def key(tmp_path):
    new_signing_key(tmp_path / "a.pem")
    return read_signing_key(tmp_path / "a.pem")


HEAD = Head(5, 1_700_000_000_000, bytes(range(32)))


def test_a_signing_key_is_for_its_owner_only_and_never_overwritten(tmp_path):
    file = tmp_path / "key.pem"
    new_signing_key(file)
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        new_signing_key(file)


def test_every_byte_of_a_signed_head_counts(key):
    line = canonical(sign_head(HEAD, key))
    trusted = [public_key(key)]
    assert signed_digests([line, b""], trusted) == {5: HEAD.digest}
    for place in range(len(line)):
        changed = line[:place] + bytes([line[place] ^ 1]) + line[place + 1 :]
        with pytest.raises(BadExchange):
            signed_digests([changed], trusted)


def test_a_head_signed_by_somebody_else_is_not_believed(key, tmp_path):
    other = new_signing_key(tmp_path / "b.pem")
    with pytest.raises(BadExchange, match="not trusted"):
        signed_digests([canonical(sign_head(HEAD, key))], [other])


def test_heads_that_contradict_each_other_are_refused(key):
    lines = [canonical(sign_head(head, key)) for head in (HEAD, HEAD._replace(digest=bytes(32)))]
    with pytest.raises(BadExchange, match="contradicts"):
        signed_digests(lines, [public_key(key)])


@pytest.mark.parametrize("line", [b"{}", b"[]", b"null", b"\xff", b"{" * 3_000, b'{"sequence": true}', b'"x"'])
def test_damaged_heads_are_refused(key, line):
    with pytest.raises(BadExchange):
        signed_digests([line], [public_key(key)])


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_holds_no_key_is_refused(tmp_path, content):
    file = Path(tmp_path / "no.pem")
    file.write_bytes(content)
    with pytest.raises(BadExchange):
        read_signing_key(file)


def test_a_table_changed_behind_the_audit_trail_is_found(trail):
    trail.database.write(lambda tx: tx.run("UPDATE reservation SET persons = 1 WHERE id = 'r-2'"))
    trail.database.write(lambda tx: tx.run("DELETE FROM reservation WHERE id = 'r-3'"))
    found = check(trail.database).problems
    assert found == (
        "reservation r-2: not what the audit trail says it became",
        "reservation r-3: in the audit trail, and not in its table",
    )


def test_a_head_is_only_moved_with_its_row(store):
    store.database.write(lambda tx: write_head(tx, HEAD))
    assert "head was changed" in store.verify().bad.problem
