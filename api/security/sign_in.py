"""Sign-in by the centre's own issuer: the code flow of OpenID Connect with PKCE, and the sessions that come of it.

A browser is given nothing but the random name of its session, in a cookie no script can read. Who that is, and until
when, stands in the memory of this process, and ends with it, by sign-out, or with the ID token.

References
----------
OpenID Connect Core 1.0, sections 3.1 and 15.5; RP-Initiated Logout 1.0. IETF RFC 7636, PKCE. IETF RFC 9700, OAuth 2.0
Security Best Current Practice.
"""

import asyncio
import base64
import hashlib
import json
import logging
import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote_plus, urlencode

from anyio import to_thread

from api.security.identity import Identity, IdentityUnavailable, IdentityUnknown, Reason
from api.security.jwks import IssuerRefuses, JwksUnavailable, download, refuse_unsafe_place
from api.security.tokens import Tokens

if TYPE_CHECKING:
    from api.settings import Settings

_log = logging.getLogger(__name__)

CALLBACK = "/console/v1/sign-in/callback"
"""Path that the issuer sends the browser back to; register the address with it."""

BEGUN_S = 600.0
"""[A] A sign-in that was begun is forgotten after so long. [s]"""

MOST_BEGUN, MOST_SESSIONS = 1_000, 1_000
"""Beyond these the oldest is forgotten: nobody fills the memory by beginning and never coming back."""

_LARGEST_ANSWER = 262_144


class SignInRefused(Exception):
    """Nobody was signed in; the text is for the log."""


class _Provider(NamedTuple):
    """What the issuer says of itself (OpenID Connect Discovery 1.0)."""

    authorization: str
    token: str
    end_session: str | None


class _Begun(NamedTuple):
    """A sign-in under way: what only the browser that began it, and the issuer, may know."""

    browser: str
    nonce: str
    verifier: str
    at_s: float


class _Session(NamedTuple):
    """Somebody signed in, and until when. [epoch s]"""

    identity: Identity
    until_s: float


