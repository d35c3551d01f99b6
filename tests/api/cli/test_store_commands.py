"""``safeport db`` and ``safeport audit`` on stores as people leave them: new, old, damaged, mistyped."""

import json
import time

import apsw
import pytest

from api.decision_records import make_decision, record_decision
from api.encounter import EncounterIn
from api.store.commands import Actor, Role
from api.store.ports import Places, ReportCapacity, SetPortStatus
from api.store.store import open_for_service, open_store

CONTROLLER = Actor(Role.CONTROLLER, "MRCC Dover SMC")
NOW = time.time()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store.db"


@pytest.fixture
def url(file, service_with_streams):
    """A store with a decision that was made with a closed port."""
    url = f"sqlite:{file}"
    with open_for_service(url) as store:
        store.do(SetPortStatus("dover", "closed", "strike"), CONTROLLER, NOW)
        store.do(ReportCapacity("ramsgate", Places(20)), CONTROLLER, NOW)
        body = {"position": {"type": "Point", "coordinates": [1.35, 51.0]}, "vessel": {"profile": "rnli-severn"}}
        encounter = EncounterIn.model_validate(body)
        asked = service_with_streams.ask(encounter, NOW)
        made = make_decision(service_with_streams, encounter, asked, store.ports(NOW), None)
        record_decision(store, made.record(None), CONTROLLER, NOW, None)
    return url


@pytest.fixture
def decision(url):
    with open_store(url) as store:
        return json.loads(store.audit(after=2)[0]["payload"])["subject"]


def tampered(file, sql):
    """Change a row behind the program's back, triggers and all."""
    connection = apsw.Connection(str(file))
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(sql)
    connection.close()


def test_a_store_is_made_and_made_again_without_change(safeport, file):
    first = safeport("db", "migrate", "--store", f"sqlite:{file}")
    assert (first.code, first.err) == (0, "")
    assert "they were at 0" in first.out
    again = safeport("db", "migrate", "--store", f"sqlite:{file}")
    assert (again.code, "as before" in again.out) == (0, True)


def test_the_store_can_be_named_by_the_environment(safeport, url, monkeypatch):
    assert safeport("db", "check").err.startswith("--store: is missing.")
    monkeypatch.setenv("SAFEPORT_STORE", url)
    assert safeport("db", "check").code == 0


