"""What is not known never helps in silence: any one fact of vessel, port or sea taken away.

A port gains when its status is better, or when it is as fit as before and its key is less. It may gain, for a fact that
spoke against it is gone; but then the answer names what is not known: a notice, or the port's own finding.
"""

from dataclasses import replace

import numpy as np
import pytest

from api.encounter import EncounterIn
from engine.codes import Code, Rule, Status, Verdict
from engine.decide import decide
from engine.errors import PackError
from geodata.register import NUMBERS, WORDS, RegisterRow, columns_from, with_facts
from tests.synthetic.cubes import START_S, synthetic_cube

DAY_S = 86_400.0
VESSELS = (
    {"speed_kn": 25, "draught_m": 1.78, "loa_m": 17.3, "beam_m": 5.9, "range_nm": 250, "max_hs_m": 4,
     "survivor_capacity": 40, "self_righting_persons": 20},
    {"speed_kn": 8, "draught_m": 1.5, "loa_m": 12, "beam_m": 4, "range_nm": 40, "max_hs_m": 2, "survivor_capacity": 6},
    {"speed_kn": 15, "draught_m": 2.0, "loa_m": 139, "beam_m": 20, "range_nm": 60, "max_hs_m": 2,
     "survivor_capacity": 20, "self_righting_persons": 5},
    {"speed_kn": 14, "draught_m": 6.0, "loa_m": 150, "beam_m": 22, "range_nm": 2000, "max_hs_m": 6,
     "survivor_capacity": 400},
    {"speed_kn": 10, "draught_m": 3.2, "loa_m": 28, "beam_m": 7, "range_nm": 300, "max_hs_m": 3,
     "survivor_capacity": 30},
)  # fmt: skip
NAMES = {"loa_m": "loa_m", "range_nm": "range_nm", "survivor_capacity": "max_persons", "draught_m": "draught_m",
         "self_righting_persons": "self_righting_persons", "beam_m": "beam_m", "max_hs_m": "max_hs_m"}  # fmt: skip


def ask_for(service, place, at_s, vessel):
    encounter = EncounterIn.model_validate({
        "position": {"type": "Point", "coordinates": list(place)}, "time": "2026-11-29T13:00:00Z", "persons": 15,
        "persons_recovered": 15, "persons_in_water": False, "vessel": vessel,
    })  # fmt: skip
    return replace(service.ask(encounter, at_s), at_s=at_s, aboard_since_s=at_s)


def gained(less, known):
    """Ports that gain by what was taken away."""
    better = less.status < known.status
    return better | (
        (less.status == known.status) & (known.status <= Status.CAUTION) & (less.key_s < known.key_s - 1.0)
    )


def rules_of(name):
    """Rules that speak of a fact of a port: hours may bar the way, depths may make her wait for water."""
    if name.startswith("gate"):
        return (Rule.R_NAV_02,)
    if name.endswith(("loa_m", "beam_m")):
        return (Rule.R_BER_01,)
    return (Rule.R_NAV_01, Rule.R_BER_01)


def unknown_of(decision, port, rules=tuple(Rule)):
    """Codes of what a port's findings say is not known, or known only so well."""
    return {Code(decision.code[port, rule]) for rule in rules if decision.verdict[port, rule] == Verdict.UNKNOWN}


def test_a_figure_of_the_vessel(service):
    random = np.random.default_rng(51)
    ports, gains = service.world.ports, 0
    for _ in range(30):
        place = ports[int(random.integers(len(ports)))].approach
        at_s = START_S + float(random.uniform(0.0, 29.0)) * DAY_S
        world = service.world_at(at_s)
        for whole in VESSELS:
            known = decide(ask_for(service, place, at_s, whole), world)
            for field in whole.keys() & NAMES.keys():
                less = decide(ask_for(service, place, at_s, {k: v for k, v in whole.items() if k != field}), world)
                if not gained(less, known).any():
                    continue
                gains += 1
                entries = [
                    name for notice in less.notices
                    if notice.code in (Code.VESSEL_FACTS_UNKNOWN, Code.VESSEL_FACTS_ASSUMED)
                    for name in notice.facts["names"]
                ]  # fmt: skip
                assert NAMES[field] in entries, (place, whole, field)
    assert gains


def test_a_fact_of_a_port(service):
    """The port's own finding says what is not known of it; hours of the night stand and fall together."""
    random = np.random.default_rng(52)
    ports, gains = service.world.ports, 0
    rows = [
        RegisterRow(port.facts, port.evidence, port.harbour_leg, float(leg_m))
        for port, leg_m in zip(ports, service.world.columns.harbour_leg_m, strict=True)
    ]
    for number in random.permutation(len(ports))[:40]:
        row, at_s = rows[number], START_S + float(random.uniform(0.0, 29.0)) * DAY_S
        world = service.world_at(at_s)
        worlds = []
        for name in (*NUMBERS, *WORDS):
            if row.facts[name] is None:
                continue
            left = {each: known for each, known in row.evidence.items() if each != name}
            bare = replace(row, facts={**row.facts, name: None}, evidence=left)
            try:
                taken = with_facts(bare, {})
            except PackError:
                # Hours without which the row means nothing.
                continue
            columns = columns_from([*rows[:number], taken, *rows[number + 1 :]])
            worlds.append((name, replace(world, columns=columns)))
        for vessel in VESSELS:
            ask = ask_for(service, ports[number].approach, at_s, vessel)
            known = decide(ask, world)
            for name, bare_world in worlds:
                less = decide(ask, bare_world)
                if gained(less, known)[number]:
                    gains += 1
                    assert unknown_of(less, number, rules_of(name)), (ports[number].id, name, vessel)
                    assert less.status[number] != Status.SUITABLE, (ports[number].id, name)
    assert gains


@pytest.mark.parametrize("group", ["waves", "wind", "visibility", "current"])
def test_a_fact_of_the_sea(service, tmp_path, group):
    weather = {
        "waves": (2.6, 0.0, -1.0, 7.0), "wind": (-9.0, -9.0, 16.0), "visibility": (600.0,), "current": (0.9, 0.4),
    }  # fmt: skip
    whole = service.with_forecast(synthetic_cube(tmp_path / "whole.cube", **weather))
    less = service.with_forecast(synthetic_cube(tmp_path / "less.cube", **{**weather, group: None}))
    random = np.random.default_rng(53)
    ports, gains = service.world.ports, 0
    for _ in range(12):
        place = ports[int(random.integers(len(ports)))].approach
        # Of a run that is not stale yet: the finding on the forecast says one thing, and first that it is.
        at_s = START_S + float(random.uniform(1.0, 5.0)) * 3600.0
        for vessel in VESSELS[:2]:
            known = decide(ask_for(service, place, at_s, vessel), whole.world_at(at_s))
            without = decide(ask_for(service, place, at_s, vessel), less.world_at(at_s))
            words = {notice.code for notice in without.notices}
            words &= {Code.WAVES_NOT_INCLUDED, Code.STREAM_NOT_INCLUDED, Code.CALM_WATER_TIMES, Code.WX_MISSING}
            for port in np.flatnonzero(gained(without, known)):
                gains += 1
                news = unknown_of(without, port) - unknown_of(known, port)
                assert words or news, (ports[port].id, vessel)
    # With the wind and the sea the ports are nearer; in clear sight too.
    assert gains or group in ("visibility", "current")
