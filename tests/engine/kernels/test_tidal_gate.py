"""When a port lets a vessel in: against looking at every second, and what must hold whatever the tide."""

from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.kernels.tidal_gate import FINEST_S, STEP_S, Sill, is_open, seconds_from_high_water, wait_for_entry_s
from tests.oracles import openings
from tests.oracles.openings import PERIOD_S, START_S, sinusoidal_tides

HOUR_S = 3600.0
HIGH_S = START_S + 2.0 * HOUR_S + 3.0 * PERIOD_S
"""A high water well inside the table."""
OPEN_SEA = Sill(nan, False, nan, nan, 0.0)


def over_sill(tide_needed_m, hold_s=0.0):
    return Sill(tide_needed_m, False, nan, nan, hold_s)


def in_hours(before_h, after_h, hold_s=0.0):
    return Sill(nan, True, before_h * HOUR_S, after_h * HOUR_S, hold_s)


SILLS = st.one_of(
    st.builds(Sill, st.floats(0.5, 6.5), st.just(False), st.just(nan), st.just(nan), st.floats(0.0, 2400.0)),
    st.builds(Sill, st.just(nan), st.just(True), st.floats(0.5, 14_400.0), st.floats(0.5, 14_400.0), st.just(0.0)),
    st.builds(
        Sill, st.floats(0.5, 6.5), st.just(True), st.floats(0.0, 14_400.0), st.floats(0.0, 14_400.0),
        st.floats(0.0, 2400.0),
    ),
)  # fmt: skip
TIDES = st.builds(
    sinusoidal_tides, range_m=st.floats(1.0, 7.0), mean_m=st.floats(2.0, 5.0), shift_s=st.floats(-3600.0, 3600.0),
    factor=st.floats(0.5, 1.3), lift_m=st.floats(-0.5, 0.5), doubt_m=st.floats(0.0, 0.6),
    doubt_s=st.floats(0.0, 1800.0),
)  # fmt: skip
ARRIVALS = st.floats(START_S + 1.2 * 86_400.0, START_S + 3.0 * 86_400.0)
DOUBTS = st.sampled_from([1.0, 0.0, -1.0])


@settings(deadline=None, max_examples=300)
@given(TIDES, SILLS, ARRIVALS, DOUBTS)
def test_open_is_what_the_definition_says(tides, sill, at_s, doubt):
    assert is_open(tides, 0, sill, at_s, doubt) == openings.open_at(tides, 0, sill, np.array([at_s]), doubt)[0]


@settings(deadline=None, max_examples=300)
@given(TIDES, SILLS, ARRIVALS, DOUBTS, st.sampled_from([1800.0, 3600.0, 26 * HOUR_S]))
def test_the_wait_ends_with_the_first_second_that_is_open(tides, sill, at_s, doubt, longest_s):
    seconds = np.arange(0.0, longest_s + 0.5)
    state = openings.open_at(tides, 0, sill, at_s + seconds, doubt)
    # An opening shorter than a step is not relied on, and may be passed over.
    changes = np.flatnonzero(np.diff(state) != 0.0)
    assume((np.diff(changes) > STEP_S + 1.0).all())
    assume(len(changes) == 0 or seconds[-1] - seconds[changes[-1]] > STEP_S)
    found = wait_for_entry_s(tides, 0, sill, at_s, doubt, longest_s)
    plain = openings.wait(tides, 0, sill, at_s, doubt, longest_s)
    if plain == inf:
        assert found == inf
    else:
        # Between two whole seconds it may open up to one second earlier.
        assert plain - 1.0 <= found <= plain + FINEST_S
        assert is_open(tides, 0, sill, at_s + found, doubt) == 1.0
    assert (found == 0.0) == (state[0] == 1.0)


@settings(deadline=None, max_examples=300)
@given(TIDES, SILLS, ARRIVALS, DOUBTS, st.floats(0.0, 26 * HOUR_S))
def test_whatever_the_sill_a_wait_ends_open_and_within_its_limit(tides, sill, at_s, doubt, longest_s):
    found = wait_for_entry_s(tides, 0, sill, at_s, doubt, longest_s)
    assert found == inf or 0.0 <= found <= longest_s
    if found < inf:
        assert openings.open_at(tides, 0, sill, np.array([at_s + found]), doubt)[0] == 1.0
        # Never before the first second that is open.
        assert found >= openings.wait(tides, 0, sill, at_s, doubt, longest_s) - 1.0


