"""What is built for others: one import name in everybody's site-packages, and everything works under it."""

import ast
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.synthetic.files import only, synthetic_sea, write_grib

ROOT = Path(__file__).parents[3]
FOLDERS = ("engine", "geodata", "api")
_BUILD = "import sys; from hatchling import build; print(getattr(build, sys.argv[1])(sys.argv[2]))"


def _build(kind, folder):
    made = subprocess.run(
        [sys.executable, "-c", _BUILD, kind, str(folder)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return folder / made.stdout.split()[-1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory, hatch_build):
    return _build("build_wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The wheel as it lies in site-packages."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def _modules(folder):
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}


def test_the_wheel_has_one_name(installed):
    assert sorted(path.name.partition("-")[0] for path in installed.iterdir()) == ["safeport", "safeport"]


def test_every_file_of_the_folders_is_in_it(installed):
    tracked = subprocess.run(["git", "ls-files", *FOLDERS], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("no checkout to compare with")
    assert len(tracked.stdout.splitlines()) > 300
    assert not [name for name in tracked.stdout.splitlines() if not (installed / "safeport" / name).exists()]


def test_no_module_asks_for_a_name_at_the_top(installed):
    asked = set()
    for source in _modules(installed).values():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                asked.add(str(node.module).partition(".")[0])
            elif isinstance(node, ast.Import):
                asked |= {alias.name.partition(".")[0] for alias in node.names}
    assert "safeport" in asked
    assert not asked & set(FOLDERS)


def test_no_text_names_a_module_of_the_repository(installed):
    """``-m`` and ``importlib`` take texts, which nobody rewrites: they are made of ``__package__``."""
    name = re.compile(rf"(?:{'|'.join(FOLDERS)})(?:\.[a-z_]+)+(?::\w+)?")
    for file, source in _modules(installed).items():
        texts = {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)}
        assert not [text for text in texts if isinstance(text, str) and name.fullmatch(text)], file


def test_nothing_but_imports_is_changed(installed):
    for file, source in _modules(installed / "safeport").items():
        if "/" in file:
            assert source.replace("from safeport.", "from ") == (ROOT / file).read_text(encoding="utf-8"), file


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("from engine import model\n", "from safeport.engine import model\n"),
        ("from api.cli.main import run\n", "from safeport.api.cli.main import run\n"),
        ("if True:\n    é = 1; from geodata.pack import (\n        a,\n    )\n",
         "if True:\n    é = 1; from safeport.geodata.pack import (\n        a,\n    )\n"),
        ("from api import a; from api.b import c\n", "from safeport.api import a; from safeport.api.b import c\n"),
        ("'''\nfrom engine import x\n'''\n", "'''\nfrom engine import x\n'''\n"),
        ("from . import engine\nfrom apiary import bees\nimport geodatabase\n", None),
    ],
)  # fmt: skip
def test_imports_are_rewritten_and_texts_are_not(hatch_build, source, made):
    assert hatch_build.with_imports_below(source) == (source if made is None else made)


def test_an_import_that_binds_a_name_at_the_top_stops_the_build(hatch_build):
    with pytest.raises(ValueError, match=r"engine/x\.py:2: write 'from"):
        hatch_build.with_imports_below("\nimport engine.model\n", "engine/x.py")


def test_an_editable_installation_leaves_the_folders_where_they_are(tmp_path, hatch_build):
    with zipfile.ZipFile(_build("build_editable", tmp_path)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" not in name}
        scripts = next(archive.read(name).decode() for name in archive.namelist() if name.endswith("entry_points.txt"))
    assert files.pop("_safeport.pth").split() == [str(ROOT)]
    assert files == {f"safeport/{name}": text for name, text in hatch_build.ROOT_MODULES.items()}
    assert "safeport = safeport.__main__:run" in scripts


def _run(installed, tmp_path, *command):
    """Run Python with the installed package, and without compiling, which takes minutes under a new name."""
    settings = {"PYTHONPATH": str(installed), "NUMBA_DISABLE_JIT": "1", "XDG_CACHE_HOME": str(tmp_path)}
    return subprocess.run(
        [sys.executable, *command], cwd=tmp_path, env={**os.environ, **settings}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


_USED = """
import importlib, pickle, sys
import safeport
assert "numba" not in sys.modules, "importing alone should be quick"
from safeport.api.decision_service import open_decision_service
from safeport.api.kernel_cache import _digest
from safeport.api.replay.worker import ENGINE, decide_chunk
from safeport.geodata.pack import DEFAULT_PACK, read_pack
assert read_pack(DEFAULT_PACK).tables["vessels"]
assert pickle.loads(pickle.dumps(decide_chunk)) is decide_chunk
importlib.import_module(ENGINE.partition(":")[0])
try:
    safeport.open_service(pack=".")
except safeport.PackError:
    pass
print(_digest(), sorted({name.partition(".")[0] for name in sys.modules} & {"engine", "geodata", "api"}))
"""
"""Without opening the world, which takes a minute where nothing is compiled."""


def test_the_installed_package_works_and_needs_nothing_of_the_repository(installed, tmp_path):
    ran = _run(installed, tmp_path, "-c", _USED)
    assert ran.returncode == 0, ran.stderr
    digest, left_over = ran.stdout.split(maxsplit=1)
    assert left_over.strip() == "[]"
    # Of nothing: no kernel found, so that a change of one would go unnoticed.
    assert not digest.startswith("e3b0c44298fc1c14")


def test_its_command_reads_a_forecast_in_a_process_of_its_own(installed, tmp_path):
    write_grib(tmp_path / "sea.grib2", only(synthetic_sea(), "hs"))
    ran = _run(installed, tmp_path, "-m", "safeport", "forecast", "ingest", "sea.grib2", "--out", "sea.cube")
    assert (ran.returncode, (tmp_path / "sea.cube").exists()) == (0, True), ran.stderr


def test_its_store_and_its_planner_start(installed, tmp_path):
    ran = _run(installed, tmp_path, "-m", "safeport", "db", "migrate", "--store", "sqlite:store.db")
    assert ran.returncode == 0, ran.stderr
    plan_pool = (
        "from safeport.api.plan.solver.solver_process import Solver\n"
        "process = Solver()._running()\n"
        "process.stdin.close(); print(process.wait(timeout=60))"
    )
    ran = _run(installed, tmp_path, "-c", plan_pool)
    assert ran.stdout.strip() == "0", ran.stderr
