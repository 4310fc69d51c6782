"""Tables that leave the tool: CSV and Excel.

A cell that begins like a formula stays text: in a CSV by an apostrophe before it, in a
workbook because the cell itself says so. Codes stay text, and a workbook holds the record
of what made the table.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import xlsxwriter

from coverage import i18n, labels, provenance
from coverage.i18n import _
from coverage.labels import UNKNOWN
from coverage.vocabulary import FigureStatus
from coverage.wording import capital

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt

Kind = Literal["text", "year", "whole", "amount", "rate", "share"]
"""What the figures of a column are; a workbook shows each in its own way."""

KINDS = "kinds"
"""Key in ``DataFrame.attrs`` of the kinds of columns whose names do not say it, by name."""

FORMATS = (".csv", ".xlsx")
"""Suffixes that `write_table` knows."""

_YEARS = frozenset({"year", "edition", "year_from", "year_to", "first_seen", "last_seen"})
_SHAPES: dict[Kind, str] = {
    "text": "@",
    "year": "0",
    "whole": "#,##0",
    "amount": "#,##0.0",
    "rate": "#,##0.00",
    "share": "0.0%",
}
_FIXED_NAME = re.compile("[a-z][a-z0-9_]*")
"""Name of a column that is the same in every language; other headings are in words."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_EXAMPLE_FILL = "#FFF3C4"


class UnknownFormatError(ValueError):
    """A file name whose suffix says no format that can be written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path.name}: the suffix must be one of {', '.join(FORMATS)}")


def neutralise(table: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before each text that a spreadsheet would take for a formula.

    Parameters
    ----------
    table
        Any table; only columns of text change.

    Returns
    -------
    pandas.DataFrame

    Examples
    --------
    >>> neutralise(pd.DataFrame({"name": ["=1+1", "Urk"]}))["name"].tolist()
    ["'=1+1", 'Urk']
    """
    texts = table.select_dtypes(["object", "string", "category"])
    return table.assign(**{str(name): texts[name].map(_as_text) for name in texts})


def _as_text(cell: object) -> object:
    starts = isinstance(cell, str) and cell.startswith(_FORMULA_STARTS)
    return f"'{cell}" if starts else cell


