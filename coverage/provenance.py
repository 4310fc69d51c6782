"""What made a table: version, settings, sources, and a hash of each input."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coverage.vocabulary import FigureStatus

if TYPE_CHECKING:
    from coverage.editions import Edition
    from coverage.register import Register
    from coverage.settings import Settings

_DESCRIBED = ["count_status", "unit", "period", "source"]


def record(
    edition: Edition,
    register: Register,
    counts: pd.DataFrame,
    settings: Settings,
    *,
    assertive_outreach: bool,
    offers_without_known_area: int,
) -> dict[str, Any]:
    """Record of an assessment, ready for JSON.

    Parameters
    ----------
    edition, register, settings
        What was assessed, and how.
    counts
        Orders per municipality that were used, indexed by gm_code.
    assertive_outreach
        Whether only offers with assertive outreach count.
    offers_without_known_area
        Offers of the register that were weighed nowhere.

    Returns
    -------
    dict
        software, version, edition, settings, only_assertive_outreach, register, counts
        (sources, units, periods and number of municipalities of each status),
        example_region_sets, sha256 of each input table, and the sources of the edition.
    """
    regions = edition.regions
    example_sets = regions.loc[regions["status"] == FigureStatus.EXAMPLE, "region_set"]
    places = ["name", "residents_0_17", "centre_x", "centre_y"]
    municipalities = pd.DataFrame(edition.municipalities[places])
    tables = (register.providers, register.locations, register.offers, register.inventory)
    return {
        "software": "dekkend",
        "version": version("dekkend"),
        "edition": edition.year,
        "settings": settings.model_dump(),
        "only_assertive_outreach": assertive_outreach,
        "register": {
            "name": register.name,
            "example": register.is_example,
            "offers": len(register.offers),
            "offers_without_known_area": offers_without_known_area,
        },
        "counts": [
            dict(zip([*_DESCRIBED, "municipalities"], (*key, len(group)), strict=True))
            for key, group in counts.fillna(dict.fromkeys(_DESCRIBED, "")).groupby(_DESCRIBED)
        ],
        "example_region_sets": sorted(example_sets.unique()),
        "sha256": {
            "register": table_hash(*tables),
            "counts": table_hash(counts),
            "municipalities": table_hash(municipalities),
            "regions": table_hash(regions),
        },
        "sources": edition.sources.to_dict("records"),
    }


def table_hash(*tables: pd.DataFrame) -> str:
    """SHA-256 of the content of tables; the order of rows does not matter.

    Parameters
    ----------
    tables
        Tables whose cells have a text form.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for table in tables:
        plain = pd.DataFrame(table).reset_index()
        plain = plain.drop(columns="index", errors="ignore").astype(str)
        digest.update(json.dumps(list(plain.columns)).encode())
        rows = pd.util.hash_pandas_object(plain, index=False, categorize=True)
        digest.update(np.sort(rows.to_numpy()).tobytes())
    return digest.hexdigest()
