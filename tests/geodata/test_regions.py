"""Whose region, which centre, and how sure: against published points of the limits."""

from dataclasses import replace

import pytest
import shapely

from api.decision_service import known_policy
from engine.codes import Code
from engine.decide import coordination_at, decide
from engine.model import Ask
from engine.units import NAUTICAL_MILE_M
from geodata.csv_tables import SOURCES
from geodata.drawn_features import read_features
from geodata.regions import cut_regions
from tests.oracles.geodesics import length_m

BOX = (-7.0, 48.0, 5.0, 52.5)
PUBLISHED = [
    # French search and rescue regions of 2018, said to be extracted from IMO GISIS: latitude, longitude in minutes.
    (49, 30.0, -4, 6.5), (49, 54.4, -2, 53.7), (50, 24.5, 0, 0.0), (50, 32.8, 0, 57.8), (50, 48.9, 1, 16.5),
    (50, 57.0, 1, 21.4), (51, 2.3, 1, 32.9), (51, 6.0, 1, 43.5), (51, 14.4, 1, 57.3), (51, 20.2, 2, 2.3),
    (51, 30.2, 2, 7.3), (51, 32.0, 2, 11.2), (51, 32.0, 2, 15.0),
    # Belgian zone, kustwacht.be.
    (51, 16.15, 2, 23.42), (51, 36.78, 2, 15.2), (51, 48.3, 2, 28.9), (51, 33.1, 3, 4.88),
]  # fmt: skip


@pytest.fixture(scope="module")
def ask(service):
    return Ask(1.25, 51.05, 1.642e9, service.vessels["rnli-severn"], known_policy("nearest-time"),
               persons_min=30.0, persons_max=30.0, persons_recovered=30.0, persons_in_water=False)  # fmt: skip


def degrees(whole, minutes):
    return whole + minutes / 60.0 if whole >= 0 else whole - minutes / 60.0


@pytest.mark.parametrize("point", PUBLISHED)
def test_the_limit_runs_within_a_fifth_of_a_mile_of_every_published_point(point):
    lat, lon = degrees(*point[:2]), degrees(*point[2:])
    outlines = [shapely.Polygon(piece["ring"]).exterior for piece in cut_regions(BOX)]
    near = [shapely.shortest_line(outline, shapely.Point(lon, lat)).coords[0] for outline in outlines]
    away = sorted(length_m(*place, lon, lat) for place in near)
    # Two regions meet there.
    assert away[1] < 0.2 * NAUTICAL_MILE_M


WHERE = [
    ((0.2000, 50.3667), "FR", "CROSS GRIS-NEZ"),
    ((0.2000, 50.5500), "UK", "SOLENT COASTGUARD"),
    ((0.0500, 49.7500), "FR", "CROSS JOBOURG"),
    ((-3.5000, 49.0000), "FR", "CROSS CORSEN"),
    ((-2.0000, 48.9500), "UK", "JERSEY COASTGUARD"),
    ((-3.5000, 49.6000), "FR", "CROSS JOBOURG"),
    ((1.3000, 51.0800), "UK", "DOVER COASTGUARD"),
    ((0.3750, 51.4483), "UK", "LONDON COASTGUARD"),
    ((-2.5000, 49.4600), "UK", "GUERNSEY COASTGUARD"),
    ((-2.2000, 49.7500), "UK", "GUERNSEY COASTGUARD"),
    ((-2.1200, 49.1500), "UK", "JERSEY COASTGUARD"),
    ((-4.5000, 50.0000), "UK", "FALMOUTH COASTGUARD"),
    ((-4.5000, 51.3000), "UK", "MILFORD HAVEN COASTGUARD"),
    ((2.8000, 51.4000), "BE", "MRCC OOSTENDE"),
    ((3.6000, 51.8000), "NL", "JRCC DEN HELDER"),
    ((-6.9000, 52.2000), "IE", "MRCC DUBLIN"),
    ((1.0809, 49.4400), "FR", "CROSS JOBOURG"),
]


@pytest.mark.parametrize(("position", "region", "centre"), WHERE)
def test_region_and_leading_centre(ask, world, position, region, centre):
    found = coordination_at(world, replace(ask, lon=position[0], lat=position[1]))
    assert (found.srr, found.centres[0].name) == (region, centre)


def test_the_band_is_as_wide_as_the_doubt_of_the_stretch(ask, world):
    """2.4 nm off a limit: inside the band of the Irish one, outside that of the strait."""

    def band(lon, lat):
        return coordination_at(world, replace(ask, lon=lon, lat=lat, position_accuracy_m=0.0)).band

    assert band(-6.00, 52.02)
    assert not band(1.37, 51.02)
    assert band(1.45, 50.985)


def test_every_stretch_has_its_source_and_its_doubt():
    for properties, line in read_features(SOURCES / "srr.geojson"):
        assert properties["source"], properties["id"]
        if line.geom_type == "LineString":
            assert 1.0 <= float(properties["doubt_nm"]) <= 5.0, properties["id"]
            assert len(properties["between"]) == 2


def test_in_the_band_a_policy_that_weighs_the_state_says_that_both_count(ask, world):
    near = replace(ask, lon=1.55, lat=51.03, policy=known_policy("srr-state-preferred"))
    codes = [notice.code for notice in decide(near, world).notices]
    assert Code.SRR_BAND_BOTH_STATES in codes
    plain = [notice.code for notice in decide(replace(near, policy=ask.policy), world).notices]
    assert Code.SRR_BOUNDARY_BAND in plain
    assert Code.SRR_BAND_BOTH_STATES not in plain


def test_two_way_and_recommended_routes_are_no_lanes(ask, world):
    names = {english for english, _ in world.zone_names}
    routes = {str(properties["name_en"]) for properties, _ in read_features(SOURCES / "tss.geojson")
              if properties["kind"] != "lane"}  # fmt: skip
    assert routes == {"Long Sand Head two-way route", "Galloper recommended route", "Ushant inner two-way route"}
    assert not routes & names
    assert all(english and french and "-" not in english[:1] for english, french in world.zone_names)


def test_lanes_of_the_strait_lie_within_the_published_outline():
    """The scheme of the strait as outlined in 2018 with the French regions, a check of our own lanes."""
    outline = shapely.Polygon(
        [(2.0362, 51.561), (1.8793, 51.4558), (1.7332, 51.2355), (1.0408, 50.8745), (0.5417, 50.6562),
         (-0.0715, 50.5773), (0.0685, 50.2415), (1.0033, 50.4395), (1.3772, 50.6548), (1.4483, 50.7423),
         (1.5117, 50.894), (1.7648, 51.0723), (2.052, 51.164), (2.2825, 51.4495)]
    )  # fmt: skip
    lanes = shapely.union_all(
        [lane for properties, lane in read_features(SOURCES / "tss.geojson")
         if str(properties["id"]).startswith(("dover-sw", "dover-ne"))]
    )  # fmt: skip
    inside = shapely.intersection(lanes, outline).area / lanes.area
    assert inside > 0.9


def test_edges_of_regions_know_their_doubt(world):
    regions = world.regions
    assert regions.doubt_m.shape[0] == regions.zones.ring.shape[0]
    assert {round(value / NAUTICAL_MILE_M, 1) for value in regions.doubt_m} == {0.0, 1.0, 1.4, 1.5, 1.6, 2.0, 3.0, 5.0}
