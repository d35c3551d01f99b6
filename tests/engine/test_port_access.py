"""Which depth, length and draught of a port hold for one vessel."""

from math import isnan, nan

import numpy as np
import pytest

from engine.codes import Grade
from engine.port_access import port_access
from geodata.policies import read_policy

LIMITS = read_policy("nearest-time").limits
PUBLISHED, GENERAL, INFERRED = Grade.PUBLISHED, Grade.GENERAL, Grade.INFERRED


def access(world, draught_m, loa_m, **figures):
    """Access of one port with these figures and no others."""
    columns = world.columns
    names = ("approach_depth_m", "small_depth_m", "ship_depth_m", "small_loa_m", "ship_loa_m", "ship_draught_m",
             "ship_beam_m", "proven_draught_m", "mhws_m")  # fmt: skip
    grades = ("approach_grade", "small_grade", "ship_grade", "ship_loa_grade", "ship_draught_grade")
    fields = {name: np.array([figures.pop(name, nan)]) for name in names}
    fields |= {name: np.array([int(figures.pop(name, PUBLISHED))], np.int8) for name in grades}
    assert not figures
    found = port_access(draught_m, loa_m, columns._replace(**fields), LIMITS)
    return {name: column[0] for name, column in found._asdict().items()}


@pytest.mark.parametrize(
    ("draught", "loa", "small", "small_grade", "quay", "quay_grade", "depth", "grade"),
    [
        # A pontoon is for the lifeboat, the quay for the ship; the approach of 6 m binds neither of these.
        (1.0, 13.6, 2.0, PUBLISHED, 5.0, PUBLISHED, 2.0, PUBLISHED),
        (4.0, 90.0, 2.0, PUBLISHED, 5.0, PUBLISHED, 5.0, PUBLISHED),
        # Where the pontoon is too shallow for her, the quay is hers.
        (2.5, 20.0, 2.0, PUBLISHED, 5.0, PUBLISHED, 5.0, PUBLISHED),
        # Both float her: the better known one judges.
        (1.0, 13.6, 1.7, INFERRED, 5.0, PUBLISHED, 5.0, PUBLISHED),
        (1.0, 13.6, 2.0, PUBLISHED, 5.0, GENERAL, 2.0, PUBLISHED),
        # A quay too shallow never judges a small boat that the pontoon floats.
        (1.0, 13.6, 2.0, GENERAL, 0.5, PUBLISHED, 2.0, GENERAL),
        # A ship is not sent to the pontoon, however deep.
        (4.0, 90.0, 9.0, PUBLISHED, 5.0, PUBLISHED, 5.0, PUBLISHED),
    ],
)
def test_each_vessel_is_judged_by_a_berth_that_is_for_her(
    world, draught, loa, small, small_grade, quay, quay_grade, depth, grade
):
    found = access(
        world, draught, loa, approach_depth_m=6.0, small_depth_m=small, small_grade=small_grade, ship_depth_m=quay,
        ship_grade=quay_grade, ship_loa_m=120.0,
    )  # fmt: skip
    assert found["depth_m"] == depth
    assert found["depth_grade"] == grade


def test_the_lesser_of_approach_and_berth_binds(world):
    assert access(world, 1.0, 10.0, approach_depth_m=-2.0, small_depth_m=2.0)["depth_m"] == -2.0
    assert access(world, 1.0, 10.0, approach_depth_m=3.0, small_depth_m=2.0)["depth_m"] == 2.0


def test_of_one_depth_alone_the_other_is_inferred(world):
    for figures in ({"approach_depth_m": 5.0}, {"small_depth_m": 5.0}):
        found = access(world, 1.0, 10.0, **figures)
        assert (found["depth_m"], found["depth_grade"]) == (5.0, INFERRED)
    assert isnan(access(world, 1.0, 10.0)["depth_m"])
    assert access(world, 1.0, 10.0)["depth_grade"] == Grade.BLANK


