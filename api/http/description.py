"""The description of the service as bytes: made once, in a thread, when somebody first asks for it."""

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any

import orjson
from anyio import to_thread

from api.http.docs_page import docs_html


class Description:
    """OpenAPI document and page of an application.

    Parameters
    ----------
    describe : callable
        Makes the document.
    """

    def __init__(self, describe: Callable[[], dict[str, Any]]) -> None:
        self._describe = describe
        self._made: tuple[bytes, str] | None = None
        self._lock = asyncio.Lock()
        self.version = ""
        """Digest of the document, once it is made."""

    async def json(self) -> bytes:
        """The document as JSON."""
        return (await self._both())[0]

    async def page(self) -> str:
        """The document as a page of HTML."""
        return (await self._both())[1]

    async def _both(self) -> tuple[bytes, str]:
        async with self._lock:
            if self._made is None:
                self._made = await to_thread.run_sync(self._make)
            return self._made

    def _make(self) -> tuple[bytes, str]:
        document = self._describe()
        # Members stay in the order they are written in: the one people and generated clients read them in.
        text = orjson.dumps(document)
        self.version = hashlib.sha256(text).hexdigest()
        return text, docs_html(document)
