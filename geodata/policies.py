"""Reading policy files; what they mean is `engine.policy`."""

import hashlib
import tomllib
from pathlib import Path

from engine.errors import InvalidAsk, UnknownName
from engine.policy import Policy, policy_from
from geodata.csv_tables import SOURCES

POLICIES = SOURCES / "policies"
DEFAULT_POLICY = "nearest-time"
_LARGEST_FILE = 65_536


def policy_names() -> list[str]:
    """Names of the policies that come with the program."""
    return sorted(path.stem for path in POLICIES.glob("*.toml"))


def read_policy(name: str) -> Policy:
    """A policy that comes with the program.

    Raises
    ------
    UnknownName
        With the names there are.
    """
    if name not in policy_names():
        raise UnknownName("policy", f"there is no policy {name[:40]!r}.", f"Policies: {', '.join(policy_names())}.")
    return read_policy_file(POLICIES / f"{name}.toml")


def read_policy_file(path: Path) -> Policy:
    """A policy from a file of the operator's own.

    Raises
    ------
    InvalidAsk
        The file cannot be read, is not TOML, or breaks the form of a policy; names the entry.
    """
    data = _read_bytes(path)
    table = _parse(data, path)
    digest = hashlib.sha256(data)
    base_name = table.pop("extends", None)
    if base_name is not None:
        if "name" not in table:
            raise InvalidAsk("policy.name", "is missing.", "A policy of your own carries its own name.")
        if base_name not in policy_names():
            raise InvalidAsk("policy.extends", "names no policy there is.", f"Policies: {', '.join(policy_names())}.")
        base_data = _read_bytes(POLICIES / f"{base_name}.toml")
        digest.update(base_data)
        table = _merged(_parse(base_data, path), table)
    return policy_from(table, digest.hexdigest())


def _read_bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidAsk(
            "policy", f"the file cannot be read ({error.strerror}).", "Check its name and rights."
        ) from None
    if len(data) > _LARGEST_FILE:
        raise InvalidAsk("policy", f"the file is larger than {_LARGEST_FILE} bytes.", "Name a policy file.")
    return data


def _parse(data: bytes, path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise InvalidAsk("policy", f"{path.name[:40]} is not a TOML file.", "See geodata/sources/policies.") from None


def _merged(base: dict[str, object], over: dict[str, object]) -> dict[str, object]:
    """Tables entry by entry, all else replaced."""
    merged = dict(base)
    for name, value in over.items():
        below = merged.get(name)
        merged[name] = {**below, **value} if isinstance(value, dict) and isinstance(below, dict) else value
    return merged
