"""Messages that wait on disk: numbered and signed when they are written, kept after they were delivered.

Number and signature are given in the transaction that writes a message, so no number is used twice and none is missing,
whenever the power goes. Delivered ones stay: a control room that was restored from a copy asks for them again.
"""

import base64
import os
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.security.signed_messages import FIRST_PREVIOUS, TerminalMessage, public_bytes, terminal_name
from api.store.errors import StoreUnavailable
from api.terminal.state_file import StateFile

KEY_FILE = "terminal-key.pem"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, queued_at TEXT NOT NULL, sha256 TEXT NOT NULL,
    message BLOB NOT NULL, state TEXT NOT NULL, answer BLOB
) STRICT
"""


class OutboxEntry(NamedTuple):
    """A message and how it fared.

    Attributes
    ----------
    state : str
        ``queued`` or ``delivered``.
    answer : dict or None
        Of the control room.
    """

    number: int
    kind: str
    queued_at: str
    message: TerminalMessage
    state: str
    answer: dict[str, Any] | None

    def document(self) -> dict[str, Any]:
        """For the page."""
        return {
            "number": self.number, "kind": self.kind, "queued_at": self.queued_at, "state": self.state,
            "body": self.message.body, "answer": self.answer,
        }  # fmt: skip


class Outbox:
    """The messages of one terminal.

    Parameters
    ----------
    keeper : StateFile
    key : Ed25519PrivateKey
    """

    def __init__(self, keeper: StateFile, key: Ed25519PrivateKey) -> None:
        self._keeper, self._key = keeper, key
        self._public = public_bytes(key)
        self.terminal = terminal_name(self._public)
        keeper.change(lambda tx: tx.execute(_SCHEMA).fetchall())

    def add(self, kind: str, body: dict[str, Any], at: str) -> OutboxEntry:
        """Queue a message; it is on disk when this returns.

        Raises
        ------
        StoreError
        """

        def write(tx: apsw.Connection) -> OutboxEntry:
            last = tx.execute("SELECT number, sha256 FROM outbox ORDER BY number DESC LIMIT 1").fetchone()
            number, previous = (1, FIRST_PREVIOUS) if last is None else (int(last[0]) + 1, str(last[1]))
            public = base64.b64encode(self._public).decode()
            message = TerminalMessage(self.terminal, number, previous, at, kind, body, public).sign(self._key)
            tx.execute(
                "INSERT INTO outbox (number, kind, queued_at, sha256, message, state) VALUES (?, ?, ?, ?, ?, 'queued')",
                (number, kind, at, message.sha256, orjson.dumps(message._asdict())),
            )
            return OutboxEntry(number, kind, at, message, "queued", None)

        return self._keeper.change(write)

    def next(self) -> OutboxEntry | None:
        """The first one that waits."""
        return self._one("state = 'queued' ORDER BY number", ())

    def waiting(self, most: int = 100) -> list[OutboxEntry]:
        """Those that wait, oldest first."""
        query = f"SELECT {_COLUMNS} FROM outbox WHERE state = 'queued' ORDER BY number LIMIT ?"  # noqa: S608
        return [_entry(row) for row in self._keeper.change(lambda tx: list(tx.execute(query, (most,))))]

    def entry(self, number: int) -> OutboxEntry | None:
        """A message by its number, however it fared."""
        return self._one("number = ?", (number,))

    def settle(self, number: int, answer: dict[str, Any]) -> None:
        """Note that a message was delivered, and what was answered."""
        row = (orjson.dumps(answer), number)
        self._keeper.change(
            lambda tx: tx.execute("UPDATE outbox SET state = 'delivered', answer = ? WHERE number = ?", row).fetchall()
        )

    def newest_encounter(self) -> str | None:
        """The encounter that the control room opened last for this terminal."""
        for entry in self.entries():
            done = None if entry.answer is None else entry.answer.get("done")
            if isinstance(done, dict) and done.get("encounter_id"):
                return str(done["encounter_id"])
        return None

    def counts(self) -> dict[str, int]:
        """How many are in each state."""
        found = self._keeper.change(lambda tx: list(tx.execute("SELECT state, COUNT(*) FROM outbox GROUP BY state")))
        return {"queued": 0, "delivered": 0} | {str(state): int(count) for state, count in found}

    def entries(self, most: int = 100) -> list[OutboxEntry]:
        """The newest ones, newest first."""
        query = f"SELECT {_COLUMNS} FROM outbox ORDER BY number DESC LIMIT ?"  # noqa: S608
        return [_entry(row) for row in self._keeper.change(lambda tx: list(tx.execute(query, (most,))))]

    def _one(self, where: str, values: tuple[Any, ...]) -> OutboxEntry | None:
        query = f"SELECT {_COLUMNS} FROM outbox WHERE {where} LIMIT 1"  # noqa: S608
        row = self._keeper.change(lambda tx: tx.execute(query, values).fetchone())
        return None if row is None else _entry(row)


_COLUMNS = "number, kind, queued_at, message, state, answer"


def _entry(row: tuple[Any, ...]) -> OutboxEntry:
    number, kind, queued_at, message, state, answer = row
    return OutboxEntry(
        int(number), str(kind), str(queued_at), TerminalMessage(**orjson.loads(message)), str(state),
        None if answer is None else orjson.loads(answer),
    )  # fmt: skip


def own_key(folder: Path) -> Ed25519PrivateKey:
    """The terminal's key, made when it is first needed.

    Raises
    ------
    StoreUnavailable
        It can't be read or written, or is no such key.
    """
    file = folder / KEY_FILE
    try:
        if not file.exists():
            _write_key(file)
        key = serialization.load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        problem = f"{KEY_FILE} in it cannot be read or made."
        raise StoreUnavailable("state", problem, "Check its permissions; put a damaged one aside.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise StoreUnavailable("state", f"{KEY_FILE} in it is no Ed25519 key.", "Put it aside; a new one is made.")
    return key


def _write_key(file: Path) -> None:
    """Whole and on disk, or not at all: a key that was used and lost would end the terminal's name."""
    text = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made = file.with_suffix(".new")
    made.unlink(missing_ok=True)
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    made.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
