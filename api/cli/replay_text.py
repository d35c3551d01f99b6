"""What a replay says on standard output: how its rows add up, where everything is, how the observed ports compare."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.cli.messages import WORDS, word
from api.text.locale import localize_number

if TYPE_CHECKING:
    from api.replay.analysis.observed_ports import History


def counts_text(manifest: dict[str, Any], out: Path, beside: tuple[str, ...] = (), language: str = "en") -> str:
    """How the rows of a replay add up, and where everything is.

    Parameters
    ----------
    manifest : dict
    out : Path
    beside : tuple of str
        Files that the manifest does not list.
    language : str
        ``en`` or ``fr``.
    """
    counts = manifest["counts"]
    shown = {name: _number(counts[name], language)
             for name in ("rows", "with_port", "without_port", "refused", "rejected")}  # fmt: skip
    lines = [word("replay_rows", language, **shown)]

    def add(key: str, value: str) -> None:
        if value:
            lines.append(_line(key, language, value))

    if counts["without_port"]:
        ways = {name: count for name, count in counts["outcomes"].items() if name not in ("suitable", "refused")}
        add("replay_without", _listed(ways, {}, language))
    add("replay_refused", _listed(counts["refusals"], counts["first_rows"], language))
    if counts["looks_exchanged"]:
        lines.append(word("replay_exchanged", language, count=_number(counts["looks_exchanged"], language)))
    add("replay_rejected", _listed(counts["reject_codes"], counts["first_rows"], language))
    add("replay_noted", _listed(counts["notes"], counts["first_rows"], language))
    if not manifest["over_banks"]:
        lines.append(word("replay_banks", language))
    add("replay_not_used", ", ".join(manifest["columns_not_used"]))
    add("replay_map", manifest["map_of_columns_not_used"])
    add("replay_not_found", ", ".join(manifest["columns_not_found"]).replace(" or ", f" {word('or', language)} "))
    add("replay_sheets", ", ".join(manifest["sheets_not_read"]))
    if not counts["rows"]:
        lines.append(word("replay_empty", language))
    lines += _meanings(manifest["meaning"], language)
    lines.append(written_text(out, [*manifest["outputs"], *beside, "manifest.json", "timings.json"], language))
    return "\n".join(lines) + "\n"


def written_text(out: Path, files: list[str], language: str) -> str:
    """Which files were written where."""
    return WORDS["replay_written"].of(language).format(out=out, files=", ".join(files))


def compared_text(history: "History", language: str = "en") -> str:
    """How the ports observed compare, and what plain rulers would have said."""
    from api.replay.analysis.observed_ports import BY_DOUBT, BY_FINDING, BY_NEAR_TIE, BY_RECORD

    def said(key: str, **counts: int) -> str:
        return word(key, language, **{name: _number(count, language) for name, count in counts.items()})

    explained = ", ".join(
        said(f"replay_by_{basis}", count=history.by_basis[basis])
        for basis in (BY_FINDING, BY_NEAR_TIE, BY_RECORD, BY_DOUBT) if basis in history.by_basis
    )  # fmt: skip
    lines = [
        WORDS["replay_compared"].of(language).format(
            compared=_number(history.compared, language), same=_number(history.same, language),
            explained=_number(history.explained, language), ways=f" ({explained})" if explained else "",
            unexplained=_number(history.unexplained, language),
        )
    ]  # fmt: skip
    if history.refused or history.outside:
        lines.append(said("replay_not_compared", refused=history.refused, outside=history.outside))
    if history.controlled:
        lines.append(
            said("replay_control", line=history.line_same, controlled=history.controlled, water=history.water_same)
        )
    return "\n".join(lines) + "\n"


def _line(key: str, language: str, value: str) -> str:
    """A line with a list; names of columns and sheets stay as they were typed."""
    return WORDS[key].of(language).format(value=value)


def _meanings(codes: Iterable[str], language: str) -> list[str]:
    """What the codes mean that the manifest explains."""
    from api.replay.ingest.rejects import NOTE_TEXTS, REJECT_TEXTS
    from api.text.messages import WORDING
    from engine.codes import Code

    texts = REJECT_TEXTS | NOTE_TEXTS

    def meaning_of(code: str) -> str:
        text = texts[code] if code in texts else WORDING[Code[code]].of_any_port
        return text.of(language).rstrip(".")

    return [WORDS["replay_meaning"].of(language).format(code=code, meaning=meaning_of(code)) for code in codes]


def _number(count: int, language: str) -> str:
    return localize_number(f"{count:,}", language)


def _listed(counts: dict[str, int], first_rows: dict[str, list[int]], language: str) -> str:
    """Counts by name, each with the numbers of the first rows it holds for."""

    def told(name: str, count: int) -> str:
        rows = first_rows.get(name, [])
        if not rows:
            return f"{name} {_number(count, language)}"
        more = ", ..." if count > len(rows) else ""
        return word(
            "replay_first_rows" if count > 1 else "replay_first_row", language, code=name,
            count=_number(count, language), rows=f"{', '.join(map(str, rows))}{more}",
        )  # fmt: skip

    return ", ".join(told(name, count) for name, count in counts.items())
