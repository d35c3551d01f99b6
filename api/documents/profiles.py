"""Vessel profiles and policies as JSON."""

from math import isfinite

from engine.model import Vessel
from engine.policy import Policy
from engine.units import KNOT_MS, NAUTICAL_MILE_M

Json = dict[str, object]


def vessel_document(vessel: Vessel) -> Json:
    """A profile; null is unknown, and ``assumed`` names figures that are assumptions of ours."""
    return {
        "profile": vessel.id,
        "name": {"en": vessel.name_en, "fr": vessel.name_fr},
        "speed_kn": _known(vessel.speed_ms / KNOT_MS, 2),
        "draught_m": _known(vessel.draught_m, 2),
        "loa_m": _known(vessel.loa_m, 2),
        "beam_m": _known(vessel.beam_m, 2),
        "range_nm": _known(vessel.range_m / NAUTICAL_MILE_M, 1),
        "self_righting_persons": _known(vessel.self_righting_persons, 0),
        "max_persons": _known(vessel.max_persons, 0),
        "max_hs_m": _known(vessel.max_hs_m, 2),
        "assumed": list(vessel.assumed),
    }


def policy_document(policy: Policy) -> Json:
    """A policy by its name, what it ranks by, and its effect in one sentence."""
    return {
        "name": policy.name,
        "key": policy.key,
        "effect": {"en": policy.sentence_en, "fr": policy.sentence_fr},
        "sha256": policy.sha256,
    }


def _known(value: float, decimals: int) -> float | int | None:
    if not isfinite(value):
        return None
    return round(value, decimals) if decimals else round(value)
