"""A policy: what ports are ordered by, what weighs how much, and every assumed limit; read from a file, never coded."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple, TypeVar

from engine.codes import Code, Medical, Reception, Weight
from engine.errors import InvalidAsk
from engine.units import HOUR_S, KNOT_MS, MINUTE_S, NAUTICAL_MILE_M

Member = TypeVar("Member", bound=IntEnum)

KEYS = ("time", "distance", "time_to_care")


class Limits(NamedTuple):
    """Thresholds of the rules, in the engine's units; policy files carry them in nautical ones.

    A file's ``_kn`` becomes ``_ms``, ``_nm`` becomes ``_m``, ``_min`` and ``_h`` become ``_s``.
    """

    keel_margin_m: float
    keel_margin_share: float
    keel_marginal_m: float
    keel_wave_share: float
    weak_depth_doubt_m: float
    hours_stand_for_draught_m: float
    alongside_m: float
    gate_wait_s: float
    lock_s: float
    highest_tide_above_mhws_m: float
    highest_tide_anywhere_m: float
    berth_unlisted_loa_m: float
    berth_without_quay_loa_m: float
    loa_when_unknown_draughts: float
    range_reserve_share: float
    range_when_unknown_m: float
    range_for_each_metre_m: float
    speed_cap_with_survivors_ms: float
    harbour_speed_ms: float
    speed_uncertainty_share: float
    wave_uncertainty_share: float
    wind_drift_share: float
    detour_worth_share: float
    detour_most_times: float
    detour_ports: float
    persons_when_unknown: float
    near_tie_s: float
    near_tie_share: float
    much_nearer_s: float
    much_nearer_share: float
    srr_band_m: float
    fix_dead_reckoned_after_s: float
    fix_stale_after_s: float
    status_stale_after_s: float
    capacity_tight_share: float
    landing_queue_s: float
    sea_near_share: float
    entrance_wind_caution_share: float
    entrance_hs_share: float
    entrance_harmless_wind_ms: float
    entrance_dangerous_wind_ms: float
    entrance_sector_margin_deg: float
    against_stream_share: float
    against_stream_ms: float
    cross_set_ms: float
    visibility_m: float
    exposure_caution_s: float
    exposure_critical_s: float
    weather_stale_after_s: float
    weather_extrapolated_after_m: float


MOST_URGENT = 100.0
"""Greatest weight of an urgency."""

NEVER_RELAXED = frozenset(
    {Code.ROUTE_NONE, Code.KIND_BEACH_HUMAN_ONLY, Code.KIND_NOT_FOR_LANDING, Code.PORT_CLOSED, Code.DRAFT_EXCEEDED,
     Code.LOA_EXCEEDED, Code.BEAM_EXCEEDED, Code.BERTH_DRAUGHT_EXCEEDED, Code.LOAD_OVER_MAX,
     Code.PERSONS_AT_RISK_ASHORE}
)  # fmt: skip
"""Codes that no policy file may make less than hard: what a port cannot do it cannot do under any policy."""

_UNITS = {"_kn": ("_ms", KNOT_MS), "_nm": ("_m", NAUTICAL_MILE_M), "_min": ("_s", MINUTE_S), "_h": ("_s", HOUR_S)}


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """How fit ports are ordered and how findings weigh.

    Attributes
    ----------
    name : str
    sentence_en, sentence_fr : str
        One plain sentence on the effect, shown with every answer.
    key : str
        One of `KEYS`.
    limits : Limits
    weights : dict
        Codes this policy moves to another weight.
    penalties_s : dict
        Time added to the key of a port with a soft finding of this code. [s]
    penalty_shares : dict
        The same as a share of the time to that port, where that is more.
    care_delay_s : dict
        Time from landing to definitive care by kind of reception. [s]
    designated : frozenset of str
        Ids of designated landing places; empty means there is no list.
    weigh_srr_state : bool
        Whether the state of the search and rescue region counts at all.
    sha256 : str
        Digest of the file the policy was read from.
    urgency_weight : dict
        What a minute of a person counts in a joint plan by urgency, 1 or more; 1 where the file says nothing.
    """

    name: str
    sentence_en: str
    sentence_fr: str
    key: str
    limits: Limits
    weights: dict[Code, Weight]
    penalties_s: dict[Code, float]
    penalty_shares: dict[Code, float]
    care_delay_s: dict[Reception, float]
    designated: frozenset[str]
    weigh_srr_state: bool
    sha256: str
    urgency_weight: dict[Medical, float] = field(default_factory=dict)


def policy_from(table: dict[str, object], sha256: str) -> Policy:
    """Policy from a parsed policy file.

    Parameters
    ----------
    table : dict
        Content of the file, anything it extends already merged in.
    sha256 : str
        Digest of the file.

    Raises
    ------
    InvalidAsk
        Naming the entry that is missing, unknown or of the wrong kind.
    """
    known = {"name", "sentence_en", "sentence_fr", "key", "limits", "weights", "penalties_min", "penalties_share",
             "care_delay_min", "designated", "weigh_srr_state", "urgency_weight"}  # fmt: skip
    for entry in table:
        if entry not in known:
            raise InvalidAsk(
                f"policy.{entry[:40]}", "is not an entry of a policy.", f"Known: {', '.join(sorted(known))}."
            )
    key = table.get("key")
    if key not in KEYS:
        raise InvalidAsk("policy.key", "is missing or unknown.", f"Use one of {', '.join(KEYS)}.")
    name = _text(table, "name")
    if "weigh_srr_state" in table and not isinstance(table["weigh_srr_state"], bool):
        raise InvalidAsk("policy.weigh_srr_state", "is neither true nor false.", "Write true or false.")
    weights = {
        _member(Code, code, "policy.weights"): _member(Weight, weight, f"policy.weights.{code}")
        for code, weight in _table(table, "weights").items()
    }
    penalties = {
        _member(Code, code, "policy.penalties_min"): _number(minutes, f"policy.penalties_min.{code}") * MINUTE_S
        for code, minutes in _table(table, "penalties_min").items()
    }
    shares = {
        _member(Code, code, "policy.penalties_share"): _share(value, f"policy.penalties_share.{code}")
        for code, value in _table(table, "penalties_share").items()
    }
    for code, weight in weights.items():
        if code in NEVER_RELAXED and weight != Weight.HARD:
            raise InvalidAsk(f"policy.weights.{code.name}", "is never relaxed.", "Leave it hard.")
    delays = _table(table, "care_delay_min")
    for kind_name in delays:
        _member(Reception, kind_name, "policy.care_delay_min")
    care_delay = {
        kind: _number(delays.get(kind.name.lower()), f"policy.care_delay_min.{kind.name.lower()}") * MINUTE_S
        for kind in Reception
    }
    urgency_weight = {
        _member(Medical, kind_name, "policy.urgency_weight"): _number(weight, f"policy.urgency_weight.{kind_name}")
        for kind_name, weight in _table(table, "urgency_weight").items()
    }
    if not all(1.0 <= weight <= MOST_URGENT for weight in urgency_weight.values()):
        raise InvalidAsk(
            "policy.urgency_weight", f"is below 1 or above {MOST_URGENT:g}.", "1 counts people like everybody else."
        )
    designated = table.get("designated", [])
    if not isinstance(designated, list) or not all(isinstance(port, str) for port in designated):
        raise InvalidAsk("policy.designated", "is not a list of port ids.", 'Write it as ["dover", "calais"].')
    return Policy(
        name=name,
        sentence_en=_text(table, "sentence_en"),
        sentence_fr=_text(table, "sentence_fr"),
        key=str(key),
        limits=_limits(_table(table, "limits")),
        weights=weights,
        penalties_s=penalties,
        penalty_shares=shares,
        care_delay_s=care_delay,
        designated=frozenset(designated),
        weigh_srr_state=table.get("weigh_srr_state") is True,
        sha256=sha256,
        urgency_weight=urgency_weight,
    )


def _limits(table: dict[str, object]) -> Limits:
    """Limits in the engine's units."""
    values: dict[str, float] = {}
    for entry, raw in table.items():
        value = _number(raw, f"policy.limits.{entry}")
        for ending, (si_ending, factor) in _UNITS.items():
            if entry.endswith(ending):
                values[entry.removesuffix(ending) + si_ending] = value * factor
                break
        else:
            values[entry] = value
    for name in values.keys() - set(Limits._fields):
        raise InvalidAsk("policy.limits", f"has the unknown entry {name[:40]}.", "Remove it or correct its spelling.")
    for name in Limits._fields:
        if name not in values:
            raise InvalidAsk("policy.limits", f"lacks {name}.", 'Extend "nearest-time" or state it.')
        if name.endswith("_share") and not values[name] < 1.0:
            raise InvalidAsk(f"policy.limits.{name}", "is a share and not below 1.", "Write a part of one.")
        if name.endswith("_ms") and not values[name] > 0.0:
            raise InvalidAsk(f"policy.limits.{name}", "is a speed and not above 0.", "Write knots above zero.")
    return Limits(**values)


def _table(table: dict[str, object], entry: str) -> dict[str, object]:
    value = table.get(entry, {})
    if not isinstance(value, dict):
        raise InvalidAsk(f"policy.{entry}", "is not a table.", f"Write it under [{entry}].")
    return value


def _text(table: dict[str, object], entry: str) -> str:
    value = table.get(entry)
    if not isinstance(value, str) or not value:
        raise InvalidAsk(
            f"policy.{entry}", "is missing.", "Every policy carries a name and a sentence in both languages."
        )
    return value


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value < 1e9:
        raise InvalidAsk(name, "is not a number of zero or more.", "Correct the policy file.")
    return float(value)


def _share(value: object, name: str) -> float:
    share = _number(value, name)
    if not share < 1.0:
        raise InvalidAsk(name, "is a share and not below 1.", "Write a part of one.")
    return share


def _member(kind: type[Member], name: object, field: str) -> Member:
    try:
        return kind[str(name).upper()]
    except KeyError:
        raise InvalidAsk(field, f"names {str(name)[:40]!r}, which is unknown.", "See the glossary of codes.") from None
