"""How much Python runs for an answer: its calls are counted, which are the same on every machine, however busy it is.

A bound that fails says that the path has grown; times are for ``python -m bench.http``. Each has a control that breaks
it.
"""

import asyncio
import json
import sys
from contextlib import contextmanager

import pytest
from fastapi.routing import APIRoute

from api.documents.decision import basis_of, decision_document, to_json
from api.encounter import EncounterIn
from api.http import create_app
from api.http.routes.decisions import create_decision
from bench.register import VESSELS, coastal_points

AT_S = 1_642_050_000.0

MOST_CALLS_OF_A_REQUEST = 290
"""Of this program and its frameworks on the thread of the event loop, from the first byte to the last, where deciding
and putting into words are left to another thread."""

MOST_CALLS_OF_A_QUICK_DECISION = 1_550
"""The same with all of it on the loop, the brief document among it."""

ON_A_BANK = [1.6449, 50.184]
"""Where deciding may take long, so that a thread does it."""

MOST_CALLS_OF_A_BRIEF_DOCUMENT = 660
"""In the mean over encounters; with tide and doubts of every port shown and the legs to two of them."""


@contextmanager
def counted(is_counted=lambda _: True):
    """Counts calls of Python functions on this thread, by the file they stand in."""
    calls, before = [], sys.getprofile()

    def count(frame, event, _):
        if event == "call" and is_counted(frame.f_code.co_filename):
            calls.append(frame.f_code.co_qualname)

    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(before)


def is_of_the_request(file):
    """Whether calls in a file are counted: how often the loop and its threads look round depends on their timing."""
    return any(name in file for name in ("/api/", "/engine/", "/fastapi/", "/starlette/", "/pydantic/"))


@pytest.fixture
def app(service):
    made = create_app(service)
    yield made
    made.state.plan_pool.close()


@pytest.fixture
def calls_of_a_request(app, call_app, encounter):
    """Counts the calls of one decision over HTTP, once everything that is kept has been made."""
    on_a_bank = {**encounter, "position": {"type": "Point", "coordinates": ON_A_BANK}}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/v1/decisions", "raw_path": b"/v1/decisions", "query_string": b"", "root_path": "",
        "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 50_000),
        "headers": [
            (b"host", b"127.0.0.1"), (b"content-type", b"application/json"),
        ],
    }  # fmt: skip

    async def ask(body):
        sent = []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            sent.append(message)

        await app({**scope, "state": {}}, receive, send)
        assert sent[0]["status"] == 200

    async def count(body):
        for _ in range(3):
            await ask(body)
        with counted(is_of_the_request) as calls:
            await ask(body)
        return len(calls)

    return lambda is_quick=False: asyncio.run(count(json.dumps(encounter if is_quick else on_a_bank).encode()))


def test_a_request_takes_few_calls(calls_of_a_request):
    assert calls_of_a_request() < MOST_CALLS_OF_A_REQUEST


def test_a_quick_decision_takes_few_calls_and_all_of_them_on_the_loop(calls_of_a_request):
    assert 2 * MOST_CALLS_OF_A_REQUEST < calls_of_a_request(is_quick=True) < MOST_CALLS_OF_A_QUICK_DECISION


def test_control_by_the_frameworks_own_way_it_takes_more(app, calls_of_a_request):
    app.router.routes.insert(0, APIRoute("/v1/decisions", create_decision, methods=["POST"]))
    assert calls_of_a_request() > 1.5 * MOST_CALLS_OF_A_REQUEST


@pytest.fixture(scope="module")
def decisions(service):
    """Encounters near the coast, with the basis of each."""
    found = []
    for number, (lon, lat) in enumerate(coastal_points(service, 12)):
        encounter = EncounterIn.model_validate({
            "position": {"type": "Point", "coordinates": [lon, lat]}, "persons": 12,
            "vessel": list(VESSELS.values())[number % len(VESSELS)],
        })  # fmt: skip
        decision = service.decide(service.ask(encounter, AT_S))
        found.append((decision, basis_of(decision)))
    return found


def mean_calls(decisions, **how):
    def make():
        for decision, basis in decisions:
            to_json(decision_document(decision, basis=basis, **how))

    make()
    with counted() as calls:
        make()
    return len(calls) / len(decisions)


def test_a_brief_document_takes_few_calls(decisions):
    assert mean_calls(decisions, view="brief", lang="en") < MOST_CALLS_OF_A_BRIEF_DOCUMENT


def test_control_every_text_and_port_takes_more(decisions):
    assert mean_calls(decisions, view="brief", lang="en", limit=9) > MOST_CALLS_OF_A_BRIEF_DOCUMENT
