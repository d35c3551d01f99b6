"""Downloads against a server on this machine that answers, SYNTHETIC, in the documented forms, and misbehaves."""

import json
import socket
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from engine.errors import DownloadFailed, InvalidAsk
from engine.kernels.forecast import current_at, waves_at, wind_at
from geodata.forecast.download import Downloads, is_loopback
from geodata.forecast.fetch import Wanted, _lattice, _steps, fetch
from geodata.forecast.ingest import ingest
from geodata.forecast.settings import read_settings
from tests.synthetic.cubes import START_S
from tests.synthetic.files import grib_messages, only, open_meteo_locations, synthetic_sea

QUICK = replace(read_settings().fetch, connect_s=2.0, read_s=0.5, total_s=1.5, backoff_s=0.01, longest_wait_s=0.05)
SETTINGS = replace(read_settings(), fetch=QUICK)
AREA = (0.0, 50.0, 2.0, 51.0)
JSON = ("application/json",)


class Server(ThreadingHTTPServer):
    """Answers each path by a function; remembers what was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = lambda handler: handler.send(404, b"")
        self.asked = []

    @property
    def base(self):
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Clients here leave in the middle on purpose."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        self.server.answer(self)

    def send(self, status, body, kind="application/json", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    running = Server()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def downloads(server, waits):
    return Downloads((server.base,), QUICK, loopback=True, sleep=waits.append)


# -- one download -------------------------------------------------------------------------------------------------


def test_an_answer_is_returned_as_it_is(server, downloads):
    server.answer = lambda handler: handler.send(200, b'{"a": 1}', "application/json; charset=utf-8")
    assert downloads.get(server.base + "/x?y=1", 100, JSON).body == b'{"a": 1}'
    path, headers = server.asked[0]
    assert path == "/x?y=1"
    assert headers["Accept-Encoding"] == "identity"
    assert headers["User-Agent"].startswith("safeport/")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_busy_and_broken_servers_are_asked_again_a_few_times(server, downloads, waits, status):
    server.answer = lambda handler: handler.send(status, b"")
    with pytest.raises(DownloadFailed, match=rf"status {status} \(tried 3 times\)"):
        downloads.get(server.base + "/", 100, JSON)
    assert len(server.asked) == 3
    assert len(waits) == 2
    assert waits[1] > 0.6 * waits[0]


def test_a_server_that_recovers_is_enough(server, downloads):
    server.answer = lambda handler: handler.send(503 if len(server.asked) < 3 else 200, b"{}")
    assert downloads.get(server.base + "/", 100, JSON).body == b"{}"


@pytest.mark.parametrize(
    ("text", "waited"), [("0", 0.0), ("999999", 0.05), ("soon", None), ("-5", None), ("9" * 50, None)]
)
def test_retry_after_is_honoured_up_to_a_cap(server, downloads, waits, text, waited):
    server.answer = lambda handler: handler.send(429, b"", Retry_After=text)
    with pytest.raises(DownloadFailed):
        downloads.get(server.base + "/", 100, JSON)
    assert len(waits) == 2
    assert all(wait <= 0.05 for wait in waits)
    if waited is not None:
        assert waits == [waited, waited]


@pytest.mark.parametrize("status", [400, 401, 403, 410, 418])
def test_a_refusal_is_final_and_says_what_the_server_said(server, downloads, status):
    server.answer = lambda handler: handler.send(status, b'{"error": true, "reason": "Latitude must be in range"}')
    with pytest.raises(DownloadFailed, match=f"status {status}: .*Latitude must be in range"):
        downloads.get(server.base + "/", 100, JSON)
    assert len(server.asked) == 1


def test_not_found_is_an_answer(server, downloads):
    assert downloads.get(server.base + "/", 100, JSON).status == 404


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_that_is_too_large_is_not_read_to_its_end(server, downloads, declared):
    sent = []

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        if declared:
            handler.send_header("Content-Length", str(10**9))
        else:
            handler.send_header("Connection", "close")
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b"x" * 65536)
            sent.append(65536)

    server.answer = answer
    with pytest.raises(DownloadFailed, match=r"bytes"):
        downloads.get(server.base + "/", 100_000, JSON)
    assert sum(sent) < 20_000_000


def test_the_budget_is_for_all_downloads_together(server):
    downloads = Downloads((server.base,), replace(QUICK, all_bytes=25), loopback=True)
    server.answer = lambda handler: handler.send(200, b"0123456789")
    downloads.get(server.base + "/", 100, JSON)
    downloads.get(server.base + "/", 100, JSON)
    with pytest.raises(DownloadFailed, match="at most 5"):
        downloads.get(server.base + "/", 100, JSON)


def dripping(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(1000):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def dripping_header(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(1000):
        handler.wfile.write(f"X-{number}: 1\r\n".encode())
        time.sleep(0.1)


def silent(handler):
    time.sleep(3.0)


@pytest.mark.parametrize("answer", [dripping, dripping_header, silent])
def test_slow_answers_end_at_the_time_out(server, answer):
    downloads = Downloads((server.base,), replace(QUICK, tries=1), loopback=True)
    server.answer = answer
    begun = time.monotonic()
    with pytest.raises(DownloadFailed, match="did not answer in time"):
        downloads.get(server.base + "/", 10_000, JSON)
    assert time.monotonic() - begun < 20.0


def test_a_body_that_breaks_off_is_asked_for_again(server, downloads):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"{")
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)

    server.answer = answer
    with pytest.raises(DownloadFailed, match=r"broke off|cannot be reached"):
        downloads.get(server.base + "/", 10_000, JSON)
    assert len(server.asked) == 3


def test_nobody_there(downloads, server):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(DownloadFailed, match="cannot be reached"):
        Downloads((base,), QUICK, loopback=True, sleep=lambda _: None).get(base + "/", 100, JSON)


@pytest.mark.parametrize("kind", ["text/html", "", "application/xml", "image/png"])
def test_another_content_is_refused(server, downloads, kind):
    server.answer = lambda handler: handler.send(200, b"<html>", kind)
    with pytest.raises(DownloadFailed, match="not asked for"):
        downloads.get(server.base + "/", 100, JSON)


def test_a_compressed_body_is_refused(server, downloads):
    server.answer = lambda handler: handler.send(200, b"\x1f\x8b", Content_Encoding="gzip")
    with pytest.raises(DownloadFailed, match="compressed"):
        downloads.get(server.base + "/", 100, JSON)


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest", "https://example.org/", "http://127.0.0.1:1/", "ftp://127.0.0.1/"]
)
def test_a_redirect_elsewhere_is_not_followed(server, downloads, target):
    server.answer = lambda handler: handler.send(302, b"", Location=target)
    with pytest.raises(DownloadFailed, match="redirects to another host"):
        downloads.get(server.base + "/", 100, JSON)
    assert len(server.asked) == 1


def test_a_redirect_on_the_same_host_is_followed_but_not_for_ever(server, downloads):
    server.answer = lambda handler: handler.send(*((200, b"{}") if handler.path == "/b" else (301, b"")), Location="/b")
    assert downloads.get(server.base + "/a", 100, JSON).body == b"{}"
    server.answer = lambda handler: handler.send(301, b"", Location="/a")
    with pytest.raises(DownloadFailed, match="circles"):
        downloads.get(server.base + "/a", 100, JSON)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://example.org/", "not a host of the source file"),
        ("https://user@api.open-meteo.com/", "not a host"),
        ("http://api.open-meteo.com/v1/forecast", "without https"),
        ("file:///etc/passwd", "not a host"),
    ],
)
def test_only_hosts_of_the_source_file_are_spoken_to(url, text):
    downloads = Downloads(("https://api.open-meteo.com/v1/forecast",), QUICK)
    with pytest.raises(DownloadFailed, match=text):
        downloads.get(url, 100, JSON)


def test_loopback_needs_leave(server):
    with pytest.raises(DownloadFailed, match="without https"):
        Downloads((server.base,), QUICK).get(server.base + "/", 100, JSON)
    assert server.asked == []


def test_a_public_name_that_resolves_inside_is_refused(monkeypatch, server):
    downloads = Downloads(("https://api.open-meteo.com/v1/forecast",), QUICK)

    class Inside:
        sock = type("Sock", (), {"getpeername": lambda _: ("10.0.0.1", 443)})()

    with pytest.raises(DownloadFailed, match="not public"):
        downloads._refuse_inside(Inside(), "https://api.open-meteo.com/")


def test_a_proxy_of_the_environment_is_not_used(server, downloads, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server.answer = lambda handler: handler.send(200, b"{}")
    assert downloads.get(server.base + "/", 100, JSON).status == 200


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("10.0.0.1", False),
     ("localhost.example.org", False), ("", False), ("0.0.0.0", False)],  # noqa: S104
)  # fmt: skip
def test_loopback(host, own):
    assert is_loopback(host) == own


# -- Open-Meteo ---------------------------------------------------------------------------------------------------

MARINE = ("hs", "wave_from", "period", "current_speed", "current_to")
WEATHER = ("wind_speed", "wind_from", "gust", "visibility")


def open_meteo(handler):
    """The documented list of locations, snapped a little, as asked for."""
    parts = urlsplit(handler.path)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    lat = np.array([float(x) for x in query["latitude"].split(",")])
    lon = np.array([float(x) for x in query["longitude"].split(",")])
    times_s = START_S + 3600.0 * np.arange(int(query["forecast_hours"]))
    names = MARINE if parts.path == "/v1/marine" else WEATHER
    locations = []
    for one_lat, one_lon in zip(lat, lon, strict=True):
        sea = synthetic_sea(np.array([one_lat]), np.array([one_lon]), times_s)
        (location,) = open_meteo_locations(
            only(sea, *names), latitudes=[one_lat + 0.01], longitudes=[one_lon], times_s=times_s, unix=True
        )
        locations.append(location)
    handler.send(200, json.dumps(locations if len(locations) > 1 else locations[0]).encode())


def test_open_meteo_is_asked_for_a_lattice_and_makes_a_cube(server, tmp_path):
    server.answer = open_meteo
    settings = replace(SETTINGS, open_meteo=replace(SETTINGS.open_meteo, points_a_request=7))
    entries = []
    files = fetch(
        "open-meteo", Wanted(AREA, 6, START_S), tmp_path, server=server.base, settings=settings, say=entries.append
    )
    assert [path.name for path in files] == ["open-meteo-marine.json", "open-meteo-weather.json"]
    assert len(server.asked) == 6
    assert entries[-1] == "open-meteo weather: points 15 to 15 of 15"
    first = parse_qs(urlsplit(server.asked[0][0]).query)
    assert first["latitude"][0].split(",")[:2] == ["50", "50"]
    assert first["cell_selection"] == ["sea"]
    cube = ingest(files, tmp_path / "a.cube", area=AREA)
    assert set(cube.identity["groups"]) == {"waves", "wind", "visibility", "current"}
    height, east, _, _, filled_m = waves_at(cube.forecast, 1.5, 50.5, START_S + 3600.0)
    assert height == pytest.approx(1.645, abs=0.01)
    assert east > 0.3
    assert filled_m == pytest.approx(1112.0, rel=0.01)
    assert wind_at(cube.forecast, 1.5, 50.5, START_S)[0] > 5.0
    assert current_at(cube.forecast, 1.5, 50.5, START_S)[0] > 0.5


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"hourly": 1}', b"[" * 50_000, b'[{"a": 1}]'])
def test_an_answer_that_is_none_is_refused(server, tmp_path, body):
    server.answer = lambda handler: handler.send(200, body)
    with pytest.raises(DownloadFailed):
        fetch("open-meteo", Wanted(AREA, 6, START_S), tmp_path, server=server.base, settings=SETTINGS)


def test_the_lattice_covers_the_area():
    points = _lattice((-7.0, 48.0, 5.0, 52.5), 0.5)
    assert len(points) == 25 * 10
    assert (points[0], points[-1]) == ((-7.0, 48.0), (5.0, 52.5))


# -- ECMWF --------------------------------------------------------------------------------------------------------

WAVE = {"hs": "swh", "wave_from": "mwd", "period": "mwp"}
OPER = {"wind_east": "10u", "wind_north": "10v", "gust": "10fg"}
RUN_S = START_S


def ecmwf_file(stream, step):
    """One step as ECMWF lays it out: messages one after the other, and an index line for each."""
    fields = WAVE if stream == "wave" else OPER
    sea = synthetic_sea(times_s=np.array([RUN_S + 3600.0 * step]))
    data, lines = b"", []
    for name, parameter in fields.items():
        (message,) = grib_messages(only(sea, name), times_s=[RUN_S + 3600.0 * step], run_s=RUN_S, names=fields)
        # A field nobody asks for stands between.
        lines.append({"domain": "g", "date": "20261122", "time": "0000", "expver": "0001", "class": "od", "type": "fc",
                      "stream": stream, "step": str(step), "levtype": "sfc", "param": parameter,
                      "_offset": len(data) + 10, "_length": len(message)})  # fmt: skip
        data += b"#" * 10 + message
    return data, "\n".join(map(json.dumps, lines)).encode() + b"\n"


def ecmwf(run_hours=("00",), last_step=48, spoil=lambda body: body):
    files = {}

    def answer(handler):
        # /20261122/00z/ifs/0p25/wave/20261122000000-3h-wave-fc.grib2
        _, date, hour, _, _, stream, name = handler.path.split("/")
        step = int(name.split("-")[1].removesuffix("h"))
        if date != "20261122" or hour.removesuffix("z") not in run_hours or step > last_step:
            handler.send(404, b"")
            return
        if (stream, step) not in files:
            files[stream, step] = ecmwf_file(stream, step)
        data, index = files[stream, step]
        if name.endswith(".index"):
            handler.send(200, index, "application/octet-stream")
            return
        first, last = map(int, handler.headers["Range"].removeprefix("bytes=").split("-"))
        body = spoil(data[first : last + 1])
        handler.send(206, body, "application/octet-stream", Content_Range=f"bytes {first}-{last}/{len(data)}")

    return answer


NOW_S = START_S + 8 * 3600.0


def test_ecmwf_messages_are_picked_by_the_index_and_make_a_cube(server, tmp_path):
    server.answer = ecmwf()
    files = fetch("ecmwf", Wanted(AREA, 6, NOW_S), tmp_path, server=server.base, settings=SETTINGS)
    assert [path.name for path in files] == ["ecmwf-2026112200-wave.grib2", "ecmwf-2026112200-oper.grib2"]
    cube = ingest(files, tmp_path / "a.cube")
    waves = cube.forecast.waves
    # Steps of 3 h from the one before now to the one after six hours on.
    assert ((waves.times_s - RUN_S) / 3600.0).tolist() == [6.0, 9.0, 12.0, 15.0]
    assert cube.identity["run_at"] == "2026-11-22T00:00:00Z"
    assert waves_at(cube.forecast, 2.0, 50.0, NOW_S)[0] == pytest.approx(1.6, abs=1e-3)
    east, _, gust, _ = wind_at(cube.forecast, 2.0, 50.0, NOW_S)
    assert east > 5.0
    assert gust == pytest.approx(14.5 + 0.2 * 2.0, abs=0.5)


def test_an_older_run_is_taken_while_the_newest_is_not_complete(server, tmp_path):
    server.answer = ecmwf()
    entries = []
    fetch("ecmwf", Wanted(AREA, 6, START_S + 14 * 3600.0), tmp_path, server=server.base, settings=SETTINGS,
          say=entries.append)  # fmt: skip
    assert entries[0] == "ecmwf: the run of 2026-11-22 06Z is not complete yet"
    assert (tmp_path / "ecmwf-2026112200-wave.grib2").exists()


def test_no_run_at_all(server, tmp_path):
    with pytest.raises(DownloadFailed, match="has no run with 6 h ahead"):
        fetch("ecmwf", Wanted(AREA, 6, NOW_S), tmp_path, server=server.base, settings=SETTINGS)
    assert len(server.asked) == SETTINGS.ecmwf.runs_tried


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-4] + b"xxxx", lambda b: b"x" * len(b), lambda b: b[:-1], lambda b: b + b"x"]
)
def test_a_message_that_is_none_is_refused(server, tmp_path, spoil):
    server.answer = ecmwf(spoil=spoil)
    settings = replace(SETTINGS, fetch=replace(QUICK, tries=1))
    with pytest.raises(DownloadFailed):
        fetch("ecmwf", Wanted(AREA, 6, NOW_S), tmp_path, server=server.base, settings=settings)


@pytest.mark.parametrize(
    ("index", "text"),
    [
        (b"<html>", "cannot be read"),
        (b"3\n", "cannot be read"),
        (b'{"param": "swh"}\n', "cannot be read"),
        (b'{"param": "swh", "_offset": -5, "_length": 3}\n', "makes no sense"),
        (b'{"param": "swh", "_offset": 5, "_length": 99999999999}\n', "message of 99,999,999,999"),
        (b'{"param": "msl", "_offset": 5, "_length": 9}\n', "no swh"),
    ],
)
def test_an_index_that_lies_is_refused(server, tmp_path, index, text):
    server.answer = lambda handler: handler.send(200, index, "text/plain")
    with pytest.raises(DownloadFailed, match=text):
        fetch("ecmwf", Wanted(AREA, 6, NOW_S), tmp_path, server=server.base, settings=SETTINGS)


@pytest.mark.parametrize(("hours", "last"), [(6, 15), (48, 57), (140, 150), (142, 150), (240, 252)])
def test_steps_reach_as_far_as_wanted_and_are_those_there_are(hours, last):
    from datetime import UTC, datetime

    steps = _steps(Wanted(AREA, hours, NOW_S), datetime.fromtimestamp(RUN_S, UTC), 3)
    assert steps[0] == 6
    assert steps[-1] == last
    assert all(step % (3 if step <= 144 else 6) == 0 for step in steps)


# -- what is asked ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "area", "hours", "address", "field"),
    [
        ("open-meteo", (5.0, 48.0, -7.0, 52.0), 6, None, "area"),
        ("open-meteo", (-7.0, 48.0, 5.0, 95.0), 6, None, "area"),
        ("open-meteo", (float("nan"), 48.0, 5.0, 52.0), 6, None, "area"),
        ("open-meteo", AREA, 0, None, "hours"),
        ("ecmwf", AREA, 1000, None, "hours"),
        ("weather.example", AREA, 6, None, "source"),
        ("ecmwf", AREA, 6, "http://example.org", "server"),
        ("ecmwf", AREA, 6, "https://10.0.0.1", "server"),
        ("ecmwf", AREA, 6, "file:///etc", "server"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_asked(tmp_path, source, area, hours, address, field):
    with pytest.raises(InvalidAsk) as refusal:
        fetch(source, Wanted(area, hours, NOW_S), tmp_path, server=address)
    assert refusal.value.field == field
