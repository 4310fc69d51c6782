"""Three-valued logic: no, unknown, yes.

Values are ``int8`` arrays with ``NO < UNKNOWN < YES``, so that Kleene's strong
conjunction is the minimum and his disjunction the maximum (Kleene 1952,
Introduction to Metamathematics, section 64).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy.typing as npt
    import pandas as pd

Truth: TypeAlias = "npt.NDArray[np.int8]"

NO, UNKNOWN, YES = np.int8(0), np.int8(1), np.int8(2)


def from_words(words: pd.Series, yes: Collection[str], no: Collection[str]) -> Truth:
    """Truth values of a column of words.

    Parameters
    ----------
    words
        The column; what is in neither collection is unknown.
    yes, no
        Words that mean yes, and words that mean no.

    Returns
    -------
    numpy.ndarray of int8, one value a row

    Examples
    --------
    >>> import pandas as pd
    >>> from_words(pd.Series(["both", "compulsory", ""]), yes=["both"], no=["compulsory"])
    array([2, 0, 1], dtype=int8)
    """
    return from_conditions(words.isin(list(yes)).to_numpy(), words.isin(list(no)).to_numpy())


def from_conditions(yes: npt.NDArray[np.bool_], no: npt.NDArray[np.bool_]) -> Truth:
    """Truth values from what is proven and what is disproven.

    Parameters
    ----------
    yes, no
        Where the statement is proven, and where it is disproven; neither means unknown.

    Returns
    -------
    numpy.ndarray of int8
    """
    return np.where(no, NO, np.where(yes, YES, UNKNOWN)).astype(np.int8)
