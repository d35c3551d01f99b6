import math
from itertools import pairwise

import pytest

from api.documents.distance import distance_document
from engine.codes import Code
from engine.errors import InvalidAsk, PositionRefused, UnknownName
from engine.routes import reach_from, straight_line_m
from engine.units import NAUTICAL_MILE_M


def test_two_ports_count_from_entrance_to_entrance_with_landings_beside(service):
    document = distance_document(service, "dover", "FRCQF")
    dover, calais = service.port("dover"), service.port("calais")
    track = document["route"]["coordinates"]
    assert track[0] == pytest.approx(dover.approach, abs=1e-6)
    assert track[-1] == pytest.approx(calais.approach, abs=1e-6)
    assert document["straight_line_nm"] == round(straight_line_m(dover.approach, calais.approach) / NAUTICAL_MILE_M, 2)
    legs_nm = (
        sum(service.world.columns.harbour_leg_m[service.world.ports.index(p)] for p in (dover, calais))
        / NAUTICAL_MILE_M
    )
    between = distance_document(service, *(f"{p.approach[1]},{p.approach[0]}" for p in (dover, calais)))["distance_nm"]
    assert document["distance_nm"] == between
    assert document["between_landings_nm"] == pytest.approx(between + legs_nm, abs=0.011)


@pytest.mark.parametrize("port", ["dover", "boulogne", "rye", "newhaven"])
def test_a_position_and_a_port_count_to_the_landing_as_a_decision_does(service, port):
    there = distance_document(service, "51 03.0N 001 15.0E", port)
    back = distance_document(service, port, "51 03.0N 001 15.0E")
    reach = reach_from(service.world, service.world.depth_classes[0].tables, 1.25, 51.05)
    number = service.world.ports.index(service.port(port))
    metres = reach.distance_m[number] + reach.harbour_m[number]
    assert there["distance_nm"] == back["distance_nm"] == round(metres / NAUTICAL_MILE_M, 2)
    assert there["route"]["coordinates"] == back["route"]["coordinates"][::-1]
    assert there["between_landings_nm"] is None


def test_a_position_counts_from_itself(service):
    document = distance_document(service, "51 00.0N 001 21.0E", "50.95, 1.40")
    assert document["distance_nm"] == document["straight_line_nm"]
    assert document["route"] == {"type": "LineString", "coordinates": [[1.35, 51.0], [1.4, 50.95]]}


@pytest.mark.parametrize("place", ["dover", "51.0,1.35"])
def test_no_way_at_all_to_where_one_is(service, place):
    document = distance_document(service, place, place)
    assert (document["distance_nm"], document["straight_line_nm"], document["route"]) == (0.0, 0.0, None)


def test_there_and_back_is_the_same_and_never_less_than_the_straight_line(service):
    ports = [port.id for port in service.world.ports][::8]
    for start, end in zip(ports, ports[1:] + ports[:1], strict=True):
        there, back = distance_document(service, start, end), distance_document(service, end, start)
        assert there["distance_nm"] == pytest.approx(back["distance_nm"], abs=0.011)
        assert there["distance_nm"] >= there["straight_line_nm"] - 0.01
        points = there["route"]["coordinates"]
        assert all(first != other for first, other in pairwise(points))


def test_a_deeper_vessel_never_has_a_shorter_way(service):
    lengths = [
        distance_document(service, "ramsgate", "dunkerque-est", draught)["distance_nm"] for draught in (None, 3, 8)
    ]
    assert lengths == sorted(lengths)


@pytest.mark.parametrize("draught_m", [-0.1, 30.1, math.nan, math.inf])
def test_a_draught_out_of_range_is_refused(service, draught_m):
    with pytest.raises(InvalidAsk) as caught:
        distance_document(service, "dover", "calais", draught_m)
    assert caught.value.field == "draught_m"


@pytest.mark.parametrize(
    ("text", "error"),
    [("nowhere", UnknownName), ("51 07.3", InvalidAsk), ("", InvalidAsk), ("x1", InvalidAsk), ("N" * 500, UnknownName)],
)
@pytest.mark.parametrize("field", ["from", "to"])
def test_what_is_no_place_is_refused_by_the_name_of_its_end(service, text, error, field):
    ends = (text, "dover") if field == "from" else ("dover", text)
    with pytest.raises(error) as caught:
        distance_document(service, *ends)
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: ")
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(("text", "code"), [("52.0,-1.0", Code.POS_ON_LAND), ("40.0,1.0", Code.POS_OUT_OF_AREA)])
@pytest.mark.parametrize("field", ["from", "to"])
def test_a_position_refused_is_refused_by_the_name_of_its_end(service, text, code, field):
    ends = (text, "dover") if field == "from" else ("dover", text)
    with pytest.raises(PositionRefused) as caught:
        distance_document(service, *ends)
    assert (caught.value.field, caught.value.code) == (field, code)
    assert str(caught.value).startswith(f"{field}: lies ")
