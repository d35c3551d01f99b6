"""The cube file: what is written is read, anything else is refused, and a swap is never seen half done."""

import hashlib
import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from numba import typeof

from engine.errors import ForecastRefused
from engine.kernels.forecast import current_at, no_forecast, waves_at, wind_at
from geodata.forecast.cube import CUBE_FORMAT, MAGIC, open_cube, write_cube
from tests.synthetic.cubes import START_S, TIMES_S, synthetic_cube, synthetic_group

ROOT = Path(__file__).resolve().parents[3]


def sea(lon, lat, at_s):
    return np.where(lon > 4.0, np.nan, 1.0 + 0.1 * (lat - 48.0)), 0.6, 0.8, 5.0 + (at_s - START_S) / 86400.0


@pytest.fixture
def path(tmp_path):
    return synthetic_cube(tmp_path / "a.cube", waves=sea, wind=(3.0, 4.0, 9.0), current=(0.3, -0.4))


def test_what_is_written_is_read(path):
    cube = open_cube(path)
    assert waves_at(cube.forecast, 1.0, 50.0, START_S + 43200.0) == pytest.approx((1.2, 0.6, 0.8, 5.5, 0.0), abs=1e-6)
    assert wind_at(cube.forecast, 1.0, 50.0, START_S)[:3] == (3.0, 4.0, 9.0)
    assert cube.forecast.strongest_wind_ms == 5.0
    assert cube.forecast.strongest_current_ms == pytest.approx(0.5)
    assert cube.forecast.run_at_s == START_S
    assert cube.forecast.visibility.times_s.size == 0


def test_identity_says_what_it_is(path):
    identity = open_cube(path).identity
    assert set(identity) == {"id", "sha256", "run_at", "swell_only", "groups"}
    assert identity["id"].startswith("forecast-20261122T0000Z-")
    assert identity["run_at"] == "2026-11-22T00:00:00Z"
    assert set(identity["groups"]) == {"waves", "wind", "current"}
    assert identity["groups"]["waves"] == {
        "from": "2026-11-22T00:00:00Z", "to": "2026-11-23T00:00:00Z", "steps": TIMES_S.size, "source": "SYNTHETIC",
        "run_at": "2026-11-22T00:00:00Z", "notes": ["SYNTHETIC"],
    }  # fmt: skip
    json.dumps(identity, allow_nan=False)


def test_the_same_input_gives_the_same_bytes_and_another_another_digest(path, tmp_path):
    again = synthetic_cube(tmp_path / "b.cube", waves=sea, wind=(3.0, 4.0, 9.0), current=(0.3, -0.4))
    assert again.read_bytes() == path.read_bytes()
    other = synthetic_cube(tmp_path / "c.cube", waves=sea, wind=(3.0, 4.0, 9.0), current=(0.3, -0.41))
    assert open_cube(other).identity["sha256"] != open_cube(path).identity["sha256"]


def test_arrays_are_of_the_one_kind_the_engine_is_compiled_for(path):
    forecast = open_cube(path).forecast
    assert typeof(forecast) == typeof(no_forecast())
    for field in (forecast.waves, forecast.wind, forecast.visibility, forecast.current):
        for array in (field.times_s, field.values, field.filled_m):
            assert type(array) is np.ndarray
            assert array.flags.c_contiguous
            assert not array.flags.writeable
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0.0
    assert forecast.waves.values.ctypes.data % 64 == 0


def test_run_not_stated(tmp_path):
    cube = open_cube(synthetic_cube(tmp_path / "a.cube", current=(0.0, 1.0), run_at_s=None))
    assert np.isnan(cube.forecast.run_at_s)
    assert cube.identity["run_at"] is None
    assert cube.identity["groups"]["current"]["run_at"] is None


