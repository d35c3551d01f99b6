"""The wheel has one name: folders `engine`, `geodata` and `api` become packages below `safeport`.

In the repository they stand at the top, and their modules import each other by these names. In everybody's
site-packages such names would collide with other people's, so a copy of each module is built in with its imports
rewritten. An editable installation leaves the folders where they are. See docs/adr/0025-one-import-name.md.
"""

import ast
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = "safeport"
FOLDERS = ("engine", "geodata", "api")

ROOT_MODULES = {
    "__init__.py": "from api.python import *\nfrom api.python import __all__, __doc__\n",
    "__main__.py": 'import sys\n\nfrom api.cli.main import run\n\nif __name__ == "__main__":\n    sys.exit(run())\n',
}
"""Modules of the package `safeport` itself, as they read in an editable installation."""


class OneImportName(BuildHookInterface):  # type: ignore[type-arg]
    """Put rewritten modules in the place of those selected."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Lay out the modules; `finalize` throws the copies away."""
        self._copies = Path(tempfile.mkdtemp(prefix="safeport-build-"))
        editable = version == "editable"
        included = build_data["force_include_editable" if editable else "force_include"]
        modules = {name: text if editable else with_imports_below(text) for name, text in ROOT_MODULES.items()}
        if not editable:
            for file in self.build_config.builder.recurse_selected_project_files():
                if file.path.endswith(".py"):
                    text = with_imports_below(Path(file.path).read_text(encoding="utf-8"), file.relative_path)
                    modules[Path(file.distribution_path).relative_to(NAME).as_posix()] = text
        for name, text in modules.items():
            copy = self._copies / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(text, encoding="utf-8")
            included[str(copy)] = f"{NAME}/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Throw the copies away."""
        shutil.rmtree(self._copies)


def with_imports_below(source: str, file: str = "") -> str:
    """A module with ``from engine...``, ``from geodata...`` and ``from api...`` read from below `NAME`.

    Parameters
    ----------
    source : str
    file : str
        Its name, for a refusal.

    Raises
    ------
    ValueError
        It says ``import engine...``, which binds a name that no longer would be there.
    """
    lines = source.encode().splitlines(keepends=True)
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import) and any(alias.name.partition(".")[0] in FOLDERS for alias in node.names):
            raise ValueError(f"{file}:{node.lineno}: write 'from engine.x import y', not 'import engine.x'")
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            module = node.module or ""
            if module.partition(".")[0] in FOLDERS:
                found.append((node.lineno - 1, node.col_offset, module))
    # From the end, so that no place moves before its turn; columns of the tree are bytes.
    for number, column, module in sorted(found, reverse=True):
        before, statement = lines[number][:column], lines[number][column:]
        lines[number] = before + statement.replace(module.encode(), f"{NAME}.{module}".encode(), 1)
    return b"".join(lines).decode()
