"""Documented encounters of the Channel, replayed, with every difference from what was done explained.

The table holds what was published: position, time, people, vessel, what was done, each with how well it is known and
its source. ``published`` is what the source says, ``our_reading`` what we make of it, and ``our_reading_of`` names the
columns that nobody published. Where no position was published the row is kept and refused, so that nobody takes it for
forgotten. History is not the pass mark; an explained difference is.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from api.replay.analysis.observed_ports import BY_RECORD, EXPLAINED, HISTORY_FILE, SAME, History
from api.replay.analysis.record_rules import (
    CHAIN_OF_RESCUES,
    DIRECTED,
    MEDICAL_DIRECTION,
    PATROL_CONTINUED,
    TRANSFERRED,
)
from api.replay.analysis.result_reader import DECISIONS_FILE
from api.replay.post_process import add_history
from api.replay.run import Progress, ReplayConfig, replay
from engine.errors import InvalidAsk

DOCUMENTED = Path(__file__).parent / "events" / "documented.csv"
EXPLANATIONS_FILE = "documented.csv"


_RESTS_ON = {
    MEDICAL_DIRECTION: {"directed_port"},
    DIRECTED: {"directed_port"},
    CHAIN_OF_RESCUES: {"operation_id", "operation_rescues"},
    TRANSFERRED: {"transferred"},
    PATROL_CONTINUED: {"time", "landed_at"},
}
"""Columns that a rule of the record looks at."""


@dataclass(frozen=True, slots=True)
class DocumentedReplay:
    """What became of the documented encounters.

    Attributes
    ----------
    history : History
    by_our_reading : int
        Differences explained by the record, where what the rule looks at is our reading and not published.
    """

    history: History
    by_our_reading: int


def replay_documented(out: Path, workers: int = 1, progress: Progress | None = None) -> DocumentedReplay:
    """Replay the documented encounters into a folder; writes ``documented.csv`` with an explanation for each.

    Raises
    ------
    InvalidAsk
        The folder holds something else.
    """
    order = ReplayConfig(DOCUMENTED, out, workers=workers)
    replay(order, progress)
    with DOCUMENTED.open(encoding="utf-8", newline="") as file:
        events = list(csv.DictReader(file))
    history = add_history(order, {event["encounter_id"]: account_of(event) for event in events})
    if history is None:
        raise InvalidAsk("documented.csv", "names no port anybody was landed at.", "Restore it from the repository.")
    with (out / HISTORY_FILE).open(encoding="utf-8", newline="") as file:
        judged = {row["encounter_id"]: row for row in csv.DictReader(file)}
    _write_explanations(out, events, judged)
    return DocumentedReplay(
        history, sum(_is_our_reading(judged.get(event["encounter_id"], {}), event) for event in events)
    )


def _write_explanations(out: Path, events: list[dict[str, str]], judged: dict[str, dict[str, str]]) -> None:
    """The table again, with what is recommended and why it differs."""
    decided = pq.read_table(out / DECISIONS_FILE, columns=["encounter_id", "port"]).to_pylist()
    recommended = {row["encounter_id"]: row["port"] or "" for row in decided}
    with (out / EXPLANATIONS_FILE).open("w", encoding="utf-8", newline="") as file:
        added = ("recommended_port", "difference", "code", "draws_agreeing", "explanation")
        writer = csv.DictWriter(file, [*events[0], *added], lineterminator="\n")
        writer.writeheader()
        for event in events:
            found = judged.get(event["encounter_id"], {})
            kept = {name: found.get(name, "") for name in ("difference", "code", "draws_agreeing")}
            answer = {"recommended_port": recommended.get(event["encounter_id"], ""),
                    "explanation": explanation_of(found, event)}  # fmt: skip
            writer.writerow(event | kept | answer)


def account_of(event: dict[str, str]) -> str:
    """What is known of why it was done so: what the source says, and apart from it what we make of it."""
    published = f"{event['published']} ({event['source']})" if event["published"] else ""
    reading = f"Our reading: {event['our_reading']}" if event["our_reading"] else ""
    return " ".join(part for part in (published, reading) if part)


def explanation_of(judged: dict[str, str], event: dict[str, str]) -> str:
    """Why the recommended port is not the one observed: by rule, or by what is known, with its source.

    Parameters
    ----------
    judged : dict
        A row of ``history.csv``; empty where the event could not be replayed or names no port.
    event : dict
        The row of the table.
    """
    if not judged:
        reason = "no position published" if not event["lon"] else "no port published"
        return f"Not compared: {reason} ({event['source']})."
    if judged["difference"] == SAME:
        return "The same port."
    if judged["difference"] == EXPLAINED:
        rests_on = " What that rests on is our reading." if _is_our_reading(judged, event) else ""
        return " ".join(f"{judged['code']}: {judged['sentence']}{rests_on} {account_of(event)}".split())
    return f"No rule explains it. {account_of(event)}".strip()


def _is_our_reading(judged: dict[str, str], event: dict[str, str]) -> bool:
    """Whether a rule of the record explains a difference by a column that nobody published."""
    if judged.get("basis") != BY_RECORD:
        return False
    return not _RESTS_ON[judged["code"]].isdisjoint(event["our_reading_of"].split("|"))
