"""The reading process: whatever a file does to it, the good cube stays and one line says which file and why."""

import json
import os
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import eccodes
import netCDF4
import numpy as np
import pytest

from engine.errors import ForecastRefused
from engine.kernels.forecast import waves_at, wind_at
from geodata.forecast import forecast_cache, ingest, open_cube, open_forecast
from geodata.forecast.settings import read_settings
from tests.synthetic.cubes import CHANNEL, START_S, synthetic_cube
from tests.synthetic.files import (
    LATITUDES,
    LONGITUDES,
    TIMES_S,
    grib_messages,
    netcdf_dataset,
    only,
    synthetic_sea,
    write_grib,
    write_netcdf,
    write_open_meteo,
)

ROOT = Path(__file__).resolve().parents[3]
LIMITS = read_settings().limits
SEA = synthetic_sea()


@pytest.fixture
def out(tmp_path):
    """A good cube that is already there."""
    return synthetic_cube(tmp_path / "good.cube", waves=(1.0, 0.0, 1.0, 6.0), step_deg=1.5)


def refused(files, out, limits=LIMITS):
    """Ingest must refuse, name the file in one short line, and leave the good cube and its folder as they were."""
    before, names = out.read_bytes(), {path.name for path in out.parent.iterdir()}
    with pytest.raises(ForecastRefused) as refusal:
        ingest(files, out, limits)
    assert out.read_bytes() == before
    assert {path.name for path in out.parent.iterdir()} == names
    text = str(refusal.value)
    assert len(text) < 450
    assert "\n" not in text
    assert "Traceback" not in text
    return refusal.value


def test_files_of_three_formats_make_one_cube(tmp_path):
    waves = write_netcdf(tmp_path / "waves.nc", only(SEA, "hs", "wave_from", "period"))
    wind = write_grib(tmp_path / "wind.grib2", only(SEA, "wind_east", "wind_north"))
    current = write_open_meteo(tmp_path / "current.json", only(SEA, "current_speed", "current_to"))
    cube = ingest([waves, wind, current], tmp_path / "all.cube")
    assert set(cube.identity["groups"]) == {"waves", "wind", "current"}
    assert [source["kind"] for source in cube.header["sources"]] == ["NetCDF", "GRIB", "Open-Meteo JSON"]
    assert cube.identity["groups"]["wind"]["source"] == "wind.grib2"
    assert open_cube(tmp_path / "all.cube").identity == cube.identity
    assert waves_at(cube.forecast, 2.0, 50.0, START_S)[0] == pytest.approx(1.6, abs=1e-3)
    assert wind_at(cube.forecast, 2.0, 50.0, START_S)[0] > 5.0


def test_order_of_files_does_not_matter(tmp_path):
    files = [
        write_grib(tmp_path / f"{name}.grib2", only(SEA, name)) for name in ("wind_east", "wind_north", "hs", "period")
    ]
    first = ingest(files, tmp_path / "one.cube")
    other = ingest(files[::-1], tmp_path / "other.cube")
    assert first.header["data_sha256"] == other.header["data_sha256"]


def test_ingest_never_touches_the_reading_libraries_in_this_process():
    program = (
        "import sys; from geodata.forecast import open_cube, ingest, open_forecast; "
        "print(sorted({'eccodes', 'netCDF4', 'xarray', 'scipy.spatial', 'pandas', 'cftime'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# -- damaged files ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good")
    fields = only(SEA, "hs", "wave_from", "period")
    return {
        "grib2": write_grib(folder / "sea.grib2", fields).read_bytes(),
        "nc": write_netcdf(folder / "sea.nc", fields).read_bytes(),
        "nc3": write_netcdf(folder / "sea.nc3", fields, form="NETCDF3_CLASSIC").read_bytes(),
        "json": write_open_meteo(folder / "sea.json", fields).read_bytes(),
    }


@pytest.mark.parametrize("form", ["grib2", "nc", "nc3", "json"])
def test_truncated_files_are_refused(tmp_path, out, good, form):
    for share in (0.0, 0.002, 0.3, 0.7, 0.999):
        path = tmp_path / f"cut.{form}"
        path.write_bytes(good[form][: int(share * len(good[form]))])
        error = refused([path], out)
        assert error.field == path.name, share


