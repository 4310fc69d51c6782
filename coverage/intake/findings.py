"""What was found wrong or doubtful in the rows of a list, told by row and heading."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from coverage.faults import Fault, Later, shorten
from coverage.i18n import N_
from coverage.intake.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from coverage.faults import Severity


RETOLD = {
    "Coordination is present, but no evidence is given. Write in the column evidence what the "
    "source says of it.": N_(
        "Coordination is present, but no evidence is given. Write in the column “{evidence}” what "
        "the source says of it."
    ),
    "long_term is {value}; that does not agree with the duration in months. Correct one of the "
    "two.": N_(
        "“{long_term}” is {value}; that does not agree with the duration. Correct one of the two."
    ),
}
"""Texts on a register that name a column of it, and how they name the heading of a list."""


class Findings:
    """Faults of one list, in the headings of that list.

    Parameters
    ----------
    file
        Name to show.
    matching
        Field by heading.
    """

    def __init__(self, file: str, matching: Mapping[str, str]) -> None:
        self.file = file
        self.headings = {field: heading for heading, field in matching.items() if field}
        self.faults: list[Fault] = []
        self.useless = False
        """Whether no row can be used, for what is wrong with the list as a whole."""

    def file_fault(self, message: str, *, severity: Severity = "error", **params: object) -> None:
        """Tell what is not of one row."""
        self.faults.append(Fault(self.file, None, "", "", message, params, severity))
        self.useless |= severity == "error"

    def add(
        self,
        field: str,
        values: pd.Series[Any],
        message: str,
        *,
        severity: Severity = "error",
        **params: object,
    ) -> None:
        """Tell one thing of each row in `values`, whose index is the row in the file."""
        heading = self.headings.get(field, "")
        told = {**params, "value": shorten(str(params["value"]))} if "value" in params else params
        self.faults += [
            Fault(self.file, int(str(row)), heading, str(value), message, told, severity)
            for row, value in values.items()
        ]

    def take(self, table: str, faults: Iterable[Fault], leave: frozenset[str]) -> None:
        """Take over faults of a table of the register, in the headings of the list.

        Parameters
        ----------
        table
            Name of that table.
        faults
            Its faults; their columns are those of the register.
        leave
            Columns whose faults are left out.
        """
        fields = {field.column: name for name, field in FIELDS.items() if field.table == table}
        fields |= {"service_area_type": "service_area"} if table == "offers" else {}
        for fault in faults:
            if fault.column in leave or fault.row is None:
                continue
            heading = self.headings.get(fields.get(fault.column, ""), "")
            message = RETOLD.get(fault.message, fault.message)
            own = {name: self._title(name) for name in ("evidence", "long_term")}
            told = fault.params if message == fault.message else {**fault.params, **own}
            self.faults.append(
                replace(fault, file=self.file, column=heading, message=message, params=told)
            )

    def _title(self, field: str) -> str:
        """Heading of a field; what the field is called when no column has it."""
        return self.headings.get(field) or Later(FIELDS[field].label)

    def heading(self, table: str, column: str) -> str:
        """Heading of the list for a column of the register; that column when it has none."""
        for name, field in FIELDS.items():
            if field.table == table and field.column == column and name in self.headings:
                return self.headings[name]
        return column

    def of_municipalities(self, field: str) -> bool:
        """Whether the heading of a field says that it holds municipalities."""
        heading = self.headings.get(field, "").casefold()
        return "gemeente" in heading or "municipalit" in heading

    def rows(self, severity: Severity) -> set[int]:
        """Rows with a fault of this severity."""
        return {
            fault.row
            for fault in self.faults
            if fault.severity == severity and fault.row is not None
        }
