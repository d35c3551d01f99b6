"""The page for analysts and the docstrings say what happens."""

import doctest
import re
from pathlib import Path

import pytest

import api.python

PAGE = Path(__file__).parents[3] / "docs" / "python.md"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


@pytest.mark.usefixtures("safeport")
@pytest.mark.parametrize(
    "text", [PAGE.read_text(encoding="utf-8"), api.python.open_service.__doc__], ids=["page", "doc"]
)
def test_examples_say_what_happens(text):
    examples = doctest.DocTestParser().get_doctest(re.sub("(?m)^```.*$", "", text), {}, "examples", None, 0)
    assert examples.examples
    report = []
    result = doctest.DocTestRunner(optionflags=FLAGS).run(examples, out=report.append)
    assert result.failed == 0, "".join(report)


def test_every_public_method_has_its_parameters_described(service):
    methods = [getattr(service, name) for name in dir(service) if not name.startswith("_")]
    assert len(methods) >= 8
    for method in methods:
        names = [name for name in method.__annotations__ if name not in ("return", "details")]
        assert not [name for name in names if not re.search(rf"\b{name}\b", method.__doc__)], method
