"""What the store can say no with.

::

    SafeportError
    └── StoreError
        ├── Refused (ValueError)              the command cannot be carried out as it stands; nothing was changed
        │   ├── WrongValue                    a value is out of range, or text that cannot be stored
        │   ├── NothingSuch (LookupError)     no reservation, encounter or decision has that id
        │   ├── NoPlaces                      fewer places than asked for, or none reported
        │   ├── WrongState                    for instance confirming what was released
        │   ├── HoldExpired                   its time ran out
        │   ├── ShownOnce                     a key was made by the same request before, and shown then
        │   ├── NewerReport                   what is known is newer than what was sent
        │   │   └── ChangedMeanwhile          the record is not the version the sender read
        │   ├── RoleNeeded (PermissionError)  only certain roles may do this
        │   └── KeyReused                     an idempotency key came with another body
        ├── StoreBusy (RuntimeError)          too much waits already; come again
        ├── StoreUnavailable (RuntimeError)   the disk or the server failed; whether it was written is not known
        ├── StoreBroken (RuntimeError)        the disk failed to confirm a write; the process should be started anew
        ├── StoreMoved (RuntimeError)         its file was moved, replaced or deleted; what is written would be lost
        ├── ClockJumped (RuntimeError)        the store's time is far ahead of the clock
        ├── SchemaMismatch (RuntimeError)     the tables are older or newer than the program
        └── BadExchange (ValueError)          a document from elsewhere cannot be read
"""

from engine.errors import SafeportError


class StoreError(SafeportError):
    """Base of the tree; `code` is stable and meant for programs."""

    code = "STORE_ERROR"


class Refused(StoreError, ValueError):
    """The command cannot be carried out as it stands; nothing was changed."""

    code = "REFUSED"


class InvalidValue(Refused):
    """A value is out of range, or text that cannot be stored."""

    code = "WRONG_VALUE"


class NotFound(Refused, LookupError):
    """No record has that id."""

    code = "NOTHING_SUCH"


class NoPlaces(Refused):
    """Fewer places than asked for, or none reported; a controller may override with a reason."""

    code = "NO_PLACES"


class WrongState(Refused):
    """What was asked for does not apply to the state the record is in."""

    code = "WRONG_STATE"


class HoldExpired(WrongState):
    """The hold's time ran out; its places may have been given away."""

    code = "CAP_HOLD_EXPIRED"


class SecretAlreadyShown(WrongState):
    """The same request has made a key before. It was shown then and is kept nowhere, so it cannot be shown again."""

    code = "KEY_SHOWN_ONCE"


class StaleReport(Refused):
    """What is known is newer than what was sent."""

    code = "NEWER_REPORT"


class ChangedMeanwhile(StaleReport):
    """The record is not the version the sender has read: somebody else has changed it."""

    code = "CHANGED_MEANWHILE"


class RoleNeeded(Refused, PermissionError):
    """Only certain roles may do this."""

    code = "ROLE_NEEDED"


class KeyReused(Refused):
    """An idempotency key came a second time with another body."""

    code = "IDEMPOTENCY_KEY_REUSED"


class StoreBusy(StoreError, RuntimeError):
    """Too much waits to be written; nothing was changed, come again."""

    code = "STORE_BUSY"


class StoreUnavailable(StoreError, RuntimeError):
    """The disk or the server failed. Whether the change was written is not known: repeat it with its key."""

    code = "STORE_UNAVAILABLE"


class StoreBroken(StoreUnavailable):
    """The disk failed to confirm a write; no more is written until the process is started anew."""

    code = "STORE_BROKEN"


class StoreMoved(StoreUnavailable):
    """The file was moved, replaced or deleted while it was open: what is written would be lost, so nothing is."""

    code = "STORE_MOVED"


class ClockJumped(StoreError, RuntimeError):
    """The store's time is far ahead of this machine's clock: one that wrote to it was wrong."""

    code = "CLOCK_JUMPED"


class SchemaMismatch(StoreError, RuntimeError):
    """The tables are older or newer than the program."""

    code = "SCHEMA_MISMATCH"


class BadExchange(StoreError, ValueError):
    """A document from elsewhere cannot be read."""

    code = "BAD_EXCHANGE"
