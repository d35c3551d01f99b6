"""Compile what a replay calls, before anybody waits for it."""

import numpy as np
import pyarrow as pa

from api.decision_service import DecisionService, known_policy
from api.replay.batch import replay_batch
from api.replay.batch_patches import FEWEST_TOGETHER
from api.replay.schema import ENCOUNTERS
from api.replay.world_by_time import WorldsByTime
from geodata.policies import DEFAULT_POLICY

_AT_MS = 1_642_050_000_000


def warm_replay(service: DecisionService) -> int:
    """Replay a few encounters, some neighbours of one another and some alone; how many.

    Parameters
    ----------
    service : DecisionService
    """
    west, south, east, north = service.world.box
    middle = np.tile([0.5 * (west + east), 0.5 * (south + north)], (2 * FEWEST_TOGETHER, 1))
    ports = np.array([port.approach for port in service.world.ports])
    lon, lat = np.vstack([middle, ports]).T
    known = {
        "row": np.arange(len(lon)),
        "encounter_id": [f"warm-{k}" for k in range(len(lon))],
        "lon": lon,
        "lat": lat,
        "time": np.full(len(lon), _AT_MS),
        "medical": ["none"] * len(lon),
        "vessel_profile": ["unknown"] * len(lon),
        "policy": [DEFAULT_POLICY] * len(lon),
    }
    columns = [
        pa.array(known[field.name]).cast(field.type) if field.name in known else pa.nulls(len(lon), field.type)
        for field in ENCOUNTERS
    ]
    table = pa.table(columns, schema=ENCOUNTERS)
    return int(
        replay_batch(
            table, WorldsByTime(service), service.vessels, {DEFAULT_POLICY: known_policy(DEFAULT_POLICY)}
        ).num_rows
    )
