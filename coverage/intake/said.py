"""What each row of a flat list says, by field, as the matching of its columns has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage import _values
from coverage.faults import Fault, Later
from coverage.i18n import N_
from coverage.intake.fields import FIELDS, NEEDED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coverage import _cells
    from coverage.intake.findings import Findings

__all__ = ["said_by"]

TWICE = N_("Two columns are chosen for “{label}”: {columns}. Choose one.")
LACKS = N_("No column is chosen for “{label}”. Every row needs it.")
NO_AREA = N_(
    "No column says where families can get the offers: the service area of every row is unknown. "
    "If the column “{column}” says it, choose “{label}” for it."
)
TOO_WIDE = N_(
    "This row has {found} cells, the headings are {width}: “{value}” is too much. Put quotation "
    "marks round a text that holds a {mark}."
)
CELLS_SWAPPED = N_("Postcode and place had changed places in this row: read the other way round.")


def said_by(
    cells: _cells.Cells, original: pd.DataFrame, matching: Mapping[str, str], found: Findings
) -> pd.DataFrame:
    """What each row says.

    Parameters
    ----------
    cells
        The list.
    original
        Its rows as a table of texts, by heading.
    matching
        Field by heading.
    found
        Where doubts are told.

    Returns
    -------
    pandas.DataFrame
        A column for each of `FIELDS`, all text, empty for what is not said; the index is the
        row in the file.
    """
    table = _by_field(original, matching, found)
    _row_faults(cells, found)
    _swap_back(table, found)
    return table


def _by_field(original: pd.DataFrame, matching: Mapping[str, str], found: Findings) -> pd.DataFrame:
    """What each row says, by field; empty where no column says it."""
    used: dict[str, str] = {}
    for heading, name in matching.items():
        if not name or heading not in original.columns or name not in FIELDS:
            continue
        if name in used:
            columns = f"{used[name]}, {heading}"
            found.file_fault(TWICE, label=Later(FIELDS[name].label), columns=columns)
        else:
            used[name] = heading
    for name in NEEDED:
        if name not in used:
            found.file_fault(LACKS, label=Later(FIELDS[name].label))
    if not {"service_area", "served_municipality"} & set(used):
        column = used.get("municipality") or used.get("gm_code") or used.get("place") or ""
        label = Later(FIELDS["served_municipality"].label)
        found.file_fault(NO_AREA, severity="warning", column=column, label=label)
    data = {
        name: original[used[name]] if name in used else pd.Series("", original.index, dtype="str")
        for name in FIELDS
    }
    table = pd.DataFrame(data, index=original.index, dtype="str")
    blank = dict.fromkeys(_values.BLANK - {"?"}, "")
    return table.replace(blank).map(_values.unguarded)


def _row_faults(cells: _cells.Cells, found: Findings) -> None:
    """Rows with more cells than headings."""
    width = len(cells.rows[0][1]) if cells.rows else 0
    for number, row in cells.rows[1:]:
        extra = "".join(row[width:])
        if extra:
            found.faults.append(
                Fault(
                    cells.file,
                    number,
                    "",
                    extra,
                    TOO_WIDE,
                    {"found": len(row), "width": width, "mark": cells.delimiter or ";"},
                )
            )


def _swap_back(said: pd.DataFrame, found: Findings) -> None:
    """Set right the rows in which postcode and place changed places."""
    wrong = said["place"].str.fullmatch(r"[1-9]\d{3}\s?[A-Za-z]{2}|[1-9]\d{3}")
    wrong &= said["postcode"].ne("") & ~said["postcode"].str.contains(r"\d")
    if not wrong.any():
        return
    found.add("postcode", said.loc[wrong, "postcode"], CELLS_SWAPPED, severity="warning")
    both = said.loc[wrong, ["place", "postcode"]].to_numpy()
    said.loc[wrong, ["postcode", "place"]] = both
