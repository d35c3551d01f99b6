"""Who comes first, and what is too close to tell apart."""

import numpy as np

from engine.codes import Status, Verdict, Weight
from engine.evaluate import refine_rows
from engine.kernels.jit import kernel, leaf_kernel

_CAUTION, _EXCLUDED = int(Status.CAUTION), int(Status.EXCLUDED)

SHOWN = 4
"""So many of the first in the order have close clocks: whoever reads the answer sees these."""

LONGER_THAN_ANY_WAY_M = 1e8
"""More than the earth is round, so that what is not known counts before any distance. [m]"""


@kernel
def stable_order(inputs, reach, detour_set, found):
    """The order of all ports, coarse ones that are or may be among the first looked at closely until none is left.

    Parameters
    ----------
    scene, reach, ways_round
        As for `engine.evaluate.evaluate_ports`.
    found : Evaluation
        Of all ports; what a closer look finds is entered in it.

    Returns
    -------
    ndarray of int64
        Ports, best first.
    """
    while True:
        order = order_of(found, reach.harbour_m)
        last = order[min(SHOWN, order.shape[0]) - 1]
        is_first = np.zeros(order.shape[0], np.bool_)
        is_first[order[:SHOWN]] = True
        is_first &= found.status != _EXCLUDED
        if found.status[last] <= _CAUTION:
            # A closer look may bring these among them.
            is_first |= found.bound_s < found.key_s[last]
        coarse = np.flatnonzero(is_first & ~found.closely)
        if coarse.shape[0] == 0:
            return order
        refine_rows(inputs, reach, detour_set, found, coarse)


@kernel
def order_of(found, harbour_m):
    """Rows, best first: suitable and cautioned by key, then unconfirmed, then excluded, each by key.

    An unknown key comes last of its kind; there the port comes first of which fewer other things are not known, and of
    equals the nearer one, its harbour leg included. Ties fall to the lower row, so equal inputs give equal orders. [m]
    """
    by = found.key_s.copy()
    kind = np.zeros(by.shape[0])
    _fill_places(found, harbour_m, by, kind)
    # Both sorts are stable: within a kind the order by key stays.
    by_key = np.argsort(by, kind="mergesort")
    return by_key[np.argsort(kind[by_key], kind="mergesort")]


@leaf_kernel
def _fill_places(found, harbour_m, by, kind):
    """Enter of what kind each row is, and by what those of a kind are ordered where the key is not known."""
    for row in range(by.shape[0]):
        # Suitable and cautioned ones are of a kind.
        if found.status[row] > Status.CAUTION:
            kind[row] = 2.0 * found.status[row]
        if np.isnan(by[row]):
            kind[row] += 1
            by[row] = found.ways.distance_m[row]
            if not np.isnan(harbour_m[row]):
                by[row] += harbour_m[row]
            for rule in range(found.weight.shape[1]):
                if found.table.verdict[row, rule] == Verdict.UNKNOWN and found.weight[row, rule] == Weight.HARD:
                    by[row] += LONGER_THAN_ANY_WAY_M


def is_near_tie(best_s: float, second_s: float, within_s: float, within_share: float) -> bool:
    """Whether two keys are too close to tell apart: within the greater of a time and a share of the better one. [s]"""
    return second_s - best_s <= max(within_s, within_share * best_s)
