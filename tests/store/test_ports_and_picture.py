"""What ports report, and the arrays a decision reads of it."""

from dataclasses import replace
from math import isnan

import numpy as np
import pytest

from api.encounter import EncounterIn
from api.store.commands import Actor, Role
from api.store.encounters import ReportEncounter
from api.store.errors import InvalidValue, RoleNeeded, StaleReport
from api.store.port_snapshot import PortsSnapshot, live_picture, unavailable_snapshot
from api.store.ports import Places, ReportCapacity, ReportReception, SetPortStatus
from api.store.reservations import Confirm, Hold, Land, Persons, Release
from engine.codes import Code, Feed, PortStatus, Rule
from engine.model import no_live_picture

NOW = 1_700_000_000.0
PORTS = ("calais", "dover", "ramsgate")


class Limits:
    status_stale_after_s = 6 * 3_600.0


def picture(store, at=NOW, **more):
    return live_picture(store.ports(at), PORTS, at, Limits, **more)


def test_a_status_has_who_when_and_why(store, officer):
    store.do(SetPortStatus("dover", "restricted", "ferry aground", expires_s=NOW + 60), officer, NOW)
    status = store.port("dover", NOW)["status"]
    assert status["by"] == {"role": "port_officer", "duty": "Dover port control"}
    assert (status["reason"], status["reported_at"], status["expires_at"]) == (
        "ferry aground", "2023-11-14T22:13:20.000Z", "2023-11-14T22:14:20.000Z",
    )  # fmt: skip


