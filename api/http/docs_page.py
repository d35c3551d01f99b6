"""``/docs``: the OpenAPI document as one page to read, without scripts, with nothing fetched from elsewhere."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from markupsafe import Markup

from api.text.html import load_template, style_policy

_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = (_TEMPLATES / "docs.css").read_text(encoding="utf-8")

DOCS_POLICY = style_policy(_STYLE)
"""Content-Security-Policy of the page."""

Operation = dict[str, Any]


def docs_html(document: dict[str, Any]) -> str:
    """The page.

    Parameters
    ----------
    document : dict
        OpenAPI 3.1.
    """

    def operations(tag: str) -> Iterator[tuple[str, str, Operation]]:
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if tag in operation["tags"]:
                    yield method, path, operation

    return load_template(_TEMPLATES, "docs.html").render(
        document=document,
        operations=operations,
        examples=_examples,
        as_json=_as_json,
        style=Markup(_STYLE),  # noqa: S704
    )


def _examples(part: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """Name and value of every example of a body."""
    for content in part.get("content", {}).values():
        named = content.get("examples", {})
        for name, example in named.items():
            yield example.get("summary", name), example["value"]
        if "example" in content:
            yield "example", content["example"]
        if not named:
            for example in content.get("schema", {}).get("examples", []):
                yield "example", example


def _as_json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
