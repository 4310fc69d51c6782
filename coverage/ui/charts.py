"""Charts as HTML tables: they print, are read aloud, and carry the hatches of the map.

A chart is a table of a name and a value in words; the bar beside the words is for the eye
alone. Put it in the page with `coverage.ui.markup.show`.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, cast

import numpy as np

from coverage.i18n import _, ngettext, number
from coverage.labels import UNKNOWN
from coverage.maps import background
from coverage.palette import COLOURS, UNKNOWN_COLOUR
from coverage.ui.bars import drawn
from coverage.vocabulary import CoverageStatus
from coverage.wording import listed, status_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

_TICKS = 5  # steps on an axis, at most
_ROOM = 0.05  # of a bar: less has no room for a number


def interval_bars(
    bars: pd.DataFrame,
    *,
    caption: str,
    headings: tuple[str, str, str],
    tick: Callable[[float], str],
    middle: float | None = None,
) -> str:
    """Chart of intervals on one axis that begins at 0.

    Parameters
    ----------
    bars
        One row a bar, in the order to show: label, low, high, words (the interval as text)
        and note (a text that is shown beside it). A high of NaN has no known upper bound; a
        low of NaN is not known at all.
    caption
        What the chart shows, with its unit.
    headings
        Over the labels, the intervals and the notes.
    tick
        Gives the text of a number on the axis.
    middle
        Where given, a bar runs from the lower end to the upper one instead of from 0, and a line
        stands at this value.

    Returns
    -------
    str
        HTML of a table with class ``coverage-bars``. A bar without upper bound ends in an arrow.
    """
    finite = bars[["low", "high"]].to_numpy(dtype=float)
    marks = ticks(float(finite[np.isfinite(finite)].max(initial=0.0)))
    rows = "".join(
        f"<tr><th scope='row'>{escape(label)}</th><td><span class='pair'>"
        f"{_bar(low, high, marks[-1], middle)}<span class='words'>{escape(words)}</span></span>"
        f"</td><td>{escape(note)}</td></tr>"
        for label, low, high, words, note in zip(
            *(bars[column] for column in ("label", "low", "high", "words", "note")), strict=True
        )
    )
    name, value, note = (escape(text) for text in headings)
    return (
        f"<table class='coverage-bars'><caption>{escape(caption)}</caption>"
        f"<thead><tr><th scope='col'>{name}</th><th scope='col'>{value}{_axis(marks, tick)}</th>"
        f"<th scope='col'>{note}</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def ticks(largest: float) -> list[float]:
    """Round numbers for an axis from 0 that holds `largest`: steps of 1, 2 or 5, or ten times.

    Examples
    --------
    >>> ticks(282.6)
    [0.0, 100.0, 200.0, 300.0]
    >>> ticks(1.0)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    if largest <= 0:
        return [0.0, 1.0]
    power = 10.0 ** math.floor(math.log10(largest / _TICKS))
    sizes = [step * power for step in (1, 2, 5, 10)]
    size = next(size for size in sizes if largest <= size * _TICKS * (1 + 1e-9))
    count = math.ceil(largest / size - 1e-9)
    return [round(place * size, 9) for place in range(count + 1)]


def _axis(marks: list[float], tick: Callable[[float], str]) -> str:
    texts = "".join(
        f"<span style='left:{_percent(mark, marks[-1])}'>{escape(tick(mark))}</span>"
        for mark in marks
    )
    return (
        "<span class='pair' aria-hidden='true'><span class='axis'>"
        f"{texts}</span><span class='words'></span></span>"
    )


def _bar(low: float, high: float, whole: float, middle: float | None) -> str:
    """Bar of an interval on its track; nothing for an interval that says nothing."""
    if middle is not None:
        left, width = _percent(low, whole), _percent(high - low, whole)
        return (
            "<span class='track' aria-hidden='true'>"
            f"<span class='swing' style='left:{left};width:{width}'></span>"
            f"<span class='middle' style='left:{_percent(middle, whole)}'></span></span>"
        )
    bar = drawn(low, high, whole) or "<span class='nothing'></span>"
    return f"<span class='track' aria-hidden='true'>{bar}</span>"


def _percent(value: float, whole: float) -> str:
    return f"{100 * value / whole:.2f}%"


def stacked_statuses(
    labels: Sequence[str], counts: pd.DataFrame, *, caption: str, name: str
) -> str:
    """Chart of the statuses of municipalities: one bar a region, as long as all of them.

    Parameters
    ----------
    labels
        Name of each region, in the order of `counts`.
    counts
        What `coverage.comparison.statuses` gives.
    caption
        What the chart shows.
    name
        Heading over the labels.

    Returns
    -------
    str
        HTML of a table with class ``coverage-bars``: from the worst rung to the best, and what
        is not known last; hatched where it is proven at least.
    """
    rows = "".join(
        f"<tr><th scope='row'>{escape(label)}</th><td>{_stack(row)}</td></tr>"
        for label, (_region, row) in zip(labels, counts.iterrows(), strict=True)
    )
    value = _("Municipalities")
    return (
        f"<table class='coverage-bars stacked'><caption>{escape(caption)}</caption>"
        f"<thead><tr><th scope='col'>{escape(name)}</th><th scope='col'>{escape(value)}</th></tr>"
        f"</thead><tbody>{rows}</tbody></table>"
    )


def _stack(counts: pd.Series[int]) -> str:
    total = max(int(counts.sum()), 1)
    parts, said = [], []
    for key, count in counts.items():
        status, certain = cast("tuple[str, bool]", key)
        if not count:
            continue
        words = segment_words(status, certain=certain, count=count)
        said.append(words)
        text = f"<b>{number(count)}</b>" if count / total >= _ROOM else ""
        fill = background(_colour(status), hatched=status != UNKNOWN and not certain)
        parts.append(
            f"<span title='{escape(words)}' style='flex-grow:{count};background:{fill}'>"
            f"{text}</span>"
        )
    return (
        f"<span class='stack' aria-hidden='true'>{''.join(parts)}</span>"
        f"<span class='aside'>{escape(listed(said))}</span>"
    )


def segment_words(status: str, *, certain: bool, count: int) -> str:
    """What a part of a stacked bar says: ``3: covered``.

    Parameters
    ----------
    status
        A rung of the ladder, or ``unknown``.
    certain
        Whether it is certain, or proven at least.
    count
        Municipalities.
    """
    text = status_words(status, certain=certain, known=status != UNKNOWN)
    return ngettext(
        "{count} municipality: {status}", "{count} municipalities: {status}", count, status=text
    )


def _colour(status: str) -> str:
    return UNKNOWN_COLOUR if status == UNKNOWN else COLOURS[CoverageStatus(status)]
