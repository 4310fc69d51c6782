"""Case demand as a user counted it: supervision orders by municipality or region.

What is read here takes the place of the figures that come with an edition. Three kinds of
tables are told apart by their headings: counts of municipalities, counts of regions (which are
shared out over their municipalities, see `coverage.small_area`), and a covariate for that.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage import _known, references, tables
from coverage._cells import heading, number_text
from coverage.demand import CONFIDENCE, SHARED_BY, SHARED_FROM, WHOLE
from coverage.editions import EDITIONS, load_edition
from coverage.faults import BadInputError, Fault, errors, in_order, row_faults, warnings
from coverage.i18n import N_
from coverage.schema import COUNTS, DEMAND, DEMANDS, DemandUnit, Words
from coverage.vocabulary import FigureStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from coverage._cells import Cells
    from coverage.disclosure import Rule
    from coverage.editions import Edition

NEEDED = ("imposed", "extended")
"""Counts that demand is made of."""

COUNTRY = "country"

_FEW = 5
_HALF = re.compile(r"(?i)HJ|KW|MM|half|kwartaal|quarter|maand|month")


@dataclass(frozen=True, eq=False)
class GivenCounts:
    """Counts as files have them: those of regions are not shared out yet.

    Attributes
    ----------
    edition
        Year of the division of the codes.
    municipalities
        Counts of municipalities, a table for each file, indexed by gm_code.
    regions
        Counts of regions, each table with the name of its file; no two regions share a
        municipality, nor has one a municipality with counts of its own.
    covariate
        Indexed by gm_code, if there is one.
    faults
        What the user should know.
    """

    edition: int
    municipalities: tuple[pd.DataFrame, ...]
    regions: tuple[tuple[str, pd.DataFrame], ...]
    covariate: pd.Series[float] | None
    faults: tuple[Fault, ...]

    def counts(self, rule: Rule | None = None) -> pd.DataFrame:
        """Counts of municipalities; those of regions are shared out.

        Parameters
        ----------
        rule
            By which small counts of regions are protected before anything is derived from
            them; the default rule if there is none. It leaves counts of municipalities as they
            are: see `coverage.disclosure.protect`.

        Returns
        -------
        pandas.DataFrame
            As `read_demand` gives it.

        Raises
        ------
        BadInputError
            If counts of regions cannot be shared out, or not be protected by this rule.
        """
        faults, parts = [*self.faults], []
        for file, table in self.regions:
            shared, told = _shared_out(file, table, self.edition, self.covariate, rule)
            faults += told
            parts += shared
        counts = _last_of([*parts, *self.municipalities])
        counts.attrs["warnings"] = warnings(in_order(faults))
        return counts


def read_demand(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    edition_year: int,
    rule: Rule | None = None,
) -> pd.DataFrame:
    """Read tables of supervision orders.

    Parameters
    ----------
    paths
        One or more files (CSV, XLSX, XLS or ODS), each a table of `schema.DEMANDS`: with a
        column ``gm_code`` and counts; with ``region_set``, ``region_code`` and counts; or
        with ``gm_code`` and ``covariate``. An empty cell or ``.`` is unknown.
    edition_year
        Edition that the codes must be of.
    rule
        By which small counts of regions are protected before they are shared out; give the one
        that `coverage.disclosure.protect` gets too.

    Returns
    -------
    pandas.DataFrame
        Indexed by gm_code (sorted): imposed and extended, and if any file has them running
        and ended, each with ``*_low`` and ``*_high`` (NaN = unknown); count_status, unit,
        period, source (text), and spread where bounds carry chance already. A bound
        that is not given equals its count. Of several files the last one counts for each
        municipality. ``attrs["warnings"]`` holds what the user should know.

    Raises
    ------
    BadInputError
        With every fault of the files. One is a region that shares a municipality with another
        region, or has one with counts of its own: together they tell the count of what is left.
    """
    return read_given(paths, edition_year).counts(rule)


def read_given(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], edition_year: int
) -> GivenCounts:
    """Read tables of supervision orders, and leave the counts of regions as they are.

    Parameters
    ----------
    paths, edition_year
        As for `read_demand`.

    Raises
    ------
    BadInputError
        As `read_demand` does.
    """
    files = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    reads = [_examine(tables.read_cells(path, DEMAND), edition_year) for path in map(Path, files)]
    faults = [fault for _kind, read in reads for fault in read.faults]
    if errors(faults):
        raise BadInputError(faults)
    covariate = None
    regions: list[tuple[str, pd.DataFrame]] = []
    own: list[pd.DataFrame] = []
    for kind, read in reads:
        if kind == "covariate":
            covariate = read.table.set_index("gm_code")["covariate"]
            if not any(other == "region_demand" for other, _read in reads):
                faults.append(Fault(read.file, None, "", "", _ALONE))
        elif kind == "region_demand":
            table = _filled(read)
            table["key"] = _region_keys(table, edition_year)
            regions.append((read.file, table[_any_known(table)]))
        else:
            table = bound_extended(_filled(read).drop(columns="name").set_index("gm_code"))
            faults += _replaced(read.file, table.index, own)
            own.append(table)
    if regions:
        regions, own, told = _set_apart(regions, own, load_edition(edition_year))
        faults += told
    if errors(faults):
        raise BadInputError(in_order(faults))
    return GivenCounts(edition_year, tuple(own), tuple(regions), covariate, tuple(faults))


def examine_demand(cells: Cells, edition_year: int | None = None) -> tables.Read:
    """Type and check the cells of a table of demand, of whichever kind it is.

    Parameters
    ----------
    cells
        As read from a file.
    edition_year
        Edition that the codes must be of; None takes the edition that has
        most of them.
    """
    return _examine(cells, edition_year)[1]


def likely_edition(codes: pd.Series[str]) -> int:
    """Edition that has most of these codes; the newest when none stands out."""
    newest_first = sorted(EDITIONS, reverse=True)
    return max(newest_first, key=lambda year: int(codes.isin(_known.codes(year)).sum()))


# --- extended from running and ended ----------------------------------------


def bound_extended(counts: pd.DataFrame) -> pd.DataFrame:
    """Bounds of the orders extended, where only those running and ended are known.

    Parameters
    ----------
    counts
        A table of counts. Running is counted at the start of the period.

    Returns
    -------
    pandas.DataFrame
        The same table. Where nothing is known of extended, but running and ended are, it
        lies between running less ended and running; such a row is estimated, and if its other
        counts were none, its bounds carry all that is uncertain (spread).

    Notes
    -----
    An order is imposed, and extended, for a year at most (art. 1:258 and 1:260 BW). So whoever
    is under an order when the year starts and does not leave it in that year, has had an
    extension: running less ended is a lower bound. It is no estimate, as some were extended
    first and ended later. Running is the upper bound if orders shorter than a year are left
    aside: these can begin and be extended in the same year.

    Examples
    --------
    >>> counts = pd.DataFrame({"running": [30.0], "ended": [12.0], "count_status": ["entered"]})
    >>> found = bound_extended(counts)
    >>> found[["extended_low", "extended_high"]].to_numpy().tolist()
    [[18.0, 30.0]]
    """
    if not {"running", "ended"} <= set(counts.columns):
        return counts
    found = counts.copy()
    for name in ("extended", "extended_low", "extended_high"):
        if name not in found:
            found[name] = np.nan
    low, high = _running_less_ended(found)
    unknown = found[["extended", "extended_low", "extended_high"]].isna().all(axis=1)
    made = unknown & low.notna() & high.notna()
    if not made.any():
        return found
    found.loc[made, "extended_low"] = low[made]
    found.loc[made, "extended_high"] = high[made]
    found.loc[made & low.eq(high), "extended"] = low
    counted = found["count_status"].isin([FigureStatus.OBSERVED, FigureStatus.ENTERED])
    found.loc[made & counted, "count_status"] = FigureStatus.ESTIMATED.value
    if "spread" not in found:
        found["spread"] = ""
    # The other count of a row that was an estimate before needs its chance still.
    found.loc[made & counted, "spread"] = "included"
    return found


def without_bounds_of_extended(counts: pd.DataFrame) -> pd.DataFrame:
    """Undo `bound_extended`: what it made would tell the running and ended that it was made of.

    Parameters
    ----------
    counts
        A table of counts.

    Returns
    -------
    pandas.DataFrame
        The same table, in which extended is unknown wherever its bounds are just running less
        ended and running; an estimated row is an entered one again, as its other counts are
        no estimates. Protect that, and give the result to `bound_extended` once more.
    """
    if not {"running", "ended", "extended"} <= set(counts.columns):
        return counts
    low, high = _running_less_ended(counts)
    made = counts["extended_low"].eq(low) & counts["extended_high"].eq(high)
    # One number is what somebody may have counted: only if it is marked, it was made here.
    marked = counts["spread"].eq("included") if "spread" in counts else False
    made &= counts["extended"].isna() | (low.eq(high) & marked)
    if SHARED_FROM in counts:
        made &= counts[SHARED_FROM].fillna("").eq("")
    found = counts.copy()
    found.loc[made, ["extended", "extended_low", "extended_high"]] = np.nan
    if "spread" in found:
        again = made & found["spread"].eq("included")
        estimated = again & found["count_status"].eq(FigureStatus.ESTIMATED)
        found.loc[estimated, "count_status"] = FigureStatus.ENTERED.value
        found.loc[again, "spread"] = ""
    return found


def _running_less_ended(counts: pd.DataFrame) -> tuple[pd.Series[float], pd.Series[float]]:
    """Lowest and highest number of orders extended, by those running and ended."""
    running, ended = (
        [counts.get(f"{name}_{end}", counts[name]).fillna(counts[name]) for end in ("low", "high")]
        for name in ("running", "ended")
    )
    return (running[0] - ended[1]).clip(lower=0), running[1]


# --- tables to counts -------------------------------------------------------


def _filled(read: tables.Read) -> pd.DataFrame:
    """Counts with what a file may leave out: bounds, status, unit and source."""
    table = read.table.copy()
    for count in COUNTS:
        for bound in (f"{count}_low", f"{count}_high"):
            table[bound] = table[bound].fillna(table[count])
    defaults = {"count_status": FigureStatus.ENTERED.value, "unit": DemandUnit.CHILDREN.value}
    for column, default in defaults.items():
        table[column] = table[column].mask(table[column].eq(""), default)
    table["source"] = table["source"].mask(table["source"].eq(""), read.file)
    return table


def _any_known(table: pd.DataFrame) -> pd.Series[bool]:
    """Whether anything is known of any count of a row."""
    names = [name for held in _columns_of(COUNTS) for name in held if name in table]
    return table[names].notna().any(axis=1)


def _last_of(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Of each municipality the row of the last table that has it."""
    numbers = [f"{name}{end}" for name in COUNTS for end in ("", "_low", "_high")]
    texts = ["count_status", "unit", "period", "source", "spread"]
    if any(SHARED_FROM in part for part in parts):
        numbers += [CONFIDENCE, *(column for columns in WHOLE.values() for column in columns)]
        texts += [SHARED_FROM, SHARED_BY]
    whole = pd.DataFrame({name: pd.Series(dtype="float64") for name in numbers})
    whole = whole.assign(**dict.fromkeys(texts, "")).rename_axis("gm_code")
    if parts:
        marked = [part.assign(**dict.fromkeys(set(texts) - set(part), "")) for part in parts]
        whole = pd.concat([part.reindex(columns=[*numbers, *texts]) for part in marked])
        whole = whole[~whole.index.duplicated(keep="last")].sort_index()
    for own in _columns_of(("running", "ended")):
        if whole[own].isna().all(axis=None):
            whole = whole.drop(columns=own)
    return whole if whole["spread"].ne("").any() else whole.drop(columns="spread")


