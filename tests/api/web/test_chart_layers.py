"""Layers of the chart against the pack they come from."""

import gzip
import json

import numpy as np
import pytest
import shapely

from api.web.chart_layers import COAST_LEVELS_M, WINDOW_HALF_DEG, WINDOW_STEP_DEG, chart_layer, steps_of
from geodata.shoreline import coast_rings


def unpacked(steps, scale):
    return np.cumsum(np.array(steps).reshape(-1, 2), axis=0) * scale


@pytest.fixture(scope="module")
def coasts(service):
    return {level: json.loads(chart_layer(service.pack, f"coast-{level}")) for level in COAST_LEVELS_M}


def painted(coast, lon, lat):
    """Colour of a place after all rings were painted in their order: land, lake, or None for the sea."""
    lakes, seen = set(coast["lakes"]), None
    for k, steps in enumerate(coast["rings"]):
        ring = unpacked(steps, coast["scale"])
        if ring[:, 0].min() <= lon <= ring[:, 0].max() and ring[:, 1].min() <= lat <= ring[:, 1].max():
            # Even-odd fill: a simplified ring may cross itself.
            a, b = ring, np.roll(ring, -1, axis=0)
            spans = (a[:, 1] > lat) != (b[:, 1] > lat)
            with np.errstate(divide="ignore", invalid="ignore"):
                at = a[:, 0] + (lat - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
            if np.count_nonzero(spans & (at > lon)) % 2:
                seen = "lake" if k in lakes else "land"
    return seen


@pytest.mark.parametrize("level", COAST_LEVELS_M)
def test_land_is_land_and_sea_is_sea_at_every_level(coasts, level):
    for lon, lat in ((0.52, 51.27), (1.95, 50.75), (-1.30, 50.68), (-0.6, 49.1)):
        assert painted(coasts[level], lon, lat) == "land"
    for lon, lat in ((1.45, 51.03), (0.0, 50.3), (-2.0, 50.2)):
        assert painted(coasts[level], lon, lat) is None


def test_the_whole_coast_is_the_packs_to_a_metre(service, coasts):
    rings, coast = coast_rings(service.pack), coasts[0]
    drawn = sorted((unpacked(steps, coast["scale"]) for steps in coast["rings"]), key=lambda ring: tuple(ring[0]))
    assert len(drawn) + coast["left_out"] == len(rings)
    whole = shapely.multipoints(np.vstack(rings))
    for ring in max(drawn, key=len), drawn[0], drawn[-1]:
        assert shapely.distance(shapely.points(ring), whole).max() < 1.5 * coast["scale"]


@pytest.mark.parametrize(("column", "row"), [(5, 204), (4, 203), (-5, 203)])
def test_a_window_has_the_whole_coast_inside_and_little_of_it_beyond(service, coasts, column, row):
    data = chart_layer(service.pack, f"coast-0-{column}-{row}")
    window, half = json.loads(data), np.array(WINDOW_HALF_DEG)
    middle = np.array([column, row]) * WINDOW_STEP_DEG

    def inside(coast):
        points = np.vstack([unpacked(steps, coast["scale"]) for steps in coast["rings"]])
        within = points[(np.abs(points - middle) < half - 1e-4).all(axis=1)]
        return {(round(lon, 4), round(lat, 4)) for lon, lat in within.tolist()}

    assert inside(coasts[0]) - inside(window) == set()
    assert len(gzip.compress(data)) < 60_000
    draw = np.random.default_rng(4)
    for lon, lat in middle + draw.uniform(-1, 1, (6, 2)) * (half - 0.09):
        assert painted(window, lon, lat) == painted(coasts[0], lon, lat)
    for lon, lat in ((0.52, 51.27), (1.95, 50.75), (-1.30, 50.68), (-0.6, 49.1)):
        assert painted(window, lon, lat) == "land"


def test_each_level_is_lighter_than_the_next_finer_one(coasts):
    points = [sum(len(ring) for ring in coasts[level]["rings"]) for level in COAST_LEVELS_M]
    assert points == sorted(points)


def test_a_level_is_off_by_no_more_than_it_says(service, coasts):
    rings = coast_rings(service.pack)
    outline = shapely.linestrings(max(rings, key=len) * [0.64, 1.0])
    coarse = max((unpacked(steps, coasts[250]["scale"]) for steps in coasts[250]["rings"]), key=len)
    off_m = shapely.hausdorff_distance(outline, shapely.linestrings(coarse * [0.64, 1.0])) * 111_120
    assert off_m < 250 + 15


def test_areas_and_ports_are_all_there(service):
    zones, areas = service.pack.tables["zones"], json.loads(chart_layer(service.pack, "areas"))
    assert [len(areas[name]) for name in ("banks", "lanes", "ranges")] == [
        len(zones[name]) for name in ("banks", "lanes", "ranges")
    ]
    for drawn, bank in zip(areas["banks"], zones["banks"], strict=True):
        assert drawn["least_depth_m"] == bank["least_depth_m"]
        assert np.abs(unpacked(drawn["ring"], areas["scale"])[0] - bank["ring"][0]).max() < areas["scale"]
    limits = [unpacked(line, areas["scale"]) for line in areas["limits"]]
    # The limit in the Dover Strait passes between Dover and Calais.
    strait = shapely.LineString([(1.35, 51.1), (1.8, 50.97)])
    assert any(shapely.LineString(line).intersects(strait) for line in limits)
    ports = json.loads(chart_layer(service.pack, "ports"))["ports"]
    assert [port["id"] for port in ports] == [row["id"] for row in service.pack.tables["ports"]]


def test_no_layer_has_another_name(service):
    assert chart_layer(service.pack, "coast-7") is None
    assert chart_layer(service.pack, "coast-0-5-20444") is None


def test_steps_leave_out_what_does_not_move():
    line = np.array([(1.0, 50.0), (1.0, 50.0), (1.00002, 50.0), (1.00002, 49.99997)])
    assert steps_of(line, 1e-5) == [100_000, 5_000_000, 2, 0, 0, -3]
