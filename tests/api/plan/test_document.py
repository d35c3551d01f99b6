"""From a request to a plan: figures, fitness, what is said, and the documented scenario."""

import copy
import html
import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from api.cli.console import WIDTH, Style
from api.documents.decision import to_json
from api.encounter import EncounterIn
from api.plan.document import plan_document
from api.plan.page import plan_page
from api.plan.propose import natural_key, propose, without_places
from api.plan.request import plan_from
from api.plan.solver.budget import SolverBudget, budget_for
from api.plan.text import plan_text
from engine.codes import Feed, Status
from engine.errors import InvalidAsk, UnknownName
from tests.oracles.forbidden_words import BANNED_EN, BANNED_FR

OCTOBER = Path(__file__).parent / "october_2024.json"


@pytest.fixture
def october():
    return json.loads(OCTOBER.read_text(encoding="utf-8"))


@pytest.fixture
def planned(service):
    def call(body):
        return propose(plan_from(body), service, 0.0)

    return call


def small(**changes):
    body = {
        "time": "2024-10-05T06:30:00Z",
        "encounters": [
            {"id": "A", "position": {"type": "Point", "coordinates": [1.47, 50.99]}, "persons": 20,
             "vessel": {"profile": "rnli-severn"}},
            {"id": "B", "position": {"type": "Point", "coordinates": [1.52, 51.0]}, "persons": 30,
             "vessel": {"profile": "ukbf-ctv"}},
        ],
        "ports": [{"id": "dover", "places": 40, "persons_per_hour": 60},
                  {"id": "FRCQF", "places": 60, "persons_per_hour": 60}],
    }  # fmt: skip
    return {**body, **changes}


def codes(document):
    return {notice["code"] for notice in document["notices"]}


def test_what_no_answer_can_be_given_for_is_left_out_where_that_is_asked_for(planned):
    body = small(empty_encounters=["E9"])
    body["encounters"][0]["position"]["coordinates"] = [2.35, 48.8]
    with pytest.raises(InvalidAsk, match="lies on land") as refused:
        planned(body)
    assert refused.value.field == "encounters.0.position"
    document = plan_document(planned({**body, "leave_out_refused": True}))
    assert [(entry["id"], entry["persons"], entry["code"]) for entry in document["left_out"]] == [
        ("A", 20, "POS_ON_LAND")
    ]
    assert {"ENCOUNTER_REFUSED", "NOBODY_LEFT"} <= codes(document)
    # A policy of the whole plan that does not exist is the fault of no encounter; that of one encounter is.
    with pytest.raises(UnknownName):
        planned({**body, "leave_out_refused": True, "policy": "nonsense"})
    body["encounters"][1]["policy"] = "nonsense"
    document = plan_document(planned({**body, "leave_out_refused": True}))
    assert [(entry["id"], entry["code"]) for entry in document["left_out"]] == [
        ("A", "POS_ON_LAND"), ("B", "INVALID_FIELDS")
    ]  # fmt: skip
    assert document["outcome"] == "none"


def test_the_documented_scenario(planned, october):
    """5 October 2024: 237 people, 7 units; positions and figures are synthetic and the file says so."""
    assert october["note"].startswith("SYNTHETIC")
    assert sum(entry["persons"] for entry in october["encounters"]) == 237
    document = plan_document(planned(october))
    assert document["outcome"] == "complete"
    assert document["kind"] == "proposal"
    assert document["proven_best"]
    assert document["total"]["gap_share"] <= 0.002
    assert document["worst"]["time_to_safety_min"] <= document["greedy"]["worst_min"]
    for port in document["ports"]:
        assert port["places_left"] >= 0
    landed = {entry["id"]: sum(part["persons"] for part in entry["parts"]) for entry in document["encounters"]}
    assert landed == {entry["id"]: entry["persons"] for entry in october["encounters"]}
    for encounter in document["encounters"]:
        assert len(encounter["parts"]) <= encounter["most_parts"]
        assert all(part["status"] in ("suitable", "caution") for part in encounter["parts"])
        assert encounter["time_to_safety_min"] <= document["worst"]["time_to_safety_min"]


