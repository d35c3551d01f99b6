from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.depth_and_tide import depth_needed, gate, tide_data, under_keel_clearance
from engine.vocab import Code, Gate, Verdict


@pytest.mark.parametrize(
    ("draught", "wave", "needed"),
    [(1.0, 0.0, 1.3), (3.0, 0.0, 3.3), (6.0, 0.0, 6.6), (1.0, 1.0, 1.8), (1.78, 0.0, 2.08)],
)
def test_margin_is_the_greater_of_a_depth_and_a_share(draught, wave, needed):
    assert depth_needed(draught, 0.3, 0.1, wave) == pytest.approx(needed, abs=1e-12)


@pytest.mark.parametrize(
    ("needed", "depth", "dries", "tide", "highest", "verdict", "code"),
    [
        # At chart datum, tide unknown.
        (2.3, 2.3, False, nan, 6.0, Verdict.PASS, Code.UKC_OK),
        (2.3, 2.29, False, nan, 6.0, Verdict.UNKNOWN, Code.TIDE_UNKNOWN),
        (2.3, 2.29, False, nan, nan, Verdict.UNKNOWN, Code.TIDE_UNKNOWN),
        (2.3, -4.0, True, nan, 6.3, Verdict.UNKNOWN, Code.TIDE_UNKNOWN),
        (2.3, -4.0, True, nan, 6.29, Verdict.FAIL, Code.DRAFT_EXCEEDED),
        # With a tide.
        (2.3, 2.0, False, 0.3, 6.0, Verdict.PASS, Code.UKC_MARGINAL),
        (2.3, 2.0, False, 0.8, 6.0, Verdict.PASS, Code.UKC_OK),
        (2.3, 2.0, False, 0.29, 6.0, Verdict.FAIL, Code.DRAFT_EXCEEDED),
        # Things nobody knows.
        (2.3, nan, False, nan, 6.0, Verdict.UNKNOWN, Code.DEPTH_UNKNOWN),
        (2.3, nan, False, 5.0, 6.0, Verdict.UNKNOWN, Code.DEPTH_UNKNOWN),
        (2.3, nan, True, nan, 6.0, Verdict.UNKNOWN, Code.TIDE_UNKNOWN),
        (2.3, nan, True, 5.0, 6.0, Verdict.UNKNOWN, Code.DEPTH_UNKNOWN),
        (6.0, nan, True, nan, 6.0, Verdict.UNKNOWN, Code.TIDE_UNKNOWN),
        (6.1, nan, True, nan, 6.0, Verdict.FAIL, Code.DRAFT_EXCEEDED),
        (nan, 9.0, False, 5.0, 6.0, Verdict.UNKNOWN, Code.DRAUGHT_UNKNOWN),
    ],
)
def test_entrance_floats_draught_plus_margin(needed, depth, dries, tide, highest, verdict, code):
    found = under_keel_clearance(needed, depth, dries, tide, highest, 0.5)
    assert (found.verdict, found.code) == (verdict, code)


any_figure = st.one_of(st.just(nan), st.floats(-10.0, 30.0))


@given(any_figure, any_figure, st.booleans(), any_figure, any_figure)
def test_learning_a_missing_figure_never_turns_pass_into_fail_or_back(needed, depth, dries, tide, highest):
    found = under_keel_clearance(needed, depth, dries, nan, highest, 0.5)
    if found.verdict == Verdict.PASS and tide >= 0.0:
        assert under_keel_clearance(needed, depth, dries, tide, highest, 0.5).verdict == Verdict.PASS
    if found.verdict == Verdict.FAIL and tide <= highest:
        assert under_keel_clearance(needed, depth, dries, tide, highest, 0.5).verdict == Verdict.FAIL


@pytest.mark.parametrize(
    ("kind", "hours", "verdict", "code"),
    [
        (Gate.NONE, nan, Verdict.PASS, Code.GATE_NONE),
        (Gate.LOCK_24H, nan, Verdict.FAIL, Code.LOCK_QUEUE),
        (Gate.LOCK, nan, Verdict.UNKNOWN, Code.LOCK_SCHEDULE_UNKNOWN),
        (Gate.UNKNOWN, nan, Verdict.UNKNOWN, Code.GATE_UNKNOWN),
        (Gate.TIDAL_WINDOW, nan, Verdict.UNKNOWN, Code.GATE_TIDE_UNKNOWN),
        (Gate.TIDAL_WINDOW, -2.0, Verdict.PASS, Code.GATE_OPEN),
        (Gate.TIDAL_WINDOW, 1.5, Verdict.PASS, Code.GATE_OPEN),
        (Gate.TIDAL_WINDOW, 1.51, Verdict.FAIL, Code.GATE_CLOSED),
        (Gate.TIDAL_WINDOW, -2.01, Verdict.FAIL, Code.GATE_CLOSED),
    ],
)
def test_gate_opens_two_before_to_one_and_a_half_after_high_water(kind, hours, verdict, code):
    found = gate(int(kind), hours, 2.0, 1.5)
    assert (found.verdict, found.code) == (verdict, code)


def test_a_gate_with_blank_hours_stays_unknown():
    assert gate(int(Gate.TIDAL_WINDOW), 0.0, nan, nan).verdict == Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("depth", "kind", "tide", "code"),
    [
        (5.0, Gate.NONE, nan, Code.TIDE_NOT_NEEDED),
        (5.0, Gate.TIDAL_WINDOW, nan, Code.TIDE_MISSING),
        (1.0, Gate.NONE, nan, Code.TIDE_MISSING),
        (nan, Gate.NONE, nan, Code.TIDE_MISSING),
        (1.0, Gate.NONE, 3.0, Code.TIDE_PREDICTED_ONLY),
    ],
)
def test_says_whether_the_answer_leans_on_a_tide(depth, kind, tide, code):
    assert tide_data(2.0, depth, int(kind), tide).code == code
