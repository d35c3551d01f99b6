"""One guarded GET: a host from our own list, no detours, bounded in time and size, tried again only where that helps.

Written on ``http.client`` because it does nothing on its own: it reads no proxy from the environment, follows no
redirect, sends no cookie, and undoes no compression that could swell.
"""

import http.client
import ipaddress
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from engine import ENGINE_VERSION
from engine.errors import DownloadFailed
from geodata.forecast.settings import Fetching

_AGENT = f"safeport/{ENGINE_VERSION}"
_MOST_REDIRECTS = 3
_PIECE = 65_536
_LATER = "Try again later; an older cube stays usable until it has grown too old."
_TRY_AGAIN = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Response:
    """What a server sent.

    Attributes
    ----------
    status : int
        200, 206 or 404.
    body : bytes
    """

    status: int
    body: bytes


class _Again(Exception):
    """No error yet: the request may be tried again."""

    def __init__(self, problem: str, wait_s: float | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.wait_s = wait_s


class Downloads:
    """Downloads of one fetch, with one budget of bytes between them.

    Parameters
    ----------
    bases : sequence of str
        Addresses of the source file; only their hosts are spoken to.
    settings : Fetching
    loopback : bool
        Whether addresses on this machine are allowed, over plain HTTP; for tests and for a mirror of one's own.
    sleep : callable
        Waits between tries. [s]
    """

    def __init__(
        self, bases: "tuple[str, ...]", settings: Fetching, *, loopback: bool = False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._hosts = {urlsplit(base).netloc for base in bases}
        self._settings = settings
        self._loopback = loopback
        self._sleep = sleep
        self._left = settings.all_bytes

    def get(
        self, url: str, most_bytes: int, content_types: "tuple[str, ...]", span: tuple[int, int] | None = None
    ) -> Response:
        """Fetch an address.

        Parameters
        ----------
        url : str
        most_bytes : int
            Largest body.
        content_types : tuple of str
            Beginnings of the media types that are taken.
        span : tuple of int, optional
            First byte and number of bytes, when only a part is wanted.

        Raises
        ------
        DownloadFailed
            Host not on the list, not reached in time, an error answer, a redirect elsewhere, a body that is too
            large, too short or of another type.
        """
        wait_s = self._settings.backoff_s
        for number in range(self._settings.tries):
            try:
                return self._followed(url, most_bytes, content_types, span)
            except _Again as failed:
                if number + 1 == self._settings.tries:
                    problem = f"{failed.problem} (tried {self._settings.tries} times)."
                    raise DownloadFailed(_host(url), problem, _LATER) from None
                # Callers that failed together must not come back together.
                pause_s = wait_s * (0.5 + random.random()) if failed.wait_s is None else failed.wait_s  # noqa: S311
                self._sleep(min(pause_s, self._settings.longest_wait_s))
                wait_s *= 2.0
        raise AssertionError

    def _followed(
        self, url: str, most_bytes: int, content_types: tuple[str, ...], span: tuple[int, int] | None
    ) -> Response:
        for _ in range(_MOST_REDIRECTS + 1):
            result = self._once(url, most_bytes, content_types, span)
            if isinstance(result, Response):
                return result
            target = urljoin(url, result)
            if urlsplit(target)[:2] != urlsplit(url)[:2]:
                raise DownloadFailed(_host(url), "redirects to another host; not followed.", "Check the base address.")
            url = target
        raise DownloadFailed(_host(url), "redirects in circles.", "Check the base address.")

    def _once(
        self, url: str, most_bytes: int, content_types: tuple[str, ...], span: tuple[int, int] | None
    ) -> "Response | str":
        """One request: an answer, or where it redirects to."""
        connection = self._connection(url)
        deadline = time.monotonic() + self._settings.total_s
        # A time-out of the socket starts anew with every byte: this one does not.
        guard = threading.Timer(self._settings.total_s, _shut, (connection,))
        guard.daemon = True
        guard.start()
        try:
            connection.connect()
            self._refuse_inside(connection, url)
            connection.sock.settimeout(self._settings.read_s)
            parts = urlsplit(url)
            headers = {"User-Agent": _AGENT, "Accept-Encoding": "identity", "Connection": "close"}
            if span is not None:
                headers["Range"] = f"bytes={span[0]}-{span[0] + span[1] - 1}"
            connection.request("GET", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", headers=headers)
            response = connection.getresponse()
            if time.monotonic() > deadline:
                # Headers that the guard cut off look like complete ones.
                raise _Again("did not answer in time")
            return self._read(response, url, most_bytes, content_types, span, deadline)
        except (TimeoutError, OSError, http.client.HTTPException, AttributeError) as error:
            # The guard takes the socket away in the middle of whatever reads it.
            what = "did not answer in time" if isinstance(error, TimeoutError) or time.monotonic() > deadline else (
                f"cannot be reached ({type(error).__name__})"
            )  # fmt: skip
            raise _Again(what) from None
        finally:
            guard.cancel()
            connection.close()

    def _connection(self, url: str) -> http.client.HTTPConnection:
        parts = urlsplit(url)
        if parts.netloc not in self._hosts or parts.username is not None:
            raise DownloadFailed(_host(url), "is not a host of the source file.", "See geodata/sources/forecast.toml.")
        host = parts.hostname or ""
        if parts.scheme == "https":
            return http.client.HTTPSConnection(
                host, parts.port, timeout=self._settings.connect_s, context=ssl.create_default_context()
            )
        if parts.scheme == "http" and self._loopback and is_loopback(host):
            return http.client.HTTPConnection(host, parts.port, timeout=self._settings.connect_s)
        raise DownloadFailed(_host(url), "is not asked without https.", "See geodata/sources/forecast.toml.")

    def _refuse_inside(self, connection: http.client.HTTPConnection, url: str) -> None:
        """A name of the list that resolves to this machine or network is somebody's trick or mistake."""
        peer = ipaddress.ip_address(connection.sock.getpeername()[0])
        if not peer.is_global and not (self._loopback and peer.is_loopback):
            raise DownloadFailed(_host(url), "resolves to an address that is not public.", "Check the name service.")

    def _read(
        self, response: http.client.HTTPResponse, url: str, most_bytes: int, content_types: tuple[str, ...],
        span: tuple[int, int] | None, deadline: float,
    ) -> "Response | str":  # fmt: skip
        status = response.status
        if status in _TRY_AGAIN or status >= 500:
            raise _Again(f"answers with status {status}", _retry_after(response))
        if status in (301, 302, 303, 307, 308):
            return response.getheader("Location", "")
        if status == 404:
            return Response(404, b"")
        if status != (200 if span is None else 206):
            reason = _reason(response.read(2000))
            raise DownloadFailed(_host(url), f"answers with status {status}{reason}.", "Check area, hours and source.")
        kind = response.getheader("Content-Type", "").split(";")[0].strip().lower()
        if not kind.startswith(content_types):
            raise DownloadFailed(_host(url), f"sends '{kind[:40]}', which is not asked for.", _LATER)
        if response.getheader("Content-Encoding", "identity") != "identity":
            raise DownloadFailed(_host(url), "sends a compressed body, which is not asked for.", _LATER)
        return Response(status, self._body(response, url, min(most_bytes, self._left), span, deadline))

    def _body(
        self, response: http.client.HTTPResponse, url: str, most_bytes: int, span: tuple[int, int] | None,
        deadline: float,
    ) -> bytes:  # fmt: skip
        if response.length is not None and response.length > most_bytes:
            raise DownloadFailed(
                _host(url), f"sends {response.length:,} bytes; at most {most_bytes:,} are taken.", "Ask for less."
            )
        pieces, size, expected = [], 0, response.length
        while piece := response.read1(_PIECE):
            size += len(piece)
            if size > most_bytes:
                raise DownloadFailed(_host(url), f"sends more than {most_bytes:,} bytes.", "Ask for less.")
            if time.monotonic() > deadline:
                raise _Again("did not answer in time")
            pieces.append(piece)
        if (expected is not None and size < expected) or (span is not None and size != span[1]):
            late = time.monotonic() > deadline
            raise _Again("did not answer in time" if late else "broke off in the middle")
        self._left -= size
        return b"".join(pieces)


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _shut(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _retry_after(response: http.client.HTTPResponse) -> float | None:
    """Seconds a server asks to wait; a date or nonsense counts as nothing said. [s]"""
    header = response.getheader("Retry-After", "")
    return float(header) if header.isdecimal() and len(header) < 8 else None


def _reason(body: bytes) -> str:
    """What an error answer says, a few printable characters of it."""
    text = "".join(c if c.isprintable() else " " for c in body.decode("utf-8", "replace"))
    _, _, reason = text.partition('"reason":')
    return f": {reason.strip(' }')[:100]}" if reason else ""


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "address")[:60]
