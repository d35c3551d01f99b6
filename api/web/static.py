"""Routes of the pages: the page itself, our modules, what comes from elsewhere, the texts, the chart.

Everything a page loads stands under ``/web/v-DIGEST/``, DIGEST being of all of it: relative imports stay under it, so
that a browser keeps every file for good and never mixes two editions. Without the digest the same files are answered
too, to be asked for again each time. Answers are compressed once.
"""

import asyncio
import gzip
import hashlib
import logging
from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import orjson
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from api.http.auth import requires
from api.http.dependencies import CurrentService
from api.security.roles import Permission
from api.text.catalogue import LANGUAGES, load_texts
from api.web.chart_layers import chart_layer
from engine.errors import PackError
from geodata.pack import Pack

_log = logging.getLogger("safeport.web")

FOLDER = Path(__file__).parent
PAGES = ("terminal", "console")
"""Folders of pages; each is answered at its own name."""

VENDOR = {
    "openlayers.js": ".vendor/openlayers.js",
    "b612-400.woff2": "@fontsource/b612/files/b612-latin-400-normal.woff2",
    "b612-700.woff2": "@fontsource/b612/files/b612-latin-700-normal.woff2",
}
"""The only files that come from elsewhere, by the name they are answered under; ``make web`` puts them there."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".json": "application/json", ".webmanifest": "application/manifest+json", ".svg": "image/svg+xml",
    ".png": "image/png", ".woff2": "font/woff2",
}  # fmt: skip
_OURS = frozenset({".html", ".js", ".css", ".webmanifest", ".svg", ".png"})
_ALREADY_SMALL = frozenset({".woff2", ".png"})
_FOR_GOOD, _ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"
_MOST_LAYERS = 40
_EDITION = "EDITION"
"""Stands in pages, styles and manifests where the digest belongs."""


class Asset(NamedTuple):
    """A file as it is answered.

    Attributes
    ----------
    body : bytes
    packed : bytes or None
        The same with gzip, where that is smaller.
    media_type : str
    tag : str
        Of its bytes, for browsers that ask whether it has changed.
    """

    body: bytes
    packed: bytes | None
    media_type: str
    tag: str


def asset_of(name: str, body: bytes) -> Asset:
    """An answer made of a file's name and bytes."""
    suffix = Path(name).suffix
    packed = None if suffix in _ALREADY_SMALL else gzip.compress(body, 9, mtime=0)
    return Asset(body, packed, MEDIA_TYPES[suffix], f'"{hashlib.sha256(body).hexdigest()[:20]}"')


