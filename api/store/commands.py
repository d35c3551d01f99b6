"""How a change is made: one command, one transaction, one audit row, one event, and perhaps one idempotency key.

Every command of the store goes through `execute`, so none can forget its audit row.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any, ClassVar, NamedTuple, Protocol

import orjson

from api.store.audit import CLOCK_MENDED, Head, append_audit, read_head, write_head
from api.store.database import Row, Transaction
from api.store.errors import KeyReused, RoleNeeded
from api.store.events import append_event
from api.store.ownership import OwnRecord, require_own
from api.store.validation import LONGEST_NAME, Json, canonical, checked_id, checked_text, written_time


class Role(Enum):
    """In what capacity somebody acts; never who they are."""

    CONTROLLER = "controller"
    MASTER = "master"
    CREW = "crew"
    PORT_OFFICER = "port_officer"
    AUDITOR = "auditor"
    ADMIN = "admin"
    VIEWER = "viewer"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: a role, and the name of a duty or a unit such as ``MRCC Dover SMC``.

    Attributes
    ----------
    principal : str
        Whose key or token it was done with; empty where nobody was asked. What it makes is that principal's own.
    """

    role: Role
    duty: str
    principal: str = ""

    def check(self) -> "Actor":
        """The same, known to be storable.

        Raises
        ------
        InvalidValue
        """
        checked_text(self.duty, "actor.duty", LONGEST_NAME, needed=True)
        checked_text(self.principal, "actor.principal", LONGEST_NAME)
        return self

    def needs(self, *roles: Role) -> None:
        """Refuse a role that may not do this.

        Raises
        ------
        RoleNeeded
        """
        if self.role not in roles:
            allowed = " or ".join(role.value for role in roles)
            raise RoleNeeded("actor.role", f"is {self.role.value}.", f"This takes the role {allowed}.")


ANSWERED = "request.answered"
"""Kind of an audit row that has no event: a request with an idempotency key that changed nothing."""


class IdempotencyKey(NamedTuple):
    """An idempotency key: the same key of the same principal with the same body changes things once.

    Attributes
    ----------
    key : str
        Made by the sender.
    principal : str
        Whose key it is: two senders may happen to choose the same one.
    body : bytes
        What was sent; only its digest is kept.
    """

    key: str
    principal: str
    body: bytes

    @property
    def body_sha256(self) -> bytes:
        """Digest of what was sent."""
        return hashlib.sha256(self.body).digest()

    @property
    def digest(self) -> bytes:
        """What stands for the whole of it in the audit trail."""
        return once_digest(self.principal, self.key, self.body_sha256)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answers.

    Attributes
    ----------
    body : bytes
        Canonical JSON; the same bytes for every repeat of an idempotency key.
    repeated : bool
        Whether this is the answer of an earlier time, given again.
    sequence : int
        Of the audit row written; 0 when nothing was changed.
    """

    body: bytes
    repeated: bool = False
    sequence: int = 0

    @property
    def document(self) -> Json:
        """The body as values."""
        document: Json = orjson.loads(self.body)
        return document


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What a command works with: its transaction, its time, the number its audit row will have, and who acts.

    Attributes
    ----------
    now_ms : int
        Never earlier than that of any command before, whatever the clock says.
    deferred : list
        Statements for after the audit row.
    """

    tx: Transaction
    now_ms: int
    sequence: int
    actor: Actor
    deferred: list[tuple[str, Row]] = field(default_factory=list)

    @property
    def by(self) -> dict[str, str]:
        """In what capacity they act, as tables and documents have it."""
        return {"role": self.actor.role.value, "duty": self.actor.duty}

    def new_id(self, initial: str) -> str:
        """Id of a record somebody may change: nobody who was not told it can name it.

        Its number says in which order records were made; what follows it has 64 random bits.
        """
        return f"{initial}-{self.sequence}{id_suffix()}"

    def defer(self, sql: str, *values: Any) -> None:
        """Run a statement once the audit row is there: for rows that refer to it."""
        self.deferred.append((sql, values))


def id_suffix() -> str:
    """What cannot be guessed of an id."""
    return f"-{secrets.token_hex(8)}"


class Change(NamedTuple):
    """What a command did.

    Attributes
    ----------
    subject : str
        Id of what changed.
    document : dict
        The answer, the event's body, and what the audit row says it became.
    changed : bool
        False when there was nothing to do: then no row is written at all.
    """

    subject: str
    document: Json
    changed: bool = True


class Command(Protocol):
    """A change somebody asks for; a frozen dataclass whose fields are what was asked."""

    kind: ClassVar[str]

    def apply(self, context: CommandContext) -> Change:
        """Make the change, or raise `Refused`."""


