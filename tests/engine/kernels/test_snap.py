"""How positions off the mesh join it: never through a wall, never over land, and the right refusal otherwise."""

from itertools import pairwise

import numpy as np
import pytest
import shapely

from engine.codes import Code
from engine.errors import PositionRefused
from engine.kernels.plane import from_plane
from engine.kernels.snap import HOPPED, IN_NARROWS, ON_BANK, ON_MESH
from engine.routes import passage_between, reach_from, straight_line_m
from tests.oracles import coast
from tests.oracles.geodesics import length_m

ORIGIN = (-1.0, 50.25)

GRAZE_M = 0.25
"""A path pulled taut runs along the shore and touches its corners, on the plane and on the lattice. Drawn straight in
longitude and latitude it may lie this deep inside an outline: vertices are rounded by 0.04 m on the lattice, and a leg
of a kilometre bows by 0.02 m."""


@pytest.fixture(scope="module")
def deep(world):
    """The class in which every bank is a wall."""
    return world.depth_classes[-1].tables


@pytest.fixture(scope="module")
def land():
    """Parts of the land, found by their boxes; each is prepared, so that a mainland is met in no time."""
    shapely.prepare(coast.land_parts())
    return shapely.STRtree(coast.land_parts())


def parts_met(land, geometry):
    """Parts of the land that a geometry meets."""
    near = land.geometries[land.query(geometry)]
    return near[shapely.intersects(near, geometry)]


def metres_on_land(land, points):
    """How much of a track drawn straight in longitude and latitude lies on land. [m]"""
    return sum(length_m(*piece.coords[0], *piece.coords[-1]) for piece, _ in pieces_on_land(land, points))


def depth_on_land(land, points):
    """How far inside an outline of the land a track gets, seen from either bank of the piece of it. [m]"""
    deepest = 0.0
    for piece, part in pieces_on_land(land, points):
        for share in (0.1, 0.3, 0.5, 0.7, 0.9):
            point = piece.interpolate(share, normalized=True)
            shore = part.boundary.interpolate(part.boundary.project(point))
            deepest = max(deepest, length_m(point.x, point.y, shore.x, shore.y))
    return deepest


def pieces_on_land(land, points):
    for a, b in pairwise([tuple(map(float, point)) for point in points]):
        segment = shapely.LineString([a, b])
        for part in parts_met(land, segment):
            for piece in shapely.get_parts(shapely.intersection(part, segment)):
                if piece.geom_type == "LineString":
                    yield piece, part


def is_legal(land, world, reach, position):
    """The path starts at the position, first leaves the land it may lie on, then keeps off all land to open mesh."""
    path = [tuple(map(float, point)) for point in reach.path]
    assert path[0] == position
    ashore = reach.inland_m > 0.0
    assert reach.inland_m <= world.water.limits.shore_tolerance_m
    if ashore:
        assert straight_line_m(path[0], path[1]) < reach.inland_m + 1.5
    assert depth_on_land(land, path[1 if ashore else 0 :]) < GRAZE_M
    assert reach.path_m == pytest.approx(sum(length_m(*a, *b) for a, b in pairwise(path)), rel=1e-9, abs=1e-3)


INSIDE = {
    "dover outer harbour": (1.325, 51.118),
    "dover by the southern breakwater": (1.3330, 51.1146),
    "boulogne behind the digue carnot": (1.575, 50.735),
    "boulogne hard by the digue carnot": (1.5685, 50.7355),
    "newhaven between the piers": (0.0565, 50.786),
    "brighton marina": (-0.1030, 50.8115),
    "portland harbour": (-2.43, 50.58),
    "cherbourg grande rade": (-1.62, 49.66),
    "plymouth sound": (-4.148, 50.345),
    "plymouth hard by the breakwater": (-4.150, 50.3355),
    "chichester harbour": (-0.90, 50.80),
    "ramsgate inner harbour": (1.4205, 51.328),
    "poole harbour": (-1.99, 50.70),
    "rance above the barrage": (-2.02, 48.60),
    "le crotoy, far in on a bank": (1.63, 50.215),
    "chesil beach, seaward": (-2.535, 50.612),
}


@pytest.mark.parametrize("place", INSIDE)
def test_inside_harbours_the_way_out_is_legal(world, deep, land, place):
    reach = reach_from(world, deep, *INSIDE[place])
    is_legal(land, world, reach, INSIDE[place])
    assert np.isfinite(reach.distance_m).all()


