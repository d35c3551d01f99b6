"""Recommended against observed: a reason by code is found where there is one, and none is made up."""

import pyarrow as pa
import pytest

from api.cli.replay import compared_text
from api.replay.batch import ask_of, replay_batch_by_single_decisions
from api.replay.observed_ports import HISTORY, against_observed, read_history, write_history
from engine.codes import Code
from engine.decide import decide, deciding_finding
from tests.api.replay.folders import encounters

PERSONS = {"persons_min": 30, "persons_max": 30, "persons_recovered": 30, "persons_in_water": False}
FOLKESTONE = {"lon": 1.245, "lat": 51.045, "vessel_profile": "rnli-shannon", "time": 1_642_050_000_000, **PERSONS}
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
    assert stranger["difference"] == "unexplained"
    assert "not in the register" in stranger["sentence"]
    assert (ashore["difference"], ashore["code"]) == ("explained", "POS_ON_LAND")


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
    assert history.codes == [("DEPTH_GENERAL", 1)]
    (item,) = history.listed
    assert (item.name, item.port, item.observed_port) == ("e1", "dover", "calais")
    assert item.practice.startswith("The unit was sent on")
    write_history(tmp_path / "history.csv", [])
    assert read_history(tmp_path) is None


def test_near_ties_are_counted_apart_from_findings(tmp_path):
    told = [("same", None), *[("explained", "NEAR_TIE")] * 2, ("explained", "GATE_CLOSED"),
            ("explained", "POS_ON_LAND"), ("unexplained", None)]  # fmt: skip
    rows = [
        {"row": k, "port": "dover", "observed_port": "ramsgate", "difference": difference, "code": code}
        for k, (difference, code) in enumerate(told)
    ]
    write_history(tmp_path / "history.csv", [pa.Table.from_pylist(rows, HISTORY)])
    history = read_history(tmp_path)
    assert (history.compared, history.explained, history.near_ties, history.refused) == (6, 4, 2, 1)
    assert history.findings == [("GATE_CLOSED", 1)]
    assert "4 explained by code (2 of them near ties, 1 positions refused)" in compared_text(history)


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
