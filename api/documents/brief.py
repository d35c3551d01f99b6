"""The brief view: what a person or a page needs of a decision, small enough for a poor link.

It leaves out plain passes, citations and sources of findings, ports beyond the first few, and of those after the first
one the route and what is to be known ashore. Nothing is dropped without a count or a code that says so.
"""

from typing import Any

from api.documents.language import LANGUAGES
from api.documents.unconnected import FEED_CODES, WITHOUT_FEEDS, WITHOUT_WEATHER, not_connected
from engine.explain import first_channel
from engine.vocab import Code

Json = dict[str, Any]

DECIMALS = 5
"""Of a degree: a metre, as well as anything here is known."""

MOST_PASSED_OVER = 8
"""Ports passed over that are listed where no port is recommended: all are nearer than none."""

_AGAINST = frozenset({"fail", "unknown"})
_OF_EACH = (
    "status", "distance_nm", "bearing_deg", "time_to_landing_min", "time_range_min", "clock", "eta_at", "wait_min",
    "depth_at_arrival_m",
)  # fmt: skip
_OF_THE_FIRST = (
    "port", "tide_at_arrival_m", "opens_at", "time_to_care_min", "hospital", "hazards", "legs", "route",
    "along_shortest",
)  # fmt: skip
_IF_THERE_IS_ONE = ("opens_at", "along_shortest")
_OF_THE_FIRST_FINDINGS = ("code", "class", "verdict", "text")
"""Its sentence has the figures."""

_OF_A_NEXT_PORT = ("id", "name", "country")
_FEEDS = frozenset(code.name for code in FEED_CODES)
_CONSEQUENCES = frozenset(code.name for code in (WITHOUT_FEEDS | WITHOUT_WEATHER) - set(FEED_CODES))
"""Follow from a feed that is not connected, and go without saying beside it."""

_OF_THE_VESSEL = frozenset({Code.EXPOSURE_UNKNOWN.name, Code.FUEL_UNKNOWN.name})
"""Nobody has said it of the vessel or her people, so it is unknown at every port."""

_OF_THE_VESSEL_SAID = ("profile", "speed_kn", "draught_m", "loa_m")
_REGIONS = (Code.SRR_UK, Code.SRR_FR, Code.SRR_BE, Code.SRR_NL, Code.SRR_IE, Code.SRR_APPROXIMATE)
_SAID_ELSEWHERE = _FEEDS | {code.name for code in (*_REGIONS, Code.POLICY_EFFECT, Code.ADVISORY_ONLY)}
"""Notices that are said in other members: what is unknown everywhere, the coordination, the policy, who decides."""

_OF_ONE_PASSED = ("port_id", "name", "code", "time_to_landing_min", "distance_nm", "text")
_UNCHANGED = ("decision_id", "decided_at", "outcome", "headline", "proof", "margin")
_OF_AN_INPUT = ("id", "name", "run_at", "version", "age_s", "zones")
"""The digest of all inputs in full is the decision's own name."""


def brief_of(document: Json, limit: int) -> Json:
    """The brief view of a whole document.

    Parameters
    ----------
    document : dict
        Of `api.document.decision_document`; or one that was recorded, which may have been made before there were legs.
    limit : int
        Candidates listed at most.
    """
    shown = document["candidates"][:limit]
    everywhere = _unknown_everywhere(shown, document["inputs"]["forecast"] is None)
    first = _first(shown[0], everywhere) if shown else None
    if first is not None and document["encounter"]["medical"] == "none":
        del first["hospital"]
    others = [_next(one, everywhere) for one in shown[1:]]
    recommended = document["recommended"]
    passed = document["passed_over"]
    listed = passed if recommended is not None else passed[:MOST_PASSED_OVER]
    return {
        **{name: document[name] for name in _UNCHANGED},
        "coordination": {name: document["coordination"][name] for name in ("srr", "band", "centres")},
        "encounter": _encounter(document["encounter"]),
        "recommended": None if recommended is None else first,
        "candidates": others if first is None or recommended is not None else [first, *others],
        "candidates_count": _count(document, "candidates"),
        "excluded_count": _count(document, "excluded"),
        "passed_over": [_rough({name: one[name] for name in _OF_ONE_PASSED}) for one in listed],
        "passed_over_count": _count(document, "passed_over"),
        "unknown_everywhere": {"codes": sorted(everywhere - _CONSEQUENCES), "text": _not_connected(document)},
        "notices": [one for one in document["notices"] if one["code"] not in _SAID_ELSEWHERE],
        "inputs": {name: _input(value) for name, value in document["inputs"].items()},
    }


