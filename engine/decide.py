"""``decide(ask, world)``: the whole decision, pure. Reads top to bottom: measure, judge, rank, explain what is odd."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, degrees, isinf, isnan, nan, radians, sin

import numpy as np

from engine.errors import PositionRefused
from engine.judge import AskFigures, judge
from engine.kernels.geodesy import EQUATORIAL_RADIUS_M, within_m
from engine.kernels.joining import HOPPED, IN_NARROWS, ON_BANK
from engine.kernels.mesh import ZONE_DEPTH_M, locate
from engine.kernels.plane import to_plane
from engine.kernels.reach import DepthClass, Reach
from engine.kernels.zones import region_at
from engine.model import Ask, Centre, Coordination, Decision, Notice, Vessel, World
from engine.policy import Policy
from engine.rank import is_near_tie, order_of, statuses, weigh
from engine.rules.depth_and_tide import depth_needed
from engine.sea_route import depth_class_for, reach_from
from engine.vocab import Code, Feed, Medical, Reception, Rule, Status, Verdict, Weight, weight_of

STATE_OF_REGION = {"UK": ("GB", "JE", "GG", "IM"), "FR": ("FR",), "BE": ("BE",), "NL": ("NL",), "IE": ("IE",)}
"""Countries whose ports lie in the state that answers for a search and rescue region."""

_UNCERTAINTY_POINTS = 8
_CODES = max(Code) + 1
# numpy compares with a plain integer thirty times faster than with a member of an IntEnum.
_CAUTION = int(Status.CAUTION)
_UNCONFIRMED = int(Status.UNCONFIRMED)


def decide(ask: Ask, world: World) -> Decision:
    """The nearest port fit to receive these people from this vessel, and why no nearer one.

    Parameters
    ----------
    ask : Ask
    world : World

    Returns
    -------
    Decision
        Every port judged; none is dropped. "No port is fit" is an answer, not an error.

    Raises
    ------
    PositionRefused
        The position is outside the area, on land, or in water without a way out.
    """
    limits = ask.policy.limits
    persons_known = not isnan(ask.persons_max)
    persons = ask.persons_max if persons_known else limits.persons_when_unknown
    aboard = not persons_known or persons > 0.0
    speed_ms = min(ask.vessel.speed_ms, limits.speed_cap_with_survivors_ms) if aboard else ask.vessel.speed_ms
    needed_depth_m = depth_needed(ask.vessel.draught_m, limits.keel_margin_m, limits.keel_margin_share, 0.0)
    coordination = coordination_at(world, ask)
    case = _Case(ask, world, depth_class_for(world, needed_depth_m), needed_depth_m, persons, persons_known, speed_ms,
                 coordination)  # fmt: skip
    found = _judge_at(case, ask.lon, ask.lat)
    moved = _winners_nearby(case, found)
    return _assemble(case, found, moved)


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """What stays the same however the position is moved within its uncertainty."""

    ask: Ask
    world: World
    depth_class: DepthClass
    needed_depth_m: float
    persons: float
    persons_known: bool
    speed_ms: float
    coordination: Coordination


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """All ports judged from one position."""

    reach: Reach
    verdict: np.ndarray
    code: np.ndarray
    measured: np.ndarray
    limit: np.ndarray
    weight: np.ndarray
    time_s: np.ndarray
    plain_key_s: np.ndarray
    key_s: np.ndarray
    status: np.ndarray
    order: np.ndarray
    winner: int | None


def _judge_at(case: _Case, lon: float, lat: float) -> _Found:
    ask, world, policy = case.ask, case.world, case.ask.policy
    vessel = evidence_of(ask.vessel)
    reach = reach_from(world, case.depth_class, lon, lat)
    figures = AskFigures(
        case.needed_depth_m, case.speed_ms, vessel.loa_m, vessel.beam_m, vessel.range_m,
        vessel.max_hs_m, vessel.self_righting_persons, vessel.max_persons,
        float(case.persons), case.persons_known, int(ask.medical), bool(policy.designated), policy.weigh_srr_state,
        world.lane_bits, world.firing_bits,
    )  # fmt: skip
    verdict, code, measured, limit, time_s = judge(
        figures, policy.limits, world.columns, world.live, reach.distance_m, reach.harbour_m, reach.touched, reach.poor,
        _listed(policy, world), _inside_state(world, case.coordination.srr, case.coordination.band),
    )  # fmt: skip
    weight_by_code, penalty_by_code = _weights(policy, ask.medical)
    weight, penalty_s = weigh(verdict, code, weight_by_code, penalty_by_code)
    status = statuses(verdict, weight)
    plain_key_s = time_s
    if policy.key == "time_to_care" or ask.medical == Medical.CRITICAL:
        plain_key_s = time_s + _care_delay(policy, world)
    elif policy.key == "distance":
        # Miles at the vessel's speed, so that penalties in minutes mean the same under every policy.
        plain_key_s = (reach.distance_m + reach.harbour_m) / case.speed_ms
    key_s = plain_key_s + penalty_s
    order = order_of(status, key_s)
    best = int(order[0])
    winner = best if status[best] <= _CAUTION else None
    return _Found(reach, verdict, code, measured, limit, weight, time_s, plain_key_s, key_s, status, order, winner)


def _winners_nearby(case: _Case, found: _Found) -> tuple[int, ...]:
    """Other ports that would win somewhere on the circle the position is good to."""
    ask = case.ask
    if not ask.position_accuracy_m > 0.0:
        return ()
    others: list[int] = []
    radius_deg = degrees(ask.position_accuracy_m / EQUATORIAL_RADIUS_M)
    for k in range(_UNCERTAINTY_POINTS):
        angle = radians(360.0 / _UNCERTAINTY_POINTS * k)
        lat = ask.lat + radius_deg * cos(angle)
        lon = ask.lon + radius_deg * sin(angle) / cos(radians(ask.lat))
        try:
            winner = _judge_at(case, lon, lat).winner
        except PositionRefused:
            # That part of the circle is land or off the map; nobody is there.
            continue
        if winner is not None and winner != found.winner and winner not in others:
            others.append(winner)
    return tuple(others)


def _assemble(case: _Case, found: _Found, moved: tuple[int, ...]) -> Decision:
    ask, world, limits = case.ask, case.world, case.ask.policy.limits
    to_second_s, near_tie = _margin(found, limits.near_tie_s, limits.near_tie_share)
    nearer = _unconfirmed_nearer(case, found)
    sensitive = ["position"] if moved else []
    if nearer is not None:
        sensitive.append("unconfirmed_port")
    slow = case.speed_ms * (1.0 - limits.speed_uncertainty_share)
    fast = case.speed_ms * (1.0 + limits.speed_uncertainty_share)
    slack_m = 0.0 if isnan(ask.position_accuracy_m) else ask.position_accuracy_m
    harbour_s = found.time_s - found.reach.distance_m / case.speed_ms
    return Decision(
        ask=ask,
        world=world,
        depth_class=case.depth_class,
        needed_depth_m=case.needed_depth_m,
        persons=case.persons,
        speed_ms=case.speed_ms,
        reach=found.reach,
        distance_m=found.reach.distance_m + found.reach.harbour_m,
        time_s=found.time_s,
        low_s=np.maximum(found.reach.distance_m - slack_m, 0.0) / fast + harbour_s,
        high_s=(found.reach.distance_m + slack_m) / slow + harbour_s,
        key_s=found.key_s,
        plain_key_s=found.plain_key_s,
        status=found.status,
        verdict=found.verdict,
        code=found.code,
        weight=found.weight,
        measured=found.measured,
        limit=found.limit,
        order=found.order,
        coordination=case.coordination,
        notices=tuple(_notices(case, found, moved, near_tie, nearer)),
        to_second_s=to_second_s,
        near_tie=near_tie,
        sensitive_to=tuple(sensitive),
    )


def coordination_at(world: World, ask: Ask) -> Coordination:
    """Search and rescue region of the position and the centres to talk to; both sides near the line."""
    mesh = world.water.mesh
    px, py = to_plane(ask.lon, ask.lat, mesh.origin_lon_deg, mesh.origin_lat_deg)
    here, other, line_m = region_at(world.regions, px, py)
    accuracy_m = 0.0 if isnan(ask.position_accuracy_m) else ask.position_accuracy_m
    band = line_m <= ask.policy.limits.srr_band_m + accuracy_m
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
        if centre.west <= lon <= centre.east and centre.south <= lat <= centre.north:
            return centre
    return of_region[0] if of_region else None


def _margin(found: _Found, within_s: float, within_share: float) -> tuple[float, bool]:
    """Time from the winner to the runner-up, and whether they are too close to tell apart."""
    if found.winner is None or len(found.order) < 2:
        return nan, False
    first, second = int(found.order[0]), int(found.order[1])
    if found.status[second] > _CAUTION or isinf(found.key_s[second]):
        return nan, False
    gap = float(found.key_s[second] - found.key_s[first])
    return gap, is_near_tie(float(found.key_s[first]), float(found.key_s[second]), within_s, within_share)


def _unconfirmed_nearer(case: _Case, found: _Found) -> int | None:
    """The best unconfirmed port when it is much nearer than the winner."""
    if found.winner is None:
        return None
    unconfirmed = found.order[found.status[found.order] == _UNCONFIRMED]
    if len(unconfirmed) == 0:
        return None
    limits = case.ask.policy.limits
    best_s = float(found.key_s[found.winner])
    saves_s = best_s - float(found.key_s[unconfirmed[0]])
    if saves_s >= limits.much_nearer_s or saves_s >= limits.much_nearer_share * best_s:
        return int(unconfirmed[0])
    return None


def _notices(case: _Case, found: _Found, moved: tuple[int, ...], near_tie: bool, nearer: int | None) -> list[Notice]:
    ask = case.ask
    notices = _rescue_notices(ask)
    if ask.medical == Medical.CRITICAL:
        notices.append(Notice(Code.MED_TIME_CRITICAL))
    if found.winner is None:
        any_left = found.status[found.order[0]] == _UNCONFIRMED
        notices.append(Notice(Code.NO_PORT_CONFIRMED if any_left else Code.NO_PORT_FIT))
    elif nearer is not None:
        notices.append(Notice(Code.UNCONFIRMED_NEARER, {"port": nearer, "time_s": float(found.time_s[nearer])}))
    missing = _unlisted_nearer(case, found)
    if missing:
        notices.append(Notice(Code.UNLISTED_PORT_NEARER, {"names": missing}))
    if near_tie:
        two = (int(found.order[0]), int(found.order[1]))
        notices.append(Notice(Code.NEAR_TIE, {"ports": two, "times_s": tuple(float(found.key_s[p]) for p in two)}))
    if moved:
        notices.append(Notice(Code.POS_UNCERTAIN_CHANGES_ANSWER, {"ports": moved}))
    notices += _position_notices(ask, case.world, found.reach)
    notices += _vessel_notices(case)
    notices += _region_notices(case)
    notices += _feed_notices(case)
    if case.world.avoided:
        notices.append(Notice(Code.ZONES_AVOIDED, {"names": case.world.avoided}))
    notices.append(Notice(Code.CALM_WATER_TIMES))
    if ask.medical != Medical.CRITICAL:
        # The switch to time to care overrules the policy's own key, and says so itself.
        notices.append(Notice(Code.POLICY_EFFECT))
    notices.append(Notice(Code.ADVISORY_ONLY))
    notices.append(Notice(Code.NOT_FOR_NAVIGATION))
    return notices


def _unlisted_nearer(case: _Case, found: _Found) -> tuple[str, ...]:
    """Harbours just outside the register that even the straight line does not put farther than the best port."""
    first = int(found.order[0])
    best_m = float(found.reach.distance_m[first] + found.reach.harbour_m[first])
    near = within_m(case.world.beyond_positions, case.ask.lon, case.ask.lat, best_m)
    return tuple(case.world.beyond_names[k] for k in np.flatnonzero(near)) if near.any() else ()


def _rescue_notices(ask: Ask) -> list[Notice]:
    """Whether everybody is out of the water: the first thing to settle."""
    if ask.persons_in_water or ask.persons_recovered < ask.persons_min:
        return [Notice(Code.RESCUE_INCOMPLETE)]
    if ask.persons_in_water is None or not ask.persons_recovered >= ask.persons_max:
        return [Notice(Code.RESCUE_STATE_UNKNOWN)]
    return []


def _position_notices(ask: Ask, world: World, reach: Reach) -> list[Notice]:
    limits = ask.policy.limits
    notices = []
    if ask.position_age_s > limits.fix_stale_after_s:
        notices.append(Notice(Code.POS_STALE, {"age_s": ask.position_age_s}))
    elif ask.position_age_s > limits.fix_dead_reckoned_after_s:
        notices.append(Notice(Code.POS_DEAD_RECKONED, {"age_s": ask.position_age_s}))
    if reach.inland_m > 0.0:
        notices.append(Notice(Code.POS_NEAR_SHORE, {"metres": reach.inland_m}))
    if reach.kind == HOPPED:
        notices.append(Notice(Code.POS_JOINED, {"metres": reach.path_m}))
    elif reach.kind == ON_BANK:
        mesh = world.water.mesh
        triangle = locate(mesh, *to_plane(ask.lon, ask.lat, mesh.origin_lon_deg, mesh.origin_lat_deg))
        in_zone = mesh.least_depth[triangle] == ZONE_DEPTH_M
        notices.append(Notice(Code.POS_IN_ZONE if in_zone else Code.POS_ON_BANK))
    elif reach.kind == IN_NARROWS:
        notices.append(Notice(Code.POS_IN_NARROWS, {"metres": reach.path_m}))
    return notices


def _vessel_notices(case: _Case) -> list[Notice]:
    ask, vessel = case.ask, case.ask.vessel
    notices = []
    if not case.persons_known:
        notices.append(Notice(Code.POB_UNKNOWN, {"persons": case.persons}))
    elif ask.persons_min != ask.persons_max:
        notices.append(Notice(Code.POB_RANGE, {"persons": (ask.persons_min, ask.persons_max)}))
    if vessel.id == "unknown":
        notices.append(Notice(Code.VESSEL_PROFILE_UNKNOWN))
    if vessel.assumed:
        notices.append(Notice(Code.VESSEL_FACTS_ASSUMED, {"names": vessel.assumed}))
    if case.speed_ms < vessel.speed_ms:
        notices.append(Notice(Code.SPEED_CAPPED))
    return notices


_REGION_CODES = {"UK": Code.SRR_UK, "FR": Code.SRR_FR, "BE": Code.SRR_BE, "NL": Code.SRR_NL, "IE": Code.SRR_IE}


def _region_notices(case: _Case) -> list[Notice]:
    coordination = case.coordination
    notices = []
    if coordination.srr in _REGION_CODES:
        notices.append(Notice(_REGION_CODES[coordination.srr]))
    if coordination.band:
        notices.append(Notice(Code.SRR_BOUNDARY_BAND, {"metres": coordination.line_m}))
    notices.append(Notice(Code.SRR_APPROXIMATE))
    return notices


def _feed_notices(case: _Case) -> list[Notice]:
    """That a source was never connected is said here once; findings repeat it by code."""
    live = case.world.live
    absent = (
        (live.status_feed, Code.NO_STATUS_FEED),
        (live.capacity_feed, Code.NO_CAPACITY_FEED),
        (live.reception_feed, Code.NO_RECEPTION_FEED),
    )
    notices = [Notice(code) for feed, code in absent if feed == Feed.ABSENT]
    notices.append(Notice(Code.WX_MISSING))
    notices.append(Notice(Code.TIDE_MISSING))
    return notices


def deciding_finding(decision: Decision, port: int) -> int | None:
    """Rule whose finding keeps a port from being the answer: the first hard fail, hard unknown, or penalised soft one.

    Where ports are ranked by time to care, the last thing that can stand against one is its medical reception.

    Returns
    -------
    int or None
        Index of a `Rule`, or None when nothing but its key stands against the port.
    """
    penalties = decision.ask.policy.penalties_s
    for verdict, weight in ((Verdict.FAIL, Weight.HARD), (Verdict.UNKNOWN, Weight.HARD)):
        for rule in Rule:
            if decision.verdict[port, rule] == verdict and decision.weight[port, rule] == weight:
                return int(rule)
    for rule in Rule:
        against = decision.verdict[port, rule] in (Verdict.FAIL, Verdict.UNKNOWN)
        if against and decision.weight[port, rule] == Weight.SOFT and Code(decision.code[port, rule]) in penalties:
            return int(rule)
    if decision.ranked_by_care:
        return int(Rule.R_MED_02)
    return None


def passed_over(decision: Decision) -> list[int]:
    """Ports nearer than the recommended one, by its key or in time, nearest first; all of them when there is none."""
    best = decision.recommended
    key_ceiling = np.inf if best is None else decision.plain_key_s[best]
    time_ceiling = np.inf if best is None else decision.time_s[best]
    nearer = (decision.plain_key_s < key_ceiling) | (decision.time_s < time_ceiling)
    return [int(p) for p in np.argsort(decision.plain_key_s, kind="stable") if nearer[p] and int(p) != best]


@lru_cache(maxsize=128)
def evidence_of(vessel: Vessel) -> Vessel:
    """The vessel as rules may hold her against a port: figures that are assumptions become unknown.

    Speed, draught and sea limit stay: they are needed to answer at all, and err on the careful side.
    """
    assumed = vessel.assumed
    return replace(
        vessel,
        range_m=nan if "range_nm" in assumed else vessel.range_m,
        loa_m=nan if "loa_m" in assumed else vessel.loa_m,
        beam_m=nan if "beam_m" in assumed else vessel.beam_m,
        max_persons=nan if "max_persons" in assumed else vessel.max_persons,
        self_righting_persons=nan if "self_righting_persons" in assumed else vessel.self_righting_persons,
    )


@lru_cache(maxsize=128)
def _weights(policy: Policy, medical: Medical) -> tuple[np.ndarray, np.ndarray]:
    """Weight and penalty by code under a policy."""
    weight = np.full(_CODES, int(Weight.SOFT), np.int8)
    penalty_s = np.zeros(_CODES)
    for code in Code:
        weight[code] = policy.weights.get(code, weight_of(code))
        penalty_s[code] = policy.penalties_s.get(code, 0.0)
    if medical == Medical.CRITICAL:
        # MSC.167(78) 6.15: for a time-critical casualty, care ashore is part of being fit.
        weight[Code.MED_RECEPTION_NONE] = weight[Code.MED_RECEPTION_UNKNOWN] = int(Weight.HARD)
    return weight, penalty_s


@lru_cache(maxsize=128)
def _listed(policy: Policy, world: World) -> np.ndarray:
    return np.array([port.id in policy.designated for port in world.ports], np.bool_)


@lru_cache(maxsize=128)
def _inside_state(world: World, srr: str, band: bool) -> np.ndarray:
    """Ports in the state that answers for a region; in the boundary band both sides count."""
    if band:
        return np.ones(len(world.ports), np.bool_)
    countries = STATE_OF_REGION.get(srr, ())
    return np.array([port.country in countries for port in world.ports], np.bool_)


@lru_cache(maxsize=128)
def _care_delay(policy: Policy, world: World) -> np.ndarray:
    by_kind = np.array([policy.care_delay_s[kind] for kind in Reception])
    return np.asarray(by_kind[world.columns.reception])
