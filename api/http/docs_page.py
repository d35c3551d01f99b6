"""``/docs``: the OpenAPI document as one page to read, without scripts, with nothing fetched from elsewhere."""

import base64
import hashlib
import json
from collections.abc import Iterator
from html import escape
from typing import Any

_STYLE = (
    "body{font:15px/1.45 sans-serif;margin:1.5em auto;max-width:62em;padding:0 1em;color:#111;background:#fff}"
    "h1{font-size:1.5em}h2{font-size:1.2em;margin:1.8em 0 .4em;border-bottom:1px solid #888}h3{font-size:1em;margin:"
    "1.4em 0 .2em}code,pre{font:13px/1.4 monospace}pre{background:#f2f2f2;padding:.6em;overflow-x:auto;max-height:30em}"
    "table{border-collapse:collapse;margin:.4em 0}th,td{border:1px solid #999;padding:.15em .5em;text-align:left;"
    "vertical-align:top}th{background:#eee}summary{cursor:pointer}b.method{display:inline-block;min-width:4.5em}"
    "@media (prefers-color-scheme:dark){body{color:#eee;background:#181818}pre,th{background:#2a2a2a}a{color:#8cf}}"
)
_STYLE_SHA256 = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

DOCS_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_SHA256}'; frame-ancestors 'none'"
"""Content-Security-Policy of the page: its own style and nothing else."""

_SCHEMAS = "#/components/schemas/"


def docs_html(document: dict[str, Any]) -> str:
    """The page.

    Parameters
    ----------
    document : dict
        OpenAPI 3.1.
    """
    info = document["info"]
    sections = "".join(_section(tag, document) for tag in document["tags"])
    schemas = "".join(_schema(name, schema) for name, schema in sorted(document["components"]["schemas"].items()))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(info["title"])}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{escape(info['summary'])}</p>"
        f'<p>{escape(info["description"])}</p><p>For programs: <a href="/openapi.json">/openapi.json</a>.</p>'
        f"{sections}<h2>Schemas</h2>{schemas}</body></html>\n"
    )


def _section(tag: dict[str, str], document: dict[str, Any]) -> str:
    operations = "".join(
        _operation(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if tag["name"] in operation["tags"]
    )
    return f"<h2>{escape(tag['name'])}</h2><p>{escape(tag['description'])}</p>{operations}"


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    parameters = [
        [f"<code>{escape(parameter['name'])}</code>", escape(parameter["in"]), _type(parameter["schema"]),
         "yes" if parameter.get("required") else "", escape(parameter.get("description", ""))]
        for parameter in operation.get("parameters", ())
    ]  # fmt: skip
    responses = [
        [f"<code>{escape(status)}</code>", ", ".join(_content(kind)), escape(kind["description"])]
        for status, kind in operation["responses"].items()
    ]
    body = operation.get("requestBody", {})
    return (
        f'<h3 id="{escape(operation["operationId"])}"><b class="method">{method.upper()}</b> '
        f"<code>{escape(path)}</code> {escape(operation['summary'])}</h3>"
        f"<p>{escape(operation.get('description', ''))}</p>"
        + _table(("parameter", "in", "type", "required", ""), parameters)
        + (f"<p>Body: {', '.join(_content(body))}</p>{_examples('Request', body)}" if body else "")
        + _table(("answer", "body", ""), responses)
        + "".join(
            _examples("Answer", permission) for status, permission in operation["responses"].items() if status < "300"
        )
    )


def _content(part: dict[str, Any]) -> Iterator[str]:
    for media_type, content in part.get("content", {}).items():
        yield f"{_type(content.get('schema', {}))} <code>{escape(media_type)}</code>"


def _examples(title: str, part: dict[str, Any]) -> str:
    found = []
    for content in part.get("content", {}).values():
        named = content.get("examples", {})
        found += [(example.get("summary", name), example["value"]) for name, example in named.items()]
        found += [("example", content["example"])] if "example" in content else []
        listed = content.get("schema", {}).get("examples", [])
        found += [("example", example) for example in listed if not named]
    return "".join(
        f"<details><summary>{escape(title)}: {escape(name)}</summary><pre>{escape(_shown(example))}</pre></details>"
        for name, example in found
    )


def _shown(example: object) -> str:
    return example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=2)


def _schema(name: str, schema: dict[str, Any]) -> str:
    required = schema.get("required", ())
    members = [
        [f"<code>{escape(member)}</code>", _type(schema_), "always" if member in required else "",
         escape(schema_.get("description", ""))]
        for member, schema_ in schema.get("properties", {}).items()
    ]  # fmt: skip
    values = ", ".join(f"<code>{escape(str(value))}</code>" for value in schema.get("enum", ()))
    return (
        f'<h3 id="{escape(name)}">{escape(name)}</h3><p>{escape(schema.get("description", ""))} {values}</p>'
        + _table(("member", "type", "", ""), members)
    )


def _type(schema: dict[str, Any]) -> str:
    """A schema in a few words, with links to those it names."""
    if "$ref" in schema:
        name = escape(str(schema["$ref"]).removeprefix(_SCHEMAS))
        return f'<a href="#{name}">{name}</a>'
    if "enum" in schema or "const" in schema:
        return " | ".join(
            f"<code>{escape(json.dumps(value))}</code>" for value in schema.get("enum", [schema.get("const")])
        )
    for joined in ("anyOf", "oneOf"):
        if joined in schema:
            return " | ".join(dict.fromkeys(_type(option) for option in schema[joined]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    return escape(str(schema.get("type", "anything")))


def _table(heads: tuple[str, ...], rows: list[list[str]]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"
