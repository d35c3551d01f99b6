"""``decide(ask, world)``: the whole decision, pure. Reads top to bottom: measure, open, judge, say what is odd."""

from itertools import pairwise
from math import isinf, isnan, nan

import numpy as np

from engine.bank_screen import prepare_banks
from engine.branch_and_bound import SearchResult, search_ports
from engine.codes import Code, Rule, Status
from engine.entrance import time_inside_s
from engine.evaluate import deciding_rule
from engine.kernels.mesh import NOWHERE
from engine.kernels.plane import to_plane
from engine.kernels.zones import region_at
from engine.model import Ask, Centre, Coordination, Decision, World
from engine.notices import AnswerFlags, notices_of
from engine.rank import is_near_tie
from engine.request_context import RequestContext, build_context
from engine.sensitivity import inputs_in_doubt, sensitive_inputs, winners_on_error_circle
from engine.static_rules import port_figures_of
from engine.weights import weights_of

# numpy compares with a plain integer thirty times faster than with a member of an IntEnum.
_CAUTION = int(Status.CAUTION)
_UNCONFIRMED = int(Status.UNCONFIRMED)


def decide(ask: Ask, world: World, *, sensitivity: bool = True, every_port: bool = True) -> Decision:
    """The nearest port fit to receive these people from this vessel, and why no nearer one.

    Parameters
    ----------
    ask : Ask
    world : World
    sensitivity : bool
        Whether to try what the doubt of position and inputs would change. Without it ports are judged and ordered all
        the same, faster; notices and ``sensitive_to`` name no such doubt.
    every_port : bool
        Whether to judge also ports that are neither among the first few nor nearer than the recommended one. Without
        them the answer is the same to the last bit, several times as fast, and its order ends with those that are.

    Returns
    -------
    Decision
        "No port is fit" is an answer, not an error: then every port has been judged.

    Raises
    ------
    PositionRefused
        The position is outside the area, on land, or in water without a way out.
    """
    context = build_context(ask, world, coordination_at(world, ask))
    if not sensitivity:
        return _assemble(context, search_ports(context, every_port=every_port, names_round=True), (), moved=())
    names, variants = inputs_in_doubt(ask.policy, world)
    found = search_ports(context, variants=variants, every_port=every_port, names_round=True)
    moved = winners_on_error_circle(context, found)
    return _assemble(context, found, sensitive_inputs(names, found), moved=moved)


def warm_search(ask: Ask, world: World) -> None:
    """Search once, and find out what ways over banks need: the first request that does so does not wait for it."""
    context = build_context(ask, world, coordination_at(world, ask))
    prepare_banks(context)
    search_ports(context)


def _assemble(
    context: RequestContext, found: SearchResult, turning: tuple[str, ...], *, moved: tuple[int, ...]
) -> Decision:
    ask, limits, evaluation, table = context.ask, context.ask.policy.limits, found.evaluation, found.table
    to_second_s, near_tie = _margin(found, limits.near_tie_s, limits.near_tie_share)
    nearer = _unconfirmed_nearer(context, found)
    sensitive = (*(("position",) if moved else ()), *turning, *(("unconfirmed_port",) if nearer is not None else ()))
    early_s, late_s = _range_of(context, found)
    return Decision(
        ask=ask,
        world=context.world,
        access=context.access,
        depth_class=context.depth_class,
        needed_depth_m=context.needed_depth_m,
        persons=context.persons,
        speed_ms=context.speed_ms,
        reach=found.reach,
        distance_m=found.reach.distance_m + found.reach.harbour_m,
        time_s=table.time_s,
        low_s=early_s,
        high_s=late_s,
        wait_s=table.wait_s,
        travel_times=evaluation.ways.travel_times,
        closely=evaluation.closely,
        touched=evaluation.ways.touched,
        detours=found.detours,
        key_s=found.key_s,
        plain_key_s=evaluation.plain_key_s,
        status=found.status,
        verdict=table.verdict,
        code=table.code,
        weight=evaluation.weight,
        measured=table.measured,
        limit=table.limit,
        order=found.order,
        is_settled=evaluation.is_settled,
        coordination=context.coordination,
        notices=tuple(notices_of(context, found, AnswerFlags(moved, turning, near_tie, nearer))),
        to_second_s=to_second_s,
        near_tie=near_tie,
        sensitive_to=sensitive,
        proof=found.proof,
        bank_ways=found.bank_ways,
    )


