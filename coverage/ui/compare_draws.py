"""Parts of the comparison that rest on chance: how often a region is worst, what moves its gap."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from coverage.i18n import N_, _, number, percent
from coverage.ui import bars, charts, compare_parts, data, markup, tornado
from coverage.ui.pieces import paragraph
from coverage.uncertainty import DRAWS, Per

if TYPE_CHECKING:
    from coverage.ui.chosen import Choices
    from coverage.uncertainty import Simulation

CAPTION: dict[Per, str] = {
    Per.FAMILIES: N_("Share of {count} draws in which the region has the greatest gap"),
    Per.RESIDENTS: N_(
        "Share of {count} draws in which the region has the greatest gap per 1,000 residents aged "
        "0-17"
    ),
}

SUPPOSED = N_("Supposition: there is no more capacity than is proven")

_SWITCH = "compare_draw"
_REGION = "compare_moves"


def show(chosen: Choices, figures: pd.DataFrame, names: pd.Series[str]) -> None:
    """Draw both parts of the page.

    Parameters
    ----------
    chosen
        What to show.
    figures
        What `coverage.comparison.indicators` gives.
    names
        Name of each region, same index.
    """
    with st.container(key="compare-how-often"):
        _how_often(chosen, figures, names)
    _moves(chosen, names)


def _how_often(chosen: Choices, figures: pd.DataFrame, names: pd.Series[str]) -> None:
    """How often each region is worst; drawn when it is asked for."""
    st.header(_("How often each region is worst"), anchor=False)
    st.markdown(
        _(
            "The demand of each region is drawn {count} times from its range, by chance, and each "
            "time the gaps are laid beside each other. What is not known of capacity has no "
            "chance. So each share is a range itself.",
            count=number(DRAWS),
        )
    )
    if not st.toggle(_("Make the draws (takes a few seconds)"), key=_SWITCH):
        return
    per = Per.RESIDENTS if st.session_state.get("rank_by") == "gap_per_1000" else Per.FAMILIES
    with st.spinner(_("Calculating…")):
        drawn = data.simulation(chosen, list(figures.index))
    markup.show(worst(drawn, names, per, figures["capacity_high"]), key="compare-draws")


def worst(
    drawn: Simulation, names: pd.Series[str], per: Per, capacity_high: pd.Series[float]
) -> str:
    """How often each region is worst, and what order that allows, as HTML.

    Parameters
    ----------
    drawn
        Regions over many draws.
    names
        Name of each region, same index.
    per
        What they are compared by.
    capacity_high
        Most capacity of each region; NaN where not known.
    """
    lead = [order_words(drawn, per)]
    if drawn.decided(per) < 1 and capacity_high.isna().any():
        lead.append(
            _(
                "Capacity that is not known stands in the way: it may close the gap of a region, "
                "and nobody can say how likely that is."
            )
        )
    supposed = [
        paragraph(
            _(
                "This holds only if there is no other capacity than what is proven. That is not "
                "known: it is a supposition, to see what demand alone would say."
            )
        ),
        paragraph(order_words(drawn, per, only_proven=True)),
        _chart(drawn, names, per, only_proven=True),
    ]
    after = [
        _(
            "The possible rank holds in at least {confidence} of the draws; rank 1 is the greatest "
            "gap. The draws are the same each time (seed {seed}).",
            confidence=percent(drawn.confidence),
            seed=str(drawn.seed),
        ),
        _(bars.EXPLANATION),
    ]
    return (
        f"<div class='coverage-draws'>{''.join(map(paragraph, lead))}{_chart(drawn, names, per)}"
        f"<details><summary>{escape(_(SUPPOSED))}</summary>{''.join(supposed)}</details>"
        f"{''.join(map(paragraph, after))}</div>"
    )


def order_words(drawn: Simulation, per: Per, *, only_proven: bool = False) -> str:
    """What order the draws allow, in one sentence.

    Parameters
    ----------
    drawn, per, only_proven
        As for `coverage.uncertainty.Simulation.decided`, of two regions or more.
    """
    pairs = len(drawn.regions) * (len(drawn.regions) - 1) // 2
    sure = round(drawn.decided(per, only_proven=only_proven) * pairs)
    params = {
        "sure": number(sure),
        "pairs": number(pairs),
        "confidence": percent(drawn.confidence),
    }
    if not sure:
        text = N_(
            "No order can be given: of no two regions is it certain in {confidence} of the draws "
            "which one is worse."
        )
    elif sure == pairs:
        text = N_(
            "An order can be given: of each two regions one is worse in at least {confidence} of "
            "the draws."
        )
    else:
        text = N_(
            "A part of the order can be given: in {sure} of the {pairs} pairs of regions one is "
            "worse in at least {confidence} of the draws. Of the other pairs no order can be given."
        )
    return _(text, **params)


def share_words(low: float, high: float) -> str:
    """How often a region is worst, in words; from never to always says nothing."""
    if low == 0 and high == 1:
        return _("cannot be said")
    first, last = percent(low), percent(high)
    return first if first == last else _("{low} to {high}", low=first, high=last)


def _chart(drawn: Simulation, names: pd.Series[str], per: Per, *, only_proven: bool = False) -> str:
    found = drawn.worst(per, only_proven=only_proven)
    says = (found["worst_low"] > 0) | (found["worst_high"] < 1)
    ranks = found.rename(columns={"rank_low": "rank_from", "rank_high": "rank_to"})
    rows = pd.DataFrame(
        {
            "label": names.loc[found.index],
            "low": found["worst_low"].where(says),
            "high": found["worst_high"],
            "words": list(map(share_words, found["worst_low"], found["worst_high"])),
            "note": compare_parts.rank_words(ranks),
            "place": found["rank_low"] + found["rank_high"],
        }
    ).sort_values(["place", "high", "label"], ascending=[True, False, True], kind="stable")
    caption = _(CAPTION[per], count=number(drawn.draws))
    if only_proven:
        caption = f"{_(SUPPOSED)}. {caption}"
    return charts.interval_bars(
        rows,
        caption=caption,
        headings=(_("Region"), _("Worst in"), _("Possible rank")),
        tick=partial(percent, digits=0),
    )


def _moves(chosen: Choices, names: pd.Series[str]) -> None:
    """What moves the gap of one of the regions."""
    st.header(_(tornado.TITLE), anchor=False)
    named = {str(key): name for key, name in names.items()}
    if st.session_state.get(_REGION) not in named:
        st.session_state[_REGION] = next(iter(named))
    label = _("Region of this chart")  # not the name of the choice in the side bar
    region = str(st.selectbox(label, list(named), key=_REGION, format_func=named.__getitem__))
    caption = _("Gap, families a year, {place}", place=named[region])
    html = tornado.chart(data.what_moves(chosen, region), caption)
    markup.show(f"<div class='coverage-said'>{html}</div>", key="compare-moves")
