"""Tokens: what is taken, and fifty things that are not."""

import base64
import hashlib
import hmac
import json
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from api.security.identity import IdentityUnavailable, IdentityUnknown, Reason
from api.security.jwks import JwksClient
from api.security.roles import AccessRole
from api.security.tokens import Tokens
from api.settings import Settings
from engine.errors import InvalidAsk
from tests.api.security.conftest import AUDIENCE, ISSUER, SigningKey, claims, token

ROLES = {"sar-duty": "controller", "quay": "port_officer", "watch": "viewer"}
PARTS = {"token_issuer": ISSUER, "token_audience": AUDIENCE, "token_keys": "unused.json", "token_roles": ROLES}


@pytest.fixture
def published(rsa_key, ec_key, ed_key):
    return [rsa_key.jwk, ec_key.jwk, ed_key.jwk]


@pytest.fixture
def judge(published):
    """Tokens with the keys that are published."""

    def make(**changes):
        def fetch():
            return json.dumps({"keys": published}).encode()

        return Tokens(Settings(**PARTS | changes), JwksClient(fetch, 30.0, 3_600.0, 86_400.0, 5.0))

    return make


@pytest.fixture
def refused(run, judge):
    def reason(text, **changes):
        with pytest.raises(IdentityUnknown) as caught:
            run(judge(**changes).identify(text))
        return caught.value.reason

    return reason


def unpadded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def by_hand(header, payload, signature=b""):
    parts = [unpadded(json.dumps(part).encode()) for part in (header, payload)]
    return ".".join([*parts, unpadded(signature)])


def with_shared_secret(header, payload, secret):
    """Signed by HMAC, with whatever is at hand as the secret."""
    signed = by_hand(header, payload).rpartition(".")[0]
    mac = hmac.new(secret, signed.encode(), getattr(hashlib, f"sha{header['alg'][2:]}")).digest()
    return f"{signed}.{unpadded(mac)}"


def test_all_three_algorithms_are_taken(run, judge, rsa_key, ec_key, ed_key):
    for key in (rsa_key, ec_key, ed_key):
        identity = run(judge().identify(token(key)))
        assert identity.roles == {AccessRole.CONTROLLER}
        assert identity.duty == "MRCC Dover SMC"


def test_the_principal_is_the_same_for_the_same_caller_and_names_nobody(run, judge, ed_key, rsa_key):
    named = run(judge().identify(token(ed_key, sub="jean.dupont@example")))
    again = run(judge().identify(token(rsa_key, sub="jean.dupont@example", exp=int(time.time()) + 60)))
    other = run(judge().identify(token(ed_key, sub="jeanne.dupont@example")))
    assert named.principal == again.principal != other.principal
    assert named.principal.startswith("token:")
    assert "dupont" not in repr(named)


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        (["sar-duty"], {AccessRole.CONTROLLER}),
        (["sar-duty", "watch", "printing"], {AccessRole.CONTROLLER, AccessRole.VIEWER}),
        ("quay watch", {AccessRole.PORT_OFFICER, AccessRole.VIEWER}),
        (["controller", "admin"], set()),
        ([], set()),
        (None, set()),
        ({"sar-duty": True}, set()),
        ([["sar-duty"], 7, None], set()),
        (True, set()),
    ],
)
def test_only_mapped_values_give_roles(run, judge, ed_key, text, roles):
    assert run(judge().identify(token(ed_key, roles=text))).roles == roles


def test_claims_may_be_inside_others_or_have_dots_in_their_names(run, judge, ed_key):
    inside = judge(token_role_claim="realm_access.roles", token_duty_claim="sar.duty")
    found = run(inside.identify(token(ed_key, realm_access={"roles": ["quay"]}, sar={"duty": "Dover port control"})))
    assert (found.roles, found.duty) == ({AccessRole.PORT_OFFICER}, "Dover port control")
    dotted = judge(token_role_claim="https://sar.example/roles")
    assert run(dotted.identify(token(ed_key, **{"https://sar.example/roles": ["watch"]}))).roles == {AccessRole.VIEWER}


