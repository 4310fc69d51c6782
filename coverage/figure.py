"""A figure that knows where it comes from.

It is a tree. Its parts are what it was calculated from, down to what a source, the
register or a setting says; `recalculate` makes a figure out of its parts again, so that a tree
cannot tell another story than the calculation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from coverage import demand as demand_step
from coverage.gap import ROUNDING
from coverage.i18n import N_, _, number, percent
from coverage.labels import ANSWER, FIGURE_STATUS, RESTS_ON, STATUS, UNIT, UNKNOWN
from coverage.status import COORDINATED
from coverage.vocabulary import LADDER, CoverageStatus
from coverage.wording import date_words

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = float | bool | str | None
"""A number, an answer, a word; None where it is not known or has no bound."""


class Step(StrEnum):
    """How a figure is made of its parts, in their order."""

    GIVEN = "given"
    """Not calculated here: a source, the register or a setting says it."""
    PROTECTED = "protected"
    """Kept back, so that no family can be recognised; its bounds are known."""
    OPEN = "open"
    """It has no known upper bound."""
    SUM = "sum"
    SUM_KNOWN = "sum_known"
    """Sum of the parts that are known: at the low end the others add nothing."""
    PRODUCT = "product"
    QUOTIENT = "quotient"
    INVERSE = "inverse"
    DIFFERENCE = "difference"
    SHORT = "short"
    """First part less the second, and not below 0; an open second part leaves 0."""
    PORTION = "portion"
    """First part times the second, divided by the third."""
    FIRST = "first"
    """The first part is taken; the others say less."""
    LEAST = "least"
    MOST = "most"
    SPREAD_LOW = "spread_low"
    """Lower end of chance round the first part; the second is the confidence."""
    SPREAD_HIGH = "spread_high"
    BEST = "best"
    """Highest rung of the parts; the lowest rung without any."""
    COVERED = "covered"
    """Rung of the first part; covered where it has coordination and the second part is 0."""
    SAME = "same"
    """Whether the two parts are equal."""


RULE: dict[Step, str] = {
    Step.PROTECTED: N_("Protected: the number is not shown, so that no family can be recognised"),
    Step.OPEN: N_("No upper bound is known"),
    Step.SUM: N_("All parts added up"),
    Step.SUM_KNOWN: N_("The parts that are known, added up; the others may add to it"),
    Step.PRODUCT: N_("The parts multiplied"),
    Step.QUOTIENT: N_("The first part divided by the second"),
    Step.INVERSE: N_("1 divided by the part"),
    Step.DIFFERENCE: N_("The first part less the second"),
    Step.SHORT: N_("The first part less the second, and not below 0"),
    Step.PORTION: N_("The first part times the second, divided by the third"),
    Step.FIRST: N_("The first part is taken, as it says most"),
    Step.LEAST: N_("The smallest of the parts"),
    Step.MOST: N_("The largest of the parts"),
    Step.SPREAD_LOW: N_(
        "An estimate may differ by chance: the low end of a Poisson distribution round it"
    ),
    Step.SPREAD_HIGH: N_(
        "An estimate may differ by chance: the high end of a Poisson distribution round it"
    ),
    Step.BEST: N_("The best of the offers decides"),
    Step.COVERED: N_("Covered, if there is care coordination and no gap; else as the offers are"),
    Step.SAME: N_("Yes, if both parts are the same"),
}
"""What each step does, to be translated; a figure may say it more precisely."""

_UNITS: dict[str, str] = {
    **UNIT,
    "families": N_("families"),
    "residents": N_("residents"),
    "municipalities": N_("municipalities"),
    "coordinators": N_("coordinators"),
}
_CALCULATED = ("families", "coordinators")  # units in which nothing is observed
_FLOW = N_("{figure} a year")
_RUNGS = {UNKNOWN: 0, **{str(rung): rung.rung for rung in LADDER}}
_DIGITS = ((1.0, 4), (20.0, 2), (math.inf, 1))
"""Decimals that are shown below a size: enough to follow the calculation."""


@dataclass(frozen=True)
class Figure:
    """One figure, and what it was made of.

    Attributes
    ----------
    name
        Column, setting or step: the same in every language.
    label
        What it is, in the language in which the tree was made.
    value
        None where it is not known, is protected, or has no upper bound: `step` tells.
    low, high
        Range of a count: of its source, or what can be told of a protected one.
    unit
        ``children``, ``families``, ``measures``, ``residents``, ``share``, ...; empty for words.
    flow
        Whether it is of a year (a flow), and not of one moment (a stock).
    status
        A value of `coverage.vocabulary.FigureStatus`, ``mixed``, or empty for a step.
    source, date
        Where it was found, and of when; empty for what was calculated.
    step
        How it follows from its parts.
    rule
        The same in words.
    parts
        What it was made of, in the order of the step.
    """

    name: str
    label: str
    value: Value
    unit: str = ""
    flow: bool = False
    low: float | None = None
    high: float | None = None
    status: str = ""
    source: str = ""
    date: str = ""
    step: Step = Step.GIVEN
    rule: str = ""
    parts: tuple[Figure, ...] = ()

    def walk(self) -> Iterator[Figure]:
        """Yield this figure and all below it, each before its parts."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def shown(self) -> str:
        """Value with its unit, as people read it."""
        if self.value is None:
            return self._without_value()
        if isinstance(self.value, bool):
            yes, no = (ANSWER[name] for name in ("yes", "no"))
            return _(yes) if self.value else _(no)
        if isinstance(self.value, str):
            words = {**STATUS, **FIGURE_STATUS}
            return _(words[self.value]) if self.value in words else self.value
        if self.unit == "share":
            return percent(self.value, 1)
        text = _amount(self.value)
        if self.low is not None and self.high is not None and self.low < self.high:
            text = _(
                "{value} ({low} to {high})",
                value=text,
                low=_amount(self.low),
                high=_amount(self.high),
            )
        return self._with_unit(text)

    def _without_value(self) -> str:
        """What is known of a figure without a value: why, its range, or nothing."""
        if self.step is Step.PROTECTED:
            return _protected(self.low, self.high)
        if self.step is Step.OPEN:
            return _("no known upper bound")
        if self.low is None or self.high is None:
            return _("not known")
        return self._with_unit(_("{low} to {high}", low=_amount(self.low), high=_amount(self.high)))

    def _with_unit(self, text: str) -> str:
        if self.unit in _UNITS:
            text = f"{text} {_(_UNITS[self.unit])}"
        return _(_FLOW, figure=text) if self.flow else text

    def origin(self) -> str:
        """Status, source and date, as far as there are any, in a line."""
        words = RESTS_ON if self.parts and self.unit in _CALCULATED else FIGURE_STATUS
        status = _(words.get(self.status, "")) if self.status else ""
        return "; ".join(filter(None, [status, self.source, date_words(self.date)]))

    def text(self, indent: int = 0) -> str:
        """Tree as lines of text, each part below what it belongs to.

        Parameters
        ----------
        indent
            Steps to the right at which to begin.
        """
        margin = "  " * indent
        origin = self.origin()
        lines = [f"{margin}{self.label}: {self.shown()}{f' [{origin}]' if origin else ''}"]
        if self.rule:
            lines.append(f"{margin}  {self.rule}.")
        return "\n".join([*lines, *(part.text(indent + 1) for part in self.parts)])

    def as_dict(self) -> dict[str, Any]:
        """Tree as nested dictionaries, ready for JSON; what is empty is left out."""
        told = {
            name: getattr(self, name)
            for name in (
                "name", "label", "value", "low", "high", "unit", "flow", "status", "source",
                "date", "rule",
            )
        }  # fmt: skip
        kept = {k: v for k, v in told.items() if k == "value" or (v is not None and v != "")}
        kept["step"] = self.step.value
        if self.parts:
            kept["parts"] = [part.as_dict() for part in self.parts]
        return kept


