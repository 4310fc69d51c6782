"""How each figure is made, in plain words and in symbols, for who is about to quote it.

Pure texts: every number in them comes from the settings or the tables of an assessment.
The page on the method shows them all, other pages a few.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pandas as pd

from coverage.assessment import COUNTRY
from coverage.demand import families_per_unit
from coverage.i18n import N_, _, ngettext, number, percent
from coverage.labels import STATUS, UNIT
from coverage.open_questions import unplaced_rungs
from coverage.regional import orders_of
from coverage.vocabulary import (
    LADDER,
    CoverageStatus,
    FigureStatus,
    OfferType,
    ServiceAreaType,
    Ternary,
)
from coverage.wording import capital, conversion, interval, listed

if TYPE_CHECKING:
    from coverage import Assessment, Edition, Register, Settings

LETTER = "https://openkamer.org/kamerstuk/32015/9"
"""Address of the minister's letter that the shares of the demand come from."""

USED_FOR = (
    N_("places and municipalities of postcodes in 2010"),
    N_("national orders of 2010: proportion of extensions, start of the trend"),
    N_("spatial pattern of the orders of the edition 2025; upper bound of extensions"),
    N_("codes of provinces and COROP regions, parts of the country"),
    N_("residents per postcode, weights of the crosswalk, part of 15-24 that is under 18"),
    N_("residents of the edition 2025"),
    N_("boundaries and names of 2010"),
    N_("boundaries and names of 2025"),
    N_("national orders of 2010: lower bound of impositions, number running"),
    N_("points of postcodes"),
    N_("national orders of the edition 2025"),
    N_("residents of the edition 2010"),
    N_("crosswalk, names, provinces of 2010"),
    N_("places and municipalities of postcodes today"),
    N_("national orders of 2010: upper bound of impositions"),
    N_("national orders of 2010: check of the number running"),
    N_("names of provinces, COROP regions and youth regions"),
    N_("facts only"),
    N_("not stated"),
    N_("public document, facts only"),
)
"""Uses and licences as the table of sources writes them, to be translated with `_`."""


@dataclass(frozen=True)
class Source:
    """Where a figure or a rule comes from.

    Attributes
    ----------
    text
        What to call it.
    url
        Web address, or empty.
    """

    text: str
    url: str = ""


@dataclass(frozen=True)
class Section:
    """Explanation of one figure, in the language of the context.

    Attributes
    ----------
    key
        Short name; does not change with the language.
    title
        Heading.
    words
        How it is made, sentence by sentence.
    symbols
        The same as formulas: ``X_min`` is X with the index min, ``alpha`` the Greek letter.
    meaning
        What each symbol stands for.
    sources, assumed, unknown
        Where it comes from, what is taken to be so, and what nobody knows.
    """

    key: str
    title: str
    words: tuple[str, ...]
    symbols: tuple[str, ...]
    meaning: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...]
    assumed: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Lack:
    """Something that the data does not tell.

    Attributes
    ----------
    text
        A sentence, in the language of the context.
    parts
        Sentences that take it apart.
    """

    text: str
    parts: tuple[str, ...] = ()


def sections(assessment: Assessment, other: Edition) -> list[Section]:
    """Explain every figure of an assessment.

    Parameters
    ----------
    assessment
        Whose settings and counts the texts tell.
    other
        Another edition, that a reader may want to compare with.

    Returns
    -------
    list of Section
        Orders, demand, capacity, gap, ladder, intervals, totals of regions, unknown.
    """
    return [
        _orders(assessment, other),
        _demand(assessment),
        _capacity(assessment),
        _gap(),
        _ladder(),
        _intervals(assessment.settings),
        _totals(),
        _unknown(assessment),
    ]


def summary(assessment: Assessment) -> list[str]:
    """The few sentences that other pages show of the method."""
    return [
        _demand_words(assessment.settings),
        _orders_words(),
        _gap_words(),
        _unknown_words(),
    ]


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


def letter() -> Source:
    """The minister's letter, by name and address."""
    return Source(_("Letter 32 015 nr. 9 to the House of Representatives, 13 July 2010"), LETTER)


def _orders_words() -> str:
    return _(
        "No counts of orders by municipality come with this tool. Where a municipality has "
        "not entered its own, they are estimated from national figures, by the number of "
        "residents aged 0-17 (for 2025 also by how many orders ended in each COROP region)."
    )


