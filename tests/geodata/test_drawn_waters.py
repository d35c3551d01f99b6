"""Positions on tidal water that the land polygons close off are answered; those on land name a point afloat."""

import csv
import re
from dataclasses import replace

import numpy as np
import pytest
import shapely

from api.decision_service import known_policy
from api.position import parse_position
from engine.codes import Code
from engine.decide import decide
from engine.errors import PositionRefused
from engine.kernels.reach import reach_ports
from engine.kernels.snap import ENCLOSED, ON_LAND
from engine.model import Ask
from engine.routes import depth_class_for, passage_between, reach_from
from engine.units import NAUTICAL_MILE_M
from geodata.csv_tables import SOURCES
from geodata.drawn_features import read_features

AFLOAT = {
    "Thames, Tower Bridge": (-0.0754, 51.5055),
    "Thames, Woolwich": (0.0625, 51.4962),
    "Thames off Gravesend": (0.3750, 51.4483),
    "Thames, Richmond": (-0.3073, 51.4573),
    "Medway, Rochester": (0.5010, 51.3920),
    "Southampton, Town Quay": (-1.4060, 50.8945),
    "Itchen, Northam": (-1.3855, 50.9105),
    "Hamble, Bursledon": (-1.2990, 50.8850),
    "Medina, Folly Inn": (-1.2825, 50.7330),
    "Tamar, Saltash": (-4.2030, 50.4080),
    "Fal, Malpas": (-5.0250, 50.2450),
    "Dart, Totnes": (-3.6818, 50.4280),
    "Salcombe": (-3.7650, 50.2370),
    "Kingsbridge": (-3.7768, 50.2815),
    "Rye": (0.7550, 50.9425),
    "Woodbridge": (1.3205, 52.0890),
    "Maldon": (0.6885, 51.7290),
    "Colchester, the Hythe": (0.9268, 51.8806),
    "Rowhedge": (0.9494, 51.8562),
    "Oare": (0.8820, 51.3300),
    "Barnstaple": (-4.0625, 51.0790),
    "Wadebridge": (-4.8388, 50.5200),
    "Seine, Rouen": (1.0809, 49.4400),
    "Seine, Duclair": (0.8755, 49.4798),
    "Seine, Caudebec": (0.7260, 49.5225),
    "Caen canal, Bénouville": (-0.2745, 49.2425),
    "Rance, Dinan": (-2.0385, 48.4543),
    "Trieux, Pontrieux": (-3.1570, 48.6965),
    "Morlaix": (-3.8380, 48.5800),
    "Le Havre, outer harbour": (0.1000, 49.4832),
    "Oostende": (2.9222, 51.2340),
    "Zeebrugge": (3.2030, 51.3500),
    "Terneuzen": (3.8200, 51.3400),
    "Antwerp": (4.3950, 51.2200),
}
ASHORE = {
    "Dover": (1.3165, 51.1165),
    "Rouen": (1.0950, 49.4430),
    "Southampton": (-1.4040, 50.9100),
    "Caen": (-0.3700, 49.1800),
    "Greenwich Park": (0.0000, 51.4770),
    "Gravesend": (0.3700, 51.4380),
    "Brugge": (3.2247, 51.2093),
    "Paris": (2.3500, 48.8600),
}


@pytest.fixture(scope="module")
def ask(service):
    return Ask(1.25, 51.05, 1.642e9, service.vessels["rnli-severn"], known_policy("nearest-time"),
               persons_min=30.0, persons_max=30.0, persons_recovered=30.0, persons_in_water=False)  # fmt: skip


def afloat(world):
    return depth_class_for(world, 1.0)


def test_every_landing_point_is_answered(world):
    kinds = {port.id: reach_ports(world.water, afloat(world), *port.landing).kind for port in world.ports}
    assert {name for name, kind in kinds.items() if kind in (ON_LAND, ENCLOSED)} == set()


@pytest.mark.parametrize("place", AFLOAT)
def test_positions_in_rivers_and_harbours_are_answered(world, place):
    reach = reach_from(world, afloat(world), *AFLOAT[place])
    assert np.isfinite(reach.distance_m).all()


