"""Own ship and who is aboard: what was entered, kept through a power cut."""

from contextlib import suppress
from typing import Any

from api.decision_service import DecisionService
from api.encounter import VesselIn
from api.terminal.bodies import OwnVesselIn, PersonsAboardIn
from engine.errors import UnknownName
from engine.model import Vessel
from engine.units import KNOT_MS


def vessel_of(service: DecisionService, profile: VesselIn) -> Vessel:
    """The vessel meant, as in every decision.

    Raises
    ------
    UnknownName
        The profile does not exist.
    """
    named = None if profile.profile is None else service.vessel(profile.profile)
    return profile.to_vessel(service.vessels, named)


def vessel_document(service: DecisionService | None, own: OwnVesselIn) -> dict[str, Any]:
    """Own ship for the state; figures are null until the pack is open."""
    profile = own.profile.model_dump(mode="json", exclude_none=True)
    vessel = None
    if service is not None:
        # A profile that this version no longer has is shown without figures; NEAREST says what is wrong with it.
        with suppress(UnknownName):
            vessel = vessel_of(service, own.profile)
    return {
        "id": own.profile.profile or "custom",
        "name": own.name,
        "profile": profile,
        "kind": None if vessel is None else {"en": vessel.name_en, "fr": vessel.name_fr},
        "draught_m": None if vessel is None else known_number(vessel.draught_m),
        "loa_m": None if vessel is None else known_number(vessel.loa_m),
        "speed_kn": None if vessel is None else known_number(vessel.speed_ms / KNOT_MS),
    }


def persons_document(persons: PersonsAboardIn) -> dict[str, Any] | None:
    """Who is aboard, for the state; null where nobody has said."""
    if persons == PersonsAboardIn():
        return None
    return persons.model_dump(mode="json")


def known_number(value: float, decimals: int = 2) -> float | None:
    """A figure as JSON has it; null for NaN and infinity."""
    return None if value != value or abs(value) == float("inf") else round(value, decimals)
