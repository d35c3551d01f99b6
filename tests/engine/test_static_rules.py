"""Findings that stand for every encounter of a vessel: the rules one by one, as nobody keeps them."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from api.decision_service import known_policy
from engine import static_rules
from engine.codes import STANDING_RULES, Code, Medical, PortKind, Rule, Status, Verdict, Weight
from engine.decide import decide
from engine.evaluate import SHOWN
from engine.model import Ask
from engine.port_access import port_access
from engine.rules.access import berth, entry_permission, harbour_status, port_kind
from engine.rules.authority import designated_place, register_confidence
from engine.rules.reception import basic_needs, danger_ashore, medical_reception, onward_transport
from engine.static_rules import access_of, port_figures_of, static_findings_of
from engine.vessel_figures import known_figures, plausible_loa_m
from engine.weights import weights_of
from tests.synthetic.cubes import START_S

VESSELS = ("rnli-severn", "unknown", "fishing-vessel", "abeille", "charter-minck")


def world_of_reports(world, random):
    """A world where ports report what they like, some of them nothing."""
    count = len(world.ports)
    return replace(world, live=world.live._replace(
        status_feed=random.integers(0, 3, count).astype(np.int8), status=random.integers(0, 4, count),
        status_age_s=random.choice([np.nan, 60.0, 90_000.0], count),
        reception_feed=random.integers(0, 3, count).astype(np.int8),
        needs_met=random.choice([np.nan, 0.0, 1.0], count), transport_arranged=random.choice([np.nan, 0.0, 1.0], count),
        danger_ashore=random.random(count) < 0.1,
    ))  # fmt: skip


def judged_one_by_one(world, vessel, policy, medical, p):
    """Results of the static rules on one port."""
    columns, live, limits, known = world.columns, world.live, policy.limits, known_figures(vessel)
    plausible_m = plausible_loa_m(vessel, limits)
    access = port_access(vessel.draught_m, plausible_m, columns, limits)
    return {
        Rule.R_PRT_02: port_kind(columns.kind[p]),
        Rule.R_PRT_01: harbour_status(
            live.status_feed[p], live.status[p], live.status_age_s[p], limits.status_stale_after_s
        ),
        Rule.R_BER_01: berth(
            known.loa_m, plausible_m, known.beam_m, vessel.draught_m, access.berth_loa_m[p], access.most_loa_m[p],
            access.beam_limit_m[p], access.draught_limit_m[p], limits.berth_unlisted_loa_m,
        ),
        Rule.R_MED_02: medical_reception(medical, columns.reception[p]),
        Rule.R_NEED_01: basic_needs(live.reception_feed[p], live.needs_met[p]),
        Rule.R_NEED_02: onward_transport(live.reception_feed[p], live.transport_arranged[p]),
        Rule.R_SEC_01: danger_ashore(live.danger_ashore[p]),
        Rule.R_AUT_04: designated_place(bool(policy.designated), world.ports[p].id in policy.designated),
        Rule.R_NTM_01: entry_permission(columns.entry_permission[p]),
        Rule.R_DAT_05: register_confidence(columns.confidence[p]),
    }  # fmt: skip


@pytest.mark.parametrize("name", VESSELS)
@pytest.mark.parametrize("medical", [Medical.NONE, Medical.CRITICAL])
def test_a_decision_has_the_findings_that_stand(service, name, medical):
    random = np.random.default_rng(len(name))
    policy = known_policy(("nearest-time", "strict-evidence")[len(name) % 2])
    world, vessel = world_of_reports(service.world, random), service.vessels[name]
    ask = Ask(1.25, 51.05, START_S, vessel, policy, persons_min=10.0, persons_max=10.0, medical=medical)
    decision = decide(ask, world, sensitivity=False)
    static = static_findings_of(vessel, policy, medical, world)
    weight = weights_of(policy, medical)[0]
    unfit = 0
    for p in range(len(world.ports)):
        results = judged_one_by_one(world, vessel, policy, medical, p)
        assert set(results) == set(STANDING_RULES)
        for rule, result in results.items():
            assert (decision.verdict[p, rule], decision.code[p, rule]) == (result.verdict, result.code), Code(
                result.code
            )
            np.testing.assert_array_equal(
                [decision.measured[p, rule], decision.limit[p, rule]], [result.measured, result.limit]
            )
        hard = {result.verdict for result in results.values() if weight[result.code] == Weight.HARD}
        best = Status.EXCLUDED if Verdict.FAIL in hard else Status.UNCONFIRMED if Verdict.UNKNOWN in hard else 0
        assert static.status[p] == best
        assert decision.status[p] >= best
        unfit += best > Status.CAUTION
    assert unfit > 0


def test_what_is_kept_goes_by_vessel_policy_and_reports(service):
    world, policy = service.world, known_policy("nearest-time")
    vessel, other = service.vessels["rnli-severn"], service.vessels["abeille"]
    found = static_findings_of(vessel, policy, Medical.NONE, world)
    later = replace(world, identity={**world.identity})
    assert static_findings_of(vessel, policy, Medical.NONE, later) is found
    assert port_figures_of(vessel, policy, later) is port_figures_of(vessel, policy, world)
    assert access_of(other, policy, world) is not access_of(vessel, policy, world)
    assert static_findings_of(other, policy, Medical.NONE, world) is not found
    reporting = world_of_reports(world, np.random.default_rng(1))
    assert (static_findings_of(vessel, policy, Medical.NONE, reporting).code != found.code).any()
    kinds = world.columns.kind.copy()
    dover = next(number for number, port in enumerate(world.ports) if port.id == "dover")
    kinds[dover] = PortKind.BEACH_LANDING
    elsewhere = replace(world, columns=world.columns._replace(kind=kinds))
    assert static_findings_of(vessel, policy, Medical.NONE, elsewhere).status[dover] == Status.EXCLUDED
    assert found.status[dover] == Status.SUITABLE


@pytest.mark.parametrize("range_nm", [25.0, 60.0, 120.0])
def test_ports_out_of_range_are_left_alone_where_they_cannot_come_first(service_with_streams, range_nm):
    """She reaches few ports: those beyond are looked at only as far as they fill the first few in order."""
    service = service_with_streams
    world, policy = service.world_at(START_S), known_policy("nearest-time")
    vessel = replace(service.vessels["rnli-severn"], range_m=1_852.0 * range_nm)
    answered = 0
    for lon, lat in ((1.30, 51.05), (0.40, 50.60), (-1.35, 50.55), (1.60, 50.95), (-3.20, 49.60)):
        ask = Ask(lon, lat, START_S, vessel, policy, persons_min=10.0, persons_max=10.0)
        whole, settled = decide(ask, world), decide(ask, world, every_port=False)
        shown = [port for port in whole.order[:SHOWN].tolist() if whole.status[port] != Status.EXCLUDED]
        assert settled.order[: len(shown)].tolist() == shown
        assert whole.proof == settled.proof
        assert whole.recommended is None or len(settled.order) < len(whole.order) / 2
        answered += whole.recommended is not None
    assert answered >= 2


def test_of_a_vessel_never_seen_before_only_the_rule_that_looks_at_her_is_applied(service, monkeypatch):
    applied = Counter()
    for rule in (port_kind, berth, medical_reception, designated_place, entry_permission, register_confidence):
        monkeypatch.setattr(
            static_rules, rule.__name__, lambda *facts, rule=rule: applied.update([rule.__name__]) or rule(*facts)
        )
    policy, count = known_policy("nearest-time"), len(service.world.ports)

    def look(medical, draught_m):
        applied.clear()
        vessel = replace(service.vessels["rnli-severn"], draught_m=draught_m)
        static_findings_of(vessel, policy, medical, service.world)
        return dict(applied)

    look(Medical.NONE, 1.111)
    assert look(Medical.NONE, 1.112) == {"berth": count}
    look(Medical.URGENT, 1.113)
    assert look(Medical.URGENT, 1.114) == {"berth": count}
