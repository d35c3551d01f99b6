"""uvicorn's HTTP protocol with an end to its patience: who does not go on costs a connection for no longer.

uvicorn itself waits for ever for the head of a request, for the rest of a body nobody reads, and for a client that does
not read its answer; and it takes connections until there are no more to be had, by whomever they are held.
"""

from asyncio import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.documents.decision import to_json
from api.http.problems import KINDS, PROBLEM_JSON, problem_document

_UNREADABLE = to_json(
    problem_document(
        KINDS[400], "It is not HTTP/1.1, or with no method there is. Send GET, HEAD, POST, PUT, DELETE or OPTIONS.", []
    )
).encode()
"""What is answered to a request of which not even the path can be read."""


def patient_protocol(
    headers_s: float, body_s: float, answer_s: float, most_connections: int
) -> type[HttpToolsProtocol]:
    """Protocol that closes a connection whose request does not come or whose answer is not taken.

    Parameters
    ----------
    headers_s : float
        From the start of the connection, or of a later request on it, to the end of the head. [s]
    body_s : float
        From there to the end of the body. [s]
    answer_s : float
        How long a client may take nothing of an answer that is ready. [s]
    most_connections : int
        Where one more comes, the one that has been without a request for longest makes room for it. Nobody is kept out
        by connections that are only held.
    """
    connections: set[HttpToolsProtocol] = set()
    # In the order in which they have been without a request.
    without_request: dict[HttpToolsProtocol, None] = {}

    class PatientProtocol(HttpToolsProtocol):
        _due: TimerHandle | None = None
        _stalled: TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            if len(connections) >= most_connections:
                oldest = next(iter(without_request), self)
                without_request.pop(oldest, None)
                oldest.transport.abort()
            connections.add(self)
            without_request[self] = None
            self._wait(headers_s)

        def connection_lost(self, exc: Exception | None) -> None:
            connections.discard(self)
            without_request.pop(self, None)
            self._wait(None)
            self._go_on()
            super().connection_lost(exc)

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._wait(headers_s)

        def on_headers_complete(self) -> None:
            without_request.pop(self, None)
            self._wait(body_s)
            super().on_headers_complete()

        def on_message_complete(self) -> None:
            self._wait(None)
            super().on_message_complete()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            # Not where the next request has come already.
            if self.cycle.response_complete and self in connections:
                without_request[self] = None

        def pause_writing(self) -> None:
            super().pause_writing()
            self._go_on()
            # What was written is thrown away: to close in order would be to wait for the client all the same.
            self._stalled = self.loop.call_later(answer_s, self.transport.abort)

        def resume_writing(self) -> None:
            self._go_on()
            super().resume_writing()

        def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's own words are no problem document
            head = (
                b"HTTP/1.1 400 Bad Request\r\ncontent-type: %s\r\ncontent-length: %d\r\ncache-control: no-store\r\n"
                b"connection: close\r\n\r\n"
            )
            self.transport.write(head % (PROBLEM_JSON.encode(), len(_UNREADABLE)) + _UNREADABLE)
            self.transport.close()

        def _wait(self, limit_s: float | None) -> None:
            if self._due is not None:
                self._due.cancel()
            self._due = None if limit_s is None else self.loop.call_later(limit_s, self.transport.close)

        def _go_on(self) -> None:
            if self._stalled is not None:
                self._stalled.cancel()
                self._stalled = None

    return PatientProtocol
