"""The rule by which small counts are protected."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Rule(BaseModel):
    """What is protected, and how well.

    Attributes
    ----------
    threshold
        Counts from 1 up to this number, not included, are protected. 10 by default.
    width
        From all that is published nobody can bound a protected count closer than this:
        the highest number that it can be, less the lowest.
    rounding
        Round what is shown to multiples of this number; None rounds nothing. CBS rounds its
        tables on youth care to 5.
    suppress
        Whether small counts are hidden, with whatever would give them away. If not, there must
        be `rounding`, and what is promised is that no count can be bounded closer than its
        rounding does.
    protect_zero
        Whether 0 is protected as the counts under the threshold are.

    Raises
    ------
    pydantic.ValidationError
        If a value is out of range, or nothing would be protected.

    Notes
    -----
    What it does not defend, such as what somebody knows already or two tables of the same counts,
    is told by `coverage.disclosure.protect`.

    Examples
    --------
    >>> Rule().threshold
    10
    >>> Rule().band(3), Rule().band(30)
    ((1, 20), (21, 40))
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
            raise ValueError("without suppress there must be a rounding")
        return self

    def band(self, value: float) -> tuple[int, int]:
        """Lowest and highest number that is told of a hidden count, whatever else is shown.

        Parameters
        ----------
        value
            The count.

        Notes
        -----
        Bands are the same for everybody: up to threshold + width, and from there on each ends at
        twice the end of the one before. Without them a count of which no total is published
        could be anything up to the number of residents, and demand with it. A band tells no
        more than its own two ends, and is wider than `width`.
        """
        low, high = 0 if self.protect_zero else 1, self.threshold + self.width
        while value > high:
            low, high = high + 1, 2 * high
        return low, high