def _columns_of(counts: Iterable[str]) -> list[list[str]]:
    """Columns of each count: its value and its bounds."""
    return [[count, f"{count}_low", f"{count}_high"] for count in counts]


def _replaced(file: str, codes: pd.Index, earlier: list[pd.DataFrame]) -> Iterator[Fault]:
    """Tell how many municipalities an earlier file has too."""
    again = codes[[any(code in part.index for part in earlier) for code in codes]]
    if len(again):
        message = N_(
            "Municipalities that are in an earlier file too: {count}. The numbers of this file are "
            "used for them."
        )
        yield Fault(file, None, "", "", message, {"count": len(again)}, "warning")


# --- headings ---------------------------------------------------------------

_DUTCH = {
    "gm_code": "gemeentecode gemcode gmcode gemeentenummer codegemeente cbscode",
    "name": "gemeente gemeentenaam naamgemeente naam",
    "region_set": "regioindeling indeling regiosoort",
    "region_code": "regiocode regio regionaam",
    "imposed": "opgelegd opleggingen aantalopgelegd nieuwopgelegd",
    "extended": "verlengd verlengingen aantalverlengd",
    "running": "lopend lopende aantallopend",
    "ended": "beeindigd beeindigingen aantalbeeindigd",
    "unit": "eenheid",
    "period": "jaar periode",
    "source": "bron",
}
_NAME_OF = {other: name for name, others in _DUTCH.items() for other in others.split()}
_NAME_OF |= {
    f"{other}{dutch}": f"{name}_{end}"
    for other, name in tuple(_NAME_OF.items())
    if name in COUNTS
    for dutch, end in (("laag", "low"), ("hoog", "high"))
}
_ARE_CASES = N_(
    "This looks like a file with cases, one row an order, and not like counts. Use “dekkend "
    "cases”, or in the app the choice “A file with cases”."
)


