"""A decision in bytes: its codes and figures in one fixed form, which a record proves by its SHA-256.

Sentences are not in it: they are a rendering of the codes, in whatever language somebody reads. The layout, in this
order, whole numbers little-endian:

1. ``safeport.decision``, a zero byte, and `FORM` as uint16.
2. Encounter as it was understood and inputs: length as uint32, then canonical JSON of ``encounter`` and ``inputs``.
3. Number of ports and of rules, uint16 each. Form 2 has the ports that are settled, and their numbers as uint16; form 1
   had every port.
4. By port: status as int8, whether its clock is a close one as bits, zones on its way as uint64. Before them the order
   of the ports as int32.
5. Findings, port by port and rule by rule: code as int16, verdict as int8, then figures: measured, limit. What a code
   weighs follows from the policy, whose digest is among the inputs.
6. Figures by port: distance, time, low, high, wait, key, plain key, time to the entrance, length inside the harbour.
7. Where the routes lead: first corner and entry into a harbour leg by port as int32; positions: path to the mesh;
   ports that are joined elsewhere than at its end as uint32 after their count, and where; entries.
8. Ways round by port, ascending: count as uint32, then for each the port as uint32, figures: length, time of the
   shortest path, and positions of its track.
   Only where the way to a port leads over banks that the tide covers, the same of those ways: count as uint32, and for
   each the port as uint32, figures: length and that of the way round, and positions of its track; then the count of
   banks on it as uint32, and for each its number and that of the port whose tide it is as int32, and figures: depth,
   depth needed, time, how far off that port is.
9. Figures of the whole: depth needed, persons, speed, gap to the second, first bound not opened, distance to the next
   region; then ports opened as uint32, near tie and boundary band as one byte each.
10. Length as uint32, then canonical JSON of region, centres, what the answer is sensitive to, and notices with their
    facts; a figure in it is a whole number of thousandths.

Figures are a count as uint32, a bit for each that is known, and those as int64 in thousandths of the engine's unit:
millimetres, milliseconds. Positions are the same in units of 1e-7 degrees. So minus nothing is nothing, what is not
known is no number, what is endless has one value; and a last bit in which two processors differ is no other decision.
"""

import hashlib
import struct
from collections.abc import Iterable
from enum import Enum
from math import isfinite

import numpy as np
import orjson

from engine.model import Decision

FORM = 2
"""Version of the layout. A record names its own; one made by another stays what it is."""

EVERY_PORT_FORM = 1
"""The one before: of every port, though nothing about most of them bears on the answer."""

_START = b"safeport.decision\x00"
_A_THOUSANDTH = 1e3
_OF_A_DEGREE = 1e7
_ENDLESS = 9e18