def test_a_position_in_drawn_water_says_so_and_one_at_sea_does_not(ask, world):
    drawn = decide(replace(ask, lon=AFLOAT["Thames, Woolwich"][0], lat=AFLOAT["Thames, Woolwich"][1]), world)
    at_sea = decide(replace(ask, lon=1.6, lat=51.04), world)
    assert [notice.facts["name"] for notice in drawn.notices if notice.code is Code.POS_IN_DRAWN_WATER] == [
        ("River Thames", "la Tamise")
    ]
    assert Code.POS_IN_DRAWN_WATER not in [notice.code for notice in at_sea.notices]


def test_up_a_river_its_harbours_are_not_reached_by_way_of_the_sea(world):
    """Gravesend's approach point lies seven miles below the town: from Woolwich nobody passes the town twice."""
    reach = reach_from(world, afloat(world), *AFLOAT["Thames, Woolwich"])
    gravesend = next(p for p, port in enumerate(world.ports) if port.id == "gravesend")
    along = (reach.distance_m + reach.harbour_m)[gravesend]
    direct = passage_between(world, afloat(world), AFLOAT["Thames, Woolwich"], AFLOAT["Thames off Gravesend"])
    assert along == pytest.approx(direct.length_m, rel=0.05)


TOWER, SOUTHEND = (-0.0754, 51.5055), (0.7220, 51.5130)
PUBLISHED = [
    (TOWER, SOUTHEND, 36.9, "43 statute miles from London Bridge to Southend Pier, half a mile less from Tower Bridge"),
    ((1.0809, 49.4400), (0.0900, 49.4870), 65.0, "Rouen to Le Havre, about 120 km"),
    ((-0.3540, 49.1830), (-0.2482, 49.2818), 7.6, "Caen canal, 14 km"),
    ((3.8200, 51.3400), (3.5900, 51.4400), 11.0, "Terneuzen to Vlissingen"),
    ((-0.3240, 51.4325), (-0.0877, 51.5080), 16.1, "Teddington lock to London Bridge, 18.6 statute miles"),
    ((-1.2905, 50.7030), (-1.2955, 50.7640), 4.0, "Newport to Cowes, 4 nm of the Medina"),
]


@pytest.mark.parametrize(("start", "end", "published_nm", "source"), PUBLISHED)
def test_distances_along_drawn_water_are_near_the_published_ones(world, start, end, published_nm, source):
    """Within 8 %: the shortest way cuts the bends."""
    passage = passage_between(world, afloat(world), start, end)
    assert passage.length_m / NAUTICAL_MILE_M == pytest.approx(published_nm, rel=0.08), source


@pytest.mark.parametrize("place", ASHORE)
def test_on_land_is_refused_with_a_point_afloat_that_is_answered(world, place):
    with pytest.raises(PositionRefused) as refused:
        reach_from(world, afloat(world), *ASHORE[place])
    assert refused.value.code is Code.POS_ON_LAND
    named = re.search(r"\d\d \d\d\.\d\d[NS] \d{3} \d\d\.\d\d[EW]", refused.value.remedy)
    assert named
    reach_from(world, afloat(world), *parse_position(named.group()))


def test_every_drawn_water_has_names_source_and_room():
    for properties, line in read_features(SOURCES / "tidal_waters.geojson"):
        assert line.geom_type == "LineString"
        assert float(properties["half_width_m"]) >= 50.0, properties["id"]
        assert all(properties[name] for name in ("name_en", "name_fr", "source", "note")), properties["id"]


def test_open_water_is_as_it_was(world):
    """Positions of the benchmark lie in the open: none is in drawn water."""
    waters = shapely.union_all([line for _, line in read_features(SOURCES / "tidal_waters.geojson")]).buffer(0.005)
    with (SOURCES.parents[1] / "bench" / "points.csv").open(encoding="utf-8") as rows:
        points = [shapely.Point(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(rows)]
    assert len(points) >= 1000
    assert sum(point.within(waters) for point in points) <= len(points) // 50
