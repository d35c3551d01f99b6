"""Views of a decision: what they keep, what they leave out, how large they are."""

import gzip
import re
import unicodedata
from datetime import UTC, datetime
from itertools import pairwise

import gpxpy
import numpy as np
import orjson
import pytest

from api.documents import brief as brief_view
from api.documents import decision as document_module
from api.documents.brief import MOST_PASSED_OVER
from api.documents.decision import basis_of, decision_document, to_json, view_of_document, whole_document
from api.documents.language import in_language
from api.documents.line import LONG_CHARS, SHORT_CHARS
from api.documents.tracks import geojson_of, gpx_of
from api.encounter import EncounterIn
from bench.answers import MOST_BYTES, MOST_GZIPPED, MOST_GZIPPED_STATED, stated_besides
from bench.points import read_points
from bench.register import VESSELS, coastal_points
from engine.decide import decide
from engine.errors import PositionRefused
from engine.kernels.geodesy import geodesic_length_m
from engine.units import NAUTICAL_MILE_M

AT_S = datetime(2026, 11, 22, 14, 30, tzinfo=UTC).timestamp()


def decided(service, lon, lat, vessel=None, **more):
    encounter = EncounterIn.model_validate({
        "position": {"type": "Point", "coordinates": [lon, lat]}, "time": "2026-11-22T14:30:00Z", "persons": 8,
        "vessel": vessel or {"profile": "rnli-severn"}, **more,
    })  # fmt: skip
    return service.decide(service.ask(encounter, AT_S))


@pytest.fixture(scope="module")
def decisions(service):
    """A fixed set of encounters: half of them near the coast, half anywhere; four vessels in turn."""
    points = coastal_points(service, 30) + read_points()[:30]
    found = []
    for number, (lon, lat) in enumerate(points):
        vessel = list(VESSELS.values())[number % len(VESSELS)]
        try:
            found.append(decided(service, lon, lat, vessel))
        except PositionRefused:
            continue
    assert len(found) > 50
    return found


@pytest.fixture(scope="module")
def told(decisions):
    """Every other one, and its whole document."""
    return [(decision, decision_document(decision)) for decision in decisions[::2]]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_nine_in_ten_brief_answers_are_small(decisions, lang):
    texts = [to_json(decision_document(decision, "brief", lang)).encode() for decision in decisions]
    within = [len(text) <= MOST_BYTES and len(gzip.compress(text, 6)) <= MOST_GZIPPED for text in texts]
    assert sum(within) >= 0.9 * len(within), sorted((len(text), len(gzip.compress(text, 6))) for text in texts)[-8:]
    assert max(map(len, texts)) < 2 * MOST_BYTES


def test_many_nearer_ports_are_named_by_id_and_code(service):
    decision = decided(service, -1.7659, 48.9031, {"profile": "abeille"}, persons=5, time="2026-02-09T02:00:00Z")
    brief = decision_document(decision, "brief", "fr")
    assert len(brief["passed_over"]) == MOST_PASSED_OVER
    others = [port for ports in brief["passed_over_others"].values() for port in ports]
    assert len(others) == len(set(others)) == brief["passed_over_count"] - MOST_PASSED_OVER > 20
    assert len(to_json(brief).encode()) <= MOST_BYTES


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_brief_answers_are_small_where_somebody_needs_care_or_the_fix_is_doubtful(service, lang):
    points = coastal_points(service, 20) + read_points()[:40]
    texts = []
    for number, (lon, lat) in enumerate(points):
        vessel = list(VESSELS.values())[number % len(VESSELS)]
        try:
            decision = decided(service, lon, lat, vessel, **stated_besides(number))
        except PositionRefused:
            continue
        texts.append(to_json(decision_document(decision, "brief", lang)).encode())
    within = [len(text) <= MOST_BYTES and len(gzip.compress(text, 6)) <= MOST_GZIPPED_STATED for text in texts]
    assert sum(within) >= 0.9 * len(within), sorted((len(text), len(gzip.compress(text, 6))) for text in texts)[-8:]


