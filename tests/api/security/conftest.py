"""An issuer of our own: keys, tokens, and a JWKS server on loopback."""

import asyncio
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from api.store.commands import Actor, Role
from api.store.store import open_store

ISSUER, AUDIENCE = "https://idp.example/realms/sar", "safeport"
TO_JWK = {"RS256": RSAAlgorithm.to_jwk, "ES256": ECAlgorithm.to_jwk, "EdDSA": OKPAlgorithm.to_jwk}


class SigningKey:
    """A private key, and its public half as a JWK."""

    def __init__(self, kid, algorithm, private):
        self.kid, self.algorithm, self.private = kid, algorithm, private
        self.jwk = TO_JWK[algorithm](private.public_key(), as_dict=True) | {"kid": kid, "use": "sig"}


@pytest.fixture(scope="session")
def rsa_key():
    return SigningKey("rsa-1", "RS256", rsa.generate_private_key(public_exponent=65_537, key_size=2_048))


@pytest.fixture(scope="session")
def ec_key():
    return SigningKey("ec-1", "ES256", ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture(scope="session")
def ed_key():
    return SigningKey("ed-1", "EdDSA", ed25519.Ed25519PrivateKey.generate())


@pytest.fixture(scope="session")
def other_ed_key():
    return SigningKey("ed-2", "EdDSA", ed25519.Ed25519PrivateKey.generate())


def claims(**changes):
    """Claims of a controller's token; None leaves one out."""
    now = int(time.time())
    text = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "7f3a", "iat": now, "nbf": now, "exp": now + 300,
        "roles": ["sar-duty"], "duty": "MRCC Dover SMC",
    } | changes  # fmt: skip
    return {name: value for name, value in text.items() if value is not None}


def token(key, headers=None, algorithm=None, **changes):
    """A signed token."""
    head = {"kid": key.kid} | (headers or {})
    head = {name: value for name, value in head.items() if value is not None}
    return jwt.encode(claims(**changes), key.private, algorithm or key.algorithm, headers=head)


class Issuer:
    """A JWKS endpoint that can be told how to behave, and counts."""

    def __init__(self):
        self.status, self.body, self.asked, self.headers, self.hold = 200, b"", 0, {}, None
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked += 1
                if issuer.hold is not None:
                    issuer.hold.wait(20)
                self.send_response(issuer.status)
                for name, value in issuer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(issuer.body)))
                self.end_headers()
                try:
                    self.wfile.write(issuer.body)
                except (BrokenPipeError, ConnectionResetError):
                    # A reader that had enough.
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def publish(self, *keys):
        self.body = json.dumps({"keys": [key.jwk for key in keys]}).encode()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def issuer():
    running = Issuer()
    yield running
    running.close()


@pytest.fixture
def run():
    """Runs coroutines, all on one event loop."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:{tmp_path}/store.db", create=True) as opened:
        yield opened


@pytest.fixture
def admin():
    return Actor(Role.ADMIN, "office")


class Clock:
    """Time that goes only when told to."""

    def __init__(self, now_s):
        self.now_s = now_s

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock(1_000.0)


@pytest.fixture
def wall():
    return Clock(1_700_000_000.0)
