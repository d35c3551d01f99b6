"""Ways over banks that the tide covers: against sampled water, closed forms, and the same decision by every road."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from api.decision_service import known_policy
from api.documents.canonical import canonical_form, decision_sha256
from api.documents.decision import basis_of, decision_document
from api.replay.batch import replay_batch, replay_batch_by_single_decisions
from api.replay.world_by_time import WorldsByTime
from engine import bank_ways
from engine.bank_screen import open_banks_of
from engine.bank_tides import bank_tides_of, crossings_of, least_height
from engine.branch_and_bound import search_ports
from engine.codes import Code, Rule
from engine.decide import coordination_at, decide
from engine.errors import PositionRefused
from engine.kernels.plane import to_plane
from engine.kernels.streams import no_streams
from engine.kernels.tides import heights_at, no_tides
from engine.model import Ask
from engine.request_context import build_context
from engine.routes import chosen_track
from geodata.plane import unproject
from tests.api.replay.test_engine_batch import random_encounters
from tests.oracles.openings import PERIOD_S, START_S, sinusoidal_tides
from tests.oracles.water_over_banks import bank_outlines, samples_of, shortfalls

OFF_OSTEND = (2.70, 51.30)
SPRINGS_S = datetime(2026, 3, 20, tzinfo=UTC).timestamp()
HIGH_S, LOW_S = SPRINGS_S + 1.0 * 3600.0, SPRINGS_S + 7.0 * 3600.0


def ask_at(service, lon, lat, at_s, vessel="fishing-vessel", policy="nearest-time", **changes):
    people = {"persons_min": 10.0, "persons_max": 10.0, "persons_recovered": 10.0, "persons_in_water": False}
    return Ask(lon, lat, at_s, service.vessels[vessel], known_policy(policy), **people, **changes)


def decided(service, lon, lat, at_s, world=None, **changes):
    return decide(ask_at(service, lon, lat, at_s, **changes), world or service.world_at(at_s), every_port=False)


def codes(decision):
    return {notice.code for notice in decision.notices}


@pytest.fixture(scope="module")
def outlines(world):
    return bank_outlines(world, unproject)


def test_a_trawler_off_ostend_goes_over_the_banks_on_the_flood_and_round_them_at_low_water(service_with_streams):
    service = service_with_streams
    over, around = (decided(service, *OFF_OSTEND, at_s) for at_s in (HIGH_S, LOW_S))
    port = over.recommended
    assert over.world.ports[port].id == around.world.ports[around.recommended].id == "oostende"
    way = over.bank_ways[port]
    names = [over.world.banks[passing.bank].name[0] for passing in way.passings]
    assert names == ["Middelkerke Bank", "Oostende Bank"]
    assert all(passing.depth_m >= passing.needed_m == pytest.approx(3.3) for passing in way.passings)
    assert over.distance_m[port] < 0.85 * around.distance_m[port]
    assert not around.bank_ways
    assert chosen_track(over, port) != chosen_track(around, port)
    assert Code.BANK_CROSSED in codes(over)
    assert over.code[port, Rule.R_NAV_06] == Code.BANK_WITH_TIDE
    assert Code.BANK_GONE_ROUND in codes(around)


def test_a_bank_gone_round_is_named_with_the_hour_from_which_she_may_pass(service_with_streams):
    service = service_with_streams
    around = decided(service, *OFF_OSTEND, LOW_S)
    (notice,) = (notice for notice in around.notices if notice.code == Code.BANK_GONE_ROUND)
    assert ("Middelkerke Bank", "banc de Middelkerke") in notice.facts["names"]
    context = build_context(around.ask, around.world, around.coordination)
    closed = search_ports(context, names_round=True).closed
    # Off again at that time she goes over; a quarter of an hour before she did not.
    later, sooner = (decided(service, *OFF_OSTEND, LOW_S + closed.wait_s + more_s) for more_s in (0.0, -900.0))
    assert later.bank_ways
    assert not sooner.bank_ways
    assert LOW_S + closed.wait_s < closed.opens_s < LOW_S + closed.wait_s + closed.time_s
    assert notice.facts["wait_saves_s"] == pytest.approx(notice.facts["saved_s"] - closed.wait_s)


def test_every_view_names_the_banks_and_the_record_holds_them(service_with_streams):
    decision = decided(service_with_streams, *OFF_OSTEND, HIGH_S)
    whole, brief = decision_document(decision, "full"), decision_document(decision, "brief")
    for first in (whole["candidates"][0], brief["recommended"]):
        assert [bank["name"]["fr"] for bank in first["over_banks"]] == ["banc de Middelkerke", "banc d'Ostende"]
        assert all(bank["depth_m"] > bank["needed_m"] for bank in first["over_banks"])
    assert whole["candidates"][0]["route_nm"] == whole["candidates"][0]["distance_nm"]
    line = decision_document(decision, "line")
    assert "MIDDELKERKE BANK" in line["long_line"]["en"]
    assert "BANC D'OSTENDE" in line["long_line"]["fr"]
    basis = basis_of(decision).canonical
    again = decided(service_with_streams, *OFF_OSTEND, HIGH_S)
    assert decision_sha256(decision, basis) == decision_sha256(again, basis)
    plain = replace(decision, bank_ways={})
    assert canonical_form(decision, basis) != canonical_form(plain, basis)


def test_heights_are_linear_between_those_of_the_station(service_with_streams):
    world = service_with_streams.world_at(SPRINGS_S)
    tides, random = world.tides, np.random.default_rng(4)
    for port in random.choice(np.flatnonzero(tides.station >= 0), 12):
        at_s = np.append(SPRINGS_S + random.uniform(-3e6, 3e6, 60), tides.start_s)
        mine = heights_at(tides, int(port), at_s)
        samples = tides.height_m[tides.station[port]].astype(np.float64)
        sample_s = tides.start_s + tides.time_shift_s[port] + tides.step_s * np.arange(len(samples))
        at_station = np.interp(at_s, sample_s, samples, left=np.nan, right=np.nan)
        expected = tides.height_factor[port] * at_station + tides.height_shift_m[port]
        assert np.isnan(expected).any()
        np.testing.assert_allclose(mine, expected, rtol=0.0, atol=1e-9)
        assert not np.isnan(mine).all()
        from_s = SPRINGS_S + random.uniform(0.0, 80_000.0)
        least_m, when_s = least_height(world.tides, int(port), from_s, from_s + 5_000.0)
        fine = heights_at(world.tides, int(port), np.linspace(from_s, from_s + 5_000.0, 5_001))
        assert fine.min() - 0.01 <= least_m <= fine.min()
        assert from_s <= when_s <= from_s + 5_000.0


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_crossings_are_those_of_shapely(world, seed):
    random = np.random.default_rng(seed)
    among = np.arange(len(world.banks))
    middle = world.banks[int(random.integers(len(world.banks)))].ring.mean(axis=0)
    track = middle + random.uniform(-12_000.0, 12_000.0, (int(random.integers(2, 6)), 2))
    found = {}
    for crossing in crossings_of(track, world, among):
        (leg, begin), (last, end) = crossing.start, crossing.end
        points = [track[leg] + begin * (track[leg + 1] - track[leg]), *track[leg + 1 : last + 1],
                  track[last] + end * (track[last + 1] - track[last])]  # fmt: skip
        length = np.hypot(*np.diff(points, axis=0).T).sum()
        found[crossing.bank] = found.get(crossing.bank, 0.0) + length
    line = shapely.LineString(track)
    for number, bank in enumerate(world.banks):
        expected = shapely.intersection(line, shapely.make_valid(shapely.Polygon(bank.ring))).length
        assert found.get(number, 0.0) == pytest.approx(expected, abs=0.5)


def check_water(decision, outlines):
    """Ports whose way has been found to lead over banks with too little water, and how much of the ways does at all."""
    lowest_m, own_m = decision.world.depth_classes[0].needed_depth_m, decision.depth_class.needed_depth_m
    bad, over = [], 0
    for port, way in decision.bank_ways.items():
        time_s = decision.travel_times.time_s[port]
        short, count = shortfalls(
            decision.world, outlines, way.track, decision.ask.at_s, time_s, decision.needed_depth_m, own_m
        )  # fmt: skip
        over += count
        points, _ = samples_of(way.track)
        bad += short
        for outline, least_m in outlines:
            # A bank that no class leaves open is a wall whatever the tide.
            if least_m < lowest_m:
                bad += points[shapely.contains_xy(outline.buffer(-2e-3), points[:, 0], points[:, 1])].tolist()
    return bad, over


def over_water(service, lon, lat, hours, vessel):
    at_s = SPRINGS_S + hours * 3600.0
    try:
        return decided(service, lon, lat, at_s, vessel=vessel)
    except PositionRefused:
        return None


VESSELS = st.sampled_from(["fishing-vessel", "rnli-severn", "abeille", "bf-cutter", "unknown"])


@pytest.mark.parametrize("box", [(2.3, 51.1, 3.1, 51.5), (1.2, 50.7, 2.4, 51.4), (-3.8, 49.0, 1.2, 50.9)])
def test_every_way_over_a_bank_has_water_enough_by_a_sampled_reckoning(service_with_streams, outlines, box):
    west, south, east, north = box
    random = np.random.default_rng(6)
    known = [name for name in ("fishing-vessel", "rnli-severn", "abeille", "unknown")
             if name in service_with_streams.vessels]  # fmt: skip
    crossed = 0
    for k in range(45):
        place = random.uniform(west, east), random.uniform(south, north)
        decision = over_water(service_with_streams, *place, random.uniform(0.0, 300.0), known[k % len(known)])
        if decision is not None:
            bad, over = check_water(decision, outlines)
            assert not bad, (place, decision.ask.at_s, decision.ask.vessel.id)
            crossed += over > 0
    assert crossed >= (3 if west > 0.0 else 0)


def test_without_the_guard_the_sampled_reckoning_finds_too_little_water(service_with_streams, outlines, monkeypatch):
    passing_of = bank_ways.passing_of
    monkeypatch.setattr(bank_ways, "passing_of", lambda *given: passing_of(*given)._replace(depth_m=99.0, tide_port=0))
    decision = decided(service_with_streams, *OFF_OSTEND, LOW_S)
    assert check_water(decision, outlines)[0]


def still_world(service, **tide):
    """A world without streams, and one cosine of a tide everywhere."""
    world = replace(service.world_at(START_S), streams=no_streams())
    return replace(world, tides=sinusoidal_tides(len(world.ports), **tide))


def test_the_hours_of_passing_are_those_of_a_cosine(service, outlines):
    """Off Ostend with a tide in closed form: she goes over while it is high enough from first to last."""
    tide = {"range_m": 3.0, "mean_m": 1.5, "doubt_m": 0.2}
    world = still_world(service, **tide)
    first = decided(service, *OFF_OSTEND, START_S + 2.0 * 3600.0, world)
    port = first.recommended
    track = first.bank_ways[port].track
    points, behind = samples_of(track)
    over = bank_tides_of(world)
    high_s = START_S + 2.0 * 3600.0
    spread = known_policy("nearest-time").limits.speed_uncertainty_share
    taken_count, told_apart = 0, 0
    for departs_s in START_S + np.arange(0.0, 13.0 * 3600.0, 1_200.0):
        margin_m = np.inf
        for outline, least_m in outlines:
            inside = shapely.contains_xy(outline, points[:, 0], points[:, 1])
            if not inside.any() or not least_m < first.depth_class.needed_depth_m:
                continue
            bank = next(
                n for n, bank in enumerate(world.banks)
                if bank.least_depth_m == least_m and inside[np.argmax(inside)] and shapely.contains_xy(
                    shapely.Polygon(bank.ring),
                    *to_plane(*points[np.argmax(inside) + 3], world.water.mesh.origin_lon_deg,
                              world.water.mesh.origin_lat_deg))
            )  # fmt: skip
            run_s = behind[inside] * first.bank_ways[port].length_m / first.speed_ms
            times = departs_s + np.linspace(run_s.min() / (1.0 + spread), run_s.max() / (1.0 - spread), 200)
            heights = tide["mean_m"] + 0.5 * tide["range_m"] * np.cos(2.0 * np.pi * (times - high_s) / PERIOD_S)
            margin_m = min(margin_m, (least_m + heights - over.doubt_m[bank]).min() - first.needed_depth_m)
        decision = decided(service, *OFF_OSTEND, departs_s, world)
        if abs(margin_m) > 0.03:
            told_apart += 1
            assert (port in decision.bank_ways) == (margin_m > 0.0), (departs_s - START_S, margin_m)
        taken_count += port in decision.bank_ways
    assert 8 < taken_count < 36
    assert told_apart > 30


@pytest.mark.parametrize("vessel", ["fishing-vessel", "rnli-severn"])
def test_more_tide_never_makes_a_way_longer(service, vessel):
    random = np.random.default_rng(8)
    shorter = 0
    for _ in range(14):
        lon, lat = random.uniform(1.3, 3.0), random.uniform(50.9, 51.45)
        at_s = START_S + random.uniform(0.0, 12.0) * 3600.0
        try:
            ways = [
                decided(service, lon, lat, at_s, still_world(service, range_m=2.0, mean_m=mean_m, doubt_m=0.2),
                        vessel=vessel)
                for mean_m in (1.2, 2.5, 4.0, 8.0)
            ]  # fmt: skip
        except PositionRefused:
            continue
        both = set.intersection(*(set(decision.order.tolist()) for decision in ways))
        for port in both:
            # Whoever has to wait outside gains nothing by a shorter way.
            if any(decision.wait_s[port] != 0.0 for decision in ways):
                continue
            lengths = [decision.distance_m[port] for decision in ways]
            assert lengths == sorted(lengths, reverse=True), (lon, lat, port)
            shorter += lengths[-1] < lengths[0]
    assert shorter > 0


def test_no_tide_no_draught_and_no_need_of_a_tide_leave_every_way_as_it_was(service, world):
    at_s = HIGH_S
    assert not decided(
        service, *OFF_OSTEND, at_s, replace(service.world_at(at_s), tides=no_tides(len(world.ports)))
    ).bank_ways
    unknown = replace(service.vessels["fishing-vessel"], id="custom", draught_m=np.nan)
    ask = replace(ask_at(service, *OFF_OSTEND, at_s), vessel=unknown)
    assert not decide(ask, service.world_at(at_s), every_port=False).bank_ways
    for vessel in service.vessels.values():
        ask = replace(ask, vessel=vessel)
        context = build_context(ask, service.world_at(at_s), coordination_at(service.world_at(at_s), ask))
        if context.needed_depth_m <= 1.5:
            assert open_banks_of(context) is None


def test_what_is_known_of_the_sea_changes_no_answer(service_with_streams):
    """First, second and third time, with every port and without: the same digest."""
    random = np.random.default_rng(12)
    crossed = 0
    for _ in range(25):
        lon, lat, at_s = random.uniform(1.2, 3.0), random.uniform(50.8, 51.45), SPRINGS_S + random.uniform(0, 9e4)
        world = service_with_streams.world_at(at_s)
        ask = ask_at(service_with_streams, lon, lat, at_s, vessel=str(random.choice(["fishing-vessel", "rnli-severn"])))
        try:
            decisions = [decide(ask, world, every_port=every) for every in (False, False, False, True)]
        except PositionRefused:
            continue
        digests = {decision_sha256(decision, basis_of(decision).canonical) for decision in decisions}
        assert len(digests) == 1, (lon, lat, at_s)
        crossed += bool(decisions[0].bank_ways)
    assert crossed > 3


def test_rows_over_banks_are_decided_as_single_decisions_are(service_with_streams):
    service = service_with_streams
    random = np.random.default_rng(21)
    table = random_encounters(random, 260, service, SPRINGS_S, box=(1.2, 50.7, 3.1, 51.5))
    policies = {name: known_policy(name) for name in table["policy"].unique().to_pylist()}
    worlds = WorldsByTime(service)
    many = replay_batch(table, worlds, service.vessels, policies)
    single = replay_batch_by_single_decisions(table, worlds, service.vessels, policies)
    for name in many.column_names:
        assert many[name].equals(single[name]), name
