"""Tide of a port over HTTP."""

import pytest

from api.cli.main import main


def test_the_bytes_are_those_of_the_command_line(client, capsys):
    answer = client.get("/v1/ports/GBDVR/tide", params={"from": "2026-03-20T12:00:00Z", "hours": "48"})
    assert answer.status_code == 200
    assert main(["tide", "dover", "--from", "2026-03-20T12:00:00Z", "--hours", "48", "--json"]) == 0
    assert answer.text == capsys.readouterr().out.rstrip("\n")


def test_left_out_it_is_now_and_a_day(client):
    assert len(client.get("/v1/ports/dover/tide").json()["heights"]) == 145


def test_a_port_without_a_basis_is_answered(client):
    answer = client.get("/v1/ports/london/tide")
    assert (answer.status_code, answer.json()["code"]) == (200, "TIDE_UNKNOWN")


@pytest.mark.parametrize(
    ("path", "status", "pointer"),
    [
        ("/v1/ports/atlantis/tide", 404, None),
        ("/v1/ports/dover/tide?hours=0", 422, "/hours"),
        ("/v1/ports/dover/tide?hours=745", 422, "/hours"),
        ("/v1/ports/dover/tide?hours=many", 422, "/hours"),
        ("/v1/ports/dover/tide?from=2026-03-20T12:00:00", 422, "/from"),
        ("/v1/ports/dover/tide?hours=1&hours=2", 422, "/hours"),
    ],
)
def test_refusals(client, path, status, pointer):
    answer = client.get(path)
    assert answer.status_code == status
    if pointer is not None:
        assert answer.json()["errors"][0]["pointer"] == pointer
