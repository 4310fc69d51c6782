"""Page that lays regions beside each other: maps, figures, what order they allow."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

import coverage
from coverage import comparison, editions, i18n, maps
from coverage.assessment import COUNTRY
from coverage.i18n import _, number, percent
from coverage.labels import REGION_SET
from coverage.measures import MEASURES, STATUS_MEASURE
from coverage.ui import (
    bars,
    charts,
    compare_draws,
    compare_parts,
    comparison_file,
    data,
    download,
    markup,
    state,
)
from coverage.ui.compare_parts import ORDERS, WORDS
from coverage.vocabulary import FigureStatus, RegionSet
from coverage.wording import capital, conversion

if TYPE_CHECKING:
    from coverage import Assessment
    from coverage.ui.chosen import Choices

LEAST, MOST = 2, 8
"""How many regions can be compared."""


def show(chosen: Choices) -> None:
    """Draw the page.

    Parameters
    ----------
    chosen
        What to show.
    """
    st.title(_("Compare regions"), anchor=False)
    with st.spinner(_("Calculating…")):
        assessment = data.assessment(chosen)
    regions = _ask_regions(chosen.year)
    if len(regions) < LEAST:
        st.info(_("Choose at least two regions to compare."))
        return
    figures = comparison.indicators(assessment, regions)
    counted = comparison.statuses(assessment, regions)
    if (figures["region_status"] == FigureStatus.EXAMPLE).any():
        st.info(
            _(
                "The study regions are an example selection: no public source names them. Choose "
                "your own regions to compare those."
            )
        )
    names = compare_parts.labels(figures)
    _maps(chosen, assessment, names)
    st.header(_("Figures side by side"), anchor=False)
    table = compare_parts.figures_table(figures, counted, names, example=assessment.is_example)
    markup.show(table, key="compare-figures")
    st.caption(" ".join([_explained(), *conversion(set(_units(figures)), assessment.settings)]))
    _order(figures, names)
    compare_draws.show(chosen, figures, names)
    st.header(_("Municipalities by status"), anchor=False)
    chart = charts.stacked_statuses(
        list(names[counted.index]),
        counted,
        caption=_("Number of municipalities of each status, from the worst to the best"),
        name=_("Region"),
    )
    if chosen.measure != STATUS_MEASURE:  # else it stands under the maps
        chart += maps.legend(STATUS_MEASURE)
    markup.show(chart, key="compare-statuses")
    other = _beside(chosen, assessment, regions, names)
    with st.container(key="compare-download"):  # not printed
        _downloads(assessment, other, regions)


def _ask_regions(year: int) -> list[str]:
    """Ask which regions to compare; give them as ``set:code``."""
    options = region_options(year)
    default = [key for key in options if key.startswith(f"{RegionSet.STUDY}:")]
    default = (default if len(default) >= LEAST else list(options))[:MOST]
    state.settle_many("regions", list(options), default, most=MOST)
    return list(
        st.multiselect(
            _("Regions to compare ({least} to {most})", least=number(LEAST), most=number(MOST)),
            list(options),
            key="regions",
            select_all=False,  # else Enter takes all that fit what was typed
            format_func=options.__getitem__,
            max_selections=MOST,
            placeholder=_("Type the name of a region"),
        )
    )


def region_options(year: int) -> dict[str, str]:
    """Regions of all sets of an edition as ``set:code``, and how they are named in a list.

    Parameters
    ----------
    year
        Edition. The whole country comes last.
    """
    table = data.edition(year).regions.drop_duplicates(["region_set", "region_code"])
    order = [*REGION_SET, *table["region_set"]]
    table = table.sort_values("region_name").sort_values(
        "region_set", key=lambda sets: sets.map(order.index), kind="stable"
    )
    named = {
        comparison.region_key(region_set, code): _(
            "{name}: {text}", name=_(REGION_SET.get(region_set, region_set)), text=name
        )
        for region_set, code, name in zip(
            table["region_set"], table["region_code"], table["region_name"], strict=True
        )
    }
    return named | {comparison.region_key(COUNTRY, "NL"): _(REGION_SET[COUNTRY])}


def _maps(chosen: Choices, assessment: Assessment, names: pd.Series[str]) -> None:
    st.header(_("Maps"), anchor=False)
    st.selectbox(
        _("Show on the maps"),
        list(MEASURES),
        key="measure",
        format_func=lambda name: capital(_(MEASURES[name].label)),
    )
    measure = MEASURES[chosen.measure]
    # What is chosen is said again: a control is not printed.
    texts = [
        _("{name}: {text}", name=capital(_(measure.label)), text=_(measure.explanation)),
        _(
            "All maps have the same colours and the same scale. Point at a municipality to see its "
            "name."
        ),
    ]
    said = "".join(f"<p>{escape(text)}</p>" for text in texts)
    paint = data.paint(chosen, i18n.language())
    drawn = compare_parts.small_maps(assessment, paint, names, chosen.measure)
    markup.show(
        f"<div class='coverage-said'>{said}</div>{drawn}{maps.legend(chosen.measure)}",
        key="compare-maps",
    )
    st.caption(_("Boundaries: CBS and Kadaster, CC BY 4.0, simplified."))


def _units(figures: pd.DataFrame) -> list[str]:
    """Units that orders are counted in, in one of the regions or more."""
    return ";".join(figures["count_unit"]).split(";")


def _explained() -> str:
    return _(
        "Without care coordination: from the residents of municipalities that certainly have "
        "none, to those of all municipalities where it is not proven."
    )


def _order(figures: pd.DataFrame, names: pd.Series[str]) -> None:
    """Chart of the intervals of one indicator, and what order they allow."""
    st.header(_("Order of the regions"), anchor=False)
    state.settle("rank_by", list(ORDERS), "gap")
    indicator = st.selectbox(
        _("Order by"), list(ORDERS), key="rank_by", format_func=lambda name: _(ORDERS[name])
    )
    low, high = figures[f"{indicator}_low"], figures[f"{indicator}_high"]
    ranks = comparison.ranking(low, high)
    # By the middle of the range of ranks; equal ranges by name.
    order = (
        ranks.assign(middle=ranks["rank_from"] + ranks["rank_to"], name=names)
        .sort_values(["middle", "name"], kind="stable")
        .index
    )
    rows = pd.DataFrame(
        {
            "label": names,
            "low": low,
            "high": high,
            "words": [WORDS[indicator](*ends) for ends in zip(low, high, strict=True)],
            "note": compare_parts.rank_words(ranks),
        }
    ).loc[order]
    said = "".join(
        f"<p>{escape(text)}</p>" for text in compare_parts.order_sentences(low, high, names)
    )
    chart = charts.interval_bars(
        rows,
        caption=compare_parts.chart_caption(indicator, figures),
        headings=(_("Region"), _("From … to"), _("Possible rank")),
        tick=(
            partial(percent, digits=1)
            if indicator == "share_without"
            else partial(number, digits=2)
        ),
    )
    markup.show(f"<div class='coverage-said'>{said}</div>{chart}", key="compare-order")
    st.caption(
        _(
            "Rank 1 has the largest value. A rank is a range where intervals overlap; equal "
            "values share a rank."
        )
        + " "
        + _(bars.EXPLANATION)
    )


def _beside(
    chosen: Choices, assessment: Assessment, regions: list[str], names: pd.Series[str]
) -> Assessment | None:
    """Another year on the division of this one; gives that year, if one is chosen."""
    st.header(_("Another year beside it"), anchor=False)
    years = ["", *(str(year) for year in sorted(coverage.EDITIONS) if year != chosen.year)]
    state.settle("beside", years, "")
    picked = st.selectbox(
        _("Year to lay beside {year}", year=str(chosen.year)),
        years,
        key="beside",
        format_func=_year_label,
    )
    if not picked:
        return None
    other = data.assessment(replace(chosen, year=int(picked)))
    both = _both(assessment, other, regions)
    texts = [
        compare_parts.units_warning(assessment, other),
        _(
            "The figures of {other} are carried to the municipalities of {year}, by where the "
            "residents aged 0-17 live. The gap of {other} is that of its own municipalities. To "
            "see it the other way round, choose {other} under “Municipalities of”.",
            other=picked,
            year=str(chosen.year),
        ),
        compare_parts.divided_words(both, names),
    ]
    example = assessment.is_example or other.is_example
    # Units and periods come from files: here they are plain text, and never Markdown.
    said = "".join(f"<p>{escape(text)}</p>" for text in texts if text)
    markup.show(
        f"<div class='coverage-said' role='note'>{said}</div>"
        f"{compare_parts.beside_table(both, names, example=example)}",
        key="compare-beside",
    )
    return other


def _both(assessment: Assessment, other: Assessment, regions: list[str]) -> pd.DataFrame:
    crosswalk = editions.load_crosswalk(other.edition.year, assessment.edition.year)
    return comparison.beside(assessment, other, crosswalk, regions)


def _year_label(year: str) -> str:
    return year or _("No other year")


def _downloads(assessment: Assessment, other: Assessment | None, regions: list[str]) -> None:
    """Files of everything on the page; they are made when they are asked for."""
    st.header(_("Download"), anchor=False)
    st.caption(
        _(
            "The figures of these regions, their possible ranks, how often each is worst, what "
            "moves its gap, and the other year if there is one. Each file says where its figures "
            "come from; a CSV comes in a zip, with that in a file beside it."
        )
    )
    make = partial(contents, assessment, other, regions)
    language = i18n.language()
    example = assessment.is_example or (other is not None and other.is_example)
    name = partial(download.file_name, assessment, _("comparison"))
    with st.container(horizontal=True):
        download.offer(
            _("Download these figures (Excel)"),
            partial(download.excel, make, language, example=example),
            name(),
        )
        download.offer(
            _("Download these figures (CSV)"),
            partial(download.csv, make, language, name(suffix=""), example=example),
            name(suffix=".zip"),
        )


def contents(
    assessment: Assessment, other: Assessment | None, regions: list[str]
) -> download.Contents:
    """Tables of the page and what made them, for a file.

    Parameters
    ----------
    assessment
        Where the figures come from.
    other
        Another year that is laid beside it, or None.
    regions
        Regions as ``set:code``.
    """
    more = comparison_file.more(assessment, regions)
    record = {**assessment.provenance, "view": {"kind": "comparison", "regions": regions}}
    if other is not None:
        kinds = comparison.indicators(assessment, regions)["region_set"]
        both = _both(assessment, other, regions)
        more[_("Another year beside it")] = comparison_file.years(both, kinds)
        record["other_year"] = other.provenance
    return download.Contents(comparison_file.figures(assessment, regions), record, more)
