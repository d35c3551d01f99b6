"""Decisions with a store: made with what ports report now, recorded, answered again with the same bytes."""

import threading
import time
from dataclasses import replace

import pytest

from api import decision_records as control_room
from api.decision_records import make_decision, remake
from api.documents.decision import decision_document, to_json
from api.encounter import EncounterIn
from api.http import create_app
from api.settings import Settings
from api.store.commands import Actor, Role
from api.store.errors import StoreUnavailable
from api.store.integrity import check
from tests.store.old_records import RecordDocument


@pytest.fixture
def now(encounter):
    """The same encounter, now."""
    del encounter["time"]
    return encounter


def test_a_closed_port_changes_a_decision_for_now_and_no_other(control, encounter):
    assert control.put("/v1/ports/GBDVR/status", {"status": "closed", "reason": "strike"}).status_code == 200
    past = control.decide(encounter).json()
    assert past["recommended"]["port"]["id"] == "dover"
    assert past["inputs"]["port_status"] is None
    assert "NO_STATUS_FEED" in {notice["code"] for notice in past["notices"]}
    del encounter["time"]
    present = control.decide(encounter).json()
    (dover,) = [item for item in present["excluded"] if item["port"]["id"] == "dover"]
    assert "PORT_CLOSED" in {finding["code"] for finding in dover["findings"]}
    assert present["inputs"]["port_status"].keys() == {"version", "age_s"}
    assert "NO_STATUS_FEED" not in {notice["code"] for notice in present["notices"]}


def test_within_a_minute_is_now_and_beyond_is_not(control, encounter, monkeypatch):
    control.put("/v1/ports/dover/status", {"status": "open"})
    clock = time.time() // 1.0
    monkeypatch.setattr("api.http.routes.decisions.time.time", lambda: clock)
    for offset, seen in ((-60, True), (60, True), (-61, False), (61, False)):
        encounter["time"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(clock + offset))
        assert (control.decide(encounter).json()["inputs"]["port_status"] is not None) is seen


def test_a_decision_is_recorded_and_read_again_byte_for_byte(control, now, store, service):
    control.put("/v1/ports/dover/status", {"status": "closed", "reason": "strike"})
    answer = control.decide(now)
    assert answer.headers["safeport-recorded"] == "yes"
    name = answer.json()["decision_id"]
    again = control.get(f"/v1/decisions/{name}?view=full&lang=both")
    assert (again.content, again.headers["safeport-made-from"]) == (answer.content, "record")
    control.put("/v1/ports/dover/status", {"status": "open"})
    assert remake(service, store.decision(name)).is_same


def test_a_record_of_an_encounter_of_nobody_is_made_again(control, now, store, service):
    """Such a body is refused now; records of the time before stay what they were."""
    name = control.decide({**now, "persons": 1}).json()["decision_id"]
    record = store.decision(name)
    old = record._replace(ask=record.ask.replace(b'"persons":1', b'"persons":0'))
    assert old.ask != record.ask
    again = remake(service, old)
    assert again.decision.ask.persons_max == 0.0


@pytest.mark.parametrize("query", ["", "?lang=fr", "?view=line&lang=both", "?view=full&lang=en", "?limit=2"])
def test_any_view_and_language_is_made_from_the_record(control, now, query):
    first = control.decide(now, query)
    again = control.get(f"/v1/decisions/{first.json()['decision_id']}{query}")
    assert (again.status_code, again.content) == (200, first.content)


def test_a_record_keeps_no_document_and_is_made_again(control, now, store):
    control.put("/v1/ports/dover/status", {"status": "closed", "reason": "strike"})
    key = {"Idempotency-Key": "aboard-3"}
    first, second = control.post("/v1/decisions", now, headers=key), control.decide({**now, "persons": 3})
    names = [answer.json()["decision_id"] for answer in (first, second)]
    assert [store.decision(name).document for name in names] == [None, None]
    control.put("/v1/ports/dover/status", {"status": "open"})
    assert control.get(f"/v1/decisions/{names[0]}").content == first.content
    assert control.post("/v1/decisions", now, headers=key).content == first.content
    assert check(store.database).problems == ()


def test_what_was_made_with_data_that_are_gone_is_said_to_be_gone(control, call_app, now, store, service):
    other = {**service.world.identity, "geodata": {**service.world.identity["geodata"], "sha256": "0" * 64}}
    elsewhere = replace(service, world=replace(service.world, identity=other))
    key = {"Idempotency-Key": "aboard-4"}
    made = call_app(create_app(elsewhere, store=store)).post("/v1/decisions", now, headers=key)
    path = f"/v1/decisions/{made.json()['decision_id']}"
    gone = control.get(path)
    assert (gone.status_code, gone.json()["code"]) == (410, "DOCUMENT_GONE")
    assert "geodata" in gone.json()["detail"]
    # Who waits for a decision is answered all the same, and told that it is not the one of before.
    again = control.post("/v1/decisions", now, headers=key)
    assert (again.status_code, again.headers["safeport-recorded"]) == (200, "no")