class SignIn:
    """Sign-ins and sessions of one process.

    Parameters
    ----------
    settings : Settings
        With an issuer and a client of it.
    tokens : Tokens, optional
        Judge of ID tokens; otherwise that of the settings, for the client.
    clock : callable
        Epoch seconds, as tokens have them. [s]
    """

    def __init__(
        self, settings: "Settings", tokens: Tokens | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        for_client = settings.model_copy(update={"token_audience": settings.sign_in_client})
        self._tokens = tokens or Tokens(for_client, may_omit_kid=True)
        self._clock = clock
        self._provider: _Provider | None = None
        self._finding = asyncio.Lock()
        self._begun: dict[str, _Begun] = {}
        self._sessions: dict[str, _Session] = {}

    @property
    def callback(self) -> str:
        """Address the issuer sends the browser back to."""
        return f"{str(self._settings.sign_in_origin).rstrip('/')}{CALLBACK}"

    async def begin(self) -> tuple[str, str]:
        """Begin a sign-in.

        Returns
        -------
        tuple of str
            Address of the issuer's page, and the name of this browser for its cookie.

        Raises
        ------
        IdentityUnavailable
            The issuer cannot be reached.
        """
        provider = await self._found()
        state, browser, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(4))
        now_s = self._clock()
        self._begun = {name: begun for name, begun in self._begun.items() if now_s - begun.at_s <= BEGUN_S}
        while len(self._begun) >= MOST_BEGUN:
            del self._begun[next(iter(self._begun))]
        self._begun[state] = _Begun(browser, nonce, verifier, now_s)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code", "client_id": str(self._settings.sign_in_client), "redirect_uri": self.callback,
            "scope": self._settings.sign_in_scope, "state": state, "nonce": nonce, "code_challenge": challenge,
            "code_challenge_method": "S256",
        }  # fmt: skip
        joint = "&" if "?" in provider.authorization else "?"
        return f"{provider.authorization}{joint}{urlencode(asked)}", browser

    async def finish(self, state: str, code: str, browser: str) -> str:
        """End a sign-in that the issuer has said yes to.

        Parameters
        ----------
        state, code : str
            As the issuer sent them.
        browser : str
            Of the browser's cookie: a code that somebody else obtained is not taken.

        Returns
        -------
        str
            Name of the session, for its cookie.

        Raises
        ------
        SignInRefused
        IdentityUnknown
            The ID token is not one of this issuer for this client.
        IdentityUnavailable
        """
        begun = self._begun.pop(state, None)
        if begun is None or not secrets.compare_digest(begun.browser, browser):
            raise SignInRefused("no such sign-in was begun by this browser")
        if self._clock() - begun.at_s > BEGUN_S:
            raise SignInRefused("the sign-in took too long")
        claims = await self._tokens.claims(await self._id_token(code, begun.verifier))
        client = self._settings.sign_in_client
        if claims.get("nonce") != begun.nonce or claims.get("azp", client) != client:
            raise SignInRefused("the ID token is of another sign-in")
        identity = self._tokens.identity_of(claims)
        if not identity.roles:
            raise SignInRefused("the ID token has no role that is taken here")
        self._forget_ended()
        while len(self._sessions) >= MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        name = secrets.token_urlsafe(32)
        self._sessions[_digest(name)] = _Session(identity, float(claims["exp"]))
        return name

    def identify(self, name: str) -> Identity:
        """Whose session it is.

        Raises
        ------
        IdentityUnknown
            It has ended, or there never was one.
        """
        session = self._sessions.get(_digest(name))
        if session is None:
            raise IdentityUnknown(Reason.SESSION_UNKNOWN)
        if self._clock() >= session.until_s:
            raise IdentityUnknown(Reason.SESSION_OVER)
        return session.identity

    def end(self, name: str) -> str | None:
        """End a session; the address where the issuer's own ends, where it has one."""
        self._sessions.pop(_digest(name), None)
        end = None if self._provider is None else self._provider.end_session
        if end is None:
            return None
        after = f"{str(self._settings.sign_in_origin).rstrip('/')}/console"
        asked = {"client_id": str(self._settings.sign_in_client), "post_logout_redirect_uri": after}
        return f"{end}{'&' if '?' in end else '?'}{urlencode(asked)}"

    def begin_service(self) -> None:
        """Ask the issuer for its keys before anybody signs in."""
        self._tokens.begin()

    async def aclose(self) -> None:
        """Wait for what is still going on."""
        await self._tokens.aclose()

    def _forget_ended(self) -> None:
        now_s = self._clock()
        self._sessions = {name: session for name, session in self._sessions.items() if session.until_s > now_s}

    async def _found(self) -> _Provider:
        """What the issuer says of itself: asked once, and again only where it could not answer."""
        async with self._finding:
            if self._provider is None:
                issuer = str(self._settings.token_issuer)
                configuration = await self._json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
                # Otherwise one issuer could pass for another.
                if configuration.get("issuer") != issuer:
                    raise self._unavailable("its configuration is of another issuer")
                end = configuration.get("end_session_endpoint")
                try:
                    authorization, token = (
                        str(configuration["authorization_endpoint"]),
                        str(configuration["token_endpoint"]),
                    )
                    for place in (authorization, token, *(() if end is None else (str(end),))):
                        if "://" not in place:
                            raise ValueError
                        refuse_unsafe_place(place)
                except (KeyError, ValueError):
                    raise self._unavailable("its configuration has no safe addresses") from None
                self._provider = _Provider(authorization, token, None if end is None else str(end))
            return self._provider

    async def _id_token(self, code: str, verifier: str) -> str:
        provider = await self._found()
        client, secret = str(self._settings.sign_in_client), self._settings.sign_in_secret
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self.callback, "code_verifier": verifier,
            "client_id": client,
        }  # fmt: skip
        headers = {}
        if secret is not None:
            # Both halves are form-encoded first (RFC 6749, 2.3.1).
            pair = f"{quote_plus(client)}:{quote_plus(secret.get_secret_value())}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        try:
            answer = await self._json(provider.token, urlencode(form).encode(), headers)
        except IdentityUnavailable as failure:
            if isinstance(failure.__cause__, IssuerRefuses):
                raise SignInRefused(str(failure.__cause__)) from None
            raise
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise SignInRefused("the issuer gave no ID token")
        return token

    async def _json(self, url: str, form: bytes | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
        wait_s = self._settings.token_keys_wait_s
        try:
            answer = json.loads(
                await to_thread.run_sync(lambda: download(url, wait_s, _LARGEST_ANSWER, form, headers or {}))
            )
        except (JwksUnavailable, OSError, ValueError, RecursionError) as failure:
            raise self._unavailable(str(failure)) from failure
        if not isinstance(answer, dict):
            raise self._unavailable("what came is no JSON object")
        return answer

    @staticmethod
    def _unavailable(why: str) -> IdentityUnavailable:
        _log.warning("sign-in: %s", why)
        return IdentityUnavailable()


def _digest(name: str) -> str:
    """What stands for the name of a session in memory: who reads that has no session by it."""
    return hashlib.sha256(name.encode(errors="replace")).hexdigest()