def test_every_flipped_byte_is_noticed(tmp_path):
    path = synthetic_cube(tmp_path / "a.cube", current=(0.3, -0.4), times=TIMES_S[:2], step_deg=1.5)
    data = path.read_bytes()
    header = len(MAGIC) + 36 + int.from_bytes(data[8:12], "little")
    padding = range(header, -(-header // 64) * 64)
    random = np.random.default_rng(1)
    for place in range(0, len(data), 3):
        spoiled = bytearray(data)
        spoiled[place] ^= 1 << int(random.integers(0, 8))
        path.write_bytes(spoiled)
        if place in padding:
            open_cube(path)
            continue
        with pytest.raises(ForecastRefused, match=r"a\.cube"):
            open_cube(path)


@pytest.mark.parametrize("share", [0.0, 0.0001, 0.001, 0.1, 0.5, 0.99, 0.999999])
def test_a_truncated_cube_is_refused(path, share):
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(ForecastRefused, match="safeport forecast ingest"):
        open_cube(path)


def test_a_cube_that_goes_on_is_refused(path):
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ForecastRefused, match="longer than it says"):
        open_cube(path)


@pytest.mark.parametrize("data", [b"", b"GRIB", MAGIC, MAGIC + b"\xff" * 100, b"\x89HDF\r\n\x1a\n" + bytes(100)])
def test_foreign_files_are_refused(tmp_path, data):
    (tmp_path / "foreign").write_bytes(data)
    with pytest.raises(ForecastRefused, match="foreign: is"):
        open_cube(tmp_path / "foreign")


def test_a_missing_file_or_a_folder_is_refused(tmp_path):
    with pytest.raises(ForecastRefused, match="No such file"):
        open_cube(tmp_path / "none.cube")
    with pytest.raises(ForecastRefused, match="cannot be read"):
        open_cube(tmp_path)


def rewritten(path, change):
    """The cube with another header, digests right."""
    data = path.read_bytes()
    length = int.from_bytes(data[8:12], "little")
    header = json.loads(data[44 : 44 + length])
    blob = data[-header["data_bytes"] :]
    change(header)
    text = json.dumps(header).encode()
    start = MAGIC + len(text).to_bytes(4, "little") + hashlib.sha256(text).digest() + text
    path.write_bytes(start + bytes(-len(start) % 64) + blob)


@pytest.mark.parametrize("number", [0, CUBE_FORMAT + 1, "1", None, "a" * 500])
def test_another_format_is_refused(path, number):
    rewritten(path, lambda header: header.update(format=number))
    with pytest.raises(ForecastRefused, match="of format") as refusal:
        open_cube(path)
    assert len(str(refusal.value)) < 200


def test_the_helper_above_changes_nothing_by_itself(path):
    rewritten(path, lambda header: None)
    open_cube(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda h: h.update(data_bytes=10**18),
        lambda h: h.update(data_bytes=-1),
        lambda h: h.update(data_bytes="many"),
        lambda h: h["arrays"]["waves.values"].update(offset=10**15),
        lambda h: h["arrays"]["waves.values"].update(offset=-64),
        lambda h: h["arrays"]["waves.values"].update(offset=4),
        lambda h: h["arrays"]["waves.values"].update(shape=[10**9, 10**9, 10**9, 10**9]),
        lambda h: h["arrays"]["waves.values"].update(shape=[-1, 5]),
        lambda h: h["arrays"]["waves.values"].update(dtype="O"),
        lambda h: h["arrays"]["waves.values"].update(dtype="<f8"),
        lambda h: h["arrays"].pop("wind.filled_m"),
        lambda h: h["groups"]["waves"]["grid"].update(rows=3),
        lambda h: h["groups"]["waves"]["grid"].update(step_lon_deg=0.0),
        lambda h: h["groups"]["waves"]["grid"].update(step_lon_deg="wide"),
        lambda h: h["arrays"]["waves.times_s"].update(offset=h["arrays"]["waves.values"]["offset"]),
        lambda h: h.update(run_at="yesterday"),
        lambda h: h.update(groups=None),
        lambda h: h.pop("strongest_current_ms"),
    ],
)
def test_a_header_that_lies_is_refused(path, change):
    rewritten(path, change)
    with pytest.raises(ForecastRefused):
        open_cube(path)


def test_a_writer_that_fails_leaves_the_old_cube_and_nothing_else(path, monkeypatch):
    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        write_cube(path, [synthetic_group("wind", (1.0, 2.0, 3.0))], [])
    assert path.read_bytes() == before
    assert [item.name for item in path.parent.iterdir()] == ["a.cube"]


READER = """
import sys
from pathlib import Path
import numpy as np
from geodata.forecast.cube import open_cube
path, stop = Path(sys.argv[1]), Path(sys.argv[2])
seen = set()
count = 0
while not stop.exists() or count < 20:
    cube = open_cube(path)
    values = np.unique(cube.forecast.current.values)
    assert values.size == 1, values
    assert cube.forecast.wind.values.max() == values[0], "waves of one cube, wind of another"
    seen.add(float(values[0]))
    count += 1
print(count, len(seen))
"""


def swap(path, number):
    synthetic_cube(path, current=(float(number), float(number)), wind=(0.0, 0.0, float(number)), step_deg=0.5)


def test_a_reader_never_sees_a_swap_half_done(tmp_path):
    path, stop = tmp_path / "live.cube", tmp_path / "stop"
    swap(path, 0)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(path), str(stop)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    for number in range(1, 60):
        swap(path, number)
    stop.touch()
    out, err = reader.communicate(timeout=60)
    assert reader.returncode == 0, err.decode()
    assert int(out.split()[0]) >= 20


def test_whoever_has_a_cube_open_keeps_it(tmp_path):
    """A thread samples the cube it started with while the file is swapped, then overwritten in place."""
    path = tmp_path / "live.cube"
    swap(path, 7)
    forecast = open_cube(path).forecast
    wrong, done = [], threading.Event()

    def sample():
        while not done.is_set():
            if current_at(forecast, 1.0, 50.0, START_S + 100.0)[:2] != (7.0, 7.0):
                wrong.append(1)

    thread = threading.Thread(target=sample)
    thread.start()
    for number in range(20):
        swap(path, number)
    path.write_bytes(b"overwritten in place")
    done.set()
    thread.join()
    assert not wrong
    assert current_at(forecast, 1.0, 50.0, START_S)[0] == 7.0
