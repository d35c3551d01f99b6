"""The driver: killed, resumed, spread over workers, and always the same bytes."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import dask
import geopandas
import numpy as np
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from distributed import LocalCluster

from api.replay.manifest import OUTPUTS
from api.replay.run import ReplayConfig, replay
from engine.errors import InvalidAsk
from geodata.policies import read_policy
from tests.synthetic.encounters import STUB, encounters_table, write_encounters

ROOT = Path(__file__).resolve().parents[3]
ROWS, CHUNK = 5_000, 400
MOST_KILLS = 7

KILLED_AT = """
import os, signal, sys
from pathlib import Path
from api.replay import checkpoint
from api.replay.run import ReplayConfig, replay

source, out, chunk, calls = sys.argv[1:]
left = int(calls)

def dying(call):
    def instead(*arguments, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **named)
    return instead

# A file is synced, named, and its folder synced: death comes before any one of these.
os.fsync = dying(os.fsync)
Path.replace = dying(Path.replace)
stub = "tests.synthetic.encounters:stub_engine"
order = ReplayConfig(Path(source), Path(out), chunk_rows=int(chunk), workers=2, engine=stub)
replay(order, lambda *told: print(*told, flush=True))
print("whole", flush=True)
"""


def digests(out):
    return {name: (out / name).read_bytes() for name in (*OUTPUTS, "manifest.json")}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = write_encounters(tmp_path_factory.mktemp("input") / "encounters.csv", ROWS)
    lines = path.read_text().splitlines()
    # Some rows that are none, one of them the last.
    lines[1000] = "short,row"
    lines[2000] += ",too,long"
    lines[3000] = lines[3000].replace("Z", "")
    path.write_text("\n".join([*lines, "last"]) + "\n")
    return path


@pytest.fixture(scope="module")
def expected(source, tmp_path_factory):
    out = tmp_path_factory.mktemp("expected") / "out"
    replay(ReplayConfig(source, out, chunk_rows=CHUNK, engine=STUB))
    return digests(out)


def run_in_a_process(source, out, calls):
    return subprocess.Popen(
        [sys.executable, "-c", KILLED_AT, str(source), str(out), str(CHUNK), str(calls)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_bytes_do_not_depend_on_the_number_of_workers(source, expected, tmp_path, workers):
    manifest = replay(ReplayConfig(source, tmp_path / "out", chunk_rows=CHUNK, engine=STUB, workers=workers))
    assert digests(tmp_path / "out") == expected
    counts = manifest["counts"]
    assert (counts["rows"], counts["decided"], counts["rejected"]) == (ROWS + 1, ROWS - 3, 4)
    assert counts["reject_codes"] == {"ROW_MALFORMED": 3, "TIME_NAIVE": 1}


def test_order_is_kept_and_every_row_is_there_once(source, tmp_path):
    replay(ReplayConfig(source, tmp_path / "out", chunk_rows=CHUNK, engine=STUB, workers=4))
    decided = pq.read_table(tmp_path / "out" / "decisions.parquet")["row"].to_numpy()
    rejected = pyarrow.csv.read_csv(tmp_path / "out" / "rejects.csv")["row"].to_numpy()
    assert (np.diff(decided) > 0).all()
    assert (np.diff(rejected) > 0).all()
    assert sorted([*decided, *rejected]) == list(range(ROWS + 1))


def test_killed_before_any_write_and_resumed_gives_the_same_bytes(source, expected, tmp_path):
    out, draw = tmp_path / "out", random.Random(11)  # noqa: S311 - seeded, so that a failure can be had again
    for kills in range(MOST_KILLS + 1):
        # Deaths land in the parts first and, as less is left to do, among the joined files.
        run = run_in_a_process(source, out, draw.randint(1, 60) if kills < MOST_KILLS else 0)
        text, errors = run.communicate()
        if run.returncode == 0:
            break
        assert run.returncode == -signal.SIGKILL, errors
        assert "whole" not in text
    assert run.returncode == 0, errors
    assert kills >= 3
    assert digests(out) == expected
    assert not (out / "parts").exists()


def test_killed_from_outside_and_resumed_gives_the_same_bytes(source, expected, tmp_path):
    out = tmp_path / "out"
    run = run_in_a_process(source, out, 0)
    for _ in range(4):
        run.stdout.readline()
    run.kill()
    run.communicate()
    assert not (out / "manifest.json").exists()
    assert len(list((out / "parts").glob("*[0-9].json"))) >= 3
    told = []
    replay(ReplayConfig(source, out, chunk_rows=CHUNK, engine=STUB), lambda *numbers: told.append(numbers))
    earlier, now, _ = told[-1]
    assert earlier >= 3 * CHUNK
    assert earlier + now == ROWS + 1
    assert digests(out) == expected


def test_a_damaged_part_is_made_again(source, expected, tmp_path):
    out = tmp_path / "out"
    run = run_in_a_process(source, out, 0)
    for _ in range(4):
        run.stdout.readline()
    run.kill()
    run.communicate()
    part = min((out / "parts").glob("*[0-9].parquet"))
    damaged = bytearray(part.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    part.write_bytes(bytes(damaged))
    replay(ReplayConfig(source, out, chunk_rows=CHUNK, engine=STUB))
    assert digests(out) == expected


def test_a_finished_replay_is_not_done_again_unless_a_file_is_damaged(source, expected, tmp_path):
    order = ReplayConfig(source, tmp_path / "out", chunk_rows=CHUNK, engine=STUB)
    replay(order)
    told = []
    replay(order, lambda *numbers: told.append(numbers))
    assert told == []
    (order.out / "decisions.parquet").write_bytes(b"")
    replay(order, lambda *numbers: told.append(numbers))
    assert told
    assert digests(order.out) == expected


def test_a_folder_is_that_of_one_replay(source, tmp_path):
    out = tmp_path / "out"
    replay(ReplayConfig(source, out, chunk_rows=CHUNK, engine=STUB))
    with pytest.raises(InvalidAsk, match="another chunk_rows"):
        replay(ReplayConfig(source, out, chunk_rows=CHUNK + 1, engine=STUB))
    with pytest.raises(InvalidAsk, match="another policy_for_all"):
        replay(ReplayConfig(source, out, chunk_rows=CHUNK, engine=STUB, policy=read_policy("nearest-distance")))
    other = write_encounters(tmp_path / "other.csv", 10)
    with pytest.raises(InvalidAsk, match="another input"):
        replay(ReplayConfig(other, out, chunk_rows=CHUNK, engine=STUB))
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "thesis.txt").write_text("do not touch")
    with pytest.raises(InvalidAsk, match="something else"):
        replay(ReplayConfig(other, strange, engine=STUB))
    assert sorted(path.name for path in strange.iterdir() if path.name != "replay.lock") == ["thesis.txt"]


def test_only_one_replay_at_a_time_writes_into_a_folder(source, tmp_path):
    tried = []

    def again(*_):
        if tried:
            return
        tried.append(1)
        with pytest.raises(InvalidAsk, match="another replay is writing"):
            replay(ReplayConfig(source, tmp_path / "out", chunk_rows=CHUNK, engine=STUB))

    replay(ReplayConfig(source, tmp_path / "out", chunk_rows=CHUNK, engine=STUB), again)
    assert tried


@pytest.fixture
def cluster(tmp_path):
    # A worker killed by a signal is started again by its nanny; both say so in their logs.
    with (
        dask.config.set({"distributed.logging": {"distributed": "critical"}}),
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", host="127.0.0.1",
            local_directory=str(tmp_path / "scratch"), silence_logs=50,
        ) as made,
    ):  # fmt: skip
        made.wait_for_workers(2, timeout=120)
        yield made


def test_a_cluster_of_which_a_worker_is_killed_gives_the_same_bytes(source, expected, tmp_path, cluster):
    victim = next(iter(cluster.workers.values())).process.pid
    killed = []

    def kill_once(*_):
        if not killed:
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)

    order = ReplayConfig(source, tmp_path / "out", chunk_rows=CHUNK, engine=STUB, scheduler=cluster.scheduler_address)
    replay(order, kill_once)
    assert killed
    assert next(iter(cluster.workers.values())).process.pid != victim
    assert digests(order.out) == expected
    assert json.loads((order.out / "timings.json").read_text())["carrier"].startswith("tcp://")


def test_a_worker_that_is_another_program_is_not_believed(source, tmp_path, monkeypatch, cluster):
    monkeypatch.setattr("api.replay.run.digest_of", lambda identity: "0" * 64)
    for scheduler in (None, cluster.scheduler_address):
        order = ReplayConfig(source, tmp_path / "out", chunk_rows=CHUNK, engine=STUB, scheduler=scheduler)
        with pytest.raises(InvalidAsk, match="Install one release everywhere"):
            replay(order)
    assert not list((tmp_path / "out" / "parts").iterdir())


def test_nobody_at_the_address_is_said(source, tmp_path, monkeypatch):
    monkeypatch.setattr("api.replay.run.CONNECT_TIMEOUT", "1s")
    with pytest.raises(InvalidAsk, match="nobody answers"):
        replay(ReplayConfig(source, tmp_path / "out", engine=STUB, scheduler="tcp://127.0.0.1:1"))


def test_decisions_are_geoparquet(source, tmp_path):
    replay(ReplayConfig(source, tmp_path / "out", chunk_rows=CHUNK, engine=STUB))
    path = tmp_path / "out" / "decisions.parquet"
    frame = geopandas.read_parquet(path)
    table = encounters_table(ROWS).to_pandas()
    assert frame.crs == "OGC:CRS84"
    assert (frame.geometry.geom_type == "Point").all()
    assert np.array_equal(frame.geometry.x, table["lon"][frame["row"]])
    assert np.array_equal(frame.geometry.y, table["lat"][frame["row"]])
    geo = json.loads(pq.ParquetFile(path).metadata.metadata[b"geo"])
    assert geo["columns"]["geometry"]["bbox"] == pytest.approx(list(frame.total_bounds))


def test_what_was_replayed_can_be_replayed(source, tmp_path):
    replay(ReplayConfig(source, tmp_path / "out", chunk_rows=CHUNK, engine=STUB))
    manifest = replay(ReplayConfig(tmp_path / "out" / "decisions.parquet", tmp_path / "again", engine=STUB))
    assert manifest["counts"]["rejected"] == 0
    first, second = (pq.read_table(tmp_path / name / "decisions.parquet") for name in ("out", "again"))
    names = [name for name in first.column_names if name != "row"]
    assert first.select(names).equals(second.select(names))


def test_summary_figures_are_those_of_the_rows(source, tmp_path):
    replay(ReplayConfig(source, tmp_path / "out", chunk_rows=CHUNK, engine=STUB))
    frame = pq.read_table(tmp_path / "out" / "decisions.parquet").to_pandas()
    rows = {
        (row["group"], row["value"]): row for row in pyarrow.csv.read_csv(tmp_path / "out" / "summary.csv").to_pylist()
    }
    for port, mine in frame.groupby("port"):
        row = rows["port", port]
        assert row["encounters"] == len(mine)
        assert row["persons"] == mine["persons"].sum()
        assert row["near_ties"] == mine["near_tie"].sum()
        for percent in (50, 90, 99):
            exact = np.percentile(mine["time_to_landing_s"], percent, method="inverted_cdf") / 60.0
            assert 0.0 <= row[f"time_to_landing_p{percent}_min"] - exact <= 0.1 + 1e-9
    assert rows["all", "all"]["encounters"] == len(frame)


def test_no_row_at_all_is_a_replay_too(tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("lon,lat,time\n")
    manifest = replay(ReplayConfig(path, tmp_path / "out", engine=STUB))
    assert manifest["counts"]["rows"] == 0
    assert len(geopandas.read_parquet(tmp_path / "out" / "decisions.parquet")) == 0
    assert (tmp_path / "out" / "rejects.csv").read_text() == '"row","encounter_id","codes"\n'


def test_nothing_in_the_compared_files_says_when_or_where(source, expected, tmp_path):
    moved = tmp_path / "elsewhere" / source.name
    moved.parent.mkdir()
    moved.write_bytes(source.read_bytes())
    replay(ReplayConfig(moved, tmp_path / "out", chunk_rows=CHUNK, engine=STUB))
    assert digests(tmp_path / "out") == expected


def test_large_tables_keep_off_banks_unless_told_otherwise(tmp_path, monkeypatch):
    """A trawler off Ostend at high water: over Middelkerke Bank, or 2.5 miles farther round it."""
    table = tmp_path / "off-ostend.csv"
    table.write_text("lon,lat,time,vessel_profile\n2.7,51.3,2026-03-20T01:00:00Z,fishing-vessel\n")

    def distance_nm(name, **told):
        manifest = replay(ReplayConfig(table, tmp_path / name, **told))
        (distance_m,) = pq.read_table(tmp_path / name / "decisions.parquet")["distance_m"].to_pylist()
        return manifest["over_banks"], round(distance_m / 1852.0, 1)

    assert distance_nm("small") == (True, 9.4)
    assert distance_nm("small, by columns", judged=False) == (True, 9.4)
    assert distance_nm("small, told", over_banks=False) == (False, 12.0)
    monkeypatch.setattr("api.replay.run.MOST_JUDGED_ROWS", 0)
    assert distance_nm("large") == (False, 12.0)
    assert distance_nm("large, told", over_banks=True) == (True, 9.4)
