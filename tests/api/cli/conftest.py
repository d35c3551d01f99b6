"""Running a command in process: exit code, standard output, standard error."""

from typing import NamedTuple

import pytest

from api.cli.main import main

FOLKESTONE = "51 03.0N 001 15.0E"
EXAMPLE = ("decide", "--position", FOLKESTONE, "--vessel", "rnli-severn", "--persons", "30",
           "--time", "2022-01-13T05:00:00Z")  # fmt: skip


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch):
    """Whatever the terminal of whoever runs the tests."""
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def safeport(capsys):
    def call(*arguments: str) -> Ran:
        code = main(arguments)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return call


@pytest.fixture
def example():
    return EXAMPLE
