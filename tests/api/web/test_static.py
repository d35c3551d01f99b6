"""Routes of the pages: what is kept for good, what is asked for again, and what a browser may do with it."""

import asyncio
import gzip
import json
import re
import shutil
import subprocess

import pytest

from api.http.app import create_app
from api.http.auth import assert_all_routes_protected
from api.store.commands import Role
from api.text.catalogue import load_texts
from api.web.static import FOLDER, PAGE_POLICY, PAGES, VENDOR, web_routes
from tests.api.http.conftest import Caller
from tests.page_warning import PAGES_ARE_MADE

MOST_BYTES = 600_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The pages with stand-ins for what comes from elsewhere, so that no npm is needed here."""
    copy = tmp_path_factory.mktemp("web")
    for name in ("shared", *PAGES):
        shutil.copytree(FOLDER / name, copy / name)
    for place in VENDOR.values():
        (copy / "node_modules" / place).parent.mkdir(parents=True, exist_ok=True)
        (copy / "node_modules" / place).write_bytes(b"stand-in")
    return copy


def served(service, folder):
    app = create_app(service)
    app.include_router(web_routes(folder))
    assert_all_routes_protected(app)
    return app


@pytest.fixture(scope="module")
def client(service, folder):
    app = served(service, folder)
    with asyncio.Runner() as runner:
        yield Caller(runner, app)
    app.state.plan_pool.close()


@pytest.fixture(scope="module")
def page(client):
    return client.get("/terminal")


def test_the_page_has_a_strict_policy_and_is_asked_for_again(page):
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"] == PAGE_POLICY
    assert "unsafe" not in PAGE_POLICY
    assert page.headers["cache-control"] == "no-cache"
    assert not re.search(r"https?://", page.text)
    assert "style=" not in page.text


def test_every_file_the_page_names_is_there_and_kept_for_good(client, page):
    named = re.findall(r'(?:href|src)="(/web/[^"]+)"', page.text)
    assert len(named) > 8
    for path in named:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "immutable" in answer.headers["cache-control"]


def test_every_file_of_the_edition_has_its_type(client):
    edition = client.get("/web/edition.json").json()
    wanted = {"js": "text/javascript", "css": "text/css", "woff2": "font/woff2", "json": "application/json",
              "webmanifest": "application/manifest+json", "svg": "image/svg+xml"}  # fmt: skip
    assert {path.rpartition(".")[2] for path in edition["files"]} == set(wanted)
    for path in edition["files"]:
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(wanted[path.rpartition(".")[2]])
        assert "EDITION" not in answer.text or path.endswith((".js", ".css"))


def test_another_edition_is_not_mixed_with_this_one(client):
    assert client.get("/web/v-000000000000/terminal/main.js").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["package.json", "static.py", "../board.py", "%2e%2e/static.py", "../text/pages.toml", "node_modules/ol/Map.js"],
)
def test_nothing_else_of_the_folder_is_answered(client, path):
    assert client.get(f"/web/{path}").status_code == 404


def test_a_file_not_changed_is_not_sent_again(client):
    first = client.get("/web/terminal/sw.js")
    assert first.headers["service-worker-allowed"] == "/"
    again = client.get("/web/terminal/sw.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_files_are_compressed_once_for_whoever_takes_it(client):
    plain = client.get("/web/terminal/main.js", headers={"Accept-Encoding": "identity"})
    packed = client.get("/web/terminal/main.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content


def test_a_chart_layer_is_answered_with_a_tag(client):
    answer = client.get("/web/chart/coast-1000.json")
    assert answer.status_code == 200
    assert answer.json()["rings"]
    assert (
        client.get("/web/chart/coast-1000.json", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    )
    assert client.get("/web/chart/nothing.json").status_code == 404


def test_without_npm_one_line_says_what_to_run(service, tmp_path, caplog):
    for name in ("shared", *PAGES):
        shutil.copytree(FOLDER / name, tmp_path / name)
    app = served(service, tmp_path)
    with asyncio.Runner() as runner:
        answer = Caller(runner, app).get("/terminal")
    app.state.plan_pool.close()
    assert answer.status_code == 503
    assert "make web" in answer.text
    assert answer.text.count("\n") == 1
    assert "make web" in caplog.text


def test_every_text_the_page_says_is_in_the_catalogue_and_none_is_left_over():
    entries = set(load_texts("pages"))
    sources = [p.read_text(encoding="utf-8") for part in ("shared", *PAGES) for p in (FOLDER / part).iterdir()
               if p.suffix in {".js", ".html"}]  # fmt: skip
    whole = "\n".join(sources)
    text = set(re.findall(r"say\('(\w+)'", whole)) | set(re.findall(r'data-(?:say|label)="(\w+)"', whole))
    assert text <= entries
    built = (*re.findall(r"say\(`(\w+)\$\{", whole), "code_")
    left = [key for key in entries - text if not key.startswith(built) and not re.search(rf"['`]{key}['`]", whole)
            and not key.endswith("_title")]  # fmt: skip
    assert left == []


def test_the_lock_file_names_no_address():
    lock = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))
    packages = [
        {name: value for name, value in package.items() if name != "funding"} for package in lock["packages"].values()
    ]
    assert "://" not in json.dumps(packages)
    assert all("integrity" in item for name, item in lock["packages"].items() if name)


def test_the_page_weighs_no_more_than_it_may(client, service):
    """Everything a first visit loads, compressed; the finest coast is fetched only at harbour scale."""
    if not all((FOLDER / "node_modules" / place).is_file() for place in VENDOR.values()):
        assert not PAGES_ARE_MADE, "CI runs make web first"
        pytest.skip("make web has not been run")
    files = client.get("/web/edition.json").json()["files"]
    bodies = [(FOLDER / "node_modules" / place).read_bytes() for place in VENDOR.values()]
    bodies += [client.get(path).content for path in files if "/vendor/" not in path]
    bodies += [client.get(f"/web/chart/{name}.json").content for name in ("areas", "ports", "coast-250", "coast-25")]
    total = sum(len(gzip.compress(body, 9)) for body in bodies)
    assert total <= MOST_BYTES


def test_figures_are_written_as_people_at_sea_read_them():
    if shutil.which("node") is None:
        pytest.skip("no Node.js")
    ran = subprocess.run(["node", "--test"], cwd=FOLDER, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout[-2000:]


def test_pages_and_files_answer_head_as_get_without_the_body(client):
    for path in ("/terminal", "/web/edition.json", "/web/chart/ports.json"):
        get, head = client.get(path), client.request("HEAD", path)
        assert (head.status_code, head.content) == (get.status_code, b""), path


def test_every_event_and_every_role_of_the_record_has_its_words():
    kinds = set()
    for path in (FOLDER.parent / "store").glob("*.py"):
        kinds |= set(re.findall(r'kind: ClassVar\[str\] = "([a-z_.]+)"', path.read_text(encoding="utf-8")))
    assert {"encounter.reported", "terminal.message"} <= kinds
    texts = load_texts("pages")
    assert {kind for kind in kinds if f"event_{kind.replace('.', '_')}" not in texts} == set()
    assert {role.value for role in Role if f"role_{role.value}" not in texts} == set()
    assert texts["role_controller"].fr == "contrôleur"
