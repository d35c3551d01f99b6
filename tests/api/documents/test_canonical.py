"""The canonical form of a decision: what changes its digest, and what does not."""

import hashlib
from dataclasses import fields, replace
from math import inf, nan
from types import SimpleNamespace

import numpy as np
import pytest

from api.documents.canonical import EVERY_PORT_FORM, canonical_form, decision_sha256
from api.documents.decision import basis_of
from api.encounter import EncounterIn
from engine.codes import Code
from engine.model import Notice


@pytest.fixture(scope="module")
def decision(service):
    encounter = EncounterIn.model_validate({
        "position": {"type": "Point", "coordinates": [1.35, 51.0]}, "time": "2026-11-22T14:30:00Z", "persons": 8,
        "vessel": {"profile": "rnli-severn"},
    })  # fmt: skip
    return service.decide(service.ask(encounter, 0.0))


def digest(decision):
    return decision_sha256(decision, basis_of(decision).canonical)


def other(value, port):
    """Another value of a decision's array."""
    changed = value.copy()
    at = (port,) + (0,) * (value.ndim - 1)
    if value.dtype == np.bool_:
        changed[at] = not value[at]
    elif value.dtype.kind == "f":
        changed[at] = 1.0 if np.isnan(value[at]) else value[at] + 0.01
    else:
        changed[at] = value[at] + 1
    return changed


ARRAYS = (
    "distance_m", "time_s", "low_s", "high_s", "wait_s", "closely", "touched", "key_s", "plain_key_s", "status",
    "verdict", "code", "measured", "limit", "order",
)  # fmt: skip


@pytest.mark.parametrize("name", ARRAYS)
def test_another_code_or_figure_is_another_decision(decision, name):
    first = 0 if name == "order" else int(decision.order[0])
    if name == "closely":
        assert decision.closely[first]
    assert digest(replace(decision, **{name: other(getattr(decision, name), first)})) != digest(decision)


def test_which_ports_bear_on_it_is_proven_too(decision):
    is_settled = decision.is_settled.copy()
    is_settled[np.flatnonzero(~is_settled)[0]] = True
    assert digest(replace(decision, is_settled=is_settled)) != digest(decision)


@pytest.mark.parametrize(
    ("name", "value"),
    [("needed_depth_m", 9.0), ("persons", 9.0), ("speed_ms", 1.0), ("to_second_s", 1.5), ("near_tie", None),
     ("sensitive_to", ("tide",)), ("notices", (Notice(Code.NEAR_TIE, {"times_s": (1.0, 2.0)}),)),
     ("proof", SimpleNamespace(opened=99, next_bound_s=1.0))],
)  # fmt: skip
def test_so_is_anything_else_that_was_found(decision, name, value):
    value = not decision.near_tie if name == "near_tie" else value
    assert digest(replace(decision, **{name: value})) != digest(decision)


def test_every_array_of_a_decision_is_in_it_or_follows_from_what_is(decision):
    """A field somebody adds has to be thought of here."""
    arrays = {field.name for field in fields(decision) if isinstance(getattr(decision, field.name), np.ndarray)}
    # What a code weighs is the policy's, whose digest is among the inputs.
    assert arrays == {*ARRAYS, "weight", "is_settled"}


def test_other_inputs_are_another_decision(decision):
    identity = {**decision.world.identity, "overlay": {"sha256": "0" * 64}}
    assert digest(replace(decision, world=replace(decision.world, identity=identity))) != digest(decision)


def test_the_route_is_proven_too(decision):
    reach = decision.reach._replace(via=other(decision.reach.via, int(decision.order[0])))
    assert digest(replace(decision, reach=reach)) != digest(decision)


@pytest.mark.parametrize(("plain", "odd"), [(0.0, -0.0), (nan, -nan), (5.0, np.nextafter(5.0, 6.0))])
def test_how_a_number_is_written_in_memory_is_no_matter(decision, plain, odd):
    def having(value):
        wait_s = decision.wait_s.copy()
        wait_s[decision.order[0]] = value
        return replace(decision, wait_s=wait_s)

    assert digest(having(plain)) == digest(having(odd))
    assert digest(having(plain)) != digest(having(inf))


def test_order_in_memory_is_no_matter(decision):
    turned = replace(decision, measured=np.asfortranarray(decision.measured), code=decision.code.astype(np.int64))
    assert digest(turned) == digest(decision)


def test_the_layout_stays_as_it_is():
    """Records in the field were made by it: a change of layout is another form."""
    made = SimpleNamespace(
        code=np.array([[1, 2], [3, 4]], np.int16), verdict=np.array([[0, 1], [2, 0]], np.int8),
        measured=np.array([[1.5, nan], [-0.0, inf]]), limit=np.full((2, 2), nan), order=np.array([1, 0]),
        status=np.array([0, 3], np.int8), closely=np.array([True, False]), touched=np.array([1, 2], np.uint64),
        distance_m=np.array([1.0, 2.0]), time_s=np.array([1.0, nan]), low_s=np.array([1.0, nan]),
        high_s=np.array([1.0, inf]), wait_s=np.array([0.0, nan]), key_s=np.array([1.0, inf]),
        plain_key_s=np.array([1.0, inf]), is_settled=np.array([True, False]),
        travel_times=SimpleNamespace(time_s=np.array([1.0, nan])),
        reach=SimpleNamespace(
            harbour_m=np.array([0.5, nan]), via=np.array([7, -1]), entered_at=np.array([-1, -1]),
            path=np.array([[1.0, 51.0]]), joined=np.array([[1.0, 51.0], [1.1, 51.0]]), entry=np.full((2, 2), nan),
        ),
        detours={1: SimpleNamespace(length_m=3.0, shortest_s=nan, track=np.array([[1.0, 51.0], [1.2, 51.1]]))},
        bank_ways={},
        coordination=SimpleNamespace(srr="UK", centres=(SimpleNamespace(id="dover"),), line_m=5.0, band=False),
        needed_depth_m=1.2, persons=8.0, speed_ms=9.0, to_second_s=nan, near_tie=True, sensitive_to=("tide",),
        proof=SimpleNamespace(opened=2, next_bound_s=inf),
        notices=(Notice(Code.NEAR_TIE, {"ports": (1, 0), "times_s": (1.0, nan), "names": ("x",)}),),
    )  # fmt: skip
    every = canonical_form(made, b"{}", EVERY_PORT_FORM)
    assert every.startswith(b"safeport.decision\x00\x01\x00")
    assert hashlib.sha256(every).hexdigest()[:16] == "de2b790a2f127764"
    settled = canonical_form(made, b"{}")
    assert settled.startswith(b"safeport.decision\x00\x02\x00")
    assert hashlib.sha256(settled).hexdigest()[:16] == "9241b94bd337e488"


def test_a_fact_nobody_can_write_down_is_refused(decision):
    with pytest.raises(TypeError, match="object"):
        digest(replace(decision, notices=(Notice(Code.NEAR_TIE, {"odd": object()}),)))
