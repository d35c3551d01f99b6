"""Handover page and audit trail over HTTP, and the signing of its end."""

import asyncio
import hashlib
import json
import time
from html.parser import HTMLParser

import httpx
import pytest
from pydantic import TypeAdapter

from api.http import create_app
from api.http.routes.records import VerifiedChain, wants_html
from api.settings import Settings
from api.store.audit import AuditDocument
from api.store.audit_signatures import new_signing_key, signed_digests
from api.store.errors import StoreBusy
from api.store.handover import HandoverDocument
from tests.api.http.test_encounters import report
from tests.api.http.test_reservations import later


@pytest.fixture
def busy(control):
    """An afternoon: an open encounter, a reservation, an override, a direction with markup in it."""
    name = report(control, text="<script>alert(1)</script>")["encounter_id"]
    control.put("/v1/ports/dover/capacity", {"places": {"total": 5}})
    control.post("/v1/reservations", {"port_id": "dover", "vessel": "<b>V</b>", "persons": {"total": 5},
                                      "eta_at": later(), "encounter_id": name})  # fmt: skip
    control.post("/v1/decisions/d-aboard/override", {"code": "MASTER", "text": "</td><img src=x>"})
    control.post(f"/v1/encounters/{name}/direction", {"centre": "CROSS", "code": "A", "place": "<i>aboard</i>"})
    return control


def test_the_page_has_its_shape_and_the_digest_that_is_signed(busy):
    page = busy.get("/v1/handover")
    TypeAdapter(HandoverDocument).validate_python(page.json())
    digest = page.headers["safeport-page-sha256"]
    assert digest == hashlib.sha256(page.content).hexdigest()
    signature = {"page_sha256": digest, "handed_by": "day SMC", "taken_by": "night SMC"}
    signed = busy.post("/v1/handover", signature)
    assert (signed.status_code, signed.json()["page_sha256"]) == (201, digest)
    assert busy.post("/v1/handover", signature | {"taken_by": "day SMC"}).status_code == 422
    assert busy.post("/v1/handover", signature | {"page_sha256": "x"}).status_code == 422


def test_a_page_that_nobody_was_given_is_not_signed(busy, store, monkeypatch):
    signature = {"page_sha256": "0" * 64, "handed_by": "day SMC", "taken_by": "night SMC"}
    refused = busy.post("/v1/handover", signature, {"Accept-Language": "fr"})
    assert (refused.status_code, refused.json()["code"]) == (409, "WRONG_STATE")
    assert refused.json()["errors"] == [
        {"pointer": "/page_sha256", "code": "WRONG_STATE",
         "detail": "n'est pas l'empreinte d'une page remise pendant ce quart. Relire la page, et signer celle-là."}
    ]  # fmt: skip
    # What was read is signed, whatever has changed meanwhile, but not in another shift.
    read = busy.get("/v1/handover").headers["safeport-page-sha256"]
    report(busy, 0.5, 50.5)
    assert busy.post("/v1/handover", signature | {"page_sha256": read}).status_code == 201
    late = time.time() + 12 * 3_600 + 1
    monkeypatch.setattr("api.http.async_store.time.time", lambda: late)
    assert busy.post("/v1/handover", signature | {"page_sha256": read}).status_code == 409
    assert store.verify().bad is None


def test_a_page_can_be_read_where_nothing_can_be_written(busy, store, monkeypatch):
    def begin(*_):
        raise StoreBusy("store", "has too many changes waiting.", "Come again in a second.")

    monkeypatch.setattr(store, "begin", begin)
    assert busy.get("/v1/handover").status_code == 200


def test_people_get_a_page_that_fetches_nothing_and_runs_nothing(busy):
    answer = busy.get("/v1/handover", headers={"Accept": "text/html,application/json;q=0.9,*/*;q=0.8"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    seen = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag, attributes):
            seen.append((tag, dict(attributes)))

    Tags().feed(answer.text)
    assert {tag for tag, _ in seen} <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "tr", "th", "td", "code"
    }  # fmt: skip
    assert not [name for _, attributes in seen for name in attributes if name in ("src", "href", "onclick", "style")]
    assert answer.headers["safeport-page-sha256"] in answer.text
    assert "&lt;b&gt;V&lt;/b&gt;" in answer.text


@pytest.mark.parametrize(
    ("accept", "html"),
    [("", False), ("*/*", False), ("application/json", False), ("text/html", True), ("text/html, */*;q=0.1", True),
     ("application/json, text/html", False), ("TEXT/HTML;q=0.9,application/json", True)],
)  # fmt: skip
def test_who_wants_a_page(accept, html):
    assert wants_html(accept) is html


def test_the_audit_trail_is_read_in_pages(busy, store):
    rows, after = [], 0
    while after is not None:
        page = busy.get(f"/v1/audit?after={after}&limit=2").json()
        TypeAdapter(AuditDocument).validate_python(page)
        rows, after = rows + page["rows"], page["next_after"]
    assert rows == store.audit()
    assert [row["previous"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]
    for query in ("after=-1", "limit=0", "limit=1001", "after=x", "limit=1&limit=2", f"after={10**30}"):
        assert busy.get(f"/v1/audit?{query}").status_code == 422


def test_the_chain_is_verified_and_a_change_is_named(busy, store):
    found = busy.get("/v1/audit/verify").json()
    TypeAdapter(VerifiedChain).validate_python(found)
    assert (found["intact"], found["rows"], found["bad"]) == (True, 5, None)
    import apsw

    with apsw.Connection(str(store.database.file)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE audit SET kind = 'port.status' WHERE sequence = 3")
    connection.close()
    assert busy.get("/v1/audit/verify").json()["bad"] == {"sequence": 3, "problem": "was changed"}


def test_the_end_of_the_chain_is_signed_while_the_service_runs(service, store, tmp_path):
    key, heads = tmp_path / "key.pem", tmp_path / "heads.jsonl"
    public = new_signing_key(key)

    async def story():
        app = create_app(
            service, store=store, settings=Settings(signing_key=key, signed_heads=heads, sign_every_s=0.02)
        )
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
        ):
            for number in (1, 2):
                assert (await client.put("/v1/ports/dover/status", json={"status": "open"})).status_code == 200
                while not heads.exists() or len(heads.read_bytes().splitlines()) < number:
                    await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(story(), 30))
    lines = heads.read_bytes().splitlines()
    assert [json.loads(line)["sequence"] for line in lines] == [1, 2]
    assert store.verify(signed_digests(lines, [public])).bad is None
