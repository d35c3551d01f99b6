"""Times as people type them: one meaning or a refusal."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.position import InvalidTime, format_time, parse_time, parse_time_as_typed
from tests.api.position.conftest import assert_short_sentences


@pytest.mark.parametrize(
    ("text", "epoch_s"),
    [
        ("1970-01-01T00:00:00Z", 0.0),
        ("2026-11-22T14:30:00Z", 1795357800.0),
        ("2026-11-22t14:30:00z", 1795357800.0),
        ("2026-11-22 14:30:00Z", 1795357800.0),
        (" 2026-11-22T14:30:00Z\n", 1795357800.0),
        ("2026-11-22T15:30:00+01:00", 1795357800.0),
        ("2026-11-22T09:00:00-05:30", 1795357800.0),
        ("2026-11-22T14:30:00+00:00", 1795357800.0),
        ("2026-11-22T14:30:00-00:00", 1795357800.0),
        ("2026-11-22T14:30:00.5Z", 1795357800.5),
        ("2026-11-22T14:30:00.25+00:00", 1795357800.25),
        ("2024-02-29T00:00:00Z", 1709164800.0),
        ("2100-12-31T23:59:59Z", 4133980799.0),
        ("2101-01-01T00:30:00+01:00", 4133979000.0),
    ],
)
def test_time_accepted(text, epoch_s):
    assert parse_time(text) == epoch_s


def test_long_fraction_stays_in_its_second():
    assert 4133980799.0 < parse_time("2100-12-31T23:59:59.99999999999999999999Z") < 4133980800.0


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "RFC 3339"),
        ("now", "RFC 3339"),
        ("1795357800", "RFC 3339"),
        ("2026-11-22", "RFC 3339"),
        ("2026-11-22T14:30Z", "RFC 3339"),
        ("2026-11-22T14Z", "RFC 3339"),
        ("14:30:00Z", "RFC 3339"),
        ("22/11/2026 14:30:00Z", "RFC 3339"),
        ("20261122T143000Z", "RFC 3339"),
        ("2026-11-22T14:30:00+0100", "RFC 3339"),
        ("2026-11-22T14:30:00+01", "RFC 3339"),
        ("2026-11-22T14:30:00 Z", "RFC 3339"),
        ("2026-11-22T14:30:00,5Z", "RFC 3339"),
        ("2026-11-22T14:30:00.Z", "RFC 3339"),
        ("2026-11-22T14:30:00 UTC", "RFC 3339"),
        ("2026-11-22T14:30:00BST", "RFC 3339"),
        ("+2026-11-22T14:30:00Z", "RFC 3339"),
        ("2026-W47-7T14:30:00Z", "RFC 3339"),
        ("\N{FULLWIDTH DIGIT TWO}026-11-22T14:30:00Z", "RFC 3339"),
        ("2026-11-22T14:30:00", "no zone"),
        ("2026-11-22 14:30:00.5", "no zone"),
        ("2026-11-22T14:30:60Z", "Leap"),
        ("2016-12-31T23:59:60Z", "Leap"),
        ("2026-11-22T14:30:61Z", "calendar"),
        ("2026-11-22T14:60:00Z", "calendar"),
        ("2026-11-22T24:00:00Z", "calendar"),
        ("2026-13-01T00:00:00Z", "calendar"),
        ("2026-00-01T00:00:00Z", "calendar"),
        ("2026-02-29T00:00:00Z", "calendar"),
        ("2026-11-31T00:00:00Z", "calendar"),
        ("0000-01-01T00:00:00Z", "calendar"),
        ("2026-11-22T14:30:00+24:00", "calendar"),
        ("2026-11-22T14:30:00+01:60", "calendar"),
        ("1969-12-31T23:59:59Z", "before 1970"),
        ("1970-01-01T00:00:00+01:00", "before 1970"),
        ("0001-01-01T00:00:00+23:59", "before 1970"),
        ("2101-01-01T00:00:00Z", "after 2100"),
        ("9999-12-31T23:59:59-23:59", "after 2100"),
        ("2026-11-22T14:30:00." + "0" * 60 + "Z", "64 characters"),
    ],
)
def test_time_refused(text, problem):
    with pytest.raises(InvalidTime) as caught:
        parse_time(text)
    assert problem in caught.value.problem
    assert_short_sentences(caught.value)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=80), st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.?Z")))
def test_arbitrary_time_is_read_or_refused(text):
    try:
        assert 0.0 <= parse_time(text) < 4133980800.0
    except InvalidTime as refusal:
        assert_short_sentences(refusal)


@given(st.integers(0, 4133980799))
def test_written_time_reads_back(epoch_s):
    assert parse_time(format_time(epoch_s)) == epoch_s


@pytest.mark.parametrize(
    ("epoch_s", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (0.999, "1970-01-01T00:00:00Z"),
        (1795357800.9999, "2026-11-22T14:30:00Z"),
        (4133980799.9, "2100-12-31T23:59:59Z"),
    ],
)
def test_written_time_rounds_down(epoch_s, text):
    assert format_time(epoch_s) == text


@pytest.mark.parametrize("epoch_s", [-1.0, 4133980800.0, float("nan"), float("inf")])
def test_what_is_no_instant_is_not_written(epoch_s):
    with pytest.raises(ValueError, match="an instant lies"):
        format_time(epoch_s)


NOW_S = 1642050011.5
"""2022-01-13 05:00:11.5 UTC."""


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("now", "2022-01-13T05:00:11Z"),
        (" NOW ", "2022-01-13T05:00:11Z"),
        ("0500Z", "2022-01-13T05:00:00Z"),
        ("0459z", "2022-01-13T04:59:00Z"),
        ("05:00Z", "2022-01-13T05:00:00Z"),
        ("05:00:30 UTC", "2022-01-13T05:00:30Z"),
        ("05h30 UTC", "2022-01-13T05:30:00Z"),
        ("0600+01:00", "2022-01-13T05:00:00Z"),
        ("0600+0100", "2022-01-13T05:00:00Z"),
        ("0030+0200", "2022-01-12T22:30:00Z"),
        ("2359Z", "2022-01-12T23:59:00Z"),
        ("1640Z", "2022-01-13T16:40:00Z"),
        ("1720Z", "2022-01-12T17:20:00Z"),
        ("2022-01-13T05:00Z", "2022-01-13T05:00:00Z"),
        ("2022-01-13t05:00z", "2022-01-13T05:00:00Z"),
        ("2022-01-13 05:00Z", "2022-01-13T05:00:00Z"),
        ("2022-01-13  0500 UTC", "2022-01-13T05:00:00Z"),
        ("2022-01-13T05:00:00Z", "2022-01-13T05:00:00Z"),
        ("2022-01-13T05:00:00.5+01:00", "2022-01-13T04:00:00Z"),
        ("-10min", "2022-01-13T04:50:11Z"),
        ("\u221210 min", "2022-01-13T04:50:11Z"),
        ("+2h", "2022-01-13T07:00:11Z"),
        ("+1.5h", "2022-01-13T06:30:11Z"),
        ("+1h30", "2022-01-13T06:30:11Z"),
        ("-1h30min", "2022-01-13T03:30:11Z"),
        ("-0min", "2022-01-13T05:00:11Z"),
    ],
)
def test_times_as_typed(typed, taken):
    assert format_time(parse_time_as_typed(typed, NOW_S)) == taken


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("0500", "no zone"),
        ("05:00", "no zone"),
        ("2022-01-13T05:00", "no zone"),
        ("2022-01-13T05:00:00", "no zone"),
        ("0500BST", "is not a time"),
        ("0500Z CET", "is not a time"),
        ("2500Z", "'2500Z' is not on the calendar or clock"),
        ("0560Z", "not on the calendar or clock"),
        ("2022-02-30 05:00Z", "not on the calendar or clock"),
        ("1700Z", "nearly as long ago as it is ahead"),
        ("1705Z", "nearly as long ago as it is ahead"),
        ("500Z", "is not a time"),
        ("10min", "is not a time"),
        ("-10", "is not a time"),
        ("-10m", "is not a time"),
        ("+", "is not a time"),
        ("", "is not a time"),
        ("yesterday", "is not a time"),
        ("\u0660\u0665\u0660\u0660Z", "is not a time"),
        ("-99999min", "is not a time"),
        ("9" * 99, "more than"),
    ],
)
def test_times_as_typed_that_could_be_several_are_refused(typed, text):
    with pytest.raises(InvalidTime) as refused:
        parse_time_as_typed(typed, NOW_S)
    assert text in refused.value.problem
    assert len(refused.value.problem) < 120
    assert refused.value.remedy
    if "zone" in text or "not a time" in text:
        assert "0500Z" in refused.value.remedy


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(text):
    try:
        read = format_time(parse_time_as_typed(text, NOW_S))
    except InvalidTime as wrong:
        read = str(wrong)
    assert read
    assert "\n" not in read
