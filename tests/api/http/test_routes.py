import gpxpy
import pytest

from api.documents.decision import decision_document, port_document, to_json
from api.documents.distance import distance_document
from api.encounter import EncounterIn


def test_a_decision_is_the_document_of_the_command_line_byte_for_byte(client, service, encounter):
    answer = client.decide(encounter)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    asked = service.ask(EncounterIn.model_validate(encounter), 0.0)
    assert answer.content == to_json(decision_document(service.decide(asked))).encode()
    assert answer.json()["decision_id"].startswith("d-")


@pytest.mark.parametrize("view", ["brief", "full", "line"])
@pytest.mark.parametrize("lang", ["en", "fr", "both"])
def test_every_view_is_the_document_of_the_command_line(client, service, encounter, view, lang):
    answer = client.decide(encounter, f"?view={view}&lang={lang}&limit=3")
    asked = service.ask(EncounterIn.model_validate(encounter), 0.0)
    assert answer.text == to_json(decision_document(service.decide(asked), view, lang, 3))
    assert answer.headers["vary"].startswith("Accept, Accept-Language")
    assert answer.headers["content-language"] == {"both": "en, fr"}.get(lang, lang)


def test_the_brief_view_in_english_is_the_default(client, encounter):
    plain = client.decide(encounter, "")
    assert plain.content == client.decide(encounter, "?view=brief&lang=en&limit=5").content
    assert len(plain.content) < 8_000


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [("fr", "fr"), ("fr-FR,fr;q=0.9,en;q=0.8", "fr"), ("en-GB,fr;q=0.5", "en"), ("de", "en"), ("fr;q=x", "en"),
     ("fr;q=0", "en"), ("", "en")],
)  # fmt: skip
def test_the_language_is_the_one_a_client_prefers(client, encounter, accepted, lang):
    headers = {"Content-Type": "application/json", "Accept-Language": accepted}
    answer = client.post("/v1/decisions?view=line", encounter, headers)
    assert answer.json()["line"].keys() == {lang}
    assert client.post("/v1/decisions?view=line&lang=both", encounter, headers).json()["line"].keys() == {"en", "fr"}


@pytest.mark.parametrize(("lang", "told"), [("en", "en"), ("fr", "fr"), ("both", "en, fr")])
def test_files_of_routes_say_their_language(client, encounter, lang, told):
    def accepting(kind):
        return client.post(f"/v1/decisions?lang={lang}", encounter, {"Accept": kind})

    collection, track = accepting("application/geo+json"), accepting("application/gpx+xml")
    assert collection.headers["content-language"] == told
    # A plotter shows one language.
    assert track.headers["content-language"] == told.partition(",")[0]
    notice = collection.json()["notice"]
    assert ("Not for navigation" in notice, "Ne pas utiliser pour la navigation" in notice) == (
        lang != "fr",
        lang != "en",
    )


