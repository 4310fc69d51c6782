"""Small pieces of HTML that the pages share: escaped texts, marks, links, headings.

Every function here takes plain text and gives HTML that is safe to put in a page.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from babel import Locale

from coverage import i18n
from coverage.i18n import _, number
from coverage.labels import FIGURE_STATUS, RESTS_ON
from coverage.vocabulary import FigureStatus
from coverage.wording import orders as order_words

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

_HOLE = "\ue000"
"""A letter that no text has, to stand where HTML will be put into a translated text."""


@dataclass(frozen=True)
class Manner:
    """How what is known of a municipality is shown.

    Attributes
    ----------
    level
        Level of the heading; within a panel the parts have the next.
    summaries
        Language code of the summaries in the register, where it is known.
    link_to
        Gives the address of the page of a municipality by its code; no links without it.
    edit_at
        Gives the address at which an offer can be edited, by its id; no links without it.
    first
        Offers that are shown at once, the others are folded; None for all.
    nature
        Whether to say of each offer in what framework it is given, and for how long.
    """

    level: int = 3
    summaries: str = ""
    link_to: Callable[[str], str] | None = None
    edit_at: Callable[[str], str] | None = None
    first: int | None = None
    nature: bool = False


def heading(text: str, level: int, small: str = "") -> str:
    """Heading of a level; `small` is an addition to it that weighs less."""
    addition = f" <small>{escape(small)}</small>" if small else ""
    return f"<h{level}>{escape(text)}{addition}</h{level}>"


def paragraph(text: str, kind: str = "") -> str:
    """Paragraph of plain text, with a class for the style sheet if `kind` is given."""
    return f"<p class='{escape(kind)}'>{escape(text)}</p>" if kind else f"<p>{escape(text)}</p>"


def mark(status: str) -> str:
    """Small mark that says what a figure of a source is; observed needs none."""
    if status == FigureStatus.OBSERVED:
        return ""
    return f" <span class='mark'>{escape(_(FIGURE_STATUS[status]))}</span>"


def rests_on(status: str) -> str:
    """Small mark that says what a figure was calculated from: that is never observed itself."""
    return f" <span class='mark'>{escape(_(RESTS_ON[status]))}</span>"


def link(address: str, text: str) -> str:
    """Link that is followed only when the reader chooses to; plain text if it is no address."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return escape(text)
    return (
        f"<a href='{escape(address)}' target='_blank' rel='noopener noreferrer'>{escape(text)}</a>"
    )


def in_language(text: str, language: str) -> str:
    """Text that is in another language than the page, so that it is read aloud rightly."""
    if not language:
        return escape(text)
    return f"<span lang='{escape(language)}'>{escape(text)}</span>"


def filed(text: str, language: str) -> str:
    """Text as it stands in a register, named and marked so where it is in another language."""
    said = hole()
    if not language or language == i18n.language():
        shown = _("In the register: {summary}", summary=said)
    else:
        name = Locale.parse(language).get_display_name(i18n.language())
        shown = _("In the register (in {language}): {summary}", language=name, summary=said)
    return filled(shown, in_language(text, language))


def origin(source: str, status: str) -> str:
    """Source of a row of a register as words; what is made up has no other source."""
    return _("example (made up)") if status == FigureStatus.EXAMPLE else source


def hole() -> str:
    """Stand-in for HTML in the values of a translated text; see `filled`."""
    return _HOLE


def filled(text: str, html: str) -> str:
    """Escaped text with HTML where `hole` stood."""
    return escape(text).replace(_HOLE, html)


def wide_table(head: str, body: str) -> str:
    """Table over the whole width, from the HTML of its head's cells and of its rows."""
    return f"<table class='wide'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def scrolling(name: str, table: str, *, kind: str = "scroll") -> str:
    """Table that scrolls by itself where the page is narrow, by keyboard too.

    Parameters
    ----------
    name
        What the table holds, for who cannot see it.
    table
        Its HTML.
    kind
        Class for the style sheet.
    """
    return (
        f"<div class='{escape(kind)}' tabindex='0' role='region' aria-label='{escape(name)}'>"
        f"{table}</div>"
    )


def figure(value: float, unit: str = "") -> str:
    """Number with its unit; says so, without the unit, where it is not known.

    Examples
    --------
    >>> figure(1234, "maatregelen")
    '1.234 maatregelen'
    """
    if math.isnan(value):
        return _("not known")
    return f"{number(value)} {unit}" if unit else number(value)


def count_mark(status: str) -> str:
    """Mark of a count itself: what is protected says so, and hides nothing of its neighbour."""
    return "" if status == FigureStatus.SUPPRESSED else mark(status)


def orders(row: pd.Series, counts: pd.DataFrame, name: str, unit: str) -> str:
    """Number of orders, and its range where it has one; says so where it is protected.

    Parameters
    ----------
    row
        Row of `coverage.Assessment.municipalities`.
    counts
        Those of the assessment.
    name
        ``imposed`` or ``extended``.
    unit
        Unit to show.
    """
    value = float(row[name])
    low, high = (float(counts[f"{name}_{end}"].loc[str(row.name)]) for end in ("low", "high"))
    if math.isnan(value):
        text = order_words(value, low, high, hidden=row["count_status"] == FigureStatus.SUPPRESSED)
        return text if math.isnan(low) else f"{text} {unit}"
    text = figure(value, unit)
    if any(map(math.isnan, (value, low, high))) or number(low) == number(high):
        return text
    ends = _("{low} to {high}", low=number(low), high=number(high))
    return f"{text} ({ends})"


def year(value: float) -> str:
    """Year as a text of four figures; says so where it is not known.

    Examples
    --------
    >>> year(2025.0)
    '2025'
    """
    return _("not known") if math.isnan(value) else str(int(value))
