"""How often somebody may ask: a bucket of tokens for each principal and kind of request.

One principal's buckets have nothing to do with another's, and planning nothing with deciding: a crew that decides is
never told to wait for what somebody else, or she herself, reads or plans.
"""

import math
from collections import OrderedDict
from enum import Enum
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from api.security.roles import Permission


class RateClass(Enum):
    """Kinds of request that share a bucket."""

    DECIDE = "decide"
    CHANGE = "change"
    READ = "read"
    PLAN = "plan"
    REFUSE = "refuse"


SORT = {
    Permission.DECIDE: RateClass.DECIDE,
    Permission.READ_GEODATA: RateClass.READ,
    Permission.READ_RECORDS: RateClass.READ,
    Permission.READ_PORT_REPORTS: RateClass.READ,
    Permission.FOLLOW_EVENTS: RateClass.READ,
    Permission.READ_AUDIT: RateClass.READ,
    Permission.READ_METRICS: RateClass.READ,
    Permission.REPORT_ENCOUNTER: RateClass.CHANGE,
    Permission.CLOSE_ENCOUNTER: RateClass.CHANGE,
    Permission.DIRECT: RateClass.CHANGE,
    Permission.OVERRIDE: RateClass.CHANGE,
    Permission.HOLD_PLACES: RateClass.CHANGE,
    Permission.REPORT_PORT: RateClass.CHANGE,
    Permission.SIGN_HANDOVER: RateClass.CHANGE,
    Permission.MANAGE_KEYS: RateClass.CHANGE,
    Permission.DRAW_ZONES: RateClass.CHANGE,
    Permission.PLAN: RateClass.PLAN,
}
"""Bucket of each permission."""


class Rate(NamedTuple):
    """How fast a bucket fills, and how much it holds. [1/s], [1]"""

    per_s: float
    at_once: int


class _Level(NamedTuple):
    tokens: float
    at_s: float


class TokenBuckets:
    """Buckets by name; a new one is full.

    Parameters
    ----------
    rates : dict of Rate
    most : int
        Buckets kept. The one not used for longest goes first: most likely it is full again, which is what a new one
        is.
    """

    def __init__(self, rates: dict[RateClass, Rate], most: int) -> None:
        self._rates = rates
        self._most = most
        self._levels: OrderedDict[tuple[RateClass, str], _Level] = OrderedDict()

    def take(self, sort: RateClass, who: str, now_s: float) -> float:
        """Take one token; 0.0 when there was one, otherwise how long until there is. [s]"""
        rate = self._rates[sort]
        tokens = self._level(sort, who, now_s)
        wait_s = 0.0 if tokens >= 1.0 else (1.0 - tokens) / rate.per_s
        self._levels[sort, who] = _Level(tokens - 1.0 if tokens >= 1.0 else tokens, now_s)
        self._levels.move_to_end((sort, who))
        if len(self._levels) > self._most:
            self._levels.popitem(last=False)
        return wait_s

    def is_empty(self, sort: RateClass, who: str, now_s: float) -> bool:
        """Whether `take` would have to wait."""
        return self._level(sort, who, now_s) < 1.0

    def __len__(self) -> int:
        return len(self._levels)

    def _level(self, sort: RateClass, who: str, now_s: float) -> float:
        rate = self._rates[sort]
        level = self._levels.get((sort, who))
        if level is None:
            return float(rate.at_once)
        return min(float(rate.at_once), level.tokens + max(0.0, now_s - level.at_s) * rate.per_s)


def whole_seconds(wait_s: float) -> str:
    """A wait as ``Retry-After`` says it: rounded up, at least one."""
    return str(max(1, math.ceil(wait_s)))


def client_prefix(address: str) -> str:
    """What addresses of one caller have in common: all of an IPv4 address, the network (/64) of an IPv6 one."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(IPv6Address(int(found) >> 64 << 64))
    return str(found)