def _protected(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return _("protected")
    return _("protected: {low} to {high}", low=_amount(low), high=_amount(high))


def _amount(value: float) -> str:
    digits = next(digits for size, digits in _DIGITS if abs(value) < size or size == math.inf)
    return number(value, digits)


def made(step: Step, name: str, label: str, *parts: Figure, **more: Any) -> Figure:  # noqa: ANN401
    """Figure that follows from its parts.

    Parameters
    ----------
    step
        How.
    name, label
        As in `Figure`.
    *parts
        What it is made of.
    **more
        Other attributes of `Figure`. Without `value` it is calculated; without `rule` it is
        that of the step.
    """
    given = {"value": None, "rule": _(RULE.get(step, "")), **more}
    figure = Figure(name, label, step=step, parts=parts, **given)
    return figure if "value" in more else replace(figure, value=recalculate(figure))


def recalculate(figure: Figure) -> Value:  # noqa: C901, PLR0911, PLR0912 - one line a step
    """Value of a figure, made anew from those of its parts.

    Parameters
    ----------
    figure
        Any figure; one that was not calculated keeps its value.

    Examples
    --------
    >>> parts = Figure("demand", "Demand", 12.0), Figure("capacity", "Capacity", 15.0)
    >>> recalculate(Figure("gap", "Gap", None, step=Step.SHORT, parts=parts))
    0.0
    """
    values = [part.value for part in figure.parts]
    if figure.step in {Step.GIVEN, Step.PROTECTED, Step.OPEN}:
        return figure.value
    if figure.step is Step.BEST:
        best = max(map(str, values), key=_RUNGS.__getitem__, default=UNKNOWN)
        return str(LADDER[_RUNGS[best]])
    if figure.step is Step.COVERED:
        rung, gap = values
        covered = _RUNGS[str(rung)] >= COORDINATED and gap == 0
        return str(CoverageStatus.COVERED) if covered else rung
    if figure.step is Step.SAME:
        return values[0] == values[1]
    if figure.step is Step.SUM_KNOWN:
        return math.fsum(float(value) for value in values if value is not None)
    if figure.step is Step.FIRST:
        return values[0]
    if figure.step is Step.SHORT and values[0] is not None and values[1] is None:
        return 0.0
    known = [float(value) for value in values if value is not None]
    if len(known) < len(values):
        return None
    match figure.step:
        case Step.SUM:
            return math.fsum(known)
        case Step.PRODUCT:
            return math.prod(known)
        case Step.QUOTIENT:
            return known[0] / known[1] if known[1] else None
        case Step.INVERSE:
            return 1 / known[0] if known[0] else None
        case Step.DIFFERENCE:
            return known[0] - known[1]
        case Step.SHORT:
            short = known[0] - known[1]
            return short if short > ROUNDING else 0.0
        case Step.PORTION:
            return known[0] * known[1] / known[2] if known[2] else None
        case Step.LEAST:
            return min(known)
        case Step.MOST:
            return max(known)
        case _:
            ends = demand_step.poisson_interval(known[0], known[0], known[1])
            low, high = (float(end) for end in ends)
            return min(known[0], low) if figure.step is Step.SPREAD_LOW else max(known[0], high)
