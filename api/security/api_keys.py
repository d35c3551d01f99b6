"""API keys: ``sp_ID_SECRET``, 256 random bits, shown once, kept as a digest.

A digest without salt or stretching is enough, and as quick as callers need: there is nothing to guess in 256 random
bits. (Measured: argon2 would take 177 ms of a core for each request, SHA-256 takes a microsecond.)
"""

import asyncio
import hashlib
import hmac
import math
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from anyio import CapacityLimiter, to_thread

from api.security.identity import Identity, IdentityUnavailable, IdentityUnknown, Reason
from api.security.roles import AccessRole
from api.store.commands import Actor, Answer, IdempotencyKey, Role
from api.store.errors import SecretAlreadyShown, StoreError
from api.store.keys import CreateKey, RevokeKey, RotateKey, StoredKey
from api.store.ownership import principal_of
from api.store.store import Store
from api.store.validation import Json
from api.timeouts import wait_at_most

START = "sp_"
"""What every key begins with, so that one left in a file or a chat is found by a search."""

_KEY = re.compile(r"sp_([0-9a-f]{12})_([0-9a-f]{64})")
_ID_BYTES, _SECRET_BYTES = 6, 32
_MOST_REMEMBERED = 4_096
_LOOKED_UP_AT_ONCE = 4


class NewKey(NamedTuple):
    """A key as it is made; this is the only time its text is seen.

    Attributes
    ----------
    text : str
        The whole key.
    document : dict
        What is kept of it.
    """

    text: str
    document: Json

    def __repr__(self) -> str:
        return f"NewKey({self.document['key_id']})"


class _Remembered(NamedTuple):
    key: StoredKey
    at_s: float


