"""Where each of the letter's four functions is present, as a range: proven up to possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage import kleene
from coverage.vocabulary import FunctionStatus, OfferFilter

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy.typing as npt

    from coverage.supply import ServiceAreas

STEPS = (FunctionStatus.ABSENT, FunctionStatus.NOT_DESCRIBED, FunctionStatus.PRESENT)
"""What can be known of a function, worst first."""

_NOTHING = -1
_TESTS = ("offer_type", "running", "assertive_outreach")
_WORST, _BEST = 0, len(STEPS) - 1


def function_range(
    statuses: pd.Series,
    tests: pd.DataFrame,
    areas: ServiceAreas,
    complete: npt.NDArray[np.bool_],
    *,
    only: Collection[OfferFilter] = (),
) -> pd.DataFrame:
    """What is known of a function in each municipality, over all its offers.

    Parameters
    ----------
    statuses
        Status of the function of each offer, values of `coverage.vocabulary.FunctionStatus`.
    tests
        Result of `coverage.supply.offer_tests` for the same offers.
    areas
        Who serves whom.
    complete
        Where the inventory is complete, shape (municipalities,).
    only
        Which offers to look at: voluntary ones, long-term ones.

    Returns
    -------
    pandas.DataFrame
        One row a municipality, in the order of `areas`: at_least and at_most (values of
        `STEPS`), certain, and known. The best offer counts. What is proven is proven by an
        offer that runs, serves the whole municipality and passes the filter; where nothing
        is known of such an offer, known is False and at_least is ``absent`` for form only.
    """
    asked = [*_TESTS, *(str(one) for one in only if one in _TEST_OF_OFFER)]
    passes = tests[asked].min(axis=1).to_numpy()
    ranks = {str(step): rank for rank, step in enumerate(STEPS)}
    proven = statuses.map(ranks | {str(FunctionStatus.UNKNOWN): _NOTHING}).to_numpy()
    possible = np.where(proven == _NOTHING, _BEST, proven)
    proven = np.where(passes == kleene.YES, proven, _NOTHING)
    possible = np.where(passes >= kleene.UNKNOWN, possible, _NOTHING)

    found = np.full(areas.municipalities, _NOTHING)
    sure = areas.whole
    np.maximum.at(found, areas.municipality[sure], proven[areas.offer[sure]])
    best = np.full(areas.municipalities, possible[areas.unplaced].max(initial=_NOTHING))
    np.maximum.at(best, areas.municipality, possible[areas.offer])
    best = np.where(complete, np.maximum(best, _WORST), _BEST)
    # Where everything is in the register, what no offer has is absent.
    known = (found > _NOTHING) | (best < _BEST)
    found = np.maximum(found, _WORST)
    words = np.array([str(step) for step in STEPS])
    return pd.DataFrame(
        {
            "at_least": words[found],
            "at_most": words[best],
            "certain": known & (found == best),
            "known": known,
        }
    )


_TEST_OF_OFFER = frozenset({OfferFilter.VOLUNTARY, OfferFilter.LONG_TERM})
"""Filters that are a test of the ladder too, under the same name."""
