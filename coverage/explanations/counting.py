"""Where counts of orders come from: cases, what follows of other counts, units, regions, CBS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.explanations.section import Section, Source
from coverage.i18n import _, number
from coverage.schema import DemandUnit
from coverage.small_area import FEWEST_REGIONS
from coverage.statline import PROTECTION, RESIDENTS
from coverage.wording import conversion

if TYPE_CHECKING:
    from coverage import Settings

LAW = "https://wetten.overheid.nl/BWBR0002656"
"""Address of Book 1 of the Dutch Civil Code."""

STATLINE = "https://opendata.cbs.nl/statline/#/CBS/nl/dataset/{table}"
"""Address at which a reader finds a table of StatLine."""

ROUNDED_TO = 5
"""Multiples to which CBS rounds its counts of protection measures."""


def sections(settings: Settings) -> list[Section]:
    """Explain the ways in which counts of orders come about.

    Parameters
    ----------
    settings
        Those of the assessment that is shown.

    Returns
    -------
    list of Section
        Cases, extended of running and ended, units, small areas, StatLine, mixed sources.
    """
    return [_cases(), _bounds(), _units(settings), _small_areas(), _statline(), _mixed()]


def _cases() -> Section:
    return Section(
        key="cases",
        title=_("Orders counted from a file of measures"),
        words=(
            _("A file with one row a measure is counted by these rules."),
            _(
                "Imposed: children whose order began in the year and who were under no order the "
                "day before. A row that starts while an earlier order of the same child runs, or "
                "the day after its end, goes on with that order."
            ),
            _(
                "A provisional order (article 1:257) is not counted. If it goes over into an "
                "order, that is one imposition, on the day on which the order itself began."
            ),
            _(
                "Extended: children with an extension that takes effect in the year. The dates of "
                "extension in the file decide. If the file has no such column, each anniversary "
                "of the start on which the order still runs is an extension: without one it could "
                "not run longer. A row that goes on where the former one ended is an extension "
                "too, unless only the municipality changed."
            ),
            _(
                "Running: children under an order on 1 January that began before that day. Ended: "
                "children whose order ended in the year and was not followed by another."
            ),
            _(
                "A child counts once a year in each municipality for each of the four, in the "
                "municipality of the row."
            ),
            _(
                "Rows that cannot be right are left out and named by their number in the file: an "
                "end before the start, a start in the future, a date that cannot be read, an "
                "unknown municipality, or more than a year without an extension."
            ),
            _(
                "The file is read and not kept. While reading, the number of the child is replaced "
                "by a code that is made with a key for that one reading. That code is not kept or "
                "shown either. No message shows what is in a cell."
            ),
        ),
        sources=(
            Source(
                _(
                    "Civil Code, Book 1: an order is made for one child (article 1:255), lasts a "
                    "year at most (article 1:258) and is extended by a year at most each time "
                    "(article 1:260); provisional orders: article 1:257"
                ),
                LAW,
            ),
            Source(
                _("Before 2015: article 1:254 (the order) and 1:256 (its term and extension), old")
            ),
        ),
        assumed=(
            _(
                "The file holds every order of the municipalities that are in it, also the orders "
                "of years before. Only then is it right that a child had none the day before."
            ),
        ),
        unknown=(
            _(
                "A file that does not say which measure a row is cannot tell a provisional order "
                "from another."
            ),
        ),
        limits=(_("A child that is in the file under two numbers is counted as two children."),),
    )


def _bounds() -> Section:
    return Section(
        key="bounds",
        title=_("The number extended is not known"),
        words=(
            _(
                "If only the orders running at the start of the period and those that ended in it "
                "are known, the number extended lies between running less ended and running."
            ),
            _(
                "Who runs on through the year must have had an extension. Some were extended "
                "first and ended later, so it can be more."
            ),
        ),
        symbols=("X_min = max(0, L - E)", "X_max = L"),
        meaning=(
            ("X", _("orders extended in the year")),
            ("L", _("orders running when the year begins")),
            ("E", _("orders that ended in the year")),
        ),
        sources=(Source(_("Civil Code, Book 1: articles 1:258 and 1:260"), LAW),),
        assumed=(
            _(
                "The upper bound takes orders to last a year: a shorter one can begin and be "
                "extended in one year."
            ),
        ),
        unknown=(_("Where in this range the number lies. It is marked as an estimate."),),
        limits=(_("Over half a year the rule says less: many orders then run on by themselves."),),
    )


def _units(settings: Settings) -> Section:
    return Section(
        key="units",
        title=_("Children, families and measures"),
        words=(
            _(
                "One source counts children, another families, a third measures. These are never "
                "added up together. Only demand is: that is in families everywhere."
            ),
            *conversion([DemandUnit.CHILDREN, DemandUnit.MEASURES], settings),
            _("Both numbers are settings: you can change them below, and every page says so."),
        ),
        symbols=("f_a = 1 / c", "f_b = 1", "f_d = 1 / (m · c)"),
        meaning=(
            ("f_a", _("families behind one child; f with b: a family, f with d: a measure")),
            (
                "c",
                _(
                    "children under an order in a family: {count}",
                    count=number(settings.children_per_family, 2),
                ),
            ),
            (
                "m",
                _(
                    "measures for each child in a year: {count}",
                    count=number(settings.measures_per_child, 2),
                ),
            ),
        ),
        sources=(
            Source(_("An order is made for one child: Civil Code, article 1:255"), LAW),
            Source(_("For one child in a family: a choice of this tool, as no source tells")),
        ),
        assumed=(_("The same numbers hold in every municipality."),),
        unknown=(
            _("How many children of one family are under an order: no source gives a number."),
        ),
    )


def _small_areas() -> Section:
    return Section(
        key="small_areas",
        title=_("Estimates for municipalities out of the count of a region"),
        words=(
            _(
                "If you know only the count of a region, it is shared out over its municipalities "
                "by residents aged 0-17. The parts add up to the count of the region again."
            ),
            _(
                "The range of each part holds two things. Chance: of the orders of the region, one "
                "more or less falls in this municipality. And differences: municipalities do not "
                "all have as many orders for each child."
            ),
            _(
                "How great those differences are, the regions themselves tell. If their rates are "
                "further apart than chance makes likely, municipalities differ too, and all ranges "
                "get wider."
            ),
            _(
                "If you also give a number for each municipality that goes with the orders, such "
                "as the share of young people in youth care, the count is shared out by that as "
                "well. How much it matters is calculated from the regions (Poisson regression). "
                "For that there must be at least {count} regions.",
                count=number(FEWEST_REGIONS),
            ),
            _(
                "A small count of a region is protected by the same rule as that of a "
                "municipality, before anything is made of it: a range takes its place. Whoever "
                "adds up the parts again finds no more than that range."
            ),
            _(
                "Regions may not overlap, nor have municipalities with counts of their own: the "
                "difference would tell the count of what is left. A region of one municipality "
                "is used as the count of that municipality."
            ),
        ),
        symbols=(
            "y = Y · s",
            "s = r / Σ r",
            "v = t² · (1 - 2 · s + Σ s²)",
            "s = r · exp(b · x) / Σ r · exp(b · x)",
        ),
        meaning=(
            ("y", _("expected count of the municipality")),
            ("Y", _("count of the region, which is kept")),
            (
                "s",
                _("share of the municipality in its region; the last line holds with a number x"),
            ),
            ("r", _("residents aged 0-17; Σ is the sum over the region")),
            ("t", _("how far rates of municipalities lie apart: standard deviation over mean")),
            (
                "v",
                _(
                    "how uncertain the share is: variance over the square of the share. The range "
                    "is that of a beta-binomial distribution with this share and variance"
                ),
            ),
            (
                "b",
                _("how much more orders go with one more of x; that b is uncertain widens v too"),
            ),
        ),
        sources=(
            Source(_("Rates that differ: Clayton & Kaldor (1987), Biometrics 43, 671-681")),
            Source(_("Share in a total: Mosimann (1962), Biometrika 49, 65-82")),
            Source(
                _(
                    "Whole numbers in a range (mid-P): Lancaster (1961), JASA 56, 223-234; Berry & "
                    "Armitage (1995), The Statistician 44, 417-423"
                )
            ),
            Source(_("Little known of differences: Gelman (2006), Bayesian Analysis 1, 515-534")),
            Source(
                _("With a number x: Prentice & Sheppard (1995), Biometrika 82, 113-125"),
            ),
        ),
        assumed=(
            _("Each municipality differs by itself, and not because of where its region lies."),
            _(
                "The number that you give goes with orders in the same way in each municipality, "
                "also within a region."
            ),
        ),
        unknown=(
            _(
                "Which municipality is above or below its estimate. The estimate tells nothing of "
                "what happened in one municipality."
            ),
        ),
        limits=(
            _(
                "If all municipalities of a region share a reason for more or fewer orders, the "
                "ranges come out too wide. That is the safe side; the table below shows how much."
            ),
            _(
                "From the count of one region nothing can be learnt of differences. The ranges "
                "are very wide then."
            ),
        ),
    )


def _statline() -> Section:
    return Section(
        key="statline",
        title=_("Figures of CBS StatLine"),
        words=(
            _(
                "When you ask for it, the tool fetches table {table} of CBS: measures of youth "
                "protection by municipality, for a year or half a year. Before that it says what "
                "it will ask of whom.",
                table=PROTECTION,
            ),
            _(
                "CBS counts measures, rounded to multiples of {step}. So {value} means {low} to "
                "{high}, and that is the range that is used.",
                step=number(ROUNDED_TO),
                value=number(20),
                low=number(18),
                high=number(22),
            ),
            _(
                "A point in the table of CBS means unknown, or too small to tell. It stays unknown "
                "and never becomes zero. Figures that CBS calls provisional are marked so."
            ),
            _(
                "The table tells what began, ran and ended, and not what was extended. For that, "
                "the rule of running and ended is used. What ran when the period began may have to "
                "be calculated too: what ran in it less what began in it. Its range is then twice "
                "as wide."
            ),
            _(
                "Of municipalities that merged the figures are added up. Of those that were "
                "divided they are shared out by residents aged 0-17, and marked as estimates."
            ),
        ),
        sources=(
            Source(
                _("CBS StatLine, table {table}", table=PROTECTION),
                STATLINE.format(table=PROTECTION),
            ),
            *(
                Source(
                    _("CBS StatLine, table {table} (residents)", table=table),
                    STATLINE.format(table=table),
                )
                for table in RESIDENTS
            ),
        ),
        assumed=(_("A measure of CBS counts as one order."),),
        unknown=(
            _("How many children or families are behind the measures."),
            _(
                "How many orders are provisional ones, where the table does not keep these apart. "
                "You are told so then."
            ),
        ),
        limits=(
            _(
                "Figures that you fetch in the app are used as they are: CBS has published and "
                "rounded them. Figures of CBS in a file of your own are protected as all others "
                "are, though anybody can look them up at CBS."
            ),
        ),
    )


def _mixed() -> Section:
    return Section(
        key="mixed",
        title=_("Several sources together"),
        words=(
            _(
                "Numbers of several files can be used together. For each municipality the last "
                "file counts. Each row keeps its own source."
            ),
            _(
                "A municipality without a number of its own keeps the estimate that comes with the "
                "tool, and is marked so."
            ),
        ),
        sources=(Source(_("A rule of this tool")),),
        limits=(
            _(
                "Sources that count different years or different things stand beside each other. "
                "Every municipality says which it is."
            ),
        ),
    )
