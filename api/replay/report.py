"""The report of a replay: one HTML file that needs nothing else, for a co-ordinator and for an analyst.

Styles, charts and the map are in the file. It asks nothing of the network and loses nothing but the sorting of tables
where scripts are off.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import jinja2
import numpy as np
from markupsafe import Markup

from api.replay.chances import read_ambiguity
from api.replay.drawings import FULLNESS, draw_fullness, draw_hours, draw_times
from api.replay.history import read_history
from api.replay.reasons import sentence_of
from api.replay.run_folder import Run, read_run
from api.replay.sea_map import DENSITY_CLASSES, draw_map
from api.replay.sequence import Occupancy, read_occupancy
from api.replay.tally import LONGEST_MIN, OUTCOMES, Spread, Tally, tally_of
from engine.units import MINUTE_S
from geodata.pack import DEFAULT_PACK, Pack, read_pack

REPORT_FILE = "report.html"

OUTCOME_WORDS = {
    "suitable": "a port recommended",
    "unconfirmed": "no port confirmed, the best unconfirmed one shown",
    "none": "no port fit",
    "refused": "position refused",
}
_MOST_PORTS = 60
_CELLS_OF_TIME = 96


def write_report(folder: Path, pack_folder: Path = DEFAULT_PACK) -> Path:
    """Write the report of a replay beside its files.

    Parameters
    ----------
    folder : Path
        Where the replay wrote its manifest and decisions.
    pack_folder : Path
        The pack it used; for the coast and the names of ports.

    Returns
    -------
    Path
        The report.

    Raises
    ------
    InvalidAsk
        The folder holds no finished replay.
    PackError
        The pack cannot be read.
    """
    run, pack = read_run(folder), read_pack(pack_folder)
    target = folder / REPORT_FILE
    fresh = target.with_suffix(".html.new")
    fresh.write_text(report_html(run, pack), encoding="utf-8")
    fresh.replace(target)
    return target


def report_html(run: Run, pack: Pack) -> str:
    """The report as text.

    Parameters
    ----------
    run : Run
    pack : Pack
    """
    area: dict[str, float] = pack.manifest["area"]  # type: ignore[assignment]
    box = (area["west"], area["south"], area["east"], area["north"])
    names = {str(row["id"]): row for row in pack.tables["ports"]}  # type: ignore[attr-defined]
    tally = tally_of(run.decisions, tuple(names), box)
    spread = Spread.of(tally.by_minute)
    drawn = draw_map(tally, pack)
    times, step_min = draw_times(tally.by_minute, spread)
    occupancy = read_occupancy(run.folder)
    history = read_history(run.folder)
    return template_named(
        "report.html"
    ).render(
        run=run,
        tally=tally,
        spread=spread,
        period=_period(tally),
        counts=_counts(run, tally),
        map=drawn,
        map_svg=Markup(drawn.svg),  # noqa: S704 - our own drawing; every name in it is escaped where it enters
        density=list(zip(DENSITY_CLASSES[-len(drawn.density_limits) :], drawn.density_limits, strict=True))
        if drawn.binned
        else [],
        times_svg=Markup(times),  # noqa: S704 - our own drawing
        hours_svg=Markup(draw_hours(tally.by_hour)),  # noqa: S704 - our own drawing
        step_min=step_min,
        longest_min=LONGEST_MIN,
        ports=_ports(tally, names),
        reasons=_reasons(tally),
        refusals=[(code, sentence_of(code), count) for code, count in _by_count(tally.refusals)],
        regions=_by_count(tally.regions),
        occupancy=occupancy,
        fullness_svg=Markup(_fullness(occupancy, names)),  # noqa: S704 - our own drawing
        fullness_classes=FULLNESS,
        history=history,
        ambiguity=read_ambiguity(run.folder),
        ages=_ages(run, tally),
        limits=_limits(run, tally, occupancy),
        port_name=lambda port: str(names[port]["name_en"]) if port in names else str(port),
        sentence_of=sentence_of,
    )


@cache
def template_named(name: str) -> jinja2.Template:
    """A template of this package, with the ways numbers are written."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["count"] = lambda number: f"{number:,}"
    environment.filters["share"] = _share
    environment.filters["day"] = _day
    return environment.get_template(name)


def _share(part: float, whole: float) -> str:
    """A share as people read it: never 0 % of something that is there, never 100 % where something is missing."""
    if not whole:
        return "-"
    share = 100.0 * part / whole
    if 0.0 < share < 0.1:
        return "< 0.1 %"
    if 99.9 < share < 100.0:
        return "> 99.9 %"
    return f"{share:.1f} %"


def _day(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%d %B %Y}".lstrip("0")


def _period(tally: Tally) -> str:
    if tally.first_ms is None or tally.last_ms is None:
        return "no encounters"
    first, last = _day(tally.first_ms), _day(tally.last_ms)
    return first if first == last else f"{first} to {last}"


