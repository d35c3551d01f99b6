"""What would turn the answer: inputs really changed one by one, and whether just those that turn it are named."""

from dataclasses import replace

import numpy as np
import pytest

from api.decision_service import known_policy
from engine.branch_and_bound import search_ports
from engine.codes import Gate
from engine.decide import coordination_at, decide
from engine.errors import PositionRefused
from engine.kernels.mesh import NOWHERE
from engine.model import Ask
from engine.request_context import build_context
from engine.routes import reach_from
from engine.sensitivity import inputs_in_doubt, sensitive_inputs, winners_on_error_circle
from tests.oracles.geodesics import ahead
from tests.oracles.openings import PERIOD_S, sinusoidal_tides
from tests.oracles.seas import forecast_of, random_forecast, stream_to, waves_from
from tests.oracles.shortest_paths_only import evaluate_on_shortest_paths
from tests.synthetic.cubes import START_S
from tests.synthetic.ports import with_depth

AT_S = START_S + 3600.0
FOLKESTONE, OFF_CALAIS = np.array([1.25, 51.05]), np.array([1.75, 51.0])


@pytest.fixture(scope="module")
def ask(service):
    return Ask(1.25, 51.05, AT_S, service.vessels["rnli-severn"], known_policy("nearest-time"),
               persons_min=10.0, persons_max=10.0)  # fmt: skip


def number(world, name):
    return next(n for n, port in enumerate(world.ports) if port.id == name)


def stormy(world, forecast):
    return replace(world, forecast=forecast, identity={**world.identity, "forecast": {"id": "SYNTHETIC"}})


def really_changed(ask, world):
    """Name, ask and world for every input moved to either end of its uncertainty."""
    limits = ask.policy.limits
    for factor in (1.0 - limits.speed_uncertainty_share, 1.0 + limits.speed_uncertainty_share):
        cap = {"speed_cap_with_survivors_ms": factor * limits.speed_cap_with_survivors_ms}
        policy = replace(ask.policy, limits=limits._replace(**cap))
        yield (
            "speed",
            replace(ask, policy=policy, vessel=replace(ask.vessel, speed_ms=factor * ask.vessel.speed_ms)),
            world,
        )
    waves = world.forecast.waves
    for factor in (1.0 - limits.wave_uncertainty_share, 1.0 + limits.wave_uncertainty_share):
        values = waves.values.copy()
        values[..., 0] *= factor
        values.setflags(write=False)
        yield "waves", ask, replace(world, forecast=world.forecast._replace(waves=waves._replace(values=values)))
    doubts_m = world.tides.height_uncertainty_m
    if not np.isnan(doubts_m).all():
        for sign in (-1.0, 1.0):
            lift = world.tides.height_shift_m + sign * np.nanmedian(doubts_m)
            yield "tide", ask, replace(world, tides=world.tides._replace(height_shift_m=lift))


def winner_on_shortest_paths(ask, world):
    """Best fit port with every clock run closely and no way round."""
    context = build_context(ask, world, coordination_at(world, ask))
    best = evaluate_on_shortest_paths(context, exhaustive=True).evaluation.best
    return best if best != NOWHERE else None


def turning_by_trial(ask, world):
    """Names of the inputs that turn the answer when they are really changed."""
    base = winner_on_shortest_paths(ask, world)
    return {name for name, other, sea in really_changed(ask, world) if winner_on_shortest_paths(other, sea) != base}


def named(ask, world):
    """What the decision says, the position and unconfirmed ports left out."""
    return set(decide(ask, world).sensitive_to) - {"position", "unconfirmed_port"}


