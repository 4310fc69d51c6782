"""How often the ranges of estimates of small areas held what was true, as it was measured."""

from __future__ import annotations

from functools import cache

import pandas as pd

from coverage._files import root
from coverage.explanations.section import share
from coverage.i18n import N_, _, number
from coverage.wording import date_words, listed

FILE = "interval_coverage.csv"
"""What ``tools/measure_coverage.py`` writes, in ``docs/measured``."""

METHOD = {
    "residents": N_("by residents"),
    "covariate": N_("by residents and a number for each municipality"),
    "known_differences": N_("by residents; the differences are known"),
}
"""How counts were shared out."""

WORLD = {
    "none": N_("municipalities differ by chance alone"),
    "some": N_("municipalities differ somewhat"),
    "large": N_("municipalities differ much"),
    "skewed": N_("municipalities differ much, and a few stand far above the others"),
    "regional": N_("municipalities differ somewhat, and so do whole regions"),
    "covariate": N_("orders go with the number"),
    "covariate_and_some": N_("orders go with the number, and municipalities differ somewhat"),
}
"""What was true in the made-up countries."""

SUPPOSED = (
    *(("residents", world) for world in ("none", "some", "large", "skewed")),
    *(("covariate", world) for world in ("covariate", "covariate_and_some")),
    ("known_differences", "regional"),
)
"""Methods and worlds that fit each other: regions differ by their municipalities alone."""


@cache
def table() -> pd.DataFrame:
    """What was measured, a row for each region set, world and method.

    Returns
    -------
    pandas.DataFrame
        Columns as ``tools/measure_coverage.py`` writes them; do not change it.
    """
    return pd.read_csv(root() / "docs" / "measured" / FILE)


def summary(measured: pd.DataFrame) -> pd.DataFrame:
    """The same in fewer rows: over all region sets.

    Parameters
    ----------
    measured
        Result of `table`.

    Returns
    -------
    pandas.DataFrame
        method, world; least and most: share of the true counts that lay in their range, in the
        region set with the lowest and the highest share; narrowest and widest: width of the range
        over the estimate, of the municipality in the middle. In the order of the file.
    """
    return (
        measured.groupby(["method", "world"], sort=False)
        .agg(
            least=("held", "min"),
            most=("held", "max"),
            narrowest=("median_relative_width", "min"),
            widest=("median_relative_width", "max"),
        )
        .reset_index()
    )


def words(measured: pd.DataFrame) -> list[str]:
    """What was measured and how, a sentence each.

    Parameters
    ----------
    measured
        Result of `table`.
    """
    fits = measured[pd.MultiIndex.from_frame(measured[["method", "world"]]).isin(SUPPOSED)]
    few = fits[fits["regions"] == measured["regions"].min()]
    usual = fits.drop(few.index)
    years = listed([str(year) for year in sorted(measured["edition"].unique())])
    first = measured.iloc[0]
    return [
        _(
            "Do ranges that are meant to hold in {nominal} of the cases do so? That was tried on "
            "made-up countries in which the truth is known: {count} for each row, with the real "
            "regions and residents of {years}. The tool was given the counts of the regions only.",
            nominal=share(first["nominal"]),
            count=number(first["countries"]),
            years=years,
        ),
        _(
            "Where what the method supposes is true, and there are {regions} regions or more, the "
            "ranges held {least} to {most} of the true counts.",
            regions=number(usual["regions"].min()),
            least=share(round(usual["held"].min(), 3)),
            most=share(round(usual["held"].max(), 3)),
        ),
        _(
            "They are too wide where whole regions differ, or orders go with a number that was not "
            "given: there they held up to {most}. With {few} regions they are on the wide side "
            "too: {few_least} to {few_most}. The lowest share in the table is {least}.",
            most=share(round(measured["held"].max(), 3)),
            few=number(few["regions"].iloc[0]),
            few_least=share(round(few["held"].min(), 3)),
            few_most=share(round(few["held"].max(), 3)),
            least=share(round(measured["held"].min(), 3)),
        ),
        _(
            "Measured on {date}, seed {seed}. Anybody can do it again, with "
            "tools/measure_coverage.py.",
            date=date_words(str(measured["date"].max())),
            seed=str(int(first["seed"])),
        ),
    ]