def execute(
    tx: Transaction, command: Command, actor: Actor, clock_ms: int, once: IdempotencyKey | None = None,
    own: Sequence[OwnRecord] = (),
) -> Answer:  # fmt: skip
    """Make one change and everything that goes with it.

    Parameters
    ----------
    tx : Transaction
        To write in.
    command : Command
        What to do.
    actor : Actor
        Who does it.
    clock_ms : int
        Time by the caller's clock. Recorded time is this, or the latest recorded before when the clock is behind it,
        so that a hold that was seen to expire stays expired; only `clock.MendClock` goes back. [ms]
    once : IdempotencyKey, optional
        Idempotency key.
    own : sequence of OwnRecord
        Records that have to be the actor's principal's: looked at in the transaction that writes.

    Raises
    ------
    NotFound
        One of `own` is somebody else's.
    Refused
        And nothing was changed; a refusal is not kept under the key, so the same request may be tried again.
    """
    actor.check()
    head = read_head(tx)
    if once is not None:
        earlier = _earlier_answer(tx, once)
        if earlier is not None:
            return Answer(earlier, repeated=True)
    require_own(tx, actor.principal, own)
    now_ms = clock_ms if command.kind == CLOCK_MENDED else max(clock_ms, head.at_ms)
    sequence = head.sequence + 1
    context = CommandContext(tx, now_ms, sequence, actor)
    change = command.apply(context)
    body = canonical(change.document)
    record: Json = {
        "subject": change.subject, "duty": actor.duty, "asked": audit_payload(command), "became": change.document,
    }  # fmt: skip
    if actor.principal:
        record["principal"] = actor.principal
    if once is not None:
        record["once"] = once.digest.hex()
    if now_ms != clock_ms:
        record["clock_at"] = written_time(clock_ms)
    if change.changed:
        digest = append_audit(tx, head, now_ms, command.kind, actor.role.value, canonical(record))
        if actor.principal:
            tx.run("INSERT INTO made_by (sequence, principal) VALUES (?, ?)", sequence, actor.principal)
        append_event(tx, sequence, now_ms, command.kind, change.subject, body)
        for sql, values in context.deferred:
            tx.run(sql, *values)
        write_head(tx, Head(sequence, now_ms, digest))
    elif once is not None:
        # Nothing changed and nobody hears of it; that this was answered is on the trail all the same.
        digest = append_audit(tx, head, now_ms, ANSWERED, actor.role.value, canonical(record))
        if actor.principal:
            tx.run("INSERT INTO made_by (sequence, principal) VALUES (?, ?)", sequence, actor.principal)
        write_head(tx, Head(sequence, now_ms, digest))
    if once is not None:
        tx.run(
            "INSERT INTO idempotency (principal, answer_key, body_sha256, answer, at_ms) VALUES (?, ?, ?, ?, ?)",
            once.principal, once.key, once.body_sha256, body, now_ms,
        )  # fmt: skip
    return Answer(body, sequence=sequence if change.changed else 0)


def once_digest(principal: str, key: str, body_sha256: bytes) -> bytes:
    """Digest of an idempotency key, whose it is, and what was sent with it."""
    return hashlib.sha256(canonical([principal, key, body_sha256.hex()])).digest()


NOT_IN_THE_TRAIL = {"is_asked": False}
"""Metadata of a command's field that the audit row knows by the digest in another field."""


def audit_payload(command: Command) -> Json:
    """Fields of a command as they go into its audit row; bytes by length and digest."""
    told = [part.name for part in fields(command) if part.metadata.get("is_asked", True)]  # type: ignore[arg-type]
    return {name: _plain(getattr(command, name)) for name in told}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return {"sha256": hashlib.sha256(value).hexdigest(), "bytes": len(value)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _plain(part) for name, part in value._asdict().items()}
    return value


def answer_under(tx: Transaction, principal: str, key: str) -> Json | None:
    """What was answered under an idempotency key of a principal; None where nothing was."""
    found = tx.row("SELECT answer FROM idempotency WHERE principal = ? AND answer_key = ?", principal, key)
    if found is None:
        return None
    document: Json = orjson.loads(bytes(found[0]))
    return document


def _earlier_answer(tx: Transaction, once: IdempotencyKey) -> bytes | None:
    checked_id(once.key, "Idempotency-Key")
    checked_text(once.principal, "principal", LONGEST_NAME)
    found = tx.row(
        "SELECT body_sha256, answer FROM idempotency WHERE principal = ? AND answer_key = ?", once.principal, once.key
    )
    if found is None:
        return None
    if bytes(found[0]) != once.body_sha256:
        raise KeyReused("Idempotency-Key", "was used with another body.", "Use a new key for a new request.")
    return bytes(found[1])
