"""The nearest port is not lost to a blank: cases that were answered wrongly, and what has to hold of every fact."""

import json
from dataclasses import replace
from math import nan

import numpy as np
import pytest

from api.cli.console import Style
from api.cli.render import decision_text
from api.encounter import EncounterIn
from api.text.headline import headline
from engine.codes import Code, Grade, PortKind, Rule, Status
from engine.decide import decide, deciding_finding, only_by_person, passed_over
from engine.errors import InvalidAsk
from engine.port_access import port_access
from engine.ports import Evidence
from geodata.overlay import overlay_world
from geodata.register import Overlay, read_overlay
from tests.synthetic.ports import with_depth

AT_S = 1_795_957_200.0  # 2026-11-29T13:00:00Z


def decided(service, lon, lat, vessel, time="2026-11-29T13:00:00Z", **more):
    encounter = EncounterIn.model_validate({
        "position": {"type": "Point", "coordinates": [lon, lat]}, "time": time, "persons": 10, "persons_recovered": 10,
        "persons_in_water": False, "vessel": vessel, **more,
    })  # fmt: skip
    return service.decide(service.ask(encounter, AT_S))


def named(decision, port):
    return next(number for number, each in enumerate(decision.world.ports) if each.id == port)


@pytest.mark.parametrize(
    ("lon", "lat", "vessel", "port"),
    [
        (-6.4167, 49.8667, "rnli-severn", "st-marys-scilly"),
        (-5.5200, 50.0500, "rnli-severn", "newlyn"),
        (0.8000, 51.4700, "rnli-trent", "sheerness"),
        (-3.7600, 50.1900, "rnli-tamar", "salcombe"),
        (-4.8200, 48.3500, "snsm-ctt", "le-conquet"),
        (-1.9300, 50.6200, "rnli-shannon", "swanage"),
        (1.3200, 51.9300, "rnli-severn", "harwich"),
    ],
)
def test_a_lifeboat_is_sent_to_the_harbour_where_one_lies(service, lon, lat, vessel, port):
    """An all-weather lifeboat lies at each of them; each was passed over for want of a depth."""
    decision = decided(service, lon, lat, {"profile": vessel})
    best = decision.recommended
    assert best is not None
    assert decision.world.ports[best].id == port or decision.time_s[best] <= decision.time_s[named(decision, port)]
    found = Code(decision.code[named(decision, port), Rule.R_NAV_01])
    assert found not in (Code.DEPTH_UNKNOWN, Code.DEPTH_ESTIMATED)


def test_guessed_hours_never_come_before_a_depth_that_is_known(service):
    decision = decided(service, 2.12, 51.0433, {"profile": "snsm-ctt"}, time="2023-12-15T12:00:00Z", persons=40)
    gravelines, ouest = named(decision, "gravelines"), named(decision, "dunkerque-ouest")
    order = decision.order.tolist()
    assert order.index(ouest) < order.index(gravelines)


def test_a_ship_is_judged_by_the_quay_of_ships(service):
    """Off Harwich with 8 m draught and 180 m: no yacht harbour is shown to her, no port is judged by its pontoons."""
    vessel = {"speed_kn": 14, "draught_m": 8.0, "loa_m": 180, "max_hs_m": 6, "survivor_capacity": 400}
    decision = decided(service, 1.45, 51.90, vessel, persons=300, persons_recovered=300)
    felixstowe = named(decision, "felixstowe")
    assert decision.status[felixstowe] <= Status.CAUTION
    for marina in ("cadzand", "suffolk-yacht-harbour", "shotley-marina", "brightlingsea"):
        assert decision.status[named(decision, marina)] == Status.EXCLUDED
    assert decision.code[named(decision, "zeebrugge"), Rule.R_NAV_01] != Code.DRAFT_EXCEEDED


def test_what_is_not_known_of_the_vessel_never_helps_a_port_in_silence(service):
    """Length, range, load and draught taken away: no port gains standing, unless a notice names what is not known."""
    whole = {
        "speed_kn": 15, "draught_m": 2.0, "loa_m": 139, "beam_m": 20, "range_nm": 60, "survivor_capacity": 20,
        "self_righting_persons": 5, "max_hs_m": 2,
    }  # fmt: skip
    names = {"loa_m": "loa_m", "range_nm": "range_nm", "survivor_capacity": "max_persons", "draught_m": "draught_m",
             "self_righting_persons": "self_righting_persons", "beam_m": "beam_m"}  # fmt: skip
    known = decided(service, -3.50, 50.30, whole, time="2026-11-22T04:30:00Z", persons=25, persons_recovered=25)
    for field, name in names.items():
        less = {key: figure for key, figure in whole.items() if key != field}
        decision = decided(service, -3.50, 50.30, less, time="2026-11-22T04:30:00Z", persons=25, persons_recovered=25)
        if (decision.status < known.status).any():
            entries = [notice for notice in decision.notices if notice.code == Code.VESSEL_FACTS_UNKNOWN]
            assert entries, field
            assert name in entries[0].facts["names"], field


