"""The description against what there is: every example, and real answers, by an independent validator of JSON Schema.

Answers may gain members for old readers, but none that the description of the same day does not have.
"""

import copy
import time

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from api.http.openapi import describe
from api.http.schemas import decision_examples, record_examples


@pytest.fixture(scope="module")
def described(client):
    """The description, read strictly: no object has members that it does not name."""
    document = copy.deepcopy(client.get("/openapi.json").json())
    for schema in document["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return document


def problems(document, schema, value):
    """What is wrong with a value, in short; of several schemas it might have had, by the one it comes nearest to."""
    validator = Draft202012Validator({**schema, "components": document["components"]})
    errors = (best_match([error]) for error in validator.iter_errors(value))
    return [f"{error.json_path}: {error.message[-200:]}" for error in errors]


def contents(document):
    """Everything with a schema that an operation takes or gives: where, and its media types."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield f"{method} {path} body", operation.get("requestBody", {}).get("content", {})
            for status, response in operation["responses"].items():
                yield f"{method} {path} {status}", response.get("content", {})


def examples_in(content):
    yield from (example["value"] for example in content.get("examples", {}).values())
    yield from [content["example"]] if "example" in content else []
    yield from content.get("schema", {}).get("examples", [])


def test_the_schemas_are_schemas(described):
    for name, schema in described["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert schema["title"] == name
        assert schema.get("description") or "enum" in schema, name


def test_every_example_is_of_its_schema(described):
    seen = 0
    for where, content in contents(described):
        for media_type, part in content.items():
            for example in examples_in(part):
                seen += 1
                assert problems(described, part["schema"], example) == [], (where, media_type)
    assert seen > 90


def test_every_json_body_and_answer_has_an_example(described):
    plain = {"get /healthz 200", "get /readyz 200", "get /openapi.json 200"}
    for where, content in contents(described):
        success = where.endswith(("body", "200", "201"))
        if success and "application/json" in content and where not in plain:
            assert list(examples_in(content["application/json"])), where


def test_every_parameter_says_what_it_is(described):
    for path, operations in described["paths"].items():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                told = parameter.get("description") or parameter["name"] in path or parameter.get("example")
                told = told or "examples" in parameter["schema"] or parameter["name"] in ("limit", "reason")
                assert told, (path, parameter["name"])


def test_that_check_would_notice(described):
    schema = {"$ref": "#/components/schemas/HoldIn"}
    assert problems(described, schema, record_examples.HOLD_IN) == []
    for wrong in ({"colour": "red"}, {"eta_at": None}, {"persons": {"total": -1}}, {"persons": 3}):
        assert problems(described, schema, record_examples.HOLD_IN | wrong), wrong
    decision = {"$ref": "#/components/schemas/DecisionDocument"}
    assert problems(described, decision, decision_examples.DECISION | {"colour": "red"})
    assert problems(
        described, decision, {name: value for name, value in decision_examples.DECISION.items() if name != "margin"}
    )


def answered(document, method, path, status):
    return document["paths"][path][method]["responses"][str(status)]["content"]["application/json"]["schema"]


READ = {
    "/": "/", "/healthz": "/healthz", "/readyz": "/readyz", "/v1/vessels": "/v1/vessels",
    "/v1/policies": "/v1/policies",
    "/v1/ports": "/v1/ports?near=51N%201.3E&limit=3", "/v1/ports/{port_id}": "/v1/ports/dover",
    "/v1/ports/{port_id}/tide": "/v1/ports/dover/tide?hours=3", "/v1/forecast": "/v1/forecast",
    "/v1/streams": "/v1/streams?position=51.0,1.45&hours=1",
    "/v1/distances": "/v1/distances?from=dover&to=calais", "/v1/ports/live": "/v1/ports/live",
    "/v1/ports/{port_id}/live": "/v1/ports/dover/live", "/v1/encounters": "/v1/encounters?decide=true",
    "/v1/encounters/{encounter_id}": "/v1/encounters/{e}", "/v1/encounters/{encounter_id}/standing":
    "/v1/encounters/{e}/standing", "/v1/reservations": "/v1/reservations", "/v1/reservations/{reservation_id}":
    "/v1/reservations/{r}", "/v1/handover": "/v1/handover", "/v1/audit": "/v1/audit",
    "/v1/audit/verify": "/v1/audit/verify", "/v1/keys": "/v1/keys", "/v1/decisions/{decision_id}":
    "/v1/decisions/{d}?view=full", "/v1/terminals/ports": "/v1/terminals/ports",
    "/v1/terminals/zones": "/v1/terminals/zones",
    "/v1/terminals/forecast": "/v1/terminals/forecast?lon=1.4&lat=51", "/v1/terminals/bursts/{encounter_id}":
    "/v1/terminals/bursts/{e}", "/v1/exclusion-zones": "/v1/exclusion-zones",
    "/v1/exclusion-zones/{zone_id}": "/v1/exclusion-zones/{z}",
}  # fmt: skip


def at(offset_s):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset_s))


def test_real_answers_are_of_their_schema(described, control, acting, encounter):
    """A watch: everything that is read after everything that can be recorded has been, and every answer on the way."""
    names = {}

    def send(method, path, body, status=200, **filled):
        answer = control.send(method.upper(), path.format(**names, **filled), body)
        assert answer.status_code == status, answer.text
        template = path.format(e="{encounter_id}", r="{reservation_id}", d="{decision_id}", k="{key_id}", p="{port_id}",
                               z="{zone_id}")  # fmt: skip
        assert problems(described, answered(described, method, template, status), answer.json()) == [], path
        return answer.json()

    send("put", "/v1/ports/{p}/status", {"status": "open"}, p="dover")
    send("put", "/v1/ports/{p}/capacity", {"places": {"total": 100}, "persons_per_hour": 60}, p="dover")
    send("put", "/v1/ports/{p}/reception", {"needs_met": True}, p="dover")
    report = {
        "position": encounter["position"],
        "persons": 40,
        "vessel": {"profile": "rnli-severn"},
        "medical": "urgent",
    }
    names["e"] = send("post", "/v1/encounters", report, 201)["encounter_id"]
    send("post", "/v1/encounters", report, 201)
    send("post", "/v1/encounters/{e}/reports", {"position": encounter["position"], "source": "drone"}, 201)
    directed = send("post", "/v1/encounters/{e}/direction", {"centre": "CROSS", "code": "A", "port_id": "calais"})
    withdrawal = {"direction": directed["sequence"], "centre": "CROSS", "text": "wrong vessel"}
    send("post", "/v1/encounters/{e}/direction/withdraw", withdrawal)
    offer = {"from_centre": "DOVER", "to_centre": "CROSS"}
    send("post", "/v1/encounters/{e}/coordination/offer", offer)
    send("post", "/v1/encounters/{e}/coordination/answer", {"reply": "accepted", "centre": "cross"})
    hold = {"port_id": "dover", "vessel": "Severn", "persons": {"total": 12}, "eta_at": at(3_600)}
    names["r"] = send("post", "/v1/reservations", hold | {"encounter_id": names["e"]}, 201)["reservation"][
        "reservation_id"
    ]
    override = {"code": "DUTY_TO_LIFE", "text": "no other port"}
    send("post", "/v1/reservations", hold | {"persons": {"total": 200}, "override": override}, 201)
    send("post", "/v1/reservations/{r}/extend", {"eta_at": at(5_000)})
    send("post", "/v1/reservations/{r}/transfer", {"to_vessel": "Ranger", "persons": {"total": 2}})
    send("post", "/v1/reservations/{r}/land", {"persons": {"total": 4}})
    for view, schema in (("full", "DecisionDocument"), ("brief", "BriefDocument"), ("line", "LineDocument")):
        decided = control.post(f"/v1/decisions?view={view}&lang=both", encounter).json()
        assert problems(described, {"$ref": f"#/components/schemas/{schema}"}, decided) == [], view
    names["d"] = decided["decision_id"]
    override = {"code": "MASTER_JUDGEMENT", "text": "nearer quay", "place": "a quay"}
    send("post", "/v1/decisions/{d}/override", override)
    names["z"] = send("post", "/v1/exclusion-zones", record_examples.ZONE_IN, 201)["zone_id"]
    send("put", "/v1/exclusion-zones/{z}", record_examples.ZONE_IN | {"name": "Vega"})
    acting("admin", "office")
    key = send("post", "/v1/keys", {"unit": "RNLI Severn", "role": "crew"}, 201)
    names["k"] = key["key_id"]
    send("post", "/v1/keys/{k}/rotate", {})
    acting("controller", "MRCC Dover SMC")
    page = control.get("/v1/handover").headers["safeport-page-sha256"]
    send("post", "/v1/handover", {"page_sha256": page, "handed_by": "day", "taken_by": "night"}, 201)
    for path, asked in READ.items():
        answer = control.get(asked.format(**names))
        assert answer.status_code == 200, (path, answer.text)
        assert problems(described, answered(described, "get", path, 200), answer.json()) == [], path
    send("post", "/v1/exclusion-zones/{z}/end", record_examples.ZONE_END_IN)
    send("post", "/v1/encounters/{e}/close", {"evidence": "all ashore"})
    send("post", "/v1/encounters/{e}/reopen", {"reason": "one more"})
    send("post", "/v1/reservations/{r}/release", {"reason": "other vessel"})


def test_every_get_is_among_them(described):
    streams = {"/v1/events", "/metrics", "/docs", "/v1/edxl-have", "/openapi.json"}
    assert {path for path, operations in described["paths"].items() if "get" in operations} == READ.keys() | streams


def test_the_description_is_made_of_the_application_as_it_is(client):
    """And not from a copy that somebody has to keep in step."""
    app = client.app
    assert describe(app)() is app.openapi()
