"""What a service keeps from one decision to the next."""

import numpy as np
import pytest

from api.decision_service import known_policy
from api.recent_values import RecentValues
from api.store.port_snapshot import PortsSnapshot
from api.store.validation import canonical
from engine.codes import Medical
from engine.errors import UnknownName
from engine.sensitivity import inputs_in_doubt
from engine.static_rules import static_findings_of
from geodata.policies import DEFAULT_POLICY

AT_S = 1_642_050_000.0


def snapshot(**reports):
    return PortsSnapshot(canonical({"status": {}, "capacity": {}, "reception": {}, "reserved": [], **reports}))


@pytest.fixture
def known(service):
    vessel, policy = service.vessels["rnli-severn"], known_policy(DEFAULT_POLICY)

    def known_at(ports, at_s):
        world = service.world_seeing(ports, at_s, policy.limits)
        return static_findings_of(vessel, policy, Medical.NONE, world), inputs_in_doubt(policy, world)[1]

    return known_at


@pytest.mark.parametrize(
    ("name", "port_id"),
    [
        ("dover", "dover"), ("GBDVR", "dover"), ("Douvres", "dover"), ("  OSTENDE ", "oostende"),
        ("saint peter port", "st-peter-port"), ("Aurigny (Braye)", "alderney-braye"),
    ],
)  # fmt: skip
def test_a_port_is_known_by_id_code_and_whole_name_in_either_language(service, name, port_id):
    assert service.port(name).id == port_id


@pytest.mark.parametrize("name", ["", "dunkerque", "---", "д"])
def test_what_is_no_whole_name_is_no_port(service, name):
    with pytest.raises(UnknownName):
        service.port(name)


def test_in_the_next_second_nothing_of_the_ports_is_worked_out_again(known):
    capacity = {"dover": {"total": 9, "occupied": 2, "persons_per_hour": None, "reported_ms": int(AT_S * 1000)}}
    for ports in (snapshot(), snapshot(capacity=capacity)):
        before, after = known(ports, AT_S), known(ports, AT_S + 1.0)
        assert all(was is now for was, now in zip(before, after, strict=True))


def test_control_an_age_that_grows_is_another_finding(known):
    status = {"dover": {"status": "open", "reported_ms": int(AT_S * 1000), "expires_ms": None}}
    (before, _), (after, _) = (known(snapshot(status=status), at_s) for at_s in (AT_S, AT_S + 1.0))
    assert before is not after
    assert not np.array_equal(before.measured, after.measured, equal_nan=True)


def test_recent_values_are_made_once_and_those_asked_for_last_are_kept():
    made = []
    values = RecentValues(lambda name: made.append(name) or name.upper(), most=2)
    assert [values.of(name) for name in ("a", "b", "a", "c", "a", "b")] == ["A", "B", "A", "C", "A", "B"]
    assert made == ["a", "b", "c", "b"]
    assert [values.has(name) for name in ("a", "b", "c")] == [True, True, False]
