"""What the register says of every port for one vessel: depth on her way to a berth she can use, and how big she may be.

A port is not one depth. A lifeboat lands her people at a pontoon or at steps, a ferry at a quay, and the approach is
crossed by both; a pontoon never judges a ship, nor a quay a small boat. So the figures that hold for a vessel are
chosen here, once for a vessel and a policy, and the rules judge those.
"""

import numpy as np

from engine.codes import Grade, PortKind
from engine.policy import Limits
from engine.ports import PortAccess, PortColumns
from engine.rules.depth_and_tide import depth_needed

_STRONG = int(Grade.TRANSCRIBED)


def port_access(draught_m: float, loa_m: float, columns: PortColumns, limits: Limits) -> PortAccess:
    """Figures of all ports that hold for a vessel.

    Parameters
    ----------
    draught_m : float
        NaN when unknown. [m]
    loa_m : float
        Known, or as long as she may plausibly be; NaN when nothing is known. [m]
    columns : PortColumns
    limits : Limits
    """
    needed_m = depth_needed(draught_m, limits.keel_margin_m, limits.keel_margin_share, 0.0)
    has_quay = ~np.isnan(columns.ship_depth_m) | ~np.isnan(columns.ship_loa_m)
    # People are put ashore from a small vessel where she would not be given a berth for the night.
    fits_small = ~(loa_m > np.fmax(columns.small_loa_m, limits.berth_unlisted_loa_m))
    fits_quay = has_quay & ~(loa_m > columns.ship_loa_m)
    small_m = np.where(fits_small, columns.small_depth_m, np.nan)
    quay_m = np.where(fits_quay, columns.ship_depth_m, np.nan)
    floats_at_quay, floats_small = quay_m >= needed_m, small_m >= needed_m
    # Where both float her, the one that is better known; else the one that does; else the deeper.
    is_better_known = columns.ship_grade > columns.small_grade
    deeper = ~np.isnan(quay_m) & ~(small_m >= quay_m)
    at_quay = np.where(floats_small, floats_at_quay & is_better_known, floats_at_quay | deeper)
    berth_m = np.where(at_quay, quay_m, small_m)
    approach_m = columns.approach_depth_m
    # A depth too small for a draught that is stated for the port is wrong, or is of another part of it. Ships come in
    # on the highest tides, and lie at the quay through the next ones.
    highest_m = columns.mhws_m + limits.highest_tide_above_mhws_m
    stated_m = np.where(columns.ship_draught_grade >= _STRONG, columns.ship_draught_m, np.nan)
    approach_grade = _unless_contradicted(
        columns.approach_grade, approach_m, stated_m > approach_m + highest_m, needed_m
    )
    quay_grade = _unless_contradicted(columns.ship_grade, quay_m, stated_m > quay_m + columns.mhws_m, needed_m)
    small_grade = np.where(np.isnan(small_m), Grade.BLANK, columns.small_grade)
    berth_grade = np.where(at_quay, quay_grade, small_grade)
    depth_m, grade = _least_of(approach_m, approach_grade, berth_m, berth_grade, needed_m, limits)
    # What is known of the water outside a drying harbour says nothing of the landing in it.
    dries_unknown = (columns.kind == int(PortKind.DRYING_HARBOUR)) & np.isnan(small_m) & np.isnan(quay_m)
    depth_m = np.where(dries_unknown & (depth_m > 0.0), np.nan, depth_m)
    grade = np.where(np.isnan(depth_m), np.int8(Grade.BLANK), grade)
    # Whoever draws no more than a craft that comes and goes at all states of the tide finds the water she finds.
    is_weaker = (grade < Grade.BOUND) | ((grade < _STRONG) & ~(depth_m >= needed_m))
    proven = (draught_m <= columns.proven_draught_m) & is_weaker & ~dries_unknown
    for port in np.flatnonzero(proven).tolist():
        proven_m = columns.proven_draught_m.item(port)
        depth_m[port] = depth_needed(proven_m, limits.keel_margin_m, limits.keel_margin_share, 0.0)
    return PortAccess(
        depth_m=depth_m,
        depth_grade=np.where(proven, np.int8(Grade.BOUND), grade).astype(np.int8),
        berth_loa_m=np.fmax(columns.small_loa_m, columns.ship_loa_m),
        most_loa_m=_most_loa_m(columns, has_quay, limits),
        draught_limit_m=np.where(fits_quay & (at_quay | ~fits_small), stated_m, np.nan),
        beam_limit_m=np.where(fits_small, np.nan, columns.ship_beam_m),
    )


def _unless_contradicted(
    grade: np.ndarray, depth_m: np.ndarray, contradicted: np.ndarray, needed_m: float
) -> np.ndarray:
    """Grade of a depth: one that is contradicted floats whom it floats, and is no evidence against a deeper vessel."""
    is_doubtful = contradicted & ~(depth_m >= needed_m)
    return np.where(is_doubtful, np.minimum(grade, np.int8(Grade.BOUND)), grade)


def _least_of(
    approach_m: np.ndarray,
    approach_grade: np.ndarray,
    berth_m: np.ndarray,
    berth_grade: np.ndarray,
    needed_m: float,
    limits: Limits,
) -> tuple[np.ndarray, np.ndarray]:
    """The lesser of two depths and how well it is known.

    Where only one is known the other is inferred to be no less. Where the deeper one is the less well known, it weighs
    if it may be what binds: if at its least it is less than both the other one and what she needs.
    """
    depth_m = np.fmin(approach_m, berth_m)
    only_one = np.isnan(approach_m) != np.isnan(berth_m)
    is_approach = approach_m <= berth_m
    binding = np.where(is_approach, approach_grade, berth_grade)
    deeper_m = np.fmax(approach_m, berth_m)
    deeper = np.where(is_approach, berth_grade, approach_grade)
    deeper_least_m = deeper_m - limits.weak_depth_doubt_m
    binding_most_m = depth_m + np.where(binding >= _STRONG, 0.0, limits.weak_depth_doubt_m)
    # So written that what is not known may bind.
    may_bind = ~((deeper_least_m >= binding_most_m) | (deeper_least_m >= needed_m)) | (deeper_m == depth_m)
    both = np.where(may_bind, np.minimum(binding, deeper), binding)
    single = np.minimum(np.where(np.isnan(approach_m), berth_grade, approach_grade), Grade.INFERRED)
    grade = np.where(np.isnan(depth_m), Grade.BLANK, np.where(only_one, single, both))
    return depth_m, grade.astype(np.int8)


def _most_loa_m(columns: PortColumns, has_quay: np.ndarray, limits: Limits) -> np.ndarray:
    """Length beyond which each port is no port for a vessel. [m]"""
    strong = columns.ship_loa_grade >= _STRONG
    quay_m = np.where(np.isnan(columns.ship_loa_m), np.inf, np.where(strong, 1.0, 1.5) * columns.ship_loa_m)
    small_m = np.fmax(columns.small_loa_m, limits.berth_without_quay_loa_m)
    return np.where(has_quay, np.fmax(quay_m, limits.berth_unlisted_loa_m), small_m)
