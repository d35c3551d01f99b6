"""Where nothing is compiled yet, whoever waits at a terminal is told why."""

import pytest

from api.cli.main import main
from api.kernel_cache import is_compiled


@pytest.fixture
def nothing_compiled(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    (tmp_path / "engine_0123").mkdir()
    return tmp_path / "engine_0123"


def test_what_was_compiled_is_known_by_what_is_kept(nothing_compiled):
    assert not is_compiled()
    (nothing_compiled / "one_pass.look-45.py311.nbi").touch()
    assert is_compiled()
    assert not is_compiled(for_tables=True)
    (nothing_compiled / "bulk.decide_rows-202.py311.nbi").touch()
    assert is_compiled(for_tables=True)


def test_nothing_is_compiled_where_that_is_switched_off(nothing_compiled, monkeypatch):
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert is_compiled()


def test_the_names_looked_for_are_those_of_compiled_functions():
    from engine.bulk import decide_rows
    from engine.one_pass import look

    assert look.__module__.endswith("engine.one_pass")
    assert decide_rows.__module__.endswith("engine.bulk")


@pytest.mark.parametrize(("at_a_terminal", "said"), [(True, True), (False, False)])
def test_it_is_said_at_a_terminal_only(nothing_compiled, monkeypatch, capsys, at_a_terminal, said):
    monkeypatch.setattr("sys.stderr.isatty", lambda: at_a_terminal)
    # Refused before anything is compiled.
    assert main(["distance", "dover", "calais", "--pack", "/nowhere/at/all"]) == 2
    assert capsys.readouterr().err.startswith("Compiling the engine") == said
