"""Who comes first, and what is too close to tell apart."""

import numpy as np

from engine.codes import Status, Verdict, Weight
from engine.kernels.jit import kernel, leaf_kernel

LONGER_THAN_ANY_WAY_M = 1e8
"""More than the earth is round, so that what is not known counts before any distance. [m]"""


@kernel
def order_of(found, harbour_m, ports):
    """Ports, best first: suitable and cautioned by key, then unconfirmed, then excluded, each by key.

    An unknown key comes last of its kind; there the port comes first of which fewer other things are not known, and of
    equals the nearer one, its harbour leg included. Ties fall to the lower number, so equal inputs give equal orders.

    Parameters
    ----------
    found : Evaluation
    harbour_m : ndarray of float64, shape (p,)
        From the approach points to the landings. [m]
    ports : ndarray of int64, shape (n,)
        Those to be put in order, increasing; all have been looked at.

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    by = found.key_s[ports]
    kind = np.zeros(ports.shape[0])
    _fill_places(found, harbour_m, ports, by, kind)
    # Both sorts are stable: within a kind the order by key stays.
    by_key = np.argsort(by, kind="mergesort")
    return ports[by_key[np.argsort(kind[by_key], kind="mergesort")]]


@leaf_kernel
def _fill_places(found, harbour_m, ports, by, kind):
    """Enter of what kind each port is, and by what those of a kind are ordered where the key is not known."""
    for place in range(ports.shape[0]):
        p = ports[place]
        # Suitable and cautioned ones are of a kind.
        if found.status[p] > Status.CAUTION:
            kind[place] = 2.0 * found.status[p]
        if np.isnan(by[place]):
            kind[place] += 1
            by[place] = found.ways.distance_m[p]
            if not np.isnan(harbour_m[p]):
                by[place] += harbour_m[p]
            for rule in range(found.weight.shape[1]):
                if found.table.verdict[p, rule] == Verdict.UNKNOWN and found.weight[p, rule] == Weight.HARD:
                    by[place] += LONGER_THAN_ANY_WAY_M


def is_near_tie(best_s: float, second_s: float, within_s: float, within_share: float) -> bool:
    """Whether two keys are too close to tell apart: within the greater of a time and a share of the better one. [s]"""
    return second_s - best_s <= max(within_s, within_share * best_s)
