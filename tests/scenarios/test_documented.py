"""Documented encounters keep the answer that text, chart and rules give together."""

import tomllib
from pathlib import Path

import pytest

from api.documents.decision import decision_document
from api.encounter import EncounterIn

SCENARIOS = tomllib.loads((Path(__file__).parent / "documented.toml").read_text(encoding="utf-8"))["scenario"]


def answer(service, scenario):
    encounter = EncounterIn.model_validate(
        {
            "position": {"type": "Point", "coordinates": scenario["position"]},
            "time": scenario["time"],
            "persons": scenario["persons"],
            "vessel": {"profile": scenario["vessel"]},
            "medical": scenario.get("medical", "none"),
            "policy": scenario.get("policy", "nearest-time"),
        }
    )
    return decision_document(service.decide(service.ask(encounter, 0.0)))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["id"])
def test_documented_encounter(service, scenario):
    document = answer(service, scenario)
    best = document["recommended"]["port"]
    if "recommended" in scenario:
        assert best["id"] == scenario["recommended"], scenario["reason"]
    if "recommended_one_of" in scenario:
        assert best["id"] in scenario["recommended_one_of"], scenario["reason"]
    if "recommended_country" in scenario:
        assert best["country"] == scenario["recommended_country"], scenario["reason"]
    if "first_two_among" in scenario:
        first_two = [entry["port"]["id"] for entry in document["candidates"][:2]]
        assert set(first_two) <= set(scenario["first_two_among"]), scenario["reason"]
    passed = {entry["port_id"]: entry["code"] for entry in document["passed_over"]}
    for port, code in scenario.get("passed_over", {}).items():
        assert passed[port] == code, scenario["reason"]
    entries = {entry["port"]["id"]: entry for entry in document["candidates"] + document["excluded"]}
    for port, factor in scenario.get("route_longer_than_straight_line_to", {}).items():
        assert entries[port]["distance_nm"] > factor * entries[port]["straight_line_nm"], scenario["reason"]
    if "notice" in scenario:
        assert scenario["notice"] in {notice["code"] for notice in document["notices"]}, scenario["reason"]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["id"])
def test_every_nearer_port_is_explained_in_both_languages(service, scenario):
    document = answer(service, scenario)
    limit = document["recommended"]["time_to_landing_min"]
    for entry in document["passed_over"]:
        assert entry["text"]["en"]
        assert entry["text"]["fr"]
    if scenario.get("policy", "nearest-time") == "nearest-time" and "medical" not in scenario:
        everyone = document["candidates"] + document["excluded"]
        nearer = {e["port"]["id"] for e in everyone if (e["time_to_landing_min"] or 1e9) < limit}
        # Where it is not known when she gets in, the way there may be shorter still than the least time there is.
        doubtful = {e["port"]["id"] for e in everyone if e["wait_min"] is None}
        passed = {entry["port_id"] for entry in document["passed_over"]}
        assert nearer <= passed <= nearer | doubtful
