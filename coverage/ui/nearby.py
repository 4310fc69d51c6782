"""Who near a municipality has what is missing there, as HTML: in short, and as a table."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from coverage import maps
from coverage.i18n import N_, _, number
from coverage.neighbours import (
    NEIGHBOUR,
    Step,
    having,
    missing,
    qualifying,
    with_what_is_missing,
)
from coverage.ui.pieces import heading, paragraph, scrolling, wide_table
from coverage.vocabulary import CoverageStatus
from coverage.wording import capital, listed, status_words

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from coverage import Assessment
    from coverage.ui.pieces import Manner

STEP: dict[str, str] = {
    Step.LONG_TERM: N_("a voluntary, long-term offer"),
    Step.COORDINATION: N_("an offer with care coordination"),
    Step.CAPACITY: N_("enough capacity"),
}
"""What a municipality misses, as a part of a sentence."""


def in_short(
    assessment: Assessment,
    gm_code: str,
    border_table: pd.DataFrame,
    manner: Manner,
) -> str:
    """Section with, for each thing that is missing, the names of who has it.

    Parameters
    ----------
    assessment
        What is proven where.
    gm_code
        Code of a municipality of the edition.
    border_table
        Result of `coverage.neighbours.borders`.
    manner
        How to show them.

    Returns
    -------
    str
        HTML; empty for a municipality that misses nothing.
    """
    row = assessment.municipalities.loc[gm_code]
    wanted = missing(row["status_at_least"])
    if not wanted:
        return ""
    others = with_what_is_missing(assessment, gm_code, border_table)
    items = []
    for step in wanted:
        found = having(others, step)
        names = [_named(code, other, manner.link_to) for code, other in found.iterrows()]
        said = _whose(found)
        text = "; ".join(names)
        items.append(
            f"<dt>{escape(capital(_(STEP[step])))}</dt>"
            f"<dd>{escape(said)}{' ' if names else ''}{text}{'.' if names else ''}</dd>"
        )
    title = _title(others, certain=bool(row["certain"]))
    return (
        f"<section class='nearby'>{heading(title, manner.level)}<dl>{''.join(items)}</dl></section>"
    )


def as_table(
    assessment: Assessment,
    gm_code: str,
    border_table: pd.DataFrame,
    manner: Manner,
) -> str:
    """Section with a row for each municipality that has something of what is missing.

    Parameters
    ----------
    assessment, gm_code, border_table, manner
        As for `in_short`.

    Returns
    -------
    str
        HTML.
    """
    row = assessment.municipalities.loc[gm_code]
    others = with_what_is_missing(assessment, gm_code, border_table)
    title = heading(_title(others, certain=bool(row["certain"])), manner.level)
    wanted = missing(row["status_at_least"])
    if not wanted:
        text = _("Nothing is missing here: it is proven that there is enough.")
        return f"<section class='nearby'>{title}{paragraph(text)}</section>"
    lead = (
        _("Missing here: {steps}.", steps=listed([_(STEP[step]) for step in wanted]))
        if row["certain"]
        else _("Not proven here: {steps}.", steps=listed([_(STEP[step]) for step in wanted]))
    )
    parts = [title, paragraph(lead)]
    without = [step for step in wanted if _is_far(having(others, step))]
    if without:
        text = _(
            "No municipality across the border is proven to have {steps}. That does not say that "
            "they lack it: of most municipalities it is not known.",
            steps=listed([_(STEP[step]) for step in without]),
        )
        parts.append(paragraph(text))
    if not others.empty:
        parts.append(_table(assessment, others, wanted, manner.link_to))
        parts.append(paragraph(_("Distance in a straight line, from centre to centre."), "note"))
    return f"<section class='nearby'>{''.join(parts)}</section>"


def _title(others: pd.DataFrame, *, certain: bool) -> str:
    """Heading; "near here" is said only where a neighbour is among them."""
    if not others.empty and _is_far(others):
        if certain:
            return _("Nearest municipalities that have what is missing")
        return _("Nearest municipalities that have what is not proven here")
    if certain:
        return _("Who near here has what is missing")
    return _("Who near here has what is not proven here")


def _is_far(found: pd.DataFrame) -> bool:
    """Whether no neighbour is among those that have a step."""
    return not (found["relation"] == NEIGHBOUR).any()


def _whose(found: pd.DataFrame) -> str:
    """What the names that follow are: neighbours, or the nearest where no neighbour has it."""
    if found.empty:
        return _("Of no municipality is it proven.")
    if _is_far(found):
        return _("No neighbour is proven to have it. Nearest:")
    return _("Neighbours:")


def _named(code: Any, other: pd.Series, link_to: Callable[[str], str] | None) -> str:  # noqa: ANN401 - a label of an index
    distance = _("{distance} km", distance=number(other["distance_km"], 1))
    return f"{_link(str(code), other['name'], link_to)} ({escape(distance)})"


def _link(code: str, name: str, link_to: Callable[[str], str] | None) -> str:
    if link_to is None:
        return escape(name)
    return f"<a href='{escape(link_to(code))}' target='_self'>{escape(name)}</a>"


def _table(
    assessment: Assessment,
    others: pd.DataFrame,
    wanted: tuple[Step, ...],
    link_to: Callable[[str], str] | None,
) -> str:
    columns = [
        _("Municipality"),
        _("Distance"),
        _("Status"),
        _("Proven there"),
        _("Offers that do this"),
    ]
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in columns)
    body = "".join(
        _row(assessment, str(code), other, wanted, link_to) for code, other in others.iterrows()
    )
    return scrolling(_("Municipalities that have it"), wide_table(head, body))


def _row(
    assessment: Assessment,
    code: str,
    other: pd.Series,
    wanted: tuple[Step, ...],
    link_to: Callable[[str], str] | None,
) -> str:
    distance = _("{distance} km", distance=number(other["distance_km"], 1))
    beside = escape(_("neighbour"))
    where = f"<br><small>{beside}</small>" if other["relation"] == NEIGHBOUR else ""
    certain, known = bool(other["certain"]), bool(other["known"])
    swatch = maps.swatch(CoverageStatus(other["status_at_least"]), certain=certain, known=known)
    status = capital(status_words(other["status_at_least"], certain=certain, known=known))
    steps = tuple(step for step in wanted if other[f"has_{step}"])
    cells = [
        f"{escape(distance)}{where}",
        f"<span class='status'>{swatch}<span>{escape(status)}</span></span>",
        escape(capital(listed([_(STEP[step]) for step in steps]))),
        _offers(qualifying(assessment, code, steps)),
    ]
    rest = "".join(f"<td>{cell}</td>" for cell in cells)
    return f"<tr><th scope='row'>{_link(code, other['name'], link_to)}</th>{rest}</tr>"


def _offers(rows: pd.DataFrame) -> str:
    """Names of offers with their providers."""
    names = [
        f"{escape(offer)} <small>{escape(provider)}</small>" if provider else escape(offer)
        for offer, provider in zip(rows["offer"], rows["provider"], strict=True)
    ]
    return f"<ul>{''.join(f'<li>{name}</li>' for name in names)}</ul>"
