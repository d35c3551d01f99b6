import pytest

PATHS = ["/healthz", "/v1/ports", "/v1/ports/nowhere", "/v1/distances", "/openapi.json", "/nowhere"]
RARELY = {"/v1/ports", "/openapi.json"}


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_says_what_a_browser_may_not_do(client, path):
    headers = client.get(path, headers={"Origin": "https://elsewhere.example"}).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    refused = path == "/v1/ports"
    assert headers["cache-control"] == ("no-cache" if path in RARELY and not refused else "no-store")
    own = client.get(path).headers
    assert own["cache-control"] == ("no-cache" if path in RARELY else "no-store")
    assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.parametrize("given", ["a", "Az09._-", "x" * 64])
def test_a_request_id_given_is_carried(client, given):
    assert client.get("/healthz", headers={"X-Request-ID": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", "é".encode(), "<script>", "a;b"])
def test_any_other_request_id_is_replaced(client, given):
    answer = client.get("/healthz", headers={"X-Request-ID": given})
    carried = answer.headers.get_list("x-request-id")
    assert len(carried) == 1
    assert len(carried[0]) == 32
    assert carried[0].isalnum()


def test_request_ids_differ(client):
    assert len({client.get("/healthz").headers["x-request-id"] for _ in range(10)}) == 10
