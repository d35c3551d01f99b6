"""Who answers for the place: an operator's list of landing ports, the state of the search and rescue region."""

from math import nan

from engine.codes import Code, Verdict
from engine.kernels.jit import leaf_kernel
from engine.rules.result import RuleResult


def designated_place(has_list: bool, listed: bool) -> RuleResult:
    """The port is on the operator's list of landing places, where there is such a list."""
    if not has_list:
        return RuleResult(Verdict.NOT_APPLICABLE, Code.NO_DESIGNATED_LIST, nan, nan)
    if listed:
        return RuleResult(Verdict.PASS, Code.PORT_DESIGNATED, nan, nan)
    return RuleResult(Verdict.FAIL, Code.PORT_NOT_DESIGNATED, nan, nan)


@leaf_kernel
def in_srr_state(weighed, inside):
    """The port lies in the state whose search and rescue region the encounter is in; only a policy weighs it."""
    if not weighed:
        return RuleResult(Verdict.NOT_APPLICABLE, Code.SRR_STATE_NOT_WEIGHED, nan, nan)
    if inside:
        return RuleResult(Verdict.PASS, Code.IN_SRR_STATE, nan, nan)
    return RuleResult(Verdict.FAIL, Code.OUTSIDE_SRR_STATE, nan, nan)


def register_confidence(confidence: int) -> RuleResult:
    """The register's own confidence in its facts on the port: 2 high, 1 medium, 0 low."""
    if confidence >= 2:
        return RuleResult(Verdict.PASS, Code.REGISTER_CONFIDENT, nan, nan)
    return RuleResult(Verdict.UNKNOWN, Code.REGISTER_UNVERIFIED, nan, nan)
