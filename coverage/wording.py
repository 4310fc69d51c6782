"""Figures and statuses of the calculation put into words.

The words themselves stand in `coverage.labels`; here they become phrases, so that a
tooltip, a table and a panel say the same thing in the same way.
"""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.lists import format_list

from coverage.i18n import _, language, ngettext, number
from coverage.labels import PROVEN, STATUS, UNIT, UNKNOWN
from coverage.vocabulary import CoverageStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from coverage.settings import Settings

RATE_DIGITS = 2
"""Decimals of families per 1,000 residents: most are smaller than 2."""

_SMALL = 20.0
"""Families; below this a decimal is shown, above it there is no use in one."""


def capital(text: str) -> str:
    """Text with its first letter as a capital, the others as they are."""
    return text[:1].upper() + text[1:]


def status_words(at_least: str, *, certain: bool, known: bool) -> str:
    """Short text of the status of a municipality.

    Parameters
    ----------
    at_least
        The proven rung, a value of `coverage.vocabulary.CoverageStatus`.
    certain
        Whether the proven rung is the only possible one.
    known
        False if nothing is proven: "not known" is never "none".
    """
    if not known:
        return _(STATUS[UNKNOWN])
    if certain:
        return _(STATUS[at_least])
    proven = _(PROVEN[at_least])
    # "At least nothing" would be no news.
    return proven if at_least == CoverageStatus.NONE else _("at least: {proven}", proven=proven)


def status_sentence(at_least: str, at_most: str, *, known: bool) -> str:
    """Range of rungs of a municipality in whole sentences.

    Parameters
    ----------
    at_least, at_most
        Ends of the range, values of `coverage.vocabulary.CoverageStatus`.
    known
        False if nothing is proven.
    """
    if not known:
        return _(
            "Not known. No offer is proven here, and nobody has established that there is none. "
            "Not known is not the same as none."
        )
    if at_least == at_most:
        return _("Certain: {status}.", status=_(STATUS[at_least]))
    proven, possible = _(PROVEN[at_least]), _(STATUS[at_most])
    if at_least == CoverageStatus.NONE:
        return _("{proven}. At most: {possible}.", proven=capital(proven), possible=possible)
    return _("At least: {proven}. At most: {possible}.", proven=proven, possible=possible)


def interval(low: float, high: float, digits: int | None = None) -> str:
    """Interval in words: ``3 to 5``, or ``at least 3`` without a known upper bound.

    Parameters
    ----------
    low, high
        Bounds; NaN means unknown.
    digits
        Decimals that are shown at most; without it, one when the bounds are small.
    """
    if _unknown(low, high):
        return _("not known")
    if _open(high):
        return _("at least {low}", low=_figure(low, low, digits))
    first, last = _figure(low, high, digits), _figure(high, high, digits)
    return first if first == last else _("{low} to {high}", low=first, high=last)


def families(low: float, high: float) -> str:
    """Interval of families in words, with the unit."""
    text = interval(low, high)
    if _unknown(low, high):
        return text
    count = low if _open(high) else high
    # The number that is shown decides: 1.02 is shown as 1.
    shown = round(count, _decimals(count))
    return ngettext("{interval} family", "{interval} families", shown, interval=text)


def families_a_year(low: float, high: float) -> str:
    """Interval of families in words, with the unit and the time that it is of."""
    text = families(low, high)
    return text if _unknown(low, high) else _("{families} a year", families=text)


def orders(value: float, low: float, high: float, *, hidden: bool) -> str:
    """Count of orders in words, told apart from nothing and from what is not known.

    Parameters
    ----------
    value
        NaN where it is protected, or where it is not known.
    low, high
        Its range; of a protected count what anyone can tell from all that is published.
    hidden
        Whether counts here are protected; see `coverage.vocabulary.FigureStatus`.

    Examples
    --------
    >>> orders(0, 0, 0, hidden=True), orders(12, 12, 12, hidden=False)
    ('0', '12')
    """
    if not math.isnan(value):
        return number(value)
    if hidden:
        return protected(low, high)
    return interval(low, high) if math.isfinite(low + high) else _("not known")


def protected(low: float, high: float) -> str:
    """Say that a number is protected, and between which numbers it lies."""
    if not math.isfinite(low + high):
        return _("protected")
    digits = _decimals(high)
    return _("protected: {low} to {high}", low=number(low, digits), high=number(high, digits))


def conversion(units: Iterable[str], settings: Settings) -> list[str]:
    """How counts in these units become families, a sentence each.

    Parameters
    ----------
    units
        Values of `coverage.schema.DemandUnit`; families need no sentence.
    settings
        Children per family, and measures per child.
    """
    per_child = settings.measures_per_child
    of_family = {
        "children": settings.children_per_family,
        "measures": per_child * settings.children_per_family,
    }
    said = []
    for unit in sorted({*units} & {*of_family}):
        count = of_family[unit]
        name = _(UNIT[unit])
        said.append(
            _("Counted in {unit}; each counts as one family.", unit=name)
            if count == 1
            else _(
                "Counted in {unit}; {count} of them count as one family.",
                unit=name,
                count=number(count, 2),
            )
        )
    return said


def listed(names: Sequence[str]) -> str:
    """Names as one phrase: ``A, B en C``."""
    return format_list(names, locale=language())


def date_words(text: str) -> str:
    """Date in the language of this context.

    Parameters
    ----------
    text
        ISO date, of which the day or the month may be missing; anything else is given back.
    """
    parts = text.split("-")
    patterns = {3: "d MMMM y", 2: "MMMM y"}
    try:
        day = date.fromisoformat("-".join([*parts, "01", "01"][:3]))
    except ValueError:
        return text
    pattern = patterns.get(len(parts))
    return text if pattern is None else format_date(day, pattern, locale=language())


def _open(high: float) -> bool:
    return math.isnan(high) or math.isinf(high)


def _unknown(low: float, high: float) -> bool:
    return math.isnan(low) or (_open(high) and low == 0)


def _decimals(scale: float) -> int:
    return 1 if scale < _SMALL else 0


def _figure(value: float, scale: float, digits: int | None) -> str:
    return number(value, _decimals(scale) if digits is None else digits)
