"""How each figure is made, in plain words and in symbols, for who is about to quote it.

Pure texts: every number in them comes from the settings, the tables of an assessment, or what
was measured. The page on the method shows them all, other pages a few.
"""

from coverage.explanations.figures import (
    LETTER,
    USED_FOR,
    letter,
    sections,
    summary,
    units_differ,
)
from coverage.explanations.lacks import known_gaps
from coverage.explanations.section import Lack, Section, Source

__all__ = [
    "LETTER",
    "USED_FOR",
    "Lack",
    "Section",
    "Source",
    "known_gaps",
    "letter",
    "sections",
    "summary",
    "units_differ",
]