def test_only_ports_fit_by_the_own_decision_of_each(planned, service, october):
    proposal = planned(october)
    for part in proposal.best.landing.parts:
        boat = proposal.boats[proposal.planned[part.boat]]
        port = proposal.ports[part.port]
        given = next(encounter for encounter in october["encounters"] if encounter["id"] == boat.id)
        body = {name: value for name, value in given.items() if name not in ("id", "may_split", "most_parts")}
        asked = EncounterIn.model_validate({**body, "time": october["time"]})
        decision = service.decide(service.ask(asked, 0.0))
        assert decision.status[port] <= Status.CAUTION
        assert part.arrive_min >= decision.time_s[port] / 60.0 - 1e-6


def test_same_input_same_bytes_however_it_is_sorted(planned, october):
    first = to_json(plan_document(planned(october)))
    october["encounters"].reverse()
    october["ports"].reverse()
    assert to_json(plan_document(planned(october))) == first


def test_cost_is_held_against_the_own_nearest_port_alone(planned):
    proposal = planned(small())
    encounter = next(entry for entry in plan_document(proposal)["encounters"] if entry["id"] == "A")
    boat = proposal.boats[0]
    order = [p for p in boat.decision.order if boat.usable[p]]
    assert encounter["own_nearest"]["port"]["id"] == proposal.world.ports[int(order[0])].id
    assert encounter["own_nearest"]["time_to_safety_alone_min"] == pytest.approx(
        encounter["own_nearest"]["time_to_landing_min"] + 20, abs=0.11
    )
    assert encounter["cost_min"] == pytest.approx(
        encounter["time_to_safety_min"] - encounter["own_nearest"]["time_to_safety_alone_min"], abs=0.11
    )


def test_places_that_are_missing_are_counted(planned):
    body = small(ports=[{"id": "dover", "places": 25, "persons_per_hour": 60}])
    document = plan_document(planned(body))
    assert document["outcome"] == "incomplete"
    assert document["headline"]["en"].startswith("WARNING: no place found for 30 of 50 persons.") or (
        document["missing"]["encounters"] == [{"id": "A", "persons": 20}]
    )
    assert document["missing"]["places"] == 25
    helped = document["missing"]["encounters"]
    assert document["missing"]["ports"] == [{"port_id": "dover", "places": 25, "encounters": helped}]
    assert document["missing"]["proven"]
    assert sum(encounter["persons"] for encounter in document["missing"]["encounters"]) in (20, 30)
    without = [encounter for encounter in document["encounters"] if encounter["without_place"]]
    assert [item["reason"]["code"] for item in without] == ["NO_PLACES"]


def test_places_that_would_do_are_not_said_to_do_for_those_they_would_not(planned):
    body = small(ports=[{"id": "dover", "places": 25, "persons_per_hour": 60}], leave_out_refused=True)
    others = [
        {**body["encounters"][0], "id": "Deep", "persons": 7, "vessel": {"speed_kn": 10, "draught_m": 25}},
        {**body["encounters"][0], "id": "Land", "persons": 10,
         "position": {"type": "Point", "coordinates": [2.35, 48.8]}},
    ]  # fmt: skip
    for more, named in (([], None), (others[:1], "Deep 7"), (others, "Deep 7, Land 10")):
        document = plan_document(planned({**body, "encounters": body["encounters"] + more}))
        text = document["missing"]["text"]
        assert document["missing"]["places"] == 25
        assert text["en"].startswith(f"25 more places would do for everybody{f' but {named}' if named else ''}: DOVER")
        assert text["fr"].startswith(f"25 places de plus suffiraient pour tous{f' sauf {named}' if named else ''} : D")
        # With them, those named are all that have no place.
        roomy = {**body, "ports": [{**body["ports"][0], "places": 50}], "encounters": body["encounters"] + more}
        document = plan_document(planned(roomy))
        left = {entry["id"]: entry["without_place"] for entry in document["encounters"] if entry["without_place"]}
        left |= {entry["id"]: entry["persons"] for entry in document["left_out"]}
        assert ", ".join(f"{name} {persons}" for name, persons in left.items()) == (named or "")