def with_headings(cells: Cells) -> Cells:
    """Cells of which the headings that people give to counts have the names of the columns.

    Parameters
    ----------
    cells
        As read from a file.

    Returns
    -------
    Cells
        The same, if it holds no such heading, or if it holds cases.
    """
    if not cells.rows or _holds_cases(cells):
        return cells
    (number, titles), *body = cells.rows
    taken = {heading(title) for title in titles}
    named = []
    for title in titles:
        name = _NAME_OF.get(_known.plain(title), "")
        named.append(name if name and name not in taken else title)
        taken.add(name)
    return replace(cells, rows=[(number, named), *body])


def is_demand(cells: Cells) -> bool:
    """Whether the headings are of counts or of cases, in whatever words."""
    if not cells.rows or _holds_cases(cells):
        return bool(cells.rows)
    return bool(set(COUNTS) & set(map(heading, with_headings(cells).rows[0][1])))


def _any_heading(cells: Cells) -> bool:
    known = {name for one in DEMANDS.values() for name in one.columns}
    return bool(cells.rows) and any(heading(title) in known for title in cells.rows[0][1])


def _holds_cases(cells: Cells) -> bool:
    """Whether the headings are of one row an order: who it is of, and since when."""
    from coverage._case_files import field_of  # noqa: PLC0415 - loads what only cases need

    return bool(cells.rows) and {"child", "start"} <= set(map(field_of, cells.rows[0][1]))