def test_a_vessel_of_unknown_length_costs_what_her_plausible_length_would(service):
    vessel = {"speed_kn": 15, "draught_m": 4.0}
    unknown = decided(service, -3.50, 50.30, vessel)
    codes = {Code(code) for code in unknown.code[:, Rule.R_BER_01]}
    assert Code.VESSEL_SIZE_DOUBTFUL in codes
    stated = decided(service, -3.50, 50.30, {**vessel, "loa_m": 12})
    assert Code.VESSEL_SIZE_DOUBTFUL not in {Code(code) for code in stated.code[:, Rule.R_BER_01]}


def test_the_headline_names_the_nearer_port_to_ask_and_the_fallback(service, world):
    """Dover without a depth: the first line says whom to ask, then where to go."""
    dated = service.world_at(AT_S)
    dover = next(number for number, port in enumerate(dated.ports) if port.id == "dover")
    blank = replace(dated, columns=with_depth(dated.columns, nan, dover))
    ask = service.ask(
        EncounterIn.model_validate({
            "position": {"type": "Point", "coordinates": [1.36, 51.09]}, "time": "2026-11-29T13:00:00Z", "persons": 10,
            "persons_recovered": 10, "persons_in_water": False, "vessel": {"profile": "rnli-severn"},
        }),
        AT_S,
    )  # fmt: skip
    decision = decide(ask, blank)
    line = headline(decision)
    other = decision.world.ports[decision.recommended]
    assert line.en.startswith("ADVICE: ASK DOVER HARBOUR VHF 74 first, ")
    assert "depth not known. Else " + other.name_en.upper() in line.en
    assert line.fr.startswith("CONSEIL : DEMANDER d'abord à DOUVRES en VHF 74, ")
    assert "fond inconnu. Sinon " + other.name_fr.upper() in line.fr
    # With the depth known the same port is the answer, and nobody is to be asked first.
    assert decide(ask, dated).recommended == dover


def test_critical_care_is_what_the_headline_says_it_is(service):
    decision = decided(service, 0.5, 50.7, {"profile": "rnli-severn"}, medical="critical")
    assert headline(decision).en.startswith("ADVICE: least time to care, ")
    assert " to hospital. " in headline(decision).en
    assert "temps jusqu'aux soins" in headline(decision).fr


def test_alongside_nothing_is_waited_for(service):
    """At the landing point itself no gate and no tide is between her and the quay."""
    for port in ("bembridge", "rye", "whitstable", "saint-valery-sur-somme"):
        place = next(each for each in service.world.ports if each.id == port)
        lon, lat = (float(part) for part in place.harbour_leg[-1])
        decision = decided(service, lon, lat, {"profile": "rnli-atlantic-85"})
        number = named(decision, port)
        assert decision.wait_s[number] == 0.0, port
        assert decision.code[number, Rule.R_NAV_02] == Code.GATE_ALONGSIDE, port


def test_beaches_come_after_harbours_in_one_line(service):
    decision = decided(service, 0.97, 50.88, {"profile": "ukbf-cutter-42m"})
    beaches = [port for port in passed_over(decision) if only_by_person(decision, port)]
    assert beaches
    text = decision_text(decision, "en", 4, Style(False))
    last = " ".join(text[text.index("Beaches and places only a person may choose: ") :].split())
    assert decision.world.ports[beaches[0]].name_en.upper() in last
    titles = [line for line in text.splitlines() if line.startswith(("? ", "x "))]
    assert not any(decision.world.ports[port].name_en.upper() in line for port in beaches for line in titles)


