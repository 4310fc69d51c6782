"""Step 4 of the calculation: the place of a municipality on the ladder of coverage.

Each offer proves at least one rung and allows at most one; what is unknown counts
as no for the one and as yes for the other. A municipality stands where its best
offer stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coverage import kleene
from coverage.vocabulary import LADDER, CoverageStatus, FunctionStatus

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from coverage.supply import ServiceAreas

COORDINATED = CoverageStatus.SHORT_OF_CAPACITY.rung
"""Highest rung that one offer alone can prove; above it capacity decides."""

VOLUNTARY_OFFER = ("offer_type", "running", "voluntary", "assertive_outreach")
"""Tests that an offer must pass to be on the ladder at all."""

# How far an offer with long-term voluntary support climbs, by what is known of its coordination.
_PROVES = {
    FunctionStatus.PRESENT: COORDINATED,
    FunctionStatus.NOT_DESCRIBED: CoverageStatus.COORDINATION_NOT_DESCRIBED.rung,
    FunctionStatus.ABSENT: CoverageStatus.WITHOUT_COORDINATION.rung,
    FunctionStatus.UNKNOWN: CoverageStatus.WITHOUT_COORDINATION.rung,
}
_ALLOWS = _PROVES | {FunctionStatus.UNKNOWN: COORDINATED}


def offer_rungs(
    tests: pd.DataFrame, coordination: pd.Series
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """Rung that each offer proves, and rung that it allows.

    Parameters
    ----------
    tests
        Result of `coverage.supply.offer_tests`.
    coordination
        Status of the coordination function of the same offers.

    Returns
    -------
    at_least, at_most : numpy.ndarray of int8
        0 (``none``) to 4 (``short_of_capacity``), shape (offers,).
    """
    voluntary = tests[list(VOLUNTARY_OFFER)].min(axis=1).to_numpy()
    long_term = tests["long_term"].to_numpy()
    ends = []
    for needed, by_coordination in ((kleene.YES, _PROVES), (kleene.UNKNOWN, _ALLOWS)):
        reached = coordination.map({str(k): v for k, v in by_coordination.items()}).to_numpy()
        rung = np.where(long_term >= needed, reached, CoverageStatus.SHORT_TERM_ONLY.rung)
        rung = np.where(voluntary >= needed, rung, CoverageStatus.NONE.rung)
        ends.append(rung.astype(np.int8))
    return ends[0], ends[1]


def best_rung(rungs: npt.NDArray[np.int8], areas: ServiceAreas) -> npt.NDArray[np.int8]:
    """Rung of the best offer in each municipality.

    Parameters
    ----------
    rungs
        Rung of the offer of each pair, shape (pairs,).
    areas
        Who serves whom.

    Returns
    -------
    numpy.ndarray of int8
        Shape (municipalities,); 0 where no offer serves.
    """
    best = np.zeros(areas.municipalities, dtype=np.int8)
    np.maximum.at(best, areas.municipality, rungs)
    return best


def with_capacity(
    rung: npt.NDArray[np.int8], enough: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int8]:
    """Rung after capacity is weighed: ``covered`` where there is coordination, and enough.

    Parameters
    ----------
    rung
        Rung of the best offer, shape (municipalities,).
    enough
        Where the capacity meets the demand.

    Returns
    -------
    numpy.ndarray of int8
    """
    covered = (rung >= COORDINATED) & enough
    return np.where(covered, CoverageStatus.COVERED.rung, rung).astype(np.int8)


def names(rungs: npt.NDArray[np.int8]) -> npt.NDArray[np.str_]:
    """Names of rungs, in the words of `coverage.vocabulary.CoverageStatus`."""
    return np.array([str(rung) for rung in LADDER])[rungs]