# --- counts of regions ------------------------------------------------------

_ALONE = N_(
    "A covariate says nothing by itself. Give the file with counts of regions too, or leave this "
    "one out."
)
_WITH_OWN = N_(
    "“{value}” has municipalities with counts of their own ({codes}). The two together would tell "
    "the counts of the rest of the region. Remove this row, or the rows of those municipalities."
)
_OVERLAP = N_(
    "“{value}” shares municipalities with {other}. The two together would tell the counts of the "
    "municipalities that only one of them has. Keep regions that do not overlap."
)


def _members(edition: Edition) -> pd.Series[str]:
    """Municipalities of each region, indexed by its key (``set:code``)."""
    rows, every = edition.regions, edition.demand.index
    inside = pd.Series(rows["gm_code"].to_numpy(), rows["region_set"] + ":" + rows["region_code"])
    return pd.concat([inside, pd.Series(every, [f"{COUNTRY}:NL"] * len(every))]).rename("gm_code")


def _set_apart(
    regions: list[tuple[str, pd.DataFrame]], own: list[pd.DataFrame], edition: Edition
) -> tuple[list[tuple[str, pd.DataFrame]], list[pd.DataFrame], list[Fault]]:
    """Regions that may be shared out; a region of one municipality is a count of its own."""
    members = _members(edition)
    named = [table.assign(file=file, part=part) for part, (file, table) in enumerate(regions)]
    inside = pd.concat(named)[["file", "part", "key", "region_code"]].join(members, on="key")
    with_own = {code for part in own for code in part.index[_any_known(part)]}
    faults = list(_overlaps(inside, with_own))
    # A row without any count leaves its municipality to the region.
    own = [part[_any_known(part) | ~part.index.isin(inside["gm_code"])] for part in own]
    alone = members.groupby(level=0).size().eq(1)
    rest = []
    for file, table in regions:
        single = table["key"].map(alone).astype(bool)
        if single.any():
            of_one = table[single].assign(gm_code=table["key"].map(members[alone[members.index]]))
            of_one = of_one.drop(columns=["region_set", "region_code", "key"])
            own.append(bound_extended(of_one.set_index("gm_code")))
            message = N_(
                "Regions of one municipality: {count}. Their counts are used as those of that "
                "municipality."
            )
            params = {"count": int(single.sum())}
            faults.append(Fault(file, None, "", "", message, params, "warning"))
        rest.append((file, table[~single]))
    return rest, own, faults


