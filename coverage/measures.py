"""What a map can show: for each measure a colour, a hatch and words for each municipality.

All measures are read in one way. The colour is the worst that is not excluded. Hatching says
that it may be better. Grey says that nothing is known.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
import pandas as pd

from coverage.functions import STEPS
from coverage.i18n import N_, _, number
from coverage.labels import FUNCTION, FUNCTION_STATUS, PROVEN, RESTS_ON, STATUS
from coverage.palette import COLOURS, FAMILIES, ROOM, UNKNOWN_COLOUR
from coverage.vocabulary import LADDER, CoverageStatus, FigureStatus, Function, FunctionStatus
from coverage.wording import RATE_DIGITS, capital, families_a_year, interval, status_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from coverage.assessment import Assessment
    from coverage.vocabulary import OfferFilter

STATUS_MEASURE = "status"

UNKNOWN_STEP = -1
"""Step of what is not known."""


@dataclass(frozen=True)
class Quantity:
    """A measure in numbers, as an interval from ``<column>_low`` to ``<column>_high``.

    Attributes
    ----------
    label, explanation
        What it is, to be translated.
    column
        Of an assessment's municipalities.
    worst
        Which end of the interval gives the colour.
    per_1000
        Whether it is divided by the residents aged 0-17, in thousands.
    breaks
        Upper ends of the classes, after a class for nothing at all. They do not depend on what
        is shown, so that maps can be laid beside each other.
    colours
        Of the classes.
    rests_on
        What it is calculated from, and takes its status from.
    """

    label: str
    explanation: str
    column: str
    worst: Literal["low", "high"]
    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    rests_on: tuple[Literal["counts", "offers"], ...]
    per_1000: bool = False


@dataclass(frozen=True)
class Ladder:
    """A measure in steps of which one is proven and another is possible.

    Attributes
    ----------
    label, explanation
        What it is, to be translated.
    colours
        Of the steps, worst first.
    function
        The function that it is of; None for the coverage status.
    """

    label: str
    explanation: str
    colours: tuple[str, ...]
    function: Function | None = None


Measure = Quantity | Ladder

_AND = ";"  # between the statuses of one figure
_FEW = (2.0, 5.0, 10.0, 25.0)
_RATES = (0.5, 1.0, 1.5, 2.0)
_FUNCTION_COLOURS = (
    COLOURS[CoverageStatus.WITHOUT_COORDINATION],
    COLOURS[CoverageStatus.COORDINATION_NOT_DESCRIBED],
    COLOURS[CoverageStatus.SHORT_OF_CAPACITY],
)
_OF_A_FUNCTION = N_(
    "What is known of this function, in any offer of family support that meets the choice "
    "“Only offers that are”. The best offer counts."
)

MEASURES: dict[str, Measure] = {
    STATUS_MEASURE: Ladder(
        N_("Status"),
        N_("How far the offer goes: from no voluntary offer to covered."),
        tuple(COLOURS.values()),
    ),
    "gap": Quantity(
        N_("Gap: families without care coordination"),
        N_("Families that voluntary support could help, and for whom there is no room."),
        "gap",
        "high",
        _FEW,
        FAMILIES,
        ("counts", "offers"),
    ),
    "gap_per_1000": Quantity(
        N_("Gap per 1,000 residents aged 0-17"),
        N_("The gap, divided by the number of young residents."),
        "gap",
        "high",
        _RATES,
        FAMILIES,
        ("counts", "offers"),
        per_1000=True,
    ),
    "demand": Quantity(
        N_("Demand: families that voluntary support could help"),
        N_("Estimated from the number of supervision orders."),
        "demand",
        "high",
        _FEW,
        FAMILIES,
        ("counts",),
    ),
    "capacity": Quantity(
        N_("Capacity with care coordination"),
        N_("Families that the offers with care coordination have room for."),
        "capacity",
        "low",
        _FEW,
        ROOM,
        ("offers",),
    ),
    **{
        str(function): Ladder(FUNCTION[function], _OF_A_FUNCTION, _FUNCTION_COLOURS, function)
        for function in Function
    },
}
"""The measures by name, in the order to offer them."""


@dataclass(frozen=True)
class LegendRow:
    """A line of the legend.

    Attributes
    ----------
    step
        Position in the measure's colours, or `UNKNOWN_STEP`.
    colour
        Hexadecimal.
    plain, hatched
        What the colour says, plain and hatched; empty where that cannot be.
    """

    step: int
    colour: str
    plain: str
    hatched: str


def paint(
    assessment: Assessment, measure: str, *, only: Collection[OfferFilter] = ()
) -> pd.DataFrame:
    """Colour, hatch and words of each municipality.

    Parameters
    ----------
    assessment
        What is shown.
    measure
        Name in `MEASURES`.
    only
        For a function: which offers to look at.

    Returns
    -------
    pandas.DataFrame
        Indexed by gm_code: step (position in the measure's colours, `UNKNOWN_STEP` where
        nothing is known), colour (hexadecimal), hatched, known, and words in the language
        of this context, one line.
    """
    shown = MEASURES[measure]
    if isinstance(shown, Quantity):
        painted = _paint_quantity(assessment, shown)
    elif shown.function is None:
        painted = _paint_status(assessment)
    else:
        painted = _paint_function(assessment.function(shown.function, only=only))
    # The grey of what is not known is the last, which is where -1 points to.
    colours = np.array([*shown.colours, UNKNOWN_COLOUR])
    return painted.assign(
        colour=colours[painted["step"].to_numpy()], known=painted["step"] != UNKNOWN_STEP
    )


def legend_rows(measure: str) -> list[LegendRow]:
    """Lines of the legend of a measure, from much to little; what is not known comes last.

    Parameters
    ----------
    measure
        Name in `MEASURES`.
    """
    shown = MEASURES[measure]
    if isinstance(shown, Quantity):
        texts = _class_texts(shown)
    elif shown.function is None:
        proven = [capital(_(PROVEN[rung])) for rung in LADDER[:-1]]
        texts = [
            (capital(_(STATUS[rung])), text)
            for rung, text in zip(LADDER, [*proven, _NEVER], strict=True)
        ]
    else:
        texts = [
            (capital(_(FUNCTION_STATUS[step])), capital(_(_FUNCTION_LEGEND[step])))
            for step in STEPS
        ]
    rows = [
        LegendRow(step, colour, *text)
        for step, (colour, text) in enumerate(zip(shown.colours, texts, strict=True))
    ]
    unknown = _("Not known: nothing is proven. That is not the same as no offer.")
    if isinstance(shown, Quantity):
        unknown = _("Not known. That is not the same as none.")
    return [*reversed(rows), LegendRow(UNKNOWN_STEP, UNKNOWN_COLOUR, unknown, "")]


_NEVER = ""
"""Text of the best step, hatched: nothing is better, so it is always certain."""

_MAY_BE_PRESENT: dict[str, str] = {
    FunctionStatus.NOT_DESCRIBED: N_("not described; may be present in another offer"),
    FunctionStatus.ABSENT: N_("an offer without it; may be present in another offer"),
}

_FUNCTION_LEGEND: dict[str, str] = {
    FunctionStatus.ABSENT: N_("not present as far as known; may be better"),
    FunctionStatus.NOT_DESCRIBED: _MAY_BE_PRESENT[FunctionStatus.NOT_DESCRIBED],
    FunctionStatus.PRESENT: _NEVER,
}
"""Hatched texts of the steps of a function, for whatever may be possible beside them."""


def _paint_status(assessment: Assessment) -> pd.DataFrame:
    rows = assessment.municipalities
    rungs = {str(rung): rung.rung for rung in LADDER}
    step = rows["status_at_least"].map(rungs).where(rows["known"], UNKNOWN_STEP).astype(int)
    words = [
        _("{status}. Gap: {families}", status=capital(status), families=gap)
        for status, gap in zip(
            _words(
                [rows["status_at_least"], rows["certain"], rows["known"]],
                lambda rung, certain, known: status_words(rung, certain=certain, known=known),
            ),
            _interval_words(
                rows["gap_low"],
                rows["gap_high"],
                _figure_status(assessment, cast("Quantity", MEASURES["gap"])),
                families_a_year,
            ),
            strict=True,
        )
    ]
    return pd.DataFrame(
        {"step": step, "hatched": rows["known"] & ~rows["certain"], "words": words},
        index=rows.index,
    )


def _paint_function(found: pd.DataFrame) -> pd.DataFrame:
    ranks = {str(step): rank for rank, step in enumerate(STEPS)}
    step = found["at_least"].map(ranks).where(found["known"], UNKNOWN_STEP).astype(int)
    hatched = found["known"] & ~found["certain"]

    columns = [found["at_least"], found["at_most"], found["known"]]
    words = _words(columns, lambda *known: capital(_function_words(*known)))
    return pd.DataFrame({"step": step, "hatched": hatched, "words": words}, index=found.index)


def _function_words(at_least: str, at_most: str, known: bool) -> str:
    if not known:
        return _(FUNCTION_STATUS[FunctionStatus.UNKNOWN])
    if at_least == at_most:
        return _(FUNCTION_STATUS[at_least])
    if at_most == FunctionStatus.PRESENT:
        return _(_MAY_BE_PRESENT[at_least])
    return _("not present: absent or not described")


def _paint_quantity(assessment: Assessment, shown: Quantity) -> pd.DataFrame:
    rows = assessment.municipalities
    low, high = rows[f"{shown.column}_low"], rows[f"{shown.column}_high"]
    if shown.per_1000:
        thousands = (rows["residents_0_17"] / 1000).where(rows["residents_0_17"] > 0)
        low, high = low / thousands, high / thousands
    high = high.replace(math.inf, math.nan)
    first, last = _classes(low, shown.breaks), _classes(high, shown.breaks)
    worst = first if shown.worst == "low" else last
    # From nothing up to no known bound says nothing at all.
    nothing = ((low == 0) & high.isna()) | low.isna()
    step = pd.Series(worst, index=rows.index).mask(nothing, UNKNOWN_STEP)
    status = _figure_status(assessment, shown)
    worded = _interval_words(low, high, status, _rate if shown.per_1000 else families_a_year)
    return pd.DataFrame(
        {
            "step": step,
            "hatched": (step != UNKNOWN_STEP) & (first != last),
            "words": [capital(text) for text in worded],
        },
        index=rows.index,
    )


def _figure_status(assessment: Assessment, shown: Quantity) -> pd.Series[str]:
    """Status of what each figure rests on, joined by ``;``; empty where it needs no mark.

    See `Quantity.rests_on`.
    """
    rows = assessment.municipalities
    observed, example = str(FigureStatus.OBSERVED), str(FigureStatus.EXAMPLE)
    status = pd.Series("", index=rows.index, dtype=object)
    if "counts" in shown.rests_on:
        status = rows["count_status"].astype(object)
    if shown.per_1000:
        estimated = rows["residents_0_17_status"] == FigureStatus.ESTIMATED
        status = status.mask(estimated & (status != example), str(FigureStatus.ESTIMATED))
    if "offers" in shown.rests_on and assessment.is_example:
        status = status.mask(status.isin(["", observed]), example)
        return status.where(status == example, status + _AND + example)
    return status


def _classes(values: pd.Series, breaks: tuple[float, ...]) -> pd.Series:
    """Class of each value: 0 for nothing, then up to and including each break.

    What has no known upper bound falls in the last class.
    """
    found = np.searchsorted(np.array(breaks), values.to_numpy(dtype=float), side="left") + 1
    return pd.Series(np.where(values == 0, 0, found), index=values.index)


def _class_texts(shown: Quantity) -> list[tuple[str, str]]:
    """Plain and hatched text of each class of a quantity."""
    ends = [number(value, 1) for value in shown.breaks]
    plain = [
        _("none"),
        _("up to {high}", high=ends[0]),
        *(_("{low} to {high}", low=a, high=b) for a, b in itertools.pairwise(ends)),
        _("more than {low}", low=ends[-1]),
    ]
    if shown.worst == "high":
        hatched = [
            "",
            *(_("at most {high}, may be less", high=end) for end in ends),
            _("may be more than {low}", low=ends[-1]),
        ]
    else:
        hatched = [
            _("perhaps none"),
            _("at least a few"),
            *(_("at least {low}", low=end) for end in ends[:-1]),
            _NEVER,
        ]
    return [(capital(one), capital(other)) for one, other in zip(plain, hatched, strict=True)]


_rate = partial(interval, digits=RATE_DIGITS)


def _interval_words(
    low: pd.Series, high: pd.Series, status: pd.Series, write: Callable[[float, float], str]
) -> list[str]:
    """Interval of each municipality in words, with a mark of what it was calculated from."""

    def words(low: float, high: float, status: str) -> str:
        figure = write(low, high)
        nothing = math.isnan(low) or (low == 0 and not math.isfinite(high))
        if nothing or not status:
            return figure
        said = ", ".join(_(RESTS_ON[one]) for one in status.split(_AND))
        return _("{figure} ({status})", figure=figure, status=said)

    return _words([low.round(3), high.round(3), status], words)


def _words(columns: list[pd.Series], write: Callable[..., str]) -> list[str]:
    """Words of each row; rows that are equal are put into words once."""
    rows = list(zip(*columns, strict=True))
    # NaN is not equal to itself, so it is looked up by its own text.
    written = {repr(row): row for row in rows}
    texts = {key: write(*row) for key, row in written.items()}
    return [texts[repr(row)] for row in rows]
