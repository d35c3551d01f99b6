"""The HTTP service: decisions beside an empty route, alone, recorded, by many at once, in open loop.

``python -m bench.http`` starts real servers on loopback. The client speaks plain HTTP/1.1 over kept connections and
runs on the same machine, so times hold for nothing else; ratios are taken between calls that follow each other.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from api.decision_service import DecisionService, open_decision_service
from bench.points import read_points
from bench.register import VESSELS, coastal_points
from bench.report import heading, note, percent, row, seconds, section, times
from engine.errors import PositionRefused
from engine.routes import reach_from
from tests.synthetic.cubes import synthetic_cube

AT_S = 1_642_050_000.0
ROUNDS = 5
CALLS = 200
CLIENTS = 64
BURST_S = 3.0
RATE_PER_S = 300
OPEN_LOOP_S = 10.0

AIM_TIMES_EMPTY = {"no store": 2.0, "store, recorded, for then": 4.0, "store, recorded, for now": 4.0}
"""p50 of a decision over that of the empty route."""

EMPTY, DECISIONS = "/v1/empty", "/v1/decisions"

_SERVER = """
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

from fastapi import Response

from api.security.roles import Permission
from api.http.auth import Caller, requires
from api.settings import read_settings

serving = import_module("api.http.serve")
plain = serving.create_app


def with_an_empty_route(**given):
    app = plain(**given)

    @app.post("/v1/empty")
    async def empty(caller: Annotated[Caller, requires(Permission.DECIDE)]) -> Response:
        return Response(b"{}", media_type="application/json")

    # Found as soon as any: those before it would be tried first.
    app.router.routes.insert(0, app.router.routes.pop())
    return app


