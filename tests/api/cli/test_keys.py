"""``safeport keys``: a key is shown once, works, is rotated, is revoked, and no password is ever shown."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import httpx
import pytest

from api.store.store import open_store

CANARY = "canary-7f3a91"
KEY = re.compile(r"sp_[0-9a-f]{12}_[0-9a-f]{64}")


@pytest.fixture
def url(tmp_path, monkeypatch):
    where = f"sqlite:{tmp_path}/store.db"
    monkeypatch.setenv("SAFEPORT_STORE", where)
    return where


@pytest.fixture
def create(safeport, url):
    def make(*arguments):
        ran = safeport("keys", "create", "--unit", "RNLI Severn", "--role", "crew", "--json", *arguments)
        assert ran.code == 0, ran.err
        return json.loads(ran.out)

    return make


def listed(safeport):
    return json.loads(safeport("keys", "list", "--json").out)["keys"]


def test_a_key_is_shown_once(safeport, url):
    ran = safeport("keys", "create", "--unit", "RNLI Severn", "--role", "crew", "--by", "duty officer")
    assert (ran.code, ran.err) == (0, "")
    assert "RNLI Severn, crew, valid until it is revoked" in ran.out
    (key,) = KEY.findall(ran.out)
    again = safeport("keys", "list")
    assert key[3:15] in again.out
    assert not KEY.search(again.out)
    assert key[16:] not in again.out + str(listed(safeport))
    with open_store(url) as store:
        assert '"duty":"duty officer"' in store.audit()[0]["payload"]


def test_json_has_the_key_and_what_is_kept_of_it(safeport, create):
    made = create("--expires", "2040-01-01T00:00:00Z")
    assert KEY.fullmatch(made.pop("key"))
    assert made["expires_at"] == "2040-01-01T00:00:00.000Z"
    assert listed(safeport) == [made]


def test_rotation_and_its_overlap(safeport, create):
    made = create()
    for given, kept in (((), True), (("--overlap-h", "1.5"), True), (("--overlap-h", "0"), False)):
        ran = safeport("keys", "rotate", made["key_id"], *given, "--json")
        new = json.loads(ran.out)
        assert new["key"] != made["key"]
        assert (new["previous_until"] is not None) == kept
    assert "stays valid until" in safeport("keys", "rotate", made["key_id"]).out


def test_revocation(safeport, create):
    made = create()
    ran = safeport("keys", "revoke", made["key_id"], "--reason", "terminal stolen")
    assert (ran.code, ran.err) == (0, "")
    assert "refuses it within 2 s" in ran.out
    assert listed(safeport)[0]["revoked_at"] is not None
    assert "revoked 20" in safeport("keys", "list").out


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("create", "--unit", "x", "--role", "boss"), "--role"),
        (("create", "--unit", " ", "--role", "crew"), "--unit"),
        (("create", "--role", "crew"), "--unit"),
        (("create", "--unit", "x", "--role", "crew", "--expires", "2020-01-01T00:00:00Z"), "--expires"),
        (("create", "--unit", "x", "--role", "crew", "--expires", "tomorrow"), "--expires"),
        (("rotate", "000000000000"), "KEY_ID"),
        (("rotate", "000000000000", "--overlap-h", "-1"), "--overlap-h"),
        (("rotate", "000000000000", "--overlap-h", "nan"), "--overlap-h"),
        (("revoke", "no key!"), "KEY_ID"),
        (("list", "--store", "mysql://x"), "--store"),
        (("list", "--store", "sqlite:/nowhere/store.db"), "--store"),
    ],
)
def test_what_is_wrong_is_named(safeport, create, arguments, field):
    create()
    ran = safeport("keys", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{field}: ")


def test_a_store_is_needed_and_none_is_made_by_looking(safeport, tmp_path, monkeypatch):
    monkeypatch.delenv("SAFEPORT_STORE", raising=False)
    assert safeport("keys", "list").err.startswith("--store: is missing")
    assert safeport("keys", "list", "--store", f"sqlite:{tmp_path}/typo.db").code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", ["127.0.0.1:1", "127.0.0.1:notaport", "[", "127.0.0.1:1/x?sslmode=nonsense"])
@pytest.mark.parametrize("debug", ["0", "1"])
@pytest.mark.parametrize("by", ["variable", "option"])
def test_a_password_in_the_address_of_the_store_is_never_shown(safeport, monkeypatch, host, debug, by):
    where = f"postgresql://safeport:{CANARY}@{host}"
    monkeypatch.setenv("SAFEPORT_DEBUG", debug)
    monkeypatch.delenv("SAFEPORT_STORE", raising=False)
    given = ()
    if by == "variable":
        monkeypatch.setenv("SAFEPORT_STORE", where)
    else:
        given = ("--store", where)
    for command in (("keys", "list"), ("serve", "--port", "0")):
        ran = safeport(*command, *given)
        assert ran.code in (1, 2)
        assert "--store: " in ran.err
        # The control: a traceback was asked for, and is there to be searched.
        assert ("Traceback" in ran.err) == (debug == "1" and ran.code == 1)
        assert CANARY not in ran.out + ran.err


def test_that_search_would_notice(safeport, monkeypatch):
    from api.cli import ports

    def listing(*_):
        raise ZeroDivisionError(CANARY)

    monkeypatch.setattr(ports, "listing", listing)
    assert CANARY in safeport("ports").err


RUN = [sys.executable, "-c", "import sys; from api.cli.main import run; sys.exit(run())"]


def test_a_real_service_asks_for_the_key_made_beside_it(create, safeport, url):
    made = create()
    environment = {**os.environ, "SAFEPORT_ACCESS": "on", "SAFEPORT_KEY_CACHE_S": "0"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*RUN, "serve", "--port", "0"], **pipes, text=True, env=environment) as server:
        try:
            base = server.stdout.readline().split()[-1]
            with httpx.Client(base_url=base, timeout=60.0) as client:
                until = time.monotonic() + 90
                while client.get("/readyz").status_code != 200 and time.monotonic() < until:
                    time.sleep(0.05)
                bearer = {"Authorization": f"Bearer {made['key']}"}
                assert client.get("/v1/ports/dover").status_code == 401
                assert client.get("/v1/ports/dover", headers=bearer).status_code == 200
                assert safeport("keys", "revoke", made["key_id"]).code == 0
                assert client.get("/v1/ports/dover", headers=bearer).status_code == 401
        finally:
            server.send_signal(signal.SIGINT)
            out, text = server.communicate(timeout=30)
    assert "KEY_REVOKED" in text
    assert made["key"][16:] not in out + text
    assert server.returncode == 0


def test_access_that_nothing_could_open_is_refused_at_the_start(safeport, monkeypatch):
    monkeypatch.setenv("SAFEPORT_ACCESS", "on")
    monkeypatch.delenv("SAFEPORT_STORE", raising=False)
    ran = safeport("serve", "--port", "0")
    assert ran.code == 2
    assert ran.err.startswith("access: is on, and there is neither")
