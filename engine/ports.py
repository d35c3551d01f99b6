"""Landing places: what each is, and their figures as arrays, one entry a port."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from engine.codes import Grade


class Evidence(NamedTuple):
    """Where a fact of the register comes from and how well it is known; `overlaid` by an operator's own file."""

    grade: Grade
    source: str
    note: str
    overlaid: bool = False


@dataclass(frozen=True, slots=True)
class Port:
    """Identity of a landing place; its figures are in `PortColumns` at the same index.

    Attributes
    ----------
    facts : dict
        Every fact of the register as shown to people, by its name there; None where it is blank.
    evidence : dict of Evidence
        For those that stand in the table of facts.
    harbour_leg : ndarray of float64, shape (n, 2)
        Track from approach point to landing point, longitude and latitude; empty where the coastline does not
        show it. [deg]
    """

    id: str
    unlocode: str | None
    name_en: str
    name_fr: str
    country: str
    vhf: str | None
    landing: tuple[float, float]
    approach: tuple[float, float]
    harbour_leg: np.ndarray = field(repr=False)
    facts: dict[str, object] = field(repr=False, hash=False, compare=False)
    evidence: dict[str, Evidence] = field(repr=False, hash=False, compare=False)


class PortColumns(NamedTuple):
    """Figures of all ports, one array each, NaN where the register is blank.

    Attributes
    ----------
    approach_depth_m : ndarray of float64
        Least depth from open water to the berths, bar and sill included; positive down from chart datum. [m]
    small_depth_m, ship_depth_m : ndarray of float64
        Least depth where small craft land people, and at the quay of ships; negative where it dries. [m]
    approach_grade, small_grade, ship_grade, ship_loa_grade, ship_draught_grade, gate_grade : ndarray of int8
        `engine.codes.Grade` of a figure.
    proven_draught_m : ndarray of float64
        Draught of a craft known to come and go at all states of the tide. [m]
    gate_night_before_h, gate_night_after_h : ndarray of float64
        Hours about high water at night, where they are others than by day. [h]
    care_s : ndarray of float64
        By road from the landing to an emergency department. [s]
    """

    kind: np.ndarray
    approach_depth_m: np.ndarray
    approach_grade: np.ndarray
    small_depth_m: np.ndarray
    small_grade: np.ndarray
    small_loa_m: np.ndarray
    ship_depth_m: np.ndarray
    ship_grade: np.ndarray
    ship_loa_m: np.ndarray
    ship_loa_grade: np.ndarray
    ship_draught_m: np.ndarray
    ship_draught_grade: np.ndarray
    ship_beam_m: np.ndarray
    proven_draught_m: np.ndarray
    mhws_m: np.ndarray
    gate: np.ndarray
    gate_grade: np.ndarray
    gate_before_h: np.ndarray
    gate_after_h: np.ndarray
    gate_night_before_h: np.ndarray
    gate_night_after_h: np.ndarray
    exposure_from_deg: np.ndarray
    exposure_to_deg: np.ndarray
    exposure_wind_ms: np.ndarray
    entrance_axis_deg: np.ndarray
    harbour_leg_m: np.ndarray
    harbour_speed_ms: np.ndarray
    reception: np.ndarray
    care_s: np.ndarray
    entry_permission: np.ndarray
    confidence: np.ndarray


class PortAccess(NamedTuple):
    """Figures of all ports that hold for one vessel; arrays of shape (p,), NaN where nothing is known.

    Attributes
    ----------
    depth_m : ndarray of float64
        Least depth between open water and the berth, positive down from chart datum. [m]
    depth_grade : ndarray of int8
        `Grade` of that depth. A ``BOUND`` is a depth that floats crafts known to come and go at all states of the tide.
    berth_loa_m : ndarray of float64
        Greatest length that somebody states for her kind of berth. [m]
    most_loa_m : ndarray of float64
        Length beyond which the port is no port for her. [m]
    draught_limit_m : ndarray of float64
        Greatest draught that is published for her kind of berth. [m]
    beam_limit_m : ndarray of float64
        [m]
    """

    depth_m: np.ndarray
    depth_grade: np.ndarray
    berth_loa_m: np.ndarray
    most_loa_m: np.ndarray
    draught_limit_m: np.ndarray
    beam_limit_m: np.ndarray


class PortFigures(NamedTuple):
    """What rules on the way look at of every port; arrays of shape (p,), NaN where nothing is known.

    Attributes
    ----------
    depth_m, depth_grade : ndarray of float64 and int8
        Of the way in to a berth for this vessel, as in `PortAccess`. [m]
    is_drying : ndarray of bool
        Whether the place is a drying harbour.
    capacity_feed, free_places, persons_per_hour, queued_persons
        As in `LivePicture`; all others as in `PortColumns`.
    """

    depth_m: np.ndarray
    depth_grade: np.ndarray
    is_drying: np.ndarray
    mhws_m: np.ndarray
    gate: np.ndarray
    gate_grade: np.ndarray
    gate_before_h: np.ndarray
    gate_after_h: np.ndarray
    gate_night_before_h: np.ndarray
    gate_night_after_h: np.ndarray
    exposure_from_deg: np.ndarray
    exposure_to_deg: np.ndarray
    exposure_wind_ms: np.ndarray
    entrance_axis_deg: np.ndarray
    harbour_speed_ms: np.ndarray
    capacity_feed: np.ndarray
    free_places: np.ndarray
    persons_per_hour: np.ndarray
    queued_persons: np.ndarray


class StaticFindings(NamedTuple):
    """What the static rules found; other columns mean nothing.

    Attributes
    ----------
    status : ndarray of int8, shape (p,)
        The best `Status` that they leave a port: suitable, unconfirmed or excluded.
    verdict, code : ndarray of int8 and int16, shape (p, rules)
    measured, limit : ndarray of float64, shape (p, rules)
    """

    status: np.ndarray
    verdict: np.ndarray
    code: np.ndarray
    measured: np.ndarray
    limit: np.ndarray
