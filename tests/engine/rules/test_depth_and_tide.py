from math import isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.codes import Code, Gate, Grade, Verdict
from engine.rules.depth_and_tide import EntranceDepth, EntryTide, depth_needed, gate, tide_data, under_keel_clearance


@pytest.mark.parametrize(
    ("draught", "allowance", "needed"),
    [(1.0, 0.0, 1.3), (3.0, 0.0, 3.3), (6.0, 0.0, 6.6), (1.0, 0.5, 1.8), (1.78, 0.0, 2.08)],
)
def test_margin_is_the_greater_of_a_depth_and_a_share(draught, allowance, needed):
    assert depth_needed(draught, 0.3, 0.1, allowance) == pytest.approx(needed, abs=1e-12)


def test_an_unknown_draught_needs_an_unknown_depth():
    assert isnan(depth_needed(nan, 0.3, 0.1, 0.0))


MARGINAL_M = 0.5
HIGHEST_M = 6.0


WEAK_DOUBT_M = 0.5


def clearance(
    needed, depth, dries=False, tide=nan, doubt=0.0, highest=HIGHEST_M, by_hours=False, grade=Grade.PUBLISHED,
    hours_grade=Grade.PUBLISHED,
):  # fmt: skip
    return under_keel_clearance(
        needed, EntranceDepth(depth, int(grade), dries), EntryTide(tide, doubt, highest), MARGINAL_M, WEAK_DOUBT_M,
        by_hours, int(hours_grade),
    )  # fmt: skip


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
    found = clearance(needed, depth, dries, tide, highest=highest)
    assert (found.verdict, found.code) == (verdict, code)


# Eighths, so that limits are met exactly.
@pytest.mark.parametrize(
    ("tide", "doubt", "verdict", "code"),
    [
        (1.75, 0.25, Verdict.PASS, Code.UKC_OK),
        (1.625, 0.25, Verdict.PASS, Code.UKC_MARGINAL),
        (1.25, 0.25, Verdict.PASS, Code.UKC_MARGINAL),
        (1.125, 0.25, Verdict.UNKNOWN, Code.TIDE_DOUBTFUL),
        (0.75, 0.25, Verdict.UNKNOWN, Code.TIDE_DOUBTFUL),
        (0.625, 0.25, Verdict.FAIL, Code.DRAFT_EXCEEDED),
        (0.75, 0.125, Verdict.FAIL, Code.DRAFT_EXCEEDED),
        (1.125, 0.0, Verdict.PASS, Code.UKC_MARGINAL),
    ],
)
def test_a_doubtful_tide_passes_only_when_its_worst_still_floats_her(tide, doubt, verdict, code):
    found = clearance(3.0, 2.0, tide=tide, doubt=doubt)
    assert (found.verdict, found.code) == (verdict, code)
    assert (found.measured, found.limit) == (2.0 + tide, 3.0)


@pytest.mark.parametrize("tide", [1.0, 9.0])
def test_a_tide_of_unknown_doubt_is_unknown(tide):
    assert clearance(3.0, 2.0, tide=tide, doubt=nan).verdict == Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("needed", "depth", "dries", "tide", "by_hours", "code"),
    [
        (2.0, nan, True, nan, True, Code.DEPTH_BY_HOURS),
        (2.0, nan, False, 3.0, True, Code.DEPTH_BY_HOURS),
        (2.0, nan, True, nan, False, Code.TIDE_UNKNOWN),
        (2.0, nan, False, 3.0, False, Code.DEPTH_UNKNOWN),
        # No hours help against a depth that is stated, nor against a harbour too dry at any tide.
        (2.0, -1.0, True, 2.0, True, Code.DRAFT_EXCEEDED),
        (6.1, nan, True, nan, True, Code.DRAFT_EXCEEDED),
        (nan, nan, True, nan, True, Code.DRAUGHT_UNKNOWN),
    ],
)
def test_hours_of_a_harbour_stand_in_for_a_depth_nobody_has_stated(needed, depth, dries, tide, by_hours, code):
    assert clearance(needed, depth, dries, tide, by_hours=by_hours).code == code


any_figure = st.one_of(st.just(nan), st.floats(-10.0, 30.0))
any_doubt = st.floats(0.0, 2.0)


