"""The route out: every field read back by another library, and the forms of two makes as their manuals print them."""

import asyncio
import socket
from contextlib import suppress
from math import cos, isnan, nan, radians
from xml.etree import ElementTree

import gpxpy
import pynmeagps
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from api.terminal.plotter.files import rtz_file, signalk_course, signalk_route
from api.terminal.plotter.output import PlotterLost, send_sentences
from api.terminal.plotter.route import Route, Waypoint, candidate_of, plain_name, route_of
from api.terminal.plotter.sentences import LONGEST, route_sentences, steering_sentences
from api.terminal.plotter.steering import course_deg, off_line_m, steer
from api.terminal.source_spec import parse_plotter
from engine.errors import InvalidAsk

PLACES = ((1.45, 51.0), (1.40, 51.05), (1.346667, 51.121667))
ROUTE = Route("SAFEPORT Dover", "SAFEPORT", (
    Waypoint("SP00", *PLACES[0]), Waypoint("SP01", *PLACES[1]), Waypoint("DOVER", *PLACES[2]),
))  # fmt: skip

# As public logs and manuals have them: a chart program's (OpenCPN), a receiver's with the mode of version 2.3, and
# the stored route of a handheld (Garmin).
OPENCPN = (
    "$ECRMB,A,0.039,R,002,003,4728.046,N,00247.518,W,2.533,110.468,3.700,V*1F",
    "$ECAPB,A,A,0.00,L,N,V,V,291.27,T,002,291.36,T,291.36,T*3E",
)
RECEIVER = (
    "$GPRMB,A,1.70,L,8,9,5509.36,N,01335.04,E,7.8,261.9,5.7,V,A*51",
    "$GPAPB,A,A,1.70,L,N,V,,274.5,T,9,261.9,T,261.9,T*4F",
)
HANDHELD = (
    "$GPWPL,4917.16,N,12310.64,W,003*65",
    "$GPRTE,2,1,c,0,PBRCPK,PBRTO,PTELGR,PPLAND,PYAMBU,PPFAIR,PWARRN,PMORTL,PLISMR*73",
)


def read(text):
    """A sentence as pynmeagps has it; refused by it when the checksum is wrong."""
    return pynmeagps.NMEAReader.parse(f"{text}\r\n".encode(), validate=pynmeagps.VALCKSUM)


names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=10)
waypoints = st.builds(Waypoint, names, st.floats(-179.9, 179.9), st.floats(-89.9, 89.9))
routes = st.builds(
    Route, st.just("A route"), st.just("SAFEPORT"), st.lists(waypoints, min_size=2, max_size=99).map(tuple)
)


@settings(deadline=None, max_examples=100)
@given(routes)
def test_every_field_of_a_stored_route_comes_back(route):
    sentences = route_sentences(route)
    assert all(len(text) + 2 <= LONGEST for text in sentences)
    found = [read(text) for text in sentences]
    points, parts = found[: len(route.waypoints)], found[len(route.waypoints) :]
    for waypoint, point in zip(route.waypoints, points, strict=True):
        assert (point.identity, point.wpt) == ("ECWPL", waypoint.name)
        # A ten-thousandth of a minute is 0.2 m.
        assert (point.lon, point.lat) == pytest.approx((waypoint.lon, waypoint.lat), abs=1e-6)
    assert [part.identity for part in parts] == ["ECRTE"] * len(parts)
    assert [(part.numMsg, part.msgNum) for part in parts] == [(len(parts), n) for n in range(1, len(parts) + 1)]
    assert {(part.status, part.routeid) for part in parts} == {("c", "SAFEPORT")}
    listed = [name for part in parts for name in part.payload[4:]]
    assert listed == [waypoint.name for waypoint in route.waypoints]


def test_a_long_route_comes_in_several_parts():
    route = ROUTE._replace(waypoints=tuple(Waypoint(f"SP{n:02d}", 1.0, 51.0) for n in range(40)))
    assert len([text for text in route_sentences(route) if "RTE" in text]) == 4