WALLS = {
    # Either side of a wall, and the least way round its end. [m]
    "digue carnot": ((1.5640, 50.7355), (1.5685, 50.7355), 1000.0),
    "dover southern breakwater": ((1.3330, 51.1138), (1.3330, 51.1150), 600.0),
    "newhaven west breakwater": ((0.0500, 50.7790), (0.0570, 50.7830), 900.0),
    "brighton west arm": ((-0.1090, 50.8105), (-0.1070, 50.8105), 500.0),
    "plymouth breakwater": ((-4.150, 50.3325), (-4.150, 50.3355), 1000.0),
    "portland outer breakwater": ((-2.4080, 50.5800), (-2.4160, 50.5800), 900.0),
    "cherbourg digue centrale": ((-1.6300, 49.6790), (-1.6300, 49.6700), 2000.0),
}


@pytest.mark.parametrize("wall", WALLS)
def test_nobody_is_joined_through_a_wall(world, deep, land, wall):
    outside, inside, least_m = WALLS[wall]
    passage = passage_between(world, deep, outside, inside)
    assert passage.length_m > least_m > straight_line_m(outside, inside)
    assert depth_on_land(land, passage.track) < GRAZE_M
    back = passage_between(world, deep, inside, outside)
    assert back.length_m == pytest.approx(passage.length_m, abs=1e-3)


REFUSED = {
    "fleet behind chesil beach": ((-2.53, 50.62), Code.POS_ON_LAND),
    "exeter": ((-3.53, 50.725), Code.POS_ON_LAND),
    "dover town": ((1.3165, 51.1165), Code.POS_ON_LAND),
    "oosterschelde behind its barrier": ((3.9, 51.6), Code.POS_ON_LAND),
    "slapton ley": ((-3.655, 50.28), Code.POS_ON_LAND),
    "paris": ((2.35, 48.86), Code.POS_ON_LAND),
    "a metre inside the box in brittany": ((-3.5, 48.00001), Code.POS_ON_LAND),
    "ten kilometres inside it": ((0.0, 48.09), Code.POS_ON_LAND),
    "a metre inside the box in ireland": ((-6.35, 52.49999), Code.POS_ON_LAND),
    "a metre inside the box in holland": ((4.99999, 52.3), Code.POS_ON_LAND),
    "a pond of the backwaters": ((1.2581551527, 51.8714327335), Code.POS_ENCLOSED),
    "north sea": ((1.0, 53.0), Code.POS_OUT_OF_AREA),
}


@pytest.mark.parametrize("place", REFUSED)
def test_the_right_refusal(world, deep, place):
    position, code = REFUSED[place]
    with pytest.raises(PositionRefused) as refusal:
        reach_from(world, deep, *position)
    assert refusal.value.code is code


@pytest.fixture(scope="module")
def inshore(world):
    """Positions from a metre to a kilometre off the shore, on either side of it."""
    random = np.random.default_rng(3)
    edges = shapely.get_coordinates(coast.edges_on_plane(ORIGIN)).reshape(-1, 2, 2)
    middles = edges[random.integers(0, len(edges), 2500)].mean(axis=1)
    away = random.normal(0.0, 1.0, (2500, 2)) * 10.0 ** random.uniform(0.0, 3.0, (2500, 1))
    west, south, east, north = world.box
    positions = [from_plane(x, y, *ORIGIN) for x, y in middles + away]
    return [(lon, lat) for lon, lat in positions if west < lon < east and south < lat < north]


def test_inshore_positions_join_legally_or_are_refused(world, deep, land, inshore):
    on_land = {n for n, point in enumerate(shapely.points(inshore)) if len(parts_met(land, point))}
    refusals = []
    kinds = dict.fromkeys((ON_MESH, HOPPED, ON_BANK, IN_NARROWS, "refused"), 0)
    for number, position in enumerate(inshore):
        try:
            reach = reach_from(world, deep, *position)
        except PositionRefused as refused:
            kinds["refused"] += 1
            refusals.append((refused.code, number))
            continue
        kinds[reach.kind] += 1
        assert np.isfinite(reach.distance_m).any(), position
        is_legal(land, world, reach, position)
        if number in on_land and reach.inland_m == 0.0:
            point = shapely.Point(position)
            assert land.geometries[land.nearest(point)].boundary.distance(point) < 1e-5
    for code, number in refusals:
        assert code is Code.POS_ENCLOSED or (code is Code.POS_ON_LAND and number in on_land)
    assert all(count > 3 for count in kinds.values()), kinds


def test_positions_in_the_open_are_never_refused(world, deep, land):
    """A kilometre and more off any land, inside the box, everybody gets an answer for every port."""
    random = np.random.default_rng(12)
    asked = 0
    while asked < 1500:
        position = (random.uniform(-6.99, 4.99), random.uniform(48.01, 52.49))
        _, distance = land.query_nearest(shapely.Point(position), return_distance=True, all_matches=False)
        if distance[0] < 0.02:
            continue
        asked += 1
        reach = reach_from(world, deep, *position)
        assert reach.kind in (ON_MESH, ON_BANK)
        assert np.isfinite(reach.distance_m).all()


