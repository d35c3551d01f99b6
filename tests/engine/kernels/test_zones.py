"""Zones on the ways of the trees, against the legs one by one."""

import numpy as np
import pytest

from engine.kernels import zones as zones_module
from engine.kernels.mesh import NOWHERE
from engine.kernels.shortest_paths import DIRECT
from engine.kernels.zones import zones_of_track


@pytest.mark.parametrize("number", [0, 3])
def test_the_set_of_a_way_is_that_of_its_legs(world, number):
    water, depth_class = world.water, world.depth_classes[number].tables
    mesh, ports, corners = water.mesh, water.ports, depth_class.corners
    random = np.random.default_rng(number)
    met = set()
    for c, p in zip(random.integers(0, len(corners.vertex), 600), random.integers(0, len(ports.x), 600), strict=True):
        zone_set = depth_class.zone_set[c, p]
        found = int(depth_class.touched[zone_set]), int(depth_class.poor[zone_set])
        if depth_class.following[c, p] == NOWHERE:
            assert found == (0, 0)
            continue
        track, at = [], int(c)
        while at != DIRECT:
            vertex = corners.vertex[at]
            track.append((mesh.x[vertex], mesh.y[vertex]))
            at = int(depth_class.following[at, p])
        track.append((ports.x[p], ports.y[p]))
        assert found == zones_of_track(water.zones, np.array(track), water.limits.right_angle_tolerance_deg)
        met.add(found)
    assert len(met) > 20
    pairs = set(zip(depth_class.touched.tolist(), depth_class.poor.tolist(), strict=True))
    assert len(pairs) == len(depth_class.touched) < zones_module.MOST_ZONE_SETS
