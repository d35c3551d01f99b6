"""SYNTHETIC encounters in tables, and engines that stand in for the real one where only the carrying is looked at."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from api.replay.schema import DECISIONS

START_S = 1_641_000_000
DAY_S = 86_400


def encounters_table(count: int, seed: int = 1, days: int = 60) -> pa.Table:
    """Encounters all over the strait, some on land, in no order of time."""
    rng = np.random.default_rng(seed)
    at_s = START_S + rng.integers(0, days * DAY_S, count)
    # Nobody at all is no row: it is refused.
    most = np.maximum(rng.integers(0, 90, count), 1)
    profiles = np.array(["rnli-severn", "rnli-shannon", "psp-flamant", "snsm-ctt", "unknown"])
    return pa.table(
        {
            "encounter_id": [f"SYNTHETIC-{k}" for k in range(count)],
            "lon": rng.uniform(0.3, 2.5, count).round(5),
            "lat": rng.uniform(50.2, 51.4, count).round(5),
            "time": np.datetime_as_string(at_s.astype("datetime64[s]"), timezone="UTC"),
            "persons_min": np.maximum(most - rng.integers(0, 10, count), 0),
            "persons_max": most,
            "medical": rng.choice(["none", "urgent", "critical"], count, p=[0.8, 0.15, 0.05]),
            "vessel_profile": rng.choice(profiles, count),
            "position_accuracy_m": rng.choice([0.0, 200.0, 1500.0], count),
            "observed_port": rng.choice(["dover", "FRCQF", "Boulogne-sur-Mer"], count),
        }
    )


def write_encounters(path: Path, count: int, seed: int = 1, days: int = 60) -> Path:
    """A CSV file of `encounters_table`."""
    pyarrow.csv.write_csv(encounters_table(count, seed, days), path)
    return path


def stub_engine(table: pa.Table, world_at, vessels, policies) -> pa.Table:
    """Answers made up from the position alone, fast."""
    count = table.num_rows
    lon, lat = table["lon"].to_numpy(), table["lat"].to_numpy()
    made = {
        "row": table["row"],
        "encounter_id": table["encounter_id"],
        "decision_outcome": pa.repeat(pa.scalar("suitable"), count),
        "port": pa.array(np.where(lat > 50.9, "dover", "boulogne")),
        "distance_m": pa.array(1852.0 * (lon + lat)),
        "time_to_landing_s": pa.array(np.floor(600.0 * lat + lon)),
        "near_tie": pa.array(lon > 1.5),
        "persons": pa.array(np.full(count, 30.0)),
    }
    columns = [made[field.name] if field.name in made else pa.nulls(count, field.type) for field in DECISIONS]
    return pa.table(dict(zip(DECISIONS.names, columns, strict=True)), schema=DECISIONS)


STUB = "tests.synthetic.encounters:stub_engine"
