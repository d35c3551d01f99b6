"""Where things that can be made again are kept."""

import os
from pathlib import Path


def cache_home() -> Path:
    """Folder for everything this program keeps; it may not exist, and may not be writable."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "safeport"
