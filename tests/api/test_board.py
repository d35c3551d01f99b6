"""The few words on the board are those of a whole decision."""

import numpy as np
import pytest
from pydantic import ValidationError

from api.board import QuickDecision, encounter_now, engine_view, fails_hard, quick_decide
from api.decision_service import with_port_reports
from api.documents.decision import decision_document
from api.encounter import EncounterIn
from api.store.board import OpenEncounter
from api.store.port_snapshot import PortsSnapshot, unavailable_snapshot
from api.store.validation import canonical
from engine.errors import PositionRefused

NOW = 1_795_357_800.0  # 2026-11-22T14:30:00Z

PLACES = np.random.default_rng(11).uniform((-3.0, 49.5), (2.5, 51.4), (60, 2)).tolist()


def snapshot(closed=(), places=()):
    reported = int(NOW * 1000) - 60_000
    status = {name: {"status": "closed", "reported_ms": reported, "expires_ms": None} for name in closed}
    capacity = {
        name: {"total": total, "occupied": 0, "persons_per_hour": None, "reported_ms": reported}
        for name, total in places
    }
    return PortsSnapshot(canonical({"status": status, "capacity": capacity, "reception": {}, "reserved": []}))


@pytest.mark.parametrize("policy", ["nearest-time", "nearest-distance", "srr-state-preferred", "medical-first"])
def test_a_glance_sees_what_a_decision_sees(service, policy):
    feeds = (snapshot(closed=["dover"], places=[("ramsgate", 10), ("calais", 500)]), None, unavailable_snapshot(), None)
    seen = set()
    for number, (lon, lat) in enumerate(PLACES):
        body = {"position": {"type": "Point", "coordinates": [lon, lat]}, "position_accuracy_m": 800, "policy": policy,
                "persons": 40, "vessel": {"profile": ("unknown", "rnli-severn")[number % 2]}}  # fmt: skip
        if number % 3 == 0:
            body["medical"] = "critical"
        ask, ports = service.ask(EncounterIn.model_validate(body), NOW), feeds[number % 4]
        try:
            decision = service.decide(ask, ports)
        except PositionRefused:
            continue
        world = service.world_at(NOW)
        judged = quick_decide(ask, world if ports is None else with_port_reports(world, ports, NOW, ask.policy.limits))
        settled = decision.is_settled
        assert np.array_equal(judged.order, decision.order[settled[decision.order]])
        for name in QuickDecision._fields[3:]:
            assert np.array_equal(getattr(judged, name)[settled], getattr(decision, name)[settled], equal_nan=True), (
                name
            )
        view, document = engine_view(judged), decision_document(decision)
        first = (document["candidates"] or [None])[0]
        assert view["outcome"] == document["outcome"]
        if first is not None:
            assert (view["port_id"], view["eta_at"]) == (first["port"]["id"], first["eta_at"])
            assert view["time_to_landing_min"] == first["time_to_landing_min"]
        seen.add(view["outcome"])
        excluded = {item["port"]["id"] for item in document["excluded"]}
        every = QuickDecision.of(decision)
        assert {port.id for port in world.ports if fails_hard(every, port.id)} == excluded
    assert seen == {"suitable", "unconfirmed"}


def latest(minutes_ago=10.0, persons=(None, None), uncertainty_m=None):
    from api.store.encounters import stated_persons
    from api.store.validation import written_time

    report = {
        "position": {"type": "Point", "coordinates": [1.4, 51.0]},
        "uncertainty_m": uncertainty_m,
        "observed_at": written_time(int((NOW - 60 * minutes_ago) * 1000)),
        "persons": {"min": persons[0], "max": persons[1]},
    }
    return {"encounter_id": "e-1", "latest": report, "persons": stated_persons(report)}  # fmt: skip


def asked(minutes_ago, **more):
    from api.position import format_time

    body = {"position": {"type": "Point", "coordinates": [1.2, 50.9]}, "time": format_time(NOW - 60 * minutes_ago)}
    return canonical(body | more)


def test_before_any_decision_it_is_the_report_and_the_careful_profile():
    text = encounter_now(OpenEncounter(latest(uncertainty_m=90_000.0, persons=(None, 30)), None, None, None), NOW)
    assert text.position.coordinates == [1.4, 51.0]
    assert (text.position_age_s, text.position_accuracy_m) == (600.0, 50_000.0)
    assert (text.persons.min, text.persons.max) == (0, 30)
    assert text.vessel.profile is None