def _orders(assessment: Assessment, other: Edition) -> Section:
    return Section(
        key="orders",
        title=_("Supervision orders"),
        words=(
            _(
                "A judge can put a child under supervision. Such an order lasts one year at most, "
                "and can be extended each time. The tool uses the orders imposed and the orders "
                "extended in one year."
            ),
            _orders_words(),
            *_all_orders(assessment),
        ),
        symbols=("I = N · r / R",),
        meaning=(
            ("I", _("orders of a municipality, estimated")),
            ("N", _("orders of the country, or of the COROP region")),
            ("r", _("residents aged 0-17 of the municipality")),
            ("R", _("residents aged 0-17 of the country, or of the COROP region")),
        ),
        sources=tuple(_named_sources(assessment)),
        assumed=(
            _(
                "Within the country, or within a COROP region, every municipality has as many "
                "orders for each resident aged 0-17."
            ),
        ),
        unknown=(
            _("The real number of orders in each municipality."),
            *filter(None, [units_differ(assessment.counts, other.demand)]),
        ),
    )


def _all_orders(assessment: Assessment) -> list[str]:
    """How many orders the country has, for each unit apart: they are not added up together."""
    said = []
    units = assessment.counts["unit"].unique()
    for unit in units:
        counts = assessment.counts[assessment.counts["unit"] == unit]
        country = pd.Series("NL", index=counts.index)
        total = orders_of(counts, country, assessment.published).iloc[0]
        told = {
            "period": listed(sorted(counts["period"].unique())),
            "imposed": interval(total["imposed_low"], total["imposed_high"]),
            "extended": interval(total["extended_low"], total["extended_high"]),
            "unit": _units(counts["unit"]),
        }
        said.append(
            _(
                "The whole country in figures of {period}: {imposed} orders imposed and {extended} "
                "extended, counted in {unit}.",
                **told,
            )
            if len(units) == 1
            else ngettext(
                "{count} municipality in figures of {period}: {imposed} orders imposed and "
                "{extended} extended, counted in {unit}.",
                "{count} municipalities in figures of {period}: {imposed} orders imposed and "
                "{extended} extended, counted in {unit}.",
                len(counts),
                **told,
            )
        )
    return said


def _named_sources(assessment: Assessment) -> list[Source]:
    """Sources of the counts: published ones by title, others as they were written."""
    table = assessment.edition.sources.set_index("source_id")
    published = cast("dict[str, dict[str, str]]", table.to_dict("index"))
    ids = dict.fromkeys(";".join(assessment.counts["source"].unique()).split(";"))
    return [
        Source(published[name]["title"], published[name]["url"])
        if name in published
        else Source(name)
        for name in ids
        if name
    ]


def _units(units: pd.Series) -> str:
    return listed([_(UNIT.get(unit, unit)) for unit in units.unique()])


def units_differ(ours: pd.DataFrame, theirs: pd.DataFrame) -> str:
    """That the counts of two years count different things; empty if they do not.

    Parameters
    ----------
    ours, theirs
        Counts of either year, with the columns unit and period.
    """
    if set(ours["unit"]) == set(theirs["unit"]):
        return ""
    return _(
        "The figures of {year} count {unit}, and those of {other_year} count "
        "{other_unit}. So the two years cannot simply be compared.",
        year=listed(sorted(ours["period"].unique())),
        unit=_units(ours["unit"]),
        other_year=listed(sorted(theirs["period"].unique())),
        other_unit=_units(theirs["unit"]),
    )


def _demand_words(settings: Settings) -> str:
    return _(
        "Demand: the families with a supervision order that voluntary support could have "
        "helped. That is taken to be {imposed} of the orders that are imposed in a year, and "
        "{low} to {high} of the orders that are extended.",
        imposed=_share(settings.share_imposed),
        low=_share(settings.share_extended_low),
        high=_share(settings.share_extended_high),
    )


def _share(value: float) -> str:
    """Share as a percentage, with a decimal only where there is one."""
    return percent(value, 0 if round(100 * value, 6).is_integer() else 1)


