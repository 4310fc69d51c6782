"""Tables as files: the ones that the command line writes, and what a page shows."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import streamlit as st

from coverage import i18n
from coverage.exports import marked, write_table
from coverage.i18n import _
from coverage.provenance import why_unprotected
from coverage.ui import unprotected

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    import pandas as pd

    from coverage import Assessment

_MIME = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


@dataclass(frozen=True)
class Contents:
    """What goes into a file.

    Attributes
    ----------
    table
        One row a municipality or region.
    record
        What made it; see `coverage.exports.write_table`.
    more
        Further tables by title, for instance totals.
    """

    table: pd.DataFrame
    record: Mapping[str, Any]
    more: Mapping[str, pd.DataFrame]


def button(assessment: Assessment, codes: Collection[str]) -> None:
    """Button for the table of some municipalities; the file is made when it is asked for.

    Parameters
    ----------
    assessment
        Where the figures come from.
    codes
        Municipalities that the file is of.
    """
    offer(
        _("Download this table (Excel)"),
        partial(workbook, assessment, codes, i18n.language()),
        file_name(assessment),
    )


def offer(label: str, make: Callable[[], bytes], name: str) -> None:
    """Button for a file that is made when it is asked for.

    Parameters
    ----------
    label
        What the button says; with the kind of file, as a link to a file should.
    make
        Makes the file. It is called outside the run of the page; see `excel` and `csv`.
    name
        Of the file.
    """
    if unprotected.keeps_in():
        st.caption(_("Not to be saved: {name}. These figures are not protected.", name=label))
        return
    st.download_button(
        label,
        data=make,
        file_name=name,
        mime=_MIME[Path(name).suffix],
        icon=":material/download:",
        on_click="ignore",
    )


def file_name(assessment: Assessment, *parts: str, suffix: str = ".xlsx") -> str:
    """Name of a file, which says what it is of, and so when its figures are made up.

    Parameters
    ----------
    assessment
        Where the figures come from.
    *parts
        What is in it, for instance the name of a region.
    suffix
        Kind of file.
    """
    mark = "-voorbeeld" if assessment.is_example else ""
    said = "".join(f"-{part}" for part in map(_slug, parts) if part)
    return f"dekkend-{assessment.edition.year}{said}{mark}{suffix}"


def _slug(text: str) -> str:
    """Text in small letters, digits and hyphens."""
    letters = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters.replace("'", "")).strip("-")[:40]


def workbook(assessment: Assessment, codes: Collection[str], language: str) -> bytes:
    """Workbook with the table of some municipalities, and with what made it.

    Parameters
    ----------
    assessment
        Where the figures come from.
    codes
        Municipalities of the edition.
    language
        Language of the explanations in the workbook.
    """

    def contents() -> Contents:
        table = assessment.table()
        some = {} if len(codes) == len(table) else {"codes": sorted(codes)}
        record = {**assessment.provenance, "view": {"kind": "municipalities", **some}}
        return Contents(table[table["gm_code"].isin(codes)], record, {})

    return excel(contents, language, example=assessment.is_example)


def excel(contents: Callable[[], Contents], language: str, *, example: bool) -> bytes:
    """Workbook of tables, with a sheet that says what made them.

    Parameters
    ----------
    contents
        Gives the tables; called in that language.
    language
        Language of headings and explanations.
    example
        Whether any figure is made up.
    """
    # Streamlit calls this outside the run of the page, where no language is chosen.
    return copy_context().run(_excel, contents, language, example)


def csv(contents: Callable[[], Contents], language: str, name: str, *, example: bool) -> bytes:
    """CSV files for a Dutch Excel in a zip, with a file that says what made them.

    A CSV has no place for sources, and a browser takes one file at a time; so they travel
    together.

    Parameters
    ----------
    contents, language, example
        As for `excel`.
    name
        Of the CSV, without a suffix.
    """
    return copy_context().run(_csv, contents, language, name, example)


def _excel(contents: Callable[[], Contents], language: str, example: bool) -> bytes:
    i18n.use(language)
    made = contents()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        write_table(made.table, path, made.record, example=example, more=made.more)
        return path.read_bytes()


def _csv(contents: Callable[[], Contents], language: str, name: str, example: bool) -> bytes:
    i18n.use(language)
    made = contents()
    packed = BytesIO()
    with TemporaryDirectory() as folder:
        write_table(made.table, Path(folder) / f"{name}.csv", made.record, example=example)
        why = why_unprotected(made.record)
        for title, table in made.more.items():
            rows = marked(table, example=example, why=why)
            write_table(rows, Path(folder) / f"{name}-{_slug(title)}.csv", {})
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
            for path in sorted(Path(folder).iterdir()):
                bundle.write(path, path.name)
    return packed.getvalue()
