"""A vessel sees and changes her own records only."""

import time

import pytest

from api.http.auth import Caller
from api.http.authorization import filter_owned, require_owner, visible_event
from api.security.roles import AccessRole
from api.store.commands import Actor, IdempotencyKey, Role
from api.store.encounters import ReportEncounter
from api.store.errors import NotFound, StoreUnavailable
from api.store.ownership import OwnRecord
from api.store.ports import Places, ReportCapacity
from api.store.reservations import Hold, Persons, Release
from tests.api.http.access.conftest import ADMIN, bearer

SEVERN = Caller("unit:Severn", Actor(Role.CREW, "Severn", "unit:Severn"), own_only=True)
SHANNON = Caller("unit:Shannon", Actor(Role.CREW, "Shannon", "unit:Shannon"), own_only=True)
SMC = Caller("token:1", Actor(Role.CONTROLLER, "SMC", "token:1"), own_only=False)
NOW = 1_700_000_000.0


@pytest.fixture
def busy(store):
    store.do(ReportCapacity("dover", Places(500, None, None)), SMC.actor, NOW)
    store.do(ReportEncounter("vessel", 1.4, 51.0, NOW), SEVERN.actor, NOW + 1)
    store.do(Hold("dover", "Severn", Persons(10), NOW + 3_600), SEVERN.actor, NOW + 2)
    store.do(Hold("dover", "Shannon", Persons(10), NOW + 3_600), SHANNON.actor, NOW + 3)
    return store


def test_a_vessel_is_told_that_another_vessels_record_is_not_there(busy):
    require_owner(SEVERN, busy, "reservation_id", "r-3")
    for record_id in ("r-4", "r-99", "dover"):
        with pytest.raises(NotFound) as refused:
            require_owner(SEVERN, busy, "reservation_id", record_id)
        assert str(refused.value) == str(NotFound("reservation_id", "names no record of yours.", "Check the id."))
    for record_id in ("r-3", "r-4", "r-99"):
        require_owner(SMC, busy, "reservation_id", record_id)


def test_what_a_change_names_is_hers_at_the_moment_it_is_made(busy):
    """Looked at in the transaction that writes: places that went over to another vessel meanwhile are hers no more."""
    own = OwnRecord("reservation_id", "r-3")
    before = busy.head()
    with pytest.raises(NotFound, match="no record of yours"):
        busy.do(Release("r-3", ""), SHANNON.actor, NOW + 4, own=[own])
    assert busy.head() == before
    # A decision nobody here knows may have been made aboard; an encounter may not.
    busy.require_own("unit:Shannon", OwnRecord("decision_id", "d-1", or_nobodys=True), OwnRecord("encounter_id", None))
    for record in (OwnRecord("decision_id", "d-1"), OwnRecord("encounter_id", "e-2", or_nobodys=True)):
        with pytest.raises(NotFound, match=record.field):
            busy.require_own("unit:Shannon", record)
    once = IdempotencyKey("k", "unit:Severn", b"")
    first = busy.do(Release("r-3", ""), SEVERN.actor, NOW + 5, once, own=[own])
    assert first.document["reservation"]["state"] == "released"
    assert busy.do(Release("r-3", ""), SEVERN.actor, NOW + 6, once, own=[own]).repeated


def test_lists_hold_only_her_own(busy):
    listed = busy.reservations(NOW + 10)
    assert [item["reservation_id"] for item in filter_owned(SEVERN, busy, listed, "reservation_id")] == ["r-3"]
    assert [item["reservation_id"] for item in filter_owned(SHANNON, busy, listed, "reservation_id")] == ["r-4"]
    assert filter_owned(SMC, busy, listed, "reservation_id") == listed
    assert filter_owned(SHANNON, busy, busy.open_encounters(), "encounter_id") == []
    assert len(filter_owned(SEVERN, busy, busy.open_encounters(), "encounter_id")) == 1


def test_she_hears_of_her_own_and_of_ports(busy):
    heard = {
        who: [event.sequence for event in busy.events(0) if visible_event(who, event) is not None]
        for who in (SEVERN, SHANNON, SMC)
    }
    assert heard == {SEVERN: [1, 2, 3], SHANNON: [1, 4], SMC: [1, 2, 3, 4]}


@pytest.fixture
def crews(guarded, keys, service):
    """Two vessels and a controller, by their keys, of one service with a store."""
    client = guarded()

    class By:
        def __init__(self, unit, role):
            self.head = bearer(keys.create(unit, role, ADMIN).text)

        def __call__(self, method, path, body=None, **headers):
            sent = {} if body is None else {"json": body}
            return client.request(method, path, headers=self.head | headers, **sent)

    return By("RNLI Severn", AccessRole.CREW), By("RNLI Shannon", AccessRole.CREW), By("SMC", AccessRole.CONTROLLER)


