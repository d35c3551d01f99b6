"""The port's own clock, against the zones of the system's table."""

from datetime import UTC, datetime
from math import inf, nan
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.text.clocks import local_clock

ZONES = {
    "GB": "Europe/London", "FR": "Europe/Paris", "BE": "Europe/Brussels", "NL": "Europe/Amsterdam",
    "GG": "Europe/Guernsey", "JE": "Europe/Jersey",
}  # fmt: skip


def at(text):
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("when", "country", "text"),
    [
        ("2026-11-29T17:57:00Z", "GB", "17:57 GMT"), ("2026-07-29T17:57:00Z", "GB", "18:57 BST"),
        ("2026-11-29T23:57:00Z", "FR", "00:57 CET"), ("2026-07-29T17:57:00Z", "BE", "19:57 CEST"),
        ("2026-07-29T17:57:00Z", "XX", None),
    ],
)  # fmt: skip
def test_winter_and_summer(when, country, text):
    assert local_clock(at(when), country) == text


@given(st.floats(at("1996-01-01T00:00:00Z"), at("2035-12-31T00:00:00Z")), st.sampled_from(sorted(ZONES)))
def test_it_is_what_the_table_of_zones_says(at_s, country):
    there = datetime.fromtimestamp(at_s, UTC).astimezone(ZoneInfo(ZONES[country]))
    assert local_clock(at_s, country) == f"{there:%H:%M} {there.tzname()}"


@pytest.mark.parametrize("unknown", [nan, inf])
def test_a_time_nobody_knows_is_none(unknown):
    assert local_clock(unknown, "GB") is None
