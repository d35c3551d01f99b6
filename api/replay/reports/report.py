"""The report of a replay: one HTML file that needs nothing else, for a co-ordinator and for an analyst.

It is in English or in French; `api.replay.messages` has all its sentences.

Styles, charts and the map are in the file. It asks nothing of the network and loses nothing but the sorting of tables
where scripts are off.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import numpy as np
from markupsafe import Markup

from api.replay.analysis.aggregate import LONGEST_MIN, OUTCOMES, Aggregate, Month, Spread, aggregate_run
from api.replay.analysis.monte_carlo import read_ambiguity
from api.replay.analysis.observed_ports import BY_DOUBT, BY_FINDING, BY_NEAR_TIE, BY_RECORD, History, read_history
from api.replay.analysis.result_reader import Run, read_run
from api.replay.capacity_simulation import Occupancy, read_occupancy
from api.replay.ingest.rejects import NOTE_TEXTS, REJECT_TEXTS
from api.replay.reports.charts import FULLNESS, draw_fullness, draw_hours, draw_times
from api.replay.reports.locale import ReportLocale
from api.replay.reports.reasons import sentence_of
from api.replay.reports.sea_map import DENSITY_CLASSES, draw_map
from api.text.html import load_template
from engine.units import MINUTE_S
from geodata.pack import DEFAULT_PACK, Pack, read_pack

REPORT_FILE = "report.html"
TEMPLATES = Path(__file__).parent / "templates"

_MOST_PORTS = 60
_MOST_GROUPS = 20
_MOST_MONTHS = 36
_CELLS_OF_TIME = 96


def write_report(folder: Path, pack_folder: Path = DEFAULT_PACK, language: str = "en") -> Path:
    """Write the report of a replay beside its files.

    Parameters
    ----------
    folder : Path
        Where the replay wrote its manifest and decisions.
    pack_folder : Path
        The pack it used; for the coast and the names of ports.
    language : str
        ``en`` or ``fr``.

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
    fresh.write_text(report_html(run, pack, ReportLocale(language)), encoding="utf-8")
    fresh.replace(target)
    return target


def report_html(run: Run, pack: Pack, locale: ReportLocale) -> str:
    """The report as text.

    Parameters
    ----------
    run : Run
    pack : Pack
    locale : ReportLocale
    """
    area: dict[str, float] = pack.manifest["area"]  # type: ignore[assignment]
    box = (area["west"], area["south"], area["east"], area["north"])
    rows: list[dict[str, object]] = pack.tables["ports"]  # type: ignore[assignment]
    names = {str(row["id"]): str(row[locale.of("name_en", "name_fr")]) for row in rows}
    countries = {str(row["id"]): str(row["country"]) for row in rows}
    tally = aggregate_run(run.decisions, tuple(names), box)
    spread = Spread.of(tally.by_minute)
    drawn = draw_map(tally, pack, locale)
    times, step_min = draw_times(tally.by_minute, spread, locale)
    occupancy = read_occupancy(run.folder)
    history = read_history(run.folder)
    by_year, months = _months(tally, locale)
    return load_template(TEMPLATES, "report.html").render(
        t=locale,
        run=run,
        tally=tally,
        spread=spread,
        period=_period(tally, locale),
        counts=_counts(run, tally, locale),
        map=drawn,
        map_svg=Markup(drawn.svg),  # noqa: S704 - our own drawing; every name in it is escaped where it enters
        density=_density_classes(drawn.density_limits, locale) if drawn.binned else [],
        times_svg=Markup(times),  # noqa: S704 - our own drawing
        hours_svg=Markup(draw_hours(tally.by_hour, locale)),  # noqa: S704 - our own drawing
        step_min=step_min,
        longest_min=LONGEST_MIN,
        ports=_ports(tally, names, countries),
        port_heads=("head_answers", "head_share", "head_people", "head_half_min", "head_90_min", "head_longest_min"),
        judged=bool(run.at("every_port_judged")),
        reasons=_reasons(tally, locale),
        given_up=_given_up(tally, locale),
        some_later=any(
            given_up.known and min(round(given_up.minutes / given_up.known), round(given_up.person_minutes)) < 0
            for given_up in tally.given_up.values()
        ),
        against_every=[(sentence_of(code, locale), code, count) for code, count in _by_count(tally.against_every)],
        only_by_person=tally.passing_over - sum(given_up.answers for given_up in tally.given_up.values()),
        months=months,
        by_year=by_year,
        refusals=[(code, sentence_of(code, locale), count) for code, count in _by_count(tally.refusals)],
        forecasts_text=forecasts_text(run, locale),
        regions_text=", ".join(f"{name} {locale.count(count)}" for name, count in _by_count(tally.regions))
        or locale.plain("regions_none"),
        occupancy=occupancy,
        fullness_svg=Markup(_fullness(occupancy, names, locale)),  # noqa: S704 - our own drawing
        fullness_classes=FULLNESS,
        history=history,
        history_rows=_history_rows(history),
        history_codes=_history_codes(history),
        most_groups=_MOST_GROUPS,
        ambiguity=read_ambiguity(run.folder),
        ages=_ages(run, tally, locale),
        limits=_limits(run, tally, occupancy, locale),
        port_name=lambda port: names.get(str(port), str(port)),
        sentence_of=lambda code: sentence_of(code, locale),
    )


