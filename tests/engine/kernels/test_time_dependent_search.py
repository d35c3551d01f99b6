"""Ways round: against a dense reference, against shapely, and what no way round may do."""

from dataclasses import replace
from itertools import pairwise
from math import inf, isnan

import numpy as np
import pytest
import shapely

from api.decision_service import known_policy
from engine.branch_and_bound import search_ports
from engine.codes import Code, Rule
from engine.decide import coordination_at, decide
from engine.kernels.detour_bound import allocate_lanes, detour_gain_bound_s, least_time_s, top_speed_ms
from engine.kernels.mesh import NOWHERE, locate_open
from engine.kernels.plane import LATTICE_M, from_plane, to_plane
from engine.kernels.port_travel_times import travel_times_to_ports
from engine.kernels.straighten import is_clear
from engine.kernels.time_dependent_search import search_faster_track
from engine.kernels.travel_time import Passage, travel_time_along_track
from engine.model import Ask
from engine.request_context import build_context
from tests.oracles import lattice, seas
from tests.oracles.geodesics import length_m
from tests.oracles.seas import A_MONTH, compass, forecast_of, random_forecast, speed_model
from tests.synthetic.cubes import START_S

DEPART_S = START_S + 600.0
ORIGIN = (-1.0, 50.25)

# Keeping to the water.


def rounded(value):
    return round(float(value) / LATTICE_M) * LATTICE_M


class Waters:
    """The water of one box as shapely sees it: mesh triangles deep enough, put together."""

    def __init__(self, mesh, box, needed_depth):
        west, south, east, north = box
        corners = [to_plane(lon, lat, *ORIGIN) for lon in (west, east) for lat in (south, north)]
        self.left, self.low = np.min(corners, axis=0)
        self.right, self.top = np.max(corners, axis=0)
        x, y = mesh.x[mesh.triangles], mesh.y[mesh.triangles]
        near = (
            (x.max(axis=1) >= self.left) & (x.min(axis=1) <= self.right)
            & (y.max(axis=1) >= self.low) & (y.min(axis=1) <= self.top)
        )  # fmt: skip
        deep = near & (mesh.least_depth >= needed_depth)
        self.corners = np.unique(mesh.triangles[deep])
        rings = np.stack([x[deep], y[deep]], axis=-1)
        self.triangles = shapely.polygons(rings)
        self.water = shapely.union_all(self.triangles)
        self.walls = shapely.boundary(self.water)
        shapely.prepare(self.water)
        shapely.prepare(self.walls)

    def leaves_by_m(self, ax, ay, bx, by):
        """Length of a segment out of the water. [m]"""
        return shapely.length(shapely.difference(shapely.LineString([(ax, ay), (bx, by)]), self.water))


WATERS = {
    "strait of dover": ((1.0, 50.85, 1.9, 51.25), 2.5),
    "goodwin sands": ((1.35, 51.1, 1.75, 51.4), 4.0),
    "solent": ((-1.7, 50.6, -0.9, 50.9), 2.5),
    "channel islands": ((-2.8, 49.1, -1.6, 49.8), inf),
    "thames": ((0.6, 51.4, 1.5, 51.9), inf),
}


def clear(mesh, needed_depth, ax, ay, bx, by):
    triangle = locate_open(mesh, needed_depth, ax, ay)
    return triangle != NOWHERE and is_clear(mesh, needed_depth, triangle, ax, ay, bx, by)


