"""What CONTRIBUTING.md says of the most common changes is so: which files they touch, and that these suffice."""

import ast
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from pydantic import ValidationError

from api.documents.decision import to_json
from api.encounter import EncounterIn, encounter_echo
from engine.codes import Code, Rule
from engine.model import Vessel
from geodata.policies import read_policy

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("api", "engine", "geodata")
MOST = 5

FIELD, FIELD_RECIPE = "sheltered", "A new field of the encounter"
RULE_NAMES = {Rule.R_DAT_05.name, Rule.R_DAT_05.id, Code.REGISTER_CONFIDENT.name, Code.REGISTER_UNVERIFIED.name}
RULE_RECIPE = "A new rule"
HOLD_RECIPE = "A new field of a hold"

WRITTEN_BY_COMMAND = ("docs/replay.md",)
"""`tests/api/replay/test_guide.py` writes it."""


def files_of_recipe(title):
    """Files named in the numbered steps of a recipe: the first of each step."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition(f"### {title}\n")[2].partition("\n#")[0]
    return re.findall(r"^\d\. `([^`]+)`", section, re.MULTILINE)


def names_in_python(text):
    """Identifiers of a module, and words of its texts but docstrings."""
    tree = ast.parse(text)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        for attribute in ("id", "attr", "arg", "name"):
            if isinstance(name := getattr(node, attribute, None), str):
                yield name
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield from re.findall(r"[\w-]+", node.value)


@cache
def names_in(path):
    text = path.read_text(encoding="utf-8")
    return set(names_in_python(text) if path.suffix == ".py" else re.findall(r"[\w-]+", text))


def files_that_name(names, root=ROOT):
    """Product files, and pages for people, in which any of some names occurs."""
    found = [
        path
        for package in PACKAGES
        for path in (root / package).rglob("*")
        if path.suffix in (".py", ".toml", ".js", ".html", ".sql") and "node_modules" not in path.parts
    ]
    found += [*(root / "docs").glob("*.md"), *root.glob("README.md")]
    return {path.relative_to(root).as_posix() for path in found if names & names_in(path)} - {*WRITTEN_BY_COMMAND}


def outside(files, recipe):
    return {file for file in files if not file.startswith(tuple(recipe))}


@pytest.mark.parametrize("title", [FIELD_RECIPE, RULE_RECIPE, HOLD_RECIPE])
def test_a_recipe_names_five_files_at_most_and_all_are_there(title):
    files = files_of_recipe(title)
    assert 2 <= len(files) <= MOST
    assert all((ROOT / file).exists() for file in files)


def test_a_field_is_named_in_the_files_of_its_recipe_only():
    files = files_that_name({FIELD})
    # The rule that looks at it is another change, with a recipe of its own.
    assert outside(files, [*files_of_recipe(FIELD_RECIPE), "engine/rules/"]) == set()
    assert files >= {"api/encounter_fields.py", "engine/model.py"}


def test_a_rule_is_named_in_the_files_of_its_recipe_only():
    files = files_that_name(RULE_NAMES)
    assert outside(files, files_of_recipe(RULE_RECIPE)) == set()
    assert files == {"engine/codes.py", "engine/rules/authority.py", "api/text/codes.toml"}


def test_a_name_elsewhere_would_be_noticed(tmp_path):
    for package in PACKAGES:
        (tmp_path / package).mkdir()
    (tmp_path / "api" / "prose.py").write_text('"""Whether they are sheltered."""\n\n# sheltered\nx = 1\n')
    assert files_that_name({FIELD}, tmp_path) == set()
    for number, line in enumerate(
        ('body["sheltered"]', "ask.sheltered", "f(sheltered=True)", 'f"{x} AS sheltered, y"', "def f(sheltered): ...")
    ):
        (tmp_path / "geodata" / f"{number}.py").write_text(f"{line}\n")
    (tmp_path / "api" / "rows.toml").write_text('[SHELTERED]\nen = "sheltered is neither"\n')
    assert len(files_that_name({FIELD}, tmp_path)) == 6
    # Need of care is no plain field, and the depth in the entrance no plain rule: many places know them.
    assert len(outside(files_that_name({"medical"}), files_of_recipe(FIELD_RECIPE))) > MOST
    assert len(outside(files_that_name({Rule.R_NAV_01.name}), files_of_recipe(RULE_RECIPE))) > 2


TRIED = """
import argparse, json
from math import isnan
import numpy as np
import pyarrow as pa
from api.cli.decide import add_arguments, body_from
from api.cli.plan_input import body_of_file
from api.encounter import ON_SCENE, EncounterIn, encounter_echo
from api.http.schemas.requests import ReportIn
from api.replay.batch import body_of
from api.replay.ingest.column_map import read_column_map
from api.replay.ingest.normalize import MALFORMED, ROW, Known, normalize
from api.replay.ingest.rejects import REJECT_TEXTS
from api.store.encounters import OnScene
from engine.model import Vessel
from geodata.policies import read_policy

