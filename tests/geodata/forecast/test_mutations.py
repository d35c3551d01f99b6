"""Readers under mutations of synthetic files: a damaged file is read or refused, in one line, and within its limits.

A few seconds in the suite; ``make fuzz`` draws ten thousand times as long (``SAFEPORT_FUZZ`` is how many examples).
"""

import faulthandler
import json
import os
import resource
import warnings
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.forecast.cf_conventions import QUANTITIES, Unreadable
from geodata.forecast.grib import read_grib
from geodata.forecast.netcdf import read_netcdf
from geodata.forecast.open_meteo import read_open_meteo
from geodata.forecast.settings import read_settings
from tests.synthetic.cubes import CHANNEL
from tests.synthetic.files import only, open_meteo_locations, synthetic_sea, write_grib, write_netcdf

LIMITS = read_settings().limits
POINTS = read_settings().points
EXAMPLES = int(os.environ.get("SAFEPORT_FUZZ", "40"))
SEA = synthetic_sea()

fuzzed = settings(
    deadline=None, max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
changes = st.lists(st.tuples(st.floats(0.0, 0.999), st.integers(0, 255)), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Folder of a whole file in each format."""
    folder = tmp_path_factory.mktemp("whole")
    write_grib(folder / "sea.grib2", only(SEA, "hs", "wind_east", "wind_north"))
    write_netcdf(folder / "sea.nc", only(SEA, "hs", "wave_from"), form="NETCDF3_CLASSIC")
    (folder / "sea.json").write_text(json.dumps(open_meteo_locations(only(SEA, "hs"))[150:162]), encoding="utf-8")
    return folder


CHILD_CPU_S = 5

READERS = {
    "grib2": lambda path: read_grib(path, CHANNEL, LIMITS),
    "nc": lambda path: read_netcdf(path, CHANNEL, LIMITS),
    "json": lambda path: read_open_meteo(path, CHANNEL, LIMITS, POINTS),
}


def read_apart(path, form):
    """Whether a child of this process reads or refuses a file; one that the library itself crashes counts as refused.

    The NetCDF library does crash on some damage, which is why the program reads foreign files in a process apart.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        code = 1
        faulthandler.disable()
        # As in the program: what keeps the library busy for ever is ended.
        resource.setrlimit(resource.RLIMIT_CPU, (CHILD_CPU_S, CHILD_CPU_S))
        with suppress(BaseException):
            code = int(any("\n" in line for line in read_or_refused(path, form)))
        os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0


def read_or_refused(path, form):
    """Layers of a file, all of real values; a refusal is one line and leaves none."""
    try:
        layers = READERS[form](path).layers
    except Unreadable as refusal:
        return [str(refusal)]
    for layer in layers:
        quantity = QUANTITIES[layer.meaning.quantity]
        values = layer.values[np.isfinite(layer.values)]
        assert not np.isinf(layer.values).any()
        assert (values >= min(quantity.least, 0.0) - 1e-3).all()
        assert (values <= quantity.greatest + 1e-3).all()
        assert np.isfinite(layer.times_s).all()
    return []


@fuzzed
@given(changes=changes, cut=st.floats(0.0, 1.0))
@pytest.mark.parametrize("form", ["grib2", "nc", "json"])
def test_changed_or_cut_bytes_are_read_or_refused(tmp_path, whole, form, changes, cut):
    data = bytearray((whole / f"sea.{form}").read_bytes())
    for share, byte in changes:
        data[int(share * len(data))] = byte
    path = tmp_path / f"sea.{form}"
    path.write_bytes(data[: int(cut * len(data))] if cut < 0.3 else data)
    assert read_apart(path, form)


MISTAKES = st.sampled_from([None, "", "x", -1, 1e9, 10**400, True, [], {}, [None], ["x"], "undefined", "2026-11-22T00"])


@fuzzed
@given(place=st.lists(st.floats(0.0, 0.999), min_size=1, max_size=6), mistake=MISTAKES)
def test_any_entry_of_an_answer_may_be_anything(tmp_path, whole, place, mistake):
    answer = json.loads((whole / "sea.json").read_bytes())
    holder = answer
    for share in place[:-1]:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys or not isinstance(holder[keys[int(share * len(keys))]], dict | list):
            break
        holder = holder[keys[int(share * len(keys))]]
    keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    if keys:
        holder[keys[int(place[-1] * len(keys))]] = mistake
    path = tmp_path / "sea.json"
    path.write_text(json.dumps(answer), encoding="utf-8")
    assert not any("\n" in line for line in read_or_refused(path, "json"))


@pytest.mark.parametrize(("form", "layers"), [("grib2", 3), ("nc", 2), ("json", 1)])
def test_a_file_that_nobody_changed_is_read(whole, form, layers):
    assert len(READERS[form](whole / f"sea.{form}").layers) == layers