def test_one_language_is_the_part_of_both_in_it(decisions):
    for decision in decisions[::7]:
        for view in ("line", "full"):
            both = decision_document(decision, view, "both", 3)
            for lang in ("en", "fr"):
                assert decision_document(decision, view, lang, 3) == in_language(both, lang)
        both = decision_document(decision, "brief", "both", 9)
        for lang in ("en", "fr"):
            assert decision_document(decision, "brief", lang, 9) == in_language(both, lang)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_where_room_is_scarce_words_and_points_alone_are_left_out(decisions, lang):
    """Codes and figures are those of the answer with all its words, and every port has all the issue asks of it."""
    told = []
    for decision in decisions:
        short = decision_document(decision, "brief", lang)
        whole = in_language(decision_document(decision, "brief", "both"), lang)
        assert without_words(short) == without_words(whole)
        for notice in short["notices"]:
            assert "text" in notice or notice["code"] in SAID_ELSEWHERE or notice["level"] == "information"
        for port in short["passed_over"]:
            assert "text" in port or port["name"].keys() == {lang}
        shown = ([] if short["recommended"] is None else [short["recommended"]]) + short["candidates"]
        assert all("tide_at_arrival_m" in port for port in shown)
        assert all("text" in finding for finding in shown[0]["findings"])
        told += [all("text" in finding for finding in port["findings"]) for port in shown[1:]]
        if shown[0]["route"] is not None:
            turns = [short["encounter"]["position"]["coordinates"], *(leg["to"] for leg in shown[0]["legs"])]
            first = whole["recommended"] or whole["candidates"][0]
            assert shown[0]["route"]["coordinates"] in (turns, first["route"]["coordinates"])
    # Most have their sentences as well; some must do without.
    assert 0.6 < np.mean(told) < 1.0


SAID_ELSEWHERE = {
    "RESCUE_INCOMPLETE", "RESCUE_STATE_UNKNOWN", "NO_PORT_CONFIRMED", "NO_PORT_FIT", "UNCONFIRMED_NEARER",
    "VESSEL_PROFILE_UNKNOWN", "NEAR_TIE",
}  # fmt: skip
"""In the headline, in another notice, or in the figures."""


def without_words(document):
    """A brief document without what may be left out."""
    shown = ([] if document["recommended"] is None else [document["recommended"]]) + document["candidates"]
    bare = [
        {**port, "route": None, "findings": [{**finding, "text": None} for finding in port["findings"]]}
        for port in shown
    ]
    for port in bare[1:]:
        port.pop("legs", None)
    return {
        **document,
        "recommended": None, "candidates": bare,
        "passed_over": [{**port, "text": None, "name": None} for port in document["passed_over"]],
        "notices": [{**notice, "text": None} for notice in document["notices"]],
    }  # fmt: skip


def test_the_next_port_has_its_legs_and_the_sentences_on_what_is_not_known(service):
    decision = decided(service, 1.35, 51.0)
    brief, whole = (decision_document(decision, view, "en") for view in ("brief", "full"))
    short, long = brief["candidates"][0], whole["candidates"][1]
    assert short["legs"] == [
        {"course_deg": leg["course_deg"], "distance_nm": pytest.approx(leg["distance_nm"], abs=0.051)}
        for leg in long["legs"]
    ]
    assert short["tide_at_arrival_m"] == pytest.approx(long["tide_at_arrival_m"], abs=0.051)
    sentences = {finding["code"]: finding["text"] for finding in long["findings"]}
    assert short["findings"]
    assert all(finding["text"] == sentences[finding["code"]] for finding in short["findings"])


def test_the_counts_of_ports_add_up_to_the_area(decisions):
    for decision in decisions[::5]:
        brief = decision_document(decision, "brief", "en")
        counted = brief["candidates_count"] + brief["excluded_count"] + brief["not_judged_count"]
        assert counted == brief["proof"]["ports_in_area"]


