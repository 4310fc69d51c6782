"""From cells of text to a checked table.

`read_table` reads any file a user may hand over, matches its headings with
a schema, types the cells and checks them with pandera. Every fault found
on the way is collected; a table comes back only when there is no error.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors

from coverage import _cells, _values
from coverage import schema as definitions
from coverage._cells import Cells
from coverage.faults import BadInputError, Fault, Later, capped, errors, row_faults
from coverage.i18n import N_
from coverage.schema import EMPTY, VALUE, Kind

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import pandera.pandas as pa


@dataclass(frozen=True)
class Read:
    """What came out of one file or sheet.

    Parameters
    ----------
    table
        Typed columns of the schema, in order. The index is the row in the
        file. Cells that could not be read are empty.
    faults
        Errors and warnings.
    file
        Name to show.
    complete
        Whether all rows and all required columns were read, faulty cells
        aside. If not, what refers to this table cannot be judged.
    missing
        Columns that the file does not have.
    """

    table: pd.DataFrame
    faults: tuple[Fault, ...]
    file: str = ""
    complete: bool = True
    missing: frozenset[str] = frozenset()


def read_table(
    path: str | os.PathLike[str], schema: pa.DataFrameSchema, sheet: str | None = None
) -> pd.DataFrame:
    """Read one table from a text file or a workbook.

    Parameters
    ----------
    path
        CSV (delimiter ``;`` ``,`` tab or ``|``; UTF-8, UTF-16 or
        Windows-1252), XLSX, XLS or ODS.
    schema
        One of `coverage.schema`.
    sheet
        Sheet of a workbook. Without it: the sheet named after the table, or
        the only sheet.

    Returns
    -------
    pandas.DataFrame
        Columns of the schema, typed; text is never missing but ``""``.

    Raises
    ------
    BadInputError
        With every fault of the file.
    """
    read = examine(read_cells(path, schema, sheet), schema)
    if errors(read.faults):
        raise BadInputError(read.faults)
    return read.table.reset_index(drop=True)


# --- the cells --------------------------------------------------------------


def read_cells(
    path: str | os.PathLike[str], schema: pa.DataFrameSchema, sheet: str | None = None
) -> Cells:
    """Cells of the file, or of the sheet that holds the table."""
    path = Path(path)
    fault = _cells.file_fault(path)
    if fault:
        return Cells(fault.file, faults=[fault])
    if not _cells.is_workbook(path):
        return _cells.read_text(path, definitions.columns(schema))
    book = _cells.read_workbook(path)
    if book.faults:
        return Cells(path.name, faults=book.faults)
    return choose_sheet(book, schema, sheet)


SHEETS_NL = {
    "providers": "aanbieders",
    "locations": "locaties",
    "offers": "aanbod",
    "inventory": "inventarisatie",
    "demand": "vraag",
}
"""Dutch names of the sheets, accepted beside the English ones."""


def choose_sheet(
    book: _cells.Workbook, schema: pa.DataFrameSchema, sheet: str | None = None
) -> Cells:
    """Sheet of a workbook that holds the table."""
    found = sheet_of(book, sheet or schema.name)
    if found is not None:
        return found
    if len(book.sheets) == 1 and sheet is None:
        return next(iter(book.sheets.values()))
    return Cells(book.path.name, faults=[no_sheet(book, sheet or schema.name)])


def sheet_of(book: _cells.Workbook, name: str) -> Cells | None:
    """Sheet of this name, or of its Dutch name; None when there is none."""
    wanted = {name.casefold(), SHEETS_NL.get(name, name).casefold()}
    for title, cells in book.sheets.items():
        if title.strip().casefold() in wanted:
            return cells
    return None


def recognise(cells: Cells, schemas: Mapping[str, pa.DataFrameSchema]) -> str:
    """Name of the schema whose headings a table has most of.

    Parameters
    ----------
    cells
        The table; its first row holds the headings.
    schemas
        The choice, by name; among equals the first.
    """
    headings = {_cells.heading(text) for text in cells.rows[0][1]} if cells.rows else set()

    def likeness(name: str) -> tuple[int, int]:
        columns = set(schemas[name].columns)
        strange = len(headings - columns)
        return len(headings & columns) - strange, -len(columns)

    return max(schemas, key=likeness)


def no_sheet(book: _cells.Workbook, sheet: str) -> Fault:
    """Fault: the workbook lacks a sheet."""
    if not book.sheets:
        return Fault(book.path.name, None, "", "", _cells.EMPTY_FILE)
    return Fault(
        book.path.name,
        None,
        "",
        "",
        N_("There is no sheet “{sheet}”; the workbook has: {sheets}. Name the sheet “{sheet}”."),
        {"sheet": sheet, "sheets": ", ".join(book.sheets)},
    )


def cells_of(table: pd.DataFrame, name: str) -> Cells:
    """Cells of a table in memory, as they would stand in a file.

    Row numbers are those of that file: the first record is row 2.
    """
    texts = pd.DataFrame(
        {column: as_text(table[column]) for column in table.columns}, index=table.index
    )
    rows = texts.map(_cells.clean).to_numpy(dtype=object).tolist() if len(table) else []
    heading: list[tuple[int, list[str]]] = [(1, [str(column) for column in table.columns])]
    numbered = [(number, row) for number, row in enumerate(rows, start=2) if any(row)]
    return Cells(name, heading + numbered)


def as_text(values: pd.Series[Any]) -> pd.Series[Any]:
    """Values of a column as text that reads back as the same values."""
    if isinstance(values.dtype, pd.StringDtype):
        return values.fillna("")
    # By the different values: they are far fewer than the rows.
    texts = {value: _plain(value) for value in values.dropna().unique()}
    return values.map(texts).astype(object).fillna("").astype("str")


def _plain(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating):
        return _cells.number_text(float(value))
    return str(value)


def guarded(texts: pd.Series[Any], *, formulas: bool = True) -> pd.Series[Any]:
    """Texts with an apostrophe before what a spreadsheet would calculate.

    Parameters
    ----------
    texts
        Column of text.
    formulas
        False for a file in which text is never calculated: then only what would
        lose an apostrophe in reading gets one.
    """
    pattern = r"'*[=+\-@]" if formulas else r"'+[=+\-@]"
    return texts.mask(texts.str.match(pattern), "'" + texts)


# --- headings ---------------------------------------------------------------


def examine(cells: Cells, schema: pa.DataFrameSchema) -> Read:
    """Type and check cells by a schema, collecting every fault.

    Parameters
    ----------
    cells
        From `read_cells` or `cells_of`.
    schema
        One of `coverage.schema`.
    """
    faults = list(cells.faults)
    if errors(faults):
        return Read(empty(schema), tuple(faults), cells.file, complete=False)
    texts, missing = _texts(cells, schema, faults)
    table, bad = _typed(texts, schema, cells, faults)
    bad[list(missing)] = True  # told already, once for the whole column
    faults += capped(_failures(table, texts, schema, cells.file, bad))
    complete = not missing & set(definitions.required(schema))
    return Read(table, tuple(faults), cells.file, complete, frozenset(missing))


def empty(schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Table without rows, with the columns and types of the schema."""
    types = {Kind.NUMBER: "float64", Kind.YEAR: "Int64"}
    return pd.DataFrame(
        {
            name: pd.Series(dtype=types.get(definitions.kind(schema, name), "str"))
            for name in schema.columns
        },
        index=pd.Index([], dtype="int64"),
    )


