"""Fact sheet of one municipality, as HTML that reads on a screen and fits on paper."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

import pandas as pd
import shapely

from coverage import measures
from coverage.assessment import COUNTRY
from coverage.drawing import svg_map
from coverage.i18n import N_, _, ngettext
from coverage.labels import REGION_SET, TEST, UNIT
from coverage.open_questions import Question, open_questions
from coverage.ui import bars, nearby, panel
from coverage.ui.offer_list import offers
from coverage.ui.pieces import (
    Manner,
    count_mark,
    figure,
    heading,
    mark,
    orders,
    paragraph,
    rests_on,
    scrolling,
    wide_table,
    year,
)
from coverage.vocabulary import FigureStatus, RegionSet
from coverage.wording import RATE_DIGITS, conversion, families_a_year, interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage import Assessment

_MAP_WIDTH = 320  # pixels
_AROUND = 0.35  # of its own size: what of the surroundings the map shows
_THOUSAND = 1000


@dataclass(frozen=True)
class Place:
    """One of the places that a municipality is compared with.

    Attributes
    ----------
    name
        Name of the place.
    kind
        What kind of region it is; empty for the municipality itself.
    low, high
        Gap in families a year for every 1,000 residents aged 0-17.
    """

    name: str
    kind: str
    low: float
    high: float


def sheet(
    assessment: Assessment,
    gm_code: str,
    border_table: pd.DataFrame,
    compared: Sequence[Place],
    manner: Manner,
    *,
    painted: pd.DataFrame | None = None,
) -> str:
    """Fact sheet of a municipality, without its name: that is the title of the page.

    Parameters
    ----------
    assessment
        Where its figures come from.
    gm_code
        Code of a municipality of the edition.
    border_table
        Result of `coverage.neighbours.borders` for the edition.
    compared
        Result of `places`.
    manner
        How to show it; the parts have headings of its level.
    painted
        Result of `coverage.measures.paint` for the status, in the language of this context;
        made anew without it.

    Returns
    -------
    str
        HTML with a drawing, for `coverage.ui.markup.show`. Texts from files are escaped.
    """
    row = assessment.municipalities.loc[gm_code]
    level = manner.level
    title = heading(_("Status"), level)
    parts = [
        "<div class='top'><div>",
        f"<section>{title}{panel.status(row, assessment.settings)}",
        f"{_compared(compared, level)}</section></div>",
        f"<figure>{_map(assessment, gm_code, painted)}</figure></div>",
        _figures(assessment, gm_code, level),
        nearby.as_table(assessment, gm_code, border_table, manner),
        offers(assessment, gm_code, replace(manner, nature=True)),
        panel.inventory(assessment, gm_code, level=level),
        _questions(assessment, gm_code, level),
        _sources(assessment, row, level),
    ]
    return f"<article class='coverage-panel coverage-sheet'>{''.join(parts)}</article>"


def places(
    assessment: Assessment, gm_code: str, totals: dict[str, pd.DataFrame]
) -> tuple[Place, ...]:
    """Gap of a municipality, of its regions and of the country, on one scale.

    Parameters
    ----------
    assessment
        Where its figures come from.
    gm_code
        Code of a municipality of the edition.
    totals
        Totals of the regions of each region set to compare with, by the name of the set; see
        `coverage.Assessment.regions`. Sets of which the municipality is no part are left out.

    Returns
    -------
    tuple of Place
        The municipality first.
    """
    own = assessment.municipalities.loc[gm_code]
    found = [Place(own["name"], "", *_per_thousand(own))]
    table = assessment.edition.regions
    mine = table[table["gm_code"] == gm_code].drop_duplicates("region_set")
    codes = dict(zip(mine["region_set"], mine["region_code"], strict=True))
    for region_set, regions in totals.items():
        code = regions.index[0] if region_set == COUNTRY else codes.get(region_set)
        if code is None or code not in regions.index:
            continue
        row = regions.loc[code]
        kind = _(REGION_SET.get(region_set, region_set))
        name = _("The Netherlands") if region_set == COUNTRY else row["region_name"]
        found.append(Place(name, kind, *_per_thousand(row)))
    return tuple(found)


def _per_thousand(row: pd.Series) -> tuple[float, float]:
    residents = float(row["residents_0_17"])
    if not residents > 0:  # not known, or nobody
        return float("nan"), float("nan")
    low, high = (_THOUSAND * float(row[name]) / residents for name in ("gap_low", "gap_high"))
    return low, high


def _compared(compared: Sequence[Place], level: int) -> str:
    """Table with a bar for each interval; the numbers say the same as the bars."""
    title = _("Gap per 1,000 residents aged 0-17")
    ends = [place.high for place in compared if math.isfinite(place.high)]
    scale = max([*ends, 1e-9])
    rows = "".join(_compared_row(place, scale) for place in compared)
    note = " ".join([_("Families a year."), _(bars.EXPLANATION)])
    return (
        f"{heading(title, level + 1)}<table class='compared'><tbody>{rows}</tbody></table>"
        f"{paragraph(note, 'note')}"
    )


def _compared_row(place: Place, scale: float) -> str:
    bar = bars.drawn(place.low, place.high, scale)
    kind = f" <small>{escape(place.kind)}</small>" if place.kind else ""
    value = escape(interval(place.low, place.high, RATE_DIGITS))
    return (
        f"<tr><th scope='row'>{escape(place.name)}{kind}</th><td>{value}</td>"
        f"<td class='bar'>{bar}</td></tr>"
    )


def _map(assessment: Assessment, gm_code: str, painted: pd.DataFrame | None) -> str:
    """Small map of the municipality among its neighbours, coloured by status."""
    boundaries = assessment.municipalities.geometry
    name = assessment.municipalities.loc[gm_code, "name"]
    here: shapely.Geometry = boundaries.loc[gm_code]
    west, south, east, north = here.bounds
    half = (0.5 + _AROUND) * max(east - west, north - south)
    x, y = (west + east) / 2, (south + north) / 2
    paint = measures.paint(assessment, "status") if painted is None else painted
    box = shapely.box(x - half, y - half, x + half, y + half)
    near = boundaries[boundaries.intersects(box)]
    names = assessment.municipalities.loc[near.index, "name"]
    said = [f"{names[code]}: {paint.loc[code, 'words']}" for code in near.index]
    drawing = svg_map(
        near,
        paint.loc[near.index],
        title=_("{name} and what lies round it, by status", name=name),
        description="; ".join(said),
        width=_MAP_WIDTH,
        id_prefix="sheet-map",
        extent=(x - half, y - half, x + half, y + half),
        outline=here,
        tips=pd.Series(said, index=near.index),
    )
    text = _(
        "{name} is outlined. The colour shows what is proven; hatched: it may be better; "
        "grey: not known.",
        name=name,
    )
    return f"{drawing}<figcaption>{escape(text)}</figcaption>"


def _figures(assessment: Assessment, gm_code: str, level: int) -> str:
    """Table of figures, each with its unit, year, status and where it comes from."""
    row, counts = assessment.municipalities.loc[gm_code], assessment.counts
    unit = _(UNIT.get(row["count_unit"], row["count_unit"]))
    counted, marked = rests_on(row["count_status"]), count_mark(row["count_status"])
    made_up = mark(FigureStatus.EXAMPLE) if assessment.is_example else ""
    from_orders = _("calculated from the orders")
    from_register = _("calculated from the offers of the register")
    from_source = panel.publishers(
        assessment, row["count_source"], row["count_status"], national=True
    )
    period = row["count_period"]
    rows = [
        (
            _("Demand: families that voluntary support could help"),
            families_a_year(row["demand_low"], row["demand_high"]),
            counted,
            period,
            from_orders,
        ),
        (
            _("Capacity with care coordination"),
            families_a_year(row["capacity_low"], row["capacity_high"]),
            made_up,
            str(assessment.edition.year),
            from_register,
        ),
        (
            _("Gap: families without care coordination"),
            families_a_year(row["gap_low"], row["gap_high"]),
            counted if counted == made_up else f"{counted}{made_up}",
            period,
            _("demand less capacity"),
        ),
        *(
            (name, orders(row, counts, column, unit), marked, period, from_source)
            for name, column in (
                (_("Supervision orders imposed"), "imposed"),
                (_("Supervision orders extended"), "extended"),
            )
        ),
        (
            _("Residents 0-17"),
            figure(row["residents_0_17"]),
            mark(row["residents_0_17_status"]),
            year(row["residents_0_17_year"]),
            panel.publishers(assessment, row["residents_source"], row["residents_0_17_status"]),
        ),
    ]
    columns = (_("Figure"), _("Value"), _("Year"), _("Where it comes from"))
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in columns)
    body = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td><strong>{escape(value)}</strong>{sign}</td>"
        f"<td>{escape(of)}</td><td>{escape(source)}</td></tr>"
        for name, value, sign, of, source in rows
    )
    title = heading(_("Figures"), level)
    table = scrolling(_("Figures"), wide_table(head, body))
    said = " ".join(conversion([row["count_unit"]], assessment.settings))
    note = paragraph(said, "note") if said else ""
    return f"<section>{title}{table}{note}</section>"


_WHO: dict[str, str] = {
    Question.INVENTORY: N_("The municipality, or its CJG"),
    Question.UNPLACED: N_("The providers of these offers"),
    Question.COUNTS: N_("The municipality, from its own records"),
}


def _questions(assessment: Assessment, gm_code: str, level: int) -> str:
    """What is not known, and who could say it."""
    found = open_questions(assessment, gm_code)
    title = heading(_("What is not known, and who can say it"), level)
    if found.empty:
        text = _("Nothing: all that this page needs is known.")
        return f"<section>{title}{paragraph(text)}</section>"
    lead = paragraph(_("Each answer can change the status or the gap."))
    head = "".join(
        f"<th scope='col'>{escape(name)}</th>" for name in (_("Not known"), _("Who can say it"))
    )
    body = "".join(
        f"<tr><th scope='row'>{escape(asked(row))}</th><td>{escape(who(row))}</td></tr>"
        for _index, row in found.iterrows()
    )
    return f"<section class='questions'>{title}{lead}{wide_table(head, body)}</section>"


def asked(row: pd.Series) -> str:
    """What is not known, as a sentence.

    Parameters
    ----------
    row
        Of what `coverage.open_questions.open_questions` gives.
    """
    question = row["question"]
    if question == Question.INVENTORY:
        return _("Whether all offers in this municipality are in the register.")
    if question == Question.NOT_DESCRIBED:
        return _(
            "{offer}: whether it includes care coordination. The source does not describe it.",
            offer=row["offer"],
        )
    if question == Question.UNPLACED:
        return ngettext(
            "Where {count} offer of the register serves. It may serve this municipality too.",
            "Where {count} offers of the register serve. They may serve this municipality too.",
            row["count"],
        )
    if question == Question.COUNTS:
        return _("How many supervision orders there were here: the number is an estimate.")
    test = _(TEST[row.test])
    return f"{row['offer']}: {test}"


def who(row: pd.Series) -> str:
    """Who could say it; `row` as for `asked`."""
    question = row["question"]
    if question in _WHO:
        return _(_WHO[question])
    return str(row["provider"]) or _("The provider")


def _sources(assessment: Assessment, row: pd.Series, level: int) -> str:
    items = panel.source_items(assessment, f"{row['count_source']};{row['residents_source']}")
    map_source = _("Boundaries: CBS and Kadaster, CC BY 4.0, simplified.")
    title = heading(_("Sources of the figures"), level)
    return (
        f"<section>{title}<ul class='sources'>{items}<li>{escape(map_source)}</li></ul></section>"
    )


def region_sets(available: Sequence[str], chosen: str) -> list[str]:
    """Region sets to compare with: the chosen one, the provinces, the country.

    Parameters
    ----------
    available
        Those of the edition.
    chosen
        The one that the reader chose.
    """
    wanted = dict.fromkeys([chosen, str(RegionSet.PROVINCE), COUNTRY])
    return [name for name in wanted if name in available or name == COUNTRY]