def test_what_nobody_has_said_of_the_vessel_is_told_in_words_too(service):
    brief = decision_document(decided(service, 1.35, 51.0, {"speed_kn": 8, "draught_m": 1.2}), "brief", "both")
    everywhere = brief["unknown_everywhere"]
    noticed = {notice["code"]: notice["text"]["en"] for notice in brief["notices"]}
    assert {"length", "self-righting load"} <= set(re.split("[:,.] ", noticed["VESSEL_FACTS_UNKNOWN"]))
    assert {"EXPOSURE_UNKNOWN", "LOAD_LIMIT_UNKNOWN", "VESSEL_SIZE_UNKNOWN"} <= set(everywhere["codes"])
    assert "Not stated: fuel, time in the open." in everywhere["text"]["en"]
    assert "Non indiqué : carburant, durée sans abri." in everywhere["text"]["fr"]


@pytest.mark.parametrize(
    ("age_s", "en", "fr"),
    [
        (7_200.0, "Position 120 min old", "Position datant de 120 min :"),
        (604_800.0, "Position at least 7 days old", "Position datant de 7 jours ou plus :"),
    ],
)
def test_an_age_at_the_greatest_that_can_be_stated_may_be_more(service, age_s, en, fr):
    (notice,) = (
        notice for notice in whole_document(decided(service, 1.4, 51.0, position_age_s=age_s))["notices"]
        if notice["code"] == "POS_STALE"
    )  # fmt: skip
    assert notice["text"]["en"].startswith(en)
    assert notice["text"]["fr"].startswith(fr)


def test_the_edition_of_the_streams_is_among_the_inputs(service):
    decision = decided(service, 1.35, 51.0)
    basis = basis_of(decision)
    atlas = {"source": "an atlas", "edition": "2005", "licence": "open", "sha256": "0" * 64}
    given = basis._replace(inputs={**basis.inputs, "streams": atlas})
    brief = decision_document(decision, "brief", "en", basis=given)["inputs"]
    assert brief["streams"] == {"edition": "2005"}
    assert "forecast" not in brief


def test_a_line_of_a_document_as_it_was_handed_out_is_the_line_of_the_decision(told):
    for decision, document in told[::3]:
        whole = orjson.loads(to_json(document))
        assert view_of_document(whole, "line", "fr") == decision_document(decision, "line", "fr")
        assert view_of_document(whole, "full", "en") == orjson.loads(to_json(decision_document(decision, "full", "en")))


def test_the_brief_view_says_what_the_whole_one_says(told):
    for decision, document in told:
        whole, brief = in_language(document, "en"), decision_document(decision, "brief", "en")
        shown = ([] if brief["recommended"] is None else [brief["recommended"]]) + brief["candidates"]
        for rank, (short, long) in enumerate(zip(shown, whole["candidates"], strict=False)):
            same = ("status", "bearing_deg", "clock", "eta_at")
            first = ("legs", "hazards", "time_to_care_min", "tide_at_arrival_m", "port") if rank == 0 else ()
            assert {name: short[name] for name in (*same, *first)} == {name: long[name] for name in (*same, *first)}
            for name, within in (("distance_nm", 0.056), ("time_to_landing_min", 0.56), ("depth_at_arrival_m", 0.056),
                                 ("wait_min", 0.56)):  # fmt: skip
                assert (short[name] is None) == (long[name] is None)
                assert short[name] is None or abs(short[name] - long[name]) <= within
            kinds = {(finding["code"], finding["class"], finding["verdict"]) for finding in long["findings"]}
            assert {(finding["code"], finding["class"], finding["verdict"]) for finding in short["findings"]} <= kinds
            sentences = {finding["text"]["en"] for finding in long["findings"]}
            assert {finding["text"]["en"] for finding in short["findings"] if "text" in finding} <= sentences
        for short, long in zip(brief["passed_over"], whole["passed_over"], strict=False):
            assert (short["port_id"], short["code"]) == (long["port_id"], long["code"])
            assert "text" not in short or short["text"]["en"].upper() == long["text"]["en"].upper()
        noticed = {notice["code"]: notice for notice in whole["notices"]}
        assert all({**noticed[notice["code"]], **notice} == noticed[notice["code"]] for notice in brief["notices"])


