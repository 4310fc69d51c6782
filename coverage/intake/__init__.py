"""From a flat list of offers, as a spreadsheet holds it, to rows of the register."""

from coverage.intake.fields import FIELDS, Field, Group
from coverage.intake.files import FileKind, Opened, kind_of, open_file
from coverage.intake.headings import match, sample, titles
from coverage.intake.preflight import Defaults, Preflight, Verdict, preflight

__all__ = [
    "FIELDS",
    "Defaults",
    "Field",
    "FileKind",
    "Group",
    "Opened",
    "Preflight",
    "Verdict",
    "kind_of",
    "match",
    "open_file",
    "preflight",
    "sample",
    "titles",
]
