"""What a depth class keeps of the pack."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from geodata.pack import read_pack
from geodata.world import world_from


def test_the_tables_of_a_depth_class_replace_the_trees_they_grew_from():
    pack = read_pack()
    depth_class = world_from(pack).depth_classes[0]
    trees = pack.arrays["trees"]["following_0"]
    with ThreadPoolExecutor(2) as threads:
        first, other = threads.map(lambda _: depth_class.tables, range(2))
    assert np.array_equal(first.following, trees.T)
    assert np.array_equal(other.following, trees.T)
    assert depth_class.tables is depth_class.tables
    assert not any(value is trees for value in vars(depth_class).values())
