"""Pieces of the page that lays regions beside each other, as HTML and as sentences."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, cast

import geopandas as gpd
import pandas as pd

from coverage import comparison, drawing
from coverage.assessment import COUNTRY
from coverage.demand import COUNTS
from coverage.explanations import units_differ
from coverage.gap_table import total_words, unit_words
from coverage.i18n import N_, _, number, percent
from coverage.labels import COLUMN, FIGURE_STATUS, REGION_SET, RESTS_ON, UNKNOWN
from coverage.measures import MEASURES
from coverage.ui.pieces import figure, mark, scrolling
from coverage.vocabulary import FigureStatus
from coverage.wording import RATE_DIGITS, capital, interval, listed, status_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from coverage import Assessment

    _YearRow = tuple[tuple[str, int], pd.Series]

_PER_1000 = N_("Gap per 1,000 residents aged 0-17")
_WITHOUT = N_("Share of residents aged 0-17 without care coordination")

ORDERS: dict[str, str] = {
    "gap": N_("Gap"),
    "gap_per_1000": _PER_1000,
    "demand": N_("Demand"),
    "share_without": _WITHOUT,
}
"""Indicators to order the regions by."""

_MAP_WIDTHS = {3: 300, 8: 190}  # pixels, for up to so many maps: few maps have room to be large
_SCROLL = "coverage-scroll"
_ROUGH = 0.001  # of the residents: less of a region is not worth a word


def labels(figures: pd.DataFrame) -> pd.Series[str]:
    """Short name of each region; with its kind where two have one name.

    Parameters
    ----------
    figures
        What `coverage.comparison.indicators` gives.
    """
    names = figures["region_name"].where(figures["region_set"] != COUNTRY, _(REGION_SET[COUNTRY]))
    kinds = figures["region_set"].map({name: _(text) for name, text in REGION_SET.items()})
    kinds = kinds.fillna(figures["region_set"])
    return names.where(~names.duplicated(keep=False), names + " (" + kinds.str.lower() + ")")


def small_maps(
    assessment: Assessment, paint: pd.DataFrame, names: pd.Series[str], measure: str
) -> str:
    """Map of each region, on one scale, as HTML.

    Parameters
    ----------
    assessment
        Whose municipalities are drawn.
    paint
        What `coverage.measures.paint` gives.
    names
        Name of each region, indexed by ``set:code``.
    measure
        Name in `coverage.measures.MEASURES`.
    """
    rows = comparison.members(assessment.edition, list(names.index))
    boundaries = gpd.GeoSeries(assessment.municipalities.geometry)
    bounds = boundaries.bounds.loc[rows["gm_code"]].groupby(rows["region"].to_numpy())
    sides = bounds.agg({"minx": "min", "miny": "min", "maxx": "max", "maxy": "max"})
    extents = drawing.frames(sides.loc[names.index])
    tips = assessment.municipalities["name"] + ": " + paint["words"]
    title = capital(_(MEASURES[measure].label))
    width = next(wide for most, wide in _MAP_WIDTHS.items() if len(names) <= most)
    figures = []
    for place, ((region, name), extent) in enumerate(zip(names.items(), extents, strict=True)):
        codes = rows.loc[rows["region"] == region, "gm_code"]
        picture = drawing.svg_map(
            boundaries.loc[codes],
            paint,
            title=_("{name}: {text}", name=name, text=title),
            description=described(paint.loc[codes]),
            width=width,
            extent=extent,
            id_prefix=f"compare-{place}",
            tips=tips,
        )
        figures.append(f"<figure><figcaption>{escape(name)}</figcaption>{picture}</figure>")
    return f"<div class='coverage-multiples' style='--map:{width}px'>{''.join(figures)}</div>"


def described(paint: pd.DataFrame) -> str:
    """What a map shows, in one sentence, for who cannot see it.

    Parameters
    ----------
    paint
        Of the municipalities on the map.
    """
    known, hatched = int(paint["known"].sum()), int((paint["hatched"] & paint["known"]).sum())
    return _(
        "{count} municipalities. Known: {known}, of which {hatched} may be better than the "
        "colour says. Not known: {unknown}. The figures stand in the tables of this page.",
        count=number(len(paint)),
        known=number(known),
        hatched=number(hatched),
        unknown=number(len(paint) - known),
    )


def share_words(low: float, high: float) -> str:
    """Interval of a share in words; from nothing to everything says nothing."""
    if pd.isna(low) or pd.isna(high) or (low == 0 and high == 1):
        return _("not known")
    first, last = percent(low), percent(high)
    return first if first == last else _("{low} to {high}", low=first, high=last)


def rate_words(low: float, high: float) -> str:
    """Interval of a number per 1,000 residents in words, with two decimals."""
    return interval(low, high, RATE_DIGITS)


WORDS: dict[str, Callable[[float, float], str]] = {
    "gap": interval,
    "gap_per_1000": rate_words,
    "demand": interval,
    "capacity": interval,
    "coordinators": interval,
    "share_without": share_words,
}
"""How the interval of an indicator is put into words."""


def figures_table(
    figures: pd.DataFrame, counted: pd.DataFrame, names: pd.Series[str], *, example: bool = False
) -> str:
    """Table of the indicators as HTML: a row for each, a column for each region.

    Parameters
    ----------
    figures
        What `coverage.comparison.indicators` gives.
    counted
        What `coverage.comparison.statuses` gives, same index.
    names
        Name of each region, same index.
    example
        Whether the offers are made up, and with them all that is calculated from them.
    """
    made_up = mark(FigureStatus.EXAMPLE) if example else ""

    def words(name: str) -> pd.Series[str]:
        ends = zip(figures[f"{name}_low"], figures[f"{name}_high"], strict=True)
        return pd.Series([WORDS[name](low, high) for low, high in ends], index=figures.index)

    unit = demand_unit(figures)
    body = [
        _row(_("Municipalities"), figures["municipalities"].map(number)),
        _group(_("Of these, by what is proven"), len(figures), made_up),
        *(
            _row(name, counts.map(number), kind="part")
            for name, counts in status_rows(counted.loc[figures.index])
        ),
        _row(
            _("Share of the municipalities unknown"),
            figures["share_unknown"].map(percent),
            sign=made_up,
        ),
        _row(
            _("Residents aged 0-17"),
            figures["residents_0_17"].map(figure),
            note=_residents_note(figures),
        ),
        _row(_(_WITHOUT), words("share_without"), sign=made_up),
        _row(_("Demand"), words("demand"), note=unit),
        _row(
            _("Capacity with care coordination"),
            words("capacity"),
            note=_("families a year"),
            sign=made_up,
        ),
        _row(_("Gap"), words("gap"), note=unit, sign=made_up),
        _row(_(_PER_1000), words("gap_per_1000"), note=unit, sign=made_up),
        _row(_("Coordinators needed"), words("coordinators"), note=_("for the gap"), sign=made_up),
        *(
            _row(
                _(COLUMN[name]),
                pd.Series([total_words(row, name) for _i, row in figures.iterrows()]),
                note=_("{unit}, figures of {years}", unit=_units(figures), years=periods(figures)),
            )
            for name in COUNTS
        ),
        *_protected_row(figures),
        _row(
            _("Status of the counts"),
            figures["count_status"].map(lambda status: _(FIGURE_STATUS[status])),
        ),
    ]
    head = "".join(
        f"<th scope='col'>{escape(name)}{_mark(status)}</th>"
        for name, status in zip(names, figures["region_status"], strict=True)
    )
    corner = _("What is compared")
    return scrolling(
        _("Figures side by side"),
        f"<table class='coverage-beside'><thead><tr><th scope='col'>{escape(corner)}</th>{head}"
        f"</tr></thead><tbody>{''.join(body)}</tbody></table>",
        kind=_SCROLL,
    )


def _protected_row(figures: pd.DataFrame) -> list[str]:
    """How many municipalities have protected counts, if any has."""
    if not figures["n_suppressed"].any():
        return []
    name = _("Municipalities with protected counts")
    return [_row(name, figures["n_suppressed"].map(number), kind="part")]


def _units(figures: pd.DataFrame) -> str:
    return listed([unit_words(unit) for unit in _different(figures["count_unit"])])


def periods(figures: pd.DataFrame) -> str:
    """Years that the counts of regions are of, as one phrase."""
    return listed(_different(figures["count_period"]))


def _mark(status: str) -> str:
    if status != FigureStatus.EXAMPLE:
        return ""
    text = _("example selection")
    return f" <span class='mark'>{escape(text)}</span>"


def status_rows(counted: pd.DataFrame) -> list[tuple[str, pd.Series[int]]]:
    """Statuses that occur, in words, with their numbers of municipalities.

    Parameters
    ----------
    counted
        What `coverage.comparison.statuses` gives.

    Returns
    -------
    list of tuple
        From the worst to the best, what is certain apart from what is proven at least; without
        what occurs in no region.
    """
    rows = []
    for key, counts in counted.items():
        status, certain = cast("tuple[str, bool]", key)
        words = status_words(status, certain=certain, known=status != UNKNOWN)
        if counts.any():
            rows.append((capital(words), counts))
    return rows


def _row(
    name: str, cells: pd.Series[str], *, note: str = "", kind: str = "", sign: str = ""
) -> str:
    """Row of a table; `sign` is HTML that says where its figures come from."""
    small = f"<small>{escape(note)}</small>" if note else ""
    values = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    kinds = f" class='{kind}'" if kind else ""
    return f"<tr{kinds}><th scope='row'>{escape(name)}{sign}{small}</th>{values}</tr>"


def _group(name: str, columns: int, sign: str) -> str:
    """Heading over rows; an empty cell for each region, as a heading has no figures."""
    return (
        f"<tr class='group'><th scope='rowgroup' colspan='{columns + 1}'>{escape(name)}{sign}"
        "</th></tr>"
    )


def demand_unit(figures: pd.DataFrame) -> str:
    """Unit of demand and gap, with the year of the counts and what they are.

    Parameters
    ----------
    figures
        With the columns count_period and count_status.
    """
    years = periods(figures)
    return _(
        "families a year ({status}, figures of {years})",
        status=_statuses(figures["count_status"]),
        years=years,
    )


def _different(joined: pd.Series[str]) -> list[str]:
    """Different parts of texts that are joined by ``;``."""
    return sorted({*";".join(joined).split(";")} - {""})


def _statuses(joined: pd.Series[str]) -> str:
    return listed([_(RESTS_ON[status]) for status in _different(joined)])


def _residents_note(figures: pd.DataFrame) -> str:
    """Status of the residents where they are not simply observed, and of which years."""
    years = listed(_different(figures["residents_0_17_year"])) or _("not known")
    if set(_different(figures["residents_0_17_status"])) <= {FigureStatus.OBSERVED}:
        return _("of {years}", years=years)
    words = [_(FIGURE_STATUS[one]) for one in _different(figures["residents_0_17_status"])]
    status = listed(words)
    return _("{status}, of {years}", status=status, years=years)


def chart_caption(indicator: str, figures: pd.DataFrame) -> str:
    """Name of an indicator with its unit."""
    name = _(ORDERS[indicator])
    if indicator == "share_without":
        return name
    return _("{name}: {text}", name=name, text=demand_unit(figures))


def rank_words(ranks: pd.DataFrame) -> list[str]:
    """Range of ranks of each region in words: ``1`` or ``1 to 3``.

    Parameters
    ----------
    ranks
        What `coverage.comparison.ranking` gives.
    """
    return [
        number(first)
        if first == last
        else _("{low} to {high}", low=number(first), high=number(last))
        for first, last in zip(ranks["rank_from"], ranks["rank_to"], strict=True)
    ]


def order_sentences(
    low: pd.Series[float], high: pd.Series[float], names: pd.Series[str]
) -> list[str]:
    """What can be said of the order of regions, and what cannot.

    Parameters
    ----------
    low, high
        Interval of each region.
    names
        Their names, same index.
    """
    groups = comparison.unordered(low, high)
    ties = comparison.ties(low, high)
    if not (groups or ties.certain or ties.possible):
        return [_("The intervals do not overlap: the order is certain, given these figures.")]
    sentences = []
    if groups:
        first, *others = (listed(list(names[group])) for group in groups)
        sentences = [
            _("The intervals overlap: no order can be given between {names}.", names=first),
            *(_("Nor between {names}.", names=other) for other in others),
        ]
    for tied, text in (
        (ties.certain, N_("{names} are equal, given these figures.")),
        (ties.possible, N_("{names} may be equal.")),
    ):
        sentences += [_(text, names=listed(list(names[group]))) for group in tied]
    ranks = comparison.ranking(low, high)
    # Who shares a place, or may do so, has been told already.
    shared = {region for group in (*ties.certain, *ties.possible) for region in group}
    sure = ranks.index[ranks["exact"] & ~ranks.index.isin(shared)]
    if len(sure):
        sentences.append(
            _(
                "The place of {names} is certain, given these figures.",
                names=listed(list(names[sure])),
            )
        )
    return sentences


def units_warning(assessment: Assessment, other: Assessment) -> str:
    """That two years count different things; empty if they do not."""
    return units_differ(assessment.counts, other.counts)


def beside_table(both: pd.DataFrame, names: pd.Series[str], *, example: bool = False) -> str:
    """Table of two years as HTML, two rows a region.

    Parameters
    ----------
    both
        What `coverage.comparison.beside` gives.
    names
        Name of each region, indexed by ``set:code``.
    example
        Whether the offers are made up, and with them all that is calculated from them.
    """
    made_up = mark(FigureStatus.EXAMPLE) if example else ""
    headings = [
        (_("Region"), ""),
        (_("Division of"), ""),
        (_("Residents aged 0-17"), ""),
        (_("Share of these residents living where nothing is known"), made_up),
        (_("Without care coordination"), made_up),
        (_("Demand"), ""),
        (_("Capacity"), made_up),
        (_("Gap"), made_up),
        (_("Gap per 1,000"), made_up),
    ]
    head = "".join(f"<th scope='col'>{escape(text)}{sign}</th>" for text, sign in headings)
    bodies = []
    for region, rows in both.groupby(level="region", sort=False):
        name = names[str(region)]
        lines: list[str] = []
        for (_region, year), row in cast("Iterator[_YearRow]", rows.iterrows()):
            first = (
                f"<th scope='rowgroup' rowspan='{len(rows)}'>{escape(name)}</th>"
                if not lines
                else ""
            )
            unit = listed([unit_words(one) for one in row["count_unit"].split(";")])
            period = listed(row["count_period"].split(";"))
            cells = [
                figure(row["residents_0_17"]),
                _("not known") if pd.isna(row["share_unknown"]) else percent(row["share_unknown"]),
                share_words(row["share_without_low"], row["share_without_high"]),
                interval(row["demand_low"], row["demand_high"]),
                interval(row["capacity_low"], row["capacity_high"]),
                interval(row["gap_low"], row["gap_high"]),
                rate_words(row["gap_per_1000_low"], row["gap_per_1000_high"]),
            ]
            values = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
            counted = _("counts: {period}, {unit}", period=period, unit=unit)
            lines.append(
                f"<tr>{first}<th scope='row'>{escape(str(year))}<small>{escape(counted)}</small>"
                f"</th>{values}</tr>"
            )
        bodies.append(f"<tbody>{''.join(lines)}</tbody>")
    return scrolling(
        _("Another year beside it"),
        f"<table class='coverage-beside years'><thead><tr>{head}</tr></thead>{''.join(bodies)}"
        "</table>",
        kind=_SCROLL,
    )


def divided_words(both: pd.DataFrame, names: pd.Series[str]) -> str:
    """Which regions cut through a municipality of the other year; empty if none does."""
    divided = both["share_divided"].groupby(level="region", sort=False).max()
    divided = divided[divided >= _ROUGH]
    if divided.empty:
        return ""
    parts = [
        _("{name} ({share})", name=names[str(region)], share=percent(share, 1))
        for region, share in divided.items()
    ]
    return _(
        "The border of a region cuts through a municipality of the other year in {regions}. "
        "Between brackets: the part of the residents aged 0-17 that is estimated for that "
        "reason.",
        regions=listed(parts),
    )