class Keys:
    """The keys of a store.

    Parameters
    ----------
    store : Store
    remember_s : float
        How long a key that was looked up is believed: one revoked by another process is refused no later. What this
        process revokes it refuses at once. [s]
    clock : callable
        Of what is remembered; only ever forward. [s]
    wall : callable
        Of expiry. [s]
    keep_s : float
        How long a key that was looked up serves while the store cannot be read: a decision needs no store, and nothing
        that does is opened by it. [s]
    wait_s : float
        How long it is waited for then. [s]
    """

    def __init__(
        self, store: Store, remember_s: float, clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time, keep_s: float = 0.0, wait_s: float = 3.0,
    ) -> None:  # fmt: skip
        self._store = store
        self._remember_s = remember_s
        self._clock = clock
        self._wall = wall
        self._keep_s, self._wait_s = keep_s, wait_s
        self._not_asked_before_s = -math.inf
        self._remembered: OrderedDict[str, _Remembered] = OrderedDict()
        self._ids: frozenset[str] = frozenset()
        self._ids_at_s = -math.inf
        self._listing = asyncio.Lock()
        self._changes = 0
        self._gate = threading.Lock()
        self._looking_up: CapacityLimiter | None = None

    def create(
        self,
        unit: str,
        role: AccessRole,
        actor: Actor,
        expires_s: float | None = None,
        once: IdempotencyKey | None = None,
    ) -> NewKey:
        """Give a unit a key.

        Parameters
        ----------
        unit : str
        role : AccessRole
        actor : Actor
        expires_s : float, optional
            First instant it is no longer valid. [s]
        once : IdempotencyKey, optional
            Idempotency key: the same request again makes no second key.

        Raises
        ------
        Refused
        """
        key_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_hex(_SECRET_BYTES)
        command = CreateKey(key_id, unit, Role(role.value), _digest(secret), expires_s)
        return NewKey(f"{START}{key_id}_{secret}", self._shown_once(command, actor, once))

    def rotate(self, key_id: str, actor: Actor, overlap_s: float, once: IdempotencyKey | None = None) -> NewKey:
        """Give a key a new secret; the one before stays valid for the overlap. The same request again gives none.

        Raises
        ------
        Refused
        """
        secret = secrets.token_hex(_SECRET_BYTES)
        command = RotateKey(key_id, _digest(secret), overlap_s)
        return NewKey(f"{START}{key_id}_{secret}", self._shown_once(command, actor, once))

    def revoke(self, key_id: str, actor: Actor, reason: str = "", once: IdempotencyKey | None = None) -> Json:
        """End a key; requests that come after this are refused.

        Raises
        ------
        Refused
        """
        return self._do(RevokeKey(key_id, reason), actor, once).document

    def list_keys(self) -> list[StoredKey]:
        """Every key there ever was, oldest first."""
        return self._store.keys()

    def forget(self, key_id: str) -> None:
        """Look a key up anew when it comes next: somebody has changed it."""
        with self._gate:
            self._changes += 1
            self._remembered.pop(key_id, None)
            self._ids_at_s = -math.inf

    async def identify(self, text: str, may_look_up: bool) -> Identity:
        """Whose key it is.

        Parameters
        ----------
        text : str
            The whole key.
        may_look_up : bool
            Whether the store may be asked about any id that was not seen before; otherwise only about one on the list
            of all keys, which is read once for everybody, so that a flood of made-up ids is no flood of questions. A
            valid key is never refused for it.

        Raises
        ------
        IdentityUnknown
        IdentityUnavailable
            The store cannot be read, and the key was not seen lately.
        """
        found = _KEY.fullmatch(text)
        if found is None:
            raise IdentityUnknown(Reason.KEY_MALFORMED)
        key_id, secret = found.groups()
        remembered = self._remembered.get(key_id)
        if remembered is not None and self._clock() - remembered.at_s < self._remember_s:
            return self._checked(remembered.key, secret)
        if remembered is None and not may_look_up and key_id not in await self._all_ids():
            raise IdentityUnknown(Reason.KEY_NOT_LOOKED_UP)
        kept = remembered if remembered is not None and self._clock() - remembered.at_s < self._keep_s else None
        if kept is not None and self._clock() < self._not_asked_before_s:
            return self._checked(kept.key, secret)
        if self._looking_up is None:
            self._looking_up = CapacityLimiter(_LOOKED_UP_AT_ONCE)
        asked = to_thread.run_sync(self._looked_up, key_id, limiter=self._looking_up)
        try:
            key = await asked if kept is None else await wait_at_most(asked, self._wait_s)
        except (IdentityUnavailable, TimeoutError):
            if kept is None:
                raise
            # A store that is away may take seconds to say so: the next callers need not wait for it as well.
            self._not_asked_before_s = self._clock() + self._remember_s
            return self._checked(kept.key, secret)
        if key is None:
            raise IdentityUnknown(Reason.KEY_UNKNOWN)
        return self._checked(key, secret)

    async def _all_ids(self) -> frozenset[str]:
        """Ids of all keys, no older than a remembered key may be."""
        async with self._listing:
            if self._clock() - self._ids_at_s >= self._remember_s:
                at_s = self._clock()
                try:
                    keys = await to_thread.run_sync(self._store.keys)
                except StoreError as failure:
                    raise IdentityUnavailable from failure
                self._ids, self._ids_at_s = frozenset(key.id for key in keys), at_s
            return self._ids

    def _looked_up(self, key_id: str) -> StoredKey | None:
        at_s, changes = self._clock(), self._changes
        try:
            key = self._store.key(key_id)
        except StoreError as failure:
            raise IdentityUnavailable from failure
        with self._gate:
            if key is None:
                self._remembered.pop(key_id, None)
            elif changes == self._changes:
                # Otherwise what was read may be older than what was changed meanwhile.
                self._remembered[key_id] = _Remembered(key, at_s)
                self._remembered.move_to_end(key_id)
                if len(self._remembered) > _MOST_REMEMBERED:
                    self._remembered.popitem(last=False)
        return key

    def _checked(self, key: StoredKey, secret: str) -> Identity:
        now_ms = self._wall() * 1000.0
        digest = _digest(secret)
        # Both are always compared, and in constant time, so that how long it takes says nothing.
        is_current = hmac.compare_digest(digest, key.secret_sha256)
        is_previous = hmac.compare_digest(digest, key.previous_sha256 or bytes(len(digest)))
        if not is_current and not is_previous:
            raise IdentityUnknown(Reason.KEY_WRONG_SECRET)
        if key.revoked_ms is not None:
            raise IdentityUnknown(Reason.KEY_REVOKED)
        if key.expires_ms is not None and now_ms >= key.expires_ms:
            raise IdentityUnknown(Reason.KEY_EXPIRED)
        if not is_current and (key.previous_until_ms is None or now_ms >= key.previous_until_ms):
            raise IdentityUnknown(Reason.KEY_EXPIRED)
        return Identity(principal_of(key.unit), frozenset({AccessRole(key.role)}), key.unit)

    def _shown_once(self, command: CreateKey | RotateKey, actor: Actor, once: IdempotencyKey | None) -> Json:
        answer = self._do(command, actor, once)
        if answer.repeated:
            # What was shown is kept nowhere, so this one request cannot be given the same bytes again.
            known = answer.document["key_id"]
            raise SecretAlreadyShown(
                "Idempotency-Key", f"has made key {known} before, which was shown then.",
                f"If it got lost, rotate {known} under a new Idempotency-Key.",
            )  # fmt: skip
        return answer.document

    def _do(self, command: CreateKey | RotateKey | RevokeKey, actor: Actor, once: IdempotencyKey | None) -> Answer:
        answer = self._store.do(command, actor, self._wall(), once)
        self.forget(command.key_id)
        return answer


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
