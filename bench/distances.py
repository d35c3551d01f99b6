"""One position to every port: ours, the network peers, and the straight line, on the same points in the same rounds."""

from time import perf_counter

import numpy as np

from bench.peers import AllPorts, PeerAbsent, Positions, scgraph_peers, searoute_peers, without_ends
from bench.report import heading, note, percent, row, seconds, section, spread, times
from engine.build_patches import build_patches
from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.jit import kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.reach import DepthClass, reach_ports
from engine.measure_in_patch import allocate_patch_workspace, patch_distances, reach_from_patch, set_position
from engine.model import World
from engine.patch import PatchPlaces, PatchTable, assign_patches, patch_at, patch_from_table
from engine.patch_cache import SIDE_M, PatchCache

ROUNDS = 10
"""Each round takes its own tenth of the points and asks every side about them, so all sides meet the same noise."""

OURS = "safeport, reach_ports"
PATCH = "safeport, from a patch that is known"
LOOP, PATCH_LOOP = "safeport, compiled loop", "safeport, compiled loop, from patches"
STRAIGHT = "straight line (our geodesic)"
PAIRWISE_SEAROUTE = "searoute, a call a pair"
WRONG_BY = 0.02
SAME_KM = 0.0005
"""Half a metre parts a second port at the same quay from a wrong one."""
BELOW_STRAIGHT = 0.005
"""Peers use a sphere, which differs from the ellipsoid by up to 0.3 %."""


@kernel
def straight_lines(lon_deg, lat_deg, to_lon_deg, to_lat_deg):
    """Geodesic from a position to every port. [m]"""
    length = np.empty(to_lon_deg.shape[0])
    for p in range(to_lon_deg.shape[0]):
        length[p] = geodesic_length_m(lon_deg, lat_deg, to_lon_deg[p], to_lat_deg[p])
    return length


@kernel
def reach_all(water, depth_class, lon_deg, lat_deg):
    """`reach_ports` for many positions without leaving compiled code: the sum of distances, so that none is skipped."""
    total = 0.0
    for k in range(lon_deg.shape[0]):
        total += reach_ports(water, depth_class, lon_deg[k], lat_deg[k]).distance_m.sum()
    return total


@leaf_kernel
def reach_all_from_patches(water, depth_class, places, patch_table, workspace, lon_deg, lat_deg):
    """`reach_all` by `patch_distances`, for positions that all lie in one of the patches."""
    total = 0.0
    for k in range(lon_deg.shape[0]):
        patch = patch_from_table(patch_table, places.patch[k])
        set_position(workspace, patch, lon_deg[k], lat_deg[k], places.x[k], places.y[k])
        for nth in range(patch.ports.shape[0]):
            patch_distances(water, depth_class, patch, workspace, nth)
        total += workspace.reach.distance_m.sum()
    return total


