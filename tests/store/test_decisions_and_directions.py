"""What was said and what was directed: kept, shown beside each other, and said again bit for bit."""

import orjson
import pytest

from api.decision_records import make_decision, remake
from api.documents.canonical import FORM
from api.documents.decision import decision_document, to_json
from api.encounter import EncounterIn
from api.store.commands import Actor, Role
from api.store.decisions import AS_TEXT, picture_of, replay
from api.store.directions import RecordDirection, RecordOverride, WithdrawDirection, standing_of
from api.store.encounters import ReportEncounter
from api.store.errors import (
    ChangedMeanwhile,
    InvalidValue,
    NotFound,
    RoleNeeded,
    SchemaMismatch,
    StoreUnavailable,
    WrongState,
)
from api.store.handover import HandOutPage, SignHandover
from api.store.integrity import check
from api.store.port_snapshot import PortsSnapshot
from api.store.ports import Places, ReportCapacity, SetPortStatus
from api.store.reservations import Hold, Override, Persons
from api.store.store import open_store
from tests.store.old_records import RecordDocument, old_store, record_of

NOW = 1_700_000_000.0
ASK = (
    b'{"persons":30,"position":{"coordinates":[1.35,51.05],"type":"Point"},"time":"2023-11-14T22:13:20Z",'
    b'"vessel":{"profile":"rnli-severn"}}'
)


def decide(service, body, picture, encounter_id=None):
    """A decision as a service would make it."""
    encounter = EncounterIn.model_validate_json(body)
    return make_decision(service, encounter, service.ask(encounter, NOW), PortsSnapshot(picture), encounter_id)


@pytest.fixture
def encounter(store, controller):
    return store.do(ReportEncounter("phone", 1.35, 51.05, NOW), controller, NOW).document["encounter_id"]


def test_a_decision_is_said_again_bit_for_bit_after_the_ports_have_changed(
    store, service, officer, controller, encounter
):
    store.do(SetPortStatus("dover", "closed", "strike"), officer, NOW)
    store.do(ReportCapacity("ramsgate", Places(200)), officer, NOW)
    picture = store.ports(NOW).body
    made = decide(service, ASK, picture, encounter)
    text = store.do(made.record(encounter), controller, NOW).document
    store.do(SetPortStatus("dover", "open", ""), officer, NOW + 60)
    record = store.decision(text["decision_id"])
    assert (record.form, record.document) == (FORM, None)
    assert record.inputs["port_status"]["version"] == PortsSnapshot(picture).version
    again = remake(service, record)
    assert (again.is_same, again.others, again.basis) == (True, (), made.basis)
    assert to_json(decision_document(again.decision)) == to_json(decision_document(made.decision))
    other = remake(service, record._replace(picture=store.ports(NOW).body))
    assert (other.is_same, other.others) == (False, ("port_status",))
    row = orjson.loads(store.audit(after=3)[0]["payload"])
    assert row["asked"]["ask"].encode() == ASK
    assert row["became"]["decision_sha256"] == record.sha256
    assert "picture" not in row["asked"]
    assert store.latest_decision(encounter).decision_id == text["decision_id"]


def test_the_same_decision_is_kept_once(store, controller):
    first = store.do(record_of(), controller, NOW)
    again = store.do(record_of(), controller, NOW + 5)
    assert (first.sequence, again.sequence, again.body) == (1, 0, first.body)


@pytest.mark.parametrize("record", [record_of("d 1"), record_of(""), record_of(ask='"' + "x" * 66_000 + '"')])
def test_what_is_no_decision_is_not_kept(store, controller, record):
    with pytest.raises(InvalidValue):
        store.do(record, controller, NOW)
    assert store.audit() == []


