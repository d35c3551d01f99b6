"""Chances against closed forms: the halfway line between two ports, one port alone, and streams that stay put."""

from dataclasses import replace
from math import cos, degrees, erf, log, radians, sqrt

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from api.replay.analysis.monte_carlo import (
    CHANCES,
    NOT_AFLOAT,
    Uncertainty,
    _likeliest,
    chances,
    read_ambiguity,
    read_uncertainty,
    winners_for,
)
from api.replay.batch import ask_of
from engine.decide import decide
from engine.errors import InvalidAsk
from engine.kernels.geodesy import EQUATORIAL_RADIUS_M
from engine.kernels.mesh import NOWHERE
from tests.api.replay.folders import encounters

PERSONS = {"persons_min": 30, "persons_max": 30, "persons_recovered": 30, "persons_in_water": False}
ACCURACY_M = 1000.0
DRAWS = 3000


@pytest.fixture(scope="module")
def uncertainty():
    return read_uncertainty()


def asked(service, policies, lon, lat, **more):
    row = encounters([{"lon": lon, "lat": lat, "position_accuracy_m": ACCURACY_M, **PERSONS, **more}]).to_pylist()[0]
    return ask_of(row, service.vessels, policies)


def sloping(service, worlds, policies, lon, lat):
    """Where Dover and Calais are as near as each other along a parallel, and how fast the lead changes. [deg, s/m]"""
    index = {port.id: k for k, port in enumerate(worlds.service.world.ports)}

    def lead(at_lon, at_lat):
        ask = asked(service, policies, at_lon, at_lat)
        decision = decide(ask, worlds(ask.at_s))
        return float(decision.key_s[index["calais"]] - decision.key_s[index["dover"]])

    west, east = lon - 0.2, lon + 0.2
    assert lead(west, lat) > 0.0 > lead(east, lat)
    for _ in range(40):
        middle = 0.5 * (west + east)
        west, east = (middle, east) if lead(middle, lat) > 0.0 else (west, middle)
    step_deg = degrees(200.0 / EQUATORIAL_RADIUS_M)
    wide = step_deg / cos(radians(lat))
    slope = np.array([
        (lead(west + wide, lat) - lead(west - wide, lat)) / 400.0,
        (lead(west, lat + step_deg) - lead(west, lat - step_deg)) / 400.0,
    ])  # fmt: skip
    return west, slope


@pytest.fixture(scope="module")
def halfway(service, worlds, policies):
    lat = 51.04
    lon, slope = sloping(service, worlds, policies, 1.60, lat)
    return lon, lat, slope


def share_of(service, worlds, policies, uncertainty, lon, lat, port, seed=1):
    ask = asked(service, policies, lon, lat)
    world = worlds(ask.at_s)
    winners = winners_for(ask, world, DRAWS, np.random.default_rng(seed), uncertainty)
    index = {known.id: k for k, known in enumerate(world.ports)}
    return (winners == index[port]).mean(), winners


THREE_SIGMA = 3.0 * 0.5 / sqrt(DRAWS)


def test_halfway_between_two_ports_each_is_best_half_the_time(service, worlds, policies, uncertainty, halfway):
    lon, lat, _ = halfway
    share, winners = share_of(service, worlds, policies, uncertainty, lon, lat, "dover")
    assert share == pytest.approx(0.5, abs=THREE_SIGMA)
    row = _likeliest(winners, [port.id for port in worlds.service.world.ports])
    assert {row["likeliest_1_port"], row["likeliest_2_port"]} == {"dover", "calais"}
    assert row["ambiguity_bits"] == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("deviations", [-1.0, 0.5, 2.0])
def test_off_the_halfway_line_the_share_is_the_normal_distribution(
    service, worlds, policies, uncertainty, halfway, deviations
):
    lon, lat, slope = halfway
    sigma_m = uncertainty.deviation_m(ACCURACY_M)
    # Towards Dover, square to the line on which both are as near.
    east, north = slope / np.hypot(*slope) * deviations * sigma_m
    lat_there = lat + degrees(north / EQUATORIAL_RADIUS_M)
    lon_there = lon + degrees(east / EQUATORIAL_RADIUS_M) / cos(radians(lat))
    share, _ = share_of(service, worlds, policies, uncertainty, lon_there, lat_there, "dover", seed=7)
    assert share == pytest.approx(0.5 * (1.0 + erf(deviations / sqrt(2.0))), abs=THREE_SIGMA + 0.01)


def test_the_stated_accuracy_holds_its_share_of_positions(uncertainty):
    rng = np.random.default_rng(2)
    drawn = rng.standard_normal((40_000, 2)) * uncertainty.deviation_m(500.0)
    held = (np.hypot(*drawn.T) <= 500.0).mean()
    assert held == pytest.approx(uncertainty.accuracy_holds_share, abs=0.005)
    assert uncertainty.deviation_m(float("nan")) == uncertainty.deviation_m(uncertainty.accuracy_when_unknown_m)


