"""Patches kept for single decisions: the same answers, made at the second question, bounded."""

import numpy as np
import pytest

from engine import patch_cache
from engine.kernels.mesh import NOWHERE
from engine.kernels.reach import reach_ports
from engine.kernels.snap import ON_MESH
from engine.measure_in_patch import reach_from_patch
from engine.patch_cache import LEVELS, PatchCache


def open_water(world, tables, random, count, box=(-6.5, 48.5, 4.5, 52.0)):
    """Positions on the mesh."""
    found = []
    while len(found) < count:
        lon, lat = random.uniform(box[0], box[2]), random.uniform(box[1], box[3])
        if reach_ports(world.water, tables, lon, lat).kind == ON_MESH:
            found.append((lon, lat))
    return found


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_from_a_patch_every_port_is_as_far_as_without_it(world, depth):
    """To the last bit, in open water, among banks and islands, and in and about harbours."""
    water, tables = world.water, world.depth_classes[depth].tables
    random = np.random.default_rng(depth)
    known = PatchCache()
    ports = [(p.approach[0] + dx, p.approach[1] + dy) for p in world.ports
             for dx, dy in random.normal(0.0, 0.004, (1, 2))]  # fmt: skip
    west, south, east, north = world.box
    near = [(lon, lat) for lon, lat in ports if west < lon < east and south < lat < north]
    shared = 0
    for lon, lat in [*open_water(world, tables, random, 100), *near]:
        # Cut in four, a patch is asked about anew.
        for _ in range(LEVELS):
            known.at(water, tables, lon, lat)
        places, table = known.at(water, tables, lon, lat)
        place = int(places.patch[0])
        alone, found = reach_ports(water, tables, lon, lat), reach_from_patch(water, tables, table, place, lon, lat)
        for name, expected, value in zip(alone._fields, alone, found, strict=True):
            np.testing.assert_array_equal(value, expected, err_msg=name)
        shared += place != NOWHERE
    assert shared > 150


def test_a_patch_is_made_for_the_second_question_and_kept(world, monkeypatch):
    water, tables = world.water, world.depth_classes[1].tables
    made = []
    monkeypatch.setattr(PatchCache, "_make", staticmethod(counting(PatchCache._make, made)))
    known = PatchCache()
    lon, lat = -1.0, 50.2
    for asked in range(5):
        places, _ = known.at(water, tables, lon, lat)
        assert (places.patch[0] != NOWHERE) == (asked > 0)
    assert len(made) == 1
    # On land there is nothing to make.
    assert [known.at(water, tables, 0.5, 51.0)[0].patch[0] for _ in range(3)] == [NOWHERE] * 3
    assert len(made) == 1


def test_where_much_is_to_be_seen_a_patch_is_cut_in_four(world, monkeypatch):
    water, tables = world.water, world.depth_classes[1].tables
    made = []
    monkeypatch.setattr(PatchCache, "_make", staticmethod(counting(PatchCache._make, made)))
    known = PatchCache()
    lon, lat = 1.41, 50.95
    found = [known.at(water, tables, lon, lat)[0].patch[0] for _ in range(LEVELS + 1)]
    assert found[-1] != NOWHERE
    assert [patch[-1] for patch in made] == list(range(len(made)))
    assert len(made) > 1


def counting(make, made):
    def counted(*arguments):
        made.append(arguments[-1])
        return make(*arguments)

    return counted


def test_no_more_are_kept_than_there_is_room_for(world, monkeypatch):
    monkeypatch.setattr(patch_cache, "MOST_KEPT", 5)
    monkeypatch.setattr(patch_cache, "MOST_ASKED", 7)
    water, tables = world.water, world.depth_classes[1].tables
    known = PatchCache()
    for lon, lat in open_water(world, tables, np.random.default_rng(2), 30, (1.2, 50.8, 1.6, 51.1)):
        for _ in range(2):
            known.at(water, tables, lon, lat)
    assert 0 < len(known._kept) <= 5
    assert 0 < len(known._asked) <= 7
