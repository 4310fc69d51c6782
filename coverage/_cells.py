"""Any table a user hands over, as cells of text with their row numbers.

Reads comma-separated text in every form that spreadsheets write, and
workbooks (xlsx, xls, ods). What a file is, is decided by its content and not
by its name. Nothing is typed here: a code stays the text that it was.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import math
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import python_calamine as calamine

from coverage.faults import Fault, Later
from coverage.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MAX_BYTES = 50_000_000
"""Larger files are refused before they are read: a register of 10,000 offers is 5 MB."""

MAX_CELLS = 5_000_000
"""Tables with more cells are refused: that is 140,000 offers, and 1 GB of memory."""

MAX_UNPACKED = 500_000_000
"""A workbook is a zip file; one that unpacks to more bytes is refused."""

MAX_COLUMNS = 500
"""Tables with more columns in use are refused: nobody matches those with fields."""

MAX_TEXT = 500_000_000
"""Workbooks with more characters in all cells together are refused: one text can be in many."""

DELIMITERS = ";,\t|"

FIRST_LINE = 100_000
"""Characters in which the headings must be: a file can be one endless line."""

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")

FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", N_("a PDF document")),
    (b"\x89PNG", N_("a picture (PNG)")),
    (b"\xff\xd8\xff", N_("a picture (JPEG)")),
    (b"GIF8", N_("a picture (GIF)")),
    (b"SQLite format 3", N_("a database (SQLite or GeoPackage)")),
    (b"{\\rtf", N_("a text document (RTF)")),
    (b"\x1f\x8b", N_("a compressed file (gzip)")),
    (b"7z\xbc\xaf", N_("a compressed file (7-Zip)")),
    (b"Rar!", N_("a compressed file (RAR)")),
    (b"PAR1", N_("a Parquet file")),
)
"""First bytes of files that are no table, and what to call them."""

NAMES = {
    ".png": N_("a picture (PNG)"),
    ".jpg": N_("a picture (JPEG)"),
    ".jpeg": N_("a picture (JPEG)"),
    ".gif": N_("a picture (GIF)"),
    ".pdf": N_("a PDF document"),
}
"""What to call a file that is no text, and whose first bytes say nothing: it may be damaged."""

Row = list[str]


@dataclass
class Cells:
    """The cells of one table, all text.

    Parameters
    ----------
    file
        Name to show in faults.
    rows
        Pairs of row number (1 is the first row of the file) and cells. Rows
        without any text are left out.
    delimiter
        Of a text file; empty for a workbook.
    faults
        What was wrong or doubtful while reading.
    """

    file: str
    rows: list[tuple[int, Row]] = field(default_factory=list)
    delimiter: str = ""
    faults: list[Fault] = field(default_factory=list)

    def fault(
        self,
        message: str,
        *,
        row: int | None = None,
        column: str = "",
        value: str = "",
        **params: object,
    ) -> None:
        """Add an error."""
        self.faults.append(Fault(self.file, row, column, value, message, params))


def shown_name(path: Path, sheet: str = "") -> str:
    """Name of a file, or of one sheet of it, as faults show it."""
    return f"{path.name} ({sheet})" if sheet else path.name


def is_folder(path: Path) -> bool:
    """Whether the path is a folder; a path that cannot be looked at is not."""
    try:
        return path.is_dir()
    except OSError:
        return False


def file_fault(path: Path) -> Fault | None:
    """What keeps a path from being read at all, or None.

    Looks at the kind, the size and the first bytes; reads no more than that.
    """
    name = path.name or str(path)
    try:
        if path.is_dir():
            return Fault(name, None, "", "", N_("This is a folder; a file was expected."))
        if not path.exists():
            message = N_("There is no file {path}. Check the name and the folder.")
            return Fault(name, None, "", "", message, {"path": str(path)})
        if not path.is_file():
            return Fault(name, None, "", "", N_("This is not an ordinary file."))
        size = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(512)
    except OSError as error:
        return closed_fault(name, error)
    return _content_fault(name, size, start)


def closed_fault(name: str, error: OSError) -> Fault:
    """Fault: the system does not give the file."""
    message = N_(
        "The file cannot be opened: {reason}. Close it in other programs, or ask for access."
    )
    return Fault(name, None, "", "", message, {"reason": error.strerror or str(error)})


def _content_fault(name: str, size: int, start: bytes) -> Fault | None:
    """What keeps a file from being read, by its size and first bytes."""
    if size > MAX_BYTES:
        message = N_(
            "The file is {size} MB; at most {limit} MB is read. Leave out rows, pictures and "
            "other sheets."
        )
        limits = {"size": round(size / 1e6), "limit": round(MAX_BYTES / 1e6)}
        return Fault(name, None, "", "", message, limits)
    bare = start.lstrip(b"\xef\xbb\xbf\xff\xfe")
    if not bare.strip(b" \t\r\n\x00"):
        return Fault(name, None, "", "", EMPTY_FILE)
    what = next((what for magic, what in FOREIGN if start.startswith(magic)), None)
    if re.match(rb"\s*<(!doctype|html|\?xml)", bare, re.IGNORECASE):
        what = N_("a web page or XML file")
    if what is None and re.search(rb"[\x00-\x08\x0e-\x1f]", start):
        what = NAMES.get(name[name.rfind(".") :].casefold())
    return Fault(name, None, "", "", NO_TABLE, {"what": Later(what)}) if what else None


EMPTY_FILE = N_("The file is empty. Fill in the template, headings included.")

NO_TABLE = N_(
    "This is {what}, not a table. Save the table as CSV or Excel (xlsx) and use that file."
)


def is_workbook(path: Path) -> bool:
    """Whether the content is a workbook: a zip file or an old Excel file."""
    with path.open("rb") as stream:
        start = stream.read(8)
    return start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


# --- text files -------------------------------------------------------------


def read_text(path: Path, known: Iterable[str] = ()) -> Cells:
    """Cells of a delimited text file.

    Parameters
    ----------
    path
        The file; `file_fault` has found nothing against it.
    known
        Headings that may be expected: they decide between delimiters.
    """
    cells = Cells(shown_name(path))
    text = _decode(path.read_bytes(), cells)
    if text is None:
        return cells
    text, skipped = _without_sep_line(text, cells)
    if not cells.delimiter:
        cells.delimiter = _delimiter(text, set(known))
    cells.rows = list(_records(text, skipped, cells))
    return cells


def _decode(data: bytes, cells: Cells) -> str | None:
    """Text of the bytes: UTF-8, UTF-16 or, failing these, Windows-1252."""
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        cells.fault(N_("The file is not readable text. Save it again as CSV UTF-8."))
        return None
    if encoding == "cp1252" and (mixed := _mixed(data)):
        text = mixed
        message = N_(
            "The file is partly UTF-8 and partly Windows-1252: each line was read as what it is. "
            "Check letters with accents, or save it as CSV UTF-8."
        )
        cells.faults.append(Fault(cells.file, None, "", "", message, severity="warning"))
    elif encoding == "cp1252":
        cells.faults.append(
            Fault(
                cells.file,
                None,
                "",
                "",
                N_(
                    "The file is not UTF-8; it was read as Windows-1252, as Excel writes it. "
                    "Check letters with accents, or save it as CSV UTF-8."
                ),
                severity="warning",
            )
        )
    if "\x00" in text:
        row = text.count("\n", 0, text.index("\x00")) + 1
        cells.fault(
            N_(
                "The file holds null characters: it is damaged, or no table. Save it again as "
                "CSV UTF-8."
            ),
            row=row,
        )
        return None
    return text


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = data[:1000]
    # UTF-16 without a mark: every other byte of Western text is a null byte.
    for half, encoding in ((start[1::2], "utf-16-le"), (start[::2], "utf-16-be")):
        if half and half.count(0) > 0.9 * len(half):
            return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _mixed(data: bytes) -> str:
    """Text of lines of which some are UTF-8 and others Windows-1252; empty if none is UTF-8."""
    lines = []
    utf = 0
    for line in data.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True):
        try:
            lines.append(line.decode("utf-8"))
            utf += not line.isascii()
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252"))
    return "".join(lines) if utf else ""


def _without_sep_line(text: str, cells: Cells) -> tuple[str, int]:
    """Text after the line ``sep=;`` that some programs write for Excel."""
    found = re.match(r"sep=([;,\t|])\r?\n", text, re.IGNORECASE)
    if found is None:
        return text, 0
    cells.delimiter = found.group(1)
    return text[found.end() :], 1


def _delimiter(text: str, known: set[str]) -> str:
    """Delimiter of the first line that holds text.

    The one that gives most known headings; among equals the one that occurs
    most, a semicolon before a comma.
    """
    line = next((line for line in text[:FIRST_LINE].splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", line)

    def score(delimiter: str) -> tuple[int, int]:
        names = {heading(part.strip('" ')) for part in line.split(delimiter)}
        return len(names & known), bare.count(delimiter)

    return max(DELIMITERS, key=score)


def heading(text: str) -> str:
    """Heading without the differences that do not matter: case, spaces, dashes."""
    return re.sub(r"[\s\-_]+", "_", text.strip().lstrip("\ufeff").casefold())


def _records(text: str, skipped: int, cells: Cells) -> Iterator[tuple[int, Row]]:
    """Rows with text, each with the number that a spreadsheet shows."""
    # newline="" leaves line ends within quotes to the csv module.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=cells.delimiter, strict=True)
    row, size = skipped, 0
    try:
        for record in reader:
            row += 1
            size += len(record)
            if size > MAX_CELLS:
                cells.fault(TOO_MANY_CELLS, row=row, limit=MAX_CELLS)
                return
            tidy = [clean(cell) for cell in record]
            if not any(tidy):
                continue
            if len(tidy) > MAX_COLUMNS and _too_wide(tidy, row, cells):
                return
            yield row, tidy
    except csv.Error as error:
        cells.fault(_csv_fault(str(error)), row=row + 1)


def _too_wide(row: Row, number: int, cells: Cells) -> bool:
    """Whether a row has more cells than a table is read with; tells so."""
    used = max((place for place, text in enumerate(row, start=1) if text), default=0)
    if used > MAX_COLUMNS:
        cells.fault(TOO_MANY_COLUMNS, row=number, found=used, limit=MAX_COLUMNS)
    return used > MAX_COLUMNS


TOO_MANY_COLUMNS = N_(
    "This row has {found} cells; at most {limit} columns are read. Look for a stray value far to "
    "the right, or leave out columns that are not needed."
)


def _csv_fault(error: str) -> str:
    if "unexpected end" in error or "field limit" in error:
        return N_(
            "A quotation mark is opened in this row and never closed. "
            'Close it, or write "" for a quotation mark within a text.'
        )
    return N_(
        "A quotation mark stands in the middle of a text between quotation marks. "
        'Write "" for a quotation mark within a text.'
    )


SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u202f", " ") | dict.fromkeys("\u200b\ufeff"))
"""Hard spaces become ordinary ones; what has no width goes."""


def clean(cell: str) -> str:
    """Cell without spaces around it; hard and invisible spaces made ordinary."""
    if not cell.isascii():
        cell = cell.translate(SPACES)
    if "\r" in cell:
        cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    return cell.strip()


# --- workbooks --------------------------------------------------------------


@dataclass
class Workbook:
    """The sheets of a workbook, by name, in order; hidden and empty ones left out."""

    path: Path
    sheets: dict[str, Cells] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_workbook(path: Path) -> Workbook:
    """Cells of every visible sheet of a workbook.

    Parameters
    ----------
    path
        An xlsx, xlsm, xls or ods file, whatever its name says.
    """
    book = Workbook(path)
    fault = _zip_fault(path)
    if fault:
        book.faults.append(fault)
        return book
    hollow = _hollow_formulas(path)
    try:
        # By stream: the library would else go by the suffix, not the content.
        with path.open("rb") as stream, calamine.load_workbook(stream) as source:
            for sheet in source.sheets_metadata:
                if sheet.visible != calamine.SheetVisibleEnum.Visible:
                    continue
                cells = _sheet(path, source.get_sheet_by_name(sheet.name))
                cells.faults += hollow
                if cells.rows or cells.faults:
                    book.sheets[sheet.name] = cells
    except calamine.PasswordError:
        book.faults.append(
            Fault(path.name, None, "", "", N_("The workbook has a password. Save it without one."))
        )
    except (calamine.CalamineError, OSError, ValueError) as error:
        book.faults.append(_unreadable(path, error))
    return book


def _zip_fault(path: Path) -> Fault | None:
    """What keeps a zipped workbook from being read, judged before unpacking it."""
    if not zipfile.is_zipfile(path):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            if not _holds_workbook(archive):
                what = Later(N_("a zip file or another kind of document"))
                return Fault(path.name, None, "", "", NO_TABLE, {"what": what})
            unpacked = sum(info.file_size for info in archive.infolist())
            if unpacked > MAX_UNPACKED or _largest_extent(archive) > MAX_CELLS:
                return Fault(path.name, None, "", "", TOO_MANY_CELLS, {"limit": MAX_CELLS})
            if _characters(archive) > MAX_TEXT:
                return Fault(path.name, None, "", "", TOO_MUCH_TEXT, {"limit": MAX_TEXT})
            # Reads no more than the size that is stated, and finds what does not agree with it.
            damaged = archive.testzip()
    # A RuntimeError is what zipfile raises for a password, and for a packing it does not know.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        return _unreadable(path, error)
    return _unreadable(path, damaged) if damaged else None


def _unreadable(path: Path, reason: object) -> Fault:
    message = N_(
        "The workbook cannot be read ({reason}). Open it in Excel and save it again as xlsx."
    )
    return Fault(path.name, None, "", "", message, {"reason": str(reason)})


def _holds_workbook(archive: zipfile.ZipFile) -> bool:
    names = set(archive.namelist())
    if {"content.xml", "mimetype"} <= names:
        return b"spreadsheet" in archive.read("mimetype")[:100]
    return bool(names & {"xl/workbook.xml", "xl/workbook.bin"})


TOO_MANY_CELLS = N_(
    "The table is too large: more than {limit} cells up to the last one in use. Look for a stray "
    "value far down or far to the right, or leave out what is not needed."
)

TOO_MUCH_TEXT = N_(
    "The workbook holds more than {limit} characters when one text is counted in each cell that "
    "has it. Leave out what is not needed."
)

SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")

CELL = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>')
"""A cell of an xlsx file that holds something: not one that is only coloured."""

ODS_PART = re.compile(rb"<table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^>]*)>")
"""Start of a sheet, a row or a cell of an ods file, with its attributes."""

REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="(\d{1,9})"')


def _largest_extent(archive: zipfile.ZipFile) -> int:
    """Rows times columns up to the last cell in use, of the largest sheet.

    The workbook library makes a full rectangle of a sheet, so that one stray value in
    the last row, or one row that is repeated a million times, would take gigabytes.
    """
    if "content.xml" in archive.namelist():
        return _ods_extent(archive.read("content.xml"))
    sheets = [name for name in archive.namelist() if SHEET.fullmatch(name)]
    return max((_xlsx_extent(archive, name) for name in sheets), default=0)


def _xlsx_extent(archive: zipfile.ZipFile, name: str) -> int:
    columns: set[bytes] = set()
    row = held = 0
    with archive.open(name) as stream:
        while chunk := stream.read(1 << 20):
            # A cell cut in two by the chunk's end has neighbours that are not.
            cells = CELL.findall(chunk)
            # Cells need not say where they are.
            held += chunk.count(b"</c>")
            columns.update(column for column, _row in cells)
            row = max(row, int(cells[-1][1])) if cells else row
    return max(held, row * max((_column_number(column) for column in columns), default=0))


def _ods_extent(content: bytes) -> int:
    largest = rows = last_row = place = widest = 0
    for part, attributes in ODS_PART.findall(content):
        found = REPEATED.search(attributes)
        times = int(found[1]) if found else 1
        if part == b"table":
            largest = max(largest, last_row * widest)
            rows = last_row = widest = 0
        elif part == b"table-row":
            rows += times
            place = 0
        else:
            place += times
            if b"value-type" in attributes:
                last_row, widest = rows, max(widest, place)
    return max(largest, last_row * widest)


HOLLOW = re.compile(
    rb"""<c (?![^>]*t=["']str["'])[^>]*?r="([A-Z]{1,3}\d{1,7})"[^>]*>"""
    rb"""<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?</c>"""
)
"""A cell of an xlsx file with a formula and no value: no spreadsheet has calculated it yet."""


def _hollow_formulas(path: Path) -> list[Fault]:
    """Tell of formulas without a value: nothing is calculated here, so they are empty."""
    if not zipfile.is_zipfile(path):
        return []
    found: list[str] = []
    with zipfile.ZipFile(path) as archive:
        for name in filter(SHEET.fullmatch, archive.namelist()):
            content = archive.read(name)
            if b"<f" in content:
                found += [place.decode() for place in HOLLOW.findall(content)]
    if not found:
        return []
    message = N_(
        "{count} cells hold a formula of which the file has no value, first {first}: they are "
        "read as empty. Open the file in Excel, save it, and use it again."
    )
    params = {"count": len(found), "first": found[0]}
    return [Fault(path.name, None, "", "", message, params, "warning")]


SHARED = re.compile(rb"<si(?=[\s/>])")
"""Start of a text that cells of an xlsx file share."""

SHARES = re.compile(rb"""<c [^>]*?t=["']s["'][^>]*>\s*(?:<f[^>]*>[^<]*</f>)?<v>(\d{1,9})</v>""")
"""A cell of an xlsx file that holds one of the shared texts, by its number."""


def _characters(archive: zipfile.ZipFile) -> int:
    """Characters in all cells together, of a workbook that can hold one text many times.

    A text of a few bytes in the file can be in a million cells; each gets a copy.
    """
    names = archive.namelist()
    if "content.xml" in names:
        return _ods_characters(archive.read("content.xml"))
    if "xl/sharedStrings.xml" not in names:
        return 0
    starts = [found.start() for found in SHARED.finditer(archive.read("xl/sharedStrings.xml"))]
    if not starts:
        return 0
    size = archive.getinfo("xl/sharedStrings.xml").file_size
    lengths = [after - start for start, after in itertools.pairwise([*starts, size])]
    sheets = [name for name in names if SHEET.fullmatch(name)]
    stated = sum(archive.getinfo(name).file_size for name in sheets)
    # A cell takes 20 bytes: with that many of the longest text there is no need to count.
    if stated / 20 * max(lengths) <= MAX_TEXT:
        return 0
    total = 0
    for name in sheets:
        for number in SHARES.findall(archive.read(name)):
            total += lengths[int(number)] if int(number) < len(lengths) else 0
    return total


def _ods_characters(content: bytes) -> int:
    total = rows = 1
    last = 0
    times = 0
    for found in ODS_PART.finditer(content):
        total += times * (found.start() - last)
        repeated = REPEATED.search(found[2])
        count = int(repeated[1]) if repeated else 1
        if found[1] == b"table-row":
            rows = count
        filled = found[1].endswith(b"cell") and b"value-type" in found[2]
        times = rows * count if filled else 0
        last = found.end()
    return total


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def column_letters(number: int) -> str:
    """Letters of a column as a spreadsheet shows them; 1 is A."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _sheet(path: Path, sheet: calamine.CalamineSheet) -> Cells:
    cells = Cells(shown_name(path, sheet.name))
    for number, values in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        row = [_text(value) for value in values]
        if not any(row):
            continue
        if len(row) > MAX_COLUMNS and _too_wide(row, number, cells):
            return cells
        cells.rows.append((number, row))
    return cells


def _text(value: object) -> str:
    """Value of a workbook cell as the text that a person would type."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


AMBIGUOUS = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}")
"""Can be read with a decimal mark or with a mark for thousands."""


EXACT = 1e15
"""Whole numbers below this are written in full digits."""


def number_text(value: float) -> str:
    """Shortest text of a number that reads back as the same number.

    A zero is added where the text could be taken for thousands: 1.5 gives
    ``1.5`` and 1.125 gives ``1.1250``.
    """
    if math.isnan(value):
        return ""
    if value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    text = repr(value)
    return text + "0" if AMBIGUOUS.fullmatch(text) else text