def _demand(assessment: Assessment) -> Section:
    settings = assessment.settings
    of_units = families_per_unit(assessment.counts["unit"], settings)
    units = dict(zip(assessment.counts["unit"], 1 / of_units, strict=True))
    orders_a_family = next(iter(units.values())) if len({*units.values()}) == 1 else None
    shown = _("it depends on the unit") if orders_a_family is None else number(orders_a_family, 2)
    return Section(
        key="demand",
        title=_("Demand"),
        words=(
            _demand_words(settings),
            *(
                conversion(units, settings)
                if orders_a_family is None
                else [
                    ngettext(
                        "{number} order counts as one family. A family with more children under "
                        "an order is then counted more than once, so the demand may be too high.",
                        "{number} orders count as one family. A family with more children under "
                        "an order may then be counted more than once, so the demand may be too "
                        "high.",
                        orders_a_family,
                        number=number(orders_a_family, 2),
                    )
                ]
            ),
        ),
        symbols=(
            "D_min = (a · I_min + b_min · X_min) / k",
            "D_max = (a · I_max + b_max · X_max) / k",
        ),
        meaning=(
            ("D", _("demand: families a year")),
            ("I", _("orders imposed in a year")),
            ("X", _("orders extended in a year")),
            ("a", _("share of the imposed orders: {share}", share=_share(settings.share_imposed))),
            (
                "b",
                _(
                    "share of the extended orders: {low} to {high}",
                    low=_share(settings.share_extended_low),
                    high=_share(settings.share_extended_high),
                ),
            ),
            (
                "k",
                _(
                    "orders of one family: {count} (children under an order in a family: "
                    "{children}; measures for each child: {measures})",
                    count=shown,
                    children=number(settings.children_per_family, 2),
                    measures=number(settings.measures_per_child, 2),
                ),
            ),
        ),
        sources=(letter(),),
        assumed=(
            _("The shares hold in every municipality, and in every year that is shown."),
            _(
                "The letter calls its shares a rough estimate, made by people who work with "
                "these families in five regions."
            ),
        ),
        unknown=(
            _("How many children of one family are under an order: no source gives a number."),
            _("How many measures a child has in a year: no source gives a number."),
        ),
    )


def _capacity(assessment: Assessment) -> Section:
    settings = assessment.settings
    return Section(
        key="capacity",
        title=_("Capacity"),
        words=(
            ngettext(
                "An offer counts when it supports the family itself, runs in this year, is "
                "voluntary, lasts longer than {count} month and includes care coordination.",
                "An offer counts when it supports the family itself, runs in this year, is "
                "voluntary, lasts longer than {count} months and includes care coordination.",
                settings.long_term_months,
            ),
            _(
                "The families that it can help in a year are shared over the municipalities that "
                "it serves, by their demand. The shares add up to the whole again."
            ),
            _(
                "What is proven to count gives the lower end. What may count is added for the "
                "upper end. Unknown capacity is never taken as nothing, or as enough."
            ),
        ),
        symbols=("C_min = Σ c_min · d / s", "C_max = Σ c_max · d / s + e"),
        meaning=(
            ("C", _("capacity with care coordination: families a year")),
            ("c_min", _("capacity of an offer that is proven to count, else nothing")),
            ("c_max", _("capacity of an offer that counts or may count")),
            ("d", _("demand of the municipality, without its spread")),
            ("s", _("the same of the whole area that the offer serves")),
            ("e", _("capacity of offers that may count and may serve anybody")),
        ),
        sources=(
            Source(_("The register of offers; every offer in it names its own source")),
            Source(_("For what counts as long-term: the study's definition in the same letter")),
        ),
        assumed=(
            ngettext(
                "An offer is taken to run for {count} year after it was last seen. After that it "
                "is not known whether it runs.",
                "An offer is taken to run for {count} years after it was last seen. After that it "
                "is not known whether it runs.",
                settings.sighting_holds_years,
            ),
            _(
                "An offer without any date is taken to run in the year of the division into "
                "municipalities that the register names with it."
            ),
            _("Capacity goes where the demand is. That is a rule, not something measured."),
        ),
        unknown=(
            _("Waiting lists, and how well the support works."),
            _("Where nobody has listed all offers, there may be more: then no upper end is known."),
        ),
    )


def _gap_words() -> str:
    return _(
        "Gap: the families without care coordination. That is the demand less the capacity, and "
        "never less than nothing."
    )


def _gap() -> Section:
    return Section(
        key="gap",
        title=_("Gap"),
        words=(
            _gap_words(),
            _(
                "The lower end takes the least demand and the most capacity, the upper end the "
                "most demand and the least capacity."
            ),
        ),
        symbols=("G_min = max(0, D_min - C_max)", "G_max = max(0, D_max - C_min)"),
        meaning=(
            ("G", _("gap: families a year")),
            ("D", _("demand")),
            ("C", _("capacity; without a known upper end the gap may be nothing")),
        ),
        sources=(Source(_("A rule of this tool")),),
        assumed=(_("Every family that a counting offer has room for does get that help."),),
        unknown=(_("Families that want help and have no supervision order are not in it."),),
    )


