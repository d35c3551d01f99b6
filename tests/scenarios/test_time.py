"""Where time decides: tide, gates, sea and stream have the last word on which port is the nearest one."""

import tomllib
from dataclasses import replace
from datetime import datetime
from math import cos, radians, sin
from pathlib import Path

import numpy as np
import pytest

from api.decision_service import known_policy
from api.documents.decision import decision_document
from api.encounter import EncounterIn
from engine.units import KNOT_MS, MINUTE_S
from tests.synthetic.cubes import synthetic_cube

SCENARIOS = tomllib.loads((Path(__file__).parent / "time.toml").read_text(encoding="utf-8"))["scenario"]


def cube_of(weather, start_s, path):
    """A synthetic cube of the weather of a scenario, from a day before it to a day and a half after."""

    def towards(name):
        angle = radians(weather[name] + (180.0 if name.endswith("from_deg") else 0.0))
        return sin(angle), cos(angle)

    groups = {}
    if "hs_m" in weather:
        groups["waves"] = (weather["hs_m"], *towards("waves_from_deg"), 7.0)
    if "wind_kn" in weather:
        east, north = towards("wind_from_deg")
        speed = weather["wind_kn"] * KNOT_MS
        groups["wind"] = (speed * east, speed * north, 1.3 * speed)
    if "stream_kn" in weather:
        east, north = towards("stream_to_deg")

        def stream(lon, lat, _):
            speed = np.full(lon.shape, weather["stream_kn"])
            if "race_kn" in weather:
                (at_lon, at_lat), (wide, high) = weather["race_at"], weather["race_size_deg"]
                speed += weather["race_kn"] * np.exp(-(((lon - at_lon) / wide) ** 2) - ((lat - at_lat) / high) ** 2)
            return speed * KNOT_MS * east, speed * KNOT_MS * north

        groups["current"] = stream
    times = start_s + 3600.0 * np.arange(-24, 37)
    return synthetic_cube(path, times=times, step_deg=0.05, run_at_s=start_s - 3 * 3600.0, **groups)


def answer(service, scenario, folder):
    body = {
        "position": {"type": "Point", "coordinates": scenario["position"]},
        "time": scenario["time"],
        "persons": scenario["persons"],
        "vessel": scenario.get("vessel_figures") or {"profile": scenario["vessel"]},
    }
    if "forecast" in scenario:
        start_s = datetime.fromisoformat(scenario["time"]).timestamp()
        service = service.with_forecast(cube_of(scenario["forecast"], start_s, folder / "weather.cube"))
    policy = known_policy("nearest-time")
    for entry, minutes in scenario.get("policy_limits", {}).items():
        name = entry.replace("_min", "_s")
        policy = replace(policy, limits=policy.limits._replace(**{name: minutes * MINUTE_S}))
    return decision_document(service.decide(service.ask(EncounterIn.model_validate(body), 0.0, policy)))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["id"])
def test_time_decides(service, scenario, tmp_path):
    document = answer(service, scenario, tmp_path)
    why = scenario["reason"]
    best = document["recommended"]["port"]["id"]
    entries = {entry["port"]["id"]: entry for entry in document["candidates"] + document["excluded"]}
    passed = {entry["port_id"]: entry["code"] for entry in document["passed_over"]}
    assert best == scenario.get("recommended", best), why
    assert best != scenario.get("not_recommended"), why
    assert best in scenario.get("recommended_one_of", [best]), why
    for port, code in scenario.get("passed_over", {}).items():
        assert passed[port] == code, why
    for port, codes in scenario.get("passed_over_any", {}).items():
        assert passed[port] in codes, why
    for port, code in scenario.get("not_passed_over_for", {}).items():
        assert passed.get(port) != code, why
    for port, rules in scenario.get("code_of", {}).items():
        found = {finding["rule"]: finding["code"] for finding in entries[port]["findings"]}
        assert rules.items() <= found.items(), why
    for port, minutes in scenario.get("waits_at_least_min", {}).items():
        assert entries[port]["wait_min"] >= minutes, why
        assert entries[port]["time_to_landing_min"] > entries[port]["wait_min"], why
    for port, other in scenario.get("faster_than", {}).items():
        assert entries[port]["time_to_landing_min"] < entries[other]["time_to_landing_min"], why
    for port, hours in scenario.get("opens_within_h", {}).items():
        opens = datetime.fromisoformat(entries[port]["opens_at"])
        wait_h = (opens - datetime.fromisoformat(scenario["time"])).total_seconds() / 3600.0
        assert 0.0 < wait_h <= hours, why
    for port in scenario.get("nearer_by_distance", []):
        assert entries[port]["distance_nm"] < entries[best]["distance_nm"], why
        assert entries[port]["time_to_landing_min"] > entries[best]["time_to_landing_min"], why
    for port, factor in scenario.get("route_longer_than_straight_line_to", {}).items():
        assert entries[port]["distance_nm"] > factor * entries[port]["straight_line_nm"], why
    if "forecast" in scenario:
        assert document["inputs"]["forecast"]["age_s"] == 3 * 3600
    assert "SURGE_NOT_INCLUDED" in {notice["code"] for notice in document["notices"]}