@pytest.mark.parametrize("place", WATERS)
def test_a_line_called_clear_keeps_to_the_water_as_shapely_sees_it(world, place):
    mesh = world.water.mesh
    box, needed = WATERS[place]
    waters = Waters(mesh, box, needed)
    random = np.random.default_rng(len(place))
    ends = []
    while len(ends) < 2500:
        x, y = rounded(random.uniform(waters.left, waters.right)), rounded(random.uniform(waters.low, waters.top))
        reach_m = 10.0 ** random.uniform(1.5, 4.3)
        turn = random.uniform(0.0, 2.0 * np.pi)
        ends.append((x, y, rounded(x + reach_m * np.cos(turn)), rounded(y + reach_m * np.sin(turn))))
    # From vertex to vertex of the mesh: along walls, through corners, over collinear points.
    for a, b in random.choice(waters.corners, (1500, 2)):
        near = waters.corners[np.hypot(mesh.x[waters.corners] - mesh.x[a], mesh.y[waters.corners] - mesh.y[a]) < 5e3]
        c = random.choice(near) if len(near) > 1 else b
        ends.append((mesh.x[a], mesh.y[a], mesh.x[c], mesh.y[c]))
    inner = [end for end in ends if waters.left <= min(end[0::2]) and max(end[0::2]) <= waters.right
             and waters.low <= min(end[1::2]) and max(end[1::2]) <= waters.top]  # fmt: skip
    called = np.array([clear(mesh, needed, *end) for end in inner])
    out_m = np.array([waters.leaves_by_m(*end) for end in inner])
    assert out_m[called].max() < 1e-6
    # And it is not merely careful: what stays off the walls is called clear.
    lines = shapely.linestrings(np.array(inner).reshape(-1, 2, 2))
    inside = shapely.contains_properly(waters.water, lines) & (shapely.distance(lines, waters.walls) > 0.01)
    assert called[inside].all()
    assert min(called.sum(), (~called).sum(), inside.sum()) > 200


def test_a_point_is_clear_to_itself_and_no_line_starts_on_land(world):
    mesh = world.water.mesh
    x, y = to_plane(1.3, 51.0, *ORIGIN)
    assert clear(mesh, 2.0, x, y, x, y)
    assert not clear(mesh, 2.0, *to_plane(0.5, 51.1, *ORIGIN), x, y)
    assert not clear(mesh, 2.0, x, y, *to_plane(0.5, 51.1, *ORIGIN))


# Against the dense reference: open water of the western Channel, two positions 72 km apart on one parallel.

WEST_END, EAST_END = (-4.5, 49.55), (-3.5, 49.55)
BOX = (-4.85, 49.15, -3.15, 49.95)
NODES = (171, 129)
"""Columns and rows of the reference: every 700 m, with a node at either end."""
VESSEL = speed_model(4.0)


def gauss(distance_deg, width_deg):
    return np.exp(-((distance_deg / width_deg) ** 2))


def calm_sea(lon):
    return 0.0 * lon, 0.0 * lon, 1.0 + 0.0 * lon


def adverse_band(lon, lat):
    return *calm_sea(lon), -2.4 * gauss(lat - 49.55, 0.06), 0.0 * lon


def adverse_band_askew(lon, lat):
    return *calm_sea(lon), -2.2 * gauss(lat - 49.52 - 0.1 * (lon + 4.0), 0.05), -0.3 * gauss(lat - 49.52, 0.1)


def fair_band_to_the_north(lon, lat):
    return *calm_sea(lon), 2.8 * gauss(lat - 49.7, 0.05), 0.0 * lon


def eddy(lon, lat):
    x, y = (lon + 4.0) * 0.65, lat - 49.55
    strength = 30.0 * np.exp(-(x**2 + y**2) / 0.1**2)
    return *calm_sea(lon), -strength * y, strength * x


def rough_patch(lon, lat):
    height = 3.6 * np.exp(-(((lon + 4.0) * 0.65) ** 2 + (lat - 49.57) ** 2) / 0.1**2)
    return height, -1.0 + 0.0 * lon, 0.0 * lon, 0.0 * lon, 0.0 * lon


def swept_gate(lon, lat):
    """A race across the direct line that nobody can hold a course in, weaker to the south."""
    across = 7.0 * gauss(lon + 4.0, 0.1) / (1.0 + np.exp((49.45 - lat) / 0.02))
    return *calm_sea(lon), 0.0 * lon, -across


