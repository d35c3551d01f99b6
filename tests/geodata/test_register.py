"""The register: what every row promises, and that the check notices when a promise is broken."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
import shapely

from engine.errors import PackError
from engine.kernels.mesh import NOWHERE, locate
from engine.kernels.plane import to_plane
from engine.kernels.snap import ON_BANK, ON_MESH, vertex_at
from engine.routes import reach_from
from geodata.build import on_plane, read_assumptions
from geodata.csv_tables import SOURCES
from geodata.drawn_features import read_features
from geodata.harbour_legs import measure_harbour_leg
from geodata.pack import read_pack
from geodata.regions import cut_regions
from geodata.register import read_register, row_from
from tests.oracles import coast
from tests.oracles.geodesics import length_m

ORIGIN = (-1.0, 50.25)


@pytest.fixture(scope="module")
def rows():
    return read_register()


@pytest.fixture(scope="module")
def land():
    """Unsimplified land on the plane, from the pack."""
    return on_plane(shapely.union_all(coast.land_parts()), ORIGIN)


@pytest.fixture(scope="module")
def tree():
    return shapely.STRtree(coast.land_parts())


def test_at_least_ninety_ports(rows, world):
    assert len(rows) >= 90
    assert [port.id for port in world.ports] == [row.facts["id"] for row in rows]


def test_ids_and_unlocodes_are_unique(rows):
    ids = [row.facts["id"] for row in rows]
    codes = [row.facts["unlocode"] for row in rows if row.facts["unlocode"]]
    assert len(set(ids)) == len(ids)
    assert len(set(codes)) == len(codes)
    for code in codes:
        assert len(code) == 5
        assert code.isalnum()
        assert code == code.upper()
    # A name that is both an id and a code would be ambiguous.
    assert not {str(name).upper() for name in ids} & set(codes)


def test_the_pack_holds_the_register_as_it_is(rows):
    """Everything but the measured legs comes over unchanged: nobody edits a source and forgets to build."""
    for row, stored in zip(rows, read_pack().tables["ports"], strict=True):
        evidence = {
            name: {"grade": known.grade.name.lower(), "source": known.source, "note": known.note}
            for name, known in row.evidence.items()
        }
        assert stored["evidence"] == evidence
        ignored = ("harbour_leg", "evidence")
        assert {name: value for name, value in stored.items() if not name.startswith(ignored)} == {
            name: value for name, value in row.facts.items() if not name.startswith(ignored)
        }


def test_every_approach_is_in_free_water_and_leads_out_to_sea(world, rows):
    mesh = world.water.mesh
    for port, row in zip(world.ports, rows, strict=True):
        x, y = to_plane(*row.approach, *ORIGIN)
        t = locate(mesh, x, y)
        assert t != NOWHERE, port.id
        assert vertex_at(mesh, t, x, y) == NOWHERE, port.id


@pytest.mark.parametrize("number", range(4))
def test_every_approach_is_reached_in_every_depth_class_unless_on_a_bank(world, number):
    depth_class = world.depth_classes[number]
    mesh = world.water.mesh
    reach = reach_from(world, depth_class.tables, -3.0, 50.0)
    for p, port in enumerate(world.ports):
        shallow = not mesh.least_depth[world.water.ports.triangle[p]] >= depth_class.needed_depth_m
        assert np.isfinite(reach.distance_m[p]) != shallow, port.id
        back = reach_from(world, depth_class.tables, *port.approach)
        assert back.kind == (ON_BANK if shallow else ON_MESH), port.id
        assert np.isfinite(back.distance_m).sum() == np.isfinite(reach.distance_m).sum(), port.id


def test_every_landing_the_coast_shows_is_reached_over_water(world, rows, tree):
    """The way from approach to landing meets no unsimplified land, and ends within 100 m of the landing.

    Through drawn water there is a way too, whose length is the one that the register states.
    """
    for port, row in zip(world.ports, rows, strict=True):
        leg = [tuple(map(float, point)) for point in port.harbour_leg]
        stated = row.facts["harbour_leg_basis"] != "coast"
        if stated:
            assert world.columns.harbour_leg_m[world.ports.index(port)] == row.leg_m > 0.0
            assert bool(leg) == (world.water.legs.drawn[world.ports.index(port)] >= 0)
        if not leg:
            continue
        assert length_m(*leg[0], *row.approach) < 0.2, port.id
        assert length_m(*leg[-1], *row.landing) < 100.5, port.id
        assert tree.query(shapely.LineString(leg), predicate="intersects").size == 0, port.id
        sailed = sum(length_m(*a, *b) for a, b in pairwise(leg))
        measured = world.columns.harbour_leg_m[world.ports.index(port)]
        assert sailed == pytest.approx(measured, rel=0.25 if stated else 1e-3, abs=1.0), port.id
        assert measured >= length_m(*leg[0], *leg[-1]) - 1.0


def lies_across_a_work(tree, leg_end, landing):
    """Whether land crosses the last metres from the end of a leg to the landing, and water comes after it again.

    One quay may be climbed, the one the landing is on.
    """
    last = shapely.LineString([tuple(map(float, leg_end)), landing])
    parts = tree.query(last, predicate="intersects")
    if last.length == 0.0 or not parts.size:
        return False
    dry = shapely.intersection(last, shapely.union_all(coast.land_parts()[parts]))
    return len(shapely.get_parts(dry)) > 1 or dry.distance(shapely.Point(landing)) > 1e-6


def test_no_landing_lies_across_a_pier_from_where_its_leg_ends(world, rows, tree):
    """Nobody's landing is on the wrong side of a pier."""
    astray = [
        port.id
        for port, row in zip(world.ports, rows, strict=True)
        if len(port.harbour_leg) and lies_across_a_work(tree, port.harbour_leg[-1], row.landing)
    ]
    assert astray == []


