"""Where compiled kernels are kept: a folder for each state of the sources.

Numba looks only at the file a function stands in. A callee changed in another file, or a release whose files carry
the same times as the last one's, would go on running old machine code without a word. So the folder is named after
a digest of every source the compiler may have seen.
"""

import hashlib
import os
import shutil
from pathlib import Path

from geodata.cache import cache_home

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
    return folder


def _digest() -> str:
    """Digest of the whole engine, and of the modules of `geodata` that have kernels of their own."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for package in ("engine", "geodata"):
        for path in sorted((root / package).rglob("*.py")):
            source = path.read_bytes()
            if package == "geodata" and b"engine.kernels.jit" not in source:
                continue
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(source)
    return digest.hexdigest()[:16]
