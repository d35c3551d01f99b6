"""Two replays compared, as one HTML file in the manner of `api.replay.reports.report`."""

from os.path import relpath
from pathlib import Path

from api.replay.analysis.aggregate import OUTCOMES, Spread
from api.replay.analysis.compare import NO_PORT, REFUSED, Comparison, DifferenceGroup, by_count, differing_text
from api.replay.analysis.result_reader import Run
from api.replay.reports.locale import ReportLocale
from api.replay.reports.reasons import sentence_of
from api.replay.reports.report import REPORT_FILE, TEMPLATES, meaning_of
from api.text.html import load_template
from api.text.locale import BOUND_SPACE
from geodata.pack import DEFAULT_PACK, read_pack

COMPARISON_REPORT_FILE = "comparison.html"


def write_comparison_report(
    folder: Path,
    comparison: Comparison,
    first: Run,
    second: Run,
    pack_folder: Path | None = None,
    language: str = "en",
) -> Path:
    """Write the comparison into a folder.

    Parameters
    ----------
    folder : Path
    comparison : Comparison
    first, second : Run
    pack_folder : Path, optional
        For the names of ports; the pack that comes with the program when left out.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    Path
    """
    locale = ReportLocale(language)
    ports: list[dict[str, object]] = read_pack(pack_folder or DEFAULT_PACK).tables["ports"]  # type: ignore[assignment]
    names = {str(row["id"]): str(row[locale.of("name_en", "name_fr")]) for row in ports}

    def port_name(port: str) -> str:
        key = {NO_PORT: "no_port", REFUSED: "outcome_refused"}.get(port)
        return names.get(port, port) if key is None else locale.plain(key)

    by_port = {port_name(port): group for port, group in comparison.by_port.items()}
    by_hour = {
        locale.plain("hour_span", low=name, high=f"{int(name) + 1:02d}").replace(" ", BOUND_SPACE): group
        for name, group in sorted(comparison.by_hour.items())
    }
    by_region = {
        locale.plain("regions_none") if name == NO_PORT else name: group for name, group in comparison.by_region.items()
    }
    groups = [
        (locale.plain("by_port"), _rows(by_port, by_change=True)),
        (locale.plain("by_region"), _rows(by_region, by_change=True)),
        (locale.plain("by_hour"), _rows(by_hour, by_change=False)),
    ]
    html = load_template(TEMPLATES, "comparison.html").render(
        t=locale,
        first=first,
        second=second,
        comparison=comparison,
        differing=differing_text(comparison, locale),
        whole=comparison.whole,
        gained=Spread.of(comparison.whole.gained),
        lost=Spread.of(comparison.whole.lost),
        moves=by_count(comparison.moves),
        groups=groups,
        port_name=port_name,
        reports=[_report_of(run, folder) for run in (first, second)],
        accounts=_accounts(first, second, locale),
    )
    path = folder / COMPARISON_REPORT_FILE
    path.write_text(html, encoding="utf-8")
    return path


def _report_of(run: Run, folder: Path) -> str | None:
    """Where the report of one of the runs lies, seen from the comparison; None where it has none."""
    report = run.folder / REPORT_FILE
    if not report.is_file():
        return None
    return Path(relpath(report, folder)).as_posix()


def _accounts(first: Run, second: Run, locale: ReportLocale) -> list[tuple[str, list[tuple[str, str, int, int]]]]:
    """What became of the rows of both, under headings: words, code, and how many in each."""
    runs = (first, second)
    outcomes = [run.counts_by_code("outcomes") for run in runs]
    sums = [run.count("rejected") + sum(counts.values()) for run, counts in zip(runs, outcomes, strict=True)]
    add_up = all(run.count("rows") == total for run, total in zip(runs, sums, strict=True))
    rows: list[tuple[str, str, int, int]] = [
        (locale.plain("rows_read"), "", first.count("rows"), second.count("rows")),
        (locale.plain("rows_rejected"), "", first.count("rejected"), second.count("rejected")),
        *(
            (locale.plain(f"outcome_{name}"), "", outcomes[0].get(name, 0), outcomes[1].get(name, 0))
            for name in OUTCOMES
        ),
        (locale.say("rows_add_up" if add_up else "rows_do_not_add_up"), "", sums[0], sums[1]),
    ]  # fmt: skip

    def told(entry: str) -> list[tuple[str, str, int, int]]:
        counts = [run.counts_by_code(entry) for run in runs]
        codes = sorted(counts[0] | counts[1], key=lambda code: (-max(each.get(code, 0) for each in counts), code))
        return [
            (
                sentence_of(code, locale)
                if entry == "refusals"
                else meaning_of(first if code in counts[0] else second, code, locale),
                code,
                counts[0].get(code, 0),
                counts[1].get(code, 0),
            )
            for code in codes
        ]

    headings = (("rows_why_rejected", "reject_codes"), ("rows_assumed", "notes"), ("rows_why_refused", "refusals"))
    groups = [(locale.plain("head_rows"), rows), *((locale.plain(key), told(entry)) for key, entry in headings)]
    return [(heading, lines) for heading, lines in groups if lines]


def _rows(groups: dict[str, DifferenceGroup], by_change: bool) -> list[tuple[str, DifferenceGroup, Spread, Spread]]:
    names = sorted(groups, key=lambda name: (-groups[name].changed, name)) if by_change else list(groups)
    return [(name, groups[name], Spread.of(groups[name].gained), Spread.of(groups[name].lost)) for name in names]
