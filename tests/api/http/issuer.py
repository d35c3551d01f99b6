"""An OpenID Connect provider on loopback, strict about PKCE: ``python -m tests.api.http.issuer``.

The provider is `oidc-provider-mock`, which hands out codes and tokens as any other does, but looks at no code verifier;
what stands before it here does (RFC 7636, 4.6). Run as a process of its own: it is another program in the field too.
"""

import base64
import hashlib
import io
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

CONTROLLER, NOBODY = "smc-dover", "guest"


class Pkce:
    """Refuses a token to whoever cannot prove to be the one who asked for the code."""

    def __init__(self, app):
        self.app, self.challenges = app, {}

    def __call__(self, environ, start_response):
        path, query = environ["PATH_INFO"], parse_qs(environ.get("QUERY_STRING", ""))
        if path == "/oauth2/authorize" and query.get("code_challenge_method") != ["S256"]:
            start_response("400 Bad Request", [])
            return [b"PKCE is required"]
        if path == "/oauth2/token":
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = io.BytesIO(body)
            form = parse_qs(body.decode())
            verifier = form.get("code_verifier", [""])[0].encode()
            proof = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
            if self.challenges.pop(form.get("code", [""])[0], None) != proof:
                start_response("400 Bad Request", [])
                return [b"PKCE failed"]

        def note(status, headers, *rest):
            code = parse_qs(urlsplit(dict(headers).get("Location", "")).query).get("code")
            if code and "code_challenge" in query:
                self.challenges[code[0]] = query["code_challenge"][0]
            return start_response(status, headers, *rest)

        return self.app(environ, note)


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, *_):
        pass


@contextmanager
def running_issuer():
    """Address of a provider of its own, while the context lasts."""
    environment = {**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"}
    command = [sys.executable, "-m", "tests.api.http.issuer"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.terminate()


def sign_in_settings(issuer, origin):
    """What a centre sets to have people sign in there."""
    return {
        "access": True, "token_issuer": issuer, "token_audience": "safeport", "token_keys": f"{issuer}/jwks",
        "token_roles": {"sar-duty": "controller"}, "token_algorithms": ("RS256",),
        "sign_in_client": "safeport-console", "sign_in_secret": "a secret", "sign_in_origin": origin,
    }  # fmt: skip


def main():
    import oidc_provider_mock

    duty = {"roles": ["sar-duty"], "duty": "MRCC Dover SMC"}
    users = (
        oidc_provider_mock.User(sub=CONTROLLER, claims=duty),
        oidc_provider_mock.User(sub=NOBODY, claims={"roles": ["visitors"]}),
    )
    app = oidc_provider_mock.app(access_token_max_age=timedelta(hours=1), user_claims=users, require_nonce=True)
    with make_server("127.0.0.1", 0, Pkce(app), handler_class=Quiet) as server:
        sys.stdout.write(f"{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