def test_control_a_landing_on_the_wrong_side_of_the_breakwater_is_noticed(tree):
    inside, outside = (1.3330, 51.1146), (1.3330, 51.1140)
    assert length_m(*inside, *outside) < 100.0
    assert lies_across_a_work(tree, inside, outside)
    assert lies_across_a_work(tree, outside, inside)
    assert not lies_across_a_work(tree, inside, (1.3330, 51.1148))


def clearance():
    return read_assumptions()["clearance"]["harbour_leg_m"]


def moved(row, end, lon, lat):
    facts = {**row.facts, f"{end}_lon": lon, f"{end}_lat": lat}
    return replace(row, facts=facts)


def row_of(rows, name):
    return next(row for row in rows if row.facts["id"] == name)


def test_control_dover_as_it_is_passes(rows, land):
    measured = measure_harbour_leg(row_of(rows, "dover"), land, [], clearance(), ORIGIN)
    assert len(measured.leg) >= 2
    assert measured.leg_m > 500.0


def test_control_a_landing_beyond_the_breakwater_is_measured_round_its_end(rows, land):
    """Moved to the sea side of the southern breakwater it is still water: the leg gets to it without the harbour."""
    dover = row_of(rows, "dover")
    outside = measure_harbour_leg(moved(dover, "landing", 1.3330, 51.1138), land, [], clearance(), ORIGIN)
    inside = measure_harbour_leg(moved(dover, "landing", 1.3330, 51.1148), land, [], clearance(), ORIGIN)
    apart = length_m(1.3330, 51.1138, 1.3330, 51.1148)
    assert abs(outside.leg_m - inside.leg_m) > 2.0 * apart
    line = shapely.LineString([to_plane(*point, *ORIGIN) for point in inside.leg])
    assert not line.intersects(land)


@pytest.mark.parametrize(
    ("name", "end", "lon", "lat"),
    [
        ("dover", "approach", 1.3100, 51.1300),
        ("dover", "landing", 1.3000, 51.1400),
        ("boulogne", "approach", 1.6100, 50.7300),
        ("brighton-marina", "landing", -0.1100, 50.8200),
        ("weymouth", "approach", -2.4600, 50.6120),
    ],
)
def test_control_an_end_moved_onto_land_stops_the_build(rows, land, name, end, lon, lat):
    with pytest.raises(PackError, match=name):
        measure_harbour_leg(moved(row_of(rows, name), end, lon, lat), land, [], clearance(), ORIGIN)