def test_a_brief_answer_makes_no_text_it_does_not_show(decisions, monkeypatch):
    """A guard that does not depend on the machine: sentences made, and in which language."""
    made = []

    def counted(name, module):
        plain = getattr(module, name)

        def make(*given):
            made.append((name, next(item for item in given if item in ("en", "fr"))))
            return plain(*given)

        monkeypatch.setattr(module, name, make)

    counted("finding_sentence", brief_view)
    counted("headline_sentence", brief_view)
    counted("displacing_sentence", document_module)
    counted("displacing_sentence", brief_view)
    counted("notice_sentence", document_module)
    counted("notice_sentence", brief_view)
    counted("spoken_sentence", document_module)
    for decision in decisions:
        made.clear()
        brief = decision_document(decision, "brief", "en")
        shown = ([] if brief["recommended"] is None else [brief["recommended"]]) + brief["candidates"]
        told = [finding for port in shown for finding in port["findings"] if "text" in finding]
        nearer = brief["passed_over"]
        noticed = [notice for notice in brief["notices"] if "text" in notice]
        sentences = len(told) + len(nearer) + len(noticed) + 1
        assert len(made) == sentences
        assert {lang for _, lang in made} == {"en"}
    # The control: the whole document makes one for each finding of each port, and speaks.
    made.clear()
    decision_document(decisions[0], "full", "fr")
    assert ("spoken_sentence", "fr") in made


def test_the_brief_view_drops_nothing_without_saying_so(told):
    for decision, whole in told:
        brief = decision_document(decision, "brief", "both", 4)
        kept = {name: brief[name] for name in ("decision_id", "outcome", "headline", "proof", "margin")}
        assert kept == {name: whole[name] for name in kept}
        settled = {port.id for port, bears in zip(decision.world.ports, decision.is_settled, strict=True) if bears}
        counted = [len([item for item in whole[name] if item["port"]["id"] in settled])
                   for name in ("excluded", "candidates")]  # fmt: skip
        assert [brief["excluded_count"], brief["candidates_count"]] == counted
        assert brief["passed_over_count"] == len(whole["passed_over"])
        shown = ([] if brief["recommended"] is None else [brief["recommended"]]) + brief["candidates"]
        wanted = whole["candidates"][:4]
        assert [item["port"]["id"] for item in shown] == [item["port"]["id"] for item in wanted]
        listed = [item["port_id"] for item in brief["passed_over"]]
        nearer = [item["port_id"] for item in whole["passed_over"]]
        assert listed == nearer[:MOST_PASSED_OVER]
        others = brief.get("passed_over_others", {})
        named = {item["port_id"]: item["code"] for item in whole["passed_over"][MOST_PASSED_OVER:]}
        assert {port: code for code, ports in others.items() for port in ports} == (
            named if brief["recommended"] else {}
        )
        for short, long in zip(shown, wanted, strict=True):
            against = {finding["code"] for finding in long["findings"] if finding["verdict"] in ("fail", "unknown")}
            told = {finding["code"] for finding in short["findings"]} | set(short["remarks"])
            assert told <= against
            # What is left out is what every port shown has in common.
            for other in wanted:
                assert against - told <= {
                    finding["code"] for finding in other["findings"] if finding["verdict"] != "pass"
                }


def test_notices_left_out_are_said_elsewhere(service):
    whole = decision_document(decided(service, 1.35, 51.0), "full")
    brief = decision_document(decided(service, 1.35, 51.0), "brief", "both")
    gone = {notice["code"] for notice in whole["notices"]} - {notice["code"] for notice in brief["notices"]}
    assert {"NO_STATUS_FEED", "WX_MISSING"} <= gone & set(brief["unknown_everywhere"]["codes"])
    assert "harbour state" in brief["unknown_everywhere"]["text"]["en"]
    assert gone - set(brief["unknown_everywhere"]["codes"]) == {
        "SRR_UK", "SRR_APPROXIMATE", "POLICY_EFFECT", "ADVISORY_ONLY"
    }  # fmt: skip
    assert (brief["coordination"]["srr"], brief["encounter"]["policy"]) == ("UK", "nearest-time")


