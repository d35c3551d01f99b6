"""The digest of the program covers all that decides rows, and nothing that only shows them."""

import ast
from pathlib import Path

import pytest

from api.replay import source_digest
from api.replay.source_digest import BESIDE, DECIDING, code_digest

PACKAGE = Path(source_digest.__file__).parent
ROOTS = ("worker", "ingest/reading", "batch", "capacity_simulation", "concat", "source_digest")
SHOWING = (
    "reports/report", "reports/comparison_report", "reports/charts", "reports/sea_map", "reports/locale",
    "reports/reasons", "analysis/aggregate", "analysis/compare",
)  # fmt: skip


def imported_by(name):
    """Modules of the package that one module imports."""
    tree = ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))
    modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {
        module.removeprefix("api.replay.").replace(".", "/") for module in modules if module.startswith("api.replay.")
    }


def reached_from(roots):
    reached, waiting = set(), set(roots)
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= imported_by(name) - reached
    return reached


def test_every_module_that_rows_pass_through_is_in_the_digest():
    assert reached_from(ROOTS) == set(DECIDING)


def test_what_stands_beside_the_rows_has_its_own_modules_in_the_digest():
    driving = {"run", "errors", "analysis/result_reader", "manifest", "reports/locale", "messages"}
    assert reached_from(["post_process"]) <= {*DECIDING, *BESIDE, *driving}


def test_that_guard_would_notice(monkeypatch):
    real = imported_by
    monkeypatch.setattr(
        f"{__name__}.imported_by",
        lambda name: real(name) | ({"analysis/aggregate"} if name == "ingest/parse_cells" else set()),
    )
    assert reached_from(ROOTS) != set(DECIDING)


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The package and its surroundings somewhere they may be changed."""
    root = tmp_path / "root"
    for folder in (
        "engine",
        "geodata",
        "api/replay",
        *(f"api/replay/{room}" for room in ("ingest", "analysis", "reports")),
    ):
        (root / folder).mkdir(parents=True)
        (root / folder / "some.py").write_text("", encoding="utf-8")
    for name in (*source_digest._FILES, *(f"api/replay/{name}.py" for name in (*DECIDING, *BESIDE, *SHOWING))):
        (root / name).write_text("before", encoding="utf-8")
    monkeypatch.setattr(source_digest, "_ROOT", root)
    monkeypatch.setattr(source_digest, "__file__", str(root / "api/replay/source_digest.py"))

    def digest(modules=DECIDING):
        code_digest.cache_clear()
        return code_digest(modules)

    yield root, digest
    code_digest.cache_clear()


@pytest.mark.parametrize(
    "name", ["engine/some.py", "geodata/some.py", "api/decision_service.py", "api/replay/ingest/normalize.py"]
)
def test_a_change_of_what_decides_changes_it(copied, name):
    root, digest = copied
    before = digest()
    (root / name).write_text("after", encoding="utf-8")
    assert digest() != before


@pytest.mark.parametrize("name", SHOWING)
def test_a_change_of_what_shows_does_not(copied, name):
    root, digest = copied
    before = digest()
    (root / "api/replay" / f"{name}.py").write_text("after", encoding="utf-8")
    assert digest() == before


def test_history_and_chances_have_a_digest_of_their_own(copied):
    root, digest = copied
    rows, beside = digest(), digest(BESIDE)
    (root / "api/replay/analysis/monte_carlo.py").write_text("after", encoding="utf-8")
    assert digest() == rows
    assert digest(BESIDE) != beside