def test_control_a_landing_in_a_closed_basin_stops_the_build(rows):
    """A basin of one's own making: water, but walled in."""
    dover = row_of(rows, "dover")
    x, y = to_plane(*dover.landing, *ORIGIN)
    moat = shapely.Point(x, y).buffer(200.0).difference(shapely.Point(x, y).buffer(150.0))
    with pytest.raises(PackError, match="dover"):
        measure_harbour_leg(dover, moat, [], clearance(), ORIGIN)


CELLS = ["id", "name_en", "name_fr", "country", "kind", "approach_lon", "approach_lat", "landing_lon", "landing_lat",
         "harbour_leg_basis", "source", "confidence"]  # fmt: skip


@pytest.mark.parametrize("column", CELLS)
def test_a_blank_cell_that_must_be_filled_is_named(rows, column):
    facts = {name: "" if value is None else str(value) for name, value in row_of(rows, "dover").facts.items()}
    with pytest.raises(PackError, match=rf"dover\.{column}|\?\.{column}|\.{column}"):
        row_from({**facts, column: ""}, "test.csv")


@pytest.mark.parametrize(
    ("column", "cell"),
    [("kind", "beach hut"), ("confidence", "sure"), ("harbour_leg_basis", "guess"), ("harbour_leg_m", "300"),
     ("approach_lon", "one")],
)  # fmt: skip
def test_a_cell_that_means_nothing_is_named(rows, column, cell):
    facts = {name: "" if value is None else str(value) for name, value in row_of(rows, "dover").facts.items()}
    with pytest.raises(PackError, match=f"dover.{column}"):
        row_from({**facts, column: cell}, "test.csv")


@pytest.mark.parametrize("name", ["banks", "tss", "rcc_areas", "restricted_areas", "coast_patches"])
def test_every_outline_is_valid_and_near_the_box(name):
    features = read_features(SOURCES / f"{name}.geojson")
    assert features
    ids = []
    for properties, outline in features:
        ids.append(properties["id"] if name != "rcc_areas" else (properties["id"], outline.wkt))
        assert outline.is_valid, properties["id"]
        assert outline.area > 0.0, properties["id"]
        assert outline.intersects(shapely.box(-7.0, 48.0, 5.0, 52.5)), properties["id"]
    assert len(set(ids)) == len(ids)


def test_every_bank_states_a_depth_and_its_names():
    for properties, _ in read_features(SOURCES / "banks.geojson"):
        assert np.isfinite(float(properties["least_depth_m"]))
        assert properties["name_en"]
        assert properties["name_fr"]


def test_every_lane_states_its_flow_and_its_names():
    for properties, _ in read_features(SOURCES / "tss.geojson"):
        assert 0.0 <= float(properties["flow_bearing_deg"]) < 360.0
        assert properties["name_en"]
        assert properties["name_fr"]
        assert properties["kind"] in ("lane", "two_way_route", "recommended_route")


def test_regions_tile_the_box():
    """They cover the box and do not overlap, to a square kilometre."""
    sides = (-7.0, 48.0, 5.0, 52.5)
    outlines = [shapely.Polygon(piece["ring"]) for piece in cut_regions(sides)]
    box = shapely.box(*sides)
    square_km = 1.0 / (111.2 * 71.5)
    assert box.difference(shapely.union_all(outlines)).area < square_km
    clipped = [shapely.intersection(outline, box) for outline in outlines]
    assert sum(outline.area for outline in clipped) - shapely.union_all(clipped).area < square_km


def test_every_bank_is_in_the_mesh(world):
    """A bank's middle is shallow water of the mesh, no deeper than the bank says, unless it is left to land."""
    mesh = world.water.mesh
    seen = 0
    for properties, outline in read_features(SOURCES / "banks.geojson"):
        for part in shapely.get_parts(outline):
            middle = part.point_on_surface()
            t = locate(mesh, *to_plane(middle.x, middle.y, *ORIGIN))
            if t != NOWHERE:
                seen += 1
                assert mesh.least_depth[t] <= float(properties["least_depth_m"]), properties["id"]
    assert seen >= 10


def test_the_pack_is_dated():
    assert datetime.fromisoformat(str(read_pack().manifest["built_at"])).tzinfo is not None
