"""A file that a reader hands over, read and kept in the session until it is let go."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from coverage import _cells
from coverage.faults import BadInputError, Fault, errors
from coverage.i18n import N_
from coverage.intake.files import FileKind, open_file
from coverage.register import read_register

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coverage._cells import Cells
    from coverage.register import Register

LARGEST_MB = _cells.MAX_BYTES // 1_000_000
"""Larger files are refused while they are sent."""

_LONGEST_NAME = 60
_NO_NAME = "file"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that a file name can hide behind, among them those that turn the direction."""


@dataclass(frozen=True, eq=False)
class Upload:
    """What was found in a file.

    Attributes
    ----------
    name
        Of the file, safe to show as plain text.
    key
        Tells this file from another; of its name and content.
    sheets
        Tables of a list of offers, by name of the sheet; a text file has one, without a name.
    register
        The register, if the file is one as a whole; then there are no sheets.
    faults
        Errors that keep the file from being used, and warnings that do not.
    """

    name: str
    key: str
    sheets: Mapping[str, Cells] = field(default_factory=dict)
    register: Register | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether there is anything to go on with."""
        return not errors(self.faults) and (bool(self.sheets) or self.register is not None)


def read(name: str, content: bytes) -> Upload:
    """Read a file that was handed over.

    Parameters
    ----------
    name
        As the browser gives it.
    content
        The bytes; nothing in them is run.
    """
    name = safe_name(name)
    key = hashlib.sha256(name.encode() + b"\0" + content).hexdigest()[:16]
    # The readers look at a path, because they read no more of a file than they need.
    with TemporaryDirectory(prefix="dekkend-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return _found(path, key)


def safe_name(name: str) -> str:
    r"""Name of a file without folders or hidden characters, and no longer than is usual.

    Examples
    --------
    >>> safe_name("..\\..\\lijst 2025.csv"), safe_name("../")
    ('lijst 2025.csv', 'file')
    """
    last = _UNPRINTABLE.sub("", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    stem, dot, suffix = last.rpartition(".")
    if dot and len(suffix) < 8:  # noqa: PLR2004 - longer than any suffix of a table
        room = _LONGEST_NAME - len(suffix) - 1
        return f"{stem[:room]}.{suffix}"
    return last[:_LONGEST_NAME] or _NO_NAME


def _found(path: Path, key: str) -> Upload:
    opened = open_file(path)
    if opened.kind is FileKind.REGISTER:
        try:
            register = read_register(path)
        except BadInputError as error:
            return Upload(path.name, key, faults=error.faults)
        return Upload(path.name, key, register=register, faults=register.warnings)
    faults = opened.faults
    if opened.kind is FileKind.FLAT:
        sheets = {name: cells for name, cells in opened.sheets.items() if len(cells.rows) > 1}
        if not sheets:
            faults = (*faults, Fault(path.name, None, "", "", _ONLY_HEADINGS))
        return Upload(path.name, key, sheets, faults=faults)
    message = _OTHER.get(opened.kind)
    if message:
        faults = (*faults, Fault(path.name, None, "", "", message, {"table": opened.table}))
    return Upload(path.name, key, faults=faults)


_ONLY_HEADINGS = N_("There are headings, and no row below them. Fill in a row for each offer.")

_OTHER = {
    FileKind.TABLE: N_(
        "This is one table of a register ({table}). Put its tables as sheets in one workbook: "
        "providers, locations, offers and inventory, as in the empty workbook below."
    ),
    FileKind.DEMAND: N_("This is a table of supervision orders. Choose a list of offers instead."),
}
"""What to do with a file that is something else."""