def stamp(offset_s):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset_s))


def seen_at(lon, lat):
    position = {"type": "Point", "coordinates": [lon, lat]}
    return {"source": "vessel", "position": position, "uncertainty_m": 500, "observed_at": stamp(-60)}


@pytest.fixture
def hers(crews, encounter):
    """Severn's own records: an encounter, a decision for now, and places held."""
    severn, _, smc = crews
    assert smc("PUT", "/v1/ports/dover/capacity", {"places": {"total": 500}}).status_code == 200
    named = severn("POST", "/v1/encounters", seen_at(1.4, 51.0)).json()["encounter_id"]
    asked = {name: value for name, value in encounter.items() if name != "time"}
    decided = severn("POST", f"/v1/decisions?encounter_id={named}", asked).json()["decision_id"]
    hold = {"port_id": "dover", "vessel": "Severn", "persons": {"total": 10}, "eta_at": stamp(3_600),
            "encounter_id": named}  # fmt: skip
    held = severn("POST", "/v1/reservations", hold).json()["reservation"]["reservation_id"]
    return {"encounter_id": named, "decision_id": decided, "reservation_id": held, "hold": hold, "asked": asked}


def test_another_vessel_reads_and_changes_nothing_of_hers(crews, hers):
    severn, shannon, smc = crews
    e, d, r = hers["encounter_id"], hers["decision_id"], hers["reservation_id"]
    direct = {"centre": "MRCC", "code": "SRR_STATE", "port_id": "dover"}
    override = {"code": "MASTER_JUDGEMENT", "text": "ice", "port_id": "dover"}
    foreign = [
        ("GET", f"/v1/decisions/{d}", None), ("POST", f"/v1/decisions/{d}/override", override),
        ("POST", "/v1/decisions/d-0/override", override | {"encounter_id": e}),
        ("POST", f"/v1/decisions?encounter_id={e}", hers["asked"]),
        ("GET", f"/v1/encounters/{e}", None), ("GET", f"/v1/encounters/{e}/standing", None),
        ("POST", f"/v1/encounters/{e}/direction", direct), ("POST", "/v1/reservations", hers["hold"]),
        ("GET", f"/v1/reservations/{r}", None), ("DELETE", f"/v1/reservations/{r}", None),
        ("POST", f"/v1/reservations/{r}/confirm", None),
        ("POST", f"/v1/reservations/{r}/extend", {"eta_at": stamp(7_200)}),
        ("POST", f"/v1/reservations/{r}/transfer", {"to_vessel": "Shannon"}),
        ("POST", f"/v1/reservations/{r}/land", {"persons": {"total": 1}}),
        ("POST", f"/v1/reservations/{r}/release", {"reason": "mine now"}),
    ]  # fmt: skip
    for method, path, body in foreign:
        answer = shannon(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "NOTHING_SUCH"), path
        assert "yours" in answer.text
    for name in ("reservations", "encounters"):
        assert shannon("GET", f"/v1/{name}").json()[name] == []
        assert len(severn("GET", f"/v1/{name}").json()[name]) == len(smc("GET", f"/v1/{name}").json()[name]) == 1
    # The control: for her each of them is there, whatever a vessel may then do with it.
    for method, path, body in foreign:
        assert severn(method, path, body).status_code != 404, path


def test_what_a_centre_holds_for_her_is_hers_to_see_to_use_and_to_give_back(crews, hers):
    severn, shannon, smc = crews
    e = hers["encounter_id"]
    given = smc("POST", "/v1/reservations", hers["hold"] | {"vessel": "rnli shannon", "persons": {"total": 400}})
    r = given.json()["reservation"]["reservation_id"]
    assert [
        reservation["reservation_id"] for reservation in shannon("GET", "/v1/reservations").json()["reservations"]
    ] == [r]
    assert shannon("GET", f"/v1/encounters/{e}").json()["encounter_id"] == e
    # 90 places are left to others; those held for her, and for this encounter, are places she has.
    asked = hers["asked"] | {"persons": 400, "vessel": {"profile": "unknown"}}

    def places(crew, query=""):
        judged = crew("POST", f"/v1/decisions?view=full{query}", asked).json()
        dover = next(
            candidate for candidate in judged["candidates"] + judged["excluded"] if candidate["port"]["id"] == "dover"
        )
        return next(finding["verdict"] for finding in dover["findings"] if finding["rule"] == "R-CAP-01")

    assert (places(shannon), places(shannon, f"&encounter_id={e}"), places(severn)) == ("pass", "pass", "fail")
    assert shannon("DELETE", f"/v1/reservations/{r}").status_code == 200
    assert shannon("GET", f"/v1/encounters/{e}").status_code == 404
    # The control: Severn's own is hers alone all along.
    assert shannon("GET", f"/v1/reservations/{hers['reservation_id']}").status_code == 404


