"""Who would win if an input were a little different: many small changes of one case, judged in one compiled call."""

import numpy as np

from engine.judge import judge
from engine.kernels.jit import kernel
from engine.kernels.passage import Motion, calm_speed_ms, passages_to_ports
from engine.rank import statuses, weigh
from engine.vocab import Status

BY_TIME, BY_DISTANCE, BY_CARE = 0, 1, 2
NOBODY = -1


@kernel
def winners_of_variants(
    water, depth_class, reach, forecast, motion, figures, limits, columns, live, tides, listed, inside_srr,
    weight_of_code, penalty_of_code, care_delay_s, key, ports, variants,
):  # fmt: skip
    """The fit port that comes first under each change, on the shortest paths.

    Parameters
    ----------
    water, depth_class, reach, forecast, motion, limits, columns, live, tides
        As for `passages_to_ports` and `judge`.
    figures : AskFigures
    listed, inside_srr : ndarray of bool, shape (p,)
    weight_of_code, penalty_of_code : ndarray, indexed by code
    care_delay_s : ndarray of float64, shape (p,)
        [s]
    key : int
        What ports are ordered by: `BY_TIME`, `BY_DISTANCE` or `BY_CARE`.
    ports : ndarray of int64, shape (n,)
        The contenders.
    variants : ndarray of float64, shape (v, 3)
        Factor on speed, factor on waves, and metres added to the tide; ones and zero for no change.

    Returns
    -------
    ndarray of int64, shape (v,)
        Port, or `NOBODY`.
    """
    found = np.full(variants.shape[0], NOBODY)
    for v in range(variants.shape[0]):
        changed = Motion(
            variants[v, 0] * motion.full_speed_ms,
            variants[v, 0] * motion.cap_ms,
            motion.table_hs_m,
            motion.table_share,
            motion.beam_loss,
            motion.following_loss,
            motion.wind_drift,
            motion.max_hs_m,
            motion.speed_doubt,
            motion.wave_doubt,
            variants[v, 1],
        )
        passages = passages_to_ports(water, depth_class, reach, forecast, changed, figures.depart_s, ports, 0.0)
        table = judge(
            figures, changed, variants[v, 2], limits, columns, live, tides, forecast, water.ports, reach.distance_m,
            reach.harbour_m, passages, reach.touched, reach.poor, listed, inside_srr, ports,
        )  # fmt: skip
        weight, penalty_s = weigh(table.verdict, table.code, weight_of_code, penalty_of_code)
        status = statuses(table.verdict, weight)
        best_s = np.inf
        for k in range(ports.shape[0]):
            p = ports[k]
            key_s = table.time_s[k] + penalty_s[k]
            if key == BY_DISTANCE:
                key_s = (reach.distance_m[p] + reach.harbour_m[p]) / calm_speed_ms(changed) + penalty_s[k]
            elif key == BY_CARE:
                key_s += care_delay_s[p]
            if status[k] <= Status.CAUTION and key_s < best_s:
                best_s = key_s
                found[v] = p
    return found