@pytest.mark.parametrize(
    ("draught", "approach", "approach_grade", "small", "small_grade", "depth", "grade"),
    [
        # At its least the approach still floats her, or is no less than the berth: it was not needed to pass.
        (1.0, 9.0, GENERAL, 2.0, PUBLISHED, 2.0, PUBLISHED),
        (1.0, 2.2, GENERAL, 2.0, PUBLISHED, 2.0, PUBLISHED),
        (1.9, 2.5, GENERAL, 2.0, PUBLISHED, 2.0, PUBLISHED),
        # At its least it is what binds her.
        (1.9, 2.2, GENERAL, 2.0, PUBLISHED, 2.0, GENERAL),
        (nan, 2.2, GENERAL, 2.0, PUBLISHED, 2.0, GENERAL),
        # The lesser of the two is always needed.
        (1.0, 9.0, PUBLISHED, 2.0, GENERAL, 2.0, GENERAL),
        (2.3, 2.9, INFERRED, 2.0, GENERAL, 2.0, INFERRED),
        (1.0, 2.0, PUBLISHED, 2.0, GENERAL, 2.0, GENERAL),
        (2.3, 3.0, INFERRED, 2.0, GENERAL, 2.0, GENERAL),
    ],
)
def test_only_what_was_needed_to_pass_weighs(
    world, draught, approach, approach_grade, small, small_grade, depth, grade
):
    found = access(
        world, draught, 10.0, approach_depth_m=approach, approach_grade=approach_grade, small_depth_m=small,
        small_grade=small_grade,
    )  # fmt: skip
    assert (found["depth_m"], found["depth_grade"]) == (depth, grade)


@pytest.mark.parametrize(
    ("draught", "stated", "depth", "grade"),
    [
        # 7.9 m and 6.0 m of tide never float 16.5 m, and ships of 16.5 m lie there.
        (10.0, 16.5, 7.9, Grade.BOUND),
        # A ship that 7.9 m floats at any tide is none the worse for it.
        (6.0, 16.5, 7.9, PUBLISHED),
        # With the tide the two figures agree.
        (10.0, 12.9, 7.9, PUBLISHED),
        (10.0, nan, 7.9, PUBLISHED),
    ],
)
@pytest.mark.parametrize("of", ["ship_depth_m", "approach_depth_m"])
def test_a_depth_that_is_contradicted_is_no_evidence_against_a_vessel(world, of, draught, stated, depth, grade):
    """Whichever of the two depths it is; one that nobody stands for speaks against no ship either."""
    figures = {"ship_depth_m": 20.0, "approach_depth_m": 20.0, of: depth}
    found = access(world, draught, 150.0, **figures, ship_loa_m=300.0, ship_draught_m=stated, mhws_m=5.0)
    assert (found["depth_m"], found["depth_grade"]) == (depth, grade)


def test_a_harbour_without_quays_has_a_greatest_vessel(world):
    assert access(world, 1.0, 10.0, small_depth_m=2.0)["most_loa_m"] == LIMITS.berth_without_quay_loa_m
    assert access(world, 1.0, 10.0, small_loa_m=60.0)["most_loa_m"] == 60.0
    assert access(world, 6.0, 90.0, ship_depth_m=7.0)["most_loa_m"] == np.inf
    assert access(world, 6.0, 90.0, ship_loa_m=120.0)["most_loa_m"] == 120.0
    assert access(world, 6.0, 90.0, ship_loa_m=120.0, ship_loa_grade=GENERAL)["most_loa_m"] == 180.0


def test_limits_of_the_quay_are_for_those_who_use_it(world):
    figures = {
        "small_depth_m": 2.0,
        "ship_depth_m": 7.0,
        "ship_draught_m": 6.0,
        "ship_beam_m": 15.0,
        "ship_loa_m": 120.0,
    }
    assert isnan(access(world, 1.0, 13.6, **figures)["draught_limit_m"])
    assert isnan(access(world, 1.0, 13.6, **figures)["beam_limit_m"])
    assert access(world, 5.0, 90.0, **figures)["draught_limit_m"] == 6.0
    assert access(world, 5.0, 90.0, **figures)["beam_limit_m"] == 15.0
