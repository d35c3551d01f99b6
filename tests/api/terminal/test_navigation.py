"""One fix out of many words: takeover, age, dead reckoning, jumps. Distances against GeographicLib."""

from math import cos, isfinite, isnan, nan, radians

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from api.terminal.navigation import KNOT_MS, FixLimits, Navigation, Quality, distance_m, estimate, move_along, observe
from api.terminal.observations import Heading, Motion, NoFix, Position, ReceiverTime

LIMITS = FixLimits(most_speed_kn=40.0)
NM_DEG = 1.0 / 60.0


class Sailor:
    """Says things to a navigation state, one after the other."""

    def __init__(self, limits=LIMITS):
        self.state, self.limits, self.now_s = Navigation(), limits, 1_000.0

    def hear(self, observation, source="gps", priority=1, after_s=0.0, measured_s=None):
        self.now_s += after_s
        self.state = observe(self.state, source, priority, observation, self.now_s, self.limits, measured_s)
        return self

    def at(self, after_s=0.0):
        return estimate(self.state, self.now_s + after_s, self.limits)


def place(north_nm=0.0, east_nm=0.0, at_s=nan, accuracy_m=nan):
    return Position(1.3 + east_nm * NM_DEG / cos(radians(51.0)), 51.0 + north_nm * NM_DEG, at_s, accuracy_m)


def test_nothing_said_is_no_fix_and_says_so():
    assert Sailor().at().quality is Quality.NONE
    assert Sailor().at().why == "no_source"
    assert Sailor().hear(NoFix()).at().why == "no_fix"


def test_a_fix_ages_from_good_to_dead_reckoning_to_stale():
    sailor = Sailor().hear(Motion(20.0, 90.0)).hear(place())
    for age_s, quality in ((0.0, "good"), (120.0, "good"), (121.0, "dead_reckoning"), (900.0, "dead_reckoning"),
                           (901.0, "stale"), (1e6, "stale")):  # fmt: skip
        found = sailor.at(age_s)
        assert found.quality == quality
        assert found.age_s == age_s


def test_silence_is_said_before_it_is_dead_reckoning():
    sailor = Sailor().hear(place())
    assert sailor.at(5.0).why == ""
    assert sailor.at(11.0).why == "silent"
    assert sailor.hear(NoFix(), after_s=20.0).at().why == "receiver_without_fix"


def test_dead_reckoning_runs_on_by_course_and_speed():
    sailor = Sailor().hear(Motion(20.0, 90.0)).hear(place())
    found = sailor.at(360.0)
    assert found.why == "dead_reckoning"
    assert Geodesic.WGS84.Inverse(51.0, 1.3, found.lat, found.lon)["s12"] == pytest.approx(2.0 * 1852.0, rel=0.005)
    assert found.lon > 1.3
    # Within what a stream of three knots makes of six minutes.
    assert found.accuracy_m == pytest.approx(0.3 * 1852.0, rel=1e-6)


def test_without_course_and_speed_she_may_be_anywhere_in_reach():
    found = Sailor().hear(place()).at(360.0)
    assert (found.why, found.lon, found.lat) == ("drifting", 1.3, 51.0)
    assert found.accuracy_m >= 4.0 * 1852.0


def test_a_vessel_that_lies_still_is_not_carried_on():
    found = Sailor().hear(Motion(0.1, nan)).hear(place()).at(300.0)
    assert (found.quality, found.lon, found.lat) == (Quality.DEAD_RECKONING, 1.3, 51.0)


def test_stale_is_where_she_was_seen_and_not_where_she_would_be():
    found = Sailor().hear(Motion(20.0, 90.0)).hear(place()).at(1_000.0)
    assert (found.lon, found.lat) == (1.3, 51.0)
    assert isnan(found.sog_kn)


def test_motion_from_long_before_the_fix_is_not_hers():
    found = Sailor().hear(Motion(20.0, 90.0)).hear(place(), after_s=60.0).at()
    assert isnan(found.sog_kn)


def test_speed_and_course_may_come_one_by_one():
    sailor = Sailor().hear(Motion(20.0, 90.0)).hear(Motion(nan, 180.0)).hear(place())
    assert (sailor.at().sog_kn, sailor.at().cog_deg) == (20.0, 180.0)
    sailor.hear(Motion(0.0, nan)).hear(place())
    assert isnan(sailor.at().cog_deg)