def steady(sea, step_deg=0.02, box=BOX):
    """A forecast of a sea that stands still."""
    return forecast_of(
        waves=lambda lon, lat, at_s: (*sea(lon, lat)[:3], 6.0),
        current=lambda lon, lat, at_s: sea(lon, lat)[3:],
        box=box, step_deg=step_deg, **A_MONTH,
    )  # fmt: skip


def straight(start=WEST_END, end=EAST_END):
    return np.array([to_plane(*start, *ORIGIN), to_plane(*end, *ORIGIN)])


def positions(track):
    return np.array([from_plane(x, y, *ORIGIN) for x, y in track])


def search(world, forecast, vessel, track, most_s=None, no_way=True, needed_depth=2.0):
    """Usual clock, way found and its clock."""
    usual = travel_time_along_track(Passage(forecast, vessel, DEPART_S), positions(track))
    most_s = usual.time_s if most_s is None else most_s
    way, travel_time = search_faster_track(
        world.water.mesh,
        needed_depth,
        Passage(forecast, vessel, DEPART_S),
        track,
        most_s,
        no_way,
        bool(vessel.max_hs_m < inf),
    )
    return usual, way, travel_time


def keeps_to_water(world, way, needed_depth=2.0):
    """Every leg of a way given in longitude and latitude, by shapely."""
    lon, lat = np.array(way).T
    waters = Waters(
        world.water.mesh, (lon.min() - 0.05, lat.min() - 0.05, lon.max() + 0.05, lat.max() + 0.05), needed_depth
    )
    plane = [to_plane(*point, *ORIGIN) for point in way]
    return all(waters.leaves_by_m(*a, *b) < 0.1 for a, b in pairwise(plane))


CHANNELS = {
    "adverse band": adverse_band,
    "adverse band askew": adverse_band_askew,
    "fair band": fair_band_to_the_north,
    "eddy": eddy,
    "rough patch": rough_patch,
}


@pytest.mark.parametrize("name", CHANNELS)
def test_a_shear_channel_is_run_within_three_per_cent_of_a_dense_reference(world, name):
    sea = CHANNELS[name]
    forecast = steady(sea)
    usual, way, travel_time = search(world, forecast, VESSEL, straight())
    reference_s = lattice.least_time_s(sea, VESSEL, WEST_END, EAST_END, BOX, *NODES)
    assert reference_s < 0.95 * usual.time_s
    assert len(way) > 2
    # The reference has edges in 80 directions, so it is itself up to half a per cent long.
    assert 0.99 * reference_s <= travel_time.time_s <= 1.03 * reference_s
    assert travel_time.time_s < usual.time_s
    assert travel_time.time_s >= least_time_s(length_m(*WEST_END, *EAST_END), VESSEL, forecast, *WEST_END)
    # The clock is that of its own way, and the way is in the water.
    assert travel_time.time_s == pytest.approx(seas.run(forecast, VESSEL, DEPART_S, way).time_s, rel=1e-6)
    assert way[0] == pytest.approx(WEST_END, abs=1e-6)
    assert way[-1] == pytest.approx(EAST_END, abs=1e-6)
    assert keeps_to_water(world, way)


@pytest.mark.parametrize("set_deg", [0.0, 45.0, 90.0, 135.0, 180.0, 270.0])
@pytest.mark.parametrize("hs_m", [0.0, 1.5])
def test_in_an_even_sea_nothing_beats_the_straight_line(world, set_deg, hs_m):
    east, north = compass(set_deg)

    def even(lon, lat):
        zero = 0.0 * lon
        return hs_m + zero, east + zero, north + zero, 1.5 * east + zero, 1.5 * north + zero

    usual, way, travel_time = search(world, steady(even, 0.1), VESSEL, straight())
    # Rounding to the lattice and to pieces may win a second, never minutes.
    assert len(way) == 0 or travel_time.time_s > 0.998 * usual.time_s