@pytest.mark.parametrize("captured", [OPENCPN, RECEIVER, HANDHELD])
def test_the_forms_are_those_of_the_field(captured):
    stored = route_sentences(ROUTE)
    steering = steering_sentences(steer(ROUTE, 1, 1.44, 51.01, 20.0, 330.0))
    ours = {text[3:6]: text for text in (stored[0], stored[-1], *steering)}
    for theirs in captured:
        assert read(theirs) is not None
        mine, other = ours[theirs[3:6]].split("*")[0].split(","), theirs.split("*")[0].split(",")
        # Since version 2.3 RMB has a mode at its end, which older talkers leave out; a route has as many names as fit.
        assert "RTE" in theirs or len(mine) - len(other) in ((0, 1) if "RMB" in theirs else (0,))
        for field, (own, first) in enumerate(zip(mine[1:], other[1:], strict=False), 1):
            is_letter = len(first) == 1 and first.isalpha()
            assert not is_letter or (len(own) == 1 and own.isalpha()), (theirs, field)
            is_number = "RTE" not in theirs and "." in first
            assert not is_number or float(own) == float(own), (theirs, field)


@settings(deadline=None, max_examples=200)
@given(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3), st.floats(0, 40) | st.just(nan), st.floats(0, 359.99) | st.just(nan))
def test_every_field_of_steering_comes_back(east, north, sog_kn, cog_deg):
    lon, lat = PLACES[1][0] + east, PLACES[1][1] + north
    now = steer(ROUTE, 1, lon, lat, sog_kn, cog_deg)
    sentences = steering_sentences(now)
    assert all(len(text) + 2 <= LONGEST for text in sentences)
    rmb, apb = (read(text) for text in sentences)
    assert rmb.status == "A"
    assert rmb.ctrkerr == pytest.approx(min(abs(now.xte_nm), 9.99), abs=0.006)
    assert (rmb.dirs, apb.dirs) == (("L", "L") if now.xte_nm > 0.0 else ("R", "R"))
    assert (rmb.wptO, rmb.wptD) == (now.origin.name, now.to.name)
    assert (rmb.lon, rmb.lat) == pytest.approx((now.to.lon, now.to.lat), abs=1e-6)
    assert rmb.range == pytest.approx(now.range_nm, abs=0.06)
    assert abs((rmb.bearing - now.bearing_deg + 180.0) % 360.0 - 180.0) <= 0.06
    assert rmb.velclos == pytest.approx(now.closing_kn, abs=0.06)
    assert (rmb.arrstatus, rmb.valstatus) == ("A" if now.has_arrived else "V", "A")
    assert (apb.LCgwarn, apb.LCcwarn, apb.ctrkUnit) == ("A", "A", "N")
    assert apb.ctrkerr == rmb.ctrkerr
    assert (apb.aalmcirc, apb.aalmperp) == ("A" if now.has_arrived else "V", "A" if now.has_passed else "V")
    for entry, meant in ((apb.bearO2D, now.track_deg), (apb.bearD, now.bearing_deg), (apb.bearS, now.steer_deg)):
        assert abs((entry - meant + 180.0) % 360.0 - 180.0) <= 0.06
        assert 0.0 <= entry < 360.0
    assert (apb.bearO2Du, apb.wpt, apb.bearDu, apb.bearSu) == ("T", now.to.name, "T", "T")
    assert not isnan(now.closing_kn)


@given(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1))
def test_off_the_line_and_courses_against_the_ellipsoid(east, north):
    origin, to = ROUTE.waypoints[0], ROUTE.waypoints[1]
    lon, lat = origin.lon + east, origin.lat + north
    # On a plane at this latitude, good to a hundredth over such distances.
    scale = cos(radians(51.0))
    along = ((to.lon - origin.lon) * scale, to.lat - origin.lat)
    out = (east * scale, north)
    length = (along[0] ** 2 + along[1] ** 2) ** 0.5
    right = (out[0] * along[1] - out[1] * along[0]) / length * 60.0 * 1852.0
    assert off_line_m(origin, to, lon, lat) == pytest.approx(right, rel=0.01, abs=30.0)
    truth = Geodesic.WGS84.Inverse(origin.lat, origin.lon, to.lat, to.lon)["azi1"] % 360.0
    assert course_deg(origin.lon, origin.lat, to.lon, to.lat) == pytest.approx(truth, abs=0.3)