def write_table(
    table: pd.DataFrame,
    path: Path,
    record: Mapping[str, Any],
    *,
    plain: bool = False,
    example: bool = False,
    more: Mapping[str, pd.DataFrame] | None = None,
    sheet: str = "",
) -> None:
    """Write a table in the format that the suffix of the file says.

    Parameters
    ----------
    table
        One row a municipality or region, codes as text.
    path
        File to write; ``.csv`` or ``.xlsx``. An existing file is replaced in one step.
    record
        What made the table; `coverage.assessment.Assessment.provenance`, or nothing. Goes into
        two sheets of the workbook: for people, and whole. A CSV has no place for it: there it
        goes into a file beside it, with `coverage.provenance.METADATA` behind the name. Where
        it says that figures are not protected, each row says why, in the words of who asked.
    plain
        CSV with comma and decimal point, for programs. Otherwise as a Dutch Excel reads it:
        semicolon, decimal comma, UTF-8 with byte order mark.
    example
        Mark the table as made from example data.
    more
        Further tables of a workbook, by the name of their sheet; a CSV leaves them out.
    sheet
        Name of the sheet of the table itself; by default a word in the reader's language.

    Raises
    ------
    UnknownFormatError
        If the suffix is not one of `FORMATS`.
    OSError
        If the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise UnknownFormatError(path)
    more = more or {}
    sheet = sheet or _("Table")
    why = provenance.why_unprotected(record)
    told = made_as(record, table, more, "csv" if suffix == ".csv" else "xlsx", plain=plain)
    tables = {
        name: marked(one, example=example, why=why) for name, one in {sheet: table, **more}.items()
    }
    # A half-written file never takes the place of a good one.
    draft = path.with_name(f".{path.name}.part{suffix}")
    try:
        if suffix == ".csv":
            _write_csv(tables[sheet], draft, plain=plain)
            if told:
                beside = path.with_name(f"{path.name}{provenance.METADATA}")
                beside.write_text(provenance.as_json(told), encoding="utf-8")
        else:
            _write_xlsx(tables, draft, told, example=example)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def made_as(
    record: Mapping[str, Any],
    table: pd.DataFrame,
    more: Mapping[str, pd.DataFrame],
    kind: str,
    *,
    plain: bool = False,
) -> dict[str, Any]:
    """Record of what made a table, with what is in the file itself.

    Parameters
    ----------
    record
        What made the table; nothing stays nothing.
    table, more
        What is in the file.
    kind
        Of the file.
    plain
        See `write_table`.

    Returns
    -------
    dict
        `record`, and ``file``: kind, plain, language, rows and SHA-256 of the plain CSV of each
        table; of further tables by their title.
    """
    if not record:
        return {}
    of_file = {
        "kind": kind,
        "plain": plain,
        "language": i18n.language(),
        **provenance.result_of(table),
        "more": {title: provenance.result_of(one) for title, one in more.items()},
    }
    return {"software": "dekkend", **record, "file": of_file}


def plain_csv(table: pd.DataFrame, *, example: bool = False, why: str = "") -> str:
    """CSV text with comma and decimal point, numbers in full; each row marked as by `marked`."""
    rows = neutralise(marked(table, example=example, why=why))
    text: str = rows.to_csv(index=False, lineterminator="\n")
    return text


def _write_csv(table: pd.DataFrame, path: Path, *, plain: bool) -> None:
    if plain:
        path.write_text(plain_csv(table), encoding="utf-8")
        return
    neutralise(table).to_csv(
        path, index=False, sep=";", decimal=",", encoding="utf-8-sig", lineterminator="\r\n"
    )


def marked(table: pd.DataFrame, *, example: bool, why: str = "") -> pd.DataFrame:
    """Say it in each row: a CSV has no other place, and rows get copied.

    Parameters
    ----------
    table
        What leaves the tool.
    example
        Whether any figure is made up.
    why
        Why its figures are not protected, see `coverage.provenance.why_unprotected`; else empty.
    """
    fixed = all(_FIXED_NAME.fullmatch(str(name)) for name in table.columns)
    marks: dict[str, str] = {}
    if example:
        word = _(labels.FIGURE_STATUS[FigureStatus.EXAMPLE])
        marks |= {"example": "example"} if fixed else {capital(word): word}
    if why:
        marks["unprotected" if fixed else _("Not protected, because")] = why
    return table.assign(**marks) if marks else table


def _write_xlsx(
    tables: Mapping[str, pd.DataFrame],
    path: Path,
    told: Mapping[str, Any],
    *,
    example: bool,
) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": "Dekkend", "comments": json.dumps(dict(told))[:250]})
        for title, table in tables.items():
            _sheet(book, title, table, example=example)
        if told:
            _sheet(book, _("About this table"), _flat(told), example=False)
            whole = book.add_worksheet(provenance.SHEET)
            for row, piece in enumerate(provenance.pieces(told)):
                whole.write_string(row, 0, piece)


def _sheet(book: xlsxwriter.Workbook, title: str, table: pd.DataFrame, *, example: bool) -> None:
    sheet = book.add_worksheet(title)
    fill = {"bg_color": _EXAMPLE_FILL} if example else {}
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, **fill})
    styles = {kind: book.add_format({"num_format": shape}) for kind, shape in _SHAPES.items()}
    kinds = table.attrs.get(KINDS, {})
    for place, (name, column) in enumerate(table.items()):
        label = _(labels.COLUMN[str(name)]) if name in labels.COLUMN else str(name)
        sheet.write_string(0, place, str(name), head)
        sheet.write_comment(0, place, label)
        if pd.api.types.is_bool_dtype(column):
            for row, value in enumerate(column, start=1):
                sheet.write_boolean(row, place, bool(value))
        elif pd.api.types.is_numeric_dtype(column):
            values = column.to_numpy(dtype=float, na_value=np.nan)
            style = styles[kinds.get(name) or kind_of(str(name), values)]
            for row, value in enumerate(values, start=1):
                if not np.isnan(value):
                    sheet.write_number(row, place, value, style)
        else:
            for row, value in enumerate(column.fillna("").astype(str), start=1):
                sheet.write_string(row, place, value, styles["text"])
        longest = column.astype(str).str.len().max() if len(column) else 0
        sheet.set_column(place, place, float(min(60, max(11, longest + 2))))
    sheet.freeze_panes(1, 2 if len(table.columns) > 2 else 0)  # noqa: PLR2004 - code and name
    sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
    _grey_unknown(book, sheet, table)


def kind_of(name: str, values: npt.NDArray[np.float64]) -> Kind:
    """Kind of the numbers in a column, by its name and else by the numbers.

    Parameters
    ----------
    name
        Name of the column.
    values
        What stands in it; NaN where it is not known.

    Examples
    --------
    >>> kind_of("residents_0_17_year", np.array([2025.0])), kind_of("gap_low", np.array([1.5]))
    ('year', 'amount')
    """
    if name in _YEARS or name.endswith("_year"):
        return "year"
    if name.startswith("share_"):
        return "share"
    # The ends of the ranks are of several indicators, rates and shares among them.
    if "_per_1000" in name or name in {"low", "high"}:
        return "rate"
    known = values[~np.isnan(values)]
    return "whole" if np.array_equal(known, np.round(known)) else "amount"


def _grey_unknown(
    book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, table: pd.DataFrame
) -> None:
    """Set the statuses of which nothing is known apart."""
    places = {name: place for place, name in enumerate(table.columns)}
    if "status_at_least" not in places or table.empty:
        return
    place = places["status_at_least"]
    grey = book.add_format({"font_color": "#6B6B6B", "italic": True, "bg_color": "#E6E6E6"})
    rule = {"type": "cell", "criteria": "==", "value": f'"{UNKNOWN}"', "format": grey}
    sheet.conditional_format(1, place, len(table), place, rule)


def _flat(record: Mapping[str, Any]) -> pd.DataFrame:
    """Nested record as two columns, for people."""
    if record.get("own_counts"):  # the numbers stand in the table already
        own = {k: v for k, v in record["own_counts"].items() if k == "municipalities"}
        record = {**record, "own_counts": own}
    flat = pd.json_normalize(dict(record), sep=" / ").T.reset_index()
    flat.columns = pd.Index([_("what"), _("value")])
    rows = flat.iloc[:, 1].map(lambda value: isinstance(value, list))
    spread = flat.copy()
    spread.iloc[rows.to_numpy(), 1] = spread.iloc[rows.to_numpy(), 1].map(
        lambda items: "\n".join(
            "; ".join(f"{k}: {v}" for k, v in item.items()) if isinstance(item, dict) else str(item)
            for item in items
        )
    )
    return spread.astype(str)
