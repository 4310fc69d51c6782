"""How the figures are made, in plain words, for who is about to quote them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from coverage.i18n import _, ngettext, number, percent
from coverage.labels import UNIT
from coverage.wording import listed

if TYPE_CHECKING:
    from coverage import Assessment, Edition, Settings


def explanation(assessment: Assessment, other: Edition) -> None:
    """Fold-out text about the method.

    Parameters
    ----------
    assessment
        Whose settings the text tells.
    other
        Another edition, that a reader may want to compare with.
    """
    points = [
        *_demand(assessment.settings),
        *_counts(assessment, other),
        *_spread(assessment.settings),
        *_offers(assessment.settings),
    ]
    with st.expander(_("How these figures are made")):
        items = "".join(f"<li>{escape(text)}</li>" for text in points)
        st.html(f"<ul class='coverage-method'>{items}</ul>")


def _demand(settings: Settings) -> list[str]:
    return [
        _(
            "Demand: the families with a supervision order that voluntary support could have "
            "helped. That is taken to be {imposed} of the orders that are imposed in a year, and "
            "{low} to {high} of the orders that are extended. These shares come from letter "
            "32 015 nr. 9 to the House of Representatives.",
            imposed=percent(settings.share_imposed),
            low=percent(settings.share_extended_low),
            high=percent(settings.share_extended_high),
        ),
        ngettext(
            "{number} order counts as one family. A family with more children under an order is "
            "then counted more than once, so the demand may be too high.",
            "{number} orders count as one family. A family with more children under an order may "
            "then be counted more than once, so the demand may be too high.",
            settings.children_per_family,
            number=number(settings.children_per_family, 1),
        ),
    ]


def _counts(assessment: Assessment, other: Edition) -> list[str]:
    points = [
        _(
            "No counts of orders by municipality come with this tool. Where a municipality has "
            "not entered its own, they are estimated from national figures, by the number of "
            "residents aged 0-17 (for 2025 also by how many orders ended in each COROP region)."
        )
    ]
    ours, theirs = assessment.counts, other.demand
    if set(ours["unit"]) != set(theirs["unit"]):
        points.append(
            _(
                "The figures of {year} count {unit}, and those of {other_year} count "
                "{other_unit}. So the two years cannot simply be compared.",
                year=listed(sorted(ours["period"].unique())),
                unit=listed([_(UNIT.get(unit, unit)) for unit in ours["unit"].unique()]),
                other_year=listed(sorted(theirs["period"].unique())),
                other_unit=listed([_(UNIT.get(unit, unit)) for unit in theirs["unit"].unique()]),
            )
        )
    return points


def _spread(settings: Settings) -> list[str]:
    return [
        _(
            "The range of an estimated count is meant to hold in {count} of 100 cases. The range "
            "of a region is narrower than those of its municipalities added up, because chance "
            "evens out.",
            count=number(100 * settings.confidence, 1),
        )
    ]


def _offers(settings: Settings) -> list[str]:
    return [
        ngettext(
            "An offer is taken to run for {count} year after it was last seen. After that it is "
            "not known whether it runs.",
            "An offer is taken to run for {count} years after it was last seen. After that it is "
            "not known whether it runs.",
            settings.sighting_holds_years,
        ),
        _(
            "An offer without any date is taken to run in the year of the division into "
            "municipalities that the register names with it."
        ),
    ]
