"""Views of a decision: what they keep, what they leave out, how large they are."""

import gzip
from datetime import UTC, datetime
from itertools import pairwise

import gpxpy
import orjson
import pytest

from api.documents import brief as brief_view
from api.documents import decision as document_module
from api.documents.brief import MOST_PASSED_OVER
from api.documents.decision import decision_document, to_json, view_of_document, whole_document
from api.documents.language import in_language
from api.documents.line import LONG_CHARS, SHORT_CHARS
from api.documents.tracks import geojson_of, gpx_of
from api.encounter import EncounterIn
from bench import answers
from bench.answers import MOST_BYTES
from bench.points import read_points
from bench.register import VESSELS, coastal_points
from engine.decide import decide
from engine.errors import PositionRefused
from engine.kernels.geodesy import geodesic_length_m
from engine.units import NAUTICAL_MILE_M

MOST_GZIPPED = {"en": answers.MOST_GZIPPED, "fr": 2_800}
"""What nine in ten brief answers stay below; French says the same in more letters."""

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
    within = [len(text) <= MOST_BYTES and len(gzip.compress(text, 6)) <= MOST_GZIPPED[lang] for text in texts]
    assert sum(within) >= 0.9 * len(within), sorted((len(text), len(gzip.compress(text, 6))) for text in texts)[-8:]
    assert max(map(len, texts)) < 2 * MOST_BYTES


def test_one_language_is_the_part_of_both_in_it(decisions):
    for decision in decisions[::7]:
        for view in ("brief", "line", "full"):
            both = decision_document(decision, view, "both", 3)
            for lang in ("en", "fr"):
                assert decision_document(decision, view, lang, 3) == in_language(both, lang)


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
            assert short["text"]["en"].upper() == long["text"]["en"].upper()
        assert all(notice in whole["notices"] for notice in brief["notices"])


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
    counted("notice_sentence", document_module)
    counted("spoken_sentence", document_module)
    for decision in decisions:
        made.clear()
        brief = decision_document(decision, "brief", "en")
        shown = ([] if brief["recommended"] is None else [brief["recommended"]]) + brief["candidates"]
        told = [finding for port in shown for finding in port["findings"] if "text" in finding]
        ranked = [item for item in brief["passed_over"] if item["code"] == "RANKED_BY_POLICY"]
        sentences = len(told) + len(brief["passed_over"]) - len(ranked) + len(brief["notices"]) + 1
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
        assert listed == (nearer if brief["recommended"] else nearer[:MOST_PASSED_OVER])
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
    assert document["line"]["en"].startswith("WARNING: no port")
    assert document["line"]["fr"].startswith("ALERTE : aucun port")
    brief = decision_document(decision, "brief", "en")
    assert brief["recommended"] is None
    assert len(brief["passed_over"]) == MOST_PASSED_OVER < brief["passed_over_count"]


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
