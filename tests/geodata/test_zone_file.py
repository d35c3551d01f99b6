"""Files of zones as people and programs write them. The symptoms are those of public reports on GeoJSON readers."""

import json
import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidAsk
from geodata.exclusions import ExclusionZone, ExclusionZones, read_exclusion_zones, rebuild_without_zones
from geodata.zone_file import MOST_POSITIONS, read_zone_file

RING = [[1.3, 51.0], [1.5, 51.0], [1.5, 51.1], [1.3, 51.1], [1.3, 51.0]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}
SQUARE = shapely.box(1.3, 51.0, 1.5, 51.1)


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features, **members):
    return {"type": "FeatureCollection", "features": list(features), **members}


def nested(geometry, times):
    for _ in range(times):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    return geometry


def shifted(degrees):
    return {"type": "Polygon", "coordinates": [[[lon + degrees, lat] for lon, lat in RING]]}


def written(tmp_path, value, *, head=b""):
    path = tmp_path / "zones.geojson"
    path.write_bytes(head + (value if isinstance(value, bytes) else json.dumps(value).encode()))
    return path


def refused(tmp_path, value):
    with pytest.raises(InvalidAsk) as refusal:
        read_exclusion_zones(written(tmp_path, value))
    assert refusal.value.field == "avoid"
    assert "\n" not in str(refusal.value)
    return refusal.value.problem


@pytest.mark.parametrize(
    "value",
    [
        collection(feature(POLYGON)),
        feature(POLYGON),
        POLYGON,
        feature(nested(POLYGON, 1)),
        feature(nested(POLYGON, 9)),
        feature({"type": "MultiPolygon", "coordinates": [[RING]]}),
        {"type": "Feature", "geometry": POLYGON},
        {"type": "Feature", "properties": None, "geometry": POLYGON, "id": None, "bbox": None},
        collection(feature(POLYGON), crs=None),
        collection(feature(POLYGON), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}),
        collection(feature(POLYGON), crs={"type": "name", "properties": {"name": "EPSG:4326"}}),
        collection(feature(shifted(360.0))),
        collection(feature(shifted(-360.0))),
        collection(feature({"type": "Polygon", "coordinates": [[[*position, 12.0] for position in RING]]})),
    ],
)
@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf"])
def test_every_way_of_writing_one_square_gives_the_square(tmp_path, value, head):
    ((name, outline),), without_place = read_zone_file(written(tmp_path, value, head=head))
    assert name == "zone 1"
    assert without_place == ()
    assert outline.symmetric_difference(SQUARE).area < 1e-9


def test_a_feature_a_line_is_read(tmp_path):
    lines = b"\n".join(json.dumps(feature(POLYGON, name=name)).encode() for name in ("a", "b"))
    assert [name for name, _ in read_zone_file(written(tmp_path, lines))[0]] == ["a", "b"]


def test_a_zone_over_the_seam_of_longitudes_from_0_to_360_is_one_small_zone(tmp_path):
    over = {"type": "Polygon", "coordinates": [[[359.8, 50.0], [0.2, 50.0], [0.2, 50.2], [359.8, 50.2], [359.8, 50.0]]]}
    ((_, outline),), _ = read_zone_file(written(tmp_path, over))
    assert outline.bounds == pytest.approx((-0.2, 50.0, 0.2, 50.2))


def test_a_feature_without_a_place_is_named_and_the_others_are_read(tmp_path):
    zones = read_exclusion_zones(written(tmp_path, collection(feature(None, name="lost"), feature(POLYGON, name="a"))))
    assert zones.names == ("a",)
    assert zones.without_place == ("lost",)


def test_two_zones_of_one_name_are_told_apart_and_control_characters_go(tmp_path):
    both = collection(feature(POLYGON, name="wreck\x1b[31m"), feature(POLYGON, name="wreck\x1b[31m"))
    assert read_exclusion_zones(written(tmp_path, both)).names == ("wreck[31m", "wreck[31m (2)")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([feature(POLYGON)], "bare array"),
        (collection(), "no features"),
        (collection(feature(None)), "without a place"),
        (feature({"type": "Point", "coordinates": [1.3, 51.0]}), "feature 1 is a Point"),
        (feature({"type": "LineString", "coordinates": RING}), "feature 1 is a LineString"),
        (collection(feature(POLYGON), feature(nested({"type": "Point", "coordinates": [1, 51]}, 2))), "feature 2"),
        (feature(nested(POLYGON, 40)), "nested too deeply"),
        (feature({"type": "Circle"}), "no known type"),
        (collection(None, feature(POLYGON)), "feature 1"),
        (collection("x"), "feature 1"),
        ({**feature(POLYGON), "properties": [1]}, "properties"),
        (feature({"type": "Polygon", "coordinates": [[["1.3", "51.0"]] * 5]}), "no pair of numbers"),
        (feature({"type": "Polygon", "coordinates": [RING[:-1]]}), "not closed"),
        (feature({"type": "Polygon", "coordinates": "x"}), "no list"),
        (feature({"type": "Polygon", "coordinates": [[RING[0], RING[2], RING[1], RING[3], RING[0]]]}), "crosses"),
        (feature({"type": "Polygon", "coordinates": [[RING[0], RING[1], RING[0], RING[1], RING[0]]]}), "no area"),
        (feature(shifted(630_000)), "630001.3, which is no degree"),
        (feature({"type": "Polygon", "coordinates": [[[1e300, 51.0]] * 4]}), "1e+300"),
        (feature({"type": "Polygon", "coordinates": [[[10**400, 51]] * 4]}), "more than 300 digits"),
        (feature({"type": "Polygon", "coordinates": [[[51.0, 130.0]] * 4]}), "latitude 130"),
        (feature({"type": "Polygon", "coordinates": [[[-180, 40], [180, 40], [180, 60], [-180, 60], [-180, 40]]]}), ""),
        (collection(feature(POLYGON), crs={"type": "name", "properties": {"name": "EPSG::27700"}}), "27700"),
        ({**feature(POLYGON), "crs": {"type": "name", "properties": {"name": "EPSG:3857"}}}, "EPSG:3857"),
        (collection(feature(POLYGON), crs={"type": "link", "properties": {"href": "x"}}), "system"),
        (b'{"type": "Polygon", "coordinates": [[[NaN, 51.0]]]}', "NaN"),
        (b"[" * 100_000, "array"),
        (b'{"a":' * 100_000, "no GeoJSON"),
        (b'{"type": "FeatureCollection", "features": [', "ends in the middle"),
        (b"\xff\xfe{}", "no GeoJSON"),
    ],
)  # fmt: skip
def test_what_is_no_zone_is_refused_in_one_line_that_names_it(tmp_path, value, text):
    assert text in refused(tmp_path, value)