def test_both_plans_count_the_same_people(planned):
    """One boat has no fit port at all, one more finds no place in turn: neither is forgotten on either side."""
    body = small(ports=[{"id": "dover", "places": 40, "persons_per_hour": 60}])
    body["encounters"].append({**body["encounters"][0], "id": "C", "vessel": {"speed_kn": 10, "draught_m": 25}})
    document = plan_document(planned(body))
    everybody = sum(encounter["persons"] for encounter in document["encounters"])
    plan = sum(part["persons"] for encounter in document["encounters"] for part in encounter["parts"])
    greedy = sum(part["persons"] for encounter in document["encounters"] for part in encounter["greedy"]["parts"])
    assert sum(encounter["without_place"] for encounter in document["encounters"]) == everybody - plan
    assert document["greedy"]["without_place"] == everybody - greedy
    both = [encounter for encounter in document["encounters"]
            if encounter["without_place"] == 0 and encounter["greedy"]["parts"]]  # fmt: skip
    if document["compared"] is None:
        assert not both
    else:
        assert document["compared"]["persons"] == sum(encounter["persons"] for encounter in both)
        assert document["compared"]["plan"]["worst_min"] == max(encounter["time_to_safety_min"] for encounter in both)


def test_a_boat_with_too_many_aboard_is_planned_with_the_limit_named_and_sharing_proposed(planned):
    body = small()
    body["encounters"][0] |= {"persons": 57, "vessel": {"speed_kn": 20, "draught_m": 1, "loa_m": 12,
                                                        "survivor_capacity": 20}}  # fmt: skip
    body["encounters"][1] |= {"persons": 30, "vessel": {"speed_kn": 20, "draught_m": 1, "loa_m": 14,
                                                        "survivor_capacity": 42}}  # fmt: skip
    body["ports"] = [{"id": "dover", "places": 100, "persons_per_hour": 60}]
    proposal = planned(body)
    document = plan_document(proposal)
    over, other = document["encounters"]
    assert document["outcome"] == "complete"
    assert over["parts"][0]["status"] == "caution"
    assert other["over_limit"] is None
    limit = over["over_limit"]
    assert (limit["limit"], limit["too_many"], limit["still_too_many"]) == (20, 37, 25)
    (share,) = limit["share_with"]
    assert (share["id"], share["persons"]) == ("B", 12)
    # 1.47, 50.99 to 1.52, 51.0: 3 minutes of longitude at that latitude and 0.6 of latitude.
    assert share["distance_nm"] == pytest.approx(np.hypot(3.0 * np.cos(np.radians(51.0)), 0.6), abs=0.06)
    notice = next(notice for notice in document["notices"] if notice["code"] == "VESSEL_OVER_LIMIT")
    assert notice["level"] == "warning"
    assert "57 persons, 37 more than the 20" in notice["text"]["en"]
    assert "assumed" not in notice["text"]["en"]
    # The echo is what was asked, and its name that of the encounter decided by itself.
    assert over["encounter"]["vessel"]["max_persons"] == 20
    assert proposal.boats[0].ask.vessel.max_persons == 20


def test_a_load_that_is_only_assumed_of_a_vessel_is_said_to_be(planned):
    body = small()
    body["encounters"][0] = {**body["encounters"][0], "persons": 45, "vessel": {}}
    (notice,) = (
        notice for notice in plan_document(planned(body))["notices"] if notice["code"] == "VESSEL_OVER_LIMIT"
    )  # fmt: skip
    assert "25 more than 20, which is only assumed" in notice["text"]["en"]
    assert "chiffre seulement supposé" in notice["text"]["fr"]