def test_made_again_of_the_same_data_and_different_is_never_served(control, now, store, monkeypatch):
    path = f"/v1/decisions/{control.decide(now).json()['decision_id']}"
    assert control.get(path).status_code == 200
    plain = control_room.canonical_form
    monkeypatch.setattr(control_room, "canonical_form", lambda *given: plain(*given) + b" ")
    answer = control.get(path)
    assert (answer.status_code, answer.json()["code"]) == (500, "NOT_THE_SAME")


def test_an_old_record_is_served_as_it_was_handed_out(control, encounter, store, service):
    body = EncounterIn.model_validate(encounter)
    made = make_decision(service, body, service.ask(body, 0.0), None, None)
    handed_out = to_json(decision_document(made.decision)).encode()
    store.do(RecordDocument.of(handed_out, made.ask), Actor(Role.CONTROLLER, "mrcc"), time.time())
    path = f"/v1/decisions/{made.basis.decision_id}"
    whole = control.get(f"{path}?view=full&lang=both")
    assert (whole.content, whole.headers["safeport-made-from"]) == (handed_out, "kept")
    assert control.get(f"{path}?view=line").json()["line"] == decision_document(made.decision, "line", "en")["line"]
    brief = control.get(path)
    assert brief.content == to_json(decision_document(made.decision, "brief", "en")).encode()
    assert brief.headers["safeport-made-from"] == "record"


def test_an_old_record_made_with_data_that_are_gone_says_what_is_kept(control, encounter, store, service):
    other = {**service.world.identity, "geodata": {**service.world.identity["geodata"], "sha256": "0" * 64}}
    elsewhere = replace(service, world=replace(service.world, identity=other))
    body = EncounterIn.model_validate(encounter)
    made = make_decision(elsewhere, body, elsewhere.ask(body, 0.0), None, None)
    handed_out = to_json(decision_document(made.decision)).encode()
    store.do(RecordDocument.of(handed_out, made.ask), Actor(Role.CONTROLLER, "mrcc"), time.time())
    path = f"/v1/decisions/{made.basis.decision_id}"
    assert control.get(f"{path}?view=full&lang=both").content == handed_out
    gone = control.get(path)
    assert (gone.status_code, "geodata" in gone.json()["detail"], "view=full" in gone.json()["detail"]) == (
        410, True, True,
    )  # fmt: skip