def test_she_is_steered_back_to_the_line_and_leg_by_leg_to_the_end():
    right_of_it = steer(ROUTE, 1, 1.44, 51.03, 20.0, 330.0)
    assert right_of_it.xte_nm > 0.0
    assert (right_of_it.steer_deg - right_of_it.bearing_deg + 180.0) % 360.0 - 180.0 < 0.0
    assert steer(ROUTE, 1, 1.40, 51.0501, 20.0, 330.0).leg == 2
    end = steer(ROUTE, 2, *PLACES[2], 5.0, 330.0)
    assert (end.leg, end.has_arrived) == (2, True)
    # A leg that is behind her stays behind.
    assert steer(ROUTE, 2, 1.43, 51.02, 20.0, 330.0).leg == 2


def test_names_that_every_plotter_takes():
    assert plain_name("Dunkerque Est") == "DUNKERQUEE"
    assert plain_name("Saint-Valéry-en-Caux") == "SAINTVALER"
    assert plain_name("…") == "PORT"


RTZ_ALLOWS = {
    "route": ({"version"}, {"version"}, ["routeInfo", "waypoints", "schedules", "extensions"]),
    "routeInfo": ({"routeName"}, {"routeName", "routeAuthor", "routeStatus"}, ["extensions"]),
    "waypoints": (set(), set(), ["defaultWaypoint", "waypoint", "extensions"]),
    "waypoint": ({"id"}, {"id", "revision", "name", "radius"}, ["position", "leg", "extensions"]),
    "position": ({"lat", "lon"}, {"lat", "lon"}, []),
    "leg": (set(), {"geometryType"}, []),
}
"""What the schema of RTZ 1.0 (IEC 61174:2015, annex S) says of the elements we write: attributes it demands, those that
may stand there, and children in their order. The schema itself is the CIRM's and not ours to commit."""


def against_the_schema(element):
    """What is wrong with an element and all in it by the rules of RTZ 1.0."""
    ns = "{http://www.cirm.org/RTZ/1/0}"
    kind = element.tag.removeprefix(ns)
    demanded, allowed, children = RTZ_ALLOWS[kind]
    wrong = [f"{kind} lacks {name}" for name in demanded - set(element.attrib)]
    wrong += [f"{kind} has {name}" for name in set(element.attrib) - allowed]
    places = [children.index(child.tag.removeprefix(ns)) for child in element]
    wrong += [f"{kind} in another order"] if places != sorted(places) else []
    single = [name for name in children if name != "waypoint"]
    wrong += [f"{kind} twice {name}" for name in single if len(element.findall(ns + name)) > 1]
    values = {
        "route": lambda: element.get("version") == "1.0" and len(element) >= 2,
        "waypoints": lambda: len(element.findall(f"{ns}waypoint")) >= 2,
        "waypoint": lambda: all(element.get(name, "0").isdigit() for name in ("id", "revision")) and len(element) >= 1,
        "position": lambda: -90.0 <= float(element.get("lat")) <= 90.0 and -180.0 <= float(element.get("lon")) < 180.0,
        "leg": lambda: element.get("geometryType") in {"Loxodrome", "Orthodrome"},
    }
    if not values.get(kind, lambda: True)():
        wrong.append(f"{kind} with a wrong value")
    return wrong + [each for child in element for each in against_the_schema(child)]


