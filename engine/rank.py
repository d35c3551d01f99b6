"""From findings to an order: status of each port, its key, and who comes first."""

import numpy as np

from engine.kernels.jit import kernel
from engine.vocab import Status, Verdict, Weight

_CAUTION = int(Status.CAUTION)


@kernel
def statuses(verdict, weight):
    """Status of every port from its findings.

    Parameters
    ----------
    verdict, weight : ndarray of int8, shape (p, rules)
        `Verdict` and `Weight` of each finding.

    Returns
    -------
    ndarray of int8, shape (p,)
        `Status`: one hard fail excludes, one hard unknown leaves unconfirmed, any soft fail or unknown is a caution.
    """
    count, rules = verdict.shape
    status = np.empty(count, np.int8)
    for p in range(count):
        status[p] = Status.SUITABLE
        for r in range(rules):
            if weight[p, r] == Weight.INFO or verdict[p, r] == Verdict.PASS or verdict[p, r] == Verdict.NOT_APPLICABLE:
                continue
            found = Status.UNCONFIRMED
            if weight[p, r] == Weight.SOFT:
                found = Status.CAUTION
            elif verdict[p, r] == Verdict.FAIL:
                found = Status.EXCLUDED
            if found > status[p]:
                status[p] = found
    return status


@kernel
def weigh(verdict, code, weight_of_code, penalty_of_code):
    """Weight of every finding and the penalty each port has drawn.

    Parameters
    ----------
    verdict : ndarray of int8, shape (p, rules)
    code : ndarray of int16, shape (p, rules)
    weight_of_code : ndarray of int8, indexed by code
    penalty_of_code : ndarray of float64, indexed by code
        Added to the key for a soft finding that is not a pass. [s]

    Returns
    -------
    weight : ndarray of int8, shape (p, rules)
    penalty_s : ndarray of float64, shape (p,)
    """
    count, rules = verdict.shape
    weight = np.empty((count, rules), np.int8)
    penalty_s = np.zeros(count)
    for p in range(count):
        for r in range(rules):
            weight[p, r] = weight_of_code[code[p, r]]
            if weight[p, r] == Weight.SOFT and (verdict[p, r] == Verdict.FAIL or verdict[p, r] == Verdict.UNKNOWN):
                penalty_s[p] += penalty_of_code[code[p, r]]
    return weight, penalty_s


def order_of(status: np.ndarray, key_s: np.ndarray) -> np.ndarray:
    """Port indices, best first: suitable and cautioned by key, then unconfirmed, then excluded, each by key.

    Ties fall to the lower index, so equal inputs give equal orders; an unknown key (NaN) comes last of its kind.
    """
    # `lexsort` is stable, so equal keys keep the order of their indices.
    return np.lexsort((key_s, np.maximum(status, _CAUTION)))


def is_near_tie(best_s: float, second_s: float, within_s: float, within_share: float) -> bool:
    """Whether two keys are too close to tell apart: within the greater of a time and a share of the better one. [s]"""
    return second_s - best_s <= max(within_s, within_share * best_s)
