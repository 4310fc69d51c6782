"""The table beside the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st
from babel.numbers import format_decimal

from coverage.i18n import _, language, number
from coverage.wording import capital, status_words

if TYPE_CHECKING:
    from collections.abc import Callable

_ROW = 35  # pixels


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
    figures = shown.select_dtypes("number").columns
    formats: dict[Any, str | Callable[[Any], str] | None] = dict.fromkeys(figures, _decimal)
    formats[_("Residents 0-17")] = number
    st.dataframe(
        shown.style.format(formats, na_rep="?"),
        hide_index=True,
        height=min(height, _ROW * (len(shown) + 1) + 3),
        column_config={
            _("Municipality"): st.column_config.TextColumn(width=125),
            _("Status"): st.column_config.TextColumn(width=172),
            **{name: st.column_config.NumberColumn(width=72) for name in figures},
        },
    )
    st.caption(_("Demand, capacity and gap are in families a year; ? means not known."))


def headed(rows: pd.DataFrame) -> pd.DataFrame:
    """Columns of the table with translated headings; figures stay numbers, to sort by."""
    status = [
        capital(status_words(at_least, certain=certain, known=known))
        for at_least, certain, known in zip(
            rows["status_at_least"], rows["certain"], rows["known"], strict=True
        )
    ]
    columns = {
        _("Municipality"): rows["name"],
        _("Status"): status,
        _("Gap from"): rows["gap_low"],
        _("Gap to"): rows["gap_high"],
        _("Demand from"): rows["demand_low"],
        _("Demand to"): rows["demand_high"],
        _("Capacity from"): rows["capacity_low"],
        _("Capacity to"): rows["capacity_high"],
        _("Residents 0-17"): rows["residents_0_17"],
    }
    return pd.DataFrame(columns, index=rows.index)


def _decimal(value: float) -> str:
    return format_decimal(value, format="#,##0.0", locale=language())
