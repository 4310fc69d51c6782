"""Which organisation each row names: one name a provider, and what may be one more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage.i18n import N_
from coverage.intake import duplicates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coverage.intake.findings import Findings
    from coverage.register import Register

__all__ = ["resolve"]

SPELLED = N_(
    "“{value}” was read as the provider “{name}”: only the way of writing differs. If it is "
    "another organisation, change the name."
)
MAYBE = N_(
    "“{value}” may be the provider “{name}”, but is kept apart. Write one name in both places if "
    "it is the same."
)


def resolve(
    names: pd.Series[str], register: Register, same: Mapping[str, str], found: Findings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Provider of each row.

    Parameters
    ----------
    names
        Name of the provider in each row.
    register
        What is there already.
    same
        Names that the user said are one, by name in the file.
    found
        Where doubts are told.

    Returns
    -------
    providers
        provider_id, name and known (whether the register has it), by row.
    proposals
        name, like, likeness, rows, known: see `coverage.intake.Preflight`.
    """
    meant = names.replace(dict(same))
    plain = meant.map({text: duplicates.plain_name(text) for text in meant.unique()})
    own = register.providers
    theirs = dict(zip(own["name"].map(duplicates.plain_name), own["provider_id"], strict=True))
    shown = dict(zip(own["name"].map(duplicates.plain_name), own["name"], strict=True))
    counted = pd.DataFrame({"plain": plain, "name": meant}).value_counts(sort=True).reset_index()
    # The commonest way of writing names a provider that the register does not have.
    for key, name in zip(counted["plain"], counted["name"], strict=True):
        shown.setdefault(key, name)
    there = plain.ne("")
    ids = {key: theirs.get(key) or duplicates.own_id("p", key) for key in plain.unique()}
    table = pd.DataFrame(
        {
            "provider_id": plain.map(ids).where(there, ""),
            "name": plain.map(shown).where(there, ""),
            "known": plain.isin(theirs.keys()) & there,
        }
    )
    other = there & meant.ne(table["name"])
    for name, rows in names[other].groupby(table.loc[other, "name"]):
        found.add("provider", rows, SPELLED, severity="warning", name=str(name))
    return table, _proposals(plain, shown, set(theirs), found, names)


def _proposals(
    plain: pd.Series[str],
    shown: Mapping[str, str],
    theirs: set[str],
    found: Findings,
    names: pd.Series[str],
) -> pd.DataFrame:
    """Providers that may be one, the rarer name first."""
    counts = plain[plain.ne("")].value_counts()
    own = [str(name) for name in counts.index]
    pairs = duplicates.alike(own, [*own, *sorted(theirs - set(own))])
    rows = []
    for name, like, likeness in pairs.itertuples(index=False):
        known = like in theirs
        # Of two names in the file, the rarer is proposed to be the other; not both ways.
        rank = (counts.get(like, 0), like)
        if name in theirs or (not known and rank < (counts[name], name)):
            continue
        rows.append((shown[name], shown[like], likeness, int(counts[name]), known))
        found.add("provider", names[plain.eq(name)], MAYBE, severity="warning", name=shown[like])
    return pd.DataFrame(rows, columns=["name", "like", "likeness", "rows", "known"])