def _encounter(whole: Json) -> Json:
    """The encounter as it was understood; what is left out was not said, and what is assumed is a notice."""
    vessel = {name: whole["vessel"][name] for name in _OF_THE_VESSEL_SAID if whole["vessel"][name] is not None}
    return {**{name: value for name, value in whole.items() if value is not None}, "vessel": vessel}


def _not_connected(document: Json) -> Json | None:
    """One sentence on the sources that are not connected; null where all are."""
    absent = [Code[one["code"]] for one in document["notices"] if one["code"] in _FEEDS]
    if not absent:
        return None
    return {lang: not_connected(absent, lang) for lang in LANGUAGES}


def _input(value: object) -> object:
    """What names one input beyond doubt; the whole view has more of it."""
    if not isinstance(value, dict):
        return value
    return {name: value[name] for name in _OF_AN_INPUT if name in value}


def _count(document: Json, name: str) -> int:
    """How many ports a list has, or had before it was cut."""
    count: int = document.get(f"{name}_count", len(document[name]))
    return count


def _figures(whole: Json) -> Json:
    """Figures of a port as people read them: whole minutes of a range, tenths of a metre."""
    figures = {name: whole.get(name) for name in _OF_EACH}
    figures["time_range_min"] = [_rounded(end, 0) for end in whole["time_range_min"]]
    figures["depth_at_arrival_m"] = _rounded(figures["depth_at_arrival_m"], 1)
    return figures


def _rough(figures: Json) -> Json:
    """Distance and time as they are read out: tenths of a mile, whole minutes."""
    distance_nm, time_min = _rounded(figures["distance_nm"], 1), _rounded(figures["time_to_landing_min"], 0)
    return {**figures, "distance_nm": distance_nm, "time_to_landing_min": time_min}


def _rounded(value: float | None, decimals: int) -> float | None:
    if value is None:
        return None
    return round(value, decimals) if decimals else round(value)


def _first(whole: Json, everywhere: frozenset[str]) -> Json:
    """The port to go to, or else to ask about: all but plain passes."""
    route = whole["route"]
    if route is not None:
        places = [[round(lon, DECIMALS), round(lat, DECIMALS)] for lon, lat in route["coordinates"]]
        route = {**route, "coordinates": places}
    told = [one for one in _against(whole, everywhere) if not _is_remark(one)]
    names = [name for name in _OF_THE_FIRST if name not in _IF_THERE_IS_ONE or whole.get(name) is not None]
    return {
        **_figures(whole), **{name: whole.get(name) for name in names},
        "route": route, "findings": [{name: one[name] for name in _OF_THE_FIRST_FINDINGS} for one in told],
        "remarks": _remarks(whole, everywhere),
    }  # fmt: skip


def _next(whole: Json, everywhere: frozenset[str]) -> Json:
    """One of the others: a line of a table, and codes of what speaks against it."""
    return {
        "port": {**{name: whole["port"][name] for name in _OF_A_NEXT_PORT}, "vhf": _channel(whole["port"]["vhf"])},
        **_rough(_figures(whole)),
        "findings": [
            {name: one[name] for name in ("code", "class", "verdict")}
            for one in _against(whole, everywhere) if not _is_remark(one)
        ],
        "remarks": _remarks(whole, everywhere),
    }  # fmt: skip


def _channel(vhf: str | None) -> str | None:
    """The channel to call first."""
    return None if vhf is None else first_channel(vhf, vhf)


def _against(whole: Json, everywhere: frozenset[str]) -> list[Json]:
    return [one for one in whole["findings"] if one["verdict"] in _AGAINST and one["code"] not in everywhere]


def _remarks(whole: Json, everywhere: frozenset[str]) -> list[str]:
    """Codes of what is not known but counts neither for nor against a port."""
    return [one["code"] for one in _against(whole, everywhere) if _is_remark(one)]


def _is_remark(finding: Json) -> bool:
    return (finding["class"], finding["verdict"]) == ("info", "unknown")


def _unknown_everywhere(shown: list[Json], without_forecast: bool) -> frozenset[str]:
    """Codes of findings that every port shown has because no source is connected, or nobody has said."""
    codes = [{one["code"] for one in port["findings"] if one["verdict"] in _AGAINST} for port in shown]
    if not codes:
        return frozenset()
    silent = {code.name for code in (WITHOUT_FEEDS | WITHOUT_WEATHER if without_forecast else WITHOUT_FEEDS)}
    return frozenset((silent | _OF_THE_VESSEL).intersection(*codes))
