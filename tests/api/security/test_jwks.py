"""The issuer's keys: from a file or a server, kept while the server is away, never more or other than asked for."""

import asyncio
import json
import socket
import threading

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from api.security.identity import IdentityUnavailable
from api.security.jwks import JwksClient, JwksUnavailable, fetcher, is_loopback, parse_keys, refuse_unsafe_place

MIN_AGE_S, MAX_AGE_S, KEEP_S = 30.0, 3_600.0, 86_400.0


@pytest.fixture
def keys(issuer, clock):
    return JwksClient(fetcher(issuer.url, 5.0, 65_536), MIN_AGE_S, MAX_AGE_S, KEEP_S, 5.0, clock)


def test_keys_are_asked_for_once_and_remembered(run, issuer, keys, ed_key, ec_key):
    issuer.publish(ed_key, ec_key)

    async def several():
        return await asyncio.gather(*(keys.find("ed-1", "EdDSA") for _ in range(20)))

    assert all(key is not None for key in run(several()))
    assert run(keys.find("ec-1", "ES256")) is not None
    assert issuer.asked == 1


def test_a_new_key_is_asked_for_when_a_token_names_it(run, issuer, keys, clock, ed_key, other_ed_key):
    issuer.publish(ed_key)
    run(keys.find("ed-1", "EdDSA"))
    issuer.publish(ed_key, other_ed_key)
    assert run(keys.find("ed-2", "EdDSA")) is None, "too early to ask again"
    clock.now_s += MIN_AGE_S
    assert run(keys.find("ed-2", "EdDSA")) is not None
    assert issuer.asked == 2


def test_unknown_key_ids_make_nobody_ask_more_often(run, issuer, keys, clock, ed_key):
    issuer.publish(ed_key)
    run(keys.find("ed-1", "EdDSA"))
    for number in range(200):
        clock.now_s += 0.31
        assert run(keys.find(f"made-up-{number}", "EdDSA")) is None
    assert issuer.asked == 3


def test_a_key_the_issuer_has_withdrawn_is_gone_after_the_maximum_age(run, issuer, keys, clock, ed_key, other_ed_key):
    issuer.publish(ed_key)
    run(keys.find("ed-1", "EdDSA"))
    issuer.publish(other_ed_key)
    clock.now_s += MAX_AGE_S + 1
    assert run(keys.find("ed-1", "EdDSA")) is not None, "the old ones serve while it is being asked"
    run(keys.aclose())
    assert run(keys.find("ed-1", "EdDSA")) is None
    assert run(keys.find("ed-2", "EdDSA")) is not None


@pytest.mark.parametrize("failure", ["status", "nonsense", "empty", "closed"])
def test_old_keys_serve_while_the_issuer_is_away_and_then_no_more(run, issuer, keys, clock, ed_key, failure, caplog):
    issuer.publish(ed_key)
    run(keys.find("ed-1", "EdDSA"))
    if failure == "closed":
        issuer.server.shutdown()
        issuer.server.server_close()
    issuer.status = 503 if failure == "status" else 200
    issuer.body = {"nonsense": b"<html>", "empty": b'{"keys": []}'}.get(failure, issuer.body)
    for _ in range(20):
        clock.now_s += KEEP_S / 20 - 1
        assert run(keys.find("ed-1", "EdDSA")) is not None
        run(keys.aclose())
    assert "not had anew" in caplog.text
    clock.now_s += 21
    with pytest.raises(IdentityUnavailable):
        run(keys.find("ed-1", "EdDSA"))


def test_an_unknown_key_id_cannot_be_judged_while_the_issuer_is_away(run, issuer, keys, clock, ed_key, other_ed_key):
    issuer.publish(ed_key)
    run(keys.find("ed-1", "EdDSA"))
    issuer.status = 500
    clock.now_s += MIN_AGE_S
    with pytest.raises(IdentityUnavailable):
        run(keys.find("ed-2", "EdDSA"))
    issuer.status = 200
    issuer.publish(ed_key, other_ed_key)
    clock.now_s += MIN_AGE_S
    assert run(keys.find("ed-2", "EdDSA")) is not None


def test_where_there_never_were_keys_nobody_can_tell(run, issuer, keys, clock):
    issuer.status = 500
    for _ in range(5):
        with pytest.raises(IdentityUnavailable):
            run(keys.find("ed-1", "EdDSA"))
    assert issuer.asked == 1
    clock.now_s += MIN_AGE_S
    with pytest.raises(IdentityUnavailable):
        run(keys.find("ed-1", "EdDSA"))
    assert issuer.asked == 2


def test_a_caller_waits_no_longer_than_stated_and_old_keys_do_not_wait_at_all(run, issuer, clock, ed_key):
    keys = JwksClient(fetcher(issuer.url, 20.0, 65_536), MIN_AGE_S, MAX_AGE_S, KEEP_S, 0.05, clock)
    issuer.publish(ed_key)
    issuer.hold = threading.Event()
    with pytest.raises(IdentityUnavailable):
        run(keys.find("ed-1", "EdDSA"))
    issuer.hold.set()
    run(keys.aclose())
    assert run(keys.find("ed-1", "EdDSA")) is not None
    issuer.hold = threading.Event()
    clock.now_s += MAX_AGE_S + 1
    assert run(keys.find("ed-1", "EdDSA")) is not None
    assert not keys._asking.done()
    issuer.hold.set()
    run(keys.aclose())


def test_a_redirect_is_not_followed(run, issuer, keys, ed_key):
    issuer.publish(ed_key)
    issuer.status, issuer.headers = 302, {"Location": issuer.url}
    with pytest.raises(IdentityUnavailable):
        run(keys.find("ed-1", "EdDSA"))
    assert issuer.asked == 1


