"""Joint plans over HTTP: the bytes of the command line, in their own process, so many at once."""

import asyncio
import json
import os
import select
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from api.documents.decision import to_json
from api.http import create_app
from api.http.plan_pool import RETRY_AFTER_S
from api.plan.document import plan_document
from api.plan.propose import propose
from api.plan.request import plan_from
from api.plan.solver.budget import SolverBudget
from api.plan.solver.greedy import greedy
from api.plan.solver.problem import Problem
from api.plan.solver.search import search_plan
from api.plan.solver.solver_process import Solver, SolverLost
from api.settings import Settings
from api.store.commands import Actor, Role
from api.store.encounters import ReportEncounter
from api.store.ports import Places, ReportCapacity
from api.store.reservations import Hold, Persons
from api.store.store import open_store

OCTOBER = Path(__file__).parents[1] / "plan" / "october_2024.json"


@pytest.fixture(scope="module")
def october():
    return json.loads(OCTOBER.read_text(encoding="utf-8"))


@pytest.fixture
def planning(service):
    """An application that makes two plans at once; its processes end with the test."""
    app = create_app(service, settings=Settings(planning=2))
    yield app
    app.state.plan_pool.close()


@pytest.fixture
def solver():
    made = Solver()
    yield made
    made.close()


@pytest.fixture
def small():
    import numpy as np

    problem = Problem(
        np.array([10, 10]), np.array([1, 1]), np.array([[10.0, 40.0], [10.0, 70.0]]), np.zeros((2, 2)),
        np.array([10.0, 10.0]), np.array([1.0, 1.0]),
    )  # fmt: skip
    return problem, np.zeros((2, 2), np.int64), SolverBudget()


def test_a_plan_is_the_document_of_the_command_line_byte_for_byte(client, service, october):
    answer = client.plan(october)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content == to_json(plan_document(propose(plan_from(october), service, 0.0))).encode()
    assert client.plan(october).content == answer.content


def test_without_a_time_the_plan_is_now(client, monkeypatch, october):
    monkeypatch.setattr("api.http.routes.plans.time.time", lambda: 1_800_000_000.9)
    body = {**october, "time": None}
    assert client.plan(body).json()["planned_at"] == "2027-01-15T08:00:00Z"


def test_each_part_says_how_it_is_accepted(client, october):
    document = client.plan(october).json()
    keys = set()
    for encounter in document["encounters"]:
        for part in encounter["parts"]:
            accept = part["accept"]
            assert (accept["method"], accept["path"]) == ("POST", "/v1/reservations")
            assert accept["body"]["port_id"] == part["port"]["id"]
            assert accept["body"]["persons"] == {"total": part["persons"]}
            assert accept["body"]["eta_at"] == part["arrives_at"]
            keys.add(accept["idempotency_key"])
    assert len(keys) == sum(len(encounter["parts"]) for encounter in document["encounters"])
    again = client.plan(october).json()
    assert {
        part["accept"]["idempotency_key"] for encounter in again["encounters"] for part in encounter["parts"]
    } == keys


@pytest.mark.parametrize(
    ("path", "value", "wrong"),
    [
        (("encounters",), [], ("/encounters", "WRONG_LENGTH")),
        (("nationality",), "X", ("/nationality", "UNKNOWN_FIELD")),
        (("encounters", 1, "flag"), "X", ("/encounters/1/flag", "UNKNOWN_FIELD")),
        (("encounters", 1, "persons"), "many", ("/encounters/1/persons", "WRONG_TYPE")),
        (("encounters", 1, "persons"), {"min": "x", "max": 2}, ("/encounters/1/persons/min", "WRONG_TYPE")),
        (("encounters", 1, "vessel"), {"profile": "x"}, ("/encounters/1/vessel/profile", "UNKNOWN_NAME")),
        (("encounters", 0, "position", "coordinates"), [-1.0, 52.0], ("/encounters/0/position", "INVALID_VALUE")),
        (("ports", 0, "id"), "atlantis", ("/ports/0/id", "UNKNOWN_NAME")),
        (("time_limit_s",), 0.5, ("/time_limit_s", "OUT_OF_RANGE")),
    ],
)
def test_a_field_that_is_wrong_is_named(client, october, path, value, wrong):
    body = json.loads(json.dumps(october))
    inner = body
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    answer = client.plan(body)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [wrong]


def test_a_plan_may_be_larger_than_other_bodies_and_has_a_limit_too(client, october):
    def sent(path, size):
        content = json.dumps(october).encode().ljust(size)
        return client.request("POST", path, content=content, headers={"Content-Type": "application/json"}).status_code

    limits = Settings()
    assert sent("/v1/plans", limits.plan_body_bytes) == 200
    assert sent("/v1/plans", limits.plan_body_bytes + 1) == 413
    assert sent("/v1/decisions", limits.body_bytes + 1) == 413


