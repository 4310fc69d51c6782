"""The address of each row: put together from its columns, and looked up once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coverage import _known
from coverage.intake import areas
from coverage.vocabulary import Precision

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.editions import Edition

__all__ = ["ADDRESS", "addresses", "located"]

ADDRESS = ("address", "street", "house_number", "postcode", "place", "municipality")
"""Columns that are looked up."""

POSTCODE = re.compile(r"([1-9]\d{3})\s*([A-Za-z]{2})?")


def addresses(said: pd.DataFrame) -> pd.DataFrame:
    """Address of each row as the geocoder takes it.

    Parameters
    ----------
    said
        What each row says, by field.

    Returns
    -------
    pandas.DataFrame
        Columns `ADDRESS`, all text; the index of `said`.
    """
    found = said.loc[:, ["address", "street", "postcode", "place"]].copy()
    number = said["house_number"].str.replace(r"[.,]0+$", "", regex=True)
    found["house_number"] = (number + " " + said["house_addition"]).str.strip()
    named = said["municipality"].where(said["municipality"].ne(""), said["served_municipality"])
    found["municipality"] = said["gm_code"].where(said["gm_code"].ne(""), named)
    return found[list(ADDRESS)]


def written(found: pd.DataFrame) -> pd.Series[str]:
    """Street and house number of each row, as the register keeps them."""
    street = (found["street"] + " " + found["house_number"]).str.strip()
    return found["address"].where(found["address"].ne(""), street)


def located(
    found: pd.DataFrame,
    edition: Edition,
    online: Any = None,  # noqa: ANN401
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Point and municipality of each address; each different address is looked up once."""
    keys = found.drop_duplicates()
    try:
        from coverage.geocode import geocode  # noqa: PLC0415
    except ImportError:
        answers = _stand_in(keys, edition)
    else:
        answers = geocode(keys, edition, online=online, progress=progress)
    merged = found.merge(keys.assign(_key=np.arange(len(keys))), on=list(ADDRESS), how="left")
    rows = answers.iloc[merged["_key"].to_numpy()]
    return rows.set_axis(found.index)


def _stand_in(found: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    codes = edition.postcodes
    pc4 = found["postcode"].str.extract(r"^([1-9]\d{3})")[0].fillna("")
    row = codes.reindex(pc4)
    known = row["gm_code"].notna().to_numpy()
    named = [
        (areas.municipality(text, edition.year)[0] or ("",))[0] if text else ""
        for text in found["municipality"]
    ]
    gm_code = np.where(known, row["gm_code"].fillna("").to_numpy(), np.array(named, dtype=object))
    precision = np.where(
        known,
        Precision.POSTCODE4.value,
        np.where(gm_code != "", Precision.MUNICIPALITY.value, Precision.UNKNOWN.value),
    )
    return pd.DataFrame(
        {
            "x": row["x"].to_numpy(),
            "y": row["y"].to_numpy(),
            "gm_code": gm_code,
            "precision": precision,
            "method": "",
            "agrees": "unknown",
            "also": "",
            "candidates": "",
            "problems": "",
        },
        index=found.index,
    )


def same_place(found: pd.DataFrame) -> pd.Series[str]:
    """Key of each address: the same for two ways of writing one."""
    street = written(found).map(_known.plain)
    postcode = found["postcode"].str.replace(" ", "").str.upper()
    parts = [street, postcode, found["place"].map(_known.plain)]
    parts.append(found["municipality"].map(_known.plain))
    return parts[0].str.cat(parts[1:], sep="|")
