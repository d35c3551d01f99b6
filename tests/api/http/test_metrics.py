"""Figures for Prometheus, read as Prometheus reads them."""

import asyncio
import math

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from api.http import create_app
from api.http.async_store import AsyncStore
from api.http.metrics import Metrics
from api.http.problems import Busy
from api.store.errors import NoPlaces, StoreUnavailable
from api.store.store import open_store


class Page:
    """A page of figures, parsed."""

    def __init__(self, text, parse=parse_text):
        self.families = {family.name: family for family in parse(text)}
        self.samples = [sample for family in self.families.values() for sample in family.samples]

    def value(self, name, **labels):
        found = [
            sample.value for sample in self.samples if sample.name == name and labels.items() <= sample.labels.items()
        ]
        return sum(found) if found else None


def page(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return Page(answer.text)


@pytest.fixture
def fresh(call_app, service):
    app = create_app(service)
    yield call_app(app)
    app.state.plan_pool.close()


def test_requests_are_counted_by_template_and_status(fresh, encounter):
    for _ in range(3):
        assert fresh.decide(encounter).status_code == 200
    assert fresh.decide({}).status_code == 422
    fresh.get("/v1/ports/dover")
    fresh.get("/v1/ports/calais")
    fresh.get("/v1/ports/atlantis")
    found = page(fresh)
    requests, seconds = "safeport_http_requests_total", "safeport_http_request_seconds_count"
    assert found.value(requests, method="POST", route="/v1/decisions", status="200") == 3
    assert found.value(requests, method="POST", route="/v1/decisions", status="422") == 1
    assert found.value(requests, route="/v1/ports/{port_id}", status="200") == 2
    assert found.value(requests, route="/v1/ports/{port_id}", status="404") == 1
    assert found.value(seconds, route="/v1/decisions") == 4
    # This request itself is the one under way.
    assert found.value("safeport_http_in_flight") == 1


def test_nothing_that_was_sent_becomes_a_label(fresh, encounter):
    before = len(page(fresh).samples)
    first = len(page(fresh).samples)
    for number in range(30):
        fresh.get(f"/nothing/{number}?position=51.0123N,001.35E")
        fresh.request(f"VERB{number}X", f"/v1/ports/port-{number}")
        fresh.get(f"/v1/ports/port-{number}", headers={"X-Request-ID": f"canary-{number}"})
    text = fresh.get("/metrics").text
    assert "canary" not in text
    assert "port-1" not in text
    assert "51.0123" not in text
    found = Page(text)
    assert found.value("safeport_http_requests_total", route="unmatched", status="404") == 30
    assert found.value("safeport_http_requests_total", method="OTHER") == 30
    # Three new pairs of method and route, however many requests; before the first page there was none.
    assert len(found.samples) - first <= 3 * (len(Metrics()._answer_s._upper_bounds) + 5)
    assert first >= before


def test_decisions_are_counted_by_outcome_and_deciding_is_timed(fresh, encounter):
    huge = {"speed_kn": 10, "draught_m": 25, "loa_m": 400, "beam_m": 60}
    outcomes = [fresh.decide(body).json()["outcome"] for body in (encounter, {**encounter, "vessel": huge})]
    assert outcomes[0] == "suitable" != outcomes[1]
    found = page(fresh)
    for outcome in outcomes:
        assert found.value("safeport_decisions_total", outcome=outcome) == 1
    assert found.value("safeport_decide_seconds_count") == 2
    assert 0.0 < found.value("safeport_decide_seconds_sum") < found.value("safeport_http_request_seconds_sum")


def test_openmetrics_is_given_to_who_asks_for_it(fresh):
    answer = fresh.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert "safeport_http_in_flight" in Page(answer.text, parse_openmetrics).families


def test_readiness_queues_and_a_forecast_that_is_not_there(fresh, call_app):
    found = page(fresh)
    assert found.value("safeport_ready") == 1
    for name in ("work_running", "work_waiting", "store_running", "store_waiting", "plans_under_way",
                 "event_listeners"):  # fmt: skip
        assert found.value(f"safeport_{name}") == 0
    assert math.isnan(found.value("safeport_forecast_age_seconds"))
    assert found.value("safeport_forecast_info", id="") == 1
    assert found.value("process_resident_memory_bytes") > 0
    starting = create_app()
    assert page(call_app(starting)).value("safeport_ready") == 0


def test_a_service_that_leaves_is_not_ready_and_closes_connections(fresh):
    assert fresh.get("/readyz").status_code == 200
    fresh.app.state.leaving.has_begun = True
    answer = fresh.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "STOPPING")
    assert answer.headers["connection"] == "close"
    assert fresh.get("/healthz").status_code == 200
    assert page(fresh).value("safeport_ready") == 0


def test_each_application_counts_for_itself(call_app, service, encounter):
    first, other = create_app(service), create_app(service)
    call_app(first).decide(encounter)
    assert page(call_app(first)).value("safeport_decisions_total") == 1
    assert page(call_app(other)).value("safeport_decisions_total") is None


def test_a_gauge_that_fails_is_no_number_and_the_page_is_whole():
    metrics = Metrics()
    metrics.watch("broken", "Fails.", lambda: 1 / 0)
    from prometheus_client import generate_latest

    assert math.isnan(Page(generate_latest(metrics.registry).decode()).value("safeport_broken"))


def test_work_of_the_store_is_timed_and_its_failures_are_counted(tmp_path):
    metrics = Metrics()

    async def story():
        with open_store(f"sqlite:{tmp_path}/store.db", create=True) as store:
            async_store = AsyncStore(store, 1, 1, metrics)
            await async_store.run(lambda store: store.newest_event())
            for failure in (StoreUnavailable("store", "is away.", "Wait."), Busy("Wait.")):
                with pytest.raises(type(failure)):
                    await async_store.run(_raising(failure))
            # To be refused is an answer, not a failure of the store.
            with pytest.raises(NoPlaces):
                await async_store.run(
                    _raising(NoPlaces("persons", "are more than the places left.", "Choose another."))
                )

    asyncio.run(story())
    from prometheus_client import generate_latest

    found = Page(generate_latest(metrics.registry).decode())
    assert found.value("safeport_store_seconds_count", work="other") == 4
    assert found.value("safeport_store_errors_total", failure="StoreUnavailable") == 1
    assert found.value("safeport_store_errors_total", failure="Busy") == 1
    assert found.value("safeport_store_errors_total") == 2


def _raising(failure):
    def work(_):
        raise failure

    return work


def test_a_forecast_in_use_has_an_age_and_an_id(call_app, service, tmp_path):
    from dataclasses import replace
    from datetime import UTC, datetime, timedelta

    run_at = (datetime.now(UTC) - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    identity = {**service.world.identity, "forecast": {"id": "model-2026", "run_at": run_at}}
    forecasting = replace(service, world=replace(service.world, identity=identity))
    found = page(call_app(create_app(forecasting)))
    assert 7_190 < found.value("safeport_forecast_age_seconds") < 7_300
    assert found.value("safeport_forecast_info", id="model-2026") == 1
