"""``import safeport`` as an editable installation gives it, of these sources."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def _loaded(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def hatch_build():
    """The build hook, as a module."""
    pytest.importorskip("hatchling")
    return _loaded(ROOT / "hatch_build.py")


@pytest.fixture(scope="session")
def safeport(hatch_build, tmp_path_factory):
    """The package `safeport` itself."""
    folder = tmp_path_factory.mktemp("editable")
    (folder / "safeport").mkdir()
    for name, text in hatch_build.ROOT_MODULES.items():
        (folder / "safeport" / name).write_text(text)
    kept = sys.modules.pop("safeport", None)
    sys.path.insert(0, str(folder))
    try:
        import safeport

        yield safeport
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop("safeport", None)
        if kept is not None:
            sys.modules["safeport"] = kept


@pytest.fixture(scope="session")
def service(safeport):
    return safeport.open_service()