def run(world: World, points: Positions) -> dict[str, float]:
    """Print both tables; return the median ratio of each side to ours."""
    depth_class = world.depth_classes[0].tables
    lon = np.array([point[0] for point in points])
    lat = np.array([point[1] for point in points])
    reached = [reach_ports(world.water, depth_class, *point) for point in points]
    kept = np.flatnonzero(np.isfinite([reach.distance_m for reach in reached]).all(axis=0))
    # From inside a harbour nothing leads over its approach point, which is what the peers are asked for.
    outside = np.array([(reach.entered_at == NOWHERE).all() for reach in reached])
    ports = [world.ports[p].approach for p in kept]
    port_lon = np.array([port[0] for port in ports])
    port_lat = np.array([port[1] for port in ports])

    def ours(lon_deg: float, lat_deg: float) -> np.ndarray:
        return reach_ports(world.water, depth_class, lon_deg, lat_deg).distance_m

    known = PatchCache()
    for point in points * 2:
        # At the second question a patch is made: afterwards all are known.
        known.at(world.water, depth_class, *point)

    def from_patch(lon_deg: float, lat_deg: float) -> np.ndarray:
        places, table = known.at(world.water, depth_class, lon_deg, lat_deg)
        return reach_from_patch(world.water, depth_class, table, int(places.patch[0]), lon_deg, lat_deg).distance_m

    def straight(lon_deg: float, lat_deg: float) -> np.ndarray:
        return straight_lines(lon_deg, lat_deg, port_lon, port_lat)

    sides: dict[str, AllPorts] = {OURS: ours, PATCH: from_patch, STRAIGHT: straight}
    absent = []
    for name, found in (("scgraph", scgraph_peers), ("searoute", searoute_peers)):
        try:
            sides |= found(ports)
        except PeerAbsent as reason:
            absent.append(f"{name} left out: {reason}")
    for side in sides.values():
        side(*points[0])
    reach_all(world.water, depth_class, lon[:1].copy(), lat[:1].copy())
    places, patch_table = _patches_of(world, depth_class, lon, lat)
    workspace = allocate_patch_workspace(world.water, depth_class)
    reach_all_from_patches(
        world.water,
        depth_class,
        PatchPlaces(*(column[:0] for column in places)),
        patch_table,
        workspace,
        lon[:0],
        lat[:0],
    )

    taken = {name: np.empty((ROUNDS, len(points) // ROUNDS)) for name in sides}
    looped, patch_looped = np.empty(ROUNDS), np.empty(ROUNDS)
    answers = {name: np.empty((len(points), len(ports))) for name in sides}
    names = list(sides)
    for number in range(ROUNDS):
        mine = range(number, len(points), ROUNDS)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            side = sides[name]
            for k, p in enumerate(mine):
                start = perf_counter()
                answer = side(*points[p])
                taken[name][number, k] = perf_counter() - start
                answers[name][p] = np.asarray(answer)[kept] if name in (OURS, PATCH) else answer
        mine_lon, mine_lat = lon[number::ROUNDS].copy(), lat[number::ROUNDS].copy()
        start = perf_counter()
        reach_all(world.water, depth_class, mine_lon, mine_lat)
        looped[number] = (perf_counter() - start) / len(mine)
        shared = np.flatnonzero(places.patch[number::ROUNDS] != NOWHERE)
        mine_places = PatchPlaces(*(column[number::ROUNDS][shared].copy() for column in places))
        mine_lon, mine_lat = mine_lon[shared].copy(), mine_lat[shared].copy()
        start = perf_counter()
        reach_all_from_patches(world.water, depth_class, mine_places, patch_table, workspace, mine_lon, mine_lat)
        patch_looped[number] = (perf_counter() - start) / len(shared)

    ratios = _print_times(taken, {LOOP: looped, PATCH_LOOP: patch_looped}, len(points), len(ports))
    for line in absent:
        note(line)
    same = np.array_equal(answers.pop(PATCH), answers[OURS])
    note(f"From patches the distances are {'the same to the last bit' if same else 'NOT THE SAME'}.")
    answers[OURS] /= 1000.0
    answers[STRAIGHT] /= 1000.0
    if PAIRWISE_SEAROUTE in answers:
        answers["searoute, default arguments"] = without_ends(ports, points, answers[PAIRWISE_SEAROUTE].copy())
    _print_answers({name: length_km[outside] for name, length_km in answers.items()})
    return ratios


def _patches_of(
    world: World, depth_class: DepthClass, lon: np.ndarray, lat: np.ndarray
) -> tuple[PatchPlaces, PatchTable]:
    """A patch for each position that can have one, of the width kept for single decisions."""
    x, y, triangle = np.empty(len(lon)), np.empty(len(lon)), np.empty(len(lon), np.int64)
    assign_patches(world.water, depth_class.needed_depth_m, lon, lat, x, y, triangle)
    patches = np.array([patch_at(world.water.mesh, *at, SIDE_M) for at in zip(lon, lat, strict=True)])
    shares = np.flatnonzero(triangle != NOWHERE)
    made = build_patches(
        world.water, depth_class, triangle[shares], patches[shares, 1] * SIDE_M, patches[shares, 2] * SIDE_M,
        np.full(len(shares), SIDE_M), len(world.ports),
    )  # fmt: skip
    number = np.full(len(lon), NOWHERE)
    number[shares] = np.where(made.triangle != NOWHERE, np.arange(len(shares)), NOWHERE)
    return PatchPlaces(x, y, number), made


def _print_times(
    taken: dict[str, np.ndarray], loops: dict[str, np.ndarray], points: int, ports: int
) -> dict[str, float]:
    section(f"1. One position to all {ports} ports: time a position (n = {points}, {ROUNDS} rounds)")
    heading(("median", "rounds min..max", "p99", "times ours"))
    mine = np.median(taken[OURS], axis=1)
    ratios = {}
    for name, all_times in taken.items():
        medians = np.median(all_times, axis=1)
        ratios[name] = float(np.median(medians / mine))
        row(name, (seconds(np.median(all_times)), spread(medians), seconds(np.percentile(all_times, 99)),
                   times(medians / mine)))  # fmt: skip
    for name, looped in loops.items():
        ratios[name] = float(np.median(looped / mine))
        row(name, (seconds(float(np.median(looped))), spread(looped), "(means)", times(looped / mine)))
    return ratios


def _print_answers(answers: dict[str, np.ndarray]) -> None:
    exact_km = answers.pop(OURS)
    section(
        f"   The same answers beside the exact ones: which port is nearest, and how far it is (n = {len(exact_km)})"
    )
    heading(("wrong by > 2 %", "wrong at all", "by > 5 km", "regret p50 / p95", "max", "length error p50",
             "below straight"))  # fmt: skip
    best_km = exact_km.min(axis=1)
    for name, length_km in answers.items():
        chosen_km = exact_km[np.arange(len(exact_km)), length_km.argmin(axis=1)]
        regret_km = chosen_km - best_km
        p50, p95 = np.percentile(regret_km, (50, 95))
        row(name, (
            percent((chosen_km > best_km * (1.0 + WRONG_BY)).mean()),
            percent((regret_km > SAME_KM).mean()),
            percent((regret_km > 5.0).mean()),
            f"{p50:.2f} / {p95:.1f} km",
            f"{regret_km.max():.0f} km",
            percent(np.median(np.abs(length_km / exact_km - 1.0))),
            percent((length_km < answers[STRAIGHT] * (1.0 - BELOW_STRAIGHT)).mean()),
        ))  # fmt: skip
