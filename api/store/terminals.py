"""Messages of onboard terminals as the store takes them: once each, in order, from whom they say.

There is no table of their own. The answer kept under a message's number is what the next one is held against, the audit
row keeps what it said, and the event tells the control room.
"""

from dataclasses import dataclass
from typing import ClassVar

from api.security.signed_messages import FIRST_PREVIOUS, TerminalMessage
from api.store.commands import Change, CommandContext, Role, answer_under
from api.store.errors import Refused, WrongState
from api.store.validation import Json, checked_id, checked_text, written_time


class SignatureWrong(Refused):
    """A message is not from the terminal it names, or was changed on its way."""

    code = "SIGNATURE_WRONG"


class MessageGap(WrongState):
    """The message before this one has not come."""

    code = "MESSAGE_GAP"


class TerminalForked(WrongState):
    """The message does not follow from the one before it: two terminals use one key, or one was set back."""

    code = "TERMINAL_FORKED"


@dataclass(frozen=True, slots=True)
class ReceiveMessage:
    """Take one message of a terminal.

    Attributes
    ----------
    message : TerminalMessage
    """

    kind: ClassVar[str] = "terminal.message"
    message: TerminalMessage

    def apply(self, context: CommandContext) -> Change:
        """Check whose it is and that it is the next one."""
        context.actor.needs(Role.CREW, Role.MASTER, Role.CONTROLLER)
        message = self.message
        checked_id(message.terminal, "terminal")
        checked_text(message.kind, "kind", 40, needed=True)
        if not message.is_genuine():
            raise SignatureWrong(
                "signature", "is not that of the terminal named, over this message.", "Nothing was taken from it."
            )
        if message.previous != self._digest_before(context):
            raise TerminalForked(
                "previous", "is not the message that came before: two terminals use one key, or one was set back.",
                "Give each terminal a key of its own.",
            )  # fmt: skip
        return Change(
            message.terminal,
            {
                "terminal": message.terminal, "number": message.number, "kind": message.kind, "body": message.body,
                "sent_at": message.sent_at, "received_at": written_time(context.now_ms),
                "message_sha256": message.sha256,
            },
        )  # fmt: skip

    def _digest_before(self, context: CommandContext) -> str:
        number = self.message.number
        if number == 1:
            return FIRST_PREVIOUS
        answer = answer_under(context.tx, context.actor.principal, message_key(self.message.terminal, number - 1))
        if answer is None:
            raise MessageGap("number", f"is {number}, and {number - 1} has not come.", "Send that one first.")
        return str(answer["message_sha256"])


@dataclass(frozen=True, slots=True)
class ReceiveBurst:
    """Take one short burst of a terminal; whose it is was checked when it was read.

    Attributes
    ----------
    terminal : str
    number : int
        Of the message it goes before.
    body : dict
        What it said.
    """

    kind: ClassVar[str] = "terminal.burst"
    terminal: str
    number: int
    body: Json

    def apply(self, context: CommandContext) -> Change:
        """Record it."""
        context.actor.needs(Role.CREW, Role.MASTER, Role.CONTROLLER)
        checked_id(self.terminal, "terminal")
        received_at = written_time(context.now_ms)
        return Change(
            self.terminal,
            {"terminal": self.terminal, "number": self.number, "body": self.body, "received_at": received_at},
        )


def message_key(terminal: str, number: int) -> str:
    """Idempotency key of a message: its number is what makes it one."""
    return f"{terminal}:{number}"


def done_key(terminal: str, number: int) -> str:
    """Idempotency key of what a message asked for."""
    return f"{message_key(terminal, number)}:done"


def burst_key(terminal: str, number: int) -> str:
    """Idempotency key of the encounter that a burst opened before its message came."""
    return f"{message_key(terminal, number)}:burst"
