"""Which kernels Python may call, and that none is compiled twice for nothing."""

import ast
import importlib
import inspect
import re
from pathlib import Path

from numba import types
from numba.core import codegen
from numba.core.codegen import CPUCodeLibrary
from numba.core.dispatcher import Dispatcher

from api.house import known_policy
from engine.kernels import jit
from engine.model import Ask

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("engine", "geodata", "api", "bench", "tests")

INSIDE = {"kernel", "leaf_kernel"}
"""Decorators of what only kernels call: they have no wrapper, and a call from Python ends the process."""

ENTRY = {"entry_kernel", "entry_leaf_kernel"}


def decorator_of(node):
    """The decorator of a compiled function; None of any other node."""
    if isinstance(node, ast.FunctionDef):
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Name) and decorator.id.endswith("kernel"):
                return decorator.id
    return None


def read_sources():
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text(encoding="utf-8"))
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


def imports_of(tree):
    """Names that a module imports, at whatever place in it: the module each comes from, and its name there."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {name.asname or name.name: (node.module, name.name) for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {name.asname: tuple(name.name.rpartition(".")[::2]) for name in node.names if name.asname}
    return found


def python_references(tree):
    """Expressions of a module that stand outside its kernels: names, and attributes of names."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if decorator_of(node):
            continue
        if isinstance(node, ast.Name):
            yield node.id, None
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr
        waiting += ast.iter_child_nodes(node)


def kernels_of(trees):
    """Compiled functions by module and name, with their decorators."""
    return {
        (module, node.name): decorator_of(node)
        for module, tree in trees.items()
        for node in ast.walk(tree)
        if decorator_of(node)
    }


def called_from_python(trees):
    """Compiled functions, by module and name, that anything but a kernel speaks of."""
    kernels, imports = kernels_of(trees), {module: imports_of(tree) for module, tree in trees.items()}

    def origin(module, name):
        """Where a name of a module is defined, through whatever modules hand it on."""
        seen = set()
        while (module, name) not in seen and name in imports.get(module, {}):
            seen.add((module, name))
            module, name = imports[module][name]
        return module, name

    found = set()
    for module, tree in trees.items():
        for name, attribute in python_references(tree):
            at = origin(module, name)
            if attribute is not None:
                at = origin(".".join(part for part in at if part), attribute)
            if at in kernels:
                found.add(at)
    return found


def test_python_calls_only_kernels_that_have_a_wrapper():
    """The others end the process without a word: no exception, no traceback."""
    trees = read_sources()
    kernels = kernels_of(trees)
    called = called_from_python(trees)
    assert len(kernels) > 200
    assert not sorted(at for at in called if kernels[at] in INSIDE), "declare these as entry kernels"
    # A wrapper that nobody uses costs as much to compile as a small kernel.
    assert not sorted(at for at, decorator in kernels.items() if decorator in ENTRY and at not in called)


def test_that_search_would_notice_whatever_way_python_takes_to_a_kernel():
    sources = {
        "engine.a": "@kernel\ndef inner(n):\n    return n\n\n@kernel\ndef outer(n):\n    return inner(n)\n",
        "engine.b": "from engine.a import inner\n",
    }

    def called(text):
        found = called_from_python({name: ast.parse(body) for name, body in (sources | {"tests.c": text}).items()})
        return {name for _, name in found}

    assert called("") == set()
    assert called("@kernel\ndef mine(n):\n    return n\n\nmine(1)\n") == {"mine"}
    assert called("from engine.a import inner as i\ndef test():\n    i(1)\n") == {"inner"}
    assert called("def test():\n    from engine.b import inner\n    inner(1)\n") == {"inner"}
    assert called("from engine import a\ndef test():\n    a.outer(1)\n") == {"outer"}
    assert called("import engine.a as m\nALL = [m.outer]\n") == {"outer"}
    assert called("from engine.a import inner\n@kernel\ndef mine(n):\n    return inner(n)\n") == set()


def signatures_kept():
    """Signatures that each kernel of the engine has been compiled for, by its name; from the indexes on disk."""
    kernels = [at for at in kernels_of(read_sources()) if at[0].startswith("engine.")]
    found = {}
    for module, name in kernels:
        dispatcher = getattr(importlib.import_module(module), name)
        assert isinstance(dispatcher, Dispatcher)
        found[f"{module}.{name}"] = [key[0] for key in dispatcher._cache._cache_file._load_index()]
    return found


def without_literals(signature):
    """A signature as it reads once every literal has given way to its type."""
    return re.sub(r"Literal\[(\w+)\]\([^()]*\)", lambda found: {"int": "int64"}.get(found[1], found[1]), str(signature))


def test_no_kernel_is_compiled_once_more_for_a_literal(house):
    """A literal is a type of its own: ``survey(…, False)`` and ``survey(…, flag)`` were two compilations of 20 s."""
    house.decide(Ask(1.5, 51.0, 1.7e9, house.vessels["rnli-severn"], known_policy("nearest-time")))
    kept = signatures_kept()
    assert sum(len(signatures) for signatures in kept.values()) > 100
    twice = {
        name: signatures
        for name, signatures in kept.items()
        if len({without_literals(signature) for signature in signatures}) < len(signatures)
    }
    assert not twice


def test_that_comparison_would_notice_a_literal():
    of_flag = types.Tuple((types.float64, types.boolean))
    of_literal = types.Tuple((types.float64, types.literal(False)))
    assert str(of_flag) != str(of_literal)
    assert without_literals(of_flag) == without_literals(of_literal)
    of_place, of_nowhere = types.Tuple((types.int64, types.boolean)), types.Tuple((types.literal(-1), types.boolean))
    assert without_literals(of_place) == without_literals(of_nowhere) != without_literals(of_flag)


def test_the_hook_for_function_passes_is_the_one_this_numba_has():
    """Were it gone, everything would still work and compile for longer; then `engine/kernels/jit.py` needs a look."""
    assert CPUCodeLibrary._optimize_functions is jit._set_data_layout
    assert "ll_module.data_layout = self._codegen._data_layout" in inspect.getsource(codegen)