class Shelf:
    """Everything the pages load, read once.

    Parameters
    ----------
    folder : Path
        Of the pages and of ``node_modules``.

    Raises
    ------
    PackError
        Something from elsewhere is not installed.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        bodies = {**_our_files(folder), **_texts(), **_vendor_files(folder / "node_modules")}
        digest = hashlib.sha256()
        for name in sorted(bodies):
            digest.update(f"{name}\0{len(bodies[name])}\0".encode() + bodies[name])
        self.edition = digest.hexdigest()[:12]
        precached = [f"/web/v-{self.edition}/{name}" for name in sorted(bodies) if _is_precached(name)]
        bodies["edition.json"] = orjson.dumps({"edition": self.edition, "files": precached})
        stamped = {name: body.replace(_EDITION.encode(), self.edition.encode()) if _is_stamped(name) else body
                   for name, body in bodies.items()}  # fmt: skip
        self._bodies = stamped
        self._asset = lru_cache(maxsize=None)(self._made)

    def find(self, name: str) -> Asset | None:
        """The file of a name, or None."""
        return self._asset(name) if name in self._bodies else None

    def names(self) -> list[str]:
        """Every file there is."""
        return sorted(self._bodies)

    def _made(self, name: str) -> Asset:
        return asset_of(name, self._bodies[name])


def _is_stamped(name: str) -> bool:
    return Path(name).suffix in {".html", ".webmanifest"} or name == "edition.json"


def _is_precached(name: str) -> bool:
    return not name.endswith((".html", "/sw.js")) and not name.startswith("console/")


def _our_files(folder: Path) -> dict[str, bytes]:
    places = [place for part in ("shared", *PAGES) for place in sorted((folder / part).rglob("*"))]
    kept = [place for place in places if place.suffix in _OURS and not place.name.endswith(".test.js")]
    return {place.relative_to(folder).as_posix(): place.read_bytes() for place in kept}


def _vendor_files(modules: Path) -> dict[str, bytes]:
    found = {}
    for name, place in VENDOR.items():
        try:
            found[f"vendor/{name}"] = (modules / place).read_bytes()
        except OSError:
            raise PackError("page", f"web/vendor/{name} is not installed.", "Run 'make web' (it needs npm).") from None
    return found


def _texts() -> dict[str, bytes]:
    """Texts of the pages as one file a language."""
    texts = load_texts("pages")
    return {
        f"texts/{lang}.json": orjson.dumps({key: text.of(lang) for key, text in texts.items()}) for lang in LANGUAGES
    }


class Chart:
    """The layers of whatever pack is open, each made once, when it is first asked for."""

    def __init__(self) -> None:
        self._pack: Pack | None = None
        self._layers: dict[str, Asset] = {}
        self._making = asyncio.Lock()

    async def layer(self, pack: Pack, name: str) -> Asset | None:
        """A layer by its name, or None."""
        if pack is self._pack and name in self._layers:
            return self._layers[name]
        async with self._making:
            if pack is not self._pack:
                self._pack, self._layers = pack, {}
            if name not in self._layers:
                made = await asyncio.to_thread(_layer_asset, pack, name)
                if made is None:
                    return None
                # The oldest go: windows on the coast are many, and any is made again in some tenths of a second.
                while len(self._layers) >= _MOST_LAYERS:
                    del self._layers[next(iter(self._layers))]
                self._layers[name] = made
            return self._layers[name]


def _layer_asset(pack: Pack, name: str) -> Asset | None:
    body = chart_layer(pack, name)
    return None if body is None else asset_of(f"{name}.json", body)


_METHODS = ["GET", "HEAD"]


def web_routes(folder: Path = FOLDER, pages: tuple[str, ...] = ("terminal",), is_open: bool = False) -> APIRouter:
    """Routes of pages, to be included in an application that has a service.

    Where what comes from elsewhere is not installed, pages answer one line that says what to run, and the log has it
    too: everything else of the application answers all the same.

    Parameters
    ----------
    folder : Path
        Of the pages and of ``node_modules``.
    pages : tuple of str
        Which of `PAGES` are answered.
    is_open : bool
        Whether pages and files are answered before anybody has signed in: a browser that opens a page sends no key.
        They say nothing of any encounter. The chart takes its permission either way.
    """
    reads = requires(Permission.READ_GEODATA)
    router = APIRouter(include_in_schema=False, dependencies=[] if is_open else [reads])
    try:
        shelf = Shelf(folder)
    except PackError as missing:
        text = f"{missing}"
        _log.warning("the pages are not there: %s", text)
        for name in pages:
            router.add_api_route(f"/{name}", _absence(text), name=f"page_{name}", methods=_METHODS)
        return router
    for name in pages:
        router.add_api_route(f"/{name}", _page(shelf, name), name=f"page_{name}", methods=_METHODS)
    chart = Chart()

    @router.api_route("/web/chart/{layer}", methods=_METHODS, dependencies=[reads])
    async def read_layer(request: Request, layer: str, service: CurrentService) -> Response:
        name = layer.removesuffix(".json")
        return _answer(request, await chart.layer(service.pack, name), _ASK_AGAIN)

    @router.api_route("/web/{path:path}", methods=_METHODS)
    async def read_file(request: Request, path: str) -> Response:
        edition, _, rest = path.partition("/")
        if edition == f"v-{shelf.edition}":
            return _answer(request, shelf.find(rest), _FOR_GOOD)
        return _answer(request, shelf.find(path), _ASK_AGAIN)

    return router


def _page(shelf: Shelf, name: str) -> Callable[[Request], Awaitable[Response]]:
    async def read_page(request: Request) -> Response:
        return _answer(request, shelf.find(f"{name}/index.html"), _ASK_AGAIN)

    return read_page


def _absence(text: str) -> Callable[[], Awaitable[Response]]:
    async def say_absence() -> Response:
        return PlainTextResponse(f"{text}\n", status_code=503)

    return say_absence


def _answer(request: Request, asset: Asset | None, keep: str) -> Response:
    if asset is None:
        raise HTTPException(404)
    headers = {"Cache-Control": keep, "ETag": asset.tag, "Vary": "Accept-Encoding"}
    if asset.media_type.startswith(("text/html", "text/javascript")):
        # A worker has the policy of its own script, not of the page.
        headers["Content-Security-Policy"] = PAGE_POLICY
        headers["Service-Worker-Allowed"] = "/"
    if request.headers.get("if-none-match") == asset.tag:
        return Response(status_code=304, headers=headers)
    body = asset.body
    if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = asset.packed
    return Response(body, headers=headers, media_type=asset.media_type)
