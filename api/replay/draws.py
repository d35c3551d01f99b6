"""Compiled: which port is best in each of many draws of position, speed and waves."""

import numpy as np

from engine.kernels.jit import kernel
from engine.kernels.joining import ENCLOSED, ON_LAND
from engine.kernels.passage import Motion
from engine.kernels.reach import reach_ports
from engine.survey import survey

NOT_AFLOAT = -2
"""No vessel is there: land, enclosed water, or beyond the area."""


@kernel
def winners_of_draws(scene, no_way_round, box, lon_deg, lat_deg, speed_factor, wave_factor):
    """The best fit port of each draw, on the shortest paths.

    Parameters
    ----------
    scene : Scene
    no_way_round : WaysRound
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
    motion = scene.motion
    west, south, east, north = box
    every_port = np.arange(scene.columns.kind.shape[0])
    for k in range(lon_deg.shape[0]):
        if not (west <= lon_deg[k] <= east and south <= lat_deg[k] <= north):
            continue
        reach = reach_ports(scene.water, scene.depth_class, lon_deg[k], lat_deg[k])
        if reach.kind == ON_LAND or reach.kind == ENCLOSED:
            continue
        changed = Motion(
            speed_factor[k] * motion.full_speed_ms,
            speed_factor[k] * motion.cap_ms,
            motion.table_hs_m,
            motion.table_share,
            motion.beam_loss,
            motion.following_loss,
            motion.wind_drift,
            motion.max_hs_m,
            motion.speed_doubt,
            motion.wave_doubt,
            wave_factor[k],
        )
        winners[k] = survey(scene, reach, no_way_round, changed, 0.0, every_port, False, True).best
    return winners
