"""Recommended against observed: a reason by code is found where there is one, and none is made up."""

import pyarrow as pa
import pytest

from api.cli.replay_text import compared_text
from api.replay.analysis.observed_ports import HISTORY, against_observed, read_history, write_history
from api.replay.batch import ask_of, replay_batch_by_single_decisions
from api.replay.reports.reasons import sentence_of
from engine.codes import Code
from engine.decide import decide, deciding_finding
from tests.api.replay.folders import encounters

PERSONS = {"persons_min": 30, "persons_max": 30, "persons_recovered": 30, "persons_in_water": False}
FOLKESTONE = {"lon": 1.26, "lat": 51.06, "vessel_profile": "rnli-shannon", "time": 1_642_050_000_000, **PERSONS}
OFF_DOVER = {"lon": 1.40, "lat": 51.08, **PERSONS}


def judged(service, worlds, policies, rows):
    table = encounters(rows)
    decisions = replay_batch_by_single_decisions(table, worlds, service.vessels, policies)
    return against_observed(table, decisions, worlds, service.vessels, policies).to_pylist()


def test_same_port(service, worlds, policies):
    (row,) = judged(service, worlds, policies, [{**OFF_DOVER, "observed_port": "dover"}])
    assert (row["difference"], row["code"], row["later_min"]) == ("same", None, 0.0)


def test_a_drying_harbour_is_explained_by_its_own_finding(service, worlds, policies):
    (row,) = judged(service, worlds, policies, [{**FOLKESTONE, "observed_port": "folkestone"}])
    ask = ask_of(encounters([FOLKESTONE]).to_pylist()[0], service.vessels, policies)
    decision = decide(ask, worlds(ask.at_s))
    port = next(k for k, known in enumerate(decision.world.ports) if known.id == "folkestone")
    assert row["port"] == "dover"
    assert row["difference"] == "explained"
    assert row["code"] == Code(decision.code[port, deciding_finding(decision, port)]).name == "DEPTH_GENERAL"
    assert "FOLKESTONE" in row["sentence"]


def test_a_port_that_is_only_farther_is_not_explained(service, worlds, policies):
    (row,) = judged(service, worlds, policies, [{**OFF_DOVER, "observed_port": "calais"}])
    assert (row["difference"], row["code"]) == ("unexplained", None)
    assert row["later_min"] > 10.0
    assert row["farther_nm"] > 3.0


def test_a_port_nearer_by_the_clock_is_explained_by_the_policy(service, worlds, policies):
    # Under a policy for the state of the region a French port is passed over off Dover's side of the line, and back.
    rows = [{"lon": 1.48, "lat": 50.96, "vessel_profile": "psp-flamant", "policy": "srr-state-preferred",
             "time": 1_587_110_400_000, "persons_min": 17, "persons_max": 17, "observed_port": "dover"}]  # fmt: skip
    (row,) = judged(service, worlds, policies, rows)
    assert row["port"] != "dover"
    assert row["difference"] == "explained"
    assert row["code"] in ("OUTSIDE_SRR_STATE", "RANKED_BY_POLICY")


def test_several_harbours_of_a_town(service, worlds, policies):
    rows = [
        {**OFF_DOVER, "observed_port": "calais|dover"},
        {**FOLKESTONE, "observed_port": "folkestone|calais"},
        {**FOLKESTONE, "observed_port": "folkestone|dungeness"},
    ]
    same, partly, wholly = judged(service, worlds, policies, rows)
    assert (same["difference"], same["observed_port"]) == ("same", "dover")
    assert (partly["difference"], partly["observed_port"]) == ("unexplained", "calais")
    assert wholly["difference"] == "explained"


def test_strangers_and_refusals(service, worlds, policies):
    rows = [
        {**OFF_DOVER, "observed_port": "atlantis"},
        {"lon": 0.5, "lat": 51.2, "observed_port": "dover"},
        {**OFF_DOVER},
    ]
    stranger, ashore = judged(service, worlds, policies, rows)
    assert stranger["difference"] == "outside_register"
    assert "not in the register" in stranger["sentence"]
    assert (ashore["difference"], ashore["basis"], ashore["code"]) == ("refused", None, "POS_ON_LAND")