def test_a_fact_less_well_known_never_gives_a_port_a_better_standing(service):
    """Every grade of every depth and gate weakened, or taken away: no port of a hundred answers gains by it."""
    random = np.random.default_rng(14)
    dated = service.world_at(AT_S)
    columns = dated.columns
    weaker = dated.columns._replace(
        approach_grade=np.minimum(columns.approach_grade, int(Grade.GENERAL)),
        small_grade=np.minimum(columns.small_grade, int(Grade.GENERAL)),
        ship_grade=np.minimum(columns.ship_grade, int(Grade.GENERAL)),
        gate_grade=np.minimum(columns.gate_grade, int(Grade.GENERAL)),
    )
    ports = dated.ports
    for _ in range(100):
        near = ports[int(random.integers(len(ports)))].approach
        ask = service.ask(
            EncounterIn.model_validate({
                "position": {"type": "Point", "coordinates": list(near)}, "time": "2026-11-29T13:00:00Z", "persons": 8,
                "vessel": {"profile": str(random.choice(["rnli-severn", "rnli-atlantic-85", "unknown"]))},
            }),
            AT_S,
        )  # fmt: skip
        strong, weak = decide(ask, dated), decide(ask, replace(dated, columns=weaker))
        better = weak.status < strong.status
        # A depth that is short by less than it may be out is doubtful, no longer a fail: so it says.
        doubtful = np.isin(weak.code[:, Rule.R_NAV_01], [int(Code.DEPTH_DOUBTFUL), int(Code.DEPTH_BY_HOURS)])
        assert not (better & ~doubtful).any()
        # An unknown never counts as a pass.
        assert (weak.status[better] == Status.UNCONFIRMED).all() or doubtful[better].all()


def test_a_proven_draught_proves_no_more(world, service):
    policy = service.ask(
        EncounterIn.model_validate({"position": {"type": "Point", "coordinates": [1.4, 51.0]}, "persons": 1}), AT_S
    ).policy
    blank = with_depth(world.columns, nan)
    proven = blank._replace(proven_draught_m=np.full(len(world.ports), 1.7))
    dries = world.columns.kind == PortKind.DRYING_HARBOUR
    found = port_access(1.7, 17.3, proven, policy.limits)
    assert (found.depth_grade[~dries] == Grade.BOUND).all()
    # A craft on a mooring outside says nothing of a landing that dries to nobody knows what height.
    assert (found.depth_grade[dries] == Grade.BLANK).all()
    beyond = port_access(1.8, 17.3, proven, policy.limits)
    assert (beyond.depth_grade == Grade.BLANK).all()
    assert np.isnan(beyond.depth_m).all()


def test_an_overlay_corrects_a_fact_and_says_so(service, tmp_path):
    file = tmp_path / "own.csv"
    file.write_text(
        "port_id,field,value,grade,source,note\n"
        "dover,approach_depth_m,0.5,published,survey of our own 1 November 2026,\n"
        "dover,small_depth_m,0.5,published,survey of our own 1 November 2026,\n",
        encoding="utf-8",
    )
    overlaid = service.with_overlay(file)
    decision = decided(overlaid, 1.36, 51.09, {"profile": "rnli-severn"})
    dover = named(decision, "dover")
    assert decision.measured[dover, Rule.R_NAV_01] < 8.0
    assert Code.REGISTER_OVERLAID in {notice.code for notice in decision.notices}
    assert decision.world.identity["overlay"] == {"sha256": read_overlay(file).sha256}
    assert Code.REGISTER_OVERLAID not in {
        notice.code for notice in decided(service, 1.36, 51.09, {"profile": "rnli-severn"}).notices
    }


OWN_PLACE = "port_id,field,value,grade,source,note\n" + "".join(
    f"test-cove,{name},{value},published,harbour office 2026,\n"
    for name, value in (
        ("name_en", "Test Cove"), ("name_fr", "Anse d'essai"), ("country", "GB"), ("kind", "marina"),
        ("approach_lon", 1.36), ("approach_lat", 51.10), ("landing_lon", 1.352), ("landing_lat", 51.105),
        ("harbour_leg_m", 900), ("approach_depth_m", -1.5), ("small_depth_m", 3.5), ("gate_kind", "none"), ("vhf", 12),
    )
)  # fmt: skip


def test_a_place_of_an_overlay_is_judged_like_any_other(service, tmp_path):
    """It is reached over water, has a tide, may be advised, and the answer says that it comes from the operator."""
    file = tmp_path / "own.csv"
    file.write_text(OWN_PLACE, encoding="utf-8")
    overlaid = service.with_overlay(file)
    decision = decided(overlaid, 1.365, 51.098, {"profile": "rnli-severn"})
    own = named(decision, "test-cove")
    assert decision.recommended == own == len(service.world.ports)
    assert decision.distance_m[own] == pytest.approx(900.0 + 411.0, abs=20.0)
    # 1.5 m dry at the entrance: only the tide floats her.
    assert decision.code[own, Rule.R_DAT_02] == Code.TIDE_PREDICTED_ONLY
    dover = decision.world.ports[named(decision, "dover")]
    assert decision.world.ports[own].facts["tide_station"] == dover.facts["tide_station"]
    entry = next(notice for notice in decision.notices if notice.code == Code.REGISTER_OVERLAID)
    assert entry.facts["ports"] == (own,)
    # Nothing else moves.
    before = decided(service, 1.365, 51.098, {"profile": "rnli-severn"})
    assert np.array_equal(decision.distance_m[:-1], before.distance_m)
    assert np.array_equal(decision.code[:-1], before.code)


