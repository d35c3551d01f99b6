"""With access off: this machine alone, as a controller."""

import pytest

from api.http.auth import LOCAL, Authenticator
from api.security.roles import Permission
from api.settings import Settings
from api.store.commands import Role
from tests.api.http.access.conftest import status


def test_with_access_off_nobody_is_slowed(client):
    assert {client.get("/v1/ports/dover").status_code for _ in range(150)} == {200}


def test_with_access_off_this_machine_is_a_controller(client, encounter):
    assert LOCAL.actor.role is Role.CONTROLLER
    assert client.decide(encounter).status_code == 200


@pytest.mark.parametrize("client_address", [("192.0.2.7", 1), ("10.0.0.1", 1), ("2001:db8::1", 1), None])
def test_with_access_off_no_other_machine_is_answered(call_app, client_address):
    authenticator = Authenticator(Settings())
    host = {"headers": [(b"host", b"127.0.0.1:8000")]}
    assert status(call_app, authenticator, Permission.DECIDE, client=client_address, **host)[0] == 403
    assert status(call_app, authenticator, Permission.DECIDE, client=("127.0.0.1", 1), **host)[0] == 200
    assert (
        status(call_app, authenticator, Permission.DECIDE, client=("::1", 1), headers=[(b"host", b"[::1]:8000")])[0]
        == 200
    )


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "[", "", "localhost@evil.example", "10.0.0.1"]
)
def test_with_access_off_no_other_name_is_answered_for(client, host):
    answer = client.get("/v1/ports/dover", headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (403, "ONLY_LOCAL")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_names_of_this_machine(client, host):
    assert client.get("/v1/ports/dover", headers={"Host": host}).status_code == 200
