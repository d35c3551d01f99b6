"""What a forecast may and may not do to an answer: guards found by reading answers with a critical eye."""

from dataclasses import replace
from math import nan

import numpy as np
import pytest

from api.cli.console import Style
from api.cli.render import decision_text
from api.decision_service import known_policy
from api.documents.decision import decision_document, to_json
from engine.codes import Code, Rule, Status
from engine.decide import decide
from engine.model import Ask
from geodata.forecast import open_cube
from tests.synthetic.cubes import START_S, synthetic_cube

AT_S = START_S + 6 * 3600.0
OFF_BOULOGNE = (1.45, 50.80)
STATED = {"assumed": (), "max_hs_m": 2.0, "draught_m": 1.4, "loa_m": 17.0, "max_persons": 80.0}


@pytest.fixture
def through(service, tmp_path):
    """Decide through a synthetic forecast, for a stated vessel unless told otherwise."""

    def made(position=OFF_BOULOGNE, at_s=AT_S, vessel=None, file="weather.cube", **weather):
        world = service.world_at(at_s)
        if weather:
            cube = open_cube(synthetic_cube(tmp_path / file, step_deg=0.1, **weather))
            world = replace(world, forecast=cube.forecast, identity={**world.identity, "forecast": cube.identity})
        vessel = vessel or replace(service.vessels["rnli-severn"], **STATED)
        ask = Ask(*position, at_s, vessel, known_policy("nearest-time"), persons_min=20.0, persons_max=20.0,
                  persons_recovered=20.0, persons_in_water=False)  # fmt: skip
        return decide(ask, world)

    return made


def port_of(decision, name):
    return next(k for k, port in enumerate(decision.world.ports) if port.id == name)


def codes(decision):
    return {notice.code for notice in decision.notices}


@pytest.mark.parametrize("profile", ["ukbf-ctv", "unknown", "fishing-vessel", "vcsm-20m"])
def test_an_assumed_sea_limit_shuts_no_port(through, service, profile):
    vessel = service.vessels[profile]
    assert "max_hs_m" in vessel.assumed
    decision = through(vessel=vessel, waves=(2.4, 1.0, 0.0, 7.0), wind=(5.0, 0.0, 8.0))
    assert decision.recommended is not None
    assert decision.code[decision.recommended, Rule.R_RTE_02] in (
        Code.SEA_OVER_ASSUMED_LIMIT, Code.SEA_LIMIT_HERE_ALREADY,
    )  # fmt: skip


def test_a_stated_one_does(through):
    def higher_outside(lon, lat, _):
        return np.where(np.hypot(lon - 1.45, lat - 50.8) < 0.05, 1.0, 2.6), 1.0, 0.0, 7.0

    decision = through(waves=higher_outside)
    assert decision.recommended is None
    assert (decision.status == Status.EXCLUDED).sum() > 100


def test_in_too_high_a_sea_already_there_is_still_an_answer(through):
    decision = through(waves=(2.6, 1.0, 0.0, 7.0))
    assert decision.recommended is not None
    assert decision.code[decision.recommended, Rule.R_RTE_02] == Code.SEA_LIMIT_HERE_ALREADY


@pytest.mark.parametrize(("run_at_s", "code", "notice"), [
    (AT_S - 3600.0, Code.WX_FRESH, Code.FORECAST_AGE),
    (AT_S - 7 * 3600.0, Code.WX_STALE, Code.FORECAST_STALE),
    (None, Code.WX_STALE, Code.FORECAST_AGE_UNKNOWN),
    (AT_S + 3600.0, Code.WX_FRESH, Code.FORECAST_RUN_LATER),
])  # fmt: skip
def test_the_age_of_the_run_is_said_and_an_unknown_one_is_no_fresh_one(through, run_at_s, code, notice):
    decision = through(waves=(0.5, 1.0, 0.0, 5.0), wind=(2.0, 0.0, 3.0), current=(0.0, 0.0), run_at_s=run_at_s)
    assert decision.code[decision.recommended, Rule.R_DAT_01] == code
    assert notice in codes(decision)
    assert len(codes(decision) & {*_AGES}) == 1


_AGES = (Code.FORECAST_AGE, Code.FORECAST_STALE, Code.FORECAST_AGE_UNKNOWN, Code.FORECAST_RUN_LATER)


@pytest.mark.parametrize(("run_at_s", "english", "french"), [
    (AT_S - 9 * 3600.0, "Forecast old: model run 9.0 h before", "Prévision ancienne : calcul du modèle 9,0 h avant"),
    (None, "Age of the forecast used not known", "Âge de la prévision utilisée inconnu"),
])  # fmt: skip
def test_how_old_an_old_forecast_is_stands_in_the_text(through, run_at_s, english, french):
    decision = through(waves=(0.5, 1.0, 0.0, 5.0), wind=(2.0, 0.0, 3.0), current=(0.0, 0.0), run_at_s=run_at_s)
    assert english in decision_text(decision, "en", 4, Style(False))
    assert french in decision_text(decision, "fr", 4, Style(False))


