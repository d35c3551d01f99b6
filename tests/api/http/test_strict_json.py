import json

import pytest

from api.http.problems import MalformedJson
from api.http.strict_json import parse_json

BAD = {
    "empty": b"",
    "cut short": b'{"position":',
    "NaN": b'{"persons": NaN}',
    "Infinity": b'{"persons": -Infinity}',
    "a key twice": b'{"persons": 1, "persons": 2}',
    "a key twice inside": b'{"vessel": {"speed_kn": 1, "speed_kn": 2}}',
    "nested lists": b"[" * 30_000,
    "nested objects": b'{"a":' * 10_000,
    "closed nesting": b"[" * 30_000 + b"]" * 30_000,
    "a number of 5,000 digits": b'{"persons": ' + b"9" * 5_000 + b"}",
    "not UTF-8": b'{"policy": "\xff"}',
    "UTF-16": '{"persons": 1}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "two documents": b"{} {}",
    "a control character": b'{"policy": "\x00"}',
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_what_is_not_plain_json_is_a_400(client, data):
    answer = client.decide_raw(data)
    assert (answer.status_code, answer.json()["code"]) == (400, "MALFORMED_JSON")
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < 500


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Content_Type": "multipart/form-data; boundary=x"},
        {"Content_Type": "application/geo+json"},
        {"Content_Type": "application/json; charset=latin-1"},
        {"Content_Type": ""},
        {"Content_Type": "\xff".encode("latin-1")},
        {"Content_Encoding": "gzip"},
    ],
)
def test_what_is_not_declared_as_json_is_a_415(client, encounter, headers):
    answer = client.decide_raw(json.dumps(encounter).encode(), **headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("declared", ["application/json", "Application/JSON", "application/json; charset=UTF-8"])
def test_json_may_be_declared_in_other_letters(client, declared):
    assert client.decide_raw(b"{}", Content_Type=declared).status_code == 422


def test_ordinary_json_is_read_as_it_is():
    value = {"a": [1, 2.5, None, True, "é\u2028"], "b": {"a": {}}}
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


def test_a_place_in_the_text_is_told_but_not_the_text():
    with pytest.raises(MalformedJson, match=r"^400: At line 2, column 3\. Send") as caught:
        parse_json(b"{\n  secret: 1}")
    assert "secret" not in caught.value.detail