def test_the_better_source_is_followed_and_the_lesser_takes_over():
    sailor = Sailor()
    sailor.hear(place(), "best", 1).hear(place(0.05), "second", 2, after_s=1.0)
    assert (sailor.at().source, sailor.at().lat) == ("best", 51.0)
    sailor.hear(place(0.05), "second", 2, after_s=9.0)
    assert sailor.at().source == "best"
    sailor.hear(place(0.05), "second", 2, after_s=1.0)
    assert sailor.at().source == "second"
    sailor.hear(place(), "best", 1, after_s=1.0)
    assert sailor.at().source == "best"


def test_equal_sources_do_not_take_turns():
    sailor = Sailor().hear(place(), "one", 1).hear(place(0.05), "two", 1, after_s=1.0)
    assert sailor.at().source == "one"


def test_heading_comes_from_whoever_has_it():
    sailor = Sailor().hear(place(), "gps", 1).hear(Heading(88.0), "gyro", 2)
    assert sailor.at().heading_deg == 88.0
    assert isnan(sailor.at(11.0).heading_deg)


@pytest.mark.parametrize("lon_lat", [(0.0, 0.0), (nan, 51.0), (1.3, nan), (200.0, 51.0), (1.3, 91.0)])
def test_places_that_are_none_change_nothing(lon_lat):
    sailor = Sailor().hear(place())
    before = sailor.at(3.0)
    sailor.hear(Position(*lon_lat), after_s=3.0)
    assert sailor.at() == before


def test_a_jump_is_questioned_and_the_last_place_stays():
    sailor = Sailor().hear(place()).hear(place(north_nm=5.0), after_s=2.0)
    found = sailor.at()
    assert (found.quality, found.why, found.lat) == (Quality.QUESTIONED, "jump", 51.0)
    assert found.figures["off_m"] == pytest.approx(5.0 * 1852.0, rel=0.01)
    # Once only: the next ones are where she was.
    sailor.hear(place(), after_s=1.0)
    assert sailor.at().quality is Quality.GOOD


def test_a_place_that_stays_is_taken_after_a_while_and_stays_marked():
    sailor = Sailor().hear(place())
    for _ in range(16):
        assert sailor.at().lat == 51.0
        sailor.hear(place(north_nm=5.0), after_s=2.0)
    found = sailor.at()
    assert (found.quality, found.why) == (Quality.QUESTIONED, "jumped")
    assert found.lat == pytest.approx(51.0 + 5.0 * NM_DEG)
    for _ in range(160):
        sailor.hear(place(north_nm=5.0), after_s=2.0)
    assert sailor.at().quality is Quality.GOOD


def test_places_that_jump_about_are_never_taken():
    sailor = Sailor().hear(place())
    for count in range(50):
        sailor.hear(place(north_nm=5.0 + 10.0 * (count % 2)), after_s=2.0)
        assert sailor.at().lat == 51.0


def test_a_jump_seen_before_a_silence_confirms_nothing():
    sailor = Sailor().hear(place(), after_s=0.0).hear(place(north_nm=50.0), after_s=2.0)
    sailor.hear(place(north_nm=50.0), after_s=60.0)
    assert sailor.at().lat == 51.0


def test_a_place_that_creeps_away_too_fast_is_a_jump_too():
    sailor = Sailor()
    # 100 m a second is under the slack between two fixes and 194 knots all in all.
    marked = [sailor.hear(place(north_nm=0.054 * count), after_s=1.0).at().quality for count in range(60)]
    assert Quality.QUESTIONED in marked


def test_a_fast_vessel_within_her_speed_is_never_questioned():
    sailor = Sailor()
    for count in range(600):
        sailor.hear(place(north_nm=40.0 * count / 3600.0), after_s=1.0)
        assert sailor.at().quality is Quality.GOOD


def test_after_a_long_silence_a_place_within_reach_is_no_jump():
    sailor = Sailor().hear(place()).hear(place(north_nm=9.0), after_s=900.0)
    assert sailor.at().quality is Quality.GOOD


def test_a_receiver_that_hangs_is_not_made_new_by_repeating_itself():
    sailor = Sailor()
    for _ in range(200):
        sailor.hear(place(at_s=50.0), after_s=1.0)
    assert sailor.at().age_s == 199.0
    assert sailor.at().quality is Quality.DEAD_RECKONING


