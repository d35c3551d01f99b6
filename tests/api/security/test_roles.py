"""The table of roles, word for word: whoever widens it changes this test too."""

import pytest

from api.security.rate_limit import SORT
from api.security.roles import GRANTS, OWN_ONLY, STORE_ROLE, AccessRole, Permission, acting_role
from api.store.commands import Role
from api.store.keys import KEY_ROLES

P = Permission
SEES = {P.READ_GEODATA, P.READ_PORT_REPORTS, P.READ_RECORDS, P.FOLLOW_EVENTS}

EXPECTED = {
    "viewer": SEES | {P.READ_METRICS},
    "crew": SEES | {P.DECIDE, P.REPORT_ENCOUNTER, P.HOLD_PLACES, P.OVERRIDE, P.DIRECT},
    "controller": set(Permission) - {P.READ_AUDIT, P.MANAGE_KEYS},
    "port_officer": SEES | {P.REPORT_PORT, P.HOLD_PLACES},
    "auditor": SEES | {P.READ_AUDIT, P.READ_METRICS},
    "admin": {P.MANAGE_KEYS, P.READ_METRICS, P.READ_GEODATA},
}


@pytest.mark.parametrize("role", AccessRole)
@pytest.mark.parametrize("permission", Permission)
def test_every_cell_of_the_table(role, permission):
    assert (permission in GRANTS[role]) == (permission in EXPECTED[role.value])
    assert acting_role([role], permission) == (role if permission in EXPECTED[role.value] else None)


def test_nothing_is_forgotten():
    assert set(GRANTS) == set(STORE_ROLE) == set(AccessRole)
    assert {role.value for role in AccessRole} == set(EXPECTED) == {role.value for role in KEY_ROLES}
    assert set(SORT) == set(Permission)
    assert frozenset().union(*GRANTS.values()) == set(Permission)


def test_only_vessels_see_only_their_own():
    assert {AccessRole.CREW} == OWN_ONLY


def test_roles_go_into_the_records_under_their_own_names():
    assert all(STORE_ROLE[role].value == role.value for role in AccessRole)
    assert Role.SYSTEM not in STORE_ROLE.values()


def test_of_several_roles_the_one_that_grants_it_is_acted_in():
    both = [AccessRole.CREW, AccessRole.CONTROLLER]
    assert acting_role(both, P.READ_RECORDS) is AccessRole.CONTROLLER
    assert acting_role([AccessRole.ADMIN, AccessRole.CONTROLLER], P.MANAGE_KEYS) is AccessRole.ADMIN
    assert acting_role([AccessRole.VIEWER, AccessRole.CREW], P.HOLD_PLACES) is AccessRole.CREW
    assert acting_role([], P.READ_GEODATA) is None
