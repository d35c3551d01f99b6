"""A decision without the ports that do not bear on the answer: the same answer, to the last bit."""

from dataclasses import replace

import numpy as np
import pytest

from api.documents.canonical import EVERY_PORT_FORM, decision_sha256
from api.documents.decision import basis_of, decision_document, to_json
from engine.codes import Status
from engine.decide import decide, passed_over
from engine.errors import PositionRefused
from engine.evaluate import SHOWN
from engine.kernels.mesh import NOWHERE
from tests.engine.test_branch_and_bound import random_case, with_forecast, with_random_picture
from tests.oracles.seas import random_forecast
from tests.synthetic.cubes import START_S

BY_PORT = (
    "distance_m", "time_s", "low_s", "high_s", "wait_s", "closely", "touched", "key_s", "plain_key_s", "status",
    "verdict", "code", "weight", "measured", "limit",
)  # fmt: skip


@pytest.fixture(scope="module", params=["calm", "tides and streams", "forecast", "closed ports"])
def pairs(request, service_with_streams):
    """Decisions with every port and without, some of them asked again so that their patch is known."""
    service = service_with_streams
    random = np.random.default_rng(len(request.param))
    world = service.world if request.param == "calm" else service.world_at(START_S)
    if request.param == "forecast":
        world = with_forecast(world, random_forecast(random, 1.2, 0.6, 10.0))
    if request.param == "closed ports":
        world = with_random_picture(world, random)
    made = []
    while len(made) < 60:
        ask = random_case(service, world, random)[0].ask
        ask = replace(ask, position_accuracy_m=float(random.choice([np.nan, 400.0])))
        for _ in range(len(made) % 4):
            try:
                decide(ask, world, every_port=False, sensitivity=False)
            except PositionRefused:
                break
        made.append((decide(ask, world), decide(ask, world, every_port=False)))
    return made


def test_what_bears_on_the_answer_is_the_same_to_the_last_bit(pairs):
    fewer = 0
    for whole, settled in pairs:
        np.testing.assert_array_equal(whole.is_settled, settled.is_settled)
        np.testing.assert_array_equal(whole.order[whole.is_settled[whole.order]], settled.order)
        shown = [port for port in whole.order[:SHOWN].tolist() if whole.status[port] != Status.EXCLUDED]
        assert settled.order[: len(shown)].tolist() == shown
        for name in BY_PORT:
            mine, other = (getattr(decision, name)[whole.is_settled] for decision in (whole, settled))
            np.testing.assert_array_equal(mine, other, err_msg=name)
        assert passed_over(whole) == passed_over(settled)
        for name in ("notices", "to_second_s", "near_tie", "sensitive_to", "proof", "recommended"):
            assert repr(getattr(whole, name)) == repr(getattr(settled, name)), name
        fewer += len(settled.order) < len(whole.order)
    assert fewer > 40


def test_brief_documents_and_records_are_the_same(pairs):
    for whole, settled in pairs[:40]:
        briefs = [to_json(decision_document(decision, "brief")) for decision in (whole, settled)]
        assert briefs[0] == briefs[1]
        assert decision_sha256(whole, basis_of(whole).canonical) == decision_sha256(
            settled, basis_of(settled).canonical
        )


def test_the_form_before_proves_every_port(pairs):
    """Another figure of a port that bears on nothing: the form of every port tells, the other one does not."""
    whole = next(whole for whole, _ in pairs if not whole.is_settled.all())
    basis = basis_of(whole).canonical
    port = int(np.flatnonzero(~whole.is_settled)[0])
    time_s = whole.time_s.copy()
    time_s[port] = 1.0 if np.isnan(time_s[port]) else time_s[port] + 1.0
    other = replace(whole, time_s=time_s)
    assert decision_sha256(whole, basis) == decision_sha256(other, basis)
    assert decision_sha256(whole, basis, EVERY_PORT_FORM) != decision_sha256(other, basis, EVERY_PORT_FORM)
    first = int(whole.order[0])
    time_s[first] += 1.0
    assert decision_sha256(whole, basis) != decision_sha256(replace(whole, time_s=time_s), basis)


def test_where_nobody_is_fit_every_port_is_judged(pairs):
    for _, settled in pairs:
        if settled.recommended is None:
            assert settled.is_settled.all()
            assert len(settled.order) == len(settled.world.ports)
        assert settled.order[0] != NOWHERE