def test_urgency_weighs_by_the_policy_and_is_said(planned, october):
    document = plan_document(planned(october))
    (urgent,) = [encounter for encounter in document["encounters"] if encounter["urgency_weight"] > 1]
    assert urgent["encounter"]["medical"] == "urgent"
    assert urgent["urgency_weight"] == 2
    assert urgent["time_to_safety_min"] <= urgent["greedy"]["time_to_safety_min"]
    assert {"URGENT_WEIGH_MORE"} == codes(document) & {"URGENT_WEIGH_MORE", "URGENT_LATER_THAN_IN_TURN"}
    alike = json.loads(json.dumps(october))
    for encounter in alike["encounters"]:
        encounter.pop("medical", None)
    unweighted = plan_document(planned(alike))
    assert unweighted["worst"]["urgent"] is None
    assert unweighted["total"]["weighted_person_min"] == unweighted["total"]["person_min"]
    assert document["worst"]["urgent"]["counted_min"] >= 2 * urgent["time_to_safety_min"] - 0.2


def test_an_urgent_boat_later_than_in_turn_says_why(planned):
    proposal = planned(small())
    boats = tuple(replace(boat, weight=2.0) for boat in proposal.boats)

    def shifted(minutes):
        landing = proposal.best.landing
        parts = tuple(replace(part, safety_min=part.safety_min + minutes) for part in landing.parts)
        best = replace(proposal.best, landing=replace(landing, parts=parts))
        return plan_document(replace(proposal, best=best, boats=boats))

    late = shifted(300.0)
    notice = next(notice for notice in late["notices"] if notice["code"] == "URGENT_LATER_THAN_IN_TURN")
    assert notice["level"] == "warning"
    assert "A " in notice["text"]["en"]
    assert "URGENT_LATER_THAN_IN_TURN" not in codes(shifted(-300.0))


def test_who_waits_for_whom(planned):
    body = small(ports=[{"id": "dover", "places": 90, "persons_per_hour": 20}])
    document = plan_document(planned(body))
    parts = {encounter["id"]: encounter["parts"][0] for encounter in document["encounters"]}
    first, second = sorted(parts, key=lambda name: parts[name]["landing_from"])
    assert parts[first]["waits_for"] == []
    assert parts[second]["queue_min"] > 0
    assert parts[second]["waits_for"] == [first]


def test_who_waits_for_people_already_there_is_told_apart_from_who_waits_for_boats(planned):
    """400 people at 20 an hour land for 1200 minutes; the boat that comes first for 60 (A) or 90 (B) more."""
    body = small(ports=[{"id": "dover", "places": 90, "persons_per_hour": 20, "queued_persons": 400}])
    proposal = planned(body)
    document = plan_document(proposal)
    parts = {encounter["id"]: encounter["parts"][0] for encounter in document["encounters"]}
    first, second = sorted(parts, key=lambda name: parts[name]["time_to_landing_min"])
    landing = {"A": 60, "B": 90}[first]
    for name, others, own_min in ((first, [], 0), (second, [first], landing)):
        part = parts[name]
        assert part["waits_for"] == others
        assert part["behind_queued_min"] == pytest.approx(1200 - part["time_to_landing_min"], abs=0.11)
        assert part["queue_min"] == pytest.approx(part["behind_queued_min"] + own_min, abs=0.11)
    told = {entry["id"]: entry["text"] for entry in document["order"]}
    behind = {name: f"{1200 - parts[name]['time_to_landing_min']:.0f}" for name in parts}
    assert told[first]["en"] == (f"{first} waits {behind[first]} min at DOVER for 400 persons already queued there.")
    assert told[second]["fr"] == (
        f"{second} attend à DOUVRES : {behind[second]} min après 400 personnes déjà en attente sur place, "
        f"puis {landing} min après {first}."
    )
    by_port = " ".join(plan_text(proposal, "en", Style()).partition("BY PORT")[2].split())
    assert "20 landed an hour; first 400 persons already queued there, until" in by_port
    assert "d'abord 400 personnes déjà en attente" in html.unescape(plan_page(proposal, "fr"))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("time", "crosses"), [("2024-10-05T20:00:00Z", True), ("2024-10-05T02:00:00Z", False)])
