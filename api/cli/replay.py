"""``safeport replay``: a table of past encounters in, a folder of decisions out."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.cli.arguments import Once, add_json, add_pack, echo, pack_folder, whole_number
from engine.errors import InvalidAsk

if TYPE_CHECKING:
    from engine.policy import Policy

FIELDS = {
    "input": "INPUT",
    "out": "--out",
    "map": "--map",
    "policy": "--policy",
    "scheduler": "--scheduler",
}
MOST_WORKERS = 256


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("input", metavar="INPUT", help="table of encounters: .csv, .parquet, .geoparquet or .geojson")
    parser.add_argument("--out", action=Once, required=True, metavar="FOLDER",
                        help="where decisions go; a replay that was stopped there goes on")  # fmt: skip
    parser.add_argument("--map", action=Once, metavar="NAME|FILE",
                        help="column map of a foreign table, by name or a .toml file")  # fmt: skip
    parser.add_argument("--policy", action=Once, metavar="NAME|FILE",
                        help="judge every row by this policy; if left out, by the one it names")  # fmt: skip
    parser.add_argument("--forecast", nargs="+", default=[], metavar="FILE",
                        help="forecast cubes; each row takes the one that was to be had at its time")  # fmt: skip
    parser.add_argument("--scheduler", action=Once, metavar="ADDRESS",
                        help="Dask scheduler to work on, tcp://host:8786; this machine if left out")  # fmt: skip
    parser.add_argument("--workers", action=Once, metavar="N", help="threads of this machine; one a core if left out")
    parser.add_argument("--report", action="store_true", help="write report.html as well")
    add_json(parser)
    add_pack(parser)
    parser.set_defaults(answer=answer, fields=FIELDS)


def answer(options: argparse.Namespace) -> int:
    """Replay, and say how the rows add up."""
    workers = _workers(options.workers)
    folder = pack_folder(options.pack)
    write_report = _report_writer() if options.report else None

    from api.replay.column_map import OWN_MAP
    from api.replay.parts import json_bytes
    from api.replay.run import Order, replay
    from geodata.pack import DEFAULT_PACK

    order = Order(
        Path(options.input), Path(options.out), options.map or OWN_MAP, _policy(options.policy),
        tuple(Path(name) for name in options.forecast), options.scheduler, workers, folder or DEFAULT_PACK,
    )  # fmt: skip
    with _Bar() as bar:
        manifest = replay(order, bar.told)
    if write_report is not None:
        write_report(order.out)
    sys.stdout.write(json_bytes(manifest).decode() if options.json else counts_text(manifest, order.out))
    return 0


def counts_text(manifest: dict[str, Any], out: Path) -> str:
    """How the rows of a replay add up, and where everything is."""
    counts = manifest["counts"]
    lines = [
        f"Rows read: {counts['rows']:,} = {counts['decided']:,} decided + {counts['rejected']:,} rejected.",
        f"Decided:   {_listed(counts['outcomes'])}.",
    ]
    if counts["refusals"]:
        lines.append(f"Refused:   {_listed(counts['refusals'])}.")
    if counts["reject_codes"]:
        lines.append(f"Rejected:  {_listed(counts['reject_codes'])}; a row may have several codes, see rejects.csv.")
    if counts["notes"]:
        lines.append(f"Assumed:   {_listed(counts['notes'])}; see reading_notes.")
    if manifest["columns_not_used"]:
        lines.append(f"Columns not used: {', '.join(manifest['columns_not_used'])}.")
    lines += [f"{code}: {meaning}." for code, meaning in manifest["meaning"].items()]
    lines.append(f"Written to {out}: {', '.join([*manifest['outputs'], 'manifest.json', 'timings.json'])}.")
    return "\n".join(lines) + "\n"


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "none"


def _workers(text: str | None) -> int:
    import os

    count = whole_number("--workers", text)
    if count is None:
        return os.cpu_count() or 1
    if not 1 <= count <= MOST_WORKERS:
        raise InvalidAsk("--workers", f"is not from 1 to {MOST_WORKERS}.", "Write how many threads to use.")
    return count


def _policy(text: str | None) -> "Policy | None":
    from api.cli.decide import own_policy
    from api.house import known_policy

    if text is None:
        return None
    return own_policy(text) or known_policy(text.strip())


def _report_writer() -> Any:
    import importlib

    try:
        return importlib.import_module("api.replay.report").write_report
    except ImportError:
        raise InvalidAsk("--report", f"{echo('api.replay.report')} is not installed.", "Leave it out.") from None


class _Bar:
    """Progress with rate and time left, where somebody is looking at it."""

    def __enter__(self) -> "_Bar":
        self._bar: Any = None
        return self

    def told(self, earlier: int, now: int, about: int) -> None:
        """Show how far it is; rows done in an earlier run count, but not for the rate."""
        from tqdm import tqdm

        if self._bar is None:
            # No bar where standard error is a file.
            self._bar = tqdm(total=max(about, earlier), initial=earlier, unit=" rows", disable=None, file=sys.stderr)
        self._bar.update(earlier + now - self._bar.n)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
