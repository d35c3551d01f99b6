"""The engine for columns against single decisions, and the whole replay against them, field by field."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from api.documents.decision import decision_document
from api.encounter import EncounterIn
from api.replay.batch import replay_batch, replay_batch_by_single_decisions
from api.replay.ingest.column_map import read_column_map
from api.replay.ingest.normalize import normalize
from api.replay.ingest.reading import open_source
from api.replay.run import ReplayConfig, replay
from api.replay.schema import DECISIONS
from api.replay.worker import TaskSpec, task_context_of
from api.replay.world_by_time import WorldsByTime
from engine.errors import PositionRefused
from engine.kernels.mesh import NOWHERE
from engine.units import MINUTE_S, NAUTICAL_MILE_M
from geodata.pack import DEFAULT_PACK
from tests.synthetic.cubes import synthetic_cube
from tests.synthetic.encounters import DAY_S, START_S, encounters_table, write_encounters

ENCOUNTERS = 100
BLOCKS_S = 30 * DAY_S


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replay")
    source = write_encounters(folder / "encounters.csv", ENCOUNTERS, seed=5)
    replay(ReplayConfig(source, folder / "out", workers=2, chunk_rows=35))
    return pq.read_table(folder / "out" / "decisions.parquet").to_pylist()


def single(service, row):
    """The document of one encounter, as the HTTP service would make it; or the code it is refused with."""
    body = {
        "position": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
        "time": row["time"],
        "persons": {"min": row["persons_min"], "max": row["persons_max"]},
        "medical": row["medical"],
        "vessel": {"profile": row["vessel_profile"]},
        "position_accuracy_m": row["position_accuracy_m"],
    }
    ask = service.ask(EncounterIn.model_validate(body), 0.0)
    try:
        return decision_document(service.decide(ask), "full", "en"), None
    except PositionRefused as refused:
        return None, refused.code.name


def test_a_replay_says_what_single_decisions_say(service_with_streams, replayed):
    asked = encounters_table(ENCOUNTERS, seed=5).to_pylist()
    assert [row["row"] for row in replayed] == list(range(ENCOUNTERS))
    outcomes = set()
    for got, row in zip(replayed, asked, strict=True):
        document, refusal = single(service_with_streams, row)
        assert got["encounter_id"] == row["encounter_id"]
        if document is None:
            outcomes.add("refused")
            assert (got["decision_outcome"], got["refusal"]) == ("refused", refusal)
            assert all(got[name] is None for name in DECISIONS.names[4:])
            continue
        outcomes.add(document["outcome"])
        assert_same(got, document, service_with_streams)
    assert {"suitable", "refused"} <= outcomes


def assert_same(got, document, service):
    best, judged = document["recommended"], [*document["candidates"], *document["excluded"]]
    assert got["decision_outcome"] == document["outcome"]
    assert got["refusal"] is None
    assert got["srr"] == document["coordination"]["srr"]
    assert got["band"] == document["coordination"]["band"]
    assert got["ports_opened"] == document["proof"]["ports_opened"]
    assert got["near_tie"] == document["margin"]["near_tie"]
    assert tenths(got["to_second_s"]) == document["margin"]["to_second_min"]
    unconfirmed = [item["port"]["id"] for item in judged if item["status"] == "unconfirmed"]
    first = unconfirmed[0] if unconfirmed else None
    # Beside a recommended port it is told only where its key is the lesser one, which a document does not show.
    assert got["best_unconfirmed_port"] == first or (document["recommended"] and got["best_unconfirmed_port"] is None)
    fit = [item["port"]["id"] for item in judged if item["status"] in ("suitable", "caution")]
    assert got["second_port"] == (fit[1] if len(fit) > 1 else None)
    assert got["forecast_used"] is False
    passed = document["passed_over"]
    if best is not None:
        assert got["nearer_passed_over"] == len(passed)
        assert (got["port"], got["port_status"]) == (best["port"]["id"], best["status"])
        assert round(got["distance_m"] / NAUTICAL_MILE_M, 2) == best["distance_nm"]
        assert round(got["straight_line_m"] / NAUTICAL_MILE_M, 2) == best["straight_line_nm"]
        assert tenths(got["time_to_landing_s"]) == best["time_to_landing_min"]
        assert [tenths(got["low_s"]), tenths(got["high_s"])] == best["time_range_min"]
        assert tenths(got["wait_s"]) == best["wait_min"]
        place = [port.id for port in service.world.ports].index(got["port"])
        tides = service.world_at(START_S).tides
        assert got["tide_basis"] == (tides.station[place] != NOWHERE)
    if passed:
        assert (got["passed_over_port"], got["passed_over_code"]) == (passed[0]["port_id"], passed[0]["code"])


def tenths(value):
    return None if value is None else round(value / MINUTE_S, 1)


@pytest.fixture
def context():
    return task_context_of(TaskSpec(DEFAULT_PACK, read_column_map()))


@pytest.fixture
def encounters(tmp_path, context):
    source = open_source(write_encounters(tmp_path / "some.csv", 60, seed=9), read_column_map())
    return normalize(next(source.chunks(1000)), source.column_map, context.known).encounters


def test_the_engine_for_columns_is_the_plain_loop(context, encounters):
    arguments = (encounters, context.worlds, context.service.vessels, context.policies)
    assert replay_batch(*arguments).equals(replay_batch_by_single_decisions(*arguments))


def test_no_rows_are_no_decisions(context, encounters):
    made = replay_batch(encounters.slice(0, 0), context.worlds, context.service.vessels, context.policies)
    assert made.num_rows == 0
    assert made.schema == DECISIONS


@pytest.fixture
def cubes(tmp_path):
    """Three forecasts of the same days: made before, made later, and one of days long after."""

    def cube(name, first_s, run_at_s, height_m):
        return synthetic_cube(tmp_path / f"{name}.cube", waves=(height_m, 1.0, 0.0, 6.0),
                              times=first_s + 3600.0 * np.arange(25), run_at_s=run_at_s)  # fmt: skip

    first_s = START_S + 3 * DAY_S
    return {
        "early": cube("early", first_s, first_s - 6 * 3600.0, 0.5),
        "late": cube("late", first_s, first_s + 12 * 3600.0, 1.0),
        "other": cube("other", first_s + 90 * DAY_S, first_s + 89 * DAY_S, 1.5),
    }


def test_each_row_takes_the_forecast_that_was_to_be_had(service, cubes):
    worlds = WorldsByTime(service, [cubes["late"], cubes["other"], cubes["early"]])
    first_s = START_S + 3 * DAY_S

    def height(at_s):
        waves = worlds(at_s).forecast.waves
        return float(waves.values[0, 0, 0, 0]) if waves.values.size else None

    assert height(first_s + 3600.0) == 0.5
    assert height(first_s + 13 * 3600.0) == 1.0
    assert height(first_s + 90 * DAY_S + 60.0) == 1.5
    assert height(first_s - 1.0) is None
    assert height(first_s + 25 * 3600.0) is None
    # Where every run is later, a reanalysis is what there is.
    assert WorldsByTime(service, [cubes["late"]])(first_s + 60.0).identity["forecast"] is not None


def test_rows_of_one_number_share_one_world(service, cubes):
    worlds = WorldsByTime(service, [cubes["early"], cubes["late"]])
    at_s = START_S + 1800.0 * np.arange(0, 48 * 40, 7)
    numbers = worlds.number(at_s)
    first = {}
    for number, one_s in zip(numbers.tolist(), at_s.tolist(), strict=True):
        found = worlds(one_s)
        known = first.setdefault(number, found)
        assert known.tides is found.tides
        assert known.forecast is found.forecast
    assert len({(id(world.tides), id(world.forecast)) for world in first.values()}) == len(first) >= 4


def test_forecasts_reach_the_decisions(tmp_path, cubes):
    source = write_encounters(tmp_path / "encounters.csv", 80, days=6)
    manifest = replay(ReplayConfig(source, tmp_path / "out", forecasts=(cubes["early"], cubes["late"])))
    rows = pq.read_table(tmp_path / "out" / "decisions.parquet").to_pylist()
    first_s = START_S + 3 * DAY_S
    for row in rows:
        covered = first_s <= row["time"].timestamp() <= first_s + DAY_S
        assert row["forecast_used"] == (None if row["refusal"] else covered)
    assert {row["forecast_used"] for row in rows} == {None, True, False}
    assert len(manifest["forecasts"]) == 2
