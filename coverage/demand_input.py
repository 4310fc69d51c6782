"""Case demand as a user counted it: supervision orders by municipality.

What is read here takes the place of the figures that come with an edition.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from coverage import _known, references, tables
from coverage._cells import number_text
from coverage.editions import EDITIONS
from coverage.faults import BadInputError, Fault, errors, in_order, row_faults, warnings
from coverage.i18n import N_
from coverage.schema import DEMAND, DemandUnit, Words
from coverage.vocabulary import FigureStatus

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from coverage._cells import Cells

COUNTS = ("imposed", "extended")


def read_demand(path: str | os.PathLike[str], edition_year: int) -> pd.DataFrame:
    """Read a table of supervision orders.

    Parameters
    ----------
    path
        CSV, XLSX, XLS or ODS with a column ``gm_code`` and ``imposed`` and
        ``extended``. An empty cell or ``.`` is unknown.
    edition_year
        Edition that the codes must be of.

    Returns
    -------
    pandas.DataFrame
        Indexed by gm_code (sorted): imposed, imposed_low, imposed_high,
        extended, extended_low, extended_high (orders a year, NaN = unknown),
        count_status, unit, period, source (text). A bound that is not given
        equals its count. ``attrs["warnings"]`` holds what the user should know.

    Raises
    ------
    BadInputError
        With every fault of the file.
    """
    path = Path(path)
    read = examine_demand(tables.read_cells(path, DEMAND), edition_year)
    if errors(read.faults):
        raise BadInputError(read.faults)
    table = read.table.drop(columns="name").set_index("gm_code").sort_index()
    for count in COUNTS:
        for bound in (f"{count}_low", f"{count}_high"):
            table[bound] = table[bound].fillna(table[count])
    defaults = {"count_status": FigureStatus.ENTERED.value, "unit": DemandUnit.CHILDREN.value}
    for column, default in defaults.items():
        table[column] = table[column].mask(table[column].eq(""), default)
    table["source"] = table["source"].mask(table["source"].eq(""), path.name)
    table.attrs["warnings"] = warnings(read.faults)
    return table


def examine_demand(cells: Cells, edition_year: int | None = None) -> tables.Read:
    """Type and check the cells of a demand table.

    Parameters
    ----------
    cells
        As read from a file.
    edition_year
        Edition that the codes must be of; None takes the edition that has
        most of them.
    """
    read = tables.examine(cells, DEMAND)
    table = read.table
    year = edition_year or likely_edition(table["gm_code"])
    years = pd.Series(float(year), index=table.index)
    faults = [
        *read.faults,
        *references.code_faults(read.file, table["gm_code"], years),
        *_too_many(read, year),
        *(() if errors(read.faults) else _doubts(read)),
    ]
    return tables.Read(table, in_order(faults), read.file, read.complete, read.missing)


def likely_edition(codes: pd.Series[str]) -> int:
    """Edition that has most of these codes; the newest when none stands out."""
    newest_first = sorted(EDITIONS, reverse=True)
    return max(newest_first, key=lambda year: int(codes.isin(_known.codes(year)).sum()))


def _too_many(read: tables.Read, year: int) -> Iterator[Fault]:
    """Municipalities with more orders than children: a digit or a column is wrong."""
    children = read.table["gm_code"].map(_known.residents_0_17(year)).astype(float)
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
                {
                    "name": _known.name_of(read.table.loc[row, "gm_code"]),
                    "children": round(children[row]),
                },
            )


def _doubts(read: tables.Read) -> Iterator[Fault]:
    """What a user should know of the way in which the counts are used."""
    table = read.table
    yield from _other_names(read)
    if not table[list(COUNTS)].notna().all(axis=1).any():
        yield Fault(
            read.file,
            None,
            "",
            "",
            N_(
                "No counts are used: there is no row in which both imposed and extended are "
                "known. The figures that come with the edition stay in use."
            ),
            severity="warning",
        )
    half = table[list(COUNTS)].notna().sum(axis=1).eq(1)
    codes = table.loc[half, "gm_code"]
    yield from row_faults(
        read.file,
        codes,
        N_(
            "Only one of imposed and extended is known. For {value} the figures that come with "
            "the edition stay in use."
        ),
        severity="warning",
    )
    units = table.loc[table["unit"].isin([DemandUnit.FAMILIES, DemandUnit.MEASURES]), "unit"]
    if len(units):
        yield Fault(
            read.file,
            int(units.index[0]),
            "unit",
            str(units.iloc[0]),
            N_("The figures count {value}; the calculation takes them for children."),
            {"value": Words(units.iloc[0])},
            severity="warning",
        )


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
