"""A client that calls the application in this process."""

import asyncio
import json

import httpx
import pytest

from api.http import auth, create_app
from api.store.commands import Actor, Role
from api.store.store import open_for_service

WHOLE = "?view=full&lang=both"
"""Query of a decision with every port and every finding in both languages, as it is recorded."""


class Caller:
    """Synchronous calls of an ASGI application, all on one event loop."""

    def __init__(self, runner, app):
        self.runner = runner
        self.app = app

    def request(self, method, path, **options):
        async def once():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, **options)

        return self.runner.run(once())

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def delete(self, path, headers=()):
        return self.request("DELETE", path, headers=dict(headers))

    def put(self, path, body, headers=()):
        return self.send("PUT", path, body, headers)

    def post(self, path, body, headers=()):
        return self.send("POST", path, body, headers)

    def send(self, method, path, body, headers=()):
        sent = {"Content-Type": "application/json"} | dict(headers)
        # Not by httpx: it cannot send a lone surrogate.
        return self.request(method, path, content=json.dumps(body).encode(), headers=sent)

    def decide(self, body, query=WHOLE):
        return self.decide_raw(json.dumps(body).encode(), query)

    def decide_raw(self, data, query=WHOLE, **headers):
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Content-Type": "application/json"} | given
        return self.request("POST", f"/v1/decisions{query}", content=data, headers=sent)

    def plan(self, body):
        return self.request("POST", "/v1/plans", json=body)


@pytest.fixture(scope="session")
def call_app():
    """Caller of any application."""
    with asyncio.Runner() as runner:
        yield lambda app: Caller(runner, app)


@pytest.fixture(scope="session")
def client(call_app, service):
    """Caller of an application that is ready."""
    app = create_app(service)
    yield call_app(app)
    app.state.plan_pool.close()


@pytest.fixture
def encounter():
    """A lifeboat off Dover."""
    return {
        "position": {"type": "Point", "coordinates": [1.35, 51.0]},
        "time": "2026-11-22T14:30:00Z",
        "persons": {"min": 55, "max": 60},
        "vessel": {"profile": "rnli-severn"},
    }


@pytest.fixture
def store_url(tmp_path):
    """URL of a file that is not there yet."""
    return f"sqlite:{tmp_path}/store.db"


@pytest.fixture
def store(store_url):
    """An empty store in a file."""
    with open_for_service(store_url) as opened:
        yield opened


@pytest.fixture
def acting(monkeypatch):
    """Makes the next requests come from a role and duty, as keys would; `access/` has real ones."""

    def act(role, duty, own_only=False):
        actor = Actor(Role(role), duty, f"unit:{duty}")
        monkeypatch.setattr(auth, "LOCAL", auth.Caller(actor.principal, actor, own_only))

    return act


@pytest.fixture
def control(call_app, service, store):
    """Caller of an application that keeps records."""
    return call_app(create_app(service, store=store))
