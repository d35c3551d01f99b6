"""Small random harbours on the plane, and what brute force says about them."""

from dataclasses import dataclass

import numpy as np
import shapely
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from engine.kernels.mesh import Corners, Mesh, find_corners
from engine.kernels.plane import LATTICE_M
from engine.kernels.visibility import Targets
from geodata.mesh import build_trees, mesh_from, targets_from
from geodata.plane import unproject
from geodata.triangulation import open_sea, triangulate
from tests.oracles.geodesics import length_m

ORIGIN = (-1.0, 50.25)
SIDE_M = 4000.0
"""Side of the box a harbour lies in."""
AWAY_M = (150_000.0, 60_000.0)
"""Its south-west corner: well off the point of tangency, where the plane is stretched."""


@dataclass(frozen=True, eq=False)
class Harbour:
    """Water with banks; everything on the plane, on the lattice."""

    water: shapely.Polygon
    banks: tuple[tuple[float, shapely.Geometry], ...]
    mesh: Mesh

    def free(self, needed_m: float) -> shapely.Geometry:
        """Water that is deep enough, banks that are not taken out."""
        shallow = [outline for least, outline in self.banks if not least >= needed_m]
        return shapely.difference(self.water, shapely.union_all(shallow)) if shallow else self.water

    def tiled(self, needed_m: float) -> shapely.Geometry:
        """The same water as its triangles cover it.

        Where a bank meets the shore the shore gets a vertex on the lattice, at most 0.05 m aside: a path along that
        wall differs from one along the wall as drawn by centimetres.
        """
        numbers = self.mesh.triangles[self.mesh.least_depth >= needed_m]
        return shapely.union_all(shapely.polygons(np.stack([self.mesh.x[numbers], self.mesh.y[numbers]], axis=2)))

    def corners(self, needed_m: float) -> Corners:
        return Corners(*find_corners(self.mesh, needed_m))


def on_lattice(points: np.ndarray) -> np.ndarray:
    return np.round(np.asarray(points, float) / LATTICE_M) * LATTICE_M


def harbour_from(obstacles: list[shapely.Geometry], banks: list[tuple[float, shapely.Geometry]]) -> Harbour:
    """A harbour in a square box without its obstacles, the largest piece of what is left."""
    box = shapely.transform(shapely.box(0.0, 0.0, SIDE_M, SIDE_M), lambda points: points + AWAY_M)
    moved = [shapely.transform(shape, lambda points: on_lattice(points + AWAY_M)) for shape in obstacles]
    shoals = [
        (least, shapely.set_precision(shapely.transform(shape, lambda points: on_lattice(points + AWAY_M)), LATTICE_M))
        for least, shape in banks
    ]
    water = open_sea(box, shapely.union_all([shapely.make_valid(shape) for shape in moved], grid_size=LATTICE_M))
    cut = triangulate(water, shoals)
    mesh = mesh_from(cut.points, cut.triangles, cut.least_depth, ORIGIN)
    return Harbour(water, tuple(shoals), mesh)


