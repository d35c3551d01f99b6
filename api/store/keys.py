"""Keys of vessels and services: made, given a new secret, revoked. Never deleted, so that a record keeps its key.

The secret itself never comes here: what is passed in and kept is its SHA-256, and what goes into audit rows and events
is the SHA-256 of that, which tells two secrets apart and opens nothing.
"""

import hashlib
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import Field
from typing_extensions import TypedDict

from api.store.command_fields import OUTSIDE, Checked, Instant, LookedUpId, Name, PathId, Text, check_fields
from api.store.commands import Change, CommandContext, Role
from api.store.database import Row, Transaction, insertion, update
from api.store.errors import InvalidValue, NotFound, WrongState
from api.store.record_types import At, MaybeAt
from api.store.validation import Json, checked_id, checked_number, checked_text, milliseconds, written_time


class KeyDocument(TypedDict):
    """A key of a unit, without its secret."""

    key_id: str
    unit: str
    role: str
    made_at: At
    expires_at: MaybeAt
    rotated_at: MaybeAt
    revoked_at: MaybeAt
    fingerprint: Annotated[str, Field(description="Tells two secrets apart and opens nothing.")]
    previous_fingerprint: str | None
    previous_until: MaybeAt
    version: int


class KeysDocument(TypedDict):
    """Every key there ever was."""

    keys: list[KeyDocument]


class NewKeyDocument(KeyDocument):
    """A key as it is made, the only time its text is seen."""

    key: Annotated[str, Field(description="Sent as `Authorization: Bearer`; kept nowhere.")]


KEY_ROLES = (Role.VIEWER, Role.CREW, Role.CONTROLLER, Role.PORT_OFFICER, Role.AUDITOR, Role.ADMIN)
LONGEST_UNIT = 100
LONGEST_OVERLAP_S = 30 * 86_400.0
"""[A] [s]"""

