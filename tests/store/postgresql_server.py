"""A PostgreSQL server of the tests' own: Debian's binaries, a folder of its own, a Unix socket, no network."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """Folder of the newest server binaries; None where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def _as_nobody_special() -> dict[str, object]:
    """The server refuses to run as root: then it runs as the user its package made."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@contextmanager
def server() -> Iterator[str]:
    """Start a server; its URL."""
    folder = binaries()
    assert folder is not None
    who = _as_nobody_special()
    # A socket's path may have a hundred bytes, so the folder is not one of pytest's long ones.
    place = Path(tempfile.mkdtemp(prefix="pg-"))
    data = place / "data"
    try:
        if who:
            os.chown(place, who["user"], who["group"])

        def run(*command: str) -> None:
            subprocess.run(
                command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", timeout=120, **who
            )

        run(f"{folder}/initdb", "--no-sync", "-D", f"{data}", "-U", "store", "-A", "trust", "-E", "UTF8", "--locale=C")
        # max_connections is low so that tests would notice a leak.
        settings = f"-c listen_addresses= -c unix_socket_directories={place} -c max_connections=60"
        run(f"{folder}/pg_ctl", "-D", f"{data}", "-l", f"{place}/log", "-w", "-o", settings, "start")
        try:
            yield f"postgresql://store@/postgres?host={place}"
        finally:
            run(f"{folder}/pg_ctl", "-D", f"{data}", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)