@pytest.mark.parametrize("number", range(4))
def test_water_of_one_depth_is_connected(world, number):
    """From the middle of every triangle of the mesh some port can be reached, banks and pools behind them included."""
    tables = world.depth_classes[number].tables
    mesh = world.water.mesh
    middle_lon, middle_lat = mesh.lon[mesh.triangles].mean(axis=1), mesh.lat[mesh.triangles].mean(axis=1)
    shallow = np.flatnonzero(~np.isinf(mesh.least_depth))
    refused = 0
    for t in shallow[:: 3 if number == 3 else 12]:
        try:
            assert np.isfinite(reach_from(world, tables, middle_lon[t], middle_lat[t]).distance_m).all()
        except PositionRefused:
            refused += 1
    # The innermost Baie du Mont-Saint-Michel lies farther in than the coarse raster reaches.
    assert refused <= 3


def test_two_positions_in_one_strip_of_land_do_not_see_each_other_through_it(world, deep, land):
    """Each within 50 m of the water, on either side of it; found to go straight over land before it was forbidden."""
    for a, b in (
        ((0.680025, 51.396640), (0.669702, 51.393715)),
        ((-4.509623, 48.586852), (-4.519660, 48.585507)),
        ((3.714428, 51.666350), (3.705050, 51.669022)),
        ((-4.454646, 50.344722), (-4.453056, 50.351043)),
    ):
        passage = passage_between(world, deep, a, b)
        assert passage.length_m > 1.2 * straight_line_m(a, b)
        assert metres_on_land(land, passage.track) < 110.0


def test_neighbours_inshore_go_straight_across(world, deep):
    a, b = (-0.1060, 50.8105), (-0.1050, 50.8108)
    passage = passage_between(world, deep, a, b)
    assert passage.track == (a, b)
    assert passage.length_m == pytest.approx(length_m(*a, *b), abs=1e-3)


@pytest.mark.parametrize("place", [(-1.489, 48.634), (-1.438, 48.648), (-1.518, 48.63)])
def test_in_the_midst_of_wide_flats_one_leaves_by_a_straight_hop(world, deep, land, place):
    """Before Mont-Saint-Michel deep water is more than 15 km off."""
    reach = reach_from(world, deep, *place)
    assert reach.kind == ON_BANK
    assert len(reach.path) == 2
    is_legal(land, world, reach, place)
    assert reach.path_m > world.water.limits.bank_reach_m
    # The nearest point of the rim in a straight line over water, by brute force.
    rim, mesh = deep.rim, world.water.mesh
    points = []
    for a, b in zip(rim.start, rim.end, strict=True):
        ends = [from_plane(mesh.x[v], mesh.y[v], *ORIGIN) for v in (a, b)]
        for share in np.linspace(0.0, 1.0, 9):
            point = tuple(float(first + share * (two - first)) for first, two in zip(*ends, strict=True))
            points.append((straight_line_m(place, point), point))
    nearest_m = next(away_m for away_m, point in sorted(points) if metres_on_land(land, [place, point]) == 0.0)
    assert reach.path_m <= nearest_m + 1.0
    assert reach.path_m >= nearest_m - 400.0
    # Each port may be left for by another way; none is farther than by the nearest one.
    by_nearest = reach_from(world, deep, *map(float, reach.path[-1]))
    assert (reach.distance_m <= reach.path_m + by_nearest.distance_m + 1.0).all()


def test_the_rim_is_where_open_water_ends(world, deep):
    mesh, rim = world.water.mesh, deep.rim
    is_open = mesh.least_depth >= deep.needed_depth_m
    beyond = np.where(mesh.neighbours >= 0, is_open[mesh.neighbours], False)
    assert len(rim.triangle) == (is_open[:, None] & ~beyond).sum()
    assert is_open[rim.triangle].all()
    edges = {frozenset(edge) for edge in zip(rim.start.tolist(), rim.end.tolist(), strict=True)}
    for t in np.flatnonzero(is_open)[::50]:
        for i in range(3):
            edge = frozenset(mesh.triangles[t, [(i + 1) % 3, (i + 2) % 3]].tolist())
            assert (edge in edges) == (not beyond[t, i])
    water_beyond = (mesh.neighbours >= 0) & ~beyond & is_open[:, None]
    assert len(rim.shallow) == water_beyond.sum()
