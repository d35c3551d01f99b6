"""What is known of every port wherever the vessel is: for one vessel, one policy and what ports report.

Ten rules look at neither the way to a port nor the hour of arrival. They are applied here, in plain Python and once for
all encounters that share vessel, policy and reports; the compiled pass copies what they found. A port that one of them
excludes, or leaves unconfirmed, cannot become the answer from anywhere.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from engine.codes import (
    RULES_ON_REGISTER,
    RULES_ON_REPORTS,
    STANDING_RULES,
    Feed,
    Medical,
    PortKind,
    Rule,
    Status,
    Verdict,
    Weight,
)
from engine.identity_key import IdentityKey
from engine.model import LivePicture, Vessel, World
from engine.policy import Limits, Policy
from engine.port_access import port_access
from engine.ports import Port, PortAccess, PortColumns, PortFigures, StaticFindings
from engine.rules.access import berth, entry_permission, harbour_status, port_kind
from engine.rules.authority import designated_place, register_confidence
from engine.rules.reception import basic_needs, danger_ashore, medical_reception, onward_transport
from engine.rules.result import RuleResult
from engine.vessel_figures import known_figures, plausible_loa_m
from engine.weights import weights_of


def access_of(vessel: Vessel, policy: Policy, world: World) -> PortAccess:
    """What the ports are for a vessel."""
    return _access(vessel, policy.limits, IdentityKey(world.columns))


def port_figures_of(vessel: Vessel, policy: Policy, world: World) -> PortFigures:
    """What rules on the way look at of every port."""
    return _port_figures(vessel, policy.limits, IdentityKey(world.columns), IdentityKey(world.live))


def static_findings_of(vessel: Vessel, policy: Policy, medical: Medical, world: World) -> StaticFindings:
    """What the static rules find."""
    return _static_findings(
        vessel, policy, medical, IdentityKey(world.columns), IdentityKey(world.ports), IdentityKey(world.live)
    )


@lru_cache(maxsize=64)
def _access(vessel: Vessel, limits: Limits, columns: IdentityKey[PortColumns]) -> PortAccess:
    return port_access(vessel.draught_m, plausible_loa_m(vessel, limits), columns.value, limits)


@lru_cache(maxsize=64)
def _port_figures(
    vessel: Vessel, limits: Limits, columns: IdentityKey[PortColumns], live: IdentityKey[LivePicture]
) -> PortFigures:
    access, of_register, reported = _access(vessel, limits, columns), columns.value, live.value
    return PortFigures(
        depth_m=access.depth_m,
        depth_grade=access.depth_grade,
        is_drying=of_register.kind == int(PortKind.DRYING_HARBOUR),
        **{name: getattr(of_register, name) for name in PortFigures._fields if name in PortColumns._fields},
        **{name: getattr(reported, name) for name in PortFigures._fields if name in LivePicture._fields},
    )


@lru_cache(maxsize=64)
def _static_findings(
    vessel: Vessel,
    policy: Policy,
    medical: Medical,
    columns: IdentityKey[PortColumns],
    ports: IdentityKey[tuple[Port, ...]],
    live: IdentityKey[LivePicture],
) -> StaticFindings:
    of_register = _findings_of_register(vessel, policy, medical, columns, ports)
    of_reports = _findings_of_reports(policy.limits.status_stale_after_s, live)
    found = StaticFindings(of_register.status, *(part.copy() for part in of_register[1:]))
    for rule in RULES_ON_REPORTS:
        for part, reported in zip(found[1:], of_reports[1:], strict=True):
            part[:, rule] = reported[:, rule]
    weight = weights_of(policy, medical)[0]
    rules = list(STANDING_RULES)
    verdict, is_hard = found.verdict[:, rules], weight[found.code[:, rules]] == int(Weight.HARD)
    is_excluded = ((verdict == int(Verdict.FAIL)) & is_hard).any(axis=1)
    is_unconfirmed = ((verdict == int(Verdict.UNKNOWN)) & is_hard).any(axis=1)
    status = np.where(is_excluded, np.int8(Status.EXCLUDED), np.where(is_unconfirmed, np.int8(Status.UNCONFIRMED), 0))
    return found._replace(status=status.astype(np.int8))


@lru_cache(maxsize=64)
def _findings_of_register(
    vessel: Vessel,
    policy: Policy,
    medical: Medical,
    columns: IdentityKey[PortColumns],
    ports: IdentityKey[tuple[Port, ...]],
) -> StaticFindings:
    limits, known, plausible_m = policy.limits, known_figures(vessel), plausible_loa_m(vessel, policy.limits)
    access = _access(vessel, limits, columns)
    # Plain numbers: numpy's own take ten times as long to compare one by one.
    limits_of_berths = zip(
        access.berth_loa_m.tolist(), access.most_loa_m.tolist(), access.beam_limit_m.tolist(),
        access.draught_limit_m.tolist(), strict=True,
    )  # fmt: skip
    results = [
        (berth(known.loa_m, plausible_m, known.beam_m, vessel.draught_m, *of_berths, limits.berth_unlisted_loa_m),)
        for of_berths in limits_of_berths
    ]
    of_any = _findings_for_any_vessel(policy.designated, medical, columns, ports)
    return _enter(StaticFindings(*(part.copy() for part in of_any)), (Rule.R_BER_01,), results)


# A vessel that has not been seen before is the usual case, and five of these six rules do not look at her.
@lru_cache(maxsize=16)
def _findings_for_any_vessel(
    designated: frozenset[str],
    medical: Medical,
    columns: IdentityKey[PortColumns],
    ports: IdentityKey[tuple[Port, ...]],
) -> StaticFindings:
    facts = zip(
        columns.value.kind.tolist(), columns.value.reception.tolist(), columns.value.entry_permission.tolist(),
        columns.value.confidence.tolist(), strict=True,
    )  # fmt: skip
    results = [
        (
            port_kind(kind),
            medical_reception(medical, reception),
            designated_place(bool(designated), port.id in designated),
            entry_permission(permission),
            register_confidence(confidence),
        )
        for port, (kind, reception, permission, confidence) in zip(ports.value, facts, strict=True)
    ]
    rules = tuple(rule for rule in RULES_ON_REGISTER if rule != Rule.R_BER_01)
    return _enter(_nothing_found(len(results)), rules, results)


@lru_cache(maxsize=16)
def _findings_of_reports(stale_after_s: float, live: IdentityKey[LivePicture]) -> StaticFindings:
    reports = live.value
    has_reported = (
        (reports.status_feed != int(Feed.ABSENT)) | (reports.reception_feed != int(Feed.ABSENT)) | reports.danger_ashore
    )
    # Most ports never reported, and pictures change by the second: what is found of those stands already.
    silent = _findings_without_reports(len(has_reported))
    found = StaticFindings(*(part.copy() for part in silent))
    for port in np.flatnonzero(has_reported).tolist():
        results = _results_of_report(stale_after_s, *(column.item(port) for column in (
            reports.status_feed, reports.status, reports.status_age_s, reports.reception_feed, reports.needs_met,
            reports.transport_arranged, reports.danger_ashore,
        )))  # fmt: skip
        for rule, result in zip(RULES_ON_REPORTS, results, strict=True):
            for part, value in zip(found[1:], result, strict=True):
                part[port, rule] = value
    return found


@lru_cache(maxsize=4)
def _findings_without_reports(count: int) -> StaticFindings:
    nothing = _results_of_report(np.nan, int(Feed.ABSENT), 0, np.nan, int(Feed.ABSENT), np.nan, np.nan, False)
    return _enter(_nothing_found(count), RULES_ON_REPORTS, [nothing] * count)


def _results_of_report(
    stale_after_s: float, status_feed: int, status: int, age_s: float, reception_feed: int, needs_met: float,
    transport: float, is_dangerous: bool,
) -> tuple[RuleResult, ...]:  # fmt: skip
    """What the rules on reports find of one port, in the order of these rules; in plain numbers, as above."""
    return (
        harbour_status(status_feed, status, age_s, stale_after_s),
        basic_needs(reception_feed, needs_met),
        onward_transport(reception_feed, transport),
        danger_ashore(is_dangerous),
    )


def _nothing_found(count: int) -> StaticFindings:
    shape = count, len(Rule)
    figures = np.full((2, *shape), np.nan)
    return StaticFindings(
        np.zeros(count, np.int8), np.zeros(shape, np.int8), np.zeros(shape, np.int16), figures[0], figures[1]
    )


def _enter(
    found: StaticFindings, rules: tuple[Rule, ...], results: Sequence[tuple[RuleResult, ...]]
) -> StaticFindings:  # fmt: skip
    """What these rules found of every port, entered; a column at a time, as cell by cell takes ten times as long."""
    for rule, of_ports in zip(rules, zip(*results, strict=True), strict=True):
        for part, column in zip(found[1:], zip(*of_ports, strict=True), strict=True):
            part[:, rule] = column
    return found
