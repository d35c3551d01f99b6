"""Public keys of an issuer: a JWKS from a file or an address, kept while it cannot be had anew.

Written on ``http.client`` because it does nothing on its own: it reads no proxy from the environment, follows no
redirect, and undoes no compression.

References
----------
IETF RFC 7517, JSON Web Key. IETF RFC 8037 and 9864, Ed25519.
"""

import asyncio
import http.client
import json
import logging
import ssl
import time
from collections.abc import Callable
from contextlib import closing
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
from anyio import to_thread
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from api.security.identity import IdentityUnavailable

_log = logging.getLogger(__name__)

_MOST_KEYS = 100
_LONGEST_KID = 200
_LEAST_RSA_BITS = 2_048
_PIECE = 65_536

_ALGORITHMS = {("OKP", "Ed25519"): "EdDSA", ("EC", "P-256"): "ES256", ("RSA", None): "RS256"}
"""The one algorithm each kind of key is used with here, whatever a token says."""
_NAMES = {"EdDSA": {None, "EdDSA", "Ed25519"}, "ES256": {None, "ES256"}, "RS256": {None, "RS256"}}
"""What the key itself may say of it."""

KeyTable = dict[tuple[str, str], Any]
"""Public keys by key id and algorithm."""


class JwksUnavailable(Exception):
    """The keys cannot be had; the text is for the log."""


class IssuerRefuses(JwksUnavailable):
    """The issuer is there, and will not have what it was asked (RFC 9110, 15.5)."""


