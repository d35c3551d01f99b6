"""Every port judged for every row: as a single decision has it, and the nearest by line as geodesics have it."""

import numpy as np
import pyarrow as pa
import pytest

from api.replay.batch import ask_of, replay_batch
from api.replay.judgement import decide_and_judge, harbour_mask, nearest_by_line, skip_judgement
from api.replay.schema import JUDGEMENTS, PASSED_OVER
from engine.codes import Code, Rule
from engine.decide import decide, deciding_finding, nearer_than
from engine.routes import straight_line_m
from tests.api.replay.folders import encounters

ROWS = [
    # Between the two: the drying harbour of Folkestone is nearer than Dover; beaches, too.
    {"lon": 1.26, "lat": 51.06, "vessel_profile": "rnli-shannon", "time": 1_642_050_000_000, "persons_min": 30,
     "persons_max": 30, "persons_recovered": 30, "persons_in_water": False},
    {"lon": 0.5, "lat": 51.2},
    {"lon": 1.0, "lat": 50.8, "persons_min": 900, "persons_max": 900},
    {"lon": 1.9, "lat": 51.05, "policy": "nearest-distance", "persons_min": 10, "persons_max": 10},
]  # fmt: skip


@pytest.fixture(scope="module")
def table():
    return encounters(ROWS)


@pytest.fixture(scope="module")
def judged(table, worlds, service, policies):
    return decide_and_judge(table, worlds, service.vessels, policies)


def test_rows_are_decided_as_the_engine_for_columns_decides_them(table, judged, worlds, service, policies):
    assert judged[0].equals(replay_batch(table, worlds, service.vessels, policies))


def test_each_row_is_what_a_single_decision_says(table, judged, worlds, service, policies):
    decisions, (columns, over) = judged
    assert (columns.schema, over.schema) == (JUDGEMENTS, PASSED_OVER)
    lines = over.to_pylist()
    for k, row in enumerate(table.to_pylist()):
        mine = [line for line in lines if line["row"] == row["row"]]
        beside = columns.slice(k, 1).to_pylist()[0]
        if k == 1:
            assert mine == []
            assert decisions["decision_outcome"][k].as_py() == "refused"
            assert [name for name, value in beside.items() if value is not None] == ["nearest_by_line_port"]
            continue
        ask = ask_of(row, service.vessels, policies)
        decision = decide(ask, worlds(ask.at_s))
        ports, best = decision.world.ports, decision.recommended
        expected = [p for p in nearer_than(decision, best) if np.isfinite(decision.plain_key_s[p]) or best is not None]
        assert [line["port"] for line in mine] == [ports[p].id for p in expected]
        assert [line["rank"] for line in mine] == list(range(1, len(mine) + 1))
        for p, line in zip(expected, mine, strict=True):
            found = deciding_finding(decision, p)
            assert line["code"] == ("RANKED_BY_POLICY" if found is None else Code(decision.code[p, Rule(found)]).name)
            assert line["only_by_person"] == (decision.code[p, Rule.R_PRT_02] != Code.KIND_OK)
            if best is not None and np.isfinite(decision.time_s[p]):
                sooner_min = (decision.time_s[best] - decision.time_s[p]) / 60.0
                assert line["minutes_given_up"] == pytest.approx(sooner_min, abs=0.01)
            else:
                assert line["minutes_given_up"] is None
        harbours = [line for line in mine if not line["only_by_person"]]
        assert beside["harbours_passed_over"] == len(harbours)
        assert beside["passed_over_harbour"] == (harbours[0]["port"] if harbours else None)
        assert decisions["nearer_passed_over"][k].as_py() == len(mine)
        distances = [
            (decision.distance_m[p], port.id)
            for p, port in enumerate(ports)
            if decision.code[p, Rule.R_PRT_02] == Code.KIND_OK and np.isfinite(decision.distance_m[p])
        ]
        assert beside["nearest_by_water_port"] == min(distances)[1]


def test_a_harbour_is_named_where_the_nearest_passed_over_is_a_beach(judged):
    _, (columns, _) = judged
    first = columns.slice(0, 1).to_pylist()[0]
    assert first["passed_over_harbour"] == "folkestone"
    assert first["passed_over_harbour_code"] == "DEPTH_GENERAL"


def test_too_many_people_for_the_vessel_is_said_first(judged):
    decisions, (columns, _) = judged
    assert decisions["port"][2].as_py() is None
    assert columns["against_every_harbour"].to_pylist() == [None, None, "LOAD_OVER_MAX", None]


def test_the_mask_of_harbours_is_what_the_rule_says(service, worlds, policies):
    ask = ask_of(encounters([ROWS[0]]).to_pylist()[0], service.vessels, policies)
    decision = decide(ask, worlds(ask.at_s))
    assert (harbour_mask(decision.world) == (decision.code[:, Rule.R_PRT_02] == Code.KIND_OK)).all()


def test_the_nearest_by_line_is_that_of_geodesics(service):
    rng = np.random.default_rng(7)
    world = service.world
    lon, lat = rng.uniform(-6.5, 4.5, 60), rng.uniform(48.5, 52.0, 60)
    found = nearest_by_line(pa.table({"lon": lon, "lat": lat}), world).to_pylist()
    harbours = [port for port, is_one in zip(world.ports, harbour_mask(world), strict=True) if is_one]
    for k, port in enumerate(found):
        lengths = {known.id: straight_line_m((lon[k], lat[k]), known.landing) for known in harbours}
        assert lengths[port] <= min(lengths.values()) + 0.1


def test_rows_that_are_not_judged_have_the_control_that_needs_no_engine(table, worlds):
    columns, over = skip_judgement(table, worlds)
    assert over.num_rows == 0
    assert columns["nearest_by_line_port"].null_count == 0
    assert columns["harbours_passed_over"].null_count == table.num_rows
    assert skip_judgement(table.slice(0, 0), worlds).columns.num_rows == 0


def test_leaving_out_what_doubt_would_change_changes_no_port(service, worlds, policies):
    rows = [{**row, "position_accuracy_m": accuracy_m} for row in (ROWS[0], ROWS[3]) for accuracy_m in (1500.0, 9000.0)]
    doubts = set()
    for row in encounters(rows).to_pylist():
        ask = ask_of(row, service.vessels, policies)
        whole, short = (decide(ask, worlds(ask.at_s), sensitivity=flag) for flag in (True, False))
        for name in ("status", "key_s", "plain_key_s", "order", "code", "verdict", "time_s", "low_s", "high_s"):
            np.testing.assert_array_equal(getattr(whole, name), getattr(short, name), err_msg=name)
        doubts |= set(whole.sensitive_to)
        assert set(short.sensitive_to) <= {"unconfirmed_port"}
    assert "position" in doubts
