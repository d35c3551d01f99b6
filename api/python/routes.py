"""The ways that rows of a replay reckon with, drawn."""

from collections.abc import Mapping

import geopandas
import numpy as np
import pyarrow as pa
import shapely

from api.replay.batch import ask_of
from api.replay.world_by_time import WorldsByTime
from engine.decide import coordination_at, decide
from engine.kernels.reach import reach_ports
from engine.model import Vessel
from engine.policy import Policy
from engine.request_context import build_context
from engine.routes import chosen_track, track_to_port

SAME_M = 0.01
"""A way whose length differs by more is another one: one round, which only the decision knows. [m]"""


def routes_of(
    frame: geopandas.GeoDataFrame,
    encounters: pa.Table,
    worlds: WorldsByTime,
    vessels: Mapping[str, Vessel],
    policies: Mapping[str, Policy],
) -> np.ndarray:
    """A LineString for each row that has a recommended port, None for all others.

    Parameters
    ----------
    frame : GeoDataFrame
        Of `api.python.tables.frame_of`.
    encounters : RuleTable
        Rows of it that were decided, of the schema `ENCOUNTERS`.
    worlds : WorldsByTime
    vessels : mapping of Vessel
    policies : mapping of Policy
    """
    lines = np.full(len(frame), None, object)
    # The register is the same whatever the date of the tides.
    number_of: dict[str, int] = {}
    chosen, length_m = frame["port"].to_numpy(), frame["distance_m"].to_numpy()
    for row in encounters.to_pylist():
        number = row["row"]
        if not isinstance(chosen[number], str):
            continue
        ask = ask_of(row, vessels, policies)
        world = worlds(ask.at_s)
        number_of = number_of or {known.id: k for k, known in enumerate(world.ports)}
        port = number_of[chosen[number]]
        depth_class = build_context(ask, world, coordination_at(world, ask)).depth_class
        reach = reach_ports(world.water, depth_class, ask.lon, ask.lat)
        harbour_m = reach.harbour_m[port]
        if abs(reach.distance_m[port] + (harbour_m if np.isfinite(harbour_m) else 0.0) - length_m[number]) <= SAME_M:
            track = track_to_port(world, depth_class, reach, port)
        else:
            track = chosen_track(decide(ask, world), port)
        lines[number] = shapely.LineString(track) if len(track) > 1 else None
    return lines