class JwksClient:
    """An issuer's keys.

    Parameters
    ----------
    fetch : callable
        Reads the JWKS; runs in a thread; raises `JwksUnavailable` or `OSError`.
    min_age_s : float
        The issuer is asked no more often than this, whether it answered or not. [s]
    max_age_s : float
        Keys older than this are asked for again; meanwhile the old ones serve. [s]
    keep_s : float
        Keys older than this serve no more. [s]
    wait_s : float
        Longest a caller waits for keys. [s]
    clock : callable
        [s]
    """

    def __init__(
        self, fetch: Callable[[], bytes], min_age_s: float, max_age_s: float, keep_s: float, wait_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._fetch = fetch
        self._min_age_s = min_age_s
        self._max_age_s = max_age_s
        self._keep_s = keep_s
        self._wait_s = wait_s
        self._clock = clock
        self._keys: KeyTable = {}
        self._had_s = self._tried_s = float("-inf")
        self._asking: asyncio.Task[None] | None = None

    async def find(self, kid: str | None, algorithm: str) -> Any:
        """Public key of an id, for an algorithm; without an id the only one there is. None when there is none such.

        Raises
        ------
        IdentityUnavailable
            There are no keys, or they are too old.
        """
        age_s = self._clock() - self._had_s
        key = self._known(kid, algorithm)
        if key is not None and age_s <= self._keep_s:
            if age_s > self._max_age_s:
                self._ask()
            return key
        asking = self._ask()
        if asking is not None:
            # Asked on behalf of everybody who waits: it goes on when this caller goes away.
            await asyncio.wait([asking], timeout=self._wait_s)
        key = self._known(kid, algorithm)
        too_old = self._clock() - self._had_s > self._keep_s
        if too_old or (key is None and self._tried_s > self._had_s):
            # It may be a key the issuer would tell us about if it could.
            raise IdentityUnavailable
        return key

    def _known(self, kid: str | None, algorithm: str) -> Any:
        if kid is not None:
            return self._keys.get((kid, algorithm))
        of_algorithm = [key for (_, used_with), key in self._keys.items() if used_with == algorithm]
        return of_algorithm[0] if len(of_algorithm) == 1 else None

    def begin(self) -> None:
        """Ask for the keys, without waiting for them."""
        self._ask()

    async def aclose(self) -> None:
        """Wait until the issuer is no longer being asked."""
        if self._asking is not None:
            await asyncio.wait([self._asking])

    def _ask(self) -> "asyncio.Task[None] | None":
        """The asking that is under way or begins now; None when it is too early to ask again."""
        if self._asking is not None and not self._asking.done():
            return self._asking
        now_s = self._clock()
        if now_s - self._tried_s < self._min_age_s:
            return None
        self._tried_s = now_s
        self._asking = asyncio.create_task(self._take(now_s))
        return self._asking

    async def _take(self, now_s: float) -> None:
        try:
            self._keys = await to_thread.run_sync(self._read)
        except (JwksUnavailable, OSError, http.client.HTTPException) as failure:
            reason = str(failure) if isinstance(failure, JwksUnavailable) else type(failure).__name__
            _log.warning("the issuer's keys were not had anew: %s", reason)
        else:
            self._had_s = now_s

    def _read(self) -> KeyTable:
        return parse_keys(self._fetch())


def parse_keys(data: bytes) -> KeyTable:
    """Keys of a JWKS that tokens can be checked with; others are left out.

    Raises
    ------
    JwksUnavailable
        It is no JWKS, or none of its keys can be used.
    """
    try:
        listed = json.loads(data)["keys"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise JwksUnavailable("what came is no JWKS") from None
    if not isinstance(listed, list) or len(listed) > _MOST_KEYS:
        raise JwksUnavailable("what came is no JWKS, or one with too many keys")
    table: KeyTable = {}
    for jwk in listed:
        kid = jwk.get("kid") if isinstance(jwk, dict) else None
        if not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST_KID:
            continue
        algorithm = _algorithm_of(jwk)
        key = None if algorithm is None else _public_key(jwk, algorithm)
        if algorithm is not None and key is not None:
            # Of two with one name the first counts, so that the order of a list decides and not chance.
            table.setdefault((kid, algorithm), key)
    if not table:
        raise JwksUnavailable("none of the keys that came can be used")
    return table


def _algorithm_of(jwk: dict[str, Any]) -> str | None:
    kind = jwk.get("kty"), jwk.get("crv")
    if not all(part is None or isinstance(part, str) for part in (*kind, jwk.get("alg"), jwk.get("use"))):
        return None
    algorithm = _ALGORITHMS.get((str(kind[0]), kind[1]))
    operations = jwk.get("key_ops", ["verify"])
    for_signatures = jwk.get("use") in (None, "sig") and isinstance(operations, list) and "verify" in operations
    # A private key in a list of public ones is known to everybody: nothing it signs means anything.
    if algorithm is None or "d" in jwk or not for_signatures or jwk.get("alg") not in _NAMES[algorithm]:
        return None
    return algorithm


def _public_key(jwk: dict[str, Any], algorithm: str) -> Any:
    try:
        key = jwt.PyJWK(jwk, algorithm=algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None
    return None if isinstance(key, RSAPublicKey) and key.key_size < _LEAST_RSA_BITS else key


def fetcher(place: str, wait_s: float, most_bytes: int) -> Callable[[], bytes]:
    """Function that reads the JWKS of a place.

    Parameters
    ----------
    place : str
        File or address; `refuse_unsafe_place` has passed it.
    wait_s : float
        [s]
    most_bytes : int
        [bytes]
    """
    if "://" in place:
        return lambda: download(place, wait_s, most_bytes)
    return lambda: _read_file(Path(place), most_bytes)


def _read_file(file: Path, most_bytes: int) -> bytes:
    with file.open("rb") as opened:
        return _limited(opened.read(most_bytes + 1), most_bytes)


def download(
    url: str, wait_s: float, most_bytes: int, form: bytes | None = None, headers: dict[str, str] | None = None
) -> bytes:
    """What an issuer answers under an address; posts a form where there is one.

    Parameters
    ----------
    url : str
        `refuse_unsafe_place` has passed it.
    wait_s : float
        [s]
    most_bytes : int
        [bytes]
    form : bytes, optional
        Encoded.
    headers : dict, optional
        Beside those every request has.

    Raises
    ------
    JwksUnavailable
        It refuses, or answers too slowly or too much.
    OSError
    """
    until_s = time.monotonic() + wait_s
    parts = urlsplit(url)
    host = str(parts.hostname)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(host, parts.port, timeout=wait_s, context=ssl.create_default_context())
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=wait_s)
    with closing(connection):
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("GET" if form is None else "POST", path, form, sent)
        with closing(connection.getresponse()) as answer:
            if answer.status != http.client.OK:
                kind = IssuerRefuses if 400 <= answer.status < 500 else JwksUnavailable
                raise kind(f"the issuer answered {answer.status}")
            body = b""
            while len(body) <= most_bytes and (piece := answer.read1(_PIECE)):
                body += piece
                if time.monotonic() > until_s:
                    raise JwksUnavailable("the issuer took too long")
        return _limited(body, most_bytes)


def _limited(body: bytes, most_bytes: int) -> bytes:
    if len(body) > most_bytes:
        raise JwksUnavailable(f"what came has more than {most_bytes} bytes")
    return body


def refuse_unsafe_place(place: str) -> None:
    """Refuse an address that somebody on the way could answer for.

    Raises
    ------
    ValueError
        Neither a file nor https; plain http is for this machine only.
    """
    if "://" not in place:
        return
    parts = urlsplit(place)
    if parts.scheme == "https" and parts.hostname and parts.username is None:
        return
    if parts.scheme == "http" and parts.username is None and is_loopback(parts.hostname or ""):
        return
    raise ValueError("should be a file or an https address without a password")


# Asked of every request twice, of few hosts.
@lru_cache(maxsize=64)
def is_loopback(host: str) -> bool:
    """Whether a host of an address is this machine itself; names other than ``localhost`` are not looked up."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
