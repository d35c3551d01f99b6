"""How findings weigh: by the policy, and by what the worst casualty needs."""

from functools import lru_cache

import numpy as np

from engine.codes import Code, Medical, Weight, weight_of
from engine.policy import Policy

_CODES = max(Code) + 1


@lru_cache(maxsize=128)
def weights_of(policy: Policy, medical: Medical) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weight by code under a policy, and penalty in seconds and as a share of the time to the port."""
    share = np.zeros(_CODES)
    weight = np.full(_CODES, int(Weight.SOFT), np.int8)
    penalty_s = np.zeros(_CODES)
    for code in Code:
        weight[code] = policy.weights.get(code, weight_of(code))
        penalty_s[code] = policy.penalties_s.get(code, 0.0)
        share[code] = policy.penalty_shares.get(code, 0.0)
    if medical == Medical.CRITICAL:
        # MSC.167(78) 6.15: for a time-critical casualty, care ashore is part of being fit.
        weight[Code.MED_RECEPTION_NONE] = weight[Code.MED_RECEPTION_UNKNOWN] = int(Weight.HARD)
    return weight, penalty_s, share
