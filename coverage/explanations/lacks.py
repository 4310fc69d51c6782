"""What is lacking in the data, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.explanations.section import Lack
from coverage.i18n import N_, _, ngettext, number
from coverage.open_questions import unplaced_rungs
from coverage.vocabulary import CoverageStatus, FigureStatus, OfferType, ServiceAreaType, Ternary
from coverage.wording import listed

if TYPE_CHECKING:
    from coverage import Assessment, Register


def known_gaps(assessment: Assessment, register: Register) -> list[Lack]:
    """What is lacking in the data, counted.

    Parameters
    ----------
    assessment
        Of the edition that is shown.
    register
        The whole register, before any filter.
    """
    return [
        *map(Lack, _gaps_of_municipalities(assessment)),
        *_gaps_of_offers(assessment, register),
        *map(Lack, _gaps_of_figures(assessment)),
        Lack(
            _("The offers of this register are made up. They say nothing of what is really there.")
            if register.is_example
            else _(
                "The register was made from the beginnings of public pages. “Unknown” often means "
                "that it was not read. Large towns are found more easily than small ones."
            )
        ),
    ]


def _gaps_of_municipalities(assessment: Assessment) -> list[str]:
    rows = assessment.municipalities
    count = len(rows)
    return [
        ngettext(
            "{count} of the {all} municipalities has no proven rung: nothing is known of it.",
            "{count} of the {all} municipalities have no proven rung: nothing is known of them.",
            int((~rows["known"]).sum()),
            all=number(count),
        ),
        _(
            "For {count} of the {all} municipalities somebody has listed all offers.",
            count=number(rows["inventory_complete"].sum()),
            all=number(count),
        ),
        _(
            "For {count} of the {all} municipalities no upper end of the capacity is known.",
            count=number(rows["capacity_high"].isna().sum()),
            all=number(count),
        ),
    ]


def _gaps_of_offers(assessment: Assessment, register: Register) -> list[Lack]:
    offers = register.offers
    support = offers[offers["offer_type"] == OfferType.FAMILY_SUPPORT]
    no_months = support["duration_months_min"].isna() & support["duration_months_max"].isna()
    lacking = [
        (
            N_("{count} do not say how many families they can help in a year."),
            support["capacity_families"].isna(),
        ),
        (
            N_("{count} do not say how long the support lasts, or whether it is long-term."),
            no_months & (support["long_term"] == Ternary.UNKNOWN),
        ),
        (
            N_("{count} do not say whether they are voluntary."),
            support["framework"] == Ternary.UNKNOWN,
        ),
        (
            N_("{count} tell too little to know whether they include care coordination."),
            support["coordination"] == Ternary.UNKNOWN,
        ),
        (
            N_("{count} do not say which municipalities they serve."),
            support["service_area_type"] == ServiceAreaType.UNKNOWN,
        ),
        (
            N_("{count} were not seen in a dated source."),
            support["first_seen"].isna()
            & support["last_seen"].isna()
            & (support["source_date"] == ""),
        ),
    ]
    opening = _(
        "The register has {all} offers, {count} of them support of the family itself. Of these:",
        all=number(len(offers)),
        count=number(len(support)),
    )
    parts = tuple(_(text, count=number(which.sum())) for text, which in lacking)
    return [Lack(opening, parts), *map(Lack, _elsewhere(assessment))]


def _elsewhere(assessment: Assessment) -> list[str]:
    """How many offers are not placed, and how many of those can count anywhere at all."""
    allowed = unplaced_rungs(assessment)
    if allowed.empty:
        return []
    return [
        ngettext(
            "Of {count} offer in this register it is not known where it serves. Offers of these "
            "that may count in any municipality: {able}.",
            "Of {count} offers in this register it is not known where they serve. Offers of these "
            "that may count in any municipality: {able}.",
            len(allowed),
            able=number((allowed > CoverageStatus.NONE.rung).sum()),
        )
    ]


def _gaps_of_figures(assessment: Assessment) -> list[str]:
    counts, rows = assessment.counts, assessment.municipalities
    estimated = int((counts["count_status"] == FigureStatus.ESTIMATED).sum())
    hidden = int((counts["count_status"] == FigureStatus.SUPPRESSED).sum())
    residents = rows["residents_0_17_status"] == FigureStatus.ESTIMATED
    years = sorted({int(year) for year in rows["residents_0_17_year"].dropna()})
    regions = assessment.edition.regions
    examples = regions[regions["status"] == FigureStatus.EXAMPLE]
    return [
        ngettext(
            "The counts of orders of {count} municipality are estimated.",
            "The counts of orders of {count} municipalities are estimated.",
            estimated,
        ),
        *(
            [
                ngettext(
                    "The counts of orders of {count} municipality are protected: they are known, "
                    "and only a range is shown, so that no family can be recognised.",
                    "The counts of orders of {count} municipalities are protected: they are "
                    "known, and only a range is shown, so that no family can be recognised.",
                    hidden,
                )
            ]
            if hidden
            else []
        ),
        ngettext(
            "The residents aged 0-17 of {count} municipality are estimated. The residents are "
            "of {years}, and the municipalities of {year}.",
            "The residents aged 0-17 of {count} municipalities are estimated. The residents are "
            "of {years}, and the municipalities of {year}.",
            int(residents.sum()),
            years=listed([str(year) for year in years]),
            year=assessment.edition.year,
        ),
        *(
            []
            if examples.empty
            else [
                _(
                    "The {count} study regions are an example selection, with {municipalities} "
                    "municipalities: no public source names them.",
                    count=number(examples["region_code"].nunique()),
                    municipalities=number(examples["gm_code"].nunique()),
                )
            ]
        ),
    ]
