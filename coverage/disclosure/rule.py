"""The rule by which small counts are protected, in one validated object."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Rule(BaseModel):
    """What may not be calculated back from what is published.

    Attributes
    ----------
    threshold
        Counts of 1 up to and not including this are protected. 10 is what CBS uses for
        persons in tables on youth care.
    width
        How far apart the least and the most that a protected count can be must at least lie.
    rounding
        Published counts are rounded to this base, or None. CBS rounds youth tables to 5.
    suppress
        Whether small counts are hidden. Without it they are only rounded, and nothing narrower
        than the rounding may follow.
    protect_zero
        Whether 0 is a small count too. Otherwise it is published, also beside hidden ones.

    Raises
    ------
    pydantic.ValidationError
        If a value is out of range, or nothing protects anything.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: Annotated[int, Field(ge=2, le=1000)] = 10
    width: Annotated[int, Field(ge=1, le=1000)] = 10
    rounding: Annotated[int, Field(ge=2, le=100)] | None = None
    suppress: bool = True
    protect_zero: bool = False

    @model_validator(mode="after")
    def _protects(self) -> Self:
        if not self.suppress and self.rounding is None:
            raise ValueError("either suppress or rounding must protect the counts")
        return self
