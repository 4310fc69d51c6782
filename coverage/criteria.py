"""The checklist of care coordination: seven questions to put to the source of an offer.

The letter of 13 July 2010 says what coordination is for and what a coordinator needs. It gives no
definition. The checklist brings that together with what regions laid down in those years; that
combination is this tool's own proposal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coverage.i18n import N_
from coverage.vocabulary import FunctionStatus, Ternary

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


@dataclass(frozen=True)
class Criterion:
    """One question of the checklist.

    Attributes
    ----------
    column
        Column of the table of offers that holds the answer: yes, no or unknown, and empty when
        nobody looked.
    label, meaning, source
        Texts, to be translated with `_`: the question, what to look for, where it comes from.
    """

    column: str
    label: str
    meaning: str
    source: str


_LETTER = N_("letter 32 015 nr. 9")

CRITERIA: tuple[Criterion, ...] = (
    Criterion(
        "coordinator_named",
        N_("Does the source say who coordinates?"),
        N_("A person, a function or an organisation is named."),
        N_(
            "DSP-groep, April 2010: in each layer of youth care it was not clear who is responsible"
        ),
    ),
    Criterion(
        "tasks_described",
        N_("Does it say what the coordinator does?"),
        N_("At least one task: for instance making the plan, or calling the helpers together."),
        N_("Agreement of the region Gelderse Vallei, 17 June 2010"),
    ),
    Criterion(
        "powers_described",
        N_("Does it say what the coordinator may decide?"),
        N_("At least one power: for instance deciding who does what, or asking for help at once."),
        N_("Neighbourhood coaches in Enschede, 2008-2012: powers given by the organisations"),
    ),
    Criterion(
        "one_plan",
        N_("Is there one plan for the whole family?"),
        N_("One family, one plan: all helpers work by the same plan."),
        _LETTER,
    ),
    Criterion(
        "family_choice",
        N_("Does the family trust the coordinator, and have a say in who it is?"),
        N_(
            "The coordinator has the family's trust. If the family asks for it, a professional of "
            "another organisation can do it."
        ),
        _LETTER,
    ),
    Criterion(
        "overview",
        N_("Does the coordinator know what other disciplines can do?"),
        N_("The coordinator has a good overview of other help, for instance youth protection."),
        _LETTER,
    ),
    Criterion(
        "escalation",
        N_("Is it settled what happens if working together fails?"),
        N_("It is known who is called in then, and who decides."),
        N_(
            "Agreement of the region Gelderse Vallei, 17 June 2010; De Haagse Samenwerking, 2011-12"
        ),
    ),
)
"""The seven questions, in the order of the columns."""

_NAMED, _TASKS, _POWERS = (one.column for one in CRITERIA[:3])


def unevidenced(offers: pd.DataFrame) -> pd.Series[bool]:
    """Whether coordination is called present without a word of evidence.

    Parameters
    ----------
    offers
        Columns coordination and evidence.

    Returns
    -------
    pandas.Series
        Booleans on the same index.
    """
    present = offers["coordination"].eq(FunctionStatus.PRESENT)
    return present & offers["evidence"].str.strip().eq("")


def coordination(answers: Mapping[str, str]) -> FunctionStatus | None:
    """Status of coordination that the answers to the checklist lead to.

    Parameters
    ----------
    answers
        Answer by column of `CRITERIA`; what lacks is empty.

    Returns
    -------
    FunctionStatus or None
        ``present`` when the source says who coordinates and at least one task or power,
        ``not_described`` when one of these two is answered with no, None when the answers do
        not settle it. Never ``absent``: that is for a source that says so.

    Examples
    --------
    >>> str(coordination({"coordinator_named": "yes", "powers_described": "yes"}))
    'present'
    >>> str(coordination({"coordinator_named": "no"}))
    'not_described'
    >>> coordination({"coordinator_named": "yes", "tasks_described": "no"}) is None
    True
    """
    named, *said = (answers.get(column, "") for column in (_NAMED, _TASKS, _POWERS))
    if named == Ternary.YES and Ternary.YES in said:
        return FunctionStatus.PRESENT
    if named == Ternary.NO or all(one == Ternary.NO for one in said):
        return FunctionStatus.NOT_DESCRIBED
    return None


def answered(answers: Mapping[str, str]) -> tuple[int, int]:
    """How many of the seven are met, and how many were looked at.

    Parameters
    ----------
    answers
        Answer by column of `CRITERIA`; what lacks is empty.

    Examples
    --------
    >>> answered({"coordinator_named": "yes", "one_plan": "no"})
    (1, 2)
    """
    given = [answers.get(one.column, "") for one in CRITERIA]
    return given.count(Ternary.YES), sum(bool(one) for one in given)