def test_a_time_of_another_day_has_its_day(planned, language, time, crosses):
    """Ten hours of queue: from 20:00 landing is of the next day; every clock shown is held against the document's."""
    body = small(
        time=time, ports=[{"id": "dover", "places": 90, "persons_per_hour": 20, "queued_persons": 200}]
    )  # fmt: skip
    proposal = planned(body)
    document = plan_document(proposal)
    text, page = plan_text(proposal, language, Style()), html.unescape(plan_page(proposal, language))
    form = "%Hh%M" if language == "fr" else "%H%M"
    for encounter in document["encounters"]:
        (part,) = encounter["parts"]
        begin, end = (datetime.fromisoformat(part[name]) for name in ("landing_from", "last_ashore_at"))
        assert (begin.day == 6) == (end.day == 6) == crosses
        day = "2024-10-06 " if crosses else ""
        assert f"{day}{begin:{form}}-{end:{form}}" in text
        assert re.search(rf"^  {day}{end:{form}}  {encounter['id']} ", text, re.MULTILINE)
        # In the narrow columns of the table it is the day of the month.
        assert re.search(rf"{encounter['id']} .* {'06 ' if crosses else ''}{end:{form}}  ", text)
        assert f">{'06 ' if crosses else ''}{end:{form}}</td>" in page
    # On the axis the day stands once, under the first mark of it.
    axis = page.partition('<div class="axis')[2].partition("</div>")[0]
    assert axis.count("2024-10-06") == crosses
    assert ("2024-10-06" in text) == crosses


def landed_one_by_one(document, port, queued):
    """Begin and end of each encounter's landing, people stepping ashore one after another as they came. [min]"""
    people = [(0.0, "", "") for _ in range(queued)]
    for encounter in document["encounters"]:
        for part in encounter["parts"]:
            people += part["persons"] * [(part["time_to_landing_min"], encounter["id"], encounter["id"])]
    clocks, free_min = {}, 0.0
    for came_min, _, name in sorted(people):
        begin_min = max(came_min, free_min)
        free_min = begin_min + 60.0 / port["persons_per_hour"]
        clocks[name] = (clocks.get(name, (begin_min,))[0], free_min)
    return clocks


@pytest.mark.parametrize("queued", [0, 10, 60, 400])
@pytest.mark.parametrize("names", ["AB", "BA"])
def test_boats_land_as_they_come_behind_those_waiting_there(planned, queued, names):
    port = {"id": "dover", "places": 100, "persons_per_hour": 20, "queued_persons": queued}
    body = small(ports=[port])
    for encounter, name in zip(body["encounters"], names, strict=True):
        encounter["id"] = name
    document = plan_document(planned(body))
    expected = landed_one_by_one(document, port, queued)
    begin = datetime.fromisoformat(document["planned_at"])
    for encounter in document["encounters"]:
        (part,) = encounter["parts"]
        clocks = [(datetime.fromisoformat(part[name]) - begin).total_seconds() / 60.0
                  for name in ("landing_from", "last_ashore_at")]  # fmt: skip
        assert clocks == pytest.approx(expected[encounter["id"]], abs=0.11)


def test_a_boat_sent_past_its_own_nearest_port_makes_way(planned, october):
    document = plan_document(planned(october))
    at_port = {}
    for encounter in document["encounters"]:
        for part in encounter["parts"]:
            at_port.setdefault(part["port"]["id"], []).append(encounter["id"])
    for encounter in document["encounters"]:
        own = encounter["own_nearest"]["port"]["id"]
        sent_on = own not in {part["port"]["id"] for part in encounter["parts"]} and encounter["cost_min"] > 0
        assert encounter["makes_way_for"] == (at_port.get(own, []) if sent_on else [])


def test_proven_and_ended_by_time_exclude_each_other(planned):
    proposal = planned(small())
    cut = replace(proposal, best=replace(proposal.best, clock_stopped=True))
    assert proposal.best.worst_bound_min == pytest.approx(proposal.best.landing.worst_min)
    document = plan_document(cut)
    assert document["proven_best"]
    assert document["search"]["ended"] == "proven"
    assert not codes(document) & {"TIME_LIMIT", "NOT_PROVEN_BEST"}
    open_gap = replace(proposal, best=replace(proposal.best, worst_bound_min=0.0, clock_stopped=True))
    document = plan_document(open_gap)
    assert document["search"]["ended"] == "time_limit"
    assert {"TIME_LIMIT", "NOT_PROVEN_BEST"} <= codes(document)
    assert plan_document(replace(open_gap, best=replace(open_gap.best, clock_stopped=False)))["search"]["ended"] == (
        "close_enough"
    )


