"""Sentences out to a plotter: slowly, one after the other, to one place that was named at the start."""

import asyncio
from collections.abc import Sequence

import serial

from api.terminal.source_spec import SourceSpec

EVERY_S = 0.25
"""[A] Between two sentences: 4,800 baud carry one in 0.17 s, and other talkers are on the wire. [s]"""
_CONNECT_S = 5.0


class PlotterLost(Exception):
    """The plotter can't be reached."""


async def send_sentences(spec: SourceSpec, sentences: Sequence[str], every_s: float = EVERY_S) -> None:
    """Send sentences once.

    Raises
    ------
    PlotterLost
    """
    data = [f"{text}\r\n".encode("ascii") for text in sentences]
    try:
        match spec.kind:
            case "tcp":
                await _send_tcp(spec, data, every_s)
            case "udp":
                await _send_udp(spec, data, every_s)
            case _:
                await _send_serial(spec, data, every_s)
    except (OSError, TimeoutError, ValueError) as failure:
        raise PlotterLost(type(failure).__name__) from None


async def _send_tcp(spec: SourceSpec, data: list[bytes], every_s: float) -> None:
    async with asyncio.timeout(_CONNECT_S):
        _, writer = await asyncio.open_connection(spec.host, spec.port)
    try:
        for line in data:
            writer.write(line)
            await writer.drain()
            await asyncio.sleep(every_s)
    finally:
        writer.close()
        await writer.wait_closed()


async def _send_udp(spec: SourceSpec, data: list[bytes], every_s: float) -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=(spec.host, spec.port))
    try:
        for line in data:
            transport.sendto(line)
            await asyncio.sleep(every_s)
    finally:
        transport.close()


async def _send_serial(spec: SourceSpec, data: list[bytes], every_s: float) -> None:
    # Opened without touching the modem lines: the receiver may be on the same port.
    port = await asyncio.to_thread(serial.Serial, spec.host, spec.port, write_timeout=_CONNECT_S)
    try:
        for line in data:
            await asyncio.to_thread(port.write, line)
            await asyncio.sleep(every_s)
    finally:
        await asyncio.to_thread(port.close)