def test_the_same_key_gives_the_first_answer_and_another_body_is_refused(control, now, store):
    key = {"Idempotency-Key": "aboard-17"}
    first = control.post("/v1/decisions", now, headers=key)
    control.put("/v1/ports/dover/status", {"status": "closed", "reason": "strike"})
    again = control.post("/v1/decisions", now, headers=key)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    other = control.post("/v1/decisions", {**now, "persons": 3}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert control.post("/v1/decisions", now, headers={"Idempotency-Key": "no key"}).status_code == 422
    # The path belongs to what a key stands for: it cannot be spent on something else by mistake.
    strike = control.put("/v1/ports/dover/status", {"status": "open"}, headers=key)
    assert strike.json()["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert [row["kind"] for row in store.audit()] == ["decision.made", "port.status"]


def test_one_decision_in_two_views_is_one_record(control, encounter, store):
    views = ("", "?view=line&lang=fr", "?view=full")
    names = {control.decide(encounter, query).json()["decision_id"] for query in views}
    assert len(names) == 1
    assert [row["kind"] for row in store.audit()] == ["decision.made"]


def test_a_decision_for_then_reads_no_reports(control, encounter, store, monkeypatch):
    monkeypatch.setattr(store.database, "read", broken)
    assert control.decide(encounter).headers["safeport-recorded"] == "yes"


def test_a_decision_nobody_kept_and_one_for_an_encounter_nobody_reported(control, now):
    assert control.get("/v1/decisions/d-0").json()["code"] == "NOTHING_SUCH"
    assert control.get("/v1/decisions/%20").status_code == 422
    assert control.post("/v1/decisions?encounter_id=e-9", now).status_code == 404
    assert control.post("/v1/decisions?encounter_id=e-9&encounter_id=e-8", now).status_code == 422


def test_an_override_is_recorded_whatever_was_chosen(control, now):
    name = control.decide(now).json()["decision_id"]
    chosen = {"code": "MASTER_JUDGEMENT", "text": "casualty worse", "port_id": "nowhere-known"}
    text = control.post(f"/v1/decisions/{name}/override", chosen)
    assert (text.status_code, text.json()["decision_known"]) == (200, True)
    assert control.post("/v1/decisions/d-aboard/override", chosen).json()["decision_known"] is False
    assert control.post(f"/v1/decisions/{name}/override", {**chosen, "text": ""}).status_code == 422


def broken(*_):
    raise StoreUnavailable("store", "lost its connection to the server.", "Check the server.")


def test_people_get_an_answer_when_the_store_fails_and_it_says_so(control, now, store, monkeypatch, caplog):
    control.put("/v1/ports/dover/status", {"status": "closed", "reason": "strike"})
    assert control.decide(now).headers["safeport-recorded"] == "yes"
    monkeypatch.setattr(store.database, "read", broken)
    monkeypatch.setattr(store.database, "write", broken)
    monkeypatch.setattr(store.database, "submit", broken)
    answer = control.decide(now)
    assert (answer.status_code, answer.headers["safeport-recorded"]) == (200, "no")
    # What was known last is still held against the port.
    assert "dover" in {item["port"]["id"] for item in answer.json()["excluded"]}
    assert "not recorded" in caplog.text
    for other in (control.get("/v1/decisions/d-1"), control.put("/v1/ports/dover/status", {"status": "open"})):
        assert (other.status_code, other.json()["code"]) == (503, "STORE_UNAVAILABLE")
        assert other.headers["retry-after"] == "1"


def test_people_do_not_wait_for_a_store_that_hangs(call_app, service, store, now, monkeypatch, caplog):
    """A server behind a cut line neither answers nor refuses: the answer must not take as long as giving up does."""
    hung = threading.Event()
    app = create_app(service, store=store, settings=Settings(store_wait_s=30.0))
    control = call_app(app)
    control.put("/v1/ports/dover/status", {"status": "closed", "reason": "strike"})
    assert control.decide(now).headers["safeport-recorded"] == "yes"
    app.state.async_store._wait_s = 0.2
    kept, read = [], store.database.read

    def hang(work):
        assert hung.wait(60.0)
        kept.append(work)
        return read(work)

    begin = store.database.submit
    monkeypatch.setattr(store.database, "read", hang)
    monkeypatch.setattr(store.database, "submit", lambda work: begin(lambda tx: hung.wait(60.0) and work(tx)))
    try:
        begun = time.perf_counter()
        answer = control.decide(now)
        took_s = time.perf_counter() - begun
        assert (answer.status_code, answer.headers["safeport-recorded"]) == (200, "no")
        assert "dover" in {item["port"]["id"] for item in answer.json()["excluded"]}
        assert "has not answered within 0.2 s" in caplog.text
        # The control: nothing of the store had come back by then, so whoever waited for it would be waiting still.
        assert kept == []
        assert took_s < 10.0
    finally:
        hung.set()
    control.get("/v1/reservations")


def test_a_store_that_never_answered_leaves_ports_unconfirmed_not_open(control, now, store, monkeypatch, caplog):
    monkeypatch.setattr(store.database, "read", broken)
    monkeypatch.setattr(store.database, "write", broken)
    monkeypatch.setattr(store.database, "submit", broken)
    answer = control.decide(now).json()
    assert (answer["outcome"], answer["recommended"]) == ("unconfirmed", None)
    codes = {finding["code"] for finding in answer["candidates"][0]["findings"]}
    assert "PORT_STATUS_UNKNOWN" in codes or "PORT_STATUS_STALE" in codes


def test_a_decision_without_changes_costs_one_read(control, now, store, monkeypatch):
    control.put("/v1/ports/dover/status", {"status": "open"})
    control.decide(now)
    counted = []
    monkeypatch.setattr("api.store.port_snapshot.ports_snapshot", lambda *given: counted.append(given))
    for _ in range(3):
        # Each of them writes a record, and none of these makes the picture be read anew.
        assert control.decide(now).json()["inputs"]["port_status"] is not None
    assert counted == []


def test_without_a_store_everything_is_as_before_and_records_are_refused_clearly(client, now):
    answer = client.decide(now)
    assert answer.status_code == 200
    assert "safeport-recorded" not in answer.headers
    for method, path, body in (
        ("GET", "/v1/decisions/d-1", None), ("PUT", "/v1/ports/dover/status", {"status": "open"}),
        ("POST", "/v1/decisions?encounter_id=e-1", now), ("GET", "/v1/ports/dover/live", None),
    ):  # fmt: skip
        refused = client.request(method, path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (503, "NO_STORE")


def test_a_master_may_see_what_was_decided_for_them_and_nothing_else(control, now, acting):
    acting("master", "RNLI Dover", own_only=True)
    name = control.decide(now).json()["decision_id"]
    assert control.get(f"/v1/decisions/{name}").status_code == 200
    acting("master", "RNLI Rye", own_only=True)
    assert control.get(f"/v1/decisions/{name}").status_code == 404
    acting("controller", "MRCC Dover SMC")
    assert control.get(f"/v1/decisions/{name}").status_code == 200
