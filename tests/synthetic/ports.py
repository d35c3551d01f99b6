"""Ports with figures a test chooses, published ones unless it says otherwise."""

import numpy as np

from engine.codes import Grade


def with_depth(columns, depth_m, ports=slice(None)):
    """Columns in which some ports have one depth from the sea to their berths; NaN where nothing is known of it."""
    changed = {}
    blank = ("proven_draught_m", "ship_depth_m", "ship_loa_m", "ship_draught_m", "small_loa_m")
    for name in ("approach_depth_m", "small_depth_m", *blank):
        column = getattr(columns, name).copy()
        column[ports] = np.nan if name in blank else depth_m
        changed[name] = column
    for name in ("approach_grade", "small_grade"):
        column = getattr(columns, name).copy()
        column[ports] = int(Grade.PUBLISHED)
        changed[name] = column
    return columns._replace(**changed)


def with_gates(columns, gate, before_h, after_h, ports=slice(None)):
    """Columns in which some ports have published hours, the same by day and by night."""
    changed = {}
    for name, figure in {
        "gate": gate, "gate_before_h": before_h, "gate_after_h": after_h, "gate_night_before_h": np.nan,
        "gate_night_after_h": np.nan, "gate_grade": int(Grade.PUBLISHED),
    }.items():  # fmt: skip
        column = getattr(columns, name).copy()
        column[ports] = figure
        changed[name] = column
    return columns._replace(**changed)
