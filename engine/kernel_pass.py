"""One request in one compiled call: join, measure, look at every port, see what a way round or a doubt might change.

Each call from Python unpacks some eighty arrays, which takes as long as judging twenty ports; so there is one call.
"""

from typing import NamedTuple

import numpy as np

from engine.detour_search import detour_candidates
from engine.evaluate import BY_DISTANCE, Evaluation, evaluate_ports
from engine.kernels.jit import kernel
from engine.kernels.reach import Reach
from engine.kernels.travel_time import is_empty
from engine.patch import reach_from_patch
from engine.perturbations import contenders, winners_of_perturbations
from engine.rank import stable_order


class PassResult(NamedTuple):
    """What one pass found.

    Attributes
    ----------
    reach : Reach
        Of a position that is refused, no port is reached, and the rest says nothing.
    found : Evaluation
    order : ndarray of int64
        Ports, best first.
    worth : ndarray of int64
        Ports that a search for a faster way is worth; none where ways round were given.
    contenders : ndarray of int64
        Ports tried under changed inputs.
    winners : ndarray of int64, shape (v,)
        Port that comes first under each change on the shortest paths; none where there are fewer than two contenders.
    """

    reach: Reach
    evaluation: Evaluation
    order: np.ndarray
    worth: np.ndarray
    contenders: np.ndarray
    winners: np.ndarray


@kernel
def evaluate_position(inputs, patch, lon_deg, lat_deg, detour_set, variants, exhaustive):
    """Look at every port from one position.

    Parameters
    ----------
    inputs : EvaluationInputs
    patch : Patch
        Of the position, or of no triangle where nothing is known of the place.
    lon_deg, lat_deg : float
        Position, WGS 84, inside the box of the pack. [deg]
    detour_set : DetourSet
        Those found already, or an empty one.
    variants : ndarray of float64, shape (v, 4)
        Changes to try, as for `winners_of_perturbations`; none where nobody asks.
    exhaustive : bool
        As for `evaluate_ports`.

    Returns
    -------
    PassResult
    """
    reach = reach_from_patch(inputs.water, inputs.depth_class, patch, lon_deg, lat_deg)
    every_port = np.arange(reach.distance_m.shape[0])
    found = evaluate_ports(inputs, reach, detour_set, inputs.speed_model, 0.0, every_port, exhaustive, False)
    order = stable_order(inputs, reach, detour_set, found)
    worth = np.empty(0, np.int64)
    if detour_set.taken.shape[0] == 0 and inputs.key != BY_DISTANCE and not is_empty(inputs.forecast):
        worth = detour_candidates(inputs, reach, found, exhaustive)
    tried = np.empty(0, np.int64)
    winners = np.empty(0, np.int64)
    if variants.shape[0] > 0:
        tried = contenders(inputs, found)
        if tried.shape[0] > 1:
            winners = winners_of_perturbations(inputs, reach, found, tried, variants)
    return PassResult(reach, found, order, worth, tried, winners)
