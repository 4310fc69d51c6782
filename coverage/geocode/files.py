"""Tables in which addresses stand, row by row, with every value as it is.

The reader of registers (`coverage._cells`) tidies values and holds a whole table; here
nothing is tidied, and of a text file no more than some rows are held at a time.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self, TypeAlias

import python_calamine as calamine
import xlsxwriter

from coverage import _cells
from coverage._encodings import as_windows, encoding_of
from coverage.exports import FORMATS
from coverage.faults import BadInputError, Fault, errors
from coverage.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import TextIO

Value: TypeAlias = "str | float | bool | dt.date | dt.time | dt.timedelta"
Row: TypeAlias = "list[Value]"
Known: TypeAlias = "Callable[[Sequence[str]], int]"
"""How many of the cells of a row are headings that are known."""

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 1_048_576, 16_384, 32_767
"""What a sheet of Excel can hold."""


class Source(Protocol):
    """A table that can be gone through more than once."""

    name: str
    headings: list[str]
    count: int
    delimiter: str
    remarks: list[Fault]

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Row number as a spreadsheet shows it, and values as many as there are headings."""
        ...


def open_table(path: Path, known: Known) -> Source:
    """Open a table of any kind.

    Parameters
    ----------
    path
        A text file with delimiters, or a workbook (xlsx, xls, ods).
    known
        Tells headings from other rows: decides on the delimiter and the sheet.

    Returns
    -------
    Source

    Raises
    ------
    BadInputError
        If it cannot be read.
    """
    fault = _cells.file_fault(path)
    if fault is not None and not (fault.params.get("limit") and not _cells.is_workbook(path)):
        # A text file may be as large as it is: it is never in memory as a whole.
        raise BadInputError([fault])
    source: Source = Workbook(path, known) if _cells.is_workbook(path) else Text(path, known)
    if not source.headings:
        raise BadInputError([Fault(source.name, None, "", "", _cells.EMPTY_FILE)])
    return source


# --- text files -------------------------------------------------------------


class Text:
    """A text file with delimiters.

    Parameters
    ----------
    path, known
        As in `open_table`.

    Raises
    ------
    BadInputError
        If it is no readable text, or its quotation marks do not match.
    """

    def __init__(self, path: Path, known: Known) -> None:
        self.name = path.name
        self.remarks: list[Fault] = []
        self._path = path
        self._encoding = self._find_encoding()
        self._skipped, self.delimiter = self._find_delimiter(known)
        self.headings: list[str] = []
        self.count = 0
        self._first = 0
        self._scan()

    def rows(self) -> Iterator[tuple[int, Row]]:
        """As `Source.rows`."""
        width = len(self.headings)
        for number, record in self._records():
            if number > self._first:
                yield number, [*record, *[""] * (width - len(record))]

    def _find_encoding(self) -> str:
        encoding = encoding_of(self._path)
        if encoding is None:
            raise self._refused(
                N_(
                    "The file holds null characters: it is damaged, or no table. Save it "
                    "again as CSV UTF-8."
                )
            )
        if encoding == "cp1252":
            self.remarks.append(as_windows(self.name))
        return "utf-8-sig" if encoding == "utf-8" else encoding

    def _open(self) -> TextIO:
        # newline="" leaves line ends within quotes to the csv module.
        return self._path.open(encoding=self._encoding, newline="")

    def _find_delimiter(self, known: Known) -> tuple[int, str]:
        """Lines before the table, and the delimiter by its first line with text."""
        try:
            with self._open() as stream:
                lines = [stream.readline(_cells.FIRST_LINE) for _ in range(20)]
        except UnicodeError:
            raise self._refused(UNREADABLE) from None
        found = re.match(r"sep=([;,\t|])\r?\n", lines[0], re.IGNORECASE)
        if found:
            return 1, found[1]
        line = next((line for line in lines if line.strip()), "")
        bare = re.sub(r'"[^"]*"', "", line)

        def score(delimiter: str) -> tuple[int, int]:
            cells = [cell.strip('" \r\n') for cell in line.split(delimiter)]
            return known(cells), bare.count(delimiter)

        return 0, max(_cells.DELIMITERS, key=score)

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        row = self._skipped
        with self._open() as stream:
            for _line in range(self._skipped):
                stream.readline()
            try:
                for record in csv.reader(stream, delimiter=self.delimiter, strict=True):
                    row += 1
                    yield row, record
            except csv.Error:
                raise self._refused(QUOTES, row + 1) from None
            except UnicodeError:
                raise self._refused(UNREADABLE, row + 1) from None

    def _scan(self) -> None:
        """Go through it once: nothing is written of a table that turns out to be faulty."""
        width = 0
        for number, record in self._records():
            if not self._first:
                if any(cell.strip() for cell in record):
                    self._first, self.headings = number, record
                continue
            self.count += 1
            width = max(width, len(record))
        self.headings += [""] * (width - len(self.headings))

    def _refused(self, message: str, row: int | None = None) -> BadInputError:
        return BadInputError([Fault(self.name, row, "", "", message)])


UNREADABLE = N_("The file is not readable text. Save it again as CSV UTF-8.")
QUOTES = N_(
    "A quotation mark in this row, or before it, has no match. Close it, or write two of them "
    "for one within a text."
)


