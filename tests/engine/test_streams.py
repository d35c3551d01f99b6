"""What the atlas does to an answer: times, ranges, notices, the entrance, what would turn it, and who proves it."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from api.decision_service import known_policy
from api.documents.decision import decision_document
from engine.branch_and_bound import search_ports
from engine.codes import Code, Rule
from engine.decide import coordination_at, decide
from engine.errors import PositionRefused
from engine.kernels.port_travel_times import COARSE, travel_times_to_ports
from engine.kernels.streams import no_streams
from engine.model import Ask
from engine.request_context import build_context
from tests.oracles import seas

SPRINGS_S = datetime(2026, 3, 20, 12, tzinfo=UTC).timestamp()


def ask_at(service, lon, lat, at_s=SPRINGS_S, vessel="rnli-severn", **changes):
    """A boat with ten people aboard."""
    people = {"persons_min": 10.0, "persons_max": 10.0, "persons_recovered": 10.0, "persons_in_water": False}
    return Ask(lon, lat, at_s, service.vessels[vessel], known_policy("nearest-time"), **people, **changes)


@pytest.fixture(scope="module")
def flowing(service_with_streams):
    """The world of a spring tide."""
    return service_with_streams.world_at(SPRINGS_S)


@pytest.fixture(scope="module")
def slack(flowing):
    """The same with no stream."""
    identity = {**flowing.identity, "streams": None}
    return replace(flowing, streams=no_streams(), identity=identity)


def codes(decision):
    """Codes of its notices."""
    return {notice.code for notice in decision.notices}


def test_without_an_atlas_nothing_is_said_of_one_and_times_are_of_calm_water(service, slack):
    decision = decide(ask_at(service, 1.35, 51.0), slack)
    assert Code.CALM_WATER_TIMES in codes(decision)
    assert not codes(decision) & {Code.STREAM_FROM_ATLAS, Code.STREAM_FORECAST_FIRST}


def test_the_stream_changes_times_widens_ranges_and_is_named_with_its_source_and_doubt(service, slack, flowing):
    ask = ask_at(service, 1.35, 51.0)
    still, moved = decide(ask, slack), decide(ask, flowing)
    assert Code.STREAM_FROM_ATLAS in codes(moved)
    assert Code.CALM_WATER_TIMES not in codes(moved)
    finite = np.isfinite(still.time_s) & np.isfinite(moved.time_s) & moved.closely
    share = moved.travel_times.time_s[finite] / still.travel_times.time_s[finite]
    # Three knots at eighteen: no more than a fifth either way, and felt.
    assert share.min() > 0.8
    assert share.max() < 1.25
    assert np.abs(share - 1.0).max() > 0.03
    spread = (moved.travel_times.late_s - moved.travel_times.early_s)[finite] / moved.travel_times.time_s[finite]
    assert (spread > 0.2).all()
    document = decision_document(moved)
    assert document["inputs"]["streams"]["edition"] == "2005"
    assert "SHOM" in document["inputs"]["streams"]["source"]
    (notice,) = (notice for notice in document["notices"] if notice["code"] == "STREAM_FROM_ATLAS")
    assert "15 to 30 %" in notice["text"]["en"]
    assert decision_document(still)["inputs"]["streams"] is None


def test_a_current_of_a_forecast_takes_precedence_and_says_so(service, flowing):
    forecast = seas.forecast_of(
        current=(0.0, 0.0), times=SPRINGS_S + 3600.0 * np.arange(-2.0, 48.0), run_at_s=SPRINGS_S
    )
    world = replace(flowing, forecast=forecast, identity={**flowing.identity, "forecast": {"id": "x"}})
    decision = decide(ask_at(service, 1.35, 51.0), world)
    assert Code.STREAM_FORECAST_FIRST in codes(decision)
    # The forecast's slack water, not the atlas's three knots.
    calm = decide(ask_at(service, 1.35, 51.0), replace(world, streams=no_streams()))
    np.testing.assert_allclose(decision.travel_times.time_s, calm.travel_times.time_s, rtol=1e-12)


def test_set_across_an_entrance_is_judged_by_it(service, flowing, slack):
    ask = ask_at(service, 1.35, 51.0)
    still, moved = decide(ask, slack), decide(ask, flowing)
    assert (still.code[:, Rule.R_NAV_04] == Code.STREAM_UNKNOWN).all()
    judged = moved.code[:, Rule.R_NAV_04]
    assert {Code.STREAM_WEAK, Code.CROSS_SET_CAUTION, Code.STREAM_UNKNOWN} <= set(judged.tolist())


@pytest.mark.parametrize("vessel", ["rnli-severn", "fishing-vessel"])
def test_looking_at_ports_in_the_order_of_their_bounds_misses_none(service, flowing, vessel):
    """The bound knows where the races are; an answer that looks at every port closely is the same."""
    random = np.random.default_rng(11)
    found = 0
    while found < 12:
        lon, lat = random.uniform((-5.5, 48.6), (2.3, 51.0))
        ask = ask_at(service, float(lon), float(lat), SPRINGS_S + float(random.uniform(0.0, 43200.0)), vessel)
        context = build_context(ask, flowing, coordination_at(flowing, ask))
        try:
            quick = search_ports(context)
        except PositionRefused:
            continue
        found += 1
        whole = search_ports(context, exhaustive=True)
        assert quick.winner == whole.winner
        assert (quick.evaluation.bound_s <= whole.evaluation.plain_key_s + 1e-6).all()
        if quick.winner is not None:
            assert quick.key_s[quick.winner] == pytest.approx(whole.key_s[whole.winner], rel=1e-9)


def test_a_first_look_at_far_ports_is_within_a_few_per_cent_of_a_close_one(service, flowing):
    """It leaves the stream out beyond thirty miles; at springs that tells most."""
    random = np.random.default_rng(3)
    off = []
    while len(off) < 12:
        ask = ask_at(service, *(float(part) for part in random.uniform((-5.5, 48.6), (2.3, 51.0))))
        context = build_context(ask, flowing, coordination_at(flowing, ask))
        try:
            reach = search_ports(context).reach
        except PositionRefused:
            continue
        inputs, every = context.inputs, np.arange(len(flowing.ports))
        close, first = (
            travel_times_to_ports(inputs.water, inputs.depth_class, reach, context.passage, every, growth)
            for growth in (0.0, COARSE)
        )
        known = np.isfinite(close.time_s)
        np.testing.assert_array_equal(known, np.isfinite(first.time_s))
        off.append(np.abs(first.time_s[known] / close.time_s[known] - 1.0))
    off = np.concatenate(off)
    assert len(off) > 2000
    assert np.median(off) < 0.01
    assert np.quantile(off, 0.9) < 0.04
    assert 0.03 < off.max() < 0.09


def test_where_no_file_covers_the_way_the_answer_says_so(service, flowing):
    decision = decide(ask_at(service, 3.0, 51.45), flowing)
    assert Code.CALM_WATER_TIMES in codes(decision)
    assert Code.STREAM_FROM_ATLAS not in codes(decision)
