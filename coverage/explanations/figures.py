"""How each figure of an assessment is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pandas as pd

from coverage.assessment import COUNTRY
from coverage.demand import families_per_unit
from coverage.explanations.section import Section, Source, share
from coverage.i18n import N_, _, ngettext, number
from coverage.labels import STATUS, UNIT
from coverage.regional import orders_of
from coverage.settings import Settings
from coverage.vocabulary import LADDER
from coverage.wording import capital, conversion, interval, listed

if TYPE_CHECKING:
    from coverage import Assessment, Edition

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
        _gap(assessment.settings),
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
        imposed=share(settings.share_imposed),
        low=share(settings.share_extended_low),
        high=share(settings.share_extended_high),
    )


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
            ("a", _("share of the imposed orders: {share}", share=share(settings.share_imposed))),
            (
                "b",
                _(
                    "share of the extended orders: {low} to {high}",
                    low=share(settings.share_extended_low),
                    high=share(settings.share_extended_high),
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


def _gap(settings: Settings) -> Section:
    caseload = number(settings.caseload, 1)
    return Section(
        key="gap",
        title=_("Gap"),
        words=(
            _gap_words(),
            _(
                "The lower end takes the least demand and the most capacity, the upper end the "
                "most demand and the least capacity."
            ),
            _(
                "Coordinators needed: the gap divided by the families that one coordinator has at "
                "once."
            ),
        ),
        symbols=(
            "G_min = max(0, D_min - C_max)",
            "G_max = max(0, D_max - C_min)",
            "Z_min = G_min / q",
            "Z_max = G_max / q",
        ),
        meaning=(
            ("G", _("gap: families a year")),
            ("D", _("demand")),
            ("C", _("capacity; without a known upper end the gap may be nothing")),
            ("Z", _("coordinators needed")),
            ("q", _("families of one coordinator at once: {count}", count=caseload)),
        ),
        sources=(
            Source(_("A rule of this tool")),
            Source(
                _(
                    "For {count} families a coordinator: the agreement on family guardians of "
                    "2007; there is no norm for care coordinators",
                    count=number(Settings().caseload, 1),
                )
            ),
        ),
        assumed=(
            _("Every family that a counting offer has room for does get that help."),
            _(
                "Each family takes a place for a whole year. Where support is shorter, fewer "
                "coordinators are needed."
            ),
        ),
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
            _(
                "A protected count has a range too: the one that anybody can calculate from all "
                "that is published."
            ),
        ),
        symbols=("I_min = Q(alpha/2; N_min)", "I_max = Q(1 - alpha/2; N_max)", "alpha = 1 - p"),
        meaning=(
            ("Q", _("point below which a count falls with that chance (Poisson distribution)")),
            ("N", _("range of the estimate itself")),
            ("p", _("certainty of a range: {share}", share=share(settings.confidence))),
        ),
        sources=(Source(_("A rule of this tool; the certainty is a choice of this tool too")),),
        assumed=(
            _("Orders come independently of each other, at a steady rate."),
            _("A count that was observed or entered has no such spread."),
            _(
                "Counts that were shared out from a region have a range that holds chance already. "
                "It is not added once more."
            ),
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
                "Children, families and measures are not added up together. Where a region has "
                "more than one of these, it has no total of orders; its demand, in families, is "
                "added up."
            ),
            _(
                "Of protected counts the ranges are added up. If the sum of the region is "
                "published, the range is cut down to that sum."
            ),
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
                share=share(country["share_unknown"]),
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