serving.create_app = with_an_empty_route
store, forecast = sys.argv[1:]
settings = read_settings(port=0, waiting=256, log_level="info", **({"store": store} if store else {}))
serving.serve(settings, forecast=Path(forecast) if forecast else None)
"""


class Server(NamedTuple):
    """A server that is ready.

    Attributes
    ----------
    ready_s : float
        From the start of the process until it was. [s]
    """

    process: subprocess.Popen[str]
    host: str
    port: int
    ready_s: float

    def resident_mib(self) -> float:
        """Resident set. [MiB]"""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024.0

    def processor_s(self) -> float:
        """Processor time so far. [s]"""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Connection:
    """One kept connection of a client."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def __aenter__(self) -> "Connection":
        self._reader, self._writer = await asyncio.open_connection(self._server.host, self._server.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def call(self, path: str, body: bytes, method: str = "POST") -> float:
        """Time of one request, from its first byte to the last of its answer. [s]"""
        begun_s = time.perf_counter()
        self._writer.write(
            b"%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (method.encode(), path.encode(), len(body), body)
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        await self._reader.readexactly(int(re.search(rb"(?i)content-length: (\d+)", head)[1]))
        taken_s = time.perf_counter() - begun_s
        if not head.startswith(b"HTTP/1.1 20"):
            raise RuntimeError(head.decode("latin-1"))
        return taken_s


def run(service: DecisionService) -> dict[str, float]:
    """Print the table; return its figures."""
    bodies, bodies_now = _bodies(service, stated=True), _bodies(service, stated=False)
    found: dict[str, float] = {}
    section(
        f"HTTP: {len(bodies)} encounters in turn, {ROUNDS} rounds; ratios over the empty POST route of the same server"
    )
    heading(("empty", "decision", "times the empty one", "processor time"))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        cube = synthetic_cube(
            folder / "sea.cube", waves=(0.8, 1.0, 0.0, 6.0), times=[AT_S + 3600.0 * k for k in range(-6, 42)],
            step_deg=0.05, run_at_s=AT_S,
        )  # fmt: skip
        for name, given, asked in (
            ("no store", {}, bodies),
            ("store, recorded, for then", {"store": f"sqlite:{folder}/then.db"}, bodies),
            ("store, recorded, for now", {"store": f"sqlite:{folder}/now.db"}, bodies_now),
        ):
            with started(**given) as server:
                found[f"p50, {name}"] = asyncio.run(_one_client(server, asked, name))
                if not given:
                    found["ready_s"], found["resident_mib"] = server.ready_s, server.resident_mib()
                found[f"throughput, {name}"] = asyncio.run(_many_clients(server, asked, name))
        with started(forecast=cube) as server:
            found["p99_s"] = asyncio.run(_open_loop(server, bodies))
    note(f"ready {seconds(found['ready_s'])} after the start of the process, resident {found['resident_mib']:.0f} MiB")
    return found


async def _one_client(server: Server, bodies: Sequence[bytes], name: str) -> float:
    """Median of the rounds' ratios of medians, calls of both routes by turns."""
    async with Connection(server) as client:
        for body in bodies[:50]:
            await client.call(DECISIONS, body)
            await client.call(EMPTY, body)
        ratios, empty, decided = [], [], []
        for turn in range(ROUNDS):
            asked = [bodies[(turn * CALLS + number) % len(bodies)] for number in range(CALLS)]
            taken = [(await client.call(EMPTY, body), await client.call(DECISIONS, body)) for body in asked]
            first, other = np.median(taken, axis=0)
            ratios.append(other / first)
            empty.append(first)
            decided.append(other)
        spent = {}
        for path in (EMPTY, DECISIONS):
            begun_s = server.processor_s()
            for number in range(2 * CALLS):
                await client.call(path, bodies[number % len(bodies)])
            spent[path] = (server.processor_s() - begun_s) / (2 * CALLS)
    row(name, (seconds(np.median(empty)), seconds(np.median(decided)), times(ratios),
               f"{seconds(spent[DECISIONS])}, {spent[DECISIONS] / spent[EMPTY]:.2g} x"))  # fmt: skip
    return float(np.median(ratios))


async def _many_clients(server: Server, bodies: Sequence[bytes], name: str) -> float:
    """Decisions a second over empty answers a second, bursts of both by turns."""
    rates: dict[str, list[float]] = {EMPTY: [], DECISIONS: []}
    for _ in range(3):
        for path, kept in rates.items():
            kept.append(await _burst(server, path, bodies))
    ratios = np.array(rates[DECISIONS]) / np.array(rates[EMPTY])
    row(f"{CLIENTS} clients, {name}"[:36], (
        f"{np.median(rates[EMPTY]):.0f}/s", f"{np.median(rates[DECISIONS]):.0f}/s", times(ratios)))  # fmt: skip
    return float(np.median(ratios))


async def _burst(server: Server, path: str, bodies: Sequence[bytes]) -> float:
    done, end_s = 0, time.perf_counter() + BURST_S

    async def ask(first: int) -> None:
        nonlocal done
        async with Connection(server) as client:
            number = first
            while time.perf_counter() < end_s:
                await client.call(path, bodies[number % len(bodies)])
                number += CLIENTS
                done += 1

    begun_s = time.perf_counter()
    await asyncio.gather(*(ask(first) for first in range(CLIENTS)))
    return done / (time.perf_counter() - begun_s)


async def _open_loop(server: Server, bodies: Sequence[bytes]) -> float:
    """p99 from the moment a request was due, whether the one before it was answered or not. [s]"""
    waiting: asyncio.Queue[Connection] = asyncio.Queue()
    connections = [await Connection(server).__aenter__() for _ in range(CLIENTS)]
    for connection in connections:
        waiting.put_nowait(connection)
    for body in bodies[:200]:
        await connections[0].call(DECISIONS, body)
    taken: list[float] = []

    async def ask(due_s: float, body: bytes) -> None:
        connection = await waiting.get()
        await connection.call(DECISIONS, body)
        taken.append(time.perf_counter() - due_s)
        waiting.put_nowait(connection)

    asked, begun_s, spent_s = [], time.perf_counter(), server.processor_s()
    for number in range(int(RATE_PER_S * OPEN_LOOP_S)):
        due_s = begun_s + number / RATE_PER_S
        await asyncio.sleep(max(0.0, due_s - time.perf_counter()))
        asked.append(asyncio.create_task(ask(due_s, bodies[number % len(bodies)])))
    await asyncio.gather(*asked)
    busy = (server.processor_s() - spent_s) / (time.perf_counter() - begun_s)
    for connection in connections:
        await connection.__aexit__()
    p50_s, p99_s = np.percentile(taken, (50, 99))
    row(f"open loop, {RATE_PER_S}/s, forecast", (
        f"p50 {seconds(p50_s)}", f"p99 {seconds(p99_s)}", f"longest {seconds(max(taken))}",
        f"{percent(busy)} of a core",
    ))  # fmt: skip
    return float(p99_s)


def _bodies(service: DecisionService, stated: bool) -> list[bytes]:
    """Encounters near the coast and anywhere by turns, as they are posted; without a time they are for now."""
    at = {"time": f"{datetime.fromtimestamp(AT_S, UTC):%Y-%m-%dT%H:%M:%SZ}"} if stated else {}
    points = [place for pair in zip(coastal_points(service, 150), read_points(), strict=False) for place in pair]
    depth_class = service.world.depth_classes[-1].tables
    found = []
    for number, (lon, lat) in enumerate(points):
        try:
            reach_from(service.world, depth_class, lon, lat)
        except PositionRefused:
            continue
        position = {"type": "Point", "coordinates": [lon, lat]}
        vessel = list(VESSELS.values())[number % len(VESSELS)]
        found.append(json.dumps({"position": position, "persons": 12, "vessel": vessel, **at}).encode())
    return found


@contextmanager
def started(store: str = "", forecast: Path | None = None) -> Iterator[Server]:
    """A server in a process of its own, from its start until it is ready; ended afterwards."""
    begun_s = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER, store, "" if forecast is None else str(forecast)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        match = re.search(r"http://([\d.]+):(\d+)", process.stdout.readline())
        host, port = match[1], int(match[2])
        while not _is_ready(host, port):
            time.sleep(0.02)
        yield Server(process, host, port, time.perf_counter() - begun_s)
    finally:
        process.terminate()
        process.wait(30)


def _is_ready(host: str, port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://{host}:{port}/readyz", timeout=5).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    run(open_decision_service())
