"""When a port that is shut now opens for this vessel: worked out when somebody reads it."""

from math import floor, isfinite, isnan, nan

from engine.codes import Rule
from engine.entrance import entry_at, sill_of, time_inside_s
from engine.model import Decision
from engine.static_rules import port_figures_of
from engine.units import HOUR_S, MINUTE_S

LOOKED_AHEAD_S = 26 * HOUR_S
"""Two tides and a little: what stays shut that long stays shut for this draught while the tides are this small."""


def opens_at_s(decision: Decision, port: int) -> float:
    """Earliest entry that is sure to find water and open hours, to the next whole minute.

    Parameters
    ----------
    decision : Decision
    port : int

    Returns
    -------
    float
        NaN where nothing shuts the port, where the tide is not known, or where it stays shut for `LOOKED_AHEAD_S`.
        [epoch s]
    """
    passage_s = float(decision.travel_times.time_s[port])
    # What is judged open at arrival needs no telling, and what is shut for want of a figure cannot be told.
    if decision.wait_s[port] == 0.0 or not isfinite(passage_s):
        return nan
    vessel, limits = decision.ask.vessel, decision.ask.policy.limits
    figures = port_figures_of(vessel, decision.ask.policy, decision.world)
    inside_s = float(time_inside_s(figures, limits, port, decision.reach.harbour_m[port], decision.speed_ms))
    needed_m = float(decision.limit[port, Rule.R_NAV_01])
    # Over a day and a night the shorter hours are sure.
    sill = sill_of(
        figures, limits, port, vessel.draught_m, needed_m, 0.0 if isnan(inside_s) else inside_s, True, True
    )  # fmt: skip
    arrival_s = decision.ask.at_s + passage_s
    wait_s = float(entry_at(decision.world.tides, port, sill, arrival_s, 0.0, LOOKED_AHEAD_S).wait_s)
    if not isfinite(wait_s) or wait_s == 0.0:
        return nan
    return (floor((arrival_s + wait_s) / MINUTE_S) + 1) * MINUTE_S
