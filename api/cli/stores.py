"""``--store``: which store a command works on."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from api.cli.arguments import Once
from engine.errors import InvalidAsk

if TYPE_CHECKING:
    from api.store.database import Database

VARIABLE = "SAFEPORT_STORE"
"""Where the URL is looked for when ``--store`` is left out: a password on a command line is seen by everybody."""

FIELDS = {"store": "--store"}


def add_store(parser: argparse.ArgumentParser) -> None:
    """Declare ``--store``."""
    parser.add_argument(
        "--store", action=Once, metavar="URL", help=f"sqlite:PATH or postgresql://...; {VARIABLE} if left out"
    )


def store_url(options: argparse.Namespace) -> str:
    """URL of the store to work on.

    Raises
    ------
    InvalidAsk
        None was given.
    """
    url = options.store or os.environ.get(VARIABLE)
    if not url:
        raise InvalidAsk("--store", "is missing.", f"Use sqlite:PATH or postgresql://..., or set {VARIABLE}.")
    return str(url)


@contextmanager
def existing_database(url: str) -> "Iterator[Database]":
    """The database of a store that is there: a mistyped path must not make an empty one.

    Raises
    ------
    InvalidAsk
        There is no such file.
    StoreError
        It cannot be opened.
    """
    from api.store.store import open_database, sqlite_file

    if url.startswith("sqlite:") and not sqlite_file(url).is_file():
        raise InvalidAsk("--store", "there is no such file.", "Check the path; 'safeport db migrate' makes a new one.")
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()
