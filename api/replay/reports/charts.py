"""Charts of a replay as SVG: a distribution of times, and how full ports were over time."""

from collections.abc import Sequence
from html import escape
from itertools import product

import numpy as np

from api.replay.analysis.aggregate import Spread
from api.replay.reports.locale import ReportLocale

WIDTH = 1000.0
_STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240)
"""Widths of a bar of the distribution. [min]"""

_MOST_BARS = 36
FULLNESS = (
    (0.0, "#eef2f5"), (0.25, "#fde3c0"), (0.5, "#fdbb84"), (0.75, "#e8743b"), (0.9, "#b3340f"), (1.0, "#5a0d0d"),
)  # fmt: skip
"""Least share of the places taken, and its colour: light to dark, so that a grey print keeps the order."""


def draw_times(by_minute: np.ndarray, spread: Spread, locale: ReportLocale) -> tuple[str, int]:
    """A histogram of times to a landing with its percentiles.

    Parameters
    ----------
    by_minute : ndarray of int64
        How many answers took each number of minutes; the last one stands for all that took longer.
    spread : Spread
        Of the same.
    locale : ReportLocale

    Returns
    -------
    svg : str
    step : int
        Width of a bar. [min]
    """
    if spread.count == 0 or spread.p99 is None or spread.longest is None:
        return "", 0
    shown = min(spread.longest, max(spread.p99 + spread.p99 // 10, 10))
    step = next((size for size in _STEPS if (shown + 1) / size <= _MOST_BARS), _STEPS[-1])
    bars = -(-(shown + 1) // step)
    padded = np.zeros(bars * step, np.int64)
    size = min(len(by_minute), len(padded))
    padded[:size] = by_minute[:size]
    counts = padded.reshape(bars, step).sum(axis=1)
    beyond = spread.count - int(counts.sum())
    left, right, top, foot = 58.0, WIDTH - 14.0, 48.0, 258.0
    slots = bars + (1 if beyond else 0)
    wide = (right - left) / slots
    most = max(int(counts.max()), beyond)
    per = (foot - top) / most
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH:.0f} 304" role="img" aria-label="{locale.say("time_label")}" '
        'xmlns="http://www.w3.org/2000/svg">'
    ]
    for line in _round_steps(most):
        y = foot - line * per
        parts.append(f'<path class="grid" d="M{left} {y:.1f}H{right}"/>')
        parts.append(f'<text class="tick" x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{locale.count(line)}</text>')
    for k, count in enumerate([*counts.tolist(), *([beyond] if beyond else [])]):
        low, high = k * step, (k + 1) * step
        what = locale.say("time_bar", low=low, high=high) if k < bars else locale.say("time_beyond", low=bars * step)
        title = locale.say("bar", what=what, count=locale.count(count))
        kind = "bar" if k < bars else "bar beyond"
        parts.append(
            f'<rect class="{kind}" x="{left + k * wide + 0.8:.1f}" y="{foot - count * per:.1f}" '
            f'width="{wide - 1.6:.1f}" height="{count * per:.1f}"><title>{title}</title></rect>'
        )
    every = max(1, round(slots / 12))
    for k in range(0, bars + 1, every):
        parts.append(
            f'<text class="tick" x="{left + k * wide:.1f}" y="{foot + 18}" text-anchor="middle">{k * step}</text>'
        )
    parts.append(
        f'<text class="axis" x="{(left + right) / 2}" y="{foot + 38}" text-anchor="middle">'
        f"{locale.say('time_axis')}</text>"
    )
    parts.append(f'<path class="base" d="M{left} {foot}H{right}"/>')
    parts.extend(_percentile_lines(spread, locale, left, wide / step, top, foot, right))
    return "".join([*parts, "</svg>"]), step


def _percentile_lines(
    spread: Spread, locale: ReportLocale, left: float, per_min: float, top: float, foot: float, right: float
) -> Sequence[str]:
    """Upright lines at half, nine tenths and ninety-nine hundredths, with labels that no line runs through."""
    marks = []
    for share, minutes in ((50, spread.p50), (90, spread.p90), (99, spread.p99)):
        if minutes is not None:
            text = locale.plain("half_within" if share == 50 else "share_within", share=share, minutes=minutes)
            marks.append((min(left + (minutes + 0.5) * per_min, right), text))
    parts: list[str] = []
    for (x, text), (height, flip) in zip(marks, _label_places(marks, right), strict=True):
        y = top - 34.0 + 14.0 * height
        anchor, at = ("end", x - 4.0) if flip else ("start", x + 4.0)
        parts.append(f'<path class="percentile" d="M{x:.1f} {y - 9:.1f}V{foot}"/>')
        parts.append(f'<text class="percentile" x="{at:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>')
    return parts


def _label_places(marks: Sequence[tuple[float, str]], right: float) -> Sequence[tuple[int, bool]]:
    """For each label its height, 0 the uppermost, and whether it stands left of its line.

    Every line runs down from its own label. Of the places where no label covers another or is crossed by a line, those
    are taken that are highest and right of their lines.
    """
    places = [(height, flip) for height in range(len(marks)) for flip in (False, True)]
    ways = sorted(product(places, repeat=len(marks)), key=lambda way: sum(height + 2 * flip for height, flip in way))
    return next((way for way in ways if _is_clear(marks, way, right)), ways[0])


def _is_clear(marks: Sequence[tuple[float, str]], way: Sequence[tuple[int, bool]], right: float) -> bool:
    spans = []
    for (x, text), (height, flip) in zip(marks, way, strict=True):
        wide = 8.2 * len(text) + 8.0
        spans.append((x - wide, x, height) if flip else (x, x + wide, height))
    for k, (begin, end, height) in enumerate(spans):
        if begin < 0.0 or end > right:
            return False
        for j, (other_begin, other_end, other_height) in enumerate(spans):
            covered = other_height == height and other_begin < end and begin < other_end
            crossed = other_height <= height and begin < marks[j][0] < end
            if j != k and (covered or crossed):
                return False
    return True


def draw_hours(by_hour: np.ndarray, locale: ReportLocale) -> str:
    """Encounters by hour of the day, UTC, as small bars."""
    most = int(by_hour.max(initial=0))
    if most == 0:
        return ""
    label = locale.say("hours_label")
    parts = [f'<svg class="chart" viewBox="0 0 1000 130" role="img" aria-label="{label}">']
    wide = (WIDTH - 72.0) / 24.0
    for hour, count in enumerate(by_hour.tolist()):
        x, high = 58.0 + hour * wide, 84.0 * count / most
        title = locale.say("hours_bar", low=f"{hour:02d}", high=f"{hour + 1:02d}", count=locale.count(count))
        parts.append(
            f'<rect class="bar" x="{x + 1:.1f}" y="{96 - high:.1f}" width="{wide - 2:.1f}" height="{high:.1f}">'
            f"<title>{title}</title></rect>"
        )
        if hour % 3 == 0:
            parts.append(f'<text class="tick" x="{x + wide / 2:.1f}" y="112" text-anchor="middle">{hour:02d}</text>')
    parts.append('<path class="base" d="M58 96H986"/>')
    parts.append(f'<text class="tick" x="52" y="16" text-anchor="end">{locale.count(most)}</text></svg>')
    return "".join(parts)


def draw_fullness(
    names: Sequence[str], shares: np.ndarray, ticks: Sequence[tuple[int, str]], locale: ReportLocale
) -> str:
    """How full ports were over time: one row a port, one cell a span of time.

    Parameters
    ----------
    names : sequence of str
        Of the ports, one a row.
    shares : ndarray of float64, shape (rows, cells)
        Greatest share of the places taken in each span.
    ticks : sequence of (int, str)
        Cell and label along the axis of time.
    locale : ReportLocale
    """
    rows, cells = shares.shape
    if rows == 0 or cells == 0:
        return ""
    left, high = 190.0, 22.0
    wide = (WIDTH - left - 10.0) / cells
    tall = rows * high + 40.0
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH:.0f} {tall:.0f}" role="img" aria-label="{locale.say("full_label")}" '
        'xmlns="http://www.w3.org/2000/svg">'
    ]
    for row, name in enumerate(names):
        y = 4.0 + row * high
        parts.append(
            f'<text class="tick" x="{left - 8}" y="{y + 15:.1f}" text-anchor="end">{escape(name)}</text>'
            f'<rect fill="{FULLNESS[0][1]}" x="{left}" y="{y:.1f}" width="{cells * wide:.1f}" height="{high - 3}"/>'
        )
        for cell, share in enumerate(shares[row].tolist()):
            if share > 0.0:
                title = locale.say("full_cell", port=name, share=f"{100.0 * share:.0f}")
                parts.append(
                    f'<rect fill="{_colour(share)}" x="{left + cell * wide:.1f}" y="{y:.1f}" '
                    f'width="{wide + 0.3:.1f}" height="{high - 3}">'
                    f"<title>{title}</title></rect>"
                )
    foot = 4.0 + rows * high
    for cell, label in ticks:
        x = left + cell * wide
        parts.append(f'<path class="base" d="M{x:.1f} {foot}v4"/>')
        parts.append(f'<text class="tick" x="{x:.1f}" y="{foot + 18:.1f}">{escape(label)}</text>')
    return "".join([*parts, "</svg>"])


def _colour(share: float) -> str:
    # A port is full at its last place, not at a rounding of it.
    return next((colour for least, colour in reversed(FULLNESS) if share >= least - 1e-9), FULLNESS[0][1])


def _round_steps(most: int) -> list[int]:
    """Three to five round figures up to the greatest."""
    size = 1
    while most / size > 5.0:
        size = size * 2 if str(size)[0] in "15" else size * 5 // 2
    return list(range(size, most + 1, size))