@pytest.mark.parametrize(
    "command", [("db", "check"), ("db", "backup", "x.db"), ("audit", "verify"), ("audit", "replay", "d-1")]
)
def test_a_mistyped_path_makes_no_store(safeport, tmp_path, command):
    ran = safeport(*command, "--store", f"sqlite:{tmp_path}/typo.db")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("--store: there is no such file.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("store", ["nonsense", "mysql://x", "sqlite:", "sqlite:x?mode=ro"])
def test_what_is_no_url_is_refused_without_repeating_it(safeport, store):
    ran = safeport("db", "check", "--store", store)
    assert ran.code == 2
    assert ran.err.startswith("--store: is not a URL")


def test_a_sound_store_and_one_changed_behind_its_back(safeport, url, file):
    assert safeport("db", "check", "--store", url).out == "OK   sound; 3 audit rows\n"
    assert json.loads(safeport("db", "check", "--store", url, "--json").out)["sound"] is True
    tampered(file, "UPDATE port_capacity SET total = 2000")
    ran = safeport("db", "check", "--store", url)
    assert ran.code == 1
    assert "FAIL port ramsgate" in ran.out
    assert json.loads(safeport("db", "check", "--store", url, "--json").out)["sound"] is False


def test_a_backup_is_restored_and_nothing_is_replaced(safeport, url, tmp_path):
    copy, back = tmp_path / "copy.db", tmp_path / "back.db"
    assert safeport("db", "backup", str(copy), "--store", url).code == 0
    assert safeport("db", "backup", str(copy), "--store", url).code == 2
    assert safeport("db", "restore", str(copy), "--store", f"sqlite:{back}").code == 0
    refused = safeport("db", "restore", str(copy), "--store", f"sqlite:{back}")
    assert (refused.code, "exists already" in refused.err) == (2, True)
    assert (
        safeport("audit", "verify", "--store", f"sqlite:{back}").out == safeport("audit", "verify", "--store", url).out
    )


def test_a_store_is_moved_whole(safeport, url, tmp_path):
    there = f"sqlite:{tmp_path}/there.db"
    assert safeport("db", "move", "--store", url, "--to", there).code == 0
    assert safeport("db", "check", "--store", there).out == "OK   sound; 3 audit rows\n"
    assert safeport("db", "move", "--store", url, "--to", there).code == 2


def test_a_changed_row_of_the_trail_is_named(safeport, url, file):
    ran = safeport("audit", "verify", "--store", url)
    assert (ran.code, ran.out.startswith("OK   3 rows")) == (0, True)
    tampered(file, "UPDATE audit SET role = 'admin' WHERE sequence = 2")
    ran = safeport("audit", "verify", "--store", url)
    assert (ran.code, ran.out) == (1, "FAIL row 2 was changed; 1 rows before it are right\n")
    found = json.loads(safeport("audit", "verify", "--store", url, "--json").out)
    assert found["bad"] == {"sequence": 2, "problem": "was changed"}


def test_a_signed_head_shows_that_the_end_was_cut_off(safeport, url, file, tmp_path):
    key, heads = str(tmp_path / "key.pem"), str(tmp_path / "heads.jsonl")
    public = safeport("audit", "new-key", key).out.strip()
    assert safeport("audit", "new-key", key).code == 2
    assert safeport("audit", "heads", "--store", url, "--key", key, "--out", heads).code == 0
    trusted = ("audit", "verify", "--store", url, "--heads", heads, "--trust", public)
    assert "1 signed heads met" in safeport(*trusted).out
    other = safeport(*trusted[:-1], "00" * 32)
    assert (other.code, other.out) == (2, "")
    tampered(
        file,
        "PRAGMA foreign_keys = off; DELETE FROM decision; DELETE FROM event WHERE sequence = 3; "
        "DELETE FROM audit WHERE sequence = 3; UPDATE journal_head SET sequence = 2, "
        "digest = (SELECT digest FROM audit WHERE sequence = 2)",
    )
    assert safeport("audit", "verify", "--store", url).code == 0
    assert (safeport(*trusted).code, "row 3 is missing" in safeport(*trusted).out) == (1, True)
    assert safeport("audit", "verify", "--store", url, "--heads", heads).code == 2


def test_a_decision_is_made_again_bit_for_bit(safeport, url, file, decision):
    ran = safeport("audit", "replay", decision, "--store", url)
    assert (ran.code, ran.err) == (0, "")
    assert "OK   the same bit for bit" in ran.out
    assert json.loads(safeport("audit", "replay", decision, "--store", url, "--json").out)["same"] is True
    assert "no document is kept" in ran.out
    assert safeport("audit", "replay", "d-none", "--store", url).code == 2
    tampered(file, "UPDATE decision SET ask = CAST(replace(CAST(ask AS TEXT), '51.0]', '51.01]') AS BLOB)")
    ran = safeport("audit", "replay", decision, "--store", url)
    assert (ran.code, "FAIL different" in ran.out, "the same data" in ran.out) == (1, True, True)


def test_a_decision_made_with_other_data_says_which(safeport, url, file, decision):
    tampered(file, "UPDATE decision SET picture_sha256 = NULL")
    found = json.loads(safeport("audit", "replay", decision, "--store", url, "--json").out)
    assert (found["same"], found["stored_intact"], found["inputs_that_differ"]) == (False, None, ["port_status"])


@pytest.mark.parametrize("command", ["db", "audit"])
def test_help_lists_the_sub_commands(safeport, command):
    ran = safeport(command, "--help")
    assert ran.code == 0
    assert all(name in ran.out for name in {"db": ("migrate", "restore"), "audit": ("verify", "replay")}[command])


def test_serving_with_an_old_or_a_missing_store_is_refused_with_the_remedy(safeport, file, tmp_path, monkeypatch):
    from api.store.schema import migrate
    from api.store.store import open_database

    database = open_database(f"sqlite:{file}")
    migrate(database, to=1)
    database.close()
    ran = safeport("serve", "--port", "0", "--store", f"sqlite:{file}")
    assert (ran.code, ran.out) == (1, "")
    assert "Run 'safeport db migrate'." in ran.err
    ran = safeport("serve", "--port", "0", "--store", f"sqlite:{tmp_path}/no/folder/store.db")
    assert (ran.code, ran.out) == (1, "")
    ran = safeport("serve", "--signing-key", "key.pem")
    assert ran.code == 2


def signed(url, monkeypatch):
    """What the service does now and then: the end of the chain signed at the default place."""
    from api.http.background import Signer
    from api.settings import Settings

    place = Settings(store=url).heads_place
    with open_store(url) as store:
        Signer(place).sign(store)
    return place


def test_without_signed_heads_it_is_said_what_is_not_proven(safeport, url):
    text = safeport("audit", "verify", "--store", url)
    assert (text.code, text.err) == (0, "")
    assert text.out.splitlines()[1].startswith("NOTE Not proven: that the chain was not written anew")
    document = json.loads(safeport("audit", "verify", "--store", url, "--json").out)
    assert (document["intact"], document["signed_heads"], document["signed_up_to"]) == (True, 0, None)
    assert len(document["not_proven"]) == 1


def test_with_heads_of_the_default_place_it_is_said_up_to_where(safeport, url, monkeypatch):
    signed(url, monkeypatch)
    with open_store(url) as store:
        store.do(SetPortStatus("dover", "open", ""), CONTROLLER, NOW + 1)
    text = safeport("audit", "verify", "--store", url)
    assert "1 signed heads met" in text.out
    assert "rows 4 to 4 were not written anew" in text.out
    assert "compare with a copy kept elsewhere" in text.out


def test_heads_kept_elsewhere_leave_nothing_of_that_unproven(safeport, url, monkeypatch):
    place = signed(url, monkeypatch)
    key = place.key.with_suffix(".pub").read_text().strip()
    text = safeport("audit", "verify", "--store", url, "--heads", str(place.heads), "--trust", key)
    assert (text.code, "NOTE" in text.out) == (0, False)


def test_a_chain_rewritten_to_its_head_is_found_by_both_commands(safeport, url, file, monkeypatch):
    from api.store.audit import GENESIS, row_digest

    signed(url, monkeypatch)
    connection = apsw.Connection(str(file))
    guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name}")
    previous = GENESIS
    rows = connection.execute("SELECT sequence, at_ms, kind, role, payload FROM audit ORDER BY sequence").fetchall()
    for sequence, at_ms, kind, role, payload in rows:
        payload = payload.replace(b"strike", b"repair")
        digest = row_digest(previous, sequence, at_ms, kind, role, payload)
        change = "UPDATE audit SET payload = ?, previous = ?, digest = ? WHERE sequence = ?"
        connection.execute(change, (payload, previous, digest, sequence))
        previous = digest
    connection.execute("UPDATE journal_head SET digest = ?", (previous,))
    connection.execute("UPDATE event SET body = replace(CAST(body AS TEXT), 'strike', 'repair') WHERE 0")
    for _, sql in guards:
        connection.execute(sql)
    connection.close()
    for command in ("audit verify", "db check"):
        found = safeport(*command.split(), "--store", url)
        assert (found.code, "is not the row that was signed" in found.out) == (1, True), command
    # Negative control: the chain by itself shows nothing.
    monkeypatch.setenv("SAFEPORT_SIGN_HEADS", "off")
    assert safeport("audit", "verify", "--store", url).code == 0


