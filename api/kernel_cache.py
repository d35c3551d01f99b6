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

_PACKAGES = ("engine", "geodata")
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
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
