"""What stands in a table of CBS StatLine: which column is what, and how exact it is.

Columns are found by their titles and the groups that they stand in, because their keys and
places change from release to release. Nothing here touches the network.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coverage import editions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ORDERS = "ondertoezichtstelling"
"""Group of the columns on supervision orders."""

ADULT = 18
"""Age at which youth ends, in years."""

FIVE = 5
"""CBS rounds counts of persons and measures to multiples of this."""

BEGUN, ENDED, EVER, AT_START = "begun", "ended", "ever", "at_start"
"""What is counted: measures begun or ended in the period, running at some time in it, or running
when it begins."""

FINAL, PROVISIONAL, REVISED = "", "*", "**"
"""Marks of CBS: definite, provisional, and revised but still provisional."""

_MARK_OF = {
    "definitief": FINAL,
    "voorlopig": PROVISIONAL,
    "nadervoorlopig": REVISED,
}
_UNKNOWN = {"", ".", "x"}
_NOTHING = "-"
_BAND = re.compile(
    r"(?:(?P<year>\d+) jaar|jonger dan (?P<below>\d+) jaar"
    r"|(?P<low>\d+) tot (?:en met )?(?P<high>\d+) jaar)"
)


class ChangedError(ValueError):
    """A table that is not as StatLine describes it, or not what is looked for."""


def topics(properties: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Columns of a table, each with the titles of the groups that it stands in.

    Parameters
    ----------
    properties
        Rows of ``DataProperties``.

    Returns
    -------
    pandas.DataFrame
        Indexed by key: kind (Topic, Dimension, GeoDimension, TimeDimension, ..), title, path
        (titles of its groups and its own, small letters, separated by `` / ``), unit,
        description.

    Raises
    ------
    ChangedError
        If a row lacks what every column has.
    """
    rows = list(properties)
    try:
        groups = {row["ID"]: row for row in rows}
        return pd.DataFrame(
            [
                (
                    str(row["Key"]),
                    str(row["Type"]),
                    str(row["Title"]).strip(),
                    " / ".join(_path(row, groups)),
                    str(row.get("Unit") or "").strip(),
                    str(row.get("Description") or ""),
                )
                for row in rows
                if row["Type"] != "TopicGroup"
            ],
            columns=["key", "kind", "title", "path", "unit", "description"],
        ).set_index("key")
    except (KeyError, TypeError) as error:
        raise ChangedError(str(error)) from error


def _path(row: Mapping[str, Any], groups: Mapping[Any, Mapping[str, Any]]) -> list[str]:
    """Titles from the outermost group to the column; a ring of groups ends where it began."""
    titles: list[str] = []
    seen: set[object] = set()
    here: Mapping[str, Any] | None = row
    while here is not None and here["ID"] not in seen:
        seen.add(here["ID"])
        titles.insert(0, str(here["Title"]).strip().casefold())
        here = groups.get(here.get("ParentID"))
    return titles


def order_topics(columns: pd.DataFrame) -> dict[str, str]:
    """Columns that count supervision orders, by what they count.

    Parameters
    ----------
    columns
        Result of `topics`.

    Returns
    -------
    dict
        Keys of the columns by `BEGUN`, `ENDED`, `EVER` and `AT_START`; what the table does not
        have is left out.

    Raises
    ------
    ChangedError
        If no column counts the orders begun, or two columns may be meant.
    """
    paths = columns.loc[columns["kind"].eq("Topic"), "path"].str.split(" / ")
    inside = paths[paths.map(lambda path: any(_is_orders(title) for title in path))]
    found = {
        BEGUN: _one(inside, ("begonnen", "gestart", "instroom")),
        ENDED: _one(inside, ("beëindigd", "uitstroom")),
        AT_START: _one(inside, ("beginstand",)),
        EVER: _one(inside, ()),
    }
    if not found[BEGUN]:
        raise ChangedError(BEGUN)
    return {what: key for what, key in found.items() if key}


def _is_orders(title: str) -> bool:
    """Whether a title is of all supervision orders; provisional ones have one of their own."""
    return title.removeprefix("totaal ") in (ORDERS, ORDERS + "en")


