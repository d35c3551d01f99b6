"""Roles and what each may do: the one table that grants anything.

A permission is what a route asks for; a role is what a caller has. Nothing here is about who a person is.
"""

from enum import Enum


class Permission(Enum):
    """What a route may ask for."""

    DECIDE = "decide"
    READ_GEODATA = "read_geodata"
    READ_RECORDS = "read_records"
    READ_LIVE_PICTURE = "read_live_picture"
    REPORT_ENCOUNTER = "report_encounter"
    CLOSE_ENCOUNTER = "close_encounter"
    DIRECT = "direct"
    OVERRIDE = "override"
    HOLD_PLACES = "hold_places"
    REPORT_PORT = "report_port"
    PLAN = "plan"
    FOLLOW_EVENTS = "follow_events"
    READ_AUDIT = "read_audit"
    SIGN_HANDOVER = "sign_handover"
    READ_METRICS = "read_metrics"
