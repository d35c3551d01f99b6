import json
import re

import pytest

from api.http import create_app

CANARY = "kanarienvogel-7319"
SEA = {"type": "Point", "coordinates": [1.35, 51.0]}


def problem_of(answer):
    """The one document every error is."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.content) <= 8192
    document = answer.json()
    assert document.keys() == {"type", "title", "status", "detail", "instance", "code", "errors"}
    assert document["status"] == answer.status_code
    assert document["instance"] == answer.request.url.raw_path.decode().split("?")[0]
    for error in document["errors"]:
        assert error.keys() == {"pointer", "code", "detail"}
        assert error["detail"]
    return document


FRENCH = {"Accept-Language": "fr-FR,fr;q=0.9,en;q=0.5"}
ENGLISH = re.compile(
    r"\b(is|has|are|the|not|or|and|see|write|give|check|add|lies|which|there|with|from)\b", re.IGNORECASE
)


def assert_in_french(english, french):
    """The same refusal, of which no sentence is left in English."""
    assert pairs(english) == pairs(french)
    for ours, theirs in zip([english, *english["errors"]], [french, *french["errors"]], strict=True):
        assert ENGLISH.search(ours["detail"])
        # Names of fields and of values are in no language.
        assert not ENGLISH.search(re.sub(r"/from|^from|/openapi.json|'[^']*' ", "", theirs["detail"]))


def pairs(document):
    return [(error["pointer"], error["code"]) for error in document["errors"]]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"nationality": CANARY}, [("/nationality", "UNKNOWN_FIELD")]),
        ({"vessel": {"flag": CANARY}}, [("/vessel/flag", "UNKNOWN_FIELD")]),
        ({"vessel": {"speed_kn": -1}}, [("/vessel/speed_kn", "OUT_OF_RANGE")]),
        ({"vessel": {"speed_kn": CANARY}}, [("/vessel/speed_kn", "WRONG_TYPE")]),
        ({"vessel": [CANARY]}, [("/vessel", "WRONG_TYPE")]),
        ({"position": None}, [("/position", "WRONG_TYPE")]),
        ({"position": {"type": CANARY, "coordinates": [1, 51]}}, [("/position/type", "NOT_AN_OPTION")]),
        ({"position": {"type": "Point", "coordinates": [1]}}, [("/position/coordinates", "WRONG_LENGTH")]),
        ({"position": {"type": "Point", "coordinates": [200, 51]}}, [("/position/coordinates", "INVALID_VALUE")]),
        ({"position": {"type": "Point", "coordinates": [0, 0]}}, [("/position/coordinates", "INVALID_VALUE")]),
        ({"position": {"type": "Point", "coordinates": [1.3, CANARY]}}, [("/position/coordinates/1", "WRONG_TYPE")]),
        ({"persons": CANARY}, [("/persons", "WRONG_TYPE")]),
        ({"persons": 1.5}, [("/persons", "WRONG_TYPE")]),
        ({"persons": True}, [("/persons", "WRONG_TYPE")]),
        ({"persons": -1}, [("/persons", "OUT_OF_RANGE")]),
        ({"persons": 0}, [("/persons", "INVALID_VALUE")]),
        ({"persons": {"min": 0, "max": 0}}, [("/persons", "INVALID_VALUE")]),
        ({"persons": {"max": 1}}, [("/persons/min", "REQUIRED")]),
        ({"persons": {"min": 2, "max": 1}}, [("/persons", "INVALID_VALUE")]),
        ({"persons": {"min": "x", "max": 1}}, [("/persons/min", "WRONG_TYPE")]),
        ({"persons": {"min": 1, "max": 1, "age": CANARY}}, [("/persons/age", "UNKNOWN_FIELD")]),
        ({"persons_in_water": 1}, [("/persons_in_water", "WRONG_TYPE")]),
        ({"medical": CANARY}, [("/medical", "NOT_AN_OPTION")]),
        ({"time": CANARY}, [("/time", "INVALID_VALUE")]),
        ({"time": "2026-11-22T14:30:00"}, [("/time", "INVALID_VALUE")]),
        ({"time": "2026-11-31T14:30:00Z"}, [("/time", "INVALID_VALUE")]),
        ({"policy": CANARY * 10}, [("/policy", "WRONG_LENGTH")]),
        ({"policy": CANARY}, [("/policy", "UNKNOWN_NAME")]),
        ({"vessel": {"profile": CANARY}}, [("/vessel/profile", "UNKNOWN_NAME")]),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_and_never_repeated(client, encounter, change, wrong):
    answer = client.decide(encounter | change)
    assert answer.status_code == 422
    document = problem_of(answer)
    assert pairs(document) == wrong
    assert document["code"] == ("UNKNOWN_NAME" if wrong[0][1] == "UNKNOWN_NAME" else "INVALID_FIELDS")
    assert CANARY not in answer.text
    assert_in_french(document, problem_of(client.post("/v1/decisions", encounter | change, FRENCH)))


def test_a_body_of_the_wrong_kind(client):
    for body in ([], 3, "text", None):
        document = problem_of(client.decide(body))
        assert (document["status"], document["errors"][0]["pointer"]) == (422, "")


def test_a_missing_position(client):
    assert pairs(problem_of(client.decide({}))) == [("/position", "REQUIRED")]


@pytest.mark.parametrize(
    ("coordinates", "code"),
    [([-1.0, 52.0], "POS_ON_LAND"), ([51.0, 1.35], "POS_OUT_OF_AREA"), ([30.0, 40.0], "POS_OUT_OF_AREA")],
)
def test_a_position_is_refused_by_its_own_code(client, coordinates, code):
    answer = client.decide({"position": {"type": "Point", "coordinates": coordinates}})
    document = problem_of(answer)
    assert (document["status"], document["code"], pairs(document)) == (422, code, [("/position", code)])


def test_many_errors_stay_a_small_answer(client):
    body = {"position": SEA} | {f"{number}{'𝔸' * 80}": number for number in range(60)}
    answer = client.decide(body)
    document = problem_of(answer)
    assert answer.status_code == 422
    assert 5 < len(document["errors"]) <= 20
    assert document["detail"].startswith("60 fields are wrong")


@pytest.mark.parametrize("name", ["John Smith 07700 900123", "a/b~c", "x\u202e\ny", "Ahmed", "n" * 60, "s07700900123"])
def test_a_name_that_no_field_could_have_is_not_repeated(client, name):
    for body, pointer in (
        ({"position": SEA, name: 1}, ""), ({"position": SEA, "vessel": {name: 1}}, "/vessel"),
        ({"position": SEA | {name: 2}}, "/position"),
    ):  # fmt: skip
        answer = client.decide(body)
        assert pairs(problem_of(answer)) == [(pointer, "UNKNOWN_FIELD")]
        assert "has a name that is not known." in answer.json()["errors"][0]["detail"]
        assert name not in str(answer.json())
    asked = client.request("GET", "/v1/ports", params={name: "x"})
    assert pairs(problem_of(asked)) == [("", "UNKNOWN_FIELD")]
    assert name not in str(asked.json())


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({}, "/from", "REQUIRED"),
        ({"from": "dover"}, "/to", "REQUIRED"),
        ({"from": "", "to": "dover"}, "/from", "WRONG_LENGTH"),
        ({"from": CANARY * 10, "to": "dover"}, "/from", "WRONG_LENGTH"),
        ({"from": "dover", "to": "kanarienvogel"}, "/to", "UNKNOWN_NAME"),
        ({"from": CANARY, "to": "dover"}, "/from", "INVALID_VALUE"),
        ({"from": "51 07.3", "to": "dover"}, "/from", "INVALID_VALUE"),
        ({"from": "52.0,-1.0", "to": "dover"}, "/from", "POS_ON_LAND"),
        ({"from": "dover", "to": "40.0,1.0"}, "/to", "POS_OUT_OF_AREA"),
        ({"from": "dover", "to": "calais", "draught_m": CANARY}, "/draught_m", "WRONG_TYPE"),
        ({"from": "dover", "to": "calais", "draught_m": "nan"}, "/draught_m", "INVALID_VALUE"),
        ({"from": "dover", "to": "calais", "draught_m": "-1"}, "/draught_m", "INVALID_VALUE"),
        ({"from": ["dover", "calais"], "to": "rye"}, "/from", "INVALID_VALUE"),
    ],
)
def test_a_wrong_query(client, query, pointer, code):
    answer = client.get("/v1/distances", params=query)
    assert answer.status_code == 422
    assert pairs(problem_of(answer))[0] == (pointer, code)
    assert "kanarienvogel" not in answer.text
    assert_in_french(answer.json(), problem_of(client.get("/v1/distances", params=query, headers=FRENCH)))


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/ports/nowhere", 404, "UNKNOWN_PORT"),
        ("GET", "/v1/ports/dover%20or%201", 404, "UNKNOWN_PORT"),
        ("GET", "/v1/ports/", 404, "NOT_FOUND"),
        ("GET", "/redoc", 404, "NOT_FOUND"),
        ("GET", "/v1/decisions", 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/v1/ports", 405, "METHOD_NOT_ALLOWED"),
        ("PATCH", "/v1/decisions", 405, "METHOD_NOT_ALLOWED"),
        ("OPTIONS", "/nowhere", 404, "NOT_FOUND"),
    ],
)
def test_what_is_not_there(client, method, path, status, code):
    answer = client.request(method, path)
    document = problem_of(answer)
    assert (answer.status_code, document["code"], document["errors"]) == (status, code, [])
    assert ("allow" in answer.headers) == (status == 405)


def test_a_long_path_is_not_repeated_whole(client):
    answer = client.get("/v1/ports/" + "x" * 5000)
    assert answer.status_code == 404
    assert len(answer.content) < 600


def test_a_defect_says_nothing_of_the_inside(call_app, encounter):
    answer = call_app(create_app(service=object())).decide(encounter)
    document = problem_of(answer)
    assert (answer.status_code, document["code"], document["detail"]) == (500, "INTERNAL", "The service failed.")
    assert "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert len(answer.headers["x-request-id"]) == 32


def test_numbers_beyond_a_double_are_refused(client):
    for digits in ("9" * 400, "1e999", "-1e999"):
        answer = client.decide_raw(b'{"position":{"type":"Point","coordinates":[' + digits.encode() + b",51]}}")
        assert answer.status_code == 422
        assert problem_of(answer)["errors"][0]["pointer"] == "/position/coordinates/0"


def test_a_lone_surrogate_is_refused(client):
    for member in ('"\\ud800": 1', '"policy": "\\udc00"', '"time": "\\ud800"', '"vessel": {"\\ud800": 1}'):
        answer = client.decide_raw(f'{{"position": {json.dumps(SEA)}, {member}}}'.encode())
        assert answer.status_code == 422
        problem_of(answer)


@pytest.mark.parametrize(
    ("body", "pointer", "remedy"),
    [
        ({"position": [1.35, 51.0]}, "/position", 'Write {"type": "Point", "coordinates": [longitude, latitude]}.'),
        ({"position": {"type": "Point", "coordinates": [1.35]}}, "/position/coordinates", "[longitude, latitude]."),
        ({"persons": "many"}, "/persons", "leave it out if not known."),
        ({"persons": 3, "persons_recovered": 5}, "/persons_recovered", "Raise persons to those aboard."),
        ({"vessel": {"survivor_capacity": 3, "max_persons": 4}}, "/vessel/max_persons", "Give one of them."),
        ({"vessel": {"loa_m": "long"}}, "/vessel/loa_m", "Write digits without quotes."),
        ({"medical": "bad"}, "/medical", "Write 'none', 'urgent' or 'critical'."),
        ({"wave": 1}, "/wave", "Correct its spelling; /openapi.json has those there are."),
    ],
)
def test_every_wrong_field_has_a_remedy(client, body, pointer, remedy):
    (error,) = problem_of(client.decide({"position": SEA, **body}))["errors"]
    assert error["pointer"] == pointer
    assert error["detail"].endswith(remedy)


@pytest.mark.parametrize(
    ("path", "pointer", "remedy"),
    [
        ("/v1/ports?country=gbr", "/country", "There are: BE, FR, GB, GG, JE, NL."),
        ("/v1/ports?limit=0", "/limit", "Check the number; leave it out if not known."),
        ("/v1/ports?limit=few", "/limit", "Write digits without a point."),
        ("/v1/ports?colour=red", "/colour", "Correct its spelling; /openapi.json has those there are."),
        ("/v1/distances?from=dover", "/to", "Add it."),
    ],
)
def test_every_wrong_query_has_a_remedy(client, path, pointer, remedy):
    (error,) = problem_of(client.get(path))["errors"]
    assert error["pointer"] == pointer
    assert error["detail"].endswith(remedy)


def test_a_key_given_twice_is_named(client):
    answer = client.decide_raw(b'{"vessel": {"speed_kn": 1, "speed_kn": 2}}')
    assert problem_of(answer)["detail"] == "An object has the key 'speed_kn' twice. Give it once."
    unlike = client.decide_raw(b'{"policy": 1, "John Smith": 1, "John Smith": 2}')
    assert problem_of(unlike)["detail"] == "An object has one key twice, as number 2 and 3. Give it once."


@pytest.mark.parametrize(
    ("coordinates", "remedy"),
    [
        ([51.0, 1.35], "The two numbers look exchanged: GeoJSON writes longitude first, [longitude, latitude]."),
        ([1.0, 40.0], "Check that longitude comes first, [longitude, latitude], and that west is negative."),
    ],
)
def test_a_body_off_the_map_is_told_of_its_own_order(client, coordinates, remedy):
    (error,) = problem_of(client.decide({"position": {"type": "Point", "coordinates": coordinates}}))["errors"]
    assert (error["pointer"], error["code"]) == ("/position", "POS_OUT_OF_AREA")
    assert error["detail"].endswith(remedy)


def test_a_query_off_the_map_is_told_of_its_own_order(client):
    for path, pointer in (
        ("/v1/distances?from=1.35,51.0&to=dover", "/from"),
        ("/v1/ports?near=1.35,51.0", "/near"),
        ("/v1/streams?position=1.35,51.0", "/position"),
    ):
        (error,) = problem_of(client.get(path))["errors"]
        assert error["pointer"] == pointer
        assert "look exchanged" in error["detail"]
        assert "atitude first" in error["detail"]
    # Off the map and not exchanged: what is near is counted from there all the same.
    assert client.get("/v1/ports?near=45.0,1.0&limit=1").status_code == 200


def in_both(ask):
    """A problem document in English and in French, by Accept-Language, with what depends on no language compared."""
    english, french = ask({}), ask(FRENCH)
    problems = [problem_of(answer) for answer in (english, french)]
    assert [answer.headers["content-language"] for answer in (english, french)] == ["en", "fr"]
    assert all("Accept-Language" in answer.headers["vary"] for answer in (english, french))
    for same in ("type", "status", "code", "instance"):
        assert problems[0][same] == problems[1][same]
    assert pairs(problems[0]) == pairs(problems[1])
    return problems


def test_fields_that_are_wrong_are_refused_in_french(client, encounter):
    body = encounter | {"persons": -1, "vessel": {"speed_kn": "fast"}, "medical": "bad", CANARY: 1}
    english, french = in_both(lambda headers: client.post("/v1/decisions", body, headers))
    assert english["detail"] == "4 fields are wrong: see errors."
    assert (french["title"], french["detail"]) == ("Un champ est erroné", "4 champs sont erronés : voir errors.")
    assert {error["pointer"]: error["detail"] for error in french["errors"]} == {
        "/persons": "est inférieur à 0. Vérifier le nombre ; omettre si inconnu.",
        "/vessel/speed_kn": "n'est pas un nombre. Écrire des chiffres, sans guillemets.",
        "/medical": "n'est pas une des valeurs admises. Écrire 'none', 'urgent' ou 'critical'.",
        "": "contient un nom inconnu. Corriger l'orthographe ; /openapi.json donne ceux qui existent.",
    }


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"vessel": {"profile": "rnli-sevren"}}, "vessel : ce nom n'existe pas. Est-ce 'rnli-severn' ? Profils : "),
        ({"time": "2026-11-22T14:30:00"}, "Un champ est erroné : voir errors."),
        ({"position": {"type": "Point", "coordinates": [10, 40]}}, "position : est hors de la zone couverte, "),
        ({"position": {"type": "Point", "coordinates": [1.0, 51.2]}}, "position : est à terre, à "),
    ],
)
def test_a_decision_is_refused_in_french(client, encounter, change, detail):
    english, french = in_both(lambda headers: client.post("/v1/decisions", encounter | change, headers))
    assert french["detail"].startswith(detail)
    assert french["detail"] != english["detail"]
    assert french["title"] != english["title"]


def test_what_is_not_there_is_said_in_french(client):
    nothing = in_both(lambda headers: client.get("/v1/nothing", headers=headers))[1]
    assert (nothing["title"], nothing["detail"]) == ("Il n'y a rien ici", "Il n'y a rien ici.")
    port = in_both(lambda headers: client.get("/v1/ports/atlantis", headers=headers))[1]
    assert port["detail"] == "GET /v1/ports donne les identifiants et codes UN/LOCODE."


def test_the_query_says_the_language_before_the_header_does(client, encounter):
    wrong = encounter | {"persons": -1}
    for query, language in (("?lang=fr", "fr"), ("?lang=en", "en"), ("?lang=both", "fr"), ("?lang=de", "fr")):
        answer = client.post(f"/v1/decisions{query}", wrong, FRENCH)
        assert answer.headers["content-language"] == language
        assert problem_of(answer)["title"] == {"fr": "Un champ est erroné", "en": "A field is wrong"}[language]
    assert client.post("/v1/decisions?lang=fr", wrong).headers["content-language"] == "fr"


def test_a_body_that_is_no_json_is_refused_in_french(client):
    answer = client.decide_raw(b'{"position": }', "", Accept_Language="fr")
    assert problem_of(answer)["detail"] == "À la ligne 1, colonne 14. Envoyer un objet JSON en UTF-8."
