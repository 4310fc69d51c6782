"""Whether the tables in a file are still those that were written to it."""

from __future__ import annotations

import zipfile
from contextvars import copy_context
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineWorkbook

from coverage import i18n, provenance
from coverage.exports import write_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coverage.replay import Table

COMPARED = (".csv", ".xlsx", ".zip")
"""Kinds of files whose tables can be laid beside those that are made again."""


def changed(path: Path, told: Mapping[str, Any], made: Table, *, example: bool) -> list[str]:
    """Names of the tables in a file that differ from what was written to it.

    Parameters
    ----------
    path
        The file; of a kind that is not in `COMPARED` nothing is compared.
    told
        Record in it.
    made
        Its tables, made again, that the record says are the same.
    example
        Whether they were marked as an example.

    Returns
    -------
    list of str
        Of a workbook the names of sheets, else the name of the CSV.

    Notes
    -----
    The tables are written once more and what is read of both is compared: a hash of the cells
    would be another one after a program saved the same numbers in its own way.
    """
    suffix, of_file = path.suffix.lower(), told.get("file")
    if suffix not in COMPARED or not of_file:
        return []
    kind = ".xlsx" if suffix == ".xlsx" else ".csv"
    with TemporaryDirectory() as folder:
        again = Path(folder, f"again{kind}")
        copy_context().run(_write, again, told, made, example=example)
        if kind == ".xlsx":
            return _sheets(path, again, list(made.more))
        name, text = _csv(path)
        return [] if text == again.read_text(encoding="utf-8-sig") else [name]


def _write(path: Path, told: Mapping[str, Any], made: Table, *, example: bool) -> None:
    of_file = told["file"]
    i18n.use(str(of_file.get("language", i18n.language())))
    plain = bool(of_file.get("plain"))
    write_table(made.table, path, told, plain=plain, example=example, more=made.more)


def _sheets(path: Path, again: Path, more: list[str]) -> list[str]:
    """Sheets that differ; the first one is the table itself, whatever its name is."""
    here, there = (
        CalamineWorkbook.from_filelike(BytesIO(one.read_bytes())) for one in (path, again)
    )
    first = there.sheet_names[0]
    mine = {first: here.sheet_names[0], **{name: name for name in more}}
    return [
        found
        for name, found in mine.items()
        if found not in here.sheet_names or _cells(here, found) != _cells(there, name)
    ]


def _cells(book: CalamineWorkbook, sheet: str) -> list[list[Any]]:
    return [list(row) for row in book.get_sheet_by_name(sheet).to_python()]


def _csv(path: Path) -> tuple[str, str]:
    """Name and text of the CSV that the record in a file is of."""
    if path.suffix.lower() == ".csv":
        return path.name, path.read_text(encoding="utf-8-sig")
    with zipfile.ZipFile(path) as bundle:
        names = [one for one in bundle.namelist() if one.endswith(provenance.METADATA)]
        name = names[0].removesuffix(provenance.METADATA)
        text = bundle.read(name).decode("utf-8-sig") if name in bundle.namelist() else ""
    return name, text.replace("\r\n", "\n")
