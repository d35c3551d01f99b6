"""``--store``: which store a command works on."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from api.cli.arguments import Once, add_settings
from engine.errors import InvalidAsk

if TYPE_CHECKING:
    from api.settings import Settings
    from api.store.database import Database

FIELDS = {"store": "--store", "settings": "--settings"}


def add_store(parser: argparse.ArgumentParser) -> None:
    """Declare ``--store`` and ``--settings``."""
    # A password on a command line is seen by everybody on the machine.
    parser.add_argument(
        "--store", action=Once, metavar="URL", help="sqlite:PATH, or better in SAFEPORT_STORE; that if left out"
    )
    add_settings(parser)


def store_settings(options: argparse.Namespace) -> "tuple[str, Settings]":
    """URL of the store to work on, and the other settings.

    Raises
    ------
    InvalidAsk
        None was given.
    """
    from api.settings import read_settings

    settings = read_settings(settings=options.settings, store=options.store)
    if settings.store is None:
        raise InvalidAsk("store", "is missing.", "Use sqlite:PATH or postgresql://..., or set SAFEPORT_STORE.")
    return settings.store.get_secret_value(), settings


def store_url(options: argparse.Namespace) -> str:
    """URL of the store to work on."""
    return store_settings(options)[0]


def digests_here(settings: "Settings") -> dict[int, bytes]:
    """Hashes of audit rows that the signed heads of the service vouch for; none where it has signed none.

    Raises
    ------
    StoreError
        A line of them is damaged.
    """
    place = settings.heads_place
    return {} if place is None else place.known_hashes()


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