@pytest.mark.parametrize("duty", [None, "", " ", 7, ["x"], "x" * 121, "two\x00lines"])
def test_a_duty_that_is_not_said_locks_nobody_out(run, judge, ed_key, duty):
    assert run(judge().identify(token(ed_key, duty=duty))).duty == ""


def test_a_file_of_keys_is_looked_at_before_the_start(run, tmp_path, published, ed_key):
    file = tmp_path / "keys.json"
    for content in (None, "", "{}", '{"keys": []}'):
        if content is not None:
            file.write_text(content)
        with pytest.raises(InvalidAsk, match="cannot be used") as refused:
            Tokens(Settings(**PARTS | {"token_keys": str(file)}))
        assert refused.value.field == "token_keys"
    file.write_text(json.dumps({"keys": published}))
    assert run(Tokens(Settings(**PARTS | {"token_keys": str(file)})).identify(token(ed_key))).roles


# Signatures and algorithms.


def test_no_signature_is_not_taken(refused, ed_key):
    for name in ("none", "None", "NONE", "nOnE", ""):
        assert refused(by_hand({"alg": name, "kid": "ed-1"}, claims())) is Reason.TOKEN_ALGORITHM


@pytest.mark.parametrize("form", ["pem", "pkcs1", "der", "jwk"])
@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_the_public_key_as_a_shared_secret_is_not_taken(refused, rsa_key, form, algorithm):
    public = rsa_key.private.public_key()
    secret = {
        "pem": public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        "pkcs1": public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1),
        "der": public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
        "jwk": json.dumps(rsa_key.jwk).encode(),
    }[form]
    head, body = ({"alg": algorithm, "typ": "JWT", "kid": "rsa-1"}, claims())
    forged = with_shared_secret(head, body, secret)
    assert refused(forged) is Reason.TOKEN_ALGORITHM


def test_that_attack_is_a_real_one(rsa_key):
    """A reader that does what the header says, with the one key it has, takes it."""
    public = rsa_key.private.public_key()
    key = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    forged = with_shared_secret({"alg": "HS256", "typ": "JWT", "kid": "rsa-1"}, claims(), key)
    signed, _, signature = forged.rpartition(".")
    alg = json.loads(base64.urlsafe_b64decode(signed.partition(".")[0] + "=="))["alg"]
    checks = {"HS256": lambda: unpadded(hmac.new(key, signed.encode(), hashlib.sha256).digest()) == signature}
    assert checks[alg]()


def test_were_it_let_through_there_still_would_be_no_key_for_it(run, published, rsa_key):
    careless = Settings(**PARTS).model_copy(update={"token_algorithms": ("HS256", "none")})
    tokens = Tokens(
        careless, JwksClient(lambda: json.dumps({"keys": published}).encode(), 30.0, 3_600.0, 86_400.0, 5.0)
    )
    forged = with_shared_secret({"alg": "HS256", "kid": "rsa-1"}, claims(), b"x")
    for text in (forged, by_hand({"alg": "none", "kid": "rsa-1"}, claims())):
        with pytest.raises(IdentityUnknown) as caught:
            run(tokens.identify(text))
        assert caught.value.reason is Reason.TOKEN_UNKNOWN_KID


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256", "PS384", "PS512"])
def test_other_algorithms_of_a_trusted_key_are_not_taken(refused, rsa_key, algorithm):
    assert refused(token(rsa_key, algorithm=algorithm)) is Reason.TOKEN_ALGORITHM


def test_an_algorithm_that_settings_leave_out_is_not_taken(run, judge, refused, rsa_key, ed_key):
    run(judge(token_algorithms=("EdDSA",)).identify(token(ed_key)))
    assert refused(token(rsa_key), token_algorithms=("EdDSA",)) is Reason.TOKEN_ALGORITHM


def test_a_key_is_used_with_its_own_algorithm_only(refused, rsa_key, ec_key):
    assert refused(token(rsa_key, {"kid": "ec-1"})) is Reason.TOKEN_UNKNOWN_KID
    assert refused(token(ec_key, {"kid": "rsa-1"})) is Reason.TOKEN_UNKNOWN_KID