def test_rtz_is_valid_by_the_rules_of_its_schema():
    root = ElementTree.fromstring(rtz_file(ROUTE))  # noqa: S314
    assert against_the_schema(root) == []
    ns = "{http://www.cirm.org/RTZ/1/0}"
    assert root.tag == f"{ns}route"
    assert root[0].get("routeName") == "SAFEPORT Dover"
    points = list(root[1])
    assert [point.get("id") for point in points] == ["1", "2", "3"]
    for point, waypoint in zip(points, ROUTE.waypoints, strict=True):
        position = point[0]
        assert (float(position.get("lon")), float(position.get("lat"))) == pytest.approx(waypoint[1:], abs=1e-6)
        assert point.get("name") == waypoint.name
    assert [[leg.get("geometryType") for leg in point[1:]] for point in points] == [[], ["Orthodrome"], ["Orthodrome"]]
    # The check finds what the schema refuses.
    points[1].append(points[1][0])
    points[2][1].set("geometryType", "straight")
    del points[0].attrib["id"]
    assert len(against_the_schema(root)) >= 3


def test_signalk_has_geojson_and_a_course_that_points_to_it():
    route = signalk_route(ROUTE)
    assert route["feature"]["geometry"]["coordinates"] == [list(place) for place in PLACES]
    assert [item["name"] for item in route["feature"]["properties"]["coordinatesMeta"]] == ["SP00", "SP01", "DOVER"]
    assert signalk_course("abc")["href"] == "/resources/routes/abc"


@pytest.fixture
def decided(ship):
    ship.hear(51.0, 1.45)
    return ship.nearest(lang="both").json()


def send(ship, decided, **body):
    port_id = decided["decision"]["recommended"]["port"]["id"]
    return ship.call("POST", "/terminal/v1/routes", {"port_id": port_id, "digest": decided["digest"], **body})


def test_the_route_is_the_decision_s_own(ship, decided):
    best = decided["decision"]["recommended"]
    gpx = gpxpy.parse(send(ship, decided, to="gpx").json()["content"])
    points = [[round(point.longitude, 5), round(point.latitude, 5)] for point in gpx.routes[0].points]
    assert points == best["route"]["coordinates"]
    rtz = ElementTree.fromstring(send(ship, decided, to="rtz").json()["content"])  # noqa: S314
    turns = [[float(item.get("lon")), float(item.get("lat"))] for item in rtz.iter() if item.tag.endswith("position")]
    assert turns[1:] == [leg["to"] for leg in best["legs"]]
    assert turns[0] == [1.45, 51.0]
    signalk = send(ship, decided, to="signalk").json()
    assert signalk["route"]["feature"]["geometry"]["coordinates"] == turns
    assert signalk["course"]["href"].endswith(signalk["route_id"])


def test_routes_of_the_other_ports_too(ship, decided):
    other = decided["decision"]["candidates"][0]["port"]["id"]
    body = {"port_id": other, "digest": decided["digest"], "to": "rtz"}
    assert ship.call("POST", "/terminal/v1/routes", body).json()["file_name"] == f"safeport-{other}.rtz"


def test_a_route_is_had_of_a_decision_from_before_the_restart(launch):
    first = launch().hear(51.0, 1.45)
    decided = first.nearest(lang="both").json()
    content = send(first, decided, to="rtz").json()["content"]
    assert send(launch(), decided, to="rtz").json()["content"] == content


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"digest": "0" * 64}, 404, "NO_DECISION"),
        ({"port_id": "nowhere"}, 422, "INVALID_FIELDS"),
        ({"to": "plotter"}, 409, "NO_PLOTTER"),
        ({"to": "fax"}, 422, "INVALID_FIELDS"),
    ],
)
def test_what_can_t_be_sent_is_said(ship, decided, change, status, code):
    refused = send(ship, decided, **{"to": "rtz", **change})
    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_nothing_goes_to_the_plotter_without_a_press_and_then_slowly(launch):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plotter:
        plotter.bind(("127.0.0.1", 0))
        plotter.settimeout(0.2)
        ship = launch(plotter=parse_plotter(f"udp://127.0.0.1:{plotter.getsockname()[1]}"))
        ship.hear(51.0, 1.45)
        decided = ship.nearest(lang="both").json()
        with pytest.raises(TimeoutError):
            plotter.recv(200)
        sent = send(ship, decided, to="plotter").json()
        heard = [plotter.recv(200).decode() for _ in sent["sentences"]]
        assert heard == [f"{text}\r\n" for text in sent["sentences"]]
        assert ship.state()["active_route"] is None


