"""Tokens of an issuer (OIDC): JWTs checked here, with the issuer's public keys, without asking it about each.

References
----------
IETF RFC 7519, JSON Web Token. IETF RFC 8725, JWT Best Current Practices. IETF RFC 9068, JWT access tokens.
"""

import hashlib
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import jwt

from api.security.identity import Identity, IdentityUnknown, Reason
from api.security.jwks import JwksClient, JwksUnavailable, fetcher, parse_keys
from api.security.roles import AccessRole
from api.store.errors import InvalidValue
from api.store.validation import LONGEST_NAME, checked_text
from engine.errors import InvalidAsk

if TYPE_CHECKING:
    from api.settings import Settings

LONGEST_TOKEN = 8_192
_LONGEST_KID = 200
_TYPES = {None, "JWT", "AT+JWT", "APPLICATION/AT+JWT"}
_MOST_ROLES = 200

_REASONS: tuple[tuple[type[Exception], Reason], ...] = (
    (jwt.ExpiredSignatureError, Reason.TOKEN_EXPIRED),
    (jwt.ImmatureSignatureError, Reason.TOKEN_NOT_YET),
    (jwt.InvalidIssuerError, Reason.TOKEN_ISSUER),
    (jwt.InvalidAudienceError, Reason.TOKEN_AUDIENCE),
    (jwt.MissingRequiredClaimError, Reason.TOKEN_CLAIM),
    (jwt.InvalidSignatureError, Reason.TOKEN_SIGNATURE),
)


class Tokens:
    """Tokens of the issuer that settings name.

    Parameters
    ----------
    settings : ForecastSettings
        Whose token settings are there.
    key_set : JwksClient, optional
        Otherwise that of `token_keys`.
    may_omit_kid : bool
        Whether a token may leave the key's id out where the issuer has one key only (OpenID Connect Core 1.0, 10.1):
        true of ID tokens had from the issuer itself.

    Raises
    ------
    InvalidAsk
        `token_keys` is a file, and no key can be had from it. (A server may be away for the moment.)
    """

    def __init__(self, settings: "Settings", key_set: JwksClient | None = None, *, may_omit_kid: bool = False) -> None:
        self._settings = settings
        self._may_omit_kid = may_omit_kid
        if key_set is None and "://" not in str(settings.token_keys):
            _refuse_bad_file(settings)
        self._key_set = key_set or JwksClient(
            fetcher(str(settings.token_keys), settings.token_keys_wait_s, settings.token_keys_bytes),
            settings.token_keys_min_age_s, settings.token_keys_max_age_s, settings.token_keys_keep_s,
            settings.token_keys_wait_s,
        )  # fmt: skip

    async def identify(self, text: str) -> Identity:
        """Whose token it is.

        Raises
        ------
        IdentityUnknown
        IdentityUnavailable
            There are no keys of the issuer to check it with.
        """
        return self.identity_of(await self.claims(text))

    async def claims(self, text: str) -> dict[str, Any]:
        """Claims of a token, all that can be checked of it having been.

        Raises
        ------
        IdentityUnknown
        IdentityUnavailable
            There are no keys of the issuer to check it with.
        """
        algorithm, kid = self._header_of(text)
        key = await self._key_set.find(kid, algorithm)
        if key is None:
            raise IdentityUnknown(Reason.TOKEN_UNKNOWN_KID)
        return self._claims_of(text, key, algorithm)

    def identity_of(self, claims: dict[str, Any]) -> Identity:
        """Who stands behind claims that were checked.

        Raises
        ------
        IdentityUnknown
            They name no subject.
        """
        subject = claims.get("sub")
        if not isinstance(subject, str) or not subject:
            raise IdentityUnknown(Reason.TOKEN_CLAIM)
        # A subject may be a person's name; its digest is not, and is as good at telling callers apart.
        digest = hashlib.sha256(f"{self._settings.token_issuer}\n{subject}".encode(errors="replace")).hexdigest()
        return Identity(f"token:{digest[:32]}", self._roles_of(claims), self._duty_of(claims))

    def begin(self) -> None:
        """Ask the issuer for its keys before the first token comes."""
        self._key_set.begin()

    async def aclose(self) -> None:
        """Wait until the issuer is no longer being asked."""
        await self._key_set.aclose()

    def _header_of(self, text: str) -> tuple[str, str | None]:
        """Algorithm and key id, both as settings allow them; nothing else of the header is ever acted on."""
        if len(text) > LONGEST_TOKEN:
            raise IdentityUnknown(Reason.TOKEN_MALFORMED)
        try:
            header: Mapping[str, Any] = jwt.get_unverified_header(text)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise IdentityUnknown(Reason.TOKEN_MALFORMED) from None
        algorithm, kid, kind = header.get("alg"), header.get("kid"), header.get("typ")
        if algorithm not in self._settings.token_algorithms:
            raise IdentityUnknown(Reason.TOKEN_ALGORITHM)
        if "crit" in header or "b64" in header or (kind.upper() if isinstance(kind, str) else kind) not in _TYPES:
            raise IdentityUnknown(Reason.TOKEN_HEADER)
        if kid is None and self._may_omit_kid:
            return algorithm, None
        if not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST_KID:
            raise IdentityUnknown(Reason.TOKEN_WITHOUT_KID)
        return algorithm, kid

    def _claims_of(self, text: str, key: Any, algorithm: str) -> dict[str, Any]:
        settings = self._settings
        try:
            claims: dict[str, Any] = jwt.decode(
                text, key, algorithms=[algorithm], issuer=settings.token_issuer, audience=settings.token_audience,
                leeway=settings.token_leeway_s, options={"require": ["exp", "iss", "aud", "sub"]},
            )  # fmt: skip
            longest_s = settings.token_longest_s + settings.token_leeway_s
            if float(claims["exp"]) - time.time() > longest_s:
                raise IdentityUnknown(Reason.TOKEN_TOO_LONG)
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as wrong:
            named = (reason for kind, reason in _REASONS if isinstance(wrong, kind))
            raise IdentityUnknown(next(named, Reason.TOKEN_MALFORMED)) from None
        return claims

    def _roles_of(self, claims: dict[str, Any]) -> frozenset[AccessRole]:
        claim = _claim(claims, self._settings.token_role_claim)
        names = claim.split() if isinstance(claim, str) else claim if isinstance(claim, list) else []
        known = self._settings.token_roles
        return frozenset(known[name] for name in names[:_MOST_ROLES] if isinstance(name, str) and name in known)

    def _duty_of(self, claims: dict[str, Any]) -> str:
        claim = _claim(claims, self._settings.token_duty_claim)
        try:
            return checked_text(claim, "duty", LONGEST_NAME, needed=True)
        except InvalidValue:
            # Whoever set the issuer up forgot it: a controller is not locked out for that.
            return ""


def _refuse_bad_file(settings: "Settings") -> None:
    try:
        parse_keys(fetcher(str(settings.token_keys), settings.token_keys_wait_s, settings.token_keys_bytes)())
    except (JwksUnavailable, OSError) as failure:
        reason = str(failure) if isinstance(failure, JwksUnavailable) else failure.strerror
        raise InvalidAsk("token_keys", f"the file cannot be used ({reason}).", "Name the issuer's JWKS.") from None


def _claim(claims: dict[str, Any], name: str) -> Any:
    """A claim by its name, or by the way into it: some issuers put dots into names, some put tables into tables."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found