def test_a_place_of_an_overlay_keeps_out_of_zones_too(service, tmp_path):
    own, zone = tmp_path / "own.csv", tmp_path / "zone.geojson"
    own.write_text(OWN_PLACE, encoding="utf-8")
    ring = [[1.355, 51.097], [1.375, 51.097], [1.375, 51.103], [1.355, 51.103], [1.355, 51.097]]
    zone.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}), encoding="utf-8")
    decision = decided(service.with_overlay(own).with_exclusions(zone), 1.42, 51.10, {"profile": "rnli-severn"})
    assert decision.status[named(decision, "test-cove")] == Status.EXCLUDED
    assert decision.status[named(decision, "dover")] != Status.EXCLUDED


def test_a_place_of_an_overlay_on_land_is_refused(service, tmp_path):
    file = tmp_path / "own.csv"
    file.write_text(OWN_PLACE.replace("approach_lon,1.36", "approach_lon,1.25"), encoding="utf-8")
    with pytest.raises(
        InvalidAsk, match=r"own\.csv line 6: test-cove\.approach_lon and approach_lat lie off the water"
    ):
        service.with_overlay(file)
    file.write_text(OWN_PLACE + "test-cove,tide_station,ticon/none,published,us,\n", encoding="utf-8")
    with pytest.raises(InvalidAsk, match=r"own\.csv line 15: test-cove\.tide_station is 'ticon/none', which is no"):
        service.with_overlay(file)


def test_an_overlay_without_facts_changes_nothing(service):
    empty = overlay_world(service.world, Overlay({}, "0"))
    for name, column in service.world.columns._asdict().items():
        assert np.array_equal(column, getattr(empty.columns, name), equal_nan=column.dtype.kind == "f"), name


def test_what_is_known_of_a_port_says_where_from(world):
    """Every depth, gate and channel of the register has a source and a grade."""
    for port in world.ports:
        for name, known in port.evidence.items():
            assert isinstance(known, Evidence), (port.id, name)
            assert known.source, (port.id, name)
            assert known.grade >= Grade.ESTIMATE, (port.id, name)


def test_few_answers_pass_over_a_harbour_for_want_of_a_fact(service):
    """A small draw of what `python -m bench.register` measures."""
    from bench.register import LACKING, coastal_points

    lacking = 0
    points = coastal_points(service, 60, seed=3)
    for lon, lat in points:
        decision = decided(service, lon, lat, {"profile": "rnli-atlantic-85"})
        codes = {
            Code(decision.code[port, found])
            for port in passed_over(decision)
            if not only_by_person(decision, port) and (found := deciding_finding(decision, port)) is not None
        }
        lacking += bool(codes & LACKING)
    assert lacking <= 0.1 * len(points)


def test_the_much_nearer_port_of_a_notice_is_among_those_passed_over(service):
    """So whoever reads the list finds the port that the headline says to ask first, and why it is not the answer."""
    from bench.register import coastal_points

    met = 0
    for lon, lat in coastal_points(service, 150, seed=7):
        decision = decided(service, lon, lat, {"profile": "unknown"})
        for notice in decision.notices:
            if notice.code == Code.UNCONFIRMED_NEARER:
                met += 1
                port = notice.facts["port"]
                assert port in passed_over(decision)
                assert deciding_finding(decision, port) is not None
    assert met


def test_the_ports_that_win_most_are_known_from_print(service, capsys):
    """Share of approach, landing, gate and channel of the forty that was read or quoted: it may rise."""
    from bench.register import MOST, SOURCED, VESSELS, run

    found = run(service, 250)
    assert found[SOURCED] >= 0.54
    assert max(found[name] for name in VESSELS) <= 0.055
    printed = capsys.readouterr().out
    general = int(printed.rsplit("general knowledge: ", 1)[1])
    assert general <= 42
    assert f"The {MOST} ports that win most often" in printed