def test_places_whose_number_is_not_proven_claim_no_bound(planned):
    body = small(ports=[{"id": "dover", "places": 25, "persons_per_hour": 60}])
    proposal = planned(body)
    assert plan_document(proposal)["missing"]["lower_bound"] == 25
    cut = replace(proposal.shortage, proven=False)
    document = plan_document(replace(proposal, shortage=cut))
    assert "not fewer than 25" in document["missing"]["text"]["en"]
    unsure = plan_document(replace(proposal, shortage=replace(proposal.shortage, fewest=False)))
    assert unsure["missing"]["proven"]
    assert "not proven" in unsure["missing"]["text"]["en"]
    assert unsure["search"]["ended"] == "time_limit"
    document = plan_document(replace(proposal, shortage=replace(cut, missing_bound=0)))
    assert document["missing"]["lower_bound"] is None
    assert not document["missing"]["proven"]
    assert "no bound is known" in document["missing"]["text"]["en"]
    assert not document["proven_best"]
    assert document["search"]["ended"] == "time_limit"


def test_boats_stand_in_natural_order(planned):
    body = small()
    body["encounters"][0]["id"], body["encounters"][1]["id"] = "B10", "B2"
    assert [encounter["id"] for encounter in plan_document(planned(body))["encounters"]] == ["B2", "B10"]
    assert sorted(["b10", "B9", "Z1", "B09", "", "7"], key=natural_key) == ["", "7", "B09", "B9", "b10", "Z1"]


def test_no_places_at_all_is_an_answer(planned):
    body = small(ports=[{"id": "dover", "places": 0, "persons_per_hour": 60}])
    document = plan_document(planned(body))
    assert document["outcome"] == "none"
    assert document["missing"]["places"] == 50
    assert document["worst"]["encounters"] == []


def test_unknown_places_are_never_used(planned):
    document = plan_document(planned(small(ports=[])))
    assert document["outcome"] == "none"
    assert {encounter["reason"]["code"] for encounter in document["encounters"]} == {"PLACES_UNKNOWN"}
    assert document["ports"] == []


def test_a_port_with_unknown_places_is_not_used_although_listed(planned):
    body = small()
    body["ports"][0]["places"] = None
    document = plan_document(planned(body))
    assert [port["port"]["id"] for port in document["ports"]] == ["calais"]
    assert "NEARER_WITHOUT_FIGURES" in codes(document)


def test_ports_without_figures_can_be_taken_as_unlimited_and_are_named(planned):
    body = small(ports=[], ports_without_figures="unlimited", persons_per_hour_without_figures=45)
    document = plan_document(planned(body))
    assert document["outcome"] == "complete"
    assert {"PLACES_ASSUMED_UNLIMITED", "LANDING_RATE_ASSUMED"} <= codes(document)


def test_no_fit_port_is_said_apart_from_places(planned):
    body = small()
    body["encounters"][0]["vessel"] = {"speed_kn": 10, "draught_m": 25, "loa_m": 400}
    document = plan_document(planned(body))
    first = next(encounter for encounter in document["encounters"] if encounter["id"] == "A")
    assert first["reason"]["code"] in ("NO_FIT_PORT", "ONLY_UNCONFIRMED")
    assert document["missing"] is None
    assert document["outcome"] == "incomplete"


def test_unconfirmed_ports_only_where_allowed_and_then_named(planned):
    # Nobody knows how deep Goury is, nor its hours.
    body = small(ports=[{"id": "goury", "places": 100, "persons_per_hour": 60}], time="2022-01-13T05:00:00Z")
    for encounter in body["encounters"]:
        encounter["position"]["coordinates"] = [-2.05, 49.72]
    closed = planned(body)
    assert closed.boats[0].decision.status[closed_port(closed, "goury")] == Status.UNCONFIRMED
    assert plan_document(closed)["outcome"] == "none"
    document = plan_document(planned({**body, "allow_unconfirmed": True}))
    assert document["outcome"] == "complete"
    assert "PORT_UNCONFIRMED_USED" in codes(document)
    assert document["encounters"][0]["parts"][0]["status"] == "unconfirmed"


