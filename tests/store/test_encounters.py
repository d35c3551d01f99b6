"""Encounters: reports are kept, pairs are flagged, and nothing is merged or closed by itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.store.commands import Actor, Role
from api.store.duplicate_detection import ReportedPosition, compare, fastest_leeway_ms
from api.store.encounters import CloseEncounter, ReopenEncounter, ReportEncounter
from api.store.errors import InvalidValue, NotFound, RoleNeeded, WrongState

NOW = 1_637_715_600.0  # 24 November 2021, 01:00 UTC
NM_M = 1_852.0


def report(store, actor, lon, lat, at=NOW, source="phone", **more):
    return store.do(ReportEncounter(source, lon, lat, at, **more), actor, max(at, NOW)).document


def test_a_report_opens_an_encounter(store, controller):
    text = report(store, controller, 1.5, 51.1, persons_min=30, persons_max=40, uncertainty_m=200.0, text="grey")
    kept = store.encounter(text["encounter_id"])
    assert kept["state"] == "open"
    assert kept["reports"][0]["persons"] == {"min": 30, "max": 40}
    assert kept["reports"][0]["position"]["coordinates"] == [1.5, 51.1]
    assert [encounter["encounter_id"] for encounter in store.open_encounters()] == [text["encounter_id"]]


def test_a_person_may_add_a_report_to_an_encounter(store, controller):
    name = report(store, controller, 1.5, 51.1)["encounter_id"]
    report(store, controller, 1.51, 51.1, NOW + 600, "aircraft", encounter_id=name)
    (board,) = store.open_encounters()
    assert (board["reports"], board["latest"]["source"]) == (2, "aircraft")


def test_the_board_shows_what_was_observed_last_not_what_came_last(store, controller):
    name = report(store, controller, 1.5, 51.1, NOW + 600)["encounter_id"]
    report(store, controller, 1.4, 51.0, NOW, "ais", encounter_id=name)
    assert store.open_encounters()[0]["latest"]["source"] == "phone"


def test_two_reports_near_each_other_are_flagged_on_both_and_stay_two(store, controller):
    first = report(store, controller, 1.50, 51.10)["encounter_id"]
    two = report(store, controller, 1.52, 51.10, NOW + 300)
    assert [duplicate["encounter_id"] for duplicate in two["possible_duplicates"]] == [first]
    for name, other in ((first, two["encounter_id"]), (two["encounter_id"], first)):
        assert [duplicate["encounter_id"] for duplicate in store.encounter(name)["possible_duplicates"]] == [other]
    assert [encounter["possible_duplicate"] for encounter in store.open_encounters()] == [True, True]


def test_two_reports_far_apart_are_not_flagged(store, controller):
    report(store, controller, 1.5, 51.1)
    assert report(store, controller, 0.0, 50.0, NOW + 300)["possible_duplicates"] == []


def test_counts_that_differ_are_shown_and_hide_nothing(store, controller):
    report(store, controller, 1.5, 51.1, persons_min=50, persons_max=60)
    (flag,) = report(store, controller, 1.5, 51.1, persons_min=10, persons_max=12)["possible_duplicates"]
    assert flag["persons_differ"] is True


def test_a_closed_encounter_is_no_duplicate_any_more(store, controller):
    name = report(store, controller, 1.5, 51.1)["encounter_id"]
    store.do(CloseEncounter(name, "34 counted ashore at Calais by SNSM"), controller, NOW)
    assert report(store, controller, 1.5, 51.1)["possible_duplicates"] == []


def test_the_night_of_24_november_2021_the_boats_stay_separate(store, controller):
    """Several boats close together, calls handed from one centre to the other, and boats found near where one was.

    What went wrong that night (MAIB 7/2023; Cranston report): a boat that was reached was taken for the one that had
    called. Here the encounter that called stays open, flagged beside the others, whatever comes in about them.
    """
    called = report(store, controller, 1.68, 51.10, NOW, uncertainty_m=1_000.0, persons_min=33, persons_max=33)
    others = [
        report(store, controller, 1.70 + step / 100, 51.11, NOW + 600 * step, "phone", persons_min=30, persons_max=40)
        for step in range(1, 5)
    ]
    found = report(store, controller, 1.69, 51.10, NOW + 5_400, "vessel", persons_min=35, persons_max=35)
    assert called["encounter_id"] in {duplicate["encounter_id"] for duplicate in found["possible_duplicates"]}
    assert len({item["encounter_id"] for item in (called, *others, found)}) == 6
    store.do(
        CloseEncounter(found["encounter_id"], "35 recovered by cutter, all landed at Dover"), controller, NOW + 9_000
    )
    for hour in range(12):
        report(store, controller, 0.5, 50.4, NOW + 10_000 + hour * 3_600, "ais", making_way=False)
    still_open = {encounter["encounter_id"] for encounter in store.open_encounters()}
    assert {called["encounter_id"], *(other["encounter_id"] for other in others)} <= still_open
    assert store.encounter(called["encounter_id"])["state"] == "open"
    assert len(store.encounter(called["encounter_id"])["reports"]) == 1
    page = store.handover(NOW + 60_000)
    assert called["encounter_id"] in {
        encounter["encounter_id"] for encounter in page["open_encounters"] if encounter["aged"]
    }


def test_closing_takes_a_controller_a_duty_and_evidence(store, controller, master):
    name = report(store, controller, 1.5, 51.1)["encounter_id"]
    with pytest.raises(RoleNeeded):
        store.do(CloseEncounter(name, "all ashore"), master, NOW)
    with pytest.raises(RoleNeeded):
        store.do(CloseEncounter(name, "all ashore"), Actor(Role.SYSTEM, "sweeper"), NOW)
    for evidence in ("", "  \n"):
        with pytest.raises(InvalidValue):
            store.do(CloseEncounter(name, evidence), controller, NOW)
    with pytest.raises(InvalidValue):
        store.do(CloseEncounter(name, "all ashore"), Actor(Role.CONTROLLER, " "), NOW)
    store.do(CloseEncounter(name, "34 counted ashore at Calais by SNSM"), controller, NOW)
    assert store.encounter(name)["closed"]["by"]["duty"] == "MRCC Dover SMC"
    assert store.open_encounters() == []
    with pytest.raises(WrongState):
        store.do(CloseEncounter(name, "again"), controller, NOW)


def test_a_closed_encounter_takes_no_report_and_can_be_opened_again(store, controller):
    name = report(store, controller, 1.5, 51.1)["encounter_id"]
    store.do(CloseEncounter(name, "all ashore"), controller, NOW)
    with pytest.raises(WrongState):
        report(store, controller, 1.5, 51.1, encounter_id=name)
    store.do(ReopenEncounter(name, "a phone on board still answers"), controller, NOW)
    report(store, controller, 1.5, 51.1, encounter_id=name)
    with pytest.raises(WrongState):
        store.do(ReopenEncounter(name, "again"), controller, NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "rumour"}, {"lon": 181.0}, {"lat": -91.0}, {"lon": 0.0, "lat": 0.0}, {"lon": float("nan")},
        {"observed_s": NOW + 3_600}, {"persons_min": 5, "persons_max": 4}, {"persons_min": -1},
        {"uncertainty_m": float("inf")}, {"wind_ms": -1.0}, {"text": "\ud800"}, {"text": "x" * 5_000},
        {"making_way": 1}, {"encounter_id": "e 1"}, {"encounter_id": "'; DROP TABLE audit; --"},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(store, controller, changes):
    plain = {"source": "phone", "lon": 1.5, "lat": 51.1, "observed_s": NOW}
    with pytest.raises(InvalidValue):
        store.do(ReportEncounter(**{**plain, **changes}), controller, NOW)
    assert store.open_encounters() == []


def test_an_encounter_that_does_not_exist(store, controller):
    for command in (CloseEncounter("e-9", "x"), ReopenEncounter("e-9", "x")):
        with pytest.raises(NotFound):
            store.do(command, controller, NOW)
    with pytest.raises(NotFound):
        report(store, controller, 1.5, 51.1, encounter_id="e-9")
    with pytest.raises(NotFound):
        store.encounter("e-9")


HERE = ReportedPosition(1.5, 51.1, 100.0, NOW, None)


def test_the_fastest_class_bounds_the_leeway():
    # 6.54 % of 10 m/s, and 5.34 % + 9.91 cm/s: figures of the table at the wind it is quoted for.
    assert fastest_leeway_ms(10.0) == pytest.approx(0.654)
    assert fastest_leeway_ms(0.0) == pytest.approx(0.0991)


def test_the_envelope_grows_with_time_and_uncertainty():
    later = HERE._replace(at_s=NOW + 3_600)
    assert compare(HERE, HERE).envelope_m == pytest.approx(200.0)
    assert compare(HERE, later, 10.0).envelope_m == pytest.approx(200.0 + 3_600 * (0.654 + 2.0 + 3.0))
    stopped = [item._replace(making_way=False) for item in (HERE, later)]
    assert compare(*stopped, 10.0).envelope_m == pytest.approx(200.0 + 3_600 * (0.654 + 2.0))
    assert compare(HERE._replace(uncertainty_m=None), HERE).envelope_m == pytest.approx(100.0 + NM_M)


def test_reports_many_hours_apart_are_not_compared():
    assert compare(HERE, HERE._replace(at_s=NOW + 12 * 3_600)) is not None
    assert compare(HERE, HERE._replace(at_s=NOW + 12 * 3_600 + 1)) is None


places = st.tuples(st.floats(-5.0, 3.0), st.floats(49.0, 52.0), st.floats(0.0, 40_000.0))


@settings(deadline=None, max_examples=200)
@given(places, places)
def test_the_order_of_two_reports_does_not_matter(first, other):
    pair = [ReportedPosition(lon, lat, None, NOW + at, None) for lon, lat, at in (first, other)]
    one_way, other_way = compare(*pair), compare(*reversed(pair))
    assert one_way.envelope_m == other_way.envelope_m
    assert one_way.distance_m == pytest.approx(other_way.distance_m, abs=1e-6)