def _range_of(context: RequestContext, found: SearchResult) -> tuple[np.ndarray, np.ndarray]:
    """Earliest and latest times of the landings, with the doubt of the position. [s]"""
    ask, limits, table, ways = context.ask, context.ask.policy.limits, found.table, found.evaluation.ways
    if not ask.position_accuracy_m > 0.0:
        return np.maximum(table.low_s, 0.0), table.high_s
    # The fix may be this much nearer or farther, run at the ends of the speed's own range.
    slack_m = ask.position_accuracy_m
    # At the pace made good on the way there, or in calm water if that is the slower.
    is_run = np.isfinite(ways.travel_times.time_s) & (ways.distance_m > 0.0)
    pace = np.divide(ways.travel_times.time_s, ways.distance_m, out=np.zeros(len(is_run)), where=is_run)
    pace = np.maximum(pace, 1.0 / context.speed_ms)
    early_s = np.maximum(table.low_s - slack_m * pace / (1.0 + limits.speed_uncertainty_share), 0.0)
    return early_s, table.high_s + slack_m * pace / (1.0 - limits.speed_uncertainty_share)


def coordination_at(world: World, ask: Ask) -> Coordination:
    """Search and rescue region of the position and the centres to talk to; both sides near the line."""
    mesh = world.water.mesh
    px, py = to_plane(ask.lon, ask.lat, mesh.origin_lon_deg, mesh.origin_lat_deg)
    here, other, line_m, doubt_m = region_at(world.regions, ask.policy.limits.srr_band_m, px, py)
    accuracy_m = 0.0 if isnan(ask.position_accuracy_m) else ask.position_accuracy_m
    band = line_m <= doubt_m + accuracy_m
    # On the very rim of the area the polygons may miss a position by their rounding: the nearest one counts.
    here = other if here < 0 else here
    srr = world.region_ids[here] if here >= 0 else ""
    leading = [_centre_for(world, srr, ask.lon, ask.lat)]
    if band and other >= 0:
        leading.append(_centre_for(world, world.region_ids[other], ask.lon, ask.lat))
    return Coordination(srr, band, line_m, tuple(centre for centre in leading if centre is not None))


def _centre_for(world: World, srr: str, lon: float, lat: float) -> Centre | None:
    """The first centre of a region whose area holds the position, or else its first centre."""
    of_region = [centre for centre in world.centres if centre.srr == srr]
    for centre in of_region:
        if any(_is_within(ring, lon, lat) for ring in centre.areas):
            return centre
    return of_region[0] if of_region else None


def _is_within(ring: tuple[tuple[float, float], ...], lon: float, lat: float) -> bool:
    """Whether a position lies inside a closed ring of positions, straight between them on a map of degrees."""
    inside = False
    for (lon_1, lat_1), (lon_2, lat_2) in pairwise(ring):
        if (lat_1 > lat) != (lat_2 > lat) and lon < lon_1 + (lon_2 - lon_1) * (lat - lat_1) / (lat_2 - lat_1):
            inside = not inside
    return inside


def _margin(found: SearchResult, within_s: float, within_share: float) -> tuple[float, bool]:
    """Time from the winner to the runner-up, and whether they are too close to tell apart."""
    if found.winner is None or len(found.order) < 2:
        return nan, False
    first, second = int(found.order[0]), int(found.order[1])
    if found.status[second] > _CAUTION or isinf(found.key_s[second]):
        return nan, False
    gap = float(found.key_s[second] - found.key_s[first])
    return gap, is_near_tie(float(found.key_s[first]), float(found.key_s[second]), within_s, within_share)