@pytest.mark.parametrize("form", ["grib2", "nc", "nc3", "json"])
def test_flipped_bytes_are_refused_or_give_a_cube_within_limits(tmp_path, good, form):
    """GRIB and NetCDF carry no checksum, so some flips go unseen; none may get past the ranges or harm the cube."""
    random = np.random.default_rng(7)
    outcomes = set()
    for number in range(12):
        data = bytearray(good[form])
        # Headers are where structure is; they get half of the flips.
        for place in random.integers(0, len(data) if number % 2 else min(400, len(data)), 4):
            data[place] ^= 1 << int(random.integers(0, 8))
        path = tmp_path / f"flipped.{form}"
        path.write_bytes(data)
        place = tmp_path / f"{number}.cube"
        try:
            cube = ingest([path], place)
        except ForecastRefused as error:
            outcomes.add(f"refused {error.field}, {place.exists()}")
        else:
            heights = cube.forecast.waves.values[..., 0]
            assert np.nanmin(heights) >= 0.0
            assert np.nanmax(heights) <= 30.0
            outcomes.add("made")
    assert outcomes - {"made"} == {f"refused flipped.{form}, False"}


@pytest.mark.parametrize(
    "data", [b"\0" * 1000, b"GRIB", b"GRIB" * 300, b"CDF\x01", b"\x89HDF\r\n\x1a\n" + b"\xff" * 500, b"PK\x03\x04zip",
             b"%PDF-1.4", b"{", b"[[[[[[", b"\x1f\x8b\x08"],
)  # fmt: skip
def test_what_is_no_forecast_is_refused(tmp_path, out, data):
    (tmp_path / "what").write_bytes(data)
    assert refused([tmp_path / "what"], out).field == "what"


def test_the_file_at_fault_is_named_among_good_ones(tmp_path, out):
    fine = write_netcdf(tmp_path / "fine.nc", only(SEA, "hs"))
    (tmp_path / "bad.nc").write_bytes(fine.read_bytes()[:3000])
    assert refused([fine, tmp_path / "bad.nc"], out).field == "bad.nc"


def test_a_grib_message_lost_in_the_middle_is_noticed(tmp_path, out):
    messages = grib_messages(only(SEA, "hs"))
    messages[1] = b"GRIP" + messages[1][4:]
    (tmp_path / "lost.grib2").write_bytes(b"".join(messages))
    assert "no GRIB message" in refused([tmp_path / "lost.grib2"], out).problem


def test_a_grib_that_declares_a_huge_grid_is_refused(tmp_path, out):
    """A field of one value needs no bytes at all for its points, however many it declares."""
    message = eccodes.codes_new_from_message(grib_messages(only(SEA, "hs"), times_s=TIMES_S[:1])[0])
    eccodes.codes_set(message, "bitmapPresent", 0)
    eccodes.codes_set_values(message, np.full(LATITUDES.size * LONGITUDES.size, 1.0))
    data = bytearray(eccodes.codes_get_message(message))
    section3 = data.index(struct.pack(">IB", 72, 3))
    data[section3 + 6 : section3 + 10] = struct.pack(">I", 4_000_000_000)
    data[section3 + 30 : section3 + 38] = struct.pack(">II", 2_000_000, 2_000)
    (tmp_path / "huge.grib2").write_bytes(data)
    assert "declares a field of 4,000,000,000 points" in refused([tmp_path / "huge.grib2"], out).problem


def bomb(path, *, rows, columns, steps, chunks=None, box=(-20.0, 40.0, 20.0, 60.0)):
    """A NetCDF-4 file that declares far more than it holds; chunks that are never written take no room."""
    with netCDF4.Dataset(str(path), "w") as data:
        for name, size, unit, places in (
            ("time", steps, "hours since 1970-01-01", np.arange(steps)),
            ("latitude", rows, "degrees_north", np.linspace(box[1], box[3], rows)),
            ("longitude", columns, "degrees_east", np.linspace(box[0], box[2], columns)),
        ):
            data.createDimension(name, size)
            axis = data.createVariable(name, "f8", (name,), compression="zlib", complevel=9)
            axis.units, axis.standard_name = unit, name
            axis[:] = places
        height = data.createVariable(
            "hs", "f4", ("time", "latitude", "longitude"), compression="zlib", complevel=9, chunksizes=chunks,
            fill_value=1.0,
        )  # fmt: skip
        height.standard_name, height.units = "sea_surface_wave_significant_height", "m"
    return path


