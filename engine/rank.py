"""Who comes first, and what is too close to tell apart."""

import numpy as np

from engine.vocab import Status

_CAUTION = int(Status.CAUTION)


def order_of(status: np.ndarray, key_s: np.ndarray) -> np.ndarray:
    """Port indices, best first: suitable and cautioned by key, then unconfirmed, then excluded, each by key.

    Ties fall to the lower index, so equal inputs give equal orders; an unknown key (NaN) comes last of its kind.
    """
    # `lexsort` is stable, so equal keys keep the order of their indices.
    return np.lexsort((key_s, np.maximum(status, _CAUTION)))


def is_near_tie(best_s: float, second_s: float, within_s: float, within_share: float) -> bool:
    """Whether two keys are too close to tell apart: within the greater of a time and a share of the better one. [s]"""
    return second_s - best_s <= max(within_s, within_share * best_s)
