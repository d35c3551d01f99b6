"""A forecast is replaced under the running server: every answer is of the old one or of the new one, and none fails."""

import asyncio
import logging
import shutil

import httpx
import pytest

from api.documents.decision import decision_document, to_json
from api.encounter import EncounterIn
from api.http import create_app, startup
from tests.synthetic.cubes import START_S, synthetic_cube

WHOLE = "/v1/decisions?view=full&lang=both"
ENCOUNTER = {
    "position": {"type": "Point", "coordinates": [1.35, 51.0]},
    "time": "2026-11-22T06:00:00Z",
    "persons": {"min": 30, "max": 30},
    "vessel": {"profile": "rnli-severn"},
}


@pytest.fixture
def cubes(tmp_path):
    """Two forecasts that give different answers."""
    calm = synthetic_cube(tmp_path / "calm.cube", waves=(0.4, 1.0, 0.0, 5.0), run_at_s=START_S)
    rough = synthetic_cube(tmp_path / "rough.cube", waves=(3.4, 1.0, 0.0, 8.0), run_at_s=START_S)
    return calm, rough


def expected(service, cube):
    seeing = service.with_forecast(cube)
    return to_json(decision_document(seeing.decide(seeing.ask(EncounterIn.model_validate(ENCOUNTER), 0.0))))


def test_every_answer_is_of_one_forecast_or_the_other(service, cubes, tmp_path, monkeypatch):
    monkeypatch.setattr(startup, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(startup, "open_decision_service", lambda pack: service)
    monkeypatch.setattr(startup, "warm_up", lambda service: None)
    used = tmp_path / "used.cube"
    shutil.copy(cubes[0], used)
    answers = {expected(service, cube): name for name, cube in zip(("calm", "rough"), cubes, strict=True)}
    assert len(answers) == 2
    seen = []

    async def story():
        app = create_app(forecast=used)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
        ):
            while (await client.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.01)
            for turn in range(6):
                fresh = tmp_path / "fresh.cube"
                shutil.copy(cubes[turn % 2], fresh)
                fresh.replace(used)
                # Until it is taken over, by answers that are asked for meanwhile.
                while seen[-1:] != [("calm", "rough")[turn % 2]]:
                    for answer in await asyncio.gather(*(client.post(WHOLE, json=ENCOUNTER) for _ in "ab")):
                        assert answer.status_code == 200
                        seen.append(answers[answer.text])

    asyncio.run(asyncio.wait_for(story(), 120))
    assert set(seen) == {"calm", "rough"}


def test_a_server_started_with_a_bad_forecast_answers_without_and_takes_over_a_good_one(
    service, cubes, tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(startup, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(startup, "open_decision_service", lambda pack: service)
    monkeypatch.setattr(startup, "warm_up", lambda service: None)
    used = tmp_path / "used.cube"
    used.write_text("no forecast")

    async def story():
        app = create_app(forecast=used)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
        ):
            while (await client.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.01)
            answer = await client.post(WHOLE, json=ENCOUNTER)
            assert "WX_MISSING" in {notice["code"] for notice in answer.json()["notices"]}
            ready = (await client.get("/readyz")).json()
            assert (ready["forecast_id"], ready["forecast_refused"]) == (None, True)
            assert "safeport_forecast_refused 1.0" in (await client.get("/metrics")).text
            shutil.copy(cubes[1], tmp_path / "fresh.cube")
            (tmp_path / "fresh.cube").replace(used)
            while answer.text != expected(service, cubes[1]):
                await asyncio.sleep(0.02)
                answer = await client.post(WHOLE, json=ENCOUNTER)
            ready = (await client.get("/readyz")).json()
            assert ready["forecast_id"]
            assert not ready["forecast_refused"]
            assert "safeport_forecast_refused 0.0" in (await client.get("/metrics")).text

    asyncio.run(asyncio.wait_for(story(), 60))
    assert "without a forecast" in caplog.text


def test_a_file_that_is_no_forecast_changes_nothing(service, cubes, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(startup, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(startup, "open_decision_service", lambda pack: service)
    monkeypatch.setattr(startup, "warm_up", lambda service: None)
    used = tmp_path / "used.cube"
    shutil.copy(cubes[0], used)

    async def story():
        app = create_app(forecast=used)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
        ):
            while (await client.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.01)
            broken = tmp_path / "broken.cube"
            broken.write_bytes(cubes[1].read_bytes()[:-100])
            broken.replace(used)
            while not caplog.records:
                await asyncio.sleep(0.02)
            answer = await client.post(WHOLE, json=ENCOUNTER)
            assert answer.text == expected(service, cubes[0])
            ready = (await client.get("/readyz")).json()
            assert ready["forecast_id"]
            assert ready["forecast_refused"]

    with caplog.at_level(logging.ERROR, logger=startup.__name__):
        asyncio.run(asyncio.wait_for(story(), 60))
    assert "forecast in use stays" in caplog.text


@pytest.mark.parametrize(
    "failure", [ValueError("10**30"), OverflowError(), MemoryError(), RecursionError(), KeyError("u"), AssertionError()]
)
def test_whatever_a_file_does_to_its_reader_the_service_answers_and_takes_over_the_next(
    service, cubes, tmp_path, monkeypatch, failure
):
    """At the start, and again while it runs: the reader is made to fail in ways nobody foresaw."""
    monkeypatch.setattr(startup, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(startup, "open_decision_service", lambda pack: service)
    monkeypatch.setattr(startup, "warm_up", lambda service: None)
    used, bad = tmp_path / "used.cube", b"bad"
    used.write_bytes(bad)
    plain = type(service).with_forecast

    def forecasting(self, file):
        if file.read_bytes() == bad:
            raise failure
        return plain(self, file)

    monkeypatch.setattr(type(service), "with_forecast", forecasting)

    async def story():
        app = create_app(forecast=used)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client,
        ):

            async def until(refused):
                while (ready := await client.get("/readyz")).status_code != 200 or (
                    ready.json()["forecast_refused"] is not refused
                ):
                    await asyncio.sleep(0.01)
                return ready.json()["forecast_id"]

            assert await until(refused=True) is None
            assert (await client.post("/v1/decisions", json=ENCOUNTER)).status_code == 200
            for cube in cubes:
                shutil.copy(cube, tmp_path / "fresh.cube")
                (tmp_path / "fresh.cube").replace(used)
                taken = await until(refused=False)
                assert taken is not None
                (tmp_path / "fresh.cube").write_bytes(bad)
                (tmp_path / "fresh.cube").replace(used)
                assert await until(refused=True) == taken

    asyncio.run(asyncio.wait_for(story(), 60))
