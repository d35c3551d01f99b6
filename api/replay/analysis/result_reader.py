"""What a finished replay left in its folder, read back for a report or a comparison."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from api.replay.ingest.reading import stream_parquet
from api.replay.reports.locale import ReportLocale
from engine.errors import InvalidAsk, UnknownName
from geodata.policies import read_policy

MANIFEST_FILE, TIMINGS_FILE = "manifest.json", "timings.json"
DECISIONS_FILE = "decisions.parquet"


@dataclass(frozen=True, slots=True)
class Run:
    """A finished replay.

    Attributes
    ----------
    folder : Path
    manifest, timings : dict
        As the replay wrote them; timings empty where there are none.
    """

    folder: Path
    manifest: Mapping[str, object]
    timings: Mapping[str, object]

    @property
    def decisions(self) -> Path:
        """File of the decisions."""
        return self.folder / DECISIONS_FILE

    def at(self, *path: str) -> object:
        """An entry of the manifest; None where there is none."""
        value: object = self.manifest
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def text(self, *path: str) -> str:
        """An entry as people read it."""
        value = self.at(*path)
        return "-" if value is None else str(value)

    def count(self, name: str) -> int:
        """A number of rows."""
        value = self.at("counts", name)
        return value if isinstance(value, int) else 0

    def counts_by_code(self, name: str) -> dict[str, int]:
        """Rows by code."""
        value = self.at("counts", name)
        return {str(code): int(count) for code, count in value.items()} if isinstance(value, Mapping) else {}

    @property
    def policy_name(self) -> str | None:
        """The policy of every row; None where each row names its own."""
        name = self.at("policy_for_all")
        return None if name is None else str(name)

    def policy_sentence(self, locale: ReportLocale) -> str:
        """What the policy does, in one sentence."""
        if self.policy_name is None:
            return locale.plain("policy_each")
        try:
            policy = read_policy(self.policy_name)
        except UnknownName:
            return locale.plain("policy_own")
        if policy.sha256 != self.at("policies", self.policy_name):
            return locale.plain("policy_other")
        return locale.of(policy.sentence_en, policy.sentence_fr)

    @property
    def forecasts(self) -> list[Mapping[str, object]]:
        """What each forecast was."""
        found = self.at("forecasts")
        return [forecast for forecast in found if isinstance(forecast, Mapping)] if isinstance(found, list) else []

    @property
    def streams(self) -> Mapping[str, object] | None:
        """The stream atlas, empty where a run had none; None of runs of before it was written down."""
        if "streams" not in self.manifest:
            return None
        found = self.at("streams")
        return found if isinstance(found, Mapping) else {}

    def digests(self, locale: ReportLocale) -> list[tuple[str, str]]:
        """Names and SHA-256 of everything the decisions rest on."""
        policies = self.at("policies")
        used = policies if isinstance(policies, Mapping) else {}
        if self.policy_name is not None:
            used = {name: digest for name, digest in used.items() if name == self.policy_name}
        rows = [
            (locale.plain("digest_input", name=self.text("input", "name")), self.text("input", "sha256")),
            (locale.plain("digest_map", name=self.text("map", "name")), self.text("map", "sha256")),
            (locale.plain("digest_code"), self.text("code_sha256")),
            (locale.plain("digest_geodata", name=self.text("geodata", "id")), self.text("geodata", "sha256")),
            *((locale.plain("digest_policy", name=name), str(digest)) for name, digest in sorted(used.items())),
            *(
                (locale.plain("digest_forecast", name=forecast.get("id", "")).strip(), str(forecast.get("sha256", "-")))
                for forecast in self.forecasts
            ),
            (locale.plain("digest_decisions"), self.text("outputs", DECISIONS_FILE, "sha256")),
        ]
        return [(name, digest) for name, digest in rows if digest != "-"]


def read_run(folder: Path) -> Run:
    """A replay by its folder.

    Raises
    ------
    InvalidAsk
        It holds no finished replay.
    """
    try:
        manifest = json.loads((folder / MANIFEST_FILE).read_bytes())
    except OSError:
        raise InvalidAsk(
            folder.name, "holds no finished replay.", "Name a folder that 'safeport replay' has written."
        ) from None
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict) or not (folder / DECISIONS_FILE).is_file():
        raise InvalidAsk(folder.name, "holds a damaged replay.", "Run the replay again.")
    try:
        timings = json.loads((folder / TIMINGS_FILE).read_bytes())
    except (OSError, ValueError):
        timings = {}
    return Run(folder, manifest, timings if isinstance(timings, dict) else {})


def decisions_in_parts(path: Path, columns: list[str], sizes: Iterator[int]) -> Iterator[pa.Table]:
    """Rows of a file of decisions in parts of given sizes, so that they go in step with another table.

    Parameters
    ----------
    path : Path
    columns : list of str
    sizes : iterator of int
        Asked for a size only when the part is.
    """
    with stream_parquet(path) as file:
        batches = file.iter_batches(columns=columns)
        schema = pa.schema([file.schema_arrow.field(name) for name in columns])
        waiting = pa.table({name: pa.array([], schema.field(name).type) for name in columns}, schema=schema)
        for size in sizes:
            while waiting.num_rows < size:
                # A file that ends early is not the one that belongs to the other table: the reader will notice.
                batch = next(batches, None)
                if batch is None:
                    break
                waiting = pa.concat_tables([waiting, pa.Table.from_batches([batch], schema)])
            yield waiting.slice(0, size)
            waiting = waiting.slice(size)