# --- workbooks --------------------------------------------------------------


class Workbook:
    """One sheet of a workbook: the first with headings that are known.

    Parameters
    ----------
    path, known
        As in `open_table`.
    """

    delimiter = ""

    def __init__(self, path: Path, known: Known) -> None:
        # Read with all its checks first; and then again, as the values are.
        book = _cells.read_workbook(path)
        if errors(book.faults):
            raise BadInputError(book.faults)
        sheets = {name: cells for name, cells in book.sheets.items() if cells.rows}
        if not sheets:
            raise BadInputError([Fault(path.name, None, "", "", _cells.EMPTY_FILE)])
        ranked = sorted(sheets, key=lambda name: not known(sheets[name].rows[0][1]))
        sheet = sheets[ranked[0]]
        self.name = sheet.file
        self.remarks = list(sheet.faults)
        if len(sheets) > 1:
            self.remarks.append(
                Fault(self.name, None, "", "", OTHER_SHEETS, {}, severity="warning")
            )
        self._first = sheet.rows[0][0]
        with path.open("rb") as stream, calamine.load_workbook(stream) as source:
            values = source.get_sheet_by_name(ranked[0]).to_python(skip_empty_area=False)
        self._values: list[Row] = values
        width = max(map(len, values))
        first = values[self._first - 1]
        self.headings = [as_text(value) for value in first] + [""] * (width - len(first))
        self.count = sum(1 for _row in self.rows())

    def rows(self) -> Iterator[tuple[int, Row]]:
        """As `Source.rows`."""
        for number, row in enumerate(self._values[self._first :], start=self._first + 1):
            yield number, [*row, *[""] * (len(self.headings) - len(row))]


OTHER_SHEETS = N_("Only this sheet of the workbook is read; the others are not in the result.")


def as_text(value: Value) -> str:
    """Value of a cell as text, in full."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _cells.EXACT else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, dt.date) else str(value)


# --- results ----------------------------------------------------------------


@dataclass
class Writer:
    """A table that is written row by row, and takes its name only when it is whole.

    Use it in a ``with`` block; what was written is thrown away when that is left by an error.

    Parameters
    ----------
    path
        File to write; ``.csv`` (UTF-8) or ``.xlsx``.
    headings
        Headings.
    delimiter
        Of a CSV.
    """

    path: Path
    headings: list[str]
    delimiter: str

    def __post_init__(self) -> None:
        suffix = self.path.suffix.lower()
        if suffix not in FORMATS:
            raise ValueError(f"{self.path.name}: the suffix must be one of {', '.join(FORMATS)}")
        self._draft = self.path.with_name(f".{self.path.name}.part{suffix}")
        self._count = 0
        self._book: xlsxwriter.Workbook | None = None
        self._stream: TextIO | None = None

    def add(self, rows: Sequence[Sequence[Value]]) -> None:
        """Write rows below the others."""
        if self._stream is not None:
            self._csv.writerows(
                [value if type(value) is str else as_text(value) for value in row] for row in rows
            )
            return
        for values in rows:
            for column, value in enumerate(values):
                self._cell(self._count, column, value)
            self._count += 1

    def _cell(self, row: int, column: int, value: Value) -> None:
        if isinstance(value, bool):
            self._sheet.write_boolean(row, column, value)
        elif isinstance(value, int | float):
            self._sheet.write_number(row, column, value)
        elif isinstance(value, dt.date):
            midnight = not isinstance(value, dt.datetime) or value.time() == dt.time()
            style = self._date if midnight else self._time
            self._sheet.write_datetime(row, column, value, style)
        elif value != "":
            self._sheet.write_string(row, column, as_text(value))

    def __enter__(self) -> Self:
        try:
            self._open()
            self.add([list(self.headings)])
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def _open(self) -> None:
        if self._draft.suffix == ".csv":
            self._stream = self._draft.open("w", encoding="utf-8-sig", newline="")
            self._csv = csv.writer(self._stream, delimiter=self.delimiter)
            return
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "nan_inf_to_errors": True,
        }
        self._book = xlsxwriter.Workbook(self._draft, options)
        self._sheet = self._book.add_worksheet()
        self._date = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._time = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._stream is not None:
                self._stream.close()
            if self._book is not None:
                self._book.close()
            if kind is None:
                self._draft.replace(self.path)
        finally:
            self._draft.unlink(missing_ok=True)


def sheet_fault(source: Source, columns: int) -> Fault | None:
    """What keeps a table out of a sheet of Excel, with a number of columns added."""
    if source.count >= MOST_ROWS or len(source.headings) + columns > MOST_COLUMNS:
        return Fault(source.name, None, "", "", TOO_LARGE)
    for number, row in source.rows():
        for heading, value in zip(source.headings, row, strict=True):
            if isinstance(value, str) and len(value) > LONGEST_CELL:
                return Fault(source.name, number, heading, value, TOO_LARGE)
    return None


TOO_LARGE = N_(
    "This does not fit in a workbook: a sheet holds 1,048,576 rows, and a cell 32,767 letters. "
    "Write a .csv instead."
)