@settings(deadline=None, max_examples=300)
@given(TIDES, SILLS, ARRIVALS)
def test_to_be_sure_one_waits_longest(tides, sill, at_s):
    sure, nominal, possible = (is_open(tides, 0, sill, at_s, doubt) for doubt in (1.0, 0.0, -1.0))
    assert sure <= nominal <= possible
    waits = [openings.wait(tides, 0, sill, at_s, doubt, 14 * HOUR_S) for doubt in (1.0, 0.0, -1.0)]
    found = [wait_for_entry_s(tides, 0, sill, at_s, doubt, 14 * HOUR_S) for doubt in (1.0, 0.0, -1.0)]
    # An opening that only the sure tide makes shorter than a step may be missed; an earlier one is never made up.
    assert waits[0] >= waits[1] >= waits[2]
    if found == pytest.approx(waits, abs=FINEST_S):
        assert found[0] >= found[1] - FINEST_S >= found[2] - 2.0 * FINEST_S


@pytest.mark.parametrize(
    ("from_high_h", "wait_h"),
    [(-3.0, 1.0), (-2.0, 0.0), (0.0, 0.0), (1.5, 0.0), (1.51, 12.42 - 3.51), (6.0, 12.42 - 8.0), (-6.0, 4.0)],
)
def test_hours_about_high_water_open_two_before_and_close_one_and_a_half_after(from_high_h, wait_h):
    tides = sinusoidal_tides(doubt_s=0.0)
    found = wait_for_entry_s(tides, 0, in_hours(2.0, 1.5), HIGH_S + from_high_h * HOUR_S, 1.0, 14 * HOUR_S)
    assert found == pytest.approx(wait_h * HOUR_S, abs=FINEST_S)


def test_a_doubtful_high_water_shortens_the_sure_hours_and_lengthens_the_possible_ones():
    tides = sinusoidal_tides(doubt_s=600.0)
    arrival_s = HIGH_S - 3.0 * HOUR_S
    found = [wait_for_entry_s(tides, 0, in_hours(2.0, 2.0), arrival_s, doubt, 2 * HOUR_S) for doubt in (1.0, 0.0, -1.0)]
    assert found == pytest.approx([4200.0, 3600.0, 3000.0], abs=FINEST_S)


def test_on_a_rising_tide_one_waits_for_the_height_and_to_be_sure_for_more():
    tides = sinusoidal_tides(range_m=6.0, mean_m=3.5, doubt_m=0.3)
    arrival_s = HIGH_S - 5.0 * HOUR_S
    for doubt in (1.0, 0.0, -1.0):
        height_m = 4.0 + 0.3 * doubt
        opens_s = HIGH_S - PERIOD_S / (2.0 * np.pi) * np.arccos((height_m - 3.5) / 3.0)
        found = wait_for_entry_s(tides, 0, over_sill(4.0), arrival_s, doubt, 6 * HOUR_S)
        # A chord between samples lies a millimetre off the cosine.
        assert found == pytest.approx(opens_s - arrival_s, abs=FINEST_S + 3.0)


def test_on_a_falling_tide_the_water_must_last_to_the_landing():
    tides = sinusoidal_tides(range_m=6.0, mean_m=3.5, doubt_m=0.0)
    last_s = HIGH_S + PERIOD_S / (2.0 * np.pi) * np.arccos((4.0 - 3.5) / 3.0)
    for hold_s in (0.0, 600.0, 1800.0):
        assert is_open(tides, 0, over_sill(4.0, hold_s), last_s - hold_s - 10.0, 0.0) == 1.0
        assert is_open(tides, 0, over_sill(4.0, hold_s), last_s - hold_s + 10.0, 0.0) == 0.0


@settings(deadline=None, max_examples=200)
@given(TIDES, st.floats(0.5, 6.5), st.floats(0.0, 2400.0), ARRIVALS)
def test_a_low_water_on_the_way_in_takes_no_more_than_a_hand_of_water(tides, needed_m, hold_s, at_s):
    """The tide is looked at on both ends of the way in; with ways in of 40 minutes what lies between matters little."""
    open_at_ends = is_open(tides, 0, over_sill(needed_m, hold_s), at_s, 0.0)
    if open_at_ends == 1.0:
        between = np.min([openings.heights(tides, 0, np.array([at_s + k * hold_s / 60.0]))[0] for k in range(61)])
        assert between >= needed_m - 0.13


