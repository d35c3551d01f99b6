"""Whatever is sent, the service does not fail and the answer to nonsense stays small."""

from hypothesis import given, settings
from hypothesis import strategies as st

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