def test_records_of_an_earlier_program_still_verify(tmp_path, service):
    file = tmp_path / "store.db"
    old_store(file)
    url = f"sqlite:{file}"
    with pytest.raises(SchemaMismatch, match="db migrate"):
        open_store(url)
    with open_store(url, create=True) as store:
        assert (store.verify().bad, check(store.database).problems) == (None, ())
        for row in store.audit(after=2):
            record = store.decision(orjson.loads(row["payload"])["subject"])
            assert (record.form, record.document) == (AS_TEXT, None)
            # As long as this is the program's own pack; after that the replay names what is another one.
            again = remake(service, record)
            assert again.is_same or again.others
            assert replay(record, again.form).was_sha256 == orjson.loads(row["payload"])["became"]["document_sha256"]


def test_a_record_by_its_document_is_still_made_again_bit_for_bit(store, service, officer, controller):
    """What an earlier program would write of today's decision: its text, every port in both languages."""
    store.do(SetPortStatus("dover", "closed", "strike"), officer, NOW)
    picture = store.ports(NOW).body
    made = decide(service, ASK, picture)
    document = to_json(decision_document(made.decision)).encode()
    store.do(RecordDocument.of(document, ASK, picture), controller, NOW)
    record = store.decision(made.basis.decision_id)
    assert record.document == document
    found = replay(record, remake(service, record).form)
    assert (found.same, found.stored_intact, found.form) == (True, True, AS_TEXT)
    store.do(made.record(None), controller, NOW)
    newer = store.decision(made.basis.decision_id)
    assert (newer.form, remake(service, newer).is_same) == (FORM, True)
    assert check(store.database).problems == ()


def test_a_decision_nobody_kept(store):
    with pytest.raises(NotFound):
        store.decision("d-0")
    assert store.latest_decision("e-1") is None


def test_a_direction_is_recorded_with_role_code_and_text_and_the_newest_holds(store, controller, encounter):
    assert store.direction(encounter) is None
    for port, at in (("calais", NOW), ("boulogne", NOW + 60)):
        command = RecordDirection(encounter, "CROSS GRIS-NEZ", "SRR_STATE", "by VHF 16", port)
        store.do(command, controller, at)
    held = store.direction(encounter)
    assert (held["port_id"], held["centre"], held["code"]) == ("boulogne", "CROSS GRIS-NEZ", "SRR_STATE")
    assert held["by"] == {"role": "controller", "duty": "MRCC Dover SMC"}


def test_a_direction_that_was_said_earlier_does_not_replace_a_later_one(store, controller, encounter):
    store.do(RecordDirection(encounter, "CROSS", "A", "", "calais"), controller, NOW + 60)
    store.do(RecordDirection(encounter, "CROSS", "A", "", "dover", directed_s=NOW), controller, NOW + 120)
    assert store.direction(encounter)["port_id"] == "calais"


def test_a_direction_names_a_port_or_a_place(store, controller, encounter):
    store.do(RecordDirection(encounter, "CROSS", "A", "", place="aboard PSP Cormoran"), controller, NOW)
    for command in (
        RecordDirection(encounter, "CROSS", "A", ""), RecordDirection(encounter, "", "A", "", "calais"),
        RecordDirection(encounter, "CROSS", "a", "", "calais"),
    ):  # fmt: skip
        with pytest.raises(InvalidValue):
            store.do(command, controller, NOW)
    with pytest.raises(NotFound):
        store.do(RecordDirection("e-99", "CROSS", "A", "", "calais"), controller, NOW)


