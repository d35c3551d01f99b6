"""Every command that documents show for the HTTP service is run, in its order, against a real service with a store."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from api.http import create_app
from tests.api.http.live_server import serving

ROOT = Path(__file__).parents[3]
SHOWN = "http://127.0.0.1:8000"
STREAMS = ("curl -sN",)
"""What ends only when somebody ends it; `test_events` has those."""


def shell_blocks(name):
    """Blocks of a document in the shell's language: those marked so, or those that begin with curl."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return [
        block
        for language, block in re.findall(r"```(\w*)\n(.*?)```", text, re.DOTALL)
        if language == "sh" or block.startswith(("curl -s http://127.0.0.1:8000/v1", "curl -s -X", "ENCOUNTER=$(curl"))
    ]


def run(script, base, folder):
    """What a script prints, each command's own output between lines of its own; it ends at the first that fails."""
    # `--fail-with-body`: an answer of 400 and above ends the script, and is shown.
    curl = 'curl() { command curl --fail-with-body "$@" && printf "\\n"; }\n'
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", curl + script.replace(SHOWN, base)],
        capture_output=True, text=True, timeout=120, cwd=folder, check=False,
    )  # fmt: skip


needs_curl = pytest.mark.skipif(
    shutil.which("curl") is None or shutil.which("jq") is None or shutil.which("bash") is None,
    reason="the commands are written for bash with curl and jq",
)


def documents_of(printed):
    return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]


@needs_curl
@pytest.mark.parametrize(("name", "least"), [("docs/api.md", 7), ("docs/service.md", 2)])
def test_every_command_shown_is_answered(service, store, tmp_path, name, least):
    blocks = shell_blocks(name)
    assert len(blocks) >= least
    lines = "\n".join(blocks).splitlines()
    script = "\n".join(line for line in lines if not line.startswith(STREAMS))
    with serving(create_app(service, store=store)) as base:
        done = run(script, base, tmp_path)
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr
    documents = documents_of(done.stdout)
    assert len(documents) >= script.count("curl ") - script.count("$(curl") - script.count("| curl") - 1
    assert not [document for document in documents if document.get("type", "").startswith("urn:safeport:problem")]
    if name == "docs/api.md":
        page_of_the_watch(documents, store)


def page_of_the_watch(documents, store):
    """What the commands of the page say they do has been done."""
    kinds = [row["kind"] for row in store.audit(0, 1_000)]
    for kind in (
        "encounter.reported",
        "port.status",
        "port.capacity",
        "reservation.held",
        "reservation.confirmed",
        "reservation.landed",
        "direction.recorded",
        "handover.signed",
        "encounter.closed",
        "decision.made",
    ):
        assert kind in kinds, (kind, kinds)
    board = next(document for document in documents if "encounters" in document)
    assert [row["decided"]["vessel"] for row in board["encounters"]] == ["rnli-severn"]
    assert next(document for document in documents if "engine_view" in document)["answer"] == "direction"


@needs_curl
def test_that_check_would_notice_a_command_that_is_refused(service, tmp_path):
    with serving(create_app(service)) as base:
        for wrong in (
            f"curl -s {SHOWN}/v1/nowhere",
            f"curl -s '{SHOWN}/v1/ports?colour=red'",
            f"X=$(curl -s {SHOWN}/v1/nowhere | jq .code)\ncurl -s {SHOWN}/healthz",
        ):
            assert run(wrong, base, tmp_path).returncode != 0, wrong