def test_one_language_leaves_no_word_of_the_other(service):
    document = decision_document(decided(service, 1.35, 51.0), "full", "fr")
    assert document["headline"].keys() == {"fr"}
    assert '"en":' not in to_json(document)


def test_legs_lead_from_turn_to_turn_and_add_up_to_the_route(decisions):
    for decision in decisions[:12]:
        best = decision_document(decision, "brief", "en")["recommended"]
        if best is None or best["route"] is None:
            continue
        points = best["route"]["coordinates"]
        run_nm = sum(geodesic_length_m(*a, *b) for a, b in pairwise(points)) / NAUTICAL_MILE_M
        assert sum(leg["distance_nm"] for leg in best["legs"]) == pytest.approx(run_nm, abs=0.15)
        assert best["legs"][-1]["to"] == points[-1]
        assert all(leg["to"] in points and 0 <= leg["course_deg"] < 360 for leg in best["legs"])
        assert len(best["legs"]) < len(points)


def test_water_at_arrival_is_the_one_the_rule_on_depth_judged(told):
    seen = 0
    for _, whole in told[:12]:
        for candidate in whole["candidates"][:20]:
            (depth,) = [finding for finding in candidate["findings"] if finding["rule"] == "R-NAV-01"]
            if (
                candidate["depth_at_arrival_m"] is not None
                and depth["measured"] is not None
                and candidate["wait_min"] == 0.0
            ):
                seen += 1
                assert candidate["depth_at_arrival_m"] == pytest.approx(depth["measured"], abs=0.01)
                assert candidate["tide_at_arrival_m"] is not None
    assert seen > 50


def test_without_a_tide_there_is_no_depth_at_arrival(service, world):
    encounter = EncounterIn.model_validate({"position": {"type": "Point", "coordinates": [1.35, 51.0]}})
    document = decision_document(decide(service.ask(encounter, AT_S), world))
    found = [(candidate["depth_at_arrival_m"], candidate["tide_at_arrival_m"]) for candidate in document["candidates"]]
    assert set(found) == {(None, None)}


def test_lines_fit_their_messages_and_are_plain(decisions):
    for decision in decisions:
        document = decision_document(decision, "line", "both")
        for lang in ("en", "fr"):
            short, long = document["line"][lang], document["long_line"][lang]
            assert len(short) <= SHORT_CHARS
            assert len(short) <= len(long) + 10
            assert len(long) <= LONG_CHARS
            assert (short + long).isascii()
        best = decision.recommended
        if best is not None and decision.world.ports[best].name_en.isascii():
            assert decision.world.ports[best].name_en.upper() in document["line"]["en"]


def test_a_line_names_the_much_nearer_port_to_ask(decisions):
    asked = 0
    for decision in decisions:
        whole = whole_document(decision, 1)
        notice = next((notice for notice in whole["notices"] if notice["code"] == "UNCONFIRMED_NEARER"), None)
        if notice is None:
            continue
        asked += 1
        name = next(port.name_en for port in decision.world.ports if port.id == notice["port_ids"][0])
        if name.isascii():
            line = decision_document(decision, "line", "en")["long_line"]["en"]
            assert f"Nearer, not confirmed: {name.upper()}" in line
    assert asked


def test_no_port_fit_is_a_line_too(service):
    decision = decided(service, 1.35, 51.0, {"speed_kn": 10, "draught_m": 25, "loa_m": 400})
    document = decision_document(decision, "line", "both")
    assert document["line"]["en"].startswith("All recovered? WARNING: no port")
    assert document["line"]["fr"].startswith("Tous recuperes ? ALERTE : aucun port")
    brief = decision_document(decision, "brief", "en")
    assert brief["recommended"] is None
    assert len(brief["passed_over"]) == MOST_PASSED_OVER < brief["passed_over_count"]


