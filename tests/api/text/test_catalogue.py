"""The catalogue of texts: both languages say the same, nothing is promised, and nothing is left over."""

import re
from pathlib import Path
from string import Formatter

import pytest

from api.text.catalogue import FOLDER, Text, load_entries
from tests.oracles.forbidden_words import BANNED_EN, BANNED_FR

API = Path(__file__).parents[3] / "api"
FILES = sorted(path.stem for path in FOLDER.glob("*.toml"))
BY_VALUE = {"codes", "rows", "pages", "refusals"}
"""Files whose keys are looked up by value, and two that `tests/api/web` and `test_refusals` look at."""


def texts_of(name, entries=None, key=""):
    """Key and text of everything in a file."""
    for part, entry in (load_entries(name) if entries is None else entries).items():
        if isinstance(entry, str):
            # Of refusals the English is the key.
            yield f"{key}{part}", Text(part, entry)
            continue
        if "en" not in entry:
            yield from texts_of(name, entry, f"{key}{part}.")
            continue
        yield f"{key}{part}", Text(entry["en"], entry["fr"])
        for form in ("general", "short"):
            if f"{form}_en" in entry:
                yield f"{key}{part}.{form}", Text(entry[f"{form}_en"], entry[f"{form}_fr"])


def fields_of(template):
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def faults_of(text):
    """What is wrong with a text."""
    found = [
        f"forbidden: {pattern.pattern}" for pattern in BANNED_EN if pattern.search(text.en.replace("safeport", ""))
    ]
    found += [f"forbidden: {pattern.pattern}" for pattern in BANNED_FR if pattern.search(text.fr)]
    if fields_of(text.en) != fields_of(text.fr):
        found.append("fields differ")
    return found if text.en and text.fr else [*found, "empty"]


def unused(keys, sources):
    """Keys that no source names, neither whole nor by the beginning that it builds names from."""
    built = tuple(re.findall(r"""[fF]["'](\w+_)\{""", sources))
    ends = tuple(set(re.findall(r"""~ "(_\w+)\"""", sources)))
    named = set(re.findall(r"""["'](\w+)["']""", sources))
    return [
        key for key in keys
        if key not in named and not key.startswith(built) and not any(key.removesuffix(end) in named for end in ends)
    ]  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_both_languages_have_the_same_fields_and_no_forbidden_word(name):
    assert {key: faults for key, text in texts_of(name) if (faults := faults_of(text))} == {}


@pytest.mark.parametrize("name", [name for name in FILES if name not in BY_VALUE])
def test_no_text_is_left_unused(name):
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [*API.rglob("*.py"), *API.rglob("templates/*"), *(API.parent / "engine").rglob("*.py")]
    )
    assert unused([key.rpartition(".")[2] for key, _ in texts_of(name)], sources) == []


def test_the_checks_bite():
    assert faults_of(Text("{port} is safe.", "{place} est un port.")) == [
        f"forbidden: {BANNED_EN[0].pattern}", "fields differ",
    ]  # fmt: skip
    assert faults_of(Text("A berth.", "")) == ["empty"]
    assert unused(["kind_marina", "gone", "left"], 'word(f"kind_{kind}"); word("left")') == ["gone"]


def test_a_text_is_filled_in_each_language():
    assert Text("{n} persons at {place}", "{n} personnes à {place}").fill(n=1, place=Text("sea", "la mer")) == Text(
        "1 person at sea", "1 personne à la mer"
    )
