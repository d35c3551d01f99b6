"""Guarantees of this project that no single module can keep alone."""

import ast
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli.main import parser
from api.encounter import EncounterIn
from api.http.schemas import requests
from api.text.messages import RULE_TITLE, WORDING
from engine.codes import HARD_CODES, INFO_CODES, RULE_WEIGHT, Code, Rule, Weight
from engine.policy import KEYS
from geodata.policies import policy_names, read_policy

ROOT = Path(__file__).resolve().parents[2]
CODE_FOLDERS = ("engine", "geodata", "api")

WAITING = {
    # Nothing says so yet; the codes are reserved so that nobody gives them another meaning.
    Code.NIGHT_ENTRY_UNLIT,
    Code.BANK_HAZARD,
    Code.ZONE_RESTRICTED,
    Code.POS_OK,
}


def source_of(folders=CODE_FOLDERS):
    return {path: path.read_text(encoding="utf-8") for folder in folders for path in (ROOT / folder).rglob("*.py")}


def test_no_reason_code_is_dead():
    used = "\n".join(text for path, text in source_of(("engine",)).items() if path.name != "codes.py")
    unused = {code for code in Code if not re.search(rf"Code\.{code.name}\b", used)}
    assert unused - {Code.POS_INVALID} == WAITING


def test_every_code_speaks_both_languages_and_cites_something():
    assert set(WORDING) == set(Code)
    assert all(wording.text.en and wording.text.fr and wording.citation for wording in WORDING.values())
    assert set(RULE_TITLE) == set(Rule)


def test_every_notice_has_a_level():
    assert {code for code in Code if 500 <= code < 900} <= {code for code, wording in WORDING.items() if wording.level}


def test_weights_are_consistent():
    assert not HARD_CODES & INFO_CODES
    assert {rule for rule, weight in RULE_WEIGHT.items() if weight == Weight.HARD}
    assert set(RULE_WEIGHT) == set(Rule)


@pytest.mark.parametrize("name", policy_names())
def test_every_policy_reads_and_says_its_effect_in_one_sentence(name):
    policy = read_policy(name)
    assert policy.name == name
    for sentence in (policy.sentence_en, policy.sentence_fr):
        assert sentence.endswith(".")
        assert sentence.count(". ") == 0
    assert policy.key in KEYS
    assert len(policy.sha256) == 64


WHO_PEOPLE_ARE = re.compile(
    r"nationality|citizenship|asylum|refugee|migrant|immigra|passport|ethnic|religio|legal_status", re.IGNORECASE
)


def field_names(model, seen=()):
    for name, field in model.model_fields.items():
        yield name
        for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(part, type) and hasattr(part, "model_fields") and part not in seen:
                yield from field_names(part, (*seen, part))


def test_nothing_about_who_the_people_are_can_be_entered():
    names = set(field_names(EncounterIn))
    assert {"position", "persons", "medical", "speed_kn", "min"} <= names
    assert not [name for name in names if WHO_PEOPLE_ARE.search(name)]


def test_nothing_about_who_the_people_are_can_be_recorded_either():
    models = [var for var in vars(requests).values() if isinstance(var, type) and issubclass(var, requests.Body)]
    assert len(models) > 15
    assert not [name for model in models for name in field_names(model) if WHO_PEOPLE_ARE.search(name)]


def test_that_guard_would_notice():
    assert WHO_PEOPLE_ARE.search("persons_nationality")


