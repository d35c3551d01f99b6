"""Stores to test: every test that takes `store` or `fresh_url` runs against both back ends."""

import os
from itertools import count

import psycopg
import pytest

from api.store.commands import Actor, Role
from api.store.store import open_store
from tests.store import postgresql_server

NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgresql():
    """URL of a running server."""
    if postgresql_server.binaries() is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed, and CI has to test with it: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgresql_server.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request, tmp_path):
    """Makes URLs of stores that do not exist yet, of one back end."""
    if request.param == "sqlite":
        return lambda: f"sqlite:{tmp_path}/store-{next(NUMBERS)}.db"
    url = request.getfixturevalue("postgresql")
    return lambda: new_database(url)


def new_database(url):
    """An empty place on the server: a schema of its own, which is made much faster than a database."""
    name = f"store_{next(NUMBERS)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{url}&options=-csearch_path%3D{name}"


@pytest.fixture
def url(new_url):
    return new_url()


@pytest.fixture
def store(url):
    """An empty store."""
    with open_store(url, create=True) as opened:
        yield opened


@pytest.fixture
def controller():
    return Actor(Role.CONTROLLER, "MRCC Dover SMC")


@pytest.fixture
def officer():
    return Actor(Role.PORT_OFFICER, "Dover port control")


@pytest.fixture
def master():
    return Actor(Role.MASTER, "RNLI Dungeness coxswain")
