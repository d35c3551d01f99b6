"""Messages of an onboard terminal: numbered, chained and signed, so that each arrives once, in order, and from her.

A terminal's name follows from its public key, so a message proves by itself whose it is. Each names the digest of the
one before it: two terminals that share a key, or one that was set back to an earlier state, show at once. Nothing here
reads a clock or a file.
"""

import base64
import hashlib
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from api.store.validation import canonical

PREFIX = b"safeport terminal message 1\n"
"""What is signed begins so: a signature of ours can't be taken for one of anything else."""
FIRST_PREVIOUS = "0" * 64


class TerminalMessage(NamedTuple):
    """One message.

    Attributes
    ----------
    terminal : str
        Name that follows from the public key.
    number : int
        From 1 up, without gaps.
    previous : str
        SHA-256 of the message before, in hexadecimal; zeros before the first.
    sent_at : str
        By the terminal's clock, RFC 3339.
    kind : str
    body : dict
    public_key, signature : str
        Base64.
    """

    terminal: str
    number: int
    previous: str
    sent_at: str
    kind: str
    body: dict[str, Any]
    public_key: str
    signature: str = ""

    def signed_bytes(self) -> bytes:
        """What the signature is of."""
        return PREFIX + canonical(self._replace(signature="")._asdict())

    @property
    def sha256(self) -> str:
        """Digest of what was signed; the next message names it."""
        return hashlib.sha256(self.signed_bytes()).hexdigest()

    def sign(self, key: Ed25519PrivateKey) -> "TerminalMessage":
        """The same, signed."""
        return self._replace(signature=base64.b64encode(key.sign(self.signed_bytes())).decode())

    def is_genuine(self) -> bool:
        """Whether the name is that of the key, and the signature is of this message."""
        try:
            raw = base64.b64decode(self.public_key, validate=True)
            signature = base64.b64decode(self.signature, validate=True)
            if terminal_name(raw) != self.terminal:
                return False
            Ed25519PublicKey.from_public_bytes(raw).verify(signature, self.signed_bytes())
        except (ValueError, InvalidSignature):
            return False
        return True


def terminal_name(public_key: bytes) -> str:
    """Name of the terminal that holds a key."""
    return f"t-{hashlib.sha256(public_key).hexdigest()[:20]}"


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """Public half of a key, raw."""
    return key.public_key().public_bytes_raw()
