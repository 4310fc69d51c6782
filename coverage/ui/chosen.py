"""What to show: all that a reader has chosen, as the pages get it."""

from __future__ import annotations

from dataclasses import dataclass

from coverage.settings import Settings
from coverage.vocabulary import OfferFilter

USUAL_FILTERS = (OfferFilter.VOLUNTARY, OfferFilter.LONG_TERM)
"""The offers that the letter is about."""


@dataclass(frozen=True)
class Choices:
    """What to show.

    Attributes
    ----------
    year
        Year of the edition.
    register
        A name from `coverage.ui.choices.REGISTER_LABELS`.
    region_set
        A region set of the edition.
    region
        Code of a region of that set; empty for the whole country.
    municipality
        Code that was chosen, or None; a page that needs it checks it with `municipality`.
    measure
        A name from `coverage.measures.MEASURES`.
    only
        Filters on the offers.
    settings
        Settings of the method.
    revision
        Number of the revision of the own register; 0 when that is empty, or another is chosen.
    counts
        Number of the set of own counts; 0 for the estimate that is shipped.
    unprotected
        None when small counts are protected. Otherwise they are shown, and this says why they
        may leave the screen too; empty when they may not.
    """

    year: int
    register: str
    region_set: str
    region: str
    municipality: str | None = None
    measure: str = "status"
    only: frozenset[OfferFilter] = frozenset(USUAL_FILTERS)
    settings: Settings = Settings()  # noqa: RUF009 - frozen
    revision: int = 0
    counts: int = 0
    unprotected: str | None = None