@pytest.mark.parametrize("doubt", [1.0, 0.0, -1.0])
@pytest.mark.parametrize(
    ("tides", "at_s"),
    [
        (sinusoidal_tides(without=(0,)), HIGH_S),
        (sinusoidal_tides(), START_S - 60.0),
        (sinusoidal_tides(), START_S + 6.0 * 86_400.0),
        (sinusoidal_tides(), nan),
        (sinusoidal_tides(shift_s=3600.0), START_S + 3000.0),
    ],
)
def test_without_a_tide_nothing_is_known(tides, at_s, doubt):
    for sill in (over_sill(3.0), in_hours(2.0, 2.0), Sill(3.0, True, 7200.0, 7200.0, 600.0)):
        assert isnan(is_open(tides, 0, sill, at_s, doubt))
        assert isnan(wait_for_entry_s(tides, 0, sill, at_s, doubt, 3600.0))
    assert isnan(seconds_from_high_water(tides, 0, at_s))


def test_a_wait_that_leaves_the_table_is_unknown():
    tides = sinusoidal_tides(range_m=6.0, mean_m=3.5)
    falling_s = START_S + 2.0 * HOUR_S + 9.25 * PERIOD_S
    end_s = START_S + 5.0 * 86_400.0
    assert isnan(wait_for_entry_s(tides, 0, over_sill(6.0), falling_s, 0.0, 12.0 * HOUR_S))
    assert wait_for_entry_s(tides, 0, over_sill(6.0), falling_s, 0.0, end_s - falling_s) == inf


def test_water_that_is_not_known_to_last_to_the_landing_is_unknown():
    tides = sinusoidal_tides(range_m=6.0, mean_m=3.5)
    end_s = START_S + 5.0 * 86_400.0
    assert is_open(tides, 0, over_sill(0.5, hold_s=200.0), end_s - 300.0, 0.0) == 1.0
    assert isnan(is_open(tides, 0, over_sill(0.5, hold_s=600.0), end_s - 300.0, 0.0))


@pytest.mark.parametrize("at_s", [HIGH_S, START_S - 9e9, nan])
def test_a_port_that_nothing_shuts_needs_no_tide(at_s):
    assert is_open(sinusoidal_tides(without=(0,)), 0, OPEN_SEA, at_s, 1.0) == 1.0
    assert wait_for_entry_s(sinusoidal_tides(without=(0,)), 0, OPEN_SEA, at_s, 1.0, 3600.0) == 0.0


@pytest.mark.parametrize(("longest_s", "found_s"), [(3590.0, inf), (3601.0, 3600.0), (0.0, inf), (599.0, inf)])
def test_a_wait_is_found_only_within_its_limit(longest_s, found_s):
    tides = sinusoidal_tides(doubt_s=0.0)
    found = wait_for_entry_s(tides, 0, in_hours(2.0, 1.5), HIGH_S - 3.0 * HOUR_S, 0.0, longest_s)
    assert found == pytest.approx(found_s, abs=FINEST_S)
    assert found == inf or found <= longest_s


def test_a_sill_above_every_tide_never_opens():
    assert wait_for_entry_s(sinusoidal_tides(), 0, over_sill(6.5), HIGH_S, 0.0, 26 * HOUR_S) == inf


@pytest.mark.parametrize(
    ("tides", "sill"),
    [
        (sinusoidal_tides(doubt_m=nan), over_sill(3.0)),
        (sinusoidal_tides(doubt_s=nan), in_hours(2.0, 2.0)),
        (sinusoidal_tides(), Sill(nan, True, nan, 7200.0, 0.0)),
        (sinusoidal_tides(), Sill(nan, True, 7200.0, nan, 0.0)),
    ],
    ids=["height doubt", "time doubt", "opens", "closes"],
)
def test_what_is_unknown_about_a_sill_opens_nothing(tides, sill):
    assert is_open(tides, 0, sill, HIGH_S, 1.0) != 1.0
