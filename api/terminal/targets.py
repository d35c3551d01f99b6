"""The vessels around, as AIS told: the newest of each, and none for longer than she may have been there. Pure."""

from collections.abc import Mapping
from math import isfinite
from typing import NamedTuple

from api.terminal.observations import Target

FORGET_S = 600.0
"""[A] A target is shown for so long after its last position. [s]"""
MOST_TARGETS = 500
"""The strait has some hundred at once."""


class TargetView(NamedTuple):
    """A target, when its position came, and when anything did. [s]"""

    target: Target
    at_s: float
    heard_s: float


Targets = Mapping[str, TargetView]


def observe_target(targets: Targets, new: Target, now_s: float) -> Targets:
    """Targets after a message: a name joins the position that is known, and the other way round."""
    known = targets.get(new.mmsi)
    if known is not None:
        old = known.target
        if not isfinite(new.lon):
            new = new._replace(lon=old.lon, lat=old.lat, sog_kn=_either(new.sog_kn, old.sog_kn),
                               cog_deg=_either(new.cog_deg, old.cog_deg), heading_deg=old.heading_deg)  # fmt: skip
            at_s = known.at_s
        else:
            at_s = now_s
        kind = old.kind if new.kind == "vessel" else new.kind
        view = TargetView(new._replace(name=new.name or old.name, kind=kind), at_s, now_s)
    else:
        view = TargetView(new, now_s, now_s)
    kept = {mmsi: view for mmsi, view in targets.items() if now_s - view.heard_s <= FORGET_S and mmsi != new.mmsi}
    while len(kept) >= MOST_TARGETS:
        del kept[min(kept, key=lambda mmsi: kept[mmsi].heard_s)]
    return {**kept, new.mmsi: view}


def shown_targets(targets: Targets, now_s: float) -> list[TargetView]:
    """Those with a position that is not too old, by number."""
    return sorted(
        (view for view in targets.values() if isfinite(view.target.lon) and now_s - view.at_s <= FORGET_S),
        key=lambda view: view.target.mmsi,
    )


def _either(new: float, old: float) -> float:
    return new if isfinite(new) else old
