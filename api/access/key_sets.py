"""Public keys of an issuer: a JWKS from a file or an address."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def refuse_unsafe_place(place: str) -> None:
    """Refuse an address that somebody on the way could answer for.

    Raises
    ------
    ValueError
        Neither a file nor https; plain http is for this machine only.
    """
    if "://" not in place:
        return
    parts = urlsplit(place)
    if parts.scheme == "https" and parts.hostname and parts.username is None:
        return
    if parts.scheme == "http" and parts.username is None and _is_loopback(parts.hostname or ""):
        return
    raise ValueError("should be a file or an https address without a password")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