def _texts(
    cells: Cells, schema: pa.DataFrameSchema, faults: list[Fault]
) -> tuple[pd.DataFrame, set[str]]:
    """Text of every column of the schema, by row number; the columns that lack."""
    places = _places(cells, schema, faults)
    if not places:
        return empty(schema).astype(str), set(schema.columns)
    faults += capped(_shape_faults(cells))
    body = cells.rows[1:]
    width = len(cells.rows[0][1])
    # Spreadsheets leave out empty cells at the end of a row.
    padded = [row if len(row) >= width else row + [""] * (width - len(row)) for _n, row in body]
    data = {
        name: [row[places[name]] for row in padded] if name in places else ""
        for name in schema.columns
    }
    index = pd.Index([number for number, _row in body], dtype="int64")
    return pd.DataFrame(data, index=index, dtype="str"), set(schema.columns) - set(places)


def _places(cells: Cells, schema: pa.DataFrameSchema, faults: list[Fault]) -> dict[str, int]:
    """Position of each column of the schema in the rows; faults of the headings."""
    if not cells.rows:
        faults.append(Fault(cells.file, None, "", "", _cells.EMPTY_FILE))
        return {}
    headings = [_cells.heading(text) for text in cells.rows[0][1]]
    known = definitions.columns(schema)
    places = {name: headings.index(name) for name in known if name in headings}
    if not places:
        faults.append(_no_headings(cells, known))
        return {}
    faults += _heading_faults(cells, schema)
    return places


