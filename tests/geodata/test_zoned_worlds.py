"""A world without zones is made once for all that ask, and only its water depends on the zones."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from geodata import zoned_worlds
from geodata.zoned_worlds import ZonedWorlds

ACROSS = ("across", ((1.26, 51.0), (1.6, 51.0), (1.6, 51.095), (1.26, 51.095)))
INLAND = ("inland", ((0.5, 51.2), (0.6, 51.2), (0.6, 51.25)))


@pytest.fixture
def counted(monkeypatch):
    """How often the water was triangulated; trees are left alone, for nobody looks at them here."""
    made = []
    rebuild = zoned_worlds.rebuild_without_zones
    monkeypatch.setattr(ZonedWorlds, "_grow", lambda *_: None)
    monkeypatch.setattr(zoned_worlds, "rebuild_without_zones", lambda *args: made.append(1) or rebuild(*args))
    return made


def test_many_that_ask_at_once_get_one_world(service, counted):
    zoned = ZonedWorlds()
    with ThreadPoolExecutor(4) as pool:
        worlds = list(pool.map(lambda _: zoned.at(service.world, service.pack, (ACROSS,)), range(8)))
    assert len(counted) == 1
    assert all(world is worlds[0] for world in worlds)
    assert [zone.name for zone in worlds[0].avoided] == ["across"]


def test_without_zones_it_is_the_very_world(service, counted):
    assert ZonedWorlds().at(service.world, service.pack, ()) is service.world
    assert counted == []


def test_another_forecast_needs_no_other_water(service, counted):
    zoned = ZonedWorlds()
    first = zoned.at(service.world, service.pack, (ACROSS,))
    other = replace(service.world, identity={**service.world.identity, "forecast": {"id": "other"}})
    second = zoned.at(other, service.pack, (ACROSS,))
    assert second.water is first.water
    assert (first.identity["forecast"], second.identity["forecast"]) == (None, {"id": "other"})
    assert first.identity["exclusion_zones"] == second.identity["exclusion_zones"]
    assert len(counted) == 1


def test_zones_that_close_nothing_leave_the_water_and_are_named(service, counted):
    world = ZonedWorlds().at(service.world, service.pack, (INLAND,))
    assert world.water is service.world.water
    assert (world.avoided, world.not_avoided) == ((), ("inland",))
    assert world.identity["exclusion_zones"]["not_avoided"] == ["inland"]
    assert len(counted) == 1


def test_the_zones_asked_for_longest_ago_make_room(service, counted):
    zoned = ZonedWorlds()
    sets = [((f"inland {k}", INLAND[1]),) for k in range(zoned_worlds.MOST_WORLDS)]
    for zones in (*sets, sets[0], (("one more", INLAND[1]),)):
        zoned.at(service.world, service.pack, zones)
    assert len(counted) == len(sets) + 1
    # The first is kept, for it was asked for again; the second made room.
    zoned.at(service.world, service.pack, sets[0])
    assert len(counted) == len(sets) + 1
    zoned.at(service.world, service.pack, sets[1])
    assert len(counted) == len(sets) + 2


def test_a_water_that_makes_room_gives_its_trees_back_and_can_grow_them_again(service, monkeypatch):
    monkeypatch.setattr(zoned_worlds, "GROW_AFTER_S", 3_600.0)
    zoned = ZonedWorlds()
    world = zoned.at(service.world, service.pack, (ACROSS,))
    before = world.depth_classes[0].tables
    for k in range(zoned_worlds.MOST_WATERS):
        zoned.at(service.world, service.pack, ((f"inland {k}", INLAND[1]),))
    assert world.depth_classes[0]._tables is None
    assert (world.depth_classes[0].tables.following == before.following).all()


def test_trees_that_nobody_asked_for_grow_later(service, monkeypatch):
    monkeypatch.setattr(zoned_worlds, "GROW_AFTER_S", 3_600.0)
    zoned = ZonedWorlds()
    world = zoned.at(service.world, service.pack, (ACROSS,))
    assert [known._tables for known in world.depth_classes] == [None] * len(world.depth_classes)
    zoned._grow((id(service.world.water), (ACROSS,)))
    assert all(known._tables is not None for known in world.depth_classes)
    # A water that made room does not grow any more.
    zoned._grow((id(service.world.water), (INLAND,)))
