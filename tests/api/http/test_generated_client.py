"""A client made of the description by a stock generator: no warnings, and a watch's work on a real server."""

import importlib.util
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from api.http import create_app
from tests.api.http.live_server import serving

NAME = "safeport_generated_client"


@pytest.fixture(scope="module")
def description(client, tmp_path_factory):
    file = tmp_path_factory.mktemp("description") / "openapi.json"
    file.write_bytes(client.get("/openapi.json").content)
    return file


def generate(description, folder):
    """Package in `folder`, made by the generator as anybody would; what it says."""
    # It looks for ruff, to put its files in order, where its own interpreter is.
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])  # noqa: PTH120
    return subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", "--path", description, "--output-path", folder,
         "--meta", "none", "--fail-on-warning"],
        capture_output=True, text=True, timeout=300, check=False, env={**os.environ, "PATH": path},
    )  # fmt: skip


@pytest.fixture(scope="module")
def package(description, tmp_path_factory):
    """The generated package, imported; nothing of it stays in this process."""
    folder = tmp_path_factory.mktemp("generated") / NAME
    made = generate(description, folder)
    assert (made.returncode, "WARNING" in made.stdout + made.stderr) == (0, False), made.stdout + made.stderr
    spec = importlib.util.spec_from_file_location(
        NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    spec.loader.exec_module(module)
    yield module
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def generated(package):
    """Module of the package by its name."""
    return lambda name: importlib.import_module(f"{NAME}.{name}")


def test_every_operation_is_there(description, package, generated):
    described = json.loads(description.read_text())
    for operations in described["paths"].values():
        for operation in operations.values():
            module = generated(f"api.{operation['tags'][0]}.{operation['operationId']}")
            assert callable(module.sync_detailed)
    models = generated("models")
    for name in described["components"]["schemas"]:
        assert hasattr(models, name.replace("-", "")), name


def test_that_check_would_notice_what_the_generator_cannot_use(description, tmp_path):
    document = json.loads(description.read_text())
    document["components"]["schemas"]["HoldIn"]["properties"]["persons"] = {"$ref": "#/components/schemas/Nothing"}
    broken = tmp_path / "openapi.json"
    broken.write_text(json.dumps(document))
    assert generate(broken, tmp_path / NAME).returncode != 0


def test_it_makes_a_decision_a_report_a_hold_and_a_handover(service, store, package, generated, encounter):
    models, at = generated("models"), datetime.now(UTC)

    def ask(operation, status, **options):
        answer = generated(f"api.{operation}").sync_detailed(client=connection, **options)
        assert answer.status_code == status, answer.content
        assert answer.parsed is not None
        return answer.parsed

    def body(model, **values):
        return getattr(models, model).from_dict(values)

    with serving(create_app(service, store=store)) as base:
        connection = package.AuthenticatedClient(base_url=base, token="not looked at", raise_on_unexpected_status=True)
        with connection:
            # A decision, in each view.
            wanted = body("EncounterIn", **encounter)
            brief = ask("decisions.create_decision", 200, body=wanted)
            assert (brief.outcome, brief.recommended.port.id) == ("suitable", "dover")
            full = ask("decisions.create_decision", 200, body=wanted, view=models.CreateDecisionView.FULL)
            assert full.decision_id == brief.decision_id
            assert len(full.candidates) + len(full.excluded) == len(service.world.ports)
            assert full.recommended.findings[0].class_
            line = ask("decisions.create_decision", 200, body=wanted, view=models.CreateDecisionView.LINE)
            assert "Dover" in line.line.en or "DOVER" in line.line.en
            assert ask("decisions.read_decision", 200, decision_id=brief.decision_id).outcome == "suitable"

            # What a port reports.
            places = body("CapacityIn", places={"total": 100, "families": 20}, persons_per_hour=60)
            assert ask("live.put_port_capacity", 200, port_id="dover", body=places).capacity.places.total == 100
            status = body("PortStatusIn", status="open")
            assert ask("live.put_port_status", 200, port_id="dover", body=status).status.status == "open"
            assert ask("live.read_live_port", 200, port_id="dover").places_left.total == 100

            # A report of people at sea, and a hold for them.
            opened = ask("encounters.report_encounter", 201, body=body(
                "ReportIn", source="vessel", position=encounter["position"], observed_at=at.isoformat(),
                persons={"min": 55, "max": 60},
            ))  # fmt: skip
            held = ask("reservations.hold_places", 201, idempotency_key="hold-1", body=body(
                "HoldIn", port_id="dover", vessel="RNLI Dover", persons={"total": 60, "families": 6},
                eta_at=(at + timedelta(hours=1)).isoformat(), encounter_id=opened.encounter_id,
            ))  # fmt: skip
            assert (held.reservation.state, held.places_left.total) == ("held", 40)
            name = held.reservation.reservation_id
            confirmed = ask("reservations.confirm_reservation", 200, reservation_id=name)
            assert confirmed.reservation.state == "confirmed"
            assert [
                reservation.reservation_id for reservation in ask("reservations.read_reservations", 200).reservations
            ] == [name]

            # The handover, read and signed.
            page = generated("api.records.read_handover").sync_detailed(client=connection)
            assert [reservation.reservation_id for reservation in page.parsed.reservations] == [name]
            assert len(page.parsed.open_encounters) == 1
            signed = ask("records.sign_handover", 201, body=body(
                "SignIn", page_sha256=page.headers["safeport-page-sha256"], handed_by="day SMC", taken_by="night SMC",
            ))  # fmt: skip
            assert signed.taken_by == "night SMC"

            # A refusal is a problem, whatever was asked for.
            refused = generated("api.ports.read_port").sync(client=connection, port_id="nowhere")
            assert (type(refused).__name__, refused.code) == ("ProblemDocument", "UNKNOWN_PORT")
            assert ask("forecast.read_forecast", 200).forecast is None
