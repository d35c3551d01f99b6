"""One line a request, without anything of what was asked; and a negative control that would find it."""

import io
import json
import logging

import pytest

from api import logs
from api.cli.main import main
from api.http import create_app
from api.settings import read_settings
from engine.errors import InvalidAsk

KEY = "sp_test_kanarienvogel7319"
LON, LAT = 1.357913, 50.987642


@pytest.fixture
def written():
    """What is logged, as text."""
    stream = io.StringIO()
    return lambda form="json", level="debug": logs.start_logging(form, level, stream) or stream


@pytest.fixture
def fresh(call_app, service):
    app = create_app(service)
    yield call_app(app)
    app.state.plan_pool.close()


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def requests(stream):
    return [line for line in lines(stream) if line["event"] == "request"]


def everything(fresh, encounter):
    """Requests that carry a position and a key in every place there is for one."""
    body = {**encounter, "position": {"type": "Point", "coordinates": [LON, LAT]}}
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", "X-Request-ID": "voyage-1"}
    fresh.request("POST", "/v1/decisions", json=body, headers=headers)
    fresh.request("POST", f"/v1/decisions?key={KEY}", json={"position": [LON, LAT], KEY: LAT}, headers=headers)
    fresh.request("POST", "/v1/decisions", content=f"{{{LON},{LAT},{KEY}".encode(), headers=headers)
    fresh.request("POST", "/v1/plans", json={"encounters": [{**body, "id": KEY}], "ports": []}, headers=headers)
    fresh.get(f"/v1/distances?from={LAT},{LON}&to={LAT},1.5", headers=headers)
    fresh.get(f"/v1/distances?from={LAT}N&to=dover", headers=headers)
    fresh.get(f"/v1/ports/{KEY}", headers=headers)
    fresh.get(f"/{LAT}/{LON}/{KEY}", headers=headers)
    fresh.request(KEY.replace("_", ""), "/healthz", headers=headers)
    fresh.get("/healthz", headers={"X-Request-ID": f"{KEY} {LAT}"})


def leaks(text):
    return [part for part in (KEY, KEY.replace("_", ""), str(LON), str(LAT), "1.3579", "50.9876") if part in text]


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_line_holds_a_position_or_a_key(written, fresh, encounter, form):
    stream = written(form)
    everything(fresh, encounter)
    # Two lines a request, the first only at this level.
    assert stream.getvalue().count("\n") >= 20
    # A library that tells of its doings, as the client of these very requests does, is not heard.
    logging.getLogger("httpx").info("HTTP Request: GET /?at=%s,%s", LAT, LON)
    assert leaks(stream.getvalue()) == []


def test_the_search_for_leaks_finds_one(written, fresh, encounter):
    stream = written()
    everything(fresh, encounter)
    logging.getLogger("api.careless").info("asked for %s,%s by %s", LAT, LON, KEY)
    assert len(leaks(stream.getvalue())) >= 4


def test_a_line_says_how_a_request_went(written, fresh, encounter):
    stream = written()
    answer = fresh.request("POST", "/v1/decisions", json=encounter, headers={"X-Request-ID": "voyage-2"})
    assert answer.status_code == 200
    (line,) = requests(stream)
    assert line.pop("took_ms") > 0.0
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "request", "level": "info", "logger": "safeport.requests", "method": "POST", "route": "/v1/decisions",
        "status": 200, "request_id": "voyage-2", "principal_kind": "local",
    }  # fmt: skip


def test_probes_are_no_news(written, fresh, call_app, monkeypatch):
    stream = written(level="info")
    fresh.get("/healthz")
    fresh.get("/readyz")
    fresh.get("/metrics")
    assert requests(stream) == []
    assert call_app(create_app()).get("/readyz").status_code == 503
    assert requests(stream) == []
    # One that fails is.
    monkeypatch.setattr("api.http.health.forecast_of", lambda _: 1 / 0)
    assert fresh.get("/readyz").status_code == 500
    assert [(line["route"], line["status"]) for line in requests(stream)] == [("/readyz", 500)]


def test_at_the_lowest_level_probes_are_there(written, fresh):
    stream = written(level="debug")
    fresh.get("/healthz")
    assert [line["route"] for line in requests(stream)] == ["/healthz"]


def test_a_failure_nobody_foresaw_is_told_without_what_it_says(written, fresh, encounter, monkeypatch):
    def broken(*_):
        try:
            raise ValueError(f"at {LAT},{LON}")
        except ValueError as inner:
            raise RuntimeError(f"with {KEY}") from inner

    monkeypatch.setattr("api.http.presentation.decision_document", broken)
    stream = written()
    assert fresh.decide(encounter).status_code == 500
    assert [line["status"] for line in requests(stream)] == [500]
    # The server logs what the application let through.
    try:
        broken()
    except RuntimeError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    failed = lines(stream)[-1]
    assert [item["error"] for item in failed["failure"]] == ["RuntimeError", "ValueError"]
    assert any("test_logs.py" in where and "broken" in where for where in failed["failure"][0]["where"])
    assert leaks(stream.getvalue()) == []


def test_the_servers_own_loggers_write_where_ours_do(written):
    stream = written()
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    logging.getLogger("uvicorn.error").info("Started server process")
    logging.getLogger("uvicorn.access").info("GET /v1/distances?from=51,1")
    assert [(line["logger"], line["event"]) for line in lines(stream)] == [
        ("uvicorn.error", "Invalid HTTP request received.")
    ]


def test_a_refusal_to_start_is_a_line_of_the_log_too_where_machines_read_it(capsys, monkeypatch):
    for form, logged in (("text", 0), ("json", 1)):
        monkeypatch.setenv("SAFEPORT_LOG_FORMAT", form)
        assert main(["serve", "--host", "192.168.1.7"]) == 2
        *before, last = capsys.readouterr().err.splitlines()
        assert last.startswith("--host: is not a loopback address")
        assert len(before) == logged
        for line in map(json.loads, before):
            assert (line["event"], line["level"], line["field"]) == ("not started", "error", "host")


def test_text_and_levels(written):
    stream = written("text", "warning")
    logging.getLogger("safeport.service").info("started")
    assert stream.getvalue() == ""
    logging.getLogger("safeport.service").warning("slow", extra={"took_ms": 5})
    assert "slow" in stream.getvalue()
    assert "took_ms=5" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_the_choice_is_a_setting(monkeypatch):
    assert (read_settings().log_format, read_settings().log_level) == ("text", "info")
    for name in ("SAFEPORT_LOG_FORMAT", "SAFEPORT_LOG_LEVEL"):
        with monkeypatch.context() as changed:
            changed.setenv(name, "loud")
            with pytest.raises(InvalidAsk) as caught:
                read_settings()
        assert caught.value.field == name
