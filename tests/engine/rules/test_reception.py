from math import nan

import pytest

from engine.codes import Code, Feed, Medical, Reception, Verdict
from engine.rules.authority import designated_place, in_srr_state, register_confidence
from engine.rules.reception import (
    basic_needs,
    capacity,
    danger_ashore,
    landing_rate,
    medical_reception,
    onward_transport,
)


@pytest.mark.parametrize(
    ("feed", "free", "persons", "known", "verdict", "code"),
    [
        (Feed.ABSENT, 500.0, 60.0, True, Verdict.UNKNOWN, Code.NO_CAPACITY_FEED),
        (Feed.STALE, 500.0, 60.0, True, Verdict.UNKNOWN, Code.CAP_UNKNOWN),
        (Feed.LIVE, nan, 60.0, True, Verdict.UNKNOWN, Code.CAP_UNKNOWN),
        (Feed.LIVE, 100.0, 90.0, True, Verdict.PASS, Code.CAP_OK),
        (Feed.LIVE, 100.0, 91.0, True, Verdict.FAIL, Code.CAP_TIGHT),
        (Feed.LIVE, 60.0, 60.0, True, Verdict.FAIL, Code.CAP_TIGHT),
        (Feed.LIVE, 59.0, 60.0, True, Verdict.FAIL, Code.CAP_FULL),
        (Feed.LIVE, 59.0, 100.0, False, Verdict.UNKNOWN, Code.CAP_UNKNOWN),
        (Feed.LIVE, 0.0, 100.0, False, Verdict.FAIL, Code.CAP_FULL),
    ],
)
def test_places_ashore(feed, free, persons, known, verdict, code):
    found = capacity(int(feed), free, persons, known, 0.1)
    assert (found.verdict, found.code) == (verdict, code)


@pytest.mark.parametrize(
    ("feed", "rate", "queue", "verdict"),
    [
        (Feed.LIVE, 40.0, 20.0, Verdict.PASS),
        (Feed.LIVE, 40.0, 21.0, Verdict.FAIL),
        (Feed.LIVE, nan, 0.0, Verdict.UNKNOWN),
        (Feed.ABSENT, 40.0, 0.0, Verdict.UNKNOWN),
    ],
)
def test_pace_of_landing(feed, rate, queue, verdict):
    assert landing_rate(int(feed), rate, queue, 60.0, 2.0).verdict == verdict


@pytest.mark.parametrize(
    ("need", "reception", "verdict", "code"),
    [
        (Medical.NONE, Reception.UNKNOWN, Verdict.NOT_APPLICABLE, Code.MED_RECEPTION_UNKNOWN),
        (Medical.NONE, Reception.NONE, Verdict.NOT_APPLICABLE, Code.MED_RECEPTION_NONE),
        (Medical.URGENT, Reception.HOSPITAL, Verdict.PASS, Code.MED_RECEPTION_OK),
        (Medical.URGENT, Reception.AMBULANCE, Verdict.PASS, Code.MED_RECEPTION_AMBULANCE),
        (Medical.URGENT, Reception.NONE, Verdict.FAIL, Code.MED_RECEPTION_NONE),
        (Medical.URGENT, Reception.UNKNOWN, Verdict.UNKNOWN, Code.MED_RECEPTION_UNKNOWN),
        (Medical.CRITICAL, Reception.HOSPITAL, Verdict.PASS, Code.MED_RECEPTION_OK),
        (Medical.CRITICAL, Reception.AMBULANCE, Verdict.FAIL, Code.MED_RECEPTION_AMBULANCE),
        (Medical.CRITICAL, Reception.NONE, Verdict.FAIL, Code.MED_RECEPTION_NONE),
        (Medical.CRITICAL, Reception.UNKNOWN, Verdict.UNKNOWN, Code.MED_RECEPTION_UNKNOWN),
    ],
)
def test_medical_reception(need, reception, verdict, code):
    found = medical_reception(int(need), int(reception))
    assert (found.verdict, found.code) == (verdict, code)


@pytest.mark.parametrize(
    ("feed", "value", "needs", "transport"),
    [
        (Feed.ABSENT, 1.0, Code.NO_RECEPTION_FEED, Code.ONWARD_TRANSPORT_UNKNOWN),
        (Feed.STALE, 1.0, Code.NEEDS_UNKNOWN, Code.ONWARD_TRANSPORT_UNKNOWN),
        (Feed.LIVE, nan, Code.NEEDS_UNKNOWN, Code.ONWARD_TRANSPORT_UNKNOWN),
        (Feed.LIVE, 1.0, Code.NEEDS_MET, Code.ONWARD_TRANSPORT_OK),
        (Feed.LIVE, 0.0, Code.NEEDS_UNMET, Code.ONWARD_TRANSPORT_NONE),
    ],
)
def test_needs_and_transport(feed, value, needs, transport):
    assert basic_needs(int(feed), value).code == needs
    assert onward_transport(int(feed), value).code == transport


def test_only_a_report_makes_danger_ashore():
    assert danger_ashore(True).verdict == Verdict.FAIL
    assert danger_ashore(False).verdict == Verdict.NOT_APPLICABLE


def test_lists_and_states_count_only_where_a_policy_says_so():
    assert designated_place(False, False).verdict == Verdict.NOT_APPLICABLE
    assert designated_place(True, True).verdict == Verdict.PASS
    assert designated_place(True, False).code == Code.PORT_NOT_DESIGNATED
    assert in_srr_state(False, False).verdict == Verdict.NOT_APPLICABLE
    assert in_srr_state(True, True).verdict == Verdict.PASS
    assert in_srr_state(True, False).code == Code.OUTSIDE_SRR_STATE


@pytest.mark.parametrize(("confidence", "verdict"), [(2, Verdict.PASS), (1, Verdict.UNKNOWN), (0, Verdict.UNKNOWN)])
def test_register_confidence(confidence, verdict):
    assert register_confidence(confidence).verdict == verdict
