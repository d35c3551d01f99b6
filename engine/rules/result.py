"""What every rule returns."""

from math import nan
from typing import NamedTuple

from engine.codes import Code, Verdict


class RuleResult(NamedTuple):
    """One rule's finding on one port.

    Attributes
    ----------
    verdict : Verdict
    code : Code
    measured, limit : float
        What was found and what it was held against, in the unit of the rule (`api.text.quantities.UNIT_OF`);
        NaN where the rule has none.
    """

    verdict: Verdict
    code: Code
    measured: float = nan
    limit: float = nan