def test_a_stranger_who_uses_a_known_key_id_is_not_taken(refused):
    for kid, algorithm, private in (
        ("ed-1", "EdDSA", ed25519.Ed25519PrivateKey.generate()),
        ("ec-1", "ES256", ec.generate_private_key(ec.SECP256R1())),
        ("rsa-1", "RS256", rsa.generate_private_key(public_exponent=65_537, key_size=2_048)),
    ):
        assert refused(token(SigningKey(kid, algorithm, private))) is Reason.TOKEN_SIGNATURE


def test_a_key_the_token_brings_along_is_not_used(refused):
    stranger = SigningKey("ed-1", "EdDSA", ed25519.Ed25519PrivateKey.generate())
    for headers in ({"jwk": stranger.jwk}, {"jku": "http://127.0.0.1:1/jwks"}, {"x5u": "http://127.0.0.1:1/x"}):
        assert refused(token(stranger, headers)) is Reason.TOKEN_SIGNATURE


@pytest.mark.parametrize("part", [0, 1, 2])
def test_any_change_of_a_signed_token_is_found(run, judge, ed_key, part):
    parts = token(ed_key).split(".")
    found = 0
    for place in range(0, len(parts[part]) - 2, 7):
        changed = list(parts)
        swapped = "A" if parts[part][place] != "A" else "B"
        changed[part] = parts[part][:place] + swapped + parts[part][place + 1 :]
        with pytest.raises(IdentityUnknown):
            run(judge().identify(".".join(changed)))
        found += 1
    assert found > 5


def test_a_claim_changed_under_the_signature_is_found(refused, ed_key):
    head, _, signature = token(ed_key).split(".")
    body = unpadded(json.dumps(claims(roles=["sar-duty", "quay"])).encode())
    assert refused(f"{head}.{body}.{signature}") is Reason.TOKEN_SIGNATURE


# Headers.


def test_a_token_without_a_key_id_is_not_taken(refused, ed_key):
    for kid in (None, "", "x" * 201):
        assert refused(token(ed_key, {"kid": kid})) is Reason.TOKEN_WITHOUT_KID
    head = by_hand({"alg": "EdDSA", "kid": 7}, claims())
    assert refused(head) in (Reason.TOKEN_WITHOUT_KID, Reason.TOKEN_MALFORMED)


@pytest.mark.parametrize("kid", ["ed-9", "../../etc/passwd", "ed-1\x00", "' OR 1=1 --", "http://127.0.0.1/x", "ED-1"])
def test_a_key_id_is_a_name_and_nothing_else(refused, ed_key, kid):
    assert refused(token(ed_key, {"kid": kid})) is Reason.TOKEN_UNKNOWN_KID


@pytest.mark.parametrize("headers", [{"crit": ["exp"]}, {"crit": []}, {"b64": True}, {"typ": "logout+jwt"},
                                     {"typ": "dpop+jwt"}, {"typ": "secevent+jwt"}])  # fmt: skip
def test_headers_that_change_what_a_token_means_are_not_taken(refused, ed_key, headers):
    signed = by_hand({"alg": "EdDSA", "kid": "ed-1"} | headers, claims()).rpartition(".")[0]
    text = f"{signed}.{unpadded(ed_key.private.sign(signed.encode()))}"
    assert refused(text) in (Reason.TOKEN_HEADER, Reason.TOKEN_MALFORMED)


@pytest.mark.parametrize("kind", ["JWT", "jwt", "at+jwt", "application/at+jwt", None])
def test_usual_types_are_taken(run, judge, ed_key, kind):
    assert run(judge().identify(token(ed_key, {"typ": kind}))).roles


# Times, issuer, audience.


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": -31}, Reason.TOKEN_EXPIRED),
        ({"exp": -86_400}, Reason.TOKEN_EXPIRED),
        ({"nbf": 60}, Reason.TOKEN_NOT_YET),
        ({"iat": 60}, Reason.TOKEN_NOT_YET),
        ({"exp": 7_300}, Reason.TOKEN_TOO_LONG),
        ({"exp": 10**10}, Reason.TOKEN_TOO_LONG),
    ],
)
def test_times_that_are_not_taken(refused, ed_key, changes, reason):
    now = int(time.time())
    assert refused(token(ed_key, **{name: now + away for name, away in changes.items()})) is reason


