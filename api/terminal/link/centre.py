"""The control room as the terminal sees it: one request at a time over HTTP, each with a limit on time and size."""

import http.client
import ssl
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

import orjson

from api.security.signed_messages import TerminalMessage
from api.store.terminals import message_key
from engine.errors import InvalidAsk

TIMEOUT_S = 20.0
"""[A] A satellite link has two seconds there and back. [s]"""
LARGEST_ANSWER = 262_144
_LOCAL = ("127.0.0.1", "::1", "localhost")


class NoLink(Exception):
    """Nothing came back that is an answer: whether the request arrived is not known."""


class Reply(NamedTuple):
    """An answer: its status and its document."""

    status: int
    document: dict[str, Any]


class CentreClient:
    """A control room's service.

    Parameters
    ----------
    url : str
        ``https://HOST[:PORT]``, or ``http://`` on this machine.
    key : str, optional
        Of the vessel, sent as a bearer token.

    Raises
    ------
    InvalidAsk
    """

    def __init__(self, url: str, key: str | None = None, timeout_s: float = TIMEOUT_S) -> None:
        parts = urlsplit(url)
        try:
            self._host, self._port = parts.hostname or "", parts.port
        except ValueError:
            self._host, self._port = "", None
        if parts.scheme not in ("http", "https") or not self._host or parts.path not in ("", "/") or parts.query:
            raise InvalidAsk("centre", "is no address of a service.", "Write https://HOST:PORT.")
        if parts.scheme == "http" and self._host not in _LOCAL:
            # Position, people and the vessel's key would travel in the clear.
            raise InvalidAsk("centre", "is not encrypted.", "Write https://, or http:// for this machine only.")
        self.is_local = self._host in _LOCAL
        """Whether it is on this machine."""
        self._is_tls = parts.scheme == "https"
        self._key, self._timeout_s = key, timeout_s

    def send(self, message: TerminalMessage) -> Reply:
        """Deliver one message.

        Raises
        ------
        NoLink
        """
        headers = {"Idempotency-Key": message_key(message.terminal, message.number)}
        return self._call("POST", "/v1/terminals/messages", orjson.dumps(message._asdict()), headers)

    def standing(self, encounter_id: str) -> Reply:
        """Where an encounter was directed, and the engine's view beside it.

        Raises
        ------
        NoLink
        """
        return self._call("GET", f"/v1/encounters/{quote(encounter_id, safe='')}/standing", None, {})

    def port_changes(self, since: str, after: str) -> Reply:
        """A piece of what changed of what ports report.

        Raises
        ------
        NoLink
        """
        query = urlencode({"since": since, "after": after})
        return self._call("GET", f"/v1/terminals/ports?{query}", None, {})

    def zone_changes(self, since: str, after: str) -> Reply:
        """A piece of what changed of the exclusion zones.

        Raises
        ------
        NoLink
        """
        query = urlencode({"since": since, "after": after})
        return self._call("GET", f"/v1/terminals/zones?{query}", None, {})

    def forecast_piece(self, lon: float, lat: float, since: str, offset: int) -> Reply:
        """A piece of the forecast round a position.

        Raises
        ------
        NoLink
        """
        query = urlencode({"lon": f"{lon:.2f}", "lat": f"{lat:.2f}", "since": since, "offset": offset})
        return self._call("GET", f"/v1/terminals/forecast?{query}", None, {})

    def look(self) -> Reply:
        """Whether anybody answers.

        Raises
        ------
        NoLink
        """
        return self._call("GET", "/healthz", None, {})

    def _call(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        sent = {"Accept": "application/json", **headers}
        if body is not None:
            sent["Content-Type"] = "application/json"
        if self._key is not None:
            sent["Authorization"] = f"Bearer {self._key}"
        connection = self._connection()
        try:
            connection.request(method, path, body, sent)
            answered = connection.getresponse()
            data = answered.read(LARGEST_ANSWER + 1)
            document = orjson.loads(data) if data else {}
        except (OSError, http.client.HTTPException, ValueError) as failure:
            raise NoLink(type(failure).__name__) from None
        finally:
            connection.close()
        if len(data) > LARGEST_ANSWER or not isinstance(document, dict):
            raise NoLink("no answer of a service")
        return Reply(answered.status, document)

    def _connection(self) -> http.client.HTTPConnection:
        if self._is_tls:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, self._port, timeout=self._timeout_s, context=context)
        return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s)
