"""Which clock is believed, and what is said of it."""

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.terminal.clock import DAY_S, ROLLOVER_S, Clocks, observe_clock, read_clock

BUILT_S = 1_795_000_000.0
NOW_S = BUILT_S + 30 * DAY_S
STEADY_S = 500.0


def heard(utc_s, source="gps", priority=1, seconds=10, state=None, begin_s=STEADY_S):
    """Clocks after a receiver has told the time once a second."""
    state = state or Clocks(BUILT_S)
    for second in range(seconds):
        state = observe_clock(state, source, priority, utc_s + second, begin_s + second)
    return state


def read(state, system_s, after_s=10.0):
    return read_clock(state, STEADY_S + after_s, system_s + after_s)


def test_alone_the_computer_is_believed():
    reading = read(Clocks(BUILT_S), NOW_S)
    assert (reading.utc_s, reading.source, reading.trusted) == (NOW_S + 10.0, "system", True)
    assert isnan(reading.offset_s)


def test_a_computer_without_a_battery_is_not():
    reading = read(Clocks(BUILT_S), 0.0)
    assert (reading.trusted, reading.why) == (False, "clock_before")


def test_agreement_changes_nothing():
    reading = read(heard(NOW_S - 0.5), NOW_S)
    assert (reading.source, reading.trusted, reading.why) == ("system", True, "")
    assert reading.offset_s == pytest.approx(-0.5)


@pytest.mark.parametrize("offset_s", [5.0, -5.0, 3_600.0, -7_200.0, 0.9 * DAY_S])
def test_a_receiver_corrects_the_computer(offset_s):
    reading = read(heard(NOW_S + offset_s), NOW_S)
    assert (reading.source, reading.trusted, reading.why) == ("fix", True, "clock_corrected")
    assert reading.utc_s == pytest.approx(NOW_S + offset_s + 10.0)
    assert reading.offset_s == pytest.approx(offset_s)


def test_a_computer_that_is_proven_wrong_is_corrected_by_any_amount():
    reading = read(heard(NOW_S), 1_000_000.0)
    assert (reading.source, reading.trusted) == ("fix", True)
    assert reading.utc_s == NOW_S + 10.0


def test_of_two_that_may_be_right_nobody_knows_which():
    reading = read(heard(NOW_S + 3 * DAY_S), NOW_S)
    assert (reading.utc_s, reading.trusted, reading.why) == (NOW_S + 10.0, False, "clock_doubt")


def test_a_receiver_that_began_to_count_its_weeks_anew_is_put_right():
    reading = read(heard(NOW_S - ROLLOVER_S + 5.0), NOW_S)
    assert (reading.source, reading.trusted) == ("fix", True)
    assert reading.offset_s == pytest.approx(5.0)


def test_a_receiver_of_another_epoch_says_nothing():
    reading = read(heard(NOW_S - 5_000 * DAY_S), NOW_S)
    assert (reading.utc_s, reading.source, reading.trusted, reading.why) == (
        NOW_S + 10.0,
        "system",
        True,
        "clock_epoch",
    )


def test_neither_is_believed_where_both_are_impossible():
    reading = read(heard(NOW_S - 5_000 * DAY_S), 0.0)
    assert (reading.trusted, reading.why) == (False, "clock_before")


def test_a_clock_is_believed_only_once_it_has_run_for_a_while():
    assert read(heard(NOW_S + 60.0, seconds=4), NOW_S).source == "system"
    assert read(heard(NOW_S + 60.0, seconds=7), NOW_S).source == "fix"


def test_a_clock_that_stands_still_or_leaps_is_never_believed():
    state = Clocks(BUILT_S)
    for second in range(60):
        state = observe_clock(state, "gps", 1, NOW_S + 60.0 + 100.0 * (second % 2), STEADY_S + second)
    assert read(state, NOW_S, 60.0).source == "system"
    state = Clocks(BUILT_S)
    for second in range(60):
        state = observe_clock(state, "gps", 1, NOW_S + 60.0, STEADY_S + second)
    assert read(state, NOW_S, 60.0).source == "system"


def test_the_better_source_tells_the_time():
    state = heard(NOW_S + 60.0, "second", 2, state=heard(NOW_S + 30.0, "best", 1))
    assert read(state, NOW_S).offset_s == pytest.approx(30.0)


def test_a_receiver_long_silent_is_forgotten():
    state = heard(NOW_S + 60.0)
    assert read(state, NOW_S, 500.0).source == "fix"
    assert read(state, NOW_S, 700.0).source == "system"


def test_late_sentences_do_not_make_the_clock_slow():
    state = Clocks(BUILT_S)
    for second in range(20):
        state = observe_clock(state, "gps", 1, NOW_S + 60.0 + second - (second % 3) * 0.7, STEADY_S + second)
    assert read(state, NOW_S, 20.0).offset_s == pytest.approx(60.0)


@given(st.floats(-20_000 * DAY_S, 20_000 * DAY_S), st.floats(-20_000 * DAY_S, 20_000 * DAY_S))
def test_a_time_that_is_trusted_is_never_one_that_has_passed(system_off_s, receiver_off_s):
    reading = read(heard(NOW_S + receiver_off_s), NOW_S + system_off_s)
    assert not reading.trusted or reading.utc_s >= BUILT_S
