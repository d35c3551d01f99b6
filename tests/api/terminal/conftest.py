"""A terminal in this process, whose clocks and receiver are the test's."""

import asyncio
import json
from contextlib import closing
from dataclasses import replace

import httpx
import pytest

from api.decision_service import warm_up
from api.http import create_app
from api.terminal.app import create_terminal
from api.terminal.follower import Follower
from api.terminal.source_spec import parse_sources
from api.terminal.state_file import StateFile
from api.terminal.ticks import Ticks
from geodata.zoned_worlds import ZonedWorlds
from tests.api.terminal.real_terminal import Process
from tests.api.terminal.sentences import AT_S, framed


def written(value, width, letters):
    """Degrees and minutes as sentences have them."""
    return f"{int(abs(value)):0{width}d}{abs(value) % 1 * 60:07.4f},{letters[value < 0]}"


class Hands(Ticks):
    """Clocks that a test turns."""

    def __init__(self, system_s=AT_S):
        super().__init__()
        self.now_s, self.system_now_s = 5_000.0, system_s

    def steady_s(self):
        return self.now_s

    def system_s(self):
        return self.system_now_s

    def go(self, seconds):
        self.now_s += seconds
        self.system_now_s += seconds


class Ship:
    """A terminal and everything round it, without a socket."""

    def __init__(self, service, folder, runner, system_s=AT_S, is_open=True, **options):
        # What one terminal has worked in no other one has.
        self.service = service = replace(service, zoned=ZonedWorlds())
        self.runner, self.ticks = runner, Hands(system_s)
        self.keeper = StateFile(folder)
        self.follower = Follower(parse_sources(["tcp://127.0.0.1:9"]), self.ticks)
        self.app = create_terminal(self.keeper, self.follower, service if is_open else None, **options)
        self.terminal = self.app.state.terminal

    def hear(self, lat=51.0, lon=1.45, sog_kn=20.0, cog_deg=90.0, stated=True):
        """A fix of now."""
        day, clock = "221126", f"{14 + int(self.ticks.now_s - 5_000) // 3600:02d}"
        second = int(self.ticks.now_s - 5_000) % 3600 + 1_800
        at = f"{int(clock) + second // 3600:02d}{second % 3600 // 60:02d}{second % 60:02d}.00" if stated else ""
        place = f"{written(lat, 2, 'NS')},{written(lon, 3, 'EW')}"
        text = f"GPRMC,{at},A,{place},{sog_kn},{cog_deg}"
        self.follower.receive("tcp-1", framed(f"{text},{day if stated else ''},,,A"))
        return self

    def call(self, method, path, body=None, headers=()):
        async def once():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                sent = {"Content-Type": "application/json"} | dict(headers)
                content = None if body is None else json.dumps(body).encode()
                return await client.request(method, path, content=content, headers=sent)

        return self.runner.run(once())

    def state(self):
        return self.call("GET", "/terminal/v1/state").json()

    def nearest(self, **body):
        return self.call("POST", "/terminal/v1/nearest", body)

    def ask_service(self, encounter):
        """The same encounter put to the service, which keeps no records."""
        service = create_app(self.service)

        async def once():
            transport = httpx.ASGITransport(service)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.post("/v1/decisions?view=brief&lang=both", json=encounter)

        answered = self.runner.run(once())
        service.state.plan_pool.close()
        return answered

    def keep_track(self):
        self.runner.run(self.terminal._keep_track())


@pytest.fixture(scope="session")
def warm_service(service):
    warm_up(service)
    return service


@pytest.fixture
def launch(warm_service, tmp_path):
    """Makes terminals; each is put away before the next one takes its folder."""
    ships = []
    with asyncio.Runner() as runner:

        def made(folder="state", **options):
            for ship in ships:
                ship.keeper.close()
            ship = Ship(warm_service, tmp_path / folder, runner, **options)
            ships.append(ship)
            return ship

        yield made
        for ship in ships:
            with closing(ship.keeper):
                ship.app.state.plan_pool.close()


@pytest.fixture
def ship(launch):
    return launch()


@pytest.fixture
def started():
    """Starts terminals as processes of their own; ends those that still run."""
    running = []

    def start(*options, **more):
        running.append(Process(*options, **more))
        return running[-1]

    yield start
    for process in running:
        if process.process.poll() is None:
            process.end()
