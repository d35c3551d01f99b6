import pytest

from api.encounter import EncounterIn
from api.http import examples, plan_examples, plan_shapes, shapes
from api.plan.request import PlanIn

PATHS = {
    "/v1/decisions",
    "/v1/decisions/{decision_id}",
    "/v1/decisions/{decision_id}/override",
    "/v1/distances",
    "/v1/ports",
    "/v1/ports/{port_id}",
    "/v1/ports/{port_id}/tide",
    "/v1/plans",
    "/v1/ports/{port_id}/status",
    "/v1/ports/{port_id}/capacity",
    "/v1/ports/{port_id}/reception",
    "/v1/ports/{port_id}/live",
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
                    assert schema == {"$ref": "#/components/schemas/ProblemShape"}
    assert seen == {"400", "403", "404", "409", "413", "415", "422", "503"}


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


@pytest.mark.parametrize("example", examples.ENCOUNTERS.values(), ids=examples.ENCOUNTERS.keys())
def test_request_examples_are_answered(client, example):
    EncounterIn.model_validate(example["value"])
    assert client.decide(example["value"]).status_code == 200


@pytest.mark.parametrize("example", plan_examples.PLANS.values(), ids=plan_examples.PLANS.keys())
def test_plan_examples_are_answered_as_shown(client, example):
    PlanIn.model_validate(example["value"])
    answer = client.plan(example["value"])
    assert answer.status_code == 200
    document = answer.json()
    plan_shapes.PlanShape.model_validate(document)
    assert document.keys() == plan_shapes.PlanShape.model_fields.keys() == plan_examples.PLAN.keys()
    (shown,), (made, *_) = plan_examples.PLAN["encounters"], document["encounters"]
    assert made.keys() == shown.keys()
    assert [part.keys() for part in made["parts"]] == [part.keys() for part in shown["parts"]]


@pytest.mark.parametrize(
    ("shape", "example"),
    [
        (shapes.DecisionShape, examples.DECISION),
        (shapes.DistanceShape, examples.DISTANCE),
        (shapes.PortFactsShape, examples.PORT),
        (shapes.PortsShape, examples.PORTS),
        (shapes.TideShape, examples.TIDE),
        (shapes.ProblemShape, examples.PROBLEM),
        (plan_shapes.PlanShape, plan_examples.PLAN),
    ],
)
def test_answer_examples_have_the_shape_described(shape, example):
    shape.model_validate(example)


def test_real_answers_have_the_shape_described(client, encounter):
    document = client.decide(encounter).json()
    shapes.DecisionShape.model_validate(document)
    assert document.keys() == shapes.DecisionShape.model_fields.keys() == examples.DECISION.keys()
    shapes.PortsShape.model_validate(client.get("/v1/ports").json())
    shapes.DistanceShape.model_validate(client.get("/v1/distances?from=dover&to=calais").json())
    tide = client.get("/v1/ports/dover/tide").json()
    shapes.TideShape.model_validate(tide)
    assert tide.keys() == examples.TIDE.keys()
    shapes.ProblemShape.model_validate(client.decide({}).json())
    shapes.HealthShape.model_validate(client.get("/healthz").json())
    shapes.ReadyShape.model_validate(client.get("/readyz").json())


def test_the_example_of_a_problem_is_what_is_answered(client):
    assert client.decide({"position": {"type": "Point", "coordinates": [-1.0, 52.0]}}).json() == examples.PROBLEM
