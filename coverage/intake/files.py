"""What a file of the user is: a flat list of offers, a register of ours, or something else."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from coverage import _cells, tables
from coverage.faults import Fault, errors
from coverage.i18n import N_
from coverage.intake import headings
from coverage.intake.fields import NEEDED
from coverage.schema import DEMAND, REGISTER

if TYPE_CHECKING:
    import os

__all__ = ["FileKind", "Opened", "kind_of", "open_file"]


class FileKind(StrEnum):
    """What a file holds."""

    FLAT = "flat"
    """One row an offer, with the provider and the address in the same row."""
    REGISTER = "register"
    """A whole register: a workbook with its sheets, or a folder with its files."""
    TABLE = "table"
    """One table of a register."""
    DEMAND = "demand"
    """A table of supervision orders."""
    UNREADABLE = "unreadable"
    """No table at all; the faults say why."""


@dataclass(frozen=True)
class Opened:
    """A file that was looked at.

    Parameters
    ----------
    kind
        What it holds.
    sheets
        Cells of each flat list in it, by name of the sheet (empty for a text file); the first
        row of each holds the headings: what stood above them is left out.
    table
        Name of the table of the register, for the kind ``table``.
    faults
        What keeps it from being read, and what to do; or warnings.
    """

    kind: FileKind
    sheets: dict[str, _cells.Cells] = field(default_factory=dict)
    table: str = ""
    faults: tuple[Fault, ...] = ()


def kind_of(path: str | os.PathLike[str]) -> FileKind:
    """What a file holds, see `open_file`."""
    return open_file(path).kind


def open_file(path: str | os.PathLike[str]) -> Opened:  # noqa: PLR0911 - one kind after another
    """Look at a file or folder of the user.

    Parameters
    ----------
    path
        Any file, whatever its name says; or a folder.

    Returns
    -------
    Opened
        Never raises for what is in the file: the faults say it.
    """
    path = Path(path)
    if _cells.is_folder(path):
        return Opened(FileKind.REGISTER)
    fault = _cells.file_fault(path)
    if fault:
        return Opened(FileKind.UNREADABLE, faults=(fault,))
    if not _cells.is_workbook(path):
        cells = _cells.read_text(path, _expected())
        return _one(cells, "")
    book = _cells.read_workbook(path)
    if book.faults:
        return Opened(FileKind.UNREADABLE, faults=tuple(book.faults))
    if not book.sheets:
        empty = Fault(path.name, None, "", "", _cells.EMPTY_FILE)
        return Opened(FileKind.UNREADABLE, faults=(empty,))
    named = [name for name in REGISTER if tables.sheet_of(book, name) is not None]
    if len(named) > 1 and {"providers", "offers"} <= set(named):
        return Opened(FileKind.REGISTER)
    if len(book.sheets) == 1:
        return _one(next(iter(book.sheets.values())), next(iter(book.sheets)))
    opened = {name: _one(cells, name) for name, cells in book.sheets.items()}
    flat = {name: one.sheets[name] for name, one in opened.items() if one.sheets}
    likely = {name: cells for name, cells in flat.items() if _score(cells) >= FEWEST}
    if likely or flat:
        chosen = likely or flat
        return Opened(FileKind.FLAT, chosen)
    first = next(iter(opened.values()))
    return Opened(first.kind, {}, first.table, first.faults)


FEWEST = 2
"""Known headings that a row must have to be the row of headings."""

TOP = 25
"""Rows at the top of a table in which the headings are looked for."""

HELPERS = 0.8
"""Part of the headings that must be those of a table of ours for it to be one."""


def _expected() -> set[str]:
    """Headings that decide between delimiters."""
    return {_cells.heading(text) for text in headings.spellings_shown()}


def _one(cells: _cells.Cells, sheet: str) -> Opened:
    """Look at one table."""
    if errors(cells.faults):
        return Opened(FileKind.UNREADABLE, faults=tuple(cells.faults))
    if not cells.rows:
        empty = Fault(cells.file, None, "", "", _cells.EMPTY_FILE)
        return Opened(FileKind.UNREADABLE, faults=(empty,))
    ours = _table_of_ours(cells)
    if ours == "demand":
        return Opened(FileKind.DEMAND, faults=tuple(cells.faults))
    if ours:
        return Opened(FileKind.TABLE, table=ours, faults=tuple(cells.faults))
    found = _from_headings(cells)
    if len([text for text in found.rows[0][1] if text]) == 1:
        fault = Fault(found.file, found.rows[0][0], "", found.rows[0][1][0], ONE_COLUMN)
        return Opened(FileKind.UNREADABLE, faults=(*found.faults, fault))
    return Opened(FileKind.FLAT, {sheet: found}, faults=tuple(found.faults))


ONE_COLUMN = N_(
    "Only one column was found. A list of offers has at least a column with the provider and one "
    "with the name of the offer. Put ; or , or a tab between the columns."
)


def _table_of_ours(cells: _cells.Cells) -> str:
    """Name of the table of a register that this is; empty when it is none."""
    schemas = {**REGISTER, "demand": DEMAND}
    name = tables.recognise(cells, schemas)
    own = {_cells.heading(text) for text in cells.rows[0][1] if text}
    known = set(schemas[name].columns)
    needed = {"providers": {"provider_id"}, "offers": {"offer_id", "provider_id"}}
    keys = needed.get(name, set())
    if not keys <= own or len(own & known) < max(FEWEST + 1, HELPERS * len(own)):
        return ""
    return name


def _score(cells: _cells.Cells, row: int = 0) -> int:
    """Known headings in a row."""
    return headings.known(cells.rows[row][1]) if row < len(cells.rows) else 0


def _from_headings(cells: _cells.Cells) -> _cells.Cells:
    """The table from its headings down: a title, or merged headings, above them go."""
    scores = [_score(cells, row) for row in range(min(TOP, len(cells.rows)))]
    best = max(range(len(scores)), key=lambda row: (scores[row], -row))
    if best == 0 or scores[best] < FEWEST:
        return cells
    return _cells.Cells(cells.file, cells.rows[best:], cells.delimiter, cells.faults)


def needs(matching: dict[str, str]) -> list[str]:
    """Fields that a flat list cannot do without and that no column was matched with."""
    return [name for name in NEEDED if name not in matching.values()]