def test_where_the_hour_of_arrival_is_not_known_that_is_what_is_said(through, service):
    """Beyond the seas her speeds are known for there is no time; tides are known all the same."""
    vessel = replace(service.vessels["rnli-severn"], **{**STATED, "max_hs_m": 9.0, "assumed": ()})
    decision = through(
        position=(0.55, 50.85), vessel=vessel, waves=(8.9, 1.0, 0.0, 9.0), wind=(5.0, 0.0, 6.0), current=(0.1, 0.0)
    )
    assert np.isnan(decision.time_s).sum() > 100
    rye, newhaven = port_of(decision, "rye"), port_of(decision, "newhaven")
    assert decision.code[rye, Rule.R_RTE_01] == Code.TIME_UNKNOWN
    assert decision.code[rye, Rule.R_NAV_02] == Code.GATE_HOUR_UNKNOWN
    assert decision.code[rye, Rule.R_NAV_03] == Code.ENTRANCE_HOUR_UNKNOWN
    assert decision.code[rye, Rule.R_NAV_04] == Code.STREAM_HOUR_UNKNOWN
    assert decision.code[rye, Rule.R_DAT_02] == Code.TIDE_HOUR_UNKNOWN
    assert decision.code[rye, Rule.R_DAT_01] != Code.WX_INCOMPLETE
    # Rye is nearer, but of Newhaven nothing else is in doubt.
    assert decision.distance_m[rye] < decision.distance_m[newhaven]
    place = {int(port): place for place, port in enumerate(decision.order)}
    assert place[newhaven] < place[rye]


def test_first_looks_are_marked_in_the_text(through):
    decision = through(waves=(0.5, 1.0, 0.0, 5.0), wind=(2.0, 0.0, 3.0), current=(0.0, 0.0))
    assert decision.closely[decision.order[:4]].all()
    assert "~" not in decision_text(decision, "en", 4, Style(False))
    long = decision_text(decision, "en", 40, Style(False))
    assert "~ first look only" in long
    assert long.count("~") == 1 + (~decision.closely[decision.order[:40]]).sum()


def test_a_forecast_that_does_not_reach_is_not_said_to_be_used(through):
    decision = through(at_s=AT_S + 10 * 86_400.0, waves=(0.5, 1.0, 0.0, 5.0))
    calm = through(at_s=AT_S + 10 * 86_400.0)
    assert {Code.FORECAST_NOT_HERE, Code.CALM_WATER_TIMES} <= codes(decision)
    assert not {Code.FORECAST_AGE, Code.FORECAST_STALE} & codes(decision)
    assert np.allclose(decision.time_s, calm.time_s, rtol=1e-6, equal_nan=True)


def test_wind_alone_makes_no_passage_shorter(through):
    blown = through(wind=(25.0, -4.0, 30.0))
    calm = through()
    assert (blown.travel_times.time_s >= calm.travel_times.time_s - 1e-6).all()


@pytest.mark.parametrize("group", ["wind", "waves"])
def test_what_was_taken_from_far_away_can_not_speak_for_a_port(through, group):
    def only_in_the_west(*values):
        def spread(lon, lat, _):
            return tuple(np.where(lon < -5.0, value, nan) for value in values)

        return spread

    weather = {"wind": (0.0, 2.0, 3.0), "waves": (0.4, 1.0, 0.0, 5.0)}
    weather[group] = only_in_the_west(*weather[group])
    decision = through(**weather)
    boulogne = port_of(decision, "boulogne")
    rule = Rule.R_NAV_03 if group == "wind" else Rule.R_RTE_02
    assert decision.code[boulogne, rule] in (Code.ENTRANCE_SEA_UNKNOWN, Code.WX_UNKNOWN)
    assert decision.code[boulogne, Rule.R_DAT_01] != Code.WX_FRESH


def test_a_gale_from_the_stated_sector_counts_where_no_force_is_stated(through):
    storm = through(waves=(0.4, 1.0, 0.0, 5.0), wind=(24.0, -8.0, 30.0))
    assert storm.code[port_of(storm, "boulogne"), Rule.R_NAV_03] == Code.ENTRANCE_SEA_DANGEROUS


def test_the_sea_that_rises_while_she_waits_counts(through, service):
    opens_s = 1_781_063_100.0  # 2026-06-10T03:45Z, half an hour before Rye opens

    def rising(lon, lat, at_s):
        late = at_s > opens_s + 1500.0
        return 3.0 if late else 0.3, 0.0, 1.0, 6.0

    def blowing(lon, lat, at_s):
        return 0.0, 25.0 if at_s > opens_s + 1500.0 else 0.0, 30.0

    times = opens_s + 300.0 * np.arange(-12, 60)
    shallow = replace(service.vessels["rnli-shannon"], assumed=())
    decision = through((0.80, 50.85), opens_s, shallow, waves=rising, wind=blowing, times=times, run_at_s=opens_s)
    rye = port_of(decision, "rye")
    assert decision.code[rye, Rule.R_NAV_03] in (Code.ENTRANCE_SEA_DANGEROUS, Code.ENTRANCE_WAVES_DANGEROUS)
    assert decision.status[rye] == Status.EXCLUDED
    calm = through(
        (0.80, 50.85), opens_s, shallow, waves=(0.3, 0.0, 1.0, 6.0), times=times, run_at_s=opens_s, file="b.cube"
    )
    assert calm.wait_s[rye] > 600.0
    assert calm.recommended == rye


def test_beyond_the_speed_table_the_nearest_port_is_still_named_and_no_text_says_nan(through, service):
    strong = replace(service.vessels["rnli-severn"], **{**STATED, "max_hs_m": 9.0, "loa_m": 54.0})
    decision = through(vessel=strong, waves=(6.6, 1.0, 0.0, 9.0))
    assert decision.world.ports[int(decision.order[0])].id in ("boulogne", "calais")
    document = to_json(decision_document(decision))
    text = "".join(decision_text(decision, language, 5, Style()) for language in ("en", "fr"))
    for shown in (document, text):
        assert " nan" not in shown
        assert " inf " not in shown


def test_the_range_has_no_end_where_the_late_clock_has_none(through, service):
    vessel = replace(service.vessels["rnli-severn"], **{**STATED, "max_hs_m": 9.0})
    decision = through(vessel=vessel, waves=(7.5, 1.0, 0.0, 9.0))
    first = int(decision.order[0])
    assert np.isfinite(decision.time_s[first])
    assert np.isnan(decision.high_s[first])