def test_a_stream_that_cannot_be_stemmed_is_gone_round(world):
    forecast = steady(swept_gate)
    track = straight()
    usual = travel_time_along_track(Passage(forecast, VESSEL, DEPART_S), positions(track))
    assert usual.time_s == inf
    calm_s = length_m(*WEST_END, *EAST_END) / 4.0
    _, way, travel_time = search(world, forecast, VESSEL, track, most_s=2.0 * calm_s)
    reference_s = lattice.least_time_s(swept_gate, VESSEL, WEST_END, EAST_END, BOX, *NODES)
    assert reference_s < 2.0 * calm_s
    assert len(way) > 2
    # Where any way will do the search ends with the first one that is found: near the best one, not within 3 %.
    assert 0.99 * reference_s <= travel_time.time_s <= 1.06 * reference_s
    assert keeps_to_water(world, way)


def test_no_way_is_found_where_there_is_none(world):
    def everywhere(lon, lat):
        return *calm_sea(lon), 0.0 * lon, -7.0 * gauss(lon + 4.0, 0.1)

    usual, way, _ = search(
        world, steady(everywhere), VESSEL, straight(), most_s=2.0 * length_m(*WEST_END, *EAST_END) / 4.0
    )
    assert usual.time_s == inf
    assert len(way) == 0


def no_go(lon, lat):
    """Three metres on the direct line, going out to both sides."""
    height = 3.0 * np.exp(-(((lon + 4.0) * 0.65) ** 2 + (lat - 49.56) ** 2) / 0.1**2)
    return height, -1.0 + 0.0 * lon, 0.0 * lon, 0.0 * lon, 0.0 * lon


@pytest.mark.parametrize("limit_m", [1.5, 2.5])
def test_a_sea_she_does_not_go_into_is_gone_round(world, limit_m):
    vessel = speed_model(4.0, max_hs_m=limit_m)
    forecast = steady(no_go)
    usual, way, travel_time = search(
        world,
        forecast,
        vessel,
        straight(),
        most_s=2.0 * travel_time_along_track(Passage(forecast, vessel, DEPART_S), positions(straight())).time_s,
    )
    assert usual.highest_hs_m > limit_m
    assert len(way) > 2
    assert travel_time.highest_hs_m <= limit_m
    # Also between the middles of the pieces.
    for a, b in pairwise(way):
        along = a + (b - a) * np.linspace(0.0, 1.0, 200)[:, None]
        assert no_go(along[:, 0], along[:, 1])[0].max() < limit_m + 0.15
    reference_s = lattice.least_time_s(no_go, vessel, WEST_END, EAST_END, BOX, *NODES)
    assert travel_time.time_s <= 1.03 * reference_s


@pytest.mark.parametrize("name", CHANNELS)
def test_before_a_search_the_gain_there_is_to_be_had_is_not_overlooked(world, name):
    forecast = steady(CHANNELS[name])
    usual, _, travel_time = search(world, forecast, VESSEL, straight())
    gain_s = detour_gain_bound_s(
        world.water.mesh, forecast, VESSEL, DEPART_S, straight(), allocate_lanes(), usual.time_s, 0.0
    )
    assert gain_s >= usual.time_s - travel_time.time_s