def test_tables_out_of_step_are_refused(service, worlds, policies):
    table = encounters([{**OFF_DOVER}, {**OFF_DOVER}])
    decisions = replay_batch_by_single_decisions(table, worlds, service.vessels, policies)
    with pytest.raises(ValueError, match="same rows"):
        against_observed(table, decisions.slice(1), worlds, service.vessels, policies)


def test_what_is_written_is_counted_back(tmp_path, service, worlds, policies):
    rows = [
        {**OFF_DOVER, "observed_port": "dover"},
        {**OFF_DOVER, "observed_port": "calais"},
        {**FOLKESTONE, "observed_port": "folkestone"},
    ]
    table = encounters(rows)
    decisions = replay_batch_by_single_decisions(table, worlds, service.vessels, policies)
    parts = [
        against_observed(table.slice(k, 1), decisions.slice(k, 1), worlds, service.vessels, policies) for k in range(3)
    ]
    assert all(part.schema == HISTORY for part in parts)
    write_history(tmp_path / "history.csv", parts, {"e1": "The unit was sent on (a newspaper)."})
    history = read_history(tmp_path)
    assert (history.same, history.explained, history.unexplained, history.compared) == (1, 1, 1, 3)
    assert history.codes == [("finding", "DEPTH_GENERAL", 1)]
    assert history.codes_of("finding") == [("DEPTH_GENERAL", 1)]
    assert [(group.port, group.observed_port, group.count) for group in history.groups] == [("dover", "calais", 1)]
    (item,) = history.listed
    assert (item.name, item.port, item.observed_port) == ("e1", "dover", "calais")
    assert item.practice.startswith("The unit was sent on")
    write_history(tmp_path / "history.csv", [])
    assert read_history(tmp_path) is None


def test_every_way_of_explaining_is_counted_apart(tmp_path):
    told = [("same", None, None), *[("explained", "near_tie", "NEAR_TIE")] * 2, ("explained", "finding", "GATE_CLOSED"),
            ("explained", "record", "TRANSFERRED"), ("refused", None, "POS_ON_LAND"),
            ("unexplained", None, None), ("outside_register", None, None)]  # fmt: skip
    rows = [
        {"row": k, "port": "dover", "observed_port": "ramsgate", "difference": difference, "basis": basis, "code": code,
         "line_agrees": k == 0, "water_agrees": k < 2}
        for k, (difference, basis, code) in enumerate(told)
    ]  # fmt: skip
    write_history(tmp_path / "history.csv", [pa.Table.from_pylist(rows, HISTORY)])
    history = read_history(tmp_path)
    assert (history.compared, history.same, history.explained, history.unexplained) == (6, 1, 4, 1)
    assert (history.refused, history.outside, history.observed, history.accounted) == (1, 1, 8, 5)
    assert history.by_basis == {"near_tie": 2, "finding": 1, "record": 1}
    assert history.codes_of("finding") == [("GATE_CLOSED", 1)]
    assert (history.controlled, history.line_same, history.water_same) == (6, 1, 2)
    text = compared_text(history)
    assert (
        "6 = 1 the same + 4 explained (1 by a finding, 2 by a near tie, 1 by the record of what was done) + 1" in text
    )
    assert "1 position refused, 1 port outside the register" in text
    assert "in 1 of 6, the one nearest by water in 2" in text


def test_many_unexplained_differences_are_grouped_and_none_is_lost(tmp_path):
    pairs = [("dover", "calais")] * 20 + [("calais", "boulogne")] * 9 + [("", "dover")]
    rows = [
        {"row": k, "port": port or None, "observed_port": observed, "difference": "unexplained",
         "later_min": float(k) if port else None}
        for k, (port, observed) in enumerate(pairs)
    ]  # fmt: skip
    write_history(tmp_path / "history.csv", [pa.Table.from_pylist(rows, HISTORY)])
    history = read_history(tmp_path)
    assert history.listed == []
    counted = [(group.port, group.observed_port, group.count, group.later_min) for group in history.groups]
    assert counted == [("dover", "calais", 20, 9.5), ("calais", "boulogne", 9, 24.0), ("", "dover", 1, None)]


