"""Every route: HEAD and OPTIONS beside GET, a full Allow, and no query parameter that nobody reads."""

import asyncio
import re

import pytest
from fastapi.routing import iter_route_contexts

from api.http import create_app
from api.http.routes import exchange
from tests.api.http.live_server import serving
from tests.api.http.test_app import talk

PORT = {"port_id": "dover", "key_id": "k", "decision_id": "d-1", "encounter_id": "e-1", "reservation_id": "r-1",
        "zone_id": "z-1"}  # fmt: skip
STREAMS = {"/v1/events"}


def routes(app):
    """Each path with the parameters filled in, its template and its methods, as one would find by looking."""
    methods = {}
    for route in iter_route_contexts(app.routes):
        methods.setdefault(route.path, set()).update(route.methods)
    return [(re.sub(r"{(\w+)}", lambda found: PORT[found[1]], path), path, has) for path, has in methods.items()]


@pytest.fixture
def every_route(control):
    found = routes(control.app)
    assert len(found) > 40
    return found


def test_head_is_get_without_its_body(control, every_route):
    for path, template, methods in every_route:
        if "GET" not in methods or template in STREAMS:
            continue
        get, head = control.get(path), control.request("HEAD", path)
        assert (head.status_code, head.content) == (get.status_code, b""), path
        assert head.headers.get("content-type") == get.headers.get("content-type"), path
        if template not in {"/metrics", "/readyz"}:
            assert abs(int(head.headers["content-length"]) - len(get.content)) <= 8, path


def test_head_of_something_that_is_only_posted_is_refused(control):
    answer = control.request("HEAD", "/v1/decisions")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")


def test_options_and_405_say_every_method_of_the_path(control, every_route):
    for path, _, _ in every_route:
        template = next(name for filled, name, _ in every_route if filled == path)
        methods = {method for filled, _, has in every_route if filled == path for method in has}
        # What is asked of one port is asked of the list of those that report too: /v1/ports/live is no port.
        expected = methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
        asked = control.request("OPTIONS", path)
        assert (asked.status_code, asked.content) == (204, b""), template
        assert set(asked.headers["allow"].split(", ")) == expected, template
        refused = control.request("PATCH", path)
        assert (refused.status_code, refused.json()["code"]) == (405, "METHOD_NOT_ALLOWED"), template
        assert refused.headers["allow"] == asked.headers["allow"]
    assert control.request("OPTIONS", "/nowhere").status_code == 404


def test_no_route_reads_past_a_query_it_does_not_know(control, every_route):
    for path, template, methods in every_route:
        for method in methods:
            answer = control.request(method, f"{path}?colour=red")
            assert answer.status_code == 422, (method, template)
            assert answer.json()["errors"] == [
                {"pointer": "/colour", "code": "UNKNOWN_FIELD", "detail": answer.json()["errors"][0]["detail"]}
            ]


def test_no_route_reads_one_of_two(control):
    for path in ("/v1/ports?q=a&q=b", "/v1/audit?limit=1&limit=2", "/v1/encounters?decide=true&decide=false"):
        answer = control.get(path)
        assert (answer.status_code, "more than once" in answer.json()["detail"]) == (422, True)


def test_head_over_a_real_socket_ends_and_the_connection_goes_on(service, store):
    with serving(create_app(service, store=store)) as base:
        host, port = base.removeprefix("http://").split(":")
        wanted = b"HEAD %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n"
        text = talk(
            (host, int(port)),
            wanted % (b"/v1/ports", b"") + wanted % (b"/healthz", b"") + wanted % (b"/v1/events", b""),
        )
    heads = text.split(b"\r\n\r\n")
    assert [head[:12] for head in heads] == [b"HTTP/1.1 200"] * 3 + [b""]
    assert b"content-length: 15" in heads[1].lower()
    assert b"text/event-stream" in heads[2]


def test_xml_is_taken_and_given_by_each_of_its_names(control):
    for name in exchange._XML_TYPES:
        sent = control.request("PUT", "/v1/edxl-have", content=exchange.HAVE.encode(), headers={"Content-Type": name})
        assert sent.status_code == 200, name
    assert control.get("/v1/edxl-have").headers["content-type"] == "application/xml"
    given = control.get("/v1/edxl-have", headers={"Accept": "text/xml"})
    assert given.headers["content-type"].startswith("text/xml")


def test_a_description_asked_for_by_many_is_made_once(service):
    app, made = create_app(service), []
    describe = app.openapi
    app.state.description._describe = lambda: made.append(1) or describe()

    async def many():
        return await asyncio.gather(*(app.state.description.json() for _ in range(8)))

    assert len(set(asyncio.run(many()))) == 1
    assert made == [1]
