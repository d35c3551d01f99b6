"""Signed heads of the audit chain, kept off the box.

Whoever owns the machine could write the whole chain anew. They cannot do so unseen while a copy of an earlier head,
signed with Ed25519, lies elsewhere. The library is ``cryptography``: access control needs it for tokens anyway, so this
adds none.
"""

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from api.store.audit import Head, Verified
from api.store.errors import BadExchange
from api.store.validation import Json, canonical, written_time

_HEXADECIMAL = re.compile(r"[0-9a-f]+")
_LONGEST_LINE = 2_048


class HeadsPlace(NamedTuple):
    """Where a store's heads are signed.

    Attributes
    ----------
    key : Path
        File with the private half of the key.
    heads : Path
        File the signed heads are added to.
    is_default : bool
        Whether nobody chose it: then it is beside the store, and made when it is first needed.
    """

    key: Path
    heads: Path
    is_default: bool

    def prepare(self) -> None:
        """Make the folder and the key of the default place; one that was chosen is the operator's business.

        Raises
        ------
        OSError
            It cannot be written.
        """
        if self.is_default and not self.key.exists():
            self.key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            public = new_signing_key(self.key)
            self.key.with_suffix(".pub").write_text(public + "\n", encoding="ascii")

    def known_hashes(self) -> dict[int, bytes]:
        """Hashes by sequence that the heads kept here vouch for, by the key kept here; none where there are none.

        Raises
        ------
        BadExchange
            A line is damaged, or signed by another key.
        """
        if not self.heads.is_file() or not self.key.is_file():
            return {}
        with self.heads.open("rb") as lines:
            return signed_digests(lines, [public_key(read_signing_key(self.key))])


def heads_place(store_file: Path | None, key: Path | None = None, heads: Path | None = None) -> HeadsPlace:
    """Where heads are signed: as chosen, or in a folder beside the store's file, or in the user's state folder.

    Parameters
    ----------
    store_file : Path or None
        None for a store on a server.
    key, heads : Path, optional
        As chosen; both or neither.
    """
    if key is not None and heads is not None:
        return HeadsPlace(key, heads, is_default=False)
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "safeport" / "heads"
    folder = state if store_file is None else store_file.with_name(store_file.name + ".heads")
    return HeadsPlace(folder / "signing-key.pem", folder / "heads.jsonl", is_default=True)


def not_proven(verified: Verified, digests: dict[int, bytes], from_elsewhere: bool) -> list[str]:
    """What a walk along the chain that found nothing wrong does not show, in words.

    Parameters
    ----------
    verified : Verified
    digests : dict
        Signed heads it was compared with.
    from_elsewhere : bool
        Whether they and their key were kept where whoever writes the store cannot.
    """
    if not digests:
        return [
            "Not proven: that the chain was not written anew from some row to its head. Whoever can write the store "
            "can do so, and every row would still follow from the one before; only heads that were signed before and "
            "kept elsewhere show it, and none were compared."
        ]
    problems = []
    newest = max(digests)
    if newest < verified.rows:
        problems.append(
            f"Not proven: that rows {newest + 1} to {verified.rows} were not written anew. They came after the last "
            "signed head."
        )
    if not from_elsewhere:
        problems.append(
            "Not proven: that the signed heads were not written anew with the chain. They and their key lie where the "
            "store's own machine can write; compare with a copy kept elsewhere: --heads FILE --trust KEY."
        )
    return problems


def new_signing_key(file: Path) -> str:
    """Make a key pair; the private half goes into a file only its owner can read.

    Returns
    -------
    str
        The public half, in hexadecimal: what those who verify need.

    Raises
    ------
    FileExistsError
        There is a file already; keys are never overwritten.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(pem)
    return public_key(key)


def read_signing_key(file: Path) -> Ed25519PrivateKey:
    """The private half.

    Raises
    ------
    BadExchange
        The file holds no Ed25519 key.
    """
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError, OSError):
        raise BadExchange(file.name, "holds no key.", "Make one with 'safeport audit new-key'.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadExchange(file.name, "holds no Ed25519 key.", "Make one with 'safeport audit new-key'.")
    return key


def public_key(key: Ed25519PrivateKey) -> str:
    """Public half in hexadecimal."""
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def sign_head(head: Head, key: Ed25519PrivateKey) -> Json:
    """A head that can be shown to anybody."""
    statement: Json = {"sequence": head.sequence, "at": written_time(head.at_ms), "hash": head.digest.hex()}
    return {**statement, "key": public_key(key), "signature": key.sign(canonical(statement)).hex()}


def export_head(head: Head, key: Ed25519PrivateKey, file: Path) -> Json:
    """Add a signed head to a file, one line each, flushed to disk."""
    signed = sign_head(head, key)
    with file.open("ab") as out:
        out.write(canonical(signed) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    return signed


def signed_digests(lines: Iterable[bytes], trusted: Iterable[str]) -> dict[int, bytes]:
    """Hashes that signed heads vouch for, by sequence.

    Parameters
    ----------
    lines : iterable of bytes
        Of a file of `export_head`.
    trusted : iterable of str
        Public keys in hexadecimal; the key a line names is believed only if it is one of them.

    Raises
    ------
    BadExchange
        A line is damaged, signed by somebody else, or contradicts another.
    """
    keys = set(trusted)
    known: dict[int, bytes] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        sequence, digest = _verified(line, keys, number)
        if known.setdefault(sequence, digest) != digest:
            raise BadExchange("heads", f"line {number} contradicts another line.", "One of them is not of this chain.")
    return known


def _verified(line: bytes, keys: set[str], number: int) -> tuple[int, bytes]:
    try:
        if len(line) > _LONGEST_LINE:
            raise ValueError
        signed = json.loads(line)
        statement = {name: signed[name] for name in ("sequence", "at", "hash")}
        if not isinstance(statement["sequence"], int) or isinstance(statement["sequence"], bool):
            raise ValueError
        if signed["key"] not in keys:
            raise BadExchange("heads", f"line {number} is signed with a key that is not trusted.", "Check the key.")
        digest, signature = (bytes.fromhex(_hexadecimal(signed[name])) for name in ("hash", "signature"))
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(signed["key"])).verify(signature, canonical(statement))
    except InvalidSignature:
        raise BadExchange("heads", f"line {number} has a wrong signature.", "It was changed since.") from None
    except (KeyError, TypeError, ValueError) as wrong:
        if isinstance(wrong, BadExchange):
            raise
        raise BadExchange("heads", f"line {number} is damaged.", "Use the file as it was exported.") from None
    return statement["sequence"], digest


def _hexadecimal(value: object) -> str:
    if not isinstance(value, str) or not _HEXADECIMAL.fullmatch(value):
        raise ValueError
    return value
