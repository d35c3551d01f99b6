from math import inf, nan

import numpy as np
import pytest

from engine.codes import Code, Verdict
from engine.rules.passage import banks, endurance, persons_load, restricted_areas, route, traffic_lanes


@pytest.mark.parametrize(
    ("distance", "time", "verdict", "code"),
    [
        (1.0, 1.0, Verdict.PASS, Code.ROUTE_OK),
        (0.0, 0.0, Verdict.PASS, Code.ROUTE_OK),
        (inf, inf, Verdict.FAIL, Code.ROUTE_NONE),
        (inf, nan, Verdict.FAIL, Code.ROUTE_NONE),
        (nan, 1.0, Verdict.FAIL, Code.ROUTE_NONE),
        (1.0, inf, Verdict.FAIL, Code.STREAM_TOO_STRONG),
        (1.0, nan, Verdict.UNKNOWN, Code.TIME_UNKNOWN),
    ],
)
def test_a_route_exists_and_can_be_made_good(distance, time, verdict, code):
    found = route(distance, time, distance)
    assert (found.verdict, found.code) == (verdict, code)


def test_banks_are_clear_of_by_construction_or_not_judged():
    assert banks(1000.0, 2.0).verdict == Verdict.PASS
    assert banks(inf, 2.0).verdict == Verdict.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("distance", "reach", "verdict", "code"),
    [
        (70.0, 100.0, Verdict.PASS, Code.ENDURANCE_OK),
        (70.1, 100.0, Verdict.FAIL, Code.ENDURANCE_SHORT),
        (70.0, nan, Verdict.UNKNOWN, Code.FUEL_UNKNOWN),
        (inf, 100.0, Verdict.FAIL, Code.ENDURANCE_SHORT),
        (nan, 100.0, Verdict.UNKNOWN, Code.FUEL_UNKNOWN),
        (70.1, nan, Verdict.UNKNOWN, Code.RANGE_DOUBTFUL),
        (nan, nan, Verdict.UNKNOWN, Code.FUEL_UNKNOWN),
    ],
)
def test_range_less_reserve_covers_the_distance(distance, reach, verdict, code):
    """A range that nobody has stated may be as short as a hundred: so far it is for care, beyond that doubtful."""
    found = endurance(distance, reach, 100.0, 0.3)
    assert (found.verdict, found.code) == (verdict, code)


@pytest.mark.parametrize(
    ("touched", "poor", "verdict", "code", "count"),
    [
        (0b000, 0b000, Verdict.PASS, Code.TSS_NONE, 0),
        (0b011, 0b000, Verdict.PASS, Code.TSS_CROSSES, 2),
        (0b011, 0b001, Verdict.FAIL, Code.TSS_ANGLE_BAD, 2),
        (0b100, 0b100, Verdict.PASS, Code.TSS_NONE, 0),
        (0b110, 0b100, Verdict.PASS, Code.TSS_CROSSES, 1),
    ],
)
def test_lanes_are_counted_and_poor_angles_told(touched, poor, verdict, code, count):
    found = traffic_lanes(True, np.uint64(touched), np.uint64(poor), np.uint64(0b011))
    assert (found.verdict, found.code, found.measured) == (verdict, code, count)


def test_without_a_route_neither_lanes_nor_ranges_are_judged():
    assert traffic_lanes(False, np.uint64(1), np.uint64(1), np.uint64(1)).verdict == Verdict.NOT_APPLICABLE
    assert restricted_areas(False, np.uint64(1), np.uint64(1)).verdict == Verdict.NOT_APPLICABLE


def test_firing_ranges_on_the_way_are_told_and_whether_they_are_in_use_is_not_known():
    assert restricted_areas(True, np.uint64(0b100), np.uint64(0b100)).verdict == Verdict.UNKNOWN
    assert restricted_areas(True, np.uint64(0b100), np.uint64(0b100)).code == Code.ZONE_FIRING
    assert restricted_areas(True, np.uint64(0b011), np.uint64(0b100)).verdict == Verdict.PASS


@pytest.mark.parametrize(
    ("persons", "known", "self_righting", "most", "verdict", "code"),
    [
        (47.0, True, 47.0, 185.0, Verdict.PASS, Code.LOAD_OK),
        (48.0, True, 47.0, 185.0, Verdict.FAIL, Code.LOAD_OVER_SR),
        (185.0, True, 47.0, 185.0, Verdict.FAIL, Code.LOAD_OVER_SR),
        (186.0, True, 47.0, 185.0, Verdict.FAIL, Code.LOAD_OVER_MAX),
        (100.0, True, nan, 100.0, Verdict.PASS, Code.LOAD_OK),
        (101.0, True, nan, 100.0, Verdict.FAIL, Code.LOAD_OVER_MAX),
        (48.0, True, 47.0, nan, Verdict.FAIL, Code.LOAD_OVER_SR),
        (5.0, True, nan, nan, Verdict.UNKNOWN, Code.LOAD_LIMIT_UNKNOWN),
        (nan, True, 47.0, 185.0, Verdict.UNKNOWN, Code.LOAD_LIMIT_UNKNOWN),
        # An assumed number is never evidence against.
        (100.0, False, 23.0, 79.0, Verdict.UNKNOWN, Code.LOAD_POB_UNKNOWN),
        (100.0, False, 120.0, 185.0, Verdict.PASS, Code.LOAD_OK),
    ],
)
def test_load_against_self_righting_and_maximum(persons, known, self_righting, most, verdict, code):
    found = persons_load(persons, known, self_righting, most)
    assert (found.verdict, found.code) == (verdict, code)
