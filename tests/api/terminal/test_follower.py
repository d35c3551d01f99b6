"""Sources that come, go and come back, on real sockets of this machine."""

import asyncio
import json
import os
import pty
import socket
from contextlib import asynccontextmanager, suppress

import pytest
import websockets

from api.terminal import follower, transports
from api.terminal.follower import Follower
from api.terminal.navigation import Quality
from api.terminal.source_spec import SourceSpec, parse_sources
from api.terminal.ticks import Ticks
from tests.api.terminal.sentences import LAT, LON, framed


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """Tries again at once."""
    monkeypatch.setattr(follower, "FIRST_WAIT_S", 0.05)
    monkeypatch.setattr(follower, "LONGEST_WAIT_S", 0.1)


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def gll(north_deg=0.0):
    minutes = (LAT + north_deg) % 1.0 * 60.0
    return framed(f"GPGLL,51{minutes:07.4f},N,00120.800,E,,A,A") + b"\r\n"


@asynccontextmanager
async def following(*texts):
    found = Follower(parse_sources(list(texts)), Ticks())
    found.begin()
    try:
        yield found
    finally:
        await found.aclose()


@asynccontextmanager
async def tcp_server(serve, port=0):
    """A server that says what `serve` writes; its port. Whatever is open at the end is cut."""
    tasks, writers = set(), set()

    async def answer(reader, writer):
        tasks.add(asyncio.current_task())
        writers.add(writer)
        with suppress(OSError):
            await serve(reader, writer)
            # Open until the other side goes.
            await reader.read()

    server = await asyncio.start_server(answer, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in writers:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


async def until(condition, seconds=60.0):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def has_fix(found):
    return found.estimate().quality is Quality.GOOD


def state_of(found):
    return [status["state"] for status in found.status_documents()]


def test_tcp_is_found_again_after_it_went_away():
    async def run():
        port = free_port()
        writers = []

        async def serve(reader, writer):
            writers.append(writer)
            writer.write(b"half a line of noi" + b"se\r\n" + gll()[:20])
            await writer.drain()
            writer.write(gll()[20:])

        async with following(f"tcp://127.0.0.1:{port}") as found:
            await until(lambda: state_of(found) == ["lost"])
            assert found.status_documents()[0]["why"] == "cannot be reached"
            async with tcp_server(serve, port):
                await until(lambda: has_fix(found))
                assert found.estimate().lon == pytest.approx(LON)
                assert found.status_documents()[0]["dropped_by_reason"] == {"frame": 1}
                writers[0].close()
                await until(lambda: len(writers) == 2)
                await until(lambda: state_of(found) == ["open"])

    asyncio.run(run())


def test_a_connection_that_stalls_is_dropped_and_made_anew(monkeypatch):
    monkeypatch.setattr(transports, "SILENT_S", 0.3)

    async def run():
        count = 0

        async def stall(reader, writer):
            nonlocal count
            count += 1
            writer.write(gll())

        async with tcp_server(stall) as port, following(f"tcp://127.0.0.1:{port}"):
            await until(lambda: count >= 2)

    asyncio.run(run())


def test_udp_with_several_sentences_in_one_datagram():
    async def run():
        port = free_port(socket.SOCK_DGRAM)
        async with following(f"udp://127.0.0.1:{port}") as found:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:

                def sent_and_had():
                    sender.sendto(framed("GPHDT,88.0,T") + b"\r\n" + gll().strip(), ("127.0.0.1", port))
                    return has_fix(found)

                await until(sent_and_had)
        assert found.estimate().heading_deg == 88.0

    asyncio.run(run())


def test_serial_with_a_wire_that_is_pulled_out():
    async def run():
        ours, theirs = pty.openpty()
        async with following(f"serial://{os.ttyname(theirs)}?baud=38400") as found:

            def sent_and_had():
                # What came before the port was opened is flushed.
                os.write(ours, b"\xff\xfe\r\n" + gll())
                return has_fix(found)

            await until(sent_and_had)
            os.close(theirs)
            os.close(ours)
            await until(lambda: state_of(found) == ["lost"])
        assert found.status_documents()[0]["dropped"] >= 1

    asyncio.run(run())


def test_signalk_is_asked_for_what_is_needed():
    async def run():
        asked = []

        async def serve(connection):
            await connection.send(json.dumps({"name": "server", "self": "vessels.self"}))
            asked.extend([json.loads(await connection.recv()), json.loads(await connection.recv())])
            values = [{"path": "navigation.position", "value": {"longitude": LON, "latitude": LAT}}]
            await connection.send(json.dumps({"context": "vessels.self", "updates": [{"values": values}]}))
            await connection.wait_closed()

        async with websockets.serve(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with following(f"signalk://127.0.0.1:{port}") as found:
                await until(lambda: has_fix(found))
        assert [item["context"] for item in asked] == ["vessels.self", "vessels.*"]

    asyncio.run(run())


def test_gpsd_is_told_to_watch():
    async def run():
        asked = []

        async def serve(reader, writer):
            asked.append(await reader.readline())
            report = {"class": "TPV", "mode": 3, "lat": LAT, "lon": LON}
            writer.write(json.dumps(report).encode() + b"\n")

        async with tcp_server(serve) as port, following(f"gpsd://127.0.0.1:{port}") as found:
            await until(lambda: has_fix(found))
        assert asked[0].startswith(b"?WATCH={")

    asyncio.run(run())


def test_noise_without_an_end_does_not_grow():
    async def run():
        async def serve(reader, writer):
            for _ in range(400):
                writer.write(b"\x55" * 4_096)
            writer.write(b"\n" + gll())

        async with tcp_server(serve) as port, following(f"tcp://127.0.0.1:{port}") as found:
            await until(lambda: has_fix(found))
            assert found.status_documents()[0]["dropped_by_reason"]["frame"] > 20

    asyncio.run(run())


def test_the_second_source_takes_over():
    async def run():
        async def steady(reader, writer):
            for _ in range(100):
                writer.write(gll(0.001))
                await asyncio.sleep(0.02)

        async with (
            tcp_server(steady) as port,
            following(f"tcp://127.0.0.1:{free_port()}", f"tcp://127.0.0.1:{port}") as found,
        ):
            await until(lambda: has_fix(found))
            assert found.estimate().source == "tcp-2"
            assert state_of(found)[0] in ("lost", "connecting")

    asyncio.run(run())


def test_the_recorded_track_is_followed_as_if_it_were_now():
    async def run():
        found = Follower((SourceSpec("demo-1", "demo", 1, "", 0, 20.0),), Ticks(20.0))
        found.begin()
        seen = []

        def is_followed():
            # At twenty times the speed half a second of a busy machine is a silence of ten.
            seen[:] = [found.estimate()]
            return found.targets and has_fix(found) and seen[0].sog_kn == 22.0

        await until(is_followed)
        status = found.status_documents()[0]
        place, reading = seen[0], found.clock()
        await found.aclose()
        assert status["dropped"] == 0
        assert reading.trusted
        assert place.quality is Quality.GOOD
        assert {view.target.name for view in found.targets.values()} >= {"SYNTHETIC FERRY"}

    asyncio.run(run())


def test_the_recorded_track_ends_where_it_began_and_never_jumps():
    recorded = Follower((SourceSpec("demo-1", "demo", 1, "", 0),), Ticks())
    recorded.follow_speed(25.0)
    now_s = 0.0
    recorded.ticks.steady_s = lambda: now_s
    recorded.ticks.system_s = lambda: 1_795_357_800.0 + now_s
    for block in transports.DEMO_TRACK.read_bytes().split(b"\n\n"):
        for line in block.splitlines():
            recorded.receive("demo-1", line)
        assert recorded.estimate().quality is Quality.GOOD, now_s
        now_s += transports.RECORDED_EVERY_S
    assert 1_500.0 < now_s < 3_000.0
    last = recorded.estimate()
    first = Follower((SourceSpec("demo-1", "demo", 1, "", 0),), Ticks())
    for line in transports.DEMO_TRACK.read_bytes().split(b"\n\n")[0].splitlines():
        first.receive("demo-1", line)
    assert (last.lon, last.lat) == pytest.approx((first.estimate().lon, first.estimate().lat), abs=5e-4)


def test_a_recording_of_another_day_is_questioned():
    found = Follower(parse_sources(["tcp://a"]), Ticks(), earliest_s=1_000.0)
    now_s = 0.0
    found.ticks.steady_s = lambda: now_s
    found.ticks.system_s = lambda: 1_795_357_800.0 + 5 * 86_400.0 + now_s
    for second in range(10):
        found.receive("tcp-1", framed(f"GPRMC,1430{second:02d}.00,A,5107.300,N,00120.800,E,0.0,,221126,,,A"))
        now_s += 1.0
    assert found.clock().why == "clock_doubt"
    assert (found.estimate().quality, found.estimate().why) == (Quality.QUESTIONED, "other_day")


def test_sources_that_fail_in_new_ways_do_not_end_the_others(monkeypatch):
    async def run():
        async def serve(reader, writer):
            writer.write(gll())

        async with tcp_server(serve) as port, following("tcp://127.0.0.1:1", f"tcp://127.0.0.1:{port}") as found:
            monkeypatch.setattr(found.sources["tcp-2"].decoder, "decode", lambda line: 1 / 0)
            await until(lambda: state_of(found) == ["lost", "lost"])
            monkeypatch.undo()
            monkeypatch.setattr(follower, "FIRST_WAIT_S", 0.05)
            await until(lambda: has_fix(found))

    asyncio.run(run())