@pytest.mark.parametrize(
    ("lang", "question", "position", "others"),
    [
        ("en", "All recovered?", "Position in doubt, or RAMSGATE",
         ("Fix 24h old", "100 persons assumed", "Near tie DOVER", "Vessel assumed")),
        ("fr", "Tous recuperes ?", "Point douteux (RAMSGATE",
         ("Point de 24h", "100 personnes supposees", "Egalite DOUVRES", "Navire suppose")),
    ],
)  # fmt: skip
def test_a_line_has_what_may_turn_the_answer_the_weightiest_first(service, lang, question, position, others):
    decision = decided(service, 1.25, 51.05, {"profile": "unknown"}, persons=None, position_accuracy_m=50_000,
                       position_age_s=86_400, time="2022-01-13T05:00:00Z")  # fmt: skip
    document = decision_document(decision, "line", lang)
    assert document["line"][lang].startswith(question)
    assert position in document["line"][lang]
    assert "DOVER COASTGUARD VHF16" in document["line"][lang]
    assert "HPA 0517Z VHF15" in document["line"][lang] or "ETA 0517Z VHF15" in document["line"][lang]
    found = [document["long_line"][lang].find(text) for text in others]
    assert -1 not in found
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("lang", "reason"),
    [
        ("en", "WARNING: no port fit (300 aboard, limit 185): ask for another vessel."),
        ("fr", "ALERTE : aucun port adapté (300 à bord, limite 185) : demander un autre navire."),
    ],
)
def test_too_many_aboard_is_told_first_and_once(service, lang, reason):
    decision = decided(service, 1.25, 51.05, persons=300)
    for view in ("brief", "full"):
        assert reason in decision_document(decision, view, lang)["headline"][lang]
    line = decision_document(decision, "line", lang)["line"][lang]
    plain = unicodedata.normalize("NFKD", reason).encode("ascii", "ignore").decode()
    assert line.count(plain) == 1
    assert "CALL DOVER COASTGUARD VHF 16" in line or "APPELER DOVER COASTGUARD VHF 16" in line


def test_a_rescue_that_goes_on_is_no_advice(service):
    document = decision_document(decided(service, 1.35, 51.0, persons_in_water=True), "line", "en")
    assert "rescue not complete" in document["line"]["en"]
    assert "ADVICE" not in document["line"]["en"]


def test_geojson_has_the_encounter_and_the_routes(service):
    document = whole_document(decided(service, 1.35, 51.0), 3)
    collection = geojson_of(document, 3, "fr")
    assert "Ne pas utiliser pour la navigation" in collection["notice"]
    roles = [feature["properties"]["role"] for feature in collection["features"]]
    assert roles == ["encounter", "recommended", "candidate", "candidate"]
    assert collection["features"][1]["geometry"] == document["recommended"]["route"]
    assert collection["features"][0]["geometry"]["coordinates"] == [1.35, 51.0]


def test_a_route_over_banks_says_so_in_each_file(service):
    trawler = {"profile": "fishing-vessel"}
    document = whole_document(decided(service, 2.7, 51.3, trawler, time="2026-03-20T01:00:00Z"), 3)
    over = [bank["name"]["fr"] for bank in document["recommended"]["over_banks"]]
    assert len(over) == 2
    (route,) = gpxpy.parse(gpx_of(document, "fr")).routes
    assert all(name in route.description for name in over)
    drawn = geojson_of(document, 3, "fr")["features"][1]["properties"]["over_banks"]
    assert [bank["name"]["fr"] for bank in drawn] == over


def test_gpx_is_the_recommended_route(service):
    document = whole_document(decided(service, 1.35, 51.0), 1)
    (route,) = gpxpy.parse(gpx_of(document, "fr")).routes
    points = [(point.longitude, point.latitude) for point in route.points]
    assert points == [tuple(place) for place in document["recommended"]["route"]["coordinates"]]
    assert (route.name, route.points[-1].name) == ("Douvres", "Douvres")
    none = whole_document(decided(service, 1.35, 51.0, {"speed_kn": 10, "draught_m": 25, "loa_m": 400}), 1)
    read = gpxpy.parse(gpx_of(none, "both"))
    assert read.routes == []
    assert "no port" in read.description
