"""The one way HTML is made: Jinja, everything filled in escaped, nothing missing passed over."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jinja2


@cache
def load_template(folder: Path, name: str) -> "jinja2.Template":
    """A template of a folder.

    Raises
    ------
    jinja2.TemplateNotFound
    """
    # A service that is asked for no page has no need of it.
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def style_policy(style: str) -> str:
    """Content-Security-Policy of a page that has one style element and nothing else.

    Parameters
    ----------
    style : str
        What stands in the element, to the last character.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"
