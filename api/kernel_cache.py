"""Where compiled kernels are kept: a folder for each state of the sources.

Numba looks only at the file a function stands in. A callee changed in another file, or a release whose files carry
the same times as the last one's, would go on running old machine code without a word. So the folder is named after
a digest of every source the compiler may have seen.
"""

import hashlib
import os
import re
import shutil
import sys
from pathlib import Path

from geodata.cache import cache_home

_IMPORT = re.compile(rb"^from (?:safeport\.)?((?:engine|geodata)[\w.]*) import (\([^)]*\)|.*)$", re.MULTILINE)
"""Imports of this project; an installed package has all of it below one name."""

_KEPT = 3


def choose_kernel_cache() -> Path | None:
    """Point numba at the folder for the present sources, unless the user has chosen one; None when none can be written.

    Must run before the first kernel is imported. Folders of older sources are removed, but for the latest few.
    """
    if "NUMBA_CACHE_DIR" in os.environ:
        return Path(os.environ["NUMBA_CACHE_DIR"])
    home = cache_home()
    folder = home / f"kernels-{_digest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.touch()
        older = sorted(home.glob("kernels-*"), key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT:]
    except OSError:
        # A read-only home: numba falls back to its own choice, or compiles anew each time.
        return None
    for path in older:
        shutil.rmtree(path, ignore_errors=True)
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    if "numba" in sys.modules:
        # Whoever imported it first, in a notebook perhaps, had it read the environment then.
        sys.modules["numba"].config.CACHE_DIR = str(folder)
    return folder


def _digest() -> str:
    """Digest of every module that has kernels, and of all that such a module imports, itself or through another."""
    root = Path(__file__).resolve().parents[1]
    sources = {
        path.relative_to(root).with_suffix("").as_posix().replace("/", "."): path.read_bytes()
        for package in ("engine", "geodata")
        for path in (root / package).rglob("*.py")
    }
    wanted = [name for name, source in sources.items() if b"engine.kernels.jit" in source]
    seen: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in seen or name not in sources:
            continue
        seen.add(name)
        # A package is imported with its modules, and a name that is imported from one may be a module of it.
        for module, names in _IMPORT.findall(sources[name]):
            wanted += [module.decode(), f"{module.decode()}.__init__"]
            wanted += [f"{module.decode()}.{part.strip().decode()}" for part in names.strip(b"()").split(b",")]
    digest = hashlib.sha256()
    for name in sorted(seen):
        digest.update(name.encode())
        digest.update(sources[name])
    return digest.hexdigest()[:16]
