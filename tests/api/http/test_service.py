"""What is read first: the index, the description, its page, the forecast; and who may read it from a page."""

import re

import pytest
from pydantic import TypeAdapter

from api.documents.forecast import forecast_document
from api.http import create_app
from api.http.routes.forecast import ForecastInUse
from api.http.schemas.decision_examples import FORECAST, INDEX
from api.settings import Settings, read_settings
from engine.errors import InvalidAsk
from tests.synthetic.cubes import START_S, synthetic_cube

DESK = "https://desk.example"


def test_the_index_leads_somewhere(client):
    index = client.get("/").json()
    assert index == INDEX
    for name in ("openapi", "docs", "health", "ready"):
        assert client.get(index[name]).status_code == 200, name
    link = client.get("/").headers["link"]
    assert re.findall("<(.*?)>", link) == [index["openapi"], index["docs"]]


def test_the_page_says_everything_and_fetches_nothing(client):
    answer = client.get("/docs")
    assert answer.headers["content-type"].startswith("text/html")
    page, described = answer.text, client.get("/openapi.json").json()
    for path, operations in described["paths"].items():
        assert f"<code>{path}</code>" in page
        for operation in operations.values():
            assert f'id="{operation["operationId"]}"' in page
    for name in described["components"]["schemas"]:
        assert f'<h3 id="{name}">' in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert not re.search(r"<script|<img|<link|<iframe|\bsrc=|url\(|@import", page)
    assert set(re.findall(r'href="([^"#]+)"', page)) == {"/openapi.json"}
    style = re.search("<style>(.*)</style>", page, re.DOTALL)[1]
    assert style.encode()
    assert "default-src 'none'; style-src 'sha256-" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/v1/vessels", "/v1/policies", "/v1/ports/dover"])
def test_what_changes_rarely_is_sent_once(client, path):
    first = client.get(path)
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-cache")
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200
    assert client.request("HEAD", path).headers["etag"] == first.headers["etag"]


def test_the_register_under_an_operators_own_facts_has_another_tag(call_app, client, service, tmp_path):
    overlay = tmp_path / "own.csv"
    overlay.write_text(
        "port_id,field,value,grade,source,note\ndover,vhf,74,published,harbour notice,\n", encoding="utf-8"
    )
    own = call_app(create_app(service.with_overlay(overlay)))
    tag = client.get("/v1/ports/dover").headers["etag"]
    answer = own.get("/v1/ports/dover", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.json()["vhf"]) == (200, "74")


def test_without_a_forecast_that_is_said(client):
    assert client.get("/v1/forecast").json() == {"forecast": None, "refused": False}


def test_the_forecast_in_use_is_described(call_app, service, tmp_path):
    cube = synthetic_cube(tmp_path / "calm.cube", waves=(0.4, 1.0, 0.0, 5.0), run_at_s=START_S)
    seeing = service.with_forecast(cube)
    found = call_app(create_app(seeing)).get("/v1/forecast").json()
    TypeAdapter(ForecastInUse).validate_python(found)
    expected = forecast_document(seeing.cube, 0.0)
    told = found["forecast"]
    assert told.pop("age_s") > 0
    assert told == {name: value for name, value in expected.items() if name != "age_s"}
    assert told["groups"]["waves"]["area"] == {"west": -7.0, "south": 48.0, "east": 5.0, "north": 52.5}
    assert (told["absent"], told["groups"].keys()) == (["wind", "visibility", "current"], {"waves"})
    assert told["groups"]["waves"].keys() == FORECAST["forecast"]["groups"]["waves"].keys()
    assert told.keys() | {"age_s"} == FORECAST["forecast"].keys()


def preflight(caller, origin, method="POST"):
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "content-type",
    }
    return caller.request("OPTIONS", "/v1/decisions", headers=asked)


def test_pages_of_no_other_origin_may_ask_unless_an_operator_says_so(client, call_app, service, encounter):
    assert "access-control-allow-origin" not in preflight(client, DESK).headers
    workspace = call_app(create_app(service, settings=Settings(cors_origins=(DESK,))))
    allowed = preflight(workspace, DESK)
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, DESK)
    assert "access-control-allow-credentials" not in allowed.headers
    headers = {"Origin": DESK, "Sec-Fetch-Site": "cross-site"}
    answer = workspace.post("/v1/decisions", encounter, headers)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, DESK)
    assert "Safeport-Recorded" in answer.headers["access-control-expose-headers"]
    # Another one is as far away as before.
    other = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    refused = workspace.post("/v1/decisions", encounter, other)
    assert (refused.status_code, refused.json()["code"]) == (403, "CROSS_SITE")
    assert "access-control-allow-origin" not in refused.headers
    assert preflight(workspace, "https://elsewhere.example").status_code == 400
    # Nor does a page of that site that hides where it is from.
    assert workspace.post("/v1/decisions", encounter, {"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("wrong", ["*", "desk.example", "https://desk.example/", "https://Desk.example", "null"])
def test_an_origin_that_is_none_is_refused(monkeypatch, wrong):
    monkeypatch.setenv("SAFEPORT_CORS_ORIGINS", f"https://a.example,{wrong}")
    with pytest.raises(InvalidAsk, match="origins such as"):
        read_settings()