def test_a_direction_withdrawn_holds_no_more_and_neither_does_the_one_before_it(store, controller, encounter):
    other = store.do(ReportEncounter("phone", 1.6, 51.02, NOW), controller, NOW).document["encounter_id"]
    store.do(RecordDirection(other, "CROSS", "A", "", "calais"), controller, NOW)
    store.do(RecordDirection(encounter, "CROSS", "A", "", "calais"), controller, NOW)
    held = store.do(RecordDirection(encounter, "CROSS", "A", "", "dover"), controller, NOW + 60).document
    withdrawn = store.do(
        WithdrawDirection(encounter, held["sequence"], "CROSS", "wrong vessel"), controller, NOW + 90
    ).document
    assert (withdrawn["direction"], withdrawn["port_id"], withdrawn["text"]) == (
        held["sequence"], "dover", "wrong vessel",
    )  # fmt: skip
    assert (store.direction(encounter), store.withdrawal(encounter)) == (None, withdrawn)
    board = {known.board["encounter_id"]: known.direction for known in store.board().encounters}
    assert (board[encounter], board[other]["port_id"]) == (None, "calais")
    # Said before the one that was withdrawn: it was superseded, and does not hold either.
    store.do(RecordDirection(encounter, "CROSS", "A", "", "calais", directed_s=NOW + 30), controller, NOW + 100)
    assert store.direction(encounter) is None
    page = store.handover(NOW + 120)
    assert (page["withdrawn_directions"], store.handover(NOW + 13 * 3_600)["withdrawn_directions"]) == ([withdrawn], [])
    assert {row["encounter_id"]: row["direction"] for row in page["open_encounters"]}[encounter] is None
    kinds = [entry["kind"] for entry in store.encounter_record(encounter)["entries"]]
    assert kinds.count("direction.withdrawn") == 1
    store.do(RecordDirection(encounter, "CROSS", "A", "", "boulogne"), controller, NOW + 200)
    assert (store.direction(encounter)["port_id"], store.withdrawal(encounter)) == ("boulogne", None)
    assert check(store.database).problems == ()


def test_only_the_direction_that_holds_is_withdrawn_and_with_a_reason(store, controller, encounter):
    first = store.do(RecordDirection(encounter, "CROSS", "A", "", "calais"), controller, NOW).document["sequence"]
    last = store.do(RecordDirection(encounter, "CROSS", "A", "", "dover"), controller, NOW).document["sequence"]
    for command, actor, error in (
        (WithdrawDirection(encounter, first, "CROSS", "x"), controller, ChangedMeanwhile),
        (WithdrawDirection(encounter, last, "CROSS", ""), controller, InvalidValue),
        (WithdrawDirection(encounter, last, "", "x"), controller, InvalidValue),
        (WithdrawDirection("e-99", last, "CROSS", "x"), controller, NotFound),
        (WithdrawDirection(encounter, last, "CROSS", "x"), Actor(Role.PORT_OFFICER, "quay"), RoleNeeded),
    ):
        with pytest.raises(error):
            store.do(command, actor, NOW)
    assert store.direction(encounter)["port_id"] == "dover"
    store.do(WithdrawDirection(encounter, last, "CROSS", "x"), controller, NOW)
    with pytest.raises(WrongState):
        store.do(WithdrawDirection(encounter, last, "CROSS", "x"), controller, NOW)


def test_a_withdrawal_changed_behind_the_programs_back_is_found(store, controller, encounter):
    if store.database.dialect != "sqlite":
        pytest.skip("the server forbids it")
    held = store.do(RecordDirection(encounter, "CROSS", "A", "", "dover"), controller, NOW).document["sequence"]
    store.do(WithdrawDirection(encounter, held, "CROSS", "x"), controller, NOW)
    assert check(store.database).problems == ()

    def change(tx):
        tx.run("DROP TRIGGER direction_withdrawal_never_changed")
        tx.run("UPDATE direction_withdrawal SET text = 'y'")

    store.database.write_alone(change)
    assert any("withdrawn direction" in problem for problem in check(store.database).problems)


def test_a_direction_stays_the_answer_and_a_hard_fail_on_it_is_a_conflict(
    store, service, controller, officer, encounter
):
    store.do(SetPortStatus("dover", "closed", "strike"), officer, NOW)
    document = decision_document(decide(service, ASK, store.ports(NOW).body).decision)
    shown = {}
    for port in ("dover", "calais"):
        store.do(RecordDirection(encounter, "CROSS", "A", "", port), controller, NOW)
        shown[port] = standing_of(store.direction(encounter), document)
    assert shown["dover"]["codes"] == ["RCC_DIRECTED", "RCC_PORT_CONFLICT"]
    assert "PORT_CLOSED" in {conflict["code"] for conflict in shown["dover"]["conflicts"]}
    assert shown["calais"]["codes"] == ["RCC_DIRECTED"]
    assert shown["dover"]["engine_view"] == "for information"


