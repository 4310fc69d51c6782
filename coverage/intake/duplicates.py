"""Names that mean the same organisation or the same offer, and rows that say so twice."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["alike", "own_id", "plain_name"]

ALIKE = 88.0
"""Likeness (0-100) from which two names may be one organisation: proposed, never merged."""

SAME_OFFER = 94.0
"""Likeness from which two offers of one provider for one area are the same offer."""

_FORMS = re.compile(
    r"\b(stichting|st|sticht|vereniging|ver|bv|nv|b v|n v|cooperatie|u a|ua|vof|v o f|"
    r"maatschap|foundation|ltd|the|de|het)\b"
)


def plain_name(name: str) -> str:
    """Name without what does not tell two organisations apart.

    Case, accents, marks, the legal form and articles go.

    Examples
    --------
    >>> plain_name("Stichting De Bron B.V."), plain_name("de bron")
    ('bron', 'bron')
    """
    letters = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    spaced = " ".join(re.sub(r"[^\w]+", " ", kept.replace("&", " en ").replace(".", "")).split())
    short = " ".join(_FORMS.sub(" ", spaced).split())
    return short or spaced or kept.strip()


def own_id(letter: str, *parts: str) -> str:
    """Name for a row that follows from what the row is.

    The same row gets the same name wherever it is read in, so that two people who read the
    same list do not get it twice.
    """
    whole = "\x1f".join(parts).encode()
    return f"{letter}-{blake2b(whole, digest_size=5).hexdigest()}"


def alike(names: Sequence[str], known: Sequence[str], score: float = ALIKE) -> pd.DataFrame:
    """Names that are nearly another name.

    Parameters
    ----------
    names
        Different names, as `plain_name` writes them.
    known
        Names to compare with. May be the same as `names`: no name is compared with itself.
    score
        Likeness (0-100) from which a pair is given.

    Returns
    -------
    pandas.DataFrame
        name, like, likeness: for each name the one that is most like it, sorted by name.
    """
    rows: list[tuple[str, str, float]] = []
    theirs = np.array(known, dtype=object)
    for start in range(0, len(names), 500):
        part = list(names[start : start + 500])
        if not len(theirs):
            break
        # By sorted words: “Gezinscoach, Team” is “Team Gezinscoach”.
        found = process.cdist(
            [_sorted(name) for name in part],
            [_sorted(name) for name in theirs],
            scorer=fuzz.ratio,
            score_cutoff=score,
            dtype=np.uint8,
            workers=1,
        )
        found[theirs[None, :] == np.array(part, dtype=object)[:, None]] = 0
        best = found.argmax(axis=1)
        for place, column in enumerate(best):
            if found[place, column] and not _numbered_apart(part[place], theirs[column]):
                rows.append((part[place], theirs[column], float(found[place, column])))
    table = pd.DataFrame(rows, columns=["name", "like", "likeness"])
    return table.sort_values("name", ignore_index=True)


def _sorted(name: str) -> str:
    return " ".join(sorted(name.split()))


def _numbered_apart(one: str, other: str) -> bool:
    """Whether only a number tells two names apart: team 1 is not team 2."""
    return re.findall(r"\d+", one) != re.findall(r"\d+", other)


def first_filled(values: Iterable[str]) -> str:
    """The first text that is not empty."""
    return next((value for value in values if value), "")