def test_no_more_is_read_than_stated(issuer, ed_key):
    issuer.publish(ed_key)
    size = len(issuer.body)
    assert fetcher(issuer.url, 5.0, size)() == issuer.body
    with pytest.raises(JwksUnavailable, match="more than"):
        fetcher(issuer.url, 5.0, size - 1)()


def test_an_issuer_that_drips_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stop = threading.Event()

        def drip():
            connection, _ = listener.accept()
            with connection:
                connection.recv(4_096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
                while not stop.wait(0.02):
                    try:
                        connection.sendall(b" ")
                    except OSError:
                        return

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            with pytest.raises(JwksUnavailable, match="too long"):
                fetcher(f"http://127.0.0.1:{listener.getsockname()[1]}/", 0.3, 65_536)()
        finally:
            stop.set()
            dripping.join()


def test_proxies_of_the_environment_are_not_asked(issuer, ed_key, monkeypatch):
    issuer.publish(ed_key)
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert fetcher(issuer.url, 5.0, 65_536)() == issuer.body


def test_a_file_is_read_again_when_a_token_names_a_new_key(run, tmp_path, clock, ed_key, other_ed_key):
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [ed_key.jwk]}))
    keys = JwksClient(fetcher(str(file), 5.0, 65_536), MIN_AGE_S, MAX_AGE_S, KEEP_S, 5.0, clock)
    assert run(keys.find("ed-1", "EdDSA")) is not None
    file.write_text(json.dumps({"keys": [ed_key.jwk, other_ed_key.jwk]}))
    clock.now_s += MIN_AGE_S
    assert run(keys.find("ed-2", "EdDSA")) is not None
    file.unlink()
    clock.now_s += MAX_AGE_S + 1
    assert run(keys.find("ed-2", "EdDSA")) is not None


def table(*listed):
    return set(parse_keys(json.dumps({"keys": listed}).encode()))


def test_each_kind_of_key_has_its_one_algorithm(rsa_key, ec_key, ed_key):
    assert table(rsa_key.jwk, ec_key.jwk, ed_key.jwk) == {("rsa-1", "RS256"), ("ec-1", "ES256"), ("ed-1", "EdDSA")}
    named = table(ed_key.jwk | {"alg": "Ed25519"}, rsa_key.jwk | {"alg": "RS256"})
    assert named == {("ed-1", "EdDSA"), ("rsa-1", "RS256")}


@pytest.fixture(scope="module")
def weak_jwk():
    weak = rsa.generate_private_key(public_exponent=65_537, key_size=1_024)  # noqa: S505 - that is the point
    return RSAAlgorithm.to_jwk(weak.public_key(), as_dict=True) | {"kid": "weak"}


def test_keys_that_prove_nothing_are_left_out(rsa_key, ec_key, ed_key, weak_jwk):
    other_curve = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP384R1()).public_key(), as_dict=True)
    private = ECAlgorithm.to_jwk(ec_key.private, as_dict=True)
    unusable = [
        weak_jwk,
        other_curve | {"kid": "p384"},
        private | {"kid": "published-private-key"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "shared", "alg": "HS256"},
        rsa_key.jwk | {"kid": "encryption", "use": "enc"},
        rsa_key.jwk | {"kid": "ops", "key_ops": ["encrypt"]},
        rsa_key.jwk | {"kid": "pss", "alg": "PS256"},
        rsa_key.jwk | {"kid": "hs", "alg": "HS256"},
        rsa_key.jwk | {"kid": None},
        rsa_key.jwk | {"kid": 7},
        rsa_key.jwk | {"kid": "x" * 201},
        rsa_key.jwk | {"kid": "broken", "n": "!"},
        ec_key.jwk | {"kid": "off-curve", "x": ec_key.jwk["y"]},
        {"kid": "nothing"}, {"kid": "list", "kty": ["RSA"]}, {"kid": "n", "kty": "RSA", "alg": {}}, "text", None, 7,
    ]  # fmt: skip
    assert table(*unusable, ed_key.jwk) == {("ed-1", "EdDSA")}
    with pytest.raises(JwksUnavailable, match="none of the keys"):
        table(*unusable)


def test_of_two_keys_with_one_name_the_first_counts(ed_key, other_ed_key):
    found = parse_keys(json.dumps({"keys": [ed_key.jwk, other_ed_key.jwk | {"kid": "ed-1"}]}).encode())
    assert found["ed-1", "EdDSA"] == ed_key.private.public_key()


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"keys": {}}', b'{"keys": 7}', b"\xff", b"[" * 100_000,
                                  b'{"keys": [' + b"1," * 101 + b"1]}"])  # fmt: skip
def test_what_is_no_key_set_is_refused(data):
    with pytest.raises(JwksUnavailable):
        parse_keys(data)


@pytest.mark.parametrize("place", ["http://idp.example/jwks", "http://10.0.0.1/jwks", "https://", "ftp://x/y",
                                   "file:///etc/passwd", "https://u:p@idp.example/", "http://localhost.example.org/",
                                   "http://127.0.0.1@idp.example/"])  # fmt: skip
def test_places_somebody_on_the_way_could_answer_for(place):
    with pytest.raises(ValueError, match="https"):
        refuse_unsafe_place(place)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "LOCALHOST"])
def test_hosts_that_are_this_machine(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "", "127.1", "localhost.example", "0.0.0.0", "::"])  # noqa: S104
def test_hosts_that_are_not(host):
    assert not is_loopback(host)
