"""A real server on a loopback socket, in a thread of this process."""

import asyncio
import socket
import threading
from contextlib import contextmanager

import uvicorn


@contextmanager
def serving(app):
    """Serve an application; its base URL. Streams have to be closed by their readers before the end."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=5))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
        assert not thread.is_alive()


class Stream:
    """An open stream of server-sent events, read with bare asyncio so that two hundred are cheap."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, base, path="/v1/events", headers=()):
        host, port = base.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in headers)]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        status = await reader.readline()
        while await reader.readline() != b"\r\n":
            pass
        stream = cls(reader, writer)
        assert b" 200 " in status, status
        assert (await stream.next())[":"] == "listening"
        return stream

    async def next(self):
        """The next block: its fields, a comment under ':'; None at the end of the stream."""
        fields = {}
        while True:
            line = await asyncio.wait_for(self.reader.readline(), 30)
            if not line:
                return None
            text = line.decode().rstrip("\r\n")
            # Sizes and ends of chunks stand on lines of their own.
            if ":" in text:
                name, _, value = text.partition(":")
                fields[name or ":"] = value.strip()
            elif not text and fields:
                return fields

    async def event(self):
        """The next event, comments passed over."""
        while (fields := await self.next()) is not None:
            if "data" in fields:
                return fields
        return None

    async def close(self):
        self.writer.close()
        await self.writer.wait_closed()
