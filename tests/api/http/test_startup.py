import asyncio
import logging
import threading
from contextlib import asynccontextmanager

import httpx
import pytest

from api.http import create_app, startup
from api.store.store import open_store


@asynccontextmanager
async def running(app):
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
    ):
        yield client


async def settled_status(client):
    while (answer := await client.get("/readyz")).json().get("code") == "STARTING":
        await asyncio.sleep(0.01)
    return answer


def test_it_is_up_while_the_pack_is_opened_and_ready_after(service, monkeypatch, encounter):
    may_open, warmed = threading.Event(), []
    monkeypatch.setattr(startup, "open_decision_service", lambda pack: may_open.wait(10) and service)
    monkeypatch.setattr(startup, "warm_up", warmed.append)

    async def story():
        async with running(create_app()) as client:
            assert (await client.get("/healthz")).status_code == 200
            for answer in (await client.get("/readyz"), await client.post("/v1/decisions", json=encounter)):
                assert (answer.status_code, answer.json()["code"]) == (503, "STARTING")
                assert answer.headers["retry-after"] == "1"
            may_open.set()
            assert (await settled_status(client)).status_code == 200
            assert warmed == [service]
            assert (await client.get("/v1/ports/dover")).status_code == 200

    asyncio.run(story())


def test_with_a_store_too_it_is_ready_only_when_every_compiled_path_has_run(service, monkeypatch, tmp_path, encounter):
    """The store is open long before; that alone makes nothing ready."""
    may_warm, is_warming = threading.Event(), threading.Event()
    monkeypatch.setattr(startup, "open_decision_service", lambda pack: service)
    monkeypatch.setattr(startup, "warm_up", lambda service: is_warming.set() or may_warm.wait(30))

    async def story(store):
        async with running(create_app(store=store)) as client:
            assert await asyncio.to_thread(is_warming.wait, 30)
            # The store answers already.
            assert (await client.get("/v1/reservations")).status_code == 200
            for answer in (await client.get("/readyz"), await client.post("/v1/decisions", json=encounter)):
                assert (answer.status_code, answer.json()["code"]) == (503, "STARTING")
            may_warm.set()
            assert (await settled_status(client)).status_code == 200
            assert (await client.post("/v1/decisions", json=encounter)).status_code == 200

    with open_store(f"sqlite:{tmp_path}/store.db", create=True) as store:
        asyncio.run(story(store))


def test_an_unusable_pack_is_said_and_the_process_stays_up(tmp_path, encounter, caplog):
    async def story():
        async with running(create_app(pack=tmp_path)) as client:
            ready = await settled_status(client)
            decision = await client.post("/v1/decisions", json=encounter)
            others = [await client.get(path) for path in ("/v1/ports", "/v1/ports/dover", "/v1/distances?from=a&to=b")]
            for answer in (ready, decision, *others):
                assert (answer.status_code, answer.json()["code"]) == (503, "PACK_UNUSABLE")
                assert "manifest.json" in answer.json()["detail"]
            assert (await client.get("/healthz")).status_code == 200

    asyncio.run(story())
    assert [record.levelno for record in caplog.records if record.name == startup.__name__] == [logging.ERROR]


def test_a_failure_nobody_foresaw_is_logged_and_not_shown(monkeypatch, caplog):
    def broken(pack):
        raise OSError("/secret/folder")

    monkeypatch.setattr(startup, "open_decision_service", broken)

    async def story():
        async with running(create_app()) as client:
            answer = await settled_status(client)
            assert (answer.status_code, answer.json()["code"]) == (503, "PACK_UNUSABLE")
            assert "secret" not in answer.text

    asyncio.run(story())
    assert "/secret/folder" in caplog.text


def test_before_the_application_starts_it_is_not_ready(call_app):
    assert call_app(create_app()).get("/readyz").json()["code"] == "STARTING"


@pytest.mark.parametrize("path", ["/healthz", "/openapi.json"])
def test_what_needs_no_pack_is_answered_without_one(call_app, path):
    assert call_app(create_app()).get(path).status_code == 200
