"""Vessel profiles and policies as JSON."""

from math import isfinite
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from api.documents.bilingual import Bilingual
from engine.model import Vessel
from engine.policy import Policy
from engine.units import KNOT_MS, NAUTICAL_MILE_M


class VesselProfile(TypedDict):
    """A vessel profile; null is unknown."""

    profile: str
    name: Bilingual
    speed_kn: float | None
    draught_m: float | None
    loa_m: float | None
    beam_m: float | None
    range_nm: float | None
    self_righting_persons: int | None
    max_persons: int | None
    max_hs_m: float | None
    assumed: Annotated[list[str], Field(description="Names of the figures that are assumptions.")]


class VesselProfiles(TypedDict):
    """All vessel profiles, by name."""

    vessels: list[VesselProfile]


class PolicyEffect(TypedDict):
    """A policy."""

    name: str
    key: Annotated[str, Field(description="What fit ports are ranked by.")]
    effect: Bilingual
    sha256: str


class PolicyEffects(TypedDict):
    """All policies, by name."""

    policies: list[PolicyEffect]


def vessel_document(vessel: Vessel) -> VesselProfile:
    """A profile; null is unknown, and ``assumed`` names figures that are assumptions of ours."""
    return {
        "profile": vessel.id,
        "name": {"en": vessel.name_en, "fr": vessel.name_fr},
        "speed_kn": _known(vessel.speed_ms / KNOT_MS, 2),
        "draught_m": _known(vessel.draught_m, 2),
        "loa_m": _known(vessel.loa_m, 2),
        "beam_m": _known(vessel.beam_m, 2),
        "range_nm": _known(vessel.range_m / NAUTICAL_MILE_M, 1),
        "self_righting_persons": _known_count(vessel.self_righting_persons),
        "max_persons": _known_count(vessel.max_persons),
        "max_hs_m": _known(vessel.max_hs_m, 2),
        "assumed": list(vessel.assumed),
    }


def policy_document(policy: Policy) -> PolicyEffect:
    """A policy by its name, what it ranks by, and its effect in one sentence."""
    return {
        "name": policy.name,
        "key": policy.key,
        "effect": {"en": policy.sentence_en, "fr": policy.sentence_fr},
        "sha256": policy.sha256,
    }


def _known(value: float, decimals: int) -> float | None:
    return round(value, decimals) if isfinite(value) else None


def _known_count(value: float) -> int | None:
    return round(value) if isfinite(value) else None
