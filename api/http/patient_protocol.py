"""uvicorn's HTTP protocol with an end to its patience: a request that does not come costs a connection for no longer.

uvicorn itself waits for ever for the head of a request, and for the rest of a body nobody reads.
"""

from asyncio import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


def patient_protocol(headers_s: float, body_s: float) -> type[HttpToolsProtocol]:
    """Protocol that closes a connection whose request does not come.

    Parameters
    ----------
    headers_s : float
        From the start of the connection, or of a later request on it, to the end of the head. [s]
    body_s : float
        From there to the end of the body. [s]
    """

    class PatientProtocol(HttpToolsProtocol):
        _due: TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._wait(headers_s)

        def connection_lost(self, exc: Exception | None) -> None:
            self._wait(None)
            super().connection_lost(exc)

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._wait(headers_s)

        def on_headers_complete(self) -> None:
            self._wait(body_s)
            super().on_headers_complete()

        def on_message_complete(self) -> None:
            self._wait(None)
            super().on_message_complete()

        def _wait(self, limit_s: float | None) -> None:
            if self._due is not None:
                self._due.cancel()
            self._due = None if limit_s is None else self.loop.call_later(limit_s, self.transport.close)

    return PatientProtocol
