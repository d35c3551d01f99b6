"""How lines come: TCP, UDP, a serial port, a WebSocket, a recorded track. Each gives chunks until it breaks."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from pathlib import Path

import serial
import websockets

from api.terminal.gpsd import WATCH
from api.terminal.lines import LineSplitter
from api.terminal.signalk import SUBSCRIBE
from api.terminal.source_spec import SourceSpec

CHUNK = 4_096
SILENT_S = 30.0
"""[A] A connection on which nothing comes for so long is taken for dead: some stall without a word. [s]"""
CONNECT_S = 10.0
_MOST_DATAGRAMS = 1_000
_SERIAL_WAIT_S = 0.5

RECORDED_EVERY_S = 2.0
"""Between the blocks of a recorded track. [s]"""

DEMO_TRACK = Path(__file__).parent / "demo" / "track.nmea"

DEMO_BEGINS = 318
"""Block of the track that a demonstration begins with: at sea, on her way out. It goes round from there."""


class SourceLost(Exception):
    """A source ended, stalled or can't be opened; the text says what, for people."""


def chunks_of(spec: SourceSpec) -> AsyncGenerator[bytes]:
    """Chunks of a source; ends by `SourceLost`."""
    match spec.kind:
        case "tcp":
            return _tcp(spec, b"")
        case "gpsd":
            return _tcp(spec, WATCH)
        case "udp":
            return _udp(spec)
        case "serial":
            return _serial(spec)
        case "signalk":
            return _signalk(spec)
    return _recorded(DEMO_TRACK, spec.speed)


async def lines_of(chunks: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    """Lines of chunks."""
    splitter = LineSplitter()
    async with aclosing(chunks):
        async for chunk in chunks:
            for line in splitter.split(chunk):
                yield line


async def _tcp(spec: SourceSpec, greeting: bytes) -> AsyncGenerator[bytes]:
    try:
        async with asyncio.timeout(CONNECT_S):
            reader, writer = await asyncio.open_connection(spec.host, spec.port)
    except (OSError, TimeoutError):
        raise SourceLost("cannot be reached") from None
    try:
        writer.write(greeting)
        while True:
            async with asyncio.timeout(SILENT_S):
                data = await reader.read(CHUNK)
            if not data:
                raise SourceLost("was closed by the other side")
            yield data
    except TimeoutError:
        raise SourceLost("says nothing") from None
    except OSError:
        raise SourceLost("was cut off") from None
    finally:
        writer.close()
        with suppress(OSError, asyncio.CancelledError):
            await writer.wait_closed()


class _Datagrams(asyncio.DatagramProtocol):
    """Datagrams in a queue; the oldest go where nobody fetches them."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(_MOST_DATAGRAMS)

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 - asyncio names it
        if self.queue.full():
            self.queue.get_nowait()
        # One datagram may hold several sentences, and none is continued in the next.
        self.queue.put_nowait(data if data.endswith(b"\n") else data + b"\n")


async def _udp(spec: SourceSpec) -> AsyncGenerator[bytes]:
    loop = asyncio.get_running_loop()
    try:
        transport, protocol = await loop.create_datagram_endpoint(_Datagrams, local_addr=(spec.host, spec.port))
    except OSError:
        raise SourceLost("cannot be listened to: the port is in use, or not this machine's") from None
    try:
        while True:
            async with asyncio.timeout(SILENT_S):
                data = await protocol.queue.get()
            yield data
    except TimeoutError:
        raise SourceLost("says nothing") from None
    finally:
        transport.close()


async def _serial(spec: SourceSpec) -> AsyncGenerator[bytes]:
    try:
        port = await asyncio.to_thread(serial.Serial, spec.host, spec.port, timeout=_SERIAL_WAIT_S)
    except (OSError, ValueError):
        raise SourceLost("cannot be opened: no such device, or not allowed") from None
    silent_s = 0.0
    try:
        while silent_s < SILENT_S:
            data = await asyncio.to_thread(_read_serial, port)
            silent_s = 0.0 if data else silent_s + _SERIAL_WAIT_S
            if data:
                yield data
        raise SourceLost("says nothing")
    except (OSError, TypeError):
        # Unplugged: pyserial has both.
        raise SourceLost("was cut off") from None
    finally:
        port.close()


def _read_serial(port: "serial.Serial") -> bytes:
    """What is there, or the first byte to come within the port's timeout."""
    data: bytes = port.read(max(1, min(port.in_waiting, CHUNK)))
    return data


async def _signalk(spec: SourceSpec) -> AsyncGenerator[bytes]:
    host = f"[{spec.host}]" if ":" in spec.host else spec.host
    url = f"ws://{host}:{spec.port}/signalk/v1/stream?subscribe=none"
    try:
        async with websockets.connect(url, open_timeout=CONNECT_S, max_size=1 << 20, proxy=None) as socket:
            for text in SUBSCRIBE:
                await socket.send(text)
            while True:
                async with asyncio.timeout(SILENT_S):
                    message = await socket.recv()
                data = message.encode() if isinstance(message, str) else message
                yield data.replace(b"\n", b" ") + b"\n"
    except TimeoutError:
        raise SourceLost("says nothing") from None
    except (OSError, websockets.WebSocketException):
        raise SourceLost("cannot be reached, or was cut off") from None


async def _recorded(file: Path, speed: float) -> AsyncGenerator[bytes]:
    """A recorded track: blocks of sentences, each `RECORDED_EVERY_S` of the vessel's time after the one before."""
    begun_s = time.monotonic()
    blocks = file.read_bytes().split(b"\n\n")
    for count, block in enumerate(blocks[DEMO_BEGINS:] + blocks[:DEMO_BEGINS], 1):
        yield block.strip(b"\n") + b"\n"
        # By the clock and not by the pause, or its time would fall behind.
        await asyncio.sleep(max(begun_s + count * RECORDED_EVERY_S / speed - time.monotonic(), 0.0))
    raise SourceLost("has come to its end and begins anew")