def test_where_the_look_along_lanes_sees_nothing_a_search_seldom_finds_a_way_worth_it(world):
    random = np.random.default_rng(7)
    worth_it, passed_over, sent_on, count = 0, 0, 0, 0
    for scale_deg in (0.4, 1.0, 1.5) * 4:
        forecast = random_forecast(random, 3.0, 2.0, 15.0, scale_deg=scale_deg, box=BOX, step_deg=0.05)
        for _ in range(12):
            ends = random.uniform((-4.6, 49.3), (-3.4, 49.9), (2, 2))
            track = straight(*ends)
            usual, way, travel_time = search(world, forecast, VESSEL, track, no_way=False)
            if not usual.time_s < inf:
                continue
            needed_s = 0.05 * usual.time_s
            seen = detour_gain_bound_s(
                world.water.mesh, forecast, VESSEL, DEPART_S, track, allocate_lanes(), usual.time_s, needed_s
            )
            is_worth_it = len(way) > 0 and usual.time_s - travel_time.time_s > needed_s
            count += 1
            worth_it += is_worth_it
            passed_over += is_worth_it and seen == 0.0
            sent_on += seen > 0.0
    assert worth_it > 10
    assert passed_over <= 0.05 * worth_it
    # And it does screen: most searches are spared.
    assert sent_on - worth_it < 0.4 * (count - worth_it)


def test_a_track_without_length_has_no_way_round(world):
    point = straight()[:1]
    track = np.vstack([point, point])
    way, _ = search_faster_track(
        world.water.mesh, 2.0, Passage(steady(adverse_band), VESSEL, DEPART_S), track, inf, True, False
    )
    assert len(way) == 0
    assert (
        detour_gain_bound_s(world.water.mesh, steady(adverse_band), VESSEL, DEPART_S, track, allocate_lanes(), 0.0, 0.0)
        == 0.0
    )


def test_top_speed_is_that_of_vessel_stream_and_wind_together():
    forecast = random_forecast(np.random.default_rng(1), 1.0, 2.0, 12.0, step_deg=0.5)
    vessel = speed_model(5.0, wind_drift=0.02, cap_ms=4.0)
    expected = 4.0 + forecast.strongest_current_ms + 0.02 * forecast.strongest_wind_ms
    assert top_speed_ms(vessel, forecast, *WEST_END, 3600.0) == pytest.approx(expected)
    assert least_time_s(1000.0, vessel, forecast, *WEST_END) == pytest.approx(1000.0 / expected)


# Whole decisions.


def decided(service, world, forecast, place, vessel, at_s=DEPART_S):
    ask = Ask(*place, at_s, vessel, known_policy("nearest-time"), persons_min=10.0, persons_max=10.0)
    stormy = replace(world, forecast=forecast, identity={**world.identity, "forecast": {"id": "SYNTHETIC"}})
    return decide(ask, stormy)


@pytest.fixture(scope="module")
def rounded_ports(service, world):
    """Ways round of decisions in the strait and off Portland, with a slow vessel and random seas."""
    found = []
    slow = replace(service.vessels["unknown"], speed_ms=4.0, assumed=())
    for seed in range(12):
        random = np.random.default_rng(seed)
        forecast = random_forecast(random, 2.0, 3.5, 10.0, scale_deg=0.7, step_deg=0.1)
        stormy = replace(world, forecast=forecast, identity={**world.identity, "forecast": {"id": "SYNTHETIC"}})
        place = [(1.5, 51.0), (-2.4, 50.4), (0.3, 50.5), (-1.6, 49.8)][seed % 4]
        ask = Ask(*place, DEPART_S, slow, known_policy("nearest-time"), persons_min=10.0, persons_max=10.0)
        case = build_context(ask, stormy, coordination_at(stormy, ask))
        judged = search_ports(case, exhaustive=True)
        usual = travel_times_to_ports(
            world.water, case.depth_class, judged.reach, Passage(forecast, case.speed_model, DEPART_S),
            np.arange(len(world.ports)), 0.0,
        )  # fmt: skip
        found += [(case, usual, judged, port) for port in judged.detours]
    return found