RECORDED = {
    "DIRECTED": {"directed_port": "calais"},
    "MEDICAL_DIRECTION": {"directed_port": "boulogne|calais", "medical": "urgent"},
    "CHAIN_OF_RESCUES": {"operation_rescues": 2},
    "TRANSFERRED": {"transferred": True},
    "PATROL_CONTINUED": {"landed_at": 1_700_000_000_000 + 6 * 3_600_000},
}


@pytest.mark.parametrize("rule", RECORDED)
def test_the_record_explains_by_rule_and_names_it(service, worlds, policies, rule):
    (row,) = judged(service, worlds, policies, [{**OFF_DOVER, "observed_port": "calais", **RECORDED[rule]}])
    assert (row["difference"], row["basis"], row["code"]) == ("explained", "record", rule)
    assert row["sentence"] == sentence_of(rule)


@pytest.mark.parametrize(
    "record",
    [
        {"directed_port": "boulogne"},
        {"operation_rescues": 1, "operation_id": "a"},
        {"transferred": False},
        # As long as the passage takes, and within the doubt about the hour.
        {"landed_at": 1_700_000_000_000 + 90 * 60_000},
        {"landed_at": 1_700_000_000_000 + 6 * 3_600_000, "time_uncertainty_min": 300.0},
    ],
)
def test_a_record_that_says_nothing_of_it_explains_nothing(service, worlds, policies, record):
    (row,) = judged(service, worlds, policies, [{**OFF_DOVER, "observed_port": "calais", **record}])
    assert (row["difference"], row["code"]) == ("unexplained", None)


def test_a_chain_is_rows_of_one_operation_landed_together(service, worlds, policies):
    rows = [
        {**OFF_DOVER, "observed_port": "calais", "operation_id": "together"},
        {**OFF_DOVER, "observed_port": "calais", "operation_id": "together"},
        {**OFF_DOVER, "observed_port": "calais", "operation_id": "apart"},
        {**OFF_DOVER, "observed_port": "boulogne", "operation_id": "apart"},
    ]
    made = judged(service, worlds, policies, rows)
    assert [row["code"] for row in made] == ["CHAIN_OF_RESCUES", "CHAIN_OF_RESCUES", None, None]


def test_doubt_about_the_hour_explains_what_may_be_so_and_nothing_else(service, worlds, policies):
    # Off Folkestone the drying harbour is nearer than Dover, and open at some hours only; Calais is at none.
    row = {**FOLKESTONE, "time_uncertainty_min": 360.0}
    near, far = judged(
        service, worlds, policies, [{**row, "observed_port": "folkestone"}, {**row, "observed_port": "calais"}]
    )
    assert 0.0 < near["draws_agreeing"] < 1.0
    assert far["draws_agreeing"] == 0.0
    assert far["difference"] == "unexplained"
    (sure,) = judged(service, worlds, policies, [{**FOLKESTONE, "observed_port": "folkestone"}])
    assert sure["draws_agreeing"] is None


def test_a_second_port_too_close_to_tell_is_a_near_tie_and_nothing_else(service, worlds, policies):
    # The event of September 2023 east of the Goodwin Sands.
    row = {"lon": 1.738, "lat": 51.2167, "position_accuracy_m": 2000.0, "vessel_profile": "ukbf-ctv",
           "persons_min": 72, "persons_max": 72, "time": 1_694_671_200_000}  # fmt: skip
    ask = ask_of(encounters([row]).to_pylist()[0], service.vessels, policies)
    decision = decide(ask, worlds(ask.at_s))
    assert decision.near_tie
    second = decision.world.ports[int(decision.order[1])].id
    (told,) = judged(service, worlds, policies, [{**row, "observed_port": second}])
    assert (told["difference"], told["code"]) == ("explained", "NEAR_TIE")
    assert "either may be taken" in told["sentence"]