def closed_port(proposal, name):
    return next(k for k, port in enumerate(proposal.world.ports) if port.id == name)


def test_people_already_waiting_are_landed_first(planned):
    body = small(ports=[{"id": "dover", "places": 90, "persons_per_hour": 60, "queued_persons": 300}])
    document = plan_document(planned(body))
    parts = [part for encounter in document["encounters"] for part in encounter["parts"]]
    assert min(part["landing_from"] for part in parts) == "2024-10-05T11:30:00Z"
    assert all(part["queue_min"] > 0 for part in parts)


def test_the_policy_of_the_plan_is_for_encounters_without_their_own(planned):
    body = small(policy="srr-state-preferred")
    body["encounters"][1]["policy"] = "nearest-time"
    names = [boat.decision.ask.policy.name for boat in planned(body).boats]
    assert names == ["srr-state-preferred", "nearest-time"]


def test_a_policy_that_adds_time_is_named(planned):
    body = small(policy="medical-first")
    document = plan_document(planned(body))
    assert "WEIGHED_BY_POLICY" in codes(document)


def test_a_later_encounter_arrives_later(planned):
    body = small()
    body["encounters"][0]["time"] = "2024-10-05T07:30:00Z"
    late, soon = planned(body).boats[0], planned(small()).boats[0]
    assert late.delay_min == 60.0
    assert soon.delay_min == 0.0
    part = plan_document(planned(body))["encounters"][0]["parts"][0]
    assert part["time_to_landing_min"] > 60.0


def test_unknown_numbers_of_people_take_the_figure_of_the_policy(planned):
    body = small(ports=[{"id": "dover", "places": 400, "persons_per_hour": 60}])
    del body["encounters"][0]["persons"]
    document = plan_document(planned(body))
    assert document["encounters"][0]["persons"] == 100
    assert document["encounters"][0]["persons_assumed"]
    assert "PERSONS_ASSUMED" in codes(document)


def test_a_live_picture_gives_the_figures_that_the_request_does_not(service, world):
    count = len(world.ports)
    live = world.live._replace(
        capacity_feed=np.full(count, int(Feed.LIVE), np.int8), free_places=np.full(count, 100.0),
        persons_per_hour=np.full(count, 30.0), queued_persons=np.zeros(count),
    )  # fmt: skip
    from dataclasses import replace

    fed = replace(service, world=replace(service.world, live=live))
    proposal = propose(plan_from(small(ports=[{"id": "dover", "places": 40, "persons_per_hour": 60}])), fed, 0.0)
    dover, calais = closed_port(proposal, "dover"), closed_port(proposal, "calais")
    assert proposal.figures[dover].places == 40.0
    assert (proposal.figures[calais].places, proposal.figures[calais].persons_per_hour) == (100.0, 30.0)
    assert not without_places(fed.world).live.capacity_feed.any()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"surprise": 1}, "surprise"),
        ({"encounters": []}, "encounters"),
        ({"time": "2024-10-05T06:30:00"}, "time"),
        ({"ports_without_figures": "some"}, "ports_without_figures"),
        ({"ports_without_figures": "unlimited"}, "ports_without_figures"),
        ({"persons_per_hour_without_figures": 0}, "persons_per_hour_without_figures"),
        ({"ports": [{"id": "dover", "places": -1}]}, "ports.0.places"),
        ({"ports": [{"id": "dover", "places": 3.5, "persons_per_hour": 1}]}, "ports.0.places"),
        ({"ports": [{"id": "dover", "places": 10}]}, "ports.0.persons_per_hour"),
        ({"ports": [{"id": "dover"}, {"id": "dover"}]}, "plan"),
        ({"ports": [{"id": "dover"}, {"id": "GBDVR"}]}, "ports.1.id"),
        ({"time_limit_s": 0.1}, "time_limit_s"),
    ],
)
def test_a_wrong_plan_is_refused_by_field(planned, change, field):
    with pytest.raises(InvalidAsk) as refused:
        planned(small(**change))
    assert refused.value.field == field
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"persons": 0}, "encounters.1.persons"),
        ({"persons": {"min": 0, "max": 0}}, "encounters.1.persons"),
        ({"persons": "many"}, "encounters.1.persons"),
        ({"persons": {"min": 5, "max": 2}}, "encounters.1.persons"),
        ({"nationality": "x"}, "encounters.1.nationality"),
        ({"id": "A"}, "plan"),
        ({"may_split": "yes"}, "encounters.1.may_split"),
        ({"most_parts": 1}, "encounters.1.most_parts"),
        ({"time": "2024-10-05T05:00:00Z"}, "encounters.1.time"),
        ({"position": {"type": "Point", "coordinates": [0.0, 51.3]}}, "encounters.1.position"),
        ({"position": {"type": "Point", "coordinates": [200.0, 51.5]}}, "encounters.1.position.coordinates"),
    ],
)
def test_a_wrong_encounter_is_refused_by_field(planned, change, field):
    body = small()
    body["encounters"][1] |= change
    with pytest.raises(InvalidAsk) as refused:
        planned(body)
    assert refused.value.field == field
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("where", "change", "field"),
    [
        ("encounters", {"vessel": {"profile": "raft"}}, "encounters.0"),
        ("encounters", {"policy": "mine"}, "encounters.0"),
        ("ports", {"id": "atlantis"}, "ports.0.id"),
    ],
)
def test_names_that_nothing_carries(planned, where, change, field):
    body = small()
    body[where][0] |= change
    with pytest.raises(UnknownName) as unknown:
        planned(body)
    assert unknown.value.field.startswith(field)


