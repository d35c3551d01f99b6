"""Two replays compared, as one HTML file in the manner of `api.replay.report`."""

from pathlib import Path

from api.replay.compare import NO_PORT, Comparison, Group, by_count
from api.replay.report import template_named
from api.replay.run_folder import Run
from api.replay.tally import Spread
from geodata.pack import DEFAULT_PACK, read_pack

COMPARISON_REPORT_FILE = "comparison.html"


def write_comparison_report(
    folder: Path, comparison: Comparison, first: Run, second: Run, pack_folder: Path | None = None
) -> Path:
    """Write the comparison into a folder.

    Parameters
    ----------
    folder : Path
    comparison : Comparison
    first, second : Run
    pack_folder : Path, optional
        For the names of ports; the pack that comes with the program when left out.

    Returns
    -------
    Path
    """
    pack = read_pack(pack_folder or DEFAULT_PACK)
    names = {str(row["id"]): str(row["name_en"]) for row in pack.tables["ports"]}  # type: ignore[attr-defined]

    def port_name(port: str) -> str:
        return "no port" if port == NO_PORT else names.get(port, port)

    hours = {f"{name} to {int(name) + 1:02d} UTC": group for name, group in sorted(comparison.by_hour.items())}
    groups = [
        (
            "By port of the first replay",
            _rows({port_name(k): g for k, g in comparison.by_port.items()}, by_change=True),
        ),
        ("By search and rescue region", _rows(comparison.by_region, by_change=True)),
        ("By hour of the day", _rows(hours, by_change=False)),
    ]
    html = template_named("comparison.html").render(
        first=first,
        second=second,
        comparison=comparison,
        whole=comparison.whole,
        gained=Spread.of(comparison.whole.gained),
        lost=Spread.of(comparison.whole.lost),
        moves=by_count(comparison.moves),
        groups=groups,
        port_name=port_name,
    )
    path = folder / COMPARISON_REPORT_FILE
    path.write_text(html, encoding="utf-8")
    return path


def _rows(groups: dict[str, Group], by_change: bool) -> list[tuple[str, Group, Spread, Spread]]:
    names = sorted(groups, key=lambda name: (-groups[name].changed, name)) if by_change else list(groups)
    return [(name, groups[name], Spread.of(groups[name].gained), Spread.of(groups[name].lost)) for name in names]
