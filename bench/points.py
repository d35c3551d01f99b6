"""The committed positions every benchmark asks about. ``python -m bench.points`` makes the file anew."""

import csv
from math import asin, degrees, radians, sin
from pathlib import Path

import numpy as np

from engine.kernels.reach import reach_ports
from engine.kernels.snap import ON_MESH
from engine.model import World

POINTS = Path(__file__).parent / "points.csv"
SEED = 20_190_124
COUNT = 1_000


def read_points() -> list[tuple[float, float]]:
    """Longitude and latitude of each point. [deg]"""
    with POINTS.open(encoding="utf-8", newline="") as lines:
        return [(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(lines)]


def make_points(world: World) -> list[tuple[float, float]]:
    """Points uniform by area over the box of the pack, kept where they are free water that leads to a port.

    Free water is that of the shallowest depth class, where the fewest banks are walls.
    """
    west, south, east, north = world.box
    low, high = sin(radians(south)), sin(radians(north))
    shallowest = world.depth_classes[0].tables
    draw = np.random.default_rng(SEED)
    points: list[tuple[float, float]] = []
    while len(points) < COUNT:
        # Area between two parallels is proportional to the difference of the sines of their latitudes.
        lon = round(draw.uniform(west, east), 5)
        lat = round(degrees(asin(draw.uniform(low, high))), 5)
        reach = reach_ports(world.water, shallowest, lon, lat)
        if reach.kind == ON_MESH and np.isfinite(reach.distance_m).any():
            points.append((lon, lat))
    return points


def main() -> None:
    from api.decision_service import open_decision_service

    with POINTS.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(("lon", "lat"))
        rows.writerows((f"{lon:.5f}", f"{lat:.5f}") for lon, lat in make_points(open_decision_service().world))


if __name__ == "__main__":
    main()