AT = {"position": {"type": "Point", "coordinates": [1.3, 51.0]}, "time": "2026-11-22T14:30:00Z"}

def ask_of(body):
    vessels = {"unknown": Vessel("unknown", "unknown", "inconnu", 5.0)}
    return EncounterIn.model_validate(body).to_ask(vessels, None, read_policy("nearest-time"), 0.0)

assert ask_of({**AT, "tow_line_m": 30}).tow_line_m == 30.0
assert encounter_echo(ask_of({**AT, "tow_line_m": 30}))["tow_line_m"] == 30.0
assert isnan(ask_of(AT).tow_line_m) and "tow_line_m" not in encounter_echo(ask_of(AT))
for wrong in (-1, 1001, "30", True):
    try:
        EncounterIn.model_validate({**AT, "tow_line_m": wrong})
    except ValueError as error:
        assert "tow_line_m" in str(error)
    else:
        raise AssertionError(wrong)
assert EncounterIn.model_json_schema()["properties"]["tow_line_m"]["description"] == "Length of the tow line. [m]"

parser = argparse.ArgumentParser()
add_arguments(parser)
assert "length of the tow line [m]" in parser.format_help()
options = parser.parse_args(["--position", "51.0, 1.3", "--tow-line-m", "30"])
assert body_from(options)["tow_line_m"] == 30.0
table = b"id,lat,lon,tow_line_m\\nA,51.0,1.3,30\\n"
assert body_of_file(table, "boats.csv", "en", {})["encounters"][0]["tow_line_m"] == 30.0

cells = {"lon": ["1.3"] * 3, "lat": ["51.0"] * 3, "time": ["2026-11-22T14:30:00Z"] * 3, "tow_line_m": ["30", "-1", ""]}
chunk = pa.table({**cells, ROW: pa.array(range(3)), MALFORMED: pa.array([False] * 3)})
done = normalize(chunk, read_column_map(), Known(frozenset(), frozenset({"nearest-time"}), None))
assert done.encounters["tow_line_m"].to_pylist() == [30.0, None]
assert done.rejects["codes"].to_pylist() == ["TOW_LINE_RANGE"] and "tow_line_m" in REJECT_TEXTS["TOW_LINE_RANGE"].fr
first = done.encounters.to_pylist()[0]
assert ask_of(body_of(first)).tow_line_m == 30.0

assert "tow_line_m" in ON_SCENE and "tow_line_m" in OnScene.__annotations__
command = ReportIn.model_validate({**AT, "tow_line_m": 30}).command(0.0)
assert command.on_scene == {"tow_line_m": 30.0}
"""


def tried(folder, recipe, script, changes):
    """Run a script on a copy of the program in which text was put below other text, in files of a recipe."""
    left_out = shutil.ignore_patterns("node_modules", "__pycache__")
    for package in ("api", "engine"):
        shutil.copytree(ROOT / package, folder / package, ignore=left_out)
    (folder / "geodata").symlink_to(ROOT / "geodata")
    for file, below, added in changes:
        assert file.startswith(tuple(files_of_recipe(recipe)))
        text = (folder / file).read_text(encoding="utf-8") if below else ""
        assert not below or text.count(below) == 1, (file, below)
        (folder / file).write_text(text.replace(below, below + added) if below else added, encoding="utf-8")
    ran = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2_000:]


def test_a_field_of_two_lines_is_read_and_said_back_everywhere(tmp_path):
    described = 'PlainField("Length of the tow line", "m", least=0, most=1000)'
    tried(tmp_path, FIELD_RECIPE, TRIED, (
        (
            "api/encounter_fields.py", 'under cover")] = None\n',
            f"    tow_line_m: Annotated[float | None, {described}] = None\n",
        ),
        ("engine/model.py", "sheltered: bool | None = None\n", "    tow_line_m: float = nan\n"),
    ))  # fmt: skip


HELD = """
from pathlib import Path
from pydantic import ValidationError
from api.http.schemas.requests import HoldIn
from api.store.backup import backup, restore
from api.store.commands import Actor, Role
from api.store.errors import InvalidValue
from api.store.integrity import check
from api.store.ports import Places, ReportCapacity
from api.store.reservations import Hold, Persons, ReservationDocument
from api.store.store import open_database, open_store