@pytest.mark.parametrize("role", [Role.MASTER, Role.CONTROLLER, Role.CREW])
def test_an_override_is_never_blocked_and_always_recorded(store, role):
    command = RecordOverride("d-made-offline", "MASTER_JUDGEMENT", "swell in the entrance", "ramsgate")
    answer = store.do(command, Actor(role, "coxswain"), NOW).document
    assert answer["decision_known"] is False
    (kept,) = store.overrides("d-made-offline")
    assert (kept["by"]["role"], kept["code"], kept["text"]) == (role.value, "MASTER_JUDGEMENT", "swell in the entrance")
    assert store.handover(NOW)["overrides"] == [kept]


def test_an_override_has_a_reason(store, master):
    with pytest.raises(InvalidValue):
        store.do(RecordOverride("d-1", "MASTER_JUDGEMENT", ""), master, NOW)
    with pytest.raises(RoleNeeded):
        store.do(RecordOverride("d-1", "X", "x"), Actor(Role.AUDITOR, "auditor"), NOW)


def test_a_handover_shows_what_is_open_and_is_signed_by_two(store, controller, officer, encounter):
    store.do(ReportCapacity("dover", Places(10)), officer, NOW)
    store.do(SetPortStatus("dover", "open", ""), officer, NOW)
    store.do(Hold("dover", "A", Persons(8), NOW, encounter, hold_s=500.0), controller, NOW)
    store.do(Hold("dover", "B", Persons(8), NOW + 9_000, override=Override("LIFE_FIRST", "x")), controller, NOW)
    page = store.handover(NOW + 100)
    assert [encounter["encounter_id"] for encounter in page["open_encounters"]] == [encounter]
    assert len(page["expiring_soon"]) == 1
    assert [item["vessel"] for item in page["held_against_shortage"]] == ["B"]
    assert page["aged_reports"] == []
    later = store.handover(NOW + 3_600)
    assert [item["vessel"] for item in later["expired_not_landed"]] == ["A"]
    assert {report["report"] for report in later["aged_reports"]} == {"status", "capacity"}
    with pytest.raises(WrongState, match="handed out"):
        store.do(SignHandover("a" * 64, "day", "night"), controller, NOW + 3_600)
    store.do(HandOutPage("a" * 64), controller, NOW + 3_600)
    with pytest.raises(WrongState, match="handed out"):
        store.do(SignHandover("b" * 64, "day", "night"), controller, NOW + 3_600)
    signed = store.do(SignHandover("a" * 64, "day", "night"), controller, NOW + 3_600).document
    assert (signed["handed_by"], signed["taken_by"]) == ("day", "night")
    for command in (
        SignHandover("a" * 64, "day", "day"),
        SignHandover("x", "day", "night"),
        SignHandover("a" * 64, "", "b"),
    ):
        with pytest.raises(InvalidValue):
            store.do(command, controller, NOW)


def test_a_picture_of_the_ports_is_kept_deflated_and_given_back_as_it_was(store, controller):
    picture = store.ports(NOW).body + b" " * 5_000
    store.do(record_of("d-7", picture=picture), controller, NOW)
    ((kept,),) = store.database.read(lambda tx: tx.rows("SELECT body FROM live_picture"))
    assert len(bytes(kept)) < len(picture) / 10
    assert store.decision("d-7").picture == picture
    # Rows of early stores stand as they were written.
    assert picture_of(picture) == picture
    with pytest.raises(StoreUnavailable, match="damaged"):
        picture_of(b"\x00")