def _one(paths: pd.Series[Any], words: tuple[str, ...]) -> str:
    """The column of a flow; without words, that of the orders themselves; empty if none."""
    about = paths[[_is_about(path, words) for path in paths]]
    if len(about) > 1:
        totals = about[[path[-1].startswith("totaal") for path in about]]
        about = totals if len(totals) else about
    if len(about) > 1:
        raise ChangedError(", ".join(map(str, about.index)))
    return str(about.index[0]) if len(about) else ""


def _is_about(path: list[str], words: tuple[str, ...]) -> bool:
    if not words:
        return _is_orders(path[-1])
    # A flow is told apart by duration and by reason too.
    split = any(title.startswith(("duur", "reden")) for title in path)
    return not split and path[-1].removeprefix("totaal ").startswith(words)


def age_band(title: str) -> tuple[int, int] | None:
    """First age of a band and the first age above it, in years; None for any other title.

    Examples
    --------
    >>> age_band("5 tot 10 jaar"), age_band("17 jaar"), age_band("jonger dan 5 jaar")
    ((5, 10), (17, 18), (0, 5))
    """
    found = _BAND.fullmatch(title.strip().casefold())
    if found is None:
        return None
    if found["year"]:
        return int(found["year"]), int(found["year"]) + 1
    if found["below"]:
        return 0, int(found["below"])
    return int(found["low"]), int(found["high"]) + ("en met" in found[0])


def youth_shares(titles: pd.Series[str]) -> dict[str, float]:
    """Bands of age that together hold everybody below `ADULT`.

    Parameters
    ----------
    titles
        Titles of the bands by key.

    Returns
    -------
    dict
        By key, the share of the band that is below `ADULT`: less than 1 only where no band ends
        there, and then taken in proportion to the years. Empty when the bands leave a gap.
    """
    bands = {str(key): age_band(title) for key, title in titles.items()}
    shares: dict[str, float] = {}
    age = 0
    while age < ADULT:
        here = {key: band[1] for key, band in bands.items() if band and band[0] == age < band[1]}
        if not here:
            return {}
        whole = {key: high for key, high in here.items() if high <= ADULT}
        key = (
            max(whole, key=lambda name: whole[name]) if whole else min(here, key=lambda n: here[n])
        )
        shares[key] = min(1.0, (ADULT - age) / (here[key] - age))
        age = here[key]
    return shares


