import pytest
from pydantic import TypeAdapter

from api.board import BoardDocument, StandingDocument
from api.documents.decision_types import BriefDocument, DecisionDocument, LineDocument
from api.encounter import EncounterIn
from api.http.problems import ProblemDocument
from api.http.routes.exchange import ExchangeDocument
from api.http.routes.records import VerifiedChain
from api.http.schemas import decision_examples, plan_examples, record_examples, requests
from api.plan.plan_types import PlanDocument
from api.plan.request import PlanIn
from api.store.audit import AuditDocument
from api.store.directions import DirectionDocument, OverrideDocument
from api.store.encounters import EncounterClosed, EncounterDocument, EncounterReopened, ReportedEncounter
from api.store.handover import HandoverDocument, SignedHandover
from api.store.keys import KeyDocument, KeysDocument, NewKeyDocument
from api.store.ports import PortCapacity, PortLive, PortReception, PortsLive, PortStatus
from api.store.reservations import ReservationChange, StandingReservation, StandingReservations

CHANGES_NOTHING = {"/v1/plans"}
"""What is posted only because it is too large for a query."""

PATHS = {
    "/",
    "/docs",
    "/openapi.json",
    "/v1/forecast",
    "/v1/decisions",
    "/v1/decisions/{decision_id}",
    "/v1/decisions/{decision_id}/override",
    "/v1/distances",
    "/v1/streams",
    "/v1/vessels",
    "/v1/policies",
    "/v1/ports",
    "/v1/ports/live",
    "/v1/ports/{port_id}",
    "/v1/ports/{port_id}/tide",
    "/v1/plans",
    "/v1/ports/{port_id}/status",
    "/v1/ports/{port_id}/capacity",
    "/v1/ports/{port_id}/reception",
    "/v1/ports/{port_id}/live",
    "/v1/edxl-have",
    "/v1/encounters",
    "/v1/encounters/{encounter_id}",
    "/v1/encounters/{encounter_id}/reports",
    "/v1/encounters/{encounter_id}/close",
    "/v1/encounters/{encounter_id}/reopen",
    "/v1/encounters/{encounter_id}/direction",
    "/v1/encounters/{encounter_id}/direction/withdraw",
    "/v1/encounters/{encounter_id}/standing",
    "/v1/encounters/{encounter_id}/coordination/offer",
    "/v1/encounters/{encounter_id}/coordination/answer",
    "/v1/exclusion-zones",
    "/v1/exclusion-zones/{zone_id}",
    "/v1/exclusion-zones/{zone_id}/end",
    "/v1/reservations",
    "/v1/terminals/messages",
    "/v1/terminals/ports",
    "/v1/terminals/zones",
    "/v1/terminals/forecast",
    "/v1/terminals/bursts",
    "/v1/terminals/bursts/{encounter_id}",
    "/v1/reservations/{reservation_id}",
    "/v1/reservations/{reservation_id}/confirm",
    "/v1/reservations/{reservation_id}/extend",
    "/v1/reservations/{reservation_id}/release",
    "/v1/reservations/{reservation_id}/land",
    "/v1/reservations/{reservation_id}/transfer",
    "/v1/handover",
    "/v1/audit",
    "/v1/audit/verify",
    "/v1/events",
    "/v1/keys",
    "/v1/keys/{key_id}",
    "/v1/keys/{key_id}/rotate",
    "/metrics",
    "/healthz",
    "/readyz",
}


@pytest.fixture(scope="module")
def described(client):
    return client.get("/openapi.json").json()


def test_it_describes_every_route(described):
    assert described["openapi"].startswith("3.1.")
    assert described["info"]["title"] == "safeport"
    assert described["paths"].keys() == PATHS
    tags = {tag["name"] for tag in described["tags"]}
    for operations in described["paths"].values():
        for operation in operations.values():
            assert operation["summary"]
            assert set(operation["tags"]) <= tags


