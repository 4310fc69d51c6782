"""The register: which organisations offer what, where, and what was looked at.

Four tables that refer to each other. They are read together: every fault of
every table is told at once, and a register comes back only when there is none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import xlsxwriter

from coverage import _cells, references, tables
from coverage.demand_input import examine_demand, is_demand
from coverage.faults import BadInputError, Fault, errors, in_order, warnings
from coverage.i18n import N_
from coverage.schema import DEMAND, REGISTER
from coverage.vocabulary import FigureStatus

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import pandas as pd

__all__ = [
    "Register",
    "Report",
    "check",
    "empty_register",
    "read_register",
    "write_register",
]

SUFFIXES = (".csv", ".txt", ".tsv", *_cells.WORKBOOKS)
"""Endings of the files of a register in a folder, in order of choice."""

NEEDED = ("providers", "offers")
"""Tables that a register cannot do without; the others may be left out."""


TABLES = {**REGISTER, "demand": DEMAND}
"""Every table that `check` recognises."""


@dataclass(frozen=True, eq=False)
class Register:
    """Four tables that belong together.

    Empty text is ``""``; numbers are float with NaN for unknown; years and
    editions are nullable Int64. The index is 0, 1, 2, ...

    The constructor takes the tables as they are: it does not check them. `from_tables`
    checks tables in memory, and `read_register` those in files.

    Parameters
    ----------
    providers, locations, offers, inventory
        The tables, with the columns of `coverage.schema`, in that order.
    name
        Name of the folder or file it came from; empty for one in memory.
    path
        Where it was read from, or None.
    warnings
        What is probably not meant so, but did not stop the reading.
    """

    providers: pd.DataFrame
    locations: pd.DataFrame
    offers: pd.DataFrame
    inventory: pd.DataFrame
    name: str = ""
    path: Path | None = None
    warnings: tuple[Fault, ...] = ()

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The four tables by name, in the order in which they refer to each other."""
        return {name: getattr(self, name) for name in REGISTER}

    @property
    def is_example(self) -> bool:
        """Whether any row is made up as an example: then the whole is shown as such."""
        return any(
            bool(table["status"].eq(FigureStatus.EXAMPLE).any()) for table in self.tables.values()
        )

    @classmethod
    def from_tables(
        cls,
        providers: pd.DataFrame,
        locations: pd.DataFrame | None = None,
        offers: pd.DataFrame | None = None,
        inventory: pd.DataFrame | None = None,
        name: str = "",
    ) -> Register:
        """Check tables in memory, and make a register of them.

        Parameters
        ----------
        providers, locations, offers, inventory
            Tables, typed or all text; optional columns may lack. None is empty.
        name
            Name to show.

        Raises
        ------
        BadInputError
            With every fault; the rows are numbered as in a file, from 2.
        """
        given = {
            "providers": providers,
            "locations": locations,
            "offers": offers,
            "inventory": inventory,
        }
        cells = {
            key: tables.cells_of(table, key) for key, table in given.items() if table is not None
        }
        return _build(cells, [], name, None)


def empty_register() -> Register:
    """Register of which nothing is known yet."""
    return _build({}, [], "", None)


def read_register(path: str | os.PathLike[str]) -> Register:
    """Read a register: a folder with four files, or a workbook with four sheets.

    Parameters
    ----------
    path
        Folder with ``providers``, ``offers`` and, if there are any,
        ``locations`` and ``inventory`` (csv, xlsx, xls, ods); or one workbook
        with sheets of these names.

    Returns
    -------
    Register

    Raises
    ------
    BadInputError
        With every fault of every table.
    """
    path = Path(path)
    cells, faults = register_cells(path)
    whole = path.resolve()
    return _build(cells, faults, whole.name if _cells.is_folder(path) else whole.stem, path)


def register_cells(path: Path) -> tuple[dict[str, _cells.Cells], list[Fault]]:
    """Cells of each table of a register, and what was wrong with the files."""
    if _cells.is_folder(path):
        return _from_folder(path)
    fault = _cells.file_fault(path)
    if fault:
        return {}, [fault]
    if not _cells.is_workbook(path):
        message = N_(
            "This is one table; a register is a folder with providers and offers "
            "(locations and inventory if there are any), or a workbook with those sheets."
        )
        return {}, [Fault(path.name, None, "", "", message)]
    return _from_workbook(_cells.read_workbook(path))


def _from_folder(folder: Path) -> tuple[dict[str, _cells.Cells], list[Fault]]:
    cells: dict[str, _cells.Cells] = {}
    faults: list[Fault] = []
    try:
        present = {file.name.casefold(): file for file in sorted(folder.iterdir())}
    except OSError as error:
        return {}, [_cells.closed_fault(folder.name, error)]
    for name, schema in REGISTER.items():
        files = [present[name + end] for end in SUFFIXES if name + end in present]
        if len(files) > 1:
            faults.append(
                Fault(
                    files[0].name,
                    None,
                    "",
                    "",
                    N_("The table {table} is there twice: {files}. Remove one."),
                    {"table": name, "files": ", ".join(file.name for file in files)},
                )
            )
        elif files:
            cells[name] = tables.read_cells(files[0], schema)
        elif name in NEEDED:
            faults.append(
                Fault(
                    f"{name}.csv",
                    None,
                    "",
                    "",
                    N_(
                        "There is no file {file} in the folder {folder}. Add it; the template is "
                        "a start."
                    ),
                    {"file": f"{name}.csv", "folder": folder.name},
                )
            )
    return cells, faults