def categories(rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """What a dimension distinguishes.

    Parameters
    ----------
    rows
        Rows of the dimension.

    Returns
    -------
    pandas.DataFrame
        Indexed by key without the spaces around it: raw (key as the service has it), title
        without its mark, and mark.

    Raises
    ------
    ChangedError
        If a row has no key or title, or a key comes twice.
    """
    try:
        table = pd.DataFrame(
            [
                (
                    str(row["Key"]).strip(),
                    str(row["Key"]),
                    str(row["Title"]).strip().rstrip("*"),
                    mark_of(
                        str(row["Title"]),
                        str(row.get("Status") or ""),
                        str(row.get("Description") or ""),
                    ),
                )
                for row in rows
            ],
            columns=["key", "raw", "title", "mark"],
        ).set_index("key")
    except KeyError as error:
        raise ChangedError(str(error)) from error
    if not table.index.is_unique:
        raise ChangedError(str(table.index[table.index.duplicated()][0]))
    return table


def typed(
    rows: Sequence[Mapping[str, object]], dimensions: list[str], wanted: pd.DataFrame
) -> pd.DataFrame:
    """Rows of a table with numbers as numbers.

    Parameters
    ----------
    rows
        Rows of ``TypedDataSet``.
    dimensions
        Keys of the dimensions.
    wanted
        The other columns, as `topics` gives them.

    Returns
    -------
    pandas.DataFrame
        Columns `dimensions` (text without spaces around it) and `wanted` (float).

    Raises
    ------
    ChangedError
        If a row lacks a column or stands there twice, or something else than a number is
        found where a number should be.
    """
    missing = {name for row in rows for name in (*dimensions, *wanted.index) if name not in row}
    if missing:
        raise ChangedError(", ".join(sorted(missing)))
    columns: dict[str, list[str] | list[float]] = {
        name: [str(row[name]).strip() for row in rows] for name in dimensions
    }
    for name in wanted.index:
        columns[name] = figures(row[name] for row in rows)
    table = pd.DataFrame(columns)
    twice = table.duplicated(dimensions)
    if twice.any():
        raise ChangedError(" ".join(table.loc[twice, dimensions].iloc[0]))
    return table.astype(dict.fromkeys(wanted.index, float) | dict.fromkeys(dimensions, "str"))


def resident_topics(columns: pd.DataFrame, *, by_age: bool) -> dict[str, float]:
    """Columns that count residents below `ADULT`, with the share of each that is.

    Parameters
    ----------
    columns
        Result of `topics`.
    by_age
        Whether the ages are columns; otherwise a dimension tells them, and one column counts
        the residents on 1 January.

    Raises
    ------
    ChangedError
        If there are no such columns.
    """
    numbers = columns[columns["kind"].eq("Topic") & ~columns["unit"].str.contains("%")]
    if by_age:
        shares = youth_shares(numbers["title"])
    else:
        first = numbers.index[numbers["title"].str.casefold().str.contains("1 januari")]
        shares = dict.fromkeys(map(str, first[:1]), 1.0)
    if not shares:
        raise ChangedError(", ".join(numbers["title"][:5]))
    return shares


def mark_of(title: str, status: str = "", description: str = "") -> str:
    """Mark of a period: `FINAL`, `PROVISIONAL` or `REVISED`.

    Parameters
    ----------
    title, status, description
        As StatLine gives them; each may say it.

    Examples
    --------
    >>> mark_of("2023*"), mark_of("2022 1e halfjaar**"), mark_of("2021", "Definitief")
    ('*', '**', '')
    """
    stars = title.strip()
    if stars.endswith("*"):
        return REVISED if stars.endswith("**") else PROVISIONAL
    told = "".join(status.split()).casefold()
    if told in _MARK_OF:
        return _MARK_OF[told]
    # Some tables say it in prose only.
    return PROVISIONAL if "voorlopig" in description.casefold() else FINAL


def figures(values: Iterable[object]) -> list[float]:
    """Numbers of a column; what CBS does not tell is NaN.

    Parameters
    ----------
    values
        Cells: numbers, None, or the text forms of StatLine.

    Raises
    ------
    ChangedError
        If a cell is neither.

    Examples
    --------
    >>> figures([5, None, "       .", " 10"])
    [5.0, nan, nan, 10.0]
    """
    return [_figure(value) for value in values]


def _figure(value: object) -> float:
    text = "" if value is None else str(value).strip().casefold()
    if text in _UNKNOWN:
        return math.nan
    if text == _NOTHING:
        return 0.0
    try:
        number = float(text.rstrip("*"))
    except ValueError:
        raise ChangedError(text) from None
    if not math.isfinite(number):
        raise ChangedError(text)
    return number


def step_of(*columns: pd.Series[float]) -> int:
    """What counts are rounded to: `FIVE`, or 1 when some count is no multiple of it."""
    values = pd.concat(columns).dropna()
    return FIVE if len(values) and values.mod(FIVE).eq(0).all() else 1


def bounds(values: pd.Series[float], step: int) -> tuple[pd.Series[float], pd.Series[float]]:
    """Smallest and largest whole count that is rounded to each value.

    Parameters
    ----------
    values
        Counts rounded to the nearest multiple of `step`; NaN stays NaN.
    step
        An odd number.

    Examples
    --------
    >>> [side.tolist() for side in bounds(pd.Series([0.0, 15.0]), 5)]
    [[0.0, 13.0], [2.0, 17.0]]
    """
    half = (step - 1) / 2
    return (values - half).clip(lower=0), values + half


def measures(table: pd.DataFrame, found: Mapping[str, str]) -> pd.DataFrame:
    """Counts of supervision orders from the columns of a table.

    Parameters
    ----------
    table
        Counts by municipality; columns by key.
    found
        Result of `order_topics`.

    Returns
    -------
    pandas.DataFrame
        Same index: imposed (begun in the period), running (when it begins) and ended (in it),
        each with ``*_low`` and ``*_high``; NaN where CBS does not tell. ``attrs["step"]`` holds
        what they are rounded to.

    Notes
    -----
    A trajectory is counted when it ran at some time in the period. What did not begin in it
    ran when it began: running is the count less those begun. Both are rounded, so its bounds
    are twice as far apart.
    """
    step = step_of(*(table[key] for key in found.values()))
    nothing = pd.Series(np.nan, index=table.index)
    sides = {what: bounds(table[key], step) for what, key in found.items()}
    parts: dict[str, tuple[pd.Series[float], ...]] = {
        "imposed": (table[found[BEGUN]], *sides[BEGUN]),
        "running": (nothing, nothing, nothing),
        "ended": (nothing, nothing, nothing),
    }
    if ENDED in found:
        parts["ended"] = (table[found[ENDED]], *sides[ENDED])
    if AT_START in found:
        parts["running"] = (table[found[AT_START]], *sides[AT_START])
    elif EVER in found:
        (least, most), (fewest, largest) = sides[EVER], sides[BEGUN]
        parts["running"] = tuple(
            side.clip(lower=0)
            for side in (table[found[EVER]] - table[found[BEGUN]], least - largest, most - fewest)
        )
    columns = {
        f"{name}{end}": side
        for name, three in parts.items()
        for end, side in zip(("", "_low", "_high"), three, strict=True)
    }
    counts = pd.DataFrame(columns, index=table.index)
    counts.attrs["step"] = step
    return counts


def shares_to(codes: list[str], edition: editions.Edition) -> pd.DataFrame:
    """Municipalities of an edition that hold what others, of any year, held.

    Parameters
    ----------
    codes
        Codes of the municipalities of one year.
    edition
        Division to go to.

    Returns
    -------
    pandas.DataFrame
        from_code, to_code, share. A share that nothing is known of is NaN: what it would make is
        then unknown.
    """
    target = edition.demand.index
    if pd.Index(codes).isin(target).all():
        return pd.DataFrame({"from_code": codes, "to_code": codes, "share": 1.0})
    newest = max(editions.EDITIONS)
    pairs = _to_newest(codes, newest)
    if edition.year == newest:
        return pairs
    back = editions.load_crosswalk(newest, edition.year)
    both = pairs.merge(back, left_on="to_code", right_on="from_code", suffixes=("", "_then"))
    both["share"] *= both["share_then"]
    both = both[["from_code", "to_code_then", "share"]]
    return both.set_axis(["from_code", "to_code", "share"], axis=1)


def _to_newest(codes: list[str], newest: int) -> pd.DataFrame:
    names = editions.names().drop_duplicates("gm_code").set_index("gm_code")
    there = editions.load_edition(newest).demand.index
    given = pd.Series(codes, index=codes)
    successors = names[f"successor_{newest}"].reindex(codes).where(~given.isin(there), given)
    pairs = successors.str.split(";").explode().rename("to_code").rename_axis("from_code")
    table = pairs.reset_index().dropna()
    shares = pd.concat(
        editions.load_crosswalk(year, newest) for year in editions.EDITIONS if year != newest
    )
    table = table.merge(shares, how="left", on=["from_code", "to_code"])
    alone = ~table["from_code"].duplicated(keep=False)
    return table.assign(share=table["share"].mask(alone, 1.0))


def carry(counts: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Carry counts by shares; what gets a part of an unknown count is unknown.

    Parameters
    ----------
    counts
        Numbers by code.
    shares
        Result of `shares_to`.

    Returns
    -------
    pandas.DataFrame
        Numbers by code of the edition, sorted, and ``estimated``: whether some of it is a
        part of what another municipality had.
    """
    rows = shares[shares["from_code"].isin(counts.index)]
    given = counts.reindex(rows["from_code"]).to_numpy(dtype=float)
    parts = pd.DataFrame(given * rows[["share"]].to_numpy(), columns=counts.columns)
    codes = rows["to_code"].to_numpy()
    carried = parts.groupby(codes).sum(min_count=1)
    # pandas leaves NaN out of a sum.
    carried = carried.mask(parts.isna().groupby(codes).any())
    split = pd.Series(rows["share"].ne(1.0).to_numpy()).groupby(codes).any()
    return carried.assign(estimated=split).sort_index().rename_axis("gm_code")