def test_routes_come_as_geojson_and_gpx_for_who_accepts_that(client, encounter):
    def accepting(types):
        return client.post("/v1/decisions?limit=3", encounter, {"Accept": types})

    collection = accepting("application/geo+json")
    assert collection.headers["content-type"] == "application/geo+json"
    assert len(collection.json()["features"]) == 4
    track = accepting("application/gpx+xml, application/json;q=0.5")
    assert track.headers["content-type"] == "application/gpx+xml"
    (route,) = gpxpy.parse(track.text).routes
    assert route.points
    for types in ("*/*", "application/json, application/gpx+xml;q=0.9", "text/html", "application/gpx+xml;q=0"):
        assert accepting(types).headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("query", "name"),
    [("veiw=full", "veiw"), ("view=whole", "view"), ("lang=de", "lang"), ("limit=0", "limit"), ("limit=x", "limit"),
     ("draft=2", "draft")],
)  # fmt: skip
def test_a_query_nobody_understands_is_refused(client, encounter, query, name):
    answer = client.decide(encounter, f"?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{name}"


def test_unknown_query_parameters_are_refused_everywhere(client):
    for path in ("/v1/ports?colour=red", "/v1/distances?from=dover&to=calais&draft=2", "/v1/ports/dover?x=1"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "UNKNOWN_FIELD")


def test_a_parameter_twice_is_refused(client, encounter):
    assert client.decide(encounter, "?view=full&view=brief").status_code == 422


def test_the_same_request_gives_the_same_bytes(client, encounter):
    assert client.decide(encounter).content == client.decide(encounter).content


def test_without_a_time_the_encounter_is_now(client, monkeypatch, encounter):
    monkeypatch.setattr("api.http.routes.decisions.time.time", lambda: 1_800_000_000.9)
    del encounter["time"]
    assert client.decide(encounter).json()["decided_at"] == "2027-01-15T08:00:00Z"


def test_no_fit_port_is_an_answer(client, encounter):
    encounter["vessel"] = {"speed_kn": 10, "draught_m": 25, "loa_m": 400}
    answer = client.decide(encounter)
    assert answer.status_code == 200
    assert answer.json()["outcome"] in {"none", "unconfirmed"}
    assert answer.json()["recommended"] is None


@pytest.mark.parametrize(
    ("query", "ends"),
    [
        ({"from": "dover", "to": "FRCQF"}, ("dover", "FRCQF", None)),
        ({"from": "51 00.0N 001 21.0E", "to": "51.0,1.3"}, ("51 00.0N 001 21.0E", "51.0,1.3", None)),
        ({"from": "GBDVR", "to": "calais", "draught_m": "7.5"}, ("GBDVR", "calais", 7.5)),
    ],
)
def test_a_distance_is_the_document_of_the_command_line(client, service, query, ends):
    answer = client.get("/v1/distances", params=query)
    assert answer.status_code == 200
    assert answer.text == to_json(distance_document(service, *ends))


def test_ports_are_all_there_by_id(client, service):
    document = client.get("/v1/ports").json()
    ids = [port["id"] for port in document["ports"]]
    assert ids == sorted(port.id for port in service.world.ports)
    assert document["geodata"].keys() == {"id", "sha256"}
    assert document["geodata"]["sha256"] == service.world.identity["geodata"]["sha256"]


@pytest.mark.parametrize("name", ["dover", "DOVER", "GBDVR", "gbdvr"])
def test_a_port_is_found_by_id_and_by_locode(client, service, name):
    answer = client.get(f"/v1/ports/{name}")
    assert answer.status_code == 200
    assert answer.text == to_json(port_document(service.port("dover")))


@pytest.mark.parametrize("path", ["/v1/ports", "/v1/ports/dover"])
def test_a_client_that_has_the_register_is_not_sent_it_again(client, path):
    first = client.get(path)
    assert first.headers["cache-control"] == "no-cache"
    tag = first.headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_unknown_port_has_no_tag_to_match(client):
    assert client.get("/v1/ports/nowhere", headers={"If-None-Match": "*"}).status_code == 404


def found(client, **query):
    answer = client.get("/v1/ports", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_ports_are_found_as_people_write_their_names(client):
    for written, name in (("St. Malo", "saint-malo"), ("SAINT-MALO", "saint-malo"), ("boulogne", "boulogne"),
                          ("tréguier", "treguier"), ("Treguier", "treguier"), ("gbdvr", "dover")):  # fmt: skip
        assert name in [port["id"] for port in found(client, q=written)["ports"]], written
    assert found(client, q="nowhere at all")["ports"] == []
    assert all(found(client, q=text)["ports"] == [] for text in ("🚢", "东", "!!!", " "))


def test_ports_near_a_place_come_nearest_first(client):
    near = found(client, near="51 03.0N 001 15.0E", within_nm="25", country="gb")["ports"]
    miles = [port["straight_line_nm"] for port in near]
    assert miles == sorted(miles)
    assert max(miles) <= 25.0
    assert {port["country"] for port in near} == {"GB"}
    assert near[0]["id"] == "folkestone"
    kind = near[0]["facts"]["kind"]
    assert {port["facts"]["kind"] for port in found(client, kind=kind)["ports"]} == {kind}


def test_pages_of_ports_follow_one_another_without_a_gap(client):
    whole, pages, cursor = [port["id"] for port in found(client)["ports"]], [], None
    while True:
        page = found(client, limit=50, **({} if cursor is None else {"cursor": cursor}))
        pages += [port["id"] for port in page["ports"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == whole


@pytest.mark.parametrize(
    ("query", "name"),
    [({"within_nm": "5"}, "within_nm"), ({"country": "XX"}, "country"), ({"kind": "castle"}, "kind"),
     ({"near": "51 60N 1E"}, "near"), ({"cursor": "nowhere"}, "cursor"), ({"limit": "0"}, "limit"),
     ({"country": "GBR"}, "country"), ({"within_nm": "nan", "near": "51N 1E"}, "within_nm")],
)  # fmt: skip
def test_a_search_that_cannot_be_made_is_refused(client, query, name):
    answer = client.get("/v1/ports", params=query)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{name}")


def test_profiles_and_policies_are_those_a_decision_takes(client, service, encounter):
    vessels = client.get("/v1/vessels").json()["vessels"]
    assert [vessel["profile"] for vessel in vessels] == sorted(service.vessels)
    policies = client.get("/v1/policies").json()["policies"]
    for policy in policies:
        encounter |= {"policy": policy["name"], "vessel": {"profile": vessels[-1]["profile"]}}
        assert client.decide(encounter, "").json()["encounter"]["policy"] == policy["name"]
    assert "Did you mean 'nearest-time'?" in client.decide(encounter | {"policy": "nearest-tme"}).json()["detail"]


def test_large_answers_are_compressed_and_small_ones_are_not(client, encounter):
    large = client.request("POST", "/v1/decisions?view=full", json=encounter, headers={"Accept-Encoding": "gzip"})
    assert large.headers["content-encoding"] == "gzip"
    assert int(large.headers["content-length"]) < len(large.content) / 5
    assert "content-encoding" not in client.get("/healthz", headers={"Accept-Encoding": "gzip"}).headers


def test_it_is_up_and_ready(client, service):
    assert client.get("/healthz").json() == {"status": "up"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["geodata"]["sha256"] == service.world.identity["geodata"]["sha256"]
