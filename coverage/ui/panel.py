"""What is known of one municipality, as HTML: status, figures, reasons, neighbours, sources.

The panel puts the parts under each other; the page of a municipality arranges them itself.
"""

from __future__ import annotations

import math
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, cast

from coverage import maps, neighbours
from coverage.i18n import _, number
from coverage.labels import UNIT
from coverage.ui import nearby
from coverage.ui.offer_list import offers
from coverage.ui.pieces import (
    Manner,
    count_mark,
    figure,
    heading,
    link,
    mark,
    orders,
    origin,
    paragraph,
    rests_on,
)
from coverage.vocabulary import CoverageStatus, FigureStatus
from coverage.wording import conversion, date_words, families_a_year, listed, status_sentence

if TYPE_CHECKING:
    import pandas as pd

    from coverage import Assessment, Settings

_OPEN = 5
"""Offers that a panel shows at once, unless it is told otherwise."""

_BY_CAPACITY = {CoverageStatus.SHORT_OF_CAPACITY, CoverageStatus.COVERED}
"""Rungs that capacity against demand decides."""


def panel(
    assessment: Assessment,
    gm_code: str,
    border_table: pd.DataFrame | None = None,
    manner: Manner | None = None,
) -> str:
    """Panel of a municipality, for beside the map.

    Parameters
    ----------
    assessment
        Where its figures come from.
    gm_code
        Code of a municipality of the edition.
    border_table
        Result of `coverage.neighbours.borders` for the edition; made anew without it.
    manner
        How to show it; by default without links to other municipalities.

    Returns
    -------
    str
        HTML. Every text that comes from a file is escaped, and a source is a link only when
        it is a web address; nothing is loaded until the reader follows it.
    """
    manner = manner or Manner(first=_OPEN)
    row = assessment.municipalities.loc[gm_code]
    if border_table is None:
        border_table = neighbours.borders(assessment.edition.municipalities)
    whole = ""
    if manner.link_to is not None:
        text, address = _("Whole page, to print or share"), manner.link_to(gm_code)
        whole = (
            f"<p class='whole'><a href='{escape(address)}' target='_self'>{escape(text)}</a></p>"
        )
    part = replace(manner, level=manner.level + 1)
    return (
        "<section class='coverage-panel'>"
        f"{heading(row['name'], manner.level, str(row['province']))}"
        f"{status(row, assessment.settings)}{whole}"
        f"{figures(assessment, gm_code)}"
        f"{offers(assessment, gm_code, part)}"
        f"{nearby.in_short(assessment, gm_code, border_table, part)}"
        f"{inventory(assessment, gm_code, level=part.level)}"
        f"{_sources(assessment, row)}</section>"
    )


def status(row: pd.Series, settings: Settings) -> str:
    """Status of a municipality in a sentence, with its colour, and how certain "certain" is.

    Parameters
    ----------
    row
        Row of `coverage.Assessment.municipalities`.
    settings
        Those of the assessment.
    """
    sentence = status_sentence(row["status_at_least"], row["status_at_most"], known=row["known"])
    swatch = maps.swatch(
        CoverageStatus(row["status_at_least"]), certain=row["certain"], known=row["known"]
    )
    return f"<p class='status'>{swatch}<span>{escape(sentence)}</span></p>{_proviso(row, settings)}"


def _proviso(row: pd.Series, settings: Settings) -> str:
    """How certain a certain status is, where it hangs on an estimate of the demand."""
    if not row["certain"] or row["status_at_least"] not in _BY_CAPACITY:
        return ""
    if row["count_status"] != FigureStatus.ESTIMATED:
        return ""
    text = _(
        "“Certain” goes by the range of the demand, which is estimated: it is meant to hold in "
        "{count} of 100 cases.",
        count=number(100 * settings.confidence, 1),
    )
    return paragraph(text, "note")


