"""Who near a municipality has what is missing there.

Near means across the border; and where no neighbour has it, the nearest that does. Only what
is proven counts as having it: of a municipality that is not known, nothing is said.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from coverage.vocabulary import LADDER, CoverageStatus

if TYPE_CHECKING:
    import geopandas as gpd

    from coverage.assessment import Assessment

NEAREST = 5
"""Municipalities that are named where no neighbour has what is missing."""

FAR_KM = 100.0
"""Distance beyond which none is named, where there is one nearer."""

NEIGHBOUR = "neighbour"
NEARBY = "nearby"
"""Values of the column ``relation``: across the border, or only among the nearest."""


class Step(StrEnum):
    """What a municipality needs to climb the ladder, lowest step first."""

    LONG_TERM = "long_term"
    COORDINATION = "coordination"
    CAPACITY = "capacity"

    @property
    def rung(self) -> CoverageStatus:
        """Lowest rung on which a municipality has it."""
        return _RUNG[self]


_RUNG = {
    Step.LONG_TERM: CoverageStatus.WITHOUT_COORDINATION,
    Step.COORDINATION: CoverageStatus.SHORT_OF_CAPACITY,
    Step.CAPACITY: CoverageStatus.COVERED,
}

_PLACE = {str(rung): rung.rung for rung in LADDER}


def borders(municipalities: gpd.GeoDataFrame) -> pd.DataFrame:
    """Which municipalities share a border.

    Parameters
    ----------
    municipalities
        Boundaries indexed by gm_code, in a projection in metres (an edition has EPSG:28992).
        They must be a coverage: no overlaps, and neighbours with the same line between them.

    Returns
    -------
    pandas.DataFrame
        gm_code, neighbour, border_m (length of the shared border, metres). Each border has two
        rows, one from either side; sorted by code. Municipalities that meet in a point, or not
        at all as an island does, have no row.

    Notes
    -----
    The boundaries of an edition end at the coast, and are simplified: the lengths are those of
    the lines on the map. A dike or a sandbank between two islands is a border too.
    """
    shapes = municipalities.geometry.to_numpy()
    one, other = municipalities.sindex.query(shapes, predicate="intersects")
    once = one < other
    one, other = one[once], other[once]
    length = shapely.length(shapely.intersection(shapes[one], shapes[other]))
    shared = length > 0
    one, other, length = one[shared], other[shared], length[shared]
    codes = municipalities.index.to_numpy()
    table = pd.DataFrame(
        {
            "gm_code": codes[np.concatenate([one, other])],
            "neighbour": codes[np.concatenate([other, one])],
            "border_m": np.concatenate([length, length]).round(1),
        }
    )
    return table.sort_values(["gm_code", "neighbour"], ignore_index=True)


def missing(status_at_least: str) -> tuple[Step, ...]:
    """Steps that a municipality is not proven to have, lowest first.

    Parameters
    ----------
    status_at_least
        Its proven rung, a value of `coverage.vocabulary.CoverageStatus`.

    Returns
    -------
    tuple of Step
        Whether they are really missing, or only not known, this does not say.

    Examples
    --------
    >>> [str(step) for step in missing("coordination_not_described")]
    ['coordination', 'capacity']
    >>> missing("covered")
    ()
    """
    return tuple(step for step in Step if step.rung.rung > _PLACE[status_at_least])


def distances(municipalities: pd.DataFrame, gm_code: str) -> pd.Series[float]:
    """Distance from the centre of a municipality to that of every municipality.

    Parameters
    ----------
    municipalities
        Indexed by gm_code, with centre_x and centre_y (EPSG:28992, metres).
    gm_code
        Where the distance is from.

    Returns
    -------
    pandas.Series
        Kilometres in a straight line, indexed by gm_code.
    """
    here = municipalities.loc[gm_code]
    east = municipalities["centre_x"] - here["centre_x"]
    north = municipalities["centre_y"] - here["centre_y"]
    return (((east**2 + north**2) ** 0.5) / 1000).rename("distance_km")


def with_what_is_missing(
    assessment: Assessment, gm_code: str, border_table: pd.DataFrame
) -> pd.DataFrame:
    """Neighbours that are proven to have what a municipality is not proven to have.

    Parameters
    ----------
    assessment
        What is proven where.
    gm_code
        Code of a municipality of its edition.
    border_table
        Result of `borders` for that edition.

    Returns
    -------
    pandas.DataFrame
        Indexed by gm_code: name, relation (`NEIGHBOUR`, or `NEARBY` for one of the nearest
        where no neighbour has a step), distance_km (centre to centre, straight line), border_m
        (NaN where there is no border), status_at_least, status_at_most, certain, known, and
        for each `Step` a column ``has_<step>``: it is proven there, and not proven here.
        Neighbours first, then nearest first. Empty for a
        municipality that is proven to be covered.

    Raises
    ------
    KeyError
        If the edition has no such municipality.
    """
    table = assessment.municipalities
    away = distances(assessment.edition.municipalities, gm_code).reindex(table.index)
    ours = border_table[border_table["gm_code"] == gm_code].set_index("neighbour")["border_m"]
    rung = table["status_at_least"].map(_PLACE).astype(int)
    wanted = missing(str(table.loc[gm_code, "status_at_least"]))
    found = pd.DataFrame(
        {
            **{name: table[name] for name in ("name", "status_at_least", "status_at_most")},
            **{name: table[name] for name in ("certain", "known")},
            "distance_km": away,
            "border_m": ours.reindex(table.index),
            **{f"has_{step}": (rung >= step.rung.rung) & (step in wanted) for step in Step},
        }
    )
    found["relation"] = np.where(found["border_m"].notna(), NEIGHBOUR, NEARBY)
    # By code where the distance is the same, so that the order of the rows decides nothing.
    others = found.drop(index=gm_code).sort_index().sort_values("distance_km", kind="stable")
    chosen = np.zeros(len(others), dtype=bool)
    for step in wanted:
        chosen |= others.index.isin(having(others, step).index)
    # NEIGHBOUR comes after NEARBY in the alphabet.
    order = others[chosen].sort_values("relation", ascending=False, kind="stable")
    columns = ["name", "relation", "distance_km", "border_m", "status_at_least", "status_at_most"]
    return order[[*columns, "certain", "known", *(f"has_{step}" for step in Step)]]


def having(others: pd.DataFrame, step: Step) -> pd.DataFrame:
    """Neighbours that have one step; the nearest few where none of them has it.

    Parameters
    ----------
    others
        Result of `with_what_is_missing`, or any table with its columns, nearest first.
    step
        What they must have.

    Returns
    -------
    pandas.DataFrame
        Rows of `others`; at most `NEAREST` of them if they are no neighbours, and then none
        further than `FAR_KM` but the nearest.
    """
    has = others[others[f"has_{step}"]]
    beside = has[has["relation"] == NEIGHBOUR]
    if not beside.empty:
        return beside
    nearest = has.head(NEAREST)
    within = nearest[nearest["distance_km"] <= FAR_KM]
    return nearest.head(1) if within.empty else within


def qualifying(assessment: Assessment, gm_code: str, steps: tuple[Step, ...]) -> pd.DataFrame:
    """Offers that give a municipality the steps that another one misses.

    Parameters
    ----------
    assessment
        What is proven where.
    gm_code
        Municipality that has them, for instance from `with_what_is_missing`.
    steps
        What is missed elsewhere; `Step.CAPACITY` asks for offers with coordination.

    Returns
    -------
    pandas.DataFrame
        Rows of `coverage.assessment.Assessment.reasons`: offers that are proven to reach the
        lowest of the steps, best first; none where no step is asked for.
    """
    reasons = assessment.reasons(gm_code)
    if not steps:
        return reasons.iloc[:0]
    # One offer alone proves no more than coordination: what is enough, all offers decide.
    alone = min(*(step.rung.rung for step in steps), Step.COORDINATION.rung.rung)
    return reasons[reasons["rung_at_least"].map(_PLACE) >= alone]