def _overlaps(inside: pd.DataFrame, with_own: set[str]) -> Iterator[Fault]:
    """Regions that give away counts by subtraction; `inside` has a row a member."""
    first = inside.drop_duplicates("gm_code").set_index("gm_code")
    again = inside["gm_code"].duplicated()
    for faulty, message in ((inside["gm_code"].isin(with_own), _WITH_OWN), (again, _OVERLAP)):
        for _key, rows in inside[faulty].groupby(["part", "key"], sort=False):
            codes, more = rows["gm_code"].tolist(), ", ..." if len(rows) > _FEW else ""
            said = {
                "codes": ", ".join(codes[:_FEW]) + more,
                "other": str(first.loc[codes[0], "region_code"]),
            }
            file, value = (str(rows[name].iloc[0]) for name in ("file", "region_code"))
            yield Fault(file, int(rows.index[0]), "region_code", value, message, said)


def _shared_out(
    file: str,
    table: pd.DataFrame,
    year: int,
    covariate: pd.Series[float] | None,
    rule: Rule | None,
) -> tuple[list[pd.DataFrame], list[Fault]]:
    """Counts of the municipalities of the regions in a table, by region set."""
    from coverage import small_area  # noqa: PLC0415 - only who has counts of regions loads it

    edition = load_edition(year)
    members = _members(edition)
    of = pd.Series(members.index, members.to_numpy())
    parts = []
    told: list[Fault] = []
    for _set, rows in table.groupby("region_set", sort=False):
        regions = _as_published(file, rows, edition, rule)
        hidden = regions["count_status"].eq(FigureStatus.SUPPRESSED).any()
        for held in _columns_of(COUNTS):
            if regions[held].isna().all(axis=None):
                regions = regions.drop(columns=held)
        for needed in NEEDED:
            regions[needed] = regions.get(needed, np.nan)
        try:
            part = small_area.estimate(
                bound_extended(regions),
                of[of.isin(regions.index)],
                edition.municipalities["residents_0_17"],
                covariate=covariate,
                threshold=0,  # small counts are a range by now
            )
        except small_area.InvalidRegionsError as error:
            fault = Fault(file, None, "", "", error.message, error.params)
            raise BadInputError([fault]) from None
        parts.append(part)
        message = N_(
            "Counts of regions: {count}. They are shared out over their municipalities ({total}). "
            "Those figures are estimates."
        )
        params = {"count": len(regions), "total": len(part)}
        told.append(Fault(file, None, "", "", message, params, "warning"))
        if hidden:
            message = N_("Small counts of regions are protected: they are used as a range.")
            told.append(Fault(file, None, "", "", message, severity="warning"))
    return parts, told


def _as_published(
    file: str, rows: pd.DataFrame, edition: Edition, rule: Rule | None
) -> pd.DataFrame:
    """Counts of regions as anybody may know them, indexed by key.

    The estimates add up to what they are made of. Each region is protected by itself, as no
    sums of regions are published.
    """
    from coverage.disclosure import UnprotectedError, protect  # noqa: PLC0415 - see `_shared_out`

    regions = rows.drop(columns=["region_set", "region_code"]).set_index("key")
    try:
        return protect(regions, edition, rule, sums=False).counts
    except UnprotectedError as error:
        raise BadInputError([Fault(file, None, "", "", str(error))]) from None