def test_size_is_bounded_before_a_shape_is_made(tmp_path):
    ring = [[1.0 + k * 1e-5, 51.0] for k in range(MOST_POSITIONS + 1)]
    assert "positions" in refused(tmp_path, feature({"type": "Polygon", "coordinates": [ring]}))
    assert "500 features" in refused(tmp_path, collection(*[feature(POLYGON)] * 501))


@settings(deadline=None, max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(-400, 400) | st.sampled_from([POLYGON, RING, "Polygon", "Feature", "x"]),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["type", "features", "geometry", "geometries", "coordinates", "properties"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_refused_in_one_line(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("any") / "zones.geojson"
    entries = []
    for wrapped in (value, collection(value), feature(value), collection(feature(nested(value, 1)))):
        path.write_text(json.dumps(wrapped), encoding="utf-8")
        try:
            zones, _ = read_zone_file(path)
        except InvalidAsk as refusal:
            entries.append(str(refusal))
        else:
            assert all(outline.is_valid and outline.area > 0.0 for _, outline in zones)
    assert not any("\n" in line for line in entries)


# -- on the water ------------------------------------------------------------------------------------------------------


def zones_of(**outlines):
    zones = ExclusionZones()
    for name, outline in outlines.items():
        zones.add(ExclusionZone(name, outline))
    return zones


def geodesic_km2(west, south, east, north):
    """Area of a box of longitude and latitude, by integrating strips of the sphere that touches the ellipsoid there."""
    a, e2 = 6378.137, 0.00669437999014
    lat = np.radians(np.linspace(south, north, 20_001))
    middle = 0.5 * (lat[1:] + lat[:-1])
    w2 = 1.0 - e2 * np.sin(middle) ** 2
    strips = a * np.cos(middle) / np.sqrt(w2) * np.radians(east - west) * a * (1 - e2) / w2**1.5 * np.diff(lat)
    return strips.sum()


def test_each_zone_says_how_much_water_it_closes(service, world):
    avoiding = rebuild_without_zones(
        world, service.pack, zones_of(strait=SQUARE, inland=shapely.box(-1.0, 51.5, -0.8, 51.7))
    )
    (zone,) = avoiding.avoided
    assert zone.name == "strait"
    assert zone.closed_m2 / 1e6 == pytest.approx(geodesic_km2(1.3, 51.0, 1.5, 51.1), rel=1e-4)
    assert zone.share == pytest.approx(156.0 / 188_000.0, rel=0.01)
    assert avoiding.not_avoided == ("inland",)
    assert avoiding.identity["exclusion_zones"]["zones"][0]["closed_km2"] == pytest.approx(
        zone.closed_m2 / 1e6, abs=1e-3
    )


@pytest.mark.parametrize(
    ("outline", "text"),
    [
        (shapely.box(51.0, 1.3, 51.1, 1.5), "longitude and latitude are exchanged"),
        (shapely.box(20.0, 30.0, 21.0, 31.0), "outside the area"),
        (shapely.box(-1.0, 51.5, -0.8, 51.7), "on land"),
    ],
)
def test_zones_of_no_effect_are_refused_with_the_reason(service, world, outline, text):
    with pytest.raises(InvalidAsk, match=text):
        rebuild_without_zones(world, service.pack, zones_of(a=outline))


def test_combs_that_cross_each_other_without_end_are_refused_within_seconds(service, world):
    def comb(across):
        teeth = np.linspace(0.0, 1.0, 2_000)
        there = [(x, 1.0 if k % 2 else 0.02) for k, x in enumerate(teeth)]
        points = np.array([(0.0, 0.0), *there, (1.0, 0.0)])
        points = points[:, ::-1] if across else points
        return shapely.Polygon(points * [0.4, 0.3] + [-1.0, 50.0])

    start = time.thread_time()
    with pytest.raises(InvalidAsk, match="cross each other"):
        rebuild_without_zones(world, service.pack, zones_of(a=comb(False), b=comb(True)))
    assert time.thread_time() - start < 10.0


def test_a_port_whose_harbour_leg_is_closed_is_not_reached(service, world):
    number, port = next(
        (k, row)
        for k, row in enumerate(service.pack.tables["ports"])
        if row["harbour_leg"] and row["harbour_leg_m"] > 900
    )
    lon, lat = port["harbour_leg"][len(port["harbour_leg"]) // 2]
    near = shapely.Point(lon, lat).buffer(0.0005)
    avoiding = rebuild_without_zones(world, service.pack, zones_of(leg=near, sea=SQUARE))
    assert avoiding.water.ports.triangle[number] < 0
