"""The table as a file: the one that the command line writes."""

from __future__ import annotations

from contextvars import copy_context
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import streamlit as st

from coverage import i18n
from coverage.exports import write_table
from coverage.i18n import _

if TYPE_CHECKING:
    from collections.abc import Collection

    from coverage import Assessment

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def button(assessment: Assessment, codes: Collection[str]) -> None:
    """Button for the table of some municipalities; the file is made when it is asked for.

    Parameters
    ----------
    assessment
        Where the figures come from.
    codes
        Municipalities that the file is of.
    """
    st.download_button(
        _("Download this table (Excel)"),
        data=partial(workbook, assessment, codes, i18n.language()),
        file_name=file_name(assessment),
        mime=_XLSX,
        icon=":material/download:",
        on_click="ignore",
    )


def file_name(assessment: Assessment) -> str:
    """Name of the file, which says so when its figures are made up."""
    mark = "-voorbeeld" if assessment.is_example else ""
    return f"dekkend-{assessment.edition.year}{mark}.xlsx"


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
    # Streamlit calls this outside the run of the page, where no language is chosen.
    return copy_context().run(_write, assessment, codes, language)


def _write(assessment: Assessment, codes: Collection[str], language: str) -> bytes:
    i18n.use(language)
    table = assessment.table()
    with TemporaryDirectory() as folder:
        path = Path(folder) / file_name(assessment)
        write_table(
            table[table["gm_code"].isin(codes)],
            path,
            assessment.provenance,
            example=assessment.is_example,
        )
        return path.read_bytes()