def test_every_error_is_a_problem_document(described):
    seen = set()
    for operations in described["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    seen.add(status)
                    assert response["content"].keys() == {"application/problem+json"}
                    schema = response["content"]["application/problem+json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/ProblemDocument"}
    assert seen == {
        "400", "401", "403", "404", "408", "409", "410", "412", "413", "415", "422", "429", "500", "503", "default",
    }  # fmt: skip


def test_every_reference_leads_somewhere(described):
    names = described["components"]["schemas"].keys()

    def references(node):
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    found = set(references(described["paths"])) | set(references(described["components"]))
    assert {reference.removeprefix("#/components/schemas/") for reference in found} == set(names)


def test_unknown_fields_are_refused_by_the_description_too(described):
    schemas = described["components"]["schemas"]
    for name in ("EncounterIn", "VesselIn", "PersonsIn", "PointIn", "PlanIn", "PlanEncounterIn", "PortFiguresIn"):
        assert schemas[name]["additionalProperties"] is False


@pytest.mark.parametrize("example", decision_examples.ENCOUNTERS.values(), ids=decision_examples.ENCOUNTERS.keys())
def test_request_examples_are_answered(client, example):
    EncounterIn.model_validate(example["value"])
    assert client.decide(example["value"]).status_code == 200


@pytest.mark.parametrize("example", plan_examples.PLANS.values(), ids=plan_examples.PLANS.keys())
def test_plan_examples_are_answered_as_shown(client, example):
    PlanIn.model_validate(example["value"])
    answer = client.plan(example["value"])
    assert answer.status_code == 200
    document = answer.json()
    TypeAdapter(PlanDocument).validate_python(document)
    assert document.keys() == PlanDocument.__annotations__.keys() == plan_examples.PLAN.keys()
    (shown,), (made, *_) = plan_examples.PLAN["encounters"], document["encounters"]
    assert made.keys() == shown.keys()
    assert [part.keys() for part in made["parts"]] == [part.keys() for part in shown["parts"]]


@pytest.mark.parametrize(
    ("shape", "example"),
    [
        (DecisionDocument, decision_examples.DECISION),
        (BriefDocument, decision_examples.BRIEF),
        (LineDocument, decision_examples.LINE),
        (ProblemDocument, decision_examples.PROBLEM),
        (PortStatus, record_examples.STATUS),
        (PortCapacity, record_examples.CAPACITY),
        (PortReception, record_examples.RECEPTION),
        (PortLive, record_examples.PORT_LIVE),
        (PortsLive, record_examples.PORTS_LIVE),
        (ExchangeDocument, record_examples.EXCHANGE),
        (ReservationChange, record_examples.RESERVATION_CHANGE),
        (StandingReservation, record_examples.STANDING_RESERVATION),
        (StandingReservations, record_examples.RESERVATIONS),
        (ReportedEncounter, record_examples.REPORTED),
        (EncounterDocument, record_examples.ENCOUNTER),
        (BoardDocument, record_examples.ENCOUNTERS_OPEN),
        (EncounterClosed, record_examples.CLOSED),
        (EncounterReopened, record_examples.REOPENED),
        (DirectionDocument, record_examples.DIRECTION),
        (StandingDocument, record_examples.STANDING),
        (OverrideDocument, record_examples.OVERRIDE),
        (HandoverDocument, record_examples.HANDOVER),
        (SignedHandover, record_examples.SIGNED),
        (AuditDocument, record_examples.AUDIT),
        (VerifiedChain, record_examples.VERIFIED),
        (KeyDocument, record_examples.KEY),
        (KeysDocument, record_examples.KEYS),
        (NewKeyDocument, record_examples.NEW_KEY),
    ],
)
def test_answer_examples_have_the_shape_described(shape, example):
    TypeAdapter(shape).validate_python(example)


@pytest.mark.parametrize(
    ("body", "example"),
    [
        (requests.PortStatusIn, record_examples.STATUS_IN), (requests.CapacityIn, record_examples.CAPACITY_IN),
        (requests.ReceptionIn, record_examples.RECEPTION_IN), (requests.HoldIn, record_examples.HOLD_IN),
        (requests.ExtendIn, record_examples.EXTEND_IN), (requests.ReleaseIn, record_examples.RELEASE_IN),
        (requests.LandIn, record_examples.LAND_IN), (requests.TransferIn, record_examples.TRANSFER_IN),
        (requests.ReportIn, record_examples.REPORT_IN), (requests.CloseIn, record_examples.CLOSE_IN),
        (requests.ReopenIn, record_examples.REOPEN_IN), (requests.DirectionIn, record_examples.DIRECTION_IN),
        (requests.OverrideIn, record_examples.OVERRIDE_IN), (requests.SignIn, record_examples.SIGN_IN),
        (requests.KeyIn, record_examples.KEY_IN), (requests.RotateIn, record_examples.ROTATE_IN),
    ],
)  # fmt: skip
def test_request_examples_of_records_are_understood(body, example):
    body.model_validate(example)


def test_every_change_can_be_sent_twice(described):
    """Every operation that changes something names the idempotency key, and no other does.

    Keys are made once too, but what was answered first is kept nowhere: a repeat is told so.
    """
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            names = {given["name"] for given in operation.get("parameters", ())}
            changes = method != "get" and path not in CHANGES_NOTHING
            assert ("Idempotency-Key" in names) is changes, (method, path)


def test_real_answers_have_the_shape_described(client, encounter):
    document = client.decide(encounter).json()
    TypeAdapter(DecisionDocument).validate_python(document)
    always = {DecisionDocument: decision_examples.DECISION, BriefDocument: decision_examples.BRIEF}
    for described, example in always.items():
        assert described.__required_keys__ == example.keys()
    assert document.keys() == DecisionDocument.__required_keys__
    brief = client.decide(encounter, "").json()
    TypeAdapter(BriefDocument).validate_python(brief)
    assert brief.keys() == BriefDocument.__required_keys__
    assert brief["recommended"].keys() == decision_examples.BRIEF["recommended"].keys()
    line = client.decide(encounter, "?view=line").json()
    TypeAdapter(LineDocument).validate_python(line)
    assert line.keys() == LineDocument.__required_keys__ == decision_examples.LINE.keys()
    tide = client.get("/v1/ports/dover/tide").json()
    assert tide.keys() == decision_examples.TIDE.keys()
    TypeAdapter(ProblemDocument).validate_python(client.decide({}).json())


def test_a_generator_can_use_it(described):
    """No reference beside a type, every name once, short operation ids, a server."""
    ids = [operation["operationId"] for operations in described["paths"].values() for operation in operations.values()]
    assert len(set(ids)) == len(ids)
    assert all("_v1_" not in name and len(name) <= 24 for name in ids)
    titles = [schema["title"] for schema in described["components"]["schemas"].values() if "title" in schema]
    assert len(set(titles)) == len(titles)
    assert all("__" not in name for name in described["components"]["schemas"])
    assert described["servers"] == [{"url": "/"}]

    def schemas(node):
        if isinstance(node, dict):
            yield node
            for value in node.values():
                yield from schemas(value)
        elif isinstance(node, list):
            for value in node:
                yield from schemas(value)

    beside = [node for node in schemas(described["paths"]) if "type" in node and ("$ref" in node or "anyOf" in node)]
    assert beside == []


def test_the_example_of_a_problem_is_what_is_answered(client):
    assert (
        client.decide({"position": {"type": "Point", "coordinates": [-1.0, 52.0]}}).json() == decision_examples.PROBLEM
    )
