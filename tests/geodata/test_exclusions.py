"""Temporary exclusion zones: the index follows every change, and routes keep out."""

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidAsk
from engine.kernels.snap import ON_BANK
from engine.routes import reach_from, track_to_port
from geodata.exclusions import ExclusionZone, ExclusionZones, read_exclusion_zones, rebuild_without_zones, water_polygon

OFF_FOLKESTONE = (1.25, 51.05)
IN_THE_WAY = shapely.box(1.26, 51.0, 1.6, 51.095)


def zones_with(*outlines):
    zones = ExclusionZones()
    for number, outline in enumerate(outlines):
        zones.add(ExclusionZone(f"zone {number}", outline))
    return zones


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9), st.floats(0.1, 3)), max_size=12), st.data())
def test_index_answers_as_a_plain_loop_would_after_any_changes(boxes, data):
    outlines = {f"zone {k}": shapely.box(x, y, x + size, y + size) for k, (x, y, size) in enumerate(boxes)}
    zones = zones_with(*outlines.values())
    for name in data.draw(st.lists(st.sampled_from(sorted(outlines)), unique=True)) if outlines else []:
        zones.remove(name)
        del outlines[name]
    probe = shapely.Point(data.draw(st.floats(0, 12)), data.draw(st.floats(0, 12))).buffer(0.5)
    assert set(zones.touched_by(probe)) == {name for name, outline in outlines.items() if outline.intersects(probe)}
    assert set(zones.names) == set(outlines)


def test_names_are_unique_and_zones_are_areas():
    zones = zones_with(IN_THE_WAY)
    with pytest.raises(InvalidAsk, match="already"):
        zones.add(ExclusionZone("zone 0", IN_THE_WAY))
    with pytest.raises(InvalidAsk, match="not a valid area"):
        zones.add(ExclusionZone("line", shapely.LineString([(1, 51), (2, 51)])))
    with pytest.raises(InvalidAsk, match="no zone"):
        zones.remove("nowhere")


@pytest.fixture(scope="module")
def avoiding(service):
    return rebuild_without_zones(service.world, service.pack, zones_with(IN_THE_WAY))


def test_routes_keep_out_and_are_never_shorter(world, avoiding):
    plain = reach_from(world, world.depth_classes[0].tables, *OFF_FOLKESTONE)
    around = reach_from(avoiding, avoiding.depth_classes[0].tables, *OFF_FOLKESTONE)
    assert (around.distance_m >= plain.distance_m - 0.5).all()
    core = IN_THE_WAY.buffer(-1e-5)
    touching = 0
    for port in range(len(world.ports)):
        if np.isfinite(around.distance_m[port]):
            track = track_to_port(avoiding, avoiding.depth_classes[0].tables, around, port)
            assert not shapely.LineString(track).intersects(core)
            plain_track = track_to_port(world, world.depth_classes[0].tables, plain, port)
            touching += shapely.LineString(plain_track).intersects(core)
    assert touching > 5


def test_inside_a_zone_the_way_leaves_it_towards_the_port(service, world):
    around_folkestone_roads = rebuild_without_zones(
        world, service.pack, zones_with(shapely.box(1.20, 51.0, 1.30, 51.08))
    )
    dover = next(number for number, port in enumerate(world.ports) if port.id == "dover")
    inside = reach_from(around_folkestone_roads, around_folkestone_roads.depth_classes[0].tables, *OFF_FOLKESTONE)
    plain = reach_from(world, world.depth_classes[0].tables, *OFF_FOLKESTONE)
    assert inside.kind == ON_BANK
    assert inside.distance_m[dover] < 1.3 * plain.distance_m[dover]


def test_the_world_says_which_zones_it_avoids(world, avoiding):
    (zone,) = avoiding.avoided
    assert zone.name == "zone 0"
    assert avoiding.identity["exclusion_zones"]["names"] == ["zone 0"]
    assert rebuild_without_zones(world, None, ExclusionZones()) is world


def test_the_water_of_a_mesh_is_found_again(world):
    mesh = world.water.mesh
    a, b, c = mesh.triangles.T
    doubled = (mesh.x[b] - mesh.x[a]) * (mesh.y[c] - mesh.y[a]) - (mesh.x[c] - mesh.x[a]) * (mesh.y[b] - mesh.y[a])
    assert water_polygon(mesh).area == pytest.approx(doubled.sum() / 2.0, rel=1e-12)


def test_zones_are_read_from_geojson(tmp_path):
    feature = {"type": "Feature", "properties": {"name": "wreck"}, "geometry": shapely.geometry.mapping(IN_THE_WAY)}
    path = tmp_path / "zones.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    assert read_exclusion_zones(path).names == ("wreck",)


@pytest.mark.parametrize("content", [None, "not json", "{}", '{"type": "FeatureCollection"}'])
def test_a_broken_or_missing_file_is_the_users_own(tmp_path, content):
    path = tmp_path / "zones.geojson"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidAsk) as refused:
        read_exclusion_zones(path)
    assert refused.value.field == "avoid"
