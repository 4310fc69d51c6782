"""Changes of municipal codes in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable


def follow(codes: Iterable[str], mergers: pd.DataFrame, after: str, until: str) -> pd.DataFrame:
    """What became of municipalities between two dates.

    Parameters
    ----------
    codes
        Codes that are valid on the date `after`.
    mergers
        Changes, with the columns date, old_code, new_code and share.
    after, until
        ISO dates; changes later than `after`, up to and with `until`, count.

    Returns
    -------
    pandas.DataFrame
        old_code, new_code, share of the area of the old one. A code without
        a change becomes itself.
    """
    pairs = pd.DataFrame({"old_code": list(codes)})
    pairs["new_code"] = pairs["old_code"]
    pairs["share"] = 1.0
    period = mergers[(mergers["date"] > after) & (mergers["date"] <= until)]
    for _, changes in period.groupby("date", sort=True):
        step = changes[["old_code", "new_code", "share"]].set_axis(
            ["new_code", "next_code", "part"], axis=1
        )
        pairs = pairs.merge(step, on="new_code", how="left")
        pairs["new_code"] = pairs["next_code"].fillna(pairs["new_code"])
        pairs["share"] *= pairs["part"].fillna(1.0)
        pairs = pairs.groupby(["old_code", "new_code"], as_index=False)["share"].sum()
    return pairs.sort_values(["old_code", "new_code"], ignore_index=True)


def main_successor(pairs: pd.DataFrame) -> pd.Series:
    """The new code with the largest share, by old code."""
    first = pairs.sort_values(["old_code", "share", "new_code"], ascending=[True, False, True])
    return first.drop_duplicates("old_code").set_index("old_code")["new_code"]