@given(any_figure, any_figure, st.booleans(), any_figure, any_doubt, any_figure, st.booleans())
def test_learning_a_missing_figure_never_turns_pass_into_fail_or_back(
    needed, depth, dries, tide, doubt, highest, by_hours
):
    found = clearance(needed, depth, dries, nan, nan, highest, by_hours)
    learnt = clearance(needed, depth, dries, tide, doubt, highest, by_hours)
    if found.verdict == Verdict.PASS and (tide >= 0.0 or isnan(tide)):
        assert learnt.verdict != Verdict.FAIL
    if found.verdict == Verdict.FAIL and (tide <= highest or isnan(tide)):
        assert learnt.verdict != Verdict.PASS


@given(any_figure, any_figure, st.booleans(), st.floats(-2.0, 12.0), st.floats(0.0, 2.0), st.floats(0.0, 3.0))
def test_more_water_and_less_doubt_never_make_it_worse(needed, depth, dries, tide, doubt, more):
    rank = {Verdict.FAIL: 0, Verdict.UNKNOWN: 1, Verdict.PASS: 2}
    here = rank[clearance(needed, depth, dries, tide, doubt).verdict]
    assert rank[clearance(needed, depth, dries, tide + more, doubt).verdict] >= here
    if here == 2:
        assert rank[clearance(needed, depth, dries, tide, max(0.0, doubt - more)).verdict] == 2


@given(any_figure, any_figure, st.booleans(), any_figure, any_doubt, any_figure, st.booleans())
def test_a_pass_has_the_water_it_needs(needed, depth, dries, tide, doubt, highest, by_hours):
    if clearance(needed, depth, dries, tide, doubt, highest, by_hours).verdict == Verdict.PASS:
        assert depth >= needed or depth + tide - doubt >= needed


WEAK = (Grade.ESTIMATE, Grade.BOUND, Grade.INFERRED, Grade.GENERAL)


@pytest.mark.parametrize(
    ("grade", "tide", "verdict", "code"),
    [
        # Needed 3.0 m over 2.0 m: what was read judges, what was read nowhere is for care.
        (Grade.PUBLISHED, 1.5, Verdict.PASS, Code.UKC_OK),
        (Grade.TRANSCRIBED, 1.5, Verdict.PASS, Code.UKC_OK),
        (Grade.GENERAL, 1.5, Verdict.UNKNOWN, Code.DEPTH_GENERAL),
        (Grade.INFERRED, 1.5, Verdict.UNKNOWN, Code.DEPTH_INFERRED),
        (Grade.BOUND, 1.5, Verdict.UNKNOWN, Code.DEPTH_INFERRED),
        (Grade.ESTIMATE, 1.5, Verdict.UNKNOWN, Code.DEPTH_ESTIMATED),
        # Short by less than it may be out, and by more.
        (Grade.PUBLISHED, 0.75, Verdict.FAIL, Code.DRAFT_EXCEEDED),
        (Grade.GENERAL, 0.75, Verdict.UNKNOWN, Code.DEPTH_DOUBTFUL),
        (Grade.GENERAL, 0.25, Verdict.FAIL, Code.DRAFT_EXCEEDED),
        (Grade.INFERRED, 0.25, Verdict.FAIL, Code.DRAFT_EXCEEDED),
        # That smaller craft come and go is no evidence against a larger one.
        (Grade.BOUND, 0.0, Verdict.UNKNOWN, Code.DEPTH_UNKNOWN),
    ],
)
def test_how_well_a_depth_is_known_decides_what_it_does(grade, tide, verdict, code):
    found = clearance(3.0, 2.0, tide=tide, grade=grade)
    assert (found.verdict, found.code) == (verdict, code)


@given(any_figure, any_figure, st.booleans(), any_figure, any_doubt, any_figure, st.booleans())
def test_knowing_a_depth_less_well_never_makes_more_of_a_port(needed, depth, dries, tide, doubt, highest, by_hours):
    strong = clearance(needed, depth, dries, tide, doubt, highest, by_hours)
    for grade in WEAK:
        weak = clearance(needed, depth, dries, tide, doubt, highest, by_hours, grade=grade)
        assert weak.verdict != Verdict.PASS
        if weak.verdict == Verdict.FAIL:
            assert strong.verdict == Verdict.FAIL


@pytest.mark.parametrize("grade", WEAK)
def test_published_hours_stand_for_a_depth_that_is_known_less_well(grade):
    assert clearance(3.0, 2.0, tide=0.75, grade=grade, by_hours=True).code == Code.DEPTH_BY_HOURS
    assert clearance(3.0, 2.0, tide=0.75, grade=grade, by_hours=True, hours_grade=grade).code != Code.DEPTH_BY_HOURS


