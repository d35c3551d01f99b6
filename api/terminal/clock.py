"""What time it is: the computer's clock, or the fix's where that is wrong. Pure.

A small computer without a battery starts in the year it was made; one set to local time is out by hours. A receiver
tells the time by atomic clocks, but one that is old may be out by 1024 weeks, and one that replays a log by anything.

* A receiver's clock is listened to once it has run steadily for a while.
* It corrects the computer's up to a day, and beyond that only a computer's clock that is proven wrong: one that says a
  time before the geodata pack was made, or before it last said itself.
* Otherwise nobody knows which one is right: the computer's stays, not trusted, and that is said.

The steady count is one that never jumps; see `navigation`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isfinite, nan
from types import MappingProxyType
from typing import Literal, NamedTuple

ROLLOVER_S = 1024 * 7 * 86_400.0
"""After so long the week number of GPS begins anew. [s]"""
DAY_S = 86_400.0

STEADY_S = 5.0
"""[A] A receiver's clock is believed after it ran evenly for so long. [s]"""
UNEVEN_S = 2.5
"""[A] Sentences come up to a second late; more than this is another clock. [s]"""
WRONG_S = 2.0
"""[A] The computer's clock is used while it is no further out than this. [s]"""
FORGET_S = 600.0
"""[A] What a receiver said of the time counts for so long after its last word. [s]"""


class ReceiverClock(NamedTuple):
    """One receiver's clock: UTC less steady count, since when it has been so, and when it was last heard. [s]"""

    ahead_s: float
    first_s: float
    last_s: float
    priority: int = 1


@dataclass(frozen=True, slots=True)
class Clocks:
    """What is known of the time.

    Attributes
    ----------
    earliest_s : float
        No time before this is possible: the pack was made then, or the process has said this time before. [s]
    receivers : mapping of str to ReceiverClock
    """

    earliest_s: float = 0.0
    receivers: Mapping[str, ReceiverClock] = field(default_factory=lambda: MappingProxyType({}))


class Reading(NamedTuple):
    """The time, and how well it is known.

    Attributes
    ----------
    utc_s : float
        Seconds since 1970. [s]
    source : {"system", "fix"}
    offset_s : float
        The receiver's clock less the computer's; NaN while no receiver's is steady. [s]
    trusted : bool
    why : str
        Key of `words`; empty when all is well.
    """

    utc_s: float
    source: Literal["system", "fix"]
    offset_s: float
    trusted: bool
    why: str = ""


def observe_clock(state: Clocks, source: str, priority: int, utc_s: float, now_s: float) -> Clocks:
    """State after a receiver said what time it is; `now_s` is the steady count. [s]"""
    ahead_s = utc_s - now_s
    known = state.receivers.get(source)
    if known is not None and abs(ahead_s - known.ahead_s) <= UNEVEN_S:
        # The least late of its sentences is the nearest to the truth.
        view = known._replace(ahead_s=max(ahead_s, known.ahead_s), last_s=now_s, priority=priority)
    else:
        view = ReceiverClock(ahead_s, now_s, now_s, priority)
    return replace(state, receivers=MappingProxyType({**state.receivers, source: view}))


def read_clock(state: Clocks, now_s: float, system_s: float) -> Reading:
    """The time at a steady count, when the computer's clock says `system_s`. [s]"""
    system_is_possible = system_s >= state.earliest_s
    alone = Reading(system_s, "system", nan, system_is_possible, "" if system_is_possible else "clock_before")
    steady = [
        view for view in state.receivers.values()
        if view.last_s - view.first_s >= STEADY_S and now_s - view.last_s <= FORGET_S
    ]  # fmt: skip
    if not steady:
        return alone
    view = min(steady, key=lambda view: (view.priority, -view.last_s))
    utc_s = _unrolled(view.ahead_s + now_s, system_s, state.earliest_s)
    if not isfinite(utc_s):
        # A receiver of another epoch says nothing about the time of day here.
        return alone._replace(offset_s=view.ahead_s + now_s - system_s, why=alone.why or "clock_epoch")
    offset_s = utc_s - system_s
    if system_is_possible and abs(offset_s) <= WRONG_S:
        return Reading(system_s, "system", offset_s, True)
    if abs(offset_s) <= DAY_S or not system_is_possible:
        return Reading(utc_s, "fix", offset_s, True, "clock_corrected")
    return Reading(system_s, "system", offset_s, False, "clock_doubt")


def _unrolled(utc_s: float, system_s: float, earliest_s: float) -> float:
    """A receiver's time, 1024 weeks later where it began to count anew; NaN for one that can't be. [s]"""
    for times in range(4):
        later_s = utc_s + times * ROLLOVER_S
        if times > 0 and abs(later_s - system_s) > DAY_S:
            # Only a receiver that is right but for the weeks may be put right by weeks.
            continue
        if later_s >= earliest_s:
            return later_s
    return nan
