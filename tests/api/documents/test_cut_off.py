"""A port that an exclusion zone cuts off stands among the nearer ports, with the zone, in every view."""

import numpy as np
import pytest
import shapely

from api.cli.console import Style
from api.cli.render import decision_text
from api.cli.short import short_text
from api.documents.decision import decision_document
from api.encounter import EncounterIn
from engine.decide import cut_off_by_zones, decide, passed_over
from geodata.exclusions import ExclusionZone, ExclusionZones, rebuild_without_zones

AT_S = 1_642_050_000.0
ROUND_DOVER = shapely.box(1.28, 51.09, 1.40, 51.14)
ROUND_THE_VESSEL = shapely.box(1.25, 51.0, 1.60, 51.15)
FAR_OFF = shapely.box(-3.0, 49.5, -2.9, 49.6)


def asked(service):
    encounter = EncounterIn.model_validate({
        "position": {"type": "Point", "coordinates": [1.28 + 11 / 60, 51.05]}, "persons": 20,
        "vessel": {"profile": "rnli-severn"},
    })  # fmt: skip
    return service.ask(encounter, AT_S)


def zoned(service, **outlines):
    zones = ExclusionZones()
    for name, outline in outlines.items():
        zones.add(ExclusionZone(name, outline))
    return rebuild_without_zones(service.world_at(AT_S), service.pack, zones)


@pytest.fixture(scope="module")
def round_dover(service):
    return decide(asked(service), zoned(service, z2=ROUND_DOVER, elsewhere=FAR_OFF))


def number_of(decision, name):
    return next(number for number, port in enumerate(decision.world.ports) if port.id == name)


def test_it_is_the_port_that_is_nearest_without_the_zone(service, round_dover):
    plain = decide(asked(service), service.world_at(AT_S))
    dover = number_of(round_dover, "dover")
    assert plain.recommended == dover != round_dover.recommended
    distance_m, zones = cut_off_by_zones(round_dover)[dover]
    assert distance_m == pytest.approx(plain.distance_m[dover], abs=1.0)
    assert zones == ("z2",)
    assert passed_over(round_dover)[0] == dover
    assert cut_off_by_zones(plain) == {}
    settled = decide(round_dover.ask, round_dover.world, every_port=False)
    assert cut_off_by_zones(settled) == cut_off_by_zones(round_dover)


@pytest.mark.parametrize(("lang", "name"), [("en", "DOVER"), ("fr", "DOUVRES")])
def test_every_view_names_it_and_the_zone(round_dover, lang, name):
    for view in ("brief", "full"):
        document = decision_document(round_dover, view, lang)
        first = document["passed_over"][0]
        assert (first["port_id"], first["code"]) == ("dover", "ZONES_AVOIDED")
        assert "z2" in first["text"][lang]
        assert "elsewhere" not in first["text"][lang]
        assert ("6.9 nm" if lang == "en" else "6,9 M") in first["text"][lang]
        notice = next(notice for notice in document["notices"] if notice["code"] == "ZONES_AVOIDED")
        assert "dover" in notice["port_ids"]
        assert name in notice["text"][lang]
    assert name in decision_document(round_dover, "line", lang)["long_line"][lang]
    short = short_text(round_dover, lang, 3, Style())
    assert name in short.splitlines()[1]
    assert len(short.splitlines()) == 6
    whole = " ".join(decision_text(round_dover, lang, 3, Style()).split())
    sentence = "Exclusion zone z2 in the way: DOVER" if lang == "en" else "DOUVRES : zone d'exclusion z2 sur la route"
    assert sentence in whole


def test_inside_a_zone_a_port_without_a_route_has_the_zone_in_its_sentence(service):
    decision = decide(asked(service), zoned(service, here=ROUND_THE_VESSEL))
    assert {"POS_IN_ZONE", "ZONES_AVOIDED"} <= {notice.code.name for notice in decision.notices}
    assert "inside an exclusion zone" in short_text(decision, "en", 3, Style()).splitlines()[1]
    document = decision_document(decision, "full", "en")
    told = [
        finding["text"]["en"] for port in document["excluded"] for finding in port["findings"]
        if finding["code"] == "ROUTE_NONE"
    ]  # fmt: skip
    assert told
    assert all("here" in text for text in told)
    unreached = [
        number for number, way_m in enumerate(decision.distance_m)
        if not np.isfinite(way_m) and number in passed_over(decision)
    ]  # fmt: skip
    assert set(unreached) <= cut_off_by_zones(decision).keys()
