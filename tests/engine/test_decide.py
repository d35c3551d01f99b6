"""The decision as a whole: order, statuses, what a missing or dead feed does, and that nothing is dropped."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from math import nan

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.decision_service import known_policy
from api.documents.decision import decision_document, to_json
from engine.codes import Code, Feed, Medical, PortStatus, Rule, Status, Verdict, Weight
from engine.decide import decide, deciding_finding, passed_over
from engine.errors import PositionRefused
from engine.model import Ask
from geodata.policies import policy_names

OFF_FOLKESTONE = (1.25, 51.05)


@pytest.fixture(scope="module")
def ask(service):
    return Ask(*OFF_FOLKESTONE, 1.642e9, service.vessels["rnli-severn"], known_policy("nearest-time"),
               persons_min=30.0, persons_max=30.0, persons_recovered=30.0, persons_in_water=False)  # fmt: skip


def port_number(world, name):
    return next(number for number, port in enumerate(world.ports) if port.id == name)


def codes(decision):
    return {notice.code for notice in decision.notices}


def live(world, **changes):
    """The world with another live picture; a feed given as one state is that of every port."""
    feeds = {
        name: np.full(len(world.ports), int(value), np.int8)
        for name, value in changes.items()
        if isinstance(value, Feed)
    }
    return replace(world, live=world.live._replace(**changes | feeds))


def test_off_folkestone_dover_is_the_answer_and_folkestone_is_explained(ask, world):
    decision = decide(ask, world)
    assert world.ports[decision.recommended].id == "dover"
    over = {world.ports[port].id: port for port in passed_over(decision)}
    assert Code(decision.code[over["folkestone"], deciding_finding(decision, over["folkestone"])]) == Code.TIDE_UNKNOWN


def test_every_port_is_judged_by_every_rule_and_none_is_dropped(ask, world):
    decision = decide(ask, world)
    document = decision_document(decision)
    named = [entry["port"]["id"] for entry in document["candidates"] + document["excluded"]]
    assert sorted(named) == sorted(port.id for port in world.ports)
    assert all(len(entry["findings"]) == len(Rule) for entry in document["candidates"] + document["excluded"])
    assert {entry["status"] for entry in document["excluded"]} == {"excluded"}


def test_no_feed_is_a_caution_said_once_and_makes_nobody_unconfirmed(ask, world):
    decision = decide(ask, world)
    assert decision.status[decision.recommended] == Status.CAUTION
    for code in (Code.NO_STATUS_FEED, Code.NO_CAPACITY_FEED, Code.NO_RECEPTION_FEED, Code.WX_MISSING):
        assert sum(notice.code == code for notice in decision.notices) == 1
        assert (decision.code == code).any(axis=1).all()


def test_a_feed_that_died_leaves_ports_unconfirmed(ask, world):
    dead = live(world, status_feed=Feed.STALE)
    decision = decide(ask, dead)
    assert decision.recommended is None
    assert Code.NO_PORT_CONFIRMED in codes(decision)
    document = decision_document(decision)
    assert document["outcome"] == "unconfirmed"
    assert document["recommended"] is None
    assert document["headline"]["en"].startswith("WARNING")


def test_a_port_that_reports_says_nothing_of_those_that_do_not(ask, world):
    count = len(world.ports)
    dover = port_number(world, "dover")
    feed, status = np.zeros(count, np.int8), np.zeros(count, np.int64)
    feed[dover], status[dover] = Feed.LIVE, PortStatus.CLOSED
    decision = decide(ask, live(world, status_feed=feed, status=status, status_age_s=np.where(feed, 0.0, np.nan)))
    assert decision.recommended not in (None, dover)
    silent = np.arange(count) != dover
    assert (decision.code[silent, Rule.R_PRT_01] == Code.NO_STATUS_FEED).all()
    assert decision.code[dover, Rule.R_PRT_01] == Code.PORT_CLOSED
    assert Code.NO_STATUS_FEED not in codes(decision)


def test_a_closed_port_is_excluded_and_explained(ask, world):
    count = len(world.ports)
    status = np.full(count, int(PortStatus.OPEN))
    status[port_number(world, "dover")] = int(PortStatus.CLOSED)
    closed = live(world, status_feed=Feed.LIVE, status=status, status_age_s=np.zeros(count))
    decision = decide(ask, closed)
    assert world.ports[decision.recommended].id != "dover"
    passed = {entry["port_id"]: entry["code"] for entry in decision_document(decision)["passed_over"]}
    assert passed["dover"] == "PORT_CLOSED"


def test_a_full_port_gives_way_to_one_with_places(ask, world):
    free = np.full(len(world.ports), 500.0)
    free[port_number(world, "dover")] = 29.0
    decision = decide(ask, live(world, capacity_feed=Feed.LIVE, free_places=free))
    assert world.ports[decision.recommended].id != "dover"
    assert decision.code[port_number(world, "dover"), Rule.R_CAP_01] == Code.CAP_FULL


@pytest.mark.parametrize(
    ("recovered", "in_water", "code"),
    [
        (29.0, False, Code.RESCUE_INCOMPLETE),
        (30.0, True, Code.RESCUE_INCOMPLETE),
        (nan, True, Code.RESCUE_INCOMPLETE),
        (nan, False, Code.RESCUE_STATE_UNKNOWN),
        (30.0, None, Code.RESCUE_STATE_UNKNOWN),
        (nan, None, Code.RESCUE_STATE_UNKNOWN),
        (30.0, False, None),
    ],
)
def test_people_in_the_water_come_first(ask, world, recovered, in_water, code):
    decision = decide(replace(ask, persons_recovered=recovered, persons_in_water=in_water), world)
    about_rescue = codes(decision) & {Code.RESCUE_INCOMPLETE, Code.RESCUE_STATE_UNKNOWN}
    assert about_rescue == ({code} if code else set())
    line = decision_document(decision)["headline"]["en"]
    assert line.startswith(
        {Code.RESCUE_INCOMPLETE: "WARNING", Code.RESCUE_STATE_UNKNOWN: "QUESTION"}.get(code, "ADVICE")
    )
    assert decision.recommended is not None


def test_unknown_persons_are_assumed_and_said_and_exclude_nobody(ask, service, world):
    shannon = replace(ask, vessel=service.vessels["rnli-shannon"], persons_min=nan, persons_max=nan)
    decision = decide(shannon, world)
    assert decision.persons == 100.0
    assert Code.POB_UNKNOWN in codes(decision)
    assert (decision.code[:, Rule.R_RTE_06] == Code.LOAD_POB_UNKNOWN).all()
    assert decision.recommended is not None


def test_more_people_than_the_vessel_carries_is_no_port_fit_with_the_nearest_still_first(ask, service, world):
    shannon = replace(ask, vessel=service.vessels["rnli-shannon"], persons_min=80.0, persons_max=80.0)
    decision = decide(shannon, world)
    document = decision_document(decision)
    assert document["outcome"] == "none"
    assert Code.NO_PORT_FIT in codes(decision)
    # By time, and what is known of a port less well counts a near tie against it.
    keys = decision.key_s[decision.order]
    assert (np.diff(keys[np.isfinite(keys)]) >= 0.0).all()
    assert (
        decision.key_s[decision.order[0]] <= decision.plain_key_s[np.isfinite(decision.plain_key_s)] * 1.1 + 600.0
    ).all()


def test_policies_change_the_order_as_their_sentence_says(ask, world):
    near_calais = replace(ask, lon=1.62, lat=51.03)
    by_name = {
        name: decide(replace(near_calais, policy=known_policy(name)), world)
        for name in ("nearest-time", "nearest-distance", "srr-state-preferred", "designated-only", "medical-first")
    }
    designated = by_name["designated-only"]
    allowed = known_policy("designated-only").designated
    for port in designated.order[designated.status[designated.order] <= Status.CAUTION]:
        assert world.ports[port].id in allowed
    distance = by_name["nearest-distance"]
    fit = distance.order[distance.status[distance.order] <= Status.CAUTION]
    # Where nothing is known less well, by miles and by time alone.
    fit = fit[distance.key_s[fit] == distance.plain_key_s[fit]]
    assert (np.diff(distance.distance_m[fit]) >= 0).all()
    time = by_name["nearest-time"]
    fit = time.order[time.status[time.order] <= Status.CAUTION]
    assert (np.diff(time.key_s[fit]) >= 0).all()
    fit = fit[time.key_s[fit] == time.plain_key_s[fit]]
    assert len(fit) > 10
    assert (np.diff(time.time_s[fit]) >= 0).all()


def test_the_state_of_the_region_is_never_a_silent_filter(ask, world):
    french_side_nearer_dover = replace(ask, lon=1.50, lat=50.985)
    plain = decide(french_side_nearer_dover, world)
    weighed = decide(replace(french_side_nearer_dover, policy=known_policy("srr-state-preferred")), world)
    assert plain.coordination.srr == weighed.coordination.srr == "FR"
    assert world.ports[plain.recommended].country != world.ports[weighed.recommended].country
    passed = {entry["port_id"]: entry["code"] for entry in decision_document(weighed)["passed_over"]}
    assert passed[world.ports[plain.recommended].id] == "OUTSIDE_SRR_STATE"


def test_a_range_of_persons_is_complete_only_at_its_upper_end(ask, world):
    some = replace(ask, persons_min=20.0, persons_max=40.0, persons_recovered=25.0)
    assert Code.RESCUE_STATE_UNKNOWN in codes(decide(some, world))
    unknown = replace(ask, persons_min=nan, persons_max=nan, persons_recovered=5.0)
    assert Code.RESCUE_STATE_UNKNOWN in codes(decide(unknown, world))


@pytest.mark.parametrize("profile", ["unknown", "fishing-vessel", "merchant-ship", "rnli-atlantic-85", "charter-minck"])
def test_no_assumed_figure_of_a_profile_excludes_a_port(ask, service, world, profile):
    vessel = service.vessels[profile]
    decision = decide(replace(ask, vessel=vessel, persons_min=30.0, persons_max=30.0), world)
    held = {"range_nm": Code.ENDURANCE_SHORT, "loa_m": Code.LOA_EXCEEDED, "beam_m": Code.BEAM_EXCEEDED,
            "max_persons": Code.LOAD_OVER_MAX}  # fmt: skip
    for column, code in held.items():
        if column in vessel.assumed:
            assert not (decision.code == code).any(), column


def test_that_guard_bites_on_a_stated_figure(ask, service, world):
    small = replace(service.vessels["unknown"], max_persons=20.0, assumed=())
    assert (decide(replace(ask, vessel=small), world).code == Code.LOAD_OVER_MAX).any()


def test_a_penalty_of_zero_displaces_nobody(service, world):
    """Calais is passed over for the other state, not for a feed whose absence costs nothing."""
    usual = known_policy("nearest-time")
    costs = usual.penalties_s | {Code.OUTSIDE_SRR_STATE: 3600.0, Code.NO_STATUS_FEED: 0.0}
    policy = replace(usual, weigh_srr_state=True, penalties_s=costs)
    at_s = datetime(2025, 11, 22, 14, 33, 20, tzinfo=UTC).timestamp()
    decision = decide(Ask(1.8697328134540772, 51.21767330885688, at_s, service.vessels["rnli-severn"], policy), world)
    calais = port_number(world, "calais")
    assert calais in passed_over(decision)
    assert decision.code[calais, Rule.R_PRT_01] == Code.NO_STATUS_FEED
    assert decision.code[calais, deciding_finding(decision, calais)] == Code.OUTSIDE_SRR_STATE


def test_a_port_nearer_in_time_that_lost_on_care_is_explained(ask, world):
    decision = decide(replace(ask, lon=1.56, lat=51.08, medical=Medical.CRITICAL), world)
    best = decision_document(decision)["recommended"]["port"]["id"]
    passed = {entry["port_id"]: entry["code"] for entry in decision_document(decision)["passed_over"]}
    assert best != "dover"
    assert passed["dover"] == "MED_RECEPTION_AMBULANCE"
    assert Code.POLICY_EFFECT not in codes(decision)


def test_the_switch_to_care_overrules_a_key_by_distance(ask, world):
    by_distance = replace(ask, lon=1.56, lat=51.08, policy=known_policy("nearest-distance"))
    plain = decide(by_distance, world)
    critical = decide(replace(by_distance, medical=Medical.CRITICAL), world)
    assert plain.recommended != critical.recommended


def test_a_harbour_outside_the_register_that_may_be_nearer_is_named(ask, world):
    off_ijmuiden = decide(replace(ask, lon=4.1, lat=52.2), world)
    notice = next(n for n in off_ijmuiden.notices if n.code == Code.UNLISTED_PORT_NEARER)
    assert "Scheveningen" in notice.facts["names"]
    assert Code.UNLISTED_PORT_NEARER not in codes(decide(ask, world))


def test_an_unknown_wait_is_not_shown_as_none(ask, world):
    document = decision_document(decide(ask, world))
    waits = {entry["port"]["id"]: entry["wait_min"] for entry in document["candidates"]}
    assert waits["dover"] == 0
    assert waits["folkestone"] is None


def test_a_time_critical_casualty_changes_the_key_and_makes_care_part_of_being_fit(ask, world):
    decision = decide(replace(ask, medical=Medical.CRITICAL), world)
    assert Code.MED_TIME_CRITICAL in codes(decision)
    best = decision.recommended
    assert decision.plain_key_s[best] > decision.time_s[best]
    hard = decision.weight[:, Rule.R_MED_02][decision.code[:, Rule.R_MED_02] == Code.MED_RECEPTION_UNKNOWN]
    assert (hard == Weight.HARD).all()


def test_an_uncertain_position_that_changes_the_answer_says_so(ask, world):
    midway = replace(ask, lon=1.60, lat=51.04)
    sure = decide(midway, world)
    other = decide(replace(midway, position_accuracy_m=9000.0), world)
    assert Code.POS_UNCERTAIN_CHANGES_ANSWER not in codes(sure)
    assert Code.POS_UNCERTAIN_CHANGES_ANSWER in codes(other)
    assert "position" in other.sensitive_to


def test_both_centres_are_named_in_the_boundary_band(ask, world):
    decision = decide(replace(ask, lon=1.4725, lat=51.015), world)
    assert decision.coordination.band
    assert {centre.name for centre in decision.coordination.centres} == {"DOVER COASTGUARD", "CROSS GRIS-NEZ"}
    assert Code.SRR_BOUNDARY_BAND in codes(decision)


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (51.05, 1.25, Code.POS_OUT_OF_AREA),
        (1.0, 51.2, Code.POS_ON_LAND),
        (2.35, 48.85, Code.POS_ON_LAND),
        (-20.0, 50.0, Code.POS_OUT_OF_AREA),
    ],
)
def test_positions_that_cannot_be_answered_for_are_refused_with_their_own_code(ask, world, lon, lat, code):
    with pytest.raises(PositionRefused) as refused:
        decide(replace(ask, lon=lon, lat=lat), world)
    assert refused.value.code == code
    assert refused.value.remedy


def test_same_inputs_same_bytes(ask, world):
    assert to_json(decision_document(decide(ask, world))) == to_json(decision_document(decide(replace(ask), world)))


def test_a_deeper_vessel_is_never_given_a_shorter_way(ask, service, world):
    near_goodwin = replace(ask, lon=1.72, lat=51.2367)
    lengths = [decide(replace(near_goodwin, vessel=replace(service.vessels["rnli-severn"], draught_m=draught)), world)
               .reach.distance_m for draught in (0.5, 2.0, 3.5, 8.0)]  # fmt: skip
    for shallow, deep in pairwise(lengths):
        assert (deep >= shallow - 1e-6).all()


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.floats(-6.5, 4.5),
    st.floats(48.5, 52.0),
    st.sampled_from(["rnli-severn", "ukbf-cutter-42m", "abeille", "unknown"]),
    st.one_of(st.none(), st.integers(0, 300)),
    st.sampled_from(list(Medical)),
    st.sampled_from(policy_names()),
)
def test_an_answer_keeps_its_promises_wherever_it_is_asked(service, world, lon, lat, profile, persons, medical, policy):
    figure = nan if persons is None else float(persons)
    try:
        decision = decide(
            Ask(lon, lat, 1.7e9, service.vessels[profile], known_policy(policy), persons_min=figure, persons_max=figure,
                medical=medical), world)  # fmt: skip
    except PositionRefused:
        return
    status = decision.status[decision.order]
    group = np.where(status <= Status.CAUTION, 0, status)
    assert (np.diff(group) >= 0).all()
    for kind in np.unique(group):
        keys = decision.key_s[decision.order][group == kind]
        finite = keys[np.isfinite(keys)]
        assert (np.diff(finite) >= 0).all()
    # A pass is earned: no fit port has a hard rule that is not a pass or not applicable.
    for port in decision.order[status <= Status.CAUTION]:
        hard = decision.weight[port] == Weight.HARD
        assert np.isin(decision.verdict[port][hard], (Verdict.PASS, Verdict.NOT_APPLICABLE)).all()
    # Every port nearer than the answer is explained.
    best = decision.recommended
    if best is not None:
        by_key = decision.plain_key_s < decision.plain_key_s[best]
        nearer = {int(p) for p in np.flatnonzero(by_key | (decision.time_s < decision.time_s[best]))}
        assert nearer == set(passed_over(decision))
    straight = decision_document(decision)
    for entry in straight["candidates"]:
        assert entry["distance_nm"] is None or entry["distance_nm"] >= entry["straight_line_nm"] - 0.15
