"""All municipal codes and names of 2003-2025, with what they became."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from _changes import follow
from _postcodes import codes_of

if TYPE_CHECKING:
    from _facts import Facts
    from _raw import Sources

START = "2003-01-01"

MOJIBAKE = "Ã"
"""No Dutch name has this letter: it is UTF-8 that was read as Latin-1."""


class NamesError(ValueError):
    """A name cannot be corrected, or a code leads nowhere."""


def corrected(names: pd.Series, sources: Sources, facts: Facts) -> pd.Series:
    """Names with known misspellings put right.

    Raises
    ------
    NamesError
        If no other source has the right spelling.
    """
    wrong = names[names.isin(list(facts.spellings))]
    right = wrong.map(facts.spellings)
    others = pd.concat([sources.residents_2013()["name"], sources.divisions_2016()["name"]])
    proven = right.isin(others)
    if not proven.all():
        raise NamesError(f"no source has {', '.join(right[~proven])}")
    return names.where(~names.isin(list(facts.spellings)), names.replace(facts.spellings))


def all_names(
    names: dict[int, pd.Series], sources: Sources, changes: pd.DataFrame, facts: Facts
) -> pd.DataFrame:
    """Every code with its names and its successors in both editions.

    Parameters
    ----------
    names
        Names by gm_code for the editions 2010 and 2025.
    sources
        The source folder.
    changes
        Pairs of codes: old_code of 2010, new_code of 2025.
    facts
        Spellings that are mistakes.

    Returns
    -------
    pandas.DataFrame
        gm_code, name, successor_2010, successor_2025, note. ``successor_2010`` of a
        code that came after 2010 holds the codes of 2010 that it was made out of.
    """
    table = _spellings(names, sources, facts)
    wrong = table["name"].isin(facts.garbled | set(facts.spellings))
    table = table[~wrong & ~table["name"].str.contains(MOJIBAKE)]
    table = table.drop_duplicates(["gm_code", "name"])
    official = table.drop_duplicates("gm_code").set_index("gm_code")["name"]
    same = table["name"] == table["gm_code"].map(official)
    table["note"] = ("other name or spelling: " + table["origin"]).where(~same, "")
    successors = _successors(official.index, names, sources.mergers(), changes)
    table = table.join(successors, on="gm_code")
    lost = table.loc[table["successor_2025"].isna() | table["successor_2010"].isna(), "gm_code"]
    if len(lost):
        raise NamesError(f"codes that lead nowhere: {', '.join(lost.unique())}")
    columns = ["gm_code", "name", "successor_2010", "successor_2025", "note"]
    return table[columns].sort_values(["gm_code", "note", "name"], ignore_index=True)


def _spellings(names: dict[int, pd.Series], sources: Sources, facts: Facts) -> pd.DataFrame:
    """Code, name and origin of every spelling; the official ones first."""
    mergers, to_2025 = sources.mergers(), sources.to_2025()
    listed = sources.pc4_2010()
    listed["gm_code"] = codes_of(listed, names[2010])
    listed = listed[listed["gm_code"] != ""].sort_index()
    known_as = pd.Series(facts.known_as)
    spelled = set(listed["gm_code"] + ";" + listed["spellings"].str.split(";").explode())
    unproven = known_as[~(known_as.index + ";" + known_as).isin(spelled)]
    if len(unproven):
        raise NamesError(f"no source has {', '.join(unproven)}")
    parts = [
        (names[2025].index, names[2025], "cbs_boundaries_2025"),
        (names[2010].index, names[2010], "cbs_boundaries_2010"),
        (to_2025["old_code"], to_2025["old_name"], "changes_2003_2025"),
        (mergers["old_code"], mergers["old_name"], "changes_2003_2025"),
        (mergers["new_code"], mergers["new_name"], "changes_2003_2025"),
        *(
            (table.index, table["name"], origin)
            for table, origin in (
                (sources.divisions_2016(), "regioatlas_2016"),
                (sources.residents_2021(), "cbs_85039NED"),
                (sources.residents_2013(), "cbs_residents_2013"),
            )
        ),
        (listed["gm_code"], listed["municipality"], "4pp_2010"),
        (known_as.index, known_as, "4pp_2010"),
    ]
    return pd.concat(
        [
            pd.DataFrame({"gm_code": list(code), "name": list(name), "origin": origin})
            for code, name, origin in parts
        ],
        ignore_index=True,
    )


def _successors(
    codes: pd.Index, names: dict[int, pd.Series], mergers: pd.DataFrame, changes: pd.DataFrame
) -> pd.DataFrame:
    now = follow(codes, mergers, START, "2025-01-01")
    # Of the codes of 2010 the crosswalk knows more than the list of changes.
    now = now[~now["old_code"].isin(names[2010].index)]
    now = pd.concat([now, changes[["old_code", "new_code"]]])
    now = now[now["new_code"].isin(names[2025].index)]
    then = follow(codes, mergers, START, "2010-01-01")
    dates = sorted(set(mergers.loc[mergers["date"] > "2010-01-01", "date"]))
    later = [follow(names[2010].index, mergers, "2010-01-01", date) for date in dates]
    backward = pd.concat([then[:0], *later, changes])[["new_code", "old_code"]]
    then = pd.concat([then, backward.set_axis(["old_code", "new_code"], axis=1)])
    then = then[then["new_code"].isin(names[2010].index)]
    return pd.DataFrame(
        {"successor_2010": _joined(then, names[2010]), "successor_2025": _joined(now, names[2025])}
    )


def _joined(pairs: pd.DataFrame, edition: pd.Series) -> pd.Series:
    """Successors of each code as text; a code of the edition itself is its own."""
    own = pairs["old_code"].isin(edition.index) & (pairs["old_code"] != pairs["new_code"])
    kept = pairs[~own].drop_duplicates(["old_code", "new_code"])
    kept = kept.sort_values(["old_code", "new_code"])
    return kept.groupby("old_code")["new_code"].agg(";".join)