def test_the_largest_plan_there_may_be_fits_its_limit(october):
    encounter = {**october["encounters"][0], "time": "2024-10-05T06:30:00Z", "policy": "nearest-time"}
    body = {**october, "encounters": [encounter] * 200, "ports": [october["ports"][0]] * 1_000}
    assert len(json.dumps(body, indent=1)) < Settings().plan_body_bytes


def test_beyond_so_many_plans_the_next_is_told_to_come_again_and_decisions_are_answered(
    planning, monkeypatch, october, encounter
):
    entered, release = threading.Semaphore(0), threading.Event()

    def slow(self, *question):
        entered.release()
        assert release.wait(30)
        return search_plan(*question)

    monkeypatch.setattr(Solver, "search", slow)

    async def story():
        transport = httpx.ASGITransport(planning)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=60) as client:
            first = [asyncio.create_task(client.post("/v1/plans", json=october)) for _ in range(2)]
            for _ in first:
                await asyncio.to_thread(entered.acquire)
            assert planning.state.plan_pool.under_way == 2
            refused = await client.post("/v1/plans", json=october)
            assert (refused.status_code, refused.json()["code"]) == (503, "BUSY")
            assert refused.headers["retry-after"] == str(RETRY_AFTER_S)
            assert (await client.post("/v1/decisions", json=encounter)).status_code == 200
            release.set()
            assert [(await item).status_code for item in first] == [200, 200]
            assert planning.state.plan_pool.under_way == 0
            assert (await client.post("/v1/plans", json=october)).status_code == 200

    asyncio.run(story())


def test_a_client_that_leaves_stops_nothing_half_done(planning, monkeypatch, october):
    entered, release, finished = threading.Event(), threading.Event(), threading.Event()

    def slow(self, *question):
        entered.set()
        assert release.wait(30)
        found = search_plan(*question)
        finished.set()
        return found

    monkeypatch.setattr(Solver, "search", slow)

    async def story():
        transport = httpx.ASGITransport(planning)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=60) as client:
            left = asyncio.create_task(client.post("/v1/plans", json=october))
            await asyncio.to_thread(entered.wait)
            left.cancel()
            await asyncio.sleep(0)
            # Its place is not given away while the search goes on.
            assert planning.state.plan_pool.under_way == 1
            with pytest.raises(asyncio.CancelledError):
                await left
            assert planning.state.plan_pool.under_way == 1
            release.set()
            (making,) = planning.state.plan_pool._making
            await making
            assert finished.is_set()
            assert planning.state.plan_pool.under_way == 0

    asyncio.run(story())


def test_a_search_whose_process_dies_is_said_and_the_next_one_works(planning, monkeypatch, october):
    asked = Solver.search

    def killed(self, *question):
        self._running().kill()
        return asked(self, *question)

    async def story():
        transport = httpx.ASGITransport(planning)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=60) as client:
            with monkeypatch.context() as during:
                during.setattr(Solver, "search", killed)
                lost = await client.post("/v1/plans", json=october)
            assert (lost.status_code, lost.json()["code"]) == (503, "PLAN_LOST")
            assert lost.headers["retry-after"] == "1"
            assert (await client.post("/v1/plans", json=october)).status_code == 200

    asyncio.run(story())


def test_the_process_finds_what_this_one_finds(solver, small):
    there, here = solver.search(*small)[0], search_plan(*small)[0]
    assert there.landing == here.landing
    assert (there.loads == here.loads).all()
    first = solver._process.pid
    assert first != os.getpid()
    solver.search(*small)
    assert solver._process.pid == first


def test_without_time_there_is_an_answer_that_claims_no_bound(solver):
    import numpy as np

    rng = np.random.default_rng(1)
    boats, ports = 40, 30
    hard = Problem(
        rng.integers(20, 90, boats), np.full(boats, 1), rng.uniform(10, 300, (boats, ports)), np.zeros((boats, ports)),
        rng.integers(30, 60, ports).astype(float), np.full(ports, 1.0),
    )  # fmt: skip
    in_turn = greedy(hard, np.zeros(boats))
    best, missing = solver.search(hard, in_turn, SolverBudget(limit_s=1e-9, shortage_s=1e-9))
    assert not missing.proven
    assert missing.without.sum() <= (hard.persons - in_turn.sum(axis=1)).sum()
    assert (best.loads.sum(axis=1) == hard.persons - missing.without).all()


def test_a_process_ended_from_another_thread_is_lost(solver, small, monkeypatch):
    solver._running()
    solver.end()
    solver._process.wait()
    monkeypatch.setattr(solver, "_running", lambda: solver._process)
    with pytest.raises(SolverLost):
        solver.search(*small)


