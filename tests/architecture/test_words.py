"""Names say what they are: functions that act are verbs, and no local is a pronoun."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PRONOUNS = {"it", "one", "said"}

VERBS = {"need", "feed", "seed", "embed", "exceed", "proceed", "speed"}
"""Words of one part that end like participles and are none."""

IRREGULAR = set(
    re.findall(
        r"\w+",
        "begun bought bound broken brought built caught chosen done drawn driven felt forgotten found"
        " given gone grown held heard hidden kept known laid led left lost made meant met paid said seen"
        " sent shown sold sought spent spoken sunk taken taught thought told torn understood won worn"
        " woven written",
    )
)
"""Participles that do not end in ``ed``."""


def is_bare_participle(name):
    """The name is a participle and nothing else: it says neither what is done nor what comes out."""
    return bool(re.fullmatch(r"[a-z]+", name)) and (
        name in IRREGULAR or (name.endswith("ed") and name not in VERBS and len(name) > 3)
    )


def public_functions(body, owner=""):
    """Functions and methods anybody may call, by name; properties are values, not functions."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            decorators = {getattr(decorator, "attr", getattr(decorator, "id", "")) for decorator in node.decorator_list}
            if not node.name.startswith("_") and not decorators & {"property", "cached_property"}:
                yield owner, node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body, f"{node.name}.")


def bare_participles(text):
    return [
        owner + node.name for owner, node in public_functions(ast.parse(text).body) if is_bare_participle(node.name)
    ]


def pronouns(text):
    """Names bound to something, parameters among them, that are pronouns; with their lines."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in PRONOUNS:
            yield node.id, node.lineno
        elif isinstance(node, ast.arg) and node.arg in PRONOUNS:
            yield node.arg, node.lineno


def sources(*folders):
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in paths if "node_modules" not in path.parts]


@pytest.mark.parametrize("folder", ["engine", "geodata", "api"])
def test_no_public_function_is_named_by_a_bare_participle(folder):
    files = sources(folder)
    assert files
    assert not {
        str(path.relative_to(ROOT)): names
        for path in files
        if (names := bare_participles(path.read_text(encoding="utf-8")))
    }


@pytest.mark.parametrize("folder", ["engine", "geodata", "api", "bench", "tests"])
def test_no_local_is_a_pronoun(folder):
    files = sources(folder)
    assert files
    assert not {
        str(path.relative_to(ROOT)): found
        for path in files
        if (found := list(pronouns(path.read_text(encoding="utf-8"))))
    }


def test_those_checks_would_notice():
    methods = (
        "class Box:\n    def opened(self): ...\n    @property\n    def kept(self): ...\n    def _told(self): ...\n"
    )
    assert bare_participles(
        "def landed(): ...\nasync def made(): ...\ndef seed(): ...\ndef lost_snapshot(): ...\n"
    ) == [
        "landed",
        "made",
    ]
    assert bare_participles(methods) == ["Box.opened"]
    assert list(pronouns("for it in ports:\n    pass\n")) == [("it", 1)]
    assert list(pronouns("key = lambda one: one.id\nsaid: str = ''\n")) == [("said", 2), ("one", 1)]
    assert not list(pronouns("item.it = 1\nprint(one)\n"))
