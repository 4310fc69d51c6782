"""The table beside the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from coverage.i18n import _, number
from coverage.wording import capital, status_words

if TYPE_CHECKING:
    from collections.abc import Callable


def table(rows: pd.DataFrame, *, height: int) -> None:
    """Show municipalities, one a row.

    Parameters
    ----------
    rows
        Rows of an assessment's municipalities, in the order to show.
    height
        Pixels.
    """
    shown = headed(rows)
    decimals = {name: _decimal for name in shown.columns if name[0] != "" and name[1] != ""}
    whole: dict[tuple[str, str], Callable[[float], str]] = {
        name: number for name in shown.select_dtypes("number").columns if name not in decimals
    }
    st.dataframe(
        shown.style.format(whole | decimals, na_rep="?"),
        hide_index=True,
        height=min(height, 36 * (len(shown) + 2) + 3),
    )


def headed(rows: pd.DataFrame) -> pd.DataFrame:
    """Columns of the table with translated headings of two levels; figures stay numbers."""
    families = _("{measure} (families a year)")
    status = [
        capital(status_words(at_least, certain=certain, known=known))
        for at_least, certain, known in zip(
            rows["status_at_least"], rows["certain"], rows["known"], strict=True
        )
    ]
    low, high = _("from"), _("to")
    columns = {
        ("", _("Municipality")): rows["name"],
        ("", _("Status")): status,
        (families.format(measure=_("Gap")), low): rows["gap_low"],
        (families.format(measure=_("Gap")), high): rows["gap_high"],
        (families.format(measure=_("Demand")), low): rows["demand_low"],
        (families.format(measure=_("Demand")), high): rows["demand_high"],
        (families.format(measure=_("Capacity")), low): rows["capacity_low"],
        (families.format(measure=_("Capacity")), high): rows["capacity_high"],
        ("", _("Residents 0-17")): rows["residents_0_17"],
    }
    return pd.DataFrame(columns, index=rows.index)


def _decimal(value: float) -> str:
    return number(value, 1)