def test_the_process_has_none_of_the_secrets_and_ends_with_its_parent(monkeypatch):
    program = (
        "import os, sys, time; from api.plan.solver.solver_process import Solver; s = Solver(); p = s._running();\n"
        # Empty for a moment while the process begins.
        "while not (environment := open(f'/proc/{p.pid}/environ').read()): time.sleep(0.01)\n"
        "print(p.pid, environment, flush=True); os.kill(os.getpid(), 9)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={**os.environ, "SAFEPORT_STORE": "canary"}
    )
    pid, environment = ran.stdout.split(" ", 1)
    assert "canary" not in environment
    assert "PYTHONPATH" in environment
    with suppress(ProcessLookupError):
        ended = os.pidfd_open(int(pid))
        assert select.select([ended], [], [], 30)[0] == [ended]
        os.close(ended)


def test_with_a_store_a_plan_for_now_takes_its_places_from_what_ports_report(call_app, service, october, tmp_path):
    now_s = time.time()
    controller = Actor(Role.CONTROLLER, "test")
    with open_store(f"sqlite:{tmp_path}/store.db", create=True) as store:
        store.do(ReportCapacity("dover", Places(70), persons_per_hour=60), controller, now_s)
        store.do(Hold("dover", "elsewhere", Persons(40), now_s + 3_600), controller, now_s)
        app = create_app(service, store=store)
        try:
            client = call_app(app)
            body = {"encounters": [{**october["encounters"][0], "persons_recovered": 20, "persons": 20}]}
            body["encounters"][0]["vessel"] = {"profile": "rnli-severn"}
            live = client.plan(body).json()
            (dover,) = live["ports"]
            assert (dover["port"]["id"], dover["places"], dover["persons_per_hour"]) == ("dover", 30, 60.0)
            assert live["inputs"]["port_status"] is not None
            # Yesterday's plan sees nothing of today.
            then = client.plan({**body, "time": october["time"]}).json()
            assert (then["ports"], then["inputs"]["port_status"]) == ([], None)
        finally:
            app.state.plan_pool.close()


def test_what_stands_under_accept_becomes_a_reservation_once(call_app, service, october, tmp_path):
    now_s = time.time()
    controller = Actor(Role.CONTROLLER, "test")
    with open_store(f"sqlite:{tmp_path}/store.db", create=True) as store:
        app = create_app(service, store=store)
        try:
            client = call_app(app)
            document = client.plan({**october, "time": None}).json()
            for port in document["ports"]:
                store.do(ReportCapacity(port["port"]["id"], Places(port["places"])), controller, now_s)
            parts = [part for encounter in document["encounters"] for part in encounter["parts"]]
            assert len(parts) >= 7
            for _ in ("first", "again"):
                for part in parts:
                    accept = part["accept"]
                    headers = {"Idempotency-Key": accept["idempotency_key"]}
                    answer = client.request(accept["method"], accept["path"], json=accept["body"], headers=headers)
                    assert answer.status_code in (200, 201), answer.text
            held = store.reservations(now_s)
            assert len(held) == len(parts)
            assert sum(item["persons"]["total"] for item in held) == sum(part["persons"] for part in parts) == 237
        finally:
            app.state.plan_pool.close()


def test_places_accepted_for_an_encounter_are_its_own_in_the_next_plan(call_app, service, october, tmp_path):
    now_s = time.time()
    controller = Actor(Role.CONTROLLER, "test")
    with open_store(f"sqlite:{tmp_path}/store.db", create=True) as store:
        store.do(ReportCapacity("dover", Places(20), persons_per_hour=60), controller, now_s)
        named = store.do(ReportEncounter("phone", 1.4, 51.0, now_s), controller, now_s).document["encounter_id"]
        app = create_app(service, store=store)
        try:
            client = call_app(app)
            boat = {**october["encounters"][0], "persons_recovered": 20, "persons": 20, "encounter_id": named,
                    "unit": "RNLI Severn", "vessel": {"profile": "rnli-severn"}}  # fmt: skip
            first = client.plan({"encounters": [boat]}).json()
            (part,) = first["encounters"][0]["parts"]
            accept = part["accept"]
            held = client.request("POST", accept["path"], json=accept["body"]).json()["reservation"]
            assert (held["encounter_id"], held["vessel"]) == (named, "RNLI Severn")
            again = client.plan({"encounters": [boat]}).json()
            assert (again["outcome"], again["ports"][0]["places"]) == ("complete", 20)
            # The control: for who does not say which encounter it is, Dover is full of those very people.
            stranger = {name: value for name, value in boat.items() if name != "encounter_id"}
            assert client.plan({"encounters": [stranger]}).json()["outcome"] != "complete"
        finally:
            app.state.plan_pool.close()
