"""What every rule returns."""

from math import nan
from typing import NamedTuple

from engine.vocab import Code, Verdict


class Judged(NamedTuple):
    """One rule's finding on one port.

    Attributes
    ----------
    verdict : Verdict
    code : Code
    measured, limit : float
        What was found and what it was held against, in the unit of the rule (`engine.explain.UNIT_OF`);
        NaN where the rule has none.
    """

    verdict: Verdict
    code: Code
    measured: float = nan
    limit: float = nan
