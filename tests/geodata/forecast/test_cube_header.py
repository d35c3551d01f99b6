"""Cubes signed by whoever wrote them: a header that makes no sense is refused in one line, whatever its digest says."""

import copy
import hashlib
import json
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ForecastRefused
from geodata.forecast.cube import MAGIC, open_cube
from tests.synthetic.cubes import synthetic_cube


def parts_of(path):
    data = path.read_bytes()
    length = int.from_bytes(data[8:12], "little")
    header = json.loads(data[44 : 44 + length])
    start = 44 + length
    return header, data[start + (-start % 64) :]


def signed(header, blobs):
    text = json.dumps(header, sort_keys=True).encode()
    start = MAGIC + len(text).to_bytes(4, "little") + hashlib.sha256(text).digest() + text
    return start + bytes(-len(start) % 64) + blobs


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return parts_of(synthetic_cube(tmp_path_factory.mktemp("cube") / "a.cube", current=(0.0, 1.0)))


def places_in(value, path=()):
    """Every entry of a header, as the path to it."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places_in(inner, (*path, key))


ABSURD = [10**30, -1, 0, 1.5, True, None, "x", [], {}, 1e308, float("nan"), float("inf"), "9999999999", [10**30] * 4]


def opened(tmp_path, header, blobs):
    path = tmp_path / "b.cube"
    path.write_bytes(signed(header, blobs))
    return open_cube(path)


def test_a_cube_signed_anew_is_still_the_cube(tmp_path, made):
    assert opened(tmp_path, *made).forecast.current.values.size > 0


def test_no_absurd_entry_does_more_than_be_refused(tmp_path, made):
    """Each entry of the header in turn replaced by each absurd value, signed anew."""
    header, blobs = made
    accepted, text = [], set()
    for place in places_in(header):
        for value in ABSURD:
            spoiled = copy.deepcopy(header)
            holder = spoiled
            for key in place[:-1]:
                holder = holder[key]
            if holder[place[-1]] == value:
                continue
            holder[place[-1]] = value
            try:
                opened(tmp_path, spoiled, blobs)
            except ForecastRefused as refusal:
                text.add(str(refusal))
            else:
                accepted.append((place, value))
    assert not any("\n" in line for line in text)
    # What describes may be anything of its kind, and a grid may lie anywhere on the globe.
    harmless = {
        "notes",
        "sources",
        "units",
        "longest_gap_s",
        "run_at",
        "left_out",
        "bytes",
        "file",
        "kind",
        "sha256",
        "west_deg",
        "south_deg",
        "step_lon_deg",
        "step_lat_deg",
    }
    assert all(set(place) & harmless for place, _ in accepted), accepted


def test_no_entry_that_is_missing_does_more_than_be_refused(tmp_path, made):
    header, blobs = made
    accepted = []
    for place in places_in(header):
        spoiled = copy.deepcopy(header)
        holder = spoiled
        for key in place[:-1]:
            holder = holder[key]
        del holder[place[-1]]
        with suppress(ForecastRefused):
            opened(tmp_path, spoiled, blobs)
            accepted.append(place)
    # One of several sources or notes, and the unit of what is known by its name.
    assert all(isinstance(place[-1], int) or "units" in place for place in accepted), accepted


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("strongest_current_ms",), 0.0),
        (("groups", "current", "from"), "2020-01-01T00:00:00Z"),
        (("groups", "current", "grid", "south_deg"), 89.99),
    ],
)
def test_a_header_that_says_other_things_than_the_data_is_refused(tmp_path, made, place, value):
    header = copy.deepcopy(made[0])
    holder = header
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    with pytest.raises(ForecastRefused, match="do not fit"):
        opened(tmp_path, header, made[1])


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.floats(0.0, 0.999), st.integers(32, 126)), min_size=1, max_size=3))
def test_bytes_changed_and_signed_anew_are_opened_or_refused(tmp_path_factory, made, changes):
    header, blobs = made
    text = bytearray(json.dumps(header, sort_keys=True).encode())
    for share, byte in changes:
        text[int(share * len(text))] = byte
    start = MAGIC + len(text).to_bytes(4, "little") + hashlib.sha256(text).digest() + bytes(text)
    path = tmp_path_factory.mktemp("mutated") / "c.cube"
    path.write_bytes(start + bytes(-len(start) % 64) + blobs)
    with suppress(ForecastRefused):
        cube = open_cube(path)
        assert np.isfinite(cube.forecast.current.times_s).all()
