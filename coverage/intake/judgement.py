"""What can become of a row of a list, and what holds for rows that do not say it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from coverage.vocabulary import FigureStatus, OfferType

__all__ = ["Defaults", "Verdict"]


class Verdict(StrEnum):
    """What is to become of a row."""

    GOOD = "good"
    WARNING = "warning"
    """Can be imported; something in it was read with doubt."""
    ERROR = "error"
    """Cannot be imported."""
    DUPLICATE = "duplicate"
    """Says what another row, or the register, says already: not imported unless asked for."""


@dataclass(frozen=True)
class Defaults:
    """What holds for the rows that do not say it themselves.

    Parameters
    ----------
    source
        Where the list comes from.
    source_date
        Date of the list (``2025-11-03``, ``2025-11`` or ``2025``); empty when not known.
    status
        How the rows came about.
    edition
        Year of the division of the names and codes in the list; None for that of the edition
        that is looked up in.
    offer_type
        What kind of programme the list holds.
    """

    source: str = ""
    source_date: str = ""
    status: FigureStatus = FigureStatus.ENTERED
    edition: int | None = None
    offer_type: OfferType = OfferType.FAMILY_SUPPORT