_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A row of its table.

    Attributes
    ----------
    unit : str
        Vessel, port or service it was given to.
    secret_sha256, previous_sha256 : bytes
        Of the secret, and of the one before it.
    previous_until_ms, expires_ms : int or None
        First instant at which the one before, or the whole key, is no longer valid. [ms]
    """

    id: str
    made: int
    unit: str
    role: str
    secret_sha256: bytes
    previous_sha256: bytes | None
    previous_until_ms: int | None
    made_ms: int
    expires_ms: int | None
    rotated_ms: int | None
    revoked_ms: int | None
    version: int

    def document(self) -> Json:
        """For people and programs; no digest in it leads to a secret."""
        return {
            "key_id": self.id, "unit": self.unit, "role": self.role, "made_at": written_time(self.made_ms),
            "expires_at": written_time(self.expires_ms), "rotated_at": written_time(self.rotated_ms),
            "revoked_at": written_time(self.revoked_ms), "fingerprint": _fingerprint(self.secret_sha256),
            "previous_fingerprint": None if self.previous_sha256 is None else _fingerprint(self.previous_sha256),
            "previous_until": written_time(self.previous_until_ms), "version": self.version,
        }  # fmt: skip


_COLUMNS = ", ".join(field.name for field in fields(StoredKey))


def _fingerprint(digest: bytes) -> str:
    return hashlib.sha256(digest).hexdigest()


@dataclass(frozen=True, slots=True)
class CreateKey:
    """Give a unit a key.

    Attributes
    ----------
    key_id : str
        The part of the key that is no secret.
    role : Role
        One of `KEY_ROLES`.
    """

    kind: ClassVar[str] = "key.created"
    key_id: PathId
    unit: Annotated[
        Name, Field(description="Vessel, port or service; never a person.", examples=["RNLI Severn"]),
        Checked(partial(checked_text, longest=LONGEST_UNIT, needed=True)),
    ]  # fmt: skip
    role: Role
    secret_sha256: Annotated[bytes, OUTSIDE]
    expires_s: Annotated[Instant | None, Field(description="From then on it is not valid.")] = None

    def apply(self, context: CommandContext) -> Change:
        """Add the row."""
        context.actor.needs(Role.ADMIN)
        check_fields(self)
        if self.role not in KEY_ROLES:
            raise InvalidValue("role", "is none a key can have.", f"Use {', '.join(role.value for role in KEY_ROLES)}.")
        expires_ms = None if self.expires_s is None else milliseconds(self.expires_s, "expires_at")
        if expires_ms is not None and expires_ms <= context.now_ms:
            raise InvalidValue("expires_at", "is in the past.", "Check the date.")
        if context.tx.row("SELECT 1 FROM access_key WHERE id = ?", self.key_id):
            raise WrongState("key_id", "exists already.", "Use another one.")
        key = StoredKey(
            id=self.key_id, made=context.sequence, unit=self.unit, role=self.role.value,
            secret_sha256=_checked_digest(self.secret_sha256), previous_sha256=None, previous_until_ms=None,
            made_ms=context.now_ms, expires_ms=expires_ms, rotated_ms=None, revoked_ms=None, version=context.sequence,
        )  # fmt: skip
        context.tx.run(*insertion("access_key", **asdict(key)))
        return Change(key.id, key.document())


@dataclass(frozen=True, slots=True)
class RotateKey:
    """Give a key a new secret. The one before stays valid for a while; one still older ends at once.

    Attributes
    ----------
    overlap_s : float
        How long the one before stays valid; 0 ends it at once. [s]
    """

    kind: ClassVar[str] = "key.rotated"
    key_id: LookedUpId
    secret_sha256: bytes
    overlap_s: float

    def apply(self, context: CommandContext) -> Change:
        """Move the secret to where the one before is kept."""
        context.actor.needs(Role.ADMIN)
        overlap_s = checked_number(self.overlap_s, "overlap_s", 0.0, LONGEST_OVERLAP_S)
        key = _known_key(context.tx, self.key_id)
        if key.revoked_ms is not None:
            raise WrongState("key_id", "is revoked.", "Create a new key.")
        if key.expires_ms is not None and key.expires_ms <= context.now_ms:
            raise WrongState("key_id", "has expired.", "Create a new key.")
        until_ms = context.now_ms + round(overlap_s * 1000.0)
        overlaps = until_ms > context.now_ms
        return _change(
            context, key, secret_sha256=_checked_digest(self.secret_sha256), rotated_ms=context.now_ms,
            previous_sha256=key.secret_sha256 if overlaps else None, previous_until_ms=until_ms if overlaps else None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RevokeKey:
    """End a key, both its secrets, at once and for good."""

    kind: ClassVar[str] = "key.revoked"
    key_id: LookedUpId
    reason: Text = ""

    def apply(self, context: CommandContext) -> Change:
        """Mark it, unless it is marked already."""
        context.actor.needs(Role.ADMIN)
        check_fields(self)
        key = _known_key(context.tx, self.key_id)
        if key.revoked_ms is not None:
            return Change(key.id, key.document(), changed=False)
        return _change(context, key, revoked_ms=context.now_ms)


def stored_key(tx: Transaction, key_id: str) -> StoredKey | None:
    """A key; None when there is none of that id."""
    row = tx.row(f"SELECT {_COLUMNS} FROM access_key WHERE id = ?", key_id)  # noqa: S608
    return None if row is None else _key(row)


def stored_keys(tx: Transaction) -> list[StoredKey]:
    """Every key, oldest first."""
    return [_key(row) for row in tx.rows(f"SELECT {_COLUMNS} FROM access_key ORDER BY made")]  # noqa: S608


def _known_key(tx: Transaction, key_id: str) -> StoredKey:
    key = stored_key(tx, checked_id(key_id, "key_id"))
    if key is None:
        raise NotFound("key_id", "names no key.", "'safeport keys list' shows all.")
    return key


def _change(context: CommandContext, key: StoredKey, **changes: Any) -> Change:
    changes["version"] = context.sequence
    context.tx.run(*update("access_key", key.id, **changes))
    return Change(key.id, replace(key, **changes).document())


def _checked_digest(digest: bytes) -> bytes:
    if not isinstance(digest, bytes) or len(digest) != _DIGEST_BYTES:
        raise InvalidValue("secret_sha256", "is not a SHA-256.", "Make the key with 'safeport keys create'.")
    return digest


def _key(row: Row) -> StoredKey:
    key_id, made, unit, role, secret, previous, *rest = row
    return StoredKey(key_id, made, unit, role, bytes(secret), None if previous is None else bytes(previous), *rest)