def _heading_faults(cells: Cells, schema: pa.DataFrameSchema) -> Iterator[Fault]:
    """Headings that are double, empty, unknown or missing."""
    top, titles = cells.rows[0]
    headings = [_cells.heading(text) for text in titles]
    known = definitions.columns(schema)
    lacking = [name for name in known if name not in headings]

    def fault(message: str, title: str, **params: object) -> Fault:
        return Fault(cells.file, top, title, title, message, {"table": schema.name, **params})

    for place, (name, title) in enumerate(zip(headings, titles, strict=True)):
        if name in headings[:place] and name:
            yield fault(N_("Two columns are called “{value}”. Remove or rename one."), title)
        elif not name and any(any(row[place : place + 1]) for _n, row in cells.rows[1:]):
            letters = _cells.column_letters(place + 1)
            yield fault(
                N_("Column {value} has values but no heading. Fill one in, or empty the column."),
                letters,
            )
        elif name and name not in known:
            yield _unknown_heading(fault, name, title, lacking)
    for name in definitions.required(schema):
        if name in lacking:
            yield fault(
                N_("The column “{value}” is missing. Add it, or start from the template."), name
            )


def _unknown_heading(
    fault: Callable[..., Fault], name: str, title: str, lacking: list[str]
) -> Fault:
    """Say that a column is not known, and which one it may be meant for."""
    near = difflib.get_close_matches(name, lacking, n=1, cutoff=0.6)
    if near:
        message = N_(
            "There is no column “{value}” in the table {table}. Did you mean “{near}”? "
            "Change the heading."
        )
        return fault(message, title, near=near[0])
    message = N_("There is no column “{value}” in the table {table}. Remove it or rename it.")
    return fault(message, title)


def _no_headings(cells: Cells, known: Iterable[str]) -> Fault:
    """Why no heading was recognised: wrong delimiter, a title above, another table."""
    top, headings = cells.rows[0]
    expected = {"expected": ", ".join(known)}
    for number, row in cells.rows[1:20]:
        if len({_cells.heading(text) for text in row} & set(known)) > 1:
            return Fault(
                cells.file,
                top,
                "",
                headings[0],
                N_("The headings are in row {row}. Remove the rows above it."),
                {"row": number},
            )
    filled = [text for text in headings if text]
    if len(filled) == 1:
        return Fault(
            cells.file,
            top,
            "",
            filled[0],
            N_(
                "Only one column was found. Put ; or , or a tab between the columns; "
                "in Excel: Data, Text to Columns. Expected: {expected}."
            ),
            expected,
        )
    return Fault(
        cells.file,
        top,
        "",
        filled[0],
        N_("No heading is known. The first row must hold the headings: {expected}."),
        expected,
    )


def _shape_faults(cells: Cells) -> Iterator[Fault]:
    """Rows with more cells than headings, and texts too long for a spreadsheet."""
    headings = cells.rows[0][1]
    width = len(headings)
    for number, row in cells.rows[1:]:
        extra = "".join(row[width:])
        if extra:
            yield Fault(
                cells.file,
                number,
                "",
                extra,
                N_(
                    "This row has {found} cells, the headings are {width}: “{value}” is too much. "
                    "Put quotation marks round a text that holds a {mark}."
                ),
                {"found": len(row), "width": width, "mark": cells.delimiter or ";"},
            )
        if max(map(len, row)) > definitions.LONGEST_TEXT:
            longest = max(row, key=len)
            place = row.index(longest)
            yield Fault(
                cells.file,
                number,
                headings[place] if place < width else "",
                longest,
                N_(
                    "This text has {length} characters; a cell of a spreadsheet holds {limit}. "
                    "Make it shorter."
                ),
                {"length": len(longest), "limit": definitions.LONGEST_TEXT},
            )


# --- the checks -------------------------------------------------------------