def test_a_plan_is_not_changed_by_being_made(planned, october):
    before = copy.deepcopy(october)
    planned(october)
    assert october == before


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("case", ["october", "short", "none", "unlimited"])
def test_text_is_eighty_columns_and_keeps_to_the_words(planned, october, language, case):
    body = {
        "october": october,
        "short": small(ports=[{"id": "dover", "places": 25, "persons_per_hour": 60}]),
        "none": small(ports=[]),
        "unlimited": small(ports=[], ports_without_figures="unlimited", persons_per_hour_without_figures=45),
    }[case]
    text = plan_text(planned(body), language, Style())
    assert max(len(line) for line in text.splitlines()) <= WIDTH
    banned = BANNED_FR if language == "fr" else BANNED_EN
    assert not [pattern.pattern for pattern in banned if pattern.search(text)]
    assert text.splitlines()[0].startswith(("PROPOS", "WARNING", "ALERTE"))


@pytest.mark.parametrize(
    ("boats", "limit_s"), [(1, 1.5), (20, 1.5), (40, 4.25), (60, 7.0), (80, 12.5), (100, 18.0), (200, 18.0)]
)
def test_a_plan_takes_the_time_its_size_is_worth(boats, limit_s):
    assert budget_for(boats).limit_s == pytest.approx(limit_s)
    # What is missing is worth more time than that: its end is a proof.
    assert budget_for(boats).shortage_s == min(18.0, 2.0 * limit_s)


def test_a_limit_somebody_asked_for_holds_for_every_search_and_is_in_the_document(planned):
    assert budget_for(20, 7.0) == SolverBudget(limit_s=7.0, shortage_s=7.0)
    assert plan_document(planned(small(time_limit_s=7.0)))["inputs"]["time_limit_s"] == 7.0
    assert plan_document(planned(small()))["inputs"]["time_limit_s"] == 1.5


def test_two_plans_of_one_input_share_no_key(planned):
    """A search cut short may end elsewhere; the same part may then wait longer, and ask for another hold."""
    made = planned(small())
    other = replace(made, best=replace(made.best, loads=made.best.loads[:, ::-1]))
    first, same, second = (plan_document(item) for item in (made, planned(small()), other))
    assert first["plan_id"] == same["plan_id"] != second["plan_id"]
    keys = [{part["accept"]["idempotency_key"] for encounter in item["encounters"] for part in encounter["parts"]}
            for item in (first, same, second)]  # fmt: skip
    assert keys[0] == keys[1]
    assert not keys[0] & keys[2]
