"""Buckets: they fill at their rate, hold so much, know nothing of each other, and are not kept without end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.security.rate_limit import Rate, RateClass, TokenBuckets, client_prefix, whole_seconds

RATES = dict.fromkeys(RateClass, Rate(2.0, 3))


@pytest.fixture
def buckets():
    return TokenBuckets(RATES, most=100)


def test_a_bucket_holds_so_much_and_says_how_long_to_wait(buckets):
    assert [buckets.take(RateClass.READ, "a", 0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert buckets.take(RateClass.READ, "a", 0.25) == pytest.approx(0.25)
    assert buckets.take(RateClass.READ, "a", 0.5) == 0.0
    assert buckets.take(RateClass.READ, "a", 0.5) == pytest.approx(0.5)


def test_it_never_holds_more_however_long_nobody_asks(buckets):
    assert [buckets.take(RateClass.READ, "a", 1e9) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


def test_nobody_waits_for_somebody_else_or_for_another_sort(buckets):
    for _ in range(50):
        buckets.take(RateClass.PLAN, "control room", 0.0)
        buckets.take(RateClass.READ, "crew", 0.0)
    assert buckets.is_empty(RateClass.PLAN, "control room", 0.0)
    assert buckets.is_empty(RateClass.READ, "crew", 0.0)
    assert buckets.take(RateClass.DECIDE, "crew", 0.0) == 0.0
    assert buckets.take(RateClass.READ, "other crew", 0.0) == 0.0


def test_looking_takes_nothing(buckets):
    assert not any(buckets.is_empty(RateClass.READ, "a", 0.0) for _ in range(10))
    assert len(buckets) == 0


def test_a_clock_that_goes_back_gives_nothing_away(buckets):
    for _ in range(3):
        buckets.take(RateClass.READ, "a", 10.0)
    assert buckets.take(RateClass.READ, "a", 0.0) > 0.0


def test_memory_is_bounded_and_the_one_not_used_for_longest_goes(buckets):
    for number in range(1_000):
        buckets.take(RateClass.READ, f"address {number}", 0.0)
        buckets.take(RateClass.READ, "always here", 0.0)
    assert len(buckets) == 100
    assert buckets.is_empty(RateClass.READ, "always here", 0.0)


@given(st.lists(st.floats(0, 5), max_size=60), st.floats(0.1, 10), st.integers(1, 20))
def test_never_more_than_the_rate_allows(waits, per_s, at_once):
    buckets = TokenBuckets(dict.fromkeys(RateClass, Rate(per_s, at_once)), most=10)
    now_s, taken = 0.0, 0
    for wait_s in waits:
        now_s += wait_s
        taken += buckets.take(RateClass.DECIDE, "a", now_s) == 0.0
    assert taken <= at_once + now_s * per_s + 1e-6


@pytest.mark.parametrize(("wait_s", "text"), [(0.001, "1"), (1.0, "1"), (1.2, "2"), (59.5, "60")])
def test_waits_are_rounded_up(wait_s, text):
    assert whole_seconds(wait_s) == text


@pytest.mark.parametrize(
    ("address", "place"),
    [("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
     ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"), ("fe80::1%eth0", "fe80::"), ("", ""), ("testclient", "testclient")],
)  # fmt: skip
def test_one_caller_has_one_place(address, place):
    assert client_prefix(address) == place