def _typed(
    texts: pd.DataFrame, schema: pa.DataFrameSchema, cells: Cells, faults: list[Fault]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Typed columns, and which cells could not be read (True)."""
    table = pd.DataFrame(index=texts.index)
    bad = pd.DataFrame(False, index=texts.index, columns=texts.columns)
    for name in schema.columns:
        read = _values.reader(schema, name, texts[name], comma_file=cells.delimiter == ",")
        found = {text: read(text) for text in texts[name].unique()}
        values = texts[name].astype(object).map(found)
        bad[name] = _set_apart(values, texts[name], cells.file, faults)
        table[name] = _as_type(values, definitions.kind(schema, name))
    if "service_area" in schema.columns:
        years = table["edition"].fillna(0).astype(int)
        areas = list(zip(table["service_area_type"], table["service_area"], years, strict=True))
        found = {area: _values.read_area(*area) for area in set(areas)}
        values = pd.Series([found[area] for area in areas], index=table.index, dtype=object)
        bad["service_area"] |= _set_apart(values, texts["service_area"], cells.file, faults)
        table["service_area"] = _as_type(values, Kind.TEXT)
    return table, bad


def _set_apart(
    values: pd.Series[Any], texts: pd.Series[str], file: str, faults: list[Fault]
) -> pd.Series[bool]:
    """Empty the values that could not be read, tell why, and mark them."""
    wrong = values.map(lambda value: isinstance(value, _values.Wrong)).astype(bool)
    if not wrong.any():
        return wrong
    told = zip(values[wrong], texts[wrong].items(), strict=True)
    faults += capped(
        Fault(file, int(str(row)), str(texts.name), str(text), why.message, why.params)
        for why, (row, text) in told
    )
    values[wrong] = None
    return wrong


def _as_type(values: pd.Series[Any], kind: Kind) -> pd.Series[Any]:
    if kind is Kind.NUMBER:
        return values.astype("float64")
    if kind is Kind.YEAR:
        return values.astype("float64").astype("Int64")
    return values.fillna("").astype("str")


def _failures(
    table: pd.DataFrame,
    texts: pd.DataFrame,
    schema: pa.DataFrameSchema,
    file: str,
    bad: pd.DataFrame,
) -> Iterator[Fault]:
    """Faults found by the schema, in cells that could be read."""
    try:
        schema.validate(table, lazy=True)
    except SchemaErrors as found:
        for error in found.schema_errors:
            yield from _failure(error, table, texts, file, bad)


def _failure(
    error: SchemaError, table: pd.DataFrame, texts: pd.DataFrame, file: str, bad: pd.DataFrame
) -> Iterator[Fault]:
    """Faults of one check that failed."""
    column = str(error.schema.name)
    match error.reason_code:
        case SchemaErrorReason.SERIES_CONTAINS_DUPLICATES:
            yield from _duplicates(table, texts, [column], file, bad)
        case SchemaErrorReason.DUPLICATES:
            yield from _duplicates(table, texts, list(error.schema.unique), file, bad)
        case SchemaErrorReason.SERIES_CONTAINS_NULLS:
            fails = table[column].isna() & ~bad[column]
            yield from row_faults(file, texts.loc[fails, column], EMPTY, {"expected": Later(VALUE)})
        case SchemaErrorReason.DATAFRAME_CHECK:
            check = error.check
            # A rule on several columns is named after the one that it is told of.
            column = column if column in table.columns else check.name
            passes = error.check_output.reindex(table.index).astype("boolean").fillna(value=True)
            fails = ~passes.astype(bool) & ~bad[column]
            params = definitions.fill_in(check)
            yield from row_faults(file, texts.loc[fails, column], check.error, params)
        case _:
            # The reader made a table of another shape than the schema: our mistake.
            raise error


def _duplicates(
    table: pd.DataFrame, texts: pd.DataFrame, keys: list[str], file: str, bad: pd.DataFrame
) -> Iterator[Fault]:
    """Rows that repeat the key of an earlier row; both rows are named."""
    usable = ~bad[keys].any(axis=1) & (texts[keys] != "").all(axis=1)
    part = table.loc[usable, keys]
    rows = part.index.to_series()
    first = rows.groupby([part[key] for key in keys], dropna=False).transform("first")
    again = first[first != rows]
    values = [", ".join(key) for key in texts.loc[again.index, keys].to_numpy(dtype=str)]
    for (row, earlier), value in zip(again.items(), values, strict=True):
        yield Fault(
            file,
            int(str(row)),
            keys[0],
            value,
            N_("{keys} “{value}” is already in row {first}. Every row needs its own."),
            {"keys": ", ".join(keys), "first": int(earlier)},
        )