@pytest.mark.parametrize("changes", [{"exp": -20}, {"nbf": 20}, {"iat": 20}, {"exp": 7_190}])
def test_clocks_may_be_a_little_apart(run, judge, ed_key, changes):
    now = int(time.time())
    assert run(judge().identify(token(ed_key, **{name: now + away for name, away in changes.items()}))).roles


@pytest.mark.parametrize("name", ["exp", "iss", "aud", "sub"])
def test_a_claim_that_is_missing_is_noticed(refused, ed_key, name):
    assert refused(token(ed_key, **{name: None})) is Reason.TOKEN_CLAIM


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://idp.example/realms/other"}, Reason.TOKEN_ISSUER),
        ({"iss": ISSUER + "/"}, Reason.TOKEN_ISSUER),
        ({"iss": ISSUER.upper()}, Reason.TOKEN_ISSUER),
        ({"aud": "another-service"}, Reason.TOKEN_AUDIENCE),
        ({"aud": []}, Reason.TOKEN_CLAIM),
        ({"aud": ["safeport-admin", "SAFEPORT"]}, Reason.TOKEN_AUDIENCE),
        ({"sub": ""}, Reason.TOKEN_CLAIM),
    ],
)
def test_a_token_for_somebody_else_is_not_taken(refused, ed_key, changes, reason):
    assert refused(token(ed_key, **changes)) is reason


def test_one_audience_of_several_is_enough(run, judge, ed_key):
    assert run(judge().identify(token(ed_key, aud=["another-service", AUDIENCE]))).roles


@pytest.mark.parametrize("changes", [{"exp": "tomorrow"}, {"exp": [1]}, {"exp": True}, {"exp": 10**400},
                                     {"aud": 7}, {"nbf": "x"}, {"iat": {}}])  # fmt: skip
def test_claims_of_the_wrong_kind_are_not_taken(run, judge, ed_key, changes):
    signed = by_hand({"alg": "EdDSA", "typ": "JWT", "kid": "ed-1"}, claims() | changes).rpartition(".")[0]
    text = f"{signed}.{unpadded(ed_key.private.sign(signed.encode()))}"
    with pytest.raises(IdentityUnknown):
        run(judge().identify(text))


def test_a_signed_number_that_is_none_is_not_taken(run, judge, ed_key):
    for number in ("Infinity", "NaN", "1e999"):
        body = json.dumps(claims(exp=0)).replace('"exp": 0', f'"exp": {number}')
        signed = f"{unpadded(json.dumps({'alg': 'EdDSA', 'kid': 'ed-1'}).encode())}.{unpadded(body.encode())}"
        with pytest.raises(IdentityUnknown):
            run(judge().identify(f"{signed}.{unpadded(ed_key.private.sign(signed.encode()))}"))


# Nonsense.


@pytest.mark.parametrize("text", [
    "", ".", "..", "...", "a.b.c", "e30.e30.", "e30.e30.e30", "\x00.\x00.\x00", "é.é.é", "x" * 8_193,
    by_hand([], {}), by_hand("alg", {}), by_hand({"alg": ["EdDSA"]}, {}), by_hand({"alg": {}}, {}),
    unpadded(b"[" * 5_000) + ".e30.x", unpadded(b'{"alg":"EdDSA","kid":' + b"9" * 5_000 + b"}") + ".e30.x",
    unpadded(b'{"alg":"EdDSA"}' + b" " * 100) + ".!.x", unpadded(b"\xff\xfe") + ".e30.x",
])  # fmt: skip
def test_what_is_no_token_is_refused_and_nothing_breaks(refused, text):
    assert refused(text) in Reason


@settings(deadline=None, max_examples=300)
@given(text=st.text(max_size=200) | st.from_regex(r"\A[A-Za-z0-9_-]{0,60}\.[A-Za-z0-9_-]{0,60}\.[A-Za-z0-9_-]{0,60}\Z"))
def test_any_text(text):
    import asyncio

    tokens = Tokens(Settings(**PARTS), JwksClient(lambda: b"", 30.0, 3_600.0, 86_400.0, 5.0))
    with pytest.raises((IdentityUnknown, IdentityUnavailable)):
        asyncio.run(tokens.identify(text))
