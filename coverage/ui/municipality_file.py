"""What is known of a municipality as tables for a file: headings and values in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from coverage import gap_table
from coverage.gap_table import FIELDS, NAME, View
from coverage.i18n import _
from coverage.labels import (
    ANSWER,
    CERTAINTY,
    COLUMN,
    FIGURE_STATUS,
    FUNCTION_STATUS,
    OFFER_TYPE,
    OUTCOME,
    STATUS,
    TEST,
)
from coverage.neighbours import NEIGHBOUR, Step, missing, with_what_is_missing
from coverage.open_questions import open_questions
from coverage.ui.nearby import STEP
from coverage.ui.sheet import asked, who
from coverage.vocabulary import LADDER, FunctionStatus
from coverage.wording import capital, status_words

if TYPE_CHECKING:
    from coverage import Assessment

_YES, _NO, _UNKNOWN = (ANSWER[name] for name in ("yes", "no", "unknown"))
_PLACE = {str(rung): rung.rung for rung in LADDER}


def figures(assessment: Assessment, gm_code: str) -> pd.DataFrame:
    """Figures of a municipality, one row, as in the gap table with all its columns.

    Parameters
    ----------
    assessment
        Where its figures come from.
    gm_code
        Code of a municipality of the edition.
    """
    keys = tuple(key for key in FIELDS if key != NAME)
    shown = gap_table.show(assessment, View(codes=(gm_code,), keys=keys))
    return gap_table.seen(shown, keys)


def offers(assessment: Assessment, gm_code: str) -> pd.DataFrame:
    """Offers that were weighed, a row an offer, with what decided on each.

    Parameters
    ----------
    assessment, gm_code
        As for `figures`.
    """
    rows = assessment.reasons(gm_code)
    columns: dict[str, Any] = {
        _("Code"): rows.index.astype(str),
        _("Offer"): rows["offer"],
        _("Provider"): rows["provider"],
        _("Kind of offer"): _words(rows["offer_type"], OFFER_TYPE),
        _("Outcome"): _words(rows["outcome"], OUTCOME),
        _("What decided"): _words(rows["test"], TEST),
        _("Answer"): [_answered(row) for row in rows.itertuples()],
        _("This offer reaches at least"): [
            # Nothing proven and something possible is not known, and not nothing.
            capital(
                status_words(
                    least, certain=least == most, known=bool(_PLACE[least]) or least == most
                )
            )
            for least, most in zip(rows["rung_at_least"], rows["rung_at_most"], strict=True)
        ],
        _("This offer reaches at most"): _words(rows["rung_at_most"], STATUS),
        _("Care coordination"): _words(rows["coordination"], FUNCTION_STATUS),
        _("In the register"): rows["evidence"],
        _with(_("Capacity of the whole offer"), _("families a year")): rows["capacity_families"],
        _with(_("Capacity for this municipality"), _("families a year")): rows["capacity_share"],
        _("Last seen (year)"): rows["last_seen"].astype("string").fillna(_("not known")),
        _("Source"): rows["source"],
        _("Date of the source"): rows["source_date"],
        _("Certainty"): _words(rows["certainty"], CERTAINTY),
        _("Status"): _words(rows["status"], FIGURE_STATUS),
        _("Note"): rows["note"],
    }
    return pd.DataFrame(columns).reset_index(drop=True).round(6)


def near(assessment: Assessment, gm_code: str, border_table: pd.DataFrame) -> pd.DataFrame:
    """Municipalities near by that have what is missing, a row a municipality.

    Parameters
    ----------
    assessment, gm_code
        As for `figures`.
    border_table
        Result of `coverage.neighbours.borders` for the edition.

    Returns
    -------
    pandas.DataFrame
        Of each `coverage.neighbours.Step` that is not proven here a column: proven there, not
        there, or not known. Distances in km, to a tenth.
    """
    rows = with_what_is_missing(assessment, gm_code, border_table)
    row = assessment.municipalities.loc[gm_code]
    columns: dict[str, Any] = {
        _column("gm_code"): rows.index.astype(str),
        _column("name"): rows["name"],
        _("Neighbour"): _answers(rows["relation"] == NEIGHBOUR),
        _with(_("Distance in a straight line, from centre to centre"), "km"): (
            rows["distance_km"].round(1)
        ),
        _with(_("Length of the border"), "km"): (rows["border_m"] / 1000).round(1),
        _("Status"): [
            capital(status_words(str(least), certain=bool(certain), known=bool(known)))
            for least, certain, known in rows[["status_at_least", "certain", "known"]].to_numpy()
        ],
        _column("status_at_most"): _words(rows["status_at_most"], STATUS),
        **{
            capital(_(STEP[step])): _proven(rows, step)
            for step in missing(str(row["status_at_least"]))
        },
    }
    return pd.DataFrame(columns).reset_index(drop=True)


def questions(assessment: Assessment, gm_code: str) -> pd.DataFrame:
    """What is not known, in sentences, and who can say it.

    Parameters
    ----------
    assessment, gm_code
        As for `figures`.
    """
    rows = [row for _index, row in open_questions(assessment, gm_code).iterrows()]
    return pd.DataFrame(
        {_("Not known"): map(asked, rows), _("Who can say it"): map(who, rows)}, dtype=object
    )


def _proven(rows: pd.DataFrame, step: Step) -> pd.Series[str]:
    """Whether a step is proven, excluded, or neither."""
    most = rows["status_at_most"].map(_PLACE)
    said = pd.Series(_(_UNKNOWN), index=rows.index, dtype=object)
    said = said.mask(most < step.rung.rung, _(_NO))
    return said.mask(rows[f"has_{step}"], _(_YES))


def _answered(row: Any) -> str:  # noqa: ANN401 - a named tuple of a row
    if row.test == "coordination" and row.coordination == FunctionStatus.NOT_DESCRIBED:
        # "No" would say more than the source does.
        return _("The source does not describe it")
    return _(ANSWER[row.answer]) if row.answer else ""


def _answers(yes: pd.Series[bool]) -> pd.Series[str]:
    return yes.map({True: _(_YES), False: _(_NO)})


def _words(codes: pd.Series[str], words: dict[str, str]) -> pd.Series[str]:
    """Codes in words, as far as there are words for them."""
    return codes.map({code: _(words.get(code, code)) if code else "" for code in codes.unique()})


def _column(name: str) -> str:
    return _(COLUMN[name])


def _with(heading: str, unit: str) -> str:
    return f"{heading} ({unit})"