def _period(tally: Aggregate, locale: ReportLocale) -> str:
    if tally.first_ms is None or tally.last_ms is None:
        return locale.plain("no_encounters")
    first, last = locale.day(tally.first_ms), locale.day(tally.last_ms)
    return locale.plain("on_day", day=first) if first == last else locale.plain("from_to", first=first, last=last)


def _by_count(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _counts(run: Run, tally: Aggregate, locale: ReportLocale) -> dict[str, object]:
    """What became of every row read, and whether it adds up."""
    outcomes = [(locale.plain(f"outcome_{name}"), tally.outcomes.get(name, 0)) for name in OUTCOMES]
    read, rejected = run.count("rows"), run.count("rejected")

    def told(name: str) -> list[tuple[str, str, int]]:
        return [(code, meaning_of(run, code, locale), count) for code, count in _by_count(run.counts_by_code(name))]

    return {
        "read": read,
        "outcomes": outcomes,
        "decided": tally.rows,
        "without_port": tally.answered - tally.with_port,
        "rejected": rejected,
        "rejected_by_code": told("reject_codes"),
        "notes": told("notes"),
        "adds_up": read == tally.rows + rejected and tally.rows == sum(count for _, count in outcomes),
    }


def _density_classes(limits: tuple[int, ...], locale: ReportLocale) -> list[tuple[str, str]]:
    """Colour and counts of each class of the density, as ranges: 1, 2, 3 to 5, 6 and more."""
    classes = []
    for colour, least, above in zip(DENSITY_CLASSES[-len(limits) :], limits, [*limits[1:], None], strict=True):
        if above is None:
            text = locale.plain("density_or_more", least=locale.count(least))
        elif above == least + 1:
            text = locale.count(least)
        else:
            text = locale.plain("density_range", least=locale.count(least), most=locale.count(above - 1))
        classes.append((colour, text))
    return classes


def _given_up(tally: Aggregate, locale: ReportLocale) -> list[dict[str, object]]:
    """A row for each code against the nearest harbour passed over, the most frequent first."""
    most = max((given_up.answers for given_up in tally.given_up.values()), default=1)
    rows = sorted(tally.given_up.items(), key=lambda pair: (-pair[1].answers, pair[0]))
    return [
        {
            "code": code,
            "sentence": sentence_of(code, locale),
            "count": given_up.answers,
            "mean_min": given_up.minutes / given_up.known if given_up.known else None,
            "person_minutes": given_up.person_minutes,
            "bar": round(100.0 * given_up.answers / most, 1),
        }
        for code, given_up in rows
    ]


def _months(tally: Aggregate, locale: ReportLocale) -> tuple[bool, list[dict[str, object]]]:
    """Whether it is by year, for there are many months, and the landings of each, those without any among them."""
    periods: dict[str, Month] = {}
    names = _months_between(min(tally.months), max(tally.months)) if tally.months else []
    by_year = len(names) > _MOST_MONTHS
    for name in names:
        month = tally.months.get(name, Month())
        period = periods.setdefault(name[:4] if by_year else name, Month())
        period.landings += month.landings
        period.persons += month.persons
        period.person_minutes += month.person_minutes
    most = max((period.landings for period in periods.values()), default=1)
    return by_year, [
        {
            "name": name if by_year else locale.month(int(name[:4]), int(name[5:])),
            "landings": period.landings,
            "persons": round(period.persons),
            "person_minutes": period.person_minutes,
            "bar": round(100.0 * period.landings / most, 1),
        }
        for name, period in periods.items()
    ]


def _months_between(first: str, last: str) -> list[str]:
    """Every month from one to another, as ``2022-01``."""
    start, end = (12 * int(name[:4]) + int(name[5:]) - 1 for name in (first, last))
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(start, end + 1)]


def meaning_of(run: Run, code: str, locale: ReportLocale) -> str:
    """What a code of reading says, as a sentence: in English as the replay said it itself."""
    meaning = run.at("meaning")
    words = meaning if isinstance(meaning, Mapping) else {}
    english = str(words.get(code, code))
    known = (REJECT_TEXTS | NOTE_TEXTS).get(code)
    text = locale.of(english, english if known is None else known.fr)
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."


def _ports(tally: Aggregate, names: dict[str, str], countries: dict[str, str]) -> list[dict[str, object]]:
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
                "name": names[port],
                "country": countries[port],
                "count": int(totals[k]),
                "persons": round(float(tally.persons_by_port[k])),
                "spread": spread,
            }
        )
    return rows[:_MOST_PORTS]