def way_in(kind, hours=nan, doubt=0.0, wait_s=0.0, before=2.0, after=1.5, grade=Grade.PUBLISHED):
    return gate(int(kind), int(grade), hours, doubt, before, after, wait_s, 1200.0)


@pytest.mark.parametrize("grade", WEAK)
@pytest.mark.parametrize(
    ("kind", "hours", "wait_s", "code"),
    [
        (Gate.NONE, nan, 0.0, Code.GATE_NONE_GENERAL),
        (Gate.TIDAL_WINDOW, 0.0, 0.0, Code.GATE_HOURS_GENERAL),
        (Gate.TIDAL_WINDOW, -2.0, 900.0, Code.GATE_WAIT_GENERAL),
        # A wait for water is no matter of hours.
        (Gate.NONE, nan, 900.0, Code.GATE_WAIT),
        (Gate.TIDAL_WINDOW, 3.0, 0.0, Code.GATE_CLOSED),
    ],
)
def test_hours_that_were_read_nowhere_are_for_care(kind, hours, wait_s, code, grade):
    found = way_in(kind, hours, wait_s=wait_s, grade=grade)
    assert found.code == code
    assert found.verdict != Verdict.PASS


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
    found = way_in(kind, hours)
    assert (found.verdict, found.code) == (verdict, code)


@pytest.mark.parametrize(
    ("hours", "doubt", "code"),
    [
        (-1.75, 0.25, Code.GATE_OPEN),
        (-1.8125, 0.25, Code.GATE_HOURS_DOUBTFUL),
        (-2.25, 0.25, Code.GATE_HOURS_DOUBTFUL),
        (-2.3125, 0.25, Code.GATE_CLOSED),
        (1.25, 0.25, Code.GATE_OPEN),
        (1.3125, 0.25, Code.GATE_HOURS_DOUBTFUL),
        (1.75, 0.25, Code.GATE_HOURS_DOUBTFUL),
        (1.8125, 0.25, Code.GATE_CLOSED),
        (0.0, 1.75, Code.GATE_HOURS_DOUBTFUL),
        (0.0, nan, Code.GATE_TIDE_UNKNOWN),
        (-2.5, nan, Code.GATE_TIDE_UNKNOWN),
    ],
)
def test_near_the_ends_of_its_hours_a_gate_is_doubtful(hours, doubt, code):
    assert way_in(Gate.TIDAL_WINDOW, hours, doubt).code == code


@pytest.mark.parametrize(("hours", "edge"), [(-2.25, -2.0), (-1.8125, -2.0), (1.3125, 1.5), (1.75, 1.5)])
def test_a_doubtful_gate_says_which_edge_is_near(hours, edge):
    assert way_in(Gate.TIDAL_WINDOW, hours, 0.25).limit == edge


@pytest.mark.parametrize(
    ("kind", "verdict", "code"),
    [
        (Gate.NONE, Verdict.FAIL, Code.GATE_WAIT),
        (Gate.LOCK_24H, Verdict.FAIL, Code.GATE_WAIT),
        (Gate.TIDAL_WINDOW, Verdict.FAIL, Code.GATE_WAIT),
        # No wait opens what is not known to open.
        (Gate.LOCK, Verdict.UNKNOWN, Code.LOCK_SCHEDULE_UNKNOWN),
        (Gate.UNKNOWN, Verdict.UNKNOWN, Code.GATE_UNKNOWN),
    ],
)
def test_a_wait_outside_is_told_with_its_length(kind, verdict, code):
    found = way_in(kind, -2.0, wait_s=900.0)
    assert (found.verdict, found.code) == (verdict, code)
    if code == Code.GATE_WAIT:
        assert found.measured == 900.0


def test_a_lock_that_works_round_the_clock_costs_its_time():
    assert way_in(Gate.LOCK_24H).measured == 1200.0


@pytest.mark.parametrize(("before", "after"), [(nan, nan), (2.0, nan), (nan, 2.0)])
def test_a_gate_with_blank_hours_stays_unknown(before, after):
    assert way_in(Gate.TIDAL_WINDOW, 0.0, before=before, after=after).verdict == Verdict.UNKNOWN


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