def forbidden_calls(text):
    """Clock, randomness and files in a module, by syntax."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today"):
            found.append(node.attr)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("open", "print", "input")
        ):
            found.append(node.func.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr == "random":
            found.append("random")
    return found


def test_the_engine_has_no_clock_no_file_and_no_dice():
    for path, text in source_of(("engine",)).items():
        assert not forbidden_calls(text), path.relative_to(ROOT)


def test_that_guard_would_notice_too():
    found = forbidden_calls("datetime.datetime.now()\nopen('x')\nnumpy.random.rand()")
    assert set(found) == {"now", "open", "random"}


def test_fastmath_is_nowhere():
    pattern = re.compile(r"fastmath\s*=")
    assert not [path for path, text in source_of().items() if pattern.search(text)]


def test_options_of_the_compiler_stand_in_one_place():
    assert [path.name for path, text in source_of().items() if re.search(r"\bnjit\(", text)] == ["jit.py"]


def test_import_contracts_hold():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("opens", "loads"), [("the program", False), ("a GRIB file", True)])
def test_only_whoever_reads_grib_loads_its_library(opens, loads):
    """Loaded before psycopg it crashes the process at its end; see tests/conftest.py."""
    modules = "api.cli.main, api.http.app, api.store.postgresql, geodata.forecast.fetch"
    imports = modules if opens == "the program" else "geodata.forecast.grib"
    program = f"import sys, {imports}; sys.exit('eccodes' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == loads, done.stderr


SHOWING_COMMANDS = ("README.md", "docs/cli.md", "docs/replay.md", "docs/service.md")


def commands_of_documents():
    text = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in SHOWING_COMMANDS)
    joined = text.replace("\\\n", " ")
    return sorted(
        {line.strip().removeprefix("$ ") for line in joined.splitlines() if line.strip().startswith("$ safeport")}
    )


def test_the_documents_show_commands():
    assert len(commands_of_documents()) >= 15


@pytest.mark.parametrize("command", commands_of_documents())
def test_every_command_shown_in_a_document_runs(command, tmp_path):
    arguments = shlex.split(command)[1:]
    (tmp_path / "encounters.csv").write_text(
        "encounter_id,time,lon,lat,persons,vessel\na,2022-01-13T05:00:00Z,1.25,51.05,30,rnli-shannon\n",
        encoding="utf-8",
    )
    # What would serve, build or need a store is read by the parser, and shows its help instead.
    if arguments[0] in ("serve", "db", "audit", "keys") or arguments[:2] == ["geodata", "build"]:
        assert parser().parse_args(arguments).run is not None
        arguments = [*arguments[: 1 if arguments[0] == "serve" else 2], "--help"]
    done = run_command(arguments, folder=tmp_path if arguments[0] == "replay" else ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_answer_shown_in_the_readme_is_the_answer_given():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = text.split("--recovered 30 --in-water no\n\n", 1)[1].split("\n```", 1)[0]
    command = next(c for c in commands_of_documents() if "--recovered 30" in c)
    assert run_command(shlex.split(command)[1:]).stdout.rstrip() == shown.rstrip()


def run_command(arguments, folder=ROOT):
    program = "import sys; from api.cli.main import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_that_check_would_notice_a_command_that_does_not_run():
    assert run_command(["decide", "--position", "nowhere"]).returncode == 2


@pytest.mark.parametrize(
    "name",
    [
        *("README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md", "DATA-LICENSES.md"),
        *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
    ],
)
def test_documents_point_at_files_that_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for path in re.findall(r"`((?:engine|geodata|api|bench|tests|docs|requirements)/[\w./-]*)`", text):
        assert (ROOT / path).exists(), path


def test_every_test_that_is_left_out_as_slow_is_there():
    """A name nobody has any more would leave its successor in."""
    names = (ROOT / "tests" / "slow_tests.txt").read_text(encoding="utf-8").split()
    assert len(names) == len(set(names)) > 20
    for path, name in (line.split("::") for line in names):
        assert f"def {name}(" in (ROOT / "tests" / path).read_text(encoding="utf-8"), (path, name)


def test_lock_files_name_no_index():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text), path.name


def compiled_functions(sources):
    """Compiled functions by module and name: their decorator, and the functions they call by module and name."""
    found = {}
    for module, text in sources.items():
        body = ast.parse(text).body
        imported = {
            name.asname or name.name: (node.module, name.name)
            for node in body
            if isinstance(node, ast.ImportFrom)
            for name in node.names
        }
        for node in body:
            if isinstance(node, ast.FunctionDef) and node.decorator_list:
                decorator = node.decorator_list[0]
                if isinstance(decorator, ast.Name) and decorator.id.endswith("kernel"):
                    calls = {
                        imported.get(call.func.id, (module, call.func.id))
                        for call in ast.walk(node)
                        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
                    }
                    found[module, node.name] = (decorator.id, calls)
    return found


def leaves_that_call_others(sources):
    found = compiled_functions(sources)
    return {
        (name, called_name)
        for (_, name), (decorator, calls) in found.items()
        for called_module, called_name in calls
        if decorator.endswith("leaf_kernel") and found.get((called_module, called_name), ("",))[0] == "kernel"
    }


def modules_of(*folders):
    """Sources by name of module."""
    return {".".join(path.relative_to(ROOT).with_suffix("").parts): text for path, text in source_of(folders).items()}


def test_what_does_not_count_arrays_calls_nothing_that_makes_them():
    """A leaf that got an array from somewhere would never give it back."""
    sources = modules_of("engine")
    assert len(compiled_functions(sources)) > 100
    assert not leaves_that_call_others(sources)


def test_that_check_would_notice_a_leaf_that_calls_another_kernel():
    leaf = "@leaf_kernel\ndef leaf(n):\n    return makes(n)\n"
    makes = "@kernel\ndef makes(n):\n    return n\n\n\n"
    assert leaves_that_call_others({"one": makes + leaf}) == {("leaf", "makes")}
    # Another module may have a harmless function of the same name.
    harmless = makes.replace("@kernel", "@inlined_kernel")
    elsewhere = {"one": makes, "two": f"from one import makes\n\n\n{leaf}", "z": harmless}
    assert leaves_that_call_others(elsewhere) == {("leaf", "makes")}
    assert not leaves_that_call_others({**elsewhere, "two": f"from z import makes\n\n\n{leaf}"})


MOST_ARGUMENTS = 8
"""More at a time nobody keeps apart by their places; what belongs together is one named tuple (ADR 39)."""


def too_many_arguments(sources):
    """Compiled functions that take more, and values that are made of more by place."""
    compiled = {name for _, name in compiled_functions(sources)}
    for text in sources.values():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.name in compiled:
                taken = node.args
                if len([*taken.posonlyargs, *taken.args, *taken.kwonlyargs]) > MOST_ARGUMENTS:
                    yield node.name
            elif (
                isinstance(node, ast.Call)
                and len(node.args) > MOST_ARGUMENTS
                and ast.unparse(node.func).rpartition(".")[2][0].isupper()
            ):
                yield ast.unparse(node.func)


def test_no_kernel_takes_and_no_value_is_made_of_more_arguments_than_one_can_keep_apart():
    sources = modules_of("engine", "geodata")
    assert len(compiled_functions(sources)) > 200
    assert not set(too_many_arguments(sources))


def test_that_check_would_notice_a_long_list():
    names = ", ".join(f"a{k}" for k in range(MOST_ARGUMENTS + 1))
    fewer = names.removesuffix(f", a{MOST_ARGUMENTS}")
    keywords = ", ".join(f"a{k}={k}" for k in range(MOST_ARGUMENTS + 1))
    long = f"@leaf_kernel\ndef long({names}):\n    return Many({names})\n"
    short = f"@kernel\ndef short({fewer}):\n    return Many({keywords}), Few({fewer})\n"
    assert list(too_many_arguments({"one": long, "two": short})) == ["long", "Many"]
