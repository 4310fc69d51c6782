"""The numbers of the method that a user may change, in one validated object."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Settings(BaseModel):
    """Settings of an assessment; the defaults are those of the method.

    Attributes
    ----------
    share_imposed
        Share of the imposed orders where voluntary support could have been enough.
        Source: letter 32 015 nr. 9 (about 3%).
    share_extended_low, share_extended_high
        The same for extended orders. Source: the same letter (10-15%).
    children_per_family
        Children under an order per family. 1, because no source gives another number.
    measures_per_child
        Orders that one child has in the period that is counted. 1, because an order is made
        for one child (art. 1:255 BW); a child may have had more than one.
    caseload
        Families that one coordinator has at once. 15: what was agreed for family guardians in
        2007; no norm for care coordinators was found.
    long_term_months
        Support is long-term when it may last longer than this many months.
        Source: the study's definition of long-term support, read as over 6 months.
    confidence
        Probability that the interval of an estimated count is meant to hold; 0.999 at most.
    sighting_holds_years
        An offer whose end is not known is presumed to run for this many years after it
        was last seen; later, whether it runs is unknown. An assumption of this tool:
        one term of a municipal council. No source gives a number.

    Raises
    ------
    pydantic.ValidationError
        If a value is out of range, or the low share is above the high one.

    Examples
    --------
    >>> Settings().share_imposed
    0.03
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    share_imposed: Share = 0.03
    share_extended_low: Share = 0.10
    share_extended_high: Share = 0.15
    children_per_family: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    measures_per_child: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    caseload: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 15.0
    long_term_months: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 6.0
    confidence: Annotated[float, Field(gt=0, le=0.999)] = 0.90
    sighting_holds_years: Annotated[int, Field(ge=0)] = 4

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.share_extended_low > self.share_extended_high:
            raise ValueError("share_extended_low must not be above share_extended_high")
        return self