def figures(assessment: Assessment, gm_code: str) -> str:
    """Table of the figures of a municipality, with unit, year and status.

    Parameters
    ----------
    assessment
        Where its figures come from.
    gm_code
        Code of a municipality of the edition.
    """
    row, counts = assessment.municipalities.loc[gm_code], assessment.counts
    example = assessment.is_example
    unit = _(UNIT.get(row["count_unit"], row["count_unit"]))
    counted = rests_on(row["count_status"])
    made_up = mark(FigureStatus.EXAMPLE) if example else ""
    both = counted if counted == made_up else f"{counted}{made_up}"
    rows = [
        (
            _("Demand: families that voluntary support could help"),
            families_a_year(row["demand_low"], row["demand_high"]),
            counted,
        ),
        (
            _("Capacity with care coordination"),
            families_a_year(row["capacity_low"], row["capacity_high"]),
            made_up,
        ),
        (
            _("Gap: families without care coordination"),
            families_a_year(row["gap_low"], row["gap_high"]),
            both,
        ),
        *(
            (name, orders(row, counts, column, unit), count_mark(row["count_status"]))
            for name, column in (
                (_("Supervision orders imposed"), "imposed"),
                (_("Supervision orders extended"), "extended"),
            )
        ),
        (
            _("Residents 0-17"),
            _residents(row),
            mark(row["residents_0_17_status"]),
        ),
    ]
    body = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{escape(value)}{sign}</td></tr>"
        for name, value, sign in rows
    )
    text = _(
        "Orders: {period}, {origin}.",
        period=row["count_period"],
        origin=publishers(assessment, row["count_source"], row["count_status"], national=True),
    )
    said = [text, *conversion([row["count_unit"]], assessment.settings)]
    source = paragraph(" ".join(said), "note")
    return f"<table class='figures'><tbody>{body}</tbody></table>{source}"


def publishers(assessment: Assessment, named: str, status: str, *, national: bool = False) -> str:
    """Who published the sources of a figure, in short; of an estimate, that it is made from them.

    Parameters
    ----------
    assessment
        Whose edition has the published sources.
    named
        As for `source_items`.
    status
        Status of the figure, a value of `coverage.vocabulary.FigureStatus`.
    national
        Whether an estimate from published sources is one from national figures.
    """
    known = assessment.edition.sources.set_index("source_id")["publisher"]
    ids = [one for one in named.split(";") if one]
    short = listed(list(dict.fromkeys(known.get(one, one) for one in ids)))
    if status != FigureStatus.ESTIMATED:
        return short
    if national and set(known.index).issuperset(ids):
        return _("estimated from national figures ({publishers})", publishers=short)
    return _("estimated from figures of {publishers}", publishers=short)


def _residents(row: pd.Series) -> str:
    """Residents 0-17 and their year, as far as either is known."""
    count, year = float(row["residents_0_17"]), float(row["residents_0_17_year"])
    if math.isnan(count) or math.isnan(year):
        return figure(count)
    return _("{count} in {year}", count=number(count), year=int(year))


def inventory(assessment: Assessment, gm_code: str, *, level: int) -> str:
    """Section that says whether all offers of a municipality are known, and who looked.

    Parameters
    ----------
    assessment
        Where its inventory comes from.
    gm_code
        Code of a municipality of the edition.
    level
        Level of its heading.
    """
    table = assessment.register.inventory
    mine = table[(table["gm_code"] == gm_code) & (table["edition"] == assessment.edition.year)]
    if assessment.municipalities.loc[gm_code, "inventory_complete"]:
        text = _("Complete: somebody has established that all offers here are in the register.")
    else:
        text = _("Not complete: there may be offers that are not in the register.")
    looks = mine.sort_values("date")
    seen = "".join(
        paragraph(f"{date_words(date)}: {origin(source, status)}", "source")
        for date, source, status in zip(
            looks["date"], looks["source"], looks["status"], strict=True
        )
    )
    title = heading(_("Inventory"), level)
    return f"<section>{title}{paragraph(text)}{seen}</section>"


def source_items(assessment: Assessment, named: str) -> str:
    """Sources as items of a list: published ones by title, others as they were written.

    Parameters
    ----------
    assessment
        Whose edition has the published sources.
    named
        Ids of sources, or what a user wrote, separated by ``;``.
    """
    published = assessment.edition.sources.set_index("source_id")
    known = cast("dict[str, dict[str, str]]", published.to_dict("index"))
    items = []
    for name in filter(None, dict.fromkeys(named.split(";"))):
        if name not in known:
            items.append(f"<li>{escape(name)}</li>")
            continue
        source = known[name]
        items.append(
            f"<li>{link(source['url'], source['title'])} "
            f"({escape(source['publisher'])}; {escape(source['licence'])})</li>"
        )
    return "".join(items)


def _sources(assessment: Assessment, row: pd.Series) -> str:
    """Fold with where the figures come from."""
    items = source_items(assessment, f"{row['count_source']};{row['residents_source']}")
    title = _("Sources of the figures")
    return f"<details><summary>{escape(title)}</summary><ul class='sources'>{items}</ul></details>"
