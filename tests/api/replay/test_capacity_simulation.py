"""Encounters in sequence take places and give them back: the first ones by hand, the books by a second count."""

import numpy as np
import pytest

from api.replay.batch import replay_batch_by_single_decisions
from api.replay.capacity_simulation import (
    Capacity,
    SimulationResult,
    Stay,
    _Queue,
    most_taken_by_hour,
    read_capacity,
    read_occupancy,
    simulate_capacity,
    write_occupancy,
)
from engine.errors import InvalidAsk
from tests.api.replay.folders import encounters

HOUR_S = 3600.0
OFF_DOVER = {"lon": 1.40, "lat": 51.08, "persons_min": 30, "persons_max": 30, "persons_recovered": 30,
             "persons_in_water": False}  # fmt: skip
AT_MS = 1_700_000_000_000
BIG = 1000.0


@pytest.fixture(scope="module")
def index(service):
    return {port.id: k for k, port in enumerate(service.world.ports)}


def table_of(index, places, per_hour=1000.0, stay_h=24.0):
    """Every port has plenty of places but those named."""
    free = np.full(len(index), BIG)
    for port, count in places.items():
        free[index[port]] = count
    return Capacity(free, np.full(len(index), per_hour), stay_h * HOUR_S)


def run(service, worlds, policies, rows, capacity):
    return simulate_capacity(encounters(rows), worlds, service.vessels, policies, capacity)


def test_the_second_of_two_goes_on_when_the_first_has_taken_the_places(service, worlds, policies, index):
    rows = [{**OFF_DOVER, "time": AT_MS}, {**OFF_DOVER, "time": AT_MS + 600_000}]
    plenty = run(service, worlds, policies, rows, table_of(index, {}))
    assert plenty.decisions["port"].to_pylist() == ["dover", "dover"]
    scarce = run(service, worlds, policies, rows, table_of(index, {"dover": 40}))
    first, second = scarce.decisions.to_pylist()
    assert first["port"] == "dover"
    assert second["port"] not in ("dover", None)
    assert second["time_to_landing_s"] > first["time_to_landing_s"]
    assert scarce.unplaced_encounters == 0


def test_places_are_given_back_after_the_stay_and_not_before(service, worlds, policies, index):
    capacity = table_of(index, {"dover": 40}, stay_h=6.0)
    first = run(service, worlds, policies, [{**OFF_DOVER, "time": AT_MS}], capacity).taken[0]
    arrive_s = first.until_s - 6.0 * HOUR_S
    assert arrive_s > AT_MS / 1000.0
    before, after = int(first.until_s) * 1000 - 60_000, int(first.until_s) * 1000 + 1000
    for later, expected in ((before, False), (after, True)):
        rows = [{**OFF_DOVER, "time": AT_MS}, {**OFF_DOVER, "time": later}]
        ports = run(service, worlds, policies, rows, capacity).decisions["port"].to_pylist()
        assert (ports[1] == "dover") is expected


def test_time_decides_who_is_first_and_the_output_keeps_the_order_of_the_input(service, worlds, policies, index):
    rows = [{**OFF_DOVER, "time": AT_MS + 600_000}, {**OFF_DOVER, "time": AT_MS}]
    sequence = run(service, worlds, policies, rows, table_of(index, {"dover": 40}))
    assert sequence.decisions["row"].to_pylist() == [0, 1]
    assert sequence.decisions["port"][1].as_py() == "dover"
    assert sequence.decisions["port"][0].as_py() != "dover"


def test_ports_not_in_the_table_are_unconfirmed(service, worlds, policies, index):
    nothing = Capacity(np.full(len(index), np.nan), np.full(len(index), np.nan), HOUR_S)
    sequence = run(service, worlds, policies, [{**OFF_DOVER}], nothing)
    assert sequence.decisions["decision_outcome"].to_pylist() == ["unconfirmed"]
    assert (sequence.unplaced_encounters, sequence.unplaced_persons) == (1, 30)
    assert sequence.taken == []


def test_a_position_on_land_is_refused_and_takes_nothing(service, worlds, policies, index):
    sequence = run(service, worlds, policies, [{**OFF_DOVER, "lon": 0.5, "lat": 51.2}], table_of(index, {}))
    assert sequence.decisions["refusal"].to_pylist() == ["POS_ON_LAND"]
    assert sequence.taken == []


def test_with_places_for_all_the_ports_are_those_of_single_decisions(service, worlds, policies, index):
    rng = np.random.default_rng(11)
    places = zip(rng.uniform(1.2, 1.8, 12), rng.uniform(50.8, 51.1, 12), strict=True)
    rows = [{**OFF_DOVER, "lon": float(lon), "lat": float(lat), "time": AT_MS + k * 3_600_000}
            for k, (lon, lat) in enumerate(places)]  # fmt: skip
    alone = replay_batch_by_single_decisions(encounters(rows), worlds, service.vessels, policies)
    sequence = run(service, worlds, policies, rows, table_of(index, {}, per_hour=1e5))
    assert sequence.decisions["port"].equals(alone["port"])
    assert sequence.decisions["time_to_landing_s"].equals(alone["time_to_landing_s"])