def test_a_netcdf_bomb_is_refused_by_what_it_declares(tmp_path, out):
    # 15 GB of values in a file of a few hundred kilobytes.
    path = bomb(tmp_path / "bomb.nc", rows=3000, columns=4000, steps=300)
    assert path.stat().st_size < 1_000_000
    assert "holds more than" in refused([path], out).problem


def test_too_many_points_and_too_many_steps_are_refused(tmp_path, out):
    path = bomb(tmp_path / "wide.nc", rows=8000, columns=8000, steps=1)
    assert "too many points" in refused([path], out).problem
    path = bomb(tmp_path / "long.nc", rows=3, columns=3, steps=2000)
    assert "more than 400 steps" in refused([path], out).problem


def test_a_block_larger_than_memory_is_refused(tmp_path, out):
    path = bomb(tmp_path / "block.nc", rows=5400, columns=5400, steps=4, chunks=(4, 5400, 5400))
    assert "block of values larger" in refused([path], out).problem


def test_the_memory_limit_holds(tmp_path, out):
    """What slips past every check still ends at the limit of the address space, in one line."""
    path = bomb(tmp_path / "large.nc", rows=2000, columns=2000, steps=50, box=CHANNEL)
    text = refused([path], out, replace(LIMITS, memory_bytes=700_000_000, decoded_bytes=10**12))
    assert text.field == "large.nc"
    assert "memory" in text.problem


def test_a_reader_that_takes_too_long_is_stopped(tmp_path, out):
    path = write_netcdf(tmp_path / "slow.nc", only(SEA, "hs"))
    assert "took longer than 0.2 s" in refused([path], out, replace(LIMITS, wall_s=0.2)).problem


def test_a_reader_that_computes_too_long_is_stopped(tmp_path, out, monkeypatch):
    (tmp_path / "geodata.py").write_text("")
    path = write_netcdf(tmp_path / "busy.nc", only(SEA, "hs"))
    # A worker that spins, in place of ours.
    monkeypatch.setattr("sys.executable", _spinning(tmp_path))
    assert "more than 1 s of computing" in refused([path], out, replace(LIMITS, cpu_s=1)).problem


def _spinning(folder):
    program = folder / "python"
    program.write_text(
        f"#!{sys.executable}\n"
        "import json, resource, sys\n"
        "job = json.loads(sys.stdin.read())\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (job['limits']['cpu_s'],) * 2)\n"
        "while True: pass\n"
    )
    program.chmod(0o755)
    return str(program)


