"""Values that break stores: both back ends refuse the same ones and keep the others unchanged."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.store.commands import Actor, IdempotencyKey, Role
from api.store.directions import RecordOverride
from api.store.errors import InvalidValue, StoreError
from api.store.ports import SetPortStatus
from api.store.validation import LONGEST_TEXT, canonical, checked_text, milliseconds, written_time

NOW = 1_700_000_000.0
SHARED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # fmt: skip


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "\x07", "\r", "x" * (LONGEST_TEXT + 1), None, b"x", 5])
def test_text_that_cannot_be_stored_is_refused(text):
    with pytest.raises(InvalidValue):
        checked_text(text, "text")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ünïcödé ☂ 漢字 \U0001f6a2",
        "'; DROP TABLE audit; --",
        "100 % ?",
        "%s %(x)s %%",
        "a\tb\nc",
        "\u202e",
        "{}",
        "$big",
    ],
)
def test_text_comes_back_as_it_was(store, officer, text):
    store.do(SetPortStatus("dover", "open", text), officer, NOW)
    assert store.port("dover", NOW)["status"]["reason"] == text
    assert store.verify().bad is None


@SHARED
@given(text=st.text(max_size=200), duty=st.text(max_size=40), key=st.text(max_size=40), now=st.floats())
def test_anything_is_stored_whole_or_refused_with_a_reason(store, text, duty, key, now):
    before = store.newest_event()
    try:
        answer = store.do(
            RecordOverride("d-1", "CODE", text), Actor(Role.MASTER, duty), now, IdempotencyKey(key, "p", b"x")
        )
    except StoreError:
        assert store.newest_event() == before
        return
    assert answer.repeated or answer.document["text"] == text
    assert store.verify().bad is None


@pytest.mark.parametrize("at_s", [float("nan"), float("inf"), -1.0, 1e15, -0.001])
def test_times_that_are_none_are_refused(at_s):
    with pytest.raises(InvalidValue):
        milliseconds(at_s)


@pytest.mark.parametrize(
    ("at_s", "text"),
    [(0.0, "1970-01-01T00:00:00.000Z"), (2**31, "2038-01-19T03:14:08.000Z"),
     (1_709_164_800.5, "2024-02-29T00:00:00.500Z"),
     (253_402_300_799.999, "9999-12-31T23:59:59.999Z")],
)  # fmt: skip
def test_times_are_written_to_the_millisecond(at_s, text):
    assert written_time(milliseconds(at_s)) == text


def test_equal_values_have_equal_bytes():
    assert (
        canonical({"b": 1.0, "a": ["é", None]})
        == canonical({"a": ["é", None], "b": 1.0})
        == '{"a":["é",null],"b":1.0}'.encode()
    )