@pytest.mark.parametrize(
    "command",
    [
        SetPortStatus("dover", "shut", "x"), SetPortStatus("dover", "closed", " "), SetPortStatus("", "open", ""),
        SetPortStatus("dover", "open", "", expires_s=NOW), SetPortStatus("dover", "open", "", reported_s=float("nan")),
        SetPortStatus("a b", "open", ""), SetPortStatus("dover", "open", "\x00"), ReportCapacity("dover", Places(-1)),
        ReportCapacity("dover", Places(10, 11)), ReportCapacity("dover", Places(10), Persons(5, 3, 3)),
        ReportCapacity("dover", Places(10), persons_per_hour=float("inf")), ReportCapacity("dover", Places(10.5)),
        ReportCapacity("dover", Places(True)), ReportReception("dover", "yes", None),
        ReportReception("dover", None, None, True, ""),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_leaves_no_trace(store, officer, command):
    with pytest.raises(InvalidValue):
        store.do(command, officer, NOW)
    assert store.newest_event() == 0


@pytest.mark.parametrize("command", [SetPortStatus("dover", "open", ""), ReportCapacity("dover", Places(1)),
                                     ReportReception("dover", True, True)])  # fmt: skip
def test_a_vessel_does_not_report_for_a_port(store, master, command):
    with pytest.raises(RoleNeeded):
        store.do(command, master, NOW)


def test_an_older_report_does_not_replace_a_newer_one(store, officer):
    store.do(SetPortStatus("dover", "closed", "gale"), officer, NOW)
    with pytest.raises(StaleReport):
        store.do(SetPortStatus("dover", "open", "", reported_s=NOW - 1), officer, NOW + 10)
    assert store.port("dover", NOW)["status"]["status"] == "closed"


def test_a_report_from_a_clock_that_is_ahead_counts_as_of_now(store, officer):
    store.do(SetPortStatus("dover", "closed", "gale", reported_s=NOW + 86_400), officer, NOW)
    store.do(SetPortStatus("dover", "open", ""), officer, NOW + 1)
    assert store.port("dover", NOW)["status"]["status"] == "open"


def test_a_reception_of_which_nothing_is_known_is_no_report(store, officer):
    store.do(ReportReception("dover", None, None, True, "fire on the quay"), officer, NOW)
    assert (picture(store).danger_ashore[1], picture(store).reception_feed[1]) == (True, Feed.LIVE)
    store.do(ReportReception("dover", None, None), officer, NOW)
    seen = picture(store)
    assert (seen.danger_ashore[1], seen.reception_feed[1]) == (False, Feed.ABSENT)
    store.do(ReportReception("dover", None, False), officer, NOW)
    assert picture(store).reception_feed[1] == Feed.LIVE


def test_a_status_changed_meanwhile_is_not_overwritten(store, officer):
    store.do(SetPortStatus("dover", "open", "", expected_version=0), officer, NOW)
    version = store.port("dover", NOW)["status"]["version"]
    store.do(SetPortStatus("dover", "closed", "gale", expected_version=version), officer, NOW)
    with pytest.raises(StaleReport):
        store.do(SetPortStatus("dover", "open", "", expected_version=version), officer, NOW)


@pytest.mark.parametrize(("ahead_s", "feed"), [(0.0, Feed.LIVE), (120.0, Feed.LIVE), (120.1, Feed.STALE)])
def test_a_report_from_the_future_is_of_no_known_age(store, officer, ahead_s, feed):
    """A clock that stepped ahead and back again must not keep its reports fresh for as long as it stepped."""
    store.do(SetPortStatus("dover", "open", ""), officer, NOW + ahead_s)
    store.do(ReportCapacity("dover", Places(100)), officer, NOW + ahead_s)
    store.do(ReportReception("dover", True, True), officer, NOW + ahead_s)
    seen = live_picture(store.ports(NOW + ahead_s), PORTS, NOW, Limits)
    assert (seen.status_feed[1], seen.capacity_feed[1], seen.reception_feed[1]) == (feed, feed, feed)
    assert isnan(seen.free_places[1]) == isnan(seen.needs_met[1]) == (feed == Feed.STALE)


def test_an_empty_store_is_the_picture_of_a_plain_machine(store):
    for mine, plain in zip(picture(store), no_live_picture(len(PORTS)), strict=True):
        np.testing.assert_array_equal(mine, plain)
    assert store.ports(NOW).status_input(NOW) is None


def test_what_was_reported_is_in_the_picture(store, officer, controller):
    store.do(SetPortStatus("dover", "open", "", reported_s=NOW - 600), officer, NOW)
    store.do(SetPortStatus("calais", "closed", "strike"), officer, NOW)
    store.do(ReportCapacity("dover", Places(100), Persons(20), 60.0), officer, NOW)
    store.do(ReportReception("dover", True, False), officer, NOW)
    held = store.do(Hold("dover", "A", Persons(30), NOW + 60), controller, NOW).document["reservation"]
    store.do(Confirm(held["reservation_id"]), controller, NOW)
    seen = picture(store)
    assert list(seen.status_feed) == [Feed.LIVE, Feed.LIVE, Feed.ABSENT]
    assert list(seen.capacity_feed) == list(seen.reception_feed) == [Feed.ABSENT, Feed.LIVE, Feed.ABSENT]
    assert list(seen.status) == [PortStatus.CLOSED, PortStatus.OPEN, PortStatus.UNKNOWN]
    assert seen.status_age_s[1] == 600.0
    assert isnan(seen.status_age_s[2])
    assert (seen.free_places[1], seen.persons_per_hour[1], seen.queued_persons[1]) == (50.0, 60.0, 30.0)
    assert isnan(seen.free_places[0])
    assert (seen.needs_met[1], seen.transport_arranged[1]) == (1.0, 0.0)


def test_a_status_is_unknown_from_its_expiry_on(store, officer):
    store.do(SetPortStatus("dover", "open", "", expires_s=NOW + 60), officer, NOW)
    assert picture(store, NOW + 59.9).status[1] == PortStatus.OPEN
    assert picture(store, NOW + 60).status[1] == PortStatus.UNKNOWN


def test_places_and_reception_grow_stale_and_a_danger_does_not(store, officer):
    store.do(ReportCapacity("dover", Places(100)), officer, NOW)
    store.do(ReportReception("dover", True, True, True, "fire on the quay"), officer, NOW)
    at_limit, after = picture(store, NOW + 6 * 3_600), picture(store, NOW + 6 * 3_600 + 1)
    assert (at_limit.free_places[1], at_limit.needs_met[1]) == (100.0, 1.0)
    assert isnan(after.free_places[1])
    assert isnan(after.needs_met[1])
    assert (after.capacity_feed[1], after.reception_feed[1]) == (Feed.STALE, Feed.STALE)
    assert after.danger_ashore[1]


def test_more_held_than_there_is_leaves_no_places_rather_than_fewer_than_none(store, officer, controller):
    store.do(ReportCapacity("dover", Places(100)), officer, NOW)
    store.do(Hold("dover", "A", Persons(80), NOW + 60), controller, NOW)
    store.do(ReportCapacity("dover", Places(50)), officer, NOW)
    assert picture(store).free_places[1] == 0.0


def test_an_expired_hold_is_not_in_the_picture(store, officer, controller):
    store.do(ReportCapacity("dover", Places(100)), officer, NOW)
    store.do(Hold("dover", "A", Persons(80), NOW + 60), controller, NOW)
    assert picture(store, NOW + 1_859).free_places[1] == 20.0
    assert picture(store, NOW + 1_860).free_places[1] == 100.0


def test_an_encounter_does_not_stand_in_its_own_way(store, officer, controller):
    store.do(ReportCapacity("dover", Places(100)), officer, NOW)
    name = store.do(ReportEncounter("phone", 1.4, 51.0, NOW), controller, NOW).document["encounter_id"]
    store.do(Hold("dover", "A", Persons(80), NOW + 60, name), controller, NOW)
    assert picture(store).free_places[1] == 20.0
    assert picture(store, encounter_id=name).free_places[1] == 100.0


def test_a_vessels_own_places_are_not_taken_from_her(store, officer, controller):
    """She holds the last places, asks again, and must not be sent elsewhere because the port is full of her."""
    severn, shannon = (Actor(Role.CREW, name, f"unit:{name}") for name in ("RNLI Severn", "RNLI Shannon"))
    store.do(ReportCapacity("dover", Places(100)), officer, NOW)
    names = [store.do(ReportEncounter("phone", 1.4 - far, 51.0, NOW), severn, NOW).document["encounter_id"]
             for far in (0.0, 3.0)]  # fmt: skip
    store.do(Hold("dover", "boat", Persons(10), NOW + 60), severn, NOW)
    store.do(Hold("dover", "boat", Persons(20), NOW + 60, names[0]), severn, NOW)
    store.do(Hold("dover", "rnli severn", Persons(30), NOW + 60), controller, NOW)
    store.do(Hold("dover", "RNLI Shannon", Persons(5), NOW + 60), shannon, NOW)
    seen = store.ports(NOW)

    def free(principal, encounter_id):
        marked = seen.for_vessel(principal, encounter_id)
        # Kept and read again it is the same, so that the decision can be made again.
        again = PortsSnapshot(bytes(marked.body))
        return live_picture(again, PORTS, NOW, Limits, encounter_id).free_places[1]

    assert picture(store).free_places[1] == 35.0
    assert free("unit:RNLI Severn", None) == 95.0
    assert free("unit:RNLI Severn", names[0]) == 95.0
    # For the people of another encounter, the places of the first one's are taken.
    assert free("unit:RNLI Severn", names[1]) == 75.0
    assert free("unit:RNLI Shannon", None) == 40.0
    # The controls: somebody with none, and a principal that only looks like the name.
    assert seen.for_vessel("unit:Ranger", None) is seen
    assert free("token:rnli severn", None) == free("rnli severn", None) == 35.0


def test_a_snapshot_on_record_from_before_places_were_marked_is_read_as_it_was():
    old = (
        b'{"capacity":{"dover":{"occupied":0,"persons_per_hour":null,"reported_ms":1700000000000,"total":9}},'
        b'"reception":{},"reserved":[{"encounter_id":null,"persons":4,"port_id":"dover"}],"status":{}}'
    )
    assert live_picture(PortsSnapshot(old), PORTS, NOW, Limits).free_places[1] == 5.0


def test_the_version_changes_with_the_picture_and_only_then(store, officer, controller):
    versions = [store.ports(NOW).version]

    def changed():
        versions.append(store.ports(NOW).version)
        return versions[-1] != versions[-2]

    store.do(SetPortStatus("dover", "open", ""), officer, NOW)
    assert changed()
    store.do(ReportEncounter("phone", 1.4, 51.0, NOW), controller, NOW)
    assert not changed()
    store.do(ReportCapacity("dover", Places(100)), officer, NOW)
    assert changed()
    held = store.do(Hold("dover", "A", Persons(80), NOW + 60), controller, NOW).document["reservation"]
    assert changed()
    store.do(Land(held["reservation_id"], Persons(10)), officer, NOW)
    assert changed()
    store.do(Release(held["reservation_id"], ""), controller, NOW)
    assert changed()
    assert store.ports(NOW + 100).version == versions[-1]


def test_a_snapshot_kept_as_bytes_gives_the_same_picture(store, officer):
    store.do(SetPortStatus("dover", "open", ""), officer, NOW)
    store.do(ReportCapacity("dover", Places(100)), officer, NOW)
    kept = PortsSnapshot(bytes(store.ports(NOW).body))
    for mine, again in zip(picture(store), live_picture(kept, PORTS, NOW, Limits), strict=True):
        np.testing.assert_array_equal(mine, again)
    assert kept.status_input(NOW + 5).age_s == 5.0


def test_a_port_closed_in_the_store_is_excluded_by_the_decision(store, officer, service):
    encounter = EncounterIn.model_validate(
        {"position": {"type": "Point", "coordinates": [1.35, 51.05]}, "time": "2023-11-14T22:13:20Z",
         "persons": 30, "vessel": {"profile": "rnli-severn"}}
    )  # fmt: skip
    ask = service.ask(encounter, NOW)
    names = [port.id for port in service.world.ports]
    store.do(SetPortStatus("dover", "closed", "strike"), officer, NOW)
    store.do(ReportCapacity("dover", Places(10), Persons(10)), officer, NOW)
    live = live_picture(store.ports(NOW), names, NOW, ask.policy.limits)
    decision = replace(service, world=replace(service.world, live=live)).decide(ask)
    dover = names.index("dover")
    assert decision.code[dover, Rule.R_PRT_01] == Code.PORT_CLOSED
    assert decision.code[dover, Rule.R_CAP_01] == Code.CAP_FULL
    assert decision.code[names.index("calais"), Rule.R_PRT_01] == Code.NO_STATUS_FEED
    assert decision.recommended not in (None, dover)


def test_a_kept_snapshot_stands_until_something_about_ports_changes(store, officer, controller, monkeypatch):
    from api.store import port_snapshot

    counted = []
    plain = port_snapshot.ports_snapshot
    monkeypatch.setattr(port_snapshot, "ports_snapshot", lambda *given: counted.append(given) or plain(*given))
    store.do(SetPortStatus("dover", "open", ""), officer, NOW)
    kept = store.ports_since(None, NOW)
    store.do(ReportEncounter("phone", 1.5, 51.1, NOW), controller, NOW)
    for _ in range(3):
        kept = store.ports_since(kept, NOW + 1)
    assert len(counted) == 1
    assert kept.snapshot == store.ports(NOW + 1)
    store.do(SetPortStatus("dover", "closed", "gale"), officer, NOW + 2)
    kept = store.ports_since(kept, NOW + 2)
    assert len(counted) == 2
    assert kept.snapshot.content["status"]["dover"]["status"] == "closed"


def test_a_kept_snapshot_ends_when_a_hold_in_it_expires_and_when_the_clock_goes_back(store, officer, controller):
    store.do(ReportCapacity("dover", Places(50)), officer, NOW)
    store.do(Hold("dover", "a", Persons(5), NOW + 60, hold_s=0.0), controller, NOW)
    store.do(Hold("dover", "b", Persons(7), NOW + 120, hold_s=0.0), controller, NOW)
    kept, seen = None, []
    # Nothing is written meanwhile, so the last look is at an earlier time than the one before.
    for at in (NOW + 59, NOW + 61, NOW + 119, NOW + 121, NOW + 59):
        kept = store.ports_since(kept, at)
        assert kept.snapshot == store.ports(at)
        seen.append(sum(item["persons"] for item in kept.snapshot.content["reserved"]))
    assert seen == [12, 7, 7, 0, 12]


def test_a_store_that_cannot_be_read_is_a_feed_that_died():
    snapshot = unavailable_snapshot()
    seen = live_picture(snapshot, PORTS, NOW, Limits)
    for feeds in (seen.status_feed, seen.capacity_feed, seen.reception_feed):
        assert list(feeds) == [Feed.STALE] * len(PORTS)
    assert not seen.status.any()
    assert snapshot.status_input(NOW).age_s is None
