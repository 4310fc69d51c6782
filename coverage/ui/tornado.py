"""What moves a gap most, as a chart in words: a bar for each thing that is not exactly known."""

from __future__ import annotations

import math
from functools import partial

import pandas as pd

from coverage.gap_table import unit_words
from coverage.i18n import N_, _, number
from coverage.regional import MIXED
from coverage.ui import charts
from coverage.ui.pieces import heading, paragraph
from coverage.uncertainty import Factor
from coverage.wording import families_a_year, interval, listed

FACTOR: dict[str, str] = {
    Factor.SHARE_EXTENDED: N_("Share of the extended orders"),
    Factor.IMPOSED_RANGE: N_("Orders imposed: range of the number"),
    Factor.IMPOSED_CHANCE: N_("Orders imposed: chance"),
    Factor.EXTENDED_RANGE: N_("Orders extended: range of the number"),
    Factor.EXTENDED_CHANCE: N_("Orders extended: chance"),
    Factor.CAPACITY: N_("Capacity with care coordination"),
}
"""What may move a gap, as people read it."""

TITLE = N_("What moves the gap most")

_CHANCE = (Factor.IMPOSED_CHANCE, Factor.EXTENDED_CHANCE)
_STILL = 0.05
"""Families a year; what moves a gap by less cannot be seen in a figure of one decimal."""


def section(moves: pd.DataFrame, *, level: int = 2) -> str:
    """Section with the chart of one municipality.

    Parameters
    ----------
    moves
        What `coverage.uncertainty.what_moves` gives.
    level
        Level of its heading.

    Returns
    -------
    str
        HTML for `coverage.ui.markup.show`.
    """
    title, drawn = heading(_(TITLE), level), chart(moves, _("Gap, families a year"))
    return f"<section class='coverage-tornado'>{title}{drawn}</section>"


def chart(moves: pd.DataFrame, caption: str) -> str:
    """Chart with what it means in words.

    Parameters
    ----------
    moves
        What `coverage.uncertainty.what_moves_region` gives.
    caption
        What the chart shows; plain text.

    Returns
    -------
    str
        HTML. Capacity that is not known is said to be so, and what moves nothing is listed
        under the chart.
    """
    middle = float(moves["middle"].iloc[0])
    gap = families_a_year(middle, middle)
    moving = moves[moves["swing"] >= _STILL]
    if moving.empty:
        return paragraph(
            _(
                "Nothing moves the gap by itself: with one thing at its lowest or its highest, and "
                "the rest in the middle, it stays {gap}.",
                gap=gap,
            )
        )
    bars = pd.DataFrame(
        {
            "label": [_(FACTOR[factor]) for factor in moving.index],
            "low": moving["low"],
            "high": moving["high"],
            "words": list(map(interval, moving["low"], moving["high"])),
            "note": [ends(str(factor), row) for factor, row in moving.iterrows()],
        }
    )
    lead = _(
        "A bar shows the gap when one thing goes from its lowest to its highest, and the rest "
        "stays in the middle. The longest bar moves the gap most. The line is the gap with "
        "everything in the middle, and only the capacity that is proven: {gap}.",
        gap=gap,
    )
    drawn = charts.interval_bars(
        bars,
        caption=caption,
        headings=(_("What"), _("Gap"), _("From … to")),
        tick=partial(number, digits=2),
        middle=middle,
    )
    after = "".join(map(paragraph, _remarks(moves)))
    return f"{paragraph(lead)}<div class='coverage-wordy coverage-swings'>{drawn}</div>{after}"


def _remarks(moves: pd.DataFrame) -> list[str]:
    """What the chart does not show."""
    said = []
    if moves["value_high"].isna()[Factor.CAPACITY]:
        said.append(
            _(
                "It is not known how much capacity there may be beside what is proven. It may be "
                "enough for everyone, and it may be nothing."
            )
        )
    if (moves["swing"].reindex(_CHANCE) >= _STILL).any():
        said.append(
            _(
                "Range: between which numbers the source lets the count lie. Chance: a count turns "
                "out higher in one year than in another, also when nothing changes."
            )
        )
    still = moves.index[moves["swing"] < _STILL]
    if len(still):
        names = listed([_(FACTOR[factor]) for factor in still])
        said.append(_("Moves the gap hardly or not: {names}.", names=names))
    said.append(
        _(
            "The share of the imposed orders, the children per family and the measures per child "
            "have no range, as no source gives one. See on the page Scenarios what they do."
        )
    )
    return said


def ends(factor: str, row: pd.Series) -> str:
    """Lowest and highest value of a factor itself, in words with its unit.

    Parameters
    ----------
    factor
        A value of `coverage.uncertainty.Factor`.
    row
        Its row of what `coverage.uncertainty.what_moves` gives.
    """
    low, high, unit = float(row["value_low"]), float(row["value_high"]), str(row["unit"])
    if factor == Factor.CAPACITY:
        most = _("not known") if math.isnan(high) else interval(high, high)
        return _("proven: {proven}; possible: {most}", proven=interval(low, low), most=most)
    if unit == "share":
        shares = (f"{number(100 * share, 2)}%" for share in (low, high))
        return _("{low} to {high}", **dict(zip(("low", "high"), shares, strict=True)))
    if unit == MIXED or math.isnan(low):
        return _("counted in different units")
    return f"{interval(low, high)} {unit_words(unit)}"
