"""How the figures of a municipality come about, as folds that open by keyboard and on paper."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from coverage.explain import Municipality
from coverage.i18n import N_, _
from coverage.ui.pieces import heading, paragraph
from coverage.wording import families_a_year, interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage import Assessment
    from coverage.figure import Figure

SHOWN: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("Gap"), ("gap_low", "gap_high")),
    (N_("Demand"), ("demand_low", "demand_high")),
    (N_("Capacity with care coordination"), ("capacity_low", "capacity_high")),
    (N_("Coordinators needed"), ("coordinators_low", "coordinators_high")),
    (N_("Supervision orders"), ("imposed", "extended")),
    (N_("Residents 0-17"), ("residents_0_17",)),
    (N_("Status"), ("status_at_least", "status_at_most")),
)
"""Main figures, each with the columns that it is made of."""

PRINTED = frozenset({"gap_low", "gap_high", "status_at_least", "status_at_most"})
"""Columns that are printed: all the others are parts of these."""


def figures(assessment: Assessment, gm_code: str, *, level: int = 2) -> str:
    """Section with a fold for each main figure of a municipality.

    Parameters
    ----------
    assessment
        Where the figures come from.
    gm_code
        Code of a municipality of the edition.
    level
        Level of its heading.

    Returns
    -------
    str
        HTML for `coverage.ui.markup.show`. Texts from files are escaped.
    """
    place = Municipality(assessment, gm_code)
    folds = []
    for name, columns in SHOWN:
        trees = [place.figure(column) for column in columns]
        kind = "" if PRINTED.issuperset(columns) else " class='off-paper'"
        items = "".join(map(_item, trees))
        folds.append(
            f"<details{kind}><summary>{escape(_(name))}: {escape(_ends(trees))}</summary>"
            f"<ul>{items}</ul></details>"
        )
    title = heading(_("How these figures come about"), level)
    lead = paragraph(
        _(
            "Open a figure to see what it was made of, step by step, down to its sources. Each "
            "figure follows from the parts under it."
        )
    )
    return f"<section class='coverage-explained'>{title}{lead}{''.join(folds)}</section>"


def _ends(trees: list[Figure]) -> str:
    """Values of a main figure in a line: an interval as everywhere else on the page."""
    if len(trees) == 1:
        return trees[0].shown()
    unit = trees[0].unit
    if trees[0].name.endswith("_low") and unit in _INTERVAL:
        low, high = (math.nan if tree.value is None else float(tree.value) for tree in trees)
        return _INTERVAL[unit](low, high)
    return "; ".join(_("{label}: {value}", label=tree.label, value=tree.shown()) for tree in trees)


_INTERVAL: dict[str, Callable[[float, float], str]] = {
    "families": families_a_year,
    "coordinators": interval,
}
"""How the ends of a figure in a unit become one phrase."""


def _item(figure: Figure) -> str:
    """Figure as an item of a list; what it was made of lies folded in it."""
    origin = figure.origin()
    line = (
        f"<span class='label'>{escape(figure.label)}:</span> "
        f"<strong>{escape(figure.shown())}</strong>"
    )
    small = " ".join(
        f"<small class='{kind}'>{escape(text)}</small>"
        for kind, text in (("rule", figure.rule), ("origin", origin))
        if text
    )
    if not figure.parts:
        return f"<li>{line} {small}</li>"
    parts = "".join(map(_item, figure.parts))
    return f"<li><details><summary>{line} {small}</summary><ul>{parts}</ul></details></li>"
