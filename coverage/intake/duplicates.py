"""Names that mean the same organisation or the same offer, and rows that say so twice."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from coverage.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage.intake.findings import Findings

__all__ = ["alike", "keys", "named", "own_id", "plain_name", "repeats"]

ALIKE = 88.0
"""Likeness (0-100) from which two names may be one organisation: proposed, never merged."""

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
    table = pd.DataFrame(_pairs(names, known, score), columns=["name", "like", "likeness"])
    return table.sort_values("name", ignore_index=True)


def _pairs(
    names: Sequence[str], known: Sequence[str], score: float
) -> list[tuple[str, str, float]]:
    """For each name the known one that is most like it."""
    rows: list[tuple[str, str, float]] = []
    # By sorted words: “Gezinscoach, Team” is “Team Gezinscoach”.
    theirs = [_sorted(name) for name in known]
    place = {name: number for number, name in enumerate(known)}
    for start in range(0, len(names), BLOCK):
        part = names[start : start + BLOCK]
        found = process.cdist(
            [_sorted(name) for name in part],
            theirs,
            scorer=fuzz.ratio,
            score_cutoff=score,
            dtype=np.uint8,
        )
        for row, name in enumerate(part):
            if name in place:
                found[row, place[name]] = 0
        for row, best in enumerate(found.argmax(axis=1)):
            like = known[best]
            if found[row, best] and not _numbered_apart(part[row], like):
                rows.append((part[row], like, float(found[row, best])))
    return rows


BLOCK = 500
"""Names that are compared at a time: it bounds the memory."""


def _sorted(name: str) -> str:
    return " ".join(sorted(name.split()))


def _numbered_apart(one: str, other: str) -> bool:
    """Whether only a number tells two names apart: team 1 is not team 2."""
    return re.findall(r"\d+", one) != re.findall(r"\d+", other)


# --- rows that say the same -------------------------------------------------

AGAIN_ROW = N_("Row {first} says the same.")
AGAIN_ROW_OTHER = N_("Row {first} is the same offer, with another value in: {columns}.")
AGAIN_STORED = N_("The register has this offer already: {first}.")
AGAIN_STORED_OTHER = N_(
    "The register has this offer as {first}, with another value in: {columns}. Give the row the "
    "code {first} to change it."
)
UNCHANGED = N_("The register says the same of this offer.")
NEARLY_ROW = N_("This looks like row {first} (“{name}”). Check whether it is the same offer.")
NEARLY_STORED = N_(
    "This looks like {first} in the register (“{name}”). Check whether it is the same offer."
)

ORIGIN = ("offer_id", "source", "source_date", "certainty", "status", "note", "location_id")
"""Columns in which two rows that say the same may differ."""


def keys(offers: pd.DataFrame, places: pd.Series[str]) -> pd.DataFrame:
    """What makes an offer the same as another.

    Parameters
    ----------
    offers
        Rows of the table of offers.
    places
        Key of the address of each.

    Returns
    -------
    pandas.DataFrame
        where (provider, area and address as one text) and name (as `plain_name`).
    """
    area = offers["service_area"].map(lambda text: ";".join(sorted(text.split(";"))))
    parts = [offers["provider_id"], offers["service_area_type"], area, places]
    where = pd.Series(
        ["|".join(map(str, row)) for row in zip(*parts, strict=True)],
        index=offers.index,
        dtype="str",
    )
    return pd.DataFrame({"where": where, "name": offers["name"].map(plain_name)})


def repeats(
    offers: pd.DataFrame,
    own: pd.DataFrame,
    stored: pd.DataFrame,
    theirs: pd.DataFrame,
    *,
    judged: pd.Series[bool],
    found: Findings,
) -> pd.Series[str]:
    """What each row repeats: a row above it, or an offer of the register.

    Parameters
    ----------
    offers, stored
        Texts of the rows of the list and of the register, in the columns of offers.
    own, theirs
        Their `keys`, in the same order.
    judged
        Rows that may repeat another: not those with an error, nor those that change an offer.
    found
        Where it is told.

    Returns
    -------
    pandas.Series
        ``#5`` for row 5, ``O012`` for an offer of the register, empty for what is new.
    """
    repeated = pd.Series("", index=offers.index, dtype="str")
    whole, known = _joined_key(own), _joined_key(theirs)
    first = dict(zip(known[::-1], stored.index[::-1], strict=True))
    there = whole.map(first).where(judged)
    rows = there.index[there.notna()]
    base = stored.loc[there[rows]].set_axis(rows)
    _tell_repeats(offers.loc[rows], base, there[rows], found, stored=True)
    repeated[rows] = there[rows]
    open_rows = judged & repeated.eq("")
    left = whole[open_rows]
    top = left.map(dict(zip(left[::-1], left.index[::-1], strict=True)))
    again = top[top.ne(top.index.to_series())].astype(int)
    base = offers.loc[again].set_axis(again.index)
    _tell_repeats(offers.loc[again.index], base, again, found, stored=False)
    repeated[again.index] = "#" + again.astype(str)
    open_rows &= repeated.eq("")
    _nearly(offers, own[open_rows], stored, theirs, found)
    return repeated


def _joined_key(table: pd.DataFrame) -> pd.Series[str]:
    return table["where"].astype("str") + "\x1f" + table["name"].astype("str")


def _tell_repeats(
    rows: pd.DataFrame,
    base: pd.DataFrame,
    first: pd.Series[Any],
    found: Findings,
    *,
    stored: bool,
) -> None:
    """Say of each row what it repeats, and in which columns it says something else."""
    columns = [column for column in rows.columns if column not in ORIGIN]
    columns = [column for column in columns if column not in {"name", "provider_id"}]
    said = rows[columns]
    # What a row does not say is no other value.
    differ = said.ne(base[columns]) & ~said.isin(["", "unknown"])
    shown = pd.Series("", index=rows.index, dtype="str")
    for column in columns:
        title = found.heading("offers", column)
        shown = shown.mask(differ[column], shown + ", " + title)
    shown = shown.str.removeprefix(", ")
    plain, apart = (AGAIN_STORED, AGAIN_STORED_OTHER) if stored else (AGAIN_ROW, AGAIN_ROW_OTHER)
    for (again, other), names in rows["name"].groupby([first, shown]):
        message = apart if other else plain
        found.add("offer", names, message, severity="warning", first=again, columns=other)


def _nearly(
    offers: pd.DataFrame,
    own: pd.DataFrame,
    stored: pd.DataFrame,
    theirs: pd.DataFrame,
    found: Findings,
) -> None:
    """Tell of rows whose name is nearly that of another offer of one provider in one area.

    They are not left out: one letter or word can tell two offers apart.
    """
    stored_names: dict[str, dict[str, str]] = {}
    for where, name, code in zip(theirs["where"], theirs["name"], stored.index, strict=True):
        stored_names.setdefault(where, {}).setdefault(name, code)
    row_names: dict[str, dict[str, int]] = {}
    for where, name, row in zip(own["where"], own["name"], own.index, strict=True):
        row_names.setdefault(where, {}).setdefault(name, row)
    for where, mine in row_names.items():
        others = {key: code for key, code in stored_names.get(where, {}).items() if key not in mine}
        if len(mine) + len(others) < 2:  # noqa: PLR2004 - nothing to compare with
            continue
        for name, like, _likeness in _pairs([*mine], [*mine, *others], NEAR):
            row, first = mine[name], mine.get(like)
            if first is not None and first > row:
                continue  # told of the other one
            code = others.get(like, "")
            title = offers.loc[first, "name"] if first is not None else stored.loc[code, "name"]
            found.add(
                "offer",
                offers.loc[[row], "name"],
                NEARLY_STORED if code else NEARLY_ROW,
                severity="warning",
                first=code or first,
                name=str(title),
            )


NEAR = 86.0
"""Likeness from which two offers are told to look alike."""


def named(offers: pd.DataFrame, own: pd.DataFrame, taken: Sequence[str]) -> pd.Series[str]:
    """Code of each offer: its own, or one that follows from what it is.

    Parameters
    ----------
    offers
        Rows of the table of offers.
    own
        Their `keys`.
    taken
        Codes of the register.
    """
    ids = offers["offer_id"].tolist()
    used = {*taken, *ids}
    for place, (where, name) in enumerate(zip(own["where"], own["name"], strict=True)):
        if ids[place]:
            continue
        code = base = own_id("o", where, name)
        again = 2
        while code in used:
            code, again = f"{base}-{again}", again + 1
        used.add(code)
        ids[place] = code
    return pd.Series(ids, index=offers.index, dtype="str")
