"""Where own ship is: what sources said, in order, to one fix with its age and quality. Pure: no socket, no clock.

Time here is a steady count of seconds that never jumps (a monotonic clock); `clock` says what it means in UTC.

* The best source that speaks is followed; a lesser one takes over once that has been silent for `FixLimits.takeover_s`.
* A position the vessel can't have reached is not taken: it is questioned, until it has been consistent for a while.
* Without a new position the last one is shown with its age, then carried on by course and speed and called dead
  reckoning, then called stale and carried on no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import asin, atan2, cos, degrees, hypot, isfinite, isnan, nan, radians, sin, sqrt
from types import MappingProxyType
from typing import NamedTuple

from api.terminal.observations import Heading, Motion, NoFix, Observation, Position, is_on_earth

EARTH_M = 6_371_008.8
"""Mean radius; what is asked of distances here is whether they are possible. [m]"""
KNOT_MS = 1852.0 / 3600.0


class Quality(StrEnum):
    """How good the fix is."""

    GOOD = "good"
    QUESTIONED = "questioned"
    DEAD_RECKONING = "dead_reckoning"
    STALE = "stale"
    NONE = "none"


class FixLimits(NamedTuple):
    """All [A] but the two of the terminal's specification.

    Attributes
    ----------
    takeover_s : float
        A source silent for so long is followed no more. [s]
    dead_reckoning_s, stale_s : float
        Age at which the fix is carried on by course and speed, and at which it is not even that. [s]
    most_speed_kn : float
        Faster than this vessel ever goes, with a following stream. [kn]
    slack_m : float
        What receivers and antennas differ by. [m]
    anchor_s : float
        Speed is also taken over so long a run: a place that creeps away in small steps is a jump too. [s]
    confirm_s : float
        A questioned position is taken once it has been consistent for so long ... [s]
    questioned_s : float
        ... and stays marked for so long. [s]
    stream_kn : float
        What dead reckoning is out by: a stream nobody measured. [kn]
    """

    takeover_s: float = 10.0
    dead_reckoning_s: float = 120.0
    stale_s: float = 900.0
    most_speed_kn: float = 60.0
    slack_m: float = 200.0
    anchor_s: float = 30.0
    confirm_s: float = 30.0
    questioned_s: float = 300.0
    stream_kn: float = 3.0


DEFAULT_LIMITS = FixLimits()


class Fix(NamedTuple):
    """A position that was taken.

    Attributes
    ----------
    lon, lat : float
        [deg]
    at_s : float
        When it was measured, steady count. [s]
    source : str
    stated_s : float
        The source's own time of it. [s]
    accuracy_m : float
        [m]
    """

    lon: float
    lat: float
    at_s: float
    source: str
    stated_s: float = nan
    accuracy_m: float = nan


class SourceView(NamedTuple):
    """What one source said last, each with when; NaN for never.

    Attributes
    ----------
    priority : int
        1 is the best.
    position_at_s, no_fix_at_s, motion_at_s, heading_at_s : float
        [s]
    sog_kn, cog_deg, heading_deg : float
        [kn], [deg], [deg]
    stated_s : float
        Its own time of its last position. [s]
    """

    priority: int
    position_at_s: float = nan
    no_fix_at_s: float = nan
    motion_at_s: float = nan
    heading_at_s: float = nan
    sog_kn: float = nan
    cog_deg: float = nan
    heading_deg: float = nan
    stated_s: float = nan


class Jump(NamedTuple):
    """Positions that don't follow from the last fix: the first of them, the newest, and how far off they are."""

    first_s: float
    fix: Fix
    off_m: float


@dataclass(frozen=True, slots=True)
class Navigation:
    """Everything that is known of where own ship is.

    Attributes
    ----------
    fix : PatchWorkspace or None
        The last position taken.
    anchor : PatchWorkspace or None
        One taken a while ago.
    jump : Jump or None
        What is being questioned.
    jumped_s : float
        When a questioned position was last taken; NaN for never. [s]
    jumped_m : float
        How far it was from where she was thought to be. [m]
    sources : mapping of str to SourceView
    """

    fix: Fix | None = None
    anchor: Fix | None = None
    jump: Jump | None = None
    jumped_s: float = nan
    jumped_m: float = nan
    sources: Mapping[str, SourceView] = field(default_factory=lambda: MappingProxyType({}))


class Estimate(NamedTuple):
    """Where she is, how well that is known, and why.

    Attributes
    ----------
    lon, lat : float
        NaN where there never was a fix. [deg]
    quality : Quality
    age_s : float
        Of the last measured position; NaN without one. [s]
    accuracy_m : float
        [m]
    why : str
        Key of `words`; empty when there is nothing to say.
    figures : dict
        For that sentence.
    source : str
    sog_kn, cog_deg, heading_deg : float
        NaN where not known, or older than the source's silence allows.
    """

    lon: float
    lat: float
    quality: Quality
    age_s: float
    accuracy_m: float
    why: str
    figures: dict[str, float]
    source: str
    sog_kn: float
    cog_deg: float
    heading_deg: float


