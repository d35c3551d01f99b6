"""Routes as people see them: from outside over the approach point, from inside straight in, round every wall."""

import numpy as np
import pytest
import shapely

from engine.codes import Code
from engine.errors import PositionRefused
from engine.kernels.mesh import NOWHERE
from engine.routes import depth_class_for, passage_between, reach_from, straight_line_m, track_to_port
from engine.units import NAUTICAL_MILE_M
from geodata.pack import read_pack
from geodata.shoreline import coast_rings


@pytest.fixture(scope="module")
def land():
    rings = [ring for ring in coast_rings(read_pack()) if ring[:, 0].min() < 2.5 and ring[:, 0].max() > -5.0]
    tree = shapely.STRtree(shapely.linestrings([ring[k : k + 2] for ring in rings for k in range(len(ring) - 1)]))
    return lambda track: len(tree.query(shapely.LineString(track), predicate="intersects")) > 0


def number_of(world, name):
    return next(number for number, port in enumerate(world.ports) if port.id == name)


def miles_to(world, lon, lat, name):
    reach = reach_from(world, world.depth_classes[0].tables, lon, lat)
    port = number_of(world, name)
    return (reach.distance_m[port] + reach.harbour_m[port]) / NAUTICAL_MILE_M


WALLS = [
    # A position inside, one outside a few hundred metres away, and the port they look at.
    ("Digue Carnot", (1.578, 50.735), (1.563, 50.730), "boulogne"),
    ("Dover, Southern Breakwater", (1.335, 51.1165), (1.3395, 51.1125), "dover"),
    ("Portland, outer breakwater", (-2.430, 50.575), (-2.410, 50.572), "portland"),
    ("Plymouth Breakwater", (-4.150, 50.338), (-4.150, 50.331), "plymouth-barbican"),
    ("Cherbourg, Digue du Large", (-1.620, 49.668), (-1.620, 49.679), "cherbourg"),
]


@pytest.mark.parametrize(("wall", "inside", "outside", "port"), WALLS, ids=[wall[0] for wall in WALLS])
def test_a_wall_lies_between_its_two_sides(world, land, wall, inside, outside, port):
    assert straight_line_m(inside, outside) < 1700.0
    assert miles_to(world, *outside, port) > miles_to(world, *inside, port)
    passage = passage_between(world, world.depth_classes[0].tables, inside, outside)
    assert passage.length_m > straight_line_m(inside, outside)
    assert not land(passage.track)
    for position in (inside, outside):
        reach = reach_from(world, world.depth_classes[0].tables, *position)
        track = track_to_port(world, world.depth_classes[0].tables, reach, number_of(world, port))
        assert not land(track), wall


def test_inside_a_harbour_the_way_is_straight_in_not_out_and_back(world):
    port = number_of(world, "cherbourg")
    reach = reach_from(world, world.depth_classes[0].tables, -1.62, 49.658)
    assert reach.entered_at[port] != NOWHERE
    assert reach.distance_m[port] == 0.0
    assert reach.harbour_m[port] < world.columns.harbour_leg_m[port]


def test_outside_the_way_leads_over_the_approach_point(world):
    port = number_of(world, "dover")
    reach = reach_from(world, world.depth_classes[0].tables, 1.25, 51.05)
    track = track_to_port(world, world.depth_classes[0].tables, reach, port)
    approach = np.array(world.ports[port].approach)
    assert reach.entered_at[port] == NOWHERE
    assert min(np.abs(np.array(track) - approach).max(axis=1)) < 1e-5


def test_depth_classes_are_chosen_by_need(world):
    assert depth_class_for(world, 1.5).needed_depth_m == 1.5
    assert depth_class_for(world, 1.51).needed_depth_m == 2.5
    assert depth_class_for(world, 50.0).needed_depth_m == float("inf")
    assert depth_class_for(world, float("nan")).needed_depth_m == float("inf")


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (1.25, 47.99, Code.POS_OUT_OF_AREA),
        (float("nan"), 51.0, Code.POS_OUT_OF_AREA),
        (0.5, 51.35, Code.POS_ON_LAND),
        (1.3135, 51.1195, Code.POS_ENCLOSED),
    ],
)
def test_refusals(world, lon, lat, code):
    with pytest.raises(PositionRefused) as refused:
        reach_from(world, world.depth_classes[0].tables, lon, lat)
    assert refused.value.code == code


def test_exchanged_latitude_and_longitude_are_recognised(world):
    with pytest.raises(PositionRefused, match="exchanged"):
        reach_from(world, world.depth_classes[0].tables, 51.05, 1.25)


NEIGHBOURS = [
    # Two positions a few metres apart in the same water, and the port they look at.
    ("a bank off Calais", (1.81157, 50.98326), (1.81157, 50.98320), "calais"),
    ("a bank off Chausey", (-1.81813, 48.88174), (-1.81797, 48.88174), "chausey"),
    ("Felixstowe harbour", (1.30834, 51.95374), (1.30775, 51.95374), "felixstowe"),
]


@pytest.mark.parametrize(("place", "first", "other", "port"), NEIGHBOURS, ids=[place[0] for place in NEIGHBOURS])
def test_neighbouring_positions_have_neighbouring_distances(world, place, first, other, port):
    apart_nm = straight_line_m(first, other) / NAUTICAL_MILE_M
    assert abs(miles_to(world, *first, port) - miles_to(world, *other, port)) < apart_nm + 0.05