def hear(ship, plotter):
    """The next sentence; the terminal works on meanwhile."""
    return ship.runner.run(asyncio.to_thread(plotter.recv, 200))


def test_steering_goes_on_until_it_is_stopped_and_never_by_a_doubtful_fix(launch):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plotter:
        plotter.bind(("127.0.0.1", 0))
        plotter.settimeout(30.0)
        ship = launch(plotter=parse_plotter(f"udp://127.0.0.1:{plotter.getsockname()[1]}"))
        ship.hear(51.0, 1.45)
        decided = ship.nearest(lang="both").json()
        sent = send(ship, decided, to="plotter", steer=True).json()
        heard = [hear(ship, plotter) for _ in range(len(sent["sentences"]) + 2)]
        assert [text[:6] for text in heard[-2:]] == [b"$ECRMB", b"$ECAPB"]
        state = ship.state()["active_route"]
        assert (state["port_id"], state["leg"]) == (decided["decision"]["recommended"]["port"]["id"], 1)
        ship.ticks.go(200.0)
        while (trouble := ship.state()["active_route"]["trouble"]) is None:
            ship.runner.run(asyncio.sleep(0.05))
        assert "in doubt" in trouble["en"]
        assert ship.call("DELETE", "/terminal/v1/routes/active").json()["active_route"] is None


def test_steering_to_a_port_whose_direction_is_withdrawn_goes_on_and_says_so(launch):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plotter:
        plotter.bind(("127.0.0.1", 0))
        plotter.settimeout(30.0)
        ship = launch(plotter=parse_plotter(f"udp://127.0.0.1:{plotter.getsockname()[1]}"))
        ship.hear(51.0, 1.45)
        decided = ship.nearest(lang="both").json()
        sent = send(ship, decided, to="plotter", steer=True).json()
        for _ in range(len(sent["sentences"]) + 2):
            hear(ship, plotter)
        port_id = ship.state()["active_route"]["port_id"]
        withdrawal = {
            "sequence": 7, "encounter_id": "e-1", "direction": 6, "port_id": "elsewhere", "place": "",
            "centre": "MRCC DOVER", "text": "", "by": None, "at": "2026-11-22T14:30:00Z",
        }  # fmt: skip
        ship.terminal._direction_withdrawn(withdrawal)
        assert ship.state()["active_route"]["direction_withdrawn"] is False
        ship.terminal._direction_withdrawn({**withdrawal, "sequence": 8, "port_id": port_id})
        assert ship.state()["active_route"]["direction_withdrawn"] is True
        plotter.setblocking(False)
        with suppress(BlockingIOError):
            while plotter.recv(200):
                pass
        plotter.settimeout(30.0)
        assert [hear(ship, plotter)[:6] for _ in range(2)] == [b"$ECRMB", b"$ECAPB"]
        # What is pressed after it was withdrawn is a choice of the master.
        send(ship, decided, to="plotter", steer=True)
        assert ship.state()["active_route"]["direction_withdrawn"] is False
        ship.call("DELETE", "/terminal/v1/routes/active")


def test_a_plotter_that_is_not_there_is_said():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        spec = parse_plotter(f"tcp://127.0.0.1:{nobody.getsockname()[1]}")
        with pytest.raises(PlotterLost):
            asyncio.run(send_sentences(spec, ["$X*00"], 0.0))


@pytest.mark.parametrize("text", ["gpsd://a", "signalk://a", "nonsense"])
def test_what_is_no_plotter_is_refused(text):
    with pytest.raises(InvalidAsk) as refused:
        parse_plotter(text)
    assert refused.value.field == "plotter"


def test_a_decision_without_the_port(ship, decided):
    document = {"recommended": None, "candidates": [], "encounter": decided["decision"]["encounter"]}
    with pytest.raises(InvalidAsk):
        candidate_of(document, "dover")
    with pytest.raises(InvalidAsk):
        route_of(document, "dover")