def test_a_way_round_is_worth_it_keeps_to_the_water_and_has_its_own_clock(rounded_ports):
    assert len(rounded_ports) > 30
    for case, usual, ways, port in rounded_ports:
        detour, limits = ways.detours[port], case.ask.policy.limits
        time_s = ways.evaluation.ways.travel_times.time_s[port]
        plain = seas.run(case.world.forecast, case.speed_model, case.ask.at_s, detour.track)
        assert time_s == pytest.approx(plain.time_s, rel=1e-4)
        assert ways.evaluation.ways.travel_times.late_s[port] == pytest.approx(plain.late_s, rel=1e-4, nan_ok=True)
        assert time_s >= least_time_s(
            ways.reach.distance_m[port], case.speed_model, case.world.forecast, *ways.reach.path[0]
        )
        assert detour.length_m == pytest.approx(sum(length_m(*a, *b) for a, b in pairwise(detour.track)), rel=1e-6)
        assert ways.evaluation.ways.distance_m[port] == detour.length_m
        # Nothing is shorter than the shortest path; the plane bends by metres.
        assert detour.length_m >= ways.reach.distance_m[port] * (1.0 - 1e-4) - 1.0
        usual_s = detour.shortest_s
        assert usual_s == pytest.approx(usual.time_s[port], rel=1e-12, nan_ok=True)
        if usual_s < inf and usual.highest_hs_m[port] <= case.speed_model.max_hs_m:
            assert time_s <= (1.0 - limits.detour_worth_share) * usual_s
        elif usual_s < inf:
            assert ways.evaluation.ways.travel_times.highest_hs_m[port] <= case.speed_model.max_hs_m
        assert detour.track[0] == pytest.approx((case.ask.lon, case.ask.lat), abs=1e-6)
        assert detour.track[-1] == pytest.approx(
            (case.world.water.ports.lon[port], case.world.water.ports.lat[port]), abs=1e-5
        )


def test_ways_round_keep_to_water_of_the_depth_needed(rounded_ports):
    for case, _, ways, port in rounded_ports[::3]:
        assert keeps_to_water(case.world, ways.detours[port].track, case.depth_class.needed_depth_m)


def test_in_an_even_stream_no_decision_goes_round(service, world):
    slow = replace(service.vessels["unknown"], speed_ms=4.0)
    for set_deg in (0.0, 60.0, 200.0):
        for place in ((1.5, 51.0), (-3.0, 50.2)):
            decision = decided(service, world, forecast_of(current=seas.stream_to(1.5, set_deg)), place, slow)
            assert not decision.detours


def off_dover(service, world, radius_deg):
    """A decision south-east of Dover, four metres of sea on the direct way there and next to none beside it."""

    def patch(lon, lat, at_s):
        height = 4.0 * np.exp(-(((lon - 1.45) * 0.63) ** 2 + (lat - 51.05) ** 2) / radius_deg**2)
        return height, -1.0 + 0.0 * lon, 0.0 * lon, 6.0

    forecast = forecast_of(waves=patch, box=(0.5, 50.5, 2.5, 51.5), step_deg=0.01)
    vessel = replace(service.vessels["rnli-severn"], max_hs_m=2.0, assumed=())
    dover = next(number for number, each in enumerate(world.ports) if each.id == "dover")
    return decided(service, world, forecast, (1.52, 51.02), vessel), dover


def check_gone_round(world, decision, dover):
    assert dover in decision.detours
    assert decision.travel_times.highest_hs_m[dover] <= 2.0
    assert decision.code[dover, Rule.R_RTE_02] in (Code.SEA_OK, Code.SEA_NEAR_LIMIT)
    assert not isnan(decision.detours[dover].shortest_s)
    assert keeps_to_water(world, decision.detours[dover].track)


def test_a_no_go_sea_before_the_port_is_gone_round_by_the_decision(service, world):
    check_gone_round(world, *off_dover(service, world, 0.06))


@pytest.mark.parametrize("radius_deg", [0.03, 0.05])
def test_a_small_no_go_sea_is_gone_round_too(service, world, radius_deg):
    """Three to four miles across, and the way round it a mile longer than the one through it."""
    decision, dover = off_dover(service, world, radius_deg)
    check_gone_round(world, decision, dover)
    # Round a wider one another port is as near.
    assert decision.recommended == dover
