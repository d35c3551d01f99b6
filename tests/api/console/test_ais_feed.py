"""AIS as the console draws it: tracks of half an hour, ages, and a feed that says when it has died."""

import asyncio

import pytest
from pyais.encode import encode_dict

from api.console import ais_feed
from api.console.ais_feed import SILENT_S, TRACK_EVERY_S, TRACK_S, AisFeed, parse_feed
from engine.errors import InvalidAsk

MMSI = 232999001


def said(**message):
    return [text.encode() for text in encode_dict({"mmsi": MMSI, **message}, talker_id="AI", sentence_type="VDM")]


def position(lon, lat, **more):
    (line,) = said(msg_type=1, lon=lon, lat=lat, speed=18.0, course=300.0, heading=299, **more)
    return line


class Clock:
    def __init__(self):
        self.now_s = 1_800_000_000.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def feed(clock):
    return AisFeed(parse_feed("127.0.0.1:10110"), clock)


def test_a_track_goes_back_half_an_hour_and_no_farther(feed, clock):
    for minute in range(50):
        feed.hear(position(1.2 + 0.01 * minute, 51.05))
        clock.now_s += 60.0
    (vessel,) = feed.document()["vessels"]
    assert vessel["position"] == pytest.approx([1.69, 51.05], abs=1e-4)
    assert [round(lon, 2) for lon, _ in vessel["track"]] == [round(1.2 + 0.01 * k, 2) for k in range(19, 50)]
    assert len(vessel["track"]) == TRACK_S / 60 + 1


def test_a_track_has_one_position_a_minute_however_often_one_comes(feed, clock):
    for _ in range(31):
        feed.hear(position(1.2, 51.05))
        clock.now_s += 4.0
    (vessel,) = feed.document()["vessels"]
    assert len(vessel["track"]) == 1 + 120 // TRACK_EVERY_S


def test_a_name_joins_the_position_and_both_have_their_age(feed, clock):
    feed.hear(b"\\s:station*00\\" + position(1.2, 51.05))
    clock.now_s += 100.0
    for part in said(msg_type=5, shipname="RNLI 17-44"):
        feed.hear(part)
    (vessel,) = feed.document()["vessels"]
    assert (vessel["name"], vessel["sog_kn"], vessel["cog_deg"]) == ("RNLI 17-44", 18.0, 300.0)
    assert vessel["at"] == "2027-01-15T08:00:00Z"
    clock.now_s += 501.0
    assert feed.document()["vessels"] == []


@pytest.mark.parametrize("noise", [b"", b"!", b"$GPRMC,,V,,,,,,,,,,N*53", b"!AIVDM,1,1,,A,x,0*00", bytes(range(256))])
def test_what_nobody_can_read_is_passed_over(feed, noise):
    feed.hear(noise)
    assert feed.document()["vessels"] == []


def test_a_feed_that_says_nothing_more_of_vessels_is_lost(feed, clock):
    feed.hear(position(1.2, 51.05))
    clock.now_s += SILENT_S
    assert feed.lost_since is None
    clock.now_s += 1.0
    assert feed.lost_since == "2027-01-15T08:00:00Z"
    feed.hear(position(1.2, 51.05))
    assert feed.lost_since is None


def test_without_a_feed_nothing_is_connected_and_nothing_lost():
    document = AisFeed(None).document()
    assert (document["connected"], document["heard_at"], document["lost_since"], document["vessels"]) == (
        False, None, None, [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("ais.example:5631", ("tcp", "ais.example", 5631)),
        ("udp://127.0.0.1:5632", ("udp", "127.0.0.1", 5632)),
        ("[::1]:7", ("tcp", "::1", 7)),
    ],
)
def test_where_a_feed_may_be(text, place):
    spec = parse_feed(text)
    assert (spec.kind, spec.host, spec.port) == place


@pytest.mark.parametrize("text", ["serial:///dev/ttyUSB0", "http://x", "x:y", "://", "gpsd://localhost", "a:1/b"])
def test_what_is_no_feed_is_refused(text):
    with pytest.raises(InvalidAsk, match="ais"):
        parse_feed(text)


def test_a_feed_that_is_cut_off_is_found_again(monkeypatch):
    """Over TCP on loopback: heard, cut off, lost, heard again."""
    monkeypatch.setattr(ais_feed, "AGAIN_S", 0.01)
    writers = []

    async def greet(_, writer):
        writers.append(writer)
        writer.write(position(1.2 + 0.1 * len(writers), 51.05) + b"\r\n")
        await writer.drain()

    async def until(is_so):
        while not is_so():
            await asyncio.sleep(0.005)

    async def story():
        server = await asyncio.start_server(greet, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        feed = AisFeed(parse_feed(f"127.0.0.1:{port}"))
        async with server, feed.running():
            await until(lambda: feed.document()["vessels"])
            assert feed.lost_since is None
            server.close()
            writers[0].close()
            await until(lambda: feed.lost_since is not None)
            async with await asyncio.start_server(greet, "127.0.0.1", port):
                await until(lambda: feed.lost_since is None)
                assert feed.document()["vessels"][0]["position"] == pytest.approx([1.4, 51.05], abs=1e-4)
                for writer in writers:
                    writer.close()

    asyncio.run(asyncio.wait_for(story(), 30))