def test_a_port_full_of_her_own_people_is_not_full_for_her(crews, encounter, store, service):
    from api.decision_records import remake

    severn, shannon, smc = crews
    smc("PUT", "/v1/ports/dover/capacity", {"places": {"total": 20}})
    hold = {"port_id": "dover", "vessel": "us", "persons": {"total": 20}, "eta_at": stamp(3_600)}
    assert severn("POST", "/v1/reservations", hold).status_code == 201
    asked = {name: value for name, value in encounter.items() if name != "time"} | {"persons": 20}

    def places(crew):
        judged = crew("POST", "/v1/decisions?view=full", asked).json()
        dover = next(
            candidate for candidate in judged["candidates"] + judged["excluded"] if candidate["port"]["id"] == "dover"
        )
        code = next(finding["code"] for finding in dover["findings"] if finding["rule"] == "R-CAP-01")
        return judged["decision_id"], code

    (hers, own), (_, others) = places(severn), places(shannon)
    assert (own, others) == ("CAP_TIGHT", "CAP_FULL")
    # The record knows whose the places were, so it gives the same decision again.
    assert remake(service, store.decision(hers)).is_same


def test_where_the_store_fails_an_encounter_is_nobodys_and_a_decision_without_it_is_still_made(
    crews, hers, store, monkeypatch
):
    severn, shannon, smc = crews
    path, asked = f"/v1/decisions?encounter_id={hers['encounter_id']}", hers["asked"]
    # The control: as long as the store can be read, it is there for one and not for the other.
    assert (severn("POST", path, asked).status_code, shannon("POST", path, asked).status_code) == (200, 404)
    smc("GET", "/v1/ports")

    def broken(*_):
        raise StoreUnavailable("store", "failed.", "See the log.")

    monkeypatch.setattr(store.database, "read", broken)
    monkeypatch.setattr(store.database, "write", broken)
    monkeypatch.setattr(store.database, "submit", broken)
    for crew in (severn, shannon):
        refused = crew("POST", path, asked)
        assert (refused.status_code, refused.json()["code"]) == (503, "OWNER_UNKNOWN")
        assert "Leave encounter_id out" in refused.json()["detail"]
        assert refused.headers["retry-after"] == "1"
        made = crew("POST", "/v1/decisions", asked)
        assert (made.status_code, made.headers["safeport-recorded"]) == (200, "no")
    # A centre sees every encounter, so there is nothing to find out.
    assert smc("POST", path, asked).status_code == 200


def test_a_vessel_may_override_what_was_decided_aboard(crews):
    severn, _, _ = crews
    fields = {"code": "MASTER_JUDGEMENT", "text": "ice", "port_id": "dover"}
    assert severn("POST", "/v1/decisions/d-0123456789abcdef01234567/override", fields).status_code == 200


def test_what_she_saw_of_somebody_elses_encounter_is_taken_and_does_not_make_it_hers(crews, hers):
    _, shannon, smc = crews
    path = f"/v1/encounters/{hers['encounter_id']}"
    assert shannon("POST", f"{path}/reports", seen_at(1.41, 51.0)).status_code == 201
    assert shannon("GET", path).status_code == 404
    assert len(smc("GET", path).json()["reports"]) == 2


def test_she_is_told_how_many_others_it_may_be_and_not_which(crews, hers):
    _, shannon, smc = crews
    once = {"Idempotency-Key": "a-report"}
    seen = seen_at(1.4, 51.0)
    first, again = (shannon("POST", "/v1/encounters", seen, **once) for _ in range(2))
    assert first.content == again.content
    assert (first.json()["possible_duplicates"], first.json()["possible_duplicates_withheld"]) == ([], 1)
    named = first.json()["encounter_id"]
    assert hers["encounter_id"] not in first.text + shannon("GET", f"/v1/encounters/{named}").text
    assert hers["encounter_id"] in smc("GET", f"/v1/encounters/{named}").text


def test_a_decision_of_the_same_name_is_given_to_who_asked_for_it(crews, encounter):
    severn, shannon, _ = crews
    named = {crew("POST", "/v1/decisions", encounter).json()["decision_id"] for crew in (severn, shannon)}
    assert len(named) == 1
    path = f"/v1/decisions/{named.pop()}"
    assert severn("GET", path).content == shannon("GET", path).content
