"""The store against a model of a few lines: any sequence of commands, times that jump, requests that are sent twice."""

import shutil
import tempfile
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from api.store.commands import Actor, IdempotencyKey, Role
from api.store.errors import KeyReused, NoPlaces, Refused
from api.store.integrity import check
from api.store.ports import Places, ReportCapacity
from api.store.reservations import Confirm, ExpireHold, Extend, Hold, Land, Override, Persons, Release, Transfer
from api.store.store import open_store
from tests.store.conftest import new_database

CONTROLLER = Actor(Role.CONTROLLER, "MRCC")
START_S = 1_700_000_000
PORTS = ("dover", "calais")
SMALL = st.integers(1, 12)


class Held:
    """One reservation of the model."""

    def __init__(self, port, persons, ends):
        self.port, self.persons, self.ends = port, persons, ends
        self.landed, self.state = 0, "held"


class StoreMachine(RuleBasedStateMachine):
    """Rules send commands to both; after each, both must tell the same."""

    def __init__(self, url):
        super().__init__()
        self.url = url
        self.store = open_store(url, create=True)
        self.clock = self.latest = START_S
        self.total, self.occupied = dict.fromkeys(PORTS), dict.fromkeys(PORTS, 0)
        self.held = {}
        self.sent = {}
        self.keys = count()

    def counts(self, held):
        return held.state == "confirmed" or (held.state == "held" and held.ends > self.now)

    @property
    def now(self):
        return max(self.clock, self.latest)

    def left(self, port):
        if self.total[port] is None:
            return None
        live = sum(
            max(0, item.persons - item.landed) for item in self.held.values() if item.port == port and self.counts(item)
        )
        return self.total[port] - self.occupied[port] - live

    def send(self, command, once=None):
        answer = self.store.do(command, CONTROLLER, float(self.clock), once)
        if answer.sequence:
            self.latest = self.now
        return answer

    def some(self, data):
        return data.draw(st.sampled_from(sorted(self.held)))

    def refused_unless(self, allowed, command):
        if allowed:
            return self.send(command)
        with pytest.raises(Refused):
            self.send(command)
        return None

    @rule(step=st.sampled_from([1, 60, 1_799, 1_800, 1_801, 7_200, -1, -3_600, -86_400]))
    def clock_jumps(self, step):
        self.clock = max(START_S - 86_400, self.clock + step)

    @rule(port=st.sampled_from(PORTS), total=st.integers(0, 40), occupied=st.integers(0, 10))
    def report(self, port, total, occupied):
        self.send(ReportCapacity(port, Places(total), Persons(occupied)))
        self.total[port], self.occupied[port] = total, occupied

    @rule(port=st.sampled_from(PORTS), persons=SMALL, wait=st.integers(0, 3_600), override=st.booleans())
    def hold(self, port, persons, wait, override):
        eta = self.now + wait
        why = Override("LIFE_FIRST", "said so") if override and persons > 9 else None
        once = IdempotencyKey(f"k{next(self.keys)}", "m", b"body")
        command = Hold(port, "boat", Persons(persons), float(eta), override=why)
        left = self.left(port)
        if (left is None or left < persons) and why is None:
            with pytest.raises(NoPlaces):
                self.send(command, once)
            return
        answer = self.send(command, once)
        self.held[answer.document["reservation"]["reservation_id"]] = Held(port, persons, eta + 1_800)
        self.sent[once] = (command, answer.body)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_twice(self, data):
        once = data.draw(st.sampled_from(sorted(self.sent)))
        command, body = self.sent[once]
        again = self.send(command, once)
        assert again.repeated
        assert again.body == body

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_another_body(self, data):
        once = data.draw(st.sampled_from(sorted(self.sent)))
        with pytest.raises(KeyReused):
            self.send(self.sent[once][0], once._replace(body=b"another"))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def confirm(self, data):
        name = self.some(data)
        held = self.held[name]
        allowed = held.state == "held" and self.counts(held)
        if self.refused_unless(allowed, Confirm(name)):
            held.state = "confirmed"

    @precondition(lambda self: self.held)
    @rule(data=st.data(), wait=st.integers(0, 7_200))
    def extend(self, data, wait):
        name = self.some(data)
        held, ends = self.held[name], self.now + wait + 1_800
        allowed = self.counts(held) and ends >= held.ends
        if self.refused_unless(allowed, Extend(name, float(self.now + wait))):
            held.ends = ends

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def release(self, data):
        name = self.some(data)
        held = self.held[name]
        if self.refused_unless(held.state not in ("released", "landed"), Release(name, "")):
            held.state = "released"

    @precondition(lambda self: self.held)
    @rule(data=st.data(), persons=SMALL)
    def land(self, data, persons):
        name = self.some(data)
        held = self.held[name]
        if self.refused_unless(held.state not in ("released", "landed"), Land(name, Persons(persons))):
            if self.total[held.port] is not None:
                self.occupied[held.port] += persons
            alive = self.counts(held)
            held.landed += persons
            held.state = "landed" if held.landed >= held.persons else held.state if alive else "expired"

    @precondition(lambda self: self.held)
    @rule(data=st.data(), persons=SMALL)
    def transfer(self, data, persons):
        name = self.some(data)
        held = self.held[name]
        remaining = held.persons - held.landed
        allowed = self.counts(held) and persons <= remaining
        answer = self.refused_unless(allowed, Transfer(name, "other", Persons(persons)))
        if answer and (persons < remaining or held.landed):
            other = Held(held.port, persons, held.ends)
            other.state = held.state
            self.held[answer.document["reservation"]["reservation_id"]] = other
            held.persons -= persons
            if held.persons == held.landed:
                held.state = "landed"

    @rule()
    def sweep(self):
        ended = {name for name, item in self.held.items() if item.state == "held" and item.ends <= self.now}
        swept = [self.send(ExpireHold()).document["reservations"] for _ in range(len(ended) + 1)]
        assert {entry["reservation_id"] for item in swept for entry in item} == ended
        assert swept[-1] == []
        for name in ended:
            self.held[name].state = "expired"

    @rule()
    def open_again(self):
        self.store.close()
        self.store = open_store(self.url)

    @invariant()
    def both_tell_the_same(self):
        for port in PORTS:
            assert self.store.port(port, float(self.clock))["places_left"]["total"] == self.left(port)
        live = {reservation["reservation_id"] for reservation in self.store.reservations(float(self.clock))}
        assert live == {name for name, item in self.held.items() if self.counts(item)}

    def teardown(self):
        found = check(self.store.database)
        self.store.close()
        assert found.problems == ()


def test_any_sequence_of_commands_agrees_with_the_model(new_url, request):
    database = request.node.callspec.params["new_url"]
    server = request.getfixturevalue("postgresql") if database == "postgresql" else None
    folder = Path(tempfile.mkdtemp())

    def machine():
        return StoreMachine(new_database(server) if server else f"sqlite:{tempfile.mkdtemp(dir=folder)}/store.db")

    quick = settings(
        deadline=None, max_examples=12 if server else 60, stateful_step_count=40,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    try:
        run_state_machine_as_test(machine, settings=quick)
    finally:
        shutil.rmtree(folder)