@pytest.mark.parametrize(
    ("counted", "known"),
    [((40, None), {"min": 40}), ((None, 30), {"min": 0, "max": 30}), ((40, 45), {"min": 40, "max": 45})],
)
def test_at_least_so_many_stays_open(counted, known):
    found = encounter_now(OpenEncounter(latest(persons=counted), None, None, None), NOW)
    assert found.model_dump(mode="json", exclude_unset=True, exclude_none=True)["persons"] == known


@pytest.mark.parametrize(("least", "judged", "over"), [(40, 100, False), (150, 150, False), (200, 200, True)])
def test_at_least_so_many_is_judged_as_not_known_but_never_as_fewer(service, least, judged, over):
    """A Severn carries 185: for at least 200 no port is fit, and for fewer the number is an assumption."""
    body = {"position": {"type": "Point", "coordinates": [1.25, 51.05]}, "persons": {"min": least},
            "vessel": {"profile": "rnli-severn"}}  # fmt: skip
    decision = service.decide(service.ask(EncounterIn.model_validate(body), NOW))
    document = decision_document(decision)
    assert decision.persons == judged
    assert document["encounter"]["persons"] == {"min": least, "max": None}
    assert "POB_UNKNOWN" in {notice["code"] for notice in document["notices"]}
    assert (document["outcome"] == "none") is over
    again = service.decide(service.ask(EncounterIn.model_validate(document["encounter"]), NOW))
    assert decision_document(again)["decision_id"] == document["decision_id"]


def test_the_newer_of_report_and_decision_gives_the_position_and_the_decision_gives_the_vessel():
    for minutes_ago, place, persons in ((5, [1.2, 50.9], 12), (20, [1.4, 51.0], 40)):
        ask = asked(minutes_ago, persons=12, vessel={"profile": "rnli-severn"}, medical="critical")
        text = encounter_now(OpenEncounter(latest(persons=(40, 40)), None, ask, {}), NOW)
        assert text.position.coordinates == place
        assert (text.persons if isinstance(text.persons, int) else text.persons.max) == persons
        assert (text.vessel.profile, text.medical) == ("rnli-severn", "critical")


def test_a_report_of_fewer_than_were_recovered_leaves_the_recovered_in_doubt():
    ask = asked(20, persons=40, persons_recovered=40)
    text = encounter_now(OpenEncounter(latest(persons=(10, 10)), None, ask, {}), NOW)
    assert (text.persons.max, text.persons_recovered) == (10, None)


def row_of(*reports):
    """Row of the board for reports, each of minutes ago, with its count and what it says on scene."""
    from api.store.encounters import board_row
    from api.store.validation import written_time

    written = []
    for sequence, (minutes_ago, persons, on_scene) in enumerate(reports, 1):
        least, most = (persons, persons) if isinstance(persons, int) or persons is None else persons
        written.append({
            "position": {"type": "Point", "coordinates": [1.2 + sequence / 10, 50.95]}, "uncertainty_m": None,
            "observed_at": written_time(int((NOW - 60 * minutes_ago) * 1000)), "sequence": sequence,
            "persons": {"min": least, "max": most}, "on_scene": on_scene or None,
        })  # fmt: skip
    return board_row("e-1", written)


SEVERN, CTT = {"vessel": {"profile": "rnli-severn"}}, {"vessel": {"profile": "snsm-ctt"}}
FIRST, LATE = (30, 10, SEVERN), (2, 60, CTT)


def taken_over(before, minutes_ago, **changed):
    """The body known minutes ago as a recorded ask, with some of it changed."""
    from api.board import body_now

    body = body_now(OpenEncounter(before, None, None, None), NOW - 60 * minutes_ago)
    return canonical({**body, **changed})


