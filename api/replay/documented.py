"""Documented encounters of the Channel, replayed, with every difference from what was done explained.

The table holds what was published: position, time, people, vessel, the port they were landed at, each with how well it
is known and its source. Where no position was published the row is kept and refused, so that nobody takes it for
forgotten. History is not the pass mark; an explained difference is.
"""

import csv
from pathlib import Path

import pyarrow.parquet as pq

from api.replay.observed_ports import EXPLAINED, HISTORY_FILE, SAME, History
from api.replay.post_process import add_history, practice_of
from api.replay.result_reader import DECISIONS_FILE
from api.replay.run import ReplayConfig, replay
from engine.errors import InvalidAsk

DOCUMENTED = Path(__file__).parent / "events" / "documented.csv"
EXPLANATIONS_FILE = "documented.csv"


def replay_documented(out: Path, workers: int = 1) -> History:
    """Replay the documented encounters into a folder; writes ``documented.csv`` with an explanation for each.

    Raises
    ------
    InvalidAsk
        The folder holds something else.
    """
    order = ReplayConfig(DOCUMENTED, out, workers=workers)
    replay(order)
    history = add_history(order, practice_of(DOCUMENTED))
    if history is None:
        raise InvalidAsk("documented.csv", "names no port anybody was landed at.", "Restore it from the repository.")
    _write_explanations(out)
    return history


def _write_explanations(out: Path) -> None:
    """The table again, with what is recommended and why it differs."""
    with (out / HISTORY_FILE).open(encoding="utf-8", newline="") as file:
        judged = {row["encounter_id"]: row for row in csv.DictReader(file)}
    with DOCUMENTED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    decided = pq.read_table(out / DECISIONS_FILE, columns=["encounter_id", "port"]).to_pylist()
    recommended = {row["encounter_id"]: row["port"] or "" for row in decided}
    added = ("recommended_port", "difference", "explanation")
    with (out / EXPLANATIONS_FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], *added], lineterminator="\n")
        writer.writeheader()
        for row in rows:
            found = judged.get(row["encounter_id"], {})
            writer.writerow(
                row
                | {
                    "recommended_port": recommended.get(row["encounter_id"], ""),
                    "difference": found.get("difference", ""),
                    "explanation": explanation_of(found, row),
                }
            )


def explanation_of(judged: dict[str, str], event: dict[str, str]) -> str:
    """Why the recommended port is not the one observed: by code, or by what is known, with its source.

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
        return f"{judged['code']}: {judged['sentence']}"
    return event["practice"]
