"""Patches kept from chunk to chunk: the same whoever makes them, bounded, and not lost to a failure."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from api.replay import batch_patches as kept
from api.replay.batch_patches import BatchPatches
from engine.kernels.mesh import NOWHERE
from engine.patch import patch_from_table


def scattered(random, count, middle, spread):
    return random.normal(middle[0], spread, count), random.normal(middle[1], spread, count)


def test_what_is_kept_is_found_again_and_hangs_on_no_thread(world):
    """Chunks shared by many threads at once give each row the patch it gets in one thread."""
    water, tables = world.water, world.depth_classes[1].tables
    random = np.random.default_rng(13)
    chunks = [scattered(random, 400, (1.4, 50.95), 0.15) for _ in range(12)]
    first, many = BatchPatches(), BatchPatches()
    for store in (first, many):
        # The first chunk says how wide patches are, whoever comes first after it.
        store.share(water, tables, *chunks[0])
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda chunk: many.share(water, tables, *chunk), chunks * 2))
    for chunk in chunks * 2:
        first.share(water, tables, *chunk)
    together = 0
    for lon, lat in chunks:
        (places, found), (again, found_again) = (store.share(water, tables, lon, lat) for store in (first, many))
        # Who asks when says when a patch has rows enough, and nothing else.
        in_one, in_other = places.patch != NOWHERE, again.patch != NOWHERE
        assert (in_one & in_other).sum() > 0.9 * (in_one | in_other).sum()
        for k in np.flatnonzero(in_one & in_other)[:40]:
            mine, other = (
                patch_from_table.py_func(f, v) for f, v in ((found, places.patch[k]), (found_again, again.patch[k]))
            )
            for value, other_value in zip(mine, other, strict=True):
                np.testing.assert_array_equal(value, other_value)
            together += 1
    assert together > 200


def test_no_more_are_kept_than_there_is_room_for(world, monkeypatch):
    monkeypatch.setattr(kept, "MOST_KEPT", 40)
    water, tables = world.water, world.depth_classes[1].tables
    random = np.random.default_rng(14)
    neighbours = BatchPatches()
    neighbours.share(water, tables, *scattered(random, 2000, (1.4, 50.95), 0.05))
    counts = []
    for _ in range(6):
        places, patch_table = neighbours.share(water, tables, *scattered(random, 2000, (1.4, 50.95), 0.3))
        counts.append(len(patch_table.triangle))
        assert places.patch.max() < len(patch_table.triangle)
    assert counts[-1] == counts[-2] <= 40 + kept.MADE_TOGETHER


def test_what_fails_in_one_thread_is_tried_by_the_next(world, monkeypatch):
    water, tables = world.water, world.depth_classes[1].tables
    lon, lat = scattered(np.random.default_rng(15), 300, (1.4, 50.95), 0.02)
    neighbours = BatchPatches()

    def broken(*_):
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(kept, "build_patches", broken)
        with pytest.raises(MemoryError):
            neighbours.share(water, tables, lon, lat)
    assert (neighbours.share(water, tables, lon, lat)[0].patch != NOWHERE).any()
