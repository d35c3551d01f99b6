"""Completion scripts: valid for their shell, complete, and at work in bash."""

import re
import shutil
import subprocess

import pytest

from api.cli.main import COMMANDS

SHELLS = ("bash", "zsh", "fish")


@pytest.fixture(scope="module")
def scripts():
    import contextlib
    import io

    from api.cli.main import main

    made = {}
    for shell in SHELLS:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            assert main(["completion", shell]) == 0
        made[shell] = out.getvalue()
    return made


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_valid(scripts, shell, tmp_path):
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    file = tmp_path / f"safeport.{shell}"
    file.write_text(scripts[shell])
    checked = subprocess.run([shell, "-n", str(file)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_has_every_command_and_the_names(scripts, shell, service):
    words = set(re.findall(r"[\w-]+", scripts[shell]))
    assert set(COMMANDS) <= words
    assert {port.id for port in service.world.ports} <= words
    assert set(service.vessels) <= words
    assert {"nearest-time", "strict-evidence"} <= words
    assert not re.search(r"/(?:home|root|work|tmp)/", scripts[shell])


def _offered(script, *words):
    """What bash offers for the last of some words."""
    typed = " ".join(f"'{word}'" for word in ("safeport", *words))
    lines = f"""
source {script}
COMP_WORDS=({typed})
COMP_CWORD={len(words)}
_shtab_safeport
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    ran = subprocess.run(["bash", "--norc", "-c", lines], capture_output=True, text=True, check=True)
    return ran.stdout.split()


@pytest.mark.parametrize(
    ("words", "among"),
    [
        (("dec",), {"decide"}),
        (("decide", "--dra"), {"--draught-m"}),
        (("decide", "--vessel", "rnli-s"), {"rnli-severn", "rnli-shannon"}),
        (("decide", "--policy", "near"), {"nearest-time", "nearest-distance"}),
        (("decide", "--medical", ""), {"none", "urgent", "critical"}),
        (("tide", "dov"), {"dover"}),
        (("distance", "dover", "cal"), {"calais", "calshot"}),
        (("ports", "--country", "G"), {"GB", "GG"}),
        (("ports", "--kind", "mar"), {"marina"}),
        (("completion", ""), set(SHELLS)),
        (("audit", "ver"), {"verify"}),
    ],
)
def test_bash_offers(scripts, tmp_path, words, among):
    if shutil.which("bash") is None:
        pytest.skip("no bash here")
    file = tmp_path / "safeport.bash"
    file.write_text(scripts["bash"])
    assert set(_offered(file, *words)) == among


def test_bash_offers_no_port_for_a_time(scripts, tmp_path):
    if shutil.which("bash") is None:
        pytest.skip("no bash here")
    file = tmp_path / "safeport.bash"
    file.write_text(scripts["bash"])
    assert "dover" not in _offered(file, "tide", "dover", "--from", "")


def test_another_shell_is_refused(safeport):
    ran = safeport("completion", "tcsh")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("shell: ")