def _region_keys(table: pd.DataFrame, year: int) -> pd.Series[str]:
    """Region of each row as ``set:code``; empty where there is no such region."""
    known = _known.regions(year) | {f"{COUNTRY}:NL": "Nederland"}
    by_code = {key.casefold(): key for key in known}
    by_name = {(key.partition(":")[0], _known.plain(name)): key for key, name in known.items()}
    pairs = list(zip(table["region_set"], table["region_code"], strict=True))
    found = [
        by_code.get(f"{group}:{code}".casefold())
        or by_name.get((group, _known.OTHER_NAMES.get(_known.plain(code), _known.plain(code))), "")
        for group, code in pairs
    ]
    return pd.Series(found, index=table.index, dtype="str")


# --- checks -----------------------------------------------------------------


def _examine(cells: Cells, edition_year: int | None) -> tuple[str, tables.Read]:
    """Kind of a table, and what came out of it."""
    cells = with_headings(cells)
    kind = tables.recognise(cells, DEMANDS) if _any_heading(cells) else "demand"
    if not errors(cells.faults) and _holds_cases(cells):
        fault = Fault(cells.file, None, "", "", _ARE_CASES)
        return kind, tables.Read(tables.empty(DEMANDS[kind]), (fault,), cells.file, complete=False)
    read = tables.examine(cells, DEMANDS[kind])
    table = read.table
    faults = list(read.faults)
    if kind == "region_demand":
        year = edition_year or max(EDITIONS)
        faults += _strange_regions(read, year)
    else:
        year = edition_year or likely_edition(table["gm_code"])
        years = pd.Series(float(year), index=table.index)
        faults += references.code_faults(read.file, table["gm_code"], years)
        faults += _of_another_edition(read, year)
        faults += _other_names(read)
    if kind != "covariate":
        faults += _lacking(read)
        faults += _too_many(read, kind, year)
        faults += () if errors(faults) else _doubts(read, kind)
    found = tables.Read(table, in_order(faults), read.file, read.complete, read.missing)
    return kind, found


def _of_another_edition(read: tables.Read, year: int) -> Iterator[Fault]:
    """Say first, before each code, that another edition has more of the codes."""
    codes = read.table["gm_code"][read.table["gm_code"].ne("")]
    likely = likely_edition(codes)
    here, there = (int(codes.isin(_known.codes(one)).sum()) for one in (year, likely))
    if there > here:
        message = N_(
            "This looks like municipalities of {likely}: {there} of {count} codes are of that "
            "year, and {here} of {edition}. Choose the edition {likely}."
        )
        params = {"likely": str(likely), "there": there, "here": here, "count": len(codes)}
        yield Fault(read.file, None, "", "", message, {**params, "edition": str(year)})


def _lacking(read: tables.Read) -> Iterator[Fault]:
    """Columns of counts that a table cannot do without."""
    if {"running", "ended"} & read.missing:
        for count in NEEDED:
            if count in read.missing and read.complete:
                message = N_("The column “{value}” is missing. Add it, or start from the template.")
                yield Fault(read.file, 1, count, count, message)


def _strange_regions(read: tables.Read, year: int) -> Iterator[Fault]:
    """Regions that the edition does not have, or that another row has already."""
    table = read.table
    keys = _region_keys(table, year)
    filled = table["region_set"].ne("") & table["region_code"].ne("")
    for group, rows in table[filled & keys.eq("")].groupby("region_set"):
        known = [key for key in _known.regions(year) if key.startswith(f"{group}:")]
        if known:
            message = N_(
                "There is no region “{value}” in edition {edition}. Choose for instance: {keys}."
            )
            params = {"edition": year, "keys": ", ".join(sorted(known)[:12])}
        elif group == COUNTRY:
            message, params = N_("Write NL for the whole country, not “{value}”."), {}
        else:
            message = N_("Edition {edition} has no region set “{set}”. Choose one of: {sets}.")
            params = {
                "edition": year,
                "set": Words(str(group)),
                "sets": ", ".join(_known.region_sets(year)),
            }
        yield from row_faults(read.file, rows["region_code"], message, params)
    again = keys.ne("") & keys.duplicated()
    yield from row_faults(
        read.file,
        table.loc[again, "region_code"],
        N_("The region “{value}” is in an earlier row too. Every row needs its own."),
    )


