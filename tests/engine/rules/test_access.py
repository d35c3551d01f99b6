"""Each rule's table: pass exactly at the limit, fail just beyond, NaN never passes, unknown is unknown."""

from math import nan

import pytest

from engine.rules.access import berth, entry_permission, harbour_status, port_kind
from engine.vocab import Code, Feed, PortKind, PortStatus, Verdict

HOUR = 3600.0


@pytest.mark.parametrize(
    ("kind", "verdict", "code"),
    [
        (PortKind.COMMERCIAL_HARBOUR, Verdict.PASS, Code.KIND_OK),
        (PortKind.FERRY_PORT, Verdict.PASS, Code.KIND_OK),
        (PortKind.MARINA, Verdict.PASS, Code.KIND_OK),
        (PortKind.DRYING_HARBOUR, Verdict.PASS, Code.KIND_OK),
        (PortKind.LOCKED_BASIN, Verdict.PASS, Code.KIND_OK),
        (PortKind.BEACH_LANDING, Verdict.FAIL, Code.KIND_BEACH_HUMAN_ONLY),
        (PortKind.OIL_TERMINAL, Verdict.FAIL, Code.KIND_NOT_FOR_LANDING),
        (PortKind.INLAND, Verdict.FAIL, Code.KIND_NOT_FOR_LANDING),
    ],
)
def test_only_harbours_are_proposed(kind, verdict, code):
    found = port_kind(int(kind))
    assert (found.verdict, found.code) == (verdict, code)


@pytest.mark.parametrize(
    ("feed", "status", "age_s", "verdict", "code"),
    [
        (Feed.ABSENT, PortStatus.OPEN, 0.0, Verdict.UNKNOWN, Code.NO_STATUS_FEED),
        (Feed.ABSENT, PortStatus.UNKNOWN, nan, Verdict.UNKNOWN, Code.NO_STATUS_FEED),
        (Feed.STALE, PortStatus.OPEN, 60.0, Verdict.UNKNOWN, Code.PORT_STATUS_STALE),
        (Feed.LIVE, PortStatus.UNKNOWN, 60.0, Verdict.UNKNOWN, Code.PORT_STATUS_UNKNOWN),
        (Feed.LIVE, PortStatus.OPEN, nan, Verdict.UNKNOWN, Code.PORT_STATUS_UNKNOWN),
        (Feed.LIVE, PortStatus.OPEN, 6 * HOUR, Verdict.PASS, Code.PORT_OPEN),
        (Feed.LIVE, PortStatus.OPEN, 6 * HOUR + 1, Verdict.UNKNOWN, Code.PORT_STATUS_STALE),
        (Feed.LIVE, PortStatus.CLOSED, 60.0, Verdict.FAIL, Code.PORT_CLOSED),
        (Feed.LIVE, PortStatus.CLOSED, 7 * HOUR, Verdict.UNKNOWN, Code.PORT_STATUS_STALE),
        (Feed.LIVE, PortStatus.RESTRICTED, 60.0, Verdict.FAIL, Code.PORT_RESTRICTED),
    ],
)
def test_harbour_status(feed, status, age_s, verdict, code):
    found = harbour_status(int(feed), int(status), age_s, 6 * HOUR)
    assert (found.verdict, found.code) == (verdict, code)


@pytest.mark.parametrize(
    ("loa", "beam", "loa_limit", "beam_limit", "verdict", "code"),
    [
        (20.0, 5.0, 20.0, 5.0, Verdict.PASS, Code.BERTH_OK),
        (20.01, 5.0, 20.0, 5.0, Verdict.FAIL, Code.LOA_EXCEEDED),
        (20.0, 5.01, 20.0, 5.0, Verdict.FAIL, Code.BEAM_EXCEEDED),
        (20.0, 5.01, nan, 5.0, Verdict.FAIL, Code.BEAM_EXCEEDED),
        (20.0, nan, 20.0, 5.0, Verdict.UNKNOWN, Code.VESSEL_SIZE_UNKNOWN),
        (20.0, nan, 20.0, nan, Verdict.PASS, Code.BERTH_OK),
        (nan, 5.0, 20.0, nan, Verdict.UNKNOWN, Code.VESSEL_SIZE_UNKNOWN),
        (20.0, 5.0, nan, nan, Verdict.UNKNOWN, Code.BERTH_LIMIT_UNKNOWN),
        (nan, nan, nan, nan, Verdict.UNKNOWN, Code.BERTH_LIMIT_UNKNOWN),
        (30.0, 5.0, nan, nan, Verdict.UNKNOWN, Code.BERTH_LIMIT_UNKNOWN),
        (30.1, 5.0, nan, nan, Verdict.UNKNOWN, Code.BERTH_UNKNOWN_FOR_SIZE),
    ],
)
def test_berth_takes_length_and_beam(loa, beam, loa_limit, beam_limit, verdict, code):
    found = berth(loa, beam, loa_limit, beam_limit, 30.0)
    assert (found.verdict, found.code) == (verdict, code)


def test_asking_for_permission_is_never_against_a_port():
    assert entry_permission(True).code == Code.PORT_ENTRY_PERMISSION_REQUIRED
    assert entry_permission(False).verdict == Verdict.NOT_APPLICABLE
