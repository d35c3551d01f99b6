"""A terminal that runs on: memory, handles and file stay as they are over many positions and asks.

``SOAK_ROUNDS`` sets for how long: 20 if left out, each of 200 positions, ten asks and a thousand seconds of its clock.
"""

import gc
import os
from pathlib import Path

import pytest

from api.terminal import state_file as keeper_module
from tests.api.terminal.conftest import launch, warm_service  # noqa: F401 - fixtures

ROUNDS = int(os.environ.get("SOAK_ROUNDS", "20"))
POSITIONS, ASKS, STEP_S = 200, 10, 5.0
WARM_ROUNDS = 12
MOST_GROWTH_MB, MOST_ON_DISK = 12.0, 6_000_000
"""What an allocator may keep back; a hundred decisions and a write-ahead log of 4 MB. [MB, bytes]"""


def resident_mb():
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def handles():
    return len(list(Path("/proc/self/fd").iterdir()))


def on_disk(folder):
    return sum(file.stat().st_size for file in folder.iterdir())


def run_round(ship, number):
    for k in range(POSITIONS):
        ship.ticks.go(STEP_S)
        # Up and down the Strait at 12 knots, a mile and more between two asks.
        way = ((number * POSITIONS + k) % 2_000) / 1_000.0
        ship.hear(50.95 + 0.05 * abs(1.0 - way), 1.35 + 0.1 * abs(1.0 - way), sog_kn=12.0, stated=False)
        if k % (POSITIONS // ASKS) == 0:
            assert ship.nearest().status_code == 200
            ship.keep_track()
    ship.state()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_it_stays_as_large_as_it_is(launch, tmp_path, monkeypatch):  # noqa: F811
    # The oldest decisions go from a tenth of the usual number on: that is reached before anything is measured.
    monkeypatch.setattr(keeper_module, "MOST_DECISIONS", 100)
    ship = launch("ship")
    ship.hear(50.95, 1.35, stated=False)
    # To make a block of tides takes memory once, whenever its time comes.
    for days in range(0, int((WARM_ROUNDS + ROUNDS) * POSITIONS * STEP_S / 86_400.0) + 31, 30):
        ship.service.world_at(ship.ticks.system_s() + days * 86_400.0)
    for number in range(WARM_ROUNDS):
        run_round(ship, number)
    before = (resident_mb(), handles(), on_disk(tmp_path / "ship"))
    for number in range(ROUNDS):
        run_round(ship, WARM_ROUNDS + number)
    after = (resident_mb(), handles(), on_disk(tmp_path / "ship"))
    assert after[0] - before[0] < MOST_GROWTH_MB
    assert after[1] <= before[1] + 1
    assert after[2] < MOST_ON_DISK
    assert len(ship.keeper.decisions()) == 100
    print(f"memory {before[0]:.0f} to {after[0]:.0f} MB, files {before[2]} to {after[2]} bytes")  # noqa: T201