def test_nowhere_are_more_places_taken_than_there_are(service, worlds, policies, index):
    rng = np.random.default_rng(13)
    rows = [{**OFF_DOVER, "lon": float(lon), "time": AT_MS + int(at)}
            for lon, at in zip(rng.uniform(1.3, 1.6, 30), rng.integers(0, 5 * 3_600_000, 30), strict=True)]  # fmt: skip
    capacity = table_of(index, {"dover": 100, "calais": 70, "ramsgate": 45, "boulogne": 45, "folkestone": 35})
    sequence = run(service, worlds, policies, rows, capacity)
    _, most = most_taken_by_hour(sequence.taken, len(index))
    assert (most.max(axis=1) <= capacity.places).all()
    assert most[index["dover"]].max() == 90.0
    assert len(sequence.taken) + sequence.unplaced_encounters == 30


def test_a_queue_lands_people_at_its_pace():
    queue = _Queue()
    assert queue.add(1000.0, 30.0, 60.0) == 1000.0 + 1800.0
    assert queue.add(1200.0, 10.0, 60.0) == 2800.0 + 600.0
    assert queue.waiting(500.0) == 40.0
    assert queue.waiting(1900.0) == pytest.approx(25.0)
    assert queue.waiting(3100.0) == pytest.approx(5.0)
    assert queue.waiting(3400.0) == 0.0
    assert _Queue().add(1000.0, 30.0, float("nan")) == 1000.0


def test_the_greatest_number_of_each_hour_by_brute_force():
    rng = np.random.default_rng(17)
    taken = [Stay(int(p), float(a), float(a + d), float(n)) for p, a, d, n in zip(
        rng.integers(0, 3, 40), rng.integers(0, 50_000, 40), rng.integers(100, 30_000, 40), rng.integers(1, 50, 40),
        strict=True)]  # fmt: skip
    hours, most = most_taken_by_hour(taken, 3)
    moments = np.arange(0, int(max(entry.until_s for entry in taken)) + 1, 1.0)
    for port in range(3):
        level = np.zeros(len(moments))
        for item in taken:
            if item.port == port:
                level[(moments >= item.from_s) & (moments < item.until_s)] += item.persons
        first = int(hours[0].astype(int))
        for k in range(len(hours)):
            within = level[(first + k) * 3600 : (first + k + 1) * 3600]
            assert most[port, k] == (within.max() if len(within) else 0.0)


def test_what_is_written_is_read_back(tmp_path, service, index):
    names = tuple(index)
    capacity = table_of(index, {"dover": 40})
    taken = [Stay(index["dover"], 3600.0, 9000.0, 30.0)]
    write_occupancy(tmp_path, SimulationResult(None, taken, 2, 77), capacity, names)
    lines = (tmp_path / "occupancy.csv").read_text(encoding="utf-8").splitlines()
    assert lines == ["hour,port,places,most_taken", "1970-01-01T01:00Z,dover,40,30", "1970-01-01T02:00Z,dover,40,30"]
    occupancy = read_occupancy(tmp_path)
    assert occupancy.ports == ("dover",)
    assert occupancy.shares.tolist() == [[0.75, 0.75]]
    assert (occupancy.unplaced_encounters, occupancy.unplaced_persons) == (2, 77)
    assert read_occupancy(tmp_path / "elsewhere") is None


def test_a_capacity_table_is_read_and_a_wrong_one_refused(tmp_path, service, index):
    path = tmp_path / "capacity.csv"
    path.write_text("port,places,persons_per_hour\ndover,100,60\nFRCQF,50,\n", encoding="utf-8")
    capacity = read_capacity(path, service, 12.0)
    assert capacity.places[index["dover"]] == 100.0
    assert capacity.places[index["calais"]] == 50.0
    assert np.isnan(capacity.persons_per_hour[index["calais"]])
    assert np.isnan(capacity.places).sum() == len(index) - 2
    assert capacity.stay_s == 12.0 * HOUR_S
    path.write_text("port;places;persons_per_hour\ndover;100;60\nFRCQF;50;\n", encoding="utf-8")
    np.testing.assert_array_equal(read_capacity(path, service, 12.0).places, capacity.places)
    for text, problem in (
        ("port,places\ndover,1\n", "persons_per_hour"),
        ("port,places,persons_per_hour\ndover,1,1\nGBDVR,2,2\n", "second time"),
        ("port,places,persons_per_hour\natlantis,1,1\n", "atlantis"),
        ("port,places,persons_per_hour\ndover,nan,1\n", "not a number"),
        ("port,places,persons_per_hour\ndover,-1,1\n", "not a number"),
        ("port,places,persons_per_hour\ndover,1,0\n", "line 2, persons_per_hour, is 0"),
        ("port,places,persons_per_hour\ndover,1,1\natlantis,1,1\n", "line 3: .*atlantis"),
        ("port,places,persons_per_hour\n", "no ports"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(Exception, match=problem) as wrong:
            read_capacity(path, service, 12.0)
        assert wrong.type.__module__ == "engine.errors"
    with pytest.raises(InvalidAsk, match="cannot be read"):
        read_capacity(tmp_path / "none.csv", service, 12.0)