def test_what_a_server_remembers_is_as_old_as_it_says():
    sailor = Sailor().hear(place(at_s=50.0), measured_s=1_000.0 - 700.0)
    assert sailor.at().age_s == 700.0
    assert sailor.at().quality is Quality.DEAD_RECKONING
    # And does not replace what is newer.
    sailor.hear(place(0.01, at_s=800.0), after_s=1.0).hear(place(at_s=60.0), after_s=1.0, measured_s=400.0)
    assert sailor.at().lat == pytest.approx(51.0 + 0.01 * NM_DEG)


def test_clocks_change_nothing_here():
    sailor = Sailor().hear(place())
    before = sailor.state
    assert sailor.hear(ReceiverTime(7.0)).state is before


@given(st.floats(-60, 60), st.floats(-170, 170), st.floats(0, 360), st.floats(0, 20_000))
def test_runs_and_distances_agree_with_the_ellipsoid(lat, lon, course, run_m):
    there = move_along(lon, lat, course, run_m)
    truth = Geodesic.WGS84.Direct(lat, lon, course, run_m)
    assert distance_m(truth["lon2"], truth["lat2"], *there) <= 0.007 * run_m + 0.1
    assert distance_m(lon, lat, *there) == pytest.approx(run_m, rel=1e-6, abs=0.01)


steps = st.tuples(
    st.sampled_from([("best", 1), ("second", 2), ("third", 3)]),
    st.one_of(
        st.builds(place, st.floats(-20, 20), st.floats(-20, 20), st.sampled_from([nan, 1.0, 2.0]), st.just(nan)),
        st.builds(Position, st.sampled_from([0.0, nan, 500.0]), st.sampled_from([0.0, nan, -91.0])),
        st.just(NoFix()),
        st.builds(Motion, st.floats(0, 60) | st.just(nan), st.floats(0, 359) | st.just(nan)),
        st.builds(Heading, st.floats(0, 359)),
    ),
    st.floats(0, 400),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(steps, max_size=40), st.floats(0, 2_000))
def test_whatever_is_said(text, silence_s):
    sailor = Sailor()
    heard = {}
    for (source, priority), observation, after_s in text:
        before = sailor.state.fix
        sailor.hear(observation, source, priority, after_s)
        after = sailor.state.fix
        if after != before:
            # Only a position that was just sent, by a source that no better one speaks over.
            assert isinstance(observation, Position)
            assert (after.lon, after.lat, after.source) == (observation.lon, observation.lat, source)
            better = [at_s for (_, rank), at_s in heard.items() if rank < priority]
            assert all(sailor.now_s - at_s > LIMITS.takeover_s for at_s in better)
        view = sailor.state.sources.get(source)
        if view is not None and view.position_at_s == sailor.now_s:
            heard[source, priority] = sailor.now_s
    found = sailor.at(silence_s)
    if sailor.state.fix is None:
        assert found.quality is Quality.NONE
        return
    assert isfinite(found.lon)
    assert isfinite(found.lat)
    assert (found.lon, found.lat) != (0.0, 0.0)
    wanted = (
        {Quality.STALE} if found.age_s > 900.0
        else {Quality.DEAD_RECKONING} if found.age_s > 120.0
        else {Quality.GOOD, Quality.QUESTIONED}
    )  # fmt: skip
    assert found.quality in wanted
    run_m = distance_m(found.lon, found.lat, sailor.state.fix.lon, sailor.state.fix.lat)
    assert run_m <= 60.0 * KNOT_MS * found.age_s + 0.01
    assert found.quality is Quality.DEAD_RECKONING or run_m == 0.0


@settings(deadline=None, max_examples=200)
@given(st.lists(steps, max_size=20), st.lists(st.floats(0, 1_500), min_size=2, max_size=6))
def test_silence_never_makes_a_fix_better(text, silences):
    order = [Quality.GOOD, Quality.DEAD_RECKONING, Quality.STALE, Quality.NONE]
    sailor = Sailor()
    for (source, priority), observation, after_s in text:
        sailor.hear(observation, source, priority, after_s)
    ranks = [
        # Good and questioned are both a place that was measured a moment ago.
        order.index(Quality.GOOD if quality is Quality.QUESTIONED else quality)
        for quality in (sailor.at(silence_s).quality for silence_s in sorted(silences))
    ]
    assert ranks == sorted(ranks)