def observe(
    state: Navigation, source: str, priority: int, observation: Observation, now_s: float,
    limits: FixLimits = DEFAULT_LIMITS, measured_s: float | None = None,
) -> Navigation:  # fmt: skip
    """State after a source said something.

    Parameters
    ----------
    state : Navigation
    source : str
    priority : int
        Of the source; 1 is the best.
    observation : Observation
        Clocks and targets change nothing here.
    now_s : float
        Steady count at which it came. [s]
    limits : FixLimits
    measured_s : float, optional
        Steady count at which it was measured, where the source's own time tells it was not just now: a server that
        sends what it remembers must not make an old position new. [s]
    """
    view = state.sources.get(source, SourceView(priority))._replace(priority=priority)
    match observation:
        case Position():
            return _observe_position(state, source, view, observation, now_s, limits, measured_s)
        case NoFix():
            return _with_view(state, source, view._replace(no_fix_at_s=now_s))
        case Motion():
            return _with_view(state, source, _with_motion(view, observation, now_s))
        case Heading():
            return _with_view(state, source, view._replace(heading_at_s=now_s, heading_deg=observation.heading_deg))
    return state


def _with_view(state: Navigation, source: str, view: SourceView) -> Navigation:
    return replace(state, sources=MappingProxyType({**state.sources, source: view}))


def _with_motion(view: SourceView, motion: Motion, now_s: float) -> SourceView:
    """Speed and course come together or one by one; the course of a vessel that lies still is none."""
    sog_kn = view.sog_kn if isnan(motion.sog_kn) else motion.sog_kn
    cog_deg = view.cog_deg if isnan(motion.cog_deg) and isnan(motion.sog_kn) else motion.cog_deg
    return view._replace(motion_at_s=now_s, sog_kn=sog_kn, cog_deg=cog_deg)


def _observe_position(
    state: Navigation, source: str, view: SourceView, position: Position, now_s: float, limits: FixLimits,
    measured_s: float | None,
) -> Navigation:  # fmt: skip
    if not is_on_earth(position.lon, position.lat) or (position.at_s == view.stated_s):
        # The second: the same moment in another sentence, or a receiver that hangs and repeats itself.
        return _with_view(state, source, view)
    at_s = now_s if measured_s is None else min(measured_s, now_s)
    state = _with_view(state, source, view._replace(position_at_s=at_s, stated_s=position.at_s))
    new = Fix(position.lon, position.lat, at_s, source, position.at_s, position.accuracy_m)
    old = state.fix
    if old is not None and (at_s < old.at_s or _is_outranked(state, view.priority, source, now_s, limits)):
        return state
    if old is None or state.anchor is None:
        return replace(state, fix=new, anchor=new, jump=None)
    if is_possible(old, new, limits) and is_possible(state.anchor, new, limits):
        anchor = new if new.at_s - state.anchor.at_s >= limits.anchor_s else state.anchor
        return replace(state, fix=new, anchor=anchor, jump=None)
    return _question(state, old, new, limits)


def _is_outranked(state: Navigation, priority: int, source: str, now_s: float, limits: FixLimits) -> bool:
    """Whether a better source speaks, or an equal one that is being followed."""
    for name, view in state.sources.items():
        is_followed = state.fix is not None and state.fix.source == name
        is_better = view.priority < priority or (view.priority == priority and is_followed)
        if name != source and is_better and now_s - view.position_at_s <= limits.takeover_s:
            return True
    return False


def _question(state: Navigation, old: Fix, new: Fix, limits: FixLimits) -> Navigation:
    """A position she can't have reached: taken once others of the same source agree with it for a while."""
    jump = state.jump
    off_m = distance_m(old.lon, old.lat, new.lon, new.lat)
    follows = (
        jump is not None and jump.fix.source == new.source and new.at_s - jump.fix.at_s <= limits.takeover_s
        and is_possible(jump.fix, new, limits)
    )  # fmt: skip
    if jump is None or not follows:
        return replace(state, jump=Jump(new.at_s, new, off_m))
    if new.at_s - jump.first_s < limits.confirm_s:
        return replace(state, jump=Jump(jump.first_s, new, off_m))
    return replace(state, fix=new, anchor=new, jump=None, jumped_s=new.at_s, jumped_m=off_m)


def is_possible(old: Fix, new: Fix, limits: FixLimits) -> bool:
    """Whether this vessel can have gone from one fix to the other."""
    slack_m = limits.slack_m + sum(fix.accuracy_m for fix in (old, new) if isfinite(fix.accuracy_m))
    reach_m = limits.most_speed_kn * KNOT_MS * max(new.at_s - old.at_s, 0.0)
    return distance_m(old.lon, old.lat, new.lon, new.lat) <= reach_m + slack_m


