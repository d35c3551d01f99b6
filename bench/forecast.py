"""A 48-step Channel cube of SYNTHETIC files: making it, opening it, sampling it."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from bench.report import heading, note, row, seconds, section, spread
from engine.kernels.forecast import current_at, waves_at, wind_at
from engine.kernels.jit import kernel
from geodata.forecast import Cube, open_cube

ROUNDS = 5
STEPS = 48
SAMPLES = 200_000
BOX = (-8.0, 47.5, 6.0, 53.0)

_MAKE = """
import json, resource, sys
from pathlib import Path
from time import perf_counter
from geodata.forecast import ingest
start = perf_counter()
ingest([Path(name) for name in sys.argv[2:]], Path(sys.argv[1]))
taken = perf_counter() - start
print(json.dumps([taken, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024]))
"""


def run() -> dict[str, float]:
    """Print the table; return the medians. [s]"""
    section(f"5. Forecast cube: {STEPS} hourly steps, waves 0.025, wind and visibility 0.1, current 1/12 degrees")
    found = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files = _synthetic_files(folder)
        heading(("median", "rounds min..max", "peak memory"))
        made = [_made(folder / "a.cube", files) for _ in range(ROUNDS)]
        taken, peak = zip(*made, strict=True)
        found["ingest, GRIB and NetCDF"] = float(np.median(taken))
        row("ingest, GRIB and NetCDF", (seconds(np.median(taken)), spread(taken), f"{max(peak):.0f} MiB"))
        opened = [_timed(lambda: open_cube(folder / "a.cube")) for _ in range(ROUNDS)]
        found["open_cube"] = float(np.median(opened))
        size = (folder / "a.cube").stat().st_size / 1e6
        row(f"open_cube, {size:.0f} MB verified", (seconds(np.median(opened)), spread(opened), ""))
        found |= _sampled(open_cube(folder / "a.cube"))
    return found


def _sampled(cube: Cube) -> dict[str, float]:
    """Time a sample, in a compiled loop: along a track, as a passage asks, and anywhere, as nobody does. [s]"""
    random = np.random.default_rng(20261122)
    start = float(cube.forecast.waves.times_s[0])
    track = (np.linspace(-6, 4, SAMPLES), np.linspace(48.5, 52, SAMPLES), np.linspace(start, start + 8e4, SAMPLES))
    anywhere = (
        random.uniform(-7, 5, SAMPLES),
        random.uniform(48, 52.5, SAMPLES),
        random.uniform(start, start + 1.6e5, SAMPLES),
    )
    found = {}
    for name, loop in (("waves_at", _waves), ("wind_at", _wind), ("current_at", _current)):
        for where, (lon, lat, at_s) in (("track", track), ("anywhere", anywhere)):
            loop(cube.forecast, lon, lat, at_s)
            times = [
                _timed(lambda loop=loop, a=(lon, lat, at_s): loop(cube.forecast, *a)) / SAMPLES for _ in range(ROUNDS)
            ]
            found[f"{name}, {where}"] = float(np.median(times))
            row(
                f"{name}, {where}",
                (f"{np.median(times) * 1e9:.0f} ns", f"{min(times) * 1e9:.0f}..{max(times) * 1e9:.0f} ns", ""),
            )
    note("'anywhere' jumps over all 67 MB of waves: that is the memory, not the arithmetic.")
    return found


@kernel
def _waves(forecast, lon, lat, at_s):
    total = 0.0
    for k in range(lon.size):
        height, east, _, _, _ = waves_at(forecast, lon[k], lat[k], at_s[k])
        total += height + east
    return total


@kernel
def _wind(forecast, lon, lat, at_s):
    total = 0.0
    for k in range(lon.size):
        east, north, _, _ = wind_at(forecast, lon[k], lat[k], at_s[k])
        total += east + north
    return total


@kernel
def _current(forecast, lon, lat, at_s):
    total = 0.0
    for k in range(lon.size):
        east, north, _ = current_at(forecast, lon[k], lat[k], at_s[k])
        total += east + north
    return total


def _timed(call) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


def _made(out: Path, files: list[Path]) -> tuple[float, float]:
    """Time and peak memory of one ingest: from a small process, so that the peak is the reader's. [s, MiB]"""
    command = [sys.executable, "-c", _MAKE, str(out), *map(str, files)]
    taken, peak = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return taken, peak


def _synthetic_files(folder: Path) -> list[Path]:
    from tests.synthetic.cubes import START_S
    from tests.synthetic.files import only, synthetic_sea, write_grib, write_netcdf

    times_s = START_S + 3600.0 * np.arange(STEPS)
    files = []
    for name, step, write, fields in (
        ("waves.grib2", 0.025, write_grib, ("hs", "wave_from", "period")),
        ("wind.grib2", 0.1, write_grib, ("wind_east", "wind_north", "gust", "visibility")),
        ("current.nc", 1 / 12, write_netcdf, ("current_east", "current_north")),
    ):
        lat, lon = np.arange(BOX[1], BOX[3] + 1e-6, step), np.arange(BOX[0], BOX[2] + 1e-6, step)
        sea = synthetic_sea(lat, lon, times_s)
        files.append(write(folder / name, only(sea, *fields), latitudes=lat, longitudes=lon, times_s=times_s))
    return files
