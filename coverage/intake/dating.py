"""The year that a list is of: whether its rows are dated, and in which division it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage.editions import EDITIONS
from coverage.faults import Fault
from coverage.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

DATES = ("source_date", "first_seen", "last_seen", "year_from", "year_to")
"""Columns of the table of offers that say when an offer was there."""

UNDATED = N_(
    "Rows without a date: {count}. Their offers are taken to run in {year}, and count as proven. "
    "Fill in the date of the list, or a column with dates."
)
OTHER_YEAR = N_(
    "Most dates in the list are nearer to {other} than to {year}, but names of municipalities "
    "were looked up in {year}. Is the list of then? Then choose the municipalities of {other}."
)


def list_faults(file: str, offers: pd.DataFrame, year: int) -> Iterator[Fault]:
    """What is doubtful about the dates of a list as a whole.

    Parameters
    ----------
    file
        Name to show.
    offers
        Rows as the table of offers will hold them, all text; columns that lack are empty.
    year
        Edition in which the list was read.

    Yields
    ------
    Fault
        Warnings without a row.

    Examples
    --------
    >>> offers = pd.DataFrame({"source_date": ["2010-03", "2009", ""]})
    >>> [fault.message == OTHER_YEAR for fault in list_faults("a.csv", offers, 2025)]
    [False, True]
    """
    if offers.empty:
        return
    texts = offers.reindex(columns=list(DATES), fill_value="")
    years = texts.apply(lambda column: pd.to_numeric(column.str[:4], errors="coerce"))
    undated = int(years.isna().all(axis=1).sum())
    if undated:
        yield _warning(file, UNDATED, count=undated, year=year)
    middle = years.median(axis=1).dropna()
    if middle.empty:
        return
    away = pd.DataFrame({edition: (middle - edition).abs() for edition in EDITIONS})
    nearer = away.drop(columns=year).lt(away[year], axis=0).mean()
    if nearer.max() > 1 / 2:
        yield _warning(file, OTHER_YEAR, other=int(str(nearer.idxmax())), year=year)


def _warning(file: str, message: str, **params: object) -> Fault:
    return Fault(file, None, "", "", message, params, severity="warning")