@pytest.mark.parametrize(
    ("changed", "known"),
    [
        # Asking observed nothing: the report that came in later and was observed before the decision is newer.
        ({}, (60, "snsm-ctt")),
        # As many in another way of writing are no other number.
        ({"persons": 10}, (60, "snsm-ctt")),
        # What was stated anew is as old as its position: the late report is newer still.
        ({"persons": 12}, (60, "snsm-ctt")),
        # A position of the moment and a new number with it are newer than the report.
        ({"persons": 12, "position_age_s": 0.0}, (12, "snsm-ctt")),
        ({"persons": 12, "position_age_s": 0.0, "vessel": {"profile": "rnli-shannon"}}, (12, "rnli-shannon")),
    ],
)
def test_asking_for_a_decision_is_no_new_observation_of_what_it_takes_over(changed, known):
    before = row_of(FIRST)
    ask = taken_over(before, 1, **changed)
    found = encounter_now(OpenEncounter(row_of(FIRST, LATE), None, ask, {}, before), NOW)
    persons = found.persons if isinstance(found.persons, int) else found.persons.max
    assert (persons, found.vessel.profile) == known
    stated_anew = "position_age_s" in changed
    assert (found.position.coordinates[0], found.position_age_s) == ((1.3, 60.0) if stated_anew else (1.4, 120.0))


def test_a_decision_for_a_time_to_come_does_not_hide_what_is_reported_until_then():
    from api.position import format_time

    before = row_of(FIRST)
    ask = taken_over(before, 5, time=format_time(NOW + 3 * 3_600), position_age_s=0.0, persons=12)
    known = OpenEncounter(row_of(FIRST, LATE), None, ask, {}, before, NOW - 300)
    assert (encounter_now(known, NOW).persons.max, encounter_now(known, NOW).position_age_s) == (60, 120.0)
    # Until then what it states is the newest word there is.
    assert encounter_now(known._replace(board=before), NOW).persons == 12


def test_a_report_without_a_vessel_leaves_the_vessel_that_was_reported_last():
    before = row_of(FIRST)
    known = OpenEncounter(row_of(FIRST, LATE, (0, None, {})), None, taken_over(before, 1), {}, before)
    assert encounter_now(known, NOW).vessel.profile == "snsm-ctt"
    # What a decision takes over from an older report is as old as that, whatever was reported since.
    between = row_of(FIRST, (5, None, {}))
    late = row_of(FIRST, (5, None, {}), (10, None, CTT))
    found = encounter_now(OpenEncounter(late, None, taken_over(between, 1), {}, between), NOW)
    assert (found.vessel.profile, found.position_age_s) == ("snsm-ctt", 300.0)


@pytest.mark.parametrize(
    ("reports", "persons", "recovered"),
    [
        ([(10, 10, SEVERN), (5, None, {"persons_recovered": 20})], (20, 20), 20),
        ([(10, (5, 30), {}), (5, None, {"persons_recovered": 20})], (20, 30), 20),
        ([(10, (5, None), {}), (5, None, {"persons_recovered": 20})], (20, None), 20),
        ([(10, None, {}), (5, None, {"persons_recovered": 20})], (20, None), 20),
        ([(10, 0, {}), (5, None, {"persons_recovered": 20, "persons_in_water": True})], (20, 20), 20),
        ([(10, 0, {}), (5, None, {"persons_in_water": True})], (1, None), None),
        # A newer count is the word that counts.
        ([(10, None, {"persons_recovered": 20, "persons_in_water": True}), (5, 0, {})], (0, 0), 20),
        ([(10, None, {"persons_recovered": 20}), (5, 10, {})], (10, 10), None),
        ([(10, 0, {}), (5, None, {"persons_in_water": False})], (0, 0), None),
        ([(10, 40, {}), (5, None, {"persons_recovered": 20})], (40, 40), 20),
    ],
)
def test_who_was_recovered_or_is_in_the_water_is_among_the_people(reports, persons, recovered):
    found = encounter_now(OpenEncounter(row_of(*reports), None, None, None), NOW)
    assert ((found.persons.min, found.persons.max), found.persons_recovered) == (persons, recovered)


def test_an_old_report_is_no_older_than_can_be_said():
    text = encounter_now(OpenEncounter(latest(minutes_ago=60 * 24 * 30), None, None, None), NOW)
    assert text.position_age_s == 604_800.0


def test_a_report_of_nobody_is_a_report():
    """It asks for no port, so the door refuses it; but the row of a boat found empty must not break the board."""
    found = encounter_now(OpenEncounter(latest(persons=(0, 0)), None, None, None), NOW)
    assert (found.persons.min, found.persons.max) == (0, 0)
    with pytest.raises(ValidationError, match="nobody is to be landed"):
        EncounterIn.model_validate(found.model_dump(mode="json", exclude_unset=True))
