"""What is not known of a municipality, and who could say it.

Not an error in the data: most municipalities start without any answer. Each question is one
whose answer can change the status, or the gap.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import pandas as pd

from coverage import supply
from coverage.status import offer_rungs
from coverage.vocabulary import LADDER, CoverageStatus, FigureStatus, FunctionStatus

if TYPE_CHECKING:
    from coverage.assessment import Assessment


class Question(StrEnum):
    """A kind of question."""

    INVENTORY = "inventory"
    """Are all offers in this municipality in the register?"""
    TEST = "test"
    """Does one offer pass one test?"""
    NOT_DESCRIBED = "not_described"
    """Does an offer include care coordination, which its source does not describe?"""
    UNPLACED = "unplaced"
    """Where do the offers serve of which that is not known?"""
    COUNTS = "counts"
    """How many orders were there, where that is now estimated?"""


_PLACE = {str(rung): rung.rung for rung in LADDER}
_COORDINATED = CoverageStatus.SHORT_OF_CAPACITY.rung


def open_questions(assessment: Assessment, gm_code: str) -> pd.DataFrame:
    """Questions whose answer can change what is said of a municipality.

    Parameters
    ----------
    assessment
        What is proven there.
    gm_code
        Code of a municipality of its edition.

    Returns
    -------
    pandas.DataFrame
        One row a question, most far-reaching kind first: question (a `Question`), offer,
        provider and test (all ``""`` where it is not about one offer), count (offers that the
        question is about; 0 if none). Of an offer, only the first test that is unknown: the
        answer may bring the next question.

    Raises
    ------
    coverage.assessment.UnknownMunicipalityError
        If the edition has no such municipality.
    """
    reasons = assessment.reasons(gm_code)
    row = assessment.municipalities.loc[gm_code]
    parts = []
    if not row["inventory_complete"]:
        parts.append(_one(Question.INVENTORY))
    if not row["certain"]:
        parts.append(_tests(reasons))
    if _PLACE[row["status_at_least"]] < _COORDINATED:
        parts.append(_not_described(reasons))
    unplaced = unplaced_that_matter(assessment, gm_code)
    if unplaced:
        parts.append(_one(Question.UNPLACED, count=unplaced))
    if row["count_status"] == FigureStatus.ESTIMATED:
        parts.append(_one(Question.COUNTS))
    return pd.concat([_NO_QUESTION, *parts], ignore_index=True)


def unplaced_rungs(assessment: Assessment) -> pd.Series[int]:
    """Highest rung that each offer of unknown service area allows.

    Parameters
    ----------
    assessment
        Whose unplaced offers are meant.

    Returns
    -------
    pandas.Series
        Indexed as ``assessment.unplaced``; 0 for what cannot count anywhere, for instance as it
        does not run, or is no support of the family itself.
    """
    offers = assessment.unplaced
    tests = supply.offer_tests(
        offers,
        assessment.edition.year,
        assessment.settings,
        assertive_outreach=assessment.assertive_outreach,
    )
    _proven, allowed = offer_rungs(tests, offers["coordination"])
    return pd.Series(allowed.astype(int), index=offers.index)


def unplaced_that_matter(assessment: Assessment, gm_code: str) -> int:
    """Number of offers of unknown service area that may change what is said of a municipality.

    Parameters
    ----------
    assessment
        What is proven there.
    gm_code
        Code of a municipality of its edition.
    """
    row = assessment.municipalities.loc[gm_code]
    if row["certain"]:
        return 0
    return int(_matters(unplaced_rungs(assessment), _PLACE[row["status_at_least"]]).sum())


_NO_QUESTION = pd.DataFrame(
    {
        "question": pd.Series(dtype=str),
        "offer": pd.Series(dtype=str),
        "provider": pd.Series(dtype=str),
        "test": pd.Series(dtype=str),
        "count": pd.Series(dtype=int),
    }
)


def _one(question: Question, *, count: int = 0) -> pd.DataFrame:
    """Question that is not about one offer."""
    return pd.DataFrame(
        {
            "question": [str(question)],
            "offer": [""],
            "provider": [""],
            "test": [""],
            "count": [count],
        }
    )


def _tests(reasons: pd.DataFrame) -> pd.DataFrame:
    """Tests that are unknown, of offers that fail none.

    Such an offer allows care coordination, so that it may always bring more than is proven, or
    decide whether there is room enough.
    """
    return _of_offers(Question.TEST, reasons[reasons["answer"] == "unknown"])


def _matters(allowed: pd.Series[int], proven: int) -> pd.Series[bool]:
    """Whether offers that allow these rungs may change what is said where one is proven."""
    # What capacity there is decides between the two highest rungs.
    return (allowed > proven) | (allowed >= _COORDINATED)


def _not_described(reasons: pd.DataFrame) -> pd.DataFrame:
    """Offers that would count if their source described care coordination."""
    silent = reasons["coordination"] == FunctionStatus.NOT_DESCRIBED
    return _of_offers(Question.NOT_DESCRIBED, reasons[silent & (reasons["test"] == "coordination")])


def _of_offers(question: Question, rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "question": str(question),
            "offer": rows["offer"].to_numpy(),
            "provider": rows["provider"].to_numpy(),
            "test": rows["test"].to_numpy(),
            "count": 1,
        }
    )
