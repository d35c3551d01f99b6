"""One request in one compiled call: join, measure, look at every port, see what a way round or a doubt might change.

Each call from Python unpacks some eighty arrays, which takes as long as judging twenty ports; so there is one call.
"""

from typing import NamedTuple

import numpy as np

from engine.kernels.jit import kernel
from engine.kernels.passage import says_nothing
from engine.kernels.reach import Reach
from engine.rank import steady_order
from engine.survey import BY_DISTANCE, Survey, survey
from engine.variants import contenders, winners_of_variants
from engine.vicinity import reach_from_patch
from engine.way_round import worth_a_search


class Looked(NamedTuple):
    """What one pass found.

    Attributes
    ----------
    reach : Reach
        Of a position that is refused, no port is reached, and the rest says nothing.
    found : Survey
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
    found: Survey
    order: np.ndarray
    worth: np.ndarray
    contenders: np.ndarray
    winners: np.ndarray


@kernel
def look(scene, vicinity, lon_deg, lat_deg, ways_round, variants, exhaustive):
    """Look at every port from one position.

    Parameters
    ----------
    scene : Scene
    vicinity : Vicinity
        Of the position, or of no triangle where nothing is known of the place.
    lon_deg, lat_deg : float
        Position, WGS 84, inside the box of the pack. [deg]
    ways_round : WaysRound
        Those found already, or an empty one.
    variants : ndarray of float64, shape (v, 3)
        Changes to try, as for `winners_of_variants`; none where nobody asks.
    exhaustive : bool
        As for `survey`.

    Returns
    -------
    Looked
    """
    reach = reach_from_patch(scene.water, scene.depth_class, vicinity, lon_deg, lat_deg)
    every_port = np.arange(reach.distance_m.shape[0])
    found = survey(scene, reach, ways_round, scene.motion, 0.0, every_port, exhaustive, False)
    order = steady_order(scene, reach, ways_round, found)
    worth = np.empty(0, np.int64)
    if ways_round.taken.shape[0] == 0 and scene.key != BY_DISTANCE and not says_nothing(scene.forecast):
        worth = worth_a_search(scene, reach, found, exhaustive)
    tried = np.empty(0, np.int64)
    winners = np.empty(0, np.int64)
    if variants.shape[0] > 0:
        tried = contenders(scene, found)
        if tried.shape[0] > 1:
            winners = winners_of_variants(scene, reach, found, tried, variants)
    return Looked(reach, found, order, worth, tried, winners)