NOW, ACTOR = 1_700_000_000.0, Actor(Role.CONTROLLER, "SMC")
HOLD = {"port_id": "dover", "vessel": "Severn", "persons": {"total": 4}, "eta_at": "2023-11-14T23:00:00Z"}

described = HoldIn.model_json_schema()["properties"]["stretchers"]
assert described["description"] == "Who cannot walk. [persons]" and described["default"] == 0
for wrong in (-1, "3", True):
    try:
        HoldIn.model_validate({**HOLD, "stretchers": wrong})
    except ValidationError as error:
        assert "stretchers" in str(error)
    else:
        raise AssertionError(wrong)
command = HoldIn.model_validate({**HOLD, "stretchers": 3}).command()
assert command == Hold("dover", "Severn", Persons(4), 1_700_002_800.0, stretchers=3)
with open_store("sqlite:held.db", create=True) as store:
    store.do(ReportCapacity("dover", Places(10)), ACTOR, NOW)
    try:
        store.do(Hold("dover", "Severn", Persons(4), NOW, stretchers=-1), ACTOR, NOW)
    except InvalidValue as refused:
        assert refused.field == "stretchers"
    else:
        raise AssertionError("taken")
    held = store.do(command, ACTOR, NOW).document["reservation"]
    assert held["stretchers"] == 3 and "stretchers" in ReservationDocument.__annotations__
    assert store.reservation(held["reservation_id"], NOW)["stretchers"] == 3
    assert '"stretchers":3' in store.audit(1, 10)[0]["payload"]
    assert check(open_database("sqlite:held.db")).problems == ()
backup(open_database("sqlite:held.db"), Path("copy.db"))
restore(Path("copy.db"), "sqlite:back.db")
with open_store("sqlite:back.db") as store:
    assert [reservation["stretchers"] for reservation in store.reservations(NOW)] == [3]
"""


def test_a_field_of_a_hold_is_taken_kept_and_said_back(tmp_path):
    described = 'Annotated[Count, Field(description="Who cannot walk. [persons]")] = 0'
    rows = "api/store/reservations.py"
    tried(tmp_path, HOLD_RECIPE, HELD, (
        (rows, "[Override | None, Checked(check_fields)] = None\n", f"    stretchers: {described}\n"),
        (rows, "    duty: str\n", "    stretchers: int\n"),
        (rows, "vessel=self.vessel, ", "stretchers=self.stretchers, "),
        (rows, "override: ReasonDocument | None\n", "    stretchers: int\n"),
        (rows, "    Code,\n", "    Count,\n"),
        (
            "api/store/migrations/0010_stretchers.sql", "",
            "ALTER TABLE reservation ADD COLUMN stretchers $big NOT NULL DEFAULT 0;\n",
        ),
    ))  # fmt: skip


def test_without_these_lines_it_is_not():
    with pytest.raises(ValidationError, match="tow_line_m"):
        EncounterIn.model_validate({"position": {"type": "Point", "coordinates": [1.3, 51.0]}, "tow_line_m": 30})


ECHO = (
    '{"aboard_since":null,"medical":"none","persons":null,"persons_in_water":null,"persons_recovered":null,'
    '"policy":"nearest-time","position":{"coordinates":[1.3,51.0],"type":"Point"},"position_accuracy_m":null,'
    '"position_age_s":null,"sheltered":null,"time":"2026-11-22T14:30:00Z","vessel":{"assumed":["speed_kn"],"beam_m":null,'
    '"draught_m":null,"loa_m":null,"max_hs_m":null,"max_persons":null,"profile":"unknown","range_nm":null,'
    '"self_righting_persons":null,"speed_kn":18.0}}'
)
"""An encounter of which nothing is known, as it stood in records when they were first made of codes and figures."""


def test_records_made_before_a_field_was_there_keep_their_bytes():
    unknown = Vessel("unknown", "unknown vessel", "navire inconnu", 9.26, assumed=("speed_kn",))
    encounter = EncounterIn.model_validate({
        "position": {"type": "Point", "coordinates": [1.3, 51.0]}, "time": "2026-11-22T14:30:00Z",
    })  # fmt: skip
    ask = encounter.to_ask({"unknown": unknown}, None, read_policy("nearest-time"), 0.0)
    assert to_json(encounter_echo(ask)) == ECHO