def test_a_port_close_by_is_always_the_best(service, worlds, policies, uncertainty):
    table = encounters([{"lon": 1.36, "lat": 51.10, "position_accuracy_m": 50.0, **PERSONS}])
    row = chances(table, worlds, service.vessels, policies, 200, 3, uncertainty).to_pylist()[0]
    assert (row["likeliest_1_port"], row["likeliest_1_probability"]) == ("dover", 1.0)
    assert row["likeliest_2_port"] is None
    assert row["ambiguity_bits"] == 0.0
    assert row["draws_afloat"] == 200


def test_the_answer_without_doubt_is_that_of_the_decision(service, worlds, policies):
    certain = Uncertainty(0.95, 0.0, 1e9, 1.0, 1e9, 1.0)
    for lon, lat in ((1.40, 51.00), (1.75, 51.05), (0.60, 50.70)):
        ask = replace(asked(service, policies, lon, lat), position_accuracy_m=0.0)
        world = worlds(ask.at_s)
        winners = winners_for(ask, world, 3, np.random.default_rng(1), certain)
        assert winners.tolist() == [decide(ask, world).recommended] * 3


def test_outcome_does_not_depend_on_neighbours_order_or_chunks(service, worlds, policies, uncertainty):
    rows = [{"lon": lon, "lat": 51.04, "position_accuracy_m": 2000.0, **PERSONS} for lon in (1.50, 1.55, 1.60, 1.65)]
    whole = chances(encounters(rows), worlds, service.vessels, policies, 60, 9, uncertainty)
    assert whole.schema == CHANCES
    for k in (2, 0, 3, 1):
        part = encounters(rows).slice(k, 1)
        assert chances(part, worlds, service.vessels, policies, 60, 9, uncertainty).equals(whole.slice(k, 1))
    other = chances(encounters(rows), worlds, service.vessels, policies, 60, 10, uncertainty)
    assert not other.equals(whole)


def test_draws_ashore_do_not_count(service, worlds, policies, uncertainty):
    # Close under the cliffs of Dover a mile's doubt puts many draws on land.
    ask = asked(service, policies, 1.385, 51.14, position_accuracy_m=1800.0)
    winners = winners_for(ask, worlds(ask.at_s), 400, np.random.default_rng(4), uncertainty)
    ashore = (winners == NOT_AFLOAT).sum()
    assert 20 < ashore < 380
    row = _likeliest(winners, [port.id for port in worlds.service.world.ports])
    assert row["draws_afloat"] == 400 - ashore
    named = sum(row.get(f"likeliest_{k}_probability", 0.0) for k in (1, 2, 3))
    assert named <= 1.0 + 1e-12


def test_beyond_the_area_nothing_is_drawn(service, worlds, policies, uncertainty):
    table = encounters([{"lon": 20.0, "lat": 51.0, **PERSONS}])
    row = chances(table, worlds, service.vessels, policies, 10, 1, uncertainty).to_pylist()[0]
    assert row["draws_afloat"] == 0
    assert row["likeliest_1_port"] is None
    assert row["no_port_probability"] is None


def test_entropy_by_hand():
    row = _likeliest(np.array([0, 0, 1, NOWHERE, NOT_AFLOAT]), ["a", "b"])
    assert row["draws_afloat"] == 4
    assert (row["likeliest_1_port"], row["likeliest_1_probability"]) == ("a", 0.5)
    assert (row["likeliest_2_port"], row["likeliest_2_probability"]) == ("b", 0.25)
    assert row["no_port_probability"] == 0.25
    assert row["ambiguity_bits"] == pytest.approx(1.5)


def test_a_wrong_file_of_uncertainties_is_refused(tmp_path):
    path = tmp_path / "own.toml"
    good = "[position]\naccuracy_holds_share = {}\naccuracy_when_unknown_m = 100.0\n" + "".join(
        f"[{name}]\nshare_is_deviations = 2.0\ncut_at_deviations = 3.0\n" for name in ("speed", "waves")
    )
    path.write_text(good.format(0.5), encoding="utf-8")
    assert read_uncertainty(path).deviation_m(100.0) == pytest.approx(100.0 / sqrt(2.0 * log(2.0)))
    for text in ("[position]\n", "x", good.format(1.5)):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InvalidAsk):
            read_uncertainty(path)


def test_the_classes_of_certainty_by_hand(tmp_path):
    best = [1.0, 0.95, 0.94, 0.5, 0.49, None]
    rows = [{"row": k, "likeliest_1_probability": p, "ambiguity_bits": None if p is None else 0.5,
             "draws_afloat": 0 if p is None else 10} for k, p in enumerate(best)]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, CHANCES), tmp_path / "chances.parquet")
    assert read_ambiguity(tmp_path) is None
    (tmp_path / "chances.json").write_text('{"draws": 10, "seed": 4}', encoding="utf-8")
    found = read_ambiguity(tmp_path)
    assert found.classes == [(0.95, 2), (0.8, 1), (0.5, 1), (0.0, 1)]
    assert (found.none_afloat, found.mean_bits, found.draws, found.seed) == (1, 0.5, 10, 4)
