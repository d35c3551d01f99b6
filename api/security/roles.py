"""Roles and what each may do: the one table that grants anything.

A permission is what a route asks for; a role is what a caller has. Nothing here is about who a person is.
"""

from collections.abc import Iterable
from enum import Enum

from api.store.commands import Role


class Permission(Enum):
    """What a route may ask for."""

    DECIDE = "decide"
    READ_GEODATA = "read_geodata"
    READ_RECORDS = "read_records"
    READ_PORT_REPORTS = "read_port_reports"
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
    MANAGE_KEYS = "manage_keys"
    DRAW_ZONES = "draw_zones"


class AccessRole(Enum):
    """What a key or a token may carry."""

    VIEWER = "viewer"
    CREW = "crew"
    CONTROLLER = "controller"
    PORT_OFFICER = "port_officer"
    AUDITOR = "auditor"
    ADMIN = "admin"


_SEES = frozenset({
    Permission.READ_GEODATA, Permission.READ_PORT_REPORTS, Permission.READ_RECORDS, Permission.FOLLOW_EVENTS,
})  # fmt: skip

GRANTS: dict[AccessRole, frozenset[Permission]] = {
    # A board on a wall, or a program that watches.
    AccessRole.VIEWER: _SEES | {Permission.READ_METRICS},
    # A vessel: sees, and changes, only records of her own (`OWN_ONLY`).
    AccessRole.CREW: _SEES | {
        Permission.DECIDE, Permission.REPORT_ENCOUNTER, Permission.HOLD_PLACES, Permission.OVERRIDE, Permission.DIRECT,
    },
    AccessRole.CONTROLLER: _SEES | {
        Permission.DECIDE, Permission.REPORT_ENCOUNTER, Permission.HOLD_PLACES, Permission.OVERRIDE, Permission.DIRECT,
        Permission.CLOSE_ENCOUNTER, Permission.PLAN, Permission.REPORT_PORT, Permission.SIGN_HANDOVER,
        Permission.READ_METRICS, Permission.DRAW_ZONES,
    },
    # Says what a port can take, and who landed there.
    AccessRole.PORT_OFFICER: _SEES | {Permission.REPORT_PORT, Permission.HOLD_PLACES},
    # Reads everything and changes nothing.
    AccessRole.AUDITOR: _SEES | {Permission.READ_AUDIT, Permission.READ_METRICS},
    # Keeps the keys. Directs nobody, and sees no encounter: not in the audit trail either.
    AccessRole.ADMIN: frozenset({Permission.MANAGE_KEYS, Permission.READ_METRICS, Permission.READ_GEODATA}),
}  # fmt: skip
"""Everything that is allowed; what is not here is refused."""

OWN_ONLY = frozenset({AccessRole.CREW})
"""Roles that see and change only records of their own principal."""

STORE_ROLE = {
    AccessRole.VIEWER: Role.VIEWER,
    AccessRole.CREW: Role.CREW,
    AccessRole.CONTROLLER: Role.CONTROLLER,
    AccessRole.PORT_OFFICER: Role.PORT_OFFICER,
    AccessRole.AUDITOR: Role.AUDITOR,
    AccessRole.ADMIN: Role.ADMIN,
}
"""Capacity each role acts in, as the store records it."""

_STRONGEST_FIRST = (
    AccessRole.CONTROLLER, AccessRole.PORT_OFFICER, AccessRole.AUDITOR, AccessRole.VIEWER, AccessRole.ADMIN,
    AccessRole.CREW,
)  # fmt: skip
"""Which of several roles somebody acts in. Crew come last: they see least."""


def acting_role(roles: Iterable[AccessRole], permission: Permission) -> AccessRole | None:
    """Role, of those somebody has, in which they do what takes a permission; None when none of them grants it."""
    held = frozenset(roles)
    return next((role for role in _STRONGEST_FIRST if role in held and permission in GRANTS[role]), None)