def just_before_the_tie(ask, world, first, second, ahead_s):
    """The ask moved between two places to where the first port is this much better than the second."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        lon, lat = FOLKESTONE + middle * (OFF_CALAIS - FOLKESTONE)
        moved = replace(ask, lon=float(lon), lat=float(lat))
        keys = decide(moved, world).key_s
        if keys[second] - keys[first] > ahead_s:
            low = middle
        else:
            high = middle
    return replace(ask, lon=float(lon), lat=float(lat))


def test_a_speed_that_turns_the_answer_is_named(ask, world):
    """A lock takes its time whatever the speed, so the faster she is the more it weighs."""
    dover, calais = number(world, "dover"), number(world, "calais")
    gate = world.columns.gate.copy()
    gate[dover] = int(Gate.LOCK_24H)
    locked = replace(world, columns=world.columns._replace(gate=gate))
    here = just_before_the_tie(ask, locked, dover, calais, 20.0)
    assert decide(here, locked).recommended == dover
    assert turning_by_trial(here, locked) == {"speed"}
    assert named(here, locked) == {"speed"}


def test_waves_that_turn_the_answer_are_named(ask, world):
    """Head sea to Dover, following sea to Calais."""
    dover, calais = number(world, "dover"), number(world, "calais")
    slow = replace(ask, vessel=replace(ask.vessel, speed_ms=8.0))
    rough = stormy(world, forecast_of(waves=waves_from(1.6, 300.0)))
    here = just_before_the_tie(slow, rough, dover, calais, 60.0)
    assert decide(here, rough).recommended == dover
    assert turning_by_trial(here, rough) == {"waves"}
    assert named(here, rough) == {"waves"}


def test_a_tide_that_turns_the_answer_is_named(ask, world):
    """Dover behind a sill that needs a wait; a little less tide makes it too long a one."""
    dover, ramsgate = number(world, "dover"), number(world, "ramsgate")
    plain = decide(ask, world)
    others = tuple(n for n in range(len(world.ports)) if n != dover)
    # Waits so long that Dover comes three minutes before Ramsgate; needs 3.08 m and the doubt of 0.2 m.
    wait_s = plain.time_s[ramsgate] - 180.0 - plain.time_s[dover]
    assert 600.0 < wait_s < 3600.0
    rise_s = PERIOD_S / (2.0 * np.pi) * np.arccos((plain.needed_depth_m + 1.0 + 0.2 - 3.5) / 2.5)
    high_s = AT_S + plain.travel_times.time_s[dover] + wait_s + rise_s
    tides = sinusoidal_tides(
        len(world.ports), start_s=START_S - 86_400.0, first_high_s=high_s, doubt_m=0.2, without=others
    )
    tidal = replace(world, columns=with_depth(world.columns, -1.0, dover), tides=tides)
    decision = decide(ask, tidal)
    assert decision.recommended == dover
    assert decision.wait_s[dover] == pytest.approx(wait_s, abs=10.0)
    assert "tide" in turning_by_trial(ask, tidal)
    assert named(ask, tidal) == turning_by_trial(ask, tidal)


def test_a_sea_just_below_the_limit_is_named(ask, world):
    """A fifth more of it and the way to the nearest port is above what the vessel bears."""

    def waves(lon, lat, at_s):
        return np.where(lon < 1.45, 1.8, 0.3), 1.0, 0.0, 6.0

    here = replace(ask, lon=1.5, lat=51.05, vessel=replace(ask.vessel, max_hs_m=2.0, assumed=()))
    rough = stormy(world, forecast_of(waves=waves, box=(0.5, 50.5, 2.5, 51.5), step_deg=0.05))
    assert decide(here, rough).recommended == number(world, "dover")
    assert "waves" in turning_by_trial(here, rough)
    assert named(here, rough) == turning_by_trial(here, rough)


def test_where_nothing_turns_the_answer_nothing_is_named(ask, service):
    world = stormy(service.world_at(AT_S), forecast_of(waves=waves_from(0.5, 240.0), current=stream_to(0.5, 60.0)))
    assert turning_by_trial(ask, world) == set()
    assert decide(replace(ask, position_accuracy_m=100.0), world).sensitive_to == ()


# Position.


def winners_on_the_circle(ask, world):
    points = [ahead(ask.lon, ask.lat, 45.0 * k, ask.position_accuracy_m) for k in range(8)]
    found = set()
    for lon, lat in points:
        try:
            found.add(decide(replace(ask, lon=lon, lat=lat), world).recommended)
        except PositionRefused:
            continue
    return found


@pytest.mark.parametrize(("accuracy_m", "turns"), [(9000.0, True), (100.0, False)])
def test_a_position_that_turns_the_answer_is_named(ask, world, accuracy_m, turns):
    here = just_before_the_tie(ask, world, number(world, "dover"), number(world, "calais"), 300.0)
    here = replace(here, position_accuracy_m=accuracy_m)
    decision = decide(here, world)
    others = winners_on_the_circle(here, world) - {decision.recommended}
    assert bool(others) == turns
    assert ("position" in decision.sensitive_to) == turns
    context = build_context(here, world, coordination_at(world, here))
    found = search_ports(context)
    assert set(winners_on_error_circle(context, found)) == others


def test_a_circle_that_is_partly_land_is_judged_by_its_water(ask, world):
    inshore = replace(ask, lon=1.3, lat=51.09, position_accuracy_m=4000.0)
    context = build_context(inshore, world, coordination_at(world, inshore))
    found = search_ports(context)
    assert set(winners_on_error_circle(context, found)) == winners_on_the_circle(inshore, world) - {found.winner}


def test_a_position_of_unstated_accuracy_turns_nothing(ask, world):
    context = build_context(ask, world, coordination_at(world, ask))
    found = search_ports(context)
    assert winners_on_error_circle(context, found) == ()


# Contenders are chosen before anything is tried: that must lose nobody.


def random_asks(ask, service, world, seed, count):
    random = np.random.default_rng(seed)
    while count:
        moved = replace(
            ask, lon=random.uniform(-5.5, 3.0), lat=random.uniform(49.0, 51.5),
            at_s=START_S + random.uniform(0.0, 6.0) * 3600.0,
            vessel=service.vessels[str(random.choice(["rnli-severn", "unknown", "fishing-vessel"]))],
        )  # fmt: skip
        try:
            reach_from(world, world.depth_classes[0].tables, moved.lon, moved.lat)
        except PositionRefused:
            continue
        count -= 1
        yield moved


SEAS = [(0.0, 0.0), (0.8, 0.3), (1.6, 0.8), (2.5, 1.5)]


@pytest.fixture(scope="module", params=SEAS, ids=["calm", "light", "fresh", "rough"])
def trials(request, ask, service):
    """What is said and what turns the answer by trial, on the shortest paths, at random, a tide at every port."""
    hs_m, stream_ms = request.param
    random = np.random.default_rng(int(10 * hs_m))
    world = service.world_at(START_S)
    found_out = []
    for batch in range(3):
        sea = world
        if hs_m > 0.0:
            sea = stormy(world, random_forecast(random, hs_m, stream_ms, 10.0))
        for moved in random_asks(ask, service, world, 10 * batch + int(10 * hs_m), 20):
            context = build_context(moved, sea, coordination_at(sea, moved))
            names, variants = inputs_in_doubt(moved.policy, sea)
            found = search_ports(context, variants=variants)
            # Where a way round is taken there is nothing to compare.
            if found.winner is not None and not found.detours:
                place = (moved.lon, moved.lat, moved.at_s, moved.vessel.id)
                found_out.append((set(sensitive_inputs(names, found)), turning_by_trial(moved, sea), place))
    return found_out


def test_nothing_is_named_that_does_not_turn_the_answer(trials):
    assert sum(bool(tried) for _, tried, _ in trials) > 5
    assert [trial for trial in trials if trial[0] - trial[1]] == []


def test_most_of_what_turns_the_answer_is_named(trials):
    turning = sum(len(tried) for _, tried, _ in trials)
    named_of_them = sum(len(text & tried) for text, tried, _ in trials)
    assert named_of_them >= 0.7 * turning


LEFT_OUT = {
    "a winner that waits, and a port without a wait": (-1.5528331591529003, 50.27157340003702, 7011.5, "unknown"),
    "a port with a long wait that a little more speed saves": (
        0.9308274308724638,
        50.53050959268852,
        16828.8,
        "unknown",
    ),
    "a port with a wait that more tide saves": (-0.9109702681790832, 50.28095610425892, 21573.8, "rnli-severn"),
    "a nearer port that a little more tide opens": (-3.214433815770489, 50.45553718677478, 19152.7, "fishing-vessel"),
    "a winner whose window a slower vessel misses": (-3.7787330100711856, 49.421094074392876, 3430.6, "fishing-vessel"),
}
"""Position, time after the start and vessel, in calm water with the tides of the pack."""


@pytest.mark.parametrize("who", LEFT_OUT)
def test_all_that_turns_the_answer_is_named(ask, service, who):
    lon, lat, after_s, vessel = LEFT_OUT[who]
    here = replace(ask, lon=lon, lat=lat, at_s=START_S + after_s, vessel=service.vessels[vessel])
    assert named(here, service.world_at(START_S)) == turning_by_trial(here, service.world_at(START_S))