def canonical_form(decision: Decision, basis: bytes, form: int = FORM) -> bytes:
    """Codes and figures of a decision.

    Parameters
    ----------
    decision : Decision
    basis : bytes
        Of `api.documents.decision.basis_of`: encounter and inputs as canonical JSON.
    form : int
        `FORM`; or `EVERY_PORT_FORM`, for a decision in which every port has been judged.

    Returns
    -------
    bytes
        Equal decisions give equal bytes.
    """
    rules = decision.code.shape[1]
    reach, detours, order = decision.reach, decision.detours, decision.order
    ports: np.ndarray = np.arange(len(decision.is_settled))
    if form == FORM:
        ports, order = np.flatnonzero(decision.is_settled), order[decision.is_settled[order]]
    elsewhere = ports[(reach.joined[ports] != reach.path[-1]).any(axis=1)]
    parts = [
        _START, struct.pack("<HI", form, len(basis)), basis, struct.pack("<HH", len(ports), rules),
        ports.astype("<u2").tobytes() if form == FORM else b"", order.astype("<i4").tobytes(),
        decision.status[ports].astype("<i1").tobytes(), np.packbits(decision.closely[ports]).tobytes(),
        decision.touched[ports].astype("<u8").tobytes(), decision.code[ports].astype("<i2").tobytes(),
        decision.verdict[ports].astype("<i1").tobytes(), _figures(decision.measured[ports]),
        _figures(decision.limit[ports]),
        _figures(np.concatenate([column[ports] for column in (
            decision.distance_m, decision.time_s, decision.low_s, decision.high_s, decision.wait_s, decision.key_s,
            decision.plain_key_s, decision.travel_times.time_s, reach.harbour_m,
        )])),
        reach.via[ports].astype("<i4").tobytes(), reach.entered_at[ports].astype("<i4").tobytes(),
        _positions(reach.path), struct.pack("<I", len(elsewhere)), elsewhere.astype("<u4").tobytes(),
        _positions(reach.joined[elsewhere]), _positions(reach.entry[ports]), struct.pack("<I", len(detours)),
    ]  # fmt: skip
    for port, detour in sorted(detours.items()):
        parts += [
            struct.pack("<I", port), _figures((detour.length_m, detour.shortest_s)), _positions(detour.track),
        ]  # fmt: skip
    if decision.bank_ways:
        parts.append(struct.pack("<I", len(decision.bank_ways)))
    for port, way in sorted(decision.bank_ways.items()):
        parts += [
            struct.pack("<I", port), _figures((way.length_m, way.round_m)), _positions(way.track),
            struct.pack("<I", len(way.passings)),
        ]  # fmt: skip
        for passing in way.passings:
            parts += [
                struct.pack("<ii", passing.bank, passing.tide_port),
                _figures((passing.depth_m, passing.needed_m, passing.at_s, passing.tide_off_m)),
            ]  # fmt: skip
    coordination = decision.coordination
    whole = (
        decision.needed_depth_m, decision.persons, decision.speed_ms, decision.to_second_s, decision.proof.next_bound_s,
        coordination.line_m,
    )  # fmt: skip
    statement = orjson.dumps(
        {
            "srr": coordination.srr, "centres": [centre.id for centre in coordination.centres],
            "sensitive_to": decision.sensitive_to,
            "notices": [
                [notice.code.name, {name: _plain(fact) for name, fact in notice.facts.items()}]
                for notice in decision.notices
            ],
        },
        option=orjson.OPT_SORT_KEYS,
    )  # fmt: skip
    parts += [
        _figures(whole), struct.pack("<IBB", decision.proof.opened, decision.near_tie, coordination.band),
        struct.pack("<I", len(statement)), statement,
    ]  # fmt: skip
    return b"".join(parts)


def decision_sha256(decision: Decision, basis: bytes, form: int = FORM) -> str:
    """What a record proves a decision by."""
    return hashlib.sha256(canonical_form(decision, basis, form)).hexdigest()


def _figures(values: Iterable[float], per_unit: float = _A_THOUSANDTH) -> bytes:
    numbers = np.asarray(values, np.float64).ravel()
    is_known = ~np.isnan(numbers)
    whole = np.rint(np.clip(numbers[is_known] * per_unit, -_ENDLESS, _ENDLESS)).astype("<i8")
    return struct.pack("<I", len(numbers)) + np.packbits(is_known).tobytes() + whole.tobytes()


def _positions(places: np.ndarray) -> bytes:
    return _figures(places, _OF_A_DEGREE)


def _plain(fact: object) -> object:
    """A fact of a notice in JSON types."""
    if isinstance(fact, Enum):
        return fact.name
    if isinstance(fact, bool | str) or fact is None:
        return fact
    if isinstance(fact, int | np.integer):
        return int(fact)
    if isinstance(fact, float | np.floating):
        return round(float(fact) * _A_THOUSANDTH) if isfinite(fact) else str(float(fact))
    if isinstance(fact, Iterable):
        return [_plain(part) for part in fact]
    raise TypeError(f"a notice has a fact of type {type(fact).__name__}")
