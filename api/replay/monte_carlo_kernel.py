"""Compiled: which port is best in each of many draws of position, speed and waves."""

import numpy as np

from engine.evaluate import evaluate_ports
from engine.kernels.jit import kernel
from engine.kernels.reach import reach_ports
from engine.kernels.snap import ENCLOSED, ON_LAND
from engine.kernels.travel_time import SpeedModel

NOT_AFLOAT = -2
"""No vessel is there: land, enclosed water, or beyond the area."""


@kernel
def winners_of_draws(inputs, no_detour_set, box, lon_deg, lat_deg, speed_factor, wave_factor):
    """The best fit port of each draw, on the shortest paths.

    Parameters
    ----------
    inputs : EvaluationInputs
    no_detour_set : DetourSet
        An empty one.
    box : tuple of float
        West, south, east, north of the area. [deg]
    lon_deg, lat_deg : ndarray of float64, shape (n,)
        Positions drawn, WGS 84. [deg]
    speed_factor, wave_factor : ndarray of float64, shape (n,)
        Factors on the vessel's speed and on every wave height.

    Returns
    -------
    ndarray of int64, shape (n,)
        Port, `NOWHERE` where no port is fit, or `NOT_AFLOAT`.
    """
    winners = np.full(lon_deg.shape[0], NOT_AFLOAT)
    speed_model = inputs.speed_model
    west, south, east, north = box
    every_port = np.arange(inputs.columns.kind.shape[0])
    for k in range(lon_deg.shape[0]):
        if not (west <= lon_deg[k] <= east and south <= lat_deg[k] <= north):
            continue
        reach = reach_ports(inputs.water, inputs.depth_class, lon_deg[k], lat_deg[k])
        if reach.kind == ON_LAND or reach.kind == ENCLOSED:
            continue
        changed = SpeedModel(
            speed_factor[k] * speed_model.full_speed_ms,
            speed_factor[k] * speed_model.cap_ms,
            speed_model.table_hs_m,
            speed_model.table_share,
            speed_model.beam_loss,
            speed_model.following_loss,
            speed_model.wind_drift,
            speed_model.max_hs_m,
            speed_model.speed_doubt,
            speed_model.wave_doubt,
            wave_factor[k],
            speed_model.stream_error,
        )
        winners[k] = evaluate_ports(inputs, reach, no_detour_set, changed, 0.0, every_port, False, True).best
    return winners
