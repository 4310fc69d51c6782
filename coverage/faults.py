"""What is wrong in a file of the user, told so that the user can mend it.

A fault names the file, the row and the column as a spreadsheet shows them,
the value found, what was expected and what to do. Reading collects every
fault of every file before it stops.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from coverage.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Severity = Literal["error", "warning"]

SHOWN = 50
"""Faults written out by ``str(BadInputError)``; the error itself keeps all."""

LISTED = 1000
"""Faults of one kind in one column that are kept; the rest is counted."""

LONGEST_VALUE = 60
"""Characters of a value that are shown; the rest is cut off."""


def shorten(value: str) -> str:
    """Value on one line, cut off when it is long."""
    line = " ".join(value.split())
    return line if len(line) <= LONGEST_VALUE else line[: LONGEST_VALUE - 1] + "…"


class Later(str):
    """Text of the catalogue that fills in a message.

    It is translated when the message is shown, not when the fault is made.
    """

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return format(_(str(self)), spec)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, or (a warning) that is probably not meant so.

    Parameters
    ----------
    file
        Name of the file, with the sheet between brackets for a workbook.
    row
        Row as a spreadsheet numbers it: the headings are in row 1. None when
        the fault is not in one row.
    column
        Heading of the column; empty when the fault is not in one column.
    value
        The value found, as it stands in the file.
    message
        Text in English, a key of the message catalogue, with ``{name}`` fields.
    params
        What to fill in the text besides ``{value}``.
    severity
        An error stops the reading; a warning does not.
    """

    file: str
    row: int | None
    column: str
    value: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)
    severity: Severity = "error"

    def text(self) -> str:
        """Where, what is wrong and what to do, in the language of this context."""
        return f"{self.place()}: {self.reason()}"

    def reason(self) -> str:
        """What is wrong and what to do, without the place."""
        return _(self.message, **{"value": shorten(self.value), **self.params})

    def place(self) -> str:
        """Where it is wrong, in the language of this context."""
        parts = [self.file]
        if self.row is not None:
            parts.append(_("row {row}", row=self.row))
        if self.column:
            parts.append(_("column {column}", column=self.column))
        return ", ".join(parts)

    def __str__(self) -> str:
        return self.text()


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults by file and row, each once; faults of a whole file come first."""
    unique = {
        (f.file, f.row, f.column, f.value, f.message, str(f.params), f.severity): f for f in faults
    }
    return tuple(
        sorted(unique.values(), key=lambda f: (f.file, -1 if f.row is None else f.row, f.column))
    )


def row_faults(
    file: str,
    values: pd.Series[Any],
    message: str,
    params: Mapping[str, object] | None = None,
    severity: Severity = "error",
) -> Iterator[Fault]:
    """One fault for each value.

    Parameters
    ----------
    file, message, params, severity
        As in `Fault`.
    values
        The values found; the name is the column, the index the row in the file.
    """
    column = str(values.name)
    for row, value in values.items():
        # An index is whatever label; ours are row numbers.
        yield Fault(file, int(str(row)), column, str(value), message, params or {}, severity)


def capped(faults: Iterable[Fault]) -> Iterator[Fault]:
    """The first `LISTED` faults of each kind in each column, and then how many more.

    A large file with the wrong thing in a column would otherwise give millions.
    """
    seen: Counter[tuple[str, str, str, Severity]] = Counter()
    for fault in faults:
        kind = (fault.file, fault.column, fault.message, fault.severity)
        seen[kind] += 1
        if seen[kind] <= LISTED:
            yield fault
    for (file, column, _message, severity), count in seen.items():
        if count > LISTED:
            more = {"count": count - LISTED}
            yield Fault(file, None, column, "", MORE, more, severity)


MORE = N_("{count} more rows have the same fault.")


def errors(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Only the faults that stop the reading."""
    return tuple(fault for fault in faults if fault.severity == "error")


def warnings(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Only the faults that do not stop the reading."""
    return tuple(fault for fault in faults if fault.severity == "warning")


def faults_table(faults: Iterable[Fault]) -> pd.DataFrame:
    """Table of faults in the language of this context, to save or to show.

    Parameters
    ----------
    faults
        The faults; one row each.

    Returns
    -------
    pandas.DataFrame
        Columns ``severity``, ``file``, ``row`` (Int64), ``column``, ``value``
        and ``message``, all text but the row.
    """
    rows = [(f.severity, f.file, f.row, f.column, f.value, f.reason()) for f in faults]
    table = pd.DataFrame(rows, columns=["severity", "file", "row", "column", "value", "message"])
    return table.astype({"row": "Int64"})


class BadInputError(Exception):
    """A file of the user cannot be used; holds every fault found.

    Parameters
    ----------
    faults
        The faults, in any order.

    Attributes
    ----------
    faults : tuple of Fault
        All of them, by file and row.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = in_order(faults)
        super().__init__(self.faults)

    def to_frame(self) -> pd.DataFrame:
        """Table of the faults, see `faults_table`."""
        return faults_table(self.faults)

    def __str__(self) -> str:
        lines = [str(fault) for fault in self.faults[:SHOWN]]
        more = len(self.faults) - SHOWN
        if more > 0:
            lines.append(_("and {count} more", count=more))
        return "\n".join(lines)