def estimate(state: Navigation, now_s: float, limits: FixLimits = DEFAULT_LIMITS) -> Estimate:
    """Where she is at a moment, as well as it can be told. [s]"""
    fix = state.fix
    if fix is None:
        why = "no_fix" if any(isfinite(view.no_fix_at_s) for view in state.sources.values()) else "no_source"
        heading_deg = _heading(state, now_s, limits)
        return Estimate(nan, nan, Quality.NONE, nan, nan, why, {}, "", nan, nan, heading_deg)
    age_s = max(now_s - fix.at_s, 0.0)
    sog_kn, cog_deg = _motion(state, fix, limits)
    base = Estimate(
        fix.lon, fix.lat, Quality.GOOD, age_s, fix.accuracy_m, "", {}, fix.source,
        sog_kn, cog_deg, _heading(state, now_s, limits),
    )  # fmt: skip
    if age_s > limits.stale_s:
        return base._replace(quality=Quality.STALE, why="stale", accuracy_m=nan, sog_kn=nan, cog_deg=nan)
    if age_s > limits.dead_reckoning_s:
        return _carried_on(base, limits)
    if state.jump is not None and now_s - state.jump.fix.at_s <= limits.takeover_s:
        return base._replace(quality=Quality.QUESTIONED, why="jump", figures={"off_m": state.jump.off_m})
    if now_s - state.jumped_s <= limits.questioned_s:
        return base._replace(quality=Quality.QUESTIONED, why="jumped", figures={"off_m": state.jumped_m})
    if age_s > limits.takeover_s:
        speaks = any(now_s - view.no_fix_at_s <= limits.takeover_s for view in state.sources.values())
        return base._replace(why="receiver_without_fix" if speaks else "silent")
    return base


def _carried_on(base: Estimate, limits: FixLimits) -> Estimate:
    """The last position carried on by course and speed, as uncertain as a stream nobody measured makes it."""
    drift_m = limits.stream_kn * KNOT_MS * base.age_s + (base.accuracy_m if isfinite(base.accuracy_m) else 0.0)
    if not (isfinite(base.sog_kn) and (isfinite(base.cog_deg) or base.sog_kn < 0.5)):
        # Nobody knows where she went: anywhere she can have got to, at the speed she is known for.
        run_m = limits.most_speed_kn * KNOT_MS * base.age_s
        return base._replace(quality=Quality.DEAD_RECKONING, why="drifting", accuracy_m=drift_m + run_m)
    run_m = base.sog_kn * KNOT_MS * base.age_s
    lon, lat = move_along(base.lon, base.lat, base.cog_deg, run_m) if isfinite(base.cog_deg) else (base.lon, base.lat)
    return base._replace(lon=lon, lat=lat, quality=Quality.DEAD_RECKONING, why="dead_reckoning", accuracy_m=drift_m)


def _motion(state: Navigation, fix: Fix, limits: FixLimits) -> tuple[float, float]:
    """Speed and course at the last fix: of the source followed, else of the best that had them then. [kn], [deg]"""
    views = sorted(state.sources.items(), key=lambda entry: (entry[0] != fix.source, entry[1].priority, entry[0]))
    for _, view in views:
        if isfinite(view.sog_kn) and abs(fix.at_s - view.motion_at_s) <= limits.takeover_s:
            return view.sog_kn, view.cog_deg
    return nan, nan


def _heading(state: Navigation, now_s: float, limits: FixLimits) -> float:
    """Heading of the best source that speaks. [deg]"""
    for view in sorted(state.sources.values(), key=lambda view: view.priority):
        if isfinite(view.heading_deg) and now_s - view.heading_at_s <= limits.takeover_s:
            return view.heading_deg
    return nan


def distance_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Great-circle distance on the mean sphere; within 0.6 % of the geodesic. [m]"""
    phi1, phi2 = radians(lat1), radians(lat2)
    half = sin((phi2 - phi1) / 2.0) ** 2 + cos(phi1) * cos(phi2) * sin(radians(lon2 - lon1) / 2.0) ** 2
    return 2.0 * EARTH_M * asin(min(sqrt(half), 1.0))


def move_along(lon: float, lat: float, course_deg: float, run_m: float) -> tuple[float, float]:
    """Position after a run along a great circle on the mean sphere. [deg]"""
    angle, course, phi = run_m / EARTH_M, radians(course_deg), radians(lat)
    rising = sin(phi) * cos(angle) + cos(phi) * sin(angle) * cos(course)
    level = hypot(cos(angle) * cos(phi) - sin(phi) * sin(angle) * cos(course), sin(angle) * sin(course))
    east = atan2(sin(course) * sin(angle) * cos(phi), cos(angle) - sin(phi) * rising)
    return (lon + degrees(east) + 180.0) % 360.0 - 180.0, degrees(atan2(rising, level))