def _star(draw: st.DrawFn, low: float, high: float) -> shapely.Polygon:
    """A star-shaped polygon: convex or ragged, never crossing itself."""
    count = draw(st.integers(3, 8))
    middle = np.array([draw(st.integers(-200, 4200)), draw(st.integers(-200, 4200))])
    turn = draw(st.floats(0.0, 6.0))
    radii = [draw(st.floats(low, high)) for _ in range(count)]
    angles = turn + np.arange(count) * 2.0 * np.pi / count
    points = middle + np.array(radii)[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    return shapely.Polygon(on_lattice(points))


def _wall(draw: st.DrawFn) -> shapely.Polygon:
    """A breakwater a metre or two thick, sometimes square to the box."""
    start = np.array([draw(st.integers(0, 4000)), draw(st.integers(0, 4000))], float)
    angle = draw(st.sampled_from([0.0, np.pi / 2.0]) | st.floats(0.0, np.pi))
    along = np.array([np.cos(angle), np.sin(angle)])
    across = draw(st.floats(0.5, 3.0)) * np.array([-along[1], along[0]])
    end = start + draw(st.integers(300, 3000)) * along
    return shapely.Polygon(on_lattice(np.array([start - across, end - across, end + across, start + across])))


@st.composite
def harbours(draw: st.DrawFn, with_banks: bool = True) -> tuple[list, list]:
    """Obstacles and banks of a random harbour, to be handed to `harbour_from`."""
    obstacles = [_star(draw, 60.0, 900.0) for _ in range(draw(st.integers(0, 4)))]
    obstacles += [_wall(draw) for _ in range(draw(st.integers(0, 3)))]
    if draw(st.booleans()):
        # Two quays with a narrow gap between them, edges along the axes: many points in one line.
        x, gap = draw(st.integers(1000, 3000)), draw(st.sampled_from([0.0625, 1.0, 25.0]))
        y = draw(st.integers(500, 3500))
        obstacles += [shapely.box(x, -100.0, x + 40.0, y), shapely.box(x, y + gap, x + 40.0, 4100.0)]
    banks = []
    if with_banks:
        for _ in range(draw(st.integers(1, 3))):
            banks.append((draw(st.sampled_from([0.5, 2.0, 3.0])), _star(draw, 100.0, 900.0)))
    return obstacles, banks


def crowded_harbour(seed: int) -> Harbour:
    """A harbour full of islands, walls, quays with a gap and banks; Hypothesis likes its examples emptier."""
    random = np.random.default_rng(seed)

    def star(low: float, high: float) -> shapely.Polygon:
        count = int(random.integers(3, 10))
        angles = random.uniform(0.0, 6.0) + np.arange(count) * 2.0 * np.pi / count
        around = np.column_stack([np.cos(angles), np.sin(angles)]) * random.uniform(low, high, (count, 1))
        return shapely.Polygon(on_lattice(random.uniform(-100.0, SIDE_M + 100.0, 2) + around))

    def wall() -> shapely.Polygon:
        start, angle = random.uniform(0.0, SIDE_M, 2), random.choice([0.0, np.pi / 2.0, random.uniform(0.0, np.pi)])
        along = np.array([np.cos(angle), np.sin(angle)])
        across = random.uniform(0.5, 3.0) * np.array([-along[1], along[0]])
        end = start + random.uniform(300.0, 2500.0) * along
        return shapely.Polygon(on_lattice(np.array([start - across, end - across, end + across, start + across])))

    obstacles = [star(60.0, 500.0) for _ in range(8)] + [wall() for _ in range(4)]
    x, y, gap = random.uniform(1000.0, 3000.0), random.uniform(500.0, 3500.0), random.choice([LATTICE_M, 1.0, 25.0])
    x, y = on_lattice(np.array([x, y]))
    obstacles += [shapely.box(x, -100.0, x + 40.0, y), shapely.box(x, y + gap, x + 40.0, SIDE_M + 100.0)]
    return harbour_from(obstacles, [(float(least), star(150.0, 900.0)) for least in (0.5, 2.0, 3.0)])


def random_points(harbour: Harbour, count: int, seed: int, inside: shapely.Geometry | None = None) -> np.ndarray:
    """Lattice points strictly inside the water, or another shape."""
    shape = harbour.water if inside is None else inside
    if shape.area < 100.0:
        return np.empty((0, 2))
    random = np.random.default_rng(seed)
    west, south, east, north = shape.bounds
    points: list[np.ndarray] = []
    for _ in range(200):
        tried = on_lattice(np.column_stack([random.uniform(west, east, 50), random.uniform(south, north, 50)]))
        points += list(tried[shapely.contains_xy(shape, tried[:, 0], tried[:, 1])])
        if len(points) >= count:
            return np.array(points[:count])
    return np.array(points).reshape(-1, 2)


def targets_at(harbour: Harbour, points: np.ndarray) -> Targets:
    """Targets at lattice points of the plane, all of which must lie in the mesh."""
    targets = targets_from(harbour.mesh, unproject(np.ascontiguousarray(points), *ORIGIN))
    assert np.array_equal(targets.x, points[:, 0])
    assert np.array_equal(targets.y, points[:, 1])
    return targets


def trees_of(harbour: Harbour, targets: Targets, needed_m: float) -> np.ndarray:
    return build_trees(harbour.mesh, targets, needed_m)


def brute_force(free: shapely.Geometry, points: np.ndarray) -> np.ndarray:
    """Shortest distances between points, infinite without a way, by a visibility graph over all vertices. [m]

    Two vertices see each other when shapely says the free water covers the segment between them. Nothing is left out:
    no test for tangents, no corners chosen.
    """
    vertices = np.unique(shapely.get_coordinates(free), axis=0)
    nodes = np.vstack([points, vertices])
    positions = unproject(np.ascontiguousarray(nodes), *ORIGIN)
    shapely.prepare(free)
    first, second = np.triu_indices(len(nodes), 1)
    seen = shapely.covers(free, shapely.linestrings(np.stack([nodes[first], nodes[second]], axis=1)))
    first, second = first[seen], second[seen]
    lengths = np.maximum(length_m(*positions[first].T, *positions[second].T), 1e-12)
    graph = csr_matrix((lengths, (first, second)), shape=(len(nodes), len(nodes)))
    return dijkstra(graph, directed=False, indices=range(len(points)))[:, : len(points)]