def _unconfirmed_nearer(context: RequestContext, found: SearchResult) -> int | None:
    """The best unconfirmed port when it is much nearer than the winner."""
    if found.winner is None:
        return None
    # Nearer is a matter of the plain key: what the evidence of either port costs makes no way shorter.
    plain_s = found.evaluation.plain_key_s
    unconfirmed = np.flatnonzero((found.status == _UNCONFIRMED) & np.isfinite(plain_s))
    if len(unconfirmed) == 0:
        return None
    nearest = unconfirmed[np.argmin(plain_s[unconfirmed])]
    limits = context.ask.policy.limits
    best_s = float(plain_s[found.winner])
    saves_s = best_s - float(plain_s[nearest])
    if saves_s >= limits.much_nearer_s or saves_s >= limits.much_nearer_share * best_s:
        return int(nearest)
    return None


def deciding_finding(decision: Decision, port: int) -> int | None:
    """Rule whose finding keeps a port from being the answer, by `engine.evaluate.deciding_rule`.

    Returns
    -------
    int or None
        Index of a `Rule`, or None when nothing but its key stands against the port.
    """
    return deciding_findings(decision, [port])[0]


def deciding_findings(decision: Decision, ports: list[int]) -> list[int | None]:
    """`deciding_finding` of several ports."""
    ask = decision.ask
    _, penalty_s, share = weights_of(ask.policy, ask.medical)
    by_care = decision.ranked_by_care
    rules = (
        deciding_rule(decision.verdict[port], decision.code[port], decision.weight[port], penalty_s, share, by_care)
        for port in ports
    )
    return [None if rule == NOWHERE else int(rule) for rule in rules]


def passed_over(decision: Decision) -> list[int]:
    """Ports nearer than the recommended one, or all of them when there is none; first those that a zone cuts off."""
    return nearer_than(decision, decision.recommended)


def only_by_person(decision: Decision, port: int) -> bool:
    """Whether a port is a beach or another place that only a person may choose."""
    return int(decision.code[port, Rule.R_PRT_02]) != Code.KIND_OK


def nearer_than(decision: Decision, number: int | None) -> list[int]:
    """Ports nearer than one of them, by key or in time, nearest first; all of them where there is none.

    Before them come those that would be nearer if no exclusion zone cut them off.
    """
    key_ceiling = np.inf if number is None else decision.plain_key_s[number]
    time_ceiling = np.inf if number is None else decision.time_s[number]
    nearer = (decision.plain_key_s < key_ceiling) | (decision.time_s < time_ceiling)
    # Where it is doubtful when she gets in, the way there alone says whether somebody asks why not.
    limits = decision.ask.policy.limits
    is_doubtful = np.isnan(decision.wait_s) & ~(decision.high_s < np.inf) & ~nearer
    figures = port_figures_of(decision.ask.vessel, decision.ask.policy, decision.world)
    for port in np.flatnonzero(is_doubtful & (decision.travel_times.time_s < time_ceiling)).tolist():
        inside_s = time_inside_s(figures, limits, port, decision.reach.harbour_m[port], decision.speed_ms)
        nearer[port] = decision.travel_times.time_s[port] + inside_s < time_ceiling
    ports = np.flatnonzero(nearer)
    in_order = ports[np.argsort(decision.plain_key_s[ports], kind="stable")]
    cut_off = cut_off_by_zones(decision)
    return [port for port in dict.fromkeys((*cut_off, *in_order.tolist())) if port != number]


def cut_off_by_zones(decision: Decision) -> dict[int, tuple[float, tuple[str, ...]]]:
    """Ports that would be nearer than the first one without exclusion zones.

    Returns
    -------
    dict
        By port, the distance without the zones [m], and the names of those on that way.
    """
    if not decision.world.avoided:
        return {}
    facts = next((notice.facts for notice in decision.notices if notice.code == Code.ZONES_AVOIDED), {})
    if "ports" not in facts:
        return {}
    figures = zip(facts["distances_m"], facts["zones_on_way"], strict=True)  # type: ignore[call-overload]
    return dict(zip(facts["ports"], figures, strict=True))  # type: ignore[call-overload]