def _by_count(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _counts(run: Run, tally: Tally) -> dict[str, object]:
    """What became of every row read, and whether it adds up."""
    outcomes = [(OUTCOME_WORDS[name], tally.outcomes.get(name, 0)) for name in OUTCOMES]
    read, rejected = run.count("rows"), run.count("rejected")
    meaning = run.at("meaning")
    words = meaning if isinstance(meaning, Mapping) else {}
    return {
        "read": read,
        "outcomes": outcomes,
        "decided": tally.rows,
        "rejected": rejected,
        "rejected_by_code": [
            (code, _sentence(str(words.get(code, code))), count)
            for code, count in _by_count(run.counted("reject_codes"))
        ],
        "notes": [(code, _sentence(str(words.get(code, code))), n) for code, n in _by_count(run.counted("notes"))],
        "adds_up": read == tally.rows + rejected and tally.rows == sum(count for _, count in outcomes),
    }


def _sentence(text: str) -> str:
    """Words as a sentence."""
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."


def _ports(tally: Tally, names: dict[str, dict[str, object]]) -> list[dict[str, object]]:
    """A row for each recommended port, the busiest first."""
    rows: list[dict[str, object]] = []
    totals = tally.by_port_minute.sum(axis=1)
    for k in np.argsort(-totals, kind="stable"):
        if totals[k] == 0:
            break
        spread = Spread.of(tally.by_port_minute[k])
        port = tally.ports[k]
        rows.append(
            {
                "id": port,
                "name": names[port]["name_en"],
                "country": names[port]["country"],
                "count": int(totals[k]),
                "persons": round(float(tally.persons_by_port[k])),
                "spread": spread,
            }
        )
    return rows[:_MOST_PORTS]


def _reasons(tally: Tally) -> list[dict[str, object]]:
    most = max(tally.codes.values(), default=1)
    return [
        {"code": code, "sentence": sentence_of(code), "count": count, "bar": round(100.0 * count / most, 1)}
        for code, count in _by_count(tally.codes)
    ]


def _fullness(occupancy: Occupancy | None, names: dict[str, dict[str, object]]) -> str:
    if occupancy is None or len(occupancy.hours) == 0:
        return ""
    hours, shares = occupancy.hours, occupancy.shares
    together = max(1, -(-len(hours) // _CELLS_OF_TIME))
    cells = -(-len(hours) // together)
    padded = np.zeros((shares.shape[0], cells * together))
    padded[:, : len(hours)] = shares
    most = padded.reshape(shares.shape[0], cells, together).max(axis=2)
    order = [k for k in np.argsort(-most.mean(axis=1), kind="stable") if most[k].max() > 0.0][:24]
    every = max(1, cells // 7)
    ticks = [
        (cell, f"{hours[cell * together].astype(object):%d %b %H:%M}") for cell in range(0, cells - every // 2, every)
    ]
    labels = [
        f"{names[occupancy.ports[k]]['name_en']} ({occupancy.places[k]:.0f})"
        if occupancy.ports[k] in names else occupancy.ports[k]
        for k in order
    ]  # fmt: skip
    return draw_fullness(labels, most[order], ticks)


def _ages(run: Run, tally: Tally) -> list[tuple[str, str, str]]:
    """Each source, which edition was used, and how old it was or how far it reached."""
    rows = [
        (
            "Coast, ports and zones", f"pack {run.text('geodata', 'id')}, built {run.text('geodata', 'built_at')}",
            _age_of_pack(run, tally),
        ),
        (
            "Tide", "harmonic constants of the pack",
            f"predicted for the date of each encounter; used at {tally.with_tide:,} of "
            f"{tally.outcomes.get('suitable', 0):,} recommended ports",
        ),
    ]  # fmt: skip
    for forecast in run.forecasts:
        rows.append(("Sea and weather", str(forecast.get("id", "forecast")), f"run of {forecast.get('run_at', '?')}"))
    if run.forecasts:
        reach = f"spoke of the time of {tally.with_forecast:,} of {tally.rows:,} encounters"
    else:
        reach = "none connected: times are for calm water without stream"
    rows.append(("Sea and weather, reach", f"{len(run.forecasts)} forecasts", reach))
    rows.append(("State of ports, places, reception", "none", "not known for the past: see the limits below"))
    return rows


def _age_of_pack(run: Run, tally: Tally) -> str:
    try:
        built_s = datetime.fromisoformat(run.text("geodata", "built_at")).timestamp()
    except ValueError:
        return "age not known"
    if tally.first_ms is None or tally.last_ms is None:
        return "-"
    days = [(built_s - at_ms / 1000.0) / (24 * 60 * MINUTE_S) for at_ms in (tally.last_ms, tally.first_ms)]
    if days[1] < 0.0:
        return "built before the first encounter"
    since = "before the last encounter" if days[0] < 0.0 else f"{days[0]:,.0f} days after the last encounter"
    return f"built {since}, {days[1]:,.0f} days after the first: the ports as they are now, not as they were then"


def _limits(run: Run, tally: Tally, occupancy: Occupancy | None) -> list[str]:
    """What a reader may not conclude."""
    limits = [
        "This is advice worked out afterwards. The co-ordination centre and the master decided with what they knew, "
        "saw and were told; a difference from what was done is a question, not a finding of fault.",
        "History is no measure of right or wrong here: a unit may have been sent on, have landed where reception was "
        "ready, or have served several rescues. What counts is that every difference is explained.",
        "Positions are as given in the input, times in UTC. Many published positions are good to a mile or two.",
        "Harbour state, places ashore, berths taken and reception at the time are not in the data"
        + (", except the places of the capacity table that was given." if occupancy is not None else "."),
        sentence_of("SURGE_NOT_INCLUDED"),
        "Limits between search and rescue regions are approximate; no published co-ordinates were found.",
        "Limits of vessels and ports marked as assumed in the policy and the register are ours until operators "
        "replace them.",
        "Lines on the map join encounters and ports. They are not routes; distances and times are by water.",
        "Not for navigation.",
    ]
    if not run.forecasts:
        limits.insert(4, "No forecast was connected: times are for calm water, without wind, sea or stream.")
    if tally.persons_unknown:
        limits.append(
            f"In {tally.persons_unknown:,} encounters the number of people is not known; the policy's assumption "
            "was used for them and is counted in the numbers of people."
        )
    return limits
