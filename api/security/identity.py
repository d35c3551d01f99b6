"""Who a key or token belongs to, and the ways of not knowing it.

::

    Exception
    ├── NotKnown      what was sent opens nothing; the reason is for the log and never for the caller
    └── CannotTell    whether it opens anything can't be found out now
"""

from enum import Enum
from typing import NamedTuple

from api.security.roles import AccessRole


class Identity(NamedTuple):
    """Who is calling.

    Attributes
    ----------
    principal : str
        ``unit:NAME`` for a key, however often it was rotated; ``token:DIGEST`` for a token, which says of two tokens
        whether they are one caller's and not who that is.
    roles : frozenset of AccessRole
        May be empty: then nothing is allowed.
    duty : str
        For the records, such as ``MRCC Dover SMC``; empty where a token names none.
    """

    principal: str
    roles: frozenset[AccessRole]
    duty: str


class Reason(Enum):
    """Why somebody is not known."""

    NOTHING_SENT = "nothing_sent"
    NOT_BEARER = "not_bearer"
    KEYS_NOT_TAKEN = "keys_not_taken"
    KEY_MALFORMED = "key_malformed"
    KEY_UNKNOWN = "key_unknown"
    KEY_WRONG_SECRET = "key_wrong_secret"  # noqa: S105 - a name, no password
    KEY_REVOKED = "key_revoked"
    KEY_EXPIRED = "key_expired"
    KEY_NOT_LOOKED_UP = "key_not_looked_up"
    TOKENS_NOT_TAKEN = "tokens_not_taken"
    TOKEN_MALFORMED = "token_malformed"  # noqa: S105
    TOKEN_HEADER = "token_header"  # noqa: S105
    TOKEN_ALGORITHM = "token_algorithm"  # noqa: S105
    TOKEN_WITHOUT_KID = "token_without_kid"  # noqa: S105
    TOKEN_UNKNOWN_KID = "token_unknown_kid"  # noqa: S105
    TOKEN_SIGNATURE = "token_signature"  # noqa: S105
    TOKEN_EXPIRED = "token_expired"  # noqa: S105
    TOKEN_NOT_YET = "token_not_yet"  # noqa: S105
    TOKEN_TOO_LONG = "token_too_long"  # noqa: S105
    TOKEN_ISSUER = "token_issuer"  # noqa: S105
    TOKEN_AUDIENCE = "token_audience"  # noqa: S105
    TOKEN_CLAIM = "token_claim"  # noqa: S105
    SESSION_UNKNOWN = "session_unknown"
    SESSION_OVER = "session_over"


class IdentityUnknown(Exception):
    """What was sent opens nothing."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class IdentityUnavailable(Exception):
    """Whether it opens anything cannot be found out now: the store or the issuer cannot be reached."""