def test_heads_of_another_chain_are_not_added_to(url, file, tmp_path, monkeypatch):
    from api.store.errors import BadExchange

    place = signed(url, monkeypatch)
    lines = place.heads.read_bytes()
    file.unlink()
    with open_store(url, create=True) as store:
        store.do(SetPortStatus("dover", "open", ""), CONTROLLER, NOW)
    with pytest.raises(BadExchange, match="another chain"):
        signed(url, monkeypatch)
    assert place.heads.read_bytes() == lines


def test_a_clock_that_jumped_is_mended_by_one_command(safeport, url):
    with open_store(url) as store:
        store.do(SetPortStatus("calais", "open", ""), CONTROLLER, NOW + 144_000)
    text = safeport("db", "mend-clock", "--reason", "time service was wrong", "--by", "night engineer", "--store", url)
    assert (text.code, text.err) == (0, "")
    assert text.out.startswith("OK   the store's time is ")
    assert "NOTE calais: its status now counts as reported at" in text.out
    with open_store(url) as store:
        assert store.head().at_ms / 1000.0 < NOW + 3_600
        assert '"duty":"night engineer"' in store.audit(after=4)[0]["payload"]
    assert safeport("db", "check", "--store", url).code == 0
    again = safeport("db", "mend-clock", "--reason", "once more", "--store", url)
    assert (again.code, again.err.count("\n")) == (2, 1)
    assert "nothing to mend" in again.err
