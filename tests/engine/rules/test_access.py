"""Each rule's table: pass exactly at the limit, fail just beyond, NaN never passes, unknown is unknown."""

from math import inf, isnan, nan

import pytest

from engine.codes import Code, Feed, PortKind, PortStatus, Verdict
from engine.rules.access import berth, entry_permission, harbour_status, port_kind

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
        (nan, nan, nan, nan, Verdict.UNKNOWN, Code.VESSEL_SIZE_DOUBTFUL),
        (30.0, 5.0, nan, nan, Verdict.UNKNOWN, Code.BERTH_LIMIT_UNKNOWN),
        (30.1, 5.0, nan, nan, Verdict.UNKNOWN, Code.BERTH_UNKNOWN_FOR_SIZE),
    ],
)
def test_berth_takes_length_and_beam(loa, beam, loa_limit, beam_limit, verdict, code):
    most = inf if isnan(loa_limit) else loa_limit
    plausible = 15.0 if isnan(loa) and not isnan(loa_limit) else loa
    found = berth(loa, plausible, beam, 1.5, loa_limit, most, beam_limit, nan, 30.0)
    assert (found.verdict, found.code) == (verdict, code)


@pytest.mark.parametrize(
    ("loa", "plausible", "draught", "berth_loa", "most", "draught_limit", "code"),
    [
        # A pontoon for 9 m yachts lands people from a lifeboat of 17 m; where she lies is to be asked.
        (17.3, 17.3, 1.7, 9.0, 50.0, nan, Code.BERTH_SMALL),
        (9.0, 9.0, 1.7, 9.0, 50.0, nan, Code.BERTH_OK),
        (40.0, 40.0, 2.0, 9.0, 50.0, nan, Code.BERTH_UNKNOWN_FOR_SIZE),
        (50.1, 50.1, 2.0, 9.0, 50.0, nan, Code.LOA_EXCEEDED),
        # Nobody says how long she is: she counts as long as she may be, which is no evidence.
        (nan, 25.0, 1.5, nan, 50.0, nan, Code.VESSEL_SIZE_UNKNOWN),
        (nan, 40.0, 2.0, nan, 50.0, nan, Code.VESSEL_SIZE_DOUBTFUL),
        (nan, 40.0, 2.0, 180.0, inf, nan, Code.VESSEL_SIZE_UNKNOWN),
        (nan, 90.0, 6.0, 9.0, 50.0, nan, Code.VESSEL_SIZE_DOUBTFUL),
        (90.0, 90.0, 6.1, 180.0, inf, 6.0, Code.BERTH_DRAUGHT_EXCEEDED),
        (90.0, 90.0, 6.0, 180.0, inf, 6.0, Code.BERTH_OK),
    ],
)
def test_a_berth_is_judged_by_its_kind(loa, plausible, draught, berth_loa, most, draught_limit, code):
    assert berth(loa, plausible, nan, draught, berth_loa, most, nan, draught_limit, 30.0).code == code


def test_asking_for_permission_is_never_against_a_port():
    assert entry_permission(True).code == Code.PORT_ENTRY_PERMISSION_REQUIRED
    assert entry_permission(False).verdict == Verdict.NOT_APPLICABLE
