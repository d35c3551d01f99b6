"""``safeport plan``: one document or one page, refusals by field, and nothing else on standard output."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli.plan import solver_kept_quiet
from api.documents.decision import to_json
from api.plan.document import plan_document
from api.plan.propose import propose
from api.plan.request import plan_from

OCTOBER = Path(__file__).parents[1] / "plan" / "october_2024.json"


def test_json_is_one_document(safeport, service_with_streams):
    ran = safeport("plan", str(OCTOBER), "--json")
    assert ran.code == 0
    assert ran.err == ""
    body = json.loads(OCTOBER.read_text(encoding="utf-8"))
    assert ran.out == to_json(plan_document(propose(plan_from(body), service_with_streams, 0.0))) + "\n"


def test_text_leads_with_the_proposal(safeport):
    ran = safeport("plan", str(OCTOBER))
    assert ran.code == 0
    assert ran.out.startswith("PROPOSAL: 237 persons of 7 encounters")
    for heading in ("PLAN from 2024-10-05 0630 UTC", "BY PORT (UTC)", "BY TIME (UTC)", "BESIDE IT", "KNOW THIS"):
        assert heading in ran.out


def test_text_in_french(safeport):
    ran = safeport("plan", str(OCTOBER), "--lang", "fr")
    assert ran.out.startswith("PROPOSITION : 237 personnes")
    assert "À SAVOIR" in ran.out


def test_in_french_a_space_stands_before_the_colon(safeport, tmp_path):
    boats, ports = tmp_path / "boats.csv", tmp_path / "ports.csv"
    boats.write_text("id,position,persons\nC,51 03.0N 001 15.0E,30\n", encoding="utf-8")
    ports.write_text("id,places,persons_per_hour\ndover,10,30\n", encoding="utf-8")
    ran = safeport("plan", str(boats), "--ports", str(ports), "--lang", "fr")
    assert "C : Trop peu de places" in ran.out


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"{", "INPUT: is not JSON at line 1"),
        (b"\xff", "INPUT: is not UTF-8."),
        (b'{"time": NaN}', "INPUT: has NaN"),
        (b'{"a": 1, "a": 2}', "INPUT: an object has the key 'a' twice."),
        (b"[" * 100_000, "INPUT: is nested too deeply."),
        (b"[1]", "plan: is not a JSON object."),
        (b"{}", "--ports: there is no port"),
        (b'{"ports": [{"id": "dover"}]}', "encounters: is missing."),
        (b'{"encounters": [{"id": "A"}], "ports": [{"id": "dover"}]}', "boat 'A', position: is missing."),
    ],
)
def test_a_file_that_is_no_plan(safeport, tmp_path, content, field):
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    ran = safeport("plan", str(path))
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith(field)
    assert ran.err.count("\n") == 1


def test_a_missing_file_and_a_huge_one(safeport, tmp_path):
    assert safeport("plan", str(tmp_path / "none.json")).err.startswith("INPUT: the file cannot be read")
    huge = tmp_path / "huge.json"
    huge.write_bytes(b" " * 4_000_001)
    assert safeport("plan", str(huge)).err.startswith("INPUT: the file is larger")


def test_no_other_command_waits_for_the_solver():
    program = "import sys; import api.cli.main; sys.exit(bool({'scipy', 'api.plan', 'pydantic'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_what_the_library_prints_is_not_part_of_the_answer(capfd):
    os.write(1, b"before\n")
    with solver_kept_quiet():
        os.write(1, b"chatter\n")
    os.write(1, b"after\n")
    out, _ = capfd.readouterr()
    assert out == "before\nafter\n"