def _reasons(tally: Aggregate, locale: ReportLocale) -> list[dict[str, object]]:
    most = max(tally.codes.values(), default=1)
    return [
        {
            "code": code,
            "sentence": sentence_of(code, locale),
            "count": count,
            "bar": round(100.0 * count / most, 1),
        }
        for code, count in _by_count(tally.codes)
    ]


def _history_rows(history: History | None) -> list[tuple[str, int]]:
    """What became of the encounters compared: keys of the catalogue and numbers, which add up."""
    if history is None:
        return []
    ways = (BY_FINDING, BY_NEAR_TIE, BY_RECORD, BY_DOUBT)
    explained = [(f"history_{way}", history.by_basis.get(way, 0)) for way in ways]
    rows = [("history_same", history.same), *explained, ("history_unexplained", history.unexplained)]
    return [(key, count) for key, count in rows if count or key in ("history_same", "history_unexplained")]


def _history_codes(history: History | None) -> list[tuple[str, list[tuple[str, int]]]]:
    """Codes of explained differences under their headings."""
    if history is None:
        return []
    headings = (("history_findings", BY_FINDING), ("history_records", BY_RECORD))
    return [(key, history.codes_of(basis)) for key, basis in headings]


def _fullness(occupancy: Occupancy | None, names: dict[str, str], locale: ReportLocale) -> str:
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
        (cell, locale.moment(hours[cell * together].astype(object))) for cell in range(0, cells - every // 2, every)
    ]
    labels = [
        f"{names.get(occupancy.ports[k], occupancy.ports[k])} ({locale.count(occupancy.places[k])})" for k in order
    ]
    return draw_fullness(labels, most[order], ticks, locale)


def _ages(run: Run, tally: Aggregate, locale: ReportLocale) -> list[tuple[str, str, str]]:
    """Each source, which edition was used, and how old it was or how far it reached."""
    say, count = locale.plain, locale.count
    pack = say("age_pack", id=run.text("geodata", "id"), at=run.text("geodata", "built_at"))
    used = say("age_tide_used", count=count(tally.with_tide), all=count(tally.outcomes.get("suitable", 0)))
    rows = [
        (say("age_coast"), pack, _age_of_pack(run, tally, locale)),
        (say("age_tide"), say("age_constants"), used),
    ]
    if run.streams:
        rows.append(
            (say("age_streams"), say("age_edition", edition=run.text("streams", "edition")), say("age_in_times"))
        )
    for forecast in run.forecasts:
        name = str(forecast.get("id", say("age_forecast")))
        rows.append((say("age_weather"), name, say("age_run", at=forecast.get("run_at", "?"))))
    reach = say("age_reach", count=count(tally.with_forecast), all=count(tally.rows))
    reach = reach if run.forecasts else say("age_no_forecast")
    rows.append((say("age_weather_reach"), forecasts_text(run, locale), reach))
    rows.append((say("age_live"), say("age_live_none"), say("age_live_reach")))
    return rows


def forecasts_text(run: Run, locale: ReportLocale) -> str:
    """How many forecasts a replay had."""
    number = len(run.forecasts)
    key = "no_forecast" if number == 0 else "one_forecast" if number == 1 else "forecasts"
    return locale.plain(key, count=number)


def _age_of_pack(run: Run, tally: Aggregate, locale: ReportLocale) -> str:
    try:
        built_s = datetime.fromisoformat(run.text("geodata", "built_at")).timestamp()
    except ValueError:
        return locale.plain("age_unknown")
    if tally.first_ms is None or tally.last_ms is None:
        return "-"
    since, days = ((built_s - at_ms / 1000.0) / (24 * 60 * MINUTE_S) for at_ms in (tally.last_ms, tally.first_ms))
    key = "age_before_first" if days < 0.0 else "age_before_last" if since < 0.0 else "age_after"
    return locale.plain(key, since=locale.count(since), days=locale.count(days))


def _limits(run: Run, tally: Aggregate, occupancy: Occupancy | None, locale: ReportLocale) -> list[str]:
    """What a reader may not conclude."""
    keys = ["advice", "history", "positions", "live" if occupancy is None else "live_but_places"]
    limits = [locale.plain(f"limit_{key}") for key in keys]
    if not run.forecasts:
        key = {None: "limit_no_forecast", True: "limit_atlas_only", False: "limit_calm_water"}
        limits.append(locale.plain(key[None if run.streams is None else bool(run.streams)]))
    limits.append(sentence_of("SURGE_NOT_INCLUDED", locale))
    limits += [locale.plain(f"limit_{key}") for key in ("regions", "assumed", "lines", "navigation")]
    if tally.persons_unknown:
        limits.append(locale.plain("limit_persons", count=locale.count(tally.persons_unknown)))
    return limits
