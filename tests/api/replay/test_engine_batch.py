"""The engine for columns against single decisions, row for row."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from api.decision_service import known_policy
from api.replay import batch, batch_patches
from api.replay.batch import replay_batch, replay_batch_by_single_decisions
from api.replay.schema import DECISIONS, ENCOUNTERS
from api.replay.world_by_time import WorldsByTime
from bench.decisions import synthetic_weather
from engine.codes import Code
from engine.kernels.mesh import NOWHERE
from engine.policy import KEYS
from geodata.policies import policy_names as known_policy_names
from tests.synthetic.cubes import START_S, synthetic_cube

ROWS = 10_000


def odd_policies():
    """Policies with penalties and shares that are zero, small, odd or large, drawn for each code."""
    random = np.random.default_rng(17)
    usual = known_policy("nearest-time")
    return [
        replace(
            usual,
            name=f"odd-{n}",
            key=KEYS[n % len(KEYS)],
            weigh_srr_state=True,
            penalties_s={code: float(random.choice([0.0, 0.0, 1.7, 600.0, 86_400.0])) for code in Code},
            penalty_shares={code: float(random.choice([0.0, 0.0, 0.0, 0.013, 3.0])) for code in Code},
        )
        for n in range(2 * len(KEYS))
    ]


def random_encounters(random, count, service, at_s, box=(-7.2, 47.9, 5.1, 52.6), policy_names=None):
    """Encounters anywhere in and about the area, on land too, with every kind of gap."""
    names = policy_names or ["nearest-time"] * 4 + sorted(known_policy_names())
    west, south, east, north = box

    def some(values, share):
        return [value if known else None for value, known in zip(values, random.random(count) < share, strict=True)]

    least = random.integers(0, 60, count)
    most = least + random.integers(0, 40, count)
    counted = random.random(count) < 0.8
    times_ms = ((at_s + random.uniform(-3.0, 30.0, count) * 3600.0) * 1000.0).astype(np.int64)
    profile = random.choice(list(service.vessels), count)
    described = random.random(count) < 0.1
    made = {
        "row": np.arange(count),
        "encounter_id": [f"E{k}" for k in range(count)],
        "lon": random.uniform(west, east, count),
        "lat": random.uniform(south, north, count),
        "time": times_ms,
        "position_accuracy_m": some(random.uniform(0.0, 3000.0, count), 0.5),
        "persons_min": [int(n) if known else None for n, known in zip(least, counted, strict=True)],
        "persons_max": [int(n) if known else None for n, known in zip(most, counted, strict=True)],
        "medical": random.choice(["none", "none", "none", "urgent", "critical"], count),
        "aboard_since": [None if value is None else int(value) for value in some(times_ms - 3_600_000, 0.3)],
        "sheltered": some([bool(value) for value in random.integers(0, 2, count)], 0.5),
        "vessel_profile": [None if own else name for name, own in zip(profile, described, strict=True)],
        "speed_kn": [float(random.uniform(6, 30)) if own else None for own in described],
        "draught_m": [float(random.choice([0.5, 1.5, 3.0])) if own else None for own in described],
        "policy": random.choice(names, count),
    }
    columns = [
        pa.array(made[field.name]).cast(field.type) if field.name in made else pa.nulls(count, field.type)
        for field in ENCOUNTERS
    ]
    return pa.table(columns, schema=ENCOUNTERS)


@pytest.fixture(scope="module")
def policies():
    known = [known_policy(name) for name in known_policy_names()]
    return {policy.name: policy for policy in [*known, *odd_policies()]}


def assert_equal(found, expected):
    assert found.schema == expected.schema == DECISIONS
    for field in DECISIONS:
        first, other = found[field.name], expected[field.name]
        if pa.types.is_floating(field.type):
            assert first.is_null().equals(other.is_null()), field.name
            # Ports are looked at in another order, so the last digits of shared clocks may differ.
            np.testing.assert_allclose(
                first.to_numpy(zero_copy_only=False), other.to_numpy(zero_copy_only=False), rtol=1e-9, atol=1e-6,
                err_msg=field.name,
            )  # fmt: skip
        else:
            differing = [k for k, (a, b) in enumerate(zip(first.to_pylist(), other.to_pylist(), strict=True)) if a != b]
            assert not differing, (field.name, differing[:5], first[differing[0]], other[differing[0]])


@pytest.mark.parametrize(
    ("weather", "streams"),
    [(False, False), (True, False), (False, True)],
    ids=["tides", "tides and forecast", "tides and streams"],
)
def test_columns_are_decided_as_single_requests_are(
    service, service_with_streams, policies, tmp_path, weather, streams
):
    service = service_with_streams if streams else service
    random = np.random.default_rng(2 if weather else 1)
    forecasts = [synthetic_weather(tmp_path / "SYNTHETIC.cube", START_S)] if weather else []
    worlds = WorldsByTime(service, forecasts)
    names = ["nearest-time"] * 4 + sorted(policies)
    table = random_encounters(random, ROWS // 2, service, START_S, policy_names=names)
    found = replay_batch(table, worlds, service.vessels, policies)
    assert_equal(found, replay_batch_by_single_decisions(table, worlds, service.vessels, policies))
    outcomes = set(found["decision_outcome"].to_pylist())
    assert {"suitable", "refused"} <= outcomes


def alike(table, profile, speed_kn):
    """The same encounters, all of one vessel."""
    shared = {"vessel_profile": profile, "speed_kn": speed_kn, "policy": "nearest-time", "medical": "none"}
    for name, value in (shared | {"draught_m": None, "sheltered": None}).items():
        field = ENCOUNTERS.field(name)
        column = pa.array([value] * table.num_rows).cast(field.type)
        table = table.set_column(table.schema.get_field_index(name), field, column)
    return table


@pytest.mark.parametrize("weather", [False, True], ids=["tides", "tides and forecast"])
@pytest.mark.parametrize("profile", ["rnli-severn", "abeille"])
def test_neighbours_that_share_a_vicinity_are_decided_as_single_requests_are(
    service, policies, tmp_path, weather, profile
):
    """In a strait with banks, islands and harbours, so many of one vessel that most have neighbours in their patch."""
    random = np.random.default_rng(5 if weather else 4)
    forecasts = [synthetic_weather(tmp_path / "SYNTHETIC.cube", START_S)] if weather else []
    worlds = WorldsByTime(service, forecasts)
    table = alike(random_encounters(random, 1500, service, START_S, box=(0.9, 50.6, 1.9, 51.4)), profile, None)
    found = replay_batch(table, worlds, service.vessels, policies)
    assert_equal(found, replay_batch_by_single_decisions(table, worlds, service.vessels, policies))
    assert {None, "boulogne", "calais", "dover"} <= set(found["port"].to_pylist())


def test_where_ways_round_decide_columns_are_decided_as_single_requests_are(service, policies, tmp_path, monkeypatch):
    """Slow vessels near a race in the strait: some rows have a way round, others are searched for one in vain."""

    def race(lon, lat, at_s):
        strength = 3.0 * np.exp(-((((lon - 1.5) * 0.63 - 0.5 * (lat - 51.0)) / 0.08) ** 2))
        return 0.45 * strength, 0.9 * strength

    cube = synthetic_cube(
        tmp_path / "race.cube", current=race, waves=(0.3, 0.0, 1.0, 4.0), box=(0.5, 50.5, 2.5, 51.5), step_deg=0.05
    )
    singly = []

    def counted(table, *others):
        singly.append(table.num_rows)
        return replay_batch_by_single_decisions(table, *others)

    monkeypatch.setattr(batch, "replay_batch_by_single_decisions", counted)
    monkeypatch.setattr(batch_patches, "FEWEST_TOGETHER", 1)
    worlds = WorldsByTime(service, [cube])
    random = np.random.default_rng(8)
    table = alike(random_encounters(random, 600, service, START_S, box=(1.1, 50.8, 1.9, 51.2)), "unknown", 8.0)
    found = replay_batch(table, worlds, service.vessels, policies)
    assert_equal(found, replay_batch_by_single_decisions(table, worlds, service.vessels, policies))
    assert 0 < sum(singly) < 300
    kept = worlds.neighbours._kept.values()
    assert any(number != NOWHERE for item in kept for number in item._number.values())


@pytest.mark.parametrize("weather", [False, True], ids=["tides", "tides and forecast"])
def test_alone_or_with_neighbours_a_row_gets_the_same_answer_to_the_last_bit(
    service, policies, tmp_path, weather, monkeypatch
):
    """Which rows have neighbours hangs on which thread came first; what is written must not."""
    forecasts = [synthetic_weather(tmp_path / "SYNTHETIC.cube", START_S)] if weather else []
    table = random_encounters(np.random.default_rng(6), 3000, service, START_S, box=(0.9, 50.6, 1.9, 51.4))
    found = []
    for fewest in (1, 10**9):
        monkeypatch.setattr(batch_patches, "FEWEST_TOGETHER", fewest)
        worlds = WorldsByTime(service, forecasts)
        found.append(replay_batch(table, worlds, service.vessels, policies))
        # Nobody shares anything until a patch has rows enough.
        kept = worlds.neighbours._kept.values()
        assert any(number != NOWHERE for item in kept for number in item._number.values()) == (fewest == 1)
    assert found[0].equals(found[1])


def test_no_rows_give_no_rows(service, policies):
    assert replay_batch(ENCOUNTERS.empty_table(), WorldsByTime(service), service.vessels, policies).equals(
        DECISIONS.empty_table()
    )


def test_that_comparison_would_notice_a_difference(service, policies):
    table = random_encounters(np.random.default_rng(3), 50, service, START_S, box=(1.0, 50.5, 1.6, 51.0))
    worlds = WorldsByTime(service)
    expected = replay_batch_by_single_decisions(table, worlds, service.vessels, policies)
    moved = table.set_column(2, "lon", pa.array(table["lon"].to_numpy() + 0.05))
    with pytest.raises(AssertionError):
        assert_equal(replay_batch(moved, worlds, service.vessels, policies), expected)
