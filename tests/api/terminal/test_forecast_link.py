"""The forecast over the link: in small pieces, only what is new, whole or not at all."""

import asyncio
import base64
import json
import time
from contextlib import closing
from math import isnan

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.forecast_pieces import MOST_BYTES, CutOuts, pack, unpack, version_of_cutout
from api.terminal.link.centre import NoLink, Reply
from api.terminal.link.courier import Courier
from api.terminal.link.outbox import Outbox, own_key
from api.terminal.state_file import StateFile
from engine.errors import ForecastRefused
from engine.kernels.forecast import waves_at
from geodata.forecast.cube import open_cube
from geodata.forecast.cutout import cut_out
from tests.api.terminal.control_room import ControlRoom
from tests.synthetic.cubes import synthetic_cube

AT = (1.45, 51.03)
HOUR_S = 3600.0


def weather(folder, name, height_m):
    """A cube of a day from this hour, with waves, wind and current that differ everywhere."""
    first_s = time.time() // HOUR_S * HOUR_S - 2 * HOUR_S

    def rough(lon, at_s):
        """Differences between nodes and hours as a real model has them: nothing repeats."""
        return np.random.default_rng(int(at_s)).normal(0.0, 0.15, lon.shape)

    return synthetic_cube(
        folder / name, times=first_s + HOUR_S * np.arange(27), run_at_s=first_s,
        waves=lambda lon, lat, at_s: (height_m + 0.2 * np.sin(lon + lat) + rough(lon, at_s), 0.6, 0.8, 6.0),
        wind=lambda lon, lat, at_s: (6.0 + rough(lon, at_s), 3.0 + rough(lon, at_s + 1), 14.0),
        current=lambda lon, lat, at_s: (np.sin(at_s / 7e3) + rough(lon, at_s + 2), 0.5 + rough(lon, at_s + 3)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def shores(service, tmp_path_factory):
    """Control rooms with a forecast of one height of waves and another, and one without any."""
    folder = tmp_path_factory.mktemp("shores")
    services = [service.with_forecast(weather(folder, f"{h}.cube", h)) for h in (1.0, 2.5)] + [service]
    rooms = [ControlRoom(known, f"sqlite:{folder}/{k}.db") for k, known in enumerate(services)]
    yield rooms
    for room in rooms:
        room.close()


@pytest.fixture
def courier(tmp_path):
    with closing(StateFile(tmp_path)) as keeper:
        made = Courier(Outbox(keeper, own_key(tmp_path)), None, time.monotonic)
        made.position = lambda: AT
        made.taken = []
        made.on_cutout = made.taken.append
        yield made


class Counting:
    """A carrier that counts bytes, and breaks after some pieces where it is told to."""

    def __init__(self, room, breaks_every=0):
        self.room, self.breaks_every, self.sizes, self.offsets = room, breaks_every, [], []

    def forecast_piece(self, lon, lat, since, offset):
        if self.breaks_every and len(self.sizes) % self.breaks_every == self.breaks_every - 1:
            self.sizes.append(0)
            raise NoLink("cut")
        reply = self.room.forecast_piece(lon, lat, since, offset)
        self.sizes.append(len(orjson.dumps(reply.document)))
        self.offsets.append(offset)
        return reply


def refresh(courier, carrier, again=True):
    if again:
        courier._forecast_due_s = -1e9
    asyncio.run(courier.refresh_forecast(carrier))


def test_it_comes_in_pieces_of_two_kilobytes_and_what_is_known_costs_one(shores, courier):
    first = Counting(shores[0])
    refresh(courier, first)
    assert len(courier.taken) == 1
    assert max(first.sizes) <= MOST_BYTES
    assert len(first.sizes) > 2
    again = Counting(shores[0])
    refresh(courier, again)
    assert (len(courier.taken), len(again.sizes)) == (1, 1)
    assert again.sizes[0] < 250
    # Not asked for again before it is due.
    refresh(courier, silent := Counting(shores[0]), again=False)
    assert silent.sizes == []


def test_the_next_hour_of_one_run_costs_less_than_the_first(shores, courier):
    cube = shores[0].app.state.startup.service().cube
    hour_s = time.time() // HOUR_S * HOUR_S
    now, next_hour = (cut_out(cube, *AT, at_s) for at_s in (hour_s, hour_s + HOUR_S))
    alone, packed = len(pack(next_hour, None)), len(pack(next_hour, now))
    assert packed < 0.4 * alone
    assert unpack(pack(next_hour, now), now, version_of_cutout(next_hour)) == next_hour


def test_a_link_that_breaks_goes_on_where_it_stopped(shores, courier):
    link = Counting(shores[0], breaks_every=2)
    for _ in range(40):
        try:
            refresh(courier, link)
        except NoLink:
            continue
        break
    assert len(courier.taken) == 1
    # No piece twice.
    assert link.offsets == sorted(set(link.offsets))
    assert len(link.offsets) > 2


def test_another_run_on_the_way_begins_again_and_is_never_mixed(shores, courier):
    cut = Counting(shores[0], breaks_every=3)
    with pytest.raises(NoLink):
        refresh(courier, cut)
    refresh(courier, shores[1])
    (taken,) = courier.taken
    cube = shores[1].app.state.startup.service().cube
    assert taken == cut_out(cube, *AT, time.time() // HOUR_S * HOUR_S)


def test_what_is_damaged_on_its_way_is_not_taken_and_comes_anew(shores, courier):
    class Noise:
        def forecast_piece(self, *asked):
            reply = shores[0].forecast_piece(*asked)
            data = bytearray(base64.b64decode(reply.document["data"]))
            data[len(data) // 2] ^= 1
            return Reply(200, {**reply.document, "data": base64.b64encode(bytes(data)).decode()})

    refresh(courier, Noise())
    assert courier.taken == []
    refresh(courier, shores[0])
    assert len(courier.taken) == 1


def test_a_control_room_without_a_forecast_takes_none_away(shores, courier):
    refresh(courier, shores[0])
    before = courier.cutout
    refresh(courier, shores[2])
    assert (courier.cutout, len(courier.taken)) == (before, 1)


@given(st.lists(st.binary(min_size=1, max_size=6_000), min_size=1, max_size=4), st.integers(0, 2_000))
def test_pieces_make_up_the_whole(cutouts, cut):
    service, known = CutOuts(), b""
    for cutout in cutouts:
        since, data = version_of_cutout(known) if known else "", b""
        while True:
            piece = service.piece(cutout, since, len(data))
            assert len(orjson.dumps(piece._asdict())) <= MOST_BYTES
            if piece.size == 0:
                assert cutout == known
                break
            data += base64.b64decode(piece.data)
            if len(data) >= piece.size:
                base = known if piece.base else None
                with pytest.raises(ForecastRefused):
                    unpack(data[: min(cut, len(data) - 1)], base, piece.version)
                known = unpack(data, base, piece.version)
                break
        assert known == cutout


def test_aboard_it_is_a_cube_of_its_own_with_its_age_and_its_end(shores, launch, tmp_path):
    file = tmp_path / "ship" / "forecast.cube"
    ship = launch("ship", system_s=time.time(), cube_file=file)
    courier = Courier(Outbox(ship.keeper, own_key(tmp_path / "ship")), None, ship.ticks.steady_s)
    ship.terminal.courier = courier
    courier.position, courier.on_cutout = ship.terminal._forecast_position, ship.terminal._take_cutout
    refresh(courier, shores[0])
    assert courier.cutout == b"", "without a fix there is nothing to ask for"
    ship.hear(AT[1], AT[0], stated=False)
    ship.runner.run(courier.refresh_forecast(shores[0]))
    cube = open_cube(file)
    at_s = time.time() + HOUR_S
    whole = shores[0].app.state.startup.service().cube.forecast
    assert waves_at(cube.forecast, *AT, at_s)[0] == pytest.approx(waves_at(whole, *AT, at_s)[0], abs=0.006)
    assert isnan(waves_at(cube.forecast, -5.0, 49.5, at_s)[0])

    ship.runner.run(take_over(ship, file))
    layer = next(layer for layer in ship.state()["layers"] if layer["id"] == "forecast")
    assert 1.9 * HOUR_S < layer["age_s"] < 3.1 * HOUR_S
    assert layer["until"] is not None
    answered = ship.nearest().json()["decision"]
    assert answered["inputs"]["forecast"]["id"] == cube.identity["id"]
    # After a restart only what is new comes.
    again = launch("ship", system_s=time.time(), cube_file=file, courier=courier_of(ship, tmp_path))
    assert again.terminal.courier.cutout == courier.cutout


def courier_of(ship, tmp_path):
    return Courier(Outbox(ship.keeper, own_key(tmp_path / "ship")), None, ship.ticks.steady_s)


async def take_over(ship, file):
    """What the opening does once the file is there."""
    startup = ship.app.state.startup
    startup._service = startup.service().with_forecast(file)


def test_a_full_disk_keeps_what_is_aboard(shores, launch, tmp_path, monkeypatch):
    ship = launch("ship", system_s=time.time(), cube_file=tmp_path / "nowhere" / "forecast.cube")
    ship.terminal._take_cutout(cut_out(shores[0].app.state.startup.service().cube, *AT, time.time()))
    assert ship.keeper.value("cutout") is None
    assert json.dumps(ship.state()["layers"])