def _too_many(read: tables.Read, kind: str, year: int) -> Iterator[Fault]:
    """More orders than children: a digit or a column is wrong."""
    residents = _known.residents_0_17(year)
    if kind == "demand":
        children = read.table["gm_code"].map(residents).astype(float)
        names = read.table["gm_code"].map(_known.name_of)
    else:
        rows = load_edition(year).regions
        keys = rows["region_set"] + ":" + rows["region_code"]
        sums = rows["gm_code"].map(residents).groupby(keys).sum()
        sums[f"{COUNTRY}:NL"] = residents.sum()
        children = _region_keys(read.table, year).map(sums).astype(float)
        names = read.table["region_code"]
    for count in COUNTS:
        orders = read.table[count]
        for row in orders.index[orders > children]:
            yield Fault(
                read.file,
                int(row),
                count,
                number_text(float(orders[row])),
                N_(
                    "{value} orders cannot be: {name} has {children} residents under 18. "
                    "Correct the number, or check that no column has shifted."
                ),
                {"name": names[row], "children": round(children[row])},
            )


def _doubts(read: tables.Read, kind: str) -> Iterator[Fault]:
    """What a user should know of the way in which the counts are used."""
    table = read.table
    known = {
        name: table[name].notna() | table[[f"{name}_low", f"{name}_high"]].notna().all(axis=1)
        for name in COUNTS
    }
    bounded = ~known["extended"] & known["running"] & known["ended"]
    known["extended"] |= bounded
    if not (known["imposed"] & known["extended"]).any():
        yield _remark(
            read,
            N_(
                "No counts are used: there is no row in which both imposed and extended are "
                "known. The figures that come with the edition stay in use."
            ),
        )
    half = known["imposed"] ^ known["extended"]
    yield from row_faults(
        read.file,
        table.loc[half, "gm_code" if kind == "demand" else "region_code"],
        N_(
            "Only one of imposed and extended is known. For {value} the figures that come with "
            "the edition stay in use."
        ),
        severity="warning",
    )
    if bounded.any():
        yield _remark(
            read,
            N_(
                "Rows in which extended is unknown: {count}. There it is taken to lie between "
                "running less ended and running. These rows are marked as estimated."
            ),
            count=int(bounded.sum()),
        )
    yield from _of_units(read)
    yield from _of_periods(read)


def _of_units(read: tables.Read) -> Iterator[Fault]:
    """Tell what becomes of families and measures."""
    units = read.table["unit"].mask(read.table["unit"].eq(""), DemandUnit.CHILDREN.value)
    found = units.drop_duplicates()
    for row, unit in found[found.ne(DemandUnit.CHILDREN)].items():
        message = (
            N_("The figures count {value}. By the settings they are converted to families.")
            if unit == DemandUnit.MEASURES
            else N_("The figures count {value}. They are used as they are.")
        )
        params = {"value": Words(unit)}
        yield Fault(read.file, int(str(row)), "unit", unit, message, params, "warning")
    if len(found) > 1:
        yield _remark(
            read,
            N_("The rows count different things ({units}); these are never added up together."),
            units=Words(", ".join(sorted(found))),
        )


def _of_periods(read: tables.Read) -> Iterator[Fault]:
    """Tell of periods that are not one and the same year."""
    periods = read.table["period"]
    parts = periods[periods.str.contains(_HALF)].drop_duplicates()
    yield from row_faults(
        read.file,
        parts,
        N_(
            "{value} is a part of a year. The numbers are used as they are: demand is then of "
            "that part only. Counts of a whole year are better."
        ),
        severity="warning",
    )
    found = sorted(set(periods) - {""})
    if len(found) > 1:
        message = N_("The rows are of different periods: {periods}.")
        yield _remark(read, message, periods=", ".join(found[:12]))


def _remark(read: tables.Read, message: str, **params: object) -> Fault:
    return Fault(read.file, None, "", "", message, params, "warning")


def _other_names(read: tables.Read) -> Iterator[Fault]:
    """Names that no year gives to the code beside them."""
    named = read.table[read.table["name"].ne("")]
    for row, code, name in zip(named.index, named["gm_code"], named["name"], strict=True):
        own = _known.name_of(code)
        if own and not _known.is_name_of(name, code):
            yield Fault(
                read.file,
                int(row),
                "name",
                name,
                N_(
                    "{code} is {own}, not “{value}”. Check that the codes and the numbers stand "
                    "in the right row."
                ),
                {"code": code, "own": own},
                severity="warning",
            )