def _ladder() -> Section:
    steps = tuple(f"{number(rung.rung + 1)}. {capital(_(STATUS[rung]))}" for rung in LADDER)
    return Section(
        key="ladder",
        title=_("Coverage status: a ladder"),
        words=(
            _(
                "A municipality stands on one of {count} rungs, by the best offer that serves it. "
                "From worst to best:",
                count=number(len(LADDER)),
            ),
            *steps,
            _(
                "“At least” is the rung that is proven: what is unknown counts as no. “At most” "
                "is the rung that is possible: what is unknown counts as yes. Where the two meet, "
                "the status is certain."
            ),
            _(
                "“Covered” means: there is care coordination, and even the least capacity is "
                "enough for the most demand."
            ),
        ),
        symbols=("L_min ≤ L ≤ L_max", "G_max = 0  ⇒  L_min = 6"),
        meaning=(
            ("L", _("rung of the municipality, 1 to {count}", count=number(len(LADDER)))),
            ("G", _("gap; the last line holds where care coordination is proven")),
        ),
        sources=(letter(),),
        assumed=(
            _(
                "The letter counts care coordination that is missing and care coordination that "
                "is not described together. The ladder keeps them apart; neither closes a gap."
            ),
            _("“Certain” means: certain given the counts, their range, and these rules."),
        ),
        unknown=(
            _(
                "An offer for a part of a municipality may help there, and proves nothing of the "
                "whole."
            ),
        ),
    )


def _intervals(settings: Settings) -> Section:
    return Section(
        key="intervals",
        title=_("Ranges"),
        words=(
            _(
                "A figure that is not known exactly has two ends: “{example}”.",
                example=interval(3, 5),
            ),
            _(
                "The range of an estimated count is meant to hold in {count} of 100 cases. The "
                "range of a region is narrower than those of its municipalities added up, because "
                "chance evens out.",
                count=number(100 * settings.confidence, 1),
            ),
            _("Small numbers differ much by chance from year to year, so their range is wide."),
        ),
        symbols=("I_min = Q(alpha/2; N_min)", "I_max = Q(1 - alpha/2; N_max)", "alpha = 1 - p"),
        meaning=(
            ("Q", _("point below which a count falls with that chance (Poisson distribution)")),
            ("N", _("range of the estimate itself")),
            ("p", _("certainty of a range: {share}", share=_share(settings.confidence))),
        ),
        sources=(Source(_("A rule of this tool; the certainty is a choice of this tool too")),),
        assumed=(
            _("Orders come independently of each other, at a steady rate."),
            _("A count that was observed or entered has no such spread."),
        ),
        unknown=(
            _(
                "How far the shares of the letter are off. Only the range that the letter gives "
                "is in the figures."
            ),
        ),
    )


def _totals() -> Section:
    return Section(
        key="totals",
        title=_("Totals of regions and of the country"),
        words=(
            _("Counts and capacities are added up. The spread is then taken of the total."),
            _(
                "What one municipality has too much does not help another. So the gap of a region "
                "is the sum of the gaps, and also its demand less what is met. The narrower of "
                "the two holds on each side."
            ),
        ),
        symbols=(
            "G_min = max(Σ g_min, D_min - Σ min(d_max, c_max))",
            "G_max = min(Σ g_max, D_max - Σ min(d_min, c_min))",
        ),
        meaning=(
            ("G", _("gap of the region")),
            ("D", _("demand of the region")),
            ("g", _("gap of a municipality; in the same way d and c")),
        ),
        sources=(Source(_("A rule of this tool")),),
        assumed=(
            _(
                "The total of the country gets the spread too, although its count is published. "
                "So its range is on the wide side."
            ),
        ),
        unknown=(
            _("One municipality without a known upper end leaves its region without one."),
            _("The letter does not name its five study regions."),
        ),
    )


def _unknown_words() -> str:
    return _(
        "Not known is not the same as none. A municipality of which nothing is proven is grey, "
        "and is never counted as a municipality without any offer."
    )


def _unknown(assessment: Assessment) -> Section:
    country = assessment.regions(COUNTRY).iloc[0]
    return Section(
        key="unknown",
        title=_("Unknown"),
        words=(
            _unknown_words(),
            _(
                "{unknown} of the {all} municipalities are unknown now: {share}.",
                unknown=number(country["n_unknown"]),
                all=number(country["municipalities"]),
                share=_share(country["share_unknown"]),
            ),
        ),
        symbols=("u = n / m",),
        meaning=(
            ("u", _("share unknown")),
            ("n", _("municipalities where nothing is proven")),
            ("m", _("all municipalities")),
        ),
        sources=(Source(_("The register of offers, and its inventory")),),
        assumed=(
            _(
                "That there is no offer is only proven where somebody has looked at all offers of "
                "the municipality, and wrote that down in the inventory."
            ),
        ),
        unknown=(_("What a municipality offers that nobody has put in the register."),),
    )


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
