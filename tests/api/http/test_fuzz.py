"""Whatever is sent, the service does not fail and the answer to nonsense stays small."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.http import create_app
from api.http.schemas import record_examples
from api.store.store import open_for_service

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    "position", "position_accuracy_m", "position_age_s", "time", "persons", "persons_recovered", "persons_in_water",
    "medical", "vessel", "policy", "nationality",
)  # fmt: skip
FIGURES = (
    "profile", "speed_kn", "draught_m", "loa_m", "beam_m", "range_nm", "max_hs_m", "self_righting_persons",
    "survivor_capacity",
)  # fmt: skip
NUMBERS = st.none() | st.integers(-5, 600) | st.floats(0, 100) | st.sampled_from([5e-324, 1e-9, 1e300, 10**30])
LAND = {"type": "Point", "coordinates": [-1.0, 52.0]}


def sound(answer):
    if answer.status_code == 200:
        return answer.json()["outcome"] in {"suitable", "unconfirmed", "none"}
    return answer.status_code in {400, 422} and len(answer.content) <= 8192 and answer.json()["code"] != "INTERNAL"


@settings(deadline=None, max_examples=150)
@given(body=JSON)
def test_any_json(client, body):
    assert sound(client.decide(body))


@settings(deadline=None, max_examples=200)
@given(change=st.dictionaries(st.sampled_from(FIELDS), JSON, min_size=1, max_size=3))
def test_any_json_in_any_field(client, change):
    assert sound(client.decide({"position": LAND} | change))


@settings(deadline=None, max_examples=30)
@given(
    lon=st.floats(-7, 5), lat=st.floats(48, 52.5), persons=NUMBERS,
    vessel=st.dictionaries(st.sampled_from(FIGURES[1:]), NUMBERS, max_size=8),
)  # fmt: skip
def test_any_figures_anywhere(client, lon, lat, persons, vessel):
    position = {"type": "Point", "coordinates": [lon, lat]}
    assert sound(client.decide({"position": position, "persons": persons, "vessel": vessel}))


@settings(deadline=None, max_examples=150)
@given(data=st.binary(max_size=200))
def test_any_bytes(client, data):
    assert client.decide_raw(data).status_code in {400, 422}


@settings(deadline=None, max_examples=150)
@given(start=st.text(max_size=100), end=st.sampled_from(["dover", "51.0,1.3"]), draught=st.none() | st.text(max_size=8))
def test_any_text_for_a_place(client, start, end, draught):
    query = {"from": start, "to": end} | ({} if draught is None else {"draught_m": draught})
    assert client.get("/v1/distances", params=query).status_code in {200, 422}


@settings(deadline=None, max_examples=100)
@given(name=st.text(min_size=1, max_size=80))
def test_any_text_for_a_port(client, name):
    answer = client.request("GET", "/v1/ports/" + "".join(f"%{byte:02X}" for byte in name.encode()))
    assert answer.status_code in {200, 404}
    assert len(answer.content) < 8192


CHANGES = {
    ("PUT", "/v1/ports/dover/status"): record_examples.STATUS_IN,
    ("PUT", "/v1/ports/dover/capacity"): record_examples.CAPACITY_IN,
    ("PUT", "/v1/ports/dover/reception"): record_examples.RECEPTION_IN,
    ("POST", "/v1/reservations"): record_examples.HOLD_IN,
    ("POST", "/v1/reservations/r-1/extend"): record_examples.EXTEND_IN,
    ("POST", "/v1/reservations/r-1/release"): record_examples.RELEASE_IN,
    ("POST", "/v1/reservations/r-1/land"): record_examples.LAND_IN,
    ("POST", "/v1/reservations/r-1/transfer"): record_examples.TRANSFER_IN,
    ("POST", "/v1/encounters"): record_examples.REPORT_IN,
    ("POST", "/v1/encounters/e-1/reports"): record_examples.REPORT_IN,
    ("POST", "/v1/encounters/e-1/close"): record_examples.CLOSE_IN,
    ("POST", "/v1/encounters/e-1/reopen"): record_examples.REOPEN_IN,
    ("POST", "/v1/encounters/e-1/direction"): record_examples.DIRECTION_IN,
    ("POST", "/v1/encounters/e-1/direction/withdraw"): record_examples.WITHDRAW_IN,
    ("POST", "/v1/encounters/e-1/coordination/offer"): record_examples.OFFER_IN,
    ("POST", "/v1/encounters/e-1/coordination/answer"): record_examples.OFFER_ANSWER_IN,
    ("POST", "/v1/decisions/d-1/override"): record_examples.OVERRIDE_IN,
    ("POST", "/v1/handover"): record_examples.SIGN_IN,
    ("PUT", "/v1/exclusion-zones/z-1"): record_examples.ZONE_IN,
    ("POST", "/v1/exclusion-zones/z-1/end"): record_examples.ZONE_END_IN,
}
READS = (
    "/v1/decisions/{}", "/v1/ports/{}/live", "/v1/encounters/{}", "/v1/encounters/{}/standing", "/v1/reservations/{}",
)  # fmt: skip
FEW = {200, 201, 400, 403, 404, 409, 413, 422}


@pytest.fixture(scope="module")
def records(call_app, service, tmp_path_factory):
    """Caller of an application that keeps records, one store for all that is thrown at it."""
    with open_for_service(f"sqlite:{tmp_path_factory.mktemp('fuzz')}/store.db") as store:
        caller = call_app(create_app(service, store=store))
        yield caller
        # Whatever came in, the trail is whole.
        assert caller.get("/v1/audit/verify").json()["intact"] is True


def modest(answer):
    return answer.status_code in FEW and (answer.status_code < 400 or len(answer.content) <= 8192)


@settings(deadline=None, max_examples=250)
@given(target=st.sampled_from(sorted(CHANGES)), body=JSON)
def test_any_json_for_any_record(records, target, body):
    assert modest(records.send(*target, body))


@settings(deadline=None, max_examples=400)
@given(target=st.sampled_from(sorted(CHANGES)), data=st.data())
def test_any_json_in_any_field_of_any_record(records, target, data):
    fields = sorted(CHANGES[target])
    change = data.draw(st.dictionaries(st.sampled_from(fields), JSON | NUMBERS | st.text(max_size=60), max_size=2))
    assert modest(records.send(*target, CHANGES[target] | change))


@settings(deadline=None, max_examples=150)
@given(path=st.sampled_from(READS), name=st.text(min_size=1, max_size=100))
def test_any_text_for_the_name_of_a_record(records, path, name):
    written = "".join(f"%{byte:02X}" for byte in name.encode())
    assert records.get(path.format(written)).status_code in {200, 404, 422}


@settings(deadline=None, max_examples=100)
@given(key=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}", fullmatch=True))
def test_any_idempotency_key(records, key):
    answer = records.put("/v1/ports/dover/status", {"status": "open"}, {"Idempotency-Key": key})
    assert answer.status_code == (200 if len(key) <= 80 else 422)


@settings(deadline=None, max_examples=200)
@given(data=st.binary(max_size=200) | st.text(alphabet="<>/haveHAVE:= \"'&;x!-[]?", max_size=200).map(str.encode))
def test_any_bytes_for_an_exchanged_document(records, data):
    answer = records.request("PUT", "/v1/edxl-have", content=data, headers={"Content-Type": "application/xml"})
    assert (answer.status_code, answer.json()["code"]) == (422, "BAD_EXCHANGE")