def _from_workbook(book: _cells.Workbook) -> tuple[dict[str, _cells.Cells], list[Fault]]:
    if book.faults:
        return {}, list(book.faults)
    found = {name: tables.sheet_of(book, name) for name in REGISTER}
    faults = [tables.no_sheet(book, name) for name in NEEDED if found[name] is None]
    return {name: cells for name, cells in found.items() if cells is not None}, faults


def _build(
    cells: Mapping[str, _cells.Cells], faults: list[Fault], name: str, path: Path | None
) -> Register:
    """Check the tables, each and together; raise with every fault, or make the register."""
    reads, every = _judge(cells, faults)
    if errors(every):
        raise BadInputError(every)
    done = {key: read.table.reset_index(drop=True) for key, read in reads.items()}
    return Register(**done, name=name, path=path, warnings=warnings(every))


def _judge(
    cells: Mapping[str, _cells.Cells], faults: list[Fault]
) -> tuple[dict[str, tables.Read], tuple[Fault, ...]]:
    """Tables as read, and every fault of each and between them."""
    reads = {key: tables.examine(found, REGISTER[key]) for key, found in cells.items()}
    for key, schema in REGISTER.items():
        if key not in reads:
            # With faults in the files, a table that lacks is not the same as an empty one.
            reads[key] = tables.Read(tables.empty(schema), (), key, complete=not faults)
    every = [*faults, *references.register_faults(reads)]
    for key, read in reads.items():
        every += [*read.faults, *references.edition_faults(key, read)]
    return reads, in_order(every)


# --- checking ---------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """What `check` found.

    Parameters
    ----------
    faults
        Errors and warnings, by file and row.
    rows
        Rows in each table that was recognised, by its name.
    """

    faults: tuple[Fault, ...]
    rows: dict[str, int]

    @property
    def usable(self) -> bool:
        """Whether nothing stops the reading."""
        return not errors(self.faults)


def check(path: str | os.PathLike[str]) -> Report:
    """Find every fault of a register, of one table of it, or of a demand table.

    Parameters
    ----------
    path
        Folder or workbook with a register, or a file with one table; the table
        is recognised by its headings. The edition of a demand table is the one
        that has most of its codes.

    Returns
    -------
    Report
    """
    path = Path(path)
    if _cells.is_folder(path):
        return _report(*_judge(*_from_folder(path)))
    fault = _cells.file_fault(path)
    if fault:
        return Report((fault,), {})
    if _cells.is_workbook(path):
        return _check_workbook(_cells.read_workbook(path))
    known = {name for schema in TABLES.values() for name in schema.columns}
    return _check_table(_cells.read_text(path, known))


def _check_workbook(book: _cells.Workbook) -> Report:
    """Check a register in a workbook, or the one table that it holds."""
    if book.faults:
        return Report(in_order(book.faults), {})
    if len(book.sheets) == 1:
        return _check_table(next(iter(book.sheets.values())))
    return _report(*_judge(*_from_workbook(book)))


def _report(reads: Mapping[str, tables.Read], faults: tuple[Fault, ...]) -> Report:
    rows = {name: len(read.table) for name, read in reads.items() if read.complete}
    return Report(faults, rows)


def _check_table(cells: _cells.Cells) -> Report:
    """Check one table, whichever it is."""
    name = "demand" if is_demand(cells) else tables.recognise(cells, TABLES)
    if name == "demand":
        read = examine_demand(cells)
        return Report(read.faults, {name: len(read.table)})
    read = tables.examine(cells, TABLES[name])
    faults = [*read.faults, *references.edition_faults(name, read)]
    if name == "offers":
        faults += references.offer_warnings(read)
    return _report({name: read}, in_order(faults))


# --- writing ----------------------------------------------------------------


def write_register(
    register: Register,
    path: str | os.PathLike[str],
    *,
    about: Mapping[str, object] | None = None,
) -> None:
    """Write a register so that `read_register` gives the same one.

    Parameters
    ----------
    register
        What to write.
    path
        Name that ends in ``.xlsx`` for one workbook with four sheets, all
        cells text. Otherwise a folder, made when it is not there, for four CSV
        files: UTF-8, comma, decimal point.
    about
        What to say of the register beside its tables, for instance which revision it is:
        a sheet ``about``, or a file ``revision.json``. Reading passes it by.

    Notes
    -----
    A text that a spreadsheet would take for a formula gets an apostrophe in
    front in CSV; reading takes it off again.
    """
    path = Path(path)
    if path.suffix.lower() == ".xlsx":
        _write_workbook(register, path, about or {})
        return
    path.mkdir(parents=True, exist_ok=True)
    for name, table in register.tables.items():
        texts = table.apply(tables.as_text).apply(tables.guarded)
        texts.to_csv(path / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    if about:
        told = json.dumps(dict(about), ensure_ascii=False, indent=2)
        (path / "revision.json").write_text(told + "\n", encoding="utf-8")


def _write_workbook(register: Register, path: Path, about: Mapping[str, object]) -> None:
    # Texts stay texts: no formulas, no links, no numbers made of codes.
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(path, options) as book:
        as_text = book.add_format({"num_format": "@"})
        for name, table in register.tables.items():
            sheet = book.add_worksheet(name)
            sheet.set_column(0, len(table.columns) - 1, 18, as_text)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, table.columns)
            texts = table.apply(tables.as_text).apply(tables.guarded, formulas=False)
            for number, row in enumerate(texts.itertuples(index=False), start=1):
                for place, text in enumerate(row):
                    if text:
                        sheet.write_string(number, place, text, as_text)
        if about:
            sheet = book.add_worksheet("about")
            sheet.set_column(0, 1, 30, as_text)
            for number, (name, value) in enumerate(about.items()):
                sheet.write_string(number, 0, name, as_text)
                sheet.write_string(number, 1, str(value), as_text)