def test_a_reader_that_crashes_is_told_by_its_signal(tmp_path, out, monkeypatch):
    program = tmp_path / "python"
    program.write_text(
        f"#!{sys.executable}\nimport os, signal\n"
        'print(\'{"reading": "evil.nc"}\', flush=True)\nos.kill(os.getpid(), signal.SIGSEGV)\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(program))
    path = write_netcdf(tmp_path / "evil.nc", only(SEA, "hs"))
    error = refused([path], out)
    assert (error.field, "SIGSEGV" in error.problem) == ("evil.nc", True)


def test_a_reader_that_says_it_made_a_cube_is_not_believed(tmp_path, out, monkeypatch):
    program = tmp_path / "python"
    program.write_text(
        f"#!{sys.executable}\nimport json, sys\njob = json.load(sys.stdin)\n"
        "open(job['out'], 'wb').write(b'rubbish')\nprint('{\"made\": \"x\"}')\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(program))
    assert "no forecast cube" in refused([write_netcdf(tmp_path / "a.nc", only(SEA, "hs"))], out).problem


# -- what is asked ------------------------------------------------------------------------------------------------


def test_files_that_cannot_be_read_are_refused_before_anything_starts(tmp_path, out):
    assert "no such file" in refused([tmp_path / "none.nc"], out).problem
    assert "no such file" in refused([tmp_path], out).problem
    (tmp_path / "empty.nc").touch()
    assert "is empty" in refused([tmp_path / "empty.nc"], out).problem
    large = write_netcdf(tmp_path / "large.nc", only(SEA, "hs"))
    assert "at most 1,000" in refused([large], out, replace(LIMITS, input_bytes=1000)).problem
    assert "201 files" in refused([large] * 201, out).problem
    assert "0 files" in refused([], out).problem
    assert "one of the files" in refused([large, out], out).problem
    with pytest.raises(ForecastRefused, match="folder does not exist"):
        ingest([large], tmp_path / "nowhere" / "a.cube")


def test_a_json_larger_than_its_limit_is_refused(tmp_path, out):
    path = write_open_meteo(tmp_path / "sea.json", only(SEA, "hs"))
    assert "larger than 1,000" in refused([path], out, replace(LIMITS, json_bytes=1000)).problem


def test_a_file_without_anything_of_ours_is_refused(tmp_path, out):
    data = netcdf_dataset(only(SEA, "hs"))
    data["VHM0"].attrs["standard_name"] = "sea_surface_temperature"
    data.to_netcdf(tmp_path / "warm.nc")
    assert "VHM0 (sea_surface_temperature)" in refused([tmp_path / "warm.nc"], out).problem


# -- the cache ----------------------------------------------------------------------------------------------------


def test_a_raw_file_is_ingested_once_and_kept_by_its_digest(tmp_path):
    path, folder = write_netcdf(tmp_path / "sea.nc", only(SEA, "hs")), tmp_path / "cache" / "deep"
    first = open_forecast(path, folder)
    (kept,) = folder.iterdir()
    made_at = kept.stat().st_ino
    assert open_forecast(path, folder).identity == first.identity
    assert kept.stat().st_ino == made_at
    write_netcdf(path, {"hs": SEA["hs"] + 1.0})
    assert open_forecast(path, folder).identity["sha256"] != first.identity["sha256"]
    assert len(list(folder.iterdir())) == 2
    # A kept cube that no longer opens is made again.
    kept.write_bytes(b"rubbish")
    write_netcdf(path, only(SEA, "hs"))
    assert open_forecast(path, folder).identity["sha256"] == first.identity["sha256"]


def test_a_cube_is_opened_where_it_stands(tmp_path):
    path = synthetic_cube(tmp_path / "a.cube", current=(0.0, 1.0))
    assert open_forecast(path, tmp_path / "cache").identity == open_cube(path).identity
    assert not (tmp_path / "cache").exists()
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ForecastRefused, match="cut short"):
        open_forecast(path, tmp_path / "cache")


def test_the_cache_keeps_the_latest(tmp_path):
    folder = tmp_path / "cache"
    folder.mkdir()
    for number in range(read_settings().kept_in_cache + 2):
        old = folder / f"{number}.cube"
        old.touch()
        os.utime(old, (number, number))
    open_forecast(write_netcdf(tmp_path / "sea.nc", only(SEA, "hs")), folder)
    names = {path.name for path in folder.iterdir()}
    assert len(names) == read_settings().kept_in_cache
    assert "0.cube" not in names


def test_the_cache_lies_with_the_others(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert forecast_cache() == tmp_path / "safeport" / "forecasts"


def test_the_worker_answers_in_json_alone(tmp_path):
    path = write_netcdf(tmp_path / "sea.nc", only(SEA, "hs"))
    job = {"files": [str(path)], "out": str(tmp_path / "o"), "box": [-7, 48, 5, 52.5], "limits": {
        name: getattr(LIMITS, name) for name in LIMITS.__dataclass_fields__}}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "geodata.forecast.sandbox"], input=json.dumps(job).encode(), cwd=ROOT,
        capture_output=True, check=True,
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [list(answer) for answer in answers] == [["reading"], ["made"]]
