"""Names that mean the same organisation or the same offer, and rows that say so twice."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b
from typing import TYPE_CHECKING

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
    where = offers["provider_id"].str.cat(
        [offers["service_area_type"].astype("str"), area.astype("str"), places.astype("str")],
        sep="|",
    )
    return pd.DataFrame({"where": where, "name": offers["name"].map(plain_name)})


def repeats(
    offers: pd.DataFrame,
    own: pd.DataFrame,
    stored: pd.DataFrame,
    theirs: pd.DataFrame,
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
    top = whole[open_rows].groupby(whole[open_rows]).transform(lambda group: group.index[0])
    again = top[top != top.index.to_series()].astype(int)
    base = offers.loc[again].set_axis(again.index)
    _tell_repeats(offers.loc[again.index], base, again, found, stored=False)
    repeated[again.index] = "#" + again.astype(str)
    open_rows &= repeated.eq("")
    repeated.update(_nearly(offers, own[open_rows], stored, theirs, found))
    return repeated


def _joined_key(table: pd.DataFrame) -> pd.Series[str]:
    return table["where"].astype("str") + "\x1f" + table["name"].astype("str")


def _tell_repeats(
    rows: pd.DataFrame,
    base: pd.DataFrame,
    first: pd.Series[object],
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
    other = differ.any(axis=1)
    for row in rows.index:
        shown = (
            ", ".join(found.heading("offers", column) for column in differ.columns[differ.loc[row]])
            if other[row]
            else ""
        )
        plain, apart = (
            (AGAIN_STORED, AGAIN_STORED_OTHER) if stored else (AGAIN_ROW, AGAIN_ROW_OTHER)
        )
        found.add(
            "offer",
            rows.loc[[row], "name"],
            apart if shown else plain,
            severity="warning",
            first=first[row],
            columns=shown,
        )


def _nearly(
    offers: pd.DataFrame,
    own: pd.DataFrame,
    stored: pd.DataFrame,
    theirs: pd.DataFrame,
    found: Findings,
) -> pd.Series[str]:
    """Rows whose name is nearly that of another offer of the same provider in the same area."""
    repeated: dict[int, str] = {}
    known = {str(where): rows for where, rows in theirs.groupby("where")}
    for where, rows in own.groupby("where"):
        other = known.get(str(where))
        names = list(dict.fromkeys(rows["name"]))
        against = [] if other is None else list(dict.fromkeys(other["name"]))
        if len(names) + len(against) < 2:  # noqa: PLR2004 - nothing to compare with
            continue
        pairs = alike(names, [*names, *[name for name in against if name not in names]], NEAR)
        for name, like, likeness in pairs.itertuples(index=False):
            row = int(rows.index[rows["name"].eq(name)][0])
            if like in names:
                first = int(rows.index[rows["name"].eq(like)][0])
                if first > row:
                    continue
                shown: object = first
                mark, message = f"#{first}", NEARLY_ROW
                title = offers.loc[first, "name"]
            else:
                assert other is not None  # noqa: S101 - the name is of the register
                place = theirs.index.get_loc(other.index[other["name"].eq(like)][0])
                shown = mark = str(stored.index[place])
                message, title = NEARLY_STORED, stored["name"].iloc[place]
            found.add(
                "offer",
                offers.loc[[row], "name"],
                message,
                severity="warning",
                first=shown,
                name=str(title),
            )
            if likeness >= SAME_OFFER:
                repeated[row] = mark
    return pd.Series(repeated, dtype="str")


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
    ids = offers["offer_id"].astype("str").copy()
    used = {*taken, *ids[ids.ne("")]}
    for row in ids.index[ids.eq("")]:
        name = base = own_id("o", own.loc[row, "where"], own.loc[row, "name"])
        again = 2
        while name in used:
            name, again = f"{base}-{again}", again + 1
        used.add(name)
        ids[row] = name
    return ids
